//! One-shot transfers: files in, files in their places, and a job in between that the same
//! call finds again.
//!
//! The jobs have keys made of what is asked for ([`download_key`], [`upload_key`]), so that a
//! call after a kill, or beside another one, goes on with what is there. [`find_download`],
//! [`find_uploads`] and [`expect_hashes`] are the steps for callers that show or ask
//! something in between, as the program `bgcopy` does.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::model::{Command, FileSpec, JobError, JobRecord, Setting};
use crate::vocab::{
    AuthScheme, AuthTarget, Error, ErrorContext, JobPriority, JobState, JobType, Result,
    UploadProtocol, WaitKind, bytes_of_path, code,
};

use super::interrupt::Interrupt;
use super::job::Job;
use super::job_progress::JobProgress;
use super::manager::Manager;
use super::oneshot_downloads as downloads;
use super::oneshot_uploads as uploads;
use super::reader::Reader;

/// How often progress is reported.
const TICK: Duration = Duration::from_millis(100);

/// Jobs whose changes are stored together.
const STORED_TOGETHER: usize = 64;

/// The states in which nothing more happens to a job by itself.
const ENDS: [JobState; 4] =
    [JobState::Transferred, JobState::Error, JobState::Acknowledged, JobState::Cancelled];

/// How long a server may take to hear that an upload is cancelled, and how often that is
/// looked at.
const SERVER_PATIENCE: Duration = Duration::from_secs(5);
const SERVER_TICK: Duration = Duration::from_millis(20);

/// What a one-shot transfer is like. What is None stays as it is in a job that is found, and
/// is the default in a new one.
#[derive(Clone, Default)]
pub struct TransferOptions {
    /// Which jobs go first; None is FOREGROUND for a new job, as somebody waits for it.
    pub priority: Option<JobPriority>,
    /// How long it goes on without a new byte, with tries in between, in seconds.
    pub no_progress_timeout_s: Option<u32>,
    /// Lines, each ended by CR LF.
    pub custom_headers: Option<String>,
    /// A name and a password for the server, by the scheme Basic.
    pub credentials: Option<(String, String)>,
    /// How long the call may take; None is for ever.
    pub timeout: Option<Duration>,
    /// Downloads: true if the files that arrive are put in place though others fail. Uploads
    /// are a job each: those that can be sent always are.
    pub partial: bool,
    /// True if jobs that do not come to their end are cancelled, at the server, too; false if
    /// they are suspended and stay, so that the same call goes on with them.
    pub cancel_unfinished: bool,
    /// Uploads: how they are sent; None asks the server.
    pub upload_protocol: Option<UploadProtocol>,
    /// Uploads of one file: where the server's reply goes. The job is an UPLOAD_REPLY.
    pub reply_file_name: Option<String>,
    /// Downloads: a list of checksums, by its URL or path. Each file must be in it, and is checked
    /// against it, unless it has an expected hash of its own: see
    /// [`super::read_checksum_list`] and [`super::expect_listed`].
    pub checksums: Option<String>,
    /// The public key of minisign that must have signed the list, and where the signature is:
    /// see [`super::ChecksumSource`].
    pub minisign_key: Option<String>,
    /// See `minisign_key`.
    pub signature: Option<String>,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferredFile {
    /// The URL it came from or went to: some servers name what they get.
    pub remote_name: String,
    pub local_name: String,
    /// True if it is in its place.
    pub is_done: bool,
    /// Why not; None for a file that only others have kept from its place.
    pub error: Option<JobError>,
}

/// Gets how far it is, ten times a second and at the end. Break ends the call with
/// E_ABORT.
pub type OnProgress<'a> = &'a mut dyn FnMut(JobProgress) -> ControlFlow<()>;

/// Downloads files as one job, and puts them in place when all of them are here. What became
/// of each is returned in the order of the files; a job that failed is no error of the call.
///
/// The same files, in whatever order, find the job that an earlier call left, or that another
/// one is at: also that of another process of the queue. E_TIMEOUT when the time is over,
/// E_ABORT when it is interrupted or `on_progress` breaks: `cancel_unfinished` says what becomes
/// of the job then, as when it failed. DO_E_INVALID_STATE for another expected hash than that
/// which a file was checked against; for `checksums` the codes of [`super::read_checksum_list`]
/// and [`super::expect_listed`], before a job is made; else as for [`super::JobSetup::create`] and
/// [`Job::complete`].
///
/// ```
/// # use bgcopy_test_server::{Content, Resource, Server};
/// # let (folder, server) = (tempfile::tempdir()?, Server::start()?);
/// # server.put("/large.iso", Resource::new(Content::generated(1, 300_000)));
/// # let url = server.url("/large.iso");
/// # let (store, target) = (folder.path().join("store"), folder.path().join("large.iso"));
/// # let target = bgcopy_core::local_name(&target)?;
///
/// use bgcopy_core::{FileSpec, Manager, Options, TransferOptions, download};
///
/// let manager = Manager::open(Options::new(store))?;
/// let file = FileSpec { remote_name: url, local_name: target, ..FileSpec::default() };
/// let done = download(&manager, &[file], &TransferOptions::default(), None, None)?;
/// assert!(done.iter().all(|file| file.is_done));
/// # assert_eq!(std::fs::metadata(&done[0].local_name)?.len(), 300_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn download(
    manager: &Manager,
    files: &[FileSpec],
    options: &TransferOptions,
    interrupt: Option<&Interrupt>,
    on_progress: Option<OnProgress<'_>>,
) -> Result<Vec<TransferredFile>> {
    let mut watch = Watch::new(options.timeout, interrupt, on_progress);
    let list = options.checksums.as_deref();
    if list.is_none() && (options.minisign_key.is_some() || options.signature.is_some()) {
        return Err(Error::new(code::E_INVALIDARG, "a signature is that of a list of checksums"));
    }
    let Some(list) = list.filter(|_| !files.is_empty()) else {
        return downloads::run(manager, files, options, &mut watch);
    };
    let source = super::ChecksumSource {
        list,
        minisign_key: options.minisign_key.as_deref(),
        signature: options.signature.as_deref(),
    };
    let listed = super::checksums::listed(manager, files, &source, options, &mut watch)?;
    downloads::run(manager, &listed, options, &mut watch)
}

/// Sends files, a job for each, and acknowledges those that are sent: else as [`download`]. A
/// file that is asked for twice is sent once. If jobs are cancelled at their server, the call
/// takes up to 5 s longer. E_INVALIDARG for `checksums`.
pub fn upload(
    manager: &Manager,
    files: &[FileSpec],
    options: &TransferOptions,
    interrupt: Option<&Interrupt>,
    on_progress: Option<OnProgress<'_>>,
) -> Result<Vec<TransferredFile>> {
    let mut watch = Watch::new(options.timeout, interrupt, on_progress);
    if options.checksums.is_some() || options.minisign_key.is_some() || options.signature.is_some()
    {
        return Err(Error::new(code::E_INVALIDARG, "checksums are for downloads"));
    }
    uploads::run(manager, files, options, &mut watch)
}

/// The key of the job that downloads these files: the same for any order of them.
pub fn download_key(files: &[FileSpec]) -> String {
    let mut pairs: Vec<_> = files.iter().map(names).collect();
    pairs.sort_unstable();
    let mut digest = Sha256::new();
    for (remote_name, local_name) in pairs {
        add_name(&mut digest, remote_name, &local_name);
    }
    format!("bgcopy get {}", hexadecimal(&digest.finalize()))
}

/// The key of the job that sends a file, and puts the server's reply there.
pub fn upload_key(file: &FileSpec, reply_file_name: Option<&str>) -> String {
    let mut digest = Sha256::new();
    let (remote_name, local_name) = names(file);
    add_name(&mut digest, remote_name, &local_name);
    if let Some(reply) = reply_file_name {
        digest.update("reply\t");
        digest.update(bytes_of_path(reply));
        digest.update("\n");
    }
    format!("bgcopy put {}", hexadecimal(&digest.finalize()))
}

/// The job that downloads these files: by their key, or of a version that knew its jobs by
/// their descriptions.
pub fn find_download(manager: &Manager, files: &[FileSpec]) -> Result<Option<Job>> {
    let key = download_key(files);
    match found(manager.job_by_key(&key))? {
        Some(job) => Ok(Some(job)),
        None => downloads::older(manager, &key),
    }
}

/// The same for uploads: the job of each file.
pub fn find_uploads(
    manager: &Manager,
    files: &[FileSpec],
    reply_file_name: Option<&str>,
) -> Result<Vec<Option<Job>>> {
    uploads::find(manager, &files.iter().collect::<Vec<_>>(), reply_file_name)
}

/// Has a job that was found check its files against the hashes that these have, where it has
/// others. DO_E_INVALID_STATE if all bytes of such a file are here: it was checked.
pub fn expect_hashes(job: &Job, files: &[FileSpec]) -> Result<()> {
    downloads::expect_hashes(job, files)
}

/// Has a job that was found know the mirrors that these files have.
pub fn add_mirrors(job: &Job, files: &[FileSpec]) -> Result<()> {
    downloads::add_mirrors(job, files)
}

fn names(file: &FileSpec) -> (&str, std::borrow::Cow<'_, [u8]>) {
    (&file.remote_name, bytes_of_path(&file.local_name))
}

fn add_name(digest: &mut Sha256, remote_name: &str, local_name: &[u8]) {
    digest.update(remote_name);
    digest.update("\t");
    digest.update(local_name);
    digest.update("\n");
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// None if there is no such job.
pub(super) fn found(job: Result<Job>) -> Result<Option<Job>> {
    match job {
        Ok(job) => Ok(Some(job)),
        Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => Ok(None),
        Err(error) => Err(error),
    }
}

/// Jobs that an older version made, by their description: it had no keys.
pub(super) fn described(manager: &Manager, description: &str) -> Result<Vec<JobRecord>> {
    let reader = Reader::open(&manager.shared().terms.settings.folder)?;
    let mut jobs = super::listing::jobs_described(&reader, description)?;
    // What has a key is found by it, and is not what this description once meant.
    jobs.retain(|job| job.key.is_none() && !job.state.is_final());
    Ok(jobs)
}

/// What options make of a new job.
pub(super) fn set_up(setup: super::JobSetup, options: &TransferOptions) -> super::JobSetup {
    let setup = setup.priority(options.priority.unwrap_or(JobPriority::Foreground));
    identified(set_up_anonymous(setup, options), options).resumed()
}

/// What may go to any server.
pub(super) fn set_up_anonymous(
    setup: super::JobSetup,
    options: &TransferOptions,
) -> super::JobSetup {
    match options.no_progress_timeout_s {
        Some(seconds) => setup.no_progress_timeout(seconds),
        None => setup,
    }
}

/// What is meant for the server of the files.
pub(super) fn identified(mut setup: super::JobSetup, options: &TransferOptions) -> super::JobSetup {
    if options.custom_headers.is_some() {
        setup = setup.custom_headers(options.custom_headers.as_deref());
    }
    if let Some((name, password)) = &options.credentials {
        setup = setup.credentials(AuthTarget::Server, AuthScheme::Basic, name, password);
    }
    setup
}

/// The same for jobs that were found, which are resumed. Calls that are under way together are
/// stored together.
pub(super) fn go_on(manager: &Manager, jobs: &[&Job], options: &TransferOptions) -> Result<()> {
    let mut commands = Vec::new();
    if let Some(priority) = options.priority {
        commands.push(Command::Set(Setting::Priority(priority)));
    }
    if let Some(seconds) = options.no_progress_timeout_s {
        commands.push(Command::Set(Setting::NoProgressTimeout(seconds)));
    }
    if options.custom_headers.is_some() {
        commands.push(Command::Set(Setting::CustomHeaders(options.custom_headers.clone())));
    }
    commands.push(Command::Resume);
    for some in jobs.chunks(STORED_TOGETHER) {
        if let Some((name, password)) = &options.credentials {
            for job in some {
                job.set_credentials(AuthTarget::Server, AuthScheme::Basic, name, password)?;
            }
        }
        let requests =
            some.iter().flat_map(|job| commands.iter().map(|one| job.request(one.clone())));
        for reply in manager.shared().calls(requests.collect()) {
            match reply {
                // Another call is completing it: it is only to be waited for.
                Err(error) if error.code != code::DO_E_INVALID_STATE => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
    }
    Ok(())
}

/// Who waits for the end of a call, and for how long.
pub(super) struct Watch<'i, 'p> {
    deadline: Option<Instant>,
    interrupt: Option<&'i Interrupt>,
    on_progress: Option<OnProgress<'p>>,
    never: Interrupt,
}

impl<'i, 'p> Watch<'i, 'p> {
    fn new(
        timeout: Option<Duration>,
        interrupt: Option<&'i Interrupt>,
        on_progress: Option<OnProgress<'p>>,
    ) -> Self {
        // A time beyond what the clock can count is for ever.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Self { deadline, interrupt, on_progress, never: Interrupt::new() }
    }

    /// Waits until the job ends; `progress` is asked how far it is when that is to be total.
    /// `tick` is how often.
    pub(super) fn wait(
        &mut self,
        job: &Job,
        mut progress: impl FnMut() -> Result<JobProgress>,
        tick: impl Fn() -> Duration,
    ) -> Result<JobState> {
        loop {
            let left = self.deadline.map(|end| end.saturating_duration_since(Instant::now()));
            let timeout = match (&self.on_progress, left) {
                (None, left) => left,
                (Some(_), None) => Some(tick()),
                (Some(_), Some(left)) => Some(left.min(tick())),
            };
            let interrupt = self.interrupt.unwrap_or(&self.never);
            match job.wait_interruptible(&ENDS, timeout, interrupt) {
                Ok(state) => return Ok(state),
                Err(error) if error.code == code::E_TIMEOUT => {}
                Err(error) => return Err(error),
            }
            if let Some(on_progress) = &mut self.on_progress
                && on_progress(progress()?).is_break()
            {
                return Err(Error::new(code::E_ABORT, "the caller has ended the transfer"));
            }
            if self.deadline.is_some_and(|end| Instant::now() >= end) {
                return Err(Error::new(code::E_TIMEOUT, "the time for the transfer is over"));
            }
        }
    }

    /// Tells how far it was at the end.
    pub(super) fn report(&mut self, progress: impl FnOnce() -> Result<JobProgress>) -> Result<()> {
        if let Some(on_progress) = &mut self.on_progress {
            // It is over: there is nothing to be ended any more.
            _ = on_progress(progress()?);
        }
        Ok(())
    }

    pub(super) fn is_watched(&self) -> bool {
        self.on_progress.is_some()
    }
}

pub(super) const fn tick() -> Duration {
    TICK
}

/// Why a job ended that is not transferred.
pub(super) fn failure(job: &Job, state: JobState) -> Result<JobError> {
    if state == JobState::Error {
        return job.error();
    }
    Ok(JobError {
        code: code::DO_E_INVALID_STATE,
        context: ErrorContext::None,
        file: None,
        protocol: None,
        message: format!("the job is {} by another hand", state.name()),
        at_ms: 0,
    })
}

/// Ends what did not come to its end.
pub(super) fn leave(manager: &Manager, jobs: &[&Job], options: &TransferOptions) {
    if !options.cancel_unfinished {
        // Some of them are finished.
        jobs.iter().for_each(|job| _ = job.suspend());
        return;
    }
    _ = manager.cancel_all(jobs);
    let deadline = Instant::now() + SERVER_PATIENCE;
    for job in jobs {
        // Once nothing is left of it, it is finished or not found.
        while job.wait_reason().is_ok_and(|why| why.kind == WaitKind::CancellingOnServer) {
            if Instant::now() >= deadline {
                return;
            }
            std::thread::sleep(SERVER_TICK);
        }
    }
}

/// The type of the job of an upload.
pub(super) fn upload_type(reply_file_name: Option<&str>) -> JobType {
    if reply_file_name.is_some() { JobType::UploadReply } else { JobType::Upload }
}
