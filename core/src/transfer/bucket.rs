//! A token bucket: how many bytes a rate limit lets pass by now.

use std::time::{Duration, Instant};

/// Credit is counted in billionths of a byte, so that rounding costs no rate anything.
const PER_BYTE: u128 = 1_000_000_000;

/// What nobody takes is saved for so long and no longer: it is what may come at once when
/// transfers begin.
const SAVED: Duration = Duration::from_millis(100);

/// While somebody waits more is saved, as the engine may be late: no second has more than one
/// and a half times its bytes even then.
const SAVED_WAITING: Duration = Duration::from_millis(500);

/// Bytes worth a turn: those of 20 ms, so that windows of TCP stay open; where these are few,
/// up to those of 100 ms, so that the engine does not wake up for a handful.
const TURNS_PER_SECOND_MAX: u64 = 50;
const TURNS_PER_SECOND_MIN: u64 = 10;
const TURN_BYTES: u64 = 4 * 1024;

/// What one of many that wait gets in its turn, if a turn has so much: what libcurl delivers
/// at once.
const PIECE_BYTES: u64 = 16 * 1024;

/// The bytes that a rate limit lets pass. By a time t it has let pass at most its rate
/// times t, and what it had saved.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Bytes a second; 0 for no limit.
    rate: u64,
    /// Bytes that may pass, in billionths.
    credit: u128,
    /// Until when they are counted.
    counted: Instant,
    /// How many wait for it.
    waiting: u64,
    /// Of a round of turns: what is left to give out, and how much each gets.
    budget: u64,
    share: u64,
}

impl Bucket {
    /// A bucket that nobody has taken from for a while.
    pub fn new(rate: u64, now: Instant) -> Self {
        let mut bucket = Self { rate: 0, credit: 0, counted: now, waiting: 0, budget: 0, share: 0 };
        bucket.set_rate(rate, now);
        bucket
    }

    /// Another rate from now on.
    pub fn set_rate(&mut self, rate: u64, now: Instant) {
        self.refill(now);
        let had_none = self.rate == 0;
        self.rate = rate;
        let most = self.most(SAVED);
        self.credit = if had_none { most } else { self.credit.min(most) };
    }

    /// False if everything may pass.
    pub fn is_limited(&self) -> bool {
        self.rate > 0
    }

    /// True if nothing was taken for so long that it is as a new one.
    pub fn is_full(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.rate == 0 || self.credit >= self.most(SAVED)
    }

    /// How many bytes may pass now.
    pub fn available(&mut self, now: Instant) -> u64 {
        self.refill(now);
        self.bytes()
    }

    /// So many bytes pass.
    pub fn take(&mut self, bytes: u64) {
        self.credit = self.credit.saturating_sub(u128::from(bytes) * PER_BYTE);
    }

    /// One more waits, or one fewer.
    pub fn add_waiting(&mut self) {
        self.waiting += 1;
    }

    /// See [`Bucket::add_waiting`].
    pub fn remove_waiting(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// True if somebody waits for it.
    pub fn is_awaited(&self) -> bool {
        self.waiting > 0
    }

    /// When one that waits can have its turn.
    pub fn due(&self) -> Instant {
        let missing = (u128::from(self.piece()) * PER_BYTE).saturating_sub(self.credit);
        let left_ns = missing.div_ceil(u128::from(self.rate.max(1)));
        self.counted + Duration::from_nanos(u64::try_from(left_ns).unwrap_or(u64::MAX / 2))
    }

    /// Begins a round of turns of all that wait.
    pub fn begin_round(&mut self, now: Instant) {
        self.budget = self.available(now);
        // What is there after a delay is divided.
        self.share = self.piece().max(self.budget / self.waiting.max(1));
    }

    /// What each gets in this round.
    pub fn share(&self) -> u64 {
        self.share
    }

    /// True if so much is left in this round.
    pub fn has(&self, bytes: u64) -> bool {
        self.budget >= bytes
    }

    /// So much of this round is given out.
    pub fn give(&mut self, bytes: u64) {
        self.budget = self.budget.saturating_sub(bytes);
    }

    /// The least that one of those who wait gets in its turn.
    fn piece(&self) -> u64 {
        let turn = self.turn_bytes();
        (turn / self.waiting.max(1)).clamp(turn.min(PIECE_BYTES), turn)
    }

    fn turn_bytes(&self) -> u64 {
        let most = (self.rate / TURNS_PER_SECOND_MIN).min(TURN_BYTES);
        (self.rate / TURNS_PER_SECOND_MAX).max(most).max(1)
    }

    fn bytes(&self) -> u64 {
        u64::try_from(self.credit / PER_BYTE).unwrap_or(u64::MAX)
    }

    fn most(&self, saved: Duration) -> u128 {
        let of_time = u128::from(self.rate) * saved.as_nanos();
        of_time.max(u128::from(self.turn_bytes()) * PER_BYTE)
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.counted).as_nanos();
        self.counted = self.counted.max(now);
        let most = self.most(if self.is_awaited() { SAVED_WAITING } else { SAVED });
        let credit = self.credit.saturating_add(u128::from(self.rate).saturating_mul(passed));
        // What was saved for one who waited stays his.
        self.credit = credit.min(most).max(self.credit);
    }
}
