//! What should be running and what is owed, from the records alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::vocab::{Error, JobPriority, JobPropertyId, PropertyValue, Result, code, limit};

use super::conditions::Holds;
use super::deadline::Now;
use super::file::FileStage;
use super::job::Job;
use super::outage::Outages;
use super::rates::yields;
use super::record::{Closing, JobRecord};
use super::slots::{Slots, hand_out, keep_running, turn_of, widen};
use super::upload::is_upload;

/// Files moved to their local names by one piece of work.
const RELEASE_BATCH_FILES: usize = 1000;

/// How much may happen at once, and how much a queue may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Files transferred at the same time.
    pub simultaneous_files: u32,
    /// Connections in all.
    pub connections_total: u32,
    /// Connections to one host and port.
    pub connections_per_host: u32,
    /// Connections for one file: the ranges of a download that are fetched, or the parts
    /// of an upload to S3 that are sent at the same time. Twice as many for FOREGROUND, and
    /// one for downloads that yield to other traffic; a job may set its own number.
    pub connections_per_file: u32,
    /// Jobs in the queue.
    pub jobs: u32,
    /// Files in one job.
    pub files_per_job: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            simultaneous_files: limit::SIMULTANEOUS_FILES_DEFAULT,
            connections_total: limit::CONNECTIONS_TOTAL_DEFAULT,
            connections_per_host: limit::CONNECTIONS_PER_HOST_DEFAULT,
            connections_per_file: limit::CONNECTIONS_PER_FILE_DEFAULT,
            jobs: limit::JOBS_MAX_DEFAULT,
            files_per_job: limit::FILES_PER_JOB_MAX_DEFAULT,
        }
    }
}

impl Limits {
    /// E_INVALIDARG if one of them is 0.
    pub fn check(&self) -> Result<()> {
        let all = [
            self.simultaneous_files,
            self.connections_total,
            self.connections_per_host,
            self.connections_per_file,
            self.jobs,
            self.files_per_job,
        ];
        if all.contains(&0) {
            return Err(Error::new(code::E_INVALIDARG, "a limit of 0 would stop everything"));
        }
        Ok(())
    }
}

/// How many connections one file of the job may have.
pub fn connections_per_file(record: &JobRecord, limits: &Limits) -> u32 {
    let id = JobPropertyId::ConnectionsPerFile.as_u32();
    let own = match record.properties.get(&id) {
        Some(PropertyValue::Dword(own)) if *own > 0 => Some(*own),
        Some(
            PropertyValue::Dword(_)
            | PropertyValue::Guid(_)
            | PropertyValue::Enable(_)
            | PropertyValue::Uint64(_)
            | PropertyValue::Target(_)
            | PropertyValue::Text(_),
        )
        | None => None,
    };
    let usual = match record.priority {
        JobPriority::Foreground => limits.connections_per_file.saturating_mul(2),
        JobPriority::High | JobPriority::Normal | JobPriority::Low => limits.connections_per_file,
    };
    // More connections take more of a link from others.
    let usual = if yields(record) && !is_upload(record) { 1 } else { usual };
    own.unwrap_or(usual).min(limit::CONNECTIONS_PER_FILE_MAX)
}

/// Names one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestKey {
    /// Its job.
    pub job: Uuid,
    /// The index of its file.
    pub file: u32,
    /// The number of the part of an upload that it sends, or of the place that it has
    /// among the requests of a download; 0 if there is but one.
    pub part: u32,
}

impl RequestKey {
    /// All requests of a job.
    pub fn of_job(job: Uuid) -> RangeInclusive<Self> {
        let last = Self { job, file: u32::MAX, part: u32::MAX };
        Self { job, file: 0, part: 0 }..=last
    }

    /// All requests of a file.
    pub fn of_file(job: Uuid, file: u32) -> RangeInclusive<Self> {
        Self { job, file, part: 0 }..=Self { job, file, part: u32::MAX }
    }
}

/// What the plan must know besides the jobs.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The requests under way.
    pub running: BTreeSet<RequestKey>,
    /// Those of them of which nothing has come for a while.
    pub silent: BTreeSet<RequestKey>,
    /// Jobs whose credentials were lost with the process that had them.
    pub locked: BTreeSet<Uuid>,
    /// What keeps jobs from moving.
    pub holds: Holds,
    /// The servers that cannot be reached.
    pub outages: Arc<Outages>,
    /// The downloads that may have more than one request, and how many.
    pub requests_of_file: BTreeMap<(Uuid, u32), u32>,
}

/// Blocking work on the disk that a job owes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Work {
    /// Check the hash of a received file and sync it.
    Verify { file: u32 },
    /// Move finished files to their local names.
    Publish { files: Vec<u32> },
    /// Delete the temporary files.
    Remove,
}

/// What should be happening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The requests that should be under way now.
    pub transfers: BTreeSet<RequestKey>,
    /// The work that is owed.
    pub work: Vec<(Uuid, Work)>,
    /// When to plan again although nothing happens, on the monotonic clock.
    pub wake_at_ms: Option<u64>,
    /// True if a job that was not looked at may deserve a slot more than one that got
    /// it: one host has more than half of the slots, or a job that failed before has one.
    pub looks_further: bool,
    /// Jobs that have waited for a server that cannot be reached for as long as they may,
    /// and the server.
    pub unreachable: BTreeMap<Uuid, String>,
}

/// Says what should be running and owed.
///
/// Slots go to the higher level first and may be taken from a lower one; on
/// one level a running request keeps its slot, and free slots go around the jobs
/// in the order of [`turn_of`]. Of all this, a host has at most half of the slots
/// while files of others wait. What connections are left go to files that are fetched by
/// several requests.
pub fn plan<'a>(
    jobs: impl Iterator<Item = &'a Job>,
    limits: &Limits,
    environment: &Environment,
    now: Now,
) -> Plan {
    let mut plan = Plan::default();
    let mut levels: BTreeMap<JobPriority, Vec<&Job>> = BTreeMap::new();
    for job in jobs {
        owe(&mut plan, job);
        note_deadline(&mut plan, job, now);
        let runs = job.record.is_runnable() && !environment.locked.contains(&job.record.id);
        let wants = runs || job.record.has_server_cleanup();
        if wants {
            let next_look_ms = environment.holds.next_look_ms(job, now);
            plan.wake_at_ms = [plan.wake_at_ms, next_look_ms].into_iter().flatten().min();
        }
        if wants && environment.holds.of(job, now).is_none() {
            levels.entry(job.record.priority).or_default().push(job);
        }
    }
    let mut slots = Slots::new(limits, &environment.outages, now);
    for level in levels.values_mut() {
        level.sort_by_key(|job| turn_of(&job.record));
        keep_running(&mut plan, &mut slots, level, environment);
        hand_out(&mut plan, &mut slots, level, limits);
        if slots.are_used_up() {
            break;
        }
    }
    widen(&mut plan, &mut slots, levels.values().flatten().copied(), environment);
    plan.looks_further |= slots.are_one_sided();
    slots.end_waiting(&mut plan);
    plan
}

fn owe(plan: &mut Plan, job: &Job) {
    let id = job.record.id;
    if !job.record.state.is_final() {
        plan.work.extend(job.received().map(|file| (id, Work::Verify { file })));
    }
    match job.record.closing {
        Some(Closing::Publishing) => {
            let files: Vec<u32> = (0_u32..)
                .zip(&job.files)
                .filter(|(_, file)| file.stage == FileStage::Transferred)
                .map(|(index, _)| index)
                .take(RELEASE_BATCH_FILES)
                .collect();
            plan.work.push((id, Work::Publish { files }));
        }
        Some(Closing::Discarding | Closing::Cleaning { retry: None }) => {
            plan.work.push((id, Work::Remove));
        }
        Some(Closing::Cleaning { retry: Some(_) } | Closing::ServerCleanup { .. }) | None => {}
    }
}

fn note_deadline(plan: &mut Plan, job: &Job, now: Now) {
    let own = job.wake_at().map(|deadline| deadline.monotonic_ms);
    let active = job.record.active_since_ms.map(|_| {
        let allowed_ms = u64::from(job.record.maximum_download_time_s) * 1000;
        now.monotonic_ms + allowed_ms.saturating_sub(job.record.active_for_ms(now))
    });
    plan.wake_at_ms = [plan.wake_at_ms, own, active].into_iter().flatten().min();
}
