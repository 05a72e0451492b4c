//! Calls of other processes that must not be carried out twice.
//!
//! A process whose host dies does not know whether its last call was carried
//! out, and repeats it: by then a Complete would find no job, and a file would
//! be there already. The calls are written in the transaction that carries them
//! out, so that the next host knows.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocab::HResult;

/// How many calls are remembered, in 12 KB. Only those whose answer was on its
/// way when the host died matter, and they are repeated within a second.
const CALLS_MAX: usize = 256;

/// A call that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCall {
    /// What names the call.
    pub id: Uuid,
    /// The job it changed.
    pub job: Uuid,
    /// Whether it was a Complete or a Cancel.
    pub ends: Option<End>,
    /// What it answers.
    pub result: HResult,
}

/// A call that takes a job out of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    Complete,
    Cancel,
}

/// The last calls, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCalls(VecDeque<StoredCall>);

impl StoredCalls {
    /// Remembers a call. A Cancel undoes a Complete that was under way.
    pub fn add(&mut self, call: StoredCall) {
        if call.ends == Some(End::Cancel) {
            self.0.retain(|old| old.job != call.job || old.ends != Some(End::Complete));
        }
        self.0.push_back(call);
        while self.0.len() > CALLS_MAX {
            self.0.pop_front();
        }
    }

    /// The form in which they are stored: short, as it is written with each of
    /// them.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Nothing in it can fail; without it a repeated call is a new one.
        rmp_serde::to_vec(self).unwrap_or_default()
    }

    /// What [`StoredCalls::to_bytes`] made; none if it is something else.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        rmp_serde::from_slice(bytes).unwrap_or_default()
    }

    /// The call of that name, if it was carried out.
    pub fn find(&self, id: Uuid) -> Option<&StoredCall> {
        self.0.iter().find(|call| call.id == id)
    }

    /// True if a Complete of the job is remembered.
    pub fn complete(&self, job: Uuid) -> bool {
        self.0.iter().any(|call| call.job == job && call.ends == Some(End::Complete))
    }
}
