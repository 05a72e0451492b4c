//! A file as one PUT or POST, or as several PUTs with Content-Range.
//!
//! One request has no session: what is interrupted begins anew. Several have
//! one, which is named by the URL of the file. The first is a plain PUT, which
//! does away with what was there; after each the server is asked how much it
//! holds, as most servers pass over Content-Range.

use crate::vocab::{ErrorContext, UploadProtocol, code};

use super::classify::{Failure, http_date_unix_ms, http_failure};
use super::head::Head;
use super::terms::Standing;
use super::upload::{Call, Sending, Span, Step, Upload, Verdict, invalid};

/// The whole file.
pub(super) fn whole(upload: &Upload, sending: &Sending<'_>) -> Call {
    let body = Some(Span { first: 0, length: sending.size });
    let method = if upload.protocol == UploadProtocol::Post { "POST" } else { "PUT" };
    Call { body, patient: true, ..Call::bodiless(Step::Whole, method, sending.url) }
}

pub(super) fn answered(call: &Call, head: &Head) -> Verdict {
    match head.status {
        200..=202 | 204 => Verdict::Finished,
        // The result of a POST may be looked at elsewhere.
        303 if call.method == "POST" => Verdict::Finished,
        status => Verdict::Refused(http_failure(status, head)),
    }
}

/// The next request of an upload in several PUTs.
pub(super) fn next_part(upload: &Upload, sending: &Sending<'_>) -> Call {
    let is_new = upload.session.is_none();
    if !is_new && (upload.unsure || sending.position >= sending.size) {
        return Call::bodiless(Step::Query, "HEAD", sending.url);
    }
    let first = if is_new { 0 } else { sending.position };
    let length = upload.piece_bytes.min(sending.size - first);
    if is_new && length == sending.size {
        return whole(upload, sending);
    }
    let step = if is_new { Step::Create } else { Step::Send };
    let last = first + length - 1;
    let range = format!("Content-Range: bytes {first}-{last}/{}", sending.size);
    let headers = if is_new { Vec::new() } else { vec![range] };
    let body = Some(Span { first, length });
    Call { body, ..Call::bare(step, "PUT", sending.url.to_owned(), headers) }
}

/// What is there of the file goes.
pub(super) fn cancel(sending: &Sending<'_>) -> Call {
    Call::bodiless(Step::Cancel, "DELETE", sending.url)
}

/// What the answer to a request of an upload in several PUTs means.
pub(super) fn judge_part(sending: &Sending<'_>, call: &Call, head: &Head) -> Verdict {
    match (call.step, head.status) {
        (Step::Create, 200..=202 | 204) => Verdict::Stands(Box::new(Standing {
            session: Some(sending.url.to_owned()),
            opened_ms: head.value("date").and_then(http_date_unix_ms),
            position: Some(call.length()),
            ..Standing::default()
        })),
        // Whether it took the range, only its size tells.
        (Step::Send, 200..=202 | 204) => Verdict::Stands(Box::default()),
        (Step::Query, 200) => match head.content_length() {
            Some(size) if size < sending.position => Verdict::Spoilt(no_ranges(size)),
            Some(size) if size == sending.size => Verdict::Finished,
            Some(size) => {
                let position = Some(size);
                Verdict::Stands(Box::new(Standing { position, asked: true, ..Standing::default() }))
            }
            None => invalid("without saying how much it holds"),
        },
        (Step::Query, 404 | 410) => Verdict::Gone,
        (Step::Cancel, 408 | 429 | 500 | 502..=504) => {
            let failure = http_failure(head.status, head);
            Verdict::Refused(Failure { transient: true, ..failure })
        }
        (Step::Cancel, _) => Verdict::Dropped,
        (_, status) => Verdict::Refused(http_failure(status, head)),
    }
}

fn no_ranges(size: u64) -> Failure {
    Failure::fatal(
        code::DO_E_INSUFFICIENT_RANGE_SUPPORT,
        ErrorContext::RemoteFile,
        format!("the server passes over Content-Range: it holds {size} bytes of the file now"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_one_piece_is_put_as_a_whole() {
        let upload = Upload { piece_bytes: 9, ..Upload::default() };
        for (size, step) in [(0, Step::Whole), (9, Step::Whole), (10, Step::Create)] {
            let (url, local_name) = ("http://a/up/x", "/x");
            let of =
                Sending { url, local_name, media_type: None, size, position: 0, cancelled: false };
            assert_eq!(next_part(&upload, &of).step, step, "{size}");
        }
    }
}
