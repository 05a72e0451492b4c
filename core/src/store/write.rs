//! Writing: one batch as one transaction.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use uuid::Uuid;

use crate::model::{FileRecord, JobRecord};

use super::failure::{Fallible, StoreFailure};
use super::faults::Faults;
use super::ledger::Ledger;
use super::row::{self, IndexKeys, JobRow};
use super::schema::{
    CALLS, LEDGER, RATE_LIMITS, SERVER_LIMITS, TRANSFER_WINDOW, write_meta, write_meta_bytes,
};
use super::{Batch, Durability, history};

/// How commits are synced from now on. To be called outside of a transaction.
pub(super) fn set_durability(connection: &Connection, durability: Durability) -> Fallible<()> {
    let synchronous = match durability {
        Durability::Kill => "NORMAL",
        Durability::PowerCut => "FULL",
    };
    Ok(connection.pragma_update(None, "synchronous", synchronous)?)
}

/// Writes all of a batch or nothing. Gives the ledger that is true afterwards.
/// With `touch` something is written even if the batch changes nothing: a commit
/// without a change is not synced.
pub(super) fn save(
    connection: &mut Connection,
    batch: &Batch<'_>,
    touch: bool,
    ledger: &Ledger,
    faults: &Faults,
) -> Fallible<Ledger> {
    faults.check()?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut writing = Writing {
        transaction: &transaction,
        faults,
        ledger: ledger.clone(),
        numbers: BTreeMap::new(),
    };
    for record in &batch.jobs {
        writing.job(record)?;
    }
    for (job, index, record) in &batch.files {
        writing.file(*job, *index, record)?;
    }
    for id in &batch.deleted {
        writing.deletion(*id)?;
    }
    if let Some(forgotten) = batch.forgotten {
        faults.check()?;
        history::forget(&transaction, forgotten)?;
    }
    if !batch.past.is_empty() {
        faults.check()?;
        history::add(&transaction, &batch.past)?;
    }
    if let Some(calls) = batch.calls {
        faults.check()?;
        write_meta_bytes(&transaction, &CALLS, &calls.to_bytes())?;
    }
    if let Some(limits) = batch.server_limits {
        faults.check()?;
        write_meta_bytes(&transaction, &SERVER_LIMITS, &limits.to_bytes())?;
    }
    if let Some(rates) = &batch.rate_limits {
        faults.check()?;
        write_meta(&transaction, &RATE_LIMITS, rates)?;
    }
    if let Some(window) = batch.transfer_window {
        faults.check()?;
        write_meta(&transaction, &TRANSFER_WINDOW, &window)?;
    }
    let mut after = writing.ledger;
    after.syncs += u64::from(touch);
    if after != *ledger {
        faults.check()?;
        write_meta(&transaction, &LEDGER, &after)?;
    }
    faults.check()?;
    transaction.commit()?;
    Ok(after)
}

/// Takes everything out of the log into the database and syncs that. False if a
/// reader is in the way.
pub(super) fn empty_log(connection: &Connection) -> Fallible<bool> {
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// A transaction in progress.
struct Writing<'a> {
    transaction: &'a Transaction<'a>,
    faults: &'a Faults,
    ledger: Ledger,
    /// The numbers of jobs seen in this batch.
    numbers: BTreeMap<Uuid, i64>,
}

impl Writing<'_> {
    fn job(&mut self, record: &JobRecord) -> Fallible<()> {
        self.faults.check()?;
        let stored = self.stored(record.id)?;
        let number = match &stored {
            Some((number, _)) => *number,
            None => self.ledger.job_number + 1,
        };
        let row = JobRow::of(number, record)?;
        match stored {
            Some((_, keys)) if keys == row.keys => self.replace_record(number, &row)?,
            Some((_, keys)) => {
                self.replace(number, &row)?;
                self.leave(keys.state)?;
                self.enter(row.keys.state)?;
            }
            None => self.insert(number, &row)?,
        }
        self.ledger.queue_position = self.ledger.queue_position.max(record.queue_position);
        self.numbers.insert(record.id, number);
        Ok(())
    }

    fn file(&mut self, job: Uuid, index: u32, record: &FileRecord) -> Fallible<()> {
        self.faults.check()?;
        let number = match self.numbers.get(&job) {
            Some(number) => *number,
            None => {
                let Some((number, _)) = self.stored(job)? else {
                    let text = format!("a file of job {job}, which is not stored");
                    return Err(StoreFailure::File(std::io::Error::other(text)));
                };
                self.numbers.insert(job, number);
                number
            }
        };
        let (bytes, checksum) = row::file_row(job, index, record)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO files (position, record, checksum) VALUES (?1, ?2, ?3)
                 ON CONFLICT (position) DO UPDATE SET record = ?2, checksum = ?3",
            )?
            .execute(params![row::position(number, index)?, bytes, checksum])?;
        Ok(())
    }

    /// A job that is not there is deleted already.
    fn deletion(&mut self, id: Uuid) -> Fallible<()> {
        self.faults.check()?;
        let Some((number, keys)) = self.stored(id)? else {
            return Ok(());
        };
        delete(self.transaction, number)?;
        self.numbers.remove(&id);
        self.leave(keys.state)
    }

    /// The number of a job and the columns that the indices use.
    fn stored(&self, id: Uuid) -> Fallible<Option<(i64, IndexKeys)>> {
        let mut statement = self.transaction.prepare_cached(
            "SELECT number, state, priority, queue_position, runnable, closing, wake_unix_ms,
                    description, key
             FROM jobs WHERE id = ?1",
        )?;
        let found = statement.query_row([id.as_bytes()], |row| {
            let keys = IndexKeys {
                state: row.get(1)?,
                priority: row.get(2)?,
                queue_position: row.get(3)?,
                runnable: row.get(4)?,
                closing: row.get(5)?,
                wake_unix_ms: row.get(6)?,
                description: row.get(7)?,
                key: row.get(8)?,
            };
            Ok((row.get(0)?, keys))
        });
        Ok(found.optional()?)
    }

    fn insert(&mut self, number: i64, row: &JobRow) -> Fallible<()> {
        if !insert_job(self.transaction, number, row)? {
            return Err(StoreFailure::Damaged(format!("{number} is the number of a job already")));
        }
        self.ledger.job_number = number;
        self.enter(row.keys.state)
    }

    /// The commonest write of all: progress, which no index knows.
    fn replace_record(&self, number: i64, row: &JobRow) -> Fallible<()> {
        self.transaction
            .prepare_cached("UPDATE jobs SET record = ?2, checksum = ?3 WHERE number = ?1")?
            .execute(params![number, row.record, row.checksum])?;
        Ok(())
    }

    fn replace(&self, number: i64, row: &JobRow) -> Fallible<()> {
        let keys = &row.keys;
        self.transaction
            .prepare_cached(
                "UPDATE jobs SET state = ?2, priority = ?3, queue_position = ?4, runnable = ?5,
                                 closing = ?6, wake_unix_ms = ?7, record = ?8, checksum = ?9,
                                 description = ?10, key = ?11
                 WHERE number = ?1",
            )?
            .execute(params![
                number,
                keys.state,
                keys.priority,
                keys.queue_position,
                keys.runnable,
                keys.closing,
                keys.wake_unix_ms,
                row.record,
                row.checksum,
                keys.description,
                keys.key,
            ])?;
        Ok(())
    }

    fn enter(&mut self, state: i64) -> Fallible<()> {
        self.ledger.enter(number_of_state(state)?);
        Ok(())
    }

    fn leave(&mut self, state: i64) -> Fallible<()> {
        if self.ledger.leave(number_of_state(state)?) {
            return Ok(());
        }
        Err(StoreFailure::Damaged(format!("the ledger knows of no job in state {state}")))
    }
}

/// Adds a job. False, with nothing changed, if its number or its id is taken.
pub(super) fn insert_job(connection: &Connection, number: i64, row: &JobRow) -> Fallible<bool> {
    let keys = &row.keys;
    let inserted = connection
        .prepare_cached(
            "INSERT OR IGNORE INTO jobs (number, id, state, priority, queue_position, runnable,
                                         closing, wake_unix_ms, record, checksum, description,
                                         key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            number,
            row.id.as_bytes(),
            keys.state,
            keys.priority,
            keys.queue_position,
            keys.runnable,
            keys.closing,
            keys.wake_unix_ms,
            row.record,
            row.checksum,
            keys.description,
            keys.key,
        ])?;
    Ok(inserted == 1)
}

/// Removes a job and its files.
pub(super) fn delete(connection: &Connection, number: i64) -> Fallible<()> {
    let (first, last) = row::positions(number)?;
    connection
        .prepare_cached("DELETE FROM files WHERE position BETWEEN ?1 AND ?2")?
        .execute([first, last])?;
    connection.prepare_cached("DELETE FROM jobs WHERE number = ?1")?.execute([number])?;
    Ok(())
}

fn number_of_state(state: i64) -> Fallible<u32> {
    u32::try_from(state).map_err(|_| StoreFailure::Damaged(format!("{state} is no state")))
}
