//! A request that fails stops its file, and nothing else.

use std::collections::{BTreeSet, VecDeque};

use crate::model::{
    Command, Environment, HeadFacts, Input, Job, Limits, NextTry, Now, Outcome, Setting, Totals,
    plan,
};
use crate::protocol::{Failure, RetryAfter};
use crate::vocab::{ErrorContext, HResult, JobState, code};

use super::{command, input, job_with_files, verified};

const BYTES: u64 = 40_000;

fn at(monotonic_ms: u64) -> Now {
    let unix_ms = i64::try_from(monotonic_ms).expect("small");
    Now { monotonic_ms, unix_ms, ..Now::default() }
}

fn http(status: u32) -> HResult {
    HResult::from_http_status(status)
}

fn gone() -> Failure {
    Failure::fatal(http(404), ErrorContext::RemoteFile, "gone".to_owned())
}

fn overloaded() -> Failure {
    Failure::transient(http(500), ErrorContext::RemoteFile, "overloaded".to_owned())
}

fn broken() -> Failure {
    let context = ErrorContext::GeneralTransport;
    Failure::transient(code::E_WINHTTP_CONNECTION_ERROR, context, "reset".to_owned())
}

fn apply_outcome(job: &mut Job, outcome: Outcome, now: Now) {
    input(job, &Input::Outcome(outcome), now).expect("applied");
}

fn fail(job: &mut Job, file: u32, failure: Failure, now: Now) {
    apply_outcome(job, Outcome::Failed { file, failure, redirect: None }, now);
}

fn begin(job: &mut Job, file: u32, now: Now) {
    let facts = HeadFacts { size: Some(BYTES), ..HeadFacts::default() };
    apply_outcome(job, Outcome::Head { file, facts }, now);
}

fn transfer(job: &mut Job, file: u32, now: Now) {
    begin(job, file, now);
    apply_outcome(job, Outcome::Received { file, size: BYTES }, now);
    apply_outcome(job, verified(file, None), now);
}

fn started(files: u32) -> Job {
    let mut job = job_with_files(files);
    command(&mut job, Command::Resume).expect("resumed");
    job
}

/// The files that are asked for, in order, if there is one slot for each.
fn asked(job: &Job, now: Now) -> Vec<u32> {
    let plan = plan([job].into_iter(), &Limits::default(), &Environment::default(), now);
    plan.transfers.iter().map(|key| key.file).collect()
}

fn error_of(job: &Job, file: usize) -> Option<HResult> {
    job.files[file].failure.as_ref().map(|failure| failure.error.code)
}

#[test]
fn a_file_that_failed_for_good_stops_no_other() {
    let mut job = started(3);
    begin(&mut job, 0, at(0));
    fail(&mut job, 1, gone(), at(1));
    assert_eq!(job.record.state, JobState::Transferring);
    assert_eq!((job.record.error_count, error_of(&job, 1)), (1, Some(http(404))));
    assert_eq!(asked(&job, at(1)), [0, 2]);

    transfer(&mut job, 0, at(2));
    assert_eq!(job.record.state, JobState::Transferring);
    transfer(&mut job, 2, at(3));
    assert_eq!(job.record.state, JobState::Error);
    let error = job.record.error.clone().expect("an error");
    assert_eq!((error.code, error.file, error.at_ms), (http(404), Some(1), 1));
    assert_eq!((job.record.totals.files_transferred, job.record.totals.files_failed), (2, 1));

    command(&mut job, Command::Resume).expect("resumed");
    assert_eq!((job.record.state, error_of(&job, 1)), (JobState::Queued, None));
    assert_eq!(asked(&job, at(4)), [1]);
    transfer(&mut job, 1, at(5));
    assert_eq!(job.record.state, JobState::Transferred);
}

#[test]
fn a_job_has_the_error_of_the_file_that_failed_first() {
    let mut job = started(3);
    fail(&mut job, 2, gone(), at(1));
    fail(&mut job, 0, Failure { code: http(403), ..gone() }, at(2));
    assert_eq!(job.record.state, JobState::Queued);
    fail(&mut job, 1, Failure { code: http(410), ..gone() }, at(3));
    assert_eq!(job.record.state, JobState::Error);
    let error = job.record.error.clone().expect("an error");
    assert_eq!((error.code, error.file), (http(404), Some(2)));
    assert_eq!(error_of(&job, 1), Some(http(410)), "each file has its own");
}

#[test]
fn a_file_that_may_pass_is_tried_again_alone_and_after_the_others() {
    let mut job = started(3);
    begin(&mut job, 1, at(0));
    fail(&mut job, 0, overloaded(), at(0));
    assert_eq!(job.record.state, JobState::Transferring);
    assert_eq!(asked(&job, at(0)), [1, 2]);
    let due = job.wake_at().expect("a deadline").monotonic_ms;
    assert_eq!(due, 5_000, "the minimum retry delay");
    input(&mut job, &Input::TimePassed, at(due - 1)).expect("applied");
    assert_eq!(job.waiting().collect::<Vec<_>>(), [1, 2]);
    input(&mut job, &Input::TimePassed, at(due)).expect("applied");
    assert_eq!(job.waiting().collect::<Vec<_>>(), [1, 2, 0], "it goes behind the others");
    assert_eq!(job.wake_at(), None);
    transfer(&mut job, 0, at(due));
    assert_eq!(error_of(&job, 0), None);
}

#[test]
fn a_job_waits_while_all_that_can_move_wait_for_their_next_try() {
    let mut job = started(3);
    fail(&mut job, 0, gone(), at(0));
    fail(&mut job, 1, overloaded(), at(1_000));
    assert_eq!(job.record.state, JobState::Queued);
    fail(&mut job, 2, broken(), at(2_000));
    assert_eq!(job.record.state, JobState::TransientError);
    let error = job.record.error.clone().expect("an error");
    assert_eq!((error.code, error.file), (http(500), Some(1)), "that of the next one");
    assert_eq!(job.record.retry.expect("a retry").at.monotonic_ms, 6_000);
    assert!(job.record.no_progress_deadline.is_some());
    input(&mut job, &Input::TimePassed, at(6_000)).expect("applied");
    assert_eq!(job.record.state, JobState::Queued);
    assert_eq!(asked(&job, at(6_000)), [1]);
    // Once that is here only the other one is left to be waited for.
    transfer(&mut job, 1, at(6_100));
    assert_eq!(job.record.state, JobState::TransientError);
    assert_eq!(job.record.retry.expect("a retry").at.monotonic_ms, 7_000);
}

#[test]
fn a_shorter_delay_counts_for_the_file_that_is_next() {
    let mut job = started(2);
    command(&mut job, Command::Set(Setting::MinimumRetryDelay(60))).expect("set");
    fail(&mut job, 0, overloaded(), at(0));
    fail(&mut job, 1, overloaded(), at(1));
    command(&mut job, Command::Set(Setting::MinimumRetryDelay(5))).expect("set");
    assert_eq!(job.record.retry.expect("a retry").at.monotonic_ms, 5_000);
    input(&mut job, &Input::TimePassed, at(5_000)).expect("applied");
    assert_eq!((job.record.state, asked(&job, at(5_000))), (JobState::Queued, vec![0]));
}

#[test]
fn the_delays_of_a_file_grow_whatever_the_others_do() {
    let mut job = started(3);
    let mut now_ms = 0;
    for (number, delay_ms) in [5_000, 10_000, 20_000].into_iter().enumerate() {
        fail(&mut job, 0, overloaded(), at(now_ms));
        let due = job.wake_at().expect("a deadline").monotonic_ms;
        assert_eq!(due - now_ms, delay_ms);
        now_ms = due;
        begin(&mut job, 1, at(now_ms));
        let written = 1_000 * (number as u64 + 1);
        apply_outcome(&mut job, Outcome::Progress { file: 1, begin: 0, written }, at(now_ms));
        input(&mut job, &Input::TimePassed, at(now_ms)).expect("applied");
    }
    // Its own progress ends that.
    begin(&mut job, 0, at(now_ms));
    apply_outcome(&mut job, Outcome::Progress { file: 0, begin: 0, written: 1 }, at(now_ms));
    fail(&mut job, 0, overloaded(), at(now_ms));
    assert_eq!(job.wake_at().expect("a deadline").monotonic_ms - now_ms, 5_000);
}

#[test]
fn bytes_of_one_file_let_no_other_be_asked_for_at_once() {
    let mut job = started(2);
    begin(&mut job, 0, at(0));
    apply_outcome(&mut job, Outcome::Progress { file: 0, begin: 0, written: 20_000 }, at(0));
    fail(&mut job, 1, broken(), at(0));
    assert_eq!(asked(&job, at(0)), [0], "nothing of it came");
    fail(&mut job, 0, broken(), at(0));
    assert_eq!(asked(&job, at(0)), [0], "it was worth its while");
    fail(&mut job, 0, broken(), at(0));
    assert!(asked(&job, at(0)).is_empty(), "nothing came since");
}

#[test]
fn a_server_names_the_time_for_the_file_that_it_refused() {
    let mut job = started(2);
    let asked_for = Failure { retry_after: Some(RetryAfter::Seconds(90)), ..overloaded() };
    fail(&mut job, 0, asked_for, at(0));
    assert_eq!(job.wake_at().expect("a deadline").monotonic_ms, 90_000);
    // A network that comes back is no reason to ask it sooner.
    fail(&mut job, 1, broken(), at(0));
    input(&mut job, &Input::Reconnected, at(1)).expect("applied");
    assert_eq!(job.waiting().collect::<Vec<_>>(), [1]);
}

#[test]
fn trouble_with_the_disk_stops_the_job() {
    let mut job = started(2);
    let context = ErrorContext::LocalFile;
    fail(&mut job, 0, Failure::transient(code::E_DISK_FULL, context, "full".to_owned()), at(0));
    assert_eq!(job.record.state, JobState::TransientError);
    assert!(asked(&job, at(0)).is_empty());
}

#[test]
fn a_file_that_failed_moves_under_another_name() {
    let mut job = started(2);
    fail(&mut job, 0, gone(), at(0));
    let remote_name = "http://mirror/0".to_owned();
    command(&mut job, Command::SetRemoteName { file: 0, remote_name }).expect("set");
    assert_eq!((asked(&job, at(0)), job.record.totals.files_failed), (vec![0, 1], 0));
}

#[test]
fn a_job_whose_files_wait_for_their_server_is_in_transient_error() {
    let mut job = started(3);
    fail(&mut job, 0, Failure { unreached: true, ..broken() }, at(0));
    assert_eq!(job.record.state, JobState::Queued);
    apply_outcome(&mut job, Outcome::Displaced { is_refused: true }, at(0));
    assert_eq!(job.record.state, JobState::TransientError);
    assert_eq!(job.record.error.as_ref().expect("an error").file, Some(0));
    input(&mut job, &Input::Reconnected, at(1)).expect("applied");
    assert_eq!((job.record.state, asked(&job, at(1))), (JobState::Queued, vec![0, 1, 2]));

    let mut other = started(3);
    apply_outcome(&mut other, Outcome::Displaced { is_refused: true }, at(0));
    assert_eq!(other.record.state, JobState::Queued, "none of its files failed");
}

#[test]
fn waits_of_files_end_with_the_engine() {
    let mut job = started(3);
    fail(&mut job, 0, gone(), at(0));
    fail(&mut job, 1, overloaded(), at(0));
    job.after_restart(None, at(1));
    assert_eq!(asked(&job, at(1)), [1, 2]);
    assert_eq!(job.record.totals.files_failed, 1);
}

/// What may happen to a job of several files.
#[derive(Clone, Copy, Debug)]
enum Event {
    Transfer(u32),
    Progress(u32),
    Gone(u32),
    Overloaded(u32),
    Unreached(u32),
    Displaced(bool),
    TimePasses,
    Reconnect,
    Suspend,
    Resume,
    Restart,
}

fn events() -> Vec<Event> {
    let mut all = vec![
        Event::Displaced(false),
        Event::Displaced(true),
        Event::TimePasses,
        Event::Reconnect,
        Event::Suspend,
        Event::Resume,
        Event::Restart,
    ];
    for file in 0..3 {
        all.extend([Event::Transfer(file), Event::Progress(file), Event::Gone(file)]);
        all.extend([Event::Overloaded(file), Event::Unreached(file)]);
    }
    all
}

/// Lets it happen; false if it cannot happen now. Requests are made only for files that
/// may be asked for.
fn step(job: &mut Job, event: Event, now: &mut Now) -> bool {
    let may_ask = |file: &u32| job.record.is_runnable() && job.waiting().any(|one| one == *file);
    match event {
        Event::Transfer(file) if may_ask(&file) => transfer(job, file, *now),
        Event::Progress(file) if may_ask(&file) && job.files[file as usize].written == 0 => {
            begin(job, file, *now);
            apply_outcome(job, Outcome::Progress { file, begin: 0, written: 1 }, *now);
        }
        Event::Gone(file) if may_ask(&file) => fail(job, file, gone(), *now),
        Event::Overloaded(file) if may_ask(&file) => fail(job, file, overloaded(), *now),
        Event::Unreached(file) if may_ask(&file) => {
            fail(job, file, Failure { unreached: true, ..broken() }, *now);
        }
        Event::Transfer(_)
        | Event::Progress(_)
        | Event::Gone(_)
        | Event::Overloaded(_)
        | Event::Unreached(_) => return false,
        Event::Displaced(is_refused) => apply_outcome(job, Outcome::Displaced { is_refused }, *now),
        Event::TimePasses => {
            let Some(due) = job.wake_at() else {
                return false;
            };
            *now = at(due.monotonic_ms.max(now.monotonic_ms));
            input(job, &Input::TimePassed, *now).expect("applied");
        }
        Event::Reconnect => _ = input(job, &Input::Reconnected, *now).expect("applied"),
        Event::Suspend => return command(job, Command::Suspend).is_ok(),
        Event::Resume => return command(job, Command::Resume).is_ok(),
        Event::Restart => job.after_restart(None, *now),
    }
    true
}

/// What holds of every job.
fn check(job: &Job, now: Now) {
    let totals = job.record.totals;
    assert_eq!(totals, Totals::of(&job.files));
    let movable = totals.files - totals.files_transferred - totals.files_failed;
    match job.record.state {
        JobState::Queued | JobState::Connecting | JobState::Transferring => {
            assert!(movable > totals.files_delayed, "it can never move again by itself");
        }
        JobState::TransientError => {
            let retry = job.record.retry.expect("a next try").at.monotonic_ms;
            let is_first = |next_try| match next_try {
                NextTry::Never => false,
                NextTry::At(first) => first.at.monotonic_ms <= retry,
                NextTry::Due => true,
            };
            let failures = job.files.iter().filter_map(|file| file.failure.as_ref());
            assert!(failures.map(|failure| failure.next_try).any(is_first), "for nothing");
        }
        JobState::Error => {
            assert_eq!(movable, 0, "a file could still move");
            let error = job.record.error.as_ref().expect("an error");
            assert!(job.files[error.file.expect("a file") as usize].is_failed());
        }
        JobState::Transferred => assert_eq!(totals.files_transferred, totals.files),
        JobState::Suspended | JobState::Acknowledged | JobState::Cancelled => {}
    }
    for file in asked(job, now) {
        let next_try = job.files[file as usize].failure.as_ref().map(|failure| failure.next_try);
        assert!(matches!(next_try, None | Some(NextTry::Due)), "{next_try:?}");
    }
}

/// What tells two jobs apart: times and counters that only grow are left out.
fn key(job: &Job) -> String {
    let files = job.files.iter().map(|file| {
        let next_try = file.failure.as_ref().map(|failure| match failure.next_try {
            NextTry::Never => 0,
            NextTry::At(_) => 1,
            NextTry::Due => 2,
        });
        (file.stage, file.written, next_try)
    });
    let first = job.delayed().next();
    format!("{:?} {first:?} {:?}", job.record.state, files.collect::<Vec<_>>())
}

#[test]
fn no_order_of_failures_leaves_a_job_that_cannot_move() {
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([(job_with_files(3), at(0), Vec::<Event>::new())]);
    let mut ends = BTreeSet::new();
    while let Some((job, now, path)) = queue.pop_front() {
        for event in events() {
            let (mut next, mut now) = (job.clone(), now);
            if !step(&mut next, event, &mut now) {
                continue;
            }
            let mut path = path.clone();
            path.push(event);
            let checked = std::panic::catch_unwind(|| check(&next, now));
            assert!(checked.is_ok(), "after {path:?}: {next:#?}");
            // If nothing goes wrong any more, all that did not fail for good arrives.
            let mut ending = next.clone();
            let failed = ending.record.totals.files_failed;
            let mut end = now;
            if ending.record.state == JobState::Suspended {
                command(&mut ending, Command::Resume).expect("resumed");
            }
            loop {
                match asked(&ending, end).first() {
                    Some(file) => transfer(&mut ending, *file, end),
                    None if step(&mut ending, Event::TimePasses, &mut end) => {}
                    None => break,
                }
            }
            let left = ending.record.totals.files - ending.record.totals.files_transferred;
            assert!(left <= failed, "after {path:?}: {ending:#?}");
            ends.insert(next.record.state);
            if seen.insert(key(&next)) {
                queue.push_back((next, now, path));
            }
        }
    }
    let reached = [JobState::Error, JobState::TransientError, JobState::Transferred];
    assert!(reached.iter().all(|state| ends.contains(state)), "{ends:?}");
    assert!(seen.len() > 300, "only {} jobs", seen.len());
}
