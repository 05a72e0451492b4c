//! A real server: nginx, with HTTP/1.1, TLS and HTTP/2.
//!
//! These need nginx and openssl, which `tests/run` installs.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bgcopy_core::vocab::{code, security};
use bgcopy_core::{HResult, Job, JobState, JobType, Manager, Options, Reader};
use bgcopy_test_server::{Content, free_port};

use common::{LENGTH, PATIENCE, content, open, stopped};

/// nginx in a folder of its own, on ports of its own.
struct Nginx {
    child: Child,
    folder: tempfile::TempDir,
    plain: u16,
    secure: u16,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn must_run(command: &mut Command) {
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

impl Nginx {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        std::fs::create_dir(root.join("www")).expect("a folder");
        std::fs::write(root.join("www/file"), content(1).slice(0..LENGTH)).expect("written");
        must_run(
            Command::new("openssl")
                .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"])
                .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
                .arg("-keyout")
                .arg(root.join("key.pem"))
                .arg("-out")
                .arg(root.join("cert.pem")),
        );
        let (plain, secure) = (free_port(), free_port());
        std::fs::write(root.join("nginx.conf"), config(root, plain, secure)).expect("written");
        let child = Command::new("nginx")
            .arg("-c")
            .arg(root.join("nginx.conf"))
            .arg("-p")
            .arg(root)
            // One process: what is killed leaves no workers behind.
            .args(["-g", "daemon off; master_process off;"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx is installed by tests/run");
        let nginx = Self { child, folder, plain, secure };
        nginx.wait_until_it_listens();
        nginx
    }

    fn wait_until_it_listens(&self) {
        let deadline = std::time::Instant::now() + PATIENCE;
        for port in [self.plain, self.secure] {
            while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
                assert!(std::time::Instant::now() < deadline, "nginx does not listen");
                std::thread::yield_now();
            }
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default()
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }
}

fn config(root: &Path, plain: u16, secure: u16) -> String {
    let root = root.display();
    format!(
        "pid {root}/pid; error_log {root}/error.log;
        events {{}}
        http {{
            log_format seen '$server_protocol $request_method $status $http_range $http_if_range '
                '$connection';
            access_log {root}/access.log seen;
            client_body_temp_path {root}/t1; proxy_temp_path {root}/t2;
            fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
            server {{
                listen 127.0.0.1:{plain};
                root {root}/www;
                location /slow/ {{ alias {root}/www/; limit_rate 1m; }}
            }}
            server {{
                listen 127.0.0.1:{secure} ssl http2;
                ssl_certificate {root}/cert.pem; ssl_certificate_key {root}/key.pem;
                root {root}/www;
                location /slow/ {{ alias {root}/www/; limit_rate 1m; }}
            }}
        }}"
    )
}

fn job(manager: &Manager, url: &str, target: &Path) -> Job {
    let job = manager.create_job("nginx", JobType::Download).expect("a job");
    job.add_file(url, &target.to_string_lossy()).expect("added");
    job
}

fn must_hold(path: &Path) {
    assert!(std::fs::read(path).expect("the file") == content(1).slice(0..LENGTH));
}

#[test]
#[ignore = "needs nginx"]
fn a_suspended_download_goes_on_with_a_range() {
    let nginx = Nginx::start();
    let folder = tempfile::tempdir().expect("a folder");
    let manager = open(folder.path());
    let target = folder.path().join("file");
    let job = job(&manager, &format!("http://127.0.0.1:{}/slow/file", nginx.plain), &target);
    job.resume().expect("resumed");
    let deadline = std::time::Instant::now() + PATIENCE;
    while job.progress().expect("progress").bytes_transferred < LENGTH / 4 {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    job.suspend().expect("suspended");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred);
    job.complete().expect("completed");
    must_hold(&target);
    let deadline = std::time::Instant::now() + PATIENCE;
    while nginx.log().lines().count() < 2 {
        assert!(std::time::Instant::now() < deadline, "two requests are logged");
        std::thread::yield_now();
    }
    let log = nginx.log();
    assert!(
        log.lines()
            .any(|line| line.starts_with("HTTP/1.1 GET 206 bytes=") && line.contains("\\x22")),
        "{log}"
    );
}

#[test]
#[ignore = "needs nginx"]
fn a_file_replaced_between_two_parts_is_never_mixed() {
    let nginx = Nginx::start();
    let folder = tempfile::tempdir().expect("a folder");
    let manager = open(folder.path());
    let target = folder.path().join("file");
    let job = job(&manager, &format!("http://127.0.0.1:{}/slow/file", nginx.plain), &target);
    job.resume().expect("resumed");
    let deadline = std::time::Instant::now() + PATIENCE;
    while job.progress().expect("progress").bytes_transferred < LENGTH / 4 {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    job.suspend().expect("suspended");
    let www = nginx.folder.path().join("www");
    std::fs::write(www.join("new"), content(2).slice(0..LENGTH)).expect("written");
    // Another time, so that nginx gives it another ETag.
    let new = std::fs::File::options().write(true).open(www.join("new")).expect("opened");
    let earlier = std::time::SystemTime::now() - std::time::Duration::from_secs(1000);
    new.set_modified(earlier).expect("another time");
    std::fs::rename(www.join("new"), www.join("file")).expect("replaced");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred);
    job.complete().expect("completed");
    assert!(std::fs::read(&target).expect("the file") == content(2).slice(0..LENGTH));
}

#[test]
#[ignore = "needs nginx"]
fn tls_is_checked_and_http_2_spoken() {
    let nginx = Nginx::start();
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("https://localhost:{}/file", nginx.secure);
    let target = folder.path().join("file");
    let manager = open(folder.path());
    let unknown = job(&manager, &url, &target);
    unknown.resume().expect("resumed");
    assert_eq!(stopped(&unknown), JobState::Error);
    assert_eq!(unknown.error().expect("an error").code, code::DO_E_HTTP_CERT_VALIDATION);
    unknown.set_security_flags(security::IGNORE_UNKNOWN_CA).expect("set");
    unknown.resume().expect("resumed");
    assert_eq!(stopped(&unknown), JobState::Transferred);
    unknown.complete().expect("completed");
    must_hold(&target);
    assert!(nginx.log().contains("HTTP/2.0 GET 200"), "{}", nginx.log());

    // The name in the certificate is checked as well.
    let other = job(&manager, &url.replace("localhost", "127.0.0.1"), &folder.path().join("other"));
    other.set_security_flags(security::IGNORE_UNKNOWN_CA).expect("set");
    other.resume().expect("resumed");
    assert_eq!(stopped(&other), JobState::Error);
    assert_eq!(other.error().expect("an error").code, code::DO_E_HTTP_CERT_VALIDATION);
    let both = security::IGNORE_UNKNOWN_CA | security::IGNORE_CERT_CN_INVALID;
    other.set_security_flags(both).expect("set");
    other.resume().expect("resumed");
    assert_eq!(stopped(&other), JobState::Transferred);
}

/// One more stream of a connection is no faster where each connection is limited.
#[test]
#[ignore = "needs nginx"]
fn further_requests_of_a_file_have_connections_of_their_own() {
    let nginx = Nginx::start();
    let large = Content::generated(3, 12 << 20);
    std::fs::write(nginx.folder.path().join("www/large"), large.slice(0..large.len()))
        .expect("written");
    let folder = tempfile::tempdir().expect("a folder");
    let manager = open(folder.path());
    let target = folder.path().join("large");
    let job = job(&manager, &format!("https://localhost:{}/slow/large", nginx.secure), &target);
    job.set_security_flags(security::IGNORE_UNKNOWN_CA).expect("set");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    assert!(std::fs::read(&target).expect("the file") == large.slice(0..large.len()));
    let log = nginx.log();
    assert!(log.contains("HTTP/2.0 GET 200"), "the first one is as any other: {log}");
    let further = log.lines().filter(|line| line.starts_with("HTTP/1.1 GET 206 bytes="));
    let connections: BTreeSet<_> = further.filter_map(|line| line.split(' ').next_back()).collect();
    assert!(connections.len() > 1, "{log}");
}

/// The state in which a download by TLS ends, and why if it failed.
fn ends_with(options: Options, nginx: &Nginx, target: &Path) -> (JobState, Option<HResult>) {
    let manager = Manager::open(options).expect("a manager");
    let job = job(&manager, &format!("https://localhost:{}/file", nginx.secure), target);
    job.resume().expect("resumed");
    let state = stopped(&job);
    if state == JobState::Transferred {
        job.complete().expect("completed");
        must_hold(target);
    }
    (state, job.error().ok().map(|error| error.code))
}

#[test]
#[ignore = "needs nginx"]
fn authorities_of_the_manager_are_trusted_and_no_others() {
    let (nginx, stranger) = (Nginx::start(), Nginx::start());
    let folder = tempfile::tempdir().expect("a folder");
    let options = |name: &str| Options::new(folder.path().join(name));
    let pem = |nginx: &Nginx| {
        Some(std::fs::read_to_string(nginx.certificate()).expect("the certificate"))
    };
    let target = folder.path().join("file");
    let done = (JobState::Transferred, None);
    let refused = (JobState::Error, Some(code::DO_E_HTTP_CERT_VALIDATION));

    let by_file = Options { ca_file: Some(nginx.certificate()), ..options("by file") };
    assert_eq!(ends_with(by_file, &nginx, &target), done);
    let by_text = Options { ca_pem: pem(&nginx), ..options("by text") };
    assert_eq!(ends_with(by_text, &nginx, &target), done);

    let other_file = Options { ca_file: Some(stranger.certificate()), ..options("other file") };
    assert_eq!(ends_with(other_file, &nginx, &target), refused);
    let other_text = Options { ca_pem: pem(&stranger), ..options("other text") };
    assert_eq!(ends_with(other_text, &nginx, &target), refused);

    // Well-formed as far as can be seen before it is used.
    let hollow = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
    let hollow = Options { ca_pem: Some(hollow.to_owned()), ..options("hollow") };
    let unusable = (JobState::Error, Some(code::CRYPT_E_FILE_ERROR));
    assert_eq!(ends_with(hollow, &nginx, &target), unusable);

    // A file that is gone when it is needed.
    let moved = folder.path().join("moved.pem");
    std::fs::copy(nginx.certificate(), &moved).expect("copied");
    let manager = Manager::open(Options { ca_file: Some(moved.clone()), ..options("moved") });
    let manager = manager.expect("a manager");
    std::fs::remove_file(moved).expect("removed");
    let url = format!("https://localhost:{}/file", nginx.secure);
    let job = job(&manager, &url, &folder.path().join("late"));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Error);
    assert_eq!(job.error().expect("an error").code, code::CRYPT_E_FILE_ERROR);
}

#[test]
#[ignore = "needs nginx"]
fn a_trusted_authority_needs_no_flag() {
    let nginx = Nginx::start();
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let target = folder.path().join("file");
    let id = {
        let manager = Manager::open(Options::new(&store)).expect("a manager");
        job(&manager, &format!("https://localhost:{}/file", nginx.secure), &target).id()
    };
    // Another process, as the authorities are read once.
    let mut drive = std::env::current_exe().expect("this test");
    drive.pop();
    drive.pop();
    drive.push("examples/drive");
    must_run(Command::new(drive).arg(&store).env("SSL_CERT_FILE", nginx.certificate()));
    let reader = Reader::open(&store).expect("a reader");
    assert_eq!(reader.job(id).expect("the job").0.state, JobState::Transferred);
}

/// The TLS server of openssl with a certificate for localhost that holds for
/// so many days from now.
struct Secure(Child, u16, PathBuf);

impl Drop for Secure {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn secure(folder: &Path, days: i32) -> Secure {
    let path = |name: &str| folder.join(format!("{name}{days}.pem"));
    let (key, request, certificate) = (path("key"), path("request"), path("certificate"));
    must_run(
        Command::new("openssl")
            .args(["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout"])
            .arg(&key)
            .arg("-out")
            .arg(&request),
    );
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("written");
    must_run(
        Command::new("openssl")
            .args(["x509", "-req", "-days", &days.to_string(), "-extfile"])
            .arg(folder.join("names"))
            .arg("-in")
            .arg(&request)
            .arg("-signkey")
            .arg(&key)
            .arg("-out")
            .arg(&certificate),
    );
    let port = free_port();
    let child = Command::new("openssl")
        .args(["s_server", "-www", "-accept", &format!("127.0.0.1:{port}"), "-key"])
        .arg(&key)
        .arg("-cert")
        .arg(&certificate)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl is installed by tests/run");
    let server = Secure(child, port, certificate);
    let deadline = std::time::Instant::now() + PATIENCE;
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(std::time::Instant::now() < deadline, "openssl does not listen");
        std::thread::yield_now();
    }
    server
}

#[test]
#[ignore = "needs openssl"]
fn it_is_told_what_is_wrong_with_a_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    let (expired, sound) = (secure(folder.path(), -1), secure(folder.path(), 2));
    for (server, host, is_trusted, words) in [
        (&expired, "localhost", true, "expired"),
        (&sound, "127.0.0.1", true, "127.0.0.1"),
        (&sound, "localhost", false, "self-signed"),
    ] {
        let store = Options::new(folder.path().join(words));
        let ca_file = is_trusted.then(|| server.2.clone());
        let manager = Manager::open(Options { ca_file, ..store }).expect("a manager");
        let url = format!("https://{host}:{}/", server.1);
        let job = job(&manager, &url, &folder.path().join("file"));
        job.resume().expect("resumed");
        assert_eq!(stopped(&job), JobState::Error);
        let error = job.error().expect("an error");
        assert_eq!(error.code, code::DO_E_HTTP_CERT_VALIDATION);
        assert!(error.message.contains(words), "{words}: {}", error.message);
    }
}
