//! Files with several sources: a server that is known not to be reached gives way without a
//! request, and what gave way to what is logged.

use crate::model::{Now, Outcome, RequestKey};
use crate::notify::{is_logged, log};
use crate::protocol::server_of;
use crate::vocab::LogLevel;

use super::Engine;

impl Engine {
    /// True if a file has other sources than a server that cannot be reached now: then that
    /// one has failed.
    pub(super) fn gives_way(&mut self, key: RequestKey, server: &str, at: Now) -> bool {
        let has_mirrors = self.file(key).is_some_and(|file| file.sources.is_some());
        let Some(loaded) = self.queue.jobs.get(&key.job).filter(|_| has_mirrors) else {
            return false;
        };
        let priority = loaded.job.record.priority;
        let outage = self.queue.outages.get(server);
        let is_out = outage
            .filter(|outage| outage.serves == 0 && at.monotonic_ms < outage.next_try_ms(priority));
        let Some(failure) = is_out.map(|outage| outage.failure.clone()) else {
            return false;
        };
        self.source_outcome(key, Outcome::Failed { file: key.file, failure, redirect: None }, at);
        self.queue.replan = true;
        true
    }

    /// Applies the end of a request, and logs which source is asked instead.
    pub(super) fn source_outcome(&mut self, key: RequestKey, outcome: Outcome, at: Now) {
        let is_logged = is_logged(LogLevel::Warning);
        let asked = |engine: &Self| {
            let file = engine.file(key).filter(|file| is_logged && file.sources.is_some())?;
            Some((server_of(file.source_name()).to_owned(), file.source_name().to_owned()))
        };
        let before = asked(self);
        self.outcome(key.job, outcome, at);
        let (Some((from, old)), Some((to, new))) = (before, asked(self)) else {
            return;
        };
        if old != new {
            let (job, file) = (key.job, key.file);
            let line = format!("file {file} of job {job}: the source at {from} gives way to {to}");
            log(LogLevel::Warning, &line);
        }
    }
}
