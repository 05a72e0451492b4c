//! The calls: each becomes an input, a change of what only memory holds, or a
//! look at what is there.

use uuid::Uuid;

use crate::model::{
    Command, CredentialSlot, Input, JobRecord, Network, NewJob, Now, Setting, check_credentials,
    check_power, is_upload, rate_limits, wait_reason, yields,
};
use crate::store::{Durability, StoredCall};
use crate::transfer::Credentials;
use crate::vocab::{Error, HResult, JobState, Result, code};

use super::inbox::{Answer, Message};
use super::message::{ApiCall, ApiReply, JobSnapshot, Secret, Setup};
use super::queue::Queue;
use super::reading::Read;
use super::{Engine, SecretChange};

/// Jobs of a state looked at to see whether any of them can move.
const IDLE_LOOK_JOBS: usize = 64;

/// A call that changes a job: whose it is, what names it, who gets the answer.
pub(super) struct CallContext {
    session: u64,
    call: Uuid,
    answer: Answer,
}

impl Engine {
    pub(super) fn receive(&mut self, message: Message, at: Now) {
        match message {
            Message::Call { session, request, answer } => self.call(session, request, answer, at),
            Message::Joined { session, to } => self.sessions.join(session, to),
            Message::Left { session } => self.leave(session, at),
            Message::Stop { reason } => _ = self.stops.get_or_insert(reason),
            Message::Worked { job, work, report } => self.worked(job, work, report, at),
            Message::Verified { job, files } => self.checked(job, files, at),
            Message::Reserved { token, result } => self.reserved(token, result, at),
            Message::Synced { key, held, result } => self.synced(key, &held, result, at),
        }
    }

    fn call(&mut self, session: u64, request: ApiCall, answer: Answer, at: Now) {
        match request {
            ApiCall::CreateJob { id, display_name, job_type, like, umask, setup } => {
                let new = NewJob {
                    id,
                    display_name,
                    key: setup.key.clone(),
                    job_type,
                    owner: self.settings.owner.clone(),
                    queue_position: 0,
                };
                self.create_job(session, new, (like, umask), setup, answer, at);
            }
            ApiCall::Command { id, call, command } => {
                _ = self.command(CallContext { session, call, answer }, id, command, at);
            }
            ApiCall::SetCredentials { id, call, slot, secret } => {
                self.set_credentials(CallContext { session, call, answer }, id, slot, secret, at);
            }
            ApiCall::RemoveCredentials { id, call, slot } => {
                self.secret_changes.push((id, SecretChange::Remove(slot)));
                let command = Command::Set(Setting::CredentialsRemoved(slot));
                _ = self.command(CallContext { session, call, answer }, id, command, at);
            }
            ApiCall::Wait { id, states } => self.wait_for(session, id, states, answer, at),
            ApiCall::ReadAt { id, index, position, waits } => {
                let read = Read { file: (id, index), position, answer };
                self.read_at(session, read, waits, at);
            }
            ApiCall::NextEvent => {
                self.sessions.listen(session, answer);
                // An event that is there already needs no turn. Trouble with
                // the store comes up again at the end of this one.
                _ = self.sessions.serve(&self.queue.store, at);
            }
            ApiCall::Forget { ticket } => self.forget(session, ticket, answer),
            ApiCall::OpenJob { .. }
            | ApiCall::OpenJobByKey { .. }
            | ApiCall::RetainJobs { .. }
            | ApiCall::CloseJob { .. }
            | ApiCall::OpenJobs { .. }
            | ApiCall::RestoreCredentials { .. }
            | ApiCall::Job { .. }
            | ApiCall::File { .. }
            | ApiCall::UpdateDownloadPosition { .. }
            | ApiCall::Idle
            | ApiCall::Limits
            | ApiCall::SetLimits(_)
            | ApiCall::RateLimits
            | ApiCall::SetRateLimits(_)
            | ApiCall::TransferWindow
            | ApiCall::SetTransferWindow(_)
            | ApiCall::ForgetHistory { .. }
            | ApiCall::Conditions
            | ApiCall::Tell(_) => answer.send(self.ask(session, request, at)),
        }
    }

    /// Answers what needs no commit.
    fn ask(&mut self, session: u64, request: ApiCall, at: Now) -> Result<ApiReply> {
        let done = Ok(ApiReply::Done(code::S_OK));
        match request {
            ApiCall::OpenJob { id } => self.open_job(session, id),
            ApiCall::OpenJobByKey { key } => self.open_job_by_key(session, &key),
            ApiCall::RetainJobs { jobs } => {
                jobs.into_iter().for_each(|(id, count)| self.sessions.retain(session, id, count));
                done
            }
            ApiCall::CloseJob { id } => {
                if self.sessions.release(session, id) && !self.sessions.hold(id) {
                    self.queue.forget(id);
                }
                done
            }
            ApiCall::OpenJobs { after } => {
                let (ids, next) = self.queue.page(after)?;
                ids.iter().for_each(|id| self.sessions.retain(session, *id, 1));
                Ok(ApiReply::Opened { ids, next })
            }
            ApiCall::RestoreCredentials { id, slot, secret } => {
                self.restore_credentials(id, slot, secret, at).map(|()| ApiReply::Done(code::S_OK))
            }
            ApiCall::Job { id } => self.snapshot(id, at),
            ApiCall::File { id, index } => {
                let file = self.queue.job(id, at)?.job.file(index)?;
                Ok(ApiReply::File(Box::new(file.clone())))
            }
            ApiCall::UpdateDownloadPosition { id, index, position } => {
                self.update_download_position((id, index), position, at)?;
                done
            }
            ApiCall::Idle => self.is_idle().map(ApiReply::Idle),
            ApiCall::Limits => Ok(ApiReply::Limits(self.queue.limits)),
            ApiCall::SetLimits(limits) => {
                limits.check()?;
                self.queue.limits = limits;
                self.queue.replan = true;
                self.apply_limits().map(|()| ApiReply::Done(code::S_OK))
            }
            ApiCall::RateLimits => Ok(ApiReply::RateLimits(self.queue.rate_limits)),
            ApiCall::SetRateLimits(rates) => self.set_rate_limits(rates, at).and(done),
            ApiCall::TransferWindow => Ok(ApiReply::Text(self.queue.pace.window_text().to_owned())),
            ApiCall::SetTransferWindow(text) => self.set_transfer_window(text, at).and(done),
            ApiCall::ForgetHistory { id } => {
                self.queue.forget_history(id)?;
                self.unsynced_since_ms.get_or_insert(at.monotonic_ms);
                done
            }
            ApiCall::Conditions => Ok(ApiReply::Conditions(self.queue.holds.conditions)),
            ApiCall::Tell(reported) => {
                reported.network.map_or(Ok(()), Network::check)?;
                reported.power.map_or(Ok(()), check_power)?;
                self.take_report(session, reported, at);
                done
            }
            ApiCall::CreateJob { .. }
            | ApiCall::Command { .. }
            | ApiCall::SetCredentials { .. }
            | ApiCall::RemoveCredentials { .. }
            | ApiCall::Wait { .. }
            | ApiCall::ReadAt { .. }
            | ApiCall::NextEvent
            | ApiCall::Forget { .. } => Err(Error::of(code::E_UNEXPECTED)),
        }
    }

    fn leave(&mut self, session: u64, at: Now) {
        self.sessions.leave(session);
        self.waiters.retain(|(of, _), _| *of != session);
        self.reads.leave(session);
        self.follow_conditions(at);
        self.queue.may_forget = true;
        self.forget_gone();
    }

    fn forget(&mut self, session: u64, ticket: u64, answer: Answer) {
        let waiter = self.waiters.remove(&(session, ticket)).map(|(_, _, waiter)| waiter);
        let waiter = waiter.or_else(|| self.reads.forget(session, ticket));
        if let Some(waiter) = waiter.or_else(|| self.sessions.forget(session, ticket)) {
            waiter.send(Err(Error::new(code::E_TIMEOUT, "the time to wait is over")));
        }
        answer.send(Ok(ApiReply::Done(code::S_OK)));
    }

    /// True if nothing can move by itself and no other process is there.
    fn is_idle(&self) -> Result<bool> {
        let busy = !self.sessions.is_alone() || !self.moving.is_empty() || !self.working.is_empty();
        if busy {
            return Ok(false);
        }
        for state in [
            JobState::Queued,
            JobState::Connecting,
            JobState::Transferring,
            JobState::TransientError,
        ] {
            for (_, id) in self.queue.store.in_state(state, None, IDLE_LOOK_JOBS)? {
                let record = self.queue.store.record(id)?;
                if record.is_some_and(|record| !self.is_locked(&record)) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    pub(super) fn apply_limits(&mut self) -> Result<()> {
        let limits = self.queue.limits;
        self.transfers
            .set_limits(limits.connections_total as usize, limits.connections_per_host as usize)
    }

    /// The limits of the job hold for its requests under way, too.
    fn follow_rate_limits(&mut self, id: Uuid) {
        if let Some(loaded) = self.queue.jobs.get(&id) {
            self.transfers.limit_group(id, rate_limits(&loaded.job.record));
            self.transfers.yield_group(id, yields(&loaded.job.record));
        }
    }

    fn create_job(
        &mut self,
        session: u64,
        mut new: NewJob,
        (like, umask): (Option<Uuid>, Option<u32>),
        setup: Setup,
        answer: Answer,
        at: Now,
    ) {
        let id = new.id;
        let is_repeated = self.queue.called(id).is_some();
        let answer = match is_repeated {
            true => answer,
            false => match self.answer_with_keyed(session, &new, answer, at) {
                Some(answer) => answer,
                None => return,
            },
        };
        let is_set_up = !setup.is_empty();
        let created = if is_repeated {
            // The call is repeated, as its answer was lost.
            Ok(id)
        } else {
            self.must_be_new(id, at)
                .and_then(|()| self.queue.store.next_queue_position())
                .and_then(|position| {
                    new.queue_position = position;
                    self.queue.create(new, like, umask, at)
                })
                .and_then(|id| {
                    let set_up = self.set_up(id, setup, at);
                    set_up.map(|()| id).inspect_err(|_| self.queue.uncreate(id))
                })
        };
        if created.is_ok() {
            if let Some(secrets) = like.and_then(|like| self.secrets.get(&like)) {
                let copies = secrets.iter().map(|(slot, secret)| (*slot, secret.clone()));
                let set = |(slot, secret)| (id, SecretChange::Set(slot, secret));
                self.secret_changes.extend(copies.map(set));
            }
            let call = StoredCall { id, job: id, ends: None, result: code::S_OK };
            self.remember_call(session, call);
        }
        match created {
            Ok(id) => {
                self.sessions.retain(session, id, 1);
                let reply = if is_set_up { ApiReply::SetUp(id) } else { ApiReply::Created(id) };
                self.answers.push((answer, id, Ok(reply)));
            }
            Err(error) => answer.send(Err(error)),
        }
    }

    /// Does to a new job what it is made with; all of it is stored with the job.
    fn set_up(&mut self, id: Uuid, setup: Setup, at: Now) -> Result<()> {
        for (slot, secret) in &setup.secrets {
            check_credentials(*slot, &secret.user_name, &secret.password)?;
        }
        let slots = setup.secrets.iter().map(|(slot, _)| *slot);
        let set = slots.map(|slot| Command::Set(Setting::CredentialsSet(slot)));
        let resume = setup.resume.then_some(Command::Resume);
        for command in setup.commands.into_iter().chain(set).chain(resume) {
            if !matches!(command, Command::AddFiles(_) | Command::Set(_) | Command::Resume) {
                return Err(Error::new(code::E_INVALIDARG, "a new job has nothing to be ended"));
            }
            let uploads = is_upload(&self.queue.job(id, at)?.job.record);
            self.check_on_disk(&command, uploads)?;
            self.queue.command(id, &Input::Command(command), Durability::PowerCut, at)?;
        }
        let secrets = setup.secrets.into_iter();
        let changes = secrets
            .map(|(slot, secret)| (id, SecretChange::Set(slot, credentials_of(slot, secret))));
        self.secret_changes.extend(changes);
        Ok(())
    }

    /// An id is never used twice, whoever chose it.
    fn must_be_new(&mut self, id: Uuid, at: Now) -> Result<()> {
        match self.queue.job(id, at) {
            Ok(_) => Err(Error::new(code::E_INVALIDARG, format!("there is a job {id} already"))),
            Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn open_job(&mut self, session: u64, id: Uuid) -> Result<ApiReply> {
        let state = state_of(&self.queue, id)?;
        if state.is_final() {
            return Err(Error::new(code::DO_E_JOB_NOT_FOUND, format!("no job {id} in the queue")));
        }
        self.sessions.retain(session, id, 1);
        Ok(ApiReply::State(state))
    }

    pub(super) fn forget_gone(&mut self) {
        let sessions = &self.sessions;
        self.queue.forget_gone(|id| sessions.hold(id));
    }

    /// False if nothing changed now: the call was refused, or it is a repeat.
    fn command(&mut self, called: CallContext, id: Uuid, command: Command, at: Now) -> bool {
        let CallContext { session, call, answer } = called;
        let Some(answer) = self.answer_again(call, id, &command, answer, at) else {
            return false;
        };
        let checked = self.queue.job(id, at).map(|loaded| is_upload(&loaded.job.record));
        let checked = checked.and_then(|uploads| self.check_on_disk(&command, uploads));
        if let Err(error) = checked {
            answer.send(Err(error));
            return false;
        }
        let durability = match command {
            Command::Resume | Command::Complete | Command::Cancel => Durability::PowerCut,
            Command::AddFiles(_)
            | Command::Suspend
            | Command::Set(_)
            | Command::SetRemoteName { .. }
            | Command::ReplaceRemotePrefix { .. }
            | Command::SetExpectedHash { .. }
            | Command::SetValidationState { .. }
            | Command::RequestFileRanges { .. }
            | Command::AddMirror { .. } => {
                self.unsynced_since_ms.get_or_insert(at.monotonic_ms);
                Durability::Kill
            }
        };
        let retries = matches!(command, Command::Resume)
            && self.queue.jobs.get(&id).is_some_and(|loaded| {
                matches!(loaded.job.record.state, JobState::Queued | JobState::TransientError)
            });
        // There may be many files in it: it is moved there and back.
        let input = Input::Command(command);
        let applied = match self.queue.command(id, &input, durability, at) {
            Ok(applied) => applied,
            Err(error) => {
                answer.send(Err(error));
                return false;
            }
        };
        let Input::Command(command) = input else {
            return false;
        };
        if retries {
            self.try_now(id);
        }
        if matches!(command, Command::Set(Setting::Property { .. } | Setting::Priority(_))) {
            self.follow_rate_limits(id);
        }
        self.remember(session, call, id, &command, &applied);
        let ended = applied.completed.is_some();
        if let Some(result) = applied.completed {
            self.end_complete(id, result);
        }
        match command {
            Command::Complete if !ended => self.completing.entry(id).or_default().push(answer),
            Command::Cancel if applied.cancelled.is_none() => {
                self.cancelling.entry(id).or_default().push(answer);
            }
            Command::Complete
            | Command::Cancel
            | Command::Resume
            | Command::AddFiles(_)
            | Command::Suspend
            | Command::Set(_)
            | Command::SetRemoteName { .. }
            | Command::ReplaceRemotePrefix { .. }
            | Command::SetExpectedHash { .. }
            | Command::SetValidationState { .. }
            | Command::RequestFileRanges { .. }
            | Command::AddMirror { .. } => {
                self.answers.push((answer, id, Ok(ApiReply::Done(applied.result))));
            }
        }
        if self.queue.jobs.get(&id).is_some_and(|loaded| {
            loaded.job.record.state.is_final() && !loaded.job.record.has_server_cleanup()
        }) {
            self.secret_changes.push((id, SecretChange::Forget));
        }
        true
    }

    /// What only the disk can tell of a command.
    fn check_on_disk(&self, command: &Command, uploads: bool) -> Result<()> {
        match command {
            Command::AddFiles(files) if uploads => {
                files.iter().try_for_each(|file| self.disk.check_outgoing(&file.local_name))
            }
            Command::AddFiles(files) => {
                self.disk.check_local_names(files.iter().map(|file| file.local_name.as_str()))
            }
            Command::Set(Setting::ReplyFileName(Some(name))) if !name.is_empty() => {
                self.disk.check_local_name(name)
            }
            Command::Suspend
            | Command::Resume
            | Command::Cancel
            | Command::Complete
            | Command::Set(_)
            | Command::SetRemoteName { .. }
            | Command::ReplaceRemotePrefix { .. }
            | Command::SetExpectedHash { .. }
            | Command::SetValidationState { .. }
            | Command::RequestFileRanges { .. }
            | Command::AddMirror { .. } => Ok(()),
        }
    }

    /// The outcome of Complete goes to all who called it.
    pub(super) fn end_complete(&mut self, id: Uuid, result: Result<HResult>) {
        for answer in self.completing.remove(&id).unwrap_or_default() {
            self.answers.push((answer, id, result.clone().map(ApiReply::Done)));
        }
    }

    fn set_credentials(
        &mut self,
        called: CallContext,
        id: Uuid,
        slot: CredentialSlot,
        secret: Secret,
        at: Now,
    ) {
        if let Err(error) = check_credentials(slot, &secret.user_name, &secret.password) {
            called.answer.send(Err(error));
            return;
        }
        let repeated = self.queue.called(called.call).is_some();
        if self.command(called, id, Command::Set(Setting::CredentialsSet(slot)), at) {
            self.secret_changes.push((id, SecretChange::Set(slot, credentials_of(slot, secret))));
        } else if repeated {
            // The last host has stored that they are set, and had them in its
            // memory. A job that is gone needs them no more.
            _ = self.restore_credentials(id, slot, secret, at);
        }
    }

    /// Gives the engine's memory back what it lost with the last host.
    fn restore_credentials(
        &mut self,
        id: Uuid,
        slot: CredentialSlot,
        secret: Secret,
        at: Now,
    ) -> Result<()> {
        let record = &self.queue.job(id, at)?.job.record;
        if !record.state.is_final() && record.credential_slots.contains(&slot) {
            let credentials = credentials_of(slot, secret);
            self.secrets.entry(id).or_default().insert(slot, credentials);
            self.queue.replan = true;
        }
        Ok(())
    }

    fn snapshot(&mut self, id: Uuid, at: Now) -> Result<ApiReply> {
        self.queue.job(id, at)?;
        let situation = self.situation(id, at);
        let loaded = self.queue.job(id, at)?;
        let totals = loaded.job.record.totals;
        let left = (totals.sizes_unknown == 0)
            .then(|| totals.bytes_known.saturating_sub(totals.bytes_transferred));
        let moves = situation.has_transfer;
        let snapshot = JobSnapshot {
            bytes_per_second: if moves { loaded.meter.speed() } else { 0 },
            seconds_left: left.filter(|_| moves).and_then(|left| loaded.meter.seconds_left(left)),
            wait_reason: wait_reason(&loaded.job.record, &situation, at),
            record: loaded.job.record.clone().shown(),
        };
        Ok(ApiReply::Job(Box::new(snapshot)))
    }

    /// True if the job needs credentials that no longer are in memory.
    pub(super) fn is_locked(&self, record: &JobRecord) -> bool {
        super::is_locked(&self.secrets, record)
    }
}

fn credentials_of(slot: CredentialSlot, secret: Secret) -> Credentials {
    Credentials { scheme: slot.1, user_name: secret.user_name, password: secret.password }
}

pub(super) fn state_of(queue: &Queue, id: Uuid) -> Result<JobState> {
    if let Some(loaded) = queue.jobs.get(&id) {
        return Ok(loaded.job.record.state);
    }
    match queue.store.record(id)? {
        Some(record) => Ok(record.state),
        None => Err(Error::new(code::DO_E_JOB_NOT_FOUND, format!("no job {id} in the queue"))),
    }
}
