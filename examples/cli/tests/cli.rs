//! The program as its users see it: arguments in, output and exit codes out.

mod bench;

use std::fs;
use std::path::Path;
use std::time::Instant;

use bench::{Bench, json_of, lines_of};
use bgcopy_test_server::{Content, Resource};
use serde_json::Value;

const SMALL: u64 = 100_000;
const LARGE: u64 = 64 * 1024 * 1024;
/// A second's worth at the rate below.
const SLOW_LENGTH: u64 = 8_000_000;
/// Slow enough that every test that interrupts this one is in mid-file.
const SLOW: &str = "rate=8000000";

#[test]
fn get_downloads_one_file_and_leaves_no_job() {
    let bench = Bench::new();
    let path = format!("/gen/1/{SMALL}");
    let out = bench.run(&["get", &bench.url(&path), "-o", "one.bin"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains(&bench.path("one.bin").display().to_string()), "{out:?}");
    assert_eq!(bench.content("one.bin"), Bench::generated(1, SMALL));
    assert_eq!(bench.names(), ["one.bin"]);
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]");
}

#[test]
fn get_names_the_file_after_the_url_and_replaces_an_old_one() {
    let bench = Bench::new();
    let name = SMALL.to_string();
    fs::write(bench.path(&name), "old").expect("a file");
    let out = bench.run(&["get", "--quiet", &bench.url(&format!("/gen/1/{SMALL}?etag=x/y"))]);
    assert_eq!((out.code, out.stdout.as_str(), out.stderr.as_str()), (0, "", ""));
    assert_eq!(bench.content(&name), Bench::generated(1, SMALL));
}

#[test]
fn get_takes_a_list_into_a_folder() {
    let bench = Bench::new();
    let named = bench.url(&format!("/gen/2/{SMALL}"));
    let nameless = bench.url(&format!("/gen/3/{}", SMALL + 1));
    fs::write(bench.path("list"), format!("{named}\tsub/two.bin\n\n{nameless}\r\n"))
        .expect("a list");
    let out = bench.run(&["get", "-i", "list", "-d", "new/folder"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("new/folder/sub/two.bin"), Bench::generated(2, SMALL));
    let name = format!("new/folder/{}", SMALL + 1);
    assert_eq!(bench.content(&name), Bench::generated(3, SMALL + 1));
}

#[test]
fn get_takes_paths_through_the_folder_above() {
    let bench = Bench::new();
    let url = bench.url(&format!("/gen/1/{SMALL}"));
    for arguments in [["-o", "../here/one.bin"], ["-d", "../here/new/folder"]] {
        let out = bench.run(&["get", &url, arguments[0], arguments[1]]);
        assert_eq!(out.code, 0, "{out:?}");
    }
    assert_eq!(bench.content("one.bin"), Bench::generated(1, SMALL));
    assert_eq!(bench.content(&format!("new/folder/{SMALL}")), Bench::generated(1, SMALL));
}

#[test]
fn get_makes_the_folder_of_its_file() {
    let bench = Bench::new();
    let out = bench.run(&["get", &bench.url("/gen/1/5"), "-o", "new/folder/one.bin"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("new/folder/one.bin"), Bench::generated(1, 5));
}

#[cfg(not(target_os = "macos"))]
#[test]
fn store_with_an_empty_name_is_the_default_one() {
    let mut bench = Bench::new();
    let state = bench.path("state");
    bench.set("BGCOPY_STORE", "");
    bench.set("XDG_STATE_HOME", &state.display().to_string());
    let out = bench.run(&["add", &bench.url("/gen/1/5"), "one.bin"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(state.join("bgcopy/queue.db").exists());
}

#[test]
fn list_cannot_write_outside_its_folder() {
    let bench = Bench::new();
    fs::write(bench.path("list"), format!("{}\t../out\n", bench.url("/gen/1/5"))).expect("a list");
    let out = bench.run(&["get", "-i", "list", "-d", "folder"]);
    assert_eq!(out.code, 2, "{out:?}");
    assert!(!bench.path("out").exists());
}

#[test]
fn right_sha256_is_accepted_and_a_wrong_one_is_refused() {
    let bench = Bench::new();
    let url = bench.url(&format!("/gen/1/{SMALL}"));
    let wrong = "0".repeat(64);
    let out = bench.run(&["get", &url, "-o", "x", "--sha256", &wrong]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("0x") && out.stderr.contains("BGCOPY_E_HASH_MISMATCH"), "{out:?}");
    assert!(!bench.path("x").exists(), "bad content is never released");

    let right = Bench::sha256(1, SMALL);
    let out = bench.run(&["get", &url, "-o", "x", "--sha256", &right]);
    assert_eq!(out.code, 0, "the same target with the right hash: {out:?}");
    assert_eq!(bench.content("x"), Bench::generated(1, SMALL));
}

#[test]
fn missing_file_fails_with_its_code_and_the_job_says_why() {
    let bench = Bench::new();
    let out = bench.run(&["get", &bench.url("/nothing/here"), "-o", "x"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("0x80190194"), "{out:?}");
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    let id = jobs[0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(jobs[0]["error"]["code"], "0x80190194");
    let why = json_of(&bench.run(&["why", &id[..8], "--json"]).stdout);
    assert_eq!(why["wait_reason"]["code"], "0x80190194");
    assert_eq!(bench.run(&["cancel", &id[..8]]).code, 0);
    assert_eq!(bench.run(&["list"]).stdout, "");
}

#[test]
fn one_missing_file_stops_no_other() {
    let bench = Bench::new();
    let urls = [bench.url("/gen/1/1000"), bench.url("/nothing/here"), bench.url("/gen/2/2000")];
    let [first, missing, last] = urls.each_ref().map(String::as_str);
    let out = bench.run(&["get", first, missing, last, "--all-or-nothing"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(!bench.path("1000").exists() && !bench.path("2000").exists());
    assert_eq!(json_of(&bench.run(&["list", "--json"]).stdout)[0]["state"], "ERROR");

    let out = bench.run(&["get", first, missing, last]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("0x80190194") && out.stderr.contains(missing), "{out:?}");
    assert_eq!(bench.content("1000"), Bench::generated(1, 1000));
    assert_eq!(bench.content("2000"), Bench::generated(2, 2000));
    assert!(out.stdout.contains("2000") && !out.stdout.contains("here/here"), "{out:?}");
    assert_eq!(bench.names(), ["1000", "2000"]);
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]");

    let out = bench.run(&["get", "--json", missing, first, "-d", "other"]);
    let events = lines_of(&out.stdout);
    let failed: Vec<_> = events.iter().filter(|event| event["event"] == "file_failed").collect();
    assert_eq!(failed.len(), 1, "{out:?}");
    assert_eq!(failed[0]["error"]["code"], "0x80190194");
    let done = events.last().expect("an event");
    assert_eq!(done["files"].as_array().map(Vec::len), Some(1), "{out:?}");
}

#[test]
fn what_failed_is_known_whatever_the_order_of_the_command() {
    let bench = Bench::new();
    let (here, missing) = (bench.url("/gen/1/1000"), bench.url("/nothing/here"));
    assert_eq!(bench.run(&["get", &here, &missing, "--all-or-nothing"]).code, 1);
    let out = bench.run(&["get", &missing, &here]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains(&format!("from {missing}")), "{out:?}");
    assert!(!out.stderr.contains(&format!("from {here}")), "{out:?}");
    assert!(out.stdout.contains("/1000") && !out.stdout.contains("here/here"), "{out:?}");
    assert_eq!(bench.content("1000"), Bench::generated(1, 1000));
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let bench = Bench::new();
    let url = bench.url("/gen/1/5");
    let wrong: [&[&str]; 9] = [
        &["get"],
        &["frobnicate"],
        &["get", &url, &url, "-o", "x"],
        &["get", &url, "--sha256", "12"],
        &["get", &url, "-o", "x", "-d", "y"],
        &["get", &url, "--priority", "urgent"],
        &["get", "http://127.0.0.1/.."],
        &["add", &url],
        &["cancel"],
    ];
    for arguments in wrong {
        let out = bench.run(arguments);
        assert_eq!(out.code, 2, "{arguments:?}: {out:?}");
    }
}

#[test]
fn bad_url_has_its_code() {
    let bench = Bench::new();
    let out = bench.run(&["get", "ftp://127.0.0.1/x"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("0x80070057 E_INVALIDARG"), "{out:?}");
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
}

#[test]
fn queue_that_does_not_exist_is_empty() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["list"]).stdout, "");
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]");
    let out = bench.run(&["show", "12345678"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("DO_E_JOB_NOT_FOUND"), "{out:?}");
    assert!(!bench.store().exists(), "looking makes nothing");
}

#[test]
fn json_is_one_object_a_line() {
    let bench = Bench::new();
    let out = bench.run(&["get", &bench.url(&format!("/gen/1/{SMALL}")), "-o", "x", "--json"]);
    assert_eq!(out.code, 0, "{out:?}");
    let events = lines_of(&out.stdout);
    assert_eq!(events.first().expect("a line")["event"], "created");
    assert!(events.iter().any(|event| event["event"] == "progress" && event["id"].is_string()));
    let last = events.last().expect("a line");
    assert_eq!(last["event"], "done");
    assert_eq!(last["bytes_transferred"], SMALL);
    assert_eq!(last["files"][0], bench.path("x").display().to_string());
}

#[test]
fn same_command_takes_up_an_interrupted_job() {
    let bench = Bench::new();
    let path = format!("/gen/5/{LARGE}?{SLOW}");
    let url = bench.url(&path);
    let arguments = ["get", url.as_str(), "-o", "big file.bin"];
    let process = bench.start(&arguments);
    bench.wait_for_recorded_bytes(1024 * 1024);
    let out = process.interrupt();
    assert_eq!(out.code, 130, "{out:?}");
    assert!(out.stderr.contains("'big file.bin'"), "it says how to go on: {out:?}");
    assert!(!bench.path("big file.bin").exists());
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    let held = jobs[0]["bytes_transferred"].as_u64().expect("a number");
    assert!(held >= 1024 * 1024, "{jobs}");
    assert_eq!(jobs[0]["wait_reason"]["kind"], "SUSPENDED_BY_CALLER");

    let again = bench.start(&arguments);
    let requests = bench.wait_for_requests(&path, 2);
    assert_eq!(requests[1].header("range"), Some(format!("bytes={held}-").as_str()));
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs.as_array().map(Vec::len), Some(1), "it is the same job: {jobs}");
    again.interrupt();
}

#[test]
fn signal_that_is_ignored_at_the_start_stays_ignored() {
    let bench = Bench::new();
    let url = bench.url(&format!("/gen/5/{SLOW_LENGTH}?{SLOW}"));
    let process = bench.start_ignoring(&["HUP", "INT", "TERM"], &["get", &url, "-o", "x"]);
    bench.wait_for_recorded_bytes(1);
    for signal in ["HUP", "INT", "TERM"] {
        process.send(signal);
    }
    let out = process.end();
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("x"), Bench::generated(5, SLOW_LENGTH));
}

#[test]
fn other_signals_than_the_ignored_ones_are_heard() {
    let bench = Bench::new();
    for signal in ["INT", "TERM"] {
        let serve = bench.start_ignoring(&["HUP"], &["serve"]);
        bench.wait_for_host();
        serve.send("HUP");
        let added = bench.run(&["add", &bench.url("/gen/2/5"), signal]);
        let run = bench.run(&["run", "--complete", added.stdout.trim()]);
        assert_eq!(run.code, 0, "{run:?}");
        serve.send(signal);
        let out = serve.end();
        assert_eq!(out.code, 0, "{out:?}");
        assert!(!bench.store().join("engine.sock").exists(), "it ended in good order");
    }
}

#[test]
fn queue_can_be_looked_at_while_it_is_driven() {
    let bench = Bench::new();
    let url = bench.url(&format!("/gen/5/{LARGE}?{SLOW}"));
    let process = bench.start(&["get", &url, "-o", "x"]);
    let id = bench.wait_for_recorded_bytes(1);
    let list = bench.run(&["list"]);
    assert!(list.stdout.starts_with(&id), "{list:?}");
    let shown = json_of(&bench.run(&["show", &id[..8], "--json"]).stdout);
    assert_eq!(shown["bytes_total"], LARGE);
    assert_eq!(shown["files"][0]["remote_name"], url);
    assert_eq!(shown["priority"], "FOREGROUND");
    let temporary = shown["files"][0]["temporary_name"].as_str().expect("a name");
    assert!(Path::new(temporary).exists());
    assert!(bench.run(&["show", &id]).stdout.contains(&id));
    let why = json_of(&bench.run(&["why", &id, "--json"]).stdout);
    assert_eq!(why["wait_reason"]["kind"], "TRANSFERRING");
    assert!(bench.run(&["why", &id]).stdout.contains("what helps"));

    process.interrupt();
}

#[test]
fn queue_can_be_changed_while_another_process_drives_it() {
    let bench = Bench::new();
    let url = bench.url(&format!("/gen/5/{LARGE}?{SLOW}"));
    let process = bench.start(&["get", &url, "-o", "x"]);
    let id = bench.wait_for_recorded_bytes(1);
    let out = bench.run(&["suspend", &id]);
    assert_eq!(out.code, 0, "{out:?}");
    let why = json_of(&bench.run(&["why", &id, "--json"]).stdout);
    assert_eq!(why["wait_reason"]["kind"], "SUSPENDED_BY_CALLER");
    let other = bench.run(&["get", "--quiet", &bench.url(&format!("/gen/1/{SMALL}")), "-o", "y"]);
    assert_eq!(other.code, 0, "{other:?}");
    assert_eq!(bench.content("y"), Bench::generated(1, SMALL));
    let cancelled = bench.run(&["cancel", &id]);
    assert_eq!(cancelled.code, 0, "{cancelled:?}");
    let out = process.end();
    assert_eq!(out.code, 1, "the job was cancelled under it: {out:?}");
}

#[test]
fn added_job_is_transferred_by_the_process_that_serves() {
    let bench = Bench::new();
    let serve = bench.start(&["serve"]);
    bench.wait_for_host();
    let path = format!("/gen/5/{LARGE}?{SLOW}");
    let added = bench.run(&["add", &bench.url(&path), "big", "--priority", "high"]);
    assert_eq!(added.code, 0, "{added:?}");
    let id = added.stdout.trim();
    assert_eq!(bench.wait_for_recorded_bytes(1), id, "it runs, and add has returned");
    assert_eq!(bench.run(&["cancel", id]).code, 0);

    let small = bench.run(&["add", &bench.url(&format!("/gen/1/{SMALL}")), "small"]);
    let run = bench.run(&["run", "--complete", small.stdout.trim()]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(bench.content("small"), Bench::generated(1, SMALL));
    assert_eq!(bench.names(), ["small"]);
    let out = serve.interrupt();
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.starts_with("serving "), "{out:?}");
}

#[test]
fn short_commands_store_and_ask_no_server() {
    let bench = Bench::new();
    let add = |name: &str| bench.run(&["add", &bench.url(&format!("/gen/1/{SMALL}")), name]);
    let ids: Vec<_> = (0..5).map(|number| add(&number.to_string()).stdout).collect();
    for command in ["suspend", "resume"] {
        let out = bench.run(&[command, ids[0].trim()]);
        assert_eq!(out.code, 0, "{out:?}");
    }
    assert_eq!(bench.run(&["cancel", ids[1].trim()]).code, 0);
    let asked: Vec<_> =
        bench.server.requests().iter().map(|request| request.path.clone()).collect();
    assert_eq!(asked, Vec::<String>::new());
    let run = bench.run(&["run", "--complete"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(bench.names(), ["0", "2", "3", "4"]);
    assert_eq!(bench.server.requests().len(), 4, "each file was asked for once");
}

#[test]
fn serving_ends_when_there_is_nothing_left_to_do() {
    let bench = Bench::new();
    let added = bench.run(&["add", &bench.url(&format!("/gen/1/{SMALL}")), "small"]);
    assert_eq!(added.code, 0, "{added:?}");
    let out = bench.run(&["serve", "--idle-exit", "0"]);
    assert_eq!(out.code, 0, "{out:?}");
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs[0]["state"], "TRANSFERRED");
}

#[test]
fn who_stands_by_takes_over_when_the_host_is_killed() {
    let bench = Bench::new();
    let first = bench.start(&["serve"]);
    bench.wait_for_host();
    let second = bench.start(&["serve"]);
    let path = format!("/gen/5/{SLOW_LENGTH}?{SLOW}");
    let added = bench.run(&["add", &bench.url(&path), "file"]);
    bench.wait_for_recorded_bytes(1);
    drop(first);
    let run = bench.run(&["run", "--complete", added.stdout.trim()]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(bench.content("file"), Bench::generated(5, SLOW_LENGTH));
    let out = second.interrupt();
    assert_eq!(out.code, 0, "{out:?}");
}

#[test]
fn cancel_removes_the_temporary_file() {
    let bench = Bench::new();
    let process = bench.start(&["get", &bench.url(&format!("/gen/5/{LARGE}?{SLOW}")), "-o", "x"]);
    let id = bench.wait_for_recorded_bytes(1);
    process.interrupt();
    assert_eq!(bench.names().len(), 1, "the temporary file: {:?}", bench.names());
    let out = bench.run(&["cancel", &id]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.names().len(), 0, "{:?}", bench.names());
    assert_eq!(bench.run(&["cancel", &id]).code, 1, "it is gone");
}

#[test]
fn added_job_is_run_and_then_completed() {
    let bench = Bench::new();
    let (a, b) = (bench.url(&format!("/gen/1/{SMALL}")), bench.url("/gen/2/5"));
    let added = bench.run(&["add", &a, "a.bin", &b, "b.bin"]);
    assert_eq!(added.code, 0, "{added:?}");
    let id = added.stdout.trim();
    let run = bench.run(&["run"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains(id), "{run:?}");
    assert!(!bench.path("a.bin").exists(), "nothing is released before complete");
    let completed = bench.run(&["complete", &id[..8]]);
    assert_eq!(completed.code, 0, "{completed:?}");
    assert_eq!(bench.content("a.bin"), Bench::generated(1, SMALL));
    assert_eq!(bench.names(), ["a.bin", "b.bin"]);
}

#[cfg(unix)]
#[test]
fn special_files_are_not_replaced() {
    let bench = Bench::new();
    let url = bench.url("/gen/1/5");
    drop(std::os::unix::net::UnixListener::bind(bench.path("socket")).expect("a socket"));
    std::os::unix::fs::symlink("/dev/null", bench.path("link")).expect("a link");
    for name in ["socket", "link"] {
        for command in [vec!["get", &url, "-o", name], vec!["add", &url, name]] {
            let out = bench.run(&command);
            assert_ne!(out.code, 0, "{out:?}");
            assert!(out.stderr.contains("a device, a pipe or a socket"), "{out:?}");
            let kind = fs::symlink_metadata(bench.path(name)).expect("still there").file_type();
            assert!(!kind.is_file(), "{name}");
        }
    }
    let added = bench.run(&["add", &url, "later"]);
    assert_eq!(added.code, 0, "{added:?}");
    drop(std::os::unix::net::UnixListener::bind(bench.path("later")).expect("a socket"));
    assert_ne!(bench.run(&["run", "--complete"]).code, 0, "it is looked at again");
    let kind = fs::symlink_metadata(bench.path("later")).expect("still there").file_type();
    assert!(!kind.is_file(), "the socket");
}

#[test]
fn run_completes_on_request_and_fails_if_a_job_does() {
    let bench = Bench::new();
    bench.run(&["add", &bench.url("/gen/2/5"), "good"]);
    let bad = bench.run(&["add", &bench.url("/nothing/here"), "bad"]);
    let still = format!("/gen/3/{SLOW_LENGTH}?{SLOW}");
    let suspended = bench.run(&["add", &bench.url(&still), "still"]);
    assert_eq!(bench.run(&["suspend", suspended.stdout.trim()]).code, 0);
    let out = bench.run(&["run", "--complete"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains(bad.stdout.trim()) && out.stderr.contains("0x80190194"), "{out:?}");
    assert!(bench.path("good").exists() && !bench.path("still").exists());
    assert_eq!(bench.run(&["cancel", bad.stdout.trim()]).code, 0);
    assert_eq!(bench.run(&["resume", suspended.stdout.trim()]).code, 0);
    let out = bench.run(&["run", "--complete", suspended.stdout.trim()]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.names(), ["good", "still"]);
}

#[test]
fn retry_is_announced() {
    let bench = Bench::new();
    // Nobody listens there.
    let process = bench.start(&["get", "http://127.0.0.1:1/x"]);
    let mut why = Value::Null;
    bench::wait_until("the job waits for a retry", || {
        let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
        why = jobs[0]["wait_reason"].clone();
        why["kind"] == "RETRY_AFTER_ERROR"
    });
    assert!(why["next_try_ms"].is_number(), "{why}");
    assert_eq!(why["name"], "BG_E_CONNECT_FAILURE");
    let out = process.interrupt();
    assert_eq!(out.code, 130, "{out:?}");
    assert!(out.stdout.contains("retry in "), "{out:?}");
}

#[test]
fn reader_that_goes_away_does_not_stop_a_download() {
    let bench = Bench::new();
    let arguments = ["get", &bench.url(&format!("/gen/1/{SMALL}")), "-o", "x"];
    let out = bench.run_unread(&arguments);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    assert_eq!(bench.content("x"), Bench::generated(1, SMALL));
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_is_lost_is_a_failure() {
    let bench = Bench::new();
    let url = bench.url(&format!("/gen/1/{SMALL}"));
    let added = bench.run(&["add", &url, "added"]);
    let id = added.stdout.trim();
    let commands: [&[&str]; 14] = [
        &["list"],
        &["list", "--json"],
        &["show", id],
        &["show", id, "--json"],
        &["why", id],
        &["why", id, "--json"],
        &["get", &url, "-o", "x"],
        &["get", &url, "-o", "x", "--json"],
        &["add", &url, "another"],
        &["suspend", id],
        &["resume", id],
        &["run", id],
        &["cancel", id],
        &["--help"],
    ];
    for arguments in commands {
        let out = bench.run_full(arguments);
        assert_eq!(out.code, 1, "{arguments:?}: {out:?}");
        assert!(out.stderr.contains("No space left on device"), "{arguments:?}: {out:?}");
    }
    assert_eq!(bench.content("x"), Bench::generated(1, SMALL), "the download itself is done");
    let out = bench.run_full(&["get", &url, "-o", "x", "--quiet"]);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""), "nothing was to be printed");
}

#[test]
fn list_whose_reader_goes_away_ends_quietly() {
    let bench = Bench::new();
    bench.run(&["add", &bench.url("/gen/1/5"), "x"]);
    for arguments in [&["list"][..], &["list", "--json"], &["--help"]] {
        let out = bench.run_unread(arguments);
        assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn list_may_begin_with_a_byte_order_mark() {
    let bench = Bench::new();
    let line = format!("\u{FEFF}{}\tone.bin\r\n", bench.url(&format!("/gen/1/{SMALL}")));
    fs::write(bench.path("list"), line).expect("a list");
    let out = bench.run(&["get", "-i", "list"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("one.bin"), Bench::generated(1, SMALL));
}

#[test]
fn nothing_that_others_named_reaches_the_terminal_as_it_is() {
    let bench = Bench::new();
    let name = "gpj\u{202E}.exe";
    let added = bench.run(&["add", &bench.url("/gen/1/5"), name]);
    let id = added.stdout.trim();
    for arguments in [&["list"][..], &["show", id]] {
        let out = bench.run(arguments);
        assert!(out.stdout.contains(r"gpj\u{202e}.exe"), "{out:?}");
        assert!(!out.stdout.contains('\u{202E}'), "{out:?}");
    }
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs[0]["display_name"], name, "programs get it as it is");
    let out = bench.run(&["run", "--complete"]);
    assert!(out.code == 0 && !out.stdout.contains('\u{202E}'), "{out:?}");
    assert!(bench.path(name).exists());
}

#[test]
fn escapes_of_no_text_stay_in_the_name() {
    let bench = Bench::new();
    for (path, content) in [("/caf%E9.bin", "one"), ("/caf%E8.bin", "two")] {
        bench.server.put(path, Resource::new(Content::bytes(content)));
    }
    let out = bench.run(&["get", &bench.url("/caf%E9.bin"), &bench.url("/caf%E8.bin")]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("caf%E9.bin"), b"one");
    assert_eq!(bench.content("caf%E8.bin"), b"two");
}

#[test]
#[cfg(target_os = "linux")]
fn names_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;

    let bench = Bench::new();
    let url = bench.url(&format!("/gen/1/{SMALL}"));
    let path = |name: &[u8]| bench.path("").join(std::ffi::OsStr::from_bytes(name));
    let out = bench.run_bytes(&[b"get", url.as_bytes(), b"-d", b"d\xE9", b"--quiet"]);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
    assert!(path(format!("d\u{E9}/{SMALL}").as_bytes()).symlink_metadata().is_err());
    let out = bench.run_bytes(&[b"get", url.as_bytes(), b"-o", b"caf\xE9"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains(r"caf\xE9"), "{out:?}");
    assert_eq!(fs::read(path(b"caf\xE9")).expect("a file"), Bench::generated(1, SMALL));
    let added = bench.run_bytes(&[b"add", url.as_bytes(), b"\xFFadded\t"]);
    assert_eq!(added.code, 0, "{added:?}");
    assert!(bench.run(&["list"]).stdout.contains(r"\xFFadded\t"), "its name can be read");
    assert_eq!(bench.run(&["run", "--complete"]).code, 0);
    assert_eq!(fs::read(path(b"\xFFadded\t")).expect("a file"), Bench::generated(1, SMALL));
    let line = [url.as_bytes(), b"\tli\xE9\n"].concat();
    fs::write(bench.path("list"), line).expect("a list");
    assert_eq!(bench.run(&["get", "-i", "list"]).code, 0);
    assert_eq!(fs::read(path(b"li\xE9")).expect("a file"), Bench::generated(1, SMALL));
}

#[test]
#[cfg(unix)]
fn killed_add_leaves_a_whole_job_or_none() {
    const TIMES: u32 = 30;
    let bench = Bench::new();
    let url = bench.url("/gen/1/5");
    let began = Instant::now();
    assert_eq!(bench.run(&["add", &url, "first"]).code, 0);
    let takes = began.elapsed();
    for number in 0..TIMES {
        let process = bench.start(&["add", &url, &number.to_string()]);
        // At every moment of its life.
        std::thread::sleep(takes * number / TIMES);
        drop(process);
        let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
        for job in jobs.as_array().expect("an array") {
            assert_eq!(job["files_total"], 1, "{job}");
            assert_ne!(job["state"], "SUSPENDED", "{job}");
        }
    }
}

#[test]
fn demonstration_holds_and_leaves_nothing() {
    let bench = Bench::new();
    let out = bench.run(&["demo"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(out.stdout.matches("   ok: ").count(), 8, "{}", out.stdout);
    assert_eq!(bench.names().len(), 0);
}

#[test]
fn damaged_job_is_told_of_and_then_set_aside() {
    for command in [&["list"][..], &["list", "--json"], &["run"], &["serve", "--idle-exit", "0"]] {
        let bench = Bench::new();
        let add = |name: &str| bench.run(&["add", &bench.url("/gen/1/5"), name]).stdout;
        let (damaged, sound) = (add("damaged"), add("sound"));
        let (damaged, sound) = (damaged.trim(), sound.trim());
        damage(&bench, "\"display_name\":\"damaged\"");

        let out = bench.run(command);
        assert_eq!(out.code, 1, "{command:?}: {out:?}");
        assert!(out.stderr.contains(damaged), "{command:?}: {out:?}");

        let out = bench.run(&["run"]);
        assert!(out.stderr.contains("1 job saved, 1 lost"), "{command:?}: {out:?}");
        assert!(out.stderr.contains(damaged), "{command:?}: {out:?}");
        let list = bench.run(&["list"]);
        assert_eq!(list.code, 0, "{list:?}");
        assert!(list.stdout.starts_with(sound) && !list.stdout.contains(damaged), "{list:?}");
    }
}

/// Changes a bit of this text wherever it is in the database.
fn damage(bench: &Bench, text: &str) {
    let database = bench.store().join("queue.db");
    let mut bytes = fs::read(&database).expect("the database");
    let places: Vec<_> = bytes
        .windows(text.len())
        .enumerate()
        .filter_map(|(at, found)| (found == text.as_bytes()).then_some(at))
        .collect();
    assert!(!places.is_empty(), "the text is there");
    places.into_iter().for_each(|at| bytes[at + text.len() - 2] ^= 1);
    fs::write(&database, bytes).expect("a damaged database");
}

#[test]
fn store_that_cannot_be_reached_is_no_empty_one() {
    let bench = Bench::new();
    std::os::unix::fs::symlink(bench.store(), bench.store()).expect("a link to itself");
    let out = bench.run(&["list"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("E_ACCESSDENIED"), "{out:?}");
}
