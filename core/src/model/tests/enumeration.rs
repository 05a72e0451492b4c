//! Every order of commands, outcomes and crashes of a small job.

use std::collections::{BTreeSet, VecDeque};

use crate::vocab::JobState;

use super::world::{EVENTS, Event, World};

/// Events in a row that are tried. All worlds with a file of two bytes are
/// reached well before.
const DEPTH: usize = 14;

#[test]
fn no_order_of_events_breaks_a_promise() {
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([(World::new(), 0, Vec::<Event>::new())]);
    let mut ends = BTreeSet::new();
    while let Some((world, depth, path)) = queue.pop_front() {
        for event in EVENTS {
            let mut next = world.clone();
            if !next.step(event) {
                continue;
            }
            if world.job.record.state.is_final() {
                assert_eq!(
                    next.job.record.state, world.job.record.state,
                    "final is final: {path:?}"
                );
            }
            let mut path = path.clone();
            path.push(event);
            let checked = std::panic::catch_unwind(|| next.check());
            assert!(checked.is_ok(), "after {path:?}: {next:#?}");
            if seen.insert(next.key()) && depth + 1 < DEPTH {
                ends.insert(next.job.record.state);
                queue.push_back((next, depth + 1, path));
            }
        }
    }
    assert_eq!(
        ends.len(),
        JobState::ALL.len() - 1,
        "every state but CONNECTING is reached: {ends:?}"
    );
    assert!(seen.len() > 1_000, "only {} worlds", seen.len());
}

#[test]
fn every_world_can_still_be_brought_to_an_end() {
    // From any world, if nothing more goes wrong, Cancel removes everything.
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([(World::new(), 0)]);
    while let Some((world, depth)) = queue.pop_front() {
        for event in EVENTS {
            let mut next = world.clone();
            if !next.step(event) || !seen.insert(next.key()) {
                continue;
            }
            let mut ending = next.clone();
            ending.step(Event::Cancel);
            while ending.step(Event::TimePasses) || ending.step(Event::Work) {
                ending.check();
            }
            assert!(ending.job.record.closing.is_none(), "{ending:#?}");
            if depth + 1 < DEPTH {
                queue.push_back((next, depth + 1));
            }
        }
    }
}
