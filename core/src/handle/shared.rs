//! What the handles of one manager have in common: the way to the engine,
//! wherever it runs, and what must be reported to the next one.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::engine::{Answered, ApiCall, ApiReply, END_OF_SESSION, Secret, closed_error};
use crate::link::Guest;
use crate::model::{CredentialSlot, ReportedConditions};
use crate::store::Damage;
use crate::vocab::{Error, Result, code};

use super::hosting::Hosting;
use super::interrupt::{Interrupt, interrupted};
use super::opening::OpenSettings;

/// How long a call waits for a new host before it answers that there is none.
const TAKE_OVER_PATIENCE: Duration = Duration::from_secs(10);

/// How long a call that waits for nothing may take in another process before
/// that is asked whether it is alive, and how long it may take to say so.
const ANSWER_PATIENCE: Duration = Duration::from_secs(60);
const ALIVE_PATIENCE: Duration = Duration::from_secs(10);

/// How long a call that is taken back may take to say so.
const FORGET_PATIENCE: Duration = Duration::from_secs(5);

/// Handles that are reported to a new host in one call.
const RETAIN_JOBS: usize = 4096;

/// The secrets of jobs.
type KnownSecrets = BTreeMap<Uuid, BTreeMap<CredentialSlot, Secret>>;

/// What the handles of one manager have in common.
pub(super) struct Shared {
    pub(super) terms: OpenSettings,
    pub(super) damage: OnceLock<Damage>,
    /// The process that opened it; a child made by fork has nothing of it.
    process: u32,
    state: Mutex<SharedState>,
    /// Held while the conditions are reported to the engine: the last report is the last one sent.
    reporting: Mutex<()>,
    changed: Condvar,
}

struct SharedState {
    side: Connection,
    /// How many handles of each job there are.
    handles: BTreeMap<Uuid, u64>,
    secrets: KnownSecrets,
    /// What this process reports of the machine.
    reported: ReportedConditions,
}

/// Where the engine is.
#[derive(Clone)]
pub(super) enum Connection {
    /// In this process.
    Host(Arc<Hosting>),
    /// In another one.
    Guest(Arc<Guest>),
    /// Nowhere, since a moment ago.
    Lost { since: Instant, error: Error },
    /// Of no concern any more.
    Closed(Error),
}

/// What became of a call to another process.
enum CallOutcome {
    Answered(Result<ApiReply>),
    Lost,
}

impl Shared {
    pub(super) fn new(terms: OpenSettings, side: Connection, damage: Option<Damage>) -> Self {
        let shared = Self {
            terms,
            damage: OnceLock::new(),
            process: std::process::id(),
            state: Mutex::new(SharedState {
                side,
                handles: BTreeMap::new(),
                secrets: BTreeMap::new(),
                reported: ReportedConditions::default(),
            }),
            reporting: Mutex::new(()),
            changed: Condvar::new(),
        };
        shared.note_damage(damage);
        shared
    }

    pub(super) fn note_damage(&self, damage: Option<Damage>) {
        if let Some(damage) = damage {
            // The first damage is the one to tell.
            _ = self.damage.set(damage);
        }
    }

    /// Makes a call and waits for its answer.
    pub(super) fn call(&self, request: ApiCall) -> Result<ApiReply> {
        self.call_until(request, None, None)
    }

    /// Makes calls and waits for their answers, in order. An engine in this
    /// process stores them together.
    pub(super) fn calls(&self, requests: Vec<ApiCall>) -> Vec<Result<ApiReply>> {
        if let Ok(Connection::Host(hosting)) = self.side_until(None, None) {
            return hosting.calls(requests);
        }
        requests.into_iter().map(|request| self.call(request)).collect()
    }

    /// Makes a call and waits for its answer until the time is over: then
    /// E_TIMEOUT. A call whose host is lost is repeated with the next one.
    pub(super) fn call_for(&self, request: ApiCall, timeout: Option<Duration>) -> Result<ApiReply> {
        // A time beyond what the clock can tell is for ever.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        self.call_until(request, deadline, None)
    }

    /// As [`Shared::call_for`], and E_ABORT when it is interrupted.
    pub(super) fn call_interruptible(
        self: &Arc<Self>,
        request: ApiCall,
        timeout: Option<Duration>,
        interrupt: &Interrupt,
    ) -> Result<ApiReply> {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let shared = Arc::downgrade(self);
        // For the time in which there is no host.
        let _watch = interrupt.watch(move || {
            if let Some(shared) = shared.upgrade() {
                drop(shared.lock());
                shared.changed.notify_all();
            }
        });
        match self.call_until(request, deadline, Some(interrupt)) {
            Err(error) if error.code == code::E_TIMEOUT && interrupt.is_interrupted() => {
                Err(interrupted())
            }
            answered => answered,
        }
    }

    fn call_until(
        &self,
        request: ApiCall,
        deadline: Option<Instant>,
        interrupt: Option<&Interrupt>,
    ) -> Result<ApiReply> {
        loop {
            let called = match self.side_until(deadline, interrupt)? {
                Connection::Host(hosting) => return hosting.call(request, deadline, interrupt),
                Connection::Guest(guest) => call_guest(&guest, &request, deadline, interrupt)?,
                Connection::Lost { error, .. } | Connection::Closed(error) => return Err(error),
            };
            if let CallOutcome::Answered(reply) = called {
                return reply;
            }
        }
    }

    /// Tells the engine something that needs no answer.
    pub(super) fn tell(&self, request: ApiCall) {
        if self.is_forked() {
            return;
        }
        let side = self.lock().side.clone();
        match side {
            // A closed engine has forgotten everything already.
            Connection::Host(hosting) => hosting.tell(request),
            Connection::Guest(guest) => guest.tell(&request),
            Connection::Lost { .. } | Connection::Closed(_) => {}
        }
    }

    /// Where the engine is; waits while it is nowhere.
    fn side_until(
        &self,
        deadline: Option<Instant>,
        interrupt: Option<&Interrupt>,
    ) -> Result<Connection> {
        if self.is_forked() {
            let text = "the manager was opened before fork: the child must open its own";
            return Err(Error::new(code::BGCOPY_E_MANAGER_CLOSED, text));
        }
        let mut state = self.lock();
        loop {
            let Connection::Lost { since, error } = &state.side else {
                return Ok(state.side.clone());
            };
            if interrupt.is_some_and(Interrupt::is_interrupted) {
                return Err(interrupted());
            }
            let given_up = *since + TAKE_OVER_PATIENCE;
            let now = Instant::now();
            if now >= given_up {
                return Err(error.clone());
            }
            if deadline.is_some_and(|deadline| now >= deadline) {
                return Err(Error::new(code::E_TIMEOUT, "the time to wait is over"));
            }
            let until = deadline.map_or(given_up, |deadline| deadline.min(given_up));
            let waited = self.changed.wait_timeout(state, until - now);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Counts a handle of a job.
    pub(super) fn hold(&self, job: Uuid) {
        if !self.is_forked() {
            *self.lock().handles.entry(job).or_default() += 1;
        }
    }

    /// A handle is gone.
    pub(super) fn let_go(&self, job: Uuid) {
        if self.is_forked() {
            return;
        }
        let mut state = self.lock();
        if let Some(count) = state.handles.get_mut(&job) {
            *count -= 1;
            if *count == 0 {
                state.handles.remove(&job);
            }
        }
        drop(state);
        self.tell(ApiCall::CloseJob { id: job });
    }

    /// Keeps a secret for the next host, which does not have it.
    pub(super) fn keep_secret(&self, job: Uuid, slot: CredentialSlot, secret: Secret) {
        self.lock().secrets.entry(job).or_default().insert(slot, secret);
    }

    /// What is kept of one job is kept of a new one, too.
    pub(super) fn copy_secrets(&self, from: Uuid, to: Uuid) {
        let secrets = &mut self.lock().secrets;
        if let Some(copies) = secrets.get(&from).cloned() {
            secrets.insert(to, copies);
        }
    }

    /// Forgets a secret; all of the job without a slot.
    pub(super) fn forget_secrets(&self, job: Uuid, slot: Option<CredentialSlot>) {
        let secrets = &mut self.lock().secrets;
        match slot.and_then(|slot| Some((slot, secrets.get_mut(&job)?))) {
            Some((slot, of_job)) => _ = of_job.remove(&slot),
            None => _ = secrets.remove(&job),
        }
    }

    /// Reports the conditions of the machine to the engine; kept for the next host. If it does
    /// not take it, nothing was reported.
    pub(super) fn report_conditions(
        &self,
        edit: impl FnOnce(&mut ReportedConditions),
    ) -> Result<()> {
        let _reporting = self.reporting.lock().unwrap_or_else(PoisonError::into_inner);
        let (before, reported) = {
            let mut state = self.lock();
            let before = state.reported;
            edit(&mut state.reported);
            (before, state.reported)
        };
        self.call(ApiCall::Tell(reported))
            .map(|_| ())
            .inspect_err(|_| self.lock().reported = before)
    }

    /// True if the engine is in this process.
    pub(super) fn hosts(&self) -> bool {
        !self.is_forked() && matches!(self.lock().side, Connection::Host(_))
    }

    /// The process the engine is in, where the system tells.
    pub(super) fn host_process(&self) -> Option<u32> {
        if self.is_forked() {
            return None;
        }
        let side = self.lock().side.clone();
        match side {
            Connection::Host(_) => Some(self.process),
            Connection::Guest(guest) => guest.host_process(),
            Connection::Lost { .. } | Connection::Closed(_) => None,
        }
    }

    pub(super) fn close(&self) {
        if self.is_forked() {
            return;
        }
        let side = std::mem::replace(&mut self.lock().side, Connection::Closed(closed_error()));
        self.changed.notify_all();
        match side {
            Connection::Host(hosting) => hosting.close(),
            Connection::Guest(guest) => guest.close(),
            Connection::Lost { .. } | Connection::Closed(_) => {}
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        matches!(self.lock().side, Connection::Closed(_))
    }

    /// The connection to the host broke. False if nobody minds.
    pub(super) fn lose(&self, guest: &Arc<Guest>) -> bool {
        let mut state = self.lock();
        let minds =
            matches!(&state.side, Connection::Guest(present) if Arc::ptr_eq(present, guest));
        if minds {
            let text = "the process that drove the queue is gone and no other could take over yet";
            state.side = Connection::Lost {
                since: Instant::now(),
                error: Error::new(code::BGCOPY_E_HOST_LOST, text),
            };
        }
        minds
    }

    /// There is no new host yet, and why.
    pub(super) fn still_lost(&self, why: Error) {
        if let Connection::Lost { error, .. } = &mut self.lock().side {
            *error = why;
        }
    }

    /// Goes on with a new host. Gives it back if nobody needs it any more.
    pub(super) fn go_on(&self, side: Connection) -> std::result::Result<(), Connection> {
        let (handles, secrets, reported) = {
            let state = self.lock();
            (state.handles.clone(), state.secrets.clone(), state.reported)
        };
        introduce(&side, handles, secrets, reported);
        let mut state = self.lock();
        if !matches!(state.side, Connection::Lost { .. }) {
            return Err(side);
        }
        state.side = side;
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    fn is_forked(&self) -> bool {
        std::process::id() != self.process
    }

    fn lock(&self) -> MutexGuard<'_, SharedState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.is_forked() {
            // The threads, the lock and the socket are those of the parent.
            let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
            let closed = Connection::Closed(closed_error());
            std::mem::forget(std::mem::replace(&mut state.side, closed));
            return;
        }
        self.close();
    }
}

fn call_guest(
    guest: &Arc<Guest>,
    request: &ApiCall,
    deadline: Option<Instant>,
    interrupt: Option<&Interrupt>,
) -> Result<CallOutcome> {
    let Some((ticket, answers)) = guest.call(request)? else {
        return Ok(CallOutcome::Lost);
    };
    let _watch = interrupt.map(|interrupt| {
        let guest = Arc::clone(guest);
        interrupt.watch(move || guest.nudge(ticket))
    });
    let is_interrupted = || interrupt.is_some_and(Interrupt::is_interrupted);
    let waits = request.waits();
    let mut received = receive(&answers, deadline.or_else(|| patience(waits)));
    while deadline.is_none()
        && matches!(received, Err(RecvTimeoutError::Timeout))
        && !is_interrupted()
    {
        must_be_alive(guest)?;
        received = receive(&answers, patience(waits));
    }
    match received {
        Ok(reply) => Ok(CallOutcome::Answered(reply)),
        Err(RecvTimeoutError::Disconnected) => Ok(CallOutcome::Lost),
        Err(RecvTimeoutError::Timeout) => {
            guest.tell(&ApiCall::Forget { ticket });
            let loses_nothing = waits && !matches!(request, ApiCall::NextEvent);
            if loses_nothing && is_interrupted() {
                // Nothing is lost with its answer, unlike with that of a listener.
                return Ok(CallOutcome::Answered(Err(timed_out())));
            }
            let patience = Some(Instant::now() + FORGET_PATIENCE);
            let mut taken_back = receive(&answers, patience);
            if matches!(taken_back, Err(RecvTimeoutError::Timeout)) && is_interrupted() {
                // That may have been the nudge.
                taken_back = receive(&answers, patience);
            }
            Ok(match taken_back {
                Ok(reply) => CallOutcome::Answered(reply),
                Err(RecvTimeoutError::Disconnected) => CallOutcome::Lost,
                Err(RecvTimeoutError::Timeout) => CallOutcome::Answered(Err(timed_out())),
            })
        }
    }
}

/// When a call without a time limit is looked after; None for one that waits
/// for something to happen.
fn patience(waits: bool) -> Option<Instant> {
    (!waits).then(|| Instant::now() + ANSWER_PATIENCE)
}

/// BGCOPY_E_HOST_LOST if the host is there and does not answer.
fn must_be_alive(guest: &Guest) -> Result<()> {
    let Some((_, answers)) = guest.call(&ApiCall::Limits)? else {
        return Ok(());
    };
    match receive(&answers, Some(Instant::now() + ALIVE_PATIENCE)) {
        Ok(_) | Err(RecvTimeoutError::Disconnected) => Ok(()),
        Err(RecvTimeoutError::Timeout) => {
            let text = "the process that drives the queue does not answer: it may be stopped; \
                        whether it will carry out the call is not known";
            Err(Error::new(code::BGCOPY_E_HOST_LOST, text))
        }
    }
}

/// The answer, unless the time is over or the caller is nudged before.
pub(super) fn receive(
    answers: &Receiver<Answered>,
    deadline: Option<Instant>,
) -> std::result::Result<Result<ApiReply>, RecvTimeoutError> {
    let answered = match deadline {
        None => answers.recv().map_err(|_| RecvTimeoutError::Disconnected),
        Some(deadline) => answers.recv_timeout(deadline.saturating_duration_since(Instant::now())),
    };
    match answered? {
        (END_OF_SESSION, _) => Err(RecvTimeoutError::Timeout),
        (_, reply) => Ok(reply),
    }
}

pub(super) fn timed_out() -> Error {
    Error::new(code::E_TIMEOUT, "the time to wait is over")
}

/// Tells a new host what the last one knew of this process. Its answers are of
/// no interest: a job that is gone needs nothing, and a host that is lost again
/// is noticed by the next call.
fn introduce(
    side: &Connection,
    handles: BTreeMap<Uuid, u64>,
    secrets: KnownSecrets,
    reported: ReportedConditions,
) {
    let tell = |request: ApiCall| match side {
        Connection::Host(hosting) => hosting.tell(request),
        Connection::Guest(guest) => guest.tell(&request),
        Connection::Lost { .. } | Connection::Closed(_) => {}
    };
    // Before the jobs, so that none moves that must not.
    if reported != ReportedConditions::default() {
        tell(ApiCall::Tell(reported));
    }
    let handles: Vec<_> = handles.into_iter().collect();
    for jobs in handles.chunks(RETAIN_JOBS) {
        tell(ApiCall::RetainJobs { jobs: jobs.to_vec() });
    }
    let each = |(id, slots): (Uuid, BTreeMap<_, _>)| {
        slots.into_iter().map(move |(slot, secret)| (id, slot, secret))
    };
    for (id, slot, secret) in secrets.into_iter().flat_map(each) {
        tell(ApiCall::RestoreCredentials { id, slot, secret });
    }
}
