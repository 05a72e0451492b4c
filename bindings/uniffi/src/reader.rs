//! Looks at a store while another process drives it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::error::Result;
use crate::job_record::{JobRecord, RecordedJob};

/// A view of a store that changes nothing and needs no lock. What it shows is
/// what was last recorded: progress is up to half a second old. Any thread may
/// use it.
#[derive(uniffi::Object)]
pub struct Reader {
    // Its database connection takes one caller at a time.
    core: Mutex<bgcopy_core::Reader>,
}

/// All that can be read of the jobs in a queue.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Survey {
    /// The jobs, in order of creation.
    pub jobs: Vec<JobRecord>,
    /// A sentence for each job that is damaged.
    pub damaged: Vec<String>,
}

#[uniffi::export]
impl Reader {
    /// Opens the store in a folder: E_FILE_NOT_FOUND or E_PATH_NOT_FOUND if
    /// there is none.
    #[uniffi::constructor]
    pub fn open(store: String) -> Result<Self> {
        Ok(Self { core: Mutex::new(bgcopy_core::Reader::open(store)?) })
    }

    /// True while a manager has the store open.
    pub fn engine_is_running(&self) -> bool {
        self.core().engine_is_running()
    }

    /// The jobs in the queue, in order of creation.
    pub fn jobs(&self) -> Result<Vec<JobRecord>> {
        Ok(self.core().jobs()?.into_iter().map(Into::into).collect())
    }

    /// The jobs that can be read, and what is damaged. The next manager to open the
    /// store saves what can be saved, and reports by `damage`.
    pub fn survey(&self) -> Result<Survey> {
        let survey = self.core().survey()?;
        let jobs = survey.jobs.into_iter().map(Into::into).collect();
        Ok(Survey { jobs, damaged: survey.damaged })
    }

    /// One job with its files, and why it does not move: DO_E_JOB_NOT_FOUND.
    pub fn job(&self, id: Uuid) -> Result<RecordedJob> {
        let core = self.core();
        let (record, files) = core.job(id)?;
        Ok(RecordedJob {
            wait_reason: core.wait_reason(&record).into(),
            record: record.into(),
            files: files.into_iter().map(Into::into).collect(),
        })
    }
}

impl Reader {
    fn core(&self) -> MutexGuard<'_, bgcopy_core::Reader> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
