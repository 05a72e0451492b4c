//! The `Range` and `If-Range` headers.

/// One range of a `Range` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spec {
    /// From a place to the end.
    From(u64),
    /// From a place to another, both included.
    Between(u64, u64),
    /// The last so many bytes.
    Suffix(u64),
}

impl Spec {
    /// First and last byte in a content of this length.
    pub(crate) fn resolve(self, length: u64) -> Option<(u64, u64)> {
        let last = length.checked_sub(1)?;
        match self {
            Spec::From(start) => (start <= last).then_some((start, last)),
            Spec::Between(start, end) => (start <= last).then_some((start, end.min(last))),
            Spec::Suffix(0) => None,
            Spec::Suffix(count) => Some((length.saturating_sub(count), last)),
        }
    }

    /// Start and end as asked for, unless the range is counted from the end.
    pub(crate) fn asked(self) -> Option<(u64, Option<u64>)> {
        match self {
            Spec::From(start) => Some((start, None)),
            Spec::Between(start, end) => Some((start, Some(end))),
            Spec::Suffix(_) => None,
        }
    }
}

/// The ranges of a header; `None` when it is not a valid set of byte ranges
/// and therefore to be ignored.
pub(crate) fn parse(value: &str) -> Option<Vec<Spec>> {
    let (unit, set) = value.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    set.split(',').map(|one| parse_one(one.trim())).collect()
}

fn parse_one(text: &str) -> Option<Spec> {
    let (first, last) = text.split_once('-')?;
    if first.is_empty() {
        return number(last).map(Spec::Suffix);
    }
    let start = number(first)?;
    if last.is_empty() {
        return Some(Spec::From(start));
    }
    let end = number(last)?;
    (start <= end).then_some(Spec::Between(start, end))
}

/// Digits alone; a number that does not fit stands for a very large one.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Whether an `If-Range` value names the current representation: entity tags
/// by the strong comparison, dates only when they are the same text.
pub(crate) fn if_range_holds(value: &str, etag: Option<&str>, last_modified: Option<&str>) -> bool {
    if value.starts_with("W/") {
        false
    } else if value.starts_with('"') {
        etag == Some(value)
    } else {
        last_modified == Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{Spec, if_range_holds, parse};

    #[test]
    fn reads_every_form() {
        assert_eq!(parse("bytes=0-9"), Some(vec![Spec::Between(0, 9)]));
        assert_eq!(parse("Bytes=7-"), Some(vec![Spec::From(7)]));
        assert_eq!(parse("bytes=-3"), Some(vec![Spec::Suffix(3)]));
        let two = Some(vec![Spec::Between(0, 0), Spec::Suffix(1)]);
        assert_eq!(parse("bytes=0-0, -1"), two);
        for wrong in ["bytes=", "bytes=5-4", "lines=0-1", "bytes=+1-", "bytes=a-b", "0-1"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn resolves_against_a_length() {
        assert_eq!(Spec::Between(2, 99).resolve(10), Some((2, 9)));
        assert_eq!(Spec::From(10).resolve(10), None);
        assert_eq!(Spec::Suffix(99).resolve(10), Some((0, 9)));
        assert_eq!(Spec::Suffix(0).resolve(10), None);
        assert_eq!(Spec::From(0).resolve(0), None);
    }

    #[test]
    fn weak_tags_never_match() {
        assert!(if_range_holds("\"a\"", Some("\"a\""), None));
        assert!(!if_range_holds("\"a\"", Some("W/\"a\""), None));
        assert!(!if_range_holds("W/\"a\"", Some("W/\"a\""), None));
        assert!(if_range_holds("date", None, Some("date")));
        assert!(!if_range_holds("date", None, None));
    }
}
