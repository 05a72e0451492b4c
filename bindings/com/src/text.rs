//! Texts: UTF-16 outside, UTF-8 inside.

use bgcopy_core::Result;

use crate::call::{Place, refused};
use crate::memory;

/// No text of the API is longer; what is has no end.
const UNITS_MAX: usize = 1 << 20;

/// A text that may be missing. E_INVALIDARG for one that is not UTF-16, or has no end.
pub(crate) unsafe fn maybe(text: *const u16) -> Result<Option<String>> {
    if text.is_null() {
        return Ok(None);
    }
    let length = length(text).ok_or_else(|| refused("a text has no end"))?;
    let units = std::slice::from_raw_parts(text, length);
    String::from_utf16(units).map(Some).map_err(|_| refused("a text is not UTF-16"))
}

/// Its units without the NUL; None for NULL and for one that has no end.
pub(crate) unsafe fn length(text: *const u16) -> Option<usize> {
    if text.is_null() {
        return None;
    }
    (0..UNITS_MAX).find(|&at| *text.add(at) == 0)
}

/// A text: E_INVALIDARG for NULL.
pub(crate) unsafe fn required(text: *const u16) -> Result<String> {
    maybe(text)?.ok_or_else(|| refused("a text is NULL"))
}

/// A text in memory that the caller frees with CoTaskMemFree.
pub(crate) fn given(text: &str) -> Result<*mut u16> {
    let units: Vec<u16> = text.encode_utf16().chain([0]).collect();
    memory::copied(&units)
}

/// Writes a text, or NULL.
pub(crate) unsafe fn give(
    place: *mut *mut u16,
    body: impl FnOnce() -> Result<Option<String>>,
) -> Result<()> {
    let place = Place::cleared(place, std::ptr::null_mut())?;
    if let Some(text) = body()? {
        place.put(given(&text)?);
    }
    Ok(())
}
