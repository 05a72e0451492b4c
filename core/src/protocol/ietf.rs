//! Resumable uploads of the IETF: draft-ietf-httpbis-resumable-upload-12.
//!
//! An upload has a URL of its own, which the server tells when it is created.
//! A large file is created empty, so that nothing is sent before that URL is
//! known; a small one is sent with its creation where that names it by its URL.

use url::Url;

use crate::vocab::{ErrorContext, bytes_of_path, code, limit};

use super::capabilities::{
    INTEROP_NEWEST, INTEROP_OLDEST, ServerCapabilities, UploadLimits, UploadStatus, flag_in,
    number_in,
};
use super::classify::{Failure, http_date_unix_ms, http_failure};
use super::head::Head;
use super::put;
use super::remote_name::encoded;
use super::upload::{
    OutgoingFile, Span, Step, Upload, UploadRequest, Verdict, invalid, invalid_failure,
    not_cancelled,
};

const MEDIA_TYPE: &str = "application/partial-upload";

/// How the type of the problem "the upload is complete" ends.
const COMPLETED: &str = "#completed-upload";

/// The longest URL of an upload that is taken.
const SESSION_CHARS_MAX: usize = limit::URL_CHARS_MAX;

/// What a request says of the iteration that it is made for.
fn interop_header(interop: u32) -> String {
    format!("Upload-Draft-Interop-Version: {interop}")
}

/// The next request of an upload that goes on.
pub(super) fn next(upload: &Upload, sending: &OutgoingFile<'_>) -> UploadRequest {
    let Some(method) = &upload.terms.method else {
        return ask(upload, sending);
    };
    let Some(session) = &upload.session else {
        return create(upload, sending, method);
    };
    if upload.unsure {
        let headers = vec![interop_header(upload.terms.interop)];
        return UploadRequest { headers, ..UploadRequest::bodiless(Step::Query, "HEAD", session) };
    }
    append(upload, sending, session)
}

/// How does the server take files?
pub(super) fn ask(upload: &Upload, sending: &OutgoingFile<'_>) -> UploadRequest {
    let headers = vec![interop_header(upload.terms.interop)];
    UploadRequest { headers, ..UploadRequest::bodiless(Step::Ask, "OPTIONS", sending.url) }
}

/// The server is to forget the upload.
pub(super) fn cancel(upload: &Upload, session: &str) -> UploadRequest {
    let headers = vec![interop_header(upload.terms.interop)];
    UploadRequest { headers, ..UploadRequest::bodiless(Step::Cancel, "DELETE", session) }
}

fn create(upload: &Upload, sending: &OutgoingFile<'_>, method: &str) -> UploadRequest {
    let limits = &upload.terms.limits;
    // A POST whose answer is lost is made again: the same file would be there twice.
    let at_once = if method == "POST" { 0 } else { limit::AT_ONCE_BYTES_MAX };
    let length = if sending.size == 0 || at_once > 0 && sending.size <= limits.fit(at_once) {
        sending.size
    } else if limits.append_min.unwrap_or(0) > 0 {
        // An empty body is one too small.
        limits.fit(upload.piece_bytes).min(sending.size)
    } else {
        0
    };
    let mut headers = framing(upload, sending, length);
    headers.push(format!("Upload-Length: {}", sending.size));
    if method == "POST" {
        headers.extend(disposition(sending.local_name));
    }
    let url = sending.url.to_owned();
    let body = Some(Span { first: 0, length });
    // Nothing of a large file is sent into an upload whose URL is not known.
    let waits = length > at_once;
    UploadRequest { body, waits, ..UploadRequest::bare(Step::Create, method, url, headers) }
}

fn append(upload: &Upload, sending: &OutgoingFile<'_>, session: &str) -> UploadRequest {
    let first = sending.position;
    let rest = sending.size.saturating_sub(first);
    let length = upload.terms.limits.fit(upload.piece_bytes).min(rest);
    let mut headers = framing(upload, sending, first + length);
    headers.push(format!("Upload-Offset: {first}"));
    headers.push(format!("Content-Type: {MEDIA_TYPE}"));
    let patient = first + length == sending.size;
    let body = Some(Span { first, length });
    let call = UploadRequest::bare(Step::Send, "PATCH", session.to_owned(), headers);
    UploadRequest { body, patient, ..call }
}

/// What creations and pieces both say; `end` is where the body ends.
fn framing(upload: &Upload, sending: &OutgoingFile<'_>, end: u64) -> Vec<String> {
    let complete = u8::from(end == sending.size);
    vec![interop_header(upload.terms.interop), format!("Upload-Complete: ?{complete}")]
}

/// The name of the file, where the URL does not say it.
fn disposition(local_name: &str) -> Option<String> {
    let name = local_name.rsplit('/').next().filter(|name| !name.is_empty())?;
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    let mut line = format!("Content-Disposition: inline; filename=\"{plain}\"");
    if *bytes_of_path(name) == *name.as_bytes() {
        line += &format!("; filename*=UTF-8''{}", encoded(name));
    }
    Some(line)
}

/// What the answer to a request of the upload means.
pub(super) fn judge(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    call: &UploadRequest,
    head: &Head,
) -> Verdict {
    let url = (call.url.as_str(), upload.session.as_deref());
    match call.method.as_str() {
        "OPTIONS" => asked(upload, head),
        "HEAD" => offset(upload, sending, head),
        "PATCH" => appended(upload, sending, call, head),
        "DELETE" => cancelled(sending, head),
        _ => created(upload, sending, call, head, url),
    }
}

/// What an answer with status 104 says, if it is for us.
pub(super) fn judge_interim(upload: &Upload, call: &UploadRequest, head: &Head) -> Option<Verdict> {
    let spoken = number_in(head, "upload-draft-interop-version");
    if head.status != 104 || spoken != Some(u64::from(upload.terms.interop)) {
        return None;
    }
    let session = match call.method.as_str() {
        "PATCH" => None,
        _ => location(&call.url, head),
    };
    let position = number_in(head, "upload-offset");
    let told = session.is_some() || position.is_some();
    let standing = UploadStatus {
        session,
        opened_ms: head.value("date").and_then(http_date_unix_ms),
        position,
        taken: 0,
        limits: UploadLimits::of(head),
        on_the_way: true,
        asked: false,
    };
    told.then_some(Verdict::Stands(Box::new(standing)))
}

/// True if a server that lists its methods says that it speaks this, in an
/// iteration that is known.
pub(super) fn is_offered(head: &Head) -> bool {
    let types = head.values("accept-patch").flat_map(|list| list.split(','));
    let is_ours = |one: &str| {
        let name = one.split(';').next().unwrap_or("").trim();
        name.eq_ignore_ascii_case(MEDIA_TYPE)
    };
    let version = number_in(head, "upload-draft-interop-version");
    types.into_iter().any(is_ours) && version.is_none_or(|told| known(told).is_some())
}

/// What a server told of itself before anything was sent to it.
pub(super) fn asked(upload: &Upload, head: &Head) -> Verdict {
    if matches!(head.status, 401 | 407 | 408 | 429 | 502..=504) {
        return Verdict::Refused(http_failure(head.status, head));
    }
    let told = number_in(head, "upload-draft-interop-version");
    let Some(interop) = told.map_or(Some(upload.terms.interop), known) else {
        return Verdict::Refused(mismatch(told));
    };
    let puts = head.values("allow").flat_map(|list| list.split(',')).any(|one| one.trim() == "PUT");
    let limits = UploadLimits::of(head);
    // A file that is PUT has its name by its URL, and can be asked for there. A server
    // that shows no sign of resumable uploads would take the empty PUT that creates one
    // for the file itself, in place of the one that it has.
    let shows = told.is_some() || is_offered(head) || limits != UploadLimits::default();
    let method = Some(if puts && shows { "PUT" } else { "POST" }.to_owned());
    Verdict::Agreed(Box::new(ServerCapabilities {
        method,
        interop,
        limits,
        ..ServerCapabilities::default()
    }))
}

fn created(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    call: &UploadRequest,
    head: &Head,
    (url, known_session): (&str, Option<&str>),
) -> Verdict {
    let complete = flag_in(head, "upload-complete");
    let is_whole = call.length() == sending.size;
    match head.status {
        200..=299 if is_whole && complete != Some(false) => Verdict::Finished,
        200..=299 => {
            let session = location(url, head).or_else(|| known_session.map(str::to_owned));
            if session.is_none() {
                return Verdict::Refused(Failure::fatal(
                    code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH,
                    ErrorContext::RemoteFile,
                    "the server does not say where the upload goes on: it may not know \
                     resumable uploads; look what it made of the request, or use another protocol"
                        .to_owned(),
                ));
            }
            let position = number_in(head, "upload-offset").or(Some(call.length()));
            let opened_ms = head.value("date").and_then(http_date_unix_ms);
            Verdict::Stands(Box::new(UploadStatus {
                opened_ms,
                session,
                position,
                ..standing(head)
            }))
        }
        400..=599 if complete == Some(true) => Verdict::Spoilt(http_failure(head.status, head)),
        _ if put::is_without_folder(call, head) => Verdict::Refused(put::no_folder(head)),
        _ => refused(upload, sending, call, head),
    }
}

fn appended(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    call: &UploadRequest,
    head: &Head,
) -> Verdict {
    let complete = flag_in(head, "upload-complete");
    let end = call.body.map_or(0, |span| span.first + span.length);
    let told = number_in(head, "upload-offset");
    match head.status {
        200..=299 if complete == Some(true) => Verdict::Finished,
        // Without a word of its completeness it may be complete: it is asked.
        200..=299 if end == sending.size && complete.is_none() => {
            Verdict::Unsure(invalid_failure("without saying that it is complete"))
        }
        200..=299 => {
            let (position, taken) = (told.or(Some(end)), told.unwrap_or(end));
            Verdict::Stands(Box::new(UploadStatus { position, taken, ..standing(head) }))
        }
        // All of it arrived, and the server can do nothing with it.
        400..=599 if complete == Some(true) => Verdict::Spoilt(http_failure(head.status, head)),
        409 if told.is_some() => {
            Verdict::Stands(Box::new(UploadStatus { position: told, ..standing(head) }))
        }
        404 | 410 => Verdict::Gone,
        // It asks for the state of the upload next.
        400 if head.body.contains(COMPLETED) => Verdict::Unsure(http_failure(400, head)),
        _ => refused(upload, sending, call, head),
    }
}

fn offset(upload: &Upload, sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    let (complete, position) = (flag_in(head, "upload-complete"), number_in(head, "upload-offset"));
    match (head.status, complete, position) {
        (200..=299, Some(true), Some(position)) if position == sending.size => Verdict::Finished,
        (200..=299, Some(true), _) => Verdict::Spoilt(Failure::transient(
            code::BG_E_INVALID_SERVER_RESPONSE,
            ErrorContext::RemoteFile,
            "the server says that the upload is complete, with another size".to_owned(),
        )),
        (200..=299, _, Some(_)) => {
            Verdict::Stands(Box::new(UploadStatus { position, asked: true, ..standing(head) }))
        }
        (200..=299, _, None) => invalid("without saying how much it holds"),
        // The file may have its place already, and the upload be forgotten.
        (404 | 410, ..) if upload.terms.completes => match upload.terms.method.as_deref() {
            Some("PUT") => Verdict::Doubt,
            _ => Verdict::Spoilt(Failure::fatal(
                code::BG_E_SESSION_NOT_FOUND,
                ErrorContext::RemoteFile,
                "the server no longer knows the upload, and may have the file already; look \
                 there first: resuming the job sends the file once more"
                    .to_owned(),
            )),
        },
        (404 | 410, ..) => Verdict::Gone,
        (status, ..) => Verdict::Refused(http_failure(status, head)),
    }
}

/// Repeated as long as the server may only be out of order.
fn cancelled(sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    let failure = http_failure(head.status, head);
    match head.status {
        200..=299 | 404 | 410 => Verdict::Dropped,
        500.. => not_cancelled(sending, "DELETE", Failure { transient: true, ..failure }),
        _ => not_cancelled(sending, "DELETE", failure),
    }
}

/// A server that does not take what was sent.
fn refused(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    call: &UploadRequest,
    head: &Head,
) -> Verdict {
    let failure = http_failure(head.status, head);
    let limits = UploadLimits::of(head);
    match head.status {
        413 if limits.size_max.is_some_and(|most| most < sending.size) => {
            Verdict::Stands(Box::new(standing(head)))
        }
        // The least that the server takes is too much for it, too.
        413 if call.length() <= upload.terms.limits.append_min.unwrap_or(0) => {
            Verdict::Refused(failure)
        }
        413 if limits.append_max.is_some_and(|most| most < call.length()) => {
            Verdict::Stands(Box::new(standing(head)))
        }
        413 if call.length() > 0 => Verdict::TooLarge,
        // Nothing of an unknown iteration is an upload to the server.
        400..=499 if call.step == Step::Create => other_version(upload, head, failure),
        _ => Verdict::Refused(failure),
    }
}

/// The iteration of the draft that the server names; or, as long as it names
/// none and does not understand, the one before.
fn other_version(upload: &Upload, head: &Head, failure: Failure) -> Verdict {
    let spoken = upload.terms.interop;
    let agreed =
        |interop| Verdict::Agreed(Box::new(ServerCapabilities { interop, ..upload.terms.clone() }));
    match number_in(head, "upload-draft-interop-version") {
        Some(told) if told == u64::from(spoken) => Verdict::Refused(failure),
        Some(told) => match known(told) {
            Some(told) => agreed(told),
            None => Verdict::Refused(mismatch(Some(told))),
        },
        None if matches!(head.status, 400 | 412) && spoken > INTEROP_OLDEST => agreed(spoken - 1),
        None => Verdict::Refused(failure),
    }
}

fn known(version: u64) -> Option<u32> {
    let version = u32::try_from(version).ok()?;
    (INTEROP_OLDEST..=INTEROP_NEWEST).contains(&version).then_some(version)
}

fn mismatch(told: Option<u64>) -> Failure {
    let told = told.map_or_else(|| "another one".to_owned(), |told| told.to_string());
    Failure::fatal(
        code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH,
        ErrorContext::RemoteFile,
        format!(
            "the server speaks iteration {told} of the draft; {INTEROP_OLDEST} to \
             {INTEROP_NEWEST} are spoken here"
        ),
    )
}

fn standing(head: &Head) -> UploadStatus {
    UploadStatus { limits: UploadLimits::of(head), ..UploadStatus::default() }
}

/// The URL of the upload: on the same server, as what is sent to one is not
/// for another.
fn location(url: &str, head: &Head) -> Option<String> {
    let base = Url::parse(url).ok()?;
    let session = base.join(head.value("location")?).ok()?;
    let is_web = matches!(session.scheme(), "http" | "https");
    let same = session.scheme() == base.scheme() && session.host_str() == base.host_str();
    (is_web && same && session.as_str().len() <= SESSION_CHARS_MAX).then(|| session.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "http://a/r/1";

    fn sending(position: u64) -> OutgoingFile<'static> {
        let (url, local_name) = ("http://a/up/x", "/x");
        OutgoingFile { url, local_name, media_type: None, size: 9, position, cancelled: false }
    }

    /// One that is made, with bytes sent, if `session`; else one to be made.
    fn upload(session: bool) -> Upload {
        let terms =
            ServerCapabilities { method: Some("PUT".to_owned()), ..ServerCapabilities::default() };
        let session = session.then(|| SESSION.to_owned());
        Upload { session, terms, sent_until: 9, ..Upload::default() }
    }

    fn answer(upload: &Upload, status: u32, lines: &[&str]) -> Verdict {
        let mut head = Head::default();
        head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
        lines.iter().for_each(|line| head.push_line(line.as_bytes()));
        let of = sending(5 * u64::from(upload.session.is_some()));
        judge(upload, &of, &next(upload, &of), &head)
    }

    #[test]
    fn a_file_sent_with_its_creation_is_there_unless_the_server_denies_it() {
        let created = |lines: &[&str]| answer(&upload(false), 201, lines);
        assert_eq!(created(&[]), Verdict::Finished);
        assert_eq!(created(&["Upload-Complete: ?1"]), Verdict::Finished);
        let lines = ["Upload-Complete: ?0", "Location: /r/1", "Upload-Offset: 4"];
        let Verdict::Stands(told) = created(&lines) else {
            panic!("it is not complete");
        };
        assert_eq!((told.session.as_deref(), told.position), (Some(SESSION), Some(4)));
    }

    #[test]
    fn an_empty_put_goes_only_to_a_server_that_shows_support() {
        let method = |status: u32, lines: &[&str]| {
            let mut head = Head::default();
            head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
            lines.iter().for_each(|line| head.push_line(line.as_bytes()));
            let Verdict::Agreed(terms) = asked(&Upload::default(), &head) else {
                panic!("it is not agreed: {status} {lines:?}");
            };
            terms.method
        };
        let allow = "Allow: GET, PUT";
        assert_eq!(method(405, &[allow]).as_deref(), Some("POST"));
        assert_eq!(method(200, &[allow]).as_deref(), Some("POST"));
        let newest = format!("Upload-Draft-Interop-Version: {INTEROP_NEWEST}");
        let patch = format!("Accept-Patch: {MEDIA_TYPE}");
        for sign in [newest.as_str(), &patch, "Upload-Limit: max-size=1000"] {
            assert_eq!(method(200, &[allow, sign]).as_deref(), Some("PUT"), "{sign}");
            assert_eq!(method(200, &[sign]).as_deref(), Some("POST"), "{sign}");
        }
    }

    #[test]
    fn a_creation_that_names_no_place_is_not_repeated() {
        let of = OutgoingFile { size: limit::AT_ONCE_BYTES_MAX + 1, ..sending(0) };
        let created = upload(false);
        let mut head = Head::default();
        head.push_line(b"HTTP/1.1 204 X");
        let call = next(&created, &of);
        assert_eq!(call.length(), 0);
        let Verdict::Refused(failure) = judge(&created, &of, &call, &head) else {
            panic!("there is no place");
        };
        assert_eq!(failure.code, code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH);
        assert!(!failure.transient);
    }

    #[test]
    fn uploads_stay_on_their_server() {
        for place in ["http://b/r/1", "https://a/r/1", "file:///r/1"] {
            let location = format!("Location: {place}");
            let verdict = answer(&upload(false), 201, &["Upload-Complete: ?0", &location]);
            assert!(matches!(verdict, Verdict::Refused(_)), "{place}");
        }
    }

    #[test]
    fn the_last_piece_is_asked_for_if_the_server_does_not_say_complete() {
        let sent = |lines: &[&str]| answer(&upload(true), 204, lines);
        assert_eq!(sent(&["Upload-Complete: ?1"]), Verdict::Finished);
        assert!(matches!(sent(&["Upload-Offset: 9"]), Verdict::Unsure(_)));
        assert!(matches!(sent(&["Upload-Complete: ?0"]), Verdict::Stands(_)));
    }

    #[test]
    fn a_complete_upload_of_another_size_is_not_the_file() {
        let asked = Upload { unsure: true, ..upload(true) };
        let complete = "Upload-Complete: ?1";
        assert_eq!(answer(&asked, 200, &[complete, "Upload-Offset: 9"]), Verdict::Finished);
        for offset in ["Upload-Offset: 8", "Upload-Offset: 10", "X: y"] {
            let verdict = answer(&asked, 200, &[complete, offset]);
            assert!(matches!(verdict, Verdict::Spoilt(_)), "{offset}");
        }
    }

    #[test]
    fn a_refusal_that_names_a_limit_is_followed() {
        let refused = |limit: &str| answer(&upload(true), 413, &[limit]);
        let limits = |verdict| {
            let Verdict::Stands(told) = verdict else {
                panic!("{verdict:?}");
            };
            (told.limits.append_max, told.limits.size_max)
        };
        assert_eq!(limits(refused("Upload-Limit: max-append-size=2")), (Some(2), None));
        assert_eq!(limits(refused("Upload-Limit: max-size=8")), (None, Some(8)));
        for untold in ["Upload-Limit: max-append-size=4", "X: y"] {
            assert_eq!(refused(untold), Verdict::TooLarge, "{untold}");
        }
    }
}
