//! Servers that do odd things with ranges and validators: never a mixed file.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{EventKind, ExpectedHash, FileRange, HashAlgorithm, JobState};
use bgcopy_test_server::{Content, Reply, Resource};

use common::{Bench, CUT, LENGTH, PATIENCE, content, stopped};

/// The first request is cut, the second gets `reply`, then all is well.
fn interrupted(reply: Reply) -> Resource {
    Resource::new(content(1)).script(vec![Reply::normal().cut_after(CUT), reply])
}

/// A connection breaks, and so does the next one, which is made at once: the job
/// waits.
fn broken() -> Vec<Reply> {
    vec![Reply::normal().cut_after(CUT), Reply::normal().reset_before_reply()]
}

/// The body bytes that were sent for the file.
fn sent(bench: &Bench) -> u64 {
    bench.server.body_bytes_sent("/file")
}

#[test]
fn an_interrupted_file_goes_on_where_it_was() {
    let bench = Bench::new();
    bench.must_fetch(interrupted(Reply::normal()), &content(1));
    assert_eq!(sent(&bench), LENGTH, "no byte is fetched twice");
    let requests = bench.server.requests_for("/file");
    assert_eq!(requests.len(), 2);
    assert!(requests[1].header("if-range").is_some(), "the validator goes with the range");
    assert!(requests.iter().all(|request| request.method == "GET"), "no HEAD is needed");
}

#[test]
fn a_whole_answer_to_a_range_restarts() {
    let bench = Bench::new();
    let job =
        bench.must_fetch(interrupted(Reply::normal().ignore_range().no_validators()), &content(1));
    assert_eq!(job.error_count().expect("a count"), 1);
}

#[test]
fn a_server_that_never_takes_ranges_works() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).no_validators().script(vec![
        Reply::normal().ignore_range().cut_after(CUT),
        Reply::normal().ignore_range().cut_after(CUT + 1),
        Reply::normal().ignore_range(),
    ]);
    bench.must_fetch(resource, &content(1));
}

#[test]
fn a_cdn_that_answers_if_range_with_the_whole_file_is_asked_again_without() {
    let bench = Bench::new();
    bench.must_fetch(interrupted(Reply::normal().ignore_range()), &content(1));
    let requests = bench.server.requests_for("/file");
    let last = requests.last().expect("a request");
    assert!(last.range.is_some() && last.header("if-range").is_none());
}

#[test]
fn a_partial_answer_from_elsewhere_is_not_used() {
    for reply in [
        Reply::normal().range_start_shift(-1),
        Reply::normal().range_start_shift(1),
        Reply::normal().content_range(format!("bytes 0-{}/{LENGTH}", LENGTH - 1)),
        Reply::normal().no_content_range(),
        Reply::normal().content_range("bytes nonsense"),
        Reply::normal().multipart(),
        Reply::normal().content_range_total(LENGTH + 1),
        Reply::normal().content_range_total(LENGTH - 1),
    ] {
        Bench::new().must_fetch(interrupted(reply), &content(1));
    }
}

#[test]
fn a_shorter_partial_answer_is_completed() {
    let bench = Bench::new();
    bench.must_fetch(interrupted(Reply::normal().range_shorter_by(1000)), &content(1));
    assert_eq!(sent(&bench), LENGTH);
    assert_eq!(bench.server.requests_for("/file").len(), 3);
}

#[test]
fn a_changed_file_restarts_and_says_so() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)).etag("\"one\"").script(broken()));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    bench.server.put("/file", Resource::new(content(2)).etag("\"two\""));
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    let restarted =
        std::iter::from_fn(|| bench.manager.next_event(Some(PATIENCE)).expect("an event"))
            .find(|event| {
                matches!(event.kind, EventKind::FileRestarted | EventKind::JobTransferred)
            })
            .expect("an event");
    assert_eq!((restarted.kind, restarted.file), (EventKind::FileRestarted, Some(0)));
    job.complete().expect("completed");
    bench.must_hold("file", &content(2));
}

#[test]
fn only_the_changed_file_restarts() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.server.put("/b", Resource::new(content(2)).script(broken()));
    job.add_file(&bench.server.url("/b"), &bench.name("b")).expect("a file");
    job.resume().expect("resumed");
    stopped(&job);
    bench.server.put("/b", Resource::new(content(3)));
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    assert_eq!(
        bench.server.requests_for("/file").len(),
        1,
        "the finished file is not fetched again"
    );
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
    bench.must_hold("b", &content(3));
}

#[test]
fn if_range_ignored_is_noticed_by_the_validator() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).etag("\"one\"").script(vec![
        Reply::normal().cut_after(CUT),
        Reply::normal().ignore_if_range().etag("\"two\"").content(content(2)),
        Reply::normal().etag("\"two\"").content(content(2)),
    ]);
    bench.must_fetch(resource, &content(2));
}

#[test]
fn a_weak_etag_never_splices() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).etag("W/\"weak\"").no_last_modified();
    let changed = Reply::normal().content(content(2));
    let script = vec![Reply::normal().cut_after(CUT), changed.clone(), changed];
    bench.must_fetch(resource.script(script), &content(2));
    assert!(bench.server.requests_for("/file")[1].range.is_none());
}

#[test]
fn last_modified_alone_splices_only_after_comparing_the_last_block() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).no_etag();
    bench.must_fetch(resource.script(vec![Reply::normal().cut_after(CUT)]), &content(1));
    assert_eq!(sent(&bench), LENGTH + 64 * 1024, "one block is fetched twice");

    let bench = Bench::new();
    let changed = Reply::normal().content(content(2)).ignore_if_range();
    let script = vec![Reply::normal().cut_after(CUT), changed.clone(), changed];
    bench.must_fetch(Resource::new(content(1)).no_etag().script(script), &content(2));
}

#[test]
fn without_any_validator_the_file_restarts() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).no_validators();
    bench.must_fetch(resource.script(vec![Reply::normal().cut_after(CUT)]), &content(1));
    assert_eq!(sent(&bench), LENGTH + CUT);
}

#[test]
fn with_an_expected_hash_even_no_validator_splices() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).no_validators();
    let job = bench.job(resource.script(vec![Reply::normal().cut_after(CUT)]));
    let bytes = content(1).slice(0..LENGTH);
    let digest = blake3::hash(&bytes).to_hex().to_string();
    let hash = ExpectedHash { algorithm: HashAlgorithm::Blake3, digest };
    job.file(0).expect("a file").set_expected_hash(Some(hash)).expect("set");
    assert_eq!(bench.run(&job, 2), JobState::Transferred);
    assert_eq!(sent(&bench), LENGTH + 64 * 1024);
}

#[test]
fn the_compression_mark_of_an_etag_is_no_change() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).etag("\"abc\"").script(vec![
        Reply::normal().cut_after(CUT),
        Reply::normal().etag("\"abc-gzip\"").ignore_if_range(),
    ]);
    bench.must_fetch(resource, &content(1));
    assert_eq!(sent(&bench), LENGTH);
}

#[test]
fn a_shrunken_file_restarts() {
    let bench = Bench::new();
    let short = Content::generated(2, CUT - 5);
    let job = bench.job(Resource::new(content(1)).script(broken()));
    job.resume().expect("resumed");
    stopped(&job);
    // 416 to the range, as the server ignores If-Range.
    bench
        .server
        .put("/file", Resource::new(short.clone()).always(Reply::normal().ignore_if_range()));
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("file", &short);
}

#[test]
fn a_refused_range_in_mid_file_restarts() {
    // The file is the same, and the range lies in it.
    let bench = Bench::new();
    let refusal = Reply::normal().status(416).header("Content-Range", format!("bytes */{LENGTH}"));
    let script = vec![Reply::normal().cut_after(CUT), refusal];
    bench.must_fetch(Resource::new(content(1)).etag("\"v\"").script(script), &content(1));
}

#[test]
fn a_part_that_is_longer_than_it_said_is_not_used() {
    // A server that sends the whole file under the head of a part.
    let bench = Bench::new();
    let lie = Reply::normal()
        .ignore_range()
        .status(206)
        .content_range(format!("bytes {CUT}-{}/{LENGTH}", LENGTH - 1))
        .chunked();
    let script = vec![Reply::normal().cut_after(CUT), lie];
    bench.must_fetch(Resource::new(content(1)).etag("\"v\"").script(script), &content(1));
}

#[test]
fn a_file_that_changes_while_it_is_sent_is_never_mixed() {
    // The server goes over to another version in the middle of one body, and
    // breaks off; only then does it name the new version.
    for new in [Content::generated(2, LENGTH + 9), Content::generated(2, CUT - 9)] {
        let bench = Bench::new();
        let replaced = Resource::new(new.clone()).etag("\"new\"");
        let reply = Reply::normal().switch_resource_after(CUT, replaced);
        let job =
            bench.job(Resource::new(content(1)).etag("\"old\"").script(vec![reply.cut_after(CUT)]));
        assert_eq!(bench.run(&job, 4), JobState::Transferred);
        job.complete().expect("completed");
        bench.must_hold("file", &new);
    }
}

#[test]
fn a_grown_file_restarts() {
    let bench = Bench::new();
    let long = Content::generated(1, LENGTH + 100);
    let script = broken();
    let job = bench.job(Resource::new(content(1)).no_etag().script(script));
    job.resume().expect("resumed");
    stopped(&job);
    bench.server.put("/file", Resource::new(long.clone()).no_etag());
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("file", &long);
}

#[test]
fn a_range_beyond_the_exact_end_is_the_end() {
    // Chunked, so the size is not known; cut exactly after the last byte. Only
    // with the ETag does the 416 prove that it is still the same file.
    for (end, twice) in [(Reply::normal().header("ETag", "\"v\""), 0), (Reply::normal(), LENGTH)] {
        let bench = Bench::new();
        let script = vec![Reply::normal().chunked_cut_after(LENGTH), end];
        bench.must_fetch(Resource::new(content(1)).etag("\"v\"").script(script), &content(1));
        let surplus = sent(&bench) - LENGTH - twice;
        assert!(surplus < 1000, "the 416 has a short body of its own");
    }
}

#[test]
fn a_server_that_changes_with_every_answer_is_an_error_and_no_loop() {
    let bench = Bench::new();
    let changing = |version: u64| {
        Reply::normal().ignore_if_range().etag(format!("\"{version}\"")).cut_after(CUT)
    };
    let resource = Resource::new(content(1)).script((0..100).map(changing).collect());
    let job = bench.job(resource);
    bench.run(&job, 5);
    assert!(bench.server.requests_for("/file").len() < 20);
    job.cancel().expect("cancelled");
    bench.must_be_tidy();
}

fn pieces(ranges: &[(u64, u64)]) -> Vec<FileRange> {
    ranges
        .iter()
        .map(|(initial_offset, length)| FileRange {
            initial_offset: *initial_offset,
            length: *length,
        })
        .collect()
}

#[test]
fn pieces_are_stored_back_to_back_in_the_order_given() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let job = bench.manager.create_job("pieces", bgcopy_core::JobType::Download).expect("a job");
    let ranges = pieces(&[(100, 100), (900, 100), (400, 100)]);
    job.add_file_with_ranges(&bench.server.url("/file"), &bench.name("file"), &ranges)
        .expect("added");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!(job.progress().expect("progress").bytes_total, 300);
    job.complete().expect("completed");
    let whole = content(1).slice(0..1000);
    let wanted = [&whole[100..200], &whole[900..1000], &whole[400..500]].concat();
    assert_eq!(std::fs::read(bench.path("file")).expect("the file"), wanted);
}

#[test]
fn pieces_that_each_come_at_once_are_all_there() {
    let bench = Bench::new();
    let small = Content::generated(4, 10_000);
    bench.server.put("/file", Resource::new(small.clone()));
    let job = bench.manager.create_job("pieces", bgcopy_core::JobType::Download).expect("a job");
    let ranges = pieces(&[(100, 100), (9_000, 100), (400, 100)]);
    job.add_file_with_ranges(&bench.server.url("/file"), &bench.name("file"), &ranges)
        .expect("added");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    let wanted = [small.slice(100..200), small.slice(9_000..9_100), small.slice(400..500)].concat();
    assert_eq!(std::fs::read(bench.path("file")).expect("the file"), wanted);
}

#[test]
fn pieces_beyond_four_gigabytes_and_to_the_end() {
    let bench = Bench::new();
    let huge = Content::generated(5, 6 << 30);
    bench.server.put("/file", Resource::new(huge.clone()));
    let job = bench.manager.create_job("huge", bgcopy_core::JobType::Download).expect("a job");
    let ranges = pieces(&[(5 << 30, 1000), ((6 << 30) - 50, u64::MAX)]);
    job.add_file_with_ranges(&bench.server.url("/file"), &bench.name("file"), &ranges)
        .expect("added");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    let wanted =
        [huge.slice(5 << 30..(5 << 30) + 1000), huge.slice((6 << 30) - 50..6 << 30)].concat();
    assert_eq!(std::fs::read(bench.path("file")).expect("the file"), wanted);
}

#[test]
fn pieces_need_a_server_with_ranges_and_must_lie_in_the_file() {
    for (resource, range, expected) in [
        (
            Resource::new(content(1)).always(Reply::normal().ignore_range()),
            (10, 10),
            code::DO_E_INSUFFICIENT_RANGE_SUPPORT,
        ),
        (Resource::new(content(1)), (LENGTH, 10), code::DO_E_INVALID_RANGE),
        (Resource::new(content(1)), (LENGTH - 5, 10), code::DO_E_INVALID_RANGE),
    ] {
        let bench = Bench::new();
        bench.server.put("/file", resource);
        let job =
            bench.manager.create_job("pieces", bgcopy_core::JobType::Download).expect("a job");
        let ranges = pieces(&[range]);
        job.add_file_with_ranges(&bench.server.url("/file"), &bench.name("file"), &ranges)
            .expect("added");
        assert_eq!(bench.run(&job, 0), JobState::Error);
        assert_eq!(job.error().expect("an error").code, expected);
    }
}

#[test]
fn pieces_of_two_versions_are_never_joined() {
    let bench = Bench::new();
    let resource = Resource::new(content(1)).etag("\"one\"").script(vec![
        Reply::normal(),
        Reply::normal().ignore_if_range().etag("\"two\"").content(content(2)),
    ]);
    bench.server.put("/file", resource.clone());
    let job = bench.manager.create_job("pieces", bgcopy_core::JobType::Download).expect("a job");
    let ranges = pieces(&[(0, 10), (20, 10)]);
    job.add_file_with_ranges(&bench.server.url("/file"), &bench.name("file"), &ranges)
        .expect("added");
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    job.complete().expect("completed");
    let whole = content(1).slice(0..30);
    let wanted = [&whole[0..10], &whole[20..30]].concat();
    assert_eq!(std::fs::read(bench.path("file")).expect("the file"), wanted);
}

#[test]
fn a_new_remote_name_keeps_the_bytes_if_it_is_the_same_content() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)).etag("\"v\"").script(broken()));
    job.resume().expect("resumed");
    stopped(&job);
    bench.server.put("/mirror", Resource::new(content(1)).etag("\"v\""));
    job.file(0).expect("a file").set_remote_name(&bench.server.url("/mirror")).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!(bench.server.body_bytes_sent("/mirror"), LENGTH - CUT + 64 * 1024);
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn a_new_remote_name_with_other_content_restarts() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)).etag("\"v\"").script(broken()));
    job.resume().expect("resumed");
    stopped(&job);
    // The same ETag by accident: the last block tells.
    bench.server.put("/mirror", Resource::new(content(2)).etag("\"v\""));
    job.file(0).expect("a file").set_remote_name(&bench.server.url("/mirror")).expect("set");
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("file", &content(2));
}

#[test]
fn a_connection_that_breaks_after_each_megabyte_is_made_again_at_once() {
    let bench = Bench::new();
    let resource = Resource::generated(1, 8_000_000).always(Reply::normal().cut_after(1_000_000));
    let job = bench.job(resource);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    assert_eq!(bench.server.requests_for("/file").len(), 8);
}
