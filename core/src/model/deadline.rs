//! Time as an argument.

use serde::{Deserialize, Serialize};

use crate::vocab::is_initial;

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
    /// How far away it was when it was last looked at, if it counts only time in
    /// which the machine runs.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub left_ms: Option<u64>,
}

impl Deadline {
    /// The moment `delay_ms` after `now`.
    pub fn after(now: Now, delay_ms: u64) -> Self {
        Self {
            monotonic_ms: now.monotonic_ms.saturating_add(delay_ms),
            unix_ms: now.unix_ms.saturating_add(i64::try_from(delay_ms).unwrap_or(i64::MAX)),
            delay_ms,
            left_ms: None,
        }
    }

    /// The same moment, remembered by how far away it is now.
    pub fn looked_at(self, now: Now) -> Self {
        Self { left_ms: Some(self.monotonic_ms.saturating_sub(now.monotonic_ms)), ..self }
    }

    /// As far away after a reboot as it was when it was last looked at: neither the
    /// time in which the machine was off nor the wall clock counts. Without
    /// `is_reboot` nobody knows whether this is still the same boot: then what its
    /// clock says has passed counts, which is never too much.
    pub fn after_pause(&self, now: Now, is_reboot: bool) -> Self {
        let left = self.left_ms.unwrap_or(self.delay_ms).min(self.delay_ms);
        let looked_at_ms = self.monotonic_ms.saturating_sub(left);
        let passed = if is_reboot { 0 } else { now.monotonic_ms.saturating_sub(looked_at_ms) };
        let left = left.saturating_sub(passed);
        Self { delay_ms: self.delay_ms, left_ms: Some(left), ..Self::after(now, left) }
    }

    /// The moment that is `delay_ms` after the same beginning.
    pub fn with_delay(&self, delay_ms: u64) -> Self {
        let longer = i128::from(delay_ms) - i128::from(self.delay_ms);
        let monotonic_ms = (i128::from(self.monotonic_ms) + longer).max(0);
        let unix_ms = (i128::from(self.unix_ms) + longer).max(0);
        let left_ms = self.left_ms.map(|left| (i128::from(left) + longer).max(0));
        Self {
            monotonic_ms: u64::try_from(monotonic_ms).unwrap_or(u64::MAX),
            unix_ms: i64::try_from(unix_ms).unwrap_or(i64::MAX),
            delay_ms,
            left_ms: left_ms.map(|left| u64::try_from(left).unwrap_or(u64::MAX)),
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
