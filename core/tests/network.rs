//! The machine's network changes under the transfers: each test has a network of
//! its own, a namespace of Linux.
#![cfg(target_os = "linux")]

mod common;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bgcopy_core::JobState;
use bgcopy_core::vocab::code;
use bgcopy_test_server::{Reply, Resource};

use common::{Bench, LENGTH, PATIENCE, content, wait_for_bytes};

/// Well before a connection that is silent counts as dead.
const SOON: Duration = Duration::from_secs(40);

/// Set in the process that has the network for itself.
const INSIDE: &str = "BGCOPY_TEST_NETWORK";

/// The address of the test's server, and of the other end of its connections.
const ADDRESS: &str = "127.0.0.1/8";

/// Runs the test of that name in a process with a network of its own; true if this
/// process is it. Where no such thing is allowed the test is left out.
fn is_inside(scenario: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        ip(&["link", "set", "lo", "up"]);
        return true;
    }
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--net"]);
        command
    };
    let tried = unshare().args(["ip", "link"]).stdout(Stdio::null()).status();
    if !tried.is_ok_and(|status| status.success()) {
        println!("left out: unshare and ip make no network of its own here");
        return false;
    }
    let program = std::env::current_exe().expect("the test");
    let status = unshare()
        .arg(program)
        .args(["--exact", scenario, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .expect("the scenario runs");
    assert!(status.success(), "{status}");
    false
}

fn ip(arguments: &[&str]) {
    let status = Command::new("ip").args(arguments).status().expect("ip runs");
    assert!(status.success(), "ip {arguments:?}");
}

#[test]
fn an_address_ends_the_wait_after_a_failed_connection() {
    if !is_inside("an_address_ends_the_wait_after_a_failed_connection") {
        return;
    }
    let bench = Bench::new();
    ip(&["address", "delete", ADDRESS, "dev", "lo"]);
    let job = bench.job(Resource::new(content(1)));
    // Long enough that the test would fail if the delay had to pass.
    job.set_minimum_retry_delay(3600).expect("set");
    job.resume().expect("resumed");
    job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("no way to the server");
    ip(&["address", "add", ADDRESS, "dev", "lo"]);
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("tried at once");
}

#[test]
fn a_connection_ends_with_its_address() {
    if !is_inside("a_connection_ends_with_its_address") {
        return;
    }
    let bench = Bench::new();
    let reply = Reply::normal().gate_after(LENGTH / 2);
    let job = bench.job(Resource::new(content(1)).script(vec![reply]));
    job.set_minimum_retry_delay(3600).expect("set");
    job.resume().expect("resumed");
    wait_for_bytes(&job, 1);
    let began = Instant::now();
    ip(&["address", "delete", ADDRESS, "dev", "lo"]);
    job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("ended");
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    // The first try after new bytes comes at once, and finds no way to the server.
    assert_eq!(job.error().expect("an error").code, code::DO_E_BLOCKED_BY_NO_NETWORK);
    ip(&["address", "add", ADDRESS, "dev", "lo"]);
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("tried at once");
    let requests = bench.server.requests_for("/file");
    assert!(requests[1].header("range").is_some(), "the bytes it had were kept");
    job.complete().expect("completed");
    bench.must_hold("file", &content(1));
}

#[test]
fn a_link_that_comes_back_ends_the_wait_for_what_was_lost_with_it() {
    if !is_inside("a_link_that_comes_back_ends_the_wait_for_what_was_lost_with_it") {
        return;
    }
    let bench = Bench::new();
    let reply = Reply::normal().gate_after(LENGTH / 2);
    let job = bench.job(Resource::new(content(1)).script(vec![reply]));
    job.set_minimum_retry_delay(3600).expect("set");
    job.resume().expect("resumed");
    wait_for_bytes(&job, 1);
    ip(&["link", "set", "lo", "down"]);
    // As long as a silence must be to be one.
    _ = job.wait(&[JobState::TransientError], Some(Duration::from_millis(3_200)));
    let began = Instant::now();
    ip(&["link", "set", "lo", "up"]);
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("asked for anew");
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
}
