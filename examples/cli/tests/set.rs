//! `set`: settings of a job that is in the queue.

mod bench;

use std::fs;

use bench::{Bench, json_of, wait_until};
use bgcopy_core::vocab::{cost, notify, security};
use bgcopy_core::{JobPriority, JobPropertyId, JobRecord, PropertyValue, ProxyUsage, Reader};

fn record(bench: &Bench, id: &str) -> JobRecord {
    let id = uuid::Uuid::try_parse(id).expect("an id");
    Reader::open(bench.store()).and_then(|reader| reader.job(id)).expect("a job").0
}

fn added(bench: &Bench) -> String {
    let added = bench.run(&["add", &bench.url("/gen/1/5"), "file"]);
    assert_eq!(added.code, 0, "{added:?}");
    added.stdout.trim().to_owned()
}

fn property(record: &JobRecord, id: JobPropertyId) -> Option<&PropertyValue> {
    record.properties.get(&id.as_u32())
}

#[test]
fn each_key_sets_what_it_is_called() {
    let bench = Bench::new();
    for name in ["cert.pem", "key.pem"] {
        fs::write(bench.path(name), "").expect("a file");
    }
    fs::write(bench.path("lines"), "X-Two: 2\nX-Three: 3\n").expect("a file");
    let id = added(&bench);
    let out = bench.run(&[
        "set",
        &id[..8],
        "priority=low",
        "display-name=a name",
        "description=a=b",
        "retry-delay=60",
        "no-progress-timeout=70",
        "max-time=80",
        "header=X-One: 1",
        "header=@lines",
        "proxy=socks5h://h:1",
        "noproxy=a,b",
        "cert=cert.pem",
        "key=key.pem",
        "insecure=yes",
        "max-redirs=0",
        "notify-flags=job-error,0x10",
        "cost-flags=transfer-not-roaming",
        "minimum-notification-interval-ms=900",
        "notification-clsid=00000000-0000-0000-0000-000000000001",
    ]);
    assert_eq!((out.code, out.stdout), (0, format!("{id} changed\n")), "{}", out.stderr);
    assert!(out.stderr.contains("WARNING") && out.stderr.contains("not checked"), "{}", out.stderr);
    let job = record(&bench, &id);
    assert_eq!(job.priority, JobPriority::Low);
    assert_eq!((job.display_name.as_str(), job.description.as_str()), ("a name", "a=b"));
    let times = (job.minimum_retry_delay_s, job.no_progress_timeout_s, job.maximum_download_time_s);
    assert_eq!(times, (60, 70, 80));
    let headers = job.custom_headers.as_deref();
    assert_eq!(headers, Some("X-One: 1\r\nX-Two: 2\r\nX-Three: 3\r\n"));
    assert_eq!(job.proxy.usage, ProxyUsage::Override);
    assert_eq!(job.proxy.list.as_deref(), Some("socks5h://h:1"));
    assert_eq!(job.proxy.bypass.as_deref(), Some("a,b"));
    let certificate = job.client_certificate.as_ref().expect("a certificate");
    assert!(certificate.certificate.ends_with("/here/cert.pem"), "{certificate:?}");
    assert!(certificate.key.as_ref().is_some_and(|key| key.ends_with("/here/key.pem")));
    assert_eq!(job.security_flags & security::REDIRECT_MASK, security::REDIRECT_DISALLOW);
    assert_ne!(job.security_flags & security::IGNORE_UNKNOWN_CA, 0);
    assert_eq!(job.notify_flags, notify::JOB_ERROR | 0x10);
    let (cost, interval) = (JobPropertyId::CostFlags, JobPropertyId::MinimumNotificationIntervalMs);
    assert_eq!(property(&job, cost), Some(&PropertyValue::Dword(cost::TRANSFER_NOT_ROAMING)));
    assert_eq!(property(&job, interval), Some(&PropertyValue::Dword(900)));
    let id_of_users = PropertyValue::Guid(uuid::Uuid::from_u128(1));
    assert_eq!(property(&job, JobPropertyId::NotificationClsid), Some(&id_of_users));
}

#[test]
fn what_is_set_can_be_set_back() {
    let bench = Bench::new();
    let id = added(&bench);
    let before = record(&bench, &id);
    assert_eq!(bench.run(&["set", &id, "retry_delay=60", "header=X-One: 1", "proxy="]).code, 0);
    assert_eq!(record(&bench, &id).minimum_retry_delay_s, 60, "as JSON spells it");
    assert_eq!(record(&bench, &id).proxy.usage, ProxyUsage::NoProxy);
    let back = ["set", &id, "retry-delay=default", "header=", "proxy=default"];
    assert_eq!(bench.run(&back).stdout, format!("{id} changed\n"));
    let after = record(&bench, &id);
    assert_eq!(JobRecord { modified_ms: before.modified_ms, ..after }, before);
    assert_eq!(bench.run(&back).stdout, format!("{id} unchanged\n"));
}

#[test]
fn all_of_it_is_set_or_nothing() {
    let bench = Bench::new();
    let id = added(&bench);
    let before = record(&bench, &id);
    let good = ["display-name=other", "description=other", "priority=high", "retry-delay=60"];
    let long = format!("description={}", "x".repeat(5000));
    // What the program refuses, and what the library does.
    let wrong = [
        ("retry-delay=soon", 2),
        ("insecure=maybe", 2),
        ("priority=urgent", 2),
        ("protocol=ftp", 2),
        ("key=missing.pem", 2),
        ("noproxy=h", 2),
        ("proxy=ftp://h", 2),
        ("cost-flags=none", 2),
        ("dynamic-content=1", 2),
        ("cert=missing.pem", 1),
        ("header=Range: bytes=0-", 1),
        ("max-filesize=5", 1),
        (&long, 1),
    ];
    for (word, code) in wrong {
        let key = word.split_once('=').expect("a key").0;
        let others = good.iter().filter(|other| !other.starts_with(key));
        let words: Vec<_> = ["set", &id].iter().chain(others).copied().chain([word]).collect();
        let out = bench.run(&words);
        assert_eq!(out.code, code, "{word}: {out:?}");
        let after = record(&bench, &id);
        assert_eq!(JobRecord { modified_ms: before.modified_ms, ..after }, before, "{word}");
    }
}

#[test]
fn a_refused_change_ends_no_job() {
    let bench = Bench::new();
    let _serve = bench.start(&["serve"]);
    bench.wait_for_host();
    // Nobody listens there.
    let added = bench.run(&["add", "http://127.0.0.1:1/x", "file"]);
    let id = added.stdout.trim();
    let state = || json_of(&bench.run(&["show", id, "--json"]).stdout)["state"].clone();
    wait_until("it waits for a retry", || state() == "TRANSIENT_ERROR");
    let out = bench.run(&["set", id, "no-progress-timeout=0", "header=Range: bytes=0-"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("Nothing of the job was changed"), "{out:?}");
    assert_eq!(state(), "TRANSIENT_ERROR");
    assert_eq!(bench.run(&["set", id, "no-progress-timeout=0"]).code, 0);
    assert_eq!(state(), "ERROR", "alone it does");
}

#[test]
fn wrong_words_are_explained() {
    let bench = Bench::new();
    let id = added(&bench);
    let out = bench.run(&["set", &id, "retry=5"]);
    assert_eq!(out.code, 2, "{out:?}");
    for key in ["no key retry", "retry-delay", "no-progress-timeout", "header", "cost-flags"] {
        assert!(out.stderr.contains(key), "{key}: {out:?}");
    }
    assert!(!out.stderr.contains("high-performance"), "it cannot be set: {out:?}");
    let help = bench.run(&["set", "--help"]).stdout;
    assert!(help.contains("no-progress-timeout") && help.contains("cost-flags"), "{help}");
    for words in [&["max-time"][..], &["max-time=1", "max-time=2"], &[]] {
        let out = bench.run(&[&["set", &id], words].concat());
        assert_eq!(out.code, 2, "{out:?}");
    }
    let out = bench.run(&["set", "no-such-job", "max-time=1"]);
    assert!(out.code == 1 && out.stderr.contains("DO_E_JOB_NOT_FOUND"), "{out:?}");
}

#[test]
fn job_that_another_process_transfers_goes_on_with_it() {
    let bench = Bench::new();
    let _serve = bench.start(&["serve"]);
    bench.wait_for_host();
    let added = bench.run(&["add", &bench.url("/missing"), "file"]);
    let id = added.stdout.trim();
    assert_eq!(bench.run(&["run", id]).code, 1);
    let out = bench.run(&["set", id, "header=X-Value: one", "max-filesize=default"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(property(&record(&bench, id), JobPropertyId::MaxDownloadSize), None, "as it was");
    assert_eq!(bench.run(&["resume", id]).code, 0);
    let requests = bench.wait_for_requests("/missing", 2);
    assert_eq!(requests[1].header("x-value"), Some("one"));
}

#[test]
fn what_is_for_new_jobs_only_is_set_before_the_first_resume() {
    use bgcopy_core::{JobType, Manager, Options};

    let bench = Bench::new();
    let manager = Manager::open(Options::new(bench.store())).expect("a queue");
    let down = manager.create_job("down", JobType::Download).expect("a job").id().to_string();
    let up = manager.create_job("up", JobType::Upload).expect("a job").id().to_string();
    let out = bench.run(&["set", &down, "max-filesize=2K", "dynamic-content=yes"]);
    assert_eq!(out.code, 0, "{out:?}");
    let out = bench.run(&["set", &up, "protocol=put"]);
    assert_eq!(out.code, 0, "{out:?}");
    let (down, up_record) = (record(&bench, &down), record(&bench, &up));
    let limit = property(&down, JobPropertyId::MaxDownloadSize);
    assert_eq!(limit, Some(&PropertyValue::Uint64(2048)));
    let content = property(&down, JobPropertyId::DynamicContent);
    assert_eq!(content, Some(&PropertyValue::Enable(true)));
    let protocol = bgcopy_core::UploadProtocol::Put.as_u32();
    let set = property(&up_record, JobPropertyId::UploadProtocol);
    assert_eq!(set, Some(&PropertyValue::Dword(protocol)));
    assert_eq!(bench.run(&["set", &up, "max-filesize=5"]).code, 1, "it is for downloads");
    assert_eq!(bench.run(&["set", &up, "reply-file-name=reply"]).code, 1, "it sends no reply");
}

#[test]
fn show_has_the_settings_under_the_names_that_set_takes() {
    let bench = Bench::new();
    let id = added(&bench);
    let shown = |words: &[&str]| bench.run(&[&["show", &id], words].concat()).stdout;
    assert!(!shown(&[]).contains("settings"), "nothing is set: {}", shown(&[]));
    let set = ["retry-delay=60", "header=X-One: 1", "header=Authorization: s3cret", "proxy="];
    assert_eq!(bench.run(&[&["set", &id], &set[..]].concat()).code, 0);
    let text = shown(&[]);
    let lines = |text: &str| {
        let lines = text.lines().skip_while(|line| *line != "settings").skip(1);
        let lines = lines.take_while(|line| !line.is_empty());
        lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let expected = ["retry-delay 60", "header X-One: 1", "header Authorization: ***", "proxy none"];
    assert_eq!(lines(&text), expected, "{text}");
    let all = lines(&shown(&["--settings"]));
    let default = ["priority normal", "max-redirs default", "insecure no", "cert none"];
    for line in expected.iter().chain(&default) {
        assert!(all.contains(&(*line).to_owned()), "{line}: {all:?}");
    }
    let json = json_of(&shown(&["--json"]));
    let settings = &json["settings"];
    assert_eq!(settings["retry_delay"], 60);
    assert_eq!(settings["header"], serde_json::json!(["X-One: 1", "Authorization: ***"]));
    assert_eq!((&settings["proxy"], &settings["insecure"]), (&"".into(), &false.into()));
    assert_eq!((&settings["cert"], &settings["max_redirs"]), (&().into(), &().into()));
    assert!(!shown(&["--json", "--settings"]).contains("s3cret") && !text.contains("s3cret"));
}

#[test]
fn a_method_is_set_before_the_start_and_hidden_headers_are_shown_nowhere() {
    let bench = Bench::new();
    let url = bench.url("/gen/1/5");
    let words = ["-X", "POST", "-H", "X-Plain: abracadabra", "--hide-headers"];
    let added = bench.run(&[&["add"][..], &words, &[&url, "file"]].concat());
    assert_eq!(added.code, 0, "{added:?}");
    let id = added.stdout.trim().to_owned();
    let shown = bench.run(&["show", &id, "--json"]);
    let settings = json_of(&shown.stdout)["settings"].clone();
    assert_eq!((&settings["request"], &settings["hide_headers"]), (&"POST".into(), &true.into()));
    for words in [&["show", &id][..], &["show", &id, "--settings"], &["show", &id, "--json"]] {
        let out = bench.run(words);
        assert!(out.code == 0 && !out.stdout.contains("abracadabra"), "{out:?}");
    }
    let back = bench.run(&["set", &id, "hide-headers=no"]);
    assert!(back.code != 0 && back.stderr.contains("stay so"), "{back:?}");
    let late = bench.run(&["set", &id, "request=GET", "header="]);
    assert!(late.code != 0 && late.stderr.contains("Nothing of the job was changed"), "{late:?}");
    let set = bench.run(&["set", &id, "header="]);
    assert_eq!((set.code, set.stdout), (0, format!("{id} changed\n")), "{}", set.stderr);
    let stored = record(&bench, &id);
    assert_eq!(
        (stored.http_method.as_deref(), stored.headers_are_write_only),
        (Some("POST"), true)
    );
    let refused = bench.run(&["add", "-X", "HEAD", &url, "other"]);
    assert!(refused.code != 0 && refused.stderr.contains("no file"), "{refused:?}");
}
