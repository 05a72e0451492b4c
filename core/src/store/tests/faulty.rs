//! Every operation fails once, and nothing is ever half done.

use std::path::Path;

use tempfile::tempdir;

use crate::vocab::{JobState, Result, code};

use super::super::failure::StoreFailure;
use super::super::opening;
use super::*;

#[test]
fn a_failed_save_leaves_everything_as_it_was() {
    let mut before = samples(6);
    before.sort_by_key(|(job, _)| (job.created_ms, job.id));
    let (after, deleted) = changed(&before);
    let mut failures = 0;
    for operation in 1.. {
        let folder = tempdir().unwrap();
        save(&mut open(folder.path()), &before);
        let faults = Faults::default();
        let mut store = Store::open(folder.path(), faults.clone()).unwrap();
        faults.set(operation);

        let mut batch = batch_of(&after);
        batch.deleted.push(deleted);
        let outcome = store.save(&batch, Durability::PowerCut);

        faults.set(0);
        let expected = if outcome.is_ok() { &after } else { &before };
        assert_eq!(&everything(&store), expected);
        assert_eq!(store.job_count().unwrap(), expected.len() as u64);
        drop(store);
        assert_eq!(&everything(&open(folder.path())), expected);
        match outcome {
            Ok(()) => break,
            Err(error) => assert_eq!(error.code, code::E_IO_DEVICE),
        }
        failures += 1;
    }
    assert!(failures > 10);
}

#[test]
fn the_reserve_is_given_up_for_what_frees_room() {
    let folder = tempdir().unwrap();
    let reserve = folder.path().join("queue.db.reserve");
    let saved = samples(4);
    let faults = Faults::default();
    let mut store = Store::open(folder.path(), faults.clone()).unwrap();
    let whole = std::fs::metadata(&reserve).unwrap().len();
    assert!(whole >= 256 << 10);
    faults.fill_disk(1);

    let refused = store.save(&batch_of(&saved), Durability::Kill).unwrap_err();
    assert_eq!(refused.code, code::E_DISK_FULL);
    assert_eq!(std::fs::metadata(&reserve).unwrap().len(), whole, "it is for others");
    let freeing = Batch { frees_room: true, ..batch_of(&saved) };
    store.save(&freeing, Durability::Kill).unwrap();
    assert_eq!(std::fs::metadata(&reserve).unwrap().len(), whole, "it is back");

    drop(store);
    let mut store = Store::open(folder.path(), faults.clone()).unwrap();
    store.reserve.give(whole);
    faults.fill_disk(1);
    let refused = store.save(&freeing, Durability::Kill).unwrap_err();
    assert_eq!(refused.code, code::E_DISK_FULL, "there is nothing to give");
}

#[test]
fn a_page_that_cannot_be_read_is_not_lost() {
    let folder = tempdir().unwrap();
    // A folder can be opened, and not read.
    std::fs::create_dir(folder.path().join("queue.db")).unwrap();

    let outcome = crate::store::salvage::run(folder.path(), "a test", &Faults::default());

    assert!(outcome.is_err_and(|failure| !failure.is_damage()));
    assert!(!folder.path().join("queue.db.salvaged").exists());
}

#[test]
fn what_fails_once_is_looked_at_again() {
    let folder = tempdir().unwrap();
    let store = open(folder.path());
    let tries = std::cell::Cell::new(0);
    let fails = |times: u32| {
        tries.set(0);
        store.look(|_| {
            tries.set(tries.get() + 1);
            if tries.get() <= times {
                Err(StoreFailure::Damaged("a test".to_owned()))
            } else {
                Ok(())
            }
        })
    };
    fails(1).unwrap();
    assert!(!folder.path().join("queue.db.suspect").exists());
    assert_eq!(fails(2).unwrap_err().code, code::BG_E_DATABASE_CORRUPT);
    assert!(folder.path().join("queue.db.suspect").exists());
}

#[test]
fn a_scenario_that_fails_anywhere_can_be_run_again() {
    for operation in 1.. {
        let folder = tempdir().unwrap();
        let folder = folder.path().join("queue");
        let faults = Faults::at(operation);

        let outcome = scenario(&folder, faults.clone());

        assert_eq!(outcome.is_err(), faults.reached(), "operation {operation}");
        scenario(&folder, Faults::default()).unwrap();
        assert_eq!(everything(&open(&folder)), samples(4), "operation {operation}");
        if !faults.reached() {
            return;
        }
    }
}

#[test]
fn a_salvage_that_fails_anywhere_is_done_by_the_next_open() {
    let saved = samples(10);
    for operation in 1.. {
        let folder = tempdir().unwrap();
        save(&mut open(folder.path()), &saved);
        let database = folder.path().join("queue.db");
        let mut bytes = std::fs::read(&database).unwrap();
        bytes[3] ^= 0xff;
        std::fs::write(&database, bytes).unwrap();
        let faults = Faults::at(operation);

        let outcome = Store::open(folder.path(), faults.clone());

        let reached = faults.reached();
        assert_eq!(outcome.is_err(), reached, "operation {operation}");
        faults.set(0);
        let store = match outcome {
            Ok(store) => store,
            Err(_) => open(folder.path()),
        };
        assert_eq!(store.damage().unwrap().jobs_saved, 10);
        assert_eq!(everything(&store), saved);
        if !reached {
            return;
        }
    }
}

#[test]
fn a_salvage_cut_short_while_files_are_renamed_is_finished() {
    let saved = samples(10);
    for names in [vec![], vec![""], vec!["", "-wal"]] {
        let (folder, elsewhere) = (tempdir().unwrap(), tempdir().unwrap());
        let folder = folder.path();
        let mut store = open(elsewhere.path());
        save(&mut store, &saved);
        for name in ["queue.db", "queue.db-wal"] {
            std::fs::copy(elsewhere.path().join(name), folder.join(name)).unwrap();
        }
        crate::store::salvage::run(folder, "a test", &Faults::default()).unwrap();
        for end in names {
            let from = folder.join(format!("queue.db{end}"));
            std::fs::rename(from, folder.join(format!("queue.db.damaged-1{end}"))).unwrap();
        }

        let store = open(folder);

        let damage = store.damage().unwrap();
        assert_eq!((damage.jobs_saved, damage.jobs_lost), (10, 0));
        assert_eq!(damage.message, "a test");
        assert_eq!(everything(&store), saved);
    }
}

/// What becomes of the samples, and the one that goes.
fn changed(before: &[Sample]) -> (Vec<Sample>, Uuid) {
    let mut after = before.to_vec();
    let deleted = after.remove(2).0.id;
    after[0].0.state = JobState::Connecting;
    after[0].0.retry = None;
    after[1].0.description = "changed".to_owned();
    after.push(sample(50));
    (after, deleted)
}

fn scenario(folder: &Path, faults: Faults) -> Result<()> {
    let saved = samples(4);
    let mut store = Store::open(folder, faults)?;
    store.save(&batch_of(&saved[..2]), Durability::Kill)?;
    store.save(&batch_of(&saved[1..]), Durability::PowerCut)?;
    store.sync()?;
    store.load(saved[0].0.id)?;
    store.records()?;
    store.next_runnable(None, 10)?;
    store.next_due()?;
    store.closing()?;
    Ok(())
}

/// SQLite does not report every write that failed while a database was made.
#[test]
fn a_new_database_with_a_bad_header_gets_no_name() {
    let place = tempdir().expect("a folder");
    let name = place.path().join("queue.db");
    let make = |is_whole: bool| {
        let connection = opening::build(place.path()).expect("built");
        if !is_whole {
            connection.pragma_update(None, "application_id", 7).expect("another number");
        }
        opening::finish(place.path(), connection, &name)
    };
    let Err(StoreFailure::Told(error)) = make(false) else {
        panic!("it was given its name");
    };
    assert_eq!(error.code, code::E_IO_DEVICE);
    assert!(!name.exists());
    make(true).expect("one that is whole");
    assert!(name.exists());
}
