//! Real servers that take files by PUT: nginx and Apache with WebDAV. Apache sends files, too.
//!
//! These need nginx and apache2, which `tests/run` installs.

mod common;

use std::collections::BTreeSet;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use bgcopy_core::vocab::code;
use bgcopy_core::{
    FileRange, Job, JobPropertyId, JobState, JobType, Manager, PropertyValue, UploadProtocol,
};
use bgcopy_test_server::{Content, free_port};

use common::{PATIENCE, open, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// Large enough for several PUTs.
const LENGTH: u64 = 12_000_007;

/// Where Debian has the modules of Apache.
const MODULES: &str = "/usr/lib/apache2/modules";

/// A server in a folder of its own, on a port of its own.
struct Server {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

impl Server {
    fn start(program: &str, config: fn(&Path, u16) -> String, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        std::fs::create_dir(root.join("www")).expect("a folder");
        let port = free_port();
        std::fs::write(root.join("conf"), config(root, port)).expect("written");
        let child = Command::new(program)
            .args(arguments)
            .arg(root.join("conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it is installed by tests/run");
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "{program} does not listen");
            std::thread::yield_now();
        }
        Self { child, folder, port }
    }

    fn nginx() -> Self {
        Self::start("nginx", nginx, &["-g", "daemon off; master_process off;", "-c"])
    }

    fn apache() -> Self {
        // One process: what is killed leaves no workers behind.
        Self::start("apache2", apache, &["-X", "-f"])
    }

    /// One that sends a mebibyte a second to each of several connections.
    fn limited_apache() -> Self {
        Self::start("apache2", limited_apache, &["-X", "-f"])
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("www/file")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default()
    }
}

fn nginx(root: &Path, port: u16) -> String {
    let root = root.display();
    format!(
        "pid {root}/pid; error_log {root}/error.log;
        events {{}}
        http {{
            access_log {root}/access.log;
            client_body_temp_path {root}/t1; proxy_temp_path {root}/t2;
            fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
            client_max_body_size 0;
            server {{
                listen 127.0.0.1:{port};
                root {root}/www;
                dav_methods PUT DELETE;
            }}
        }}"
    )
}

/// What every Apache here has, and these modules.
fn apache_with(modules: &[&str], root: &Path, port: u16) -> String {
    let root = root.display();
    let modules: String = modules
        .iter()
        .map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"))
        .collect();
    format!(
        "ServerName localhost
        Listen 127.0.0.1:{port}
        PidFile {root}/pid
        Mutex file:{root}
        ErrorLog {root}/error.log
        {modules}
        LogFormat \"%m %>s %{{Content-Range}}i%{{Range}}i %{{local}}p-%{{remote}}p\" seen
        CustomLog {root}/access.log seen
        DocumentRoot {root}/www
        "
    )
}

fn limited_apache(root: &Path, port: u16) -> String {
    let common = apache_with(&["mpm_event", "authz_core", "env", "ratelimit"], root, port);
    let root = root.display();
    format!(
        "{common}
        <Directory {root}/www>
            SetOutputFilter RATE_LIMIT
            SetEnv rate-limit 1024
            Require all granted
        </Directory>
        "
    )
}

fn apache(root: &Path, port: u16) -> String {
    let common = apache_with(&["mpm_prefork", "authz_core", "dav", "dav_fs"], root, port);
    let root = root.display();
    format!(
        "{common}
        DavLockDB {root}/locks
        <Directory {root}/www>
            Dav On
            Require all granted
        </Directory>
        "
    )
}

struct Sent {
    manager: Manager,
    folder: tempfile::TempDir,
    job: Job,
}

fn send(server: &Server, protocol: UploadProtocol) -> Sent {
    let folder = tempfile::tempdir().expect("a folder");
    let manager = open(folder.path());
    let source = folder.path().join("source");
    std::fs::write(&source, Content::generated(1, LENGTH).slice(0..LENGTH)).expect("written");
    let job = manager.create_job("webdav", JobType::Upload).expect("a job");
    let url = format!("http://127.0.0.1:{}/file", server.port);
    job.add_file(&url, &source.to_string_lossy()).expect("added");
    let value = PropertyValue::Dword(protocol.as_u32());
    job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    Sent { manager, folder, job }
}

fn must_hold(path: &Path) {
    let right = Content::generated(1, LENGTH).slice(0..LENGTH);
    assert!(std::fs::read(path).expect("the file") == right);
}

#[test]
#[ignore = "needs nginx and apache2"]
fn a_whole_file_is_put() {
    for server in [Server::nginx(), Server::apache()] {
        for protocol in [UploadProtocol::Auto, UploadProtocol::Put] {
            let sent = send(&server, protocol);
            sent.job.resume().expect("resumed");
            assert_eq!(stopped(&sent.job), JobState::Transferred, "{:?}", sent.job.error());
            must_hold(&server.file());
            std::fs::remove_file(server.file()).expect("removed");
        }
    }
}

#[test]
#[ignore = "needs nginx and apache2"]
fn apache_takes_ranges_and_goes_on_with_them() {
    let server = Server::apache();
    // A longer file is there already.
    std::fs::write(server.file(), vec![7; 2 * LENGTH as usize]).expect("written");
    let mut sent = send(&server, UploadProtocol::PutRange);
    let id = sent.job.id();
    sent.job.resume().expect("resumed");
    let deadline = Instant::now() + PATIENCE;
    while sent.job.progress().expect("progress").bytes_transferred == 0 {
        assert!(Instant::now() < deadline, "{:?}", sent.job.wait_reason());
        std::thread::yield_now();
    }
    // Another manager goes on, wherever it is.
    sent.manager.close();
    sent.manager = open(sent.folder.path());
    let job = sent.manager.get_job(id).expect("the job");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    must_hold(&server.file());
    let log = server.log();
    assert!(log.lines().any(|line| line.starts_with("PUT 204 bytes ")), "{log}");
}

#[test]
#[ignore = "needs nginx and apache2"]
fn nginx_refuses_ranges_and_keeps_what_it_has() {
    let server = Server::nginx();
    std::fs::write(server.file(), b"old").expect("written");
    let sent = send(&server, UploadProtocol::PutRange);
    sent.job.resume().expect("resumed");
    assert_eq!(stopped(&sent.job), JobState::Error);
    assert_eq!(sent.job.error().expect("an error").code, code::DO_E_INSUFFICIENT_RANGE_SUPPORT);
    sent.job.cancel().expect("cancelled");
    assert_eq!(std::fs::read(server.file()).expect("the file"), b"old");
}

#[test]
#[ignore = "needs nginx and apache2"]
fn apache_sends_a_file_by_several_connections_and_ranges_on_demand() {
    let server = Server::limited_apache();
    std::fs::write(server.file(), Content::generated(1, LENGTH).slice(0..LENGTH)).expect("written");
    // The ETag of a file that was written within the last second is a weak one.
    let file = std::fs::File::options().append(true).open(server.file()).expect("the file");
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("set back");
    let folder = tempfile::tempdir().expect("a folder");
    let manager = open(folder.path());
    let url = format!("http://127.0.0.1:{}/file", server.port);
    let target = folder.path().join("whole");
    let job = manager.create_job("whole", JobType::Download).expect("a job");
    job.add_file(&url, &target.to_string_lossy()).expect("added");
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    must_hold(&target);
    let log = server.log();
    let further = log.lines().filter(|line| line.starts_with("GET 206"));
    let connections: BTreeSet<_> = further.filter_map(|line| line.rsplit('-').next()).collect();
    assert!(connections.len() > 1, "{log}");

    let job = manager.create_job("on demand", JobType::Download).expect("a job");
    job.add_file(&url, &folder.path().join("part").to_string_lossy()).expect("added");
    let on_demand = JobPropertyId::OnDemandMode.as_u32();
    job.set_property(on_demand, PropertyValue::Enable(true)).expect("set");
    let file = job.file(0).expect("the file");
    let here = [10, LENGTH - 10].map(|initial_offset| FileRange { initial_offset, length: 10 });
    file.request_ranges(&here).expect("requested");
    job.resume().expect("resumed");
    let state = job.wait(&[JobState::Suspended, JobState::Error], Some(PATIENCE)).expect("a state");
    assert_eq!((state, file.filled_ranges().expect("ranges")), (JobState::Suspended, here.into()));
}
