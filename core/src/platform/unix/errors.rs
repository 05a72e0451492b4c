//! Errors of the system as codes.

use std::io::Error;

use crate::vocab::{HResult, code};

/// Errors of a connection that say that there is no way to the network.
pub const NO_NETWORK_ERRORS: [i32; 2] = [libc::ENETUNREACH, libc::ENETDOWN];

/// The code of an error of the file system; None if it has no better one than
/// that of a general failure.
pub fn code_of(error: &Error) -> Option<HResult> {
    Some(match error.raw_os_error()? {
        // ELOOP: a symbolic link where none is followed.
        libc::EACCES | libc::EPERM | libc::EROFS | libc::ELOOP => code::E_ACCESSDENIED,
        libc::ENOENT => code::E_FILE_NOT_FOUND,
        libc::ENOTDIR => code::E_PATH_NOT_FOUND,
        libc::EEXIST => code::E_FILE_EXISTS,
        libc::EISDIR => code::E_DIRECTORY,
        libc::ENOSPC | libc::EDQUOT => code::E_DISK_FULL,
        // By the file system, or by the limit of the process.
        libc::EFBIG => code::E_FILE_TOO_LARGE,
        libc::ENAMETOOLONG | libc::EINVAL | libc::EILSEQ => code::E_INVALID_NAME,
        // EINTR: each call was repeated that a signal interrupted, as far as it could be.
        libc::EIO | libc::EINTR => code::E_IO_DEVICE,
        libc::EBUSY | libc::ETXTBSY => code::E_SHARING_VIOLATION,
        libc::EMFILE | libc::ENFILE => code::E_TOO_MANY_OPEN_FILES,
        libc::ENOMEM => code::E_OUTOFMEMORY,
        _ => return None,
    })
}

/// True if a file that was opened without following links is not there, or a
/// link is in its place.
pub fn is_gone(error: &Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ELOOP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interrupted_call_has_a_code() {
        let told = code_of(&Error::from_raw_os_error(libc::EINTR));
        assert_eq!(told, Some(code::E_IO_DEVICE));
    }
}
