//! SIGKILL at any moment: no job lost, no wrong file, few bytes fetched twice.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bgcopy_core::{JobState, JobType, Manager, Options, Reader};
use bgcopy_test_server::{Content, Reply, Resource, Server};

use common::{PATIENCE, stopped};

/// Kills in all.
const KILLS: u32 = 200;

/// Bytes of each of the two files.
const BYTES: u64 = 64 << 20;

/// What a second of each file is at most. The bound on bytes fetched again is
/// half a second of it.
const BYTES_PER_SECOND: u64 = 8 << 20;

/// What each connection may have in flight between the server's socket and
/// the file: the kernel's buffers on both sides, and one write.
const IN_FLIGHT: u64 = 8 << 20;

/// The example that drives a queue, built beside this test.
fn drive(store: &Path) -> Child {
    let mut path: PathBuf = std::env::current_exe().expect("this test");
    path.pop();
    path.pop();
    path.push("examples/drive");
    Command::new(path)
        .arg(store)
        .stdout(Stdio::null())
        .spawn()
        .expect("the example is built with the tests")
}

#[test]
fn two_hundred_kills_lose_no_job_and_no_byte() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let server = Server::start().expect("a server");
    let names = ["/one", "/two"];
    let paced = Reply::normal().bytes_per_second(BYTES_PER_SECOND);
    for (seed, name) in (0..).zip(names) {
        let resource = Resource::new(Content::generated(seed, BYTES));
        server.put(name, resource.always(paced.clone()));
    }
    let id = {
        let manager = Manager::open(Options::new(&store)).expect("a manager");
        let job = manager.create_job("killed", JobType::Download).expect("a job");
        for name in names {
            let target = folder.path().join(&name[1..]).to_string_lossy().into_owned();
            job.add_file(&server.url(name), &target).expect("added");
        }
        job.resume().expect("resumed");
        job.id()
    };
    let sent = || names.iter().map(|name| server.body_bytes_sent(name)).sum::<u64>();
    let mut kills = 0;
    let mut worst = 0;
    while kills < KILLS {
        let before = sent();
        let mut child = drive(&store);
        // Another moment each time, told by bytes and not by the clock.
        let step = 20_000 + u64::from(kills % 40) * 15_000;
        let moved = server.wait_until(PATIENCE, |seen| {
            names.iter().map(|name| seen.body_bytes_sent(name)).sum::<u64>() >= before + step
        });
        child.kill().expect("killed");
        child.wait().expect("gone");
        kills += 1;
        let reader = Reader::open(&store).expect("the store can be read");
        let (record, files) = reader.job(id).expect("no job is lost");
        let written: u64 = files.iter().map(|file| file.written).sum();
        worst = worst.max(sent().saturating_sub(before));
        if record.state == JobState::Transferred || !moved {
            assert_eq!(written, 2 * BYTES, "it stopped only when it was done");
            break;
        }
    }
    assert!(kills == KILLS || sent() >= 2 * BYTES);
    for name in names {
        let index = names.iter().position(|one| one == &name).expect("a name");
        server.put(name, Resource::new(Content::generated(index as u64, BYTES)));
    }
    let manager = Manager::open(Options::new(&store)).expect("a manager");
    let job = manager.get_job(id).expect("no job is lost");
    let mut state = stopped(&job);
    while state == JobState::TransientError {
        job.resume().expect("resumed");
        state = stopped(&job);
    }
    assert_eq!(state, JobState::Transferred);
    job.complete().expect("completed");
    for (seed, name) in (0..).zip(names) {
        let found = std::fs::read(folder.path().join(&name[1..])).expect("the file");
        assert!(found == Content::generated(seed, BYTES).slice(0..BYTES), "no wrong file");
    }
    println!("{kills} kills, {} bytes sent for {}", sent(), 2 * BYTES);
}

#[test]
fn after_one_kill_at_most_half_a_second_is_fetched_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let server = Server::start().expect("a server");
    let paced = Reply::normal().bytes_per_second(BYTES_PER_SECOND);
    server.put("/one", Resource::new(Content::generated(1, BYTES)).script(vec![paced]));
    let id = {
        let manager = Manager::open(Options::new(&store)).expect("a manager");
        let job = manager.create_job("killed", JobType::Download).expect("a job");
        let target = folder.path().join("one").to_string_lossy().into_owned();
        job.add_file(&server.url("/one"), &target).expect("added");
        job.resume().expect("resumed");
        job.id()
    };
    let mut child = drive(&store);
    assert!(server.wait_until(PATIENCE, |seen| seen.body_bytes_sent("/one") >= BYTES / 4));
    child.kill().expect("killed");
    child.wait().expect("gone");
    let sent = server.body_bytes_sent("/one");
    let manager = Manager::open(Options::new(&store)).expect("a manager");
    let job = manager.get_job(id).expect("no job is lost");
    assert_eq!(stopped(&job), JobState::Transferred);
    let again = server.requests_for("/one")[1].range.expect("it goes on with a range").0;
    assert!(
        again + BYTES_PER_SECOND / 2 + 256 * 1024 + IN_FLIGHT >= sent,
        "from {again} after {sent}"
    );
    assert!(again > 0);
}
