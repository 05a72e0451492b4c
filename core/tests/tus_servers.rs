//! Uploads to real servers for tus.
//!
//! These need the servers, which `tests/run` installs; see `tests/servers.py`.

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use bgcopy_core::{Job, JobState, JobType, Manager, PropertyValue, UploadProtocol, WaitKind};
use bgcopy_test_server::{Content, free_port};

use common::{PATIENCE, stopped};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// Bytes of the file: many pieces.
const BYTES: u64 = 96 << 20;

/// Files that a server has besides uploads are smaller.
const OTHER_BYTES_MAX: u64 = 64 * 1024;

/// A server in a folder of its own, on a port of its own.
struct TusServer {
    kind: Kind,
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Node,
    Aiohttp,
    Filter,
}

impl Drop for TusServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a root").to_owned()
}

fn spawn(kind: Kind, port: u16, folder: &Path) -> Child {
    let (scripts, servers) = (root().join("tests/servers"), root().join("target/servers"));
    let python = || Command::new(servers.join("venv/bin/python"));
    let mut command = match kind {
        Kind::Node => Command::new("node"),
        Kind::Aiohttp | Kind::Filter => python(),
    };
    match kind {
        Kind::Node => command.arg(scripts.join("tus_node.mjs")).arg(servers.join("node")),
        Kind::Aiohttp => command.arg(scripts.join("tus_aiohttp.py")),
        Kind::Filter => command.arg(scripts.join("tus_filter.py")),
    };
    command.arg(port.to_string()).arg(folder);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("a server");
    let mut line = String::new();
    let output = child.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n", "{kind:?}");
    child
}

impl TusServer {
    fn start(kind: Kind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        Self { kind, child: spawn(kind, port, folder.path()), folder, port }
    }

    fn stop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        _ = self.child.kill();
        _ = self.child.wait();
    }

    fn again(&mut self) {
        self.child = spawn(self.kind, self.port, self.folder.path());
    }

    /// The files that are no small notes of the server.
    fn uploads(&self) -> Vec<PathBuf> {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                // It may be deleted at this moment.
                let Ok(metadata) = path.metadata() else {
                    continue;
                };
                if metadata.is_dir() {
                    folders.push(path);
                } else if metadata.len() > OTHER_BYTES_MAX {
                    found.push(path);
                }
            }
        }
        found
    }

    /// It has the file, whole and right, and nothing else.
    fn must_have(&self, content: &Content) {
        let uploads = self.uploads();
        assert_eq!(uploads.len(), 1, "{uploads:?}");
        let there = std::fs::read(&uploads[0]).expect("the file");
        assert!(there == content.slice(0..content.len()), "the bytes");
    }
}

fn upload(server: &TusServer, manager: &Manager, folder: &Path, content: &Content) -> Job {
    let source = folder.join("source");
    std::fs::write(&source, content.slice(0..content.len())).expect("a source");
    let job = manager.create_job("test", JobType::Upload).expect("a job");
    let url = format!("http://127.0.0.1:{}/files", server.port);
    job.add_file(&url, &source.to_string_lossy()).expect("a file");
    // One says what it is only to clients that say it first.
    if server.kind == Kind::Aiohttp {
        let value = PropertyValue::Dword(UploadProtocol::Tus.as_u32());
        job.set_property(UPLOAD_PROTOCOL, value).expect("set");
    }
    job
}

/// Resumes after transient errors until the job stands still otherwise.
fn must_arrive(job: &Job) {
    for _ in 0..20 {
        job.resume().expect("resumed");
        if stopped(job) != JobState::TransientError {
            break;
        }
    }
    assert_eq!(job.state().expect("a state"), JobState::Transferred, "{:?}", job.error());
}

/// Waits until the server has some of the file.
fn begun(job: &Job) {
    job.resume().expect("resumed");
    common::wait_for_bytes(job, 1 << 20);
}

fn goes_on(kind: Kind) {
    let folder = tempfile::tempdir().expect("a folder");
    let manager = common::open(folder.path());
    let mut server = TusServer::start(kind);
    let content = Content::generated(1, BYTES);
    let job = upload(&server, &manager, folder.path(), &content);
    // The client interrupts, then the server dies.
    begun(&job);
    job.suspend().expect("suspended");
    let held = job.progress().expect("progress").bytes_transferred;
    assert!(held < BYTES, "too fast to be interrupted");
    // One server breaks its own notes when it is killed.
    if kind != Kind::Aiohttp {
        job.resume().expect("resumed");
        common::wait_for_bytes(&job, held + 1);
        server.stop();
        assert_ne!(stopped(&job), JobState::Error, "{:?}", job.error());
        server.again();
    }
    must_arrive(&job);
    server.must_have(&content);
    job.complete().expect("completed");
}

fn is_cancelled(kind: Kind) {
    let folder = tempfile::tempdir().expect("a folder");
    let manager = common::open(folder.path());
    let mut server = TusServer::start(kind);
    let job = upload(&server, &manager, folder.path(), &Content::generated(2, BYTES));
    begun(&job);
    job.suspend().expect("suspended");
    server.stop();
    job.cancel().expect("cancelled");
    assert_eq!(server.uploads().len(), 1, "it could not be told");
    drop(job);
    manager.close();
    drop(manager);
    server.again();
    let _manager = common::open(folder.path());
    let start = Instant::now();
    while !server.uploads().is_empty() {
        assert!(start.elapsed() < PATIENCE, "{:?}", server.uploads());
        std::thread::yield_now();
    }
}

fn takes_small_files(kind: Kind) {
    for length in [0, 1, 4096] {
        let folder = tempfile::tempdir().expect("a folder");
        let manager = common::open(folder.path());
        let server = TusServer::start(kind);
        let job = upload(&server, &manager, folder.path(), &Content::generated(3, length));
        must_arrive(&job);
        assert_eq!(common::kind(&job), WaitKind::AwaitingComplete);
    }
}

#[test]
#[ignore = "needs @tus/server, which tests/run installs"]
fn node_gets_the_file_after_interruptions() {
    goes_on(Kind::Node);
}

#[test]
#[ignore = "needs @tus/server, which tests/run installs"]
fn node_deletes_what_is_cancelled() {
    is_cancelled(Kind::Node);
}

#[test]
#[ignore = "needs @tus/server, which tests/run installs"]
fn node_takes_small_files() {
    takes_small_files(Kind::Node);
}

#[test]
#[ignore = "needs aiohttp-tus, which tests/run installs"]
fn aiohttp_gets_the_file_after_interruptions() {
    goes_on(Kind::Aiohttp);
}

#[test]
#[ignore = "needs aiohttp-tus, which tests/run installs"]
fn aiohttp_deletes_what_is_cancelled() {
    is_cancelled(Kind::Aiohttp);
}

#[test]
#[ignore = "needs aiohttp-tus, which tests/run installs"]
fn aiohttp_takes_small_files() {
    takes_small_files(Kind::Aiohttp);
}

#[test]
#[ignore = "needs tusfilter, which tests/run installs"]
fn tusfilter_gets_the_file_after_interruptions() {
    goes_on(Kind::Filter);
}

#[test]
#[ignore = "needs tusfilter, which tests/run installs"]
fn tusfilter_deletes_what_is_cancelled() {
    is_cancelled(Kind::Filter);
}

#[test]
#[ignore = "needs tusfilter, which tests/run installs"]
fn tusfilter_takes_small_files() {
    takes_small_files(Kind::Filter);
}
