//! Local files that are sent.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use crate::platform::{Facts, open_to_read, path_of, read_at};
use crate::store::Faults;
use crate::vocab::{Error, ErrorContext, PATHS, Result, code};

use super::Disk;
use super::codes::failed;

/// What names the content of a local file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingFacts {
    /// In bytes.
    pub size: u64,
    /// Changes whenever the file does.
    pub version: String,
}

/// A file that is being sent, open for reading.
#[derive(Clone, Debug)]
pub struct Outgoing {
    file: Arc<File>,
    facts: OutgoingFacts,
    faults: Faults,
}

fn facts_of(found: &Facts) -> OutgoingFacts {
    OutgoingFacts { size: found.length(), version: found.version() }
}

impl Disk {
    /// Opens a file that is to be sent: E_FILE_NOT_FOUND, E_PATH_NOT_FOUND,
    /// E_ACCESSDENIED, E_DIRECTORY, E_INVALIDARG if it is no file.
    pub fn open_outgoing(&self, path: &Path) -> Result<Outgoing> {
        self.faults.check()?;
        let file = open_to_read(path).map_err(|error| failed(&error, "open", Some(path)))?;
        let look = |error| failed(&error, "look at", Some(path));
        let found = Facts::of(&file).map_err(look)?;
        let refuse = |code, what| {
            let why = format!("{} is {what}", path.display());
            Err(Error::with_context(code, ErrorContext::LocalFile, why))
        };
        if found.is_folder() {
            return refuse(code::E_DIRECTORY, "a folder");
        }
        if !found.is_file() {
            return refuse(code::E_INVALIDARG, "not a file with a length");
        }
        let facts = facts_of(&found);
        Ok(Outgoing { file: Arc::new(file), facts, faults: self.faults.clone() })
    }

    /// Checks the local name of a file that is to be sent; codes as
    /// [`Disk::open_outgoing`], and E_INVALIDARG for a malformed path.
    pub fn check_outgoing(&self, local_name: &str) -> Result<()> {
        if let Some(why) = PATHS.fault_of_file(local_name) {
            let text = format!("{why}: {local_name:?}");
            return Err(Error::with_context(code::E_INVALIDARG, ErrorContext::LocalFile, text));
        }
        self.open_outgoing(&path_of(local_name)).map(|_| ())
    }
}

impl Outgoing {
    /// What named its content when it was opened.
    pub fn facts(&self) -> &OutgoingFacts {
        &self.facts
    }

    /// True if it was not written to since it was opened, as far as its size
    /// and time tell.
    pub fn is_unchanged(&self) -> bool {
        Facts::of(&self.file).is_ok_and(|found| facts_of(&found) == self.facts)
    }

    /// Reads as much as there is, up to the length of `buffer`.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        self.faults.check()?;
        loop {
            match read_at(&self.file, buffer, offset) {
                Ok(read) => return Ok(read),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(&error, "read", None)),
            }
        }
    }
}
