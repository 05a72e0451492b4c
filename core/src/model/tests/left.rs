//! What names a temporary file that nothing writes to.

use uuid::Uuid;

use crate::model::{Change, Command, Input, Job, Now, Outcome};
use crate::protocol::Failure;
use crate::vocab::{ErrorContext, JobState, code};

use super::{command, input, job_with_files};

fn outcome(job: &mut Job, outcome: Outcome) -> Change {
    input(job, &Input::Outcome(outcome), Now::default()).expect("an outcome")
}

fn leave(job: &mut Job) {
    outcome(job, Outcome::Left { file: 0, version: Some("v".to_owned()) });
}

/// A job whose file holds bytes, and was left.
fn left() -> Job {
    let mut job = job_with_files(1);
    command(&mut job, Command::Resume).expect("resume");
    leave(&mut job);
    assert_eq!(job.files[0].left, None, "there are no bytes to be changed");
    outcome(&mut job, Outcome::Progress { file: 0, begin: 0, written: 5 });
    leave(&mut job);
    assert_eq!(job.files[0].left.as_deref(), Some("v"));
    job
}

fn finished() -> Job {
    let mut job = left();
    outcome(&mut job, Outcome::Received { file: 0, size: 5 });
    let (identity, version) = (Some((1, 2)), Some("w".to_owned()));
    outcome(&mut job, Outcome::Verified { file: 0, identity, version });
    assert_eq!(job.files[0].left.as_deref(), Some("w"));
    job
}

#[test]
fn it_is_forgotten_before_the_file_is_written_to_and_by_a_reboot() {
    let mut job = left();
    outcome(&mut job, Outcome::Reopened { file: 0 });
    assert_eq!((job.files[0].left.as_deref(), job.files[0].written), (None, 5));
    let mut job = left();
    job.after_restart(Some(Uuid::from_u128(1)), Now::default());
    assert_eq!(job.files[0].left, None, "a power cut may have undone it, too");
    let mut job = finished();
    job.after_restart(Some(Uuid::from_u128(1)), Now::default());
    assert_eq!(job.files[0].left.as_deref(), Some("w"), "this one is synced");
}

#[test]
fn an_attempt_to_put_the_file_in_place_may_have_changed_it() {
    let mut job = finished();
    command(&mut job, Command::Complete).expect("complete");
    assert_eq!(job.files[0].left.as_deref(), Some("w"));
    let mut killed = job.clone();
    killed.after_restart(None, Now::default());
    assert_eq!(killed.files[0].left, None);
    let error = Some((0, code::E_DIRECTORY, "in the way".to_owned()));
    outcome(&mut job, Outcome::Published { files: Vec::new(), error });
    assert_eq!(job.files[0].left, None);
}

#[test]
fn a_changed_file_is_an_error_and_nothing_of_it_is_kept() {
    let mut job = left();
    let failure = Failure::fatal(
        code::BG_E_LOCAL_FILE_CHANGED,
        ErrorContext::LocalFile,
        "changed".to_owned(),
    );
    let change = outcome(&mut job, Outcome::Failed { file: 0, failure, redirect: None });
    assert!(change.restarted.contains(&0));
    assert_eq!((job.record.state, job.files[0].written), (JobState::Error, 0));
    assert_eq!(job.files[0].left, None);
}
