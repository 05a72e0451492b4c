//! What a failure does to a file and its job: try again, and when; or give up.
//!
//! A request that fails stops its file, and nothing else. A job has failed when none of
//! its files can move any more.

use crate::protocol::{Failure, RetryAfter, Scheme, is_no_room};
use crate::vocab::{ErrorContext, HResult, JobPriority, JobState, Result, code, limit};

use super::deadline::{Deadline, Now};
use super::file::{FileFailure, FileRecord, NextTry};
use super::job::{Change, Job};
use super::record::{JobError, JobRecord, Retry};
use super::upload::is_upload;

/// The longest wait after an error on the way to the server for a job with the priority
/// FOREGROUND, unless the minimum itself is longer.
pub const FOREGROUND_RETRY_DELAY_MAX_S: u32 = 30;

/// A connection that brought so many bytes was worth its while: the next one is
/// made at once. Below that, a server that cuts each one off would be asked
/// without a pause.
const FRESH_BYTES_MIN: u64 = 16 * 1024;

/// Stops the file, until it is tried again by itself or for good. If it is the last one
/// that could move, the job goes into TRANSIENT_ERROR or ERROR (specification, sections 9.3
/// and 9.4). A request whose connection broke after bytes came since the last failure is
/// made again at once.
pub fn apply(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    let error = error_of(job, index, failure, now);
    if !failure.transient || never_retries(&change.record) {
        return stop(change, job, index, error, now);
    }
    if failure.code != code::DO_E_BLOCKED_BY_NO_NETWORK {
        change.record.error_count += 1;
    }
    let file = change.file(job, index)?;
    let fresh_bytes = file.fresh_bytes;
    let goes_on = goes_on_at_once(&change.record, file, failure);
    let attempts = file.failure.as_ref().map_or(0, |failure| failure.attempts).saturating_add(1);
    if fresh_bytes > 0 {
        change.edit(job, index, |file| file.fresh_bytes = 0)?;
    }
    if goes_on {
        return Ok(());
    }
    if fails_for_too_long(change, &error, now) {
        return Ok(());
    }
    // The files of a job usually share their disk.
    if is_alone(&change.record) || failure.context == ErrorContext::LocalFile {
        delay_job(change, failure, error, now);
        return Ok(());
    }
    let retry = next_retry(&change.record, attempts, failure, now);
    let failure = FileFailure { error, attempts, next_try: NextTry::At(retry) };
    change.edit(job, index, |file| file.failure = Some(Box::new(failure)))?;
    stop_if_none_moves(change, job, now);
    Ok(())
}

/// True if the request is made again at once: its connection broke after it was worth its
/// while.
pub fn goes_on_at_once(record: &JobRecord, file: &FileRecord, failure: &Failure) -> bool {
    let is_tried_again = failure.transient && !never_retries(record);
    is_tried_again && file.fresh_bytes >= FRESH_BYTES_MIN && broke_off(failure)
}

/// Stops a file for good, and the job if none of its files can move any more.
pub fn stop(change: &mut Change, job: &Job, index: u32, error: JobError, now: Now) -> Result<()> {
    change.record.error_count += 1;
    if is_alone(&change.record) {
        fail(change, error, now);
        return Ok(());
    }
    let failure = FileFailure { error, attempts: 0, next_try: NextTry::Never };
    change.edit(job, index, |file| file.failure = Some(Box::new(failure)))?;
    stop_if_none_moves(change, job, now);
    Ok(())
}

/// True for a job whose only file fails with it.
fn is_alone(record: &JobRecord) -> bool {
    is_upload(record) || record.totals.files == 1
}

/// Lets time without progress count, and ends a job that had as much of it as it may.
fn fails_for_too_long(change: &mut Change, error: &JobError, now: Now) -> bool {
    let timeout_ms = u64::from(change.record.no_progress_timeout_s) * 1000;
    let deadline =
        *change.record.no_progress_deadline.get_or_insert_with(|| Deadline::after(now, timeout_ms));
    if deadline.is_over(now) {
        fail(change, no_progress(error, change.record.no_progress_timeout_s), now);
        return true;
    }
    change.record.no_progress_deadline = Some(deadline.looked_at(now));
    false
}

/// Ends a job none of whose files can move any more, or delays it while all that can wait
/// for their next try.
pub fn stop_if_none_moves(change: &mut Change, job: &Job, now: Now) {
    let totals = change.record.totals;
    let movable = totals.files - totals.files_transferred - totals.files_failed;
    if !change.record.is_runnable() || movable > totals.files_delayed {
        return;
    }
    if movable > 0 {
        wait_for_next_try(change, job, now);
        return;
    }
    let errors = failed(change, job).filter_map(|file| Some(&file.failure.as_ref()?.error));
    let first = errors.min_by_key(|error| (error.at_ms, error.file)).cloned();
    if let Some(error) = first {
        fail(change, error, now);
    }
}

/// Delays the job until the first of its files that wait for their next try has it.
pub fn wait_for_next_try(change: &mut Change, job: &Job, now: Now) {
    let stored = job.delayed().find(|index| !change.files.contains_key(index));
    let stored = stored.and_then(|index| job.files.get(index as usize));
    let all = stored.into_iter().chain(change.files.values());
    let waiting = all.filter_map(|file| Some((file.retry()?, file)));
    let first = waiting.min_by_key(|(retry, _)| retry.at.monotonic_ms);
    let found = first.and_then(|(retry, file)| Some((retry, file.failure.as_ref()?.error.clone())));
    if let Some((retry, error)) = found {
        change.record.attempts = change.record.attempts.saturating_add(1);
        change.record.enter(JobState::TransientError, now);
        change.record.retry = Some(retry);
        change.record.error = Some(error);
    }
}

/// The files that failed for good, as the change leaves them.
fn failed<'a>(change: &'a Change, job: &'a Job) -> impl Iterator<Item = &'a FileRecord> {
    let stored = job.troubled().filter(|index| !change.files.contains_key(index));
    let stored = stored.filter_map(|index| job.files.get(index as usize));
    stored.chain(change.files.values()).filter(|file| file.is_failed())
}

/// Puts the job into TRANSIENT_ERROR.
fn delay_job(change: &mut Change, failure: &Failure, error: JobError, now: Now) {
    change.record.attempts = change.record.attempts.saturating_add(1);
    let retry = next_retry(&change.record, change.record.attempts, failure, now);
    change.record.enter(JobState::TransientError, now);
    change.record.retry = Some(retry);
    change.record.error = Some(error);
}

/// When a request is made again after so many failures in a row.
fn next_retry(record: &JobRecord, attempts: u32, failure: &Failure, now: Now) -> Retry {
    let asked_ms = failure.retry_after.and_then(|after| asked_delay_ms(after, now));
    let own_ms = own_delay_ms(record, attempts, (failure.code, failure.context), now);
    let delay_ms = asked_ms.map_or(own_ms, |asked| asked.max(own_ms));
    Retry {
        at: Deadline::after(now, delay_ms),
        server_asked: asked_ms.is_some_and(|asked| asked >= own_ms),
    }
}

/// True if the first failure that passes by itself ends the job, too.
pub fn never_retries(record: &JobRecord) -> bool {
    record.has_own_method()
        || record.no_progress_timeout_s == 0
        || record.minimum_retry_delay_s > record.no_progress_timeout_s
}

/// The error of a job that a failure of one of its files leads to.
pub fn error_of(job: &Job, file: u32, failure: &Failure, now: Now) -> JobError {
    let protocol = job.files.get(file as usize).map(|file| Scheme::of(&file.remote_name).name());
    JobError {
        code: failure.code,
        context: failure.context,
        file: Some(file),
        protocol: protocol.map(str::to_owned),
        message: failure.message.clone(),
        at_ms: now.unix_ms,
    }
}

/// True if the connection failed, and not the server or the network as a whole.
fn broke_off(failure: &Failure) -> bool {
    failure.context == ErrorContext::GeneralTransport
        && !failure.unreached
        && failure.retry_after.is_none()
        && failure.code != code::DO_E_BLOCKED_BY_NO_NETWORK
}

/// Lets another no-progress timeout count from the first failure on, also for a job
/// that is waiting for its next try.
pub fn set_no_progress_timeout(change: &mut Change, seconds: u32, now: Now) {
    let record = &mut change.record;
    record.no_progress_timeout_s = seconds;
    let timeout_ms = u64::from(seconds) * 1000;
    record.no_progress_deadline =
        record.no_progress_deadline.map(|deadline| deadline.with_delay(timeout_ms));
    let is_over =
        seconds == 0 || record.no_progress_deadline.is_some_and(|deadline| deadline.is_over(now));
    if record.state != JobState::TransientError || !is_over {
        return;
    }
    if let Some(last) = record.error.clone() {
        let error = if seconds == 0 { last } else { no_progress(&last, seconds) };
        fail(change, error, now);
    }
}

/// Lets another minimum retry delay count for the next try, too. A wait that the server
/// asked for does not become shorter.
pub fn set_minimum_retry_delay(change: &mut Change, seconds: u32, now: Now) {
    let record = &mut change.record;
    record.minimum_retry_delay_s = seconds.max(limit::MINIMUM_RETRY_DELAY_FLOOR_S);
    let last = record.error.as_ref().map(|error| (error.code, error.context));
    let last = last.unwrap_or((code::S_OK, ErrorContext::None));
    let own_ms = own_delay_ms(record, record.attempts, last, now);
    if let Some(retry) = &mut record.retry {
        let asked_ms = if retry.server_asked { retry.at.delay_ms } else { 0 };
        retry.at = retry.at.with_delay(own_ms.max(asked_ms));
    }
}

/// Lets another maximum download time count, also for a job that is waiting.
pub fn set_maximum_download_time(change: &mut Change, seconds: u32, now: Now) {
    change.record.maximum_download_time_s = seconds;
    refuse_too_long(change, now);
}

/// Fails a job that was transferring for as long as it may.
pub fn refuse_too_long(change: &mut Change, now: Now) {
    let record = &change.record;
    let allowed_s = record.maximum_download_time_s;
    let wants_to_move = record.is_runnable() || record.state == JobState::TransientError;
    if wants_to_move && record.active_for_ms(now) >= u64::from(allowed_s) * 1000 {
        let message = format!("not done after {allowed_s} s of transfer");
        change.record.error_count += 1;
        fail(change, job_error(code::BG_E_MAXDOWNLOAD_TIMEOUT, message, now), now);
    }
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

/// How long the job waits by itself. While somebody looks on, an error on the way to the
/// server is tried again soon: nothing reports that a server is back.
fn own_delay_ms(record: &JobRecord, attempts: u32, last: (HResult, ErrorContext), now: Now) -> u64 {
    let (minimum_s, jitter) = (record.minimum_retry_delay_s, now.jitter_permille);
    let delay_ms = retry_delay_ms(minimum_s, attempts, jitter);
    let (failed_with, context) = last;
    if is_no_room(failed_with, context) {
        // The whole body would go for nothing each time.
        return delay_ms.max(u64::from(limit::RETRY_DELAY_MAX_S) * 1000);
    }
    let looks_on = record.priority == JobPriority::Foreground;
    if looks_on && context == ErrorContext::GeneralTransport {
        return delay_ms.min(u64::from(minimum_s.max(FOREGROUND_RETRY_DELAY_MAX_S)) * 1000);
    }
    delay_ms
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

/// The server still takes what was sent before the process ended.
pub fn still_arriving() -> Failure {
    Failure::transient(
        code::BG_E_NO_PROGRESS,
        ErrorContext::RemoteFile,
        "the server is still taking what was sent to it before; it is asked again later".to_owned(),
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
pub fn asked_delay_ms(after: RetryAfter, now: Now) -> Option<u64> {
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
