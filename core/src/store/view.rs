//! How the queue is opened by who only looks at it.
//!
//! SQLite wants to make the index of the log beside the database, and has no way
//! to look without it. Where that cannot be, for want of space or of the right to
//! write, and nobody writes, what is there is read into memory.

use std::io::{Cursor, Read};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::vocab::code;

use super::failure::Fallible;
use super::opening::{checked, configure};
use super::pages::Pages;
use super::schema::PAGE_BYTES;
use super::{folder, lock, schema};

/// What SQLite takes at once.
const IMAGE_BYTES_MAX: u64 = i32::MAX as u64;

/// How the database is looked at.
pub(super) enum View {
    /// Where it is: what is seen is always the newest.
    Live(Connection),
    /// By a copy in memory, made for each look.
    Copies,
}

/// Opens the queue in a folder to look at it.
pub(super) fn open(folder: &Path) -> Fallible<View> {
    let path = folder::database(folder);
    // A folder that may not be entered is none without a queue.
    path.metadata()?;
    // What went wrong once only is no reason to refuse.
    let failure = match open_live(&path).or_else(|_| open_live(&path)) {
        Ok(connection) => return Ok(View::Live(connection)),
        Err(failure) => failure,
    };
    let may_be_copied = [code::E_DISK_FULL, code::E_IO_DEVICE, code::E_ACCESSDENIED];
    if may_be_copied.contains(&failure.code()) && copy(folder).is_ok() {
        return Ok(View::Copies);
    }
    Err(failure)
}

fn open_live(path: &Path) -> Fallible<Connection> {
    // The header is not looked at here: to close the file would let go the locks
    // of a store in the same process.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    configure(&connection)?;
    check_version(&connection)?;
    Ok(connection)
}

/// A copy of the database with what its log has newer, in memory.
pub(super) fn copy(folder: &Path) -> Fallible<Connection> {
    let _nobody_writes = lock::share(folder)?;
    let pages = Pages::open(folder)?;
    let bytes = u64::from(*pages.numbers().end()) * PAGE_BYTES as u64;
    let length = usize::try_from(bytes).ok().filter(|_| bytes <= IMAGE_BYTES_MAX);
    let Some(length) = length else {
        return Err(std::io::Error::from(std::io::ErrorKind::OutOfMemory).into());
    };
    let mut connection = Connection::open_in_memory()?;
    let image = Image { pages: &pages, number: 0, page: Cursor::default() };
    connection.deserialize_read_exact(rusqlite::MAIN_DB, image, length, true)?;
    pages.check()?;
    configure(&connection)?;
    check_version(&connection)?;
    Ok(connection)
}

fn check_version(connection: &Connection) -> Fallible<()> {
    let version = checked(schema::version(connection))?;
    if version < schema::VERSION {
        let text = format!("the queue still has version {version}; the engine must open it first");
        return Err(std::io::Error::other(text).into());
    }
    Ok(())
}

/// The database as it would be in a file without a log.
struct Image<'a> {
    pages: &'a Pages,
    /// The page that is being read.
    number: u32,
    page: Cursor<Vec<u8>>,
}

impl Read for Image<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.page.position() == self.page.get_ref().len() as u64 {
            self.number += 1;
            if !self.pages.numbers().contains(&self.number) {
                return Ok(0);
            }
            let mut page = self.pages.page(self.number).unwrap_or_default();
            page.resize(PAGE_BYTES, 0);
            if self.number == 1 {
                schema::leave_log(&mut page);
            }
            self.page = Cursor::new(page);
        }
        self.page.read(buffer)
    }
}
