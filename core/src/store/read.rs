//! Reading: the queries that the store and the reader share.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::model::{FileRecord, FileStage, JobRecord};
use crate::vocab::JobState;

use super::failure::{Fallible, StoreFailure};
use super::row::{self, IndexKeys, JobRow};
use super::tally;

/// The columns of a job in the order [`job_row`] takes them.
pub(super) const JOB_COLUMNS: &str = "number, id, state, priority, queue_position, runnable, closing, \
                           wake_unix_ms, record, checksum, description, key";

/// The number of a job and its record.
pub(super) fn record(connection: &Connection, id: Uuid) -> Fallible<Option<(i64, JobRecord)>> {
    let sql = format!("SELECT {JOB_COLUMNS} FROM jobs WHERE id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let Some((number, row)) = statement.query_row([id.as_bytes()], job_row).optional()? else {
        return Ok(None);
    };
    Ok(Some((number, row.decode(number)?)))
}

/// A job with all of its files.
pub(super) fn load(
    connection: &Connection,
    id: Uuid,
) -> Fallible<Option<(JobRecord, Vec<FileRecord>)>> {
    let Some((number, record)) = record(connection, id)? else {
        return Ok(None);
    };
    let files = files(connection, number, &record)?;
    Ok(Some((record, files)))
}

/// The same by the number of the job.
pub(super) fn load_numbered(
    connection: &Connection,
    number: i64,
) -> Fallible<Option<(JobRecord, Vec<FileRecord>)>> {
    let sql = format!("SELECT {JOB_COLUMNS} FROM jobs WHERE number = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let Some((_, row)) = statement.query_row([number], job_row).optional()? else {
        return Ok(None);
    };
    let record = row.decode(number)?;
    let files = files(connection, number, &record)?;
    Ok(Some((record, files)))
}

/// Damage if the queue does not have so many jobs: a damaged tree can hide rows
/// without any error.
pub(super) fn check_count(connection: &Connection, expected: u64) -> Fallible<()> {
    tally::note_count();
    let mut statement = connection.prepare_cached("SELECT count(*) FROM jobs NOT INDEXED")?;
    let count: i64 = statement.query_row([], |row| row.get(0))?;
    if u64::try_from(count) == Ok(expected) {
        return Ok(());
    }
    Err(StoreFailure::Damaged(format!("{count} of {expected} jobs were found")))
}

/// Jobs that are not final by number, from after a number.
pub(super) fn page(
    connection: &Connection,
    after: Option<i64>,
    limit: usize,
) -> Fallible<Vec<(i64, Uuid)>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, id FROM jobs NOT INDEXED
         WHERE number > ?1 AND state NOT IN (?2, ?3) ORDER BY number LIMIT ?4",
    )?;
    let after = after.unwrap_or(0);
    let (completed, cancelled) = (JobState::Acknowledged as u32, JobState::Cancelled as u32);
    let rows = statement
        .query_map(params![after, completed, cancelled, limit_of(limit)], |row| {
            Ok((row.get(0)?, id_at(row, 1)?))
        })?;
    rows_behind(&after, rows, |(number, _)| *number)
}

/// Rows that all lie behind the place where they were asked for: the next ones are asked for
/// behind the last of them, and a damaged tree could lead in circles.
fn rows_behind<T, K: PartialOrd>(
    after: &K,
    rows: impl Iterator<Item = rusqlite::Result<T>>,
    key: impl Fn(&T) -> K,
) -> Fallible<Vec<T>> {
    let mut found = Vec::new();
    for row in rows {
        let row = row?;
        if key(&row) <= *after {
            return Err(out_of_order());
        }
        found.push(row);
    }
    Ok(found)
}

/// A damaged tree has given rows in another order than theirs.
pub(super) fn out_of_order() -> StoreFailure {
    StoreFailure::Damaged("the jobs are not in their order".to_owned())
}

/// The files of a job, in order. Fewer or more than the job says is damage.
fn files(connection: &Connection, number: i64, job: &JobRecord) -> Fallible<Vec<FileRecord>> {
    let (first, last) = row::positions(number)?;
    let mut statement = connection.prepare_cached(
        "SELECT position, record, checksum FROM files
         WHERE position BETWEEN ?1 AND ?2 ORDER BY position",
    )?;
    let mut rows = statement.query([first, last])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        let index = files.len() as u32;
        if row.get::<_, i64>(0)? != first + i64::from(index) {
            return Err(incomplete(job));
        }
        let (record, checksum) = (row.get_ref(1)?.as_blob(), row.get_ref(2)?.as_blob());
        let (Ok(record), Ok(checksum)) = (record, checksum) else {
            return Err(incomplete(job));
        };
        let mut file = row::decode_file(job.id, index, record, checksum)?;
        if job.has_published(index, file.stage) {
            file.stage = FileStage::Published;
        }
        files.push(file);
    }
    if files.len() as u64 != u64::from(job.totals.files) + u64::from(job.totals.replies) {
        return Err(incomplete(job));
    }
    Ok(files)
}

/// The files of a job whose rows are what was written, with their indices.
pub(super) fn sound_files(
    connection: &Connection,
    number: i64,
    job: Uuid,
) -> Fallible<Vec<(u32, FileRecord)>> {
    let (first, last) = row::positions(number)?;
    let mut statement = connection.prepare_cached(
        "SELECT position, record, checksum FROM files
         WHERE position BETWEEN ?1 AND ?2 ORDER BY position",
    )?;
    let mut rows = statement.query([first, last])?;
    let mut files = Vec::new();
    while let Some(row) = rows.next()? {
        let Some((_, index)) = row::file_at(row.get(0)?) else {
            continue;
        };
        let (record, checksum): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
        if let Ok(file) = row::decode_file(job, index, &record, &checksum) {
            files.push((index, file));
        }
    }
    Ok(files)
}

fn incomplete(job: &JobRecord) -> StoreFailure {
    StoreFailure::Damaged(format!("job {} does not have its {} files", job.id, job.totals.files))
}

/// Jobs that want to move, in the order of the queue, from after a place in it.
pub(super) fn next_runnable(
    connection: &Connection,
    after: Option<(u32, u64)>,
    limit: usize,
) -> Fallible<Vec<(Uuid, u32, u64)>> {
    let (priority, queue_position) = match after {
        Some((priority, position)) => (i64::from(priority), row::stored(position)?),
        None => (-1, -1),
    };
    let mut statement = connection.prepare_cached(
        "SELECT id, priority, queue_position FROM jobs INDEXED BY jobs_runnable
         WHERE runnable = 1 AND (priority, queue_position) > (?1, ?2)
         ORDER BY priority, queue_position, id LIMIT ?3",
    )?;
    let rows = statement.query_map(params![priority, queue_position, limit_of(limit)], |row| {
        Ok((id_at(row, 0)?, row.get(1)?, row.get(2)?))
    })?;
    rows_behind(&(priority, queue_position), rows, |(_, priority, position): &(Uuid, u32, u64)| {
        (i64::from(*priority), i64::try_from(*position).unwrap_or(i64::MAX))
    })
}

/// Jobs on their way out.
pub(super) fn closing(connection: &Connection) -> Fallible<Vec<Uuid>> {
    let statement = connection.prepare_cached(
        "SELECT id FROM jobs INDEXED BY jobs_closing WHERE closing = 1 ORDER BY id",
    )?;
    ids(statement, params![])
}

/// No job sleeps longer than a day. One that is to sleep for more than two was
/// stored while the clock was wrong.
const HORIZON_MS: i64 = 2 * 86_400_000;

/// Jobs whose time has come, the longest due first.
pub(super) fn due(connection: &Connection, unix_ms: i64) -> Fallible<Vec<Uuid>> {
    let statement = connection.prepare_cached(
        "SELECT id FROM jobs INDEXED BY jobs_wake
         WHERE wake_unix_ms <= ?1 OR wake_unix_ms > ?2 ORDER BY wake_unix_ms, id",
    )?;
    ids(statement, params![unix_ms, unix_ms.saturating_add(HORIZON_MS)])
}

/// When the next job is due.
pub(super) fn next_due(connection: &Connection) -> Fallible<Option<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT wake_unix_ms FROM jobs INDEXED BY jobs_wake
         WHERE wake_unix_ms IS NOT NULL ORDER BY wake_unix_ms LIMIT 1",
    )?;
    Ok(statement.query_row([], |row| row.get(0)).optional()?)
}

/// Jobs in a state with their numbers, in order of creation, from after a number.
pub(super) fn in_state(
    connection: &Connection,
    state: u32,
    after: Option<i64>,
    limit: usize,
) -> Fallible<Vec<(i64, Uuid)>> {
    let mut statement = connection.prepare_cached(
        "SELECT number, id FROM jobs INDEXED BY jobs_state
         WHERE state = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let after = after.unwrap_or(0);
    let rows = statement.query_map(params![state, after, limit_of(limit)], |row| {
        Ok((row.get(0)?, id_at(row, 1)?))
    })?;
    rows_behind(&after, rows, |(number, _)| *number)
}

fn ids(
    mut statement: CachedStatement<'_>,
    parameters: &[&dyn rusqlite::ToSql],
) -> Fallible<Vec<Uuid>> {
    let rows = statement.query_map(parameters, |row| id_at(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn limit_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn id_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_bytes(row.get(column)?))
}

pub(super) fn job_row(row: &Row<'_>) -> rusqlite::Result<(i64, JobRow)> {
    let keys = IndexKeys {
        state: row.get(2)?,
        priority: row.get(3)?,
        queue_position: row.get(4)?,
        runnable: row.get(5)?,
        closing: row.get(6)?,
        wake_unix_ms: row.get(7)?,
        description: row.get(10)?,
        key: row.get(11)?,
    };
    let (id, record, checksum) = (id_at(row, 1)?, row.get(8)?, row.get(9)?);
    Ok((row.get(0)?, JobRow { id, keys, record, checksum }))
}
