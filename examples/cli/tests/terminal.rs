//! What a person at a terminal meets: signals, colours, names of others, short forms.

mod bench;

use bench::{Bench, CTRL_C, Running, json_of, lines_of};
use bgcopy_test_server::{Area, Reply, Resource};
use serde_json::Value;

const LARGE: u64 = 64 * 1024 * 1024;
const SLOW: &str = "rate=8000000";

/// Clears the screen, and another way to say so that has no escape character.
const CLEARING: &str = "\u{1B}[2J\u{9B}2J";

#[test]
fn sigterm_suspends_as_ctrl_c_does() {
    let bench = Bench::new();
    let url = bench.url(&format!("/gen/5/{LARGE}?{SLOW}"));
    let process = bench.start(&["get", &url, "-o", "x"]);
    bench.wait_for_recorded_bytes(1);
    must_suspend_at_sigterm(&bench, process);
}

#[test]
fn sigterm_suspends_what_put_sends() {
    let bench = Bench::new();
    std::fs::write(bench.path("one"), Bench::generated(1, 8_000_000)).expect("a file");
    bench.server.accept_uploads("/up/", Area::new().bytes_per_second(2_000_000));
    let process = bench.start(&["put", "one", &bench.url("/up/one"), "--protocol", "bits"]);
    assert!(bench.wait_for_upload(|area| area.bytes_stored > 0));
    must_suspend_at_sigterm(&bench, process);
}

fn must_suspend_at_sigterm(bench: &Bench, process: Running) {
    process.send("TERM");
    let out = process.end();
    assert_eq!(out.code, 130, "{out:?}");
    assert!(out.stderr.contains("is suspended; go on with:"), "{out:?}");
    let jobs = json_of(&bench.run(&["list", "--json"]).stdout);
    assert_eq!(jobs[0]["state"], "SUSPENDED");
}

#[test]
fn sigterm_ends_run_in_good_order() {
    let bench = Bench::new();
    let added = bench.run(&["add", &bench.url(&format!("/gen/5/{LARGE}?{SLOW}")), "x"]);
    assert_eq!(added.code, 0, "{added:?}");
    let process = bench.start(&["run"]);
    bench.wait_for_recorded_bytes(1);
    process.send("TERM");
    let out = process.end();
    assert_eq!(out.code, 130, "{out:?}");
    assert!(out.stderr.contains("1 unfinished; `bgcopy run` goes on."), "{out:?}");
    assert!(!bench.store().join("engine.sock").exists(), "the queue was closed");
}

#[test]
fn commands_in_messages_are_shown_as_they_are_typed() {
    let bench = Bench::new();
    let url = bench.url(&format!("/gen/5/{LARGE}?{SLOW}"));
    let process = bench.start(&["get", &url, "-o", "x"]);
    bench.wait_for_recorded_bytes(1);
    let out = process.interrupt();
    assert!(out.stderr.ends_with(&format!("go on with:\n  bgcopy get '{url}' -o x\n")), "{out:?}");
}

#[test]
fn why_takes_several_jobs() {
    let bench = Bench::new();
    let add = |name: &str| bench.run(&["add", &bench.url("/gen/1/5"), name]).stdout;
    let (one, two) = (add("one"), add("two"));
    let (one, two) = (one.trim(), two.trim());
    assert_eq!(bench.run(&["suspend", two]).code, 0);
    let out = bench.run(&["why", one, "no-such-job", two]);
    assert_eq!(out.code, 1, "{out:?}");
    assert!(out.stderr.contains("no-such-job"), "{out:?}");
    let line = |id: &str| out.stdout.lines().find(|line| line.starts_with(id)).map(str::to_owned);
    assert!(line(one).is_some_and(|line| !line.contains("SUSPENDED_BY_CALLER")), "{out:?}");
    assert!(line(two).is_some_and(|line| line.contains("SUSPENDED_BY_CALLER")), "{out:?}");
    let out = bench.run(&["why", one, two, "--json"]);
    let ids: Vec<_> = lines_of(&out.stdout).iter().map(|line| line["id"].clone()).collect();
    assert_eq!(ids, [one, two].map(Value::from));
}

#[test]
fn rm_is_cancel() {
    let bench = Bench::new();
    let added = bench.run(&["add", &bench.url("/gen/1/5"), "x"]);
    let out = bench.run(&["rm", added.stdout.trim()]);
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(bench.run(&["list"]).stdout, "");
    assert!(bench.run(&["--help"]).stdout.contains("rm"));
}

#[test]
fn completions_are_printed_for_every_shell() {
    let bench = Bench::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let out = bench.run(&["completions", shell]);
        assert_eq!((out.code, out.stderr.as_str()), (0, ""), "{shell}");
        assert!(out.stdout.contains("no-clobber"), "{shell}");
        assert!(out.stdout.contains("proxy-user"), "{shell}");
    }
    assert_eq!(bench.run(&["completions", "tcsh"]).code, 2);
    let out = bench.run_unread(&["completions", "bash"]);
    assert_eq!((out.code, out.stderr.as_str()), (0, ""));
}

#[test]
fn man_pages_are_printed_or_written_to_a_folder() {
    let bench = Bench::new();
    let page = bench.run(&["man"]);
    assert_eq!((page.code, page.stderr.as_str()), (0, ""));
    assert!(page.stdout.contains(".TH bgcopy 1"), "{page:?}");
    let out = bench.run(&["man", "new/man1"]);
    assert_eq!(out.code, 0, "{out:?}");
    assert!(out.stdout.contains("new/man1/bgcopy-watch.1\n"), "{out:?}");
    assert_eq!(bench.content("new/man1/bgcopy.1"), page.stdout.as_bytes());
    let get = String::from_utf8(bench.content("new/man1/bgcopy-get.1")).expect("text");
    assert!(get.contains("proxy\\-user"), "{get}");
    let refused = bench.run(&["man", "new/man1/bgcopy.1"]);
    assert!(refused.code == 1 && refused.stderr.contains("new/man1"), "{refused:?}");
}

#[test]
fn name_of_a_file_is_one_line_and_moves_no_cursor() {
    let bench = Bench::new();
    let name = format!("a{CLEARING}\n00000000-0000  SUSPENDED");
    let added = bench.run(&["add", &bench.url("/gen/1/5"), &name]);
    assert_eq!(added.code, 0, "{added:?}");
    let id = added.stdout.trim();
    let list = bench.run(&["list"]);
    assert_eq!(list.stdout.lines().count(), 1, "{list:?}");
    let (show, json) = (bench.run(&["show", id]), bench.run(&["show", id, "--json"]));
    assert!(!show.stdout.contains("\n00000000-0000"), "{show:?}");
    let shown = json_of(&json.stdout)["files"][0]["local_name"].clone();
    assert!(shown.as_str().is_some_and(|shown| shown.ends_with(&name)), "as it is: {shown}");
    let run = bench.run(&["run", "--complete"]);
    let get = bench.run(&["get", &bench.url("/gen/1/5"), "-o", &format!("b{CLEARING}")]);
    // The word is wrong, and comes back in the message.
    let wrong = bench.run(&["get", &format!("--{CLEARING}")]);
    assert_eq!(wrong.code, 2, "{wrong:?}");
    for out in [list, show, json, run, get, wrong] {
        let text = format!("{}{}", out.stdout, out.stderr);
        assert!(!text.contains(['\u{1B}', '\u{9B}']), "{text:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn message_of_a_server_in_the_bar_turns_no_text_around() {
    let bench = Bench::new();
    // The library has blanks in place of control characters; the rest is as it came.
    let line = "HTTP/1.1 503 \u{1B}[2Jabc\u{202E}cba";
    let busy = Reply::normal().status(503).status_line(line);
    bench.server.put("/file", Resource::bytes("x").always(busy));
    let get = ["get", &bench.url("/file"), "-o", "x"];
    let out = bench.at_terminal(200, "retry in", CTRL_C, &get);
    assert_eq!(out.code, 130, "{out:?}");
    assert!(out.stdout.contains(r"abc\u{202e}cba"), "{out:?}");
    assert!(!out.stdout.contains(['\u{202E}']) && !out.stdout.contains("\u{1B}[2Jabc"), "{out:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn colours_are_left_out_where_nobody_wants_them() {
    let mut bench = Bench::new();
    let url = bench.url(&format!("/gen/5/{LARGE}?{SLOW}"));
    let colour = "\u{1B}[32m";
    let coloured = bench.at_terminal(200, "%", CTRL_C, &["get", &url, "-o", "x"]);
    assert!(coloured.stdout.contains(colour), "{coloured:?}");
    bench.set("NO_COLOR", "1");
    let plain = bench.at_terminal(200, "%", CTRL_C, &["get", &url, "-o", "y"]);
    assert!(plain.stdout.contains('%') && !plain.stdout.contains(colour), "{plain:?}");
    let help = bench.at_terminal(200, "%", CTRL_C, &["--help"]);
    assert!(!help.stdout.contains("\u{1B}["), "{help:?}");
}

/// What a server of evil intent says, and what may be seen of it.
const EVIL: &str = "HTTP/1.1 404 \u{1B}]0;title\u{7}abc\u{202E}cba\u{9B}2J";

#[test]
fn message_of_a_server_does_nothing_in_any_command() {
    let bench = Bench::new();
    let missing = Reply::normal().status(404).status_line(EVIL);
    bench.server.put("/file", Resource::bytes("x").always(missing));
    let added = bench.run(&["add", &bench.url("/file"), "x"]);
    let id = added.stdout.trim();
    let commands: [&[&str]; 10] = [
        &["run", id],
        &["list"],
        &["list", "--json"],
        &["show", id],
        &["show", id, "--json"],
        &["why", id],
        &["why", id, "--json"],
        &["watch", id],
        &["get", &bench.url("/file"), "-o", "y"],
        &["get", &bench.url("/file"), "-o", "y", "--json"],
    ];
    for command in commands {
        let out = bench.run(command);
        let text = format!("{}{}", out.stdout, out.stderr);
        assert!(text.contains("abc") || command == ["list"], "it is told: {command:?} {text}");
        let acts = |c: char| c != '\n' && c.is_control() || c == '\u{202E}';
        assert!(!text.contains(acts), "{command:?}: {text:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_bar_stands_once_above_what_is_said_after_it() {
    let bench = Bench::new();
    std::fs::write(bench.path("one"), "content").expect("a file");
    std::fs::write(bench.path("two"), "content").expect("a file");
    bench.server.accept_uploads("/up/", Area::new());
    let (a, b, up) = (bench.url("/gen/1/5000"), bench.url("/gen/2/6000"), bench.url("/up/"));
    let commands: [(&[&str], &str); 2] =
        [(&["get", &a, &b], "Saved "), (&["put", "one", "two", &up, "--protocol", "put"], "Sent ")];
    for (command, said) in commands {
        let out = bench.at_terminal(100, "no text", CTRL_C, command);
        assert_eq!(out.code, 0, "{out:?}");
        assert!(!out.stdout.contains("0/0"), "a bar of no job: {out:?}");
        let (before, after) = out.stdout.rsplit_once(said).expect(said);
        assert!(before.contains('%'), "there was a bar: {out:?}");
        assert!(!after.contains('%') && !after.contains("\x1b"), "{out:?}");
        if command[0] == "get" {
            let (bar, _) = before.split_once(said).expect("two files");
            let between = &before[bar.len()..];
            assert!(!between.contains('%') && !between.contains("\x1b"), "{out:?}");
        }
    }
}
