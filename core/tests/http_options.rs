//! A method of a job's own, and headers that cannot be read (IBackgroundCopyJobHttpOptions2, 3).

mod common;

use std::fs;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    FileSpec, JobPriority, JobSetup, JobState, JobType, Manager, Options, Reader, jobs_described,
    survey_each,
};
use bgcopy_test_server::{Reply, Resource};

use common::{Bench, CUT, content, stopped, wait_for_bytes};

/// What answers POST as it answers GET.
fn posted(seed: u64) -> Resource {
    Resource::new(content(seed)).method("POST")
}

#[test]
fn a_file_is_requested_by_the_method_of_its_job() {
    for method in ["POST", "PUT", "PATCH", "QUERY"] {
        let bench = Bench::new();
        let job = bench.job(Resource::new(content(1)).method(method));
        job.set_http_method(method).expect("set");
        assert_eq!(job.http_method().as_deref(), Ok(method));
        assert_eq!(job.priority(), Ok(JobPriority::Foreground));
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
        let seen = bench.server.requests_for("/file");
        assert_eq!((seen.len(), seen[0].method.as_str()), (1, method));
        assert_eq!(seen[0].header("content-type"), None, "there is no body of any kind");
        let length = (method != "QUERY").then_some("0");
        assert_eq!(seen[0].header("content-length"), length, "{method}");
        assert_eq!(seen[0].header("range"), None);
        job.complete().expect("completed");
        bench.must_hold("file", &content(1));
    }
}

#[test]
fn a_failure_is_final_and_resume_begins_at_the_first_byte() {
    let bench = Bench::new();
    let cut = vec![Reply::normal().cut_after(CUT)];
    let job = bench.job(posted(1).etag("\"v\"").script(cut));
    job.set_http_method("POST").expect("set");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error, "a GET would be made again by itself");
    assert_eq!(job.error().map(|error| error.code), Ok(code::BG_E_CONNECTION_CLOSED));
    assert_eq!(bench.server.requests_for("/file").len(), 1);
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    let seen = bench.server.requests_for("/file");
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|one| one.method == "POST" && one.header("range").is_none()));
    assert_eq!(seen[1].header("if-range"), None);
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn a_large_file_has_one_request() {
    let bench = Bench::new();
    // So slow that a GET of it has several requests by then.
    let large = bgcopy_test_server::Content::generated(1, 40 << 20);
    let paced = Reply::normal().bytes_per_second(2 << 20);
    let job = bench.job(Resource::new(large).method("POST").etag("\"v\"").always(paced));
    job.set_http_method("POST").expect("set");
    job.resume().expect("resumed");
    wait_for_bytes(&job, 10 << 20);
    assert_eq!(bench.server.requests_for("/file").len(), 1);
    job.cancel().expect("cancelled");
}

#[test]
fn a_suspended_file_begins_anew() {
    let bench = Bench::new();
    let gate = vec![Reply::normal().gate_after(CUT)];
    let job = bench.job(posted(1).etag("\"v\"").script(gate));
    job.set_http_method("POST").expect("set");
    job.resume().expect("resumed");
    wait_for_bytes(&job, CUT);
    job.suspend().expect("suspended");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    let seen = bench.server.requests_for("/file");
    assert_eq!((seen.len(), seen[1].header("range")), (2, None));
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn a_kept_connection_is_not_used_so_that_nothing_is_sent_twice() {
    let bench = Bench::new();
    bench.server.put("/first", Resource::bytes("first"));
    let first = bench.manager.create_job("first", JobType::Download).expect("a job");
    first.add_file(&bench.server.url("/first"), &bench.name("first")).expect("added");
    assert_eq!(bench.run(&first, 0), JobState::Transferred);
    let job = bench.job(posted(1));
    job.set_http_method("POST").expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    let connection = |path| bench.server.requests_for(path)[0].connection;
    assert_ne!(connection("/first"), connection("/file"));
}

#[test]
fn redirects_are_followed_by_the_method_that_their_status_says() {
    for (own, status, method) in [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("POST", 307, "POST"),
        ("POST", 308, "POST"),
        ("PUT", 302, "PUT"),
        ("PUT", 303, "GET"),
        ("PUT", 307, "PUT"),
    ] {
        let bench = Bench::new();
        bench.server.put("/there", Resource::new(content(1)).method(own));
        let to = Reply::normal().redirect(status, "/there");
        let job = bench.job(Resource::bytes("").method(own).always(to));
        job.set_http_method(own).expect("set");
        assert_eq!(bench.run(&job, 0), JobState::Transferred, "{status}: {:?}", job.error());
        assert_eq!(bench.server.requests_for("/file")[0].method, own);
        assert_eq!(bench.server.requests_for("/there")[0].method, method, "{own} {status}");
        job.complete().expect("completed");
        bench.must_hold("file", &content(1));
    }
}

#[test]
fn a_permanent_redirect_is_asked_for_anew() {
    let bench = Bench::new();
    let cut = vec![Reply::normal().cut_after(CUT)];
    bench.server.put("/there", posted(1).script(cut));
    let to = Reply::normal().redirect(301, "/there");
    let job = bench.job(Resource::bytes("").method("POST").always(to));
    job.set_http_method("POST").expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    assert_eq!(bench.server.requests_for("/file").len(), 2);
    assert!(bench.server.requests_for("/there").iter().all(|one| one.method == "GET"));
}

#[test]
fn a_job_keeps_its_method_in_the_store_and_at_a_guest() {
    let bench = Bench::new();
    bench.server.put("/file", posted(1));
    let guest = Manager::open(Options::new(bench.path("store"))).expect("a manager");
    assert!(!guest.is_host());
    let file = common::spec(bench.server.url("/file"), bench.name("file"));
    let setup = JobSetup::new("test", JobType::Download).files(vec![file]).http_method("POST");
    let job = setup.resumed().create(&guest).expect("a job");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    assert_eq!(job.http_method().as_deref(), Ok("POST"));
    let reader = Reader::open(bench.path("store")).expect("a reader");
    assert_eq!(reader.job(job.id()).expect("a job").0.http_method.as_deref(), Some("POST"));
    assert_eq!(bench.server.requests_for("/file")[0].method, "POST");
}

const SECRET: &str = "abracadabra";

fn files(bench: &Bench) -> Vec<FileSpec> {
    vec![common::spec(bench.server.url("/file"), bench.name("file"))]
}

#[test]
fn hidden_headers_are_sent_and_shown_to_nobody() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let text = format!("X-Secret: {SECRET}\r\n");
    let setup = JobSetup::new("test", JobType::Download).files(files(&bench)).description("test");
    let setup = setup.custom_headers(Some(&text)).custom_headers_write_only();
    let job = setup.create(&bench.manager).expect("a job");
    let guest = Manager::open(Options::new(bench.path("store"))).expect("a manager");
    assert!(!guest.is_host());
    for manager in [&bench.manager, &guest] {
        let job = manager.get_job(job.id()).expect("the job");
        let error = job.custom_headers().expect_err("hidden");
        assert_eq!(error.code, code::E_ACCESSDENIED);
        let snapshot = job.snapshot().expect("a snapshot");
        assert!(snapshot.record.headers_are_write_only);
        assert!(!format!("{snapshot:?}").contains(SECRET));
    }
    let reader = Reader::open(bench.path("store")).expect("a reader");
    let mut seen = vec![
        format!("{:?}", reader.job(job.id()).expect("the job")),
        format!("{:?}", reader.jobs().expect("jobs")),
        format!("{:?}", jobs_described(&reader, "test").expect("jobs")),
    ];
    survey_each(&reader, |job| {
        seen.push(format!("{job:?}"));
        std::ops::ControlFlow::Continue(())
    })
    .expect("jobs");
    assert_eq!(seen.len(), 4);
    for shown in &seen {
        assert!(shown.contains("headers_are_write_only: true") && !shown.contains(SECRET));
    }
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    let sent = bench.server.requests_for("/file");
    assert_eq!(sent[0].header("x-secret"), Some(SECRET));
    // They can be replaced, and stay hidden.
    job.set_custom_headers(Some("X-Other: 1\r\n")).expect("set");
    assert_eq!(job.custom_headers().map_err(|error| error.code), Err(code::E_ACCESSDENIED));
    job.make_custom_headers_write_only().expect("once more");
}

#[test]
fn hidden_headers_survive_the_process_and_are_of_the_user_alone() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let text = format!("X-Secret: {SECRET}\r\n");
    let setup = JobSetup::new("test", JobType::Download).files(files(&bench));
    let job = setup.custom_headers(Some(&text)).create(&bench.manager).expect("a job");
    job.make_custom_headers_write_only().expect("hidden");
    let id = job.id();
    drop(job);
    bench.manager.close();
    let again = Manager::open(Options::new(bench.path("store"))).expect("a manager");
    let job = again.get_job(id).expect("the job");
    assert_eq!(job.custom_headers().map_err(|error| error.code), Err(code::E_ACCESSDENIED));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    assert_eq!(bench.server.requests_for("/file")[0].header("x-secret"), Some(SECRET));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let folder = fs::metadata(bench.path("store")).expect("the folder");
        assert_eq!(folder.permissions().mode() & 0o077, 0, "the store has them in clear");
    }
}
