//! What callers ask of the engine and what they get: plain data, as the caller
//! may be in another process.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{
    Command, Conditions, CredentialSlot, FileRecord, JobRecord, Limits, ReportedConditions,
    WaitReason,
};
use crate::notify::Event;
use crate::vocab::{HResult, JobState, JobType, RateLimits};

/// One call.
#[derive(Clone, Serialize, Deserialize)]
pub enum ApiCall {
    /// The caller chooses the id, so that a repeated call makes no second job.
    CreateJob {
        id: Uuid,
        display_name: String,
        job_type: JobType,
        /// The job whose settings it gets.
        #[serde(default)]
        like: Option<Uuid>,
        /// What the caller's process takes away from the mode of new files;
        /// None if the system does not tell.
        umask: Option<u32>,
        /// What it is made with.
        #[serde(default)]
        setup: Setup,
    },
    /// Answers whether the job is in the queue, and counts a handle for it.
    OpenJob {
        id: Uuid,
    },
    /// Answers which job has a key, and counts a handle for it.
    OpenJobByKey {
        key: String,
    },
    /// Counts so many more handles for jobs.
    RetainJobs {
        jobs: Vec<(Uuid, u64)>,
    },
    /// The handle is gone.
    CloseJob {
        id: Uuid,
    },
    /// The next jobs in the queue, in order of creation, from after a place;
    /// counts a handle for each.
    OpenJobs {
        after: Option<i64>,
    },
    /// A method that changes a job. `call` names this very call, so that it can
    /// be repeated when its answer was lost.
    Command {
        id: Uuid,
        call: Uuid,
        command: Command,
    },
    SetCredentials {
        id: Uuid,
        call: Uuid,
        slot: CredentialSlot,
        secret: Secret,
    },
    /// Brings back what a host that is gone had in its memory. Nothing happens
    /// unless the job still has such credentials.
    RestoreCredentials {
        id: Uuid,
        slot: CredentialSlot,
        secret: Secret,
    },
    RemoveCredentials {
        id: Uuid,
        call: Uuid,
        slot: CredentialSlot,
    },
    Job {
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
    /// Answers when the byte at a position of a download can be read, or when it will not
    /// come by itself. One that does not wait gets E_PENDING if it is still to come; it learns
    /// which version of the file there is, also of bytes that are not stored yet.
    ReadAt {
        id: Uuid,
        index: u32,
        position: u64,
        waits: bool,
    },
    /// What is missing of a download from there on is fetched first.
    UpdateDownloadPosition {
        id: Uuid,
        index: u32,
        position: u64,
    },
    /// Answers when there is an event for the caller's process.
    NextEvent,
    /// The caller of that ticket has stopped waiting: if it has no answer yet
    /// it gets E_TIMEOUT.
    Forget {
        ticket: u64,
    },
    /// Whether nothing can move and no other process is connected.
    Idle,
    Limits,
    SetLimits(Limits),
    RateLimits,
    SetRateLimits(RateLimits),
    TransferWindow,
    SetTransferWindow(String),
    /// One job that is gone is to be forgotten, or all of them.
    ForgetHistory {
        id: Option<Uuid>,
    },
    /// What holds by what all processes told of the machine.
    Conditions,
    /// What the caller's process tells of the machine, as a whole.
    Tell(ReportedConditions),
}

impl ApiCall {
    /// True if it waits for something to happen, and not only for its turn.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Wait { .. } | Self::ReadAt { waits: true, .. } | Self::NextEvent)
    }
}

/// What a new job is made with, in one step. Commands are those that add files
/// and set properties.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Setup {
    /// The key of the job. If there is one with it already, that one is opened as it is, and
    /// none is made.
    #[serde(default)]
    pub key: Option<String>,
    pub commands: Vec<Command>,
    pub secrets: Vec<(CredentialSlot, Secret)>,
    pub resume: bool,
}

impl Setup {
    pub fn is_empty(&self) -> bool {
        self.key.is_none() && self.commands.is_empty() && self.secrets.is_empty() && !self.resume
    }
}

/// A name and a password on their way to the engine's memory.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secret {
    pub user_name: String,
    pub password: String,
}

/// What a call answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ApiReply {
    Done(HResult),
    Created(Uuid),
    /// The job was made with its [`Setup`]. A host that knows none says Created.
    SetUp(Uuid),
    /// There was a job with that key.
    Found(Uuid),
    /// Jobs, and the place after them if there may be more.
    Opened {
        ids: Vec<Uuid>,
        next: Option<i64>,
    },
    Job(Box<JobSnapshot>),
    File(Box<FileRecord>),
    State(JobState),
    Readable(Box<ReadableBytes>),
    Event(Box<Event>),
    Idle(bool),
    Limits(Limits),
    RateLimits(RateLimits),
    Text(String),
    Conditions(Conditions),
}

/// What can be read of a download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadableBytes {
    /// The position that was asked for.
    pub start: u64,
    /// Where the bytes end that are there from the position on; the position itself if it is
    /// at or behind the end of the file.
    pub end: u64,
    /// The file they are in now.
    pub path: String,
    /// Another one if the file began anew.
    pub version: u32,
    /// True once the file is in its place, and nothing changes it any more.
    pub is_published: bool,
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
