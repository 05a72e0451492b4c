//! Version 2 of the database: jobs are found by their description.
//!
//! `jobs.description` is a hash of what the record says, or NULL if that is empty;
//! then the checksum is what it was without the column.

use rusqlite::{Connection, params};

use super::failure::{Fallible, StoreFailure};
use super::read::job_row;
use super::row::{IndexKeys, description_key};

const SQL: &str = "
ALTER TABLE jobs ADD COLUMN description INTEGER;
CREATE INDEX jobs_described ON jobs (description) WHERE description IS NOT NULL;
";

/// What this version has of the columns that are read; the last one is of version 3.
const COLUMNS: &str = "number, id, state, priority, queue_position, runnable, closing, \
                       wake_unix_ms, record, checksum, description, NULL";

/// Adds the column, and fills it. A damaged row stays what it is.
pub(super) fn run(connection: &Connection) -> Fallible<()> {
    connection.execute_batch(SQL)?;
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE instr(record, ?1) > 0 ORDER BY number");
    let mut statement = connection.prepare(&sql)?;
    let mut update =
        connection.prepare("UPDATE jobs SET description = ?2, checksum = ?3 WHERE number = ?1")?;
    let mut rows = statement.query([br#""description":""#.as_slice()])?;
    while let Some(row) = rows.next()? {
        let job = job_row(row).map_err(StoreFailure::from);
        let filled = job.and_then(|(number, row)| {
            let description = description_key(&row.decode(number)?.description);
            let keys = IndexKeys { description, ..row.keys };
            Ok((number, row.with_keys(number, keys)))
        });
        match filled {
            Ok((number, row)) => {
                update.execute(params![number, row.keys.description, row.checksum])?;
            }
            Err(failure) if failure.is_damage() => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}
