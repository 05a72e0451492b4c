//! How many requests for one file a server took at the same time, where it refused more, how
//! many of them were worth their while, and how long their ranges may be.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// So long a server is asked for no more than it took, and for as many as were worth their
/// while: a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// Servers that are remembered, in 16 KB. The one that was heard of longest ago is forgotten
/// for another one.
const SERVERS_MAX: usize = 256;

/// What is remembered of servers, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLimits(BTreeMap<String, ServerLimit>);

/// What is remembered of one server, and since when, in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ServerLimit {
    /// It refused more requests than these.
    most: Option<(u32, i64)>,
    good: Option<(GoodStart, i64)>,
    /// It took a range of so many bytes, and refused longer ones.
    #[serde(default)]
    longest_range: Option<(u64, i64)>,
}

/// Requests for one file that together were faster than half as many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodStart {
    /// How many.
    pub requests: u32,
    /// What one of them brought in a second, in bytes.
    pub rate_of_one: u64,
}

impl ServerLimits {
    /// Remembers that a server takes so many.
    pub fn limit(&mut self, server: &str, most: u32, unix_ms: i64) {
        self.entry(server).most = Some((most, unix_ms));
        self.bound();
    }

    /// Remembers how many were worth their while.
    pub fn add_good_start(&mut self, server: &str, good: GoodStart, unix_ms: i64) {
        self.entry(server).good = Some((good, unix_ms));
        self.bound();
    }

    /// Remembers that a server takes ranges of so many bytes and refuses longer ones.
    pub fn limit_range(&mut self, server: &str, longest: u64, unix_ms: i64) {
        self.entry(server).longest_range = Some((longest, unix_ms));
        self.bound();
    }

    /// Forgets that a server refuses long ranges.
    pub fn forget_range(&mut self, server: &str) {
        if let Some(limit) = self.0.get_mut(server) {
            limit.longest_range = None;
        }
    }

    /// How many bytes a range may have, if the server refused longer ones within a day.
    pub fn longest_range(&self, server: &str, unix_ms: i64) -> Option<u64> {
        still_holds(self.0.get(server)?.longest_range, unix_ms)
    }

    /// How many requests for one file a server takes, if it refused more within a day. A
    /// clock that was set back ends that, too.
    pub fn most(&self, server: &str, unix_ms: i64) -> Option<u32> {
        still_holds(self.0.get(server)?.most, unix_ms)
    }

    /// With how many requests a file of a server may begin, if so many were worth their while
    /// within a day.
    pub fn good_start(&self, server: &str, unix_ms: i64) -> Option<GoodStart> {
        still_holds(self.0.get(server)?.good, unix_ms)
    }

    fn entry(&mut self, server: &str) -> &mut ServerLimit {
        self.0.entry(server.to_owned()).or_default()
    }

    fn bound(&mut self) {
        while self.0.len() > SERVERS_MAX {
            let oldest = self.0.iter().min_by_key(|(_, limit)| limit.heard_ms());
            let Some(oldest) = oldest.map(|(server, _)| server.clone()) else {
                return;
            };
            self.0.remove(&oldest);
        }
    }

    /// The form in which they are stored.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Nothing in it can fail; without it a server is asked once more.
        rmp_serde::to_vec(self).unwrap_or_default()
    }

    /// What [`ServerLimits::to_bytes`] made; none if it is something else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        rmp_serde::from_slice(bytes).unwrap_or_default()
    }
}

impl ServerLimit {
    fn heard_ms(&self) -> Option<i64> {
        let most_ms = self.most.map(|(_, since_ms)| since_ms);
        let good_ms = self.good.map(|(_, since_ms)| since_ms);
        let range_ms = self.longest_range.map(|(_, since_ms)| since_ms);
        most_ms.max(good_ms).max(range_ms)
    }
}

fn still_holds<T>(remembered: Option<(T, i64)>, unix_ms: i64) -> Option<T> {
    let (what, since_ms) = remembered?;
    (0..KEPT_MS).contains(&(unix_ms - since_ms)).then_some(what)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{GoodStart, KEPT_MS, SERVERS_MAX, ServerLimits};

    #[test]
    fn a_limit_holds_for_a_day() {
        let mut limits = ServerLimits::default();
        limits.limit("http://one", 2, 1_000);
        assert_eq!(limits.most("http://one", 1_000), Some(2));
        assert_eq!(limits.most("http://one", 999 + KEPT_MS), Some(2));
        assert_eq!(limits.most("http://one", 1_000 + KEPT_MS), None);
        assert_eq!(limits.most("http://one", 999), None, "the clock was set back");
        assert_eq!(limits.most("http://other", 1_000), None);
        assert_eq!(ServerLimits::from_bytes(&limits.to_bytes()), limits);
        assert_eq!(ServerLimits::from_bytes(b"damaged"), ServerLimits::default());
    }

    #[test]
    fn a_good_start_is_remembered_beside_a_limit_for_a_day() {
        let good = GoodStart { requests: 8, rate_of_one: 1 << 20 };
        let mut limits = ServerLimits::default();
        limits.add_good_start("http://one", good, 1_000);
        assert_eq!(limits.most("http://one", 1_000), None);
        limits.limit("http://one", 4, 5_000);
        assert_eq!(limits.good_start("http://one", 999 + KEPT_MS), Some(good));
        assert_eq!(limits.good_start("http://one", 1_000 + KEPT_MS), None);
        assert_eq!(limits.most("http://one", 1_000 + KEPT_MS), Some(4));
        assert_eq!(limits.good_start("http://other", 1_000), None);
        assert_eq!(ServerLimits::from_bytes(&limits.to_bytes()), limits);
    }

    #[test]
    fn the_longest_range_is_remembered_for_a_day() {
        let mut limits = ServerLimits::default();
        limits.limit_range("http://one", 4 << 20, 1_000);
        assert_eq!(limits.longest_range("http://one", 999 + KEPT_MS), Some(4 << 20));
        assert_eq!(limits.longest_range("http://one", 1_000 + KEPT_MS), None);
        assert_eq!(limits.most("http://one", 1_000), None);
        assert_eq!(ServerLimits::from_bytes(&limits.to_bytes()), limits);
        limits.forget_range("http://one");
        assert_eq!(limits.longest_range("http://one", 1_000), None);
    }

    #[test]
    fn what_an_older_version_stored_is_read() {
        type Old = BTreeMap<String, (Option<(u32, i64)>, Option<(GoodStart, i64)>)>;
        let good = GoodStart { requests: 8, rate_of_one: 1 << 20 };
        let old = Old::from([("http://one".to_owned(), (Some((2, 5)), Some((good, 6))))]);
        let limits = ServerLimits::from_bytes(&rmp_serde::to_vec(&old).expect("bytes"));
        assert_eq!(limits.most("http://one", 5), Some(2));
        assert_eq!(limits.good_start("http://one", 6), Some(good));
    }

    #[test]
    fn the_oldest_is_forgotten_for_another_one() {
        let mut limits = ServerLimits::default();
        for number in 0..=SERVERS_MAX {
            limits.limit(&format!("http://{number}"), 1, 5_000 - number as i64);
        }
        assert_eq!(limits.most(&format!("http://{SERVERS_MAX}"), 5_000), None);
        assert_eq!(limits.most("http://0", 5_000), Some(1));
    }
}
