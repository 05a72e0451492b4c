//! Downloads of [`super::download`].

use std::collections::BTreeMap;

use crate::model::FileSpec;
use crate::vocab::{Error, ErrorContext, HResult, JobState, JobType, PATHS, Result, code};

use super::job::Job;
use super::manager::Manager;
use super::oneshot::{
    TransferOptions, TransferredFile, Watch, described, download_key, failure, find_download,
    found, go_on, leave, set_up, tick,
};
use super::paths::display_name_of;
use super::setup::JobSetup;

pub(super) fn run(
    manager: &Manager,
    files: &[FileSpec],
    options: &TransferOptions,
    watch: &mut Watch<'_, '_>,
) -> Result<Vec<TransferredFile>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let job = start(manager, files, options)?;
    let outcome = follow(&job, files, options, watch);
    let is_done = outcome.as_ref().is_ok_and(|files| files.iter().all(|file| file.is_done));
    if !is_done {
        leave(manager, &[&job], options);
    }
    outcome
}

/// The job of the files, under way.
fn start(manager: &Manager, files: &[FileSpec], options: &TransferOptions) -> Result<Job> {
    if let Some(job) = find_download(manager, files)? {
        take_up(manager, &job, files, options)?;
        return Ok(job);
    }
    let name = match files {
        [file] => display_name_of(&file.local_name),
        files => format!("{} files", files.len()),
    };
    let setup = JobSetup::new(&name, JobType::Download).files(files.to_vec());
    let setup = set_up(setup.key(&download_key(files)), options);
    let (job, is_new) = setup.find_or_create(manager)?;
    if !is_new {
        // Another call has made it meanwhile.
        take_up(manager, &job, files, options)?;
    }
    Ok(job)
}

fn take_up(
    manager: &Manager,
    job: &Job,
    files: &[FileSpec],
    options: &TransferOptions,
) -> Result<()> {
    let record = job.snapshot()?.record;
    if record.closing.is_some() {
        return Ok(());
    }
    if record.totals.files == 0 {
        // An older version was killed before it could add the files.
        job.add_file_set(files.to_vec())?;
    }
    expect_hashes(job, files)?;
    add_mirrors(job, files)?;
    go_on(manager, &[job], options)
}

/// The job that an older version made, which it knew by this description.
pub(super) fn older(manager: &Manager, description: &str) -> Result<Option<Job>> {
    for record in described(manager, description)? {
        // It may have ended meanwhile.
        if record.job_type == JobType::Download
            && let Some(job) = found(manager.get_job(record.id))?
        {
            return Ok(Some(job));
        }
    }
    Ok(None)
}

pub(super) fn expect_hashes(job: &Job, files: &[FileSpec]) -> Result<()> {
    let wanted: BTreeMap<_, _> = files
        .iter()
        .filter_map(|file| Some((PATHS.normal(&file.local_name), file.expected_hash.as_ref()?)))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    for file in job.files()? {
        let local_name = file.local_name()?;
        let Some(hash) = wanted.get(&local_name) else {
            continue;
        };
        let known = file.expected_hash()?;
        if known.as_ref().is_some_and(|known| known.normal() == hash.normal()) {
            continue;
        }
        file.set_expected_hash(Some((*hash).clone())).map_err(|error| {
            if error.code != code::DO_E_INVALID_STATE {
                return error;
            }
            let before = known.map_or("no hash".into(), |hash| hash.digest);
            let id = job.id();
            let text = format!(
                "the file is here already, checked against {before}; complete or cancel the job \
                 {id} first"
            );
            Error::new(error.code, text)
        })?;
    }
    Ok(())
}

pub(super) fn add_mirrors(job: &Job, files: &[FileSpec]) -> Result<()> {
    let with_mirrors = files.iter().filter(|file| !file.mirrors.is_empty());
    let wanted: BTreeMap<_, _> =
        with_mirrors.map(|file| (PATHS.normal(&file.local_name), &file.mirrors)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    for file in job.files()? {
        for mirror in wanted.get(&file.local_name()?).into_iter().copied().flatten() {
            file.add_mirror(mirror)?;
        }
    }
    Ok(())
}

/// Waits until the files are here, and puts them in place.
fn follow(
    job: &Job,
    files: &[FileSpec],
    options: &TransferOptions,
    watch: &mut Watch<'_, '_>,
) -> Result<Vec<TransferredFile>> {
    let state = watch.wait(job, || job.progress(), tick)?;
    watch.report(|| job.progress())?;
    let is_partial = state == JobState::Error && options.partial && can_do_without(job)?;
    let mut outcomes = outcomes(job, files, state)?;
    if state == JobState::Transferred || is_partial {
        complete(job)?;
        let mut places = BTreeMap::new();
        for file in job.files()? {
            places.insert(file.local_name()?, file.progress()?.completed);
        }
        for outcome in &mut outcomes {
            let name = PATHS.normal(&outcome.local_name);
            outcome.is_done = places.get(&name).copied().unwrap_or(false);
            if outcome.is_done {
                outcome.error = None;
            }
        }
    }
    Ok(outcomes)
}

/// What is known of each file when the job has ended, in the order of the caller.
fn outcomes(job: &Job, files: &[FileSpec], state: JobState) -> Result<Vec<TransferredFile>> {
    let is_done = state == JobState::Acknowledged;
    let mut of_job = None;
    let mut errors = BTreeMap::new();
    if !is_done && state != JobState::Transferred {
        of_job = Some(failure(job, state)?);
        for file in job.files()? {
            errors.insert(file.local_name()?, file.error()?);
        }
    }
    let has_own = errors.values().any(Option::is_some);
    let outcome = |file: &FileSpec| {
        let own = errors.get(&PATHS.normal(&file.local_name)).cloned().flatten();
        TransferredFile {
            remote_name: file.remote_name.clone(),
            local_name: file.local_name.clone(),
            is_done,
            // What stopped the job stopped each file that has no error of its own, unless
            // it is the error of another file.
            error: own.or_else(|| of_job.clone().filter(|_| !has_own)),
        }
    };
    Ok(files.iter().map(outcome).collect())
}

/// True if files arrived, and others failed for reasons of their own.
fn can_do_without(job: &Job) -> Result<bool> {
    let is_of_job = job.error()?.context == ErrorContext::GeneralQueueManager;
    Ok(!is_of_job && job.progress()?.files_transferred > 0)
}

/// Completes the job; that another process was faster is no error.
fn complete(job: &Job) -> Result<HResult> {
    match job.complete() {
        Err(error)
            if error.code == code::DO_E_INVALID_STATE && job.state()? == JobState::Acknowledged =>
        {
            Ok(code::S_OK)
        }
        completed => completed,
    }
}
