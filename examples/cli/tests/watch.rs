//! The table of the queue: printed once, or kept up to date at a terminal.

mod bench;

use bench::Bench;

/// Adds a suspended job.
fn suspended(bench: &Bench, name: &str) -> String {
    let added = bench.run(&["add", &bench.url("/gen/1/5"), name]);
    let id = added.stdout.trim().to_owned();
    assert_eq!(bench.run(&["suspend", &id]).code, 0);
    id
}

#[test]
fn without_a_terminal_the_table_is_printed_once() {
    let bench = Bench::new();
    let empty = bench.run(&["watch"]);
    assert_eq!((empty.code, empty.stdout.lines().count()), (0, 2), "{empty:?}");
    assert!(empty.stdout.ends_with("\n0 jobs\n"), "{empty:?}");
    assert!(!bench.store().exists(), "looking makes nothing");

    let long = "n".repeat(120);
    let (one, two) = (suspended(&bench, "one"), suspended(&bench, &long));
    let out = bench.run(&["watch"]);
    assert_eq!(out.code, 0, "{out:?}");
    let lines: Vec<_> = out.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{out:?}");
    assert!(lines[0].starts_with("ID"), "{out:?}");
    assert!(lines[1].starts_with(&one[..8]) && lines[1].contains(" SUSPENDED "), "{out:?}");
    assert!(lines[2].starts_with(&two[..8]) && lines[2].contains(&long), "nothing is cut: {out:?}");
    let why = bench.run(&["why", &one]).stdout;
    let reason = why.lines().next().and_then(|line| line.split_once(": ")).expect("a reason").1;
    assert!(lines[1].ends_with(reason), "{reason}: {out:?}");
    assert_eq!(lines[3], "2 jobs, 2 SUSPENDED");

    let only = bench.run(&["watch", &two[..8]]);
    assert!(only.code == 0 && only.stdout.contains("\n1 job, "), "{only:?}");
    assert_eq!(bench.run(&["cancel", &two]).code, 0);
    let gone = bench.run(&["watch", &two]);
    assert!(gone.code == 1 && gone.stderr.contains("DO_E_JOB_NOT_FOUND"), "{gone:?}");
}

#[cfg(target_os = "linux")]
mod at_a_terminal {
    use unicode_width::UnicodeWidthStr;

    use super::bench::{CTRL_C, PROGRAM};
    use super::*;

    const LARGE: u64 = 64 * 1024 * 1024;
    const SLOW: &str = "rate=4000000";

    /// The lines of each drawing, without what leads to its place, and how many lines
    /// that went up.
    fn drawings(shown: &str) -> Vec<(usize, Vec<&str>)> {
        let mut drawings: Vec<_> = shown.split("\x1b[J").collect();
        drawings.pop();
        let parsed = drawings.into_iter().map(|drawing| {
            let drawing = drawing.trim_start_matches('\r');
            let (up, rest) =
                match drawing.strip_prefix("\x1b[").and_then(|rest| rest.split_once('A')) {
                    Some((up, rest)) if up.parse::<usize>().is_ok() => {
                        (up.parse().expect("a number"), rest)
                    }
                    Some(_) | None => (0, drawing),
                };
            (up, rest.lines().map(|line| line.strip_prefix("\x1b[2K").expect("a line")).collect())
        });
        parsed.collect()
    }

    #[test]
    fn the_table_is_redrawn_in_its_place_until_ctrl_c() {
        let bench = Bench::new();
        let _serve = bench.start(&["serve"]);
        bench.wait_for_host();
        let url = bench.url(&format!("/gen/5/{LARGE}?{SLOW}"));
        let name = "漢字".repeat(30);
        assert_eq!(bench.run(&["add", &url, &name]).code, 0);
        suspended(&bench, "still");
        // A drawing has a speed twice: the job's and that of all.
        let out = bench.at_terminal_later(100, ("MiB/s", 3), CTRL_C, &["watch"]);
        assert_eq!(out.code, 130, "{out:?}");
        assert!(!out.stdout.contains("\x1b[?"), "no mode of the terminal is changed: {out:?}");
        assert!(out.stdout.ends_with("\r\x1b[J"), "the key leaves no trace: {out:?}");
        let (shown, rest) = out.stdout.split_once("MiB/s").expect("a speed");
        let end = shown.len() + rest.find("\x1b[J").expect("the end of that drawing");
        let drawings = drawings(&out.stdout[..end + "MiB/s\x1b[J".len()]);
        assert!(drawings.len() > 1, "a speed needs two: {out:?}");
        let mut before = 0;
        for (up, lines) in drawings {
            assert_eq!(up, before, "{out:?}");
            before = lines.len();
            assert_eq!(before, 4, "{out:?}");
            for line in &lines {
                assert!(line.width() < 100, "{line}");
            }
            assert!(lines[1].contains("漢字") && lines[1].contains('…'), "{lines:?}");
            assert!(lines[2].contains("still"), "what moves comes first: {lines:?}");
        }
    }

    #[test]
    fn a_narrow_terminal_cuts_lines() {
        let bench = Bench::new();
        suspended(&bench, &"漢字".repeat(30));
        let out = bench.at_terminal(50, "no text", CTRL_C, &["watch", "--once"]);
        assert_eq!(out.code, 0, "{out:?}");
        for line in out.stdout.lines() {
            assert!(line.width() < 50, "{line}");
        }
    }

    #[test]
    fn it_ends_when_the_jobs_that_were_named_are_gone() {
        let bench = Bench::new();
        let (id, other) = (suspended(&bench, "x"), suspended(&bench, "y"));
        let cancel = format!("{PROGRAM} cancel {id}");
        let out = bench.at_terminal(100, "1 SUSPENDED", &cancel, &["watch", &id]);
        assert_eq!(out.code, 0, "{out:?}");
        assert!(!out.stdout.contains(&other[..8]), "{out:?}");
    }
}
