//! The disk of the store and of the target is full: jobs can be looked at, and
//! what makes room again can be stored.
//!
//! Each test runs again in a mount namespace of its own, where a small disk can
//! be mounted by anybody. Where even that is not allowed it says so and proves
//! nothing; `faults.rs` and the tests of the store prove the rules there.
#![cfg(target_os = "linux")]

mod common;

use std::env;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState, JobType, Manager, Options, Reader};
use bgcopy_test_server::{Content, Reply, Resource, Server};
use uuid::Uuid;

use common::{PATIENCE, temporaries};

/// Tells the test in the namespace where the disk is.
const DISK: &str = "BGCOPY_TEST_SMALL_DISK";

/// Exit code of a test that failed, as Rust's harness has it.
const FAILED: i32 = 101;

/// Bytes of the reserve in the store's folder.
const RESERVE_BYTES: u64 = 512 << 10;

/// The folder of a disk of 4 MiB; None in the process that only starts another
/// for the test.
fn small_disk(test: &str) -> Option<PathBuf> {
    if let Some(folder) = env::var_os(DISK) {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().expect("a folder");
    let script = "mount -t tmpfs -o size=4m none \"$1\" || exit 77; exec \"$2\" --exact \"$3\"";
    for namespace in [&["--mount"][..], &["--user", "--map-root-user", "--mount"]] {
        let status = Command::new("unshare")
            .args(namespace)
            .args(["sh", "-c", script, "sh"])
            .arg(folder.path())
            .arg(env::current_exe().expect("this program"))
            .arg(test)
            .env(DISK, folder.path())
            .status();
        match status.ok().and_then(|status| status.code()) {
            Some(0) => return None,
            Some(FAILED) => panic!("{test} failed on the small disk"),
            Some(_) | None => {}
        }
    }
    println!("ignored: no disk can be mounted here, not even in a namespace");
    None
}

fn open(disk: &Path) -> Manager {
    Manager::open(Options::new(disk.join("store"))).expect("a manager")
}

/// Leaves no byte free.
fn fill(disk: &Path) {
    let mut filler = File::create(disk.join("filler")).expect("a file");
    for size in [64 << 10, 4 << 10, 1] {
        while filler.write_all(&vec![7; size]).is_ok() {}
    }
}

fn reserve_bytes(disk: &Path) -> u64 {
    std::fs::metadata(disk.join("store/queue.db.reserve")).map_or(0, |found| found.len())
}

/// A suspended job of one file in a queue that nobody hosts any more.
fn resting_job(disk: &Path, server: &Server) -> Uuid {
    let manager = open(disk);
    let job = manager.create_job("rests", JobType::Download).expect("a job");
    job.add_file(&server.url("/file"), &disk.join("file").to_string_lossy()).expect("a file");
    manager.close();
    job.id()
}

#[test]
fn resting_queue_on_a_full_disk_can_be_seen_and_left() {
    let Some(disk) = small_disk("resting_queue_on_a_full_disk_can_be_seen_and_left") else {
        return;
    };
    let server = Server::start().expect("a server");
    let ids: Vec<Uuid> = (0..3).map(|_| resting_job(&disk, &server)).collect();
    assert_eq!(reserve_bytes(&disk), RESERVE_BYTES);
    fill(&disk);

    let reader = Reader::open(disk.join("store")).expect("a look needs no room");
    assert_eq!(reader.jobs().expect("the jobs").len(), 3);
    assert_eq!(reader.job(ids[0]).expect("the job").0.id, ids[0]);
    for id in &ids {
        let manager = open(&disk);
        // What is free for a moment goes to the first who want it.
        let refused = (0..1000).find_map(|_| manager.create_job("new", JobType::Download).err());
        let refused = refused.expect("no room for so many");
        assert_eq!(refused.code, code::E_DISK_FULL, "{refused}");
        let job = manager.get_job(*id).expect("the job");
        job.suspend().expect("it can be suspended");
        assert_eq!(job.cancel().expect("it can be cancelled"), code::S_OK);
        manager.close();
    }
    let left = reader.jobs().expect("the jobs");
    assert!(left.iter().all(|job| !ids.contains(&job.id)));

    std::fs::remove_file(disk.join("filler")).expect("room");
    let manager = open(&disk);
    assert_eq!(reserve_bytes(&disk), RESERVE_BYTES, "it is back");
    manager.create_job("new", JobType::Download).expect("there is room");
}

#[test]
fn download_that_fills_the_disk_can_be_cancelled() {
    let Some(disk) = small_disk("download_that_fills_the_disk_can_be_cancelled") else {
        return;
    };
    let server = Server::start().expect("a server");
    server.put(
        "/file",
        Resource::new(Content::generated(8, 8 << 20)).always(Reply::normal().chunked()),
    );
    let manager = open(&disk);
    let job = manager.create_job("fills", JobType::Download).expect("a job");
    job.add_file(&server.url("/file"), &disk.join("file").to_string_lossy()).expect("a file");
    let filler = File::create(disk.join("filler")).expect("a file");
    (&filler).write_all(&vec![7; 2 << 20]).expect("half of the disk");
    job.resume().expect("it starts");
    wait_until_full(&job);

    assert_eq!(job.cancel().expect("it can be cancelled"), code::S_OK);
    assert_eq!(temporaries(&disk).len(), 0);
    assert_eq!(reserve_bytes(&disk), RESERVE_BYTES, "it is back");
    manager.create_job("new", JobType::Download).expect("there is room");
}

fn wait_until_full(job: &Job) {
    let began = Instant::now();
    while job.state().expect("a state") != JobState::TransientError {
        assert!(began.elapsed() < PATIENCE, "{:?}", job.state());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(job.error().expect("an error").code, code::E_DISK_FULL);
}
