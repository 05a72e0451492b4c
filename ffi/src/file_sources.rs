//! The places that a file can be had from.

use std::ffi::c_char;
use std::mem::size_of;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, FileSource};

use crate::call::{act_with_code, out, read};
use crate::file::bgcopy_file;
use crate::guard::{bgcopy_hresult, guard};
use crate::options::{Versioned, write_sized};
use crate::string::text;
use crate::table::get;
use crate::time;

/// What became of a source of a file. Set size to sizeof(bgcopy_file_source).
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_file_source {
    /// sizeof(bgcopy_file_source): says which fields the caller knows.
    pub size: usize,
    /// A bgcopy_source_kind.
    pub kind: u32,
    /// A bgcopy_source_state.
    pub state: u32,
    /// The code of its last failure since the job was resumed; S_OK if there is none.
    pub code: bgcopy_hresult,
    /// When that was, in steps of 100 ns since 1601; 0 if there is none.
    pub failure_time: u64,
}

impl Versioned for bgcopy_file_source {
    const SMALLEST: usize = size_of::<Self>();
}

impl From<&FileSource> for bgcopy_file_source {
    fn from(source: &FileSource) -> Self {
        let failure = source.failure.as_ref();
        Self {
            size: size_of::<Self>(),
            kind: source.kind.as_u32(),
            state: source.state.as_u32(),
            code: failure.map_or(0, |failure| failure.code.0),
            failure_time: failure.map_or(0, |_| time::from_unix_ms(source.failed_at_ms)),
        }
    }
}

/// Appends another URL of the same content, which is asked when the sources before it fail.
/// Stored at once. What is here stays if the mirror has the same size and strong ETag, or a
/// hash is expected, which then decides; else the mirror serves only once no other source is
/// left, and the file begins anew. Passwords, tokens, Authorization, Cookie and the client
/// certificate go to no mirror of another origin than the remote name's.
///
/// @param url http or https.
/// @return S_OK; S_FALSE if the file has it already; E_INVALIDARG for a bad URL, another
/// scheme, and http where the remote name is https, unless the job has the security flag
/// REDIRECT_ALLOW_HTTPS_TO_HTTP; BGCOPY_E_TOO_MANY_MIRRORS above 16; E_NOTIMPL for an upload;
/// DO_E_INVALID_STATE if the job is completed or cancelled; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_add_mirror(
    file: *mut bgcopy_file,
    url: *const c_char,
) -> bgcopy_hresult {
    act_with_code(file, |file| file.add_mirror(text(url)?))
}

/// Gets how many sources the file has: the remote name and its mirrors.
///
/// @param out_count at least 1.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_source_count(
    file: *mut bgcopy_file,
    out_count: *mut u32,
) -> bgcopy_hresult {
    read(file, out_count, |file| Ok(u32::try_from(file.sources()?.len()).unwrap_or(u32::MAX)))
}

/// Gets a source of the file and what became of it.
///
/// @param place its place in the order in which they are asked: 0 for the remote name.
/// @param out_source its size must be set.
/// @param out_url the caller frees it with bgcopy_string_free.
/// @param out_message why it failed last, NULL if it did not; the caller frees it with
/// bgcopy_string_free.
/// @return S_OK; E_INVALIDARG for a wrong size, and for a place where there is none; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_get_source(
    file: *mut bgcopy_file,
    place: u32,
    out_source: *mut bgcopy_file_source,
    out_url: *mut *mut c_char,
    out_message: *mut *mut c_char,
) -> bgcopy_hresult {
    guard(|| {
        let file = get(file)?;
        let (url, message) = (out(out_url)?, out(out_message)?);
        let mut sources = file.sources()?;
        if place as usize >= sources.len() {
            let text = format!("the file has {} sources, and none at {place}", sources.len());
            return Err(Error::new(code::E_INVALIDARG, text));
        }
        let source = sources.swap_remove(place as usize);
        write_sized(out_source, &bgcopy_file_source::from(&source))?;
        message.set_text(source.failure.map(|failure| failure.message));
        Ok(url.set_text(Some(source.url)))
    })
}
