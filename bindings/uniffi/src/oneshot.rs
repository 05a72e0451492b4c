//! One-shot transfers: files in, files in their places.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bgcopy_core::{HashAlgorithm, Interrupt, JobPriority, UploadProtocol};

use crate::error::Result;
use crate::job::JobProgress;
use crate::manager::Manager;
use crate::record::{FileSpec, JobError};

/// What a one-shot transfer is like. What is not given stays as it is in a job that is found,
/// and is the default in a new one.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct TransferOptions {
    /// Which jobs go first; FOREGROUND for a new job, as somebody waits for it.
    #[uniffi(default = None)]
    pub priority: Option<JobPriority>,
    /// How long it goes on without a new byte, with tries in between, in seconds.
    #[uniffi(default = None)]
    pub no_progress_timeout: Option<u32>,
    /// Lines, each ended by CR LF.
    #[uniffi(default = None)]
    pub custom_headers: Option<String>,
    /// A name for the server, by the scheme Basic; with `password`.
    #[uniffi(default = None)]
    pub user_name: Option<String>,
    /// See `user_name`.
    #[uniffi(default = None)]
    pub password: Option<String>,
    /// How long the call may take, in milliseconds; for ever without it.
    #[uniffi(default = None)]
    pub timeout_ms: Option<u64>,
    /// Downloads: true if the files that arrive are put in place though others fail.
    #[uniffi(default = false)]
    pub partial: bool,
    /// True if jobs that do not come to their end are cancelled, at the server, too; false if
    /// they are suspended and stay, so that the same call goes on with them.
    #[uniffi(default = false)]
    pub cancel_unfinished: bool,
    /// Uploads: how they are sent; without it the server is asked.
    #[uniffi(default = None)]
    pub upload_protocol: Option<UploadProtocol>,
    /// Uploads of one file: where the server's reply goes.
    #[uniffi(default = None)]
    pub reply_file_name: Option<String>,
    /// Downloads: a list of checksums, by its URL or path. Each file must be in it, and is checked
    /// against it, unless it has an expected hash of its own. Headers, name and password go to the
    /// server of the list only if it has the origin of one of the files.
    #[uniffi(default = None)]
    pub checksums: Option<String>,
    /// The public key of minisign that must have signed the list: its line of Base64, or the text
    /// of its file.
    #[uniffi(default = None)]
    pub minisign_key: Option<String>,
    /// The signature of the list, by its URL or path; without it that of the list with `.minisig`
    /// at its end.
    #[uniffi(default = None)]
    pub signature: Option<String>,
}

/// One line of a list of checksums.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct ListedChecksum {
    /// The name of the file in the list, with `/` between folders; empty for a digest without a
    /// name. It never begins with `/` and has no `..`.
    pub name: String,
    /// The hash function.
    pub algorithm: HashAlgorithm,
    /// In lower-case hexadecimal digits.
    pub digest: String,
}

/// Reads a list of checksums: lines of `sha256sum` and `sha512sum`, of BSD
/// (`SHA256 (NAME) = DIGEST`), or a digest alone. Blank lines, comments and lines of functions
/// that are not supported, as MD5 and SHA-1, are skipped. Of a text that is signed by OpenPGP the
/// message is read; the signature is not checked. BGCOPY_E_CHECKSUM_LIST, with the number of the
/// line, for what is no such list.
#[uniffi::export]
pub fn parse_checksum_list(text: String) -> Result<Vec<ListedChecksum>> {
    let list = bgcopy_core::parse_checksum_list(text.as_bytes())?;
    let line = |line: bgcopy_core::ListedChecksum| ListedChecksum {
        name: line.name,
        algorithm: line.algorithm,
        digest: line.digest,
    };
    Ok(list.into_iter().map(line).collect())
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct TransferredFile {
    /// The URL it came from or went to: some servers name what they get.
    pub remote_name: String,
    pub local_name: String,
    /// True if it is in its place.
    pub is_done: bool,
    /// Why not; nothing for a file that only others have kept from its place.
    pub error: Option<JobError>,
}

/// Who follows a one-shot transfer.
#[uniffi::export(with_foreign)]
pub trait TransferObserver: Send + Sync {
    /// Called ten times a second and at the end, on the thread that makes the call. False ends the
    /// call with E_ABORT.
    fn on_progress(&self, progress: JobProgress) -> bool;
}

#[uniffi::export]
impl Manager {
    /// Downloads files as one job, and puts them in place when all of them are here. What became
    /// of each is returned in the order of the files; a job that failed is no error of the call.
    ///
    /// The same files, in whatever order, find the job that an earlier call left, or that another
    /// one is at, also in another process of the queue. E_TIMEOUT when the time is over, E_ABORT
    /// when the observer ends it. It blocks the thread that makes the call.
    #[uniffi::method(default(observer = None))]
    pub fn download(
        &self,
        files: Vec<FileSpec>,
        options: TransferOptions,
        observer: Option<Arc<dyn TransferObserver>>,
    ) -> Result<Vec<TransferredFile>> {
        self.transfer(files, options, observer, bgcopy_core::download)
    }

    /// Sends files, a job for each, and acknowledges those that are sent: else as `download`. A
    /// file that is asked for twice is sent once. If jobs are cancelled at their server, the call
    /// takes up to 5 s longer.
    #[uniffi::method(default(observer = None))]
    pub fn upload(
        &self,
        files: Vec<FileSpec>,
        options: TransferOptions,
        observer: Option<Arc<dyn TransferObserver>>,
    ) -> Result<Vec<TransferredFile>> {
        self.transfer(files, options, observer, bgcopy_core::upload)
    }
}

type Run = fn(
    &bgcopy_core::Manager,
    &[bgcopy_core::FileSpec],
    &bgcopy_core::TransferOptions,
    Option<&Interrupt>,
    Option<bgcopy_core::OnProgress<'_>>,
) -> bgcopy_core::Result<Vec<bgcopy_core::TransferredFile>>;

impl Manager {
    fn transfer(
        &self,
        files: Vec<FileSpec>,
        options: TransferOptions,
        observer: Option<Arc<dyn TransferObserver>>,
        run: Run,
    ) -> Result<Vec<TransferredFile>> {
        let files: Vec<_> = files.into_iter().map(Into::into).collect();
        let mut report = |progress: bgcopy_core::JobProgress| {
            let goes_on =
                observer.as_ref().is_none_or(|observer| observer.on_progress(progress.into()));
            if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let on_progress: Option<bgcopy_core::OnProgress<'_>> =
            if observer.is_some() { Some(&mut report) } else { None };
        let ended = run(&self.shared.core, &files, &options.into(), None, on_progress)?;
        Ok(ended.into_iter().map(Into::into).collect())
    }
}

impl From<TransferOptions> for bgcopy_core::TransferOptions {
    fn from(options: TransferOptions) -> Self {
        Self {
            priority: options.priority,
            no_progress_timeout_s: options.no_progress_timeout,
            custom_headers: options.custom_headers,
            credentials: options.user_name.zip(options.password),
            timeout: options.timeout_ms.map(Duration::from_millis),
            partial: options.partial,
            cancel_unfinished: options.cancel_unfinished,
            upload_protocol: options.upload_protocol,
            reply_file_name: options.reply_file_name,
            checksums: options.checksums,
            minisign_key: options.minisign_key,
            signature: options.signature,
        }
    }
}

impl From<bgcopy_core::TransferredFile> for TransferredFile {
    fn from(file: bgcopy_core::TransferredFile) -> Self {
        Self {
            remote_name: file.remote_name,
            local_name: file.local_name,
            is_done: file.is_done,
            error: file.error.map(Into::into),
        }
    }
}
