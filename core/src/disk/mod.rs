//! Temporary files: made, written, checked, moved into place, deleted.
//!
//! The rules: a temporary file is made exclusively, readable by its owner
//! alone, in the folder of its target, and never reached through a symbolic
//! link. What is already there and not ours is left alone. Data is synced
//! before anything says that it is safe.

mod codes;
mod names;
mod outgoing;
mod settle;
mod source;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::{File, Metadata, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use rustix::fs::OFlags;
use uuid::Uuid;

use crate::store::Faults;
use crate::vocab::{Error, ErrorContext, Result, code};

pub use outgoing::Outgoing;
pub use settle::Settled;
pub use source::Source;
pub use writer::Writer;

use codes::failed;

/// Access to the disk. All operations of one manager go through one.
#[derive(Clone, Debug)]
pub struct Disk {
    faults: Faults,
    umask: u32,
    closing: Arc<AtomicBool>,
}

/// A file as it was when it was finished.
#[derive(Clone, Copy, Debug)]
pub struct Finished {
    /// In bytes.
    pub length: u64,
    /// Device and inode, if they were recorded.
    pub identity: Option<(u64, u64)>,
}

impl Finished {
    /// The number of a device may be another one after a reboot; the folder
    /// is the same one.
    fn is(&self, found: &Metadata) -> bool {
        let inode = self.identity.is_some_and(|(_, inode)| inode == found.ino());
        found.is_file() && inode && found.len() == self.length
    }
}

/// A temporary file, as it was found.
#[derive(Debug)]
pub enum Opened {
    /// It holds what it should.
    Ready(TempFile),
    /// It is gone, shorter than it should be, or something else by now.
    Lost,
}

/// An open temporary file.
#[derive(Clone, Debug)]
pub struct TempFile {
    file: Arc<File>,
    faults: Faults,
}

impl TempFile {
    /// Writes all of `data` at an offset.
    pub fn write_at(&self, data: &[u8], offset: u64) -> Result<()> {
        self.faults.check()?;
        self.file.write_all_at(data, offset).map_err(|error| failed(&error, "write", None))
    }

    /// Reads as much as there is, up to the length of `buffer`.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize> {
        self.faults.check()?;
        let mut read = 0;
        while read < buffer.len() {
            match self.file.read_at(&mut buffer[read..], offset + read as u64) {
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
        Self { faults, umask: umask(), closing: Arc::default() }
    }

    /// Ends long work early, for good: it answers E_ABORT.
    pub fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// True after [`Disk::close`].
    pub fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    /// Opens the temporary file that should hold `held` bytes, or makes it if
    /// that is 0. One that exists then is taken over only if it can be ours:
    /// a crash between making a file and recording it leaves such a one.
    pub fn open_temporary(&self, path: &Path, held: u64) -> Result<Opened> {
        self.faults.check()?;
        if held == 0 {
            return self.create(path).map(Opened::Ready);
        }
        let file = match self.options().open(path) {
            Ok(file) => file,
            Err(error) => {
                let gone = matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ELOOP));
                return if gone {
                    Ok(Opened::Lost)
                } else {
                    Err(failed(&error, "open", Some(path)))
                };
            }
        };
        let metadata = file.metadata().map_err(|error| failed(&error, "look at", Some(path)))?;
        if !is_ours(&metadata) || metadata.len() < held {
            return Ok(Opened::Lost);
        }
        Ok(Opened::Ready(self.wrap(file)))
    }

    fn create(&self, path: &Path) -> Result<TempFile> {
        let exists = match self.options().create_new(true).mode(0o600).open(path) {
            Ok(file) => return Ok(self.wrap(file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => error,
            Err(error) => return Err(failed(&error, "create", Some(path))),
        };
        let file = self.options().open(path).map_err(|_| failed(&exists, "create", Some(path)))?;
        let metadata = file.metadata().map_err(|error| failed(&error, "look at", Some(path)))?;
        if !is_ours(&metadata) {
            return Err(failed(&exists, "create", Some(path)));
        }
        file.set_len(0).map_err(|error| failed(&error, "empty", Some(path)))?;
        Ok(self.wrap(file))
    }

    fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        options.read(true).write(true).custom_flags(flags.cast_signed());
        options
    }

    fn wrap(&self, file: File) -> TempFile {
        TempFile { file: Arc::new(file), faults: self.faults.clone() }
    }

    /// Checks that there is room for a file of `length` bytes, and reserves it
    /// where the file system can: E_DISK_FULL if there is not.
    pub fn reserve(&self, file: &TempFile, length: u64) -> Result<()> {
        self.faults.check()?;
        let metadata = file.file.metadata().map_err(|error| failed(&error, "look at", None))?;
        let missing = length.saturating_sub(metadata.blocks() * 512);
        let space = rustix::fs::fstatvfs(&file.file)
            .map_err(|error| failed(&error.into(), "ask for the free space of", None))?;
        if missing > space.f_bavail.saturating_mul(space.f_frsize) {
            return Err(Error::with_context(
                code::E_DISK_FULL,
                ErrorContext::LocalFile,
                format!("{missing} bytes are missing on the disk"),
            ));
        }
        allocate(&file.file, length)
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
    pub fn release(
        &self,
        temporary: &Path,
        target: &Path,
        finished: Finished,
        modified_ms: Option<i64>,
        umask: Option<u32>,
    ) -> Result<()> {
        self.faults.check()?;
        let changed = |why: &str| {
            let why = format!("the finished file {} {why}", temporary.display());
            Error::with_context(code::BG_E_LOCAL_FILE_CHANGED, ErrorContext::LocalFile, why)
        };
        let file = match self.options().open(temporary) {
            Ok(file) => file,
            Err(error) if matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ELOOP)) => {
                let moved =
                    std::fs::symlink_metadata(target).is_ok_and(|there| finished.is(&there));
                return if moved { Ok(()) } else { Err(changed("is gone")) };
            }
            Err(error) => return Err(failed(&error, "open", Some(temporary))),
        };
        let found = file.metadata().map_err(|error| failed(&error, "look at", Some(temporary)))?;
        if !finished.is(&found) {
            return Err(changed("was changed by somebody else"));
        }
        if std::fs::symlink_metadata(target).is_ok_and(|there| there.is_dir()) {
            return Err(Error::with_context(
                code::E_DIRECTORY,
                ErrorContext::LocalFile,
                format!("a folder is in the way at {}", target.display()),
            ));
        }
        let modified = modified_ms.and_then(|at| u64::try_from(at).ok()).map(Duration::from_millis);
        if let Some(modified) = modified {
            // A file system without times keeps its own.
            _ = file.set_modified(UNIX_EPOCH + modified);
        }
        let mode = |mode| file.set_permissions(std::fs::Permissions::from_mode(mode));
        mode(0o666 & !umask.unwrap_or(self.umask))
            .map_err(|error| failed(&error, "set the mode of", Some(temporary)))?;
        self.faults.check()?;
        std::fs::rename(temporary, target).map_err(|error| {
            // It stays a temporary file, so it stays private.
            _ = mode(0o600);
            failed(&error, "move a file to", Some(target))
        })
    }

    /// Makes renames in a folder survive a power cut.
    pub fn sync_folder(&self, folder: &Path) -> Result<()> {
        self.faults.check()?;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| failed(&error, "sync the folder", Some(folder)))
    }

    /// Deletes a temporary file. Nothing there is success; a link or a folder
    /// there is not ours and stays.
    pub fn remove_temporary(&self, path: &Path) -> Result<()> {
        self.faults.check()?;
        match std::fs::symlink_metadata(path) {
            Ok(metadata) if !metadata.is_file() => return Ok(()),
            Err(error) if is_absent(&error) => return Ok(()),
            Ok(_) | Err(_) => {}
        }
        match std::fs::remove_file(path) {
            Err(error) if !is_absent(&error) => Err(failed(&error, "delete", Some(path))),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// True if there is nothing at a path, not even its folder.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn is_ours(metadata: &Metadata) -> bool {
    metadata.is_file()
        && metadata.nlink() == 1
        && metadata.uid() == rustix::process::geteuid().as_raw()
}

/// Reserves blocks without changing the length, which says nothing about what
/// was written.
fn allocate(file: &File, length: u64) -> Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::io::Errno;
        match fallocate(file, FallocateFlags::KEEP_SIZE, 0, length) {
            Err(error) if [Errno::NOSPC, Errno::DQUOT, Errno::IO].contains(&error) => {
                return Err(failed(&error.into(), "reserve space for", None));
            }
            // Not every file system can; the file then grows as it is written.
            Ok(()) | Err(_) => {}
        }
    }
    _ = (file, length);
    Ok(())
}

/// What the process takes away from the mode of new files.
fn umask() -> u32 {
    told_umask().unwrap_or_else(|| {
        let mask = rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        rustix::process::umask(mask);
        // Some systems have a narrower type for it.
        #[allow(clippy::useless_conversion, reason = "not useless on all systems")]
        u32::from(mask.as_raw_mode())
    })
}

/// The same where the system tells it. To find it out otherwise it must be
/// changed for a moment, in which other threads may make files.
pub fn told_umask() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:"))?;
    u32::from_str_radix(line.trim(), 8).ok()
}

/// Names this boot of the machine, where the system tells; None means that
/// only what was synced counts after a restart.
pub fn boot_id() -> Option<Uuid> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Uuid::parse_str(text.trim()).ok()
}
