//! The connections of background downloads: what the system measures of them, and how much
//! their servers may send ([`super::background`] decides).
//!
//! It is the window of TCP that is set, and no pause that is made: what a paused download does
//! not read, its server sends all the same, until the window is full; and while something is
//! unread, Linux measures no longer round trips.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::platform::{Descriptor, Measured, limit_window, measure};

use super::Token;
use super::background::{Background, Sight, per_second, window};

/// The connections are looked at this often.
const LOOK: Duration = Duration::from_millis(20);

/// What came is counted over a round trip, and over this time at least.
const COUNTED_MIN: Duration = Duration::from_millis(80);

/// A window has so many segments at least: with one, a server may wait for a delayed
/// acknowledgement, and with less for a timer.
const SEGMENTS_MIN: u64 = 2;

/// With one connection there are four, so that a lost one is sent again at once.
const SEGMENTS_MIN_ALONE: u64 = 4;

/// No segment is taken for shorter.
const SEGMENT_MIN: u32 = 1448;

/// What TCP cannot exceed anyway: the window is the system's again.
const NO_LIMIT: u32 = 1 << 30;

/// The shortest round trip to a server is forgotten after twice this time, as routes change;
/// as LEDBAT does.
const SHORTEST_KEPT: Duration = Duration::from_mins(5);

/// Servers whose shortest round trip is known.
const SERVERS_MAX: usize = 64;

/// All of them.
#[derive(Debug, Default)]
pub struct Yielding {
    connections: BTreeMap<Token, Connection>,
    /// The shortest round trips, by the address of the server.
    servers: BTreeMap<String, Shortest>,
    pace: Option<Background>,
    /// What had come by when, of all of them.
    came: VecDeque<(Instant, u64)>,
    total: u64,
    looked: Option<Instant>,
}

#[derive(Debug)]
struct Connection {
    socket: Descriptor,
    /// What the connection had received when it was seen last.
    received: u64,
    /// What this one brought, by when.
    came: VecDeque<(Instant, u64)>,
    shortest: Duration,
    segment: u32,
}

#[derive(Debug)]
struct Shortest {
    now: Duration,
    before: Duration,
    since: Instant,
}

impl Yielding {
    /// When the connections are to be looked at, if there are any.
    pub fn due(&self) -> Option<Instant> {
        self.looked.filter(|_| !self.connections.is_empty()).map(|looked| looked + LOOK)
    }

    /// True if it is time to look.
    pub fn is_due(&self, now: Instant) -> bool {
        self.looked.is_none_or(|looked| now.saturating_duration_since(looked) >= LOOK)
    }

    /// Takes a look at the connections of these requests, each with its server, and sets how much may come
    /// by them. Those that are not among them any more are free again.
    pub fn look(&mut self, found: Vec<(Token, Descriptor, String)>, now: Instant) {
        self.looked = Some(now);
        let tokens: Vec<Token> = self.connections.keys().copied().collect();
        for token in tokens {
            if !found.iter().any(|(other, ..)| *other == token) {
                self.connections.remove(&token);
            }
        }
        let mut best: Option<Sight> = None;
        for (token, socket, server) in found {
            let Some(measured) = measure(socket) else {
                continue;
            };
            if let Some(sight) = self.take_in(token, (socket, server), measured, now)
                && best.is_none_or(|best| sight.delay < best.delay)
            {
                best = Some(sight);
            }
        }
        if let Some(mut sight) = best {
            sight.received = self.received(sight.shortest + sight.delay, now);
            let pace = self.pace.get_or_insert_with(|| Background::new(sight.shortest, now));
            pace.see(sight, now);
        }
        self.set_windows(now);
    }

    /// A request is over, or takes its share again: its connection is free.
    pub fn release(&mut self, token: Token) {
        if let Some(connection) = self.connections.remove(&token) {
            limit_window(connection.socket, NO_LIMIT);
        }
    }

    /// True while others use the link.
    pub fn makes_way(&self) -> bool {
        self.pace.as_ref().is_some_and(Background::yields)
    }

    /// The network is another one: what was known of it does not hold.
    pub fn forget(&mut self) {
        self.servers.clear();
        self.pace = None;
    }

    /// What is seen of one connection; None if nothing came since the last look.
    fn take_in(
        &mut self,
        token: Token,
        (socket, server): (Descriptor, String),
        measured: Measured,
        now: Instant,
    ) -> Option<Sight> {
        let own = Duration::from_micros(measured.shortest_us.into());
        let round_trip = measured.round_trip_us.map(|time| Duration::from_micros(time.into()));
        let least = round_trip.map_or(own, |time| own.min(time));
        let shortest = self.shortest(server, least, now);
        let connection = self.connections.entry(token).or_insert_with(|| Connection {
            socket,
            received: measured.received,
            came: VecDeque::new(),
            shortest,
            segment: SEGMENT_MIN,
        });
        if connection.socket != socket || measured.received < connection.received {
            // It goes on by another one.
            connection.socket = socket;
            connection.received = measured.received;
        }
        connection.shortest = shortest;
        connection.segment = measured.segment.max(SEGMENT_MIN);
        let came = measured.received - connection.received;
        connection.received = measured.received;
        connection.came.push_back((now, came));
        self.total += came;
        let delay = round_trip?.saturating_sub(shortest);
        (came > 0).then_some(Sight { delay, shortest, received: 0 })
    }

    fn shortest(&mut self, server: String, least: Duration, now: Instant) -> Duration {
        if self.servers.len() >= SERVERS_MAX && !self.servers.contains_key(&server) {
            self.servers.pop_first();
        }
        let known = self.servers.entry(server).or_insert(Shortest {
            now: least,
            before: least,
            since: now,
        });
        if now.saturating_duration_since(known.since) >= SHORTEST_KEPT {
            *known = Shortest { now: least, before: known.now, since: now };
        }
        known.now = known.now.min(least);
        known.now.min(known.before)
    }

    /// Bytes a second of the last round trip, of all of them.
    fn received(&mut self, round_trip: Duration, now: Instant) -> u64 {
        self.came.push_back((now, self.total));
        let span = COUNTED_MIN.max(round_trip * 11 / 10);
        let is_old = |at: Instant| now.saturating_duration_since(at) > span;
        while self.came.len() > 2 && self.came.get(1).is_some_and(|(at, _)| is_old(*at)) {
            self.came.pop_front();
        }
        self.came.front().map_or(0, |(at, total)| {
            per_second(self.total - total, now.saturating_duration_since(*at).max(LOOK))
        })
    }

    /// Each connection may bring as much as any other one; what one does not use the others may.
    fn set_windows(&mut self, now: Instant) {
        let Some(rate) = self.pace.as_ref().map(Background::rate) else {
            return;
        };
        let count = self.connections.len().max(1) as u64;
        let segments = if count == 1 { SEGMENTS_MIN_ALONE } else { SEGMENTS_MIN };
        let uses: Vec<u64> =
            self.connections.values_mut().map(|connection| connection.used(now)).collect();
        let shares = shares(rate, &uses);
        for (connection, share) in self.connections.values().zip(shares) {
            let bytes =
                window(share, connection.shortest).max(segments * u64::from(connection.segment));
            limit_window(
                connection.socket,
                u32::try_from(bytes).map_or(NO_LIMIT, |bytes| bytes.min(NO_LIMIT)),
            );
        }
    }
}

impl Connection {
    /// Bytes a second of a while.
    fn used(&mut self, now: Instant) -> u64 {
        let span = COUNTED_MIN.max(self.shortest * 2);
        self.came.retain(|(at, _)| now.saturating_duration_since(*at) <= span);
        per_second(self.came.iter().map(|(_, came)| came).sum(), span)
    }
}

/// Divides a rate among connections that use so much: those that use less than the half of an
/// equal share get twice what they use, and the others what is left, in equal shares.
pub fn shares(rate: u64, uses: &[u64]) -> Vec<u64> {
    let equal = rate / (uses.len() as u64).max(1);
    let is_small = |used: u64| used < equal / 2;
    let (mut left, mut others) = (rate, 0_u64);
    for used in uses {
        if is_small(*used) {
            left = left.saturating_sub(used * 2);
        } else {
            others += 1;
        }
    }
    let of_others = left.checked_div(others).unwrap_or(equal);
    let share = |used: &u64| if is_small(*used) && others > 0 { used * 2 } else { of_others };
    uses.iter().map(share).collect()
}
