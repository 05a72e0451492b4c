//! Space that is set aside on the disk of the store.
//!
//! What gets a full disk out of its trouble needs some space itself: a Cancel
//! deletes files only once it is stored. The reserve is a file that is cut short
//! for that, and grows again when there is space.

use std::fs::{File, OpenOptions};
use std::io::{Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::platform::{free_bytes, open_unfollowed};

use super::folder;

/// Some hundred pages of the log: the end of a job with thousands of files.
const RESERVE_BYTES: u64 = 512 << 10;
/// What is given up of it at a time: enough to open the store, which makes the
/// index of the log, and to end a small job.
pub(super) const STEP_BYTES: u64 = 64 << 10;
/// What must be free besides before the reserve takes space.
const MARGIN_BYTES: u64 = 256 << 10;
/// Written at a time.
const BLOCK_BYTES: usize = 64 << 10;

/// The reserve of a store, for whoever may write there.
pub(super) struct Reserve {
    path: PathBuf,
    bytes: u64,
}

impl Reserve {
    /// As much as there is of it.
    pub(super) fn of(folder: &Path) -> Self {
        let path = folder::reserve(folder);
        let found = std::fs::symlink_metadata(&path).ok().filter(std::fs::Metadata::is_file);
        Self { path, bytes: found.map_or(0, |found| found.len()) }
    }

    /// True if some of it was given up and is not back yet.
    pub(super) fn is_short(&self) -> bool {
        self.bytes < RESERVE_BYTES
    }

    /// Frees so many bytes on the disk, or what there is; false if that was
    /// nothing.
    pub(super) fn give(&mut self, bytes: u64) -> bool {
        let left = self.bytes.saturating_sub(bytes);
        if left == self.bytes || self.file().and_then(|file| file.set_len(left)).is_err() {
            return false;
        }
        self.bytes = left;
        true
    }

    /// Makes it whole again if there is space. If there is none, nothing is
    /// taken: the next call tries again.
    pub(super) fn fill(&mut self) {
        if !self.is_short() {
            return;
        }
        let Ok(mut file) = self.file() else {
            return;
        };
        let missing = RESERVE_BYTES - self.bytes;
        let has_room =
            !matches!(free_bytes(&file), Ok(Some(free)) if free < missing + MARGIN_BYTES);
        if has_room && write(&mut file, self.bytes).is_ok() {
            self.bytes = RESERVE_BYTES;
        } else {
            // A part of it would only make the disk fuller.
            _ = file.set_len(self.bytes);
        }
    }

    fn file(&self) -> Result<File> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        open_unfollowed(&mut options, &self.path)
    }
}

/// Fills the file from a position on. Its bytes have no pattern: a file system
/// that packs what it stores would set nothing aside for zeros.
fn write(file: &mut File, from: u64) -> Result<()> {
    file.seek(SeekFrom::Start(from))?;
    let mut random = fastrand::Rng::new();
    let mut block = vec![0; BLOCK_BYTES];
    let mut at = from;
    while at < RESERVE_BYTES {
        let left = usize::try_from(RESERVE_BYTES - at).unwrap_or(BLOCK_BYTES);
        let part = &mut block[..left.min(BLOCK_BYTES)];
        random.fill(part);
        file.write_all(part)?;
        at += part.len() as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;

    use super::*;

    #[test]
    fn what_is_given_up_comes_back() {
        let folder = tempdir().unwrap();
        let mut reserve = Reserve::of(folder.path());
        assert!(reserve.is_short() && !reserve.give(1), "there is none yet");

        reserve.fill();
        assert_eq!(length(folder.path()), RESERVE_BYTES);
        assert!(reserve.give(STEP_BYTES));
        assert_eq!(length(folder.path()), RESERVE_BYTES - STEP_BYTES);
        let mut reserve = Reserve::of(folder.path());
        assert!(reserve.is_short() && reserve.give(RESERVE_BYTES));
        assert_eq!(length(folder.path()), 0);
        assert!(!reserve.give(1), "nothing is left");

        reserve.fill();
        assert_eq!(length(folder.path()), RESERVE_BYTES);
        assert!(!Reserve::of(folder.path()).is_short());
    }

    fn length(folder: &Path) -> u64 {
        std::fs::metadata(folder::reserve(folder)).unwrap().len()
    }
}
