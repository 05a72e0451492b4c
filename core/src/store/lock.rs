//! Who may write: the one holder of the lock on `engine.lock`.
//!
//! The lock belongs to the open descriptor, so the death of its holder frees
//! it, and the file itself may stay behind. It is never deleted: a holder of a
//! deleted file would not notice a second one.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use crate::platform::{open_unfollowed, try_lock_alone, try_lock_shared, unlock};
use crate::vocab::{Error, ErrorContext, code};

use super::failure::{Fallible, StoreFailure};

/// Readers hold a shared lock for the instant of one look, so that a refusal
/// counts only if it lasts: this many looks, this far apart.
const ATTEMPTS: u32 = 5;
const ATTEMPT_DELAY: Duration = Duration::from_millis(2);

/// More than the file ever holds.
const HOLDER_BYTES_MAX: u64 = 1024;

/// Whether whoever writes in a folder lets other processes join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Not known yet: it has only just begun.
    Starting,
    /// Others may join.
    Shared,
    /// It wants the folder alone.
    Exclusive,
    /// It cannot let others join; why.
    Impossible(String),
}

impl Sharing {
    fn text(&self) -> String {
        match self {
            Self::Starting => "starting".to_owned(),
            Self::Shared => "shared".to_owned(),
            Self::Exclusive => "exclusive".to_owned(),
            Self::Impossible(reason) => format!("impossible {}", reason.replace('\n', " ")),
        }
    }

    fn from_text(text: &str) -> Self {
        match text.split_once(' ').map_or((text, ""), |(word, rest)| (word, rest)) {
            ("shared", _) => Self::Shared,
            ("exclusive", _) => Self::Exclusive,
            ("impossible", reason) => Self::Impossible(reason.to_owned()),
            _ => Self::Starting,
        }
    }
}

/// Lets others know whether they may join. Only for the holder of the lock.
pub fn announce(folder: &Path, sharing: &Sharing) {
    let mut options = OpenOptions::new();
    // Without it the others try a while before they are told.
    if let Ok(mut file) = open_unfollowed(options.read(true).write(true), &path_in(folder)) {
        write_holder(&mut file, sharing);
    }
}

/// What the holder of the lock has announced.
pub fn sharing(folder: &Path) -> Sharing {
    match open_unfollowed(OpenOptions::new().read(true), &path_in(folder)) {
        Ok(mut file) => read_holder(&mut file).1,
        Err(_) => Sharing::Starting,
    }
}

/// The right to write in a folder, or to keep others from it, until it is
/// dropped.
pub(super) struct EngineLock {
    file: File,
}

impl EngineLock {
    /// Takes the lock, or says at once who has it.
    pub(super) fn acquire(folder: &Path) -> Fallible<Self> {
        let path = path_in(folder);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = open_unfollowed(&mut options, &path)?;
        for attempt in 1..=ATTEMPTS {
            if try_lock_alone(&file)? {
                write_holder(&mut file, &Sharing::Starting);
                return Ok(Self { file });
            }
            if attempt < ATTEMPTS {
                thread::sleep(ATTEMPT_DELAY);
            }
        }
        Err(in_use(folder, &mut file))
    }
}

impl Drop for EngineLock {
    fn drop(&mut self) {
        // A forked child has the same descriptor, and would keep the lock.
        _ = unlock(&self.file);
    }
}

/// A share of the lock, which keeps everybody from writing; None if nobody has
/// ever written there. An error if somebody holds it.
pub(super) fn share(folder: &Path) -> Fallible<Option<EngineLock>> {
    let mut file = match open_unfollowed(OpenOptions::new().read(true), &path_in(folder)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if try_lock_shared(&file)? {
        Ok(Some(EngineLock { file }))
    } else {
        Err(in_use(folder, &mut file))
    }
}

/// True while somebody holds the lock.
pub(super) fn is_held(folder: &Path) -> bool {
    let Ok(file) = open_unfollowed(OpenOptions::new().read(true), &path_in(folder)) else {
        return false;
    };
    matches!(try_lock_shared(&file), Ok(false))
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join("engine.lock")
}

/// Leaves the number of this process in the file, and whether others may join.
/// Only the text of a refusal and how soon it comes depend on it, so a failure
/// to write is no failure.
fn write_holder(file: &mut File, sharing: &Sharing) {
    let text = format!("{}\n{}\n", std::process::id(), sharing.text());
    let _ = file.set_len(0);
    let _ = file.seek(SeekFrom::Start(0));
    let _ = file.write_all(text.as_bytes());
}

fn read_holder(file: &mut File) -> (Option<u32>, Sharing) {
    let mut text = String::new();
    let _ = file.seek(SeekFrom::Start(0));
    let _ = file.take(HOLDER_BYTES_MAX).read_to_string(&mut text);
    let mut lines = text.lines();
    let process = lines.next().and_then(|line| line.trim().parse().ok());
    (process, lines.next().map_or(Sharing::Starting, Sharing::from_text))
}

fn in_use(folder: &Path, file: &mut File) -> StoreFailure {
    let (holder, sharing) = read_holder(file);
    let who = match holder {
        Some(holder) if holder == std::process::id() => "this process already".to_owned(),
        Some(holder) => format!("process {holder}"),
        None => "another process".to_owned(),
    };
    let folder = folder.display();
    let message = match sharing {
        Sharing::Starting | Sharing::Shared => format!("{who} has the queue in {folder} open"),
        Sharing::Exclusive => format!("{who} has the queue in {folder} open for itself alone"),
        Sharing::Impossible(reason) => {
            format!("{who} has the queue in {folder} open and cannot share it: {reason}")
        }
    };
    StoreFailure::Told(Error::with_context(
        code::E_SHARING_VIOLATION,
        ErrorContext::GeneralQueueManager,
        message,
    ))
}
