//! What has left the queue.

mod bench;

use bench::{Bench, json_of};

fn history(bench: &Bench) -> Vec<(String, String)> {
    let out = bench.run(&["history", "--json"]);
    assert_eq!(out.code, 0, "{out:?}");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let entries = json_of(&out.stdout);
    let entries = entries.as_array().expect("an array").iter();
    entries.map(|entry| (text(&entry["display_name"]), text(&entry["outcome"]))).collect()
}

fn pair(name: &str, outcome: &str) -> (String, String) {
    (name.to_owned(), outcome.to_owned())
}

#[test]
fn what_was_completed_or_cancelled_is_shown_the_last_one_first() {
    let bench = Bench::new();
    assert_eq!(bench.run(&["history"]).stdout, "");
    assert_eq!(bench.run(&["history", "--json"]).stdout.trim(), "[]");
    assert_eq!(bench.run(&["history", "--clear"]).code, 0);
    assert!(!bench.store().exists(), "looking makes no queue");

    assert_eq!(bench.run(&["get", "-q", &bench.url("/gen/1/1000"), "-o", "one"]).code, 0);
    let urls = [bench.url("/gen/2/1000"), bench.url("/none")];
    assert_eq!(bench.run(&["get", "-q", &urls[0], &urls[1]]).code, 1);
    let added = bench.run(&["add", &bench.url("/gen/3/5"), "three"]).stdout;
    assert_eq!(bench.run(&["cancel", added.trim()]).code, 0);
    bench.run(&["add", &bench.url("/gen/4/5"), "four"]);

    let found = history(&bench);
    assert_eq!(found[0], pair("three", "cancelled"));
    assert_eq!(found[1].1, "partly");
    assert_eq!(found[2], pair("one", "completed"));
    assert_eq!(found.len(), 3, "what is in the queue is none of it");

    let out = bench.run(&["history", "-n", "1"]);
    let line = out.stdout.trim_end();
    assert!(line.contains(added.trim()) && line.ends_with("three"), "{line}");
    assert!(!line.contains('\n'), "{line}");

    let entries = json_of(&bench.run(&["history", "--json"]).stdout);
    let one = &entries[2];
    assert_eq!((&one["bytes_total"], &one["files_in_place"]), (&1000.into(), &1.into()));
    let file = &one["files"][0];
    assert!(file["local_name"].as_str().is_some_and(|name| name.ends_with("/one")), "{file}");
    assert_eq!(file["in_place"], true);

    assert_eq!(bench.run(&["history", "--clear"]).code, 0);
    assert_eq!(history(&bench), []);
    assert_eq!(bench.run(&["list"]).stdout.lines().count(), 1, "the queue is what it was");
}

#[test]
fn names_never_act_on_the_terminal() {
    let bench = Bench::new();
    let added = bench.run(&["add", &bench.url("/gen/3/5"), "a\u{202E}\u{9B}31m"]);
    let id = added.stdout.trim();
    assert_eq!(bench.run(&["cancel", id]).code, 0);
    let shown = bench.run(&["history"]).stdout;
    assert!(shown.ends_with("  a\\u{202e}\\u{9b}31m\n"), "{shown}");
    let shown = bench.run(&["history", "--json"]).stdout;
    assert!(!shown.contains('\u{202E}') && shown.contains("\\u202e"), "{shown}");
}
