//! Which jobs are in memory: those that move, those that may soon, and those
//! that somebody asked for. The store has all of them. A plan looks at a few.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::model::{Environment, Job, JobRecord, Now, Plan, Turn, next_server, plan, turn_of};
use crate::protocol::origin_of;
use crate::vocab::{JobState, Result, code};

use super::queue::{Loaded, Queue};

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

/// The order in which jobs get slots: by priority, then by turn.
pub type Rank = (u32, Turn);

fn place_of(job: &Job) -> Rank {
    (job.record.priority.as_u32(), turn_of(&job.record))
}

/// Jobs of a server that cannot be reached that stay in memory to ask it: the waits between
/// so many requests add up to an hour and a half, and the first ones try again by then.
const ASKERS: usize = 16;

/// A job that nothing is happening to.
struct Idle {
    stays: bool,
    may_start: bool,
    place: (u32, u64, Uuid),
    /// The server that it waits for, as that cannot be reached.
    server: Option<String>,
}

/// The jobs in memory that may move.
#[derive(Default)]
pub struct Ready {
    /// In order.
    places: BTreeSet<Rank>,
    /// The same by the server that each would ask next.
    by_origin: BTreeMap<String, BTreeSet<Rank>>,
}

impl Ready {
    fn insert(&mut self, place: Rank, origin: String) {
        self.places.insert(place);
        self.by_origin.entry(origin).or_default().insert(place);
    }

    fn remove(&mut self, place: &Rank, origin: &str) {
        self.places.remove(place);
        if let Some(places) = self.by_origin.get_mut(origin) {
            places.remove(place);
            if places.is_empty() {
                self.by_origin.remove(origin);
            }
        }
    }

    fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.places.iter().map(|(_, (.., id))| *id)
    }

    /// The first jobs, and the first ones of as many servers: many jobs for one
    /// server hide nobody.
    fn first(&self, count: usize) -> impl Iterator<Item = Uuid> {
        let heads = self.by_origin.values().filter_map(BTreeSet::first);
        let mut heads: Vec<_> = if count < self.places.len() { heads.collect() } else { vec![] };
        heads.sort_unstable();
        heads.truncate(count);
        let heads: Vec<Uuid> = heads.into_iter().map(|(_, (.., id))| *id).collect();
        self.ids().take(count).chain(heads)
    }
}

/// The server that a job would ask next.
fn origin(job: &Job) -> String {
    let next = job.next_file().and_then(|index| job.files.get(index as usize));
    next.map_or(String::new(), |file| origin_of(file.content().url))
}

impl Queue {
    /// Puts the job where it belongs after a change.
    pub(super) fn find_place(&mut self, id: Uuid) {
        let Some(loaded) = self.jobs.get_mut(&id) else {
            return;
        };
        let (job, before) = (&loaded.job, &loaded.place);
        let may_move = job.record.is_runnable() || job.record.has_server_cleanup();
        let place = may_move.then(|| place_of(job));
        let record = &job.record;
        let is_scheduled = record.closing.is_some()
            || !record.state.is_final() && job.received().next().is_some()
            || record.state == JobState::TransientError
            || job.delayed().next().is_some()
            || record.active_since_ms.is_some();
        if place != before.as_ref().map(|(place, _)| *place) {
            let is_new = place.map(|place| (place, origin(job)));
            if let Some((place, origin)) = std::mem::replace(&mut loaded.place, is_new.clone()) {
                self.ready.remove(&place, &origin);
            }
            if let Some((place, origin)) = is_new {
                self.ready.insert(place, origin);
            }
        }
        if is_scheduled {
            self.scheduled.insert(id);
        } else {
            self.scheduled.remove(&id);
        }
    }

    /// Lets go of a job; the store has it.
    pub(super) fn remove(&mut self, id: Uuid) {
        if let Some((place, origin)) = self.jobs.remove(&id).and_then(|loaded| loaded.place) {
            self.ready.remove(&place, &origin);
        }
        self.scheduled.remove(&id);
    }

    /// What should be running now. Jobs of the store are brought in as long as
    /// slots are free that those in memory cannot use.
    pub fn plan(
        &mut self,
        mut environment: Environment,
        is_locked: impl Fn(&JobRecord) -> bool,
        now: Now,
    ) -> Result<Plan> {
        environment.holds.clone_from(&self.holds);
        self.look_for_opened(now);
        environment.outages = Arc::clone(&self.outages);
        self.look_for_hidden();
        let slots = self.limits.simultaneous_files.min(self.limits.connections_total) as usize;
        for _ in 0..PAGES_PER_TURN {
            let mut plan = self.plan_of(2 * slots, &mut environment, &is_locked, now);
            if plan.transfers.len() < slots && self.ready.places.len() > 2 * slots {
                plan = self.plan_of(usize::MAX, &mut environment, &is_locked, now);
            }
            let is_full = plan.transfers.len() >= slots && !plan.looks_further;
            if is_full || !self.has_room(&is_locked, now) {
                plan.wake_at_ms = self.pace.wakes_by(plan.wake_at_ms);
                return Ok(plan);
            }
            self.page_in(now)?;
        }
        self.replan = true;
        Ok(self.plan_of(usize::MAX, &mut environment, &is_locked, now))
    }

    /// The plan for so many of the first jobs that may move, of all and of each
    /// server, and for all that move, have pending work or a deadline. The others would
    /// only come after them.
    fn plan_of(
        &self,
        count: usize,
        environment: &mut Environment,
        is_locked: impl Fn(&JobRecord) -> bool,
        now: Now,
    ) -> Plan {
        let first = self.ready.first(count);
        let moving = environment.running.iter().map(|key| key.job);
        let ids: BTreeSet<Uuid> =
            self.scheduled.iter().copied().chain(moving).chain(first).collect();
        let jobs: Vec<_> = ids.iter().filter_map(|id| Some(&self.jobs.get(id)?.job)).collect();
        let locked = jobs.iter().filter(|job| is_locked(&job.record));
        environment.locked = locked.map(|job| job.record.id).collect();
        plan(jobs.into_iter(), &self.limits, environment, now)
    }

    /// True if the store may hold jobs that can move, and memory has space for
    /// them: those in memory that can are few.
    fn has_room(&self, is_locked: impl Fn(&JobRecord) -> bool, now: Now) -> bool {
        let is_free = |id: &Uuid| {
            self.jobs.get(id).is_some_and(|loaded| {
                !is_locked(&loaded.job.record)
                    && self.holds.of(&loaded.job, now).is_none()
                    && self.outages.holds(&loaded.job).is_none()
            })
        };
        self.has_more_runnable
            && !self.holds.conditions.paused
            && !self.stores_only
            && self.ready.ids().filter(is_free).count() < KEPT_JOBS
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
        match self.job(id, now).map(|_| ()) {
            Err(error) if error.code == code::BG_E_DATABASE_CORRUPT => Ok(()),
            Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => {
                // An index names a job that there is not.
                self.store.distrust();
                Ok(())
            }
            brought => brought,
        }
    }

    /// Lets go of jobs that nothing is happening to; the store has them.
    pub fn shrink(
        &mut self,
        in_use: impl Fn(Uuid) -> bool,
        is_held: impl Fn(&Job) -> bool,
        now: Now,
    ) {
        if self.jobs.len() <= CACHED_JOBS {
            return;
        }
        let dirty = &self.dirty_jobs;
        let mut idle: Vec<Idle> = self
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
                let server = self.outages.holds(&loaded.job).map(|(server, _)| server);
                let may_start = record.is_runnable() && server.is_none() && !is_held(&loaded.job);
                let stays = may_start;
                let place = (record.priority.as_u32(), record.queue_position, *id);
                Idle { stays, may_start, place, server }
            })
            .collect();
        idle.sort_by_key(|job| job.place);
        let mut askers: BTreeMap<&str, usize> = BTreeMap::new();
        for job in &mut idle {
            let asks = job.server.as_deref().map(|server| askers.entry(server).or_default());
            if let Some(count) = asks.filter(|count| **count < ASKERS) {
                *count += 1;
                job.stays = true;
            }
        }
        // Those that may run next stay longest.
        idle.sort_by_key(|job| (job.stays, std::cmp::Reverse(job.place)));
        let surplus = self.jobs.len() - KEPT_JOBS;
        for job in idle.into_iter().take(surplus) {
            if let Some(server) = job.server {
                Arc::make_mut(&mut self.outages).hide(&server);
            }
            self.note_opening(job.place.2, now);
            self.remove(job.place.2);
            if job.may_start {
                self.look_again();
            }
        }
    }

    /// Brings in jobs of the servers that cannot be reached of which no job is in memory
    /// any more: one of them has to ask.
    fn look_for_hidden(&mut self) {
        if self.has_more_runnable {
            return;
        }
        let asks = |loaded: &Loaded, server: &str| {
            let record = &loaded.job.record;
            let waits = record.is_runnable() || record.state == JobState::TransientError;
            waits && next_server(&loaded.job).is_some_and(|asked| asked == server)
        };
        let is_alone = |server: &&str| !self.jobs.values().any(|loaded| asks(loaded, server));
        let alone: Vec<String> =
            self.outages.hiding().filter(is_alone).map(str::to_owned).collect();
        for server in alone {
            Arc::make_mut(&mut self.outages).unhide(&server);
            self.look_again();
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
