//! A small world around one job: a disk, a store, and a server, each as simple
//! as can be, so that every order of events can be tried.

use uuid::Uuid;

use crate::model::{
    Command, Environment, FileStage, HeadFacts, Input, Job, Limits, Now, Outcome, Work, apply, plan,
};
use crate::protocol::{Adjustment, Body, Decision, Failure, Head, decide, next_request};
use crate::vocab::{ErrorContext, HResult, JobState, code};

use super::{forget_counters, job_with_files, verified};

/// Bytes of the one file. A byte's value is the version it came from.
const SIZE: u64 = 2;

/// The other name of the file, and what its bytes are more than those of the
/// first one.
const MIRROR: &str = "http://mirror/0";
const MIRROR_BYTE: u8 = 100;

/// What can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Resume,
    Suspend,
    Cancel,
    Complete,
    /// The server is asked and answers; a body begins.
    Ask,
    /// One byte of the body comes.
    Byte,
    /// The connection breaks.
    Break,
    /// The server has no such file.
    Refuse,
    /// The server's file becomes another version.
    ServerChanges,
    /// The caller names a mirror: it has the same tags and sizes, and other
    /// bytes.
    Rename,
    /// A helper does the first piece of pending work.
    Work,
    /// A helper does it, and the machine dies before anybody hears of it.
    WorkThenKill,
    /// The rename or deletion fails.
    WorkFails,
    /// What memory holds is stored.
    Flush,
    /// What is written is synced.
    Sync,
    TimePasses,
    Kill,
    PowerCut,
}

pub const EVENTS: [Event; 18] = [
    Event::Resume,
    Event::Suspend,
    Event::Cancel,
    Event::Complete,
    Event::Ask,
    Event::Byte,
    Event::Break,
    Event::Refuse,
    Event::ServerChanges,
    Event::Rename,
    Event::Work,
    Event::WorkThenKill,
    Event::WorkFails,
    Event::Flush,
    Event::Sync,
    Event::TimePasses,
    Event::Kill,
    Event::PowerCut,
];

/// Everything there is.
#[derive(Clone, Debug)]
pub struct World {
    pub job: Job,
    stored: Job,
    boot: u128,
    temporary: Option<Vec<u8>>,
    synced: Option<Vec<u8>>,
    pub target: Option<Vec<u8>>,
    version: u8,
    body: Option<InFlight>,
    pub complete_called: bool,
    pub completed: Option<HResult>,
}

/// A body on its way.
#[derive(Clone, Debug)]
struct InFlight {
    /// What its bytes are.
    byte: u8,
    body: Body,
    /// Where the next byte belongs.
    position: u64,
    /// What its head told, until the overlap is compared.
    head: Option<HeadFacts>,
}

impl World {
    pub fn new() -> Self {
        let job = job_with_files(1);
        Self {
            stored: job.clone(),
            job,
            boot: 1,
            temporary: None,
            synced: None,
            target: None,
            version: 1,
            body: None,
            complete_called: false,
            completed: None,
        }
    }

    /// What tells two worlds apart. Counters that only grow are left out.
    pub fn key(&self) -> String {
        let mut plain = self.clone();
        for job in [&mut plain.job, &mut plain.stored] {
            forget_counters(job);
        }
        plain.boot = u128::from(plain.job.files[0].boot == Some(Uuid::from_u128(self.boot)));
        format!("{plain:?}")
    }

    /// Lets an event happen; false if it cannot happen now.
    pub fn step(&mut self, event: Event) -> bool {
        match event {
            Event::Resume => self.command(Command::Resume),
            Event::Suspend => self.command(Command::Suspend),
            Event::Cancel => self.command(Command::Cancel),
            Event::Complete => {
                let taken = self.command(Command::Complete);
                self.complete_called |= taken;
                taken
            }
            Event::Ask => self.ask(),
            Event::Byte => self.byte(),
            Event::Break => self.break_connection(),
            Event::Refuse => self.refuse(),
            Event::ServerChanges => {
                self.version += 1;
                self.version <= 2
            }
            Event::Rename => {
                let renamed = self.job.files[0].remote_name == MIRROR;
                let remote_name = MIRROR.to_owned();
                !renamed && self.command(Command::SetRemoteName { file: 0, remote_name })
            }
            Event::Work => self.work(false, false),
            Event::WorkThenKill => self.work(true, false),
            Event::WorkFails => self.work(false, true),
            Event::Flush => {
                self.stored = self.job.clone();
                true
            }
            Event::Sync => self.sync(),
            Event::TimePasses => self.pass_time(),
            Event::Kill => {
                self.restart(self.boot);
                true
            }
            Event::PowerCut => {
                self.temporary.clone_from(&self.synced);
                self.restart(self.boot + 1);
                true
            }
        }
    }

    fn now(&self) -> Now {
        Now::default()
    }

    fn command(&mut self, command: Command) -> bool {
        let input = Input::Command(command);
        let Ok(change) = apply(&self.job, &input, self.now(), &Limits::default()) else {
            return false;
        };
        self.note(&change);
        self.job.accept(change);
        self.stamp();
        self.stored = self.job.clone();
        self.stop_surplus();
        true
    }

    fn outcome(&mut self, outcome: Outcome) {
        let input = Input::Outcome(outcome);
        let change = apply(&self.job, &input, self.now(), &Limits::default()).expect("an outcome");
        self.note(&change);
        let closing = change.record.closing != self.job.record.closing;
        let ends = change.record.state != self.job.record.state;
        // A record that claims less is stored before anything is overwritten.
        let falls =
            change.files.get(&0).is_some_and(|file| file.written < self.job.files[0].written);
        self.job.accept(change);
        self.stamp();
        if closing || ends || falls {
            self.stored = self.job.clone();
        }
        self.stop_surplus();
    }

    fn note(&mut self, change: &crate::model::Change) {
        if let Some(Ok(code)) = &change.completed {
            self.completed = Some(*code);
        }
    }

    fn stamp(&mut self) {
        self.job.files[0].boot = Some(Uuid::from_u128(self.boot));
    }

    fn stop_surplus(&mut self) {
        if !self.should_transfer() {
            self.body = None;
        }
    }

    fn should_transfer(&self) -> bool {
        let jobs = [&self.job].into_iter();
        let plan = plan(jobs, &Limits::default(), &Environment::default(), self.now());
        !plan.transfers.is_empty()
    }

    /// The temporary file must hold what the record says, else it is lost.
    fn ask(&mut self) -> bool {
        if self.body.is_some() || !self.should_transfer() {
            return false;
        }
        let written = self.job.files[0].written;
        if written > 0 && self.temporary.as_ref().is_none_or(|held| (held.len() as u64) < written) {
            self.outcome(Outcome::LostBytes { file: 0, keeps_synced: false });
            return true;
        }
        if self.temporary.is_none() {
            self.temporary = Some(Vec::new());
        }
        if self.job.files[0].validator.is_some() && self.job.files[0].bytes_total() == Some(written)
        {
            self.outcome(Outcome::Received { file: 0, size: written });
            return true;
        }
        let content = self.job.files[0].content();
        let request = next_request(&content);
        let head = self.answer(&request);
        match decide(&content, &request, &head) {
            Decision::Write(body) => {
                let facts = HeadFacts {
                    position: body.position,
                    size: body.size,
                    validator: body.validator.clone(),
                    restart: body.restart,
                    asked: Some(request.url.clone()),
                    ..HeadFacts::default()
                };
                let mirror = if request.url == MIRROR { MIRROR_BYTE } else { 0 };
                self.body = Some(InFlight {
                    byte: self.version + mirror,
                    position: body.position - body.overlap,
                    body,
                    head: Some(facts),
                });
                self.accept_head();
            }
            Decision::Complete => self.outcome(Outcome::Received { file: 0, size: written }),
            Decision::Again(adjustment) => self.outcome(Outcome::AskAgain { file: 0, adjustment }),
            Decision::Refuse(failure) => {
                self.outcome(Outcome::Failed { file: 0, failure, redirect: None });
            }
        }
        true
    }

    /// A server that does everything right.
    fn answer(&self, request: &crate::protocol::Request) -> Head {
        let etag = format!("\"v{}\"", self.version);
        let same = request.if_range.as_ref().is_none_or(|asked| *asked == etag);
        let mut head = Head::default();
        match request.range.filter(|_| same) {
            Some((first, _)) => {
                head.push_line(b"HTTP/1.1 206 Partial Content");
                head.push_line(
                    format!("Content-Range: bytes {first}-{}/{SIZE}", SIZE - 1).as_bytes(),
                );
            }
            None => {
                head.push_line(b"HTTP/1.1 200 OK");
                head.push_line(format!("Content-Length: {SIZE}").as_bytes());
            }
        }
        head.push_line(format!("ETag: {etag}").as_bytes());
        head
    }

    /// A head is believed once the bytes before the new ones are compared.
    fn accept_head(&mut self) {
        let Some(body) = &mut self.body else {
            return;
        };
        if body.position == body.body.position
            && let Some(facts) = body.head.take()
        {
            self.outcome(Outcome::Head { file: 0, facts });
        }
    }

    fn byte(&mut self) -> bool {
        let Some(body) = &mut self.body else {
            return false;
        };
        let (byte, place) = (body.byte, body.position as usize);
        body.position += 1;
        let written = body.position;
        let held = self.temporary.as_mut().expect("a temporary file");
        if body.head.is_some() {
            if held[place] != byte {
                self.body = None;
                let adjustment = Adjustment::Restart;
                self.outcome(Outcome::AskAgain { file: 0, adjustment });
                return true;
            }
            self.accept_head();
            return true;
        }
        held.resize((place + 1).max(held.len()), 0);
        held[place] = byte;
        if written == SIZE {
            self.body = None;
            self.outcome(Outcome::Received { file: 0, size: written });
        } else {
            self.outcome(Outcome::Progress { file: 0, begin: 0, written });
        }
        true
    }

    fn break_connection(&mut self) -> bool {
        if self.body.take().is_none() {
            return false;
        }
        let failure = Failure::transient(
            code::BG_E_CONNECTION_CLOSED,
            ErrorContext::GeneralTransport,
            "cut".to_owned(),
        );
        self.outcome(Outcome::Failed { file: 0, failure, redirect: None });
        true
    }

    fn refuse(&mut self) -> bool {
        if self.body.is_some() || !self.should_transfer() {
            return false;
        }
        let gone = HResult::from_http_status(404);
        let failure = Failure::fatal(gone, ErrorContext::RemoteFile, "gone".to_owned());
        self.outcome(Outcome::Failed { file: 0, failure, redirect: None });
        true
    }

    fn sync(&mut self) -> bool {
        if self.temporary.is_none() || self.job.record.state.is_final() {
            return false;
        }
        self.synced.clone_from(&self.temporary);
        self.outcome(Outcome::Synced { file: 0, held: self.job.files[0].held_ranges() });
        true
    }

    fn work(&mut self, then_kill: bool, fails: bool) -> bool {
        let jobs = [&self.job].into_iter();
        let plan = plan(jobs, &Limits::default(), &Environment::default(), self.now());
        let Some((_, work)) = plan.work.into_iter().next() else {
            return false;
        };
        let outcome = match work {
            Work::Verify { file } if !fails => {
                self.synced.clone_from(&self.temporary);
                let long_enough =
                    self.temporary.as_ref().is_some_and(|held| held.len() as u64 >= SIZE);
                match long_enough {
                    true => verified(file, Some((1, 1))),
                    false => Outcome::LostBytes { file, keeps_synced: false },
                }
            }
            Work::Verify { file } => Outcome::LostBytes { file, keeps_synced: true },
            Work::Publish { files } if fails => {
                let error =
                    files.first().map(|file| (*file, code::E_ACCESSDENIED, "no".to_owned()));
                Outcome::Published { files: Vec::new(), error }
            }
            Work::Publish { files } => {
                // Renaming twice is renaming once: the identity tells.
                if let (Some(held), false) = (self.temporary.take(), files.is_empty()) {
                    self.target = Some(held);
                    self.synced = None;
                }
                Outcome::Published { files, error: None }
            }
            Work::Remove if fails => Outcome::Removed { undeleted: 1 },
            Work::Remove => {
                self.temporary = None;
                self.synced = None;
                Outcome::Removed { undeleted: 0 }
            }
        };
        match then_kill {
            true => self.restart(self.boot),
            false => self.outcome(outcome),
        }
        true
    }

    fn pass_time(&mut self) -> bool {
        if self.job.record.wake_at().is_none() {
            return false;
        }
        let now = Now { monotonic_ms: 3_600_000, ..Now::default() };
        let change = apply(&self.job, &Input::TimePassed, now, &Limits::default()).expect("time");
        self.job.accept(change);
        true
    }

    /// A new process finds what is stored.
    fn restart(&mut self, boot: u128) {
        self.boot = boot;
        self.body = None;
        self.job = self.stored.clone();
        self.job.after_restart(Some(Uuid::from_u128(boot)), self.now());
        self.stored = self.job.clone();
    }

    /// What must hold at every moment.
    pub fn check(&self) {
        let record = &self.job.record;
        let file = &self.job.files[0];
        assert_eq!(record.totals, crate::model::record::Totals::of(&self.job.files));
        if !self.complete_called {
            assert_eq!(self.target, None, "nothing is in place before Complete");
        }
        if let Some(target) = &self.target {
            let whole = target.len() as u64 == SIZE;
            assert!(
                whole && target.iter().all(|byte| *byte == target[0]),
                "torn or mixed: {target:?}"
            );
            assert_ne!(target[0], 0, "bytes that never came");
        }
        if record.state == JobState::Cancelled && record.closing.is_none() {
            assert_eq!(self.temporary, None, "a cancelled job leaves nothing behind");
        }
        if self.completed == Some(code::S_OK) {
            assert!(self.target.is_some(), "what was acknowledged is there");
        }
        if file.stage == FileStage::Transferred && !record.state.is_final() {
            let held = self.temporary.as_ref().or(self.target.as_ref());
            assert!(
                held.is_some_and(|held| held.len() as u64 == SIZE),
                "transferred bytes are there"
            );
        }
    }
}
