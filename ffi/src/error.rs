//! What stopped a job or a file (IBackgroundCopyError).

use std::ffi::c_char;
use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, File, Job, JobError};

use crate::call::{out, read, read_text};
use crate::file::bgcopy_file;
use crate::guard::{bgcopy_hresult, guard};
use crate::job::JobEntry;
use crate::string::given;
use crate::table::{Handle, close, get, put};
use crate::time;

/// The error of a job or a file, as it was when it was asked for. It stays readable also
/// when the job goes on, and after the manager is closed.
pub struct bgcopy_error;

impl Handle for bgcopy_error {
    type Object = ErrorEntry;
}

pub(crate) struct ErrorEntry {
    pub(crate) error: JobError,
    pub(crate) source: Source,
}

/// What was asked for an error.
pub(crate) enum Source {
    Job(Arc<JobEntry>),
    File(Arc<File>),
}

impl Source {
    fn job(&self) -> &Job {
        match self {
            Self::Job(entry) => &entry.job,
            Self::File(file) => file.job(),
        }
    }
}

/// Tells what failed and with which code (GetError).
///
/// @param out_context a bgcopy_error_context.
/// @param out_code the code.
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_error_get_error(
    error: *mut bgcopy_error,
    out_context: *mut u32,
    out_code: *mut bgcopy_hresult,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(error)?;
        let (context, code) = (out(out_context)?, out(out_code)?);
        context.set(entry.error.context.as_u32());
        Ok(code.set(entry.error.code.0))
    })
}

/// Gives the file it happened to (GetFile).
///
/// @param out_file the caller closes it with bgcopy_file_close.
/// @return S_OK; DO_E_FILE_NOT_AVAILABLE if it happened to no file; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED. Section 2.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_error_get_file(
    error: *mut bgcopy_error,
    out_file: *mut *mut bgcopy_file,
) -> bgcopy_hresult {
    read(error, out_file, |entry| {
        let index = entry.error.file.ok_or_else(|| Error::of(code::DO_E_FILE_NOT_AVAILABLE))?;
        put(entry.source.job().file(index)?)
    })
}

/// Gives a sentence for this very error (GetErrorDescription).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_error_get_error_description(
    error: *mut bgcopy_error,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(error, out_text, |entry| Ok(entry.error.message.clone()))
}

/// Gives a sentence for what failed (GetErrorContextDescription).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_error_get_error_context_description(
    error: *mut bgcopy_error,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(error, out_text, |entry| Ok(entry.error.context.text().to_owned()))
}

/// Tells which protocol was used, "http" or "file" (GetProtocol).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; BG_E_PROTOCOL_NOT_AVAILABLE if none was; E_POINTER; E_HANDLE.
/// Section 2.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_error_get_protocol(
    error: *mut bgcopy_error,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(error)?;
        let place = out(out_text)?;
        let protocol = entry.error.protocol.clone();
        let protocol = protocol.ok_or_else(|| Error::of(code::BG_E_PROTOCOL_NOT_AVAILABLE))?;
        Ok(place.set(given(protocol)))
    })
}

/// Tells when it happened.
///
/// @param out_time steps of 100 ns since 1601; see bgcopy_time_to_unix_ms.
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_error_get_time(
    error: *mut bgcopy_error,
    out_time: *mut u64,
) -> bgcopy_hresult {
    read(error, out_time, |entry| Ok(time::from_unix_ms(entry.error.at_ms)))
}

/// Closes the handle of an error. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_error_close(error: *mut bgcopy_error) -> bgcopy_hresult {
    guard(|| close(error))
}
