//! Undoes the coding of a body while it comes in.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use flate2::{Decompress, FlushDecompress, Status};

use crate::protocol::Coding;

/// Bytes that are unpacked at a time: what comes out is at most about a
/// thousand times as much.
const STEP_BYTES: usize = 16 * 1024;

/// A body that is being unpacked.
pub struct Unpacker {
    coding: Coding,
    /// Bytes that do not show yet whether `deflate` has a frame.
    start: Vec<u8>,
    inner: Option<Inner>,
}

enum Inner {
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Deflate { stream: Decompress, has_ended: bool },
}

impl std::fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacker").field("coding", &self.coding).finish_non_exhaustive()
    }
}

impl Unpacker {
    /// For a body in that coding.
    pub fn new(coding: Coding) -> Self {
        Self { coding, start: Vec::new(), inner: None }
    }

    /// Takes the next bytes and hands out what they unpack to. An error means
    /// that the body is not what its coding says; `take` ends it with false,
    /// which is returned.
    pub fn push(&mut self, data: &[u8], mut take: impl FnMut(&[u8]) -> bool) -> io::Result<bool> {
        let mut held = std::mem::take(&mut self.start);
        let data = if held.is_empty() {
            data
        } else {
            held.extend_from_slice(data);
            &held
        };
        if self.inner.is_none() {
            match self.begin(data) {
                Some(inner) => self.inner = Some(inner),
                None => {
                    self.start = data.to_vec();
                    return Ok(true);
                }
            }
        }
        let Some(inner) = &mut self.inner else {
            return Ok(true);
        };
        for step in data.chunks(STEP_BYTES) {
            let unpacked = inner.step(step)?;
            if !unpacked.is_empty() && !take(&unpacked) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// True if the body may end here: nothing of it is missing. One without
    /// any bytes is that of an empty file.
    pub fn is_whole(&mut self) -> bool {
        match &mut self.inner {
            Some(Inner::Gzip(stream)) => stream.try_finish().is_ok(),
            Some(Inner::Deflate { has_ended, .. }) => *has_ended,
            None => self.start.is_empty(),
        }
    }

    fn begin(&self, data: &[u8]) -> Option<Inner> {
        match (self.coding, data) {
            (Coding::Gzip, _) => Some(Inner::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))),
            (Coding::Deflate, [first, second, ..]) => {
                let check = u16::from_be_bytes([*first, *second]);
                let has_frame = first & 15 == 8 && check.is_multiple_of(31);
                Some(Inner::Deflate { stream: Decompress::new(has_frame), has_ended: false })
            }
            (Coding::Deflate, _) => None,
        }
    }
}

impl Inner {
    fn step(&mut self, mut data: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip(stream) => {
                stream.write_all(data)?;
                // What is still inside comes out now.
                stream.flush()?;
                Ok(std::mem::take(stream.get_mut()))
            }
            Self::Deflate { stream, has_ended } => {
                let mut unpacked = Vec::new();
                loop {
                    if *has_ended {
                        return match data {
                            [] => Ok(unpacked),
                            _ => Err(io::ErrorKind::InvalidData.into()),
                        };
                    }
                    unpacked.reserve(STEP_BYTES);
                    let (taken, given) = (stream.total_in(), unpacked.len());
                    let status =
                        stream.decompress_vec(data, &mut unpacked, FlushDecompress::None)?;
                    let taken = usize::try_from(stream.total_in() - taken).unwrap_or(data.len());
                    data = &data[taken..];
                    *has_ended = status == Status::StreamEnd;
                    if !*has_ended && taken == 0 && unpacked.len() == given {
                        return Ok(unpacked);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn text() -> Vec<u8> {
        (0..200_000_u32).flat_map(|number| (number / 7).to_le_bytes()).collect()
    }

    /// The text in that form: with the frame of gzip, of zlib, or none.
    fn packed(frame: &str) -> Vec<u8> {
        let (text, level) = (text(), Compression::fast());
        match frame {
            "gzip" => {
                let mut packer = GzEncoder::new(Vec::new(), level);
                packer.write_all(&text).and_then(|()| packer.finish())
            }
            "zlib" => {
                let mut packer = ZlibEncoder::new(Vec::new(), level);
                packer.write_all(&text).and_then(|()| packer.finish())
            }
            _ => {
                let mut packer = DeflateEncoder::new(Vec::new(), level);
                packer.write_all(&text).and_then(|()| packer.finish())
            }
        }
        .expect("packed")
    }

    /// What comes out of a body in pieces of that size; None if it is none of
    /// that coding, or not whole.
    fn unpacked(coding: Coding, body: &[u8], piece: usize) -> Option<Vec<u8>> {
        let (mut unpacker, mut out) = (Unpacker::new(coding), Vec::new());
        for piece in body.chunks(piece) {
            let pushed = unpacker.push(piece, |bytes| {
                out.extend_from_slice(bytes);
                true
            });
            assert!(pushed.ok()?);
        }
        unpacker.is_whole().then_some(out)
    }

    #[test]
    fn a_body_is_unpacked_in_pieces_of_any_size() {
        for (coding, frame) in
            [(Coding::Gzip, "gzip"), (Coding::Deflate, "zlib"), (Coding::Deflate, "none")]
        {
            let body = packed(frame);
            for piece in [1, 7, 4096, body.len()] {
                let out = unpacked(coding, &body, piece);
                assert!(out.is_some_and(|out| out == text()), "{frame} {piece}");
            }
            assert!(unpacked(coding, &body[..body.len() - 1], 4096).is_none(), "{frame}: cut");
            let more = [body.as_slice(), b"more"].concat();
            assert!(unpacked(coding, &more, 4096).is_none(), "{frame}: something follows");
            assert!(unpacked(coding, b"", 1).is_some_and(|out| out.is_empty()), "{frame}: empty");
        }
    }

    #[test]
    fn several_members_are_one_file() {
        let body = [packed("gzip"), packed("gzip")].concat();
        let both = [text(), text()].concat();
        assert!(unpacked(Coding::Gzip, &body, 4096).is_some_and(|out| out == both));
    }

    #[test]
    fn what_is_not_packed_is_noticed() {
        let plain = b"a label on a body that nobody packed".repeat(100);
        assert!(unpacked(Coding::Gzip, &plain, 100).is_none());
        assert!(unpacked(Coding::Deflate, &plain, 100).is_none());
        let mut broken = packed("gzip");
        let last = broken.len() - 5;
        broken[last] ^= 1;
        assert!(unpacked(Coding::Gzip, &broken, 4096).is_none(), "its checksum is wrong");
    }
}
