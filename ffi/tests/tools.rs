//! The same scenarios under the eyes of sanitizers and valgrind, by another
//! compiler, and for Windows. Those that need more than gcc are ignored unless
//! asked for; `tests/run` installs what they need and asks.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use std::process::Command;

use native::{GCC, GPP, Stage, Way, must_succeed, root, run, run_all};

const SANITIZED: &[&str] =
    &["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
const VALGRIND: &[&str] = &[
    "valgrind",
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite",
    "--fair-sched=yes",
];
const PLAIN: &[&str] = &["-O1", "-g"];

#[test]
fn c_with_address_and_undefined_sanitizers() {
    run_all(Way { flags: SANITIZED, ..GCC }, "c/");
}

#[test]
#[ignore = "needs g++"]
fn cpp_with_address_and_undefined_sanitizers() {
    run_all(Way { flags: SANITIZED, ..GPP }, "cpp/");
}

#[test]
fn eight_threads_at_random() {
    let stage = Stage::new();
    let output = stage.run("c/stress.c", "stress", GCC);
    println!("{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_time_of_a_look_up_is_told() {
    let stage = Stage::new();
    let output = stage.run("c/bench.c", "look_up", GCC);
    println!("{}", String::from_utf8_lossy(&output.stdout));
}

/// The parts of the header for C++, as they are written in an include.
fn parts() -> Vec<String> {
    let folder = std::fs::read_dir(root().join("include/bgcopy")).expect("the parts");
    let names = folder.map(|entry| entry.expect("an entry").file_name());
    names.map(|name| format!("bgcopy/{}", name.to_string_lossy())).collect()
}

#[test]
#[ignore = "needs clang"]
fn each_part_of_the_header_for_cpp_is_complete_in_itself() {
    let parts = parts();
    assert!(parts.len() > 10, "{parts:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("part.cpp");
    for part in parts {
        std::fs::write(&source, format!("#include <{part}>\n#include <{part}>\n"))
            .expect("written");
        for compiler in ["g++", "clang++"] {
            let mut command = Command::new(compiler);
            command.args(native::CPP_FLAGS).arg("-fsyntax-only").arg("-I");
            must_succeed(command.arg(root().join("include")).arg(&source));
        }
    }
}

#[test]
#[ignore = "needs clang"]
fn clang_agrees() {
    run_all(Way { compiler: "clang", flags: PLAIN, wrapper: &[] }, "c/");
    run_all(Way { compiler: "clang++", flags: PLAIN, wrapper: &[] }, "cpp/");
}

#[test]
#[ignore = "needs valgrind"]
fn valgrind_finds_nothing() {
    run_all(Way { wrapper: VALGRIND, ..GCC }, "c/");
    run_all(Way { wrapper: VALGRIND, ..GPP }, "cpp/");
    let without_leaks = &["valgrind", "--quiet", "--error-exitcode=9"];
    run("c/process.c", "forked", &["two"], Way { wrapper: without_leaks, ..GCC });
}

#[test]
#[ignore = "needs mingw"]
fn header_compiles_for_windows() {
    let languages: [(&str, &[&str], &str); 2] = [
        ("x86_64-w64-mingw32-gcc", &native::C_FLAGS, "c/header.c"),
        ("x86_64-w64-mingw32-g++", &native::CPP_FLAGS, "cpp/header.cpp"),
    ];
    for (compiler, flags, source) in languages {
        let mut command = Command::new(compiler);
        command.args(flags).arg("-fsyntax-only").arg("-I").arg(root().join("include"));
        must_succeed(command.arg(root().join("tests").join(source)));
    }
}
