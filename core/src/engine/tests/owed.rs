//! What is owed to the disk, and what a start reads.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::disk::{Disk, Finished, Settled};
use crate::model::{FileRecord, Job, JobRecord, Limits, NewJob, Now};
use crate::store::{Batch, Durability, Faults, Store};
use crate::vocab::{JobState, JobType};

use crate::engine::pool::{Release, Report, release};
use crate::engine::queue::Queue;

fn finished(disk: &Disk, folder: &Path) -> Release {
    let (temporary, target) = (folder.join("temporary"), folder.join("target"));
    std::fs::write(&temporary, "abc").expect("written");
    let Settled::Good { identity } = disk.settle(&temporary, 3, None).expect("settled") else {
        panic!("not good");
    };
    let finished = Finished { length: 3, identity: Some(identity) };
    Release { file: 0, temporary, target, finished, modified_ms: None, umask: None }
}

#[test]
fn a_file_is_released_only_once_its_folder_is_synced() {
    let folder = tempfile::tempdir().expect("a folder");
    let faults = Faults::default();
    let disk = Disk::new(faults.clone());
    let files = [finished(&disk, folder.path())];
    // Two operations move the file; the third is the sync of its folder.
    faults.set(3);
    let Report::Released { files: released, error } = release(&disk, &files) else {
        panic!("another report");
    };
    assert!(folder.path().join("target").exists(), "it was moved");
    assert_eq!(released, Vec::<u32>::new(), "and yet may be gone after a power cut");
    assert_eq!(error.map(|(file, ..)| file), Some(0));
    let Report::Released { files: released, error } = release(&disk, &files) else {
        panic!("another report");
    };
    assert_eq!((released, error), (vec![0], None));
}

/// A store with so many queued jobs of one file.
fn store_with(folder: &Path, jobs: u128) -> Store {
    let mut store = Store::open(folder, Faults::default()).expect("a store");
    let all: Vec<(JobRecord, FileRecord)> = (0..jobs).map(queued).collect();
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

fn queued(number: u128) -> (JobRecord, FileRecord) {
    let new = NewJob {
        id: Uuid::from_u128(number + 1),
        display_name: "queued".to_owned(),
        job_type: JobType::Download,
        owner: "somebody".to_owned(),
        queue_position: u64::try_from(number).unwrap_or(u64::MAX),
    };
    let mut record = JobRecord::new(new, Now::default());
    record.enter(JobState::Queued, Now::default());
    let (host, path) = (number % 50, format!("/tmp/{number}"));
    let file = FileRecord::new(format!("http://host-{host}/{number}"), path, Vec::new());
    record.totals.exchange(None, &file);
    (record, file)
}

#[test]
fn a_start_reads_a_few_of_a_hundred_thousand_jobs() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(store_with(folder.path(), 100_000));
    let begun = std::time::Instant::now();
    let store = Store::open(folder.path(), Faults::default()).expect("a store");
    let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
    while queue.wants_more(|_| false) {
        queue.page_in(Now::default()).expect("paged in");
    }
    println!("ready to plan after {:?}", begun.elapsed());
    let ready = queue.jobs.len();
    assert!((32..=256).contains(&ready), "{ready} jobs were read");
    let first: Vec<_> = queue.jobs.keys().take(32).map(Uuid::as_u128).collect();
    assert_eq!(first, (1..=32).collect::<Vec<_>>(), "the first of the queue");
    assert!(queue.jobs.values().all(|loaded| is_whole(&loaded.job)));
}

fn is_whole(job: &Job) -> bool {
    job.files.len() == 1 && PathBuf::from(&job.files[0].local_name).is_absolute()
}
