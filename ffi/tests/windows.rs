//! The scenarios in C and C++ with the library for Windows, under Wine.
//!
//! `BGCOPY_WINDOWS` names a folder with `bgcopy.dll`, `libbgcopy.dll.a` and what
//! else programs need beside them.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use std::path::{Path, PathBuf};
use std::process::Command;

use native::{C_FLAGS, CPP_FLAGS, SCENARIO_SECONDS_MAX, SCENARIOS, Stage, must_succeed, root};

fn folder() -> PathBuf {
    std::env::var_os("BGCOPY_WINDOWS").expect("BGCOPY_WINDOWS: tests/run --windows sets it").into()
}

/// Builds a program beside the library. Only what is the compiler's is linked
/// in.
fn build(source: &str) -> PathBuf {
    let program = folder().join(source.replace(['/', '.'], "-")).with_extension("exe");
    let is_c = source.ends_with(".c");
    let compiler = if is_c { "x86_64-w64-mingw32-gcc" } else { "x86_64-w64-mingw32-g++" };
    let mut command = Command::new(compiler);
    command.args(if is_c { &C_FLAGS } else { &CPP_FLAGS }).arg("-I").arg(root().join("include"));
    command.arg(root().join("tests").join(source)).arg("-o").arg(&program).arg("-static");
    must_succeed(command.arg(folder().join("libbgcopy.dll.a")));
    program
}

/// A path as Windows programs see it under Wine.
fn seen_by_windows(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

fn run_all(language: &str) {
    let mut program = (PathBuf::new(), "");
    let mut told = 0;
    for &(source, scenario, files) in SCENARIOS {
        // Windows has no fork and no signals.
        if !source.starts_with(language) || source == "c/process.c" {
            continue;
        }
        println!("{source} {scenario}");
        if program.1 != source {
            program = (build(source), source);
        }
        let stage = Stage::new();
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after=5", SCENARIO_SECONDS_MAX, "/usr/lib/wine/wine64"])
            .arg(&program.0)
            .arg(scenario);
        command.arg(seen_by_windows(stage.folder.path())).arg(stage.server.url(""));
        must_succeed(&mut command);
        stage.must_have_what(source, scenario, files);
        told += 1;
    }
    assert!(told > 0);
}

#[test]
fn scenarios_in_c() {
    run_all("c/");
}

#[test]
fn scenarios_in_cpp() {
    run_all("cpp/");
}
