//! The pages of a database, read without SQLite.
//!
//! A damaged page somewhere above them hides sound rows from SQLite. Here no
//! tree is followed: every page that looks like a leaf of a table is taken, and
//! its rows must prove by their checksums that they are what was written.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::ops::RangeInclusive;
use std::path::Path;

use crate::platform::read_at;

use super::failure::Fallible;
use super::schema::{HEADER_BYTES, PAGE_BYTES};
use super::{folder, wal};

/// The first byte of a leaf of a table.
const TABLE_LEAF: u8 = 0x0d;
/// Bytes of the head of a leaf; then come the places of its rows.
const LEAF_HEAD_BYTES: usize = 8;
/// A row that claims to be larger is damaged: a file has at most 500 ranges, a
/// job at most a few hundred kilobytes of texts.
const ROW_BYTES_MAX: u64 = 16 << 20;

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// One row of some table.
pub(super) struct RawRow {
    pub rowid: i64,
    pub values: Vec<Value>,
}

/// A database that is read page by page, with what its log has newer.
pub(super) struct Pages {
    database: Option<File>,
    log: Option<File>,
    newer: BTreeMap<u32, u64>,
    count: u32,
    /// Why a page could not be read, if that is so.
    trouble: RefCell<Option<Error>>,
}

impl Pages {
    pub(super) fn open(folder: &Path) -> Fallible<Self> {
        let database = open_if_there(&folder::database(folder))?;
        let log = open_if_there(&folder::write_ahead_log(folder))?;
        let newer = log.as_ref().map_or_else(BTreeMap::new, wal::committed_pages);
        let bytes = match &database {
            Some(database) => database.metadata()?.len(),
            None => 0,
        };
        let stored = u32::try_from(bytes.div_ceil(PAGE_BYTES as u64)).unwrap_or(u32::MAX);
        let count = newer.keys().next_back().map_or(stored, |last| stored.max(*last));
        Ok(Self { database, log, newer, count, trouble: RefCell::default() })
    }

    /// An error if a page could not be read: what is on it is not lost, and must
    /// not be taken for it.
    pub(super) fn check(&self) -> Fallible<()> {
        match self.trouble.take() {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    /// The numbers of all pages.
    pub(super) fn numbers(&self) -> RangeInclusive<u32> {
        1..=self.count
    }

    /// The rows on a page that can be read. A page that is no leaf of a table has
    /// none.
    pub(super) fn rows(&self, number: u32) -> Vec<RawRow> {
        let Some(page) = self.page(number) else {
            return Vec::new();
        };
        let head = if number == 1 { HEADER_BYTES } else { 0 };
        if page.get(head) != Some(&TABLE_LEAF) {
            return Vec::new();
        }
        let cells = short_at(&page, head + 3).unwrap_or(0);
        let first = head + LEAF_HEAD_BYTES;
        (0..cells)
            .filter_map(|cell| short_at(&page, first + 2 * cell))
            .filter_map(|at| self.row(page.get(at..)?))
            .collect()
    }

    /// A page; if the file ends within it, without what is missing.
    pub(super) fn page(&self, number: u32) -> Option<Vec<u8>> {
        let mut page = vec![0; PAGE_BYTES];
        let (file, at) = match (&self.log, self.newer.get(&number)) {
            (Some(log), Some(at)) => (log, *at),
            (Some(_) | None, Some(_) | None) => {
                (self.database.as_ref()?, u64::from(number.checked_sub(1)?) * PAGE_BYTES as u64)
            }
        };
        // What went wrong once only is no damage.
        match fill(file, &mut page, at).or_else(|_| fill(file, &mut page, at)) {
            Ok(filled) => {
                page.truncate(filled);
                Some(page)
            }
            Err(error) => {
                *self.trouble.borrow_mut() = Some(error);
                None
            }
        }
    }

    fn row(&self, cell: &[u8]) -> Option<RawRow> {
        let (bytes, cell) = varint(cell)?;
        let (rowid, cell) = varint(cell)?;
        if bytes > ROW_BYTES_MAX {
            return None;
        }
        let bytes = usize::try_from(bytes).ok()?;
        let values = values(&self.payload(cell, bytes)?)?;
        Some(RawRow { rowid: rowid.cast_signed(), values })
    }

    /// The bytes of a row: its beginning in the leaf, the rest in a chain of
    /// pages of their own.
    fn payload(&self, cell: &[u8], bytes: usize) -> Option<Vec<u8>> {
        let local = local_bytes(bytes);
        let mut payload = cell.get(..local)?.to_vec();
        if local == bytes {
            return Some(payload);
        }
        let mut next = long_at(cell, local)?;
        while payload.len() < bytes {
            let page = self.page(next)?;
            next = long_at(&page, 0)?;
            let wanted = (bytes - payload.len()).min(PAGE_BYTES - 4);
            payload.extend_from_slice(page.get(4..4 + wanted)?);
        }
        Some(payload)
    }
}

/// Reads a page, or what there is of it.
fn fill(file: &File, page: &mut [u8], at: u64) -> Result<usize> {
    let mut filled = 0;
    while filled < page.len() {
        match read_at(file, &mut page[filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn open_if_there(path: &Path) -> Fallible<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// How much of a row is in the leaf, by the rule of the file format.
fn local_bytes(bytes: usize) -> usize {
    let most = PAGE_BYTES - 35;
    if bytes <= most {
        return bytes;
    }
    let least = (PAGE_BYTES - 12) * 32 / 255 - 23;
    let fitting = least + (bytes - least) % (PAGE_BYTES - 4);
    if fitting <= most { fitting } else { least }
}

/// Takes a row apart: the kinds of its values, then the values.
fn values(payload: &[u8]) -> Option<Vec<Value>> {
    let (head_bytes, _) = varint(payload)?;
    let head_bytes = usize::try_from(head_bytes).ok()?;
    let head = payload.get(..head_bytes)?;
    let mut body = payload.get(head_bytes..)?;
    let (_, mut kinds) = varint(head)?;
    let mut values = Vec::new();
    while !kinds.is_empty() {
        let (kind, rest) = varint(kinds)?;
        kinds = rest;
        let (value, rest) = value(kind, body)?;
        body = rest;
        values.push(value);
    }
    Some(values)
}

/// One value of a kind, and the bytes after it. The store writes no fractions.
fn value(kind: u64, body: &[u8]) -> Option<(Value, &[u8])> {
    let bytes = match kind {
        0 => return Some((Value::Null, body)),
        8 => return Some((Value::Integer(0), body)),
        9 => return Some((Value::Integer(1), body)),
        1..=4 => kind,
        5 => 6,
        6 => 8,
        7 | 10 | 11 => return None,
        12.. => (kind - 12) / 2,
    };
    let (value, rest) = body.split_at_checked(usize::try_from(bytes).ok()?)?;
    let value = match kind {
        0..12 => Value::Integer(integer(value)),
        12.. if kind.is_multiple_of(2) => Value::Blob(value.to_vec()),
        12.. => Value::Text(String::from_utf8(value.to_vec()).ok()?),
    };
    Some((value, rest))
}

/// A signed number of up to eight bytes, the highest first.
fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    bytes.iter().fold(if negative { -1 } else { 0 }, |value, byte| value << 8 | i64::from(*byte))
}

/// A number of one to nine bytes, and the bytes after it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (index, byte) in bytes.iter().enumerate().take(9) {
        if index == 8 {
            return Some((value << 8 | u64::from(*byte), &bytes[9..]));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

fn short_at(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + 2)?;
    Some(usize::from(bytes[0]) << 8 | usize::from(bytes[1]))
}

fn long_at(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(bytes))
}
