//! The words of the API. They are those of `bgcopy_core::vocab`: a variant
//! that is missing here does not compile, and a test in Kotlin compares the
//! numbers.

use bgcopy_core::{
    AuthScheme, AuthTarget, ErrorContext, EventKind, HResult, HashAlgorithm, JobPriority,
    JobPropertyId, JobState, JobType, PropertyValue, ProxyUsage, UploadProtocol, WaitKind,
};
use uuid::Uuid;

uniffi::custom_type!(HResult, i32, {
    remote,
    lower: |code| code.0,
    try_lift: |bits| Ok(HResult(bits)),
});

uniffi::custom_type!(Uuid, String, {
    remote,
    lower: |id| id.to_string(),
    try_lift: |text| Ok(Uuid::parse_str(&text)?),
});

/// The published name of a code, such as `DO_E_INVALID_STATE`; nothing for a
/// code without one.
#[uniffi::export]
pub fn code_name(hresult: HResult) -> Option<String> {
    hresult.name()
}

/// A readable sentence for any code (GetErrorDescription).
#[uniffi::export]
pub fn code_text(hresult: HResult) -> String {
    hresult.text()
}

/// The life of a job (BG_JOB_STATE).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum JobState {
    /// Waits for its turn.
    Queued = 0,
    /// Asks a server.
    Connecting = 1,
    /// Bytes come in.
    Transferring = 2,
    /// Stands still until `resume`. A new job is.
    Suspended = 3,
    /// Failed; somebody must resolve it.
    Error = 4,
    /// Failed; is tried again by itself.
    TransientError = 5,
    /// All files are here; waits for `complete`.
    Transferred = 6,
    /// Completed. Final.
    Acknowledged = 7,
    /// Cancelled. Final.
    Cancelled = 8,
}

/// What a job does (BG_JOB_TYPE).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum JobType {
    /// Fetches files.
    Download = 0,
    /// Sends a file.
    Upload = 1,
    /// Sends a file and fetches the reply.
    UploadReply = 2,
}

/// Who goes first (BG_JOB_PRIORITY).
#[uniffi::remote(Enum)]
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

/// What kind of thing failed (BG_ERROR_CONTEXT).
#[uniffi::remote(Enum)]
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

/// What a job waits for, or does.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum WaitKind {
    /// `resume`.
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
    /// `complete`.
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

/// What an event tells.
#[uniffi::remote(Enum)]
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

/// How a proxy is found (BG_JOB_PROXY_USAGE).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum ProxyUsage {
    /// By the system's settings: here the environment variables.
    Preconfig = 0,
    /// None is used.
    NoProxy = 1,
    /// The job's own list.
    Override = 2,
    /// Looked for; here as PRECONFIG.
    Autodetect = 3,
}

/// Whom credentials are for (BG_AUTH_TARGET).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum AuthTarget {
    /// The server.
    Server = 1,
    /// The proxy.
    Proxy = 2,
}

/// How credentials are shown (BG_AUTH_SCHEME).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum AuthScheme {
    /// In clear.
    Basic = 1,
    /// As a digest.
    Digest = 2,
    /// By NTLM.
    Ntlm = 3,
    /// By Kerberos or NTLM.
    Negotiate = 4,
    /// By a service that is gone.
    Passport = 5,
}

/// Job properties (BITS_JOB_PROPERTY_ID).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum JobPropertyId {
    /// Networks the job may use: a Dword, any time.
    CostFlags = 1,
    /// Kept for its users: a Guid, any time.
    NotificationClsid = 2,
    /// The server may lack sizes: an Enable, before the first `resume`.
    DynamicContent = 3,
    /// Not supported: an Enable.
    HighPerformance = 4,
    /// Bytes the job may have: a Uint64, before the first `resume`.
    MaxDownloadSize = 5,
    /// Not supported: a Target.
    UseStoredCredentials = 7,
    /// Between throttled events: a Dword, any time.
    MinimumNotificationIntervalMs = 9,
    /// Not supported: an Enable.
    OnDemandMode = 10,
    /// How an upload is sent: a Dword, before the first `resume`. Our own.
    UploadProtocol = 4097,
}

/// How files are sent. Numbers are our own.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum UploadProtocol {
    /// The server is asked once.
    Auto = 0,
    /// BITS upload: resumable.
    Bits = 1,
    /// tus 1.0: resumable. The remote name is where uploads are created.
    Tus = 2,
    /// Resumable uploads of the IETF: resumable.
    Ietf = 3,
    /// One PUT; it starts over after each interruption.
    Put = 4,
    /// S3: large files in parts, resumable; never chosen by AUTO.
    S3 = 5,
    /// One POST; it starts over after each interruption.
    Post = 6,
    /// PUTs with Content-Range: resumable, where the server honours it.
    PutRange = 7,
}

/// Hash functions for expected hashes.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum HashAlgorithm {
    /// SHA-256.
    Sha256 = 1,
    /// SHA-512.
    Sha512 = 2,
    /// BLAKE3.
    Blake3 = 3,
}

/// The value of a job property (BITS_JOB_PROPERTY_VALUE).
#[uniffi::remote(Enum)]
pub enum PropertyValue {
    /// A number of 32 bits.
    Dword(u32),
    /// An id.
    Guid(Uuid),
    /// On or off.
    Enable(bool),
    /// A number of 64 bits.
    Uint64(u64),
    /// An authentication target.
    Target(u32),
}
