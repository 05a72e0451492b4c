//! Waiting that Ctrl-C ends at once.
//!
//! Python acts on signals in its main thread alone. So the main thread reads from
//! a pipe while a thread of ours waits, and nobody wakes up in between. Python's
//! signal handler writes into that pipe (`signal.set_wakeup_fd`): a signal that
//! comes just before the read, or to another thread, is not lost. That is for
//! waits that last: a short one is made by the thread that asks.

use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::panic;
use std::thread;
use std::time::{Duration, Instant};

use bgcopy_core::{Interrupt, Result};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::IntoPyDict;

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
    let before = install(py, &end)?;
    let mut came = Vec::new();
    let ended = py.detach(|| {
        thread::scope(|scope| -> PyResult<_> {
            let waiting = thread::Builder::new().stack_size(STACK_BYTES);
            let waiting = waiting.spawn_scoped(scope, || {
                let _done = Done(&end);
                wait(handle, left(), &interrupt)
            })?;
            // A signal may have come before its handler knew of the pipe.
            let watched = signals().and_then(|()| watch(&pipe, &mut came));
            interrupt.interrupt();
            let ended = waiting.join().unwrap_or_else(|panic| panic::resume_unwind(panic));
            watched.map(|()| ended)
        })
    });
    restore(py, before)?;
    hand_on(py, before, &came)?;
    ended?.map_err(|failure| error::raised(py, &failure))
}

/// What the waiting thread writes at its end; signals have numbers from 1.
const DONE: u8 = 0;

/// Writes it, also after a panic.
struct Done<'a>(&'a PipeWriter);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        // A pipe that is full ends the read, too.
        _ = self.0.write(&[DONE]);
    }
}

/// Reads until the waiting thread has ended, or a signal raises. The numbers of
/// the signals go to `came`.
fn watch(mut pipe: &PipeReader, came: &mut Vec<u8>) -> PyResult<()> {
    loop {
        let mut byte = [DONE];
        match pipe.read(&mut byte) {
            Ok(_) if byte == [DONE] => return Ok(()),
            Ok(_) => came.extend(byte),
            Err(failure) if failure.kind() == ErrorKind::Interrupted => {}
            Err(failure) => return Err(PyOSError::new_err(failure.to_string())),
        }
        signals()?;
    }
}

/// Makes Python's signal handler write into our pipe. Returns the descriptor that
/// it wrote to before, as that of an event loop; -1 for none.
#[cfg(unix)]
fn install(py: Python<'_>, end: &PipeWriter) -> PyResult<i32> {
    use std::os::fd::AsRawFd;
    py.import("os")?.call_method1("set_blocking", (end.as_raw_fd(), false))?;
    set_wakeup_fd(py, end.as_raw_fd())
}

/// Elsewhere a pipe has no descriptor that Python knows.
#[cfg(not(unix))]
fn install(_py: Python<'_>, _end: &PipeWriter) -> PyResult<i32> {
    Ok(-1)
}

fn restore(py: Python<'_>, before: i32) -> PyResult<()> {
    if cfg!(unix) { set_wakeup_fd(py, before).map(|_| ()) } else { Ok(()) }
}

/// Writes the signals that came meanwhile to the descriptor of an event loop.
fn hand_on(py: Python<'_>, before: i32, came: &[u8]) -> PyResult<()> {
    if before < 0 || came.is_empty() {
        return Ok(());
    }
    py.import("os")?.call_method1("write", (before, came)).map(|_| ())
}

fn set_wakeup_fd(py: Python<'_>, descriptor: i32) -> PyResult<i32> {
    let options = [("warn_on_full_buffer", false)].into_py_dict(py)?;
    py.import("signal")?.getattr("set_wakeup_fd")?.call((descriptor,), Some(&options))?.extract()
}

fn signals() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}

fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let threading = py.import("threading")?;
    let main = threading.call_method0("main_thread")?.getattr("ident")?;
    threading.call_method0("get_ident")?.eq(main)
}
