//! Turns saved changes into events, and keeps them until somebody asks.
//!
//! Events of one job are coalesced, so a slow listener costs nothing: it gets
//! what is true now, not a backlog. Specification, section 11.

mod log;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{Change, FileRecord, FileStage, Job, JobError, JobRecord};
use crate::protocol::FileRange;
use crate::vocab::{EventKind, JobPropertyId, JobState, LogLevel, PropertyValue, limit, notify};

pub use log::{LogSink, is_logged, log, set_log_sink};

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Which job.
    pub job: Uuid,
    /// What happened.
    pub kind: EventKind,
    /// To which of its files, for the events of files.
    pub file: Option<u32>,
    /// The error, for JOB_ERROR.
    pub error: Option<JobError>,
    /// The bytes that arrived since the last such event, counted over the
    /// requested pieces; only for FILE_RANGES_TRANSFERRED.
    pub ranges: Vec<FileRange>,
}

/// What a change means for listeners, taken down before the change is stored.
#[derive(Debug)]
pub struct ChangeNotice {
    job: Uuid,
    state: JobState,
    notify_flags: u32,
    interval_ms: u64,
    /// The error of a job that failed.
    error: Option<JobError>,
    /// What a server keeps of a cancelled upload.
    left: Option<JobError>,
    entered: Option<JobState>,
    line: Option<(LogLevel, String)>,
    restarted: BTreeSet<u32>,
    transferred: Vec<u32>,
    /// Per file: the bytes that came in, if somebody may want to know.
    grown: Vec<(u32, Vec<Range<u64>>)>,
    /// The same for files that lost bytes: what is left from their start on.
    shrunk: Vec<(u32, u64)>,
}

impl ChangeNotice {
    /// Compares a job with what a change makes of it.
    pub fn of(job: &Job, change: &Change) -> Self {
        let record = &change.record;
        let entered = (record.state != job.record.state).then_some(record.state);
        let mut note = Self {
            job: record.id,
            state: record.state,
            notify_flags: record.notify_flags,
            interval_ms: interval_ms(record),
            error: entered.and_then(|_| record.error.clone()),
            left: record.error.clone().filter(|_| change.leaves),
            entered,
            line: match change.leaves {
                true => log::line_of_left(record),
                false => entered.and_then(|_| log::line_of(record)),
            },
            restarted: change.restarted.clone(),
            transferred: Vec::new(),
            grown: Vec::new(),
            shrunk: Vec::new(),
        };
        for (index, file) in &change.files {
            let before = job.files.get(*index as usize);
            let was_transferred = before.is_some_and(FileRecord::is_transferred);
            if file.stage == FileStage::Transferred && !was_transferred {
                note.transferred.push(*index);
            }
            if record.notify_flags & notify::FILE_RANGES_TRANSFERRED == 0 {
                continue;
            }
            let (held, had) = (file.held(), before.map_or(0, FileRecord::held));
            if held > had {
                note.grown.push((*index, file.held_beyond(before)));
            } else if held < had {
                note.shrunk.push((*index, file.written));
            }
        }
        note
    }

    /// The line of the log for it.
    pub fn line(&self) -> Option<&(LogLevel, String)> {
        self.line.as_ref()
    }

    /// The job it is about.
    pub fn job(&self) -> Uuid {
        self.job
    }
}

/// Events that wait for a listener.
#[derive(Debug, Default)]
pub struct Events {
    jobs: BTreeMap<Uuid, PendingEvent>,
    order: VecDeque<Uuid>,
}

#[derive(Debug, Default)]
struct PendingEvent {
    restarted: BTreeSet<u32>,
    transferred: BTreeSet<u32>,
    /// Per file: the bytes that came in, in order.
    ranges: BTreeMap<u32, Vec<Range<u64>>>,
    end: Option<(EventKind, Option<JobError>)>,
    /// True once the job was transferred or failed while somebody listened.
    has_ended: bool,
    modified: bool,
    /// When the next throttled event may go, on the monotonic clock.
    throttled_until_ms: u64,
    interval_ms: u64,
    in_order: bool,
}

impl PendingEvent {
    fn is_empty(&self) -> bool {
        self.restarted.is_empty()
            && self.transferred.is_empty()
            && self.ranges.is_empty()
            && self.end.is_none()
            && !self.modified
    }
}

impl Events {
    /// Adds what a stored change means for listeners.
    pub fn add(&mut self, note: &ChangeNotice) {
        let id = note.job;
        let flags = note.notify_flags;
        if note.state.is_final() {
            self.jobs.remove(&id);
            let wanted = flags & notify::DISABLE == 0 && flags & notify::JOB_ERROR != 0;
            if let Some(error) = note.left.as_ref().filter(|_| wanted) {
                let pending = self.jobs.entry(id).or_default();
                pending.end = Some((EventKind::JobError, Some(error.clone())));
                self.enqueue(id);
            }
            return;
        }
        if flags & notify::DISABLE != 0 {
            return;
        }
        let pending = self.jobs.entry(id).or_default();
        pending.interval_ms = note.interval_ms;
        pending.restarted.extend(&note.restarted);
        if flags & notify::FILE_TRANSFERRED != 0 {
            pending.transferred.extend(&note.transferred);
        }
        if flags & notify::FILE_RANGES_TRANSFERRED != 0 {
            for (index, left) in &note.shrunk {
                let ranges = pending.ranges.entry(*index).or_default();
                ranges.iter_mut().for_each(|range| range.end = range.end.min(*left));
                ranges.retain(|range| !range.is_empty());
            }
            for (index, grown) in &note.grown {
                let ranges = pending.ranges.entry(*index).or_default();
                grown.iter().for_each(|range| join(ranges, range.clone()));
            }
            pending.ranges.retain(|_, ranges| !ranges.is_empty());
        }
        match note.entered {
            Some(JobState::Transferred | JobState::Error) => {
                pending.has_ended = true;
                pending.note_end(note.state, flags, note.error.as_ref());
            }
            Some(_) => {
                pending.end = None;
                pending.modified |= flags & notify::JOB_MODIFICATION != 0;
            }
            None => pending.modified |= flags & notify::JOB_MODIFICATION != 0,
        }
        self.enqueue(id);
    }

    /// Notes a job that was transferred or had failed before anybody listened
    /// here: its event may not have been seen. A job that has raised such an
    /// event since is passed over.
    pub fn note_found(&mut self, record: &JobRecord) {
        if record.notify_flags & notify::DISABLE != 0 {
            return;
        }
        let pending = self.jobs.entry(record.id).or_default();
        if !pending.has_ended {
            pending.note_end(record.state, record.notify_flags, record.error.as_ref());
            self.enqueue(record.id);
        }
    }

    /// The next event; else, when one that is being held back may go.
    pub fn pop(&mut self, now_ms: u64) -> Result<Event, Option<u64>> {
        let mut soonest = None;
        for _ in 0..self.order.len() {
            let Some(id) = self.order.pop_front() else {
                break;
            };
            let Some(pending) = self.jobs.get_mut(&id) else {
                continue;
            };
            pending.in_order = false;
            let event = pending.next(id, now_ms);
            if !pending.is_empty() {
                pending.in_order = true;
                self.order.push_back(id);
                let until = pending.throttled_until_ms;
                soonest = Some(soonest.map_or(until, |soonest: u64| soonest.min(until)));
            }
            if let Some(event) = event {
                return Ok(event);
            }
        }
        Err(soonest)
    }

    fn enqueue(&mut self, id: Uuid) {
        let Some(pending) = self.jobs.get_mut(&id) else {
            return;
        };
        if !pending.in_order && !pending.is_empty() {
            pending.in_order = true;
            self.order.push_back(id);
        }
    }
}

impl PendingEvent {
    fn note_end(&mut self, state: JobState, flags: u32, error: Option<&JobError>) {
        let (kind, flag) = match state {
            JobState::Transferred => (EventKind::JobTransferred, notify::JOB_TRANSFERRED),
            JobState::Error => (EventKind::JobError, notify::JOB_ERROR),
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::Suspended
            | JobState::TransientError
            | JobState::Acknowledged
            | JobState::Cancelled => return,
        };
        if flags & flag != 0 {
            self.end = Some((kind, error.cloned()));
        }
    }

    /// Takes one event, the events of files before those of the job.
    fn next(&mut self, job: Uuid, now_ms: u64) -> Option<Event> {
        let event = |kind, file| Event { job, kind, file, error: None, ranges: Vec::new() };
        if let Some(file) = self.restarted.pop_first() {
            return Some(event(EventKind::FileRestarted, Some(file)));
        }
        if let Some(file) = self.transferred.pop_first() {
            return Some(event(EventKind::FileTransferred, Some(file)));
        }
        let may_go = self.end.is_some() || now_ms >= self.throttled_until_ms;
        if may_go && !self.ranges.is_empty() {
            self.throttled_until_ms = now_ms + self.interval_ms;
            let (file, ranges) = self.ranges.pop_first()?;
            let ranges = ranges.into_iter().map(|range| FileRange {
                initial_offset: range.start,
                length: range.end - range.start,
            });
            let ranges = ranges.collect();
            return Some(Event { ranges, ..event(EventKind::FileRangesTransferred, Some(file)) });
        }
        if let Some((kind, error)) = self.end.take() {
            return Some(Event { error, ..event(kind, None) });
        }
        if self.modified && now_ms >= self.throttled_until_ms {
            self.throttled_until_ms = now_ms + self.interval_ms;
            self.modified = false;
            return Some(event(EventKind::JobModification, None));
        }
        None
    }
}

/// Adds a range to others, which are in order; those that meet become one.
fn join(ranges: &mut Vec<Range<u64>>, mut range: Range<u64>) {
    let first = ranges.partition_point(|one| one.end < range.start);
    let last = ranges.partition_point(|one| one.start <= range.end);
    for one in ranges.drain(first..last.max(first)) {
        range = one.start.min(range.start)..one.end.max(range.end);
    }
    ranges.insert(first, range);
}

fn interval_ms(record: &JobRecord) -> u64 {
    let id = JobPropertyId::MinimumNotificationIntervalMs.as_u32();
    match record.properties.get(&id) {
        Some(PropertyValue::Dword(interval_ms)) => u64::from(*interval_ms),
        Some(
            PropertyValue::Guid(_)
            | PropertyValue::Enable(_)
            | PropertyValue::Uint64(_)
            | PropertyValue::Target(_)
            | PropertyValue::Text(_),
        )
        | None => u64::from(limit::NOTIFICATION_INTERVAL_DEFAULT_MS),
    }
}
