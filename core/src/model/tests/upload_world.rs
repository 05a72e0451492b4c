//! A small world around one upload: a local file, a store, and a strict server
//! for BITS or for tus, each as simple as can be, so that every order of events
//! can be tried.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::model::upload::UploadRecord;
use crate::model::{
    Command, Environment, FileStage, Input, Job, Limits, NewJob, Now, Outcome, UploadNews, apply,
    apply_creation, next_upload_call, plan, sending, upload_state,
};
use crate::protocol::{Call, Failure, Head, Step, judge};
use crate::vocab::{ErrorContext, JobState, JobType, UploadProtocol, code};

use super::{command, spec};

/// Bytes of the file. A byte's value is the version it came from.
const SIZE: u64 = 2;

/// What can happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Resume,
    Suspend,
    Cancel,
    Complete,
    /// The next request is begun.
    Ask,
    /// One byte of its body reaches the server.
    Byte,
    /// The rest reaches the server, and its answer comes.
    Answer,
    /// The rest reaches the server, but its answer is lost.
    LoseAnswer,
    /// The connection breaks.
    Break,
    /// The server cannot do it now.
    Refuse,
    /// The server forgets its sessions.
    Forget,
    /// The local file becomes another version.
    SourceChanges,
    /// What memory holds is stored.
    Flush,
    TimePasses,
    Kill,
    PowerCut,
}

pub const EVENTS: [Event; 16] = [
    Event::Resume,
    Event::Suspend,
    Event::Cancel,
    Event::Complete,
    Event::Ask,
    Event::Byte,
    Event::Answer,
    Event::LoseAnswer,
    Event::Break,
    Event::Refuse,
    Event::Forget,
    Event::SourceChanges,
    Event::Flush,
    Event::TimePasses,
    Event::Kill,
    Event::PowerCut,
];

/// A request under way.
#[derive(Clone, Debug)]
struct Flight {
    call: Call,
    /// The version of the file when it began.
    version: u8,
    /// Bytes that reached the server; None once it refused them.
    arrived: Option<u64>,
}

/// Everything there is.
#[derive(Clone, Debug)]
pub struct World {
    pub job: Job,
    stored: Job,
    boot: u128,
    version: u8,
    flight: Option<Flight>,
    sessions: BTreeMap<u32, Vec<u8>>,
    /// Uploads of tus that are whole: they can still be asked for.
    whole: BTreeSet<u32>,
    next_session: u32,
    forgot: bool,
    pub file: Option<Vec<u8>>,
    completed: bool,
}

impl World {
    pub fn new(protocol: UploadProtocol) -> Self {
        let new = NewJob {
            id: Uuid::from_u128(7),
            display_name: "test".to_owned(),
            job_type: JobType::Upload,
            owner: "uid 0".to_owned(),
            queue_position: 1,
        };
        let mut job = apply_creation(new, Now::default()).expect("a job");
        command(&mut job, Command::AddFiles(vec![spec(0)])).expect("a file");
        // A byte at a time at first; after a failure all at once.
        let mut upload = UploadRecord::default();
        upload.state.protocol = protocol;
        upload.state.offer = Some(Default::default());
        (upload.state.piece_bytes, upload.state.piece_bytes_max) = (1, 1);
        job.files[0].upload = Some(Box::new(upload));
        Self {
            stored: job.clone(),
            job,
            boot: 1,
            version: 1,
            flight: None,
            sessions: BTreeMap::new(),
            whole: BTreeSet::new(),
            next_session: 1,
            forgot: false,
            file: None,
            completed: false,
        }
    }

    /// What tells two worlds apart. Counters that only grow are left out.
    pub fn key(&self) -> String {
        let mut plain = self.clone();
        for job in [&mut plain.job, &mut plain.stored] {
            job.record.error_count = 0;
            job.record.attempts = 0;
            job.record.retry = None;
            job.record.error = None;
            job.files[0].response_headers = None;
        }
        plain.boot = 0;
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
                self.completed |= taken;
                taken
            }
            Event::Ask => self.ask(),
            Event::Byte => self.byte(),
            Event::Answer => self.answer(true),
            Event::LoseAnswer => self.answer(false),
            Event::Break => self.break_connection(),
            Event::Refuse => self.refuse(),
            Event::Forget => {
                self.sessions.clear();
                self.whole.clear();
                !std::mem::replace(&mut self.forgot, true)
            }
            Event::SourceChanges => {
                self.version += 1;
                self.version <= 2
            }
            Event::Flush => {
                self.stored = self.job.clone();
                true
            }
            Event::TimePasses => self.pass_time(),
            Event::Kill => {
                self.restart(self.boot);
                true
            }
            Event::PowerCut => {
                self.restart(self.boot + 1);
                true
            }
        }
    }

    fn command(&mut self, command: Command) -> bool {
        let input = Input::Command(command);
        let Ok(change) = apply(&self.job, &input, Now::default(), &Limits::default()) else {
            return false;
        };
        self.job.accept(change);
        self.stored = self.job.clone();
        self.stop_surplus();
        true
    }

    fn news(&mut self, news: UploadNews) {
        let input = Input::Outcome(Outcome::Upload { file: 0, news });
        let change =
            apply(&self.job, &input, Now::default(), &Limits::default()).expect("an outcome");
        let ends = change.record.state != self.job.record.state;
        let falls =
            change.files.get(&0).is_some_and(|file| file.written < self.job.files[0].written);
        let closing = change.record.closing != self.job.record.closing;
        let stores = change.urgent || ends || falls || closing;
        self.job.accept(change);
        if stores {
            self.stored = self.job.clone();
        }
        self.stop_surplus();
    }

    fn should_transfer(&self) -> bool {
        let jobs = [&self.job].into_iter();
        let plan = plan(jobs, &Limits::default(), &Environment::default(), Now::default());
        !plan.transfers.is_empty()
    }

    /// As the engine does: the making of a session is waited for, and a
    /// cancelled job only waits for what tells what the server has.
    fn stop_surplus(&mut self) {
        let Some(step) = self.flight.as_ref().map(|flight| flight.call.step) else {
            return;
        };
        let futile = !matches!(step, Step::Create | Step::Close | Step::Cancel);
        let owes = self.job.record.owes_server();
        let stays = self.should_transfer() || step == Step::Create;
        if !stays || owes && futile {
            self.flight = None;
            self.news(UploadNews::Stopped);
        }
    }

    fn ask(&mut self) -> bool {
        if self.flight.is_some() || !self.should_transfer() {
            return false;
        }
        let is_final = self.job.record.state.is_final();
        let (record, file) = (&self.job.record, &self.job.files[0]);
        let source = (!is_final).then(|| (SIZE, self.version.to_string()));
        let began_with = file.upload.as_ref().and_then(|upload| upload.source.clone());
        if source.as_ref().zip(began_with).is_some_and(|((_, now), then)| *now != then) {
            self.news(UploadNews::SourceChanged);
            return true;
        }
        match next_upload_call(record, file, SIZE) {
            None => self.news(UploadNews::NothingOwed),
            Some(call) => {
                let (version, arrived) = (self.version, Some(0));
                self.flight = Some(Flight { call: call.clone(), version, arrived });
                self.news(UploadNews::Begun { call, source });
            }
        }
        true
    }

    /// A byte on its way; the last one only if the file is still the same.
    fn byte(&mut self) -> bool {
        let Some(flight) = self.flight.clone() else {
            return false;
        };
        let (Some(span), Some(arrived)) = (flight.call.body, flight.arrived) else {
            return false;
        };
        let (first, length) = (span.first, span.length);
        if arrived == length {
            return false;
        }
        if arrived + 1 == length && flight.version != self.version {
            self.flight = None;
            self.news(UploadNews::SourceChanged);
            return true;
        }
        let version = self.version;
        let session = session_of(&flight.call).and_then(|id| self.sessions.get_mut(&id));
        let stored = session.is_some_and(|held| {
            let fits = held.len() as u64 == first + arrived;
            if fits {
                held.push(version);
            }
            fits
        });
        if let Some(flight) = &mut self.flight {
            flight.arrived = stored.then_some(arrived + 1);
        }
        true
    }

    fn answer(&mut self, arrives: bool) -> bool {
        while self.byte() {}
        let Some(flight) = self.flight.take() else {
            return true;
        };
        let tus = flight.call.headers.iter().any(|line| line.starts_with("Tus-"));
        let head = match tus {
            true => self.serve_tus(&flight.call),
            false => self.serve(&flight.call),
        };
        let step = flight.call.step;
        if !arrives {
            self.news(UploadNews::Failed { step, failure: cut() });
            return true;
        }
        let (record, file) = (&self.job.record, &self.job.files[0]);
        let of = sending(record, file, SIZE);
        let verdict = judge(&upload_state(record, file), &of, &flight.call, &head);
        let response_headers = String::new();
        self.news(UploadNews::Answered { call: Box::new(flight.call), verdict, response_headers });
        true
    }

    /// A server that does everything right.
    fn serve(&mut self, call: &Call) -> Head {
        let mut head = Head::default();
        let mut line = |text: String| head.push_line(text.as_bytes());
        let status = |status: u16| format!("HTTP/1.1 {status} X");
        let ack = "BITS-Packet-Type: Ack".to_owned();
        if call.step == Step::Verify {
            line(status(if self.file.is_some() { 200 } else { 404 }));
            line(format!("Content-Length: {SIZE}"));
            line("Last-Modified: Tue, 01 Jan 2019 00:00:05 GMT".to_owned());
            return head;
        }
        if call.step == Step::Create {
            let id = self.next_session;
            self.next_session += 1;
            self.sessions.insert(id, Vec::new());
            line("HTTP/1.1 200 OK".to_owned());
            line("Date: Tue, 01 Jan 2019 00:00:00 GMT".to_owned());
            [ack, format!("BITS-Session-Id: {id}")].into_iter().for_each(line);
            return head;
        }
        let id = session_of(call).expect("a session");
        let Some(held) = self.sessions.get(&id) else {
            [status(500), ack, "BITS-Error: 0x8020001F".to_owned()].into_iter().for_each(line);
            return head;
        };
        let length = held.len() as u64;
        line(status(200));
        line(ack);
        match call.step {
            Step::Send => line(format!("BITS-Received-Content-Range: {length}")),
            Step::Close => {
                let held = self.sessions.remove(&id);
                self.file = held.filter(|_| length == SIZE).or(self.file.take());
            }
            Step::Cancel => _ = self.sessions.remove(&id),
            Step::Ask
            | Step::Probe
            | Step::Greet
            | Step::Query
            | Step::Whole
            | Step::Create
            | Step::Verify
            | Step::Check => panic!("{call:?} is not asked for here"),
        }
        head
    }

    /// The same for tus: what it answers tells how much it holds.
    fn serve_tus(&mut self, call: &Call) -> Head {
        let mut head = Head::default();
        if call.step == Step::Create {
            let id = self.next_session;
            self.next_session += 1;
            self.sessions.insert(id, Vec::new());
            head.push_line(b"HTTP/1.1 201 X");
            head.push_line(format!("Location: http://a/{id}").as_bytes());
            return head;
        }
        let id = session_of(call).expect("an upload");
        let held = self.sessions.get(&id).map(|held| held.len() as u64);
        let length = held.or(self.whole.contains(&id).then_some(SIZE));
        let end = call.body.map_or(0, |span| span.first + span.length);
        let status = match (call.step, length) {
            (_, None) => 404,
            (Step::Send, Some(length)) if length != end => 409,
            (Step::Send | Step::Query | Step::Cancel, Some(_)) => 204,
            (_, Some(_)) => panic!("{call:?} is not asked for here"),
        };
        head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
        if let Some(length) = length.filter(|_| status == 204) {
            head.push_line(format!("Upload-Offset: {length}").as_bytes());
        }
        if call.step == Step::Cancel {
            self.sessions.remove(&id);
            self.whole.remove(&id);
        } else if held == Some(SIZE) {
            self.file = self.sessions.remove(&id);
            self.whole.insert(id);
        }
        head
    }

    fn break_connection(&mut self) -> bool {
        let Some(flight) = self.flight.take() else {
            return false;
        };
        self.news(UploadNews::Failed { step: flight.call.step, failure: cut() });
        true
    }

    fn refuse(&mut self) -> bool {
        let Some(flight) = self.flight.take() else {
            return false;
        };
        let mut head = Head::default();
        head.push_line(b"HTTP/1.1 503 Busy");
        let (record, file) = (&self.job.record, &self.job.files[0]);
        let of = sending(record, file, SIZE);
        let verdict = judge(&upload_state(record, file), &of, &flight.call, &head);
        let response_headers = String::new();
        self.news(UploadNews::Answered { call: Box::new(flight.call), verdict, response_headers });
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
        self.flight = None;
        self.job = self.stored.clone();
        self.job.after_restart(Some(Uuid::from_u128(boot)), Now::default());
        self.stored = self.job.clone();
    }

    /// What must hold at every moment.
    pub fn check(&self) {
        let record = &self.job.record;
        let file = &self.job.files[0];
        assert_eq!(record.totals, crate::model::record::Totals::of(&self.job.files));
        if let Some(there) = &self.file {
            let whole = there.len() as u64 == SIZE;
            assert!(whole && there.iter().all(|byte| *byte == there[0]), "mixed: {there:?}");
        }
        let done = file.stage == FileStage::Released;
        assert_eq!(
            done && !record.state.is_final(),
            record.totals.files_transferred == 1 && !record.state.is_final()
        );
        if done || self.completed {
            assert!(self.file.is_some(), "what was acknowledged is there");
        }
        if record.state == JobState::Cancelled && record.closing.is_none() {
            let partial = self.sessions.values().any(|held| !held.is_empty());
            assert!(!partial, "a cancelled job leaves nothing on the server");
        }
        if file.stage == FileStage::Waiting {
            assert!(file.written <= SIZE && file.written == file.synced);
        }
    }
}

fn session_of(call: &Call) -> Option<u32> {
    let line = call.headers.iter().find_map(|line| line.strip_prefix("BITS-Session-Id: "));
    line.or(call.url.strip_prefix("http://a/"))?.parse().ok()
}

fn cut() -> Failure {
    Failure::transient(
        code::BG_E_CONNECTION_CLOSED,
        ErrorContext::GeneralTransport,
        "cut".to_owned(),
    )
}
