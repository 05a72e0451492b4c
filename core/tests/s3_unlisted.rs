//! Uploads to S3 where the parts cannot be listed: some servers have no such
//! request, and some keys no right to it.

mod common;

use bgcopy_core::JobState;
use bgcopy_test_server::{Bucket, BucketFault};

use common::bucket::{bucket, failing, job, large, must_have_sent, seen};
use common::{Bench, http, stopped};

const REFUSALS: [(u16, &str); 4] =
    [(403, "AccessDenied"), (404, "NoSuchKey"), (405, "MethodNotAllowed"), (501, "NotImplemented")];

fn must_arrive(bucket: Bucket, resumes: u32) -> bgcopy_test_server::BucketSeen {
    let bench = Bench::new();
    let job = job(&bench, bucket, &large());
    assert_eq!(bench.run(&job, resumes), JobState::Transferred, "{:?}", job.error());
    must_have_sent(&bench, &large());
    seen(&bench)
}

#[test]
fn parts_whose_answers_were_lost_are_sent_again() {
    for (status, word) in REFUSALS {
        let faulty = failing(&BucketFault::LoseAnswer).always("ListParts", status, word);
        let seen = must_arrive(faulty, 2);
        assert_eq!((seen.served("CreateMultipartUpload"), seen.parts_stored), (1, 6), "{word}");
    }
}

#[test]
fn a_lost_answer_to_the_last_request_is_asked_for_again_and_then_the_file() {
    for (status, word) in REFUSALS {
        let faulty = bucket().fault("CompleteMultipartUpload", BucketFault::LoseAnswer);
        let seen = must_arrive(faulty.always("ListParts", status, word), 2);
        assert_eq!((seen.served("CompleteMultipartUpload"), seen.served("HeadObject")), (2, 1));
        assert_eq!(seen.parts_stored, 3, "{word}: nothing is sent twice");
    }
}

#[test]
fn parts_that_were_lost_at_the_server_are_sent_again() {
    let faulty = bucket().fault("CompleteMultipartUpload", BucketFault::LoseParts(3));
    let seen = must_arrive(faulty.always("ListParts", 403, "AccessDenied"), 2);
    assert_eq!((seen.served("CreateMultipartUpload"), seen.parts_stored), (1, 6));
}

#[test]
fn an_error_names_the_request_and_the_right_it_needs() {
    for (operation, right) in
        [("CreateMultipartUpload", "s3:PutObject"), ("UploadPart", "s3:PutObject")]
    {
        let bench = Bench::new();
        let job = job(&bench, bucket().always(operation, 403, "AccessDenied"), &large());
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::Error);
        let error = job.error().expect("an error");
        assert_eq!(error.code, http(403));
        let named = format!("to {operation}, which needs the right {right}");
        assert!(error.message.contains(&named), "{}", error.message);
    }
}
