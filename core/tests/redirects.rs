//! What goes on within a chain of redirects, and what is remembered of one.

mod common;

use bgcopy_core::{Job, JobState, JobType, ProxySettings, ProxyUsage};
use bgcopy_test_server::{Area, Reply, Resource, Server};

use common::{Bench, CUT, LENGTH, content, http};

/// The block that is fetched again to be compared.
const OVERLAP: u64 = 64 * 1024;

fn to(place: impl Into<String>) -> Reply {
    Reply::normal().redirect(308, place)
}

#[test]
fn a_signed_address_that_expired_is_asked_for_anew() {
    for status in [400, 401, 403, 404, 410] {
        let bench = Bench::new();
        let cut = vec![Reply::normal().cut_after(CUT)];
        let expires = Resource::new(content(1)).etag("\"v\"").script(cut);
        bench.server.put("/one", expires.always(Reply::normal().status(status)));
        bench.server.put("/two", Resource::new(content(1)).etag("\"v\""));
        let job = bench.job(Resource::bytes("").script(vec![to("/one")]).always(to("/two")));
        assert_eq!(bench.run(&job, 1), JobState::Transferred, "{status}: {:?}", job.error());
        assert_eq!(job.error_count().expect("a count"), 1, "only the cut: {status}");
        let asked = |path| bench.server.requests_for(path).len();
        assert_eq!((asked("/file"), asked("/one"), asked("/two")), (2, 2, 1), "{status}");
        assert_eq!(bench.server.body_bytes_sent("/two"), LENGTH - CUT + OVERLAP);
        job.complete().expect("completed");
        bench.must_hold("file", &content(1));
    }
}

#[test]
fn what_is_gone_everywhere_is_asked_for_once_more_and_no_further() {
    for status in [403, 404] {
        let bench = Bench::new();
        let cut = vec![Reply::normal().cut_after(CUT)];
        let gone = Resource::new(content(1)).etag("\"v\"").script(cut);
        bench.server.put("/one", gone.always(Reply::normal().status(status)));
        let job = bench.job(Resource::bytes("").always(to("/one")));
        assert_eq!(bench.run(&job, 1), JobState::Error);
        assert_eq!(job.error().expect("an error").code, http(u32::from(status)));
        let asked = |path| bench.server.requests_for(path).len();
        assert_eq!((asked("/file"), asked("/one")), (2, 3), "{status}");
    }
}

#[test]
fn cookies_are_sent_back_within_their_chain() {
    for own in [None, Some("Cookie: own=1\r\n")] {
        let bench = Bench::new();
        let sets = Reply::normal().redirect(302, "/file").header("Set-Cookie", "session=s3cret");
        let job = bench.job(Resource::new(content(1)).script(vec![sets]));
        job.set_custom_headers(own).expect("set");
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        let seen = bench.server.requests_for("/file");
        assert_eq!(seen.len(), 2);
        assert_eq!(seen[0].header("cookie"), own.map(|_| "own=1"));
        let expected = if own.is_some() { "session=s3cret; own=1" } else { "session=s3cret" };
        assert_eq!(seen[1].header("cookie"), Some(expected));
        // They end with the request: neither the next one of the job nor another
        // job has them.
        bench.server.put("/second", Resource::bytes("second"));
        job.add_file(&bench.server.url("/second"), &bench.name("second")).expect("added");
        assert_eq!(bench.run(&job, 0), JobState::Transferred);
        assert_eq!(bench.server.requests_for("/second")[0].header("cookie"), own.map(|_| "own=1"));
        let other = bench.manager.create_job("other", JobType::Download).expect("a job");
        other.add_file(&bench.server.url("/second"), &bench.name("third")).expect("added");
        assert_eq!(bench.run(&other, 0), JobState::Transferred);
        assert_eq!(bench.server.requests_for("/second")[1].header("cookie"), None);
    }
}

#[test]
fn cookies_stay_with_their_host() {
    let bench = Bench::new();
    let other = Server::start().expect("another server");
    other.put("/there", Resource::new(content(1)));
    let there = format!("http://localhost:{}/there", other.address().port());
    let sets = Reply::normal().redirect(302, there).header("Set-Cookie", "session=s3cret");
    let wide = sets.header("Set-Cookie", "wide=1; Domain=localhost");
    let job = bench.job(Resource::bytes("").always(wide));
    job.set_custom_headers(Some("Cookie: own=1\r\n")).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(other.requests()[0].header("cookie"), None);
}

/// A job that reaches every host by the server.
fn by_proxy(bench: &Bench, job_type: JobType, url: &str, local_name: &str) -> Job {
    let job = bench.manager.create_job("proxy", job_type).expect("a job");
    job.add_file(url, local_name).expect("added");
    let list = Some(bench.server.address().to_string());
    let proxy = ProxySettings { usage: ProxyUsage::Override, list, bypass: None };
    job.set_proxy_settings(proxy).expect("set");
    job
}

#[test]
fn internationalized_hosts_are_asked_for_in_ascii() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let job =
        by_proxy(&bench, JobType::Download, "http://b\u{fc}cher.test/file", &bench.name("file"));
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(bench.server.requests()[0].header("host"), Some("xn--bcher-kva.test"));
    bench.server.accept_uploads("/up/", Area::new().put_only());
    let source = bench.source("source", &content(1));
    let url = "http://b\u{fc}cher.test:8080/up/file";
    let job = by_proxy(&bench, JobType::Upload, url, &source);
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    let puts = bench.server.requests_for("/up/file");
    assert_eq!(puts[0].header("host"), Some("xn--bcher-kva.test:8080"));
}

#[test]
fn redirects_to_internationalized_hosts_are_followed() {
    for location in [
        "http://b\u{fc}cher.test/there",
        "//b\u{fc}cher.test/there",
        "http://b%C3%BCcher.test/there",
    ] {
        let bench = Bench::new();
        let redirect = Reply::normal().status(302).header("Location", location);
        bench.server.put("/file", Resource::bytes("").always(redirect));
        bench.server.put("/there", Resource::new(content(1)));
        let job = by_proxy(&bench, JobType::Download, "http://a.test/file", &bench.name("file"));
        job.set_custom_headers(Some("Authorization: Bearer x\r\nX-Own: 1\r\n")).expect("set");
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        assert_eq!(job.error_count().expect("a count"), 0);
        let there = &bench.server.requests_for("/there")[0];
        assert_eq!(there.header("host"), Some("xn--bcher-kva.test"), "{location}");
        assert_eq!((there.header("authorization"), there.header("x-own")), (None, Some("1")));
        job.complete().expect("completed");
        bench.must_hold("file", &content(1));
    }
}

#[test]
fn redirects_that_do_not_end_are_noticed_wherever_they_lead() {
    let bench = Bench::new();
    let redirect = Reply::normal().status(301).header("Location", "//b\u{fc}cher.test/file");
    bench.server.put("/file", Resource::bytes("").always(redirect));
    let job = by_proxy(&bench, JobType::Download, "http://a.test/file", &bench.name("file"));
    assert_eq!(bench.run(&job, 0), JobState::TransientError);
    assert_eq!(bench.server.requests_for("/file").len(), 4);
    let secure = Reply::normal().status(301).header("Location", "ftp://b\u{fc}cher.test/file");
    bench.server.put("/file", Resource::bytes("").always(secure));
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(301));
}

#[test]
fn a_redirect_to_nowhere_is_told_as_one() {
    for location in ["", " "] {
        let bench = Bench::new();
        let nowhere = Reply::normal().status(302).header("Location", location);
        let error = bench.must_fail(Resource::bytes("").always(nowhere), JobState::Error);
        assert_eq!(error.code, http(302));
        assert!(!error.message.trim_end().ends_with("to"), "{}", error.message);
        assert!(error.message.contains("302"), "{}", error.message);
    }
}

#[test]
fn empty_lines_between_custom_headers_are_passed_over() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    for text in ["\r\n", "X-Own: 1\r\n\r\n"] {
        job.set_custom_headers(Some(text)).expect("set");
    }
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(bench.server.requests()[0].header("x-own"), Some("1"));
}
