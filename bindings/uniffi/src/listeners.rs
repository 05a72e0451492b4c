//! The listeners of one manager, and the thread that tells them of events.
//!
//! The thread starts with the first listener, so that a program without one
//! can use `next_event`, and ends when the manager is closed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bgcopy_core::Manager;
use bgcopy_core::vocab::code;
use uuid::Uuid;

use crate::error::{BgcopyError, Result};
use crate::events::{EventListener, JobEvent, ListenerFailures};

/// The listeners of one manager.
#[derive(Default)]
pub(crate) struct Listeners {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By number, in the order in which they came.
    all: BTreeMap<u64, Entry>,
    last_number: u64,
    has_thread: bool,
    is_closed: bool,
    failures: ListenerFailures,
}

#[derive(Clone)]
struct Entry {
    /// Nothing = of all jobs.
    job: Option<Uuid>,
    listener: Arc<dyn EventListener>,
}

impl Listeners {
    /// Adds a listener and, if it is the first, starts the notifier thread.
    pub(crate) fn add(
        self: &Arc<Self>,
        manager: &Arc<Manager>,
        job: Option<Uuid>,
        listener: Arc<dyn EventListener>,
    ) -> Result<u64> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(BgcopyError::new(code::BGCOPY_E_MANAGER_CLOSED, "the manager is closed"));
        }
        if !state.has_thread {
            let (listeners, manager) = (Arc::clone(self), Arc::clone(manager));
            std::thread::Builder::new()
                .name("bgcopy-notifier".to_owned())
                .spawn(move || listeners.notify(&manager))
                .map_err(no_thread)?;
            state.has_thread = true;
        }
        state.last_number += 1;
        let number = state.last_number;
        state.all.insert(number, Entry { job, listener });
        Ok(number)
    }

    /// Takes a listener away; one that is being called ends its call.
    pub(crate) fn remove(&self, number: u64) {
        // Dropped without the lock, as its owner may do anything then.
        let entry = self.lock().all.remove(&number);
        drop(entry);
    }

    /// True once a listener was added: events go to listeners from then on.
    pub(crate) fn has_thread(&self) -> bool {
        self.lock().has_thread
    }

    pub(crate) fn failures(&self) -> ListenerFailures {
        self.lock().failures.clone()
    }

    fn notify(&self, manager: &Manager) {
        loop {
            match manager.next_event(None) {
                Ok(Some(event)) => self.tell(&event.into()),
                Ok(None) => {}
                // The manager is closed.
                Err(_) => break,
            }
        }
        let mut state = self.lock();
        state.is_closed = true;
        let all = std::mem::take(&mut state.all);
        drop(state);
        for entry in all.into_values() {
            self.note(entry.listener.on_closed());
        }
    }

    fn tell(&self, event: &JobEvent) {
        let all: Vec<Entry> = self.lock().all.values().cloned().collect();
        for entry in all {
            if entry.job.is_none_or(|job| job == event.job) {
                self.note(entry.listener.on_event(event.clone()));
            }
        }
    }

    /// Keeps what a listener threw: there is nobody else to tell.
    fn note(&self, answer: Result<()>) {
        if let Err(error) = answer {
            let mut state = self.lock();
            state.failures.count += 1;
            state.failures.last_message = Some(error.to_string());
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The system gives no thread.
pub(crate) fn no_thread(error: std::io::Error) -> BgcopyError {
    BgcopyError::new(code::E_OUTOFMEMORY, format!("no thread could be started: {error}"))
}
