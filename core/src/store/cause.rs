//! The error of the system behind a failure of SQLite, which keeps it to itself.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::platform::{code_of, open_unfollowed};
use crate::vocab::{Error, code};

use super::failure::StoreFailure;
use super::folder;

/// More than SQLite needs to open a database and to add to its log.
const PROBE_BYTES: usize = 64 << 10;

/// The error for the caller of the store in a folder.
pub(super) fn tell(failure: StoreFailure, folder: &Path) -> Error {
    traced(failure, folder).tell(&folder::database(folder))
}

/// The same failure, with the error of the system behind it if that lasts.
pub(super) fn traced(failure: StoreFailure, folder: &Path) -> StoreFailure {
    if !matches!(failure, StoreFailure::Sqlite(_))
        || ![code::E_IO_DEVICE, code::E_ACCESSDENIED].contains(&failure.code())
    {
        return failure;
    }
    match probe(folder) {
        Err(cause) if code_of(&cause).is_some() => StoreFailure::File(cause),
        Ok(()) | Err(_) => failure,
    }
}

/// Makes and deletes a file of a few pages. The database itself is not opened:
/// to close it would let go the locks of a store in the same process.
fn probe(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!("queue.db.probe-{}", std::process::id()));
    let mut options = OpenOptions::new();
    let mut file = open_unfollowed(options.write(true).create(true).truncate(true), &path)?;
    let written = file.write_all(&[1; PROBE_BYTES]).and_then(|()| file.sync_data());
    drop(file);
    std::fs::remove_file(&path)?;
    written
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn cause_of_a_failed_open_is_told() {
        let folder = tempdir().unwrap();
        let told = |code, folder: &Path| {
            let failure = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            tell(StoreFailure::Sqlite(failure), folder).code
        };
        let gone = folder.path().join("gone");
        assert_eq!(told(ffi::SQLITE_CANTOPEN, &gone), code::E_FILE_NOT_FOUND);
        assert_eq!(told(ffi::SQLITE_IOERR, &gone), code::E_FILE_NOT_FOUND);
        // Nothing is wrong any more: SQLite has the last word.
        assert_eq!(told(ffi::SQLITE_CANTOPEN, folder.path()), code::E_ACCESSDENIED);
        assert_eq!(told(ffi::SQLITE_FULL, folder.path()), code::E_DISK_FULL);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the probe is gone");
    }
}
