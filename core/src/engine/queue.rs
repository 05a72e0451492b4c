//! The jobs in memory and the store behind them: saved first, then believed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::model::{
    Change, Command, HistoryEntry, Holds, Input, Job, Limits, Meter, NewJob, Now, Outages, apply,
    apply_creation,
};
use crate::notify::ChangeNotice;
use crate::store::{Batch, Durability, ServerLimits, Store, StoredCall, StoredCalls};
use crate::vocab::{Error, HResult, JobState, RateLimits, Result, code};

use super::pace::QueuePace;
use super::paging::{Rank, Ready};
use super::recording::NewBytes;

/// A job in memory.
pub struct Loaded {
    pub job: Job,
    pub meter: Meter,
    /// Its place among those that may move, if it is one, and the server that it
    /// would ask next.
    pub(super) place: Option<(Rank, String)>,
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
    /// Those in memory that may move.
    pub(super) ready: Ready,
    /// Those that owe work, or that something happens to when time passes.
    pub(super) scheduled: BTreeSet<Uuid>,
    pub limits: Limits,
    /// The rate limits of all requests together, as they are stored.
    pub rate_limits: RateLimits,
    /// What keeps jobs from moving.
    pub holds: Holds,
    pub(super) pace: QueuePace,
    /// The servers that cannot be reached.
    pub outages: Arc<Outages>,
    /// True if jobs are brought in for calls alone.
    pub stores_only: bool,
    boot: Option<Uuid>,
    job_count: u64,
    pub(super) dirty_jobs: BTreeSet<Uuid>,
    dirty_files: BTreeSet<(Uuid, u32)>,
    /// Files whose records claim less than those in the store, or that they are
    /// written to again: nothing may be written before the store knows.
    rewound: BTreeSet<(Uuid, u32)>,
    pub(super) dirty_since_ms: Option<u64>,
    /// Since when there are bytes in a file that its stored record does not claim.
    pub(super) grown_since_ms: Option<u64>,
    /// When all that was dirty was last stored.
    pub(super) flushed_ms: u64,
    /// Since when more bytes of an unfinished file are synced than is stored.
    pub(super) synced_since_ms: Option<u64>,
    /// When the store was last synced with a commit.
    pub(super) store_synced_ms: u64,
    /// The jobs that go into the next commit; the other dirty ones can wait.
    pending: BTreeSet<Uuid>,
    /// Since when the end of a job waits to be stored.
    pub(super) ended_since_ms: Option<u64>,
    /// Set when something must be stored in this turn.
    urgent: Option<Durability>,
    /// True if what is to be stored frees space on a full disk, or keeps it from
    /// filling further.
    frees_room: bool,
    /// True if the store holds something about synced bytes that it has not
    /// synced itself.
    owes_sync: bool,
    /// True if a job in memory may be one to be forgotten.
    pub may_forget: bool,
    /// Jobs that a caller changed in this turn.
    pub(super) commanded: BTreeSet<Uuid>,
    notes: Vec<ChangeNotice>,
    /// Calls that must not be carried out twice: those stored, and those of
    /// this turn.
    calls: StoredCalls,
    called: Vec<StoredCall>,
    /// How many requests for one file servers took, and whether that is to be stored.
    pub(super) server_limits: ServerLimits,
    server_limits_changed: bool,
    /// True if the store may hold runnable jobs that are not in memory: behind
    /// this place in their order.
    pub(super) has_more_runnable: bool,
    pub(super) runnable_after: Option<(u32, u64)>,
    /// When the first retry in the store is due, milliseconds since 1970.
    pub next_due_ms: Option<i64>,
    /// Since when the store cannot be written, and why.
    pub refused: Option<(u64, Error)>,
    /// True if the plan must be made anew.
    pub replan: bool,
}

impl Queue {
    /// A queue over an opened store.
    pub fn new(store: Store, limits: Limits, boot: Option<Uuid>) -> Result<Self> {
        let job_count = store.job_count()?;
        let next_due_ms = store.next_due()?;
        let calls = store.calls();
        let server_limits = store.server_limits();
        let rate_limits = store.rate_limits();
        let pace = QueuePace::new(&store);
        Ok(Self {
            next_due_ms,
            calls,
            called: Vec::new(),
            rate_limits,
            server_limits,
            server_limits_changed: false,
            store,
            jobs: BTreeMap::new(),
            ready: Ready::default(),
            scheduled: BTreeSet::new(),
            limits,
            holds: Holds { window: pace.window(), ..Holds::default() },
            pace,
            outages: Arc::default(),
            stores_only: false,
            boot,
            job_count,
            dirty_jobs: BTreeSet::new(),
            dirty_files: BTreeSet::new(),
            rewound: BTreeSet::new(),
            dirty_since_ms: None,
            grown_since_ms: None,
            flushed_ms: 0,
            synced_since_ms: None,
            store_synced_ms: 0,
            pending: BTreeSet::new(),
            ended_since_ms: None,
            urgent: None,
            frees_room: false,
            owes_sync: false,
            may_forget: false,
            commanded: BTreeSet::new(),
            notes: Vec::new(),
            has_more_runnable: true,
            runnable_after: None,
            refused: None,
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
        self.require(id, Durability::PowerCut);
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
        self.frees_room |=
            matches!(input, Input::Command(Command::Suspend | Command::Cancel | Command::Complete));
        self.commanded.insert(id);
        self.require(id, durability);
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
        for file in change.files.values_mut().chain(&mut change.added) {
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
            || change.record.credential_slots != before.credential_slots
            || change.record.wake_at() != before.wake_at()
            || change.record.maximum_download_time_s != before.maximum_download_time_s
            || change.record.totals.files != before.totals.files
            || !change.published.is_empty()
            || change.files.iter().any(|(index, file)| {
                loaded.job.files.get(*index as usize).is_none_or(|old| {
                    old.stage != file.stage
                        || old.remote_name != file.remote_name
                        || old.failure != file.failure
                        || old.requested_ranges != file.requested_ranges
                        || old.source_name() != file.source_name()
                })
            });
        self.replan |= moves;
        let keeps_bytes = ends
            || !change.published.is_empty()
            || !change.added.is_empty()
            || change.files.iter().any(|(index, file)| {
                loaded.job.files.get(*index as usize).is_none_or(|old| {
                    old.held_safely() != file.held_safely() || old.stage != file.stage
                })
            });
        let (mut bytes_fall, mut synced_bytes_fall) = (false, false);
        for (index, file) in &change.files {
            let Some(old) = loaded.job.files.get(*index as usize) else {
                continue;
            };
            let is_reopened = old.left.is_some() && file.left.is_none() && !file.is_transferred();
            if file.held() < old.held() || is_reopened {
                self.rewound.insert((id, *index));
                bytes_fall = true;
                synced_bytes_fall |= file.held_safely() < old.held_safely();
            }
        }
        let is_durable = change.durable;
        self.frees_room |= change.record.closing.is_some() || change.record.is_gone();
        let bytes = NewBytes::of(&loaded.job, &change);
        if bytes.written {
            self.grown_since_ms.get_or_insert(now.monotonic_ms);
        }
        if bytes.synced {
            self.synced_since_ms.get_or_insert(now.monotonic_ms);
        }
        self.notes.push(ChangeNotice::of(&loaded.job, &change));
        self.may_forget |= change.record.is_gone();
        self.dirty_jobs.insert(id);
        let first = u32::try_from(loaded.job.files.len()).unwrap_or(u32::MAX);
        let added = (first..).zip(&change.added).map(|(index, _)| index);
        self.dirty_files.extend(change.files.keys().copied().chain(added).map(|index| (id, index)));
        self.dirty_since_ms.get_or_insert(now.monotonic_ms);
        loaded.job.accept(change);
        self.find_place(id);
        self.owes_sync |= keeps_bytes;
        if synced_bytes_fall || is_done || is_durable {
            self.require(id, Durability::PowerCut);
        } else if urgent || bytes_fall {
            self.require(id, Durability::Kill);
        } else if ends {
            self.pending.insert(id);
            self.ended_since_ms.get_or_insert(now.monotonic_ms);
        }
    }

    /// Ends of jobs that wait to be stored wait no longer.
    pub fn commit_ends(&mut self) {
        if self.ended_since_ms.is_some() {
            self.urgent.get_or_insert(Durability::Kill);
        }
    }

    /// The call of that name, if it was carried out.
    pub fn called(&self, call: Uuid) -> Option<StoredCall> {
        self.calls.find(call).cloned()
    }

    /// True if a Complete of the job is remembered.
    pub fn remembers_complete(&self, job: Uuid) -> bool {
        self.calls.complete(job)
    }

    /// Remembers a call, once what it changed is stored.
    pub fn remember(&mut self, call: StoredCall) {
        self.called.push(call);
    }

    /// What is remembered of servers, to be changed: it is stored with the next commit.
    pub(super) fn server_limits_mut(&mut self) -> &mut ServerLimits {
        self.server_limits_changed = true;
        &mut self.server_limits
    }

    /// The job is to be stored in this turn.
    fn require(&mut self, id: Uuid, durability: Durability) {
        self.pending.insert(id);
        if self.urgent != Some(Durability::PowerCut) {
            self.urgent = Some(durability);
        }
    }

    /// Stores what is urgent or has waited long enough. If that fails, what
    /// callers changed is as if it had not been: those jobs are returned with
    /// the error. What was stored is returned for those who listen.
    pub fn commit(
        &mut self,
        now: Now,
        everything: bool,
    ) -> std::result::Result<Vec<ChangeNotice>, (BTreeSet<Uuid>, Error)> {
        let is_due = |due_ms: Option<u64>| due_ms.is_some_and(|due_ms| now.monotonic_ms >= due_ms);
        if is_due(self.synced_due_ms()) {
            self.urgent = Some(Durability::PowerCut);
        }
        let everything = everything || is_due(self.everything_due_ms());
        if self.urgent.is_none() && !everything && !is_due(self.flush_due_ms()) {
            return Ok(Vec::new());
        }
        if everything {
            self.pending.clone_from(&self.dirty_jobs);
            self.flushed_ms = now.monotonic_ms;
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
                self.frees_room = false;
                self.refused = None;
                self.server_limits_changed = false;
                let stored = std::mem::take(&mut self.pending);
                self.dirty_jobs.retain(|id| !stored.contains(id));
                self.dirty_files.retain(|(id, _)| !stored.contains(id));
                self.rewound.retain(|(id, _)| !stored.contains(id));
                let is_dirty = !self.dirty_jobs.is_empty();
                self.dirty_since_ms = self.dirty_since_ms.filter(|_| is_dirty);
                self.grown_since_ms = self.grown_since_ms.filter(|_| is_dirty);
                self.synced_since_ms = self.synced_since_ms.filter(|_| is_dirty);
                if durability == Durability::PowerCut {
                    self.store_synced_ms = now.monotonic_ms;
                    self.owes_sync &= is_dirty;
                }
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
                self.frees_room = self.dirty_jobs.iter().any(|id| {
                    let record = self.jobs.get(id).map(|loaded| &loaded.job.record);
                    record.is_some_and(|record| record.closing.is_some() || record.is_gone())
                });
                let since = self.refused.as_ref().map_or(now.monotonic_ms, |(since, _)| *since);
                self.refused = is_dirty.then(|| (since, error.clone()));
                self.dirty_since_ms = is_dirty.then_some(now.monotonic_ms);
                (self.grown_since_ms, self.synced_since_ms) = (None, None);
                // What is left asks for no less than before.
                self.pending.clone_from(&self.dirty_jobs);
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
    pub fn is_pending(&self, id: Uuid) -> bool {
        self.pending.contains(&id)
    }

    /// True, once, if the store is to be synced soon.
    pub fn owes_sync(&mut self) -> bool {
        self.dirty_jobs.is_empty() && std::mem::take(&mut self.owes_sync)
    }

    fn save(&mut self, calls: Option<&StoredCalls>, durability: Durability) -> Result<u64> {
        let server_limits = self.server_limits_changed.then_some(&self.server_limits);
        let mut batch =
            Batch { calls, server_limits, frees_room: self.frees_room, ..Batch::default() };
        for id in &self.pending {
            let Some(Loaded { job, .. }) = self.jobs.get(id).filter(|_| self.is_dirty(*id)) else {
                continue;
            };
            if job.record.is_gone() {
                batch.deleted.push(*id);
                batch.past.extend(HistoryEntry::of(&job.record, &job.files));
                continue;
            }
            batch.jobs.push(&job.record);
            for (_, index) in self.dirty_files.range((*id, 0)..=(*id, u32::MAX)) {
                if let Some(file) = job.files.get(*index as usize) {
                    batch.files.push((*id, *index, file));
                }
            }
        }
        // New jobs are numbered as they come, and listed by their numbers.
        batch.jobs.sort_by_key(|record| record.queue_position);
        let gone = batch.deleted.len() as u64;
        let has_jobs = !batch.jobs.is_empty() || !batch.deleted.is_empty();
        if has_jobs || calls.is_some() || server_limits.is_some() {
            self.store.save(&batch, durability)?;
        }
        Ok(gone)
    }

    /// Takes back what made a job that is not stored yet.
    pub fn uncreate(&mut self, id: Uuid) {
        self.commanded.remove(&id);
        self.drop_changes(id);
        self.job_count -= 1;
        self.replan = true;
    }

    /// Forgets what is in memory of a job; the store has the last word.
    fn revert(&mut self, id: Uuid) {
        self.drop_changes(id);
        self.look_again();
        self.replan = true;
        if let Ok(count) = self.store.job_count() {
            self.job_count = count;
        }
    }

    fn drop_changes(&mut self, id: Uuid) {
        self.remove(id);
        self.dirty_jobs.remove(&id);
        self.dirty_files.retain(|(job, _)| *job != id);
        self.rewound.retain(|(job, _)| *job != id);
        self.pending.remove(&id);
        self.notes.retain(|note| note.job() != id);
    }

    /// True if the file may be written to: the store claims no more of it than
    /// memory does.
    pub fn may_overwrite(&self, key: (Uuid, u32)) -> bool {
        !self.rewound.contains(&key)
    }
}
