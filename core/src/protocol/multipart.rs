//! What is stored of an upload that goes in parts.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::vocab::is_initial;

use super::upload::Span;

/// What is stored of an upload in parts.
///
/// A part is missing, on its way, lost on it, or held by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Multipart {
    /// The region that the server told; None = as its name says.
    pub region: Option<String>,
    /// How far the server's clock is ahead of ours, in milliseconds, where it
    /// refused a request for that.
    #[serde(skip_serializing_if = "is_initial")]
    pub skew_ms: i64,
    /// Bytes of each part but the last.
    pub part_bytes: u64,
    /// The ETags of the parts that the server holds, by their numbers from 1.
    pub parts: BTreeMap<u32, String>,
    /// The parts that are on their way.
    pub sent: BTreeSet<u32>,
    /// Parts that may have arrived, for all that is known: the server is asked
    /// before one of them is sent again.
    pub lost: BTreeSet<u32>,
    /// The part that was begun last. The next one is behind it, so that one that
    /// was refused has its turn after the others.
    pub last: u32,
    /// Parts that failed, less those that went well since: so many fewer are sent
    /// at a time. What is too much for a slow link comes down to one.
    pub failures: u32,
    /// The last part that was listed, while the list is not at its end.
    pub listed: u32,
    /// A part that nobody waits for may still be stored, even when the upload is
    /// forgotten.
    pub strays: bool,
    /// The server said that it forgot the upload; it is asked whether it did.
    pub aborted: bool,
    /// What cancels the upload without the job's credentials.
    pub permit: Option<PresignedRequests>,
}

impl Multipart {
    /// Forgets the upload, but not how to reach the server.
    pub fn leave(&mut self) {
        let (region, skew_ms) = (self.region.take(), self.skew_ms);
        *self = Self { region, skew_ms, ..Self::default() };
    }

    /// A part is on its way.
    pub fn begin(&mut self, number: u32) {
        self.sent.insert(number);
        self.last = number;
    }

    /// Nothing is on its way any more. True if something was: the server is to be
    /// asked what became of it.
    pub fn interrupt(&mut self) -> bool {
        self.strays |= !self.sent.is_empty();
        self.lost.append(&mut self.sent);
        self.failures = 0;
        !self.lost.is_empty()
    }

    /// Bytes of the parts that the server holds.
    pub fn held(&self, size: u64) -> u64 {
        self.parts.keys().map(|number| self.span(*number, size).length).sum()
    }

    /// What of a file of that size goes into a part.
    pub fn span(&self, number: u32, size: u64) -> Span {
        let first = u64::from(number.saturating_sub(1)).saturating_mul(self.part_bytes);
        Span { first, length: self.part_bytes.min(size.saturating_sub(first)) }
    }

    /// The parts that may be sent, in the order in which they are begun. Those
    /// that are on their way are among them.
    pub fn missing(&self, size: u64) -> impl Iterator<Item = u32> {
        let count = u32::try_from(size.div_ceil(self.part_bytes.max(1))).unwrap_or(u32::MAX);
        let all = (self.last.saturating_add(1)..=count).chain(1..=self.last.min(count));
        all.filter(|number| !self.parts.contains_key(number) && !self.lost.contains(number))
    }
}

/// Requests that were signed beforehand. They can forget one upload, and
/// nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresignedRequests {
    /// DELETE makes the server forget the upload.
    pub cancel_url: String,
    /// GET lists its parts.
    pub check_url: String,
    /// When they were signed, in milliseconds since 1970.
    pub signed_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_and_clock_are_of_the_server_and_the_rest_of_the_upload() {
        let region = Some("eu-west-1".to_owned());
        let parts = BTreeMap::from([(1, "x".to_owned())]);
        let mut state = Multipart {
            region: region.clone(),
            skew_ms: 5,
            parts,
            listed: 1,
            ..Multipart::default()
        };
        state.leave();
        assert_eq!(state, Multipart { region, skew_ms: 5, ..Multipart::default() });
    }
}
