//! Who else has the queue open, and who wrote it.

use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;
use tempfile::tempdir;

use crate::store::StoreReader;
use crate::vocab::code;

use super::*;

#[test]
fn a_second_store_is_refused_until_the_first_is_gone() {
    let folder = tempdir().unwrap();
    let first = open(folder.path());

    let Err(refusal) = Store::open(folder.path(), Faults::default()) else {
        panic!("two stores at once");
    };
    assert_eq!(refusal.code, code::E_SHARING_VIOLATION);
    assert!(refusal.message.contains("already"), "{}", refusal.message);

    drop(first);
    open(folder.path());
}

#[test]
fn the_folder_and_its_files_are_for_this_user_alone() {
    let folder = tempdir().unwrap();
    let folder = folder.path().join("a/b");
    let store = open(&folder);

    let mode =
        |name: &str| std::fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(""), 0o700);
    for name in ["queue.db", "queue.db-wal", "queue.db-shm", "engine.lock"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    drop(store);
}

#[test]
fn a_reader_sees_the_queue_beside_an_open_store() {
    let folder = tempdir().unwrap();
    let missing = StoreReader::open(folder.path()).err().unwrap();
    assert_eq!(missing.code, code::E_FILE_NOT_FOUND);
    let mut store = open(folder.path());
    let saved = samples(5);
    save(&mut store, &saved[..3]);

    let reader = StoreReader::open(folder.path()).unwrap();
    assert_eq!(reader.survey().unwrap().jobs.len(), 3);
    assert!(reader.engine_is_running());
    // The store can write on, and the reader follows.
    save(&mut store, &saved);
    assert_eq!(reader.survey().unwrap().jobs.len(), 5);
    assert_eq!(reader.load(saved[4].0.id).unwrap().as_ref(), Some(&saved[4]));

    drop(store);
    assert!(!reader.engine_is_running());
    assert_eq!(reader.survey().unwrap().jobs.len(), 5);
    // Looking does not keep a store out.
    let _store = open(folder.path());
    assert!(reader.engine_is_running());
}

#[test]
fn a_queue_is_seen_where_nothing_can_be_made_beside_it() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let saved = samples(30);
    save(&mut store, &saved[..20]);
    drop(store);
    let mut store = open(folder.path());
    save(&mut store, &saved);
    // A crash leaves the log, with what is newest.
    let after = tempdir().unwrap();
    for name in ["queue.db", "queue.db-wal", "engine.lock"] {
        std::fs::copy(folder.path().join(name), after.path().join(name)).unwrap();
    }
    drop(store);
    for folder in [folder.path(), after.path()] {
        let index = folder.join("queue.db-shm");
        std::os::unix::fs::symlink(&index, &index).unwrap();

        let reader = StoreReader::open(folder).unwrap();

        assert_eq!(reader.survey().unwrap().jobs.len(), saved.len());
        for (job, files) in &saved {
            assert_eq!(reader.load(job.id).unwrap(), Some((job.clone(), files.clone())));
        }
    }
}

#[test]
fn a_queue_that_cannot_be_reached_is_not_a_missing_one() {
    let folder = tempdir().unwrap();
    let lost = folder.path().join("lost");
    std::os::unix::fs::symlink(&lost, &lost).unwrap();
    assert_eq!(StoreReader::open(&lost).err().unwrap().code, code::E_ACCESSDENIED);
}

#[test]
fn a_newer_version_is_refused_and_left_alone() {
    let folder = tempdir().unwrap();
    save(&mut open(folder.path()), &samples(3));
    let database = folder.path().join("queue.db");
    become_newer(&database);
    let before = std::fs::read(&database).unwrap();

    let error = Store::open(folder.path(), Faults::default()).err().unwrap();
    assert_eq!(error.code, code::BGCOPY_E_STORE_NEWER);
    let error = StoreReader::open(folder.path()).err().unwrap();
    assert_eq!(error.code, code::BGCOPY_E_STORE_NEWER);

    assert!(std::fs::read(&database).unwrap() == before);
    let names = std::fs::read_dir(folder.path()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.contains("damaged")));
}

/// Writes the version of the future into both of its places.
fn become_newer(database: &Path) {
    let version = crate::store::schema::VERSION + 1;
    let value = format!("{{\"version\":{version},\"from\":\"the future\"}}").into_bytes();
    let checksum = crate::store::row::meta_checksum("schema", &value);
    let connection = Connection::open(database).unwrap();
    connection.pragma_update(None, "user_version", version).unwrap();
    connection
        .execute("UPDATE meta SET value = ?1, checksum = ?2 WHERE key = 1", (&value, &checksum))
        .unwrap();
}
