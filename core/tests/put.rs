//! Uploads by one PUT or POST, and by PUTs with Content-Range.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState, JobType, PropertyValue, UploadProtocol};
use bgcopy_test_server::{Area, Content, Ietf, Ranges, Seen, UploadFault};

use common::{Bench, LENGTH, PATIENCE, content, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// Bytes of the first of several PUTs.
const FIRST: u64 = 1 << 20;

fn upload(bench: &Bench, area: Area, protocol: UploadProtocol) -> Job {
    let job = bench.upload(area.put_only(), &content(1));
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    job
}

#[test]
fn a_post_is_the_whole_file_and_starts_over() {
    let bench = Bench::new();
    let area = Area::new()
        .fault("POST", UploadFault::CutAfter(200_000))
        .fault("POST", UploadFault::Status(503, 0));
    let job = upload(&bench, area, UploadProtocol::Post);
    assert_eq!(bench.run(&job, 3), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(&content(1));
    let seen = bench.server.area("/up/");
    assert_eq!((seen.served("POST"), seen.served("PUT"), seen.served("OPTIONS")), (3, 0, 0));
}

#[test]
fn ranges_are_used_only_by_who_chose_them() {
    for protocol in [UploadProtocol::Auto, UploadProtocol::Put] {
        let bench = Bench::new();
        let area = Area::new().ranges(Ranges::Honour).fault("PUT", UploadFault::CutAfter(200_000));
        let job = upload(&bench, area, protocol);
        assert_eq!(bench.run(&job, 3), JobState::Transferred);
        let puts = bench.server.requests_for("/up/file");
        assert!(puts.iter().all(|one| one.header("Content-Range").is_none()));
    }
}

#[test]
fn a_range_goes_on_where_the_file_ends() {
    for fault in [
        UploadFault::CutAfter(100_000),
        UploadFault::LoseAfter(100_000),
        UploadFault::LoseAnswer,
        UploadFault::Status(503, 0),
    ] {
        let bench = Bench::new();
        // The first is whole, the second goes wrong.
        let area = Area::new().ranges(Ranges::Honour).fault("PUT", UploadFault::HoldAnswer);
        let job = upload(&bench, area.fault("PUT", fault.clone()), UploadProtocol::PutRange);
        bench.server.open_gate("/up/");
        assert_eq!(bench.run(&job, 3), JobState::Transferred, "{fault:?}: {:?}", job.error());
        bench.must_have_sent(&content(1));
        let seen = bench.server.area("/up/");
        assert_eq!(seen.bytes_stored, LENGTH, "nothing is stored twice: {fault:?}");
        assert!(seen.served("HEAD") > 0, "its size was looked at");
    }
}

#[test]
fn what_is_there_is_done_away_with_first() {
    let bench = Bench::new();
    let longer = Content::generated(9, 2 * LENGTH);
    let job = bench.upload(Area::new().put_only(), &longer);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let area = Area::new().ranges(Ranges::Honour);
    let job = upload(&bench, area, UploadProtocol::PutRange);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.must_have_sent(&content(1));
}

#[test]
fn servers_that_do_not_take_ranges_are_noticed() {
    for ranges in [Ranges::Ignore, Ranges::Refuse] {
        let bench = Bench::new();
        let job = upload(&bench, Area::new().ranges(ranges), UploadProtocol::PutRange);
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::Error);
        let error = job.error().expect("an error");
        assert_eq!(error.code, code::DO_E_INSUFFICIENT_RANGE_SUPPORT);
        assert!(error.message.contains("the protocol PUT"), "{}", error.message);
        job.cancel().expect("cancelled");
        bench.must_settle(&job);
        assert!(bench.server.area("/up/").files.is_empty(), "the piece does not stay");
    }
}

#[test]
fn a_server_that_keeps_only_the_last_piece_is_not_sent_it_again_and_again() {
    // The second piece is as long as the first: the size that it leaves is the one
    // that was there before.
    let bench = Bench::new();
    let file = Content::generated(1, 4 * FIRST);
    let job = bench.upload(Area::new().put_only().ranges(Ranges::Ignore), &file);
    let value = PropertyValue::Dword(UploadProtocol::PutRange.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    let error = job.error().expect("an error");
    assert_eq!(error.code, code::DO_E_INSUFFICIENT_RANGE_SUPPORT);
    assert_eq!(bench.server.area("/up/").served("PUT"), 2);
}

#[test]
fn a_server_that_refuses_ranges_keeps_the_file_that_it_has() {
    let bench = Bench::new();
    let job = upload(&bench, Area::new(), UploadProtocol::Put);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let other = bench.manager.create_job("other", JobType::Upload).expect("a job");
    let longer = bench.source("longer", &Content::generated(9, 2 * LENGTH));
    other.add_file(&bench.server.url("/up/file"), &longer).expect("a file");
    let value = PropertyValue::Dword(UploadProtocol::PutRange.as_u32());
    other.set_property(UPLOAD_PROTOCOL, value).expect("set");
    bench.server.accept_uploads("/up/", Area::new().put_only().ranges(Ranges::Refuse));
    other.resume().expect("resumed");
    assert_eq!(stopped(&other), JobState::Error);
    other.cancel().expect("cancelled");
    bench.must_settle(&other);
    bench.must_have_sent(&content(1));
}

#[test]
fn a_server_that_says_success_and_stores_nothing_is_left_alone_for_a_while() {
    for (kind, status, area, protocol, times) in [
        ("PUT", 204, Area::new().put_only(), UploadProtocol::PutRange, 4),
        ("PATCH", 204, Area::tus(), UploadProtocol::Tus, 4),
        ("PATCH", 204, Area::new().ietf(Ietf::new()), UploadProtocol::Ietf, 2),
        ("Fragment", 200, Area::new(), UploadProtocol::Bits, 1),
    ] {
        let bench = Bench::new();
        let job = bench.upload(area.always(kind, status), &content(1));
        let value = PropertyValue::Dword(protocol.as_u32());
        job.set_property(UPLOAD_PROTOCOL, value).expect("set");
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::TransientError, "{protocol:?}");
        assert_eq!(bench.server.area("/up/").served(kind), times, "{protocol:?}");
    }
}

#[test]
fn a_cancel_deletes_the_unfinished_file() {
    let mut bench = Bench::new();
    let area = Area::new().ranges(Ranges::Honour).always("DELETE", 503);
    let job = upload(&bench, area.bytes_per_second(2_000_000), UploadProtocol::PutRange);
    job.resume().expect("resumed");
    let begun = |seen: &Seen<'_>| seen.area("/up/").bytes_stored > FIRST;
    assert!(bench.server.wait_until(PATIENCE, begun));
    job.cancel().expect("cancelled");
    let told = |seen: &Seen<'_>| seen.area("/up/").served("DELETE") > 0;
    assert!(bench.server.wait_until(PATIENCE, told));
    drop(job);
    bench.manager.close();
    assert!(!bench.server.area("/up/").files.is_empty());
    bench.server.accept_uploads("/up/", Area::new().put_only());
    bench.manager = common::open(bench.folder.path());
    let nothing = |seen: &Seen<'_>| seen.area("/up/").files.is_empty();
    assert!(bench.server.wait_until(PATIENCE, nothing));
}

#[test]
fn a_new_manager_goes_on_with_ranges() {
    let mut bench = Bench::new();
    let area = Area::new().ranges(Ranges::Honour);
    let job = upload(&bench, area.clone().bytes_per_second(2_000_000), UploadProtocol::PutRange);
    let id = job.id();
    job.resume().expect("resumed");
    let begun = |seen: &Seen<'_>| seen.area("/up/").bytes_stored > FIRST;
    assert!(bench.server.wait_until(PATIENCE, begun));
    drop(job);
    bench.manager.close();
    // What was on its way arrives before anybody asks how much there is.
    assert!(bench.server.wait_until(PATIENCE, |seen| seen.open_connections() == 0));
    bench.server.accept_uploads("/up/", area.put_only());
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("the job");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    bench.must_have_sent(&content(1));
    assert_eq!(bench.server.area("/up/").bytes_stored, LENGTH, "no byte was sent twice");
}
