//! The requests of uploads: started as the plan says, one after the other;
//! what they report becomes inputs of the model.

use std::path::Path;

use uuid::Uuid;

use crate::disk::Outgoing;
use crate::model::{
    FileRecord, JobRecord, Now, Outcome, Sent, Transfer, UploadNews, has_expired, is_upload,
    next_upload_call, sending, upload_state,
};
use crate::protocol::{
    Call, Failure, Head, Keys, Permit, Step, is_same_origin, judge, judge_interim, permit,
};
use crate::transfer::{Options, Token, UploadEnding, UploadOrder};
use crate::vocab::{Result, UploadProtocol};

use super::requests::withhold_secrets;
use super::{Engine, Moving, SecretChange, requests_of};

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
        Some(Sent { part: call.part, whole: self.sent >= call.length() })
    }
}

/// True if a cancelled job need not wait for the request.
fn is_futile(call: &Call) -> bool {
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
fn new_permit(record: &JobRecord, file: &FileRecord, options: &Options, at: Now) -> Option<Permit> {
    let state = upload_state(record, file);
    let credentials = options.server_credentials.as_ref()?;
    let is_good =
        |permit: &Permit| (0..PERMIT_RENEWAL_MS).contains(&(at.unix_ms - permit.signed_ms));
    if state.protocol != UploadProtocol::S3 || state.multipart.permit.as_ref().is_some_and(is_good)
    {
        return None;
    }
    let token = options.headers.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("x-amz-security-token").then(|| value.trim())
    });
    let keys = Keys { id: &credentials.user_name, secret: &credentials.password, token };
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
            self.queue.jobs.get(id).is_some_and(|loaded| loaded.job.record.owes_server())
        };
        let futile: Vec<_> = self
            .moving
            .iter()
            .filter(|((id, ..), moving)| {
                let is_futile = moving.upload.as_ref().is_some_and(is_futile);
                is_futile && owes(id) && !outlives_plan(moving)
            })
            .map(|(key, _)| *key)
            .collect();
        for key in futile {
            self.stop_moving(key, at);
        }
    }

    /// True if the request is not to be begun yet: parts go beside each other,
    /// and nothing else does.
    pub(super) fn must_wait(&self, (id, index, part): Transfer) -> bool {
        let mut others = self.moving.range((id, index, 0)..=(id, index, u32::MAX));
        others.any(|((.., other), _)| part == 0 || *other == 0)
    }

    pub(super) fn try_start_upload(&mut self, key: Transfer, at: Now) -> Result<()> {
        let (id, index, part) = key;
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
            false => Some(self.disk.open_outgoing(Path::new(&file.local_name))?),
        };
        let facts = source.as_ref().map(Outgoing::facts);
        let began_with = file.upload.as_ref().and_then(|upload| upload.source.as_ref());
        let changed =
            facts.zip(began_with).is_some_and(|(facts, began_with)| facts.version != *began_with);
        if changed {
            self.upload_news(key, UploadNews::SourceChanged, at);
            return Ok(());
        }
        if has_expired(record, file, at) {
            self.upload_news(key, UploadNews::Expired, at);
            return Ok(());
        }
        let mut options = self.options(record, file);
        if let Some(permit) = new_permit(record, file, &options, at) {
            self.upload_news(key, UploadNews::Permitted(permit), at);
            // It is stored before what is begun now goes out.
            return self.try_start_upload(key, at);
        }
        let size = facts.map_or(file.size.unwrap_or(0), |facts| facts.size);
        let Some(call) = next_upload_call(record, file, size, part) else {
            self.upload_news(key, UploadNews::NothingOwed, at);
            return Ok(());
        };
        let is_trusted = is_same_origin(&call.url, &file.remote_name);
        let protocol = upload_state(record, file).protocol;
        // These let the server name the place; the contract sends them to the
        // host that BITS names (section 13.4).
        if !is_trusted && matches!(protocol, UploadProtocol::Tus | UploadProtocol::Ietf) {
            withhold_secrets(&mut options);
        }
        let began = facts.map(|facts| (facts.size, facts.version.clone()));
        let order = UploadOrder { call: call.clone(), source };
        let token = self.transfers.start_upload(order, &options)?;
        let upload = Some(call.clone());
        let sync_asked = (0, at.monotonic_ms);
        let moving = Moving { token, target: None, sync_asked, held: None, upload, sent: 0 };
        self.moving.insert(key, moving);
        self.tokens.insert(token, key);
        self.upload_news(key, UploadNews::Begun { call, source: began }, at);
        Ok(())
    }

    /// A request could not even be begun.
    pub(super) fn failed_to_start(&mut self, key: Transfer, failure: Failure, at: Now) {
        let outcome = match self.is_upload((key.0, key.1)) {
            true => Outcome::Upload {
                file: key.1,
                news: UploadNews::Failed { step: Step::Ask, sent: Sent::default(), failure },
            },
            false => Outcome::Failed { file: key.1, failure, redirect: None },
        };
        self.outcome(key.0, outcome, at);
    }

    pub(super) fn upload_news(&mut self, (id, file, _): Transfer, news: UploadNews, at: Now) {
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
            let news = UploadNews::OnTheWay { bytes: sent };
            self.outcome(key.0, Outcome::Upload { file: key.1, news }, at);
        }
        let parts = self.moving.range(requests_of(key.0)).map(|(_, moving)| moving.sent);
        let on_the_way: u64 = parts.sum();
        if let Some(loaded) = self.queue.jobs.get_mut(&key.0) {
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
        let (Some(loaded), Some(moving)) = (self.queue.jobs.get(&key.0), self.moving.get_mut(&key))
        else {
            return Ok(());
        };
        let (record, file) = (&loaded.job.record, loaded.job.file(key.1)?);
        let Some(call) = &mut moving.upload else {
            return Ok(());
        };
        let Some(verdict) = judge_interim(&upload_state(record, file), call, head) else {
            return Ok(());
        };
        let told = UploadNews::Told { call: Box::new(call.clone()), verdict };
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
            UploadEnding::SourceChanged => UploadNews::SourceChanged,
            UploadEnding::Failed(failure) => UploadNews::Failed { step: call.step, sent, failure },
            UploadEnding::Answered { head, repeats } => {
                let Some(loaded) = self.queue.jobs.get(&key.0) else {
                    return;
                };
                let record = &loaded.job.record;
                let Ok(file) = loaded.job.file(key.1) else {
                    return;
                };
                let of = sending(record, file, file.size.unwrap_or(0));
                let mut state = upload_state(record, file);
                state.close_tries = state.close_tries.saturating_add(repeats);
                let verdict = judge(&state, &of, &call, &head);
                UploadNews::Answered {
                    call: Box::new(call),
                    verdict,
                    response_headers: head.text(),
                }
            }
        };
        self.upload_news(key, news, at);
    }
}
