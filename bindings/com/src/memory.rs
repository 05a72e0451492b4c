//! The memory that passes between the library and a program: that of CoTaskMemAlloc.

use std::ffi::c_void;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Result};

/// A copy that the caller frees with CoTaskMemFree.
pub(crate) fn copied<T: Copy>(values: &[T]) -> Result<*mut T> {
    let place = allocate(size_of_val(values)).cast::<T>();
    if place.is_null() {
        return Err(Error::of(code::E_OUTOFMEMORY));
    }
    // SAFETY: the new memory has room for them and is aligned for any type.
    unsafe { std::ptr::copy_nonoverlapping(values.as_ptr(), place, values.len()) };
    Ok(place)
}

/// Memory; of no bytes, too.
pub(crate) fn allocate(size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    unsafe { libc::malloc(size.max(1)) }
}
