//! The API: [`Manager`], [`Job`] and [`File`].
//!
//! Every handle may be used from any thread. Calls are answered by the
//! engine's thread; none of them waits for the network.

mod file;
mod job;
mod manager;
mod reader;
mod store_folder;

pub use crate::engine::JobSnapshot;
pub use crate::model::{
    ClientCertificate, CredentialSlot, ExpectedHash, FileSpec, JobError, JobRecord, Limits,
    ProxySettings, WaitReason,
};
pub use crate::notify::Event;
pub use crate::protocol::FileRange;
pub use crate::store::Damage;
pub use file::{File, FileProgress};
pub use job::{Job, JobProgress, JobTimes, progress_of};
pub use manager::{Manager, Options};
pub use reader::Reader;
pub use store_folder::default_store;
