//! What IBackgroundCopyFile3 to IBackgroundCopyFile6 add.

use bgcopy_core::Error;
use bgcopy_core::vocab::code;
use windows_core::HRESULT;

use crate::abi::*;
use crate::call::{Place, done, give};
use crate::file::FileObject_Impl;
use crate::job::give_ranges;
use crate::job_more::ranges_of;
use crate::text;

impl IBackgroundCopyFile3_Impl for FileObject_Impl {
    unsafe fn GetTemporaryName(&self, place: *mut *mut u16) -> HRESULT {
        done(|| text::give(place, || self.file.temporary_name().map(Some)))
    }

    unsafe fn SetValidationState(&self, state: i32) -> HRESULT {
        done(|| self.file.set_validation_state(state != 0))
    }

    unsafe fn GetValidationState(&self, place: *mut i32) -> HRESULT {
        give(place, || Ok(i32::from(self.file.validation_state()?.unwrap_or(false))))
    }

    /// Everything comes from its server.
    unsafe fn IsDownloadedFromPeer(&self, place: *mut i32) -> HRESULT {
        give(place, || self.file.progress().map(|_| 0))
    }
}

impl IBackgroundCopyFile4_Impl for FileObject_Impl {
    unsafe fn GetPeerDownloadStats(&self, origin: *mut u64, peers: *mut u64) -> HRESULT {
        done(|| {
            let (origin, peers) = (Place::new(origin)?, Place::new(peers)?);
            origin.put(self.file.progress()?.bytes_transferred);
            peers.put(0);
            Ok(())
        })
    }
}

impl IBackgroundCopyFile5_Impl for FileObject_Impl {
    unsafe fn SetProperty(&self, id: i32, _value: BITS_FILE_PROPERTY_VALUE) -> HRESULT {
        done(|| {
            Err(Error::of(match id {
                BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS => code::BG_E_READ_ONLY_PROPERTY,
                _ => code::BG_E_UNKNOWN_PROPERTY_ID,
            }))
        })
    }

    unsafe fn GetProperty(&self, id: i32, place: *mut BITS_FILE_PROPERTY_VALUE) -> HRESULT {
        give(place, || {
            if id != BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS {
                return Err(Error::of(code::BG_E_UNKNOWN_PROPERTY_ID));
            }
            let headers = self.file.response_headers()?.map(|head| text::given(&head));
            let headers = headers.transpose()?.unwrap_or(std::ptr::null_mut());
            Ok(BITS_FILE_PROPERTY_VALUE { String: headers })
        })
    }
}

impl IBackgroundCopyFile6_Impl for FileObject_Impl {
    unsafe fn UpdateDownloadPosition(&self, offset: u64) -> HRESULT {
        done(|| self.file.update_download_position(offset))
    }

    unsafe fn RequestFileRanges(&self, count: u32, ranges: *const BG_FILE_RANGE) -> HRESULT {
        done(|| self.file.request_ranges(&ranges_of(ranges, count)?))
    }

    unsafe fn GetFilledFileRanges(
        &self,
        count: *mut u32,
        place: *mut *mut BG_FILE_RANGE,
    ) -> HRESULT {
        done(|| give_ranges(count, place, || self.file.filled_ranges()).map(|_| ()))
    }
}
