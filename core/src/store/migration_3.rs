//! Version 3 of the database: jobs are found by their key.
//!
//! `jobs.key` is a hash of the key that the record says, or NULL if the job has none or is
//! final; then the checksum is what it was without the column. No older version had keys.

use rusqlite::Connection;

use super::failure::Fallible;

const SQL: &str = "
ALTER TABLE jobs ADD COLUMN key INTEGER;
CREATE INDEX jobs_keyed ON jobs (key) WHERE key IS NOT NULL;
";

/// Adds the column.
pub(super) fn run(connection: &Connection) -> Fallible<()> {
    Ok(connection.execute_batch(SQL)?)
}
