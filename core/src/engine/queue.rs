//! The jobs in memory and the store behind them: saved first, then believed.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::model::{
    Change, Closing, Input, Job, JobRecord, Limits, Meter, NewJob, Now, apply, apply_creation,
};
use crate::notify::{Events, Note};
use crate::store::{Batch, Durability, Store};
use crate::vocab::{Error, HResult, JobState, LogLevel, Result, code};

/// Results of transfers are recorded at most this long after they came: the
/// bytes of this time and of one write buffer are fetched again after a kill.
const FLUSH_MS: u64 = 250;

/// Jobs kept in memory beyond those that are moving.
const CACHED_JOBS: usize = 1024;

/// Runnable jobs brought in from the store at a time.
pub const PAGE_JOBS: usize = 256;

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
    /// Jobs that a caller changed in this turn.
    commanded: BTreeSet<Uuid>,
    notes: Vec<Note>,
    /// For the log, once what they say is stored.
    pub lines: Vec<(LogLevel, String)>,
    /// True if the store may hold runnable jobs that are not in memory.
    pub has_more_runnable: bool,
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
        Ok(Self {
            next_due_ms,
            store,
            jobs: BTreeMap::new(),
            limits,
            boot,
            job_count,
            dirty_jobs: BTreeSet::new(),
            dirty_files: BTreeSet::new(),
            fallen: BTreeSet::new(),
            dirty_since_ms: None,
            urgent: None,
            commanded: BTreeSet::new(),
            notes: Vec::new(),
            lines: Vec::new(),
            has_more_runnable: true,
            replan: true,
        })
    }

    /// CreateJob.
    pub fn create(&mut self, new: NewJob, now: Now) -> Result<Uuid> {
        if self.job_count >= u64::from(self.limits.jobs) {
            return Err(Error::new(
                code::BG_E_TOO_MANY_JOBS_PER_USER,
                format!("the queue holds at most {} jobs", self.limits.jobs),
            ));
        }
        let id = new.id;
        let mut job = apply_creation(new, now)?;
        job.record.boot = self.boot;
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
        let urgent = ends || change.record.closing != before.closing;
        let moves = urgent
            || change.record.state != before.state
            || change.record.priority != before.priority
            || change.record.totals.files != before.totals.files
            || change.files.iter().any(|(index, file)| {
                loaded.job.files.get(*index as usize).is_none_or(|old| {
                    old.stage != file.stage || old.remote_name != file.remote_name
                })
            });
        self.replan |= moves;
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
        self.dirty_jobs.insert(id);
        self.dirty_files.extend(change.files.keys().map(|index| (id, *index)));
        self.dirty_since_ms.get_or_insert(now.monotonic_ms);
        loaded.job.accept(change);
        if synced_bytes_fall {
            self.require(Durability::PowerCut);
        } else if urgent || !self.fallen.is_empty() {
            self.require(Durability::Kill);
        }
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
    /// the error.
    pub fn commit(
        &mut self,
        events: &mut Events,
        now: Now,
        everything: bool,
    ) -> std::result::Result<(), (BTreeSet<Uuid>, Error)> {
        let due = self.flush_due_ms().is_some_and(|due| now.monotonic_ms >= due);
        if self.urgent.is_none() && !(due || everything) {
            return Ok(());
        }
        let durability = self.urgent.take().unwrap_or(Durability::Kill);
        let commanded = std::mem::take(&mut self.commanded);
        match self.save(durability) {
            Ok(gone) => {
                self.dirty_jobs.clear();
                self.dirty_files.clear();
                self.fallen.clear();
                self.dirty_since_ms = None;
                self.job_count -= gone;
                // An answer missed here comes with the next commit.
                self.next_due_ms = self.store.next_due().unwrap_or(self.next_due_ms);
                self.lines.extend(self.notes.iter().filter_map(Note::line));
                self.notes.drain(..).for_each(|note| events.add(note));
                Ok(())
            }
            Err(error) => {
                for id in &commanded {
                    self.revert(*id);
                }
                self.dirty_since_ms = (!self.dirty_jobs.is_empty()).then_some(now.monotonic_ms);
                Err((commanded, error))
            }
        }
    }

    fn save(&mut self, durability: Durability) -> Result<u64> {
        let mut batch = Batch { jobs: Vec::new(), files: Vec::new(), deleted: Vec::new() };
        for id in &self.dirty_jobs {
            let Some(loaded) = self.jobs.get(id) else {
                continue;
            };
            if is_gone(&loaded.job.record) {
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
        if !batch.jobs.is_empty() || !batch.deleted.is_empty() {
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
        self.has_more_runnable = true;
        self.replan = true;
        if let Ok(count) = self.store.job_count() {
            self.job_count = count;
        }
    }

    /// Brings in the first runnable jobs of the store, and those whose
    /// deadline has come.
    pub fn page_in(&mut self, now: Now) -> Result<()> {
        let runnable = self.jobs.values().filter(|loaded| loaded.job.record.is_runnable()).count();
        if self.has_more_runnable && runnable < PAGE_JOBS / 2 {
            let page = self.store.next_runnable(None, PAGE_JOBS)?;
            self.has_more_runnable = page.len() == PAGE_JOBS;
            for (id, _, _) in page {
                self.job_or_damaged(id, now)?;
            }
        }
        Ok(())
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

    /// Forgets final jobs that nobody holds a handle of.
    pub fn forget_gone(&mut self, has_handle: impl Fn(Uuid) -> bool) {
        let dirty = &self.dirty_jobs;
        self.jobs.retain(|id, loaded| {
            !is_gone(&loaded.job.record) || has_handle(*id) || dirty.contains(id)
        });
    }

    /// True if the bytes of the file may be written over: the store claims no
    /// more of them than memory does.
    pub fn may_overwrite(&self, key: (Uuid, u32)) -> bool {
        !self.fallen.contains(&key)
    }

    /// Lets go of jobs that nothing is happening to; the store has them.
    pub fn shrink(&mut self, in_use: impl Fn(Uuid) -> bool) {
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
                (record.is_runnable(), record.priority.as_u32(), record.queue_position, *id)
            })
            .collect();
        // Those that may run next stay longest.
        idle.sort_by_key(|(runnable, priority, position, _)| {
            (*runnable, std::cmp::Reverse((*priority, *position)))
        });
        let surplus = self.jobs.len() - CACHED_JOBS / 2;
        for (runnable, _, _, id) in idle.into_iter().take(surplus) {
            self.jobs.remove(&id);
            self.has_more_runnable |= runnable;
        }
    }

    /// All jobs in the queue, those in memory as they are there.
    pub fn records(&self) -> Result<Vec<JobRecord>> {
        let mut records: Vec<JobRecord> = self.store.records()?;
        for record in &mut records {
            if let Some(loaded) = self.jobs.get(&record.id) {
                *record = loaded.job.record.clone();
            }
        }
        let known: BTreeSet<Uuid> = records.iter().map(|record| record.id).collect();
        let created = self.jobs.values().map(|loaded| &loaded.job.record);
        records.extend(created.filter(|record| !known.contains(&record.id)).cloned());
        records.retain(|record| !record.state.is_final());
        Ok(records)
    }
}

/// True if nothing of the job is left to be done or remembered.
pub fn is_gone(record: &JobRecord) -> bool {
    let cleaned = !matches!(
        record.closing,
        Some(Closing::Releasing | Closing::Discarding | Closing::Cleaning { .. })
    );
    record.state.is_final() && cleaned
}
