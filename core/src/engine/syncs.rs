//! When the bytes of a file are synced that is still being written: what a power
//! cut may cost.

use std::ops::Range;

use uuid::Uuid;

use crate::model::{FileRecord, Now, RequestKey};

use super::pool::Task;
use super::{Engine, Moving};

/// So many unsynced bytes are synced at once. On fast disks a sync costs its bytes
/// and little more; it leaves less to do at the end of the file.
const SYNC_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// So many are synced a second after the last sync was asked for. Together with
/// what comes in until that is recorded, it is 8 MiB, or 2 s on a fast link.
const SYNC_BYTES: u64 = 4 * 1024 * 1024;
const SYNC_MS: u64 = 1_000;

/// Fewer are synced after this time.
const SYNC_FEW_MS: u64 = 5_000;

/// When a file of which so many bytes are unsynced is to be synced; None if there
/// are none.
fn due_ms(unsynced: u64, asked_ms: u64) -> Option<u64> {
    match unsynced {
        0 => None,
        SYNC_BYTES_MAX.. => Some(asked_ms),
        SYNC_BYTES.. => Some(asked_ms + SYNC_MS),
        _ => Some(asked_ms + SYNC_FEW_MS),
    }
}

impl Moving {
    fn unsynced(&self) -> u64 {
        self.written.saturating_sub(self.sync_asked.0)
    }

    fn sync_due_ms(&self) -> Option<u64> {
        self.target.as_ref()?;
        due_ms(self.unsynced(), self.sync_asked.1)
    }
}

impl Engine {
    /// When the next sync of a file that is being written is due. One at a time:
    /// while a file is synced, the next one waits for that.
    pub(super) fn sync_due_ms(&self) -> Option<u64> {
        let waits = |key: &RequestKey| !self.syncing.contains(&(key.job, key.file));
        let due =
            |(key, moving): (&RequestKey, &Moving)| moving.sync_due_ms().filter(|_| waits(key));
        self.moving.iter().filter_map(due).min()
    }

    /// A sync covers all that is held of a file, whichever request it came by.
    pub(super) fn sync_what_is_due(&mut self, at: Now) {
        let is_due =
            |moving: &Moving| moving.sync_due_ms().is_some_and(|due| due <= at.monotonic_ms);
        let due: Vec<_> = self
            .moving
            .iter()
            .filter(|(_, moving)| is_due(moving))
            .filter_map(|(key, moving)| Some(((key.job, key.file), moving.target.clone()?)))
            .collect();
        for (key, file) in due {
            if self.syncing.insert(key) {
                for (_, moving) in self.moving.range_mut(RequestKey::of_file(key.0, key.1)) {
                    moving.sync_asked = (moving.written, at.monotonic_ms);
                }
                let held = self.held_ranges(key);
                self.pool.submit(Task::Sync { key, file, held });
            }
        }
    }

    /// What is in the temporary file: all that was reported is recorded by now.
    fn held_ranges(&self, (id, index): (Uuid, u32)) -> Vec<Range<u64>> {
        let job = self.queue.jobs.get(&id);
        let file = job.and_then(|loaded| loaded.job.files.get(index as usize));
        file.map(|file| file.held_ranges()).unwrap_or_default()
    }

    /// The request of a file is over, and its bytes may stay as they are for long.
    pub(super) fn sync_rest(&mut self, key: RequestKey, moving: &Moving) {
        let key = (key.job, key.file);
        let is_kept =
            self.queue.jobs.get(&key.0).is_some_and(|loaded| !loaded.job.record.state.is_final());
        let Some(file) = moving.target.clone().filter(|_| is_kept) else {
            return;
        };
        let record = self.file(RequestKey { job: key.0, file: key.1, part: 0 });
        let unsynced = record.map_or(0, |file| file.held() - file.held_safely());
        let is_done = record.is_some_and(FileRecord::has_all_requested);
        if unsynced >= if is_done { 1 } else { SYNC_BYTES } && self.syncing.insert(key) {
            let held = self.held_ranges(key);
            self.pool.submit(Task::Sync { key, file, held });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::due_ms;

    #[test]
    fn a_power_cut_costs_eight_mebibytes_or_two_seconds() {
        assert_eq!(due_ms(0, 1_000), None, "no timer without anything to sync");
        assert_eq!(due_ms(1, 1_000), Some(6_000));
        assert_eq!(due_ms((4 << 20) - 1, 1_000), Some(6_000));
        assert_eq!(due_ms(4 << 20, 1_000), Some(2_000));
        assert_eq!(due_ms((64 << 20) - 1, 1_000), Some(2_000));
        assert_eq!(due_ms(64 << 20, 1_000), Some(1_000));
    }
}
