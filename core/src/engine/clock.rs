//! The clocks, read in one place.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Now;

pub use crate::platform::monotonic_ms;

/// The present moment, with a fresh random number.
pub fn now() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now {
        monotonic_ms: monotonic_ms(),
        unix_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        jitter_permille: fastrand::u32(0..1000),
    }
}
