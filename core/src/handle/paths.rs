//! Local names from paths, and back.

use std::path::{Path, PathBuf};

use crate::platform;
use crate::vocab::{PATHS, Result, label, limit};

/// The local name of a file at a path, for [`crate::FileSpec`] and the methods
/// of [`crate::Job`]. It is the path as text. Names of Unix need not be UTF-8:
/// bytes that are none are written as characters from U+10FF80 on, which no text
/// has, and [`path_of`] reads them back. E_INVALIDARG on Windows for a path that
/// is no Unicode.
pub fn local_name(path: impl AsRef<Path>) -> Result<String> {
    platform::text_of(path.as_ref())
}

/// The path of a local name, or of any other name that the library gives.
pub fn path_of(local_name: &str) -> PathBuf {
    platform::path_of(local_name)
}

/// What a job of that one file may be called: the name of the file, with
/// escapes for what a display name cannot have, cut at its greatest length.
pub fn display_name_of(local_name: &str) -> String {
    label(PATHS.last(local_name)).chars().take(limit::DISPLAY_NAME_CHARS_MAX).collect()
}
