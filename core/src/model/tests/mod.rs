//! The rules of the model, proved by table and by enumeration.

mod digest;
mod dropped;
mod enumeration;
mod failures;
mod files;
mod http_options;
mod left;
mod methods;
mod outages;
mod parts;
mod planning;
mod ramp;
mod replies;
mod s3_server;
mod segment_world;
mod segments;
mod settings;
mod source_world;
mod sources;
mod upload_enumeration;
mod upload_status;
mod upload_world;
mod uploads;
mod windows;
mod world;

use uuid::Uuid;

use crate::vocab::JobType;

use super::{
    Command, FileSpec, Input, Job, Limits, NewJob, Now, Outcome, Totals, VerifiedFile, apply,
    apply_creation,
};

fn new_job(job_type: JobType) -> Job {
    let new = NewJob {
        key: None,
        id: Uuid::from_u128(7),
        display_name: "test".to_owned(),
        job_type,
        owner: "uid 0".to_owned(),
        queue_position: 1,
    };
    apply_creation(new, Now::default()).expect("a job")
}

/// A suspended job with so many files.
fn job_with_files(count: u32) -> Job {
    let mut job = new_job(JobType::Download);
    let files = (0..count).map(spec).collect();
    command(&mut job, Command::AddFiles(files)).expect("files");
    job
}

fn spec(index: u32) -> FileSpec {
    FileSpec {
        remote_name: format!("http://host/{index}"),
        local_name: format!("/folder/{index}"),
        ..FileSpec::default()
    }
}

/// A received file is checked and synced.
fn verified(file: u32, identity: Option<(u64, u64)>) -> Outcome {
    Outcome::Verified { files: vec![VerifiedFile { file, identity, version: None }] }
}

fn command(job: &mut Job, command: Command) -> crate::vocab::Result<super::Change> {
    input(job, &Input::Command(command), Now::default())
}

/// Takes what only grows out of a job, to compare it with others.
fn forget_counters(job: &mut Job) {
    job.record.error_count = 0;
    job.record.attempts = 0;
    job.record.retry = None;
    job.record.error = None;
    for file in &mut job.files {
        file.version = 0;
    }
}

fn input(job: &mut Job, input: &Input, now: Now) -> crate::vocab::Result<super::Change> {
    // A test may have changed a file by hand: the sums follow.
    job.record.totals = Totals::of(&job.files);
    let change = apply(job, input, now, &Limits::default())?;
    job.accept(change.clone());
    Ok(change)
}
