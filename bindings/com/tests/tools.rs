//! The same stories under the eyes of sanitizers and valgrind, and by another compiler. Those that
//! need more than gcc are ignored unless asked for; `tests/run` installs what they need and asks.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use native::{GCC, GPP, Way, tell_all};

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
    tell_all(Way { flags: SANITIZED, ..GCC }, ".c");
}

#[test]
#[ignore = "needs g++"]
fn cpp_with_address_and_undefined_sanitizers() {
    tell_all(Way { flags: SANITIZED, ..GPP }, ".cpp");
}

#[test]
#[ignore = "needs clang"]
fn clang_agrees() {
    tell_all(Way { compiler: "clang", flags: PLAIN, wrapper: &[] }, ".c");
    tell_all(Way { compiler: "clang++", flags: PLAIN, wrapper: &[] }, ".cpp");
}

#[test]
#[ignore = "needs valgrind"]
fn valgrind_finds_nothing() {
    tell_all(Way { wrapper: VALGRIND, ..GCC }, ".c");
    tell_all(Way { wrapper: VALGRIND, ..GPP }, ".cpp");
}
