//! How far a job has come.

use crate::model::JobRecord;
use crate::vocab::SIZE_UNKNOWN;

/// How far a job has come (BG_JOB_PROGRESS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobProgress {
    /// Bytes of all files; `SIZE_UNKNOWN` until every size is known.
    pub bytes_total: u64,
    /// Bytes that are here.
    pub bytes_transferred: u64,
    /// Files of the job.
    pub files_total: u32,
    /// Files whose bytes are all here and checked.
    pub files_transferred: u32,
}

/// The progress of a record.
pub fn progress_of(record: &JobRecord) -> JobProgress {
    let totals = record.totals;
    JobProgress {
        bytes_total: if totals.sizes_unknown > 0 { SIZE_UNKNOWN } else { totals.bytes_known },
        bytes_transferred: totals.bytes_transferred,
        files_total: totals.files,
        files_transferred: totals.files_transferred,
    }
}
