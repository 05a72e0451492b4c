//! The one door: calls come in here, and so do the results of work.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use curl::multi::MultiWaker;
use uuid::Uuid;

use crate::model::Work;
use crate::transfer::Token;
use crate::vocab::{Error, Result, code};

use super::message::{Reply, Request};
use super::pool::Report;

/// What arrives at the engine.
pub enum Message {
    /// A call, with its ticket and where its answer goes.
    Call { ticket: u64, request: Request, answer: Sender<Result<Reply>> },
    /// A piece of work is done.
    Worked { job: Uuid, work: Work, report: Report },
    /// Space for a held-back body was reserved, or not.
    Reserved { token: Token, result: Result<()> },
    /// The bytes of a file up to `position` were synced, or not.
    Synced { key: (Uuid, u32), position: u64, result: Result<()> },
}

/// The queue of messages, and what wakes the engine for them.
pub struct Inbox {
    state: Mutex<State>,
    waker: MultiWaker,
}

struct State {
    messages: VecDeque<Message>,
    next_ticket: u64,
    closed: Option<Error>,
}

impl Inbox {
    /// An empty inbox of the engine that this waker wakes.
    pub fn new(waker: MultiWaker) -> Self {
        let state = State { messages: VecDeque::new(), next_ticket: 1, closed: None };
        Self { state: Mutex::new(state), waker }
    }

    /// Puts a call in and returns its ticket and where its answer comes.
    /// BGCOPY_E_MANAGER_CLOSED once the engine has stopped.
    pub fn call(&self, request: Request) -> Result<(u64, Receiver<Result<Reply>>)> {
        let (answer, receiver) = channel();
        let mut state = self.lock();
        if let Some(error) = &state.closed {
            return Err(error.clone());
        }
        let ticket = state.next_ticket;
        state.next_ticket += 1;
        state.messages.push_back(Message::Call { ticket, request, answer });
        drop(state);
        self.wake();
        Ok((ticket, receiver))
    }

    /// Puts the result of work in.
    pub fn report(&self, message: Message) {
        self.lock().messages.push_back(message);
        self.wake();
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
            if let Message::Call { answer, .. } = message {
                _ = answer.send(Err(error.clone()));
            }
        }
    }

    fn wake(&self) {
        // An error means that the engine is gone; `close` answers for it.
        _ = self.waker.wakeup();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error of every call after the engine has stopped.
pub fn closed_error() -> Error {
    Error::new(code::BGCOPY_E_MANAGER_CLOSED, "the manager is closed")
}
