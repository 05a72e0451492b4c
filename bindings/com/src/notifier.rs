//! The thread that calls callbacks, one at a time.

use std::sync::{Arc, PoisonError, Weak};

use bgcopy_core::{Event, EventKind, JobState};

use crate::service::{Hub, Service};

/// Tells events until the queue is closed.
pub(crate) fn run(service: &Weak<Service>, hub: &Arc<Hub>) {
    let mut state = hub.lock();
    while !state.closed {
        match state.owed.next() {
            Ok(event) => {
                drop(state);
                let is_done = tell(service, &event);
                state = hub.lock();
                // A callback that is no longer there is owed nothing.
                if !is_done && !state.closed && state.has_callback(event.job) {
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
fn tell(service: &Weak<Service>, event: &Event) -> bool {
    // Nobody has an object any more.
    let Some(service) = service.upgrade() else {
        return true;
    };
    let Some(callback) = service.callback(event.job) else {
        return true;
    };
    // A job that left the queue has nothing more to tell.
    let Ok(job) = service.manager.get_job(event.job) else {
        return true;
    };
    let state = job.state().ok();
    let is_true = match event.kind {
        EventKind::JobTransferred => state == Some(JobState::Transferred),
        EventKind::JobError => state == Some(JobState::Error),
        EventKind::JobModification
        | EventKind::FileTransferred
        | EventKind::FileRangesTransferred
        | EventKind::FileRestarted => true,
    };
    !is_true || callback.tell(&service, job, event)
}
