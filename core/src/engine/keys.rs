//! Jobs that callers find by a key of their own. No two jobs of the queue have the same one.
//!
//! The store has an index of the keys (`jobs.key`); there is no list of them in memory. The one
//! thread that makes jobs looks there first, so that of calls made at the same time, by
//! whatever processes, one makes the job and the others find it.

use uuid::Uuid;

use crate::model::{JobRecord, NewJob, Now, check_key};
use crate::vocab::{Error, Result, code};

use super::Engine;
use super::inbox::Answer;
use super::message::ApiReply;
use super::queue::Queue;

impl Queue {
    /// The job that holds a key.
    fn holder_of_key(&self, key: &str) -> Result<Option<Uuid>> {
        let record = |id: &Uuid| Some(&self.jobs.get(id)?.job.record);
        let holds = |record: &JobRecord| record.held_key() == Some(key);
        // A new job is stored in the turn in which a caller made it.
        if let Some(id) = self.commanded.iter().find(|id| record(id).is_some_and(holds)) {
            return Ok(Some(*id));
        }
        // What is in memory may have been completed since it was stored.
        let stored = self.store.keyed(key)?;
        Ok(stored.into_iter().find(|id| record(id).is_none_or(holds)))
    }
}

impl Engine {
    /// OpenJobByKey.
    pub(super) fn open_job_by_key(&mut self, session: u64, key: &str) -> Result<ApiReply> {
        check_key(key)?;
        let Some(id) = self.queue.holder_of_key(key)? else {
            let text = format!("no job with the key {key} in the queue");
            return Err(Error::new(code::DO_E_JOB_NOT_FOUND, text));
        };
        self.sessions.retain(session, id, 1);
        Ok(ApiReply::Found(id))
    }

    /// Answers a call that makes a job with the key of one that is there: with that one. Gives
    /// the answer back if the job is to be made.
    pub(super) fn answer_with_keyed(
        &mut self,
        session: u64,
        new: &NewJob,
        answer: Answer,
        at: Now,
    ) -> Option<Answer> {
        let Some(key) = &new.key else {
            return Some(answer);
        };
        let found = check_key(key).and_then(|()| self.queue.holder_of_key(key));
        let found = found.and_then(|id| {
            let Some(id) = id else {
                return Ok(None);
            };
            let record = &self.queue.job(id, at)?.job.record;
            if record.job_type != new.job_type {
                let text = format!("the job with the key {key} is of another type");
                return Err(Error::new(code::E_INVALIDARG, text));
            }
            Ok(Some(id))
        });
        match found {
            Ok(None) => return Some(answer),
            Ok(Some(id)) => {
                self.sessions.retain(session, id, 1);
                let reply = Ok(ApiReply::Found(id));
                if self.queue.commanded.contains(&id) {
                    // It may have been made in this turn, and is believed once it is stored.
                    self.answers.push((answer, id, reply));
                } else {
                    answer.send(reply);
                }
            }
            Err(error) => answer.send(Err(error)),
        }
        None
    }
}
