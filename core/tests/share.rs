//! Several processes, or several managers of one, share a queue.

mod common;

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use bgcopy_core::vocab::{code, notify};
use bgcopy_core::{
    AuthScheme, AuthTarget, EventKind, Job, JobPriority, JobState, JobType, Limits, Manager,
    Options, Reader, WaitKind,
};
use bgcopy_test_server::{Reply, Resource};
use uuid::Uuid;

use common::{Bench, LENGTH, PATIENCE, content, example, kind, stopped};

/// A job whose transfer stands still in mid-file until the gate opens.
fn gated(bench: &Bench) -> Job {
    let job = bench.job(Resource::new(content(1)).always(Reply::normal().gate_after(LENGTH / 2)));
    job.resume().expect("resumed");
    job.wait(&[JobState::Transferring], Some(PATIENCE)).expect("transferring");
    job
}

fn join(bench: &Bench) -> Manager {
    let guest = common::open(bench.folder.path());
    assert!(bench.manager.is_host() && !guest.is_host());
    guest
}

#[test]
fn two_managers_see_and_control_the_same_jobs() {
    let bench = Bench::new();
    let guest = join(&bench);
    assert_eq!(guest.host_process(), Some(std::process::id()));
    bench.server.put("/file", Resource::new(content(1)));
    let made = guest.create_job("made by the guest", JobType::Download).expect("a job");
    let seen = bench.manager.get_job(made.id()).expect("the same job");
    assert_eq!(seen.display_name().expect("a name"), "made by the guest");
    seen.add_file(&bench.server.url("/file"), &bench.name("file")).expect("added");
    seen.set_priority(JobPriority::High).expect("set");
    assert_eq!(made.priority().expect("a priority"), JobPriority::High);
    assert_eq!(made.files().expect("files").len(), 1);
    made.resume().expect("resumed");
    assert_eq!(stopped(&made), JobState::Transferred);
    assert_eq!(stopped(&seen), JobState::Transferred);
    made.complete().expect("completed");
    bench.must_hold("file", &content(1));
    assert_eq!(made.state().expect("a retained handle answers"), JobState::Acknowledged);
    assert_eq!(seen.complete().expect_err("once").code, code::DO_E_INVALID_STATE);
    assert!(guest.jobs().expect("jobs").is_empty());
    assert_eq!(guest.get_job(made.id()).err().expect("gone").code, code::DO_E_JOB_NOT_FOUND);
    bench.must_be_tidy();
}

#[test]
fn codes_and_limits_are_the_same_on_both_sides() {
    let bench = Bench::new();
    let guest = join(&bench);
    let job = guest.create_job("x", JobType::Download).expect("a job");
    assert_eq!(job.resume().expect_err("empty").code, code::DO_E_JOB_EMPTY);
    let bad = job.add_file("ftp://x/", &bench.name("x")).expect_err("bad");
    assert_eq!(bad.code, code::E_INVALIDARG);
    assert!(!bad.message.is_empty());
    assert_eq!(guest.get_job(Uuid::nil()).err().expect("none").code, code::DO_E_JOB_NOT_FOUND);
    let limits = Limits { jobs: 1, ..Limits::default() };
    guest.set_limits(limits).expect("set");
    assert_eq!(bench.manager.limits().expect("limits"), limits);
    let full = bench.manager.create_job("y", JobType::Download).err().expect("full");
    assert_eq!(full.code, code::BG_E_TOO_MANY_JOBS_PER_USER);
    let timeout = job.wait(&[JobState::Transferred], Some(Duration::ZERO)).expect_err("not yet");
    assert_eq!(timeout.code, code::E_TIMEOUT);
    guest.close();
    assert_eq!(job.state().expect_err("closed").code, code::BGCOPY_E_MANAGER_CLOSED);
    assert_eq!(bench.manager.jobs().expect("jobs").len(), 1);
}

#[test]
fn a_child_creates_a_job_and_its_parent_completes_it() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let (url, file) = (bench.server.url("/file"), bench.name("file"));
    let out = with_umask_027(example("share"))
        .arg(bench.path("store"))
        .args(["create", "of the child", &url, &file])
        .output()
        .expect("it runs");
    assert!(out.status.success(), "{out:?}");
    let id: Uuid = String::from_utf8_lossy(&out.stdout).trim().parse().expect("an id");
    let jobs = bench.manager.jobs().expect("jobs");
    let is_it = |job: &&Job| job.display_name().is_ok_and(|name| name == "of the child");
    let job = jobs.iter().find(is_it).expect("found by its name");
    assert_eq!(job.id(), id);
    assert_eq!(stopped(job), JobState::Transferred);
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
    #[cfg(unix)]
    {
        let permissions = std::fs::metadata(bench.path("file")).expect("there").permissions();
        let mode = std::os::unix::fs::PermissionsExt::mode(&permissions);
        assert_eq!(mode & 0o777, 0o640, "the umask of its maker");
    }
}

#[cfg(unix)]
fn with_umask_027(program: PathBuf) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "umask 027; exec \"$0\" \"$@\""]).arg(program);
    command
}

/// There is none.
#[cfg(windows)]
fn with_umask_027(program: PathBuf) -> Command {
    Command::new(program)
}

#[test]
fn each_manager_gets_its_own_events() {
    let bench = Bench::new();
    let guest = join(&bench);
    let job = bench.job(Resource::new(content(1)));
    job.set_notify_flags(notify::JOB_TRANSFERRED | notify::FILE_TRANSFERRED).expect("set");
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    for manager in [&bench.manager, &guest] {
        for wanted in [EventKind::FileTransferred, EventKind::JobTransferred] {
            let event = manager.next_event(Some(PATIENCE)).expect("open").expect("an event");
            assert_eq!((event.job, event.kind), (job.id(), wanted));
        }
        assert_eq!(manager.next_event(Some(Duration::ZERO)).expect("open"), None);
    }
    let late = join(&bench);
    let found = late.next_event(Some(PATIENCE)).expect("open").expect("an event");
    assert_eq!((found.job, found.kind), (job.id(), EventKind::JobTransferred));
    assert_eq!(late.next_event(Some(Duration::ZERO)).expect("open"), None);
}

#[test]
fn a_guest_that_waits_for_an_event_gets_it() {
    let bench = Bench::new();
    let guest = join(&bench);
    let job = gated(&bench);
    std::thread::scope(|scope| {
        let event = scope.spawn(|| guest.next_event(Some(PATIENCE)));
        bench.server.open_gate("/file");
        let event = event.join().expect("no panic").expect("open").expect("an event");
        assert_eq!((event.job, event.kind), (job.id(), EventKind::JobTransferred));
    });
}

#[test]
fn a_guest_takes_over_and_everything_goes_on() {
    let bench = Bench::new();
    let guest = join(&bench);
    let other = join(&bench);
    let job = gated(&bench);
    let (id, seen) = (job.id(), guest.get_job(job.id()).expect("the job"));
    let of_other = other.get_job(id).expect("the job");
    std::thread::scope(|scope| {
        let wait = scope.spawn(|| seen.wait(&[JobState::Transferred], Some(PATIENCE)));
        let event = scope.spawn(|| other.next_event(Some(PATIENCE)));
        bench.manager.close();
        bench.server.open_gate("/file");
        let state = wait.join().expect("no panic").expect("the wait goes on");
        assert_eq!(state, JobState::Transferred);
        let event = event.join().expect("no panic").expect("open").expect("the event comes");
        assert_eq!((event.job, event.kind), (id, EventKind::JobTransferred));
    });
    assert_eq!(job.state().expect_err("closed").code, code::BGCOPY_E_MANAGER_CLOSED);
    assert_eq!(of_other.state().expect("the handle goes on"), JobState::Transferred);
    assert_ne!(guest.is_host(), other.is_host(), "one of them hosts");
    seen.complete().expect("completed");
    bench.must_hold("file", &content(1));
    assert_eq!(seen.state().expect("a retained handle answers"), JobState::Acknowledged);
    assert_eq!(of_other.state().expect("a retained handle answers"), JobState::Acknowledged);
    bench.must_be_tidy();
}

#[test]
fn secrets_of_a_guest_outlive_the_host() {
    let bench = Bench::new();
    let guest = join(&bench);
    let reply = Reply::normal().require_basic("user", "pass").gate_after(LENGTH / 2);
    bench.server.put("/file", Resource::new(content(1)).always(reply));
    let job = guest.create_job("secret", JobType::Download).expect("a job");
    job.add_file(&bench.server.url("/file"), &bench.name("file")).expect("added");
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "user", "pass").expect("set");
    job.resume().expect("resumed");
    job.wait(&[JobState::Transferring], Some(PATIENCE)).expect("transferring");
    bench.manager.close();
    bench.server.open_gate("/file");
    assert_eq!(stopped(&job), JobState::Transferred);
    assert!(guest.is_host());
}

#[test]
fn a_secret_that_was_removed_meanwhile_does_not_come_back() {
    let bench = Bench::new();
    let guest = join(&bench);
    let job = gated(&bench);
    job.suspend().expect("suspended");
    let seen = guest.get_job(job.id()).expect("the job");
    seen.set_credentials(AuthTarget::Server, AuthScheme::Basic, "user", "pass").expect("set");
    let removed = job.remove_credentials(AuthTarget::Server, AuthScheme::Basic).expect("removed");
    assert_eq!(removed, code::S_OK);
    bench.manager.close();
    assert_eq!(kind(&seen), WaitKind::SuspendedByCaller);
    let again = seen.remove_credentials(AuthTarget::Server, AuthScheme::Basic).expect("answered");
    assert_eq!(again, code::S_FALSE);
}

#[test]
fn a_store_that_is_wanted_alone_is_not_shared() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let alone = Options { exclusive: true, ..Options::new(&store) };
    let manager = Manager::open(alone.clone()).expect("a manager");
    let refused = Manager::open(Options::new(&store)).err().expect("refused");
    assert_eq!(refused.code, code::E_SHARING_VIOLATION);
    assert!(refused.message.contains("alone"), "{}", refused.message);
    assert!(Reader::open(&store).expect("a reader").engine_is_running());
    drop(manager);
    let manager = Manager::open(Options::new(&store)).expect("free again");
    assert_eq!(Manager::open(alone).err().expect("refused").code, code::E_SHARING_VIOLATION);
    assert!(manager.is_host());
}

#[test]
fn a_store_without_sockets_is_for_one_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    // What cannot be removed stands where the socket should be, or its name.
    let name = if cfg!(windows) { "engine.pipe" } else { "engine.sock" };
    std::fs::create_dir_all(store.join(name).join("x")).expect("a folder");
    let manager = Manager::open(Options::new(&store)).expect("a manager");
    manager.create_job("works", JobType::Download).expect("a job");
    let refused = Manager::open(Options::new(&store)).err().expect("refused");
    assert_eq!(refused.code, code::E_SHARING_VIOLATION);
    assert!(refused.message.contains("no socket can be made there"), "{}", refused.message);
}

#[test]
fn a_store_with_a_very_long_path_is_shared_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("a".repeat(120)).join("b".repeat(120));
    let host = Manager::open(Options::new(&store)).expect("a manager");
    let guest = Manager::open(Options::new(&store)).expect("a guest");
    let id = guest.create_job("far down", JobType::Download).expect("a job").id();
    host.get_job(id).expect("the same queue");
    host.close();
    guest.get_job(id).expect("still there");
    assert!(guest.is_host());
}

#[test]
fn a_queue_is_idle_when_nothing_moves_and_nobody_else_is_there() {
    let bench = Bench::new();
    assert!(bench.manager.is_idle().expect("an answer"));
    let guest = join(&bench);
    assert!(!bench.manager.is_idle().expect("an answer"), "somebody is there");
    drop(guest);
    let job = gated(&bench);
    assert!(!bench.manager.is_idle().expect("an answer"), "a job moves");
    bench.server.open_gate("/file");
    assert_eq!(stopped(&job), JobState::Transferred);
}

#[cfg(target_os = "linux")]
#[test]
fn guests_that_do_nothing_wake_nobody() {
    let bench = Bench::new();
    let guests = [join(&bench), join(&bench)];
    let threads = || -> Vec<(String, u64)> {
        let tasks = std::fs::read_dir("/proc/self/task").expect("threads");
        let mut found: Vec<_> = tasks
            .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("status")).ok())
            .filter(|status| status.starts_with("Name:\tbgcopy-"))
            .filter_map(|status| {
                let of = |key: &str| Some(status.lines().find_map(|l| l.strip_prefix(key))?.trim());
                let switches = of("voluntary_ctxt_switches:")?.parse().ok()?;
                Some((format!("{} {}", of("Name:")?, of("Pid:")?), switches))
            })
            .collect();
        found.sort();
        found
    };
    // Other tests of this binary have threads of their own, so this one runs in
    // a process of its own.
    if std::env::var_os("BGCOPY_TEST_ALONE").is_none() {
        let status = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "guests_that_do_nothing_wake_nobody"])
            .env("BGCOPY_TEST_ALONE", "1")
            .stdout(Stdio::null())
            .status()
            .expect("it runs");
        assert!(status.success(), "run it with BGCOPY_TEST_ALONE=1 to see why");
        return;
    }
    // What opening and joining began ends; then nothing happens any more.
    let mut before = threads();
    for _ in 0..20 {
        std::thread::sleep(Duration::from_millis(250));
        let after = threads();
        if before == after {
            assert!(after.iter().any(|(name, _)| name.starts_with("bgcopy-engine")), "{after:?}");
            drop(guests);
            return;
        }
        before = after;
    }
    panic!("there is no rest: {:?} {before:?}", threads());
}
