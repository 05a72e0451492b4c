//! Events of the bytes that came in.

use uuid::Uuid;

use crate::model::{
    Command, FileSpec, Input, Job, Limits, NewJob, Now, Outcome, Setting, apply, apply_creation,
};
use crate::protocol::FileRange;
use crate::vocab::{EventKind, JobType, notify};

use super::{ChangeNotice, Events};

struct Stage {
    job: Job,
    events: Events,
}

impl Stage {
    fn new() -> Self {
        let new = NewJob {
            key: None,
            id: Uuid::from_u128(1),
            display_name: "test".to_owned(),
            job_type: JobType::Download,
            owner: "uid 0".to_owned(),
            queue_position: 1,
        };
        let job = apply_creation(new, Now::default()).expect("a job");
        let mut stage = Self { job, events: Events::default() };
        let file = FileSpec {
            remote_name: "http://host/f".to_owned(),
            local_name: "/folder/f".to_owned(),
            ..FileSpec::default()
        };
        for command in [
            Command::AddFiles(vec![file]),
            Command::Set(Setting::NotifyFlags(notify::FILE_RANGES_TRANSFERRED)),
            Command::Resume,
        ] {
            stage.apply(&Input::Command(command));
        }
        stage
    }

    fn apply(&mut self, input: &Input) {
        let change = apply(&self.job, input, Now::default(), &Limits::default()).expect("a change");
        self.events.add(&ChangeNotice::of(&self.job, &change));
        self.job.accept(change);
    }

    fn came(&mut self, begin: u64, written: u64) {
        self.apply(&Input::Outcome(Outcome::Progress { file: 0, begin, written }));
    }

    /// What the next event reports, if there is one.
    fn reported(&mut self, now_ms: u64) -> Vec<(u64, u64)> {
        loop {
            match self.events.pop(now_ms) {
                Ok(event) if event.kind == EventKind::FileRangesTransferred => {
                    let pair = |range: &FileRange| (range.initial_offset, range.length);
                    return event.ranges.iter().map(pair).collect();
                }
                Ok(_) => {}
                Err(_) => return Vec::new(),
            }
        }
    }
}

#[test]
fn no_gap_is_reported_as_received() {
    let mut stage = Stage::new();
    stage.came(0, 10);
    stage.came(20, 30);
    stage.came(0, 15);
    stage.came(40, 50);
    assert_eq!(stage.reported(1_000), [(0, 15), (20, 10), (40, 10)]);
    stage.came(0, 40);
    assert_eq!(stage.reported(2_000), [(15, 5), (30, 10)], "and no byte twice");
}

#[test]
fn bytes_that_were_lost_are_not_reported() {
    let mut stage = Stage::new();
    stage.came(0, 10);
    stage.apply(&Input::Outcome(Outcome::Synced { file: 0, held: vec![0..10, 0..0] }));
    stage.came(0, 20);
    stage.came(30, 40);
    stage.apply(&Input::Outcome(Outcome::LostBytes { file: 0, keeps_synced: true }));
    assert_eq!(stage.reported(1_000), [(0, 10)]);
    stage.came(10, 12);
    assert_eq!(stage.reported(2_000), [(10, 2)]);
    stage.apply(&Input::Outcome(Outcome::LostBytes { file: 0, keeps_synced: false }));
    assert_eq!(stage.reported(3_000), []);
}
