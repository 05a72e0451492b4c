//! Locks that belong to an open file: the death of a holder frees them.
//!
//! Windows keeps others from reading and writing what is locked, so it is one
//! byte far beyond the end: the file itself says who has the lock.

use std::fs::File;
use std::io::{Error, Result};
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::Foundation::{ERROR_IO_PENDING, ERROR_LOCK_VIOLATION};
use windows_sys::Win32::Storage::FileSystem::{
    LOCK_FILE_FLAGS, LOCKFILE_EXCLUSIVE_LOCK, LOCKFILE_FAIL_IMMEDIATELY, LockFileEx, UnlockFileEx,
};
use windows_sys::Win32::System::IO::OVERLAPPED;

/// Where the locked byte is: at 2^62.
const OFFSET_HIGH: u32 = 1 << 30;

/// Takes the lock for this file alone; false if anybody else has it.
pub fn try_lock_alone(file: &File) -> Result<bool> {
    try_lock(file, LOCKFILE_EXCLUSIVE_LOCK)
}

/// Takes a share of the lock; false if somebody has it alone.
pub fn try_lock_shared(file: &File) -> Result<bool> {
    try_lock(file, 0)
}

/// Lets go.
pub fn unlock(file: &File) -> Result<()> {
    let mut place = place();
    // SAFETY: the file is open, and the place lives on.
    let unlocked = unsafe { UnlockFileEx(file.as_raw_handle(), 0, 1, 0, &raw mut place) };
    if unlocked == 0 { Err(Error::last_os_error()) } else { Ok(()) }
}

fn try_lock(file: &File, flags: LOCK_FILE_FLAGS) -> Result<bool> {
    let mut place = place();
    let flags = flags | LOCKFILE_FAIL_IMMEDIATELY;
    // SAFETY: the file is open and not an overlapped one, so that the place is
    // used only during the call.
    let locked = unsafe { LockFileEx(file.as_raw_handle(), flags, 0, 1, 0, &raw mut place) };
    if locked != 0 {
        return Ok(true);
    }
    let error = Error::last_os_error();
    match error.raw_os_error().map(i32::cast_unsigned) {
        Some(ERROR_LOCK_VIOLATION | ERROR_IO_PENDING) => Ok(false),
        Some(_) | None => Err(error),
    }
}

fn place() -> OVERLAPPED {
    let mut place = OVERLAPPED::default();
    place.Anonymous.Anonymous.OffsetHigh = OFFSET_HIGH;
    place
}
