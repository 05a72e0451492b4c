//! A queue of any length is looked at a page at a time. What is done for it is
//! counted.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use rusqlite::Connection;
use tempfile::tempdir;

use crate::store::failure::StoreFailure;
use crate::store::row::JobRow;
use crate::store::{StoreReader, survey, tally};
use crate::vocab::JobState;

use super::*;

/// More than two pages.
const JOBS: u64 = 600;

/// The most that a survey may be ahead of who looks.
const PAGE_JOBS: u64 = 256;

fn suspended(count: u64) -> Vec<Sample> {
    (1..=count).map(sample).collect()
}

#[test]
fn a_survey_keeps_no_more_than_a_page() {
    let folder = tempdir().unwrap();
    save(&mut open(folder.path()), &suspended(JOBS));
    let reader = StoreReader::open(folder.path()).unwrap();
    tally::take();
    let (mut seen, mut decoded) = (0, 0);
    let damaged = reader.survey_each(|job| {
        seen += 1;
        assert_eq!(job.id, id_of(seen), "in order of creation");
        decoded += tally::take().decoded;
        assert!(decoded - seen < PAGE_JOBS, "{decoded} for {seen}");
        ControlFlow::Continue(())
    });
    assert_eq!(damaged.unwrap(), Vec::<String>::new());
    assert_eq!((seen, decoded), (JOBS, JOBS));
}

#[test]
fn a_survey_ends_when_it_is_enough() {
    let folder = tempdir().unwrap();
    save(&mut open(folder.path()), &suspended(JOBS));
    let reader = StoreReader::open(folder.path()).unwrap();
    tally::take();
    let mut seen = 0;
    let looked = reader.survey_each(|_| {
        seen += 1;
        if seen < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    looked.unwrap();
    assert_eq!((seen, tally::take().decoded), (3, PAGE_JOBS));
}

#[test]
fn ids_come_without_decoding_what_is_not_final() {
    let folder = tempdir().unwrap();
    let mut saved = suspended(JOBS);
    saved[7].0.state = JobState::Acknowledged;
    save(&mut open(folder.path()), &saved);
    let reader = StoreReader::open(folder.path()).unwrap();
    tally::take();
    let (ids, damaged) = reader.ids().unwrap();
    assert_eq!(tally::take().decoded, 1);
    let expected: Vec<_> = (1..=JOBS).filter(|number| *number != 8).map(id_of).collect();
    assert_eq!((ids, damaged), (expected, Vec::new()));
}

#[test]
fn a_job_that_stays_is_seen_once_while_others_come_and_go() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    save(&mut store, &suspended(JOBS));
    let store = RefCell::new(store);
    let reader = StoreReader::open(folder.path()).unwrap();
    let (mut seen, mut made) = (Vec::new(), JOBS);
    let looked = reader.survey_each(|job| {
        seen.push(job.id);
        if seen.len().is_multiple_of(100) {
            // One that was seen, one that was not, and a new one.
            let deleted = vec![id_of(seen.len() as u64 - 1), id_of(JOBS - seen.len() as u64 / 100)];
            let mut store = store.borrow_mut();
            let batch = Batch { deleted, ..Batch::default() };
            store.save(&batch, Durability::Kill).unwrap();
            made += 1;
            save(&mut store, &[sample(made)]);
        }
        ControlFlow::Continue(())
    });
    assert_eq!(looked.unwrap(), Vec::<String>::new());
    let once: BTreeSet<_> = seen.iter().collect();
    assert_eq!(once.len(), seen.len());
    assert!((1..=JOBS - 10).all(|number| once.contains(&id_of(number))));
}

#[test]
fn jobs_that_a_damaged_tree_hides_are_missed() {
    let folder = tempdir().unwrap();
    save(&mut open(folder.path()), &suspended(JOBS));
    let path = folder.path().join("queue.db");
    let take = |number, row: JobRow| row.decode(number).map(Some);
    let hides = |deletes: &dyn Fn(&Connection)| {
        let connection = Connection::open(&path).unwrap();
        let looked = survey::each(
            |place| {
                if place.is_some() {
                    deletes(&connection);
                }
                survey::page(&connection, place, take)
            },
            |_| ControlFlow::Continue(()),
        );
        matches!(looked, Err(StoreFailure::Damaged(_)))
    };
    assert!(!hides(&|_| {}));
    // What the connection itself does is no change by somebody else.
    assert!(hides(&|own| {
        own.execute_batch("SAVEPOINT hidden; DELETE FROM jobs WHERE number > 590;").unwrap();
    }));
    // Others may delete jobs, of which the ledger knows.
    let other = RefCell::new(open(folder.path()));
    let batch = Batch { deleted: (591..=JOBS).map(id_of).collect(), ..Batch::default() };
    assert!(!hides(&|_| other.borrow_mut().save(&batch, Durability::Kill).unwrap()));
    drop(other);
    // But not in silence.
    let other = Connection::open(&path).unwrap();
    assert!(hides(&|_| _ = other.execute("DELETE FROM jobs WHERE number > 580", []).unwrap()));
}

#[test]
fn jobs_are_counted_once_and_not_for_each_list() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    save(&mut store, &suspended(3));
    tally::take();
    for _ in 0..3 {
        assert_eq!(store.page(None, 10).unwrap().len(), 3);
    }
    assert_eq!(tally::take().counts, 1);
}
