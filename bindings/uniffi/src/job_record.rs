//! Everything about a job at one moment.

use bgcopy_core::{
    ClientCertificate, ExpectedHash, JobPriority, JobState, JobType, ProxySettings, progress_of,
};
use uuid::Uuid;

use crate::job::{JobProgress, JobTimes};
use crate::record::{FileRange, JobError, WaitReason};

/// What is stored of a job, apart from its files.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct JobRecord {
    pub id: Uuid,
    pub job_type: JobType,
    /// Who made the job.
    pub owner: String,
    pub display_name: String,
    /// What its maker finds it by.
    pub key: Option<String>,
    pub description: String,
    pub priority: JobPriority,
    pub state: JobState,
    /// When the state was entered, in milliseconds since 1970.
    pub state_since_ms: i64,
    pub progress: JobProgress,
    pub times: JobTimes,
    /// What stopped it last; nothing once it moved again.
    pub error: Option<JobError>,
    /// How often it failed, retries included.
    pub error_count: u32,
    /// BG_NOTIFY bits.
    pub notify_flags: u32,
    /// In seconds.
    pub minimum_retry_delay: u32,
    /// In seconds.
    pub no_progress_timeout: u32,
    /// In seconds.
    pub maximum_download_time: u32,
    pub proxy_settings: ProxySettings,
    /// Lines, each ended by CR LF; nothing if they are write-only.
    pub custom_headers: Option<String>,
    /// BG_SSL and BG_HTTP_REDIRECT_POLICY bits.
    pub security_flags: u32,
    pub client_certificate: Option<ClientCertificate>,
}

impl From<bgcopy_core::JobRecord> for JobRecord {
    fn from(record: bgcopy_core::JobRecord) -> Self {
        Self {
            progress: progress_of(&record).into(),
            times: JobTimes::of(&record),
            id: record.id,
            job_type: record.job_type,
            owner: record.owner,
            display_name: record.display_name,
            key: record.key,
            description: record.description,
            priority: record.priority,
            state: record.state,
            state_since_ms: record.state_since_ms,
            error: record.error.map(Into::into),
            error_count: record.error_count,
            notify_flags: record.notify_flags,
            minimum_retry_delay: record.minimum_retry_delay_s,
            no_progress_timeout: record.no_progress_timeout_s,
            maximum_download_time: record.maximum_download_time_s,
            proxy_settings: record.proxy,
            custom_headers: record.custom_headers,
            security_flags: record.security_flags,
            client_certificate: record.client_certificate,
        }
    }
}

/// A job at one moment.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct JobSnapshot {
    pub record: JobRecord,
    /// Bytes per second, averaged over the last seconds.
    pub bytes_per_second: u64,
    /// Seconds until it is transferred at this speed; nothing if that cannot
    /// be said.
    pub seconds_left: Option<u64>,
    /// What it is waiting for, or doing.
    pub wait_reason: WaitReason,
}

impl From<bgcopy_core::JobSnapshot> for JobSnapshot {
    fn from(snapshot: bgcopy_core::JobSnapshot) -> Self {
        Self {
            record: snapshot.record.into(),
            bytes_per_second: snapshot.bytes_per_second,
            seconds_left: snapshot.seconds_left,
            wait_reason: snapshot.wait_reason.into(),
        }
    }
}

/// What is stored of one file.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FileRecord {
    /// The URL it comes from.
    pub remote_name: String,
    /// The absolute path `complete` puts it at.
    pub local_name: String,
    /// The pieces asked for; none = the whole file.
    pub ranges: Vec<FileRange>,
    /// Bytes asked for; nothing until the server tells.
    pub bytes_total: Option<u64>,
    /// Bytes in the temporary file.
    pub bytes_transferred: u64,
    /// True once every byte asked for is checked and synced.
    pub transferred: bool,
    /// The hash it must have.
    pub expected_hash: Option<ExpectedHash>,
    /// The head of the last response, lines ended by CR LF.
    pub response_headers: Option<String>,
    /// What was said of its content; nothing if nothing was.
    pub validation_state: Option<bool>,
}

impl From<bgcopy_core::FileRecord> for FileRecord {
    fn from(file: bgcopy_core::FileRecord) -> Self {
        Self {
            bytes_total: file.bytes_total(),
            transferred: file.is_transferred(),
            remote_name: file.remote_name,
            local_name: file.local_name,
            ranges: file.ranges.into_iter().map(Into::into).collect(),
            bytes_transferred: file.written,
            expected_hash: file.expected_hash,
            response_headers: file.response_headers,
            validation_state: file.validation_state,
        }
    }
}

/// What a reader sees of one job.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct RecordedJob {
    pub record: JobRecord,
    pub files: Vec<FileRecord>,
    /// Why it does not move, by what is recorded of it.
    pub wait_reason: WaitReason,
}
