//! What a cancelled upload owes: the server is told, until it has heard it or
//! the time for it is over (contract section 9.6).

use crate::protocol::Failure;
use crate::vocab::limit;

use super::deadline::{Deadline, Now};
use super::failure::retry_delay_ms;
use super::job::Change;
use super::record::{Closing, JobError, JobRecord};

/// The debt of a job that is cancelled now.
pub fn owing(record: &JobRecord, now: Now) -> Closing {
    let allowed_s = record.no_progress_timeout_s.min(limit::CANCEL_DEBT_MAX_S);
    let until = Deadline::after(now, u64::from(allowed_s) * 1000);
    Closing::Owing { until, retry: None, attempts: 0 }
}

/// The server was told, or need not be.
pub fn settle(change: &mut Change, now: Now) {
    if let Some(Closing::Owing { .. }) = change.record.closing {
        change.record.closing = None;
        change.record.modified_ms = now.unix_ms;
    }
}

/// The server is told again after a while.
pub fn postpone(change: &mut Change, now: Now, delay_ms: u64) {
    if let Some(Closing::Owing { retry, .. }) = &mut change.record.closing {
        *retry = Some(Deadline::after(now, delay_ms));
    }
}

/// The server was not reached, or cannot do it now.
pub fn failed(change: &mut Change, failure: &Failure, now: Now) {
    let Some(Closing::Owing { until, attempts, .. }) = change.record.closing else {
        return;
    };
    if !failure.transient || until.is_over(now) {
        settle(change, now);
        return;
    }
    let attempts = attempts.saturating_add(1);
    let minimum_s = change.record.minimum_retry_delay_s;
    let delay_ms = retry_delay_ms(minimum_s, attempts, now.jitter_permille);
    let retry = Some(Deadline::after(now, delay_ms));
    change.record.closing = Some(Closing::Owing { until, retry, attempts });
    change.record.error = Some(JobError {
        code: failure.code,
        context: failure.context,
        file: Some(0),
        protocol: Some("http".to_owned()),
        message: failure.message.clone(),
        at_ms: now.unix_ms,
    });
}
