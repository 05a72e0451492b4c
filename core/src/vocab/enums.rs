//! The enumerations of jobs and errors.

use serde::{Deserialize, Serialize};

/// The life of a job (BG_JOB_STATE, specification, sections 6.1 and 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum JobState {
    /// Waits for its turn.
    Queued = 0,
    /// Asks a server.
    Connecting = 1,
    /// Bytes come in.
    Transferring = 2,
    /// Stands still until Resume. A new job is.
    Suspended = 3,
    /// Failed; somebody must resolve it.
    Error = 4,
    /// Failed; is tried again by itself.
    TransientError = 5,
    /// All files are here; waits for Complete.
    Transferred = 6,
    /// Completed. Final.
    Acknowledged = 7,
    /// Cancelled. Final.
    Cancelled = 8,
}

impl JobState {
    /// All of them, by number.
    pub const ALL: [Self; 9] = [
        Self::Queued,
        Self::Connecting,
        Self::Transferring,
        Self::Suspended,
        Self::Error,
        Self::TransientError,
        Self::Transferred,
        Self::Acknowledged,
        Self::Cancelled,
    ];

    /// Those in which nothing goes on by itself any more, apart from SUSPENDED:
    /// what a wait without states waits for.
    pub const ENDS: [Self; 4] =
        [Self::Transferred, Self::Error, Self::Acknowledged, Self::Cancelled];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Connecting => "CONNECTING",
            Self::Transferring => "TRANSFERRING",
            Self::Suspended => "SUSPENDED",
            Self::Error => "ERROR",
            Self::TransientError => "TRANSIENT_ERROR",
            Self::Transferred => "TRANSFERRED",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

impl JobState {
    /// True in the states that are never left.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Acknowledged | Self::Cancelled)
    }
}

/// What a job does (BG_JOB_TYPE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum JobType {
    /// Fetches files.
    Download = 0,
    /// Sends a file.
    Upload = 1,
    /// Sends a file and fetches the reply.
    UploadReply = 2,
}

impl JobType {
    /// All of them, by number.
    pub const ALL: [Self; 3] = [Self::Download, Self::Upload, Self::UploadReply];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Download => "DOWNLOAD",
            Self::Upload => "UPLOAD",
            Self::UploadReply => "UPLOAD_REPLY",
        }
    }
}

/// Who goes first (BG_JOB_PRIORITY).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum JobPriority {
    /// Somebody is waiting for it.
    Foreground = 0,
    /// Before the others in the background.
    High = 1,
    /// What a new job has.
    Normal = 2,
    /// After all others.
    Low = 3,
}

impl JobPriority {
    /// All of them, by number.
    pub const ALL: [Self; 4] = [Self::Foreground, Self::High, Self::Normal, Self::Low];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Foreground => "FOREGROUND",
            Self::High => "HIGH",
            Self::Normal => "NORMAL",
            Self::Low => "LOW",
        }
    }
}

/// What kind of thing failed (BG_ERROR_CONTEXT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum ErrorContext {
    /// No transfer: the call itself.
    None = 0,
    /// Not known.
    Unknown = 1,
    /// The queue and its store.
    GeneralQueueManager = 2,
    /// Telling about it.
    QueueManagerNotification = 3,
    /// A file or folder here.
    LocalFile = 4,
    /// The file on the server.
    RemoteFile = 5,
    /// The way there.
    GeneralTransport = 6,
    /// The application behind the server.
    RemoteApplication = 7,
    /// The caller's check of a certificate.
    ServerCertificateCallback = 8,
}

impl ErrorContext {
    /// All of them, by number.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Unknown,
        Self::GeneralQueueManager,
        Self::QueueManagerNotification,
        Self::LocalFile,
        Self::RemoteFile,
        Self::GeneralTransport,
        Self::RemoteApplication,
        Self::ServerCertificateCallback,
    ];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its published number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its published name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Unknown => "UNKNOWN",
            Self::GeneralQueueManager => "GENERAL_QUEUE_MANAGER",
            Self::QueueManagerNotification => "QUEUE_MANAGER_NOTIFICATION",
            Self::LocalFile => "LOCAL_FILE",
            Self::RemoteFile => "REMOTE_FILE",
            Self::GeneralTransport => "GENERAL_TRANSPORT",
            Self::RemoteApplication => "REMOTE_APPLICATION",
            Self::ServerCertificateCallback => "SERVER_CERTIFICATE_CALLBACK",
        }
    }
}

impl ErrorContext {
    /// A readable sentence for it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::None => "the call itself failed",
            Self::Unknown => "it is not known what failed",
            Self::GeneralQueueManager => "the queue or its store failed",
            Self::QueueManagerNotification => "telling about the job failed",
            Self::LocalFile => "a local file or folder failed",
            Self::RemoteFile => "the server does not give the file",
            Self::GeneralTransport => "the way to the server failed",
            Self::RemoteApplication => "the application behind the server failed",
            Self::ServerCertificateCallback => "the caller refused the certificate of the server",
        }
    }
}
