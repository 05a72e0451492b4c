//! What is stored of a job, apart from its files.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocab::{
    AuthScheme, AuthTarget, Error, ErrorContext, HResult, JobPriority, JobState, JobType,
    PropertyValue, ProxyUsage, Result, code, is_initial, limit, notify,
};

use super::deadline::{Deadline, Now};
use super::file::{FileRecord, FileStage};
use super::job::refuse_final;

/// All that is stored of a job, apart from its files. Most of what is as in a
/// new job is left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRecord {
    pub id: Uuid,
    pub job_type: JobType,
    /// Who created it, in readable form.
    pub owner: String,
    pub display_name: String,
    /// What its maker finds it by. No other job in the queue has it.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub key: Option<String>,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub description: String,
    pub priority: JobPriority,
    /// BG_NOTIFY bits.
    pub notify_flags: u32,
    pub minimum_retry_delay_s: u32,
    pub no_progress_timeout_s: u32,
    pub maximum_download_time_s: u32,
    pub proxy: ProxySettings,
    /// Lines, each ended by CR LF.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub custom_headers: Option<String>,
    /// True if nobody is shown them any more.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub headers_are_write_only: bool,
    /// The HTTP method of a download; None = GET.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub http_method: Option<String>,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub security_flags: u32,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub client_certificate: Option<ClientCertificate>,
    /// Which credentials were set. The secrets themselves are never stored.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub credential_slots: BTreeSet<CredentialSlot>,
    /// Where the reply of an upload goes; None = beside the file sent.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub reply_file_name: Option<String>,
    /// By property id; absent = the default.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub properties: BTreeMap<u32, PropertyValue>,
    /// True after the first Resume.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub resumed_once: bool,
    pub state: JobState,
    /// When the state was entered, milliseconds since 1970.
    pub state_since_ms: i64,
    pub created_ms: i64,
    pub modified_ms: i64,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub transferred_ms: Option<i64>,
    /// Order among jobs of one priority: lower goes first.
    pub queue_position: u64,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub error: Option<JobError>,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub error_count: u32,
    /// Failures since the last progress.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub attempts: u32,
    /// When a job in TRANSIENT_ERROR tries again.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub retry: Option<Retry>,
    /// When lack of progress becomes an error.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub no_progress_deadline: Option<Deadline>,
    /// Time spent connecting and transferring since the last Resume.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub active_ms: u64,
    /// Since when the present spell of it lasts, on the monotonic clock.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub active_since_ms: Option<u64>,
    /// Set while Complete or Cancel has files left to see to.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub closing: Option<Closing>,
    pub totals: Totals,
    /// While Complete moves files: those before this one are moved, of the ones that were
    /// transferred. It spares a write for each of them.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub published_below: u32,
    /// The boot of the machine whose monotonic clock the deadlines are on.
    pub boot: Option<Uuid>,
    /// What the process that created it takes away from the mode of new files;
    /// None if it is not known.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub umask: Option<u32>,
}

/// Which secret of a job.
pub type CredentialSlot = (AuthTarget, AuthScheme);

/// How a proxy is found (SetProxySettings).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxySettings {
    pub usage: ProxyUsage,
    /// Only with OVERRIDE: `[protocol=][protocol://]server[:port]`, separated by spaces.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub list: Option<String>,
    /// Only with OVERRIDE: hosts that are reached without a proxy.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub bypass: Option<String>,
}

/// A client certificate and its key, as files in PEM form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCertificate {
    pub certificate: String,
    /// None if the key is in the certificate's file.
    pub key: Option<String>,
}

/// What stopped a job (IBackgroundCopyError).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobError {
    pub code: HResult,
    pub context: ErrorContext,
    /// Index of the file it happened to.
    pub file: Option<u32>,
    /// "http" or "file", if a protocol was involved.
    pub protocol: Option<String>,
    pub message: String,
    /// Milliseconds since 1970.
    pub at_ms: i64,
}

/// When and why a transient error ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    pub at: Deadline,
    /// True if the server named the time.
    pub server_asked: bool,
}

/// A job on its way out of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Closing {
    /// Finished files are being moved to their local names.
    #[serde(rename = "Releasing")]
    Publishing,
    /// Finished files are in place; what is left of the others goes.
    Discarding,
    /// Final; its temporary files go. Those that could not be deleted are
    /// tried again at the deadline.
    Cleaning { retry: Option<Deadline> },
    /// Final; the server is to forget the unfinished upload. If it cannot be
    /// told, that is tried again at `retry`, and given up after `until`.
    #[serde(rename = "Owing")]
    ServerCleanup { until: Deadline, retry: Option<Deadline>, attempts: u32 },
}

/// Sums over the files, kept so that a job can be shown without reading them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    #[serde(default, skip_serializing_if = "is_initial")]
    pub files: u32,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub files_transferred: u32,
    /// Files that failed and are not tried again by themselves.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub files_failed: u32,
    /// Files that failed and wait for their next try.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub files_delayed: u32,
    /// Files whose size is not known yet.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub sizes_unknown: u32,
    /// Replies of uploads, which none of the other sums knows.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub replies: u32,
    /// Sum of the known sizes.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub bytes_known: u64,
    #[serde(default, skip_serializing_if = "is_initial")]
    pub bytes_transferred: u64,
}

impl Totals {
    /// Takes away what a file contributed.
    pub fn remove(&mut self, old: &FileRecord) {
        if old.is_reply {
            self.replies -= 1;
            return;
        }
        self.files -= 1;
        self.files_transferred -= u32::from(old.is_transferred());
        self.files_failed -= u32::from(old.is_failed());
        self.files_delayed -= u32::from(old.retry().is_some());
        self.sizes_unknown -= u32::from(old.bytes_total().is_none());
        self.bytes_known = self.bytes_known.wrapping_sub(old.bytes_total().unwrap_or(0));
        self.bytes_transferred -= old.held();
    }

    /// Adds what a file contributes.
    pub fn add(&mut self, new: &FileRecord) {
        if new.is_reply {
            self.replies += 1;
            return;
        }
        self.files += 1;
        self.files_transferred += u32::from(new.is_transferred());
        self.files_failed += u32::from(new.is_failed());
        self.files_delayed += u32::from(new.retry().is_some());
        self.sizes_unknown += u32::from(new.bytes_total().is_none());
        // A server may claim any size. A sum that wraps is right again as soon as
        // the claim is gone.
        self.bytes_known = self.bytes_known.wrapping_add(new.bytes_total().unwrap_or(0));
        self.bytes_transferred += new.held();
    }

    /// The sums over all of `files`.
    pub fn of(files: &[FileRecord]) -> Self {
        let mut totals = Self::default();
        for file in files {
            totals.add(file);
        }
        totals
    }
}

/// What a new job starts with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewJob {
    pub id: Uuid,
    pub display_name: String,
    pub key: Option<String>,
    pub job_type: JobType,
    pub owner: String,
    pub queue_position: u64,
}

impl JobRecord {
    /// An empty, suspended job with the defaults of the specification.
    pub fn new(new: NewJob, now: Now) -> Self {
        Self {
            id: new.id,
            job_type: new.job_type,
            owner: new.owner,
            display_name: new.display_name,
            key: new.key,
            description: String::new(),
            priority: JobPriority::Normal,
            notify_flags: notify::DEFAULT,
            minimum_retry_delay_s: limit::MINIMUM_RETRY_DELAY_DEFAULT_S,
            no_progress_timeout_s: limit::NO_PROGRESS_TIMEOUT_DEFAULT_S,
            maximum_download_time_s: limit::MAXIMUM_DOWNLOAD_TIME_DEFAULT_S,
            proxy: ProxySettings { usage: ProxyUsage::Preconfig, list: None, bypass: None },
            custom_headers: None,
            headers_are_write_only: false,
            http_method: None,
            security_flags: 0,
            client_certificate: None,
            credential_slots: BTreeSet::new(),
            reply_file_name: None,
            properties: BTreeMap::new(),
            resumed_once: false,
            state: JobState::Suspended,
            state_since_ms: now.unix_ms,
            created_ms: now.unix_ms,
            modified_ms: now.unix_ms,
            transferred_ms: None,
            queue_position: new.queue_position,
            error: None,
            error_count: 0,
            attempts: 0,
            retry: None,
            no_progress_deadline: None,
            active_ms: 0,
            active_since_ms: None,
            closing: None,
            totals: Totals::default(),
            published_below: 0,
            boot: None,
            umask: None,
        }
    }

    /// Takes over what was set for another job: E_INVALIDARG if it is of another
    /// type, DO_E_INVALID_STATE if it is final.
    pub fn inherit(&mut self, other: &Self) -> Result<()> {
        refuse_final(other)?;
        if self.job_type != other.job_type {
            let text = "a job can only be like one of its type";
            return Err(Error::new(code::E_INVALIDARG, text));
        }
        self.description.clone_from(&other.description);
        self.priority = other.priority;
        self.notify_flags = other.notify_flags;
        self.minimum_retry_delay_s = other.minimum_retry_delay_s;
        self.no_progress_timeout_s = other.no_progress_timeout_s;
        self.maximum_download_time_s = other.maximum_download_time_s;
        self.proxy = other.proxy.clone();
        self.custom_headers.clone_from(&other.custom_headers);
        self.headers_are_write_only = other.headers_are_write_only;
        self.http_method.clone_from(&other.http_method);
        self.security_flags = other.security_flags;
        self.client_certificate.clone_from(&other.client_certificate);
        self.credential_slots.clone_from(&other.credential_slots);
        self.properties.clone_from(&other.properties);
        Ok(())
    }

    /// Enters a state and keeps what depends on it in step.
    pub fn enter(&mut self, state: JobState, now: Now) {
        self.modified_ms = now.unix_ms;
        if self.state == state {
            return;
        }
        let was_active = matches!(self.state, JobState::Connecting | JobState::Transferring);
        let is_active = matches!(state, JobState::Connecting | JobState::Transferring);
        if was_active && !is_active {
            self.active_ms = self.active_for_ms(now);
            self.active_since_ms = None;
        }
        if is_active && !was_active {
            self.active_since_ms = Some(now.monotonic_ms);
        }
        if state != JobState::TransientError {
            self.retry = None;
        }
        if matches!(state, JobState::Transferring | JobState::Transferred) {
            self.error = None;
        }
        if state == JobState::Transferred {
            self.transferred_ms = Some(now.unix_ms);
        }
        self.state = state;
        self.state_since_ms = now.unix_ms;
    }

    /// Time spent connecting and transferring since the last Resume.
    pub fn active_for_ms(&self, now: Now) -> u64 {
        let spell = self.active_since_ms.map_or(0, |since| now.monotonic_ms.saturating_sub(since));
        self.active_ms + spell
    }

    /// True if Complete moved a file that is stored as transferred.
    pub fn has_published(&self, index: u32, stage: FileStage) -> bool {
        index < self.published_below && stage == FileStage::Transferred
    }

    /// True if a server is to be told of a cancelled upload now.
    pub fn has_server_cleanup(&self) -> bool {
        matches!(self.closing, Some(Closing::ServerCleanup { retry: None, .. }))
    }

    /// The key that no other job may have while this one does: a job that is completed or
    /// cancelled has given it back.
    pub fn held_key(&self) -> Option<&str> {
        self.key.as_deref().filter(|_| !self.state.is_final())
    }

    /// True if the job still has something to do, which makes it visible.
    pub fn is_in_queue(&self) -> bool {
        !self.state.is_final() || matches!(self.closing, Some(Closing::ServerCleanup { .. }))
    }

    /// True if nothing of the job is left to be done or remembered.
    pub fn is_gone(&self) -> bool {
        self.state.is_final() && self.closing.is_none()
    }

    /// True in the states in which the job wants to move.
    pub fn is_runnable(&self) -> bool {
        self.closing.is_none()
            && matches!(
                self.state,
                JobState::Queued | JobState::Connecting | JobState::Transferring
            )
    }

    /// When this job needs attention although nothing happens to it.
    pub fn wake_at(&self) -> Option<Deadline> {
        match self.closing {
            Some(Closing::Cleaning { retry } | Closing::ServerCleanup { retry, .. }) => {
                return retry;
            }
            Some(Closing::Publishing | Closing::Discarding) => return None,
            None => {}
        }
        match self.state {
            JobState::TransientError => {
                let retry = self.retry.map(|retry| retry.at);
                [retry, self.no_progress_deadline]
                    .into_iter()
                    .flatten()
                    .min_by_key(|deadline| deadline.monotonic_ms)
            }
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::Suspended
            | JobState::Error
            | JobState::Transferred
            | JobState::Acknowledged
            | JobState::Cancelled => None,
        }
    }

    /// What holds after a start of the engine: nothing is running yet, and
    /// after a reboot the monotonic clock is another one.
    pub fn after_restart(&mut self, boot: Option<Uuid>, now: Now) {
        if matches!(self.state, JobState::Connecting | JobState::Transferring) {
            self.state = JobState::Queued;
        }
        self.active_since_ms = None;
        if let Some(Closing::Cleaning { retry } | Closing::ServerCleanup { retry, .. }) =
            &mut self.closing
        {
            // A start is as good a moment as any.
            *retry = None;
        }
        if boot.is_some() && self.boot == boot {
            return;
        }
        self.boot = boot;
        if let Some(Closing::ServerCleanup { until, .. }) = &mut self.closing {
            *until = until.after_pause(now, boot.is_some());
        }
        if let Some(retry) = &mut self.retry {
            retry.at = retry.at.after_reboot(now);
        }
        if let Some(deadline) = &mut self.no_progress_deadline {
            *deadline = deadline.after_pause(now, boot.is_some());
        }
    }
}
