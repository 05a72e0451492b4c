//! S3: a file in parts that the server joins, or a small one as one PUT.
//!
//! The server's list of parts is asked for after each interruption. The parts
//! are stored as the server names them (their ETags), which it wants to hear
//! again when it joins them.

use url::Url;

use crate::vocab::{ErrorContext, UploadProtocol, code, limit};

use super::classify::http_date_unix_ms;
use super::head::Head;
use super::multipart::{Multipart, PresignedRequests};
use super::s3_answer::{self as answer, failure};
use super::s3_sign::{AccessKeys, Target};
use super::upload::{
    OutgoingFile, Proof, Span, Step, Upload, UploadRequest, Verdict, invalid, not_cancelled,
};
use super::{classify::Failure, put};

#[cfg(test)]
mod tests;

/// The longest name of an upload that is taken.
const SESSION_CHARS_MAX: usize = 2048;

/// The longest ETag that is taken.
const ETAG_CHARS_MAX: usize = 256;

/// Parts asked for at a time: the most that servers tell.
const LIST_PARTS_MAX: u32 = 1000;

/// How long a permit holds: the longest that servers take, a week.
const PERMIT_S: u32 = 604_800;

const MIB: u64 = 1024 * 1024;

/// Bytes of each part but the last of a file: about a thousand parts of 8 to
/// 64 MiB, and larger ones only where there would be more than 10,000.
pub fn part_bytes(size: u64) -> u64 {
    let rounded = |bytes: u64| bytes.div_ceil(MIB).saturating_mul(MIB);
    let usual = rounded(size / 1000).clamp(limit::S3_PART_BYTES_MIN, limit::S3_PART_BYTES_USUAL);
    usual.max(rounded(size.div_ceil(u64::from(limit::S3_PARTS_MAX))))
}

/// The parts that may be sent now, each with a request of its own, in the order
/// in which they are begun; none if another request comes first.
pub fn parts_to_send(upload: &Upload, size: u64) -> impl Iterator<Item = u32> {
    let may_send = upload.protocol == UploadProtocol::S3
        && upload.session.is_some()
        && !(upload.stale || upload.verifies || upload.unsure);
    may_send.then(|| upload.multipart.missing(size)).into_iter().flatten()
}

/// The next request of an upload that goes on.
pub(super) fn next(upload: &Upload, sending: &OutgoingFile<'_>, part: u32) -> UploadRequest {
    if is_presigned(sending.url) {
        return put::whole(upload, sending);
    }
    if upload.verifies {
        let call = UploadRequest::bodiless(Step::Verify, "HEAD", &url(sending, &[]));
        return signed(upload, sending, call);
    }
    let Some(session) = &upload.session else {
        return signed(upload, sending, first(upload, sending));
    };
    let state = &upload.multipart;
    let call = match part {
        0 if upload.unsure || !state.lost.is_empty() => list(sending, session, state.listed),
        0 => close(state, sending, session),
        _ => send(state, sending, session, part),
    };
    signed(upload, sending, call)
}

/// The server is to forget the upload; once it says so, it is asked.
pub(super) fn cancel(upload: &Upload, sending: &OutgoingFile<'_>, session: &str) -> UploadRequest {
    let state = &upload.multipart;
    let (step, method) = match state.aborted {
        false => (Step::Cancel, "DELETE"),
        true => (Step::Check, "GET"),
    };
    let url = match (&state.permit, state.aborted) {
        (Some(permit), false) => permit.cancel_url.clone(),
        (Some(permit), true) => permit.check_url.clone(),
        (None, _) => url(sending, &[("uploadId", session)]),
    };
    let call = UploadRequest { patient: true, ..UploadRequest::bodiless(step, method, &url) };
    match state.permit {
        Some(_) => UploadRequest { proof: Proof::Url, ..call },
        None => signed(upload, sending, call),
    }
}

/// Requests that cancel an upload, signed beforehand: the credentials are
/// gone when the process ends, what is owed to the server is not.
pub fn permit(
    upload: &Upload,
    url: &str,
    keys: &AccessKeys<'_>,
    now_ms: i64,
) -> Option<PresignedRequests> {
    let session = upload.session.as_ref()?;
    let target = Target::of(url)?;
    let region = region(upload, url);
    let query = [("uploadId", session.as_str())];
    let theirs_ms = now_ms.saturating_add(upload.multipart.skew_ms);
    Some(PresignedRequests {
        cancel_url: target.presigned("DELETE", &query, &region, keys, theirs_ms, PERMIT_S)?,
        check_url: target.presigned("GET", &query, &region, keys, theirs_ms, PERMIT_S)?,
        signed_ms: now_ms,
    })
}

/// True for a URL that carries its own signature: it is good for one PUT.
fn is_presigned(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|pair| {
        let name = pair.split('=').next().unwrap_or("");
        ["x-amz-signature", "signature"].contains(&name.to_ascii_lowercase().as_str())
    })
}

/// The region that requests are signed for: told by the server, or in its
/// name, or that of the oldest one.
fn region(upload: &Upload, url: &str) -> String {
    let told = upload.multipart.region.clone();
    told.or_else(|| region_of(url)).unwrap_or_else(|| limit::S3_REGION_DEFAULT.to_owned())
}

/// The region in the name of a host: the label behind `s3`, if the name goes
/// on for at least two more, or what `s3-` begins.
fn region_of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let labels: Vec<&str> = url.host_str()?.split('.').filter(|one| *one != "dualstack").collect();
    let place = labels.iter().rposition(|one| *one == "s3" || one.starts_with("s3-"))?;
    let region = match labels[place].strip_prefix("s3-") {
        Some("accelerate") => None,
        Some("fips") | None => labels.get(place + 1).filter(|_| labels.len() >= place + 4),
        Some(_) => return labels[place].strip_prefix("s3-").map(str::to_owned),
    };
    region.map(|region| (*region).to_owned())
}

fn signed(upload: &Upload, sending: &OutgoingFile<'_>, call: UploadRequest) -> UploadRequest {
    let (region, skew_ms) = (region(upload, sending.url), upload.multipart.skew_ms);
    UploadRequest { proof: Proof::SigV4 { region, skew_ms }, ..call }
}

/// The URL of the file with more behind its query.
fn url(sending: &OutgoingFile<'_>, query: &[(&str, &str)]) -> String {
    match Target::of(sending.url) {
        Some(target) => target.url(query),
        None => sending.url.to_owned(),
    }
}

/// What begins it: small files need no parts.
fn first(upload: &Upload, sending: &OutgoingFile<'_>) -> UploadRequest {
    if sending.size <= part_bytes(sending.size) {
        return UploadRequest { url: url(sending, &[]), ..put::whole(upload, sending) };
    }
    UploadRequest::bare(Step::Create, "POST", url(sending, &[("uploads", "")]), Vec::new())
}

fn send(state: &Multipart, sending: &OutgoingFile<'_>, session: &str, part: u32) -> UploadRequest {
    let url = url(sending, &[("partNumber", &part.to_string()), ("uploadId", session)]);
    let body = Some(state.span(part, sending.size));
    UploadRequest { body, part, patient: true, ..UploadRequest::bodiless(Step::Send, "PUT", &url) }
}

fn list(sending: &OutgoingFile<'_>, session: &str, listed: u32) -> UploadRequest {
    let (most, behind) = (LIST_PARTS_MAX.to_string(), listed.to_string());
    let mut query = vec![("max-parts", most.as_str())];
    if listed > 0 {
        query.push(("part-number-marker", &behind));
    }
    query.push(("uploadId", session));
    UploadRequest::bodiless(Step::Query, "GET", &url(sending, &query))
}

fn close(state: &Multipart, sending: &OutgoingFile<'_>, session: &str) -> UploadRequest {
    let mut text = String::from("<CompleteMultipartUpload>");
    for (number, etag) in &state.parts {
        let etag = etag.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        text += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    text += "</CompleteMultipartUpload>";
    let url = url(sending, &[("uploadId", session)]);
    let body = Some(Span { first: 0, length: text.len() as u64 });
    let call = UploadRequest::bare(
        Step::Close,
        "POST",
        url,
        vec!["Content-Type: application/xml".to_owned()],
    );
    UploadRequest { body, text: Some(text), ..call }
}

/// Whether a header of the job goes with a request. Those that describe the
/// file go where it is made; others of S3 would be refused.
pub fn takes_header(call: &UploadRequest, line: &str) -> bool {
    let name = line.split(':').next().unwrap_or("").trim().to_ascii_lowercase();
    let is_proof = ["request-payer", "expected-bucket-owner", "security-token"]
        .iter()
        .any(|one| name.strip_prefix("x-amz-") == Some(*one));
    let is_key = name.starts_with("x-amz-server-side-encryption-customer-");
    match (&call.proof, call.step) {
        (Proof::Credentials, _) => true,
        (Proof::Url, _) => !name.starts_with("x-amz-"),
        (Proof::SigV4 { .. }, Step::Create | Step::Whole) => true,
        (Proof::SigV4 { .. }, Step::Send | Step::Close) if is_key => true,
        (Proof::SigV4 { .. }, _) => {
            is_proof || !name.starts_with("x-amz-") && !name.starts_with("content-")
        }
    }
}

/// What an answer means.
pub(super) fn judge(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    call: &UploadRequest,
    head: &Head,
) -> Verdict {
    let error = answer::error(head);
    let told = error.as_ref().and_then(|error| error.region.clone());
    if let Some(region) = told.filter(|told| *told != region(upload, sending.url)) {
        return Verdict::Region(region);
    }
    let word = error.as_ref().map_or("", |error| error.code.as_str());
    let date = head.value("date").and_then(http_date_unix_ms);
    if let Some(unix_ms) = date.filter(|_| word == "RequestTimeTooSkewed") {
        return Verdict::Clock { unix_ms, failure: refusal(call, head) };
    }
    let is_success = (200..300).contains(&head.status) && error.is_none();
    let is_gone = word == "NoSuchUpload" || word.is_empty() && head.status == 404;
    match call.step {
        Step::Create if is_success => created(head),
        Step::Send if is_success => stored(call, head),
        Step::Query if is_success => listed(upload, sending, head),
        Step::Close if is_success => closed(head),
        Step::Whole if is_success => Verdict::Finished,
        Step::Cancel if is_success => Verdict::Aborted,
        Step::Check if is_success => checked(head),
        Step::Send if is_gone => Verdict::Gone,
        // The answer to a close was lost: it may have done its work.
        Step::Query if is_gone && upload.close_tries > 0 => Verdict::Doubt,
        Step::Close if is_gone && upload.close_tries > 1 => Verdict::Doubt,
        Step::Query | Step::Close if is_gone => Verdict::Gone,
        Step::Close if word == "InvalidPart" => Verdict::Unjoined(refusal(call, head)),
        // Some servers have no such list, and some keys no right to it.
        Step::Query if !failure(head).transient => Verdict::Unlisted,
        Step::Cancel if head.status == 404 => Verdict::Dropped,
        Step::Cancel => not_cancelled(sending, "the server", refusal(call, head)),
        Step::Check => match refusal(call, head) {
            failure if failure.transient => Verdict::Refused(failure),
            _ => Verdict::Dropped,
        },
        Step::Verify => verified(upload, sending, head),
        Step::Ask
        | Step::Probe
        | Step::Greet
        | Step::Create
        | Step::Send
        | Step::Whole
        | Step::Query
        | Step::Close => Verdict::Refused(refusal(call, head)),
    }
}

/// The failure that an answer means, with the request and, if it may be missing,
/// the right that it needs.
fn refusal(call: &UploadRequest, head: &Head) -> Failure {
    let mut failure = failure(head);
    let (request, right) = match (call.step, call.method.as_str()) {
        (Step::Create, _) => ("CreateMultipartUpload", "s3:PutObject"),
        (Step::Send, _) => ("UploadPart", "s3:PutObject"),
        (Step::Close, _) => ("CompleteMultipartUpload", "s3:PutObject"),
        (Step::Whole, _) => ("PutObject", "s3:PutObject"),
        (Step::Cancel, _) => ("AbortMultipartUpload", "s3:AbortMultipartUpload"),
        (Step::Query | Step::Check, _) => ("ListParts", "s3:ListMultipartUploadParts"),
        (Step::Verify, _) => ("HeadObject", "s3:GetObject"),
        (Step::Ask | Step::Probe | Step::Greet, method) => (method, ""),
    };
    failure.message += &format!(", to {request}");
    if answer::error(head).is_some_and(|error| error.code == "RequestTimeTooSkewed") {
        failure.message += "; set the clock of this machine";
    } else if head.status == 403 {
        failure.message += &format!(", which needs the right {right}");
    }
    failure
}

fn created(head: &Head) -> Verdict {
    let session = answer::text(head, "UploadId").unwrap_or_default();
    if session.is_empty() || session.chars().count() > SESSION_CHARS_MAX {
        return invalid("without a valid UploadId");
    }
    Verdict::Opened {
        session,
        position: Some(0),
        opened_ms: head.value("date").and_then(http_date_unix_ms),
        host: None,
        host_timeout_s: None,
    }
}

fn stored(call: &UploadRequest, head: &Head) -> Verdict {
    match head.value("etag").unwrap_or("") {
        etag if is_etag(etag) => Verdict::Stored { number: call.part, etag: etag.to_owned() },
        _ => invalid("without a valid ETag"),
    }
}

fn is_etag(text: &str) -> bool {
    let chars = text.chars().count();
    (1..=ETAG_CHARS_MAX).contains(&chars) && text.chars().all(|c| c.is_ascii_graphic())
}

/// A part counts if it is as long as ours.
fn listed(upload: &Upload, sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    let Some(list) = answer::parts(head) else {
        return invalid("with no list of parts");
    };
    let is_ours = |part: &answer::ListedPart| {
        let length = upload.multipart.span(part.number, sending.size).length;
        part.number > 0 && length > 0 && part.bytes == length && is_etag(&part.etag)
    };
    let more = list.more.filter(|marker| *marker > upload.multipart.listed);
    if list.more.is_some() && more.is_none() {
        return invalid("with a list that does not end");
    }
    let parts = list.parts.into_iter().filter(is_ours).map(|part| (part.number, part.etag));
    Verdict::Listed { parts: parts.collect(), more }
}

/// An error may come with status 200, as the server may work for long after
/// it sent that; so may nothing at all.
fn closed(head: &Head) -> Verdict {
    match answer::text(head, "ETag") {
        Some(_) => Verdict::Finished,
        None => invalid("without saying that the file is in its place"),
    }
}

fn checked(head: &Head) -> Verdict {
    if answer::parts(head).is_some_and(|list| list.parts.is_empty()) {
        return Verdict::Dropped;
    }
    Verdict::Refused(Failure::transient(
        code::BG_E_INVALID_SERVER_RESPONSE,
        ErrorContext::RemoteFile,
        "the server still holds parts of a cancelled upload".to_owned(),
    ))
}

/// A file of the right size, made of as many parts, is ours if it is not older
/// than our upload. Its time is that of the beginning of its upload.
fn verified(upload: &Upload, sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    let modified_ms = head.value("last-modified").and_then(http_date_unix_ms);
    let parts = sending.size.div_ceil(part_bytes(sending.size));
    let etag = head.value("etag").unwrap_or("").trim_matches('"');
    let is_ours = head.content_length() == Some(sending.size)
        && etag.ends_with(&format!("-{parts}"))
        && upload.opened_ms.zip(modified_ms).is_some_and(|(opened, modified)| modified >= opened);
    match head.status {
        200 if is_ours => Verdict::Finished,
        200..=299 => Verdict::Absent,
        _ => match failure(head) {
            failure if failure.transient => Verdict::Refused(failure),
            _ => Verdict::Absent,
        },
    }
}
