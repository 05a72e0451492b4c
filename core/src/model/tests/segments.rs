//! What is held of a file behind gaps, and what a further request is to fetch.

use crate::model::{Command, FileRecord, FileStage, Input, Now, Outcome, RunningRange, next_range};
use crate::protocol::FileRange;
use crate::vocab::LENGTH_TO_EOF;

use super::{command, input, job_with_files, verified};

const MIB: u64 = 1024 * 1024;

/// The rate of a request that is fast enough to be left alone.
const FAST: u64 = u64::MAX;

fn file(parts: &[(u64, u64)]) -> FileRecord {
    let mut file = FileRecord::new("http://host/f".to_owned(), "/f".to_owned(), Vec::new());
    for (begin, written) in parts {
        file.add_bytes(*begin, *written);
    }
    file
}

fn running(position: u64, end: Option<u64>, rate: u64) -> RunningRange {
    RunningRange { position, end, rate }
}

#[test]
fn bytes_of_several_requests_are_counted_once() {
    let mut file = file(&[(0, 10), (20, 30), (40, 50)]);
    assert_eq!((file.held(), file.held_until(), file.first_missing()), (30, 50, 10));
    assert_eq!(file.gaps(60), [10..20, 30..40, 50..60]);
    assert!(file.holds(25) && !file.holds(30) && !file.holds(15));
    assert_eq!(
        (file.next_held(10), file.next_held(21), file.next_held(41)),
        (Some(20), Some(40), None)
    );
    // One that goes on into what another one has brings nothing new.
    file.add_bytes(0, 25);
    assert_eq!((file.held(), file.first_missing()), (40, 30));
    file.add_bytes(20, 60);
    assert_eq!((file.held(), file.gaps(60)), (60, Vec::new()));
}

#[test]
fn stretches_that_meet_become_one_unless_that_hides_what_is_safe() {
    let mut file = file(&[(0, 10), (20, 30)]);
    file.add_synced(&[0..0, 20..30]);
    file.add_bytes(0, 20);
    assert_eq!(file.segments.len(), 1, "the first ten are not safe, the last ten are");
    assert_eq!((file.held(), file.held_safely(), file.first_missing()), (30, 10, 30));
    file.add_synced(&[0..20, 20..30]);
    assert_eq!((file.segments.len(), file.held_safely(), file.written), (0, 30, 30));
}

#[test]
fn a_sync_counts_for_what_was_held_when_it_began() {
    let mut file = file(&[(0, 10), (20, 30)]);
    let held = file.held_ranges();
    file.add_bytes(0, 15);
    file.add_bytes(20, 35);
    file.add_synced(&held);
    assert_eq!(file.held_safely(), 20);
    file.keep_synced();
    assert_eq!((file.held(), file.gaps(40)), (20, vec![10..20, 30..40]));
}

#[test]
fn without_first_bytes_nothing_behind_them_counts() {
    let mut file = file(&[(0, 10), (20, 30)]);
    file.add_synced(&[0..0, 20..30]);
    file.keep_synced();
    assert_eq!((file.held(), file.segments.len()), (0, 0));
}

#[test]
fn what_came_in_is_listed_without_the_gaps() {
    let before = file(&[(0, 10), (20, 30)]);
    let after = file(&[(0, 12), (20, 35), (50, 60)]);
    assert_eq!(after.held_beyond(Some(&before)), [10..12, 30..35, 50..60]);
    assert_eq!(before.held_beyond(None), [0..10, 20..30]);
}

#[test]
fn a_record_without_segments_is_stored_as_before_and_one_with_them_is_short() {
    let text = serde_json::to_string(&file(&[(0, 10)])).expect("json");
    assert!(!text.contains("segments"), "{text}");
    let parts: Vec<_> = (0..64).map(|part| (part << 33, (part << 33) + 4096)).collect();
    let many = file(&parts);
    assert_eq!(many.segments.len(), 63);
    let text = serde_json::to_string(&many).expect("json");
    assert!(text.len() < 3 * 1024, "{} bytes", text.len());
    assert_eq!(serde_json::from_str::<FileRecord>(&text).expect("json"), many);
    // What was stored wrong claims no byte that is not written.
    let wrong = text.replace("[8589934592,8589938688,8589934592]", "[8589934592,5,9]");
    let read = serde_json::from_str::<FileRecord>(&wrong).expect("json");
    assert_eq!(read.segments[0].written - read.segments[0].first, 0);
}

#[test]
fn a_further_request_fetches_the_first_bytes_that_nobody_fetches() {
    let size = 100 * MIB;
    let held = file(&[(0, 10 * MIB)]);
    // One that goes on to the end of the file keeps its next range.
    let open = running(10 * MIB, None, FAST);
    assert_eq!(next_range(&held, size, &[open], MIB), Some(11 * MIB..12 * MIB));
    let second = running(11 * MIB, Some(12 * MIB), FAST);
    assert_eq!(next_range(&held, size, &[open, second], MIB), Some(12 * MIB..13 * MIB));
    // What is between two requests belongs to neither.
    let behind = running(12 * MIB, Some(13 * MIB), FAST);
    let near = running(10 * MIB, Some(11 * MIB), FAST);
    assert_eq!(next_range(&held, size, &[near, behind], 4 * MIB), Some(11 * MIB..12 * MIB));
    // A gap ends where held bytes begin.
    let held = file(&[(0, 10 * MIB), (11 * MIB + 5, 12 * MIB)]);
    assert_eq!(next_range(&held, size, &[open], MIB), Some(11 * MIB..11 * MIB + 5));
}

#[test]
fn ranges_are_begun_no_more_than_sixteen_ahead() {
    let size = 100 * MIB;
    let slow = running(0, Some(MIB), FAST);
    let held = file(&[(0, 1), (MIB, 16 * MIB)]);
    assert_eq!(next_range(&held, size, &[slow], MIB), Some(16 * MIB..17 * MIB));
    let held = file(&[(0, 1), (MIB, 17 * MIB)]);
    assert_eq!(next_range(&held, size, &[slow], MIB), None, "the slow one is not slow enough");
    let slow = running(1, Some(MIB), 1);
    let half = 1 + (MIB - 1) / 2;
    assert_eq!(next_range(&held, size, &[slow], MIB), Some(half..MIB), "half of its rest");
}

#[test]
fn a_small_rest_of_which_nothing_comes_is_fetched_twice_and_never_three_times() {
    let size = 10 * MIB;
    let rest = 100 * 1024;
    let held = file(&[(0, size - rest)]);
    let fast = running(size - rest, Some(size), rest);
    assert_eq!(next_range(&held, size, &[fast], MIB), None);
    let slow = running(size - rest, Some(size), 1);
    assert_eq!(next_range(&held, size, &[slow], MIB), None, "two would share its rate");
    let silent = running(size - rest, Some(size), 0);
    assert_eq!(next_range(&held, size, &[silent], MIB), Some(size - rest..size));
    assert_eq!(next_range(&held, size, &[silent, slow], MIB), None);
}

#[test]
fn what_is_filled_is_listed_by_the_offsets_of_the_remote_file() {
    let piece = |initial_offset, length| FileRange { initial_offset, length };
    let whole = file(&[(0, 10), (20, 30)]);
    assert_eq!(whole.filled_ranges(), [piece(0, 10), piece(20, 10)]);
    let mut pieces = file(&[(0, 75)]);
    pieces.ranges = vec![piece(1_000, 50), piece(100, 20), piece(120, LENGTH_TO_EOF)];
    assert_eq!(pieces.filled_ranges(), [piece(100, 25), piece(1_000, 50)]);
    assert_eq!(file(&[]).filled_ranges(), []);
}

#[test]
fn a_file_is_received_when_it_has_no_gap_and_in_one_piece_once_verified() {
    let mut job = job_with_files(1);
    command(&mut job, Command::Resume).expect("resumed");
    let mut outcome = |outcome| {
        input(&mut job, &Input::Outcome(outcome), Now::default()).expect("an outcome");
        job.files[0].clone()
    };
    outcome(Outcome::Progress { file: 0, begin: 0, written: 10 });
    outcome(Outcome::Progress { file: 0, begin: 20, written: 30 });
    let file = outcome(Outcome::Received { file: 0, size: 30 });
    assert_eq!((file.stage, file.held()), (FileStage::Waiting, 20), "ten bytes are missing");
    outcome(Outcome::Synced { file: 0, held: vec![0..0, 20..30] });
    outcome(Outcome::PieceEnded { file: 0, begin: 0, written: 20 });
    let file = outcome(Outcome::Received { file: 0, size: 30 });
    assert_eq!((file.stage, file.held_safely()), (FileStage::Received, 10), "nothing is forgotten");
    let file = outcome(verified(0, None));
    assert_eq!((file.written, file.synced, file.segments.len()), (30, 30, 0));
}
