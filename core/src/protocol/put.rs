//! A file as one PUT. There is no session: what is interrupted begins anew.

use super::classify::http_failure;
use super::head::Head;
use super::upload::{Call, Sending, Span, Step, Verdict};

/// The whole file.
pub(super) fn whole(sending: &Sending<'_>) -> Call {
    let body = Some(Span { first: 0, length: sending.size });
    Call { body, patient: true, ..Call::bodiless(Step::Whole, "PUT", sending.url) }
}

pub(super) fn answered(head: &Head) -> Verdict {
    match head.status {
        200..=202 | 204 => Verdict::Finished,
        status => Verdict::Refused(http_failure(status, head)),
    }
}
