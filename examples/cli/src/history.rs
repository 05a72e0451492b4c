//! `history`: what has left the queue.

use std::io::Write;
use std::path::Path;

use bgcopy_core::{HistoryEntry, HistoryFile, JobState, JobType, forget_history, history};
use indicatif::HumanBytes;
use serde_json::{Value, json};

use crate::args::History;
use crate::failure::Outcome;
use crate::get::open_to_store;
use crate::{job_ids, output};

const DAY_S: i64 = 86_400;

pub fn show(store: &Path, wanted: &History) -> Outcome {
    let reader = job_ids::reader(store)?;
    if wanted.clear {
        // Without a queue there is nothing to forget, and looking makes none.
        return reader.map_or(Ok(()), |_| Ok(forget_history(&open_to_store(store)?, None)?));
    }
    let limit = wanted.max.unwrap_or(usize::MAX);
    let entries = reader.map_or(Ok(Vec::new()), |reader| history(&reader, limit))?;
    if wanted.json {
        output::say_json(&entries.iter().map(in_json).collect());
        return Ok(());
    }
    output::print(|out| {
        let mut lines = entries.iter().map(line);
        lines.try_for_each(|line| writeln!(out, "{}", output::printable(&line)))
    });
    Ok(())
}

/// A job in one line.
fn line(entry: &HistoryEntry) -> String {
    let way = match entry.job_type {
        JobType::Download => "down",
        JobType::Upload | JobType::UploadReply => "up",
    };
    let bytes = HumanBytes(entry.bytes_transferred).to_string();
    let (id, time, outcome) = (entry.id, utc(entry.ended_ms), outcome(entry));
    let name = output::in_line(&entry.display_name);
    format!("{time}  {id}  {outcome:<9}  {way:<4}  {bytes:>10}  {name}")
}

/// What became of it, in a word.
pub fn outcome(entry: &HistoryEntry) -> &'static str {
    match entry.state {
        JobState::Acknowledged if entry.files_in_place < entry.files_total => "partly",
        JobState::Acknowledged => "completed",
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::Suspended
        | JobState::Error
        | JobState::TransientError
        | JobState::Transferred
        | JobState::Cancelled => "cancelled",
    }
}

fn in_json(entry: &HistoryEntry) -> Value {
    json!({
        "id": entry.id.to_string(),
        "display_name": entry.display_name,
        "description": entry.description,
        "type": entry.job_type.name(),
        "outcome": outcome(entry),
        "bytes_total": entry.bytes_total,
        "bytes_transferred": entry.bytes_transferred,
        "files_total": entry.files_total,
        "files_in_place": entry.files_in_place,
        "creation_ms": entry.created_ms,
        "transfer_completion_ms": entry.transferred_ms,
        "end_ms": entry.ended_ms,
        "error": entry.error.as_ref().map(output::error),
        "files": entry.files.iter().map(file_in_json).collect::<Vec<_>>(),
    })
}

fn file_in_json(file: &HistoryFile) -> Value {
    json!({
        "remote_name": file.remote_name,
        "local_name": file.local_name,
        "bytes_total": file.bytes_total,
        "bytes_transferred": file.bytes_transferred,
        "in_place": file.is_in_place,
    })
}

/// A time as people and programs read it: `2026-11-30 17:05:09Z`.
fn utc(unix_ms: i64) -> String {
    let seconds = unix_ms.div_euclid(1000);
    let (days, second) = (seconds.div_euclid(DAY_S), seconds.rem_euclid(DAY_S));
    let (year, month, day) = date(days);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{:02}Z", second % 60)
}

/// Year, month and day of a day since 1970. Years are counted from March, so that the day
/// that not every year has is the last one.
fn date(days: i64) -> (i64, i64, i64) {
    /// Days of 400 years, and those from the first of March of the year 0 up to 1970.
    const ERA: i64 = 146_097;
    const EPOCH: i64 = 719_468;
    let days = days + EPOCH;
    let (era, day) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn times_are_those_of_the_calendar() {
        for (unix_ms, expected) in [
            (0, "1970-01-01 00:00:00Z"),
            (-1, "1969-12-31 23:59:59Z"),
            (951_782_399_999, "2000-02-28 23:59:59Z"),
            (951_782_400_000, "2000-02-29 00:00:00Z"),
            (951_868_800_000, "2000-03-01 00:00:00Z"),
            (1_709_164_800_000, "2024-02-29 00:00:00Z"),
            (1_796_058_063_889, "2026-11-30 17:01:03Z"),
            (4_107_542_400_000, "2100-03-01 00:00:00Z"),
            (i64::MAX / 1_000_000, "2262-04-11 23:47:16Z"),
        ] {
            assert_eq!(utc(unix_ms), expected);
        }
    }
}
