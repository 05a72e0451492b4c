//! The parts of an upload to S3, several of which are on their way at a time.

mod common;

use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{JobState, Limits, WaitKind};
use bgcopy_test_server::{Bucket, BucketFault, Content, Seen};

use common::bucket::{
    LENGTH, PART, bucket, holding, job, large, must_be_gone, must_have_sent, seen, served,
};
use common::{Bench, PATIENCE, http, kind, stopped};

/// Seven parts, the last of which is short.
const LONG: u64 = 6 * PART + 70_001;

fn long() -> Content {
    Content::generated(6, LONG)
}

#[test]
fn parts_go_side_by_side() {
    let bench = Bench::new();
    let job = job(&bench, holding(&[1, 2, 3, 4]), &long());
    job.resume().expect("resumed");
    // None of them is answered before all of them are here.
    let four = |seen: &Seen<'_>| seen.bucket("/bucket/").parts_stored == 4;
    assert!(bench.server.wait_until(PATIENCE, four), "{:?}", seen(&bench).served);
    assert_eq!(seen(&bench).parts_under_way, 4);
    assert_eq!(job.progress().expect("progress").bytes_transferred, 0, "none is acknowledged");
    assert_eq!(kind(&job), WaitKind::Transferring);
    bench.server.open_gate("/bucket/");
    let mut held = 0;
    while job.state().expect("a state") != JobState::Transferred {
        let progress = job.progress().expect("progress");
        assert!(progress.bytes_transferred >= held, "what is held never falls");
        assert!([0, LONG % PART].contains(&(progress.bytes_transferred % PART)), "whole parts");
        held = progress.bytes_transferred;
        assert!(job.error().is_err(), "nothing fails");
    }
    must_have_sent(&bench, &long());
    let seen = seen(&bench);
    assert_eq!((seen.parts_stored, seen.parts_at_once, seen.served("ListParts")), (7, 4, 0));
}

#[test]
fn the_limits_hold_for_parts_too() {
    let with = |limits: Limits| {
        let bench = Bench::new();
        bench.manager.set_limits(limits).expect("set");
        let job = job(&bench, bucket(), &long());
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        must_have_sent(&bench, &long());
        seen(&bench).parts_at_once
    };
    assert_eq!(with(Limits { connections_per_file: 1, ..Limits::default() }), 1);
    assert!(with(Limits { connections_per_file: 7, ..Limits::default() }) <= 7);
    // Parts are connections and no files.
    assert_eq!(with(Limits { simultaneous_files: 1, ..Limits::default() }), 4);
    for limits in [
        Limits { connections_per_host: 2, ..Limits::default() },
        Limits { connections_total: 2, ..Limits::default() },
    ] {
        assert!(with(limits) <= 2, "{limits:?}");
    }
}

#[test]
fn a_part_that_is_refused_is_sent_again_while_the_others_go_on() {
    for fault in [
        BucketFault::Error(500, "InternalError"),
        BucketFault::Error(503, "SlowDown"),
        BucketFault::Error(400, "RequestTimeout"),
        BucketFault::CutAfter(1000),
    ] {
        let bench = Bench::new();
        let job = job(&bench, holding(&[1]).fault("UploadPart/2", fault.clone()), &long());
        job.resume().expect("resumed");
        let rest = |seen: &Seen<'_>| {
            let seen = seen.bucket("/bucket/");
            seen.served("UploadPart/2") == 2 && seen.parts_stored == 7
        };
        assert!(bench.server.wait_until(PATIENCE, rest), "{:?}", seen(&bench).served);
        assert_eq!(job.state().expect("a state"), JobState::Transferring);
        bench.server.open_gate("/bucket/");
        assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
        must_have_sent(&bench, &long());
        let seen = seen(&bench);
        assert_eq!((seen.parts_stored, seen.served("ListParts")), (7, 0), "{fault:?}");
        assert_eq!(seen.served("UploadPart"), 8);
    }
}

#[test]
fn a_part_without_an_answer_is_asked_for_when_the_others_are_done() {
    let bench = Bench::new();
    let faulty = holding(&[1]).fault("UploadPart/2", BucketFault::LoseAnswer);
    let job = job(&bench, faulty, &long());
    job.resume().expect("resumed");
    let done = |seen: &Seen<'_>| {
        let seen = seen.bucket("/bucket/");
        seen.parts_stored == 7 && seen.parts_under_way == 1
    };
    assert!(bench.server.wait_until(PATIENCE, done), "{:?}", seen(&bench).served);
    assert_eq!(job.state().expect("a state"), JobState::Transferring);
    bench.server.open_gate("/bucket/");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    must_have_sent(&bench, &long());
    let seen = seen(&bench);
    assert_eq!((seen.served("UploadPart"), seen.served("ListParts")), (7, 1));
}

#[test]
fn a_server_that_refuses_every_part_is_left_alone_for_a_while() {
    let bench = Bench::new();
    let job = job(&bench, bucket().always("UploadPart", 503, "SlowDown"), &long());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    let reason = job.wait_reason().expect("a reason");
    assert_eq!((reason.kind, reason.code), (WaitKind::RetryAfterError, Some(http(503))));
    assert_eq!(seen(&bench).served("UploadPart"), 4, "each of those under way, once");
    bench.server.serve_bucket("/bucket/", bucket());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred);
    must_have_sent(&bench, &long());
    assert_eq!((seen(&bench).parts_stored, seen(&bench).served("ListParts")), (7, 1));
}

#[test]
fn a_server_that_asks_to_wait_is_sent_no_part_until_then() {
    let bench = Bench::new();
    let waits = holding(&[1]).fault("UploadPart/2", BucketFault::Wait(3600));
    let job = job(&bench, waits, &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(kind(&job), WaitKind::ServerAskedToWait);
    bench.server.open_gate("/bucket/");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    must_have_sent(&bench, &large());
    assert_eq!(seen(&bench).parts_stored, 3);
}

#[test]
fn a_suspended_job_takes_the_answers_that_still_come() {
    let bench = Bench::new();
    let job = job(&bench, holding(&[1, 2, 3]), &large());
    job.resume().expect("resumed");
    let all = |seen: &Seen<'_>| seen.bucket("/bucket/").parts_stored == 3;
    assert!(bench.server.wait_until(PATIENCE, all));
    job.suspend().expect("suspended");
    bench.server.open_gate("/bucket/");
    common::wait_for_bytes(&job, LENGTH);
    assert_eq!(job.state().expect("a state"), JobState::Suspended);
    assert_eq!(seen(&bench).served("CompleteMultipartUpload"), 0);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    must_have_sent(&bench, &large());
    assert_eq!((seen(&bench).parts_stored, seen(&bench).served("ListParts")), (3, 0));
}

#[test]
fn an_abort_waits_for_the_parts_that_are_all_on_their_way() {
    for changes in [false, true] {
        let bench = Bench::new();
        let late = |bucket: Bucket, _| bucket.fault("UploadPart", BucketFault::Late);
        let job = job(&bench, (0..3).fold(bucket(), late), &large());
        job.resume().expect("resumed");
        // The server has every byte, and works on them.
        let all = |seen: &Seen<'_>| seen.bucket("/bucket/").bytes_received == LENGTH;
        assert!(bench.server.wait_until(PATIENCE, all), "{:?}", seen(&bench).served);
        if changes {
            // Only the next request looks at the file.
            bench.source("source", &Content::generated(4, LENGTH));
        } else {
            job.cancel().expect("cancelled");
            assert_eq!(kind(&job), WaitKind::CancellingOnServer);
            let early = served("AbortMultipartUpload", 1);
            assert!(!bench.server.wait_until(Duration::from_millis(300), early));
        }
        bench.server.open_gate("/bucket/");
        if changes {
            assert_eq!(stopped(&job), JobState::Error);
            assert_eq!(job.error().expect("an error").code, code::BG_E_LOCAL_FILE_CHANGED);
            job.cancel().expect("cancelled");
        }
        must_be_gone(&bench, &job);
        assert_eq!(seen(&bench).parts_under_way, 0);
        assert_eq!(seen(&bench).served("AbortMultipartUpload"), 1);
    }
}

#[test]
fn a_part_that_comes_in_behind_the_abort_is_aborted_too() {
    let mut bench = Bench::new();
    let late = |bucket: Bucket, _| bucket.fault("UploadPart", BucketFault::Late);
    let job = job(&bench, (0..3).fold(bucket(), late), &large());
    let id = job.id();
    job.resume().expect("resumed");
    let all = |seen: &Seen<'_>| seen.bucket("/bucket/").bytes_received == LENGTH;
    assert!(bench.server.wait_until(PATIENCE, all), "{:?}", seen(&bench).served);
    // The next process knows that parts were on their way, and no more of them.
    drop(job);
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("the job");
    job.cancel().expect("cancelled");
    // It is forgotten, and that will be looked at again.
    while job.wait_reason().expect("a reason").next_try_ms.is_none() {
        assert_eq!(kind(&job), WaitKind::CancellingOnServer);
        std::thread::yield_now();
    }
    assert_eq!(seen(&bench).served("ListParts"), 1);
    assert!(seen(&bench).uploads.is_empty());
    bench.server.open_gate("/bucket/");
    let landed = |seen: &Seen<'_>| {
        let seen = seen.bucket("/bucket/");
        seen.parts_under_way == 0 && seen.uploads.values().any(|parts| parts.len() == 3)
    };
    assert!(bench.server.wait_until(PATIENCE, landed), "{:?}", seen(&bench).uploads);
    assert_eq!(kind(&job), WaitKind::CancellingOnServer);
    must_be_gone(&bench, &job);
    assert_eq!(seen(&bench).served("AbortMultipartUpload"), 2);
}
