//! IBackgroundCopyManager.

use std::ffi::c_void;
use std::sync::Arc;

use bgcopy_core::{HResult, JobType};
use windows_core::{ComObject, GUID, HRESULT, Interface, implement};

use crate::abi::*;
use crate::call::{Place, done, refused};
use crate::codes;
use crate::enum_jobs::EnumJobsObject;
use crate::job::JobObject;
use crate::job_more::uuid;
use crate::service::Service;
use crate::text;

#[implement(IBackgroundCopyManager)]
pub(crate) struct ManagerObject {
    service: Arc<Service>,
}

impl ManagerObject {
    pub(crate) fn make(service: Arc<Service>) -> IBackgroundCopyManager {
        ComObject::new(Self { service }).into_interface()
    }
}

impl IBackgroundCopyManager_Impl for ManagerObject_Impl {
    unsafe fn CreateJob(
        &self,
        name: *const u16,
        kind: BG_JOB_TYPE,
        id: *mut GUID,
        place: *mut *mut c_void,
    ) -> HRESULT {
        done(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let id = Place::new(id)?;
            let kind = JobType::from_u32(kind.cast_unsigned());
            let kind = kind.ok_or_else(|| refused("no such type of job"))?;
            let job = Arc::new(self.service.manager.create_job(&text::required(name)?, kind)?);
            id.put(GUID::from_u128(job.id().as_u128()));
            place.put(JobObject::make(&self.service, &job).into_raw());
            Ok(())
        })
    }

    unsafe fn GetJob(&self, id: *const GUID, place: *mut *mut c_void) -> HRESULT {
        done(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let id = id.as_ref().ok_or_else(|| refused("the id is NULL"))?;
            let job = Arc::new(self.service.manager.get_job(uuid(*id))?);
            place.put(JobObject::make(&self.service, &job).into_raw());
            Ok(())
        })
    }

    /// The queue has one user: the jobs of all users are that one's.
    unsafe fn EnumJobs(&self, flags: u32, place: *mut *mut c_void) -> HRESULT {
        done(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            if flags & !BG_JOB_ENUM_ALL_USERS != 0 {
                return Err(refused("no such flags"));
            }
            let jobs = EnumJobsObject::make(&self.service, self.service.manager.jobs()?);
            place.put(jobs.into_raw());
            Ok(())
        })
    }

    /// There is one language.
    unsafe fn GetErrorDescription(
        &self,
        code: HRESULT,
        _language: u32,
        place: *mut *mut u16,
    ) -> HRESULT {
        let code = codes::of_bits(HResult(code.0));
        done(|| text::give(place, || Ok(Some(self.service.manager.error_description(code)))))
    }
}
