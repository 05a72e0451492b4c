//! Who gets a slot.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::model::upload::UploadRecord;
use crate::model::{
    Command, Environment, Job, Limits, Now, Situation, Transfer, plan, wait_reason,
};
use crate::protocol::Upload;
use crate::vocab::{JobPriority, UploadProtocol, WaitKind};

use super::{command, job_with_files};

fn queued(number: u128, files: u32, priority: JobPriority) -> Job {
    let mut job = job_with_files(files);
    job.record.id = Uuid::from_u128(number);
    job.record.queue_position = u64::try_from(number).expect("small");
    job.record.priority = priority;
    command(&mut job, Command::Resume).expect("resume");
    job
}

fn slots(files: u32) -> Limits {
    Limits { simultaneous_files: files, ..Limits::default() }
}

fn numbers(transfers: &BTreeSet<Transfer>) -> Vec<(u128, u32)> {
    transfers.iter().map(|(job, file, _)| (job.as_u128(), *file)).collect()
}

#[test]
fn files_of_a_job_start_in_order() {
    let jobs = [queued(1, 5, JobPriority::Normal)];
    let plan = plan(jobs.iter(), &slots(2), &Environment::default(), Now::default());
    assert_eq!(numbers(&plan.transfers), [(1, 0), (1, 1)]);
}

#[test]
fn free_slots_go_around_the_jobs_of_a_level() {
    let jobs = [queued(1, 5, JobPriority::Normal), queued(2, 5, JobPriority::Normal)];
    let plan = plan(jobs.iter(), &slots(3), &Environment::default(), Now::default());
    assert_eq!(numbers(&plan.transfers), [(1, 0), (1, 1), (2, 0)]);
}

#[test]
fn a_higher_level_takes_slots_from_a_lower_one() {
    let jobs = [queued(1, 2, JobPriority::Low), queued(2, 1, JobPriority::Foreground)];
    let running = BTreeSet::from([(Uuid::from_u128(1), 0, 0), (Uuid::from_u128(1), 1, 0)]);
    let environment = Environment { running, ..Environment::default() };
    let plan = plan(jobs.iter(), &slots(2), &environment, Now::default());
    assert_eq!(numbers(&plan.transfers), [(1, 0), (2, 0)]);
}

#[test]
fn an_equal_level_takes_no_slot_from_a_running_file() {
    let jobs = [queued(1, 2, JobPriority::Normal), queued(2, 2, JobPriority::Normal)];
    let running = BTreeSet::from([(Uuid::from_u128(2), 0, 0), (Uuid::from_u128(2), 1, 0)]);
    let environment = Environment { running, ..Environment::default() };
    let plan = plan(jobs.iter(), &slots(2), &environment, Now::default());
    assert_eq!(numbers(&plan.transfers), [(2, 0), (2, 1)]);
}

#[test]
fn a_full_host_does_not_stop_the_others() {
    let mut jobs = [queued(1, 2, JobPriority::Normal), queued(2, 1, JobPriority::Normal)];
    let name = "http://other/0".to_owned();
    command(&mut jobs[1], Command::SetRemoteName { file: 0, remote_name: name }).expect("set");
    let limits = Limits { connections_per_host: 1, ..slots(3) };
    let plan = plan(jobs.iter(), &limits, &Environment::default(), Now::default());
    assert_eq!(numbers(&plan.transfers), [(1, 0), (2, 0)]);
}

#[test]
fn a_job_without_its_credentials_holds_no_slot_and_says_so() {
    let jobs = [queued(1, 1, JobPriority::Normal)];
    let environment =
        Environment { locked: BTreeSet::from([Uuid::from_u128(1)]), ..Environment::default() };
    let plan = plan(jobs.iter(), &slots(1), &environment, Now::default());
    assert!(plan.transfers.is_empty());
    let situation = Situation { engine_runs: true, locked: true, ..Situation::default() };
    let reason = wait_reason(&jobs[0].record, situation, Now::default());
    assert_eq!(reason.kind, WaitKind::CredentialsNeeded);
}

#[test]
fn a_queued_job_without_a_slot_says_so() {
    let job = queued(1, 1, JobPriority::Normal);
    let situation = Situation { engine_runs: true, ..Situation::default() };
    let reason = wait_reason(&job.record, situation, Now::default());
    assert_eq!(reason.kind, WaitKind::WaitingForSlot);
    assert!(!reason.unblock.is_empty());
}

#[test]
fn parts_of_a_file_take_slots_as_files_do() {
    let mut job = queued(1, 1, JobPriority::Normal);
    let mut upload = UploadRecord::default();
    upload.state.protocol = UploadProtocol::S3;
    upload.state.session = Some("upload".to_owned());
    upload.state.multipart.part_bytes = 1;
    job.files[0].size = Some(9);
    let parts = |change: fn(&mut Upload), limits: Limits| -> Vec<u32> {
        let mut job = job.clone();
        let mut upload = upload.clone();
        change(&mut upload.state);
        job.files[0].upload = Some(Box::new(upload));
        let plan = plan([job].iter(), &limits, &Environment::default(), Now::default());
        plan.transfers.iter().map(|(.., part)| *part).collect()
    };
    assert_eq!(parts(|_| {}, Limits::default()), [1, 2, 3, 4]);
    assert_eq!(parts(|_| {}, slots(3)), [1, 2, 3]);
    let per_host = Limits { connections_per_host: 2, ..Limits::default() };
    assert_eq!(parts(|_| {}, per_host), [1, 2]);
    let per_file = Limits { connections_per_file: 1, ..Limits::default() };
    assert_eq!(parts(|_| {}, per_file), [1]);
    // After failures fewer go at a time, one at least.
    assert_eq!(parts(|state| state.multipart.failures = 1, Limits::default()), [1, 2, 3]);
    assert_eq!(parts(|state| state.multipart.failures = 9, Limits::default()), [1]);
    // Nothing goes beside another request.
    assert_eq!(parts(|state| state.unsure = true, Limits::default()), [0]);
    assert_eq!(parts(|state| state.stale = true, Limits::default()), [0]);
}
