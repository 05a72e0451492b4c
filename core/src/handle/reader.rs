//! Looks at a store while another process drives it.

use std::path::Path;

use uuid::Uuid;

use crate::engine::now;
use crate::model::{
    FileRecord, Holds, JobRecord, LocalTime, Situation, WaitReason, Window, wait_reason,
};
use crate::platform::local_offsets;
use crate::store::{self, Survey};
use crate::vocab::{Error, Result, code};

/// A view of a store that changes nothing and needs no lock. What it shows is
/// what was last recorded: progress is up to half a second old.
pub struct Reader {
    pub(super) store: store::StoreReader,
}

impl Reader {
    /// Opens the store in a folder: E_FILE_NOT_FOUND or E_PATH_NOT_FOUND if
    /// there is none.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Ok(Self { store: store::StoreReader::open(folder.as_ref())? })
    }

    /// True while a manager has the store open.
    pub fn engine_is_running(&self) -> bool {
        self.store.engine_is_running()
    }

    /// The jobs in the queue, in order of creation, with the cancelled ones
    /// with a pending request to their server. Damaged ones are left out:
    /// [`Reader::survey`] names them.
    pub fn jobs(&self) -> Result<Vec<JobRecord>> {
        self.survey().map(|survey| survey.jobs)
    }

    /// The same jobs, and what is damaged. Of that the next manager to open the
    /// store saves what can be saved, and reports by [`Manager::damage`].
    ///
    /// [`Manager::damage`]: crate::Manager::damage
    pub fn survey(&self) -> Result<Survey> {
        let mut survey = self.store.survey()?;
        survey.jobs.retain(JobRecord::is_in_queue);
        Ok(survey)
    }

    /// One job with its files: DO_E_JOB_NOT_FOUND.
    pub fn job(&self, id: Uuid) -> Result<(JobRecord, Vec<FileRecord>)> {
        self.store.load(id)?.ok_or_else(|| {
            Error::new(code::DO_E_JOB_NOT_FOUND, format!("no job {id} in the queue"))
        })
    }

    /// Why a job does not move, by what is recorded of it; windows by the clock of this process.
    pub fn wait_reason(&self, record: &JobRecord) -> WaitReason {
        wait_reasons(self)(record)
    }
}

/// Why jobs do not move, as [`Reader::wait_reason`] says it of one. What is the
/// same for all of them is looked at once.
pub fn wait_reasons(reader: &Reader) -> impl Fn(&JobRecord) -> WaitReason + use<> {
    let engine_runs = reader.engine_is_running();
    let refusal = (!reader.store.has_room()).then_some(code::E_DISK_FULL);
    let (offset_s, changes) = local_offsets(now().unix_ms);
    let window = Window::parse(&reader.store.transfer_window()).ok().flatten();
    let local = LocalTime { offset_s, changes };
    let holds = Holds { window, local, ..Holds::default() };
    move |record| {
        // The rest is known to the process that drives the queue alone.
        let situation = Situation {
            engine_runs,
            has_transfer: record.active_since_ms.is_some(),
            refusal,
            hold: holds.closed_window(record, now()),
            opens_ms: holds.opens_ms(record, now()),
            ..Situation::default()
        };
        wait_reason(record, &situation, now())
    }
}
