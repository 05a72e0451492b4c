//! An open manager of the core, and the count of them in this process.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Event, Options, Result};
use pyo3::prelude::*;

use crate::owned::Owned;
use crate::wait::attentive;

/// Which process counts, and how many engines run in it. A child that is
/// forked from it finds the numbers of its parent here.
static PROCESS: AtomicU32 = AtomicU32::new(0);
static RUNNING: AtomicU32 = AtomicU32::new(0);

/// A manager whose engine counts as running until it has ended.
pub struct Engine {
    /// Declared first: it ends before the count goes down.
    manager: bgcopy_core::Manager,
    counted: Counted,
}

struct Counted(AtomicBool);

impl Counted {
    fn new() -> Self {
        RUNNING.fetch_add(1, Ordering::SeqCst);
        Self(AtomicBool::new(true))
    }

    fn end(&self) {
        if self.0.swap(false, Ordering::SeqCst) {
            RUNNING.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.end();
    }
}

impl Engine {
    /// Opens it, but not where an engine of the parent may have held a lock at
    /// the moment of the fork: whoever needs that lock would wait for ever.
    pub fn open(options: Options) -> Result<Self> {
        let own = process::id();
        if PROCESS.swap(own, Ordering::SeqCst) != own && RUNNING.load(Ordering::SeqCst) > 0 {
            // It stays so for the life of this process.
            PROCESS.store(0, Ordering::SeqCst);
            return Err(Error::new(
                code::DO_E_INVALID_STATE,
                "this process was forked while its parent had a manager open: \
                 fork before, or start it by the method spawn",
            ));
        }
        let counted = Counted::new();
        let manager = bgcopy_core::Manager::open(options)?;
        Ok(Self { manager, counted })
    }

    pub fn manager(&self) -> &bgcopy_core::Manager {
        &self.manager
    }

    pub fn close(&self) {
        self.manager.close();
        self.counted.end();
    }
}

/// The next event; None if the time is over.
pub fn next_event(
    py: Python<'_>,
    engine: &Owned<Engine>,
    timeout: Option<Duration>,
) -> PyResult<Option<Event>> {
    attentive(py, engine, timeout, |engine, timeout, interrupt| {
        engine.manager().next_event_interruptible(timeout, interrupt)
    })
}
