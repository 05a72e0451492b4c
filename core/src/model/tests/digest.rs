//! A file whose content has another digest than its server names.

use crate::model::{Command, HeadFacts, Input, Job, Now, Outcome, Setting};
use crate::protocol::ServedDigest;
use crate::vocab::{DigestAlgorithm, HashAlgorithm, JobPropertyId, JobState, PropertyValue, code};

use super::{command, input, job_with_files, verified};
use crate::model::ExpectedHash;

const BYTES: u64 = 40_000;

fn apply(job: &mut Job, outcome: Outcome) {
    input(job, &Input::Outcome(outcome), Now::default()).expect("applied");
}

fn named(digit: &str) -> Option<ServedDigest> {
    let header = "repr-digest".to_owned();
    Some(ServedDigest { algorithm: DigestAlgorithm::Sha256, digest: digit.repeat(64), header })
}

fn head(job: &mut Job, digest: Option<ServedDigest>) {
    let facts =
        HeadFacts { size: Some(BYTES), digest: digest.map(Box::new), ..HeadFacts::default() };
    apply(job, Outcome::Head { file: 0, facts });
}

fn receive(job: &mut Job, digest: Option<ServedDigest>) {
    head(job, digest);
    apply(job, Outcome::Received { file: 0, size: BYTES });
}

fn mismatch(job: &mut Job) {
    apply(job, Outcome::HashMismatch { file: 0, found: "f".repeat(64) });
}

fn started() -> Job {
    let mut job = job_with_files(1);
    command(&mut job, Command::Resume).expect("resumed");
    job
}

fn checked(job: &Job) -> Option<String> {
    job.digest_to_check(0).map(|(_, digest)| digest.to_owned())
}

#[test]
fn it_begins_anew_once_and_then_fails() {
    let mut job = started();
    for _ in 0..2 {
        receive(&mut job, named("a"));
        assert_eq!(checked(&job), Some("a".repeat(64)));
        mismatch(&mut job);
        assert_eq!(job.record.state, JobState::Transferring, "it is fetched once more");
        assert_eq!((job.files[0].held(), checked(&job)), (0, None));
        assert_eq!(job.files[0].served_digest, None, "it was that of the dropped bytes");
        receive(&mut job, named("b"));
        mismatch(&mut job);
        assert_eq!(job.record.state, JobState::Error);
        let error = job.record.error.clone().expect("an error");
        assert_eq!((error.code, error.file), (code::BGCOPY_E_HASH_MISMATCH, Some(0)));
        assert!(error.message.contains("which the server names in repr-digest"));
        command(&mut job, Command::Resume).expect("who resumes it has two tries again");
    }
}

#[test]
fn a_request_by_another_method_is_not_made_once_more() {
    let mut job = job_with_files(1);
    command(&mut job, Command::Set(Setting::HttpMethod("POST".to_owned()))).expect("set");
    command(&mut job, Command::Resume).expect("resumed");
    receive(&mut job, named("a"));
    mismatch(&mut job);
    assert_eq!(job.record.state, JobState::Error);
}

#[test]
fn each_source_of_a_file_has_its_two_tries() {
    let mut job = job_with_files(1);
    let url = "http://mirror/file".to_owned();
    command(&mut job, Command::AddMirror { file: 0, url: url.clone() }).expect("added");
    command(&mut job, Command::Resume).expect("resumed");
    for source in [job.files[0].remote_name.clone(), url] {
        for _ in 0..2 {
            assert_eq!(job.files[0].source_name(), source);
            assert_eq!(job.record.error, None, "{source}");
            receive(&mut job, named("a"));
            mismatch(&mut job);
        }
    }
    assert_eq!(job.record.state, JobState::Error);
}

#[test]
fn a_good_file_forgets_that_it_began_anew() {
    let mut job = started();
    receive(&mut job, named("a"));
    mismatch(&mut job);
    receive(&mut job, named("f"));
    apply(&mut job, verified(0, None));
    assert_eq!(job.record.state, JobState::Transferred);
    assert!(!job.files[0].digest_refused);
}

#[test]
fn a_further_answer_need_not_name_it_and_may_name_another() {
    let mut job = started();
    head(&mut job, named("a"));
    apply(&mut job, Outcome::Progress { file: 0, begin: 0, written: 10 });
    receive(&mut job, None);
    assert_eq!(checked(&job), Some("a".repeat(64)));
    let mut job = started();
    head(&mut job, named("a"));
    apply(&mut job, Outcome::Progress { file: 0, begin: 0, written: 10 });
    let restart =
        HeadFacts { size: Some(BYTES), digest: None, restart: true, ..HeadFacts::default() };
    apply(&mut job, Outcome::Head { file: 0, facts: restart });
    apply(&mut job, Outcome::Received { file: 0, size: BYTES });
    assert_eq!(checked(&job), None, "that was of the version before");
}

#[test]
fn an_expected_hash_comes_first_and_the_property_turns_it_off() {
    let mut job = started();
    receive(&mut job, named("a"));
    let id = JobPropertyId::CheckDigests.as_u32();
    let set = |value| Command::Set(Setting::Property { id, value: PropertyValue::Enable(value) });
    command(&mut job, set(false)).expect("set");
    assert_eq!(checked(&job), None);
    command(&mut job, set(true)).expect("set");
    assert_eq!(checked(&job), Some("a".repeat(64)));
    let digest = "b".repeat(64);
    job.files[0].expected_hash = Some(ExpectedHash { algorithm: HashAlgorithm::Blake3, digest });
    assert_eq!(job.digest_to_check(0), Some((DigestAlgorithm::Blake3, "b".repeat(64).as_str())));
    mismatch(&mut job);
    assert_eq!(job.record.state, JobState::Error, "an expected hash fails at once");
}

#[test]
fn only_a_whole_file_is_checked() {
    let mut job = started();
    head(&mut job, named("a"));
    assert_eq!(checked(&job), None, "it is not here yet");
    receive(&mut job, named("a"));
    job.files[0].ranges = vec![crate::protocol::FileRange { initial_offset: 0, length: BYTES }];
    assert_eq!(checked(&job), None);
}
