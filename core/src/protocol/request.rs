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
    /// There are other places to ask: an answer that does not fit what is held is no
    /// reason to begin anew.
    pub has_mirrors: bool,
    /// The held bytes came from another of these places.
    pub is_of_other_source: bool,
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

impl Request {
    /// Where what it asks for ends, over the requested pieces; None if that is not said.
    pub fn end(&self) -> Option<u64> {
        let (first, last) = self.range?;
        Some(self.position + (last? + 1 - (first + self.overlap)))
    }
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
    let piece = piece_at(content.ranges, position, content.size);
    let into = position - piece.first;
    let overlap = match splice {
        Splice::Compared if joins => content.held_before.min(into).min(OVERLAP_BYTES),
        Splice::Compared | Splice::Proven | Splice::Impossible => 0,
    };
    let is_part = joins || content.is_on_demand || !content.ranges.is_empty();
    let range = is_part.then(|| piece.remote_range(position - overlap, content.end));
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

/// A requested piece of a file, and where it lies among the requested bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    range: FileRange,
    /// Position of its first byte.
    pub first: u64,
    /// Where it ends; `u64::MAX` if that is not known.
    pub end: u64,
}

impl Piece {
    /// The Range of the remote file for what lies from a position in the piece up to `end`,
    /// but not beyond the piece.
    pub fn remote_range(&self, position: u64, end: Option<u64>) -> (u64, Option<u64>) {
        let offset = |position: u64| self.range.initial_offset + (position - self.first);
        let own_end = (self.range.length != LENGTH_TO_EOF).then_some(self.end);
        let end = end.filter(|end| *end <= self.end).or(own_end);
        (offset(position), end.map(|end| offset(end) - 1))
    }
}

/// The piece that holds a position among the requested bytes; without ranges, the file.
pub fn piece_at(ranges: &[FileRange], position: u64, size: Option<u64>) -> Piece {
    let mut first = 0;
    for range in ranges {
        let end = piece_end(*range, first, size);
        if position < end {
            return Piece { range: *range, first, end };
        }
        first = end;
    }
    let whole = FileRange { initial_offset: 0, length: LENGTH_TO_EOF };
    let (range, first) = ranges.last().map_or((whole, 0), |last| (*last, position));
    Piece { range, first, end: piece_end(range, first, size) }
}

fn piece_end(range: FileRange, first: u64, size: Option<u64>) -> u64 {
    piece_length(range, size).map_or(u64::MAX, |length| first.saturating_add(length))
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

#[cfg(test)]
mod tests {
    use super::*;

    const PIECES: [FileRange; 3] = [
        FileRange { initial_offset: 1_000, length: 100 },
        FileRange { initial_offset: 0, length: 50 },
        FileRange { initial_offset: 2_000, length: LENGTH_TO_EOF },
    ];

    fn content(position: u64, end: Option<u64>, held_before: u64) -> Content<'static> {
        Content {
            url: "http://a/",
            ranges: &PIECES,
            size: Some(2_500),
            validator: None,
            position,
            end,
            held_before,
            holds_bytes: held_before > 0,
            is_on_demand: false,
            hash_expected: true,
            if_range_refused: false,
            ranges_refused: false,
            moved: false,
            redirected: false,
            form: Form::AsItCame,
            has_mirrors: false,
            is_of_other_source: false,
        }
    }

    #[test]
    fn a_request_asks_for_the_rest_of_one_piece_or_up_to_what_is_held() {
        for (position, end, range, its_end) in [
            (0, None, (1_000, Some(1_099)), Some(100)),
            (99, None, (1_099, Some(1_099)), Some(100)),
            (100, None, (0, Some(49)), Some(150)),
            (110, Some(140), (10, Some(39)), Some(140)),
            (110, Some(150), (10, Some(49)), Some(150)),
            (110, Some(400), (10, Some(49)), Some(150)),
            (150, None, (2_000, None), None),
            (160, Some(170), (2_010, Some(2_019)), Some(170)),
        ] {
            let held_before = 0;
            let mut content = content(position, end, held_before);
            content.holds_bytes = true;
            let request = next_request(&content);
            assert_eq!((request.range, request.position), (Some(range), position));
            assert_eq!(request.end(), its_end, "from {position}");
        }
    }

    #[test]
    fn an_overlap_is_held_and_of_the_same_piece() {
        for (position, held_before, overlap, range) in [
            (130, 130, 30, (0, Some(49))),
            (130, 10, 10, (20, Some(49))),
            (100, 100, 0, (0, Some(49))),
        ] {
            let request = next_request(&content(position, None, held_before));
            assert_eq!((request.overlap, request.range), (overlap, Some(range)));
            assert_eq!(request.end(), Some(150));
        }
    }

    #[test]
    fn positions_lie_in_pieces_or_in_the_whole_file() {
        let ends = |ranges: &[FileRange], position, size| {
            let piece = piece_at(ranges, position, size);
            (piece.first, piece.end)
        };
        assert_eq!(ends(&[], 7, Some(9)), (0, 9));
        assert_eq!(ends(&[], 7, None), (0, u64::MAX));
        assert_eq!(ends(&PIECES, 149, None), (100, 150));
        assert_eq!(ends(&PIECES, 150, None), (150, u64::MAX));
        assert_eq!(ends(&PIECES, 150, Some(2_500)), (150, 650));
        assert_eq!(ends(&PIECES[..2], 150, Some(2_500)), (150, 200), "behind the last one");
    }
}
