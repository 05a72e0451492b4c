//! The API: [`Manager`], [`Job`] and [`File`].
//!
//! Every handle may be used from any thread. Calls are answered by the
//! engine's thread, in this process or in the one that hosts the queue; none of
//! them waits for the network.

mod file;
mod hosting;
mod interrupt;
mod job;
mod manager;
mod many;
mod opening;
mod reader;
mod reply;
mod shared;
mod store_folder;

pub use crate::engine::JobSnapshot;
pub use crate::model::{
    ClientCertificate, CredentialSlot, ExpectedHash, FileSpec, JobError, JobRecord, Limits,
    Network, ProxySettings, WaitReason,
};
pub use crate::notify::Event;
pub use crate::protocol::FileRange;
pub use crate::store::Damage;
pub use file::{File, FileProgress};
pub use interrupt::Interrupt;
pub use job::{Job, JobProgress, JobTimes, progress_of};
pub use manager::{Manager, Options};
pub use reader::Reader;
pub use reply::ReplyProgress;
pub use store_folder::default_store;
