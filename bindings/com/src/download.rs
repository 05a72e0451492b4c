//! IDODownload: a job of one file.

#![allow(non_upper_case_globals, reason = "names are Microsoft's")]

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bgcopy_core::vocab::{code, notify};
use bgcopy_core::{
    Error, FileRange, FileSpec, Job, JobState, JobType, Result, path_of, progress_of,
};
use windows_core::{ComObject, HRESULT, Interface, implement};

use crate::abi::*;
use crate::call::{Place, delivered, slice};
use crate::callback::Callback;
use crate::service::Service;
use crate::variant;

/// The description of the jobs that are downloads: by it EnumDownloads knows them.
pub(crate) const DESCRIPTION: &str = "IDODownload";

/// A download. Any number of objects may stand for it.
pub(crate) struct Download {
    pub(crate) service: Arc<Service>,
    pub(crate) job: Arc<Job>,
    own: Mutex<Own>,
}

/// What is known of a download here alone.
#[derive(Default)]
pub(crate) struct Own {
    /// Where it comes from and where it goes, until it is started.
    pub(crate) uri: Option<String>,
    pub(crate) local_path: Option<String>,
    /// True if Start waits for the end.
    pub(crate) blocks: bool,
    pub(crate) listener: Option<Listener>,
    /// Kept, and given back.
    pub(crate) correlation_vector: Option<String>,
}

/// The object that a program has set to be called.
pub(crate) struct Listener(pub(crate) IDODownloadStatusCallback);

// SAFETY: these objects are called from threads of the service's choice, so they must bear it.
unsafe impl Send for Listener {}
// SAFETY: as above.
unsafe impl Sync for Listener {}

impl Drop for Download {
    fn drop(&mut self) {
        // Nobody can start it any more.
        if self.state().is_ok_and(|state| state == DODownloadState_Created) {
            // If it stays, it is an empty job that the user sees.
            _ = self.job.cancel();
        }
    }
}

impl Download {
    pub(crate) fn create(service: &Arc<Service>) -> Result<Arc<Self>> {
        let job = service.manager.create_job("", JobType::Download)?;
        let download = Self::of(service, Arc::new(job));
        download.job.set_description(DESCRIPTION)?;
        Ok(Arc::new(download))
    }

    pub(crate) fn of(service: &Arc<Service>, job: Arc<Job>) -> Self {
        Self { service: Arc::clone(service), job, own: Mutex::default() }
    }

    pub(crate) fn own(&self) -> MutexGuard<'_, Own> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> Result<DODownloadState> {
        Ok(self.status()?.State)
    }

    /// There is no state for an error: it is a pause with a code.
    pub(crate) fn status(&self) -> Result<DO_DOWNLOAD_STATUS> {
        let record = self.job.snapshot()?.record;
        let progress = progress_of(&record);
        let failure = HRESULT(record.error.as_ref().map_or(0, |error| error.code.0));
        let none = HRESULT(0);
        let (state, error, extended) = match record.state {
            JobState::Suspended if progress.files_total == 0 => {
                (DODownloadState_Created, none, none)
            }
            JobState::Suspended => (DODownloadState_Paused, none, none),
            JobState::Queued | JobState::Connecting | JobState::Transferring => {
                (DODownloadState_Transferring, none, none)
            }
            JobState::TransientError => (DODownloadState_Paused, none, failure),
            JobState::Error => (DODownloadState_Paused, failure, failure),
            JobState::Transferred => (DODownloadState_Transferred, none, none),
            JobState::Acknowledged => (DODownloadState_Finalized, none, none),
            JobState::Cancelled => (DODownloadState_Aborted, none, none),
        };
        Ok(DO_DOWNLOAD_STATUS {
            BytesTotal: progress.bytes_total,
            BytesTransferred: progress.bytes_transferred,
            State: state,
            Error: error,
            ExtendedError: extended,
        })
    }

    fn start(&self, ranges: Vec<FileRange>) -> Result<()> {
        match self.state()? {
            DODownloadState_Finalized | DODownloadState_Aborted => {
                return Err(Error::of(code::DO_E_INVALID_STATE));
            }
            DODownloadState_Created => self.add_file(ranges)?,
            _ if !ranges.is_empty() => {
                return Err(Error::new(
                    code::DO_E_DOWNLOAD_RANGES_UNEXPECTED,
                    "a download gets its ranges when it is first started",
                ));
            }
            _ => {}
        }
        self.job.resume()?;
        if !self.own().blocks {
            return Ok(());
        }
        let ends =
            [JobState::Transferred, JobState::Error, JobState::Suspended, JobState::Cancelled];
        match self.job.wait(&ends, None)? {
            JobState::Transferred | JobState::Acknowledged => Ok(()),
            JobState::Error => {
                let error = self.job.error()?;
                Err(Error::new(error.code, error.message))
            }
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::TransientError
            | JobState::Suspended
            | JobState::Cancelled => Err(Error::new(code::E_ABORT, "the download was stopped")),
        }
    }

    fn add_file(&self, ranges: Vec<FileRange>) -> Result<()> {
        let own = self.own();
        let uri = own.uri.clone().ok_or_else(|| Error::of(code::DO_E_DOWNLOAD_NO_URI))?;
        let path = own.local_path.clone();
        drop(own);
        let path = path.ok_or_else(|| Error::of(code::DO_E_FILE_DOWNLOADSINK_UNSPECIFIED))?;
        if let Some(folder) = path_of(&path).parent() {
            // What is missing is named by what follows.
            _ = std::fs::create_dir_all(folder);
        }
        let file = FileSpec { remote_name: uri, local_name: path, ranges, ..FileSpec::default() };
        self.job.add_file_set(vec![file])
    }

    fn finalize(&self) -> Result<()> {
        match self.state()? {
            DODownloadState_Finalized => Ok(()),
            DODownloadState_Transferred => self.job.complete().map(|_| ()),
            _ => Err(Error::new(code::DO_E_INVALID_STATE, "the download is not transferred")),
        }
    }

    fn abort(&self) -> Result<()> {
        match self.state()? {
            DODownloadState_Aborted => Ok(()),
            _ => self.job.cancel().map(|_| ()),
        }
    }

    /// Calls this object from now on, and no other.
    pub(crate) fn listen(
        self: &Arc<Self>,
        callback: Option<IDODownloadStatusCallback>,
    ) -> Result<()> {
        let relay = match &callback {
            Some(callback) => {
                let kinds = notify::JOB_TRANSFERRED | notify::JOB_ERROR | notify::JOB_MODIFICATION;
                self.job.set_notify_flags(kinds)?;
                let relay: IBackgroundCopyCallback = ComObject::new(StatusRelay {
                    service: Arc::downgrade(&self.service),
                    job: Arc::clone(&self.job),
                    download: Arc::downgrade(self),
                    callback: callback.clone(),
                })
                .into_interface();
                Some(Callback::new(&relay.cast().map_err(|_| Error::of(code::E_NOINTERFACE))?)?)
            }
            None => None,
        };
        // What is released may call in here.
        let former = std::mem::replace(&mut self.own().listener, callback.map(Listener));
        drop(former);
        self.service.set_callback(&self.job, relay)
    }
}

/// Turns what happens to a job into calls of a download's callback.
#[implement(IBackgroundCopyCallback)]
struct StatusRelay {
    service: Weak<Service>,
    job: Arc<Job>,
    download: Weak<Download>,
    callback: IDODownloadStatusCallback,
}

impl StatusRelay {
    unsafe fn pass_on(&self) -> HRESULT {
        let known = self.download.upgrade().or_else(|| {
            // The program let go of it, but not of its callback.
            Some(Arc::new(Download::of(&self.service.upgrade()?, Arc::clone(&self.job))))
        });
        let Some(download) = known else {
            return HRESULT(0);
        };
        let Ok(status) = download.status() else {
            return HRESULT(0);
        };
        let object = DownloadObject::make(download);
        self.callback.OnStatusChange(object.as_raw(), &raw const status)
    }
}

impl IBackgroundCopyCallback_Impl for StatusRelay_Impl {
    unsafe fn JobTransferred(&self, _job: *mut std::ffi::c_void) -> HRESULT {
        self.pass_on()
    }

    unsafe fn JobError(
        &self,
        _job: *mut std::ffi::c_void,
        _error: *mut std::ffi::c_void,
    ) -> HRESULT {
        self.pass_on()
    }

    unsafe fn JobModification(&self, _job: *mut std::ffi::c_void, _reserved: u32) -> HRESULT {
        self.pass_on()
    }
}

#[implement(IDODownload)]
pub(crate) struct DownloadObject {
    download: Arc<Download>,
}

impl DownloadObject {
    pub(crate) fn make(download: Arc<Download>) -> IDODownload {
        ComObject::new(Self { download }).into_interface()
    }
}

impl IDODownload_Impl for DownloadObject_Impl {
    unsafe fn Start(&self, ranges: *const DO_DOWNLOAD_RANGES_INFO) -> HRESULT {
        delivered(|| {
            let mut wanted = Vec::new();
            if let Some(info) = ranges.as_ref() {
                let first = (&raw const (*ranges).Ranges).cast::<DO_DOWNLOAD_RANGE>();
                wanted.extend(
                    slice(first, info.RangeCount)?.iter().map(|range| FileRange {
                        initial_offset: range.Offset,
                        length: range.Length,
                    }),
                );
            }
            self.download.start(wanted)
        })
    }

    unsafe fn Pause(&self) -> HRESULT {
        delivered(|| self.download.job.suspend())
    }

    unsafe fn Abort(&self) -> HRESULT {
        delivered(|| self.download.abort())
    }

    unsafe fn Finalize(&self) -> HRESULT {
        delivered(|| self.download.finalize())
    }

    unsafe fn GetStatus(&self, place: *mut DO_DOWNLOAD_STATUS) -> HRESULT {
        delivered(|| {
            let place = Place::new(place)?;
            place.put(self.download.status()?);
            Ok(())
        })
    }

    unsafe fn GetProperty(&self, id: DODownloadProperty, place: *mut VARIANT) -> HRESULT {
        delivered(|| {
            let place = Place::new(place)?;
            place.put(variant::written(self.download.property(id)?)?);
            Ok(())
        })
    }

    unsafe fn SetProperty(&self, id: DODownloadProperty, value: *const VARIANT) -> HRESULT {
        delivered(|| self.download.set_property(id, variant::read(value)?))
    }
}
