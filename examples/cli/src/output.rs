//! What is printed: lines for people, JSON for programs.
//!
//! A reader of our output that goes away is no reason to stop a download, so
//! that failed writes are ignored.

use std::io::{self, Write};

use bgcopy_core::vocab::SIZE_UNKNOWN;
use bgcopy_core::{FileRecord, HResult, JobError, JobRecord, WaitReason, progress_of};
use serde_json::{Value, json};
use uuid::Uuid;

/// Prints a line on stdout.
pub fn say(line: &str) {
    _ = writeln!(io::stdout().lock(), "{line}");
}

/// Prints a line on stderr.
pub fn complain(line: &str) {
    _ = writeln!(io::stderr().lock(), "{line}");
}

/// A word as a shell would take it.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A job as JSON.
pub fn job(record: &JobRecord, reason: &WaitReason) -> Value {
    let progress = progress_of(record);
    json!({
        "id": record.id.to_string(),
        "display_name": record.display_name,
        "description": record.description,
        "owner": record.owner,
        "type": record.job_type.name(),
        "state": record.state.name(),
        "state_since_ms": record.state_since_ms,
        "priority": record.priority.name(),
        "bytes_total": known(progress.bytes_total),
        "bytes_transferred": progress.bytes_transferred,
        "files_total": progress.files_total,
        "files_transferred": progress.files_transferred,
        "creation_ms": record.created_ms,
        "modification_ms": record.modified_ms,
        "transfer_completion_ms": record.transferred_ms,
        "error_count": record.error_count,
        "error": record.error.as_ref().map(error),
        "wait_reason": wait_reason(reason),
    })
}

/// A file of a job as JSON.
pub fn file(file: &FileRecord, job: Uuid, index: u32) -> Value {
    json!({
        "index": index,
        "remote_name": file.remote_name,
        "local_name": file.local_name,
        "temporary_name": file.temporary_name(job, index),
        "bytes_total": file.bytes_total(),
        "bytes_transferred": file.written,
        "transferred": file.is_transferred(),
        "expected_hash": file.expected_hash.as_ref().map(|hash| json!({
            "algorithm": hash.algorithm.name(),
            "digest": hash.digest,
        })),
    })
}

/// What stopped a job as JSON.
pub fn error(error: &JobError) -> Value {
    json!({
        "code": hexadecimal(error.code),
        "name": error.code.name(),
        "context": error.context.name(),
        "message": error.message,
        "file": error.file,
        "at_ms": error.at_ms,
    })
}

/// Why a job does not move as JSON.
pub fn wait_reason(reason: &WaitReason) -> Value {
    json!({
        "kind": reason.kind.name(),
        "since_ms": reason.since_ms,
        "next_try_ms": reason.next_try_ms,
        "code": reason.code.map(hexadecimal),
        "name": reason.code.and_then(HResult::name),
        "message": reason.message,
        "unblock": reason.unblock,
    })
}

fn known(bytes: u64) -> Option<u64> {
    (bytes != SIZE_UNKNOWN).then_some(bytes)
}

fn hexadecimal(code: HResult) -> String {
    format!("0x{:08X}", code.bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!(quoted("http://h/a%20b"), "http://h/a%20b");
        assert_eq!(quoted("http://h/?a&b"), "'http://h/?a&b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
