//! Requests of uploads that were made on a connection that their server had
//! closed.

use crate::protocol::{Failure, Step};
use crate::vocab::Result;

use super::deadline::Now;
use super::headway::count_round;
use super::job::{Change, Job};
use super::upload::Sent;
use super::upload_outcome::{edit, failed};

/// The request was made on a dead connection: the next one is made at once, and
/// finds out what became of it. Without a session that is for the retry, as
/// only requests that may not come twice are dropped.
pub fn apply(
    change: &mut Change,
    job: &Job,
    index: u32,
    step: Step,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    if step == Step::Whole || job.record.state.is_final() {
        return failed(change, job, index, (step, Sent::default()), failure, now);
    }
    edit(change, job, index, |upload, _| upload.state.creating = false)?;
    count_round(change, job, index, failure, now)
}
