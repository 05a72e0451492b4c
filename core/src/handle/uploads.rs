//! Many files to be sent: one job for each, as an upload job takes one.

use crate::model::{Command, FileSpec};
use crate::vocab::{JobType, PATHS, Result};

use super::job::Job;
use super::manager::{Manager, creation};

/// The longest display name, in characters.
const NAME_CHARS_MAX: usize = crate::vocab::limit::DISPLAY_NAME_CHARS_MAX;

/// Jobs that are made in one go.
const STORED_TOGETHER: usize = 256;

impl Manager {
    /// Makes one suspended upload job for each file, named after it, all or
    /// none; the jobs are in the order of the files. `remote_name` is where a
    /// file goes, which may be a folder as for [`Job::add_file`], `local_name`
    /// the absolute path where it is.
    ///
    /// Codes as for [`Manager::create_job`] and [`Job::add_file_set`]: E_NOTIMPL
    /// for ranges or a hash. Contract section 2.2.
    pub fn create_uploads(&self, files: Vec<FileSpec>) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(files.len());
        let mut files = files.into_iter();
        loop {
            let some: Vec<_> = files.by_ref().take(STORED_TOGETHER).collect();
            if some.is_empty() {
                return Ok(jobs);
            }
            if let Err(error) = self.create_some(some, &mut jobs) {
                for job in jobs {
                    // The first failure is the one to tell.
                    _ = job.cancel();
                }
                return Err(error);
            }
        }
    }

    fn create_some(&self, files: Vec<FileSpec>, jobs: &mut Vec<Job>) -> Result<()> {
        let made_before = jobs.len();
        let umask = self.shared.terms.umask();
        let names = files.iter().map(|file| creation(&upload_name(file), JobType::Upload, umask));
        let mut failed = None;
        for reply in self.shared.calls(names.collect()) {
            match self.created(reply) {
                Ok(job) => jobs.push(job),
                Err(error) => _ = failed.get_or_insert(error),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        let new = jobs.get(made_before..).unwrap_or_default().iter().zip(files);
        let added = new.map(|(job, file)| job.request(Command::AddFiles(vec![file]))).collect();
        self.shared.calls(added).into_iter().try_for_each(|reply| reply.map(|_| ()))
    }
}

/// What the job of a file is called.
fn upload_name(file: &FileSpec) -> String {
    PATHS.last(&file.local_name).chars().take(NAME_CHARS_MAX).collect()
}
