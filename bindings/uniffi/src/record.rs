//! Small records. Those whose fields are the same here and in core are core's
//! own; where core has a number for "not known" or "to the end", these have
//! nothing instead.

use bgcopy_core::vocab::LENGTH_TO_EOF;
use bgcopy_core::{
    ClientCertificate, ErrorContext, ExpectedHash, HResult, HashAlgorithm, Limits, Network,
    ProxySettings, ProxyUsage, RateLimits, SourceKind, SourceState, WaitKind,
};

/// The network as the operating system describes it.
#[uniffi::remote(Record)]
pub struct Network {
    /// False if there is no way to any server.
    pub is_connected: bool,
    /// What it costs: one or more of `CostFlags.UNRESTRICTED` to `ROAMING`.
    pub cost: u32,
}

/// How much may happen at once, and how much a queue may hold.
#[uniffi::remote(Record)]
pub struct Limits {
    /// Files transferred at the same time.
    pub simultaneous_files: u32,
    /// Connections in all.
    pub connections_total: u32,
    /// Connections to one host and port.
    pub connections_per_host: u32,
    /// Connections for one file, twice as many for FOREGROUND, and 32 at most: the
    /// ranges of a large download, or the parts of an upload to S3.
    pub connections_per_file: u32,
    /// Jobs in the queue.
    pub jobs: u32,
    /// Files in one job.
    pub files_per_job: u32,
}

/// The most bytes a second that all jobs of a queue together receive and send; 0 for no
/// limit.
#[uniffi::remote(Record)]
pub struct RateLimits {
    /// Of all that is received.
    pub download: u64,
    /// Of all that is sent.
    pub upload: u64,
}

/// How a proxy is found (SetProxySettings).
#[uniffi::remote(Record)]
pub struct ProxySettings {
    pub usage: ProxyUsage,
    /// Only with OVERRIDE: `[protocol=][protocol://]server[:port]`, separated by spaces.
    pub list: Option<String>,
    /// Only with OVERRIDE: hosts that are reached without a proxy.
    pub bypass: Option<String>,
}

/// A client certificate and its key, as files in PEM form.
#[uniffi::remote(Record)]
pub struct ClientCertificate {
    /// The absolute path of the certificate.
    pub certificate: String,
    /// The absolute path of its key; nothing if the key is in the same file.
    pub key: Option<String>,
}

/// The hash a file must have before its job may become TRANSFERRED.
#[uniffi::remote(Record)]
pub struct ExpectedHash {
    /// Which function.
    pub algorithm: HashAlgorithm,
    /// The digest, in hexadecimal digits.
    pub digest: String,
}

/// One requested piece of a remote file (BG_FILE_RANGE).
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FileRange {
    /// Offset of the first byte in the remote file.
    pub initial_offset: u64,
    /// Length in bytes; nothing asks for everything that follows.
    #[uniffi(default = None)]
    pub length: Option<u64>,
}

impl From<bgcopy_core::FileRange> for FileRange {
    fn from(range: bgcopy_core::FileRange) -> Self {
        let length = (range.length != LENGTH_TO_EOF).then_some(range.length);
        Self { initial_offset: range.initial_offset, length }
    }
}

impl From<FileRange> for bgcopy_core::FileRange {
    fn from(range: FileRange) -> Self {
        Self { initial_offset: range.initial_offset, length: range.length.unwrap_or(LENGTH_TO_EOF) }
    }
}

/// A file to be added.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FileSpec {
    /// The URL to fetch.
    pub remote_name: String,
    /// The absolute path to put it.
    pub local_name: String,
    /// The pieces wanted, stored back to back in this order; none = all.
    #[uniffi(default = [])]
    pub ranges: Vec<FileRange>,
    /// The hash that the content must have; nothing = any. Downloads only.
    #[uniffi(default = None)]
    pub expected_hash: Option<ExpectedHash>,
    /// Other URLs of the same content, in the order in which they are asked when those before
    /// them fail: see `File.add_mirror`. Downloads only.
    #[uniffi(default = [])]
    pub mirrors: Vec<String>,
}

impl From<FileSpec> for bgcopy_core::FileSpec {
    fn from(file: FileSpec) -> Self {
        Self {
            remote_name: file.remote_name,
            local_name: file.local_name,
            ranges: file.ranges.into_iter().map(Into::into).collect(),
            expected_hash: file.expected_hash,
            mirrors: file.mirrors,
        }
    }
}

/// A place that a file can be had from, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FileSource {
    /// Where it is.
    pub url: String,
    /// What it is.
    pub kind: SourceKind,
    /// Where it stands.
    pub state: SourceState,
    /// The code of its last failure since the job was resumed, if there was one.
    pub hresult: Option<HResult>,
    /// Why it failed.
    pub message: Option<String>,
    /// When it failed, in milliseconds since 1970.
    pub at_ms: Option<i64>,
}

impl From<bgcopy_core::FileSource> for FileSource {
    fn from(source: bgcopy_core::FileSource) -> Self {
        let failure = source.failure;
        Self {
            url: source.url,
            kind: source.kind,
            state: source.state,
            at_ms: failure.as_ref().map(|_| source.failed_at_ms),
            hresult: failure.as_ref().map(|failure| failure.code),
            message: failure.map(|failure| failure.message),
        }
    }
}

/// What stopped a job (IBackgroundCopyError).
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct JobError {
    /// The precise code.
    pub hresult: HResult,
    /// What kind of thing failed.
    pub context: ErrorContext,
    /// Index of the file it happened to.
    pub file: Option<u32>,
    /// "http" or "file", if a protocol was involved.
    pub protocol: Option<String>,
    /// One readable sentence.
    pub message: String,
    /// When it happened, in milliseconds since 1970.
    pub at_ms: i64,
}

impl From<bgcopy_core::JobError> for JobError {
    fn from(error: bgcopy_core::JobError) -> Self {
        Self {
            hresult: error.code,
            context: error.context,
            file: error.file,
            protocol: error.protocol,
            message: error.message,
            at_ms: error.at_ms,
        }
    }
}

/// Why a job does not move, and what would change that.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct WaitReason {
    /// What the job is waiting for, or doing.
    pub kind: WaitKind,
    /// Since when, in milliseconds since 1970.
    pub since_ms: i64,
    /// When it is tried again by itself, in milliseconds since 1970.
    pub next_try_ms: Option<i64>,
    /// The error behind it.
    pub hresult: Option<HResult>,
    /// One sentence: what is going on.
    pub message: String,
    /// One sentence: what would get it moving.
    pub unblock: String,
}

impl From<bgcopy_core::WaitReason> for WaitReason {
    fn from(reason: bgcopy_core::WaitReason) -> Self {
        Self {
            kind: reason.kind,
            since_ms: reason.since_ms,
            next_try_ms: reason.next_try_ms,
            hresult: reason.code,
            message: reason.message,
            unblock: reason.unblock,
        }
    }
}

/// What was found damaged when the store was opened, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Damage {
    /// The damaged database, kept under a new name.
    pub kept_at: String,
    /// Jobs carried over into the new database.
    pub jobs_saved: u64,
    /// Jobs that could not be, as far as is known.
    pub jobs_lost: u64,
    /// What was wrong, in words.
    pub message: String,
}

impl From<&bgcopy_core::Damage> for Damage {
    fn from(damage: &bgcopy_core::Damage) -> Self {
        Self {
            kept_at: damage.kept_at.to_string_lossy().into_owned(),
            jobs_saved: damage.jobs_saved,
            jobs_lost: damage.jobs_lost,
            message: damage.message.clone(),
        }
    }
}
