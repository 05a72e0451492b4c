//! `include/bgcopy.h` and `ffi/symbols.txt` have every function of the library. The header is
//! generated: bindings/generate.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    text.replace("\r\n", "\n")
}

/// The names of the functions a header declares.
fn functions(header: &str) -> BTreeSet<String> {
    let declarations = header.split("BGCOPY_API").skip(1);
    let names = declarations.filter_map(|text| text.split('(').next()?.rsplit([' ', '*']).next());
    names.filter(|name| name.starts_with("bgcopy_")).map(str::to_owned).collect()
}

/// The functions of `symbols.txt`, and the version each appeared in.
fn listed() -> BTreeMap<String, String> {
    let text = read(&root().join("ffi/symbols.txt"));
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| line.split_once(' ').expect("a symbol and a version"));
    pairs.map(|(symbol, version)| (symbol.to_owned(), version.to_owned())).collect()
}

#[test]
fn symbols_are_listed_with_their_version() {
    let declared = functions(&read(&root().join("include/bgcopy.h")));
    let listed: BTreeSet<String> = listed().into_keys().collect();
    let missing: Vec<_> = declared.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&declared).collect();
    assert!(missing.is_empty(), "not in ffi/symbols.txt: {missing:?}");
    assert!(gone.is_empty(), "no longer in the header: {gone:?}");
}

#[test]
fn only_the_functions_of_the_header_are_exported() {
    let library = std::env::current_exe().expect("a path").with_file_name("libbgcopy.so");
    let output = Command::new("nm")
        .args(["--dynamic", "--defined-only", "--format=posix"])
        .arg(&library)
        .output()
        .expect("nm runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let exported = text.lines().filter_map(|line| line.split_whitespace().next());
    let exported: BTreeSet<String> = exported.map(str::to_owned).collect();
    assert_eq!(exported, listed().into_keys().collect());
}

#[test]
fn every_function_is_documented_with_its_codes() {
    for comment in read(&root().join("include/bgcopy.h")).split("/**").skip(1) {
        let (comment, rest) = comment.split_once("*/").expect("an end");
        let answers_code = rest.trim_start().starts_with("BGCOPY_API bgcopy_hresult");
        assert!(!answers_code || comment.contains("@return"), "no @return: {rest:.120}");
    }
}
