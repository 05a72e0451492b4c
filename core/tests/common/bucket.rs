//! A bucket of S3 and a job that sends to it.

use std::time::{Duration, Instant};

use bgcopy_core::{
    AuthScheme, AuthTarget, Job, JobState, JobType, PropertyValue, Reader, UploadProtocol, WaitKind,
};
use bgcopy_test_server::{Bucket, BucketFault, BucketSeen, Content, Seen};

use super::{Bench, PATIENCE, kind};

/// The job property UPLOAD_PROTOCOL.
pub const UPLOAD_PROTOCOL: u32 = 0x1001;

pub const KEY: &str = "AKIDEXAMPLE";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// Bytes of a part.
pub const PART: u64 = 8 << 20;

/// Three parts, the last of which is short.
pub const LENGTH: u64 = 2 * PART + 70_001;

/// A name that is written in another way in each place.
pub const NAME: &str = "/bucket/a%20folder/%c3%bc+(1)='x'";
pub const PATH: &str = "/bucket/a%20folder/%C3%BC%2B%281%29%3D%27x%27";

pub fn large() -> Content {
    Content::generated(3, LENGTH)
}

pub fn bucket() -> Bucket {
    Bucket::new(KEY, SECRET)
}

pub fn give_keys(job: &Job) {
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, KEY, SECRET).expect("set");
}

pub fn job_to(bench: &Bench, url: &str, content: &Content) -> Job {
    let source = bench.source("source", content);
    let job = bench.manager.create_job("s3", JobType::Upload).expect("a job");
    job.add_file(url, &source).expect("a file");
    let value = PropertyValue::Dword(UploadProtocol::S3.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    job
}

/// A suspended job that sends this content.
pub fn job(bench: &Bench, bucket: Bucket, content: &Content) -> Job {
    bench.server.serve_bucket("/bucket/", bucket);
    let job = job_to(bench, &bench.server.url(NAME), content);
    give_keys(&job);
    job
}

pub fn seen(bench: &Bench) -> BucketSeen {
    bench.server.bucket("/bucket/")
}

pub fn served(operation: &'static str, times: u64) -> impl Fn(&Seen<'_>) -> bool {
    move |seen| seen.bucket("/bucket/").served(operation) >= times
}

pub fn must_have_sent(bench: &Bench, content: &Content) {
    let seen = seen(bench);
    let object = seen.objects.get(PATH).expect("the file is in its place");
    assert!(object.bytes == content.slice(0..content.len()), "the bytes");
    assert!(seen.uploads.is_empty(), "{:?}", seen.uploads);
    assert_eq!(seen.violations, Vec::<String>::new());
}

/// A bucket that holds its answers to these parts.
pub fn holding(parts: &[u32]) -> Bucket {
    let hold = |bucket: Bucket, part: &u32| {
        bucket.fault(&format!("UploadPart/{part}"), BucketFault::HoldAnswer)
    };
    parts.iter().fold(bucket(), hold)
}

/// A bucket where this goes wrong with each part of [`large`] that is sent first.
pub fn failing(fault: &BucketFault) -> Bucket {
    (0..3).fold(bucket(), |bucket, _| bucket.fault("UploadPart", fault.clone()))
}

/// Waits until no server cleanup is pending any more, and nothing must be left then.
pub fn must_be_gone(bench: &Bench, job: &Job) {
    let start = Instant::now();
    while kind(job) != WaitKind::Finished {
        assert!(start.elapsed() < PATIENCE, "{:?}", job.wait_reason());
        // Only the time passes: the state is final already.
        _ = job.wait(&[JobState::Queued], Some(Duration::from_millis(5)));
    }
    let seen = seen(bench);
    assert!(seen.uploads.is_empty(), "{:?}", seen.uploads);
    assert!(seen.objects.is_empty());
    assert_eq!(seen.violations, Vec::<String>::new());
    let reader = Reader::open(bench.path("store")).expect("a reader");
    assert_eq!(reader.jobs().expect("jobs").len(), 0);
}
