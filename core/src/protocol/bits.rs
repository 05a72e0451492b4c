//! The BITS upload protocol: specification, section 13.

use url::Url;

use crate::vocab::{ErrorContext, HResult, PATHS, UploadProtocol, code, limit};

use super::classify::{Failure, NO_ROOM, http_date_unix_ms, http_failure};
use super::head::{Head, number};
use super::upload::{
    Offer, OutgoingFile, Span, Step, Upload, UploadRequest, Verdict, invalid, not_cancelled,
};

/// "BITS 1.5 upload", the only protocol there is.
const PROTOCOL: &str = "{7df0354d-249b-430f-820d-3d2a9bef4931}";

const METHOD: &str = "BITS_POST";

/// The other code of Windows for a full disk.
const HANDLE_DISK_FULL: u32 = 0x8007_0027;

/// The longest session id that is taken (specification, section 13.2).
const SESSION_CHARS_MAX: usize = 100;

/// The longest Content-Name (specification, section 13.1).
const CONTENT_NAME_CHARS_MAX: usize = 260;

/// Is this a server for BITS?
pub(super) fn probe(sending: &OutgoingFile<'_>) -> UploadRequest {
    let headers = vec![packet("Ping")];
    UploadRequest {
        patient: false,
        ..UploadRequest::bare(Step::Probe, METHOD, sending.url.to_owned(), headers)
    }
}

/// The next request of an upload that goes on.
pub(super) fn next(upload: &Upload, sending: &OutgoingFile<'_>) -> UploadRequest {
    let Some(session) = &upload.session else {
        return create(sending);
    };
    let url = url_of(upload, sending);
    if upload.greets {
        let call = UploadRequest::bare(Step::Greet, METHOD, url, vec![packet("Ping")]);
        return UploadRequest { patient: !upload.suspect, ..call };
    }
    if sending.position < sending.size {
        return fragment(upload, sending, session, url);
    }
    UploadRequest::bare(Step::Close, METHOD, url, with_session("Close-Session", session))
}

/// The server is to forget the session.
pub(super) fn cancel(upload: &Upload, sending: &OutgoingFile<'_>, session: &str) -> UploadRequest {
    let url = url_of(upload, sending);
    let call =
        UploadRequest::bare(Step::Cancel, METHOD, url, with_session("Cancel-Session", session));
    UploadRequest { patient: !upload.suspect, ..call }
}

fn create(sending: &OutgoingFile<'_>) -> UploadRequest {
    let mut headers = vec![packet("Create-Session")];
    headers.push(format!("BITS-Supported-Protocols: {PROTOCOL}"));
    headers.extend(content_name(sending.local_name));
    UploadRequest::bare(Step::Create, METHOD, sending.url.to_owned(), headers)
}

fn fragment(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    session: &str,
    url: String,
) -> UploadRequest {
    // The smallest fragment shows whether the session is still there, also by a link that
    // breaks often. Where the process was killed in a fragment, the server may hold a part of
    // it and refuse it as a whole: the answer to a small one says where to go on, and a
    // process that is killed again soon has lost little.
    let is_asking = upload.suspect || upload.may_be_old;
    let most = if is_asking { limit::PIECE_BYTES_MIN } else { upload.piece_bytes };
    let length = most.min(sending.size - sending.position);
    let (first, last) = (sending.position, sending.position + length - 1);
    let mut headers = with_session("Fragment", session);
    headers.extend(content_name(sending.local_name));
    headers.push(format!("Content-Range: bytes {first}-{last}/{}", sending.size));
    // After the last one the server may have to ask an application.
    let patient = last + 1 == sending.size;
    let body = Some(Span { first, length });
    UploadRequest { body, patient, ..UploadRequest::bare(Step::Send, METHOD, url, headers) }
}

fn packet(kind: &str) -> String {
    format!("BITS-Packet-Type: {kind}")
}

fn with_session(kind: &str, session: &str) -> Vec<String> {
    vec![packet(kind), format!("BITS-Session-Id: {session}")]
}

/// The last part of the local name, if the protocol can carry it.
fn content_name(local_name: &str) -> Option<String> {
    let name = PATHS.last(local_name);
    let plain = |c: char| c.is_ascii_graphic() || c == ' ';
    let fits = !name.is_empty()
        && name.len() <= CONTENT_NAME_CHARS_MAX
        && name.chars().all(|c| plain(c) && !"\\/:*?\"<>|".contains(c));
    fits.then(|| format!("Content-Name: {name}"))
}

/// The URL with the host that has the session.
fn url_of(upload: &Upload, sending: &OutgoingFile<'_>) -> String {
    let other = upload.host.as_deref().and_then(|host| with_host(sending.url, host));
    other.unwrap_or_else(|| sending.url.to_owned())
}

/// Where a reply is: an absolute URL, or one relative to the upload's folder,
/// with slashes of either kind (specification, section 13.6).
fn reply_url(url: &str, told: &str) -> Option<String> {
    let joined = Url::parse(url).ok()?.join(&told.replace('\\', "/")).ok()?;
    matches!(joined.scheme(), "http" | "https").then(|| joined.into())
}

/// A URL with another host, which may carry its port.
fn with_host(url: &str, host: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let as_url = Url::parse(&format!("{}://{host}/", url.scheme())).ok()?;
    url.set_host(as_url.host_str()).ok()?;
    if let Some(port) = as_url.port() {
        url.set_port(Some(port)).ok()?;
    }
    Some(url.into())
}

/// What the answer to a request means.
pub(super) fn judge(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    step: Step,
    head: &Head,
) -> Verdict {
    match step {
        Step::Probe => probed(head),
        Step::Create => created(head),
        Step::Greet => greeted(upload, head),
        Step::Send => sent(upload, sending, head),
        Step::Close => closed(upload, head),
        Step::Cancel => cancelled(sending, head),
        Step::Ask | Step::Query | Step::Whole | Step::Verify | Step::Check => {
            invalid("to a request that is not made")
        }
    }
}

fn probed(head: &Head) -> Verdict {
    match head.status {
        200..=299 if is_ack(head) => Verdict::Speaks(UploadProtocol::Bits, Offer::default()),
        401 | 407 | 408 | 429 | 502..=504 => Verdict::Refused(http_failure(head.status, head)),
        _ => Verdict::Speaks(UploadProtocol::Put, Offer::default()),
    }
}

fn created(head: &Head) -> Verdict {
    if let Some(refusal) = refused(head) {
        return refusal;
    }
    let spoken = head.value("bits-protocol").unwrap_or(PROTOCOL);
    if !spoken.eq_ignore_ascii_case(PROTOCOL) {
        return Verdict::Refused(Failure::fatal(
            code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH,
            ErrorContext::RemoteFile,
            format!("the server wants the upload protocol {spoken}"),
        ));
    }
    let session = head.value("bits-session-id").unwrap_or("");
    if session.is_empty() || session.chars().count() > SESSION_CHARS_MAX {
        return invalid("without a valid session");
    }
    let host = head.value("bits-host-id").filter(|host| !host.is_empty());
    let timeout = head.value("bits-host-id-fallback-timeout").and_then(|text| text.parse().ok());
    Verdict::Opened {
        session: session.to_owned(),
        position: Some(0),
        opened_ms: head.value("date").and_then(http_date_unix_ms),
        host: host.map(str::to_owned),
        host_timeout_s: timeout.filter(|seconds| *seconds < u64::from(u32::MAX)),
    }
}

fn greeted(upload: &Upload, head: &Head) -> Verdict {
    match refused(head) {
        // That the server answers is all that is asked: not all know a Ping.
        Some(Verdict::Refused(failure)) if upload.suspect && !failure.transient => {
            match head.status {
                401 | 407 => Verdict::Refused(failure),
                _ => Verdict::Greeted,
            }
        }
        Some(refusal) => refusal,
        None => Verdict::Greeted,
    }
}

fn sent(upload: &Upload, sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    let position = head.value("bits-received-content-range").and_then(number);
    if head.status == 413 {
        return Verdict::TooLarge;
    }
    // Some servers say no more of a session that they do not know.
    if head.status == 400 && upload.resumes {
        return Verdict::Gone;
    }
    // Both say where to go on; whatever was sent does not matter.
    if head.status != 416
        && let Some(refusal) = refused(head)
    {
        return refusal;
    }
    match position {
        Some(position) => {
            let told = head.value("bits-reply-url").filter(|told| !told.is_empty());
            let reply_url = told.and_then(|told| reply_url(&url_of(upload, sending), told));
            Verdict::Holds { position, reply_url }
        }
        None if error_code(head) == Some(code::BG_E_SESSION_NOT_FOUND) => Verdict::Gone,
        None => invalid("without saying how much it holds"),
    }
}

fn closed(upload: &Upload, head: &Head) -> Verdict {
    match refused(head) {
        // What took the data with a reply may not be a file.
        None if upload.overlapped && !upload.has_reply => Verdict::Placed,
        None => Verdict::Finished,
        // The answer to the first close was lost: it may have done its work.
        Some(Verdict::Gone) if upload.close_tries > 1 => Verdict::Doubt,
        Some(_) if head.status == 400 && upload.close_tries > 1 => Verdict::Doubt,
        Some(refusal) => refusal,
    }
}

/// Repeated after a 5xx; not if the session is gone, and not after anything
/// else (specification, section 13.4).
fn cancelled(sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    match head.status {
        401..=403 | 405..=407 | 411..=499 => {
            let failure = http_failure(head.status, head);
            let of = OutgoingFile { cancelled: false, ..*sending };
            not_cancelled(&of, "Cancel-Session", Failure { transient: false, ..failure })
        }
        500.. if error_code(head) != Some(code::BG_E_SESSION_NOT_FOUND) => {
            let failure = http_failure(head.status, head);
            Verdict::Refused(Failure { transient: true, ..failure })
        }
        _ => Verdict::Dropped,
    }
}

/// What is wrong with an answer; None if it is an acknowledgement.
fn refused(head: &Head) -> Option<Verdict> {
    let told = error_code(head);
    if told == Some(code::BG_E_SESSION_NOT_FOUND) {
        return Some(Verdict::Gone);
    }
    let is_success = (200..300).contains(&head.status);
    // Some servers report errors with status 200.
    let told_failure = told.filter(|code| code.is_failure());
    if is_success && told_failure.is_none() {
        return (!is_ack(head)).then(|| invalid("as no server for BITS does"));
    }
    let mut failure = http_failure(head.status, head);
    failure.context = match error_context(head) {
        Some(7) => ErrorContext::RemoteApplication,
        Some(_) | None => ErrorContext::RemoteFile,
    };
    // The statuses below 500 tell more than the codes that come with them.
    if let Some(code) = told_failure.filter(|_| is_success || head.status >= 500) {
        failure.code = code;
        failure.message = format!("the server answered {}: {}", head.status, code.text());
        failure.transient = failure.transient && code != code::BG_E_TOO_LARGE;
        if code == HResult::new(HANDLE_DISK_FULL) {
            failure.code = code::E_DISK_FULL;
        }
        if failure.code == code::E_DISK_FULL {
            failure.context = ErrorContext::RemoteFile;
            failure.message = format!("{NO_ROOM}: {}", failure.message);
        }
    }
    Some(Verdict::Refused(failure))
}

fn is_ack(head: &Head) -> bool {
    head.value("bits-packet-type").is_some_and(|kind| kind.eq_ignore_ascii_case("Ack"))
}

/// The code in either of the two headers there are for it.
fn error_code(head: &Head) -> Option<HResult> {
    let text = head.value("bits-error-code").or_else(|| head.value("bits-error"))?;
    hexadecimal(text).map(HResult::new)
}

fn error_context(head: &Head) -> Option<u32> {
    hexadecimal(head.value("bits-error-context")?)
}

fn hexadecimal(text: &str) -> Option<u32> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix('x')).unwrap_or(&text);
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDING: OutgoingFile<'static> = OutgoingFile {
        url: "http://a/up/x",
        local_name: "/x",
        media_type: None,
        size: 9,
        position: 0,
        cancelled: true,
    };

    fn sent(head: &Head) -> Verdict {
        super::sent(&Upload::default(), &SENDING, head)
    }

    fn head(status: u32, lines: &[&str]) -> Head {
        let mut head = Head::default();
        head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
        lines.iter().for_each(|line| head.push_line(line.as_bytes()));
        head
    }

    #[test]
    fn error_headers_are_read_in_every_spelling() {
        for line in [
            "BITS-Error-Code: 0x8020001F",
            "BITS-Error: 8020001f",
            "bits-error-code: x8020001F",
            "BITS-Error: 0X8020001F",
        ] {
            assert_eq!(sent(&head(500, &[line])), Verdict::Gone, "{line}");
            assert_eq!(sent(&head(200, &[line])), Verdict::Gone, "{line} with success");
        }
    }

    #[test]
    fn the_offset_told_is_followed_with_200_and_416() {
        let told = "BITS-Received-Content-Range: 5000000000";
        let ack = "BITS-Packet-Type: ACK";
        let holds = Verdict::Holds { position: 5_000_000_000, reply_url: None };
        assert_eq!(sent(&head(200, &[ack, told])), holds);
        assert_eq!(sent(&head(416, &[told])), holds);
        assert_eq!(sent(&head(413, &[told])), Verdict::TooLarge);
        assert!(matches!(sent(&head(200, &[ack])), Verdict::Refused(failure) if failure.transient));
        assert!(matches!(sent(&head(200, &[told])), Verdict::Refused(_)), "no BITS server");
        let impossible = "BITS-Received-Content-Range: 9223372036854775808";
        let Verdict::Refused(failure) = sent(&head(200, &[ack, impossible])) else {
            panic!("refused");
        };
        assert_eq!(failure.code, code::BG_E_INVALID_SERVER_RESPONSE);
    }

    #[test]
    fn a_file_too_large_is_not_tried_again() {
        let large = head(500, &["BITS-Error: 0x80200020", "BITS-Error-Context: 0x5"]);
        let Verdict::Refused(failure) = sent(&large) else {
            panic!("refused");
        };
        assert_eq!((failure.code, failure.transient), (code::BG_E_TOO_LARGE, false));
        let application = head(403, &["BITS-Error: 0x80070005", "BITS-Error-Context: 0x7"]);
        let Verdict::Refused(failure) = sent(&application) else {
            panic!("refused");
        };
        assert_eq!(failure.code, HResult::from_http_status(403));
        assert_eq!(failure.context, ErrorContext::RemoteApplication);
    }

    #[test]
    fn reply_urls_are_absolute_or_relative_with_either_slash() {
        for (told, url) in [
            (
                r"BITS-Sessions\Replies\{G-1}\r.bin",
                "http://a/up/BITS-Sessions/Replies/%7BG-1%7D/r.bin",
            ),
            ("replies/r", "http://a/up/replies/r"),
            ("/replies/r", "http://a/replies/r"),
            ("https://b/r", "https://b/r"),
        ] {
            assert_eq!(reply_url("http://a/up/x?q", told).as_deref(), Some(url));
        }
        assert_eq!(reply_url("http://a/up/x", "file:///etc/passwd"), None);
    }

    #[test]
    fn the_host_id_replaces_the_host() {
        let moved = |host| with_host("http://a:81/x?y", host);
        assert_eq!(moved("b").as_deref(), Some("http://b:81/x?y"));
        assert_eq!(moved("b:82").as_deref(), Some("http://b:82/x?y"));
        assert_eq!(moved("not a host"), None);
    }

    #[test]
    fn a_cancel_is_repeated_after_5xx_only() {
        let cancelled = |status, lines: &[&str]| super::cancelled(&SENDING, &head(status, lines));
        for status in [200, 400, 404, 410] {
            assert_eq!(cancelled(status, &[]), Verdict::Dropped, "{status}");
        }
        assert_eq!(cancelled(500, &["BITS-Error: 0x8020001F"]), Verdict::Dropped);
        assert!(matches!(cancelled(501, &[]), Verdict::Refused(failure) if failure.transient));
        for status in [401, 403, 405, 429] {
            assert!(matches!(cancelled(status, &[]), Verdict::Kept(_)), "{status}");
        }
    }

    #[test]
    fn names_that_the_protocol_cannot_carry_are_left_out() {
        assert_eq!(content_name("/a/b.txt").as_deref(), Some("Content-Name: b.txt"));
        assert_eq!(content_name("/a/b?.txt"), None);
        assert_eq!(content_name("/a/bü.txt"), None);
    }

    #[test]
    fn a_host_may_fail_for_ever_or_for_so_long() {
        for (told, expected) in [("60", Some(60)), ("4294967295", None), ("x", None)] {
            let fallback = format!("BITS-Host-Id-Fallback-Timeout: {told}");
            let lines = ["BITS-Packet-Type: Ack", "BITS-Session-Id: 1", &fallback];
            let Verdict::Opened { host_timeout_s, .. } = created(&head(200, &lines)) else {
                panic!("{told} is no session");
            };
            assert_eq!(host_timeout_s, expected);
        }
    }
}
