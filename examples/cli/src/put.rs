//! `put`: files are sent in the foreground, one job for each.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::slice;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    AuthScheme, AuthTarget, FileSpec, Job, JobPriority, JobSetup, JobState, JobType, Manager,
    PropertyValue, UploadProtocol, find_uploads, path_of, upload_key,
};
use serde_json::json;

use crate::args::{Protocol, Put};
use crate::failure::{Failure, Outcome, describe};
use crate::get::{ENDS, TICK, Watched, open, tell_error};
use crate::interrupt::Interrupt;
use crate::job_options::JobOptions;
use crate::passwords::Login;
use crate::program::Program;
use crate::progress::Display;
use crate::{output, targets};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// A file on its way, and its job.
type Sent = (Job, FileSpec);

/// Jobs that are ended in one go.
const TOGETHER_MAX: usize = 256;

pub fn put(program: &Program, store: &Path, put: &Put) -> Outcome {
    let mut options = options_of(put)?;
    let interrupt = Interrupt::listen()?;
    let files = sources(put)?;
    if put.protocol != Protocol::S3 {
        options.add_netrc(&put.network, &files)?;
    }
    let manager = open(store, &put.host)?;
    let mut jobs = start(&manager, put, &options, files)?;
    let mut failures = 0;
    let mut display = display_of(put);
    while !jobs.is_empty() {
        let rest = jobs.split_off(jobs.len().min(TOGETHER_MAX));
        let watched = watch(&jobs, &mut display, &interrupt);
        match watched {
            Ok(Watched::Ended(state)) if !ENDS.contains(&state) => display.pause(),
            Ok(_) | Err(_) => display.end(),
        }
        if let Watched::Interrupted = watched? {
            jobs.extend(rest);
            return Err(interrupted(&program.command_line(&options.hidden_words), &manager, &jobs));
        }
        failures += complete(store, &manager, &display, &mut jobs)?;
        jobs.extend(rest);
    }
    match failures {
        0 => Ok(()),
        1 => Err(Failure::failed("a file was not sent")),
        failures => Err(Failure::failed(format!("{failures} files were not sent"))),
    }
}

/// Shows the first of some jobs until it ends or the user wants no more; ends
/// sooner if the last one does: then with the state of the first. They begin in this
/// order, and mostly end so.
fn watch(jobs: &[Sent], display: &mut Display, interrupt: &Interrupt) -> Outcome<Watched> {
    let (Some((first, _)), Some((last, _))) = (jobs.first(), jobs.last()) else {
        return Ok(Watched::Interrupted);
    };
    loop {
        let ended = match last.wait(&ENDS, Some(TICK)) {
            Ok(state) => Some(state),
            Err(error) if error.code == code::E_TIMEOUT => None,
            Err(error) => return Err(error.into()),
        };
        let snapshot = first.snapshot()?;
        display.show(&snapshot);
        let state = snapshot.record.state;
        if ended.is_some() || ENDS.contains(&state) {
            return Ok(Watched::Ended(state));
        }
        if interrupt.is_requested() {
            return Ok(Watched::Interrupted);
        }
    }
}

/// Ends those of the jobs that are transferred, and those that failed; the
/// others stay. Says how many failed.
fn complete(
    store: &Path,
    manager: &Manager,
    display: &Display,
    jobs: &mut Vec<Sent>,
) -> Outcome<usize> {
    let results = manager.complete_all(&jobs.iter().map(|(job, _)| job).collect::<Vec<_>>());
    let mut failures = 0;
    for ((job, file), result) in std::mem::take(jobs).into_iter().zip(results) {
        match result {
            Ok(_) => tell_done(display, &job, &file)?,
            Err(error) if error.code != code::DO_E_INVALID_STATE => return Err(error.into()),
            Err(_) => match job.state()? {
                JobState::Error | JobState::Acknowledged | JobState::Cancelled => {
                    tell_error(store, &job, display)?.tell();
                    failures += 1;
                }
                JobState::Queued
                | JobState::Connecting
                | JobState::Transferring
                | JobState::Suspended
                | JobState::TransientError
                | JobState::Transferred => jobs.push((job, file)),
            },
        }
    }
    Ok(failures)
}

fn tell_done(display: &Display, job: &Job, file: &FileSpec) -> Outcome {
    let remote_name = job.file(0)?.remote_name()?;
    let name = output::in_line(&file.local_name);
    // Some servers name it.
    let remote_name = output::in_line(&remote_name);
    display.note(&format!("Sent {name} to {remote_name}"));
    display.event(&json!({
        "event": "done",
        "id": job.id().to_string(),
        "bytes_transferred": job.progress()?.bytes_transferred,
        "files": [file.local_name],
    }));
    Ok(())
}

/// The files, all with the URL; where it ends in a slash each gets its own name
/// below it, if the server does not name files itself.
fn sources(put: &Put) -> Outcome<Vec<FileSpec>> {
    let (url, names) =
        put.words.split_last().ok_or_else(|| Failure::usage("what, and where to?"))?;
    let url = targets::url(url)?;
    if names.is_empty() {
        return Err(Failure::usage("a file and a URL to send it to are needed"));
    }
    let creates = matches!(put.protocol, Protocol::Tus | Protocol::Post);
    if names.len() > 1 && !url.ends_with('/') && !creates {
        return Err(Failure::usage("several files go to a URL that ends in a slash"));
    }
    let (mut files, mut seen) = (Vec::new(), BTreeSet::new());
    for name in names {
        let file = targets::target(url, Path::new(name))?;
        if !fs::exists(path_of(&file.local_name)).unwrap_or(true) {
            return Err(Failure::failed(describe(code::E_FILE_NOT_FOUND, &file.local_name)));
        }
        // What is asked for twice is sent once.
        if seen.insert(file.local_name.clone()) {
            files.push(file);
        }
    }
    Ok(files)
}

/// The jobs of the files: those that the same command made before, and new
/// ones for the rest.
fn start(
    manager: &Manager,
    put: &Put,
    options: &JobOptions,
    files: Vec<FileSpec>,
) -> Outcome<Vec<Sent>> {
    let (mut jobs, mut new) = (Vec::new(), Vec::new());
    for (file, job) in files.iter().zip(find_uploads(manager, &files, None)?) {
        match job {
            Some(job) => jobs.push((job, file.clone())),
            None => new.push(file.clone()),
        }
    }
    // Another process may have made one meanwhile: it is gone on with, as those are.
    let setups = new.iter().map(|file| options.add_to(setup(file, put)).resumed()).collect();
    let (mut begun, mut made) = (jobs, Vec::new());
    for ((job, is_new), file) in JobSetup::create_all(setups, manager)?.into_iter().zip(new) {
        if is_new { made.push((job, file)) } else { begun.push((job, file)) }
    }
    for (job, _) in &begun {
        options.apply_to(manager, job)?;
        if let Some(priority) = put.priority {
            job.set_priority(priority.into())?;
        }
        if job.state()? != JobState::Transferred {
            job.resume()?;
        }
    }
    begun.extend(made);
    Ok(begun)
}

/// A job of its own for a file, to be made in one step: a kill leaves all of it
/// or nothing.
fn setup(file: &FileSpec, put: &Put) -> JobSetup {
    let protocol: UploadProtocol = put.protocol.into();
    let name = targets::display_name(slice::from_ref(file));
    JobSetup::new(&name, JobType::Upload)
        .files(vec![file.clone()])
        .key(&upload_key(file, None))
        // Somebody is looking on.
        .priority(put.priority.map_or(JobPriority::Foreground, Into::into))
        .property(UPLOAD_PROTOCOL, PropertyValue::Dword(protocol.as_u32()))
}

/// What the command line says of requests, with the keys of S3.
fn options_of(put: &Put) -> Outcome<JobOptions> {
    let is_told = put.network.user.is_some() || put.network.oauth2_bearer.is_some();
    if put.protocol == Protocol::S3 && is_told {
        let text = "the keys for s3 are taken from the environment, not --user or --oauth2-bearer";
        return Err(Failure::usage(text));
    }
    let mut options = JobOptions::read(&put.network)?;
    options.sends = true;
    if let Some(keys) = keys(put)? {
        if let Some(token) = &keys.token {
            options.add_header(&format!("X-Amz-Security-Token: {token}"));
        }
        options.add_credentials(AuthTarget::Server, AuthScheme::Basic, keys.login);
    }
    Ok(options)
}

/// The keys of S3.
struct Keys {
    login: Login,
    token: Option<String>,
}

/// The keys where every tool for S3 looks for them. Without them requests are
/// not signed, as for a bucket that anybody may write to, or a presigned URL.
fn keys(put: &Put) -> Outcome<Option<Keys>> {
    if put.protocol != Protocol::S3 {
        return Ok(None);
    }
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    match (id, secret) {
        (Some(user_name), Some(password)) => {
            let login = Login { user_name, password };
            Ok(Some(Keys { login, token: variable("AWS_SESSION_TOKEN") }))
        }
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => {
            let what = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together";
            Err(Failure::usage(what))
        }
    }
}

fn display_of(put: &Put) -> Display {
    if put.json {
        Display::json()
    } else if put.quiet {
        Display::Quiet
    } else {
        Display::for_people()
    }
}

fn interrupted(again: &str, manager: &Manager, jobs: &[Sent]) -> Failure {
    for (job, _) in jobs {
        // Some of them are finished.
        _ = job.suspend();
    }
    manager.close();
    let suspended = match jobs {
        [(job, file)] => {
            let name = output::in_line(&file.local_name);
            format!("The job {} of {name} is suspended", job.id())
        }
        jobs => format!("The jobs of {} files are suspended", jobs.len()),
    };
    Failure::Interrupted(format!("{suspended}; go on with:\n  {again}"))
}
