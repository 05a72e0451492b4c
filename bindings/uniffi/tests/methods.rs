//! Nothing of the Rust API is missing here.

use std::collections::BTreeSet;
use std::path::Path;

const HANDLES: [&str; 5] = ["Manager", "Job", "File", "FileReader", "Reader"];

/// What has another name here, and why.
const OTHER_NAMES: [(&str, &str); 9] = [
    ("File::job", "who has a file has asked its job for it"),
    ("Manager::open", "the function `open_manager`, which both languages call so"),
    ("Reader::wait_reason", "it comes with the job"),
    ("FileReader::read_within", "`read`"),
    ("FileReader::move_to", "`seek`"),
    ("FileReader::read_if_wanted", "what `ReadWait` is made of"),
    ("FileReader::read_interruptible", "`ReadWait`, which coroutines and tasks cancel"),
    ("Job::wait_interruptible", "`StateWait`, which coroutines and tasks cancel"),
    ("Manager::next_event_interruptible", "a listener, which can be removed"),
];

#[test]
fn every_method_of_the_handle_module_is_exported() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted = methods(&here.join("../../core/src/handle"));
    assert!(wanted.len() > 80, "the sources are read");
    let mut missing = &wanted - &methods(&here.join("src"));
    for (name, reason) in OTHER_NAMES {
        assert!(missing.remove(name), "a stale exception: {name}, {reason}");
    }
    assert_eq!(missing, BTreeSet::new());
}

/// The public methods of the handles in a folder.
fn methods(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let mut handle = None;
            for line in text.lines() {
                if let Some(rest) = line.strip_prefix("impl ") {
                    handle = HANDLES.into_iter().find(|name| rest == format!("{name} {{"));
                }
                let name =
                    line.strip_prefix("    pub fn ").and_then(|rest| rest.split(['(', '<']).next());
                if let (Some(handle), Some(name)) = (handle, name) {
                    found.insert(format!("{handle}::{name}"));
                }
            }
        }
    }
    found
}
