//! One job (IBackgroundCopyJob): its files, its life, and what there is to
//! know of it.

use std::sync::Arc;
use std::time::Duration;

use bgcopy_core::vocab::SIZE_UNKNOWN;
use bgcopy_core::{HResult, JobState, JobType};
use uuid::Uuid;

use crate::error::Result;
use crate::events::EventListener;
use crate::file::File;
use crate::job_record::JobSnapshot;
use crate::manager::Shared;
use crate::record::{FileRange, FileSpec, JobError, WaitReason};
use crate::wait::StateWait;

/// How far a job has come (BG_JOB_PROGRESS).
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct JobProgress {
    /// Bytes of all files; nothing until every size is known.
    pub bytes_total: Option<u64>,
    /// Bytes that are here.
    pub bytes_transferred: u64,
    /// Files of the job.
    pub files_total: u32,
    /// Files whose bytes are all here and checked.
    pub files_transferred: u32,
}

impl From<bgcopy_core::JobProgress> for JobProgress {
    fn from(progress: bgcopy_core::JobProgress) -> Self {
        Self {
            bytes_total: known(progress.bytes_total),
            bytes_transferred: progress.bytes_transferred,
            files_total: progress.files_total,
            files_transferred: progress.files_transferred,
        }
    }
}

/// When things happened, in milliseconds since 1970 (BG_JOB_TIMES).
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct JobTimes {
    /// When the job was made.
    pub creation_ms: i64,
    /// When anything about it changed last.
    pub modification_ms: i64,
    /// When the job became TRANSFERRED; nothing before.
    pub transfer_completion_ms: Option<i64>,
}

impl JobTimes {
    pub(crate) fn of(record: &bgcopy_core::JobRecord) -> Self {
        Self {
            creation_ms: record.created_ms,
            modification_ms: record.modified_ms,
            transfer_completion_ms: record.transferred_ms,
        }
    }
}

/// A handle of a job. Letting go of it changes nothing about the job. A handle
/// of a completed or cancelled job still answers what there is to know; what
/// would change the job answers DO_E_INVALID_STATE. Any thread may use it.
#[derive(uniffi::Object)]
pub struct Job {
    pub(crate) core: Arc<bgcopy_core::Job>,
    shared: Arc<Shared>,
}

impl Job {
    pub(crate) fn new(core: bgcopy_core::Job, shared: Arc<Shared>) -> Self {
        Self { core: Arc::new(core), shared }
    }
}

/// Files and life cycle.
#[uniffi::export]
impl Job {
    /// Adds a whole file (AddFile). `local_name` is an absolute path in an
    /// existing folder that can be written to; nothing is there until
    /// `complete`. Legal in every state that is not final; on a transferred
    /// job call `resume` after it.
    ///
    /// E_INVALIDARG for a malformed name, an unsupported scheme, credentials
    /// in the URL or a relative path; E_PATH_NOT_FOUND, E_ACCESSDENIED or
    /// E_DIRECTORY for a folder or target that cannot be used;
    /// BGCOPY_E_DUPLICATE_LOCAL_NAME; BG_E_TOO_MANY_FILES_IN_JOB. After an
    /// error the job is as before.
    pub fn add_file(&self, remote_name: String, local_name: String) -> Result<()> {
        Ok(self.core.add_file(&remote_name, &local_name)?)
    }

    /// Adds several files, all or none (AddFileSet), with the ranges and the
    /// hashes that they may have. Codes as for `add_file`,
    /// `add_file_with_ranges` and `File.set_expected_hash`.
    pub fn add_file_set(&self, files: Vec<FileSpec>) -> Result<()> {
        Ok(self.core.add_file_set(files.into_iter().map(Into::into).collect())?)
    }

    /// Adds pieces of a file, stored back to back in the order given
    /// (AddFileWithRanges). No ranges = the whole file. DO_E_INVALID_RANGE for
    /// an empty range or one beyond the largest offset,
    /// DO_E_OVERLAPPING_RANGES, BG_E_TOO_MANY_RANGES_IN_FILE above 500; else
    /// as `add_file`.
    pub fn add_file_with_ranges(
        &self,
        remote_name: String,
        local_name: String,
        ranges: Vec<FileRange>,
    ) -> Result<()> {
        let ranges: Vec<_> = ranges.into_iter().map(Into::into).collect();
        Ok(self.core.add_file_with_ranges(&remote_name, &local_name, &ranges)?)
    }

    /// The files of the job, in order of addition (EnumFiles): a snapshot of
    /// which there are.
    pub fn files(&self) -> Result<Vec<Arc<File>>> {
        Ok(self.core.files()?.into_iter().map(|file| self.handle(file)).collect())
    }

    /// The file at a place, from 0: DO_E_FILE_NOT_AVAILABLE if there is none.
    pub fn file(&self, index: u32) -> Result<Arc<File>> {
        Ok(self.handle(self.core.file(index)?))
    }

    /// Stops the job's transfers; their progress stays (Suspend). A job that
    /// failed or is transferred keeps its state. DO_E_INVALID_STATE if it is
    /// final.
    pub fn suspend(&self) -> Result<()> {
        Ok(self.core.suspend()?)
    }

    /// Starts the job, or starts it again after an error, at once (Resume).
    /// DO_E_JOB_EMPTY without files, DO_E_INVALID_STATE if it is final.
    pub fn resume(&self) -> Result<()> {
        Ok(self.core.resume()?)
    }

    /// Deletes the job from the queue, and all its temporary files, also those
    /// of files already transferred (Cancel). DO_E_INVALID_STATE if it is
    /// final. It cannot be undone, does not wait for the network, and a cancel
    /// that a crash cut short is finished at the next start.
    ///
    /// S_OK, or BG_S_UNABLE_TO_DELETE_FILES if temporary files remain: they
    /// are tried again later; or if the server may keep a part of the file that
    /// a PUT was sending.
    pub fn cancel(&self) -> Result<HResult> {
        Ok(self.core.cancel()?)
    }

    /// Puts every finished file in place and takes the job out of the queue
    /// (Complete). Unfinished files are discarded.
    ///
    /// S_OK, or BG_S_PARTIAL_COMPLETE if not all files were finished, or
    /// BG_S_UNABLE_TO_DELETE_FILES if temporary files of the others remain.
    /// If a file cannot be put in place, the code says why and the job stays:
    /// the call can be repeated. DO_E_INVALID_STATE if the job is final.
    pub fn complete(&self) -> Result<HResult> {
        Ok(self.core.complete()?)
    }

    /// Waits until the job is in one of the states, and says in which. Without
    /// states it waits until the job ends: TRANSFERRED, ERROR, ACKNOWLEDGED or
    /// CANCELLED. The time is in milliseconds: E_TIMEOUT when it is over; no
    /// time waits for ever. DO_E_INVALID_STATE once the job is completed or
    /// cancelled and will be in none of the states. It blocks the thread:
    /// coroutines and tasks use `start_wait`, or what is built on it.
    #[uniffi::method(default(states = [], timeout_ms = None))]
    pub fn wait(&self, states: Vec<JobState>, timeout_ms: Option<u64>) -> Result<JobState> {
        Ok(self.core.wait(&states, timeout_ms.map(Duration::from_millis))?)
    }

    /// As `wait`, but returns at once, with a wait that can be awaited and
    /// cancelled.
    #[uniffi::method(default(states = [], timeout_ms = None))]
    pub fn start_wait(
        &self,
        states: Vec<JobState>,
        timeout_ms: Option<u64>,
    ) -> Result<Arc<StateWait>> {
        let (core, shared) = (Arc::clone(&self.core), Arc::clone(&self.shared));
        let timeout = timeout_ms.map(Duration::from_millis);
        Ok(Arc::new(StateWait::start(core, shared, states, timeout)?))
    }

    /// Tells a listener of the events of this job, until it is removed or the
    /// manager is closed. Returns its number.
    pub fn add_listener(&self, listener: Arc<dyn EventListener>) -> Result<u64> {
        self.shared.listeners.add(&self.shared.core, Some(self.core.id()), listener)
    }

    /// Removes the listener of that number; there may be none. One that is
    /// being called ends its call.
    pub fn remove_listener(&self, number: u64) {
        self.shared.listeners.remove(number);
    }
}

/// What there is to know.
#[uniffi::export]
impl Job {
    /// The id (GetId): never used twice.
    pub fn id(&self) -> Uuid {
        self.core.id()
    }

    /// The kind of transfer (GetType).
    pub fn job_type(&self) -> Result<JobType> {
        Ok(self.core.job_type()?)
    }

    /// Who made the job (GetOwner).
    pub fn owner(&self) -> Result<String> {
        Ok(self.core.owner()?)
    }

    /// The state (GetState).
    pub fn state(&self) -> Result<JobState> {
        Ok(self.core.state()?)
    }

    /// How far it has come (GetProgress). All zero without files.
    pub fn progress(&self) -> Result<JobProgress> {
        Ok(self.core.progress()?.into())
    }

    /// When things happened (GetTimes).
    pub fn times(&self) -> Result<JobTimes> {
        let times = self.core.times()?;
        Ok(JobTimes {
            creation_ms: times.creation_ms,
            modification_ms: times.modification_ms,
            transfer_completion_ms: times.transfer_completion_ms,
        })
    }

    /// What stopped the job (GetError): DO_E_ERROR_INFORMATION_UNAVAILABLE
    /// unless it is in ERROR or TRANSIENT_ERROR.
    pub fn error(&self) -> Result<JobError> {
        Ok(self.core.error()?.into())
    }

    /// How often it failed, retries included (GetErrorCount).
    pub fn error_count(&self) -> Result<u32> {
        Ok(self.core.error_count()?)
    }

    /// Why it does not move, since when, when it is tried next and what would
    /// get it moving; for a moving job, what it is doing.
    pub fn wait_reason(&self) -> Result<WaitReason> {
        Ok(self.core.wait_reason()?.into())
    }

    /// Bytes per second, averaged over the last seconds; 0 at a standstill.
    pub fn speed(&self) -> Result<u64> {
        Ok(self.core.speed()?)
    }

    /// Seconds until it is transferred at the present speed; nothing if that
    /// cannot be said.
    pub fn seconds_left(&self) -> Result<Option<u64>> {
        Ok(self.core.seconds_left()?)
    }

    /// Everything about the job at one moment.
    pub fn snapshot(&self) -> Result<JobSnapshot> {
        Ok(self.core.snapshot()?.into())
    }
}

impl Job {
    fn handle(&self, file: bgcopy_core::File) -> Arc<File> {
        Arc::new(File::new(file, Arc::clone(&self.shared)))
    }
}

/// A number of bytes, or nothing if core says that it is not known.
pub(crate) fn known(bytes: u64) -> Option<u64> {
    (bytes != SIZE_UNKNOWN).then_some(bytes)
}
