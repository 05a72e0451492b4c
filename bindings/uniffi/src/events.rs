//! What happens to jobs, and who is told.

use bgcopy_core::EventKind;
use uuid::Uuid;

use crate::error::Result;
use crate::record::{FileRange, JobError};

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct JobEvent {
    /// Which job.
    pub job: Uuid,
    /// What happened.
    pub kind: EventKind,
    /// To which of its files, for the events of files.
    pub file: Option<u32>,
    /// The error, for JOB_ERROR.
    pub error: Option<JobError>,
    /// The bytes that arrived since the last such event, counted over the
    /// requested pieces; only for FILE_RANGES_TRANSFERRED.
    pub ranges: Vec<FileRange>,
}

impl From<bgcopy_core::Event> for JobEvent {
    fn from(event: bgcopy_core::Event) -> Self {
        Self {
            job: event.job,
            kind: event.kind,
            file: event.file,
            error: event.error.map(Into::into),
            ranges: event.ranges.into_iter().map(Into::into).collect(),
        }
    }
}

/// What the application implements to be told of events.
#[uniffi::export(with_foreign)]
pub trait EventListener: Send + Sync {
    /// Something happened to a job. Called on the one notifier thread of the
    /// manager, one event at a time, with no lock held: every method may be
    /// called from here. While it runs, other listeners wait and further
    /// events of a job become one; transfers go on. What it throws is counted
    /// and kept: see `listenerFailures` of the manager.
    fn on_event(&self, event: JobEvent) -> Result<()>;

    /// The manager was closed: there are no further events. Not called for a
    /// listener that was removed.
    fn on_closed(&self) -> Result<()>;
}

/// Listeners that threw.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct ListenerFailures {
    /// How often a listener threw since the manager was opened.
    pub count: u64,
    /// What the last one threw, in words.
    pub last_message: Option<String>,
}
