//! How far the local clock is ahead of UTC, by the system's time zone.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How far ahead changes of the clock are looked for: more than two weeks, in which a window
/// opens that ever does.
const AHEAD_MS: i64 = 40 * 24 * 3_600_000;

/// How many seconds the local clock is ahead of UTC at a moment, milliseconds since 1970,
/// and when and to what that changes in the weeks after it. UTC where the system does not
/// say in which time zone it is.
pub fn local_offsets(unix_ms: i64) -> (i32, Vec<(i64, i32)>) {
    offsets(&TimeZone::system(), unix_ms)
}

fn offsets(zone: &TimeZone, unix_ms: i64) -> (i32, Vec<(i64, i32)>) {
    let Ok(at) = Timestamp::from_millisecond(unix_ms) else {
        return (0, Vec::new());
    };
    let changes = zone
        .following(at)
        .map(|change| (change.timestamp().as_millisecond(), change.offset().seconds()))
        .take_while(|(change_ms, _)| *change_ms <= unix_ms.saturating_add(AHEAD_MS));
    (zone.to_offset(at).seconds(), changes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-29 01:00 UTC, when summer time begins in Europe.
    const SPRING_MS: i64 = 1_774_746_000_000;
    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn a_change_of_the_clock_that_comes_is_known() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a time zone");
        let day = offsets(&berlin, SPRING_MS - 24 * HOUR_MS);
        assert_eq!(day, (3_600, vec![(SPRING_MS, 7_200)]));
        assert_eq!(offsets(&berlin, SPRING_MS - 1), (3_600, vec![(SPRING_MS, 7_200)]));
        assert_eq!(offsets(&berlin, SPRING_MS), (7_200, Vec::new()));
        assert_eq!(offsets(&berlin, SPRING_MS - 41 * 24 * HOUR_MS), (3_600, Vec::new()));
    }

    #[test]
    fn a_clock_that_is_out_of_range_is_utc() {
        assert_eq!(local_offsets(i64::MAX), (0, Vec::new()));
    }
}
