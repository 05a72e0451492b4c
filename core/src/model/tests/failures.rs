//! Retries: when, how often, and when no more.

use crate::model::{Command, HeadFacts, Input, Job, Now, Outcome, Setting, Situation, wait_reason};
use crate::protocol::{Failure, RetryAfter};
use crate::vocab::{ErrorContext, JobPriority, JobState, code};

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
        unreached: false,
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
    let progress = Outcome::Progress { file: 0, begin: 0, written: 1 };
    input(&mut job, &Input::Outcome(progress), Now::default()).expect("progress");
    fail(&mut job, None, Now::default());
    assert_eq!(delay_ms(&job), 5000);
}

fn receive(job: &mut Job, written: u64) {
    let progress = Outcome::Progress { file: 0, begin: 0, written };
    input(job, &Input::Outcome(progress), Now::default()).expect("progress");
}

#[test]
fn a_connection_that_breaks_after_new_bytes_is_made_again_at_once() {
    let mut job = running();
    for round in 1..=3 {
        receive(&mut job, round * 1_000_000);
        let before = job.record.state;
        fail(&mut job, None, Now::default());
        assert_eq!((job.record.state, job.record.retry), (before, None));
        assert_eq!(u64::from(job.record.error_count), round, "it is counted");
    }
    // Without a new byte the back-off begins, and grows.
    for seconds in [5, 10] {
        fail(&mut job, None, Now::default());
        assert_eq!(delay_ms(&job), seconds * 1000);
        job.record.state = JobState::Queued;
    }
    // The same bytes again are not new.
    receive(&mut job, 3_000_000);
    fail(&mut job, None, Now::default());
    assert_eq!(delay_ms(&job), 20_000);
}

#[test]
fn a_few_bytes_each_time_are_worth_no_retry_at_once() {
    let mut job = running();
    for round in 1..=3 {
        receive(&mut job, round * 1000);
        fail(&mut job, None, Now::default());
        assert_eq!(delay_ms(&job), 5000);
        job.record.state = JobState::Queued;
    }
}

#[test]
fn a_server_that_refuses_or_asks_to_wait_is_waited_for_after_new_bytes_too() {
    for (context, retry_after) in [
        (ErrorContext::RemoteFile, None),
        (ErrorContext::GeneralTransport, Some(RetryAfter::Seconds(1))),
    ] {
        let mut job = running();
        receive(&mut job, 1_000_000);
        let cut = Failure::transient(code::BG_E_CONNECTION_CLOSED, context, "cut".to_owned());
        let failure = Failure { retry_after, ..cut };
        let outcome = Outcome::Failed { file: 0, failure, redirect: None };
        input(&mut job, &Input::Outcome(outcome), Now::default()).expect("a failure");
        assert_eq!(delay_ms(&job), 5000, "{context:?}");
    }
}

#[test]
fn bytes_fetched_again_are_no_progress() {
    let mut job = running();
    let progress = Input::Outcome(Outcome::Progress { file: 0, begin: 0, written: 10 });
    input(&mut job, &progress, Now::default()).expect("progress");
    fail(&mut job, None, Now::default());
    let lost = Input::Outcome(Outcome::LostBytes { file: 0, keeps_synced: false });
    input(&mut job, &lost, Now::default()).expect("lost");
    let again = Input::Outcome(Outcome::Progress { file: 0, begin: 0, written: 10 });
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
fn time_in_which_the_machine_was_off_is_no_time_without_progress() {
    const DAY_MS: u64 = 86_400_000;
    let at = |monotonic_ms, unix_day: i64| Now {
        monotonic_ms,
        unix_ms: unix_day * 86_400_000,
        jitter_permille: 0,
    };
    let mut job = running();
    fail(&mut job, None, at(1_000, 100));
    input(&mut job, &Input::TimePassed, at(1_000 + DAY_MS, 101)).expect("time");
    fail(&mut job, None, at(1_000 + DAY_MS, 101));
    // Fifteen days off, or a clock that jumped by more than a year.
    for (boot, day) in [(1, 116), (2, 516)] {
        job.after_restart(Some(uuid::Uuid::from_u128(boot)), at(5_000, day));
        input(&mut job, &Input::TimePassed, at(5_000, day)).expect("time");
        assert_eq!(job.record.state, JobState::Queued, "the retry is due");
        fail(&mut job, None, at(6_000, day));
        assert_eq!(job.record.state, JobState::TransientError);
    }
    // A day had passed before; thirteen more days of uptime are left.
    let end = 13 * DAY_MS + 5_000;
    input(&mut job, &Input::TimePassed, at(end - 2_000, 0)).expect("time");
    assert_ne!(job.record.state, JobState::Error);
    job.record.state = JobState::TransientError;
    input(&mut job, &Input::TimePassed, at(end, 0)).expect("time");
    assert_eq!(job.record.state, JobState::Error);
}

#[test]
fn where_boots_have_no_names_the_clock_of_this_one_counts() {
    let mut job = running();
    command(&mut job, Command::Set(Setting::NoProgressTimeout(60))).expect("set");
    fail(&mut job, None, Now { monotonic_ms: 10_000, ..Now::default() });
    for (monotonic_ms, left_ms) in [(30_000, 40_000), (2_000, 40_000), (12_000, 30_000)] {
        let now = Now { monotonic_ms, ..Now::default() };
        job.after_restart(None, now);
        let deadline = job.record.no_progress_deadline.expect("a deadline");
        assert_eq!(deadline.monotonic_ms - monotonic_ms, left_ms);
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

fn set(job: &mut Job, setting: Setting, now: Now) {
    input(job, &Input::Command(Command::Set(setting)), now).expect("set");
}

fn at(monotonic_ms: u64) -> Now {
    Now { monotonic_ms, ..Now::default() }
}

#[test]
fn a_no_progress_timeout_counts_at_once_for_a_job_that_waits() {
    let waiting = || {
        let mut job = running();
        fail(&mut job, None, at(1_000));
        job
    };
    let deadline = |job: &Job| job.record.no_progress_deadline.expect("a deadline").monotonic_ms;
    let mut lowered = waiting();
    set(&mut lowered, Setting::NoProgressTimeout(8), at(3_000));
    assert_eq!(lowered.record.state, JobState::TransientError);
    assert_eq!(deadline(&lowered), 9_000, "it counts from the first failure on");
    set(&mut lowered, Setting::NoProgressTimeout(20), at(4_000));
    assert_eq!(deadline(&lowered), 21_000, "raised");
    input(&mut lowered, &Input::TimePassed, at(9_000)).expect("time");
    assert_eq!(lowered.record.state, JobState::Queued, "its retry is due");
    set(&mut lowered, Setting::NoProgressTimeout(8), at(10_000));
    assert_eq!(lowered.record.state, JobState::Queued, "the try that is due is made");
    fail(&mut lowered, None, at(10_001));
    assert_eq!(lowered.record.error.expect("an error").code, code::DO_E_DOWNLOAD_NO_PROGRESS);

    let mut over = waiting();
    set(&mut over, Setting::NoProgressTimeout(8), at(9_000));
    assert_eq!(over.record.state, JobState::Error);
    assert_eq!(over.record.error.expect("an error").code, code::DO_E_DOWNLOAD_NO_PROGRESS);

    let mut none = waiting();
    set(&mut none, Setting::NoProgressTimeout(0), at(1_000));
    assert_eq!(none.record.state, JobState::Error);
    assert_eq!(none.record.error.expect("an error").code, code::BG_E_CONNECTION_CLOSED);
}

#[test]
fn a_minimum_retry_delay_counts_at_once_for_a_job_that_waits() {
    let mut job = running();
    set(&mut job, Setting::MinimumRetryDelay(3_600), at(0));
    fail(&mut job, None, at(1_000));
    let due = |job: &Job| job.record.retry.expect("a retry").at.monotonic_ms;
    assert_eq!(due(&job), 3_601_000);
    set(&mut job, Setting::MinimumRetryDelay(10), at(2_000));
    assert_eq!(due(&job), 11_000);
    set(&mut job, Setting::MinimumRetryDelay(60), at(2_000));
    assert_eq!(due(&job), 61_000);
    // What the server asked for stands.
    let mut asked = running();
    fail(&mut asked, Some(RetryAfter::Seconds(120)), at(1_000));
    set(&mut asked, Setting::MinimumRetryDelay(5), at(2_000));
    assert_eq!(due(&asked), 121_000);
}

#[test]
fn a_job_that_somebody_looks_at_is_tried_every_half_minute_on_errors_of_the_way() {
    let delays = |context, minimum_s: u32| {
        let mut job = running();
        set(&mut job, Setting::Priority(JobPriority::Foreground), at(0));
        set(&mut job, Setting::MinimumRetryDelay(minimum_s), at(0));
        let failure = Failure::transient(code::E_FAIL, context, "failed".to_owned());
        let failed = Outcome::Failed { file: 0, failure, redirect: None };
        let mut delays = Vec::new();
        for _ in 0..5 {
            input(&mut job, &Input::Outcome(failed.clone()), at(0)).expect("a failure");
            delays.push(delay_ms(&job) / 1000);
            let due = at(delay_ms(&job));
            input(&mut job, &Input::TimePassed, due).expect("time");
        }
        delays
    };
    assert_eq!(delays(ErrorContext::GeneralTransport, 5), [5, 10, 20, 30, 30]);
    assert_eq!(delays(ErrorContext::GeneralTransport, 60), [60, 60, 60, 60, 60]);
    assert_eq!(delays(ErrorContext::RemoteFile, 5), [5, 10, 20, 40, 80], "the server said so");
}

#[test]
fn a_silence_is_told_with_its_length() {
    let mut job = running();
    let connecting = Input::Outcome(Outcome::Connecting { file: 0 });
    input(&mut job, &connecting, at(0)).expect("begin");
    let head = Outcome::Head { file: 0, facts: HeadFacts::default() };
    input(&mut job, &Input::Outcome(head), at(0)).expect("a head");
    let progress = Outcome::Progress { file: 0, begin: 0, written: 1 };
    let now = |unix_ms| Now { unix_ms, ..Now::default() };
    input(&mut job, &Input::Outcome(progress), now(1_000)).expect("progress");
    let told = |silent_ms, unix_ms| {
        let situation =
            Situation { engine_runs: true, has_transfer: true, silent_ms, ..Situation::default() };
        wait_reason(&job.record, &situation, now(unix_ms)).message
    };
    assert_eq!(told(None, 3_999), "the job is transferring");
    assert_eq!(told(None, 43_999), "nothing came for 42 s", "by what is recorded");
    assert_eq!(told(Some(5_000), 43_999), "nothing came for 5 s", "by what the engine knows");
    assert_eq!(told(Some(0), 43_999), "the job is transferring");
    let by = |requests, narrowed| {
        let situation = Situation {
            engine_runs: true,
            has_transfer: true,
            requests,
            narrowed,
            ..Situation::default()
        };
        wait_reason(&job.record, &situation, now(1_000)).message
    };
    assert_eq!(by(1, false), "the job is transferring");
    assert_eq!(by(4, false), "the job is transferring by 4 connections");
    let refused = "the job is transferring by 1 connection; the server refused more";
    assert_eq!(by(1, true), refused);
}

#[test]
fn a_maximum_download_time_counts_at_once_for_a_job_that_waits() {
    let mut job = running();
    let connecting = Input::Outcome(Outcome::Connecting { file: 0 });
    input(&mut job, &connecting, at(0)).expect("begin");
    fail(&mut job, None, at(20_000));
    set(&mut job, Setting::MaximumDownloadTime(21), at(60_000));
    assert_eq!(job.record.state, JobState::TransientError);
    set(&mut job, Setting::MaximumDownloadTime(20), at(60_000));
    assert_eq!(job.record.state, JobState::Error);
    assert_eq!(job.record.error.expect("an error").code, code::BG_E_MAXDOWNLOAD_TIMEOUT);
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
    input(&mut job, &connecting, at(0)).expect("begin");
    input(&mut job, &Input::Outcome(Outcome::Displaced { is_refused: false }), at(6_000))
        .expect("stopped");
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
