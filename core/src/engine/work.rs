//! Owed work on the disk: handed to the helpers, and what they report.

use std::path::PathBuf;

use uuid::Uuid;

use crate::disk::{Finished, Settled};
use crate::model::{FileStage, Job, Now, Outcome, Work};
use crate::protocol::{Failure, http_date_unix_ms};
use crate::vocab::{ErrorContext, code};

use super::Engine;
use super::pool::{Release, Report, Task};

impl Engine {
    pub(super) fn start_work(&mut self, id: Uuid, work: &Work) {
        let Some(loaded) = self.queue.jobs.get(&id) else {
            return;
        };
        let task = match work {
            Work::Settle { file } => settle(&loaded.job, *file),
            Work::Release { files } => {
                let files = files.iter().filter_map(|file| release(&loaded.job, *file)).collect();
                Some(Task::Release { job: id, files })
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
            (Work::Settle { file }, Report::Settled(result)) => match result {
                Ok(Settled::Good { identity }) => {
                    let identity = Some(identity);
                    self.outcome(id, Outcome::Settled { file, identity }, at);
                }
                Ok(Settled::HashMismatch { found }) => {
                    self.outcome(id, Outcome::HashMismatch { file, found }, at);
                }
                Ok(Settled::Short) => {
                    self.outcome(id, Outcome::LostBytes { file, keep: 0 }, at);
                }
                Err(error) => {
                    let keep = match error.code {
                        code::E_FILE_NOT_FOUND => 0,
                        _ => self.synced_bytes((id, file)),
                    };
                    self.outcome(id, Outcome::LostBytes { file, keep }, at);
                    let failure = Failure {
                        transient: true,
                        code: error.code,
                        context: ErrorContext::LocalFile,
                        message: error.message,
                        retry_after: None,
                    };
                    self.outcome(id, Outcome::Failed { file, failure, redirect: None }, at);
                }
            },
            (_, Report::Released { files, error }) => {
                self.outcome(id, Outcome::Released { files, error }, at);
            }
            (_, Report::Removed { undeleted }) => {
                self.outcome(id, Outcome::Removed { undeleted }, at);
            }
            // A report always belongs to the kind of work it was made for.
            (Work::Release { .. } | Work::Remove, Report::Settled(_)) => {}
        }
    }
}

fn settle(job: &Job, index: u32) -> Option<Task> {
    let file = job.files.get(index as usize)?;
    Some(Task::Settle {
        job: job.record.id,
        file: index,
        temporary: PathBuf::from(file.temporary_name(job.record.id, index)),
        length: file.written,
        hash: file.expected_hash.as_ref().map(|hash| (hash.algorithm, hash.digest.clone())),
    })
}

fn release(job: &Job, index: u32) -> Option<Release> {
    let file = job.files.get(index as usize)?;
    let modified = file.validator.as_ref().and_then(|validator| validator.last_modified.as_deref());
    Some(Release {
        file: index,
        temporary: PathBuf::from(file.temporary_name(job.record.id, index)),
        target: PathBuf::from(&file.local_name),
        finished: Finished { length: file.written, identity: file.identity },
        modified_ms: modified.and_then(http_date_unix_ms),
        umask: job.record.umask,
    })
}

/// The temporary files that may exist. Released ones are the caller's now,
/// under another name.
fn temporaries(job: &Job) -> Vec<PathBuf> {
    (0_u32..)
        .zip(&job.files)
        .filter(|(_, file)| file.stage != FileStage::Released)
        .map(|(index, file)| PathBuf::from(file.temporary_name(job.record.id, index)))
        .collect()
}
