//! `run`: drives the queue until nothing in it can move any more.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{Event, Job, JobRecord, JobSnapshot, JobState, Manager, WaitKind, jobs_owed};
use uuid::Uuid;

use crate::args::Run;
use crate::failure::{Failure, Outcome, describe};
use crate::get::open;
use crate::interrupt::Interrupt;
use crate::progress::standstill;
use crate::{job_ids, job_options, output};

/// How often the jobs are looked at. An event of the queue comes first.
const TICK: Duration = Duration::from_millis(200);

/// Looking at the jobs may take this part of the time, however many there are.
const SHARE_OF_LOOKING: u32 = 10;

/// A job that can still move, as it was last seen.
struct Watched {
    job: Job,
    seen: Option<JobState>,
}

pub fn run(store: &Path, run: &Run) -> Outcome {
    let interrupt = Interrupt::listen()?;
    let manager = open(store, &run.host)?;
    let (mut watched, damaged) = find(store, &manager, run)?;
    let mut failures = 0_usize;
    loop {
        let began = Instant::now();
        let ids: Vec<_> = watched.keys().copied().collect();
        for id in ids {
            let Some(one) = watched.get_mut(&id) else {
                continue;
            };
            let snapshot = one.job.snapshot()?;
            let state = snapshot.record.state;
            if one.seen.is_none() {
                job_options::warn(id, snapshot.record.security_flags);
            }
            if one.seen.replace(state) != Some(state) {
                output::say(&line(&snapshot));
            }
            if can_move(&snapshot) {
                continue;
            }
            failures += usize::from(!end(&one.job, state, run.complete));
            watched.remove(&id);
        }
        // Cancelled uploads have no handles any more.
        let owed = if run.ids.is_empty() { owed(store)? } else { 0 };
        if watched.is_empty() && owed == 0 {
            break;
        }
        if interrupt.is_requested() {
            manager.close();
            let jobs = watched.len() + owed;
            return Err(Failure::Interrupted(format!("{jobs} unfinished; `bgcopy run` goes on.")));
        }
        let event = manager.next_event(Some(TICK.max(began.elapsed() * SHARE_OF_LOOKING)))?;
        failures += usize::from(event.is_some_and(|event| tells_what_is_left(&manager, &event)));
    }
    let damaged = job_ids::check(&damaged);
    if failures == 0 {
        return damaged;
    }
    damaged.inspect_err(Failure::tell).ok();
    let failed = if failures == 1 { "a job failed" } else { &format!("{failures} jobs failed") };
    Err(Failure::failed(failed))
}

/// The jobs to be waited for. Of those that stand still as they are, all is said
/// here: there may be many.
fn find(
    store: &Path,
    manager: &Manager,
    run: &Run,
) -> Outcome<(BTreeMap<Uuid, Watched>, Vec<String>)> {
    let (ids, damaged) = if run.ids.is_empty() {
        let (mut moving, mut damaged) = (Vec::new(), Ok(Vec::new()));
        output::print(|out| {
            let mut printed = Ok(());
            damaged = job_ids::survey(store, |job| {
                let is_still = job.state == JobState::Suspended
                    || job.state == JobState::Transferred && !run.complete;
                if !is_still || job.closing.is_some() {
                    moving.push(job.id);
                } else if printed.is_ok() {
                    printed = writeln!(out, "{}", output::printable(&still(&job)));
                }
                ControlFlow::Continue(())
            });
            printed
        });
        (moving, damaged?)
    } else {
        (job_ids::resolve(store, &run.ids)?, Vec::new())
    };
    let mut watched = BTreeMap::new();
    for id in ids {
        match manager.get_job(id) {
            Ok(job) => {
                watched.insert(id, Watched { job, seen: None });
            }
            // The start of the engine ended a job that was on its way out.
            Err(error) if error.code == code::DO_E_JOB_NOT_FOUND && run.ids.is_empty() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok((watched, damaged))
}

/// Says what a server keeps of a cancelled upload, if that is what happened.
fn tells_what_is_left(manager: &Manager, event: &Event) -> bool {
    let Some(error) = &event.error else {
        return false;
    };
    let is_gone =
        manager.get_job(event.job).is_err_and(|error| error.code == code::DO_E_JOB_NOT_FOUND);
    if is_gone {
        let message = output::in_line(&error.message);
        output::say(&format!("{} CANCELLED {}: {message}", event.job, error.code));
    }
    is_gone
}

/// Jobs whose server is still to be told that they are cancelled.
fn owed(store: &Path) -> Outcome<usize> {
    let reader = job_ids::reader(store)?;
    Ok(reader.map_or(Ok(0), |reader| jobs_owed(&reader))?)
}

fn can_move(snapshot: &JobSnapshot) -> bool {
    match snapshot.record.state {
        // Nobody is here to give it what it needs.
        JobState::Queued => snapshot.wait_reason.kind != WaitKind::CredentialsNeeded,
        JobState::Connecting | JobState::Transferring | JobState::TransientError => true,
        JobState::Suspended | JobState::Transferred => snapshot.record.closing.is_some(),
        JobState::Error | JobState::Acknowledged | JobState::Cancelled => false,
    }
}

/// Completes a finished job if that is wanted; false if the job failed.
fn end(job: &Job, state: JobState, complete: bool) -> bool {
    match state {
        JobState::Transferred if complete => match job.complete() {
            Ok(result) if result == code::S_OK => {
                output::say(&format!("{} completed", job.id()));
                true
            }
            Ok(result) => {
                output::say(&format!("{} completed; {}", job.id(), describe(result, "")));
                true
            }
            Err(error) => {
                let text = describe(error.code, &error.message);
                output::complain(&format!("bgcopy: {}: {text}", job.id()));
                false
            }
        },
        JobState::Error => {
            if let Ok(error) = job.error() {
                let text = describe(error.code, &error.message);
                output::complain(&format!("bgcopy: {}: {text}", job.id()));
            }
            false
        }
        JobState::Queued => {
            if let Ok(reason) = job.wait_reason() {
                output::complain(&format!("bgcopy: {}: {}", job.id(), standstill(&reason)));
            }
            false
        }
        JobState::Connecting
        | JobState::Transferring
        | JobState::TransientError
        | JobState::Suspended
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => true,
    }
}

fn still(job: &JobRecord) -> String {
    format!("{} {} {}", job.id, job.state.name(), output::in_line(&job.display_name))
}

fn line(snapshot: &JobSnapshot) -> String {
    let record = &snapshot.record;
    let (id, state) = (record.id, record.state.name());
    match record.state {
        JobState::TransientError | JobState::Error => {
            format!("{id} {state} {}", standstill(&snapshot.wait_reason))
        }
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::Suspended
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => still(record),
    }
}
