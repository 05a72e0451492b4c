//! Events whose callbacks are still to be called, in the order of each job.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use bgcopy_core::{Event, EventKind};
use uuid::Uuid;

/// How long an event waits whose callback failed.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(crate) struct PendingEvents {
    jobs: BTreeMap<Uuid, OfJob>,
}

struct OfJob {
    due: Instant,
    events: VecDeque<Event>,
}

impl PendingEvents {
    /// Adds an event. One that says the same already takes it in; the end of a job stays behind
    /// all else of it.
    pub(crate) fn add(&mut self, event: Event) {
        let job = self.of(event.job);
        let same =
            job.events.iter().position(|one| one.kind == event.kind && one.file == event.file);
        match same.and_then(|place| job.events.get_mut(place)) {
            Some(known) if !is_end(event.kind) => known.ranges.extend(event.ranges),
            Some(_) | None => {
                if is_end(event.kind) {
                    job.events.retain(|one| !is_end(one.kind));
                }
                job.events.push_back(event);
            }
        }
    }

    /// The next event that is due; else, how long it takes until one is.
    pub(crate) fn next(&mut self) -> Result<Event, Option<Duration>> {
        let Some((&id, job)) = self.jobs.iter_mut().min_by_key(|(_, job)| job.due) else {
            return Err(None);
        };
        let left = job.due.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            return Err(Some(left));
        }
        // Other jobs have their turn before its next event.
        job.due = Instant::now();
        let event = job.events.pop_front();
        if job.events.is_empty() {
            self.jobs.remove(&id);
        }
        event.ok_or(None)
    }

    /// Puts an event back whose callback has to be called again, before what came after it.
    pub(crate) fn put_off(&mut self, event: Event) {
        let job = self.of(event.job);
        job.due = Instant::now() + AGAIN_AFTER;
        job.events.push_front(event);
    }

    pub(crate) fn forget(&mut self, job: Uuid) {
        self.jobs.remove(&job);
    }

    fn of(&mut self, job: Uuid) -> &mut OfJob {
        self.jobs
            .entry(job)
            .or_insert_with(|| OfJob { due: Instant::now(), events: VecDeque::new() })
    }
}

fn is_end(kind: EventKind) -> bool {
    matches!(kind, EventKind::JobTransferred | EventKind::JobError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(job: u128, kind: EventKind) -> Event {
        Event { job: Uuid::from_u128(job), kind, file: None, error: None, ranges: Vec::new() }
    }

    #[test]
    fn an_event_that_failed_comes_again_before_what_came_after_it() {
        let mut pending = PendingEvents::default();
        pending.add(event(1, EventKind::FileTransferred));
        pending.add(event(1, EventKind::JobTransferred));
        let first = pending.next();
        assert_eq!(first, Ok(event(1, EventKind::FileTransferred)));
        pending.put_off(event(1, EventKind::FileTransferred));
        assert!(matches!(pending.next(), Err(Some(_))), "it waits");
        pending.add(event(2, EventKind::JobError));
        assert_eq!(pending.next(), Ok(event(2, EventKind::JobError)), "others do not wait for it");
    }

    #[test]
    fn an_event_that_is_pending_already_is_not_added_again() {
        let mut pending = PendingEvents::default();
        pending.add(event(1, EventKind::JobModification));
        pending.add(event(1, EventKind::JobModification));
        pending.add(event(1, EventKind::JobError));
        pending.add(event(1, EventKind::JobTransferred));
        assert_eq!(pending.next(), Ok(event(1, EventKind::JobModification)));
        assert_eq!(pending.next(), Ok(event(1, EventKind::JobTransferred)));
        assert_eq!(pending.next(), Err(None));
    }
}
