//! A job at one moment.

use std::mem::size_of;

use bgcopy_core::{JobSnapshot, progress_of};

use crate::call::act;
use crate::guard::bgcopy_hresult;
use crate::job::bgcopy_job;
use crate::job_facts::{bgcopy_job_progress, bgcopy_job_times, times};
use crate::options::{Versioned, write_sized};
use crate::time;

/// What changes about a job while it moves, at one moment. Set size to
/// sizeof(bgcopy_job_snapshot).
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_job_snapshot {
    /// sizeof(bgcopy_job_snapshot): tells which fields the caller knows.
    pub size: usize,
    /// A bgcopy_job_state.
    pub state: u32,
    /// How often it failed, retries included.
    pub error_count: u32,
    /// How far it has come.
    pub progress: bgcopy_job_progress,
    /// When things happened.
    pub times: bgcopy_job_times,
    /// Bytes per second, averaged over the last seconds; 0 at a standstill.
    pub bytes_per_second: u64,
    /// Seconds until it is transferred, at this speed; UINT64_MAX if that
    /// cannot be said.
    pub seconds_left: u64,
    /// A bgcopy_wait_kind: what it waits for, or does.
    pub wait_kind: u32,
    /// The code behind that; S_OK if there is none.
    pub wait_code: bgcopy_hresult,
    /// When it is tried next, in steps of 100 ns since 1601; 0 if that is not
    /// fixed.
    pub next_try: u64,
}

/// Seconds that cannot be said.
const UNKNOWN: u64 = u64::MAX;

impl Versioned for bgcopy_job_snapshot {
    const SMALLEST: usize = size_of::<Self>();
}

impl From<JobSnapshot> for bgcopy_job_snapshot {
    fn from(snapshot: JobSnapshot) -> Self {
        let (record, reason) = (snapshot.record, snapshot.wait_reason);
        Self {
            size: size_of::<Self>(),
            state: record.state.as_u32(),
            error_count: record.error_count,
            progress: progress_of(&record).into(),
            times: times(record.created_ms, record.modified_ms, record.transferred_ms),
            bytes_per_second: snapshot.bytes_per_second,
            seconds_left: snapshot.seconds_left.unwrap_or(UNKNOWN),
            wait_kind: reason.kind.as_u32(),
            wait_code: reason.code.map_or(0, |code| code.0),
            next_try: reason.next_try_ms.map_or(0, time::from_unix_ms),
        }
    }
}

/// Tells all that changes about a job while it moves, at one moment: one call
/// in the place of several, whose answers fit each other.
///
/// @param out_snapshot its size must be set.
/// @return S_OK; E_INVALIDARG for a wrong size; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_snapshot(
    job: *mut bgcopy_job,
    out_snapshot: *mut bgcopy_job_snapshot,
) -> bgcopy_hresult {
    act(job, |entry| write_sized(out_snapshot, &entry.job.snapshot()?.into()))
}
