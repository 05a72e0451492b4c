//! Enumerators of files (IEnumBackgroundCopyFiles).

use std::sync::Arc;

use crate::call::{act, act_with_code, out, read};
use crate::enumerator::Cursor;
use crate::file::bgcopy_file;
use crate::guard::{bgcopy_hresult, guard};
use crate::job::JobEntry;
use crate::table::{Handle, close, get, put};

/// A list of the files that a job had when it was made: which there are stays
/// the same, and each shows what is true when it is asked.
pub struct bgcopy_enum_files;

impl Handle for bgcopy_enum_files {
    type Object = FileList;
}

pub(crate) struct FileList {
    /// Its files never leave a job and keep their places.
    job: Arc<JobEntry>,
    cursor: Cursor,
}

impl FileList {
    pub(crate) fn new(job: Arc<JobEntry>, count: u32) -> Self {
        Self { job, cursor: Cursor::new(count as usize) }
    }
}

/// Gives the next files (Next).
///
/// @param count how many are wanted.
/// @param out_files an array of so many handles; the caller closes each that it
/// gets with bgcopy_file_close.
/// @param out_fetched how many it got; may be NULL if count is 1.
/// @return S_OK; S_FALSE if there were not so many, as at the end; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_files_next(
    enumerator: *mut bgcopy_enum_files,
    count: u32,
    out_files: *mut *mut bgcopy_file,
    out_fetched: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let list = get(enumerator)?;
        let fetched = if out_fetched.is_null() { None } else { Some(out(out_fetched)?) };
        list.cursor.next(count, out_files, fetched, |index| put(list.job.job.file(index)?))
    })
}

/// Passes over files (Skip).
///
/// @return S_OK; S_FALSE if there were not so many: it is at the end then;
/// E_POINTER; E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_files_skip(
    enumerator: *mut bgcopy_enum_files,
    count: u32,
) -> bgcopy_hresult {
    act_with_code(enumerator, |list| Ok(list.cursor.skip(count)))
}

/// Goes back to the beginning of the same list (Reset).
///
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_files_reset(
    enumerator: *mut bgcopy_enum_files,
) -> bgcopy_hresult {
    act(enumerator, |list| {
        list.cursor.reset();
        Ok(())
    })
}

/// Tells how many files the whole list has (GetCount).
///
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_files_count(
    enumerator: *mut bgcopy_enum_files,
    out_count: *mut u32,
) -> bgcopy_hresult {
    read(enumerator, out_count, |list| Ok(list.cursor.count()))
}

/// Makes a second enumerator of the same list, at the same place (Clone).
///
/// @param out_enumerator the caller closes it with bgcopy_enum_files_close.
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.5.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_files_clone(
    enumerator: *mut bgcopy_enum_files,
    out_enumerator: *mut *mut bgcopy_enum_files,
) -> bgcopy_hresult {
    read(enumerator, out_enumerator, |list| {
        put(FileList { job: Arc::clone(&list.job), cursor: list.cursor.copy() })
    })
}

/// Closes the enumerator; the files it gave out stay open. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_enum_files_close(
    enumerator: *mut bgcopy_enum_files,
) -> bgcopy_hresult {
    guard(|| close(enumerator))
}
