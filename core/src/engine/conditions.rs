//! What the processes tell of the machine, as far as it holds for the queue.

use uuid::Uuid;

use crate::model::{Conditions, Input, Now, Told};

use super::Engine;

impl Engine {
    /// A process tells what it knows, in place of what it told before.
    pub(super) fn hear(&mut self, session: u64, told: Told, at: Now) {
        self.sessions.hear(session, told);
        self.follow_conditions(at);
    }

    /// Acts on what is told now: another one may have said something, or left.
    pub(super) fn follow_conditions(&mut self, at: Now) {
        let conditions = self.sessions.conditions();
        let before = std::mem::replace(&mut self.queue.conditions, conditions);
        if conditions == before {
            return;
        }
        self.queue.look_again();
        self.queue.replan = true;
        if !conditions.reconnects(&before) {
            return;
        }
        let waiting: Vec<Uuid> = self.queue.jobs.keys().copied().collect();
        for id in waiting {
            self.apply(id, &Input::Reconnected, at);
        }
    }
}

/// What holds, from what each process says and in which order it said so: one
/// is enough to pause the queue, and the last word about the network counts.
pub(super) fn conditions(told: impl Iterator<Item = (u64, Told)>) -> Conditions {
    let mut conditions = Conditions::default();
    let mut last = 0;
    for (order, told) in told {
        conditions.paused |= told.paused;
        if let Some(network) = told.network.filter(|_| order >= last) {
            last = order;
            conditions.network = network;
        }
    }
    conditions
}
