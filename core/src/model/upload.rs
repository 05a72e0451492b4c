//! Uploads: what is stored of one, and what its methods do.

use serde::{Deserialize, Serialize};

use crate::protocol::{
    Failure, OutgoingFile, PresignedRequests, Span, Step, Upload, UploadRequest, Verdict, below,
    check_remote_name, next_call, parts_to_send,
};
use crate::vocab::{
    Error, JobPropertyId, JobState, JobType, PATHS, PropertyValue, Result, UploadProtocol, code,
    is_initial,
};

use super::deadline::{Deadline, Now};
use super::file::{FileRecord, FileStage};
use super::input::FileSpec;
use super::job::{Change, Job};
use super::record::{Closing, JobRecord};
use super::reply;
use super::server_cleanup;

/// What is stored of an upload, with its file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadRecord {
    /// Where it stands with the server.
    pub state: Upload,
    /// What named the content of the local file when it began.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub source: Option<String>,
    /// When a host that has the session is given up.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub fallback: Option<Deadline>,
    /// When the server is free to forget the session.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub expires: Option<Deadline>,
}

/// What happens to an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UploadEvent {
    /// A request is about to be made. `source` is the size and the version of
    /// the local file, unless the job is cancelled.
    Begun { call: UploadRequest, source: Option<(u64, String)> },
    /// So many bytes of a request without a session are on their way.
    OnTheWay { bytes: u64 },
    /// The request was stopped.
    Stopped(Sent),
    /// The server answered.
    Answered { call: Box<UploadRequest>, verdict: Verdict, response_headers: String },
    /// The server said something before its answer.
    Told { call: Box<UploadRequest>, verdict: Verdict },
    /// There was no answer.
    Failed { step: Step, sent: Sent, failure: Failure },
    /// There was none either, as the server had closed the connection that the
    /// request was made on. Parts are not dropped: their requests are repeated.
    Dropped { step: Step, failure: Failure },
    /// The local file is not the one that the upload began with.
    SourceChanged,
    /// The session is older than the server keeps it.
    Expired,
    /// The server is to forget an upload that it does not know.
    NothingOwed,
    /// What cancels the upload was signed.
    Permitted(PresignedRequests),
}

/// What a request without an answer had sent of a part of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Its number; 0 if the request was for none.
    pub part: u32,
    /// All of it went out: the server may have it, or store it yet.
    pub whole: bool,
    /// The piece of the file of which bytes went out into a session.
    #[serde(default)]
    pub cut: Option<Span>,
}

/// True if the job sends files.
pub fn is_upload(record: &JobRecord) -> bool {
    match record.job_type {
        JobType::Download => false,
        JobType::Upload | JobType::UploadReply => true,
    }
}

/// E_NOTIMPL for what only downloads can do.
pub fn refuse_upload(record: &JobRecord) -> Result<()> {
    match is_upload(record) {
        true => Err(Error::new(code::E_NOTIMPL, "this is for downloads only")),
        false => Ok(()),
    }
}

/// Checks the files of an upload job: BG_E_TOO_MANY_FILES for more than one,
/// E_NOTIMPL for ranges and hashes, E_INVALIDARG for a URL of another scheme than http
/// and https (specification, section 2.2).
pub fn check_files(record: &JobRecord, specs: &[FileSpec]) -> Result<()> {
    if !is_upload(record) {
        return Ok(());
    }
    if record.totals.files as usize + specs.len() > 1 {
        return Err(Error::new(code::BG_E_TOO_MANY_FILES, "an upload job takes one file"));
    }
    if specs.iter().any(|spec| !spec.ranges.is_empty() || spec.expected_hash.is_some()) {
        return refuse_upload(record);
    }
    let is_web = |spec: &FileSpec| spec.remote_name.to_ascii_lowercase().starts_with("http");
    if !specs.iter().all(is_web) {
        return Err(Error::new(code::E_INVALIDARG, "files are sent by http and https only"));
    }
    let named = |spec: &FileSpec| below(&spec.remote_name, PATHS.last(&spec.local_name));
    specs.iter().filter_map(named).try_for_each(|name| check_remote_name(&name))
}

/// True if the URL of a file is its name by this protocol; else the server
/// names what is made there.
fn names_by_url(state: &Upload) -> bool {
    match state.protocol {
        UploadProtocol::Bits
        | UploadProtocol::Put
        | UploadProtocol::PutRange
        | UploadProtocol::S3 => true,
        UploadProtocol::Ietf => state.terms.method.as_deref() == Some("PUT"),
        UploadProtocol::Auto | UploadProtocol::Tus | UploadProtocol::Post => false,
    }
}

/// Gives a file that goes to a folder its own name there, once it is known that
/// the protocol names files by their URL.
pub fn settle_name(change: &mut Change, job: &Job, index: u32) -> Result<()> {
    let file = change.file(job, index)?;
    match names_by_url(&upload_state(&job.record, file)) {
        true => name_below(change, job, index).map(|_| ()),
        false => Ok(()),
    }
}

/// Gives a file that goes to a folder its own name there; false for any other.
pub fn name_below(change: &mut Change, job: &Job, index: u32) -> Result<bool> {
    let file = change.file(job, index)?;
    let Some(name) = below(&file.remote_name, PATHS.last(&file.local_name)) else {
        return Ok(false);
    };
    change.edit(job, index, |file| file.remote_name = name)?;
    Ok(true)
}

/// Where the upload of a file stands, with the protocol that the job asks for.
pub fn upload_state(record: &JobRecord, file: &FileRecord) -> Upload {
    let mut state = file.upload.as_ref().map(|upload| upload.state.clone()).unwrap_or_default();
    if state.protocol == UploadProtocol::Auto {
        let property = record.properties.get(&JobPropertyId::UploadProtocol.as_u32());
        if let Some(PropertyValue::Dword(number)) = property {
            state.protocol = UploadProtocol::from_u32(*number).unwrap_or_default();
        }
    }
    state
}

/// The parts of a file that may be sent now, each with a request of its own;
/// none if it has one request at a time.
pub fn next_parts(record: &JobRecord, file: &FileRecord) -> impl Iterator<Item = u32> {
    let upload = file.upload.as_ref().filter(|_| !record.state.is_final());
    let size = file.size.unwrap_or(0);
    upload.map(|upload| parts_to_send(&upload.state, size)).into_iter().flatten()
}

/// The next request of an upload whose local file has `size` bytes, for one of
/// its [`next_parts`], or 0 if there are none; None if nothing is owed.
pub fn next_upload_call(
    record: &JobRecord,
    file: &FileRecord,
    size: u64,
    part: u32,
) -> Option<UploadRequest> {
    next_call(&upload_state(record, file), &sending(record, file, size), part)
}

/// True if the file has a session that its server need not know any more.
pub fn has_expired(record: &JobRecord, file: &FileRecord, now: Now) -> bool {
    let upload = file.upload.as_ref().filter(|upload| upload.state.session.is_some());
    let expires = upload.filter(|upload| !upload.state.stale).and_then(|upload| upload.expires);
    !record.state.is_final() && expires.is_some_and(|expires| expires.is_over(now))
}

/// The view of it that the protocol module decides by.
pub fn sending<'a>(record: &'a JobRecord, file: &'a FileRecord, size: u64) -> OutgoingFile<'a> {
    OutgoingFile {
        url: &file.remote_name,
        local_name: &file.local_name,
        media_type: media_type(record),
        size,
        position: file.written,
        cancelled: record.state.is_final(),
    }
}

/// What the custom headers say the file is.
fn media_type(record: &JobRecord) -> Option<&str> {
    record.custom_headers.as_deref()?.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let (is_it, value) = (name.eq_ignore_ascii_case("content-type"), value.trim());
        (is_it && !value.is_empty()).then_some(value)
    })
}

/// Cancel takes effect at once; what the server still has is owed.
pub fn cancel(change: &mut Change, job: &Job, now: Now) {
    change.record.enter(JobState::Cancelled, now);
    change.record.error = None;
    change.record.closing = match job.record.totals.replies {
        0 => job
            .files
            .first()
            .filter(|file| may_hold(file))
            .map(|_| server_cleanup::begin(&job.record, now)),
        // What is here of the reply goes first, and the call answers when it is gone.
        _ => Some(Closing::Cleaning { retry: None }),
    };
    change.cancelled = (job.record.totals.replies == 0).then_some(code::S_OK);
    if change.record.closing.is_none() && job.files.first().is_some_and(may_be_left) {
        let message = "the server may keep what came of the file, under its name: \
                       a request that was broken off cannot be taken back";
        server_cleanup::kept(change, code::E_NOT_SUPPORTED, message.to_owned(), now);
        change.result = code::BG_S_UNABLE_TO_DELETE_FILES;
    }
}

/// True if a part of the file went out in a request that was to be all of it.
fn may_be_left(file: &FileRecord) -> bool {
    let state = file.upload.as_ref().map(|upload| &upload.state);
    let is_whole = |state: &Upload| match state.protocol {
        UploadProtocol::Put | UploadProtocol::Post | UploadProtocol::PutRange => true,
        UploadProtocol::Auto
        | UploadProtocol::Bits
        | UploadProtocol::Tus
        | UploadProtocol::Ietf
        | UploadProtocol::S3 => false,
    };
    file.stage == FileStage::Waiting && file.high_water > 0 && state.is_some_and(is_whole)
}

/// True if a server may hold something of an unfinished upload.
pub fn may_hold(file: &FileRecord) -> bool {
    let state = file.upload.as_ref().map(|upload| &upload.state);
    file.stage == FileStage::Waiting
        && state.is_some_and(|state| state.session.is_some() || state.creating)
}

/// Complete acknowledges a finished upload: DO_E_INVALID_STATE before.
pub fn complete(change: &mut Change, job: &Job, now: Now) -> Result<()> {
    if change.record.closing.is_some() {
        return Ok(());
    }
    if change.record.state != JobState::Transferred {
        return Err(Error::new(code::DO_E_INVALID_STATE, "the upload is not finished"));
    }
    if reply::is_here(job) {
        change.record.closing = Some(Closing::Publishing);
        return Ok(());
    }
    change.record.enter(JobState::Acknowledged, now);
    change.completed = Some(Ok(code::S_OK));
    Ok(())
}
