//! Files with mirrors: the table of what may follow on what, and every order of what can
//! happen to two sources.

use std::collections::{BTreeSet, VecDeque};

use crate::model::{
    Command, ExpectedHash, FileSpec, HeadFacts, Input, Job, Limits, Now, Outcome, apply,
};
use crate::protocol::{Adjustment, Failure, Validator};
use crate::vocab::{
    ErrorContext, HResult, HashAlgorithm, JobState, JobType, SourceState, code, limit, security,
};

use super::super::Setting;
use super::super::outage::server_waited_for;
use super::source_world::{EVENTS, Event, MIRROR, ORIGIN, Setup, Tags, World};
use super::{command, input, new_job};

/// Events in a row that are tried.
const DEPTH: usize = 8;

/// Events in a row after which the file is to arrive once nothing fails any more.
const ARRIVAL_DEPTH: usize = 6;

#[test]
fn no_order_of_events_mixes_two_sources() {
    for setup in setups() {
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from([(World::new(setup), Vec::<Event>::new())]);
        let mut arrived = false;
        while let Some((world, path)) = queue.pop_front() {
            for event in EVENTS {
                let mut next = world.clone();
                if !next.step(event) || !seen.insert(next.key()) {
                    continue;
                }
                let mut path = path.clone();
                path.push(event);
                let checked = std::panic::catch_unwind(|| next.check());
                assert!(checked.is_ok(), "{setup:?} after {path:?}: {next:#?}");
                arrived |= next.job.record.state == JobState::Transferred;
                if path.len() <= ARRIVAL_DEPTH {
                    let ends = next.clone().arrives() || !next.can_arrive();
                    assert!(ends, "{setup:?}: stuck after {path:?}: {next:#?}");
                }
                if path.len() < DEPTH {
                    queue.push_back((next, path));
                }
            }
        }
        assert!(arrived, "{setup:?}: the file arrives");
        assert!(seen.len() > 1_000, "only {} worlds", seen.len());
    }
}

fn setups() -> Vec<Setup> {
    let mut all = Vec::new();
    for tags in [Tags::Strong, Tags::Weak, Tags::Own] {
        for (has_hash, lies) in [(false, false), (true, false), (false, true), (true, true)] {
            all.push(Setup { tags, has_hash, lies });
        }
    }
    all
}

/// A running job of one file with a mirror for each of these names.
fn job_with(mirrors: &[&str], has_hash: bool) -> Job {
    let mut job = new_job(JobType::Download);
    let hash = ExpectedHash { algorithm: HashAlgorithm::Sha256, digest: "1".repeat(64) };
    let file = FileSpec {
        remote_name: ORIGIN.to_owned(),
        local_name: "/folder/file".to_owned(),
        expected_hash: has_hash.then_some(hash),
        mirrors: mirrors.iter().map(|mirror| (*mirror).to_owned()).collect(),
        ..FileSpec::default()
    };
    command(&mut job, Command::AddFiles(vec![file])).expect("a file");
    command(&mut job, Command::Resume).expect("resumed");
    job
}

fn outcome(job: &mut Job, outcome: Outcome) {
    input(job, &Input::Outcome(outcome), Now::default()).expect("an outcome");
}

fn fails(job: &mut Job, status: u32, transient: bool) {
    let code = HResult::from_http_status(status);
    let failure = Failure::fatal(code, ErrorContext::RemoteFile, status.to_string());
    let failure = Failure { transient, ..failure };
    outcome(job, Outcome::Failed { file: 0, failure, redirect: None });
}

fn differs(job: &mut Job) {
    outcome(job, Outcome::AskAgain { file: 0, adjustment: Adjustment::Restart });
}

/// The source that is asked gives bytes up to `written`, of a version of that name.
fn gives(job: &mut Job, etag: &str, written: u64) {
    head(job, etag);
    let begin = job.files[0].held();
    outcome(job, Outcome::Progress { file: 0, begin, written });
}

fn head(job: &mut Job, etag: &str) {
    let facts = HeadFacts {
        size: Some(100),
        validator: Validator { etag: Some(etag.to_owned()), ..Validator::default() },
        asked: Some(job.files[0].url_asked().to_owned()),
        ..HeadFacts::default()
    };
    outcome(job, Outcome::Head { file: 0, facts });
}

fn states(job: &Job) -> Vec<SourceState> {
    job.files[0].shown_sources(false).iter().map(|source| source.state).collect()
}

const OTHER: &str = "https://other/file";

#[test]
fn a_source_that_fails_gives_way_to_the_next_before_the_file_does() {
    let mut job = job_with(&[MIRROR, OTHER], false);
    for (status, transient, next) in [(404, false, MIRROR), (503, true, OTHER)] {
        fails(&mut job, status, transient);
        assert_eq!(job.files[0].url_asked(), next);
        assert_eq!(job.record.state, JobState::Queued);
        assert!(job.record.error.is_none() && job.files[0].failure.is_none());
    }
    assert_eq!(states(&job), [SourceState::Failed, SourceState::Failed, SourceState::Asked]);
    // One of them may come back: the job waits, with the error of the origin.
    fails(&mut job, 410, false);
    assert_eq!(job.record.state, JobState::TransientError);
    assert_eq!(job.record.error.as_ref().map(|error| error.code.bits()), Some(0x8019_0194));
    assert_eq!(job.files[0].url_asked(), ORIGIN, "the next try begins with the first");
    assert_eq!(states(&job), [SourceState::Asked, SourceState::Ready, SourceState::Ready]);
}

#[test]
fn a_job_none_of_whose_sources_will_come_back_has_failed() {
    let mut job = job_with(&[MIRROR], false);
    fails(&mut job, 404, false);
    fails(&mut job, 410, false);
    assert_eq!(job.record.state, JobState::Error);
    assert_eq!(job.record.error.as_ref().map(|error| error.code.bits()), Some(0x8019_0194));
    command(&mut job, Command::Resume).expect("resumed");
    assert_eq!(job.files[0].url_asked(), ORIGIN);
}

#[test]
fn what_is_no_fault_of_a_source_is_no_reason_to_ask_another() {
    for (code, context) in [
        (code::DO_E_BLOCKED_BY_NO_NETWORK, ErrorContext::GeneralTransport),
        (code::E_DISK_FULL, ErrorContext::LocalFile),
    ] {
        let mut job = job_with(&[MIRROR], false);
        let failure = Failure::transient(code, context, "here".to_owned());
        outcome(&mut job, Outcome::Failed { file: 0, failure, redirect: None });
        assert_eq!(
            (job.files[0].url_asked(), job.record.state),
            (ORIGIN, JobState::TransientError)
        );
    }
}

#[test]
fn held_bytes_wait_for_a_source_that_fits_before_the_file_begins_anew() {
    let mut job = job_with(&[MIRROR], false);
    gives(&mut job, "\"a\"", 50);
    for round in 0..3 {
        fails(&mut job, 503, true);
        if round == 0 {
            assert_eq!(job.files[0].url_asked(), MIRROR);
            differs(&mut job);
        }
        assert_eq!(states(&job), [SourceState::Asked, SourceState::Different]);
        assert_eq!(job.record.state, JobState::TransientError, "round {round}");
        assert_eq!(job.files[0].held(), 50);
        let now = Now { monotonic_ms: 3_600_000, ..Now::default() };
        input(&mut job, &Input::TimePassed, now).expect("time");
    }
    fails(&mut job, 503, true);
    assert_eq!((job.files[0].held(), job.files[0].version), (0, 1), "it begins anew");
    assert_eq!(job.files[0].url_asked(), MIRROR);
    assert_eq!(job.record.state, JobState::Queued);
}

#[test]
fn a_file_begins_anew_at_once_if_nothing_that_fits_will_come_back() {
    let mut job = job_with(&[MIRROR], false);
    gives(&mut job, "\"a\"", 50);
    fails(&mut job, 404, false);
    let before = job.clone();
    let ask_again = Outcome::AskAgain { file: 0, adjustment: Adjustment::Restart };
    let change = apply(&before, &Input::Outcome(ask_again), Now::default(), &Limits::default());
    assert!(change.expect("a change").restarted.contains(&0), "it is reported");
    differs(&mut job);
    assert_eq!((job.files[0].held(), job.files[0].url_asked()), (0, MIRROR));
    let after = [SourceState::Failed, SourceState::Asked];
    assert_eq!(states(&job), after, "it has nothing to differ from any more");
}

#[test]
fn a_mirror_that_cannot_prove_anything_is_not_even_asked_behind_held_bytes() {
    let mut job = job_with(&[MIRROR], false);
    gives(&mut job, "W/\"a\"", 50);
    fails(&mut job, 503, true);
    assert_eq!((job.files[0].url_asked(), job.files[0].held()), (ORIGIN, 50));
    assert_eq!(job.record.state, JobState::TransientError);
    // With a hash it is.
    let mut job = job_with(&[MIRROR], true);
    gives(&mut job, "W/\"a\"", 50);
    fails(&mut job, 503, true);
    assert_eq!((job.files[0].url_asked(), job.files[0].held()), (MIRROR, 50));
}

#[test]
fn joined_bytes_with_a_wrong_hash_begin_anew_from_one_source_each() {
    let mut job = job_with(&[MIRROR], true);
    gives(&mut job, "\"a\"", 50);
    fails(&mut job, 503, true);
    gives(&mut job, "\"b\"", 100);
    assert!(job.files[0].needs_hash);
    let wrong = |job: &mut Job| {
        let size = 100;
        outcome(job, Outcome::Received { file: 0, size });
        outcome(job, Outcome::HashMismatch { file: 0, found: "2".to_owned() });
        assert_eq!(job.files[0].held(), 0);
    };
    wrong(&mut job);
    assert_eq!((job.files[0].url_asked(), job.record.state), (ORIGIN, JobState::Transferring));
    // Now nothing is joined: the mirror cannot follow on what the origin gave.
    gives(&mut job, "\"a\"", 50);
    fails(&mut job, 503, true);
    assert_eq!((job.files[0].url_asked(), job.files[0].held()), (ORIGIN, 50));
    command(&mut job, Command::Resume).expect("resumed");
    gives(&mut job, "\"a\"", 100);
    wrong(&mut job);
    assert_eq!(states(&job), [SourceState::WrongHash, SourceState::Asked]);
    gives(&mut job, "\"b\"", 100);
    wrong(&mut job);
    assert_eq!(job.record.state, JobState::Error);
    let error = job.record.error.as_ref().map(|error| error.code);
    assert_eq!(error, Some(code::BGCOPY_E_HASH_MISMATCH));
}

#[test]
fn a_source_that_failed_is_asked_again_before_a_wrong_hash_fails_the_file() {
    let mut job = job_with(&[MIRROR], true);
    fails(&mut job, 503, true);
    gives(&mut job, "\"b\"", 100);
    outcome(&mut job, Outcome::Received { file: 0, size: 100 });
    outcome(&mut job, Outcome::HashMismatch { file: 0, found: "2".to_owned() });
    assert_eq!(states(&job), [SourceState::Asked, SourceState::WrongHash]);
    assert_eq!(job.record.state, JobState::Transferring);
    fails(&mut job, 503, true);
    assert_eq!(job.record.state, JobState::TransientError, "it may still come");
}

#[test]
fn a_redirect_holds_for_the_source_that_made_it() {
    let mut job = job_with(&[MIRROR], false);
    outcome(&mut job, Outcome::Moved { file: 0, to: OTHER.to_owned(), is_reported: false });
    assert_eq!(job.files[0].url_asked(), OTHER);
    let (code, context) = (code::BG_E_CONNECTION_CLOSED, ErrorContext::GeneralTransport);
    let failure = Failure::transient(code, context, "cut".to_owned());
    outcome(&mut job, Outcome::Failed { file: 0, failure, redirect: None });
    assert_eq!(job.files[0].url_asked(), MIRROR);
}

#[test]
fn a_file_with_mirrors_waits_for_no_server() {
    let waits = |mirrors| server_waited_for(&job_with(mirrors, false), 0, 0).is_some();
    assert_eq!((waits(&[]), waits(&[MIRROR])), (true, false));
}

#[test]
fn a_hash_taken_back_leaves_no_bytes_that_only_it_would_prove() {
    let take_back = |job: &mut Job| {
        command(job, Command::SetExpectedHash { file: 0, hash: None }).expect("taken back")
    };
    let mut job = job_with(&[MIRROR], true);
    gives(&mut job, "\"a\"", 50);
    fails(&mut job, 503, true);
    gives(&mut job, "\"b\"", 70);
    assert!(take_back(&mut job).restarted.contains(&0));
    assert_eq!(job.files[0].held(), 0);
    // It is taken back while the answer is on its way.
    let mut job = job_with(&[MIRROR], true);
    gives(&mut job, "\"a\"", 50);
    fails(&mut job, 503, true);
    take_back(&mut job);
    assert_eq!(job.files[0].held(), 50);
    head(&mut job, "\"b\"");
    outcome(&mut job, Outcome::Progress { file: 0, begin: 50, written: 70 });
    let file = &job.files[0];
    assert_eq!((file.written, file.held(), file.version), (0, 20, 1), "what is of one version");
}

#[test]
fn an_encrypted_origin_has_no_mirror_that_is_not_unless_the_flags_allow_it() {
    let add = |job: &mut Job, url: &str| {
        command(job, Command::AddMirror { file: 0, url: url.to_owned() })
    };
    let allow = Setting::SecurityFlags(security::REDIRECT_ALLOW_HTTPS_TO_HTTP);
    let mut job = job_with(&[], false);
    let remote_name = "https://origin/file".to_owned();
    command(&mut job, Command::SetRemoteName { file: 0, remote_name }).expect("renamed");
    assert_eq!(add(&mut job, MIRROR).expect_err("refused").code, code::E_INVALIDARG);
    command(&mut job, Command::Set(allow)).expect("allowed");
    add(&mut job, MIRROR).expect("taken");
    // Without the flag it is there, and is not asked.
    command(&mut job, Command::Set(Setting::SecurityFlags(0))).expect("taken back");
    assert_eq!(states(&job), [SourceState::Asked, SourceState::NotAllowed]);
    fails(&mut job, 404, false);
    assert_eq!(job.record.state, JobState::Error);
}

#[test]
fn bad_mirrors_are_refused_and_change_nothing() {
    let mut job = job_with(&[], false);
    let before = job.clone();
    let mut refused = |url: &str, expected: HResult| {
        let url = url.to_owned();
        let error = command(&mut job, Command::AddMirror { file: 0, url }).expect_err("refused");
        assert_eq!(error.code, expected);
        assert_eq!((&job.record, &job.files), (&before.record, &before.files));
    };
    for url in ["", "nonsense", "ftp://a/b", "file:///etc/passwd", "http://u:p@h/", "http:///x"] {
        refused(url, code::E_INVALIDARG);
    }
    let long = format!("http://a/{}", "x".repeat(limit::URL_CHARS_MAX));
    refused(&long, code::E_INVALIDARG);
    let add = |job: &mut Job, number: usize| {
        let url = format!("http://mirror/{number}");
        command(job, Command::AddMirror { file: 0, url }).map(|change| change.result)
    };
    for number in 0..limit::MIRRORS_PER_FILE_MAX {
        assert_eq!(add(&mut job, number), Ok(code::S_OK));
        assert_eq!(add(&mut job, number), Ok(code::S_FALSE), "it is there already");
    }
    let too_many = add(&mut job, limit::MIRRORS_PER_FILE_MAX).expect_err("too many");
    assert_eq!(too_many.code, code::BGCOPY_E_TOO_MANY_MIRRORS);
    assert_eq!(states(&job).len(), limit::MIRRORS_PER_FILE_MAX + 1);
    let mut upload = new_job(JobType::Upload);
    let url = MIRROR.to_owned();
    let error = command(&mut upload, Command::AddMirror { file: 0, url }).expect_err("refused");
    assert_eq!(error.code, code::E_NOTIMPL);
}

#[test]
fn no_secret_is_told_to_a_mirror_of_another_origin() {
    let mut job = job_with(&[MIRROR, "http://origin/copy"], false);
    let gets_secrets = |job: &Job| job.files[0].may_tell_secrets();
    assert!(gets_secrets(&job));
    fails(&mut job, 404, false);
    assert!(!gets_secrets(&job));
    fails(&mut job, 404, false);
    assert!(gets_secrets(&job), "another path of the same origin");
}

#[test]
fn a_mirror_that_redirects_does_not_rename_the_file() {
    let mut job = job_with(&[MIRROR], false);
    fails(&mut job, 404, false);
    let to = OTHER.to_owned();
    outcome(&mut job, Outcome::Moved { file: 0, to, is_reported: true });
    assert_eq!((job.files[0].remote_name.as_str(), job.files[0].url_asked()), (ORIGIN, OTHER));
    let facts = HeadFacts {
        asked: Some(OTHER.to_owned()),
        answered: Some("http://fourth/".to_owned()),
        is_reported: true,
        ..HeadFacts::default()
    };
    outcome(&mut job, Outcome::Head { file: 0, facts });
    assert_eq!(job.files[0].remote_name, ORIGIN);
}

#[test]
fn a_connection_that_brought_something_is_made_again_to_the_same_source() {
    let mut job = job_with(&[MIRROR], false);
    gives(&mut job, "\"a\"", 50);
    job.files[0].fresh_bytes = 100_000;
    let (code, context) = (code::BG_E_CONNECTION_CLOSED, ErrorContext::GeneralTransport);
    let broken = || Outcome::Failed {
        file: 0,
        failure: Failure::transient(code, context, "cut".to_owned()),
        redirect: None,
    };
    outcome(&mut job, broken());
    assert_eq!(job.files[0].url_asked(), ORIGIN);
    outcome(&mut job, broken());
    assert_eq!(job.files[0].url_asked(), MIRROR);
}
