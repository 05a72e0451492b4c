//! The queue as seen from beside: by a process that does not run the engine.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use crate::model::{FileRecord, JobRecord};
use crate::vocab::Result;

use super::failure::Fallible;
use super::ledger::Ledger;
use super::{folder, lock, opening, read, schema};

/// A view of the queue that never writes to it and needs no lock.
pub struct Reader {
    connection: Connection,
    folder: PathBuf,
}

impl Reader {
    /// Opens the queue in a folder to look at it. E_FILE_NOT_FOUND if there is
    /// none, BG_E_DATABASE_CORRUPT if it is damaged, BGCOPY_E_STORE_NEWER if a
    /// newer version wrote it.
    pub fn open(folder: &Path) -> Result<Reader> {
        let connection = opening::open_to_read(folder)
            .map_err(|failure| failure.tell(&folder::database(folder)))?;
        Ok(Reader { connection, folder: folder.to_owned() })
    }

    /// All jobs, in order of creation. Those whose row is damaged are
    /// left out.
    pub fn records(&self) -> Result<Vec<JobRecord>> {
        let found = self.look(|connection| {
            let ledger: Ledger = schema::read_meta(connection, &schema::LEDGER)?;
            read::records(connection, ledger.jobs())
        })?;
        Ok(found.records)
    }

    /// A job with its files, in order.
    pub fn load(&self, id: Uuid) -> Result<Option<(JobRecord, Vec<FileRecord>)>> {
        self.look(|connection| read::load(connection, id))
    }

    /// True while a store has the queue open to write.
    pub fn engine_is_running(&self) -> bool {
        lock::is_held(&self.folder)
    }

    /// Runs queries that must see one and the same moment.
    fn look<T>(&self, read: impl FnOnce(&Connection) -> Fallible<T>) -> Result<T> {
        let outcome = self
            .connection
            .unchecked_transaction()
            .map_err(Into::into)
            .and_then(|moment| read(&moment));
        outcome.map_err(|failure| failure.tell(&folder::database(&self.folder)))
    }
}
