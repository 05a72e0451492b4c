//! Which jobs are brought into memory, and what a plan is made of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::model::{FileRecord, Job, JobRecord, Limits, NewJob, Now};
use crate::store::{Batch, Durability, Faults, Store};
use crate::vocab::{JobState, JobType};

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
    record.totals.exchange(None, &file);
    (record, file)
}

#[test]
fn a_start_reads_a_few_of_a_hundred_thousand_jobs() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(store_with(folder.path(), 100_000, |number| number % 50));
    let begun = std::time::Instant::now();
    let store = Store::open(folder.path(), Faults::default()).expect("a store");
    let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
    let plan = queue.plan(BTreeSet::new(), |_| false, Now::default()).expect("a plan");
    println!("a plan after {:?}", begun.elapsed());
    let read = queue.jobs.len();
    assert!((16..=64).contains(&read), "{read} jobs were read");
    let first: Vec<_> = plan.transfers.iter().map(|(id, ..)| id.as_u128()).collect();
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
    let mut plan = queue.plan(BTreeSet::new(), |_| false, Now::default()).expect("a plan");
    while std::mem::take(&mut queue.replan) && plan.transfers.len() < 5 {
        plan = queue.plan(BTreeSet::new(), |_| false, Now::default()).expect("a plan");
    }
    let found: Vec<_> = plan.transfers.iter().map(|(id, ..)| id.as_u128()).collect();
    assert_eq!(found, [1, 2, 3, 4, 400]);
}

#[test]
fn a_locked_job_keeps_no_job_behind_it_from_a_slot() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store_with(folder.path(), 300, |number| number);
    let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
    let is_locked = |record: &JobRecord| record.id.as_u128() <= 200;
    let mut plan = queue.plan(BTreeSet::new(), is_locked, Now::default()).expect("a plan");
    while std::mem::take(&mut queue.replan) && plan.transfers.len() < 16 {
        plan = queue.plan(BTreeSet::new(), is_locked, Now::default()).expect("a plan");
    }
    let found: Vec<_> = plan.transfers.iter().map(|(id, ..)| id.as_u128()).collect();
    assert_eq!(found, (201..=216).collect::<Vec<_>>());
}
