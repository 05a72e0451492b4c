//! Tokens, and logins from `~/.netrc`, as their users see them.

mod bench;

use std::fs;

use bench::{Bench, json_of};
use bgcopy_test_server::{Area, Reply, Request, Resource, Server};

const PATH: &str = "/gen/1/1000";
const TOKEN: &str = "t0ken-of-1/2+3==";
const BEARER: &str = "Bearer t0ken-of-1/2+3==";
/// What the server sees of `ada:s3cret-pass`.
const BASIC: &str = "Basic YWRhOnMzY3JldC1wYXNz";
const NETRC: &str = "machine 127.0.0.1 login ada password s3cret-pass\n";

fn shown(requests: &[Request]) -> Vec<Option<&str>> {
    requests.iter().map(|request| request.header("authorization")).collect()
}

/// A file of logins that nobody else can read, as its users have it.
fn write_netrc(bench: &Bench, name: &str, text: &str) {
    fs::write(bench.path(name), text).expect("a file");
    set_mode(bench, name, 0o600);
}

fn set_mode(bench: &Bench, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(bench.path(name), fs::Permissions::from_mode(mode)).expect("set");
}

/// True if a file of the queue has the text.
fn is_stored(bench: &Bench, text: &str) -> bool {
    fs::read_dir(bench.store()).expect("the store").any(|entry| {
        let bytes = fs::read(entry.expect("an entry").path()).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[test]
fn token_comes_from_where_it_is_told() {
    let mut bench = Bench::new();
    bench.set("OF_HUB", TOKEN);
    fs::write(bench.path("token"), format!("{TOKEN}\r\nnot this\n")).expect("a file");
    let url = bench.url(PATH);
    let sources = [TOKEN, "@token", "@-", "%OF_HUB"];
    for source in sources {
        let command = ["get", &url, "-o", "x", "--quiet", "--oauth2-bearer", source];
        let out = bench.run_with_stdin("token", &command);
        assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{source}");
    }
    assert_eq!(shown(&bench.server.requests()), [Some(BEARER); 4]);
    bench.server.accept_uploads("/up/", Area::new());
    let put = ["put", "token", &bench.url("/up/x"), "--protocol", "put", "--oauth2-bearer=@token"];
    assert_eq!(bench.run(&put).code, 0);
    let sent = bench.server.requests_for("/up/x");
    assert!(!sent.is_empty());
    assert!(shown(&sent).iter().all(|shown| *shown == Some(BEARER)), "{sent:?}");
}

#[test]
fn token_that_cannot_be_had_is_told_before_anything_is_asked_for() {
    let bench = Bench::new();
    fs::write(bench.path("empty"), "").expect("a file");
    let url = bench.url(PATH);
    let wrong: [(&[&str], i32); 7] = [
        (&["--oauth2-bearer", ""], 2),
        (&["--oauth2-bearer", "@empty"], 2),
        (&["--oauth2-bearer", "%NOT_THERE"], 2),
        (&["--oauth2-bearer", "%"], 2),
        (&["--oauth2-bearer", "x", "-u", "ada:x"], 2),
        (&["--oauth2-bearer", "@missing"], 1),
        (&["--oauth2-bearer", "two words"], 1),
    ];
    for (options, code) in wrong {
        let out = bench.run(&[&["get", &url, "-o", "x"], options].concat());
        assert_eq!(out.code, code, "{options:?}: {out:?}");
    }
    assert_eq!(bench.server.requests().len(), 0);
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
}

#[test]
fn token_is_never_stored_nor_repeated() {
    let bench = Bench::new();
    let slow = Reply::normal().bytes_per_second(8_000_000);
    bench.server.put("/file", Resource::generated(5, 64_000_000).always(slow));
    let url = bench.url("/file");
    let get = ["get", &url, "-o", "x"];
    for words in [&["--oauth2-bearer", TOKEN][..], &[&format!("--oauth2-bearer={TOKEN}")]] {
        let before = bench.server.requests_for("/file").len();
        let process = bench.start(&[&get[..], words].concat());
        // It listens for signals before it asks for anything.
        bench.wait_for_requests("/file", before + 1);
        bench.wait_for_recorded_bytes(1);
        let out = process.interrupt();
        assert_eq!(out.code, 130, "{out:?}");
        let end = words.join(" ").replace(TOKEN, "TOKEN");
        assert!(out.stderr.trim_end().ends_with(&end), "{out:?}");
        assert!(!out.stderr.contains(TOKEN) && !out.stdout.contains(TOKEN), "{out:?}");
        assert!(!is_stored(&bench, TOKEN));
    }
    let id = json_of(&bench.run(&["list", "--json"]).stdout)[0]["id"].clone();
    let show = bench.run(&["show", id.as_str().expect("an id"), "--json"]);
    assert!(show.code == 0 && !show.stdout.contains(TOKEN), "{show:?}");
    let out = bench.run(&get);
    assert_eq!(out.code, 1, "nobody has the token any more: {out:?}");
    assert!(out.stderr.contains("--oauth2-bearer"), "{out:?}");
}

#[test]
fn token_stays_with_the_host_of_the_url() {
    let bench = Bench::new();
    let other = Server::start().expect("another server");
    other.put("/there", Resource::bytes("content"));
    let moved = Reply::normal().redirect(302, other.url("/there"));
    bench.server.put("/here", Resource::bytes("").always(moved));
    let get = ["get", &bench.url("/here"), "-o", "x", "--oauth2-bearer", TOKEN];
    assert_eq!(bench.run(&get).code, 0);
    assert_eq!(shown(&bench.server.requests()), [Some(BEARER)]);
    assert_eq!(shown(&other.requests()), [None]);
    assert_eq!(bench.content("x"), b"content");
}

#[test]
fn added_job_has_its_token_while_a_process_hosts() {
    let bench = Bench::new();
    let add = ["add", &bench.url(PATH), "x", "--oauth2-bearer", TOKEN];
    assert_eq!(bench.run(&add).code, 1);
    let serve = bench.start(&["serve"]);
    bench.wait_for_host();
    assert_eq!(bench.run(&add).code, 0);
    assert_eq!(shown(&bench.wait_for_requests(PATH, 1)), [Some(BEARER)]);
    serve.interrupt();
}

#[test]
fn netrc_is_read_unless_something_else_is_said() {
    let mut bench = Bench::new();
    bench.set("HOME", &bench.path("").display().to_string());
    write_netrc(&bench, ".netrc", NETRC);
    write_netrc(&bench, "other", "machine 127.0.0.1 login eve password x\n");
    let url = bench.url(PATH);
    let eve = "Basic ZXZlOng=";
    let cases: [(&[&str], Option<&str>); 8] = [
        (&[], Some(BASIC)),
        (&["-n"], Some(BASIC)),
        (&["--netrc-file", "other"], Some(eve)),
        (&["--no-netrc"], None),
        (&["-u", "eve:x"], Some(eve)),
        (&["--netrc", "-u", "eve:x"], Some(eve)),
        (&["--oauth2-bearer", TOKEN], Some(BEARER)),
        (&["-H", "authorization: Own"], Some("Own")),
    ];
    for (options, expected) in cases {
        let before = bench.server.requests().len();
        let out = bench.run(&[&["get", &url, "-o", "x", "--quiet"], options].concat());
        assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{options:?}");
        assert_eq!(shown(&bench.server.requests()[before..]), [expected], "{options:?}");
        assert!(!is_stored(&bench, "s3cret-pass") && !is_stored(&bench, BASIC));
    }
    bench.set("NETRC", "other");
    assert_eq!(bench.run(&["get", &url, "-o", "x"]).code, 0);
    assert_eq!(shown(&bench.server.requests()).last(), Some(&Some(eve)));
}

#[test]
fn netrc_is_for_no_other_host() {
    let mut bench = Bench::new();
    let other = Server::start().expect("another server");
    other.put("/there", Resource::bytes("content"));
    let there = other.url("/there").replace("127.0.0.1", "localhost");
    let moved = Reply::normal().redirect(302, &there);
    bench.server.put("/here", Resource::bytes("").always(moved));
    write_netrc(&bench, "of-one", NETRC);
    bench.set("NETRC", &bench.path("of-one").display().to_string());
    assert_eq!(bench.run(&["get", &bench.url("/here"), "-o", "x"]).code, 0);
    assert_eq!(shown(&bench.server.requests()), [Some(BASIC)]);
    assert_eq!(bench.run(&["get", &there, "-o", "y"]).code, 0);
    assert_eq!(shown(&other.requests()), [None, None]);

    // One job has one login: it would be sent to both.
    let get = ["get", &bench.url(PATH), &there];
    let out = bench.run(&get);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stderr.contains("no login is taken"), "{out:?}");
    assert_eq!(shown(&bench.server.requests_for(PATH)), [None]);
    assert_eq!(shown(&other.requests()), [None; 3]);
    assert_eq!(bench.run(&[&get[..], &["--netrc"]].concat()).code, 1);
    assert_eq!(other.requests().len(), 3);
}

#[test]
fn default_login_is_taken_only_if_it_is_asked_for() {
    let mut bench = Bench::new();
    write_netrc(&bench, "default", "default login ada password s3cret-pass\n");
    bench.set("NETRC", "default");
    let url = bench.url(PATH);
    for (options, expected) in [(&[][..], None), (&["--netrc"], Some(BASIC))] {
        let out = bench.run(&[&["get", &url, "-o", "x"], options].concat());
        assert_eq!(out.code, 0, "{out:?}");
        assert_eq!(shown(&bench.server.requests()).last(), Some(&expected), "{options:?}");
    }
}

#[test]
fn netrc_that_is_no_good_fails_only_what_asks_for_it() {
    let mut bench = Bench::new();
    write_netrc(&bench, "cut", "machine 127.0.0.1\nlogin ada password \"s3cret\n");
    write_netrc(&bench, "nothing", "");
    fs::write(bench.path("bytes"), b"machine \xFF").expect("a file");
    let url = bench.url(PATH);
    for (name, said) in
        [("cut", "line 2"), ("bytes", "bytes"), ("missing", "missing"), ("nothing", "no login for")]
    {
        bench.set("NETRC", name);
        let out = bench.run(&["get", &url, "-o", "x"]);
        assert_eq!(out.code, 0, "{name}: {out:?}");
        assert_eq!(out.stderr.contains("no login is taken"), name != "nothing", "{out:?}");
        for option in ["--netrc", "--netrc-file"] {
            let words: &[&str] = if option == "--netrc" { &[option] } else { &[option, name] };
            let out = bench.run(&[&["get", &url, "-o", "y"], words].concat());
            assert_eq!(out.code, 1, "{name}: {out:?}");
            assert!(out.stderr.contains(said) && !out.stderr.contains("s3cret"), "{out:?}");
        }
    }
    assert_eq!(shown(&bench.server.requests()), [None; 4]);
}

#[test]
fn netrc_that_others_can_read_is_warned_of() {
    let bench = Bench::new();
    write_netrc(&bench, "logins", NETRC);
    let get = ["get", &bench.url(PATH), "-o", "x", "--netrc-file", "logins"];
    for (mode, is_warned) in [(0o600, false), (0o640, true), (0o604, true), (0o400, false)] {
        set_mode(&bench, "logins", mode);
        let out = bench.run(&get);
        assert_eq!(out.code, 0, "{out:?}");
        let is_said = out.stderr.contains("others can read") && out.stderr.contains("chmod 600");
        assert_eq!(is_said, is_warned, "{mode:o}: {out:?}");
    }
}

#[test]
fn netrc_needs_a_host_that_keeps_it_for_a_job_that_is_added() {
    let mut bench = Bench::new();
    write_netrc(&bench, "logins", NETRC);
    bench.set("NETRC", &bench.path("logins").display().to_string());
    let add = ["add", &bench.url(PATH), "x"];
    let out = bench.run(&[&add[..], &["--netrc"]].concat());
    assert_eq!((out.code, out.stdout.as_str()), (1, ""), "{out:?}");
    let out = bench.run(&add);
    assert!(out.code == 0 && out.stderr.contains("not taken"), "{out:?}");
    assert_eq!(bench.run(&["run", "--complete"]).code, 0);
    assert_eq!(shown(&bench.server.requests()), [None]);
    let serve = bench.start(&["serve"]);
    bench.wait_for_host();
    let out = bench.run(&add);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{out:?}");
    assert_eq!(bench.wait_for_requests(PATH, 2)[1].header("authorization"), Some(BASIC));
    serve.interrupt();
}

#[test]
fn netrc_does_not_take_the_place_of_a_login_that_was_given() {
    let mut bench = Bench::new();
    bench.server.put("/file", Resource::bytes("content").always(Reply::normal().status(401)));
    write_netrc(&bench, "logins", NETRC);
    bench.set("NETRC", &bench.path("logins").display().to_string());
    let _serve = bench.start(&["serve"]);
    bench.wait_for_host();
    let get = ["get", &bench.url("/file"), "-o", "x"];
    let with = |words: &[&str]| bench.run(&[&get[..], words].concat()).code;
    assert_eq!(with(&["-u", "eve:x"]), 1);
    assert_eq!(with(&[]), 1, "the host has it still");
    assert_eq!(with(&["--netrc"]), 1);
    let eve = Some("Basic ZXZlOng=");
    let requests = bench.server.requests();
    let mut seen = shown(&requests);
    seen.dedup();
    assert_eq!(seen, [eve, Some(BASIC)]);
}
