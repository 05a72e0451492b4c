//! What becomes of the engine and its callers when the store or curl fails.

use crate::model::Now;
use crate::notify::log;
use crate::vocab::{Error, JobState, LogLevel, code};

use super::Engine;

/// How long a Complete waits for a store that cannot be written.
const REFUSAL_PATIENCE_MS: u64 = 2_000;

/// After an error of the store or of curl, how long until the next try.
const TROUBLE_PAUSE_MS: u64 = 500;

impl Engine {
    /// What a Cancel or a Complete wants is stored before it is carried out. If the
    /// store then cannot be written, its callers do not wait for the last step: a
    /// Cancel is answered at once. A Complete gets the error, later.
    pub(super) fn answer_refused(&mut self, at: Now) {
        let Some((since_ms, error)) = self.queue.refused.clone() else {
            return;
        };
        let is_over = at.monotonic_ms >= since_ms + REFUSAL_PATIENCE_MS;
        for (answer, id, reply) in std::mem::take(&mut self.answers) {
            let state = self.queue.jobs.get(&id).map(|loaded| loaded.job.record.state);
            match state {
                Some(JobState::Cancelled) => answer.send(reply),
                _ if reply.is_err() => answer.send(reply),
                _ if is_over => answer.send(reply.and(Err(error.clone()))),
                _ => self.answers.push((answer, id, reply)),
            }
        }
    }

    /// What to do after trouble with the store or with curl. A damaged store ends
    /// the engine: what can be saved is saved when the store is next opened, and
    /// until then no job can be relied on to move.
    pub(super) fn meet_trouble(&mut self, error: Error, at: Now) {
        if error.code == code::BG_E_DATABASE_CORRUPT {
            log(LogLevel::Error, &format!("the store is damaged, open it again: {error}"));
            self.stops.get_or_insert(error);
        } else {
            self.pause(at);
        }
    }

    /// After trouble with the store or with curl, the next try comes later.
    pub(super) fn pause(&mut self, at: Now) {
        self.paused_until_ms = at.monotonic_ms + TROUBLE_PAUSE_MS;
        self.queue.replan = true;
    }
}
