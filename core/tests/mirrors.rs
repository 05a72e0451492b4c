//! Files with mirrors: which source is asked, and what is joined with what.

mod common;

use bgcopy_core::vocab::{code, security};
use bgcopy_core::{
    AuthScheme, AuthTarget, ExpectedHash, File, HashAlgorithm, Job, JobPriority, JobState, JobType,
    SourceKind, SourceState,
};
use bgcopy_test_server::{Content, Reply, Resource, Server, free_port};
use sha2::{Digest, Sha256};

use common::{Bench, CUT, LENGTH, PATIENCE, content, http, open, stopped, wait_for_bytes};

/// The block that is fetched again to be compared.
const OVERLAP: u64 = 64 * 1024;

/// The bodies of answers that refuse are shorter than this.
const PAGE: u64 = 200;

/// An origin that breaks off at [`CUT`], and then answers so.
fn broken_origin(etag: &str, then: Reply) -> Resource {
    Resource::new(content(1)).etag(etag).script(vec![Reply::normal().cut_after(CUT)]).always(then)
}

fn mirror(resource: Resource) -> Server {
    let server = Server::start().expect("a mirror");
    server.put("/copy", resource);
    server
}

/// A suspended job of a file with that mirror.
fn job_with(bench: &Bench, origin: Resource, mirror: &Server) -> (Job, File) {
    let job = bench.job(origin);
    let file = job.file(0).expect("a file");
    assert_eq!(file.add_mirror(&mirror.url("/copy")).expect("added"), code::S_OK);
    (job, file)
}

fn hash_of(content: &Content) -> ExpectedHash {
    let digest = Sha256::digest(content.slice(0..content.len()));
    let digest = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    ExpectedHash { algorithm: HashAlgorithm::Sha256, digest }
}

fn states(file: &File) -> Vec<SourceState> {
    file.sources().expect("sources").iter().map(|source| source.state).collect()
}

fn must_end(bench: &Bench, job: &Job, content: &Content) {
    assert_eq!(job.complete().expect("completed"), code::S_OK);
    bench.must_hold("file", content);
    bench.must_be_tidy();
}

fn gone() -> Reply {
    Reply::normal().status(404)
}

fn busy() -> Reply {
    Reply::normal().status(503)
}

#[test]
fn a_mirror_goes_on_behind_what_the_origin_gave() {
    for failure in [gone(), busy(), Reply::normal().reset_before_reply()] {
        let bench = Bench::new();
        let other = mirror(Resource::new(content(1)).etag("\"v\""));
        let (job, file) = job_with(&bench, broken_origin("\"v\"", failure), &other);
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        assert_eq!(other.body_bytes_sent("/copy"), LENGTH - CUT + OVERLAP);
        let sent = bench.server.body_bytes_sent("/file");
        assert!((CUT..CUT + PAGE).contains(&sent), "{sent}");
        assert_eq!(states(&file), [SourceState::Failed, SourceState::Asked]);
        must_end(&bench, &job, &content(1));
    }
}

#[test]
fn a_file_of_which_nothing_came_is_taken_from_the_first_mirror_that_has_it() {
    let bench = Bench::new();
    let empty = Server::start().expect("a mirror");
    let other = mirror(Resource::new(content(2)));
    let job = bench.job(Resource::new(content(1)).always(gone()));
    let file = job.file(0).expect("a file");
    for url in [empty.url("/copy"), "http://127.0.0.1:1/".to_owned(), other.url("/copy")] {
        file.add_mirror(&url).expect("added");
    }
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    let sources = file.sources().expect("sources");
    let kinds: Vec<_> = sources.iter().map(|source| source.kind).collect();
    assert_eq!(kinds[..2], [SourceKind::Origin, SourceKind::Mirror]);
    let codes: Vec<_> =
        sources.iter().map(|one| one.failure.as_ref().map(|failure| failure.code)).collect();
    assert_eq!(codes, [Some(http(404)), Some(http(404)), Some(code::BG_E_CONNECT_FAILURE), None]);
    must_end(&bench, &job, &content(2));
}

#[test]
fn another_version_is_not_joined_and_begins_anew_if_nothing_else_is_left() {
    for copy in [
        Resource::new(content(2)).etag("\"w\""),
        // The same tag by accident.
        Resource::new(content(2)).etag("\"v\""),
        Resource::new(Content::generated(2, LENGTH + 1)).etag("\"v\""),
        Resource::new(content(2)).etag("W/\"v\""),
        Resource::new(content(2)).etag("\"v\"").always(Reply::normal().ignore_range()),
    ] {
        let bench = Bench::new();
        let other = mirror(copy);
        let (job, file) = job_with(&bench, broken_origin("\"v\"", gone()), &other);
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        assert_eq!(states(&file)[1], SourceState::Asked);
        job.complete().expect("completed");
        let length = other.requests_for("/copy").len();
        assert!(length >= 2, "it was asked for a range first");
        let found = std::fs::read(bench.path("file")).expect("the file");
        assert!(
            found[..LENGTH as usize] == Content::generated(2, found.len() as u64).slice(0..LENGTH)
        );
    }
}

#[test]
fn what_is_held_waits_for_the_origin_if_that_may_come_back() {
    let bench = Bench::new();
    let other = mirror(Resource::new(content(2)).etag("\"w\""));
    let script = vec![Reply::normal().cut_after(CUT), busy()];
    let origin = Resource::new(content(1)).etag("\"v\"").script(script);
    let (job, file) = job_with(&bench, origin, &other);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    assert_eq!(job.error().expect("an error").code, http(503));
    assert_eq!(states(&file), [SourceState::Asked, SourceState::Different]);
    assert_eq!(job.progress().expect("progress").bytes_transferred, CUT);
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let sent = bench.server.body_bytes_sent("/file");
    assert!((LENGTH..LENGTH + PAGE).contains(&sent), "no byte was fetched twice: {sent}");
    assert_eq!(other.requests_for("/copy").len(), 1, "one that differs is not asked again");
    must_end(&bench, &job, &content(1));
}

#[test]
fn a_hash_lets_sources_meet_that_name_their_versions_otherwise() {
    let bench = Bench::new();
    let other = mirror(Resource::new(content(1)).etag("\"w\""));
    let (job, file) = job_with(&bench, broken_origin("\"v\"", gone()), &other);
    file.set_expected_hash(Some(hash_of(&content(1)))).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(other.body_bytes_sent("/copy"), LENGTH - CUT + OVERLAP);
    must_end(&bench, &job, &content(1));
}

/// Like the first content up to where it is compared, and another one behind.
fn forged() -> Content {
    let mut bytes = content(1).slice(0..LENGTH);
    for byte in &mut bytes[CUT as usize..] {
        *byte ^= 1;
    }
    Content::bytes(bytes)
}

#[test]
fn joined_bytes_that_the_hash_refuses_are_fetched_from_one_source() {
    let bench = Bench::new();
    let other = mirror(Resource::new(forged()).etag("\"v\""));
    let script = vec![Reply::normal().cut_after(CUT), busy()];
    let origin = Resource::new(content(1)).etag("\"v\"").script(script);
    let (job, file) = job_with(&bench, origin, &other);
    file.set_expected_hash(Some(hash_of(&content(1)))).expect("set");
    assert_eq!(bench.run(&job, 3), JobState::Transferred, "{:?}", job.error());
    let sent = bench.server.body_bytes_sent("/file");
    assert!((CUT + LENGTH..CUT + LENGTH + PAGE).contains(&sent), "from the origin alone: {sent}");
    must_end(&bench, &job, &content(1));
}

#[test]
fn a_source_whose_content_is_wrong_gives_way_to_one_that_is_right() {
    let bench = Bench::new();
    let other = mirror(Resource::new(content(1)).etag("\"w\""));
    let (job, file) = job_with(&bench, Resource::new(content(2)).etag("\"v\""), &other);
    file.set_expected_hash(Some(hash_of(&content(1)))).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(states(&file), [SourceState::WrongHash, SourceState::Asked]);
    must_end(&bench, &job, &content(1));
}

#[test]
fn the_error_is_that_of_the_origin_when_all_have_failed() {
    let bench = Bench::new();
    let other = mirror(Resource::new(content(1)).always(Reply::normal().status(410)));
    let (job, file) = job_with(&bench, Resource::new(content(1)).always(gone()), &other);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(404));
    let sources = file.sources().expect("sources");
    assert_eq!(sources[1].failure.as_ref().map(|failure| failure.code), Some(http(410)));
    assert!(sources[1].failed_at_ms > 0);
    job.cancel().expect("cancelled");
    bench.must_be_tidy();
}

#[test]
fn secrets_stay_with_the_origin() {
    let bench = Bench::new();
    let other = mirror(Resource::new(content(1)).etag("\"v\""));
    let (job, _) = job_with(&bench, broken_origin("\"v\"", gone()), &other);
    let headers = "Authorization: Bearer x\r\nCookie: a=b\r\nX-Own: 1\r\n";
    job.set_custom_headers(Some(headers)).expect("set");
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "pass").expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(bench.server.requests()[0].header("authorization"), Some("Bearer x"));
    for request in other.requests() {
        assert_eq!((request.header("authorization"), request.header("cookie")), (None, None));
        assert_eq!(request.header("x-own"), Some("1"), "as it is for redirects");
    }
}

#[test]
fn a_server_that_cannot_be_reached_holds_no_file_back_that_has_a_mirror() {
    let bench = Bench::new();
    let other = mirror(Resource::new(content(1)));
    let job = bench.manager.create_job("two", JobType::Download).expect("a job");
    for name in ["file", "second"] {
        job.add_file(&format!("http://127.0.0.1:1/{name}"), &bench.name(name)).expect("added");
    }
    for index in 0..2 {
        let file = job.file(index).expect("a file");
        file.add_mirror(&other.url("/copy")).expect("added");
    }
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    let second = job.file(1).expect("a file").sources().expect("sources");
    let failure = second[0].failure.as_ref().map(|failure| failure.code);
    assert_eq!(failure, Some(code::BG_E_CONNECT_FAILURE));
    must_end(&bench, &job, &content(1));
}

#[test]
fn a_server_that_another_file_found_gone_is_passed_over_without_a_request() {
    let bench = Bench::new();
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/file");
    let found_gone =
        bench.manager.create_job("without a mirror", JobType::Download).expect("a job");
    found_gone.add_file(&url, &bench.name("without")).expect("a file");
    // Nobody asks the server again while the test runs.
    found_gone.set_minimum_retry_delay(3600).expect("set");
    found_gone.resume().expect("resumed");
    found_gone.wait(&[JobState::TransientError], Some(PATIENCE)).expect("refused");
    let back = Server::start_on(port).expect("it is back, and nobody knows");
    back.put("/file", Resource::new(content(9)));

    let other = mirror(Resource::new(content(1)));
    let job = bench.manager.create_job("with a mirror", JobType::Download).expect("a job");
    job.add_file(&url, &bench.name("file")).expect("a file");
    let file = job.file(0).expect("a file");
    file.add_mirror(&other.url("/copy")).expect("added");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(back.requests().len(), 0);
    assert_eq!(states(&file), [SourceState::Failed, SourceState::Asked]);
    found_gone.cancel().expect("cancelled");
    must_end(&bench, &job, &content(1));
}

#[test]
fn what_was_chosen_and_what_differs_survives_a_start() {
    let mut bench = Bench::new();
    let gated = Reply::normal().gate_after(LENGTH / 8);
    let other = mirror(Resource::new(content(1)).etag("\"v\"").always(gated));
    let (job, file) = job_with(&bench, broken_origin("\"v\"", gone()), &other);
    let id = job.id();
    job.resume().expect("resumed");
    wait_for_bytes(&job, CUT + 1);
    job.suspend().expect("suspended");
    let held = job.progress().expect("progress").bytes_transferred;
    drop((job, file));
    bench.manager.close();
    bench.manager = open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("the job");
    assert_eq!(job.progress().expect("progress").bytes_transferred, held);
    let file = job.file(0).expect("a file");
    assert_eq!(states(&file), [SourceState::Failed, SourceState::Asked]);
    other.put("/copy", Resource::new(content(1)).etag("\"v\""));
    bench.server.put("/file", Resource::new(content(2)).etag("\"w\""));
    // Resume begins with the origin, which has another version by now.
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(states(&file), [SourceState::Different, SourceState::Asked]);
    must_end(&bench, &job, &content(1));
}

#[test]
fn a_mirror_takes_over_from_several_requests() {
    const BYTES: u64 = 24 << 20;
    let bench = Bench::new();
    let large = || Content::generated(7, BYTES);
    let paced = || Reply::normal().bytes_per_second(2 << 20);
    let other = mirror(Resource::new(large()).etag("\"v\""));
    let (job, file) =
        job_with(&bench, Resource::new(large()).etag("\"v\"").always(paced()), &other);
    job.set_priority(JobPriority::Foreground).expect("set");
    job.resume().expect("resumed");
    let several = bench.server.wait_until(common::PATIENCE, |seen| {
        seen.requests().iter().filter(|request| request.header("range").is_some()).count() >= 2
    });
    assert!(several, "the origin is asked by several requests");
    wait_for_bytes(&job, 4 << 20);
    bench.server.put("/file", Resource::new(large()).always(gone()));
    bench.server.drop_connections();
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    assert_eq!(states(&file), [SourceState::Failed, SourceState::Asked]);
    let sent = other.body_bytes_sent("/copy");
    assert!(sent < BYTES, "what the origin gave was kept: {sent}");
    must_end(&bench, &job, &large());
}

#[test]
fn mirrors_come_with_the_file_and_bad_ones_are_refused() {
    let bench = Bench::new();
    let job = bench.manager.create_job("test", JobType::Download).expect("a job");
    let spec = |origin: &str, mirror: &str| bgcopy_core::FileSpec {
        mirrors: vec![mirror.to_owned()],
        ..common::spec(origin.to_owned(), bench.name("file"))
    };
    for (origin, mirror) in [
        ("http://a/", "nonsense"),
        ("http://a/", "file:///etc/passwd"),
        ("https://a/", "http://b/"),
    ] {
        let refused = job.add_file_set(vec![spec(origin, mirror)]).expect_err("refused");
        assert_eq!(refused.code, code::E_INVALIDARG, "{mirror}");
    }
    assert_eq!(job.files().expect("files").len(), 0);
    job.set_security_flags(security::REDIRECT_ALLOW_HTTPS_TO_HTTP).expect("set");
    job.add_file_set(vec![spec("https://a/", "http://b/")]).expect("added");
    let sources = job.file(0).expect("a file").sources().expect("sources");
    let urls: Vec<_> = sources.iter().map(|source| source.url.as_str()).collect();
    assert_eq!(urls, ["https://a/", "http://b/"]);
}
