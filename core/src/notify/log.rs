//! What the engine does, in lines for people. One sink for the process, as
//! some lines are about a queue that did not open; off unless asked for.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::JobRecord;
use crate::vocab::{JobState, LogLevel};

/// Takes the lines. It is called on the engine's thread: it must not block and
/// must not call the library.
pub type LogSink = dyn Fn(LogLevel, &str) + Send + Sync;

static LEVEL: AtomicU32 = AtomicU32::new(0);

static SINK: Mutex<Option<Arc<LogSink>>> = Mutex::new(None);

/// Sends lines of this level and the more important ones to a sink; `None`
/// stops it.
pub fn set_log_sink(level: LogLevel, sink: Option<Arc<LogSink>>) {
    LEVEL.store(if sink.is_some() { level.as_u32() } else { 0 }, Ordering::Release);
    let former = {
        let mut current = SINK.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, sink)
    };
    // Its end is no business of the lock.
    drop(former);
}

/// True if somebody wants lines of this level.
pub fn is_logged(level: LogLevel) -> bool {
    level.as_u32() <= LEVEL.load(Ordering::Acquire)
}

/// Hands out one line.
pub fn log(level: LogLevel, line: &str) {
    if !is_logged(level) {
        return;
    }
    let sink = SINK.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(sink) = sink {
        sink(level, line);
    }
}

/// The line for a cancelled upload of which its server keeps something.
pub(super) fn line_of_left(record: &JobRecord) -> Option<(LogLevel, String)> {
    let error = record.error.as_ref().filter(|_| is_logged(LogLevel::Warning))?;
    let line =
        format!("job {}: {}: {} ({})", record.id, record.state.name(), error.message, error.code);
    Some((LogLevel::Warning, line))
}

/// The line for a job that entered its state.
pub(super) fn line_of(record: &JobRecord) -> Option<(LogLevel, String)> {
    let level = match record.state {
        JobState::Error => LogLevel::Error,
        JobState::TransientError => LogLevel::Warning,
        JobState::Suspended
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => LogLevel::Info,
        JobState::Queued | JobState::Connecting | JobState::Transferring => LogLevel::Debug,
    };
    if !is_logged(level) {
        return None;
    }
    let mut line = format!("job {}: {}", record.id, record.state.name());
    if let Some(error) = record.error.as_ref().filter(|_| level <= LogLevel::Warning) {
        line += &format!(": {} ({})", error.message, error.code);
    }
    Some((level, line))
}
