//! The stories in C, each a test, and those in C++.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use native::{GCC, GPP, STORIES, tell, tell_all};

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
    stories!("c/uploads.c": several, reply, no_reply);
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

/// What takes a handle is in the list of misuse.
#[test]
fn no_function_is_forgotten() {
    let read = |name: &str| std::fs::read_to_string(native::root().join(name)).expect("a file");
    let calls = read("tests/c/all_calls.h") + &read("tests/c/misuse.c");
    for line in read("ffi/symbols.txt").lines().filter(|line| !line.starts_with('#')) {
        let symbol = line.split(' ').next().expect("a symbol");
        let takes_handle =
            ["manager_", "job_", "file_", "error_", "wait_reason_", "event_", "enum_", "reader_"]
                .iter()
                .any(|kind| symbol.starts_with(&format!("bgcopy_{kind}")));
        assert!(!takes_handle || calls.contains(&format!("{symbol}(")), "{symbol} is not tried");
    }
}

/// The program of the guide is one, and short.
#[test]
fn the_program_of_the_guide_compiles() {
    let guide = std::fs::read_to_string(native::root().join("docs/c-api.md")).expect("the guide");
    let program = guide.split("```c\n").nth(1).and_then(|text| text.split("```").next());
    let program = program.expect("a program in C");
    assert!(program.lines().count() <= 60);
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("guide.c");
    std::fs::write(&source, program).expect("written");
    let mut command = std::process::Command::new("gcc");
    command
        .args(native::C_FLAGS)
        .arg("-fsyntax-only")
        .arg("-I")
        .arg(native::root().join("include"));
    native::must_succeed(command.arg(source));
}
