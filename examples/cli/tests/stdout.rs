//! `get -o -`: a file that is written to stdout.

mod bench;

use std::io::Read;

use bench::{Bench, json_of};
use bgcopy_test_server::{Content, Reply, Resource};

const BYTES: u64 = 3_000_000;

/// Serves a file of which the first bytes come, and the others once the gate is open.
fn serve(bench: &Bench) -> String {
    let reply = Reply::normal().gate_after(BYTES / 2);
    bench.server.put("/file", Resource::new(Content::generated(4, BYTES)).always(reply));
    bench.url("/file")
}

fn must_be_gone(bench: &Bench) {
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs.as_array().map(Vec::len), Some(0), "{jobs}");
    assert!(!bench.store().join("stdout").exists(), "nothing is left of it");
    assert!(bench.names().is_empty(), "{:?}", bench.names());
}

#[test]
fn file_is_written_to_stdout_while_it_comes_in() {
    let bench = Bench::new();
    let url = serve(&bench);
    let mut running = bench.start(&["get", "-o", "-", &url]);
    let mut stdout = running.stdout();
    let mut bytes = vec![0; 1_000_000];
    stdout.read_exact(&mut bytes).expect("the first bytes, before the last ones are sent");
    bench.server.open_gate("/file");
    stdout.read_to_end(&mut bytes).expect("the others");
    assert!(bytes == Bench::generated(4, BYTES), "{} bytes", bytes.len());
    let out = running.end();
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    must_be_gone(&bench);
}

#[test]
fn command_that_was_killed_goes_on_with_what_is_here() {
    let bench = Bench::new();
    let url = serve(&bench);
    let running = bench.start(&["get", "-o", "-", &url]);
    bench.wait_for_recorded_bytes(BYTES / 2 - 500_000);
    drop(running);
    bench.server.open_gate("/file");
    let mut again = bench.start(&["get", "-o", "-", &url]);
    let mut bytes = Vec::new();
    again.stdout().read_to_end(&mut bytes).expect("all of it");
    assert!(bytes == Bench::generated(4, BYTES), "{} bytes", bytes.len());
    assert_eq!(again.end().code, 0);
    let sent = bench.server.body_bytes_sent("/file");
    assert!(sent < BYTES + BYTES / 2, "{sent} bytes were sent");
    must_be_gone(&bench);
}

#[test]
fn file_with_another_hash_is_an_error_after_it_was_written() {
    let bench = Bench::new();
    let url = bench.url("/gen/1/1000");
    let out = bench.run(&["get", "-o", "-", "--sha256", &Bench::sha256(1, 1000), &url]);
    assert_eq!(out.code, 0, "{out:?}");
    let out = bench.run(&["get", "-o", "-", "--sha256", &"0".repeat(64), &url]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("hash"), "{out:?}");
}

#[test]
fn stdout_that_takes_no_more_ends_the_job() {
    let bench = Bench::new();
    let url = bench.url("/gen/1/1000000");
    for out in
        [bench.run_unread(&["get", "-o", "-", &url]), bench.run_full(&["get", "-o", "-", &url])]
    {
        assert_eq!(out.code, 1, "{out:?}");
        assert!(out.stderr.contains("stdout takes no more"), "{out:?}");
    }
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs.as_array().map(Vec::len), Some(0), "{jobs}");
}

#[test]
fn what_cannot_go_to_stdout_is_refused() {
    let bench = Bench::new();
    let url = bench.url("/gen/1/1000");
    let out = bench.run(&["get", "-o", "-", "--json", &url]);
    assert_eq!(out.code, 2, "{out:?}");
    let out = bench.run(&["get", "-o", "-", &bench.url("/missing")]);
    assert_eq!((out.code, out.stdout.as_str()), (1, ""), "{out:?}");
    assert!(out.stderr.contains("404"), "{out:?}");
}
