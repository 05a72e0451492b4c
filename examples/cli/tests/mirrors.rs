//! Mirrors, as the users of the program see them.

mod bench;

use bench::{Bench, json_of};

const SMALL: u64 = 100_000;

#[test]
fn a_mirror_has_what_the_url_has_not() {
    let bench = Bench::new();
    let (missing, mirror) = (bench.url("/nothing/here"), bench.url(&format!("/gen/1/{SMALL}")));
    let out = bench.run(&["get", &missing, "-o", "x", "--mirror", &mirror]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.content("x"), Bench::generated(1, SMALL));
}

#[test]
fn the_same_get_with_a_mirror_adds_it_and_show_has_all_sources() {
    let bench = Bench::new();
    let (missing, other) = (bench.url("/nothing/here"), bench.url("/nor/here"));
    assert_eq!(bench.run(&["get", &missing, "-o", "x"]).code, 1);
    let again = bench.run(&["get", &missing, "-o", "x", "--mirror", &other]);
    assert_eq!(again.code, 1, "{again:?}");
    let id = json_of(&bench.run(&["list", "--json"]).stdout)[0]["id"].clone();
    let id = id.as_str().expect("an id");
    let shown = json_of(&bench.run(&["show", id, "--json"]).stdout);
    let sources = shown["files"][0]["sources"].as_array().expect("sources");
    let words: Vec<_> = sources
        .iter()
        .map(|source| [&source["kind"], &source["url"], &source["failure"]["code"]])
        .collect();
    assert_eq!(words[0], ["ORIGIN", missing.as_str(), "0x80190194"]);
    assert_eq!(words[1], ["MIRROR", other.as_str(), "0x80190194"]);
    let lines = bench.run(&["show", id]).stdout;
    assert!(lines.contains(&format!("source MIRROR {other} ")), "{lines}");
}

#[test]
fn add_takes_mirrors_and_a_mirror_is_of_one_file() {
    let bench = Bench::new();
    let (url, mirror) = (bench.url("/a"), bench.url("/b"));
    let out = bench.run(&["add", "--mirror", &mirror, "--mirror", "http://c/", &url, "x"]);
    assert_eq!(out.code, 0, "{out:?}");
    let shown = json_of(&bench.run(&["show", out.stdout.trim(), "--json"]).stdout);
    assert_eq!(shown["files"][0]["sources"].as_array().expect("sources").len(), 3);
    for command in [
        &["add", "--mirror", &mirror, &url, "y", &mirror, "z"][..],
        &["get", "--mirror", &mirror, &url, &mirror],
    ] {
        let out = bench.run(command);
        assert_eq!(out.code, 2, "{out:?}");
        assert!(out.stderr.contains("--mirror is for a single URL"), "{out:?}");
    }
}

#[test]
fn an_http_mirror_of_an_https_url_needs_the_flag() {
    let bench = Bench::new();
    let mirror = bench.url("/b");
    let words = ["add", "--mirror", &mirror, "https://127.0.0.1:1/a", "x"];
    let out = bench.run(&words);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("REDIRECT_ALLOW_HTTPS_TO_HTTP"), "{out:?}");
    assert_eq!(bench.run(&["list", "--json"]).stdout.trim(), "[]", "no job is left behind");
}
