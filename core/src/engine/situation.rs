//! What the engine knows of jobs besides their records: for plans, and for those
//! who ask why a job does not move.

use uuid::Uuid;

use crate::model::{Environment, Now, RequestKey, Situation};
use crate::transfer::Token;

use super::{Engine, Moving};

/// A request of which nothing came for so long may give its slot to a file of another
/// host: most answers begin much sooner.
const SILENT_MS: u64 = 10_000;

/// When the network is back, a download of which nothing came for so long is asked for
/// anew: its server may have given up, or be about to wait much longer.
pub(super) const AWAY_MS: u64 = 3_000;

impl Engine {
    /// What a plan must know besides the jobs.
    pub(super) fn environment(&self, at: Now) -> Environment {
        let is_silent = |moving: &Moving| moving.silent_ms(at) >= SILENT_MS;
        let silent = self.moving.iter().filter(|(_, moving)| is_silent(moving));
        Environment {
            running: self.moving.keys().copied().collect(),
            silent: silent.map(|(key, _)| *key).collect(),
            requests_of_file: self.parallel.requests_of_file(),
            ..Environment::default()
        }
    }

    /// When a request may become silent.
    pub(super) fn next_silence_ms(&self, at: Now) -> Option<u64> {
        let silences = self.moving.values().map(|moving| moving.heard_ms + SILENT_MS);
        silences.filter(|silence| *silence > at.monotonic_ms).min()
    }

    /// Downloads of which nothing came for some seconds.
    pub(super) fn silent_downloads(&self, at: Now) -> Vec<Token> {
        let is_silent =
            |moving: &&Moving| moving.upload.is_none() && moving.silent_ms(at) >= AWAY_MS;
        self.moving.values().filter(is_silent).map(|moving| moving.token).collect()
    }

    /// True if a process that is here waits until a server knows that the job is
    /// cancelled.
    pub(super) fn cancels_upload(&self, id: Uuid) -> bool {
        let job = self.queue.jobs.get(&id);
        job.is_some_and(|loaded| loaded.job.record.has_server_cleanup()) && self.sessions.hold(id)
    }

    /// Why a job that is in memory does not move, apart from its record.
    pub(super) fn situation(&self, id: Uuid, at: Now) -> Situation {
        let silences =
            self.moving.range(RequestKey::of_job(id)).map(|(_, moving)| moving.silent_ms(at));
        let silent_ms = silences.min();
        let mut requests = self.moving.range(RequestKey::of_job(id));
        let limited = requests.any(|(_, moving)| moving.is_limited(at));
        let job = self.queue.jobs.get(&id).map(|loaded| &loaded.job);
        Situation {
            engine_runs: !self.settings.stores_only,
            has_transfer: silent_ms.is_some(),
            requests: self.moving.range(RequestKey::of_job(id)).count(),
            narrowed: self.parallel.is_narrowed(id),
            silent_ms,
            limited,
            yields: self.transfers.makes_way(id),
            locked: job.is_some_and(|job| self.is_locked(&job.record)),
            hold: job.and_then(|job| self.queue.holds.of(job, at)),
            opens_ms: job.and_then(|job| self.queue.holds.opens_ms(&job.record, at)),
            refusal: self.queue.refused.as_ref().map(|(_, error)| error.code),
            outage: job
                .and_then(|job| self.queue.outages.narrows(job))
                .map(|(_, outage)| outage.clone()),
            verifying: job.is_some_and(|job| job.received().next().is_some()),
        }
    }
}
