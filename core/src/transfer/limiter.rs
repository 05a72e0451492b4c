//! Who may receive or send how much now: the rate limit of all requests, and of groups of
//! them. Each waits until it is called, and those who wait take turns, the one first that
//! got something longest ago.
//!
//! libcurl has a limit for each handle, which is no limit for several of them together.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::vocab::RateLimits;

use super::Token;
use super::bucket::Bucket;

/// Between two rounds of turns: some requests that become due at almost the same time are
/// called together.
const ROUND: Duration = Duration::from_millis(20);

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Download,
    Upload,
}

/// The rate limits, and who is subject to them.
#[derive(Debug)]
pub struct Limiter {
    all: Buckets,
    groups: BTreeMap<Uuid, Group>,
    users: BTreeMap<Token, User>,
    /// Those who wait, by their last turn.
    waiting: BTreeSet<(u64, Token)>,
    turns: u64,
    round_at: Option<Instant>,
}

#[derive(Debug)]
struct Buckets {
    download: Bucket,
    upload: Bucket,
}

#[derive(Debug)]
struct Group {
    buckets: Buckets,
    users: usize,
}

/// A request.
#[derive(Clone, Copy, Debug)]
struct User {
    group: Uuid,
    direction: Direction,
    /// When it got something last, in turns of all.
    turn: u64,
    waits: bool,
    /// What it may take although others wait.
    left: u64,
}

impl Limiter {
    /// No limits, and nobody who is subject to them.
    pub fn new(now: Instant) -> Self {
        Self {
            all: Buckets::new(RateLimits::default(), now),
            groups: BTreeMap::new(),
            users: BTreeMap::new(),
            waiting: BTreeSet::new(),
            turns: 0,
            round_at: None,
        }
    }

    /// The limits of all requests together, from now on.
    pub fn limit_all(&mut self, rates: RateLimits, now: Instant) {
        self.all.set(rates, now);
    }

    /// The limits of the requests of one group together, from now on.
    pub fn limit_group(&mut self, id: Uuid, rates: RateLimits, now: Instant) {
        if let Some(group) = self.groups.get_mut(&id) {
            group.buckets.set(rates, now);
            return;
        }
        self.groups.retain(|_, group| group.users > 0 || !group.buckets.are_full(now));
        if rates == RateLimits::default() {
            return;
        }
        let mut group = Group { buckets: Buckets::new(rates, now), users: 0 };
        for user in self.users.values().filter(|user| user.group == id) {
            group.users += 1;
            if user.waits {
                group.buckets.of(user.direction).add_waiting();
            }
        }
        self.groups.insert(id, group);
    }

    /// A request begins, of a group with these limits.
    pub fn join(
        &mut self,
        token: Token,
        direction: Direction,
        (group, rates): (Uuid, RateLimits),
        now: Instant,
    ) {
        self.limit_group(group, rates, now);
        if let Some(group) = self.groups.get_mut(&group) {
            group.users += 1;
        }
        self.turns += 1;
        let user = User { group, direction, turn: self.turns, waits: false, left: 0 };
        self.users.insert(token, user);
    }

    /// A request is over.
    pub fn leave(&mut self, token: Token) {
        self.end_waiting(token);
        if let Some(user) = self.users.remove(&token)
            && let Some(group) = self.groups.get_mut(&user.group)
        {
            group.users = group.users.saturating_sub(1);
        }
    }

    /// Takes up to so many bytes for a request. If it gets fewer it waits until it is called.
    pub fn take(&mut self, token: Token, wanted: u64, now: Instant) -> u64 {
        let Some(user) = self.users.get_mut(&token) else {
            return wanted;
        };
        let (mut most, mut is_limited, mut is_contended) = (wanted, false, false);
        for bucket in buckets(&mut self.all, &mut self.groups, user) {
            most = most.min(bucket.available(now));
            is_limited = true;
            is_contended |= bucket.is_awaited();
        }
        if !is_limited {
            return wanted;
        }
        if user.waits {
            return 0;
        }
        let taken = if is_contended { most.min(user.left) } else { most };
        user.left = user.left.saturating_sub(taken);
        if taken > 0 {
            self.turns += 1;
            user.turn = self.turns;
            buckets(&mut self.all, &mut self.groups, user).for_each(|bucket| bucket.take(taken));
        }
        if taken < wanted {
            self.wait(token);
        }
        taken
    }

    /// True if a request waits until it is called.
    pub fn has_to_wait(&self, token: Token) -> bool {
        self.users.get(&token).is_some_and(|user| user.waits)
    }

    /// The requests that wait.
    pub fn waiting(&self) -> impl Iterator<Item = Token> {
        self.waiting.iter().map(|(_, token)| *token)
    }

    /// Calls those whose turn it is: they wait no more.
    pub fn call(&mut self, now: Instant) -> Vec<Token> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        self.all.each().for_each(|bucket| bucket.begin_round(now));
        let groups = self.groups.values_mut();
        groups.flat_map(|group| group.buckets.each()).for_each(|bucket| bucket.begin_round(now));
        let mut called = Vec::new();
        for token in self.waiting().collect::<Vec<_>>() {
            let Some(user) = self.users.get_mut(&token) else {
                continue;
            };
            let shares =
                buckets(&mut self.all, &mut self.groups, user).map(|bucket| bucket.share());
            let share = shares.min().unwrap_or(u64::MAX);
            if buckets(&mut self.all, &mut self.groups, user).all(|bucket| bucket.has(share)) {
                user.left = share;
                buckets(&mut self.all, &mut self.groups, user)
                    .for_each(|bucket| bucket.give(share));
                called.push(token);
            }
        }
        for token in &called {
            self.end_waiting(*token);
            self.round_at = Some(now);
        }
        called
    }

    /// When somebody is to be called; None if nobody waits.
    pub fn due(&mut self, now: Instant) -> Option<Instant> {
        let mut first: Option<Instant> = None;
        for (_, token) in &self.waiting {
            let user = self.users.get(token)?;
            let dues = buckets(&mut self.all, &mut self.groups, user).map(|bucket| bucket.due());
            let due = dues.max().unwrap_or(now);
            first = Some(first.map_or(due, |first| first.min(due)));
        }
        let next_round = self.round_at.map_or(now, |round_at| round_at + ROUND);
        first.map(|first| first.max(next_round))
    }

    fn wait(&mut self, token: Token) {
        let Some(user) = self.users.get_mut(&token).filter(|user| !user.waits) else {
            return;
        };
        user.waits = true;
        self.waiting.insert((user.turn, token));
        let user = *user;
        self.all.of(user.direction).add_waiting();
        if let Some(group) = self.groups.get_mut(&user.group) {
            group.buckets.of(user.direction).add_waiting();
        }
    }

    fn end_waiting(&mut self, token: Token) {
        let Some(user) = self.users.get_mut(&token).filter(|user| user.waits) else {
            return;
        };
        user.waits = false;
        self.waiting.remove(&(user.turn, token));
        let user = *user;
        self.all.of(user.direction).remove_waiting();
        if let Some(group) = self.groups.get_mut(&user.group) {
            group.buckets.of(user.direction).remove_waiting();
        }
    }
}

/// The limits that a request is subject to.
fn buckets<'a>(
    all: &'a mut Buckets,
    groups: &'a mut BTreeMap<Uuid, Group>,
    user: &User,
) -> impl Iterator<Item = &'a mut Bucket> + use<'a> {
    let direction = user.direction;
    let own = groups.get_mut(&user.group).map(|group| group.buckets.of(direction));
    [Some(all.of(direction)), own].into_iter().flatten().filter(|bucket| bucket.is_limited())
}

impl Buckets {
    fn new(rates: RateLimits, now: Instant) -> Self {
        Self { download: Bucket::new(rates.download, now), upload: Bucket::new(rates.upload, now) }
    }

    fn set(&mut self, rates: RateLimits, now: Instant) {
        self.download.set_rate(rates.download, now);
        self.upload.set_rate(rates.upload, now);
    }

    fn of(&mut self, direction: Direction) -> &mut Bucket {
        match direction {
            Direction::Download => &mut self.download,
            Direction::Upload => &mut self.upload,
        }
    }

    fn each(&mut self) -> impl Iterator<Item = &mut Bucket> {
        [&mut self.download, &mut self.upload].into_iter()
    }

    fn are_full(&mut self, now: Instant) -> bool {
        self.each().all(|bucket| bucket.is_full(now))
    }
}

/// The part of one request in the limits.
#[derive(Clone, Debug)]
pub struct Share {
    limiter: Rc<RefCell<Limiter>>,
    token: Token,
}

impl Share {
    /// The part of that request.
    pub fn new(limiter: &Rc<RefCell<Limiter>>, token: Token) -> Self {
        Self { limiter: Rc::clone(limiter), token }
    }

    /// Takes up to so many bytes. If it gets fewer the request is to be paused.
    pub fn take(&self, wanted: usize) -> usize {
        // Nothing else holds it while libcurl calls.
        let Ok(mut limiter) = self.limiter.try_borrow_mut() else {
            return wanted;
        };
        let taken = limiter.take(self.token, wanted as u64, Instant::now());
        usize::try_from(taken).unwrap_or(wanted)
    }
}
