//! What surrounds every method: no panic gets out, codes are those of BITS, and no pointer is
//! followed that is NULL.

use bgcopy_core::vocab::{catch_panic, code};
use bgcopy_core::{Error, HResult, Result};
use windows_core::HRESULT;

use crate::codes;

/// Runs the body of a method: its code is the answer.
pub(crate) fn answer(body: impl FnOnce() -> Result<HResult>) -> HRESULT {
    HRESULT(match catch_panic(body).flatten() {
        Ok(code) => code.0,
        Err(error) => codes::of_bits(error.code).0,
    })
}

/// The same for a method of Delivery Optimization, whose codes are those of the core.
pub(crate) fn delivered(body: impl FnOnce() -> Result<()>) -> HRESULT {
    HRESULT(match catch_panic(body).flatten() {
        Ok(()) => code::S_OK.0,
        Err(error) => error.code.0,
    })
}

/// The same for a body that answers nothing but success.
pub(crate) fn done(body: impl FnOnce() -> Result<()>) -> HRESULT {
    answer(|| body().map(|()| code::S_OK))
}

/// The same for a method with one result, which is written only on success.
pub(crate) unsafe fn give<T>(place: *mut T, body: impl FnOnce() -> Result<T>) -> HRESULT {
    done(|| {
        let place = Place::new(place)?;
        place.put(body()?);
        Ok(())
    })
}

/// Where a result goes.
pub(crate) struct Place<T>(*mut T);

impl<T> Place<T> {
    /// E_INVALIDARG if it is NULL.
    pub(crate) fn new(place: *mut T) -> Result<Self> {
        if place.is_null() { Err(refused("a result has no place to go")) } else { Ok(Self(place)) }
    }

    /// Where a pointer goes: NULL until there is one.
    pub(crate) unsafe fn cleared(place: *mut T, empty: T) -> Result<Self> {
        let place = Self::new(place)?;
        place.0.write(empty);
        Ok(place)
    }

    pub(crate) fn put(&self, value: T) {
        // SAFETY: the caller of the method has room there for a value of this type.
        unsafe { self.0.write(value) }
    }
}

/// Bad input.
pub(crate) fn refused(message: &str) -> Error {
    Error::new(code::E_INVALIDARG, message)
}

/// What is not there to be had.
pub(crate) fn missing(message: &str) -> Error {
    Error::new(code::E_NOTIMPL, message)
}

/// A slice of what a caller passes: E_INVALIDARG for NULL.
pub(crate) unsafe fn slice<'a, T>(first: *const T, count: u32) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    if first.is_null() {
        return Err(refused("the list is NULL"));
    }
    Ok(std::slice::from_raw_parts(first, count as usize))
}
