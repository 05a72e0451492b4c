//! What rate limits promise, on a clock of their own: whoever wants more is there at once,
//! and takes what libcurl would hand out.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::vocab::{RateLimits, limit};

use super::Token;
use super::bucket::Bucket;
use super::limiter::{Direction, Limiter};

/// What libcurl hands out at a time.
const PIECE: u64 = 16 * 1024;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * 1024;

const SECOND: Duration = Duration::from_secs(1);

fn download(download: u64) -> RateLimits {
    RateLimits { download, upload: 0 }
}

/// Requests that always want more, and what each got when.
struct Run {
    limiter: Limiter,
    began: Instant,
    now: Instant,
    /// How much later than it should the engine comes.
    late: Duration,
    users: Vec<Token>,
    got: BTreeMap<Token, u64>,
    /// Bytes of all, by the millisecond.
    by_ms: BTreeMap<u128, u64>,
    rounds: u64,
}

impl Run {
    fn new(rate: u64) -> Self {
        let now = Instant::now();
        let mut limiter = Limiter::new(now);
        limiter.limit_all(download(rate), now);
        Self {
            limiter,
            began: now,
            now,
            late: Duration::ZERO,
            users: Vec::new(),
            got: BTreeMap::new(),
            by_ms: BTreeMap::new(),
            rounds: 0,
        }
    }

    /// So many more requests of a job with a limit of its own.
    fn join(&mut self, job: u128, users: u64, rate: u64) {
        for _ in 0..users {
            let token = self.users.len() as Token + 1;
            let group = (Uuid::from_u128(job), download(rate));
            self.limiter.join(token, Direction::Download, group, self.now);
            self.users.push(token);
        }
    }

    fn receive(&mut self, token: Token) {
        loop {
            let taken = self.limiter.take(token, PIECE, self.now);
            *self.got.entry(token).or_default() += taken;
            let at = (self.now - self.began).as_millis();
            *self.by_ms.entry(at).or_default() += taken;
            if taken < PIECE {
                return;
            }
            assert!(self.got[&token] < u64::MAX / 4, "nothing limits it");
        }
    }

    /// All begin, and go on until then.
    fn until(&mut self, end: Duration) {
        for token in self.users.clone() {
            if !self.limiter.has_to_wait(token) {
                self.receive(token);
            }
        }
        while let Some(due) = self.limiter.due(self.now) {
            let next = due.max(self.now) + self.late;
            if next > self.began + end {
                self.now = self.began + end;
                return;
            }
            self.now = next;
            let called = self.limiter.call(self.now);
            assert!(
                !called.is_empty() || self.limiter.due(self.now) > Some(self.now),
                "a wake-up for nothing"
            );
            self.rounds += 1;
            for token in called {
                self.receive(token);
            }
        }
    }

    fn total(&self) -> u64 {
        self.got.values().sum()
    }

    /// The most bytes that came within any second.
    fn busiest_second(&self) -> u64 {
        let second =
            |from: &u128| self.by_ms.range(*from..*from + 1000).map(|(_, bytes)| bytes).sum();
        self.by_ms.keys().map(second).max().unwrap_or(0)
    }
}

fn must_be_near(what: &str, found: u64, wanted: u64) {
    let (most, least) = (wanted + wanted / 20, wanted - wanted / 20);
    assert!((least..=most).contains(&found), "{what}: {found} and not about {wanted}");
}

#[test]
fn a_rate_limit_is_exact_for_any_rate_and_number_of_requests() {
    let rates = [1_000, 10 * KIB, 100 * KIB, MIB, 10 * MIB, 100 * MIB, 1024 * MIB];
    for rate in rates {
        for users in [1, 8, 32, 64] {
            for late_ms in [0, 3, 50, 300] {
                let what = format!("{rate} B/s, {users} requests, {late_ms} ms late");
                let mut run = Run::new(rate);
                run.late = Duration::from_millis(late_ms);
                run.join(1, users, 0);
                run.until(10 * SECOND);
                must_be_near(&what, run.total(), 10 * rate);
                let busiest = run.busiest_second();
                assert!(busiest <= rate * 3 / 2 + 1, "{what}: {busiest} bytes within a second");
                // No more than fifty times a second, and ten where a turn has few bytes.
                let most = if rate <= 40 * KIB { 101 } else { 500 };
                assert!(run.rounds <= most, "{what}: {} wake-ups", run.rounds);
            }
        }
    }
}

#[test]
fn by_any_time_no_more_has_passed_than_the_rate_allows() {
    for users in [1, 5, 32] {
        let mut run = Run::new(100_000);
        run.join(1, users, 0);
        run.until(20 * SECOND);
        let mut passed = 0;
        for (at, bytes) in &run.by_ms {
            passed += bytes;
            let allowed = 100 * (*at as u64 + 1) + 10_000;
            assert!(passed <= allowed, "{passed} bytes within {at} ms");
        }
    }
}

#[test]
fn requests_that_share_a_limit_take_turns() {
    for (rate, users) in [(10 * KIB, 8), (100 * KIB, 32), (MIB, 32), (50 * MIB, 3)] {
        let mut run = Run::new(rate);
        run.join(1, users, 0);
        run.until(60 * SECOND);
        let (least, most) = (run.got.values().min(), run.got.values().max());
        let share = 60 * rate / users;
        for got in [least, most].into_iter().flatten() {
            must_be_near(&format!("{rate} B/s for {users}"), *got, share);
        }
    }
}

#[test]
fn jobs_have_their_own_limits_within_that_of_all() {
    // One is slow by its own limit; the others have the rest.
    let mut run = Run::new(MIB);
    run.join(1, 4, 10 * KIB);
    run.join(2, 4, 0);
    run.join(3, 4, 100 * MIB);
    run.until(10 * SECOND);
    let of = |tokens: std::ops::RangeInclusive<u64>| -> u64 {
        run.got.range(tokens).map(|(_, got)| got).sum()
    };
    must_be_near("the slow job", of(1..=4), 100 * KIB);
    must_be_near("all", run.total(), 10 * MIB);
    must_be_near("another", of(5..=8), of(9..=12));

    // Sixteen, each with the same limit and none for all.
    let mut run = Run::new(0);
    for job in 1..=16 {
        run.join(job, 2, 50 * KIB);
    }
    run.until(10 * SECOND);
    for job in 0..16_u64 {
        let got: u64 = run.got.range(2 * job + 1..=2 * job + 2).map(|(_, got)| got).sum();
        must_be_near(&format!("job {job}"), got, 500 * KIB);
    }
    assert!(run.rounds <= 500, "{} wake-ups: jobs wake the engine together", run.rounds);
}

#[test]
fn another_limit_holds_at_once_for_what_is_under_way() {
    let mut run = Run::new(MIB);
    run.join(1, 8, 0);
    run.until(2 * SECOND);
    let before = run.total();
    run.limiter.limit_all(download(10 * KIB), run.now);
    run.until(12 * SECOND);
    must_be_near("the lower limit", run.total() - before, 100 * KIB);

    let before = run.total();
    run.limiter.limit_all(download(10 * MIB), run.now);
    run.until(13 * SECOND);
    must_be_near("the higher limit", run.total() - before, 10 * MIB);

    // Without one, all are called at once.
    run.limiter.limit_all(download(0), run.now);
    assert!(run.limiter.due(run.now) <= Some(run.now + Duration::from_millis(20)));
    run.now += Duration::from_millis(20);
    assert_eq!(run.limiter.call(run.now).len(), 8);
    assert_eq!(run.limiter.take(1, 5 * MIB, run.now), 5 * MIB);
    assert_eq!(run.limiter.due(run.now), None, "nobody waits");
}

#[test]
fn a_job_may_get_a_limit_while_its_requests_wait_for_that_of_all() {
    let mut run = Run::new(MIB);
    run.join(1, 2, 0);
    run.join(2, 2, 0);
    run.until(SECOND);
    let before = run.got.clone();
    run.limiter.limit_group(Uuid::from_u128(1), download(10 * KIB), run.now);
    run.until(11 * SECOND);
    let got = |token: Token| run.got[&token] - before[&token];
    must_be_near("the job", got(1) + got(2), 100 * KIB);
    must_be_near("the other", got(3) + got(4), 10 * MIB - 100 * KIB);
    // They leave nothing behind.
    (1..=4).for_each(|token| run.limiter.leave(token));
    assert_eq!(run.limiter.due(run.now), None);
    assert_eq!(run.limiter.waiting().count(), 0);
}

#[test]
fn one_more_waits_behind_those_that_waited_before_their_job_had_a_limit() {
    let mut run = Run::new(MIB);
    run.join(1, 2, 0);
    run.until(SECOND);
    run.limiter.limit_all(download(0), run.now);
    run.join(1, 1, 10 * KIB);
    assert_eq!(run.limiter.take(3, 1, run.now), 0);
}

#[test]
fn the_smallest_and_the_largest_limits_work() {
    let mut run = Run::new(1);
    run.join(1, 3, 0);
    run.until(30 * SECOND);
    assert!((30..=31).contains(&run.total()), "{} bytes in 30 s at 1 B/s", run.total());
    assert!(run.got.values().all(|got| *got >= 10), "{:?}", run.got);

    let now = Instant::now();
    let mut limiter = Limiter::new(now);
    let most = RateLimits { download: limit::RATE_MAX, upload: limit::RATE_MAX };
    limiter.limit_all(most, now);
    limiter.join(1, Direction::Upload, (Uuid::nil(), most), now);
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    assert_eq!(limiter.take(1, 100 * MIB, now), 100 * MIB);
    assert_eq!(limiter.take(1, 100 * MIB, now + year), 100 * MIB);
}

#[test]
fn the_directions_do_not_share() {
    let now = Instant::now();
    let mut limiter = Limiter::new(now);
    limiter.limit_all(RateLimits { download: 1_000, upload: 0 }, now);
    limiter.join(1, Direction::Download, (Uuid::nil(), RateLimits::default()), now);
    limiter.join(2, Direction::Upload, (Uuid::nil(), RateLimits::default()), now);
    assert!(limiter.take(1, MIB, now) <= 100);
    assert_eq!(limiter.take(2, MIB, now), MIB);
    assert_eq!(limiter.waiting().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_clock_that_jumps_gives_no_more_than_what_is_saved() {
    let now = Instant::now();
    let mut bucket = Bucket::new(1_000, now);
    bucket.take(100);
    assert_eq!(bucket.available(now), 0);
    // The machine slept: that was no time in which something could have come.
    assert_eq!(bucket.available(now + Duration::from_secs(10_000)), 100);
    bucket.take(100);
    // It goes back: nothing comes of that, and nothing is lost.
    assert_eq!(bucket.available(now), 0);
    assert_eq!(bucket.available(now + Duration::from_millis(10_000_050)), 50);
}

#[test]
fn a_limit_that_is_set_again_and_again_gives_nothing_away() {
    let mut run = Run::new(100_000);
    run.join(1, 1, 0);
    for step in 1..=100 {
        run.limiter.limit_all(download(100_000), run.now);
        run.until(step * Duration::from_millis(100));
    }
    must_be_near("all", run.total(), 1_000_000);
}

#[test]
fn small_files_one_after_the_other_keep_to_the_limit_of_their_job() {
    let mut now = Instant::now();
    let (began, rates) = (now, download(100_000));
    let mut limiter = Limiter::new(now);
    // Two jobs by turns: none of them has a request all the time.
    for token in 1..=500 {
        let group = Uuid::from_u128(u128::from(token % 2));
        limiter.join(token, Direction::Download, (group, rates), now);
        let mut left = 4_000;
        while left > 0 {
            left -= limiter.take(token, left, now);
            if left > 0 {
                now = limiter.due(now).expect("it waits").max(now);
                limiter.call(now);
            }
        }
        limiter.leave(token);
    }
    let rate = 500 * 4_000 * 1000 / (now - began).as_millis() as u64;
    must_be_near("bytes a second of both", rate, 200_000);

    // Jobs that are gone are forgotten.
    for job in 0..100 {
        limiter.join(1_000, Direction::Download, (Uuid::from_u128(job), rates), now);
        limiter.leave(1_000);
    }
    let known = format!("{limiter:?}").matches("Group {").count();
    assert!(known <= 4, "{known} jobs are known");
}

#[test]
fn one_that_waits_gets_nothing_before_it_is_called() {
    let now = Instant::now();
    let mut limiter = Limiter::new(now);
    limiter.limit_all(download(100_000), now);
    limiter.join(1, Direction::Download, (Uuid::nil(), RateLimits::default()), now);
    limiter.take(1, MIB, now);
    let later = now + Duration::from_millis(100);
    assert_eq!(limiter.take(1, 1, later), 0);
    assert_eq!(limiter.call(later), [1]);
    assert_eq!(limiter.take(1, 1, later), 1);
}

#[test]
fn one_that_waits_is_not_overtaken_by_one_that_comes_again_and_again() {
    let now = Instant::now();
    let mut limiter = Limiter::new(now);
    limiter.limit_all(download(100_000), now);
    for token in [1, 2] {
        limiter.join(token, Direction::Download, (Uuid::nil(), RateLimits::default()), now);
    }
    assert!(limiter.take(1, MIB, now) > 0);
    assert!(limiter.has_to_wait(1));
    for ms in 1..200 {
        assert_eq!(limiter.take(2, 1, now + Duration::from_millis(ms)), 0, "another one waits");
    }
    let later = now + Duration::from_millis(200);
    assert_eq!(limiter.call(later), [2, 1], "the one first that got nothing yet");
}
