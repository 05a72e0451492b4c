//! One job (IBackgroundCopyJob).

use std::sync::Arc;

use uuid::Uuid;

use crate::engine::{ApiCall, ApiReply, JobSnapshot, Secret};
use crate::model::{
    ClientCertificate, Command, FileSpec, JobError, JobRecord, ProxySettings, Setting, WaitReason,
};
use crate::protocol::FileRange;
use crate::vocab::{
    AuthScheme, AuthTarget, Error, HResult, JobPriority, JobPropertyId, JobState, JobType,
    PropertyValue, Result, code,
};

use super::file::File;
use super::job_progress::{JobProgress, progress_of};
use super::manager::unexpected;
use super::shared::Shared;

/// When things happened, in milliseconds since 1970 (BG_JOB_TIMES).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobTimes {
    pub creation_ms: i64,
    pub modification_ms: i64,
    /// When the job became TRANSFERRED; None before.
    pub transfer_completion_ms: Option<i64>,
}

/// A handle of a job. Dropping it changes nothing about the job. A handle of a
/// completed or cancelled job still answers its getters; what would change
/// the job answers DO_E_INVALID_STATE.
///
/// ```
/// # use bgcopy_test_server::{Content, Resource, Server};
/// # let (folder, server) = (tempfile::tempdir()?, Server::start()?);
/// # server.put("/large.iso", Resource::new(Content::generated(1, 300_000)));
/// # let url = server.url("/large.iso");
/// # let (store, target) = (folder.path().join("store"), folder.path().join("large.iso"));
/// # let target = bgcopy_core::local_name(&target)?;
///
/// use bgcopy_core::{JobState, JobType, Manager, Options, vocab::code};
///
/// let manager = Manager::open(Options::new(store))?;
/// let job = manager.create_job("a large file", JobType::Download)?;
/// job.add_file(&url, &target)?;
/// job.resume()?;
/// job.wait(&[JobState::Transferred], None)?;
/// // Nothing is at the local name until Complete; Cancel removes the temporary file.
/// assert!(!std::path::Path::new(&target).exists());
/// assert_eq!(job.cancel()?, code::S_OK);
/// assert_eq!(job.state()?, JobState::Cancelled);
/// assert_eq!(job.cancel().unwrap_err().code, code::DO_E_INVALID_STATE);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Job {
    shared: Arc<Shared>,
    id: Uuid,
}

impl Drop for Job {
    fn drop(&mut self) {
        self.shared.let_go(self.id);
    }
}

/// Files and life cycle.
impl Job {
    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// A handle that the engine has counted already.
    pub(super) fn new(shared: Arc<Shared>, id: Uuid) -> Self {
        shared.hold(id);
        Self { shared, id }
    }

    /// Adds a whole file (AddFile). `local_name` is an absolute path in an
    /// existing folder that can be written to; nothing is there until
    /// Complete. For an upload job it is the file to be sent, and a second one
    /// is BG_E_TOO_MANY_FILES; below a `remote_name` that ends in a slash it goes
    /// under its own name, unless the server names files itself, as by tus and
    /// POST. Legal in every state that is not final; on a transferred job call
    /// [`Job::resume`] after it.
    ///
    /// E_INVALIDARG for a malformed name, an unsupported scheme, credentials
    /// in the URL, a relative path, or a local name that is, or leads to, a
    /// device, a pipe or a socket; E_PATH_NOT_FOUND, E_ACCESSDENIED or
    /// E_DIRECTORY for a folder or target that cannot be used;
    /// BGCOPY_E_DUPLICATE_LOCAL_NAME; BG_E_TOO_MANY_FILES_IN_JOB. After an
    /// error the job is as before. Section 2.2.
    pub fn add_file(&self, remote_name: &str, local_name: &str) -> Result<()> {
        self.add_file_with_ranges(remote_name, local_name, &[])
    }

    /// Adds several files, all or none (AddFileSet), with the ranges and the
    /// hashes that they may have. Codes as for [`Job::add_file`],
    /// [`Job::add_file_with_ranges`] and [`File::set_expected_hash`].
    pub fn add_file_set(&self, files: Vec<FileSpec>) -> Result<()> {
        self.command(Command::AddFiles(files)).map(|_| ())
    }

    /// Adds pieces of a file, stored back to back in the order given
    /// (AddFileWithRanges). No ranges = the whole file. DO_E_INVALID_RANGE for
    /// an empty range or one beyond the largest offset,
    /// DO_E_OVERLAPPING_RANGES, BG_E_TOO_MANY_RANGES_IN_FILE above 500; else
    /// as [`Job::add_file`]. Section 2.7 and 3.2.
    pub fn add_file_with_ranges(
        &self,
        remote_name: &str,
        local_name: &str,
        ranges: &[FileRange],
    ) -> Result<()> {
        self.add_file_set(vec![FileSpec {
            remote_name: remote_name.to_owned(),
            local_name: local_name.to_owned(),
            ranges: ranges.to_vec(),
            ..FileSpec::default()
        }])
    }

    /// The files of the job, in order of addition (EnumFiles): a snapshot of
    /// which there are.
    pub fn files(&self) -> Result<Vec<File>> {
        (0..self.record()?.totals.files).map(|index| self.file(index)).collect()
    }

    /// The file at a place, from 0: DO_E_FILE_NOT_AVAILABLE if there is none.
    pub fn file(&self, index: u32) -> Result<File> {
        // The reply of an upload is none of them.
        if index >= self.record()?.totals.files {
            let error = Error::new(code::DO_E_FILE_NOT_AVAILABLE, "the job has no such file");
            return Err(error);
        }
        File::new(Arc::clone(&self.shared), self.id, index)
    }

    /// Stops the job's transfers; their progress stays (Suspend). A job that
    /// failed or is transferred keeps its state. DO_E_INVALID_STATE if it is
    /// final. Section 9.2.
    pub fn suspend(&self) -> Result<()> {
        self.command(Command::Suspend).map(|_| ())
    }

    /// Starts the job, or starts it again after an error, at once (Resume).
    /// DO_E_JOB_EMPTY without files, DO_E_INVALID_STATE if it is final.
    /// Section 9.2.
    pub fn resume(&self) -> Result<()> {
        self.command(Command::Resume).map(|_| ())
    }

    /// Deletes the job from the queue, and all its temporary files, also those
    /// of files already transferred (Cancel). Legal in every state but
    /// CANCELLED and ACKNOWLEDGED: then DO_E_INVALID_STATE. It cannot be
    /// undone, does not wait for the network, and a cancel that a crash cut
    /// short is finished at the next start. The server of an unfinished upload
    /// is told to forget it: at once, or for up to a day until it was reached.
    /// What is uploaded stays.
    ///
    /// S_OK, or BG_S_UNABLE_TO_DELETE_FILES if temporary files remain: they
    /// are tried again later; or if the server may keep a part of the file under its
    /// name, as a PUT that is broken off cannot be taken back. If a server turns out
    /// to keep the unfinished upload, JOB_ERROR is raised, and `error` and
    /// `wait_reason` say so. Section 9.6.
    pub fn cancel(&self) -> Result<HResult> {
        let result = self.command(Command::Cancel)?;
        self.shared.forget_secrets(self.id, None);
        Ok(result)
    }

    /// Puts every finished file in place and takes the job out of the queue
    /// (Complete). Unfinished files are discarded. An upload is acknowledged, in
    /// TRANSFERRED only: else DO_E_INVALID_STATE.
    ///
    /// S_OK, or BG_S_PARTIAL_COMPLETE if not all files were finished, or
    /// BG_S_UNABLE_TO_DELETE_FILES if temporary files of the others remain.
    /// If a file cannot be put in place, the code says why and the job stays:
    /// the call can be repeated. DO_E_INVALID_STATE if the job is final.
    /// Section 9.5.
    pub fn complete(&self) -> Result<HResult> {
        let result = self.command(Command::Complete)?;
        self.shared.forget_secrets(self.id, None);
        Ok(result)
    }
}

/// What there is to know.
impl Job {
    /// The id (GetId): never used twice.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The kind of transfer (GetType).
    pub fn job_type(&self) -> Result<JobType> {
        Ok(self.record()?.job_type)
    }

    /// Who made the job (GetOwner).
    pub fn owner(&self) -> Result<String> {
        Ok(self.record()?.owner)
    }

    /// The state (GetState).
    pub fn state(&self) -> Result<JobState> {
        Ok(self.record()?.state)
    }

    /// How far it has come (GetProgress). All zero without files.
    pub fn progress(&self) -> Result<JobProgress> {
        Ok(progress_of(&self.record()?))
    }

    /// When things happened (GetTimes).
    pub fn times(&self) -> Result<JobTimes> {
        let record = self.record()?;
        Ok(JobTimes {
            creation_ms: record.created_ms,
            modification_ms: record.modified_ms,
            transfer_completion_ms: record.transferred_ms,
        })
    }

    /// What stopped the job (GetError): DO_E_ERROR_INFORMATION_UNAVAILABLE
    /// unless it is in ERROR or TRANSIENT_ERROR.
    pub fn error(&self) -> Result<JobError> {
        let record = self.record()?;
        let failed = match record.state {
            JobState::Error | JobState::TransientError => true,
            // What its server keeps of it, or why it does not forget it yet.
            JobState::Cancelled => record.job_type != JobType::Download,
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::Suspended
            | JobState::Transferred
            | JobState::Acknowledged => false,
        };
        record.error.filter(|_| failed).ok_or_else(|| {
            Error::new(code::DO_E_ERROR_INFORMATION_UNAVAILABLE, "the job has no error")
        })
    }

    /// How often it failed, retries included (GetErrorCount).
    pub fn error_count(&self) -> Result<u32> {
        Ok(self.record()?.error_count)
    }

    /// Why it does not move, since when, when it is tried next and what would
    /// get it moving; for a moving job, what it is doing.
    pub fn wait_reason(&self) -> Result<WaitReason> {
        Ok(self.snapshot()?.wait_reason)
    }

    /// Bytes per second, averaged over the last seconds; 0 at a standstill, and
    /// in the first second, when it is not known yet.
    pub fn speed(&self) -> Result<u64> {
        Ok(self.snapshot()?.bytes_per_second)
    }

    /// Seconds until it is transferred at the present speed; None if that
    /// cannot be said.
    pub fn seconds_left(&self) -> Result<Option<u64>> {
        Ok(self.snapshot()?.seconds_left)
    }

    /// Everything about the job at one moment.
    pub fn snapshot(&self) -> Result<JobSnapshot> {
        let ApiReply::Job(snapshot) = self.ask(ApiCall::Job { id: self.id })? else {
            return Err(unexpected("Job"));
        };
        Ok(*snapshot)
    }
}

/// Properties. Setters answer DO_E_INVALID_STATE once the job is final.
impl Job {
    /// The name shown to people (GetDisplayName).
    pub fn display_name(&self) -> Result<String> {
        Ok(self.record()?.display_name)
    }

    /// Sets the name: at most 256 characters, else BG_E_STRING_TOO_LONG.
    pub fn set_display_name(&self, display_name: &str) -> Result<()> {
        self.set(Setting::DisplayName(display_name.to_owned()))
    }

    /// The key that [`Manager::create_job_with_key`](super::Manager::create_job_with_key) gave
    /// it; None if it was made without one.
    pub fn key(&self) -> Result<Option<String>> {
        Ok(self.record()?.key)
    }

    /// The description (GetDescription).
    pub fn description(&self) -> Result<String> {
        Ok(self.record()?.description)
    }

    /// Sets the description: at most 1,024 characters, else
    /// BG_E_STRING_TOO_LONG.
    pub fn set_description(&self, description: &str) -> Result<()> {
        self.set(Setting::Description(description.to_owned()))
    }

    /// The priority (GetPriority): NORMAL unless set.
    pub fn priority(&self) -> Result<JobPriority> {
        Ok(self.record()?.priority)
    }

    /// Sets the priority. A job of a higher one takes slots from lower ones.
    pub fn set_priority(&self, priority: JobPriority) -> Result<()> {
        self.set(Setting::Priority(priority))
    }

    /// The BG_NOTIFY bits (GetNotifyFlags): transferred and error unless set.
    pub fn notify_flags(&self) -> Result<u32> {
        Ok(self.record()?.notify_flags)
    }

    /// Sets which events the job raises: E_NOTIMPL for unknown bits.
    pub fn set_notify_flags(&self, flags: u32) -> Result<()> {
        self.set(Setting::NotifyFlags(flags))
    }

    /// The shortest wait before a retry, in seconds (GetMinimumRetryDelay).
    pub fn minimum_retry_delay(&self) -> Result<u32> {
        Ok(self.record()?.minimum_retry_delay_s)
    }

    /// Sets it, in seconds, also for a job that waits for its next try; below 5 counts
    /// as 5. Above the no-progress timeout the job is never retried.
    pub fn set_minimum_retry_delay(&self, seconds: u32) -> Result<()> {
        self.set(Setting::MinimumRetryDelay(seconds))
    }

    /// How long it may be without progress, in seconds (GetNoProgressTimeout).
    pub fn no_progress_timeout(&self) -> Result<u32> {
        Ok(self.record()?.no_progress_timeout_s)
    }

    /// Sets it, in seconds, from the first failure since the last progress on, also for a
    /// job that waits for its next try; 0 makes every error fatal.
    pub fn set_no_progress_timeout(&self, seconds: u32) -> Result<()> {
        self.set(Setting::NoProgressTimeout(seconds))
    }

    /// How long it may connect and transfer since the last Resume, in seconds.
    pub fn maximum_download_time(&self) -> Result<u32> {
        Ok(self.record()?.maximum_download_time_s)
    }

    /// Sets it, in seconds; beyond it the job goes to ERROR with
    /// BG_E_MAXDOWNLOAD_TIMEOUT.
    pub fn set_maximum_download_time(&self, seconds: u32) -> Result<()> {
        self.set(Setting::MaximumDownloadTime(seconds))
    }

    /// How the proxy is found (GetProxySettings).
    pub fn proxy_settings(&self) -> Result<ProxySettings> {
        Ok(self.record()?.proxy)
    }

    /// Sets how the proxy is found. E_INVALIDARG if OVERRIDE has no list, if
    /// another usage has one, or if a list holds credentials;
    /// BG_E_PROXY_LIST_TOO_LARGE and BG_E_PROXY_BYPASS_LIST_TOO_LARGE above
    /// 32,000 characters.
    pub fn set_proxy_settings(&self, proxy: ProxySettings) -> Result<()> {
        self.set(Setting::Proxy(proxy))
    }

    /// Sets a name and a password for the server or the proxy
    /// (SetCredentials), one pair for each target and scheme. They are kept in
    /// memory only, by this process and by the one that hosts the queue: once
    /// both have ended the job waits with CREDENTIALS_NEEDED until they are set
    /// again. For an upload to S3 they are the access key and the secret key,
    /// which sign and are never sent.
    ///
    /// With NTLM and NEGOTIATE both must be empty: these are the user's own,
    /// which are stored with the job and used where libcurl can. With BEARER the
    /// name is empty and the password is a token, for a server only.
    /// BG_E_USERNAME_TOO_LARGE above 300 characters, BG_E_PASSWORD_TOO_LARGE
    /// above 65,536; E_INVALIDARG if one has a line end or NUL, or is not as the
    /// scheme wants it; E_NOTIMPL for a scheme that is not used so;
    /// DO_E_INVALID_STATE if the job is final. Section 3.1.
    pub fn set_credentials(
        &self,
        target: AuthTarget,
        scheme: AuthScheme,
        user_name: &str,
        password: &str,
    ) -> Result<()> {
        let secret = Secret { user_name: user_name.to_owned(), password: password.to_owned() };
        let (id, slot) = (self.id, (target, scheme));
        let call = Uuid::new_v4();
        self.ask(ApiCall::SetCredentials { id, call, slot, secret: secret.clone() })?;
        self.shared.keep_secret(id, slot, secret);
        Ok(())
    }

    /// Forgets them (RemoveCredentials): S_FALSE if that pair was not set.
    pub fn remove_credentials(&self, target: AuthTarget, scheme: AuthScheme) -> Result<HResult> {
        let (id, call, slot) = (self.id, Uuid::new_v4(), (target, scheme));
        let result = done(self.ask(ApiCall::RemoveCredentials { id, call, slot })?)?;
        self.shared.forget_secrets(id, Some(slot));
        Ok(result)
    }

    /// The client certificate, if one is set.
    pub fn client_certificate(&self) -> Result<Option<ClientCertificate>> {
        Ok(self.record()?.client_certificate)
    }

    /// Sets the client certificate: absolute paths of PEM files; `None`
    /// removes it. E_INVALIDARG for a relative path.
    pub fn set_client_certificate(&self, certificate: Option<ClientCertificate>) -> Result<()> {
        self.set(Setting::ClientCertificate(certificate))
    }

    /// The BG_SSL and BG_HTTP_REDIRECT_POLICY bits (GetSecurityFlags).
    pub fn security_flags(&self) -> Result<u32> {
        Ok(self.record()?.security_flags)
    }

    /// Sets certificate checks and the redirect policy: E_NOTIMPL for unknown
    /// bits and for checks that the built-in TLS does not have.
    pub fn set_security_flags(&self, flags: u32) -> Result<()> {
        self.set(Setting::SecurityFlags(flags))
    }

    /// Replaces the beginning of all remote names that have it
    /// (ReplaceRemotePrefix): S_FALSE if none has; E_INVALIDARG if a prefix is
    /// empty or a result is not valid, and then none is changed.
    pub fn replace_remote_prefix(&self, old: &str, new: &str) -> Result<HResult> {
        self.command(Command::ReplaceRemotePrefix { old: old.to_owned(), new: new.to_owned() })
    }

    /// A job property by its id: DO_E_UNKNOWN_PROPERTY_ID. Section 3.4.
    pub fn property(&self, id: u32) -> Result<PropertyValue> {
        let Some(property) = JobPropertyId::from_u32(id) else {
            return Err(Error::new(
                code::DO_E_UNKNOWN_PROPERTY_ID,
                format!("no job property {id}"),
            ));
        };
        let set = self.record()?.properties.get(&id).cloned();
        Ok(set.unwrap_or_else(|| property.rules().default))
    }

    /// Sets a job property: DO_E_UNKNOWN_PROPERTY_ID; E_INVALIDARG for a value
    /// of another type; BG_E_READ_ONLY_PROPERTY_AFTER_RESUME; E_NOTIMPL for
    /// HIGH_PERFORMANCE; BG_E_RANDOM_ACCESS_NOT_SUPPORTED for ON_DEMAND_MODE of a job whose
    /// files have no ranges to be requested.
    pub fn set_property(&self, id: u32, value: PropertyValue) -> Result<()> {
        self.set(Setting::Property { id, value })
    }
}

impl Job {
    pub(super) fn set(&self, setting: Setting) -> Result<()> {
        self.command(Command::Set(setting)).map(|_| ())
    }

    pub(super) fn command(&self, command: Command) -> Result<HResult> {
        done(self.ask(self.request(command))?)
    }

    /// What asks for a change of the job.
    pub(super) fn request(&self, command: Command) -> ApiCall {
        ApiCall::Command { id: self.id, call: Uuid::new_v4(), command }
    }

    pub(super) fn ask(&self, request: ApiCall) -> Result<ApiReply> {
        self.shared.call(request)
    }

    pub(super) fn record(&self) -> Result<JobRecord> {
        Ok(self.snapshot()?.record)
    }
}

/// The code of a call that answers no more than that.
pub(super) fn done(reply: ApiReply) -> Result<HResult> {
    let ApiReply::Done(code) = reply else {
        return Err(unexpected("Done"));
    };
    Ok(code)
}
