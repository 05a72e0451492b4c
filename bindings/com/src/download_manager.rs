//! IDOManager, and the enumerator of downloads.

#![allow(non_upper_case_globals, reason = "names are Microsoft's")]

use std::ffi::c_void;
use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Job, Result};
use uuid::Uuid;
use windows_core::{ComObject, HRESULT, Interface, implement};

use crate::abi::*;
use crate::call::{Place, answer, delivered, done, missing};
use crate::download::{DESCRIPTION, Download, DownloadObject};
use crate::enumerator::Enumerator;
use crate::service::Service;
use crate::text;

#[implement(IDOManager)]
pub(crate) struct DownloadManagerObject {
    service: Arc<Service>,
}

impl DownloadManagerObject {
    pub(crate) fn make(service: Arc<Service>) -> IDOManager {
        ComObject::new(Self { service }).into_interface()
    }
}

impl IDOManager_Impl for DownloadManagerObject_Impl {
    unsafe fn CreateDownload(&self, place: *mut *mut c_void) -> HRESULT {
        delivered(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let download = Download::create(&self.service)?;
            place.put(DownloadObject::make(download).into_raw());
            Ok(())
        })
    }

    /// Those that were started.
    unsafe fn EnumDownloads(
        &self,
        category: *const DO_DOWNLOAD_ENUM_CATEGORY,
        place: *mut *mut c_void,
    ) -> HRESULT {
        delivered(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let wanted = match category.as_ref() {
                Some(category) => Some((category.Property, text::required(category.Value)?)),
                None => None,
            };
            let mut found = Vec::new();
            for job in self.service.manager.jobs()? {
                if is_wanted(&job, wanted.as_ref())? {
                    found.push(Download::of(&self.service, Arc::new(job)));
                }
            }
            if found.is_empty() {
                return Err(Error::of(code::DO_E_NO_DOWNLOADS));
            }
            let list: IEnumUnknown =
                ComObject::new(EnumDownloadsObject { inner: Enumerator::new(found) })
                    .into_interface();
            place.put(list.into_raw());
            Ok(())
        })
    }
}

/// True for a download that was started and, if something is wanted of it, has that.
fn is_wanted(job: &Job, wanted: Option<&(DODownloadProperty, String)>) -> Result<bool> {
    let record = job.snapshot()?.record;
    if record.description != DESCRIPTION || record.totals.files == 0 {
        return Ok(false);
    }
    let Some((property, value)) = wanted else {
        return Ok(true);
    };
    Ok(match *property {
        DODownloadProperty_Id => Uuid::try_parse(value).is_ok_and(|id| id == record.id),
        DODownloadProperty_Uri => job.file(0)?.remote_name()? == *value,
        DODownloadProperty_DisplayName => record.display_name == *value,
        DODownloadProperty_LocalPath => job.file(0)?.local_name()? == *value,
        // None has one.
        DODownloadProperty_ContentId => false,
        _ => return Err(missing("downloads are not looked up by that property")),
    })
}

#[implement(IEnumUnknown)]
struct EnumDownloadsObject {
    inner: Enumerator<Download>,
}

impl IEnumUnknown_Impl for EnumDownloadsObject_Impl {
    unsafe fn Next(&self, count: u32, places: *mut *mut c_void, fetched: *mut u32) -> HRESULT {
        answer(|| {
            self.inner.next(count, places, fetched, |item| {
                DownloadObject::make(Arc::clone(item)).into_raw()
            })
        })
    }

    unsafe fn Skip(&self, count: u32) -> HRESULT {
        answer(|| Ok(self.inner.skip(count)))
    }

    unsafe fn Reset(&self) -> HRESULT {
        done(|| {
            self.inner.reset();
            Ok(())
        })
    }

    unsafe fn Clone(&self, place: *mut *mut c_void) -> HRESULT {
        done(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let again = ComObject::new(EnumDownloadsObject { inner: self.inner.again() });
            let again: IEnumUnknown = again.into_interface();
            place.put(again.into_raw());
            Ok(())
        })
    }
}
