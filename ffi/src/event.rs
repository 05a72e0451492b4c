//! Events, for programs that ask for them.

use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{Event, HResult, Result};

use crate::call::{Out, fill, out, read, read_optional};
use crate::error::{ErrorEntry, Source, bgcopy_error};
use crate::file::bgcopy_file_range;
use crate::guard::{bgcopy_hresult, guard};
use crate::guid::bgcopy_guid;
use crate::hub::Hub;
use crate::job::{JobEntry, bgcopy_job};
use crate::table::{Handle, close, get, put};

/// Something that happened to a job. It stays readable after the manager is
/// closed.
pub struct bgcopy_event;

impl Handle for bgcopy_event {
    type Object = EventEntry;
}

pub(crate) struct EventEntry {
    hub: Arc<Hub>,
    event: Event,
}

impl EventEntry {
    fn job(&self) -> Result<Arc<JobEntry>> {
        let job = self.hub.manager.get_job(self.event.job)?;
        Ok(Arc::new(JobEntry { hub: Arc::clone(&self.hub), job }))
    }
}

/// Puts an event there, or S_FALSE and NULL.
pub(crate) fn give_event(
    hub: &Arc<Hub>,
    place: Out<*mut bgcopy_event>,
    event: Option<Event>,
) -> Result<HResult> {
    let Some(event) = event else {
        place.set(std::ptr::null_mut());
        return Ok(code::S_FALSE);
    };
    Ok(place.set(put(EventEntry { hub: Arc::clone(hub), event })?))
}

/// Tells what happened.
///
/// @param out_kind a bgcopy_event_kind.
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_event_get_kind(
    event: *mut bgcopy_event,
    out_kind: *mut u32,
) -> bgcopy_hresult {
    read(event, out_kind, |entry| Ok(entry.event.kind.as_u32()))
}

/// Tells the id of the job it happened to.
///
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_event_get_job_id(
    event: *mut bgcopy_event,
    out_id: *mut bgcopy_guid,
) -> bgcopy_hresult {
    read(event, out_id, |entry| Ok(entry.event.job.into()))
}

/// Gives the job it happened to.
///
/// @param out_job the caller closes it with bgcopy_job_close.
/// @return S_OK; DO_E_JOB_NOT_FOUND if it has left the queue; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_event_get_job(
    event: *mut bgcopy_event,
    out_job: *mut *mut bgcopy_job,
) -> bgcopy_hresult {
    read(event, out_job, |entry| put(entry.job()?))
}

/// Tells the place in the job of the file it happened to, from 0.
///
/// @return S_OK; S_FALSE and 0 if it is about the job as a whole; E_POINTER;
/// E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_event_get_file_index(
    event: *mut bgcopy_event,
    out_index: *mut u32,
) -> bgcopy_hresult {
    read_optional(event, out_index, 0, |entry| Ok(entry.event.file))
}

/// Gives the error, for JOB_ERROR.
///
/// @param out_error the caller closes it with bgcopy_error_close.
/// @return S_OK; S_FALSE and NULL if there is none; DO_E_JOB_NOT_FOUND if the
/// job has left the queue; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_event_get_error(
    event: *mut bgcopy_event,
    out_error: *mut *mut bgcopy_error,
) -> bgcopy_hresult {
    read_optional(event, out_error, std::ptr::null_mut(), |entry| {
        let Some(error) = entry.event.error.clone() else {
            return Ok(None);
        };
        put(ErrorEntry { error, source: Source::Job(entry.job()?) }).map(Some)
    })
}

/// Tells the bytes that came in, for FILE_RANGES_TRANSFERRED, counted over the
/// pieces that were asked for.
///
/// @param capacity how many ranges the array holds.
/// @param out_ranges the array; may be NULL if capacity is 0.
/// @param out_count how many there are.
/// @return S_OK; S_FALSE if the array holds only the first of them; E_POINTER;
/// E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_event_get_file_ranges(
    event: *mut bgcopy_event,
    capacity: u32,
    out_ranges: *mut bgcopy_file_range,
    out_count: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let entry = get(event)?;
        let count = out(out_count)?;
        let ranges: Vec<_> = entry.event.ranges.iter().map(bgcopy_file_range::from).collect();
        fill(&ranges, capacity, out_ranges, count)
    })
}

/// Closes the handle of an event. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_event_close(event: *mut bgcopy_event) -> bgcopy_hresult {
    guard(|| close(event))
}
