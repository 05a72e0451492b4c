//! Errors of the system as codes.

use std::io::Error as IoError;
use std::path::Path;

use crate::vocab::{Error, ErrorContext, HResult, code};

/// ERROR_GEN_FAILURE: the device does not work, for whatever reason.
const GENERAL_FAILURE: u32 = 31;

/// The code of an error of the file system.
pub fn code_of(error: &IoError) -> HResult {
    let Some(number) = error.raw_os_error() else {
        return HResult::from_win32(GENERAL_FAILURE);
    };
    match number {
        // ELOOP: a symbolic link where none is followed.
        libc::EACCES | libc::EPERM | libc::EROFS | libc::ELOOP => code::E_ACCESSDENIED,
        libc::ENOENT => code::E_FILE_NOT_FOUND,
        libc::ENOTDIR => code::E_PATH_NOT_FOUND,
        libc::EEXIST => code::E_FILE_EXISTS,
        libc::EISDIR => code::E_DIRECTORY,
        libc::ENOSPC | libc::EDQUOT | libc::EFBIG => code::E_DISK_FULL,
        libc::ENAMETOOLONG | libc::EINVAL | libc::EILSEQ => code::E_INVALID_NAME,
        libc::EIO => code::E_IO_DEVICE,
        libc::EBUSY | libc::ETXTBSY => code::E_SHARING_VIOLATION,
        libc::EMFILE | libc::ENFILE => code::E_TOO_MANY_OPEN_FILES,
        libc::ENOMEM => code::E_OUTOFMEMORY,
        _ => HResult::from_win32(GENERAL_FAILURE),
    }
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
