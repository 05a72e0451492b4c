//! bgcopy for Kotlin and Swift.
//!
//! Attributes of uniffi describe what crosses over; the generator reads them
//! out of the built library and writes the sources of both languages. This
//! layer does no thinking: each method makes one call of `bgcopy_core`. What
//! it adds is what those languages need: waits that can be given up, and
//! listeners.

mod enums;
mod error;
mod events;
mod file;
mod file_reader;
mod job;
mod job_properties;
mod job_record;
mod listeners;
mod manager;
mod oneshot;
mod reader;
mod record;
mod uploads;
mod vocab;
mod wait;

pub use error::{BgcopyError, Result};
pub use events::{EventListener, JobEvent, ListenerFailures};
pub use file::{File, FileProgress};
pub use file_reader::{FileReader, SeekOrigin};
pub use job::{Job, JobProgress, JobTimes};
pub use job_record::{FileRecord, JobRecord, JobSnapshot, RecordedJob};
pub use manager::{Manager, Options, open_manager};
pub use oneshot::{ListedChecksum, parse_checksum_list};
pub use reader::Reader;
pub use record::{Damage, FileRange, FileSpec, JobError, WaitReason};
pub use vocab::{code_name, code_text};
pub use wait::{ReadWait, StateWait};

uniffi::setup_scaffolding!("bgcopy");
