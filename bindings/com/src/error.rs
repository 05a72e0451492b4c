//! IBackgroundCopyError: what stopped a job, as it was when it was asked for.

use std::ffi::c_void;
use std::sync::Arc;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Job, JobError, Result};
use windows_core::{ComObject, HRESULT, Interface, implement};

use crate::abi::*;
use crate::call::{Place, done, refused};
use crate::codes;
use crate::file::FileObject;
use crate::service::Service;
use crate::text;

#[implement(IBackgroundCopyError)]
pub(crate) struct ErrorObject {
    service: Arc<Service>,
    job: Arc<Job>,
    error: JobError,
}

impl ErrorObject {
    pub(crate) fn make(
        service: &Arc<Service>,
        job: &Arc<Job>,
        error: JobError,
    ) -> IBackgroundCopyError {
        let object = Self { service: Arc::clone(service), job: Arc::clone(job), error };
        ComObject::new(object).into_interface()
    }
}

impl IBackgroundCopyError_Impl for ErrorObject_Impl {
    unsafe fn GetError(&self, context: *mut BG_ERROR_CONTEXT, code: *mut HRESULT) -> HRESULT {
        done(|| {
            let (context, code) = (Place::new(context)?, Place::new(code)?);
            context.put(self.error.context.as_u32().cast_signed());
            code.put(HRESULT(codes::of_bits(self.error.code).0));
            Ok(())
        })
    }

    unsafe fn GetFile(&self, place: *mut *mut c_void) -> HRESULT {
        done(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let index = self.error.file.ok_or_else(|| Error::of(code::BG_E_FILE_NOT_AVAILABLE))?;
            let file = FileObject::make(&self.service, self.job.file(index)?);
            place.put(file.into_raw());
            Ok(())
        })
    }

    unsafe fn GetErrorDescription(&self, language: u32, place: *mut *mut u16) -> HRESULT {
        done(|| {
            text::give(place, || {
                must_be_language(language)?;
                Ok(Some(self.error.message.clone()))
            })
        })
    }

    unsafe fn GetErrorContextDescription(&self, language: u32, place: *mut *mut u16) -> HRESULT {
        done(|| {
            text::give(place, || {
                must_be_language(language)?;
                Ok(Some(self.error.context.text().to_owned()))
            })
        })
    }

    unsafe fn GetProtocol(&self, place: *mut *mut u16) -> HRESULT {
        done(|| {
            text::give(place, || {
                let protocol = self.error.protocol.clone();
                protocol.map(Some).ok_or_else(|| Error::of(code::BG_E_PROTOCOL_NOT_AVAILABLE))
            })
        })
    }
}

/// Any language gets the one that there is.
fn must_be_language(language: u32) -> Result<()> {
    if language == 0 { Err(refused("no language is named")) } else { Ok(()) }
}
