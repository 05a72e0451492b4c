//! The queue as seen from beside: by a process that does not run the engine.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use uuid::Uuid;

use crate::model::{FileRecord, JobRecord};
use crate::platform::free_bytes;
use crate::vocab::{Error, Result};

use super::failure::{Fallible, StoreFailure};
use super::row::JobRow;
use super::view::{self, View};
use super::{cause, folder, lock, read, schema, survey};

/// About what SQLite needs to store the change of a job.
const ROOM_BYTES: u64 = 32 << 10;

/// All that can be read of the jobs in a queue.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The jobs, in order of creation.
    pub jobs: Vec<JobRecord>,
    /// A sentence for each job that is damaged.
    pub damaged: Vec<String>,
}

/// A view of the queue that never writes to it and needs no lock.
pub struct StoreReader {
    view: View,
    folder: PathBuf,
}

impl StoreReader {
    /// Opens the queue in a folder to look at it. E_FILE_NOT_FOUND if there is
    /// none, BG_E_DATABASE_CORRUPT if it is damaged, BGCOPY_E_STORE_NEWER if a
    /// newer version wrote it.
    pub fn open(folder: &Path) -> Result<StoreReader> {
        let view = view::open(folder).map_err(|failure| tell(failure, folder))?;
        Ok(StoreReader { view, folder: folder.to_owned() })
    }

    /// All jobs, in order of creation, and what is damaged. Then the next store
    /// that opens the queue looks at everything.
    pub fn survey(&self) -> Result<Survey> {
        let mut jobs = Vec::new();
        let damaged = self.survey_each(|job| {
            jobs.push(job);
            ControlFlow::Continue(())
        })?;
        Ok(Survey { jobs, damaged })
    }

    /// The same with one job at a time, until `visit` has enough: only a page of
    /// them is in memory. A job that is made or deleted meanwhile may come or not.
    pub fn survey_each(
        &self,
        visit: impl FnMut(JobRecord) -> ControlFlow<()>,
    ) -> Result<Vec<String>> {
        self.each(|number, row| Ok(Some(row.decode(number)?.shown())), visit)
    }

    /// The ids of the jobs that are in the queue, and what is damaged: without
    /// decoding the records of those that are not final.
    pub fn ids(&self) -> Result<(Vec<Uuid>, Vec<String>)> {
        let mut ids = Vec::new();
        let take = |number, row: JobRow| {
            row.check(number)?;
            let is_there = !row.is_final() || row.decode(number)?.is_in_queue();
            Ok(is_there.then_some(row.id))
        };
        let damaged = self.each(take, |id| {
            ids.push(id);
            ControlFlow::Continue(())
        })?;
        Ok((ids, damaged))
    }

    fn each<T>(
        &self,
        take: impl Fn(i64, JobRow) -> Fallible<Option<T>>,
        visit: impl FnMut(T) -> ControlFlow<()>,
    ) -> Result<Vec<String>> {
        let copy = match &self.view {
            View::Live(_) => None,
            // One copy does for all pages.
            View::Copies => {
                let copied = view::copy(&self.folder).or_else(|_| view::copy(&self.folder));
                Some(copied.map_err(|failure| tell(failure, &self.folder))?)
            }
        };
        let page = |place| match &copy {
            Some(copy) => {
                survey::page(copy, place, &take).map_err(|failure| tell(failure, &self.folder))
            }
            None => self.look(|connection| survey::page(connection, place, &take)),
        };
        let damaged = survey::each(page, visit)?;
        if !damaged.is_empty() {
            folder::mark_suspect(&self.folder);
        }
        Ok(damaged)
    }

    /// A job with its files, in order.
    pub fn load(&self, id: Uuid) -> Result<Option<(JobRecord, Vec<FileRecord>)>> {
        let found = self.look(|connection| read::load(connection, id))?;
        Ok(found.map(|(record, files)| (record.shown(), files)))
    }

    /// When the queue may transfer, as [`super::Store::transfer_window`] says it.
    pub fn transfer_window(&self) -> String {
        // It is not there until something is set.
        let read = |connection: &Connection| {
            Ok(schema::read_meta(connection, &schema::TRANSFER_WINDOW).unwrap_or_default())
        };
        self.look(read).unwrap_or_default()
    }

    /// False if the disk of the queue is so full that nothing can be stored.
    pub fn has_room(&self) -> bool {
        let free = File::open(&self.folder).and_then(|folder| free_bytes(&folder));
        !matches!(free, Ok(Some(free)) if free < ROOM_BYTES)
    }

    /// True while a store has the queue open to write.
    pub fn engine_is_running(&self) -> bool {
        lock::is_held(&self.folder)
    }

    /// Runs queries that must see one and the same moment. What fails once only
    /// is no failure.
    pub(super) fn look<T>(&self, read: impl Fn(&Connection) -> Fallible<T>) -> Result<T> {
        let look = || match &self.view {
            View::Live(connection) => {
                let moment = connection.unchecked_transaction()?;
                read(&moment)
            }
            View::Copies => read(&view::copy(&self.folder)?),
        };
        look().or_else(|_| look()).map_err(|failure| tell(failure, &self.folder))
    }
}

/// Turns a failure into what the caller sees. Damage is looked into when the
/// queue is next opened to write.
fn tell(failure: StoreFailure, folder: &Path) -> Error {
    if failure.is_damage() {
        folder::mark_suspect(folder);
    }
    cause::tell(failure, folder)
}
