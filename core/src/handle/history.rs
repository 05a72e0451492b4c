//! What has left the queue.

use uuid::Uuid;

use crate::engine::{ApiCall, now};
use crate::model::HistoryEntry;
use crate::vocab::Result;

use super::manager::Manager;
use super::reader::Reader;

/// The jobs that were completed or cancelled within the last 30 days, the last one first:
/// `limit` of them at most. The store keeps the last 1,000; a job without files is none of
/// them, and a damaged entry is left out.
///
/// An entry appears in the commit that takes its job out of the queue, so that a job is in
/// one of the two at every time.
pub fn history(reader: &Reader, limit: usize) -> Result<Vec<HistoryEntry>> {
    reader.store.history(now().unix_ms, limit)
}

/// Forgets what the history says of one job, or all that it says. It is no error if that
/// is nothing. A disk code, with nothing changed, if it cannot be stored.
pub fn forget_history(manager: &Manager, id: Option<Uuid>) -> Result<()> {
    manager.shared().call(ApiCall::ForgetHistory { id }).map(|_| ())
}
