//! IEnumBackgroundCopyFiles.

use std::ffi::c_void;
use std::sync::Arc;

use bgcopy_core::File;
use windows_core::{ComObject, HRESULT, Interface, implement};

use crate::abi::*;
use crate::call::{Place, answer, done, give};
use crate::enumerator::Enumerator;
use crate::file::FileObject;
use crate::service::Service;

#[implement(IEnumBackgroundCopyFiles)]
pub(crate) struct EnumFilesObject {
    service: Arc<Service>,
    inner: Enumerator<File>,
}

impl EnumFilesObject {
    pub(crate) fn make(service: &Arc<Service>, items: Vec<File>) -> IEnumBackgroundCopyFiles {
        let inner = Enumerator::new(items);
        ComObject::new(Self { service: Arc::clone(service), inner }).into_interface()
    }
}

impl IEnumBackgroundCopyFiles_Impl for EnumFilesObject_Impl {
    unsafe fn Next(&self, count: u32, places: *mut *mut c_void, fetched: *mut u32) -> HRESULT {
        answer(|| {
            self.inner.next(count, places, fetched, |item| {
                FileObject::shared(&self.service, item).into_raw()
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
            let service = Arc::clone(&self.service);
            let again = ComObject::new(EnumFilesObject { service, inner: self.inner.again() });
            let again: IEnumBackgroundCopyFiles = again.into_interface();
            place.put(again.into_raw());
            Ok(())
        })
    }

    unsafe fn GetCount(&self, place: *mut u32) -> HRESULT {
        give(place, || Ok(self.inner.count()))
    }
}
