//! Records as rows: what is written for them, and the proof that what is read
//! is what was written.

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::model::{FileRecord, JobRecord};
use crate::vocab::JobState;

use super::failure::{Fallible, StoreFailure};
use super::tally;

/// Bytes of a checksum: enough to tell damage, which is not an attack.
pub(super) const CHECKSUM_BYTES: usize = 8;
pub(super) type RowChecksum = [u8; CHECKSUM_BYTES];

/// Files of one job in the space of positions. The job's number has the other
/// 39 bits of a positive number.
const FILE_BITS: u32 = 24;
const JOB_NUMBER_MAX: i64 = (1 << (63 - FILE_BITS)) - 1;

/// The columns that repeat parts of a job's record for the indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IndexKeys {
    pub state: i64,
    pub priority: i64,
    pub queue_position: i64,
    pub runnable: i64,
    pub closing: i64,
    pub wake_unix_ms: Option<i64>,
    /// See [`description_key`].
    pub description: Option<i64>,
    /// See [`job_key`].
    pub key: Option<i64>,
}

impl IndexKeys {
    pub(super) fn of(record: &JobRecord) -> Fallible<Self> {
        Ok(Self {
            state: i64::from(record.state as u32),
            priority: i64::from(record.priority as u32),
            queue_position: stored(record.queue_position)?,
            runnable: i64::from(record.is_runnable()),
            closing: i64::from(record.closing.is_some()),
            wake_unix_ms: record.wake_at().map(|deadline| deadline.unix_ms),
            description: description_key(&record.description),
            key: record.held_key().map(job_key),
        })
    }
}

/// What jobs are found by that have this description; none if it is empty.
pub(super) fn description_key(description: &str) -> Option<i64> {
    (!description.is_empty()).then(|| text_key(description))
}

/// What the job is found by that holds this key.
pub(super) fn job_key(key: &str) -> i64 {
    text_key(key)
}

/// A number in the place of a text. Who finds rows by it compares the text, too.
fn text_key(text: &str) -> i64 {
    let mut key = [0; 8];
    key.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..8]);
    i64::from_le_bytes(key)
}

/// A row of the jobs, but for its number.
pub(super) struct JobRow {
    pub id: Uuid,
    pub keys: IndexKeys,
    pub record: Vec<u8>,
    pub checksum: Vec<u8>,
}

impl JobRow {
    pub(super) fn of(number: i64, record: &JobRecord) -> Fallible<Self> {
        let mut row = Self {
            id: record.id,
            keys: IndexKeys::of(record)?,
            record: encode(record)?,
            checksum: Vec::new(),
        };
        row.checksum = row.expected_checksum(number).to_vec();
        Ok(row)
    }

    /// The same row with other columns beside its record.
    pub(super) fn with_keys(self, number: i64, keys: IndexKeys) -> Self {
        let row = Self { keys, ..self };
        Self { checksum: row.expected_checksum(number).to_vec(), ..row }
    }

    /// True if the job is in a final state, by the columns.
    pub(super) fn is_final(&self) -> bool {
        [JobState::Acknowledged, JobState::Cancelled]
            .iter()
            .any(|state| self.keys.state == i64::from(*state as u32))
    }

    /// Damage if the row is not what was written.
    pub(super) fn check(&self, number: i64) -> Fallible<()> {
        if self.checksum == self.expected_checksum(number) {
            return Ok(());
        }
        Err(StoreFailure::Damaged(format!("the row of job {} is damaged", self.id)))
    }

    /// The record, if the row is what was written.
    pub(super) fn decode(&self, number: i64) -> Fallible<JobRecord> {
        self.check(number)?;
        tally::note_decoded();
        let record: JobRecord = decode(&self.record)?;
        if record.id != self.id {
            return Err(StoreFailure::Damaged(format!("job {} has the row of another", self.id)));
        }
        Ok(record)
    }

    fn expected_checksum(&self, number: i64) -> RowChecksum {
        let keys = &self.keys;
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"job ");
        hasher.update(&number.to_le_bytes());
        hasher.update(self.id.as_bytes());
        for key in [keys.state, keys.priority, keys.queue_position, keys.runnable, keys.closing] {
            hasher.update(&key.to_le_bytes());
        }
        hasher.update(&[u8::from(keys.wake_unix_ms.is_some())]);
        hasher.update(&keys.wake_unix_ms.unwrap_or(0).to_le_bytes());
        hasher.update(&self.record);
        if let Some(description) = keys.description {
            hasher.update(&description.to_le_bytes());
        }
        if let Some(key) = keys.key {
            hasher.update(b"key ");
            hasher.update(&key.to_le_bytes());
        }
        shortened(&hasher)
    }
}

/// The bytes of a file's row, and its checksum.
pub(super) fn file_row(
    job: Uuid,
    index: u32,
    record: &FileRecord,
) -> Fallible<(Vec<u8>, RowChecksum)> {
    let bytes = encode(record)?;
    let checksum = file_checksum(job, index, &bytes);
    Ok((bytes, checksum))
}

/// The record of a file, if its row is what was written.
pub(super) fn decode_file(
    job: Uuid,
    index: u32,
    record: &[u8],
    checksum: &[u8],
) -> Fallible<FileRecord> {
    if checksum != file_checksum(job, index, record) {
        return Err(StoreFailure::Damaged(format!(
            "the row of file {index} of job {job} is damaged"
        )));
    }
    decode(record)
}

fn file_checksum(job: Uuid, index: u32, record: &[u8]) -> RowChecksum {
    // In one piece: that is half the work for a few hundred bytes.
    let all = [b"file".as_slice(), job.as_bytes(), &index.to_le_bytes(), record].concat();
    let mut checksum = RowChecksum::default();
    checksum.copy_from_slice(&blake3::hash(&all).as_bytes()[..CHECKSUM_BYTES]);
    checksum
}

/// The checksum of a row of `meta`.
pub(super) fn meta_checksum(name: &str, value: &[u8]) -> RowChecksum {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"meta");
    hasher.update(name.as_bytes());
    hasher.update(&[0]);
    hasher.update(value);
    shortened(&hasher)
}

pub(super) fn encode<T: Serialize>(value: &T) -> Fallible<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| StoreFailure::File(error.into()))
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Fallible<T> {
    serde_json::from_slice(bytes)
        .map_err(|error| StoreFailure::Damaged(format!("a record cannot be read: {error}")))
}

/// Where the files of a job begin and end among the positions, both included.
pub(super) fn positions(number: i64) -> Fallible<(i64, i64)> {
    if !(0..=JOB_NUMBER_MAX).contains(&number) {
        return Err(StoreFailure::Damaged(format!("{number} cannot be the number of a job")));
    }
    let first = number << FILE_BITS;
    Ok((first, first | ((1 << FILE_BITS) - 1)))
}

/// Where one file of a job is.
pub(super) fn position(number: i64, index: u32) -> Fallible<i64> {
    let (first, last) = positions(number)?;
    let position = first + i64::from(index);
    if position > last {
        let text = format!("a job has at most {} files", 1u32 << FILE_BITS);
        return Err(StoreFailure::File(std::io::Error::other(text)));
    }
    Ok(position)
}

/// The number of the job whose file is at a position, and the index in it.
pub(super) fn file_at(position: i64) -> Option<(i64, u32)> {
    let index = u32::try_from(position & ((1 << FILE_BITS) - 1)).ok()?;
    (position >= 0).then_some((position >> FILE_BITS, index))
}

/// A number as SQLite holds it.
pub(super) fn stored(value: u64) -> Fallible<i64> {
    i64::try_from(value)
        .map_err(|_| StoreFailure::File(std::io::Error::other(format!("{value} is too large"))))
}

pub(super) fn shortened(hasher: &blake3::Hasher) -> RowChecksum {
    let mut checksum = [0; CHECKSUM_BYTES];
    checksum.copy_from_slice(&hasher.finalize().as_bytes()[..CHECKSUM_BYTES]);
    checksum
}
