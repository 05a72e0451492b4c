//! What IBackgroundCopyJob3 to IBackgroundCopyJob5 add.

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, FileRange, JobPropertyId, JobState, PropertyValue, Result};
use uuid::Uuid;
use windows_core::{GUID, HRESULT};

use crate::abi::*;
use crate::call::{answer, done, give, missing, refused, slice};
use crate::job::JobObject_Impl;
use crate::text;

/// What Windows calls a process of a user without special rights.
const SECURITY_MANDATORY_MEDIUM_RID: u32 = 0x2000;

/// The ranges that a caller names.
pub(crate) unsafe fn ranges_of(first: *const BG_FILE_RANGE, count: u32) -> Result<Vec<FileRange>> {
    let range = |range: &BG_FILE_RANGE| FileRange {
        initial_offset: range.InitialOffset,
        length: range.Length,
    };
    Ok(slice(first, count)?.iter().map(range).collect())
}

impl IBackgroundCopyJob3_Impl for JobObject_Impl {
    unsafe fn ReplaceRemotePrefix(&self, old: *const u16, new: *const u16) -> HRESULT {
        answer(|| self.job.replace_remote_prefix(&text::required(old)?, &text::required(new)?))
    }

    unsafe fn AddFileWithRanges(
        &self,
        remote: *const u16,
        local: *const u16,
        count: u32,
        ranges: *const BG_FILE_RANGE,
    ) -> HRESULT {
        done(|| {
            if count == 0 {
                return Err(refused("there are no ranges"));
            }
            let ranges = ranges_of(ranges, count)?;
            let (remote, local) = (text::required(remote)?, text::required(local)?);
            self.job.add_file_with_ranges(&remote, &local, &ranges)
        })
    }

    /// They are for SMB.
    unsafe fn SetFileACLFlags(&self, flags: u32) -> HRESULT {
        done(|| {
            if flags & !BG_COPY_FILE_ALL != 0 {
                return Err(refused("no such flags"));
            }
            self.must_be_in_queue()?;
            if self.job.state()? == JobState::Transferred {
                return Err(Error::of(code::BG_E_INVALID_STATE));
            }
            if flags == 0 { Ok(()) } else { Err(missing("rights are copied by SMB only")) }
        })
    }

    unsafe fn GetFileACLFlags(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.state().map(|_| 0))
    }
}

impl IBackgroundCopyJob4_Impl for JobObject_Impl {
    /// Everything comes from its server.
    unsafe fn SetPeerCachingFlags(&self, flags: u32) -> HRESULT {
        done(|| {
            let peers = BG_JOB_ENABLE_PEERCACHING_CLIENT | BG_JOB_ENABLE_PEERCACHING_SERVER;
            if flags & !(peers | BG_JOB_DISABLE_BRANCH_CACHE) != 0 {
                return Err(refused("no such flags"));
            }
            self.must_be_in_queue()?;
            if flags & peers == 0 { Ok(()) } else { Err(missing("peers are not used")) }
        })
    }

    unsafe fn GetPeerCachingFlags(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.state().map(|_| BG_JOB_DISABLE_BRANCH_CACHE))
    }

    unsafe fn GetOwnerIntegrityLevel(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.state().map(|_| SECURITY_MANDATORY_MEDIUM_RID))
    }

    unsafe fn GetOwnerElevationState(&self, place: *mut i32) -> HRESULT {
        give(place, || self.job.state().map(|_| 0))
    }

    unsafe fn SetMaximumDownloadTime(&self, seconds: u32) -> HRESULT {
        done(|| self.job.set_maximum_download_time(seconds))
    }

    unsafe fn GetMaximumDownloadTime(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.maximum_download_time())
    }
}

impl IBackgroundCopyJob5_Impl for JobObject_Impl {
    unsafe fn SetProperty(&self, id: i32, value: BITS_JOB_PROPERTY_VALUE) -> HRESULT {
        done(|| {
            let number = id.cast_unsigned();
            let default = known(number)?.rules().default;
            let value = match default {
                PropertyValue::Dword(_) => PropertyValue::Dword(value.Dword),
                PropertyValue::Guid(_) => PropertyValue::Guid(uuid(value.ClsID)),
                PropertyValue::Enable(_) => PropertyValue::Enable(value.Enable != 0),
                PropertyValue::Uint64(_) => PropertyValue::Uint64(value.Uint64),
                PropertyValue::Target(_) => PropertyValue::Target(value.Target.cast_unsigned()),
                PropertyValue::Text(_) => return Err(no_text()),
            };
            self.job.set_property(number, value)
        })
    }

    unsafe fn GetProperty(&self, id: i32, place: *mut BITS_JOB_PROPERTY_VALUE) -> HRESULT {
        give(place, || {
            let found = self.job.property(known(id.cast_unsigned())?.as_u32())?;
            // What is beside the member that counts is 0.
            let mut value = BITS_JOB_PROPERTY_VALUE { ClsID: GUID::zeroed() };
            match found {
                PropertyValue::Dword(number) => value.Dword = number,
                PropertyValue::Guid(id) => value.ClsID = GUID::from_u128(id.as_u128()),
                PropertyValue::Enable(is_on) => value.Enable = i32::from(is_on),
                PropertyValue::Uint64(number) => value.Uint64 = number,
                PropertyValue::Target(target) => value.Target = target.cast_signed(),
                PropertyValue::Text(_) => return Err(no_text()),
            }
            Ok(value)
        })
    }
}

/// The values of BITS have no texts.
fn no_text() -> Error {
    Error::new(code::E_NOTIMPL, "a property that is a text cannot be had by COM")
}

fn known(id: u32) -> Result<JobPropertyId> {
    JobPropertyId::from_u32(id).ok_or_else(|| Error::of(code::BG_E_UNKNOWN_PROPERTY_ID))
}

/// An id of the core's.
pub(crate) fn uuid(id: GUID) -> Uuid {
    Uuid::from_u128(id.to_u128())
}
