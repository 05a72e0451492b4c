//! What the engine knows of a request that is under way.

use crate::disk::TempFile;
use crate::model::Now;
use crate::protocol::UploadRequest;
use crate::transfer::Token;

/// A request that a rate limit stopped within this time goes as fast as that lets it.
const LIMITED_MS: u64 = 2_000;

/// A request under way.
pub(super) struct Moving {
    pub(super) token: Token,
    /// The server that it asks, and whether that has said anything.
    pub(super) server: String,
    pub(super) is_answered: bool,
    /// Where a body goes; None for an upload.
    pub(super) target: Option<TempFile>,
    /// Position of the first byte that it writes, and where it ends: None if it goes on to
    /// the end of the file.
    pub(super) begin: u64,
    pub(super) end: Option<u64>,
    /// True if it asked for a range of the file, and not for all of it.
    pub(super) asked_for_range: bool,
    /// True for a request that began beside another one of its file: it can only add
    /// bytes.
    pub(super) is_further: bool,
    /// When its head was accepted.
    pub(super) flows_since_ms: Option<u64>,
    /// Position up to which it has written.
    pub(super) written: u64,
    /// Position of the last sync that was asked for, and when.
    pub(super) sync_asked: (u64, u64),
    /// What is missing before a held-back body may flow.
    pub(super) held: Option<Held>,
    /// The request of an upload.
    pub(super) upload: Option<UploadRequest>,
    /// Bytes of its body that were handed to the connection.
    pub(super) sent: u64,
    /// When it began.
    pub(super) began_ms: u64,
    /// How often bytes of a download were written.
    pub(super) writes: u32,
    /// When something came of it last, or it began. While a rate limit stops it there is
    /// something.
    pub(super) heard_ms: u64,
    /// When a rate limit stopped it last.
    pub(super) limited_ms: Option<u64>,
}

impl Moving {
    /// A request that begins now. A download writes to `target` from `begin` on; `unsynced`
    /// bytes of its file were not synced before.
    pub(super) fn new(
        token: Token,
        server: String,
        target: Option<TempFile>,
        (begin, unsynced): (u64, u64),
        at: Now,
    ) -> Self {
        Self {
            token,
            server,
            is_answered: false,
            target,
            begin,
            end: None,
            asked_for_range: false,
            is_further: false,
            flows_since_ms: None,
            written: begin,
            sync_asked: (begin.saturating_sub(unsynced), at.monotonic_ms),
            held: None,
            upload: None,
            sent: 0,
            began_ms: at.monotonic_ms,
            writes: 0,
            heard_ms: at.monotonic_ms,
            limited_ms: None,
        }
    }

    /// True if a rate limit stops it, or did a moment ago.
    pub(super) fn is_limited(&self, at: Now) -> bool {
        self.limited_ms.is_some_and(|since| at.monotonic_ms.saturating_sub(since) < LIMITED_MS)
    }

    /// How long nothing has come of it.
    pub(super) fn silent_ms(&self, at: Now) -> u64 {
        at.monotonic_ms.saturating_sub(self.heard_ms)
    }
}

/// A body waits for its head to be stored, and then for its space.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    ForCommit { reserve: bool },
    ForSpace,
}
