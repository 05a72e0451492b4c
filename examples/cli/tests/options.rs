//! The options that say how requests are made, as their users see them.

mod bench;

use std::fs;

use bench::Bench;
use bgcopy_test_server::{Area, Request};

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
