//! Requests: started and stopped as the plan says; what they report becomes
//! inputs of the model.

use std::path::Path;

use uuid::Uuid;

use crate::disk::Opened;
use crate::model::{
    FileRecord, FileStage, HeadFacts, Input, JobRecord, Now, Outcome, Transfer, UploadNews,
};
use crate::protocol::{Failure, next_request, requested_bytes};
use crate::transfer::{
    Credentials, Ending, HeadNews, Known, News, Options, Order, RESERVE_FROM_BYTES, Token,
};
use crate::vocab::{AuthTarget, Error, ErrorContext, Result, code, security};

use super::pool::Task;
use super::{Engine, Held, Moving, requests_of};

/// A file is synced while it is being written after so many bytes ...
const SYNC_BYTES: u64 = 64 * 1024 * 1024;

/// ... or this time, whichever comes first: what a power cut may cost.
const SYNC_MS: u64 = 5_000;

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
                self.answers.push((answer, id, Ok(super::Reply::Done(result))));
            }
        }
    }

    pub(super) fn outcome(&mut self, id: Uuid, outcome: Outcome, at: Now) {
        self.apply(id, &Input::Outcome(outcome), at);
    }

    pub(super) fn start_moving(&mut self, key: Transfer, at: Now) {
        if let Err(error) = self.try_start(key, at) {
            let failure = Failure {
                transient: [code::E_DISK_FULL, code::E_TOO_MANY_OPEN_FILES].contains(&error.code)
                    || error.context == ErrorContext::GeneralTransport
                        && error.code == code::E_FAIL,
                code: error.code,
                context: error.context,
                message: error.message,
                retry_after: None,
            };
            self.failed_to_start(key, failure, at);
        }
    }

    fn try_start(&mut self, transfer: Transfer, at: Now) -> Result<()> {
        let (id, index, _) = transfer;
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
        if self.syncing.contains(&key) {
            // What that sync says decides what is held; then it is planned again.
            return Ok(());
        }
        if file.validator.is_some() && file.bytes_total() == Some(file.written) {
            let size = file.written;
            self.outcome(id, Outcome::Received { file: index, size }, at);
            return Ok(());
        }
        let record = &loaded.job.record;
        let options = self.options(record, file);
        let path = file.temporary_name(id, index);
        let content = file.content();
        let (request, known) = (next_request(&content), Known::of(&content));
        let target = match self.disk.open_temporary(Path::new(&path), file.written)? {
            Opened::Ready(target) => target,
            Opened::Lost => {
                self.outcome(id, Outcome::LostBytes { file: index, keep: 0 }, at);
                self.queue.replan = true;
                return Ok(());
            }
        };
        let written = file.written;
        let order = Order { request, target: target.clone(), known };
        let token = self.transfers.start(order, &options)?;
        let moving = Moving {
            token,
            target: Some(target),
            sync_asked: (written, at.monotonic_ms),
            held: None,
            upload: None,
            sent: 0,
        };
        self.moving.insert(transfer, moving);
        self.tokens.insert(token, transfer);
        self.outcome(id, Outcome::Connecting { file: index }, at);
        Ok(())
    }

    pub(super) fn options(&self, record: &JobRecord, file: &FileRecord) -> Options {
        let tells = file.may_tell_secrets();
        let secrets = self.secrets.get(&record.id);
        let credentials = |target: AuthTarget| {
            let of_target = |(slot, found): (&(AuthTarget, _), &Credentials)| {
                (slot.0 == target).then(|| found.clone())
            };
            secrets.and_then(|secrets| secrets.iter().find_map(of_target))
        };
        let headers = record.custom_headers.as_deref().unwrap_or("");
        Options {
            user_agent: self.settings.user_agent.clone(),
            headers: headers
                .split("\r\n")
                .filter(|line| !line.is_empty() && (tells || !is_secret_header(line)))
                .map(str::to_owned)
                .collect(),
            security_flags: record.security_flags,
            trust: self.settings.trust.clone(),
            proxy: Some((
                record.proxy.usage,
                record.proxy.list.clone(),
                record.proxy.bypass.clone(),
            )),
            client_certificate: record
                .client_certificate
                .as_ref()
                .map(|client| (client.certificate.clone(), client.key.clone())),
            server_credentials: credentials(AuthTarget::Server).filter(|_| tells),
            proxy_credentials: credentials(AuthTarget::Proxy),
        }
    }

    pub(super) fn stop_moving(&mut self, key: Transfer, at: Now) {
        let Some(moving) = self.moving.remove(&key) else {
            return;
        };
        self.tokens.remove(&moving.token);
        let written = self.transfers.stop(moving.token);
        let held = moving.held.is_some();
        if let Some(sent) = moving.sent_of_part() {
            self.upload_news(key, UploadNews::Stopped(sent), at);
        }
        if let Some(written) = written.filter(|_| !held) {
            self.outcome(key.0, Outcome::Progress { file: key.1, written }, at);
        }
    }

    /// Stops the requests of a job whose record fell back to what is stored:
    /// what they have done since is not known to it.
    pub(super) fn forget_transfers(&mut self, id: Uuid) {
        let keys: Vec<_> = self.moving.range(requests_of(id)).map(|(key, _)| *key).collect();
        for key in keys {
            if let Some(moving) = self.moving.remove(&key) {
                self.tokens.remove(&moving.token);
                self.transfers.stop(moving.token);
            }
        }
    }

    pub(super) fn take_news(&mut self, at: Now) -> Result<()> {
        for news in self.transfers.turn()? {
            match news {
                News::Head(token, head) => self.head_arrived(token, head, at),
                News::Written(token, written) => self.written(token, written, at),
                News::Ended(token, ending) => self.ended(token, ending, at),
                News::Sent(token, sent) => self.on_the_way(token, sent, at),
                News::Interim(token, head) => self.interim(token, &head, at)?,
                News::Answered(token, ending) => self.upload_ended(token, ending, at),
            }
        }
        Ok(())
    }

    fn head_arrived(&mut self, token: Token, head: HeadNews, at: Now) {
        let Some(key) = self.tokens.get(&token).copied() else {
            return;
        };
        let permanent = head.redirects.iter().all(|status| matches!(status, 301 | 308));
        let reports = self.queue.jobs.get(&key.0).is_some_and(|loaded| {
            loaded.job.record.security_flags & security::REDIRECT_MASK
                == security::REDIRECT_ALLOW_REPORT
        });
        let facts = HeadFacts {
            position: head.body.position,
            size: head.body.size,
            validator: head.body.validator.clone(),
            restart: head.body.restart,
            response_headers: Some(head.response_headers),
            asked: Some(head.asked),
            answered: head.answered,
            is_permanent: permanent,
            is_reported: reports,
        };
        if head.waits {
            let reserve = head.body.size.is_some_and(|size| size >= RESERVE_FROM_BYTES);
            if let Some(moving) = self.moving.get_mut(&key) {
                moving.held = Some(Held::ForCommit { reserve });
            }
        }
        self.outcome(key.0, Outcome::Head { file: key.1, facts }, at);
    }

    /// Lets bodies flow whose heads are stored: right away, or after their
    /// space is reserved.
    pub(super) fn release_held(&mut self) {
        let mut ready = Vec::new();
        for ((id, index, _), moving) in &mut self.moving {
            let Some(Held::ForCommit { reserve }) = moving.held else {
                continue;
            };
            if !self.queue.may_overwrite((*id, *index)) {
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
                self.outcome(key.0, Outcome::Failed { file: key.1, failure, redirect: None }, at);
            }
        }
    }

    fn written(&mut self, token: Token, written: u64, at: Now) {
        let Some(key) = self.tokens.get(&token).copied() else {
            return;
        };
        self.outcome(key.0, Outcome::Progress { file: key.1, written }, at);
        if let Some(loaded) = self.queue.jobs.get_mut(&key.0) {
            loaded.meter.sample(at.monotonic_ms, loaded.job.record.totals.bytes_transferred);
        }
        let Some(moving) = self.moving.get_mut(&key) else {
            return;
        };
        let (position, asked_ms) = moving.sync_asked;
        let due =
            written.saturating_sub(position) >= SYNC_BYTES || at.monotonic_ms >= asked_ms + SYNC_MS;
        let Some(file) = moving.target.clone().filter(|_| due) else {
            return;
        };
        let key = (key.0, key.1);
        if self.syncing.insert(key) {
            moving.sync_asked = (written, at.monotonic_ms);
            self.pool.submit(Task::Sync { key, file, position: written });
        }
    }

    /// A sync that began before its request ended still says what is held:
    /// nothing else of the file begins until it has.
    pub(super) fn synced(&mut self, key: (Uuid, u32), position: u64, result: Result<()>, at: Now) {
        self.syncing.remove(&key);
        let request = (key.0, key.1, 0);
        if !self.moving.contains_key(&request) {
            self.queue.replan = true;
        }
        match result {
            Ok(()) => self.outcome(key.0, Outcome::Synced { file: key.1, synced: position }, at),
            Err(error) => {
                // What a failed sync leaves behind is unknown: those bytes are
                // fetched again, the sync is never repeated.
                self.stop_moving(request, at);
                let keep = self.synced_bytes(key);
                self.outcome(key.0, Outcome::LostBytes { file: key.1, keep }, at);
                let failure = local_failure(error);
                self.outcome(key.0, Outcome::Failed { file: key.1, failure, redirect: None }, at);
            }
        }
    }

    pub(super) fn synced_bytes(&self, key: (Uuid, u32)) -> u64 {
        self.queue
            .jobs
            .get(&key.0)
            .and_then(|loaded| loaded.job.files.get(key.1 as usize))
            .map_or(0, |file| file.synced)
    }

    fn ended(&mut self, token: Token, ending: Ending, at: Now) {
        let Some(key) = self.tokens.remove(&token) else {
            return;
        };
        self.moving.remove(&key);
        self.queue.replan = true;
        let (id, file, _) = key;
        match ending {
            Ending::Done { position, size } => {
                let outcome = match self.total_of(key, size) {
                    Some(total) if total == position => Outcome::Received { file, size: position },
                    Some(_) | None => Outcome::PieceEnded { file, written: position },
                };
                self.outcome(id, outcome, at);
            }
            Ending::Complete => {
                let size = self
                    .queue
                    .jobs
                    .get(&id)
                    .and_then(|loaded| loaded.job.files.get(file as usize))
                    .map_or(0, |file| file.written);
                self.outcome(id, Outcome::Received { file, size }, at);
            }
            Ending::Again(adjustment) => {
                self.outcome(id, Outcome::AskAgain { file, adjustment }, at)
            }
            Ending::Failed { failure, written, redirect } => {
                if let Some(written) = written {
                    self.outcome(id, Outcome::Progress { file, written }, at);
                }
                self.outcome(id, Outcome::Failed { file, failure, redirect }, at);
            }
        }
    }

    /// How many bytes the file should have in the end, by what its last body
    /// told.
    fn total_of(&self, key: Transfer, size: Option<u64>) -> Option<u64> {
        let file = self.queue.jobs.get(&key.0)?.job.files.get(key.1 as usize)?;
        requested_bytes(&file.ranges, size.or(file.size))
    }
}

/// Takes from a request what only the host that the caller named may see.
pub(super) fn withhold_secrets(options: &mut Options) {
    options.headers.retain(|line| !is_secret_header(line));
    options.server_credentials = None;
}

/// True for the headers that curl, too, keeps from another host.
fn is_secret_header(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or("");
    ["authorization", "cookie"].iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

fn local_failure(error: Error) -> Failure {
    Failure {
        transient: error.code == code::E_DISK_FULL || error.code == code::E_IO_DEVICE,
        code: error.code,
        context: ErrorContext::LocalFile,
        message: error.message,
        retry_after: None,
    }
}
