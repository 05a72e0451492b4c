//! Every order of commands, answers and crashes of a small upload.

use std::collections::{BTreeSet, VecDeque};

use crate::vocab::{JobState, UploadProtocol};

use super::upload_world::{EVENTS, Event, World};

/// Events in a row that are tried from a new job on: enough for a file of two
/// fragments with trouble at each step.
const DEPTH: usize = 12;

/// The protocols with sessions.
const PROTOCOLS: [UploadProtocol; 2] = [UploadProtocol::Bits, UploadProtocol::Tus];

/// Walks all worlds of a protocol and returns how many there are.
fn worlds(
    protocol: UploadProtocol,
    depth: usize,
    mut visit: impl FnMut(&World, &World, &[Event]),
) -> usize {
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([(World::new(protocol), Vec::<Event>::new())]);
    while let Some((world, path)) = queue.pop_front() {
        for event in EVENTS {
            let mut next = world.clone();
            if !next.step(event) {
                continue;
            }
            let mut path = path.clone();
            path.push(event);
            visit(&world, &next, &path);
            if seen.insert(next.key()) && path.len() < depth {
                queue.push_back((next, path));
            }
        }
    }
    seen.len()
}

#[test]
fn no_order_of_events_breaks_a_promise() {
    PROTOCOLS.into_iter().for_each(no_order_breaks_a_promise);
}

fn no_order_breaks_a_promise(protocol: UploadProtocol) {
    let mut ends = BTreeSet::new();
    let count = worlds(protocol, DEPTH, |world, next, path| {
        if world.job.record.state.is_final() {
            let state = world.job.record.state;
            assert_eq!(next.job.record.state, state, "final is final: {path:?}");
        }
        ends.insert(next.job.record.state);
        let checked = std::panic::catch_unwind(|| next.check());
        assert!(checked.is_ok(), "after {path:?}: {next:#?}");
    });
    assert!(ends.len() >= JobState::ALL.len() - 1, "{ends:?}");
    assert!(count > 10_000, "only {count} worlds");
}

#[test]
fn every_world_can_still_be_brought_to_an_end() {
    PROTOCOLS.into_iter().for_each(every_world_ends);
}

/// If nothing more goes wrong, Cancel takes all that is left from the server,
/// and Resume brings the file there.
fn every_world_ends(protocol: UploadProtocol) {
    worlds(protocol, DEPTH - 1, |_, next, path| {
        let mut ending = next.clone();
        ending.step(Event::Cancel);
        for _ in 0..10 {
            _ = ending.step(Event::TimePasses) || ending.step(Event::Ask);
            ending.step(Event::Answer);
            ending.check();
        }
        assert!(ending.job.record.closing.is_none(), "after {path:?}: {ending:#?}");
        let mut ending = next.clone();
        for _ in 0..20 {
            ending.step(Event::Resume);
            ending.step(Event::Ask);
            ending.step(Event::Answer);
            ending.check();
        }
        let state = ending.job.record.state;
        let arrived = state == JobState::Transferred && ending.file.is_some();
        assert!(arrived || state.is_final(), "after {path:?}: {ending:#?}");
    });
}
