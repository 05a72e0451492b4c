//! Servers that cannot be reached: one request asks for all jobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::model::{
    Command, Environment, Input, Job, Limits, Now, Outages, Plan, ProxySettings, RequestKey,
    Setting, Situation, plan, server_asked, wait_reason,
};
use crate::protocol::Failure;
use crate::vocab::{ErrorContext, JobPriority, JobState, ProxyUsage, WaitKind, code};

use super::{command, input, job_with_files};

/// What a delay of the tests is at least: that after the first failure.
const FIRST_DELAY_MS: u64 = 5_000;

fn queued(number: u128, remote_name: &str) -> Job {
    let mut job = job_with_files(1);
    job.record.id = Uuid::from_u128(number);
    job.record.queue_position = u64::try_from(number).expect("small");
    let remote_name = remote_name.to_owned();
    command(&mut job, Command::SetRemoteName { file: 0, remote_name }).expect("set");
    command(&mut job, Command::Resume).expect("resume");
    job
}

fn at(monotonic_ms: u64) -> Now {
    let unix_ms = i64::try_from(monotonic_ms).expect("small");
    Now { monotonic_ms, unix_ms, jitter_permille: 0 }
}

fn unreached() -> Failure {
    let (code, context) = (code::BG_E_CONNECT_FAILURE, ErrorContext::GeneralTransport);
    Failure { unreached: true, ..Failure::transient(code, context, "refused".to_owned()) }
}

/// The server of a job could not be reached, once, when time began.
fn outage_of(job: &Job) -> Outages {
    let mut outages = Outages::default();
    let server = server_asked(&job.record, &job.files[0].remote_name);
    outages.failed(&server, unreached(), (0, 0), at(0));
    outages
}

fn plan_with(jobs: &[Job], outages: &Outages, running: &[u128], now: Now) -> Plan {
    let request = |job: &u128| RequestKey { job: Uuid::from_u128(*job), file: 0, part: 0 };
    let running = running.iter().map(request).collect();
    let outages = Arc::new(outages.clone());
    let environment = Environment { running, outages, ..Environment::default() };
    plan(jobs.iter(), &Limits::default(), &environment, now)
}

fn started(plan: &Plan) -> Vec<u128> {
    plan.transfers.iter().map(|key| key.job.as_u128()).collect()
}

#[test]
fn one_request_asks_for_all_when_it_is_due() {
    let jobs = [
        queued(1, "http://down/a"),
        queued(2, "http://down/b"),
        queued(3, "http://down:81/c"),
        queued(4, "https://down/d"),
    ];
    let outages = outage_of(&jobs[0]);
    let waiting = plan_with(&jobs, &outages, &[], at(FIRST_DELAY_MS - 1));
    assert_eq!(started(&waiting), [3, 4], "other ports and schemes are other servers");
    assert_eq!(waiting.wake_at_ms, Some(FIRST_DELAY_MS));
    assert_eq!(started(&plan_with(&jobs, &outages, &[], at(FIRST_DELAY_MS))), [1, 3, 4]);
    let asked = plan_with(&jobs, &outages, &[2], at(FIRST_DELAY_MS));
    assert_eq!(started(&asked), [2, 3, 4], "that one is under way");
    let all = plan_with(&jobs, &Outages::default(), &[], at(0));
    assert_eq!(started(&all), [1, 2, 3, 4]);
}

#[test]
fn the_proxy_belongs_to_the_way() {
    let mut by_proxy = queued(2, "http://down/b");
    let list = Some("proxy:3128".to_owned());
    let settings = ProxySettings { usage: ProxyUsage::Override, list, bypass: None };
    command(&mut by_proxy, Command::Set(Setting::Proxy(settings))).expect("set");
    let jobs = [queued(1, "http://down/a"), by_proxy];
    assert_eq!(started(&plan_with(&jobs, &outage_of(&jobs[0]), &[], at(1))), [2]);
    assert_eq!(started(&plan_with(&jobs, &outage_of(&jobs[1]), &[], at(1))), [1]);
}

#[test]
fn it_is_asked_less_and_less_often_and_sooner_while_somebody_looks_on() {
    let job = queued(1, "http://down/a");
    let server = server_asked(&job.record, &job.files[0].remote_name);
    let mut outages = Outages::default();
    let mut now_ms = 0;
    let mut delays = Vec::new();
    for _ in 0..9 {
        outages.failed(&server, unreached(), (now_ms, 0), at(now_ms));
        // One that began before that failure says nothing new.
        outages.failed(&server, unreached(), (now_ms.saturating_sub(1), 0), at(now_ms));
        let outage = outages.get(&server).expect("an outage");
        let delay_of = |priority| (outage.next_try_ms(priority) - now_ms) / 1000;
        delays.push((delay_of(JobPriority::Normal), delay_of(JobPriority::Foreground)));
        assert_eq!(outage.since, at(0));
        now_ms = outage.next_try_ms(JobPriority::Normal);
    }
    let background = [5, 10, 20, 40, 80, 160, 320, 600, 600];
    assert_eq!(delays, background.map(|delay: u64| (delay, delay.min(30))));
    outages.try_now(&server);
    let outage = outages.get(&server).expect("an outage");
    assert!(outage.next_try_ms(JobPriority::Low) <= now_ms, "a caller wants it at once");
    assert!(outages.reached(&server, 0, at(0)));
    assert!(outages.is_empty());
    assert!(!outages.reached(&server, 0, at(0)), "nothing is new");
}

#[test]
fn a_job_that_never_tries_again_does_not_wait() {
    let mut job = queued(1, "http://down/a");
    command(&mut job, Command::Set(Setting::NoProgressTimeout(0))).expect("set");
    let outages = outage_of(&job);
    assert_eq!(started(&plan_with(&[job], &outages, &[], at(1))), [1]);
}

#[test]
fn who_waits_for_it_ends_after_the_time_without_progress() {
    let mut job = queued(1, "http://down/a");
    command(&mut job, Command::Set(Setting::NoProgressTimeout(60))).expect("set");
    let outages = outage_of(&job);
    let server = server_asked(&job.record, &job.files[0].remote_name);
    let outage = outages.get(&server).expect("an outage");
    let give_up = Input::Unreachable { failure: outage.failure.clone(), since: outage.since };
    let busy = queued(2, "http://down/b");
    let plan_at = |job: &Job, now_ms| {
        plan_with(&[job.clone(), busy.clone()], &outages, &[2], at(now_ms)).unreachable
    };
    assert!(plan_at(&job, 59_999).is_empty());
    input(&mut job, &give_up, at(59_999)).expect("applied");
    assert_eq!(job.record.state, JobState::Queued, "not yet");
    assert_eq!(plan_at(&job, 60_000), BTreeMap::from([(job.record.id, server.clone())]));

    let mut later = job.clone();
    later.record.state_since_ms = 30_000;
    assert!(plan_at(&later, 89_999).is_empty(), "it has not waited for so long");
    assert_eq!(plan_at(&later, 90_000).len(), 1);

    input(&mut job, &give_up, at(60_000)).expect("applied");
    let error = job.record.error.clone().expect("an error");
    assert_eq!(job.record.state, JobState::Error);
    assert_eq!((error.code, error.file), (code::DO_E_DOWNLOAD_NO_PROGRESS, Some(0)));
    assert!(error.message.contains("refused"), "{}", error.message);
    assert_eq!(plan_with(&[job, busy], &outages, &[2], at(60_000)).unreachable, BTreeMap::new());
}

#[test]
fn who_waits_for_it_says_so() {
    let job = queued(1, "http://down/a");
    let outages = outage_of(&job);
    let outage = outages.holds(&job).map(|(_, outage)| outage.clone());
    assert!(outage.is_some());
    let situation = Situation { engine_runs: true, outage, ..Situation::default() };
    let reason = wait_reason(&job.record, &situation, at(1_000));
    assert_eq!(reason.kind, WaitKind::RetryAfterError);
    assert_eq!(reason.code, Some(code::BG_E_CONNECT_FAILURE));
    assert_eq!((reason.since_ms, reason.next_try_ms), (0, Some(5_000)));
    assert!(reason.message.ends_with("cannot be reached: refused"), "{}", reason.message);
}

#[test]
fn only_so_many_servers_are_remembered() {
    let mut outages = Outages::default();
    for number in 0..1025_u64 {
        outages.failed(&format!("http://{number}"), unreached(), (number, 0), at(number));
    }
    assert!(outages.get("http://0").is_none(), "the one that failed longest ago");
    assert!(outages.get("http://1").is_some() && outages.get("http://1024").is_some());
}

#[test]
fn what_is_owed_to_a_server_has_a_time_of_its_own() {
    let mut job = queued(1, "http://down/a");
    let outages = outage_of(&job);
    assert!(outages.holds(&job).is_some());
    job.record.state = JobState::TransientError;
    assert!(outages.holds(&job).is_none());
}

fn busy() -> Failure {
    let status = crate::vocab::HResult::from_http_status(503);
    Failure::transient(status, ErrorContext::RemoteFile, "busy".to_owned())
}

#[test]
fn a_server_is_asked_for_what_it_serves_and_for_one_more_when_that_is_due() {
    let jobs = [1, 2, 3, 4].map(|number| queued(number, &format!("http://busy/{number}")));
    let server = server_asked(&jobs[0].record, &jobs[0].files[0].remote_name);
    let mut outages = Outages::default();
    outages.failed(&server, busy(), (0, 3), at(0));
    outages.failed(&server, busy(), (0, 2), at(0));
    let with = |outages: &Outages, running: &[u128], now_ms: u64| {
        started(&plan_with(&jobs, outages, running, at(now_ms)))
    };
    let due = FIRST_DELAY_MS;
    assert_eq!(with(&outages, &[2, 3], due - 1), [2, 3]);
    assert_eq!(with(&outages, &[2], due - 1), [1, 2], "one of those that it serves has ended");
    assert_eq!(with(&outages, &[2, 3], due), [1, 2, 3]);
    assert_eq!(with(&outages, &[1, 2, 3], due), [1, 2, 3], "one more at a time");
    assert!(outages.holds(&jobs[0]).is_none(), "it can be reached");

    let mut more = outages.clone();
    assert!(!more.reached(&server, 0, at(due)), "no more than it served");
    assert_eq!(with(&more, &[1], due - 1), [1, 2]);
    assert!(!more.reached(&server, 2, at(due)));
    assert_eq!(with(&more, &[1, 2], due + 1), [1, 2, 3]);
    assert_eq!(with(&more, &[1, 2, 3], 2 * due - 1), [1, 2, 3]);
    assert_eq!(with(&more, &[1, 2, 3], 2 * due), [1, 2, 3, 4]);

    let next_try = |outages: &Outages| {
        outages.get(&server).expect("an outage").next_try_ms(JobPriority::Normal)
    };
    outages.failed(&server, busy(), (due, 2), at(due));
    assert_eq!(next_try(&outages), 3 * due, "the delay grows");
    outages.failed(&server, busy(), (due + 1, 1), at(due + 1));
    assert_eq!(next_try(&outages), 3 * due, "it serves less than was known");
    assert_eq!(with(&outages, &[1], due + 2), [1]);
}

#[test]
fn a_server_that_names_a_time_is_left_alone_until_then() {
    let job = queued(1, "http://busy/a");
    let server = server_asked(&job.record, &job.files[0].remote_name);
    // For the others it may be there before.
    for (asked_s, waited_s) in [(90, 90), (3600, 600)] {
        let retry_after = Some(crate::protocol::RetryAfter::Seconds(asked_s));
        let mut outages = Outages::default();
        outages.failed(&server, Failure { retry_after, ..busy() }, (0, 0), at(0));
        let outage = outages.get(&server).expect("an outage");
        for priority in [JobPriority::Foreground, JobPriority::Normal] {
            assert_eq!(outage.next_try_ms(priority), waited_s * 1000);
        }
    }
}
