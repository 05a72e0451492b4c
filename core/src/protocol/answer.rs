//! What a response head allows: write its body, ask differently, or give up.

use serde::{Deserialize, Serialize};

use crate::vocab::{ErrorContext, LENGTH_TO_EOF, code};

use super::classify::{Failure, http_failure};
use super::coding::{Coding, to_undo};
use super::head::{ContentRange, Head};
use super::request::{Content, Request, Validator};

const WHOLE_FOR_RANGE: &str = "the server sent the whole file where a range was asked for";

/// The verdict over one response head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Write the body.
    Write(Body),
    /// Nothing is missing: the bytes held are all there is.
    Complete,
    /// Drop this response and ask again at once, in another way.
    Again(Adjustment),
    /// Give up; the failure says whether for now or for good.
    Refuse(Failure),
}

/// Where the body goes and what it told about the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Where the first new byte belongs, over the requested pieces.
    pub position: u64,
    /// Leading bytes of the body to be compared with what is held.
    pub overlap: u64,
    /// Bytes of the body that belong to the file; None = until it ends.
    pub length: Option<u64>,
    /// Size of the remote file, if told.
    pub size: Option<u64>,
    /// What names this version.
    pub validator: Validator,
    /// The bytes held before are of another version, or cannot be joined.
    pub restart: bool,
    /// The coding to be undone before the bytes are written.
    pub unpack: Option<Coding>,
}

/// How to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Adjustment {
    /// The file changed on the server: from the start.
    Restart,
    /// The server answers 200 to If-Range although the version is the same:
    /// ask without it and compare the validators ourselves.
    WithoutIfRange,
    /// The server's partial answers are unusable: from the start, whole.
    WithoutRange,
    /// The body is not what its coding says: from the start, to be saved as it
    /// comes.
    AsItCame,
}

/// Decides what to do with a response, before its first byte is written.
///
/// The rules in short: a partial answer is used only if it starts where we
/// asked, names the same total and the same version; anything else restarts
/// the file, and never splices.
///
/// A file with mirrors does not begin anew here: its source differs from what is held, and
/// the model says whether another one is asked.
pub fn decide(content: &Content<'_>, request: &Request, head: &Head) -> Decision {
    let decision = by_status(content, request, head);
    let begins_anew = matches!(&decision, Decision::Write(body) if body.restart);
    match begins_anew && content.has_mirrors {
        true => Decision::Again(Adjustment::Restart),
        false => decision,
    }
}

fn by_status(content: &Content<'_>, request: &Request, head: &Head) -> Decision {
    let is_of_file = matches!(head.status, 200 | 203 | 206 | 416);
    if let Some(value) = head.impossible_size().filter(|_| is_of_file) {
        let text = format!("a size that no file can have ({value})");
        return Decision::Refuse(invalid_response(&text));
    }
    match head.status {
        200 | 203 => whole(content, request, head),
        206 => partial(content, request, head),
        416 => unsatisfied(content, request, head),
        201 | 202 | 204 | 205 | 207..=299 => Decision::Refuse(Failure::transient(
            code::DO_E_UNEXPECTED_HTTP_STATUS_2XX,
            ErrorContext::RemoteFile,
            format!("the server answered {} where a file was expected", head.status),
        )),
        status => Decision::Refuse(http_failure(status, head)),
    }
}

fn validator_of(head: &Head) -> Validator {
    Validator {
        etag: head.value("etag").map(str::to_owned),
        last_modified: head.value("last-modified").map(str::to_owned),
        coding: head.coding(),
    }
}

fn whole(content: &Content<'_>, request: &Request, head: &Head) -> Decision {
    let validator = validator_of(head);
    let unchanged = content
        .validator
        .is_some_and(|known| known.strong_etag().is_some() && known.agrees_with(&validator));
    if request.if_range.is_some() && unchanged {
        return Decision::Again(Adjustment::WithoutIfRange);
    }
    if content.is_on_demand {
        return match content.holds_bytes && !unchanged {
            true => Decision::Again(Adjustment::Restart),
            false => Decision::Refuse(no_ranges(WHOLE_FOR_RANGE)),
        };
    }
    let wants_all = content.ranges.is_empty()
        || matches!(content.ranges, [only] if only.initial_offset == 0 && only.length == LENGTH_TO_EOF);
    if !wants_all {
        if content.holds_bytes && !unchanged {
            return Decision::Again(Adjustment::Restart);
        }
        return Decision::Refuse(no_ranges(WHOLE_FOR_RANGE));
    }
    let unpack = to_undo(content.form, content.url, head);
    // What is unpacked here has no name: the tag and the ranges of the server
    // speak of its packed form or of the other one, and nobody says of which.
    let (length, validator) = match unpack {
        Some(_) => (None, Validator::default()),
        None => (head.body_length(), validator),
    };
    Decision::Write(Body {
        position: 0,
        overlap: 0,
        length,
        size: length,
        validator,
        restart: content.holds_bytes,
        unpack,
    })
}

fn partial(content: &Content<'_>, request: &Request, head: &Head) -> Decision {
    let Some((asked_first, asked_last)) = request.range else {
        return Decision::Refuse(invalid_response(
            "a partial answer to a request for the whole file",
        ));
    };
    let multipart = head
        .value("content-type")
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/byteranges"));
    let Some(ContentRange::Part { first, last, total }) = head.content_range() else {
        return unusable(content, "a partial answer without a valid Content-Range");
    };
    if multipart || to_undo(content.form, content.url, head).is_some() {
        return unusable(content, "a partial answer in several parts or encoded");
    }
    let held = content.validator.and_then(|known| known.coding.as_deref());
    if request.joins && held != head.coding().as_deref() {
        return unusable(content, "a partial answer that is encoded in another way than the file");
    }
    if first != asked_first || asked_last.is_some_and(|asked| last > asked) {
        return unusable(content, "a partial answer for another range than the one asked for");
    }
    let length = last - first + 1;
    if head.body_length().is_some_and(|told| told != length) || length <= request.overlap {
        return unusable(content, "a partial answer whose lengths contradict each other");
    }
    let size = total.or(content.size);
    if total.is_some() && content.size.is_some() && total != content.size {
        return Decision::Again(Adjustment::Restart);
    }
    let validator = validator_of(head);
    if content.is_on_demand && (total.is_none() || validator.strong_etag().is_none()) {
        return Decision::Refuse(no_ranges(
            "the server sends no size or no strong ETag, so nothing proves that ranges of the file \
             belong together",
        ));
    }
    if let Some(verdict) = joined(content, request, &validator, total) {
        return verdict;
    }
    if let (Some(size), false) = (size, content.ranges.is_empty()) {
        let beyond = content.ranges.iter().any(|range| {
            range.length != LENGTH_TO_EOF && range.initial_offset + range.length > size
        });
        if beyond {
            return Decision::Refuse(outside(size));
        }
    }
    Decision::Write(Body {
        position: request.position,
        overlap: request.overlap,
        length: Some(length),
        size,
        validator,
        restart: !request.joins && content.holds_bytes,
        unpack: None,
    })
}

/// Whether new bytes may follow the held ones; None if they may.
fn joined(
    content: &Content<'_>,
    request: &Request,
    validator: &Validator,
    total: Option<u64>,
) -> Option<Decision> {
    if !request.joins {
        return None;
    }
    let none = Validator::default();
    let known = content.validator.unwrap_or(&none);
    // Another server names the same content in its own way; then the hash has
    // the last word.
    let is_left_to_hash = content.moved && content.hash_expected;
    if !known.agrees_with(validator) && !is_left_to_hash {
        return Some(Decision::Again(Adjustment::Restart));
    }
    let is_strong = known.strong_etag().is_some();
    if content.is_of_other_source && !is_strong && !content.hash_expected {
        return Some(Decision::Again(Adjustment::Restart));
    }
    if is_strong && !content.is_from_elsewhere() {
        return None;
    }
    // From here on the proof needs the total, and an overlap or a date.
    if total.is_none() || content.size.is_none() {
        return Some(Decision::Again(Adjustment::WithoutRange));
    }
    // Behind a gap there is nothing to compare with: the tag and the size are the proof.
    let is_behind_gap = content.held_before == 0 && known.strong_etag().is_some();
    let is_proven = known.last_modified.is_some() || content.hash_expected || is_behind_gap;
    if request.overlap == 0 && !is_proven {
        if content.is_from_elsewhere() {
            return Some(Decision::Again(Adjustment::Restart));
        }
        return Some(Decision::Refuse(no_ranges(
            "the server names no version, so its ranges cannot be proven to belong together",
        )));
    }
    None
}

fn unsatisfied(content: &Content<'_>, request: &Request, head: &Head) -> Decision {
    let told = match head.content_range() {
        Some(ContentRange::Unsatisfied { total }) => Some(total),
        Some(ContentRange::Part { .. }) | None => None,
    };
    if content.ranges.is_empty() {
        let same_version = content.validator.is_some_and(|known| {
            known.strong_etag().is_some() && known.agrees_with(&validator_of(head))
        });
        let all_held = request.joins && told == Some(content.position);
        if all_held && same_version && !content.is_from_elsewhere() {
            return Decision::Complete;
        }
        if content.is_on_demand && !content.holds_bytes {
            return Decision::Refuse(outside(told.unwrap_or(0)));
        }
        if request.range.is_some() {
            return Decision::Again(Adjustment::Restart);
        }
        return Decision::Refuse(http_failure(head.status, head));
    }
    let changed = content.holds_bytes && told.is_some() && told != content.size;
    if changed {
        return Decision::Again(Adjustment::Restart);
    }
    Decision::Refuse(outside(told.or(content.size).unwrap_or(0)))
}

fn unusable(content: &Content<'_>, text: &str) -> Decision {
    if content.ranges.is_empty() && !content.is_on_demand {
        return Decision::Again(Adjustment::WithoutRange);
    }
    Decision::Refuse(Failure::fatal(
        code::BG_E_INVALID_SERVER_RESPONSE,
        ErrorContext::RemoteFile,
        format!("the server sent {text}"),
    ))
}

fn no_ranges(text: &str) -> Failure {
    let code = code::DO_E_INSUFFICIENT_RANGE_SUPPORT;
    Failure::fatal(code, ErrorContext::RemoteFile, text.to_owned())
}

fn invalid_response(text: &str) -> Failure {
    Failure::transient(
        code::BG_E_INVALID_SERVER_RESPONSE,
        ErrorContext::RemoteFile,
        format!("the server sent {text}"),
    )
}

fn outside(size: u64) -> Failure {
    Failure::fatal(
        code::DO_E_INVALID_RANGE,
        ErrorContext::RemoteFile,
        format!("a requested range lies outside the file of {size} bytes"),
    )
}
