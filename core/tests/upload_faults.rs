//! The n-th operation on disk or store fails during an upload and its cancel,
//! for every n: nothing is lost, nothing is wrong.

mod common;

use bgcopy_core::{
    AuthScheme, AuthTarget, Faults, Job, JobState, JobType, Manager, Options, PropertyValue,
    UploadProtocol,
};
use bgcopy_test_server::{Area, Bucket, BucketFault, Content, Ietf, Seen, Server, UploadFault};

use common::{Bench, PATIENCE, content, stopped};

/// More operations than any of the scenarios has.
const OPERATIONS_MAX: u32 = 400;

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// Bytes of a file of two parts.
const PARTS: u64 = (8 << 20) + 5;

/// Runs a scenario of which the n-th operation fails, for each n; the scenario has
/// at least so many.
fn each_failure(least: u32, scenario: impl Fn(u32, &Bench, &Faults)) {
    for n in 1..OPERATIONS_MAX {
        let folder = tempfile::tempdir().expect("a folder");
        let faults = Faults::default();
        let options =
            Options { faults: faults.clone(), ..Options::new(folder.path().join("store")) };
        let manager = Manager::open(options).expect("a manager");
        let bench = Bench { server: Server::start().expect("a server"), folder, manager };
        scenario(n, &bench, &faults);
        if !faults.reached() {
            assert!(n > least, "the scenario has {n} operations");
            return;
        }
    }
    panic!("the scenario has no end");
}

/// A suspended job that sends a file.
fn job_of(bench: &Bench, protocol: UploadProtocol, path: &str, source: &str) -> Job {
    let create = || bench.manager.create_job("scenario", JobType::Upload);
    let job = create().or_else(|_| create()).expect("at the second try");
    let value = PropertyValue::Dword(protocol.as_u32());
    let choose = || job.set_property(UPLOAD_PROTOCOL, value.clone());
    choose().or_else(|_| choose()).expect("at the second try");
    let add = || job.add_file(&bench.server.url(path), source);
    add().or_else(|_| add()).expect("at the second try");
    if protocol == UploadProtocol::S3 {
        let give = || job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "key", "secret");
        give().or_else(|_| give()).expect("at the second try");
    }
    job
}

fn must_end(job: &Job, n: u32) {
    let moved = (0..5).any(|_| job.resume().is_ok() && stopped(job) == JobState::Transferred);
    assert!(moved, "operation {n}: {:?} {:?}", job.state(), job.error());
    job.complete().or_else(|_| job.complete()).expect("completed");
    assert_eq!(job.state().expect("a state"), JobState::Acknowledged);
}

/// The job is half-way; an operation of its cancel fails.
fn must_cancel(job: &Job, faults: &Faults, n: u32) {
    job.resume().expect("resumed");
    assert_eq!(stopped(job), JobState::TransientError);
    faults.set(n);
    if job.cancel().is_err() {
        assert!(!job.state().expect("a state").is_final(), "nothing happened");
        job.cancel().expect("at the second try");
    }
}

#[test]
fn an_upload_survives_any_one_failure() {
    for (protocol, area) in [
        (UploadProtocol::Bits, Area::new()),
        (UploadProtocol::Put, Area::new()),
        (UploadProtocol::Tus, Area::tus()),
        (UploadProtocol::Ietf, Area::new().ietf(Ietf::new())),
    ] {
        each_failure(10, |n, bench, faults| {
            bench.server.accept_uploads("/up/", area.clone());
            let source = bench.source("source", &content(1));
            faults.set(n);
            must_end(&job_of(bench, protocol, "/up/file", &source), n);
            bench.must_have_sent(&content(1));
        });
    }
}

#[test]
fn an_upload_in_parts_survives_any_one_failure() {
    each_failure(10, |n, bench, faults| {
        bench.server.serve_bucket("/bucket/", Bucket::new("key", "secret"));
        let file = Content::generated(1, PARTS);
        let source = bench.source("source", &file);
        faults.set(n);
        must_end(&job_of(bench, UploadProtocol::S3, "/bucket/file", &source), n);
        let seen = bench.server.bucket("/bucket/");
        assert!(seen.objects["/bucket/file"].bytes == file.slice(0..PARTS), "operation {n}");
        // One that nobody knows of is empty.
        assert!(seen.uploads.values().all(Vec::is_empty), "operation {n}: {:?}", seen.uploads);
        assert_eq!(seen.violations, Vec::<String>::new());
    });
}

#[test]
fn a_cancel_of_an_upload_survives_any_one_failure() {
    for (protocol, kind, area) in [
        (UploadProtocol::Bits, "Fragment", Area::new()),
        (UploadProtocol::Tus, "PATCH", Area::tus()),
        (UploadProtocol::Ietf, "PATCH", Area::new().ietf(Ietf::new())),
    ] {
        each_failure(1, |n, bench, faults| {
            let area = area.clone().fault(kind, UploadFault::CutAfter(100_000));
            bench.server.accept_uploads("/up/", area);
            let source = bench.source("source", &content(1));
            must_cancel(&job_of(bench, protocol, "/up/file", &source), faults, n);
            let nothing = |seen: &Seen<'_>| seen.area("/up/").sessions.is_empty();
            assert!(bench.server.wait_until(PATIENCE, nothing), "{protocol:?}: operation {n}");
            assert!(bench.server.area("/up/").files.is_empty());
        });
    }
}

#[test]
fn a_cancel_of_an_upload_in_parts_survives_any_one_failure() {
    each_failure(1, |n, bench, faults| {
        // One part is refused for so many seconds; the other one is stored.
        let bucket = Bucket::new("key", "secret").fault("UploadPart", BucketFault::Wait(3600));
        bench.server.serve_bucket("/bucket/", bucket);
        let source = bench.source("source", &Content::generated(1, PARTS));
        must_cancel(&job_of(bench, UploadProtocol::S3, "/bucket/file", &source), faults, n);
        let nothing = |seen: &Seen<'_>| {
            let bucket = seen.bucket("/bucket/");
            bucket.uploads.is_empty() && bucket.served("ListParts") > 0
        };
        assert!(bench.server.wait_until(PATIENCE, nothing), "operation {n}");
    });
}
