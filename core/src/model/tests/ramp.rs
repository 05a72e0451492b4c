//! How many requests a file has.

use crate::model::{Ramp, Sample};

const MIB: u64 = 1024 * 1024;

/// A file that is fetched at a rate that depends on the number of requests.
struct Fetched {
    ramp: Ramp,
    now_ms: u64,
    held: u64,
    missing: u64,
    first_byte_ms: u64,
    has_idled: bool,
    /// How many ticks of 10 ms lie between two bursts.
    burst: u64,
    /// Bytes a second of so many requests.
    rate: fn(u64) -> u64,
    /// The numbers of requests that were worth their while.
    kept: Vec<u32>,
}

impl Fetched {
    fn new(most: u32, rate: fn(u64) -> u64) -> Self {
        Self {
            ramp: Ramp::new(most, 0),
            now_ms: 0,
            held: 0,
            missing: 1 << 40,
            first_byte_ms: 10,
            has_idled: true,
            burst: 1,
            rate,
            kept: Vec::new(),
        }
    }

    /// Lets time pass; the numbers of requests that there were.
    fn run(&mut self, ms: u64) -> Vec<u32> {
        let mut targets = vec![self.ramp.target()];
        for _ in 0..ms / 10 {
            self.now_ms += 10;
            if (self.now_ms / 10).is_multiple_of(self.burst) {
                self.held += (self.rate)(u64::from(self.ramp.target())) * self.burst / 100;
            }
            self.measure(self.ramp.target());
            if targets.last() != Some(&self.ramp.target()) {
                targets.push(self.ramp.target());
            }
        }
        targets
    }

    fn measure(&mut self, flowing: u32) {
        let requests = self.ramp.target();
        let sample = Sample {
            now_ms: self.now_ms,
            held: self.held,
            missing: self.missing,
            flowing,
            first_byte_ms: self.first_byte_ms,
            has_idled: self.has_idled,
        };
        if self.ramp.measure(sample) {
            self.kept.push(requests);
        }
    }
}

#[test]
fn who_waits_for_bytes_may_add_a_request_up_to_what_is_allowed() {
    let mut fetched = Fetched::new(3, |_| MIB);
    assert!(fetched.ramp.add_one(0) && fetched.ramp.add_one(0));
    assert!(!fetched.ramp.add_one(0), "three are allowed");
    assert_eq!(fetched.ramp.target(), 3);
    fetched.ramp.refused();
    assert!(!fetched.ramp.add_one(0), "the server takes one");
    assert_eq!(fetched.ramp.target(), 1);
}

#[test]
fn what_was_worth_its_while_is_begun_with_unless_the_file_is_soon_over() {
    let begun = |requests, rate_of_one, missing| {
        let mut ramp = Ramp::new(8, 0);
        ramp.begin_with(requests, rate_of_one, missing);
        (ramp.target(), ramp.rate_of_one())
    };
    assert_eq!(begun(4, MIB, 100 * MIB), (4, MIB));
    assert_eq!(begun(16, MIB, 100 * MIB), (8, MIB), "no more than are allowed");
    assert_eq!(begun(4, MIB, 3 * MIB), (4, MIB));
    assert_eq!(begun(4, MIB, 3 * MIB - 1), (1, 0), "one request has it within 3 s");
    let mut limited = Ramp::new(8, 0);
    limited.limit(2);
    limited.begin_with(4, MIB, 100 * MIB);
    assert_eq!(limited.target(), 2, "the server refused more");

    // It goes on from there as from any other step.
    let mut each = Fetched::new(8, |requests| requests * MIB);
    each.ramp.begin_with(4, MIB, 100 * MIB);
    assert_eq!(each.run(4_000), [4, 8]);
    assert_eq!(each.kept, [8], "the first step has nothing to be compared with");
    let mut up_to_two = Fetched::new(8, |requests| requests.min(2) * MIB);
    up_to_two.run(20_000);
    assert_eq!(up_to_two.kept, [2]);
}

#[test]
fn requests_double_as_long_as_that_is_faster() {
    let mut each = Fetched::new(8, |requests| requests * MIB);
    assert_eq!(each.run(4_000), [1, 2, 4, 8], "two windows of half a second for each step");
    assert_eq!(each.run(120_000), [8]);
    let mut odd = Fetched::new(5, |requests| requests * MIB);
    assert_eq!(odd.run(10_000), [1, 2, 4, 5]);
    let mut up_to_two = Fetched::new(8, |requests| requests.min(2) * MIB);
    assert_eq!(
        up_to_two.run(20_000),
        [1, 2, 4],
        "the step to four gained nothing, the next is not tried"
    );
}

#[test]
fn a_server_that_sends_in_bursts_is_measured_for_longer() {
    for burst in [70, 100, 130] {
        let mut bursts = Fetched::new(8, |requests| requests * 2 * MIB);
        bursts.burst = burst;
        assert_eq!(bursts.run(30_000), [1, 2, 4, 8], "{burst}");
        let mut shared = Fetched::new(8, |_| 10 * MIB);
        shared.burst = burst;
        assert_eq!(shared.run(30_000), [1, 2], "{burst}");
    }
}

#[test]
fn a_step_that_gains_nothing_is_the_last_and_tried_once_more() {
    let mut shared = Fetched::new(8, |_| 10 * MIB);
    assert_eq!(shared.run(25_000), [1, 2]);
    assert_eq!(shared.run(20_000), [2, 4], "once more after 30 s");
    assert_eq!(shared.run(300_000), [4], "and not again");
}

#[test]
fn a_step_that_loses_half_is_taken_back() {
    let mut worse = Fetched::new(8, |requests| 10 * MIB / (requests * requests));
    assert_eq!(worse.run(10_000), [1, 2, 1]);
}

#[test]
fn a_gain_of_a_sixth_is_kept_and_less_is_not() {
    let mut enough = Fetched::new(2, |requests| if requests == 1 { 100_000 } else { 116_000 });
    assert_eq!(enough.run(10_000), [1, 2]);
    assert_eq!(enough.ramp.due_ms(0), None, "kept, and at its end");
    let mut little = Fetched::new(4, |requests| if requests == 1 { 100_000 } else { 112_000 });
    assert_eq!(little.run(10_000), [1, 2]);
    assert!(little.ramp.due_ms(0).is_some(), "to be tried again");
}

#[test]
fn a_long_way_to_the_server_makes_windows_longer() {
    let mut far = Fetched::new(8, |requests| requests * MIB);
    far.first_byte_ms = 1_000;
    assert_eq!(far.run(5_900), [1]);
    assert_eq!(far.run(200), [1, 2], "twice three times the time to the first byte");
}

#[test]
fn a_file_that_ends_soon_gets_no_more_requests() {
    let mut short = Fetched::new(8, |requests| requests * MIB);
    short.missing = 3 * MIB - MIB / 10;
    assert_eq!(short.run(20_000), [1]);
    short.missing = 3 * MIB + MIB / 10;
    assert_eq!(short.run(2_000), [1, 2]);
}

#[test]
fn a_file_that_ends_before_a_gain_could_be_seen_gets_no_more_requests() {
    let mut far = Fetched::new(8, |requests| requests * MIB);
    far.first_byte_ms = 1_000;
    far.missing = 12 * MIB - MIB / 10;
    assert_eq!(far.run(20_000), [1]);
    far.missing = 12 * MIB + MIB / 10;
    assert_eq!(far.run(6_000), [1, 2], "four times three times the time to the first byte");
}

#[test]
fn a_busy_process_asks_for_no_more() {
    let mut busy = Fetched::new(8, |requests| requests * MIB);
    busy.has_idled = false;
    assert_eq!(busy.run(20_000), [1]);
    busy.has_idled = true;
    assert_eq!(busy.run(1_100), [1, 2]);
}

#[test]
fn a_request_that_gets_no_slot_ends_the_growth_for_a_while() {
    let mut alone = Fetched::new(8, |requests| requests * MIB);
    assert_eq!(alone.run(1_100), [1, 2]);
    for _ in 0..900 {
        alone.now_ms += 10;
        alone.measure(1);
    }
    assert_eq!(alone.ramp.target(), 1);
    assert_eq!(alone.run(20_000), [1]);
    assert_eq!(alone.run(15_000), [1, 2, 4, 8]);
}

#[test]
fn a_refusal_halves_for_good_and_a_broken_connection_for_a_while() {
    let mut eight = Fetched::new(8, |requests| requests * MIB);
    eight.run(4_000);
    eight.ramp.refused();
    assert_eq!(eight.run(300_000), [4]);
    eight.ramp.refused();
    eight.ramp.refused();
    eight.ramp.refused();
    assert_eq!(eight.run(300_000), [1]);
    let mut refused = Fetched::new(8, |requests| requests * MIB);
    refused.run(4_000);
    refused.ramp.refused();
    refused.ramp.broke(refused.now_ms);
    assert_eq!(refused.run(300_000), [3, 4], "no more than the server took");
    let mut eight = Fetched::new(8, |requests| requests * MIB);
    eight.run(4_000);
    eight.ramp.broke(eight.now_ms);
    assert_eq!(eight.run(29_000), [7]);
    assert_eq!(eight.run(5_000), [7, 8]);
    eight.ramp.forbid();
    assert_eq!(eight.run(300_000), [1]);
}

#[test]
fn another_number_that_is_allowed_holds_at_once() {
    let mut two = Fetched::new(2, |requests| requests * MIB);
    assert_eq!(two.run(10_000), [1, 2]);
    two.ramp.allow(8, two.now_ms);
    assert_eq!(two.run(10_000), [2, 4, 8]);
    two.ramp.allow(3, two.now_ms);
    assert_eq!(two.run(10_000), [3]);
    two.ramp.limit(2);
    two.ramp.allow(32, two.now_ms);
    assert_eq!(two.run(300_000), [2], "the server takes no more");
    // A step that gained nothing is not taken because more are allowed.
    let mut shared = Fetched::new(8, |_| 10 * MIB);
    assert_eq!(shared.run(100_000), [1, 2, 4]);
    shared.ramp.allow(32, shared.now_ms);
    assert_eq!(shared.run(100_000), [4]);
}

#[test]
fn a_range_is_what_a_connection_brings_in_two_seconds() {
    let mut each = Fetched::new(4, |requests| requests * 3 * MIB);
    assert_eq!(each.ramp.range_bytes(1 << 40), MIB, "nothing was measured yet");
    each.run(10_000);
    let bytes = each.ramp.range_bytes(1 << 40);
    assert!((5 * MIB..7 * MIB).contains(&bytes), "{bytes}");
    let mut fast = Fetched::new(1, |_| 1 << 40);
    fast.run(10_000);
    assert_eq!(fast.ramp.range_bytes(1 << 40), 64 * MIB);
    assert_eq!(fast.ramp.range_bytes(20 * MIB), 10 * MIB, "half of what is missing for one");
    assert_eq!(fast.ramp.range_bytes(1), MIB);
}
