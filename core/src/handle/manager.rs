//! The queue: where jobs are made, found and listened to.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::engine::{ApiCall, ApiReply, Settings, Setup, Trust};
use crate::model::{Conditions, Limits, Network, Window, check_power};
use crate::notify::Event;
use crate::store::{Damage, Faults};
use crate::vocab::{Error, HResult, JobType, RateLimits, Result, code};

use super::job::Job;
use super::opening::{self, OpenSettings};
use super::shared::Shared;

/// How a manager is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the store. Made if it is missing, for the caller alone.
    pub store: PathBuf,
    /// How much may happen at once, and how much the queue may hold, while this
    /// manager hosts the queue.
    pub limits: Limits,
    /// The rate limits of the queue, set when the manager opens as
    /// [`Manager::set_rate_limits`] sets them; None leaves those that are stored.
    pub rate_limits: Option<RateLimits>,
    /// When the queue may transfer, set when the manager opens as
    /// [`Manager::set_transfer_window`] sets it; None leaves what is stored.
    pub transfer_window: Option<String>,
    /// The User-Agent header of all requests while this manager hosts.
    pub user_agent: String,
    /// A file in PEM form with the certificates of the authorities that all
    /// requests trust while this manager hosts, in place of the system's. It is
    /// checked when the manager opens, and read again when it is used.
    pub ca_file: Option<PathBuf>,
    /// The same as text, for systems that have no such file.
    pub ca_pem: Option<String>,
    /// True to have the store alone: nobody can join, and nobody must have it
    /// open already.
    pub exclusive: bool,
    /// True to take the place of a host that is too old to be joined. Its calls
    /// then answer BGCOPY_E_MANAGER_CLOSED. A host that can be joined stays.
    pub replace_older: bool,
    /// True for a process that only stores what is to be done, as `bgcopy add` does:
    /// while this manager hosts the queue, nothing is transferred. All calls work, files
    /// that are here are put in place, and a cancel still reaches the servers of its uploads. If
    /// another process hosts, that one transfers.
    pub stores_only: bool,
    /// How many seconds the local clock is ahead of UTC, for tests; None for what the system
    /// says.
    #[doc(hidden)]
    pub local_offset_s: Option<i32>,
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
            rate_limits: None,
            transfer_window: None,
            user_agent: concat!("bgcopy/", env!("CARGO_PKG_VERSION")).to_owned(),
            ca_file: None,
            ca_pem: None,
            exclusive: false,
            replace_older: false,
            stores_only: false,
            local_offset_s: None,
            faults: Faults::default(),
        }
    }
}

/// An open queue (IBackgroundCopyManager). Dropping it closes it; its jobs
/// stay in the store and go on with the next manager.
///
/// Any number of managers may have one store open, in any number of processes:
/// the first one hosts the queue, and the others join it. When the host closes
/// or is killed one of them takes over within a second; calls, waits and handles
/// go on. docs/service.md says what is true of whom.
///
/// ```
/// # use bgcopy_test_server::{Content, Resource, Server};
/// # let (folder, server) = (tempfile::tempdir()?, Server::start()?);
/// # server.put("/large.iso", Resource::new(Content::generated(1, 300_000)));
/// # let url = server.url("/large.iso");
/// # let (store, target) = (folder.path().join("store"), folder.path().join("large.iso"));
/// # let target = bgcopy_core::local_name(&target)?;
///
/// use bgcopy_core::{JobType, Manager, Options};
///
/// let manager = Manager::open(Options::new(store))?;
/// let id = {
///     let job = manager.create_job("a large file", JobType::Download)?;
///     job.add_file(&url, &target)?;
///     job.id()
/// };
/// // The job is in the queue, whatever becomes of its handles.
/// assert_eq!(manager.jobs()?.len(), 1);
/// let job = manager.get_job(id)?;
/// assert_eq!(job.display_name()?, "a large file");
/// # job.cancel()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Manager {
    pub(super) shared: Arc<Shared>,
}

impl Manager {
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Opens the store: hosts its queue, or joins the process that does.
    ///
    /// E_SHARING_VIOLATION at once if somebody has the store open alone, if
    /// `exclusive` is wanted and anybody has it open, or if its file system has
    /// no sockets; [`super::Reader`] can still look. BGCOPY_E_LINK_VERSION if
    /// the host is of a version that cannot be joined,
    /// BGCOPY_E_TOO_MANY_PROCESSES if too many have joined, BGCOPY_E_HOST_LOST
    /// if the host does not answer. A lock left by a dead process is no
    /// obstacle. A damaged store is replaced by what could be saved of it; see
    /// [`Manager::damage`]. BGCOPY_E_STORE_NEWER for a store of a later
    /// version, E_ACCESSDENIED or a disk code if the folder cannot be used,
    /// E_INVALIDARG for a limit of 0, a rate limit that is too high, what is no window, or a control character
    /// in the user agent.
    /// For certificates of authorities: E_FILE_NOT_FOUND, E_ACCESSDENIED or
    /// another disk code if `ca_file` cannot be read, CRYPT_E_FILE_ERROR if there
    /// is no certificate or a malformed one, E_INVALIDARG for more than
    /// [`limit::CA_BYTES_MAX`](crate::vocab::limit::CA_BYTES_MAX) bytes or for
    /// both `ca_file` and `ca_pem`.
    ///
    /// A child made by fork has nothing of its parent's managers: they answer
    /// BGCOPY_E_MANAGER_CLOSED there.
    pub fn open(options: Options) -> Result<Self> {
        options.limits.check()?;
        options.rate_limits.map_or(Ok(()), |rates| rates.check())?;
        options.transfer_window.as_deref().map_or(Ok(None), Window::parse)?;
        if options.user_agent.chars().any(char::is_control) {
            return Err(Error::new(
                code::E_INVALIDARG,
                "the user agent contains a control character",
            ));
        }
        let trust = Trust::new(options.ca_file.as_deref(), options.ca_pem.as_deref())?;
        let folder = std::path::absolute(&options.store).map_err(|error| {
            Error::new(code::E_INVALIDARG, format!("{}: {error}", options.store.display()))
        })?;
        let settings = Settings {
            folder,
            limits: options.limits,
            user_agent: options.user_agent,
            trust,
            owner: crate::platform::user(),
            stores_only: options.stores_only,
            local_offset_s: options.local_offset_s,
            faults: options.faults,
        };
        let terms = OpenSettings {
            settings,
            exclusive: options.exclusive,
            replace_older: options.replace_older,
        };
        let manager = Self { shared: opening::open(terms)? };
        options.rate_limits.map_or(Ok(()), |rates| manager.set_rate_limits(rates))?;
        options.transfer_window.map_or(Ok(()), |window| manager.set_transfer_window(&window))?;
        Ok(manager)
    }

    /// True if this manager hosts the queue; false if it has joined another
    /// process. It changes when it takes over.
    pub fn is_host(&self) -> bool {
        self.shared.hosts()
    }

    /// The number of the process that hosts the queue; None while there is
    /// none, and where the system does not tell.
    pub fn host_process(&self) -> Option<u32> {
        self.shared.host_process()
    }

    /// True if no job of the queue can move by itself and no process has joined
    /// the host.
    pub fn is_idle(&self) -> Result<bool> {
        let ApiReply::Idle(idle) = self.shared.call(ApiCall::Idle)? else {
            return Err(unexpected("Idle"));
        };
        Ok(idle)
    }

    /// What this process found damaged when it opened the store.
    pub fn damage(&self) -> Option<&Damage> {
        self.shared.damage.get()
    }

    /// Makes an empty, suspended job (CreateJob). It survives a power cut once
    /// this returns.
    ///
    /// `display_name` has at most 256 characters and need not be unique.
    /// E_INVALIDARG for a longer one or one with control characters,
    /// BG_E_TOO_MANY_JOBS_PER_USER at the limit of jobs. Section 2.1.
    pub fn create_job(&self, display_name: &str, job_type: JobType) -> Result<Job> {
        let umask = self.shared.terms.umask();
        let (id, setup) = (Uuid::new_v4(), Setup::default());
        let request = creation(id, display_name, job_type, None, umask, setup);
        self.created(self.shared.call(request))
    }

    /// Makes a job as [`Manager::create_job`] does, with a key by which it is found again; or
    /// gives the job that has the key. True if it was made.
    ///
    /// A key belongs to one job of the queue at a time: of calls made at the same time, by
    /// whatever processes, one makes the job and the others find it. It is stored with the job,
    /// cannot be changed, and is free again once the job is completed or cancelled. It has 1 to
    /// 256 characters, none of them a control character.
    ///
    /// A job that is found stays as it is: `display_name` is not looked at. E_INVALIDARG if it
    /// is of another type, or for a key that is empty or has control characters,
    /// BG_E_STRING_TOO_LONG for a longer one; else as for [`Manager::create_job`].
    pub fn create_job_with_key(
        &self,
        key: &str,
        display_name: &str,
        job_type: JobType,
    ) -> Result<(Job, bool)> {
        super::setup::JobSetup::new(display_name, job_type).key(key).find_or_create(self)
    }

    /// The job that has a key: see [`Manager::create_job_with_key`]. DO_E_JOB_NOT_FOUND if no
    /// job in the queue does; E_INVALIDARG or BG_E_STRING_TOO_LONG for what is no key.
    pub fn job_by_key(&self, key: &str) -> Result<Job> {
        let call = ApiCall::OpenJobByKey { key: key.to_owned() };
        let ApiReply::Found(id) = self.shared.call(call)? else {
            return Err(unexpected("Found"));
        };
        Ok(Job::new(Arc::clone(&self.shared), id))
    }

    /// The job that was made.
    pub(super) fn created(&self, reply: Result<ApiReply>) -> Result<Job> {
        let ApiReply::Created(id) = reply? else {
            return Err(unexpected("Created"));
        };
        Ok(Job::new(Arc::clone(&self.shared), id))
    }

    /// The job of that id (GetJob): DO_E_JOB_NOT_FOUND if it is not in the
    /// queue, which a cancelled or completed one is not. Section 2.1.
    pub fn get_job(&self, id: Uuid) -> Result<Job> {
        self.shared.call(ApiCall::OpenJob { id })?;
        Ok(Job::new(Arc::clone(&self.shared), id))
    }

    /// The jobs in the queue, in order of creation (EnumJobs): a snapshot of
    /// which there are; each handle shows what is true when it is asked.
    pub fn jobs(&self) -> Result<Vec<Job>> {
        let mut jobs = Vec::new();
        let mut after = None;
        loop {
            let ApiReply::Opened { ids, next } = self.shared.call(ApiCall::OpenJobs { after })?
            else {
                return Err(unexpected("Opened"));
            };
            jobs.extend(ids.into_iter().map(|id| Job::new(Arc::clone(&self.shared), id)));
            if next.is_none() {
                return Ok(jobs);
            }
            after = next;
        }
    }

    /// A readable text for any code (GetErrorDescription).
    pub fn error_description(&self, code: HResult) -> String {
        code.text()
    }

    /// The next event, waiting for one until the time is over: then None.
    /// `None` as timeout waits for ever.
    ///
    /// Each manager gets all events from when it opened, and of its callers one
    /// gets each event. At least once: a job found transferred or failed when
    /// the manager opens, or when the queue gets another host, raises its event
    /// again. Events of one job are coalesced. Specification, section 11.
    /// BGCOPY_E_MANAGER_CLOSED after [`Manager::close`].
    pub fn next_event(&self, timeout: Option<Duration>) -> Result<Option<Event>> {
        match self.shared.call_for(ApiCall::NextEvent, timeout) {
            Ok(ApiReply::Event(event)) => Ok(Some(*event)),
            Ok(_) => Err(unexpected("Event")),
            Err(error) if error.code == code::E_TIMEOUT => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The limits in force.
    pub fn limits(&self) -> Result<Limits> {
        let ApiReply::Limits(limits) = self.shared.call(ApiCall::Limits)? else {
            return Err(unexpected("Limits"));
        };
        Ok(limits)
    }

    /// Sets the limits of the queue, at once and until it gets another host,
    /// which has those of its own [`Options`]. E_INVALIDARG if one of them is 0.
    pub fn set_limits(&self, limits: Limits) -> Result<()> {
        self.shared.call(ApiCall::SetLimits(limits)).map(|_| ())
    }

    /// The rate limits of the queue.
    pub fn rate_limits(&self) -> Result<RateLimits> {
        let ApiReply::RateLimits(rates) = self.shared.call(ApiCall::RateLimits)? else {
            return Err(unexpected("RateLimits"));
        };
        Ok(rates)
    }

    /// Sets the most bytes a second that all jobs of the queue together receive and send,
    /// 0 for no limit. It holds at once, also for what is under way, in whatever process the
    /// queue is hosted, and it is stored. A job may have limits of its own besides:
    /// MAX_DOWNLOAD_RATE and MAX_UPLOAD_RATE.
    ///
    /// What counts are the bytes of bodies, as they are on the wire before TLS. Any
    /// number from 1 on is taken; E_INVALIDARG above
    /// [`limit::RATE_MAX`](crate::vocab::limit::RATE_MAX).
    pub fn set_rate_limits(&self, rates: RateLimits) -> Result<()> {
        self.shared.call(ApiCall::SetRateLimits(rates)).map(|_| ())
    }

    /// When the queue may transfer, as it was set; empty for always.
    pub fn transfer_window(&self) -> Result<String> {
        let ApiReply::Text(text) = self.shared.call(ApiCall::TransferWindow)? else {
            return Err(unexpected("Text"));
        };
        Ok(text)
    }

    /// Sets when the jobs of the queue may transfer, by the local clock of the process that
    /// hosts it; empty for always. It holds at once, in whatever process the queue is hosted,
    /// and it is stored. A job may have a window of its own besides, the property
    /// TRANSFER_WINDOW: it transfers while both are open.
    ///
    /// A window is a list of entries, separated by semicolons: days, times, or days and
    /// times, as `22:00-06:00` or `Mon-Fri 22:00-06:00; Sat,Sun`. Days are Mon, Tue, Wed, Thu,
    /// Fri, Sat and Sun, in either case; lists of them and of times have commas. A time of the
    /// day is that of 24 hours; one that ends before it begins ends on the next day, so that
    /// `Fri 22:00-06:00` ends on Saturday. Days alone are whole days, times alone are every
    /// day's.
    ///
    /// When it closes, requests under way end, and jobs keep their bytes and are QUEUED;
    /// [`super::Job::wait_reason`] says OUTSIDE_WINDOW, and when it opens as the time of the
    /// next try. It is open while the clock shows a time within it: an hour that is skipped
    /// when summer begins is in no window, one that is shown twice when it ends is in one
    /// twice. A clock or a time zone that somebody sets is noticed within twenty minutes. Servers
    /// hear of cancelled uploads at any time.
    ///
    /// E_INVALIDARG for what is no window, with the character at which it is none in the
    /// message; BG_E_STRING_TOO_LONG above
    /// [`limit::WINDOW_CHARS_MAX`](crate::vocab::limit::WINDOW_CHARS_MAX) characters.
    pub fn set_transfer_window(&self, window: &str) -> Result<()> {
        self.shared.call(ApiCall::SetTransferWindow(window.to_owned())).map(|_| ())
    }

    /// Says what the operating system tells of the network: whether there is
    /// one, and what it costs. Jobs to which it is closed stop at once, keep
    /// their bytes and are QUEUED; [`super::Job::wait_reason`] says NO_NETWORK,
    /// or PolicyClosed where the network costs more than the job's COST_FLAGS
    /// allow. When it opens they go on, and those that wait for their next try
    /// after an error on the way to the server are tried at once.
    ///
    /// It is not stored. It holds until this manager says something else or is
    /// closed; of several processes the last word counts. Jobs whose next file
    /// has a `file` URL need no network. E_INVALIDARG for a cost that is none.
    /// Specification, sections 3.4 and 6.7.
    pub fn set_network(&self, network: Network) -> Result<()> {
        network.check()?;
        self.shared.report_conditions(|reported| reported.network = Some(network))
    }

    /// The network as it was reported last, by any process; connected and
    /// unrestricted if nobody did.
    pub fn network(&self) -> Result<Network> {
        Ok(self.conditions()?.network)
    }

    /// Says what drives the machine: [`power::EXTERNAL`] or [`power::BATTERY`], with
    /// [`power::SAVER`] if the system saves power. Jobs whose POWER_FLAGS do not have all of
    /// these stop at once, keep their bytes and are QUEUED; [`super::Job::wait_reason`] says
    /// POLICY_CLOSED with DO_E_BLOCKED_BY_POWER_STATE. When they may, they go on. By default a
    /// job transfers with any power, and servers hear of cancelled uploads with any.
    ///
    /// It is not stored. It holds until this manager says something else or is closed; of
    /// several processes the last word counts. E_INVALIDARG for another number.
    ///
    /// [`power::EXTERNAL`]: crate::vocab::power::EXTERNAL
    /// [`power::BATTERY`]: crate::vocab::power::BATTERY
    /// [`power::SAVER`]: crate::vocab::power::SAVER
    pub fn set_power(&self, state: u32) -> Result<()> {
        check_power(state)?;
        self.shared.report_conditions(|reported| reported.power = Some(state))
    }

    /// What drives the machine as it was said last, by any process; external power if nobody
    /// did.
    pub fn power(&self) -> Result<u32> {
        Ok(self.conditions()?.power)
    }

    /// Stops all transfers of the queue without touching the jobs: they keep
    /// their bytes, are QUEUED, and [`super::Job::wait_reason`] says PAUSED.
    /// All calls work meanwhile, and files that are here are completed.
    ///
    /// It is not stored. It holds until [`Manager::unpause`], or until this
    /// manager is closed or its process ends. Twice is once.
    pub fn pause(&self) -> Result<()> {
        self.shared.report_conditions(|reported| reported.paused = true)
    }

    /// Takes back [`Manager::pause`] of this manager; without one it does
    /// nothing. The queue goes on unless another process has paused it, too;
    /// jobs in TRANSIENT_ERROR go on waiting for their next try.
    pub fn unpause(&self) -> Result<()> {
        self.shared.report_conditions(|reported| reported.paused = false)
    }

    /// True if this or another process has paused the queue.
    pub fn is_paused(&self) -> Result<bool> {
        Ok(self.conditions()?.paused)
    }

    fn conditions(&self) -> Result<Conditions> {
        let ApiReply::Conditions(conditions) = self.shared.call(ApiCall::Conditions)? else {
            return Err(unexpected("Conditions"));
        };
        Ok(conditions)
    }

    /// Stops driving the queue, after what is under way was recorded; another
    /// process that has it open goes on. Handles of its jobs answer
    /// BGCOPY_E_MANAGER_CLOSED from then on. A second call does nothing.
    pub fn close(&self) {
        self.shared.close();
    }
}

/// The call that makes a job of that id with all that is in `setup`.
pub(super) fn creation(
    id: Uuid,
    display_name: &str,
    job_type: JobType,
    like: Option<Uuid>,
    umask: Option<u32>,
    setup: Setup,
) -> ApiCall {
    let display_name = display_name.to_owned();
    ApiCall::CreateJob { id, display_name, job_type, like, umask, setup }
}

/// The reply is of another kind than the request asks for.
pub(super) fn unexpected(wanted: &str) -> Error {
    Error::new(code::E_UNEXPECTED, format!("the engine's reply is not a {wanted}"))
}
