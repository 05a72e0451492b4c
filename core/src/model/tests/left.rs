//! What names a temporary file that nothing writes to.

use uuid::Uuid;

use crate::model::{
    Change, Command, FileRecord, HeadFacts, Input, Job, Now, Outcome, VerifiedFile,
};
use crate::protocol::Failure;
use crate::vocab::{ErrorContext, JobPropertyId, JobState, PropertyValue, code};

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
    let files = vec![VerifiedFile { file: 0, identity, version }];
    outcome(&mut job, Outcome::Verified { files });
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

/// What a file that comes at once makes of a job, and what its parts make of it.
fn at_once_and_in_parts(facts: &HeadFacts, prepare: impl Fn(&mut Job)) -> [Job; 2] {
    let size = 5;
    let version = Some("v".to_owned());
    let whole = Outcome::CameWhole { file: 0, facts: facts.clone(), size, version };
    let parts = [
        Outcome::Head { file: 0, facts: facts.clone() },
        Outcome::Received { file: 0, size },
        Outcome::Left { file: 0, version: Some("v".to_owned()) },
    ];
    [vec![whole], parts.to_vec()].map(|outcomes| {
        let mut job = job_with_files(2);
        command(&mut job, Command::Resume).expect("resume");
        outcome(&mut job, Outcome::Connecting { file: 0 });
        prepare(&mut job);
        for one in outcomes {
            outcome(&mut job, one);
        }
        job
    })
}

#[test]
fn a_file_that_comes_at_once_ends_as_one_that_comes_in_parts() {
    let known = HeadFacts { size: Some(5), ..HeadFacts::default() };
    let elsewhere = HeadFacts {
        asked: Some("http://host/before".to_owned()),
        answered: Some("http://other/0".to_owned()),
        is_permanent: true,
        response_headers: Some("ETag: x".to_owned()),
        ..known.clone()
    };
    let at_most = |most: u64| {
        move |job: &mut Job| {
            let id = JobPropertyId::MaxDownloadSize.as_u32();
            job.record.properties.insert(id, PropertyValue::Uint64(most));
        }
    };
    let failed_before = |job: &mut Job| {
        let context = ErrorContext::GeneralTransport;
        let failure = Failure::transient(code::BG_E_CONNECT_FAILURE, context, "no".to_owned());
        outcome(job, Outcome::Failed { file: 0, failure, redirect: None });
    };
    for facts in [known, HeadFacts::default(), elsewhere] {
        let prepared: [&dyn Fn(&mut Job); 5] =
            [&|_| {}, &at_most(4), &at_most(5), &failed_before, &|job| {
                _ = command(job, Command::Suspend).expect("suspended")
            }];
        for prepare in prepared {
            let [whole, parts] = at_once_and_in_parts(&facts, prepare);
            assert_eq!(whole.files[0].left.as_deref(), Some("v"));
            assert_eq!(whole.record, parts.record);
            assert_eq!(whole.files, parts.files);
            assert!(whole.received().eq(parts.received()));
        }
    }
}

#[test]
fn files_are_verified_together_as_one_by_one() {
    let received = || {
        let mut job = job_with_files(3);
        command(&mut job, Command::Resume).expect("resume");
        for file in 0..3 {
            outcome(&mut job, Outcome::Received { file, size: 5 });
        }
        job
    };
    let good = |file| VerifiedFile { file, identity: Some((1, 2)), version: Some("w".to_owned()) };
    let (mut together, mut one_by_one) = (received(), received());
    let change = outcome(&mut together, Outcome::Verified { files: (0..3).map(good).collect() });
    assert_eq!(change.files.len(), 3);
    for file in 0..3 {
        outcome(&mut one_by_one, Outcome::Verified { files: vec![good(file)] });
    }
    assert_eq!(together.record.state, JobState::Transferred);
    assert_eq!(together.record, one_by_one.record);
    assert_eq!(together.files, one_by_one.files);
    assert!(together.files.iter().all(FileRecord::is_transferred));
}
