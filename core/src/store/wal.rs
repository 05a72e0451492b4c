//! The write-ahead log as SQLite lays it out, read without SQLite.
//!
//! Needed where SQLite gives up: if the database beside the log is damaged, the
//! newest pages are still in the log.

use std::collections::BTreeMap;
use std::fs::File;

use crate::platform::read_exact_at;

use super::failure::{Fallible, StoreFailure};
use super::schema::PAGE_BYTES;

/// Bytes before the first frame.
pub(super) const HEADER_BYTES: usize = 32;
/// Bytes of a frame before its page.
const FRAME_HEADER_BYTES: usize = 24;
/// The last bit says in which byte order the checksums are: the machine's.
const MAGIC: u32 = 0x377f_0682 | cfg!(target_endian = "big") as u32;
const FORMAT: u32 = 3_007_000;

/// The running sums that tie each frame to all before it.
type Sums = (u32, u32);

/// Checks the header of a log that holds more than its header.
pub(super) fn check_header(log: &[u8]) -> Fallible<()> {
    let sound = log.len() >= HEADER_BYTES
        && number_at(log, 0) == MAGIC
        && number_at(log, 4) == FORMAT
        && number_at(log, 8) == PAGE_BYTES as u32
        && stored_sums(log, 24) == sums((0, 0), &log[..24]);
    if sound {
        Ok(())
    } else {
        Err(StoreFailure::Damaged("the header of the write-ahead log is damaged".to_owned()))
    }
}

/// Where in the log the newest committed version of each page is.
///
/// Stops, as SQLite does, at the first frame that does not follow from those
/// before it. Of a damaged header either the sums or the bytes they are taken of
/// are still right, and the first frame tells which.
pub(super) fn committed_pages(log: &File) -> BTreeMap<u32, u64> {
    let mut header = [0; HEADER_BYTES];
    if read_exact_at(log, &mut header, 0).is_err() {
        return BTreeMap::new();
    }
    let stored = pages_from(log, stored_sums(&header, 24));
    if stored.is_empty() { pages_from(log, sums((0, 0), &header[..24])) } else { stored }
}

fn pages_from(log: &File, mut seed: Sums) -> BTreeMap<u32, u64> {
    let mut committed = BTreeMap::new();
    let mut pending = Vec::new();
    let mut frame = vec![0; FRAME_HEADER_BYTES + PAGE_BYTES];
    let mut at = HEADER_BYTES as u64;
    while read_exact_at(log, &mut frame, at).is_ok() {
        seed = sums(sums(seed, &frame[..8]), &frame[FRAME_HEADER_BYTES..]);
        if seed != stored_sums(&frame, 16) {
            break;
        }
        pending.push((number_at(&frame, 0), at + FRAME_HEADER_BYTES as u64));
        // Not zero in the last frame of a transaction.
        if number_at(&frame, 4) != 0 {
            committed.extend(pending.drain(..));
        }
        at += frame.len() as u64;
    }
    committed
}

/// The sums after more bytes: two words at a time.
fn sums(seed: Sums, bytes: &[u8]) -> Sums {
    let (mut first, mut second) = seed;
    for pair in bytes.chunks_exact(8) {
        let [a, b, c, d, e, f, g, h] = pair else { continue };
        let one = u32::from_ne_bytes([*a, *b, *c, *d]);
        let two = u32::from_ne_bytes([*e, *f, *g, *h]);
        first = first.wrapping_add(one).wrapping_add(second);
        second = second.wrapping_add(two).wrapping_add(first);
    }
    (first, second)
}

fn stored_sums(bytes: &[u8], at: usize) -> Sums {
    (number_at(bytes, at), number_at(bytes, at + 4))
}

fn number_at(bytes: &[u8], at: usize) -> u32 {
    match bytes.get(at..at + 4) {
        Some([a, b, c, d]) => u32::from_be_bytes([*a, *b, *c, *d]),
        Some(_) | None => 0,
    }
}
