//! One download that two requests fetch, with a disk, a store and a server, each as simple
//! as can be: every order of bytes, syncs, crashes and changes of the file on the server.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use uuid::Uuid;

use crate::model::{
    Command, FileStage, HeadFacts, Input, Job, Limits, Now, Outcome, RunningRange, Setting, apply,
    next_range,
};
use crate::protocol::{Adjustment, Failure, FileRange, Validator, next_request};
use crate::vocab::{ErrorContext, JobPropertyId, PropertyValue, code};

use super::{command, forget_counters, job_with_files};

/// Bytes of the file. A byte's value is the version it came from, and 0 if it never came.
const SIZE: usize = 4;

/// Bytes of a range.
const RANGE: u64 = 1;

/// Events in a row that are tried, and of a file on demand.
const DEPTH: usize = 11;
const DEPTH_ON_DEMAND: usize = 9;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Ask(usize),
    Byte(usize),
    Break(usize),
    ServerChanges,
    SyncBegins,
    SyncEnds,
    SyncFails,
    Suspend,
    Resume,
    /// A range is requested: its first byte and its end.
    Request(u64, u64),
    Flush,
    Kill,
    PowerCut,
}

const REQUESTS: [Event; 3] = [Event::Request(0, 1), Event::Request(1, 3), Event::Request(0, 4)];

const EVENTS: [Event; 15] = [
    Event::Ask(0),
    Event::Ask(1),
    Event::Byte(0),
    Event::Byte(1),
    Event::Break(0),
    Event::Break(1),
    Event::ServerChanges,
    Event::SyncBegins,
    Event::SyncEnds,
    Event::SyncFails,
    Event::Suspend,
    Event::Resume,
    Event::Flush,
    Event::Kill,
    Event::PowerCut,
];

/// A request under way.
#[derive(Clone, Debug)]
struct Asked {
    version: u8,
    begin: u64,
    position: u64,
    end: Option<u64>,
    /// Its body waits for the end of a sync that began before the file was begun anew.
    waits: bool,
}

#[derive(Clone, Debug)]
struct World {
    job: Job,
    stored: Job,
    boot: u128,
    disk: [u8; SIZE],
    safe: [u8; SIZE],
    version: u8,
    requests: [Option<Asked>; 2],
    /// What a sync that is under way covers, and what was on the disk when it began.
    sync: Option<(Vec<Range<u64>>, [u8; SIZE])>,
    /// The file has had several requests, and was received.
    was_split: bool,
    /// The place from which it is fetched.
    position: u64,
    /// The bytes that were requested, of a file on demand.
    requested: [bool; SIZE],
    /// What somebody who reads the file has seen: the version of the bytes, by the number of
    /// the record.
    read: BTreeMap<u32, u8>,
}

fn tag(version: u8) -> Validator {
    Validator { etag: Some(format!("\"v{version}\"")), ..Validator::default() }
}

impl World {
    fn new(position: u64, is_on_demand: bool) -> Self {
        let mut job = job_with_files(1);
        if is_on_demand {
            let (id, value) = (JobPropertyId::OnDemandMode.as_u32(), PropertyValue::Enable(true));
            command(&mut job, Command::Set(Setting::Property { id, value })).expect("set");
        } else {
            command(&mut job, Command::Resume).expect("resumed");
        }
        Self {
            stored: job.clone(),
            job,
            boot: 1,
            disk: [0; SIZE],
            safe: [0; SIZE],
            version: 1,
            requests: [None, None],
            sync: None,
            was_split: false,
            position,
            requested: [!is_on_demand; SIZE],
            read: BTreeMap::new(),
        }
    }

    fn step(&mut self, event: Event) -> bool {
        let happens = self.try_step(event);
        let (file, stored) = (&self.job.files[0], &self.stored.files[0]);
        // What is read is stored, and still there afterwards.
        let first = stored.held_ranges().into_iter().flatten().find(|at| file.holds(*at));
        if let Some(first) = first.filter(|_| stored.version == file.version) {
            self.read.entry(file.version).or_insert(self.disk[first as usize]);
        }
        happens
    }

    fn try_step(&mut self, event: Event) -> bool {
        match event {
            Event::Ask(slot) => self.ask(slot),
            Event::Byte(slot) => self.byte(slot),
            Event::Break(slot) => self.break_off(slot),
            Event::ServerChanges => {
                self.version += 1;
                self.version <= 2
            }
            Event::SyncBegins => {
                let begins = self.sync.is_none() && self.requests.iter().any(Option::is_some);
                if begins {
                    self.sync = Some((self.job.files[0].held_ranges(), self.disk));
                }
                begins
            }
            Event::SyncEnds => {
                let Some((held, disk)) = self.sync.take() else {
                    return false;
                };
                self.safe = disk;
                self.outcome(Outcome::Synced { file: 0, held });
                self.let_flow();
                true
            }
            Event::SyncFails => {
                let failed = self.sync.take().is_some();
                if failed {
                    self.requests = [None, None];
                    self.disk = self.safe;
                    self.outcome(Outcome::LostBytes { file: 0, keeps_synced: true });
                    self.fail();
                }
                failed
            }
            Event::Suspend => self.command(Command::Suspend),
            Event::Resume => self.command(Command::Resume),
            Event::Request(first, end) => {
                let range = FileRange { initial_offset: first, length: end - first };
                let ranges = vec![range];
                self.requested[first as usize..end as usize].fill(true);
                self.command(Command::RequestFileRanges { file: 0, ranges })
            }
            Event::Flush => {
                self.stored = self.job.clone();
                true
            }
            Event::Kill => self.restart(self.boot),
            Event::PowerCut => {
                self.disk = self.safe;
                self.read.clear();
                self.restart(self.boot + 1)
            }
        }
    }

    fn command(&mut self, wanted: Command) -> bool {
        let taken = command(&mut self.job, wanted).is_ok();
        if taken {
            self.stamp();
            self.stored = self.job.clone();
            if !self.job.record.is_runnable() {
                self.requests = [None, None];
            }
        }
        taken
    }

    fn outcome(&mut self, outcome: Outcome) {
        let input = Input::Outcome(outcome);
        let change =
            apply(&self.job, &input, Now::default(), &Limits::default()).expect("an outcome");
        let before = self.job.files[0].clone();
        self.job.accept(change);
        self.stamp();
        let file = &self.job.files[0];
        // A record that claims less is stored before anything is overwritten.
        let falls = file.held() < before.held() || file.held_safely() < before.held_safely();
        if falls {
            self.stored = self.job.clone();
        }
    }

    fn stamp(&mut self) {
        self.job.files[0].boot = Some(Uuid::from_u128(self.boot));
    }

    fn restart(&mut self, boot: u128) -> bool {
        self.boot = boot;
        self.requests = [None, None];
        self.sync = None;
        self.job = self.stored.clone();
        self.job.after_restart(Some(Uuid::from_u128(boot)), Now::default());
        self.stored = self.job.clone();
        true
    }

    fn fail(&mut self) {
        let failure = Failure::transient(
            code::BG_E_CONNECTION_CLOSED,
            ErrorContext::GeneralTransport,
            "cut".to_owned(),
        );
        self.outcome(Outcome::Failed { file: 0, failure, redirect: None });
    }

    fn ask(&mut self, slot: usize) -> bool {
        let is_due = self.job.waiting().next().is_some() && self.job.record.is_runnable();
        if self.requests[slot].is_some() || !is_due {
            return false;
        }
        match self.requests.iter().flatten().count() {
            0 => self.ask_alone(slot),
            _ => self.ask_further(slot),
        }
    }

    /// A request that is alone decides what the file is.
    fn ask_alone(&mut self, slot: usize) -> bool {
        let file = &self.job.files[0];
        if self.sync.is_some() || file.size == Some(file.held()) && file.validator.is_some() {
            return false;
        }
        let (content, is_on_demand) = (file.content(), file.is_on_demand);
        let (request, end) = (next_request(&content), content.end);
        let is_same = file.validator.as_ref() == Some(&tag(self.version));
        let restart = if request.joins { !is_same } else { file.held() > 0 };
        if restart && is_on_demand {
            let adjustment = Adjustment::Restart;
            self.outcome(Outcome::AskAgain { file: 0, adjustment });
            return true;
        }
        let position = if restart { 0 } else { request.position };
        let end = end.filter(|_| !restart);
        let facts = HeadFacts {
            position,
            size: Some(SIZE as u64),
            validator: tag(self.version),
            restart,
            ..HeadFacts::default()
        };
        self.outcome(Outcome::Head { file: 0, facts });
        let waits = restart && self.sync.is_some();
        let version = self.version;
        self.requests[slot] = Some(Asked { version, begin: position, position, end, waits });
        true
    }

    /// Another one beside it can only add bytes of that version.
    fn ask_further(&mut self, slot: usize) -> bool {
        if self.requests.iter().flatten().any(|one| one.waits) {
            return false;
        }
        let running: Vec<_> = self
            .requests
            .iter()
            .flatten()
            .map(|one| RunningRange {
                position: one.position,
                end: one.end,
                is_further: one.end.is_some(),
                rate: 0,
            })
            .collect();
        let file = &self.job.files[0];
        let Some(range) = next_range(file, SIZE as u64, &running, RANGE, self.position) else {
            return false;
        };
        if file.validator != Some(tag(self.version)) {
            return false;
        }
        let (begin, end) = (range.start, Some(range.end));
        let version = self.version;
        self.requests[slot] = Some(Asked { version, begin, position: begin, end, waits: false });
        self.was_split = true;
        true
    }

    fn byte(&mut self, slot: usize) -> bool {
        let Some(one) = self.requests[slot].as_mut().filter(|one| !one.waits) else {
            return false;
        };
        self.disk[one.position as usize] = one.version;
        one.position += 1;
        let (begin, written) = (one.begin, one.position);
        let is_over = written == SIZE as u64 || one.end == Some(written);
        if is_over {
            self.requests[slot] = None;
        }
        self.outcome(Outcome::Progress { file: 0, begin, written });
        for request in &mut self.requests {
            if request.as_ref().is_some_and(|one| self.job.files[0].holds(one.position)) {
                *request = None;
            }
        }
        if !self.job.record.is_runnable() {
            self.requests = [None, None];
        }
        if self.job.files[0].held() == SIZE as u64 {
            self.requests = [None, None];
            self.outcome(Outcome::Received { file: 0, size: SIZE as u64 });
        }
        true
    }

    fn break_off(&mut self, slot: usize) -> bool {
        let broke = self.requests[slot].take().is_some();
        if broke && self.requests.iter().all(Option::is_none) {
            self.fail();
        }
        broke
    }

    fn let_flow(&mut self) {
        for one in self.requests.iter_mut().flatten() {
            one.waits = false;
        }
    }

    /// What the records claim is there, in one version: of the present one in the file, of
    /// the stored one after a kill, of what is synced after a power cut.
    fn check(&self) {
        for (job, disk) in [(&self.job, &self.disk), (&self.stored, &self.disk)] {
            check_claims(job, disk, false);
        }
        check_claims(&self.stored, &self.safe, true);
        check_claims(&self.job, &self.safe, true);
        let file = &self.job.files[0];
        assert!(file.segments.len() <= SIZE / 2 + 1, "{:?}", file.segments);
        assert_eq!(self.job.record.totals.bytes_transferred, file.held());
        let fetched = self.disk.iter().zip(self.requested);
        assert!(fetched.into_iter().all(|(byte, requested)| *byte == 0 || requested));
        if file.is_on_demand && self.job.record.is_runnable() {
            let is_over = file.stage == FileStage::Received || file.held() == SIZE as u64;
            let moves = is_over || self.job.next_file().is_some();
            assert!(moves && !file.has_all_requested(), "nothing moves");
        }
        if let Some(read) = self.read.get(&file.version).filter(|_| file.held() > 0) {
            let held = file.held_ranges().into_iter().flatten();
            let of = |position| self.disk[position as usize];
            assert!(
                held.map(of).all(|version| version == *read),
                "{}: {:?}",
                file.version,
                self.disk
            );
        }
        if file.stage == FileStage::Received {
            assert_eq!(file.held(), SIZE as u64);
            assert!(self.disk.iter().all(|byte| *byte == self.disk[0]), "{:?}", self.disk);
        }
    }

    fn key(&self) -> String {
        let mut plain = self.clone();
        let versions = [self.job.files[0].version, self.stored.files[0].version];
        plain.read.retain(|version, _| versions.contains(version));
        let age = |version: u32| version - versions[1];
        let read: Vec<_> = plain.read.iter().map(|(version, of)| (age(*version), *of)).collect();
        plain.read.clear();
        for job in [&mut plain.job, &mut plain.stored] {
            forget_counters(job);
            job.files[0].fresh_bytes = 0;
            job.files[0].high_water = 0;
            job.files[0].restarts = 0;
            job.files[0].failure = None;
        }
        plain.boot = u128::from(plain.stored.files[0].boot == Some(Uuid::from_u128(self.boot)));
        format!("{plain:?}{}{read:?}", age(versions[0]))
    }
}

fn check_claims(job: &Job, disk: &[u8; SIZE], is_power_cut: bool) {
    let mut after = job.clone();
    if is_power_cut {
        after.after_restart(Some(Uuid::from_u128(99)), Now::default());
    }
    let file = &after.files[0];
    for range in file.held_ranges() {
        for position in range {
            let version = disk[position as usize];
            assert_eq!(file.validator, Some(tag(version)), "{position}: {disk:?}: {file:?}");
        }
    }
}

#[test]
fn no_order_of_bytes_syncs_and_crashes_mixes_or_loses_what_is_claimed() {
    let worlds = [0, 2].map(|position| World::new(position, false));
    let (seen, split_and_received) = enumerate(worlds.into(), &EVENTS, DEPTH);
    assert!(seen > 10_000, "only {seen} worlds");
    assert!(split_and_received > 100, "only {split_and_received} ended");
}

#[test]
fn on_demand_nothing_else_is_fetched_and_the_job_stops_when_all_is_here() {
    let events = [&EVENTS[..], &REQUESTS].concat();
    let (seen, split_and_received) = enumerate(vec![World::new(0, true)], &events, DEPTH_ON_DEMAND);
    assert!(seen > 10_000, "only {seen} worlds");
    assert!(split_and_received > 10, "only {split_and_received} ended");
}

/// Tries the events in every order: how many worlds there are, and in how many of them a file
/// of several requests was received.
fn enumerate(worlds: Vec<World>, events: &[Event], depth_max: usize) -> (usize, usize) {
    let mut seen = BTreeSet::new();
    let mut queue: VecDeque<_> =
        worlds.into_iter().map(|world| (world, 0, Vec::<Event>::new())).collect();
    let mut split_and_received = 0;
    while let Some((world, depth, path)) = queue.pop_front() {
        for event in events.iter().copied() {
            let mut next = world.clone();
            if !next.step(event) || !seen.insert(next.key()) {
                continue;
            }
            let mut path = path.clone();
            path.push(event);
            let checked = std::panic::catch_unwind(|| next.check());
            assert!(checked.is_ok(), "after {path:?}: {next:#?}");
            let is_received = next.job.files[0].stage == FileStage::Received;
            split_and_received += usize::from(is_received && next.was_split);
            if depth + 1 < depth_max {
                queue.push_back((next, depth + 1, path));
            }
        }
    }
    (seen.len(), split_and_received)
}
