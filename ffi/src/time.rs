//! Times as Windows counts them: steps of 100 ns since 1601.

/// From 1601 to 1970, in milliseconds.
const UNIX_EPOCH_MS: i64 = 11_644_473_600_000;

const STEPS_PER_MS: u64 = 10_000;

/// Milliseconds since 1970 as a time of the interface. What lies before 1601
/// becomes 0, what is too late becomes the last time there is.
pub(crate) fn from_unix_ms(unix_ms: i64) -> u64 {
    let since_1601_ms = unix_ms.saturating_add(UNIX_EPOCH_MS);
    u64::try_from(since_1601_ms).unwrap_or(0).saturating_mul(STEPS_PER_MS)
}

/// Milliseconds since 1970 of a time.
///
/// A time is a number of steps of 100 ns since the beginning of 1601 (UTC), as
/// in a FILETIME; 0 means that there is none.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_time_to_unix_ms(time: u64) -> i64 {
    (time / STEPS_PER_MS).cast_signed() - UNIX_EPOCH_MS
}

/// The time of a number of milliseconds since 1970.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_time_from_unix_ms(unix_ms: i64) -> u64 {
    from_unix_ms(unix_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_there_and_back() {
        assert_eq!(from_unix_ms(0), 116_444_736_000_000_000);
        for unix_ms in [0, 1, -1, 1_700_000_000_123] {
            assert_eq!(bgcopy_time_to_unix_ms(from_unix_ms(unix_ms)), unix_ms);
        }
        assert_eq!(from_unix_ms(i64::MIN), 0);
        assert_eq!(from_unix_ms(i64::MAX), u64::MAX);
    }
}
