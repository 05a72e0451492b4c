//! The reply to an upload: specification, section 3.1.

use std::io::Read;

use crate::engine::{ApiCall, ApiReply};
use crate::model::{FileRecord, FileStage, Setting, reply_name};
use crate::platform::path_of;
use crate::vocab::{Error, JobState, JobType, Result, SIZE_UNKNOWN, code, limit};

use super::job::Job;
use super::manager::unexpected;

/// The index of the reply among the files of its job.
const REPLY: u32 = 1;

/// How far a reply has come (BG_JOB_REPLY_PROGRESS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplyProgress {
    /// Bytes of the reply; `SIZE_UNKNOWN` until it is being fetched.
    pub bytes_total: u64,
    /// Bytes that are here.
    pub bytes_transferred: u64,
}

/// Replies of UPLOAD_REPLY jobs. On another job each answers E_NOTIMPL.
impl Job {
    /// How far the reply has come (GetReplyProgress).
    pub fn reply_progress(&self) -> Result<ReplyProgress> {
        self.must_reply()?;
        let reply = self.reply()?;
        Ok(ReplyProgress {
            bytes_total: reply.as_ref().and_then(FileRecord::bytes_total).unwrap_or(SIZE_UNKNOWN),
            bytes_transferred: reply.map_or(0, |reply| reply.written),
        })
    }

    /// The reply itself, up to 1 MiB (GetReplyData); None if the server sent
    /// none. BG_E_TOO_LARGE for a longer one: it is in its file after
    /// Complete. DO_E_INVALID_STATE unless the job is TRANSFERRED or
    /// completed.
    pub fn reply_data(&self) -> Result<Option<Vec<u8>>> {
        self.must_reply()?;
        if !matches!(self.state()?, JobState::Transferred | JobState::Acknowledged) {
            return Err(Error::new(code::DO_E_INVALID_STATE, "the reply is not here yet"));
        }
        let Some(reply) = self.reply()? else {
            return Ok(None);
        };
        if reply.written > limit::REPLY_DATA_BYTES_MAX {
            return Err(Error::of(code::BG_E_TOO_LARGE));
        }
        let path = match reply.stage {
            FileStage::Published => reply.local_name,
            FileStage::Waiting | FileStage::Received | FileStage::Transferred => {
                reply.temporary_name(self.id(), REPLY)
            }
        };
        let refuse = |error: std::io::Error| {
            Error::new(code::E_FILE_NOT_FOUND, format!("the reply cannot be read: {error}"))
        };
        let file = std::fs::File::open(path_of(&path)).map_err(refuse)?;
        let mut data = Vec::new();
        file.take(reply.written).read_to_end(&mut data).map_err(refuse)?;
        Ok(Some(data))
    }

    /// Where Complete puts the reply (GetReplyFileName); None if no name was
    /// set and no file was added yet. If the server sends no reply there is no
    /// such file.
    pub fn reply_file_name(&self) -> Result<Option<String>> {
        self.must_reply()?;
        let record = self.snapshot()?.record;
        match record.totals.files {
            0 => Ok(record.reply_file_name),
            _ => Ok(Some(reply_name(&record, &self.file_record(0)?))),
        }
    }

    /// Sets where the reply goes (SetReplyFileName): an absolute path in an
    /// existing folder; None or empty = beside the file that is sent.
    /// DO_E_INVALID_STATE once the reply is being fetched; E_INVALIDARG,
    /// E_PATH_NOT_FOUND, E_ACCESSDENIED or E_DIRECTORY for a name that cannot
    /// be used.
    pub fn set_reply_file_name(&self, name: Option<&str>) -> Result<()> {
        self.set(Setting::ReplyFileName(name.map(str::to_owned)))
    }

    fn must_reply(&self) -> Result<()> {
        match self.job_type()? {
            JobType::UploadReply => Ok(()),
            JobType::Download | JobType::Upload => {
                Err(Error::new(code::E_NOTIMPL, "only an upload with a reply has one"))
            }
        }
    }

    fn reply(&self) -> Result<Option<FileRecord>> {
        match self.snapshot()?.record.totals.replies {
            0 => Ok(None),
            _ => self.file_record(REPLY).map(Some),
        }
    }

    fn file_record(&self, index: u32) -> Result<FileRecord> {
        let ApiReply::File(file) = self.ask(ApiCall::File { id: self.id(), index })? else {
            return Err(unexpected("File"));
        };
        Ok(*file)
    }
}
