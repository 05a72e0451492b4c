//! A job that is made in one step: all of it is there, or nothing.

mod common;

use bgcopy_core::vocab::{code, security};
use bgcopy_core::{
    AuthScheme, AuthTarget, ClientCertificate, JobPriority, JobSetup, JobState, JobType, Limits,
    Manager, Options, ProxySettings, ProxyUsage, Reader,
};
use bgcopy_test_server::Resource;

use common::{Bench, content, stopped};

#[test]
fn a_job_is_made_with_all_it_needs() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let guest = Manager::open(Options::new(bench.path("store"))).expect("a manager");
    assert!(!guest.is_host());
    for (manager, name) in [(&bench.manager, "one"), (&guest, "two")] {
        let file = common::spec(bench.server.url("/file"), bench.name(name));
        let job = JobSetup::new(name, JobType::Download)
            .files(vec![file])
            .description("of the test")
            .priority(JobPriority::High)
            .no_progress_timeout(77)
            .minimum_retry_delay(7)
            .maximum_download_time(777)
            .proxy_settings(no_proxy())
            .client_certificate(Some(certificate()))
            .security_flags(security::REDIRECT_DISALLOW)
            .custom_headers(Some("X-Of: test\r\n"))
            .credentials(AuthTarget::Server, AuthScheme::Basic, "user", "password")
            .resumed()
            .create(manager)
            .expect("a job");
        assert_eq!(stopped(&job), JobState::Transferred);
        assert_eq!(job.display_name().expect("a name"), name);
        assert_eq!(job.description().expect("a text"), "of the test");
        assert_eq!(job.priority().expect("a priority"), JobPriority::High);
        assert_eq!(job.no_progress_timeout().expect("a time"), 77);
        assert_eq!(job.minimum_retry_delay().expect("a time"), 7);
        assert_eq!(job.maximum_download_time().expect("a time"), 777);
        assert_eq!(job.proxy_settings().expect("a proxy"), no_proxy());
        assert_eq!(job.client_certificate().expect("one"), Some(certificate()));
        assert_eq!(job.security_flags().expect("flags"), security::REDIRECT_DISALLOW);
        job.complete().expect("completed");
        bench.must_hold(name, &content(1));
    }
    for request in bench.server.requests_for("/file") {
        assert_eq!(request.header("authorization"), Some("Basic dXNlcjpwYXNzd29yZA=="));
        assert_eq!(request.header("x-of"), Some("test"));
    }
}

#[test]
fn a_job_that_cannot_be_made_was_never_there() {
    let bench = Bench::new();
    bench.manager.set_limits(Limits { jobs: 1, ..Limits::default() }).expect("set");
    let good = common::spec(bench.server.url("/file"), bench.name("file"));
    let setup = || JobSetup::new("test", JobType::Download);
    let far = common::spec("ftp://a/b".to_owned(), bench.name("other"));
    let long = "x".repeat(20_000);
    let refused = [
        (setup().files(vec![good.clone(), far]), code::E_INVALIDARG),
        (setup().files(vec![good.clone()]).custom_headers(Some(&long)), code::BG_E_STRING_TOO_LONG),
        (setup().resumed(), code::DO_E_JOB_EMPTY),
    ];
    for (setup, expected) in refused {
        let error = setup.create(&bench.manager).err().expect("refused");
        assert_eq!(error.code, expected, "{error}");
        assert!(bench.manager.jobs().expect("jobs").is_empty());
        assert!(
            Reader::open(bench.path("store")).expect("a store").jobs().expect("jobs").is_empty()
        );
    }
    // None of them counts.
    setup().files(vec![good]).create(&bench.manager).expect("a job");
}

fn no_proxy() -> ProxySettings {
    ProxySettings { usage: ProxyUsage::NoProxy, list: None, bypass: None }
}

/// By plain HTTP nobody reads it.
fn certificate() -> ClientCertificate {
    ClientCertificate { certificate: "/a/certificate.pem".to_owned(), key: None }
}
