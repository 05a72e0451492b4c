//! The modules keep apart: the pure ones touch nothing, and dependencies point
//! up the list of the architecture.

use std::path::{Path, PathBuf};

fn sources(module: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a module") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

#[test]
fn pure_modules_touch_no_files_sockets_threads_or_clocks() {
    let impure = [
        "std::fs",
        "std::net",
        "std::thread",
        "Instant",
        "SystemTime::now",
        "curl::",
        "rusqlite",
        "rustix",
        "libc::",
    ];
    for module in ["vocab", "protocol", "model"] {
        for (path, text) in sources(module) {
            for word in impure {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn dependencies_point_up() {
    let modules = [
        "vocab", "platform", "protocol", "model", "store", "disk", "transfer", "notify", "engine",
        "link", "handle",
    ];
    let allowed: [(&str, &[&str]); 11] = [
        ("vocab", &[]),
        ("platform", &["vocab"]),
        ("protocol", &["vocab"]),
        ("model", &["vocab", "protocol"]),
        ("store", &["vocab", "platform", "protocol", "model"]),
        ("disk", &["vocab", "platform", "store"]),
        ("transfer", &["vocab", "platform", "protocol", "disk"]),
        ("notify", &["vocab", "protocol", "model"]),
        (
            "engine",
            &["vocab", "platform", "protocol", "model", "store", "disk", "transfer", "notify"],
        ),
        ("link", &["vocab", "platform", "protocol", "model", "notify", "engine"]),
        (
            "handle",
            &["vocab", "platform", "protocol", "model", "store", "notify", "engine", "link"],
        ),
    ];
    for (module, uses) in allowed {
        for (path, text) in sources(module) {
            for other in modules {
                let used = text.contains(&format!("crate::{other}::"));
                assert!(
                    !used || other == module || uses.contains(&other),
                    "{} uses {other}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn one_module_knows_the_systems() {
    // A probe of libcurl needs a descriptor of Unix.
    let exceptions = ["src/transfer/mod.rs"];
    for module in ["store", "disk", "transfer", "notify", "engine", "link", "handle"] {
        for (path, text) in sources(module) {
            if exceptions.iter().any(|known| path.ends_with(known)) || is_test(&path) {
                continue;
            }
            for word in ["std::os::", "rustix::", "libc::", "windows_sys::", "cfg(unix)"] {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.iter().any(|part| part == "tests")
}

#[test]
fn no_source_file_grows_beyond_reading() {
    for module in [
        "vocab", "platform", "protocol", "model", "store", "disk", "transfer", "notify", "engine",
        "link", "handle",
    ] {
        for (path, text) in sources(module) {
            let lines = text.lines().count();
            assert!(lines <= 520, "{} has {lines} lines", path.display());
        }
    }
}
