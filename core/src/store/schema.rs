//! The shape of the database: its header, its version, and the rows of `meta`
//! by which a start knows in a moment that it can trust what it opened.
//!
//! What every version keeps, so that any version can tell a newer database from
//! a damaged one: the header checked here, and the rows of `meta` with their
//! checksums. The version stands twice, in the header and in `meta`; if the two
//! do not agree, that is damage.

use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::vocab::{Error, ErrorContext, code};

use super::failure::{Fallible, StoreFailure};
use super::ledger::Ledger;
use super::row::{decode, encode, meta_checksum};
use super::{migration_1, migration_2, migration_3};

/// Bytes of a page of the database.
pub(super) const PAGE_BYTES: usize = 4096;
/// Bytes of the header of the database file.
pub(super) const HEADER_BYTES: usize = 100;

/// Marks a database as ours: the letters "bgcp".
const APPLICATION_ID: i32 = 0x6267_6370;
/// What brings a database from each version to the next.
const MIGRATIONS: [fn(&Connection) -> Fallible<()>; 3] =
    [migration_1::run, migration_2::run, migration_3::run];
/// The version this code reads and writes.
pub(super) const VERSION: i32 = MIGRATIONS.len() as i32;

/// The rows of `meta`: their key, and the name that is there for people.
pub(super) struct Meta(i64, &'static str);
const SCHEMA: Meta = Meta(1, "schema");
pub(super) const LEDGER: Meta = Meta(2, "ledger");
pub(super) const SALVAGE: Meta = Meta(3, "salvage");
pub(super) const CALLS: Meta = Meta(4, "calls");
pub(super) const SERVER_LIMITS: Meta = Meta(5, "server_limits");
pub(super) const RATE_LIMITS: Meta = Meta(6, "rate_limits");
pub(super) const TRANSFER_WINDOW: Meta = Meta(7, "transfer_window");

/// The version again, and the shape it has.
#[derive(Serialize, Deserialize)]
struct Schema {
    version: i32,
    shape: String,
}

/// The part of [`Schema`] that newer versions have too.
#[derive(Deserialize)]
struct Version {
    version: i32,
}

/// Checks what no write ever changes in the first bytes of the file.
pub(super) fn check_header(header: &[u8; HEADER_BYTES]) -> Fallible<()> {
    let page_bytes = (PAGE_BYTES as u16).to_be_bytes();
    let constants: [(usize, &[u8]); 8] = [
        (0, b"SQLite format 3\0"),
        (16, &page_bytes),
        // Write-ahead log, nothing reserved, the fractions SQLite demands.
        (18, &[2, 2, 0, 64, 32, 32]),
        (44, &[0, 0, 0, 4]),
        // Nothing moves pages by itself.
        (52, &[0; 4]),
        (56, &[0, 0, 0, 1]),
        (64, &[0; 4]),
        (68, &APPLICATION_ID.to_be_bytes()),
    ];
    let sound = constants.iter().all(|(at, bytes)| header[*at..].starts_with(bytes))
        && header[72..92].iter().all(|byte| *byte == 0);
    if sound { Ok(()) } else { Err(StoreFailure::Damaged("the header is damaged".to_owned())) }
}

/// Makes the first page that of a database without a write-ahead log.
pub(super) fn leave_log(page: &mut [u8]) {
    page[18..20].copy_from_slice(&[1, 1]);
}

/// Fills an empty database.
pub(super) fn create(connection: &mut Connection) -> Fallible<()> {
    connection.pragma_update(None, "page_size", PAGE_BYTES as i64)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrate(connection, 0)?;
    write_meta(connection, &LEDGER, &Ledger::default())
}

/// The version of a database whose shape is as that version left it. Refuses a
/// newer one.
pub(super) fn version(connection: &Connection) -> Fallible<i32> {
    let version: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let disagree = || StoreFailure::Damaged("the version is damaged".to_owned());
    if version > VERSION {
        let also: Version = read_meta(connection, &SCHEMA)?;
        if also.version != version {
            return Err(disagree());
        }
        return Err(StoreFailure::Told(Error::with_context(
            code::BGCOPY_E_STORE_NEWER,
            ErrorContext::GeneralQueueManager,
            format!("the queue has version {version}; this program knows only {VERSION}"),
        )));
    }
    let also: Schema = read_meta(connection, &SCHEMA)?;
    if also.version != version {
        return Err(disagree());
    }
    if also.shape != shape(connection)? {
        return Err(StoreFailure::Damaged("the schema is damaged".to_owned()));
    }
    Ok(version)
}

/// Brings a database of an older version to this one, one version at a time.
pub(super) fn migrate(connection: &mut Connection, version: i32) -> Fallible<()> {
    for (from, migrate) in (0..VERSION).zip(MIGRATIONS) {
        if from < version {
            continue;
        }
        let transaction = connection.transaction()?;
        migrate(&transaction)?;
        transaction.pragma_update(None, "user_version", from + 1)?;
        let schema = Schema { version: from + 1, shape: shape(&transaction)? };
        write_meta(&transaction, &SCHEMA, &schema)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Reads a row of `meta`; its absence is damage.
pub(super) fn read_meta<T: DeserializeOwned>(connection: &Connection, meta: &Meta) -> Fallible<T> {
    decode(&read_meta_bytes(connection, meta)?)
}

/// The same as it stands there.
pub(super) fn read_meta_bytes(connection: &Connection, meta: &Meta) -> Fallible<Vec<u8>> {
    let row: Option<(String, Vec<u8>, Vec<u8>)> = connection
        .prepare_cached("SELECT name, value, checksum FROM meta WHERE key = ?1")?
        .query_row([meta.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((name, value, checksum)) = row else {
        return Err(StoreFailure::Damaged(format!("the {} is missing", meta.1)));
    };
    meta.check(meta.0, &name, &value, &checksum)?;
    Ok(value)
}

/// Writes a row of `meta`.
pub(super) fn write_meta<T: Serialize>(
    connection: &Connection,
    meta: &Meta,
    value: &T,
) -> Fallible<()> {
    write_meta_bytes(connection, meta, &encode(value)?)
}

/// The same as it is to stand there.
pub(super) fn write_meta_bytes(connection: &Connection, meta: &Meta, value: &[u8]) -> Fallible<()> {
    connection
        .prepare_cached(
            "INSERT INTO meta (key, name, value, checksum) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key) DO UPDATE SET value = ?3, checksum = ?4",
        )?
        .execute(params![meta.0, meta.1, value, meta_checksum(meta.1, value)])?;
    Ok(())
}

impl Meta {
    /// The value of a row, if it is this one and is what was written.
    pub(super) fn decode<T: DeserializeOwned>(
        &self,
        key: i64,
        name: &str,
        value: &[u8],
        checksum: &[u8],
    ) -> Fallible<T> {
        self.check(key, name, value, checksum)?;
        decode(value)
    }

    fn check(&self, key: i64, name: &str, value: &[u8], checksum: &[u8]) -> Fallible<()> {
        if key != self.0 || name != self.1 || checksum != meta_checksum(name, value) {
            return Err(StoreFailure::Damaged(format!("the {} is damaged", self.1)));
        }
        Ok(())
    }
}

/// A digest of all that the schema says, the roots of the trees included.
fn shape(connection: &Connection) -> Fallible<String> {
    let mut hasher = blake3::Hasher::new();
    let mut statement = connection
        .prepare("SELECT type, name, tbl_name, rootpage, sql FROM sqlite_schema ORDER BY rowid")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name, table): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (root, sql): (i64, Option<String>) = (row.get(3)?, row.get(4)?);
        let line = format!("{kind}\0{name}\0{table}\0{root}\0{}\0", sql.unwrap_or_default());
        hasher.update(line.as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}
