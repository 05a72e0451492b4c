//! The API: [`Manager`], [`Job`] and [`File`].
//!
//! Every handle may be used from any thread. Calls are answered by the
//! engine's thread, in this process or in the one that hosts the queue; none of
//! them waits for the network.

mod checksums;
mod file;
mod file_reader;
mod history;
mod hosting;
mod http_options;
mod interrupt;
mod job;
mod job_progress;
mod listing;
mod manager;
mod many;
mod oneshot;
mod oneshot_downloads;
mod oneshot_uploads;
mod opening;
mod paths;
mod reader;
mod reply;
mod setup;
mod shared;
mod store_folder;
mod turns;
mod wait;

pub use crate::engine::JobSnapshot;
pub use crate::model::{
    ClientCertificate, CredentialSlot, ExpectedHash, FileSource, FileSpec, HistoryEntry,
    HistoryFile, JobError, JobRecord, Limits, Network, ProxySettings, WaitReason,
};
pub use crate::notify::Event;
pub use crate::protocol::{FileRange, ListedChecksum, parse_checksum_list};
pub use crate::store::{Damage, Survey};
pub use checksums::{ChecksumSource, expect_listed, read_checksum_list};
pub use file::{File, FileProgress};
pub use file_reader::{FileReader, seek_from};
pub use history::{forget_history, history};
pub use interrupt::Interrupt;
pub use job::{Job, JobTimes};
pub use job_progress::{JobProgress, progress_of};
pub use listing::{ids_and_damage, ids_that_begin, jobs_described, jobs_owed, survey_each};
pub use manager::{Manager, Options};
pub use oneshot::{
    OnProgress, TransferOptions, TransferredFile, add_mirrors, download, download_key,
    expect_hashes, find_download, find_uploads, upload, upload_key,
};
pub use paths::{display_name_of, local_name, path_of};
pub use reader::{Reader, wait_reasons};
pub use reply::ReplyProgress;
pub use setup::JobSetup;
pub use store_folder::default_store;
