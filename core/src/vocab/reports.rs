//! The enumerations of what the library reports.

use serde::{Deserialize, Serialize};

/// What a job waits for, or does. Numbers are our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum WaitKind {
    /// Resume.
    SuspendedByCaller = 1,
    /// A file to be added.
    NoFiles = 2,
    /// Others hold all slots.
    WaitingForSlot = 3,
    /// There is no network.
    NoNetwork = 4,
    /// The next try after an error.
    RetryAfterError = 5,
    /// The time a server named.
    ServerAskedToWait = 6,
    /// A policy forbids it now.
    PolicyClosed = 7,
    /// Credentials.
    CredentialsNeeded = 8,
    /// The server no longer gives the file under this name.
    LinkExpired = 9,
    /// The disk has no room.
    DiskFull = 10,
    /// Bytes are being checked.
    ValidationPending = 11,
    /// Files are being put in place.
    Completing = 12,
    /// Complete.
    AwaitingComplete = 13,
    /// An error that somebody must resolve.
    FatalError = 14,
    /// Nothing: the job is final.
    Finished = 15,
    /// An answer of the server.
    Connecting = 16,
    /// Nothing: it moves.
    Transferring = 17,
    /// A process to drive the queue.
    EngineNotRunning = 18,
    /// The server to forget a cancelled upload.
    CancellingOnServer = 19,
    /// A process to let the paused queue go on.
    Paused = 20,
}

impl WaitKind {
    /// All of them, by number.
    pub const ALL: [Self; 20] = [
        Self::SuspendedByCaller,
        Self::NoFiles,
        Self::WaitingForSlot,
        Self::NoNetwork,
        Self::RetryAfterError,
        Self::ServerAskedToWait,
        Self::PolicyClosed,
        Self::CredentialsNeeded,
        Self::LinkExpired,
        Self::DiskFull,
        Self::ValidationPending,
        Self::Completing,
        Self::AwaitingComplete,
        Self::FatalError,
        Self::Finished,
        Self::Connecting,
        Self::Transferring,
        Self::EngineNotRunning,
        Self::CancellingOnServer,
        Self::Paused,
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
            Self::SuspendedByCaller => "SUSPENDED_BY_CALLER",
            Self::NoFiles => "NO_FILES",
            Self::WaitingForSlot => "WAITING_FOR_SLOT",
            Self::NoNetwork => "NO_NETWORK",
            Self::RetryAfterError => "RETRY_AFTER_ERROR",
            Self::ServerAskedToWait => "SERVER_ASKED_TO_WAIT",
            Self::PolicyClosed => "POLICY_CLOSED",
            Self::CredentialsNeeded => "CREDENTIALS_NEEDED",
            Self::LinkExpired => "LINK_EXPIRED",
            Self::DiskFull => "DISK_FULL",
            Self::ValidationPending => "VALIDATION_PENDING",
            Self::Completing => "COMPLETING",
            Self::AwaitingComplete => "AWAITING_COMPLETE",
            Self::FatalError => "FATAL_ERROR",
            Self::Finished => "FINISHED",
            Self::Connecting => "CONNECTING",
            Self::Transferring => "TRANSFERRING",
            Self::EngineNotRunning => "ENGINE_NOT_RUNNING",
            Self::CancellingOnServer => "CANCELLING_ON_SERVER",
            Self::Paused => "PAUSED",
        }
    }
}

/// What an event tells. Numbers are our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum EventKind {
    /// All files of the job are here.
    JobTransferred = 1,
    /// The job failed.
    JobError = 2,
    /// Something about the job changed.
    JobModification = 3,
    /// A file is here.
    FileTransferred = 4,
    /// Bytes of a file came in.
    FileRangesTransferred = 5,
    /// A file began anew: it changed on the server, or its bytes were lost.
    FileRestarted = 6,
}

impl EventKind {
    /// All of them, by number.
    pub const ALL: [Self; 6] = [
        Self::JobTransferred,
        Self::JobError,
        Self::JobModification,
        Self::FileTransferred,
        Self::FileRangesTransferred,
        Self::FileRestarted,
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
            Self::JobTransferred => "JOB_TRANSFERRED",
            Self::JobError => "JOB_ERROR",
            Self::JobModification => "JOB_MODIFICATION",
            Self::FileTransferred => "FILE_TRANSFERRED",
            Self::FileRangesTransferred => "FILE_RANGES_TRANSFERRED",
            Self::FileRestarted => "FILE_RESTARTED",
        }
    }
}

/// How important a line of the log is. Numbers are our own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u32)]
pub enum LogLevel {
    /// Somebody must do something.
    Error = 1,
    /// Something failed and is tried again.
    Warning = 2,
    /// The steps of a job.
    Info = 3,
    /// All its states.
    Debug = 4,
}

impl LogLevel {
    /// All of them, by number.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Info, Self::Debug];

    /// The one of that number.
    pub fn from_u32(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_u32() == number)
    }

    /// Its number.
    pub const fn as_u32(self) -> u32 {
        self as u32
    }

    /// Its name, without the prefix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
            Self::Info => "INFO",
            Self::Debug => "DEBUG",
        }
    }
}
