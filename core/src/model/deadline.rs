//! Time as an argument.

use serde::{Deserialize, Serialize};

/// The moment an input arrives. Nothing in the model reads a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Milliseconds of a clock that never jumps and counts system sleep.
    pub monotonic_ms: u64,
    /// Milliseconds since 1970: what is stored and shown.
    pub unix_ms: i64,
    /// A random number of 0..1000 for retry jitter.
    pub jitter_permille: u32,
}

/// A moment in the future that a jump of the wall clock does not move.
///
/// The monotonic part decides while this boot of the machine lasts; the wall
/// part is for people, and for the first start after a reboot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// On the monotonic clock.
    pub monotonic_ms: u64,
    /// On the wall clock, milliseconds since 1970.
    pub unix_ms: i64,
    /// How far away it was when it was set.
    pub delay_ms: u64,
}

impl Deadline {
    /// The moment `delay_ms` after `now`.
    pub fn after(now: Now, delay_ms: u64) -> Self {
        Self {
            monotonic_ms: now.monotonic_ms.saturating_add(delay_ms),
            unix_ms: now.unix_ms.saturating_add(i64::try_from(delay_ms).unwrap_or(i64::MAX)),
            delay_ms,
        }
    }

    /// True once it has come.
    pub fn is_over(&self, now: Now) -> bool {
        now.monotonic_ms >= self.monotonic_ms
    }

    /// The same moment after a reboot, when the monotonic clock began anew: by
    /// the wall clock, but never further away than it first was.
    pub fn after_reboot(&self, now: Now) -> Self {
        let left = u64::try_from(self.unix_ms.saturating_sub(now.unix_ms)).unwrap_or(0);
        Self { delay_ms: self.delay_ms, ..Self::after(now, left.min(self.delay_ms)) }
    }
}
