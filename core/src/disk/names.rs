//! Which local names are taken.

use std::path::Path;

use crate::platform::is_writable_folder;
use crate::vocab::{Error, ErrorContext, HResult, PATHS, Result, code};

use super::Disk;

impl Disk {
    /// Checks where a file is to go: E_INVALIDARG for a malformed path,
    /// E_PATH_NOT_FOUND if its folder is none, E_ACCESSDENIED if the folder
    /// cannot be written to, E_DIRECTORY if the target is a folder.
    pub fn check_local_name(&self, local_name: &str) -> Result<()> {
        let refuse = |code: HResult, why: String| {
            Err(Error::with_context(code, ErrorContext::LocalFile, why))
        };
        if let Some(why) = PATHS.fault_of_file(local_name) {
            return refuse(code::E_INVALIDARG, format!("{why}: {local_name:?}"));
        }
        let path = Path::new(local_name);
        let Some(folder) = path.parent() else {
            return refuse(code::E_INVALIDARG, "the path names no file".to_owned());
        };
        if !folder.is_dir() {
            let why = format!("the folder {} does not exist", folder.display());
            return refuse(code::E_PATH_NOT_FOUND, why);
        }
        if !is_writable_folder(folder) {
            let why = format!("the folder {} cannot be written to", folder.display());
            return refuse(code::E_ACCESSDENIED, why);
        }
        if std::fs::symlink_metadata(path).is_ok_and(|there| there.is_dir()) {
            return refuse(code::E_DIRECTORY, format!("{local_name} is a folder"));
        }
        Ok(())
    }
}
