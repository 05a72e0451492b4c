//! Every order of commands, answers and crashes of a small upload.

use std::collections::{BTreeSet, VecDeque};

use crate::vocab::{JobState, UploadProtocol};

use super::upload_world::{EVENTS, Event, World};

/// For each protocol with sessions where its walks begin, and how many events in
/// a row are tried from there: enough for a file of two fragments with trouble at
/// each step. Two parts at a time can come in many more orders: to go deeper,
/// another walk begins when the upload is made.
fn walks() -> Vec<Vec<(World, usize)>> {
    let mut made = World::new(UploadProtocol::S3);
    assert!([Event::Resume, Event::Ask, Event::Answer].into_iter().all(|event| made.step(event)));
    vec![
        vec![(World::new(UploadProtocol::Bits), 12)],
        vec![(World::new(UploadProtocol::Tus), 12)],
        vec![(World::new(UploadProtocol::S3), 8), (made, 10)],
    ]
}

/// Walks all worlds from one on and returns how many there are.
fn worlds(start: &World, depth: usize, mut visit: impl FnMut(&World, &World, &[Event])) -> usize {
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([(start.clone(), Vec::<Event>::new())]);
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
    walks().into_iter().for_each(no_order_breaks_a_promise);
}

fn no_order_breaks_a_promise(walks: Vec<(World, usize)>) {
    let mut ends = BTreeSet::new();
    let walk = |(start, depth)| {
        worlds(&start, depth, |world, next, path| {
            if world.job.record.state.is_final() {
                let state = world.job.record.state;
                assert_eq!(next.job.record.state, state, "final is final: {path:?}");
            }
            ends.insert(next.job.record.state);
            let checked = std::panic::catch_unwind(|| next.check());
            assert!(checked.is_ok(), "after {path:?}: {next:#?}");
        })
    };
    let count: usize = walks.into_iter().map(walk).sum();
    assert!(ends.len() >= JobState::ALL.len() - 1, "{ends:?}");
    println!("{count} worlds");
    assert!(count > 10_000, "only {count} worlds");
}

#[test]
fn every_world_can_still_be_brought_to_an_end() {
    let walks = walks().into_iter().flatten();
    walks.for_each(|(start, depth)| every_world_ends(&start, depth - 1));
}

fn every_world_ends(start: &World, depth: usize) {
    worlds(start, depth, |_, next, path| {
        let ended = std::panic::catch_unwind(|| must_end(next));
        assert!(ended.is_ok(), "after {path:?}");
    });
}

/// If nothing more goes wrong, Cancel takes all that is left from the server,
/// and Resume brings the file there.
fn must_end(world: &World) {
    let mut ending = world.clone();
    ending.step(Event::Cancel);
    for _ in 0..10 {
        _ = ending.step(Event::TimePasses) || ending.step(Event::Ask);
        ending.step(Event::Answer);
        ending.check();
    }
    assert!(ending.job.record.closing.is_none(), "{ending:#?}");
    let mut ending = world.clone();
    for _ in 0..20 {
        ending.step(Event::Resume);
        ending.step(Event::Ask);
        ending.step(Event::Answer);
        ending.check();
    }
    let state = ending.job.record.state;
    let arrived = state == JobState::Transferred && ending.file.is_some();
    assert!(arrived || state.is_final(), "{ending:#?}");
}
