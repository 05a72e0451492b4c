//! Many files to be sent: one job for each, as an upload job takes one.

use crate::model::FileSpec;
use crate::vocab::{JobType, PATHS, Result};

use super::job::Job;
use super::manager::Manager;

/// The longest display name, in characters.
const NAME_CHARS_MAX: usize = crate::vocab::limit::DISPLAY_NAME_CHARS_MAX;

impl Manager {
    /// Makes one suspended upload job for each file, named after it, all or
    /// none; the jobs are in the order of the files. `remote_name` is where a
    /// file goes, `local_name` the absolute path where it is.
    ///
    /// Codes as for [`Manager::create_job`] and [`Job::add_file`]. Contract
    /// section 2.2.
    pub fn create_uploads(&self, files: Vec<FileSpec>) -> Result<Vec<Job>> {
        let mut jobs = Vec::with_capacity(files.len());
        for file in files {
            match self.create_upload(file) {
                Ok(job) => jobs.push(job),
                Err(error) => {
                    for job in jobs {
                        // The first failure is the one to tell.
                        _ = job.cancel();
                    }
                    return Err(error);
                }
            }
        }
        Ok(jobs)
    }

    fn create_upload(&self, file: FileSpec) -> Result<Job> {
        let name = PATHS.last(&file.local_name);
        let name: String = name.chars().take(NAME_CHARS_MAX).collect();
        let job = self.create_job(&name, JobType::Upload)?;
        if let Err(error) = job.add_file_set(vec![file]) {
            _ = job.cancel();
            return Err(error);
        }
        Ok(job)
    }
}
