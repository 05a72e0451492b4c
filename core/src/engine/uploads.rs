//! The requests of uploads: started as the plan says, one after the other;
//! what they report becomes inputs of the model.

use uuid::Uuid;

use crate::disk::Outgoing;
use crate::model::{
    FileRecord, JobRecord, Now, Outcome, RequestKey, Sent, UploadEvent, has_expired, is_upload,
    next_upload_call, sending, server_asked, upload_state,
};
use crate::platform::path_of;
use crate::protocol::{
    AccessKeys, Failure, Head, PresignedRequests, Step, UploadRequest, is_same_origin, judge,
    judge_interim, permit,
};
use crate::transfer::{RequestOptions, Token, UploadEnding, UploadOrder};
use crate::vocab::{Result, UploadProtocol};

use super::request_options::withhold_secrets;
use super::{Engine, Moving, SecretChange};

/// A permit holds for a week, and what is owed to a server is owed for a day.
const PERMIT_RENEWAL_MS: i64 = 24 * 60 * 60 * 1000;

/// True if the request is to go on although the plan no longer has it: only
/// its answer tells what the server has. A part that is all on its way may still
/// arrive whatever is done, and what comes after must not overtake it.
pub(super) fn outlives_plan(moving: &Moving) -> bool {
    let creates = moving.upload.as_ref().is_some_and(|call| call.step == Step::Create);
    creates || moving.sent_of_part().is_some_and(|sent| sent.part > 0 && sent.whole)
}

impl Moving {
    /// What the request of an upload has sent of a part; None for a download.
    pub(super) fn sent_of_part(&self) -> Option<Sent> {
        let call = self.upload.as_ref()?;
        let cut = call.body.filter(|_| call.step == Step::Send && self.sent > 0);
        Some(Sent { part: call.part, whole: self.sent >= call.length(), cut })
    }
}

/// True if a cancelled job need not wait for the request.
fn is_futile(call: &UploadRequest) -> bool {
    match call.step {
        Step::Create | Step::Close | Step::Cancel | Step::Check => false,
        Step::Ask
        | Step::Probe
        | Step::Greet
        | Step::Query
        | Step::Send
        | Step::Whole
        | Step::Verify => true,
    }
}

/// What cancels an upload to S3 without the job's credentials, if there is none
/// yet or it may soon have expired.
fn new_permit(
    record: &JobRecord,
    file: &FileRecord,
    options: &RequestOptions,
    at: Now,
) -> Option<PresignedRequests> {
    let state = upload_state(record, file);
    let credentials = options.server_credentials.as_ref()?;
    let is_good = |permit: &PresignedRequests| {
        (0..PERMIT_RENEWAL_MS).contains(&(at.unix_ms - permit.signed_ms))
    };
    if state.protocol != UploadProtocol::S3 || state.multipart.permit.as_ref().is_some_and(is_good)
    {
        return None;
    }
    let token = options.headers.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("x-amz-security-token").then(|| value.trim())
    });
    let keys = AccessKeys { id: &credentials.user_name, secret: &credentials.password, token };
    permit(&state, &file.remote_name, &keys, at.unix_ms)
}

impl Engine {
    /// True if the file is one that is sent.
    pub(super) fn is_upload(&self, (id, index): (Uuid, u32)) -> bool {
        self.queue.jobs.get(&id).is_some_and(|loaded| {
            let is_reply = loaded.job.file(index).is_ok_and(|file| file.is_reply);
            is_upload(&loaded.job.record) && !is_reply
        })
    }

    /// Stops what cancelled jobs are still sending: their servers are told
    /// instead.
    pub(super) fn stop_futile(&mut self, at: Now) {
        let owes = |id: &Uuid| {
            self.queue.jobs.get(id).is_some_and(|loaded| loaded.job.record.has_server_cleanup())
        };
        let futile: Vec<_> = self
            .moving
            .iter()
            .filter(|(key, moving)| {
                let is_futile = moving.upload.as_ref().is_some_and(is_futile);
                is_futile && owes(&key.job) && !outlives_plan(moving)
            })
            .map(|(key, _)| *key)
            .collect();
        for key in futile {
            self.stop_moving(key, at);
        }
    }

    /// True if the request is not to be begun yet: parts go beside each other,
    /// and nothing else does.
    pub(super) fn must_wait(&self, key: RequestKey) -> bool {
        let mut others = self.moving.range(RequestKey::of_file(key.job, key.file));
        others.any(|(other, _)| key.part == 0 || other.part == 0)
            && self.is_upload((key.job, key.file))
    }

    pub(super) fn try_start_upload(&mut self, key: RequestKey, at: Now) -> Result<()> {
        let RequestKey { job: id, file: index, part } = key;
        let Some(loaded) = self.queue.jobs.get(&id) else {
            return Ok(());
        };
        let (record, file) = (&loaded.job.record, loaded.job.file(index)?);
        if !loaded.job.may_request(index, part) {
            // What was begun before it in this turn came out otherwise.
            self.queue.replan = true;
            return Ok(());
        }
        // A cancelled job needs its file no more.
        let source = match record.state.is_final() {
            true => None,
            false => Some(self.disk.open_outgoing(&path_of(&file.local_name))?),
        };
        let facts = source.as_ref().map(Outgoing::facts);
        let began_with = file.upload.as_ref().and_then(|upload| upload.source.as_ref());
        let changed =
            facts.zip(began_with).is_some_and(|(facts, began_with)| facts.version != *began_with);
        if changed {
            self.upload_news(key, UploadEvent::SourceChanged, at);
            return Ok(());
        }
        if has_expired(record, file, at) {
            self.upload_news(key, UploadEvent::Expired, at);
            return Ok(());
        }
        let mut options = self.options(record, file);
        if let Some(permit) = new_permit(record, file, &options, at) {
            self.upload_news(key, UploadEvent::Permitted(permit), at);
            // It is stored before what is begun now goes out.
            return self.try_start_upload(key, at);
        }
        let size = facts.map_or(file.size.unwrap_or(0), |facts| facts.size);
        let Some(call) = next_upload_call(record, file, size, part) else {
            self.upload_news(key, UploadEvent::NothingOwed, at);
            return Ok(());
        };
        let is_trusted = is_same_origin(&call.url, &file.remote_name);
        let protocol = upload_state(record, file).protocol;
        // These let the server name the place; the specification sends them to the
        // host that BITS names (section 13.4).
        if !is_trusted && matches!(protocol, UploadProtocol::Tus | UploadProtocol::Ietf) {
            withhold_secrets(&mut options);
        }
        let began = facts.map(|facts| (facts.size, facts.version.clone()));
        let order = UploadOrder { call: call.clone(), source };
        let server = server_asked(record, &call.url);
        let token = self.transfers.start_upload(order, &options)?;
        let moving =
            Moving { upload: Some(call.clone()), ..Moving::new(token, server, None, (0, 0), at) };
        self.moving.insert(key, moving);
        self.tokens.insert(token, key);
        self.upload_news(key, UploadEvent::Begun { call, source: began }, at);
        Ok(())
    }

    /// A request could not even be begun.
    pub(super) fn failed_to_start(&mut self, key: RequestKey, failure: Failure, at: Now) {
        let outcome = match self.is_upload((key.job, key.file)) {
            true => Outcome::Upload {
                file: key.file,
                news: UploadEvent::Failed { step: Step::Ask, sent: Sent::default(), failure },
            },
            false => Outcome::Failed { file: key.file, failure, redirect: None },
        };
        self.outcome(key.job, outcome, at);
    }

    pub(super) fn upload_news(&mut self, key: RequestKey, news: UploadEvent, at: Now) {
        let RequestKey { job: id, file, .. } = key;
        self.outcome(id, Outcome::Upload { file, news }, at);
        self.queue.replan = true;
        let done = self.queue.jobs.get(&id).is_none_or(|loaded| {
            let record = &loaded.job.record;
            record.state.is_final() && record.closing.is_none()
        });
        if done {
            self.secret_changes.push((id, SecretChange::Forget));
        }
    }

    /// Bytes were handed to the connection. With a session they count once the
    /// server says that it holds them.
    pub(super) fn on_the_way(&mut self, token: Token, sent: u64, at: Now) {
        let Some(key) = self.tokens.get(&token).copied() else {
            return;
        };
        let Some(moving) = self.moving.get_mut(&key) else {
            return;
        };
        moving.sent = sent;
        let Some(call) = &moving.upload else {
            return;
        };
        let begin = call.body.map_or(0, |span| span.first);
        let (is_whole, is_part) = (call.step == Step::Whole, call.part > 0);
        if is_whole {
            let news = UploadEvent::OnTheWay { bytes: sent };
            self.outcome(key.job, Outcome::Upload { file: key.file, news }, at);
        }
        let parts = self.moving.range(RequestKey::of_job(key.job)).map(|(_, moving)| moving.sent);
        let on_the_way: u64 = parts.sum();
        if let Some(loaded) = self.queue.jobs.get_mut(&key.job) {
            let held = loaded.job.record.totals.bytes_transferred;
            let position = if is_part { held + on_the_way } else { begin + sent };
            loaded.meter.sample(at.monotonic_ms, position);
        }
    }

    /// The server said something before its answer. What comes of it is stored
    /// before a body that was held back for it flows.
    pub(super) fn interim(&mut self, token: Token, head: &Head, at: Now) -> Result<()> {
        let Some(key) = self.tokens.get(&token).copied() else {
            return Ok(());
        };
        let (Some(loaded), Some(moving)) =
            (self.queue.jobs.get(&key.job), self.moving.get_mut(&key))
        else {
            return Ok(());
        };
        let (record, file) = (&loaded.job.record, loaded.job.file(key.file)?);
        let Some(call) = &mut moving.upload else {
            return Ok(());
        };
        let Some(verdict) = judge_interim(&upload_state(record, file), call, head) else {
            return Ok(());
        };
        let told = UploadEvent::Told { call: Box::new(call.clone()), verdict };
        // From now on its bytes go into an upload that is known.
        if call.step == Step::Create {
            call.step = Step::Send;
        }
        self.upload_news(key, told, at);
        self.transfers.proceed(token)
    }

    /// A request of an upload is over.
    pub(super) fn upload_ended(&mut self, token: Token, ending: UploadEnding, at: Now) {
        let Some(key) = self.tokens.remove(&token) else {
            return;
        };
        self.queue.replan = true;
        let Some(moving) = self.moving.remove(&key) else {
            return;
        };
        let sent = moving.sent_of_part().unwrap_or_default();
        let Some(call) = moving.upload else {
            return;
        };
        let news = match ending {
            UploadEnding::SourceChanged => UploadEvent::SourceChanged,
            UploadEnding::Failed(failure) => UploadEvent::Failed { step: call.step, sent, failure },
            UploadEnding::Dropped(failure) => UploadEvent::Dropped { step: call.step, failure },
            UploadEnding::Answered { head, repeats } => {
                let Some(loaded) = self.queue.jobs.get(&key.job) else {
                    return;
                };
                let record = &loaded.job.record;
                let Ok(file) = loaded.job.file(key.file) else {
                    return;
                };
                let of = sending(record, file, file.size.unwrap_or(0));
                let mut state = upload_state(record, file);
                state.close_tries = state.close_tries.saturating_add(repeats);
                let verdict = judge(&state, &of, &call, &head);
                UploadEvent::Answered {
                    call: Box::new(call),
                    verdict,
                    response_headers: head.text(),
                }
            }
        };
        self.upload_news(key, news, at);
    }
}
