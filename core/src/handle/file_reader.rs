//! Reading a file while it is downloaded.

use std::fs::{File as OpenFile, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use crate::engine::{ApiCall, ApiReply, ReadableBytes};
use crate::model::is_upload;
use crate::platform::{code_of, open_unfollowed, path_of, read_at};
use crate::vocab::{Error, ErrorContext, JobState, Result, code};

use super::file::File;
use super::interrupt::Interrupt;
use super::manager::unexpected;
use super::turns::{Turns, WaitEnd};

/// How often a file is looked for that moves to its place in the meantime.
const OPEN_TRIES: u32 = 3;

/// Reads a download from its first byte to its last, while it is under way or afterwards.
///
/// A read waits for bytes that are not here yet. The server is asked for them before all
/// others, if the file may have several requests: it has 8 MiB or more, a strong ETag, no
/// requested pieces, and CONNECTIONS_PER_FILE is not 1. Otherwise they come in their turn.
///
/// All that one reader reads is of one version of the file: once the download has begun anew,
/// because the file on the server is another one, every read answers BG_E_REMOTE_FILE_CHANGED,
/// and another reader must be opened. What a download with an expected hash brings is checked
/// when all of it is here: [`FileReader::is_verified`].
///
/// It keeps its job's handle open. Any thread may use it; calls of one reader take turns. The
/// position is its own; it does not move those of others.
pub struct FileReader {
    turns: Arc<Turns<Reading>>,
}

/// What one call of a reader at a time has.
struct Reading {
    file: File,
    position: u64,
    /// The version that its bytes are of, once it has read some.
    version: Option<u32>,
    /// What the engine said last.
    known: Option<ReadableBytes>,
    open: Option<OpenFile>,
}

impl File {
    /// Opens a reader at the first byte. E_NOTIMPL for an upload, DO_E_INVALID_STATE for a
    /// cancelled job.
    pub fn open_reader(&self) -> Result<FileReader> {
        let record = self.job().record()?;
        if is_upload(&record) {
            return Err(Error::new(code::E_NOTIMPL, "only downloads can be read"));
        }
        if record.state == JobState::Cancelled {
            return Err(Error::new(code::DO_E_INVALID_STATE, "the job is cancelled"));
        }
        let file = self.again()?;
        let reading = Reading { file, position: 0, version: None, known: None, open: None };
        Ok(FileReader { turns: Arc::new(Turns::new(reading)) })
    }

    /// What is missing of the file from this offset on is downloaded first, and what is
    /// missing in front of it afterwards (UpdateDownloadPosition). It is not stored: a process
    /// that takes over the queue goes on with the first missing byte. It changes nothing for a
    /// file that has one request at a time: see [`FileReader`].
    /// BG_E_RANDOM_ACCESS_NOT_SUPPORTED for an upload and for a file with requested pieces,
    /// BG_E_INVALID_RANGE for an offset behind the end, DO_E_INVALID_STATE if the job is
    /// completed or cancelled. Section 3.5.
    pub fn update_download_position(&self, offset: u64) -> Result<()> {
        let (id, index) = (self.job().id(), self.index());
        let call = ApiCall::UpdateDownloadPosition { id, index, position: offset };
        self.job().ask(call).map(|_| ())
    }
}

impl FileReader {
    /// Reads up to `buffer.len()` bytes from the position on, and moves it behind them. Waits
    /// until there is at least one; 0 at the end of the file. `None` waits for ever; E_TIMEOUT
    /// when the time is over.
    ///
    /// If the byte will not come by itself it does not wait: DO_E_INVALID_STATE if the job is
    /// suspended, completed without it, or cancelled; the code of the error if the job or the
    /// file has failed for good. After Resume it can be read on.
    pub fn read_within(&self, buffer: &mut [u8], timeout: Option<Duration>) -> Result<usize> {
        let end = WaitEnd::after(timeout);
        self.turns.take_until(end, None)?.read(buffer, end, None)
    }

    /// As [`FileReader::read_within`], and E_ABORT at once when it is interrupted.
    pub fn read_interruptible(
        &self,
        buffer: &mut [u8],
        timeout: Option<Duration>,
        interrupt: &Interrupt,
    ) -> Result<usize> {
        self.read_if_wanted(buffer, timeout, interrupt, |_| true)
    }

    /// As [`FileReader::read_interruptible`], and asks `is_wanted` with the bytes before it
    /// moves the position: if that is false the position stays, and another read gets them.
    pub fn read_if_wanted(
        &self,
        buffer: &mut [u8],
        timeout: Option<Duration>,
        interrupt: &Interrupt,
        is_wanted: impl FnOnce(&[u8]) -> bool,
    ) -> Result<usize> {
        let end = WaitEnd::after(timeout);
        let mut turn = self.turns.take_until(end, Some(interrupt))?;
        let begin = turn.position;
        let read = turn.read(buffer, end, Some(interrupt))?;
        if !is_wanted(&buffer[..read]) {
            turn.position = begin;
        }
        Ok(read)
    }

    /// Where the next read begins, in bytes from the first one. A file with requested pieces
    /// has them back to back.
    pub fn position(&self) -> u64 {
        self.turns.take().position
    }

    /// Moves the position; it may be behind the end. E_INVALIDARG for one in front of the
    /// first byte; from the end E_PENDING as long as the size is not known.
    pub fn move_to(&self, to: SeekFrom) -> Result<u64> {
        let mut turn = self.turns.take();
        let (base, distance) = match to {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::Current(distance) => (turn.position, distance),
            SeekFrom::End(distance) => {
                let text = "the size of the file is not known yet";
                let size = turn.file.record()?.bytes_total();
                (size.ok_or_else(|| Error::new(code::E_PENDING, text))?, distance)
            }
        };
        turn.position = base.checked_add_signed(distance).ok_or_else(in_front)?;
        Ok(turn.position)
    }

    /// Bytes that the whole file will have; None as long as the server has not said.
    pub fn size(&self) -> Result<Option<u64>> {
        Ok(self.turns.take().file.record()?.bytes_total())
    }

    /// True once the whole file is here, checked against the expected hash if there is one,
    /// and safe against a power cut. Before that, what was read is what the server sent.
    pub fn is_verified(&self) -> Result<bool> {
        let turn = self.turns.take();
        let record = turn.file.record()?;
        match turn.version {
            Some(version) if version != record.version => Err(changed()),
            Some(_) | None => Ok(record.is_transferred()),
        }
    }
}

/// The place that an offset means from an origin with a number, as SEEK_SET (0), SEEK_CUR (1)
/// and SEEK_END (2) of C. E_INVALIDARG for another origin, and for a place in front of the
/// first byte.
pub fn seek_from(offset: i64, origin: u32) -> Result<SeekFrom> {
    match origin {
        0 => u64::try_from(offset).map(SeekFrom::Start).map_err(|_| in_front()),
        1 => Ok(SeekFrom::Current(offset)),
        2 => Ok(SeekFrom::End(offset)),
        _ => Err(Error::new(code::E_INVALIDARG, format!("{origin} is no origin of a seek"))),
    }
}

impl Reading {
    fn read(
        &mut self,
        buffer: &mut [u8],
        end: WaitEnd,
        interrupt: Option<&Interrupt>,
    ) -> Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.readable() == 0 {
                self.known = Some(self.ask(true, end.left(), interrupt)?);
            }
            let readable = self.readable();
            if readable == 0 {
                return Ok(0);
            }
            let length = usize::try_from(readable).unwrap_or(usize::MAX).min(buffer.len());
            let read = self.read_open(&mut buffer[..length]);
            if !self.are_still_there(length as u64)? {
                continue;
            }
            let read = read?;
            if read == 0 {
                return Err(cut());
            }
            self.position += read as u64;
            return Ok(read);
        }
    }

    /// Bytes that are known to be there from the position on.
    fn readable(&self) -> u64 {
        self.known.as_ref().map_or(0, |known| match self.position >= known.start {
            true => known.end.saturating_sub(self.position),
            false => 0,
        })
    }

    /// Asks the engine for the byte at the position, and may wait for it.
    fn ask(
        &mut self,
        waits: bool,
        timeout: Option<Duration>,
        interrupt: Option<&Interrupt>,
    ) -> Result<ReadableBytes> {
        let job = self.file.job();
        let (id, index) = (job.id(), self.file.index());
        let call = ApiCall::ReadAt { id, index, position: self.position, waits };
        let reply = match interrupt {
            Some(interrupt) => job.shared().call_interruptible(call, timeout, interrupt),
            None => job.shared().call_for(call, timeout),
        };
        let ApiReply::Readable(bytes) = reply? else {
            return Err(unexpected("Readable"));
        };
        if *self.version.get_or_insert(bytes.version) != bytes.version {
            return Err(changed());
        }
        Ok(*bytes)
    }

    /// True if the engine still counts so many bytes from the position on: what was read
    /// before it said so is of its version.
    fn are_still_there(&mut self, length: u64) -> Result<bool> {
        if self.known.as_ref().is_some_and(|known| known.is_published) {
            return Ok(true);
        }
        let are_there = match self.ask(false, None, None) {
            Ok(bytes) => bytes.end.saturating_sub(self.position) >= length,
            Err(error) if error.code == code::E_PENDING => false,
            Err(error) => return Err(error),
        };
        if !are_there {
            self.known = None;
        }
        Ok(are_there)
    }

    fn read_open(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut tries = 0;
        while self.open.is_none() {
            let path = self.known.as_ref().map(|known| known.path.clone()).unwrap_or_default();
            match open_unfollowed(OpenOptions::new().read(true), &path_of(&path)) {
                Ok(file) => self.open = Some(file),
                // It may have been moved to its place meanwhile.
                Err(error) if tries < OPEN_TRIES => {
                    tries += 1;
                    let now = self.ask(true, None, None)?;
                    if now.path == path {
                        return Err(of_system(&error, &path));
                    }
                    self.known = Some(now);
                }
                Err(error) => return Err(of_system(&error, &path)),
            }
        }
        let Some(file) = &self.open else {
            return Ok(0);
        };
        read_at(file, buffer, self.position).map_err(|error| of_system(&error, "the file"))
    }
}

impl Read for &FileReader {
    /// As [`FileReader::read_within`] without an end of the time.
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.read_within(buffer, None).map_err(std::io::Error::other)
    }
}

impl Read for FileReader {
    /// As [`FileReader::read_within`] without an end of the time.
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl Seek for &FileReader {
    /// As [`FileReader::move_to`].
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.move_to(to).map_err(std::io::Error::other)
    }
}

impl Seek for FileReader {
    /// As [`FileReader::move_to`].
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        (&*self).seek(to)
    }
}

fn in_front() -> Error {
    Error::new(code::E_INVALIDARG, "a position in front of the first byte")
}

fn changed() -> Error {
    let text = "the file on the server is another one: the download has begun anew";
    Error::with_context(code::BG_E_REMOTE_FILE_CHANGED, ErrorContext::RemoteFile, text)
}

fn cut() -> Error {
    let text = "the temporary file is shorter than what was written to it";
    Error::with_context(code::BG_E_LOCAL_FILE_CHANGED, ErrorContext::LocalFile, text)
}

fn of_system(error: &std::io::Error, what: &str) -> Error {
    let code = code_of(error).unwrap_or(code::E_FAIL);
    Error::with_context(code, ErrorContext::LocalFile, format!("cannot read {what}: {error}"))
}
