//! Calls that wait for the state of a job.

use uuid::Uuid;

use crate::model::Now;
use crate::vocab::{Error, JobState, code};

use super::Engine;
use super::calls::state_of;
use super::inbox::Answer;
use super::message::ApiReply;

impl Engine {
    /// A call waits until its job is in one of the states.
    pub(super) fn wait_for(
        &mut self,
        session: u64,
        id: Uuid,
        states: Vec<JobState>,
        answer: Answer,
        at: Now,
    ) {
        let state = match self.queue.job(id, at) {
            Ok(loaded) => loaded.job.record.state,
            Err(error) => {
                answer.send(Err(error));
                return;
            }
        };
        // Also for one who does not wait at all.
        if states.contains(&state) && !self.queue.is_pending(id) {
            answer.send(Ok(ApiReply::State(state)));
            return;
        }
        let waiter = (id, states, answer);
        if let Some((_, _, old)) = self.waiters.insert((session, waiter.2.ticket()), waiter) {
            old.send(Err(Error::new(code::E_UNEXPECTED, "two calls have one ticket")));
        }
    }

    /// Answers those whose job is in a state they wait for.
    pub(super) fn tell_waiters(&mut self) {
        let queue = &self.queue;
        let is_over = |_: &(u64, u64), (id, states, _): &mut (Uuid, Vec<JobState>, Answer)| {
            !queue.is_pending(*id)
                && state_of(queue, *id)
                    .map_or(true, |state| states.contains(&state) || state.is_final())
        };
        let over: Vec<_> = self.waiters.extract_if(.., is_over).collect();
        for (_, (id, states, answer)) in over {
            answer.send(match state_of(&self.queue, id) {
                Ok(state) if !states.contains(&state) => Err(Error::new(
                    code::DO_E_INVALID_STATE,
                    format!("the job is {} for good", state.name()),
                )),
                state => state.map(ApiReply::State),
            });
        }
    }
}
