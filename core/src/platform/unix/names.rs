//! Paths as text.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::vocab::{Result, bytes_of_path, text_of_path};

/// The path that a text means.
pub fn path_of(text: &str) -> PathBuf {
    PathBuf::from(OsString::from_vec(bytes_of_path(text).into_owned()))
}

/// The text of a path, whatever its bytes are.
pub fn text_of(path: &Path) -> Result<String> {
    Ok(text_of_path(path.as_os_str().as_bytes()))
}
