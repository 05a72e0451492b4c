//! Speed and remaining time, from samples of progress.

/// The time over which speed is averaged. Long enough that a number on a
/// screen can be read, short enough that a stall shows.
const WINDOW_MS: f64 = 3_000.0;

/// What must weigh in before there is a speed, about a second. The first bytes come
/// out of buffers of the system, or go into them, in no time.
const OBSERVED_MS_MIN: f64 = 800.0;

/// A moving average of bytes per second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meter {
    last: Option<(u64, u64)>,
    /// Of the last seconds: what is longer ago weighs less.
    bytes: f64,
    elapsed_ms: f64,
}

impl Meter {
    /// Takes the position at a moment of the monotonic clock.
    pub fn sample(&mut self, now_ms: u64, position: u64) {
        let Some((then_ms, then)) = self.last else {
            self.last = Some((now_ms, position));
            return;
        };
        let elapsed_ms = now_ms.saturating_sub(then_ms);
        if elapsed_ms == 0 {
            return;
        }
        self.last = Some((now_ms, position));
        if position < then {
            return;
        }
        let (elapsed_ms, bytes) = (elapsed_ms as f64, (position - then) as f64);
        let kept = (-elapsed_ms / WINDOW_MS).exp();
        self.bytes = self.bytes * kept + bytes;
        self.elapsed_ms = self.elapsed_ms * kept + elapsed_ms;
    }

    /// Bytes per second; 0 as long as it is not known.
    pub fn speed(&self) -> u64 {
        self.bytes_per_second() as u64
    }

    /// Seconds until `left` bytes are done at this speed; None at a standstill,
    /// and as long as the speed is not known.
    pub fn seconds_left(&self, left: u64) -> Option<u64> {
        let speed = self.bytes_per_second();
        (speed >= 1.0).then(|| (left as f64 / speed).ceil() as u64)
    }

    fn bytes_per_second(&self) -> f64 {
        if self.elapsed_ms < OBSERVED_MS_MIN {
            return 0.0;
        }
        self.bytes * 1000.0 / self.elapsed_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_burst_is_no_speed() {
        // What the system's buffers take at once, and then 8 MB/s.
        let mut meter = Meter::default();
        meter.sample(0, 65_536);
        meter.sample(10, 2_700_000);
        assert_eq!((meter.speed(), meter.seconds_left(100_000_000)), (0, None));
        for ms in (100..=1_100).step_by(100) {
            meter.sample(ms, 2_700_000 + 8_000 * ms);
        }
        assert!((8_000_000..12_000_000).contains(&meter.speed()), "{}", meter.speed());
        assert!((8..=12).contains(&meter.seconds_left(100_000_000).unwrap_or(0)));
    }

    #[test]
    fn speed_follows_what_happens() {
        let mut meter = Meter::default();
        for ms in (0..=10_000).step_by(100) {
            meter.sample(ms, 1_000 * ms);
        }
        assert!((990_000..=1_010_000).contains(&meter.speed()), "{}", meter.speed());
        for ms in (10_100..=25_000).step_by(100) {
            meter.sample(ms, 10_000_000 + 100 * (ms - 10_000));
        }
        assert!((95_000..=115_000).contains(&meter.speed()), "{}", meter.speed());
        // A file began anew.
        meter.sample(25_100, 0);
        assert!((95_000..=115_000).contains(&meter.speed()), "{}", meter.speed());
    }
}
