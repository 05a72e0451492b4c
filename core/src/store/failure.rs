//! What can go wrong in the store, and the code a caller sees of it.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use crate::platform;
use crate::vocab::{Error, ErrorContext, HResult, code};

/// The result of a step inside the store.
pub(super) type Fallible<T> = std::result::Result<T, StoreFailure>;

/// Why a step failed, before the path is added to it.
#[derive(Debug)]
pub(super) enum StoreFailure {
    /// SQLite says so.
    Sqlite(rusqlite::Error),
    /// The file system says so.
    File(io::Error),
    /// What was read cannot be what was written.
    Damaged(String),
    /// The answer is ready.
    Told(Error),
}

impl StoreFailure {
    /// True if what is stored is at fault, and not the moment.
    pub(super) fn is_damage(&self) -> bool {
        match self {
            Self::Sqlite(error) => code_of_sqlite(error) == code::BG_E_DATABASE_CORRUPT,
            Self::Damaged(_) => true,
            Self::File(_) | Self::Told(_) => false,
        }
    }

    /// True if the disk failed at an operation of SQLite. A write that was
    /// refused for want of space did not fail: it did not happen.
    pub(super) fn is_of_the_disk(&self) -> bool {
        match self {
            Self::Sqlite(error) => code_of_sqlite(error) == code::E_IO_DEVICE,
            Self::File(_) | Self::Damaged(_) | Self::Told(_) => false,
        }
    }

    /// True if there is no space on the disk, or no more of it for this user.
    pub(super) fn is_of_a_full_disk(&self) -> bool {
        self.code() == code::E_DISK_FULL
    }

    /// What happened, in words.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Sqlite(error) => error.to_string(),
            Self::File(error) => error.to_string(),
            Self::Damaged(text) => text.clone(),
            Self::Told(error) => error.message.clone(),
        }
    }

    /// The error for the caller.
    pub(super) fn tell(self, path: &Path) -> Error {
        let code = self.code();
        if let Self::Told(error) = self {
            return error;
        }
        let message = format!("{}: {}", path.display(), self.text());
        Error::with_context(code, ErrorContext::GeneralQueueManager, message)
    }

    pub(super) fn code(&self) -> HResult {
        match self {
            Self::Sqlite(error) => code_of_sqlite(error),
            Self::File(error) => code_of_file(error),
            Self::Damaged(_) => code::BG_E_DATABASE_CORRUPT,
            Self::Told(error) => error.code,
        }
    }
}

impl From<rusqlite::Error> for StoreFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<io::Error> for StoreFailure {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<Error> for StoreFailure {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

fn code_of_sqlite(error: &rusqlite::Error) -> HResult {
    // The errors of SQLite and of its binding are lists that may grow.
    #[allow(clippy::wildcard_enum_match_arm)]
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
            ErrorCode::DiskFull => code::E_DISK_FULL,
            // The file ends within a page: it was cut.
            ErrorCode::SystemIoFailure
                if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ =>
            {
                code::BG_E_DATABASE_CORRUPT
            }
            ErrorCode::SystemIoFailure => code::E_IO_DEVICE,
            ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::AuthorizationForStatementDenied
            | ErrorCode::CannotOpen => code::E_ACCESSDENIED,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => code::BG_E_DATABASE_CORRUPT,
            _ => code::E_FAIL,
        },
        // A column holds another kind of value than the store ever writes.
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..) => code::BG_E_DATABASE_CORRUPT,
        _ => code::E_FAIL,
    }
}

fn code_of_file(error: &io::Error) -> HResult {
    // The kinds of an IO error are a list that may grow.
    #[allow(clippy::wildcard_enum_match_arm)]
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => code::E_DISK_FULL,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => code::E_ACCESSDENIED,
        io::ErrorKind::NotFound => code::E_FILE_NOT_FOUND,
        _ => match platform::code_of(error) {
            // Our names are valid: the system means something else by it.
            Some(code::E_INVALID_NAME) | None => code::E_FAIL,
            Some(code) => code,
        },
    }
}
