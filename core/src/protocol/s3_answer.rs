//! The bodies of S3's answers.

use roxmltree::{Document, Node};

use crate::vocab::{ErrorContext, HResult, code};

use super::classify::{Failure, NO_ROOM, http_failure};
use super::head::Head;

/// Characters of a server's message that are shown.
const MESSAGE_CHARS_MAX: usize = 300;

/// The longest name of a region.
const REGION_CHARS_MAX: usize = 64;

/// Codes that pass, whatever status they come with.
const PASSING: [&str; 10] = [
    "Busy",
    "InternalError",
    "OperationAborted",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "SlowDownRead",
    "SlowDownWrite",
    "ThrottlingException",
];

/// Codes for a bucket or a disk that is full.
const FULL: [&str; 4] =
    ["InsufficientStorage", "QuotaExceeded", "StorageLimitExceeded", "XMinioStorageFull"];

/// What went wrong, in the server's words.
pub struct ErrorBody {
    pub code: String,
    pub message: String,
    /// The region that the request should have been signed for.
    pub region: Option<String>,
    /// The host that has the bucket, with a redirect.
    pub place: Option<String>,
}

/// One part that the server holds.
pub struct ListedPart {
    pub number: u32,
    pub etag: String,
    pub bytes: u64,
}

/// One page of the list of parts.
pub struct Parts {
    pub parts: Vec<ListedPart>,
    /// Behind which part the next page begins.
    pub more: Option<u32>,
}

/// The error that an answer tells, also with status 200.
pub fn error(head: &Head) -> Option<ErrorBody> {
    let document = Document::parse(&head.body).ok()?;
    let root = document.root_element();
    if !is(&root, "Error") {
        return None;
    }
    let code: String = child(&root, "Code").unwrap_or_default();
    let is_wrong_region =
        ["AuthorizationHeaderMalformed", "AuthorizationQueryParametersError"].contains(&&*code);
    let region = child(&root, "Region").filter(|region| is_wrong_region && is_region(region));
    let message = child(&root, "Message").unwrap_or_default();
    let place = child(&root, "Endpoint").filter(|place| !place.is_empty());
    Some(ErrorBody { code, message, region, place })
}

fn is_region(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=REGION_CHARS_MAX).contains(&text.len()) && text.chars().all(plain)
}

/// The text of an element right below the root. Servers differ in what they
/// call the root.
pub fn text(head: &Head, name: &str) -> Option<String> {
    let document = Document::parse(&head.body).ok()?;
    let root = document.root_element();
    if is(&root, "Error") { None } else { child(&root, name) }
}

/// A page of a list of parts.
pub fn parts(head: &Head) -> Option<Parts> {
    let document = Document::parse(&head.body).ok()?;
    let root = document.root_element();
    if !root.tag_name().name().starts_with("ListParts") {
        return None;
    }
    let mut parts = Vec::new();
    for node in root.children().filter(|node| is(node, "Part")) {
        parts.push(ListedPart {
            number: child(&node, "PartNumber")?.parse().ok()?,
            etag: child(&node, "ETag")?,
            bytes: child(&node, "Size")?.parse().ok()?,
        });
    }
    let more = match child(&root, "IsTruncated").as_deref() {
        Some("true") => Some(child(&root, "NextPartNumberMarker")?.parse().ok()?),
        Some(_) | None => None,
    };
    Some(Parts { parts, more })
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn child(node: &Node<'_, '_>, name: &str) -> Option<String> {
    let found = node.children().find(|child| is(child, name))?;
    Some(found.text().unwrap_or("").trim().to_owned())
}

/// The failure that an answer means.
pub fn failure(head: &Head) -> Failure {
    let Some(error) = error(head) else {
        return http_failure(head.status, head);
    };
    // With status 200 the code is all there is.
    let status = match (head.status, error.code.as_str()) {
        (200..=299, "InternalError") => 500,
        (200..=299, code) if PASSING.contains(&code) => 503,
        (200..=299, "NoSuchUpload" | "NoSuchBucket") => 404,
        (200..=299, "AccessDenied") => 403,
        (200..=299, _) => 400,
        (status, _) => status,
    };
    let shown = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARS_MAX).collect()
    };
    let of_status = http_failure(status, head);
    let is_full = FULL.contains(&error.code.as_str());
    let mut message = format!(
        "the server answered {}: {}: {}",
        head.status,
        shown(&error.code),
        shown(&error.message)
    );
    let place = error.place.as_deref().or(head.value("location"));
    if let Some(place) = place.filter(|_| (300..400).contains(&status)) {
        message += &format!("; the file belongs to {}: send it there", shown(place));
    }
    Failure {
        code: if is_full { code::E_DISK_FULL } else { HResult::from_http_status(status) },
        context: ErrorContext::RemoteFile,
        message: match is_full || status == 507 {
            true => format!("{NO_ROOM}: {message}"),
            false => message,
        },
        unreached: false,
        // A part that it does not find is sent again.
        transient: of_status.transient
            || is_full
            || PASSING.contains(&error.code.as_str())
            || error.code == "InvalidPart",
        retry_after: of_status.retry_after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_counts_with_the_errors_that_are_about_it() {
        for (code, region, expected) in [
            ("AuthorizationHeaderMalformed", "eu-west-1", Some("eu-west-1")),
            ("AuthorizationQueryParametersError", "eu-west-1", Some("eu-west-1")),
            ("AccessDenied", "eu-west-1", None),
            ("AuthorizationHeaderMalformed", "eu/west", None),
            ("AuthorizationHeaderMalformed", "", None),
        ] {
            let body = format!("<Error><Code>{code}</Code><Region>{region}</Region></Error>");
            let told = error(&Head { body, ..Head::default() }).expect("an error").region;
            assert_eq!(told.as_deref(), expected, "{code} {region}");
        }
    }

    #[test]
    fn a_code_says_what_a_status_does_not() {
        for (status, code, expected, transient) in [
            (200, "InternalError", 500, true),
            (200, "SlowDown", 503, true),
            (200, "NoSuchUpload", 404, false),
            (200, "AccessDenied", 403, false),
            (200, "MalformedXML", 400, false),
            (400, "RequestTimeout", 400, true),
            (400, "InvalidPart", 400, true),
            (400, "InvalidArgument", 400, false),
            (403, "AccessDenied", 403, false),
        ] {
            let body = format!("<Error><Code>{code}</Code><Message>why</Message></Error>");
            let failure = failure(&Head { status, body, ..Head::default() });
            let told = (failure.code, failure.transient);
            assert_eq!(told, (HResult::from_http_status(expected), transient), "{status} {code}");
            assert!(failure.message.ends_with(&format!("{status}: {code}: why")));
        }
    }

    #[test]
    fn a_body_is_what_its_root_says() {
        let head = |body: &str| Head { body: body.to_owned(), ..Head::default() };
        assert_eq!(text(&head("<Error><ETag>e</ETag></Error>"), "ETag"), None);
        assert_eq!(text(&head("<Any><ETag> e </ETag></Any>"), "ETag").as_deref(), Some("e"));
        assert!(parts(&head("<ListBucketResult></ListBucketResult>")).is_none());
        let more = "<IsTruncated>true</IsTruncated><NextPartNumberMarker>7</NextPartNumberMarker>";
        let list = parts(&head(&format!("<ListPartsResult>{more}</ListPartsResult>")));
        assert_eq!(list.expect("a list").more, Some(7));
    }
}
