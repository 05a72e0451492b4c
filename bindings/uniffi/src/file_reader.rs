//! Reads a file while it is downloaded.

use std::sync::Arc;
use std::time::Duration;

use bgcopy_core::seek_from;

use crate::error::Result;
use crate::manager::Shared;
use crate::wait::ReadWait;

/// The most that one read gives.
const READ_BYTES_MAX: u32 = 4 * 1024 * 1024;

/// From where a place in a file counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SeekOrigin {
    /// The first byte.
    Start = 0,
    /// The position.
    Current = 1,
    /// The end of the file.
    End = 2,
}

/// Reads a download from its first byte to its last, while it is under way or afterwards: made
/// by `open_reader` of a file.
///
/// A read waits for bytes that are not here yet. The server is asked for them before all
/// others, if the file may have several requests: it has 8 MiB or more, a strong ETag, no
/// requested pieces, and CONNECTIONS_PER_FILE is not 1. Otherwise they come in their turn.
///
/// All that one reader reads is of one version of the file: once the download has begun anew,
/// because the file on the server is another one, every read answers BG_E_REMOTE_FILE_CHANGED,
/// and another reader must be opened.
///
/// It keeps its job's handle open. Any thread may use it, but the calls of one reader take
/// turns: each waits until the one before it has ended.
#[derive(uniffi::Object)]
pub struct FileReader {
    core: Arc<bgcopy_core::FileReader>,
    /// The engine goes on while somebody reads.
    shared: Arc<Shared>,
}

impl FileReader {
    pub(crate) fn new(core: bgcopy_core::FileReader, shared: Arc<Shared>) -> Self {
        Self { core: Arc::new(core), shared }
    }
}

#[uniffi::export]
impl FileReader {
    /// Reads up to so many bytes from the position on, at most 4 MiB, and moves it behind them.
    /// Waits until there is at least one; none at the end of the file. The time is in
    /// milliseconds, and counts for its turn, too: E_TIMEOUT when it is over; no time waits
    /// for ever. It blocks the thread: coroutines and tasks use `start_read`, or what is built on
    /// it.
    ///
    /// If the byte will not come by itself it does not wait: DO_E_INVALID_STATE if the job is
    /// suspended, completed without it, or cancelled; the code of the error if the job or the
    /// file has failed for good. After `resume` it can be read on.
    #[uniffi::method(default(timeout_ms = None))]
    pub fn read(&self, bytes_max: u32, timeout_ms: Option<u64>) -> Result<Vec<u8>> {
        let mut buffer = vec![0; bytes_max.min(READ_BYTES_MAX) as usize];
        let timeout = timeout_ms.map(Duration::from_millis);
        let length = self.core.read_within(&mut buffer, timeout)?;
        buffer.truncate(length);
        Ok(buffer)
    }

    /// As `read`, but returns at once, with a wait that can be awaited and cancelled.
    #[uniffi::method(default(timeout_ms = None))]
    pub fn start_read(&self, bytes_max: u32, timeout_ms: Option<u64>) -> Result<Arc<ReadWait>> {
        let (core, shared) = (Arc::clone(&self.core), Arc::clone(&self.shared));
        let timeout = timeout_ms.map(Duration::from_millis);
        let length = bytes_max.min(READ_BYTES_MAX) as usize;
        Ok(Arc::new(ReadWait::start(core, shared, length, timeout)?))
    }

    /// Moves the position, which may be behind the end, and says where it is. E_INVALIDARG for
    /// one in front of the first byte; from the end E_PENDING as long as the size is not known.
    pub fn seek(&self, offset: i64, origin: SeekOrigin) -> Result<u64> {
        Ok(self.core.move_to(seek_from(offset, origin as u32)?)?)
    }

    /// Where the next read begins, in bytes from the first one. A file with requested pieces
    /// has them back to back.
    pub fn position(&self) -> u64 {
        self.core.position()
    }

    /// Bytes that the whole file will have; nothing until the server tells.
    pub fn size(&self) -> Result<Option<u64>> {
        Ok(self.core.size()?)
    }

    /// True once the whole file is here, checked against the expected hash if there is one, and
    /// safe against a power cut. Before that, what was read is what the server sent.
    pub fn is_verified(&self) -> Result<bool> {
        Ok(self.core.is_verified()?)
    }
}
