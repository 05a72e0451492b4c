//! Saving, loading, and the questions the engine asks.

use std::collections::BTreeMap;

use tempfile::tempdir;

use crate::model::{Closing, FileStage, Totals};
use crate::vocab::{JobPriority, JobState};

use super::*;

#[test]
fn loads_what_was_saved_also_after_reopening() {
    let folder = tempdir().unwrap();
    let saved = samples(30);
    let mut store = open(folder.path());
    save(&mut store, &saved);
    assert_eq!(everything(&store), saved);
    drop(store);

    let store = open(folder.path());

    assert_eq!(everything(&store), saved);
    assert_eq!(store.record(saved[3].0.id).unwrap().as_ref(), Some(&saved[3].0));
    assert_eq!(store.load(id_of(999)).unwrap(), None);
    assert_eq!(store.record(id_of(999)).unwrap(), None);
    assert_eq!(store.unreadable(), 0);
    assert!(store.damage().is_none());
}

#[test]
fn a_job_says_which_of_its_files_are_published() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let (mut job, _) = sample(1);
    let stages = [FileStage::Transferred, FileStage::Waiting, FileStage::Transferred];
    let with_stage = |(index, stage)| FileRecord { stage, ..file(1, index) };
    let files: Vec<_> = (0..).zip(stages).map(with_stage).collect();
    job.totals = Totals::of(&files);
    job.closing = Some(Closing::Publishing);
    save(&mut store, &[(job.clone(), files)]);
    job.published_below = 2;
    store.save(&Batch { jobs: vec![&job], ..Batch::default() }, Durability::Kill).unwrap();
    drop(store);

    let (_, loaded) = open(folder.path()).load(job.id).unwrap().unwrap();

    let loaded: Vec<_> = loaded.iter().map(|file| file.stage).collect();
    assert_eq!(loaded, [FileStage::Published, FileStage::Waiting, FileStage::Transferred]);
}

#[test]
fn records_are_in_order_of_creation() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let mut saved = samples(20);
    for (job, _) in &mut saved {
        // The clock was set back now and then.
        job.created_ms = NOW.unix_ms - i64::from(job.id.as_bytes()[0] % 4);
    }
    save(&mut store, &saved);

    let records = store.records().unwrap();

    saved.sort_by_key(|(job, _)| job.queue_position);
    let expected: Vec<JobRecord> = saved.into_iter().map(|(job, _)| job).collect();
    assert_eq!(records, expected);
}

#[test]
fn changes_replace_what_was_there() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let mut saved = samples(12);
    save(&mut store, &saved);

    // Progress, which changes no index; then a state, which does.
    saved[0].1[0].written = 77;
    saved[0].0.totals = Totals::of(&saved[0].1);
    save(&mut store, &saved[..1]);
    saved[1].0.closing = None;
    saved[1].0.state = JobState::Queued;
    store.save(&Batch { jobs: vec![&saved[1].0], ..Batch::default() }, Durability::Kill).unwrap();
    // A file alone, of a job that is stored already.
    saved[2].1[0].written = 5;
    let id = saved[2].0.id;
    let alone = Batch { files: vec![(id, 0, &saved[2].1[0])], ..Batch::default() };
    store.save(&alone, Durability::PowerCut).unwrap();

    assert_eq!(everything(&store), saved);
    assert!(store.next_runnable(None, 100).unwrap().iter().any(|row| row.0 == saved[1].0.id));
}

#[test]
fn deletes_a_job_with_its_files_and_nothing_else() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let saved = samples(9);
    save(&mut store, &saved);

    let deleted = vec![saved[4].0.id, id_of(999)];
    store.save(&Batch { deleted, ..Batch::default() }, Durability::Kill).unwrap();

    assert_eq!(store.load(saved[4].0.id).unwrap(), None);
    assert_eq!(store.job_count().unwrap(), 8);
    // The files are gone too: the same job with fewer files loads whole.
    let mut again = saved[4].clone();
    again.1.truncate(1);
    again.0.totals = Totals::of(&again.1);
    save(&mut store, std::slice::from_ref(&again));
    assert_eq!(store.load(again.0.id).unwrap(), Some(again));
    assert_eq!(store.load(saved[5].0.id).unwrap().as_ref(), Some(&saved[5]));
}

#[test]
fn refuses_a_file_of_an_unknown_job() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let (known, unknown) = (sample(1), sample(2));

    let mut batch = batch_of(std::slice::from_ref(&known));
    batch.files.push((unknown.0.id, 0, &unknown.1[0]));

    assert!(store.save(&batch, Durability::Kill).is_err());
    assert_eq!(store.records().unwrap(), []);
}

#[test]
fn runnable_jobs_come_by_priority_then_position() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let mut saved = vec![
        queued(1, JobPriority::Low, 1),
        queued(2, JobPriority::Normal, 9),
        queued(3, JobPriority::Normal, 2),
        queued(4, JobPriority::Foreground, 70),
        queued(5, JobPriority::Normal, 3),
        queued(6, JobPriority::Normal, 4),
        sample(7),
    ];
    saved[4].0.closing = Some(Closing::Discarding);
    saved[5].0.state = JobState::Transferring;
    save(&mut store, &saved);

    let first = store.next_runnable(None, 3).unwrap();
    let (_, priority, position) = first[2];
    let rest = store.next_runnable(Some((priority, position)), 10).unwrap();

    let normal = JobPriority::Normal as u32;
    let foreground = JobPriority::Foreground as u32;
    assert_eq!(first, [(id_of(4), foreground, 70), (id_of(3), normal, 2), (id_of(6), normal, 4)]);
    assert_eq!(rest, [(id_of(2), normal, 9), (id_of(1), JobPriority::Low as u32, 1)]);
}

#[test]
fn finds_closing_jobs_and_those_in_a_state() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let saved = samples(16);
    save(&mut store, &saved);

    let ids = |wanted: &dyn Fn(&JobRecord) -> bool| {
        let jobs = saved.iter().map(|(job, _)| job).filter(|job| wanted(job));
        let mut ids: Vec<Uuid> = jobs.map(|job| job.id).collect();
        ids.sort();
        ids
    };
    assert_eq!(store.closing().unwrap(), ids(&|job| job.closing.is_some()));
    let queued = store.in_state(JobState::Queued, None, 100).unwrap();
    let mut found: Vec<Uuid> = queued.iter().map(|(_, id)| *id).collect();
    found.sort();
    assert_eq!(found, ids(&|job| job.state == JobState::Queued));
    assert!(queued.is_sorted(), "in the order in which they came");
    assert_eq!(store.in_state(JobState::Queued, None, 2).unwrap(), queued[..2]);
    assert_eq!(store.in_state(JobState::Queued, Some(queued[1].0), 100).unwrap(), queued[2..]);
    assert!(store.in_state(JobState::Cancelled, None, 100).unwrap().is_empty());
}

#[test]
fn jobs_are_due_when_their_time_has_come() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    assert_eq!(store.next_due().unwrap(), None);
    let mut saved = vec![sample(1), sample(2), sample(3), sample(4)];
    in_transient_error(&mut saved[0].0, 300);
    in_transient_error(&mut saved[1].0, 100);
    in_transient_error(&mut saved[2].0, 200);
    save(&mut store, &saved);

    assert_eq!(store.next_due().unwrap(), Some(100));
    assert!(store.due(99).unwrap().is_empty());
    assert_eq!(store.due(200).unwrap(), [id_of(2), id_of(3)]);

    saved[1].0.state = JobState::Queued;
    save(&mut store, &saved);
    assert_eq!(store.next_due().unwrap(), Some(200));
}

#[test]
fn counts_follow_every_change() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let mut saved = samples(8);
    save(&mut store, &saved);
    saved[3].0.state = JobState::Connecting;
    save(&mut store, &saved);
    let deleted = vec![saved[7].0.id];
    store.save(&Batch { deleted, ..Batch::default() }, Durability::Kill).unwrap();
    saved.pop();

    let mut expected = BTreeMap::new();
    for (job, _) in &saved {
        *expected.entry(job.state as u32).or_insert(0) += 1;
    }
    assert_eq!(store.count_by_state().unwrap(), expected);
    assert_eq!(store.job_count().unwrap(), 7);
    drop(store);
    assert_eq!(open(folder.path()).count_by_state().unwrap(), expected);
}

#[test]
fn queue_positions_only_grow() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    assert_eq!(store.next_queue_position().unwrap(), 1);
    assert_eq!(store.next_queue_position().unwrap(), 2);
    save(&mut store, &[queued(1, JobPriority::Normal, 40)]);
    assert_eq!(store.next_queue_position().unwrap(), 41);
    let deleted = vec![id_of(1)];
    store.save(&Batch { deleted, ..Batch::default() }, Durability::Kill).unwrap();
    drop(store);

    let mut store = open(folder.path());

    assert_eq!(store.next_queue_position().unwrap(), 41);
}

#[test]
fn sync_and_both_durabilities_store_alike() {
    let folder = tempdir().unwrap();
    let saved = samples(3);
    let mut store = open(folder.path());
    store.save(&batch_of(&saved[..1]), Durability::PowerCut).unwrap();
    store.save(&batch_of(&saved[1..2]), Durability::Kill).unwrap();
    store.sync().unwrap();
    store.sync().unwrap();
    store.save(&batch_of(&saved[2..]), Durability::Kill).unwrap();
    drop(store);

    assert_eq!(everything(&open(folder.path())), saved);
}
