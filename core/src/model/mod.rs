//! What a job is and what should be happening to it.
//!
//! [`apply`] turns a job and an input into a [`Change`] or a code; [`plan()`]
//! says what ought to be running and owed; [`wait_reason`] says why a job does
//! not move. All three are pure functions of the saved records and of the time
//! passed to them: after a crash there is nothing else to recover.

mod closing;
mod command;
mod conditions;
mod deadline;
mod digest;
mod dropped;
mod failover;
mod failure;
mod file;
mod headway;
mod history;
mod http_options;
mod input;
mod job;
mod multipart;
mod on_demand;
mod outage;
mod outcome;
mod plan;
mod ramp;
mod range_length;
mod rates;
mod reason;
mod record;
mod reply;
mod segments;
mod server_cleanup;
mod session;
mod setting;
mod slots;
mod sources;
mod speed;
mod suspect;
mod target;
#[cfg(test)]
mod tests;
mod upload;
mod upload_outcome;
mod upload_status;
mod window;

pub use conditions::{Conditions, Holds, Network, ReportedConditions, check_power};
pub use deadline::Now;
pub use failover::sources_of;
pub use file::{ExpectedHash, FileRecord, FileStage};
pub use history::{HistoryEntry, HistoryFile};
pub use input::{Command, FileSpec, HeadFacts, Input, Outcome, Setting, VerifiedFile};
pub use job::{Change, Job, apply, apply_creation, check_key};
pub use on_demand::check_random_access;
pub use outage::{Outages, next_server, server_asked};
pub use plan::{Environment, Limits, Plan, RequestKey, Work, connections_per_file, plan};
pub use ramp::{
    RANGE_BYTES_MIN, Ramp, RunningRange, SPLIT_BYTES_MIN, Sample, comes_soon, next_range, range_at,
};
pub use range_length::RangeLengths;
pub use rates::{rate_limits, yields};
pub use reason::{Situation, WaitReason, wait_reason};
pub use record::{
    ClientCertificate, Closing, CredentialSlot, JobError, JobRecord, NewJob, ProxySettings,
};
pub use reply::file_name as reply_name;
pub use setting::check_credentials;
pub use slots::{Turn, turn_of};
pub use sources::FileSource;
pub use speed::Meter;
pub use upload::{
    Sent, UploadEvent, has_expired, is_upload, next_upload_call, sending, upload_state,
};
pub use window::{LocalTime, Window, check_transfer_window};
#[cfg(test)]
pub use {
    deadline::Deadline,
    file::NextTry,
    record::{Retry, Totals},
};
