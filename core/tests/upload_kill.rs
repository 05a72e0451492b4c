//! SIGKILL at any moment of uploads: no job lost, no wrong file, no byte stored
//! twice, and nothing left on the server after a cancel.

mod common;

use std::path::Path;

use bgcopy_core::{
    AuthScheme, AuthTarget, Job, JobRecord, JobState, JobType, Manager, Options, PropertyValue,
    Reader, UploadProtocol,
};
use bgcopy_test_server::{Area, Bucket, Content, Ietf, Overlap, Seen, Server};

use common::{PATIENCE, drive, stopped};

/// Kills of a queue.
const KILLS: u32 = 30;

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

fn stored(seen: &Seen<'_>) -> u64 {
    seen.area("/up/").bytes_stored
}

/// Drives the queue until it is killed.
fn drive_until(store: &Path, keys: &[&str], is_time: impl FnOnce() -> bool) {
    let mut child = drive(store, keys);
    let came = is_time();
    child.kill().expect("killed");
    child.wait().expect("gone");
    assert!(came, "it stands still: {:#?}", jobs(store));
}

fn jobs(store: &Path) -> Vec<JobRecord> {
    Reader::open(store).expect("a reader").jobs().expect("the jobs can be read")
}

/// Kills the process that drives the queue again and again, each time when it
/// has done what `next` says; returns how often.
fn kill_often<C: FnMut(&Seen<'_>) -> bool>(
    server: &Server,
    store: &Path,
    keys: &[&str],
    next: impl Fn(u32) -> C,
) -> u32 {
    for kill in 0..KILLS {
        let is_time = next(kill);
        drive_until(store, keys, || server.wait_until(PATIENCE, is_time));
        let records = jobs(store);
        assert_eq!(records.len(), 2, "no job is lost");
        if records.iter().all(|record| record.state == JobState::Transferred) {
            return kill + 1;
        }
    }
    KILLS
}

/// The jobs that were killed so often come to their end.
fn must_end(folder: &Path, ids: Vec<uuid::Uuid>, keys: &[&str]) {
    let manager = common::open(folder);
    for id in ids {
        let job = manager.get_job(id).expect("no job is lost");
        if !keys.is_empty() {
            give_keys(&job);
        }
        let mut state = stopped(&job);
        while state == JobState::TransientError {
            job.resume().expect("resumed");
            state = stopped(&job);
        }
        assert_eq!(state, JobState::Transferred, "{:?}", job.error());
        job.complete().expect("completed");
    }
}

fn must_be_right(path: &str, bytes: &[u8], length: u64) {
    let seed = path.strip_prefix("/up/").expect("a path").parse().expect("a seed");
    assert!(bytes == Content::generated(seed, length).slice(0..length), "no wrong file");
}

/// Cancels the jobs of a server that is out of order, and kills what would tell
/// it so.
fn cancel_in_vain(folder: &Path, ids: Vec<uuid::Uuid>) {
    let manager = common::open(folder);
    for id in ids {
        manager.get_job(id).expect("the job").cancel().expect("cancelled");
    }
    drop(manager);
    for _ in 0..5 {
        drive_until(&folder.join("store"), &[], || true);
    }
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
        let kills = kill_often(&server, &folder.path().join("store"), &[], |kill| {
            let step = 10_000 + u64::from(kill % 40) * 25_000;
            let due = (server.area("/up/").bytes_stored + step).min(2 * BYTES);
            move |seen| stored(seen) >= due || seen.area("/up/").files.len() == 2
        });
        server.accept_uploads("/up/", area);
        must_end(folder.path(), ids, &[]);
        let seen = server.area("/up/");
        assert_eq!(seen.files.len(), 2);
        seen.files.iter().for_each(|(path, file)| must_be_right(path, file.bytes(), BYTES));
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
fn kills_lose_no_upload_in_parts() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start().expect("a server");
    let bucket = Bucket::new(KEYS[0], KEYS[1]);
    server.serve_bucket("/up/", bucket.clone().bytes_per_second(BYTES_PER_SECOND));
    let ids = prepare(folder.path(), &server, UploadProtocol::S3);
    let kills = kill_often(&server, &folder.path().join("store"), &KEYS, |kill| {
        let step = 200_000 + u64::from(kill % 10) * 5_000_000;
        let due = server.bucket("/up/").bytes_received + step;
        move |seen| {
            let bucket = seen.bucket("/up/");
            bucket.bytes_received >= due || bucket.objects.len() == 2
        }
    });
    server.serve_bucket("/up/", bucket);
    must_end(folder.path(), ids, &KEYS);
    let seen = server.bucket("/up/");
    assert_eq!(seen.objects.len(), 2);
    for (path, object) in &seen.objects {
        must_be_right(path, &object.bytes, BYTES_IN_PARTS);
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
fn a_kill_after_cancel_leaves_nothing_on_the_server() {
    for (protocol, cancel, area) in [
        (UploadProtocol::Bits, "Cancel-Session", Area::new()),
        (UploadProtocol::Tus, "DELETE", Area::tus()),
        (UploadProtocol::Ietf, "DELETE", Area::new().ietf(Ietf::new())),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let server = Server::start().expect("a server");
        server.accept_uploads("/up/", area.clone().bytes_per_second(BYTES_PER_SECOND));
        let ids = prepare(folder.path(), &server, protocol);
        let some = || server.wait_until(PATIENCE, |seen| stored(seen) >= 1 << 20);
        drive_until(&folder.path().join("store"), &[], some);
        server.accept_uploads("/up/", area.clone().always(cancel, 503));
        cancel_in_vain(folder.path(), ids);
        assert!(server.area("/up/").sessions.values().any(|bytes| *bytes > 0));
        server.accept_uploads("/up/", area);
        let _manager = common::open(folder.path());
        // A session whose making was cut short is empty; it expires.
        let nothing =
            |seen: &Seen<'_>| seen.area("/up/").sessions.values().all(|bytes| *bytes == 0);
        assert!(server.wait_until(PATIENCE, nothing), "{:?}", server.area("/up/").sessions);
        assert!(server.area("/up/").files.is_empty());
    }
}

#[test]
fn a_kill_after_cancel_leaves_no_part_on_the_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start().expect("a server");
    let bucket = Bucket::new(KEYS[0], KEYS[1]);
    server.serve_bucket("/up/", bucket.clone().bytes_per_second(BYTES_PER_SECOND));
    let ids = prepare(folder.path(), &server, UploadProtocol::S3);
    let some = || server.wait_until(PATIENCE, |seen| seen.bucket("/up/").parts_stored >= 2);
    drive_until(&folder.path().join("store"), &KEYS, some);
    server.serve_bucket("/up/", bucket.clone().always("AbortMultipartUpload", 503, "SlowDown"));
    cancel_in_vain(folder.path(), ids);
    assert!(server.bucket("/up/").uploads.values().any(|parts| !parts.is_empty()));
    server.serve_bucket("/up/", bucket);
    let _manager = common::open(folder.path());
    let nothing = |seen: &Seen<'_>| seen.bucket("/up/").uploads.values().all(Vec::is_empty);
    assert!(server.wait_until(PATIENCE, nothing), "{:?}", server.bucket("/up/").uploads);
    assert!(server.bucket("/up/").objects.is_empty());
}

/// A server that holds a part of a fragment refuses it as a whole. Who is killed again before a
/// long fragment has an answer would never end.
#[test]
fn after_a_kill_the_first_fragment_is_a_small_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start().expect("a server");
    let area = Area::new().overlap(Overlap::Refuse);
    server.accept_uploads("/up/", area.clone().bytes_per_second(4 << 20));
    let ids = prepare(folder.path(), &server, UploadProtocol::Bits);
    let store = folder.path().join("store");
    drive_until(&store, &[], || server.wait_until(PATIENCE, |seen| stored(seen) >= 1 << 20));
    let before = server.requests().len();
    server.accept_uploads("/up/", area);
    must_end(folder.path(), ids, &[]);
    let after = server.requests().split_off(before);
    for path in ["/up/0", "/up/1"] {
        let of_file = after.iter().filter(|request| request.path == path);
        let mut lengths = of_file.filter_map(|request| {
            let range = request.header("content-range")?.strip_prefix("bytes ")?;
            let (first, last) = range.split('/').next()?.split_once('-')?;
            Some(last.parse::<u64>().ok()? + 1 - first.parse::<u64>().ok()?)
        });
        assert_eq!(lengths.next(), Some(5 * 1024), "{path}: a question");
        assert!(lengths.any(|length| length > 1 << 20), "{path}: and then as before");
    }
    let seen = server.area("/up/");
    seen.files.iter().for_each(|(path, file)| must_be_right(path, file.bytes(), BYTES));
}
