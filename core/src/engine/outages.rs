//! What requests tell of their servers: whether they can be reached, and how many requests
//! they serve at a time.

use std::sync::Arc;

use uuid::Uuid;

use crate::model::{Input, Job, Now, Plan, RequestKey, next_server};
use crate::protocol::Failure;
use crate::transfer::{Ending, TransferEvent, UploadEnding};
use crate::vocab::{ErrorContext, HResult, JobState, code};

use super::situation::AWAY_MS;
use super::{Engine, Moving};

/// What a server answers that has too much to do: Too Many Requests, Service Unavailable.
const BUSY: [u32; 2] = [429, 503];

/// What an event of a request says of its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Reached,
    /// It cannot be reached, or has too much to do.
    Refused(Failure),
    /// Nothing: something here failed, or a connection that was in use fell silent, as it
    /// does when its server goes.
    Unknown,
}

/// What an event says; `is_answered` if the server said something to the same request
/// before.
pub(super) fn reach_of(event: &TransferEvent, is_answered: bool) -> Reach {
    let failure = match event {
        TransferEvent::Ended(_, Ending::Failed { failure, .. })
        | TransferEvent::Answered(
            _,
            UploadEnding::Failed(failure) | UploadEnding::Dropped(failure),
        ) => failure,
        TransferEvent::Answered(_, UploadEnding::SourceChanged) => return Reach::Unknown,
        TransferEvent::Head(..)
        | TransferEvent::Written(..)
        | TransferEvent::Ended(..)
        | TransferEvent::Sent(..)
        | TransferEvent::Interim(..)
        | TransferEvent::Answered(..) => return Reach::Reached,
    };
    let fell_silent = is_answered && failure.code == code::E_WINHTTP_TIMEOUT;
    let is_busy = BUSY.map(HResult::from_http_status).contains(&failure.code);
    let is_refused = is_busy && matches!(event, TransferEvent::Ended(..));
    if failure.unreached || is_refused {
        Reach::Refused(failure.clone())
    } else if fell_silent || failure.context == ErrorContext::LocalFile {
        Reach::Unknown
    } else {
        Reach::Reached
    }
}

impl Engine {
    /// Takes note of when a request was heard of, and of whether its server can be
    /// reached.
    pub(super) fn heard_of(&mut self, event: &TransferEvent, at: Now) {
        let (TransferEvent::Head(token, _)
        | TransferEvent::Written(token, _)
        | TransferEvent::Ended(token, _)
        | TransferEvent::Sent(token, _)
        | TransferEvent::Interim(token, _)
        | TransferEvent::Answered(token, _)) = event;
        let Some(key) = self.tokens.get(token).copied() else {
            return;
        };
        let Some(moving) = self.moving.get_mut(&key) else {
            return;
        };
        moving.heard_ms = at.monotonic_ms;
        match reach_of(event, moving.is_answered) {
            Reach::Reached => {
                let is_first = !std::mem::replace(&mut moving.is_answered, true);
                if !self.queue.outages.is_empty() {
                    self.reached(key, is_first, at);
                }
            }
            // The server serves the requests beside it.
            Reach::Refused(_) if moving.is_further => {}
            Reach::Refused(failure) => self.refused(key, failure, at),
            Reach::Unknown => {}
        }
    }

    /// The server of a request does not take it.
    fn refused(&mut self, key: RequestKey, failure: Failure, at: Now) {
        if let Some(Moving { server, began_ms, .. }) = self.moving.get(&key) {
            let request = (*began_ms, self.others_served(key, server, at));
            Arc::make_mut(&mut self.queue.outages).failed(server, failure, request, at);
        }
    }

    /// Other requests that the server is sending to or taking from, or may still answer.
    fn others_served(&self, key: RequestKey, server: &str, at: Now) -> usize {
        let is_served = |(other, moving): &(&RequestKey, &Moving)| {
            let is_silent = moving.is_answered && moving.silent_ms(at) >= AWAY_MS;
            **other != key && !is_silent && moving.server == *server
        };
        self.moving.iter().filter(is_served).count()
    }

    /// The server answered: all that waits for it may go on if it could not be reached, and
    /// one more otherwise.
    fn reached(&mut self, key: RequestKey, is_first: bool, at: Now) {
        let Some(server) = self.moving.get(&key).map(|moving| moving.server.clone()) else {
            return;
        };
        let outage = self.queue.outages.get(&server);
        if outage.is_none_or(|outage| outage.serves > 0 && !is_first) {
            return;
        }
        let others = self.others_served(key, &server, at);
        let is_back = Arc::make_mut(&mut self.queue.outages).reached(&server, others, at);
        self.queue.replan = true;
        if !is_back {
            return;
        }
        self.queue.look_again();
        let waits = |job: &Job| {
            let is_delayed = job.delayed().next().is_some();
            (is_delayed || job.record.state == JobState::TransientError)
                && next_server(job).is_some_and(|asked| asked == server)
        };
        let jobs = self.queue.jobs.iter();
        let waiting: Vec<Uuid> =
            jobs.filter(|(_, loaded)| waits(&loaded.job)).map(|(id, _)| *id).collect();
        for id in waiting {
            self.apply(id, &Input::Reconnected, at);
        }
    }

    /// Every server may be reached again.
    pub(super) fn forget_outages(&mut self) {
        if !self.queue.outages.is_empty() {
            self.queue.outages = Arc::default();
            self.queue.look_again();
            self.queue.replan = true;
        }
    }

    /// A caller wants the job to be tried at once.
    pub(super) fn try_now(&mut self, id: Uuid) {
        let job = self.queue.jobs.get(&id).filter(|_| !self.queue.outages.is_empty());
        if let Some(server) = job.and_then(|loaded| next_server(&loaded.job)) {
            Arc::make_mut(&mut self.queue.outages).try_now(&server);
            self.queue.replan = true;
        }
    }

    /// Ends the jobs that have waited for as long as they may.
    pub(super) fn give_up_waiting(&mut self, plan: &Plan, at: Now) {
        for (id, server) in &plan.unreachable {
            let input = self.queue.outages.get(server).map(|outage| Input::Unreachable {
                failure: outage.failure.clone(),
                since: outage.since,
            });
            if let Some(input) = input {
                self.apply(*id, &input, at);
            }
        }
    }
}
