//! The one thread that joins the modules: it owns the store, the transfers and
//! all state.
//!
//! A turn of its loop takes what came in, applies it, stores the result,
//! answers, plans, and makes what runs equal to the plan. There is no other
//! order of things: what is not stored is not acted upon.

mod calls;
mod checks;
mod clock;
mod conditions;
mod inbox;
mod keys;
mod message;
mod moving;
mod outages;
mod pace;
mod paging;
mod parallel;
mod pool;
mod queue;
mod range_length;
mod reading;
mod recording;
mod repeats;
mod request_options;
mod requests;
mod sessions;
mod situation;
mod sources;
mod syncs;
#[cfg(test)]
mod tests;
mod trouble;
mod uploads;
mod waits;
mod whole;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use uuid::Uuid;

use crate::disk::{Disk, TempFile};
use crate::model::{
    CredentialSlot, Input, JobRecord, Limits, Now, Outcome, Plan, RequestKey, Work,
};
use crate::notify::log;
use crate::platform::{self, NetworkWatch};
use crate::store::{Damage, Faults, Store};
use crate::transfer::{Credentials, Token, Transfers};
use crate::vocab::{Error, JobState, LogLevel, Result, catch_panic, code};

pub use crate::platform::told_umask as umask;
pub use crate::transfer::Trust;
pub use clock::now;
pub use inbox::{Answer, Answered, END_OF_SESSION, Inbox, Message, closed_error};
pub use message::{ApiCall, ApiReply, JobSnapshot, ReadableBytes, Secret, Setup};

use moving::{Held, Moving};
use parallel::Parallel;
use pool::Pool;
use queue::Queue;
use reading::Reads;
use sessions::Sessions;

/// A store write that only a kill must not undo is made safe against a power
/// cut after this time.
const SYNC_STORE_MS: u64 = 500;

/// How often the store is asked for retries that are due.
const DUE_CHECK_MS: u64 = 1_000;

/// How an engine is opened.
#[derive(Clone, Debug)]
pub struct Settings {
    pub folder: PathBuf,
    pub limits: Limits,
    pub user_agent: String,
    /// The authorities that are trusted; None for the system's.
    pub trust: Option<Trust>,
    pub owner: String,
    /// Nothing is transferred, except the requests that cancel uploads.
    pub stores_only: bool,
    /// How many seconds the local clock is ahead of UTC; None for what the system says.
    pub local_offset_s: Option<i32>,
    pub faults: Faults,
}

/// A running engine, as its callers see it.
pub struct Running {
    pub inbox: Arc<Inbox>,
    pub damage: Option<Damage>,
    pub thread: std::thread::JoinHandle<()>,
}

struct Engine {
    // The helpers end before the store is free for another engine.
    pool: Pool,
    queue: Queue,
    disk: Disk,
    transfers: Transfers,
    network: NetworkWatch,
    inbox: Arc<Inbox>,
    settings: Settings,
    /// The requests under way, by what they are for and by token.
    moving: BTreeMap<RequestKey, Moving>,
    tokens: BTreeMap<Token, RequestKey>,
    /// Jobs of which a request ended since the last plan.
    ended: BTreeSet<Uuid>,
    /// Owed work that a helper has.
    working: BTreeSet<(Uuid, Work)>,
    /// Received files that are still open, within a turn.
    received: BTreeMap<(Uuid, u32), TempFile>,
    /// Files that a helper syncs.
    syncing: BTreeSet<(Uuid, u32)>,
    /// Downloads that may have several requests.
    parallel: Parallel,
    reads: Reads,
    secrets: Secrets,
    /// Changes of secrets that hold once their jobs are stored.
    secret_changes: Vec<(Uuid, SecretChange)>,
    sessions: Sessions,
    /// By session and ticket.
    waiters: BTreeMap<(u64, u64), (Uuid, Vec<JobState>, Answer)>,
    completing: BTreeMap<Uuid, Vec<Answer>>,
    cancelling: BTreeMap<Uuid, Vec<Answer>>,
    /// Answers that go out when what they say is stored.
    answers: Vec<(Answer, Uuid, Result<ApiReply>)>,
    unsynced_since_ms: Option<u64>,
    due_checked_ms: u64,
    paused_until_ms: u64,
    /// When an event that is being held back may go to one who listens.
    event_due_ms: Option<u64>,
    /// Why the engine is to end, once it is.
    stops: Option<Error>,
}

/// What a call makes of the secrets of a job.
enum SecretChange {
    Set(CredentialSlot, Credentials),
    Remove(CredentialSlot),
    Forget,
}

/// Opens the store and starts the engine's thread. Codes: those of
/// [`Store::open`], E_NOT_SUPPORTED for an unusable libcurl.
pub fn start(settings: Settings) -> Result<Running> {
    let store = Store::open(&settings.folder, settings.faults.clone())?;
    let damage = store.damage().cloned();
    if let Some(damage) = &damage {
        let kept_at = damage.kept_at.display();
        log(LogLevel::Error, &format!("the store is damaged: {}: {kept_at}", damage.message));
    }
    let (ready, is_ready) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new()
        .name("bgcopy-engine".to_owned())
        .spawn(move || live(store, settings, &ready))
        .map_err(|error| Error::new(code::E_OUTOFMEMORY, format!("no thread: {error}")))?;
    match is_ready.recv() {
        Ok(Ok(inbox)) => Ok(Running { inbox, damage, thread }),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(Error::new(code::E_UNEXPECTED, "the engine's thread ended at its start")),
    }
}

fn live(store: Store, settings: Settings, ready: &Sender<Result<Arc<Inbox>>>) {
    let engine = Engine::new(store, settings);
    match engine {
        Ok(mut engine) => {
            let inbox = Arc::clone(&engine.inbox);
            _ = ready.send(Ok(Arc::clone(&inbox)));
            let error = match catch_panic(|| engine.run()) {
                Ok(()) => engine.stops.clone().unwrap_or_else(closed_error),
                Err(error) => {
                    log(LogLevel::Error, &format!("the engine stopped on an {}", error.message));
                    error
                }
            };
            inbox.close(error.clone());
            let sessions = std::mem::replace(&mut engine.sessions, Sessions::new());
            // The helpers report into an inbox that nobody reads any more. The
            // store is free before the others look for a new host.
            _ = catch_panic(|| drop(engine));
            sessions.end(&error);
        }
        Err(error) => _ = ready.send(Err(error)),
    }
}

impl Engine {
    fn new(store: Store, settings: Settings) -> Result<Self> {
        let transfers = Transfers::new()?;
        let inbox = Arc::new(Inbox::new(transfers.waker()));
        let disk = Disk::new(settings.faults.clone());
        let pool = Pool::start(&disk, &inbox)?;
        let mut queue = Queue::new(store, settings.limits, platform::boot_id())?;
        queue.stores_only = settings.stores_only;
        queue.page_in_closing(now())?;
        let mut engine = Self {
            queue,
            disk,
            transfers,
            network: NetworkWatch::start(),
            pool,
            inbox,
            settings,
            moving: BTreeMap::new(),
            tokens: BTreeMap::new(),
            ended: BTreeSet::new(),
            working: BTreeSet::new(),
            received: BTreeMap::new(),
            syncing: BTreeSet::new(),
            parallel: Parallel::default(),
            reads: Reads::default(),
            secrets: BTreeMap::new(),
            secret_changes: Vec::new(),
            sessions: Sessions::new(),
            waiters: BTreeMap::new(),
            completing: BTreeMap::new(),
            cancelling: BTreeMap::new(),
            answers: Vec::new(),
            unsynced_since_ms: None,
            due_checked_ms: 0,
            paused_until_ms: 0,
            event_due_ms: None,
            stops: None,
        };
        engine.apply_limits()?;
        engine.transfers.limit_all(engine.queue.rate_limits);
        engine.read_local_clock(now());
        Ok(engine)
    }

    fn run(&mut self) {
        let mut wake_at_ms = None;
        while self.stops.is_none() {
            let at = now();
            if let Err(error) = self.turn(at, &mut wake_at_ms) {
                self.meet_trouble(error, at);
            }
            self.tell_waiters();
            self.answer_reads();
            if self.stops.is_some() {
                break;
            }
            let before = now();
            let timeout = self.timeout(before, wake_at_ms);
            if self.transfers.wait(timeout, self.network.descriptor()).is_err() {
                self.pause(at);
            }
            self.parallel.idled(before, now());
        }
        self.finish();
    }

    fn turn(&mut self, at: Now, wake_at_ms: &mut Option<u64>) -> Result<()> {
        let messages = self.inbox.take();
        if messages.iter().any(|message| matches!(message, Message::Call { .. })) {
            // What a caller sees is stored.
            self.queue.commit_ends();
            self.commit(at, false);
        }
        if !messages.is_empty() {
            self.queue.store.begin_view();
            for message in messages {
                self.receive(message, at);
            }
            self.queue.store.end_view();
        }
        let change = self.network.take();
        self.network_changed(&change, at);
        self.take_news(at)?;
        self.measure(at);
        self.serve_reads(at);
        self.sync_what_is_due(at);
        self.pass_time(at, *wake_at_ms)?;
        self.commit(at, false);
        if self.queue.replan && at.monotonic_ms >= self.paused_until_ms {
            self.queue.replan = false;
            self.read_local_clock(at);
            let (environment, secrets) = (self.environment(at), &self.secrets);
            let mut plan = self.queue.plan(environment, |record| is_locked(secrets, record), at)?;
            if self.settings.stores_only {
                plan.transfers.retain(|key| self.cancels_upload(key.job));
            }
            self.give_up_waiting(&plan, at);
            let silence_ms = plan.looks_further.then(|| self.next_silence_ms(at)).flatten();
            *wake_at_ms = [plan.wake_at_ms, silence_ms].into_iter().flatten().min();
            self.reconcile(&plan, at);
            self.forget_split(&plan);
            self.forget_positions();
            if self.moving.is_empty() {
                self.queue.commit_ends();
            }
            self.commit(at, false);
            self.forget_gone();
            let (moving, waiters, secrets) = (&self.moving, &self.waiters, &self.secrets);
            let waited_for: BTreeSet<Uuid> =
                waiters.values().map(|(job, ..)| *job).chain(self.reads.jobs()).collect();
            let holds = self.queue.holds.clone();
            self.queue.shrink(
                |id| {
                    moving.range(RequestKey::of_job(id)).next().is_some()
                        || waited_for.contains(&id)
                },
                |job| is_locked(secrets, &job.record) || holds.of(job, at).is_some(),
                at,
            );
        }
        self.release_held();
        self.event_due_ms = self.sessions.serve(&self.queue.store, at)?;
        Ok(())
    }

    fn reconcile(&mut self, plan: &Plan, at: Now) {
        let surplus: Vec<_> = self
            .moving
            .iter()
            .filter(|(key, moving)| {
                !plan.transfers.contains(key) && !uploads::outlives_plan(moving)
            })
            .map(|(key, _)| *key)
            .collect();
        for key in &surplus {
            if let Some(moving) = self.stop_moving(*key, at) {
                self.sync_rest(*key, &moving);
            }
        }
        self.stop_futile(at);
        for key in &plan.transfers {
            if !self.moving.contains_key(key) && !self.must_wait(*key) {
                self.start_moving(*key, at);
            }
        }
        let mut ended = std::mem::take(&mut self.ended);
        ended.extend(surplus.into_iter().map(|key| key.job));
        for id in ended {
            let has_slot = plan.transfers.range(RequestKey::of_job(id)).next().is_some();
            let is_still = self.moving.range(RequestKey::of_job(id)).next().is_none();
            let job = self.queue.jobs.get(&id).filter(|_| is_still && !has_slot);
            if let Some(job) = job.map(|loaded| &loaded.job) {
                let is_refused = self.queue.outages.holds(job).is_some();
                self.outcome(id, Outcome::Displaced { is_refused }, at);
            }
        }
        self.start_pending_work(plan);
    }

    /// Applies the passing of time to the jobs whose deadline has come.
    fn pass_time(&mut self, at: Now, wake_at_ms: Option<u64>) -> Result<()> {
        if at.monotonic_ms >= self.due_checked_ms + DUE_CHECK_MS {
            self.due_checked_ms = at.monotonic_ms;
            self.queue.page_in_due(at)?;
        }
        if wake_at_ms.is_some_and(|wake| at.monotonic_ms >= wake) {
            for id in self.queue.scheduled.clone() {
                self.apply(id, &Input::TimePassed, at);
            }
            self.queue.replan = true;
        }
        Ok(())
    }

    /// Stores what is due, then sends the answers that depend on it.
    fn commit(&mut self, at: Now, everything: bool) {
        let failed = match self.queue.commit(at, everything) {
            Ok(notes) => {
                for note in &notes {
                    self.sessions.note(note);
                    if let Some((level, line)) = note.line() {
                        log(*level, line);
                    }
                }
                BTreeMap::new()
            }
            Err((ids, error)) => {
                log(LogLevel::Error, &format!("the store cannot be written: {error}"));
                self.meet_trouble(error.clone(), at);
                ids.into_iter().map(|id| (id, error.clone())).collect()
            }
        };
        for id in failed.keys() {
            self.forget_transfers(*id);
            for answer in self.take_deferred(*id) {
                self.answers.push((answer, *id, Ok(ApiReply::State(JobState::Queued))));
            }
        }
        self.apply_secrets(&failed);
        for (answer, id, reply) in std::mem::take(&mut self.answers) {
            match failed.get(&id) {
                Some(error) => answer.send(Err(error.clone())),
                // What it says is not stored yet.
                None if self.queue.is_dirty(id) => self.answers.push((answer, id, reply)),
                None => answer.send(reply),
            }
        }
        self.answer_refused(at);
        if self.queue.owes_sync() {
            self.unsynced_since_ms.get_or_insert(at.monotonic_ms);
        }
        self.sync_store(at);
    }

    fn apply_secrets(&mut self, failed: &BTreeMap<Uuid, Error>) {
        for (id, change) in std::mem::take(&mut self.secret_changes) {
            if failed.contains_key(&id) {
                continue;
            }
            match change {
                SecretChange::Set(slot, credentials) => {
                    self.secrets.entry(id).or_default().insert(slot, credentials);
                    self.queue.replan = true;
                }
                SecretChange::Remove(slot) => {
                    if let Some(secrets) = self.secrets.get_mut(&id) {
                        secrets.remove(&slot);
                    }
                }
                SecretChange::Forget => _ = self.secrets.remove(&id),
            }
        }
    }

    fn sync_store(&mut self, at: Now) {
        let due =
            self.unsynced_since_ms.is_some_and(|since| at.monotonic_ms >= since + SYNC_STORE_MS);
        if !due {
            return;
        }
        if self.queue.store.sync().is_ok() {
            self.unsynced_since_ms = None;
        } else {
            self.unsynced_since_ms = Some(at.monotonic_ms);
            self.pause(at);
        }
    }

    fn take_deferred(&mut self, id: Uuid) -> Vec<Answer> {
        let mut answers = self.completing.remove(&id).unwrap_or_default();
        answers.extend(self.cancelling.remove(&id).unwrap_or_default());
        answers
    }

    /// How long nothing is to be done.
    fn timeout(&self, at: Now, wake_at_ms: Option<u64>) -> Duration {
        if !self.inbox.is_empty() {
            return Duration::ZERO;
        }
        let store_due = self.queue.next_due_ms.map(|due| {
            let left = u64::try_from(due.saturating_sub(at.unix_ms)).unwrap_or(0);
            (at.monotonic_ms + left).max(self.due_checked_ms + DUE_CHECK_MS)
        });
        let paused = (self.paused_until_ms > at.monotonic_ms).then_some(self.paused_until_ms);
        let next = [
            wake_at_ms,
            self.queue.flush_due_ms(),
            self.sync_due_ms(),
            self.measure_due_ms(at),
            self.unsynced_since_ms.map(|since| since + SYNC_STORE_MS),
            store_due,
            paused,
            self.event_due_ms,
            self.queue.replan.then_some(at.monotonic_ms),
        ];
        let floor = if self.paused_until_ms > at.monotonic_ms { self.paused_until_ms } else { 0 };
        let next_ms = next.into_iter().flatten().min().map(|next| next.max(floor));
        match next_ms {
            Some(next_ms) => Duration::from_millis(next_ms.saturating_sub(at.monotonic_ms)),
            // No timer: only the waker, or a socket.
            None => Duration::from_millis(u64::from(u32::MAX >> 2)),
        }
    }

    /// Ends in good order: what moves is written and recorded.
    fn finish(&mut self) {
        let at = now();
        let moving: Vec<_> = self.moving.keys().copied().collect();
        for key in moving {
            self.stop_moving(key, at);
        }
        self.commit(at, true);
        // What could not be synced now is safe against a kill all the same.
        _ = self.queue.store.sync();
    }
}

type Secrets = BTreeMap<Uuid, BTreeMap<CredentialSlot, Credentials>>;

/// True if the job needs credentials that no longer are in memory.
fn is_locked(secrets: &Secrets, record: &JobRecord) -> bool {
    let held = secrets.get(&record.id);
    let mut secret = record.credential_slots.iter().filter(|slot| !slot.1.knows_users());
    secret.any(|slot| held.is_none_or(|held| !held.contains_key(slot)))
}
