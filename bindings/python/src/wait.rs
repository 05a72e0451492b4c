//! Waiting that Ctrl-C ends at once.
//!
//! Python acts on signals in its main thread alone, and there a signal ends a
//! read. So the main thread reads from a pipe while a thread of ours waits, and
//! nobody wakes up in between. That is for waits that last: a short one is made
//! by the thread that asks.

use std::io::{self, ErrorKind, PipeReader, Read};
use std::panic;
use std::thread;
use std::time::{Duration, Instant};

use bgcopy_core::{Interrupt, Result};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;

use crate::error;
use crate::owned::Owned;

/// What a wait may last before it takes a thread: a person does not notice a
/// tenth of a second.
const SHORT: Duration = Duration::from_millis(100);

/// Bytes of stack of that thread: it only calls the engine.
const STACK_BYTES: usize = 128 * 1024;

/// Waits until the time is over, without the interpreter lock. `wait` has so
/// long and answers None if that was not enough; no time is for ever.
pub fn attentive<T: Send + Sync, R: Send>(
    py: Python<'_>,
    handle: &Owned<T>,
    timeout: Option<Duration>,
    wait: impl Fn(&T, Option<Duration>, &Interrupt) -> Result<Option<R>> + Sync,
) -> PyResult<Option<R>> {
    // A time beyond the clock is for ever.
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let left = || deadline.map(|end| end.saturating_duration_since(Instant::now()));
    let interrupt = Interrupt::new();
    let short = left().map_or(SHORT, |left| left.min(SHORT));
    let found = handle.call(py, |handle| wait(handle, Some(short), &interrupt))?;
    if found.is_some() || left() == Some(Duration::ZERO) {
        return Ok(found);
    }
    py.check_signals()?;
    if !is_main_thread(py)? {
        return handle.call(py, |handle| wait(handle, left(), &interrupt));
    }
    let handle = handle.get(py)?;
    let (pipe, end) = io::pipe()?;
    let ended = py.detach(|| {
        thread::scope(|scope| -> PyResult<_> {
            let waiting = thread::Builder::new().stack_size(STACK_BYTES);
            let waiting = waiting.spawn_scoped(scope, || {
                let _closed_at_the_end = end;
                wait(handle, left(), &interrupt)
            })?;
            // A signal may have come before there was a pipe to read from.
            let watched = signals().and_then(|()| watch(pipe));
            interrupt.interrupt();
            let ended = waiting.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
            watched.map(|()| ended)
        })
    })?;
    ended.map_err(|failure| error::raised(py, &failure))
}

/// Until the other end of the pipe is closed, or a signal raises.
fn watch(mut pipe: PipeReader) -> PyResult<()> {
    loop {
        match pipe.read(&mut [0]) {
            Ok(_) => return Ok(()),
            Err(failure) if failure.kind() == ErrorKind::Interrupted => signals()?,
            Err(failure) => return Err(PyOSError::new_err(failure.to_string())),
        }
    }
}

fn signals() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}

fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let threading = py.import("threading")?;
    let main = threading.call_method0("main_thread")?.getattr("ident")?;
    threading.call_method0("get_ident")?.eq(main)
}
