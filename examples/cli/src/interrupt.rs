//! Ctrl-C, and the other polite ways to end a process.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::failure::{EXIT_INTERRUPTED, Failure, Outcome};

/// Tells whether the user wants the program to end.
#[derive(Clone)]
pub struct Interrupt {
    requested: Arc<AtomicBool>,
}

/// Wrappers often pass a signal on that the terminal has sent already: what
/// comes this soon after the first is the same request.
const ONE_REQUEST: Duration = Duration::from_secs(1);

impl Interrupt {
    /// Listens from now on. The second request ends the process on the spot:
    /// the queue survives that as well.
    pub fn listen() -> Outcome<Self> {
        let requested = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&requested);
        let mut first = None;
        ctrlc::set_handler(move || {
            let first: Instant = *first.get_or_insert_with(Instant::now);
            if first.elapsed() > ONE_REQUEST {
                process::exit(i32::from(EXIT_INTERRUPTED));
            }
            seen.store(true, Ordering::SeqCst);
        })
        .map_err(|error| Failure::failed(format!("cannot listen for signals: {error}")))?;
        Ok(Self { requested })
    }

    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }
}
