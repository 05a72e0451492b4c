//! A server that cannot be reached is asked by one job for all.

mod common;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState, JobType, WaitKind};
use bgcopy_test_server::{Content, Resource, Server, free_port};

use common::{Bench, PATIENCE, wait_for_bytes};

/// More than may be asked for at a time.
const JOBS: usize = 60;

/// Requests that may be under way when the first of them fails.
const SLOTS: u32 = 16;

/// Jobs of a server that refuses every connection, and its port.
fn refused_jobs(bench: &Bench) -> (Vec<Job>, u16) {
    let port = free_port();
    let jobs = (0..JOBS).map(|number| {
        let job = bench.manager.create_job("refused", JobType::Download).expect("a job");
        let remote_name = format!("http://127.0.0.1:{port}/{number}");
        job.add_file(&remote_name, &bench.name(&number.to_string())).expect("a file");
        // Long enough that the test would fail if a delay had to pass.
        job.set_minimum_retry_delay(3600).expect("set");
        job.resume().expect("resumed");
        job
    });
    (jobs.collect(), port)
}

/// Waits until nothing is asked any more; how many jobs failed.
fn failures(bench: &Bench, jobs: &[Job]) -> u32 {
    // A job behind them that ends proves that they were looked at.
    bench.server.put("/other", Resource::new(Content::generated(9, 10)));
    let other = bench.manager.create_job("other", JobType::Download).expect("a job");
    other.add_file(&bench.server.url("/other"), &bench.name("other")).expect("a file");
    assert_eq!(bench.run(&other, 0), JobState::Transferred);
    other.cancel().expect("cancelled");
    let is_moving = |job: &Job| {
        matches!(job.state().expect("a state"), JobState::Connecting | JobState::Transferring)
    };
    let deadline = std::time::Instant::now() + PATIENCE;
    while jobs.iter().any(is_moving) {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
    jobs.iter().map(|job| job.error_count().expect("a count")).sum()
}

#[test]
fn one_failure_is_enough_for_all_and_one_answer_is() {
    let bench = Bench::new();
    let (jobs, port) = refused_jobs(&bench);
    let failed = failures(&bench, &jobs);
    assert!((1..=SLOTS).contains(&failed), "{failed} jobs asked");
    let is_untried = |job: &&Job| job.error_count().expect("a count") == 0;
    let waiting = jobs.iter().find(is_untried).expect("one that was not tried");
    assert_eq!(waiting.state().expect("a state"), JobState::Queued);
    let reason = waiting.wait_reason().expect("a reason");
    assert_eq!(reason.kind, WaitKind::RetryAfterError, "{reason:?}");
    assert_eq!(reason.code, Some(code::BG_E_CONNECT_FAILURE));
    assert!(reason.next_try_ms.is_some());

    let server = Server::start_on(port).expect("it is back");
    for number in 0..JOBS {
        server.put(&format!("/{number}"), Resource::new(Content::generated(1, 1000)));
    }
    // Resume tries at once, and its answer lets all the others go on, also those that
    // failed.
    waiting.resume().expect("resumed");
    for job in &jobs {
        job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred");
    }
}

#[test]
fn other_servers_are_not_held() {
    let bench = Bench::new();
    let (jobs, _) = refused_jobs(&bench);
    failures(&bench, &jobs);
    // On another port of the same host.
    let job = bench.job(Resource::new(Content::generated(1, 1000)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
}

/// Answers one connection with a body that comes a byte at a time, and refuses all
/// others, until `stop`.
fn serve_only_one(listener: TcpListener, stop: &AtomicBool) {
    let (mut connection, _) = listener.accept().expect("a connection");
    drop(listener);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).expect("a request");
        head.push(byte[0]);
    }
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nETag: \"v\"\r\n\r\n";
    connection.write_all(answer).expect("sent");
    while !stop.load(Ordering::Relaxed) && connection.write_all(b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Ends the server also where the test fails.
struct SetAtEnd<'a>(&'a AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_server_that_is_sending_refused_only_the_job_that_it_refused() {
    let bench = Bench::new();
    let port = free_port();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a listener");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| serve_only_one(listener, &stop));
        let _stops = SetAtEnd(&stop);
        let job = |name: &str| {
            let job = bench.manager.create_job(name, JobType::Download).expect("a job");
            let remote_name = format!("http://127.0.0.1:{port}/{name}");
            job.add_file(&remote_name, &bench.name(name)).expect("a file");
            job.set_minimum_retry_delay(3600).expect("set");
            job.resume().expect("resumed");
            job
        };
        let served = job("served");
        wait_for_bytes(&served, 1);
        let refused = ["first", "second"].map(job);
        for job in &refused {
            job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("tried");
        }
        // What comes in by the other connection is no reason to try them again.
        wait_for_bytes(&served, served.progress().expect("progress").bytes_transferred + 30);
        for job in &refused {
            assert_eq!(job.error_count().expect("a count"), 1);
        }
    });
}
