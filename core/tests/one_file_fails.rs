//! A request that fails stops its file, and nothing else.

mod common;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState, JobType};
use bgcopy_test_server::{Reply, Resource, free_port};

use common::{Bench, LENGTH, PATIENCE, content, http, stopped};

/// Requests that are made at the same time.
const SLOTS: usize = 16;

fn wait_until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
}

fn error_of(job: &Job, file: u32) -> Option<bgcopy_core::HResult> {
    let file = job.file(file).expect("a file");
    file.error().expect("it answers").map(|error| error.code)
}

#[test]
fn a_file_that_is_missing_stops_no_other() {
    let bench = Bench::new();
    bench.server.put("/0", Resource::new(content(1)).always(Reply::normal().gate_after(1000)));
    bench.server.put("/2", Resource::new(content(2)));
    let job = bench.manager.create_job("three", JobType::Download).expect("a job");
    for number in 0..3 {
        let name = number.to_string();
        job.add_file(&bench.server.url(&format!("/{name}")), &bench.name(&name)).expect("added");
    }
    job.resume().expect("resumed");
    wait_until(|| error_of(&job, 1).is_some());
    assert_eq!(error_of(&job, 1), Some(http(404)));
    assert_eq!((error_of(&job, 0), error_of(&job, 2)), (None, None));
    wait_until(|| job.progress().expect("progress").files_transferred == 1);
    assert_eq!(job.state().expect("a state"), JobState::Transferring);

    bench.server.open_gate("/0");
    assert_eq!(stopped(&job), JobState::Error);
    let error = job.error().expect("an error");
    assert_eq!((error.code, error.file), (http(404), Some(1)));
    let asked = |path: &str| bench.server.requests().iter().filter(|r| r.path == path).count();
    assert_eq!([asked("/0"), asked("/1"), asked("/2")], [1, 1, 1]);

    // What is missing is all that Resume asks for.
    bench.server.put("/1", Resource::new(content(3)));
    assert_eq!(bench.run(&job, 0), JobState::Transferred);
    assert_eq!([asked("/0"), asked("/1"), asked("/2")], [1, 2, 1]);
    assert_eq!(error_of(&job, 1), None);
    job.complete().expect("completed");
    for (name, seed) in [("0", 1), ("1", 3), ("2", 2)] {
        let held = std::fs::read(bench.path(name)).expect("the file");
        assert!(held == content(seed).slice(0..LENGTH), "{name}");
    }
}

#[test]
fn what_arrived_can_be_completed_without_the_rest() {
    let bench = Bench::new();
    bench.server.put("/here", Resource::new(content(1)));
    let job = bench.manager.create_job("two", JobType::Download).expect("a job");
    for name in ["gone", "here"] {
        job.add_file(&bench.server.url(&format!("/{name}")), &bench.name(name)).expect("added");
    }
    assert_eq!(bench.run(&job, 0), JobState::Error);
    assert_eq!(job.complete().expect("completed"), code::BG_S_PARTIAL_COMPLETE);
    assert!(bench.path("here").exists() && !bench.path("gone").exists());
}

#[test]
fn a_job_of_many_files_of_a_dead_server_is_in_transient_error() {
    let bench = Bench::new();
    let port = free_port();
    let job = bench.manager.create_job("dead", JobType::Download).expect("a job");
    for number in 0..100 {
        let name = number.to_string();
        let remote_name = format!("http://127.0.0.1:{port}/{name}");
        job.add_file(&remote_name, &bench.name(&name)).expect("added");
    }
    job.set_minimum_retry_delay(3600).expect("set");
    job.resume().expect("resumed");
    job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("tried");
    assert_eq!(job.error().expect("an error").code, code::BG_E_CONNECT_FAILURE);
    let failed = job.error_count().expect("a count") as usize;
    assert!((1..=SLOTS).contains(&failed), "{failed} files were asked for");
}

/// Answers two requests at a time, and refuses the others; counts those.
fn serve_two_at_a_time(listener: &TcpListener, stop: &AtomicBool, refused: &AtomicUsize) {
    let busy = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        while let Ok((stream, _)) = listener.accept() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            scope.spawn(|| answer(stream, &busy, refused));
        }
    });
}

fn answer(mut stream: TcpStream, busy: &AtomicUsize, refused: &AtomicUsize) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read_exact(&mut byte).is_err() {
            return;
        }
        head.push(byte[0]);
    }
    let is_served = busy.fetch_add(1, Ordering::SeqCst) < 2;
    let text = if is_served {
        // The server has something to do for each file.
        std::thread::sleep(Duration::from_millis(20));
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndata"
    } else {
        refused.fetch_add(1, Ordering::SeqCst);
        "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    };
    busy.fetch_sub(1, Ordering::SeqCst);
    // The client may be gone.
    _ = stream.write_all(text.as_bytes());
}

#[test]
fn a_server_that_refuses_more_than_two_is_asked_for_no_more() {
    const FILES: usize = 60;
    let bench = Bench::new();
    let port = free_port();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a listener");
    let (stop, refused) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| serve_two_at_a_time(&listener, &stop, &refused));
        let job = bench.manager.create_job("busy", JobType::Download).expect("a job");
        for number in 0..FILES {
            let name = number.to_string();
            let remote_name = format!("http://127.0.0.1:{port}/{name}");
            job.add_file(&remote_name, &bench.name(&name)).expect("added");
        }
        job.resume().expect("resumed");
        let ended = job.wait(&[JobState::Transferred, JobState::Error], Some(PATIENCE));
        stop.store(true, Ordering::Relaxed);
        // The listener sees it with the next connection.
        _ = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
        assert_eq!(ended.expect("it ends"), JobState::Transferred);
    });
    let refused = refused.into_inner();
    assert!(refused <= SLOTS + 4, "{refused} of {FILES} files were refused");
}
