//! What the handles of one manager share: the manager, the callbacks, and the
//! events on their way to the caller.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Event, EventKind, Interrupt, Manager, Result};
use uuid::Uuid;

use crate::callback::Callback;
use crate::event_queue::EventQueue;
use crate::notifier::{self, Owed};
use crate::signal::Signal;

pub(crate) struct Hub {
    pub(crate) manager: Manager,
    state: Mutex<State>,
    /// Something was added for those who ask for events.
    arrived: Condvar,
    /// Something was added for the notifier.
    pub(crate) owed: Condvar,
}

#[derive(Default)]
pub(crate) struct State {
    callbacks: BTreeMap<(Uuid, EventKind), Arc<Callback>>,
    /// Events without a callback.
    waiting: EventQueue,
    /// Events with one.
    pub(crate) owed: Owed,
    signal: Option<Signal>,
    pub(crate) closed: bool,
    /// Takes the events of the core.
    receiver: Option<JoinHandle<()>>,
    /// Calls the callbacks.
    notifier: Option<JoinHandle<()>>,
}

/// Asking for events.
impl Hub {
    pub(crate) fn new(manager: Manager) -> Self {
        Self { manager, state: Mutex::default(), arrived: Condvar::new(), owed: Condvar::new() }
    }

    /// The next event without a callback, waiting for one; None if the time is
    /// over.
    pub(crate) fn next_event(self: &Arc<Self>, timeout: Option<Duration>) -> Result<Option<Event>> {
        self.event_unless(timeout, || false)
    }

    /// The same, and E_ABORT when it is interrupted.
    pub(crate) fn next_event_interruptible(
        self: &Arc<Self>,
        timeout: Option<Duration>,
        interrupt: &Interrupt,
    ) -> Result<Option<Event>> {
        let hub = Arc::downgrade(self);
        let _watch = interrupt.watch(move || {
            if let Some(hub) = hub.upgrade() {
                drop(hub.lock());
                hub.arrived.notify_all();
            }
        });
        self.event_unless(timeout, || interrupt.is_interrupted())
    }

    fn event_unless(
        self: &Arc<Self>,
        timeout: Option<Duration>,
        is_interrupted: impl Fn() -> bool,
    ) -> Result<Option<Event>> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.lock();
        self.start_receiver(&mut state)?;
        loop {
            if state.closed {
                return Err(closed());
            }
            if let Some(event) = state.waiting.pop() {
                state.update_signal()?;
                return Ok(Some(event));
            }
            if is_interrupted() {
                return Err(Error::new(code::E_ABORT, "the wait was interrupted"));
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => return Ok(None),
                Some(left) => {
                    self.arrived.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// The descriptor that can be read from while events wait.
    pub(crate) fn event_fd(self: &Arc<Self>) -> Result<i32> {
        let mut state = self.lock();
        self.start_receiver(&mut state)?;
        if state.signal.is_none() {
            state.signal = Some(Signal::new()?);
            state.update_signal()?;
        }
        state.signal.as_ref().map(Signal::fd).ok_or_else(closed)
    }

    /// Takes the core's events until the manager is closed.
    fn receive(&self) {
        while let Ok(event) = self.manager.next_event(None) {
            let Some(event) = event else {
                continue;
            };
            let mut state = self.lock();
            if state.callbacks.contains_key(&(event.job, event.kind)) {
                state.owed.add(event);
                self.owed.notify_one();
            } else {
                state.waiting.push(event);
                // Without the signal, who waits for it finds the event later.
                _ = state.update_signal();
                self.arrived.notify_one();
            }
        }
        self.end();
    }

    fn start_receiver(self: &Arc<Self>, state: &mut State) -> Result<()> {
        if state.closed {
            return Err(closed());
        }
        if state.receiver.is_none() {
            let hub = Arc::clone(self);
            state.receiver = Some(spawn("bgcopy-events", move || hub.receive())?);
        }
        Ok(())
    }
}

/// Callbacks.
impl Hub {
    pub(crate) fn callback(&self, job: Uuid, kind: EventKind) -> Option<Arc<Callback>> {
        self.lock().callbacks.get(&(job, kind)).cloned()
    }

    /// Sets a callback. Events of its kind that wait for whoever asks are its
    /// own from now on. If it cannot be set, it comes back.
    pub(crate) fn set_callback(
        self: &Arc<Self>,
        job: Uuid,
        kind: EventKind,
        callback: Callback,
    ) -> std::result::Result<(), (Callback, Error)> {
        let mut state = self.lock();
        if let Err(error) = self.start_notifier(&mut state) {
            return Err((callback, error));
        }
        let former = state.callbacks.insert((job, kind), Arc::new(callback));
        for event in state.waiting.take_of(job, kind) {
            state.owed.add(event);
        }
        // Without the signal, who waits for it looks once in vain.
        _ = state.update_signal();
        drop(state);
        self.owed.notify_one();
        // The caller's destroy function runs without any lock.
        drop(former);
        Ok(())
    }

    pub(crate) fn remove_callback(&self, job: Uuid, kind: EventKind) {
        let former = self.lock().callbacks.remove(&(job, kind));
        drop(former);
    }

    /// Lets go of the callbacks of a job that is final, and of its events.
    pub(crate) fn forget_job(&self, job: Uuid) {
        for kind in EventKind::ALL {
            drop(self.lock().waiting.take_of(job, kind));
            self.remove_callback(job, kind);
        }
        // Without the signal, who waits for it looks once in vain.
        _ = self.lock().update_signal();
    }

    fn start_notifier(self: &Arc<Self>, state: &mut State) -> Result<()> {
        self.start_receiver(state)?;
        if state.notifier.is_none() {
            let hub = Arc::clone(self);
            state.notifier = Some(spawn("bgcopy-notifier", move || notifier::run(&hub))?);
        }
        Ok(())
    }

    /// True inside a callback of this manager.
    pub(crate) fn is_in_callback(&self) -> bool {
        let here = thread::current().id();
        self.lock().notifier.as_ref().is_some_and(|thread| thread.thread().id() == here)
    }
}

/// The end.
impl Hub {
    /// Closes the manager. No callback runs once this has returned.
    pub(crate) fn close(&self) {
        self.manager.close();
        self.end();
        let mut state = self.lock();
        let threads = [state.receiver.take(), state.notifier.take()];
        drop(state);
        for thread in threads.into_iter().flatten() {
            // A panic on it was the last thing it did.
            _ = thread.join();
        }
        let callbacks = std::mem::take(&mut self.lock().callbacks);
        drop(callbacks);
    }

    /// Wakes those who wait for events: there will be none.
    fn end(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting = EventQueue::default();
        state.owed = Owed::default();
        state.signal = None;
        drop(state);
        self.arrived.notify_all();
        self.owed.notify_all();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn update_signal(&mut self) -> Result<()> {
        let events_wait = !self.waiting.is_empty();
        self.signal.as_mut().map_or(Ok(()), |signal| signal.set(events_wait))
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|error| Error::new(code::E_OUTOFMEMORY, format!("no thread {name}: {error}")))
}

pub(crate) fn closed() -> Error {
    Error::new(code::BGCOPY_E_MANAGER_CLOSED, "the manager is closed")
}
