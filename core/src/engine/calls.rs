//! The calls: each becomes an input, a change of what only memory holds, or a
//! look at what is there.

use uuid::Uuid;

use crate::model::{
    Command, CredentialSlot, Input, JobRecord, NewJob, Now, Setting, Situation, check_credentials,
    is_upload, wait_reason,
};
use crate::store::Durability;
use crate::transfer::Credentials;
use crate::vocab::{Error, HResult, JobState, JobType, Result, code};

use super::inbox::Message;
use super::message::{JobSnapshot, Reply, Request, Secret};
use super::queue::Queue;
use super::{Answer, Engine, SecretChange};

impl Engine {
    pub(super) fn receive(&mut self, message: Message, at: Now) {
        match message {
            Message::Call { ticket, request, answer } => self.call(ticket, request, answer, at),
            Message::Worked { job, work, report } => self.worked(job, work, report, at),
            Message::Reserved { token, result } => self.reserved(token, result, at),
            Message::Synced { key, position, result } => self.synced(key, position, result, at),
        }
    }

    fn call(&mut self, ticket: u64, request: Request, answer: Answer, at: Now) {
        let reply = match request {
            Request::CreateJob { display_name, job_type } => {
                self.create_job(display_name, job_type, answer, at);
                return;
            }
            Request::Command { id, command } => {
                self.command(id, command, answer, at);
                return;
            }
            Request::SetCredentials { id, slot, secret } => {
                self.set_credentials(id, slot, secret, answer, at);
                return;
            }
            Request::RemoveCredentials { id, slot } => {
                self.secret_changes.push((id, SecretChange::Remove(slot)));
                let command = Command::Set(Setting::CredentialsRemoved(slot));
                self.command(id, command, answer, at);
                return;
            }
            Request::Wait { id, states } => {
                self.wait_for(ticket, id, states, answer, at);
                return;
            }
            Request::OpenJob { id } => self.open_job(id),
            Request::RetainJob { id } => {
                *self.handles.entry(id).or_default() += 1;
                Ok(Reply::Done(code::S_OK))
            }
            Request::CloseJob { id } => {
                self.close_job(id);
                Ok(Reply::Done(code::S_OK))
            }
            Request::Jobs => self.queue.records().map(Reply::Jobs),
            Request::Job { id } => self.snapshot(id, at),
            Request::Files { id } => {
                self.queue.job(id, at).map(|loaded| Reply::Files(loaded.job.files.clone()))
            }
            Request::File { id, index } => self
                .queue
                .job(id, at)
                .and_then(|loaded| loaded.job.file(index))
                .map(|file| Reply::File(Box::new(file.clone()))),
            Request::Forget { ticket } => {
                self.waiters.remove(&ticket);
                Ok(Reply::Done(code::S_OK))
            }
            Request::Limits => Ok(Reply::Limits(self.queue.limits)),
            Request::SetLimits(limits) => {
                self.queue.limits = limits;
                self.queue.replan = true;
                self.apply_limits().map(|()| Reply::Done(code::S_OK))
            }
            Request::Shutdown => {
                self.stops = true;
                Ok(Reply::Done(code::S_OK))
            }
        };
        // A caller that has gone away needs no answer.
        _ = answer.send(reply);
    }

    pub(super) fn apply_limits(&mut self) -> Result<()> {
        let limits = self.queue.limits;
        self.transfers
            .set_limits(limits.connections_total as usize, limits.connections_per_host as usize)
    }

    fn create_job(&mut self, display_name: String, job_type: JobType, answer: Answer, at: Now) {
        let created = self.queue.store.next_queue_position().and_then(|queue_position| {
            let new = NewJob {
                id: Uuid::new_v4(),
                display_name,
                job_type,
                owner: self.settings.owner.clone(),
                queue_position,
            };
            self.queue.create(new, at)
        });
        match created {
            Ok(id) => {
                *self.handles.entry(id).or_default() += 1;
                self.answers.push((answer, id, Ok(Reply::Created(id))));
            }
            Err(error) => _ = answer.send(Err(error)),
        }
    }

    fn open_job(&mut self, id: Uuid) -> Result<Reply> {
        let state = state_of(&self.queue, id)?;
        if state.is_final() {
            return Err(Error::new(code::DO_E_JOB_NOT_FOUND, format!("no job {id} in the queue")));
        }
        *self.handles.entry(id).or_default() += 1;
        Ok(Reply::State(state))
    }

    fn close_job(&mut self, id: Uuid) {
        if let Some(count) = self.handles.get_mut(&id) {
            *count -= 1;
            if *count == 0 {
                self.handles.remove(&id);
                self.forget_gone();
            }
        }
    }

    pub(super) fn forget_gone(&mut self) {
        let handles = &self.handles;
        self.queue.forget_gone(|id| handles.contains_key(&id));
    }

    fn command(&mut self, id: Uuid, command: Command, answer: Answer, at: Now) {
        let checked = self.queue.job(id, at).map(|loaded| is_upload(&loaded.job.record));
        let checked = checked.and_then(|uploads| self.check_on_disk(&command, uploads));
        if let Err(error) = checked {
            _ = answer.send(Err(error));
            return;
        }
        let durability = match command {
            Command::Resume | Command::Complete | Command::Cancel => Durability::PowerCut,
            Command::AddFiles(_)
            | Command::Suspend
            | Command::Set(_)
            | Command::SetRemoteName { .. }
            | Command::ReplaceRemotePrefix { .. }
            | Command::SetExpectedHash { .. }
            | Command::SetValidationState { .. } => {
                self.unsynced_since_ms.get_or_insert(at.monotonic_ms);
                Durability::Kill
            }
        };
        let input = Input::Command(command.clone());
        match self.queue.command(id, &input, durability, at) {
            Ok(applied) => {
                let ended = applied.completed.is_some();
                if let Some(result) = applied.completed {
                    self.end_complete(id, result);
                }
                match command {
                    Command::Complete if !ended => {
                        self.completing.entry(id).or_default().push(answer);
                    }
                    Command::Cancel if applied.cancelled.is_none() => {
                        self.cancelling.entry(id).or_default().push(answer);
                    }
                    Command::Cancel
                    | Command::Complete
                    | Command::Resume
                    | Command::AddFiles(_)
                    | Command::Suspend
                    | Command::Set(_)
                    | Command::SetRemoteName { .. }
                    | Command::ReplaceRemotePrefix { .. }
                    | Command::SetExpectedHash { .. }
                    | Command::SetValidationState { .. } => {
                        self.answers.push((answer, id, Ok(Reply::Done(applied.result))));
                    }
                }
                if self.queue.jobs.get(&id).is_some_and(|loaded| {
                    loaded.job.record.state.is_final() && !loaded.job.record.owes_server()
                }) {
                    self.secret_changes.push((id, SecretChange::Forget));
                }
            }
            Err(error) => _ = answer.send(Err(error)),
        }
    }

    /// What only the disk can tell of a command.
    fn check_on_disk(&self, command: &Command, uploads: bool) -> Result<()> {
        match command {
            Command::AddFiles(files) => files.iter().try_for_each(|file| match uploads {
                true => self.disk.check_outgoing(&file.local_name),
                false => self.disk.check_local_name(&file.local_name),
            }),
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
            | Command::SetValidationState { .. } => Ok(()),
        }
    }

    /// The outcome of Complete goes to all who called it.
    pub(super) fn end_complete(&mut self, id: Uuid, result: Result<HResult>) {
        for answer in self.completing.remove(&id).unwrap_or_default() {
            self.answers.push((answer, id, result.clone().map(Reply::Done)));
        }
    }

    fn set_credentials(
        &mut self,
        id: Uuid,
        slot: CredentialSlot,
        secret: Secret,
        answer: Answer,
        at: Now,
    ) {
        if let Err(error) = check_credentials(slot.1, &secret.user_name, &secret.password) {
            _ = answer.send(Err(error));
            return;
        }
        let input = Input::Command(Command::Set(Setting::CredentialsSet(slot)));
        match self.queue.command(id, &input, Durability::Kill, at) {
            Ok(applied) => {
                let credentials = Credentials {
                    scheme: slot.1,
                    user_name: secret.user_name,
                    password: secret.password,
                };
                self.secret_changes.push((id, SecretChange::Set(slot, credentials)));
                self.unsynced_since_ms.get_or_insert(at.monotonic_ms);
                self.answers.push((answer, id, Ok(Reply::Done(applied.result))));
            }
            Err(error) => _ = answer.send(Err(error)),
        }
    }

    fn wait_for(&mut self, ticket: u64, id: Uuid, states: Vec<JobState>, answer: Answer, at: Now) {
        match self.queue.job(id, at) {
            Ok(_) => _ = self.waiters.insert(ticket, (id, states, answer)),
            Err(error) => _ = answer.send(Err(error)),
        }
    }

    /// Answers those whose job is in a state they wait for.
    pub(super) fn tell_waiters(&mut self) {
        let queue = &self.queue;
        self.waiters.retain(|_, (id, states, answer)| {
            let state = state_of(queue, *id);
            match state {
                Ok(state) if !states.contains(&state) && !state.is_final() => true,
                Ok(state) if !states.contains(&state) => {
                    let error = Error::new(
                        code::DO_E_INVALID_STATE,
                        format!("the job is {} for good", state.name()),
                    );
                    _ = answer.send(Err(error));
                    false
                }
                Ok(state) => {
                    _ = answer.send(Ok(Reply::State(state)));
                    false
                }
                Err(error) => {
                    _ = answer.send(Err(error));
                    false
                }
            }
        });
    }

    fn snapshot(&mut self, id: Uuid, at: Now) -> Result<Reply> {
        let loaded = self.queue.job(id, at)?;
        let totals = loaded.job.record.totals;
        let left = (totals.sizes_unknown == 0)
            .then(|| totals.bytes_known.saturating_sub(totals.bytes_transferred));
        let moves = self.moving.range((id, 0)..=(id, u32::MAX)).next().is_some();
        let mut snapshot = JobSnapshot {
            bytes_per_second: if moves { loaded.meter.speed() } else { 0 },
            seconds_left: left.filter(|_| moves).and_then(|left| loaded.meter.seconds_left(left)),
            wait_reason: wait_reason(&loaded.job.record, Situation::default(), at),
            record: loaded.job.record.clone(),
        };
        let situation = Situation {
            engine_runs: true,
            has_transfer: moves,
            locked: self.is_locked(&snapshot.record),
            settling: self
                .queue
                .jobs
                .get(&id)
                .is_some_and(|loaded| loaded.job.received().next().is_some()),
        };
        snapshot.wait_reason = wait_reason(&snapshot.record, situation, at);
        Ok(Reply::Job(Box::new(snapshot)))
    }

    /// True if the job needs credentials that no longer are in memory.
    pub(super) fn is_locked(&self, record: &JobRecord) -> bool {
        super::is_locked(&self.secrets, record)
    }
}

fn state_of(queue: &Queue, id: Uuid) -> Result<JobState> {
    if let Some(loaded) = queue.jobs.get(&id) {
        return Ok(loaded.job.record.state);
    }
    match queue.store.record(id)? {
        Some(record) => Ok(record.state),
        None => Err(Error::new(code::DO_E_JOB_NOT_FOUND, format!("no job {id} in the queue"))),
    }
}
