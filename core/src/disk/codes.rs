//! Errors of the system as codes.

use std::io::Error as IoError;
use std::path::Path;

use crate::platform;
use crate::vocab::{Error, ErrorContext, HResult};

/// ERROR_GEN_FAILURE: the device does not work, for whatever reason.
const GENERAL_FAILURE: u32 = 31;

/// The code of an error of the file system.
pub fn code_of(error: &IoError) -> HResult {
    platform::code_of(error).unwrap_or(HResult::from_win32(GENERAL_FAILURE))
}

/// The error of something that was tried with a local file.
pub fn failed(error: &IoError, verb: &str, path: Option<&Path>) -> Error {
    let what = match path {
        Some(path) => path.display().to_string(),
        None => "the temporary file".to_owned(),
    };
    let message = format!("cannot {verb} {what}: {error}");
    Error::with_context(code_of(error), ErrorContext::LocalFile, message)
}
