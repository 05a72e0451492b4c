//! What there is to know about a job.

use std::ffi::c_char;

use bgcopy_core::JobProgress;

use crate::call::{out, read, read_optional, read_optional_text, read_text};
use crate::error::{ErrorEntry, Source, bgcopy_error};
use crate::guard::{bgcopy_hresult, guard};
use crate::guid::bgcopy_guid;
use crate::job::bgcopy_job;
use crate::table::{get, put};
use crate::time;
use crate::wait_reason::bgcopy_wait_reason;

/// How far a job has come (BG_JOB_PROGRESS). This struct never changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_job_progress {
    /// Bytes of all files; BGCOPY_SIZE_UNKNOWN until every size is known.
    pub bytes_total: u64,
    /// Bytes that are here.
    pub bytes_transferred: u64,
    /// Files of the job.
    pub files_total: u32,
    /// Files whose bytes are all here and checked.
    pub files_transferred: u32,
}

impl From<JobProgress> for bgcopy_job_progress {
    fn from(progress: JobProgress) -> Self {
        Self {
            bytes_total: progress.bytes_total,
            bytes_transferred: progress.bytes_transferred,
            files_total: progress.files_total,
            files_transferred: progress.files_transferred,
        }
    }
}

/// When things happened, in steps of 100 ns since 1601 (BG_JOB_TIMES). This
/// struct never changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_job_times {
    /// When the job was made.
    pub creation_time: u64,
    /// When it last changed.
    pub modification_time: u64,
    /// When it became TRANSFERRED; 0 before.
    pub transfer_completion_time: u64,
}

/// Tells the id of the job (GetId). It is never used twice.
///
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_id(
    job: *mut bgcopy_job,
    out_id: *mut bgcopy_guid,
) -> bgcopy_hresult {
    read(job, out_id, |entry| Ok(entry.job.id().into()))
}

/// Tells the kind of transfer (GetType).
///
/// @param out_type a bgcopy_job_type.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_type(
    job: *mut bgcopy_job,
    out_type: *mut u32,
) -> bgcopy_hresult {
    read(job, out_type, |entry| Ok(entry.job.job_type()?.as_u32()))
}

/// Tells the state (GetState).
///
/// @param out_state a bgcopy_job_state.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_state(
    job: *mut bgcopy_job,
    out_state: *mut u32,
) -> bgcopy_hresult {
    read(job, out_state, |entry| Ok(entry.job.state()?.as_u32()))
}

/// Tells how far it has come (GetProgress); all 0 without files.
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_progress(
    job: *mut bgcopy_job,
    out_progress: *mut bgcopy_job_progress,
) -> bgcopy_hresult {
    read(job, out_progress, |entry| Ok(entry.job.progress()?.into()))
}

/// Tells when things happened (GetTimes).
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_times(
    job: *mut bgcopy_job,
    out_times: *mut bgcopy_job_times,
) -> bgcopy_hresult {
    read(job, out_times, |entry| {
        let found = entry.job.times()?;
        Ok(times(found.creation_ms, found.modification_ms, found.transfer_completion_ms))
    })
}

/// Times as C has them, of milliseconds since 1970.
pub(crate) fn times(creation: i64, modification: i64, completion: Option<i64>) -> bgcopy_job_times {
    bgcopy_job_times {
        creation_time: time::from_unix_ms(creation),
        modification_time: time::from_unix_ms(modification),
        transfer_completion_time: completion.map_or(0, time::from_unix_ms),
    }
}

/// Gives what stopped the job (GetError).
///
/// @param out_error the caller closes it with bgcopy_error_close.
/// @return S_OK; DO_E_ERROR_INFORMATION_UNAVAILABLE unless it is in ERROR or
/// TRANSIENT_ERROR; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_error(
    job: *mut bgcopy_job,
    out_error: *mut *mut bgcopy_error,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(job)?;
        let place = out(out_error)?;
        let error = entry.job.error()?;
        Ok(place.set(put(ErrorEntry { error, source: Source::Job(entry) })?))
    })
}

/// Tells how often it failed, retries included (GetErrorCount).
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_error_count(
    job: *mut bgcopy_job,
    out_count: *mut u32,
) -> bgcopy_hresult {
    read(job, out_count, |entry| entry.job.error_count())
}

/// Tells who made the job (GetOwner).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_owner(
    job: *mut bgcopy_job,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(job, out_text, |entry| entry.job.owner())
}

/// Tells why the job does not move, since when, when it is tried next and what
/// would get it moving; for a moving job, what it is doing.
///
/// @param out_reason the caller closes it with bgcopy_wait_reason_close.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_wait_reason(
    job: *mut bgcopy_job,
    out_reason: *mut *mut bgcopy_wait_reason,
) -> bgcopy_hresult {
    read(job, out_reason, |entry| put(entry.job.wait_reason()?))
}

/// Tells the bytes per second, averaged over the last seconds; 0 at a
/// standstill.
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_speed(
    job: *mut bgcopy_job,
    out_bytes_per_second: *mut u64,
) -> bgcopy_hresult {
    read(job, out_bytes_per_second, |entry| entry.job.speed())
}

/// Tells the seconds until it is transferred, at the present speed.
///
/// @return S_OK; S_FALSE and 0 if that cannot be said; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_seconds_left(
    job: *mut bgcopy_job,
    out_seconds: *mut u64,
) -> bgcopy_hresult {
    read_optional(job, out_seconds, 0, |entry| entry.job.seconds_left())
}

/// Gives the key by which the job is found: see bgcopy_manager_create_job_with_key.
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; S_FALSE and NULL if the job was made without one; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_key(
    job: *mut bgcopy_job,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_optional_text(job, out_text, |entry| entry.job.key())
}
