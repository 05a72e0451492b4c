//! The settings of a job. Setters answer DO_E_INVALID_STATE once the job is
//! final.

use std::ffi::c_char;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, JobPriority, PropertyValue, Result};

use crate::call::{act, choice, read, read_text, yes_or_no};
use crate::guard::bgcopy_hresult;
use crate::guid::bgcopy_guid;
use crate::job::bgcopy_job;
use crate::string::{given, text};

/// The value of a job property, by its type.
#[derive(Clone, Copy)]
#[repr(C)]
pub union bgcopy_property_data {
    /// For DWORD.
    pub dword: u32,
    /// For GUID.
    pub guid: bgcopy_guid,
    /// For ENABLE: 1 or 0.
    pub enable: u32,
    /// For UINT64.
    pub uint64: u64,
    /// For TARGET: a bgcopy_auth_target.
    pub target: u32,
    /// For TEXT: what bgcopy_job_get_property gives is freed with bgcopy_string_free; what
    /// bgcopy_job_set_property gets is only read.
    pub text: *mut c_char,
}

/// The value of a job property (BITS_JOB_PROPERTY_VALUE), with its type. This
/// struct never changes.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_property_value {
    /// A bgcopy_property_type: says which part of data counts.
    pub r#type: u32,
    /// The value.
    pub data: bgcopy_property_data,
}

/// Which part of a bgcopy_property_value counts.
#[derive(Clone, Copy)]
enum Type {
    Dword = 1,
    Guid = 2,
    Enable = 3,
    Uint64 = 4,
    Target = 5,
    Text = 6,
}

/// The types of property values, by name and number.
///
/// cbindgen:ignore
pub const PROPERTY_TYPES: [(&str, u32); 6] = [
    ("DWORD", Type::Dword as u32),
    ("GUID", Type::Guid as u32),
    ("ENABLE", Type::Enable as u32),
    ("UINT64", Type::Uint64 as u32),
    ("TARGET", Type::Target as u32),
    ("TEXT", Type::Text as u32),
];

/// Gives the name shown to people (GetDisplayName).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_display_name(
    job: *mut bgcopy_job,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(job, out_text, |entry| entry.job.display_name())
}

/// Sets the name shown to people (SetDisplayName).
///
/// @param display_name at most 256 characters.
/// @return S_OK; BG_E_STRING_TOO_LONG; DO_E_INVALID_STATE if the job is final;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_display_name(
    job: *mut bgcopy_job,
    display_name: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_display_name(text(display_name)?))
}

/// Gives the description (GetDescription).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_description(
    job: *mut bgcopy_job,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(job, out_text, |entry| entry.job.description())
}

/// Sets the description (SetDescription).
///
/// @param description at most 1,024 characters.
/// @return S_OK; BG_E_STRING_TOO_LONG; DO_E_INVALID_STATE if the job is final;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_description(
    job: *mut bgcopy_job,
    description: *const c_char,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_description(text(description)?))
}

/// Tells the priority (GetPriority): NORMAL unless set.
///
/// @param out_priority a bgcopy_job_priority.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_priority(
    job: *mut bgcopy_job,
    out_priority: *mut u32,
) -> bgcopy_hresult {
    read(job, out_priority, |entry| Ok(entry.job.priority()?.as_u32()))
}

/// Sets the priority (SetPriority). A job of a higher one takes slots from
/// lower ones.
///
/// @param priority a bgcopy_job_priority.
/// @return S_OK; E_NOTIMPL for an unknown one; DO_E_INVALID_STATE if the job is
/// final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_priority(
    job: *mut bgcopy_job,
    priority: u32,
) -> bgcopy_hresult {
    act(job, |entry| {
        let found = JobPriority::from_u32(priority);
        entry.job.set_priority(choice(found, priority, "job priority", code::E_NOTIMPL)?)
    })
}

/// Tells which events the job raises (GetNotifyFlags): JOB_TRANSFERRED and
/// JOB_ERROR unless set.
///
/// @param out_flags BGCOPY_NOTIFY bits.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_notify_flags(
    job: *mut bgcopy_job,
    out_flags: *mut u32,
) -> bgcopy_hresult {
    read(job, out_flags, |entry| entry.job.notify_flags())
}

/// Sets which events the job raises (SetNotifyFlags): both for callbacks and
/// for bgcopy_manager_next_event.
///
/// @param flags BGCOPY_NOTIFY bits.
/// @return S_OK; E_NOTIMPL for unknown bits; DO_E_INVALID_STATE if the job is
/// final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_notify_flags(
    job: *mut bgcopy_job,
    flags: u32,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_notify_flags(flags))
}

/// Tells the shortest wait before a retry, in seconds (GetMinimumRetryDelay).
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_minimum_retry_delay(
    job: *mut bgcopy_job,
    out_seconds: *mut u32,
) -> bgcopy_hresult {
    read(job, out_seconds, |entry| entry.job.minimum_retry_delay())
}

/// Sets the shortest wait before a retry, in seconds (SetMinimumRetryDelay).
///
/// @param seconds below 5 counts as 5; above the no-progress timeout the job is
/// never retried.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_minimum_retry_delay(
    job: *mut bgcopy_job,
    seconds: u32,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_minimum_retry_delay(seconds))
}

/// Tells how long the job may be without progress, in seconds
/// (GetNoProgressTimeout).
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_no_progress_timeout(
    job: *mut bgcopy_job,
    out_seconds: *mut u32,
) -> bgcopy_hresult {
    read(job, out_seconds, |entry| entry.job.no_progress_timeout())
}

/// Sets how long the job may be without progress, in seconds
/// (SetNoProgressTimeout).
///
/// @param seconds 0 makes every error fatal.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 2.2.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_no_progress_timeout(
    job: *mut bgcopy_job,
    seconds: u32,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_no_progress_timeout(seconds))
}

/// Tells how long the job may connect and transfer since the last Resume, in
/// seconds (GetMaximumDownloadTime).
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 3.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_maximum_download_time(
    job: *mut bgcopy_job,
    out_seconds: *mut u32,
) -> bgcopy_hresult {
    read(job, out_seconds, |entry| entry.job.maximum_download_time())
}

/// Sets how long the job may connect and transfer since the last Resume, in
/// seconds (SetMaximumDownloadTime).
///
/// @param seconds beyond it the job goes to ERROR with
/// BG_E_MAXDOWNLOAD_TIMEOUT.
/// @return S_OK; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_maximum_download_time(
    job: *mut bgcopy_job,
    seconds: u32,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_maximum_download_time(seconds))
}

/// Tells a job property (GetProperty).
///
/// @param id a bgcopy_job_property_id.
/// @param out_value the value with its type. If that is TEXT, the caller frees the text with
/// bgcopy_string_free.
/// @return S_OK; DO_E_UNKNOWN_PROPERTY_ID; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_get_property(
    job: *mut bgcopy_job,
    id: u32,
    out_value: *mut bgcopy_property_value,
) -> bgcopy_hresult {
    read(job, out_value, |entry| Ok(entry.job.property(id)?.into()))
}

/// Sets a job property (SetProperty).
///
/// @param id a bgcopy_job_property_id.
/// @param value the value with its type. A text is UTF-8 and stays the caller's.
/// @return S_OK; DO_E_UNKNOWN_PROPERTY_ID; E_INVALIDARG for a value of another
/// type, or for what is no window; BG_E_STRING_TOO_LONG for a window of more than 1,024
/// characters; BG_E_READ_ONLY_PROPERTY_AFTER_RESUME; E_NOTIMPL for HIGH_PERFORMANCE;
/// BG_E_RANDOM_ACCESS_NOT_SUPPORTED for ON_DEMAND_MODE of a job whose files have no ranges to be
/// requested; DO_E_INVALID_STATE if the job is final; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
/// Section 3.4.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_set_property(
    job: *mut bgcopy_job,
    id: u32,
    value: *const bgcopy_property_value,
) -> bgcopy_hresult {
    act(job, |entry| entry.job.set_property(id, property(value)?))
}

impl From<PropertyValue> for bgcopy_property_value {
    fn from(value: PropertyValue) -> Self {
        type Data = bgcopy_property_data;
        let (r#type, data) = match value {
            PropertyValue::Dword(dword) => (Type::Dword, Data { dword }),
            PropertyValue::Guid(guid) => (Type::Guid, Data { guid: guid.into() }),
            PropertyValue::Enable(enable) => (Type::Enable, Data { enable: enable.into() }),
            PropertyValue::Uint64(uint64) => (Type::Uint64, Data { uint64 }),
            PropertyValue::Target(target) => (Type::Target, Data { target }),
            PropertyValue::Text(text) => (Type::Text, Data { text: given(text) }),
        };
        Self { r#type: r#type as u32, data }
    }
}

/// A value of the caller: E_POINTER for NULL, E_INVALIDARG for an unknown type.
unsafe fn property(value: *const bgcopy_property_value) -> Result<PropertyValue> {
    let missing = || Error::new(code::E_POINTER, "the value is NULL");
    let bgcopy_property_value { r#type, data } = value.as_ref().ok_or_else(missing)?;
    let all = [Type::Dword, Type::Guid, Type::Enable, Type::Uint64, Type::Target, Type::Text];
    let found = all.into_iter().find(|one| *one as u32 == *r#type);
    Ok(match choice(found, *r#type, "property type", code::E_INVALIDARG)? {
        Type::Dword => PropertyValue::Dword(data.dword),
        Type::Guid => PropertyValue::Guid(data.guid.into()),
        Type::Enable => PropertyValue::Enable(yes_or_no(data.enable)?),
        Type::Uint64 => PropertyValue::Uint64(data.uint64),
        Type::Target => PropertyValue::Target(data.target),
        Type::Text => PropertyValue::Text(text(data.text)?.to_owned()),
    })
}
