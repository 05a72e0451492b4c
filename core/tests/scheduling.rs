//! Who gets a slot, and that nobody is forgotten.

mod common;

use std::time::Instant;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    AuthScheme, AuthTarget, EventKind, Job, JobPriority, JobState, JobType, Limits, Manager,
    Options, WaitKind,
};
use bgcopy_test_server::{Reply, Resource};

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
