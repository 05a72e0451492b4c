//! Job records to disk and back.
//!
//! A folder holds one SQLite database, `queue.db`. One [`Store`] at a time may
//! write there; any number of [`Reader`]s may look. What is saved in one
//! [`Batch`] is stored whole or not at all. Every row carries a checksum, so
//! that a damaged record is an error and never a wrong record; a damaged
//! database is set aside, and every job that can still be read is carried over
//! into a new one.

mod calls;
mod failure;
mod faults;
mod folder;
mod ledger;
mod lock;
mod migration_1;
mod opening;
mod pages;
mod read;
mod reader;
mod row;
mod salvage;
mod schema;
mod wal;
mod write;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use crate::model::{FileRecord, JobRecord};
use crate::vocab::{JobState, Result};

use failure::Fallible;
use ledger::Ledger;
use lock::EngineLock;

pub use calls::{Call, Calls, End};
pub use faults::Faults;
pub use lock::{Sharing, announce, sharing};
pub use reader::Reader;

/// What a commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The death of the process.
    Kill,
    /// A power cut, too: the commit is on the disk when the call returns.
    PowerCut,
}

/// What is to be stored together.
#[derive(Debug, Default)]
pub struct Batch<'a> {
    /// New and changed jobs.
    pub jobs: Vec<&'a JobRecord>,
    /// New and changed files: the job, the index in it, the record. The job is in
    /// this batch or stored already.
    pub files: Vec<(Uuid, u32, &'a FileRecord)>,
    /// Jobs to delete with all their files. It is no error if they are gone.
    pub deleted: Vec<Uuid>,
    /// The calls to remember from now on, if there are new ones.
    pub calls: Option<&'a Calls>,
}

/// What was found damaged when the store was opened, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The damaged database, kept under a new name.
    pub kept_at: PathBuf,
    /// Jobs carried over into the new database.
    pub jobs_saved: u64,
    /// Jobs that could not be, as far as is known.
    pub jobs_lost: u64,
    /// What was wrong, in words.
    pub message: String,
}

/// The queue on disk, open for writing.
pub struct Store {
    // Closed before the lock is let go.
    connection: Connection,
    _lock: EngineLock,
    folder: PathBuf,
    faults: Faults,
    ledger: Ledger,
    /// The highest queue position given out, stored or not.
    queue_position: u64,
    /// What the connection does at a commit; None until the first one.
    durability: Option<Durability>,
    /// True if a commit may not survive a power cut.
    owes_sync: bool,
    /// True after a write failed. What the log was thought to hold may then never
    /// reach the disk, although a later sync reports success.
    doubts_log: bool,
    damage: Option<Damage>,
    #[cfg(test)]
    unreadable: std::cell::Cell<u64>,
}

impl Store {
    /// Opens the queue in a folder; makes the folder and the queue if they are
    /// missing. E_SHARING_VIOLATION while another store has it open, in whatever
    /// process; BGCOPY_E_STORE_NEWER, with nothing changed, if a newer version
    /// wrote it. A damaged queue is no error: see [`Store::damage`].
    pub fn open(folder: &Path, faults: Faults) -> Result<Store> {
        let opened = opening::open(folder, &faults)
            .map_err(|failure| failure.tell(&folder::database(folder)))?;
        let opening::Opened { connection, lock, ledger, damage } = opened;
        Ok(Store {
            connection,
            _lock: lock,
            folder: folder.to_owned(),
            faults,
            queue_position: ledger.queue_position,
            ledger,
            durability: None,
            // The process before this one may have left commits unsynced.
            owes_sync: true,
            doubts_log: false,
            damage,
            #[cfg(test)]
            unreadable: std::cell::Cell::new(0),
        })
    }

    /// What was found damaged when the store was opened.
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// Stores all of the batch, or nothing and says why.
    pub fn save(&mut self, batch: &Batch<'_>, durability: Durability) -> Result<()> {
        let outcome = self.commit(batch, durability);
        if let Err(failure) = &outcome {
            self.doubts_log |= failure.is_of_the_disk();
        }
        self.tell(outcome)
    }

    /// Makes every earlier commit survive a power cut.
    pub fn sync(&mut self) -> Result<()> {
        if !self.owes_sync {
            return Ok(());
        }
        self.save(&Batch::default(), Durability::PowerCut)
    }

    /// What is read from now on is of one moment, which is faster, until
    /// [`Store::end_view`] or a write.
    pub fn begin_view(&self) {
        // Without it each read is of a moment of its own.
        _ = self.connection.prepare_cached("BEGIN").and_then(|mut begin| begin.execute([]));
    }

    /// The end of what [`Store::begin_view`] began.
    pub fn end_view(&self) {
        if !self.connection.is_autocommit() {
            // What was only read has nothing to lose.
            _ = self.connection.prepare_cached("COMMIT").and_then(|mut end| end.execute([]));
        }
    }

    /// A job with its files, in order. BG_E_DATABASE_CORRUPT if any of its rows
    /// is damaged or missing.
    pub fn load(&self, id: Uuid) -> Result<Option<(JobRecord, Vec<FileRecord>)>> {
        self.look(|connection| read::load(connection, id))
    }

    /// A job without its files.
    pub fn record(&self, id: Uuid) -> Result<Option<JobRecord>> {
        self.look(|connection| Ok(read::record(connection, id)?.map(|(_, record)| record)))
    }

    /// The calls that must not be carried out twice. Damage to them is none to
    /// the jobs.
    pub fn calls(&self) -> Calls {
        schema::read_meta_bytes(&self.connection, &schema::CALLS)
            .map_or_else(|_| Calls::default(), |bytes| Calls::from_bytes(&bytes))
    }

    /// Jobs that are not final, in the order in which they came, from after a
    /// place in it, with their places. The first page looks whether the queue
    /// has as many jobs as it should.
    pub fn page(&self, after: Option<i64>, limit: usize) -> Result<Vec<(i64, Uuid)>> {
        self.look(|connection| {
            if after.is_none() {
                read::check_count(connection, self.ledger.jobs())?;
            }
            read::page(connection, after, limit)
        })
    }

    /// All jobs, in order of creation. Those whose row is damaged are
    /// left out and counted: see [`Store::unreadable`].
    #[cfg(test)]
    pub fn records(&self) -> Result<Vec<JobRecord>> {
        let found = self.look(|connection| read::records(connection, self.ledger.jobs()))?;
        self.unreadable.set(found.unreadable);
        if found.unreadable + found.misplaced > 0 {
            self.distrust();
        }
        Ok(found.records)
    }

    /// How many jobs the last call of [`Store::records`] had to leave out.
    #[cfg(test)]
    pub fn unreadable(&self) -> u64 {
        self.unreadable.get()
    }

    /// Jobs that want to move with their priority and queue position, in this
    /// order, from after a place in it.
    pub fn next_runnable(
        &self,
        after: Option<(u32, u64)>,
        limit: usize,
    ) -> Result<Vec<(Uuid, u32, u64)>> {
        self.look(|connection| read::next_runnable(connection, after, limit))
    }

    /// Jobs on their way out of the queue.
    pub fn closing(&self) -> Result<Vec<Uuid>> {
        self.look(read::closing)
    }

    /// Jobs that are to wake at this time or before, the longest due first; and
    /// those whose time is so far away that the clock was wrong.
    pub fn due(&self, unix_ms: i64) -> Result<Vec<Uuid>> {
        self.look(|connection| read::due(connection, unix_ms))
    }

    /// When the next job is to wake.
    pub fn next_due(&self) -> Result<Option<i64>> {
        self.look(read::next_due)
    }

    /// Jobs in a state, in the order in which they came, from after a place in
    /// it, with their places.
    pub fn in_state(
        &self,
        state: JobState,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<(i64, Uuid)>> {
        self.look(|connection| read::in_state(connection, state as u32, after, limit))
    }

    /// How many jobs are in each state that any job is in.
    #[cfg(test)]
    pub fn count_by_state(&self) -> Result<std::collections::BTreeMap<u32, u64>> {
        self.faults.check()?;
        Ok(self.ledger.jobs_by_state.clone())
    }

    /// How many jobs there are.
    pub fn job_count(&self) -> Result<u64> {
        self.faults.check()?;
        Ok(self.ledger.jobs())
    }

    /// A queue position after all that any job has or had. Each call gives a
    /// higher one.
    pub fn next_queue_position(&mut self) -> Result<u64> {
        self.faults.check()?;
        self.queue_position += 1;
        Ok(self.queue_position)
    }

    /// Lets the next open look at everything, and salvage what it can if it finds
    /// damage. For a caller who sees a contradiction that no checksum shows: a
    /// job that [`Store::next_runnable`] names and [`Store::load`] does not know.
    pub fn distrust(&self) {
        folder::mark_suspect(&self.folder);
    }

    /// Writes, and believes in it once it is committed.
    fn commit(&mut self, batch: &Batch<'_>, durability: Durability) -> Fallible<()> {
        self.end_view();
        if self.doubts_log {
            self.doubts_log = !write::empty_log(&self.connection)?;
        }
        if self.durability != Some(durability) {
            write::set_durability(&self.connection, durability)?;
            self.durability = Some(durability);
        }
        let owes_sync = match durability {
            Durability::Kill => true,
            Durability::PowerCut => false,
        };
        let touch = self.owes_sync && !owes_sync;
        let Self { connection, ledger, faults, .. } = self;
        self.ledger = write::save(connection, batch, touch, ledger, faults)?;
        self.queue_position = self.queue_position.max(self.ledger.queue_position);
        self.owes_sync = owes_sync;
        Ok(())
    }

    /// Runs one read.
    fn look<T>(&self, read: impl FnOnce(&Connection) -> Fallible<T>) -> Result<T> {
        self.faults.check()?;
        self.tell(read(&self.connection))
    }

    /// Turns a failure into what the caller sees. Damage is looked into when the
    /// store is next opened.
    fn tell<T>(&self, outcome: Fallible<T>) -> Result<T> {
        outcome.map_err(|failure| {
            if failure.is_damage() {
                self.distrust();
            }
            failure.tell(&folder::database(&self.folder))
        })
    }
}
