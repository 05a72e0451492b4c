//! What should be running and what is owed, from the records alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::protocol::{Scheme, host_of};
use crate::vocab::{Error, JobPriority, Result, code, limit};

use super::conditions::Conditions;
use super::deadline::Now;
use super::file::FileStage;
use super::job::Job;
use super::record::Closing;
use super::upload::next_parts;

/// Files of one job that a plan looks at beyond those that have a slot, when
/// hosts are full: keeps planning short for jobs of many files.
const LOOKAHEAD_FILES: usize = 64;

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
    /// Connections for one file: the parts of an upload to S3 that are sent at the
    /// same time. Other files have one.
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

/// One request: the job, the index of the file, and the number of the part that
/// it sends, or 0.
pub type Transfer = (Uuid, u32, u32);

/// What the plan must know besides the jobs.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The requests under way.
    pub running: BTreeSet<Transfer>,
    /// Jobs whose credentials were lost with the process that had them.
    pub locked: BTreeSet<Uuid>,
    /// What the application tells of the machine.
    pub conditions: Conditions,
}

/// Blocking work on the disk that a job owes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Work {
    /// Check the hash of a received file and sync it.
    Settle { file: u32 },
    /// Move finished files to their local names.
    Release { files: Vec<u32> },
    /// Delete the temporary files.
    Remove,
}

/// What should be happening.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The requests that should be under way now.
    pub transfers: BTreeSet<Transfer>,
    /// The work that is owed.
    pub work: Vec<(Uuid, Work)>,
    /// When to plan again although nothing happens, on the monotonic clock.
    pub wake_at_ms: Option<u64>,
}

/// Says what should be running and owed.
///
/// Slots go to the higher level first and may be taken from a lower one; on
/// one level a running request keeps its slot, and free slots go around the jobs
/// in the order of the queue.
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
        let wants = runs || job.record.owes_server();
        if wants && environment.conditions.hold(job).is_none() {
            levels.entry(job.record.priority).or_default().push(job);
        }
    }
    let mut slots = Slots::new(limits);
    for (_, mut level) in levels {
        level.sort_by_key(|job| (job.record.queue_position, job.record.id));
        keep_running(&mut plan, &mut slots, &level, environment);
        hand_out(&mut plan, &mut slots, &level, limits);
        if slots.free == 0 {
            break;
        }
    }
    plan
}

fn owe(plan: &mut Plan, job: &Job) {
    let id = job.record.id;
    if !job.record.state.is_final() {
        plan.work.extend(job.received().map(|file| (id, Work::Settle { file })));
    }
    match job.record.closing {
        Some(Closing::Releasing) => {
            let files: Vec<u32> = (0_u32..)
                .zip(&job.files)
                .filter(|(_, file)| file.stage == FileStage::Transferred)
                .map(|(index, _)| index)
                .take(RELEASE_BATCH_FILES)
                .collect();
            plan.work.push((id, Work::Release { files }));
        }
        Some(Closing::Discarding | Closing::Cleaning { retry: None }) => {
            plan.work.push((id, Work::Remove));
        }
        Some(Closing::Cleaning { retry: Some(_) } | Closing::Owing { .. }) | None => {}
    }
}

fn note_deadline(plan: &mut Plan, job: &Job, now: Now) {
    let own = job.record.wake_at().map(|deadline| deadline.monotonic_ms);
    let active = job.record.active_since_ms.map(|_| {
        let allowed_ms = u64::from(job.record.maximum_download_time_s) * 1000;
        now.monotonic_ms + allowed_ms.saturating_sub(job.record.active_for_ms(now))
    });
    plan.wake_at_ms = [plan.wake_at_ms, own, active].into_iter().flatten().min();
}

fn keep_running<'a>(
    plan: &mut Plan,
    slots: &mut Slots<'a>,
    level: &[&'a Job],
    environment: &Environment,
) {
    for job in level {
        let id = job.record.id;
        let running = environment.running.range((id, 0, 0)..=(id, u32::MAX, u32::MAX));
        for (_, index, part) in running {
            let waits = job.may_request(*index, *part);
            if waits && slots.take(job, *index) {
                plan.transfers.insert((id, *index, *part));
            }
        }
    }
}

fn hand_out<'a>(plan: &mut Plan, slots: &mut Slots<'a>, level: &[&'a Job], limits: &Limits) {
    let mut queues: Vec<_> =
        level.iter().map(|job| (*job, job.requests().take(slots.free + LOOKAHEAD_FILES))).collect();
    while slots.free > 0 && !queues.is_empty() {
        queues.retain_mut(|(job, waiting)| {
            for (index, part) in waiting.by_ref() {
                let key = (job.record.id, index, part);
                let more = part == 0 || has_room(plan, job, index, limits);
                if more && !plan.transfers.contains(&key) && slots.take(job, index) {
                    plan.transfers.insert(key);
                    return true;
                }
            }
            false
        });
    }
}

/// True if one part more of a file may be sent: fewer go at a time while they
/// fail, so that one that failed is sent again when another one went well.
fn has_room(plan: &Plan, job: &Job, index: u32, limits: &Limits) -> bool {
    let Some(file) = job.files.get(index as usize) else {
        return false;
    };
    let id = job.record.id;
    let used = plan.transfers.range((id, index, 0)..=(id, index, u32::MAX)).count();
    let most = next_parts(&job.record, file).take(limits.connections_per_file as usize).count();
    let failures = file.upload.as_ref().map_or(0, |upload| upload.state.multipart.failures);
    used < most.saturating_sub(failures as usize).max(1)
}

/// The slots that are still free.
struct Slots<'a> {
    free: usize,
    per_host: u32,
    used_by_host: BTreeMap<&'a str, u32>,
}

impl<'a> Slots<'a> {
    fn new(limits: &Limits) -> Self {
        Self {
            free: limits.simultaneous_files.min(limits.connections_total) as usize,
            per_host: limits.connections_per_host,
            used_by_host: BTreeMap::new(),
        }
    }

    fn take(&mut self, job: &'a Job, index: u32) -> bool {
        let Some(file) = job.files.get(index as usize) else {
            return false;
        };
        if self.free == 0 {
            return false;
        }
        if Scheme::of(&file.remote_name) == Scheme::Http {
            let used = self.used_by_host.entry(host_of(&file.remote_name)).or_default();
            if *used >= self.per_host {
                return false;
            }
            *used += 1;
        }
        self.free -= 1;
        true
    }
}
