//! How the pieces of a body become writes.

use std::fs;
use std::time::{Duration, Instant};

use crate::disk::writer::{RANGE_WRITE_BYTES, WRITE_BYTES, Writer};
use crate::disk::{Disk, Marks, OpenedTemporary};
use crate::store::Faults;

use super::place;

#[test]
fn small_pieces_become_large_writes() {
    let place = place();
    let file = place.ready(&place.path("t"), 0);
    let mut writer = Writer::new(file, 0, None);
    writer.push(&[1; WRITE_BYTES - 1]).expect("buffered");
    assert_eq!(writer.written(), 0);
    writer.push(&[2; 2]).expect("one write");
    assert_eq!(writer.written(), WRITE_BYTES as u64);
    writer.flush().expect("the rest");
    assert_eq!(writer.written(), WRITE_BYTES as u64 + 1);
    writer.push(&vec![3; 3 * WRITE_BYTES]).expect("straight through");
    assert_eq!(writer.written(), 4 * WRITE_BYTES as u64 + 1);
    let content = fs::read(place.path("t")).expect("there");
    assert_eq!(content.len(), 4 * WRITE_BYTES + 1);
    assert_eq!(content[WRITE_BYTES - 2..WRITE_BYTES + 2], [1, 2, 2, 3]);
}

#[test]
fn one_of_several_ranges_has_smaller_writes() {
    let place = place();
    let file = place.ready(&place.path("t"), 0);
    let mut writer = Writer::new(file, 0, None).writing(RANGE_WRITE_BYTES);
    writer.push(&[1; RANGE_WRITE_BYTES - 1]).expect("buffered");
    assert_eq!(writer.written(), 0);
    writer.push(&[2; 2]).expect("one write");
    assert_eq!(writer.written(), RANGE_WRITE_BYTES as u64);
    writer.flush().expect("the rest");
    writer.push(&[3; RANGE_WRITE_BYTES]).expect("straight through");
    assert_eq!(writer.written(), 2 * RANGE_WRITE_BYTES as u64 + 1);
}

#[test]
fn a_body_that_is_whole_waits_for_nothing() {
    let place = place();
    let mut writer = Writer::new(place.ready(&place.path("t"), 0), 0, Some(9));
    writer.push(b"first").expect("buffered");
    assert!(writer.due().is_some(), "four bytes are missing");
    writer.push(b" and").expect("the last ones");
    writer.flush().expect("written");
    assert_eq!(writer.written(), 9);
    let mut writer = Writer::new(place.ready(&place.path("t"), 9), 9, Some(5));
    writer.push(b" more").expect("all of them");
    assert_eq!((writer.written(), writer.due()), (14, None));
    assert_eq!(fs::read(place.path("t")).expect("there"), b"first and more");
}

#[test]
fn bytes_do_not_wait_long_for_more() {
    let place = place();
    let Ok(OpenedTemporary::Ready(file)) =
        place.disk.open_temporary(&place.path("t"), 0, Marks::default())
    else {
        panic!("not made");
    };
    let mut writer = Writer::new(file, 0, None);
    assert_eq!(writer.due(), None, "nothing waits");
    writer.push(b"first").expect("buffered");
    let due = writer.due().expect("it waits");
    writer.flush_if_due(due - Duration::from_millis(1)).expect("not yet");
    assert_eq!(writer.written(), 0);
    writer.push(b" and").expect("buffered");
    assert_eq!(writer.due(), Some(due), "more bytes do not put it off");
    writer.flush_if_due(due).expect("written");
    assert_eq!((writer.written(), writer.due()), (9, None));
    let before = Instant::now();
    writer.push(b" more").expect("buffered");
    let due = writer.due().expect("it waits");
    assert!(due >= before + Duration::from_millis(100), "one write for all of this time");
    writer.flush().expect("written");
    assert_eq!((writer.written(), writer.due()), (14, None));
    assert_eq!(fs::read(place.path("t")).expect("there"), b"first and more");
}

#[test]
fn a_fast_body_costs_no_more_writes_than_its_size_asks_for() {
    let place = place();
    let faults = Faults::default();
    let disk = Disk::new(faults.clone());
    let Ok(OpenedTemporary::Ready(file)) =
        disk.open_temporary(&place.path("t"), 0, Marks::default())
    else {
        panic!("not made");
    };
    let mut writer = Writer::new(file, 0, None);
    faults.set(5);
    let arrived = Instant::now();
    for _ in 0..64 {
        writer.push(&[1; WRITE_BYTES / 16]).expect("taken");
        writer.flush_if_due(arrived).expect("not due");
    }
    assert_eq!(writer.written(), 4 * WRITE_BYTES as u64);
    assert!(!faults.reached(), "it took more than four writes");
}

#[test]
fn after_a_failed_write_the_position_stays_true() {
    let place = place();
    let faults = Faults::default();
    let disk = Disk::new(faults.clone());
    let Ok(OpenedTemporary::Ready(file)) =
        disk.open_temporary(&place.path("t"), 0, Marks::default())
    else {
        panic!("not made");
    };
    let mut writer = Writer::new(file, 0, None);
    writer.push(&[1; WRITE_BYTES]).expect("written");
    faults.set(1);
    assert!(writer.push(&[2; WRITE_BYTES]).is_err());
    assert!(writer.push(&[2; WRITE_BYTES]).is_err(), "no gap is ever written");
    assert_eq!(writer.written(), WRITE_BYTES as u64);
}
