//! What only uploads have: many at once, the protocol, and the reply.

use std::sync::Arc;

use bgcopy_core::{HResult, JobPropertyId, PropertyValue, UploadProtocol};

use crate::error::Result;
use crate::job::{Job, known};
use crate::manager::Manager;
use crate::record::FileSpec;

/// How far the reply to an upload has come (BG_JOB_REPLY_PROGRESS).
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ReplyProgress {
    /// Bytes of the reply; nothing until it is being fetched.
    pub bytes_total: Option<u64>,
    /// Bytes that are here.
    pub bytes_transferred: u64,
}

#[uniffi::export]
impl Manager {
    /// Makes one suspended upload job for each file, named after it, all or
    /// none; the jobs are in the order of the files. `remote_name` is where a
    /// file goes, `local_name` the absolute path where it is. Below a URL that
    /// ends in a slash it goes under its own name, unless the server names
    /// files itself, as by tus and POST.
    ///
    /// Codes as for `create_job` and `add_file`; E_NOTIMPL for a file with
    /// ranges.
    pub fn create_uploads(&self, files: Vec<FileSpec>) -> Result<Vec<Arc<Job>>> {
        let files = files.into_iter().map(Into::into).collect();
        let jobs = self.shared.core.create_uploads(files)?;
        Ok(jobs.into_iter().map(|job| self.handle(job)).collect())
    }

    /// As `create_uploads`, and the jobs are resumed as they are made. With
    /// `like` they get what was set for that job: everything but its name and
    /// its reply's file name; its credentials, too. If one cannot be made those
    /// before it are cancelled; what they have sent by then stays where it is.
    ///
    /// DO_E_INVALID_STATE if `like` is completed or cancelled, E_INVALIDARG if it
    /// is of another type than UPLOAD.
    #[uniffi::method(default(like = None))]
    pub fn start_uploads(
        &self,
        files: Vec<FileSpec>,
        like: Option<Arc<Job>>,
    ) -> Result<Vec<Arc<Job>>> {
        let files = files.into_iter().map(Into::into).collect();
        let like = like.as_ref().map(|like| &*like.core);
        let jobs = self.shared.core.start_uploads(files, like)?;
        Ok(jobs.into_iter().map(|job| self.handle(job)).collect())
    }

    /// Calls `complete` for each of many jobs, in few steps on the disk. The
    /// codes are in the order of the jobs; what one answers is of no concern to
    /// the others.
    pub fn complete_all(&self, jobs: Vec<Arc<Job>>) -> Vec<HResult> {
        codes(self.shared.core.complete_all(&cores(&jobs)))
    }

    /// The same for `cancel`.
    pub fn cancel_all(&self, jobs: Vec<Arc<Job>>) -> Vec<HResult> {
        codes(self.shared.core.cancel_all(&cores(&jobs)))
    }
}

fn cores(jobs: &[Arc<Job>]) -> Vec<&bgcopy_core::Job> {
    jobs.iter().map(|job| &*job.core).collect()
}

fn codes(results: Vec<bgcopy_core::Result<HResult>>) -> Vec<HResult> {
    results.into_iter().map(|result| result.unwrap_or_else(|error| error.code)).collect()
}

/// Uploads. The reply is that of an UPLOAD_REPLY job: on another one its calls
/// answer E_NOTIMPL.
#[uniffi::export]
impl Job {
    /// How an upload is sent (property UPLOAD_PROTOCOL).
    pub fn upload_protocol(&self) -> Result<UploadProtocol> {
        let value = self.core.property(JobPropertyId::UploadProtocol.as_u32())?;
        let protocol = match value {
            PropertyValue::Dword(number) => UploadProtocol::from_u32(number),
            PropertyValue::Guid(_)
            | PropertyValue::Enable(_)
            | PropertyValue::Uint64(_)
            | PropertyValue::Target(_)
            | PropertyValue::Text(_) => None,
        };
        Ok(protocol.unwrap_or_default())
    }

    /// Sets how an upload is sent, before the first `resume`:
    /// BG_E_READ_ONLY_PROPERTY_AFTER_RESUME. E_NOTIMPL for a download and for
    /// a protocol that is not built in.
    pub fn set_upload_protocol(&self, protocol: UploadProtocol) -> Result<()> {
        let value = PropertyValue::Dword(protocol.as_u32());
        Ok(self.core.set_property(JobPropertyId::UploadProtocol.as_u32(), value)?)
    }

    /// How far the reply has come (GetReplyProgress).
    pub fn reply_progress(&self) -> Result<ReplyProgress> {
        let progress = self.core.reply_progress()?;
        Ok(ReplyProgress {
            bytes_total: known(progress.bytes_total),
            bytes_transferred: progress.bytes_transferred,
        })
    }

    /// The reply itself, up to 1 MiB (GetReplyData); nothing if the server
    /// sent none. BG_E_TOO_LARGE for a longer one: it is in its file after
    /// `complete`. DO_E_INVALID_STATE unless the job is TRANSFERRED or
    /// completed.
    pub fn reply_data(&self) -> Result<Option<Vec<u8>>> {
        Ok(self.core.reply_data()?)
    }

    /// Where `complete` puts the reply (GetReplyFileName); nothing if no name
    /// was set and no file was added yet. If the server sends no reply there
    /// is no such file.
    pub fn reply_file_name(&self) -> Result<Option<String>> {
        Ok(self.core.reply_file_name()?)
    }

    /// Sets where the reply goes (SetReplyFileName): an absolute path in an
    /// existing folder; nothing = beside the file that is sent.
    /// DO_E_INVALID_STATE once the reply is being fetched; E_INVALIDARG,
    /// E_PATH_NOT_FOUND, E_ACCESSDENIED or E_DIRECTORY for a name that cannot
    /// be used.
    pub fn set_reply_file_name(&self, name: Option<String>) -> Result<()> {
        Ok(self.core.set_reply_file_name(name.as_deref())?)
    }
}
