//! Errors of the system as codes.

use std::io::Error as IoError;
use std::path::Path;

use crate::platform;
use crate::vocab::{Error, ErrorContext, HResult, code};

/// ERROR_GEN_FAILURE: the device does not work, for whatever reason.
const GENERAL_FAILURE: u32 = 31;

/// The code of an error of the file system.
pub fn code_of(error: &IoError) -> HResult {
    platform::code_of(error).unwrap_or(HResult::from_win32(GENERAL_FAILURE))
}

/// True for the failures of local files that pass without anybody doing
/// something to the job, so that it is tried again: what is used up is given
/// back, and a device may answer again. Everything else, like a file that is
/// too large for its file system, is the same the next time. This is the one
/// place where that is decided.
pub fn is_transient(code: HResult) -> bool {
    const PASSING: [HResult; 6] = [
        code::E_DISK_FULL,
        code::E_TOO_MANY_OPEN_FILES,
        code::E_OUTOFMEMORY,
        code::E_SHARING_VIOLATION,
        code::E_IO_DEVICE,
        // The manager is being closed.
        code::E_ABORT,
    ];
    PASSING.contains(&code)
}

/// The error of something that was tried with a local file.
pub fn failed(error: &IoError, verb: &str, path: Option<&Path>) -> Error {
    let what = match path {
        Some(path) => path.display().to_string(),
        None => "the temporary file".to_owned(),
    };
    let code = code_of(error);
    let why = match code {
        code::E_FILE_TOO_LARGE => {
            "the file is too large for this file system, or for what this process may write"
                .to_owned()
        }
        _ => error.to_string(),
    };
    let message = format!("cannot {verb} {what}: {why}");
    Error::with_context(code, ErrorContext::LocalFile, message)
}
