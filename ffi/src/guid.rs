//! Ids of jobs.

use std::ffi::c_char;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Result};
use uuid::Uuid;

use crate::call::out;
use crate::guard::{bgcopy_hresult, guard};
use crate::string::{given, text};

/// An id of 16 bytes, laid out as the GUID of Windows. This struct never
/// changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_guid {
    /// The first group of digits, as a number.
    pub data1: u32,
    /// The second group.
    pub data2: u16,
    /// The third group.
    pub data3: u16,
    /// The last two groups, byte by byte.
    pub data4: [u8; 8],
}

impl From<Uuid> for bgcopy_guid {
    fn from(id: Uuid) -> Self {
        let (data1, data2, data3, data4) = id.as_fields();
        Self { data1, data2, data3, data4: *data4 }
    }
}

impl From<bgcopy_guid> for Uuid {
    fn from(id: bgcopy_guid) -> Self {
        Self::from_fields(id.data1, id.data2, id.data3, &id.data4)
    }
}

/// An id of the caller: E_POINTER for NULL.
pub(crate) unsafe fn id(id: *const bgcopy_guid) -> Result<Uuid> {
    let id = id.as_ref().ok_or_else(|| Error::new(code::E_POINTER, "the id is NULL"))?;
    Ok((*id).into())
}

/// Writes an id as text, like 6f9619ff-8b86-d011-b42d-00c04fc964ff.
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_guid_to_string(
    guid: *const bgcopy_guid,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    guard(|| {
        let id = id(guid)?;
        Ok(out(out_text)?.set(given(id.to_string())))
    })
}

/// Reads an id from text, with or without braces, in either case.
///
/// @return S_OK; E_POINTER; E_INVALIDARG if it is no id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_guid_from_string(
    guid_text: *const c_char,
    out_guid: *mut bgcopy_guid,
) -> bgcopy_hresult {
    guard(|| {
        let guid_text = text(guid_text)?;
        let place = out(out_guid)?;
        let id = Uuid::try_parse(guid_text)
            .map_err(|error| Error::new(code::E_INVALIDARG, format!("no id: {error}")))?;
        Ok(place.set(id.into()))
    })
}
