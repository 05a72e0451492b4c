//! The pace of background downloads on a link that is a few numbers: a rate, a round trip and a
//! queue, which a foreground transfer shares or not. No time passes but the link's own.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::background::{Background, RATE_MIN, Sight, TARGET, of_time, per_second, window};
use super::yielding::shares;

const STEP: Duration = Duration::from_millis(5);
const LOOK_STEPS: u64 = 4;
/// 20 Mbit/s and 200 KiB.
const CAPACITY: u64 = 2_500_000;
const QUEUE_MAX: u64 = 200 * 1024;
/// The goals of the issue.
const GIVES_WAY_WITHIN: u64 = 2;
const ADDED_MAX: Duration = Duration::from_millis(60);

/// A transfer that cares for nothing but loss: it doubles its window until the first one, and then adds
/// some segments each round trip.
#[derive(Default)]
struct Foreground {
    window: u64,
    has_lost: bool,
    spared_until: Option<Instant>,
}

struct World {
    now: Instant,
    shortest: Duration,
    capacity: u64,
    queue: u64,
    background: Background,
    foreground: Option<Foreground>,
    /// Noise of the measured delay, by turns.
    noise: Vec<Duration>,
    /// What was sent, delayed by the path, and what had come, by steps.
    delays: VecDeque<Duration>,
    windows: VecDeque<u64>,
    came: VecDeque<u64>,
    steps: u64,
    /// Bytes of the background and of the foreground since the last look at them, and the longest queue.
    brought: (u64, u64),
    longest: Duration,
}

impl World {
    fn new(shortest_ms: u64) -> Self {
        let (now, shortest) = (Instant::now(), Duration::from_millis(shortest_ms));
        Self {
            now,
            shortest,
            capacity: CAPACITY,
            queue: 0,
            background: Background::new(shortest, now),
            foreground: None,
            noise: vec![Duration::ZERO],
            delays: VecDeque::new(),
            windows: VecDeque::new(),
            came: VecDeque::new(),
            steps: 0,
            brought: (0, 0),
            longest: Duration::ZERO,
        }
    }

    fn delay(&self) -> Duration {
        Duration::from_secs_f64(self.queue as f64 / self.capacity as f64)
    }

    fn step(&mut self) {
        self.now += STEP;
        self.steps += 1;
        let path_steps = (self.shortest.as_millis() / STEP.as_millis()) as usize;
        let round_trip = self.shortest + self.delay();
        // A window that is set now shows here a round trip later.
        self.windows.push_back(window(self.background.rate(), self.shortest).max(4 * 1448));
        let own_window =
            if self.windows.len() > path_steps { self.windows.pop_front().unwrap_or(0) } else { 0 };
        let own = of_time(per_second(own_window, round_trip), STEP);
        let other = self
            .foreground
            .as_ref()
            .map_or(0, |foreground| of_time(per_second(foreground.window, round_trip), STEP));
        let (room, enters) = (of_time(self.capacity, STEP), own + other);
        let leaves = (self.queue + enters).min(room);
        let queue = self.queue + enters - leaves;
        let is_lost = queue > QUEUE_MAX;
        self.queue = queue.min(QUEUE_MAX);
        let own_leaves = (leaves * own).checked_div(enters).unwrap_or(0);
        self.brought.0 += own_leaves;
        self.brought.1 += leaves - own_leaves;
        self.longest = self.longest.max(self.delay());
        if let Some(foreground) = &mut self.foreground {
            foreground.step(is_lost, round_trip, self.now);
        }
        self.delays.push_front(self.delay());
        self.delays.truncate(path_steps / 2 + 1);
        self.came.push_front(own_leaves);
        self.came.truncate((round_trip.as_millis().max(80) / STEP.as_millis()) as usize);
        if self.steps.is_multiple_of(LOOK_STEPS) {
            let delay = self.delays.back().copied().unwrap_or_default();
            let noise = self.noise[(self.steps / LOOK_STEPS) as usize % self.noise.len()];
            let sum: u64 = self.came.iter().sum();
            let received = per_second(sum, STEP * self.came.len() as u32);
            let sight = Sight { delay: delay + noise, shortest: self.shortest, received };
            self.background.see(sight, self.now);
        }
    }

    /// What the two brought within some seconds, as shares of the link, and the longest queue.
    fn run(&mut self, seconds: u64) -> (f64, f64, Duration) {
        (self.brought, self.longest) = ((0, 0), Duration::ZERO);
        let end = self.now + Duration::from_secs(seconds);
        while self.now < end {
            self.step();
        }
        let all = (self.capacity * seconds) as f64;
        (self.brought.0 as f64 / all, self.brought.1 as f64 / all, self.longest)
    }
}

impl Foreground {
    fn step(&mut self, is_lost: bool, round_trip: Duration, now: Instant) {
        self.window = self.window.max(10 * 1448);
        if is_lost && self.spared_until.is_none_or(|until| now > until) {
            self.window = self.window / 10 * 7;
            self.has_lost = true;
            self.spared_until = Some(now + round_trip);
        } else if !self.has_lost {
            self.window += of_time(per_second(self.window, round_trip), STEP);
        } else {
            self.window += of_time(per_second(4 * 1448, round_trip), STEP);
        }
    }
}

#[test]
fn alone_it_fills_the_link_and_makes_a_short_queue() {
    for shortest_ms in [5, 30, 80, 150, 300] {
        let mut world = World::new(shortest_ms);
        world.run(20);
        let (own, _, longest) = world.run(30);
        assert!(own >= 0.9, "{shortest_ms} ms: {own}");
        assert!(longest <= TARGET, "{shortest_ms} ms: {longest:?}");
    }
}

#[test]
fn its_start_makes_no_long_queue() {
    for shortest_ms in [5, 30, 80, 150] {
        let mut world = World::new(shortest_ms);
        let (_, _, longest) = world.run(10);
        assert!(longest < ADDED_MAX, "{shortest_ms} ms: {longest:?}");
    }
}

#[test]
fn it_makes_way_for_another_transfer_and_comes_back() {
    for shortest_ms in [10, 30, 80, 150] {
        let mut world = World::new(shortest_ms);
        world.run(15);
        world.foreground = Some(Foreground::default());
        // Until the other one has opened its window.
        while !world.foreground.as_ref().is_some_and(|other| other.has_lost) {
            world.step();
        }
        world.run(GIVES_WAY_WITHIN);
        let (own, other, _) = world.run(30);
        assert!(own < 0.1, "{shortest_ms} ms: {own}");
        assert!(other > 0.85, "{shortest_ms} ms: {other}");
        assert!(own > 0.0, "it goes on");
        world.foreground = None;
        world.run(25);
        let (own, ..) = world.run(10);
        assert!(own >= 0.9, "{shortest_ms} ms, after it: {own}");
    }
}

#[test]
fn it_never_has_less_than_its_least_rate() {
    for shortest_ms in [1, 30, 300, 2000] {
        let shortest = Duration::from_millis(shortest_ms);
        let begin = Instant::now();
        let mut background = Background::new(shortest, begin);
        for look in 0..10_000_u64 {
            let delay = Duration::from_millis(500);
            let sight = Sight { delay, shortest, received: 0 };
            background.see(sight, begin + Duration::from_millis(20 * look));
            assert!(background.rate() >= RATE_MIN, "{shortest_ms} ms");
        }
        assert_eq!(background.rate(), RATE_MIN, "{shortest_ms} ms");
    }
}

#[test]
fn bursts_of_delay_are_no_sign_of_others() {
    let mut world = World::new(30);
    // Three looks of four see the bytes of a burst wait.
    world.noise = [0, 60, 40, 20].map(Duration::from_millis).to_vec();
    world.run(5);
    let (own, ..) = world.run(20);
    assert!(own >= 0.9, "{own}");
    assert!(!world.background.yields());
}

#[test]
fn a_link_that_becomes_slower_is_used_again() {
    let mut world = World::new(30);
    world.run(10);
    world.capacity = CAPACITY / 4;
    world.run(20);
    let (own, ..) = world.run(20);
    assert!(own >= 0.8, "{own}");
}

#[test]
fn what_a_server_does_not_send_raises_no_rate() {
    let shortest = Duration::from_millis(30);
    let begin = Instant::now();
    let mut background = Background::new(shortest, begin);
    for look in 0..1000_u64 {
        let sight = Sight { delay: Duration::ZERO, shortest, received: 1000 };
        background.see(sight, begin + Duration::from_millis(20 * look));
    }
    assert_eq!(background.rate(), Background::new(shortest, begin).rate());
}

#[test]
fn connections_that_use_little_leave_the_rest_to_the_others() {
    for (rate, uses, expected) in [
        (100, vec![], vec![]),
        (100, vec![0], vec![100]),
        (100, vec![100, 100], vec![50, 50]),
        (100, vec![10, 100], vec![20, 80]),
        (100, vec![0, 100], vec![0, 100]),
        (100, vec![1, 1], vec![50, 50]),
        (90, vec![5, 5, 100], vec![10, 10, 70]),
    ] {
        assert_eq!(shares(rate, &uses), expected, "{uses:?}");
    }
}
