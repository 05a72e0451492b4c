//! Helper threads for work that blocks on the disk.
//!
//! Two lanes: deleting and renaming must not wait behind the hashing of a
//! large file, or Cancel would.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use uuid::Uuid;

use crate::disk::{Disk, Finished, Marks, TempFile, Verification};
use crate::model::Work;
use crate::transfer::Token;
use crate::vocab::{DigestAlgorithm, Error, HResult, Result, catch_panic, code};

use super::inbox::{Inbox, Message};

/// Threads that hash, sync and reserve. Syncs of several files overlap well;
/// more threads than this gain nothing on any disk measured.
const SLOW_THREADS: usize = 4;

/// One piece of blocking work.
pub enum Task {
    Verify { job: Uuid, files: Vec<Verify> },
    Publish { job: Uuid, files: Vec<Publish> },
    Remove { job: Uuid, temporaries: Vec<Temporary> },
    Reserve { token: Token, file: TempFile, length: u64 },
    Sync { key: (Uuid, u32), file: TempFile, held: Vec<Range<u64>> },
}

/// One received file to be checked and synced.
pub struct Verify {
    pub file: u32,
    pub temporary: PathBuf,
    /// The same, if it is still open.
    pub open: Option<TempFile>,
    pub length: u64,
    pub birth: Option<String>,
    pub version: Option<String>,
    pub hash: Option<(DigestAlgorithm, String)>,
}

/// One file to be moved to its local name.
pub struct Publish {
    pub file: u32,
    pub temporary: PathBuf,
    pub target: PathBuf,
    pub length: u64,
    pub identity: Option<(u64, u64)>,
    pub version: Option<String>,
    pub modified_ms: Option<i64>,
    pub umask: Option<u32>,
}

/// One temporary file to be deleted.
pub struct Temporary {
    pub path: PathBuf,
    /// True if there may have been one: then its folder is synced although nothing is there. An earlier
    /// try may have deleted it and failed to sync.
    pub was_written: bool,
}

/// What became of a piece of pending work.
pub enum Report {
    /// The files that are in place, and what stopped the others.
    Published { files: Vec<u32>, error: Option<(u32, HResult, String)> },
    /// How many temporary files could not be deleted.
    Removed { undeleted: u32 },
}

/// Tasks in their order, for one thread or several.
#[derive(Default)]
struct Lane {
    state: Mutex<LaneState>,
    changed: Condvar,
}

#[derive(Default)]
struct LaneState {
    tasks: VecDeque<Task>,
    is_closed: bool,
}

impl Lane {
    fn put(&self, task: Task) {
        self.lock().tasks.push_back(task);
        self.changed.notify_one();
    }

    /// Waits for the next one; None once the lane is closed.
    fn take(&self) -> Option<Task> {
        let mut state = self.lock();
        while !state.is_closed {
            if let Some(task) = state.tasks.pop_front() {
                return Some(task);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        None
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, LaneState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The helper threads.
pub struct Pool {
    quick: Arc<Lane>,
    slow: Arc<Lane>,
    threads: Vec<JoinHandle<()>>,
    disk: Disk,
}

impl Pool {
    /// Starts the threads; results go to the inbox.
    pub fn start(disk: &Disk, inbox: &Arc<Inbox>) -> Result<Self> {
        let (quick, slow) = (Arc::<Lane>::default(), Arc::<Lane>::default());
        let mut pool = Self {
            quick: Arc::clone(&quick),
            slow: Arc::clone(&slow),
            threads: Vec::new(),
            disk: disk.clone(),
        };
        pool.spawn("bgcopy-files", disk, inbox, quick)?;
        for _ in 0..SLOW_THREADS {
            pool.spawn("bgcopy-disk", disk, inbox, Arc::clone(&slow))?;
        }
        Ok(pool)
    }

    /// Hands over a task.
    pub fn submit(&self, task: Task) {
        let lane = match &task {
            Task::Publish { .. } | Task::Remove { .. } => &self.quick,
            Task::Verify { .. } | Task::Reserve { .. } | Task::Sync { .. } => &self.slow,
        };
        lane.put(task);
    }

    fn spawn(
        &mut self,
        name: &str,
        disk: &Disk,
        inbox: &Arc<Inbox>,
        lane: Arc<Lane>,
    ) -> Result<()> {
        let (disk, inbox) = (disk.clone(), Arc::clone(inbox));
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                // What is left undone is pending, and done after the next start.
                while let Some(task) = lane.take().filter(|_| !disk.is_closing()) {
                    inbox.report(work(&disk, task));
                }
            })
            .map_err(|error| Error::new(code::E_OUTOFMEMORY, format!("no thread: {error}")))?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.disk.close();
        self.quick.close();
        self.slow.close();
        for thread in self.threads.drain(..) {
            // A panic of a helper was reported by it.
            _ = thread.join();
        }
    }
}

/// Carries out a task. Whatever becomes of it, even a panic, is reported: the engine waits for each task.
fn work(disk: &Disk, task: Task) -> Message {
    match task {
        Task::Verify { job, files } => {
            let verify = |one: Verify| (one.file, catch_panic(|| verify(disk, &one)).flatten());
            Message::Verified { job, files: files.into_iter().map(verify).collect() }
        }
        Task::Publish { job, files } => {
            let report = catch_panic(|| publish(disk, &files))
                .unwrap_or_else(|error| not_published(&files, error));
            let files = files.iter().map(|publish| publish.file).collect();
            Message::Worked { job, work: Work::Publish { files }, report }
        }
        Task::Remove { job, temporaries } => {
            let report = catch_panic(|| remove(disk, &temporaries))
                .unwrap_or_else(|_| not_removed(&temporaries));
            Message::Worked { job, work: Work::Remove, report }
        }
        Task::Reserve { token, file, length } => {
            let result = catch_panic(|| disk.reserve(&file, length)).flatten();
            Message::Reserved { token, result }
        }
        Task::Sync { key, file, held } => {
            let result = catch_panic(|| disk.sync(&file)).flatten();
            Message::Synced { key, held, result }
        }
    }
}

/// What is in place nevertheless is found there by the next Complete.
fn not_published(files: &[Publish], error: Error) -> Report {
    let first = files.first().map_or(0, |publish| publish.file);
    Report::Published { files: Vec::new(), error: Some((first, error.code, error.message)) }
}

/// All of them are tried again later; those that are gone do not count then.
fn not_removed(temporaries: &[Temporary]) -> Report {
    Report::Removed { undeleted: u32::try_from(temporaries.len()).unwrap_or(u32::MAX) }
}

fn verify(disk: &Disk, one: &Verify) -> Result<Verification> {
    let hash = one.hash.as_ref().map(|(algorithm, digest)| (*algorithm, digest.as_str()));
    let marks = Marks { birth: one.birth.as_deref(), version: one.version.as_deref() };
    match &one.open {
        Some(open) => disk.verify_open(open, &one.temporary, one.length, marks, hash),
        None => disk.verify(&one.temporary, one.length, marks, hash),
    }
}

/// Moves files into place and syncs their folders. Files count as published
/// only once their folder is synced.
pub(super) fn publish(disk: &Disk, files: &[Publish]) -> Report {
    let mut published = Vec::new();
    let mut error = None;
    let mut folders = BTreeSet::new();
    for publish in files {
        let finished = Finished {
            length: publish.length,
            identity: publish.identity,
            version: publish.version.as_deref(),
        };
        let moved = disk.publish(
            &publish.temporary,
            &publish.target,
            finished,
            publish.modified_ms,
            publish.umask,
        );
        match moved {
            Ok(()) => {
                published.push(publish.file);
                folders.extend(publish.target.parent());
            }
            Err(failed) => {
                error = Some((publish.file, failed.code, failed.message));
                break;
            }
        }
    }
    for folder in folders {
        if let Err(failed) = disk.sync_folder(folder) {
            let unsafe_ones: Vec<u32> = files
                .iter()
                .filter(|publish| publish.target.parent() == Some(folder))
                .map(|publish| publish.file)
                .collect();
            published.retain(|file| !unsafe_ones.contains(file));
            let first = unsafe_ones.first().copied().unwrap_or(0);
            error.get_or_insert((first, failed.code, failed.message));
        }
    }
    Report::Published { files: published, error }
}

/// Deletes temporary files and syncs their folders: the job that knows of them may be forgotten only
/// once they do not come back with a power cut.
pub(super) fn remove(disk: &Disk, temporaries: &[Temporary]) -> Report {
    let mut undeleted = 0_u32;
    let mut folders: BTreeMap<&Path, u32> = BTreeMap::new();
    for temporary in temporaries {
        match (disk.remove_temporary(&temporary.path), temporary.path.parent()) {
            (Ok(was_there), Some(folder)) if was_there || temporary.was_written => {
                *folders.entry(folder).or_default() += 1;
            }
            (Ok(_), _) => {}
            (Err(_), _) => undeleted += 1,
        }
    }
    for (folder, deleted) in folders {
        if disk.sync_deletions(folder).is_err() {
            undeleted += deleted;
        }
    }
    Report::Removed { undeleted }
}
