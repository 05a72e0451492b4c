//! Owed work on the disk: handed to the helpers, and what they report.

use std::path::PathBuf;

use uuid::Uuid;

use crate::disk::Verification;
use crate::model::{FileStage, Job, Now, Outcome, Work};
use crate::platform::path_of;
use crate::protocol::{Failure, http_date_unix_ms};
use crate::transfer::local_failure;
use crate::vocab::{ErrorContext, code};

use super::Engine;
use super::pool::{Publish, Report, Task};

impl Engine {
    pub(super) fn start_work(&mut self, id: Uuid, work: &Work) {
        let Some(loaded) = self.queue.jobs.get(&id) else {
            return;
        };
        let task = match work {
            Work::Verify { file } => verify(&loaded.job, *file),
            Work::Publish { files } => {
                let files = files.iter().filter_map(|file| publish(&loaded.job, *file)).collect();
                Some(Task::Publish { job: id, files })
            }
            Work::Remove => Some(Task::Remove { job: id, temporaries: temporaries(&loaded.job) }),
        };
        if let Some(task) = task {
            self.pool.submit(task);
        }
    }

    pub(super) fn worked(&mut self, id: Uuid, work: Work, report: Report, at: Now) {
        self.working.remove(&(id, work.clone()));
        self.queue.replan = true;
        match (work, report) {
            (Work::Verify { file }, Report::Verified(result)) => match result {
                Ok(Verification::Good { identity, version }) => {
                    let identity = Some(identity);
                    self.outcome(id, Outcome::Verified { file, identity, version }, at);
                }
                Ok(Verification::HashMismatch { found }) => {
                    self.outcome(id, Outcome::HashMismatch { file, found }, at);
                }
                Ok(Verification::Short) => {
                    self.outcome(id, Outcome::LostBytes { file, keeps_synced: false }, at);
                }
                Ok(Verification::Changed { how }) => {
                    let failure = Failure::fatal(
                        code::BG_E_LOCAL_FILE_CHANGED,
                        ErrorContext::LocalFile,
                        format!("the temporary file {how}, not by this program"),
                    );
                    self.outcome(id, Outcome::Failed { file, failure, redirect: None }, at);
                }
                Err(error) => {
                    let keeps_synced = error.code != code::E_FILE_NOT_FOUND;
                    self.outcome(id, Outcome::LostBytes { file, keeps_synced }, at);
                    let failure = local_failure(error);
                    self.outcome(id, Outcome::Failed { file, failure, redirect: None }, at);
                }
            },
            (_, Report::Published { files, error }) => {
                self.outcome(id, Outcome::Published { files, error }, at);
            }
            (_, Report::Removed { undeleted }) => {
                self.outcome(id, Outcome::Removed { undeleted }, at);
            }
            // A report always belongs to the kind of work it was made for.
            (Work::Publish { .. } | Work::Remove, Report::Verified(_)) => {}
        }
    }
}

fn verify(job: &Job, index: u32) -> Option<Task> {
    let file = job.files.get(index as usize)?;
    Some(Task::Verify {
        job: job.record.id,
        file: index,
        temporary: path_of(&file.temporary_name(job.record.id, index)),
        length: file.held(),
        version: file.left.clone(),
        hash: file.expected_hash.as_ref().map(|hash| (hash.algorithm, hash.digest.clone())),
    })
}

fn publish(job: &Job, index: u32) -> Option<Publish> {
    let file = job.files.get(index as usize)?;
    let modified = file.validator.as_ref().and_then(|validator| validator.last_modified.as_deref());
    Some(Publish {
        file: index,
        temporary: path_of(&file.temporary_name(job.record.id, index)),
        target: path_of(&file.local_name),
        length: file.held(),
        identity: file.identity,
        version: file.left.clone(),
        modified_ms: modified.and_then(http_date_unix_ms),
        umask: job.record.umask,
    })
}

/// The temporary files that may exist. Published ones are the caller's now,
/// under another name.
fn temporaries(job: &Job) -> Vec<PathBuf> {
    (0_u32..)
        .zip(&job.files)
        .filter(|(_, file)| file.stage != FileStage::Published)
        .map(|(index, file)| path_of(&file.temporary_name(job.record.id, index)))
        .collect()
}
