//! All jobs, a page at a time: who looks at a queue of any length keeps as much
//! of it as is wanted, and holds the log up for no longer than a page takes.

use std::ops::ControlFlow;

use rusqlite::{Connection, OptionalExtension};

use super::failure::{Fallible, StoreFailure};
use super::ledger::Ledger;
use super::read::{JOB_COLUMNS, check_count, job_row, out_of_order};
use super::row::JobRow;
use super::schema;

/// Jobs of a page: few enough to take little memory, enough to make what each
/// page costs besides not count.
const PAGE_JOBS: usize = 256;

/// A page of jobs, oldest first.
pub(super) struct Page<T> {
    /// What was made of those that are sound.
    pub jobs: Vec<T>,
    /// A sentence for each that is damaged.
    pub damaged: Vec<String>,
    /// Where the next page begins; None if this is the last.
    pub next: Option<PageStart>,
}

/// Where a survey is.
#[derive(Clone, Copy)]
pub(super) struct PageStart {
    /// The number of the last job.
    number: i64,
    /// Jobs up to there.
    jobs: u64,
    /// Changes when somebody writes.
    version: i64,
}

/// The pages that `page` gives for each place, one after the other, until `visit`
/// has enough. Gives the sentences on what is damaged.
pub(super) fn each<T, E>(
    page: impl Fn(Option<PageStart>) -> Result<Page<T>, E>,
    mut visit: impl FnMut(T) -> ControlFlow<()>,
) -> Result<Vec<String>, E> {
    let (mut place, mut damaged) = (None, Vec::new());
    loop {
        let found = page(place)?;
        damaged.extend(found.damaged);
        let is_enough = found.jobs.into_iter().try_for_each(&mut visit).is_break();
        if is_enough || found.next.is_none() {
            return Ok(damaged);
        }
        place = found.next;
    }
}

/// The next page. To be read in one transaction. A damaged tree can hide rows
/// without any error: so the last page looks whether all jobs came or, if the
/// queue changed meanwhile, whether there are as many as there should be.
pub(super) fn page<T>(
    connection: &Connection,
    place: Option<PageStart>,
    take: impl Fn(i64, JobRow) -> Fallible<Option<T>>,
) -> Fallible<Page<T>> {
    let version = connection
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get::<_, i64>(0))?;
    let mut at = place.unwrap_or(PageStart { number: i64::MIN, jobs: 0, version });
    let sql = format!(
        "SELECT {JOB_COLUMNS} FROM jobs WHERE number > ?1 ORDER BY number LIMIT {PAGE_JOBS}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut by_id = connection.prepare_cached("SELECT number FROM jobs WHERE id = ?1")?;
    let mut rows = statement.query([at.number])?;
    let mut found = Page { jobs: Vec::new(), damaged: Vec::new(), next: None };
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        let number: i64 = row.get(0)?;
        // The next page begins behind this one: a damaged tree could lead in circles.
        if number <= at.number {
            return Err(out_of_order());
        }
        at.number = number;
        let taken = job_row(row).map_err(StoreFailure::from).and_then(|(number, row)| {
            let id = row.id;
            Ok((id, take(number, row)?))
        });
        let (id, job) = match taken {
            Ok(taken) => taken,
            Err(failure) if failure.is_damage() => {
                found.damaged.push(failure.text());
                continue;
            }
            Err(failure) => return Err(failure),
        };
        let number = by_id.query_row([id.as_bytes()], |row| row.get(0)).optional()?;
        if number != Some(at.number) {
            found.damaged.push(format!("job {id} cannot be found by its id"));
        }
        found.jobs.extend(job);
    }
    at.jobs += count as u64;
    if count == PAGE_JOBS {
        found.next = Some(at);
        return Ok(found);
    }
    let ledger: Ledger = schema::read_meta(connection, &schema::LEDGER)?;
    let expected = ledger.jobs();
    if at.version != version {
        check_count(connection, expected)?;
    } else if at.jobs != expected {
        return Err(StoreFailure::Damaged(format!("{} of {expected} jobs were found", at.jobs)));
    }
    Ok(found)
}
