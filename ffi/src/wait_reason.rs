//! Why a job does not move.

use std::ffi::c_char;

use bgcopy_core::WaitReason;

use crate::call::{read, read_optional, read_text};
use crate::guard::{bgcopy_hresult, guard};
use crate::table::{Handle, close};
use crate::time;

/// Why a job did not move when it was asked, or what it was doing. It stays
/// readable after the manager is closed.
pub struct bgcopy_wait_reason;

impl Handle for bgcopy_wait_reason {
    type Object = WaitReason;
}

/// Tells what the job waits for, or does.
///
/// @param out_kind a bgcopy_wait_kind.
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_wait_reason_get_kind(
    reason: *mut bgcopy_wait_reason,
    out_kind: *mut u32,
) -> bgcopy_hresult {
    read(reason, out_kind, |reason| Ok(reason.kind.as_u32()))
}

/// Tells since when.
///
/// @param out_time steps of 100 ns since 1601; see bgcopy_time_to_unix_ms.
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_wait_reason_get_since(
    reason: *mut bgcopy_wait_reason,
    out_time: *mut u64,
) -> bgcopy_hresult {
    read(reason, out_time, |reason| Ok(time::from_unix_ms(reason.since_ms)))
}

/// Tells when the job is tried again by itself.
///
/// @param out_time steps of 100 ns since 1601; see bgcopy_time_to_unix_ms.
/// @return S_OK; S_FALSE and 0 if it is not; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_wait_reason_get_next_try(
    reason: *mut bgcopy_wait_reason,
    out_time: *mut u64,
) -> bgcopy_hresult {
    read_optional(reason, out_time, 0, |reason| Ok(reason.next_try_ms.map(time::from_unix_ms)))
}

/// Tells the code of the error behind it.
///
/// @return S_OK; S_FALSE and S_OK in its place if there is none; E_POINTER;
/// E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_wait_reason_get_code(
    reason: *mut bgcopy_wait_reason,
    out_code: *mut bgcopy_hresult,
) -> bgcopy_hresult {
    read_optional(reason, out_code, 0, |reason| Ok(reason.code.map(|code| code.0)))
}

/// Gives a sentence for what is going on.
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_wait_reason_get_message(
    reason: *mut bgcopy_wait_reason,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(reason, out_text, |reason| Ok(reason.message.clone()))
}

/// Gives a sentence for what would get the job moving.
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_wait_reason_get_unblock(
    reason: *mut bgcopy_wait_reason,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(reason, out_text, |reason| Ok(reason.unblock.clone()))
}

/// Closes the handle of a reason. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_wait_reason_close(
    reason: *mut bgcopy_wait_reason,
) -> bgcopy_hresult {
    guard(|| close(reason))
}
