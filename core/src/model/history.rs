//! What is remembered of a job that has left the queue.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocab::{JobState, JobType, is_initial};

use super::file::{FileRecord, FileStage};
use super::record::{JobError, JobRecord};

/// Files of a job that are remembered by name: the first ones.
const FILES_NAMED_MAX: usize = 8;

/// A job that was completed or cancelled, as the history has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The id that it had.
    pub id: Uuid,
    pub job_type: JobType,
    pub display_name: String,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub description: String,
    /// ACKNOWLEDGED if it was completed, else CANCELLED.
    pub state: JobState,
    /// Milliseconds since 1970, as the other times.
    pub created_ms: i64,
    /// When all of it was transferred, if it was.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub transferred_ms: Option<i64>,
    /// When it was completed or cancelled.
    pub ended_ms: i64,
    /// Its files, and those of them that were put in place or, for an upload, sent.
    pub files_total: u32,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub files_in_place: u32,
    /// Sum of the sizes of its files; None if one of them was not known.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub bytes_total: Option<u64>,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub bytes_transferred: u64,
    /// What had stopped it when it was cancelled.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub error: Option<JobError>,
    /// Its first files, at most eight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<HistoryFile>,
}

/// A file of a job in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryFile {
    pub remote_name: String,
    pub local_name: String,
    /// Its size in bytes, if it was known.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub bytes_total: Option<u64>,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub bytes_transferred: u64,
    /// True if it was put in place or, for an upload, sent.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub is_in_place: bool,
}

impl HistoryEntry {
    /// What is remembered of a job that is gone. None if it had no files.
    pub fn of(record: &JobRecord, files: &[FileRecord]) -> Option<Self> {
        let totals = record.totals;
        let own = || files.iter().filter(|file| !file.is_reply);
        let in_place = own().filter(|file| file.stage == FileStage::Published).count();
        (totals.files > 0).then(|| Self {
            id: record.id,
            job_type: record.job_type,
            display_name: record.display_name.clone(),
            description: record.description.clone(),
            state: record.state,
            created_ms: record.created_ms,
            transferred_ms: record.transferred_ms,
            ended_ms: record.state_since_ms,
            files_total: totals.files,
            files_in_place: u32::try_from(in_place).unwrap_or(u32::MAX),
            bytes_total: (totals.sizes_unknown == 0).then_some(totals.bytes_known),
            bytes_transferred: totals.bytes_transferred,
            error: record.error.clone(),
            files: own().take(FILES_NAMED_MAX).map(HistoryFile::of).collect(),
        })
    }
}

impl HistoryFile {
    fn of(file: &FileRecord) -> Self {
        Self {
            remote_name: file.remote_name.clone(),
            local_name: file.local_name.clone(),
            bytes_total: file.bytes_total(),
            bytes_transferred: file.held(),
            is_in_place: file.stage == FileStage::Published,
        }
    }
}
