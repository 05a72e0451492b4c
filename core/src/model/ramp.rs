//! How many requests fetch one file at the same time: twice as many as long as that is
//! faster, half as many when the server refuses some.

use std::ops::Range;

use super::file::FileRecord;

/// Smaller files are fetched by one request: they are over before another one has begun.
pub const SPLIT_BYTES_MIN: u64 = 8 * 1024 * 1024;

/// The rate is measured over at least this time, and over three times the time to the
/// first byte: a new connection speeds up for some round trips.
const WINDOW_MS_MIN: u64 = 500;
const WINDOW_FIRST_BYTES: u64 = 3;

/// Windows become twice as long when two of them disagree, up to so many times: servers
/// that limit the rate send in bursts.
const WINDOWS_MAX: u64 = 8;

/// So long a step waits for the first byte of each of its requests.
const SETTLE_MS_MAX: u64 = 8_000;

/// A step that gained too little is tried once more after this time.
const TRY_AGAIN_MS: u64 = 30_000;

/// No request is added to a file that ends within this time, or within so many windows:
/// before it is known whether it gains anything it takes the connection of the first one.
const SOON_OVER_MS: u64 = 3_000;
const SOON_OVER_WINDOWS: u64 = 4;

/// A range is what one connection fetches in this time, within these bounds: long enough
/// that the round trip between two ranges does not count, short enough that the file grows
/// nearly from its start to its end.
const RANGE_MS: u64 = 2_000;
pub const RANGE_BYTES_MIN: u64 = 1024 * 1024;
const RANGE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Ranges that are begun ahead of the first gap: so many, or three for each request.
const RANGES_AHEAD: u64 = 16;
const RANGES_AHEAD_OF_EACH: u64 = 3;

/// The least rest of a range that is worth dividing.
const DIVISIBLE_BYTES_MIN: u64 = 128 * 1024;

/// A rest that takes longer than this is divided: a new request costs some round trips, and
/// often a connection.
const REST_MS_MAX: u64 = 500;

/// Bytes that a request brings within this time, or that are so near, are waited for: it takes
/// about as long until another request has its first byte.
const SOON_MS: u64 = 500;
const NEAR_BYTES: u64 = 256 * 1024;

/// What is measured of the requests of one file.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// On the monotonic clock.
    pub now_ms: u64,
    /// Bytes of the file that are held.
    pub held: u64,
    /// Bytes that are missing.
    pub missing: u64,
    /// Requests of which bytes have come.
    pub flowing: u32,
    /// The longest time from the beginning of one of them to its first byte.
    pub first_byte_ms: u64,
    /// False if this process was busy all the time, or held back by its rate limit: more
    /// requests gain nothing.
    pub has_idled: bool,
}

/// How many requests a file may have now, and why.
#[derive(Clone, Debug)]
pub struct Ramp {
    target: u32,
    /// What the job allows, and what the server took.
    allowed: u32,
    taken: u32,
    phase: Phase,
    /// The last step that was kept: how many requests, and their rate in bytes a second.
    base: Option<(u32, u64)>,
    /// The rate that was measured last.
    rate: u64,
    /// How many times as long as the shortest ones windows are.
    windows: u64,
    /// True once a step was tried again.
    tried_again: bool,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Since then some requests have no byte yet.
    Settling { since_ms: u64 },
    /// Since then, with so many bytes held then; and the rate of the window before.
    Measuring { since_ms: u64, held: u64, before: Option<u64> },
    /// Until then, or for good.
    Frozen { until_ms: Option<u64> },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Nothing to compare with yet.
    Base,
    Keep,
    Freeze,
    RollBack,
}

impl Ramp {
    /// One request, and up to `allowed` later on.
    pub fn new(allowed: u32, now_ms: u64) -> Self {
        Self {
            target: 1,
            allowed,
            taken: u32::MAX,
            phase: Phase::Settling { since_ms: now_ms },
            base: None,
            rate: 0,
            windows: 1,
            tried_again: false,
        }
    }

    /// Begins with as many requests as were worth their while before, each with that rate,
    /// unless so many bytes soon come by one.
    pub fn begin_with(&mut self, requests: u32, rate_of_one: u64, missing: u64) {
        if missing.saturating_mul(1000) / rate_of_one.max(1) >= SOON_OVER_MS {
            self.target = requests.min(self.most());
            self.rate = rate_of_one.saturating_mul(u64::from(self.target));
        }
    }

    /// How many requests the file may have.
    pub fn target(&self) -> u32 {
        self.target
    }

    /// Another number of requests is allowed.
    pub fn allow(&mut self, allowed: u32, now_ms: u64) {
        let grows = self.target >= self.most() && self.phase_is_over();
        self.allowed = allowed;
        self.target = self.target.min(self.most());
        if grows && self.target < self.most() {
            self.base = None;
            self.phase = Phase::Settling { since_ms: now_ms };
        }
    }

    /// One request more, for bytes that somebody waits for. False if no more are allowed.
    pub fn add_one(&mut self, now_ms: u64) -> bool {
        if self.target >= self.most() {
            return false;
        }
        self.target += 1;
        self.base = None;
        self.phase = Phase::Settling { since_ms: now_ms };
        true
    }

    /// The server takes so many and no more.
    pub fn limit(&mut self, taken: u32) {
        self.taken = taken.max(1);
        self.target = self.target.min(self.most());
    }

    /// True if the server refused more requests than there are.
    pub fn is_narrowed(&self) -> bool {
        self.taken < self.allowed && self.target >= self.taken
    }

    fn most(&self) -> u32 {
        self.allowed.min(self.taken).max(1)
    }

    fn phase_is_over(&self) -> bool {
        matches!(self.phase, Phase::Frozen { until_ms: None })
    }

    /// The length of a new range in bytes, of a file that so many are missing of: no range is
    /// more than half of the share of one request.
    pub fn range_bytes(&self, missing: u64) -> u64 {
        let requests = u64::from(self.target.max(1));
        let most = (missing / (2 * requests)).clamp(RANGE_BYTES_MIN, RANGE_BYTES_MAX);
        (self.rate_of_one().saturating_mul(RANGE_MS) / 1000).clamp(RANGE_BYTES_MIN, most)
    }

    /// What one request brings in a second, in bytes; 0 if that was not measured yet.
    pub fn rate_of_one(&self) -> u64 {
        self.rate_of_one_of(self.target)
    }

    /// The same, of so many requests that it was measured with.
    pub fn rate_of_one_of(&self, requests: u32) -> u64 {
        self.rate / u64::from(requests.max(1))
    }

    /// When it is to be asked again, on the monotonic clock.
    pub fn due_ms(&self, first_byte_ms: u64) -> Option<u64> {
        match self.phase {
            Phase::Settling { since_ms } => Some(since_ms + SETTLE_MS_MAX),
            Phase::Measuring { since_ms, .. } => Some(since_ms + self.window_ms(first_byte_ms)),
            Phase::Frozen { until_ms } => until_ms,
        }
    }

    /// Takes what was measured: the file may have more or fewer requests then. True if the
    /// requests that it had were worth their while.
    pub fn measure(&mut self, sample: Sample) -> bool {
        let now_ms = sample.now_ms;
        match self.phase {
            Phase::Settling { .. } if sample.flowing >= self.target => {
                self.phase = Phase::Measuring { since_ms: now_ms, held: sample.held, before: None };
            }
            Phase::Settling { since_ms } if now_ms >= since_ms + SETTLE_MS_MAX => {
                // There are no slots for more, or the server lets them wait.
                self.target = sample.flowing.max(1);
                self.freeze(now_ms);
            }
            Phase::Settling { .. } => {}
            Phase::Measuring { since_ms, held, before } => {
                let elapsed_ms = now_ms.saturating_sub(since_ms);
                if elapsed_ms >= self.window_ms(sample.first_byte_ms) {
                    let bytes = sample.held.saturating_sub(held);
                    self.rate = bytes.saturating_mul(1000) / elapsed_ms.max(1);
                    return self.end_window(sample, before);
                }
            }
            Phase::Frozen { until_ms: Some(until_ms) } if now_ms >= until_ms => {
                self.base = None;
                self.phase = Phase::Settling { since_ms: now_ms };
            }
            Phase::Frozen { .. } => {}
        }
        false
    }

    fn end_window(&mut self, sample: Sample, before: Option<u64>) -> bool {
        let again =
            |before| Phase::Measuring { since_ms: sample.now_ms, held: sample.held, before };
        if !sample.has_idled {
            self.phase = again(None);
            return false;
        }
        let Some(before) = before else {
            self.phase = again(Some(self.rate));
            return false;
        };
        if !self.agree(before, self.rate) {
            self.windows = (self.windows * 2).min(WINDOWS_MAX);
            self.phase = again(None);
            return false;
        }
        let rate = before.midpoint(self.rate);
        let verdict = self.verdict(rate);
        match verdict {
            Verdict::Base | Verdict::Keep => {
                let left_ms = sample.missing.saturating_mul(1000) / rate.max(1);
                let windows_ms = self.window_ms(sample.first_byte_ms) * SOON_OVER_WINDOWS;
                if left_ms < SOON_OVER_MS.max(windows_ms) || rate == 0 {
                    self.phase = again(None);
                } else if self.target < self.most() {
                    self.base = Some((self.target, rate));
                    self.target = self.target.saturating_mul(2).min(self.most());
                    self.phase = Phase::Settling { since_ms: sample.now_ms };
                } else {
                    self.base = Some((self.target, rate));
                    self.phase = Phase::Frozen { until_ms: None };
                }
            }
            Verdict::Freeze => self.freeze(sample.now_ms),
            Verdict::RollBack => {
                self.target = self.base.map_or(1, |(requests, _)| requests);
                self.freeze(sample.now_ms);
            }
        }
        verdict == Verdict::Keep
    }

    fn window_ms(&self, first_byte_ms: u64) -> u64 {
        let shortest = WINDOW_MS_MIN.max(first_byte_ms.saturating_mul(WINDOW_FIRST_BYTES));
        shortest.saturating_mul(self.windows)
    }

    /// Two windows say the same.
    fn agree(&self, one: u64, other: u64) -> bool {
        match self.verdict(one) {
            Verdict::Base => one.abs_diff(other) <= one.max(other) * 3 / 10,
            verdict @ (Verdict::Keep | Verdict::Freeze | Verdict::RollBack) => {
                verdict == self.verdict(other)
            }
        }
    }

    /// A step is kept if it realised 15 % of what as many connections could have gained,
    /// and taken back if it lost half.
    fn verdict(&self, rate: u64) -> Verdict {
        let Some((requests, base)) = self.base else {
            return Verdict::Base;
        };
        let added = u64::from(self.target.saturating_sub(requests));
        let could_gain = base.saturating_mul(added) / u64::from(requests.max(1));
        if rate < base / 2 {
            Verdict::RollBack
        } else if rate > base && (rate - base).saturating_mul(100) >= could_gain.saturating_mul(15)
        {
            Verdict::Keep
        } else {
            Verdict::Freeze
        }
    }

    fn freeze(&mut self, now_ms: u64) {
        let is_last = std::mem::replace(&mut self.tried_again, true) || self.target >= self.most();
        let until_ms = (!is_last).then_some(now_ms + TRY_AGAIN_MS);
        self.phase = Phase::Frozen { until_ms };
    }

    /// The server refused a request while it served others: half as many from now on.
    pub fn refused(&mut self) {
        self.limit(self.target / 2);
        self.phase = Phase::Frozen { until_ms: None };
    }

    /// The connection of one request broke while others went on: one fewer for a while.
    pub fn broke(&mut self, now_ms: u64) {
        self.target = self.target.saturating_sub(1).max(1);
        self.phase = Phase::Frozen { until_ms: Some(now_ms + TRY_AGAIN_MS) };
    }

    /// The ranges of this file cannot be put together: one request from now on.
    pub fn forbid(&mut self) {
        self.limit(1);
        self.phase = Phase::Frozen { until_ms: None };
    }
}

/// A request of a file that is under way.
#[derive(Clone, Copy, Debug)]
pub struct RunningRange {
    /// Where its next byte belongs.
    pub position: u64,
    /// Where it ends; None if it goes on to the end of the file.
    pub end: Option<u64>,
    /// True if it asked for one range among others, which no other one takes from it. The
    /// first request asks for as much as it can, and keeps no more than its next range.
    pub is_further: bool,
    /// Its rate in bytes a second; 0 if nothing comes any more.
    pub rate: u64,
}

/// What a further request of a file of `size` bytes is to fetch: the first requested bytes that
/// nobody fetches, then those from `position` on, then those of the file; else half of the
/// largest rest that is slow to come; else a small rest of which nothing comes, a second time.
/// None if that is not worth a request.
pub fn next_range(
    file: &FileRecord,
    size: u64,
    running: &[RunningRange],
    range_bytes: u64,
    position: u64,
) -> Option<Range<u64>> {
    let rests: Vec<_> = running.iter().map(|one| rest_of(file, size, running, one)).collect();
    let requests = running.len() as u64 + 1;
    let ranges = RANGES_AHEAD.max(RANGES_AHEAD_OF_EACH.saturating_mul(requests));
    let ahead = range_bytes.saturating_mul(ranges);
    for gaps in file.gaps_by_urgency(size, position) {
        let first = gaps.first().map_or(0, |gap| gap.start);
        let Some((start, gap_end)) = first_free(&gaps, running, &rests, range_bytes) else {
            continue;
        };
        let next = running.iter().map(|one| one.position).filter(|other| *other > start).min();
        let end = gap_end.min(start.saturating_add(range_bytes));
        let end = next.map_or(end, |next| end.min(next));
        if start <= first.saturating_add(ahead) {
            return Some(start..end);
        }
    }
    let left = |rest: &Range<u64>| rest.end - rest.start;
    let slow = |(one, rest): &(&RunningRange, &Range<u64>)| {
        left(rest) >= DIVISIBLE_BYTES_MIN
            && left(rest).saturating_mul(1000) / one.rate.max(1) > REST_MS_MAX
    };
    let largest = running.iter().zip(&rests).filter(slow).max_by_key(|(_, rest)| left(rest));
    if let Some((_, rest)) = largest {
        return Some(rest.start + left(rest) / 2..rest.end);
    }
    // One that only is slow is left alone: two of them would share what it has.
    let is_raced =
        |rest: &Range<u64>| running.iter().filter(|one| one.position == rest.start).count() > 1;
    let mut silent = running.iter().zip(&rests).filter(|(one, _)| one.rate == 0);
    let (_, rest) = silent.find(|(_, rest)| !rest.is_empty() && !is_raced(rest))?;
    Some(rest.clone())
}

/// The first byte of the gaps that no request is going to fetch, and where its gap ends.
fn first_free(
    gaps: &[Range<u64>],
    running: &[RunningRange],
    rests: &[Range<u64>],
    range_bytes: u64,
) -> Option<(u64, u64)> {
    for gap in gaps {
        let mut start = gap.start;
        while start < gap.end {
            let taken = running.iter().zip(rests).find_map(|(one, rest)| {
                let kept = match one.is_further {
                    true => rest.end,
                    false => rest.end.min(one.position.saturating_add(range_bytes)),
                };
                (rest.start <= start && start < kept).then_some(kept)
            });
            match taken {
                Some(end) => start = end,
                None => return Some((start, gap.end)),
            }
        }
    }
    None
}

/// What a request is to fetch for somebody who waits for the byte at `position`: also of what
/// another request would come to later on.
pub fn range_at(
    file: &FileRecord,
    size: u64,
    running: &[RunningRange],
    range_bytes: u64,
    position: u64,
) -> Range<u64> {
    let next = running.iter().map(|one| one.position).filter(|other| *other > position).min();
    let own_end = Some(position.saturating_add(range_bytes));
    let ends = [Some(size), own_end, file.next_held(position), file.requested_end(position), next];
    position..ends.into_iter().flatten().min().unwrap_or(size)
}

/// True if the byte at `position` is about to come by a request that is under way.
pub fn comes_soon(file: &FileRecord, size: u64, running: &[RunningRange], position: u64) -> bool {
    running.iter().any(|one| {
        let rest = rest_of(file, size, running, one);
        let distance = position.saturating_sub(rest.start);
        let soon = one.rate.saturating_mul(SOON_MS) / 1000;
        rest.contains(&position) && distance <= soon.max(NEAR_BYTES)
    })
}

/// What a request still fetches: up to its end, to bytes that are held, or to where another
/// one began.
fn rest_of(
    file: &FileRecord,
    size: u64,
    running: &[RunningRange],
    one: &RunningRange,
) -> Range<u64> {
    let others = running.iter().map(|other| other.position).filter(|other| *other > one.position);
    let ends = [Some(size), one.end, file.next_held(one.position), others.min()];
    let end = ends.into_iter().flatten().min().unwrap_or(size);
    one.position..end.max(one.position)
}
