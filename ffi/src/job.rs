//! One job (IBackgroundCopyJob): its files and its life.

use std::ffi::c_char;
use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{FileRange, FileSpec, HResult, Job, JobState, Result};

use crate::call::{act, act_with_code, choice, list, out, read};
use crate::enum_files::{FileList, bgcopy_enum_files};
use crate::file::{bgcopy_file, bgcopy_file_range, hash};
use crate::guard::{bgcopy_hresult, guard};
use crate::hub::Hub;
use crate::manager::timeout;
use crate::string::text;
use crate::table::{Handle, close, get, put};

/// A job of the queue. A handle of a completed or cancelled job still answers
/// what there is to know of it; what would change it answers
/// DO_E_INVALID_STATE.
pub struct bgcopy_job;

impl Handle for bgcopy_job {
    type Object = JobEntry;
}

pub(crate) struct JobEntry {
    pub(crate) hub: Arc<Hub>,
    pub(crate) job: Job,
}

impl JobEntry {
    /// Lets go of the callbacks of a job that is final now.
    pub(crate) fn ended(&self, ending: Result<HResult>) -> Result<HResult> {
        let code = ending?;
        self.hub.forget_job(self.job.id());
        Ok(code)
    }
}

/// One file to be added (BG_FILE_INFO). This struct never changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_file_info {
    /// The URL to fetch; of an upload, where to send it.
    pub remote_name: *const c_char,
    /// The absolute path to put it; of an upload, the file to be sent.
    pub local_name: *const c_char,
}

/// One file to be added, with all that it may have from the start. Set to 0 what
/// it has not. This struct never changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_file_spec {
    /// The URL to fetch.
    pub remote_name: *const c_char,
    /// The absolute path to put it.
    pub local_name: *const c_char,
    /// The pieces wanted, stored back to back in this order.
    pub ranges: *const bgcopy_file_range,
    /// How many; 0 for the whole file.
    pub range_count: u32,
    /// A bgcopy_hash_algorithm; 0 for no hash.
    pub hash_algorithm: u32,
    /// The digest that the content must have, in hexadecimal digits of either
    /// case; NULL for no hash.
    pub hash_digest: *const c_char,
}

/// Adds a whole file (AddFile). Nothing is at the local path of a download
/// until Complete.
///
/// @param remote_name an http, https or file URL without a password in it; of
/// an upload an http or https URL.
/// @param local_name an absolute path in an existing folder; of an upload, the
/// file to be sent.
/// @return S_OK; E_INVALIDARG for a malformed name or an unknown scheme;
/// E_PATH_NOT_FOUND if the folder is missing; E_ACCESSDENIED if it cannot be
/// written to; E_DUPLICATE_LOCAL_NAME if another file of the job goes there;
/// BG_E_TOO_MANY_FILES for the second file of an upload;
/// BG_E_TOO_MANY_FILES_IN_JOB; DO_E_INVALID_STATE if the job is final;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_add_file(
    job: *mut bgcopy_job,
    remote_name: *const c_char,
    local_name: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.add_file(text(remote_name)?, text(local_name)?))
}

/// Adds several files, all or none (AddFileSet).
///
/// @param count how many.
/// @param files an array of so many.
/// @return as bgcopy_job_add_file. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_add_file_set(
    job: *mut bgcopy_job,
    count: u32,
    files: *const bgcopy_file_info,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.add_file_set(specs(list(files, count)?)?))
}

/// Adds several files with their ranges and the hashes that they must have, all
/// or none.
///
/// @param count how many.
/// @param files an array of so many.
/// @return as bgcopy_job_add_file_with_ranges; E_INVALIDARG for a hash as in
/// bgcopy_file_set_expected_hash, or a digest without a function; E_NOTIMPL for
/// ranges or a hash of an upload.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_add_files(
    job: *mut bgcopy_job,
    count: u32,
    files: *const bgcopy_file_spec,
) -> bgcopy_hresult {
    act(job, |entry| {
        let files: Result<Vec<_>> = list(files, count)?.iter().map(|file| spec(file)).collect();
        entry.job.add_file_set(files?)
    })
}

/// A file as core takes it. Codes as for [`text`], [`list`] and [`hash`].
pub(crate) unsafe fn spec(file: &bgcopy_file_spec) -> Result<FileSpec> {
    let has_hash = file.hash_algorithm != 0 || !file.hash_digest.is_null();
    Ok(FileSpec {
        remote_name: text(file.remote_name)?.to_owned(),
        local_name: text(file.local_name)?.to_owned(),
        ranges: list(file.ranges, file.range_count)?.iter().map(FileRange::from).collect(),
        expected_hash: has_hash.then(|| hash(file.hash_algorithm, file.hash_digest)).transpose()?,
        ..FileSpec::default()
    })
}

/// Files as core takes them. Codes as for [`text`].
pub(crate) unsafe fn specs(files: &[bgcopy_file_info]) -> Result<Vec<FileSpec>> {
    files
        .iter()
        .map(|file| {
            Ok(FileSpec {
                remote_name: text(file.remote_name)?.to_owned(),
                local_name: text(file.local_name)?.to_owned(),
                ..FileSpec::default()
            })
        })
        .collect()
}

/// Adds pieces of a file, stored back to back in the order given
/// (AddFileWithRanges).
///
/// @param count how many pieces; 0 for the whole file.
/// @param ranges an array of so many.
/// @return as bgcopy_job_add_file, and DO_E_INVALID_RANGE for an empty range
/// or one that begins nowhere; DO_E_OVERLAPPING_RANGES;
/// BG_E_TOO_MANY_RANGES_IN_FILE above 500. Section 2.7 and 3.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_add_file_with_ranges(
    job: *mut bgcopy_job,
    remote_name: *const c_char,
    local_name: *const c_char,
    count: u32,
    ranges: *const bgcopy_file_range,
) -> bgcopy_hresult {
    act(job, |entry| {
        let ranges: Vec<_> = list(ranges, count)?.iter().map(FileRange::from).collect();
        entry.job.add_file_with_ranges(text(remote_name)?, text(local_name)?, &ranges)
    })
}

/// Lists the files of the job, in order of addition (EnumFiles).
///
/// @param out_enumerator the caller closes it with bgcopy_enum_files_close.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_enum_files(
    job: *mut bgcopy_job,
    out_enumerator: *mut *mut bgcopy_enum_files,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(job)?;
        let place = out(out_enumerator)?;
        let count = entry.job.progress()?.files_total;
        Ok(place.set(put(FileList::new(entry, count))?))
    })
}

/// Gives the file at a place, from 0.
///
/// @param out_file the caller closes it with bgcopy_file_close.
/// @return S_OK; DO_E_FILE_NOT_AVAILABLE if there is none; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_file(
    job: *mut bgcopy_job,
    index: u32,
    out_file: *mut *mut bgcopy_file,
) -> bgcopy_hresult {
    read(job, out_file, |entry| put(entry.job.file(index)?))
}

/// Stops the job's transfers; their progress stays (Suspend). A job that
/// failed or is transferred keeps its state.
///
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 9.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_suspend(job: *mut bgcopy_job) -> bgcopy_hresult {
    act(job, |entry| entry.job.suspend())
}

/// Starts the job, or starts it again after an error, at once (Resume).
///
/// @return S_OK; DO_E_JOB_EMPTY without files; DO_E_INVALID_STATE if the job
/// is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 9.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_resume(job: *mut bgcopy_job) -> bgcopy_hresult {
    act(job, |entry| entry.job.resume())
}

/// Deletes the job from the queue, and all its temporary files (Cancel). It
/// cannot be undone and does not wait for the network. Its callbacks are let
/// go.
///
/// @return S_OK; BG_S_UNABLE_TO_DELETE_FILES if temporary files remain, which
/// are tried again later, or if the server may keep a part of the file that a PUT
/// was sending; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 9.6.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_cancel(job: *mut bgcopy_job) -> bgcopy_hresult {
    act_with_code(job, |entry| entry.ended(entry.job.cancel()))
}

/// Puts every finished file in place and takes the job out of the queue
/// (Complete). Unfinished files are discarded. Its callbacks are let go.
///
/// @return S_OK; BG_S_PARTIAL_COMPLETE if not all files were finished;
/// BG_S_UNABLE_TO_DELETE_FILES if temporary files of the others remain;
/// DO_E_INVALID_STATE if the job is final; a code of the disk if a file cannot
/// be put in place, and then the job stays and the call can be repeated;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 9.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_complete(job: *mut bgcopy_job) -> bgcopy_hresult {
    act_with_code(job, |entry| entry.ended(entry.job.complete()))
}

/// Waits until the job is in one of the states.
///
/// @param count how many states; 0 waits until the job ends: until it is
/// TRANSFERRED, ERROR, ACKNOWLEDGED or CANCELLED.
/// @param states an array of so many, each a bgcopy_job_state.
/// @param timeout_ms BGCOPY_WAIT_FOREVER for no end.
/// @param out_state the state it is in.
/// @return S_OK; E_TIMEOUT; E_INVALIDARG for an unknown state;
/// DO_E_INVALID_STATE once the job is final and will be in none of them;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED, also when the manager is closed
/// meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_wait(
    job: *mut bgcopy_job,
    count: u32,
    states: *const u32,
    timeout_ms: u32,
    out_state: *mut u32,
) -> bgcopy_hresult {
    read(job, out_state, |entry| {
        let states = states_of(count, states)?;
        Ok(entry.job.wait(&states, timeout(timeout_ms))?.as_u32())
    })
}

/// States as core takes them: E_INVALIDARG for an unknown one.
pub(crate) unsafe fn states_of(count: u32, states: *const u32) -> Result<Vec<JobState>> {
    list(states, count)?
        .iter()
        .map(|state| choice(JobState::from_u32(*state), *state, "job state", code::E_INVALIDARG))
        .collect()
}

/// Closes the handle of a job. It changes nothing about the job; its
/// callbacks stay. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_close(job: *mut bgcopy_job) -> bgcopy_hresult {
    guard(|| close(job))
}
