//! Rate limits, through real sockets. How exact they are is shown on a clock of their own
//! in `transfer/limiter_tests.rs`; here no time gives more than it may, however busy the
//! machine is, and something comes at all.

mod common;

use std::time::{Duration, Instant};

use bgcopy_core::vocab::{JobPropertyId, PropertyValue, code, limit};
use bgcopy_core::{
    BackgroundMode, Job, JobPriority, JobState, JobType, Manager, Options, RateLimits,
};
use bgcopy_test_server::{Area, Content, Resource};

use common::{Bench, PATIENCE, open, stopped, wait_for_bytes};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * 1024;

fn content() -> Content {
    Content::generated(11, 40 * MIB)
}

fn download(download: u64) -> RateLimits {
    RateLimits { download, upload: 0 }
}

fn set(job: &Job, property: JobPropertyId, rate: u64) {
    job.set_property(property.as_u32(), PropertyValue::Uint64(rate)).expect("set");
}

fn bytes(jobs: &[Job]) -> u64 {
    jobs.iter().map(|job| job.progress().expect("progress").bytes_transferred).sum()
}

/// Looks for a while at what has come since a limit began to hold: never more than it allows,
/// and in the end a good part of it.
fn must_keep_to(jobs: &[Job], rate: u64, time: Duration) {
    let (began, before) = (Instant::now(), bytes(jobs));
    loop {
        let came = bytes(jobs) - before;
        let passed = began.elapsed();
        // What was on its way through here when it began, and what may be saved.
        let at_once = rate / 2 + jobs.len() as u64 * 256 * KIB;
        let allowed = (rate as f64 * passed.as_secs_f64()) as u64 + at_once;
        assert!(came <= allowed, "{came} bytes within {passed:?} at {rate} bytes a second");
        if passed >= time {
            let least = (rate as f64 * passed.as_secs_f64()) as u64 / 3;
            assert!(came >= least, "{came} bytes within {passed:?} at {rate} bytes a second");
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// So many jobs under way, each with a file of its own.
fn jobs(bench: &Bench, count: usize) -> Vec<Job> {
    let job = |number: usize| {
        let name = format!("file{number}");
        bench.server.put(&format!("/{name}"), Resource::new(content()));
        let job = bench.manager.create_job(&name, JobType::Download).expect("a job");
        job.add_file(&bench.server.url(&format!("/{name}")), &bench.name(&name)).expect("added");
        job.resume().expect("resumed");
        job
    };
    (0..count).map(job).collect()
}

#[test]
fn the_limit_of_the_queue_holds_for_all_its_jobs_together() {
    let bench = Bench::new();
    bench.manager.set_rate_limits(download(4 * MIB)).expect("set");
    let jobs = jobs(&bench, 16);
    must_keep_to(&jobs, 4 * MIB, Duration::from_secs(3));
    let came: Vec<_> = jobs.iter().map(|job| bytes(std::slice::from_ref(job))).collect();
    assert!(came.iter().all(|bytes| *bytes > 0), "each has its turn: {came:?}");

    // Another one holds for what is under way.
    bench.manager.set_rate_limits(download(100 * KIB)).expect("set");
    must_keep_to(&jobs, 100 * KIB, Duration::from_secs(1));
    let reason = jobs[0].wait_reason().expect("a reason");
    assert!(reason.message.contains("as fast as a rate limit lets it"), "{reason:?}");

    // At the last one this would take two hours.
    bench.manager.set_rate_limits(download(0)).expect("set");
    for (number, job) in jobs.iter().enumerate() {
        assert_eq!(stopped(job), JobState::Transferred, "{:?}", job.error());
        job.complete().expect("completed");
        bench.must_hold(&format!("file{number}"), &content());
    }
}

#[test]
fn the_limit_of_a_job_holds_for_it_alone_and_at_once() {
    let bench = Bench::new();
    let jobs = jobs(&bench, 2);
    set(&jobs[0], JobPropertyId::MaxDownloadRate, 64 * KIB);
    must_keep_to(&jobs[..1], 64 * KIB, Duration::from_secs(2));
    assert_eq!(stopped(&jobs[1]), JobState::Transferred, "it has no limit");
    set(&jobs[0], JobPropertyId::MaxDownloadRate, 0);
    assert_eq!(stopped(&jobs[0]), JobState::Transferred, "{:?}", jobs[0].error());
    jobs[0].complete().expect("completed");
    bench.must_hold("file0", &content());
}

#[test]
fn a_job_keeps_its_limit_with_the_next_process() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content()));
    set(&job, JobPropertyId::MaxDownloadRate, 100 * KIB);
    job.resume().expect("resumed");
    wait_for_bytes(&job, 1);
    let id = job.id();
    let Bench { server, folder, manager } = bench;
    drop((job, manager));
    let bench = Bench { manager: open(folder.path()), server, folder };
    let job = bench.manager.get_job(id).expect("the job");
    must_keep_to(&[job], 100 * KIB, Duration::from_secs(2));
}

#[test]
fn an_upload_keeps_to_the_limit_of_its_job_and_of_the_queue() {
    let bench = Bench::new();
    let content = Content::generated(3, 8 * MIB);
    let job = bench.upload(Area::new().put_only(), &content);
    set(&job, JobPropertyId::MaxUploadRate, 200 * KIB);
    job.resume().expect("resumed");
    wait_for_bytes(&job, 1);
    must_keep_to(std::slice::from_ref(&job), 200 * KIB, Duration::from_secs(2));
    bench.manager.set_rate_limits(RateLimits { download: 0, upload: 50 * KIB }).expect("set");
    must_keep_to(std::slice::from_ref(&job), 50 * KIB, Duration::from_secs(2));
    bench.manager.set_rate_limits(RateLimits::default()).expect("set");
    set(&job, JobPropertyId::MaxUploadRate, 0);
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_have_sent(&content);
}

#[test]
fn a_copy_of_a_local_file_keeps_to_the_limit() {
    let bench = Bench::new();
    bench.manager.set_rate_limits(download(MIB)).expect("set");
    let source = bench.source("source", &content());
    let job = bench.manager.create_job("copy", JobType::Download).expect("a job");
    job.add_file(&format!("file://{source}"), &bench.name("file")).expect("added");
    job.resume().expect("resumed");
    must_keep_to(std::slice::from_ref(&job), MIB, Duration::from_secs(2));
    bench.manager.set_rate_limits(download(0)).expect("set");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content());
}

#[test]
fn a_file_that_a_limit_slows_down_gets_no_more_connections() {
    let bench = Bench::new();
    bench.manager.set_rate_limits(download(6 * MIB)).expect("set");
    let job = bench.job(Resource::new(content()));
    job.resume().expect("resumed");
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    assert_eq!(bench.server.requests_for("/file").len(), 1);
}

#[test]
fn a_request_that_waits_for_its_limit_is_not_silent() {
    let bench = Bench::new();
    let slow = bgcopy_test_server::Reply::normal().bytes_per_second(MIB);
    let job = bench.job(Resource::new(content()).always(slow));
    job.resume().expect("resumed");
    let deadline = Instant::now() + PATIENCE;
    while bench.server.open_connections() < 4 {
        assert!(Instant::now() < deadline, "{} connections", bench.server.open_connections());
        std::thread::sleep(Duration::from_millis(5));
    }
    // Each of them gets a byte within some seconds.
    set(&job, JobPropertyId::MaxDownloadRate, 1);
    let requests = bench.server.requests_for("/file").len();
    std::thread::sleep(Duration::from_secs(9));
    assert_eq!(bench.server.requests_for("/file").len(), requests, "none was given up");
    assert_eq!(job.state().expect("a state"), JobState::Transferring);
    let reason = job.wait_reason().expect("a reason");
    assert!(reason.message.contains("rate limit"), "{reason:?}");
    set(&job, JobPropertyId::MaxDownloadRate, 0);
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content());
}

#[test]
fn the_limits_of_the_queue_are_stored_and_hold_for_all_its_processes() {
    let folder = tempfile::tempdir().expect("a folder");
    let manager = open(folder.path());
    assert_eq!(manager.rate_limits().expect("limits"), RateLimits::default());
    let rates = RateLimits { download: 1, upload: limit::RATE_MAX };
    manager.set_rate_limits(rates).expect("set");
    let second = open(folder.path());
    assert_eq!(second.rate_limits().expect("limits"), rates);
    let other = RateLimits { download: 5, upload: 7 };
    second.set_rate_limits(other).expect("set");
    assert_eq!(manager.rate_limits().expect("limits"), other);
    drop((manager, second));

    let options = Options::new(folder.path().join("store"));
    let manager = Manager::open(options.clone()).expect("open");
    assert_eq!(manager.rate_limits().expect("limits"), other);
    drop(manager);
    let manager = Manager::open(Options { rate_limits: Some(rates), ..options }).expect("open");
    assert_eq!(manager.rate_limits().expect("limits"), rates);
}

#[test]
fn a_limit_that_is_none_is_refused_and_changes_nothing() {
    let bench = Bench::new();
    let too_high = limit::RATE_MAX + 1;
    bench.manager.set_rate_limits(download(5)).expect("set");
    for rates in [download(too_high), RateLimits { download: 1, upload: too_high }] {
        let error = bench.manager.set_rate_limits(rates).expect_err("refused");
        assert_eq!(error.code, code::E_INVALIDARG);
        assert!(error.message.contains("a rate limit is at most"), "{error:?}");
        let options = Options {
            rate_limits: Some(rates),
            ..Options::new(bench.folder.path().join("another"))
        };
        assert_eq!(Manager::open(options).err().expect("refused").code, code::E_INVALIDARG);
    }
    assert_eq!(bench.manager.rate_limits().expect("limits"), download(5));

    let job = bench.manager.create_job("one", JobType::Download).expect("a job");
    let id = JobPropertyId::MaxDownloadRate.as_u32();
    for value in [PropertyValue::Uint64(too_high), PropertyValue::Dword(5)] {
        assert_eq!(job.set_property(id, value).expect_err("refused").code, code::E_INVALIDARG);
    }
    assert_eq!(job.property(id).expect("a value"), PropertyValue::Uint64(0));
    let upload = JobPropertyId::MaxUploadRate.as_u32();
    let refused = job.set_property(upload, PropertyValue::Uint64(5)).expect_err("refused");
    assert_eq!(refused.code, code::E_NOTIMPL, "it is for uploads");
}

#[test]
fn a_download_may_begin_and_cease_to_yield_at_any_time() {
    let bench = Bench::new();
    let job = bench.job(Resource::new(content()));
    let set_mode = |mode: BackgroundMode| {
        let value = PropertyValue::Dword(mode.as_u32());
        job.set_property(JobPropertyId::BackgroundMode.as_u32(), value)
    };
    job.set_priority(JobPriority::Low).expect("set");
    set(&job, JobPropertyId::MaxDownloadRate, MIB);
    job.resume().expect("resumed");
    wait_for_bytes(&job, 1);
    for mode in [BackgroundMode::Off, BackgroundMode::On, BackgroundMode::Auto] {
        set_mode(mode).expect("set");
        wait_for_bytes(&job, bytes(std::slice::from_ref(&job)) + 100 * KIB);
    }
    job.set_priority(JobPriority::Normal).expect("set");
    set(&job, JobPropertyId::MaxDownloadRate, 0);
    assert_eq!(stopped(&job), JobState::Transferred, "{:?}", job.error());
    job.complete().expect("completed");
    bench.must_hold("file", &content());
    assert_eq!(
        set_mode(BackgroundMode::On).expect_err("it is over").code,
        code::DO_E_INVALID_STATE
    );
}
