//! Who may write: the one holder of the lock on `engine.lock`.
//!
//! The lock belongs to the open descriptor, so the death of its holder frees
//! it, and the file itself may stay behind. It is never deleted: a holder of a
//! deleted file would not notice a second one.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, Mode, OFlags, flock, open};
use rustix::io::Errno;

use crate::vocab::{Error, ErrorContext, code};

use super::failure::{Failure, Fallible};

/// Readers hold a shared lock for the instant of one look, so that a refusal
/// counts only if it lasts: this many looks, this far apart.
const ATTEMPTS: u32 = 5;
const ATTEMPT_DELAY: Duration = Duration::from_millis(2);

/// The right to write in a folder, until it is dropped.
pub(super) struct EngineLock {
    file: File,
}

impl EngineLock {
    /// Takes the lock, or says at once who has it.
    pub(super) fn acquire(folder: &Path) -> Fallible<Self> {
        let path = path_in(folder);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let mut file = File::from(open(&path, flags, Mode::RUSR | Mode::WUSR)?);
        for attempt in 1..=ATTEMPTS {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {
                    write_holder(&mut file);
                    return Ok(Self { file });
                }
                Err(Errno::WOULDBLOCK) if attempt < ATTEMPTS => thread::sleep(ATTEMPT_DELAY),
                Err(Errno::WOULDBLOCK) => break,
                Err(errno) => return Err(errno.into()),
            }
        }
        Err(in_use(folder, &mut file))
    }
}

impl Drop for EngineLock {
    fn drop(&mut self) {
        // A forked child has the same descriptor, and would keep the lock.
        _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// True while somebody holds the lock.
pub(super) fn is_held(folder: &Path) -> bool {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let Ok(file) = open(path_in(folder), flags, Mode::empty()) else {
        return false;
    };
    flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK)
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join("engine.lock")
}

/// Leaves the number of this process in the file. Only the text of a refusal
/// depends on it, so a failure to write is no failure.
fn write_holder(file: &mut File) {
    let text = format!("{}\n", std::process::id());
    let _ = file.set_len(0);
    let _ = file.seek(SeekFrom::Start(0));
    let _ = file.write_all(text.as_bytes());
}

fn in_use(folder: &Path, file: &mut File) -> Failure {
    let mut holder = String::new();
    let _ = file.seek(SeekFrom::Start(0));
    let _ = file.take(20).read_to_string(&mut holder);
    let folder = folder.display();
    let message = match holder.trim().parse::<u32>() {
        Ok(holder) if holder == std::process::id() => {
            format!("this process already has the queue in {folder} open")
        }
        Ok(holder) => format!("process {holder} has the queue in {folder} open"),
        Err(_) => format!("another process has the queue in {folder} open"),
    };
    Failure::Told(Error::with_context(
        code::E_SHARING_VIOLATION,
        ErrorContext::GeneralQueueManager,
        message,
    ))
}
