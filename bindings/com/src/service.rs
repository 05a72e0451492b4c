//! What all objects of a process share: the manager of the core, the callbacks of its jobs, and
//! the two threads that serve them.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Event, EventKind, Job, JobState, Manager, Result};
use uuid::Uuid;

use crate::callback::Callback;
use crate::notifier;
use crate::pending_events::PendingEvents;

/// The service as its objects hold it: the queue is closed when the last of them is gone.
pub(crate) struct Service(Arc<Hub>);

/// The service as its threads hold it.
pub(crate) struct Hub {
    pub(crate) manager: Manager,
    state: Mutex<State>,
    /// Something was added for the notifier.
    pub(crate) is_pending: Condvar,
}

#[derive(Default)]
pub(crate) struct State {
    callbacks: BTreeMap<Uuid, Arc<Callback>>,
    pub(crate) pending: PendingEvents,
    pub(crate) closed: bool,
    threads: Vec<JoinHandle<()>>,
}

impl Deref for Service {
    type Target = Hub;

    fn deref(&self) -> &Hub {
        &self.0
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.0.manager.close();
        self.0.end();
        let threads = std::mem::take(&mut self.0.lock().threads);
        for thread in threads {
            // A callback may release the last object.
            if thread.thread().id() != thread::current().id() {
                // A panic on it was the last thing it did.
                _ = thread.join();
            }
        }
        self.0.forget_all();
    }
}

impl Service {
    /// Starts it. Events are taken from the beginning: those that nobody is told of are gone.
    pub(crate) fn start(manager: Manager) -> Result<Arc<Self>> {
        let hub = Arc::new(Hub { manager, state: Mutex::default(), is_pending: Condvar::new() });
        let service = Arc::new(Self(Arc::clone(&hub)));
        let mut state = hub.lock();
        let inner = Arc::clone(&hub);
        state.threads.push(spawn("bgcopy-events", move || inner.receive())?);
        let (outer, inner) = (Arc::downgrade(&service), Arc::clone(&hub));
        state.threads.push(spawn("bgcopy-notifier", move || notifier::run(&outer, &inner))?);
        drop(state);
        Ok(service)
    }

    /// Sets the callback of a job, or takes it away. What has happened to the job by now is told,
    /// too.
    pub(crate) fn set_callback(
        self: &Arc<Self>,
        job: &Job,
        callback: Option<Callback>,
    ) -> Result<()> {
        let Some(callback) = callback else {
            self.forget(job.id());
            return Ok(());
        };
        let mut state = self.lock();
        let former = state.callbacks.insert(job.id(), Arc::new(callback));
        drop(state);
        // What it releases may call in here.
        drop(former);
        self.tell_of_end(job)
    }

    /// Tells a job's callback that the job is transferred or failed, if it is and the flags say so.
    fn tell_of_end(&self, job: &Job) -> Result<()> {
        let record = job.snapshot()?.record;
        let kind = match record.state {
            JobState::Transferred => EventKind::JobTransferred,
            JobState::Error => EventKind::JobError,
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::Suspended
            | JobState::TransientError => return Ok(()),
            // It ended while the callback was set.
            JobState::Acknowledged | JobState::Cancelled => {
                self.forget(job.id());
                return Ok(());
            }
        };
        let event =
            Event { job: job.id(), kind, file: None, error: record.error, ranges: Vec::new() };
        self.lock().pending.add(event);
        self.is_pending.notify_one();
        Ok(())
    }
}

impl Hub {
    pub(crate) fn callback(&self, job: Uuid) -> Option<Arc<Callback>> {
        self.lock().callbacks.get(&job).cloned()
    }

    /// Lets go of a job's callback.
    pub(crate) fn forget(&self, job: Uuid) {
        let mut state = self.lock();
        let former = state.callbacks.remove(&job);
        state.pending.forget(job);
        drop(state);
        // What it releases may call in here.
        drop(former);
    }

    /// Lets go of all of them.
    pub(crate) fn forget_all(&self) {
        let mut state = self.lock();
        let callbacks = std::mem::take(&mut state.callbacks);
        state.pending = PendingEvents::default();
        drop(state);
        drop(callbacks);
    }

    /// Takes the core's events until the manager is closed.
    fn receive(&self) {
        while let Ok(event) = self.manager.next_event(None) {
            let Some(event) = event else {
                continue;
            };
            let mut state = self.lock();
            if state.callbacks.contains_key(&event.job) {
                state.pending.add(event);
                self.is_pending.notify_one();
            }
        }
        self.end();
    }

    fn end(&self) {
        self.lock().closed = true;
        self.is_pending.notify_all();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|error| Error::new(code::E_OUTOFMEMORY, format!("no thread {name}: {error}")))
}

impl State {
    pub(crate) fn has_callback(&self, job: Uuid) -> bool {
        self.callbacks.contains_key(&job)
    }
}
