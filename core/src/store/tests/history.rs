//! What has left the queue is remembered, for a time and up to a number.

use std::fs;

use rusqlite::Connection;
use tempfile::tempdir;

use crate::model::HistoryEntry;
use crate::store::history::{ENTRIES_MAX, KEPT_MS};
use crate::store::{Forgotten, StoreReader, schema};

use super::*;

/// A queue as version 2 of the database left it: three downloads by `bgcopy add`.
const VERSION_2: &[u8] = include_bytes!("../../../tests/stores/version_2.db");

/// A job that was completed that many milliseconds after [`NOW`].
fn past(number: u64, after_ms: i64) -> HistoryEntry {
    let (mut job, files) = sample(number);
    job.state = JobState::Acknowledged;
    job.state_since_ms = NOW.unix_ms + after_ms;
    HistoryEntry::of(&job, &files).unwrap()
}

fn end(store: &mut Store, past: Vec<HistoryEntry>) {
    let deleted = past.iter().map(|entry| entry.id).collect();
    store.save(&Batch { deleted, past, ..Batch::default() }, Durability::Kill).unwrap();
}

/// The names that are shown that many milliseconds after [`NOW`], the last one first.
fn shown(folder: &Path, after_ms: i64) -> Vec<String> {
    let reader = StoreReader::open(folder).unwrap();
    let entries = reader.history(NOW.unix_ms + after_ms, usize::MAX).unwrap();
    entries.into_iter().map(|entry| entry.display_name).collect()
}

#[test]
fn what_is_deleted_is_remembered_in_the_same_commit_or_not_at_all() {
    let saved = samples(3);
    for operation in 1.. {
        let folder = tempdir().unwrap();
        save(&mut open(folder.path()), &saved);
        let faults = Faults::default();
        let mut store = Store::open(folder.path(), faults.clone()).unwrap();
        faults.set(operation);
        let batch =
            Batch { deleted: vec![saved[1].0.id], past: vec![past(2, 0)], ..Batch::default() };
        let outcome = store.save(&batch, Durability::Kill);
        faults.set(0);
        let is_there = store.load(saved[1].0.id).unwrap().is_some();
        assert_eq!(is_there, outcome.is_err(), "operation {operation}");
        assert_eq!(shown(folder.path(), 0).is_empty(), is_there, "operation {operation}");
        if outcome.is_ok() {
            let reader = StoreReader::open(folder.path()).unwrap();
            assert_eq!(reader.history(NOW.unix_ms, 9).unwrap(), [past(2, 0)]);
            return;
        }
    }
}

#[test]
fn the_last_ones_come_first_and_as_many_as_are_wanted() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    end(&mut store, vec![past(1, 0), past(2, 5)]);
    // The clock was set back.
    end(&mut store, vec![past(3, 2)]);
    assert_eq!(shown(folder.path(), 9), ["job 3", "job 2", "job 1"]);
    let reader = StoreReader::open(folder.path()).unwrap();
    assert_eq!(reader.history(NOW.unix_ms, 2).unwrap(), [past(3, 2), past(2, 5)]);
}

#[test]
fn it_is_kept_for_30_days() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    end(&mut store, vec![past(1, 0), past(2, 10)]);
    assert_eq!(shown(folder.path(), KEPT_MS).len(), 2);
    assert_eq!(shown(folder.path(), KEPT_MS + 1), ["job 2"], "older ones are not shown");
    assert_eq!(shown(folder.path(), 0).len(), 2, "they are still there");
    end(&mut store, vec![past(3, KEPT_MS + 1)]);
    assert_eq!(shown(folder.path(), 0), ["job 3", "job 2"], "and gone with the next one");
}

#[test]
fn no_more_than_a_number_is_kept() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let many = u64::try_from(ENTRIES_MAX).unwrap();
    end(&mut store, (1..=many + 5).map(|number| past(number, 0)).collect());
    let names = shown(folder.path(), 0);
    assert_eq!(names.len(), ENTRIES_MAX);
    assert_eq!(names.last().unwrap(), "job 6");
    end(&mut store, vec![past(many + 6, 0)]);
    let names = shown(folder.path(), 0);
    assert_eq!((names.len(), names.last().unwrap().as_str()), (ENTRIES_MAX, "job 7"));
}

#[test]
fn one_is_forgotten_or_all_and_nothing_is_left_of_it() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    end(&mut store, (1..=3).map(|number| past(number, 0)).collect());
    for forgotten in [Forgotten::Job(id_of(2)), Forgotten::Job(id_of(999))] {
        let batch = Batch { forgotten: Some(forgotten), ..Batch::default() };
        store.save(&batch, Durability::Kill).unwrap();
    }
    assert_eq!(shown(folder.path(), 0), ["job 3", "job 1"]);
    let all = Batch { forgotten: Some(Forgotten::All), ..Batch::default() };
    store.save(&all, Durability::Kill).unwrap();
    assert!(shown(folder.path(), 0).is_empty());
    drop(store);
    let bytes = fs::read(folder.path().join("queue.db")).unwrap();
    assert!(!bytes.windows(11).any(|bytes| bytes == b"example.net"), "its pages are zeros");
}

#[test]
fn a_damaged_entry_is_left_out() {
    let folder = tempdir().unwrap();
    end(&mut open(folder.path()), vec![past(1, 0), past(2, 0), past(3, 0)]);
    let database = Connection::open(folder.path().join("queue.db")).unwrap();
    database
        .execute("UPDATE history SET ended_unix_ms = 5 + ended_unix_ms WHERE number = 1", [])
        .unwrap();
    database.execute("UPDATE history SET record = X'00' WHERE number = 3", []).unwrap();
    drop(database);
    assert_eq!(shown(folder.path(), 0), ["job 2"]);
    assert!(open(folder.path()).damage().is_none());
}

#[test]
fn a_damaged_database_keeps_its_history() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    save(&mut store, &samples(5));
    end(&mut store, vec![past(6, 0), past(7, 1)]);
    drop(store);
    let database = folder.path().join("queue.db");
    let mut bytes = fs::read(&database).unwrap();
    // The application's mark.
    bytes[68] ^= 1;
    fs::write(&database, bytes).unwrap();
    let mut store = open(folder.path());
    assert_eq!(store.damage().unwrap().jobs_saved, 5);
    assert_eq!(shown(folder.path(), 1), ["job 7", "job 6"]);
    end(&mut store, vec![past(8, 2)]);
    assert_eq!(shown(folder.path(), 2), ["job 8", "job 7", "job 6"]);
}

#[test]
fn a_job_without_files_is_nothing_to_remember() {
    let (mut job, _) = sample(1);
    job.totals = Totals::default();
    assert_eq!(HistoryEntry::of(&job, &[]), None);
}

#[test]
fn a_queue_of_version_2_is_brought_to_this_one() {
    let folder = tempdir().unwrap();
    let database = folder.path().join("queue.db");
    fs::write(&database, VERSION_2).unwrap();
    let mut store = open(folder.path());
    assert!(store.damage().is_none());
    let names: Vec<_> = store.records().unwrap().into_iter().map(|job| job.display_name).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert!(shown(folder.path(), 0).is_empty());
    end(&mut store, vec![past(1, 0)]);
    assert_eq!(shown(folder.path(), 0), ["job 1"]);
    store.distrust();
    drop(store);
    assert!(open(folder.path()).damage().is_none(), "all of it is sound");
    let connection = Connection::open(&database).unwrap();
    let version: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, schema::VERSION);
}
