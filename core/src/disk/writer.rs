//! Puts the pieces of a body together to writes that are worth a system call,
//! and lets none of them wait long: what is not written is lost with the process.

use std::time::{Duration, Instant};

use crate::vocab::{Error, Result};

use super::TempFile;

/// Bytes per write. Half of what a piece of the size that curl delivers costs
/// goes into the call itself; from here on nothing more is gained.
pub const WRITE_BYTES: usize = 256 * 1024;

/// The same for one of several ranges of a file: there can be 32 of them at a time.
pub const RANGE_WRITE_BYTES: usize = 64 * 1024;

/// How long bytes wait for more. On a fast link the buffer is full long before.
const WAIT_MAX: Duration = Duration::from_millis(100);

/// How long the first bytes of a body wait: a small file on a fast link is whole
/// by then, and still costs one write.
const FIRST_WAIT_MAX: Duration = Duration::from_millis(20);

/// Writes a body in order, from a position on.
#[derive(Debug)]
pub struct Writer {
    file: TempFile,
    buffer: Vec<u8>,
    /// Bytes per write.
    full: usize,
    /// Where the first byte of the buffer belongs.
    position: u64,
    /// Where the body began.
    first: u64,
    /// Bytes of the body that are still to come; `u64::MAX` if nobody knows.
    left: u64,
    /// When the buffer is to be written although it is not full; None while it is
    /// empty.
    due: Option<Instant>,
    failed: Option<Error>,
}

impl Writer {
    /// A writer whose first byte belongs at `position`. The length of the body, if it is known,
    /// says when there is nothing to wait for.
    pub fn new(file: TempFile, position: u64, length: Option<u64>) -> Self {
        Self {
            file,
            buffer: Vec::new(),
            full: WRITE_BYTES,
            position,
            first: position,
            left: length.unwrap_or(u64::MAX),
            due: None,
            failed: None,
        }
    }

    /// Writes so many bytes at a time.
    pub fn writing(self, full: usize) -> Self {
        Self { full, ..self }
    }

    /// Takes the next bytes. After an error it takes no more.
    pub fn push(&mut self, mut data: &[u8]) -> Result<()> {
        let missing = self.left;
        self.left = missing.saturating_sub(data.len() as u64);
        while !data.is_empty() {
            if self.buffer.is_empty() && (data.len() >= self.full || self.left == 0) {
                return self.write(data);
            }
            if self.buffer.capacity() == 0 {
                let missing = usize::try_from(missing).unwrap_or(usize::MAX);
                self.buffer.reserve_exact(self.full.min(missing.max(data.len())));
            }
            if self.buffer.is_empty() {
                let wait = if self.position == self.first { FIRST_WAIT_MAX } else { WAIT_MAX };
                self.due = Some(Instant::now() + wait);
            }
            let (now, later) = data.split_at(data.len().min(self.full - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            data = later;
            if self.buffer.len() == self.full {
                self.empty()?;
            }
        }
        Ok(())
    }

    /// Writes what is left in the buffer.
    pub fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return self.failed.clone().map_or(Ok(()), Err);
        }
        self.empty()
    }

    /// When the buffer is to be written although it is not full.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Writes what is in the buffer if it has waited long enough.
    pub fn flush_if_due(&mut self, now: Instant) -> Result<()> {
        if self.due.is_some_and(|due| due <= now) { self.empty() } else { Ok(()) }
    }

    /// The position up to which everything is in the file.
    pub fn written(&self) -> u64 {
        self.position
    }

    fn empty(&mut self) -> Result<()> {
        self.due = None;
        let mut buffer = std::mem::take(&mut self.buffer);
        self.write(&buffer)?;
        buffer.clear();
        self.buffer = buffer;
        Ok(())
    }

    fn write(&mut self, data: &[u8]) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        match self.file.write_at(data, self.position) {
            Ok(()) => {
                self.position += data.len() as u64;
                Ok(())
            }
            Err(error) => {
                self.failed = Some(error.clone());
                Err(error)
            }
        }
    }
}
