//! When jobs may transfer, through real sockets. Which times a window has is shown in the
//! model; here requests end when one closes and begin when it opens.

mod common;

use std::time::{SystemTime, UNIX_EPOCH};

use bgcopy_core::vocab::{JobPropertyId, PropertyValue, code};
use bgcopy_core::{Job, JobState, Manager, Options, Reader, WaitKind};
use bgcopy_test_server::{Area, Resource, Seen};

use common::{Bench, PATIENCE, content, half_way, kind, must_go_on};

const DAY_S: i64 = 24 * 3600;
/// On every day, but not at noon.
const NIGHT: &str = "22:00-06:00";

/// How far a clock is ahead that shows this second of the day now.
fn clock_that_shows(second_of_day: i64) -> i32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let now_s = i64::try_from(since.as_secs()).expect("a time");
    // More than a minute of offset need not be the zone of any place.
    let ahead_s = (second_of_day - now_s).rem_euclid(DAY_S);
    i32::try_from(ahead_s).expect("less than a day")
}

/// A bench whose clock shows this second of the day.
fn bench_at(second_of_day: i64) -> Bench {
    let Bench { server, folder, manager } = Bench::new();
    manager.close();
    let manager = open_at(&folder, second_of_day);
    Bench { server, folder, manager }
}

fn open_at(folder: &tempfile::TempDir, second_of_day: i64) -> Manager {
    let local_offset_s = Some(clock_that_shows(second_of_day));
    let options = Options { local_offset_s, ..Options::new(folder.path().join("store")) };
    Manager::open(options).expect("a manager")
}

fn noon() -> Bench {
    bench_at(12 * 3600)
}

fn set(job: &Job, window: &str) {
    let id = JobPropertyId::TransferWindow.as_u32();
    job.set_property(id, PropertyValue::Text(window.to_owned())).expect("set");
}

fn must_wait(job: &Job) {
    job.wait(&[JobState::Queued], Some(PATIENCE)).expect("queued");
    let reason = job.wait_reason().expect("a reason");
    assert_eq!(reason.kind, WaitKind::OutsideWindow, "{reason:?}");
    let opens_ms = reason.next_try_ms.expect("a time");
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let now_ms = i64::try_from(since.as_millis()).expect("a time");
    let left_s = (opens_ms - now_ms) / 1000;
    // Ten hours until ten in the evening, less what passed since.
    assert!((36_000 - 1_800..=36_000).contains(&left_s), "{left_s} s");
}

#[test]
fn a_job_stops_when_its_window_closes_and_keeps_its_bytes() {
    let bench = noon();
    let job = half_way(&bench);
    set(&job, NIGHT);
    must_wait(&job);
    set(&job, "06:00-22:00");
    must_go_on(&bench, &job);
}

#[test]
fn the_window_of_the_queue_holds_for_all_jobs_and_is_stored() {
    let bench = noon();
    assert_eq!(bench.manager.transfer_window().expect("none"), "");
    let job = half_way(&bench);
    bench.manager.set_transfer_window(NIGHT).expect("set");
    must_wait(&job);
    let error = bench.manager.set_transfer_window("22:00-").expect_err("no window");
    assert_eq!(error.code, code::E_INVALIDARG);
    assert_eq!(bench.manager.transfer_window().expect("the last good one"), NIGHT);

    // Another host has it from the store, and its clock shows noon, too.
    let id = job.id();
    let Bench { server, folder, manager } = bench;
    drop((job, manager));
    let manager = open_at(&folder, 12 * 3600);
    let job = manager.get_job(id).expect("the job");
    must_wait(&job);
    assert_eq!(server.requests_for("/file").len(), 1, "nothing was asked for");
    manager.set_transfer_window("").expect("always");
    must_go_on(&Bench { server, folder, manager }, &job);
}

/// A day of the week that is today in no time zone.
fn another_day() -> &'static str {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let days = since.as_secs() / 86_400;
    // 1970 began on a Thursday.
    ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][usize::try_from(days % 7).expect("a day")]
}

#[test]
fn who_looks_from_beside_sees_why_a_job_waits() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content(1)));
    let reader = Reader::open(bench.path("store")).expect("a reader");
    let reason = || {
        let (record, _) = reader.job(job.id()).expect("the job");
        reader.wait_reason(&record)
    };
    bench.manager.set_transfer_window(another_day()).expect("set");
    job.resume().expect("resumed");
    assert_eq!(reason().kind, WaitKind::OutsideWindow);
    let opens_ms = job.wait_reason().expect("a reason").next_try_ms;
    assert!(opens_ms.is_some());
    assert_eq!(reason().next_try_ms, opens_ms, "the clocks of both are the system's");
    set(&job, another_day());
    bench.manager.set_transfer_window("").expect("always");
    assert_eq!(reason().kind, WaitKind::OutsideWindow);
    set(&job, "");
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred");
}

#[test]
fn a_window_at_the_start_is_set_and_a_bad_one_opens_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store");
    let options =
        |window: &str| Options { transfer_window: Some(window.to_owned()), ..Options::new(&store) };
    let error = Manager::open(options("never")).err().expect("no window");
    assert_eq!(error.code, code::E_INVALIDARG);
    assert!(!store.exists());
    let manager = Manager::open(options("Sat,Sun")).expect("a manager");
    assert_eq!(manager.transfer_window().expect("a window"), "Sat,Sun");
    drop(manager);
    let manager = Manager::open(Options::new(&store)).expect("a manager");
    assert_eq!(manager.transfer_window().expect("a window"), "Sat,Sun");
    drop(manager);
    let manager = Manager::open(options("")).expect("a manager");
    assert_eq!(manager.transfer_window().expect("always"), "");
}

#[test]
fn the_engine_wakes_when_a_window_opens() {
    // Two seconds before ten.
    let bench = bench_at(22 * 3600 - 2);
    let job = bench.job(Resource::new(content(1)));
    set(&job, NIGHT);
    job.resume().expect("resumed");
    job.wait(&[JobState::Transferred], Some(PATIENCE)).expect("transferred once it opened");
}

#[test]
fn requests_end_when_a_window_closes_by_the_clock() {
    let bench = bench_at(6 * 3600 - 4);
    let job = half_way(&bench);
    set(&job, NIGHT);
    job.wait(&[JobState::Queued], Some(PATIENCE)).expect("stopped at six");
    assert_eq!(kind(&job), WaitKind::OutsideWindow);
    set(&job, "");
    must_go_on(&bench, &job);
}

#[test]
fn a_server_hears_of_a_cancelled_upload_outside_of_the_window() {
    let bench = noon();
    let job = bench.upload(Area::new().bytes_per_second(200_000), &content(1));
    job.resume().expect("resumed");
    let some = |seen: &Seen<'_>| seen.area("/up/").bytes_stored >= 10_000;
    assert!(bench.server.wait_until(PATIENCE, some));
    bench.manager.set_transfer_window(NIGHT).expect("set");
    must_wait(&job);
    job.cancel().expect("cancelled");
    let has_cancelled = |seen: &Seen<'_>| seen.area("/up/").served("Cancel-Session") == 1;
    assert!(bench.server.wait_until(PATIENCE, has_cancelled));
}
