//! Jobs are found by their description, also in a queue that an older version
//! wrote.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tempfile::tempdir;

use crate::store::{StoreReader, schema, tally};
use crate::vocab::code;

use super::*;

/// A queue as version 1 of the database left it: two downloads by `bgcopy get` and
/// one by `add`.
const VERSION_1: &[u8] = include_bytes!("../../../tests/stores/version_1.db");
const DESCRIBED: [(&str, &str); 2] = [
    ("a", "bgcopy get c171e33f10a03a4b20ee784d364ab487d55942a334fe12a48b21b2c1188b99cd"),
    ("b", "bgcopy get 386be59d7cc8294fdeddb4f16ae892be1620ba0e8585588cbba06173ca22298d"),
];

fn described(number: u64, description: &str) -> Sample {
    let (mut job, files) = sample(number);
    job.description = description.to_owned();
    (job, files)
}

/// The names of the jobs with a description.
fn names(folder: &Path, description: &str) -> Vec<String> {
    let found = StoreReader::open(folder).unwrap().described(description).unwrap();
    found.into_iter().map(|job| job.display_name).collect()
}

#[test]
fn a_description_is_looked_up_and_not_searched_for() {
    let folder = tempdir().unwrap();
    let mut saved: Vec<_> = (1..=500).map(|number| described(number, "others")).collect();
    saved.extend((501..=1000).map(sample));
    saved.push(described(1001, "this one"));
    let mut store = open(folder.path());
    save(&mut store, &saved);
    tally::take();
    assert_eq!(names(folder.path(), "this one"), ["job 1001"]);
    let looked_at = tally::take();
    assert_eq!((looked_at.decoded, looked_at.scanned), (1, 0));
    assert_eq!(names(folder.path(), "").len(), 500);
    assert!(tally::take().scanned >= 500, "what is counted is what it should be");

    // Changes are followed.
    save(&mut store, &[described(1001, "another"), described(1, ""), described(502, "this one")]);
    assert_eq!(names(folder.path(), "this one"), ["job 502"]);
    assert_eq!(names(folder.path(), "another"), ["job 1001"]);
    assert_eq!(names(folder.path(), "others").len(), 499);
    assert_eq!(everything(&store).len(), 1001);
}

#[test]
fn a_damaged_key_is_damage_to_its_job() {
    for damaged in ["description + 1", "NULL"] {
        let folder = tempdir().unwrap();
        save(&mut open(folder.path()), &[described(1, "this one")]);
        let connection = Connection::open(folder.path().join("queue.db")).unwrap();
        connection.execute(&format!("UPDATE jobs SET description = {damaged}"), []).unwrap();
        drop(connection);
        let error = open(folder.path()).load(id_of(1)).err().unwrap();
        assert_eq!(error.code, code::BG_E_DATABASE_CORRUPT, "{damaged}");
    }
}

#[test]
fn a_queue_of_version_1_is_brought_to_this_one() {
    let folder = tempdir().unwrap();
    let database = folder.path().join("queue.db");
    fs::write(&database, VERSION_1).unwrap();
    let store = open(folder.path());
    assert!(store.damage().is_none());
    let records = store.records().unwrap();
    assert_eq!(
        records.iter().map(|job| job.display_name.as_str()).collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    for (name, description) in DESCRIBED {
        assert_eq!(names(folder.path(), description), [name]);
    }
    assert_eq!(store.unreadable(), 0);
    store.distrust();
    drop(store);
    assert!(open(folder.path()).damage().is_none(), "all of it is sound");
    let connection = Connection::open(&database).unwrap();
    let version: i32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, schema::VERSION);
}

#[test]
fn a_damaged_job_of_version_1_stays_damaged_and_the_others_are_saved() {
    let folder = tempdir().unwrap();
    let database = folder.path().join("queue.db");
    let mut bytes = VERSION_1.to_vec();
    let at = bytes.windows(5).position(|bytes| bytes == b"get c").unwrap();
    bytes[at + 6] ^= 1;
    fs::write(&database, bytes).unwrap();
    let store = open(folder.path());
    let id = store.page(None, 1).unwrap()[0].1;
    assert_eq!(store.load(id).err().unwrap().code, code::BG_E_DATABASE_CORRUPT);
    drop(store);
    let store = open(folder.path());
    let damage = store.damage().unwrap();
    assert_eq!((damage.jobs_saved, damage.jobs_lost), (2, 1));
    assert_eq!(names(folder.path(), DESCRIBED[1].1), ["b"]);
}

#[test]
fn a_damaged_queue_of_version_1_is_salvaged_into_this_one() {
    let folder = tempdir().unwrap();
    let mut bytes = VERSION_1.to_vec();
    // The application's mark.
    bytes[68] ^= 1;
    fs::write(folder.path().join("queue.db"), bytes).unwrap();
    let store = open(folder.path());
    let damage = store.damage().unwrap();
    assert_eq!((damage.jobs_saved, damage.jobs_lost), (3, 0));
    for (name, description) in DESCRIBED {
        assert_eq!(names(folder.path(), description), [name]);
    }
}
