//! The callbacks of a job (SetNotifyInterface). They belong to the job, not to
//! the handle, and last until they are removed or the job is final.

use std::ffi::c_void;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, EventKind};

use crate::callback::{
    Callback, Function, bgcopy_destroy, bgcopy_error_callback, bgcopy_file_callback,
    bgcopy_file_ranges_callback, bgcopy_job_callback,
};
use crate::guard::{bgcopy_hresult, guard};
use crate::job::bgcopy_job;
use crate::table::get;

/// Sets who is told when all files of the job are here. bgcopy_job_complete is
/// legal inside and usual. A callback that answers a failure is called again
/// after a second, until it succeeds. An event that nobody has asked for yet is
/// told, too.
///
/// @param callback NULL for nobody: the former one is let go, and user and
/// destroy are not used.
/// @param user handed to the callback as it is.
/// @param destroy called once with user when the callback is no longer needed;
/// may be NULL. It is not called if this call fails.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_transferred_callback(
    job: *mut bgcopy_job,
    callback: bgcopy_job_callback,
    user: *mut c_void,
    destroy: bgcopy_destroy,
) -> bgcopy_hresult {
    set(job, EventKind::JobTransferred, Function::Job(callback), user, destroy)
}

/// Sets who is told when the job has failed for good, not for an error that is
/// tried again by itself. A callback that answers a failure is called again
/// after a second, until it succeeds. An event that nobody has asked for yet is
/// told, too.
///
/// @param callback NULL for nobody: the former one is let go, and user and
/// destroy are not used.
/// @param user handed to the callback as it is.
/// @param destroy called once with user when the callback is no longer needed;
/// may be NULL. It is not called if this call fails.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_error_callback(
    job: *mut bgcopy_job,
    callback: bgcopy_error_callback,
    user: *mut c_void,
    destroy: bgcopy_destroy,
) -> bgcopy_hresult {
    set(job, EventKind::JobError, Function::Error(callback), user, destroy)
}

/// Sets who is told when something about the job changed. It may be called less
/// often than that; raise it with NOTIFY_JOB_MODIFICATION. An event that nobody
/// has asked for yet is told, too.
///
/// @param callback NULL for nobody: the former one is let go, and user and
/// destroy are not used.
/// @param user handed to the callback as it is.
/// @param destroy called once with user when the callback is no longer needed;
/// may be NULL. It is not called if this call fails.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_modification_callback(
    job: *mut bgcopy_job,
    callback: bgcopy_job_callback,
    user: *mut c_void,
    destroy: bgcopy_destroy,
) -> bgcopy_hresult {
    set(job, EventKind::JobModification, Function::Job(callback), user, destroy)
}

/// Sets who is told when a file is here; raise it with NOTIFY_FILE_TRANSFERRED.
/// It comes before the end of the job. A callback that answers a failure is
/// called again after a second, until it succeeds. An event that nobody has
/// asked for yet is told, too.
///
/// @param callback NULL for nobody: the former one is let go, and user and
/// destroy are not used.
/// @param user handed to the callback as it is.
/// @param destroy called once with user when the callback is no longer needed;
/// may be NULL. It is not called if this call fails.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_file_transferred_callback(
    job: *mut bgcopy_job,
    callback: bgcopy_file_callback,
    user: *mut c_void,
    destroy: bgcopy_destroy,
) -> bgcopy_hresult {
    set(job, EventKind::FileTransferred, Function::File(callback), user, destroy)
}

/// Sets who is told when bytes of a file came in; raise it with
/// NOTIFY_FILE_RANGES_TRANSFERRED. An event that nobody has asked for yet is
/// told, too.
///
/// @param callback NULL for nobody: the former one is let go, and user and
/// destroy are not used.
/// @param user handed to the callback as it is.
/// @param destroy called once with user when the callback is no longer needed;
/// may be NULL. It is not called if this call fails.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_file_ranges_transferred_callback(
    job: *mut bgcopy_job,
    callback: bgcopy_file_ranges_callback,
    user: *mut c_void,
    destroy: bgcopy_destroy,
) -> bgcopy_hresult {
    set(job, EventKind::FileRangesTransferred, Function::Ranges(callback), user, destroy)
}

/// Sets who is told when a file began anew, because it changed on the server or
/// its bytes were lost. An event that nobody has asked for yet is told, too.
///
/// @param callback NULL for nobody: the former one is let go, and user and
/// destroy are not used.
/// @param user handed to the callback as it is.
/// @param destroy called once with user when the callback is no longer needed;
/// may be NULL. It is not called if this call fails.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_OUTOFMEMORY;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 11.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_file_restarted_callback(
    job: *mut bgcopy_job,
    callback: bgcopy_file_callback,
    user: *mut c_void,
    destroy: bgcopy_destroy,
) -> bgcopy_hresult {
    set(job, EventKind::FileRestarted, Function::File(callback), user, destroy)
}

fn set(
    job: *mut bgcopy_job,
    kind: EventKind,
    function: Function,
    user: *mut c_void,
    destroy: bgcopy_destroy,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(job)?;
        if entry.job.state()?.is_final() {
            return Err(Error::of(code::DO_E_INVALID_STATE));
        }
        if function.is_null() {
            entry.hub.remove_callback(entry.job.id(), kind);
            return Ok(code::S_OK);
        }
        let callback = Callback { function, user, destroy };
        let set = entry.hub.set_callback(entry.job.id(), kind, callback);
        set.map(|()| code::S_OK).map_err(|(callback, error)| {
            // The caller keeps what the call did not take.
            std::mem::forget(callback);
            error
        })
    })
}
