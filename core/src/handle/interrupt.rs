//! Waits that another thread can end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::{ApiCall, ApiReply};
use crate::notify::Event;
use crate::vocab::{Error, Result, code};

use super::manager::{Manager, unexpected};

/// Ends waits from another thread, at once.
///
/// Clones are one and the same. One can end any number of waits, of any
/// manager. Once interrupted it stays so: a wait that begins later ends at
/// once, too. Any thread may use it.
#[derive(Clone, Default)]
pub struct Interrupt {
    state: Arc<Mutex<InterruptState>>,
}

#[derive(Default)]
struct InterruptState {
    is_set: bool,
    next_watch: u64,
    /// What ends each of the waits there are.
    ends: BTreeMap<u64, Box<dyn FnOnce() + Send>>,
}

impl Interrupt {
    /// One that ends nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends all waits that have it. A second call does nothing.
    pub fn interrupt(&self) {
        let ends = {
            let mut state = self.lock();
            state.is_set = true;
            std::mem::take(&mut state.ends)
        };
        ends.into_values().for_each(|end| end());
    }

    /// True once [`Interrupt::interrupt`] was called.
    pub fn is_interrupted(&self) -> bool {
        self.lock().is_set
    }

    /// Calls `end` when it is interrupted, or now if it is; not after the
    /// watch is dropped, unless the call has begun. It is for waits of the
    /// application's own: `end` runs on the thread that interrupts and must not
    /// block.
    pub fn watch(&self, end: impl FnOnce() + Send + 'static) -> InterruptWatch<'_> {
        let mut state = self.lock();
        let number = state.next_watch;
        state.next_watch += 1;
        if state.is_set {
            drop(state);
            end();
        } else {
            state.ends.insert(number, Box::new(end));
        }
        InterruptWatch { interrupt: self, number }
    }

    fn lock(&self) -> MutexGuard<'_, InterruptState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Interrupt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_interrupted = self.is_interrupted();
        f.debug_struct("Interrupt").field("is_interrupted", &is_interrupted).finish_non_exhaustive()
    }
}

/// A wait that would be ended: see [`Interrupt::watch`].
pub struct InterruptWatch<'a> {
    interrupt: &'a Interrupt,
    number: u64,
}

impl Drop for InterruptWatch<'_> {
    fn drop(&mut self) {
        // Dropped without the lock: what it holds may be the last of its kind.
        let end = self.interrupt.lock().ends.remove(&self.number);
        drop(end);
    }
}

impl Manager {
    /// As [`Manager::next_event`], and E_ABORT at once when it is interrupted.
    /// No event is lost by it: who asks next gets it.
    pub fn next_event_interruptible(
        &self,
        timeout: Option<Duration>,
        interrupt: &Interrupt,
    ) -> Result<Option<Event>> {
        match self.shared().call_interruptible(ApiCall::NextEvent, timeout, interrupt) {
            Ok(ApiReply::Event(event)) => Ok(Some(*event)),
            Ok(_) => Err(unexpected("Event")),
            Err(error) if error.code == code::E_TIMEOUT => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The error of a wait that was interrupted.
pub(super) fn interrupted() -> Error {
    Error::new(code::E_ABORT, "the wait was interrupted")
}
