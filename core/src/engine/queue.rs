//! The jobs in memory and the store behind them: saved first, then believed.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::model::{
    Change, Conditions, Input, Job, Limits, Meter, NewJob, Now, apply, apply_creation,
};
use crate::notify::Note;
use crate::protocol::host_of;
use crate::store::{Batch, Call, Calls, Durability, Store};
use crate::vocab::{Error, HResult, JobState, Result, code};

/// Results of transfers are recorded at most this long after they came: the
/// bytes of this time and of one write buffer are fetched again after a kill.
const FLUSH_MS: u64 = 250;

/// Jobs kept in memory beyond those that are moving.
const CACHED_JOBS: usize = 1024;

/// How many are left when there are more. No more are brought in to run than
/// this: they would be let go at once, and brought in again.
const KEPT_JOBS: usize = CACHED_JOBS / 2;

/// Runnable jobs brought in from the store at a time.
pub const PAGE_JOBS: usize = 256;

/// Jobs listed at a time: a list of any length takes little memory.
const LIST_PAGE_JOBS: usize = 1024;

/// A job in memory.
pub struct Loaded {
    pub job: Job,
    pub meter: Meter,
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
    pub limits: Limits,
    /// What is told of the machine.
    pub conditions: Conditions,
    boot: Option<Uuid>,
    job_count: u64,
    dirty_jobs: BTreeSet<Uuid>,
    dirty_files: BTreeSet<(Uuid, u32)>,
    /// Files whose records claim less than those in the store: nothing may be
    /// written over their bytes before the store knows.
    fallen: BTreeSet<(Uuid, u32)>,
    dirty_since_ms: Option<u64>,
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
    has_more_runnable: bool,
    runnable_after: Option<(u32, u64)>,
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
            limits,
            conditions: Conditions::default(),
            boot,
            job_count,
            dirty_jobs: BTreeSet::new(),
            dirty_files: BTreeSet::new(),
            fallen: BTreeSet::new(),
            dirty_since_ms: None,
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

    /// CreateJob.
    pub fn create(&mut self, new: NewJob, umask: Option<u32>, now: Now) -> Result<Uuid> {
        if self.job_count >= u64::from(self.limits.jobs) {
            return Err(Error::new(
                code::BG_E_TOO_MANY_JOBS_PER_USER,
                format!("the queue holds at most {} jobs", self.limits.jobs),
            ));
        }
        let id = new.id;
        let mut job = apply_creation(new, now)?;
        job.record.boot = self.boot;
        job.record.umask = umask;
        self.jobs.insert(id, Loaded { job, meter: Meter::default() });
        self.job_count += 1;
        self.dirty_jobs.insert(id);
        self.commanded.insert(id);
        self.urgent = Some(Durability::PowerCut);
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
            self.jobs.insert(id, Loaded { job, meter: Meter::default() });
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
        self.require(durability);
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
        let urgent = ends || change.urgent || change.record.closing != before.closing;
        // The caller who is told that Complete is done may move the files away:
        // no power cut brings such a job back.
        let is_done = ends && change.record.state == JobState::Acknowledged;
        let moves = urgent
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
        let mut synced_bytes_fall = false;
        for (index, file) in &change.files {
            if let Some(old) =
                loaded.job.files.get(*index as usize).filter(|old| file.written < old.written)
            {
                self.fallen.insert((id, *index));
                synced_bytes_fall |= file.synced < old.synced;
            }
        }
        self.notes.push(Note::of(&loaded.job, &change));
        self.may_forget |= change.record.is_gone();
        self.dirty_jobs.insert(id);
        self.dirty_files.extend(change.files.keys().map(|index| (id, *index)));
        self.dirty_since_ms.get_or_insert(now.monotonic_ms);
        loaded.job.accept(change);
        self.owes_sync |= keeps_bytes;
        if synced_bytes_fall || is_done {
            self.require(Durability::PowerCut);
        } else if urgent || !self.fallen.is_empty() {
            self.require(Durability::Kill);
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

    fn require(&mut self, durability: Durability) {
        let is_power_cut =
            |durability: &Option<Durability>| matches!(durability, Some(Durability::PowerCut));
        if !is_power_cut(&self.urgent) {
            self.urgent = Some(durability);
        }
    }

    /// When the next commit of what is not urgent is due.
    pub fn flush_due_ms(&self) -> Option<u64> {
        self.dirty_since_ms.map(|since| since + FLUSH_MS)
    }

    /// Stores what is urgent or has waited long enough. If that fails, what
    /// callers changed is as if it had not been: those jobs are returned with
    /// the error. What was stored is returned for those who listen.
    pub fn commit(
        &mut self,
        now: Now,
        everything: bool,
    ) -> std::result::Result<Vec<Note>, (BTreeSet<Uuid>, Error)> {
        let due = self.flush_due_ms().is_some_and(|due| now.monotonic_ms >= due);
        if self.urgent.is_none() && !(due || everything) {
            return Ok(Vec::new());
        }
        let durability = self.urgent.take().unwrap_or(Durability::Kill);
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
                self.dirty_jobs.clear();
                self.dirty_files.clear();
                self.fallen.clear();
                self.dirty_since_ms = None;
                self.job_count -= gone;
                // An answer missed here comes with the next commit.
                self.next_due_ms = self.store.next_due().unwrap_or(self.next_due_ms);
                Ok(std::mem::take(&mut self.notes))
            }
            Err(error) => {
                for id in &commanded {
                    self.revert(*id);
                }
                let is_dirty = !self.dirty_jobs.is_empty();
                self.dirty_since_ms = is_dirty.then_some(now.monotonic_ms);
                // What is left asks for no less than before.
                self.urgent = is_dirty.then_some(durability);
                Err((commanded, error))
            }
        }
    }

    /// True if the store does not hold what memory holds of the job.
    pub fn is_dirty(&self, id: Uuid) -> bool {
        self.dirty_jobs.contains(&id)
    }

    /// True, once, if the store is to be synced soon.
    pub fn owes_sync(&mut self) -> bool {
        self.dirty_jobs.is_empty() && std::mem::take(&mut self.owes_sync)
    }

    fn save(&mut self, calls: Option<&Calls>, durability: Durability) -> Result<u64> {
        let mut batch = Batch { calls, ..Batch::default() };
        for id in &self.dirty_jobs {
            let Some(loaded) = self.jobs.get(id) else {
                continue;
            };
            if loaded.job.record.is_gone() {
                batch.deleted.push(*id);
            } else {
                batch.jobs.push(&loaded.job.record);
            }
        }
        for (id, index) in &self.dirty_files {
            let file = self.jobs.get(id).and_then(|loaded| loaded.job.files.get(*index as usize));
            if let Some(file) = file.filter(|_| !batch.deleted.contains(id)) {
                batch.files.push((*id, *index, file));
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
        self.jobs.remove(&id);
        self.dirty_jobs.remove(&id);
        self.dirty_files.retain(|(job, _)| *job != id);
        self.fallen.retain(|(job, _)| *job != id);
        self.notes.retain(|note| note.job() != id);
        self.look_again();
        self.replan = true;
        if let Ok(count) = self.store.job_count() {
            self.job_count = count;
        }
    }

    /// True if the store may hold jobs for slots that those in memory cannot
    /// use: more files than there are slots, to hosts that are not full.
    pub fn wants_more(&self, is_held: impl Fn(&Job) -> bool) -> bool {
        if !self.has_more_runnable || self.conditions.paused {
            return false;
        }
        let mut by_host: BTreeMap<&str, usize> = BTreeMap::new();
        let mut runnable = 0;
        for Loaded { job, .. } in self.jobs.values() {
            if job.record.is_runnable() && !is_held(job) {
                runnable += 1;
                let first = job.waiting().next().and_then(|index| job.files.get(index as usize));
                *by_host.entry(first.map_or("", |file| host_of(&file.remote_name))).or_default() +=
                    1;
            }
        }
        let per_host = self.limits.connections_per_host as usize;
        let startable: usize = by_host.values().map(|jobs| (*jobs).min(per_host)).sum();
        let has_enough = startable >= 2 * self.limits.simultaneous_files as usize;
        !(runnable >= PAGE_JOBS / 2 && has_enough || runnable >= KEPT_JOBS)
    }

    /// Brings in the next runnable jobs of the store.
    pub fn page_in(&mut self, now: Now) -> Result<()> {
        let page = self.store.next_runnable(self.runnable_after, PAGE_JOBS)?;
        self.has_more_runnable = page.len() == PAGE_JOBS;
        for (id, priority, queue_position) in page {
            self.runnable_after = Some((priority, queue_position));
            self.job_or_damaged(id, now)?;
        }
        Ok(())
    }

    /// Looks for runnable jobs from the first one on again.
    pub fn look_again(&mut self) {
        self.has_more_runnable = true;
        self.runnable_after = None;
    }

    /// Brings in the jobs of the store whose deadline has come.
    pub fn page_in_due(&mut self, now: Now) -> Result<()> {
        for id in self.store.due(now.unix_ms)? {
            self.job_or_damaged(id, now)?;
        }
        Ok(())
    }

    /// Brings in the jobs with a Complete or Cancel to be finished.
    pub fn page_in_closing(&mut self, now: Now) -> Result<()> {
        for id in self.store.closing()? {
            self.job_or_damaged(id, now)?;
        }
        Ok(())
    }

    /// A damaged job must not keep the others from running; its own calls say
    /// what is wrong with it.
    fn job_or_damaged(&mut self, id: Uuid, now: Now) -> Result<()> {
        match self.job(id, now) {
            Err(error)
                if error.code != code::BG_E_DATABASE_CORRUPT
                    && error.code != code::DO_E_JOB_NOT_FOUND =>
            {
                Err(error)
            }
            Ok(_) | Err(_) => Ok(()),
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
            self.jobs.remove(&id);
        }
        self.may_forget |= is_gone;
    }

    /// True if the bytes of the file may be written over: the store claims no
    /// more of them than memory does.
    pub fn may_overwrite(&self, key: (Uuid, u32)) -> bool {
        !self.fallen.contains(&key)
    }

    /// Lets go of jobs that nothing is happening to; the store has them.
    pub fn shrink(&mut self, in_use: impl Fn(Uuid) -> bool, is_held: impl Fn(&Job) -> bool) {
        if self.jobs.len() <= CACHED_JOBS {
            return;
        }
        let dirty = &self.dirty_jobs;
        let mut idle: Vec<(bool, u32, u64, Uuid)> = self
            .jobs
            .iter()
            .filter(|(id, loaded)| {
                loaded.job.record.closing.is_none()
                    && !loaded.job.record.state.is_final()
                    && loaded.job.received().next().is_none()
                    && !in_use(**id)
                    && !dirty.contains(*id)
            })
            .map(|(id, loaded)| {
                let record = &loaded.job.record;
                let may_start = record.is_runnable() && !is_held(&loaded.job);
                (may_start, record.priority.as_u32(), record.queue_position, *id)
            })
            .collect();
        // Those that may run next stay longest.
        idle.sort_by_key(|(may_start, priority, position, _)| {
            (*may_start, std::cmp::Reverse((*priority, *position)))
        });
        let surplus = self.jobs.len() - KEPT_JOBS;
        for (may_start, _, _, id) in idle.into_iter().take(surplus) {
            self.jobs.remove(&id);
            if may_start {
                self.look_again();
            }
        }
    }

    /// Jobs in the queue, in order of creation, from after a place; the place
    /// after them if there may be more.
    pub fn page(&self, after: Option<i64>) -> Result<(Vec<Uuid>, Option<i64>)> {
        let page = self.store.page(after, LIST_PAGE_JOBS)?;
        let next = (page.len() == LIST_PAGE_JOBS).then(|| page.last().map(|(place, _)| *place));
        let is_final =
            |id: &Uuid| self.jobs.get(id).is_some_and(|loaded| loaded.job.record.state.is_final());
        let ids = page.into_iter().map(|(_, id)| id).filter(|id| !is_final(id)).collect();
        Ok((ids, next.flatten()))
    }
}
