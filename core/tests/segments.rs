//! A file that is fetched by several requests at the same time.

mod common;

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::time::{Duration, Instant};

use bgcopy_core::vocab::{JobPropertyId, LENGTH_TO_EOF, PropertyValue};
use bgcopy_core::{FileRange, HResult, Job, JobPriority, JobState, JobType, Reader};
use bgcopy_test_server::{Content, Reply, Resource, Seen, Server};

use common::{Bench, PATIENCE, drive, open, stopped, wait_for_bytes};

/// Bytes of the file: it takes one connection so long that more of them help.
const BYTES: u64 = 40 << 20;

/// What a connection delivers in a second: little, so that there is time for more of them.
const RATE: u64 = 1 << 20;

/// The same where one connection is to bring all of the file.
const RATE_OF_ONE: u64 = 5 << 20;

fn content() -> Content {
    Content::generated(7, BYTES)
}

fn paced() -> Reply {
    Reply::normal().bytes_per_second(RATE)
}

fn paced_for_one() -> Reply {
    Reply::normal().bytes_per_second(RATE_OF_ONE)
}

/// A job that is under way, of a file that this many connections are sending.
fn fetched_by(bench: &Bench, resource: Resource, connections: usize) -> Job {
    let job = bench.job(resource);
    job.set_priority(JobPriority::Foreground).expect("set");
    job.resume().expect("resumed");
    wait_for_connections(&bench.server, &job, connections);
    wait_for_reason(&job, "connections");
    job
}

fn wait_for_reason(job: &Job, end: &str) {
    let why = || job.wait_reason().expect("a reason").message;
    let deadline = Instant::now() + PATIENCE;
    while !why().ends_with(end) {
        assert!(Instant::now() < deadline && job.error().is_err(), "{}", why());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn wait_for_connections(server: &Server, job: &Job, connections: usize) {
    wait_for_connections_within(PATIENCE, server, job, connections);
}

fn wait_for_connections_within(patience: Duration, server: &Server, job: &Job, connections: usize) {
    let deadline = Instant::now() + patience;
    while server.open_connections() < connections {
        assert!(Instant::now() < deadline, "{} connections", server.open_connections());
        assert_eq!(job.error().ok(), None);
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn must_end(bench: &Bench, job: &Job, content: &Content) {
    assert_eq!(stopped(job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", content);
    bench.must_be_tidy();
}

fn ranges_asked(bench: &Bench) -> usize {
    let requests = bench.server.requests_for("/file");
    requests.iter().filter(|request| request.header("range").is_some()).count()
}

#[test]
fn a_server_that_limits_each_connection_is_asked_by_several() {
    let bench = Bench::new();
    let job = fetched_by(&bench, Resource::new(content()).always(paced()), 4);
    must_end(&bench, &job, &content());
    let sent = bench.server.body_bytes_sent("/file");
    assert!(sent <= BYTES + BYTES / 8, "{sent} bytes were sent for a file of {BYTES}");
    let first = &bench.server.requests_for("/file")[0];
    assert_eq!(first.header("range"), None, "it begins as any other file");
}

/// Pieces in another order than in the file, small ones among them, and what they are.
fn pieces() -> (Vec<FileRange>, Vec<u8>) {
    let mut ranges = vec![FileRange { initial_offset: 16 << 20, length: 14 << 20 }];
    ranges.extend((0..20).map(|n| FileRange { initial_offset: n << 20, length: 70_000 }));
    ranges.truncate(17);
    ranges.push(FileRange { initial_offset: 32 << 20, length: LENGTH_TO_EOF });
    let end = |range: &FileRange| match range.length {
        LENGTH_TO_EOF => BYTES,
        length => range.initial_offset + length,
    };
    let bytes = |range: &FileRange| content().slice(range.initial_offset..end(range));
    let bytes = ranges.iter().flat_map(bytes).collect();
    (ranges, bytes)
}

#[test]
fn pieces_of_a_file_come_by_several_connections() {
    let (ranges, bytes) = pieces();
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content()).always(paced()));
    let job = bench.manager.create_job("pieces", JobType::Download).expect("a job");
    job.set_priority(JobPriority::Foreground).expect("set");
    let (url, name) = (bench.server.url("/file"), bench.name("file"));
    job.add_file_with_ranges(&url, &name, &ranges).expect("added");
    job.resume().expect("resumed");
    wait_for_connections(&bench.server, &job, 4);
    let held = || job.files().expect("files")[0].filled_ranges().expect("ranges");
    let deadline = Instant::now() + PATIENCE;
    while held().len() < 4 {
        assert!(Instant::now() < deadline, "{:?}", held());
        std::thread::sleep(Duration::from_millis(5));
    }
    // What was fetched behind gaps stays, and fewer connections bring the rest.
    job.suspend().expect("suspended");
    let before = bench.server.body_bytes_sent("/file");
    let here = held().iter().map(|range| range.length).sum::<u64>();
    let one = PropertyValue::Dword(1);
    job.set_property(JobPropertyId::ConnectionsPerFile.as_u32(), one).expect("set");
    bench.server.put("/file", Resource::new(content()));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    assert!(std::fs::read(bench.path("file")).expect("the file") == bytes);
    bench.must_be_tidy();
    let sent = bench.server.body_bytes_sent("/file") - before;
    let missing = bytes.len() as u64 - here;
    assert!(sent <= missing + (1 << 20), "{sent} bytes were sent where {missing} were missing");
}

#[test]
fn where_several_were_faster_the_next_process_begins_with_as_many() {
    let bench = Bench::new();
    let job = fetched_by(&bench, Resource::new(content()).always(paced()), 8);
    must_end(&bench, &job, &content());
    let Bench { server, folder, manager } = bench;
    drop((job, manager));
    let bench = Bench { manager: open(folder.path()), server, folder };
    // Nothing can be measured of a request that stands still; after a minute it would end.
    let script = vec![Reply::normal().gate_after(1 << 20)];
    let job = bench.job(Resource::new(content()).script(script).always(paced()));
    job.set_priority(JobPriority::Foreground).expect("set");
    job.resume().expect("resumed");
    wait_for_connections_within(PATIENCE / 2, &bench.server, &job, 4);
    bench.server.open_gate("/file");
    must_end(&bench, &job, &content());
}

#[test]
fn a_job_has_no_more_connections_than_it_may() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content()).always(paced()));
    let two = PropertyValue::Dword(2);
    job.set_property(JobPropertyId::ConnectionsPerFile.as_u32(), two).expect("set");
    job.resume().expect("resumed");
    wait_for_connections(&bench.server, &job, 2);
    let mut most = 0;
    while job.state().expect("a state") != JobState::Transferred {
        most = most.max(bench.server.open_connections());
        assert_eq!(job.error().ok(), None);
        std::thread::sleep(Duration::from_millis(2));
    }
    // One that was ended may not be gone yet when the next one is there.
    assert!(most <= 3, "{most} connections");
    must_end(&bench, &job, &content());
}

#[test]
fn a_server_that_takes_one_connection_at_a_time_is_asked_once_more_and_not_again() {
    let bench = Bench::new();
    let refusals = vec![Reply::normal().status(503); 20];
    let script = [vec![paced_for_one()], refusals].concat();
    let job = bench.job(Resource::new(content()).script(script).always(paced_for_one()));
    job.resume().expect("resumed");
    must_end(&bench, &job, &content());
    assert_eq!(ranges_asked(&bench), 1, "one request more, and no other");
    assert_eq!(bench.server.body_bytes_sent("/file") / BYTES, 1);

    // That is known to the next process, and for the next file.
    let Bench { server, folder, manager } = bench;
    drop((job, manager));
    let bench = Bench { manager: open(folder.path()), server, folder };
    let job = bench.job(Resource::new(content()).always(paced_for_one()));
    job.resume().expect("resumed");
    wait_for_reason(&job, "by 1 connection; the server refused more");
    must_end(&bench, &job, &content());
    assert_eq!(ranges_asked(&bench), 1);
}

#[test]
fn a_refused_further_request_holds_back_no_other_file() {
    let bench = Bench::new();
    let script = vec![paced_for_one().gate_after(BYTES / 2), Reply::normal().status(503)];
    let job = bench.job(Resource::new(content()).script(script).always(paced_for_one()));
    job.resume().expect("resumed");
    let refused = |seen: &Seen<'_>| seen.requests_for("/file").len() == 2;
    assert!(bench.server.wait_until(PATIENCE, refused));
    // The refusal is known here once the job is at its gate.
    wait_for_bytes(&job, BYTES / 2);
    bench.server.put("/other", Resource::new(Content::generated(9, 1_000)));
    let other = bench.manager.create_job("other", JobType::Download).expect("a job");
    other.add_file(&bench.server.url("/other"), &bench.name("other")).expect("added");
    other.resume().expect("resumed");
    while other.state().expect("a state") != JobState::Transferred {
        let reason = other.wait_reason().expect("a reason");
        assert!(!reason.message.contains("its server serves"), "{reason:?}");
        std::thread::yield_now();
    }
    bench.server.open_gate("/file");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
}

#[test]
fn a_link_that_opens_once_goes_on() {
    let bench = Bench::new();
    let script = vec![paced_for_one()];
    let gone = Reply::normal().status(403);
    let job = bench.job(Resource::new(content()).script(script).always(gone));
    job.resume().expect("resumed");
    must_end(&bench, &job, &content());
}

/// The lengths of the ranges that were asked for, in MiB; None up to the end of the file.
fn lengths_asked(bench: &Bench) -> Vec<Option<u64>> {
    let requests = bench.server.requests_for("/file");
    let ranges = requests.iter().filter_map(|request| request.header("range"));
    let length = |range: &str| {
        let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        Some((last + 1 - first).div_ceil(1 << 20))
    };
    ranges.map(length).collect()
}

#[test]
fn a_server_that_refuses_long_ranges_is_asked_for_short_ones_by_as_many_connections() {
    let bench = Bench::new();
    // Two connections bring so much that ranges for two seconds are longer than it likes.
    let picky = paced_for_one().longest_range(3 << 20);
    let job = fetched_by(&bench, Resource::new(content()).always(picky.clone()), 2);
    must_end(&bench, &job, &content());
    let lengths = lengths_asked(&bench);
    let refused = |length: &Option<u64>| length.is_none_or(|length| length > 3);
    let refusals = lengths.iter().filter(|length| refused(length)).count();
    assert!((1..=3).contains(&refusals), "{lengths:?}");
    assert!(lengths.contains(&Some(2)), "{lengths:?}");

    // That is known to the next process, also where a file is gone on with by one request.
    let Bench { server, folder, manager } = bench;
    drop((job, manager));
    let bench = Bench { manager: open(folder.path()), server, folder };
    let again = |connections: u32, replies: Vec<Reply>| {
        let seen = lengths_asked(&bench).len();
        let job = bench.job(Resource::new(content()).script(replies).always(picky.clone()));
        let most = PropertyValue::Dword(connections);
        job.set_property(JobPropertyId::ConnectionsPerFile.as_u32(), most).expect("set");
        job.resume().expect("resumed");
        must_end(&bench, &job, &content());
        lengths_asked(&bench).split_off(seen)
    };
    let lengths = again(1, vec![paced_for_one().cut_after(10 << 20)]);
    assert!(lengths.len() > 10 && !lengths.iter().any(refused), "{lengths:?}");
    let lengths = again(2, Vec::new());
    assert!(lengths.iter().all(|length| *length <= Some(4)), "one step more is tried: {lengths:?}");
}

#[test]
fn a_file_that_was_interrupted_goes_on_at_a_server_that_refuses_long_ranges() {
    let bench = Bench::new();
    let cut = Reply::normal().cut_after(10 << 20);
    let picky = Reply::normal().longest_range(5 << 20);
    let job = bench.job(Resource::new(content()).script(vec![cut]).always(picky));
    job.resume().expect("resumed");
    must_end(&bench, &job, &content());
    let lengths = lengths_asked(&bench);
    assert_eq!(lengths[..2], [None, Some(1)], "{lengths:?}");
    let sent = bench.server.body_bytes_sent("/file");
    assert!(sent <= BYTES + (1 << 20), "{sent} bytes were sent for a file of {BYTES}");
}

#[test]
fn a_file_that_nobody_may_have_any_more_is_asked_for_twice() {
    let bench = Bench::new();
    let script = vec![Reply::normal().cut_after(10 << 20)];
    let forbidden = Reply::normal().status(403);
    let job = bench.job(Resource::new(content()).script(script).always(forbidden));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, HResult::from_http_status(403));
    assert_eq!(lengths_asked(&bench), [None, Some(1)]);
}

#[test]
fn a_server_that_answers_ranges_with_the_whole_file_is_left_at_one_request() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content()).always(paced_for_one().ignore_range()));
    job.resume().expect("resumed");
    must_end(&bench, &job, &content());
    assert_eq!(ranges_asked(&bench), 1);
}

#[test]
fn a_server_that_calls_a_file_with_gaps_complete_is_asked_anew() {
    let bench = Bench::new();
    let resource = || Resource::new(content()).etag("\"v\"");
    let job = fetched_by(&bench, resource().always(paced()), 4);
    let ranges = || job.files().expect("files")[0].filled_ranges().expect("ranges");
    let deadline = Instant::now() + PATIENCE;
    while ranges().len() < 2 {
        assert!(Instant::now() < deadline, "{:?}", ranges());
        std::thread::sleep(Duration::from_millis(5));
    }
    job.suspend().expect("suspended");
    assert!(ranges().len() > 1, "{:?}", ranges());
    let liar = Reply::normal().status(416).header("ETag", "\"v\"");
    let liar = liar.header("Content-Range", format!("bytes */{}", ranges()[0].length));
    bench.server.put("/file", resource().script(vec![liar]));
    job.resume().expect("resumed");
    must_end(&bench, &job, &content());
}

#[test]
fn versions_that_only_differ_in_bytes_are_never_mixed() {
    // The file on the server is another one as soon as so many connections are there.
    std::thread::scope(|scope| {
        for connections in [2, 3, 4] {
            scope.spawn(move || a_changed_file_is_not_mixed(connections));
        }
    });
}

fn a_changed_file_is_not_mixed(connections: usize) {
    let bench = Bench::new();
    let other = Content::generated(8, BYTES);
    let job = fetched_by(&bench, Resource::new(content()).always(paced()), connections);
    let faster = Reply::normal().bytes_per_second(4 * RATE);
    bench.server.put("/file", Resource::new(other.clone()).always(faster));
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    // If all that was missing was on its way by then, it is the first version.
    let held = std::fs::read(bench.path("file")).expect("the file");
    let is_whole = |version: &Content| held == version.slice(0..BYTES);
    assert!(is_whole(&other) || is_whole(&content()), "{connections} connections");
    bench.must_be_tidy();
}

#[test]
fn connections_that_break_cost_no_byte_that_is_held() {
    let bench = Bench::new();
    let job = fetched_by(&bench, Resource::new(content()).always(paced()), 4);
    bench.server.drop_connections();
    job.resume().expect("resumed");
    let mut state = stopped(&job);
    while state == JobState::TransientError {
        job.resume().expect("resumed");
        state = stopped(&job);
    }
    must_end(&bench, &job, &content());
    let sent = bench.server.body_bytes_sent("/file");
    assert!(sent <= BYTES + BYTES / 4, "{sent} bytes were sent for a file of {BYTES}");
}

#[test]
fn without_a_strong_validator_a_file_stays_one_request() {
    let weak = Resource::new(content()).etag("W/\"7\"").always(paced_for_one());
    let bench = Bench::new();
    let job = bench.job(weak);
    job.resume().expect("resumed");
    must_end(&bench, &job, &content());
    assert_eq!(ranges_asked(&bench), 0);
}

/// The file holds what its record says.
fn must_be_there(temporary: &str, held: &[Range<u64>], bytes_max: u64) {
    let mut there = std::fs::File::open(temporary).expect("the temporary file");
    for range in held {
        // The ends of the stretches are what may be wrong.
        let start = range.start.max(range.end.saturating_sub(bytes_max));
        let mut bytes = vec![0; (range.end - start) as usize];
        there.seek(SeekFrom::Start(start)).expect("there");
        there.read_exact(&mut bytes).expect("no byte that is recorded is missing");
        assert!(bytes == content().slice(start..range.end), "{start}..{}", range.end);
    }
}

/// What is recorded of a file is in it, at every moment at which the process may end.
#[test]
fn what_is_recorded_of_each_stretch_is_there() {
    let bench = Bench::new();
    let job = fetched_by(&bench, Resource::new(content()).always(paced()), 4);
    let file = job.file(0).expect("a file");
    let temporary = file.temporary_name().expect("a name");
    let (mut looks, mut stretches_max) = (0, 0);
    while job.state().expect("a state") != JobState::Transferred {
        assert_eq!(job.error().ok(), None);
        let reader = Reader::open(bench.path("store")).expect("the store can be read");
        let (_, files) = reader.job(job.id()).expect("the job");
        let held = files[0].held_ranges();
        stretches_max = stretches_max.max(held.len());
        let is_written_to = files[0].held() < BYTES - 8 * RATE;
        assert!(!is_written_to || files[0].left.is_none(), "it is not left yet");
        must_be_there(&temporary, &held, 100_000);
        looks += 1;
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(looks > 10 && stretches_max > 1, "{looks} looks, {stretches_max} stretches");
    must_end(&bench, &job, &content());
}

#[test]
fn kills_mix_nothing_and_cost_little() {
    const KILLS: u64 = 12;
    let bench = Bench::new();
    let job = bench.job(Resource::new(content()).always(paced()));
    let (id, temporary) = (job.id(), job.file(0).expect("a file").temporary_name());
    let temporary = temporary.expect("a name");
    let Bench { server, folder, manager } = bench;
    drop((job, manager));
    let store = folder.path().join("store");
    let mut stretches_max = 0;
    for kill in 0..KILLS {
        let mut child = drive(&store, &[]);
        // It is on its way by several connections, or about to be.
        let several = |seen: &Seen<'_>| seen.open_connections() > 1;
        assert!(server.wait_until(PATIENCE, several), "{kill} kills");
        let before = server.body_bytes_sent("/file");
        let step = 50_000 + kill * 100_000;
        let came = |seen: &Seen<'_>| seen.body_bytes_sent("/file") >= before + step;
        assert!(server.wait_until(PATIENCE, came), "{kill} kills");
        child.kill().expect("killed");
        child.wait().expect("gone");
        assert!(server.wait_until(PATIENCE, |seen| seen.open_connections() == 0));
        let reader = Reader::open(&store).expect("the store can be read");
        let (_, files) = reader.job(id).expect("no job is lost");
        stretches_max = stretches_max.max(files[0].held_ranges().len());
        must_be_there(&temporary, &files[0].held_ranges(), BYTES);
    }
    assert!(stretches_max > 1, "no kill came while there was a gap");
    let manager = open(folder.path());
    let job = manager.get_job(id).expect("no job is lost");
    let bench = Bench { server, folder, manager };
    must_end(&bench, &job, &content());
    let sent = bench.server.body_bytes_sent("/file");
    let lost_max = KILLS * 4 * RATE / 2;
    assert!(sent <= BYTES + lost_max, "{sent} bytes were sent for a file of {BYTES}");
}

/// Answers to further requests that must not get into the file, or end early.
fn nasty() -> Vec<(&'static str, Reply)> {
    vec![
        ("one byte early", paced_for_many().range_start_shift(-1)),
        ("one byte late", paced_for_many().range_start_shift(1)),
        ("shorter than asked", paced_for_many().range_shorter_by(10_000)),
        ("another range", paced_for_many().content_range("bytes 0-99/100")),
        ("no Content-Range", paced_for_many().no_content_range()),
        ("another size", paced_for_many().content_range_total(SHORT + 1)),
        ("no size", paced_for_many().content_range_total_unknown()),
        ("several parts", paced_for_many().multipart()),
        ("another tag", paced_for_many().etag("\"other\"")),
        ("a weak tag", paced_for_many().etag("W/\"other\"")),
        ("no tag", paced_for_many().no_etag()),
        ("coded", paced_for_many().gzip_body()),
        ("cut", paced_for_many().cut_after(100_000)),
        ("reset", paced_for_many().reset_after(100_000)),
        ("stalled", paced_for_many().stall_after(100_000)),
        ("reset at once", Reply::normal().reset_before_reply()),
        ("closed at once", Reply::normal().close_before_reply()),
        ("gone", Reply::normal().status(410)),
        ("busy", Reply::normal().status(429).retry_after("3600")),
        ("moved", Reply::normal().redirect(302, "/elsewhere")),
    ]
}

/// Bytes and rate of the files that nasty answers are given for: with one connection they
/// take six seconds.
const SHORT: u64 = 12 << 20;

fn paced_for_many() -> Reply {
    Reply::normal().bytes_per_second(SHORT / 6)
}

#[test]
fn no_answer_to_a_further_request_spoils_the_file() {
    std::thread::scope(|scope| {
        for (name, reply) in nasty() {
            scope.spawn(move || {
                let content = Content::generated(7, SHORT);
                let script = [vec![paced_for_many()], vec![reply; 2]].concat();
                let bench = Bench::new();
                let resource = Resource::new(content.clone()).script(script);
                let job = bench.job(resource.always(paced_for_many()));
                job.resume().expect("resumed");
                assert_eq!(stopped(&job), JobState::Transferred, "{name}: {:?}", job.error());
                job.complete().expect("completed");
                let held = std::fs::read(bench.path("file")).expect("the file");
                assert!(held == content.slice(0..SHORT), "{name}");
                bench.must_be_tidy();
                assert!(ranges_asked(&bench) > 0, "{name}: no further request was made");
            });
        }
    });
}
