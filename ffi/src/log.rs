//! The log callback of the process.

use std::ffi::{CString, c_char, c_void};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, LogLevel, Result, set_log_sink};

use crate::call::choice;
use crate::callback::bgcopy_destroy;
use crate::guard::{bgcopy_hresult, guard};
use crate::string::without_nul;

/// Told a line of the log, which is there until it returns. It runs on a
/// thread of the library and must not throw.
pub type bgcopy_log_callback =
    Option<unsafe extern "C" fn(level: u32, line: *const c_char, user: *mut c_void)>;

/// Lines that wait for a slow callback; those beyond it are lost, as the log
/// holds up nothing.
const LINES_WAITING_MAX: usize = 1024;

type Line = (LogLevel, CString);

struct Logger {
    callback: unsafe extern "C" fn(u32, *const c_char, *mut c_void),
    user: *mut c_void,
    destroy: bgcopy_destroy,
}

// SAFETY: the user pointer is only handed back to the caller's own functions,
// which the documentation of callbacks says are called from another thread.
unsafe impl Send for Logger {}

struct Running {
    thread: JoinHandle<()>,
    process: u32,
}

static CURRENT: Mutex<Option<Running>> = Mutex::new(None);

/// Sets who is told what the library does, for the whole process. Any call is
/// legal inside. Remove it before the library is unloaded.
///
/// @param level a bgcopy_log_level: lines of it and the more important ones.
/// @param callback NULL for nobody; the former one is let go, and no longer
/// runs when this returns, unless this is called inside it.
/// @param user handed to the callback as it is.
/// @param destroy called once with user when the callback is no longer needed;
/// may be NULL. It is not called if this call fails.
/// @return S_OK; E_INVALIDARG for an unknown level; E_OUTOFMEMORY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_set_log_callback(
    level: u32,
    callback: bgcopy_log_callback,
    user: *mut c_void,
    destroy: bgcopy_destroy,
) -> bgcopy_hresult {
    guard(|| {
        let level = choice(LogLevel::from_u32(level), level, "log level", code::E_INVALIDARG)?;
        let former = replace(level, callback.map(|callback| Logger { callback, user, destroy }))?;
        if let Some(former) = former {
            end(former);
        }
        Ok(code::S_OK)
    })
}

/// Sets another logger and returns the former one. Under one lock, so that the
/// one that is known is the one that is told.
fn replace(level: LogLevel, logger: Option<Logger>) -> Result<Option<Running>> {
    let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
    let next = match logger {
        Some(logger) => Some(start(level, logger)?),
        None => {
            set_log_sink(level, None);
            None
        }
    };
    Ok(std::mem::replace(&mut *current, next))
}

/// Begins to tell lines to a logger.
fn start(level: LogLevel, logger: Logger) -> Result<Running> {
    let (sender, lines) = sync_channel::<Line>(LINES_WAITING_MAX);
    let thread = thread::Builder::new()
        .name("bgcopy-log".to_owned())
        .spawn(move || tell(&lines, &logger))
        .map_err(|error| Error::new(code::E_OUTOFMEMORY, format!("no thread: {error}")))?;
    set_log_sink(
        level,
        Some(Arc::new(move |level, line: &str| {
            // A full queue loses the line.
            _ = sender.try_send((level, without_nul(line.to_owned())));
        })),
    );
    Ok(Running { thread, process: std::process::id() })
}

/// Tells lines until there is nobody left who sends them.
fn tell(lines: &Receiver<Line>, logger: &Logger) {
    while let Ok((level, line)) = lines.recv() {
        // SAFETY: the caller gave this function for these arguments.
        unsafe { (logger.callback)(level.as_u32(), line.as_ptr(), logger.user) };
    }
    if let Some(destroy) = logger.destroy {
        // SAFETY: the caller gave this function for this pointer; this is its end.
        unsafe { destroy(logger.user) };
    }
}

/// Waits for the end of a logger whose sender is gone, unless it is its own
/// callback that waits, or its thread stayed behind in a fork.
fn end(former: Running) {
    let is_here = former.thread.thread().id() == thread::current().id();
    if !is_here && former.process == std::process::id() {
        // A panic on it was the last thing it did.
        _ = former.thread.join();
    }
}
