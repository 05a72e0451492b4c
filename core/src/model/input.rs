//! Everything that can happen to a job, as plain data.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::protocol::{Adjustment, Failure, FileRange, ServedDigest, Validator};
use crate::vocab::{HResult, JobPriority, PropertyValue};

use super::deadline::Now;
use super::file::ExpectedHash;
use super::record::{ClientCertificate, CredentialSlot, ProxySettings};
use super::upload::UploadEvent;

/// What a job is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Input {
    /// The caller wants something.
    Command(Command),
    /// Something that was started has ended, or moved on.
    Outcome(Outcome),
    /// A deadline may have come.
    TimePassed,
    /// There may be a way to the servers again.
    Reconnected,
    /// The server that it waits for cannot be reached since then.
    Unreachable { failure: Failure, since: Now },
}

/// A file to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSpec {
    /// The URL to fetch, or to send to.
    pub remote_name: String,
    /// The absolute path to put it, or where it is.
    pub local_name: String,
    /// The pieces wanted, stored back to back in this order; empty = all.
    pub ranges: Vec<FileRange>,
    /// The hash that the content must have; the digest is in hexadecimal digits
    /// of either case. Downloads only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_hash: Option<ExpectedHash>,
    /// Other URLs of the same content, in the order in which they are asked when those
    /// before them fail. Downloads only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mirrors: Vec<String>,
}

/// The methods of a job that change it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// AddFile, AddFileSet, AddFileWithRanges: all or none.
    AddFiles(Vec<FileSpec>),
    Suspend,
    Resume,
    Cancel,
    Complete,
    Set(Setting),
    SetRemoteName {
        file: u32,
        remote_name: String,
    },
    ReplaceRemotePrefix {
        old: String,
        new: String,
    },
    SetExpectedHash {
        file: u32,
        hash: Option<ExpectedHash>,
    },
    SetValidationState {
        file: u32,
        valid: bool,
    },
    RequestFileRanges {
        file: u32,
        ranges: Vec<FileRange>,
    },
    AddMirror {
        file: u32,
        url: String,
    },
}

/// The properties of a job that a caller may set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Setting {
    DisplayName(String),
    Description(String),
    Priority(JobPriority),
    NotifyFlags(u32),
    MinimumRetryDelay(u32),
    NoProgressTimeout(u32),
    MaximumDownloadTime(u32),
    Proxy(ProxySettings),
    CustomHeaders(Option<String>),
    /// Nobody is shown them any more.
    CustomHeadersWriteOnly,
    HttpMethod(String),
    SecurityFlags(u32),
    ClientCertificate(Option<ClientCertificate>),
    /// The secret itself stays with the engine.
    CredentialsSet(CredentialSlot),
    CredentialsRemoved(CredentialSlot),
    ReplyFileName(Option<String>),
    Property {
        id: u32,
        value: PropertyValue,
    },
}

/// What the modules that do the work report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// A request of the file was begun.
    Connecting { file: u32 },
    /// The job's last request has ended, and it has no slot for another one: because its
    /// server cannot be asked now, if `is_refused`.
    Displaced { is_refused: bool },
    /// A response head was accepted; its body follows.
    Head { file: u32, facts: HeadFacts },
    /// The temporary file holds the bytes of a request, from where that began to
    /// `written`.
    Progress { file: u32, begin: u64, written: u64 },
    /// A sync covered these bytes, which were held when it began.
    Synced { file: u32, held: Vec<Range<u64>> },
    /// The temporary file is written to no more for now: what names it then,
    /// if the file system is exact.
    Left { file: u32, version: Option<String> },
    /// The temporary file is as it was left, and is to be written to again.
    Reopened { file: u32 },
    /// All bytes of the file are written.
    Received { file: u32, size: u64 },
    /// [`Outcome::Head`], [`Outcome::Received`] and [`Outcome::Left`] in one, for a file of
    /// which nothing was held.
    CameWhole { file: u32, facts: HeadFacts, size: u64, version: Option<String> },
    /// A body ended where its head said, with more to ask for.
    PieceEnded { file: u32, begin: u64, written: u64 },
    /// The request must be repeated in another way.
    AskAgain { file: u32, adjustment: Adjustment },
    /// A redirect leads there, and was not followed yet. `is_reported` as in
    /// [`HeadFacts`].
    Moved { file: u32, to: String, is_reported: bool },
    /// The request failed. `redirect` is where an answer that was not followed
    /// pointed.
    Failed { file: u32, failure: Failure, redirect: Option<String> },
    /// Received files are checked and synced.
    Verified { files: Vec<VerifiedFile> },
    /// It does not have the expected hash.
    HashMismatch { file: u32, found: String },
    /// Local trouble lost bytes: those that were not synced if `keeps_synced` (failed
    /// sync), else all (temporary file gone or shortened).
    LostBytes { file: u32, keeps_synced: bool },
    /// Complete moved these files to their local names.
    Published { files: Vec<u32>, error: Option<(u32, HResult, String)> },
    /// The temporary files were deleted, except so many.
    Removed { undeleted: u32 },
    /// Something happened to an upload.
    Upload { file: u32, news: UploadEvent },
}

/// A received file that is good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedFile {
    pub file: u32,
    /// Device and inode of its temporary file.
    pub identity: Option<(u64, u64)>,
    /// What names that from now on, if the file system is exact.
    pub version: Option<String>,
}

/// What a response head told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadFacts {
    /// Where the body continues; 0 after a restart.
    pub position: u64,
    pub size: Option<u64>,
    pub validator: Validator,
    pub restart: bool,
    /// True if the body is unpacked before it is written.
    pub unpacked: bool,
    /// What names the temporary file whatever is written to it.
    pub birth: Option<String>,
    pub response_headers: Option<String>,
    /// The digest of the file, if the head names one.
    #[serde(default)]
    pub digest: Option<Box<ServedDigest>>,
    /// The address that was asked; None = the one that the file names.
    pub asked: Option<String>,
    /// The address that redirects led to, if there were any.
    pub answered: Option<String>,
    /// True if all of those redirects hold for good.
    pub is_permanent: bool,
    /// True if `answered` becomes the remote name (redirect policy
    /// ALLOW_REPORT).
    pub is_reported: bool,
}
