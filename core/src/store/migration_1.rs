//! Version 1 of the database, as it was released: never edited again.
//!
//! `files.position` is `jobs.number * 2^24 + index`: the files of a job lie side
//! by side in the order they are read, and need no index. `jobs.state` to
//! `jobs.wake_unix_ms` repeat what the record says, for the indices. Every
//! checksum covers its whole row.

use rusqlite::Connection;

use super::failure::Fallible;

const SQL: &str = "
CREATE TABLE meta (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    value BLOB NOT NULL,
    checksum BLOB NOT NULL
) STRICT;

CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    queue_position INTEGER NOT NULL,
    runnable INTEGER NOT NULL,
    closing INTEGER NOT NULL,
    wake_unix_ms INTEGER,
    record BLOB NOT NULL,
    checksum BLOB NOT NULL
) STRICT;

CREATE TABLE files (
    position INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    checksum BLOB NOT NULL
) STRICT;

CREATE INDEX jobs_runnable ON jobs (priority, queue_position, id) WHERE runnable = 1;
CREATE INDEX jobs_closing ON jobs (id) WHERE closing = 1;
CREATE INDEX jobs_wake ON jobs (wake_unix_ms, id) WHERE wake_unix_ms IS NOT NULL;
CREATE INDEX jobs_state ON jobs (state);
";

/// Fills an empty database.
pub(super) fn run(connection: &Connection) -> Fallible<()> {
    Ok(connection.execute_batch(SQL)?)
}
