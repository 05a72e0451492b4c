//! `--checksums`: files that are checked against a list.

mod bench;

use std::fs;

use bench::Bench;
use bgcopy_test_server::{Content, Reply, Resource, Server};

#[test]
fn get_takes_a_list_by_url_or_path() {
    let bench = Bench::new();
    let (one, two) = (bench.url("/gen/1/1000"), bench.url("/gen/2/2000"));
    let text = format!(
        "{}  1000\nMD5 (2000) = 1\nSHA256 (./2000) = {}\n",
        Bench::sha256(1, 1000),
        Bench::sha256(2, 2000)
    );
    fs::write(bench.path("list"), &text).expect("a list");
    bench.server.put("/SHA256SUMS", Resource::bytes(text));
    let url = bench.url("/SHA256SUMS");
    for (source, folder) in [("list", "from-file"), (url.as_str(), "from-url")] {
        let out = bench.run(&["get", &one, &two, "-d", folder, "--checksums", source]);
        assert_eq!(out.code, 0, "{source}: {out:?}");
        assert_eq!(bench.content(&format!("{folder}/2000")), Bench::generated(2, 2000));
    }
    let wrong = format!("{}  1000\n", Bench::sha256(2, 1000));
    fs::write(bench.path("list"), wrong).expect("a list");
    let out = bench.run(&["get", &one, "--checksums", "list"]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("BGCOPY_E_HASH_MISMATCH"), "{out:?}");
    assert!(!bench.path("1000").exists());
}

#[test]
fn a_file_that_is_not_in_the_list_stops_all() {
    let bench = Bench::new();
    let (one, two) = (bench.url("/gen/1/1000"), bench.url("/gen/2/2000"));
    fs::write(bench.path("list"), format!("{}  1000", Bench::sha256(1, 1000))).expect("a list");
    let add = ["add", &one, "x", &two, "y", "--checksums", "list"];
    for command in [&["get", &one, &two, "--checksums", "list"][..], &add] {
        let out = bench.run(command);
        assert_eq!(out.code, 1, "{out:?}");
        assert!(out.stderr.contains("BGCOPY_E_NOT_LISTED"), "{out:?}");
    }
    let out = bench.run(&["get", &one, "--checksums", "list", "--sha256", &"0".repeat(64)]);
    assert_eq!(out.code, 2, "{out:?}");
    fs::write(bench.path("list"), "x\n").expect("a list");
    let out = bench.run(&["get", &one, "--checksums", "list"]);
    assert!(out.code == 1 && out.stderr.contains("line 1"), "{out:?}");
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
    assert!(bench.server.requests_for("/gen/1/1000").is_empty());
}

#[test]
fn add_stores_the_hashes_of_the_list() {
    let bench = Bench::new();
    let (one, list) = (bench.url("/gen/1/1000"), bench.url("/list"));
    let text = format!("{}  d/x\n", Bench::sha256(2, 1000));
    bench.server.put("/list", Resource::bytes(text));
    let out = bench.run(&["add", &one, "x", "--checksums", &list]);
    assert_eq!(out.code, 0, "found by its local name: {out:?}");
    let out = bench.run(&["run", "--complete"]);
    assert!(out.code == 1 && !bench.path("x").exists(), "{out:?}");
    let out = bench.run(&["show", out.stdout.split_whitespace().next().unwrap_or("")]);
    assert!(out.stdout.contains("HASH_MISMATCH") || out.code == 1, "{out:?}");
}

#[test]
fn digests_of_servers_are_checked_unless_they_are_ignored() {
    let bench = Bench::new();
    let wrong = format!("sha-256=:{}:", "A".repeat(43) + "=");
    let reply = Reply::normal().header("Repr-Digest", wrong);
    bench.server.put("/x", Resource::new(Content::generated(1, 1000)).always(reply));
    let url = bench.url("/x");
    let out = bench.run(&["get", &url]);
    assert!(out.code == 1 && out.stderr.contains("BGCOPY_E_HASH_MISMATCH"), "{out:?}");
    assert!(out.stderr.contains("which the server names in repr-digest"), "{out:?}");
    assert!(!bench.path("x").exists());
    let out = bench.run(&["get", &url, "-o", "y", "--ignore-digests"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("y"), Bench::generated(1, 1000));
    let out = bench.run(&["add", &url, "z"]);
    let id = out.stdout.trim().to_owned();
    assert_eq!(bench.run(&["set", &id, "check-digests=no"]).code, 0);
    assert_eq!(bench.run(&["run", "--complete", &id]).code, 0);
    assert_eq!(bench.content("z"), Bench::generated(1, 1000));
}

#[test]
fn a_list_must_be_signed_by_the_key() {
    let bench = Bench::new();
    let one = bench.url("/gen/1/1000");
    fs::write(bench.path("list"), format!("{}  1000\n", Bench::sha256(1, 1000))).expect("a list");
    let key = "RWRiZ2NvcHlUS3xL6ALKptNOcjrGsqRACwpmzSK2eXDbait7YMmCz1eM";
    let signed = ["get", &one, "--checksums", "list", "--minisign-key"];
    let out = bench.run(&[&signed[..], &[key]].concat());
    assert!(out.code == 1 && out.stderr.contains("list.minisig"), "{out:?}");
    fs::write(bench.path("list.minisig"), "x").expect("a file");
    fs::write(bench.path("key.pub"), format!("untrusted comment: x\n{key}\n")).expect("a key");
    for key in [key, "key.pub"] {
        let out = bench.run(&[&signed[..], &[key]].concat());
        assert!(out.code == 1 && out.stderr.contains("BGCOPY_E_SIGNATURE"), "{out:?}");
    }
    let out = bench.run(&[&signed[..], &["missing.pub"]].concat());
    assert!(out.code == 1 && out.stderr.contains("missing.pub"), "{out:?}");
    assert_eq!(bench.run(&["get", &one, "--minisign-key", key]).code, 2, "there is no list");
    assert!(bench.server.requests_for("/gen/1/1000").is_empty());
}

#[test]
fn headers_and_logins_go_only_to_a_server_of_the_files() {
    let bench = Bench::new();
    let other = Server::start().expect("a server");
    let text = format!("{}  1000\n", Bench::sha256(1, 1000));
    for (server, may_have) in [(&other, false), (&bench.server, true)] {
        server.put("/list", Resource::bytes(text.clone()));
        let (url, list) = (bench.url("/gen/1/1000"), server.url("/list"));
        let command = ["get", &url, "--checksums", &list, "-H", "X-Key: secret", "-u", "ada:word"];
        let out = bench.run(&command);
        assert_eq!(out.code, 0, "{out:?}");
        let requests = server.requests_for("/list");
        assert!(!requests.is_empty());
        for request in requests {
            assert_eq!(request.header("x-key").is_some(), may_have);
            assert_eq!(request.header("authorization").is_some(), may_have);
        }
    }
}
