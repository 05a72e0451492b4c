//! Errors of the system as codes.

use std::io::Error;

use windows_sys::Win32::Foundation as win32;
use windows_sys::Win32::Networking::WinSock::{WSAENETDOWN, WSAENETUNREACH};

use crate::vocab::{HResult, code};

/// Errors of a connection that say that there is no way to the network.
pub const NO_NETWORK_ERRORS: [i32; 2] = [WSAENETUNREACH, WSAENETDOWN];

/// The code of an error of the file system: that of the error itself, but one
/// code where Windows has several numbers for one thing.
pub fn code_of(error: &Error) -> Option<HResult> {
    let number = error.raw_os_error()?.cast_unsigned();
    Some(match number {
        win32::ERROR_ALREADY_EXISTS => code::E_FILE_EXISTS,
        win32::ERROR_HANDLE_DISK_FULL | win32::ERROR_DISK_QUOTA_EXCEEDED => code::E_DISK_FULL,
        win32::ERROR_BAD_PATHNAME | win32::ERROR_FILENAME_EXCED_RANGE => code::E_INVALID_NAME,
        win32::ERROR_LOCK_VIOLATION | win32::ERROR_USER_MAPPED_FILE => code::E_SHARING_VIOLATION,
        win32::ERROR_CRC | win32::ERROR_GEN_FAILURE | win32::ERROR_NOT_READY => code::E_IO_DEVICE,
        win32::ERROR_NOT_ENOUGH_MEMORY => code::E_OUTOFMEMORY,
        win32::ERROR_BAD_NETPATH | win32::ERROR_BAD_NET_NAME | win32::ERROR_INVALID_DRIVE => {
            code::E_PATH_NOT_FOUND
        }
        // The last: a link where none is followed.
        win32::ERROR_WRITE_PROTECT | win32::ERROR_CANT_ACCESS_FILE => code::E_ACCESSDENIED,
        1..=0xFFFF => HResult::from_win32(number),
        _ => return None,
    })
}

/// True if a file that was opened without following links is not there, or a
/// link is in its place.
pub fn is_gone(error: &Error) -> bool {
    let number = error.raw_os_error().map(i32::cast_unsigned);
    matches!(
        number,
        Some(
            win32::ERROR_FILE_NOT_FOUND
                | win32::ERROR_PATH_NOT_FOUND
                | win32::ERROR_CANT_ACCESS_FILE
        )
    )
}
