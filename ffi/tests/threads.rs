//! Eight threads at random, with no data race: under the thread sanitizer, in
//! the library and in Rust's own. Needs a nightly compiler with its sources and
//! minutes to build, so it runs only when it is named; `tests/run --threads`
//! does.
//!
//! Helgrind is not used: it does not see the locks of Rust's library, which are
//! made of atomics and futexes, and reports what they protect.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use std::path::{Path, PathBuf};
use std::process::Command;

use native::{C_FLAGS, Stage, must_succeed, root};

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// How long the threads work.
const STRESS_SECONDS: &str = "30";

/// Nothing takes longer, under the sanitizer either.
const RUN_SECONDS_MAX: &str = "300";

/// The static library, built with the sanitizer down to Rust's own. What is
/// written in C is not: it has its calls of locks and memory watched.
fn library() -> PathBuf {
    let folder = root().join("target/tsan");
    must_succeed(
        Command::new("cargo")
            .args(["+nightly", "build", "--release", "-Zbuild-std", "--target", TARGET])
            .args(["-p", "bgcopy-ffi", "--lib"])
            .current_dir(root())
            .env("CARGO_TARGET_DIR", &folder)
            .env("RUSTFLAGS", "-Zsanitizer=thread")
            .env("CFLAGS", "-DHAVE_POLL"),
    );
    folder.join(TARGET).join("release/libbgcopy.a")
}

/// The sanitizer that belongs to the compiler.
fn runtime() -> PathBuf {
    let output = must_succeed(Command::new("rustc").args(["+nightly", "--print", "sysroot"]));
    let sysroot = String::from_utf8(output.stdout).expect("text");
    let folder = Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).join("lib");
    folder.join("librustc-nightly_rt.tsan.a")
}

fn build(folder: &Path) -> PathBuf {
    let (object, program) = (folder.join("stress.o"), folder.join("stress"));
    let mut compile = Command::new("gcc");
    compile.args(C_FLAGS).args(["-O1", "-g", "-fsanitize=thread", "-c"]);
    compile.arg("-I").arg(root().join("include")).arg(root().join("tests/c/stress.c"));
    must_succeed(compile.arg("-o").arg(&object));
    let mut link = Command::new("gcc");
    link.arg(&object).arg("-o").arg(&program).arg(library());
    link.args(["-Wl,--whole-archive"]).arg(runtime()).args(["-Wl,--no-whole-archive"]);
    must_succeed(link.args(["-lz", "-lpthread", "-ldl", "-lm", "-lrt"]));
    program
}

#[test]
fn eight_threads_without_a_race() {
    let stage = Stage::new();
    let built = tempfile::tempdir().expect("a folder");
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", RUN_SECONDS_MAX]).arg(build(built.path()));
    command.arg("stress").arg(stage.folder.path()).arg(stage.server.url(""));
    command.env("BGCOPY_STRESS_SECONDS", STRESS_SECONDS);
    // A report makes the code of the program's end another one.
    command.env("TSAN_OPTIONS", "exitcode=66 second_deadlock_stack=1");
    let output = must_succeed(&mut command);
    println!("{}", String::from_utf8_lossy(&output.stdout));
}
