//! Why a job does not move, and what would change that.

use serde::{Deserialize, Serialize};

use crate::vocab::{ErrorContext, HResult, JobState, JobType, WaitKind, code};

use super::conditions::Hold;
use super::deadline::{Deadline, Now};
use super::outage::Outage;
use super::record::{Closing, JobError, JobRecord};
use super::upload::is_upload;

/// A silence that is shorter is none.
const SILENCE_SHOWN_MS: u64 = 3_000;

/// What the engine knows about a job besides its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Situation {
    /// False when the store is only being read.
    pub engine_runs: bool,
    /// True if a request of the job is running.
    pub has_transfer: bool,
    /// How many requests of the job are running.
    pub requests: usize,
    /// True if a server refused more requests than these for one of its files.
    pub narrowed: bool,
    /// How long nothing has come of it, if that is known.
    pub silent_ms: Option<u64>,
    /// True if a rate limit is what it waits for.
    pub limited: bool,
    /// True if it makes way for others on its link.
    pub yields: bool,
    /// True if its credentials were lost with the process that had them.
    pub locked: bool,
    /// True if all bytes are here and being checked.
    pub verifying: bool,
    /// What keeps it from moving.
    pub hold: Option<Hold>,
    /// When its windows are open: milliseconds since 1970.
    pub opens_ms: Option<i64>,
    /// What is known of the server that it waits for, if that cannot be reached.
    pub outage: Option<Outage>,
    /// Why the queue cannot be stored, if it cannot.
    pub refusal: Option<HResult>,
}

/// The answer of `wait_reason`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitReason {
    /// What the job is waiting for, or doing.
    pub kind: WaitKind,
    /// Since when, milliseconds since 1970.
    pub since_ms: i64,
    /// When it is tried again by itself, milliseconds since 1970.
    pub next_try_ms: Option<i64>,
    /// The error behind it.
    pub code: Option<HResult>,
    /// One sentence: what is going on.
    pub message: String,
    /// One sentence: what would get it moving.
    pub unblock: String,
}

/// Why a job does not move; for a moving job, what it is doing.
pub fn wait_reason(record: &JobRecord, situation: &Situation, now: Now) -> WaitReason {
    let mut reason = WaitReason {
        kind: WaitKind::Finished,
        since_ms: record.state_since_ms,
        next_try_ms: None,
        code: None,
        message: String::new(),
        unblock: String::new(),
    };
    let (kind, message, unblock) = match record.state {
        JobState::Suspended if record.closing.is_none() => suspended(record),
        JobState::Error => failed(&mut reason, record),
        JobState::TransientError => waiting_for_retry(&mut reason, record, situation, now),
        JobState::Queued | JobState::Connecting | JobState::Transferring => {
            runnable(&mut reason, record, situation, now)
        }
        JobState::Suspended | JobState::Transferred => match record.closing {
            None => (
                WaitKind::AwaitingComplete,
                "all files are transferred",
                "complete the job to put its files in place",
            ),
            Some(
                Closing::Publishing
                | Closing::Discarding
                | Closing::Cleaning { .. }
                | Closing::ServerCleanup { .. },
            ) => (
                WaitKind::Completing,
                "files are being moved to their local names",
                "it ends by itself",
            ),
        },
        JobState::Acknowledged => {
            (WaitKind::Finished, "the job is completed", "nothing: it is done")
        }
        JobState::Cancelled if !record.is_in_queue() => cancelled(&mut reason, record),
        JobState::Cancelled => cancelling(&mut reason, record, situation, now),
    };
    reason.kind = kind;
    if reason.message.is_empty() {
        reason.message = message.to_owned();
    }
    reason.unblock = unblock.to_owned();
    reason
}

type Words = (WaitKind, &'static str, &'static str);

fn suspended(record: &JobRecord) -> Words {
    if record.totals.files == 0 {
        return (WaitKind::NoFiles, "the job has no files", "add a file, then resume the job");
    }
    (WaitKind::SuspendedByCaller, "the job is suspended", "resume the job")
}

/// For how long nothing has come, where it is so long that people wonder: by what is
/// recorded, if nothing else is known. Of an upload only what its server has is recorded.
fn silence_s(record: &JobRecord, situation: &Situation, now: Now) -> Option<u64> {
    let recorded = || {
        let heard_ms = record.modified_ms.max(record.state_since_ms);
        let silent_ms = u64::try_from(now.unix_ms.saturating_sub(heard_ms)).ok();
        silent_ms.filter(|_| record.job_type == JobType::Download)
    };
    let silent_ms = situation.silent_ms.or_else(recorded)?;
    (silent_ms >= SILENCE_SHOWN_MS).then_some(silent_ms / 1000)
}

fn runnable(reason: &mut WaitReason, record: &JobRecord, situation: &Situation, now: Now) -> Words {
    if !situation.engine_runs {
        return (
            WaitKind::EngineNotRunning,
            "no process is driving this queue",
            "open the store with a manager, or run the queue",
        );
    }
    if situation.locked {
        return (
            WaitKind::CredentialsNeeded,
            "the job's credentials were held in memory by a process that has ended",
            "set the credentials again",
        );
    }
    if situation.verifying && !situation.has_transfer {
        return (
            WaitKind::ValidationPending,
            "all bytes are here; they are being checked and written through to the disk",
            "it ends by itself",
        );
    }
    if let Some(hold) = situation.hold.filter(|_| !situation.has_transfer) {
        return held(reason, hold, situation);
    }
    // A request may be under way: what it brings cannot be stored.
    if let Some(refusal) = situation.refusal {
        reason.code = Some(refusal);
        return match refusal {
            code::E_DISK_FULL => (
                WaitKind::DiskFull,
                "the disk of the queue is full: nothing can be stored",
                "free space on the disk of the store",
            ),
            _ => (
                WaitKind::RetryAfterError,
                "the queue cannot be stored, and nothing moves before it is",
                "see to the disk of the store; it is tried again by itself",
            ),
        };
    }
    match (situation.has_transfer, record.state) {
        (true, JobState::Transferring) => {
            if let Some(seconds) = silence_s(record, situation, now) {
                reason.message = format!("nothing came for {seconds} s");
                return (
                    WaitKind::Transferring,
                    "",
                    "the next bytes; a connection that stays silent for a minute is given up",
                );
            }
            if situation.yields {
                return (
                    WaitKind::Transferring,
                    "the job is transferring slowly, as others use the link",
                    "nothing: it is moving, and goes faster when the link is free; \
                     BACKGROUND_MODE or a higher priority gives it its share",
                );
            }
            if situation.limited {
                return (
                    WaitKind::Transferring,
                    "the job is transferring, as fast as a rate limit lets it",
                    "nothing: it is moving; a higher rate limit would make it faster",
                );
            }
            let more = if situation.narrowed { "; the server refused more" } else { "" };
            if situation.requests > 1 || situation.narrowed {
                let plural = if situation.requests == 1 { "" } else { "s" };
                let count = situation.requests;
                reason.message =
                    format!("the job is transferring by {count} connection{plural}{more}");
            }
            (WaitKind::Transferring, "the job is transferring", "nothing: it is moving")
        }
        (true, _) => {
            (WaitKind::Connecting, "waiting for the server to answer", "an answer of the server")
        }
        (false, _) => match &situation.outage {
            Some(outage) if outage.serves > 0 => narrow(reason, outage, record, now),
            Some(outage) => unreachable(reason, outage, record, now),
            None => (
                WaitKind::WaitingForSlot,
                "other files hold all the slots for transfers",
                "a slot: the end of another file, a higher priority, or larger limits",
            ),
        },
    }
}

/// Its server serves others, and refuses more than those.
fn narrow(reason: &mut WaitReason, outage: &Outage, record: &JobRecord, now: Now) -> Words {
    note_outage(reason, outage, record, now);
    let message = &outage.failure.message;
    reason.message = format!("its server serves {} at a time: {message}", outage.serves);
    (WaitKind::WaitingForSlot, "", "the end of another file of the server, or the next try")
}

/// Its server cannot be reached, or serves nobody: another job may have asked.
fn unreachable(reason: &mut WaitReason, outage: &Outage, record: &JobRecord, now: Now) -> Words {
    note_outage(reason, outage, record, now);
    let message = &outage.failure.message;
    reason.message = match outage.failure.unreached {
        true => format!("its server cannot be reached: {message}"),
        false => format!("its server serves nobody now: {message}"),
    };
    (WaitKind::RetryAfterError, "", "the next try, or resume to try at once")
}

fn note_outage(reason: &mut WaitReason, outage: &Outage, record: &JobRecord, now: Now) {
    reason.code = Some(outage.failure.code);
    reason.since_ms = outage.since.unix_ms;
    let left_ms = outage.next_try_ms(record.priority).saturating_sub(now.monotonic_ms);
    let next_ms = now.unix_ms.saturating_add(i64::try_from(left_ms).unwrap_or(i64::MAX));
    reason.next_try_ms = Some(next_ms);
}

/// The job is cancelled, and nothing more is done about it.
fn cancelled(reason: &mut WaitReason, record: &JobRecord) -> Words {
    // The errors of uploads are those of their cancelling by then.
    let Some(error) = record.error.as_ref().filter(|_| is_upload(record)) else {
        return (WaitKind::Finished, "the job is cancelled", "nothing: it cannot be recovered");
    };
    reason.code = Some(error.code);
    reason.message = format!("the job is cancelled, but {}", error.message);
    (WaitKind::Finished, "", "nothing: delete it at the server by other means")
}

/// The job is cancelled; its server is still to be told.
fn cancelling(
    reason: &mut WaitReason,
    record: &JobRecord,
    situation: &Situation,
    now: Now,
) -> Words {
    if let Some(hold) = situation.hold.filter(|_| !situation.has_transfer) {
        let (_, message, unblock) = held(reason, hold, situation);
        return (WaitKind::CancellingOnServer, message, unblock);
    }
    if let Some(Closing::ServerCleanup { retry: Some(retry), .. }) = record.closing {
        reason.next_try_ms = Some(shown(retry, situation, now));
        reason.code = record.error.as_ref().map(|error| error.code);
        if let Some(error) = &record.error {
            reason.message = format!(
                "the job is cancelled; it is being cancelled on the server, in vain so far: {}",
                error.message
            );
        }
    }
    (
        WaitKind::CancellingOnServer,
        "the job is cancelled; it is being cancelled on the server",
        "an answer of the server; it is given up after a day",
    )
}

fn failed(reason: &mut WaitReason, record: &JobRecord) -> Words {
    let Some(error) = &record.error else {
        return (WaitKind::FatalError, "the job failed", "resume the job");
    };
    note_error(reason, error);
    let failed = record.totals.files_failed;
    if failed > 1 {
        reason.message = format!("{failed} files failed; the first one: {}", error.message);
    }
    if error.code == code::BG_E_SESSION_NOT_FOUND {
        let unblock = "look whether the server has the file: if so cancel the job, else resume it";
        return (WaitKind::FatalError, "", unblock);
    }
    match kind_of(error) {
        Some(words) => words,
        None => (WaitKind::FatalError, "", "resolve the error, then resume the job"),
    }
}

fn waiting_for_retry(
    reason: &mut WaitReason,
    record: &JobRecord,
    situation: &Situation,
    now: Now,
) -> Words {
    if let Some(hold) = situation.hold {
        return held(reason, hold, situation);
    }
    if let Some(error) = &record.error {
        note_error(reason, error);
    }
    if let Some(retry) = record.retry {
        reason.next_try_ms = Some(shown(retry.at, situation, now));
        if retry.server_asked {
            return (
                WaitKind::ServerAskedToWait,
                "",
                "the time the server named, or resume to try at once",
            );
        }
    }
    match record.error.as_ref().and_then(kind_of) {
        Some(words) => words,
        None => (WaitKind::RetryAfterError, "", "the next try, or resume to try at once"),
    }
}

/// Something that is not in its record keeps the job from moving.
fn held(reason: &mut WaitReason, hold: Hold, situation: &Situation) -> Words {
    match hold {
        Hold::Paused => (WaitKind::Paused, "the queue is paused", "let the queue go on"),
        Hold::NoNetwork => {
            reason.code = Some(code::DO_E_BLOCKED_BY_NO_NETWORK);
            (WaitKind::NoNetwork, "the application says that there is no network", "a network")
        }
        Hold::Cost => {
            reason.code = Some(code::DO_E_BLOCKED_BY_COST_TRANSFER_POLICY);
            (
                WaitKind::PolicyClosed,
                "the network costs more than the job allows",
                "a cheaper network, or other cost flags",
            )
        }
        Hold::Power => {
            reason.code = Some(code::DO_E_BLOCKED_BY_POWER_STATE);
            (
                WaitKind::PolicyClosed,
                "the machine runs on its battery or saves power, and the job waits then",
                "external power, or other power flags",
            )
        }
        Hold::Window => {
            reason.next_try_ms = situation.opens_ms;
            if situation.opens_ms.is_none() {
                reason.message = "the window of the queue and that of the job are not open \
                                  together within two weeks"
                    .to_owned();
            }
            (
                WaitKind::OutsideWindow,
                "the window in which the job may transfer is closed",
                "the time at which it opens, or another window of the job or of the queue",
            )
        }
    }
}

/// When a deadline comes, on the wall clock as it is now.
fn shown(deadline: Deadline, situation: &Situation, now: Now) -> i64 {
    if !situation.engine_runs {
        return deadline.unix_ms;
    }
    let left_ms = deadline.monotonic_ms.saturating_sub(now.monotonic_ms);
    now.unix_ms.saturating_add(i64::try_from(left_ms).unwrap_or(i64::MAX))
}

fn note_error(reason: &mut WaitReason, error: &JobError) {
    reason.since_ms = error.at_ms;
    reason.code = Some(error.code);
    reason.message.clone_from(&error.message);
}

/// The errors with a remedy of their own.
fn kind_of(error: &JobError) -> Option<Words> {
    let http = |status| HResult::from_http_status(status);
    let known = [
        (
            http(401),
            WaitKind::CredentialsNeeded,
            "set credentials for the server, then resume the job",
        ),
        (
            http(407),
            WaitKind::CredentialsNeeded,
            "set credentials for the proxy, then resume the job",
        ),
        (
            http(403),
            WaitKind::LinkExpired,
            "set a new remote name or credentials, then resume the job",
        ),
        (http(404), WaitKind::LinkExpired, "set a remote name that exists, then resume the job"),
        (http(410), WaitKind::LinkExpired, "set a remote name that exists, then resume the job"),
        (code::E_DISK_FULL, WaitKind::DiskFull, "free space on the disk of the target"),
        (code::DO_E_BLOCKED_BY_NO_NETWORK, WaitKind::NoNetwork, "a network connection"),
        (
            code::DO_E_BLOCKED_BY_COST_TRANSFER_POLICY,
            WaitKind::PolicyClosed,
            "a cheaper network, or other cost flags",
        ),
    ];
    // A disk may be full here or there.
    let is_there = error.code == code::E_DISK_FULL && error.context == ErrorContext::RemoteFile;
    known
        .into_iter()
        .find(|(code, ..)| *code == error.code && !is_there)
        .map(|(_, kind, unblock)| (kind, "", unblock))
}
