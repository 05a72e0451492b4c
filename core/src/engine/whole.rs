//! Small files: their head and all of their bytes come at once, and make one change.

use crate::model::{FileStage, Now, Outcome, RequestKey};
use crate::transfer::{Ending, HeadEvent, Token, TransferEvent};

use super::Engine;

/// A file that came whole.
pub(super) struct Whole {
    token: Token,
    key: RequestKey,
    size: u64,
}

impl Engine {
    /// The file of a head, if what follows is the end of its body and nothing of it was
    /// held before.
    pub(super) fn came_whole(
        &self,
        token: Token,
        head: &HeadEvent,
        next: Option<&TransferEvent>,
    ) -> Option<Whole> {
        let (position, size) = match next {
            Some(TransferEvent::Ended(other, Ending::Done { position, size })) => {
                Some((*position, *size)).filter(|_| *other == token)?
            }
            Some(_) | None => return None,
        };
        let key = *self.tokens.get(&token)?;
        let moving = self.moving.get(&key)?;
        let file = self.file(key)?;
        let is_alone = self.moving.range(RequestKey::of_file(key.job, key.file)).nth(1).is_none();
        let is_new = file.stage == FileStage::Waiting
            && file.held() == 0
            && file.segments.is_empty()
            && file.left.is_none();
        let is_plain = !head.waits && !head.body.restart && moving.held.is_none();
        let total = self.total_of(key, size.or(head.body.size))?;
        (is_alone && !moving.is_further && is_new && is_plain && total == position)
            .then_some(Whole { token, key, size: position })
    }

    /// Makes one change of its head and its end.
    pub(super) fn take_whole(&mut self, whole: Whole, head: HeadEvent, at: Now) {
        let Whole { token, key, size } = whole;
        let facts = self.facts_of(key.job, head);
        self.tokens.remove(&token);
        let target = self.moving.remove(&key).and_then(|moving| moving.target);
        self.queue.replan = true;
        self.ended.insert(key.job);
        let version = target.as_ref().and_then(crate::disk::TempFile::version);
        self.outcome(key.job, Outcome::CameWhole { file: key.file, facts, size, version }, at);
        if let Some(target) = target {
            self.keep_open((key.job, key.file), target);
        }
    }
}
