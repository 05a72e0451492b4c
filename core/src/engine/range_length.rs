//! Servers that refuse long ranges are asked for shorter ones.

use crate::model::{FileRecord, Now, RANGE_BYTES_MIN, RangeLengths, RequestKey};
use crate::transfer::Ending;
use crate::vocab::HResult;

use super::{Engine, Moving};

/// What a server answers to a range that is longer than it likes: Forbidden.
const TOO_LONG: u32 = 403;

impl Engine {
    /// The server took the range of a further request.
    pub(super) fn took_range(&mut self, key: RequestKey, at: Now) {
        let length = self.moving.get(&key).and_then(Moving::length);
        let split = self.parallel.of_file((key.job, key.file));
        if let Some((split, length)) = split.zip(length)
            && let Some(longest) = split.lengths.take(length)
        {
            let server = split.server.clone();
            self.queue.server_limits_mut().limit_range(&server, longest, at.unix_ms);
        }
    }

    /// True if the only request of a file was refused, perhaps for the length of its range: it
    /// is made again, for a short one.
    pub(super) fn asks_for_less(
        &mut self,
        key: RequestKey,
        moving: &Moving,
        ending: &Ending,
        at: Now,
    ) -> bool {
        let Ending::Failed { failure, .. } = ending else {
            return false;
        };
        if failure.code != HResult::from_http_status(TOO_LONG) || !moving.asked_for_range {
            return false;
        }
        let total = self.file(key).and_then(FileRecord::bytes_total);
        let rest = total.map(|total| total.saturating_sub(moving.begin));
        let limits = self.queue.server_limits_mut();
        if moving.length().or(rest).is_some_and(|length| length <= RANGE_BYTES_MIN) {
            limits.forget_range(&moving.server);
            return false;
        }
        limits.limit_range(&moving.server, RANGE_BYTES_MIN, at.unix_ms);
        true
    }
}

impl RangeLengths {
    /// True if a request was refused perhaps because its range is too long.
    pub(super) fn may_be_refused(&mut self, moving: &Moving, refusal: HResult) -> bool {
        let length = moving.length().filter(|_| refusal == HResult::from_http_status(TOO_LONG));
        length.is_some_and(|length| self.refuse(length))
    }
}

impl Moving {
    /// How long the range is that it asked for; None if it goes on to the end of the file.
    fn length(&self) -> Option<u64> {
        Some(self.end?.saturating_sub(self.begin))
    }
}
