//! Retries: when, how often, and when no more.

use crate::model::{Command, Input, Job, Now, Outcome, Setting};
use crate::protocol::{Failure, RetryAfter};
use crate::vocab::{ErrorContext, JobState, code};

use super::{command, input, job_with_files};

fn running() -> Job {
    let mut job = job_with_files(1);
    command(&mut job, Command::Resume).expect("resume");
    job
}

fn fail(job: &mut Job, retry_after: Option<RetryAfter>, now: Now) {
    let failure = Failure {
        code: code::BG_E_CONNECTION_CLOSED,
        context: ErrorContext::GeneralTransport,
        message: "cut".to_owned(),
        transient: true,
        retry_after,
    };
    let outcome = Outcome::Failed { file: 0, failure, redirect: None };
    input(job, &Input::Outcome(outcome), now).expect("a failure");
}

fn delay_ms(job: &Job) -> u64 {
    job.record.retry.expect("a retry").at.delay_ms
}

#[test]
fn retries_back_off_from_the_minimum_to_ten_minutes() {
    let mut job = running();
    let mut delays = Vec::new();
    for _ in 0..10 {
        fail(&mut job, None, Now::default());
        delays.push(delay_ms(&job) / 1000);
        let later = Now { monotonic_ms: delay_ms(&job), ..Now::default() };
        input(&mut job, &Input::TimePassed, later).expect("time");
        assert_eq!(job.record.state, JobState::Queued);
    }
    assert_eq!(delays, [5, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    assert_eq!(job.record.error_count, 10);
}

#[test]
fn jitter_adds_at_most_a_quarter() {
    let mut job = running();
    fail(&mut job, None, Now { jitter_permille: 999, ..Now::default() });
    assert_eq!(delay_ms(&job), 6248);
}

#[test]
fn progress_begins_the_back_off_anew() {
    let mut job = running();
    for _ in 0..4 {
        fail(&mut job, None, Now::default());
        command(&mut job, Command::Suspend).expect("suspend");
        job.record.state = JobState::Queued;
    }
    assert_eq!(job.record.attempts, 4);
    let progress = Outcome::Progress { file: 0, written: 1 };
    input(&mut job, &Input::Outcome(progress), Now::default()).expect("progress");
    fail(&mut job, None, Now::default());
    assert_eq!(delay_ms(&job), 5000);
}

#[test]
fn bytes_fetched_again_are_no_progress() {
    let mut job = running();
    let progress = Input::Outcome(Outcome::Progress { file: 0, written: 10 });
    input(&mut job, &progress, Now::default()).expect("progress");
    fail(&mut job, None, Now::default());
    let lost = Input::Outcome(Outcome::LostBytes { file: 0, keep: 0 });
    input(&mut job, &lost, Now::default()).expect("lost");
    let again = Input::Outcome(Outcome::Progress { file: 0, written: 10 });
    input(&mut job, &again, Now::default()).expect("progress");
    assert_eq!(job.record.attempts, 1);
    assert!(job.record.no_progress_deadline.is_some());
}

#[test]
fn a_server_is_left_alone_as_long_as_it_asks_up_to_a_day() {
    let now = Now { unix_ms: 1_000_000, ..Now::default() };
    for (asked, delay, server_asked) in [
        (RetryAfter::Seconds(120), 120_000, true),
        (RetryAfter::Seconds(0), 5_000, false),
        (RetryAfter::Seconds(u64::MAX), 86_400_000, true),
        (RetryAfter::AtUnixMs(1_060_000), 60_000, true),
        (RetryAfter::AtUnixMs(0), 5_000, false),
        (RetryAfter::AtUnixMs(i64::MAX), 86_400_000, true),
    ] {
        let mut job = running();
        fail(&mut job, Some(asked), now);
        assert_eq!(delay_ms(&job), delay, "{asked:?}");
        assert_eq!(job.record.retry.expect("a retry").server_asked, server_asked, "{asked:?}");
    }
}

#[test]
fn no_progress_for_the_timeout_is_an_error() {
    let mut job = running();
    command(&mut job, Command::Set(Setting::NoProgressTimeout(60))).expect("set");
    fail(&mut job, None, Now::default());
    assert_eq!(job.record.state, JobState::TransientError);
    let later = Now { monotonic_ms: 60_000, ..Now::default() };
    input(&mut job, &Input::TimePassed, later).expect("time");
    assert_eq!(job.record.state, JobState::Error);
    assert_eq!(job.record.error.expect("an error").code, code::DO_E_DOWNLOAD_NO_PROGRESS);
}

#[test]
fn without_patience_the_first_failure_is_fatal() {
    for setting in [Setting::NoProgressTimeout(0), Setting::MinimumRetryDelay(2_000_000)] {
        let mut job = running();
        command(&mut job, Command::Set(setting)).expect("set");
        fail(&mut job, None, Now::default());
        assert_eq!(job.record.state, JobState::Error);
    }
}

#[test]
fn a_jump_of_the_wall_clock_moves_no_retry() {
    let mut job = running();
    fail(&mut job, None, Now::default());
    let year_ms = 365 * 24 * 3_600_000;
    let jumped = Now { unix_ms: year_ms, ..Now::default() };
    input(&mut job, &Input::TimePassed, jumped).expect("time");
    assert_eq!(job.record.state, JobState::TransientError);
}

#[test]
fn after_a_reboot_a_retry_is_never_further_away_than_it_was() {
    let mut job = running();
    fail(&mut job, None, Now { monotonic_ms: 900_000, unix_ms: 1_000_000, jitter_permille: 0 });
    let boot = Some(uuid::Uuid::from_u128(1));
    let now = Now { monotonic_ms: 10, unix_ms: 0, jitter_permille: 0 };
    job.after_restart(boot, now);
    assert_eq!(job.record.retry.expect("a retry").at.monotonic_ms, 5_010);
}

#[test]
fn a_job_that_transfers_too_long_fails() {
    let mut job = running();
    command(&mut job, Command::Set(Setting::MaximumDownloadTime(10))).expect("set");
    input(&mut job, &Input::Outcome(Outcome::Connecting { file: 0 }), Now::default())
        .expect("begin");
    let later = Now { monotonic_ms: 9_999, ..Now::default() };
    input(&mut job, &Input::TimePassed, later).expect("time");
    assert_eq!(job.record.state, JobState::Connecting);
    let later = Now { monotonic_ms: 10_000, ..Now::default() };
    input(&mut job, &Input::TimePassed, later).expect("time");
    assert_eq!(job.record.error.expect("an error").code, code::BG_E_MAXDOWNLOAD_TIMEOUT);
}

#[test]
fn time_without_a_slot_is_no_time_of_transfer() {
    let mut job = running();
    command(&mut job, Command::Set(Setting::MaximumDownloadTime(10))).expect("set");
    let connecting = Input::Outcome(Outcome::Connecting { file: 0 });
    let at = |monotonic_ms| Now { monotonic_ms, ..Now::default() };
    input(&mut job, &connecting, at(0)).expect("begin");
    input(&mut job, &Input::Outcome(Outcome::Displaced), at(6_000)).expect("stopped");
    assert_eq!(job.record.state, JobState::Queued);
    input(&mut job, &Input::TimePassed, at(60_000)).expect("time");
    input(&mut job, &connecting, at(60_000)).expect("begin");
    input(&mut job, &Input::TimePassed, at(63_999)).expect("time");
    assert_eq!(job.record.state, JobState::Connecting);
    input(&mut job, &Input::TimePassed, at(64_000)).expect("time");
    assert_eq!(job.record.error.expect("an error").code, code::BG_E_MAXDOWNLOAD_TIMEOUT);
}

#[test]
fn a_server_that_changes_with_every_answer_is_not_hammered() {
    use crate::protocol::Adjustment;
    let mut job = running();
    for _ in 0..3 {
        let again = Outcome::AskAgain { file: 0, adjustment: Adjustment::Restart };
        input(&mut job, &Input::Outcome(again), Now::default()).expect("again");
        assert_eq!(job.record.state, JobState::Queued);
    }
    let again = Outcome::AskAgain { file: 0, adjustment: Adjustment::Restart };
    input(&mut job, &Input::Outcome(again), Now::default()).expect("again");
    assert_eq!(job.record.state, JobState::TransientError);
    assert_eq!(job.record.error.expect("an error").code, code::BG_E_REMOTE_FILE_CHANGED);
}
