//! `set`: changes settings of a job that is in the queue.

use std::path::Path;

use bgcopy_core::{Error, Job};

use crate::args::Set;
use crate::failure::{Failure, Outcome, describe};
use crate::get::open_to_store;
use crate::job_settings::{JobSettings, Part};
use crate::{job_ids, job_options, output};

pub fn set(store: &Path, set: &Set) -> Outcome {
    let ids = job_ids::resolve(store, std::slice::from_ref(&set.id))?;
    let manager = open_to_store(store)?;
    for id in ids {
        let job = manager.get_job(id)?;
        let before = JobSettings::of(&job.snapshot()?.record);
        let after = before.with(&set.settings)?;
        let parts = after.parts_changed(&before);
        apply(&job, &parts, &before, &after)?;
        job_options::warn(id, after.security_flags());
        output::say(&format!("{id} {}", if parts.is_empty() { "unchanged" } else { "changed" }));
    }
    Ok(())
}

/// Sets all of it or, if something is refused, nothing: the library has a call for each.
fn apply(job: &Job, parts: &[Part], before: &JobSettings, after: &JobSettings) -> Outcome {
    for (index, part) in parts.iter().enumerate() {
        if let Err(error) = after.apply(*part, job) {
            let (done, _) = parts.split_at(index);
            let back = done.iter().rev().try_for_each(|part| before.apply(*part, job));
            return Err(refused(&error, back.err()));
        }
    }
    Ok(())
}

fn refused(error: &Error, not_set_back: Option<Error>) -> Failure {
    let mut text = describe(error.code, &error.message);
    match not_set_back {
        None => text += "\n  Nothing of the job was changed.",
        Some(error) => {
            text += "\n  Some of the job was changed and cannot be set back: ";
            text += &describe(error.code, &error.message);
        }
    }
    Failure::Failed(text)
}
