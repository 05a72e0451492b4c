//! `include/bgcopy.h`, the enumerations of C++ and `ffi/symbols.txt` are what
//! the sources say. UPDATE=1 rewrites the headers.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

#[path = "header/constants.rs"]
mod constants;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The order of the header: what it is about comes before what it needs for it.
const SOURCES: [&str; 24] = [
    "guard",
    "string",
    "version",
    "guid",
    "time",
    "log",
    "options",
    "manager",
    "job",
    "job_facts",
    "job_snapshot",
    "job_settings",
    "job_transport",
    "uploads",
    "callback",
    "job_callbacks",
    "file",
    "error",
    "wait_reason",
    "event",
    "interrupt",
    "enum_jobs",
    "enum_files",
    "reader",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    text.replace("\r\n", "\n")
}

fn generate() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut config = cbindgen::Config::from_file(folder.join("cbindgen.toml")).expect("a config");
    let constants = constants::text();
    config.after_includes = config.after_includes.map(|text| format!("{text}\n{constants}"));
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(folder.join("src").join(source).with_extension("rs"));
    }
    let mut header = Vec::new();
    builder.generate().expect("a header").write(&mut header);
    String::from_utf8(header).expect("text")
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
fn header_is_what_the_sources_say() {
    must_be("include/bgcopy.h", &generate());
}

#[test]
fn enumerations_of_cpp_are_those_of_the_vocabulary() {
    must_be("include/bgcopy/enums.hpp", &constants::enums_of_cpp());
}

fn must_be(file: &str, text: &str) {
    let path = root().join(file);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, text).expect("written");
    }
    let same = read(&path) == text;
    assert!(same, "{file} is stale: run this test with UPDATE=1 and commit the result");
}

#[test]
fn every_source_with_an_export_is_in_the_header() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let exports = read(&path).contains("no_mangle");
        assert!(!exports || SOURCES.contains(&name), "{name} is missing in SOURCES");
    }
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
