//! IBackgroundCopyFile and IBackgroundCopyFile2.

use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{File, JobType};
use windows_core::{ComObject, HRESULT, implement};

use crate::abi::*;
use crate::call::{answer, done, give, missing};
use crate::job::give_ranges;
use crate::service::Service;
use crate::text;

/// A file as programs see it. It keeps its job.
#[implement(IBackgroundCopyFile6)]
pub(crate) struct FileObject {
    /// The queue stays open for as long as it is there.
    _service: Arc<Service>,
    pub(crate) file: Arc<File>,
}

impl FileObject {
    pub(crate) fn make(service: &Arc<Service>, file: File) -> IBackgroundCopyFile6 {
        Self::shared(service, &Arc::new(file))
    }

    pub(crate) fn shared(service: &Arc<Service>, file: &Arc<File>) -> IBackgroundCopyFile6 {
        let object = Self { _service: Arc::clone(service), file: Arc::clone(file) };
        ComObject::new(object).into_interface()
    }
}

impl IBackgroundCopyFile_Impl for FileObject_Impl {
    unsafe fn GetRemoteName(&self, place: *mut *mut u16) -> HRESULT {
        done(|| text::give(place, || self.file.remote_name().map(Some)))
    }

    unsafe fn GetLocalName(&self, place: *mut *mut u16) -> HRESULT {
        done(|| text::give(place, || self.file.local_name().map(Some)))
    }

    unsafe fn GetProgress(&self, place: *mut BG_FILE_PROGRESS) -> HRESULT {
        give(place, || {
            let progress = self.file.progress()?;
            Ok(BG_FILE_PROGRESS {
                BytesTotal: progress.bytes_total,
                BytesTransferred: progress.bytes_transferred,
                Completed: i32::from(progress.completed),
            })
        })
    }
}

impl IBackgroundCopyFile2_Impl for FileObject_Impl {
    unsafe fn GetFileRanges(&self, count: *mut u32, place: *mut *mut BG_FILE_RANGE) -> HRESULT {
        answer(|| {
            let has_some = give_ranges(count, place, || self.file.ranges())?;
            Ok(if has_some { code::S_OK } else { code::S_FALSE })
        })
    }

    unsafe fn SetRemoteName(&self, name: *const u16) -> HRESULT {
        done(|| {
            let name = text::required(name)?;
            match self.file.job().job_type()? {
                JobType::Download => self.file.set_remote_name(&name),
                JobType::Upload | JobType::UploadReply => {
                    Err(missing("an upload keeps its remote name"))
                }
            }
        })
    }
}
