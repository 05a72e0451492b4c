//! How many requests for one file a server took at the same time, where it refused more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// So long a server is asked for no more than it took: a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// Servers that are remembered, in 16 KB. The one that refused longest ago is forgotten
/// for another one.
const SERVERS_MAX: usize = 256;

/// The servers that refused a request for a file beside others: their name, how many they
/// took, and when that was, in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLimits(BTreeMap<String, (u32, i64)>);

impl ServerLimits {
    /// Remembers that a server takes so many.
    pub fn add(&mut self, server: &str, most: u32, unix_ms: i64) {
        self.0.insert(server.to_owned(), (most, unix_ms));
        while self.0.len() > SERVERS_MAX {
            let oldest = self.0.iter().min_by_key(|(_, (_, since_ms))| *since_ms);
            let Some(oldest) = oldest.map(|(server, _)| server.clone()) else {
                return;
            };
            self.0.remove(&oldest);
        }
    }

    /// How many requests for one file a server takes, if it refused more within a day. A
    /// clock that was set back ends that, too.
    pub fn most(&self, server: &str, unix_ms: i64) -> Option<u32> {
        let (most, since_ms) = self.0.get(server)?;
        (0..KEPT_MS).contains(&(unix_ms - since_ms)).then_some(*most)
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

#[cfg(test)]
mod tests {
    use super::{KEPT_MS, SERVERS_MAX, ServerLimits};

    #[test]
    fn a_limit_holds_for_a_day() {
        let mut limits = ServerLimits::default();
        limits.add("http://one", 2, 1_000);
        assert_eq!(limits.most("http://one", 1_000), Some(2));
        assert_eq!(limits.most("http://one", 999 + KEPT_MS), Some(2));
        assert_eq!(limits.most("http://one", 1_000 + KEPT_MS), None);
        assert_eq!(limits.most("http://one", 999), None, "the clock was set back");
        assert_eq!(limits.most("http://other", 1_000), None);
        assert_eq!(ServerLimits::from_bytes(&limits.to_bytes()), limits);
        assert_eq!(ServerLimits::from_bytes(b"damaged"), ServerLimits::default());
    }

    #[test]
    fn the_oldest_is_forgotten_for_another_one() {
        let mut limits = ServerLimits::default();
        for number in 0..=SERVERS_MAX {
            limits.add(&format!("http://{number}"), 1, 5_000 - number as i64);
        }
        assert_eq!(limits.most(&format!("http://{SERVERS_MAX}"), 5_000), None);
        assert_eq!(limits.most("http://0", 5_000), Some(1));
    }
}
