//! Calls for many jobs, which are stored together: on a disk that takes hardly
//! longer than one.

use uuid::Uuid;

use crate::engine::Setup;
use crate::model::{Command, FileSpec};
use crate::vocab::{HResult, JobType, Result};

use super::job::{Job, done};
use super::manager::{Manager, creation};
use super::paths::display_name_of;
use super::setup::made;

/// Jobs whose changes are stored together.
const STORED_TOGETHER: usize = 256;

impl Manager {
    /// Makes one suspended upload job for each file, named after it, all or
    /// none; the jobs are in the order of the files. `remote_name` is where a
    /// file goes, which may be a folder as for [`Job::add_file`], `local_name`
    /// the absolute path where it is.
    ///
    /// Codes as for [`Manager::create_job`] and [`Job::add_file_set`]: E_NOTIMPL
    /// for ranges or a hash. Specification, section 2.2.
    pub fn create_uploads(&self, files: Vec<FileSpec>) -> Result<Vec<Job>> {
        self.uploads(files, None, false)
    }

    /// As [`Manager::create_uploads`], and the jobs are resumed as they are made.
    /// With `like` they get what was set for that job: everything but its name
    /// and its reply's file name; its credentials, too. If one cannot be made
    /// those before it are cancelled; what they have sent by then stays where it
    /// is.
    ///
    /// DO_E_INVALID_STATE if `like` is completed or cancelled, E_INVALIDARG if it
    /// is of another type than UPLOAD.
    pub fn start_uploads(&self, files: Vec<FileSpec>, like: Option<&Job>) -> Result<Vec<Job>> {
        self.uploads(files, like, true)
    }

    /// As [`Job::complete`] for each of the jobs. What one answers is of no
    /// concern to the others; the answers are in the order of the jobs.
    pub fn complete_all(&self, jobs: &[&Job]) -> Vec<Result<HResult>> {
        self.end_all(jobs, &Command::Complete)
    }

    /// As [`Job::cancel`] for each of the jobs; else as [`Manager::complete_all`].
    pub fn cancel_all(&self, jobs: &[&Job]) -> Vec<Result<HResult>> {
        self.end_all(jobs, &Command::Cancel)
    }

    /// A command that forgets secrets, for each of the jobs.
    fn end_all(&self, jobs: &[&Job], command: &Command) -> Vec<Result<HResult>> {
        let mut results = Vec::with_capacity(jobs.len());
        for some in jobs.chunks(STORED_TOGETHER) {
            let requests = some.iter().map(|job| job.request(command.clone())).collect();
            let answers = self.shared.calls(requests).into_iter().map(|reply| done(reply?));
            for (job, answer) in some.iter().zip(answers) {
                if answer.is_ok() {
                    self.shared.forget_secrets(job.id(), None);
                }
                results.push(answer);
            }
        }
        results
    }

    fn uploads(&self, files: Vec<FileSpec>, like: Option<&Job>, start: bool) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(files.len());
        let mut files = files.into_iter();
        loop {
            let some: Vec<_> = files.by_ref().take(STORED_TOGETHER).collect();
            if some.is_empty() {
                return Ok(jobs);
            }
            if let Err(error) = self.create_some(some, (like.map(Job::id), start), &mut jobs) {
                // The first failure is the one to tell.
                _ = self.cancel_all(&jobs.iter().collect::<Vec<_>>());
                return Err(error);
            }
        }
    }

    fn create_some(
        &self,
        files: Vec<FileSpec>,
        (like, start): (Option<Uuid>, bool),
        jobs: &mut Vec<Job>,
    ) -> Result<()> {
        let umask = self.shared.terms.umask();
        let (mut requests, mut setups) = (Vec::new(), Vec::new());
        for file in files {
            let name = display_name_of(&file.local_name);
            let commands = vec![Command::AddFiles(vec![file])];
            let setup = Setup { commands, resume: start, ..Setup::default() };
            let (id, upload) = (Uuid::new_v4(), JobType::Upload);
            requests.push(creation(id, &name, upload, like, umask, setup.clone()));
            setups.push(setup);
        }
        let mut failed = None;
        for (reply, setup) in self.shared.calls(requests).into_iter().zip(setups) {
            match reply.and_then(|reply| made(&self.shared, reply, setup)) {
                Ok(job) => {
                    if let Some(like) = like {
                        self.shared.copy_secrets(like, job.id());
                    }
                    jobs.push(job);
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(()), Err)
    }
}
