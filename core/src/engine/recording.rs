//! When changes that nobody waits for are stored.

use uuid::Uuid;

use crate::model::{Change, FileRecord, FileStage, Job};
use crate::store::{Batch, Durability, Forgotten};
use crate::vocab::Result;

use super::queue::Queue;

/// Results of transfers are recorded at most this long after they came.
const FLUSH_MS: u64 = 250;

/// New bytes of a file are recorded at once, unless bytes were recorded less than
/// this long ago: one commit does for all of this time. What a kill costs is this
/// and what waits to be written.
const BYTES_FLUSH_MS: u64 = 100;

/// That bytes of an unfinished file are safe is stored at once, and safe itself,
/// unless the store was synced less than this long ago.
const SYNCED_FLUSH_MS: u64 = 500;

/// That a job is transferred or failed is stored at most this long after it
/// became so, while others move: one commit does for those of this time.
const END_FLUSH_MS: u64 = 20;

/// What a change says of the bytes of unfinished downloads.
pub struct NewBytes {
    /// There are more of them in the file.
    pub written: bool,
    /// More of them survive a power cut.
    pub synced: bool,
}

impl NewBytes {
    /// Compares a job with what a change makes of it.
    pub fn of(job: &Job, change: &Change) -> Self {
        let unfinished = || {
            let files = change.files.iter().filter(|(_, file)| file.stage == FileStage::Waiting);
            files.filter_map(|(index, file)| Some((job.files.get(*index as usize)?, file)))
        };
        let written = |(old, file): (&FileRecord, &FileRecord)| {
            file.held() > old.held() && file.upload.is_none()
        };
        Self {
            written: unfinished().any(written),
            synced: unfinished().any(|(old, file)| file.held_safely() > old.held_safely()),
        }
    }
}

impl Queue {
    /// Forgets what is remembered of one job that is gone, or of all of them.
    pub(super) fn forget_history(&mut self, job: Option<Uuid>) -> Result<()> {
        let forgotten = Some(job.map_or(Forgotten::All, Forgotten::Job));
        self.store.save(&Batch { forgotten, ..Batch::default() }, Durability::Kill)
    }

    /// When the next commit of what is not urgent is due.
    pub fn flush_due_ms(&self) -> Option<u64> {
        let ended = self.ended_since_ms.map(|since| since + END_FLUSH_MS);
        [self.everything_due_ms(), ended].into_iter().flatten().min()
    }

    /// When the next commit of all that changed is due.
    pub(super) fn everything_due_ms(&self) -> Option<u64> {
        let dirty = self.dirty_since_ms.map(|since| since + FLUSH_MS);
        [dirty, self.bytes_due_ms(), self.synced_due_ms()].into_iter().flatten().min()
    }

    /// When the next commit is due that makes known for good which bytes are safe.
    pub(super) fn synced_due_ms(&self) -> Option<u64> {
        self.synced_since_ms.map(|since| since.max(self.store_synced_ms + SYNCED_FLUSH_MS))
    }

    /// When the next commit is due for the sake of new bytes.
    fn bytes_due_ms(&self) -> Option<u64> {
        self.grown_since_ms.map(|since| since.max(self.flushed_ms + BYTES_FLUSH_MS))
    }
}
