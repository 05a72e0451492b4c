//! A value that one call at a time has. Who waits for its turn can be interrupted, and waits
//! no longer than it may; that is why it is no lock.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::vocab::{Error, Result, code};

use super::interrupt::{Interrupt, interrupted};

/// Until when a call waits; None is for ever.
#[derive(Clone, Copy)]
pub(super) struct WaitEnd(Option<Instant>);

impl WaitEnd {
    pub(super) fn after(timeout: Option<Duration>) -> Self {
        // A time beyond what the clock can tell is for ever.
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    pub(super) fn left(self) -> Option<Duration> {
        self.0.map(|end| end.saturating_duration_since(Instant::now()))
    }
}

/// A value, and who has it.
pub(super) struct Turns<T> {
    value: Mutex<T>,
    /// True while a call has it.
    is_taken: Mutex<bool>,
    /// A call has ended, or an interrupt was raised.
    changed: Condvar,
}

impl<T: Send + 'static> Turns<T> {
    pub(super) fn new(value: T) -> Self {
        Self { value: Mutex::new(value), is_taken: Mutex::new(false), changed: Condvar::new() }
    }

    /// Waits for its turn, however long that takes.
    pub(super) fn take(&self) -> Turn<'_, T> {
        let is_taken = self.changed.wait_while(self.lock(), |is_taken| *is_taken);
        self.begin(is_taken.unwrap_or_else(PoisonError::into_inner))
    }

    /// As [`Turns::take`]; E_TIMEOUT when the time is over, E_ABORT when it is interrupted.
    pub(super) fn take_until(
        self: &Arc<Self>,
        end: WaitEnd,
        interrupt: Option<&Interrupt>,
    ) -> Result<Turn<'_, T>> {
        let ours = Arc::clone(self);
        let _watch = interrupt.map(|interrupt| interrupt.watch(move || ours.wake()));
        let mut is_taken = self.lock();
        while *is_taken {
            if interrupt.is_some_and(Interrupt::is_interrupted) {
                return Err(interrupted());
            }
            is_taken = match end.left() {
                None => self.changed.wait(is_taken).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    let text = "the time to wait is over, and another call has its turn";
                    return Err(Error::new(code::E_TIMEOUT, text));
                }
                Some(left) => {
                    let waited = self.changed.wait_timeout(is_taken, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        Ok(self.begin(is_taken))
    }

    fn begin(&self, mut is_taken: MutexGuard<'_, bool>) -> Turn<'_, T> {
        *is_taken = true;
        drop(is_taken);
        // The call before is about to let go of it.
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        Turn { turns: self, value }
    }

    /// Lets all that wait for their turn look again.
    fn wake(&self) {
        drop(self.lock());
        self.changed.notify_all();
    }
}

impl<T> Turns<T> {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.is_taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call's turn, until it is dropped.
pub(super) struct Turn<'a, T> {
    turns: &'a Turns<T>,
    value: MutexGuard<'a, T>,
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        *self.turns.lock() = false;
        self.turns.changed.notify_all();
    }
}
