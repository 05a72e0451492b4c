//! The job as a whole, and how it changes.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::vocab::{Error, HResult, JobState, PATHS, Result, code, limit};

use super::deadline::{Deadline, Now};
use super::file::{FileRecord, FileStage, NextTry};
use super::input::Input;
use super::plan::Limits;
use super::record::{Closing, JobRecord, NewJob};
use super::upload::next_parts;
use super::{command, outage, outcome, reply};

/// A job with its files, and what is derived from them.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is stored of the job.
    pub record: JobRecord,
    /// What is stored of its files, in order of addition.
    pub files: Vec<FileRecord>,
    /// Their keys.
    local_names: BTreeSet<String>,
    waiting: BTreeSet<u32>,
    received: BTreeSet<u32>,
    /// Those of the files that failed which are tried again as soon as there is a slot.
    due: BTreeSet<u32>,
    /// The others that are tried again, by when that is on the monotonic clock.
    delayed: BTreeSet<(u64, u32)>,
    /// Those that are not.
    failed: BTreeSet<u32>,
}

impl Job {
    /// A job from its records.
    pub fn new(record: JobRecord, files: Vec<FileRecord>) -> Self {
        let local_names = files.iter().map(|file| PATHS.key(&file.local_name)).collect();
        let mut job = Self {
            record,
            files: Vec::new(),
            local_names,
            waiting: BTreeSet::new(),
            received: BTreeSet::new(),
            due: BTreeSet::new(),
            delayed: BTreeSet::new(),
            failed: BTreeSet::new(),
        };
        for (index, file) in files.into_iter().enumerate() {
            job.put(u32::try_from(index).unwrap_or(u32::MAX), file);
        }
        job
    }

    /// The file of that index: DO_E_FILE_NOT_AVAILABLE if there is none.
    pub fn file(&self, index: u32) -> Result<&FileRecord> {
        self.files
            .get(index as usize)
            .ok_or_else(|| Error::new(code::DO_E_FILE_NOT_AVAILABLE, "the job has no such file"))
    }

    /// Indices of the files that lack bytes and may have them now: in order, those that
    /// failed after the others.
    pub fn waiting(&self) -> impl Iterator<Item = u32> {
        let all = self.waiting.iter().chain(&self.due).copied();
        all.filter(|index| reply::may_move(self, *index))
    }

    /// The file that is asked for next, now or when a delay is over.
    pub fn next_file(&self) -> Option<u32> {
        self.waiting().next().or_else(|| self.delayed.first().map(|(_, index)| *index))
    }

    /// Indices of the files that failed and wait for their next try, by when that is.
    pub fn delayed(&self) -> impl Iterator<Item = u32> {
        self.delayed.iter().map(|(_, index)| *index)
    }

    /// Indices of all the files that failed since their last progress, in no order.
    pub fn troubled(&self) -> impl Iterator<Item = u32> {
        self.due.iter().copied().chain(self.delayed()).chain(self.failed.iter().copied())
    }

    /// When the job needs attention although nothing happens to it.
    pub fn wake_at(&self) -> Option<Deadline> {
        let retry = self.delayed().next().filter(|_| self.record.is_runnable());
        let retry = retry.and_then(|index| Some(self.files.get(index as usize)?.retry()?.at));
        let all = [self.record.wake_at(), retry].into_iter().flatten();
        all.min_by_key(|deadline| deadline.monotonic_ms)
    }

    /// The requests that may be made now, in order: each with the index of its
    /// file and the number of the part that it sends, or 0.
    pub fn requests(&self) -> impl Iterator<Item = (u32, u32)> {
        self.waiting().flat_map(|index| {
            let file = self.files.get(index as usize);
            let mut parts = file.into_iter().flat_map(|file| next_parts(&self.record, file));
            let first = parts.next().unwrap_or(0);
            std::iter::once(first).chain(parts).map(move |part| (index, part))
        })
    }

    /// True if a request that is under way is still one that may be made.
    pub fn may_request(&self, index: u32, part: u32) -> bool {
        let Some(file) = self.files.get(index as usize) else {
            return false;
        };
        let mut parts = next_parts(&self.record, file).peekable();
        let fits = match part {
            0 => parts.peek().is_none(),
            _ => parts.any(|one| one == part),
        };
        let lacks_bytes = file.stage == FileStage::Waiting && !file.has_all_requested();
        fits && lacks_bytes && !file.is_failed() && file.retry().is_none()
    }

    /// Indices of the files whose check and sync are owed.
    pub fn received(&self) -> impl Iterator<Item = u32> {
        self.received.iter().copied()
    }

    /// True if a file of the job goes to that path.
    pub fn has_local_name(&self, local_name: &str) -> bool {
        self.local_names.contains(&PATHS.key(local_name))
    }

    /// What holds after a start of the engine in `boot`.
    pub fn after_restart(&mut self, boot: Option<Uuid>, now: Now) {
        self.record.after_restart(boot, now);
        let files = std::mem::take(&mut self.files);
        for set in [&mut self.waiting, &mut self.received, &mut self.due, &mut self.failed] {
            set.clear();
        }
        self.delayed.clear();
        for (index, mut file) in files.into_iter().enumerate() {
            file.after_restart(boot);
            if self.record.closing == Some(Closing::Publishing) {
                // Its times and its mode may be set already.
                file.left = None;
            }
            self.put(u32::try_from(index).unwrap_or(u32::MAX), file);
        }
        self.record.totals = super::record::Totals::of(&self.files);
    }

    /// Makes a stored change the present state.
    pub fn accept(&mut self, change: Change) {
        self.record = change.record;
        for (index, file) in change.files {
            self.put(index, file);
        }
        if !change.added.is_empty() {
            self.append(change.added);
        }
        for index in change.published {
            if let Some(file) = self.files.get_mut(index as usize) {
                file.stage = FileStage::Published;
            }
        }
    }

    fn append(&mut self, files: Vec<FileRecord>) {
        let first = self.files.len();
        if self.files.is_empty() {
            self.files = files;
        } else {
            self.files.extend(files);
        }
        for index in first..self.files.len() {
            let file = &self.files[index];
            self.local_names.insert(PATHS.key(&file.local_name));
            let phase = phase_of(file);
            self.sort_in(u32::try_from(index).unwrap_or(u32::MAX), phase);
        }
    }

    fn put(&mut self, index: u32, file: FileRecord) {
        for set in [&mut self.waiting, &mut self.received, &mut self.due, &mut self.failed] {
            set.remove(&index);
        }
        if let Some(retry) = self.files.get(index as usize).and_then(FileRecord::retry) {
            self.delayed.remove(&(retry.at.monotonic_ms, index));
        }
        self.sort_in(index, phase_of(&file));
        match self.files.get_mut(index as usize) {
            Some(slot) => *slot = file,
            None => {
                self.local_names.insert(PATHS.key(&file.local_name));
                self.files.push(file);
            }
        }
    }

    fn sort_in(&mut self, index: u32, phase: FilePhase) {
        match phase {
            FilePhase::Waiting => _ = self.waiting.insert(index),
            FilePhase::Failed(NextTry::Due) => _ = self.due.insert(index),
            FilePhase::Failed(NextTry::At(retry)) => {
                _ = self.delayed.insert((retry.at.monotonic_ms, index));
            }
            FilePhase::Failed(NextTry::Never) => _ = self.failed.insert(index),
            FilePhase::Received => _ = self.received.insert(index),
            FilePhase::Idle => {}
        }
    }
}

/// What a file waits for.
enum FilePhase {
    /// A request.
    Waiting,
    /// Its next try.
    Failed(NextTry),
    /// Its check and its sync.
    Received,
    /// Nothing: it is transferred, or has all that was requested of it.
    Idle,
}

fn phase_of(file: &FileRecord) -> FilePhase {
    match (file.stage, &file.failure) {
        (FileStage::Waiting, Some(failure)) => FilePhase::Failed(failure.next_try),
        (FileStage::Waiting, None) if file.has_all_requested() => FilePhase::Idle,
        (FileStage::Waiting, None) => FilePhase::Waiting,
        (FileStage::Received, _) => FilePhase::Received,
        (FileStage::Transferred | FileStage::Published, _) => FilePhase::Idle,
    }
}

/// What an input changes: to be stored, then accepted.
#[derive(Clone, Debug)]
pub struct Change {
    /// The job's new record.
    pub record: JobRecord,
    /// The files that are different, or new and but one.
    pub files: BTreeMap<u32, FileRecord>,
    /// The files that are new and may be many: they become those of the job as they are here.
    pub added: Vec<FileRecord>,
    /// The files that are published and else as they were: the record says so for all of
    /// them.
    pub published: Vec<u32>,
    /// What the caller gets: S_OK or another success code.
    pub result: HResult,
    /// Files that were thrown back to the start, for the event.
    pub restarted: BTreeSet<u32>,
    /// True if Complete ended, with the code its caller gets.
    pub completed: Option<std::result::Result<HResult, Error>>,
    /// True if Cancel's deletions ended, with the code its caller gets.
    pub cancelled: Option<HResult>,
    /// True if a server keeps something of a cancelled upload: the error says what.
    pub leaves: bool,
    /// True if it is to be stored before anything follows from it.
    pub urgent: bool,
    /// True if no power cut may take it back either: it is synced, too.
    pub durable: bool,
}

impl Change {
    /// A change of `job` that changes nothing yet.
    pub fn of(job: &Job) -> Self {
        Self {
            record: job.record.clone(),
            files: BTreeMap::new(),
            added: Vec::new(),
            published: Vec::new(),
            result: code::S_OK,
            restarted: BTreeSet::new(),
            completed: None,
            cancelled: None,
            leaves: false,
            urgent: false,
            durable: false,
        }
    }

    /// The file as this change leaves it.
    pub fn file<'a>(&'a self, job: &'a Job, index: u32) -> Result<&'a FileRecord> {
        match self.files.get(&index) {
            Some(file) => Ok(file),
            None => job.file(index),
        }
    }

    /// Changes one file, and the totals with it.
    pub fn edit(
        &mut self,
        job: &Job,
        index: u32,
        edit: impl FnOnce(&mut FileRecord),
    ) -> Result<()> {
        let mut new = match self.files.remove(&index) {
            Some(file) => file,
            None => job.file(index)?.clone(),
        };
        self.record.totals.remove(&new);
        edit(&mut new);
        self.record.totals.add(&new);
        self.files.insert(index, new);
        Ok(())
    }

    /// Appends files that the job gets from its caller.
    pub fn add(&mut self, files: Vec<FileRecord>) {
        files.iter().for_each(|file| self.record.totals.add(file));
        self.added = files;
    }

    /// Appends a file.
    pub fn push(&mut self, file: FileRecord) {
        let index = self.record.totals.files + self.record.totals.replies;
        self.record.totals.add(&file);
        self.files.insert(index, file);
    }
}

/// Applies an input to a job. The job stays as it is: an error means that
/// nothing happened.
pub fn apply(job: &Job, input: &Input, now: Now, limits: &Limits) -> Result<Change> {
    match input {
        Input::Command(command) => command::apply(job, command, now, limits),
        Input::Outcome(outcome) => outcome::apply(job, outcome, now),
        Input::TimePassed => outcome::time_passed(job, now),
        Input::Reconnected => outcome::reconnected(job, now),
        Input::Unreachable { failure, since } => Ok(outage::give_up(job, failure, *since, now)),
    }
}

/// Applies CreateJob: E_INVALIDARG for a name over 256 characters or with
/// control characters (specification, section 2.1), and what [`check_key`] says of a key.
pub fn apply_creation(new: NewJob, now: Now) -> Result<Job> {
    if new.display_name.chars().count() > limit::DISPLAY_NAME_CHARS_MAX {
        return Err(Error::new(
            code::E_INVALIDARG,
            format!("a display name has at most {} characters", limit::DISPLAY_NAME_CHARS_MAX),
        ));
    }
    if new.display_name.chars().any(char::is_control) {
        return Err(Error::new(
            code::E_INVALIDARG,
            "a display name cannot contain control characters",
        ));
    }
    new.key.as_deref().map_or(Ok(()), check_key)?;
    Ok(Job::new(JobRecord::new(new, now), Vec::new()))
}

/// Checks the key of a job: E_INVALIDARG for an empty one or one with control characters,
/// BG_E_STRING_TOO_LONG above 256 characters.
pub fn check_key(key: &str) -> Result<()> {
    if key.is_empty() {
        return Err(Error::new(code::E_INVALIDARG, "the key of a job cannot be empty"));
    }
    if key.chars().count() > limit::JOB_KEY_CHARS_MAX {
        return Err(Error::new(
            code::BG_E_STRING_TOO_LONG,
            format!("the key of a job has at most {} characters", limit::JOB_KEY_CHARS_MAX),
        ));
    }
    if key.chars().any(char::is_control) {
        return Err(Error::new(
            code::E_INVALIDARG,
            "the key of a job cannot contain control characters",
        ));
    }
    Ok(())
}

/// DO_E_INVALID_STATE if the job is final.
pub fn refuse_final(record: &JobRecord) -> Result<()> {
    match record.state {
        JobState::Acknowledged => {
            Err(Error::new(code::DO_E_INVALID_STATE, "the job is already completed"))
        }
        JobState::Cancelled => {
            Err(Error::new(code::DO_E_INVALID_STATE, "the job is already cancelled"))
        }
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::Suspended
        | JobState::Error
        | JobState::TransientError
        | JobState::Transferred => Ok(()),
    }
}
