//! Jobs are found by their key.

use rusqlite::Connection;
use tempfile::tempdir;

use crate::store::tally;
use crate::vocab::{JobState, code};

use super::*;

fn keyed(number: u64, key: &str) -> Sample {
    let (mut job, files) = sample(number);
    job.key = Some(key.to_owned());
    (job, files)
}

#[test]
fn a_key_is_looked_up_and_not_searched_for() {
    let folder = tempdir().unwrap();
    let mut saved: Vec<_> = (1..=500).map(sample).collect();
    saved.extend((501..=1000).map(|number| keyed(number, &format!("key {number}"))));
    let mut store = open(folder.path());
    save(&mut store, &saved);
    tally::take();
    assert_eq!(store.keyed("key 700").unwrap(), [id_of(700)]);
    assert_eq!(tally::take().decoded, 1);
    assert!(store.keyed("key 7").unwrap().is_empty());
    assert_eq!(tally::take().decoded, 0);
    assert_eq!(everything(&store), saved);
}

#[test]
fn a_final_job_has_given_its_key_back() {
    for state in [JobState::Acknowledged, JobState::Cancelled] {
        let folder = tempdir().unwrap();
        let mut store = open(folder.path());
        let (mut job, files) = keyed(1, "key");
        save(&mut store, &[(job.clone(), files.clone())]);
        assert_eq!(store.keyed("key").unwrap(), [job.id]);
        job.state = state;
        save(&mut store, &[(job, files), keyed(2, "key")]);
        assert_eq!(store.keyed("key").unwrap(), [id_of(2)]);
        assert_eq!(everything(&store).len(), 2);
    }
}

#[test]
fn a_damaged_key_is_damage_to_its_job() {
    for damaged in ["key + 1", "NULL", "description"] {
        let folder = tempdir().unwrap();
        save(&mut open(folder.path()), &[keyed(1, "key")]);
        let connection = Connection::open(folder.path().join("queue.db")).unwrap();
        connection.execute(&format!("UPDATE jobs SET key = {damaged}"), []).unwrap();
        drop(connection);
        let error = open(folder.path()).load(id_of(1)).err().unwrap();
        assert_eq!(error.code, code::BG_E_DATABASE_CORRUPT, "{damaged}");
    }
}

#[test]
fn a_damaged_job_is_not_taken_for_none() {
    let folder = tempdir().unwrap();
    save(&mut open(folder.path()), &[keyed(1, "key")]);
    let connection = Connection::open(folder.path().join("queue.db")).unwrap();
    connection.execute("UPDATE jobs SET priority = priority + 1", []).unwrap();
    drop(connection);
    let error = open(folder.path()).keyed("key").err().unwrap();
    assert_eq!(error.code, code::BG_E_DATABASE_CORRUPT);
}

#[test]
fn a_salvaged_job_keeps_its_key() {
    let folder = tempdir().unwrap();
    save(&mut open(folder.path()), &[keyed(1, "key"), sample(2)]);
    let connection = Connection::open(folder.path().join("queue.db")).unwrap();
    connection.execute("UPDATE jobs SET priority = priority + 1 WHERE number = 2", []).unwrap();
    drop(connection);
    let store = open(folder.path());
    assert!(store.load(id_of(2)).is_err());
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.damage().unwrap().jobs_saved, 1);
    assert_eq!(store.keyed("key").unwrap(), [id_of(1)]);
}
