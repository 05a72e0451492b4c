//! The configuration, as its users see it.

mod bench;

use std::fs;

use bench::{Bench, json_of};
use bgcopy_test_server::{Reply, Resource};
use serde_json::Value;

const PATH: &str = "/gen/1/1000";

/// Writes a configuration to its place.
fn configure(bench: &mut Bench, text: &str) -> String {
    bench.set("XDG_CONFIG_HOME", &bench.path("configured").display().to_string());
    let file = bench.path("configured/bgcopy/config.toml");
    fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    fs::write(&file, text).expect("a file");
    file.display().to_string()
}

/// What `config` says of a key.
fn row(bench: &Bench, command: Option<&str>, key: &str, options: &[&str]) -> Value {
    let out = bench.run(&[&["config", "--json"], options].concat());
    assert_eq!(out.code, 0, "{out:?}");
    let json = json_of(&out.stdout);
    let rows = json["values"].as_array().expect("values");
    let found = rows.iter().find(|row| row["key"] == key && row["command"] == Value::from(command));
    found.cloned().unwrap_or(Value::Null)
}

/// The settings of a job that is added.
fn settings(bench: &Bench, options: &[&str]) -> Value {
    let url = bench.url(PATH);
    let added = bench.run(&[&["add", &url, "file"], options].concat());
    assert_eq!(added.code, 0, "{added:?}");
    let id = added.stdout.trim().to_owned();
    let shown = json_of(&bench.run(&["show", &id, "--json"]).stdout)["settings"].clone();
    assert_eq!(bench.run(&["cancel", &id]).code, 0);
    shown
}

#[test]
fn options_are_what_the_configuration_says_unless_they_are_given() {
    let mut bench = Bench::new();
    let text = "retry-delay = 60\nproxy = \"socks5h://h:1\"\npriority = \"low\"\n\
                [add]\npriority = \"high\"\nmax-filesize = \"2K\"\n[get]\nretry-delay = 70\n";
    configure(&mut bench, text);
    let shown = settings(&bench, &[]);
    assert_eq!((&shown["retry_delay"], &shown["proxy"]), (&60.into(), &"socks5h://h:1".into()));
    assert_eq!((&shown["priority"], &shown["max_filesize"]), (&"high".into(), &2048.into()));
    let shown = settings(&bench, &["--retry-delay", "80", "-x", "", "--max-filesize", "1K"]);
    assert_eq!((&shown["retry_delay"], &shown["proxy"]), (&80.into(), &"".into()));
    assert_eq!((&shown["priority"], &shown["max_filesize"]), (&"high".into(), &1024.into()));
    fs::write(bench.path("other.toml"), "retry-delay = 90").expect("a file");
    let shown = settings(&bench, &["--config", "other.toml"]);
    assert_eq!((&shown["retry_delay"], &shown["proxy"]), (&90.into(), &Value::Null));
    bench.set("BGCOPY_CONFIG", "other.toml");
    assert_eq!(settings(&bench, &[])["retry_delay"], 90);
}

#[test]
fn config_says_where_each_value_comes_from() {
    let mut bench = Bench::new();
    let file = configure(&mut bench, "# mine\nretry-delay = 60\n[get]\nno-clobber = true\n");
    let out = bench.run(&["config"]);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{out:?}");
    assert!(out.stdout.starts_with(&format!("{file}\n")), "{out:?}");
    let words = |key: &str| {
        let line = out.stdout.lines().find(|line| line.split_whitespace().next() == Some(key));
        line.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    assert_eq!(words("retry-delay").as_deref(), Some("retry-delay 60 line 2"));
    assert_eq!(words("get.no-clobber").as_deref(), Some("get.no-clobber true line 4"));
    assert_eq!(words("max-time").as_deref(), Some("max-time 7776000 default"));
    let store = row(&bench, None, "store", &[]);
    assert_eq!(
        (&store["source"], &store["variables"][0]),
        (&"environment".into(), &"BGCOPY_STORE".into())
    );
    let store = row(&bench, None, "store", &["--store", "/elsewhere"]);
    assert_eq!((&store["source"], &store["value"]), (&"command line".into(), &"/elsewhere".into()));
    bench.set("https_proxy", "http://ada:s3cret@h:1");
    let out = bench.run(&["config"]);
    assert!(
        out.stdout.contains("environment: https_proxy") && !out.stdout.contains("s3cret"),
        "{out:?}"
    );
    assert_eq!(row(&bench, None, "noproxy", &[])["source"], "default");
    assert!(bench.names().len() == 1 && !bench.store().exists(), "looking makes nothing");
}

#[test]
fn store_may_be_configured() {
    let mut bench = Bench::new();
    let folder = bench.path("queue").display().to_string();
    configure(&mut bench, &format!("store = \"{folder}\"\n"));
    assert_eq!(bench.run(&["add", &bench.url(PATH), "x"]).code, 0);
    assert!(bench.store().exists() && !bench.path("queue").exists(), "the environment comes first");
    bench.set("BGCOPY_STORE", "");
    assert_eq!(bench.run(&["add", &bench.url(PATH), "x"]).code, 0);
    assert!(bench.path("queue/queue.db").exists());
    let store = row(&bench, None, "store", &[]);
    assert_eq!((&store["source"], &store["value"]), (&"file".into(), &folder.into()));
    configure(&mut bench, "store = \"~/mine\"\n");
    assert_eq!(bench.run(&["add", &bench.url(PATH), "x"]).code, 0);
    assert!(bench.path("mine/queue.db").exists());
}

#[test]
fn configuration_that_is_wrong_stops_every_command_that_reads_it() {
    let mut bench = Bench::new();
    let file = configure(&mut bench, "# mine\n\nretry-dely = 60\n");
    let url = bench.url(PATH);
    for command in [&["get", &url, "-o", "x"][..], &["list"], &["config"]] {
        let out = bench.run(command);
        assert_eq!(out.code, 1, "{out:?}");
        let said = format!("bgcopy: {file}:3: no key retry-dely; did you mean retry-delay?\n");
        assert_eq!(out.stderr, said);
    }
    assert_eq!(bench.run(&["--help"]).code, 0);
    assert_eq!(bench.run(&["get", "--help"]).code, 0);
    assert_eq!(bench.server.requests().len(), 0);
    assert_eq!(bench.run(&["list", "--config", "/dev/null"]).code, 0);
    assert_eq!(bench.run(&["list", "--config", "missing.toml"]).code, 1);
}

#[test]
fn switches_of_the_configuration_can_be_turned_off() {
    let mut bench = Bench::new();
    configure(&mut bench, "no-clobber = true\nno-netrc = true\n");
    fs::write(bench.path("logins"), "machine 127.0.0.1 login ada password x").expect("a file");
    bench.set("NETRC", "logins");
    fs::write(bench.path("x"), "old").expect("a file");
    let get = ["get", &bench.url(PATH), "-o", "x"];
    let out = bench.run(&get);
    assert!(out.code == 1 && out.stderr.contains("not replaced"), "{out:?}");
    assert_eq!(bench.run(&[&get[..], &["--force"]].concat()).code, 0);
    assert_eq!(bench.content("x"), Bench::generated(1, 1000));
    assert_eq!(bench.run(&[&get[..], &["--force", "-n"]].concat()).code, 0);
    let shown: Vec<_> =
        bench.server.requests().iter().map(|one| one.header("authorization").is_some()).collect();
    assert_eq!(shown, [false, true]);
    assert_eq!(bench.run(&[&get[..], &["--force", "--no-clobber"]].concat()).code, 2);
}

#[test]
fn limits_hold_while_this_process_hosts() {
    let mut bench = Bench::new();
    let urls = ["/1", "/2", "/3"].map(|path| {
        let gated = Reply::normal().gate_before_reply();
        bench.server.put(path, Resource::bytes("content").always(gated));
        bench.url(path)
    });
    let [one, two, three] = urls.each_ref().map(String::as_str);
    configure(&mut bench, "parallel-max = 1\n");
    let started = |options: &[&str], count: usize| {
        let process = bench.start(&[&["get", one, two, three], options].concat());
        let seen = || bench.server.requests().len();
        bench::wait_until("requests have come", || seen() >= count);
        let id = json_of(&bench.run(&["list", "--json"]).stdout)[0]["id"].clone();
        let id = id.as_str().expect("an id").to_owned();
        process.interrupt();
        let came = seen();
        assert_eq!(bench.run(&["cancel", &id]).code, 0);
        came
    };
    assert_eq!(started(&[], 1), 1);
    assert_eq!(started(&["--parallel-max", "2"], 3), 3);
    assert_eq!(started(&["--parallel-max", "9", "--parallel-max-host", "1"], 4), 4);

    // Another process hosts: what is configured is not for this one, and no failure.
    let serve = bench.start(&["serve"]);
    bench.wait_for_host();
    let get = ["get", &bench.url(PATH), "-o", "x"];
    assert_eq!(bench.run(&get).code, 0);
    let out = bench.run(&[&get[..], &["--parallel-max", "2"]].concat());
    assert!(out.code == 1 && out.stderr.contains("another process hosts"), "{out:?}");
    serve.interrupt();
    assert_eq!(bench.run(&[&get[..], &["--parallel-max", "0"]].concat()).code, 2);
}
