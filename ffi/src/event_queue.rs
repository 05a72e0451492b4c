//! Events in the order they came, each thing said once.

use std::collections::BTreeMap;

use bgcopy_core::{Event, EventKind};
use uuid::Uuid;

type Key = (Uuid, EventKind, Option<u32>);

#[derive(Default)]
pub(crate) struct EventQueue {
    events: BTreeMap<i64, Event>,
    places: BTreeMap<Key, i64>,
}

impl EventQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Adds an event; one that says the same already takes it in. The end of a
    /// job goes behind whatever else is known of it.
    pub(crate) fn push(&mut self, event: Event) {
        let is_end = matches!(event.kind, EventKind::JobTransferred | EventKind::JobError);
        let known = self.places.get(&key(&event)).copied().filter(|_| !is_end);
        if let Some(known) = known.and_then(|place| self.events.get_mut(&place)) {
            join_ranges(known, event);
            return;
        }
        self.remove(&key(&event));
        let place = self.events.last_key_value().map_or(0, |(last, _)| last + 1);
        self.put(place, event);
    }

    /// Puts an event back to where it was taken from.
    pub(crate) fn push_front(&mut self, event: Event) {
        if !self.places.contains_key(&key(&event)) {
            let place = self.events.first_key_value().map_or(0, |(first, _)| first - 1);
            self.put(place, event);
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        let (_, event) = self.events.pop_first()?;
        self.places.remove(&key(&event));
        Some(event)
    }

    /// Takes the events of a kind of a job.
    pub(crate) fn take_of(&mut self, job: Uuid, kind: EventKind) -> Vec<Event> {
        let keys: Vec<Key> = self
            .places
            .range((job, kind, None)..=(job, kind, Some(u32::MAX)))
            .map(|(key, _)| *key)
            .collect();
        keys.iter().filter_map(|key| self.remove(key)).collect()
    }

    fn put(&mut self, place: i64, event: Event) {
        self.places.insert(key(&event), place);
        self.events.insert(place, event);
    }

    fn remove(&mut self, key: &Key) -> Option<Event> {
        let place = self.places.remove(key)?;
        self.events.remove(&place)
    }
}

fn key(event: &Event) -> Key {
    (event.job, event.kind, event.file)
}

fn join_ranges(known: &mut Event, event: Event) {
    for range in event.ranges {
        match known.ranges.last_mut() {
            Some(last) if last.initial_offset + last.length == range.initial_offset => {
                last.length += range.length;
            }
            Some(_) | None => known.ranges.push(range),
        }
    }
}

#[cfg(test)]
mod tests {
    use bgcopy_core::FileRange;

    use super::*;

    fn event(kind: EventKind, file: Option<u32>, ranges: &[(u64, u64)]) -> Event {
        let ranges = ranges
            .iter()
            .map(|(initial_offset, length)| FileRange {
                initial_offset: *initial_offset,
                length: *length,
            })
            .collect();
        Event { job: Uuid::nil(), kind, file, error: None, ranges }
    }

    fn kinds(mut queue: EventQueue) -> Vec<EventKind> {
        std::iter::from_fn(|| queue.pop()).map(|event| event.kind).collect()
    }

    #[test]
    fn the_end_of_a_job_comes_last_and_once() {
        let mut queue = EventQueue::default();
        queue.push(event(EventKind::JobTransferred, None, &[]));
        queue.push(event(EventKind::FileTransferred, Some(1), &[]));
        queue.push(event(EventKind::FileTransferred, Some(1), &[]));
        queue.push(event(EventKind::JobTransferred, None, &[]));
        assert_eq!(kinds(queue), [EventKind::FileTransferred, EventKind::JobTransferred]);
    }

    #[test]
    fn ranges_that_meet_become_one() {
        let mut queue = EventQueue::default();
        for range in [(0, 10), (10, 5), (20, 1)] {
            queue.push(event(EventKind::FileRangesTransferred, Some(0), &[range]));
        }
        let ranges = queue.pop().map(|event| event.ranges).unwrap_or_default();
        assert_eq!(ranges.len(), 2);
        assert_eq!((ranges[0].length, ranges[1].initial_offset), (15, 20));
        assert!(queue.is_empty());
    }

    #[test]
    fn a_kind_of_a_job_can_be_taken_out() {
        let mut queue = EventQueue::default();
        queue.push(event(EventKind::JobModification, None, &[]));
        queue.push(event(EventKind::FileTransferred, Some(3), &[]));
        queue.push(event(EventKind::JobTransferred, None, &[]));
        assert_eq!(queue.take_of(Uuid::nil(), EventKind::FileTransferred).len(), 1);
        queue.push_front(event(EventKind::JobError, None, &[]));
        let left = [EventKind::JobError, EventKind::JobModification, EventKind::JobTransferred];
        assert_eq!(kinds(queue), left);
    }
}
