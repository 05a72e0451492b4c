//! Looks at a long queue by what is asked for, without reading all of it.

use rusqlite::{Connection, Row, ToSql, params};
use uuid::Uuid;

use crate::model::JobRecord;
use crate::vocab::{JobState, Result};

use super::failure::Fallible;
use super::read::{JOB_COLUMNS, job_row};
use super::reader::StoreReader;
use super::row::{description_key, job_key};
#[cfg(test)]
use super::tally;

impl StoreReader {
    /// The jobs that have this description. Rows that cannot be read are
    /// left out.
    pub fn described(&self, description: &str) -> Result<Vec<JobRecord>> {
        let mut jobs = self.look(|connection| described(connection, description))?;
        jobs.retain(|job| job.description == description);
        Ok(jobs.into_iter().map(JobRecord::shown).collect())
    }

    /// So many of the jobs with ids from the one to the other.
    pub fn between(&self, first: Uuid, last: Uuid, limit: usize) -> Result<Vec<Uuid>> {
        self.look(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id FROM jobs WHERE id BETWEEN ?1 AND ?2 LIMIT ?3")?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement
                .query_map(params![first.as_bytes(), last.as_bytes(), limit], |row| {
                    Ok(Uuid::from_bytes(row.get(0)?))
                })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The jobs that are cancelled or completed and not yet gone. Rows that
    /// cannot be read are left out.
    pub fn final_jobs(&self) -> Result<Vec<JobRecord>> {
        self.look(|connection| {
            let sql = format!(
                "SELECT {JOB_COLUMNS} FROM jobs INDEXED BY jobs_state WHERE state IN (?1, ?2)"
            );
            let states = params![JobState::Acknowledged as u32, JobState::Cancelled as u32];
            sound(connection, &sql, states)
        })
    }
}

fn described(connection: &Connection, description: &str) -> Fallible<Vec<JobRecord>> {
    let columns = format!("SELECT {JOB_COLUMNS} FROM jobs");
    match description_key(description) {
        Some(key) => {
            let sql = format!(
                "{columns} INDEXED BY jobs_described WHERE description = ?1 ORDER BY number"
            );
            sound(connection, &sql, params![key])
        }
        None => {
            let sql = format!("{columns} WHERE description IS NULL ORDER BY number");
            sound(connection, &sql, params![])
        }
    }
}

/// The jobs that hold a key; damage if such a row is damaged, as a second job with its key
/// must not be made.
pub(super) fn keyed(connection: &Connection, key: &str) -> Fallible<Vec<Uuid>> {
    let sql = format!("SELECT {JOB_COLUMNS} FROM jobs INDEXED BY jobs_keyed WHERE key = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([job_key(key)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let record = one(row)?;
        if record.held_key() == Some(key) {
            found.push(record.id);
        }
    }
    Ok(found)
}

/// The records that can be read.
fn sound(
    connection: &Connection,
    sql: &str,
    parameters: &[&dyn ToSql],
) -> Fallible<Vec<JobRecord>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(parameters)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.extend(one(row).ok());
    }
    drop(rows);
    #[cfg(test)]
    tally::note_scanned(statement.get_status(rusqlite::StatementStatus::FullscanStep));
    Ok(found)
}

fn one(row: &Row<'_>) -> Fallible<JobRecord> {
    let (number, row) = job_row(row)?;
    row.decode(number)
}
