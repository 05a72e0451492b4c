//! Pending work on the disk: handed to the helpers, and what they report.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::model::{FileStage, Job, Now, Outcome, Plan, Work};
use crate::platform::path_of;
use crate::protocol::http_date_unix_ms;

use super::Engine;
use super::pool::{Publish, Report, Task, Temporary};

impl Engine {
    /// Hands over what is not under way yet.
    pub(super) fn start_pending_work(&mut self, plan: &Plan) {
        let mut received: BTreeMap<Uuid, Vec<u32>> = BTreeMap::new();
        for (job, work) in &plan.work {
            if matches!(work, Work::Verify { file } if self.syncing.contains(&(*job, *file))) {
                continue;
            }
            if self.working.insert((*job, work.clone())) {
                match work {
                    Work::Verify { file } => received.entry(*job).or_default().push(*file),
                    Work::Publish { .. } | Work::Remove => self.start_work(*job, work),
                }
            }
        }
        for (job, files) in received {
            self.start_checks(job, &files);
        }
        self.received.clear();
    }

    fn start_work(&mut self, id: Uuid, work: &Work) {
        let Some(loaded) = self.queue.jobs.get(&id) else {
            return;
        };
        let task = match work {
            Work::Verify { .. } => return,
            Work::Publish { files } => {
                let files = files.iter().filter_map(|file| publish(&loaded.job, *file)).collect();
                Task::Publish { job: id, files }
            }
            Work::Remove => Task::Remove { job: id, temporaries: temporaries(&loaded.job) },
        };
        self.pool.submit(task);
    }

    pub(super) fn worked(&mut self, id: Uuid, work: Work, report: Report, at: Now) {
        self.working.remove(&(id, work));
        self.queue.replan = true;
        match report {
            Report::Published { files, error } => {
                self.outcome(id, Outcome::Published { files, error }, at);
            }
            Report::Removed { undeleted } => {
                self.outcome(id, Outcome::Removed { undeleted }, at);
            }
        }
    }
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
fn temporaries(job: &Job) -> Vec<Temporary> {
    (0_u32..)
        .zip(&job.files)
        .filter(|(_, file)| file.stage != FileStage::Published)
        .map(|(index, file)| Temporary {
            path: path_of(&file.temporary_name(job.record.id, index)),
            was_written: file.response_headers.is_some(),
        })
        .collect()
}
