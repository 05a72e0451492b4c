//! `run`: drives the queue until nothing in it can move any more.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobSnapshot, JobState, Manager, WaitKind};
use uuid::Uuid;

use crate::args::Run;
use crate::failure::{Failure, Outcome, describe};
use crate::get::open;
use crate::interrupt::Interrupt;
use crate::progress::standstill;
use crate::{job_ids, output};

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
    let manager = open(store)?;
    let mut watched = find(store, &manager, run)?;
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
        manager.next_event(Some(TICK.max(began.elapsed() * SHARE_OF_LOOKING)))?;
    }
    match failures {
        0 => Ok(()),
        1 => Err(Failure::failed("a job failed")),
        failures => Err(Failure::failed(format!("{failures} jobs failed"))),
    }
}

fn find(store: &Path, manager: &Manager, run: &Run) -> Outcome<BTreeMap<Uuid, Watched>> {
    let ids = if run.ids.is_empty() {
        job_ids::records(store)?.iter().map(|record| record.id).collect()
    } else {
        job_ids::resolve(store, &run.ids)?
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
    Ok(watched)
}

/// Jobs whose server is still to be told that they are cancelled.
fn owed(store: &Path) -> Outcome<usize> {
    let records = job_ids::records(store)?;
    Ok(records.iter().filter(|record| record.state.is_final()).count())
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
        | JobState::Cancelled => format!("{id} {state} {}", record.display_name),
    }
}
