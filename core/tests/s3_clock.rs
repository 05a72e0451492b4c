//! S3 with a clock that differs from ours, and buckets that are elsewhere.

mod common;

use bgcopy_core::JobState;
use bgcopy_test_server::BucketFault;

use common::bucket::{bucket, failing, job, large, must_be_gone, must_have_sent, seen};
use common::{Bench, http, stopped};

const HOUR_S: i64 = 3600;

#[test]
fn requests_are_signed_by_the_clock_of_the_server() {
    for ahead_s in [-HOUR_S, 30 * 24 * HOUR_S] {
        let bench = Bench::new();
        let job = job(&bench, bucket().clock(ahead_s), &large());
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        must_have_sent(&bench, &large());
        assert_eq!(seen(&bench).served("CreateMultipartUpload"), 2, "it is told once");
    }
}

#[test]
fn an_upload_is_cancelled_by_the_clock_of_the_server() {
    let bench = Bench::new();
    let job = job(&bench, failing(&BucketFault::CutAfter(1000)).clock(30 * 24 * HOUR_S), &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job.cancel().expect("cancelled");
    must_be_gone(&bench, &job);
}

#[test]
fn a_clock_that_is_never_right_ends_in_an_error() {
    let bench = Bench::new();
    let faulty = bucket().always("CreateMultipartUpload", 403, "RequestTimeTooSkewed");
    let job = job(&bench, faulty, &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    let error = job.error().expect("an error");
    assert_eq!(error.code, http(403));
    assert!(error.message.contains("set the clock"), "{}", error.message);
    assert_eq!(seen(&bench).served("CreateMultipartUpload"), 1);
}

#[test]
fn a_bucket_that_is_elsewhere_is_named() {
    let bench = Bench::new();
    let faulty = bucket().always("CreateMultipartUpload", 307, "TemporaryRedirect");
    let job = job(&bench, faulty, &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    let error = job.error().expect("an error");
    assert_eq!(error.code, http(307));
    assert!(error.message.contains("elsewhere.example"), "{}", error.message);
}
