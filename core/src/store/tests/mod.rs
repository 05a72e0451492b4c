//! What the store promises, shown on a disk.

mod beside;
mod conformance;
mod damage;
mod damaged_log;
mod described;
mod faulty;
mod history;
mod keyed;
mod long;
mod survey;

use std::path::Path;

use uuid::Uuid;

use crate::model::{Closing, Deadline, FileRecord, JobRecord, NewJob, Now, Retry, Totals};
use crate::vocab::{JobPriority, JobState, JobType};

use super::{Batch, Durability, Faults, Store};

/// A job with its files.
type Sample = (JobRecord, Vec<FileRecord>);

const NOW: Now = Now { monotonic_ms: 50_000, unix_ms: 1_700_000_000_000, jitter_permille: 0 };

fn open(folder: &Path) -> Store {
    Store::open(folder, Faults::default()).unwrap()
}

/// A suspended job of one file, unlike all others.
fn sample(number: u64) -> Sample {
    let job_type = JobType::Download;
    let id = id_of(number);
    let display_name = format!("job {number}");
    let owner = "nobody".to_owned();
    let new = NewJob { id, display_name, key: None, job_type, owner, queue_position: number };
    let mut job = JobRecord::new(new, NOW);
    job.created_ms += i64::try_from(number).unwrap();
    let files = vec![file(number, 0)];
    job.totals = Totals::of(&files);
    (job, files)
}

/// Jobs of many kinds: states, several files, rows larger than a page.
fn samples(count: u64) -> Vec<Sample> {
    (1..=count)
        .map(|number| {
            let (mut job, mut files) = sample(number);
            for index in 1..number % 6 {
                files.push(file(number, index));
            }
            if number.is_multiple_of(7) {
                job.description = format!("long {number} ").repeat(900);
                files[0].response_headers = Some(format!("header {number}\r\n").repeat(700));
            }
            if number.is_multiple_of(11) {
                files.clear();
            }
            job.totals = Totals::of(&files);
            match number % 4 {
                0 => job.state = JobState::Queued,
                1 => in_transient_error(&mut job, i64::try_from(number).unwrap()),
                2 => job.closing = Some(Closing::Publishing),
                _ => job.state = JobState::Transferred,
            }
            (job, files)
        })
        .collect()
}

fn file(job: u64, index: u64) -> FileRecord {
    let url = format!("http://example.net/{job}/{index}?{}", "x".repeat(60));
    FileRecord::new(url, format!("/tmp/{job}/{index}"), Vec::new())
}

/// Ids in another order than the numbers.
fn id_of(number: u64) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(&number.to_le_bytes()).as_bytes()[..16]);
    Uuid::from_bytes(bytes)
}

fn queued(number: u64, priority: JobPriority, queue_position: u64) -> Sample {
    let (mut job, files) = sample(number);
    job.state = JobState::Queued;
    job.priority = priority;
    job.queue_position = queue_position;
    (job, files)
}

/// The job wakes at this time.
fn in_transient_error(job: &mut JobRecord, unix_ms: i64) {
    let at = Deadline { monotonic_ms: 1, unix_ms, delay_ms: 1, left_ms: None };
    job.state = JobState::TransientError;
    job.retry = Some(Retry { at, server_asked: false });
}

fn batch_of(samples: &[Sample]) -> Batch<'_> {
    let mut batch = Batch::default();
    for (job, files) in samples {
        batch.jobs.push(job);
        let indices = 0..u32::try_from(files.len()).unwrap();
        batch.files.extend(indices.zip(files).map(|(index, file)| (job.id, index, file)));
    }
    batch
}

fn save(store: &mut Store, samples: &[Sample]) {
    store.save(&batch_of(samples), Durability::Kill).unwrap();
}

/// All jobs with their files.
fn everything(store: &Store) -> Vec<Sample> {
    let records = store.records().unwrap();
    records.iter().map(|record| store.load(record.id).unwrap().unwrap()).collect()
}
