//! What is known of all jobs together, kept in one row so that no start and no
//! count has to look at the jobs themselves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The sums over all jobs. Written in the transaction that changes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ledger {
    /// Jobs by the number of their state; no zeros.
    pub jobs_by_state: BTreeMap<u32, u64>,
    /// The highest queue position that any job ever had.
    pub queue_position: u64,
    /// The highest number that any job ever had: none is given twice.
    pub job_number: i64,
    /// Rises with each write whose only purpose is the sync that goes with it.
    pub syncs: u64,
}

impl Ledger {
    pub(super) fn jobs(&self) -> u64 {
        self.jobs_by_state.values().sum()
    }

    /// A job came into a state.
    pub(super) fn enter(&mut self, state: u32) {
        *self.jobs_by_state.entry(state).or_insert(0) += 1;
    }

    /// A job left a state. False if the sums knew of none in it.
    pub(super) fn leave(&mut self, state: u32) -> bool {
        let Some(count) = self.jobs_by_state.get_mut(&state) else {
            return false;
        };
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.jobs_by_state.remove(&state);
        }
        true
    }
}
