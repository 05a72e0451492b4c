//! What the application tells of the machine: the network and its cost, and the
//! pause of the whole queue.

mod common;

use bgcopy_core::vocab::{code, cost, power};
use bgcopy_core::{
    Job, JobPropertyId, JobState, JobType, Manager, Network, PropertyValue, WaitKind,
};
use bgcopy_test_server::{Reply, Resource};

use common::{Bench, PATIENCE, content, half_way, kind, must_go_on};

const OFFLINE: Network = Network { is_connected: false, cost: cost::UNRESTRICTED };
const METERED: Network = Network { is_connected: true, cost: cost::USAGE_BASED };

fn must_be_held(job: &Job, wanted: WaitKind) {
    job.wait(&[JobState::Queued], Some(PATIENCE)).expect("queued");
    assert_eq!(kind(job), wanted);
}

#[test]
fn without_a_network_nothing_moves_and_with_one_it_goes_on() {
    let bench = Bench::new();
    let job = half_way(&bench);
    bench.manager.set_network(OFFLINE).expect("reported");
    assert_eq!(bench.manager.network().expect("a network"), OFFLINE);
    must_be_held(&job, WaitKind::NoNetwork);
    let reason = job.wait_reason().expect("a reason");
    assert_eq!(reason.code, Some(code::DO_E_BLOCKED_BY_NO_NETWORK));
    bench.manager.set_network(Network::default()).expect("reported");
    must_go_on(&bench, &job);
}

#[test]
fn a_job_waits_for_a_network_that_its_cost_flags_allow() {
    let bench = Bench::new();
    let job = half_way(&bench);
    bench.manager.set_network(METERED).expect("reported");
    assert_eq!(kind(&job), WaitKind::Transferring, "by default any network will do");
    let set = |flags| {
        let id = JobPropertyId::CostFlags.as_u32();
        job.set_property(id, PropertyValue::Dword(flags)).expect("set, and effective at once");
    };
    set(cost::TRANSFER_UNRESTRICTED);
    must_be_held(&job, WaitKind::PolicyClosed);
    let reason = job.wait_reason().expect("a reason");
    assert_eq!(reason.code, Some(code::DO_E_BLOCKED_BY_COST_TRANSFER_POLICY));
    set(cost::TRANSFER_NOT_ROAMING);
    must_go_on(&bench, &job);
}

#[test]
fn roaming_on_a_plan_needs_leave_for_both() {
    let bench = Bench::new();
    let job = half_way(&bench);
    let id = JobPropertyId::CostFlags.as_u32();
    job.set_property(id, PropertyValue::Dword(cost::TRANSFER_NOT_ROAMING)).expect("set");
    let cost = cost::USAGE_BASED | cost::ROAMING;
    bench.manager.set_network(Network { is_connected: true, cost }).expect("reported");
    must_be_held(&job, WaitKind::PolicyClosed);
}

#[test]
fn a_cost_that_is_none_is_refused_and_changes_nothing() {
    let bench = Bench::new();
    bench.manager.set_network(METERED).expect("reported");
    for cost in [0, cost::IGNORE_CONGESTION, 0x100] {
        let network = Network { is_connected: false, cost };
        let error = bench.manager.set_network(network).expect_err("refused");
        assert_eq!(error.code, code::E_INVALIDARG, "{cost:#x}");
    }
    assert_eq!(bench.manager.network().expect("a network"), METERED);
}

fn allow(job: &Job, flags: u32) {
    let id = JobPropertyId::PowerFlags.as_u32();
    job.set_property(id, PropertyValue::Dword(flags)).expect("set, and effective at once");
}

#[test]
fn a_job_waits_for_the_power_that_it_may_use() {
    let bench = Bench::new();
    let job = half_way(&bench);
    bench.manager.set_power(power::BATTERY).expect("reported");
    assert_eq!(bench.manager.power().expect("a state"), power::BATTERY);
    assert_eq!(kind(&job), WaitKind::Transferring, "by default any power will do");
    allow(&job, power::EXTERNAL);
    must_be_held(&job, WaitKind::PolicyClosed);
    let reason = job.wait_reason().expect("a reason");
    assert_eq!(reason.code, Some(code::DO_E_BLOCKED_BY_POWER_STATE));
    bench.manager.set_power(power::EXTERNAL | power::SAVER).expect("reported");
    assert_eq!(kind(&job), WaitKind::PolicyClosed, "it saves power");
    allow(&job, power::EXTERNAL | power::SAVER);
    must_go_on(&bench, &job);
}

#[test]
fn power_that_comes_back_lets_jobs_go_on() {
    let bench = Bench::new();
    let job = half_way(&bench);
    allow(&job, power::EXTERNAL);
    bench.manager.set_power(power::BATTERY).expect("reported");
    must_be_held(&job, WaitKind::PolicyClosed);
    bench.manager.set_network(OFFLINE).expect("reported");
    assert_eq!(bench.manager.power().expect("a state"), power::BATTERY, "another word");
    bench.manager.set_network(Network::default()).expect("reported");
    bench.manager.set_power(power::EXTERNAL).expect("reported");
    must_go_on(&bench, &job);
}

#[test]
fn what_is_no_state_of_power_is_refused() {
    let bench = Bench::new();
    let both = power::EXTERNAL | power::BATTERY;
    for wrong in [0, power::SAVER, both, power::ALL_STATES, 8, 9, u32::MAX] {
        let error = bench.manager.set_power(wrong).expect_err("no state");
        assert_eq!(error.code, code::E_INVALIDARG, "{wrong}");
    }
    assert_eq!(bench.manager.power().expect("a state"), power::EXTERNAL);
}

#[test]
fn a_local_copy_needs_no_network() {
    let bench = Bench::new();
    bench.manager.set_network(OFFLINE).expect("reported");
    let source = bench.source("source", &content(3));
    let job = bench.manager.create_job("a copy", JobType::Download).expect("a job");
    job.add_file(&format!("file://{source}"), &bench.name("copy")).expect("added");
    job.resume().expect("resumed");
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred");
}

#[test]
fn a_new_network_ends_the_wait_after_a_failed_connection() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)).script(vec![Reply::normal().reset_after(0)]));
    // Long enough that the test would fail if the delay had to pass.
    job.set_minimum_retry_delay(3600).expect("set");
    job.resume().expect("resumed");
    job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("failed");
    bench.manager.set_network(OFFLINE).expect("reported");
    assert_eq!(kind(&job), WaitKind::NoNetwork);
    bench.manager.set_network(METERED).expect("reported");
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("tried at once");
}

#[test]
fn a_pause_does_not_end_the_wait_after_a_failed_connection() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)).script(vec![Reply::normal().reset_after(0)]));
    job.set_minimum_retry_delay(3600).expect("set");
    job.resume().expect("resumed");
    job.wait(&[JobState::TransientError], Some(PATIENCE)).expect("failed");
    for change in [Manager::pause, Manager::unpause] {
        change(&bench.manager).expect("reported");
        assert_eq!(job.state().expect("a state"), JobState::TransientError);
    }
    bench.manager.pause().expect("paused");
    bench.manager.set_network(METERED).expect("reported");
    assert_eq!(job.state().expect("a state"), JobState::Queued, "a new network");
    bench.manager.unpause().expect("goes on");
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred");
}

#[test]
fn a_paused_queue_moves_nothing_until_it_goes_on() {
    let bench = Bench::new();
    let job = half_way(&bench);
    bench.manager.pause().expect("paused");
    bench.manager.pause().expect("twice is once");
    assert!(bench.manager.is_paused().expect("an answer"));
    must_be_held(&job, WaitKind::Paused);
    bench.manager.set_network(METERED).expect("reported");
    assert_eq!(kind(&job), WaitKind::Paused, "one word does not take back another");
    bench.manager.unpause().expect("goes on");
    must_go_on(&bench, &job);
    bench.manager.unpause().expect("without a pause");
}

#[test]
fn a_pause_is_not_stored() {
    let bench = Bench::new();
    let job = half_way(&bench);
    let id = job.id();
    bench.manager.pause().expect("paused");
    bench.manager.close();
    let manager = common::open(bench.folder.path());
    assert!(!manager.is_paused().expect("an answer"));
    let job = manager.get_job(id).expect("there");
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred");
}

#[test]
fn what_a_process_told_goes_with_it() {
    let bench = Bench::new();
    let guest: Manager = common::open(bench.folder.path());
    guest.pause().expect("paused");
    guest.set_network(OFFLINE).expect("reported");
    guest.set_power(power::BATTERY).expect("reported");
    assert_eq!(bench.manager.power().expect("a state"), power::BATTERY);
    let job = bench.job(Resource::new(content(1)));
    job.resume().expect("resumed");
    must_be_held(&job, WaitKind::Paused);
    bench.manager.unpause().expect("not its pause");
    assert!(bench.manager.is_paused().expect("an answer"));
    guest.close();
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred");
    assert_eq!(bench.manager.network().expect("a network"), Network::default());
    assert_eq!(bench.manager.power().expect("a state"), power::EXTERNAL);
}

#[test]
fn a_new_host_is_told_what_the_last_one_knew() {
    let bench = Bench::new();
    let guest: Manager = common::open(bench.folder.path());
    guest.pause().expect("paused");
    guest.set_network(METERED).expect("reported");
    bench.manager.close();
    assert!(guest.is_paused().expect("the new host answers"));
    assert!(guest.is_host());
    assert_eq!(guest.network().expect("a network"), METERED);
}
