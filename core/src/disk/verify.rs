//! The end of a transfer: the content is checked and written through.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek};
use std::path::Path;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::platform::{self, Facts, open_unfollowed};
use crate::vocab::{DigestAlgorithm, Error, Result, code};

use super::codes::failed;
use super::{Disk, Marks, TempFile};

/// Bytes read at a time to be hashed.
const HASH_BUFFER_BYTES: usize = 1024 * 1024;

/// What a received file turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Verification {
    /// What it should be, and safe. Device and inode name it from now on, and
    /// its version, where the file system is exact.
    Good { identity: (u64, u64), version: Option<String> },
    /// Its hash is another one.
    HashMismatch { found: String },
    /// It has fewer bytes than were written.
    Short,
    /// Somebody else replaced it or wrote to it.
    Changed { how: &'static str },
}

impl Disk {
    /// Cuts a received file to its length, syncs it, and checks its hash. A
    /// failed sync is an error that must not be tried again: what it leaves
    /// behind is unknown. `marks` are those with which it was left.
    pub fn verify(
        &self,
        path: &Path,
        length: u64,
        marks: Marks<'_>,
        hash: Option<(DigestAlgorithm, &str)>,
    ) -> Result<Verification> {
        self.faults.check()?;
        let file = match open_unfollowed(&mut Self::options(), path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Verification::Short),
            Err(error) => return Err(failed(&error, "open", Some(path))),
        };
        let facts = Facts::of(&file).map_err(|error| failed(&error, "look at", Some(path)))?;
        if facts.length() < length {
            return Ok(Verification::Short);
        }
        if !marks.are_of(&facts) {
            return Ok(Verification::Changed { how: "was changed or replaced" });
        }
        if facts.length() > length {
            file.set_len(length).map_err(|error| failed(&error, "cut", Some(path)))?;
        }
        self.faults.check()?;
        file.sync_all().map_err(|error| failed(&error, "sync", Some(path)))?;
        // Where data may be placed late it has its place now.
        let is_exact = platform::is_exact(&file);
        let look = |error| failed(&error, "look at", Some(path));
        if is_exact && platform::has_hole(&file, length).map_err(look)? {
            return Ok(Verification::Changed { how: "has lost bytes that were written" });
        }
        let facts = Facts::of(&file).map_err(look)?;
        self.check_hash(&file, path, hash, &facts, is_exact)
    }

    /// The same for a file that is still open since it was written: it need not be opened anew
    /// if its path still names the one that was left.
    pub fn verify_open(
        &self,
        open: &TempFile,
        path: &Path,
        length: u64,
        marks: Marks<'_>,
        hash: Option<(DigestAlgorithm, &str)>,
    ) -> Result<Verification> {
        let file = &*open.file;
        let is_left = |facts: &Facts| marks.version.is_some_and(|left| left == facts.version());
        let facts = Facts::at(path).ok().filter(|facts| facts.length() == length && is_left(facts));
        let Some(facts) = facts.filter(|_| open.is_exact) else {
            return self.verify(path, length, marks, hash);
        };
        self.faults.check()?;
        file.sync_all().map_err(|error| failed(&error, "sync", Some(path)))?;
        let look = |error| failed(&error, "look at", Some(path));
        if platform::has_hole(file, length).map_err(look)? {
            return Ok(Verification::Changed { how: "has lost bytes that were written" });
        }
        // A change since then makes it another one than these facts name.
        self.check_hash(file, path, hash, &facts, true)
    }

    fn check_hash(
        &self,
        file: &File,
        path: &Path,
        hash: Option<(DigestAlgorithm, &str)>,
        facts: &Facts,
        is_exact: bool,
    ) -> Result<Verification> {
        if let Some((algorithm, expected)) = hash {
            let Some(found) =
                self.digest(file, algorithm).map_err(|error| failed(&error, "read", Some(path)))?
            else {
                return Err(Error::new(code::E_ABORT, "the manager is being closed"));
            };
            if !found.eq_ignore_ascii_case(expected) {
                return Ok(Verification::HashMismatch { found });
            }
        }
        let version = is_exact.then(|| facts.version());
        Ok(Verification::Good { identity: facts.identity(), version })
    }

    /// The hash of a file; None if the disk is closed meanwhile.
    fn digest(&self, file: &File, algorithm: DigestAlgorithm) -> std::io::Result<Option<String>> {
        match algorithm {
            DigestAlgorithm::Sha256 => self.digest_by::<Sha256>(file),
            DigestAlgorithm::Sha512 => self.digest_by::<Sha512>(file),
            DigestAlgorithm::Sha1 => self.digest_by::<Sha1>(file),
            DigestAlgorithm::Md5 => self.digest_by::<Md5>(file),
            DigestAlgorithm::Blake3 => {
                let mut hasher = blake3::Hasher::new();
                let all = self.feed(file, |data| {
                    hasher.update(data);
                })?;
                Ok(all.then(|| hasher.finalize().to_hex().to_string()))
            }
        }
    }

    fn digest_by<D: Digest>(&self, file: &File) -> std::io::Result<Option<String>> {
        let mut hasher = D::new();
        let all = self.feed(file, |data| hasher.update(data))?;
        Ok(all.then(|| hex(&hasher.finalize())))
    }

    /// Reads a file to its end; false if the disk is closed meanwhile.
    fn feed(&self, mut file: &File, mut take: impl FnMut(&[u8])) -> std::io::Result<bool> {
        let mut buffer = vec![0; HASH_BUFFER_BYTES];
        file.rewind()?;
        while !self.is_closing() {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(true),
                Ok(read) => take(&buffer[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
