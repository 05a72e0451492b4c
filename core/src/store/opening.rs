//! How the database is opened, made, and replaced if it is damaged.
//!
//! A start looks at the header, the schema and two rows of `meta`, never at the
//! jobs: it takes the same few milliseconds with a million of them.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::platform::{open_unfollowed, rename};
use crate::vocab::{Error, ErrorContext, code};

use super::cause::traced;
use super::failure::{Fallible, StoreFailure};
use super::faults::Faults;
use super::ledger::Ledger;
use super::lock::EngineLock;
use super::reserve::{self, Reserve};
use super::salvage::{self, Salvage};
use super::{Damage, folder, read, schema, wal};

/// Only a reader that recovers the log after a crash ever holds a write lock
/// beside ours, and that takes milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_millis(250);
/// 4 MiB of log are copied into the database at a time: enough to make the syncs
/// of it rare, little enough to be read at once at the start after a crash.
const LOG_PAGES: i64 = 1000;
/// What a large batch leaves of the log's file.
const LOG_BYTES_KEPT: i64 = 16 << 20;
/// More different statements than the store has.
const STATEMENTS: usize = 32;

/// An open queue.
pub(super) struct Opened {
    pub connection: Connection,
    pub lock: EngineLock,
    pub ledger: Ledger,
    pub damage: Option<Damage>,
    pub reserve: Reserve,
}

/// Opens the queue in a folder to write.
pub(super) fn open(folder: &Path, faults: &Faults) -> Fallible<Opened> {
    faults.check()?;
    folder::create(folder)?;
    let lock = EngineLock::acquire(folder)?;
    let mut reserve = Reserve::of(folder);
    let opened = match open_locked(folder, faults).map_err(|failure| traced(failure, folder)) {
        Err(failure) if failure.is_of_a_full_disk() && reserve.give(reserve::STEP_BYTES) => {
            open_locked(folder, faults)
        }
        opened => opened,
    };
    let (connection, ledger, damage) = opened?;
    reserve.fill();
    Ok(Opened { connection, lock, ledger, damage, reserve })
}

fn open_locked(folder: &Path, faults: &Faults) -> Fallible<(Connection, Ledger, Option<Damage>)> {
    let mut damage = None;
    if folder::salvaged(folder).try_exists()? {
        damage = Some(replace(folder)?);
    } else if is_new(folder)? {
        create(folder, faults)?;
    }
    faults.check()?;
    // What went wrong once only is no reason to refuse, and no damage.
    let (connection, ledger) = match open_sound(folder).or_else(|_| open_sound(folder)) {
        Ok(opened) => opened,
        Err(failure) if failure.is_damage() => {
            faults.check()?;
            salvage::run(folder, &failure.text(), faults)?;
            damage = Some(replace(folder)?);
            open_sound(folder)?
        }
        Err(failure) => return Err(failure),
    };
    Ok((connection, ledger, damage))
}

/// Makes an empty database under the name for unfinished ones.
pub(super) fn build(folder: &Path) -> Fallible<Connection> {
    let path = folder::unfinished(folder);
    folder::delete_database(&path)?;
    // SQLite gives the log the same mode.
    drop(open_unfollowed(OpenOptions::new().write(true).create_new(true), &path)?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags)?;
    configure(&connection)?;
    // A half-built database is thrown away, and the finished one is synced whole.
    connection.pragma_update(None, "journal_mode", "MEMORY")?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    schema::create(&mut connection)?;
    Ok(connection)
}

/// Closes a database that was built, syncs it and gives it its name.
pub(super) fn finish(folder: &Path, connection: Connection, name: &Path) -> Fallible<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.close().map_err(|(_, error)| error)?;
    let unfinished = folder::unfinished(folder);
    // SQLite does not report a failed write of the change to WAL.
    let header = folder::first_bytes(&unfinished, schema::HEADER_BYTES)?;
    let header = header.and_then(|bytes| <[u8; schema::HEADER_BYTES]>::try_from(bytes).ok());
    if header.is_none_or(|header| schema::check_header(&header).is_err()) {
        return Err(StoreFailure::Told(Error::with_context(
            code::E_IO_DEVICE,
            ErrorContext::GeneralQueueManager,
            format!("{} was not written as a whole", unfinished.display()),
        )));
    }
    // Not every system syncs what is open to read alone.
    OpenOptions::new().write(true).open(&unfinished)?.sync_all()?;
    rename(&unfinished, name)?;
    folder::sync(folder)
}

fn create(folder: &Path, faults: &Faults) -> Fallible<()> {
    faults.check()?;
    let connection = build(folder)?;
    faults.check()?;
    finish(folder, connection, &folder::database(folder))
}

/// Puts the salvaged database in the place of the damaged one. Whatever stops
/// this, the next open begins here again.
fn replace(folder: &Path) -> Fallible<Damage> {
    let salvaged = folder::salvaged(folder);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(&salvaged, flags)?;
    let salvage: Salvage = checked(schema::read_meta(&connection, &schema::SALVAGE))?;
    // The last connection takes the log with it.
    connection.close().map_err(|(_, error)| error)?;
    let kept_at = folder::set_aside(folder, &salvage.kept_as)?;
    rename(&salvaged, &folder::database(folder))?;
    folder::sync(folder)?;
    Ok(Damage {
        kept_at,
        jobs_saved: salvage.jobs_saved,
        jobs_lost: salvage.jobs_lost,
        message: salvage.message,
    })
}

/// True if there is nothing of a queue in the folder.
fn is_new(folder: &Path) -> Fallible<bool> {
    if folder::database(folder).try_exists()? {
        return Ok(false);
    }
    // A log without its database is the rest of a queue, not a new one.
    let log = folder::first_bytes(&folder::write_ahead_log(folder), 1)?;
    Ok(log.is_none_or(|bytes| bytes.is_empty()))
}

/// Opens the database if what a start looks at is sound.
fn open_sound(folder: &Path) -> Fallible<(Connection, Ledger)> {
    check_files(folder)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(folder::database(folder), flags)?;
    // Until it is known to be ours and sound, closing it must not change it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    configure(&connection)?;
    let version = checked(schema::version(&connection))?;
    if connection.is_readonly(rusqlite::MAIN_DB)? {
        return Err(StoreFailure::Told(Error::with_context(
            code::E_ACCESSDENIED,
            ErrorContext::GeneralQueueManager,
            format!("{} may not be written", folder::database(folder).display()),
        )));
    }
    schema::migrate(&mut connection, version)?;
    let ledger: Ledger = checked(schema::read_meta(&connection, &schema::LEDGER))?;
    if folder::is_suspect(folder) {
        checked(check_all(&connection, &ledger))?;
        folder::clear_suspect(folder)?;
    }
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES_KEPT)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, ledger))
}

pub(super) fn configure(connection: &Connection) -> Fallible<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "cell_size_check", "ON")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Where a plain sync stops at the drive's cache, ask for the real one.
    connection.pragma_update(None, "fullfsync", "ON")?;
    // What is deleted becomes zeros: a salvage reads every page there is, and
    // must not find a job that was deleted.
    connection.pragma_update(None, "secure_delete", "ON")?;
    Ok(())
}

/// Checks the headers of the database and of its log. SQLite itself takes a log
/// with a damaged header for an empty one.
fn check_files(folder: &Path) -> Fallible<()> {
    let header = folder::first_bytes(&folder::database(folder), schema::HEADER_BYTES)?;
    let Some(Ok(header)) = header.map(<[u8; schema::HEADER_BYTES]>::try_from) else {
        return Err(StoreFailure::Damaged("the file is too short".to_owned()));
    };
    schema::check_header(&header)?;
    let log = folder::first_bytes(&folder::write_ahead_log(folder), wal::HEADER_BYTES + 1)?;
    match log {
        Some(log) if log.len() > wal::HEADER_BYTES => wal::check_header(&log),
        Some(_) | None => Ok(()),
    }
}

/// A statement that should work and does not is a sign of a damaged schema.
pub(super) fn checked<T>(outcome: Fallible<T>) -> Fallible<T> {
    outcome.map_err(|failure| match &failure {
        StoreFailure::Sqlite(rusqlite::Error::SqliteFailure(error, _))
            if error.code == ErrorCode::Unknown =>
        {
            StoreFailure::Damaged(failure.text())
        }
        StoreFailure::Sqlite(_)
        | StoreFailure::File(_)
        | StoreFailure::Damaged(_)
        | StoreFailure::Told(_) => failure,
    })
}

/// Looks at everything: the trees, every row, and whether the ledger is true.
fn check_all(connection: &Connection, ledger: &Ledger) -> Fallible<()> {
    let verdict: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(StoreFailure::Damaged(verdict));
    }
    let mut states = BTreeMap::new();
    let mut statement = connection.prepare("SELECT number FROM jobs ORDER BY number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some((record, _)) = read::load_numbered(connection, row.get(0)?)? {
            *states.entry(record.state as u32).or_insert(0) += 1;
        }
    }
    if states != ledger.jobs_by_state {
        return Err(StoreFailure::Damaged("the ledger does not fit the jobs".to_owned()));
    }
    Ok(())
}
