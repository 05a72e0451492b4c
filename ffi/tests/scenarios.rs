//! The scenarios in C, each a test, and those in C++.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

#[macro_use]
mod native;

use std::collections::BTreeSet;
use std::process::Command;

use native::{GCC, GPP, SCENARIOS, Stage, Way, library_folder, must_succeed, program, run};

/// A test for each scenario.
macro_rules! tests {
    (
        c { $($c:ident { $($in_c:ident: $of_c:tt,)* })* }
        cpp { $($cpp:ident { $($in_cpp:ident: $of_cpp:tt,)* })* }
    ) => {
        mod c {
            $(mod $c {
                use super::super::native::{GCC, run};
                $(#[test]
                fn $in_c() {
                    let source = concat!("c/", stringify!($c), ".c");
                    run(source, stringify!($in_c), &$of_c, GCC);
                })*
            })*
        }
        mod cpp {
            $(mod $cpp {
                use super::super::native::{GPP, run};
                $(#[test]
                #[ignore = "needs g++"]
                fn $in_cpp() {
                    let source = concat!("cpp/", stringify!($cpp), ".cpp");
                    run(source, stringify!($in_cpp), &$of_cpp, GPP);
                })*
            })*
        }
    };
}

every_scenario!(tests);

/// Programs that other tests run, each with one scenario of its name.
const ELSEWHERE: [(&str, &str); 2] = [("c/stress.c", "stress"), ("c/bench.c", "look_up")];

/// By the table that each program hands to `run_scenario`. A function of a scenario
/// that is not in its table does not compile, as nobody calls it.
#[test]
fn every_scenario_of_a_program_is_in_the_list() {
    let mut found = BTreeSet::new();
    for language in ["c", "cpp"] {
        let folder = native::root().join("tests").join(language);
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a source");
            // What the programs share has no table.
            if text.contains("run_scenario(") && !name.starts_with("check.") {
                let source = format!("{language}/{name}");
                let scenarios = scenarios_of(&text);
                assert!(!scenarios.is_empty(), "the table of {source} is read");
                found.extend(scenarios.into_iter().map(|scenario| (source.clone(), scenario)));
            }
        }
    }
    let listed = SCENARIOS.iter().map(|scenario| (scenario.0, scenario.1)).chain(ELSEWHERE);
    let listed: BTreeSet<_> =
        listed.map(|(source, scenario)| (source.to_owned(), scenario.to_owned())).collect();
    assert_eq!(found, listed);
}

/// The names in a program's table, whose rows are a text and the function of the
/// same name.
fn scenarios_of(text: &str) -> Vec<String> {
    let rows = text.split("{\"").skip(1).filter_map(|row| row.split_once("\","));
    let scenarios = rows.filter(|(name, rest)| {
        rest.trim_start().strip_prefix(name).is_some_and(|rest| rest.starts_with('}'))
    });
    scenarios.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn opened_and_closed_a_thousand_times() {
    let stage = Stage::new();
    let library = library_folder().join("libbgcopy.so.0.1");
    let store = stage.folder.path().join("store");
    must_succeed(Command::new(program("c/dlopen.c", GCC)).arg(library).arg(store));
}

#[test]
#[ignore = "needs g++"]
fn program_in_cpp_without_exceptions() {
    let way = Way { flags: &["-O1", "-g", "-fno-exceptions", "-fno-rtti"], ..GPP };
    run("cpp/without_exceptions.cpp", "download", &["one"], way);
}

/// The waits that a token of C++20 ends.
#[test]
#[ignore = "needs g++"]
fn waits_in_cpp_20() {
    let way = Way { flags: &["-O1", "-g", "-std=c++20"], ..GPP };
    for source in ["cpp/scenarios.cpp", "cpp/reading.cpp"] {
        run(source, "interrupted", &[], way);
    }
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

/// By what the programs with the scenarios in C++ need of the library. They call
/// it through the header alone.
#[test]
#[ignore = "needs g++"]
fn every_function_is_called_by_the_scenarios_in_cpp() {
    let mut called = BTreeSet::new();
    let sources: BTreeSet<_> = SCENARIOS
        .iter()
        .map(|scenario| scenario.0)
        .filter(|source| source.starts_with("cpp/"))
        .collect();
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
