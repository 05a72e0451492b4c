//! How fast background downloads may be: fast enough to fill a link that nobody else uses, and
//! slow as soon as somebody does. In the manner of LEDBAT++ and of its receiver's side (RFC 9840):
//! what is added to the shortest round trip is time in a queue, and a queue that we did not make
//! is that of another one.
//!
//! It is a function of what is seen and of the time, and touches no connection.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// So much time in a queue is ours to make, and more is a sign of others. The half of it is
/// what we make; it is well below what a queue that is too long adds.
pub const TARGET: Duration = Duration::from_millis(25);

/// So much goes on whatever others do, in bytes a second: a download that yields forever ends
/// nevertheless. It is a rate, as a number of segments would be next to nothing on a long path.
pub const RATE_MIN: u64 = 16 * 1024;

/// It begins with so many bytes in a round trip, as TCP does.
const FIRST_BYTES: u64 = 10 * 1448;

/// No round trip is taken for shorter than this when it begins.
const FIRST_ROUND_TRIP: Duration = Duration::from_millis(10);

/// A change shows in what is measured after two round trips, and this much for the rest.
const SLACK: Duration = Duration::from_millis(20);

/// The delay that counts is the least one within a round trip, and at least within this time:
/// the bytes of one burst wait for one another.
const FILTER_MIN: Duration = Duration::from_millis(100);

/// After others were seen nothing happens until the queue was short for so long; twice as long
/// each time that they come back soon.
const QUIET_MIN: Duration = Duration::from_secs(1);
const QUIET_MAX: Duration = Duration::from_secs(16);
const SOON: Duration = Duration::from_secs(15);

/// What was seen of all background connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// What a round trip takes now beyond the shortest one.
    pub delay: Duration,
    /// The shortest one.
    pub shortest: Duration,
    /// Bytes a second that came during the last round trip.
    pub received: u64,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Much more each time, until a queue begins.
    Start,
    /// A little more each time, until the queue is as long as it may be. `confirmed` once a queue that
    /// the start made has had time to become short: until then a long one is our own.
    Steady { confirmed: bool },
    /// Others use the link.
    Yield,
}

/// The pace of all background downloads together.
#[derive(Clone, Debug)]
pub struct Background {
    /// Bytes a second, if the queue is as long as [`window`] has it.
    rate: u64,
    phase: Phase,
    /// Until then what was changed does not show.
    hold: Instant,
    /// Delays of the last round trip.
    delays: VecDeque<(Instant, Duration)>,
    /// Since when the queue has been short.
    short_since: Option<Instant>,
    /// For how long it must be before it begins again, and when it did.
    quiet: Duration,
    began: Instant,
}

/// How many bytes may be under way at a rate: those of the shortest round trip, and of four
/// fifths of the target in the queue. So the queue has an end whatever else happens.
pub fn window(rate: u64, shortest: Duration) -> u64 {
    of_time(rate, shortest + TARGET * 4 / 5)
}

impl Background {
    /// Nothing has been seen but the shortest round trip.
    pub fn new(shortest: Duration, now: Instant) -> Self {
        Self {
            rate: first_rate(shortest),
            phase: Phase::Start,
            hold: now,
            delays: VecDeque::new(),
            short_since: None,
            quiet: QUIET_MIN,
            began: now,
        }
    }

    /// Bytes a second of all of them together.
    pub fn rate(&self) -> u64 {
        self.rate
    }

    /// True while it makes way for others.
    pub fn yields(&self) -> bool {
        self.phase == Phase::Yield
    }

    /// Follows what was seen.
    pub fn see(&mut self, sight: Sight, now: Instant) {
        let delay = self.filter(sight, now);
        let round_trip = sight.shortest + delay;
        if delay > TARGET / 2 {
            self.short_since = None;
        } else if self.short_since.is_none() {
            self.short_since = Some(now);
        }
        if now < self.hold {
            return;
        }
        let shows_after = round_trip * 2 + SLACK;
        // What would come if the windows were used. On a short path that is more than anybody has.
        let counted = round_trip.max(FIRST_ROUND_TRIP + TARGET * 4 / 5);
        let expected = per_second(window(self.rate, sight.shortest), counted);
        match self.phase {
            Phase::Start if delay > TARGET / 4 => {
                // What came is what the link carries. The queue is to become short again.
                let carried = of_time(sight.received, sight.shortest + TARGET * 2 / 5);
                let rate = per_second(carried, sight.shortest + TARGET * 4 / 5);
                self.rate = self.rate.min(rate).max(RATE_MIN);
                self.phase = Phase::Steady { confirmed: false };
                self.hold = now + shows_after * 2;
            }
            Phase::Start if sight.received >= expected / 100 * 85 => {
                self.rate = self.rate / 4 * 5;
                self.hold = now + shows_after;
            }
            Phase::Steady { confirmed: false } => {
                if delay > TARGET {
                    self.rate = (self.rate / 10 * 9).max(RATE_MIN);
                    self.hold = now + shows_after;
                }
                self.phase = Phase::Steady { confirmed: true };
            }
            Phase::Steady { .. } if delay > TARGET => {
                let is_soon = now.saturating_duration_since(self.began) < SOON;
                self.quiet = if is_soon { (self.quiet * 2).min(QUIET_MAX) } else { QUIET_MIN };
                self.short_since = None;
                self.rate = (self.rate / 4).max(RATE_MIN);
                self.phase = Phase::Yield;
                self.hold = now + shows_after;
            }
            Phase::Steady { .. } if delay < TARGET / 2 && sight.received >= expected / 5 * 4 => {
                self.rate += if delay < TARGET / 4 { self.rate / 10 } else { self.rate / 50 };
                self.hold = now + shows_after;
            }
            // The connections do not use what they may.
            Phase::Start | Phase::Steady { .. } => {}
            Phase::Yield if self.has_been_quiet(now) => {
                self.phase = Phase::Start;
                self.began = now;
                self.rate = self.rate.max(first_rate(round_trip));
                self.hold = now + shows_after;
            }
            Phase::Yield => {
                self.rate = (self.rate / 2).max(RATE_MIN);
                self.hold = now + shows_after;
            }
        }
    }

    /// The least delay of the last round trip.
    fn filter(&mut self, sight: Sight, now: Instant) -> Duration {
        let span = FILTER_MIN.max(sight.shortest + sight.delay);
        self.delays.retain(|(at, _)| now.saturating_duration_since(*at) <= span);
        self.delays.push_back((now, sight.delay));
        self.delays.iter().map(|(_, delay)| *delay).min().unwrap_or(sight.delay)
    }

    fn has_been_quiet(&self, now: Instant) -> bool {
        self.short_since.is_some_and(|since| now.saturating_duration_since(since) >= self.quiet)
    }
}

fn first_rate(round_trip: Duration) -> u64 {
    per_second(FIRST_BYTES, round_trip.max(FIRST_ROUND_TRIP) + TARGET * 4 / 5)
}

/// The bytes of a rate within a time.
pub fn of_time(rate: u64, time: Duration) -> u64 {
    u64::try_from(u128::from(rate) * time.as_nanos() / 1_000_000_000).unwrap_or(u64::MAX)
}

/// So many bytes within a time, as a rate.
pub fn per_second(bytes: u64, time: Duration) -> u64 {
    let nanos = time.as_nanos().max(1);
    u64::try_from(u128::from(bytes) * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
}
