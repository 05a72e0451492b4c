//! Codes, ids and values of properties. The enumerations are in `enums.rs`.

use bgcopy_core::{HResult, PropertyValue};
use uuid::Uuid;

uniffi::custom_type!(HResult, i32, {
    remote,
    lower: |code| code.0,
    try_lift: |bits| Ok(HResult(bits)),
});

uniffi::custom_type!(Uuid, String, {
    remote,
    lower: |id| id.to_string(),
    try_lift: |text| Ok(Uuid::parse_str(&text)?),
});

/// The published name of a code, such as `DO_E_INVALID_STATE`; nothing for a
/// code without one.
#[uniffi::export]
pub fn code_name(hresult: HResult) -> Option<String> {
    hresult.name()
}

/// A readable sentence for any code (GetErrorDescription).
#[uniffi::export]
pub fn code_text(hresult: HResult) -> String {
    hresult.text()
}

/// The value of a job property (BITS_JOB_PROPERTY_VALUE).
#[uniffi::remote(Enum)]
pub enum PropertyValue {
    /// A number of 32 bits.
    Dword(u32),
    /// An id.
    Guid(Uuid),
    /// On or off.
    Enable(bool),
    /// A number of 64 bits.
    Uint64(u64),
    /// An authentication target.
    Target(u32),
    /// A text.
    Text(String),
}
