//! `put`: files are sent in the foreground, one job for each.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use bgcopy_core::{
    AuthScheme, AuthTarget, FileSpec, Job, JobPriority, JobState, Manager, PropertyValue,
    UploadProtocol,
};
use serde_json::json;

use crate::args::{Protocol, Put};
use crate::failure::{Failure, Outcome};
use crate::get::{Watched, command_line, open, tell_error, watch};
use crate::interrupt::Interrupt;
use crate::progress::Display;
use crate::{job_ids, targets, together};

/// The job property UPLOAD_PROTOCOL.
const UPLOAD_PROTOCOL: u32 = 0x1001;

/// Jobs that are ended in one go.
const TOGETHER_MAX: usize = 64;

pub fn put(store: &Path, put: &Put) -> Outcome {
    let interrupt = Interrupt::listen()?;
    let files = sources(put)?;
    let manager = open(store)?;
    let mut jobs = VecDeque::from(start(store, &manager, put, files)?);
    let mut failures = 0_usize;
    while let Some((job, _)) = jobs.front() {
        let mut display = display_of(put);
        let watched = watch(job, &mut display, &interrupt);
        display.end();
        match watched? {
            Watched::Ended(JobState::Transferred) => complete(put, &mut jobs)?,
            Watched::Ended(_) => {
                tell_error(store, job, &display)?.tell();
                failures += 1;
                jobs.pop_front();
            }
            Watched::Interrupted => return Err(interrupted(&manager, &jobs)),
        }
    }
    match failures {
        0 => Ok(()),
        1 => Err(Failure::failed("a file was not sent")),
        failures => Err(Failure::failed(format!("{failures} files were not sent"))),
    }
}

/// Ends the first job, which is transferred, and those behind it that are, too.
fn complete(put: &Put, jobs: &mut VecDeque<(Job, FileSpec)>) -> Outcome {
    let is_done =
        |(job, _): &&(Job, FileSpec)| job.state().is_ok_and(|state| state == JobState::Transferred);
    let count = 1 + jobs.iter().skip(1).take(TOGETHER_MAX - 1).take_while(is_done).count();
    let done: Vec<_> = jobs.drain(..count).collect();
    together::each(&done, |(job, _)| Ok(job.complete().map(|_| ())?))?;
    if put.quiet {
        return Ok(());
    }
    for (job, file) in &done {
        let display = display_of(put);
        let remote_name = job.file(0)?.remote_name()?;
        display.note(&format!("Sent {} to {remote_name}", file.local_name));
        display.event(&json!({
            "event": "done",
            "id": job.id().to_string(),
            "bytes_transferred": job.progress()?.bytes_transferred,
            "files": [file.local_name],
        }));
    }
    Ok(())
}

/// The files, all with the URL; where it ends in a slash each gets its own name
/// below it, if the server does not name files itself.
fn sources(put: &Put) -> Outcome<Vec<FileSpec>> {
    let (url, names) =
        put.words.split_last().ok_or_else(|| Failure::usage("what, and where to?"))?;
    if names.is_empty() {
        return Err(Failure::usage("a file and a URL to send it to are needed"));
    }
    let creates = matches!(put.protocol, Protocol::Tus | Protocol::Post);
    if names.len() > 1 && !url.ends_with('/') && !creates {
        return Err(Failure::usage("several files go to a URL that ends in a slash"));
    }
    names.iter().map(|name| targets::target(url, Path::new(name))).collect()
}

/// The jobs of the files: those that the same command made before, and new
/// ones for the rest.
fn start(
    store: &Path,
    manager: &Manager,
    put: &Put,
    files: Vec<FileSpec>,
) -> Outcome<Vec<(Job, FileSpec)>> {
    let records = job_ids::records(store)?;
    let known: BTreeMap<_, _> =
        records.iter().map(|record| (record.description.as_str(), record.id)).collect();
    let mut jobs = Vec::new();
    let mut new = Vec::new();
    for file in files {
        let key = targets::key("put", std::slice::from_ref(&file));
        match known.get(key.as_str()).and_then(|id| manager.get_job(*id).ok()) {
            Some(job) => jobs.push((job, file)),
            None => new.push(file),
        }
    }
    let made = manager.create_uploads(new.clone())?;
    let made: Vec<_> = made.into_iter().zip(new).collect();
    let configured = together::each(&made, |(job, file)| {
        configure(job, put, &targets::key("put", std::slice::from_ref(file)))
    });
    if let Err(failure) = configured {
        // The first failure is the one to tell.
        _ = together::each(&made, |(job, _)| {
            _ = job.cancel();
            Ok(())
        });
        return Err(failure);
    }
    jobs.extend(made);
    together::each(&jobs, |(job, _)| {
        if put.protocol == Protocol::S3 {
            give_keys(job)?;
        }
        if let Some(priority) = put.priority {
            job.set_priority(priority.into())?;
        }
        if job.state()? != JobState::Transferred {
            job.resume()?;
        }
        Ok(())
    })?;
    Ok(jobs)
}

fn configure(job: &Job, put: &Put, key: &str) -> Outcome {
    job.set_description(key)?;
    // Somebody is looking on.
    job.set_priority(JobPriority::Foreground)?;
    let protocol: UploadProtocol = put.protocol.into();
    job.set_property(UPLOAD_PROTOCOL, PropertyValue::Dword(protocol.as_u32()))?;
    Ok(())
}

/// The keys where every tool for S3 looks for them. Without them requests are
/// not signed, as for a bucket that anybody may write to, or a presigned URL.
fn give_keys(job: &Job) -> Outcome {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    let (id, secret) = match (id, secret) {
        (Some(id), Some(secret)) => (id, secret),
        (None, None) => return Ok(()),
        (Some(_), None) | (None, Some(_)) => {
            let what = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together";
            return Err(Failure::usage(what));
        }
    };
    let token = variable("AWS_SESSION_TOKEN");
    let header = token.map(|token| format!("X-Amz-Security-Token: {token}\r\n"));
    job.set_custom_headers(header.as_deref())?;
    job.set_credentials(AuthTarget::Server, AuthScheme::Basic, &id, &secret)?;
    Ok(())
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

fn interrupted(manager: &Manager, jobs: &VecDeque<(Job, FileSpec)>) -> Failure {
    for (job, _) in jobs {
        // Some of them are finished.
        _ = job.suspend();
    }
    manager.close();
    let count = jobs.len();
    let text =
        format!("The jobs of {count} files are suspended; go on with:\n  {}", command_line());
    Failure::Interrupted(text)
}
