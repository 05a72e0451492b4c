//! Frames: four bytes of length, then a message.

use std::io::{self, BufReader, ErrorKind, Read};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::vocab::{Error, Result, code};

/// Bytes of a message. The largest there is adds 100,000 files to a job in one
/// call.
pub const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Bytes of the length in front of it.
pub const LENGTH_BYTES: usize = 4;

/// A buffer that grew beyond this for a large message is given back after it.
const BUFFER_KEPT_BYTES: usize = 64 * 1024;

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
    message: Vec<u8>,
}

impl<R: Read> FrameReader<R> {
    /// Frames come from there.
    pub fn new(source: R) -> Self {
        Self { source: BufReader::new(source), message: Vec::new() }
    }

    /// The next message; None at the end of the stream. Memory is taken as
    /// bytes come, and not for what a length claims.
    pub fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let mut length = [0; LENGTH_BYTES];
        if !self.fill(&mut length)? {
            return Ok(None);
        }
        let length = u32::from_le_bytes(length);
        if length as usize > FRAME_BYTES_MAX {
            let text = format!("a frame of {length} bytes");
            return Err(io::Error::new(ErrorKind::InvalidData, text));
        }
        self.message.clear();
        self.message.shrink_to(BUFFER_KEPT_BYTES);
        let read = self.source.by_ref().take(u64::from(length)).read_to_end(&mut self.message)?;
        if read < length as usize {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(Some(&self.message))
    }

    /// Fills a buffer; false if the stream ends before its first byte.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.source.read(&mut buffer[filled..]) {
                Ok(0) if filled == 0 => return Ok(false),
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
