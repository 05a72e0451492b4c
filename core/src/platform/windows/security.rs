//! Users and rights.

use std::ffi::c_void;
use std::io::{Error, ErrorKind, Result};
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr::null_mut;

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, GetSecurityInfo,
    SDDL_REVISION_1, SE_KERNEL_OBJECT,
};
use windows_sys::Win32::Security::{
    GetTokenInformation, OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID,
    SECURITY_ATTRIBUTES, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

/// More than a user's token has: its head and the longest SID, in words.
const TOKEN_USER_WORDS: usize = 32;

/// The user this process runs as, as a text like `S-1-5-21-...`.
pub fn user_sid() -> Result<String> {
    let mut token = null_mut();
    // SAFETY: the handle of the process is always valid.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
        return Err(Error::last_os_error());
    }
    // SAFETY: it was opened just now, and nobody else has it.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    // Words, so that it is aligned.
    let mut buffer = [0_u64; TOKEN_USER_WORDS];
    let (place, mut told) = (buffer.as_mut_ptr().cast::<c_void>(), 0);
    let bytes = size_of_val(&buffer) as u32;
    // SAFETY: the token is open, and the buffer has that many bytes.
    let asked = unsafe {
        GetTokenInformation(token.as_raw_handle(), TokenUser, place, bytes, &raw mut told)
    };
    if asked == 0 {
        return Err(Error::last_os_error());
    }
    // SAFETY: the buffer holds that structure now; its pointer is into the buffer.
    let user = unsafe { &*buffer.as_ptr().cast::<TOKEN_USER>() };
    text_of(user.User.Sid)
}

/// The owner of an open object that is no file.
pub fn owner_sid(object: &impl AsRawHandle) -> Result<String> {
    let (mut owner, mut descriptor): (PSID, PSECURITY_DESCRIPTOR) = (null_mut(), null_mut());
    // SAFETY: the object is open; what is not asked for may be NULL.
    let failed = unsafe {
        GetSecurityInfo(
            object.as_raw_handle(),
            SE_KERNEL_OBJECT,
            OWNER_SECURITY_INFORMATION,
            &raw mut owner,
            null_mut(),
            null_mut(),
            null_mut(),
            &raw mut descriptor,
        )
    };
    if failed != 0 {
        return Err(Error::from_raw_os_error(failed.cast_signed()));
    }
    let _descriptor = Local(descriptor);
    text_of(owner)
}

fn text_of(sid: PSID) -> Result<String> {
    if sid.is_null() {
        return Err(Error::new(ErrorKind::NotFound, "there is no owner"));
    }
    let mut text = null_mut();
    // SAFETY: the SID is a valid one, as the system gave it.
    if unsafe { ConvertSidToStringSidW(sid, &raw mut text) } == 0 {
        return Err(Error::last_os_error());
    }
    let _text = Local(text.cast());
    let mut length = 0;
    // SAFETY: the text ends in a NUL.
    while unsafe { *text.add(length) } != 0 {
        length += 1;
    }
    // SAFETY: it has that many characters before its NUL.
    let characters = unsafe { std::slice::from_raw_parts(text, length) };
    Ok(String::from_utf16_lossy(characters))
}

/// Memory that the system allocated.
struct Local(*mut c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: the system gave it to be freed so, and nobody uses it any more.
        unsafe {
            LocalFree(self.0);
        }
    }
}

/// Who may do what with an object that is to be made.
pub struct Descriptor {
    memory: Local,
}

// SAFETY: it is memory that nobody changes.
unsafe impl Send for Descriptor {}
// SAFETY: likewise.
unsafe impl Sync for Descriptor {}

impl Descriptor {
    /// From a text in the language of Windows for it.
    pub fn from_text(text: &str) -> Result<Self> {
        let text: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut descriptor: PSECURITY_DESCRIPTOR = null_mut();
        // SAFETY: the text ends in a NUL; the length is not asked for.
        let made = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                null_mut(),
            )
        };
        if made == 0 {
            return Err(Error::last_os_error());
        }
        Ok(Self { memory: Local(descriptor) })
    }

    /// What functions of the system take; valid as long as this lives.
    pub fn attributes(&self) -> SECURITY_ATTRIBUTES {
        SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: self.memory.0,
            bInheritHandle: 0,
        }
    }
}
