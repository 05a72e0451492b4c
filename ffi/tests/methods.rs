//! Nothing of the Rust API is missing in C.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The handles of core and what their functions begin with in C.
const HANDLES: [(&str, &str); 6] = [
    ("File", "bgcopy_file_"),
    ("FileReader", "bgcopy_file_reader_"),
    ("Interrupt", "bgcopy_interrupt_"),
    ("Job", "bgcopy_job_"),
    ("Manager", "bgcopy_manager_"),
    ("Reader", "bgcopy_reader_"),
];

const KINDS: [&str; 11] = [
    "manager",
    "job",
    "file_reader",
    "file",
    "error",
    "event",
    "wait_reason",
    "reader",
    "enum_jobs",
    "enum_files",
    "interrupt",
];

/// Methods whose function has another name than theirs, or theirs behind
/// `get_` or `enum_`.
const RENAMED: [(&str, &str); 10] = [
    // The specification's names.
    ("Job::job_type", "bgcopy_job_get_type"),
    ("File::ranges", "bgcopy_file_get_file_ranges"),
    ("File::filled_ranges", "bgcopy_file_get_filled_file_ranges"),
    ("File::request_ranges", "bgcopy_file_request_file_ranges"),
    // One at a time.
    ("File::sources", "bgcopy_file_get_source"),
    // Verbs of C.
    ("FileReader::read_within", "bgcopy_file_reader_read"),
    ("FileReader::move_to", "bgcopy_file_reader_seek"),
    ("Interrupt::new", "bgcopy_interrupt_create"),
    ("Interrupt::interrupt", "bgcopy_interrupt_raise"),
    ("Interrupt::is_interrupted", "bgcopy_interrupt_is_raised"),
];

/// Methods without a function.
const MISSING: [(&str, &str); 4] = [
    ("File::job", "who has a file has asked its job for it"),
    ("FileReader::read_if_wanted", "a call of C has its bytes when it returns"),
    ("Reader::job", "its parts are functions: get_display_name, get_state, get_progress"),
    ("Interrupt::watch", "waits of the application's own have the application's means"),
];

#[test]
fn every_method_of_a_handle_has_its_function() {
    let declared = declared();
    let methods = methods();
    let mut missing = Vec::new();
    for (method, name) in &methods {
        let (handle, _) = method.split_once("::").expect("a method");
        let prefix = HANDLES.iter().find(|one| one.0 == handle).expect("a handle").1;
        let renamed = RENAMED.iter().find(|one| one.0 == method).map(|one| one.1.to_owned());
        let mut names = ["", "get_", "enum_"].map(|verb| format!("{prefix}{verb}{name}")).to_vec();
        names.extend(renamed);
        let found = names.iter().any(|name| declared.contains(name));
        let is_excepted = MISSING.iter().any(|one| one.0 == method);
        assert!(!(found && is_excepted), "{method} is there: it is no exception any more");
        if !found && !is_excepted {
            missing.push(method);
        }
    }
    assert!(missing.is_empty(), "not in bgcopy.h: {missing:?}");
    for (method, _) in RENAMED.iter().chain(&MISSING) {
        assert!(methods.contains_key(*method), "{method} is gone");
    }
}

/// By its name, or by what follows that of its kind.
#[test]
fn the_guide_names_every_function() {
    let guide = std::fs::read_to_string(root().join("docs/c-api.md")).expect("the guide");
    for symbol in declared().iter().filter(|symbol| symbol.starts_with("bgcopy_")) {
        let short = KINDS.iter().find_map(|kind| symbol.strip_prefix(&format!("bgcopy_{kind}_")));
        let short = short.unwrap_or(symbol);
        let is_there = [symbol, short].iter().any(|name| guide.contains(&format!("`{name}`")));
        assert!(is_there, "docs/c-api.md does not name {symbol}");
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn declared() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("ffi/symbols.txt")).expect("the symbols");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// The public methods of the handles, in whichever file of the module, each with
/// its own name.
fn methods() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("core/src/handle")).expect("the module") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a source");
        let mut handle = "";
        for line in text.lines() {
            // Blocks of a type begin at the margin.
            if let Some(block) = line.strip_prefix("impl ") {
                handle = block.trim_end_matches([' ', '{']);
            }
            let Some(rest) = line.strip_prefix("    pub fn ") else {
                continue;
            };
            let name = rest.split(['(', '<']).next().expect("a name");
            if HANDLES.iter().any(|one| one.0 == handle) {
                found.insert(format!("{handle}::{name}"), name.to_owned());
            }
        }
    }
    assert!(found.len() > 60, "{found:?}");
    found
}

/// The text is written once for each language, by hand: what it must say is here.
#[test]
fn every_language_says_the_same_of_credentials() {
    let texts = [
        ("core/src/handle/job.rs", "pub fn set_credentials("),
        ("ffi/src/job_transport.rs", "fn bgcopy_job_set_credentials("),
        ("include/bgcopy/job_transport.hpp", "void set_credentials("),
        ("bindings/uniffi/src/job_properties.rs", "pub fn set_credentials("),
    ];
    let above = |source: &str, name: &str| {
        let text = std::fs::read_to_string(root().join(source)).expect("a source");
        let (before, _) = text.split_once(name).expect("the function");
        before.rsplit("\n\n").next().expect("its text").to_owned()
    };
    let mut said: Vec<_> =
        texts.into_iter().map(|(source, name)| (source, above(source, name))).collect();
    let stub = "bindings/python/python/bgcopy/_bgcopy.pyi";
    let text = std::fs::read_to_string(root().join(stub)).expect("the stub");
    let (_, method) = text.split_once("def set_credentials(").expect("the method");
    let text = method.split("\"\"\"").nth(1).expect("its text");
    said.push((stub, text.to_owned()));
    for (source, text) in said {
        let words: Vec<_> = text.split_whitespace().filter(|word| !is_margin(word)).collect();
        let text = words.join(" ").to_lowercase();
        for part in [
            "one pair for each target and scheme",
            "in memory only, by this process and by the one that hosts the queue",
            "once both have ended the job waits with",
            "credentials_needed until they are set again",
            "for an upload to s3 they are the access key and the secret key",
            "are stored with the job and used where libcurl can",
            "300 characters",
            "65,536",
        ] {
            assert!(text.contains(part), "{source} does not say: {part}");
        }
    }
}

/// What begins a line of a comment.
fn is_margin(word: &str) -> bool {
    matches!(word, "///" | "//" | "*")
}
