//! The queue as the RPC server sees it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bgcopy_core::vocab::code;
use bgcopy_core::{
    FileRecord, FileSpec, HistoryEntry, Job, JobRecord, JobSetup, JobSnapshot, JobState, JobType,
    Manager, Reader, display_name_of, history, ids_that_begin, jobs_described, local_name, path_of,
    survey_each,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::failure::describe;
use crate::{output, targets};

use super::OURS;
use super::access::Access;
use super::message::RpcError;
use super::options::Wanted;
use super::status::{Status, beginning_of, is_ours};
use super::watcher::Watcher;

/// What the description of a job says whose file may be replaced.
const OVERWRITES: &str = "bgcopy rpc, replaces files";
/// Names that are tried where the one that is wanted is taken.
const NAMES_TRIED_MAX: u32 = 10_000;
/// Downloads that are recorded as waiting of which the engine is asked whether they move.
const WAITING_ASKED_MAX: u32 = 64;

/// What the RPC server works on.
pub struct Context {
    pub store: PathBuf,
    pub manager: Arc<Manager>,
    /// Downloads go there or below.
    pub folder: PathBuf,
    pub access: Access,
    pub watcher: Watcher,
    /// Names this run of the server.
    pub session: Uuid,
    /// Jobs that are here and could not be put in place, and why.
    failures: Mutex<BTreeMap<Uuid, String>>,
    /// The paths that jobs of clients go to. One download is added at a time.
    taken: Mutex<BTreeMap<PathBuf, Uuid>>,
}

/// A download in the queue.
pub struct Download {
    pub record: JobRecord,
    pub bytes_per_second: u64,
}

/// What a GID names.
pub enum Named {
    Job(Job),
    Past(Box<HistoryEntry>),
}

impl Context {
    pub fn new(
        store: &Path,
        manager: Arc<Manager>,
        folder: PathBuf,
        access: Access,
    ) -> bgcopy_core::Result<Self> {
        let reader = Reader::open(store)?;
        let mut taken = BTreeMap::new();
        for description in [OURS, OVERWRITES] {
            for record in jobs_described(&reader, description)? {
                for file in reader.job(record.id).map_or(Vec::new(), |(_, files)| files) {
                    taken.insert(path_of(&file.local_name), record.id);
                }
            }
        }
        Ok(Self {
            store: store.to_owned(),
            manager,
            folder,
            access,
            watcher: Watcher::default(),
            session: Uuid::new_v4(),
            failures: Mutex::default(),
            taken: Mutex::new(taken),
        })
    }

    /// A view of the queue as it is now.
    pub fn reader(&self) -> bgcopy_core::Result<Reader> {
        Reader::open(&self.store)
    }

    /// The downloads in the queue, in the order in which they would be transferred. Of those
    /// that move it is what they are now, as what is recorded may be a moment old.
    pub fn downloads(&self, reader: &Reader) -> bgcopy_core::Result<Vec<Download>> {
        let mut jobs = Vec::new();
        survey_each(reader, |job| {
            if job.job_type == JobType::Download && !job.state.is_final() {
                jobs.push(job);
            }
            ControlFlow::Continue(())
        })?;
        jobs.sort_by_key(|job| (job.priority, job.queue_position));
        let mut waiting = 0;
        let live = jobs.into_iter().filter_map(|record| {
            let is_recorded = match record.state {
                JobState::Queued | JobState::TransientError => {
                    waiting += 1;
                    waiting > WAITING_ASKED_MAX
                }
                JobState::Connecting | JobState::Transferring => false,
                JobState::Suspended
                | JobState::Error
                | JobState::Transferred
                | JobState::Acknowledged
                | JobState::Cancelled => true,
            };
            if is_recorded {
                return Some(Download { record, bytes_per_second: 0 });
            }
            match self.manager.get_job(record.id).and_then(|job| job.snapshot()) {
                Ok(snapshot) if snapshot.record.state.is_final() => None,
                Ok(JobSnapshot { record, bytes_per_second, .. }) => {
                    Some(Download { record, bytes_per_second })
                }
                // It has left the queue since.
                Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => None,
                Err(_) => Some(Download { record, bytes_per_second: 0 }),
            }
        });
        Ok(live.collect())
    }

    /// The downloads that have left the queue, the first one first.
    pub fn past(&self, reader: &Reader) -> bgcopy_core::Result<Vec<HistoryEntry>> {
        let mut past = history(reader, usize::MAX)?;
        past.retain(|entry| entry.job_type == JobType::Download);
        past.reverse();
        Ok(past)
    }

    /// What a GID names, in the queue or in the history.
    pub fn find(&self, gid: &str) -> Result<Named, RpcError> {
        let missing = || RpcError::new(format!("GID {gid} is not found"));
        let beginning = beginning_of(gid).ok_or_else(missing)?;
        let reader = self.reader()?;
        if let [id] = ids_that_begin(&reader, &beginning)?.as_slice() {
            match self.manager.get_job(*id) {
                Ok(job) => return Ok(Named::Job(job)),
                Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => {}
                Err(error) => return Err(error.into()),
            }
        }
        // A job that has left the queue since that look is in the history by now.
        let found = self.past(&self.reader()?)?;
        let found = found.into_iter().find(|entry| entry.id.to_string().starts_with(&beginning));
        found.map(|entry| Named::Past(Box::new(entry))).ok_or_else(missing)
    }

    /// A job that is in the queue.
    pub fn job(&self, gid: &str) -> Result<Job, RpcError> {
        match self.find(gid)? {
            Named::Job(job) => Ok(job),
            Named::Past(_) => Err(RpcError::new(format!("GID {gid} is not in the queue any more"))),
        }
    }

    /// The files of a job, as they are recorded.
    pub fn files(&self, id: Uuid) -> Vec<FileRecord> {
        let files = self.reader().and_then(|reader| reader.job(id));
        files.map_or(Vec::new(), |(_, files)| files)
    }

    /// Adds a download. It survives a power cut once this returns.
    pub fn add(&self, url: &str, options: &Map<String, Value>) -> Result<Uuid, RpcError> {
        let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if !matches!(scheme.as_deref(), Some("http" | "https")) {
            return Err(RpcError::new("only http and https can be downloaded"));
        }
        let wanted = Wanted::read(options)?;
        let name = targets::name_in_url(url).ok().or_else(|| wanted.out.clone());
        let nameless = "the URL does not end in a name for a file: `out` has to name one";
        let name = name.ok_or_else(|| RpcError::new(nameless))?;
        let overwrites = wanted.overwrites.unwrap_or(false);
        let path = wanted.path(&self.folder, &name)?;
        let mut taken = lock(&self.taken);
        let path = match overwrites {
            true => path,
            false => self.free_name(&mut taken, path, wanted.renames.unwrap_or(true))?,
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| RpcError::new(format!("{}: {error}", folder.display())))?;
        }
        let local_name = local_name(&path)?;
        let display_name = display_name_of(&local_name);
        let file = FileSpec { remote_name: url.to_owned(), local_name, ..FileSpec::default() };
        let setup = JobSetup::new(&display_name, JobType::Download).description(if overwrites {
            OVERWRITES
        } else {
            OURS
        });
        let job = wanted.add_to(setup, file).create(&self.manager)?;
        taken.insert(path, job.id());
        Ok(job.id())
    }

    /// The path, or one like it that nothing has.
    fn free_name(
        &self,
        taken: &mut BTreeMap<PathBuf, Uuid>,
        path: PathBuf,
        renames: bool,
    ) -> Result<PathBuf, RpcError> {
        let mut is_free = |path: &Path| {
            if let Some(id) = taken.get(path) {
                if self.manager.get_job(*id).is_ok() {
                    return false;
                }
                taken.remove(path);
            }
            path.symlink_metadata().is_err()
        };
        if is_free(&path) {
            return Ok(path);
        }
        let numbered = (1..NAMES_TRIED_MAX).map(|number| numbered(&path, number));
        let free = renames.then(|| numbered.into_iter().find(|path| is_free(path))).flatten();
        free.ok_or_else(|| RpcError::new(format!("{} exists already", path.display())))
    }

    /// Puts a job in place that a client added, if it is here.
    pub fn complete_if_here(&self, id: Uuid) {
        let Ok(job) = self.manager.get_job(id) else {
            return;
        };
        let Ok(record) = job.snapshot().map(|snapshot| snapshot.record) else {
            return;
        };
        if !is_ours(&record) || record.state != JobState::Transferred || record.closing.is_some() {
            return;
        }
        let outcome = match self.would_replace(&record) {
            Some(path) => Err(format!("{} exists already", path.display())),
            None => {
                job.complete().map(|_| ()).map_err(|error| describe(error.code, &error.message))
            }
        };
        match outcome {
            Ok(()) => _ = lock(&self.failures).remove(&id),
            // Another process was faster.
            Err(_) if self.manager.get_job(id).is_err() => {}
            Err(why) => {
                output::complain(&format!("bgcopy: {id} cannot be put in place: {why}"));
                lock(&self.failures).insert(id, why.replace("\n  ", ": "));
            }
        }
        self.watcher.nudge();
    }

    /// What clients see of a job's state.
    pub fn status(&self, record: &JobRecord) -> Status {
        Status::of(record, self.failure(record.id).is_some())
    }

    /// Why a job could not be put in place.
    pub fn failure(&self, id: Uuid) -> Option<String> {
        lock(&self.failures).get(&id).cloned()
    }

    /// Tries it once more. False if the job has no such failure.
    pub fn try_again(&self, id: Uuid) -> bool {
        let had = lock(&self.failures).remove(&id).is_some();
        if had {
            self.complete_if_here(id);
        }
        had
    }

    /// A file that is there and would be replaced, although the client did not ask for that.
    fn would_replace(&self, record: &JobRecord) -> Option<PathBuf> {
        if record.description == OVERWRITES {
            return None;
        }
        let paths = self.files(record.id).into_iter().map(|file| path_of(&file.local_name));
        paths.into_iter().find(|path| path.symlink_metadata().is_ok())
    }

    /// True if a file that is there is replaced.
    pub fn overwrites(record: &JobRecord) -> bool {
        record.description == OVERWRITES
    }
}

/// A file's name with a number before its extension, as aria2 does it.
fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!(".{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_gets_a_number_before_its_extension() {
        for (path, expected) in [
            ("/a/b.iso", "/a/b.2.iso"),
            ("/a/b", "/a/b.2"),
            ("/a/b.tar.gz", "/a/b.tar.2.gz"),
            ("/a/.hidden", "/a/.hidden.2"),
        ] {
            assert_eq!(numbered(Path::new(path), 2), Path::new(expected));
        }
    }
}
