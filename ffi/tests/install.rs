//! What is installed is all there and found by CMake and pkg-config, and the
//! examples built with it do what they say. Most needs cmake or pkg-config, so
//! it is ignored unless asked for; `tests/run` does.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

mod native;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use native::{Stage, must_succeed, root};

/// Installs into a folder and returns it.
fn install(stage: &Stage) -> PathBuf {
    let built = std::env::current_exe().expect("a path").parent().expect("a folder").to_owned();
    let prefix = stage.folder.path().join("prefix");
    must_succeed(
        Command::new(root().join("ffi/install.sh")).env("PREFIX", &prefix).env("BUILT", built),
    );
    prefix
}

#[test]
fn every_header_is_installed() {
    let stage = Stage::new();
    let prefix = install(&stage);
    let names = |path: &Path| {
        let entries = std::fs::read_dir(path).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let mut ours = names(&root().join("include"));
    assert!(ours.remove(OsStr::new("com")), "those of BITS have another folder");
    let mut installed = names(&prefix.join("include"));
    if installed.remove(OsStr::new("bgcopy-bits")) {
        let bits = names(&prefix.join("include/bgcopy-bits"));
        assert_eq!(bits, names(&root().join("include/com")));
    }
    assert_eq!(installed, ours);
    let classes = "include/bgcopy";
    assert_eq!(names(&prefix.join(classes)), names(&root().join(classes)));
}

fn run_example(stage: &Stage, program: &Path, kind: &str) {
    let path = |name: &str| stage.folder.path().join(format!("{kind}-{name}"));
    let mut command = Command::new(program);
    command.arg(path("store"));
    for name in ["one", "two"] {
        command.arg(stage.server.url(&format!("/{name}"))).arg(path(name));
    }
    let output = must_succeed(&mut command);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "transferred\ncancelled\n");
    for name in ["one", "two"] {
        let found = std::fs::read(path(name)).expect("the file");
        assert!(found == native::content(name).slice(0..native::LENGTH), "{name}");
    }
}

/// Sends what `run_example` has fetched, and one file that is refused.
fn run_upload(stage: &Stage, program: &Path, kind: &str) {
    let path = |name: &str| stage.folder.path().join(format!("{kind}-{name}"));
    let mut command = Command::new(program);
    command.arg(path("store"));
    let mut expected = String::new();
    for name in ["one", "two"] {
        command.arg(stage.server.url(&format!("/up/{name}"))).arg(path(name));
        expected += &format!("sent {}\n", path(name).display());
    }
    let output = must_succeed(&mut command);
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    stage.must_have_uploads(2);
    let nowhere = stage.server.url("/nowhere");
    let output = Command::new(program).arg(path("store")).arg(nowhere).arg(path("one")).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = format!("{}: ", path("one").display());
    assert!(String::from_utf8_lossy(&output.stderr).starts_with(&told), "{output:?}");
}

/// Builds the examples of a folder by CMake, and says where they are then.
fn configured(stage: &Stage, prefix: &Path, examples: &str) -> PathBuf {
    let built = stage.folder.path().join("built");
    must_succeed(
        Command::new("cmake")
            .arg("-S")
            .arg(root().join("examples").join(examples))
            .arg("-B")
            .arg(&built)
            .arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display())),
    );
    must_succeed(Command::new("cmake").arg("--build").arg(&built));
    built
}

fn example(language: &str) {
    let stage = Stage::new();
    let prefix = install(&stage);
    let built = configured(&stage, &prefix, language);
    for kind in ["shared", "static"] {
        run_example(&stage, &built.join(format!("download-{kind}")), kind);
        run_upload(&stage, &built.join(format!("upload-{kind}")), kind);
    }
}

#[test]
#[ignore = "needs cmake"]
fn example_in_c_is_built_by_cmake() {
    example("c");
}

#[test]
#[ignore = "needs cmake"]
fn example_in_cpp_is_built_by_cmake() {
    example("cpp");
}

/// Where the library for programs of BITS was built beside the one for C.
#[test]
#[ignore = "needs cmake"]
fn example_of_bits_is_built_by_cmake() {
    let stage = Stage::new();
    let prefix = install(&stage);
    if !prefix.join("lib/libbgcopy_bits.so").exists() {
        println!("the library for programs of BITS is not built");
        return;
    }
    let built = configured(&stage, &prefix, "com");
    for kind in ["bits", "bits_static"] {
        let place = stage.folder.path().join(format!("one-{kind}"));
        let output = must_succeed(
            Command::new(built.join(format!("download-{kind}")))
                .env("BGCOPY_STORE", stage.folder.path().join("store"))
                .arg(stage.server.url("/one"))
                .arg(&place),
        );
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0x00000000\n");
        let found = std::fs::read(place).expect("the file");
        assert!(found == native::content("one").slice(0..native::LENGTH), "{kind}");
    }
}

#[test]
#[ignore = "needs pkg-config"]
fn example_is_built_by_pkg_config() {
    let stage = Stage::new();
    let prefix = install(&stage);
    let library = prefix.join("lib");
    let told = must_succeed(
        Command::new("pkg-config")
            .args(["--cflags", "--libs", "bgcopy"])
            .env("PKG_CONFIG_PATH", library.join("pkgconfig")),
    );
    let told = String::from_utf8(told.stdout).expect("text");
    let program = stage.folder.path().join("download");
    let mut command = Command::new("gcc");
    command.arg(root().join("examples/c/download.c")).arg("-o").arg(&program);
    command.args(told.split_whitespace()).arg(format!("-Wl,-rpath,{}", library.display()));
    must_succeed(&mut command);
    // The name in the program is that of the binary interface, not a path.
    let needed = must_succeed(Command::new("readelf").arg("-d").arg(&program));
    assert!(String::from_utf8_lossy(&needed.stdout).contains("[libbgcopy.so.0.1]"));
    run_example(&stage, &program, "pkg");
}
