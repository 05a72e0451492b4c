//! The options that say how requests are made, as their users see them.

mod bench;

use std::fs;

use bench::{Bench, json_of};
use bgcopy_test_server::{Area, Reply, Request, Resource, Server};
use serde_json::Value;

const SMALL: u64 = 100_000;
const PATH: &str = "/gen/1/100000";

/// The headers of that name that a request has, as they came.
fn values<'a>(request: &'a Request, name: &str) -> Vec<&'a str> {
    let named = request.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.as_str()).collect()
}

#[test]
fn headers_go_with_every_request() {
    let bench = Bench::new();
    fs::write(bench.path("lines"), "X-Two: 2\n\nX-Three: a: b\r\n").expect("a file");
    let options = ["-H", "X-One: 1", "--header", "@lines", "-A", "agent/1", "-e", "http://from/"];
    let url = bench.url(PATH);
    bench.server.accept_uploads("/up/", Area::new());
    fs::write(bench.path("sent"), "content").expect("a file");
    let (up, seen) = (bench.url("/up/sent"), |path: &str| bench.server.requests_for(path));
    let commands: [(&[&str], &str); 3] = [
        (&["get", &url, "-o", "got"], PATH),
        (&["put", "sent", &up, "--protocol", "put"], "/up/sent"),
        (&["add", &url, "added"], PATH),
    ];
    for (command, path) in commands {
        let before = seen(path).len();
        let out = bench.run(&[command, &options].concat());
        assert_eq!(out.code, 0, "{out:?}");
        if command[0] == "add" {
            assert_eq!(bench.run(&["run", "--complete"]).code, 0);
        }
        let requests = seen(path).split_off(before);
        assert!(!requests.is_empty(), "{command:?}");
        for request in requests {
            assert_eq!(values(&request, "x-one"), ["1"], "{command:?}");
            assert_eq!(values(&request, "x-two"), ["2"], "{command:?}");
            assert_eq!(values(&request, "x-three"), ["a: b"], "{command:?}");
            assert_eq!(values(&request, "user-agent"), ["agent/1"], "{command:?}");
            assert_eq!(values(&request, "referer"), ["http://from/"], "{command:?}");
        }
    }
    assert_eq!(bench.content("got"), Bench::generated(1, SMALL));
}

#[test]
fn header_option_wins_over_the_option_of_one_header() {
    let bench = Bench::new();
    let url = bench.url(PATH);
    let out = bench.run(&["get", &url, "-A", "one", "-H", "user-agent: two", "-o", "x"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(values(&bench.server.requests_for(PATH)[0], "user-agent"), ["two"]);
}

#[test]
fn headers_that_are_given_again_apply_to_the_same_job() {
    let bench = Bench::new();
    let url = bench.url("/missing");
    for value in ["one", "two"] {
        let header = format!("X-Value: {value}");
        assert_eq!(bench.run(&["get", &url, "-o", "x", "-H", &header]).code, 1);
    }
    assert_eq!(bench.run(&["get", &url, "-o", "x"]).code, 1, "and what is not given stays");
    let came = bench.server.requests_for("/missing");
    let came: Vec<_> = came.iter().flat_map(|request| values(request, "x-value")).collect();
    assert_eq!(came, ["one", "two", "two"]);
}

#[test]
fn header_that_is_none_is_refused() {
    let bench = Bench::new();
    let url = bench.url(PATH);
    let wrong = [("no-colon", 2), ("Bad Name: x", 1), ("Range: bytes=0-", 1), ("@missing", 1)];
    for (header, code) in wrong {
        let out = bench.run(&["get", &url, "-o", "x", "-H", header]);
        assert_eq!(out.code, code, "{header}: {out:?}");
    }
    assert_eq!(bench.server.requests().len(), 0);
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
}

/// What the server wants to see of `ada:s3cret-pass`.
const BASIC: &str = "Basic YWRhOnMzY3JldC1wYXNz";
const GUARDED: &str = "/gen/1/100000?basic=ada:s3cret-pass";

#[test]
fn password_comes_from_where_it_is_told() {
    let mut bench = Bench::new();
    let url = bench.url(GUARDED);
    fs::write(bench.path("password"), "s3cret-pass\nnot this\n").expect("a file");
    let sources: [&[&str]; 4] = [
        &["-u", "ada:s3cret-pass"],
        &["--user=ada", "--password-file", "password"],
        // The descriptor is that of the file which stdin is.
        &["-uada", "--password-fd", "0"],
        &["-u", "ada"],
    ];
    for source in sources {
        if source == ["-u", "ada"] {
            bench.set("BGCOPY_PASSWORD", "s3cret-pass");
        }
        let command = [&["get", &url, "-o", "x", "--quiet"], source].concat();
        let out = bench.run_with_stdin("password", &command);
        assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{source:?}");
    }
    let shown: Vec<_> = bench
        .server
        .requests()
        .iter()
        .filter_map(|one| one.header("authorization").map(str::to_owned))
        .collect();
    assert_eq!(shown, [BASIC; 4]);
}

#[test]
fn password_is_never_stored_nor_repeated() {
    let bench = Bench::new();
    let url = bench.url("/file");
    let slow = Reply::normal().require_basic("ada", "s3cret-pass").bytes_per_second(8_000_000);
    bench.server.put("/file", Resource::generated(5, 64_000_000).always(slow));
    let process = bench.start(&["get", &url, "-o", "x", "-u", "ada:s3cret-pass"]);
    bench.wait_for_recorded_bytes(1);
    let out = process.interrupt();
    assert_eq!(out.code, 130, "{out:?}");
    assert!(out.stderr.ends_with(" -u ada\n"), "{out:?}");
    assert!(!out.stderr.contains("s3cret-pass"), "{out:?}");
    for entry in fs::read_dir(bench.store()).expect("the store") {
        let bytes = fs::read(entry.expect("an entry").path()).expect("a file");
        for secret in ["s3cret-pass", "YWRhOnMzY3JldC1wYXNz"] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }

    let out = bench.run(&["get", &url, "-o", "x"]);
    assert_eq!(out.code, 1, "nobody has the password any more: {out:?}");
    assert!(out.stderr.contains("--user"), "{out:?}");
    let process = bench.start(&["get", &url, "-o", "x", "-u", "ada:s3cret-pass"]);
    assert_eq!(bench.wait_for_requests("/file", 2)[1].header("authorization"), Some(BASIC));
    process.interrupt();
}

#[test]
fn digest_shows_no_password() {
    let bench = Bench::new();
    let challenge = "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5";
    let refused = Reply::normal().status(401).header("WWW-Authenticate", challenge);
    let file = Resource::bytes("content").script(vec![refused]);
    bench.server.put("/file", file);
    let out = bench.run(&["get", &bench.url("/file"), "-o", "x", "--digest", "-u", "ada:pass"]);
    assert_eq!(out.code, 0, "{out:?}");
    let requests = bench.server.requests_for("/file");
    let shown = requests.last().and_then(|request| request.header("authorization"));
    assert!(shown.is_some_and(|shown| shown.starts_with("Digest username=\"ada\"")), "{shown:?}");
    for request in &requests {
        assert!(!request.header("authorization").unwrap_or("").starts_with("Basic"));
    }
}

#[test]
fn scheme_that_is_given_again_takes_the_place_of_the_other() {
    let bench = Bench::new();
    let url = bench.url("/missing");
    let get = ["get", &url, "-o", "x", "-u", "ada:pass"];
    assert_eq!(bench.run(&get).code, 1);
    for count in 2..4 {
        let process = bench.start(&[&get[..], &["--digest"]].concat());
        // It does not wait for the password of the first one.
        bench.wait_for_requests("/missing", count);
        assert_eq!(process.end().code, 1);
    }
}

#[test]
fn added_job_has_its_password_while_a_process_hosts() {
    let bench = Bench::new();
    let url = bench.url(GUARDED);
    let command = ["add", &url, "x", "-u", "ada:s3cret-pass"];
    let out = bench.run(&command);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("bgcopy serve"), "{out:?}");
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
    let serve = bench.start(&["serve"]);
    bench.wait_for_host();
    let added = bench.run(&command);
    assert_eq!(added.code, 0, "{added:?}");
    let run = bench.run(&["run", "--complete", added.stdout.trim()]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(bench.content("x"), Bench::generated(1, SMALL));
    serve.interrupt();
}

#[test]
fn password_that_cannot_be_had_is_told_before_anything_is_asked_for() {
    let bench = Bench::new();
    let url = bench.url(GUARDED);
    fs::write(bench.path("password"), "x").expect("a file");
    let wrong: [(&[&str], i32); 6] = [
        (&["-u", "ada"], 2),
        (&["-u", "ada:x", "--password-file", "password"], 2),
        (&["--password-file", "password"], 2),
        (&["--digest"], 2),
        (&["-u", "ada", "--password-file", "missing"], 1),
        (&["-u", "ada", "--password-fd", "99"], 1),
    ];
    for (options, code) in wrong {
        let out = bench.run(&[&["get", &url, "-o", "x"], options].concat());
        assert_eq!(out.code, code, "{options:?}: {out:?}");
    }
    assert_eq!(bench.server.requests().len(), 0);
}

/// Opens a terminal for the program, answers its question, and prints what the
/// terminal showed.
#[cfg(target_os = "linux")]
const AT_A_TERMINAL: &str = r#"
import os, pty, sys, termios, time
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b""
while b"Password of ada: " not in shown:
    shown += os.read(terminal, 1000)
# The question comes first, and nobody types as fast as this.
while termios.tcgetattr(terminal)[3] & termios.ECHO:
    time.sleep(0.01)
os.write(terminal, b"s3cret-pass\n")
try:
    while data := os.read(terminal, 1000):
        shown += data
except OSError:
    pass
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

#[cfg(target_os = "linux")]
#[test]
fn password_is_asked_for_at_a_terminal_and_not_shown() {
    let bench = Bench::new();
    let url = bench.url("/file");
    let reply = Reply::normal().require_basic("ada", "s3cret-pass");
    bench.server.put("/file", Resource::bytes("content").always(reply));
    let out =
        bench.run_by("python3", &["-c", AT_A_TERMINAL], &["get", &url, "-o", "x", "-u", "ada"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains("Password of ada: "), "{out:?}");
    assert!(!out.stdout.contains("s3cret-pass"), "{out:?}");
    assert_eq!(bench.content("x"), b"content");
}

#[test]
fn proxy_is_used_and_bypassed_as_told() {
    let bench = Bench::new();
    let proxy = Server::start().expect("a proxy");
    proxy.put("/file", Resource::bytes("by the proxy"));
    bench.server.put("/file", Resource::bytes("directly"));
    let (address, named) = (proxy.address().to_string(), format!("http://{}", proxy.address()));
    let url = bench.url("/file");
    let cases: [(&[&str], &[u8]); 6] = [
        (&["-x", &address], b"by the proxy"),
        (&["--proxy", &named, "--noproxy", "a.test"], b"by the proxy"),
        (&["-x", &address, "--noproxy", "a.test,127.0.0.1"], b"directly"),
        (&["-x", &address, "--noproxy", "*"], b"directly"),
        (&["-x", ""], b"directly"),
        (&["--noproxy", "*"], b"directly"),
    ];
    for (options, content) in cases {
        let out = bench.run(&[&["get", &url, "-o", "x"], options].concat());
        assert_eq!(out.code, 0, "{options:?}: {out:?}");
        assert_eq!(bench.content("x"), content, "{options:?}");
    }
    assert_eq!((proxy.requests().len(), bench.server.requests().len()), (2, 4));
}

#[test]
fn proxy_of_the_environment_is_one_that_can_be_turned_off() {
    let mut bench = Bench::new();
    let proxy = Server::start().expect("a proxy");
    proxy.put("/file", Resource::bytes("by the proxy"));
    bench.server.put("/file", Resource::bytes("directly"));
    bench.set("http_proxy", &format!("http://{}", proxy.address()));
    for (options, content) in [(&[][..], &b"by the proxy"[..]), (&["-x", ""], b"directly")] {
        let out = bench.run(&[&["get", &bench.url("/file"), "-o", "x"], options].concat());
        assert_eq!(out.code, 0, "{options:?}: {out:?}");
        assert_eq!(bench.content("x"), content, "{options:?}");
    }
}

#[test]
fn proxy_sees_its_own_password() {
    let mut bench = Bench::new();
    let proxy = Server::start().expect("a proxy");
    let guarded = Reply::normal().require_proxy_basic("ada", "s3cret-pass");
    proxy.put("/file", Resource::bytes("by the proxy").always(guarded));
    let address = proxy.address().to_string();
    let command = ["get", "http://a.test/file", "-o", "x", "-x", &address, "-U"];
    let given = bench.run(&[&command[..], &["ada:s3cret-pass"]].concat());
    assert_eq!(given.code, 0, "{given:?}");
    bench.set("BGCOPY_PROXY_PASSWORD", "s3cret-pass");
    let told = bench.run(&[&command[..], &["ada"]].concat());
    assert_eq!(told.code, 0, "{told:?}");
    for request in proxy.requests() {
        assert_eq!(request.header("authorization"), None);
    }
}

#[test]
fn proxy_that_is_none_is_refused() {
    let bench = Bench::new();
    let url = bench.url(PATH);
    let wrong: [&[&str]; 5] = [
        &["-x", "ftp://127.0.0.1"],
        &["-x", "http://ada:pass@127.0.0.1"],
        &["-x", "127.0.0.1 127.0.0.2"],
        &["--noproxy", "127.0.0.1"],
        &["--proxy-digest"],
    ];
    for options in wrong {
        let out = bench.run(&[&["get", &url, "-o", "x"], options].concat());
        assert_eq!(out.code, 2, "{options:?}: {out:?}");
    }
    assert_eq!(bench.server.requests().len(), 0);
}

#[test]
fn redirects_can_be_refused() {
    let bench = Bench::new();
    let moved = Reply::normal().redirect(302, bench.url("/there"));
    bench.server.put("/here", Resource::bytes("").always(moved));
    bench.server.put("/there", Resource::bytes("content"));
    let get = ["get", &bench.url("/here"), "-o", "x"];
    for time in ["the first time", "again"] {
        let out = bench.run(&[&get[..], &["--max-redirs", "0"]].concat());
        assert_eq!(out.code, 1, "{time}: {out:?}");
        assert_eq!(bench.server.requests_for("/there").len(), 0, "{time}");
    }
    let out = bench.run(&[&get[..], &["--max-redirs", "5"]].concat());
    assert_eq!(out.code, 2, "{out:?}");
    assert!(out.stderr.contains("no other number can be chosen"), "{out:?}");
    assert_eq!(bench.run(&get).code, 0, "it is not remembered");
    assert_eq!(bench.server.requests_for("/here").len(), 3);
    assert_eq!(bench.content("x"), b"content");
}

#[test]
fn job_that_checks_no_certificate_is_warned_of_each_time() {
    const WARNING: &str = "the certificate of the server is not checked";
    let bench = Bench::new();
    let added = bench.run(&["add", &bench.url(PATH), "x", "--insecure"]);
    assert!(added.stderr.contains(WARNING), "{added:?}");
    let id = added.stdout.trim();
    for command in [&["show", id][..], &["run", "--complete"]] {
        let out = bench.run(command);
        assert_eq!((out.code, out.stderr.matches(WARNING).count()), (0, 1), "{out:?}");
        assert!(out.stderr.contains(id), "{out:?}");
    }
    let checked = bench.run(&["add", &bench.url(PATH), "y"]);
    let run = bench.run(&["run", "--complete"]);
    assert_eq!((checked.stderr.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn files_of_certificates_are_looked_at_first() {
    let bench = Bench::new();
    let url = bench.url(PATH);
    fs::write(bench.path("file"), "no certificate").expect("a file");
    let wrong: [(&str, &[&str], i32); 6] = [
        ("get", &["--cacert", "missing"], 1),
        ("get", &["--cacert", "file"], 1),
        ("get", &["--cert", "missing"], 1),
        ("get", &["--cert", "file", "--key", "missing"], 1),
        ("get", &["--key", "file"], 2),
        ("add", &["--cacert", "file"], 2),
    ];
    for (command, options, code) in wrong {
        let target: &[&str] = if command == "get" { &["-o", "x"] } else { &["x"] };
        let out = bench.run(&[&[command, &url], target, options].concat());
        assert_eq!(out.code, code, "{options:?}: {out:?}");
    }
    assert_eq!(bench.server.requests().len(), 0);
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
}

#[test]
fn timeouts_hold_for_new_jobs_and_for_those_taken_up() {
    let bench = Bench::new();
    // Nobody listens there.
    let get = ["get", "http://127.0.0.1:1/x", "-o", "x"];
    let process = bench.start(&[&get[..], &["--retry-delay", "500"]].concat());
    let mut why = Value::Null;
    bench::wait_until("the job waits for a retry", || {
        why = json_of(&bench.run(&["list", "--json"]).stdout)[0]["wait_reason"].clone();
        why["kind"] == "RETRY_AFTER_ERROR"
    });
    let time = |name: &str| why[name].as_i64().expect("a time");
    assert!(time("next_try_ms") - time("since_ms") >= 499_000, "{why}");
    process.interrupt();
    let out = bench.run(&[&get[..], &["--no-progress-timeout", "0"]].concat());
    assert_eq!(out.code, 1, "it gives up at the first failure: {out:?}");
    assert!(out.stderr.contains("BG_E_CONNECT_FAILURE"), "{out:?}");
    let out = bench.run(&["get", "http://127.0.0.1:1/y", "--no-progress-timeout", "0"]);
    assert_eq!(out.code, 1, "and so does a new one: {out:?}");
}

#[test]
fn transfer_has_a_longest_time() {
    let bench = Bench::new();
    let url = bench.url("/gen/5/64000000?rate=1000000");
    let out = bench.run(&["get", &url, "-o", "x", "--max-time", "1"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("BG_E_MAXDOWNLOAD_TIMEOUT"), "{out:?}");
}

#[test]
fn files_may_have_so_many_bytes_together() {
    let bench = Bench::new();
    let (one, two) = (bench.url("/gen/1/2000"), bench.url("/gen/2/2001"));
    let get = ["get", &one, &two, "--max-filesize"];
    let out = bench.run(&[&get[..], &["4000"]].concat());
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED"), "{out:?}");
    let out = bench.run(&[&get[..], &["4K"]].concat());
    assert_eq!(out.code, 1, "it is set when the job is made: {out:?}");
    assert!(out.stderr.contains("cancel it first"), "{out:?}");
    let id = json_of(&bench.run(&["list", "--json"]).stdout)[0]["id"].clone();
    assert_eq!(bench.run(&["cancel", id.as_str().expect("an id")]).code, 0);
    let out = bench.run(&[&get[..], &["4K"]].concat());
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.run(&[&get[..], &["0"]].concat()).code, 2);
}

#[test]
fn no_clobber_replaces_nothing_and_asks_for_nothing() {
    let bench = Bench::new();
    let (one, two) = (bench.url("/gen/1/5"), bench.url("/gen/2/6"));
    fs::write(bench.path("6"), "old").expect("a file");
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", bench.path("link")).expect("a link");
    let commands: [&[&str]; 3] = [
        &["get", &one, &two, "--no-clobber"],
        &["add", &one, "5", &two, "6", "--no-clobber"],
        &["get", &one, "-o", "link", "--no-clobber"],
    ];
    for command in commands {
        let out = bench.run(command);
        assert_eq!(out.code, 1, "{command:?}: {out:?}");
        assert!(out.stderr.contains("exists and is not replaced"), "{out:?}");
    }
    assert_eq!(bench.server.requests().len(), 0);
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
    assert_eq!(bench.content("6"), b"old");
    let out = bench.run(&["get", &one, "--no-clobber"]);
    assert_eq!(out.code, 0, "{out:?}");
}

#[test]
fn no_clobber_replaces_nothing_that_came_meanwhile() {
    let bench = Bench::new();
    bench.server.put("/file", Resource::bytes("new").always(Reply::normal().gate_before_reply()));
    let url = bench.url("/file");
    let get = ["get", &url, "--no-clobber"];
    let process = bench.start(&get);
    bench.wait_for_requests("/file", 1);
    fs::write(bench.path("file"), "old").expect("a file");
    bench.server.open_gate("/file");
    let out = process.end();
    assert_eq!(out.code, 1, "{out:?}");
    assert_eq!(bench.content("file"), b"old");
    fs::remove_file(bench.path("file")).expect("removed");
    let out = bench.run(&get);
    assert_eq!(out.code, 0, "what is here of it is not lost: {out:?}");
    assert_eq!(bench.content("file"), b"new");
    assert_eq!(bench.server.requests_for("/file").len(), 1);
}

#[test]
fn list_has_comments_and_hashes() {
    let bench = Bench::new();
    let (one, two) = (bench.url("/gen/1/1000"), bench.url("/gen/2/2000"));
    let list = |first: &str, second: &str| {
        let text = format!("# two files\n\n{one}\tone\t{first}\n{two}\t\t{second}\r\n");
        fs::write(bench.path("list"), text).expect("a list");
        bench.run(&["get", "-i", "list", "--all-or-nothing"])
    };
    let (right, wrong) = (Bench::sha256(1, 1000), "0".repeat(64));
    let out = list(&right, &wrong);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("BGCOPY_E_HASH_MISMATCH"), "{out:?}");
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs[0]["files_total"], 2, "{jobs}");
    assert!(!bench.path("one").exists());
    let out = list(&right, &Bench::sha256(2, 2000));
    assert_eq!(out.code, 0, "the same targets with the right hashes: {out:?}");
    assert_eq!(bench.content("one"), Bench::generated(1, 1000));
    assert_eq!(bench.content("2000"), Bench::generated(2, 2000));
    assert_eq!(list("12", "").code, 2, "no SHA-256");
}
