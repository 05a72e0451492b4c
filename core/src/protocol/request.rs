//! The next request of a file, from what is already held of it.

use serde::{Deserialize, Serialize};

use crate::vocab::LENGTH_TO_EOF;

use super::coding::Form;

/// Bytes fetched again and compared with the file when the validator alone
/// does not prove that the rest belongs to the same content. 64 KiB is far
/// longer than any header that two builds of a file share by chance at the
/// same offset, and costs less than one round trip on most links.
pub const OVERLAP_BYTES: u64 = 64 * 1024;

/// One requested piece of a remote file (BG_FILE_RANGE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRange {
    /// Offset of the first byte in the remote file.
    pub initial_offset: u64,
    /// Length in bytes; `LENGTH_TO_EOF` asks for everything that follows.
    pub length: u64,
}

/// What names one version of a remote file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validator {
    /// The ETag header as sent, with its quotes and, if weak, its `W/`.
    pub etag: Option<String>,
    /// The Last-Modified header as sent.
    pub last_modified: Option<String>,
    /// The Content-Encoding under which the bytes were saved as they came:
    /// what is joined with them comes under the same one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coding: Option<String>,
}

impl Validator {
    /// The ETag if it is a strong one: only such a one identifies bytes.
    pub fn strong_etag(&self) -> Option<&str> {
        self.etag.as_deref().filter(|tag| tag.starts_with('"') && tag.len() > 2)
    }

    /// True if both name the same version as far as they say anything.
    ///
    /// A strong ETag decides alone. Without one, Last-Modified must be there
    /// and equal, and a weak ETag must not contradict it.
    pub fn agrees_with(&self, other: &Validator) -> bool {
        if let Some(mine) = self.strong_etag() {
            return other.strong_etag().is_some_and(|theirs| plain(mine) == plain(theirs));
        }
        match (&self.last_modified, &other.last_modified) {
            (Some(mine), Some(theirs)) => mine == theirs && self.etag == other.etag,
            (None, None) => self.etag == other.etag,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

/// Apache marks the ETag of a compressed answer with `-gzip` although it
/// names the same file.
fn plain(tag: &str) -> &str {
    let inner = tag.trim_matches('"');
    inner.strip_suffix("-gzip").unwrap_or(inner)
}

/// What is known of one file before a request.
#[derive(Clone, Debug)]
pub struct Content<'a> {
    /// Where to ask.
    pub url: &'a str,
    /// The requested pieces in the order they are stored; empty = all of it.
    pub ranges: &'a [FileRange],
    /// Size of the remote file in bytes, once a response told it.
    pub size: Option<u64>,
    /// The validator of the first response.
    pub validator: Option<&'a Validator>,
    /// The first byte to be asked for, counted over the requested pieces in order.
    pub position: u64,
    /// Where what is to be asked for ends; None = at the end of the file.
    pub end: Option<u64>,
    /// Bytes that are held right before `position`, without a gap.
    pub held_before: u64,
    /// True if any byte is held.
    pub holds_bytes: bool,
    /// Nothing but requested ranges of it is fetched: a whole answer is of no use.
    pub is_on_demand: bool,
    /// A hash will be checked at the end.
    pub hash_expected: bool,
    /// This server answers 200 to If-Range although nothing changed.
    pub if_range_refused: bool,
    /// This server's partial answers cannot be used.
    pub ranges_refused: bool,
    /// The held bytes came from another remote name.
    pub moved: bool,
    /// The held bytes came by a redirect, which may lead elsewhere next time.
    pub redirected: bool,
    /// The form in which its body is wanted.
    pub form: Form,
}

impl Content<'_> {
    /// True if a strong ETag alone does not prove that the next answer is of
    /// the same content: another server may use the same one.
    pub(super) fn is_from_elsewhere(&self) -> bool {
        self.moved || self.redirected
    }
}

/// One request to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Where to ask.
    pub url: String,
    /// The Range asked for: first byte and, unless to the end, the last one.
    pub range: Option<(u64, Option<u64>)>,
    /// The If-Range header, if one is to be sent.
    pub if_range: Option<String>,
    /// Where the first new byte belongs, over the requested pieces.
    pub position: u64,
    /// Bytes before `position` that are asked for again to be compared.
    pub overlap: u64,
    /// True if its bytes are joined with held ones.
    pub joins: bool,
}

/// How the held bytes may be joined with a new response.
enum Splice {
    /// The validator proves it.
    Proven,
    /// The validator and an equal overlap together prove it.
    Compared,
    /// Nothing does: start again.
    Impossible,
}

/// The next request of a file. Never called for a file whose bytes are all
/// there.
pub fn next_request(content: &Content<'_>) -> Request {
    let splice = splice_rule(content);
    let joins =
        content.holds_bytes && !content.ranges_refused && !matches!(splice, Splice::Impossible);
    let position = if joins || content.is_on_demand { content.position } else { 0 };
    let if_range = match (&splice, content.validator) {
        (Splice::Proven, Some(validator)) if joins && !content.if_range_refused => {
            validator.strong_etag().map(str::to_owned)
        }
        _ => None,
    };
    if content.ranges.is_empty() {
        let overlap = match splice {
            Splice::Compared if joins => content.held_before.min(OVERLAP_BYTES),
            Splice::Compared | Splice::Proven | Splice::Impossible => 0,
        };
        let last = content.end.map(|end| end - 1);
        let range = (joins || content.is_on_demand).then_some((position - overlap, last));
        return Request { url: content.url.to_owned(), range, if_range, position, overlap, joins };
    }
    let (range, into) = piece_at(content.ranges, position, content.size);
    let overlap = match splice {
        Splice::Compared if joins => into.min(OVERLAP_BYTES),
        Splice::Compared | Splice::Proven | Splice::Impossible => 0,
    };
    let first = range.initial_offset + into - overlap;
    let last = match range.length {
        LENGTH_TO_EOF => None,
        length => Some(range.initial_offset + length - 1),
    };
    let range = Some((first, last));
    Request { url: content.url.to_owned(), range, if_range, position, overlap, joins }
}

fn splice_rule(content: &Content<'_>) -> Splice {
    let Some(validator) = content.validator else {
        return if content.hash_expected { Splice::Compared } else { Splice::Impossible };
    };
    if validator.strong_etag().is_some() {
        return if content.is_from_elsewhere() { Splice::Compared } else { Splice::Proven };
    }
    if validator.last_modified.is_some() || content.hash_expected {
        return Splice::Compared;
    }
    Splice::Impossible
}

/// The piece that holds `position`, and how far into it that is.
fn piece_at(ranges: &[FileRange], position: u64, size: Option<u64>) -> (FileRange, u64) {
    let mut start = 0;
    for range in ranges {
        let length = piece_length(*range, size).unwrap_or(u64::MAX);
        if position - start < length {
            return (*range, position - start);
        }
        start += length;
    }
    let last =
        ranges.last().copied().unwrap_or(FileRange { initial_offset: 0, length: LENGTH_TO_EOF });
    (last, 0)
}

fn piece_length(range: FileRange, size: Option<u64>) -> Option<u64> {
    match range.length {
        LENGTH_TO_EOF => size.map(|size| size.saturating_sub(range.initial_offset)),
        length => Some(length),
    }
}

/// How many bytes the caller asked for; None while that depends on a size
/// that no response has told yet.
pub fn requested_bytes(ranges: &[FileRange], size: Option<u64>) -> Option<u64> {
    if ranges.is_empty() {
        return size;
    }
    ranges
        .iter()
        .map(|range| piece_length(*range, size))
        .try_fold(0_u64, |sum, length| sum.checked_add(length?))
}
