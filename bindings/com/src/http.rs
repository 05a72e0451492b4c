//! IBackgroundCopyJobHttpOptions to IBackgroundCopyJobHttpOptions3.

use std::ffi::c_void;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    Error, HResult, JobPropertyId, JobState, JobType, PropertyValue, Result, UploadProtocol,
};
use windows_core::{HRESULT, IUnknown, Interface};

use crate::abi::*;
use crate::call::{Place, answer, done, give, missing};
use crate::job::JobObject_Impl;
use crate::text;

const CRYPT_E_NOT_FOUND: HResult = HResult::new(0x8009_2004);
const RPC_X_NULL_REF_POINTER: HResult = HResult::from_win32(1780);
const RPC_X_BAD_STUB_DATA: HResult = HResult::from_win32(1783);

/// The method of uploads to servers of BITS.
const BITS_POST: &str = "BITS_POST";

/// The longest name of a store or a subject, with the NUL.
const CERTIFICATE_NAME_MAX: usize = 256;

impl IBackgroundCopyJobHttpOptions_Impl for JobObject_Impl {
    unsafe fn SetClientCertificateByID(
        &self,
        location: BG_CERT_STORE_LOCATION,
        store: *const u16,
        hash: *const u8,
    ) -> HRESULT {
        done(|| {
            if hash.is_null() {
                return Err(null());
            }
            self.look_up(location, &[store])
        })
    }

    unsafe fn SetClientCertificateByName(
        &self,
        location: BG_CERT_STORE_LOCATION,
        store: *const u16,
        subject: *const u16,
    ) -> HRESULT {
        done(|| self.look_up(location, &[store, subject]))
    }

    unsafe fn RemoveClientCertificate(&self) -> HRESULT {
        done(|| self.job.set_client_certificate(None))
    }

    /// A certificate that is set for the job is a file, which these words cannot name.
    unsafe fn GetClientCertificate(
        &self,
        location: *mut BG_CERT_STORE_LOCATION,
        store: *mut *mut u16,
        hash: *mut *mut u8,
        subject: *mut *mut u16,
    ) -> HRESULT {
        done(|| {
            let is_null = location.is_null() || store.is_null();
            if is_null || hash.is_null() || subject.is_null() {
                return Err(null());
            }
            Place::cleared(store, std::ptr::null_mut())?;
            Place::cleared(hash, std::ptr::null_mut())?;
            Place::cleared(subject, std::ptr::null_mut())?;
            Err(Error::new(RPC_X_BAD_STUB_DATA, "no certificate of a store is set"))
        })
    }

    unsafe fn SetCustomHeaders(&self, headers: *const u16) -> HRESULT {
        done(|| self.job.set_custom_headers(text::maybe(headers)?.as_deref()))
    }

    unsafe fn GetCustomHeaders(&self, place: *mut *mut u16) -> HRESULT {
        answer(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let Some(headers) = self.job.custom_headers()? else {
                return Ok(code::S_FALSE);
            };
            place.put(text::given(&headers)?);
            Ok(code::S_OK)
        })
    }

    unsafe fn SetSecurityFlags(&self, flags: u32) -> HRESULT {
        done(|| self.job.set_security_flags(flags))
    }

    unsafe fn GetSecurityFlags(&self, place: *mut u32) -> HRESULT {
        give(place, || self.job.security_flags())
    }
}

impl JobObject_Impl {
    /// There are no stores of certificates here.
    unsafe fn look_up(&self, location: BG_CERT_STORE_LOCATION, names: &[*const u16]) -> Result<()> {
        for name in names {
            let name = text::maybe(*name)?.ok_or_else(null)?;
            if name.encode_utf16().count() >= CERTIFICATE_NAME_MAX {
                return Err(Error::of(code::BG_E_STRING_TOO_LONG));
            }
        }
        let locations =
            BG_CERT_STORE_LOCATION_CURRENT_USER..=BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE;
        if !locations.contains(&location) {
            return Err(missing("no such place of stores"));
        }
        self.must_be_in_queue()?;
        Err(Error::new(CRYPT_E_NOT_FOUND, "there are no stores of certificates"))
    }
}

impl IBackgroundCopyJobHttpOptions2_Impl for JobObject_Impl {
    /// Of an upload it names the protocol, where that has one method.
    unsafe fn SetHttpMethod(&self, method: *const u16) -> HRESULT {
        done(|| {
            let method = text::required(method)?;
            match self.job.job_type()? {
                JobType::Download => self.job.set_http_method(&method),
                JobType::Upload | JobType::UploadReply => {
                    let protocol = match method.as_str() {
                        BITS_POST if self.upload_protocol()? == UploadProtocol::Auto => {
                            return self.must_be_in_queue();
                        }
                        BITS_POST => UploadProtocol::Bits,
                        "PUT" => UploadProtocol::Put,
                        "POST" => UploadProtocol::Post,
                        _ => return Err(missing("no protocol of uploads has that method")),
                    };
                    let value = PropertyValue::Dword(protocol.as_u32());
                    self.job.set_property(JobPropertyId::UploadProtocol.as_u32(), value)
                }
            }
        })
    }

    unsafe fn GetHttpMethod(&self, place: *mut *mut u16) -> HRESULT {
        done(|| {
            text::give(place, || match self.job.job_type()? {
                JobType::Download => self.job.http_method().map(Some),
                JobType::Upload | JobType::UploadReply => {
                    let method = match self.upload_protocol()? {
                        UploadProtocol::Auto | UploadProtocol::Bits => BITS_POST,
                        UploadProtocol::Put => "PUT",
                        UploadProtocol::Post => "POST",
                        UploadProtocol::Tus
                        | UploadProtocol::Ietf
                        | UploadProtocol::PutRange
                        | UploadProtocol::S3 => {
                            return Err(missing("the protocol of the upload has several methods"));
                        }
                    };
                    Ok(Some(method.to_owned()))
                }
            })
        })
    }
}

impl JobObject_Impl {
    fn upload_protocol(&self) -> Result<UploadProtocol> {
        let value = self.job.property(JobPropertyId::UploadProtocol.as_u32())?;
        let PropertyValue::Dword(number) = value else {
            return Ok(UploadProtocol::default());
        };
        Ok(UploadProtocol::from_u32(number).unwrap_or_default())
    }
}

impl IBackgroundCopyJobHttpOptions3_Impl for JobObject_Impl {
    /// A check that is not made must not be taken for one that is.
    unsafe fn SetServerCertificateValidationInterface(&self, object: *mut c_void) -> HRESULT {
        done(|| {
            match self.job.state()? {
                JobState::Suspended | JobState::Error | JobState::Transferred => {}
                JobState::Queued
                | JobState::Connecting
                | JobState::Transferring
                | JobState::TransientError => {
                    return Err(Error::of(code::BG_E_READ_ONLY_WHEN_JOB_ACTIVE));
                }
                JobState::Acknowledged | JobState::Cancelled => {
                    return Err(Error::of(code::BG_E_INVALID_STATE));
                }
            }
            let Some(object) = IUnknown::from_raw_borrowed(&object) else {
                return Ok(());
            };
            object
                .cast::<IBackgroundCopyServerCertificateValidationCallback>()
                .map_err(|_| Error::of(code::E_NOINTERFACE))?;
            Err(missing("certificates are not shown to the program"))
        })
    }

    unsafe fn MakeCustomHeadersWriteOnly(&self) -> HRESULT {
        done(|| self.job.make_custom_headers_write_only())
    }
}

fn null() -> Error {
    Error::new(RPC_X_NULL_REF_POINTER, "a pointer is NULL")
}
