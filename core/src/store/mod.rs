//! Job records to disk and back.
//!
//! A folder holds one SQLite database, `queue.db`. One [`Store`] at a time may
//! write there; any number of [`StoreReader`]s may look. What is saved in one
//! [`Batch`] is stored whole or not at all. Every row carries a checksum, so
//! that a damaged record is an error and never a wrong record; a damaged
//! database is set aside, and every job that can still be read is carried over
//! into a new one.

mod calls;
mod cause;
mod failure;
mod faults;
mod folder;
mod history;
mod ledger;
mod listing;
mod lock;
mod migration_1;
mod migration_2;
mod migration_3;
mod opening;
mod pages;
mod read;
mod reader;
mod reserve;
mod row;
mod salvage;
mod schema;
mod server_limits;
mod survey;
mod tally;
mod view;
mod wal;
mod write;

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use crate::model::{FileRecord, HistoryEntry, JobRecord};
use crate::vocab::{JobState, RateLimits, Result};

use cause::traced;
use failure::{Fallible, StoreFailure};
use ledger::Ledger;
use lock::EngineLock;
use reserve::Reserve;

pub use calls::{End, StoredCall, StoredCalls};
pub use faults::Faults;
pub use history::Forgotten;
pub use lock::{Sharing, announce, sharing};
pub use reader::{StoreReader, Survey};
pub use server_limits::{GoodStart, ServerLimits};

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
    /// What is to be remembered of jobs that are deleted.
    pub past: Vec<HistoryEntry>,
    /// What is to be forgotten of jobs that were deleted before.
    pub forgotten: Option<Forgotten>,
    /// The calls to remember from now on, if there are new ones.
    pub calls: Option<&'a StoredCalls>,
    /// What is known of servers from now on, if there is something new.
    pub server_limits: Option<&'a ServerLimits>,
    /// The rate limits of the queue from now on, if they are others.
    pub rate_limits: Option<RateLimits>,
    /// When the queue may transfer from now on, if that is set.
    pub transfer_window: Option<&'a str>,
    /// True if it is a step towards space on a full disk, or keeps it from filling
    /// further: the store's reserve is given up for it.
    pub frees_room: bool,
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
    /// What is given up of a full disk.
    reserve: Reserve,
    damage: Option<Damage>,
    /// True once the jobs were counted.
    is_counted: Cell<bool>,
    #[cfg(test)]
    unreadable: Cell<u64>,
}

impl Store {
    /// Opens the queue in a folder; makes the folder and the queue if they are
    /// missing. E_SHARING_VIOLATION while another store has it open, in whatever
    /// process; BGCOPY_E_STORE_NEWER, with nothing changed, if a newer version
    /// wrote it. A damaged queue is no error: see [`Store::damage`].
    pub fn open(folder: &Path, faults: Faults) -> Result<Store> {
        let opened =
            opening::open(folder, &faults).map_err(|failure| cause::tell(failure, folder))?;
        let opening::Opened { connection, lock, ledger, damage, reserve } = opened;
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
            reserve,
            damage,
            is_counted: Cell::new(false),
            #[cfg(test)]
            unreadable: Cell::new(0),
        })
    }

    /// What was found damaged when the store was opened.
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// Stores all of the batch, or nothing and says why.
    pub fn save(&mut self, batch: &Batch<'_>, durability: Durability) -> Result<()> {
        let mut outcome = self.commit(batch, durability);
        let mut step = reserve::STEP_BYTES;
        while batch.frees_room
            && outcome.as_ref().is_err_and(StoreFailure::is_of_a_full_disk)
            && self.reserve.give(step)
        {
            self.faults.make_room();
            outcome = self.commit(batch, durability);
            step *= 2;
        }
        if outcome.is_ok() {
            self.reserve.fill();
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

    /// True if a power cut may undo a commit.
    #[cfg(test)]
    pub fn owes_sync(&self) -> bool {
        self.owes_sync
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

    /// The jobs that hold a key by what the store says: one, or none. BG_E_DATABASE_CORRUPT
    /// if such a job is damaged.
    pub fn keyed(&self, key: &str) -> Result<Vec<Uuid>> {
        self.look(|connection| listing::keyed(connection, key))
    }

    /// The calls that must not be carried out twice. Damage to them is none to
    /// the jobs.
    pub fn calls(&self) -> StoredCalls {
        schema::read_meta_bytes(&self.connection, &schema::CALLS)
            .map_or_else(|_| StoredCalls::default(), |bytes| StoredCalls::from_bytes(&bytes))
    }

    /// How many requests for one file servers took. Damage to that is none to the jobs.
    pub fn server_limits(&self) -> ServerLimits {
        schema::read_meta_bytes(&self.connection, &schema::SERVER_LIMITS)
            .map_or_else(|_| ServerLimits::default(), |bytes| ServerLimits::from_bytes(&bytes))
    }

    /// The rate limits of the queue: none until some are stored. Damage to them is none to
    /// the jobs.
    pub fn rate_limits(&self) -> RateLimits {
        schema::read_meta(&self.connection, &schema::RATE_LIMITS).unwrap_or_default()
    }

    /// When the queue may transfer: always, unless something is stored. Damage to it is none
    /// to the jobs.
    pub fn transfer_window(&self) -> String {
        schema::read_meta(&self.connection, &schema::TRANSFER_WINDOW).unwrap_or_default()
    }

    /// Jobs that are not final, in the order in which they came, from after a
    /// place in it, with their places. The very first page looks whether the queue
    /// has as many jobs as it should: what this store wrote since is counted.
    pub fn page(&self, after: Option<i64>, limit: usize) -> Result<Vec<(i64, Uuid)>> {
        let page = self.look(|connection| {
            if !self.is_counted.get() {
                read::check_count(connection, self.ledger.jobs())?;
            }
            read::page(connection, after, limit)
        })?;
        self.is_counted.set(true);
        Ok(page)
    }

    /// All jobs, in order of creation. Those whose row is damaged are
    /// left out and counted: see [`Store::unreadable`].
    #[cfg(test)]
    pub fn records(&self) -> Result<Vec<JobRecord>> {
        let mut records = Vec::new();
        let take = |number, row: row::JobRow| row.decode(number).map(Some);
        let page = |place| self.look(|connection| survey::page(connection, place, take));
        let damaged = survey::each(page, |record| {
            records.push(record);
            std::ops::ControlFlow::Continue(())
        })?;
        self.unreadable.set(damaged.len() as u64);
        if !damaged.is_empty() {
            self.distrust();
        }
        Ok(records)
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
        self.faults.check_roomless()?;
        Ok(self.ledger.jobs())
    }

    /// A queue position after all that any job has or had. Each call gives a
    /// higher one.
    pub fn next_queue_position(&mut self) -> Result<u64> {
        self.faults.check_roomless()?;
        self.queue_position += 1;
        Ok(self.queue_position)
    }

    /// Lets the next open look at everything, and salvage what it can if it finds
    /// damage. For a caller who sees a contradiction that no checksum shows: a
    /// job that [`Store::next_runnable`] names and [`Store::load`] does not know.
    pub fn distrust(&self) {
        folder::mark_suspect(&self.folder);
    }

    /// Writes, and says why if it cannot.
    fn commit(&mut self, batch: &Batch<'_>, durability: Durability) -> Fallible<()> {
        self.write(batch, durability).map_err(|failure| {
            self.doubts_log |= failure.is_of_the_disk();
            traced(failure, &self.folder)
        })
    }

    /// Writes, and believes in it once it is committed.
    fn write(&mut self, batch: &Batch<'_>, durability: Durability) -> Fallible<()> {
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

    /// Runs one read. What fails once only is no failure.
    fn look<T>(&self, read: impl Fn(&Connection) -> Fallible<T>) -> Result<T> {
        self.faults.check_roomless()?;
        self.tell(read(&self.connection).or_else(|_| read(&self.connection)))
    }

    /// Turns a failure into what the caller sees. Damage is looked into when the
    /// store is next opened.
    fn tell<T>(&self, outcome: Fallible<T>) -> Result<T> {
        outcome.map_err(|failure| {
            if failure.is_damage() {
                self.distrust();
            }
            cause::tell(failure, &self.folder)
        })
    }
}
