//! Local files that are sent.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::OFlags;

use crate::store::Faults;
use crate::vocab::{Error, ErrorContext, Result, code};

use super::Disk;
use super::codes::failed;
use super::names::malformed;
use super::source::version_of;

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

fn facts_of(metadata: &std::fs::Metadata) -> OutgoingFacts {
    OutgoingFacts { size: metadata.len(), version: version_of(metadata) }
}

impl Disk {
    /// Opens a file that is to be sent: E_FILE_NOT_FOUND, E_PATH_NOT_FOUND,
    /// E_ACCESSDENIED, E_DIRECTORY, E_INVALIDARG if it is no file.
    pub fn open_outgoing(&self, path: &Path) -> Result<Outgoing> {
        self.faults.check()?;
        let mut options = OpenOptions::new();
        // A pipe must not make the engine wait for its other end.
        options.read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed());
        let file = options.open(path).map_err(|error| failed(&error, "open", Some(path)))?;
        let look = |error| failed(&error, "look at", Some(path));
        let metadata = file.metadata().map_err(look)?;
        let refuse = |code, what| {
            let why = format!("{} is {what}", path.display());
            Err(Error::with_context(code, ErrorContext::LocalFile, why))
        };
        if metadata.is_dir() {
            return refuse(code::E_DIRECTORY, "a folder");
        }
        if !metadata.is_file() {
            return refuse(code::E_INVALIDARG, "not a file with a length");
        }
        let facts = facts_of(&metadata);
        Ok(Outgoing { file: Arc::new(file), facts, faults: self.faults.clone() })
    }

    /// Checks the local name of a file that is to be sent; codes as
    /// [`Disk::open_outgoing`], and E_INVALIDARG for a malformed path.
    pub fn check_outgoing(&self, local_name: &str) -> Result<()> {
        if let Some(why) = malformed(local_name) {
            let text = format!("{why}: {local_name:?}");
            return Err(Error::with_context(code::E_INVALIDARG, ErrorContext::LocalFile, text));
        }
        self.open_outgoing(Path::new(local_name)).map(|_| ())
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
        self.file.metadata().is_ok_and(|metadata| facts_of(&metadata) == self.facts)
    }

    /// Reads as much as there is, up to the length of `buffer`.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        self.faults.check()?;
        loop {
            match self.file.read_at(buffer, offset) {
                Ok(read) => return Ok(read),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(&error, "read", None)),
            }
        }
    }
}
