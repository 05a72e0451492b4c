//! The end of a transfer: the content is checked and written through.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use sha2::{Digest, Sha256, Sha512};

use crate::vocab::{HashAlgorithm, Result};

use super::Disk;
use super::codes::failed;

/// Bytes read at a time to be hashed.
const HASH_BUFFER_BYTES: usize = 1024 * 1024;

/// What a received file turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Settled {
    /// What it should be, and safe. Device and inode name it from now on.
    Good { identity: (u64, u64) },
    /// Its hash is another one.
    HashMismatch { found: String },
    /// It has fewer bytes than were written.
    Short,
}

impl Disk {
    /// Cuts a received file to its length, checks its hash, and syncs it. A
    /// failed sync is an error that must not be tried again: what it leaves
    /// behind is unknown.
    pub fn settle(
        &self,
        path: &Path,
        length: u64,
        hash: Option<(HashAlgorithm, &str)>,
    ) -> Result<Settled> {
        self.faults.check()?;
        let file = match self.options().open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Settled::Short),
            Err(error) => return Err(failed(&error, "open", Some(path))),
        };
        let look =
            |file: &File| file.metadata().map_err(|error| failed(&error, "look at", Some(path)));
        let metadata = look(&file)?;
        if metadata.len() < length {
            return Ok(Settled::Short);
        }
        if metadata.len() > length {
            file.set_len(length).map_err(|error| failed(&error, "cut", Some(path)))?;
        }
        if let Some((algorithm, expected)) = hash {
            let found =
                digest(&file, algorithm).map_err(|error| failed(&error, "read", Some(path)))?;
            if !found.eq_ignore_ascii_case(expected) {
                return Ok(Settled::HashMismatch { found });
            }
        }
        self.faults.check()?;
        file.sync_all().map_err(|error| failed(&error, "sync", Some(path)))?;
        Ok(Settled::Good { identity: (metadata.dev(), metadata.ino()) })
    }
}

fn digest(file: &File, algorithm: HashAlgorithm) -> std::io::Result<String> {
    match algorithm {
        HashAlgorithm::Sha256 => {
            let mut hasher = Sha256::new();
            feed(file, |data| hasher.update(data))?;
            Ok(hex(&hasher.finalize()))
        }
        HashAlgorithm::Sha512 => {
            let mut hasher = Sha512::new();
            feed(file, |data| hasher.update(data))?;
            Ok(hex(&hasher.finalize()))
        }
        HashAlgorithm::Blake3 => {
            let mut hasher = blake3::Hasher::new();
            feed(file, |data| {
                hasher.update(data);
            })?;
            Ok(hasher.finalize().to_hex().to_string())
        }
    }
}

fn feed(mut file: &File, mut take: impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut buffer = vec![0; HASH_BUFFER_BYTES];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(&buffer[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
