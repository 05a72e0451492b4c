//! Which library this is.

use std::ffi::c_char;

/// The version of the library, like "1.2.3". The text belongs to the library
/// and is valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    VERSION.as_ptr().cast()
}
