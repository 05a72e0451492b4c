//! The machine and who uses it.

use std::ffi::c_void;

use uuid::Uuid;
use windows_sys::Wdk::System::SystemInformation::{
    NtQuerySystemInformation, SystemTimeOfDayInformation,
};
use windows_sys::Win32::System::SystemInformation::GetTickCount64;

use super::security::user_sid;

/// Bytes that the system gives for its times of day.
const TIME_OF_DAY_BYTES: usize = 48;

/// What tells the names of boots from other ids.
const BOOT: u64 = u64::from_be_bytes(*b"bootedat");

/// Names this boot of the machine, by the time at which it started. A clock that
/// is set moves that time: then what was not synced counts no more. None means
/// that only what was synced counts after a restart.
pub fn boot_id() -> Option<Uuid> {
    let mut times = [0_u64; TIME_OF_DAY_BYTES / 8];
    let mut told = 0;
    // SAFETY: the buffer has that many bytes.
    let status = unsafe {
        NtQuerySystemInformation(
            SystemTimeOfDayInformation,
            times.as_mut_ptr().cast::<c_void>(),
            TIME_OF_DAY_BYTES as u32,
            &raw mut told,
        )
    };
    // The time of the boot comes first.
    let [booted_at, ..] = times;
    (status >= 0 && told >= 8 && booted_at != 0).then(|| Uuid::from_u64_pair(BOOT, booted_at))
}

/// Milliseconds of a clock that never jumps and counts system sleep, in steps of
/// 10 to 16.
pub fn monotonic_ms() -> u64 {
    // SAFETY: it takes nothing.
    unsafe { GetTickCount64() }
}

/// Names the user this process runs as.
pub fn user() -> String {
    user_sid().unwrap_or_else(|_| "unknown".to_owned())
}
