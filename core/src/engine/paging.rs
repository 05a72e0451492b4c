//! Which jobs are in memory: those that move, those that may soon, and those
//! that somebody asked for. The store has all of them. A plan looks at a few.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::model::{Environment, Job, JobRecord, Now, Plan, Transfer, plan};
use crate::vocab::{JobState, Result, code};

use super::queue::Queue;

/// Jobs kept in memory beyond those that are moving.
const CACHED_JOBS: usize = 1024;

/// How many are left when there are more. No more are brought in to run than
/// this: they would be let go at once, and brought in again.
const KEPT_JOBS: usize = CACHED_JOBS / 2;

/// Runnable jobs brought in from the store at a time. Each turn looks at those
/// in memory: few are brought in as long as they fill the slots.
const PAGE_JOBS: usize = 64;

/// Pages of jobs brought in before others get a turn.
const PAGES_PER_TURN: u32 = 4;

/// Jobs listed at a time: a list of any length takes little memory.
const LIST_PAGE_JOBS: usize = 1024;

/// The order in which jobs get slots: by priority, then by age.
pub type Place = (u32, u64, Uuid);

fn place_of(job: &Job) -> Place {
    (job.record.priority.as_u32(), job.record.queue_position, job.record.id)
}

impl Queue {
    /// Puts the job where it belongs after a change.
    pub(super) fn find_place(&mut self, id: Uuid) {
        let Some(loaded) = self.jobs.get_mut(&id) else {
            return;
        };
        let (job, before) = (&loaded.job, loaded.place);
        let may_move = job.record.is_runnable() || job.record.owes_server();
        let place = may_move.then(|| place_of(job));
        let record = &job.record;
        let is_restless = record.closing.is_some()
            || !record.state.is_final() && job.received().next().is_some()
            || record.state == JobState::TransientError
            || record.active_since_ms.is_some();
        if place != before {
            loaded.place = place;
            before.map(|before| self.ready.remove(&before));
            self.ready.extend(place);
        }
        if is_restless {
            self.restless.insert(id);
        } else {
            self.restless.remove(&id);
        }
    }

    /// Lets go of a job; the store has it.
    pub(super) fn remove(&mut self, id: Uuid) {
        if let Some(place) = self.jobs.remove(&id).and_then(|loaded| loaded.place) {
            self.ready.remove(&place);
        }
        self.restless.remove(&id);
    }

    /// What should be running now. Jobs of the store are brought in as long as
    /// slots are free that those in memory cannot use.
    pub fn plan(
        &mut self,
        running: BTreeSet<Transfer>,
        is_locked: impl Fn(&JobRecord) -> bool,
        now: Now,
    ) -> Result<Plan> {
        let conditions = self.conditions;
        let mut environment = Environment { running, conditions, ..Environment::default() };
        let slots = self.limits.simultaneous_files.min(self.limits.connections_total) as usize;
        for _ in 0..PAGES_PER_TURN {
            let mut plan = self.plan_of(2 * slots, &mut environment, &is_locked, now);
            if plan.transfers.len() < slots && self.ready.len() > 2 * slots {
                plan = self.plan_of(usize::MAX, &mut environment, &is_locked, now);
            }
            if plan.transfers.len() >= slots || !self.has_room(&is_locked) {
                return Ok(plan);
            }
            self.page_in(now)?;
        }
        self.replan = true;
        Ok(self.plan_of(usize::MAX, &mut environment, &is_locked, now))
    }

    /// The plan for so many of the first jobs that may move, and for all that
    /// move, owe work or have a deadline. The others would only come after them.
    fn plan_of(
        &self,
        count: usize,
        environment: &mut Environment,
        is_locked: impl Fn(&JobRecord) -> bool,
        now: Now,
    ) -> Plan {
        let first = self.ready.iter().take(count).map(|(_, _, id)| *id);
        let moving = environment.running.iter().map(|(id, ..)| *id);
        let ids: BTreeSet<Uuid> =
            self.restless.iter().copied().chain(moving).chain(first).collect();
        let jobs: Vec<_> = ids.iter().filter_map(|id| Some(&self.jobs.get(id)?.job)).collect();
        let locked = jobs.iter().filter(|job| is_locked(&job.record));
        environment.locked = locked.map(|job| job.record.id).collect();
        plan(jobs.into_iter(), &self.limits, environment, now)
    }

    /// True if the store may hold jobs that can move, and memory has room for
    /// them: those in memory that can are few.
    fn has_room(&self, is_locked: impl Fn(&JobRecord) -> bool) -> bool {
        let is_free = |id: &Uuid| {
            self.jobs.get(id).is_some_and(|loaded| {
                !is_locked(&loaded.job.record) && self.conditions.hold(&loaded.job).is_none()
            })
        };
        self.has_more_runnable
            && !self.conditions.paused
            && self.ready.iter().filter(|(_, _, id)| is_free(id)).count() < KEPT_JOBS
    }

    /// Brings in the next runnable jobs of the store.
    fn page_in(&mut self, now: Now) -> Result<()> {
        let page = self.store.next_runnable(self.runnable_after, PAGE_JOBS)?;
        self.has_more_runnable = page.len() == PAGE_JOBS;
        self.store.begin_view();
        let brought = page.into_iter().try_for_each(|(id, priority, queue_position)| {
            self.runnable_after = Some((priority, queue_position));
            self.job_or_damaged(id, now)
        });
        self.store.end_view();
        brought
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
            self.remove(id);
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
