//! Uploads to S3, told against a server that checks each signature and refuses
//! what S3 forbids.

mod common;

use bgcopy_core::vocab::code;
use bgcopy_core::{ErrorContext, JobState, WaitKind};
use bgcopy_test_server::{Bucket, BucketFault, BucketSeen, Content, Seen};

use common::bucket::{
    KEY, LENGTH, NAME, PART, PATH, SECRET, bucket, failing, give_keys, holding, job, job_to, large,
    must_be_gone, must_have_sent, seen, served,
};
use common::{Bench, PATIENCE, http, kind, stopped};

fn must_send(bucket: Bucket, content: &Content) -> BucketSeen {
    let bench = Bench::new();
    let job = job(&bench, bucket, content);
    assert_eq!(bench.run(&job, 12), JobState::Transferred, "{:?}", job.error());
    must_have_sent(&bench, content);
    assert_eq!(job.complete().expect("completed"), code::S_OK);
    seen(&bench)
}

#[test]
fn a_large_file_goes_in_parts() {
    let bench = Bench::new();
    let job = job(&bench, bucket(), &large());
    let headers = "Content-Type: text/x-test\r\nx-amz-storage-class: COLD\r\n";
    job.set_custom_headers(Some(headers)).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    must_have_sent(&bench, &large());
    let seen = seen(&bench);
    assert_eq!((seen.parts_stored, seen.served("ListParts")), (3, 0));
    assert_eq!(seen.objects[PATH].content_type.as_deref(), Some("text/x-test"));
    assert!(seen.objects[PATH].etag.ends_with("-3\""));
    let progress = job.progress().expect("progress");
    assert_eq!((progress.bytes_transferred, progress.files_transferred), (LENGTH, 1));
}

#[test]
fn a_small_or_empty_file_goes_at_once() {
    for length in [0, 1, PART] {
        let seen = must_send(bucket(), &Content::generated(5, length));
        assert_eq!((seen.served("PutObject"), seen.served("CreateMultipartUpload")), (1, 0));
    }
    let seen = must_send(bucket(), &Content::generated(5, PART + 1));
    assert_eq!(seen.parts_stored, 2);
}

#[test]
fn an_interruption_costs_one_part() {
    let faults = [
        ("CreateMultipartUpload", BucketFault::Error(503, "SlowDown"), 3),
        ("UploadPart", BucketFault::LoseAnswer, 3),
        ("CompleteMultipartUpload", BucketFault::Error(200, "InternalError"), 3),
        ("CompleteMultipartUpload", BucketFault::Error(503, "ServiceUnavailable"), 3),
        ("CompleteMultipartUpload", BucketFault::CutAfter(10), 3),
        ("CompleteMultipartUpload", BucketFault::LoseParts(3), 4),
    ];
    for (operation, fault, parts) in faults {
        let seen = must_send(bucket().page(2).fault(operation, fault.clone()), &large());
        assert_eq!(seen.parts_stored, parts, "{fault:?}");
        let asked = seen.served("ListParts") > 0;
        assert_eq!(asked, operation != "CreateMultipartUpload", "{fault:?}");
    }
    let bench = Bench::new();
    // Every part that is under way is cut.
    let job = job(&bench, failing(&BucketFault::CutAfter(1000)), &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred);
    must_have_sent(&bench, &large());
}

#[test]
fn a_file_whose_parts_are_lost_begins_there() {
    let forget = ("UploadPart", BucketFault::Forget);
    let seen = must_send(bucket().fault(forget.0, forget.1), &large());
    assert_eq!((seen.served("CreateMultipartUpload"), seen.parts_stored), (2, 3));
    let fault = BucketFault::Error(503, "SlowDown");
    let lost = bucket().fault("CompleteMultipartUpload", fault);
    let seen = must_send(lost.fault("ListParts", BucketFault::LoseParts(2)), &large());
    assert_eq!((seen.served("CreateMultipartUpload"), seen.parts_stored), (1, 5));
}

#[test]
fn a_lost_answer_to_the_last_request_is_verified() {
    // The file is there: nothing is sent again.
    let lose = BucketFault::LoseAnswer;
    let seen = must_send(bucket().fault("CompleteMultipartUpload", lose), &large());
    assert_eq!((seen.served("HeadObject"), seen.parts_stored), (1, 3));
    // It is not: all of it is.
    let fail = BucketFault::Error(503, "SlowDown");
    let fails = bucket().fault("CompleteMultipartUpload", fail);
    let seen = must_send(fails.fault("ListParts", BucketFault::Forget), &large());
    assert_eq!((seen.served("HeadObject"), seen.parts_stored), (1, 6));
}

#[test]
fn the_region_is_what_the_server_says() {
    let bench = Bench::new();
    let job = job(&bench, bucket().region("eu-central-1"), &large());
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    must_have_sent(&bench, &large());
    assert_eq!(seen(&bench).served("CreateMultipartUpload"), 2, "it is told once");
}

#[test]
fn errors_have_the_server_s_words_and_codes() {
    for (bucket, status, state, word) in [
        (Bucket::new(KEY, "other"), 403, JobState::Error, "SignatureDoesNotMatch"),
        (Bucket::new("other", SECRET), 403, JobState::Error, "InvalidAccessKeyId"),
        (
            bucket().always("CreateMultipartUpload", 404, "NoSuchBucket"),
            404,
            JobState::Error,
            "NoSuchBucket",
        ),
        (
            bucket().always("CompleteMultipartUpload", 200, "SlowDown"),
            503,
            JobState::TransientError,
            "SlowDown",
        ),
        (
            bucket().always("CompleteMultipartUpload", 200, "EntityTooSmall"),
            400,
            JobState::Error,
            "EntityTooSmall",
        ),
    ] {
        let bench = Bench::new();
        let job = job(&bench, bucket, &large());
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), state, "{word}");
        let error = job.error().expect("an error");
        assert_eq!((error.code, error.context), (http(status), ErrorContext::RemoteFile));
        assert!(error.message.contains(word), "{}", error.message);
        assert!(seen(&bench).objects.is_empty());
    }
}

#[test]
fn the_secret_is_never_sent() {
    let bench = Bench::new();
    let job = job(&bench, bucket(), &large());
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    for request in bench.server.requests() {
        let text = format!("{request:?}");
        assert!(!text.contains("Basic ") && !text.contains(SECRET), "{text}");
    }
    let store = bench.path("store");
    for entry in std::fs::read_dir(store).expect("the store") {
        let bytes = std::fs::read(entry.expect("an entry").path()).unwrap_or_default();
        let found = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!found, "it is not stored either");
    }
}

#[test]
fn without_keys_requests_are_not_signed() {
    let bench = Bench::new();
    bench.server.serve_bucket("/bucket/", bucket());
    let job = job_to(&bench, &bench.server.url(NAME), &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(403));
    assert_eq!(seen(&bench).violations, Vec::<String>::new());
}

#[test]
fn a_presigned_url_is_put_to() {
    let bench = Bench::new();
    bench.server.accept_uploads("/up/", bgcopy_test_server::Area::new().put_only());
    let url = bench.server.url("/up/file?X-Amz-Signature=0123&X-Amz-Expires=60");
    let job = job_to(&bench, &url, &large());
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(bench.server.area("/up/").served("PUT"), 1);
    assert_eq!(bench.server.requests()[0].header("Authorization"), None);
}

#[test]
fn a_source_that_changes_is_noticed_before_the_parts_are_joined() {
    let bench = Bench::new();
    let held = bucket().fault("UploadPart", BucketFault::HoldAnswer);
    let job = job(&bench, held, &large());
    job.resume().expect("resumed");
    assert!(bench.server.wait_until(PATIENCE, served("UploadPart", 1)));
    let other = Content::generated(4, LENGTH);
    bench.source("source", &other);
    bench.server.open_gate("/bucket/");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, code::BG_E_LOCAL_FILE_CHANGED);
    assert!(seen(&bench).objects.is_empty(), "nothing is in place");
    assert_eq!(seen(&bench).served("CompleteMultipartUpload"), 0);
    // The old upload goes before the file is sent as it is now.
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    must_have_sent(&bench, &other);
    assert_eq!(seen(&bench).served("AbortMultipartUpload"), 1);
}

#[test]
fn a_new_manager_goes_on_once_it_has_the_keys() {
    let mut bench = Bench::new();
    let job = job(&bench, holding(&[1, 2, 3]), &large());
    let id = job.id();
    job.resume().expect("resumed");
    let all = |seen: &Seen<'_>| seen.bucket("/bucket/").parts_stored == 3;
    assert!(bench.server.wait_until(PATIENCE, all));
    drop(job);
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("the job");
    assert_eq!(kind(&job), WaitKind::CredentialsNeeded);
    give_keys(&job);
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    must_have_sent(&bench, &large());
    assert_eq!(seen(&bench).served("CreateMultipartUpload"), 1);
    assert_eq!(seen(&bench).parts_stored, 3, "no part was sent twice");
}

#[test]
fn a_cancel_at_any_moment_leaves_no_part_on_the_server() {
    for (operation, fault) in [
        ("CreateMultipartUpload", BucketFault::HoldAnswer),
        ("UploadPart", BucketFault::HoldAnswer),
        ("UploadPart", BucketFault::CutAfter(1000)),
        ("UploadPart", BucketFault::LoseAnswer),
        ("CompleteMultipartUpload", BucketFault::Error(500, "InternalError")),
    ] {
        let bench = Bench::new();
        let faulty = match operation {
            "UploadPart" => failing(&fault),
            _ => bucket().fault(operation, fault.clone()),
        };
        let job = job(&bench, faulty, &large());
        job.resume().expect("resumed");
        assert!(bench.server.wait_until(PATIENCE, served(operation, 1)), "{operation}");
        if fault != BucketFault::HoldAnswer {
            assert_eq!(stopped(&job), JobState::TransientError);
        }
        assert_eq!(job.cancel().expect("cancelled"), code::S_OK);
        bench.server.open_gate("/bucket/");
        must_be_gone(&bench, &job);
        let seen = seen(&bench);
        // A part that went out whole and had no answer may come in behind the first
        // one; the short part went out whole before it was cut.
        let may_stray = operation == "UploadPart" && fault != BucketFault::HoldAnswer;
        let aborts = if may_stray { 2 } else { 1 };
        assert_eq!(seen.served("AbortMultipartUpload"), aborts, "{operation}");
        assert_eq!(seen.served("ListParts"), 1, "it is asked whether it did");
    }
}

#[test]
fn an_abort_that_left_parts_is_repeated() {
    let bench = Bench::new();
    let faults = bucket()
        .always("UploadPart/2", 503, "SlowDown")
        .fault("AbortMultipartUpload", BucketFault::Pretend);
    let job = job(&bench, faults, &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job.cancel().expect("cancelled");
    must_be_gone(&bench, &job);
    assert_eq!(seen(&bench).served("AbortMultipartUpload"), 2);
}

#[test]
fn what_is_owed_is_paid_by_the_next_manager_without_the_keys() {
    let mut bench = Bench::new();
    let faults = failing(&BucketFault::LoseAnswer).always("AbortMultipartUpload", 503, "SlowDown");
    let job = job(&bench, faults, &large());
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job.cancel().expect("cancelled");
    assert!(bench.server.wait_until(PATIENCE, served("AbortMultipartUpload", 1)));
    assert_eq!(kind(&job), WaitKind::CancellingOnServer);
    drop(job);
    bench.manager.close();
    assert_eq!(seen(&bench).uploads.len(), 1);
    bench.server.serve_bucket("/bucket/", bucket());
    bench.manager = common::open(bench.folder.path());
    let nothing = |seen: &Seen<'_>| seen.bucket("/bucket/").uploads.is_empty();
    assert!(bench.server.wait_until(PATIENCE, nothing));
    assert!(bench.server.wait_until(PATIENCE, served("ListParts", 1)));
    assert_eq!(seen(&bench).violations, Vec::<String>::new());
}

#[test]
fn a_job_whose_keys_are_gone_can_be_cancelled() {
    let mut bench = Bench::new();
    let job = job(&bench, failing(&BucketFault::CutAfter(1000)), &large());
    let id = job.id();
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    drop(job);
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("the job");
    job.cancel().expect("cancelled");
    must_be_gone(&bench, &job);
}
