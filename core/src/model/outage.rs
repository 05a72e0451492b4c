//! Servers that cannot be reached, or that refuse more than some requests at a time: one
//! request asks for all the jobs that wait for one.

use std::collections::BTreeMap;

use crate::protocol::{Failure, server_of};
use crate::vocab::{JobPriority, limit};

use super::deadline::Now;
use super::failure::{
    FOREGROUND_RETRY_DELAY_MAX_S, asked_delay_ms, error_of, fail, never_retries, no_progress,
    retry_delay_ms,
};
use super::job::{Change, Job};
use super::record::JobRecord;
use super::upload::{is_upload, next_upload_call};

/// Servers that are remembered: a queue for more of them than this is rare, and the
/// one that failed longest ago is forgotten then, which costs a few requests.
const SERVERS_MAX: usize = 1024;

/// A server that refused the last request that it was asked beyond those it serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// How the last request failed.
    pub failure: Failure,
    /// When the first one did.
    pub since: Now,
    /// Requests that it serves at the same time: so many others were under way. None if it
    /// cannot be reached.
    pub serves: usize,
    failed_ms: u64,
    attempts: u32,
    delay_ms: u64,
    /// True if the server named the time.
    server_asked: bool,
    /// True if some of the jobs that wait for it are not in memory.
    hides: bool,
}

impl Outage {
    /// When the server is asked again for a job of that priority, on the monotonic
    /// clock. It is asked sooner while somebody looks on.
    pub fn next_try_ms(&self, priority: JobPriority) -> u64 {
        let delay_ms = match priority {
            JobPriority::Foreground if !self.server_asked => {
                self.delay_ms.min(u64::from(FOREGROUND_RETRY_DELAY_MAX_S) * 1000)
            }
            JobPriority::Foreground
            | JobPriority::High
            | JobPriority::Normal
            | JobPriority::Low => self.delay_ms,
        };
        self.failed_ms.saturating_add(delay_ms)
    }

    /// When a job that waits for the server has waited for as long as it may without
    /// progress, on the monotonic clock.
    pub fn gives_up_ms(&self, record: &JobRecord, now: Now) -> u64 {
        gives_up_ms(record, self.since, now)
    }
}

/// See [`Outage::gives_up_ms`]: a job that never failed has waited since the server
/// could not be reached, or since it was queued if that was later.
fn gives_up_ms(record: &JobRecord, since: Now, now: Now) -> u64 {
    if let Some(deadline) = record.no_progress_deadline {
        return deadline.monotonic_ms;
    }
    let queued_for = now.unix_ms.saturating_sub(record.state_since_ms);
    let queued_ms = now.monotonic_ms.saturating_sub(u64::try_from(queued_for).unwrap_or(0));
    let timeout_ms = u64::from(record.no_progress_timeout_s) * 1000;
    queued_ms.max(since.monotonic_ms).saturating_add(timeout_ms)
}

/// Ends a job that waits for a server that cannot be reached, once it has waited for as
/// long as it may without progress.
pub fn give_up(job: &Job, failure: &Failure, since: Now, now: Now) -> Change {
    let mut change = Change::of(job);
    let is_over = gives_up_ms(&job.record, since, now) <= now.monotonic_ms;
    if let Some(file) = job.next_file().filter(|_| job.record.is_runnable() && is_over) {
        let error = error_of(job, file, failure, now);
        change.record.error_count += 1;
        fail(&mut change, no_progress(&error, job.record.no_progress_timeout_s), now);
    }
    change
}

/// The servers that cannot be reached, by [`server_asked`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outages {
    by_server: BTreeMap<String, Outage>,
}

impl Outages {
    /// True if every server can be reached, as far as is known.
    pub fn is_empty(&self) -> bool {
        self.by_server.is_empty()
    }

    /// What is known of a server that cannot be reached.
    pub fn get(&self, server: &str) -> Option<&Outage> {
        self.by_server.get(server)
    }

    /// The server refused a request that began at `began_ms` while it had `others`.
    /// Requests that were under way when the first of them failed count as one, and one that
    /// was not beyond what it serves only tells that it serves less.
    pub fn failed(
        &mut self,
        server: &str,
        failure: Failure,
        (began_ms, others): (u64, usize),
        now: Now,
    ) {
        let before = match self.by_server.get_mut(server) {
            Some(outage) if began_ms <= outage.failed_ms || others < outage.serves => {
                outage.serves = outage.serves.min(others);
                return;
            }
            before => before.map(|outage| &*outage),
        };
        let attempts = before.map_or(0, |outage| outage.attempts).saturating_add(1);
        let floor_s = limit::MINIMUM_RETRY_DELAY_FLOOR_S;
        let own_ms = retry_delay_ms(floor_s, attempts, now.jitter_permille);
        // What asked for more keeps to that; the others may be answered before.
        let max_ms = u64::from(limit::RETRY_DELAY_MAX_S) * 1000;
        let asked_ms = failure.retry_after.and_then(|after| asked_delay_ms(after, now));
        let asked_ms = asked_ms.map(|asked_ms| asked_ms.min(max_ms));
        let outage = Outage {
            failure,
            since: before.map_or(now, |outage| outage.since),
            serves: others,
            failed_ms: now.monotonic_ms,
            attempts,
            delay_ms: own_ms.max(asked_ms.unwrap_or(0)),
            server_asked: asked_ms.is_some_and(|asked_ms| asked_ms >= own_ms),
            hides: before.is_some_and(|outage| outage.hides),
        };
        if before.is_none() && self.by_server.len() >= SERVERS_MAX {
            self.forget_oldest();
        }
        self.by_server.insert(server.to_owned(), outage);
    }

    fn forget_oldest(&mut self) {
        let oldest = self.by_server.iter().min_by_key(|(_, outage)| outage.failed_ms);
        if let Some(server) = oldest.map(|(server, _)| server.clone()) {
            self.by_server.remove(&server);
        }
    }

    /// The server answers a request while it has `others`: true if it could not be reached
    /// before. If that is one more than it served, it may be asked for one more.
    pub fn reached(&mut self, server: &str, others: usize, now: Now) -> bool {
        match self.by_server.get_mut(server) {
            Some(outage) if outage.serves == 0 => self.by_server.remove(server).is_some(),
            Some(outage) if others >= outage.serves => {
                outage.serves = others + 1;
                outage.failed_ms = now.monotonic_ms;
                false
            }
            Some(_) | None => false,
        }
    }

    /// The server is asked as soon as there is a slot.
    pub fn try_now(&mut self, server: &str) {
        if let Some(outage) = self.by_server.get_mut(server) {
            (outage.attempts, outage.delay_ms) = (0, 0);
        }
    }

    /// The server that the job waits for, if the one that it would ask next cannot be
    /// reached, and what is known of it.
    pub fn holds(&self, job: &Job) -> Option<(String, &Outage)> {
        self.narrows(job).filter(|(_, outage)| outage.serves == 0)
    }

    /// The server that the job would ask next, if it refuses some requests, and what is
    /// known of it.
    pub fn narrows(&self, job: &Job) -> Option<(String, &Outage)> {
        let (index, part) = job.requests().next().filter(|_| !self.is_empty())?;
        let server = server_waited_for(job, index, part)?;
        let outage = self.get(&server)?;
        Some((server, outage))
    }

    /// A job that waits for the server is no longer in memory.
    pub fn hide(&mut self, server: &str) {
        if let Some(outage) = self.by_server.get_mut(server) {
            outage.hides = true;
        }
    }

    /// The servers that jobs wait for which may not be in memory.
    pub fn hiding(&self) -> impl Iterator<Item = &str> {
        self.by_server.iter().filter(|(_, outage)| outage.hides).map(|(server, _)| server.as_str())
    }

    /// The jobs that wait for the server are brought into memory again.
    pub fn unhide(&mut self, server: &str) {
        if let Some(outage) = self.by_server.get_mut(server) {
            outage.hides = false;
        }
    }
}

/// The server that a request asks, with the proxy by which it does.
pub fn server_asked(record: &JobRecord, url: &str) -> String {
    let proxy = &record.proxy;
    match (&proxy.list, &proxy.bypass) {
        (None, None) => format!("{} {}", server_of(url), proxy.usage.name()),
        (list, bypass) => {
            let [list, bypass] = [list, bypass].map(|text| text.as_deref().unwrap_or_default());
            format!("{} {} {list} {bypass}", server_of(url), proxy.usage.name())
        }
    }
}

/// The server that a request has to wait for while it cannot be reached. None for jobs
/// that never try again, and for the server cleanup of cancelled uploads: these have times
/// of their own. None for a file with mirrors either: it asks the next one of them.
pub fn server_waited_for(job: &Job, index: u32, part: u32) -> Option<String> {
    let has_mirrors = job.files.get(index as usize).is_some_and(|file| file.sources.is_some());
    let waits = job.record.is_runnable() && !never_retries(&job.record) && !has_mirrors;
    waits.then(|| server_asked_by(job, index, part)).flatten()
}

/// The server that the next request of a job asks, in whatever state it is.
pub fn next_server(job: &Job) -> Option<String> {
    let delayed = || job.next_file().map(|index| (index, 0));
    let (index, part) = job.requests().next().or_else(delayed)?;
    server_asked_by(job, index, part)
}

/// The server that a request of a job asks, as [`server_asked`] has it.
fn server_asked_by(job: &Job, index: u32, part: u32) -> Option<String> {
    let record = &job.record;
    let file = job.files.get(index as usize)?;
    if !is_upload(record) || file.is_reply {
        return Some(server_asked(record, file.content().url));
    }
    let call = next_upload_call(record, file, file.size.unwrap_or(0), part)?;
    Some(server_asked(record, &call.url))
}
