//! What the processes tell of the machine, as far as it holds for the queue.

use uuid::Uuid;

use crate::model::{Conditions, Input, Now, ReportedConditions};
use crate::platform::NetworkChange;
use crate::protocol::Failure;
use crate::transfer::{Ending, Token, UploadEnding};
use crate::vocab::{ErrorContext, code};

use super::Engine;

impl Engine {
    /// A process reports what it knows, in place of what it reported before.
    pub(super) fn take_report(&mut self, session: u64, reported: ReportedConditions, at: Now) {
        self.sessions.take_report(session, reported);
        self.follow_conditions(at);
    }

    /// Acts on what is reported now: another one may have said something, or left.
    pub(super) fn follow_conditions(&mut self, at: Now) {
        let conditions = self.sessions.conditions();
        let before = std::mem::replace(&mut self.queue.holds.conditions, conditions);
        if conditions == before {
            return;
        }
        self.queue.look_again();
        self.queue.replan = true;
        if conditions.reconnects(&before) {
            self.reconnect(at);
        }
    }

    /// Applies a change of the network that the system reports.
    pub(super) fn network_changed(&mut self, change: &NetworkChange, at: Now) {
        if change.is_none() {
            return;
        }
        if !change.lost.is_empty() {
            for token in self.transfers.at_addresses(&change.lost) {
                self.give_up(token, "the address that the connection came from is gone", at);
            }
        }
        if change.restored {
            for token in self.silent_downloads(at) {
                self.give_up(token, "the network was away", at);
            }
        }
        if change.gained {
            self.reconnect(at);
        }
    }

    /// Ends a request whose connection will bring nothing any more.
    fn give_up(&mut self, token: Token, why: &str, at: Now) {
        let code = code::BG_E_CONNECTION_CLOSED;
        let failure = Failure::transient(code, ErrorContext::GeneralTransport, why.to_owned());
        let Some(moving) = self.tokens.get(&token).and_then(|key| self.moving.get(key)) else {
            return;
        };
        let is_upload = moving.upload.is_some();
        let written = self.transfers.stop(token).filter(|_| moving.held.is_none());
        if is_upload {
            self.upload_ended(token, UploadEnding::Failed(failure), at);
        } else {
            self.ended(token, Ending::Failed { failure, written, redirect: None }, at);
        }
    }

    /// There may be a way to the servers again, and it may be another one.
    fn reconnect(&mut self, at: Now) {
        // Old connections and names then last until they fail.
        _ = self.transfers.forget_network();
        self.forget_outages();
        let waiting: Vec<Uuid> = self.queue.jobs.keys().copied().collect();
        for id in waiting {
            self.apply(id, &Input::Reconnected, at);
        }
    }
}

/// What holds, from what each process says and in which order it said so: one
/// is enough to pause the queue, and the last word about network and power counts.
pub(super) fn conditions(reported: impl Iterator<Item = (u64, ReportedConditions)>) -> Conditions {
    let mut conditions = Conditions::default();
    let (mut last, mut last_of_power) = (0, 0);
    for (order, reported) in reported {
        conditions.paused |= reported.paused;
        if let Some(network) = reported.network.filter(|_| order >= last) {
            last = order;
            conditions.network = network;
        }
        if let Some(power) = reported.power.filter(|_| order >= last_of_power) {
            last_of_power = order;
            conditions.power = power;
        }
    }
    conditions
}
