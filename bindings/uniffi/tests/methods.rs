//! Nothing of the Rust API is missing here.

use std::collections::BTreeSet;
use std::path::Path;

/// Public functions of core that are not methods of handles.
const NOT_METHODS: [&str; 2] = ["new", "progress_of"];

#[test]
fn every_method_of_the_handle_room_is_exported() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (theirs, ours) in [
        ("file.rs", &["file.rs"][..]),
        ("job.rs", &["job.rs", "job_properties.rs"]),
        ("manager.rs", &["manager.rs"]),
        ("reader.rs", &["reader.rs"]),
    ] {
        let mut wanted = functions(&here.join("../../core/src/handle").join(theirs));
        wanted.retain(|name| !NOT_METHODS.contains(&name.as_str()));
        assert!(wanted.len() > 2, "{theirs} is read");
        // A reader's wait reason comes with the job.
        if theirs == "reader.rs" {
            wanted.remove("wait_reason");
        }
        for file in ours {
            for name in functions(&here.join("src").join(file)) {
                wanted.remove(name.strip_suffix("_manager").unwrap_or(&name));
            }
        }
        assert_eq!(wanted, BTreeSet::new(), "missing of {theirs}");
    }
}

/// The names of the public functions in a file.
fn functions(file: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(file).expect("a source file");
    text.lines()
        .filter_map(|line| line.trim().strip_prefix("pub fn "))
        .filter_map(|rest| rest.split(['(', '<']).next())
        .map(str::to_owned)
        .collect()
}
