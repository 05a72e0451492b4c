//! tus 1.0, with its extensions creation, termination, checksum and expiration.
//!
//! A session is the URL that the server gave to the upload. It is made empty: if
//! bytes went with it and its answer was lost, they would be sent a second time,
//! into another one. After each interruption the server is asked how much it holds
//! before a byte is sent.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use url::Url;

use crate::vocab::{ErrorContext, HResult, UploadProtocol, bytes_of_path, code};

use super::classify::{Failure, http_failure};
use super::head::{Head, number};
use super::upload::{
    Checksum, Offer, OutgoingFile, Span, Step, Upload, UploadRequest, Verdict, invalid,
    invalid_failure, not_cancelled,
};

const VERSION: &str = "1.0.0";

/// The longest piece that is read twice, for its checksum and to send it.
const CHECKED_PIECE_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The longest URL of an upload.
const URL_CHARS_MAX: usize = 8192;

/// The next request of an upload that goes on.
pub(super) fn next(upload: &Upload, sending: &OutgoingFile<'_>) -> UploadRequest {
    let Some(offer) = &upload.offer else {
        return UploadRequest::bodiless(Step::Ask, "OPTIONS", sending.url);
    };
    match upload.session.as_ref().filter(|_| !upload.stale) {
        None => create(sending),
        Some(session) if upload.unsure || sending.position >= sending.size => {
            let headers = vec![version()];
            UploadRequest { headers, ..UploadRequest::bodiless(Step::Query, "HEAD", session) }
        }
        Some(session) => piece(upload, offer, sending, session),
    }
}

/// The server is to forget the upload; None if it said that it cannot.
pub(super) fn cancel(upload: &Upload, session: &str) -> Option<UploadRequest> {
    let cannot = upload.offer.as_ref().is_some_and(|offer| offer.cancels == Some(false));
    let headers = vec![version()];
    (!cannot).then(|| UploadRequest {
        headers,
        ..UploadRequest::bodiless(Step::Cancel, "DELETE", session)
    })
}

fn create(sending: &OutgoingFile<'_>) -> UploadRequest {
    let mut headers = vec![version(), format!("Upload-Length: {}", sending.size)];
    headers.push(format!("Upload-Metadata: {}", metadata(sending)));
    // curl gives a body a type of its own if there is none.
    headers.push("Content-Type:".to_owned());
    UploadRequest::bare(Step::Create, "POST", sending.url.to_owned(), headers)
}

fn piece(
    upload: &Upload,
    offer: &Offer,
    sending: &OutgoingFile<'_>,
    session: &str,
) -> UploadRequest {
    let longest = match offer.checksum {
        Some(_) => upload.piece_bytes.min(CHECKED_PIECE_BYTES_MAX),
        None => upload.piece_bytes,
    };
    let first = sending.position;
    let length = longest.min(sending.size - first);
    let content_type = "Content-Type: application/offset+octet-stream".to_owned();
    let headers = vec![version(), format!("Upload-Offset: {first}"), content_type];
    // After the last byte the server may have to move the file.
    let patient = first + length == sending.size;
    let bare = UploadRequest::bare(Step::Send, "PATCH", session.to_owned(), headers);
    UploadRequest { body: Some(Span { first, length }), patient, checksum: offer.checksum, ..bare }
}

fn version() -> String {
    format!("Tus-Resumable: {VERSION}")
}

/// There are servers that need both names.
fn metadata(sending: &OutgoingFile<'_>) -> String {
    let name = sending.local_name.rsplit('/').next().unwrap_or(sending.local_name);
    let guessed = mime_guess::from_path(name).first_or_octet_stream();
    let media_type = sending.media_type.unwrap_or(guessed.essence_str());
    let encoded = |text: &str| BASE64_STANDARD.encode(bytes_of_path(text));
    format!("filename {},filetype {}", encoded(name), encoded(media_type))
}

/// What a server says of itself; None if it says nothing of tus, or that it
/// makes no uploads.
pub(super) fn offered(head: &Head, size: u64) -> Option<Verdict> {
    let speaks = ["tus-resumable", "tus-version"].iter().any(|name| head.value(name).is_some());
    if !speaks || !(200..300).contains(&head.status) {
        return None;
    }
    let extensions = head.value("tus-extension");
    let lists = |name: &str| extensions.is_some_and(|list| has(list, name));
    if extensions.is_some() && !lists("creation") {
        return None;
    }
    if let Some(versions) = head.value("tus-version").filter(|list| !has(list, VERSION)) {
        return Some(Verdict::Refused(mismatch(versions)));
    }
    let size_max = head.value("tus-max-size").and_then(|text| text.parse::<u64>().ok());
    if let Some(size_max) = size_max.filter(|size_max| size > *size_max && *size_max > 0) {
        return Some(Verdict::Refused(too_large(&format!("no file over {size_max} bytes"))));
    }
    let algorithms = head.value("tus-checksum-algorithm").filter(|_| lists("checksum"));
    let offer = Offer {
        cancels: extensions.map(|_| lists("termination")),
        checksum: algorithms.and_then(|algorithms| {
            let sha256 = has(algorithms, "sha256").then_some(Checksum::Sha256);
            sha256.or(has(algorithms, "sha1").then_some(Checksum::Sha1))
        }),
        ..Offer::default()
    };
    Some(Verdict::Speaks(UploadProtocol::Tus, offer))
}

fn has(list: &str, name: &str) -> bool {
    list.split(',').any(|one| one.trim() == name)
}

/// What the answer to a request means.
pub(super) fn judge(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    call: &UploadRequest,
    head: &Head,
) -> Verdict {
    match call.step {
        Step::Ask => asked(sending, head),
        Step::Create => created(sending, head),
        Step::Query => queried(upload, sending, head),
        Step::Send => sent(upload, sending, call, head),
        Step::Cancel => cancelled(sending, head),
        Step::Probe | Step::Greet | Step::Whole | Step::Check | Step::Close | Step::Verify => {
            invalid("to a request that is not made")
        }
    }
}

/// Not every server answers OPTIONS; what it offers is then found by trying.
fn asked(sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    if matches!(head.status, 401 | 407 | 408 | 412 | 429 | 502..=504) {
        return Verdict::Refused(failure_of(head));
    }
    let untold = Verdict::Speaks(UploadProtocol::Tus, Offer::default());
    offered(head, sending.size).unwrap_or(untold)
}

fn created(sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    match head.status {
        200..=299 => {}
        413 => return Verdict::Refused(too_large("no file so large")),
        _ => return Verdict::Refused(failure_of(head)),
    }
    if sending.size == 0 {
        return Verdict::Finished;
    }
    match head.value("location").and_then(|told| session_url(sending.url, told)) {
        Some(session) => {
            let (opened_ms, host, host_timeout_s) = (None, None, None);
            let position = Some(0);
            Verdict::Opened { session, position, opened_ms, host, host_timeout_s }
        }
        None => invalid("without a valid address for the file"),
    }
}

fn queried(upload: &Upload, sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    match head.status {
        200..=299 => match offset(head) {
            Some(position) => holds(upload, sending, head, position),
            None => invalid("without saying how much it holds"),
        },
        // It may be gone because it is complete: some servers move it away.
        404 | 410 if sending.size > 0 && upload.sent_until >= sending.size => {
            Verdict::Abandoned(Failure::fatal(
                code::BG_E_SESSION_NOT_FOUND,
                ErrorContext::RemoteFile,
                "the server does not say what became of the file, all of which was sent; look \
                 there first: resuming the job sends the file once more"
                    .to_owned(),
            ))
        }
        404 | 410 => Verdict::Gone,
        _ => Verdict::Refused(failure_of(head)),
    }
}

/// A success proves nothing: some servers answer it whatever they stored.
fn sent(upload: &Upload, sending: &OutgoingFile<'_>, call: &UploadRequest, head: &Head) -> Verdict {
    let end = call.body.map_or(0, |span| span.first + span.length);
    match head.status {
        200..=299 => match offset(head) {
            Some(position) if position == end => holds(upload, sending, head, position),
            Some(_) => Verdict::Unsure(invalid_failure("with an offset that cannot be")),
            None => Verdict::Unsure(invalid_failure("without saying how much it holds")),
        },
        404 | 410 => Verdict::Gone,
        409 => Verdict::Unsure(failure_of(head)),
        460 => Verdict::Unsure(Failure::transient(
            HResult::from_http_status(460),
            ErrorContext::RemoteFile,
            "the server found another checksum than ours".to_owned(),
        )),
        413 => Verdict::TooLarge,
        _ => Verdict::Refused(failure_of(head)),
    }
}

fn holds(upload: &Upload, sending: &OutgoingFile<'_>, head: &Head, position: u64) -> Verdict {
    let total = head.value("upload-length").map(number);
    if total.is_some_and(|total| total != Some(sending.size)) {
        return Verdict::Spoilt(invalid_failure("with another length of the file"));
    }
    match position == sending.size && upload.can_hold(position) {
        true => Verdict::Finished,
        false => Verdict::Holds { position, reply_url: None },
    }
}

/// Repeated while the server cannot do it; not if it will not.
fn cancelled(sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    match head.status {
        200..=299 | 404 | 410 => Verdict::Dropped,
        _ => not_cancelled(sending, "DELETE", failure_of(head)),
    }
}

fn offset(head: &Head) -> Option<u64> {
    head.value("upload-offset").and_then(number)
}

/// What is wrong with an answer.
fn failure_of(head: &Head) -> Failure {
    let other = head.value("tus-resumable").filter(|version| *version != VERSION);
    if head.status == 412 || other.is_some() {
        return mismatch(head.value("tus-version").or(other).unwrap_or("another one"));
    }
    let failure = http_failure(head.status, head);
    // What holds the lock is often the rest of our own last request.
    Failure { transient: failure.transient || head.status == 423, ..failure }
}

fn mismatch(versions: &str) -> Failure {
    Failure::fatal(
        code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH,
        ErrorContext::RemoteFile,
        format!("the server wants version {versions} of tus, not {VERSION}"),
    )
}

fn too_large(what: &str) -> Failure {
    let message = format!("the server takes {what}");
    Failure::fatal(code::BG_E_TOO_LARGE, ErrorContext::RemoteFile, message)
}

/// The URL of an upload, which may be relative. One that is asked for by https
/// stays there: servers behind a proxy often do not know their own scheme.
fn session_url(url: &str, told: &str) -> Option<String> {
    let base = Url::parse(url).ok()?;
    let mut session = base.join(told).ok()?;
    if base.scheme() == "https" && session.scheme() == "http" {
        if session.host() != base.host() {
            return None;
        }
        session.set_scheme("https").ok()?;
        session.set_port(base.port()).ok()?;
    }
    session.set_fragment(None);
    let fits =
        matches!(session.scheme(), "http" | "https") && session.as_str().len() <= URL_CHARS_MAX;
    fits.then(|| session.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://a/files/";
    const SESSION: &str = "http://a/files/1";

    fn sending(size: u64, position: u64) -> OutgoingFile<'static> {
        let local_name = "/x/bü.txt";
        OutgoingFile { url: URL, local_name, media_type: None, size, position, cancelled: false }
    }

    fn upload(sent_until: u64) -> Upload {
        Upload {
            protocol: UploadProtocol::Tus,
            session: Some(SESSION.to_owned()),
            offer: Some(Offer::default()),
            sent_until,
            ..Upload::default()
        }
    }

    fn head(status: u32, lines: &[&str]) -> Head {
        let mut head = Head::default();
        head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
        lines.iter().for_each(|line| head.push_line(line.as_bytes()));
        head
    }

    fn answer(upload: &Upload, position: u64, status: u32, lines: &[&str]) -> Verdict {
        let call = next(upload, &sending(9, position));
        judge(upload, &sending(9, position), &call, &head(status, lines))
    }

    #[test]
    fn an_unsure_upload_is_asked_before_a_byte_is_sent() {
        let mut upload = upload(5);
        assert_eq!(next(&upload, &sending(9, 5)).method, "PATCH");
        upload.unsure = true;
        let call = next(&upload, &sending(9, 5));
        assert_eq!((call.step, call.method.as_str()), (Step::Query, "HEAD"));
        for status in [200, 204] {
            let verdict = answer(&upload, 5, status, &["Upload-Offset: 3"]);
            assert_eq!(verdict, Verdict::Holds { position: 3, reply_url: None });
        }
        assert!(matches!(answer(&upload, 5, 200, &[]), Verdict::Refused(_)));
        for offset in ["9223372036854775808", "99999999999999999999"] {
            let line = format!("Upload-Offset: {offset}");
            let Verdict::Refused(failure) = answer(&upload, 5, 200, &[&line]) else {
                panic!("refused");
            };
            assert_eq!(failure.code, code::BG_E_INVALID_SERVER_RESPONSE);
        }
        // More than was sent: whose bytes those are nobody knows.
        let verdict = answer(&upload, 5, 200, &["Upload-Offset: 9"]);
        assert_eq!(verdict, Verdict::Holds { position: 9, reply_url: None });
    }

    #[test]
    fn a_success_counts_only_with_the_offset_that_was_sent() {
        let sent = |lines: &[&str]| answer(&upload(9), 5, 204, lines);
        assert_eq!(sent(&["Upload-Offset: 9"]), Verdict::Finished);
        for offset in ["0", "5", "8", "10", "99999999999999999999", "-1", "x"] {
            let line = format!("Upload-Offset: {offset}");
            assert!(matches!(sent(&[&line]), Verdict::Unsure(_)), "{offset}");
        }
        assert!(matches!(sent(&[]), Verdict::Unsure(_)));
        for length in ["10", "99999999999999999999"] {
            let lines = ["Upload-Offset: 9", &format!("Upload-Length: {length}")];
            assert!(matches!(sent(&lines), Verdict::Spoilt(_)), "another length");
        }
    }

    #[test]
    fn what_is_gone_begins_anew_unless_it_may_be_complete() {
        for status in [404, 410] {
            assert_eq!(answer(&upload(9), 5, status, &[]), Verdict::Gone);
            let mut unsure = upload(7);
            unsure.unsure = true;
            assert_eq!(answer(&unsure, 5, status, &[]), Verdict::Gone);
            unsure.sent_until = 9;
            assert!(matches!(answer(&unsure, 5, status, &[]), Verdict::Abandoned(_)));
        }
    }

    #[test]
    fn refusals_have_their_codes() {
        let refusal = |status, lines: &[&str]| {
            let Verdict::Refused(failure) = answer(&upload(9), 5, status, lines) else {
                panic!("{status} is a refusal");
            };
            (failure.code, failure.transient)
        };
        let other = code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH;
        assert_eq!(refusal(412, &["Tus-Version: 0.2"]), (other, false));
        assert_eq!(refusal(423, &[]), (HResult::from_http_status(423), true));
        assert_eq!(refusal(415, &[]), (HResult::from_http_status(415), false));
        assert_eq!(refusal(503, &[]), (HResult::from_http_status(503), true));
        assert!(matches!(answer(&upload(9), 5, 409, &[]), Verdict::Unsure(_)));
        assert!(matches!(answer(&upload(9), 5, 460, &[]), Verdict::Unsure(_)));
        assert_eq!(answer(&upload(9), 5, 413, &[]), Verdict::TooLarge);
    }

    #[test]
    fn an_offer_is_read_and_the_best_checksum_is_taken() {
        let offer = |lines: &[&str]| offered(&head(204, lines), 9);
        let speaks = |cancels, checksum| {
            let offer = Offer { cancels, checksum, ..Offer::default() };
            Some(Verdict::Speaks(UploadProtocol::Tus, offer))
        };
        let all = "Tus-Extension: creation,creation-with-upload, termination,checksum";
        let version = "Tus-Version: 1.0.0,0.2.2";
        let found = offer(&[version, all, "Tus-Checksum-Algorithm: md5, sha1"]);
        assert_eq!(found, speaks(Some(true), Some(Checksum::Sha1)));
        let found = offer(&[version, all, "Tus-Checksum-Algorithm: sha1,sha256"]);
        assert_eq!(found, speaks(Some(true), Some(Checksum::Sha256)));
        let found = offer(&[version, "Tus-Extension: creation"]);
        assert_eq!(found, speaks(Some(false), None));
        assert_eq!(offer(&["Tus-Resumable: 1.0.0"]), speaks(None, None));
        assert_eq!(offer(&[version, "Tus-Extension: termination"]), None);
        assert_eq!(offer(&["Allow: PUT"]), None);
        let no_limit = offer(&[version, "Tus-Extension: creation", "Tus-Max-Size: 0"]);
        assert_eq!(no_limit, speaks(Some(false), None));
        for lines in [["Tus-Version: 0.2.2", all], [version, "Tus-Max-Size: 8"]] {
            assert!(matches!(offer(&lines), Some(Verdict::Refused(_))), "{lines:?}");
        }
    }

    #[test]
    fn addresses_are_absolute_or_relative_and_never_less_secure() {
        for (told, found) in [
            ("1", Some("https://a/files/1")),
            ("/f/1?x", Some("https://a/f/1?x")),
            ("https://b:81/1", Some("https://b:81/1")),
            ("http://a/files/1", Some("https://a/files/1")),
            ("http://b/files/1", None),
            ("file:///etc/passwd", None),
        ] {
            assert_eq!(session_url("https://a/files/", told).as_deref(), found, "{told}");
        }
    }

    #[test]
    fn an_upload_is_made_empty() {
        for size in [0, 9, 1 << 30] {
            let call = create(&sending(size, 0));
            assert_eq!((call.length(), call.checksum), (0, None), "{size}");
        }
        let created = |size| created(&sending(size, 0), &head(201, &["Location: 1"]));
        assert_eq!(created(0), Verdict::Finished, "there is nothing to send");
        assert!(matches!(created(9), Verdict::Opened { position: Some(0), .. }));
    }

    #[test]
    fn the_type_of_a_file_is_what_the_caller_says_or_what_its_name_suggests() {
        let told = |local_name, media_type| {
            let text = metadata(&OutgoingFile { local_name, media_type, ..sending(9, 0) });
            let pairs = text.split(',').filter_map(|pair| pair.split_once(' '));
            let decoded = |text| BASE64_STANDARD.decode(text).expect("base64");
            let decoded = |text| String::from_utf8(decoded(text)).expect("UTF-8");
            pairs.map(|(key, value)| format!("{key} {}", decoded(value))).collect::<Vec<_>>()
        };
        for (local_name, media_type, expected) in [
            ("/x/bü.txt", None, ["filename bü.txt", "filetype text/plain"]),
            ("/x.txt/PHOTO.JPG", None, ["filename PHOTO.JPG", "filetype image/jpeg"]),
            ("/x/a.txt", Some("a/b; c=d"), ["filename a.txt", "filetype a/b; c=d"]),
            ("/x/none", None, ["filename none", "filetype application/octet-stream"]),
            ("/x/a.qqq", None, ["filename a.qqq", "filetype application/octet-stream"]),
        ] {
            assert_eq!(told(local_name, media_type), expected);
        }
    }

    #[test]
    fn a_cancel_is_repeated_while_the_server_cannot() {
        let of = OutgoingFile { cancelled: true, ..sending(9, 0) };
        let answer = |status| cancelled(&of, &head(status, &[]));
        for status in [204, 200, 404, 410] {
            assert_eq!(answer(status), Verdict::Dropped, "{status}");
        }
        for status in [403, 423, 429, 500, 503] {
            assert!(matches!(answer(status), Verdict::Refused(it) if it.transient), "{status}");
        }
        for status in [400, 405, 501] {
            assert!(matches!(answer(status), Verdict::Kept(_)), "{status}");
        }
        let running = cancelled(&sending(9, 0), &head(403, &[]));
        assert!(matches!(running, Verdict::Kept(it) if it.message == "DELETE answered 403 X"));
        let mut upload = upload(0);
        assert!(cancel(&upload, SESSION).is_some(), "not told: it is tried");
        upload.offer = Some(Offer { cancels: Some(false), ..Offer::default() });
        assert_eq!(cancel(&upload, SESSION), None);
    }
}
