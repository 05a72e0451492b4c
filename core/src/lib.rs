//! Durable background transfers: jobs of files that survive the death of the
//! process and of the machine, after the job API of BITS and Delivery
//! Optimization.
//!
//! Start at [`Manager`]. ARCHITECTURE.md describes the modules.
//!
//! ```
//! # use bgcopy_test_server::{Content, Resource, Server};
//! # let (folder, server) = (tempfile::tempdir()?, Server::start()?);
//! # server.put("/large.iso", Resource::new(Content::generated(1, 300_000)));
//! # let url = server.url("/large.iso");
//! # let (store, target) = (folder.path().join("store"), folder.path().join("large.iso"));
//! # let target = bgcopy_core::local_name(&target)?;
//!
//! use bgcopy_core::{Error, JobState, JobType, Manager, Options};
//!
//! let manager = Manager::open(Options::new(store))?;
//! let job = manager.create_job("a large file", JobType::Download)?;
//! job.add_file(&url, &target)?;
//! job.resume()?;
//! if job.wait(&[JobState::Transferred, JobState::Error], None)? == JobState::Error {
//!     let error = job.error()?;
//!     job.cancel()?; // or leave it in the queue, to be resumed later
//!     return Err(Error::with_context(error.code, error.context, error.message).into());
//! }
//! job.complete()?;
//! # assert_eq!(std::fs::metadata(&target)?.len(), 300_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod vocab;

mod disk;
mod engine;
mod handle;
mod link;
mod model;
mod notify;
mod platform;
mod protocol;
mod store;
mod transfer;

pub use handle::{
    ChecksumSource, ListedChecksum, expect_listed, parse_checksum_list, read_checksum_list,
};
pub use handle::{
    ClientCertificate, CredentialSlot, Damage, Event, ExpectedHash, File, FileProgress, FileRange,
    FileReader, FileSource, FileSpec, HistoryEntry, HistoryFile, Interrupt, Job, JobError,
    JobProgress, JobRecord, JobSetup, JobSnapshot, JobTimes, Limits, Manager, Network, OnProgress,
    Options, ProxySettings, Reader, ReplyProgress, Survey, TransferOptions, TransferredFile,
    WaitReason, add_mirrors, default_store, display_name_of, download, download_key, expect_hashes,
    find_download, find_uploads, forget_history, history, ids_and_damage, ids_that_begin,
    jobs_described, jobs_owed, local_name, path_of, progress_of, seek_from, survey_each, upload,
    upload_key, wait_reasons,
};
pub use model::{FileRecord, check_transfer_window, sources_of};
pub use notify::{LogSink, set_log_sink};
pub use store::Faults;
pub use vocab::{
    AuthScheme, AuthTarget, BackgroundMode, Error, ErrorContext, EventKind, HResult, HashAlgorithm,
    JobPriority, JobPropertyId, JobState, JobType, LogLevel, PropertyValue, ProxyUsage, RateLimits,
    Result, SourceKind, SourceState, UploadProtocol, WaitKind,
};
