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
    /// the queue survives that as well. A signal that was ignored when the
    /// process started stays ignored: that is how `nohup` and shells ask for it.
    pub fn listen() -> Outcome<Self> {
        let interrupt = Self { shared: Arc::default() };
        let seen = interrupt.clone();
        let mut first = None;
        let ignored = ignored::hold();
        let listens = ctrlc::set_handler(move || {
            let first: Instant = *first.get_or_insert_with(Instant::now);
            if first.elapsed() > ONE_REQUEST {
                process::exit(i32::from(EXIT_INTERRUPTED));
            }
            seen.lock().requested = true;
            seen.shared.1.notify_all();
        });
        ignored::keep(ignored);
        listens.map_err(|error| Failure::failed(format!("cannot listen for signals: {error}")))?;
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

    /// Asks for the end, as Ctrl-C does.
    pub fn request(&self) {
        self.lock().requested = true;
        self.shared.1.notify_all();
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

/// The signals that the process was started to ignore.
#[cfg(unix)]
#[allow(unsafe_code, reason = "how a signal is handled has no safe form")]
mod ignored {
    use std::mem::MaybeUninit;
    use std::ptr;

    use nix::libc;
    use nix::sys::signal::{SigHandler, SigSet, Signal, signal};

    /// Those that ask a process to end.
    const SIGNALS: [Signal; 3] = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGTERM];

    /// What is ignored, and what this thread had blocked.
    pub struct Ignored(Vec<Signal>, Option<SigSet>);

    /// Finds them. Signals wait until [`keep`], so that none comes to a handler
    /// that is not to see it.
    pub fn hold() -> Ignored {
        let before = SigSet::thread_get_mask().ok();
        _ = SigSet::from_iter(SIGNALS).thread_block();
        Ignored(SIGNALS.into_iter().filter(|one| is_ignored(*one)).collect(), before)
    }

    /// Ignores them again, and lets the others come.
    pub fn keep(ignored: Ignored) {
        for one in ignored.0 {
            // SAFETY: what is set is no function.
            _ = unsafe { signal(one, SigHandler::SigIgn) };
        }
        if let Some(before) = ignored.1 {
            _ = before.thread_set_mask();
        }
    }

    fn is_ignored(one: Signal) -> bool {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: nothing is set, and there is room for the answer, of which
        // zeros are a value.
        let action = unsafe {
            libc::sigaction(one as i32, ptr::null(), action.as_mut_ptr());
            action.assume_init()
        };
        action.sa_sigaction == libc::SIG_IGN
    }
}

/// Windows has no ignored signals that are passed on.
#[cfg(not(unix))]
mod ignored {
    pub fn hold() {}

    pub fn keep((): ()) {}
}
