//! Content that comes from another place than before: new remote names,
//! redirects, and what is told to whom.

mod common;

use bgcopy_core::vocab::{code, security};
use bgcopy_core::{AuthScheme, AuthTarget, ExpectedHash, HashAlgorithm, JobState, JobType};
use bgcopy_test_server::{Reply, Resource, Server};
use sha2::{Digest, Sha256};

use common::{Bench, CUT, LENGTH, content, stopped};

/// The block that is fetched again to be compared.
const OVERLAP: u64 = 64 * 1024;

fn cut() -> Vec<Reply> {
    vec![Reply::normal().cut_after(CUT)]
}

/// A job that holds a part of `/file`, whose tag is `"v"`.
fn interrupted(bench: &Bench) -> bgcopy_core::Job {
    // The next connection, which is made at once, breaks, too.
    let script = vec![Reply::normal().cut_after(CUT), Reply::normal().reset_before_reply()];
    let job = bench.job(Resource::new(content(1)).etag("\"v\"").script(script));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    job
}

fn rename(bench: &Bench, job: &bgcopy_core::Job, name: &str) {
    job.file(0).expect("a file").set_remote_name(&bench.server.url(name)).expect("set");
}

#[test]
fn a_comparison_cut_short_proves_nothing() {
    let bench = Bench::new();
    let job = interrupted(&bench);
    // The same tag and size by accident, and a cut before the block differs.
    let mut bytes = content(2).slice(0..LENGTH);
    let held = content(1).slice(0..LENGTH);
    let (from, to) = ((CUT - OVERLAP) as usize, (CUT - OVERLAP / 2) as usize);
    bytes[from..to].copy_from_slice(&held[from..to]);
    let mirror = Resource::bytes(bytes.clone()).etag("\"v\"");
    bench.server.put("/mirror", mirror.script(vec![Reply::normal().cut_after(OVERLAP / 4)]));
    rename(&bench, &job, "/mirror");
    assert_eq!(bench.run(&job, 5), JobState::Transferred);
    job.complete().expect("completed");
    assert!(std::fs::read(bench.path("file")).expect("the file") == bytes, "never mixed");
}

#[test]
fn a_name_set_while_the_old_one_is_fetched_is_still_to_be_proven() {
    let bench = Bench::new();
    let gated = Reply::normal().gate_after(LENGTH / 2);
    let job = bench.job(Resource::new(content(1)).etag("\"v\"").always(gated));
    job.resume().expect("resumed");
    common::wait_for_bytes(&job, 1);
    bench.server.put("/mirror", Resource::new(content(2)).etag("\"v\""));
    rename(&bench, &job, "/mirror");
    job.suspend().expect("suspended");
    assert!(job.progress().expect("progress").bytes_transferred > 0);
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("file", &content(2));
}

#[test]
fn a_hash_keeps_the_bytes_of_a_server_that_names_its_versions_otherwise() {
    let bench = Bench::new();
    let job = interrupted(&bench);
    let digest = Sha256::digest(content(1).slice(0..LENGTH));
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = ExpectedHash { algorithm: HashAlgorithm::Sha256, digest };
    let file = job.file(0).expect("a file");
    file.set_expected_hash(Some(hash)).expect("set");
    bench.server.put("/mirror", Resource::new(content(1)).etag("\"another\""));
    rename(&bench, &job, "/mirror");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!(bench.server.body_bytes_sent("/mirror"), LENGTH - CUT + OVERLAP);
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn a_redirect_that_leads_elsewhere_next_time_is_never_joined_unproven() {
    let bench = Bench::new();
    bench.server.put("/one", Resource::new(content(1)).etag("\"v\"").script(cut()));
    bench.server.put("/two", Resource::new(content(2)).etag("\"v\""));
    let first = Reply::normal().redirect(302, "/one");
    let then = Reply::normal().redirect(302, "/two");
    let job = bench.job(Resource::new(content(1)).script(vec![first]).always(then));
    assert_eq!(bench.run(&job, 5), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("file", &content(2));
}

#[test]
fn a_redirect_that_was_not_followed_is_a_new_name() {
    let bench = Bench::new();
    let redirect = Reply::normal().redirect(302, "/there");
    let resource = Resource::new(content(1)).etag("\"v\"").script(cut()).always(redirect);
    bench.server.put("/there", Resource::new(content(2)).etag("\"v\""));
    let job = bench.job(resource);
    job.set_security_flags(security::REDIRECT_DISALLOW).expect("set");
    assert_eq!(bench.run(&job, 1), JobState::Error);
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("file", &content(2));
}

#[test]
fn a_remembered_redirect_that_fails_is_asked_for_again() {
    let bench = Bench::new();
    let expired = Resource::new(content(1)).script(cut()).always(Reply::normal().status(403));
    bench.server.put("/signed", expired);
    bench.server.put("/signed-anew", Resource::new(content(1)));
    let first = Reply::normal().redirect(301, "/signed");
    let then = Reply::normal().redirect(301, "/signed-anew");
    let job = bench.job(Resource::new(content(1)).script(vec![first]).always(then));
    assert_eq!(bench.run(&job, 1), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn secrets_stay_with_the_host_that_the_caller_named() {
    for policy in [security::REDIRECT_ALLOW_SILENT, security::REDIRECT_ALLOW_REPORT] {
        let bench = Bench::new();
        let other = Server::start().expect("another server");
        other.put("/there", Resource::new(content(1)).script(cut()));
        let redirect = Reply::normal().redirect(301, other.url("/there"));
        let job = bench.job(Resource::new(content(1)).always(redirect));
        job.set_security_flags(policy).expect("set");
        let headers = "Authorization: Bearer x\r\nCookie: a=b\r\nX-Own: 1\r\n";
        job.set_custom_headers(Some(headers)).expect("set");
        job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "pass").expect("set");
        assert_eq!(bench.run(&job, 3), JobState::Transferred);
        assert_eq!(bench.server.requests().len(), 1, "the redirect is remembered");
        assert_eq!(other.requests().len(), 2, "a resumed request goes straight there");
        for request in other.requests() {
            assert_eq!(request.header("authorization"), None);
            assert_eq!(request.header("cookie"), None);
            assert_eq!(request.header("x-own"), Some("1"));
        }
    }
}

#[test]
fn a_token_goes_to_the_host_that_the_caller_named() {
    let bench = Bench::new();
    let other = Server::start().expect("another server");
    other.put("/there", Resource::new(content(1)).script(cut()));
    let here = Reply::normal().redirect(302, bench.server.url("/here"));
    bench.server.put("/here", Resource::new(content(2)).script(cut()));
    let redirect = Reply::normal().redirect(301, other.url("/there"));
    let job = bench.job(Resource::new(content(1)).always(redirect));
    let token = |job: &bgcopy_core::Job| {
        job.set_credentials(AuthTarget::Server, AuthScheme::Bearer, "", "t0ken").expect("set");
    };
    token(&job);
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    for request in other.requests() {
        assert_eq!(request.header("authorization"), None);
    }
    bench.server.put("/moved", Resource::new(content(2)).always(here));
    let job = bench.manager.create_job("two", JobType::Download).expect("a job");
    job.add_file(&bench.server.url("/moved"), &bench.name("two")).expect("a file");
    token(&job);
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    let requests = bench.server.requests();
    assert!(requests.len() > 3, "{requests:?}");
    for request in requests {
        assert_eq!(request.header("authorization"), Some("Bearer t0ken"));
    }
}

#[test]
fn a_token_is_for_a_server_and_looks_like_one() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let set = |target, name, token| {
        let set = job.set_credentials(target, AuthScheme::Bearer, name, token);
        set.map_err(|error| error.code)
    };
    let (server, proxy) = (AuthTarget::Server, AuthTarget::Proxy);
    assert_eq!(set(proxy, "", "t0ken"), Err(code::E_NOTIMPL));
    for (name, token) in [("ada", "t0ken"), ("", ""), ("", "a b"), ("", "a\r\nb"), ("", "é")] {
        assert_eq!(set(server, name, token), Err(code::E_INVALIDARG), "{name:?} {token:?}");
    }
    assert!(job.snapshot().expect("a record").record.credential_slots.is_empty());
}

#[test]
fn a_header_of_the_callers_own_takes_the_place_of_a_token() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    job.set_custom_headers(Some("authorization: Own x\r\n")).expect("set");
    job.set_credentials(AuthTarget::Server, AuthScheme::Bearer, "", "t0ken").expect("set");
    assert_eq!(bench.run(&job, 1), JobState::Transferred);
    for request in bench.server.requests() {
        let values =
            request.headers.iter().filter(|one| one.0.eq_ignore_ascii_case("authorization"));
        assert_eq!(values.map(|one| one.1.as_str()).collect::<Vec<_>>(), ["Own x"]);
    }
}

#[test]
fn credentials_in_a_redirect_are_neither_kept_nor_shown() {
    let bench = Bench::new();
    bench.server.put("/there", Resource::new(content(1)).script(cut()));
    let address = bench.server.url("/there").replace("http://", "http://ada:secret@");
    let job = bench.job(Resource::new(content(1)).always(Reply::normal().redirect(301, address)));
    job.set_security_flags(security::REDIRECT_ALLOW_REPORT).expect("set");
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
    let name = job.file(0).expect("a file").remote_name().expect("a name");
    assert!(!name.contains("secret"), "{name}");
    let store = std::fs::read(bench.path("store/queue.db")).expect("the store");
    let log = std::fs::read(bench.path("store/queue.db-wal")).unwrap_or_default();
    for bytes in [store, log] {
        assert!(!bytes.windows(6).any(|window| window == b"secret"), "nothing of it is stored");
    }
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn a_hash_is_set_while_bytes_are_missing_and_not_later() {
    let bench = Bench::new();
    let job = interrupted(&bench);
    let file = job.file(0).expect("a file");
    let hash =
        |digit: &str| ExpectedHash { algorithm: HashAlgorithm::Sha256, digest: digit.repeat(64) };
    file.set_expected_hash(Some(hash("A"))).expect("upper case, too");
    file.set_expected_hash(None).expect("taken back");
    assert_eq!(bench.run(&job, 1), JobState::Transferred);
    let error = file.set_expected_hash(Some(hash("b"))).expect_err("too late");
    assert_eq!(error.code, code::DO_E_INVALID_STATE);
}
