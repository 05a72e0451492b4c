//! Which bytes of a download are held: those from its start on and, while several
//! requests fetch it, others behind gaps. Positions count the requested bytes.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::protocol::FileRange;
use crate::vocab::LENGTH_TO_EOF;

use super::file::FileRecord;

/// Bytes held behind a gap. Stored as three numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(u64, u64, u64)", into = "(u64, u64, u64)")]
pub struct Segment {
    /// Position of its first byte.
    pub first: u64,
    /// Where the bytes end that are in the temporary file: true while the boot lasts.
    pub written: u64,
    /// Where those end that survive a power cut.
    pub synced: u64,
}

impl From<(u64, u64, u64)> for Segment {
    fn from((first, written, synced): (u64, u64, u64)) -> Self {
        Self { first, written: written.max(first), synced: synced.clamp(first, written.max(first)) }
    }
}

impl From<Segment> for (u64, u64, u64) {
    fn from(segment: Segment) -> Self {
        (segment.first, segment.written, segment.synced)
    }
}

impl FileRecord {
    /// Bytes that are in the temporary file, or at the server of an upload.
    pub fn held(&self) -> u64 {
        let behind = self.segments.iter().map(|segment| segment.written - segment.first);
        self.written + behind.sum::<u64>()
    }

    /// Those of them that survive a power cut.
    pub fn held_safely(&self) -> u64 {
        let behind = self.segments.iter().map(|segment| segment.synced - segment.first);
        self.synced + behind.sum::<u64>()
    }

    /// Where the first missing byte is.
    pub fn first_missing(&self) -> u64 {
        let mut end = self.written;
        for segment in &self.segments {
            if segment.first > end {
                break;
            }
            end = end.max(segment.written);
        }
        end
    }

    /// How many bytes are held right before a position, without a gap.
    pub fn held_before(&self, position: u64) -> u64 {
        if self.segments.is_empty() {
            return if position <= self.written { position } else { 0 };
        }
        let mut run = 0..0;
        for range in self.held_ranges() {
            match range.start <= run.end {
                true => run.end = run.end.max(range.end),
                false => run = range,
            }
            if position <= run.end {
                return position.saturating_sub(run.start);
            }
        }
        0
    }

    /// Where the last of the held bytes ends.
    pub fn held_until(&self) -> u64 {
        self.segments.last().map_or(self.written, |segment| segment.written)
    }

    /// The stretches of held bytes in order; some may meet.
    pub fn held_ranges(&self) -> Vec<Range<u64>> {
        let mut ranges = Vec::with_capacity(self.segments.len() + 1);
        ranges.push(0..self.written);
        ranges.extend(self.segments.iter().map(|segment| segment.first..segment.written));
        ranges
    }

    /// What is held of the remote file, by its own offsets: in order, and joined where it
    /// meets.
    pub fn filled_ranges(&self) -> Vec<FileRange> {
        let whole = [FileRange { initial_offset: 0, length: LENGTH_TO_EOF }];
        let pieces = if self.ranges.is_empty() { &whole } else { &self.ranges[..] };
        let mut filled = Vec::new();
        let mut position = 0_u64;
        for piece in pieces {
            let end = position.saturating_add(piece.length);
            for held in self.held_ranges() {
                let (first, last) = (held.start.max(position), held.end.min(end));
                if first < last {
                    let offset = piece.initial_offset + (first - position);
                    filled.push(offset..offset + (last - first));
                }
            }
            position = end;
        }
        filled.sort_by_key(|range| range.start);
        let mut joined: Vec<Range<u64>> = Vec::with_capacity(filled.len());
        for range in filled {
            match joined.last_mut() {
                Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
                Some(_) | None => joined.push(range),
            }
        }
        let range = |range: Range<u64>| FileRange {
            initial_offset: range.start,
            length: range.end - range.start,
        };
        joined.into_iter().map(range).collect()
    }

    /// What it holds that it did not hold `before`.
    pub fn held_beyond(&self, before: Option<&Self>) -> Vec<Range<u64>> {
        let had = before.map(Self::held_ranges).unwrap_or_default();
        let mut new = Vec::new();
        for range in self.held_ranges() {
            let mut start = range.start;
            for old in had.iter().filter(|old| old.end > range.start && old.start < range.end) {
                if old.start > start {
                    new.push(start..old.start);
                }
                start = start.max(old.end);
            }
            if start < range.end {
                new.push(start..range.end);
            }
        }
        new
    }

    /// True if the byte at a position is held.
    pub fn holds(&self, position: u64) -> bool {
        position < self.written
            || self.segments.iter().any(|one| (one.first..one.written).contains(&position))
    }

    /// Where the first held byte behind a position is; None if there is none.
    pub fn next_held(&self, position: u64) -> Option<u64> {
        self.segments.iter().map(|segment| segment.first).find(|first| *first >= position)
    }

    /// The missing bytes of a file of `size` bytes, in order.
    pub fn gaps(&self, size: u64) -> Vec<Range<u64>> {
        let mut gaps = Vec::new();
        let mut from = self.written;
        for segment in &self.segments {
            if segment.first > from {
                gaps.push(from..segment.first);
            }
            from = from.max(segment.written);
        }
        if size > from {
            gaps.push(from..size);
        }
        gaps
    }

    /// Takes note of bytes of one request: from where it began to `written`.
    pub(super) fn add_bytes(&mut self, begin: u64, written: u64) {
        if self.segments.is_empty() && begin <= self.written {
            self.written = self.written.max(written);
            return;
        }
        let mut all = self.stretches();
        match all.iter_mut().find(|one| one.first <= begin && begin <= one.written) {
            Some(one) => one.written = one.written.max(written),
            None if written > begin => {
                let place = all.partition_point(|one| one.first < begin);
                all.insert(place, Segment { first: begin, written, synced: begin });
            }
            None => {}
        }
        self.set_stretches(all);
    }

    /// Takes note that a sync covered these bytes.
    pub(super) fn add_synced(&mut self, held: &[Range<u64>]) {
        let mut all = self.stretches();
        for one in &mut all {
            for range in held {
                if range.start <= one.synced && range.end > one.synced {
                    one.synced = range.end.min(one.written);
                }
            }
        }
        self.set_stretches(all);
    }

    /// Forgets the bytes that a power cut would take.
    pub(super) fn keep_synced(&mut self) {
        let mut all = self.stretches();
        for one in &mut all {
            one.written = one.synced;
        }
        self.set_stretches(all);
    }

    /// Forgets that there were gaps: all the bytes are there.
    pub(super) fn close_gaps(&mut self) {
        self.written = self.held();
        self.segments.clear();
    }

    fn stretches(&self) -> Vec<Segment> {
        let mut all = Vec::with_capacity(self.segments.len() + 2);
        all.push(Segment { first: 0, written: self.written, synced: self.synced });
        all.extend(&self.segments);
        all
    }

    /// Bytes that two stretches have are the later one's. Those that meet become one,
    /// unless that would hide which of the bytes are safe.
    fn set_stretches(&mut self, mut all: Vec<Segment>) {
        for index in 1..all.len() {
            let next = all[index].first;
            let written = all[index - 1].written;
            if written > next {
                all[index].written = all[index].written.max(written);
                all[index - 1].written = next;
                all[index - 1].synced = all[index - 1].synced.min(next);
            }
        }
        let mut joined: Vec<Segment> = Vec::with_capacity(all.len());
        for one in all {
            match joined.last_mut() {
                Some(last)
                    if last.written == one.first
                        && (last.synced == last.written || one.synced == one.first) =>
                {
                    if last.synced == last.written {
                        last.synced = one.synced;
                    }
                    last.written = one.written;
                }
                Some(_) if one.written == one.first => {}
                Some(_) | None => joined.push(one),
            }
        }
        let mut joined = joined.into_iter();
        if let Some(first) = joined.next() {
            (self.written, self.synced) = (first.written, first.synced);
        }
        self.segments = joined.collect();
    }
}
