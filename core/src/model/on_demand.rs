//! Ranges that the caller requests of a file (RequestFileRanges): they come before the rest
//! of it or, in ON_DEMAND_MODE, instead of it.

use std::ops::Range;

use crate::protocol::{FileRange, Scheme};
use crate::vocab::{
    Error, ErrorContext, JobPropertyId, JobState, LENGTH_TO_EOF, PropertyValue, Result, code, limit,
};

use super::deadline::Now;
use super::failure;
use super::file::{FileRecord, FileStage};
use super::job::{Change, Job};
use super::record::{JobError, JobRecord};
use super::upload::is_upload;

impl FileRecord {
    /// The missing bytes of the requested ranges, in order. As long as the size is not known
    /// the last one may end at the largest offset.
    pub fn requested_gaps(&self) -> Vec<Range<u64>> {
        if self.requested_ranges.is_empty() {
            return Vec::new();
        }
        let size = self.size.unwrap_or(u64::MAX);
        let gaps = self.gaps(size);
        let windows = self.requested_ranges.iter().map(window);
        windows.flat_map(|window| common(&gaps, &window)).collect()
    }

    /// True if nothing but requested ranges of it is fetched, and all of them are held.
    pub fn has_all_requested(&self) -> bool {
        self.is_on_demand
            && self.stage == FileStage::Waiting
            && self.requested_gaps().is_empty()
            && self.size != Some(self.held())
    }

    /// The first byte that is to be fetched, and where the gap ends that it is in; None for
    /// the end of the file.
    pub fn next_missing(&self) -> (u64, Option<u64>) {
        match self.requested_gaps().first() {
            Some(gap) if self.is_on_demand => {
                (gap.start, Some(gap.end).filter(|end| *end != LENGTH_TO_EOF))
            }
            Some(_) | None => {
                let position = self.first_missing();
                (position, self.next_held(position))
            }
        }
    }

    /// How many bytes are still to be fetched; None if the size is not known.
    pub fn missing_bytes(&self) -> Option<u64> {
        let total = self.bytes_total()?;
        Some(match self.is_on_demand {
            true => self.requested_gaps().iter().map(|gap| gap.end - gap.start).sum(),
            false => total.saturating_sub(self.held()),
        })
    }

    /// The missing bytes of a file of `size` bytes in the order in which they are fetched:
    /// requested ranges, what follows `position`, and the rest. Each item is a list of gaps.
    pub fn gaps_by_urgency(&self, size: u64, position: u64) -> Vec<Vec<Range<u64>>> {
        let requested = self.requested_gaps();
        let split = |gaps: &[Range<u64>]| {
            [common(gaps, &(position..size)), common(gaps, &(0..position.min(size)))]
        };
        if self.is_on_demand {
            return split(&requested).into();
        }
        let [behind, before] = split(&self.gaps(size));
        [requested, behind, before].into()
    }

    /// Where the requested bytes end that a byte is among; None if it is not requested. What
    /// is not fetched on demand is requested to its end.
    pub fn requested_end(&self, position: u64) -> Option<u64> {
        if !self.is_on_demand {
            return Some(LENGTH_TO_EOF);
        }
        let windows = self.requested_ranges.iter().map(window);
        windows.filter(|window| window.contains(&position)).map(|window| window.end).next()
    }
}

/// Adds ranges to those that come first.
pub fn request_ranges(
    change: &mut Change,
    job: &Job,
    index: u32,
    ranges: &[FileRange],
) -> Result<()> {
    let file = job.file(index)?;
    check_random_access(&job.record, file)?;
    if ranges.is_empty() {
        return Err(Error::new(code::E_INVALIDARG, "no range is requested"));
    }
    for range in ranges {
        check_range(range, file.size)?;
    }
    if file.is_transferred() {
        return Ok(());
    }
    let is_safe = |range: &FileRange| {
        let window = window(range);
        let size = file.size.unwrap_or(u64::MAX);
        file.segments.iter().all(|one| one.synced == one.written)
            && file.synced == file.written
            && common(&file.gaps(size), &window).is_empty()
    };
    let old = file.requested_ranges.iter().filter(|range| !is_safe(range));
    let requested = merged(old.chain(ranges).map(window).collect());
    if requested.len() > limit::RANGES_PER_FILE_MAX {
        let most = limit::RANGES_PER_FILE_MAX;
        let text = format!("at most {most} ranges of a file can be requested at a time");
        return Err(Error::new(code::BG_E_TOO_MANY_RANGES_IN_FILE, text));
    }
    if requested.len() + file.segments.len() > limit::STRETCHES_PER_FILE_MAX {
        let most = limit::STRETCHES_PER_FILE_MAX;
        let text = format!("a file is held in at most {most} stretches: request larger ranges");
        return Err(Error::new(code::BG_E_TOO_MANY_RANGES_IN_FILE, text));
    }
    change.edit(job, index, |file| file.requested_ranges = requested)
}

/// Lets the files of a job follow its ON_DEMAND_MODE.
pub fn set_mode(change: &mut Change, job: &Job) -> Result<()> {
    let is_on_demand = is_on_demand(&change.record);
    if is_on_demand {
        check_mode(&change.record)?;
    }
    for (index, file) in (0_u32..).zip(&job.files) {
        if is_on_demand {
            check_file(file)?;
        }
        if file.is_on_demand != is_on_demand {
            change.edit(job, index, |file| file.is_on_demand = is_on_demand)?;
        }
    }
    Ok(())
}

/// True for a job of which only requested ranges are fetched.
pub fn is_on_demand(record: &JobRecord) -> bool {
    is_enabled(record, JobPropertyId::OnDemandMode)
}

fn is_enabled(record: &JobRecord, id: JobPropertyId) -> bool {
    matches!(record.properties.get(&id.as_u32()), Some(PropertyValue::Enable(true)))
}

/// BG_E_RANDOM_ACCESS_NOT_SUPPORTED if ranges of the file cannot be requested.
pub fn check_random_access(record: &JobRecord, file: &FileRecord) -> Result<()> {
    if is_upload(record) {
        let text = "an upload has no ranges to be requested";
        return Err(Error::new(code::BG_E_RANDOM_ACCESS_NOT_SUPPORTED, text));
    }
    check_mode(record)?;
    check_file(file)
}

fn check_mode(record: &JobRecord) -> Result<()> {
    if record.has_own_method() {
        let text = "only requests by GET have ranges";
        return Err(Error::new(code::BG_E_RANDOM_ACCESS_NOT_SUPPORTED, text));
    }
    if is_enabled(record, JobPropertyId::DynamicContent) {
        let text = "a file whose size may change has no ranges to be requested";
        return Err(Error::new(code::BG_E_RANDOM_ACCESS_NOT_SUPPORTED, text));
    }
    Ok(())
}

/// The same for what is known of the file alone.
pub fn check_file(file: &FileRecord) -> Result<()> {
    let text = match (file.ranges.is_empty(), Scheme::of(&file.remote_name)) {
        (true, Scheme::Http) => return Ok(()),
        (false, _) => "the file was added with ranges of its own",
        (true, Scheme::File) => "only files from HTTP servers have ranges to be requested",
    };
    Err(Error::new(code::BG_E_RANDOM_ACCESS_NOT_SUPPORTED, text))
}

fn check_range(range: &FileRange, size: Option<u64>) -> Result<()> {
    let FileRange { initial_offset, length } = *range;
    let most = size.unwrap_or(limit::OFFSET_MAX);
    let end = match length {
        0 => None,
        LENGTH_TO_EOF => Some(initial_offset).filter(|first| *first < most),
        length => initial_offset.checked_add(length).filter(|end| *end <= most),
    };
    match end {
        Some(_) => Ok(()),
        None => {
            let text = format!(
                "a range of {length} bytes from byte {initial_offset} on is empty or outside of \
                 the file"
            );
            Err(Error::new(code::BG_E_INVALID_RANGE, text))
        }
    }
}

/// A head told the size: what was requested outside of the file fails it, and is forgotten.
pub fn refuse_outside(change: &mut Change, job: &Job, index: u32, now: Now) -> Result<()> {
    let file = change.file(job, index)?;
    let is_inside = |range: &FileRange| check_range(range, file.size).is_ok();
    let Some(outside) = file.requested_ranges.iter().find(|range| !is_inside(range)).copied()
    else {
        return Ok(());
    };
    let size = file.size;
    change.edit(job, index, |file| {
        file.requested_ranges.retain(|range| check_range(range, size).is_ok());
    })?;
    let error = JobError {
        code: code::BG_E_INVALID_RANGE,
        context: ErrorContext::RemoteFile,
        file: Some(index),
        protocol: Some(Scheme::Http.name().to_owned()),
        message: format!(
            "the requested range from byte {} on is outside of the file of {} bytes",
            outside.initial_offset,
            size.unwrap_or(0)
        ),
        at_ms: now.unix_ms,
    };
    failure::stop(change, job, index, error, now)
}

/// Ends the transfer of a job on demand that has all that was requested: SUSPENDED, or ERROR
/// if some of its files failed (specification, section 3.5).
pub fn suspend_if_all_is_here(change: &mut Change, job: &Job, now: Now) {
    let record = &change.record;
    if !is_on_demand(record) || !record.is_runnable() || record.closing.is_some() {
        return;
    }
    let is_idle =
        |file: &FileRecord| file.is_transferred() || file.is_failed() || file.has_all_requested();
    if !change.files.values().all(is_idle) {
        return;
    }
    let stored = (0_u32..).zip(&job.files).filter(|(index, _)| !change.files.contains_key(index));
    let files = || stored.clone().map(|(_, file)| file).chain(change.files.values());
    if !files().all(is_idle) || files().all(FileRecord::is_transferred) {
        return;
    }
    let errors = files().filter(|file| file.is_failed());
    let errors = errors.filter_map(|file| Some(&file.failure.as_ref()?.error));
    match errors.min_by_key(|error| (error.at_ms, error.file)).cloned() {
        Some(error) => failure::fail(change, error, now),
        None => change.record.enter(JobState::Suspended, now),
    }
}

fn window(range: &FileRange) -> Range<u64> {
    range.initial_offset..range.initial_offset.saturating_add(range.length)
}

/// The parts of the gaps that lie in a window.
fn common(gaps: &[Range<u64>], window: &Range<u64>) -> Vec<Range<u64>> {
    let cut = |gap: &Range<u64>| gap.start.max(window.start)..gap.end.min(window.end);
    gaps.iter().map(cut).filter(|gap| !gap.is_empty()).collect()
}

/// In order, and joined where they meet.
fn merged(mut windows: Vec<Range<u64>>) -> Vec<FileRange> {
    windows.sort_by_key(|window| window.start);
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(windows.len());
    for window in windows {
        match joined.last_mut() {
            Some(last) if last.end >= window.start => last.end = last.end.max(window.end),
            Some(_) | None => joined.push(window),
        }
    }
    let range = |window: Range<u64>| FileRange {
        initial_offset: window.start,
        length: match window.end {
            LENGTH_TO_EOF => LENGTH_TO_EOF,
            end => end - window.start,
        },
    };
    joined.into_iter().map(range).collect()
}
