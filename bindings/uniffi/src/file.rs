//! One file of a job (IBackgroundCopyFile).

use std::sync::Arc;

use bgcopy_core::ExpectedHash;
use bgcopy_core::vocab::code;

use crate::error::Result;
use crate::file_reader::FileReader;
use crate::job::known;
use crate::manager::Shared;
use crate::record::{FileRange, FileSource, JobError};

/// How far a file has come (BG_FILE_PROGRESS).
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FileProgress {
    /// Bytes asked for; nothing until the server tells.
    pub bytes_total: Option<u64>,
    /// Bytes in the temporary file.
    pub bytes_transferred: u64,
    /// True once `complete` has put the file in place.
    pub completed: bool,
}

/// One file of a job. It keeps its job's handle open. Any thread may use it.
#[derive(uniffi::Object)]
pub struct File {
    core: bgcopy_core::File,
    /// The engine goes on while somebody holds a file.
    shared: Arc<Shared>,
}

impl File {
    pub(crate) fn new(core: bgcopy_core::File, shared: Arc<Shared>) -> Self {
        Self { core, shared }
    }
}

#[uniffi::export]
impl File {
    /// Its place in the job, from 0.
    pub fn index(&self) -> u32 {
        self.core.index()
    }

    /// The URL it comes from (GetRemoteName).
    pub fn remote_name(&self) -> Result<String> {
        Ok(self.core.remote_name()?)
    }

    /// The absolute path `complete` puts it at (GetLocalName).
    pub fn local_name(&self) -> Result<String> {
        Ok(self.core.local_name()?)
    }

    /// How far it has come (GetProgress).
    pub fn progress(&self) -> Result<FileProgress> {
        let progress = self.core.progress()?;
        Ok(FileProgress {
            bytes_total: known(progress.bytes_total),
            bytes_transferred: progress.bytes_transferred,
            completed: progress.completed,
        })
    }

    /// What stopped it since it last made progress; nothing if nothing did. A file
    /// that failed for good is tried again when the job is resumed or the file gets
    /// another remote name, the others by themselves. Its job goes on as long as any
    /// other file can.
    pub fn error(&self) -> Result<Option<JobError>> {
        Ok(self.core.error()?.map(Into::into))
    }

    /// The pieces asked for, in the order they are stored; none = the whole
    /// file (GetFileRanges).
    pub fn ranges(&self) -> Result<Vec<FileRange>> {
        Ok(self.core.ranges()?.into_iter().map(Into::into).collect())
    }

    /// The bytes of the remote file that are in the temporary file, by their
    /// offsets in the remote file: in order, and joined where they meet
    /// (GetFilledFileRanges). For an upload, those that the server holds.
    pub fn filled_ranges(&self) -> Result<Vec<FileRange>> {
        Ok(self.core.filled_ranges()?.into_iter().map(Into::into).collect())
    }

    /// Sets another URL for the same content (SetRemoteName). It holds from
    /// the next request on; held bytes stay if the new server proves that it
    /// has the same content; otherwise the file restarts. A transferred file
    /// is not fetched again. E_INVALIDARG for a bad URL, DO_E_INVALID_STATE if
    /// the job is final.
    pub fn set_remote_name(&self, remote_name: String) -> Result<()> {
        Ok(self.core.set_remote_name(&remote_name)?)
    }

    /// Appends another URL of the same content, which is asked when the sources before it
    /// fail: false if the file has it already. Stored at once. What is held is kept if the
    /// mirror has the same size and strong ETag, or a hash is expected, which then decides;
    /// else the mirror serves only once no other source is left, and the file begins anew.
    /// Passwords, tokens, `Authorization`, `Cookie` and the client certificate go to no mirror
    /// of another origin than the remote name's. E_INVALIDARG for a bad URL, another scheme
    /// than http and https, and http where the remote name is https, unless the job has
    /// REDIRECT_ALLOW_HTTPS_TO_HTTP; BGCOPY_E_TOO_MANY_MIRRORS above 16; E_NOTIMPL for an
    /// upload; DO_E_INVALID_STATE if the job is final.
    pub fn add_mirror(&self, url: String) -> Result<bool> {
        Ok(self.core.add_mirror(&url)? == code::S_OK)
    }

    /// The places that it can be had from, the remote name first and then its mirrors in the
    /// order in which they were added, and what became of each.
    pub fn sources(&self) -> Result<Vec<FileSource>> {
        Ok(self.core.sources()?.into_iter().map(Into::into).collect())
    }

    /// The path of its temporary file (GetTemporaryName): in the folder of the
    /// local name. It exists from the first request until `complete` or
    /// `cancel`.
    pub fn temporary_name(&self) -> Result<String> {
        Ok(self.core.temporary_name()?)
    }

    /// What was said of its content (GetValidationState); nothing if nothing
    /// was.
    pub fn validation_state(&self) -> Result<Option<bool>> {
        Ok(self.core.validation_state()?)
    }

    /// Accepts or refuses the content of a transferred file
    /// (SetValidationState): E_PENDING before it is transferred. Refused, the
    /// file starts over and the job goes to ERROR with BG_E_VALIDATION_FAILED;
    /// `resume` fetches it again.
    pub fn set_validation_state(&self, valid: bool) -> Result<()> {
        Ok(self.core.set_validation_state(valid)?)
    }

    /// The head of the last response as one text, lines ended by CR LF;
    /// nothing before the first response.
    pub fn response_headers(&self) -> Result<Option<String>> {
        Ok(self.core.response_headers()?)
    }

    /// The hash it must have.
    pub fn expected_hash(&self) -> Result<Option<ExpectedHash>> {
        Ok(self.core.expected_hash()?)
    }

    /// Sets the hash that the content must have before the job may become
    /// TRANSFERRED; nothing takes it back. The digest is in hexadecimal digits
    /// of either case. Content with another hash is thrown away and the job
    /// goes to ERROR with BGCOPY_E_HASH_MISMATCH. E_INVALIDARG for a digest of
    /// the wrong length, DO_E_INVALID_STATE once the file is transferred.
    pub fn set_expected_hash(&self, hash: Option<ExpectedHash>) -> Result<()> {
        Ok(self.core.set_expected_hash(hash)?)
    }

    /// Opens a reader at the first byte, which waits for what is not here yet. E_NOTIMPL for
    /// an upload, DO_E_INVALID_STATE for a cancelled job.
    pub fn open_reader(&self) -> Result<Arc<FileReader>> {
        let core = self.core.open_reader()?;
        Ok(Arc::new(FileReader::new(core, Arc::clone(&self.shared))))
    }

    /// Has ranges of the remote file downloaded before the rest of it or, if the job has
    /// ON_DEMAND_MODE, instead of it (RequestFileRanges). They may overlap each other and
    /// what is here. Stored at once; a suspended job needs `Job.resume` to download them. On
    /// demand, a job that has all that was requested is SUSPENDED, and TRANSFERRED once its
    /// files are whole. E_INVALIDARG without a range, BG_E_INVALID_RANGE for one that is empty
    /// or outside of the file, BG_E_TOO_MANY_RANGES_IN_FILE for more than 500 at a time,
    /// BG_E_RANDOM_ACCESS_NOT_SUPPORTED for an upload, a file with ranges of its own, a file
    /// that comes from no HTTP server, and a job with DYNAMIC_CONTENT; DO_E_INVALID_STATE if
    /// the job is completed or cancelled.
    pub fn request_ranges(&self, ranges: Vec<FileRange>) -> Result<()> {
        let ranges: Vec<_> = ranges.into_iter().map(Into::into).collect();
        Ok(self.core.request_ranges(&ranges)?)
    }

    /// Has what is missing of the file from this offset on downloaded first, and what is
    /// missing in front of it afterwards (UpdateDownloadPosition). It is not stored: a process
    /// that takes over the queue goes on with the first missing byte. It changes nothing for a
    /// file that has one request at a time: see `FileReader`.
    /// BG_E_RANDOM_ACCESS_NOT_SUPPORTED for an upload and for a file with requested pieces,
    /// BG_E_INVALID_RANGE for an offset behind the end, DO_E_INVALID_STATE if the job is
    /// completed or cancelled.
    pub fn update_download_position(&self, offset: u64) -> Result<()> {
        Ok(self.core.update_download_position(offset)?)
    }
}
