//! Files and folders.

use std::fmt::Write as _;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::UNIX_EPOCH;

use rustix::fs::{Access, OFlags, access};

/// Opens a file that is ours; a symbolic link is not followed. If it is created
/// it is readable by its owner alone.
pub fn open_unfollowed(options: &mut OpenOptions, path: &Path) -> Result<File> {
    // Opening a pipe would wait for its other end.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    options.custom_flags(flags.cast_signed()).mode(0o600).open(path)
}

/// Opens a file of somebody else to read it. Never waits, not even for the
/// other end of a pipe.
pub fn open_to_read(path: &Path) -> Result<File> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Reads from an offset: as much as one call of the system gives, 0 at the end.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Writes all of `data` at an offset.
pub fn write_all_at(file: &File, data: &[u8], offset: u64) -> Result<()> {
    file.write_all_at(data, offset)
}

/// What the file system says of a file.
#[derive(Debug)]
pub struct Facts {
    found: Metadata,
}

impl Facts {
    /// Of an open file.
    pub fn of(file: &File) -> Result<Self> {
        file.metadata().map(|found| Self { found })
    }

    /// Of what is at a path; of a link itself, if there is one.
    pub fn at(path: &Path) -> Result<Self> {
        std::fs::symlink_metadata(path).map(|found| Self { found })
    }

    /// Of what a path leads to, by links, too.
    pub fn behind(path: &Path) -> Result<Self> {
        std::fs::metadata(path).map(|found| Self { found })
    }

    /// True for a regular file.
    pub fn is_file(&self) -> bool {
        self.found.is_file()
    }

    /// True for a folder.
    pub fn is_folder(&self) -> bool {
        self.found.is_dir()
    }

    /// In bytes.
    pub fn length(&self) -> u64 {
        self.found.len()
    }

    /// Bytes that it takes on the disk.
    pub fn allocated(&self) -> u64 {
        self.found.blocks() * 512
    }

    /// Device and inode: what names the file whatever its path is.
    pub fn identity(&self) -> (u64, u64) {
        (self.found.dev(), self.found.ino())
    }

    /// True if it is a file of this user that has no other name.
    pub fn is_ours(&self) -> bool {
        self.found.is_file()
            && self.found.nlink() == 1
            && self.found.uid() == rustix::process::geteuid().as_raw()
    }

    /// True for what can be opened but is neither a file nor a folder: a pipe,
    /// a socket, a device.
    pub fn is_special(&self) -> bool {
        let kind = self.found.file_type();
        !(kind.is_file() || kind.is_dir() || kind.is_symlink())
    }

    /// When the content was last written, in nanoseconds since 1970.
    pub fn written_ns(&self) -> i64 {
        self.found.mtime().saturating_mul(1_000_000_000).saturating_add(self.found.mtime_nsec())
    }

    /// The same as long as the file is the same one, whatever is written to it: its inode,
    /// and when that was made if the file system knows.
    pub fn birth(&self) -> String {
        let made = self.found.created().ok();
        let made = made.and_then(|made| made.duration_since(UNIX_EPOCH).ok());
        let made = made.map_or(0, |made| made.as_nanos());
        format!("{}-{made}", self.found.ino())
    }

    /// Changes whenever the file does: the time of the last change cannot be
    /// set back by anybody.
    pub fn version(&self) -> String {
        // With room for all of it: a file is named three times while it is fetched.
        let mut version = String::with_capacity(96);
        // Text takes whatever is written to it.
        _ = write!(
            version,
            "\"{}.{}-{}.{}-{}-{}\"",
            self.found.mtime(),
            self.found.mtime_nsec(),
            self.found.ctime(),
            self.found.ctime_nsec(),
            self.found.len(),
            self.found.ino()
        );
        version
    }
}

/// Bytes that this user may still write to the file system of a file; None if
/// only [`allocate`] tells.
pub fn free_bytes(file: &File) -> Result<Option<u64>> {
    let space = rustix::fs::fstatvfs(file)?;
    Ok(Some(space.f_bavail.saturating_mul(space.f_frsize)))
}

/// The error of a file that would have so many bytes, if neither the limit of
/// the process nor the file system lets it: to write beyond the former would
/// end the process.
pub fn check_length(file: &File, length: u64) -> Result<()> {
    use rustix::process::{Resource, getrlimit};
    if getrlimit(Resource::Fsize).current.is_some_and(|limit| length > limit) {
        return Err(rustix::io::Errno::FBIG.into());
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::fs::{SeekFrom, seek};
        /// Every file system takes files of so many bytes.
        const ALWAYS_TAKEN: u64 = i32::MAX as u64;
        // Nobody reads or writes at this position, but there is none beyond the
        // largest file.
        if length > ALWAYS_TAKEN
            && seek(file, SeekFrom::Start(length)) == Err(rustix::io::Errno::INVAL)
        {
            return Err(rustix::io::Errno::FBIG.into());
        }
    }
    _ = file;
    Ok(())
}

/// Reserves space without changing the length, which says nothing about what
/// was written. An error means that there is no space, or none for such a file;
/// where the file system cannot reserve, the file grows as it is written.
pub fn allocate(file: &File, length: u64) -> Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::fs::{FallocateFlags, fallocate};
        use rustix::io::{Errno, retry_on_intr};
        match retry_on_intr(|| fallocate(file, FallocateFlags::KEEP_SIZE, 0, length)) {
            Err(error) if [Errno::NOSPC, Errno::DQUOT, Errno::FBIG, Errno::IO].contains(&error) => {
                return Err(error.into());
            }
            Ok(()) | Err(_) => {}
        }
    }
    _ = (file, length);
    Ok(())
}

/// True if the file system of a file is known to keep the times of its files as
/// they are set, and to have a hole only where nothing was written. Others
/// round times later, take them from a server, or make holes of zeros.
pub fn is_exact(file: &File) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        /// ext2 to ext4, XFS, Btrfs, tmpfs, F2FS, and overlays of these.
        const EXACT: [u64; 6] =
            [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0xF2F5_2010, 0x794C_7630];
        // The type of the number differs by system, and some have a sign.
        #[allow(clippy::cast_sign_loss, clippy::unnecessary_cast, reason = "only its bits count")]
        let kind = |found: rustix::fs::StatFs| found.f_type as u64 & 0xFFFF_FFFF;
        rustix::fs::fstatfs(file).is_ok_and(|found| EXACT.contains(&kind(found)))
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        _ = file;
        false
    }
}

/// True if so many bytes of a file are not all written. Only where
/// [`is_exact`] is true.
pub fn has_hole(file: &File, length: u64) -> Result<bool> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if length > 0 {
        use rustix::fs::{SeekFrom, seek};
        let hole = seek(file, SeekFrom::Hole(0));
        return Ok(hole.is_ok_and(|at| at < length));
    }
    _ = (file, length);
    Ok(false)
}

/// Gives a file the mode of a new one of a process with that umask.
pub fn publish(file: &File, umask: u32) -> Result<()> {
    file.set_permissions(Permissions::from_mode(0o666 & !umask))
}

/// Makes a file readable by its owner alone.
pub fn make_private(file: &File) -> Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// What the process takes away from the mode of new files.
pub fn umask() -> u32 {
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

/// Moves a file; one that is at the new name is replaced in the same step.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    std::fs::rename(from, to)
}

/// Makes the names in a folder survive a power cut.
pub fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)?.sync_all()
}

/// Makes a folder, and those above it, for this user alone.
pub fn create_private_folder(folder: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// True if this user may make files there.
pub fn is_writable_folder(folder: &Path) -> bool {
    access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}
