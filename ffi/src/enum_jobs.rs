//! Enumerators of jobs (IEnumBackgroundCopyJobs).

use std::sync::Arc;

use crate::call::{act, act_with_code, out, read};
use crate::enumerator::Cursor;
use crate::guard::{bgcopy_hresult, guard};
use crate::job::{JobEntry, bgcopy_job};
use crate::table::{Handle, close, get, put};

/// A list of the jobs that were in the queue when it was made: which there are
/// stays the same, and each shows what is true when it is asked.
pub struct bgcopy_enum_jobs;

impl Handle for bgcopy_enum_jobs {
    type Object = JobList;
}

pub(crate) struct JobList {
    jobs: Arc<[Arc<JobEntry>]>,
    cursor: Cursor,
}

impl JobList {
    pub(crate) fn new(jobs: Vec<Arc<JobEntry>>) -> Self {
        Self { cursor: Cursor::new(jobs.len()), jobs: jobs.into() }
    }
}

/// Gives the next jobs (Next).
///
/// @param count how many are wanted.
/// @param out_jobs an array of so many handles; the caller closes each that it
/// gets with bgcopy_job_close.
/// @param out_fetched how many it got; may be NULL if count is 1.
/// @return S_OK; S_FALSE if there were not so many, as at the end; E_POINTER;
/// E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_jobs_next(
    enumerator: *mut bgcopy_enum_jobs,
    count: u32,
    out_jobs: *mut *mut bgcopy_job,
    out_fetched: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let list = get(enumerator)?;
        let fetched = if out_fetched.is_null() { None } else { Some(out(out_fetched)?) };
        list.cursor
            .next(count, out_jobs, fetched, |index| put(Arc::clone(&list.jobs[index as usize])))
    })
}

/// Passes over jobs (Skip).
///
/// @return S_OK; S_FALSE if there were not so many: it is at the end then;
/// E_POINTER; E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_jobs_skip(
    enumerator: *mut bgcopy_enum_jobs,
    count: u32,
) -> bgcopy_hresult {
    act_with_code(enumerator, |list| Ok(list.cursor.skip(count)))
}

/// Goes back to the beginning of the same list (Reset).
///
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_jobs_reset(
    enumerator: *mut bgcopy_enum_jobs,
) -> bgcopy_hresult {
    act(enumerator, |list| {
        list.cursor.reset();
        Ok(())
    })
}

/// Tells how many jobs the whole list has (GetCount).
///
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_jobs_count(
    enumerator: *mut bgcopy_enum_jobs,
    out_count: *mut u32,
) -> bgcopy_hresult {
    read(enumerator, out_count, |list| Ok(list.cursor.count()))
}

/// Makes a second enumerator of the same list, at the same place (Clone).
///
/// @param out_enumerator the caller closes it with bgcopy_enum_jobs_close.
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_jobs_clone(
    enumerator: *mut bgcopy_enum_jobs,
    out_enumerator: *mut *mut bgcopy_enum_jobs,
) -> bgcopy_hresult {
    read(enumerator, out_enumerator, |list| {
        put(JobList { jobs: Arc::clone(&list.jobs), cursor: list.cursor.copy() })
    })
}

/// Closes the enumerator; the jobs it gave out stay open. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_jobs_close(
    enumerator: *mut bgcopy_enum_jobs,
) -> bgcopy_hresult {
    guard(|| close(enumerator))
}
