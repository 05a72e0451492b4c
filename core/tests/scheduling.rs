//! Who gets a slot, and that nobody is forgotten.

mod common;

use std::time::Instant;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    AuthScheme, AuthTarget, EventKind, Job, JobPriority, JobState, JobType, Limits, Manager,
    Options, WaitKind,
};
use bgcopy_test_server::{Reply, Resource, Server};

use common::{Bench, LENGTH, PATIENCE, content, kind, wait_for_bytes};

fn jobs(bench: &Bench, count: usize, url: impl Fn(usize) -> String) -> Vec<Job> {
    let job = |number: usize| {
        let job = bench.manager.create_job("one of many", JobType::Download).expect("a job");
        job.add_file(&url(number), &bench.name(&format!("file-{number}"))).expect("added");
        job
    };
    (0..count).map(job).collect()
}

#[test]
fn jobs_that_fail_at_once_hold_up_nobody() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let slots = Limits::default().simultaneous_files as usize;
    let url = |number: usize| match number < slots {
        true => format!("file://{}", bench.name("missing")),
        false => bench.server.url("/file"),
    };
    let jobs = jobs(&bench, slots + 1, url);
    let ids: Vec<_> = jobs.iter().map(Job::id).collect();
    jobs.iter().for_each(|job| job.resume().expect("resumed"));
    // Queued jobs of an earlier manager: nobody calls, and nobody waits yet.
    let folder = bench.folder;
    bench.manager.close();
    let manager = common::open(folder.path());
    // Asking for events does not wake the engine.
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let event = manager.next_event(Some(left)).expect("open").expect("it got its slot");
        if event.job == ids[slots] && event.kind == EventKind::JobTransferred {
            break;
        }
    }
}

#[test]
fn jobs_of_a_host_that_never_answers_hold_up_nobody() {
    let bench = Bench::new();
    bench
        .server
        .put("/hangs", Resource::new(content(1)).always(Reply::normal().stall_before_reply()));
    let healthy = Server::start().expect("a server");
    healthy.put("/file", Resource::new(content(2)));
    let url = |number: usize| match number < 40 {
        true => bench.server.url("/hangs"),
        false => healthy.url("/file"),
    };
    bench.manager.pause().expect("paused");
    let jobs = jobs(&bench, 41, url);
    jobs.iter().for_each(|job| job.resume().expect("resumed"));
    bench.manager.unpause().expect("goes on");
    jobs[40].wait(&[JobState::Transferred], Some(PATIENCE)).expect("it got its slot");
    assert!(healthy.requests_for("/file").len() == 1);
}

/// A word that counts at once, also while a job waits for its next try.
#[test]
fn a_no_progress_timeout_of_none_ends_a_job_that_waits() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)).always(Reply::normal().reset_after(0)));
    job.set_minimum_retry_delay(3600).expect("set");
    job.resume().expect("resumed");
    job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("failed");
    job.set_no_progress_timeout(0).expect("set");
    assert_eq!(job.state().expect("a state"), JobState::Error);
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let event = bench.manager.next_event(Some(left)).expect("open").expect("its event");
        if event.kind == EventKind::JobError {
            break;
        }
    }
}

#[test]
fn a_lower_no_progress_timeout_ends_a_job_that_waits() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)).always(Reply::normal().reset_after(0)));
    job.set_minimum_retry_delay(3600).expect("set");
    job.resume().expect("resumed");
    job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("failed");
    job.set_no_progress_timeout(1).expect("set");
    job.wait(&[JobState::Error], Some(PATIENCE)).expect("a second after the first failure");
    assert_eq!(job.error().expect("an error").code, code::DO_E_DOWNLOAD_NO_PROGRESS);
}

#[test]
fn jobs_that_wait_for_credentials_hold_up_nobody() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    // More than the engine brings into memory at a time.
    let locked = jobs(&bench, 300, |_| bench.server.url("/file"));
    for job in &locked {
        job.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "pass").expect("set");
    }
    let free = jobs(&bench, 3, |_| bench.server.url("/file"));
    let limits = Limits { simultaneous_files: 1, ..Limits::default() };
    bench.manager.set_limits(limits).expect("set");
    let first = locked[0].id();
    let ids: Vec<_> = free.iter().map(Job::id).collect();
    bench.manager.close();
    // The credentials are gone; then all of them are resumed.
    let manager = common::open(bench.folder.path());
    for job in manager.jobs().expect("jobs") {
        job.resume().expect("resumed");
    }
    manager.close();
    let manager = common::open(bench.folder.path());
    for id in ids {
        let job = manager.get_job(id).expect("there");
        job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("it got its slot");
    }
    let waits = manager.get_job(first).expect("there");
    assert_eq!(kind(&waits), WaitKind::CredentialsNeeded);
    waits.set_credentials(AuthTarget::Server, AuthScheme::Basic, "ada", "pass").expect("set");
    waits.wait(&[JobState::Transferred], Some(PATIENCE)).expect("it has what it needs");
}

#[test]
fn a_job_that_loses_its_slot_is_queued() {
    let limits = Limits { simultaneous_files: 1, ..Limits::default() };
    let bench = Bench::new();
    bench.manager.set_limits(limits).expect("set");
    let replies = Reply::normal().gate_after(LENGTH / 2);
    let low = bench.job(Resource::new(content(1)).script(vec![replies]));
    low.resume().expect("resumed");
    wait_for_bytes(&low, 1);
    assert_eq!(low.state().expect("a state"), JobState::Transferring);
    bench.server.put("/high", Resource::new(content(2)).always(Reply::normal().gate_after(9)));
    let high = bench.manager.create_job("first", JobType::Download).expect("a job");
    high.add_file(&bench.server.url("/high"), &bench.name("high")).expect("added");
    high.set_priority(JobPriority::High).expect("set");
    high.resume().expect("resumed");
    low.wait(&[JobState::Queued], Some(PATIENCE)).expect("queued");
    assert_eq!(kind(&low), WaitKind::WaitingForSlot);
    // What it has is kept, and it goes on when there is a slot again.
    let kept = low.progress().expect("progress").bytes_transferred;
    assert!(kept > 0);
    bench.server.open_gate("/high");
    low.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred");
    let requests = bench.server.requests_for("/file");
    assert!(requests[1].header("range").is_some());
}

#[test]
fn a_manager_that_only_stores_leaves_transfers_to_the_next() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::new(content(1)));
    let Bench { server, folder, manager, .. } = bench;
    manager.close();
    let store = folder.path().join("store");
    let stores = Options { stores_only: true, ..Options::new(&store) };
    let first = Manager::open(stores.clone()).expect("a manager");
    let job = first.create_job("left here", JobType::Download).expect("a job");
    let name = folder.path().join("file").to_string_lossy().into_owned();
    job.add_file(&server.url("/file"), &name).expect("added");
    job.resume().expect("resumed");
    assert_eq!(kind(&job), WaitKind::EngineNotRunning);
    let next = Manager::open(Options::new(&store)).expect("it joins");
    assert!(!next.is_host());
    let id = job.id();
    let joined = next.get_job(id).expect("there");
    assert_eq!(joined.state().expect("a state"), JobState::Queued);
    assert_eq!(server.requests().len(), 0, "the host only stores");
    first.close();
    joined.wait(&[JobState::Transferred], Some(PATIENCE)).expect("the next host transfers");
    assert_eq!(server.requests().len(), 1);
    next.close();
    let last = Manager::open(stores).expect("a manager");
    last.get_job(id).expect("there").complete().expect("files are put in place");
    assert!(std::path::Path::new(&name).exists());
}

#[test]
fn options_that_would_stop_everything_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options::new(folder.path().join("store"));
    let limits = Limits { connections_per_host: 0, ..Limits::default() };
    for options in [
        Options { limits, ..options.clone() },
        Options { user_agent: "a\r\nX-Smuggled: 1".to_owned(), ..options.clone() },
    ] {
        let error = Manager::open(options).err().expect("refused");
        assert_eq!(error.code, code::E_INVALIDARG);
    }
    Manager::open(options).expect("the good ones are taken");
}
