//! One file of a job (IBackgroundCopyFile).

use std::ffi::c_char;

use bgcopy_core::vocab::code;
use bgcopy_core::{ExpectedHash, File, FileRange, HashAlgorithm, Result};

use crate::call::{
    act, choice, fill, list, out, read, read_optional, read_optional_text, read_text, yes_or_no,
};
use crate::error::{ErrorEntry, Source, bgcopy_error};
use crate::guard::{bgcopy_hresult, guard};
use crate::string::text;
use crate::table::{Handle, close, get, put};

/// A file of a job. It answers as long as its manager is open, also when the
/// job is final.
pub struct bgcopy_file;

impl Handle for bgcopy_file {
    type Object = File;
}

/// A piece of a file (BG_FILE_RANGE). This struct never changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_file_range {
    /// Where it begins, in bytes.
    pub initial_offset: u64,
    /// Its bytes; BGCOPY_LENGTH_TO_EOF for all that follow.
    pub length: u64,
}

impl From<&FileRange> for bgcopy_file_range {
    fn from(range: &FileRange) -> Self {
        Self { initial_offset: range.initial_offset, length: range.length }
    }
}

impl From<&bgcopy_file_range> for FileRange {
    fn from(range: &bgcopy_file_range) -> Self {
        Self { initial_offset: range.initial_offset, length: range.length }
    }
}

/// How far a file has come (BG_FILE_PROGRESS). This struct never changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_file_progress {
    /// Bytes asked for; BGCOPY_SIZE_UNKNOWN until the server tells.
    pub bytes_total: u64,
    /// Bytes that are here.
    pub bytes_transferred: u64,
    /// 1 once Complete has put the file in place, else 0.
    pub completed: u32,
}

/// Tells the place of the file in its job, from 0.
///
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_index(
    file: *mut bgcopy_file,
    out_index: *mut u32,
) -> bgcopy_hresult {
    read(file, out_index, |file| Ok(file.index()))
}

/// Gives the URL it comes from (GetRemoteName).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_remote_name(
    file: *mut bgcopy_file,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(file, out_text, File::remote_name)
}

/// Gives the path that Complete puts it at (GetLocalName).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_local_name(
    file: *mut bgcopy_file,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(file, out_text, File::local_name)
}

/// Gives the path of its temporary file (GetTemporaryName). The file exists
/// from the first request until Complete or Cancel.
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_temporary_name(
    file: *mut bgcopy_file,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(file, out_text, File::temporary_name)
}

/// Tells how far it has come (GetProgress).
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_progress(
    file: *mut bgcopy_file,
    out_progress: *mut bgcopy_file_progress,
) -> bgcopy_hresult {
    read(file, out_progress, |file| {
        let progress = file.progress()?;
        Ok(bgcopy_file_progress {
            bytes_total: progress.bytes_total,
            bytes_transferred: progress.bytes_transferred,
            completed: u32::from(progress.completed),
        })
    })
}

/// Gives what stopped the file since it last made progress. A file that failed for
/// good is tried again when the job is resumed or the file gets another remote name,
/// the others by themselves. Its job goes on as long as any other file can.
///
/// @param out_error the caller closes it with bgcopy_error_close; NULL if nothing
/// stopped it.
/// @return S_OK; S_FALSE if nothing stopped it; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_error(
    file: *mut bgcopy_file,
    out_error: *mut *mut bgcopy_error,
) -> bgcopy_hresult {
    guard(|| {
        let file = get(file)?;
        let place = out(out_error)?;
        let Some(error) = file.error()? else {
            place.set(std::ptr::null_mut());
            return Ok(code::S_FALSE);
        };
        Ok(place.set(put(ErrorEntry { error, source: Source::File(file) })?))
    })
}

/// Tells the pieces that were asked for, in the order they are stored
/// (GetFileRanges).
///
/// @param capacity how many the array holds.
/// @param out_ranges the array; may be NULL if capacity is 0.
/// @param out_count how many there are, 0 for the whole file.
/// @return S_OK; S_FALSE if the array holds only the first of them; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_file_ranges(
    file: *mut bgcopy_file,
    capacity: u32,
    out_ranges: *mut bgcopy_file_range,
    out_count: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let file = get(file)?;
        let count = out(out_count)?;
        let ranges: Vec<_> = file.ranges()?.iter().map(bgcopy_file_range::from).collect();
        fill(&ranges, capacity, out_ranges, count)
    })
}

/// Gets which bytes of the remote file are in the temporary file, by their
/// offsets in the remote file: in order, and joined where they meet
/// (GetFilledFileRanges). For an upload, those that the server holds.
///
/// @param capacity how many the array holds.
/// @param out_ranges the array; may be NULL if capacity is 0.
/// @param out_count how many there are.
/// @return S_OK; S_FALSE if the array holds only the first of them; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_filled_file_ranges(
    file: *mut bgcopy_file,
    capacity: u32,
    out_ranges: *mut bgcopy_file_range,
    out_count: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let file = get(file)?;
        let count = out(out_count)?;
        let ranges: Vec<_> = file.filled_ranges()?.iter().map(bgcopy_file_range::from).collect();
        fill(&ranges, capacity, out_ranges, count)
    })
}

/// Sets another URL for the same content (SetRemoteName). What is here stays
/// if the new server proves that it has the same content.
///
/// @return S_OK; E_INVALIDARG for a bad URL; DO_E_INVALID_STATE if the job is
/// final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_set_remote_name(
    file: *mut bgcopy_file,
    remote_name: *const c_char,
) -> bgcopy_hresult {
    act(file, |file| file.set_remote_name(text(remote_name)?))
}

/// Has ranges of the remote file downloaded before the rest of it or, if the job has
/// ON_DEMAND_MODE, instead of it (RequestFileRanges). They may overlap each other and what
/// is here. Stored at once; a suspended job needs bgcopy_job_resume to download them. On
/// demand, a job that has all that was requested is SUSPENDED, and TRANSFERRED once its files
/// are whole.
///
/// @param count how many ranges: at least 1.
/// @param ranges an array of so many.
/// @return S_OK; E_INVALIDARG without a range; BG_E_INVALID_RANGE for one that is empty or
/// outside of the file; BG_E_TOO_MANY_RANGES_IN_FILE for more than 500 at a time;
/// BG_E_RANDOM_ACCESS_NOT_SUPPORTED for an upload, a file with ranges of its own, a file
/// that comes from no HTTP server, and a job with DYNAMIC_CONTENT; DO_E_INVALID_STATE if the
/// job is completed or cancelled; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_request_file_ranges(
    file: *mut bgcopy_file,
    count: u32,
    ranges: *const bgcopy_file_range,
) -> bgcopy_hresult {
    act(file, |file| {
        let ranges: Vec<_> = list(ranges, count)?.iter().map(FileRange::from).collect();
        file.request_ranges(&ranges)
    })
}

/// Has what is missing of the file from an offset on downloaded first, and what is
/// missing in front of it afterwards (UpdateDownloadPosition). It is not stored: a
/// process that takes over the queue goes on with the first missing byte. It changes
/// nothing for a file that has one request at a time: see bgcopy_file_reader_read.
///
/// @param offset in bytes from the first one of the remote file.
/// @return S_OK; BG_E_RANDOM_ACCESS_NOT_SUPPORTED for an upload and for a file with
/// requested pieces; BG_E_INVALID_RANGE for an offset behind the end;
/// DO_E_INVALID_STATE if the job is completed or cancelled; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_update_download_position(
    file: *mut bgcopy_file,
    offset: u64,
) -> bgcopy_hresult {
    act(file, |file| file.update_download_position(offset))
}

/// Tells what was said of its content (GetValidationState).
///
/// @param out_valid 1 or 0.
/// @return S_OK; S_FALSE and 0 if nothing was said; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_validation_state(
    file: *mut bgcopy_file,
    out_valid: *mut u32,
) -> bgcopy_hresult {
    read_optional(file, out_valid, 0, |file| Ok(file.validation_state()?.map(u32::from)))
}

/// Accepts or refuses the content of a transferred file (SetValidationState).
/// A refused file starts over when the job is resumed.
///
/// @param valid 1 or 0.
/// @return S_OK; E_PENDING before it is transferred; DO_E_INVALID_STATE if the
/// job is final; E_INVALIDARG; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section
/// 3.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_set_validation_state(
    file: *mut bgcopy_file,
    valid: u32,
) -> bgcopy_hresult {
    act(file, |file| file.set_validation_state(yes_or_no(valid)?))
}

/// Gives the head of the last response as one text, lines ended by CR LF (the
/// property HTTP_RESPONSE_HEADERS).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; S_FALSE and NULL before the first response; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED. Section 2.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_response_headers(
    file: *mut bgcopy_file,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_optional_text(file, out_text, File::response_headers)
}

/// Tells the hash it must have.
///
/// @param out_algorithm a bgcopy_hash_algorithm.
/// @param out_digest in hexadecimal digits; the caller frees it with
/// bgcopy_string_free.
/// @return S_OK; S_FALSE, 0 and NULL if none is set; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_expected_hash(
    file: *mut bgcopy_file,
    out_algorithm: *mut u32,
    out_digest: *mut *mut c_char,
) -> bgcopy_hresult {
    guard(|| {
        let file = get(file)?;
        let (algorithm, digest) = (out(out_algorithm)?, out(out_digest)?);
        let hash = file.expected_hash()?;
        algorithm.set(hash.as_ref().map_or(0, |hash| hash.algorithm.as_u32()));
        Ok(digest.set_text(hash.map(|hash| hash.digest)))
    })
}

/// Sets the hash that the content must have before the job may become
/// TRANSFERRED.
///
/// @param algorithm a bgcopy_hash_algorithm.
/// @param digest in hexadecimal digits of either case.
/// @return S_OK; E_INVALIDARG for an unknown function or a digest that does
/// not fit it; DO_E_INVALID_STATE once the file is transferred; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_set_expected_hash(
    file: *mut bgcopy_file,
    algorithm: u32,
    digest: *const c_char,
) -> bgcopy_hresult {
    act(file, |file| file.set_expected_hash(Some(hash(algorithm, digest)?)))
}

/// A hash as core takes it: E_INVALIDARG for an unknown function. Codes of the
/// digest as for [`text`].
pub(crate) unsafe fn hash(algorithm: u32, digest: *const c_char) -> Result<ExpectedHash> {
    let digest = text(digest)?.to_owned();
    let found = HashAlgorithm::from_u32(algorithm);
    let algorithm = choice(found, algorithm, "hash function", code::E_INVALIDARG)?;
    Ok(ExpectedHash { algorithm, digest })
}

/// Takes back the hash that the content must have.
///
/// @return S_OK; DO_E_INVALID_STATE once the file is transferred; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_remove_expected_hash(
    file: *mut bgcopy_file,
) -> bgcopy_hresult {
    act(file, |file| file.set_expected_hash(None))
}

/// Closes the handle of a file. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_close(file: *mut bgcopy_file) -> bgcopy_hresult {
    guard(|| close(file))
}
