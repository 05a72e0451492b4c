//! Files that are checked against the digests that their servers name.

mod common;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bgcopy_core::vocab::code;
use bgcopy_core::{
    ExpectedHash, FileRange, HashAlgorithm, Job, JobPropertyId, JobState, PropertyValue,
};
use bgcopy_test_server::{Content, Reply, Resource};
use md5::Md5;
use sha2::{Digest, Sha256};

use common::{Bench, CUT, content};

fn bytes(content: &Content) -> Vec<u8> {
    content.slice(0..content.len())
}

fn sha256(content: &Content) -> String {
    BASE64_STANDARD.encode(Sha256::digest(bytes(content)))
}

/// A header with a digest, which is that of this content.
fn headers(content: &Content) -> Vec<(&'static str, String)> {
    let (sha256, md5) = (sha256(content), BASE64_STANDARD.encode(Md5::digest(bytes(content))));
    vec![
        ("Repr-Digest", format!("sha-256=:{sha256}:")),
        ("Content-Digest", format!("sha-256=:{sha256}:")),
        ("Digest", format!("SHA-256={sha256}")),
        ("x-amz-checksum-sha256", sha256),
        ("Content-MD5", md5),
    ]
}

fn repr_digest(content: &Content) -> Reply {
    Reply::normal().header("Repr-Digest", format!("sha-256=:{}:", sha256(content)))
}

fn resource() -> Resource {
    Resource::new(content(1)).etag("\"v\"")
}

fn requests(bench: &Bench) -> usize {
    bench.server.requests_for("/file").len()
}

fn must_mismatch(bench: &Bench, job: &Job) {
    assert_eq!(bench.run(job, 3), JobState::Error, "{:?}", job.error());
    let error = job.error().expect("an error");
    assert_eq!(error.code, code::BGCOPY_E_HASH_MISMATCH);
    assert!(error.message.contains("the server names in"), "{}", error.message);
    assert!(!bench.path("file").exists(), "it is not published");
}

#[test]
fn a_file_with_the_digest_of_its_server_is_transferred() {
    for (name, value) in headers(&content(1)) {
        let bench = Bench::new();
        bench.must_fetch(resource().always(Reply::normal().header(name, value)), &content(1));
        assert_eq!(requests(&bench), 1, "{name}");
    }
}

#[test]
fn a_file_with_another_digest_begins_anew_once_and_fails() {
    for (name, value) in headers(&content(2)) {
        let bench = Bench::new();
        let job = bench.job(resource().always(Reply::normal().header(name, value)));
        must_mismatch(&bench, &job);
        assert_eq!(requests(&bench), 2, "{name}: a server that lies is not asked for ever");
        must_mismatch(&bench, &job);
        assert_eq!(requests(&bench), 4, "{name}: who resumes it tries again");
        job.cancel().expect("cancelled");
        bench.must_be_tidy();
    }
}

#[test]
fn damage_on_the_way_is_mended_by_the_second_try() {
    let bench = Bench::new();
    let right = repr_digest(&content(1));
    let damaged = right.clone().content(content(2));
    bench.must_fetch(resource().script(vec![damaged]).always(right), &content(1));
    assert_eq!(requests(&bench), 2);
}

#[test]
fn the_check_can_be_turned_off() {
    let bench = Bench::new();
    let job = bench.job(resource().always(repr_digest(&content(2))));
    let id = JobPropertyId::CheckDigests.as_u32();
    assert_eq!(job.property(id).expect("the default"), PropertyValue::Enable(true));
    job.set_property(id, PropertyValue::Enable(false)).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(requests(&bench), 1);
}

#[test]
fn an_expected_hash_counts_more_than_what_the_server_says() {
    let bench = Bench::new();
    let job = bench.job(resource().always(repr_digest(&content(2))));
    let digest: String =
        Sha256::digest(bytes(&content(1))).iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = ExpectedHash { algorithm: HashAlgorithm::Sha256, digest };
    job.file(0).expect("a file").set_expected_hash(Some(hash)).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
}

#[test]
fn a_file_that_is_resumed_is_checked_as_a_whole() {
    // The digest that a part names as that of the content is of the part only.
    let part =
        Reply::normal().header("Content-Digest", format!("sha-256=:{}:", sha256(&content(3))));
    for (named, state) in [(1, JobState::Transferred), (2, JobState::Error)] {
        let bench = Bench::new();
        let first = repr_digest(&content(named)).cut_after(CUT);
        let again = repr_digest(&content(named));
        let script = vec![first, part.clone(), again];
        let job = bench.job(resource().script(script).always(Reply::normal()));
        assert_eq!(bench.run(&job, 3), state, "{:?}", job.error());
        let ranged = bench.server.requests_for("/file");
        assert!(ranged[1].header("range").is_some(), "it was resumed");
    }
}

#[test]
fn a_large_file_that_comes_in_several_parts_is_checked() {
    const LARGE: u64 = 24 * 1024 * 1024 + 7;
    for (named, state) in [(1, JobState::Transferred), (2, JobState::Error)] {
        let bench = Bench::new();
        let whole = Content::generated(1, LARGE);
        let reply = repr_digest(&Content::generated(named, LARGE));
        let job = bench.job(Resource::new(whole).etag("\"v\"").always(reply));
        assert_eq!(bench.run(&job, 3), state, "{:?}", job.error());
    }
}

#[test]
fn a_digest_of_other_bytes_than_the_stored_ones_is_not_checked() {
    let bench = Bench::new();
    let job = bench.job(resource().always(repr_digest(&content(2)).gzip_body()));
    assert_eq!(bench.run(&job, 3), JobState::Transferred, "coded: {:?}", job.error());
    let bench = Bench::new();
    bench.server.put("/file", resource().always(repr_digest(&content(2))));
    let job = bench.manager.create_job("test", bgcopy_core::JobType::Download).expect("a job");
    let range = FileRange { initial_offset: 10, length: 100 };
    let url = bench.server.url("/file");
    job.add_file_with_ranges(&url, &bench.name("file"), &[range]).expect("a file");
    assert_eq!(bench.run(&job, 3), JobState::Transferred, "a range: {:?}", job.error());
}
