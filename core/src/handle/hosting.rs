//! The engine in this process, and the way in for others.

use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::engine::{self, ApiCall, ApiReply, Inbox, closed_error};
use crate::link::Host;
use crate::store::{self, Damage, Sharing};
use crate::vocab::{Error, Result, code};

use super::interrupt::Interrupt;
use super::opening::OpenSettings;
use super::shared::receive;

/// The engine in this process.
pub(super) struct Hosting {
    inbox: Arc<Inbox>,
    running: Mutex<Option<(Option<Host>, JoinHandle<()>)>>,
}

impl Hosting {
    /// Takes the store's lock and starts an engine; lets others in unless the
    /// store is wanted alone. Codes: those of `engine::start`.
    pub(super) fn start(terms: &OpenSettings) -> Result<(Self, Option<Damage>)> {
        let running = engine::start(terms.settings.clone())?;
        let folder = &terms.settings.folder;
        let (host, sharing) = if terms.exclusive {
            (None, Sharing::Exclusive)
        } else {
            match Host::start(folder, Arc::clone(&running.inbox)) {
                Ok(host) => (Some(host), Sharing::Shared),
                Err(error) => {
                    (None, Sharing::Impossible(format!("no socket can be made there: {error}")))
                }
            }
        };
        store::announce(folder, &sharing);
        let hosting =
            Self { inbox: running.inbox, running: Mutex::new(Some((host, running.thread))) };
        Ok((hosting, running.damage))
    }

    /// Makes a call and waits for its answer until the time is over or it is
    /// interrupted: then E_TIMEOUT.
    pub(super) fn call(
        &self,
        request: ApiCall,
        deadline: Option<Instant>,
        interrupt: Option<&Interrupt>,
    ) -> Result<ApiReply> {
        let (ticket, answers) = self.inbox.call(request)?;
        let _watch = interrupt.map(|interrupt| {
            let inbox = Arc::clone(&self.inbox);
            // A closed engine has answered.
            interrupt.watch(move || _ = inbox.call(ApiCall::Forget { ticket }))
        });
        match receive(&answers, deadline) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Disconnected) => Err(stopped()),
            Err(RecvTimeoutError::Timeout) => {
                self.inbox.call(ApiCall::Forget { ticket })?;
                answers.recv().map_or_else(|_| Err(stopped()), |(_, reply)| reply)
            }
        }
    }

    /// Makes calls that are stored together, and waits for their answers.
    pub(super) fn calls(&self, requests: Vec<ApiCall>) -> Vec<Result<ApiReply>> {
        let count = requests.len();
        let (first, answers) = match self.inbox.calls(requests) {
            Ok(made) => made,
            Err(error) => return vec![Err(error); count],
        };
        let mut replies = vec![Err(stopped()); count];
        for (ticket, reply) in answers.iter().take(count) {
            let index = ticket.checked_sub(first).and_then(|index| usize::try_from(index).ok());
            if let Some(slot) = index.and_then(|index| replies.get_mut(index)) {
                *slot = reply;
            }
        }
        replies
    }

    /// Tells the engine something that needs no answer.
    pub(super) fn tell(&self, request: ApiCall) {
        // A closed engine has forgotten everything already.
        _ = self.inbox.call(request);
    }

    /// Ends the engine after what is under way was recorded. The store is free
    /// afterwards.
    pub(super) fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((host, thread)) = running {
            drop(host);
            self.inbox.stop(closed_error());
            // A panic of the engine was answered to its callers already.
            _ = thread.join();
        }
    }
}

impl Drop for Hosting {
    fn drop(&mut self) {
        self.close();
    }
}

/// The engine ended before it could answer.
fn stopped() -> Error {
    Error::new(code::BGCOPY_E_MANAGER_CLOSED, "the manager was closed during the call")
}
