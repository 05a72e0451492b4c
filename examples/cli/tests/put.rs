//! Files sent by the program, as its users see it.

mod bench;

use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use bench::{Bench, json_of, lines_of};
use bgcopy_test_server::{Area, Bucket};

const SMALL: u64 = 100_000;
const LARGE: u64 = 8_000_000;

fn bench_with(names: &[(&str, u64)]) -> Bench {
    let bench = Bench::new();
    for (seed, (name, length)) in (1..).zip(names) {
        fs::write(bench.path(name), Bench::generated(seed, *length)).expect("a file");
    }
    bench
}

#[test]
fn put_sends_one_file_and_leaves_no_job() {
    for protocol in ["auto", "bits", "put"] {
        let bench = bench_with(&[("one.bin", SMALL)]);
        bench.server.accept_uploads("/up/", Area::new());
        let url = bench.url("/up/other");
        let out = bench.run(&["put", "one.bin", &url, "--protocol", protocol]);
        assert_eq!(out.code, 0, "{out:?}");
        assert!(out.stdout.contains(&format!("to {url}")), "{out:?}");
        let area = bench.server.area("/up/");
        assert!(area.files["/up/other"].bytes() == Bench::generated(1, SMALL));
        assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]");
        assert_eq!(bench.names(), ["one.bin"]);
    }
}

#[test]
fn put_sends_many_files_below_a_url() {
    let bench = bench_with(&[("one.bin", SMALL), ("two files", SMALL), ("empty", 0)]);
    bench.server.accept_uploads("/up/", Area::new());
    let url = bench.url("/up/");
    let out = bench.run(&["put", "--json", "one.bin", "two files", "empty", &url]);
    assert_eq!(out.code, 0, "{out:?}");
    let done = lines_of(&out.stdout);
    assert_eq!(done.iter().filter(|line| line["event"] == "done").count(), 3);
    let area = bench.server.area("/up/");
    for (seed, (name, length)) in
        (1..).zip([("one.bin", SMALL), ("two%20files", SMALL), ("empty", 0)])
    {
        let file = &area.files[&format!("/up/{name}")];
        assert!(file.bytes() == Bench::generated(seed, length), "{name}");
    }
}

#[test]
fn put_sends_a_file_once_that_is_named_twice() {
    let bench = bench_with(&[("one", SMALL)]);
    bench.server.accept_uploads("/up/", Area::new());
    let out = bench.run(&["put", "one", "./one", &bench.url("/up/"), "--protocol", "put_range"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(out.stdout.matches("Sent ").count(), 1, "{out:?}");
    assert_eq!(bench.server.area("/up/").bytes_stored, SMALL);
}

#[test]
fn put_leaves_the_names_of_files_to_a_server_for_tus() {
    for protocol in ["auto", "tus"] {
        let bench = bench_with(&[("one", SMALL)]);
        bench.server.accept_uploads("/up/", Area::tus());
        let url = bench.url("/up/");
        let out = bench.run(&["put", "one", &url, "--protocol", protocol]);
        assert_eq!(out.code, 0, "{protocol}: {out:?}");
        assert!(out.stdout.contains(&format!("to {url}\n")), "{out:?}");
        assert!(bench.server.area("/up/").files["/up/"].bytes() == Bench::generated(1, SMALL));
    }
}

#[test]
fn put_sends_to_s3_with_the_keys_of_the_environment() {
    let mut bench = bench_with(&[("one", 9_000_000)]);
    bench.server.serve_bucket("/bucket/", Bucket::new("id", "secret"));
    let url = bench.url("/bucket/");
    let command = ["put", "one", url.as_str(), "--protocol", "s3"];
    bench.set("AWS_ACCESS_KEY_ID", "id");
    assert_eq!(bench.run(&command).code, 2, "half of the keys");
    bench.set("AWS_SECRET_ACCESS_KEY", "secret");
    let named = bench.run(&[&command[..], &["-u", "id:secret"]].concat());
    assert_eq!(named.code, 2, "the keys have one place: {named:?}");
    let out = bench.run(&command);
    assert_eq!(out.code, 0, "{out:?}");
    let bucket = bench.server.bucket("/bucket/");
    assert!(bucket.objects["/bucket/one"].bytes == Bench::generated(1, 9_000_000));
    assert_eq!((bucket.parts_stored, bucket.violations.len()), (2, 0));
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]");
}

#[test]
fn a_tab_in_a_name_is_no_obstacle() {
    let bench = bench_with(&[("a\tb", SMALL)]);
    bench.server.accept_uploads("/up/", Area::new());
    let out = bench.run(&["put", "a\tb", &bench.url("/up/"), "--protocol", "put"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains(r"a\tb"), "{out:?}");
    let area = bench.server.area("/up/");
    assert!(area.files["/up/a%09b"].bytes() == Bench::generated(1, SMALL));
}

#[test]
fn wrong_usage_is_told() {
    let bench = bench_with(&[("one", 1), ("two", 1)]);
    let url = bench.url("/up/x");
    assert_eq!(bench.run(&["put", "one", "two", &url]).code, 2);
    assert_eq!(bench.run(&["put", &url]).code, 2);
    let out = bench.run(&["put", "missing", &url]);
    assert_eq!(out.code, 1);
    assert!(out.stderr.contains("0x80070002"), "{out:?}");
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]");
}

#[test]
fn an_interrupted_put_goes_on_with_the_same_command() {
    let bench = bench_with(&[("one", LARGE)]);
    bench.server.accept_uploads("/up/", Area::new().bytes_per_second(2_000_000));
    let url = bench.url("/up/one");
    let command = ["put", "one", url.as_str(), "--protocol", "bits"];
    let running = bench.start(&command);
    assert!(bench.wait_for_upload(|area| area.bytes_stored >= LARGE / 4));
    let out = running.interrupt();
    assert_eq!(out.code, 130, "{out:?}");
    assert!(out.stderr.starts_with("The job "), "{out:?}");
    assert!(out.stderr.contains(" is suspended; go on with:"), "{out:?}");
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs[0]["state"], "SUSPENDED");
    assert_eq!(jobs[0]["type"], "UPLOAD");
    assert!(bench.run(&["list"]).stdout.contains("  up  "));
    bench.server.accept_uploads("/up/", Area::new());
    assert_eq!(bench.run(&command).code, 0);
    let area = bench.server.area("/up/");
    assert!(area.files["/up/one"].bytes() == Bench::generated(1, LARGE));
    assert_eq!(area.bytes_stored, LARGE, "no byte was sent twice");
    assert_eq!(area.served("Create-Session"), 1);
}

#[test]
fn cancel_says_what_the_server_keeps() {
    for (protocol, code, said) in [
        ("tus", 1, "the server keeps the unfinished upload: DELETE answered 405"),
        ("put", 0, "the server may keep what came of the file"),
    ] {
        let bench = bench_with(&[("one", LARGE)]);
        let area = if protocol == "tus" { Area::tus() } else { Area::new() };
        let area = area.bytes_per_second(2_000_000).always("DELETE", 405);
        bench.server.accept_uploads("/up/", area);
        let url = bench.url("/up/one");
        let running = bench.start(&["put", "one", &url, "--protocol", protocol]);
        assert!(bench.wait_for_upload(|area| area.bytes_stored >= LARGE / 4));
        running.interrupt();
        let id = json_of(&bench.run(&["list", "--json"]).stdout)[0]["id"].clone();
        let out = bench.run(&["cancel", id.as_str().expect("an id")]);
        assert_eq!(out.code, code, "{out:?}");
        assert!(format!("{}{}", out.stdout, out.stderr).contains(said), "{out:?}");
        assert_eq!(bench.run(&["list"]).stdout, "");
    }
}

#[test]
fn cancel_tells_the_server_now_or_later() {
    let bench = bench_with(&[("one", LARGE)]);
    bench.server.accept_uploads("/up/", Area::new().bytes_per_second(2_000_000));
    let running = bench.start(&["put", "one", &bench.url("/up/one"), "--protocol", "bits"]);
    assert!(bench.wait_for_upload(|area| area.bytes_stored >= LARGE / 4));
    running.interrupt();
    let id = json_of(&bench.run(&["list", "--json"]).stdout)[0]["id"].clone();
    let id = id.as_str().expect("an id");
    // The server is out of order at first.
    bench.server.accept_uploads("/up/", Area::new().always("Cancel-Session", 503));
    let out = bench.run(&["cancel", id]);
    assert_eq!(out.code, 0, "{out:?}");
    let shown = bench.run(&["list"]).stdout;
    assert!(shown.contains("cancelling on the server"), "{shown}");
    let why = bench.run(&["why", id]).stdout;
    assert!(why.starts_with("CANCELLING_ON_SERVER"), "{why}");
    bench.server.accept_uploads("/up/", Area::new());
    assert_eq!(bench.run(&["run"]).code, 0);
    assert_eq!(bench.run(&["list"]).stdout, "");
    assert!(bench.server.area("/up/").sessions.is_empty());
    assert!(bench.server.area("/up/").files.is_empty());
}

#[test]
fn the_line_of_a_job_is_not_repeated_when_another_one_ends() {
    let bench = bench_with(&[("large", 3_000_000), ("small", 1)]);
    bench.server.accept_uploads("/up/", Area::new().bytes_per_second(4_000_000));
    let began = Instant::now();
    let url = bench.url("/up/");
    let out = bench.run(&["put", "large", "small", &url, "--protocol", "put", "--json"]);
    // One for each thing that it does, and one a second.
    let most = 1 + began.elapsed().as_secs();
    assert_eq!(out.code, 0, "{out:?}");
    let events = lines_of(&out.stdout);
    let done = events.iter().find(|event| event["event"] == "done").expect("an end");
    if done["files"][0].as_str().is_some_and(|name| name.ends_with("large")) {
        // A machine so busy that the small one came too late shows nothing here.
        return;
    }
    let mut counts = BTreeMap::<_, u64>::new();
    for event in events.iter().filter(|event| event["event"] == "progress") {
        let reason = &event["wait_reason"];
        *counts.entry(format!("{} {}", reason["kind"], reason["since_ms"])).or_default() += 1;
    }
    assert!(counts.values().all(|count| *count <= most), "{most}: {counts:?}");
}
