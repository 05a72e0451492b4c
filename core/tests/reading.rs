//! A file that is read while it is downloaded.

mod common;

use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use bgcopy_core::vocab::{JobPropertyId, PropertyValue, code};
use bgcopy_core::{
    File, FileRange, FileReader, HResult, Interrupt, Job, JobState, JobType, Manager, Options,
    Reader,
};
use bgcopy_test_server::{Area, Content, Reply, Resource, Seen};

use common::{Bench, PATIENCE, stopped, wait_for_bytes};

/// Bytes of a file that may have several requests.
const BYTES: u64 = 40 << 20;

/// Bytes that come before the first request of a test stands still.
const FIRST: u64 = 1 << 20;

fn content() -> Content {
    Content::generated(7, BYTES)
}

/// A job under way whose first request stands still after its first bytes; the others do not.
fn held(bench: &Bench) -> Job {
    let script = vec![Reply::normal().gate_after(FIRST)];
    let job = bench.job(Resource::new(content()).script(script));
    job.resume().expect("resumed");
    wait_for_bytes(&job, FIRST / 2);
    job
}

fn file(job: &Job) -> File {
    job.files().expect("files").remove(0)
}

fn reader(job: &Job) -> FileReader {
    file(job).open_reader().expect("a reader")
}

fn read(reader: &mut FileReader, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while filled < length {
        match reader.read_within(&mut bytes[filled..], Some(PATIENCE)).expect("bytes") {
            0 => break,
            some => filled += some,
        }
    }
    bytes.truncate(filled);
    bytes
}

fn refused(reader: &mut FileReader) -> HResult {
    reader.read_within(&mut [0], Some(PATIENCE)).expect_err("refused").code
}

/// The first bytes of the ranges that were asked for.
fn ranges_asked(bench: &Bench) -> Vec<u64> {
    let requests = bench.server.requests_for("/file");
    let ranges = requests.iter().filter_map(|request| request.header("range"));
    let first = |range: &str| range.strip_prefix("bytes=")?.split('-').next()?.parse().ok();
    ranges.filter_map(first).collect()
}

#[test]
fn a_download_is_read_while_it_is_under_way_and_afterwards() {
    let bench = Bench::new();
    let small = Content::generated(3, 1_500_007);
    let job = bench.job(Resource::new(small.clone()).always(Reply::normal().gate_after(700_001)));
    let mut reader = reader(&job);
    job.resume().expect("resumed");
    assert!(read(&mut reader, 600_000) == small.slice(0..600_000));
    assert!(!reader.is_verified().expect("known"));
    assert_eq!(reader.size().expect("known"), Some(small.len()));
    bench.server.open_gate("/file");
    // Reads wait for what is still to come, and end with the file.
    assert!(read(&mut reader, 2_000_000) == small.slice(600_000..small.len()));
    assert_eq!(reader.position(), small.len());
    assert_eq!(stopped(&job), JobState::Transferred);
    assert!(reader.is_verified().expect("known"));
    reader.move_to(SeekFrom::Start(5)).expect("moved");
    assert!(read(&mut reader, 10) == small.slice(5..15));
    job.complete().expect("completed");
    let mut all = Vec::new();
    reader.move_to(SeekFrom::Start(0)).expect("moved");
    reader.read_to_end(&mut all).expect("in its place");
    assert!(all == small.slice(0..small.len()));
    let mut other = file(&job).open_reader().expect("of a completed job");
    assert!(read(&mut other, 10) == small.slice(0..10));
}

#[test]
fn bytes_that_a_read_waits_for_come_first() {
    let bench = Bench::new();
    let job = held(&bench);
    let mut reader = reader(&job);
    // Of three places at the same time, each has a request of its own.
    for place in [30 << 20, 20 << 20, 10 << 20] {
        reader.seek(SeekFrom::Start(place)).expect("moved");
        assert!(read(&mut reader, 100_000) == content().slice(place..place + 100_000));
        assert!(ranges_asked(&bench).contains(&place), "{:?}", ranges_asked(&bench));
    }
    bench.server.open_gate("/file");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content());
}

#[test]
fn a_read_takes_the_place_of_the_last_request_if_there_are_no_more() {
    let bench = Bench::new();
    let gate = Reply::normal().gate_after(FIRST);
    let script = vec![gate.clone(), gate];
    let job = bench.job(Resource::new(content()).script(script));
    let two = PropertyValue::Dword(2);
    job.set_property(JobPropertyId::ConnectionsPerFile.as_u32(), two).expect("set");
    job.resume().expect("resumed");
    let mut reader = reader(&job);
    for place in [30 << 20, 20 << 20] {
        reader.seek(SeekFrom::Start(place)).expect("moved");
        assert!(read(&mut reader, 1_000) == content().slice(place..place + 1_000));
    }
    // The second one stood still at its gate, and was ended for the third.
    assert_eq!(&ranges_asked(&bench)[..2], [30 << 20, 20 << 20]);
    bench.server.open_gate("/file");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content());
}

#[test]
fn two_reads_do_not_take_the_request_from_each_other() {
    let bench = Bench::new();
    // So slow that it is not there before the others.
    let script = vec![Reply::normal().bytes_per_second(100_000)];
    let resource = Resource::new(content()).script(script);
    let job = bench.job(resource.always(Reply::normal().gate_before_reply()));
    let two = PropertyValue::Dword(2);
    job.set_property(JobPropertyId::ConnectionsPerFile.as_u32(), two).expect("set");
    job.resume().expect("resumed");
    wait_for_bytes(&job, 1);
    std::thread::scope(|scope| {
        for place in [30 << 20, 20 << 20] {
            let mut reader = reader(&job);
            scope.spawn(move || {
                reader.seek(SeekFrom::Start(place)).expect("moved");
                assert!(read(&mut reader, 1_000) == content().slice(place..place + 1_000));
            });
        }
        let asked = |seen: &Seen<'_>| seen.requests_for("/file").len() > 1;
        assert!(bench.server.wait_until(PATIENCE, asked));
        // The first request goes on while the second one has no answer.
        let here = job.progress().expect("progress").bytes_transferred;
        wait_for_bytes(&job, here + 100_000);
        assert_eq!(ranges_asked(&bench).len(), 1, "{:?}", ranges_asked(&bench));
        bench.server.open_gate("/file");
    });
}

#[test]
fn with_one_connection_bytes_come_in_their_order() {
    let bench = Bench::new();
    let script = vec![Reply::normal().gate_after(FIRST)];
    let job = bench.job(Resource::new(content()).script(script));
    let one = PropertyValue::Dword(1);
    job.set_property(JobPropertyId::ConnectionsPerFile.as_u32(), one).expect("set");
    job.resume().expect("resumed");
    wait_for_bytes(&job, FIRST / 2);
    let mut reader = reader(&job);
    reader.seek(SeekFrom::Start(30 << 20)).expect("moved");
    let early = reader.read_within(&mut [0], Some(Duration::from_millis(100)));
    assert_eq!(early.expect_err("too early").code, code::E_TIMEOUT);
    assert!(ranges_asked(&bench).is_empty());
    bench.server.open_gate("/file");
    assert!(read(&mut reader, 1_000) == content().slice(30 << 20..(30 << 20) + 1_000));
}

#[test]
fn nobody_reads_two_versions_of_a_file() {
    let bench = Bench::new();
    let other = Content::generated(8, BYTES);
    let paced = || Reply::normal().bytes_per_second(8 << 20);
    let job = bench.job(Resource::new(content()).always(paced()));
    job.resume().expect("resumed");
    let mut reading = reader(&job);
    let first = read(&mut reading, 3 << 20);
    assert!(first == content().slice(0..3 << 20));
    bench.server.put("/file", Resource::new(other.clone()).always(paced()));
    bench.server.drop_connections();
    let read = std::thread::scope(|scope| {
        let reads = scope.spawn(|| {
            let mut all = first;
            let mut buffer = vec![0; 100_000];
            loop {
                match reading.read_within(&mut buffer, Some(PATIENCE)) {
                    Ok(0) => return (all, None),
                    Ok(length) => all.extend_from_slice(&buffer[..length]),
                    Err(error) => return (all, Some(error.code)),
                }
            }
        });
        assert_eq!(bench.run(&job, 5), JobState::Transferred, "{:?}", job.error());
        reads.join().expect("read")
    });
    let (all, error) = read;
    assert_eq!(error, Some(code::BG_E_REMOTE_FILE_CHANGED));
    assert!(all == content().slice(0..all.len() as u64), "only bytes of the first version");
    assert_eq!(refused(&mut reading), code::BG_E_REMOTE_FILE_CHANGED, "and it stays so");
    assert_eq!(reading.is_verified().expect_err("gone").code, code::BG_E_REMOTE_FILE_CHANGED);
    let mut again = Vec::new();
    reader(&job).read_to_end(&mut again).expect("the second version");
    assert!(again == other.slice(0..BYTES));
}

#[test]
fn bytes_that_were_there_are_read_only_if_they_are_still_of_the_same_version() {
    let bench = Bench::new();
    let job = held(&bench);
    let mut reader = reader(&job);
    // It knows of more bytes than it takes.
    assert_eq!(read(&mut reader, 1), content().slice(0..1));
    let other = Content::generated(8, BYTES);
    bench.server.put("/file", Resource::new(other.clone()));
    bench.server.drop_connections();
    assert_eq!(bench.run(&job, 5), JobState::Transferred, "{:?}", job.error());
    assert_eq!(refused(&mut reader), code::BG_E_REMOTE_FILE_CHANGED);
}

#[test]
fn only_stored_bytes_are_read() {
    let bench = Bench::new();
    let paced = Reply::normal().bytes_per_second(4 << 20);
    let job = bench.job(Resource::new(content()).always(paced));
    job.resume().expect("resumed");
    let mut reader = reader(&job);
    let stored = Reader::open(bench.path("store")).expect("the store");
    for _ in 0..30 {
        assert!(!read(&mut reader, 50_000).is_empty());
        let (_, files) = stored.job(job.id()).expect("the job");
        let held = files[0].held();
        assert!(held >= reader.position(), "{held} of {} bytes are stored", reader.position());
    }
}

#[test]
fn a_read_of_bytes_that_do_not_come_says_why() {
    let bench = Bench::new();
    let job = held(&bench);
    let mut reader = reader(&job);
    reader.seek(SeekFrom::End(-1)).expect("the size is known");
    assert_eq!(reader.position(), BYTES - 1);
    reader.seek(SeekFrom::Start(FIRST / 2)).expect("moved");
    job.suspend().expect("suspended");
    assert_eq!(read(&mut reader, 1), content().slice(FIRST / 2..FIRST / 2 + 1), "it is here");
    reader.seek(SeekFrom::Start(BYTES / 2)).expect("moved");
    assert_eq!(refused(&mut reader), code::DO_E_INVALID_STATE);
    bench.server.open_gate("/file");
    job.resume().expect("resumed");
    assert_eq!(read(&mut reader, 1), content().slice(BYTES / 2..BYTES / 2 + 1), "it goes on");
    assert!(read(&mut reader, 0).is_empty());

    let missing = bench.job(Resource::new(content()).always(Reply::normal().status(404)));
    let mut of_missing = self::reader(&missing);
    missing.resume().expect("resumed");
    assert_eq!(refused(&mut of_missing), HResult::from_http_status(404));
    let pending = of_missing.seek(SeekFrom::End(0)).expect_err("no size");
    assert_eq!(pending.kind(), ErrorKind::Other);
    assert_eq!(of_missing.move_to(SeekFrom::End(0)).expect_err("").code, code::E_PENDING);
    let before = of_missing.move_to(SeekFrom::Current(-1)).expect_err("no such byte");
    assert_eq!(before.code, code::E_INVALIDARG);
}

#[test]
fn a_read_that_waits_ends_with_its_job() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content()).always(Reply::normal().gate_after(FIRST)));
    for end in [|job: &Job| job.suspend(), |job: &Job| job.cancel().map(|_| ())] {
        job.resume().expect("resumed");
        let mut reader = reader(&job);
        reader.seek(SeekFrom::Start(BYTES - 1)).expect("moved");
        std::thread::scope(|scope| {
            let read = scope.spawn(|| refused(&mut reader));
            end(&job).expect("ended");
            assert_eq!(read.join().expect("read"), code::DO_E_INVALID_STATE);
        });
    }
    let gone = file(&job).open_reader().err().expect("nothing is left");
    assert_eq!(gone.code, code::DO_E_INVALID_STATE);
}

#[test]
fn a_read_can_be_interrupted() {
    let bench = Bench::new();
    let job = held(&bench);
    let one = PropertyValue::Dword(1);
    job.set_property(JobPropertyId::ConnectionsPerFile.as_u32(), one).expect("set");
    let mut reader = reader(&job);
    reader.seek(SeekFrom::Start(BYTES - 1)).expect("moved");
    let interrupt = Interrupt::new();
    std::thread::scope(|scope| {
        let read = scope.spawn(|| reader.read_interruptible(&mut [0], None, &interrupt));
        interrupt.interrupt();
        assert_eq!(read.join().expect("read").expect_err("interrupted").code, code::E_ABORT);
    });
}

#[test]
fn reads_of_one_reader_take_turns() {
    let bench = Bench::new();
    let small = Content::generated(3, 1_000_000);
    let gated = Reply::normal().gate_after(500_000);
    let job = bench.job(Resource::new(small.clone()).always(gated));
    job.resume().expect("resumed");
    let reader = reader(&job);
    let (interrupt, others) = (Interrupt::new(), Interrupt::new());
    let refused = |read: bgcopy_core::Result<usize>| read.expect_err("no turn").code;
    let (begin, has_begun) = std::sync::mpsc::channel();
    let (end, may_end) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            let is_wanted = move |_: &[u8]| {
                begin.send(()).expect("the test goes on");
                may_end.recv().expect("it ends")
            };
            reader.read_if_wanted(&mut [0; 10], Some(PATIENCE), &interrupt, is_wanted)
        });
        has_begun.recv_timeout(PATIENCE).expect("it has its turn");
        let short = Some(Duration::from_millis(50));
        assert_eq!(refused(reader.read_within(&mut [0], short)), code::E_TIMEOUT);
        let waits = scope.spawn(|| reader.read_interruptible(&mut [0], None, &others));
        others.interrupt();
        assert_eq!(refused(waits.join().expect("read")), code::E_ABORT);
        end.send(false).expect("it waits");
        assert_eq!(first.join().expect("read").expect("bytes"), 10);
    });
    assert_eq!(reader.position(), 0, "nobody wanted them");
    let mut bytes = [0; 10];
    reader.read_within(&mut bytes, Some(PATIENCE)).expect("bytes");
    assert!(bytes[..] == small.slice(0..10), "they are read again");
    bench.server.open_gate("/file");
}

#[test]
fn another_process_reads_as_the_first_one_does() {
    let bench = Bench::new();
    let job = held(&bench);
    let second = Manager::open(Options::new(bench.path("store"))).expect("a second manager");
    assert!(!second.is_host());
    let mut reader = reader(&second.get_job(job.id()).expect("the job"));
    let place = 30 << 20;
    reader.seek(SeekFrom::Start(place)).expect("moved");
    assert!(read(&mut reader, 1_000) == content().slice(place..place + 1_000));
    reader.seek(SeekFrom::Start(0)).expect("moved");
    assert!(read(&mut reader, 1_000) == content().slice(0..1_000));
    bench.server.open_gate("/file");
}

#[test]
fn a_new_position_is_fetched_first() {
    let bench = Bench::new();
    let job = held(&bench);
    let file = file(&job);
    file.update_download_position(25 << 20).expect("set");
    let asked = |seen: &Seen<'_>| {
        let requests = seen.requests_for("/file");
        requests.iter().any(|one| {
            let range = one.header("range").unwrap_or_default();
            range.starts_with(&format!("bytes={}-", 25 << 20))
        })
    };
    assert!(bench.server.wait_until(PATIENCE, asked), "{:?}", ranges_asked(&bench));
    // What follows it comes before what is missing in front of it.
    let deadline = Instant::now() + PATIENCE;
    let is_there = |range: &FileRange| range.initial_offset == 25 << 20 && range.length == 15 << 20;
    while !file.filled_ranges().expect("ranges").iter().any(is_there) {
        assert!(Instant::now() < deadline, "{:?}", file.filled_ranges());
        std::thread::sleep(Duration::from_millis(5));
    }
    bench.server.open_gate("/file");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content());
    let late = file.update_download_position(0).expect_err("it is over");
    assert_eq!(late.code, code::DO_E_INVALID_STATE);
}

#[test]
fn only_a_download_of_whole_files_has_a_position() {
    let bench = Bench::new();
    let job = held(&bench);
    let behind = file(&job).update_download_position(BYTES).expect_err("no such byte");
    assert_eq!(behind.code, code::BG_E_INVALID_RANGE);
    let pieces = bench.manager.create_job("pieces", JobType::Download).expect("a job");
    let piece = FileRange { initial_offset: 0, length: 10 };
    pieces
        .add_file_with_ranges(&bench.server.url("/file"), &bench.name("pieces"), &[piece])
        .expect("added");
    let error = file(&pieces).update_download_position(1).expect_err("pieces");
    assert_eq!(error.code, code::BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    // They can be read all the same, as they are stored.
    pieces.resume().expect("resumed");
    assert_eq!(read(&mut reader(&pieces), 20), content().slice(0..10));
    let upload = bench.upload(Area::new(), &Content::generated(1, 10));
    let error = file(&upload).update_download_position(1).expect_err("an upload");
    assert_eq!(error.code, code::BG_E_RANDOM_ACCESS_NOT_SUPPORTED);
    assert_eq!(file(&upload).open_reader().err().expect("an upload").code, code::E_NOTIMPL);
}
