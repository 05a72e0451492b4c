//! What surrounds every call: no panic gets out, and a failure leaves its
//! message behind.

use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use bgcopy_core::vocab::catch_panic;
use bgcopy_core::{ErrorContext, HResult, Result};

use crate::string::{given, without_nul};

/// A result code: negative means failure.
pub type bgcopy_hresult = i32;

struct LastError {
    message: CString,
    context: ErrorContext,
}

thread_local! {
    static LAST_ERROR: RefCell<Option<LastError>> = const { RefCell::new(None) };
}

/// Runs the body of a call: its code is the result, its error is kept for
/// [`bgcopy_last_error_message`], and a panic becomes E_UNEXPECTED.
pub(crate) fn guard(body: impl FnOnce() -> Result<HResult>) -> bgcopy_hresult {
    let (code, error) = match catch_panic(body).flatten() {
        Ok(code) => (code, None),
        Err(error) => (
            error.code,
            Some(LastError { message: without_nul(error.message), context: error.context }),
        ),
    };
    // A thread that is ending has no place left for its message.
    _ = LAST_ERROR.try_with(|last| last.replace(error));
    code.0
}

/// Runs the body of a function that has no code to return.
pub(crate) fn shield<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

/// What the last call of this thread failed of, in one sentence; an empty
/// text if it did not fail.
///
/// The text belongs to the library and is valid until this thread's next call
/// of any function that returns a bgcopy_hresult.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_last_error_message() -> *const c_char {
    LAST_ERROR
        .try_with(|last| {
            last.borrow().as_ref().map_or(c"".as_ptr(), |error| error.message.as_ptr())
        })
        .unwrap_or(c"".as_ptr())
}

/// What kind of thing the last call of this thread failed at: a
/// bgcopy_error_context; NONE if it was the call itself, or if it did not
/// fail.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_last_error_context() -> u32 {
    LAST_ERROR
        .try_with(|last| last.borrow().as_ref().map_or(ErrorContext::None, |error| error.context))
        .unwrap_or(ErrorContext::None)
        .as_u32()
}

/// Names any code in one line: its number, its name if it has one, and what it
/// means, as in "0x80D02004 DO_E_JOB_EMPTY: the job has no files". The message
/// of the last failed call stays.
///
/// @return a text that the caller frees with bgcopy_string_free.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_hresult_to_string(code: bgcopy_hresult) -> *mut c_char {
    shield(std::ptr::null_mut(), || {
        let code = HResult(code);
        given(format!("{code}: {}", code.text()))
    })
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;

    use bgcopy_core::vocab::code;

    use super::*;

    #[test]
    #[allow(clippy::panic, reason = "the panic is what is tested")]
    fn a_panic_becomes_a_code_with_a_message() {
        let answer = guard(|| panic!("the moon is {}", "full"));
        assert_eq!(answer, code::E_UNEXPECTED.0);
        // SAFETY: the message is valid until the next call of this thread.
        let message = unsafe { CStr::from_ptr(bgcopy_last_error_message()) };
        assert_eq!(message.to_str(), Ok("internal error: the moon is full"));
        assert_eq!(guard(|| Ok(code::S_FALSE)), 1);
        // SAFETY: as above.
        assert!(unsafe { CStr::from_ptr(bgcopy_last_error_message()) }.is_empty());
    }
}
