//! Ctrl-C, and the other polite ways to end a process.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::{EXIT_INTERRUPTED, Failure, Outcome};

/// Tells whether the user wants the program to end.
#[derive(Clone)]
pub struct Interrupt {
    requested: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on. The second request ends the process on the spot:
    /// the queue survives that as well.
    pub fn listen() -> Outcome<Self> {
        let requested = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&requested);
        ctrlc::set_handler(move || {
            if seen.swap(true, Ordering::SeqCst) {
                process::exit(i32::from(EXIT_INTERRUPTED));
            }
        })
        .map_err(|error| Failure::failed(format!("cannot listen for signals: {error}")))?;
        Ok(Self { requested })
    }

    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }
}
