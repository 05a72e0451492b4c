//! A job that is made with all it needs.

use std::sync::Arc;

use uuid::Uuid;

use crate::engine::{ApiReply, Secret, Setup};
use crate::model::{ClientCertificate, Command, FileSpec, ProxySettings, Setting};
use crate::vocab::{AuthScheme, AuthTarget, JobPriority, JobType, PropertyValue, Result};

use super::job::Job;
use super::manager::{Manager, creation, unexpected};
use super::shared::Shared;

/// Jobs that are stored together.
const STORED_TOGETHER: usize = 256;

/// A job that is made in one step: all of it is stored, or nothing. The death
/// of the process leaves no job that only has some of its files and settings,
/// as it may between [`Manager::create_job`] and the calls that follow it.
///
/// ```
/// # use bgcopy_test_server::{Content, Resource, Server};
/// # let (folder, server) = (tempfile::tempdir()?, Server::start()?);
/// # server.put("/large.iso", Resource::new(Content::generated(1, 300_000)));
/// # let url = server.url("/large.iso");
/// # let (store, target) = (folder.path().join("store"), folder.path().join("large.iso"));
/// # let target = bgcopy_core::local_name(&target)?;
///
/// use bgcopy_core::{FileSpec, JobSetup, JobState, JobType, Manager, Options};
///
/// let manager = Manager::open(Options::new(store))?;
/// let file = FileSpec { remote_name: url, local_name: target, ..FileSpec::default() };
/// let job = JobSetup::new("a large file", JobType::Download)
///     .files(vec![file])
///     .resumed()
///     .create(&manager)?;
/// assert_eq!(job.wait(&[JobState::Transferred], None)?, JobState::Transferred);
/// # job.cancel()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct JobSetup {
    display_name: String,
    job_type: JobType,
    setup: Setup,
}

impl JobSetup {
    /// A job of that name and type, as [`Manager::create_job`] makes it.
    pub fn new(display_name: &str, job_type: JobType) -> Self {
        Self { display_name: display_name.to_owned(), job_type, setup: Setup::default() }
    }

    /// The key that the job is found by: see [`Manager::create_job_with_key`].
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.setup.key = Some(key.to_owned());
        self
    }

    /// Its files, as for [`Job::add_file_set`].
    #[must_use]
    pub fn files(self, files: Vec<FileSpec>) -> Self {
        self.with(Command::AddFiles(files))
    }

    /// As [`Job::set_description`].
    #[must_use]
    pub fn description(self, description: &str) -> Self {
        self.with(Command::Set(Setting::Description(description.to_owned())))
    }

    /// As [`Job::set_priority`].
    #[must_use]
    pub fn priority(self, priority: JobPriority) -> Self {
        self.with(Command::Set(Setting::Priority(priority)))
    }

    /// As [`Job::set_no_progress_timeout`].
    #[must_use]
    pub fn no_progress_timeout(self, seconds: u32) -> Self {
        self.with(Command::Set(Setting::NoProgressTimeout(seconds)))
    }

    /// As [`Job::set_minimum_retry_delay`].
    #[must_use]
    pub fn minimum_retry_delay(self, seconds: u32) -> Self {
        self.with(Command::Set(Setting::MinimumRetryDelay(seconds)))
    }

    /// As [`Job::set_maximum_download_time`].
    #[must_use]
    pub fn maximum_download_time(self, seconds: u32) -> Self {
        self.with(Command::Set(Setting::MaximumDownloadTime(seconds)))
    }

    /// As [`Job::set_proxy_settings`].
    #[must_use]
    pub fn proxy_settings(self, proxy: ProxySettings) -> Self {
        self.with(Command::Set(Setting::Proxy(proxy)))
    }

    /// As [`Job::set_client_certificate`].
    #[must_use]
    pub fn client_certificate(self, certificate: Option<ClientCertificate>) -> Self {
        self.with(Command::Set(Setting::ClientCertificate(certificate)))
    }

    /// As [`Job::set_security_flags`].
    #[must_use]
    pub fn security_flags(self, flags: u32) -> Self {
        self.with(Command::Set(Setting::SecurityFlags(flags)))
    }

    /// As [`Job::set_custom_headers`].
    #[must_use]
    pub fn custom_headers(self, headers: Option<&str>) -> Self {
        self.with(Command::Set(Setting::CustomHeaders(headers.map(str::to_owned))))
    }

    /// As [`Job::make_custom_headers_write_only`].
    #[must_use]
    pub fn custom_headers_write_only(self) -> Self {
        self.with(Command::Set(Setting::CustomHeadersWriteOnly))
    }

    /// As [`Job::set_http_method`].
    #[must_use]
    pub fn http_method(self, method: &str) -> Self {
        self.with(Command::Set(Setting::HttpMethod(method.to_owned())))
    }

    /// As [`Job::set_property`].
    #[must_use]
    pub fn property(self, id: u32, value: PropertyValue) -> Self {
        self.with(Command::Set(Setting::Property { id, value }))
    }

    /// As [`Job::set_reply_file_name`].
    #[must_use]
    pub fn reply_file_name(self, name: Option<&str>) -> Self {
        self.with(Command::Set(Setting::ReplyFileName(name.map(str::to_owned))))
    }

    /// As [`Job::set_credentials`].
    #[must_use]
    pub fn credentials(
        mut self,
        target: AuthTarget,
        scheme: AuthScheme,
        user_name: &str,
        password: &str,
    ) -> Self {
        let secret = Secret { user_name: user_name.to_owned(), password: password.to_owned() };
        self.setup.secrets.push(((target, scheme), secret));
        self
    }

    /// As [`Job::resume`], after all else.
    #[must_use]
    pub fn resumed(mut self) -> Self {
        self.setup.resume = true;
        self
    }

    /// Makes the job; with a key, the one that is there already is given as it is. Codes as
    /// for the calls that it stands for: the first one that is refused says why there is no job.
    pub fn create(self, manager: &Manager) -> Result<Job> {
        Ok(self.find_or_create(manager)?.0)
    }

    /// As [`JobSetup::create`], and true if the job was made, false if there was one with the
    /// key. Nothing of this setup is done to that one.
    pub fn find_or_create(self, manager: &Manager) -> Result<(Job, bool)> {
        let Self { display_name, job_type, setup } = self;
        let shared = manager.shared();
        let (id, umask) = (Uuid::new_v4(), shared.terms.umask());
        let request = creation(id, &display_name, job_type, None, umask, setup.clone());
        found_or_made(shared, shared.call(request)?, setup)
    }

    /// As [`JobSetup::find_or_create`] for each of many, whose jobs are stored together: all or
    /// none. The answers are in the order of the setups. If one is refused, the jobs that were
    /// made are cancelled; what they have sent by then stays where it is.
    pub fn create_all(setups: Vec<Self>, manager: &Manager) -> Result<Vec<(Job, bool)>> {
        let shared = manager.shared();
        let umask = shared.terms.umask();
        let mut all = Vec::with_capacity(setups.len());
        let mut setups = setups.into_iter();
        loop {
            let some: Vec<_> = setups.by_ref().take(STORED_TOGETHER).collect();
            if some.is_empty() {
                return Ok(all);
            }
            let request = |one: &Self| {
                let id = Uuid::new_v4();
                creation(id, &one.display_name, one.job_type, None, umask, one.setup.clone())
            };
            let replies = shared.calls(some.iter().map(request).collect());
            let mut failed = None;
            for (reply, one) in replies.into_iter().zip(some) {
                match reply.and_then(|reply| found_or_made(shared, reply, one.setup)) {
                    Ok(made) => all.push(made),
                    Err(error) => failed = failed.or(Some(error)),
                }
            }
            if let Some(error) = failed {
                // The first failure is the one to report.
                let made: Vec<_> =
                    all.iter().filter_map(|(job, is_new)| is_new.then_some(job)).collect();
                _ = manager.cancel_all(&made);
                return Err(error);
            }
        }
    }

    fn with(mut self, command: Command) -> Self {
        self.setup.commands.push(command);
        self
    }
}

/// The job that has the key, or that was made: then true.
fn found_or_made(shared: &Arc<Shared>, reply: ApiReply, setup: Setup) -> Result<(Job, bool)> {
    if let ApiReply::Found(id) = reply {
        return Ok((Job::new(Arc::clone(shared), id), false));
    }
    Ok((made(shared, reply, setup)?, true))
}

/// The job that was made with all this.
pub(super) fn made(shared: &Arc<Shared>, reply: ApiReply, setup: Setup) -> Result<Job> {
    match reply {
        ApiReply::SetUp(id) => {
            for (slot, secret) in setup.secrets {
                shared.keep_secret(id, slot, secret);
            }
            Ok(Job::new(Arc::clone(shared), id))
        }
        // By a host that is too old to do it in one step, or there is nothing to do.
        ApiReply::Created(id) => {
            let job = Job::new(Arc::clone(shared), id);
            // The first failure is the one to report.
            fill(&job, setup).inspect_err(|_| _ = job.cancel())?;
            Ok(job)
        }
        ApiReply::Done(_)
        | ApiReply::Found(_)
        | ApiReply::Opened { .. }
        | ApiReply::Job(_)
        | ApiReply::File(_)
        | ApiReply::State(_)
        | ApiReply::Readable(_)
        | ApiReply::Event(_)
        | ApiReply::Idle(_)
        | ApiReply::Limits(_)
        | ApiReply::RateLimits(_)
        | ApiReply::Text(_)
        | ApiReply::Conditions(_) => Err(unexpected("SetUp")),
    }
}

fn fill(job: &Job, setup: Setup) -> Result<()> {
    for command in setup.commands {
        job.command(command)?;
    }
    for ((target, scheme), secret) in setup.secrets {
        job.set_credentials(target, scheme, &secret.user_name, &secret.password)?;
    }
    if setup.resume { job.resume() } else { Ok(()) }
}
