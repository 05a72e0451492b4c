//! A new database from what can still be read of a damaged one.
//!
//! The pages are gone through twice: first for the jobs, then for their files. A
//! job is carried over if its row and the rows of all its files are as they were
//! written; everything else is left in the damaged database, which is kept.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::FileRecord;
use crate::platform::path_of;

use super::failure::Fallible;
use super::faults::Faults;
use super::ledger::Ledger;
use super::pages::{Pages, RawRow, Value};
use super::row::{self, IndexKeys, JobRow};
use super::schema::{LEDGER, SALVAGE, write_meta};
use super::{folder, history, opening, read, write};

/// What came of it; kept in the new database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Salvage {
    /// The name that the damaged database gets.
    pub kept_as: String,
    pub jobs_saved: u64,
    pub jobs_lost: u64,
    pub message: String,
}

/// Builds the database that is to take the place of the damaged one.
pub(super) fn run(folder: &Path, message: &str, faults: &Faults) -> Fallible<()> {
    faults.check()?;
    let pages = Pages::open(folder)?;
    let mut connection = opening::build(folder)?;
    let transaction = connection.transaction()?;
    let mut salvaging =
        Salvaging { connection: &transaction, lost: BTreeMap::new(), old_ledger: None, job: None };
    for row in pages.numbers().flat_map(|number| pages.rows(number)) {
        salvaging.take_job(&row)?;
    }
    faults.check()?;
    for row in pages.numbers().flat_map(|number| pages.rows(number)) {
        salvaging.take_file(&row)?;
    }
    pages.check()?;
    faults.check()?;
    let kept_as = folder::name_for_damaged(folder);
    salvaging.finish(kept_as, message)?;
    transaction.commit()?;
    faults.check()?;
    opening::finish(folder, connection, &folder::salvaged(folder))
}

/// Jobs that are named one by one.
const LOST_NAMED_MAX: usize = 100;

/// What is known of a job that cannot be carried over.
#[derive(Default)]
struct Lost {
    id: Option<Uuid>,
    /// Its temporary files that are there.
    temporaries: Vec<String>,
}

impl Lost {
    fn text(&self) -> String {
        let id = self.id.map_or_else(|| "a job of unknown id".to_owned(), |id| format!("job {id}"));
        match self.temporaries.as_slice() {
            [] => id,
            files => format!("{id}, with its temporary files {}", files.join(" and ")),
        }
    }

    fn note_file(&mut self, id: Uuid, index: u32, file: &FileRecord) {
        let name = file.temporary_name(id, index);
        if path_of(&name).symlink_metadata().is_ok() && !self.temporaries.contains(&name) {
            self.temporaries.push(name);
        }
    }
}

struct Salvaging<'a> {
    connection: &'a Connection,
    /// Jobs that something is left of, but not all, by number.
    lost: BTreeMap<i64, Lost>,
    old_ledger: Option<Ledger>,
    /// The job the last file belonged to; the next file mostly has the same.
    job: Option<(i64, Uuid)>,
}

impl Salvaging<'_> {
    /// Carries the row over if it is that of a job, and looks at it if it is
    /// that of the ledger.
    fn take_job(&mut self, row: &RawRow) -> Fallible<()> {
        if let [Value::Null, Value::Text(name), Value::Blob(value), Value::Blob(checksum)] =
            row.values.as_slice()
        {
            if let Ok(ledger) = LEDGER.decode(row.rowid, name, value, checksum) {
                self.old_ledger = Some(ledger);
            }
            return Ok(());
        }
        let Some(job) = job_row(row) else {
            return history::salvage(self.connection, row);
        };
        let Ok(record) = job.decode(row.rowid) else {
            self.lose(row.rowid).id = Some(job.id);
            return Ok(());
        };
        // An older version did not have all of the columns.
        let job = job.with_keys(row.rowid, IndexKeys::of(&record)?);
        if !write::insert_job(self.connection, row.rowid, &job)? {
            self.note_second_version(row.rowid, &job)?;
        }
        Ok(())
    }

    /// Two different sound rows for one job: which one was last is not known, and
    /// a wrong job would be worse than none.
    fn note_second_version(&mut self, number: i64, job: &JobRow) -> Fallible<()> {
        let first: Option<Vec<u8>> = self
            .connection
            .prepare_cached("SELECT checksum FROM jobs WHERE number = ?1")?
            .query_row([number], |row| row.get(0))
            .optional()?;
        if first.as_ref() != Some(&job.checksum) {
            self.lose(number).id = Some(job.id);
        }
        Ok(())
    }

    /// Carries the row over if it is that of a file of a job carried over.
    fn take_file(&mut self, row: &RawRow) -> Fallible<()> {
        let [Value::Null, Value::Blob(record), Value::Blob(checksum)] = row.values.as_slice()
        else {
            return Ok(());
        };
        let Some((number, index)) = row::file_at(row.rowid) else {
            return Ok(());
        };
        let Some(job) = self.job_numbered(number)? else {
            let lost = self.lose(number);
            // A sound file also proves the id.
            if let Some(id) = lost.id
                && let Ok(file) = row::decode_file(id, index, record, checksum)
            {
                lost.note_file(id, index, &file);
            }
            return Ok(());
        };
        if row::decode_file(job, index, record, checksum).is_err() {
            return Ok(());
        }
        let inserted = self
            .connection
            .prepare_cached(
                "INSERT OR IGNORE INTO files (position, record, checksum) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![row.rowid, record, checksum])?;
        if inserted == 0 {
            let first: Vec<u8> = self
                .connection
                .prepare_cached("SELECT checksum FROM files WHERE position = ?1")?
                .query_row([row.rowid], |row| row.get(0))?;
            if first != *checksum {
                self.lose(number).id = Some(job);
            }
        }
        Ok(())
    }

    fn lose(&mut self, number: i64) -> &mut Lost {
        self.lost.entry(number).or_default()
    }

    /// Names a job that was carried over in part, and its files.
    fn lose_part(&mut self, number: i64) -> Fallible<()> {
        let Some(id) = self.job_numbered(number)? else {
            return Ok(());
        };
        let files = read::sound_files(self.connection, number, id)?;
        let lost = self.lose(number);
        lost.id = Some(id);
        files.iter().for_each(|(index, file)| lost.note_file(id, *index, file));
        Ok(())
    }

    fn job_numbered(&mut self, number: i64) -> Fallible<Option<Uuid>> {
        if let Some((last, id)) = self.job
            && last == number
        {
            return Ok(Some(id));
        }
        let found: Option<[u8; 16]> = self
            .connection
            .prepare_cached("SELECT id FROM jobs WHERE number = ?1")?
            .query_row([number], |row| row.get(0))
            .optional()?;
        self.job = found.map(|id| (number, Uuid::from_bytes(id)));
        Ok(self.job.map(|(_, id)| id))
    }

    /// Drops the jobs that are not whole, and writes down what came of it.
    fn finish(mut self, kept_as: String, message: &str) -> Fallible<()> {
        let old = self.old_ledger.take();
        let mut ledger = Ledger::default();
        if let Some(old) = &old {
            ledger.queue_position = old.queue_position;
            ledger.job_number = old.job_number;
        }
        for number in self.numbers()? {
            let whole = match read::load_numbered(self.connection, number) {
                Ok(found) => found.filter(|_| !self.lost.contains_key(&number)),
                Err(failure) if failure.is_damage() => None,
                Err(failure) => return Err(failure),
            };
            let Some((record, _)) = whole else {
                self.lose_part(number)?;
                write::delete(self.connection, number)?;
                continue;
            };
            ledger.enter(record.state as u32);
            ledger.queue_position = ledger.queue_position.max(record.queue_position);
            ledger.job_number = ledger.job_number.max(number);
        }
        let jobs_saved = ledger.jobs();
        // The old ledger knows also of jobs of which nothing is left.
        let jobs_lost = match old {
            Some(old) => old.jobs().saturating_sub(jobs_saved),
            None => self.lost.len() as u64,
        };
        write_meta(self.connection, &LEDGER, &ledger)?;
        let mut message = message.to_owned();
        for lost in self.lost.values().take(LOST_NAMED_MAX) {
            message += &format!("; lost: {}", lost.text());
        }
        let salvage = Salvage { kept_as, jobs_saved, jobs_lost, message };
        write_meta(self.connection, &SALVAGE, &salvage)
    }

    fn numbers(&self) -> Fallible<Vec<i64>> {
        let mut statement = self.connection.prepare("SELECT number FROM jobs ORDER BY number")?;
        let numbers = statement.query_map([], |row| row.get(0))?;
        Ok(numbers.collect::<rusqlite::Result<_>>()?)
    }
}

/// The row of a job, if it has the columns of one.
fn job_row(row: &RawRow) -> Option<JobRow> {
    use Value::{Blob, Integer, Null};
    let [
        Null,
        Blob(id),
        Integer(state),
        Integer(priority),
        Integer(queue_position),
        Integer(runnable),
        Integer(closing),
        wake @ (Null | Integer(_)),
        Blob(record),
        Blob(checksum),
        // Version 1 ends here, and version 2 with the first of these.
        added @ ..,
    ] = row.values.as_slice()
    else {
        return None;
    };
    let wake_unix_ms = match wake {
        Integer(wake) => Some(*wake),
        Null | Value::Text(_) | Blob(_) => None,
    };
    let column = |index: usize| match added.get(index) {
        None | Some(Null) => Some(None),
        Some(Integer(number)) => Some(Some(*number)),
        Some(Value::Text(_) | Blob(_)) => None,
    };
    let (description, key) = (column(0)?, column(1)?);
    if added.len() > 2 {
        return None;
    }
    let keys = IndexKeys {
        state: *state,
        priority: *priority,
        queue_position: *queue_position,
        runnable: *runnable,
        closing: *closing,
        wake_unix_ms,
        description,
        key,
    };
    let id = Uuid::from_slice(id).ok()?;
    Some(JobRow { id, keys, record: record.clone(), checksum: checksum.clone() })
}
