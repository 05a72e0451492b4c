//! Which jobs are brought into memory, and what a plan is made of.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use crate::model::{Environment, FileRecord, Job, JobRecord, Limits, NewJob, Now, server_asked};
use crate::protocol::Failure;
use crate::store::{Batch, Durability, Faults, Store};
use crate::vocab::{ErrorContext, JobPropertyId, JobState, JobType, PropertyValue, code};

use crate::engine::queue::Queue;

/// A store with so many queued jobs of one file, each of a host.
fn store_with(folder: &Path, jobs: u128, host: fn(u128) -> u128) -> Store {
    let mut store = Store::open(folder, Faults::default()).expect("a store");
    let all: Vec<(JobRecord, FileRecord)> =
        (0..jobs).map(|number| queued(number, host(number))).collect();
    for part in all.chunks(10_000) {
        let batch = Batch {
            jobs: part.iter().map(|(record, _)| record).collect(),
            files: part.iter().map(|(record, file)| (record.id, 0, file)).collect(),
            ..Batch::default()
        };
        store.save(&batch, Durability::Kill).expect("saved");
    }
    store
}

fn queued(number: u128, host: u128) -> (JobRecord, FileRecord) {
    let new = NewJob {
        key: None,
        id: Uuid::from_u128(number + 1),
        display_name: "queued".to_owned(),
        job_type: JobType::Download,
        owner: "somebody".to_owned(),
        queue_position: u64::try_from(number).unwrap_or(u64::MAX),
    };
    let mut record = JobRecord::new(new, Now::default());
    record.enter(JobState::Queued, Now::default());
    let path = format!("/tmp/{number}");
    let file = FileRecord::new(format!("http://host-{host}/{number}"), path, Vec::new());
    record.totals.add(&file);
    (record, file)
}

#[test]
fn a_start_reads_a_few_of_a_hundred_thousand_jobs() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(store_with(folder.path(), 100_000, |number| number % 50));
    let begun = std::time::Instant::now();
    let store = Store::open(folder.path(), Faults::default()).expect("a store");
    let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
    let plan = queue.plan(Environment::default(), |_| false, Now::default()).expect("a plan");
    println!("a plan after {:?}", begun.elapsed());
    let read = queue.jobs.len();
    assert!((16..=64).contains(&read), "{read} jobs were read");
    let first: Vec<_> = plan.transfers.iter().map(|key| key.job.as_u128()).collect();
    assert_eq!(first, (1..=16).collect::<Vec<_>>(), "the first of the queue");
    assert!(queue.jobs.values().all(|loaded| is_whole(&loaded.job)));
}

fn is_whole(job: &Job) -> bool {
    job.files.len() == 1 && PathBuf::from(&job.files[0].local_name).is_absolute()
}

#[test]
fn a_full_host_keeps_no_job_behind_it_from_a_slot() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store_with(folder.path(), 400, |number| u128::from(number == 399));
    let limits = Limits { connections_per_host: 4, ..Limits::default() };
    let mut queue = Queue::new(store, limits, None).expect("a queue");
    // A turn brings in some pages; what is missing comes with the next ones.
    let mut plan = queue.plan(Environment::default(), |_| false, Now::default()).expect("a plan");
    while std::mem::take(&mut queue.replan) && plan.transfers.len() < 5 {
        plan = queue.plan(Environment::default(), |_| false, Now::default()).expect("a plan");
    }
    let found: Vec<_> = plan.transfers.iter().map(|key| key.job.as_u128()).collect();
    assert_eq!(found, [1, 2, 3, 4, 400]);
}

#[test]
fn a_locked_job_keeps_no_job_behind_it_from_a_slot() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store_with(folder.path(), 300, |number| number);
    let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
    let is_locked = |record: &JobRecord| record.id.as_u128() <= 200;
    let mut plan = queue.plan(Environment::default(), is_locked, Now::default()).expect("a plan");
    while std::mem::take(&mut queue.replan) && plan.transfers.len() < 16 {
        plan = queue.plan(Environment::default(), is_locked, Now::default()).expect("a plan");
    }
    let found: Vec<_> = plan.transfers.iter().map(|key| key.job.as_u128()).collect();
    assert_eq!(found, (201..=216).collect::<Vec<_>>());
}

#[test]
fn jobs_of_a_server_that_cannot_be_reached_hide_nobody_and_come_back_when_it_is_due() {
    let folder = tempfile::tempdir().expect("a folder");
    let jobs = 3_000;
    let store = store_with(folder.path(), jobs, |number| u128::from(number == 2_999));
    let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
    let down = server_asked(&queued(0, 0).0, "http://host-0/");
    let refused = Failure::transient(
        code::BG_E_CONNECT_FAILURE,
        ErrorContext::GeneralTransport,
        "refused".to_owned(),
    );
    Arc::make_mut(&mut queue.outages).failed(&down, refused, (0, 0), Now::default());
    let started = |queue: &mut Queue, now_ms| -> Vec<u128> {
        let now = Now { monotonic_ms: now_ms, ..Now::default() };
        let mut plans = 0;
        loop {
            queue.replan = false;
            let plan = queue.plan(Environment::default(), |_| false, now).expect("a plan");
            queue.shrink(|_| false, |_| false, now);
            plans += 1;
            assert!(plans < 1_000, "it does not end");
            if !queue.replan {
                return plan.transfers.iter().map(|key| key.job.as_u128()).collect();
            }
        }
    };
    assert_eq!(started(&mut queue, 0), [jobs], "behind all the others");
    assert!(queue.jobs.len() <= 1_024, "{} jobs are in memory", queue.jobs.len());
    assert!(queue.jobs.contains_key(&Uuid::from_u128(1)), "the first one stays to ask");
    assert_eq!(started(&mut queue, 4_999), [jobs]);
    assert_eq!(started(&mut queue, 5_000), [1, jobs], "one asks for all");
    // None of them is left in memory, as after a Cancel of the last ones.
    let ids: Vec<Uuid> = queue.jobs.keys().copied().collect();
    ids.into_iter().for_each(|id| queue.remove(id));
    assert_eq!(started(&mut queue, 5_000)[0], 1, "the store has more of them");
}

#[test]
fn some_jobs_of_a_server_that_cannot_be_reached_stay_to_ask_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store_with(folder.path(), 1_100, |number| u128::from(number >= 550));
    let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
    let down = server_asked(&queued(0, 0).0, "http://host-0/");
    let refused = Failure::transient(
        code::BG_E_CONNECT_FAILURE,
        ErrorContext::GeneralTransport,
        "refused".to_owned(),
    );
    Arc::make_mut(&mut queue.outages).failed(&down, refused, (0, 0), Now::default());
    for number in 1..=1_100 {
        queue.job(Uuid::from_u128(number), Now::default()).expect("a job");
    }
    queue.shrink(|_| false, |_| false, Now::default());
    let kept = |number| queue.jobs.contains_key(&Uuid::from_u128(number));
    assert!((1..=16).all(kept), "the first ones");
    assert!(!(17..=550).any(kept), "the others can be let go of");
}

#[test]
fn jobs_that_wait_for_a_window_are_brought_in_when_it_opens() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut store = Store::open(folder.path(), Faults::default()).expect("a store");
    let all: Vec<_> = (0..1_100)
        .map(|number| {
            let (mut record, file) = queued(number, number);
            let id = JobPropertyId::TransferWindow.as_u32();
            record.properties.insert(id, PropertyValue::Text("22:00-06:00".to_owned()));
            (record, file)
        })
        .collect();
    let batch = Batch {
        jobs: all.iter().map(|(record, _)| record).collect(),
        files: all.iter().map(|(record, file)| (record.id, 0, file)).collect(),
        ..Batch::default()
    };
    store.save(&batch, Durability::Kill).expect("saved");
    let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
    // Five minutes before ten in the evening, in a zone without changes of the clock.
    let before = Now { monotonic_ms: 5_000, unix_ms: 79_200_000 - 300_000, jitter_permille: 0 };
    let mut wake_at_ms = None;
    for _ in 0..40 {
        queue.replan = false;
        let plan = queue.plan(Environment::default(), |_| false, before).expect("a plan");
        assert_eq!(plan.transfers.len(), 0, "the window is closed");
        let holds = queue.holds.clone();
        queue.shrink(|_| false, |job| holds.of(job, before).is_some(), before);
        wake_at_ms = plan.wake_at_ms;
    }
    assert!(queue.jobs.len() < 1_100, "they were let go of");
    assert!(!queue.replan, "all were looked at");
    // None is in memory any more, as after a long time.
    for number in 1..=1_100 {
        queue.note_opening(Uuid::from_u128(number), before);
        queue.remove(Uuid::from_u128(number));
    }
    let plan = queue.plan(Environment::default(), |_| false, before).expect("a plan");
    assert_eq!((plan.transfers.len(), plan.wake_at_ms), (0, Some(305_000)));
    assert_eq!(wake_at_ms, Some(305_000));
    let opened = Now { monotonic_ms: 305_000, unix_ms: 79_200_000, jitter_permille: 0 };
    let plan = queue.plan(Environment::default(), |_| false, opened).expect("a plan");
    assert_eq!(plan.transfers.len(), 16);
}
