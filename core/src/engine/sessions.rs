//! The processes that share the queue: the one the engine is in, and those that
//! joined. What each holds, waits for and listens to is its own, and goes with
//! it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::mpsc::Sender;

use uuid::Uuid;

use crate::model::{Conditions, Now, ReportedConditions};
use crate::notify::{ChangeNotice, Events};
use crate::store::Store;
use crate::vocab::{Error, JobState, Result, code};

use super::inbox::{Answer, Answered, END_OF_SESSION, OWN_SESSION};
use super::message::ApiReply;

/// Jobs looked at in one go for events of what was there before the session.
const FOUND_PAGE_JOBS: usize = 256;

/// Jobs that one process can have handles of that count. Those beyond are
/// handles all the same; only, a job that has left the queue is forgotten
/// although they are there.
const HELD_JOBS_MAX: usize = 1_000_000;

/// All sessions. The own one is always there.
pub struct Sessions {
    all: BTreeMap<u64, Session>,
    /// How often a process reported something.
    words: u64,
}

struct Session {
    /// How many handles of each job the process has.
    handles: BTreeMap<Uuid, u64>,
    events: Events,
    found: FoundCursor,
    /// Calls that wait for an event.
    listeners: VecDeque<Answer>,
    to: Option<Sender<Answered>>,
    /// What it says of the machine, and when among the others it said so.
    reported: (u64, ReportedConditions),
}

/// How far the events of jobs found when the session began have been raised.
/// They are looked up when somebody asks: a process that never asks costs
/// nothing.
struct FoundCursor {
    transferred: Option<Option<i64>>,
    error: Option<Option<i64>>,
}

impl Session {
    fn new(to: Option<Sender<Answered>>) -> Self {
        Self {
            handles: BTreeMap::new(),
            events: Events::default(),
            found: FoundCursor { transferred: Some(None), error: Some(None) },
            listeners: VecDeque::new(),
            to,
            reported: (0, ReportedConditions::default()),
        }
    }

    /// Answers those who listen, as far as there are events. Else, when the
    /// next one may go.
    fn serve(&mut self, store: &Store, at: Now) -> Result<Option<u64>> {
        while !self.listeners.is_empty() {
            match self.events.pop(at.monotonic_ms) {
                Ok(event) => {
                    if let Some(listener) = self.listeners.pop_front() {
                        listener.send(Ok(ApiReply::Event(Box::new(event))));
                    }
                }
                Err(held_until_ms) => {
                    if !self.find(store)? {
                        return Ok(held_until_ms);
                    }
                }
            }
        }
        Ok(None)
    }

    /// Raises the events of a page of jobs that were transferred or failed
    /// before the session. False if there are no more.
    fn find(&mut self, store: &Store) -> Result<bool> {
        let FoundCursor { transferred, error } = &mut self.found;
        let (state, cursor) = match (transferred.is_some(), error.is_some()) {
            (true, _) => (JobState::Transferred, transferred),
            (false, true) => (JobState::Error, error),
            (false, false) => return Ok(false),
        };
        let page = store.in_state(state, cursor.flatten(), FOUND_PAGE_JOBS)?;
        let last = page.last().map(|(place, _)| Some(*place));
        *cursor = last.filter(|_| page.len() == FOUND_PAGE_JOBS);
        for (_, id) in page {
            // A damaged job tells of itself when it is asked.
            if let Ok(Some(record)) = store.record(id) {
                self.events.note_found(&record);
            }
        }
        Ok(true)
    }
}

impl Sessions {
    /// The session of the own process alone.
    pub fn new() -> Self {
        Self { all: BTreeMap::from([(OWN_SESSION, Session::new(None))]), words: 0 }
    }

    /// Another process is there.
    pub fn join(&mut self, session: u64, to: Sender<Answered>) {
        self.all.insert(session, Session::new(Some(to)));
    }

    /// It is gone.
    pub fn leave(&mut self, session: u64) {
        if session != OWN_SESSION {
            self.all.remove(&session);
        }
    }

    /// It reports what it knows of the machine.
    pub fn take_report(&mut self, session: u64, reported: ReportedConditions) {
        self.words += 1;
        if let Some(session) = self.all.get_mut(&session) {
            session.reported = (self.words, reported);
        }
    }

    /// What holds by what all of them say.
    pub fn conditions(&self) -> Conditions {
        super::conditions::conditions(self.all.values().map(|session| session.reported))
    }

    /// True if no other process is there.
    pub fn is_alone(&self) -> bool {
        self.all.len() == 1
    }

    /// Counts handles.
    pub fn retain(&mut self, session: u64, job: Uuid, count: u64) {
        let Some(session) = self.all.get_mut(&session) else {
            return;
        };
        if session.handles.len() < HELD_JOBS_MAX || session.handles.contains_key(&job) {
            let held = session.handles.entry(job).or_default();
            *held = held.saturating_add(count);
        }
    }

    /// One handle is gone; true if it was the last one of the session.
    pub fn release(&mut self, session: u64, job: Uuid) -> bool {
        let Some(session) = self.all.get_mut(&session) else {
            return false;
        };
        let Some(count) = session.handles.get_mut(&job) else {
            return false;
        };
        *count = count.saturating_sub(1);
        let last = *count == 0;
        if last {
            session.handles.remove(&job);
        }
        last
    }

    /// True if any process has a handle of the job.
    pub fn hold(&self, job: Uuid) -> bool {
        self.all.values().any(|session| session.handles.contains_key(&job))
    }

    /// Tells all processes what a stored change means for listeners.
    pub fn note(&mut self, note: &ChangeNotice) {
        for session in self.all.values_mut() {
            session.events.add(note);
        }
    }

    /// A call waits for an event.
    pub fn listen(&mut self, session: u64, answer: Answer) {
        match self.all.get_mut(&session) {
            Some(session) => session.listeners.push_back(answer),
            None => answer.send(Err(Error::new(code::E_UNEXPECTED, "there is no such session"))),
        }
    }

    /// Takes back a call that waits for an event.
    pub fn forget(&mut self, session: u64, ticket: u64) -> Option<Answer> {
        let listeners = &mut self.all.get_mut(&session)?.listeners;
        let place = listeners.iter().position(|answer| answer.ticket() == ticket)?;
        listeners.remove(place)
    }

    /// Answers those who listen, as far as there are events. Else, when the
    /// next event that is being held back may go, on the monotonic clock.
    pub fn serve(&mut self, store: &Store, at: Now) -> Result<Option<u64>> {
        let mut soonest = None;
        for session in self.all.values_mut() {
            let held_until_ms = session.serve(store, at)?;
            soonest = [soonest, held_until_ms].into_iter().flatten().min();
        }
        Ok(soonest)
    }

    /// Tells the other processes that the engine has ended.
    pub fn end(self, error: &Error) {
        for to in self.all.into_values().filter_map(|session| session.to) {
            // It may be gone by now.
            _ = to.send((END_OF_SESSION, Err(error.clone())));
        }
    }
}
