//! VARIANT and its texts: read, written, and the functions for them that programs call.

use std::ffi::c_void;
use std::mem::ManuallyDrop;
use std::ptr::null_mut;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Result};
use windows_core::{HRESULT, IUnknown, Interface};

use crate::abi::*;
use crate::call::{done, refused};
use crate::memory;
use crate::text;

/// What stands before a text: four bytes that align it, and four with its length.
const TEXT_HEAD_BYTES: usize = 8;

/// What a VARIANT holds, of the kinds that properties have.
pub(crate) enum Value {
    Text(String),
    Number(u32),
    Long(u64),
    Truth(bool),
    /// None for an object that is NULL.
    Object(Option<IUnknown>),
}

/// Reads one. E_INVALIDARG for NULL, and for a kind that no property has.
pub(crate) unsafe fn read(place: *const VARIANT) -> Result<Value> {
    let variant = place.as_ref().ok_or_else(|| refused("the value is NULL"))?;
    let value = &variant.value;
    Ok(match variant.vt {
        VT_BSTR if value.bstrVal.is_null() => Value::Text(String::new()),
        VT_BSTR => Value::Text(text_of(value.bstrVal)?),
        VT_UI4 => Value::Number(value.ulVal),
        VT_UI8 => Value::Long(value.ullVal),
        VT_BOOL => Value::Truth(value.boolVal != 0),
        VT_UNKNOWN => Value::Object(IUnknown::from_raw_borrowed(&value.punkVal).cloned()),
        VT_EMPTY => Value::Object(None),
        _ => return Err(refused("no property has a value of that type")),
    })
}

unsafe fn text_of(units: *mut u16) -> Result<String> {
    let units = std::slice::from_raw_parts(units, length(units));
    String::from_utf16(units).map_err(|_| refused("a text is not UTF-16"))
}

/// One that the caller clears with VariantClear.
pub(crate) fn written(value: Value) -> Result<VARIANT> {
    let (vt, value) = match value {
        Value::Text(text) => {
            let units: Vec<_> = text.encode_utf16().collect();
            // SAFETY: the units are there.
            let text = unsafe { allocate(units.as_ptr(), units.len()) };
            if text.is_null() {
                return Err(Error::of(code::E_OUTOFMEMORY));
            }
            (VT_BSTR, VARIANT_VALUE { bstrVal: text })
        }
        Value::Number(number) => (VT_UI4, VARIANT_VALUE { ulVal: number }),
        Value::Long(number) => (VT_UI8, VARIANT_VALUE { ullVal: number }),
        Value::Truth(truth) => (VT_BOOL, VARIANT_VALUE { boolVal: -i16::from(truth) }),
        Value::Object(object) => {
            let object = object.map_or(null_mut(), IUnknown::into_raw);
            (VT_UNKNOWN, VARIANT_VALUE { punkVal: object })
        }
    };
    Ok(VARIANT { vt, reserved: [0; 3], value })
}

/// A text of so many units; those of NULL are zeros. NULL if there is no memory.
unsafe fn allocate(units: *const u16, count: usize) -> *mut u16 {
    let bytes = count.saturating_mul(2);
    let Ok(length) = u32::try_from(bytes) else {
        return null_mut();
    };
    let base = memory::allocate(TEXT_HEAD_BYTES + bytes + 2).cast::<u8>();
    if base.is_null() {
        return null_mut();
    }
    base.add(4).cast::<u32>().write(length);
    let text = base.add(TEXT_HEAD_BYTES).cast::<u16>();
    if units.is_null() {
        std::ptr::write_bytes(text, 0, count);
    } else {
        std::ptr::copy_nonoverlapping(units, text, count);
    }
    text.add(count).write(0);
    text
}

unsafe fn length(text: *const u16) -> usize {
    if text.is_null() { 0 } else { text.cast::<u32>().sub(1).read() as usize / 2 }
}

/// SysAllocString: a copy that is freed with SysFreeString; NULL for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_SysAllocString(source: *const u16) -> *mut u16 {
    match text::length(source) {
        Some(count) => allocate(source, count),
        None => null_mut(),
    }
}

/// SysAllocStringLen: so many units, of which NULs may be some; of NULL, zeros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_SysAllocStringLen(source: *const u16, count: u32) -> *mut u16 {
    allocate(source, count as usize)
}

/// SysFreeString.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_SysFreeString(text: *mut u16) {
    if !text.is_null() {
        libc::free(text.cast::<u8>().sub(TEXT_HEAD_BYTES).cast());
    }
}

/// SysStringLen: the units without the NUL at the end; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_SysStringLen(text: *const u16) -> u32 {
    u32::try_from(length(text)).unwrap_or(u32::MAX)
}

/// VariantInit: empty, whatever was there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_VariantInit(place: *mut VARIANT) {
    if !place.is_null() {
        place.write(empty());
    }
}

/// VariantClear: lets go of what it holds, and leaves it empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_VariantClear(place: *mut VARIANT) -> HRESULT {
    done(|| {
        let variant = place.as_mut().ok_or_else(|| refused("there is no value"))?;
        let old = std::mem::replace(variant, empty());
        match old.vt {
            VT_BSTR => bgcopy_SysFreeString(old.value.bstrVal),
            VT_UNKNOWN => drop(owned(old.value.punkVal)),
            _ => {}
        }
        Ok(())
    })
}

unsafe fn owned(object: *mut c_void) -> Option<IUnknown> {
    let object = ManuallyDrop::new(object);
    (!object.is_null()).then(|| IUnknown::from_raw(*object))
}

fn empty() -> VARIANT {
    VARIANT { vt: VT_EMPTY, reserved: [0; 3], value: VARIANT_VALUE { record: [0; 2] } }
}
