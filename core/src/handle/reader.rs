//! Looks at a store while another process drives it.

use std::path::Path;

use uuid::Uuid;

use crate::engine::now;
use crate::model::{FileRecord, JobRecord, Situation, WaitReason, wait_reason};
use crate::store;
use crate::vocab::{Error, Result, code};

/// A view of a store that changes nothing and needs no lock. What it shows is
/// what was last recorded: progress is up to half a second old.
pub struct Reader {
    store: store::Reader,
}

impl Reader {
    /// Opens the store in a folder: E_FILE_NOT_FOUND or E_PATH_NOT_FOUND if
    /// there is none.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Ok(Self { store: store::Reader::open(folder.as_ref())? })
    }

    /// True while a manager has the store open.
    pub fn engine_is_running(&self) -> bool {
        self.store.engine_is_running()
    }

    /// The jobs in the queue, in order of creation, with the cancelled ones
    /// whose server is still to be told.
    pub fn jobs(&self) -> Result<Vec<JobRecord>> {
        let mut records = self.store.records()?;
        records.retain(JobRecord::is_in_queue);
        Ok(records)
    }

    /// One job with its files: DO_E_JOB_NOT_FOUND.
    pub fn job(&self, id: Uuid) -> Result<(JobRecord, Vec<FileRecord>)> {
        self.store.load(id)?.ok_or_else(|| {
            Error::new(code::DO_E_JOB_NOT_FOUND, format!("no job {id} in the queue"))
        })
    }

    /// Why a job does not move, by what is recorded of it.
    pub fn wait_reason(&self, record: &JobRecord) -> WaitReason {
        let situation = Situation {
            engine_runs: self.engine_is_running(),
            has_transfer: record.active_since_ms.is_some(),
            locked: false,
            settling: false,
            hold: None,
        };
        wait_reason(record, situation, now())
    }
}
