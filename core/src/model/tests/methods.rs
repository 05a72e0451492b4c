//! The table "method x state" of the specification, section 9.2.

use crate::model::{
    Change, Closing, Command, Deadline, FileStage, Input, Job, Now, Outcome, Setting,
};
use crate::protocol::Failure;
use crate::vocab::{ErrorContext, HResult, JobPriority, JobState, code};

use super::{command, input, job_with_files, spec, verified};

/// A job of one file in each state.
fn job_in(state: JobState) -> Job {
    let mut job = job_with_files(1);
    let outcome = |job: &mut Job, outcome| {
        input(job, &Input::Outcome(outcome), Now::default()).expect("an outcome");
    };
    let fail = |transient| Outcome::Failed {
        file: 0,
        failure: Failure {
            code: code::BG_E_CONNECT_FAILURE,
            context: ErrorContext::GeneralTransport,
            message: "refused".to_owned(),
            transient,
            retry_after: None,
            unreached: false,
        },
        redirect: None,
    };
    if state != JobState::Suspended {
        command(&mut job, Command::Resume).expect("resume");
    }
    match state {
        JobState::Suspended | JobState::Queued => {}
        JobState::Connecting => outcome(&mut job, Outcome::Connecting { file: 0 }),
        JobState::Transferring => {
            outcome(&mut job, Outcome::Connecting { file: 0 });
            let facts = Default::default();
            outcome(&mut job, Outcome::Head { file: 0, facts });
        }
        JobState::Error => outcome(&mut job, fail(false)),
        JobState::TransientError => outcome(&mut job, fail(true)),
        JobState::Transferred | JobState::Acknowledged => {
            outcome(&mut job, Outcome::Received { file: 0, size: 3 });
            outcome(&mut job, verified(0, Some((1, 2))));
            if state == JobState::Acknowledged {
                command(&mut job, Command::Complete).expect("complete");
                outcome(&mut job, Outcome::Published { files: vec![0], error: None });
            }
        }
        JobState::Cancelled => {
            command(&mut job, Command::Cancel).expect("cancel");
            outcome(&mut job, Outcome::Removed { undeleted: 0 });
        }
    }
    assert_eq!(job.record.state, state);
    job
}

/// What a method answers and where it leads.
type Expected = Result<(HResult, JobState), HResult>;

fn check(method: &Command, expected: impl Fn(JobState) -> Expected) {
    for state in JobState::ALL {
        let mut job = job_in(state);
        let before = job.clone();
        let answer = command(&mut job, method.clone());
        match expected(state) {
            Ok((result, then)) => {
                let change =
                    answer.unwrap_or_else(|error| panic!("{method:?} in {state:?}: {error}"));
                assert_eq!(change.result, result, "{method:?} in {state:?}");
                assert_eq!(job.record.state, then, "{method:?} in {state:?}");
            }
            Err(code) => {
                assert_eq!(answer.expect_err("a refusal").code, code, "{method:?} in {state:?}");
                assert_eq!(job.record, before.record);
                assert_eq!(job.files, before.files);
            }
        }
    }
}

/// The state stays; final jobs refuse.
fn unchanged(state: JobState) -> Expected {
    match state.is_final() {
        true => Err(code::DO_E_INVALID_STATE),
        false => Ok((code::S_OK, state)),
    }
}

#[test]
fn suspend_stops_what_moves_and_hides_no_end() {
    check(&Command::Suspend, |state| match state {
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::TransientError => Ok((code::S_OK, JobState::Suspended)),
        JobState::Suspended
        | JobState::Error
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => unchanged(state),
    });
}

#[test]
fn resume_queues_what_stands_still() {
    check(&Command::Resume, |state| match state {
        JobState::Suspended | JobState::TransientError | JobState::Error => {
            Ok((code::S_OK, JobState::Queued))
        }
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => unchanged(state),
    });
}

#[test]
fn cancel_is_legal_until_the_job_is_final() {
    check(&Command::Cancel, |state| match state.is_final() {
        true => Err(code::DO_E_INVALID_STATE),
        false => Ok((code::S_OK, JobState::Cancelled)),
    });
}

#[test]
fn complete_of_a_transferred_job_publishes_it() {
    check(&Command::Complete, |state| match state {
        JobState::Transferred => Ok((code::S_OK, JobState::Transferred)),
        JobState::Acknowledged | JobState::Cancelled => Err(code::DO_E_INVALID_STATE),
        // An unfinished job stops, and ends when its files are discarded.
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::Suspended
        | JobState::Error
        | JobState::TransientError => Ok((code::S_OK, JobState::Suspended)),
    });
}

#[test]
fn files_and_properties_are_taken_until_the_job_is_final() {
    for method in [
        Command::AddFiles(vec![spec(9)]),
        Command::Set(Setting::DisplayName("other".to_owned())),
        Command::Set(Setting::Priority(JobPriority::Low)),
        Command::Set(Setting::NotifyFlags(0)),
        Command::Set(Setting::MinimumRetryDelay(60)),
        Command::Set(Setting::NoProgressTimeout(60)),
        Command::SetRemoteName { file: 0, remote_name: "http://other/0".to_owned() },
        Command::ReplaceRemotePrefix {
            old: "http://host".to_owned(),
            new: "http://new".to_owned(),
        },
    ] {
        check(&method, unchanged);
    }
}

#[test]
fn an_empty_job_cannot_be_resumed_but_completed() {
    let mut job = job_with_files(0);
    let error = command(&mut job, Command::Resume).expect_err("empty");
    assert_eq!(error.code, code::DO_E_JOB_EMPTY);
    assert_eq!(job.record.state, JobState::Suspended);
    let change = command(&mut job, Command::Complete).expect("complete");
    assert_eq!(change.completed, Some(Ok(code::S_OK)));
    assert_eq!(job.record.state, JobState::Acknowledged);
}

fn outcome(job: &mut Job, outcome: Outcome) -> Change {
    input(job, &Input::Outcome(outcome), Now::default()).expect("an outcome")
}

fn published(files: &[u32], error: Option<u32>) -> Outcome {
    let error = error.map(|file| (file, code::E_ACCESSDENIED, "refused".to_owned()));
    Outcome::Published { files: files.to_vec(), error }
}

/// A job of so many files that is being completed; all are transferred but for one.
fn job_being_completed(files: u32, missing: u32) -> Job {
    let mut job = job_with_files(files);
    command(&mut job, Command::Resume).expect("resume");
    for file in (0..files).filter(|file| *file != missing) {
        outcome(&mut job, Outcome::Received { file, size: 3 });
        outcome(&mut job, verified(file, None));
    }
    command(&mut job, Command::Complete).expect("complete");
    job
}

fn are_published(job: &Job) -> Vec<u32> {
    let files = (0..).zip(&job.files);
    files.filter(|(_, file)| file.stage == FileStage::Published).map(|(index, _)| index).collect()
}

#[test]
fn files_that_are_published_in_order_are_stored_as_one_number() {
    let mut job = job_being_completed(6, 1);
    let change = outcome(&mut job, published(&[0, 2], None));
    assert!(change.files.is_empty(), "no record of a file is stored anew");
    assert_eq!((change.record.published_below, are_published(&job)), (3, vec![0, 2]));
    assert!(!job.record.has_published(1, job.files[1].stage), "it is not there");
    assert!(job.record.has_published(2, FileStage::Transferred), "its record says no more");
    let change = outcome(&mut job, published(&[3, 4, 5], None));
    assert_eq!(change.record.closing, Some(Closing::Discarding));
    assert_eq!(are_published(&job), [0, 2, 3, 4, 5]);
}

#[test]
fn a_complete_that_fails_leaves_no_mark_behind() {
    let mut job = job_being_completed(6, 1);
    outcome(&mut job, published(&[0, 2], None));
    let change = outcome(&mut job, published(&[3], Some(4)));
    assert_eq!(change.completed.expect("it ended").unwrap_err().code, code::E_ACCESSDENIED);
    let stored: Vec<_> = change.files.iter().map(|(index, file)| (*index, file.stage)).collect();
    let published = FileStage::Published;
    let transferred = FileStage::Transferred;
    assert_eq!(stored, [(0, published), (2, published), (3, published), (4, transferred)]);
    assert_eq!(change.record.published_below, 0, "the second file may be transferred yet");
    command(&mut job, Command::Resume).expect("resumed");
    outcome(&mut job, Outcome::Received { file: 1, size: 3 });
    outcome(&mut job, verified(1, None));
    assert!(!job.record.has_published(1, job.files[1].stage));
}

#[test]
fn files_that_are_published_out_of_order_say_so_themselves() {
    for files in [[2, 0].as_slice(), &[3], &[0, 1]] {
        let mut job = job_being_completed(4, 1);
        let change = outcome(&mut job, published(files, None));
        assert!(change.published.is_empty() && change.record.published_below == 0, "{files:?}");
        assert_eq!(change.files.len(), files.len());
    }
}

#[test]
fn partial_complete_keeps_exactly_the_finished_files() {
    let mut job = job_with_files(3);
    command(&mut job, Command::Resume).expect("resume");
    for file in 0..2 {
        let received = Input::Outcome(Outcome::Received { file, size: 3 });
        input(&mut job, &received, Now::default()).expect("received");
        let verified = Input::Outcome(verified(file, None));
        input(&mut job, &verified, Now::default()).expect("verified");
    }
    command(&mut job, Command::Complete).expect("complete");
    let published = Input::Outcome(Outcome::Published { files: vec![0, 1], error: None });
    let change = input(&mut job, &published, Now::default()).expect("published");
    assert_eq!(change.completed, None, "the third file is still to be discarded");
    let removed = Input::Outcome(Outcome::Removed { undeleted: 0 });
    let change = input(&mut job, &removed, Now::default()).expect("removed");
    assert_eq!(change.completed, Some(Ok(code::BG_S_PARTIAL_COMPLETE)));
    assert_eq!(job.record.state, JobState::Acknowledged);
    let stages: Vec<_> = job.files.iter().map(|file| file.stage).collect();
    assert_eq!(stages, [FileStage::Published, FileStage::Published, FileStage::Waiting]);
}

#[test]
fn a_failed_rename_keeps_the_job_transferred_and_the_call_can_be_repeated() {
    let mut job = job_in(JobState::Transferred);
    command(&mut job, Command::Complete).expect("complete");
    let error = Some((0, code::E_ACCESSDENIED, "no".to_owned()));
    let published = Input::Outcome(Outcome::Published { files: vec![], error });
    let change = input(&mut job, &published, Now::default()).expect("published");
    let told = change.completed.expect("an end").expect_err("an error");
    assert_eq!(told.code, code::E_ACCESSDENIED);
    assert_eq!(job.record.state, JobState::Transferred);
    command(&mut job, Command::Complete).expect("complete again");
    let published = Input::Outcome(Outcome::Published { files: vec![0], error: None });
    input(&mut job, &published, Now::default()).expect("published");
    assert_eq!(job.record.state, JobState::Acknowledged);
}

#[test]
fn temporary_files_that_resist_are_tried_again() {
    let mut job = job_in(JobState::Transferring);
    command(&mut job, Command::Cancel).expect("cancel");
    let removed = Input::Outcome(Outcome::Removed { undeleted: 1 });
    let change = input(&mut job, &removed, Now::default()).expect("removed");
    assert_eq!(change.cancelled, Some(code::BG_S_UNABLE_TO_DELETE_FILES));
    assert_eq!(job.record.state, JobState::Cancelled);
    let retry = job.record.wake_at().expect("another try");
    let later = Now { monotonic_ms: retry.monotonic_ms, ..Now::default() };
    input(&mut job, &Input::TimePassed, later).expect("time");
    let removed = Input::Outcome(Outcome::Removed { undeleted: 0 });
    input(&mut job, &removed, later).expect("removed");
    assert_eq!(job.record.closing, None);
}

/// Stores of earlier builds have them.
#[test]
fn stored_names_of_stages_stay_what_they_were() {
    let name = |value: serde_json::Result<String>| value.expect("serialized");
    assert_eq!(name(serde_json::to_string(&FileStage::Published)), "\"Released\"");
    assert_eq!(name(serde_json::to_string(&Closing::Publishing)), "\"Releasing\"");
    let until = Deadline::after(Now::default(), 0);
    let cleanup = Closing::ServerCleanup { until, retry: None, attempts: 0 };
    assert!(name(serde_json::to_string(&cleanup)).starts_with("{\"Owing\":"));
}
