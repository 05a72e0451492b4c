//! Waits for the state of a job.

use std::time::Duration;

use crate::engine::{ApiCall, ApiReply};
use crate::vocab::{JobState, Result};

use super::interrupt::Interrupt;
use super::job::Job;
use super::manager::unexpected;

impl Job {
    /// Waits until the job is in one of the states, and says in which. Without
    /// states it waits until the job ends: until it is in one of
    /// [`JobState::ENDS`]. `None` waits for ever; E_TIMEOUT when the time is over;
    /// DO_E_INVALID_STATE once the job is completed or cancelled and will be in
    /// none of them.
    pub fn wait(&self, states: &[JobState], timeout: Option<Duration>) -> Result<JobState> {
        let request = wait_for(self, states);
        let ApiReply::State(state) = self.shared().call_for(request, timeout)? else {
            return Err(unexpected("State"));
        };
        Ok(state)
    }

    /// As [`Job::wait`], and E_ABORT at once when it is interrupted.
    pub fn wait_interruptible(
        &self,
        states: &[JobState],
        timeout: Option<Duration>,
        interrupt: &Interrupt,
    ) -> Result<JobState> {
        let request = wait_for(self, states);
        let ApiReply::State(state) =
            self.shared().call_interruptible(request, timeout, interrupt)?
        else {
            return Err(unexpected("State"));
        };
        Ok(state)
    }
}

/// What waits for one of the states; for the end of the job without any.
fn wait_for(job: &Job, states: &[JobState]) -> ApiCall {
    let states = if states.is_empty() { &JobState::ENDS } else { states };
    ApiCall::Wait { id: job.id(), states: states.to_vec() }
}
