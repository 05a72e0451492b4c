//! Reads a file while it is downloaded.

use bgcopy_core::vocab::{SIZE_UNKNOWN, code};
use bgcopy_core::{FileReader, Result, seek_from};

use crate::call::{must_have_room, out, read};
use crate::file::bgcopy_file;
use crate::guard::{bgcopy_hresult, guard};
use crate::interrupt::bgcopy_interrupt;
use crate::manager::timeout;
use crate::table::{Handle, close, get, put};

/// Reads a download from its first byte to its last, while it is under way or
/// afterwards. What is read is what the server sent; whether it has the expected
/// hash is known when all of it is here: bgcopy_file_reader_is_verified.
///
/// All that one reader reads is of one version of the file: once the download has
/// begun anew, as the file on the server is another one, every read answers
/// BG_E_REMOTE_FILE_CHANGED, and another reader must be opened.
///
/// Any thread may use it, but the calls of one reader take turns: each waits until
/// the one before it has ended. A file may have any number of readers.
pub struct bgcopy_file_reader;

impl Handle for bgcopy_file_reader {
    type Object = FileReader;
}

/// Opens a reader at the first byte of a file. It keeps its job's handle open.
///
/// @param out_reader the caller closes it with bgcopy_file_reader_close.
/// @return S_OK; E_NOTIMPL for an upload; DO_E_INVALID_STATE for a cancelled job;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_open_reader(
    file: *mut bgcopy_file,
    out_reader: *mut *mut bgcopy_file_reader,
) -> bgcopy_hresult {
    read(file, out_reader, |file| put(file.open_reader()?))
}

/// Reads from the position on, and moves it behind what was read. It waits until
/// there is at least one byte, and has those that it waits for downloaded before
/// all others, if the file may have several requests: it has 8 MiB or more, a
/// strong ETag, no requested pieces, and CONNECTIONS_PER_FILE is not 1.
///
/// If the byte will not come by itself it does not wait. After Resume it can be
/// read on.
///
/// @param buffer where the bytes go; may be NULL if length is 0. What it holds after a
/// failure means nothing.
/// @param length how many fit.
/// @param timeout_ms how long to wait, also for its turn; BGCOPY_WAIT_FOREVER.
/// @param out_read how many were read: 0 at the end of the file, or if none fit.
/// @return S_OK; E_TIMEOUT; BG_E_REMOTE_FILE_CHANGED; DO_E_INVALID_STATE if the job is
/// suspended, completed without the byte, or cancelled; what stopped the job or the file
/// if it has failed for good; a code of the disk; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_reader_read(
    reader: *mut bgcopy_file_reader,
    buffer: *mut u8,
    length: u32,
    timeout_ms: u32,
    out_read: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let reader = get(reader)?;
        let place = out(out_read)?;
        let read = reader.read_within(space(buffer, length)?, timeout(timeout_ms))?;
        Ok(place.set(u32::try_from(read).unwrap_or(u32::MAX)))
    })
}

/// Reads as bgcopy_file_reader_read, or until the interrupt is raised.
///
/// @param interrupt what may end the wait; closing it does not.
/// @return as bgcopy_file_reader_read; E_ABORT if it was interrupted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_reader_read_interruptible(
    reader: *mut bgcopy_file_reader,
    buffer: *mut u8,
    length: u32,
    timeout_ms: u32,
    interrupt: *mut bgcopy_interrupt,
    out_read: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let reader = get(reader)?;
        let place = out(out_read)?;
        let buffer = space(buffer, length)?;
        let interrupt = get(interrupt)?;
        let read = reader.read_interruptible(buffer, timeout(timeout_ms), &interrupt)?;
        Ok(place.set(u32::try_from(read).unwrap_or(u32::MAX)))
    })
}

/// Moves the position; it may be behind the end.
///
/// @param offset in bytes, to the front if it is negative.
/// @param origin where it counts from: 0 the first byte, 1 the position, 2 the end, as
/// SEEK_SET, SEEK_CUR and SEEK_END of C.
/// @param out_position where it is now, from the first byte; may be NULL.
/// @return S_OK; E_INVALIDARG for another origin, or a position in front of the first
/// byte; E_PENDING from the end as long as the size is not known; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_reader_seek(
    reader: *mut bgcopy_file_reader,
    offset: i64,
    origin: u32,
    out_position: *mut u64,
) -> bgcopy_hresult {
    guard(|| {
        let position = get(reader)?.move_to(seek_from(offset, origin)?)?;
        if !out_position.is_null() {
            out(out_position)?.set(position);
        }
        Ok(code::S_OK)
    })
}

/// Tells where the next read begins, in bytes from the first one. A file with requested
/// pieces has them back to back.
///
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_reader_get_position(
    reader: *mut bgcopy_file_reader,
    out_position: *mut u64,
) -> bgcopy_hresult {
    guard(|| {
        let reader = get(reader)?;
        let place = out(out_position)?;
        Ok(place.set(reader.position()))
    })
}

/// Tells how many bytes the whole file will have.
///
/// @param out_size BGCOPY_SIZE_UNKNOWN until the server tells.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_reader_get_size(
    reader: *mut bgcopy_file_reader,
    out_size: *mut u64,
) -> bgcopy_hresult {
    guard(|| {
        let reader = get(reader)?;
        let place = out(out_size)?;
        Ok(place.set(reader.size()?.unwrap_or(SIZE_UNKNOWN)))
    })
}

/// Tells whether the whole file is here, checked against the expected hash if there is
/// one, and safe against a power cut.
///
/// @param out_verified 1 or 0.
/// @return S_OK; BG_E_REMOTE_FILE_CHANGED if what was read is of another version;
/// E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_reader_is_verified(
    reader: *mut bgcopy_file_reader,
    out_verified: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let reader = get(reader)?;
        let place = out(out_verified)?;
        Ok(place.set(u32::from(reader.is_verified()?)))
    })
}

/// Closes the handle of a reader, without waiting. A read of another thread goes on to
/// its end, and keeps what it needs until then; only its interrupt ends it sooner. NULL
/// is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_file_reader_close(
    reader: *mut bgcopy_file_reader,
) -> bgcopy_hresult {
    guard(|| close(reader))
}

/// The caller's space, for the time of the call: E_POINTER for NULL, unless it is none.
unsafe fn space<'a>(buffer: *mut u8, length: u32) -> Result<&'a mut [u8]> {
    must_have_room(buffer, length)?;
    if length == 0 {
        return Ok(&mut []);
    }
    Ok(std::slice::from_raw_parts_mut(buffer, length as usize))
}
