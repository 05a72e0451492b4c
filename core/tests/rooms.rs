//! The rooms keep apart: the pure ones touch nothing, and dependencies point
//! up the list of the architecture.

use std::path::{Path, PathBuf};

fn sources(room: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a room") {
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
fn pure_rooms_touch_no_files_sockets_threads_or_clocks() {
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
    for room in ["vocab", "protocol", "model"] {
        for (path, text) in sources(room) {
            for word in impure {
                assert!(!text.contains(word), "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn dependencies_point_up() {
    let rooms = [
        "vocab", "protocol", "model", "store", "disk", "transfer", "notify", "engine", "link",
        "handle",
    ];
    let allowed: [(&str, &[&str]); 10] = [
        ("vocab", &[]),
        ("protocol", &["vocab"]),
        ("model", &["vocab", "protocol"]),
        ("store", &["vocab", "protocol", "model"]),
        ("disk", &["vocab", "store"]),
        ("transfer", &["vocab", "protocol", "disk"]),
        ("notify", &["vocab", "protocol", "model"]),
        ("engine", &["vocab", "protocol", "model", "store", "disk", "transfer", "notify"]),
        ("link", &["vocab", "protocol", "model", "notify", "engine"]),
        ("handle", &["vocab", "protocol", "model", "store", "notify", "engine", "link"]),
    ];
    for (room, uses) in allowed {
        for (path, text) in sources(room) {
            for other in rooms {
                let used = text.contains(&format!("crate::{other}::"));
                assert!(
                    !used || other == room || uses.contains(&other),
                    "{} uses {other}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn no_source_file_grows_beyond_reading() {
    for room in [
        "vocab", "protocol", "model", "store", "disk", "transfer", "notify", "engine", "link",
        "handle",
    ] {
        for (path, text) in sources(room) {
            let lines = text.lines().count();
            assert!(lines <= 520, "{} has {lines} lines", path.display());
        }
    }
}
