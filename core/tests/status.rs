//! Statuses and redirects: which are final, which pass, and what is said.

mod common;

use bgcopy_core::vocab::{code, security};
use bgcopy_core::{
    AuthScheme, AuthTarget, ErrorContext, JobState, JobType, ProxySettings, ProxyUsage, WaitKind,
};
use bgcopy_test_server::{Reply, Resource, Server, free_port};

use common::{Bench, CUT, content, http, kind, stopped};

fn always(reply: Reply) -> Resource {
    Resource::new(content(1)).always(reply)
}

#[test]
fn statuses_are_transient_or_fatal_by_the_specification() {
    for (status, state) in [
        (300, JobState::Error),
        (400, JobState::Error),
        (401, JobState::Error),
        (403, JobState::Error),
        (404, JobState::Error),
        (407, JobState::Error),
        (408, JobState::TransientError),
        (409, JobState::TransientError),
        (410, JobState::Error),
        (429, JobState::TransientError),
        (500, JobState::TransientError),
        (501, JobState::Error),
        (502, JobState::TransientError),
        (503, JobState::TransientError),
        (505, JobState::Error),
    ] {
        let bench = Bench::new();
        let error = bench.must_fail(always(Reply::normal().status(status)), state);
        assert_eq!(error.code, http(u32::from(status)));
        assert_eq!(error.context, ErrorContext::RemoteFile);
        assert_eq!((error.file, error.protocol.as_deref()), (Some(0), Some("http")));
        assert!(error.message.contains(&status.to_string()), "{}", error.message);
    }
}

#[test]
fn a_status_nobody_knows_passes() {
    let bench = Bench::new();
    let odd = Reply::normal().status_line("HTTP/1.1 1234 Odd");
    bench.must_fetch(Resource::new(content(1)).script(vec![odd]), &content(1));
}

#[test]
fn no_head_is_asked_for() {
    for status in [500, 405] {
        let bench = Bench::new();
        bench.must_fetch(Resource::new(content(1)).head_status(status), &content(1));
        assert!(bench.server.requests().iter().all(|request| request.method == "GET"));
    }
}

#[test]
fn retry_after_is_kept_and_told() {
    let in_an_hour = bgcopy_test_server::http_date(
        std::time::SystemTime::now() + std::time::Duration::from_secs(3600),
    );
    for (status, value, seconds) in [
        (503, "120", 115..=120),
        (429, "120", 115..=120),
        (503, in_an_hour.as_str(), 3500..=3600),
        (503, "999999999999", 86_000..=86_400),
        (503, "-5", 0..=7),
        (503, "nonsense", 0..=7),
    ] {
        let bench = Bench::new();
        let job = bench.job(always(Reply::normal().status(status).retry_after(value)));
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::TransientError);
        let reason = job.wait_reason().expect("a reason");
        let wait_s = (reason.next_try_ms.expect("a next try") - reason.since_ms) / 1000;
        assert!(seconds.contains(&wait_s), "{value}: {wait_s}");
        let expected =
            if wait_s > 7 { WaitKind::ServerAskedToWait } else { WaitKind::RetryAfterError };
        assert_eq!(reason.kind, expected);
    }
}

#[test]
fn an_expired_link_is_replaced_without_losing_bytes() {
    for status in [401, 403, 410] {
        let bench = Bench::new();
        let script = vec![Reply::normal().cut_after(CUT), Reply::normal().status(status)];
        let job = bench.job(Resource::new(content(1)).etag("\"v\"").script(script));
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::Error);
        let expected =
            if status == 401 { WaitKind::CredentialsNeeded } else { WaitKind::LinkExpired };
        assert_eq!(kind(&job), expected);
        bench.server.put("/new", Resource::new(content(1)).etag("\"v\""));
        job.file(0).expect("a file").set_remote_name(&bench.server.url("/new")).expect("set");
        assert_eq!(bench.run(&job, 0), JobState::Transferred);
        assert!(bench.server.body_bytes_sent("/new") < common::LENGTH, "bytes were kept");
        job.complete().expect("completed");
        bench.must_hold("file", &content(1));
    }
}

#[test]
fn credentials_are_shown_when_asked_for_and_never_stored() {
    let bench = Bench::new();
    let job = bench.job(always(Reply::normal().require_basic("ada", "s3cret-pass")));
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(401));
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "s3cret-pass").expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    bench.manager.close();
    for entry in std::fs::read_dir(bench.path("store")).expect("the store") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        assert!(!bytes.windows(11).any(|window| window == b"s3cret-pass"));
    }
}

#[test]
fn without_the_credentials_that_it_waited_for_a_job_goes_on() {
    let mut bench = Bench::new();
    let job = bench.job(always(Reply::normal().gate_before_reply()));
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "pass").expect("set");
    job.resume().expect("resumed");
    let id = job.id();
    bench.manager.close();
    bench.server.open_gate("/file");
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("still there");
    assert_eq!(kind(&job), WaitKind::CredentialsNeeded);
    job.remove_credentials(AuthTarget::Server, AuthScheme::Basic).expect("removed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.wait_reason());
}

#[test]
fn after_a_restart_a_job_waits_for_its_credentials() {
    let mut bench = Bench::new();
    let guarded = Reply::normal().require_basic("ada", "pass");
    let job = bench.job(always(guarded.clone().gate_before_reply()));
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "pass").expect("set");
    job.resume().expect("resumed");
    let id = job.id();
    bench.manager.close();
    bench.server.put("/file", always(guarded));
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("still there");
    assert_eq!(
        (job.state().expect("a state"), kind(&job)),
        (JobState::Queued, WaitKind::CredentialsNeeded)
    );
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "pass").expect("set");
    assert_eq!(stopped(&job), JobState::Transferred);
    let code = job.remove_credentials(AuthTarget::Server, AuthScheme::Basic).expect("removed");
    assert_eq!(code, code::S_OK);
    let code =
        job.remove_credentials(AuthTarget::Server, AuthScheme::Basic).expect("nothing to remove");
    assert_eq!(code, code::S_FALSE);
}

#[test]
fn redirects_are_followed() {
    for status in [301, 302, 303, 307, 308] {
        let bench = Bench::new();
        bench.server.put("/there", Resource::new(content(1)));
        bench.must_fetch(always(Reply::normal().redirect(status, "there")), &content(1));
    }
}

#[test]
fn a_permanent_redirect_is_remembered_and_another_is_not() {
    for (status, asked) in [(301, 1), (308, 1), (302, 2), (307, 2)] {
        let bench = Bench::new();
        bench
            .server
            .put("/there", Resource::new(content(1)).script(vec![Reply::normal().cut_after(CUT)]));
        bench.must_fetch(always(Reply::normal().redirect(status, "/there")), &content(1));
        assert_eq!(bench.server.requests_for("/file").len(), asked, "{status}");
    }
}

#[test]
fn redirects_that_lead_nowhere_are_errors() {
    let bench = Bench::new();
    let error = bench.must_fail(always(Reply::normal().redirect(302, "/file")), JobState::Error);
    assert_eq!(error.code, http(302));
    for target in ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"] {
        let bench = Bench::new();
        let error = bench.must_fail(always(Reply::normal().redirect(302, target)), JobState::Error);
        assert_eq!(
            (error.code, error.context),
            (http(302), ErrorContext::RemoteFile),
            "{}",
            error.message
        );
    }
}

#[test]
fn the_redirect_policy_is_kept() {
    let bench = Bench::new();
    bench.server.put("/there", Resource::new(content(1)));
    let job = bench.job(always(Reply::normal().redirect(302, "/there")));
    job.set_security_flags(security::REDIRECT_DISALLOW).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(job.error().expect("an error").code, http(302));
    let file = job.file(0).expect("a file");
    assert_eq!(file.remote_name().expect("a name"), bench.server.url("/there"));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);

    let bench = Bench::new();
    bench.server.put("/there", Resource::new(content(1)));
    let job = bench.job(always(Reply::normal().redirect(302, "/there")));
    job.set_security_flags(security::REDIRECT_ALLOW_REPORT).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    let file = job.file(0).expect("a file");
    assert_eq!(file.remote_name().expect("a name"), bench.server.url("/there"));
}

#[test]
fn secrets_do_not_follow_a_redirect_to_another_host() {
    let bench = Bench::new();
    let other = Server::start().expect("another server");
    other.put("/there", Resource::new(content(1)));
    let job = bench.job(always(Reply::normal().redirect(302, other.url("/there"))));
    job.set_custom_headers(Some("Authorization: Bearer x\r\nX-Own: 1\r\n")).expect("set");
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "pass").expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!(bench.server.requests()[0].header("authorization"), Some("Bearer x"));
    assert_eq!(bench.server.requests()[0].header("x-own"), Some("1"));
    assert_eq!(other.requests()[0].header("authorization"), None);
}

#[test]
fn a_proxy_is_used_and_bypassed_as_set() {
    let bench = Bench::new();
    let proxy = Server::start().expect("a proxy");
    proxy.put("/file", Resource::new(content(1)));
    let job = bench.job(Resource::new(content(1)));
    let address = proxy.address().to_string();
    let list = format!("https=http://127.0.0.1:1 http={address}");
    let settings = |bypass: Option<&str>| ProxySettings {
        usage: ProxyUsage::Override,
        list: Some(list.clone()),
        bypass: bypass.map(str::to_owned),
    };
    job.set_proxy_settings(settings(None)).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!((proxy.requests().len(), bench.server.requests().len()), (1, 0));
    job.add_file(&bench.server.url("/file"), &bench.name("second")).expect("added");
    job.set_proxy_settings(settings(Some("127.0.0.1"))).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!((proxy.requests().len(), bench.server.requests().len()), (1, 1));
}

#[test]
fn a_refused_connection_passes_when_the_server_is_back() {
    let bench = Bench::new();
    let port = free_port();
    let address = format!("127.0.0.1:{port}");
    let job = bench.manager.create_job("refused", bgcopy_core::JobType::Download).expect("a job");
    job.add_file(&format!("http://{address}/file"), &bench.name("file")).expect("added");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::TransientError);
    let error = job.error().expect("an error");
    assert_eq!(
        (error.code, error.context),
        (code::BG_E_CONNECT_FAILURE, ErrorContext::GeneralTransport)
    );
    assert!(error.message.contains(&address), "{}", error.message);
    assert!(error.message.contains("refused"), "{}", error.message);
    let back = Server::start_on(port).expect("the same port");
    back.put("/file", Resource::new(content(1)));
    assert_eq!(bench.run(&job, 3), JobState::Transferred);
}

#[test]
fn what_a_proxy_says_of_a_tunnel_is_told() {
    let bench = Bench::new();
    let proxy = Server::start().expect("a proxy");
    for (status, state) in [
        (403, JobState::Error),
        (405, JobState::Error),
        (407, JobState::Error),
        (502, JobState::TransientError),
    ] {
        proxy.refuse_tunnels(status);
        let asked = proxy.requests().len();
        for job_type in [JobType::Download, JobType::Upload] {
            let job = bench.manager.create_job("tunnel", job_type).expect("a job");
            let source = bench.source("source", &content(1));
            job.add_file("https://server.test/file", &source).expect("added");
            job.set_proxy_settings(ProxySettings {
                usage: ProxyUsage::Override,
                list: Some(proxy.address().to_string()),
                bypass: None,
            })
            .expect("set");
            job.set_credentials(AuthTarget::Proxy, AuthScheme::Basic, "ada", "wrong").expect("set");
            job.resume().expect("resumed");
            assert_eq!(stopped(&job), state, "{status}: {:?}", job.error());
            let error = job.error().expect("an error");
            assert_eq!(error.code, http(u32::from(status)), "{}", error.message);
            assert_eq!(error.context, ErrorContext::GeneralTransport);
            let told = ["proxy", &status.to_string()].iter().all(|it| error.message.contains(it));
            assert!(told, "{}", error.message);
            let file = job.file(0).expect("a file");
            assert_eq!(file.response_headers().expect("headers"), None, "not of the server");
        }
        // The same password is not tried twice.
        assert_eq!(proxy.requests().len(), asked + 2, "{status}");
    }
}

#[test]
fn the_users_own_credentials_are_no_secret() {
    let mut bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let id = job.id();
    let own = [
        (AuthTarget::Proxy, AuthScheme::Ntlm),
        (AuthTarget::Proxy, AuthScheme::Negotiate),
        (AuthTarget::Server, AuthScheme::Ntlm),
        (AuthTarget::Server, AuthScheme::Negotiate),
    ];
    for (target, scheme) in own {
        job.set_credentials(target, scheme, "", "").expect("set");
        for (name, password) in [("ada", "pass"), ("ada", ""), ("", "pass")] {
            let refused = job.set_credentials(target, scheme, name, password);
            assert_eq!(refused.expect_err("not built in").code, code::E_NOTIMPL);
        }
    }
    let refused = job.set_credentials(AuthTarget::Proxy, AuthScheme::Passport, "", "");
    assert_eq!(refused.expect_err("it is gone").code, code::E_NOTIMPL);
    // With the next manager they are still there, and nothing is waited for.
    bench.manager.close();
    bench.manager = common::open(bench.folder.path());
    let job = bench.manager.get_job(id).expect("still there");
    assert_eq!(bench.run(&job, 0), JobState::Transferred, "{:?}", job.error());
    for (target, scheme) in own {
        assert_eq!(job.remove_credentials(target, scheme).expect("removed"), code::S_OK);
        assert_eq!(job.remove_credentials(target, scheme).expect("none"), code::S_FALSE);
    }
}
