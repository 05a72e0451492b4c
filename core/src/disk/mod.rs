//! Temporary files: made, written, checked, moved into place, deleted.
//!
//! The rules: a temporary file is made exclusively, readable by its owner
//! alone, in the folder of its target, and never reached through a symbolic
//! link. What is already there and not ours is left alone. Data is synced
//! before anything says that it is safe.

mod codes;
mod names;
mod outgoing;
mod source;
#[cfg(test)]
mod tests;
mod verify;
mod writer;

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crate::platform::{self, Facts, is_gone, open_unfollowed};
use crate::store::Faults;
use crate::vocab::{Error, ErrorContext, Result, code};

pub use codes::is_transient;
pub use outgoing::Outgoing;
pub use source::Source;
pub use verify::Verification;
pub use writer::{RANGE_WRITE_BYTES, WRITE_BYTES, Writer};

use codes::failed;
use names::special;

/// Access to the disk. All operations of one manager go through one.
#[derive(Clone, Debug)]
pub struct Disk {
    faults: Faults,
    umask: u32,
    closing: Arc<AtomicBool>,
}

/// A file as it was when it was finished.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// In bytes.
    pub length: u64,
    /// Device and inode, if they were recorded.
    pub identity: Option<(u64, u64)>,
    /// What [`TempFile::version`] gave, if that was recorded.
    pub version: Option<&'a str>,
}

impl Finished<'_> {
    /// The number of a device may be another one after a reboot; the folder
    /// is the same one.
    fn is(&self, found: &Facts) -> bool {
        let inode = self.identity.is_some_and(|(_, inode)| inode == found.identity().1);
        found.is_file() && inode && found.length() == self.length
    }
}

/// What is recorded of a temporary file: in another one these are others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks<'a> {
    /// What [`TempFile::birth`] gave: it holds while the file is written to.
    pub birth: Option<&'a str>,
    /// What [`TempFile::version`] gave, if nothing writes to the file since.
    pub version: Option<&'a str>,
}

impl Marks<'_> {
    fn are_of(&self, found: &Facts) -> bool {
        self.birth.is_none_or(|birth| birth == found.birth())
            && self.version.is_none_or(|version| version == found.version())
    }
}

/// A temporary file, as it was found.
#[derive(Debug)]
pub enum OpenedTemporary {
    /// It holds what it should.
    Ready(TempFile),
    /// It is gone, shorter than it should be, or something else by now.
    Lost,
}

/// The version of a file that somebody else wrote to before it was left: that
/// of no file.
const CHANGED: &str = "changed";

/// An open temporary file.
#[derive(Clone, Debug)]
pub struct TempFile {
    file: Arc<File>,
    /// When this process last wrote to it, by the clock of the file system; 0 if it
    /// did not, or if the file system is not exact.
    written_ns: Arc<AtomicI64>,
    is_exact: bool,
    faults: Faults,
}

impl TempFile {
    /// Writes all of `data` at an offset. BG_E_LOCAL_FILE_CHANGED if somebody
    /// else wrote to the file since the last time.
    pub fn write_at(&self, data: &[u8], offset: u64) -> Result<()> {
        self.faults.check()?;
        if !self.is_as_written()? {
            let why = "something else wrote to the temporary file meanwhile";
            return Err(changed(why.to_owned()));
        }
        let end = offset.saturating_add(data.len() as u64);
        let written = platform::check_length(&self.file, end)
            .and_then(|()| platform::write_all_at(&self.file, data, offset))
            .map_err(|error| failed(&error, "write", None));
        if self.is_exact {
            let now = Facts::of(&self.file).map_or(0, |found| found.written_ns());
            self.written_ns.store(now, Ordering::Relaxed);
        }
        written
    }

    /// True unless somebody else wrote to it since this process did.
    fn is_as_written(&self) -> Result<bool> {
        let own = self.written_ns.load(Ordering::Relaxed);
        if own == 0 {
            return Ok(true);
        }
        let found = Facts::of(&self.file).map_err(|error| failed(&error, "look at", None))?;
        Ok(self.wrote_last(&found))
    }

    fn wrote_last(&self, found: &Facts) -> bool {
        let own = self.written_ns.load(Ordering::Relaxed);
        own == 0 || own == found.written_ns()
    }

    /// What names the file as it is left: another one once anybody changed or
    /// replaced it. None where the file system is not exact.
    pub fn version(&self) -> Option<String> {
        let found = self.is_exact.then(|| Facts::of(&self.file).ok())??;
        Some(if self.wrote_last(&found) { found.version() } else { CHANGED.to_owned() })
    }

    /// What names the file whatever is written to it. None where the file system is not
    /// exact.
    pub fn birth(&self) -> Option<String> {
        self.is_exact.then(|| Facts::of(&self.file).ok().map(|found| found.birth())).flatten()
    }

    /// Reads as much as there is, up to the length of `buffer`.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        self.faults.check()?;
        let mut read = 0;
        while read < buffer.len() {
            match platform::read_at(&self.file, &mut buffer[read..], offset + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(&error, "read", None)),
            }
        }
        Ok(read)
    }
}

impl Disk {
    /// Access to the disk; `faults` makes chosen operations fail, for tests.
    pub fn new(faults: Faults) -> Self {
        Self { faults, umask: platform::umask(), closing: Arc::default() }
    }

    /// Ends long work early, for good: it answers E_ABORT.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// True after [`Disk::close`].
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Opens the temporary file that should hold `held` bytes and have these marks, or makes it
    /// if there are to be none. One that exists then is taken over only if it can be ours:
    /// a crash between making a file and recording it leaves such a one.
    pub fn open_temporary(
        &self,
        path: &Path,
        held: u64,
        marks: Marks<'_>,
    ) -> Result<OpenedTemporary> {
        self.faults.check()?;
        if held == 0 {
            return self.create(path).map(OpenedTemporary::Ready);
        }
        let file = match open_unfollowed(&mut Self::options(), path) {
            Ok(file) => file,
            Err(error) => {
                return if is_gone(&error) {
                    Ok(OpenedTemporary::Lost)
                } else {
                    Err(failed(&error, "open", Some(path)))
                };
            }
        };
        let facts = Facts::of(&file).map_err(|error| failed(&error, "look at", Some(path)))?;
        if !facts.is_ours() || facts.length() < held || !marks.are_of(&facts) {
            return Ok(OpenedTemporary::Lost);
        }
        Ok(OpenedTemporary::Ready(self.wrap(file)))
    }

    fn create(&self, path: &Path) -> Result<TempFile> {
        let exists = match open_unfollowed(Self::options().create_new(true), path) {
            Ok(file) => return Ok(self.wrap(file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => error,
            Err(error) => return Err(failed(&error, "create", Some(path))),
        };
        let file = open_unfollowed(&mut Self::options(), path)
            .map_err(|_| failed(&exists, "create", Some(path)))?;
        let facts = Facts::of(&file).map_err(|error| failed(&error, "look at", Some(path)))?;
        if !facts.is_ours() {
            return Err(failed(&exists, "create", Some(path)));
        }
        file.set_len(0).map_err(|error| failed(&error, "empty", Some(path)))?;
        Ok(self.wrap(file))
    }

    fn options() -> OpenOptions {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        options
    }

    fn wrap(&self, file: File) -> TempFile {
        TempFile {
            is_exact: platform::is_exact(&file),
            file: Arc::new(file),
            written_ns: Arc::default(),
            faults: self.faults.clone(),
        }
    }

    /// True if the temporary file is the one that had this version when it was
    /// left, and as it was.
    pub fn is_as_left(&self, path: &Path, version: &str) -> Result<bool> {
        self.faults.check()?;
        match Facts::at(path) {
            Ok(found) => Ok(found.version() == version),
            Err(error) if is_gone(&error) => Ok(false),
            Err(error) => Err(failed(&error, "look at", Some(path))),
        }
    }

    /// Checks that there is space for a file of `length` bytes, and reserves it
    /// where the file system can: E_DISK_FULL if there is not, E_FILE_TOO_LARGE
    /// if no file there may have as many.
    pub fn reserve(&self, file: &TempFile, length: u64) -> Result<()> {
        self.faults.check()?;
        let reserve = |error| failed(&error, "reserve space for", None);
        platform::check_length(&file.file, length).map_err(reserve)?;
        let facts = Facts::of(&file.file).map_err(|error| failed(&error, "look at", None))?;
        let missing = length.saturating_sub(facts.allocated());
        let free = platform::free_bytes(&file.file)
            .map_err(|error| failed(&error, "ask for the free space of", None))?;
        if free.is_some_and(|free| missing > free) {
            return Err(Error::with_context(
                code::E_DISK_FULL,
                ErrorContext::LocalFile,
                format!("{missing} bytes are missing on the disk"),
            ));
        }
        platform::allocate(&file.file, length).map_err(reserve)
    }

    /// Makes what was written so far survive a power cut.
    pub fn sync(&self, file: &TempFile) -> Result<()> {
        self.faults.check()?;
        file.file.sync_data().map_err(|error| failed(&error, "sync", None))
    }

    /// Moves a finished temporary file to its target, with the mode a new file
    /// of a process with that umask would have (None: of this one) and, if
    /// given, the server's time.
    ///
    /// If it is gone and the target is the finished file, it was moved before.
    /// BG_E_LOCAL_FILE_CHANGED if it is gone otherwise, or is not what was
    /// finished. A failure leaves the temporary file as it was. The folder must
    /// be synced afterwards.
    pub fn publish(
        &self,
        temporary: &Path,
        target: &Path,
        finished: Finished<'_>,
        modified_ms: Option<i64>,
        umask: Option<u32>,
    ) -> Result<()> {
        self.faults.check()?;
        let changed =
            |why: &str| changed(format!("the finished file {} {why}", temporary.display()));
        let file = match open_unfollowed(&mut Self::options(), temporary) {
            Ok(file) => file,
            Err(error) if is_gone(&error) => {
                let moved = Facts::at(target).is_ok_and(|there| finished.is(&there));
                return if moved { Ok(()) } else { Err(changed("is gone")) };
            }
            Err(error) => return Err(failed(&error, "open", Some(temporary))),
        };
        let found = Facts::of(&file).map_err(|error| failed(&error, "look at", Some(temporary)))?;
        if !finished.is(&found) || finished.version.is_some_and(|then| then != found.version()) {
            return Err(changed("was changed by somebody else"));
        }
        let there = Facts::at(target).ok();
        if there.as_ref().is_some_and(Facts::is_folder) {
            return Err(Error::with_context(
                code::E_DIRECTORY,
                ErrorContext::LocalFile,
                format!("a folder is in the way at {}", target.display()),
            ));
        }
        if let Some(why) = there.and_then(|there| special(&there, target)) {
            return Err(Error::with_context(code::E_INVALIDARG, ErrorContext::LocalFile, why));
        }
        let modified = modified_ms.and_then(|at| u64::try_from(at).ok()).map(Duration::from_millis);
        if let Some(modified) = modified {
            // A file system without times keeps its own.
            _ = file.set_modified(UNIX_EPOCH + modified);
        }
        platform::publish(&file, umask.unwrap_or(self.umask))
            .map_err(|error| failed(&error, "set the mode of", Some(temporary)))?;
        self.faults.check()?;
        platform::rename(temporary, target).map_err(|error| {
            // It stays a temporary file, so it stays private.
            _ = platform::make_private(&file);
            failed(&error, "move a file to", Some(target))
        })
    }

    /// Makes renames in a folder survive a power cut.
    pub fn sync_folder(&self, folder: &Path) -> Result<()> {
        self.faults.check()?;
        platform::sync_folder(folder)
            .map_err(|error| failed(&error, "sync the folder", Some(folder)))
    }

    /// Deletes a temporary file; true if there was one. Nothing there is success; a
    /// link or a folder there is not ours and stays. The folder must be synced afterwards.
    pub fn remove_temporary(&self, path: &Path) -> Result<bool> {
        self.faults.check_roomless()?;
        match std::fs::symlink_metadata(path) {
            Ok(metadata) if !metadata.is_file() => return Ok(false),
            Err(error) if is_absent(&error) => return Ok(false),
            Ok(_) | Err(_) => {}
        }
        match std::fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if is_absent(&error) => Ok(false),
            Err(error) => Err(failed(&error, "delete", Some(path))),
        }
    }

    /// Makes deletions in a folder survive a power cut, also while the disk is full.
    pub fn sync_deletions(&self, folder: &Path) -> Result<()> {
        self.faults.check_roomless()?;
        match platform::sync_folder(folder) {
            Err(error) if !is_absent(&error) => {
                Err(failed(&error, "sync the folder", Some(folder)))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// BG_E_LOCAL_FILE_CHANGED: nothing of the file can be trusted.
fn changed(why: String) -> Error {
    Error::with_context(code::BG_E_LOCAL_FILE_CHANGED, ErrorContext::LocalFile, why)
}

/// True if there is nothing at a path, not even its folder.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
