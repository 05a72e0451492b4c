//! Bodies that come under a Content-Encoding although identity was asked for.

mod common;

use bgcopy_core::{ExpectedHash, HashAlgorithm, Job, JobState, JobType};
use bgcopy_test_server::{Content, Reply, Resource};
use sha2::{Digest, Sha256};

use common::{Bench, CUT, LENGTH, content};

/// The content as a gzip stream: what the server sends for it.
fn packed() -> Content {
    let bench = Bench::new();
    let job = job_of(&bench, "/x", "packed.gz", whole().always(Reply::normal().gzip_body()));
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    let bytes = std::fs::read(bench.path("packed.gz")).expect("the file");
    assert_eq!(bytes[..2], [0x1F, 0x8B], "it is packed");
    Content::bytes(bytes)
}

fn whole() -> Resource {
    Resource::new(content(1)).etag("\"v\"")
}

fn labelled(coding: &str) -> Reply {
    Reply::normal().header("Content-Encoding", coding)
}

fn job_of(bench: &Bench, path: &str, name: &str, resource: Resource) -> Job {
    bench.server.put(path, resource);
    let job = bench.manager.create_job("test", JobType::Download).expect("a job");
    job.add_file(&bench.server.url(path), &bench.name(name)).expect("a file");
    job
}

fn must_save(bench: &Bench, job: &Job, name: &str, content: &Content) {
    assert_eq!(bench.run(job, 4), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold(name, content);
    bench.must_be_tidy();
}

#[test]
fn what_is_stored_packed_keeps_its_bytes() {
    let packed = packed();
    // By its name on the server, by its name here, by its media type.
    for (path, name, kind) in [
        ("/one.tar.gz", "one.tar.gz", "application/x-tar"),
        ("/one.tgz", "one", "text/plain"),
        ("/latest", "one.svgz", "text/plain"),
        ("/latest", "one", "application/x-gzip"),
    ] {
        let bench = Bench::new();
        let reply = labelled("x-gzip").replace_header("Content-Type", kind);
        let resource = Resource::new(packed.clone()).always(reply);
        let job = job_of(&bench, path, name, resource);
        must_save(&bench, &job, name, &packed);
        assert_eq!(bench.server.requests().len(), 1, "{path} {name}");
    }
}

#[test]
fn what_nobody_can_unpack_is_saved_as_it_came() {
    for coding in ["UTF-8", "aws-chunked", "binary", "7bit", "br", "zstd", "gzip, gzip", "x-odd"] {
        let bench = Bench::new();
        let job = bench.must_fetch(whole().always(labelled(coding)), &content(1));
        assert_eq!(job.progress().expect("progress").bytes_total, LENGTH, "{coding}");
        assert_eq!(bench.server.requests().len(), 1, "{coding}");
    }
}

#[test]
fn what_is_saved_as_it_came_goes_on_where_it_was() {
    let bench = Bench::new();
    let cut = labelled("br").cut_after(CUT);
    bench.must_fetch(whole().script(vec![cut]).always(labelled("br")), &content(1));
    assert_eq!(bench.server.body_bytes_sent("/file"), LENGTH, "nothing came twice");
}

#[test]
fn what_was_saved_as_it_came_is_joined_with_nothing_else() {
    // The same tag, and another coding, or none.
    for rest in [Reply::normal(), labelled("zstd"), Reply::normal().ignore_range()] {
        let bench = Bench::new();
        let cut = labelled("br").cut_after(CUT);
        bench.must_fetch(whole().script(vec![cut, rest]), &content(1));
        assert!(bench.server.body_bytes_sent("/file") >= LENGTH + CUT, "it came from the start");
    }
}

#[test]
fn a_label_on_a_body_that_nobody_packed_does_no_harm() {
    for coding in ["gzip", "x-gzip", "deflate"] {
        let bench = Bench::new();
        bench.must_fetch(whole().always(labelled(coding)), &content(1));
    }
}

#[test]
fn a_packed_body_that_is_broken_is_saved_as_it_came() {
    let mut bytes = packed().slice(0..packed().len());
    let last = bytes.len() - 6;
    bytes[last] ^= 1;
    let broken = Content::bytes(bytes);
    let bench = Bench::new();
    bench.must_fetch(Resource::new(broken.clone()).always(labelled("gzip")), &broken);
}

#[test]
fn an_empty_body_of_any_coding_is_an_empty_file() {
    let empty = Content::bytes(Vec::new());
    for coding in ["gzip", "deflate", "br"] {
        let bench = Bench::new();
        bench.must_fetch(Resource::new(empty.clone()).always(labelled(coding)), &empty);
    }
}

fn sha256(content: &Content) -> ExpectedHash {
    let digest = Sha256::digest(content.slice(0..content.len()));
    let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    ExpectedHash { algorithm: HashAlgorithm::Sha256, digest }
}

#[test]
fn the_form_that_has_the_expected_hash_is_saved() {
    let (packed, plain) = (packed(), content(1));
    // What the name says is the first guess, and the hash has the last word.
    for name in ["one.gz", "one"] {
        for expected in [&packed, &plain] {
            let bench = Bench::new();
            let resource = whole().always(Reply::normal().gzip_body());
            let job = job_of(&bench, "/file", name, resource);
            let file = job.file(0).expect("the file");
            file.set_expected_hash(Some(sha256(expected))).expect("a hash");
            must_save(&bench, &job, name, expected);
        }
    }
}

#[test]
fn a_hash_that_no_form_has_is_an_error() {
    let bench = Bench::new();
    let job = job_of(&bench, "/file", "one", whole().always(Reply::normal().gzip_body()));
    let file = job.file(0).expect("the file");
    file.set_expected_hash(Some(sha256(&content(2)))).expect("a hash");
    assert_eq!(bench.run(&job, 4), JobState::Error);
    assert_eq!(bench.server.requests().len(), 2, "each form was tried once");
    let code = job.error().expect("an error").code;
    assert_eq!(code, bgcopy_core::vocab::code::BGCOPY_E_HASH_MISMATCH);
}
