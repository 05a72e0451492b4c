//! Cancelled uploads: the server is told, at once or as soon as it can be,
//! and holds no partial data in the end.

mod common;

use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState, JobType, Reader, WaitKind};
use bgcopy_test_server::{Area, Seen, UploadFault};

use common::{Bench, PATIENCE, content, kind, stopped};

/// How often something is looked at that raises no event.
const LOOK: Duration = Duration::from_millis(5);

/// A call that returns at once takes no longer than this, on any machine.
const AT_ONCE: Duration = Duration::from_secs(10);

/// Waits until no server cleanup is pending any more.
fn settled(job: &Job) {
    let start = Instant::now();
    while kind(job) != WaitKind::Finished {
        assert!(start.elapsed() < PATIENCE, "{:?}", job.wait_reason());
        // Only the time passes: the state is final already.
        _ = job.wait(&[JobState::Queued], Some(LOOK));
    }
}

fn served(packet: &'static str, times: u64) -> impl Fn(&Seen<'_>) -> bool {
    move |seen| seen.area("/up/").served(packet) >= times
}

fn cancel(job: &Job) {
    let start = Instant::now();
    assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
    assert!(start.elapsed() < AT_ONCE);
    assert_eq!(job.state().expect("a state"), JobState::Cancelled);
    assert_eq!(job.cancel().expect_err("a second time").code, code::DO_E_INVALID_STATE);
}

/// Nothing of a cancelled job is left, here or there.
fn must_be_gone(bench: &Bench, job: &Job) {
    settled(job);
    bench.must_have_nothing_unfinished();
    assert!(!bench.server.area("/up/").files.contains_key("/up/file"));
    let reader = Reader::open(bench.path("store")).expect("a reader");
    assert_eq!(reader.jobs().expect("jobs").len(), 0);
    assert_eq!(reader.job(job.id()).expect_err("gone").code, code::DO_E_JOB_NOT_FOUND);
    assert!(bench.path("source").exists(), "the source is the caller's");
    bench.must_be_tidy();
}

#[test]
fn a_cancel_at_any_moment_leaves_nothing_on_the_server() {
    let moments = [
        ("OPTIONS", UploadFault::HoldAnswer),
        ("Create-Session", UploadFault::HoldAnswer),
        ("Fragment", UploadFault::HoldAnswer),
        ("Fragment", UploadFault::CutAfter(100_000)),
        ("Fragment", UploadFault::LoseAnswer),
        ("PUT", UploadFault::CutAfter(100_000)),
    ];
    for (packet, fault) in moments {
        let bench = Bench::new();
        let area = if packet == "PUT" { Area::new().put_only() } else { Area::new() };
        let job = bench.upload(area.fault(packet, fault.clone()), &content(1));
        job.resume().expect("resumed");
        assert!(bench.server.wait_until(PATIENCE, served(packet, 1)), "{packet}");
        if fault != UploadFault::HoldAnswer {
            assert_eq!(stopped(&job), JobState::TransientError);
        }
        match packet {
            // What came of it cannot be taken back.
            "PUT" => {
                assert_eq!(job.cancel().expect("cancelled"), code::BG_S_UNABLE_TO_DELETE_FILES)
            }
            _ => cancel(&job),
        }
        bench.server.open_gate("/up/");
        must_be_gone(&bench, &job);
    }
}

#[test]
fn a_cancel_in_the_middle_of_a_fragment_stops_it() {
    let bench = Bench::new();
    let job = bench.upload(Area::new().bytes_per_second(200_000), &content(1));
    job.resume().expect("resumed");
    let some = |seen: &Seen<'_>| seen.area("/up/").bytes_stored >= 10_000;
    assert!(bench.server.wait_until(PATIENCE, some));
    cancel(&job);
    must_be_gone(&bench, &job);
    let seen = bench.server.area("/up/");
    assert_eq!(seen.served("Cancel-Session"), 1);
    assert!(seen.bytes_stored < 1_000_000, "{} bytes", seen.bytes_stored);
}

#[test]
fn a_session_that_was_being_made_while_suspended_is_not_forgotten() {
    let bench = Bench::new();
    let area = Area::new().fault("Create-Session", UploadFault::HoldAnswer);
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert!(bench.server.wait_until(PATIENCE, served("Create-Session", 1)));
    job.suspend().expect("suspended");
    bench.server.open_gate("/up/");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.must_have_sent(&content(1));
    assert_eq!(bench.server.area("/up/").served("Create-Session"), 1);
}

#[test]
fn a_job_that_never_began_or_is_finished_owes_nothing() {
    let bench = Bench::new();
    let job = bench.upload(Area::new(), &content(1));
    cancel(&job);
    must_be_gone(&bench, &job);
    let bench = Bench::new();
    let job = bench.upload(Area::new(), &content(1));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    cancel(&job);
    settled(&job);
    bench.must_have_sent(&content(1));
    assert_eq!(bench.server.area("/up/").served("Cancel-Session"), 0);
}

#[test]
fn after_the_last_fragment_the_file_stays() {
    let bench = Bench::new();
    let area = Area::new().places_on_last_fragment().always("Close-Session", 503);
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    cancel(&job);
    settled(&job);
    bench.must_have_sent(&content(1));
}

#[test]
fn a_server_that_cannot_cancel_now_is_told_again_and_shown_meanwhile() {
    let bench = Bench::new();
    let area = Area::new()
        .fault("Fragment", UploadFault::CutAfter(100_000))
        .fault("Cancel-Session", UploadFault::Status(503, 0));
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    cancel(&job);
    assert!(bench.server.wait_until(PATIENCE, served("Cancel-Session", 1)));
    let reason = job.wait_reason().expect("a reason");
    assert_eq!(reason.kind, WaitKind::CancellingOnServer);
    assert!(reason.message.contains("cancelled on the server"), "{}", reason.message);
    let reader = Reader::open(bench.path("store")).expect("a reader");
    let records = reader.jobs().expect("jobs");
    assert_eq!(records.len(), 1, "it is listed");
    assert_eq!(records[0].state, JobState::Cancelled);
    assert_eq!(reader.wait_reason(&records[0]).kind, WaitKind::CancellingOnServer);
    let error = bench.manager.get_job(job.id()).err().expect("it is no job of the queue");
    assert_eq!(error.code, code::DO_E_JOB_NOT_FOUND);
    must_be_gone(&bench, &job);
    assert_eq!(bench.server.area("/up/").served("Cancel-Session"), 2);
}

#[test]
fn what_is_owed_is_paid_by_the_next_manager() {
    let mut bench = Bench::new();
    let area =
        Area::new().fault("Fragment", UploadFault::CutAfter(100_000)).always("Cancel-Session", 500);
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    cancel(&job);
    assert!(bench.server.wait_until(PATIENCE, served("Cancel-Session", 1)));
    bench.manager.close();
    for times in [2, 3] {
        // A start is as good a moment to try again as any.
        bench.manager = common::open(bench.folder.path());
        assert!(bench.server.wait_until(PATIENCE, served("Cancel-Session", times)));
        bench.manager.close();
    }
    assert!(!bench.server.area("/up/").sessions.is_empty());
    bench.server.accept_uploads("/up/", Area::new());
    bench.manager = common::open(bench.folder.path());
    let nothing = |seen: &Seen<'_>| seen.area("/up/").sessions.is_empty();
    assert!(bench.server.wait_until(PATIENCE, nothing));
    bench.must_have_nothing_unfinished();
}

#[test]
fn what_the_server_refuses_is_given_up() {
    for status in [400, 403, 404, 410] {
        let bench = Bench::new();
        let area = Area::new()
            .fault("Fragment", UploadFault::CutAfter(100_000))
            .fault("Cancel-Session", UploadFault::Status(status, 0));
        let job = bench.upload(area, &content(1));
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::TransientError);
        cancel(&job);
        settled(&job);
        assert_eq!(bench.server.area("/up/").served("Cancel-Session"), 1);
    }
}

#[test]
fn without_patience_the_server_is_told_once() {
    let bench = Bench::new();
    let area =
        Area::new().fault("Fragment", UploadFault::CutAfter(100_000)).always("Cancel-Session", 503);
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job.set_no_progress_timeout(0).expect("set");
    cancel(&job);
    settled(&job);
    assert_eq!(bench.server.area("/up/").served("Cancel-Session"), 1);
}

#[test]
fn a_cancelled_upload_needs_neither_its_file_nor_a_slot_for_long() {
    let bench = Bench::new();
    let area = Area::new().fault("Fragment", UploadFault::CutAfter(100_000));
    let job = bench.upload(area, &content(1));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    std::fs::remove_file(bench.path("source")).expect("deleted");
    cancel(&job);
    settled(&job);
    bench.must_have_nothing_unfinished();
    let next = bench.manager.create_job("next", JobType::Upload).expect("a job");
    let source = bench.source("next", &content(2));
    next.add_file(&bench.server.url("/up/file"), &source).expect("a file");
    assert_eq!(bench.run(&next, 0), JobState::Transferred);
    bench.must_have_sent(&content(2));
}
