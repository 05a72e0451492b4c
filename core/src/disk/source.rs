//! Local files as sources of transfers.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::platform::{Facts, open_to_read, read_at};
use crate::vocab::{Error, ErrorContext, Result, code};

use super::codes::code_of;

/// An open local file that is to be copied.
#[derive(Debug)]
pub struct Source {
    file: File,
    path: PathBuf,
    size: u64,
    version: String,
}

impl Source {
    /// Opens a regular file: E_FILE_NOT_FOUND, E_ACCESSDENIED, E_DIRECTORY;
    /// E_INVALIDARG for a device, a pipe or a socket, which have no end.
    pub fn open(path: &Path) -> Result<Self> {
        let file = open_to_read(path).map_err(|error| refused(&error, "open", path))?;
        let facts = Facts::of(&file).map_err(|error| refused(&error, "look at", path))?;
        if !facts.is_file() {
            let (code, kind) = match facts.is_folder() {
                true => (code::E_DIRECTORY, "a folder"),
                false => (code::E_INVALIDARG, "no regular file"),
            };
            let why = format!("{} is {kind}", path.display());
            return Err(Error::with_context(code, ErrorContext::RemoteFile, why));
        }
        Ok(Self { file, path: path.to_owned(), size: facts.length(), version: facts.version() })
    }

    /// Its size when it was opened, in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// What names its content when it was opened, in the form of an ETag.
    pub fn version(&self) -> &String {
        &self.version
    }

    /// Reads up to the length of `buffer`; 0 at the end.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        loop {
            match read_at(&self.file, buffer, offset) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => return read.map_err(|error| refused(&error, "read", &self.path)),
            }
        }
    }

    /// True if the file at the path still is what was opened.
    pub fn is_unchanged(&self) -> bool {
        Facts::behind(&self.path).is_ok_and(|now| now.version() == self.version)
    }
}

fn refused(error: &std::io::Error, what: &str, path: &Path) -> Error {
    let why = format!("cannot {what} {}: {error}", path.display());
    Error::with_context(code_of(error), ErrorContext::RemoteFile, why)
}
