//! The thread that calls the callbacks of a manager, one at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use bgcopy_core::{Event, EventKind, JobState};
use uuid::Uuid;

use crate::callback::is_told_again;
use crate::event_queue::EventQueue;
use crate::hub::Hub;
use crate::job::JobEntry;

/// How long an event waits whose callback failed: short enough that nobody
/// misses it, long enough not to spin.
const TOLD_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Events that callbacks are to be told of. Those of one job keep their order,
/// also behind one that has to be told again.
#[derive(Default)]
pub(crate) struct Owed {
    jobs: BTreeMap<Uuid, OwedToJob>,
}

struct OwedToJob {
    due: Instant,
    events: EventQueue,
}

impl Owed {
    pub(crate) fn add(&mut self, event: Event) {
        self.queue_of(event.job).events.push(event);
    }

    /// The next event that is due; else, how long it takes until one is.
    fn next(&mut self) -> Result<Event, Option<Duration>> {
        let Some(job) = self.jobs.values_mut().min_by_key(|job| job.due) else {
            return Err(None);
        };
        let left = job.due.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            return Err(Some(left));
        }
        // Other jobs have their turn before its next event.
        job.due = Instant::now();
        let event = job.events.pop();
        self.jobs.retain(|_, job| !job.events.is_empty());
        event.ok_or(Some(Duration::from_nanos(1)))
    }

    fn put_off(&mut self, event: Event) {
        let job = self.queue_of(event.job);
        job.due = Instant::now() + TOLD_AGAIN_AFTER;
        job.events.push_front(event);
    }

    fn queue_of(&mut self, job: Uuid) -> &mut OwedToJob {
        self.jobs
            .entry(job)
            .or_insert_with(|| OwedToJob { due: Instant::now(), events: EventQueue::default() })
    }
}

/// Tells events until the manager is closed.
pub(crate) fn run(hub: &Arc<Hub>) {
    let mut state = hub.lock();
    while !state.closed {
        match state.owed.next() {
            Ok(event) => {
                drop(state);
                let is_done = tell(hub, &event);
                state = hub.lock();
                if !is_done && !state.closed {
                    state.owed.put_off(event);
                }
            }
            Err(Some(left)) => {
                state =
                    hub.owed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            }
            Err(None) => {
                state = hub.owed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

/// Tells one event; false if it has to be told again.
fn tell(hub: &Arc<Hub>, event: &Event) -> bool {
    let Some(callback) = hub.callback(event.job, event.kind) else {
        return true;
    };
    // A job that left the queue has nothing more to tell.
    let Ok(job) = hub.manager.get_job(event.job) else {
        return true;
    };
    if !is_still_true(job.state().ok(), event.kind) {
        return true;
    }
    let job = Arc::new(JobEntry { hub: Arc::clone(hub), job });
    let is_accepted = callback.tell(&job, event).is_ok_and(|answer| answer.is_success());
    is_accepted || !is_told_again(event.kind)
}

/// A job that was resumed is no longer transferred or failed.
fn is_still_true(state: Option<JobState>, kind: EventKind) -> bool {
    match kind {
        EventKind::JobTransferred => state == Some(JobState::Transferred),
        EventKind::JobError => state == Some(JobState::Error),
        EventKind::JobModification
        | EventKind::FileTransferred
        | EventKind::FileRangesTransferred
        | EventKind::FileRestarted => true,
    }
}
