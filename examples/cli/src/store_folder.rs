//! Where the queue is kept.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use bgcopy_core::default_store;

use crate::failure::{Failure, Outcome};
use crate::output::quoted;

/// The folder that was given, else the one the platform has for such things:
/// as an absolute path, because the current folder is nobody's promise. An empty name
/// is none, as it is how shells unset a variable for one command.
pub fn find(given: Option<OsString>) -> Outcome<PathBuf> {
    let folder = match given.filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => default_store().ok_or_else(|| {
            Failure::usage("there is no home folder: name the store with --store")
        })?,
    };
    std::path::absolute(&folder)
        .map_err(|error| Failure::failed(format!("{}: {error}", folder.display())))
}

/// What a command needs besides to work on this store: nothing if it is the
/// default one.
pub fn option(store: &Path) -> String {
    match find(None) {
        Ok(default) if default == store => String::new(),
        Ok(_) | Err(_) => format!(" --store {}", quoted(store.as_os_str())),
    }
}
