//! The queue: where jobs are made, found and listened to.

use std::sync::Arc;
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{HResult, JobState, JobType, Limits, Network, RateLimits};
use uuid::Uuid;

use crate::error::{BgcopyError, Result};
use crate::events::{EventListener, JobEvent, ListenerFailures};
use crate::job::Job;
use crate::listeners::Listeners;
use crate::record::Damage;

/// How a manager is opened.
#[derive(Clone, Debug, uniffi::Record)]
pub struct Options {
    /// The folder of the store. Made if it is missing, for the caller alone.
    pub store: String,
    /// How much may happen at once, and how much the queue may hold; nothing
    /// for the defaults.
    #[uniffi(default = None)]
    pub limits: Option<Limits>,
    /// Set as `setRateLimits` sets them; nothing leaves those that are stored.
    #[uniffi(default = None)]
    pub rate_limits: Option<RateLimits>,
    /// Set as `setTransferWindow` sets it; nothing leaves what is stored.
    #[uniffi(default = None)]
    pub transfer_window: Option<String>,
    /// The User-Agent header of all requests; nothing for ours.
    #[uniffi(default = None)]
    pub user_agent: Option<String>,
    /// A file in PEM form with the certificates of the authorities that all
    /// requests trust; nothing for those of the system.
    #[uniffi(default = None)]
    pub ca_file: Option<String>,
    /// The same as text, for systems that have no such file; not both.
    #[uniffi(default = None)]
    pub ca_pem: Option<String>,
    /// True to have the store alone: nobody can join, and nobody must have it
    /// open already.
    #[uniffi(default = false)]
    pub exclusive: bool,
    /// True to take the place of a host that is too old to be joined.
    #[uniffi(default = false)]
    pub replace_older: bool,
    /// True to only store what is to be done: while this manager hosts the queue,
    /// nothing is transferred. A cancel still reaches the servers of its uploads.
    #[uniffi(default = false)]
    pub stores_only: bool,
}

impl From<Options> for bgcopy_core::Options {
    fn from(options: Options) -> Self {
        let mut core = Self::new(options.store);
        core.limits = options.limits.unwrap_or(core.limits);
        core.rate_limits = options.rate_limits;
        core.transfer_window = options.transfer_window;
        core.ca_file = options.ca_file.map(Into::into);
        core.ca_pem = options.ca_pem;
        core.exclusive = options.exclusive;
        core.replace_older = options.replace_older;
        core.stores_only = options.stores_only;
        core.user_agent = options.user_agent.unwrap_or(core.user_agent);
        core
    }
}

/// An open queue (IBackgroundCopyManager). Its jobs stay in the store and go
/// on with the next manager. Any thread may use it.
///
/// Letting go of it closes it, unless a job, a file or a wait of it is still
/// held: then it is closed with the last of them. `close` closes it at once.
#[derive(uniffi::Object)]
pub struct Manager {
    pub(crate) shared: Arc<Shared>,
}

/// A job that was made or found by its key.
#[derive(uniffi::Record)]
pub struct KeyedJob {
    pub job: Arc<Job>,
    /// True if it was made, false if it was there.
    pub is_new: bool,
}

/// What the handles of one manager have in common.
pub(crate) struct Shared {
    pub(crate) core: Arc<bgcopy_core::Manager>,
    pub(crate) listeners: Arc<Listeners>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Also ends the notifier thread, which holds on to the manager.
        self.core.close();
    }
}

/// Opens the store: hosts its queue, or joins the process that does. Kotlin and
/// Swift have it as `Manager.open`.
///
/// E_SHARING_VIOLATION at once if somebody has the store open alone, or it is
/// wanted alone and anybody has it open; a `Reader` can still look. A damaged store is replaced by what could be saved of it; see
/// `damage`. BGCOPY_E_STORE_NEWER for a store of a later version,
/// E_ACCESSDENIED or a disk code if the folder or `ca_file` cannot be used,
/// CRYPT_E_FILE_ERROR if that, or `ca_pem`, has no sound certificate.
#[uniffi::export]
pub fn open_manager(options: Options) -> Result<Arc<Manager>> {
    let core = Arc::new(bgcopy_core::Manager::open(options.into())?);
    Ok(Arc::new(Manager { shared: Arc::new(Shared { core, listeners: Arc::default() }) }))
}

#[uniffi::export]
impl Manager {
    /// What was found damaged when the store was opened.
    pub fn damage(&self) -> Option<Damage> {
        self.shared.core.damage().map(Into::into)
    }

    /// Makes an empty, suspended job (CreateJob). It survives a power cut once
    /// this returns.
    ///
    /// `display_name` has at most 256 characters and need not be unique.
    /// E_INVALIDARG for a longer one, BG_E_TOO_MANY_JOBS_PER_USER at the limit
    /// of jobs.
    #[uniffi::method(default(job_type = None))]
    pub fn create_job(&self, display_name: String, job_type: Option<JobType>) -> Result<Arc<Job>> {
        let job_type = job_type.unwrap_or(JobType::Download);
        let job = self.shared.core.create_job(&display_name, job_type)?;
        Ok(self.handle(job))
    }

    /// Makes a job as `create_job` does, with a key by which it is found again; or gives the
    /// job that has the key, as it is.
    ///
    /// A key belongs to one job of the queue at a time: of calls made at the same time, by
    /// whatever processes, one makes the job and the others find it. It is stored with the
    /// job, cannot be changed, and is free again once the job is completed or cancelled. It has
    /// 1 to 256 characters, none of them a control character.
    ///
    /// E_INVALIDARG for what is no key, or if the job with the key is of another type;
    /// BG_E_STRING_TOO_LONG for a longer key; else as for `create_job`.
    #[uniffi::method(default(job_type = None))]
    pub fn create_job_with_key(
        &self,
        key: String,
        display_name: String,
        job_type: Option<JobType>,
    ) -> Result<KeyedJob> {
        let job_type = job_type.unwrap_or(JobType::Download);
        let (job, is_new) = self.shared.core.create_job_with_key(&key, &display_name, job_type)?;
        Ok(KeyedJob { job: self.handle(job), is_new })
    }

    /// The job that has a key: see `create_job_with_key`. DO_E_JOB_NOT_FOUND if no job in the
    /// queue does, which a cancelled or completed one does not; E_INVALIDARG or
    /// BG_E_STRING_TOO_LONG for what is no key.
    pub fn job_by_key(&self, key: String) -> Result<Arc<Job>> {
        Ok(self.handle(self.shared.core.job_by_key(&key)?))
    }

    /// The job of that id (GetJob): DO_E_JOB_NOT_FOUND if it is not in the
    /// queue, which a cancelled or completed one is not.
    pub fn get_job(&self, id: Uuid) -> Result<Arc<Job>> {
        Ok(self.handle(self.shared.core.get_job(id)?))
    }

    /// The jobs in the queue, in order of creation (EnumJobs): a snapshot of
    /// which there are; each handle shows what is true when it is asked.
    pub fn jobs(&self) -> Result<Vec<Arc<Job>>> {
        Ok(self.shared.core.jobs()?.into_iter().map(|job| self.handle(job)).collect())
    }

    /// A readable text for any code (GetErrorDescription).
    pub fn error_description(&self, hresult: HResult) -> String {
        self.shared.core.error_description(hresult)
    }

    /// The next event, waiting for one until the time is over, in
    /// milliseconds: then nothing. No time waits for ever. Each event goes to
    /// one caller.
    ///
    /// At least once: a job found transferred or failed when the manager opens
    /// raises its event again. BGCOPY_E_MANAGER_CLOSED after `close`;
    /// E_SHARING_VIOLATION once a listener was added, as listeners get all
    /// events from then on.
    #[uniffi::method(default(timeout_ms = None))]
    pub fn next_event(&self, timeout_ms: Option<u64>) -> Result<Option<JobEvent>> {
        if self.shared.listeners.has_thread() {
            let message = "the events go to the listeners of this manager";
            return Err(BgcopyError::new(code::E_SHARING_VIOLATION, message));
        }
        let event = self.shared.core.next_event(timeout_ms.map(Duration::from_millis))?;
        Ok(event.map(Into::into))
    }

    /// Tells a listener of the events of all jobs, until it is removed or the
    /// manager is closed. Returns its number.
    pub fn add_listener(&self, listener: Arc<dyn EventListener>) -> Result<u64> {
        self.shared.listeners.add(&self.shared.core, None, listener)
    }

    /// Removes the listener of that number; there may be none. One that is
    /// being called ends its call.
    pub fn remove_listener(&self, number: u64) {
        self.shared.listeners.remove(number);
    }

    /// How often listeners threw, and what the last one threw.
    pub fn listener_failures(&self) -> ListenerFailures {
        self.shared.listeners.failures()
    }

    /// Suspends every job that moves or would move by itself, and returns the
    /// ids of those. For an application that must stop at once; give the ids
    /// to `resume_all` later. A job that ends in between is left out.
    pub fn suspend_all(&self) -> Result<Vec<Uuid>> {
        let mut suspended = Vec::new();
        for job in self.shared.core.jobs()? {
            if moves(job.state()?) && job.suspend().is_ok() {
                suspended.push(job.id());
            }
        }
        Ok(suspended)
    }

    /// Resumes those of the jobs that are in the queue and suspended, and
    /// returns their ids.
    pub fn resume_all(&self, jobs: Vec<Uuid>) -> Result<Vec<Uuid>> {
        let mut resumed = Vec::new();
        for id in jobs {
            let Ok(job) = self.shared.core.get_job(id) else { continue };
            if job.state()? == JobState::Suspended && job.resume().is_ok() {
                resumed.push(id);
            }
        }
        Ok(resumed)
    }

    /// The limits in force.
    pub fn limits(&self) -> Result<Limits> {
        Ok(self.shared.core.limits()?)
    }

    /// True if this manager hosts the queue; false if it has joined another
    /// process. It changes when it takes over.
    pub fn is_host(&self) -> bool {
        self.shared.core.is_host()
    }

    /// The number of the process that hosts the queue; nothing while there is
    /// none, and where the system does not tell.
    pub fn host_process(&self) -> Option<u32> {
        self.shared.core.host_process()
    }

    /// True if no job of the queue can move by itself and no process has joined
    /// the host.
    pub fn is_idle(&self) -> Result<bool> {
        Ok(self.shared.core.is_idle()?)
    }

    /// Sets the limits of the queue, at once and until it gets another host.
    /// E_INVALIDARG if one of them is 0.
    pub fn set_limits(&self, limits: Limits) -> Result<()> {
        Ok(self.shared.core.set_limits(limits)?)
    }

    /// The rate limits of the queue.
    pub fn rate_limits(&self) -> Result<RateLimits> {
        Ok(self.shared.core.rate_limits()?)
    }

    /// Sets the most bytes a second that all jobs of the queue together receive and send,
    /// 0 for no limit. It holds at once, also for what is under way and in whatever process
    /// the queue is hosted, and it is stored. A job may have limits of its own: the
    /// properties MAX_DOWNLOAD_RATE and MAX_UPLOAD_RATE. What counts are the bytes of bodies.
    /// E_INVALIDARG above 2^63 - 1.
    pub fn set_rate_limits(&self, rates: RateLimits) -> Result<()> {
        Ok(self.shared.core.set_rate_limits(rates)?)
    }

    /// Says what drives the machine: `PowerFlags.EXTERNAL` or `BATTERY`, with `SAVER` if the
    /// system saves power. Jobs whose POWER_FLAGS do not have all of these stop at once, keep
    /// their bytes and are QUEUED; their wait reason says POLICY_CLOSED. When they may, they
    /// go on. It is not stored, and of several processes the last word counts. E_INVALIDARG
    /// for another number.
    pub fn set_power(&self, state: u32) -> Result<()> {
        Ok(self.shared.core.set_power(state)?)
    }

    /// What drives the machine as it was said last, by any process; external power if nobody
    /// did.
    pub fn power(&self) -> Result<u32> {
        Ok(self.shared.core.power()?)
    }

    /// When the queue may transfer, as it was set; empty for always.
    pub fn transfer_window(&self) -> Result<String> {
        Ok(self.shared.core.transfer_window()?)
    }

    /// Sets when the jobs of the queue may transfer, by the local clock of the process that
    /// hosts it: days, times or both, as `Mon-Fri 22:00-06:00; Sat,Sun`; empty for always. It
    /// holds at once, and it is stored. When it closes, jobs keep their bytes and are QUEUED;
    /// their wait reason says OUTSIDE_WINDOW, and when it opens. A job may have a window of
    /// its own besides: the property TRANSFER_WINDOW.
    ///
    /// E_INVALIDARG for what is no window, with the character at which it is none;
    /// BG_E_STRING_TOO_LONG above 1,024 characters.
    pub fn set_transfer_window(&self, window: String) -> Result<()> {
        Ok(self.shared.core.set_transfer_window(&window)?)
    }

    /// Says what the operating system tells of the network. Jobs to which it is
    /// closed stop at once, keep their bytes and are QUEUED; their wait reason
    /// says NO_NETWORK, or POLICY_CLOSED where it costs more than the job's
    /// COST_FLAGS allow. When it opens they go on.
    ///
    /// It is not stored. It holds until this manager says something else or is
    /// closed; of several processes the last word counts. E_INVALIDARG for a
    /// cost that is none. Specification, sections 3.4 and 6.7.
    pub fn set_network(&self, network: Network) -> Result<()> {
        Ok(self.shared.core.set_network(network)?)
    }

    /// The network as it was told last, by any process; connected and
    /// unrestricted if nobody did.
    pub fn network(&self) -> Result<Network> {
        Ok(self.shared.core.network()?)
    }

    /// Stops all transfers of the queue without touching the jobs: they keep
    /// their bytes and are QUEUED, and their wait reason says PAUSED. Not
    /// stored: it holds until `unpause`, or until this manager is closed or its
    /// process ends. Twice is once.
    pub fn pause(&self) -> Result<()> {
        Ok(self.shared.core.pause()?)
    }

    /// Takes back `pause` of this manager; without one it does nothing. The
    /// queue goes on unless another process has paused it, too; jobs in
    /// TRANSIENT_ERROR go on waiting for their next try.
    pub fn unpause(&self) -> Result<()> {
        Ok(self.shared.core.unpause()?)
    }

    /// True if this or another process has paused the queue.
    pub fn is_paused(&self) -> Result<bool> {
        Ok(self.shared.core.is_paused()?)
    }

    /// Stops driving the queue, after what is under way was recorded. Handles
    /// of its jobs answer BGCOPY_E_MANAGER_CLOSED from then on. A second call
    /// does nothing.
    pub fn close(&self) {
        self.shared.core.close();
    }
}

impl Manager {
    pub(crate) fn handle(&self, job: bgcopy_core::Job) -> Arc<Job> {
        Arc::new(Job::new(job, Arc::clone(&self.shared)))
    }
}

/// True in the states that Suspend would leave.
fn moves(state: JobState) -> bool {
    match state {
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::TransientError => true,
        JobState::Suspended
        | JobState::Error
        | JobState::Transferred
        | JobState::Acknowledged
        | JobState::Cancelled => false,
    }
}
