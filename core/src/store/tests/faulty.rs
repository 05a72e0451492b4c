//! Every operation fails once, and nothing is ever half done.

use std::path::Path;

use tempfile::tempdir;

use crate::vocab::{JobState, Result, code};

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
fn a_story_that_fails_anywhere_can_be_told_again() {
    for operation in 1.. {
        let folder = tempdir().unwrap();
        let folder = folder.path().join("queue");
        let faults = Faults::at(operation);

        let outcome = story(&folder, faults.clone());

        assert_eq!(outcome.is_err(), faults.reached(), "operation {operation}");
        story(&folder, Faults::default()).unwrap();
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

fn story(folder: &Path, faults: Faults) -> Result<()> {
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
