//! `get -J`: files that are called what their servers call them.

mod bench;

use std::fs;

use bench::{Bench, json_of, lines_of};
use bgcopy_test_server::{Reply, Resource};

/// Serves a file with that Content-Disposition, and gives its URL.
fn serve(bench: &Bench, path: &str, disposition: &str) -> String {
    let reply = Reply::normal().header("Content-Disposition", disposition);
    bench.server.put(path, Resource::bytes(path.to_owned()).always(reply));
    bench.url(path)
}

#[test]
fn files_are_called_what_their_servers_call_them() {
    let bench = Bench::new();
    let one = serve(&bench, "/get?id=1", "attachment; filename=\"a report.pdf\"");
    let two = serve(&bench, "/get?id=2", "attachment; filename=x; filename*=UTF-8''%C3%A9t%C3%A9");
    let three = bench.url("/gen/1/1000");
    let out = bench.run(&["get", "-J", &one, &two, &three, "-d", "into", "--json"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("into/a report.pdf"), b"/get?id=1");
    assert_eq!(bench.content("into/été"), b"/get?id=2");
    assert_eq!(bench.content("into/1000"), Bench::generated(1, 1000));
    assert_eq!(fs::read_dir(bench.path("into")).expect("a folder").count(), 3);
    let done = lines_of(&out.stdout).pop().expect("an event");
    let first = done["files"][0].as_str().expect("a name");
    assert!(first.ends_with("/into/a report.pdf"), "{done}");
    assert_eq!(bench.run(&["get", &one]).code, 0);
    assert_eq!(bench.names(), ["get", "into"], "it has to be asked for");
    let out = bench.run(&["get", "-J", "--quiet", &one]);
    assert_eq!((out.code, out.stdout.as_str(), out.stderr.as_str()), (0, "", ""));
    assert_eq!(bench.content("a report.pdf"), b"/get?id=1", "also where nothing is said");
}

#[test]
fn name_of_a_server_leads_nowhere_else() {
    let bench = Bench::new();
    fs::write(bench.path(".profile"), "mine").expect("a file");
    let names = ["../../out", "/tmp/out", ".profile", "..", "a/../.."];
    let url = |(number, name): (usize, &str)| {
        serve(&bench, &format!("/{number}"), &format!("attachment; filename=\"{name}\""))
    };
    let urls: Vec<_> = names.into_iter().enumerate().map(url).collect();
    let urls: Vec<_> = urls.iter().map(String::as_str).collect();
    let out = bench.run(&[&["get", "-J", "-d", "deep/into"], &urls[..]].concat());
    assert_eq!(out.code, 0, "{out:?}");
    let entries = fs::read_dir(bench.path("deep/into")).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("one").file_name().into_string().expect("text")).collect();
    names.sort_unstable();
    assert_eq!(names, ["3", "4", "_profile", "out", "out-2"]);
    assert_eq!(bench.content(".profile"), b"mine");
    assert_eq!(bench.names(), [".profile", "deep"]);
}

#[test]
fn name_of_a_server_replaces_nothing_unless_it_is_forced() {
    let bench = Bench::new();
    let url = serve(&bench, "/get", "attachment; filename=mine");
    fs::write(bench.path("mine"), "mine").expect("a file");
    // The last part of the URL is no name that the file ever has.
    fs::write(bench.path("get"), "mine").expect("a file");
    for _ in 0..2 {
        let out = bench.run(&["get", "-J", &url]);
        assert!(out.code == 1 && out.stderr.contains("exists and is not replaced"), "{out:?}");
        assert_eq!(json_of(&bench.run(&["list", "--json"]).stdout)[0]["state"], "TRANSFERRED");
    }
    assert_eq!((bench.content("mine"), bench.content("get")), (b"mine".into(), b"mine".into()));
    assert_eq!(bench.run(&["get", "-J", "--force", &url]).code, 0);
    assert_eq!((bench.content("mine"), bench.content("get")), (b"/get".into(), b"mine".into()));
    assert_eq!(bench.server.requests().len(), 1, "it is fetched once");
    assert_eq!(bench.names(), ["get", "mine"]);
    assert_eq!(bench.run(&["get", "-J", &url, "-o", "x"]).code, 2);
}

#[test]
fn interrupted_download_has_its_name_in_the_end() {
    let bench = Bench::new();
    let reply = || Reply::normal().header("Content-Disposition", "attachment; filename=named");
    let slow = reply().bytes_per_second(8_000_000);
    let file = Resource::generated(5, 16_000_000).script(vec![slow]).always(reply());
    bench.server.put("/file", file);
    let get = ["get", "-J", &bench.url("/file"), &bench.url("/missing")];
    let process = bench.start(&get);
    bench.wait_for_recorded_bytes(1);
    assert_eq!(process.interrupt().code, 130);
    let out = bench.run(&get);
    assert_eq!(out.code, 1, "the other one is missing: {out:?}");
    assert!(out.stdout.contains("/named"), "{out:?}");
    assert_eq!(bench.content("named"), Bench::generated(5, 16_000_000));
    assert_eq!(bench.names(), ["named"]);
}
