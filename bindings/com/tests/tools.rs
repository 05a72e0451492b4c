//! The same scenarios under the eyes of sanitizers and valgrind, and by another compiler. Those that
//! need more than gcc are ignored unless asked for; `tests/run` installs what they need and asks.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use std::process::Command;

use native::{GCC, GPP, Stage, Way, must_succeed, program, root, run_all};

const SANITIZED: &[&str] =
    &["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
/// Objects of another language have no types of C++ in their tables.
const SANITIZED_CPP: &[&str] = &[
    "-O1",
    "-g",
    "-fsanitize=address,undefined",
    "-fno-sanitize=vptr",
    "-fno-sanitize-recover=all",
];
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
    run_all(Way { flags: SANITIZED, ..GCC }, ".c");
}

#[test]
#[ignore = "needs g++"]
fn cpp_with_address_and_undefined_sanitizers() {
    run_all(Way { flags: SANITIZED_CPP, ..GPP }, ".cpp");
}

#[test]
#[ignore = "needs clang"]
fn clang_agrees() {
    run_all(Way { compiler: "clang", flags: PLAIN, wrapper: &[] }, ".c");
    run_all(Way { compiler: "clang++", flags: PLAIN, wrapper: &[] }, ".cpp");
}

#[test]
#[ignore = "needs valgrind"]
fn valgrind_finds_nothing() {
    // One thread runs at a time there.
    run_all(Way { wrapper: VALGRIND, flags: &["-O1", "-g", "-DROUNDS=30"], ..GCC }, ".c");
    run_all(Way { wrapper: VALGRIND, ..GPP }, ".cpp");
}

/// The example is one source for all systems.
const EXAMPLE: &str = "examples/com/download.c";

#[test]
fn the_example_downloads_a_file() {
    let way = Way { flags: &["-fshort-wchar", "-DBGCOPY_WCHAR_IS_WCHAR_T"], ..GCC };
    let stage = Stage::new();
    let run = |name: &str| {
        let mut command = Command::new(program(EXAMPLE, way));
        command.arg(stage.server.url(&format!("/{name}"))).arg(stage.folder.path().join(name));
        command.env("BGCOPY_STORE", stage.folder.path().join("store"));
        command
    };
    let output = must_succeed(&mut run("one"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0x00000000\n");
    let output = run("missing").output().expect("run");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0x80190194\n");
    stage.must_have(&["one"]);
}

#[test]
#[ignore = "needs pkg-config, and the C library built beside this one"]
fn the_example_is_built_from_what_is_installed() {
    let stage = Stage::new();
    let prefix = stage.folder.path().join("prefix");
    let built = std::env::current_exe().expect("a path").parent().expect("a folder").to_owned();
    must_succeed(
        Command::new(root().join("ffi/install.sh")).env("PREFIX", &prefix).env("BUILT", built),
    );
    let library = prefix.join("lib");
    let flags = must_succeed(
        Command::new("pkg-config")
            .args(["--cflags", "--libs", "bgcopy-bits"])
            .env("PKG_CONFIG_PATH", library.join("pkgconfig")),
    );
    let flags = String::from_utf8(flags.stdout).expect("text");
    let program = stage.folder.path().join("download");
    let mut command = Command::new("gcc");
    command.args(["-fshort-wchar", "-DBGCOPY_WCHAR_IS_WCHAR_T"]).arg(root().join(EXAMPLE));
    command.arg("-o").arg(&program).args(flags.split_whitespace());
    must_succeed(command.arg(format!("-Wl,-rpath,{}", library.display())));
    let mut command = Command::new(&program);
    command.arg(stage.server.url("/one")).arg(stage.folder.path().join("one"));
    must_succeed(command.env("BGCOPY_STORE", stage.folder.path().join("store")));
    std::fs::remove_dir_all(prefix).expect("removed");
    std::fs::remove_file(program).expect("removed");
    stage.must_have(&["one"]);
}

#[test]
#[ignore = "needs mingw"]
fn the_example_is_built_for_windows() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new("x86_64-w64-mingw32-gcc");
    command.args(["-Wall", "-Wextra", "-Werror", "-municode"]).arg(root().join(EXAMPLE));
    command.args(["-lole32", "-luuid", "-o"]).arg(folder.path().join("download.exe"));
    must_succeed(&mut command);
}
