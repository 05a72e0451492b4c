//! Lists of checksums.

use std::ffi::{c_char, c_void};

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, parse_checksum_list};

use crate::guard::{bgcopy_hresult, guard};
use crate::string::without_nul;

/// One line of a list of checksums. Its texts are good for the time of the callback.
#[repr(C)]
pub struct bgcopy_listed_checksum {
    /// The name of the file in the list, with `/` between folders; "" for a digest without a
    /// name. It never begins with `/` and has no `..`.
    pub name: *const c_char,
    /// In lower-case hexadecimal digits.
    pub digest: *const c_char,
    /// A bgcopy_hash_algorithm.
    pub algorithm: u32,
}

/// Gets a line of a list of checksums. A failure code ends the call with E_ABORT.
pub type bgcopy_checksum_callback = Option<
    unsafe extern "C" fn(line: *const bgcopy_listed_checksum, user: *mut c_void) -> bgcopy_hresult,
>;

/// Reads a list of checksums: lines of sha256sum and sha512sum (`DIGEST  NAME`), of BSD
/// (`SHA256 (NAME) = DIGEST`), or a digest alone. Blank lines, comments and lines of functions
/// that are not supported, as MD5 and SHA-1, are skipped. Of a text that is signed by OpenPGP the
/// message is read; the signature is not checked.
///
/// @param text UTF-8; need not end in a NUL.
/// @param length its bytes.
/// @param callback called for each line, by the thread that makes the call, once all of the
/// list is read. It must not be NULL.
/// @param user for the callback.
/// @return S_OK; BGCOPY_E_CHECKSUM_LIST for what is no such list, with the number of the line in
/// the message; E_ABORT; E_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_parse_checksum_list(
    text: *const c_char,
    length: usize,
    callback: bgcopy_checksum_callback,
    user: *mut c_void,
) -> bgcopy_hresult {
    guard(|| {
        let Some(callback) = callback else {
            return Err(Error::new(code::E_POINTER, "the callback is NULL"));
        };
        if text.is_null() && length > 0 {
            return Err(Error::new(code::E_POINTER, "the text is NULL"));
        }
        // Nothing can be as long as not to fit an isize.
        let text = match isize::try_from(length) {
            Ok(0) => &[][..],
            // SAFETY: the caller's text has so many bytes.
            Ok(_) => std::slice::from_raw_parts(text.cast::<u8>(), length),
            Err(_) => return Err(Error::new(code::E_INVALIDARG, "the length is not valid")),
        };
        for line in parse_checksum_list(text)? {
            let (name, digest) = (without_nul(line.name), without_nul(line.digest));
            let line = bgcopy_listed_checksum {
                name: name.as_ptr(),
                digest: digest.as_ptr(),
                algorithm: line.algorithm.as_u32(),
            };
            if callback(&line, user) < 0 {
                return Err(Error::new(code::E_ABORT, "the callback has ended the call"));
            }
        }
        Ok(code::S_OK)
    })
}
