//! What is held of a file behind gaps, and what a further request is to fetch.

use crate::model::{
    Command, FileRecord, FileStage, Input, Job, Now, Outcome, RunningRange, comes_soon, next_range,
    range_at,
};
use crate::protocol::{FileRange, Validator, next_request};
use crate::vocab::{LENGTH_TO_EOF, code, limit};

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
    RunningRange { position, end, is_further: end.is_some(), rate }
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
fn bytes_behind_a_gap_count_without_the_first_ones() {
    let mut file = file(&[(0, 10), (20, 30)]);
    file.add_synced(&[0..0, 20..30]);
    file.keep_synced();
    assert_eq!((file.held(), file.first_missing(), file.gaps(40)), (10, 0, vec![0..20, 30..40]));
    file.size = Some(40);
    file.validator = Some(Validator { etag: Some("\"v\"".to_owned()), ..Validator::default() });
    let request = next_request(&file.content());
    assert_eq!((request.range, request.if_range.as_deref()), (Some((0, Some(19))), Some("\"v\"")));
    assert!(request.joins);
}

#[test]
fn what_is_held_right_before_a_byte_may_be_compared() {
    let mut file = file(&[(0, 10), (20, 30)]);
    let before = |file: &FileRecord| [0, 5, 10, 15, 20, 25, 30, 40].map(|at| file.held_before(at));
    assert_eq!(before(&file), [0, 5, 10, 0, 0, 5, 10, 0]);
    file.add_synced(&[0..0, 20..30]);
    file.add_bytes(0, 20);
    assert_eq!(file.segments.len(), 1, "two stretches that meet");
    assert_eq!(before(&file), [0, 5, 10, 15, 20, 25, 30, 0]);
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
    assert_eq!(next_range(&held, size, &[open], MIB, 0), Some(11 * MIB..12 * MIB));
    let second = running(11 * MIB, Some(12 * MIB), FAST);
    assert_eq!(next_range(&held, size, &[open, second], MIB, 0), Some(12 * MIB..13 * MIB));
    // What is between two requests belongs to neither.
    let behind = running(12 * MIB, Some(13 * MIB), FAST);
    let near = running(10 * MIB, Some(11 * MIB), FAST);
    assert_eq!(next_range(&held, size, &[near, behind], 4 * MIB, 0), Some(11 * MIB..12 * MIB));
    // A gap ends where held bytes begin.
    let held = file(&[(0, 10 * MIB), (11 * MIB + 5, 12 * MIB)]);
    assert_eq!(next_range(&held, size, &[open], MIB, 0), Some(11 * MIB..11 * MIB + 5));
}

#[test]
fn ranges_are_begun_no_more_than_sixteen_or_three_for_each_request_ahead() {
    let size = 100 * MIB;
    let slow = running(0, Some(MIB), FAST);
    let held = file(&[(0, 1), (MIB, 16 * MIB)]);
    assert_eq!(next_range(&held, size, &[slow], MIB, 0), Some(16 * MIB..17 * MIB));
    let held = file(&[(0, 1), (MIB, 17 * MIB)]);
    assert_eq!(next_range(&held, size, &[slow], MIB, 0), None, "the slow one is not slow enough");
    let many: Vec<_> = (0..8).map(|at| running(at * MIB, Some(MIB + at * MIB), FAST)).collect();
    let held = file(&[(0, 1), (8 * MIB, 27 * MIB)]);
    assert_eq!(next_range(&held, size, &many, MIB, 0), Some(27 * MIB..28 * MIB), "three for each");
    let held = file(&[(0, 1), (8 * MIB, 28 * MIB)]);
    assert_eq!(next_range(&held, size, &many, MIB, 0), None);
    let held = file(&[(0, 1), (MIB, 17 * MIB)]);
    let slow = running(1, Some(MIB), 1);
    let half = 1 + (MIB - 1) / 2;
    assert_eq!(next_range(&held, size, &[slow], MIB, 0), Some(half..MIB), "half of its rest");
    let held = file(&[(0, 1), (130 * 1024, 17 * MIB)]);
    let slow = running(1, Some(130 * 1024), 1);
    let next = next_range(&held, size, &[slow], MIB, 0).expect("a range");
    assert_eq!(next.end, 130 * 1024, "a small rest, too, if it takes long");
}

#[test]
fn what_is_missing_from_the_download_position_on_comes_first() {
    let size = 100 * MIB;
    let held = file(&[(0, 10 * MIB), (60 * MIB, 61 * MIB)]);
    let open = running(10 * MIB, None, FAST);
    let next = |position, running: &[RunningRange]| {
        next_range(&held, size, running, MIB, position).expect("a range")
    };
    assert_eq!(next(50 * MIB + 5, &[open]), 50 * MIB + 5..51 * MIB + 5);
    assert_eq!(next(60 * MIB + 5, &[open]), 61 * MIB..62 * MIB, "what is held is not fetched");
    // Up to the end of the file, and then from its start.
    let last = running(99 * MIB, Some(size), FAST);
    assert_eq!(next(99 * MIB, &[open, last]), 11 * MIB..12 * MIB);
    // Nobody runs further ahead of the position than of the start.
    let near = running(80 * MIB, Some(81 * MIB), FAST);
    let held = file(&[(0, 10 * MIB), (81 * MIB, 97 * MIB)]);
    let next = next_range(&held, size, &[open, near], MIB, 80 * MIB);
    assert_eq!(next, Some(11 * MIB..12 * MIB), "17 MiB ahead");
}

#[test]
fn a_byte_that_is_waited_for_gets_a_request_unless_it_is_about_to_come() {
    let size = 100 * MIB;
    let held = file(&[(0, 10 * MIB), (60 * MIB, 61 * MIB)]);
    let soon = |rate, position| {
        comes_soon(&held, size, &[running(10 * MIB, Some(40 * MIB), rate)], position)
    };
    assert!(soon(0, 10 * MIB), "it is the next one");
    assert!(soon(0, 10 * MIB + 200 * 1024), "it is near");
    assert!(!soon(0, 11 * MIB) && !soon(MIB, 11 * MIB) && soon(4 * MIB, 11 * MIB));
    assert!(!soon(4 * MIB, 9 * MIB) && !soon(400 * MIB, 50 * MIB), "nobody fetches it");
    // Also what another request would come to later on.
    let open = running(10 * MIB, None, FAST);
    let range = |position, running: &[RunningRange]| range_at(&held, size, running, MIB, position);
    assert_eq!(range(30 * MIB, &[open]), 30 * MIB..31 * MIB);
    assert_eq!(range(60 * MIB - 5, &[open]), 60 * MIB - 5..60 * MIB);
    assert_eq!(range(size - 5, &[open]), size - 5..size);
    let next = running(30 * MIB + 7, Some(40 * MIB), FAST);
    assert_eq!(range(30 * MIB, &[open, next]), 30 * MIB..30 * MIB + 7);
}

#[test]
fn a_file_that_begins_anew_is_another_version() {
    let mut file = file(&[(0, 10)]);
    file.keep_synced();
    file.restart();
    assert_eq!(file.version, 0, "nothing was held");
    file.add_bytes(0, 10);
    file.restart();
    assert_eq!(file.version, 1);
}

#[test]
fn a_small_rest_of_which_nothing_comes_is_fetched_twice_and_never_three_times() {
    let size = 10 * MIB;
    let rest = 100 * 1024;
    let held = file(&[(0, size - rest)]);
    let fast = running(size - rest, Some(size), rest);
    assert_eq!(next_range(&held, size, &[fast], MIB, 0), None);
    let slow = running(size - rest, Some(size), 1);
    assert_eq!(next_range(&held, size, &[slow], MIB, 0), None, "two would share its rate");
    let silent = running(size - rest, Some(size), 0);
    assert_eq!(next_range(&held, size, &[silent], MIB, 0), Some(size - rest..size));
    assert_eq!(next_range(&held, size, &[silent, slow], MIB, 0), None);
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

#[test]
fn a_file_is_held_in_no_more_stretches_than_a_record_may_have() {
    let mut job = job_with_files(1);
    let stretch = |at: usize| (at as u64 * 10 + 5, at as u64 * 10 + 6);
    let most = limit::STRETCHES_PER_FILE_MAX;
    let segments = (0..most - 1).map(stretch).map(|(first, end)| (first, end, end));
    job.files[0].segments = segments.map(Into::into).collect();
    let request = |job: &mut Job, offsets: &[u64]| {
        let range = |at: &u64| FileRange { initial_offset: *at, length: 1 };
        let ranges = offsets.iter().map(range).collect();
        let taken = command(job, Command::RequestFileRanges { file: 0, ranges });
        taken.map(|_| ()).map_err(|error| error.code)
    };
    assert_eq!(request(&mut job, &[0, 2]), Err(code::BG_E_TOO_MANY_RANGES_IN_FILE));
    assert!(job.files[0].requested_ranges.is_empty(), "nothing of it");
    request(&mut job, &[0, 1]).expect("two that meet are one");
}

#[test]
fn what_is_safe_is_requested_no_more() {
    let mut job = job_with_files(1);
    let request = |job: &mut Job, initial_offset| {
        let ranges = vec![FileRange { initial_offset, length: 10 }];
        command(job, Command::RequestFileRanges { file: 0, ranges }).expect("requested");
    };
    request(&mut job, 0);
    job.files[0].add_bytes(0, 10);
    request(&mut job, 20);
    assert_eq!(job.files[0].requested_ranges.len(), 2, "a power cut could take them");
    job.files[0].add_synced(std::slice::from_ref(&(0..10)));
    request(&mut job, 40);
    let offsets: Vec<_> =
        job.files[0].requested_ranges.iter().map(|range| range.initial_offset).collect();
    assert_eq!(offsets, [20, 40]);
}

#[test]
fn what_a_failed_sync_leaves_safe_behind_a_gap_is_kept() {
    let mut job = job_with_files(1);
    command(&mut job, Command::Resume).expect("resumed");
    job.files[0].add_bytes(0, 10);
    job.files[0].add_bytes(20, 30);
    job.files[0].add_synced(&[0..0, 20..25]);
    let lost = Outcome::LostBytes { file: 0, keeps_synced: true };
    input(&mut job, &Input::Outcome(lost), Now::default()).expect("an outcome");
    assert_eq!((job.files[0].held(), job.files[0].gaps(30)), (5, vec![0..20, 25..30]));
    let lost = Outcome::LostBytes { file: 0, keeps_synced: false };
    input(&mut job, &Input::Outcome(lost), Now::default()).expect("an outcome");
    assert_eq!(job.files[0].held(), 0);
}
