//! The reply to an upload: fetched like any file before the session is closed,
//! and put in place by Complete (specification, sections 3.1 and 13.6).

use crate::protocol::origin_of;
use crate::vocab::{Error, JobType, Result, code};

use super::file::{FileRecord, FileStage};
use super::job::{Change, Job};
use super::record::JobRecord;
use super::target::check_local_name;

/// The index of a reply: an upload job has one file.
pub const REPLY: u32 = 1;

/// What the name of a reply is made of that was given none.
const SUFFIX: &str = ".reply";

/// True unless the file has to wait for another one of its job: a session is
/// closed when its reply is here, as the server drops it then.
pub fn may_move(job: &Job, index: u32) -> bool {
    let Some(reply) = job.files.get(REPLY as usize).filter(|file| file.is_reply) else {
        return true;
    };
    let upload = job.files.first().and_then(|file| file.upload.as_ref());
    let has_reply = upload.is_some_and(|upload| upload.state.has_reply);
    let is_final = job.record.state.is_final();
    match index {
        REPLY => has_reply && !is_final,
        _ => is_final || !has_reply || reply.is_transferred(),
    }
}

/// The server told where its reply is.
pub fn arrived(change: &mut Change, job: &Job, url: &str) -> Result<()> {
    if job.record.job_type != JobType::UploadReply {
        return Ok(());
    }
    let source = job.file(0)?;
    change.edit(job, 0, |file| {
        if let Some(upload) = &mut file.upload {
            upload.state.has_reply = true;
        }
    })?;
    let mut reply = FileRecord::new(url.to_owned(), file_name(&job.record, source), Vec::new());
    reply.is_reply = true;
    // Secrets are for the server that has the upload, wherever it points.
    reply.trusted_origin = Some(origin_of(&source.remote_name));
    match job.files.get(REPLY as usize) {
        Some(_) => change.edit(job, REPLY, |file| *file = reply),
        None => {
            change.push(reply);
            Ok(())
        }
    }
}

/// Where the reply goes: never over the file that was sent.
pub fn file_name(record: &JobRecord, source: &FileRecord) -> String {
    let named = record.reply_file_name.as_ref().filter(|name| **name != source.local_name);
    named.cloned().unwrap_or_else(|| format!("{}{SUFFIX}", source.local_name))
}

/// True if a reply is here that Complete puts in place.
pub fn is_here(job: &Job) -> bool {
    job.files.get(REPLY as usize).is_some_and(|file| file.stage == FileStage::Transferred)
}

/// SetReplyFileName: E_NOTIMPL for another job type, DO_E_INVALID_STATE once
/// the reply is on its way, E_INVALIDARG for a malformed name.
pub fn set_file_name(record: &mut JobRecord, name: Option<&str>) -> Result<()> {
    if record.job_type != JobType::UploadReply {
        return Err(Error::new(code::E_NOTIMPL, "only an upload with a reply has such a file"));
    }
    if record.totals.replies > 0 {
        return Err(Error::new(code::DO_E_INVALID_STATE, "the reply is on its way already"));
    }
    let name = name.filter(|name| !name.is_empty());
    name.map_or(Ok(()), check_local_name)?;
    record.reply_file_name = name.map(str::to_owned);
    Ok(())
}
