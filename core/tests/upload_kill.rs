//! SIGKILL at any moment of uploads: no job lost, no wrong file, no byte stored
//! twice, and nothing left on the server after a cancel.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bgcopy_core::{
    AuthScheme, AuthTarget, Job, JobState, JobType, Manager, Options, PropertyValue, Reader,
    UploadProtocol,
};
use bgcopy_test_server::{Area, Bucket, Content, Ietf, Overlap, Seen, Server};

use common::{PATIENCE, stopped};

/// Kills in all.
const KILLS: u32 = 60;

/// Bytes of each of the two files.
const BYTES: u64 = 24 << 20;

/// The same of those that go in parts: seven of 8 MiB and a short one.
const BYTES_IN_PARTS: u64 = (56 << 20) + 100_001;

/// The keys of the bucket.
const KEYS: [&str; 2] = ["key", "secret"];

/// What a second of each connection is at most.
const BYTES_PER_SECOND: u64 = 16 << 20;

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// The example that drives a queue, built beside this test.
fn drive(store: &Path, keys: &[&str]) -> Child {
    let mut path: PathBuf = std::env::current_exe().expect("this test");
    path.pop();
    path.pop();
    path.push("examples/drive");
    Command::new(path)
        .arg(store)
        .args(keys)
        .stdout(Stdio::null())
        .spawn()
        .expect("the example is built with the tests")
}

fn stored(seen: &Seen<'_>) -> u64 {
    seen.area("/up/").bytes_stored
}

/// Kills the process that drives the queue again and again, each time after so
/// many bytes more; returns how often.
fn kill_often(server: &Server, store: &Path, kills: u32) -> u32 {
    for kill in 0..kills {
        let before = server.area("/up/").bytes_stored;
        let mut child = drive(store, &[]);
        let step = 10_000 + u64::from(kill % 40) * 25_000;
        let all = 2 * BYTES;
        let moved = server.wait_until(PATIENCE, |seen| {
            stored(seen) >= (before + step).min(all) || seen.area("/up/").files.len() == 2
        });
        child.kill().expect("killed");
        child.wait().expect("gone");
        let reader = Reader::open(store).expect("the store can be read");
        let records = reader.jobs().expect("the jobs can be read");
        assert!(moved, "it stands still: {records:#?} {:?}", server.area("/up/").served);
        assert_eq!(records.len(), 2, "no job is lost");
        let done = records.iter().all(|record| record.state == JobState::Transferred);
        if done {
            return kill + 1;
        }
    }
    kills
}

fn give_keys(job: &Job) {
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, KEYS[0], KEYS[1]).expect("set");
}

/// Two upload jobs in a store of their own.
fn prepare(folder: &Path, server: &Server, protocol: UploadProtocol) -> Vec<uuid::Uuid> {
    let manager = Manager::open(Options::new(folder.join("store"))).expect("a manager");
    let mut ids = Vec::new();
    for seed in 0..2 {
        let source = folder.join(format!("source{seed}"));
        let bytes = if protocol == UploadProtocol::S3 { BYTES_IN_PARTS } else { BYTES };
        std::fs::write(&source, Content::generated(seed, bytes).slice(0..bytes)).expect("written");
        let job = manager.create_job("killed", JobType::Upload).expect("a job");
        let url = server.url(&format!("/up/{seed}"));
        job.add_file(&url, &source.to_string_lossy()).expect("added");
        let value = PropertyValue::Dword(protocol.as_u32());
        job.set_property(UPLOAD_PROTOCOL, value).expect("set");
        if protocol == UploadProtocol::S3 {
            give_keys(&job);
        }
        job.resume().expect("resumed");
        ids.push(job.id());
    }
    ids
}

#[test]
fn kills_lose_no_upload_and_store_no_byte_twice() {
    for (protocol, area) in [
        (UploadProtocol::Bits, Area::new().overlap(Overlap::Refuse)),
        (UploadProtocol::Bits, Area::new().overlap(Overlap::Drop)),
        (UploadProtocol::Tus, Area::tus()),
        (UploadProtocol::Ietf, Area::new().ietf(Ietf::new().progress_each(1 << 20))),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start().expect("a server");
        server.accept_uploads("/up/", area.clone().bytes_per_second(BYTES_PER_SECOND));
        let ids = prepare(folder.path(), &server, protocol);
        let kills = kill_often(&server, &folder.path().join("store"), KILLS / 2);
        server.accept_uploads("/up/", area);
        let manager = common::open(folder.path());
        for id in ids {
            let job = manager.get_job(id).expect("no job is lost");
            let mut state = stopped(&job);
            while state == JobState::TransientError {
                job.resume().expect("resumed");
                state = stopped(&job);
            }
            assert_eq!(state, JobState::Transferred, "{:?}", job.error());
            job.complete().expect("completed");
        }
        let seen = server.area("/up/");
        for seed in 0..2 {
            let file = &seen.files[&format!("/up/{seed}")];
            let right = Content::generated(seed, BYTES).slice(0..BYTES);
            assert!(file.bytes() == right, "no wrong file");
        }
        assert_eq!(seen.violations, Vec::<String>::new());
        // A session whose making was cut short is empty; it expires.
        assert!(seen.sessions.values().all(|bytes| *bytes == 0), "{:?}", seen.sessions);
        println!(
            "{protocol:?}: {kills} kills, {} bytes stored for {}",
            seen.bytes_stored,
            2 * BYTES
        );
        assert_eq!(seen.bytes_stored, 2 * BYTES, "no byte was stored twice");
    }
}

#[test]
fn a_kill_after_cancel_leaves_nothing_on_the_server() {
    for (protocol, cancel, area) in [
        (UploadProtocol::Bits, "Cancel-Session", Area::new()),
        (UploadProtocol::Tus, "DELETE", Area::tus()),
        (UploadProtocol::Ietf, "DELETE", Area::new().ietf(Ietf::new())),
    ] {
        must_leave_nothing(protocol, cancel, &area);
    }
}

fn must_leave_nothing(protocol: UploadProtocol, cancel: &str, area: &Area) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let server = Server::start().expect("a server");
    server.accept_uploads("/up/", area.clone().bytes_per_second(BYTES_PER_SECOND));
    let ids = prepare(folder.path(), &server, protocol);
    let mut child = drive(&store, &[]);
    assert!(server.wait_until(PATIENCE, |seen| stored(seen) >= 1 << 20));
    child.kill().expect("killed");
    child.wait().expect("gone");
    // The server is out of order when the jobs are cancelled.
    server.accept_uploads("/up/", area.clone().always(cancel, 503));
    let manager = common::open(folder.path());
    for id in ids {
        manager.get_job(id).expect("the job").cancel().expect("cancelled");
    }
    drop(manager);
    for _ in 0..5 {
        let mut child = drive(&store, &[]);
        child.kill().expect("killed");
        child.wait().expect("gone");
    }
    assert!(server.area("/up/").sessions.values().any(|bytes| *bytes > 0));
    server.accept_uploads("/up/", area.clone());
    let _manager = common::open(folder.path());
    // A session whose making was cut short is empty; it expires.
    let nothing = |seen: &Seen<'_>| seen.area("/up/").sessions.values().all(|bytes| *bytes == 0);
    assert!(server.wait_until(PATIENCE, nothing), "{:?}", server.area("/up/").sessions);
    assert!(server.area("/up/").files.is_empty());
}

/// Kills the process that sends to a bucket, each time after so many bytes
/// more; returns how often.
fn kill_often_at_s3(server: &Server, store: &Path, kills: u32) -> u32 {
    for kill in 0..kills {
        let before = server.bucket("/up/").bytes_received;
        let mut child = drive(store, &KEYS);
        let until = before + 200_000 + u64::from(kill % 10) * 5_000_000;
        let moved = server.wait_until(PATIENCE, |seen| {
            let bucket = seen.bucket("/up/");
            bucket.bytes_received >= until || bucket.objects.len() == 2
        });
        child.kill().expect("killed");
        child.wait().expect("gone");
        assert!(moved, "it stands still: {:?}", server.bucket("/up/").served);
        let reader = Reader::open(store).expect("the store can be read");
        let records = reader.jobs().expect("the jobs can be read");
        assert_eq!(records.len(), 2, "no job is lost");
        if records.iter().all(|record| record.state == JobState::Transferred) {
            return kill + 1;
        }
    }
    kills
}

#[test]
fn kills_lose_no_upload_in_parts() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start().expect("a server");
    let bucket = Bucket::new(KEYS[0], KEYS[1]);
    server.serve_bucket("/up/", bucket.clone().bytes_per_second(BYTES_PER_SECOND));
    let ids = prepare(folder.path(), &server, UploadProtocol::S3);
    let kills = kill_often_at_s3(&server, &folder.path().join("store"), KILLS / 2);
    server.serve_bucket("/up/", bucket);
    let manager = common::open(folder.path());
    for id in ids {
        let job = manager.get_job(id).expect("no job is lost");
        give_keys(&job);
        let mut state = stopped(&job);
        while state == JobState::TransientError {
            job.resume().expect("resumed");
            state = stopped(&job);
        }
        assert_eq!(state, JobState::Transferred, "{:?}", job.error());
        job.complete().expect("completed");
    }
    let seen = server.bucket("/up/");
    for seed in 0..2 {
        let right = Content::generated(seed, BYTES_IN_PARTS).slice(0..BYTES_IN_PARTS);
        assert!(seen.objects[&format!("/up/{seed}")].bytes == right, "no wrong file");
    }
    // A part that is sent again although a list had it is one of these.
    assert_eq!(seen.violations, Vec::<String>::new());
    // One whose making was cut short is empty.
    assert!(seen.uploads.values().all(Vec::is_empty), "{:?}", seen.uploads);
    let parts = 2 * BYTES_IN_PARTS.div_ceil(8 << 20);
    let (stored, at_once) = (seen.parts_stored, seen.parts_at_once);
    println!("{kills} kills, {stored} parts stored for {parts}, {at_once} at a time");
    // What has gone out of the four parts of a file that were cut off may come in
    // behind the list.
    assert!((parts..=parts + 8 * u64::from(kills)).contains(&stored), "{stored} parts");
    assert!(at_once > 4, "several of a file");
}

#[test]
fn a_kill_after_cancel_leaves_no_part_on_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let server = Server::start().expect("a server");
    let bucket = Bucket::new(KEYS[0], KEYS[1]);
    server.serve_bucket("/up/", bucket.clone().bytes_per_second(BYTES_PER_SECOND));
    let ids = prepare(folder.path(), &server, UploadProtocol::S3);
    let mut child = drive(&store, &KEYS);
    assert!(server.wait_until(PATIENCE, |seen| seen.bucket("/up/").parts_stored >= 2));
    child.kill().expect("killed");
    child.wait().expect("gone");
    // The server is out of order when the jobs are cancelled.
    server.serve_bucket("/up/", bucket.clone().always("AbortMultipartUpload", 503, "SlowDown"));
    let manager = common::open(folder.path());
    for id in ids {
        manager.get_job(id).expect("the job").cancel().expect("cancelled");
    }
    drop(manager);
    for _ in 0..5 {
        let mut child = drive(&store, &[]);
        child.kill().expect("killed");
        child.wait().expect("gone");
    }
    assert!(server.bucket("/up/").uploads.values().any(|parts| !parts.is_empty()));
    server.serve_bucket("/up/", bucket);
    let _manager = common::open(folder.path());
    let nothing = |seen: &Seen<'_>| seen.bucket("/up/").uploads.values().all(Vec::is_empty);
    assert!(server.wait_until(PATIENCE, nothing), "{:?}", server.bucket("/up/").uploads);
    assert!(server.bucket("/up/").objects.is_empty());
}
