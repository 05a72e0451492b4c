//! The generated files are what the tables say.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use bgcopy_generate::{SOURCES, outputs, root};

#[test]
fn generated_files_are_what_the_tables_say() {
    let updates = std::env::var_os("UPDATE").is_some();
    let mut stale = Vec::new();
    for (file, text) in outputs() {
        let path = root().join(file);
        if updates {
            std::fs::write(&path, &text).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
        let present = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if present != text {
            stale.push(file);
        }
    }
    assert!(stale.is_empty(), "run this test with UPDATE=1 and commit the result: {stale:?}");
}

#[test]
fn every_source_with_an_export_is_in_the_header() {
    for entry in std::fs::read_dir(root().join("ffi/src")).expect("the sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let exports = std::fs::read_to_string(&path).expect("a source").contains("no_mangle");
        assert!(!exports || SOURCES.contains(&name), "{name} is missing in SOURCES");
    }
}
