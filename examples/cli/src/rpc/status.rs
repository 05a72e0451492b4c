//! Jobs as aria2's clients see them.

use std::path::Path;

use bgcopy_core::vocab::{SIZE_UNKNOWN, code};
use bgcopy_core::{
    FileRecord, HResult, HistoryEntry, HistoryFile, JobRecord, JobState, path_of, progress_of,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::OURS;

/// Files of a download that are listed; more of them are left out.
pub const FILES_MAX: usize = 1000;
/// A client draws a download in so many bytes a piece; nothing here depends on it.
const PIECE_BYTES: u64 = 1 << 20;
/// Hexadecimal digits of a GID.
const GID_DIGITS: usize = 16;

/// What aria2 calls the state of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Active,
    Waiting,
    Paused,
    Error,
    Complete,
    Removed,
}

impl Status {
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Error => "error",
            Self::Complete => "complete",
            Self::Removed => "removed",
        }
    }

    /// The state of a job. `failed` if it is here and could not be put in place.
    pub fn of(record: &JobRecord, failed: bool) -> Self {
        match record.state {
            JobState::Connecting | JobState::Transferring => Self::Active,
            JobState::Queued | JobState::TransientError => Self::Waiting,
            JobState::Suspended => Self::Paused,
            JobState::Error => Self::Error,
            JobState::Transferred if failed => Self::Error,
            JobState::Transferred if is_ours(record) => Self::Active,
            // Its own program puts it in place.
            JobState::Transferred => Self::Paused,
            JobState::Acknowledged => Self::Complete,
            JobState::Cancelled => Self::Removed,
        }
    }

    pub fn of_past(entry: &HistoryEntry) -> Self {
        if entry.state == JobState::Acknowledged { Self::Complete } else { Self::Removed }
    }
}

/// True if a client of the RPC server added the job, so that the server completes it.
pub fn is_ours(record: &JobRecord) -> bool {
    record.description.starts_with(OURS)
}

/// The name that clients know a job by: the first half of its id.
pub fn gid_of(id: Uuid) -> String {
    let mut digits = id.simple().to_string();
    digits.truncate(GID_DIGITS);
    digits
}

/// How the id of a job with that GID begins; None if it is no GID.
pub fn beginning_of(gid: &str) -> Option<String> {
    let is_gid = gid.len() == GID_DIGITS && gid.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_gid.then(|| format!("{}-{}-{}", &gid[..8], &gid[8..12], &gid[12..]).to_ascii_lowercase())
}

/// What clients see of a download.
pub struct View<'a> {
    /// The keys that are wanted; none: all.
    pub keys: &'a [String],
    pub folder: &'a Path,
}

impl View<'_> {
    /// A job in the queue. `failure` is why it could not be put in place.
    pub fn job(
        &self,
        record: &JobRecord,
        files: &[FileRecord],
        speed: u64,
        failure: Option<&str>,
    ) -> Value {
        let progress = progress_of(record);
        let status = Status::of(record, failure.is_some());
        let error = record.error.as_ref();
        let (error_code, message) = match (failure, error) {
            (Some(failure), _) => (Some("13"), Some(failure.to_owned())),
            (None, Some(error)) => (Some(error_code(error.code)), Some(error.message.clone())),
            (None, None) => (None, None),
        };
        self.chosen(json!({
            "gid": gid_of(record.id),
            "status": status.name(),
            "totalLength": known(progress.bytes_total).to_string(),
            "completedLength": progress.bytes_transferred.to_string(),
            "uploadLength": "0",
            "downloadSpeed": speed.to_string(),
            "uploadSpeed": "0",
            "connections": if status == Status::Active { "1" } else { "0" },
            "pieceLength": PIECE_BYTES.to_string(),
            "numPieces": known(progress.bytes_total).div_ceil(PIECE_BYTES).to_string(),
            "dir": self.dir(files.first().map(|file| file.local_name.as_str())),
            "files": (1_u32..).zip(files).take(FILES_MAX).map(file_of).collect::<Vec<_>>(),
            "errorCode": error_code,
            "errorMessage": message,
        }))
    }

    /// A job that has left the queue.
    pub fn past(&self, entry: &HistoryEntry) -> Value {
        let status = Status::of_past(entry);
        let total = entry.bytes_total.unwrap_or(entry.bytes_transferred);
        // 31: aria2's code of a download that was removed.
        let (error_code, message) = match (status, &entry.error) {
            (Status::Complete, _) => ("0", String::new()),
            (_, Some(error)) => (error_code(error.code), error.message.clone()),
            (_, None) => ("31", String::new()),
        };
        self.chosen(json!({
            "gid": gid_of(entry.id),
            "status": status.name(),
            "totalLength": total.to_string(),
            "completedLength": entry.bytes_transferred.to_string(),
            "uploadLength": "0",
            "downloadSpeed": "0",
            "uploadSpeed": "0",
            "connections": "0",
            "pieceLength": PIECE_BYTES.to_string(),
            "numPieces": total.div_ceil(PIECE_BYTES).to_string(),
            "dir": self.dir(entry.files.first().map(|file| file.local_name.as_str())),
            "files": (1_u32..).zip(&entry.files).map(past_file).collect::<Vec<_>>(),
            "errorCode": error_code,
            "errorMessage": message,
        }))
    }

    /// What is wanted of it, and nothing that is not there.
    fn chosen(&self, all: Value) -> Value {
        let Value::Object(all) = all else {
            return all;
        };
        let is_wanted = |key: &String| self.keys.is_empty() || self.keys.contains(key);
        let chosen = all.into_iter().filter(|(key, value)| is_wanted(key) && !value.is_null());
        Value::Object(chosen.collect::<Map<_, _>>())
    }

    fn dir(&self, local_name: Option<&str>) -> String {
        let path = local_name.map(path_of);
        let dir = path.as_deref().and_then(Path::parent).unwrap_or(self.folder);
        dir.to_string_lossy().into_owned()
    }
}

/// A file of a job, counted from 1 on.
pub fn file_of((number, file): (u32, &FileRecord)) -> Value {
    let total = file.bytes_total().unwrap_or(0);
    listed(number, &file.local_name, &file.remote_name, (total, file.written))
}

pub fn past_file((number, file): (u32, &HistoryFile)) -> Value {
    let total = file.bytes_total.unwrap_or(file.bytes_transferred);
    listed(number, &file.local_name, &file.remote_name, (total, file.bytes_transferred))
}

fn listed(number: u32, local_name: &str, url: &str, (total, here): (u64, u64)) -> Value {
    json!({
        "index": number.to_string(),
        "path": path_of(local_name).to_string_lossy(),
        "length": total.to_string(),
        "completedLength": here.to_string(),
        "selected": "true",
        "uris": uris(url),
    })
}

/// Where a file comes from.
pub fn uris(url: &str) -> Value {
    json!([{ "uri": url, "status": "used" }])
}

fn known(bytes: u64) -> u64 {
    if bytes == SIZE_UNKNOWN { 0 } else { bytes }
}

/// aria2's number for a failure; 1 for those it has none for.
fn error_code(failure: HResult) -> &'static str {
    match failure {
        code::E_DISK_FULL => "9",
        code::E_ACCESSDENIED => "16",
        code::BGCOPY_E_HASH_MISMATCH => "32",
        failure => match failure.bits() & 0xFFFF {
            // Codes of HTTP have its status in their lower half.
            404 | 410 if is_http(failure) => "3",
            401 | 403 | 407 if is_http(failure) => "24",
            503 if is_http(failure) => "29",
            _ => "1",
        },
    }
}

/// True for the codes of BITS that have a status of HTTP.
fn is_http(failure: HResult) -> bool {
    failure.bits() & 0xFFFF_0000 == 0x8019_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gid_is_the_beginning_of_an_id() {
        let id = Uuid::parse_str("30A6D648-9548-4a1f-85f7-a558f5b93686").unwrap();
        assert_eq!(gid_of(id), "30a6d64895484a1f");
        let beginning = beginning_of("30A6d64895484a1f").unwrap();
        assert!(id.to_string().starts_with(&beginning), "{beginning}");
        for wrong in
            ["", "30a6d64895484a1", "30a6d64895484a1ff", "30a6d64895484a1g", "30a6-648954é4a1"]
        {
            assert_eq!(beginning_of(wrong), None, "{wrong}");
        }
    }
}
