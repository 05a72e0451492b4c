//! The folder: which files are in it, and how they come and go.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::platform;

use super::failure::Fallible;

/// What SQLite keeps beside a database, by the end of the name.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The database.
pub(super) fn database(folder: &Path) -> PathBuf {
    folder.join("queue.db")
}

/// The write-ahead log beside it.
pub(super) fn write_ahead_log(folder: &Path) -> PathBuf {
    folder.join("queue.db-wal")
}

/// A database that is being built. It counts for nothing until it is renamed.
pub(super) fn unfinished(folder: &Path) -> PathBuf {
    folder.join("queue.db.new")
}

/// A finished database that is to take the place of a damaged one.
pub(super) fn salvaged(folder: &Path) -> PathBuf {
    folder.join("queue.db.salvaged")
}

/// Its presence asks the next open to look at everything.
fn suspect(folder: &Path) -> PathBuf {
    folder.join("queue.db.suspect")
}

/// Space that is set aside on the disk.
pub(super) fn reserve(folder: &Path) -> PathBuf {
    folder.join("queue.db.reserve")
}

/// Makes the folder, for this user alone.
pub(super) fn create(folder: &Path) -> Fallible<()> {
    if folder.is_dir() {
        return Ok(());
    }
    platform::create_private_folder(folder)?;
    if let Some(parent) = folder.parent() {
        // A parent that may not be read cannot be synced; that is no reason to
        // refuse the folder.
        let _ = sync(parent);
    }
    Ok(())
}

/// Makes the names in a folder survive a power cut.
pub(super) fn sync(folder: &Path) -> Fallible<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    Ok(platform::sync_folder(folder)?)
}

/// The first bytes of a file, as many as there are of those wanted; None if
/// there is no file.
pub(super) fn first_bytes(path: &Path, wanted: usize) -> Fallible<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::with_capacity(wanted);
    file.take(wanted as u64).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Deletes a file and what SQLite keeps beside it.
pub(super) fn delete_database(path: &Path) -> Fallible<()> {
    delete(path)?;
    for companion in COMPANIONS {
        delete(&with_end(path, companion))?;
    }
    Ok(())
}

/// A name for the damaged database that nothing has yet:
/// `queue.db.damaged-<unix seconds>`.
pub(super) fn name_for_damaged(folder: &Path) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut seconds = now;
    loop {
        let name = format!("queue.db.damaged-{seconds}");
        let path = folder.join(&name);
        let ends = COMPANIONS.iter().map(|companion| with_end(&path, companion));
        if !path.exists() && !ends.into_iter().any(|end| end.exists()) {
            return name;
        }
        seconds += 1;
    }
}

/// Moves the database aside, with what SQLite keeps beside it. What is not there
/// has been moved before. Gives the place where it now is.
pub(super) fn set_aside(folder: &Path, name: &str) -> Fallible<PathBuf> {
    let (from, to) = (database(folder), folder.join(name));
    for companion in COMPANIONS {
        rename_if_there(&with_end(&from, companion), &with_end(&to, companion))?;
    }
    rename_if_there(&from, &to)?;
    sync(folder)?;
    // A log may have been all that was left.
    Ok(if to.exists() { to } else { with_end(&to, "-wal") })
}

/// Asks the next open to look at everything. If even this fails, the damage will
/// show itself again.
pub(super) fn mark_suspect(folder: &Path) {
    let _ = File::create(suspect(folder));
}

pub(super) fn is_suspect(folder: &Path) -> bool {
    suspect(folder).exists()
}

pub(super) fn clear_suspect(folder: &Path) -> Fallible<()> {
    delete(&suspect(folder))
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    path.into()
}

fn rename_if_there(from: &Path, to: &Path) -> Fallible<()> {
    match platform::rename(from, to) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn delete(path: &Path) -> Fallible<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        Ok(()) | Err(_) => Ok(()),
    }
}
