//! Looks at a queue while another process drives it.

use std::ffi::c_char;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bgcopy_core::{JobRecord, Reader, Result, ids_and_damage, progress_of};

use crate::call::{fill, out, read, read_text};
use crate::guard::{bgcopy_hresult, guard};
use crate::guid::{bgcopy_guid, id};
use crate::job_facts::bgcopy_job_progress;
use crate::string::text;
use crate::table::{Handle, close, get, put};
use crate::wait_reason::bgcopy_wait_reason;

/// A view of a store that changes nothing and needs no manager. What it shows
/// is what was last recorded: progress is up to half a second old.
pub struct bgcopy_reader;

impl Handle for bgcopy_reader {
    type Object = Mutex<Reader>;
}

/// A view looks at one thing at a time.
fn view(reader: &Mutex<Reader>) -> MutexGuard<'_, Reader> {
    reader.lock().unwrap_or_else(PoisonError::into_inner)
}

unsafe fn record(reader: &Mutex<Reader>, job_id: *const bgcopy_guid) -> Result<JobRecord> {
    Ok(view(reader).job(id(job_id)?)?.0)
}

/// Opens a view of a store.
///
/// @param store_path the folder of the store.
/// @param out_reader the caller closes it with bgcopy_reader_close.
/// @return S_OK; E_FILE_NOT_FOUND or E_PATH_NOT_FOUND if there is none; a code
/// of the disk; E_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_open(
    store_path: *const c_char,
    out_reader: *mut *mut bgcopy_reader,
) -> bgcopy_hresult {
    guard(|| {
        let place = out(out_reader)?;
        Ok(place.set(put(Mutex::new(Reader::open(text(store_path)?)?))?))
    })
}

/// Tells whether a manager has the store open.
///
/// @param out_running 1 or 0.
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_engine_is_running(
    reader: *mut bgcopy_reader,
    out_running: *mut u32,
) -> bgcopy_hresult {
    read(reader, out_running, |reader| Ok(u32::from(view(reader).engine_is_running())))
}

/// Lists the ids of the jobs in the queue, in order of creation.
///
/// @param capacity how many ids the array holds.
/// @param out_ids the array; may be NULL if capacity is 0.
/// @param out_count how many jobs there are.
/// @return S_OK; S_FALSE if the array holds only the first of them; a code of
/// the disk; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_get_jobs(
    reader: *mut bgcopy_reader,
    capacity: u32,
    out_ids: *mut bgcopy_guid,
    out_count: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let reader = get(reader)?;
        let count = out(out_count)?;
        let (ids, _) = ids_and_damage(&view(&reader))?;
        let ids: Vec<bgcopy_guid> = ids.into_iter().map(Into::into).collect();
        fill(&ids, capacity, out_ids, count)
    })
}

/// Looks at all jobs, and says which are damaged: bgcopy_reader_get_jobs leaves
/// these out. The next manager to open the store saves what can be saved.
///
/// @param out_count how many jobs are damaged.
/// @param out_text a line for each of them; the caller frees it with
/// bgcopy_string_free.
/// @return S_OK; S_FALSE, 0 and NULL if none is damaged; a code of the disk;
/// E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_survey(
    reader: *mut bgcopy_reader,
    out_count: *mut u32,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    guard(|| {
        let reader = get(reader)?;
        let (count, lines) = (out(out_count)?, out(out_text)?);
        let (_, damaged) = ids_and_damage(&view(&reader))?;
        count.set(u32::try_from(damaged.len()).unwrap_or(u32::MAX));
        Ok(lines.set_text((!damaged.is_empty()).then(|| damaged.join("\n"))))
    })
}

/// Gives the name of a job.
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; DO_E_JOB_NOT_FOUND; a code of the disk; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_get_display_name(
    reader: *mut bgcopy_reader,
    job_id: *const bgcopy_guid,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(reader, out_text, |reader| Ok(record(reader, job_id)?.display_name))
}

/// Tells the state of a job.
///
/// @param out_state a bgcopy_job_state.
/// @return S_OK; DO_E_JOB_NOT_FOUND; a code of the disk; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_get_state(
    reader: *mut bgcopy_reader,
    job_id: *const bgcopy_guid,
    out_state: *mut u32,
) -> bgcopy_hresult {
    read(reader, out_state, |reader| Ok(record(reader, job_id)?.state.as_u32()))
}

/// Tells how far a job has come.
///
/// @return S_OK; DO_E_JOB_NOT_FOUND; a code of the disk; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_get_progress(
    reader: *mut bgcopy_reader,
    job_id: *const bgcopy_guid,
    out_progress: *mut bgcopy_job_progress,
) -> bgcopy_hresult {
    read(reader, out_progress, |reader| Ok(progress_of(&record(reader, job_id)?).into()))
}

/// Tells why a job does not move, by what is recorded of it.
///
/// @param out_reason the caller closes it with bgcopy_wait_reason_close.
/// @return S_OK; DO_E_JOB_NOT_FOUND; a code of the disk; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_get_wait_reason(
    reader: *mut bgcopy_reader,
    job_id: *const bgcopy_guid,
    out_reason: *mut *mut bgcopy_wait_reason,
) -> bgcopy_hresult {
    read(reader, out_reason, |reader| {
        let record = record(reader, job_id)?;
        put(view(reader).wait_reason(&record))
    })
}

/// Closes the view. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_reader_close(reader: *mut bgcopy_reader) -> bgcopy_hresult {
    guard(|| close(reader))
}
