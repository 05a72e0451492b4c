//! Helper threads for work that blocks on the disk.
//!
//! Two lanes: deleting and renaming must not wait behind the hashing of a
//! large file, or Cancel would.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use uuid::Uuid;

use crate::disk::{Disk, Finished, TempFile, Verification};
use crate::model::Work;
use crate::transfer::Token;
use crate::vocab::{Error, HResult, HashAlgorithm, Result, code};

use super::inbox::{Inbox, Message};

/// Threads that hash, sync and reserve. Syncs of several files overlap well;
/// more threads than this gain nothing on any disk measured.
const SLOW_THREADS: usize = 4;

/// One piece of blocking work.
pub enum Task {
    Verify {
        job: Uuid,
        file: u32,
        temporary: PathBuf,
        length: u64,
        version: Option<String>,
        hash: Option<(HashAlgorithm, String)>,
    },
    Publish {
        job: Uuid,
        files: Vec<Publish>,
    },
    Remove {
        job: Uuid,
        temporaries: Vec<PathBuf>,
    },
    Reserve {
        token: Token,
        file: TempFile,
        length: u64,
    },
    Sync {
        key: (Uuid, u32),
        file: TempFile,
        held: Vec<Range<u64>>,
    },
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

/// What became of a piece of pending work.
pub enum Report {
    Verified(Result<Verification>),
    /// The files that are in place, and what stopped the others.
    Published {
        files: Vec<u32>,
        error: Option<(u32, HResult, String)>,
    },
    /// How many temporary files could not be deleted.
    Removed {
        undeleted: u32,
    },
}

/// The helper threads.
pub struct Pool {
    quick: Option<Sender<Task>>,
    slow: Option<Sender<Task>>,
    threads: Vec<JoinHandle<()>>,
    disk: Disk,
}

impl Pool {
    /// Starts the threads; results go to the inbox.
    pub fn start(disk: &Disk, inbox: &Arc<Inbox>) -> Result<Self> {
        let (quick, quick_tasks) = channel();
        let (slow, slow_tasks) = channel();
        let mut pool =
            Self { quick: Some(quick), slow: Some(slow), threads: Vec::new(), disk: disk.clone() };
        pool.spawn("bgcopy-files", disk, inbox, Arc::new(Mutex::new(quick_tasks)))?;
        let slow_tasks = Arc::new(Mutex::new(slow_tasks));
        for _ in 0..SLOW_THREADS {
            pool.spawn("bgcopy-disk", disk, inbox, Arc::clone(&slow_tasks))?;
        }
        Ok(pool)
    }

    /// Hands over a task.
    pub fn submit(&self, task: Task) {
        let lane = match &task {
            Task::Publish { .. } | Task::Remove { .. } => &self.quick,
            Task::Verify { .. } | Task::Reserve { .. } | Task::Sync { .. } => &self.slow,
        };
        if let Some(lane) = lane {
            // The receivers live as long as the threads, which outlive this.
            _ = lane.send(task);
        }
    }

    fn spawn(
        &mut self,
        name: &str,
        disk: &Disk,
        inbox: &Arc<Inbox>,
        tasks: Arc<Mutex<Receiver<Task>>>,
    ) -> Result<()> {
        let (disk, inbox) = (disk.clone(), Arc::clone(inbox));
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                loop {
                    let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    // What is left undone is owed, and done after the next start.
                    let Some(task) = task.ok().filter(|_| !disk.is_closing()) else {
                        return;
                    };
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
        self.quick = None;
        self.slow = None;
        for thread in self.threads.drain(..) {
            // A helper that panicked has nothing left to say.
            _ = thread.join();
        }
    }
}

fn work(disk: &Disk, task: Task) -> Message {
    match task {
        Task::Verify { job, file, temporary, length, version, hash } => {
            let hash = hash.as_ref().map(|(algorithm, digest)| (*algorithm, digest.as_str()));
            let report =
                Report::Verified(disk.verify(&temporary, length, version.as_deref(), hash));
            Message::Worked { job, work: Work::Verify { file }, report }
        }
        Task::Publish { job, files } => {
            let report = publish(disk, &files);
            let files = files.iter().map(|publish| publish.file).collect();
            Message::Worked { job, work: Work::Publish { files }, report }
        }
        Task::Remove { job, temporaries } => {
            let failed = |path: &&PathBuf| disk.remove_temporary(path).is_err();
            let undeleted = temporaries.iter().filter(failed).count();
            let undeleted = u32::try_from(undeleted).unwrap_or(u32::MAX);
            Message::Worked { job, work: Work::Remove, report: Report::Removed { undeleted } }
        }
        Task::Reserve { token, file, length } => {
            Message::Reserved { token, result: disk.reserve(&file, length) }
        }
        Task::Sync { key, file, held } => Message::Synced { key, held, result: disk.sync(&file) },
    }
}

/// Moves files into place and syncs their folders. Files count as published
/// only once their folder is synced.
pub(super) fn publish(disk: &Disk, files: &[Publish]) -> Report {
    let mut published = Vec::new();
    let mut error = None;
    let mut folders = std::collections::BTreeSet::new();
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
