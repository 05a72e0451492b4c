//! What callers ask of the engine and what they get: plain data, so that the
//! engine may one day stand in another process.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{Command, CredentialSlot, FileRecord, JobRecord, Limits, WaitReason};
use crate::vocab::{HResult, JobState, JobType};

/// One call.
#[derive(Clone, Serialize, Deserialize)]
pub enum Request {
    CreateJob {
        display_name: String,
        job_type: JobType,
    },
    /// Answers whether the job is in the queue, and counts a handle for it.
    OpenJob {
        id: Uuid,
    },
    /// Counts one more handle for a job that already has one.
    RetainJob {
        id: Uuid,
    },
    /// The handle is gone.
    CloseJob {
        id: Uuid,
    },
    /// All jobs in the queue.
    Jobs,
    /// A method that changes a job.
    Command {
        id: Uuid,
        command: Command,
    },
    SetCredentials {
        id: Uuid,
        slot: CredentialSlot,
        secret: Secret,
    },
    RemoveCredentials {
        id: Uuid,
        slot: CredentialSlot,
    },
    Job {
        id: Uuid,
    },
    Files {
        id: Uuid,
    },
    File {
        id: Uuid,
        index: u32,
    },
    /// Answers when the job is in one of the states.
    Wait {
        id: Uuid,
        states: Vec<JobState>,
    },
    /// The caller of that ticket has stopped waiting.
    Forget {
        ticket: u64,
    },
    Limits,
    SetLimits(Limits),
    /// Stops the engine after what is under way was recorded.
    Shutdown,
}

/// A name and a password on their way to the engine's memory.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secret {
    pub user_name: String,
    pub password: String,
}

/// What a call answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Reply {
    Done(HResult),
    Created(Uuid),
    Jobs(Vec<JobRecord>),
    Job(Box<JobSnapshot>),
    Files(Vec<FileRecord>),
    File(Box<FileRecord>),
    State(JobState),
    Limits(Limits),
}

/// A job at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobSnapshot {
    pub record: JobRecord,
    /// Bytes per second, averaged over the last seconds.
    pub bytes_per_second: u64,
    /// Seconds until it is transferred at this speed.
    pub seconds_left: Option<u64>,
    /// What it is waiting for, or doing.
    pub wait_reason: WaitReason,
}
