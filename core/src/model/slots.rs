//! Who gets the slots of one level.
//!
//! Three rules keep a host that does not answer from starving the others: jobs that
//! failed go behind those that did not; a host has at most half of the slots while files
//! of others wait; and what it has beyond that half is taken back, as far as that costs
//! nothing.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::protocol::{Scheme, header_value, host_of, next_request};

use super::deadline::Now;
use super::file::FileRecord;
use super::job::Job;
use super::outage::{Outage, Outages, server_waited_for};
use super::plan::{Environment, Limits, Plan, RequestKey, connections_per_file};
use super::record::JobRecord;
use super::upload::{is_upload, next_parts};

/// Files of one job that a plan looks at beyond those that have a slot, when
/// hosts are full: keeps planning short for jobs of many files.
const LOOKAHEAD_FILES: usize = 64;

/// The place of a job among those of its priority: see [`turn_of`].
pub type Turn = (Option<i64>, u64, Uuid);

/// Jobs that have not failed since their last progress go first, by age; then the
/// others, the one first whose last failure is longest ago.
pub fn turn_of(record: &JobRecord) -> Turn {
    let failed_ms = record.error.as_ref().map(|error| error.at_ms);
    (failed_ms.filter(|_| record.attempts > 0), record.queue_position, record.id)
}

/// Running requests keep their slots.
pub(super) fn keep_running<'a>(
    plan: &mut Plan,
    slots: &mut Slots<'a>,
    level: &[&'a Job],
    environment: &Environment,
) {
    slots.yielding.clear();
    for job in level {
        let id = job.record.id;
        let running = environment.running.range(RequestKey::of_job(id));
        for key in running {
            let RequestKey { file: index, part, .. } = *key;
            let most = slots.per_host;
            let has_slot = has_request(plan, job, index);
            if !job.may_request(index, part) || !slots.take(job, index, most, has_slot) {
                continue;
            }
            slots.gate.enter(job, index, part);
            plan.transfers.insert(*key);
            let host = job.files.get(index as usize).and_then(host);
            if host.is_some_and(|host| slots.used(host) > slots.half)
                && may_give_way(job, key, environment)
            {
                slots.yielding.push((*key, host.unwrap_or_default()));
            }
        }
    }
}

/// Free slots go around the jobs: first so that no host has more than half of
/// all, then to whoever is left.
pub(super) fn hand_out<'a>(
    plan: &mut Plan,
    slots: &mut Slots<'a>,
    level: &[&'a Job],
    limits: &Limits,
) {
    let mut taken = vec![0_u32; level.len()];
    for most in [slots.half.min(slots.per_host), slots.per_host] {
        go_around(plan, slots, level, (limits, most), &mut taken);
        slots.yielding.clear();
    }
}

fn go_around<'a>(
    plan: &mut Plan,
    slots: &mut Slots<'a>,
    level: &[&'a Job],
    (limits, most): (&Limits, u32),
    taken: &mut [u32],
) {
    let window = slots.connections + slots.yielding.len() + LOOKAHEAD_FILES;
    let mut queues: Vec<_> = level
        .iter()
        .zip(taken)
        .map(|(job, taken)| (*job, job.requests().take(window), taken))
        .collect();
    // The host that was found last to have as many as it may.
    let mut full = None;
    let mut round = 0;
    while slots.has_some() && !queues.is_empty() {
        queues.retain_mut(|(job, waiting, taken)| {
            if **taken > round {
                return true;
            }
            if !slots.has_file() && !may_ask_beside(plan, job) {
                return false;
            }
            for (index, part) in waiting.by_ref() {
                let key = RequestKey { job: job.record.id, file: index, part };
                let host = job.files.get(index as usize).and_then(host);
                if full.is_some() && full == host || plan.transfers.contains(&key) {
                    continue;
                }
                if host.is_some_and(|host| slots.used(host) >= most) {
                    full = host;
                    continue;
                }
                let more = part == 0 || has_room(plan, job, index, limits);
                let has_slot = has_request(plan, job, index);
                if !more || !slots.may_take(job, index, most, has_slot) {
                    continue;
                }
                if slots.gate.is_shut(job, index, part) {
                    continue;
                }
                if slots.connections == 0 || slots.files == 0 && !has_slot {
                    slots.take_back(plan);
                    full = None;
                }
                if slots.take(job, index, most, has_slot) {
                    slots.gate.enter(job, index, part);
                    plan.looks_further |= job.record.attempts > 0;
                    plan.transfers.insert(key);
                    **taken += 1;
                    return true;
                }
            }
            false
        });
        round += 1;
    }
}

/// Connections that are left go to downloads that may have several requests: first to the
/// requests that are under way, so that none is stopped for another one of its kind.
pub(super) fn widen<'a>(
    plan: &mut Plan,
    slots: &mut Slots<'a>,
    jobs: impl Iterator<Item = &'a Job>,
    environment: &Environment,
) {
    if environment.requests_of_file.is_empty() {
        return;
    }
    let mut further = Vec::new();
    for job in jobs {
        let id = job.record.id;
        for ((_, index), most) in environment.requests_of_file.range((id, 0)..=(id, u32::MAX)) {
            let is_narrow = slots.gate.find(job, *index, 0).is_some();
            if has_request(plan, job, *index) && !is_narrow {
                further.extend(
                    (1..*most).map(|part| (job, RequestKey { job: id, file: *index, part })),
                );
            }
        }
    }
    further.sort_by_key(|(_, key)| !environment.running.contains(key));
    for (job, key) in further {
        if slots.take(job, key.file, slots.per_host, true) {
            plan.transfers.insert(key);
        }
    }
}

/// True if a file of the job that has a slot may get another request: then there is no need
/// of a free slot for it.
fn may_ask_beside(plan: &Plan, job: &Job) -> bool {
    let lacks_first = |key: &RequestKey| !plan.transfers.contains(&RequestKey { part: 0, ..*key });
    is_upload(&job.record)
        || plan.transfers.range(RequestKey::of_job(job.record.id)).any(lacks_first)
}

fn has_request(plan: &Plan, job: &Job, index: u32) -> bool {
    plan.transfers.range(RequestKey::of_file(job.record.id, index)).next().is_some()
}

/// True if one part more of a file may be sent: fewer go at a time while they
/// fail, so that one that failed is sent again when another one went well.
fn has_room(plan: &Plan, job: &Job, index: u32, limits: &Limits) -> bool {
    let Some(file) = job.files.get(index as usize) else {
        return false;
    };
    let id = job.record.id;
    let used = plan.transfers.range(RequestKey::of_file(id, index)).count();
    let connections = connections_per_file(&job.record, limits);
    let most = next_parts(&job.record, file).take(connections as usize).count();
    let failures = file.upload.as_ref().map_or(0, |upload| upload.state.multipart.failures);
    used < most.saturating_sub(failures as usize).max(1)
}

/// True for a download that loses nothing when it is stopped: one of which
/// nothing comes, or one that goes on where it is. An upload may be waiting for an
/// answer that only this request gets.
fn may_give_way(job: &Job, key: &RequestKey, environment: &Environment) -> bool {
    let Some(file) = job.files.get(key.file as usize) else {
        return false;
    };
    !is_upload(&job.record) && (environment.silent.contains(key) || goes_on_where_it_is(file))
}

fn goes_on_where_it_is(file: &FileRecord) -> bool {
    let serves_ranges = file.response_headers.as_ref().is_some_and(|headers| {
        header_value(headers, "content-range").is_some()
            || header_value(headers, "accept-ranges") == Some("bytes")
    });
    let content = file.content();
    serves_ranges && content.position > 0 && next_request(&content).position == content.position
}

/// Where a file takes a connection; None for a local one.
fn host(file: &FileRecord) -> Option<&str> {
    let name = file.source_name();
    (Scheme::of(name) == Scheme::Http).then(|| host_of(name))
}

/// Lets one request at a time ask a server that refuses more than it serves, when that is
/// due.
struct Gate<'a> {
    outages: &'a Outages,
    now: Now,
    /// The requests that each of them has.
    asked: BTreeMap<String, usize>,
    wake_at_ms: Option<u64>,
    unreachable: BTreeMap<Uuid, String>,
}

impl Gate<'_> {
    fn is_shut(&mut self, job: &Job, index: u32, part: u32) -> bool {
        let Some((server, outage)) = self.find(job, index, part) else {
            return false;
        };
        let used = self.asked.get(&server).copied().unwrap_or(0);
        let is_asked = used > outage.serves;
        let next_try_ms = outage.next_try_ms(job.record.priority);
        if used < outage.serves || !is_asked && next_try_ms <= self.now.monotonic_ms {
            return false;
        }
        let is_away = outage.serves == 0;
        let gives_up_ms = is_away.then(|| outage.gives_up_ms(&job.record, self.now));
        if gives_up_ms.is_some_and(|gives_up_ms| gives_up_ms <= self.now.monotonic_ms) {
            self.unreachable.insert(job.record.id, server);
            return true;
        }
        // The end of a request makes another plan.
        let next_try_ms = (!is_asked).then_some(next_try_ms);
        let all = [self.wake_at_ms, next_try_ms, gives_up_ms];
        self.wake_at_ms = all.into_iter().flatten().min();
        true
    }

    fn enter(&mut self, job: &Job, index: u32, part: u32) {
        if let Some((server, _)) = self.find(job, index, part) {
            *self.asked.entry(server).or_default() += 1;
        }
    }

    fn find(&self, job: &Job, index: u32, part: u32) -> Option<(String, &'_ Outage)> {
        if self.outages.is_empty() {
            return None;
        }
        let server = server_waited_for(job, index, part)?;
        let outage = self.outages.get(&server)?;
        Some((server, outage))
    }
}

/// The slots that are still free: a file has one slot, and a connection for each of its
/// requests.
pub(super) struct Slots<'a> {
    files: usize,
    connections: usize,
    /// What one host may have while files of others wait.
    half: u32,
    per_host: u32,
    used_by_host: BTreeMap<&'a str, u32>,
    /// Running requests that may be stopped for files of other hosts, and their hosts;
    /// the last one goes first.
    yielding: Vec<(RequestKey, &'a str)>,
    gate: Gate<'a>,
}

impl<'a> Slots<'a> {
    pub(super) fn new(limits: &Limits, outages: &'a Outages, now: Now) -> Self {
        let free = limits.simultaneous_files.min(limits.connections_total);
        Self {
            files: limits.simultaneous_files as usize,
            connections: limits.connections_total as usize,
            half: (free / 2).max(1),
            per_host: limits.connections_per_host,
            used_by_host: BTreeMap::new(),
            yielding: Vec::new(),
            gate: Gate {
                outages,
                now,
                asked: BTreeMap::new(),
                wake_at_ms: None,
                unreachable: BTreeMap::new(),
            },
        }
    }

    pub(super) fn are_used_up(&self) -> bool {
        self.files == 0 || self.connections == 0
    }

    /// True if some host has more than half of them.
    pub(super) fn are_one_sided(&self) -> bool {
        self.used_by_host.values().any(|used| *used > self.half)
    }

    /// Says what becomes of those that wait for a server that cannot be reached.
    pub(super) fn end_waiting(self, plan: &mut Plan) {
        plan.wake_at_ms = [plan.wake_at_ms, self.gate.wake_at_ms].into_iter().flatten().min();
        plan.unreachable = self.gate.unreachable;
    }

    fn has_some(&self) -> bool {
        self.connections > 0 || !self.yielding.is_empty()
    }

    /// True if there is a slot for one more file, or one that can be taken back for it.
    fn has_file(&self) -> bool {
        self.files > 0 || !self.yielding.is_empty()
    }

    fn used(&self, host: &str) -> u32 {
        self.used_by_host.get(host).copied().unwrap_or(0)
    }

    /// True if there is a slot for the file, or one that can be taken back for it,
    /// and its host has less than `most`. `has_slot` if the file has one already.
    fn may_take(&self, job: &Job, index: u32, most: u32, has_slot: bool) -> bool {
        let Some(file) = job.files.get(index as usize) else {
            return false;
        };
        let has_file_slot = has_slot || self.has_file();
        has_file_slot && self.has_some() && host(file).is_none_or(|host| self.used(host) < most)
    }

    fn take(&mut self, job: &'a Job, index: u32, most: u32, has_slot: bool) -> bool {
        let is_free = self.connections > 0 && (has_slot || self.files > 0);
        if !is_free || !self.may_take(job, index, most, has_slot) {
            return false;
        }
        if let Some(host) = job.files.get(index as usize).and_then(host) {
            *self.used_by_host.entry(host).or_default() += 1;
        }
        self.connections -= 1;
        self.files -= usize::from(!has_slot);
        true
    }

    fn take_back(&mut self, plan: &mut Plan) {
        let Some((key, host)) = self.yielding.pop() else {
            return;
        };
        if plan.transfers.remove(&key) {
            self.connections += 1;
            self.files += 1;
            if let Some(used) = self.used_by_host.get_mut(host) {
                *used = used.saturating_sub(1);
            }
        }
    }
}
