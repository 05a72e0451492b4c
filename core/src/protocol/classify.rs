//! Failures: which are worth another try, and when.

use serde::{Deserialize, Serialize};

use crate::vocab::{ErrorContext, HResult, code};

use super::head::Head;

/// Why a request did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The precise code.
    pub code: HResult,
    /// What kind of thing failed.
    pub context: ErrorContext,
    /// One readable sentence.
    pub message: String,
    /// True if the same request may succeed later.
    pub transient: bool,
    /// When the server asked to be left alone until.
    pub retry_after: Option<RetryAfter>,
}

/// A Retry-After header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryAfter {
    /// Seconds from the response on.
    Seconds(u64),
    /// A date, in milliseconds since 1970.
    AtUnixMs(i64),
}

impl Failure {
    /// A failure that passes by itself.
    pub fn transient(code: HResult, context: ErrorContext, message: String) -> Self {
        Self { code, context, message, transient: true, retry_after: None }
    }

    /// A failure that only the caller can resolve.
    pub fn fatal(code: HResult, context: ErrorContext, message: String) -> Self {
        Self { code, context, message, transient: false, retry_after: None }
    }
}

/// The failure that an HTTP status means (contract section 10). 429 counts as
/// transient here, unlike in the contract: see docs/differences.md.
pub fn http_failure(status: u32, head: &Head) -> Failure {
    let transient = match status {
        300..=305 | 307 | 308 => false,
        408 | 409 | 429 => true,
        400..=499 => false,
        501 | 505 => false,
        _ => true,
    };
    let known = (100..=599).contains(&status);
    let retry_after = match (transient, head.value("retry-after")) {
        (true, Some(value)) => parse_retry_after(value),
        (true, None) | (false, _) => None,
    };
    Failure {
        code: if known {
            HResult::from_http_status(status)
        } else {
            code::BG_E_INVALID_SERVER_RESPONSE
        },
        context: ErrorContext::RemoteFile,
        message: status_text(status, head),
        transient,
        retry_after,
    }
}

fn status_text(status: u32, head: &Head) -> String {
    let reason = head.lines.first().and_then(|line| line.splitn(3, ' ').nth(2)).unwrap_or("");
    match (reason.is_empty(), (300..400).contains(&status), head.value("location")) {
        (_, true, Some(location)) => format!("the server redirects ({status}) to {location}"),
        (true, _, _) => format!("the server answered status {status}"),
        (false, _, _) => format!("the server answered {status} {reason}"),
    }
}

/// Reads Retry-After in seconds or as a date; anything else counts as absent.
fn parse_retry_after(value: &str) -> Option<RetryAfter> {
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(RetryAfter::Seconds(seconds));
    }
    if value.len() > 20 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(RetryAfter::Seconds(u64::MAX));
    }
    http_date_unix_ms(value).map(RetryAfter::AtUnixMs)
}

/// An HTTP date in milliseconds since 1970.
pub fn http_date_unix_ms(value: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(value).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}
