//! A server, a folder and a manager for one test.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod bucket;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{
    FileSpec, HResult, Job, JobError, JobState, JobType, Manager, Options, WaitKind,
};
use bgcopy_test_server::{Area, Content, Reply, Resource, Server};
use tempfile::TempDir;

/// No test waits longer than this for anything; a rule that holds is there
/// long before.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes of the usual file: more than curl reads at a time, and not a round
/// number.
pub const LENGTH: u64 = 1_500_007;

/// Where the usual interruption comes.
pub const CUT: u64 = 700_001;

/// The states in which a job stands still.
pub const STOPS: [JobState; 3] = [JobState::Transferred, JobState::Error, JobState::TransientError];

pub struct Bench {
    pub server: Server,
    pub folder: TempDir,
    pub manager: Manager,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let manager = open(folder.path());
        Self { server: Server::start().expect("a server"), folder, manager }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn name(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// A suspended job of one file, served as `/file`.
    pub fn job(&self, resource: Resource) -> Job {
        self.server.put("/file", resource);
        let job = self.manager.create_job("test", JobType::Download).expect("a job");
        job.add_file(&self.server.url("/file"), &self.name("file")).expect("a file");
        job
    }

    /// A file here with this content, and its path.
    pub fn source(&self, name: &str, content: &Content) -> String {
        std::fs::write(self.path(name), content.slice(0..content.len())).expect("a source");
        self.name(name)
    }

    /// A suspended job that sends this content to `/up/file`.
    pub fn upload(&self, area: Area, content: &Content) -> Job {
        self.server.accept_uploads("/up/", area);
        let source = self.source("source", content);
        let job = self.manager.create_job("test", JobType::Upload).expect("a job");
        job.add_file(&self.server.url("/up/file"), &source).expect("a file");
        job
    }

    /// The server has the file, whole and right, and nothing else of it.
    pub fn must_have_sent(&self, content: &Content) {
        let area = self.server.area("/up/");
        let file = area.files.get("/up/file").expect("the file is in its place");
        assert!(file.bytes() == content.slice(0..content.len()), "the bytes");
        self.must_have_nothing_unfinished();
    }

    /// The server holds no partial data.
    pub fn must_have_nothing_unfinished(&self) {
        let area = self.server.area("/up/");
        assert!(area.sessions.is_empty(), "{:?}", area.sessions);
        assert_eq!(area.violations, Vec::<String>::new());
    }

    /// Sends a content and checks that the server has it.
    pub fn must_send(&self, area: Area, content: &Content) -> Job {
        let job = self.upload(area, content);
        let state = self.run(&job, 12);
        assert_eq!(state, JobState::Transferred, "{:?}", job.error());
        self.must_have_sent(content);
        assert_eq!(job.complete().expect("completed"), code::S_OK);
        self.must_be_tidy();
        job
    }

    /// Waits until a cancelled job owes its server nothing any more.
    pub fn must_settle(&self, job: &Job) {
        let start = Instant::now();
        while kind(job) != WaitKind::Finished {
            assert!(start.elapsed() < PATIENCE, "{:?}", job.wait_reason());
            // Only the time passes: the state is final already.
            _ = job.wait(&[JobState::Queued], Some(Duration::from_millis(5)));
        }
    }

    /// Runs the job until it is transferred or failed for good; transient
    /// errors are resumed at once, so many times at most.
    pub fn run(&self, job: &Job, resumes: u32) -> JobState {
        job.resume().expect("resumed");
        for _ in 0..resumes {
            let state = stopped(job);
            if state != JobState::TransientError {
                return state;
            }
            job.resume().expect("resumed");
        }
        stopped(job)
    }

    /// Fetches a resource and checks that the result is this content.
    pub fn must_fetch(&self, resource: Resource, content: &Content) -> Job {
        let job = self.job(resource);
        let state = self.run(&job, 5);
        assert_eq!(state, JobState::Transferred, "{:?}", job.error());
        assert!(!self.path("file").exists(), "nothing is in place before Complete");
        job.complete().expect("completed");
        self.must_hold("file", content);
        self.must_be_tidy();
        job
    }

    /// Fetches a resource that cannot be had, and returns why.
    pub fn must_fail(&self, resource: Resource, state: JobState) -> JobError {
        let job = self.job(resource);
        job.resume().expect("resumed");
        let stopped = stopped(&job);
        assert_eq!(stopped, state, "{:?}", job.error());
        let error = job.error().expect("an error");
        let reason = job.wait_reason().expect("a reason");
        assert_eq!(reason.code, Some(error.code));
        assert!(!reason.unblock.is_empty());
        job.cancel().expect("cancelled");
        assert!(!self.path("file").exists());
        self.must_be_tidy();
        error
    }

    pub fn must_hold(&self, name: &str, content: &Content) {
        let found = std::fs::read(self.path(name)).expect("the file");
        assert_eq!(found.len() as u64, content.len(), "the length");
        assert!(found == content.slice(0..content.len()), "the bytes");
    }

    /// No temporary file is left.
    pub fn must_be_tidy(&self) {
        assert_eq!(temporaries(self.folder.path()), Vec::<PathBuf>::new());
    }
}

pub fn open(folder: &Path) -> Manager {
    Manager::open(Options::new(folder.join("store"))).expect("a manager")
}

/// The example that drives a queue, built beside this test.
pub fn drive(store: &Path, keys: &[&str]) -> Child {
    let mut path: PathBuf = std::env::current_exe().expect("this test");
    path.pop();
    path.pop();
    path.push("examples/drive");
    Command::new(path)
        .arg(store)
        .args(keys)
        .stdout(Stdio::null())
        .spawn()
        .expect("the example is built with the tests")
}

/// Waits until the job stands still.
pub fn stopped(job: &Job) -> JobState {
    job.wait(&STOPS, Some(PATIENCE)).unwrap_or_else(|error| {
        panic!("{error}: {:?} {:?}", job.wait_reason(), job.progress());
    })
}

/// A job that has some bytes; its server holds back the rest, once.
pub fn half_way(bench: &Bench) -> Job {
    let reply = Reply::normal().gate_after(LENGTH / 2);
    let job = bench.job(Resource::new(content(1)).script(vec![reply]));
    job.resume().expect("resumed");
    wait_for_bytes(&job, 1);
    job
}

/// The job was stopped with what it has, and goes on from there.
pub fn must_go_on(bench: &Bench, job: &Job) {
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred");
    let requests = bench.server.requests_for("/file");
    assert_eq!(requests.len(), 2);
    assert!(requests[1].header("range").is_some(), "the bytes it had were kept");
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

/// Waits until so many bytes of the job are in its temporary files.
pub fn wait_for_bytes(job: &Job, bytes: u64) {
    let deadline = Instant::now() + PATIENCE;
    while job.progress().expect("progress").bytes_transferred < bytes {
        assert!(Instant::now() < deadline, "{:?}", job.wait_reason());
        std::thread::yield_now();
    }
}

pub fn temporaries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".bgcopy-"))
        })
        .collect()
}

pub fn content(seed: u64) -> Content {
    Content::generated(seed, LENGTH)
}

pub fn http(status: u32) -> HResult {
    HResult::from_http_status(status)
}

pub fn kind(job: &Job) -> WaitKind {
    job.wait_reason().expect("a reason").kind
}

pub fn spec(remote_name: String, local_name: String) -> FileSpec {
    FileSpec { remote_name, local_name, ..FileSpec::default() }
}

/// An example, built beside the tests.
pub fn example(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("this test");
    path.pop();
    path.pop();
    path.push("examples");
    path.push(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is built with the tests", path.display());
    path
}
