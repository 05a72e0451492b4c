//! A file as one PUT or POST, or as several PUTs with Content-Range.
//!
//! One request has no session: what is interrupted begins anew. Several have
//! one, which is named by the URL of the file. After each the server is asked how
//! much it holds, as most servers pass over Content-Range. The first has one, too:
//! a server that refuses it still has the file that was there. One that takes it
//! leaves the end of a longer file, which is deleted then.

use crate::vocab::{ErrorContext, UploadProtocol, code};

use super::capabilities::UploadStatus;
use super::classify::{Failure, http_date_unix_ms, http_failure};
use super::head::Head;
use super::s3_answer;
use super::upload::{
    OutgoingFile, Span, Step, Upload, UploadRequest, Verdict, invalid, invalid_failure,
    not_cancelled,
};

/// The whole file.
pub(super) fn whole(upload: &Upload, sending: &OutgoingFile<'_>) -> UploadRequest {
    let body = Some(Span { first: 0, length: sending.size });
    let method = if upload.protocol == UploadProtocol::Post { "POST" } else { "PUT" };
    UploadRequest {
        body,
        patient: true,
        ..UploadRequest::bodiless(Step::Whole, method, sending.url)
    }
}

pub(super) fn answered(call: &UploadRequest, head: &Head) -> Verdict {
    match head.status {
        200..=202 | 204 => Verdict::Finished,
        // The result of a POST may be looked at elsewhere.
        303 if call.method == "POST" => Verdict::Finished,
        409 if is_without_folder(call, head) => Verdict::Refused(no_folder(head)),
        status => Verdict::Refused(http_failure(status, head)),
    }
}

/// The next request of an upload in several PUTs.
pub(super) fn next_part(upload: &Upload, sending: &OutgoingFile<'_>) -> UploadRequest {
    let is_new = upload.session.is_none();
    if !is_new && (upload.unsure || sending.position >= sending.size) {
        return UploadRequest::bodiless(Step::Query, "HEAD", sending.url);
    }
    let first = if is_new { 0 } else { sending.position };
    let length = upload.piece_bytes.min(sending.size - first);
    if is_new && length == sending.size {
        return whole(upload, sending);
    }
    let step = if is_new { Step::Create } else { Step::Send };
    let last = first + length - 1;
    let range = format!("Content-Range: bytes {first}-{last}/{}", sending.size);
    let body = Some(Span { first, length });
    UploadRequest { body, ..UploadRequest::bare(step, "PUT", sending.url.to_owned(), vec![range]) }
}

/// What is there of the file goes.
pub(super) fn cancel(sending: &OutgoingFile<'_>) -> UploadRequest {
    UploadRequest::bodiless(Step::Cancel, "DELETE", sending.url)
}

/// What the answer to a request of an upload in several PUTs means.
pub(super) fn judge_part(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    call: &UploadRequest,
    head: &Head,
) -> Verdict {
    let end = call.body.map_or(0, |span| span.first + span.length);
    let stands = |standing| Verdict::Stands(Box::new(standing));
    match (call.step, head.status) {
        // Only its size shows whether it took the range.
        (Step::Create, 200..=202 | 204) => stands(UploadStatus {
            session: Some(sending.url.to_owned()),
            opened_ms: head.value("date").and_then(http_date_unix_ms),
            taken: end,
            ..UploadStatus::default()
        }),
        (Step::Send, 200..=202 | 204) => {
            stands(UploadStatus { taken: end, ..UploadStatus::default() })
        }
        (Step::Create | Step::Send, status @ (400 | 501)) => Verdict::Refused(no_ranges(format!(
            "the server answered {status} to a PUT with Content-Range"
        ))),
        (Step::Query, 200) => match head.content_length() {
            Some(size) if size < sending.position.max(upload.taken_until) => {
                Verdict::Spoilt(no_ranges(format!(
                    "the server passes over Content-Range: it holds {size} bytes of the file now"
                )))
            }
            // What was there before is longer than the first piece.
            Some(size) if sending.position == 0 && size > upload.sent_until => {
                Verdict::Leftover(invalid_failure("with bytes that were not sent to it"))
            }
            Some(size) if size == sending.size => Verdict::Finished,
            Some(size) => stands(UploadStatus {
                position: Some(size),
                asked: true,
                ..UploadStatus::default()
            }),
            None => invalid("without saying how much it holds"),
        },
        (Step::Query, 404 | 410) => Verdict::Gone,
        (Step::Create, 409) => Verdict::Refused(no_folder(head)),
        (Step::Cancel, 200..=299 | 404 | 410) => Verdict::Dropped,
        (Step::Cancel, status) => not_cancelled(sending, "DELETE", http_failure(status, head)),
        (_, status) => Verdict::Refused(http_failure(status, head)),
    }
}

/// True for a PUT below a folder that there is not (RFC 4918, section 9.7.1). An error of
/// S3, as a URL that carries its signature gets it, says itself what it is about.
pub(super) fn is_without_folder(call: &UploadRequest, head: &Head) -> bool {
    head.status == 409 && call.method == "PUT" && s3_answer::error(head).is_none()
}

pub(super) fn no_folder(head: &Head) -> Failure {
    let failure = http_failure(head.status, head);
    Failure {
        message: format!("the folder does not exist on the server: {}", failure.message),
        transient: false,
        retry_after: None,
        unreached: false,
        ..failure
    }
}

fn no_ranges(what: String) -> Failure {
    let message = format!("{what}; send the file with the protocol PUT");
    Failure::fatal(code::DO_E_INSUFFICIENT_RANGE_SUPPORT, ErrorContext::RemoteFile, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_one_piece_is_put_as_a_whole() {
        let upload = Upload { piece_bytes: 9, ..Upload::default() };
        for (size, step) in [(0, Step::Whole), (9, Step::Whole), (10, Step::Create)] {
            let (url, local_name) = ("http://a/up/x", "/x");
            let of = OutgoingFile {
                url,
                local_name,
                media_type: None,
                size,
                position: 0,
                cancelled: false,
            };
            assert_eq!(next_part(&upload, &of).step, step, "{size}");
        }
    }
}
