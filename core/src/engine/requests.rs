//! Requests: started and stopped as the plan says; what they report becomes
//! inputs of the model.

use std::ops::Range;

use uuid::Uuid;

use crate::disk::{Marks, OpenedTemporary, TempFile, is_transient};
use crate::model::{
    FileRecord, FileStage, HeadFacts, Input, Now, Outcome, RequestKey, UploadEvent, server_asked,
};
use crate::platform::path_of;
use crate::protocol::{Adjustment, Failure, next_request, requested_bytes};
use crate::transfer::{
    Ending, HeadEvent, KnownVersion, Order, RESERVE_FROM_BYTES, Token, TransferEvent, local_failure,
};
use crate::vocab::{ErrorContext, JobState, Result, code, security};

use super::pool::Task;
use super::{Engine, Held, Moving};

impl Engine {
    /// Applies an input that no caller waits for. A job that is gone by now
    /// has no use for it.
    pub(super) fn apply(&mut self, id: Uuid, input: &Input, at: Now) {
        let Ok(applied) = self.queue.apply(id, input, at) else {
            return;
        };
        if let Some(result) = applied.completed {
            self.end_complete(id, result);
        }
        if let Some(result) = applied.cancelled {
            for answer in self.cancelling.remove(&id).unwrap_or_default() {
                self.answers.push((answer, id, Ok(super::ApiReply::Done(result))));
            }
        }
    }

    pub(super) fn outcome(&mut self, id: Uuid, outcome: Outcome, at: Now) {
        self.apply(id, &Input::Outcome(outcome), at);
    }

    pub(super) fn start_moving(&mut self, key: RequestKey, at: Now) {
        if let Err(error) = self.try_start(key, at) {
            if self.has_requests((key.job, key.file)) && !self.is_upload((key.job, key.file)) {
                self.forbid_splitting((key.job, key.file));
                return;
            }
            let failure = Failure {
                transient: is_transient(error.code)
                    || error.context == ErrorContext::GeneralTransport
                        && error.code == code::E_FAIL,
                code: error.code,
                context: error.context,
                message: error.message,
                retry_after: None,
                unreached: false,
            };
            self.failed_to_start(key, failure, at);
        }
    }

    fn try_start(&mut self, transfer: RequestKey, at: Now) -> Result<()> {
        let RequestKey { job: id, file: index, .. } = transfer;
        self.queue.job(id, at)?;
        let key = (id, index);
        if self.is_upload(key) {
            return self.try_start_upload(transfer, at);
        }
        let Some(loaded) = self.queue.jobs.get(&id) else {
            return Ok(());
        };
        let file = loaded.job.file(index)?;
        if file.stage != FileStage::Waiting {
            return Ok(());
        }
        if !self.queue.may_overwrite(key) {
            // The commit of this turn failed; the next one plans again.
            self.queue.replan = true;
            return Ok(());
        }
        if self.has_requests(key) {
            return self.try_start_further(transfer, at);
        }
        if transfer.part > 0 {
            // It is begun once the first request of the file has an answer.
            return Ok(());
        }
        if self.syncing.contains(&key) {
            // What that sync says decides what is held; then it is planned again.
            return Ok(());
        }
        if file.validator.is_some() && file.bytes_total() == Some(file.held()) {
            let size = file.held();
            self.outcome(id, Outcome::Received { file: index, size }, at);
            return Ok(());
        }
        let path = file.temporary_name(id, index);
        if let Some(left) = &file.left {
            let outcome = match self.disk.is_as_left(&path_of(&path), left)? {
                true => Outcome::Reopened { file: index },
                false => Outcome::LostBytes { file: index, keeps_synced: false },
            };
            // What it was named by is forgotten before it is written to.
            self.outcome(id, outcome, at);
            self.queue.replan = true;
            return Ok(());
        }
        let server = server_asked(&loaded.job.record, file.url_asked());
        if self.gives_way(transfer, &server, at) {
            return Ok(());
        }
        let Some(loaded) = self.queue.jobs.get(&id) else {
            return Ok(());
        };
        let (record, file) = (&loaded.job.record, loaded.job.file(index)?);
        let options = self.options(record, file);
        let mut content = file.content();
        // What such a request brings begins at the first byte.
        content.ranges_refused |= record.has_own_method();
        if let Some(longest) = self.queue.server_limits.longest_range(&server, at.unix_ms) {
            let end = content.position.saturating_add(longest);
            content.end = Some(content.end.map_or(end, |gap_end| gap_end.min(end)));
        }
        let (request, known) = (next_request(&content), KnownVersion::of(&content));
        let marks = Marks { birth: file.birth.as_deref(), version: None };
        let target = match self.disk.open_temporary(&path_of(&path), file.held_until(), marks)? {
            OpenedTemporary::Ready(target) => target,
            OpenedTemporary::Lost => {
                self.outcome(id, Outcome::LostBytes { file: index, keeps_synced: false }, at);
                self.queue.replan = true;
                return Ok(());
            }
        };
        let begin = request.position;
        let reserves = !file.is_on_demand;
        let (end, asked_for_range) = (request.end(), request.range.is_some());
        let order = Order { request, target: target.clone(), known, reserves };
        let token = self.transfers.start(order, &options)?;
        // What earlier requests left unsynced counts, too.
        let unsynced = file.held().saturating_sub(file.held_safely());
        let moving = Moving {
            end,
            asked_for_range,
            ..Moving::new(token, server, Some(target), (begin, unsynced), at)
        };
        // A job that connects, or transfers, does so already.
        let is_first = record.state == JobState::Queued;
        self.moving.insert(transfer, moving);
        self.tokens.insert(token, transfer);
        if is_first {
            self.outcome(id, Outcome::Connecting { file: index }, at);
        }
        Ok(())
    }

    /// Stops a request, and returns what was known of it.
    pub(super) fn stop_moving(&mut self, key: RequestKey, at: Now) -> Option<Moving> {
        let mut moving = self.moving.remove(&key)?;
        self.tokens.remove(&moving.token);
        let written = self.transfers.stop(moving.token);
        let held = moving.held.is_some();
        if let Some(sent) = moving.sent_of_part() {
            self.upload_news(key, UploadEvent::Stopped(sent), at);
        }
        if let Some(written) = written.filter(|_| !held) {
            moving.written = written;
            let (file, begin) = (key.file, moving.begin);
            self.outcome(key.job, Outcome::Progress { file, begin, written }, at);
        }
        if !held {
            self.left(key, moving.target.as_ref(), at);
        }
        Some(moving)
    }

    /// True if a request of the file is under way.
    pub(super) fn has_requests(&self, (job, file): (Uuid, u32)) -> bool {
        self.moving.range(RequestKey::of_file(job, file)).next().is_some()
    }

    /// Remembers what names a temporary file that nothing writes to any more.
    fn left(&mut self, key: RequestKey, target: Option<&TempFile>, at: Now) {
        if self.has_requests((key.job, key.file)) {
            return;
        }
        if let Some(version) = target.and_then(TempFile::version) {
            self.outcome(key.job, Outcome::Left { file: key.file, version: Some(version) }, at);
        }
    }

    /// Stops the requests of a job whose record fell back to what is stored:
    /// what they have done since is not known to it.
    pub(super) fn forget_transfers(&mut self, id: Uuid) {
        let keys: Vec<_> = self.moving.range(RequestKey::of_job(id)).map(|(key, _)| *key).collect();
        for key in keys {
            if let Some(moving) = self.moving.remove(&key) {
                self.tokens.remove(&moving.token);
                self.transfers.stop(moving.token);
            }
        }
    }

    pub(super) fn take_news(&mut self, at: Now) -> Result<()> {
        let mut all = self.transfers.turn()?.into_iter().peekable();
        while let Some(news) = all.next() {
            self.heard_of(&news, at);
            match news {
                TransferEvent::Head(token, head) => match self.came_whole(token, &head, all.peek())
                {
                    Some(whole) => {
                        all.next();
                        self.take_whole(whole, head, at);
                    }
                    None => self.head_arrived(token, head, at),
                },
                TransferEvent::Written(token, written) => self.written(token, written, at),
                TransferEvent::Ended(token, ending) => self.ended(token, ending, at),
                TransferEvent::Sent(token, sent) => self.on_the_way(token, sent, at),
                TransferEvent::Interim(token, head) => self.interim(token, &head, at)?,
                TransferEvent::Answered(token, ending) => self.upload_ended(token, ending, at),
            }
        }
        self.note_limited(at);
        Ok(())
    }

    /// Takes note of the requests that a rate limit stops.
    fn note_limited(&mut self, at: Now) {
        for token in self.transfers.limited() {
            let key = self.tokens.get(&token);
            if let Some(moving) = key.and_then(|key| self.moving.get_mut(key)) {
                moving.heard_ms = at.monotonic_ms;
                moving.limited_ms = Some(at.monotonic_ms);
            }
        }
    }

    fn head_arrived(&mut self, token: Token, head: HeadEvent, at: Now) {
        let Some(key) = self.tokens.get(&token).copied() else {
            return;
        };
        if let Some(moving) = self.moving.get_mut(&key) {
            moving.flows_since_ms = Some(at.monotonic_ms);
            if moving.is_further {
                self.further_head(key, head.body.restart, at);
                return;
            }
        }
        self.consider_splitting(key, &head, at);
        let reserve = head.waits && head.body.size.is_some_and(|size| size >= RESERVE_FROM_BYTES);
        let waits = head.waits;
        let target = self.moving.get(&key).and_then(|moving| moving.target.as_ref());
        let birth = target.and_then(TempFile::birth);
        let facts = HeadFacts { birth, ..self.facts_of(key.job, head) };
        if facts.restart
            && let Some(moving) = self.moving.get_mut(&key)
        {
            (moving.begin, moving.written, moving.sync_asked) = (0, 0, (0, at.monotonic_ms));
        }
        if waits && let Some(moving) = self.moving.get_mut(&key) {
            moving.held = Some(Held::ForCommit { reserve });
        }
        self.outcome(key.job, Outcome::Head { file: key.file, facts }, at);
    }

    pub(super) fn facts_of(&self, job: Uuid, head: HeadEvent) -> HeadFacts {
        HeadFacts {
            position: head.body.position,
            size: head.body.size,
            validator: head.body.validator,
            restart: head.body.restart,
            unpacked: head.body.unpack.is_some(),
            birth: None,
            response_headers: Some(head.response_headers),
            digest: head.digest.map(Box::new),
            asked: Some(head.asked),
            answered: head.answered,
            is_permanent: head.redirects.iter().all(|status| matches!(status, 301 | 308))
                && !self.has_own_method(job),
            is_reported: self.reports_redirects(job),
        }
    }

    /// True if the requests of the job are no GET: a redirect may have turned one into that.
    fn has_own_method(&self, id: Uuid) -> bool {
        self.queue.jobs.get(&id).is_some_and(|loaded| loaded.job.record.has_own_method())
    }

    /// True if the remote names of the job follow redirects.
    fn reports_redirects(&self, id: Uuid) -> bool {
        self.queue.jobs.get(&id).is_some_and(|loaded| {
            loaded.job.record.security_flags & security::REDIRECT_MASK
                == security::REDIRECT_ALLOW_REPORT
        })
    }

    /// Lets bodies flow whose heads are stored: right away, or after their
    /// space is reserved.
    pub(super) fn release_held(&mut self) {
        let mut ready = Vec::new();
        for (RequestKey { job: id, file: index, .. }, moving) in &mut self.moving {
            let Some(Held::ForCommit { reserve }) = moving.held else {
                continue;
            };
            let key = (*id, *index);
            // A sync that began before a restart must not count for what comes after it.
            if !self.queue.may_overwrite(key) || self.syncing.contains(&key) {
                continue;
            }
            let requested = self
                .queue
                .jobs
                .get(id)
                .and_then(|loaded| loaded.job.files.get(*index as usize))
                .and_then(|file| file.bytes_total());
            match requested.filter(|_| reserve).zip(moving.target.clone()) {
                Some((length, file)) => {
                    moving.held = Some(Held::ForSpace);
                    let token = moving.token;
                    self.pool.submit(Task::Reserve { token, file, length });
                }
                None => {
                    moving.held = None;
                    ready.push(moving.token);
                }
            }
        }
        for token in ready {
            self.let_flow(token);
        }
    }

    fn let_flow(&mut self, token: Token) {
        // If curl cannot go on it ends the request, which is reported.
        _ = self.transfers.proceed(token);
    }

    pub(super) fn reserved(&mut self, token: Token, result: Result<()>, at: Now) {
        let Some(key) = self.tokens.get(&token).copied() else {
            return;
        };
        match result {
            Ok(()) => {
                if let Some(moving) = self.moving.get_mut(&key) {
                    moving.held = None;
                }
                self.let_flow(token);
            }
            Err(error) => {
                self.stop_moving(key, at);
                let failure = local_failure(error);
                self.outcome(
                    key.job,
                    Outcome::Failed { file: key.file, failure, redirect: None },
                    at,
                );
            }
        }
    }

    fn written(&mut self, token: Token, written: u64, at: Now) {
        let Some(key) = self.tokens.get(&token).copied() else {
            return;
        };
        let begin = self.moving.get(&key).map_or(0, |moving| moving.begin);
        self.outcome(key.job, Outcome::Progress { file: key.file, begin, written }, at);
        if let Some(loaded) = self.queue.jobs.get_mut(&key.job) {
            loaded.meter.sample(at.monotonic_ms, loaded.job.record.totals.bytes_transferred);
        }
        if let Some(moving) = self.moving.get_mut(&key) {
            moving.written = written;
            moving.writes += 1;
        }
    }

    /// A sync that began before its requests ended still says what is held:
    /// nothing else of the file begins until it has.
    pub(super) fn synced(
        &mut self,
        key: (Uuid, u32),
        held: &[Range<u64>],
        result: Result<()>,
        at: Now,
    ) {
        self.syncing.remove(&key);
        if !self.has_requests(key) {
            self.queue.replan = true;
        }
        let (id, file) = key;
        match result {
            Ok(()) => self.outcome(id, Outcome::Synced { file, held: held.to_vec() }, at),
            Err(error) => {
                // What a failed sync leaves behind is unknown: those bytes are
                // fetched again, the sync is never repeated.
                self.stop_requests(key, at);
                self.outcome(id, Outcome::LostBytes { file, keeps_synced: true }, at);
                let failure = local_failure(error);
                self.outcome(id, Outcome::Failed { file, failure, redirect: None }, at);
            }
        }
    }

    /// Stops all requests of a file.
    pub(super) fn stop_requests(&mut self, (job, file): (Uuid, u32), at: Now) {
        let requests = self.moving.range(RequestKey::of_file(job, file));
        let keys: Vec<_> = requests.map(|(key, _)| *key).collect();
        for key in keys {
            self.stop_moving(key, at);
        }
    }

    pub(super) fn ended(&mut self, token: Token, ending: Ending, at: Now) {
        let Some(key) = self.tokens.remove(&token) else {
            return;
        };
        let Some(moving) = self.moving.remove(&key) else {
            return;
        };
        // While its space is being reserved it is still being changed.
        let target = moving.target.clone().filter(|_| moving.held.is_none());
        self.queue.replan = true;
        self.ended.insert(key.job);
        let is_one_of_many = moving.is_further || self.has_requests((key.job, key.file));
        if is_one_of_many && !matches!(ending, Ending::Done { .. }) && !is_local(&ending) {
            self.one_of_many_ended(key, &moving, &ending, at);
        } else if is_one_of_many || !self.asks_for_less(key, &moving, &ending, at) {
            if is_one_of_many {
                self.one_of_many_done(key);
            }
            if is_local(&ending) {
                self.stop_requests((key.job, key.file), at);
            }
            self.body_ended(key, moving, ending, at);
        }
        self.left(key, target.as_ref(), at);
        let is_received = self.file(key).is_some_and(|file| file.stage == FileStage::Received);
        if let Some(target) = target.filter(|_| is_received) {
            self.keep_open((key.job, key.file), target);
        }
    }

    fn body_ended(&mut self, key: RequestKey, moving: Moving, ending: Ending, at: Now) {
        let RequestKey { job: id, file, .. } = key;
        let begin = moving.begin;
        match ending {
            Ending::Done { position, size } => self.piece_ended(key, begin, (position, size), at),
            // A server that calls it complete where there are gaps has another file.
            Ending::Complete if self.file(key).is_some_and(|file| !file.segments.is_empty()) => {
                let adjustment = Adjustment::Restart;
                self.outcome(id, Outcome::AskAgain { file, adjustment }, at);
            }
            Ending::Complete => {
                let size = self.file(key).map_or(0, FileRecord::held);
                self.outcome(id, Outcome::Received { file, size }, at);
            }
            Ending::Again(adjustment) => {
                self.source_outcome(key, Outcome::AskAgain { file, adjustment }, at);
            }
            Ending::Moved(to) => {
                let is_reported = self.reports_redirects(id);
                self.outcome(id, Outcome::Moved { file, to, is_reported }, at);
            }
            Ending::Failed { failure, written, redirect } => {
                if let Some(written) = written {
                    self.outcome(id, Outcome::Progress { file, begin, written }, at);
                }
                self.source_outcome(key, Outcome::Failed { file, failure, redirect }, at);
                let written = written.unwrap_or(moving.written);
                self.sync_rest(key, &Moving { written, ..moving });
            }
        }
    }

    fn piece_ended(
        &mut self,
        key: RequestKey,
        begin: u64,
        (position, size): (u64, Option<u64>),
        at: Now,
    ) {
        let RequestKey { job: id, file, .. } = key;
        let total = self.total_of(key, size);
        let is_in_one_piece =
            self.file(key).is_some_and(|file| file.segments.is_empty() && begin <= file.written);
        if is_in_one_piece && total == Some(position) {
            self.stop_requests((id, file), at);
            self.outcome(id, Outcome::Received { file, size: position }, at);
            return;
        }
        self.outcome(id, Outcome::PieceEnded { file, begin, written: position }, at);
        if let Some(size) =
            total.filter(|total| self.file(key).map(FileRecord::held) == Some(*total))
        {
            self.stop_requests((id, file), at);
            self.outcome(id, Outcome::Received { file, size }, at);
        }
    }

    pub(super) fn file(&self, key: RequestKey) -> Option<&FileRecord> {
        self.queue.jobs.get(&key.job)?.job.files.get(key.file as usize)
    }

    /// How many bytes the file should have in the end, by what its last body
    /// told.
    pub(super) fn total_of(&self, key: RequestKey, size: Option<u64>) -> Option<u64> {
        let file = self.file(key)?;
        requested_bytes(&file.ranges, size.or(file.size))
    }
}

/// True if something here failed, and not at the server.
fn is_local(ending: &Ending) -> bool {
    matches!(ending, Ending::Failed { failure, .. } if failure.context == ErrorContext::LocalFile)
}
