//! The jobs that have left the queue. They are written in the transaction that
//! deletes the job, and kept for a time and up to a number.
//!
//! Damage to a row of the history is none to the jobs: it is left out.

use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::model::HistoryEntry;
use crate::vocab::Result;

use super::failure::{Fallible, StoreFailure};
use super::pages::{RawRow, Value};
use super::reader::StoreReader;
use super::row::{self, RowChecksum, decode, encode};

/// So long a job is remembered: 30 days.
pub(super) const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// So many jobs are remembered, the last ones.
pub(super) const ENTRIES_MAX: usize = 1000;

/// What is to be forgotten of the history.
#[derive(Clone, Copy, Debug)]
pub enum Forgotten {
    /// All of it.
    All,
    /// One job. It is no error if it is not there.
    Job(Uuid),
}

/// Remembers jobs, and forgets those that are too old or too many. What is too old is
/// measured at the last of the new ones, so that no clock is asked.
pub(super) fn add(connection: &Connection, entries: &[HistoryEntry]) -> Fallible<()> {
    let Some(newest_ms) = entries.iter().map(|entry| entry.ended_ms).max() else {
        return Ok(());
    };
    let last = "SELECT coalesce(max(number), 0) FROM history";
    let mut number: i64 = connection.prepare_cached(last)?.query_row([], |row| row.get(0))?;
    for entry in &entries[entries.len().saturating_sub(ENTRIES_MAX)..] {
        number += 1;
        let record = encode(entry)?;
        let checksum = row_checksum(entry.id, entry.ended_ms, &record);
        insert(connection, number, (entry.id, entry.ended_ms), &record, &checksum)?;
    }
    let kept = i64::try_from(ENTRIES_MAX).unwrap_or(i64::MAX);
    connection
        .prepare_cached("DELETE FROM history WHERE number <= ?1")?
        .execute([number.saturating_sub(kept)])?;
    connection
        .prepare_cached("DELETE FROM history INDEXED BY history_ended WHERE ended_unix_ms < ?1")?
        .execute([newest_ms.saturating_sub(KEPT_MS)])?;
    Ok(())
}

/// Forgets.
pub(super) fn forget(connection: &Connection, forgotten: Forgotten) -> Fallible<()> {
    match forgotten {
        Forgotten::All => connection.prepare_cached("DELETE FROM history")?.execute([])?,
        Forgotten::Job(id) => connection
            .prepare_cached("DELETE FROM history WHERE id = ?1")?
            .execute([id.as_bytes()])?,
    };
    Ok(())
}

/// Carries a row of a damaged database over if it is one of the history and as it was
/// written.
pub(super) fn salvage(connection: &Connection, raw: &RawRow) -> Fallible<()> {
    use Value::{Blob, Integer, Null};
    let [Null, Blob(id), Integer(ended_ms), Blob(record), Blob(checksum)] = raw.values.as_slice()
    else {
        return Ok(());
    };
    let Ok(id) = Uuid::from_slice(id) else {
        return Ok(());
    };
    if checksum.as_slice() == row_checksum(id, *ended_ms, record) {
        insert(connection, raw.rowid, (id, *ended_ms), record, checksum)?;
    }
    Ok(())
}

impl StoreReader {
    /// The jobs that left the queue within the last 30 days, the last one first. `limit`
    /// of them at most.
    pub fn history(&self, now_ms: i64, limit: usize) -> Result<Vec<HistoryEntry>> {
        self.look(|connection| {
            let since_ms = now_ms.saturating_sub(KEPT_MS);
            let mut statement = connection.prepare_cached(
                "SELECT id, ended_unix_ms, record, checksum FROM history NOT INDEXED
                 WHERE ended_unix_ms >= ?1 ORDER BY number DESC LIMIT ?2",
            )?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let mut rows = statement.query(params![since_ms, limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                match entry(row) {
                    Ok(entry) => found.push(entry),
                    Err(failure) if failure.is_damage() => {}
                    Err(failure) => return Err(failure),
                }
            }
            Ok(found)
        })
    }
}

fn insert(
    connection: &Connection,
    number: i64,
    (id, ended_ms): (Uuid, i64),
    record: &[u8],
    checksum: &[u8],
) -> Fallible<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO history (number, id, ended_unix_ms, record, checksum)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![number, id.as_bytes(), ended_ms, record, checksum])?;
    Ok(())
}

fn entry(row: &Row<'_>) -> Fallible<HistoryEntry> {
    let (id, ended_ms) = (Uuid::from_bytes(row.get(0)?), row.get(1)?);
    let (record, checksum): (Vec<u8>, Vec<u8>) = (row.get(2)?, row.get(3)?);
    if checksum.as_slice() != row_checksum(id, ended_ms, &record) {
        return Err(StoreFailure::Damaged(format!("the history of job {id} is damaged")));
    }
    decode(&record)
}

fn row_checksum(id: Uuid, ended_ms: i64, record: &[u8]) -> RowChecksum {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"past");
    hasher.update(id.as_bytes());
    hasher.update(&ended_ms.to_le_bytes());
    hasher.update(record);
    row::shortened(&hasher)
}
