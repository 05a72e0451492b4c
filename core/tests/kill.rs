//! SIGKILL at any moment: no job lost, no wrong file, few bytes fetched twice.

mod common;

use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use bgcopy_core::{FileRecord, JobState, JobType, Manager, Options, Reader};
use bgcopy_test_server::{Content, Reply, Resource, Seen, Server};
use tempfile::TempDir;
use uuid::Uuid;

use common::{PATIENCE, drive, stopped, wait_for_bytes};

/// Kills in all.
const KILLS: u32 = 200;

/// Bytes of each of the two files of a round.
const BYTES: u64 = 24 << 20;

/// What a second of each file is at most.
const BYTES_PER_SECOND: u64 = 16 << 20;

/// What a kill may cost of what is in the files: a quarter of a second of each.
const LOST_MAX: u64 = 2 * BYTES_PER_SECOND / 4;

/// How often it is looked whether the driver has ended by itself.
const TICK: Duration = Duration::from_millis(100);

/// A round: one job of two files, killed until it is transferred.
struct Round {
    id: Uuid,
    number: u64,
    kills: u32,
    worst: u64,
}

impl Round {
    fn new(bench: &Place, number: u64) -> Self {
        let paced = Reply::normal().bytes_per_second(BYTES_PER_SECOND);
        let manager = Manager::open(Options::new(&bench.store)).expect("a manager");
        let job = manager.create_job("killed", JobType::Download).expect("a job");
        for seed in [2 * number, 2 * number + 1] {
            let resource = Resource::new(Content::generated(seed, BYTES));
            bench.server.put(&format!("/{seed}"), resource.always(paced.clone()));
            let target = bench.target(seed).to_string_lossy().into_owned();
            job.add_file(&bench.server.url(&format!("/{seed}")), &target).expect("added");
        }
        job.resume().expect("resumed");
        Self { id: job.id(), number, kills: 0, worst: 0 }
    }

    fn seeds(&self) -> [u64; 2] {
        [2 * self.number, 2 * self.number + 1]
    }

    /// Drives the queue and kills the driver after another number of bytes
    /// each time; false once the job is transferred.
    fn kill(&mut self, bench: &Place) -> bool {
        let names = self.seeds().map(|seed| format!("/{seed}"));
        let sent = |seen: &Seen<'_>| names.iter().map(|name| seen.body_bytes_sent(name)).sum();
        let mut before = 0;
        bench.server.wait_until(PATIENCE, |seen| {
            before = sent(seen);
            true
        });
        let mut child = drive(&bench.store, &[]);
        let step = 20_000 + u64::from(self.kills % 40) * 15_000;
        let is_over = |child: &mut Child| child.try_wait().expect("a state").is_some();
        while !bench.server.wait_until(TICK, |seen: &Seen<'_>| {
            let now: u64 = sent(seen);
            now >= before + step
        }) && !is_over(&mut child)
        {}
        child.kill().expect("killed");
        child.wait().expect("gone");
        self.kills += 1;
        let reader = Reader::open(&bench.store).expect("the store can be read");
        let (record, files) = reader.job(self.id).expect("no job is lost");
        let held = |(index, file): (u32, &FileRecord)| {
            let path = file.temporary_name(self.id, index);
            let there = std::fs::metadata(path).map_or(0, |found| found.len());
            assert!(there >= file.written, "no byte that is recorded is missing");
            there
        };
        let there: u64 = (0..).zip(&files).map(held).sum();
        let recorded: u64 = files.iter().map(|file| file.written).sum();
        self.worst = self.worst.max(there - recorded);
        record.state != JobState::Transferred
    }

    fn complete(&self, bench: &Place) {
        let manager = Manager::open(Options::new(&bench.store)).expect("a manager");
        let job = manager.get_job(self.id).expect("no job is lost");
        let mut state = stopped(&job);
        while state == JobState::TransientError {
            job.resume().expect("resumed");
            state = stopped(&job);
        }
        assert_eq!(state, JobState::Transferred);
        job.complete().expect("completed");
        for seed in self.seeds() {
            let found = std::fs::read(bench.target(seed)).expect("the file");
            assert!(found == Content::generated(seed, BYTES).slice(0..BYTES), "no wrong file");
        }
    }
}

struct Place {
    server: Server,
    folder: TempDir,
    store: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("store");
        Self { server: Server::start().expect("a server"), folder, store }
    }

    fn target(&self, seed: u64) -> PathBuf {
        self.folder.path().join(seed.to_string())
    }
}

#[test]
fn two_hundred_kills_lose_no_job_and_few_bytes() {
    let place = Place::new();
    let (mut kills, mut worst, mut rounds) = (0, 0, 0);
    while kills < KILLS {
        let mut round = Round::new(&place, rounds);
        while round.kill(&place) && kills + round.kills < KILLS {}
        round.complete(&place);
        (kills, worst, rounds) = (kills + round.kills, worst.max(round.worst), rounds + 1);
    }
    assert!(kills >= KILLS);
    assert!(worst <= LOST_MAX, "{worst} bytes would be fetched again");
    println!("{kills} kills in {rounds} rounds; at most {worst} bytes fetched again");
}

/// The record of the only file of a job.
fn recorded(place: &Place, id: Uuid) -> (JobState, FileRecord) {
    let reader = Reader::open(&place.store).expect("the store can be read");
    let (record, mut files) = reader.job(id).expect("no job is lost");
    (record.state, files.remove(0))
}

/// A queued job whose manager is closed before a byte of its file was sent:
/// what the server sent last is not what the client took.
fn queued(place: &Place, resource: Resource) -> Uuid {
    place.server.put("/0", resource.clone().always(Reply::normal().stall_after(0)));
    let manager = Manager::open(Options::new(&place.store)).expect("a manager");
    let job = manager.create_job("killed", JobType::Download).expect("a job");
    let target = place.target(0).to_string_lossy().into_owned();
    job.add_file(&place.server.url("/0"), &target).expect("added");
    job.resume().expect("resumed");
    let id = job.id();
    drop((job, manager));
    place.server.put("/0", resource);
    id
}

#[test]
fn however_little_came_in_it_is_kept() {
    const SMALL: u64 = 200_000;
    let place = Place::new();
    let stops = [1_000, 100_000];
    let resource = Resource::new(Content::generated(0, SMALL)).etag("\"v\"");
    let id = queued(&place, resource.clone());
    let mut held = 0;
    for more in stops {
        place.server.put("/0", resource.clone().always(Reply::normal().stall_after(more)));
        held += more;
        let mut child = drive(&place.store, &[]);
        let deadline = Instant::now() + PATIENCE;
        while recorded(&place, id).1.written < held {
            assert!(Instant::now() < deadline, "{:?}", recorded(&place, id).1);
            std::thread::yield_now();
        }
        child.kill().expect("killed");
        child.wait().expect("gone");
    }
    place.server.put("/0", resource);
    let mut child = drive(&place.store, &[]);
    assert!(child.wait().expect("an end").success());
    assert_eq!(recorded(&place, id).0, JobState::Transferred);
    place.server.wait_until(PATIENCE, |seen| {
        assert_eq!(seen.body_bytes_sent("/0"), SMALL, "no byte was fetched twice");
        true
    });
}

#[test]
fn a_slow_download_that_is_killed_four_times_a_second_ends() {
    const SMALL: u64 = 240_000;
    /// A quarter of a second of it.
    const LIFE: u64 = 25_000;
    /// Lives, if each kept a quarter of what came in.
    const LIVES_MAX: u64 = 4 * SMALL / LIFE;
    let place = Place::new();
    let paced = Reply::normal().bytes_per_second(4 * LIFE);
    let resource = Resource::new(Content::generated(0, SMALL)).etag("\"v\"").always(paced);
    let id = queued(&place, resource);
    let (mut lives, mut sent) = (0, 0);
    while recorded(&place, id).0 != JobState::Transferred {
        lives += 1;
        assert!(lives <= LIVES_MAX, "{:?}", recorded(&place, id));
        let mut child = drive(&place.store, &[]);
        let is_over = |child: &mut Child| child.try_wait().expect("a state").is_some();
        while !place.server.wait_until(TICK, |seen| seen.body_bytes_sent("/0") >= sent + LIFE)
            && !is_over(&mut child)
        {}
        child.kill().expect("killed");
        child.wait().expect("gone");
        place.server.wait_until(PATIENCE, |seen| {
            sent = seen.body_bytes_sent("/0");
            true
        });
    }
    println!("{lives} lives, {sent} bytes sent for {SMALL}");
}

/// What would be fetched again after a power cut is little, also when nothing more
/// comes in, or when the job is suspended.
#[test]
fn bytes_are_synced_and_recorded_soon() {
    const SENT: u64 = 6 << 20;
    let place = Place::new();
    let resource = Resource::new(Content::generated(0, BYTES)).etag("\"v\"");
    place.server.put("/0", resource.always(Reply::normal().stall_after(SENT)));
    for suspends in [false, true] {
        let manager = Manager::open(Options::new(&place.store)).expect("a manager");
        let job = manager.create_job("cut", JobType::Download).expect("a job");
        let target = place.target(u64::from(suspends)).to_string_lossy().into_owned();
        job.add_file(&place.server.url("/0"), &target).expect("added");
        job.resume().expect("resumed");
        wait_for_bytes(&job, SENT);
        if suspends {
            job.suspend().expect("suspended");
        }
        let deadline = Instant::now() + PATIENCE;
        while recorded(&place, job.id()).1.synced < SENT {
            assert!(Instant::now() < deadline, "{:?}", recorded(&place, job.id()).1);
            std::thread::yield_now();
        }
        job.cancel().expect("cancelled");
    }
}
