//! Frames: four bytes of length, then a message.
//!
//! Memory is taken as bytes come and not for what a length claims, never for more
//! than the message has, and given back when the message was read.

use std::io::{self, BufReader, ErrorKind, Read};
use std::time::Instant;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::vocab::{Error, Result, code};

/// Bytes of a message. The largest there is adds 100,000 files to a job in one
/// call.
pub const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of the length in front of it.
pub const LENGTH_BYTES: usize = 4;

/// A message of more bytes is a large one: its buffer is not kept for the next,
/// and a host reads it only with a share of the memory that there is for them.
/// Most calls have a tenth of it.
pub const SMALL_BYTES_MAX: usize = 4096;

/// Bytes that are read at a time.
const STEP_BYTES: usize = 64 * 1024;

/// How deep messages are nested at most; ours are less than half as deep.
const DEPTH_MAX: usize = 32;

/// A message as a frame. E_INVALIDARG if it is too large.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>> {
    let mut frame = vec![0; LENGTH_BYTES];
    rmp_serde::encode::write_named(&mut frame, message)
        .map_err(|error| Error::new(code::E_UNEXPECTED, format!("cannot be sent: {error}")))?;
    let length = frame.len() - LENGTH_BYTES;
    match u32::try_from(length).ok().filter(|_| length <= FRAME_BYTES_MAX) {
        Some(length) => frame[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes()),
        None => {
            return Err(Error::new(
                code::E_INVALIDARG,
                format!("the call has {length} bytes; at most {FRAME_BYTES_MAX} can be sent"),
            ));
        }
    }
    Ok(frame)
}

/// The message of a frame.
pub fn decode<T: DeserializeOwned>(message: &[u8]) -> io::Result<T> {
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(message);
    deserializer.set_max_depth(DEPTH_MAX);
    T::deserialize(&mut deserializer)
        .map_err(|error| io::Error::new(ErrorKind::InvalidData, error.to_string()))
}

/// Takes frames from a stream.
pub struct FrameReader<R> {
    source: BufReader<R>,
    /// What has come of the message.
    message: Vec<u8>,
    /// The bytes that it has in all.
    length: usize,
}

impl<R: Read> FrameReader<R> {
    /// Frames come from there.
    pub fn new(source: R) -> Self {
        Self { source: BufReader::new(source), message: Vec::new(), length: 0 }
    }

    /// What `take` makes of the next message; None at the end of the stream.
    pub fn next<T>(&mut self, take: impl FnOnce(&[u8]) -> T) -> io::Result<Option<T>> {
        if self.begin()?.is_none() {
            return Ok(None);
        }
        self.finish(None, take).map(Some)
    }

    /// The bytes of the next message, of which nothing is read yet; None at the
    /// end of the stream.
    pub fn begin(&mut self) -> io::Result<Option<usize>> {
        let mut length = [0; LENGTH_BYTES];
        if !self.fill(&mut length)? {
            return Ok(None);
        }
        self.length = u32::from_le_bytes(length) as usize;
        if self.length > FRAME_BYTES_MAX {
            let text = format!("a frame of {} bytes", self.length);
            return Err(io::Error::new(ErrorKind::InvalidData, text));
        }
        Ok(Some(self.length))
    }

    /// Reads once of the message, and at most so many bytes.
    pub fn advance(&mut self, bytes_max: usize) -> io::Result<()> {
        let begin = self.message.len();
        let step = bytes_max.min(self.length - begin);
        if step == 0 {
            return Ok(());
        }
        let capacity = self.message.capacity();
        if capacity - begin < step {
            let doubled = capacity.max(step);
            self.message.reserve_exact(doubled.min(self.length - begin));
        }
        self.message.resize(begin + step, 0);
        let read = read_once(&mut self.source, &mut self.message[begin..]);
        self.message.truncate(begin + read.as_ref().map_or(0, |read| *read));
        if read? == 0 { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// What `take` makes of the message, once the rest of it is read; TimedOut if
    /// that takes until the deadline.
    pub fn finish<T>(
        &mut self,
        deadline: Option<Instant>,
        take: impl FnOnce(&[u8]) -> T,
    ) -> io::Result<T> {
        while self.message.len() < self.length {
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Err(ErrorKind::TimedOut.into());
            }
            self.advance(STEP_BYTES)?;
        }
        let taken = take(&self.message);
        self.message.clear();
        self.message.shrink_to(SMALL_BYTES_MAX);
        Ok(taken)
    }

    /// Bytes of the message that have come.
    pub fn received(&self) -> usize {
        self.message.len()
    }

    /// Bytes of memory that it has for messages.
    #[cfg(test)]
    pub fn buffer_bytes(&self) -> usize {
        self.message.capacity()
    }

    /// Fills a buffer; false if the stream ends before its first byte.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let mut filled = 0;
        while filled < buffer.len() {
            match read_once(&mut self.source, &mut buffer[filled..])? {
                0 if filled == 0 => return Ok(false),
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
        }
        Ok(true)
    }
}

fn read_once(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
