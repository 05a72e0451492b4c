//! Who gets a slot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::model::upload::UploadRecord;
use crate::model::{
    Command, Environment, Input, Job, Limits, Now, Outages, Outcome, RequestKey, Situation, plan,
    server_asked, wait_reason,
};
use crate::protocol::{Failure, Upload, Validator};
use crate::vocab::{ErrorContext, JobPriority, JobState, UploadProtocol, WaitKind, code};

use super::{command, input, job_with_files};

fn queued(number: u128, files: u32, priority: JobPriority) -> Job {
    let mut job = job_with_files(files);
    job.record.id = Uuid::from_u128(number);
    job.record.queue_position = u64::try_from(number).expect("small");
    job.record.priority = priority;
    command(&mut job, Command::Resume).expect("resume");
    job
}

fn request(job: u128, file: u32) -> RequestKey {
    RequestKey { job: Uuid::from_u128(job), file, part: 0 }
}

fn slots(files: u32) -> Limits {
    Limits { simultaneous_files: files, ..Limits::default() }
}

fn numbers(transfers: &BTreeSet<RequestKey>) -> Vec<(u128, u32)> {
    transfers.iter().map(|key| (key.job.as_u128(), key.file)).collect()
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
    let running = BTreeSet::from([request(1, 0), request(1, 1)]);
    let environment = Environment { running, ..Environment::default() };
    let plan = plan(jobs.iter(), &slots(2), &environment, Now::default());
    assert_eq!(numbers(&plan.transfers), [(1, 0), (2, 0)]);
}

#[test]
fn an_equal_level_takes_no_slot_from_a_running_file() {
    let jobs = [queued(1, 2, JobPriority::Normal), queued(2, 2, JobPriority::Normal)];
    let running = BTreeSet::from([request(2, 0), request(2, 1)]);
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

/// A queued job that failed so many times in a row, the last time at `at_ms`.
fn failed(number: u128, at_ms: i64) -> Job {
    let mut job = queued(number, 1, JobPriority::Normal);
    let failure = Failure::transient(
        code::E_WINHTTP_TIMEOUT,
        ErrorContext::GeneralTransport,
        "no answer".to_owned(),
    );
    let outcome = Outcome::Failed { file: 0, failure, redirect: None };
    let now = Now { unix_ms: at_ms, ..Now::default() };
    input(&mut job, &Input::Outcome(outcome), now).expect("failed");
    let later = Now { monotonic_ms: u64::MAX / 2, ..Now::default() };
    job.record.no_progress_deadline = None;
    input(&mut job, &Input::TimePassed, later).expect("time");
    assert_eq!(job.record.state, JobState::Queued);
    job
}

/// A queued job whose files are on another host.
fn elsewhere(number: u128, files: u32) -> Job {
    let mut job = queued(number, files, JobPriority::Normal);
    for file in 0..files {
        let remote_name = format!("http://other/{file}");
        command(&mut job, Command::SetRemoteName { file, remote_name }).expect("set");
    }
    job
}

#[test]
fn jobs_that_failed_go_behind_the_others_the_last_failure_last() {
    let jobs = [failed(1, 30), failed(2, 10), failed(3, 20), queued(4, 1, JobPriority::Normal)];
    let first = |count| {
        let plan = plan(jobs.iter(), &slots(count), &Environment::default(), Now::default());
        assert!(plan.looks_further || count == 1, "there may be one that did not fail");
        numbers(&plan.transfers)
    };
    assert_eq!(first(1), [(4, 0)]);
    assert_eq!(first(2), [(2, 0), (4, 0)]);
    assert_eq!(first(3), [(2, 0), (3, 0), (4, 0)]);
}

#[test]
fn one_host_has_at_most_half_of_the_slots_while_others_wait() {
    let jobs = [queued(1, 9, JobPriority::Normal), elsewhere(2, 1)];
    let plan_of = |jobs: &[Job]| {
        let plan = plan(jobs.iter(), &slots(4), &Environment::default(), Now::default());
        numbers(&plan.transfers)
    };
    assert_eq!(plan_of(&jobs), [(1, 0), (1, 1), (1, 2), (2, 0)], "what is left goes to the host");
    assert_eq!(plan_of(&jobs[..1]), [(1, 0), (1, 1), (1, 2), (1, 3)]);
    let jobs = [queued(1, 9, JobPriority::Normal), elsewhere(2, 9)];
    assert_eq!(plan_of(&jobs), [(1, 0), (1, 1), (2, 0), (2, 1)]);
    // Also within one job.
    let mut both = queued(1, 9, JobPriority::Normal);
    let remote_name = "http://other/8".to_owned();
    command(&mut both, Command::SetRemoteName { file: 8, remote_name }).expect("set");
    assert_eq!(plan_of(&[both]), [(1, 0), (1, 1), (1, 2), (1, 8)]);
}

#[test]
fn slots_go_around_all_jobs_of_one_host() {
    let jobs: Vec<_> = (1..=3).map(|number| queued(number, 9, JobPriority::Normal)).collect();
    let plan = plan(jobs.iter(), &slots(4), &Environment::default(), Now::default());
    assert_eq!(numbers(&plan.transfers), [(1, 0), (1, 1), (2, 0), (3, 0)]);
    assert!(plan.looks_further, "one host has them all");
}

#[test]
fn a_host_gives_back_what_it_has_beyond_half_if_that_costs_nothing() {
    let mut jobs = [queued(1, 4, JobPriority::Normal), elsewhere(2, 9)];
    let key = |file| request(1, file);
    let running: BTreeSet<RequestKey> = (0..4).map(key).collect();
    let plan_of = |jobs: &[Job], silent: BTreeSet<RequestKey>| {
        let environment =
            Environment { running: running.clone(), silent, ..Environment::default() };
        numbers(&plan(jobs.iter(), &slots(4), &environment, Now::default()).transfers)
    };
    let all = [(1, 0), (1, 1), (1, 2), (1, 3)];
    assert_eq!(plan_of(&jobs, BTreeSet::new()), all, "an answer may be on its way");
    let silent: BTreeSet<RequestKey> = running.clone();
    assert_eq!(plan_of(&jobs, silent.clone()), [(1, 0), (1, 1), (2, 0), (2, 1)]);
    assert_eq!(plan_of(&jobs[..1], silent), all, "nobody else waits");
    assert_eq!(plan_of(&jobs, BTreeSet::from([key(0)])), all, "not of the first half");
    assert_eq!(
        plan_of(&jobs, BTreeSet::from([key(3)])),
        [(1, 0), (1, 1), (1, 2), (2, 0)],
        "no more than there are"
    );
    // One that goes on where it is loses nothing.
    jobs[0].files[2].written = 100;
    jobs[0].files[2].validator =
        Some(Validator { etag: Some("\"x\"".to_owned()), ..Validator::default() });
    assert_eq!(plan_of(&jobs, BTreeSet::new()), all, "the server may not serve ranges");
    jobs[0].files[2].response_headers = Some("HTTP/1.1 200 OK\r\nAccept-Ranges: bytes".to_owned());
    assert_eq!(plan_of(&jobs, BTreeSet::new()), [(1, 0), (1, 1), (1, 3), (2, 0)]);
}

#[test]
fn a_job_without_its_credentials_holds_no_slot_and_says_so() {
    let jobs = [queued(1, 1, JobPriority::Normal)];
    let environment =
        Environment { locked: BTreeSet::from([Uuid::from_u128(1)]), ..Environment::default() };
    let plan = plan(jobs.iter(), &slots(1), &environment, Now::default());
    assert!(plan.transfers.is_empty());
    let situation = Situation { engine_runs: true, locked: true, ..Situation::default() };
    let reason = wait_reason(&jobs[0].record, &situation, Now::default());
    assert_eq!(reason.kind, WaitKind::CredentialsNeeded);
}

#[test]
fn a_queued_job_without_a_slot_says_so() {
    let job = queued(1, 1, JobPriority::Normal);
    let full = Some(code::E_DISK_FULL);
    for has_transfer in [false, true] {
        let situation =
            Situation { engine_runs: true, has_transfer, refusal: full, ..Situation::default() };
        let reason = wait_reason(&job.record, &situation, Now::default());
        assert_eq!((reason.kind, reason.code), (WaitKind::DiskFull, full));
    }
    let situation = Situation { engine_runs: true, ..Situation::default() };
    let reason = wait_reason(&job.record, &situation, Now::default());
    assert_eq!(reason.kind, WaitKind::WaitingForSlot);
    assert!(!reason.unblock.is_empty());
}

#[test]
fn a_download_that_makes_way_for_others_says_so() {
    let mut job = queued(1, 1, JobPriority::Low);
    job.record.state = JobState::Transferring;
    for (yields, limited, expected) in [
        (true, false, "others use the link"),
        (true, true, "others use the link"),
        (false, true, "a rate limit"),
    ] {
        let situation = Situation {
            engine_runs: true,
            has_transfer: true,
            yields,
            limited,
            ..Situation::default()
        };
        let reason = wait_reason(&job.record, &situation, Now::default());
        assert_eq!(reason.kind, WaitKind::Transferring);
        assert!(reason.message.contains(expected), "{reason:?}");
    }
}

#[test]
fn a_file_in_parts_has_one_slot_and_a_connection_for_each_part() {
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
        plan.transfers.iter().map(|key| key.part).collect()
    };
    assert_eq!(parts(|_| {}, Limits::default()), [1, 2, 3, 4]);
    assert_eq!(parts(|_| {}, slots(1)), [1, 2, 3, 4]);
    let in_all = Limits { connections_total: 3, ..Limits::default() };
    assert_eq!(parts(|_| {}, in_all), [1, 2, 3]);
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

/// A plan in which the first file of the first job may have so many requests.
fn with_several(jobs: &[Job], limits: &Limits, running: &[(u128, u32)]) -> Vec<(u128, u32)> {
    let environment = Environment {
        running: running.iter().map(|(job, part)| part_of(*job, *part)).collect(),
        requests_of_file: BTreeMap::from([((Uuid::from_u128(1), 0), 4)]),
        ..Environment::default()
    };
    let plan = plan(jobs.iter(), limits, &environment, Now::default());
    plan.transfers.iter().map(|key| (key.job.as_u128(), key.part)).collect()
}

fn part_of(job: u128, part: u32) -> RequestKey {
    RequestKey { part, ..request(job, 0) }
}

#[test]
fn connections_that_are_left_go_to_files_with_several_requests() {
    let one = [queued(1, 1, JobPriority::Low)];
    let all = [(1, 0), (1, 1), (1, 2), (1, 3)];
    assert_eq!(with_several(&one, &slots(1), &[]), all);
    let per_host = Limits { connections_per_host: 3, ..Limits::default() };
    assert_eq!(with_several(&one, &per_host, &[]), all[..3]);
    let three = Limits { connections_total: 3, ..Limits::default() };
    assert_eq!(with_several(&one, &three, &[(1, 0), (1, 2), (1, 3)]), [(1, 0), (1, 2), (1, 3)]);
    // A file that waits goes first, whatever its level.
    let two = [queued(1, 1, JobPriority::Foreground), queued(2, 1, JobPriority::Low)];
    assert_eq!(with_several(&two, &three, &[(1, 0), (1, 1), (1, 2)]), [(1, 0), (1, 1), (2, 0)]);
    assert_eq!(with_several(&two, &slots(1), &[]), all, "there is one slot for a file");
    let mut suspended = one.clone();
    command(&mut suspended[0], Command::Suspend).expect("suspended");
    assert_eq!(with_several(&suspended, &slots(1), &[(1, 0), (1, 1)]), []);
}

#[test]
fn a_server_that_refuses_requests_is_sent_no_further_ones() {
    let jobs = [queued(1, 1, JobPriority::Normal)];
    let mut outages = Outages::default();
    let server = server_asked(&jobs[0].record, &jobs[0].files[0].remote_name);
    let busy = Failure::transient(code::BG_E_CONNECT_FAILURE, ErrorContext::None, "busy".into());
    outages.failed(&server, busy, (0, 3), Now::default());
    let environment = Environment {
        running: BTreeSet::from([part_of(1, 0)]),
        requests_of_file: BTreeMap::from([((Uuid::from_u128(1), 0), 4)]),
        outages: Arc::new(outages),
        ..Environment::default()
    };
    let plan = plan(jobs.iter(), &Limits::default(), &environment, Now::default());
    assert_eq!(plan.transfers, BTreeSet::from([part_of(1, 0)]));
}

#[test]
fn parts_under_way_take_no_slot_from_other_files() {
    let mut upload = UploadRecord::default();
    upload.state.protocol = UploadProtocol::S3;
    upload.state.session = Some("upload".to_owned());
    upload.state.multipart.part_bytes = 1;
    let mut parts = queued(1, 1, JobPriority::Normal);
    parts.files[0].size = Some(9);
    parts.files[0].upload = Some(Box::new(upload));
    let jobs = [parts, queued(2, 1, JobPriority::Normal)];
    let running = (1..=4).map(|part| part_of(1, part)).collect();
    let environment = Environment { running, ..Environment::default() };
    for files in 2..=5 {
        let plan = plan(jobs.iter(), &slots(files), &environment, Now::default());
        assert_eq!(plan.transfers.len(), 5, "{:?}", plan.transfers);
    }
}
