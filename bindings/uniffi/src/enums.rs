//! The enumerations of the API for Kotlin and Swift. This file is generated:
//! `UPDATE=1 cargo test -p bgcopy-generate`.

use bgcopy_core::{
    AuthScheme, AuthTarget, BackgroundMode, ErrorContext, EventKind, HashAlgorithm, JobPriority,
    JobPropertyId, JobState, JobType, ProxyUsage, SourceKind, SourceState, UploadProtocol,
    WaitKind,
};

/// The state of a job (BG_JOB_STATE, specification, sections 6.1 and 9).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum JobState {
    /// The job is started and waits for a free slot or for its server.
    Queued = 0,
    /// A request of the job is under way, and its server has not answered yet.
    Connecting = 1,
    /// The job transfers data.
    Transferring = 2,
    /// Not started, or suspended by the caller. New jobs start here.
    Suspended = 3,
    /// The job failed and is not tried again until the caller resumes it.
    Error = 4,
    /// The job failed and is tried again by itself after a delay.
    TransientError = 5,
    /// All files are transferred; the caller has to complete the job.
    Transferred = 6,
    /// The job is completed. This state is final.
    Acknowledged = 7,
    /// The job is cancelled. This state is final.
    Cancelled = 8,
}

/// What a job does (BG_JOB_TYPE).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum JobType {
    /// The job downloads files.
    Download = 0,
    /// The job uploads one file.
    Upload = 1,
    /// The job uploads one file and downloads the reply of the server application.
    UploadReply = 2,
}

/// The order in which jobs get slots (BG_JOB_PRIORITY).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum JobPriority {
    /// A user waits for the job: it goes before all others.
    Foreground = 0,
    /// The job goes before the other background jobs.
    High = 1,
    /// The priority of a new job.
    Normal = 2,
    /// The job goes after all others.
    Low = 3,
}

/// What kind of thing failed (BG_ERROR_CONTEXT).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum ErrorContext {
    /// The call itself failed, and no transfer.
    None = 0,
    /// It is not known what failed.
    Unknown = 1,
    /// The queue or its store failed.
    GeneralQueueManager = 2,
    /// The notification of the caller failed.
    QueueManagerNotification = 3,
    /// A local file or folder failed.
    LocalFile = 4,
    /// The server does not give or take the file.
    RemoteFile = 5,
    /// The connection to the server failed.
    GeneralTransport = 6,
    /// The application behind the server failed.
    RemoteApplication = 7,
    /// The caller refused the certificate of the server.
    ServerCertificateCallback = 8,
}

/// How a proxy is found (BG_JOB_PROXY_USAGE).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum ProxyUsage {
    /// The system's settings decide: on Unix the environment variables.
    Preconfig = 0,
    /// No proxy is used.
    NoProxy = 1,
    /// The job's own list of proxies is used.
    Override = 2,
    /// The proxy is looked for; this works as PRECONFIG here.
    Autodetect = 3,
}

/// For whom credentials are (BG_AUTH_TARGET).
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum AuthTarget {
    /// The credentials are for the server.
    Server = 1,
    /// The credentials are for the proxy.
    Proxy = 2,
}

/// The authentication scheme of credentials (BG_AUTH_SCHEME). Ours begin at 0x1000.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum AuthScheme {
    /// Basic: name and password are sent unencrypted.
    Basic = 1,
    /// Digest: a hash of name and password is sent.
    Digest = 2,
    /// NTLM.
    Ntlm = 3,
    /// Negotiate: Kerberos or NTLM.
    Negotiate = 4,
    /// Passport, a service that no longer exists.
    Passport = 5,
    /// Bearer: a token, which is the password of an empty name (RFC 6750).
    Bearer = 4097,
}

/// The properties of a job (BITS_JOB_PROPERTY_ID, specification, section 3.4). The numbers
/// 6 and 8 are reserved; ours begin at 0x1000.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum JobPropertyId {
    /// The networks that the job may use, by what they cost: a Dword, set at any time.
    CostFlags = 1,
    /// An id that is stored for its users: a Guid, set at any time.
    NotificationClsid = 2,
    /// The server may not know the sizes of its files: an Enable, set before the first Resume.
    DynamicContent = 3,
    /// Not supported: an Enable.
    HighPerformance = 4,
    /// The most bytes that the job may download: a Uint64, set before the first Resume.
    MaxDownloadSize = 5,
    /// Not supported: a Target.
    UseStoredCredentials = 7,
    /// The least time between two events of one kind, in milliseconds: a Dword, set at any time.
    MinimumNotificationIntervalMs = 9,
    /// Not supported: an Enable.
    OnDemandMode = 10,
    /// The protocol of an upload, an UploadProtocol: a Dword, set before the first Resume.
    UploadProtocol = 4097,
    /// The most connections that one file of the job may have, 1 to 32; 0 for what the queue
    /// allows: a Dword, set at any time.
    ConnectionsPerFile = 4098,
    /// The most bytes a second that the job may download; 0 for no limit of its own: a
    /// Uint64, set at any time.
    MaxDownloadRate = 4099,
    /// The most bytes a second that the job may upload; 0 for no limit of its own: a
    /// Uint64, set at any time.
    MaxUploadRate = 4100,
    /// Whether downloads of the job yield to other traffic, a BackgroundMode: a Dword, set
    /// at any time. They do not unless it says so.
    BackgroundMode = 4101,
    /// When the job may transfer, by the local clock of the process that hosts the queue,
    /// such as `Mon-Fri 22:00-06:00; Sat,Sun`; empty for always: a Text, set at any time.
    TransferWindow = 4102,
    /// With which power the job may transfer, flags of `power`: a Dword, set at any time.
    /// With any unless it says so.
    PowerFlags = 4103,
    /// Whether files without an expected hash are checked against the digest that their server
    /// names (Repr-Digest and the like): an Enable, set at any time. They are unless it is off.
    CheckDigests = 4112,
}

/// Whether downloads yield to other traffic (job property BACKGROUND_MODE): they take what
/// others leave of the link, and little while these use it. Where the system does not
/// measure connections, which is everywhere but on Linux, none yields. The numbers are our own.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum BackgroundMode {
    /// The job yields while its priority is LOW.
    Auto = 0,
    /// The job takes its share, whatever its priority.
    Off = 1,
    /// The job yields, whatever its priority.
    On = 2,
}

/// The hash functions of expected hashes. The numbers are our own.
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

/// The protocol of an upload (job property UPLOAD_PROTOCOL). The numbers are our own.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum UploadProtocol {
    /// The server is asked once which protocol it has, and its answer is stored with the job.
    Auto = 0,
    /// BITS upload (specification, section 13): resumable.
    Bits = 1,
    /// tus 1.0: resumable. The remote name is where uploads are created.
    Tus = 2,
    /// Resumable uploads of the IETF, draft-ietf-httpbis-resumable-upload with
    /// interop versions 8 to 6: resumable.
    Ietf = 3,
    /// One PUT request, which starts over after each interruption.
    Put = 4,
    /// S3: large files in parts, resumable. AUTO never chooses it.
    S3 = 5,
    /// One POST request with the file as its body, which starts over after each
    /// interruption, also if only the answer was lost. AUTO never chooses it.
    Post = 6,
    /// PUT requests with Content-Range: resumable, for servers like Apache that support it.
    /// With others the job goes to ERROR with DO_E_INSUFFICIENT_RANGE_SUPPORT. The
    /// unfinished file stands under its final name meanwhile; Cancel deletes it. AUTO never
    /// chooses it.
    PutRange = 7,
}

/// What a job waits for, or what it does. The numbers are our own.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum WaitKind {
    /// The caller has to resume the job.
    SuspendedByCaller = 1,
    /// The caller has to add a file.
    NoFiles = 2,
    /// Other files have all the slots for transfers.
    WaitingForSlot = 3,
    /// There is no network.
    NoNetwork = 4,
    /// The job failed, or its server does; the delay before the next try is not over.
    RetryAfterError = 5,
    /// The server asked to be left alone until a time that it named.
    ServerAskedToWait = 6,
    /// A policy does not allow the transfer now.
    PolicyClosed = 7,
    /// The caller has to set credentials.
    CredentialsNeeded = 8,
    /// The server no longer has the file under this URL.
    LinkExpired = 9,
    /// The disk is full.
    DiskFull = 10,
    /// All bytes are here and are being verified and synced.
    ValidationPending = 11,
    /// The files are being moved to their local names.
    Completing = 12,
    /// The caller has to complete the job.
    AwaitingComplete = 13,
    /// The job failed; the caller has to resolve the error and resume it.
    FatalError = 14,
    /// The job waits for nothing: it is final.
    Finished = 15,
    /// The server has not answered yet.
    Connecting = 16,
    /// The job waits for nothing: it transfers.
    Transferring = 17,
    /// No process runs the queue.
    EngineNotRunning = 18,
    /// The server has not yet deleted the upload of a cancelled job.
    CancellingOnServer = 19,
    /// A process has paused the queue.
    Paused = 20,
    /// The window of the job or of the queue is closed; the next try is when it opens.
    OutsideWindow = 21,
}

/// What an event reports. The numbers are our own.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum EventKind {
    /// All files of the job are transferred.
    JobTransferred = 1,
    /// The job failed.
    JobError = 2,
    /// Something about the job changed.
    JobModification = 3,
    /// A file is transferred.
    FileTransferred = 4,
    /// Bytes of a file arrived.
    FileRangesTransferred = 5,
    /// A file starts over: it changed on the server, or its bytes were lost.
    FileRestarted = 6,
}

/// What kind of place a source of a file is. The numbers are our own.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum SourceKind {
    /// The remote name of the file.
    Origin = 0,
    /// Another URL of the same content.
    Mirror = 1,
}

/// Where a source of a file stands. The numbers are our own.
#[uniffi::remote(Enum)]
#[repr(u32)]
pub enum SourceState {
    /// It can be asked.
    Ready = 0,
    /// It is the one that the present request asks, or the next one.
    Asked = 1,
    /// It failed, and the sources behind it are asked before it is asked again.
    Failed = 2,
    /// It has another version than what is held of the file, or cannot prove that it has
    /// the same. It is not asked as long as these bytes are held.
    Different = 3,
    /// What came from it did not have the expected hash. It is asked again when the job is
    /// resumed or another hash is expected.
    WrongHash = 4,
    /// It has no encryption and the origin has: it is not asked unless the job has the
    /// security flag REDIRECT_ALLOW_HTTPS_TO_HTTP.
    NotAllowed = 5,
}
