//! The one door: calls come in here, and so do the results of work.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use curl::multi::MultiWaker;
use uuid::Uuid;

use crate::disk::Verification;
use crate::model::Work;
use crate::transfer::Token;
use crate::vocab::{Error, Result, code};

use super::message::{ApiCall, ApiReply};
use super::pool::Report;

/// The session of the process that the engine is in.
pub const OWN_SESSION: u64 = 0;

/// The ticket of no call: what is sent with it ends the session.
pub const END_OF_SESSION: u64 = u64::MAX;

/// The answer of the call that has this ticket.
pub type Answered = (u64, Result<ApiReply>);

/// Where the answer of one call goes. Each call gets exactly one.
pub struct Answer {
    ticket: u64,
    to: Sender<Answered>,
}

impl Answer {
    /// The answer of the call with this ticket goes there.
    pub fn new(ticket: u64, to: Sender<Answered>) -> Self {
        Self { ticket, to }
    }

    pub(super) fn ticket(&self) -> u64 {
        self.ticket
    }

    /// A caller that has gone away needs no answer.
    pub fn send(self, reply: Result<ApiReply>) {
        _ = self.to.send((self.ticket, reply));
    }
}

/// What arrives at the engine.
pub enum Message {
    /// A call of a session, and where its answer goes.
    Call { session: u64, request: ApiCall, answer: Answer },
    /// Another process is there; [`END_OF_SESSION`] is sent to it at the end.
    Joined { session: u64, to: Sender<Answered> },
    /// It is gone, and so is all it held or waited for.
    Left { session: u64 },
    /// The engine is to end after what is under way was recorded; this is what
    /// callers get from then on.
    Stop { reason: Error },
    /// A piece of work is done.
    Worked { job: Uuid, work: Work, report: Report },
    /// Received files were checked and synced, or not.
    Verified { job: Uuid, files: Vec<(u32, Result<Verification>)> },
    /// Space for a held-back body was reserved, or not.
    Reserved { token: Token, result: Result<()> },
    /// These bytes of a file were synced, or not.
    Synced { key: (Uuid, u32), held: Vec<Range<u64>>, result: Result<()> },
}

/// The queue of messages, and what wakes the engine for them.
pub struct Inbox {
    state: Mutex<InboxState>,
    waker: MultiWaker,
}

struct InboxState {
    messages: VecDeque<Message>,
    next_ticket: u64,
    next_session: u64,
    closed: Option<Error>,
}

impl Inbox {
    /// An empty inbox of the engine that this waker wakes.
    pub fn new(waker: MultiWaker) -> Self {
        let state = InboxState {
            messages: VecDeque::new(),
            next_ticket: 1,
            next_session: OWN_SESSION + 1,
            closed: None,
        };
        Self { state: Mutex::new(state), waker }
    }

    /// Puts in a call of this process; returns its ticket and where its answer
    /// comes. BGCOPY_E_MANAGER_CLOSED once the engine has stopped.
    pub fn call(&self, request: ApiCall) -> Result<(u64, Receiver<Answered>)> {
        let (to, receiver) = channel();
        let mut state = self.open()?;
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        let answer = Answer::new(ticket, to);
        self.add(state, Message::Call { session: OWN_SESSION, request, answer });
        Ok((ticket, receiver))
    }

    /// Puts in calls that are to be stored together; returns the ticket of the
    /// first, which those of the others follow, and where all answers come.
    pub fn calls(&self, requests: Vec<ApiCall>) -> Result<(u64, Receiver<Answered>)> {
        let (to, receiver) = channel();
        let mut state = self.open()?;
        let wakes = state.messages.is_empty();
        let first = state.next_ticket;
        for request in requests {
            let answer = Answer::new(state.next_ticket, to.clone());
            state.next_ticket += 1;
            state.messages.push_back(Message::Call { session: OWN_SESSION, request, answer });
        }
        drop(state);
        self.wake(wakes);
        Ok((first, receiver))
    }

    /// Puts in a call of another process.
    pub fn call_of(&self, session: u64, request: ApiCall, answer: Answer) -> Result<()> {
        self.put(Message::Call { session, request, answer })
    }

    /// Begins the session of another process.
    pub fn join(&self, to: Sender<Answered>) -> Result<u64> {
        let mut state = self.open()?;
        let session = state.next_session;
        state.next_session += 1;
        self.add(state, Message::Joined { session, to });
        Ok(session)
    }

    /// Ends the session of another process.
    pub fn leave(&self, session: u64) {
        // A closed engine has forgotten it already.
        _ = self.put(Message::Left { session });
    }

    /// Asks the engine to end.
    pub fn stop(&self, reason: Error) {
        // It may have ended already.
        _ = self.put(Message::Stop { reason });
    }

    /// Puts the result of work in.
    pub fn report(&self, message: Message) {
        self.add(self.lock(), message);
    }

    /// Takes everything that is there.
    pub fn take(&self) -> VecDeque<Message> {
        std::mem::take(&mut self.lock().messages)
    }

    /// True if something is waiting.
    pub fn is_empty(&self) -> bool {
        self.lock().messages.is_empty()
    }

    /// True once nothing is taken any more.
    pub fn is_closed(&self) -> bool {
        self.lock().closed.is_some()
    }

    /// Refuses everything from now on with `error`; calls that are waiting
    /// get it too.
    pub fn close(&self, error: Error) {
        let mut state = self.lock();
        state.closed.get_or_insert(error.clone());
        for message in std::mem::take(&mut state.messages) {
            match message {
                Message::Call { answer, .. } => answer.send(Err(error.clone())),
                Message::Joined { to, .. } => {
                    // It may be gone by now.
                    _ = to.send((END_OF_SESSION, Err(error.clone())));
                }
                Message::Left { .. }
                | Message::Stop { .. }
                | Message::Worked { .. }
                | Message::Verified { .. }
                | Message::Reserved { .. }
                | Message::Synced { .. } => {}
            }
        }
    }

    fn put(&self, message: Message) -> Result<()> {
        self.add(self.open()?, message);
        Ok(())
    }

    fn open(&self) -> Result<MutexGuard<'_, InboxState>> {
        let state = self.lock();
        match &state.closed {
            Some(error) => Err(error.clone()),
            None => Ok(state),
        }
    }

    /// Puts a message in, and wakes the engine if it does not know of any: one
    /// that waits in front of it has done so.
    fn add(&self, mut state: MutexGuard<'_, InboxState>, message: Message) {
        let wakes = state.messages.is_empty();
        state.messages.push_back(message);
        drop(state);
        self.wake(wakes);
    }

    fn wake(&self, is_needed: bool) {
        if is_needed {
            // An error means that the engine is gone; `close` answers for it.
            _ = self.waker.wakeup();
        }
    }

    fn lock(&self) -> MutexGuard<'_, InboxState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of every call after the engine has stopped.
pub fn closed_error() -> Error {
    Error::new(code::BGCOPY_E_MANAGER_CLOSED, "the manager is closed")
}
