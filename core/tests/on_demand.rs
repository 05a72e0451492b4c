//! Ranges of a file that are requested: alone in ON_DEMAND_MODE, and first in other jobs.

mod common;

use std::io::{Seek, SeekFrom};

use bgcopy_core::vocab::{JobPropertyId, LENGTH_TO_EOF, PropertyValue, code};
use bgcopy_core::{File, FileRange, HResult, Job, JobState, JobType};
use bgcopy_test_server::{Area, Content, Reply, Resource, Seen};

use common::{Bench, PATIENCE, open};

const BYTES: u64 = 1_000_000;

fn content() -> Content {
    Content::generated(11, BYTES)
}

fn range(initial_offset: u64, length: u64) -> FileRange {
    FileRange { initial_offset, length }
}

fn set_enabled(job: &Job, id: JobPropertyId) -> Result<(), HResult> {
    let set = job.set_property(id.as_u32(), PropertyValue::Enable(true));
    set.map_err(|error| error.code)
}

/// A job on demand of one file, not resumed yet.
fn on_demand(bench: &Bench, resource: Resource) -> (Job, File) {
    let job = bench.job(resource);
    set_enabled(&job, JobPropertyId::OnDemandMode).expect("set");
    let file = job.file(0).expect("the file");
    (job, file)
}

/// Requests ranges, and waits until all of them are here or the job has failed.
fn fetch(job: &Job, ranges: &[FileRange]) -> JobState {
    job.file(0).expect("the file").request_ranges(ranges).expect("requested");
    job.resume().expect("resumed");
    here_or_failed(job)
}

fn here_or_failed(job: &Job) -> JobState {
    let states = [JobState::Suspended, JobState::Transferred, JobState::Error];
    job.wait(&states, Some(PATIENCE)).unwrap_or_else(|error| {
        panic!("{error}: {:?} {:?}", job.wait_reason(), job.progress());
    })
}

fn asked(bench: &Bench) -> Vec<String> {
    let requests = bench.server.requests_for("/file");
    let range = |request: &bgcopy_test_server::Request| request.header("range").map(str::to_owned);
    requests.iter().map(|request| range(request).unwrap_or_default()).collect()
}

fn must_read(file: &File, range: FileRange) {
    let mut reader = file.open_reader().expect("a reader");
    reader.seek(SeekFrom::Start(range.initial_offset)).expect("moved");
    let mut bytes = vec![0; range.length as usize];
    let mut read = 0;
    while read < bytes.len() {
        read += reader.read_within(&mut bytes[read..], Some(PATIENCE)).expect("read");
    }
    let end = range.initial_offset + range.length;
    assert!(bytes == content().slice(range.initial_offset..end), "{range:?}");
}

#[test]
fn only_what_is_requested_is_fetched_and_then_the_rest() {
    let bench = Bench::new();
    let (job, file) = on_demand(&bench, Resource::new(content()));
    let (early, late) = (range(1_000, 500), range(900_000, 7));
    assert_eq!(fetch(&job, &[late, early]), JobState::Suspended);
    assert_eq!(file.filled_ranges().expect("ranges"), [early, late]);
    assert_eq!(asked(&bench), ["bytes=1000-1499", "bytes=900000-900006"]);
    let if_range = |at: usize| bench.server.requests_for("/file")[at].header("if-range").is_some();
    assert!(!if_range(0) && if_range(1), "the second one must be of the same version");
    must_read(&file, early);
    must_read(&file, late);
    // What is here is not fetched again.
    assert_eq!(fetch(&job, &[range(1_200, 1_300)]), JobState::Suspended);
    assert_eq!(asked(&bench)[2..], ["bytes=1500-2499"]);
    assert_eq!(fetch(&job, &[range(BYTES - 10, LENGTH_TO_EOF)]), JobState::Suspended);
    assert_eq!(asked(&bench)[3..], ["bytes=999990-999999"]);
    assert_eq!(fetch(&job, &[range(0, LENGTH_TO_EOF)]), JobState::Transferred);
    assert_eq!(bench.server.body_bytes_sent("/file"), BYTES);
    job.complete().expect("completed");
    bench.must_hold("file", &content());
    bench.must_be_tidy();
}

#[test]
fn a_job_without_requests_stays_suspended() {
    let bench = Bench::new();
    let (job, _) = on_demand(&bench, Resource::new(content()));
    // Its size is not known: the whole file could be empty.
    job.resume().expect("resumed");
    assert_eq!(here_or_failed(&job), JobState::Suspended);
    assert_eq!(asked(&bench), Vec::<String>::new());
}

#[test]
fn requests_outlive_the_process_and_so_does_what_is_here() {
    let bench = Bench::new();
    let (job, file) = on_demand(&bench, Resource::new(content()));
    assert_eq!(fetch(&job, &[range(500_000, 10)]), JobState::Suspended);
    file.request_ranges(&[range(0, 5), range(700_000, 5)]).expect("requested");
    let id = job.id();
    let Bench { server, folder, manager } = bench;
    drop((job, file, manager));
    let bench = Bench { manager: open(folder.path()), server, folder };
    let job = bench.manager.get_job(id).expect("the job");
    job.resume().expect("resumed");
    assert_eq!(here_or_failed(&job), JobState::Suspended);
    let file = job.file(0).expect("the file");
    let here = [range(0, 5), range(500_000, 10), range(700_000, 5)];
    assert_eq!(file.filled_ranges().expect("ranges"), here);
    here.into_iter().for_each(|range| must_read(&file, range));
    assert_eq!(bench.server.body_bytes_sent("/file"), 20);
}

#[test]
fn two_versions_are_never_mixed() {
    let bench = Bench::new();
    let (job, file) = on_demand(&bench, Resource::generated(1, BYTES).etag("\"one\""));
    assert_eq!(fetch(&job, &[range(0, 10), range(500_000, 10)]), JobState::Suspended);
    bench.server.put("/file", Resource::new(content()).etag("\"two\""));
    assert_eq!(fetch(&job, &[range(700_000, 10)]), JobState::Suspended);
    let here = [range(0, 10), range(500_000, 10), range(700_000, 10)];
    assert_eq!(file.filled_ranges().expect("ranges"), here, "all of the new version");
    here.into_iter().for_each(|range| must_read(&file, range));
}

#[test]
fn ranges_that_come_by_a_temporary_redirect_belong_together() {
    let bench = Bench::new();
    bench.server.put("/there", Resource::new(content()).no_last_modified());
    let redirect = Reply::normal().redirect(302, bench.server.url("/there"));
    let (job, file) = on_demand(&bench, Resource::bytes("").always(redirect));
    let here = [range(10, 10), range(500_000, 10)];
    assert_eq!(fetch(&job, &here[..1]), JobState::Suspended);
    assert_eq!(fetch(&job, &here), JobState::Suspended);
    assert_eq!(file.filled_ranges().expect("ranges"), here);
    here.into_iter().for_each(|range| must_read(&file, range));
    assert_eq!(bench.server.body_bytes_sent("/there"), 20, "nothing was begun anew");
}

#[test]
fn a_server_must_send_ranges_a_size_and_a_strong_tag() {
    let refused = |resource: Resource| {
        let bench = Bench::new();
        let (job, file) = on_demand(&bench, resource);
        assert_eq!(fetch(&job, &[range(0, 10), range(500_000, 10)]), JobState::Error);
        assert_eq!(file.filled_ranges().expect("ranges"), []);
        assert!(bench.server.requests_for("/file").len() == 1, "{:?}", asked(&bench));
        job.error().expect("an error").code
    };
    let resource = || Resource::new(content());
    let without_ranges = resource().always(Reply::normal().ignore_range());
    let without_size = resource().always(Reply::normal().content_range_total_unknown());
    let in_parts = resource().always(Reply::normal().multipart());
    assert_eq!(refused(without_ranges), code::DO_E_INSUFFICIENT_RANGE_SUPPORT);
    assert_eq!(refused(without_size), code::DO_E_INSUFFICIENT_RANGE_SUPPORT);
    assert_eq!(refused(resource().no_etag()), code::DO_E_INSUFFICIENT_RANGE_SUPPORT);
    assert_eq!(refused(resource().etag("W/\"weak\"")), code::DO_E_INSUFFICIENT_RANGE_SUPPORT);
    assert_eq!(refused(in_parts), code::BG_E_INVALID_SERVER_RESPONSE);
}

#[test]
fn a_range_outside_of_the_file_is_refused_as_soon_as_that_is_known() {
    let bench = Bench::new();
    let (job, file) = on_demand(&bench, Resource::new(content()));
    // The first answer tells the size, and the other range ends behind it.
    assert_eq!(fetch(&job, &[range(0, 10), range(BYTES - 5, 6)]), JobState::Error);
    assert_eq!(job.error().expect("an error").code, code::BG_E_INVALID_RANGE);
    for outside in [range(BYTES, 1), range(BYTES, LENGTH_TO_EOF), range(1, BYTES)] {
        let error = file.request_ranges(&[range(20, 5), outside]).expect_err("outside");
        assert_eq!(error.code, code::BG_E_INVALID_RANGE, "{outside:?}");
    }
    assert_eq!(fetch(&job, &[range(BYTES - 5, 5)]), JobState::Suspended);
    let here = [range(0, 10), range(BYTES - 5, 5)];
    assert_eq!(file.filled_ranges().expect("ranges"), here, "nothing changed by the refusals");

    // The server itself refuses what begins behind the end.
    let other = Bench::new();
    let (job, file) = on_demand(&other, Resource::new(content()));
    assert_eq!(fetch(&job, &[range(2 * BYTES, 10)]), JobState::Error);
    assert_eq!(job.error().expect("an error").code, code::DO_E_INVALID_RANGE);
    assert_eq!(fetch(&job, &[range(7, 10)]), JobState::Suspended);
    assert_eq!(file.filled_ranges().expect("ranges"), [range(7, 10)]);
}

#[test]
fn one_file_that_fails_does_not_stop_the_ranges_of_another_one() {
    let bench = Bench::new();
    let (job, _) = on_demand(&bench, Resource::new(content()));
    job.add_file(&bench.server.url("/missing"), &bench.name("missing")).expect("added");
    let missing = job.file(1).expect("the file");
    missing.request_ranges(&[range(0, 10)]).expect("requested");
    assert_eq!(fetch(&job, &[range(900_000, 10), range(3, 10)]), JobState::Error);
    assert_eq!(job.error().expect("an error").file, Some(1));
    let file = job.file(0).expect("the file");
    assert_eq!(file.filled_ranges().expect("ranges"), [range(3, 10), range(900_000, 10)]);
}

#[test]
fn what_is_requested_while_another_file_is_under_way_is_fetched_at_once() {
    let bench = Bench::new();
    let gated = Reply::normal().gate_after(5);
    let (job, _) = on_demand(&bench, Resource::new(content()).script(vec![gated]));
    bench.server.put("/other", Resource::new(content()));
    job.add_file(&bench.server.url("/other"), &bench.name("other")).expect("added");
    job.file(0).expect("the file").request_ranges(&[range(0, 10)]).expect("requested");
    job.resume().expect("resumed");
    common::wait_for_bytes(&job, 5);
    job.file(1).expect("the file").request_ranges(&[range(7, 10)]).expect("requested");
    // After a minute the request that stands still would end by itself.
    let is_asked = |seen: &Seen<'_>| !seen.requests_for("/other").is_empty();
    assert!(bench.server.wait_until(PATIENCE / 2, is_asked), "{:?}", job.wait_reason());
    let first = job.file(0).expect("the file").filled_ranges().expect("ranges");
    assert_eq!(first, [range(0, 5)], "that one stands still");
    bench.server.open_gate("/file");
    assert_eq!(here_or_failed(&job), JobState::Suspended);
}

#[test]
fn large_ranges_come_by_several_connections_and_end_where_they_should() {
    let bench = Bench::new();
    let size = 64 << 20;
    let resource = Resource::generated(5, size);
    let (job, file) = on_demand(&bench, resource.always(Reply::normal().bytes_per_second(2 << 20)));
    let wanted = range(8 << 20, 24 << 20);
    file.request_ranges(&[wanted]).expect("requested");
    job.resume().expect("resumed");
    let several = |seen: &Seen<'_>| seen.requests_for("/file").len() >= 3;
    assert!(bench.server.wait_until(PATIENCE, several), "{:?}", asked(&bench));
    assert_eq!(here_or_failed(&job), JobState::Suspended);
    assert_eq!(file.filled_ranges().expect("ranges"), [wanted]);
    let end = wanted.initial_offset + wanted.length;
    for text in asked(&bench) {
        let (first, last) = text["bytes=".len()..].split_once('-').expect("a range");
        assert!(first.parse::<u64>().expect("first") >= wanted.initial_offset, "{text}");
        assert!(last.parse::<u64>().expect("last") < end, "{text}");
    }
}

#[test]
fn in_other_jobs_requested_ranges_come_first() {
    let bench = Bench::new();
    let content = Content::generated(7, 40 << 20);
    // The first request stands still after its first bytes; the others do not.
    let script = vec![Reply::normal().gate_after(1 << 20)];
    let job = bench.job(Resource::new(content.clone()).script(script));
    let file = job.file(0).expect("the file");
    let (early, late) = (range(30 << 20, 10), range(33 << 20, 10));
    file.request_ranges(&[late, early]).expect("requested");
    job.resume().expect("resumed");
    let is_late = |text: &str| text.starts_with("bytes=34603008-");
    let further = |seen: &Seen<'_>| {
        let requests = seen.requests_for("/file");
        requests.iter().any(|request| request.header("range").is_some_and(is_late))
    };
    assert!(bench.server.wait_until(PATIENCE, further), "{:?}", asked(&bench));
    let asked = asked(&bench);
    assert!(asked[0].is_empty(), "it begins as any other file: {asked:?}");
    assert!(asked[1].starts_with("bytes=31457280-"), "{asked:?}");
    // Of two that begin at the same time either may come first.
    let late = asked.iter().position(|text| is_late(text));
    assert!(late < Some(4), "{asked:?}");
    bench.server.open_gate("/file");
    assert_eq!(common::stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content);
}

#[test]
fn a_read_of_bytes_that_nobody_requested_says_so() {
    let bench = Bench::new();
    let gated = Reply::normal().gate_before_reply();
    let (job, file) = on_demand(&bench, Resource::new(content()).always(gated));
    file.request_ranges(&[range(10, 10)]).expect("requested");
    job.resume().expect("resumed");
    let reader = file.open_reader().expect("a reader");
    let error = reader.read_within(&mut [0; 5], Some(PATIENCE)).expect_err("not requested");
    assert_eq!(error.code, code::DO_E_INVALID_STATE);
    assert!(error.message.contains("no requested range"), "{}", error.message);
    bench.server.open_gate("/file");
    must_read(&file, range(10, 10));
    assert_eq!(here_or_failed(&job), JobState::Suspended);
}

#[test]
fn what_cannot_be_requested_is_refused_and_changes_nothing() {
    let bench = Bench::new();
    let refused = |file: &File, ranges: &[FileRange]| {
        file.request_ranges(ranges).expect_err("it is refused").code
    };
    let (job, file) = on_demand(&bench, Resource::new(content()));
    let one = [range(0, 1)];
    assert_eq!(refused(&file, &[]), code::E_INVALIDARG);
    assert_eq!(refused(&file, &[range(0, 1), range(5, 0)]), code::BG_E_INVALID_RANGE);
    assert_eq!(refused(&file, &[range(u64::MAX, 2)]), code::BG_E_INVALID_RANGE);
    let many: Vec<_> = (0..501).map(|at| range(at * 2, 1)).collect();
    assert_eq!(refused(&file, &many), code::BG_E_TOO_MANY_RANGES_IN_FILE);
    file.request_ranges(&many[..500]).expect("as many as there may be");
    // Ranges that overlap or meet are one.
    file.request_ranges(&[range(0, 1_000), range(500, 600)]).expect("joined");
    assert_eq!(fetch(&job, &one), JobState::Suspended);
    assert_eq!(asked(&bench), ["bytes=0-1099"]);
    assert_eq!(
        set_enabled(&job, JobPropertyId::OnDemandMode),
        Err(code::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME)
    );
    let no_access = code::BG_E_RANDOM_ACCESS_NOT_SUPPORTED;
    assert_eq!(
        job.add_file_with_ranges(&bench.server.url("/x"), &bench.name("x"), &one)
            .expect_err("ranges of its own")
            .code,
        no_access
    );
    job.cancel().expect("cancelled");
    assert_eq!(refused(&file, &one), code::DO_E_INVALID_STATE);

    let pieces = bench.manager.create_job("pieces", JobType::Download).expect("a job");
    pieces
        .add_file_with_ranges(&bench.server.url("/file"), &bench.name("pieces"), &one)
        .expect("added");
    assert_eq!(refused(&pieces.file(0).expect("the file"), &one), no_access);
    assert_eq!(set_enabled(&pieces, JobPropertyId::OnDemandMode), Err(no_access));
    let dynamic = bench.manager.create_job("dynamic", JobType::Download).expect("a job");
    dynamic.add_file(&bench.server.url("/file"), &bench.name("dynamic")).expect("added");
    set_enabled(&dynamic, JobPropertyId::DynamicContent).expect("set");
    assert_eq!(refused(&dynamic.file(0).expect("the file"), &one), no_access);
    assert_eq!(set_enabled(&dynamic, JobPropertyId::OnDemandMode), Err(no_access));
    let upload = bench.upload(Area::new(), &Content::generated(1, 10));
    assert_eq!(refused(&upload.file(0).expect("the file"), &one), no_access);
    assert_eq!(
        set_enabled(&upload, JobPropertyId::OnDemandMode),
        Err(code::BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY)
    );
}
