//! Ctrl-C, and the other polite ways to end a process.

use std::process;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::failure::{EXIT_INTERRUPTED, Failure, Outcome};

/// Tells whether the user wants the program to end.
#[derive(Clone)]
pub struct Interrupt {
    shared: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Default)]
struct State {
    requested: bool,
    nudged: bool,
}

/// Wrappers often pass a signal on that the terminal has sent already: what
/// comes this soon after the first is the same request.
const ONE_REQUEST: Duration = Duration::from_secs(1);

impl Interrupt {
    /// Listens from now on. The second request ends the process on the spot:
    /// the queue survives that as well.
    pub fn listen() -> Outcome<Self> {
        let interrupt = Self { shared: Arc::default() };
        let seen = interrupt.clone();
        let mut first = None;
        ctrlc::set_handler(move || {
            let first: Instant = *first.get_or_insert_with(Instant::now);
            if first.elapsed() > ONE_REQUEST {
                process::exit(i32::from(EXIT_INTERRUPTED));
            }
            seen.lock().requested = true;
            seen.shared.1.notify_all();
        })
        .map_err(|error| Failure::failed(format!("cannot listen for signals: {error}")))?;
        Ok(interrupt)
    }

    pub fn is_requested(&self) -> bool {
        self.lock().requested
    }

    /// Waits until the user wants the program to end, or [`Interrupt::nudge`]
    /// is called; false if the time is over before.
    pub fn wait(&self, timeout: Option<Duration>) -> bool {
        let quiet = |state: &mut State| !state.requested && !state.nudged;
        let (state, signal) = (self.lock(), &self.shared.1);
        let Some(timeout) = timeout else {
            drop(signal.wait_while(state, quiet).unwrap_or_else(PoisonError::into_inner));
            return true;
        };
        let waited = signal.wait_timeout_while(state, timeout, quiet);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Ends a wait for another reason.
    pub fn nudge(&self) {
        self.lock().nudged = true;
        self.shared.1.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
