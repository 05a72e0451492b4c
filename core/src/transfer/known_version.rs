//! What was known of a remote file when a request for it was made.

use crate::protocol::{Content, FileRange, Form, Validator};

/// An owned copy of [`Content`].
#[derive(Clone, Debug)]
pub struct KnownVersion {
    pub ranges: Vec<FileRange>,
    pub size: Option<u64>,
    pub validator: Option<Validator>,
    pub position: u64,
    pub end: Option<u64>,
    pub held_before: u64,
    pub holds_bytes: bool,
    pub is_on_demand: bool,
    pub hash_expected: bool,
    pub if_range_refused: bool,
    pub ranges_refused: bool,
    pub moved: bool,
    pub redirected: bool,
    pub form: Form,
    pub has_mirrors: bool,
    pub is_of_other_source: bool,
}

impl KnownVersion {
    /// The copy of a view.
    pub fn of(content: &Content<'_>) -> Self {
        Self {
            ranges: content.ranges.to_vec(),
            size: content.size,
            validator: content.validator.cloned(),
            position: content.position,
            end: content.end,
            held_before: content.held_before,
            holds_bytes: content.holds_bytes,
            is_on_demand: content.is_on_demand,
            hash_expected: content.hash_expected,
            if_range_refused: content.if_range_refused,
            ranges_refused: content.ranges_refused,
            moved: content.moved,
            redirected: content.redirected,
            form: content.form,
            has_mirrors: content.has_mirrors,
            is_of_other_source: content.is_of_other_source,
        }
    }

    /// The view of it, with the address that is asked.
    pub fn content<'a>(&'a self, url: &'a str) -> Content<'a> {
        Content {
            url,
            ranges: &self.ranges,
            size: self.size,
            validator: self.validator.as_ref(),
            position: self.position,
            end: self.end,
            held_before: self.held_before,
            holds_bytes: self.holds_bytes,
            is_on_demand: self.is_on_demand,
            hash_expected: self.hash_expected,
            if_range_refused: self.if_range_refused,
            ranges_refused: self.ranges_refused,
            moved: self.moved,
            redirected: self.redirected,
            form: self.form,
            has_mirrors: self.has_mirrors,
            is_of_other_source: self.is_of_other_source,
        }
    }
}
