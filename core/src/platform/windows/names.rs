//! Paths as text.

use std::path::{Path, PathBuf};

use crate::vocab::{Error, Result, code};

/// The path that a text means.
pub fn path_of(text: &str) -> PathBuf {
    PathBuf::from(text)
}

/// The text of a path: E_INVALIDARG if it is no Unicode.
pub fn text_of(path: &Path) -> Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        Error::new(code::E_INVALIDARG, format!("the name is no Unicode: {}", path.display()))
    })
}
