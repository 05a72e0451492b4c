//! The queue: where jobs are made, found and listened to.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::engine::{self, EventQueue, Inbox, Reply, Request, Settings};
use crate::model::Limits;
use crate::notify::Event;
use crate::store::{Damage, Faults};
use crate::vocab::{Error, HResult, JobType, Result, code};

use super::job::Job;

/// How a manager is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the store. Made if it is missing, for the caller alone.
    pub store: PathBuf,
    /// How much may happen at once, and how much the queue may hold.
    pub limits: Limits,
    /// The User-Agent header of all requests.
    pub user_agent: String,
    /// Makes disk and store fail, for tests.
    #[doc(hidden)]
    pub faults: Faults,
}

impl Options {
    /// The defaults, with the store in a folder.
    pub fn new(store: impl Into<PathBuf>) -> Self {
        Self {
            store: store.into(),
            limits: Limits::default(),
            user_agent: concat!("bgcopy/", env!("CARGO_PKG_VERSION")).to_owned(),
            faults: Faults::default(),
        }
    }
}

/// An open queue (IBackgroundCopyManager). Dropping it closes it; its jobs
/// stay in the store and go on with the next manager.
pub struct Manager {
    shared: Arc<Shared>,
}

/// What the handles of one manager have in common.
pub(super) struct Shared {
    inbox: Arc<Inbox>,
    events: Arc<EventQueue>,
    damage: Option<Damage>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Shared {
    /// Makes a call and waits for its answer.
    pub(super) fn call(&self, request: Request) -> Result<Reply> {
        let (_, answer) = self.inbox.call(request)?;
        answer.recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Makes a call and waits for its answer until the time is over: then
    /// E_TIMEOUT.
    pub(super) fn call_for(&self, request: Request, timeout: Option<Duration>) -> Result<Reply> {
        let Some(timeout) = timeout else {
            return self.call(request);
        };
        let (ticket, answer): (u64, Receiver<Result<Reply>>) = self.inbox.call(request)?;
        match answer.recv_timeout(timeout) {
            Ok(reply) => reply,
            Err(RecvTimeoutError::Disconnected) => Err(stopped()),
            Err(RecvTimeoutError::Timeout) => {
                self.call(Request::Forget { ticket })?;
                Err(Error::new(code::E_TIMEOUT, "the time to wait is over"))
            }
        }
    }

    /// Tells the engine something that needs no answer.
    pub(super) fn tell(&self, request: Request) {
        // A closed engine has forgotten everything already.
        _ = self.inbox.call(request);
    }

    fn close(&self) {
        self.tell(Request::Shutdown);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the engine was answered to its callers already.
            _ = thread.join();
        }
        self.events.arrived.notify_all();
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.close();
    }
}

impl Manager {
    /// Opens the store and starts driving its queue.
    ///
    /// One manager may have a store open at a time: E_SHARING_VIOLATION at
    /// once for a second one, in this process or another; [`super::Reader`]
    /// can still look. A lock left by a dead process is no obstacle. A damaged
    /// store is replaced by what could be saved of it; see
    /// [`Manager::damage`]. BGCOPY_E_STORE_NEWER for a store of a later
    /// version, E_ACCESSDENIED or a disk code if the folder cannot be used,
    /// E_INVALIDARG for a limit of 0 or a control character in the user agent.
    pub fn open(options: Options) -> Result<Self> {
        check_limits(&options.limits)?;
        if options.user_agent.chars().any(char::is_control) {
            return Err(Error::new(
                code::E_INVALIDARG,
                "the user agent contains a control character",
            ));
        }
        let running = engine::start(Settings {
            folder: options.store,
            limits: options.limits,
            user_agent: options.user_agent,
            owner: format!("uid {}", rustix::process::getuid().as_raw()),
            faults: options.faults,
        })?;
        let shared = Shared {
            inbox: running.inbox,
            events: running.events,
            damage: running.damage,
            thread: Mutex::new(Some(running.thread)),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// What was found damaged when the store was opened.
    pub fn damage(&self) -> Option<&Damage> {
        self.shared.damage.as_ref()
    }

    /// Makes an empty, suspended job (CreateJob). It survives a power cut once
    /// this returns.
    ///
    /// `display_name` has at most 256 characters and need not be unique.
    /// E_INVALIDARG for a longer one,
    /// BG_E_TOO_MANY_JOBS_PER_USER at the limit of jobs. Contract 2.1.
    pub fn create_job(&self, display_name: &str, job_type: JobType) -> Result<Job> {
        let request = Request::CreateJob { display_name: display_name.to_owned(), job_type };
        let Reply::Created(id) = self.shared.call(request)? else {
            return Err(unexpected("Created"));
        };
        Ok(Job::new(Arc::clone(&self.shared), id))
    }

    /// The job of that id (GetJob): DO_E_JOB_NOT_FOUND if it is not in the
    /// queue, which a cancelled or completed one is not. Contract 2.1.
    pub fn get_job(&self, id: Uuid) -> Result<Job> {
        self.shared.call(Request::OpenJob { id })?;
        Ok(Job::new(Arc::clone(&self.shared), id))
    }

    /// The jobs in the queue, in order of creation (EnumJobs): a snapshot of
    /// which there are; each handle shows what is true when it is asked.
    pub fn jobs(&self) -> Result<Vec<Job>> {
        let Reply::Jobs(records) = self.shared.call(Request::Jobs)? else {
            return Err(unexpected("Jobs"));
        };
        // A job may leave the queue while this goes on.
        Ok(records.iter().filter_map(|record| self.get_job(record.id).ok()).collect())
    }

    /// A readable text for any code (GetErrorDescription).
    pub fn error_description(&self, code: HResult) -> String {
        code.text()
    }

    /// The next event, waiting for one until the time is over: then None.
    /// `None` as timeout waits for ever. Each event goes to one caller.
    ///
    /// At least once: a job found transferred or failed when the manager
    /// opens raises its event again. Events of one job are coalesced. Contract
    /// section 11. BGCOPY_E_MANAGER_CLOSED after [`Manager::close`].
    pub fn next_event(&self, timeout: Option<Duration>) -> Result<Option<Event>> {
        // A time that no clock can show is as good as for ever.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let queue = &self.shared.events;
        let mut events = queue.events.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now_ms = engine::monotonic_ms();
            let held_until_ms = match events.pop(now_ms) {
                Ok(event) => return Ok(Some(event)),
                Err(held_until_ms) => held_until_ms,
            };
            if self.shared.inbox.is_closed() {
                return Err(Error::new(code::BGCOPY_E_MANAGER_CLOSED, "the manager is closed"));
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(None);
            }
            let held = held_until_ms
                .map(|until| Duration::from_millis(until.saturating_sub(now_ms).max(1)));
            let Some(wait) = [left, held].into_iter().flatten().min() else {
                events = queue.arrived.wait(events).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            events =
                queue.arrived.wait_timeout(events, wait).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> Result<Limits> {
        let Reply::Limits(limits) = self.shared.call(Request::Limits)? else {
            return Err(unexpected("Limits"));
        };
        Ok(limits)
    }

    /// Sets the limits, at once and until this manager is closed. E_INVALIDARG
    /// if one of them is 0.
    pub fn set_limits(&self, limits: Limits) -> Result<()> {
        check_limits(&limits)?;
        self.shared.call(Request::SetLimits(limits)).map(|_| ())
    }

    /// Stops driving the queue, after what is under way was recorded. Handles
    /// of its jobs answer BGCOPY_E_MANAGER_CLOSED from then on. A second call
    /// does nothing.
    pub fn close(&self) {
        self.shared.close();
    }
}

fn check_limits(limits: &Limits) -> Result<()> {
    let all = [
        limits.simultaneous_files,
        limits.connections_total,
        limits.connections_per_host,
        limits.connections_per_file,
        limits.jobs,
        limits.files_per_job,
    ];
    if all.contains(&0) {
        return Err(Error::new(code::E_INVALIDARG, "a limit of 0 would stop everything"));
    }
    Ok(())
}

/// The engine ended before it could answer.
fn stopped() -> Error {
    Error::new(code::BGCOPY_E_MANAGER_CLOSED, "the manager was closed during the call")
}

/// The reply is of another kind than the request asks for.
pub(super) fn unexpected(wanted: &str) -> Error {
    Error::new(code::E_UNEXPECTED, format!("the engine's reply is not a {wanted}"))
}
