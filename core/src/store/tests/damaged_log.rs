//! Damage after a crash, while the newest changes are still in the log.

use std::fs;

use tempfile::{TempDir, tempdir};

use super::*;

#[test]
fn a_crash_loses_nothing() {
    let (folder, saved) = crashed();
    let store = open(folder.path());
    assert!(store.damage().is_none());
    assert_eq!(everything(&store), saved);
}

#[test]
fn a_damaged_database_takes_the_newest_from_its_log() {
    for at in [0, 17, 61, 4096, 8200] {
        let (folder, saved) = crashed();
        flip(&folder, "queue.db", at);
        let mut store = open(folder.path());
        // Pages that the log has anew are not looked at in the database.
        if store.damage().is_none() && store.records().is_err() {
            drop(store);
            store = open(folder.path());
        }
        assert_eq!(everything(&store), saved, "byte {at}");
    }
}

#[test]
fn a_damaged_header_of_the_log_loses_nothing() {
    for at in 0..32 {
        let (folder, saved) = crashed();
        flip(&folder, "queue.db-wal", at);
        let store = open(folder.path());
        assert!(store.damage().is_some(), "byte {at}");
        assert_eq!(everything(&store), saved, "byte {at}");
    }
}

#[test]
fn a_log_without_its_database_is_damage() {
    let (folder, _) = crashed();
    fs::remove_file(folder.path().join("queue.db")).unwrap();
    let store = open(folder.path());
    assert!(store.damage().unwrap().kept_at.exists());
}

#[test]
fn a_reader_sees_what_a_crash_left() {
    let (folder, saved) = crashed();
    let reader = crate::store::StoreReader::open(folder.path()).unwrap();
    assert!(!reader.engine_is_running());
    assert_eq!(reader.survey().unwrap().jobs.len(), saved.len());
    drop(reader);
    assert_eq!(everything(&open(folder.path())), saved);
}

#[test]
fn a_log_cut_anywhere_is_an_earlier_moment() {
    let (folder, saved) = crashed();
    let log = fs::read(folder.path().join("queue.db-wal")).unwrap();
    for length in (0..log.len()).step_by(5003) {
        let (folder, _) = crashed();
        fs::write(folder.path().join("queue.db-wal"), &log[..length]).unwrap();
        let store = open(folder.path());
        assert!(store.damage().is_none());
        let found = everything(&store);
        let moments = [0, 10, 20, 30];
        assert!(moments.iter().any(|count| found == saved[..*count]), "cut at {length}");
    }
}

/// A queue whose process died: 10 jobs are in the database, 20 in the log.
fn crashed() -> (TempDir, Vec<Sample>) {
    let folder = tempdir().unwrap();
    let saved = samples(30);
    save(&mut open(folder.path()), &saved[..10]);
    let mut store = open(folder.path());
    save(&mut store, &saved[10..20]);
    save(&mut store, &saved[20..]);
    let copy = tempdir().unwrap();
    for name in ["queue.db", "queue.db-wal"] {
        fs::copy(folder.path().join(name), copy.path().join(name)).unwrap();
    }
    (copy, saved)
}

fn flip(folder: &TempDir, name: &str, at: usize) {
    let path = folder.path().join(name);
    let mut bytes = fs::read(&path).unwrap();
    bytes[at] ^= 0x55;
    fs::write(path, bytes).unwrap();
}
