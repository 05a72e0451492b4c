//! docs/nasty-list.md and the tests agree: every entry names a test that there
//! is, or says that it has none.

use std::path::Path;

const LIST: &str = "docs/nasty-list.md";

/// What the last line counts.
const MISSING: &str = "Entries without a test: ";

/// The two cells of each entry.
fn entries(text: &str) -> Vec<(&str, &str)> {
    let cells = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = cells.filter_map(|row| row.split_once(" | "));
    rows.filter(|(what, _)| *what != "what happens").collect()
}

/// What is between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// True if the source has a test of that name.
fn has_test(source: &str, name: &str, is_python: bool) -> bool {
    if is_python {
        return source.contains(&format!("\ndef {name}("));
    }
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let head = format!("fn {name}()");
    lines.iter().enumerate().any(|(at, line)| {
        let attributes = lines[..at].iter().rev().take_while(|line| line.starts_with('#'));
        line.starts_with(&head) && attributes.into_iter().any(|line| *line == "#[test]")
    })
}

#[test]
fn every_entry_names_a_test_or_says_that_it_has_none() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let text = std::fs::read_to_string(root.join(LIST)).expect("the list");
    let entries = entries(&text);
    assert!(entries.len() > 60, "{} entries", entries.len());
    let (mut wrong, mut missing) = (Vec::new(), 0);
    for (what, test) in entries {
        if test.starts_with("missing") {
            missing += 1;
            continue;
        }
        let &[file, name] = quoted(test).as_slice() else {
            wrong.push(format!("{what}: {test} is no file and name"));
            continue;
        };
        let source = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        if !has_test(&source, name, file.ends_with(".py")) {
            wrong.push(format!("{what}: {file} has no test {name}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let told = text.lines().find_map(|line| line.strip_prefix(MISSING)?.strip_suffix('.'));
    assert_eq!(told, Some(missing.to_string().as_str()), "entries without a test");
}
