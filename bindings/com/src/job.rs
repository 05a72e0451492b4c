//! IBackgroundCopyJob.

use std::ffi::c_void;
use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, FileSpec, Job, JobPriority, ProxySettings, ProxyUsage, Result};
use windows_core::{ComObject, GUID, HRESULT, IUnknown, Interface, implement};

use crate::abi::*;
use crate::call::{Place, answer, done, give, missing, refused, slice};
use crate::callback::Callback;
use crate::enum_files::EnumFilesObject;
use crate::error::ErrorObject;
use crate::memory;
use crate::service::Service;
use crate::text;

/// A job as programs see it. Any number of objects may stand for one job.
#[implement(IBackgroundCopyJob5, IBackgroundCopyJobHttpOptions3)]
pub(crate) struct JobObject {
    pub(crate) service: Arc<Service>,
    pub(crate) job: Arc<Job>,
}

impl JobObject {
    pub(crate) fn make(service: &Arc<Service>, job: &Arc<Job>) -> IBackgroundCopyJob5 {
        let object = Self { service: Arc::clone(service), job: Arc::clone(job) };
        ComObject::new(object).into_interface()
    }

    /// BG_E_INVALID_STATE for a job that is completed or cancelled.
    pub(crate) fn must_be_in_queue(&self) -> Result<()> {
        if self.job.state()?.is_final() {
            return Err(Error::of(code::BG_E_INVALID_STATE));
        }
        Ok(())
    }
}

impl IBackgroundCopyJob_Impl for JobObject_Impl {
    unsafe fn AddFileSet(&self, count: u32, files: *const BG_FILE_INFO) -> HRESULT {
        done(|| {
            let files = slice(files, count)?.iter().map(|file| {
                Ok(FileSpec {
                    remote_name: text::required(file.RemoteName)?,
                    local_name: text::required(file.LocalName)?,
                    ..FileSpec::default()
                })
            });
            self.job.add_file_set(files.collect::<Result<_>>()?)
        })
    }

    unsafe fn AddFile(&self, remote: *const u16, local: *const u16) -> HRESULT {
        done(|| self.job.add_file(&text::required(remote)?, &text::required(local)?))
    }

    unsafe fn EnumFiles(&self, place: *mut *mut c_void) -> HRESULT {
        done(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let files = EnumFilesObject::make(&self.service, self.job.files()?);
            place.put(files.into_raw());
            Ok(())
        })
    }

    unsafe fn Suspend(&self) -> HRESULT {
        done(|| self.job.suspend())
    }

    unsafe fn Resume(&self) -> HRESULT {
        done(|| self.job.resume())
    }

    unsafe fn Cancel(&self) -> HRESULT {
        answer(|| {
            let code = self.job.cancel()?;
            self.service.forget(self.job.id());
            Ok(code)
        })
    }

    unsafe fn Complete(&self) -> HRESULT {
        answer(|| {
            let code = self.job.complete()?;
            self.service.forget(self.job.id());
            Ok(code)
        })
    }

    unsafe fn GetId(&self, place: *mut GUID) -> HRESULT {
        give(place, || Ok(GUID::from_u128(self.job.id().as_u128())))
    }

    unsafe fn GetType(&self, place: *mut BG_JOB_TYPE) -> HRESULT {
        give(place, || Ok(self.job.job_type()?.as_u32().cast_signed()))
    }

    unsafe fn GetProgress(&self, place: *mut BG_JOB_PROGRESS) -> HRESULT {
        give(place, || {
            let progress = self.job.progress()?;
            Ok(BG_JOB_PROGRESS {
                BytesTotal: progress.bytes_total,
                BytesTransferred: progress.bytes_transferred,
                FilesTotal: progress.files_total,
                FilesTransferred: progress.files_transferred,
            })
        })
    }

    unsafe fn GetTimes(&self, place: *mut BG_JOB_TIMES) -> HRESULT {
        give(place, || {
            let times = self.job.times()?;
            Ok(BG_JOB_TIMES {
                CreationTime: file_time(Some(times.creation_ms)),
                ModificationTime: file_time(Some(times.modification_ms)),
                TransferCompletionTime: file_time(times.transfer_completion_ms),
            })
        })
    }

    unsafe fn GetState(&self, place: *mut BG_JOB_STATE) -> HRESULT {
        give(place, || Ok(self.job.state()?.as_u32().cast_signed()))
    }

    unsafe fn GetError(&self, place: *mut *mut c_void) -> HRESULT {
        done(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let error = ErrorObject::make(&self.service, &self.job, self.job.error()?);
            place.put(error.into_raw());
            Ok(())
        })
    }

    unsafe fn GetOwner(&self, place: *mut *mut u16) -> HRESULT {
        done(|| text::give(place, || self.job.owner().map(Some)))
    }

    unsafe fn SetDisplayName(&self, name: *const u16) -> HRESULT {
        done(|| self.job.set_display_name(&text::required(name)?))
    }

    unsafe fn GetDisplayName(&self, place: *mut *mut u16) -> HRESULT {
        done(|| text::give(place, || self.job.display_name().map(Some)))
    }

    unsafe fn SetDescription(&self, description: *const u16) -> HRESULT {
        done(|| self.job.set_description(&text::required(description)?))
    }

    unsafe fn GetDescription(&self, place: *mut *mut u16) -> HRESULT {
        done(|| text::give(place, || self.job.description().map(Some)))
    }

    unsafe fn SetPriority(&self, priority: BG_JOB_PRIORITY) -> HRESULT {
        done(|| {
            let priority = JobPriority::from_u32(priority.cast_unsigned());
            self.job.set_priority(priority.ok_or_else(|| missing("no such priority"))?)
        })
    }

    unsafe fn GetPriority(&self, place: *mut BG_JOB_PRIORITY) -> HRESULT {
        give(place, || Ok(self.job.priority()?.as_u32().cast_signed()))
    }

    unsafe fn SetNotifyFlags(&self, flags: u32) -> HRESULT {
        done(|| self.job.set_notify_flags(flags))
    }

    unsafe fn GetNotifyFlags(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.notify_flags())
    }

    unsafe fn SetNotifyInterface(&self, object: *mut c_void) -> HRESULT {
        done(|| {
            self.must_be_in_queue()?;
            let callback = IUnknown::from_raw_borrowed(&object).map(Callback::new).transpose()?;
            self.service.set_callback(&self.job, callback)
        })
    }

    unsafe fn GetNotifyInterface(&self, place: *mut *mut c_void) -> HRESULT {
        give(place, || {
            let callback = self.service.callback(self.job.id());
            let object = callback.map(|callback| callback.unknown().clone().into_raw());
            Ok(object.unwrap_or(std::ptr::null_mut()))
        })
    }

    unsafe fn SetMinimumRetryDelay(&self, seconds: u32) -> HRESULT {
        done(|| self.job.set_minimum_retry_delay(seconds))
    }

    unsafe fn GetMinimumRetryDelay(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.minimum_retry_delay())
    }

    unsafe fn SetNoProgressTimeout(&self, seconds: u32) -> HRESULT {
        done(|| self.job.set_no_progress_timeout(seconds))
    }

    unsafe fn GetNoProgressTimeout(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.no_progress_timeout())
    }

    unsafe fn GetErrorCount(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.error_count())
    }

    unsafe fn SetProxySettings(
        &self,
        usage: BG_JOB_PROXY_USAGE,
        list: *const u16,
        bypass: *const u16,
    ) -> HRESULT {
        done(|| {
            let usage = ProxyUsage::from_u32(usage.cast_unsigned());
            self.job.set_proxy_settings(ProxySettings {
                usage: usage.ok_or_else(|| missing("no such usage of proxies"))?,
                list: text::maybe(list)?,
                bypass: text::maybe(bypass)?,
            })
        })
    }

    unsafe fn GetProxySettings(
        &self,
        usage: *mut BG_JOB_PROXY_USAGE,
        list: *mut *mut u16,
        bypass: *mut *mut u16,
    ) -> HRESULT {
        done(|| {
            let usage = Place::new(usage)?;
            let list = Place::cleared(list, std::ptr::null_mut())?;
            let bypass = Place::cleared(bypass, std::ptr::null_mut())?;
            let proxy = self.job.proxy_settings()?;
            usage.put(proxy.usage.as_u32().cast_signed());
            for (place, text) in [(list, proxy.list), (bypass, proxy.bypass)] {
                if let Some(text) = text {
                    place.put(text::given(&text)?);
                }
            }
            Ok(())
        })
    }

    /// The queue has one user, whose all its jobs are.
    unsafe fn TakeOwnership(&self) -> HRESULT {
        done(|| {
            self.must_be_in_queue()?;
            Err(missing("a queue has the jobs of one user"))
        })
    }
}

/// Milliseconds between 1601, when the times of Windows begin, and 1970.
const MS_TO_1970: i64 = 11_644_473_600_000;

/// A time as Windows counts it; 0 for none.
fn file_time(ms: Option<i64>) -> FILETIME {
    let ticks = ms.map_or(0, |ms| ms.saturating_add(MS_TO_1970).saturating_mul(10_000));
    let ticks = ticks.max(0).cast_unsigned();
    FILETIME {
        dwLowDateTime: u32::try_from(ticks & 0xFFFF_FFFF).unwrap_or(u32::MAX),
        dwHighDateTime: u32::try_from(ticks >> 32).unwrap_or(u32::MAX),
    }
}

/// Ranges as programs see them, in memory that they free with CoTaskMemFree.
pub(crate) unsafe fn give_ranges(
    count: *mut u32,
    place: *mut *mut BG_FILE_RANGE,
    ranges: impl FnOnce() -> Result<Vec<bgcopy_core::FileRange>>,
) -> Result<bool> {
    let count = Place::cleared(count, 0)?;
    let place = Place::cleared(place, std::ptr::null_mut())?;
    let ranges: Vec<_> = ranges()?
        .iter()
        .map(|range| BG_FILE_RANGE { InitialOffset: range.initial_offset, Length: range.length })
        .collect();
    if ranges.is_empty() {
        return Ok(false);
    }
    place.put(memory::copied(&ranges)?);
    count.put(u32::try_from(ranges.len()).map_err(|_| refused("too many ranges"))?);
    Ok(true)
}
