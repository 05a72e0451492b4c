//! Which local names are taken.

use std::path::{Component, Path};

use rustix::fs::{Access, access};

use crate::vocab::{Error, ErrorContext, HResult, Result, code, limit};

use super::Disk;

/// The longest name of one file that file systems take.
const NAME_BYTES_MAX: usize = 255;

impl Disk {
    /// Checks where a file is to go: E_INVALIDARG for a malformed path,
    /// E_PATH_NOT_FOUND if its folder is none, E_ACCESSDENIED if the folder
    /// cannot be written to, E_DIRECTORY if the target is a folder.
    pub fn check_local_name(&self, local_name: &str) -> Result<()> {
        let refuse = |code: HResult, why: String| {
            Err(Error::with_context(code, ErrorContext::LocalFile, why))
        };
        if let Some(why) = malformed(local_name) {
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
        if access(folder, Access::WRITE_OK | Access::EXEC_OK).is_err() {
            let why = format!("the folder {} cannot be written to", folder.display());
            return refuse(code::E_ACCESSDENIED, why);
        }
        if std::fs::symlink_metadata(path).is_ok_and(|there| there.is_dir()) {
            return refuse(code::E_DIRECTORY, format!("{local_name} is a folder"));
        }
        Ok(())
    }
}

pub(super) fn malformed(local_name: &str) -> Option<&'static str> {
    if local_name.is_empty() {
        return Some("the local name is empty");
    }
    if !local_name.starts_with('/') {
        return Some("the local name is not an absolute path");
    }
    if local_name.len() > limit::LOCAL_NAME_BYTES_MAX {
        return Some("the local name is too long");
    }
    if local_name.chars().any(char::is_control) {
        return Some("the local name contains a control character");
    }
    let plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
    let has_dots = local_name.split('/').any(|part| part == "." || part == "..");
    if has_dots || !Path::new(local_name).components().all(plain) {
        return Some("the local name contains . or ..");
    }
    match local_name.rsplit('/').next() {
        None | Some("") => Some("the local name ends in a slash"),
        Some(name) if name.len() > NAME_BYTES_MAX => Some("the name of the file is too long"),
        Some(_) => None,
    }
}
