//! A small world around one file with a mirror: two servers that change, a disk and a store,
//! each as simple as can be, so that every order of events can be tried.

use uuid::Uuid;

use crate::model::{
    Command, Environment, ExpectedHash, FileSpec, FileStage, HeadFacts, Input, Job, Limits, Now,
    Outcome, Totals, Work, apply, plan,
};
use crate::protocol::{Adjustment, Body, Decision, Failure, Head, Request, decide, next_request};
use crate::vocab::{ErrorContext, HResult, HashAlgorithm, JobState, JobType, code};

use super::{forget_counters, new_job, verified};

/// Bytes of the file. A byte's value is the version that it came from.
const SIZE: u64 = 2;

pub const ORIGIN: &str = "http://origin/file";
pub const MIRROR: &str = "http://mirror/file";

/// What a byte of a mirror that lies has more.
const LIE: u8 = 100;

/// How the servers name their versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    Strong,
    Weak,
    /// Each server in its own way.
    Own,
}

/// What is different from one enumeration to the next.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub tags: Tags,
    /// The hash of the first version is expected.
    pub has_hash: bool,
    /// The mirror names its content as the origin does, and has another one.
    pub lies: bool,
}

/// What can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Resume,
    Suspend,
    Ask,
    Byte,
    Break,
    /// The source that is asked has no such file.
    Refuse,
    /// It has too much to do.
    Busy,
    OriginChanges,
    MirrorChanges,
    Work,
    Flush,
    Sync,
    TimePasses,
    TakeBackHash,
    Kill,
    PowerCut,
}

pub const EVENTS: [Event; 16] = [
    Event::Resume,
    Event::Suspend,
    Event::Ask,
    Event::Byte,
    Event::Break,
    Event::Refuse,
    Event::Busy,
    Event::OriginChanges,
    Event::MirrorChanges,
    Event::Work,
    Event::Flush,
    Event::Sync,
    Event::TimePasses,
    Event::TakeBackHash,
    Event::Kill,
    Event::PowerCut,
];

/// Everything there is.
#[derive(Clone, Debug)]
pub struct World {
    setup: Setup,
    pub job: Job,
    stored: Job,
    boot: u128,
    temporary: Vec<u8>,
    synced: Vec<u8>,
    versions: [u8; 2],
    body: Option<InFlight>,
}

/// A body on its way.
#[derive(Clone, Debug)]
struct InFlight {
    byte: u8,
    body: Body,
    /// Where the next byte belongs.
    position: u64,
    /// What its head said, until the overlap is compared.
    head: Option<HeadFacts>,
}

impl World {
    pub fn new(setup: Setup) -> Self {
        let mut job = new_job(JobType::Download);
        let hash = ExpectedHash { algorithm: HashAlgorithm::Sha256, digest: "1".repeat(64) };
        let file = FileSpec {
            remote_name: ORIGIN.to_owned(),
            local_name: "/folder/file".to_owned(),
            expected_hash: setup.has_hash.then_some(hash),
            mirrors: vec![MIRROR.to_owned()],
            ..FileSpec::default()
        };
        super::command(&mut job, Command::AddFiles(vec![file])).expect("a file");
        super::command(&mut job, Command::Resume).expect("resumed");
        Self {
            setup,
            stored: job.clone(),
            job,
            boot: 1,
            temporary: Vec::new(),
            synced: Vec::new(),
            versions: [1, 1],
            body: None,
        }
    }

    /// What two worlds differ in.
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
            Event::Suspend => {
                self.job.record.state != JobState::Suspended && self.command(Command::Suspend)
            }
            Event::Ask => self.ask(),
            Event::Byte => self.byte(),
            Event::Break => self.break_connection(),
            Event::Refuse => self.refuse(404, false),
            Event::Busy => self.refuse(503, true),
            Event::OriginChanges => self.change(0),
            Event::MirrorChanges => self.change(1),
            Event::Work => self.work(),
            Event::Flush => {
                self.stored = self.job.clone();
                true
            }
            Event::Sync => {
                self.synced.clone_from(&self.temporary);
                self.outcome(Outcome::Synced { file: 0, held: self.job.files[0].held_ranges() });
                true
            }
            Event::TimePasses => self.pass_time(),
            Event::TakeBackHash => {
                self.job.files[0].expected_hash.is_some()
                    && self.command(Command::SetExpectedHash { file: 0, hash: None })
            }
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

    fn change(&mut self, source: usize) -> bool {
        self.versions[source] += 1;
        self.versions[source] <= 2
    }

    fn command(&mut self, command: Command) -> bool {
        let input = Input::Command(command);
        let Ok(change) = apply(&self.job, &input, Now::default(), &Limits::default()) else {
            return false;
        };
        self.job.accept(change);
        self.job.files[0].boot = Some(Uuid::from_u128(self.boot));
        self.stored = self.job.clone();
        self.stop_surplus();
        true
    }

    fn outcome(&mut self, outcome: Outcome) {
        let input = Input::Outcome(outcome);
        let change = apply(&self.job, &input, Now::default(), &Limits::default()).expect("taken");
        let ends = change.record.state != self.job.record.state;
        // A record that claims less is stored before anything is overwritten.
        let falls = change.files.get(&0).is_some_and(|file| file.held() < self.job.files[0].held());
        self.job.accept(change);
        self.job.files[0].boot = Some(Uuid::from_u128(self.boot));
        if ends || falls {
            self.stored = self.job.clone();
        }
        self.stop_surplus();
    }

    fn stop_surplus(&mut self) {
        if !self.should_transfer() {
            self.body = None;
        }
    }

    fn should_transfer(&self) -> bool {
        let jobs = [&self.job].into_iter();
        let plan = plan(jobs, &Limits::default(), &Environment::default(), Now::default());
        !plan.transfers.is_empty()
    }

    fn ask(&mut self) -> bool {
        if self.body.is_some() || !self.should_transfer() {
            return false;
        }
        let file = &self.job.files[0];
        let held = file.held();
        if (self.temporary.len() as u64) < held {
            self.outcome(Outcome::LostBytes { file: 0, keeps_synced: false });
            return true;
        }
        if file.validator.is_some() && file.bytes_total() == Some(held) {
            self.outcome(Outcome::Received { file: 0, size: held });
            return true;
        }
        let content = file.content();
        let request = next_request(&content);
        let head = self.answer(&request);
        match decide(&content, &request, &head) {
            Decision::Write(body) => {
                assert!(!body.restart || !content.has_mirrors, "the model begins anew");
                let facts = HeadFacts {
                    position: body.position,
                    size: body.size,
                    validator: body.validator.clone(),
                    restart: body.restart,
                    asked: Some(request.url.clone()),
                    ..HeadFacts::default()
                };
                self.body = Some(InFlight {
                    byte: self.byte_of(&request.url),
                    position: body.position - body.overlap,
                    body,
                    head: Some(facts),
                });
                self.accept_head();
            }
            Decision::Complete => self.outcome(Outcome::Received { file: 0, size: held }),
            Decision::Again(adjustment) => self.outcome(Outcome::AskAgain { file: 0, adjustment }),
            Decision::Refuse(failure) => self.fail(failure),
        }
        true
    }

    fn fail(&mut self, failure: Failure) {
        self.outcome(Outcome::Failed { file: 0, failure, redirect: None });
    }

    fn byte_of(&self, url: &str) -> u8 {
        match url {
            ORIGIN => self.versions[0],
            _ if self.setup.lies => self.versions[1] + LIE,
            _ => self.versions[1],
        }
    }

    fn answer(&self, request: &Request) -> Head {
        let source = usize::from(request.url != ORIGIN);
        let version = self.versions[source];
        let etag = match self.setup.tags {
            Tags::Strong => format!("\"v{version}\""),
            Tags::Weak => format!("W/\"v{version}\""),
            Tags::Own => format!("\"{source}-v{version}\""),
        };
        let same = request.if_range.as_ref().is_none_or(|asked| *asked == etag);
        let mut head = Head::default();
        match request.range.filter(|_| same) {
            Some((first, _)) => {
                head.push_line(b"HTTP/1.1 206 Partial Content");
                let range = format!("Content-Range: bytes {first}-{}/{SIZE}", SIZE - 1);
                head.push_line(range.as_bytes());
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
        if let Some(body) = &mut self.body
            && body.position == body.body.position
            && let Some(facts) = body.head.take()
        {
            self.outcome(Outcome::Head { file: 0, facts });
        }
    }

    fn byte(&mut self) -> bool {
        let Some(body) = &mut self.body else {
            return false;
        };
        let (byte, place) = (body.byte, usize::try_from(body.position).expect("small"));
        body.position += 1;
        let written = body.position;
        if body.head.is_some() {
            if self.temporary[place] != byte {
                self.body = None;
                let adjustment = Adjustment::Restart;
                self.outcome(Outcome::AskAgain { file: 0, adjustment });
                return true;
            }
            self.accept_head();
            return true;
        }
        let begin = body.body.position;
        self.temporary.resize((place + 1).max(self.temporary.len()), 0);
        self.temporary[place] = byte;
        if written < SIZE {
            self.outcome(Outcome::Progress { file: 0, begin, written });
            return true;
        }
        self.body = None;
        self.outcome(Outcome::PieceEnded { file: 0, begin, written });
        let file = &self.job.files[0];
        if file.size == Some(file.held()) {
            self.outcome(Outcome::Received { file: 0, size: written });
        }
        true
    }

    fn break_connection(&mut self) -> bool {
        if self.body.take().is_none() {
            return false;
        }
        let (code, context) = (code::BG_E_CONNECTION_CLOSED, ErrorContext::GeneralTransport);
        self.fail(Failure::transient(code, context, "cut".to_owned()));
        true
    }

    fn refuse(&mut self, status: u32, transient: bool) -> bool {
        if self.body.is_some() || !self.should_transfer() {
            return false;
        }
        let code = HResult::from_http_status(status);
        let failure = Failure::fatal(code, ErrorContext::RemoteFile, status.to_string());
        self.fail(Failure { transient, ..failure });
        true
    }

    fn work(&mut self) -> bool {
        let jobs = [&self.job].into_iter();
        let plan = plan(jobs, &Limits::default(), &Environment::default(), Now::default());
        let Some((_, Work::Verify { file })) = plan.work.into_iter().next() else {
            return false;
        };
        self.synced.clone_from(&self.temporary);
        let hash = self.job.files[0].expected_hash.is_some();
        let is_right = !hash || self.temporary.iter().all(|byte| *byte == 1);
        self.outcome(match (self.temporary.len() as u64 >= SIZE, is_right) {
            (false, _) => Outcome::LostBytes { file, keeps_synced: false },
            (true, false) => Outcome::HashMismatch { file, found: "2".to_owned() },
            (true, true) => verified(file, Some((1, 1))),
        });
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
        self.job.after_restart(Some(Uuid::from_u128(boot)), Now::default());
        self.stored = self.job.clone();
    }

    /// What must hold at every moment.
    pub fn check(&self) {
        let file = &self.job.files[0];
        assert_eq!(self.job.record.totals, Totals::of(&self.job.files));
        let held = usize::try_from(file.held()).expect("small");
        if file.stage < FileStage::Transferred && file.expected_hash.is_some() && file.needs_hash {
            return;
        }
        // Behind a gap nothing is held in this world.
        if file.segments.is_empty() && held <= self.temporary.len() {
            let bytes = &self.temporary[..held];
            assert!(bytes.iter().all(|byte| *byte == bytes[0] && *byte > 0), "mixed: {bytes:?}");
        }
        if file.stage == FileStage::Transferred {
            assert_eq!(self.temporary.len() as u64, SIZE, "the bytes are there");
            let is_right = self.temporary.iter().all(|byte| *byte == 1);
            assert!(is_right || file.expected_hash.is_none(), "the hash: {:?}", self.temporary);
        }
    }

    /// True if the file arrives, once nothing fails and nothing changes any more.
    pub fn arrives(mut self) -> bool {
        let is_done = |world: &Self| world.job.files[0].stage == FileStage::Transferred;
        self.step(Event::Resume);
        for _ in 0..60 {
            self.check();
            if is_done(&self) {
                return true;
            }
            let moves = [Event::Byte, Event::Work, Event::Ask, Event::TimePasses];
            if !moves.into_iter().any(|event| self.step(event)) {
                self.step(Event::Resume);
            }
        }
        is_done(&self)
    }

    /// True if a file as it should be is to be had.
    pub fn can_arrive(&self) -> bool {
        let is_right = |url: &str| self.byte_of(url) == 1;
        self.job.files[0].expected_hash.is_none() || [ORIGIN, MIRROR].into_iter().any(is_right)
    }
}
