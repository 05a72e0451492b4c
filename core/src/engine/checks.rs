//! Received files: checked and synced by the helpers, many small ones at a time.

use uuid::Uuid;

use crate::disk::{TempFile, Verification};
use crate::model::{Job, Now, Outcome, VerifiedFile, Work};
use crate::platform::path_of;
use crate::protocol::Failure;
use crate::transfer::local_failure;
use crate::vocab::{ErrorContext, Result, code};

use super::Engine;
use super::pool::{Task, Verify};

/// Files that one helper checks in a row before it reports: what a message between threads
/// costs is shared by them.
const BATCH_FILES: usize = 16;

/// And so many bytes: a large file is checked beside others.
const BATCH_BYTES: u64 = 1024 * 1024;

/// Files that stay open until they are checked: more would take the descriptors of others.
const OPEN_FILES_MAX: usize = 64;

impl Engine {
    /// A file was received, and is still open. That spares a look for it by its path.
    pub(super) fn keep_open(&mut self, key: (Uuid, u32), file: TempFile) {
        if self.working.len() < OPEN_FILES_MAX {
            self.received.insert(key, file);
        }
    }

    /// Hands over received files of a job to be checked and synced.
    pub(super) fn start_checks(&mut self, id: Uuid, files: &[u32]) {
        let Some(loaded) = self.queue.jobs.get(&id) else {
            return;
        };
        let (mut batch, mut bytes) = (Vec::new(), 0_u64);
        for file in files {
            let open = self.received.remove(&(id, *file));
            let Some(one) = check(&loaded.job, *file, open) else {
                continue;
            };
            let is_full = batch.len() == BATCH_FILES || bytes + one.length > BATCH_BYTES;
            if is_full && !batch.is_empty() {
                let files = std::mem::take(&mut batch);
                self.pool.submit(Task::Verify { job: id, files });
                bytes = 0;
            }
            bytes += one.length;
            batch.push(one);
        }
        if !batch.is_empty() {
            self.pool.submit(Task::Verify { job: id, files: batch });
        }
    }

    /// What became of them.
    pub(super) fn checked(&mut self, id: Uuid, files: Vec<(u32, Result<Verification>)>, at: Now) {
        self.queue.replan = true;
        let mut good = Vec::new();
        for (file, result) in files {
            self.working.remove(&(id, Work::Verify { file }));
            match result {
                Ok(Verification::Good { identity, version }) => {
                    good.push(VerifiedFile { file, identity: Some(identity), version });
                }
                other => self.not_good(id, file, other, at),
            }
        }
        if !good.is_empty() {
            self.outcome(id, Outcome::Verified { files: good }, at);
        }
    }

    fn not_good(&mut self, id: Uuid, file: u32, result: Result<Verification>, at: Now) {
        match result {
            Ok(Verification::Good { .. }) => {}
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
        }
    }
}

fn check(job: &Job, index: u32, open: Option<TempFile>) -> Option<Verify> {
    let file = job.files.get(index as usize)?;
    Some(Verify {
        file: index,
        temporary: path_of(&file.temporary_name(job.record.id, index)),
        open,
        length: file.held(),
        birth: file.birth.clone(),
        version: file.left.clone(),
        hash: job.digest_to_check(index).map(|(algorithm, digest)| (algorithm, digest.to_owned())),
    })
}
