//! The jobs in memory and the store behind them: saved first, then believed.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::model::{
    Change, Conditions, Input, Job, Limits, Meter, NewJob, Now, apply, apply_creation,
};
use crate::notify::Note;
use crate::store::{Batch, Call, Calls, Durability, Store};
use crate::vocab::{Error, HResult, JobState, Result, code};

use super::paging::Place;

/// Results of transfers are recorded at most this long after they came: the
/// bytes of this time and of one write buffer are fetched again after a kill.
const FLUSH_MS: u64 = 250;

/// That a job is transferred or failed is stored at most this long after it
/// became so, while others move: one commit does for those of this time.
const END_FLUSH_MS: u64 = 20;

/// A job in memory.
pub struct Loaded {
    pub job: Job,
    pub meter: Meter,
    /// Its place among those that may move, if it is one.
    pub(super) place: Option<Place>,
}

impl From<Job> for Loaded {
    fn from(job: Job) -> Self {
        Self { job, meter: Meter::default(), place: None }
    }
}

/// What an input led to, for the caller of the method behind it.
pub struct Applied {
    pub result: HResult,
    pub completed: Option<std::result::Result<HResult, Error>>,
    pub cancelled: Option<HResult>,
}

/// The jobs in memory and the store behind them.
pub struct Queue {
    pub store: Store,
    pub jobs: BTreeMap<Uuid, Loaded>,
    /// Those in memory that may move, in order.
    pub(super) ready: BTreeSet<Place>,
    /// Those that owe work, or that something happens to when time passes.
    pub(super) restless: BTreeSet<Uuid>,
    pub limits: Limits,
    /// What is told of the machine.
    pub conditions: Conditions,
    boot: Option<Uuid>,
    job_count: u64,
    pub(super) dirty_jobs: BTreeSet<Uuid>,
    dirty_files: BTreeSet<(Uuid, u32)>,
    /// Files whose records claim less than those in the store: nothing may be
    /// written over their bytes before the store knows.
    fallen: BTreeSet<(Uuid, u32)>,
    dirty_since_ms: Option<u64>,
    /// The jobs that go into the next commit; the other dirty ones can wait.
    pressing: BTreeSet<Uuid>,
    /// Since when the end of a job waits to be stored.
    ended_since_ms: Option<u64>,
    /// Set when something must be stored in this turn.
    urgent: Option<Durability>,
    /// True if the store holds something about synced bytes that it has not
    /// synced itself.
    owes_sync: bool,
    /// True if a job in memory may be one to be forgotten.
    pub may_forget: bool,
    /// Jobs that a caller changed in this turn.
    commanded: BTreeSet<Uuid>,
    notes: Vec<Note>,
    /// Calls that must not be carried out twice: those stored, and those of
    /// this turn.
    calls: Calls,
    called: Vec<Call>,
    /// True if the store may hold runnable jobs that are not in memory: behind
    /// this place in their order.
    pub(super) has_more_runnable: bool,
    pub(super) runnable_after: Option<(u32, u64)>,
    /// When the first retry in the store is due, milliseconds since 1970.
    pub next_due_ms: Option<i64>,
    /// True if the plan must be made anew.
    pub replan: bool,
}

impl Queue {
    /// A queue over an opened store.
    pub fn new(store: Store, limits: Limits, boot: Option<Uuid>) -> Result<Self> {
        let job_count = store.job_count()?;
        let next_due_ms = store.next_due()?;
        let calls = store.calls();
        Ok(Self {
            next_due_ms,
            calls,
            called: Vec::new(),
            store,
            jobs: BTreeMap::new(),
            ready: BTreeSet::new(),
            restless: BTreeSet::new(),
            limits,
            conditions: Conditions::default(),
            boot,
            job_count,
            dirty_jobs: BTreeSet::new(),
            dirty_files: BTreeSet::new(),
            fallen: BTreeSet::new(),
            dirty_since_ms: None,
            pressing: BTreeSet::new(),
            ended_since_ms: None,
            urgent: None,
            owes_sync: false,
            may_forget: false,
            commanded: BTreeSet::new(),
            notes: Vec::new(),
            has_more_runnable: true,
            runnable_after: None,
            replan: true,
        })
    }

    /// CreateJob; with `like` the job gets what was set for that one.
    pub fn create(
        &mut self,
        new: NewJob,
        like: Option<Uuid>,
        umask: Option<u32>,
        now: Now,
    ) -> Result<Uuid> {
        if self.job_count >= u64::from(self.limits.jobs) {
            return Err(Error::new(
                code::BG_E_TOO_MANY_JOBS_PER_USER,
                format!("the queue holds at most {} jobs", self.limits.jobs),
            ));
        }
        let id = new.id;
        let mut job = apply_creation(new, now)?;
        if let Some(like) = like {
            job.record.inherit(&self.job(like, now)?.job.record)?;
        }
        job.record.boot = self.boot;
        job.record.umask = umask;
        self.jobs.insert(id, job.into());
        self.job_count += 1;
        self.dirty_jobs.insert(id);
        self.commanded.insert(id);
        self.press(id, Durability::PowerCut);
        Ok(id)
    }

    /// The job, brought in from the store if need be: DO_E_JOB_NOT_FOUND.
    pub fn job(&mut self, id: Uuid, now: Now) -> Result<&Loaded> {
        if !self.jobs.contains_key(&id) {
            let Some((record, files)) = self.store.load(id)? else {
                return Err(Error::new(
                    code::DO_E_JOB_NOT_FOUND,
                    format!("no job {id} in the queue"),
                ));
            };
            let mut job = Job::new(record, files);
            job.after_restart(self.boot, now);
            self.jobs.insert(id, job.into());
            self.find_place(id);
            self.replan = true;
        }
        self.jobs.get(&id).ok_or_else(|| Error::of(code::DO_E_JOB_NOT_FOUND))
    }

    /// Applies what a caller wants. It is believed only after [`Queue::commit`].
    pub fn command(
        &mut self,
        id: Uuid,
        input: &Input,
        durability: Durability,
        now: Now,
    ) -> Result<Applied> {
        let applied = self.apply(id, input, now)?;
        self.commanded.insert(id);
        self.press(id, durability);
        Ok(applied)
    }

    /// Applies an input, to be stored with the next commit.
    pub fn apply(&mut self, id: Uuid, input: &Input, now: Now) -> Result<Applied> {
        let limits = self.limits;
        let loaded = self.job(id, now)?;
        let change = apply(&loaded.job, input, now, &limits)?;
        let applied = Applied {
            result: change.result,
            completed: change.completed.clone(),
            cancelled: change.cancelled,
        };
        self.accept(id, change, now);
        Ok(applied)
    }

    fn accept(&mut self, id: Uuid, mut change: Change, now: Now) {
        let Some(loaded) = self.jobs.get_mut(&id) else {
            return;
        };
        let before = &loaded.job.record;
        if change.record == *before && change.files.is_empty() {
            return;
        }
        change.record.boot = self.boot;
        for file in change.files.values_mut() {
            file.boot = self.boot;
        }
        let ends = change.record.state != before.state
            && matches!(
                change.record.state,
                JobState::Transferred | JobState::Error | JobState::Acknowledged
            );
        let urgent = change.urgent || change.record.closing != before.closing;
        // The caller who is told that Complete is done may move the files away:
        // no power cut brings such a job back.
        let is_done = ends && change.record.state == JobState::Acknowledged;
        let moves = urgent
            || ends
            || change.record.state != before.state
            || change.record.priority != before.priority
            || change.record.properties != before.properties
            || change.record.totals.files != before.totals.files
            || change.files.iter().any(|(index, file)| {
                loaded.job.files.get(*index as usize).is_none_or(|old| {
                    old.stage != file.stage || old.remote_name != file.remote_name
                })
            });
        self.replan |= moves;
        let keeps_bytes = ends
            || change.files.iter().any(|(index, file)| {
                loaded
                    .job
                    .files
                    .get(*index as usize)
                    .is_none_or(|old| old.synced != file.synced || old.stage != file.stage)
            });
        let (mut bytes_fall, mut synced_bytes_fall) = (false, false);
        for (index, file) in &change.files {
            if let Some(old) =
                loaded.job.files.get(*index as usize).filter(|old| file.written < old.written)
            {
                self.fallen.insert((id, *index));
                bytes_fall = true;
                synced_bytes_fall |= file.synced < old.synced;
            }
        }
        self.notes.push(Note::of(&loaded.job, &change));
        self.may_forget |= change.record.is_gone();
        self.dirty_jobs.insert(id);
        self.dirty_files.extend(change.files.keys().map(|index| (id, *index)));
        self.dirty_since_ms.get_or_insert(now.monotonic_ms);
        loaded.job.accept(change);
        self.find_place(id);
        self.owes_sync |= keeps_bytes;
        if synced_bytes_fall || is_done {
            self.press(id, Durability::PowerCut);
        } else if urgent || bytes_fall {
            self.press(id, Durability::Kill);
        } else if ends {
            self.pressing.insert(id);
            self.ended_since_ms.get_or_insert(now.monotonic_ms);
        }
    }

    /// Ends of jobs that wait to be stored wait no longer.
    pub fn hurry(&mut self) {
        if self.ended_since_ms.is_some() {
            self.urgent.get_or_insert(Durability::Kill);
        }
    }

    /// The call of that name, if it was carried out.
    pub fn called(&self, call: Uuid) -> Option<Call> {
        self.calls.find(call).cloned()
    }

    /// True if a Complete of the job is remembered.
    pub fn remembers_complete(&self, job: Uuid) -> bool {
        self.calls.complete(job)
    }

    /// Remembers a call, once what it changed is stored.
    pub fn remember(&mut self, call: Call) {
        self.called.push(call);
    }

    /// The job is to be stored in this turn.
    fn press(&mut self, id: Uuid, durability: Durability) {
        self.pressing.insert(id);
        if self.urgent != Some(Durability::PowerCut) {
            self.urgent = Some(durability);
        }
    }

    /// When the next commit of what is not urgent is due.
    pub fn flush_due_ms(&self) -> Option<u64> {
        let dirty = self.dirty_since_ms.map(|since| since + FLUSH_MS);
        let ended = self.ended_since_ms.map(|since| since + END_FLUSH_MS);
        [dirty, ended].into_iter().flatten().min()
    }

    /// Stores what is urgent or has waited long enough. If that fails, what
    /// callers changed is as if it had not been: those jobs are returned with
    /// the error. What was stored is returned for those who listen.
    pub fn commit(
        &mut self,
        now: Now,
        everything: bool,
    ) -> std::result::Result<Vec<Note>, (BTreeSet<Uuid>, Error)> {
        let is_due = |due_ms: Option<u64>| due_ms.is_some_and(|due_ms| now.monotonic_ms >= due_ms);
        let everything = everything || is_due(self.dirty_since_ms.map(|since| since + FLUSH_MS));
        if self.urgent.is_none() && !everything && !is_due(self.flush_due_ms()) {
            return Ok(Vec::new());
        }
        if everything {
            self.pressing.clone_from(&self.dirty_jobs);
        }
        let durability = self.urgent.take().unwrap_or(Durability::Kill);
        self.ended_since_ms = None;
        let commanded = std::mem::take(&mut self.commanded);
        let called = std::mem::take(&mut self.called);
        let calls = (!called.is_empty()).then(|| {
            let mut calls = self.calls.clone();
            called.into_iter().for_each(|call| calls.add(call));
            calls
        });
        match self.save(calls.as_ref(), durability) {
            Ok(gone) => {
                self.calls = calls.unwrap_or_else(|| std::mem::take(&mut self.calls));
                let stored = std::mem::take(&mut self.pressing);
                self.dirty_jobs.retain(|id| !stored.contains(id));
                self.dirty_files.retain(|(id, _)| !stored.contains(id));
                self.fallen.retain(|(id, _)| !stored.contains(id));
                self.dirty_since_ms = self.dirty_since_ms.filter(|_| !self.dirty_jobs.is_empty());
                self.job_count -= gone;
                // An answer missed here comes with the next commit.
                self.next_due_ms = self.store.next_due().unwrap_or(self.next_due_ms);
                Ok(self.notes.extract_if(.., |note| stored.contains(&note.job())).collect())
            }
            Err(error) => {
                for id in &commanded {
                    self.revert(*id);
                }
                let is_dirty = !self.dirty_jobs.is_empty();
                self.dirty_since_ms = is_dirty.then_some(now.monotonic_ms);
                // What is left asks for no less than before.
                self.pressing.clone_from(&self.dirty_jobs);
                self.urgent = is_dirty.then_some(durability);
                Err((commanded, error))
            }
        }
    }

    /// True if the store does not hold what memory holds of the job.
    pub fn is_dirty(&self, id: Uuid) -> bool {
        self.dirty_jobs.contains(&id)
    }

    /// True if the job has come to a state that is told only once it is stored.
    pub fn is_untold(&self, id: Uuid) -> bool {
        self.pressing.contains(&id)
    }

    /// True, once, if the store is to be synced soon.
    pub fn owes_sync(&mut self) -> bool {
        self.dirty_jobs.is_empty() && std::mem::take(&mut self.owes_sync)
    }

    fn save(&mut self, calls: Option<&Calls>, durability: Durability) -> Result<u64> {
        let mut batch = Batch { calls, ..Batch::default() };
        for id in &self.pressing {
            let Some(Loaded { job, .. }) = self.jobs.get(id).filter(|_| self.is_dirty(*id)) else {
                continue;
            };
            if job.record.is_gone() {
                batch.deleted.push(*id);
                continue;
            }
            batch.jobs.push(&job.record);
            for (_, index) in self.dirty_files.range((*id, 0)..=(*id, u32::MAX)) {
                if let Some(file) = job.files.get(*index as usize) {
                    batch.files.push((*id, *index, file));
                }
            }
        }
        let gone = batch.deleted.len() as u64;
        if !batch.jobs.is_empty() || !batch.deleted.is_empty() || calls.is_some() {
            self.store.save(&batch, durability)?;
        }
        Ok(gone)
    }

    /// Forgets what is in memory of a job; the store has the last word.
    fn revert(&mut self, id: Uuid) {
        self.remove(id);
        self.dirty_jobs.remove(&id);
        self.dirty_files.retain(|(job, _)| *job != id);
        self.fallen.retain(|(job, _)| *job != id);
        self.pressing.remove(&id);
        self.notes.retain(|note| note.job() != id);
        self.look_again();
        self.replan = true;
        if let Ok(count) = self.store.job_count() {
            self.job_count = count;
        }
    }

    /// Forgets final jobs that nobody holds a handle of, if there may be one
    /// since the last time.
    pub fn forget_gone(&mut self, has_handle: impl Fn(Uuid) -> bool) {
        if !std::mem::take(&mut self.may_forget) {
            return;
        }
        let (dirty, may_forget) = (&self.dirty_jobs, &mut self.may_forget);
        self.jobs.retain(|id, loaded| {
            let is_gone = loaded.job.record.is_gone() && !has_handle(*id);
            *may_forget |= is_gone && dirty.contains(id);
            !is_gone || dirty.contains(id)
        });
    }

    /// The last handle of a job is gone: a final one is forgotten.
    pub fn forget(&mut self, id: Uuid) {
        let is_gone = self.jobs.get(&id).is_some_and(|loaded| loaded.job.record.is_gone());
        if is_gone && !self.dirty_jobs.contains(&id) {
            self.remove(id);
        }
        self.may_forget |= is_gone;
    }

    /// True if the bytes of the file may be written over: the store claims no
    /// more of them than memory does.
    pub fn may_overwrite(&self, key: (Uuid, u32)) -> bool {
        !self.fallen.contains(&key)
    }
}
