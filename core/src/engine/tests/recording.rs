//! When what transfers do is stored.

use uuid::Uuid;

use crate::model::{Command, FileSpec, HeadFacts, Input, Limits, NewJob, Now, Outcome};
use crate::protocol::Validator;
use crate::store::{Durability, Faults, Store};
use crate::vocab::JobType;

use crate::engine::queue::Queue;

/// A queue with a job of one file, queued and stored.
struct Stage {
    queue: Queue,
    id: Uuid,
    _folder: tempfile::TempDir,
}

fn at(monotonic_ms: u64) -> Now {
    Now { monotonic_ms, ..Now::default() }
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path(), Faults::default()).expect("a store");
        let mut queue = Queue::new(store, Limits::default(), None).expect("a queue");
        let id = Uuid::from_u128(1);
        let new = NewJob {
            key: None,
            id,
            display_name: "recorded".to_owned(),
            job_type: JobType::Download,
            owner: "somebody".to_owned(),
            queue_position: 1,
        };
        queue.create(new, None, None, at(1_000)).expect("created");
        let spec = FileSpec {
            remote_name: "http://host/file".to_owned(),
            local_name: "/tmp/file".to_owned(),
            ..FileSpec::default()
        };
        for command in [Command::AddFiles(vec![spec]), Command::Resume] {
            let input = Input::Command(command);
            queue.command(id, &input, Durability::Kill, at(1_000)).expect("done");
        }
        queue.commit(at(1_000), false).expect("stored");
        Self { queue, id, _folder: folder }
    }

    fn outcome(&mut self, outcome: Outcome, monotonic_ms: u64) {
        self.queue.apply(self.id, &Input::Outcome(outcome), at(monotonic_ms)).expect("applied");
    }

    fn head(&mut self, monotonic_ms: u64) {
        let validator = Validator { etag: Some("\"v\"".to_owned()), ..Validator::default() };
        let facts = HeadFacts { size: Some(100_000), validator, ..HeadFacts::default() };
        self.outcome(Outcome::Head { file: 0, facts }, monotonic_ms);
    }

    fn written(&mut self, written: u64, monotonic_ms: u64) {
        self.outcome(Outcome::Progress { file: 0, begin: 0, written }, monotonic_ms);
    }

    /// What a process that is killed now leaves behind.
    fn stored(&self) -> u64 {
        let (_, files) = self.queue.store.load(self.id).expect("readable").expect("there");
        files[0].written
    }

    fn commit(&mut self, monotonic_ms: u64) -> u64 {
        self.queue.commit(at(monotonic_ms), false).expect("stored");
        self.stored()
    }
}

#[test]
fn first_bytes_are_recorded_at_once_and_later_ones_ten_times_a_second() {
    let mut stage = Stage::new();
    stage.outcome(Outcome::Connecting { file: 0 }, 2_000);
    stage.head(2_010);
    assert_eq!(stage.queue.flush_due_ms(), Some(2_250), "a head alone can wait");
    stage.written(1_000, 2_020);
    assert_eq!(stage.queue.flush_due_ms(), Some(2_020));
    assert_eq!(stage.commit(2_020), 1_000);
    assert_eq!(stage.queue.flush_due_ms(), None, "no timer without anything to store");
    for (written, now) in [(2_000, 2_030), (3_000, 2_080), (4_000, 2_119)] {
        stage.written(written, now);
        assert_eq!(stage.queue.flush_due_ms(), Some(2_120), "one commit for all of these");
        assert_eq!(stage.commit(now), 1_000);
    }
    assert_eq!(stage.commit(2_120), 4_000);
    stage.written(5_000, 2_500);
    assert_eq!(stage.queue.flush_due_ms(), Some(2_500), "the last one was long ago");
}

#[test]
fn a_file_that_is_whole_asks_for_no_commit_of_its_own() {
    let mut stage = Stage::new();
    stage.head(2_000);
    stage.outcome(Outcome::Received { file: 0, size: 100_000 }, 2_000);
    assert_eq!(stage.queue.flush_due_ms(), Some(2_250), "its end is stored with its sync");
}

#[test]
fn synced_bytes_are_recorded_for_good_at_once_and_twice_a_second() {
    let mut stage = Stage::new();
    stage.head(2_000);
    stage.written(9_000, 2_000);
    stage.commit(2_000);
    for (synced, now, due) in [(1_000, 2_010, 2_010), (2_000, 2_020, 2_510), (3_000, 3_100, 3_100)]
    {
        stage.outcome(Outcome::Synced { file: 0, held: vec![0..0, 0..synced] }, now);
        assert_eq!(stage.queue.flush_due_ms(), Some(due.min(now + 250)), "or with what else is");
        stage.commit(due);
        assert_eq!(stage.queue.flush_due_ms(), None);
        assert!(!stage.queue.store.owes_sync(), "it survives a power cut");
    }
}
