//! IBackgroundCopyJob2: replies, credentials, and the command line that is refused.

use bgcopy_core::vocab::code;
use bgcopy_core::{AuthScheme, AuthTarget, Error, Result};
use windows_core::HRESULT;

use crate::abi::*;
use crate::call::{Place, answer, done, give, missing, refused};
use crate::job::JobObject_Impl;
use crate::memory;
use crate::text;

impl IBackgroundCopyJob2_Impl for JobObject_Impl {
    /// A queue that runs programs would run those of whoever can write to it.
    unsafe fn SetNotifyCmdLine(&self, program: *const u16, parameters: *const u16) -> HRESULT {
        done(|| {
            let (program, parameters) = (text::maybe(program)?, text::maybe(parameters)?);
            self.must_be_in_queue()?;
            match (program, parameters) {
                (None, None) => Ok(()),
                (None, Some(_)) => Err(refused("parameters without a program")),
                (Some(_), _) => Err(missing("the queue runs no programs")),
            }
        })
    }

    unsafe fn GetNotifyCmdLine(
        &self,
        program: *mut *mut u16,
        parameters: *mut *mut u16,
    ) -> HRESULT {
        done(|| {
            Place::cleared(program, std::ptr::null_mut())?;
            Place::cleared(parameters, std::ptr::null_mut())?;
            self.job.state().map(|_| ())
        })
    }

    unsafe fn GetReplyProgress(&self, place: *mut BG_JOB_REPLY_PROGRESS) -> HRESULT {
        give(place, || {
            let progress = self.job.reply_progress()?;
            Ok(BG_JOB_REPLY_PROGRESS {
                BytesTotal: progress.bytes_total,
                BytesTransferred: progress.bytes_transferred,
            })
        })
    }

    unsafe fn GetReplyData(&self, place: *mut *mut u8, length: *mut u64) -> HRESULT {
        done(|| {
            let place = Place::cleared(place, std::ptr::null_mut())?;
            let length = Place::cleared(length, 0)?;
            match self.job.reply_data() {
                Ok(Some(data)) => {
                    place.put(memory::copied(&data)?);
                    length.put(data.len() as u64);
                    Ok(())
                }
                Ok(None) => Ok(()),
                Err(error) => {
                    if error.code == code::BG_E_TOO_LARGE {
                        length.put(self.job.reply_progress()?.bytes_transferred);
                    }
                    Err(error)
                }
            }
        })
    }

    unsafe fn SetReplyFileName(&self, name: *const u16) -> HRESULT {
        done(|| self.job.set_reply_file_name(text::maybe(name)?.as_deref()))
    }

    unsafe fn GetReplyFileName(&self, place: *mut *mut u16) -> HRESULT {
        done(|| text::give(place, || self.job.reply_file_name()))
    }

    unsafe fn SetCredentials(&self, credentials: *mut BG_AUTH_CREDENTIALS) -> HRESULT {
        done(|| {
            let given = credentials.as_ref().ok_or_else(|| refused("credentials are NULL"))?;
            let target = target(given.Target)?;
            let scheme = scheme(given.Scheme)?;
            let basic = given.Credentials.Basic;
            let (name, password) = (text::maybe(basic.UserName)?, text::maybe(basic.Password)?);
            let needs_both = matches!(scheme, AuthScheme::Basic | AuthScheme::Digest);
            if needs_both && (name.is_none() || password.is_none()) {
                return Err(refused("this scheme needs a name and a password"));
            }
            let (name, password) = (name.unwrap_or_default(), password.unwrap_or_default());
            self.job.set_credentials(target, scheme, &name, &password)
        })
    }

    unsafe fn RemoveCredentials(&self, of: BG_AUTH_TARGET, by: BG_AUTH_SCHEME) -> HRESULT {
        answer(|| self.job.remove_credentials(target(of)?, scheme(by)?))
    }
}

fn target(number: BG_AUTH_TARGET) -> Result<AuthTarget> {
    AuthTarget::from_u32(number.cast_unsigned())
        .ok_or_else(|| Error::of(code::BG_E_INVALID_AUTH_TARGET))
}

fn scheme(number: BG_AUTH_SCHEME) -> Result<AuthScheme> {
    AuthScheme::from_u32(number.cast_unsigned())
        .ok_or_else(|| Error::of(code::BG_E_INVALID_AUTH_SCHEME))
}
