//! Text in and out.

use std::ffi::{CStr, CString, c_char};

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Result};

use crate::guard::shield;

/// Text of the caller, for the time of the call: E_POINTER for NULL,
/// E_INVALIDARG if it is not UTF-8.
pub(crate) unsafe fn text<'a>(text: *const c_char) -> Result<&'a str> {
    optional_text(text)?.ok_or_else(|| Error::new(code::E_POINTER, "a text is NULL"))
}

/// The same, but NULL is no text.
pub(crate) unsafe fn optional_text<'a>(text: *const c_char) -> Result<Option<&'a str>> {
    if text.is_null() {
        return Ok(None);
    }
    let text = CStr::from_ptr(text);
    text.to_str()
        .map(Some)
        .map_err(|_| Error::new(code::E_INVALIDARG, format!("{text:?} is not valid UTF-8")))
}

/// Text for the caller, who frees it.
pub(crate) fn given(text: String) -> *mut c_char {
    without_nul(text).into_raw()
}

/// C cannot hold a text with a NUL inside: it goes.
pub(crate) fn without_nul(text: String) -> CString {
    CString::new(text).unwrap_or_else(|error| {
        let mut bytes = error.into_vec();
        bytes.retain(|byte| *byte != 0);
        CString::new(bytes).unwrap_or_default()
    })
}

/// Frees a text that a function of this library gave out. NULL is ignored.
///
/// A text is freed once; nothing else may free it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_string_free(text: *mut c_char) {
    shield((), || {
        if !text.is_null() {
            drop(CString::from_raw(text));
        }
    });
}
