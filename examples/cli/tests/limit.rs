//! `limit`, and the options that limit how fast jobs are transferred.

mod bench;

use bench::{Bench, json_of};
use bgcopy_core::{JobPropertyId, PropertyValue, Reader};
use bgcopy_test_server::Area;
use serde_json::json;

fn rate(bench: &Bench, id: &str, property: JobPropertyId) -> Option<PropertyValue> {
    let id = uuid::Uuid::try_parse(id.trim()).expect("an id");
    let (record, _) = Reader::open(bench.store()).and_then(|reader| reader.job(id)).expect("a job");
    record.properties.get(&property.as_u32()).cloned()
}

fn limits(bench: &Bench) -> serde_json::Value {
    json_of(&bench.run(&["limit", "--json"]).stdout)
}

#[test]
fn the_limits_of_the_queue_are_shown_set_and_kept() {
    let bench = Bench::new();
    let none = "download: no limit\nupload: no limit\nwindow: always\n";
    assert_eq!(bench.run(&["limit"]).stdout, none);
    assert!(!bench.store().exists(), "looking makes no queue");
    let out = bench.run(&["limit", "2M"]);
    let some = "download: 2.00 MiB/s\nupload: no limit\nwindow: always\n";
    assert_eq!((out.code, out.stdout.as_str()), (0, some));
    assert_eq!(bench.run(&["limit", "--upload-rate", "100k"]).code, 0);
    assert_eq!(limits(&bench), json!({ "download": 2 << 20, "upload": 102_400, "window": "" }));

    // The queue that is running has them, and gets others.
    let serve = bench.start(&["serve", "--limit-rate", "1K"]);
    bench.wait_for_host();
    bench::wait_until("serve sets them", || limits(&bench)["download"] == 1024);
    let added = bench.run(&["add", &bench.url("/gen/1/1000000"), "file"]);
    let id = added.stdout.trim();
    bench.wait_for_recorded_bytes(1);
    assert_eq!(bench.run(&["limit", "0", "--upload-rate", "0"]).stdout, none);
    // At a thousand bytes a second it would take a quarter of an hour.
    assert_eq!(bench.run(&["run", id]).code, 0);
    assert_eq!(serve.interrupt().code, 0);
    assert_eq!(limits(&bench), json!({ "download": 0, "upload": 0, "window": "" }));
}

#[test]
fn windows_of_the_queue_and_of_a_job_are_set_shown_and_kept() {
    let bench = Bench::new();
    let out = bench.run(&["limit", "--window", "Mon-Fri 22:00-06:00; Sat,Sun"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains("\nwindow: Mon-Fri 22:00-06:00; Sat,Sun\n"), "{out:?}");
    assert_eq!(bench.run(&["limit", "5K"]).code, 0);
    assert_eq!(limits(&bench)["window"], "Mon-Fri 22:00-06:00; Sat,Sun", "it stays");
    let added = bench.run(&["add", &bench.url("/gen/1/5"), "file", "--window", "Sat,Sun"]);
    let id = added.stdout.trim();
    let window = JobPropertyId::TransferWindow;
    assert_eq!(rate(&bench, id, window), Some(PropertyValue::Text("Sat,Sun".to_owned())));
    assert_eq!(bench.run(&["set", id, "window=22:00-06:00"]).code, 0);
    assert_eq!(rate(&bench, id, window), Some(PropertyValue::Text("22:00-06:00".to_owned())));
    assert!(bench.run(&["show", id]).stdout.contains("22:00-06:00"));
    assert_eq!(bench.run(&["set", id, "window="]).code, 0);
    assert_eq!(rate(&bench, id, window), Some(PropertyValue::Text(String::new())));
    for command in [
        &["limit", "--window", "22:00-"][..],
        &["serve", "--window", "22:00-"],
        &["add", "http://127.0.0.1:1/x", "x", "--window", "22:00-"],
        &["set", id, "window=22:00-"],
    ] {
        let out = bench.run(command);
        assert_eq!(out.code, 2, "{command:?}: {out:?}");
        assert!(out.stderr.contains("at character 7,"), "{command:?}: {out:?}");
    }
    let serve = bench.start(&["serve", "--window", ""]);
    bench.wait_for_host();
    bench::wait_until("serve sets it", || limits(&bench)["window"] == "");
    assert_eq!(serve.interrupt().code, 0);
}

#[test]
fn a_job_has_the_limit_that_its_command_names() {
    let bench = Bench::new();
    let added = bench.run(&["add", &bench.url("/gen/1/5"), "file", "--limit-rate", "3M"]);
    let id = added.stdout.trim();
    let down = JobPropertyId::MaxDownloadRate;
    assert_eq!(rate(&bench, id, down), Some(PropertyValue::Uint64(3 << 20)));
    let out = bench.run(&["set", id, "limit-rate=10K"]);
    assert_eq!((out.code, out.stdout), (0, format!("{id} changed\n")), "{}", out.stderr);
    assert_eq!(rate(&bench, id, down), Some(PropertyValue::Uint64(10_240)));
    assert_eq!(bench.run(&["set", id, "limit_rate=default"]).code, 0);
    assert_eq!(rate(&bench, id, down), Some(PropertyValue::Uint64(0)));

    let get = bench.run(&["get", &bench.url("/gen/1/5"), "-o", "other", "--limit-rate", "1K"]);
    assert_eq!(get.code, 0, "{get:?}");
    std::fs::write(bench.path("source"), Bench::generated(1, 100_000)).expect("a file");
    bench.server.accept_uploads("/up/", Area::new().put_only());
    let put = bench.start(&["put", "source", &bench.url("/up/"), "--limit-rate", "1K"]);
    bench::wait_until("the upload has its limit", || {
        let jobs = Reader::open(bench.store()).and_then(|reader| reader.jobs()).expect("jobs");
        let limit = Some(&PropertyValue::Uint64(1024));
        jobs.iter().any(|job| job.properties.get(&JobPropertyId::MaxUploadRate.as_u32()) == limit)
    });
    assert_eq!(put.interrupt().code, 130);
}

#[test]
fn what_is_no_rate_is_refused() {
    let bench = Bench::new();
    for wrong in ["-1", "1X", "fast", "", "1.5M", "9223372036854775808", "99999999999G"] {
        for command in [
            &["limit", "--", wrong][..],
            &["limit", "--upload-rate", wrong],
            &["serve", "--limit-rate", wrong],
            &["add", "http://127.0.0.1:1/x", "x", "--limit-rate", wrong],
        ] {
            let out = bench.run(command);
            assert_eq!(out.code, 2, "{command:?}: {out:?}");
        }
    }
    let out = bench.run(&["limit", "1X"]);
    assert!(out.stderr.contains("bytes a second, with K, M or G"), "{out:?}");
    let id = bench.run(&["add", &bench.url("/gen/1/5"), "file"]).stdout;
    let out = bench.run(&["set", id.trim(), "limit-rate=1X"]);
    assert_eq!(out.code, 2, "{out:?}");
    assert!(out.stderr.contains("limit-rate: bytes a second"), "{out:?}");
    assert_eq!(rate(&bench, &id, JobPropertyId::MaxDownloadRate), None);
}
