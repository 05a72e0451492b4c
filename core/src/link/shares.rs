//! What the large calls of all guests take of memory together: each is read only
//! once it has a share of it, and gives it back when it is answered. They get
//! their shares in the order in which they came, so that none waits for ever.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The memory for large calls.
pub struct Shares {
    state: Mutex<SharesState>,
    changed: Condvar,
    /// How long a call waits before its guest gets a sign of life.
    tick: Duration,
}

struct SharesState {
    bytes_free: usize,
    /// Those that wait, by their numbers.
    line: VecDeque<u64>,
    next_number: u64,
}

/// A part of it; what lets it go gives it back.
pub struct Share {
    of: Arc<Shares>,
    bytes: usize,
}

impl Shares {
    /// So many bytes.
    pub fn new(bytes: usize, tick: Duration) -> Arc<Self> {
        let state = SharesState { bytes_free: bytes, line: VecDeque::new(), next_number: 0 };
        Arc::new(Self { state: Mutex::new(state), changed: Condvar::new(), tick })
    }

    /// A share of so many bytes, as soon as they are free and everybody has one
    /// who came before. `meanwhile` is called now and then while it waits; its
    /// error ends the wait.
    pub fn take(
        self: &Arc<Self>,
        bytes: usize,
        mut meanwhile: impl FnMut() -> io::Result<()>,
    ) -> io::Result<Share> {
        let mut state = self.lock();
        let number = state.next_number;
        state.next_number += 1;
        state.line.push_back(number);
        loop {
            let must_wait = |state: &mut SharesState| {
                state.line.front() != Some(&number) || state.bytes_free < bytes
            };
            let waited = self.changed.wait_timeout_while(state, self.tick, must_wait);
            let (mut locked, outcome) = waited.unwrap_or_else(PoisonError::into_inner);
            if !outcome.timed_out() {
                locked.line.pop_front();
                locked.bytes_free -= bytes;
                drop(locked);
                self.changed.notify_all();
                return Ok(Share { of: Arc::clone(self), bytes });
            }
            drop(locked);
            let alive = meanwhile();
            state = self.lock();
            if let Err(error) = alive {
                state.line.retain(|other| *other != number);
                drop(state);
                self.changed.notify_all();
                return Err(error);
            }
        }
    }

    /// How many wait for a share.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.lock().line.len()
    }

    /// What nobody has of it.
    #[cfg(test)]
    pub fn bytes_free(&self) -> usize {
        self.lock().bytes_free
    }

    fn lock(&self) -> MutexGuard<'_, SharesState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.of.lock().bytes_free += self.bytes;
        self.of.changed.notify_all();
    }
}
