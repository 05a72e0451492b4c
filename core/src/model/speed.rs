//! Speed and remaining time, from samples of progress.

/// The time over which speed is averaged. Long enough that a number on a
/// screen can be read, short enough that a stall shows.
const WINDOW_MS: f64 = 3_000.0;

/// A moving average of bytes per second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meter {
    last: Option<(u64, u64)>,
    bytes_per_second: f64,
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
        let weight = 1.0 - (-elapsed_ms / WINDOW_MS).exp();
        let rate = bytes * 1000.0 / elapsed_ms;
        let first = self.bytes_per_second == 0.0;
        self.bytes_per_second += if first { rate } else { weight * (rate - self.bytes_per_second) };
    }

    /// Bytes per second.
    pub fn speed(&self) -> u64 {
        self.bytes_per_second as u64
    }

    /// Seconds until `left` bytes are done at this speed; None at a standstill.
    pub fn seconds_left(&self, left: u64) -> Option<u64> {
        (self.bytes_per_second >= 1.0).then(|| (left as f64 / self.bytes_per_second).ceil() as u64)
    }
}
