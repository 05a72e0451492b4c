//! The stories in C, each a test, and those in C++.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use std::collections::BTreeSet;
use std::process::Command;

use native::{GCC, GPP, STORIES, Way, must_succeed, program, tell, tell_all};

fn story(source: &str, name: &str) {
    let found = STORIES.iter().find(|story| story.0 == source && story.1 == name);
    let (source, name, files) = found.expect("a story of the list");
    tell(source, name, files, GCC);
}

macro_rules! stories {
    ($source:literal: $($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            story($source, stringify!($name));
        })*
    };
}

mod life {
    use super::story;
    stories!("c/life.c": download, cancel_in_callback, partial, failure, registered_late, replaced,
        manager_is_not_closed_in_callback, ranges, reopened);
}

mod events {
    use super::story;
    stories!("c/events.c": asked_for, descriptor, closed_while_waiting, enumerators, files);
}

mod misuse {
    use super::story;
    stories!("c/misuse.c": null_handles, closed_handles, wrong_kinds, null_results, finished_job,
        wrong_state, bad_numbers, bad_utf8, closed_manager);
}

mod settings {
    use super::story;
    stories!("c/settings.c": of_job, of_requests, properties, of_manager, at_one_moment,
        default_store, looked_at_from_beside);
}

mod uploads {
    use super::story;
    stories!("c/uploads.c": several, reply, no_reply, protocols, cancelled);
}

mod log {
    use super::story;
    stories!("c/log.c": levels);
}

mod process {
    use std::process::Command;

    use super::native::{GCC, Stage, library_folder, must_succeed, program};
    use super::story;
    stories!("c/process.c": forked, signals_and_locale);

    #[test]
    fn opened_and_closed_a_thousand_times() {
        let stage = Stage::new();
        let library = library_folder().join("libbgcopy.so.0.1");
        let store = stage.folder.path().join("store");
        must_succeed(Command::new(program("c/dlopen.c", GCC)).arg(library).arg(store));
    }
}

#[test]
#[ignore = "needs g++"]
fn stories_in_cpp() {
    tell_all(GPP, "cpp/");
}

#[test]
#[ignore = "needs g++"]
fn program_in_cpp_without_exceptions() {
    let way = Way { flags: &["-O1", "-g", "-fno-exceptions", "-fno-rtti"], ..GPP };
    tell("cpp/without_exceptions.cpp", "download", &["one"], way);
}

/// The waits that a token of C++20 ends.
#[test]
#[ignore = "needs g++"]
fn waits_in_cpp_20() {
    let way = Way { flags: &["-O1", "-g", "-std=c++20"], ..GPP };
    tell("cpp/stories.cpp", "interrupted", &[], way);
}

/// Functions that the header for C++ does not call.
const NOT_IN_CPP: [(&str, &str); 7] = [
    ("bgcopy_enum_files_clone", "files() is a std::vector"),
    ("bgcopy_enum_files_reset", "as before"),
    ("bgcopy_enum_files_skip", "as before"),
    ("bgcopy_enum_jobs_clone", "jobs() is a std::vector"),
    ("bgcopy_enum_jobs_reset", "as before"),
    ("bgcopy_enum_jobs_skip", "as before"),
    ("bgcopy_time_from_unix_ms", "no call takes a time"),
];

/// By what the programs with the stories in C++ need of the library. They call
/// it through the header alone.
#[test]
#[ignore = "needs g++"]
fn every_function_is_called_by_the_stories_in_cpp() {
    let mut called = BTreeSet::new();
    let sources: BTreeSet<_> =
        STORIES.iter().map(|story| story.0).filter(|source| source.starts_with("cpp/")).collect();
    for source in sources {
        let text = std::fs::read_to_string(native::root().join("tests").join(source));
        assert!(!text.expect("a source").contains("bgcopy_"), "{source} calls C itself");
        let mut nm = Command::new("nm");
        let output = must_succeed(nm.args(["--undefined-only", "-P"]).arg(program(source, GPP)));
        let text = String::from_utf8(output.stdout).expect("text");
        called.extend(
            text.lines().filter_map(|line| line.split([' ', '@']).next()).map(str::to_owned),
        );
    }
    for symbol in symbols() {
        let is_excepted = NOT_IN_CPP.iter().any(|one| one.0 == symbol);
        assert!(called.contains(&symbol) != is_excepted, "{symbol}: excepted is {is_excepted}");
    }
}

/// All functions of the library.
fn symbols() -> Vec<String> {
    let text = std::fs::read_to_string(native::root().join("ffi/symbols.txt")).expect("a file");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

const KINDS: [&str; 9] =
    ["manager", "job", "file", "error", "wait_reason", "event", "enum", "reader", "interrupt"];

/// What takes a handle is in the list of misuse.
#[test]
fn no_function_is_forgotten() {
    let read = |name: &str| std::fs::read_to_string(native::root().join(name)).expect("a file");
    let calls = read("tests/c/all_calls.h") + &read("tests/c/misuse.c");
    for symbol in symbols() {
        let takes_handle = KINDS.iter().any(|kind| symbol.starts_with(&format!("bgcopy_{kind}_")));
        assert!(!takes_handle || calls.contains(&format!("{symbol}(")), "{symbol} is not tried");
    }
}

/// The first program of the guide is whole, and short.
#[test]
fn the_programs_of_the_guide_compile() {
    let programs = guide("c");
    assert!(programs[0].lines().count() <= 60);
    for program in programs {
        must_compile(&program, "gcc", "guide.c", &native::C_FLAGS);
    }
}

#[test]
#[ignore = "needs g++"]
fn the_programs_in_cpp_of_the_guide_compile() {
    for program in guide("cpp") {
        must_compile(&program, "g++", "guide.cpp", &native::CPP_FLAGS);
    }
}

/// The programs of the guide in a language.
fn guide(language: &str) -> Vec<String> {
    let guide = std::fs::read_to_string(native::root().join("docs/c-api.md")).expect("the guide");
    let begins = format!("```{language}\n");
    let programs = guide.split(&begins).skip(1).filter_map(|text| text.split("```").next());
    let programs: Vec<_> = programs.map(str::to_owned).collect();
    assert!(!programs.is_empty());
    programs
}

fn must_compile(program: &str, compiler: &str, name: &str, flags: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join(name);
    std::fs::write(&source, program).expect("written");
    let mut command = Command::new(compiler);
    command.args(flags).arg("-fsyntax-only").arg("-I").arg(native::root().join("include"));
    must_succeed(command.arg(source));
}
