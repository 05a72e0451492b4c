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
    /// True if no connection to the server could be made.
    #[serde(default)]
    pub unreached: bool,
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
        Self { code, context, message, transient: true, retry_after: None, unreached: false }
    }

    /// A failure that only the caller can resolve.
    pub fn fatal(code: HResult, context: ErrorContext, message: String) -> Self {
        Self { code, context, message, transient: false, retry_after: None, unreached: false }
    }

    /// True if the server has no space for what is sent to it.
    pub fn is_no_room(&self) -> bool {
        is_no_room(self.code, self.context)
    }
}

/// True for the code of a server that has no space for what is sent to it.
pub fn is_no_room(failed_with: HResult, context: ErrorContext) -> bool {
    let codes = [HResult::from_http_status(INSUFFICIENT_STORAGE), code::E_DISK_FULL];
    codes.contains(&failed_with) && context == ErrorContext::RemoteFile
}

/// 507, which WebDAV added and others use.
const INSUFFICIENT_STORAGE: u32 = 507;

/// What is said when a server has no space.
pub const NO_ROOM: &str = "there is no room on the server";

/// The failure that an HTTP status means (specification, section 10). 429 counts as
/// transient here, unlike in the specification: see docs/differences.md.
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
        (true, Some(value)) => parse_retry_after(value, head),
        (true, None) | (false, _) => None,
    };
    Failure {
        code: if known {
            HResult::from_http_status(status)
        } else {
            code::BG_E_INVALID_SERVER_RESPONSE
        },
        context: ErrorContext::RemoteFile,
        message: match status {
            INSUFFICIENT_STORAGE => format!("{NO_ROOM}: {}", status_text(status, head)),
            _ => status_text(status, head),
        },
        unreached: false,
        transient,
        retry_after,
    }
}

fn status_text(status: u32, head: &Head) -> String {
    let reason = head.lines.first().and_then(|line| line.splitn(3, ' ').nth(2)).unwrap_or("");
    match (reason.is_empty(), (300..400).contains(&status), head.location()) {
        (_, true, Some(location)) => format!("the server redirects ({status}) to {location}"),
        (true, _, _) => format!("the server answered status {status}"),
        (false, _, _) => format!("the server answered {status} {reason}"),
    }
}

/// Reads Retry-After in seconds or as a date; anything else counts as absent. A
/// date is one of the server's clock, as the date of the answer is: what matters is
/// how far apart they are.
fn parse_retry_after(value: &str, head: &Head) -> Option<RetryAfter> {
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(RetryAfter::Seconds(seconds));
    }
    if value.len() > 20 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(RetryAfter::Seconds(u64::MAX));
    }
    let until_ms = http_date_unix_ms(value)?;
    let Some(answered_ms) = head.value("date").and_then(http_date_unix_ms) else {
        return Some(RetryAfter::AtUnixMs(until_ms));
    };
    let left_ms = u64::try_from(until_ms.saturating_sub(answered_ms)).unwrap_or(0);
    Some(RetryAfter::Seconds(left_ms / 1000))
}

/// An HTTP date in milliseconds since 1970.
pub fn http_date_unix_ms(value: &str) -> Option<i64> {
    let date = httpdate::parse_http_date(value).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(lines: &[&str]) -> Option<RetryAfter> {
        let mut head = Head::default();
        head.push_line(b"HTTP/1.1 503 Service Unavailable");
        lines.iter().for_each(|line| head.push_line(line.as_bytes()));
        http_failure(503, &head).retry_after
    }

    #[test]
    fn a_date_to_wait_for_is_one_of_the_servers_clock() {
        let after = "Retry-After: Sun, 09 Sep 2001 01:48:40 GMT";
        let before = "Date: Sun, 09 Sep 2001 01:46:40 GMT";
        assert_eq!(asked(&[before, after]), Some(RetryAfter::Seconds(120)));
        let over = "Date: Sun, 09 Sep 2001 01:50:00 GMT";
        assert_eq!(asked(&[over, after]), Some(RetryAfter::Seconds(0)));
        for unknown in ["Date: yesterday", "X: y"] {
            let found = asked(&[unknown, after]);
            assert_eq!(found, Some(RetryAfter::AtUnixMs(1_000_000_120_000)), "{unknown}");
        }
    }
}
