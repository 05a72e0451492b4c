//! What a server says of an upload that it keeps under a URL: how far it is,
//! and what the client has to keep to.

use serde::{Deserialize, Serialize};
use sfv::{BareItem, Dictionary, Item, ListEntry, Parser};

use crate::vocab::limit;

use super::head::Head;

/// The iteration of the draft of the IETF that is spoken first.
pub(super) const INTEROP_NEWEST: u32 = 8;

/// The oldest one whose requests and answers are the same, but for names in
/// Upload-Limit.
pub(super) const INTEROP_OLDEST: u32 = 6;

/// What the requests of an upload keep to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerCapabilities {
    /// The method that creates an upload; None until the server was asked.
    pub method: Option<String>,
    /// The iteration of the draft.
    pub interop: u32,
    /// What the server takes.
    pub limits: UploadLimits,
    /// A request that completes the upload was sent.
    pub completes: bool,
}

impl Default for ServerCapabilities {
    fn default() -> Self {
        Self {
            method: None,
            interop: INTEROP_NEWEST,
            limits: UploadLimits::default(),
            completes: false,
        }
    }
}

/// Limits of a server, in bytes; None = not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadLimits {
    /// Of the whole file.
    pub size_max: Option<u64>,
    pub size_min: Option<u64>,
    /// Of one request.
    pub append_max: Option<u64>,
    /// Of one request that is not the last.
    pub append_min: Option<u64>,
    /// How long the upload is kept from now on.
    pub age_s: Option<u64>,
}

impl UploadLimits {
    /// What the head says; nothing if it does not say it in a valid way.
    pub(super) fn of(head: &Head) -> Self {
        let lines: Vec<_> = head.values("upload-limit").collect();
        limits(&lines.join(", ")).unwrap_or_default()
    }

    /// These, and where they say nothing those of before.
    pub fn or(self, before: Self) -> Self {
        Self {
            size_max: self.size_max.or(before.size_max),
            size_min: self.size_min.or(before.size_min),
            append_max: self.append_max.or(before.append_max),
            append_min: self.append_min.or(before.append_min),
            age_s: self.age_s,
        }
    }

    /// Bytes of a piece that would best have so many.
    pub(super) fn fit(&self, bytes: u64) -> u64 {
        let most = self.append_max.unwrap_or(u64::MAX).max(1);
        bytes.max(self.append_min.unwrap_or(0)).min(most)
    }

    /// The largest piece worth sending.
    pub fn piece_max(&self) -> u64 {
        self.append_max.unwrap_or(u64::MAX).min(limit::APPEND_BYTES_MAX)
    }
}

fn limits(text: &str) -> Option<UploadLimits> {
    let told: Dictionary = Parser::new(text).parse().ok()?;
    let mut limits = UploadLimits::default();
    for (key, entry) in &told {
        let known = match key.as_str() {
            "max-size" => &mut limits.size_max,
            "min-size" => &mut limits.size_min,
            "max-append-size" => &mut limits.append_max,
            "min-append-size" => &mut limits.append_min,
            // The older name is of iteration 6.
            "max-age" | "expires" => &mut limits.age_s,
            _ => continue,
        };
        // One value of another type, and the whole header says nothing.
        let ListEntry::Item(item) = entry else {
            return None;
        };
        *known = Some(natural(&item.bare_item)?);
    }
    Some(limits)
}

fn natural(item: &BareItem) -> Option<u64> {
    u64::try_from(i64::from(item.as_integer()?)).ok()
}

/// A header that is one whole number.
pub(super) fn number_in(head: &Head, name: &str) -> Option<u64> {
    let item: Item = Parser::new(head.value(name)?).parse().ok()?;
    natural(&item.bare_item)
}

/// A header that says yes or no.
pub(super) fn flag_in(head: &Head, name: &str) -> Option<bool> {
    let item: Item = Parser::new(head.value(name)?).parse().ok()?;
    item.bare_item.as_boolean()
}

/// Where an upload stands by an answer of its server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadStatus {
    /// The URL of the upload, if it is told with this answer.
    pub session: Option<String>,
    /// When it was made, by the clock of the server, in milliseconds since 1970.
    pub opened_ms: Option<i64>,
    /// Bytes that the server holds, if it says so.
    pub position: Option<u64>,
    /// Where the bytes end that it said it took.
    pub taken: u64,
    pub limits: UploadLimits,
    /// The request goes on: this was said on the way.
    pub on_the_way: bool,
    /// The bytes were asked for, not just sent.
    pub asked: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_a_dictionary() {
        let all = "max-size=10;p=\"a,b\", min-size=1, x=(1 2);y, max-append-size=5, \
                   min-append-size=2, z, max-age=60";
        let told = limits(all).expect("valid");
        assert_eq!((told.size_max, told.size_min), (Some(10), Some(1)));
        assert_eq!((told.append_max, told.append_min, told.age_s), (Some(5), Some(2), Some(60)));
        assert_eq!(limits("expires=3").expect("valid").age_s, Some(3));
        for invalid in ["max-size=?1", "max-size=1.5", "max-size=-1", "max-size=(1)", "Max=1", "="]
        {
            assert_eq!(limits(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn numbers_and_flags_are_items() {
        let mut head = Head::default();
        for line in ["A: 12", "B: ?1", "C: ?0", "D: 1.0", "E: -1", "F: true", "G: 1, 2"] {
            head.push_line(line.as_bytes());
        }
        assert_eq!(number_in(&head, "a"), Some(12));
        for other in ["b", "d", "e", "f", "g", "h"] {
            assert_eq!(number_in(&head, other), None, "{other}");
        }
        assert_eq!((flag_in(&head, "b"), flag_in(&head, "c")), (Some(true), Some(false)));
        assert_eq!((flag_in(&head, "f"), flag_in(&head, "a")), (None, None));
    }

    #[test]
    fn what_is_not_said_again_still_holds_but_for_the_age() {
        let all = |text| limits(text).expect("valid");
        let before =
            all("max-size=9, min-size=1, max-append-size=5, min-append-size=2, max-age=60");
        let told = all("max-append-size=3").or(before);
        assert_eq!((told.size_max, told.size_min), (Some(9), Some(1)));
        assert_eq!((told.append_max, told.append_min, told.age_s), (Some(3), Some(2), None));
    }
}
