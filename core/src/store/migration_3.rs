//! Version 3 of the database: jobs are found by their key, and what has left the queue is
//! remembered for a while.
//!
//! `jobs.key` is a hash of the key that the record says, or NULL if the job has none or is
//! final; then the checksum is what it was without the column. No older version had keys.

use rusqlite::Connection;

use super::failure::Fallible;

const SQL: &str = "
ALTER TABLE jobs ADD COLUMN key INTEGER;
CREATE INDEX jobs_keyed ON jobs (key) WHERE key IS NOT NULL;

CREATE TABLE history (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    ended_unix_ms INTEGER NOT NULL,
    record BLOB NOT NULL,
    checksum BLOB NOT NULL
) STRICT;

CREATE INDEX history_ended ON history (ended_unix_ms);
";

/// Adds the column and the table.
pub(super) fn run(connection: &Connection) -> Fallible<()> {
    Ok(connection.execute_batch(SQL)?)
}
