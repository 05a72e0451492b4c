//! The headers, and what the library exports.
#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use std::collections::BTreeSet;
use std::process::Command;

use native::{C_FLAGS, CPP_FLAGS, library_folder, must_succeed, root};

/// Ways in which a program may be compiled; those of C++ need g++.
const IN_C: [&[&str]; 4] = [
    &["-std=c11"],
    &["-std=c17", "-DWITH_MACROS"],
    &["-std=gnu2x", "-DWITH_MACROS"],
    &["-std=c11", "-fshort-wchar", "-DBGCOPY_WCHAR_IS_WCHAR_T"],
];
const IN_CPP: [&[&str]; 4] = [
    &["-std=c++11"],
    &["-std=c++17", "-DWITH_MACROS"],
    &["-std=c++20"],
    &["-std=c++17", "-fshort-wchar", "-DBGCOPY_WCHAR_IS_WCHAR_T"],
];

fn compile(compiler: &str, flags: &[&str], language: &str, ways: [&[&str]; 4]) {
    for way in ways {
        let mut command = Command::new(compiler);
        command.args(flags).args(way).args(["-fsyntax-only", "-x", language, "-I"]);
        command.arg(root().join("include/com")).arg(root().join("tests/com/header.c"));
        must_succeed(&mut command);
    }
}

#[test]
fn headers_compile_in_c() {
    compile("gcc", &C_FLAGS, "c", IN_C);
}

#[test]
#[ignore = "needs g++"]
fn headers_compile_in_cpp() {
    compile("g++", &CPP_FLAGS, "c++", IN_CPP);
}

#[test]
#[ignore = "needs clang"]
fn headers_compile_by_clang() {
    compile("clang", &C_FLAGS, "c", IN_C);
    compile("clang++", &CPP_FLAGS, "c++", IN_CPP);
}

/// A wchar_t of four bytes is not taken for UTF-16.
#[test]
fn wide_characters_of_four_bytes_are_refused() {
    let mut command = Command::new("gcc");
    command.args(["-fsyntax-only", "-DBGCOPY_WCHAR_IS_WCHAR_T", "-I"]);
    command.arg(root().join("include/com")).arg(root().join("tests/com/header.c"));
    let output = command.output().expect("gcc");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("needs -fshort-wchar"), "{text}");
}

#[test]
fn the_library_exports_what_the_headers_declare() {
    let read = |name: &str| std::fs::read_to_string(root().join("include/com").join(name));
    let all = ["bits.h", "bgcopy_com.h", "deliveryoptimization.h", "oleauto.h"];
    let text: String = all.map(|name| read(name).expect("a header")).concat();
    let declared: BTreeSet<_> = text
        .lines()
        .filter_map(|line| {
            let line = line.trim_start();
            if let Some(rest) = line.strip_prefix("extern const ") {
                return rest.split(' ').nth(1)?.strip_suffix(';').map(str::to_owned);
            }
            let is_function = ["HRESULT ", "void ", "void *", "int32_t ", "BSTR ", "UINT "]
                .iter()
                .any(|kind| line.starts_with(kind) && line.contains("bgcopy_"));
            let name = line.split_once('(')?.0.rsplit([' ', '*']).next()?;
            is_function.then(|| name.to_owned())
        })
        .collect();
    // Of BITS, and then of Delivery Optimization.
    assert_eq!(declared.len(), 1 + 24 + 10 + 12 + 4 + 1 + 6, "{declared:?}");
    let mut nm = Command::new("nm");
    nm.args(["-D", "--defined-only", "-P"]).arg(library_folder().join("libbgcopy_bits.so"));
    let output = String::from_utf8(must_succeed(&mut nm).stdout).expect("text");
    let exported: BTreeSet<_> = output
        .lines()
        .filter_map(|line| line.split([' ', '@']).next())
        .filter(|name| {
            ["bgcopy_", "IID_", "CLSID_", "Co"].iter().any(|prefix| name.starts_with(prefix))
        })
        .map(str::to_owned)
        .collect();
    assert_eq!(exported, declared);
}
