//! A damaged database opens, says so, and never gives a wrong job.

use std::collections::BTreeMap;
use std::fs;

use tempfile::tempdir;

use crate::vocab::code;

use super::*;

const JOBS: u64 = 50;
const PAGE: usize = 4096;
/// More jobs than ever have a part of their rows on one page.
const JOBS_PER_PAGE_MAX: u64 = 12;

#[test]
fn every_byte_of_the_header_may_be_wrong() {
    let sound = database();
    for at in 0..100 {
        for mask in [0x01, 0x80, 0xff] {
            let mut bytes = sound.clone();
            bytes[at] ^= mask;
            let kept = outcome(&bytes, &format!("byte {at} of the header ^ {mask:#x}"));
            assert_eq!(kept, JOBS, "byte {at}");
        }
    }
}

#[test]
fn bytes_anywhere_may_be_wrong() {
    let sound = database();
    for at in (100..sound.len()).step_by(509) {
        let mut bytes = sound.clone();
        bytes[at] ^= 1 << (at % 8);
        let kept = outcome(&bytes, &format!("byte {at}"));
        assert!(kept >= JOBS - JOBS_PER_PAGE_MAX, "byte {at}: {kept} jobs left");
    }
}

#[test]
fn heads_of_pages_may_be_wrong() {
    let sound = database();
    for (page, at) in (PAGE..sound.len()).step_by(PAGE).enumerate() {
        let mut bytes = sound.clone();
        bytes[at + page % 12] ^= 0xff;
        let kept = outcome(&bytes, &format!("head of the page at {at}"));
        assert!(kept >= JOBS - JOBS_PER_PAGE_MAX, "page at {at}: {kept} jobs left");
    }
}

#[test]
fn whole_pages_may_be_wrong() {
    let sound = database();
    for (page, at) in (0..sound.len()).step_by(PAGE).enumerate() {
        let mut bytes = sound.clone();
        let filling = if page % 2 == 0 { 0 } else { 0xa5 };
        bytes[at..at + PAGE].fill(filling);
        let kept = outcome(&bytes, &format!("page at {at}"));
        assert!(kept >= JOBS - JOBS_PER_PAGE_MAX, "page at {at}: {kept} jobs left");
    }
}

#[test]
fn the_file_may_be_cut_anywhere() {
    let sound = database();
    for length in (0..sound.len()).step_by(3001) {
        outcome(&sound[..length], &format!("cut at {length}"));
    }
}

#[test]
fn rubbish_is_set_aside_as_it_was() {
    let rubbish = b"certainly no database".repeat(1000);
    let folder = folder_with(&rubbish);
    let refusal = crate::store::StoreReader::open(folder.path()).err().unwrap();
    assert_eq!(refusal.code, code::BG_E_DATABASE_CORRUPT);

    let store = open(folder.path());

    let damage = store.damage().unwrap();
    assert_eq!((damage.jobs_saved, damage.jobs_lost), (0, 0));
    assert_eq!(fs::read(&damage.kept_at).unwrap(), rubbish);
    assert_eq!(store.records().unwrap(), []);
}

#[test]
fn a_reader_tells_of_a_damaged_job_and_the_salvage_names_what_is_lost() {
    let folder = tempdir().unwrap();
    let (job, mut files) = sample(1);
    files[0].local_name = folder.path().join("target").to_string_lossy().into_owned();
    let temporary = files[0].temporary_name(job.id, 0);
    fs::write(&temporary, b"bytes").unwrap();
    save(&mut open(folder.path()), &[(job.clone(), files), sample(2)]);
    let database = folder.path().join("queue.db");
    let mut bytes = fs::read(&database).unwrap();
    let name = bytes.windows(7).position(|bytes| bytes == b"\"job 1\"").unwrap();
    bytes[name + 5] ^= 4;
    fs::write(&database, bytes).unwrap();

    let reader = crate::store::StoreReader::open(folder.path()).unwrap();
    let survey = reader.survey().unwrap();
    assert_eq!(survey.jobs, [sample(2).0]);
    assert!(matches!(survey.damaged.as_slice(), [text] if text.contains(&job.id.to_string())));
    drop(reader);

    let store = open(folder.path());
    let damage = store.damage().expect("the store was marked");
    assert_eq!((damage.jobs_saved, damage.jobs_lost), (1, 1));
    for named in [job.id.to_string(), temporary] {
        assert!(damage.message.contains(&named), "{named}: {}", damage.message);
    }
}

#[test]
fn whoever_meets_a_damaged_page_marks_the_store() {
    let sound = database();
    let mut met = 0;
    for at in (PAGE..sound.len()).step_by(PAGE) {
        let mut bytes = sound.clone();
        bytes[at..at + PAGE].fill(0);
        let folder = folder_with(&bytes);
        let looked = crate::store::StoreReader::open(folder.path())
            .and_then(|reader| Ok(reader.survey()?.damaged.len()));
        let is_damaged = match looked {
            Ok(damaged) => damaged > 0,
            Err(error) => error.code == code::BG_E_DATABASE_CORRUPT,
        };
        if is_damaged {
            met += 1;
            assert!(open(folder.path()).damage().is_some(), "page at {at}");
        }
    }
    assert!(met > 5, "{met} damaged pages were met");
}

#[test]
fn a_deleted_job_does_not_come_back() {
    let folder = tempdir().unwrap();
    let mut store = open(folder.path());
    let saved = samples(JOBS);
    save(&mut store, &saved);
    let deleted = saved[10..40].iter().map(|(job, _)| job.id).collect();
    store.save(&Batch { deleted, ..Batch::default() }, Durability::Kill).unwrap();
    drop(store);
    let mut bytes = fs::read(folder.path().join("queue.db")).unwrap();
    bytes[0] = 0;
    fs::write(folder.path().join("queue.db"), bytes).unwrap();

    let store = open(folder.path());

    assert!(store.damage().is_some());
    let expected: Vec<Sample> = saved[..10].iter().chain(&saved[40..]).cloned().collect();
    assert_eq!(everything(&store), expected);
}

/// Opens a queue with this database and checks what may be checked whatever is
/// wrong with it. Gives the number of jobs that are left in the end.
fn outcome(bytes: &[u8], what: &str) -> u64 {
    let folder = folder_with(bytes);
    let mut store = open(folder.path());
    let mut sound = check(&store, what);
    if store.damage().is_none() && sound.is_none() {
        drop(store);
        store = open(folder.path());
        assert!(store.damage().is_some(), "{what}: not noticed by the next open");
        sound = check(&store, what);
    }
    let kept = sound.unwrap_or_else(|| panic!("{what}: still damaged"));
    match store.damage() {
        None => assert_eq!(kept, JOBS, "{what}: jobs are gone without a word"),
        Some(damage) => {
            assert_eq!(damage.jobs_saved, kept, "{what}");
            assert!(damage.kept_at.exists(), "{what}");
        }
    }
    kept
}

/// Reads everything in every way. Whatever is read is right; None if something
/// was reported damaged, else the number of jobs.
fn check(store: &Store, what: &str) -> Option<u64> {
    let saved: BTreeMap<Uuid, Sample> =
        samples(JOBS).into_iter().map(|sample| (sample.0.id, sample)).collect();
    let mut all_sound = true;
    let mut found = 0;
    for (id, sample) in &saved {
        match store.load(*id) {
            Ok(Some(loaded)) => {
                assert!(&loaded == sample, "{what}: job {id} is wrong");
                found += 1;
            }
            Ok(None) => {}
            Err(error) => {
                assert_eq!(error.code, code::BG_E_DATABASE_CORRUPT, "{what}");
                all_sound = false;
            }
        }
    }
    match store.records() {
        Ok(records) => {
            all_sound &= store.unreadable() == 0 && records.len() as u64 == found;
            for record in records {
                assert!(record == saved[&record.id].0, "{what}: job {} is wrong", record.id);
            }
        }
        Err(error) => {
            assert_eq!(error.code, code::BG_E_DATABASE_CORRUPT, "{what}");
            all_sound = false;
        }
    }
    all_sound.then_some(found)
}

fn folder_with(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("queue.db"), bytes).unwrap();
    folder
}

/// The bytes of a sound database.
fn database() -> Vec<u8> {
    let folder = tempdir().unwrap();
    save(&mut open(folder.path()), &samples(JOBS));
    fs::read(folder.path().join("queue.db")).unwrap()
}
