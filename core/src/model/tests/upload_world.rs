//! A small world around one upload: a local file, a store, and a strict server
//! for BITS, tus or S3, each as simple as can be, so that every order of events
//! can be tried.

mod servers;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use uuid::Uuid;

use crate::model::upload::UploadRecord;
use crate::model::{
    Command, Environment, FileStage, Input, Job, Limits, Now, Outcome, RequestKey, Sent,
    UploadEvent, apply, next_upload_call, plan, sending, upload_state,
};
use crate::protocol::{Failure, Head, Proof, Step, UploadRequest, judge};
use crate::vocab::{ErrorContext, JobState, JobType, UploadProtocol, code};

use super::s3_server::{PART, Parts};
use super::{command, new_job, spec};
use servers::session_of;

/// Bytes of the file. A byte's value is the version it came from. At S3 a part
/// takes the place of a byte.
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
    /// What happens to a request happens to another one from now on.
    Turn,
    /// A part is stored that nobody waits for.
    Land,
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

pub const EVENTS: [Event; 18] = [
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
    Event::Turn,
    Event::Land,
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
    call: UploadRequest,
    /// The version of the file when it began.
    version: u8,
    /// Bytes that reached the server; None once it refused them.
    arrived: Option<u64>,
}

impl Flight {
    /// What of a part has gone out.
    fn sent(&self) -> Sent {
        let whole = self.arrived.is_some_and(|arrived| arrived == self.call.length());
        let begun = self.call.step == Step::Send && self.arrived != Some(0);
        Sent { part: self.call.part, whole, cut: self.call.body.filter(|_| begun) }
    }
}

/// Everything there is.
#[derive(Clone, Debug)]
pub struct World {
    pub job: Job,
    /// What a kill leaves.
    stored: Job,
    /// What a power cut leaves.
    synced: Job,
    /// Bytes of the file.
    size: u64,
    boot: u128,
    version: u8,
    /// The requests under way, by the part that they send.
    flights: BTreeMap<u32, Flight>,
    /// The one that things happen to: the first from this part on, or the first.
    turn: u32,
    parts: Parts,
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
        let mut job = new_job(JobType::Upload);
        command(&mut job, Command::AddFiles(vec![spec(0)])).expect("a file");
        // A byte at a time at first; after a failure all at once.
        let mut upload = UploadRecord::default();
        upload.state.protocol = protocol;
        upload.state.offer = Some(Default::default());
        (upload.state.piece_bytes, upload.state.piece_bytes_max) = (1, 1);
        job.files[0].upload = Some(Box::new(upload));
        Self {
            stored: job.clone(),
            synced: job.clone(),
            size: if protocol == UploadProtocol::S3 { SIZE * PART } else { SIZE },
            job,
            boot: 1,
            version: 1,
            flights: BTreeMap::new(),
            turn: 0,
            parts: Parts::default(),
            sessions: BTreeMap::new(),
            whole: BTreeSet::new(),
            next_session: 1,
            forgot: false,
            file: None,
            completed: false,
        }
    }

    /// What tells two worlds apart. Counters that only grow are left out.
    pub fn key(&self) -> u64 {
        let mut plain = self.clone();
        for job in [&mut plain.job, &mut plain.stored, &mut plain.synced] {
            job.record.error_count = 0;
            job.record.attempts = 0;
            job.record.retry = None;
            job.record.error = None;
            job.files[0].response_headers = None;
        }
        plain.boot = 0;
        let mut hasher = DefaultHasher::new();
        format!("{plain:?}").hash(&mut hasher);
        hasher.finish()
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
            Event::Turn => {
                let next = self.focus().and_then(|part| {
                    let mut others = self.flights.keys().filter(|other| **other != part);
                    others.find(|other| **other > part).or(self.flights.keys().next()).copied()
                });
                let turns = next.filter(|_| self.flights.len() > 1);
                self.turn = turns.unwrap_or(self.turn);
                turns.is_some()
            }
            Event::Land => self.parts.land(),
            Event::Forget => {
                self.parts.forget();
                self.sessions.clear();
                self.whole.clear();
                !std::mem::replace(&mut self.forgot, true)
            }
            Event::SourceChanges => {
                self.version += 1;
                self.version <= 2
            }
            Event::Flush => {
                self.store(true);
                true
            }
            Event::TimePasses => self.pass_time(),
            Event::Kill => {
                self.restart(self.boot);
                true
            }
            Event::PowerCut => {
                self.stored = self.synced.clone();
                self.restart(self.boot + 1);
                // No machine boots faster than a server stores a part.
                while self.parts.land() {}
                true
            }
        }
    }

    fn command(&mut self, command: Command) -> bool {
        // Nobody resumes a job faster than a server stores a part.
        while command == Command::Resume && self.parts.land() {}
        let is_synced = command != Command::Suspend;
        let input = Input::Command(command);
        let Ok(change) = apply(&self.job, &input, Now::default(), &Limits::default()) else {
            return false;
        };
        self.job.accept(change);
        self.store(is_synced);
        self.stop_surplus();
        true
    }

    /// What memory holds is stored; only what is synced survives a power cut.
    fn store(&mut self, is_synced: bool) {
        self.stored = self.job.clone();
        if is_synced {
            self.synced = self.job.clone();
        }
    }

    fn news(&mut self, news: UploadEvent) {
        let input = Input::Outcome(Outcome::Upload { file: 0, news });
        let change =
            apply(&self.job, &input, Now::default(), &Limits::default()).expect("an outcome");
        let ends = change.record.state != self.job.record.state;
        let falls =
            change.files.get(&0).is_some_and(|file| file.written < self.job.files[0].written);
        let closing = change.record.closing != self.job.record.closing;
        let stores = change.urgent || ends || falls || closing;
        let is_synced = change.durable || falls;
        self.job.accept(change);
        if stores {
            self.store(is_synced);
        }
        self.stop_surplus();
    }

    fn planned(&self) -> BTreeSet<u32> {
        let limits = Limits { connections_per_file: 2, ..Limits::default() };
        let request = |part: &u32| RequestKey { job: self.job.record.id, file: 0, part: *part };
        let running = self.flights.keys().map(request).collect();
        let environment = Environment { running, ..Environment::default() };
        let plan = plan([&self.job].into_iter(), &limits, &environment, Now::default());
        plan.transfers.into_iter().map(|key| key.part).collect()
    }

    /// The request that things happen to.
    fn focus(&self) -> Option<u32> {
        let from = self.flights.range(self.turn..).next().or(self.flights.iter().next());
        from.map(|(part, _)| *part)
    }

    fn take_flight(&mut self) -> Option<Flight> {
        self.flights.remove(&self.focus()?)
    }

    /// As the engine does: the making of a session is waited for, and a part that
    /// is all on its way; a cancelled job only waits for what tells what the
    /// server has.
    fn stop_surplus(&mut self) {
        let planned = self.planned();
        let owes = self.job.record.has_server_cleanup();
        let parts: Vec<u32> = self.flights.keys().copied().collect();
        for part in parts {
            let Some(flight) = self.flights.get(&part) else {
                continue;
            };
            let step = flight.call.step;
            let stays = step == Step::Create || flight.sent().part > 0 && flight.sent().whole;
            let tells = matches!(step, Step::Create | Step::Close | Step::Cancel | Step::Check);
            if !stays && (!planned.contains(&part) || owes && !tells) {
                let sent = flight.sent();
                self.flights.remove(&part);
                self.news(UploadEvent::Stopped(sent));
            }
        }
    }

    fn ask(&mut self) -> bool {
        let must_wait =
            |part: u32| self.flights.keys().any(|other| part == 0 || *other == 0 || *other == part);
        let Some(part) = self.planned().into_iter().find(|part| !must_wait(*part)) else {
            return false;
        };
        let is_final = self.job.record.state.is_final();
        let (record, file) = (&self.job.record, &self.job.files[0]);
        let source = (!is_final).then(|| (self.size, self.version.to_string()));
        let began_with = file.upload.as_ref().and_then(|upload| upload.source.clone());
        if source.as_ref().zip(began_with).is_some_and(|((_, now), then)| *now != then) {
            self.news(UploadEvent::SourceChanged);
            return true;
        }
        let next = next_upload_call(record, file, self.size, part);
        if let Some(call) = next.as_ref().filter(|call| call.step == Step::Cancel) {
            let forgets_nothing = self.version == 1 && !self.forgot;
            assert!(is_final || !forgets_nothing, "it throws away what is good: {call:?}");
        }
        match next {
            None => self.news(UploadEvent::NothingOwed),
            Some(call) => {
                if call.part > 0 {
                    self.parts.begin(&call);
                }
                let (version, arrived) = (self.version, Some(0));
                self.flights.insert(part, Flight { call: call.clone(), version, arrived });
                self.news(UploadEvent::Begun { call, source });
            }
        }
        true
    }

    /// A byte on its way, or a part; the last one only if the file is still the
    /// same.
    fn byte(&mut self) -> bool {
        let Some((focus, flight)) = self.focus().map(|part| (part, self.flights[&part].clone()))
        else {
            return false;
        };
        let (Some(span), Some(arrived)) = (flight.call.body, flight.arrived) else {
            return false;
        };
        let (first, length) = (span.first, span.length);
        if arrived == length || flight.call.text.is_some() {
            return false;
        }
        let step = if flight.call.part > 0 { length } else { 1 };
        if arrived + step == length && flight.version != self.version {
            self.flights.remove(&focus);
            self.news(UploadEvent::SourceChanged);
            return true;
        }
        let version = self.version;
        let stored = flight.call.part > 0
            || session_of(&flight.call).and_then(|id| self.sessions.get_mut(&id)).is_some_and(
                |held| {
                    let fits = held.len() as u64 == first + arrived;
                    if fits {
                        held.push(version);
                    }
                    fits
                },
            );
        if let Some(flight) = self.flights.get_mut(&focus) {
            flight.arrived = stored.then_some(arrived + step);
        }
        true
    }

    fn answer(&mut self, arrives: bool) -> bool {
        while self.byte() {}
        let Some(flight) = self.take_flight() else {
            return true;
        };
        let tus = flight.call.headers.iter().any(|line| line.starts_with("Tus-"));
        let head = match flight.call.proof {
            Proof::SigV4 { .. } => self.serve_s3(&flight),
            Proof::Credentials | Proof::Url if tus => self.serve_tus(&flight.call),
            Proof::Credentials | Proof::Url => self.serve(&flight.call),
        };
        if !arrives {
            let (step, sent) = (flight.call.step, flight.sent());
            self.news(UploadEvent::Failed { step, sent, failure: cut() });
            return true;
        }
        self.judged(flight.call, &head);
        true
    }

    fn judged(&mut self, call: UploadRequest, head: &Head) {
        let (record, file) = (&self.job.record, &self.job.files[0]);
        let of = sending(record, file, self.size);
        let verdict = judge(&upload_state(record, file), &of, &call, head);
        let response_headers = String::new();
        self.news(UploadEvent::Answered { call: Box::new(call), verdict, response_headers });
    }

    fn break_connection(&mut self) -> bool {
        let Some(flight) = self.take_flight() else {
            return false;
        };
        self.leave(&flight);
        let (step, sent) = (flight.call.step, flight.sent());
        self.news(UploadEvent::Failed { step, sent, failure: cut() });
        true
    }

    /// A part that came in whole may be stored although nobody waits for it.
    fn leave(&mut self, flight: &Flight) {
        if flight.call.part > 0 && flight.sent().whole {
            self.parts.leave(&flight.call, flight.version);
        }
    }

    fn refuse(&mut self) -> bool {
        let Some(flight) = self.take_flight() else {
            return false;
        };
        let mut head = Head::default();
        head.push_line(b"HTTP/1.1 503 Busy");
        self.judged(flight.call, &head);
        true
    }

    fn pass_time(&mut self) -> bool {
        if self.job.record.wake_at().is_none() {
            return false;
        }
        while self.parts.land() {}
        let now = Now { monotonic_ms: 3_600_000, ..Now::default() };
        let change = apply(&self.job, &Input::TimePassed, now, &Limits::default()).expect("time");
        self.job.accept(change);
        true
    }

    /// A new process finds what is stored.
    fn restart(&mut self, boot: u128) {
        self.boot = boot;
        for flight in std::mem::take(&mut self.flights).into_values() {
            self.leave(&flight);
        }
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
        let done = file.stage == FileStage::Published;
        assert_eq!(
            done && !record.state.is_final(),
            record.totals.files_transferred == 1 && !record.state.is_final()
        );
        if done || self.completed {
            assert!(self.file.is_some(), "what was acknowledged is there");
        }
        if record.state == JobState::Cancelled && record.closing.is_none() {
            let partial = self.sessions.values().any(|held| !held.is_empty());
            let partial = partial || self.parts.has_any();
            assert!(!partial, "a cancelled job leaves nothing on the server");
        }
        let begun = self.sessions.iter().filter(|(_, held)| !held.is_empty());
        let synced = self.synced.files[0].upload.as_ref().and_then(|it| it.state.session.clone());
        for (id, held) in begun.filter(|_| !self.forgot && self.version == 1) {
            let known = synced.as_ref().is_some_and(|name| name.ends_with(&id.to_string()));
            assert!(known, "a power cut makes {id} unknown, which holds {held:?}");
        }
        if file.stage == FileStage::Waiting {
            assert!(file.written <= self.size && file.written == file.synced);
        }
        let made = self.parts.made();
        let versions: BTreeSet<u8> = made.iter().copied().collect();
        assert_eq!(versions.len(), made.len(), "each version is put in place once: {made:?}");
        let state = &file.upload.as_ref().expect("an upload").state;
        for part in &state.multipart.sent {
            assert!(self.flights.contains_key(part), "{part} is not on its way");
        }
    }
}

fn cut() -> Failure {
    Failure::transient(
        code::BG_E_CONNECTION_CLOSED,
        ErrorContext::GeneralTransport,
        "cut".to_owned(),
    )
}
