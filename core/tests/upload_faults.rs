//! The n-th operation on disk or store fails during an upload and its cancel,
//! for every n: nothing is lost, nothing is wrong.

mod common;

use bgcopy_core::{
    AuthScheme, AuthTarget, Faults, Job, JobState, JobType, Manager, Options, PropertyValue,
    UploadProtocol,
};
use bgcopy_test_server::{Area, Bucket, BucketFault, Content, Ietf, Server, UploadFault};

use common::{Bench, PATIENCE, content, stopped};

/// More operations than any of the stories has.
const OPERATIONS_MAX: u32 = 400;

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

fn bench() -> (Bench, Faults) {
    let folder = tempfile::tempdir().expect("a folder");
    let faults = Faults::default();
    let options = Options { faults: faults.clone(), ..Options::new(folder.path().join("store")) };
    let manager = Manager::open(options).expect("a manager");
    let server = Server::start().expect("a server");
    (Bench { server, folder, manager }, faults)
}

#[test]
fn an_upload_survives_any_one_failure() {
    for (protocol, area) in [
        (UploadProtocol::Bits, Area::new()),
        (UploadProtocol::Put, Area::new()),
        (UploadProtocol::Tus, Area::tus()),
        (UploadProtocol::Ietf, Area::new().ietf(Ietf::new())),
    ] {
        let mut reached = 0;
        for n in 1..OPERATIONS_MAX {
            let (bench, faults) = bench();
            bench.server.accept_uploads("/up/", area.clone());
            let source = bench.source("source", &content(1));
            faults.set(n);
            let create = || bench.manager.create_job("story", JobType::Upload);
            let job = create().or_else(|_| create()).expect("at the second try");
            let value = PropertyValue::Dword(protocol.as_u32());
            let choose = || job.set_property(UPLOAD_PROTOCOL, value.clone());
            choose().or_else(|_| choose()).expect("at the second try");
            let add = || job.add_file(&bench.server.url("/up/file"), &source);
            add().or_else(|_| add()).expect("at the second try");
            let moved =
                (0..5).any(|_| job.resume().is_ok() && stopped(&job) == JobState::Transferred);
            assert!(moved, "operation {n}: {:?} {:?}", job.state(), job.error());
            bench.must_have_sent(&content(1));
            job.complete().or_else(|_| job.complete()).expect("completed");
            assert_eq!(job.state().expect("a state"), JobState::Acknowledged);
            if !faults.reached() {
                reached = n;
                break;
            }
        }
        assert!(reached > 10, "the story has {reached} operations");
    }
}

#[test]
fn a_cancel_of_an_upload_survives_any_one_failure() {
    let mut reached = 0;
    for n in 1..OPERATIONS_MAX {
        let (bench, faults) = bench();
        let area = Area::new().fault("Fragment", UploadFault::CutAfter(100_000));
        let job = bench.upload(area, &content(1));
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::TransientError);
        faults.set(n);
        if job.cancel().is_err() {
            assert!(!job.state().expect("a state").is_final(), "nothing happened");
            job.cancel().expect("at the second try");
        }
        let nothing = |seen: &bgcopy_test_server::Seen<'_>| seen.area("/up/").sessions.is_empty();
        assert!(bench.server.wait_until(PATIENCE, nothing), "operation {n}");
        assert!(bench.server.area("/up/").files.is_empty());
        if !faults.reached() {
            reached = n;
            break;
        }
    }
    assert!(reached > 1, "the story has {reached} operations");
}

/// Two parts.
const PARTS: u64 = (8 << 20) + 5;

fn job_to_s3(bench: &Bench, bucket: Bucket, source: &str) -> Job {
    bench.server.serve_bucket("/bucket/", bucket);
    let create = || bench.manager.create_job("story", JobType::Upload);
    let job = create().or_else(|_| create()).expect("at the second try");
    let value = PropertyValue::Dword(UploadProtocol::S3.as_u32());
    let choose = || job.set_property(UPLOAD_PROTOCOL, value.clone());
    choose().or_else(|_| choose()).expect("at the second try");
    let add = || job.add_file(&bench.server.url("/bucket/file"), source);
    add().or_else(|_| add()).expect("at the second try");
    let give = || job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "key", "secret");
    give().or_else(|_| give()).expect("at the second try");
    job
}

#[test]
fn an_upload_in_parts_survives_any_one_failure() {
    let mut reached = 0;
    for n in 1..OPERATIONS_MAX {
        let (bench, faults) = bench();
        let file = Content::generated(1, PARTS);
        let source = bench.source("source", &file);
        faults.set(n);
        let job = job_to_s3(&bench, Bucket::new("key", "secret"), &source);
        let moved = (0..5).any(|_| job.resume().is_ok() && stopped(&job) == JobState::Transferred);
        assert!(moved, "operation {n}: {:?} {:?}", job.state(), job.error());
        let seen = bench.server.bucket("/bucket/");
        assert!(seen.objects["/bucket/file"].bytes == file.slice(0..PARTS), "operation {n}");
        // One that nobody knows of is empty.
        assert!(seen.uploads.values().all(Vec::is_empty), "operation {n}: {:?}", seen.uploads);
        assert_eq!(seen.violations, Vec::<String>::new());
        job.complete().or_else(|_| job.complete()).expect("completed");
        if !faults.reached() {
            reached = n;
            break;
        }
    }
    assert!(reached > 10, "the story has {reached} operations");
}

#[test]
fn a_cancel_of_an_upload_in_parts_survives_any_one_failure() {
    let mut reached = 0;
    for n in 1..OPERATIONS_MAX {
        let (bench, faults) = bench();
        let source = bench.source("source", &Content::generated(1, PARTS));
        let bucket = Bucket::new("key", "secret").fault("UploadPart", BucketFault::LoseAnswer);
        let job = job_to_s3(&bench, bucket, &source);
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::TransientError);
        faults.set(n);
        if job.cancel().is_err() {
            assert!(!job.state().expect("a state").is_final(), "nothing happened");
            job.cancel().expect("at the second try");
        }
        let nothing = |seen: &bgcopy_test_server::Seen<'_>| {
            let bucket = seen.bucket("/bucket/");
            bucket.uploads.is_empty() && bucket.served("ListParts") > 0
        };
        assert!(bench.server.wait_until(PATIENCE, nothing), "operation {n}");
        if !faults.reached() {
            reached = n;
            break;
        }
    }
    assert!(reached > 1, "the story has {reached} operations");
}
