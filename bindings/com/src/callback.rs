//! The object that a program registers with SetNotifyInterface.

use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Event, EventKind, Job, Result};
use windows_core::{HRESULT, IUnknown, Interface};

use crate::abi::{
    BG_FILE_RANGE, IBackgroundCopyCallback, IBackgroundCopyCallback2, IBackgroundCopyCallback3,
    IBackgroundCopyFile6,
};
use crate::error::ErrorObject;
use crate::file::FileObject;
use crate::job::JobObject;
use crate::service::Service;

/// The object, by what it can be told.
pub(crate) struct Callback {
    unknown: IUnknown,
    of_jobs: IBackgroundCopyCallback,
    of_files: Option<IBackgroundCopyCallback2>,
    of_ranges: Option<IBackgroundCopyCallback3>,
}

// SAFETY: BITS calls these objects from threads of its own choice, so they must bear it here, too.
unsafe impl Send for Callback {}
// SAFETY: as above.
unsafe impl Sync for Callback {}

impl Callback {
    /// E_NOINTERFACE for an object that is no callback.
    pub(crate) fn new(unknown: &IUnknown) -> Result<Self> {
        let of_jobs = unknown.cast::<IBackgroundCopyCallback>();
        Ok(Self {
            of_jobs: of_jobs.map_err(|_| Error::of(code::E_NOINTERFACE))?,
            of_files: unknown.cast().ok(),
            of_ranges: unknown.cast().ok(),
            unknown: unknown.clone(),
        })
    }

    pub(crate) fn unknown(&self) -> &IUnknown {
        &self.unknown
    }

    /// Tells it of an event; false if it has to be told again. An object that has no method for
    /// the event is told nothing.
    pub(crate) fn notify(&self, service: &Arc<Service>, job: Job, event: &Event) -> bool {
        let job = Arc::new(job);
        let object = JobObject::make(service, &job);
        let raw = object.as_raw();
        let file = || -> Option<IBackgroundCopyFile6> {
            let file = job.file(event.file?).ok()?;
            Some(FileObject::make(service, file))
        };
        // SAFETY: the pointers that are passed live until the call is over.
        let answer = unsafe {
            match event.kind {
                EventKind::JobTransferred => self.of_jobs.JobTransferred(raw),
                EventKind::JobError => {
                    let Some(error) = event.error.clone().or_else(|| job.error().ok()) else {
                        return true;
                    };
                    let error = ErrorObject::make(service, &job, error);
                    self.of_jobs.JobError(raw, error.as_raw())
                }
                EventKind::JobModification => self.of_jobs.JobModification(raw, 0),
                EventKind::FileTransferred => match (&self.of_files, file()) {
                    (Some(callback), Some(file)) => callback.FileTransferred(raw, file.as_raw()),
                    (None, _) | (_, None) => HRESULT(0),
                },
                EventKind::FileRangesTransferred => match (&self.of_ranges, file()) {
                    (Some(callback), Some(file)) => {
                        let ranges: Vec<_> = event
                            .ranges
                            .iter()
                            .map(|range| BG_FILE_RANGE {
                                InitialOffset: range.initial_offset,
                                Length: range.length,
                            })
                            .collect();
                        let count = u32::try_from(ranges.len()).unwrap_or(u32::MAX);
                        callback.FileRangesTransferred(raw, file.as_raw(), count, ranges.as_ptr())
                    }
                    (None, _) | (_, None) => HRESULT(0),
                },
                // BITS has no such event.
                EventKind::FileRestarted => HRESULT(0),
            }
        };
        answer.is_ok() || !is_told_again(event.kind)
    }
}

/// A callback that fails is called again, except for what is said anew with the next change.
fn is_told_again(kind: EventKind) -> bool {
    match kind {
        EventKind::JobTransferred | EventKind::JobError | EventKind::FileTransferred => true,
        EventKind::JobModification
        | EventKind::FileRangesTransferred
        | EventKind::FileRestarted => false,
    }
}
