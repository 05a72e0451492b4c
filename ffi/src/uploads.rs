//! Uploads: many at once, and the replies to them.

use std::ffi::c_char;
use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{HResult, Job, Result};

use crate::call::{act, fill, list, must_have_room, out, read, read_optional_text};
use crate::guard::{bgcopy_hresult, guard};
use crate::hub::Hub;
use crate::job::{bgcopy_file_info, bgcopy_job, specs};
use crate::manager::{bgcopy_manager, entry};
use crate::string::optional_text;
use crate::table::{close, get, put};

/// How far the reply to an upload has come (BG_JOB_REPLY_PROGRESS). This
/// struct never changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_job_reply_progress {
    /// Bytes of the reply; BGCOPY_SIZE_UNKNOWN until it is being fetched.
    pub bytes_total: u64,
    /// Bytes that are here.
    pub bytes_transferred: u64,
}

/// Makes one suspended upload job for each file, named after it, all or none;
/// the jobs are in the order of the files. An upload job has one file.
///
/// @param count how many files; 0 makes no job.
/// @param files an array of so many: where each goes, and where it is. Below
/// a URL that ends in a slash a file goes under its own name, unless the server
/// names files itself, as by tus and POST.
/// @param out_jobs an array of so many handles; the caller closes each with
/// bgcopy_job_close.
/// @return S_OK; codes as bgcopy_manager_create_job and bgcopy_job_add_file,
/// and then there is no new job. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_create_uploads(
    manager: *mut bgcopy_manager,
    count: u32,
    files: *const bgcopy_file_info,
    out_jobs: *mut *mut bgcopy_job,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let specs = specs(list(files, count)?)?;
        must_have_room(out_jobs, count)?;
        let handles = hand_out(&hub, hub.manager.create_uploads(specs)?)?;
        let mut filled = 0;
        fill(&handles, count, out_jobs, out(&raw mut filled)?)
    })
}

/// As bgcopy_manager_create_uploads, and the jobs are resumed as they are made.
/// If one cannot be made those before it are cancelled; what they have sent by
/// then stays where it is.
///
/// @param like a job whose settings they get: everything but its name and its
/// reply's file name; its credentials, too. NULL for none.
/// @return S_OK; codes as bgcopy_manager_create_uploads; DO_E_INVALID_STATE if
/// `like` is completed or cancelled; E_INVALIDARG if it is of another type than
/// UPLOAD. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_start_uploads(
    manager: *mut bgcopy_manager,
    count: u32,
    files: *const bgcopy_file_info,
    like: *mut bgcopy_job,
    out_jobs: *mut *mut bgcopy_job,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let like = if like.is_null() { None } else { Some(get(like)?) };
        let specs = specs(list(files, count)?)?;
        must_have_room(out_jobs, count)?;
        let like = like.as_ref().map(|entry| &entry.job);
        let handles = hand_out(&hub, hub.manager.start_uploads(specs, like)?)?;
        let mut filled = 0;
        fill(&handles, count, out_jobs, out(&raw mut filled)?)
    })
}

/// Calls bgcopy_job_complete for each of many jobs, in few steps on the disk.
/// What one answers is of no concern to the others.
///
/// @param count how many jobs.
/// @param jobs an array of so many handles, which stay the caller's.
/// @param out_results an array of so many codes, each that of one job.
/// @return S_OK, whatever the jobs answer; E_POINTER; E_HANDLE, also for one of
/// the jobs, and then nothing was done; E_MANAGER_CLOSED is told in
/// out_results. Section 9.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_complete_all(
    manager: *mut bgcopy_manager,
    count: u32,
    jobs: *const *mut bgcopy_job,
    out_results: *mut bgcopy_hresult,
) -> bgcopy_hresult {
    end_all(manager, list(jobs, count), out_results, bgcopy_core::Manager::complete_all)
}

/// The same for bgcopy_job_cancel. Section 9.6.
///
/// @param count how many jobs.
/// @param jobs an array of so many handles, which stay the caller's.
/// @param out_results an array of so many codes, each that of one job.
/// @return as bgcopy_manager_complete_all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_cancel_all(
    manager: *mut bgcopy_manager,
    count: u32,
    jobs: *const *mut bgcopy_job,
    out_results: *mut bgcopy_hresult,
) -> bgcopy_hresult {
    end_all(manager, list(jobs, count), out_results, bgcopy_core::Manager::cancel_all)
}

unsafe fn end_all(
    manager: *mut bgcopy_manager,
    jobs: Result<&[*mut bgcopy_job]>,
    out_results: *mut bgcopy_hresult,
    end: fn(&bgcopy_core::Manager, &[&Job]) -> Vec<Result<HResult>>,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let entries = jobs?.iter().map(|job| get(*job)).collect::<Result<Vec<_>>>()?;
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        must_have_room(out_results, count)?;
        let jobs: Vec<_> = entries.iter().map(|entry| &entry.job).collect();
        let results = end(&hub.manager, &jobs)
            .into_iter()
            .zip(&entries)
            .map(|(result, entry)| entry.ended(result).unwrap_or_else(|error| error.code).0);
        let results: Vec<_> = results.collect();
        let mut filled = 0;
        fill(&results, count, out_results, out(&raw mut filled)?)
    })
}

/// Handles of new jobs; on failure there are neither handles nor jobs.
fn hand_out(hub: &Arc<Hub>, jobs: Vec<Job>) -> Result<Vec<*mut bgcopy_job>> {
    let entries: Vec<_> = jobs.into_iter().map(|job| entry(hub, job)).collect();
    let mut handles = Vec::with_capacity(entries.len());
    for one in &entries {
        match put(Arc::clone(one)) {
            Ok(handle) => handles.push(handle),
            Err(error) => {
                // The first failure is the one to tell.
                handles.into_iter().for_each(|handle| _ = close(handle));
                let jobs: Vec<_> = entries.iter().map(|entry| &entry.job).collect();
                _ = hub.manager.cancel_all(&jobs);
                return Err(error);
            }
        }
    }
    Ok(handles)
}

/// Tells how far the reply has come (GetReplyProgress).
///
/// @return S_OK; E_NOTIMPL unless the job is an UPLOAD_REPLY; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED. Section 3.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_reply_progress(
    job: *mut bgcopy_job,
    out_progress: *mut bgcopy_job_reply_progress,
) -> bgcopy_hresult {
    read(job, out_progress, |entry| {
        let progress = entry.job.reply_progress()?;
        Ok(bgcopy_job_reply_progress {
            bytes_total: progress.bytes_total,
            bytes_transferred: progress.bytes_transferred,
        })
    })
}

/// Gives the reply itself (GetReplyData), once the job is TRANSFERRED.
///
/// @param capacity how many bytes the array holds; BGCOPY_REPLY_DATA_BYTES_MAX
/// is always enough.
/// @param out_data the array; may be NULL if capacity is 0.
/// @param out_length how many bytes the reply has.
/// @return S_OK; S_FALSE and 0 if the server sent none; S_FALSE and the length
/// if the array holds only the first of them; BG_E_TOO_LARGE for a reply above
/// BGCOPY_REPLY_DATA_BYTES_MAX, which is in its file after Complete;
/// DO_E_INVALID_STATE before TRANSFERRED; E_FILE_NOT_FOUND if it was taken
/// away; E_NOTIMPL unless the job is an UPLOAD_REPLY; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_reply_data(
    job: *mut bgcopy_job,
    capacity: u32,
    out_data: *mut u8,
    out_length: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(job)?;
        let length = out(out_length)?;
        must_have_room(out_data, capacity)?;
        let Some(data) = entry.job.reply_data()? else {
            length.set(0);
            return Ok(code::S_FALSE);
        };
        fill(&data, capacity, out_data, length)
    })
}

/// Tells where Complete puts the reply (GetReplyFileName). If the server sends
/// none there is no such file.
///
/// @param out_path the caller frees it with bgcopy_string_free.
/// @return S_OK; S_FALSE and NULL if no name was set and no file was added yet;
/// E_NOTIMPL unless the job is an UPLOAD_REPLY; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_reply_file_name(
    job: *mut bgcopy_job,
    out_path: *mut *mut c_char,
) -> bgcopy_hresult {
    read_optional_text(job, out_path, |entry| entry.job.reply_file_name())
}

/// Sets where Complete puts the reply (SetReplyFileName).
///
/// @param path an absolute path in an existing folder; NULL or empty for the
/// default: beside the file that is sent, with .reply behind its name.
/// @return S_OK; E_INVALIDARG for a relative path; E_PATH_NOT_FOUND,
/// E_ACCESSDENIED or E_DIRECTORY for one that cannot be used;
/// DO_E_INVALID_STATE once the reply is being fetched; E_NOTIMPL unless the job
/// is an UPLOAD_REPLY; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_reply_file_name(
    job: *mut bgcopy_job,
    path: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_reply_file_name(optional_text(path)?))
}
