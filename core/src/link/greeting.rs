//! The greeting: fixed bytes, so that any two versions can tell each other that
//! they do not fit.
//!
//! A guest sends `magic, protocol, wish, library version`; the host answers
//! `magic, protocol, verdict, library version`. Numbers are little-endian; the
//! version is a text with its length in one byte before it.

use std::io::{self, ErrorKind, Read};

use crate::vocab::HResult;

/// What both begin with.
const MAGIC: [u8; 8] = *b"bgcopy\r\n";

/// What a guest wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To join.
    Join,
    /// To join; or else, if the host is older, that it gives way.
    JoinOrReplace,
}

/// What a guest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    pub protocol: u32,
    pub wish: Wish,
    pub library: String,
}

/// What the host answers. S_OK: frames follow. S_FALSE: it gives way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    pub protocol: u32,
    pub verdict: HResult,
    pub library: String,
}

impl Hello {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.protocol.to_le_bytes());
        bytes.push(match self.wish {
            Wish::Join => 0,
            Wish::JoinOrReplace => 1,
        });
        put_text(&mut bytes, &self.library);
        bytes
    }

    pub fn read(source: &mut impl Read) -> io::Result<Self> {
        read_magic(source)?;
        let protocol = u32::from_le_bytes(read_bytes(source)?);
        let wish = match read_bytes(source)? {
            [1] => Wish::JoinOrReplace,
            [_] => Wish::Join,
        };
        Ok(Self { protocol, wish, library: read_text(source)? })
    }
}

impl Welcome {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.protocol.to_le_bytes());
        bytes.extend(self.verdict.0.to_le_bytes());
        put_text(&mut bytes, &self.library);
        bytes
    }

    pub fn read(source: &mut impl Read) -> io::Result<Self> {
        read_magic(source)?;
        let protocol = u32::from_le_bytes(read_bytes(source)?);
        let verdict = HResult(i32::from_le_bytes(read_bytes(source)?));
        Ok(Self { protocol, verdict, library: read_text(source)? })
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    let text = &text.as_bytes()[..text.len().min(usize::from(u8::MAX))];
    bytes.push(text.len() as u8);
    bytes.extend(text);
}

fn read_text(source: &mut impl Read) -> io::Result<String> {
    let [length] = read_bytes(source)?;
    let mut text = vec![0; usize::from(length)];
    source.read_exact(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn read_magic(source: &mut impl Read) -> io::Result<()> {
    match read_bytes(source)? {
        MAGIC => Ok(()),
        _ => Err(io::Error::new(ErrorKind::InvalidData, "the other side is not bgcopy")),
    }
}

fn read_bytes<const N: usize>(source: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}
