//! The pending cleanup of a cancelled upload at its server, which is asked until it has
//! answered or the time for it is over (specification, section 9.6).

use crate::protocol::Failure;
use crate::vocab::{ErrorContext, HResult, Result, code, limit};

use super::deadline::{Deadline, Now};
use super::failure::retry_delay_ms;
use super::job::{Change, Job};
use super::record::{Closing, JobError, JobRecord};

/// The cleanup at the server of a job that is cancelled now.
pub fn begin(record: &JobRecord, now: Now) -> Closing {
    let allowed_s = record.no_progress_timeout_s.min(limit::SERVER_CLEANUP_MAX_S);
    let until = Deadline::after(now, u64::from(allowed_s) * 1000).looked_at(now);
    Closing::ServerCleanup { until, retry: None, attempts: 0 }
}

/// The server was told, or need not be.
pub fn end(change: &mut Change, now: Now) {
    if let Some(Closing::ServerCleanup { .. }) = change.record.closing {
        change.record.closing = None;
        change.record.error = None;
        change.record.modified_ms = now.unix_ms;
    }
}

/// The server keeps what it has of the upload, or may: that is all that is left to
/// say.
pub fn kept(change: &mut Change, code: HResult, message: String, now: Now) {
    change.record.closing = None;
    change.record.modified_ms = now.unix_ms;
    change.record.error = Some(error(code, message, now));
    change.leaves = true;
}

/// The server does not forget the upload.
pub fn refused(change: &mut Change, failure: &Failure, now: Now) {
    let message = format!("the server keeps the unfinished upload: {}", failure.message);
    kept(change, failure.code, message, now);
}

/// Nothing can be asked of the server. What it has of a session stays there.
pub fn end_unasked(change: &mut Change, job: &Job, index: u32, now: Now) -> Result<()> {
    let upload = change.file(job, index)?.upload.as_ref();
    match upload.is_some_and(|upload| upload.state.session.is_some()) {
        false => end(change, now),
        true => {
            let message = "the server keeps the unfinished upload: it offers no way to delete it";
            kept(change, code::E_NOT_SUPPORTED, message.to_owned(), now);
        }
    }
    Ok(())
}

fn error(code: HResult, message: String, now: Now) -> JobError {
    JobError {
        code,
        context: ErrorContext::RemoteFile,
        file: Some(0),
        protocol: Some("http".to_owned()),
        message,
        at_ms: now.unix_ms,
    }
}

/// The server is told again after a while.
pub fn postpone(change: &mut Change, now: Now, delay_ms: u64) {
    if let Some(Closing::ServerCleanup { retry, .. }) = &mut change.record.closing {
        *retry = Some(Deadline::after(now, delay_ms));
    }
}

/// A request of a cancelled upload failed. Without a session there is nothing that
/// the server could be asked to delete.
pub fn failed_for(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    let upload = change.file(job, index)?.upload.as_ref();
    match upload.is_some_and(|upload| upload.state.session.is_some()) {
        true => failed(change, failure, now),
        false => end(change, now),
    }
    Ok(())
}

/// The server was not reached, or cannot do it now.
pub fn failed(change: &mut Change, failure: &Failure, now: Now) {
    let Some(Closing::ServerCleanup { until, attempts, .. }) = change.record.closing else {
        return;
    };
    if !failure.transient || until.is_over(now) {
        refused(change, failure, now);
        return;
    }
    let attempts = attempts.saturating_add(1);
    let minimum_s = change.record.minimum_retry_delay_s;
    let delay_ms = retry_delay_ms(minimum_s, attempts, now.jitter_permille);
    let retry = Some(Deadline::after(now, delay_ms));
    let until = until.looked_at(now);
    change.record.closing = Some(Closing::ServerCleanup { until, retry, attempts });
    let error = error(failure.code, failure.message.clone(), now);
    change.record.error = Some(JobError { context: failure.context, ..error });
}
