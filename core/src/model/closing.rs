//! What the disk work of Complete and Cancel leads to.

use crate::vocab::{Error, ErrorContext, HResult, JobState, Result, code};

use super::deadline::{Deadline, Now};
use super::failure;
use super::file::{FileRecord, FileStage};
use super::job::{Change, Job};
use super::record::{Closing, JobError};
use super::{server_cleanup, upload};

/// How long until temporary files that could not be deleted are tried again.
const CLEANING_RETRY_MS: u64 = 60_000;

/// Complete moved files to their local names, or one of them failed.
pub fn published(
    change: &mut Change,
    job: &Job,
    files: &[u32],
    error: Option<&(u32, HResult, String)>,
    now: Now,
) -> Result<()> {
    if error.is_none() && are_next(job, files) {
        change.record.published_below =
            files.last().map_or(change.record.published_below, |last| last + 1);
        change.published = files.to_vec();
    } else {
        forget_mark(change, job)?;
        for index in files {
            change.edit(job, *index, |file| file.stage = FileStage::Published)?;
        }
    }
    if job.record.closing != Some(Closing::Publishing) {
        return Ok(());
    }
    if let Some((index, code, message)) = error {
        change.record.closing = None;
        // What was tried may have set its times and its mode.
        change.edit(job, *index, |file| file.left = None)?;
        if *code == code::BG_E_LOCAL_FILE_CHANGED {
            // Nothing of it can be trusted: it has to be fetched again.
            change.edit(job, *index, FileRecord::restart)?;
            change.restarted.insert(*index);
            let error = JobError {
                context: ErrorContext::LocalFile,
                file: Some(*index),
                ..failure::job_error(*code, message.clone(), now)
            };
            change.record.error_count += 1;
            failure::fail(change, error, now);
        }
        change.completed =
            Some(Err(Error::with_context(*code, ErrorContext::LocalFile, message.clone())));
        return Ok(());
    }
    let totals = change.record.totals;
    let left = (change.record.published_below..totals.files).any(|index| {
        change.file(job, index).is_ok_and(|file| file.stage == FileStage::Transferred)
    });
    if left {
        return Ok(());
    }
    if totals.files_transferred == totals.files {
        acknowledge(change, code::S_OK, now);
        change.record.closing = None;
    } else {
        change.record.closing = Some(Closing::Discarding);
    }
    Ok(())
}

/// True if these files are the next ones to be moved: then a number in the record of the job
/// says that they are, and none of their own records need be stored.
fn are_next(job: &Job, files: &[u32]) -> bool {
    let below = files.last().map_or(0, |last| last + 1);
    let is_waiting = |index: &u32| {
        job.files.get(*index as usize).is_some_and(|file| file.stage == FileStage::Transferred)
    };
    job.record.closing == Some(Closing::Publishing)
        && (job.record.published_below..below).filter(is_waiting).eq(files.iter().copied())
}

/// From now on the files say for themselves that they are published: others may be
/// transferred later.
fn forget_mark(change: &mut Change, job: &Job) -> Result<()> {
    for index in 0..std::mem::take(&mut change.record.published_below) {
        if job.file(index)?.stage == FileStage::Published {
            change.edit(job, index, |_| {})?;
        }
    }
    Ok(())
}

fn acknowledge(change: &mut Change, result: HResult, now: Now) {
    change.record.enter(JobState::Acknowledged, now);
    change.completed = Some(Ok(result));
}

/// The temporary files were deleted, except so many.
pub fn removed(change: &mut Change, job: &Job, undeleted: u32, now: Now) {
    let was = change.record.closing;
    let retry = Deadline::after(now, CLEANING_RETRY_MS);
    change.record.closing = (undeleted > 0).then_some(Closing::Cleaning { retry: Some(retry) });
    let leftover = (undeleted > 0).then_some(code::BG_S_UNABLE_TO_DELETE_FILES);
    match was {
        Some(Closing::Discarding) => {
            acknowledge(change, leftover.unwrap_or(code::BG_S_PARTIAL_COMPLETE), now);
        }
        Some(Closing::Cleaning { .. }) => {
            change.cancelled = Some(leftover.unwrap_or(code::S_OK));
            if undeleted == 0 && job.files.first().is_some_and(upload::may_hold) {
                change.record.closing = Some(server_cleanup::begin(&job.record, now));
            }
        }
        Some(Closing::Publishing | Closing::ServerCleanup { .. }) | None => {
            change.record.closing = was
        }
    }
}
