//! The methods of a job: specification, sections 2.2, 3 and 9.2.

use crate::protocol::check_remote_name;
use crate::vocab::{Error, ErrorContext, JobState, PATHS, Result, code};

use super::deadline::Now;
use super::file::{ExpectedHash, FileRecord, FileStage};
use super::input::{Command, FileSpec};
use super::job::{Change, Job, refuse_final};
use super::plan::Limits;
use super::record::{Closing, JobError};
use super::{failover, http_options, on_demand, setting, target, upload};

/// Applies one method call.
pub fn apply(job: &Job, command: &Command, now: Now, limits: &Limits) -> Result<Change> {
    refuse_final(&job.record)?;
    if job.record.closing.is_some() && !matches!(command, Command::Cancel | Command::Complete) {
        return Err(Error::new(code::DO_E_INVALID_STATE, "the job is being completed"));
    }
    let mut change = Change::of(job);
    match command {
        Command::AddFiles(specs) => {
            add_files(&mut change, job, specs, limits)?;
            http_options::check(&change, job)?;
        }
        Command::Suspend => suspend(&mut change, now),
        Command::Resume => resume(&mut change, job, now)?,
        Command::Cancel if upload::is_upload(&job.record) => {
            upload::cancel(&mut change, job, now);
        }
        Command::Cancel => cancel(&mut change, now),
        Command::Complete if upload::is_upload(&job.record) => {
            upload::complete(&mut change, job, now)?;
        }
        Command::Complete => complete(&mut change, job, now),
        Command::Set(setting) => {
            setting::apply(&mut change, setting, now)?;
            on_demand::set_mode(&mut change, job)?;
            http_options::check(&change, job)?;
        }
        Command::SetRemoteName { file, remote_name } => {
            set_remote_name(&mut change, job, *file, remote_name)?;
        }
        Command::ReplaceRemotePrefix { old, new } => {
            replace_remote_prefix(&mut change, job, old, new)?;
        }
        Command::SetExpectedHash { file, hash } => {
            set_expected_hash(&mut change, job, *file, hash.as_ref())?;
        }
        Command::SetValidationState { file, valid } => {
            set_validation_state(&mut change, job, *file, *valid, now)?;
        }
        Command::RequestFileRanges { file, ranges } => {
            on_demand::request_ranges(&mut change, job, *file, ranges)?;
        }
        Command::AddMirror { file, url } => {
            failover::add_mirror(&mut change, job, *file, url)?;
            http_options::check(&change, job)?;
        }
    }
    if change.record != job.record || !change.files.is_empty() {
        change.record.modified_ms = now.unix_ms;
    }
    Ok(change)
}

fn add_files(change: &mut Change, job: &Job, specs: &[FileSpec], limits: &Limits) -> Result<()> {
    upload::check_files(&job.record, specs)?;
    let count = job.record.totals.files as usize + specs.len();
    if count > limits.files_per_job as usize {
        return Err(Error::new(
            code::BG_E_TOO_MANY_FILES_IN_JOB,
            format!("a job holds at most {} files", limits.files_per_job),
        ));
    }
    let mut names = std::collections::BTreeSet::new();
    let mut files = Vec::with_capacity(specs.len());
    for spec in specs {
        check_remote_name(&spec.remote_name)?;
        target::check_ranges(&spec.ranges)?;
        target::check_local_name(&spec.local_name)?;
        spec.expected_hash.as_ref().map_or(Ok(()), target::check_digest)?;
        failover::check_mirrors(&job.record, &spec.remote_name, &spec.mirrors)?;
        let local_name = PATHS.normal(&spec.local_name);
        if job.has_local_name(&local_name) || !names.insert(PATHS.key(&local_name)) {
            return Err(Error::new(
                code::BGCOPY_E_DUPLICATE_LOCAL_NAME,
                format!("the job already has a file for {}", spec.local_name),
            ));
        }
        let mut file = FileRecord {
            expected_hash: spec.expected_hash.as_ref().map(ExpectedHash::normal),
            is_on_demand: on_demand::is_on_demand(&job.record),
            ..FileRecord::new(spec.remote_name.clone(), local_name, spec.ranges.clone())
        };
        if file.is_on_demand {
            on_demand::check_file(&file)?;
        }
        spec.mirrors.iter().for_each(|mirror| file.append_mirror(mirror.clone()));
        files.push(file);
    }
    change.add(files);
    Ok(())
}

/// Suspend stops what moves; what does not move stays as it is, so that an
/// error or a finished transfer is not hidden (specification, section 14.2 point 1).
fn suspend(change: &mut Change, now: Now) {
    match change.record.state {
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::TransientError => change.record.enter(JobState::Suspended, now),
        JobState::Suspended
        | JobState::Error
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => {}
    }
}

fn resume(change: &mut Change, job: &Job, now: Now) -> Result<()> {
    if job.files.is_empty() {
        return Err(Error::new(code::DO_E_JOB_EMPTY, "the job has no files"));
    }
    let record = &mut change.record;
    let starts = match record.state {
        JobState::Suspended | JobState::TransientError | JobState::Error => true,
        JobState::Transferred => record.totals.files_transferred < record.totals.files,
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::Acknowledged
        | JobState::Cancelled => false,
    };
    if starts {
        record.resumed_once = true;
        record.active_ms = 0;
        record.attempts = 0;
        record.no_progress_deadline = None;
        let done = record.totals.files_transferred == record.totals.files;
        record.enter(if done { JobState::Transferred } else { JobState::Queued }, now);
        // The server may have learned since.
        for index in job.waiting().chain(job.troubled()) {
            if upload::is_upload(&job.record) && !job.file(index)?.is_reply {
                upload::settle_name(change, job, index)?;
            }
            let file = change.file(job, index)?;
            let was_refused = file.ranges_refused || file.if_range_refused;
            let has_mirrors = file.sources.is_some();
            if file.restarts > 0 || was_refused || file.failure.is_some() || has_mirrors {
                let downgrades = failover::may_downgrade(&change.record);
                change.edit(job, index, |file| {
                    file.try_sources_again(downgrades);
                    file.failure = None;
                    file.restarts = 0;
                    file.ranges_refused = false;
                    file.if_range_refused = false;
                })?;
            }
        }
        on_demand::suspend_if_all_is_here(change, job, now);
    }
    Ok(())
}

/// Cancel takes effect at once; the temporary files are owed from then on.
fn cancel(change: &mut Change, now: Now) {
    if change.record.closing.is_some() {
        let error = Error::new(code::DO_E_INVALID_STATE, "the job was cancelled meanwhile");
        change.completed = Some(Err(error));
    }
    change.record.enter(JobState::Cancelled, now);
    change.record.closing = Some(Closing::Cleaning { retry: None });
}

/// Complete moves what is finished and discards the rest. The state changes
/// only when the files are in place, as the call may fail.
fn complete(change: &mut Change, job: &Job, now: Now) {
    if change.record.closing.is_some() {
        return;
    }
    if job.files.is_empty() {
        change.record.enter(JobState::Acknowledged, now);
        change.completed = Some(Ok(code::S_OK));
        return;
    }
    let all = change.record.totals.files_transferred == change.record.totals.files;
    if !all || change.record.state != JobState::Transferred {
        change.record.enter(if all { JobState::Transferred } else { JobState::Suspended }, now);
    }
    change.record.closing = Some(Closing::Publishing);
}

fn set_remote_name(change: &mut Change, job: &Job, index: u32, remote_name: &str) -> Result<()> {
    upload::refuse_upload(&job.record)?;
    check_remote_name(remote_name)?;
    let file = job.file(index)?;
    if file.remote_name == remote_name {
        return Ok(());
    }
    change.edit(job, index, |file| file.rename(remote_name.to_owned()))
}

fn replace_remote_prefix(change: &mut Change, job: &Job, old: &str, new: &str) -> Result<()> {
    upload::refuse_upload(&job.record)?;
    if old.is_empty() || new.is_empty() {
        return Err(Error::new(code::E_INVALIDARG, "a prefix cannot be empty"));
    }
    let mut found = false;
    for (index, file) in (0_u32..).zip(&job.files) {
        let Some(rest) = file.remote_name.strip_prefix(old) else {
            continue;
        };
        let name = format!("{new}{rest}");
        check_remote_name(&name)?;
        found = true;
        change.edit(job, index, |file| file.rename(name))?;
    }
    change.result = if found { code::S_OK } else { code::S_FALSE };
    Ok(())
}

fn set_expected_hash(
    change: &mut Change,
    job: &Job,
    index: u32,
    hash: Option<&ExpectedHash>,
) -> Result<()> {
    upload::refuse_upload(&job.record)?;
    if job.file(index)?.stage > FileStage::Waiting {
        return Err(Error::new(
            code::DO_E_INVALID_STATE,
            "all bytes of the file are here: the hash would not be checked",
        ));
    }
    if let Some(hash) = hash {
        target::check_digest(hash)?;
    }
    let begins_anew = hash.is_none() && job.file(index)?.needs_hash;
    if begins_anew {
        // Nothing else proves that its bytes belong together.
        change.restarted.insert(index);
    }
    change.edit(job, index, |file| {
        file.expected_hash = hash.map(ExpectedHash::normal);
        if let Some(sources) = &mut file.sources {
            sources.hash_changed();
        }
        if begins_anew {
            file.restart();
        }
    })
}

fn set_validation_state(
    change: &mut Change,
    job: &Job,
    index: u32,
    valid: bool,
    now: Now,
) -> Result<()> {
    upload::refuse_upload(&job.record)?;
    if job.file(index)?.stage != FileStage::Transferred {
        return Err(Error::new(code::E_PENDING, "the file is not transferred yet"));
    }
    if valid {
        return change.edit(job, index, |file| file.validation_state = Some(true));
    }
    change.edit(job, index, |file| {
        file.restart();
        file.validation_state = Some(false);
    })?;
    change.record.error = Some(JobError {
        code: code::BG_E_VALIDATION_FAILED,
        context: ErrorContext::RemoteFile,
        file: Some(index),
        protocol: None,
        message: "the caller refused the content of the file".to_owned(),
        at_ms: now.unix_ms,
    });
    change.record.error_count += 1;
    change.record.enter(JobState::Error, now);
    Ok(())
}
