//! Version 3 of the database: what has left the queue is remembered for a while.

use rusqlite::Connection;

use super::failure::Fallible;

const SQL: &str = "
CREATE TABLE history (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    ended_unix_ms INTEGER NOT NULL,
    record BLOB NOT NULL,
    checksum BLOB NOT NULL
) STRICT;

CREATE INDEX history_ended ON history (ended_unix_ms);
";

/// Adds the table.
pub(super) fn run(connection: &Connection) -> Fallible<()> {
    Ok(connection.execute_batch(SQL)?)
}
