//! What a failure does to a job: try again, and when; or give up.

use crate::protocol::{Failure, RetryAfter, Scheme};
use crate::vocab::{ErrorContext, HResult, JobState, code, limit};

use super::deadline::{Deadline, Now};
use super::job::{Change, Job};
use super::record::{JobError, Retry};

/// Puts the job into TRANSIENT_ERROR or ERROR (contract sections 9.3 and 9.4).
pub fn apply(change: &mut Change, job: &Job, file: u32, failure: &Failure, now: Now) {
    let protocol = job.files.get(file as usize).map(|file| Scheme::of(&file.remote_name).name());
    let error = JobError {
        code: failure.code,
        context: failure.context,
        file: Some(file),
        protocol: protocol.map(str::to_owned),
        message: failure.message.clone(),
        at_ms: now.unix_ms,
    };
    if failure.code != code::DO_E_BLOCKED_BY_NO_NETWORK {
        change.record.error_count += 1;
    }
    let never_retries = change.record.no_progress_timeout_s == 0
        || change.record.minimum_retry_delay_s > change.record.no_progress_timeout_s;
    if !failure.transient || never_retries {
        fail(change, error, now);
        return;
    }
    let timeout_ms = u64::from(change.record.no_progress_timeout_s) * 1000;
    let deadline =
        *change.record.no_progress_deadline.get_or_insert_with(|| Deadline::after(now, timeout_ms));
    if deadline.is_over(now) {
        fail(change, no_progress(&error, change.record.no_progress_timeout_s), now);
        return;
    }
    change.record.attempts = change.record.attempts.saturating_add(1);
    let asked_ms = failure.retry_after.and_then(|after| asked_delay_ms(after, now));
    let own_ms = retry_delay_ms(
        change.record.minimum_retry_delay_s,
        change.record.attempts,
        now.jitter_permille,
    );
    let delay_ms = asked_ms.map_or(own_ms, |asked| asked.max(own_ms));
    change.record.enter(JobState::TransientError, now);
    change.record.retry = Some(Retry {
        at: Deadline::after(now, delay_ms),
        server_asked: asked_ms.is_some_and(|asked| asked >= own_ms),
    });
    change.record.error = Some(error);
}

/// Puts the job into ERROR.
pub fn fail(change: &mut Change, error: JobError, now: Now) {
    change.record.enter(JobState::Error, now);
    change.record.error = Some(error);
}

/// An error of the job as a whole.
pub fn job_error(code: HResult, message: String, now: Now) -> JobError {
    JobError {
        code,
        context: ErrorContext::GeneralQueueManager,
        file: None,
        protocol: None,
        message,
        at_ms: now.unix_ms,
    }
}

/// What becomes of an error when the no-progress timeout is over.
pub fn no_progress(last: &JobError, timeout_s: u32) -> JobError {
    JobError {
        code: code::DO_E_DOWNLOAD_NO_PROGRESS,
        message: format!(
            "no progress for {timeout_s} s; last error {}: {}",
            last.code, last.message
        ),
        ..last.clone()
    }
}

/// Doubles from the minimum with each failure in a row, with up to a quarter
/// of jitter on top so that many clients do not come back together, and ends
/// at 600 s unless the minimum itself is longer.
pub fn retry_delay_ms(minimum_s: u32, attempts: u32, jitter_permille: u32) -> u64 {
    let minimum_ms = u64::from(minimum_s) * 1000;
    let cap_ms = (u64::from(limit::RETRY_DELAY_MAX_S) * 1000).max(minimum_ms);
    let doubled = minimum_ms.saturating_mul(1 << attempts.saturating_sub(1).min(20));
    let base = doubled.min(cap_ms);
    (base + base / 4 * u64::from(jitter_permille.min(1000)) / 1000).min(cap_ms)
}

/// Answers that never say that there is more of the file.
pub fn no_headway() -> Failure {
    Failure::transient(
        code::BG_E_NO_PROGRESS,
        ErrorContext::RemoteFile,
        "the server takes no more bytes of the file".to_owned(),
    )
}

/// Sessions that never live long.
pub fn lost_session() -> Failure {
    Failure::transient(
        code::BG_E_SESSION_NOT_FOUND,
        ErrorContext::RemoteFile,
        "the server forgets the upload again and again".to_owned(),
    )
}

/// The wait a server asked for, bounded to a day; a date in the past is none.
fn asked_delay_ms(after: RetryAfter, now: Now) -> Option<u64> {
    let max_ms = u64::from(limit::RETRY_AFTER_MAX_S) * 1000;
    match after {
        RetryAfter::Seconds(0) => None,
        RetryAfter::Seconds(seconds) => Some(seconds.saturating_mul(1000).min(max_ms)),
        RetryAfter::AtUnixMs(at) => {
            let left = u64::try_from(at.saturating_sub(now.unix_ms)).ok()?;
            (left > 0).then_some(left.min(max_ms))
        }
    }
}
