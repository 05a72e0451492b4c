//! The clocks, read in one place.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Now;

/// The present moment, with a fresh random number.
pub fn now() -> Now {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Now {
        monotonic_ms: monotonic_ms(),
        unix_ms: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        jitter_permille: fastrand::u32(0..1000),
    }
}

/// Milliseconds of a clock that never jumps and counts system sleep.
pub fn monotonic_ms() -> u64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    // Elsewhere the monotonic clock itself counts sleep.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = rustix::time::ClockId::Monotonic;
    let time = rustix::time::clock_gettime(clock);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1000
        + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
}
