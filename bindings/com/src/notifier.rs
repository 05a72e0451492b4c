//! The thread that calls callbacks, one at a time.

use std::sync::{Arc, PoisonError, Weak};

use bgcopy_core::vocab::notify;
use bgcopy_core::{Event, EventKind, JobState};

use crate::service::{Hub, Service};

/// Calls callbacks until the queue is closed.
pub(crate) fn run(service: &Weak<Service>, hub: &Arc<Hub>) {
    let mut state = hub.lock();
    while !state.closed {
        match state.pending.next() {
            Ok(event) => {
                drop(state);
                let is_done = notify_callback(service, &event);
                state = hub.lock();
                // A callback that is no longer there is called no more.
                if !is_done && !state.closed && state.has_callback(event.job) {
                    state.pending.put_off(event);
                }
            }
            Err(Some(left)) => {
                state = hub
                    .is_pending
                    .wait_timeout(state, left)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
            Err(None) => {
                state = hub.is_pending.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

/// Calls the callback of one event; false if it has to be called again.
fn notify_callback(service: &Weak<Service>, event: &Event) -> bool {
    // Nobody has an object any more.
    let Some(service) = service.upgrade() else {
        return true;
    };
    let Some(callback) = service.callback(event.job) else {
        return true;
    };
    // A job that left the queue has no events any more.
    let Ok(job) = service.manager.get_job(event.job) else {
        return true;
    };
    let Ok(snapshot) = job.snapshot() else {
        return true;
    };
    let flags = snapshot.record.notify_flags;
    // What was wanted, and true, when it happened need not be so any more.
    let is_wanted = flags & notify::DISABLE == 0 && flags & flag_of(event.kind) != 0;
    let is_true = match event.kind {
        EventKind::JobTransferred => snapshot.record.state == JobState::Transferred,
        EventKind::JobError => snapshot.record.state == JobState::Error,
        EventKind::JobModification
        | EventKind::FileTransferred
        | EventKind::FileRangesTransferred
        | EventKind::FileRestarted => true,
    };
    !is_wanted || !is_true || callback.notify(&service, job, event)
}

/// The flag by which a program asks for an event; none for the one that BITS does not have.
fn flag_of(kind: EventKind) -> u32 {
    match kind {
        EventKind::JobTransferred => notify::JOB_TRANSFERRED,
        EventKind::JobError => notify::JOB_ERROR,
        EventKind::JobModification => notify::JOB_MODIFICATION,
        EventKind::FileTransferred => notify::FILE_TRANSFERRED,
        EventKind::FileRangesTransferred => notify::FILE_RANGES_TRANSFERRED,
        EventKind::FileRestarted => 0,
    }
}
