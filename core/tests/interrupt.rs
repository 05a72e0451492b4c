//! Waits that another thread ends.

mod common;

use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use bgcopy_core::vocab::code;
use bgcopy_core::{Interrupt, Job, JobState, JobType, Manager};
use bgcopy_test_server::{Content, Resource};

use common::{Bench, PATIENCE};

/// Far below what any limit of a wait is, and far above what a machine needs.
const AT_ONCE: Duration = Duration::from_secs(2);

/// How often a wait and its interrupt race: either may come first.
const RACES: usize = 100;

/// The host and a guest, and the job as each of them sees it.
fn sides<'a>(bench: &'a Bench, guest: &'a Manager) -> [(&'a Manager, Job); 2] {
    let job = bench.job(Resource::new(common::content(1)));
    let seen = guest.get_job(job.id()).expect("the job");
    assert!(bench.manager.is_host() && !guest.is_host());
    [(&bench.manager, job), (guest, seen)]
}

#[test]
fn a_wait_ends_at_once_wherever_the_engine_is() {
    let bench = Bench::new();
    let guest = common::open(bench.folder.path());
    for (_, job) in sides(&bench, &guest) {
        for timeout in [None, Some(PATIENCE)] {
            for _ in 0..RACES {
                let interrupt = Interrupt::new();
                let (begun, begins) = channel();
                let since = std::thread::scope(|scope| {
                    let waiter = scope.spawn(|| {
                        begun.send(()).expect("told");
                        job.wait_interruptible(&[JobState::Transferred], timeout, &interrupt)
                    });
                    begins.recv().expect("begun");
                    let since = Instant::now();
                    interrupt.interrupt();
                    let ended = waiter.join().expect("no panic");
                    assert_eq!(ended.expect_err("interrupted").code, code::E_ABORT);
                    since
                });
                assert!(since.elapsed() < AT_ONCE, "{:?}", since.elapsed());
            }
        }
    }
}

#[test]
fn an_interrupt_stays_and_ends_later_waits_too() {
    let bench = Bench::new();
    let guest = common::open(bench.folder.path());
    for (manager, job) in sides(&bench, &guest) {
        let interrupt = Interrupt::new();
        assert!(!interrupt.is_interrupted());
        interrupt.interrupt();
        interrupt.interrupt();
        assert!(interrupt.clone().is_interrupted());
        for _ in 0..3 {
            let ended = job.wait_interruptible(&[JobState::Transferred], None, &interrupt);
            assert_eq!(ended.expect_err("interrupted").code, code::E_ABORT);
            let ended = manager.next_event_interruptible(None, &interrupt);
            assert!(ended.is_err_and(|error| error.code == code::E_ABORT));
        }
        // Nobody else is hurt.
        let ended = job.wait(&[JobState::Transferred], Some(Duration::ZERO));
        assert_eq!(ended.expect_err("the time is over").code, code::E_TIMEOUT);
    }
}

#[test]
fn a_wait_that_is_not_interrupted_is_like_any_other() {
    let bench = Bench::new();
    let guest = common::open(bench.folder.path());
    for (manager, job) in sides(&bench, &guest) {
        let interrupt = Interrupt::new();
        let wait =
            |states: &[JobState], timeout| job.wait_interruptible(states, timeout, &interrupt);
        assert_eq!(wait(&[JobState::Suspended], None).expect("a state"), JobState::Suspended);
        let late = wait(&[JobState::Transferred], Some(Duration::from_millis(1)));
        assert_eq!(late.expect_err("the time is over").code, code::E_TIMEOUT);
        let none = manager.next_event_interruptible(Some(Duration::ZERO), &interrupt);
        assert!(none.expect("no failure").is_none());
    }
}

/// Each event goes to a listener that is interrupted, or to the next one.
#[test]
fn no_event_is_lost_by_an_interrupt() {
    let bench = Bench::new();
    let guest = common::open(bench.folder.path());
    let source = bench.source("source", &Content::generated(7, 10));
    for manager in [&bench.manager, &guest] {
        let mut wanted = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for number in 0..RACES {
            let job = manager.create_job("test", JobType::Download).expect("a job");
            let target = bench.name(&format!("target-{number}"));
            job.add_file(&format!("file://{source}"), &target).expect("a file");
            wanted.insert(job.id());
            let interrupt = Interrupt::new();
            let event = std::thread::scope(|scope| {
                let listener = scope.spawn(|| manager.next_event_interruptible(None, &interrupt));
                job.resume().expect("resumed");
                interrupt.interrupt();
                listener.join().expect("no panic")
            });
            seen.extend(event.ok().flatten().map(|event| event.job));
            common::stopped(&job);
        }
        while seen != wanted {
            let event = manager.next_event(Some(PATIENCE)).expect("no failure");
            seen.insert(event.expect("an event of each job").job);
        }
        for job in manager.jobs().expect("jobs") {
            job.cancel().expect("cancelled");
        }
        while manager.next_event(Some(Duration::from_millis(1))).expect("no failure").is_some() {}
    }
}
