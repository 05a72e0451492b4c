//! S3: a file in parts that the server joins, or a small one as one PUT.
//!
//! The server's list of parts is asked for after each interruption. The parts
//! are stored as the server names them (their ETags), which it wants to hear
//! again when it joins them.

use url::Url;

use crate::vocab::{ErrorContext, UploadProtocol, code, limit};

use super::classify::http_date_unix_ms;
use super::head::Head;
use super::multipart::{Multipart, Permit};
use super::s3_answer::{self as answer, failure};
use super::s3_sign::{Keys, Target};
use super::upload::{Call, Proof, Sending, Span, Step, Upload, Verdict, invalid};
use super::{classify::Failure, put};

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
pub(super) fn next(upload: &Upload, sending: &Sending<'_>, part: u32) -> Call {
    if is_presigned(sending.url) {
        return put::whole(upload, sending);
    }
    if upload.verifies {
        let call = Call::bodiless(Step::Verify, "HEAD", &url(sending, &[]));
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
pub(super) fn cancel(upload: &Upload, sending: &Sending<'_>, session: &str) -> Call {
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
    let call = Call { patient: true, ..Call::bodiless(step, method, &url) };
    match state.permit {
        Some(_) => Call { proof: Proof::Url, ..call },
        None => signed(upload, sending, call),
    }
}

/// Requests that cancel an upload, signed beforehand: the credentials are
/// gone when the process ends, what is owed to the server is not.
pub fn permit(upload: &Upload, url: &str, keys: &Keys<'_>, now_ms: i64) -> Option<Permit> {
    let session = upload.session.as_ref()?;
    let target = Target::of(url)?;
    let region = region(upload, url);
    let query = [("uploadId", session.as_str())];
    Some(Permit {
        cancel_url: target.presigned("DELETE", &query, &region, keys, now_ms, PERMIT_S)?,
        check_url: target.presigned("GET", &query, &region, keys, now_ms, PERMIT_S)?,
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

fn signed(upload: &Upload, sending: &Sending<'_>, call: Call) -> Call {
    Call { proof: Proof::SigV4 { region: region(upload, sending.url) }, ..call }
}

/// The URL of the file with more behind its query.
fn url(sending: &Sending<'_>, query: &[(&str, &str)]) -> String {
    match Target::of(sending.url) {
        Some(target) => target.url(query),
        None => sending.url.to_owned(),
    }
}

/// What begins it: small files need no parts.
fn first(upload: &Upload, sending: &Sending<'_>) -> Call {
    if sending.size <= part_bytes(sending.size) {
        return Call { url: url(sending, &[]), ..put::whole(upload, sending) };
    }
    Call::bare(Step::Create, "POST", url(sending, &[("uploads", "")]), Vec::new())
}

fn send(state: &Multipart, sending: &Sending<'_>, session: &str, part: u32) -> Call {
    let url = url(sending, &[("partNumber", &part.to_string()), ("uploadId", session)]);
    let body = Some(state.span(part, sending.size));
    Call { body, part, patient: true, ..Call::bodiless(Step::Send, "PUT", &url) }
}

fn list(sending: &Sending<'_>, session: &str, listed: u32) -> Call {
    let (most, behind) = (LIST_PARTS_MAX.to_string(), listed.to_string());
    let mut query = vec![("max-parts", most.as_str())];
    if listed > 0 {
        query.push(("part-number-marker", &behind));
    }
    query.push(("uploadId", session));
    Call::bodiless(Step::Query, "GET", &url(sending, &query))
}

fn close(state: &Multipart, sending: &Sending<'_>, session: &str) -> Call {
    let mut text = String::from("<CompleteMultipartUpload>");
    for (number, etag) in &state.parts {
        let etag = etag.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        text += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    text += "</CompleteMultipartUpload>";
    let url = url(sending, &[("uploadId", session)]);
    let body = Some(Span { first: 0, length: text.len() as u64 });
    let call =
        Call::bare(Step::Close, "POST", url, vec!["Content-Type: application/xml".to_owned()]);
    Call { body, text: Some(text), ..call }
}

/// Whether a header of the job goes with a request. Those that describe the
/// file go where it is made; others of S3 would be refused.
pub fn takes_header(call: &Call, line: &str) -> bool {
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
pub(super) fn judge(upload: &Upload, sending: &Sending<'_>, call: &Call, head: &Head) -> Verdict {
    let error = answer::error(head);
    let told = error.as_ref().and_then(|error| error.region.clone());
    if let Some(region) = told.filter(|told| *told != region(upload, sending.url)) {
        return Verdict::Region(region);
    }
    let word = error.as_ref().map_or("", |error| error.code.as_str());
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
        Step::Cancel | Step::Check => match failure(head) {
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
        | Step::Close => Verdict::Refused(failure(head)),
    }
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

fn stored(call: &Call, head: &Head) -> Verdict {
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
fn listed(upload: &Upload, sending: &Sending<'_>, head: &Head) -> Verdict {
    let Some(list) = answer::parts(head) else {
        return invalid("with no list of parts");
    };
    let is_ours = |part: &answer::Part| {
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
fn verified(upload: &Upload, sending: &Sending<'_>, head: &Head) -> Verdict {
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

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1024 * MIB;

    fn sending(size: u64, position: u64) -> Sending<'static> {
        let (url, local_name) = ("https://b.s3.eu-west-1.amazonaws.com/k", "/k");
        Sending { url, local_name, media_type: None, size, position, cancelled: false }
    }

    fn upload(size: u64) -> Upload {
        let multipart = Multipart { part_bytes: part_bytes(size), ..Multipart::default() };
        let protocol = UploadProtocol::S3;
        Upload { protocol, session: Some("a/b".to_owned()), multipart, ..Upload::default() }
    }

    fn answer(status: u32, lines: &[&str], body: &str) -> Head {
        let mut head = Head::default();
        head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
        lines.iter().for_each(|line| head.push_line(line.as_bytes()));
        Head { body: body.to_owned(), ..head }
    }

    #[test]
    fn parts_fit_every_size_that_servers_take() {
        for (size, bytes) in [
            (0, 8 * MIB),
            (8 * GIB, 9 * MIB),
            (100 * GIB, 64 * MIB),
            (640_000 * MIB, 64 * MIB),
            (5120 * GIB, 525 * MIB),
        ] {
            assert_eq!(part_bytes(size), bytes, "{size}");
            assert!(size.div_ceil(bytes) <= u64::from(limit::S3_PARTS_MAX));
        }
        assert!(part_bytes(u64::MAX) > 0);
    }

    #[test]
    fn the_region_is_in_the_names_that_have_one() {
        for (host, region) in [
            ("s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("b.s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("b.s3.dualstack.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("b.s3-fips.us-gov-west-1.amazonaws.com", Some("us-gov-west-1")),
            ("s3-us-west-2.amazonaws.com", Some("us-west-2")),
            ("s3.cn-north-1.amazonaws.com.cn", Some("cn-north-1")),
            ("s3.us-west-004.backblazeb2.com", Some("us-west-004")),
            ("s3.amazonaws.com", None),
            ("b.s3.amazonaws.com", None),
            ("b.s3-accelerate.amazonaws.com", None),
            ("minio.example.org", None),
            ("127.0.0.1:9000", None),
        ] {
            assert_eq!(region_of(&format!("https://{host}/k")).as_deref(), region, "{host}");
        }
    }

    #[test]
    fn files_over_4_gib_are_sent_in_order() {
        let size = 5 * GIB + 1;
        let mut upload = upload(size);
        let bytes = upload.multipart.part_bytes;
        let numbers: Vec<u32> = parts_to_send(&upload, size).collect();
        assert_eq!(numbers.len() as u64, size.div_ceil(bytes));
        let mut position = 0;
        for number in numbers {
            assert_eq!(parts_to_send(&upload, size).next(), Some(number));
            let call = next(&upload, &sending(size, position), number);
            assert!(call.url.contains(&format!("?partNumber={number}&uploadId=a%2Fb")));
            let span = call.body.expect("a body");
            assert_eq!((span.first, span.length), (position, bytes.min(size - position)));
            let verdict =
                judge(&upload, &sending(size, position), &call, &answer(200, &["ETag: x"], ""));
            let Verdict::Stored { number, etag } = verdict else {
                panic!("{verdict:?}");
            };
            upload.multipart.parts.insert(number, etag);
            position += span.length;
            assert_eq!(upload.multipart.held(size), position);
        }
        assert_eq!(position, size);
        let call = next(&upload, &sending(size, position), 0);
        assert_eq!(call.step, Step::Close);
    }

    #[test]
    fn a_part_that_was_refused_or_lost_has_its_turn_last() {
        let size = 5 * 8 * MIB;
        let mut upload = upload(size);
        let in_order = |upload: &Upload| parts_to_send(upload, size).collect::<Vec<_>>();
        // 1 is held, 2 was refused, 3 was begun last.
        upload.multipart.parts.insert(1, "a".to_owned());
        upload.multipart.last = 3;
        assert_eq!(in_order(&upload), [4, 5, 2, 3]);
        // What became of 2 and 4 nobody knows: that is asked when the others are done.
        upload.multipart.lost.extend([2, 4]);
        assert_eq!(in_order(&upload), [5, 3]);
        for number in [3, 5] {
            upload.multipart.parts.insert(number, "a".to_owned());
        }
        assert_eq!(in_order(&upload), Vec::<u32>::new());
        assert_eq!(next(&upload, &sending(size, 24 * MIB), 0).step, Step::Query);
    }

    #[test]
    fn a_list_counts_only_parts_of_our_length() {
        let size = 5 * 8 * MIB;
        let mut upload = upload(size);
        let part = |number, bytes| {
            format!(
                "<Part><PartNumber>{number}</PartNumber><ETag>e{number}</ETag><Size>{bytes}</Size></Part>"
            )
        };
        let parts =
            [part(1, 8 * MIB), part(2, 8 * MIB), part(3, 7), part(4, 8 * MIB), part(9, 8 * MIB)];
        let body = format!("<ListPartsResult>{}</ListPartsResult>", parts.concat());
        let call = Call::bodiless(Step::Query, "GET", "");
        let verdict = judge(&upload, &sending(size, 0), &call, &answer(200, &[], &body));
        let Verdict::Listed { parts, more: None } = verdict else {
            panic!("{verdict:?}");
        };
        assert_eq!(parts.keys().copied().collect::<Vec<_>>(), [1, 2, 4]);
        upload.multipart.parts = parts;
        assert_eq!(upload.multipart.held(size), 3 * 8 * MIB);
        assert_eq!(parts_to_send(&upload, size).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn what_no_server_says_is_refused() {
        let upload = upload(GIB);
        let of = sending(GIB, 0);
        let call = |step| Call { proof: Proof::Url, ..Call::bodiless(step, "GET", "") };
        let endless = "<ListPartsResult><IsTruncated>true</IsTruncated>\
                       <NextPartNumberMarker>0</NextPartNumberMarker></ListPartsResult>";
        let long = format!("<X><UploadId>{}</UploadId></X>", "x".repeat(SESSION_CHARS_MAX + 1));
        for (step, body) in [
            (Step::Create, ""),
            (Step::Create, "<X><UploadId></UploadId></X>"),
            (Step::Create, &long),
            (Step::Query, "<html>"),
            (Step::Query, endless),
            (Step::Send, ""),
            (Step::Close, ""),
            (Step::Close, "<!DOCTYPE x [<!ENTITY a \"b\">]><X><ETag>&a;</ETag></X>"),
            (Step::Close, "  \n"),
        ] {
            let verdict = judge(&upload, &of, &call(step), &answer(200, &[], body));
            let Verdict::Refused(failure) = verdict else {
                panic!("{step:?} {body}: {verdict:?}");
            };
            assert!(failure.transient, "{step:?}");
        }
    }

    #[test]
    fn headers_of_the_file_go_where_it_is_made_only() {
        let signed = |step| {
            let call = Call::bodiless(step, "PUT", "");
            Call { proof: Proof::SigV4 { region: "r".to_owned() }, ..call }
        };
        let takes = |step, line| takes_header(&signed(step), line);
        for line in ["x-amz-acl: private", "Content-Type: a/b", "X-Amz-Meta-A: b"] {
            assert!(takes(Step::Create, line) && takes(Step::Whole, line));
            assert!(
                !takes(Step::Send, line) && !takes(Step::Close, line) && !takes(Step::Query, line)
            );
        }
        assert!(takes(Step::Send, "X-Amz-Security-Token: t"));
        assert!(takes(Step::Send, "x-amz-server-side-encryption-customer-key: k"));
        assert!(takes(Step::Send, "X-Own: a"));
        let by_url = Call { proof: Proof::Url, ..signed(Step::Cancel) };
        assert!(!takes_header(&by_url, "X-Amz-Security-Token: t"));
    }

    #[test]
    fn a_file_in_its_place_is_ours_if_size_parts_and_time_fit() {
        let upload = Upload { verifies: true, opened_ms: Some(5_000), ..upload(20 * MIB) };
        let of = sending(20 * MIB, 0);
        let verdict = |size: u64, etag, seconds| {
            let size = format!("Content-Length: {size}");
            let modified = format!("Last-Modified: Thu, 01 Jan 1970 00:00:0{seconds} GMT");
            let head = answer(200, &[&size, etag, &modified], "");
            judge(&upload, &of, &next(&upload, &of, 0), &head)
        };
        assert_eq!(verdict(20 * MIB, "ETag: \"x-3\"", 5), Verdict::Finished);
        assert_eq!(verdict(20 * MIB - 1, "ETag: \"x-3\"", 5), Verdict::Absent);
        assert_eq!(verdict(20 * MIB, "ETag: \"x-4\"", 5), Verdict::Absent);
        assert_eq!(verdict(20 * MIB, "ETag: \"x-3\"", 4), Verdict::Absent);
    }
}
