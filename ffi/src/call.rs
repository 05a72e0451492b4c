//! The shapes that most functions have.

use std::ffi::c_char;
use std::ptr;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, HResult, Result};

use crate::guard::{bgcopy_hresult, guard};
use crate::string::given;
use crate::table::{Handle, get};

/// Where an answer goes, once the call has succeeded.
pub(crate) struct Out<T>(*mut T);

/// E_POINTER if there is nowhere to put the answer.
pub(crate) unsafe fn out<T>(place: *mut T) -> Result<Out<T>> {
    if place.is_null() {
        return Err(Error::new(code::E_POINTER, "the place for the result is NULL"));
    }
    Ok(Out(place))
}

impl<T> Out<T> {
    /// Puts the answer there.
    pub(crate) fn set(self, value: T) -> HResult {
        // SAFETY: `out` was promised a place that may be written, and NULL was refused.
        unsafe { self.0.write(value) };
        code::S_OK
    }
}

impl Out<*mut c_char> {
    /// Puts text there, which the caller frees: S_FALSE and NULL for none.
    pub(crate) fn set_text(self, text: Option<String>) -> HResult {
        let Some(text) = text else {
            self.set(ptr::null_mut());
            return code::S_FALSE;
        };
        self.set(given(text))
    }
}

/// Asks the object behind a handle for one value.
pub(crate) unsafe fn read<H: Handle, T>(
    handle: *mut H,
    place: *mut T,
    ask: impl FnOnce(&H::Object) -> Result<T>,
) -> bgcopy_hresult {
    guard(|| {
        let object = get(handle)?;
        let place = out(place)?;
        Ok(place.set(ask(&object)?))
    })
}

/// The same for a value that may be missing: S_FALSE, and `missing` in its place.
pub(crate) unsafe fn read_optional<H: Handle, T>(
    handle: *mut H,
    place: *mut T,
    missing: T,
    ask: impl FnOnce(&H::Object) -> Result<Option<T>>,
) -> bgcopy_hresult {
    guard(|| {
        let object = get(handle)?;
        let place = out(place)?;
        let Some(value) = ask(&object)? else {
            place.set(missing);
            return Ok(code::S_FALSE);
        };
        Ok(place.set(value))
    })
}

/// The same for text.
pub(crate) unsafe fn read_text<H: Handle>(
    handle: *mut H,
    place: *mut *mut c_char,
    ask: impl FnOnce(&H::Object) -> Result<String>,
) -> bgcopy_hresult {
    read(handle, place, |object| ask(object).map(given))
}

/// The same for text that may be missing: S_FALSE and NULL.
pub(crate) unsafe fn read_optional_text<H: Handle>(
    handle: *mut H,
    place: *mut *mut c_char,
    ask: impl FnOnce(&H::Object) -> Result<Option<String>>,
) -> bgcopy_hresult {
    read_optional(handle, place, ptr::null_mut(), |object| Ok(ask(object)?.map(given)))
}

/// Lets the object behind a handle do something.
pub(crate) fn act<H: Handle>(
    handle: *mut H,
    action: impl FnOnce(&H::Object) -> Result<()>,
) -> bgcopy_hresult {
    guard(|| action(&*get(handle)?).map(|()| code::S_OK))
}

/// The same where success has several codes.
pub(crate) fn act_with_code<H: Handle>(
    handle: *mut H,
    action: impl FnOnce(&H::Object) -> Result<HResult>,
) -> bgcopy_hresult {
    guard(|| action(&*get(handle)?))
}

/// A number that must be one of an enumeration: else the code.
pub(crate) fn choice<T>(found: Option<T>, number: u32, what: &str, code: HResult) -> Result<T> {
    found.ok_or_else(|| Error::new(code, format!("{number} is no {what}")))
}

/// A yes or no: E_INVALIDARG for anything but 0 and 1.
pub(crate) fn yes_or_no(number: u32) -> Result<bool> {
    match number {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::new(code::E_INVALIDARG, format!("{number} is neither 0 nor 1"))),
    }
}

/// An array of the caller, for the time of the call: E_POINTER for NULL,
/// unless it is empty.
pub(crate) unsafe fn list<'a, T>(first: *const T, count: u32) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    if first.is_null() {
        return Err(Error::new(code::E_POINTER, "the array is NULL"));
    }
    Ok(std::slice::from_raw_parts(first, count as usize))
}

/// E_POINTER if there is no room for so many.
pub(crate) fn must_have_room<T>(places: *mut T, capacity: u32) -> Result<()> {
    if places.is_null() && capacity > 0 {
        return Err(Error::new(code::E_POINTER, "the place for the list is NULL"));
    }
    Ok(())
}

/// Copies as much of a list as fits, and says how long it is: S_FALSE if not
/// all of it fits.
pub(crate) unsafe fn fill<T: Copy>(
    values: &[T],
    capacity: u32,
    places: *mut T,
    count: Out<u32>,
) -> Result<HResult> {
    must_have_room(places, capacity)?;
    let fitting = values.len().min(capacity as usize);
    if fitting > 0 {
        ptr::copy_nonoverlapping(values.as_ptr(), places, fitting);
    }
    count.set(u32::try_from(values.len()).unwrap_or(u32::MAX));
    Ok(if fitting == values.len() { code::S_OK } else { code::S_FALSE })
}
