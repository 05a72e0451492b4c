//! Prints the generated files of every language from the tables of
//! `bgcopy_core::vocab`: codes, enumerations, flags and limits are written there once. The
//! interfaces of BITS are printed from Microsoft's metadata.
//!
//! The files are committed. `UPDATE=1 cargo test -p bgcopy-generate` writes them anew; without
//! UPDATE that test compares them.

mod c;
mod com;
mod cpp;
mod python;
mod text;
mod uniffi;

use std::path::{Path, PathBuf};

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every generated file: its path from the root, and what it must contain.
pub fn outputs() -> Vec<(&'static str, String)> {
    vec![
        ("include/bgcopy.h", c::header()),
        ("include/bgcopy/enums.hpp", cpp::enums()),
        ("bindings/python/python/bgcopy/_vocab.py", python::vocabulary()),
        ("bindings/uniffi/src/enums.rs", uniffi::enums()),
        ("bindings/com/src/abi/interfaces.rs", com::interfaces()),
        ("bindings/com/src/abi/types.rs", com::types()),
        ("include/com/bits.h", com::header()),
    ]
}

/// The modules of `ffi/src` that the header is made from, in its order.
pub use c::SOURCES;
