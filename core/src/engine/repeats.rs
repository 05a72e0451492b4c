//! Calls that are repeated because their answer was lost with the last host.
//!
//! The calls of other processes that change something are remembered in the
//! store, together with what they changed. A repeat of one gets the answer of
//! the first, whatever has become of the job since.

use uuid::Uuid;

use crate::model::{Closing, Command, Now};
use crate::store::{End, StoredCall};
use crate::vocab::{Error, JobState, code};

use super::Engine;
use super::inbox::{Answer, OWN_SESSION};
use super::message::ApiReply;
use super::queue::Applied;

impl Engine {
    /// Answers a call that was carried out before, or lets it wait for the end
    /// of what it began. Gives the answer back if the call is to be carried out.
    pub(super) fn answer_again(
        &mut self,
        call: Uuid,
        id: Uuid,
        command: &Command,
        answer: Answer,
        at: Now,
    ) -> Option<Answer> {
        let Some(before) = self.queue.called(call).filter(|before| before.job == id) else {
            return Some(answer);
        };
        let job = match self.queue.job(id, at) {
            Ok(loaded) => Some((loaded.job.record.state, loaded.job.record.closing)),
            Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => None,
            Err(error) => {
                answer.send(Err(error));
                return None;
            }
        };
        let result = Ok(ApiReply::Done(before.result));
        match (command, job) {
            (Command::Complete, Some((_, Some(Closing::Publishing | Closing::Discarding)))) => {
                self.completing.entry(id).or_default().push(answer);
            }
            (Command::Complete, Some((JobState::Cancelled, _))) => {
                let text = "the job was cancelled meanwhile";
                answer.send(Err(Error::new(code::DO_E_INVALID_STATE, text)));
            }
            // A file could not be put in place.
            (Command::Complete, Some((state, None))) if !state.is_final() => return Some(answer),
            (Command::Cancel, Some((_, Some(Closing::Cleaning { retry: None })))) => {
                self.cancelling.entry(id).or_default().push(answer);
            }
            (
                Command::Complete
                | Command::Cancel
                | Command::AddFiles(_)
                | Command::Suspend
                | Command::Resume
                | Command::Set(_)
                | Command::SetRemoteName { .. }
                | Command::ReplaceRemotePrefix { .. }
                | Command::SetExpectedHash { .. }
                | Command::SetValidationState { .. }
                | Command::RequestFileRanges { .. }
                | Command::AddMirror { .. },
                _,
            ) => answer.send(result),
        }
        None
    }

    /// Remembers a call of another process. The process the engine is in ends
    /// with it and repeats nothing.
    pub(super) fn remember(
        &mut self,
        session: u64,
        call: Uuid,
        id: Uuid,
        command: &Command,
        applied: &Applied,
    ) {
        let (ends, result) = match command {
            Command::Complete => (Some(End::Complete), self.result_of_complete(id, applied)),
            Command::Cancel => (Some(End::Cancel), code::S_OK),
            Command::AddFiles(_)
            | Command::Suspend
            | Command::Resume
            | Command::Set(_)
            | Command::SetRemoteName { .. }
            | Command::ReplaceRemotePrefix { .. }
            | Command::SetExpectedHash { .. }
            | Command::SetValidationState { .. }
            | Command::RequestFileRanges { .. }
            | Command::AddMirror { .. } => (None, applied.result),
        };
        self.remember_call(session, StoredCall { id: call, job: id, ends, result });
    }

    /// The same for a call whose result is known.
    pub(super) fn remember_call(&mut self, session: u64, call: StoredCall) {
        let undoes = call.ends == Some(End::Cancel) && self.queue.remembers_complete(call.job);
        if session != OWN_SESSION || undoes {
            self.queue.remember(call);
        }
    }

    /// What a Complete will answer if its files can be put in place.
    fn result_of_complete(&self, id: Uuid, applied: &Applied) -> crate::vocab::HResult {
        if let Some(Ok(result)) = &applied.completed {
            return *result;
        }
        let all = self.queue.jobs.get(&id).is_some_and(|loaded| {
            let totals = loaded.job.record.totals;
            totals.files_transferred == totals.files
        });
        if all { code::S_OK } else { code::BG_S_PARTIAL_COMPLETE }
    }
}
