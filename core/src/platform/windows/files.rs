//! Files and folders.

use std::ffi::c_void;
use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::os::windows::ffi::OsStrExt;
use std::os::windows::fs::{FileExt, OpenOptionsExt};
use std::os::windows::io::AsRawHandle;
use std::path::{Component, Path, Prefix};

use windows_sys::Win32::Foundation::{ERROR_CANT_ACCESS_FILE, GENERIC_WRITE};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, CreateDirectoryW, FILE_ADD_FILE, FILE_ALLOCATION_INFO,
    FILE_ATTRIBUTE_DEVICE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_REPARSE_POINT, FILE_BASIC_INFO,
    FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, FILE_INFO_BY_HANDLE_CLASS,
    FILE_READ_ATTRIBUTES, FILE_STANDARD_INFO, FileAllocationInfo, FileBasicInfo, FileStandardInfo,
    GetFileInformationByHandle, GetFileInformationByHandleEx, MOVEFILE_REPLACE_EXISTING,
    MOVEFILE_WRITE_THROUGH, MoveFileExW, SetFileInformationByHandle,
};

use super::errors::code_of;
use super::security::{Descriptor, user_sid};
use crate::vocab::code;

/// Opens a file that is ours; a link is not followed. If it is created it has
/// the rights that its folder gives. Others may read, write, move and delete
/// it meanwhile.
pub fn open_unfollowed(options: &mut OpenOptions, path: &Path) -> Result<File> {
    let file = options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)?;
    if file.metadata()?.file_type().is_symlink() {
        return Err(Error::from_raw_os_error(ERROR_CANT_ACCESS_FILE.cast_signed()));
    }
    Ok(file)
}

/// Opens a file of somebody else to read it. A folder can be opened, too, to
/// be told from a file that may not be read.
pub fn open_to_read(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).custom_flags(FILE_FLAG_BACKUP_SEMANTICS).open(path)
}

/// Reads from an offset: as much as one call of the system gives, 0 at the end.
pub fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> Result<usize> {
    file.seek_read(buffer, offset)
}

/// Writes all of `data` at an offset.
pub fn write_all_at(file: &File, mut data: &[u8], mut offset: u64) -> Result<()> {
    while !data.is_empty() {
        match file.seek_write(data, offset)? {
            0 => return Err(ErrorKind::WriteZero.into()),
            written => {
                data = &data[written..];
                offset += written as u64;
            }
        }
    }
    Ok(())
}

/// What the file system says of a file.
#[derive(Debug)]
pub struct Facts {
    attributes: u32,
    length: u64,
    allocated: u64,
    identity: (u64, u64),
    links: u32,
    created_at: i64,
    written_at: i64,
    changed_at: i64,
}

impl Facts {
    /// Of an open file.
    pub fn of(file: &File) -> Result<Self> {
        let mut found = BY_HANDLE_FILE_INFORMATION::default();
        // SAFETY: the file is open, and what is written to lives on.
        if unsafe { GetFileInformationByHandle(file.as_raw_handle(), &mut found) } == 0 {
            return Err(Error::last_os_error());
        }
        let basic: FILE_BASIC_INFO = ask(file, FileBasicInfo)?;
        let standard: FILE_STANDARD_INFO = ask(file, FileStandardInfo)?;
        let long = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        Ok(Self {
            attributes: found.dwFileAttributes,
            length: long(found.nFileSizeHigh, found.nFileSizeLow),
            allocated: u64::try_from(standard.AllocationSize).unwrap_or(0),
            identity: (
                u64::from(found.dwVolumeSerialNumber),
                long(found.nFileIndexHigh, found.nFileIndexLow),
            ),
            links: found.nNumberOfLinks,
            created_at: basic.CreationTime,
            written_at: basic.LastWriteTime,
            changed_at: basic.ChangeTime,
        })
    }

    /// Of what is at a path; of a link itself, if there is one.
    pub fn at(path: &Path) -> Result<Self> {
        Self::opened(path, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT)
    }

    /// Of what a path leads to, by links, too.
    pub fn behind(path: &Path) -> Result<Self> {
        Self::opened(path, FILE_FLAG_BACKUP_SEMANTICS)
    }

    fn opened(path: &Path, flags: u32) -> Result<Self> {
        let mut options = OpenOptions::new();
        Self::of(&options.access_mode(FILE_READ_ATTRIBUTES).custom_flags(flags).open(path)?)
    }

    /// True for a regular file.
    pub fn is_file(&self) -> bool {
        let other = FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE | FILE_ATTRIBUTE_REPARSE_POINT;
        self.attributes & other == 0
    }

    /// True for a folder.
    pub fn is_folder(&self) -> bool {
        self.attributes & FILE_ATTRIBUTE_DIRECTORY != 0
    }

    /// In bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Bytes that it takes on the disk.
    pub fn allocated(&self) -> u64 {
        self.allocated
    }

    /// Volume and file index: what names the file whatever its path is.
    pub fn identity(&self) -> (u64, u64) {
        self.identity
    }

    /// True if it is a file that has no other name. Its owner is not asked for:
    /// what an administrator makes may belong to the group.
    pub fn is_ours(&self) -> bool {
        self.is_file() && self.links == 1
    }

    /// True for a device or a pipe.
    pub fn is_special(&self) -> bool {
        self.attributes & FILE_ATTRIBUTE_DEVICE != 0
    }

    /// When the content was last written, in the system's units.
    pub fn written_ns(&self) -> i64 {
        self.written_at
    }

    /// The same as long as the file is the same one, whatever is written to it.
    pub fn birth(&self) -> String {
        let (_, index) = self.identity;
        format!("{index}-{}", self.created_at)
    }

    /// Changes whenever the file does, unless somebody sets its times back.
    pub fn version(&self) -> String {
        let (_, index) = self.identity;
        format!("\"{}-{}-{}-{index}\"", self.written_at, self.changed_at, self.length)
    }
}

/// Asks for one kind of information, whose structure is `T`.
fn ask<T: Default>(file: &File, class: FILE_INFO_BY_HANDLE_CLASS) -> Result<T> {
    let mut answer = T::default();
    let (place, bytes) = (&raw mut answer, size_of::<T>() as u32);
    // SAFETY: the file is open, and the place has that many bytes.
    let asked = unsafe {
        GetFileInformationByHandleEx(file.as_raw_handle(), class, place.cast::<c_void>(), bytes)
    };
    if asked == 0 { Err(Error::last_os_error()) } else { Ok(answer) }
}

/// Bytes that this user may still write to the file system of a file; None, as
/// [`allocate`] tells.
pub fn free_bytes(_file: &File) -> Result<Option<u64>> {
    Ok(None)
}

/// [`allocate`] and writing fail then.
pub fn check_length(_file: &File, _length: u64) -> Result<()> {
    Ok(())
}

/// Reserves space without changing the length. An error means that there is no
/// space, or none for such a file; where the file system cannot reserve, the file
/// grows as it is written.
/// What is not used is free again once the file is closed.
pub fn allocate(file: &File, length: u64) -> Result<()> {
    // A smaller allocation would cut the file.
    if length <= file.metadata()?.len() {
        return Ok(());
    }
    let wanted = FILE_ALLOCATION_INFO { AllocationSize: i64::try_from(length).unwrap_or(i64::MAX) };
    let (place, bytes) = (&raw const wanted, size_of::<FILE_ALLOCATION_INFO>() as u32);
    // SAFETY: the file is open, and the place has that many bytes.
    let set = unsafe {
        SetFileInformationByHandle(
            file.as_raw_handle(),
            FileAllocationInfo,
            place.cast::<c_void>(),
            bytes,
        )
    };
    if set == 0 {
        let error = Error::last_os_error();
        let told = [code::E_DISK_FULL, code::E_FILE_TOO_LARGE, code::E_IO_DEVICE];
        if code_of(&error).is_some_and(|code| told.contains(&code)) {
            return Err(error);
        }
    }
    Ok(())
}

/// Never: the time of the last write may be updated only once all handles are
/// closed.
pub fn is_exact(_file: &File) -> bool {
    false
}

/// Not asked for, as [`is_exact`] says.
pub fn has_hole(_file: &File, _length: u64) -> Result<bool> {
    Ok(false)
}

/// A file has the rights that its folder gave it.
pub fn publish(_file: &File, _umask: u32) -> Result<()> {
    Ok(())
}

/// A file has the rights that its folder gave it.
pub fn make_private(_file: &File) -> Result<()> {
    Ok(())
}

/// Windows takes nothing away from the rights of new files.
pub fn umask() -> u32 {
    0
}

/// There is none to be told.
pub fn told_umask() -> Option<u32> {
    None
}

/// Moves a file; one that is at the new name is replaced in the same step.
/// Returns once the move is on the disk.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    let (from, to) = (wide(from)?, wide(to)?);
    let flags = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
    // SAFETY: both names end in a NUL.
    if unsafe { MoveFileExW(from.as_ptr(), to.as_ptr(), flags) } == 0 {
        return Err(Error::last_os_error());
    }
    Ok(())
}

/// Makes the names in a folder survive a power cut, as far as Windows lets:
/// it promises nothing for folders, but NTFS flushes one that may be written.
pub fn sync_folder(folder: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.access_mode(GENERIC_WRITE).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    let synced = options.open(folder).and_then(|folder| folder.sync_all());
    match synced {
        Err(error) if error.kind() == ErrorKind::NotFound => Err(error),
        Err(error) if code_of(&error) == Some(code::E_IO_DEVICE) => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes a folder for this user and the system alone, and those above it with
/// the rights that they inherit.
pub fn create_private_folder(folder: &Path) -> Result<()> {
    if let Some(parent) = folder.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let user = user_sid()?;
    let rights = format!("O:{user}D:P(A;OICI;FA;;;{user})(A;OICI;FA;;;SY)");
    let descriptor = Descriptor::from_text(&rights)?;
    let name = wide(folder)?;
    let attributes: SECURITY_ATTRIBUTES = descriptor.attributes();
    // SAFETY: the name ends in a NUL, and the descriptor lives on.
    if unsafe { CreateDirectoryW(name.as_ptr(), &raw const attributes) } == 0 {
        let error = Error::last_os_error();
        if !folder.is_dir() {
            return Err(error);
        }
    }
    Ok(())
}

/// True if this user may make files there.
pub fn is_writable_folder(folder: &Path) -> bool {
    let mut options = OpenOptions::new();
    options.access_mode(FILE_ADD_FILE).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    options.open(folder).is_ok()
}

/// A path as Windows takes it, in the form that has no limit of 260 characters.
pub(super) fn wide(path: &Path) -> Result<Vec<u16>> {
    let path = std::path::absolute(path)?;
    let start = match path.components().next() {
        Some(Component::Prefix(prefix)) => match prefix.kind() {
            Prefix::Disk(_) => (r"\\?\", 0),
            Prefix::UNC(..) => (r"\\?\UNC\", 2),
            Prefix::Verbatim(_)
            | Prefix::VerbatimUNC(..)
            | Prefix::VerbatimDisk(_)
            | Prefix::DeviceNS(_) => ("", 0),
        },
        Some(_) | None => ("", 0),
    };
    let (before, left_out) = start;
    let rest = path.as_os_str().encode_wide().skip(left_out);
    let mut name: Vec<u16> = before.encode_utf16().chain(rest).collect();
    if name.contains(&0) {
        return Err(Error::new(ErrorKind::InvalidInput, "the path contains a NUL"));
    }
    name.push(0);
    Ok(name)
}
