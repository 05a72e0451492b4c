//! Local files as sources of transfers.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::vocab::{Error, ErrorContext, Result, code};

use super::codes::code_of;

/// What names the present content of a local file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// In bytes.
    pub size: u64,
    /// Changes whenever the file does, in the form of an ETag.
    pub version: String,
}

/// Looks at a local file that is to be copied: E_FILE_NOT_FOUND, E_DIRECTORY.
pub fn source_facts(path: &Path) -> Result<SourceFacts> {
    let refuse = |code, why| Error::with_context(code, ErrorContext::RemoteFile, why);
    let metadata = std::fs::metadata(path).map_err(|error| {
        refuse(code_of(&error), format!("cannot look at {}: {error}", path.display()))
    })?;
    if metadata.is_dir() {
        return Err(refuse(code::E_DIRECTORY, format!("{} is a folder", path.display())));
    }
    Ok(facts_of(&metadata))
}

/// The facts that the system tells of a file.
pub(super) fn facts_of(metadata: &std::fs::Metadata) -> SourceFacts {
    let (size, seconds, nanos) = (metadata.len(), metadata.mtime(), metadata.mtime_nsec());
    let version = format!("\"{seconds}.{nanos}-{size}-{}\"", metadata.ino());
    SourceFacts { size, version }
}
