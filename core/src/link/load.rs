//! What a guest has asked and not got yet.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::shares::Share;

/// Calls of one guest that are not answered yet. Further ones are not read.
const CALLS_MAX: usize = 64;

/// Calls of one guest that wait for something to happen. Further ones are
/// refused, as those that are to be read after them may end the wait.
const WAITS_MAX: usize = 4096;

/// The calls of a guest.
#[derive(Default)]
pub struct Load {
    state: Mutex<LoadState>,
    changed: Condvar,
}

#[derive(Default)]
struct LoadState {
    by_ticket: BTreeMap<u64, Kind>,
    calls: usize,
    ended: bool,
}

/// What a call takes.
pub enum Kind {
    /// A place among the calls, and what it needs of memory if it is large.
    Call { share: Option<Share> },
    /// A place among the waits.
    Wait,
}

/// What became of a call that was to be added.
pub enum Added {
    Yes,
    /// No, and why.
    TooManyWaits(String),
    /// The connection has ended, or is to end as the ticket is in use.
    Ended,
}

impl Load {
    /// Adds a call, as soon as there is space for it.
    pub fn add(&self, ticket: u64, kind: Kind) -> Added {
        let is_wait = matches!(kind, Kind::Wait);
        let mut state = if is_wait { self.lock() } else { self.room() };
        let waits = state.by_ticket.len() - state.calls;
        if state.ended || state.by_ticket.contains_key(&ticket) {
            return Added::Ended;
        }
        if is_wait && waits >= WAITS_MAX {
            return Added::TooManyWaits(format!(
                "a process can wait for at most {WAITS_MAX} things at a time"
            ));
        }
        state.calls += usize::from(!is_wait);
        state.by_ticket.insert(ticket, kind);
        Added::Yes
    }

    /// Returns when there is space for a call, or the connection has ended.
    pub fn wait_for_room(&self) {
        drop(self.room());
    }

    /// A call has its answer: what it needed of memory is free.
    pub fn answer(&self, ticket: u64) {
        let share = match self.lock().by_ticket.get_mut(&ticket) {
            Some(Kind::Call { share }) => share.take(),
            Some(Kind::Wait) | None => None,
        };
        drop(share);
    }

    /// The answer was sent.
    pub fn remove(&self, ticket: u64) {
        let mut state = self.lock();
        let removed = state.by_ticket.remove(&ticket);
        state.calls -= usize::from(matches!(removed, Some(Kind::Call { .. })));
        drop(state);
        self.changed.notify_all();
    }

    /// The connection has ended.
    pub fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    fn room(&self) -> MutexGuard<'_, LoadState> {
        let is_full = |state: &mut LoadState| !state.ended && state.calls >= CALLS_MAX;
        self.changed.wait_while(self.lock(), is_full).unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, LoadState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
