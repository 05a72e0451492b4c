//! One file of a job (IBackgroundCopyFile).

use std::sync::Arc;

use uuid::Uuid;

use crate::engine::{ApiCall, ApiReply};
use crate::model::{
    Command, ExpectedHash, FileRecord, FileSource, FileStage, JobError, sources_of,
};
use crate::protocol::FileRange;
use crate::vocab::{HResult, JobState, Result, SIZE_UNKNOWN};

use super::job::Job;
use super::manager::unexpected;
use super::shared::Shared;

/// How far a file has come (BG_FILE_PROGRESS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileProgress {
    /// Bytes asked for; `SIZE_UNKNOWN` until the server tells.
    pub bytes_total: u64,
    /// Bytes in the temporary file.
    pub bytes_transferred: u64,
    /// True once Complete has put the file in place, or its upload is done.
    pub completed: bool,
}

/// One file of a job. It keeps its job's handle open.
///
/// ```
/// # use bgcopy_test_server::{Content, Resource, Server};
/// # let (folder, server) = (tempfile::tempdir()?, Server::start()?);
/// # server.put("/large.iso", Resource::new(Content::generated(1, 300_000)));
/// # let url = server.url("/large.iso");
/// # let (store, target) = (folder.path().join("store"), folder.path().join("large.iso"));
/// # let target = bgcopy_core::local_name(&target)?;
///
/// use bgcopy_core::{JobState, JobType, Manager, Options};
///
/// let manager = Manager::open(Options::new(store))?;
/// let job = manager.create_job("a large file", JobType::Download)?;
/// job.add_file(&url, &target)?;
/// let file = job.file(0)?;
/// assert_eq!(file.remote_name()?, url);
/// job.resume()?;
/// job.wait(&[JobState::Transferred], None)?;
/// let progress = file.progress()?;
/// assert_eq!((progress.bytes_transferred, progress.completed), (300_000, false));
/// job.complete()?;
/// assert!(file.progress()?.completed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct File {
    job: Job,
    index: u32,
}

impl File {
    pub(super) fn new(shared: Arc<Shared>, id: Uuid, index: u32) -> Result<Self> {
        shared.call(ApiCall::RetainJobs { jobs: vec![(id, 1)] })?;
        Ok(Self { job: Job::new(shared, id), index })
    }

    /// Another handle of the same file.
    pub(super) fn again(&self) -> Result<Self> {
        Self::new(Arc::clone(self.job.shared()), self.job.id(), self.index)
    }

    /// Its place in the job, from 0.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// The URL it comes from (GetRemoteName).
    pub fn remote_name(&self) -> Result<String> {
        Ok(self.record()?.remote_name)
    }

    /// The absolute path Complete puts it at (GetLocalName).
    pub fn local_name(&self) -> Result<String> {
        Ok(self.record()?.local_name)
    }

    /// How far it has come (GetProgress).
    pub fn progress(&self) -> Result<FileProgress> {
        let file = self.record()?;
        Ok(FileProgress {
            bytes_total: file.bytes_total().unwrap_or(SIZE_UNKNOWN),
            bytes_transferred: file.held(),
            completed: file.stage == FileStage::Published,
        })
    }

    /// What stopped it since it last made progress; None if nothing did. A file
    /// that failed for good is tried again when the job is resumed or the file gets
    /// another remote name, the others by themselves. Its job goes on as long as any
    /// other file can.
    pub fn error(&self) -> Result<Option<JobError>> {
        if let Some(failure) = self.record()?.failure {
            return Ok(Some(failure.error));
        }
        // The only file of a job fails with it.
        let record = self.job.record()?;
        let has_failed = matches!(record.state, JobState::Error | JobState::TransientError);
        Ok(record.error.filter(|error| has_failed && error.file == Some(self.index)))
    }

    /// The job that it belongs to.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The pieces asked for, in the order they are stored; empty = the whole
    /// file (GetFileRanges).
    pub fn ranges(&self) -> Result<Vec<FileRange>> {
        Ok(self.record()?.ranges)
    }

    /// The bytes of the remote file that are in the temporary file, by their
    /// offsets in the remote file: in order, and joined where they meet
    /// (GetFilledFileRanges). For an upload, those that the server holds.
    pub fn filled_ranges(&self) -> Result<Vec<FileRange>> {
        Ok(self.record()?.filled_ranges())
    }

    /// Sets another URL for the same content (SetRemoteName). It holds from
    /// the next request on; held bytes stay if the new server proves, by its
    /// validator and the last block or by the expected hash, that it has the
    /// same content; otherwise the file restarts. A transferred file is not
    /// fetched again. E_INVALIDARG for a bad URL, DO_E_INVALID_STATE if the
    /// job is final. Section 2.3.
    pub fn set_remote_name(&self, remote_name: &str) -> Result<()> {
        let remote_name = remote_name.to_owned();
        self.job.command(Command::SetRemoteName { file: self.index, remote_name }).map(|_| ())
    }

    /// Appends another URL of the same content, which is asked when the sources before it
    /// fail: S_OK, or S_FALSE if the file has it already. Stored at once. What is held is kept
    /// if the mirror has the same size and strong ETag, or a hash is expected, which then
    /// decides; else the mirror serves only once no other source is left, and the file begins
    /// anew. Passwords, tokens, `Authorization`, `Cookie` and the client certificate go to no
    /// mirror of another origin than the remote name's.
    ///
    /// E_INVALIDARG for a bad URL, another scheme than http and https, and http where the
    /// remote name is https, unless the job has REDIRECT_ALLOW_HTTPS_TO_HTTP;
    /// BGCOPY_E_TOO_MANY_MIRRORS for more than 16; E_NOTIMPL for an upload; DO_E_INVALID_STATE
    /// if the job is final.
    pub fn add_mirror(&self, url: &str) -> Result<HResult> {
        self.job.command(Command::AddMirror { file: self.index, url: url.to_owned() })
    }

    /// The places that it can be had from, the remote name first and then its mirrors in the
    /// order in which they were added, and what became of each. A file without mirrors has
    /// one.
    pub fn sources(&self) -> Result<Vec<FileSource>> {
        Ok(sources_of(&self.job.record()?, &self.record()?))
    }

    /// The path of its temporary file (GetTemporaryName): in the folder of the
    /// local name. It exists from the first request until Complete or Cancel.
    pub fn temporary_name(&self) -> Result<String> {
        Ok(self.record()?.temporary_name(self.job.id(), self.index))
    }

    /// What was said of its content (GetValidationState); None if nothing was.
    pub fn validation_state(&self) -> Result<Option<bool>> {
        Ok(self.record()?.validation_state)
    }

    /// Accepts or refuses the content of a transferred file
    /// (SetValidationState): E_PENDING before it is transferred. Refused, the
    /// file starts over and the job goes to ERROR with BG_E_VALIDATION_FAILED;
    /// Resume fetches it again. Section 3.5.
    pub fn set_validation_state(&self, valid: bool) -> Result<()> {
        self.job.command(Command::SetValidationState { file: self.index, valid }).map(|_| ())
    }

    /// Lets ranges of the remote file be fetched before the rest of it or, if the job has
    /// ON_DEMAND_MODE, instead of it (RequestFileRanges). They may overlap each other and
    /// what is held. Stored at once; a job that is suspended needs [`Job::resume`] to
    /// fetch them. On demand, a job that has all that was requested is SUSPENDED; one whose
    /// files are whole is TRANSFERRED.
    ///
    /// E_INVALIDARG without a range, BG_E_INVALID_RANGE for one that is empty or outside of
    /// the file, BG_E_TOO_MANY_RANGES_IN_FILE for more than 500 at a time,
    /// BG_E_RANDOM_ACCESS_NOT_SUPPORTED for uploads, files with ranges of their own, files
    /// that do not come from an HTTP server, and jobs with DYNAMIC_CONTENT;
    /// DO_E_INVALID_STATE if the job is final. As long as the size is not known, a range
    /// outside of the file fails the file with BG_E_INVALID_RANGE once it is. Section 3.5.
    pub fn request_ranges(&self, ranges: &[FileRange]) -> Result<()> {
        let (file, ranges) = (self.index, ranges.to_vec());
        self.job.command(Command::RequestFileRanges { file, ranges }).map(|_| ())
    }

    /// The head of the last response as one text, lines ended by CR LF; None
    /// before the first response.
    pub fn response_headers(&self) -> Result<Option<String>> {
        Ok(self.record()?.response_headers)
    }

    /// The hash it must have.
    pub fn expected_hash(&self) -> Result<Option<ExpectedHash>> {
        Ok(self.record()?.expected_hash)
    }

    /// Sets the hash that the content must have before the job may become
    /// TRANSFERRED; `None` takes it back. The digest is in hexadecimal digits
    /// of either case. Content with another hash is thrown away and the job
    /// goes to ERROR with BGCOPY_E_HASH_MISMATCH. E_INVALIDARG for a digest of
    /// the wrong length, DO_E_INVALID_STATE once all bytes of the file are here.
    pub fn set_expected_hash(&self, hash: Option<ExpectedHash>) -> Result<()> {
        self.job.command(Command::SetExpectedHash { file: self.index, hash }).map(|_| ())
    }

    pub(super) fn record(&self) -> Result<FileRecord> {
        let ApiReply::File(file) =
            self.job.ask(ApiCall::File { id: self.job.id(), index: self.index })?
        else {
            return Err(unexpected("File"));
        };
        Ok(*file)
    }
}
