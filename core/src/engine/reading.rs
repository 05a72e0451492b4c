//! Reads of downloads that are under way: each waits for its byte. The bytes that somebody
//! waits for are fetched first, as far as several requests may fetch the file.
//!
//! What is read is stored: a process that takes over after a kill either goes on with these
//! bytes or counts another version of the file.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::model::{
    FileRecord, FileStage, JobError, Now, RequestKey, RunningRange, check_random_access,
    comes_soon, is_upload,
};
use crate::vocab::{Error, JobState, Result, code};

use super::inbox::Answer;
use super::message::{ApiReply, ReadableBytes};
use super::{Engine, Moving};

/// Reads that wait, and from where files are fetched.
#[derive(Default)]
pub struct Reads {
    /// By session and ticket.
    waiting: BTreeMap<(u64, u64), Read>,
    /// Where a file is read: what is missing from there on is fetched first.
    positions: BTreeMap<(Uuid, u32), u64>,
    /// Files whose position is new: no request may be there yet.
    moved: BTreeSet<(Uuid, u32)>,
}

/// A read of the byte at a position.
pub struct Read {
    pub file: (Uuid, u32),
    pub position: u64,
    pub answer: Answer,
}

impl Reads {
    /// Takes back a read.
    pub fn forget(&mut self, session: u64, ticket: u64) -> Option<Answer> {
        self.waiting.remove(&(session, ticket)).map(|read| read.answer)
    }

    /// A process is gone with its reads.
    pub fn leave(&mut self, session: u64) {
        self.waiting.retain(|(of, _), _| *of != session);
    }

    /// From where a file is fetched.
    pub fn position(&self, file: (Uuid, u32)) -> u64 {
        self.positions.get(&file).copied().unwrap_or(0)
    }

    /// The jobs that are read.
    pub fn jobs(&self) -> impl Iterator<Item = Uuid> {
        self.waiting.values().map(|read| read.file.0)
    }
}

impl Engine {
    /// A read of the byte at a position: answered when it is there, or will not come.
    pub(super) fn read_at(&mut self, session: u64, read: Read, waits: bool, at: Now) {
        let loaded = self.queue.job(read.file.0, at).map(|_| ());
        let is_stored = !waits || !self.queue.is_dirty(read.file.0);
        let readable = loaded.and_then(|()| self.readable(read.file, read.position));
        match readable.map(|bytes| bytes.filter(|_| is_stored)) {
            Ok(Some(bytes)) => read.answer.send(Ok(ApiReply::Readable(Box::new(bytes)))),
            Err(error) => read.answer.send(Err(error)),
            Ok(None) if !waits => {
                let text = format!("byte {} is still to come", read.position);
                read.answer.send(Err(Error::new(code::E_PENDING, text)));
            }
            Ok(None) => {
                self.reads.positions.insert(read.file, read.position);
                let ticket = read.answer.ticket();
                if let Some(old) = self.reads.waiting.insert((session, ticket), read) {
                    let error = Error::new(code::E_UNEXPECTED, "two calls have one ticket");
                    old.answer.send(Err(error));
                }
            }
        }
    }

    /// What is missing from a position on is fetched first.
    pub(super) fn update_download_position(
        &mut self,
        file: (Uuid, u32),
        position: u64,
        at: Now,
    ) -> Result<()> {
        let job = &self.queue.job(file.0, at)?.job;
        let record = job.file(file.1)?;
        let refused = |code, text: String| Err(Error::new(code, text));
        check_random_access(&job.record, record)?;
        if job.record.state.is_final() {
            let state = job.record.state.name();
            return refused(code::DO_E_INVALID_STATE, format!("the job is {state}"));
        }
        if let Some(size) = record.size.filter(|size| position >= *size) {
            let text = format!("byte {position} is not in the file of {size} bytes");
            return refused(code::BG_E_INVALID_RANGE, text);
        }
        self.reads.positions.insert(file, position);
        self.reads.moved.insert(file);
        Ok(())
    }

    /// The bytes that can be read from a position on; None if they are still to come.
    fn readable(&self, (id, index): (Uuid, u32), position: u64) -> Result<Option<ReadableBytes>> {
        let Some(loaded) = self.queue.jobs.get(&id) else {
            let text = format!("no job {id} in the queue");
            return Err(Error::new(code::DO_E_JOB_NOT_FOUND, text));
        };
        let (record, file) = (&loaded.job.record, loaded.job.file(index)?);
        let total = file.bytes_total();
        let is_published = file.stage == FileStage::Published;
        if is_upload(record) || record.state == JobState::Cancelled {
            let text = match is_upload(record) {
                true => "an upload has nothing to be read",
                false => "the job is cancelled",
            };
            return Err(Error::new(code::DO_E_INVALID_STATE, text));
        }
        let is_over = total.is_some_and(|total| position >= total);
        if is_over || file.holds(position) {
            let path = match is_published {
                true => file.local_name.clone(),
                false => file.temporary_name(id, index),
            };
            return Ok(Some(ReadableBytes {
                start: position,
                end: held_end(file, position),
                path,
                version: file.version,
                is_published,
            }));
        }
        let missing = || format!("byte {position} is not here");
        if let Some(failure) = file.failure.as_ref().filter(|_| file.is_failed()) {
            return Err(error_of(&failure.error));
        }
        match record.state {
            JobState::Error => {
                let error = record.error.as_ref().map(error_of);
                Err(error.unwrap_or_else(|| Error::new(code::DO_E_INVALID_STATE, missing())))
            }
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::TransientError
                if file.requested_end(position).is_none() =>
            {
                let text = format!("{}, and no requested range has it", missing());
                Err(Error::new(code::DO_E_INVALID_STATE, text))
            }
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::TransientError => Ok(None),
            JobState::Suspended
            | JobState::Transferred
            | JobState::Acknowledged
            | JobState::Cancelled => {
                let text = format!("{}, and the job is {}", missing(), record.state.name());
                Err(Error::new(code::DO_E_INVALID_STATE, text))
            }
        }
    }

    /// Answers the reads whose bytes are there, or will not come.
    pub(super) fn answer_reads(&mut self) {
        let mut over = Vec::new();
        for (key, read) in &self.reads.waiting {
            if self.queue.is_dirty(read.file.0) {
                continue;
            }
            match self.readable(read.file, read.position) {
                Ok(None) => {}
                Ok(Some(bytes)) => over.push((*key, Ok(ApiReply::Readable(Box::new(bytes))))),
                Err(error) => over.push((*key, Err(error))),
            }
        }
        for ((session, ticket), reply) in over {
            if let Some(answer) = self.reads.forget(session, ticket) {
                answer.send(reply);
            }
        }
    }

    /// Gives each read that waits a request of its own, each new position, and the first
    /// requested range, unless its byte is about to come.
    pub(super) fn serve_reads(&mut self, at: Now) {
        let mut places: BTreeSet<_> = self.reads.waiting.values().map(|read| read.file).collect();
        places.extend(&self.reads.moved);
        places
            .extend(self.parallel.places().filter(|place| self.first_requested(*place).is_some()));
        for place in places {
            if self.position_to_be_fetched(place, at).is_some() {
                self.free_request_for_read(place, at);
            } else if self.has_requests(place) {
                self.reads.moved.remove(&place);
            }
        }
    }

    /// The first byte of a file that a further request is to fetch before all others.
    pub(super) fn position_to_be_fetched(&self, place: (Uuid, u32), at: Now) -> Option<u64> {
        if !self.parallel.may_split(place) {
            return None;
        }
        let file = self.file(RequestKey { job: place.0, file: place.1, part: 0 })?;
        let size = file.bytes_total()?;
        let running = self.running_ranges(place, at);
        let reads = self.reads.waiting.values().filter(|read| read.file == place);
        let moved = self.reads.moved.get(&place).map(|_| self.reads.position(place));
        let requested = self.first_requested(place);
        let mut wanted = reads.map(|read| read.position).chain(moved).chain(requested);
        // The first answer decides what the file is, and whether it has several requests.
        wanted.find(|position| {
            !running.is_empty()
                && *position < size
                && file.requested_end(*position).is_some()
                && !file.holds(*position)
                && !comes_soon(file, size, &running, *position)
        })
    }

    /// The first missing byte of the ranges that were requested of a file.
    fn first_requested(&self, (job, file): (Uuid, u32)) -> Option<u64> {
        let file = self.file(RequestKey { job, file, part: 0 })?;
        file.requested_gaps().first().map(|gap| gap.start)
    }

    fn free_request_for_read(&mut self, place: (Uuid, u32), at: Now) {
        let requests = self.moving.range(RequestKey::of_file(place.0, place.1)).count();
        let is_free = requests < self.parallel.target(place);
        if is_free || self.parallel.add_one(place, at) {
            self.queue.replan = true;
        } else if let Some(key) = self.least_urgent(place, at) {
            self.drop_request(key, at);
        }
    }

    /// The last further request in a file of which nobody waits for bytes.
    fn least_urgent(&self, place: (Uuid, u32), at: Now) -> Option<RequestKey> {
        let file = self.file(RequestKey { job: place.0, file: place.1, part: 0 })?;
        let size = file.bytes_total()?;
        let usual_rate = self.parallel.rate_of_one(place);
        let is_awaited = |moving: &Moving| {
            let running = [moving.running_range(usual_rate, at)];
            let mut reads = self.reads.waiting.values().filter(|read| read.file == place);
            reads.any(|read| comes_soon(file, size, &running, read.position))
        };
        let requests = self.moving.range(RequestKey::of_file(place.0, place.1));
        let further = requests.filter(|(_, moving)| moving.is_further && !is_awaited(moving));
        further.max_by_key(|(_, moving)| moving.written).map(|(key, _)| *key)
    }

    /// Forgets where files are fetched from that are no longer downloaded.
    pub(super) fn forget_positions(&mut self) {
        let jobs = &self.queue.jobs;
        let is_wanted = |(job, index): &(Uuid, u32)| {
            jobs.get(job).is_none_or(|loaded| {
                let file = loaded.job.files.get(*index as usize);
                file.is_some_and(|file| file.stage == FileStage::Waiting)
                    && !loaded.job.record.state.is_final()
            })
        };
        self.reads.positions.retain(|place, _| is_wanted(place));
        self.reads.moved.retain(is_wanted);
    }

    /// The requests of a file that are under way.
    pub(super) fn running_ranges(&self, place: (Uuid, u32), at: Now) -> Vec<RunningRange> {
        let usual_rate = self.parallel.rate_of_one(place);
        let requests = self.moving.range(RequestKey::of_file(place.0, place.1));
        requests.map(|(_, moving): (_, &Moving)| moving.running_range(usual_rate, at)).collect()
    }
}

fn error_of(error: &JobError) -> Error {
    Error::with_context(error.code, error.context, error.message.clone())
}

/// Where the held bytes end that go on from a position; the position if it is not held.
fn held_end(file: &FileRecord, position: u64) -> u64 {
    let mut end = position;
    for range in file.held_ranges() {
        if range.contains(&end) {
            end = range.end;
        }
    }
    end
}
