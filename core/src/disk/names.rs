//! Which local names are taken.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::platform::{Facts, is_writable_folder, path_of};
use crate::vocab::{Error, ErrorContext, HResult, PATHS, Result, code};

use super::Disk;

impl Disk {
    /// Checks where a file is to go: E_INVALIDARG for a malformed path or that of
    /// a device, a pipe or a socket, E_PATH_NOT_FOUND if its folder is none,
    /// E_ACCESSDENIED if the folder cannot be written to, E_DIRECTORY if the
    /// target is a folder.
    pub fn check_local_name(&self, local_name: &str) -> Result<()> {
        self.check_local_names(std::iter::once(local_name))
    }

    /// The same for many files. Each folder is looked at once.
    pub fn check_local_names<'a>(&self, mut names: impl Iterator<Item = &'a str>) -> Result<()> {
        let mut checked = BTreeSet::new();
        names.try_for_each(|name| check(name, &mut checked))
    }
}

/// Checks one name; `checked` are the folders that are good.
fn check(local_name: &str, checked: &mut BTreeSet<PathBuf>) -> Result<()> {
    let refuse =
        |code: HResult, why: String| Err(Error::with_context(code, ErrorContext::LocalFile, why));
    if let Some(why) = PATHS.fault_of_file(local_name) {
        return refuse(code::E_INVALIDARG, format!("{why}: {local_name:?}"));
    }
    let path = path_of(local_name);
    let there = Facts::at(&path).ok();
    if let Some(why) = there.as_ref().and_then(|there| special(there, &path)) {
        return refuse(code::E_INVALIDARG, why);
    }
    let Some(folder) = path.parent() else {
        return refuse(code::E_INVALIDARG, "the path names no file".to_owned());
    };
    if !checked.contains(folder) {
        if !folder.is_dir() {
            let why = format!("the folder {} does not exist", folder.display());
            return refuse(code::E_PATH_NOT_FOUND, why);
        }
        if !is_writable_folder(folder) {
            let why = format!("the folder {} cannot be written to", folder.display());
            return refuse(code::E_ACCESSDENIED, why);
        }
        checked.insert(folder.to_owned());
    }
    if there.is_some_and(|there| there.is_folder()) {
        return refuse(code::E_DIRECTORY, format!("{} is a folder", path.display()));
    }
    Ok(())
}

/// Why nothing may be put in the place of what is `there` at a path, or of what that leads
/// to if it is a link: whoever made a device, a pipe or a socket wants to keep it.
pub(super) fn special(there: &Facts, path: &Path) -> Option<String> {
    let is_plain = there.is_file() || there.is_folder();
    let is_special = !is_plain && Facts::behind(path).is_ok_and(|there| there.is_special());
    is_special.then(|| {
        format!(
            "{} is, or leads to, a device, a pipe or a socket, which a download would replace; \
             name a file",
            path.display()
        )
    })
}
