//! What a server says that it holds of an upload, and whether that is headway.

use crate::protocol::{Failure, Span, UploadRequest, invalid_failure};
use crate::vocab::Result;

use super::deadline::Now;
use super::failure;
use super::job::{Change, Job};
use super::session::stale_session;
use super::upload::upload_state;
use super::upload_outcome::{count_failure, edit, moved};

/// Answers in a row without a byte more on the server after which the job
/// waits before it asks again.
pub(super) const ROUNDS_MAX: u32 = 3;

/// What the server says that it holds is where to go on, whatever was sent.
/// `counts` if bytes were sent that it should hold now.
pub(super) fn holds(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    (position, counts): (u64, bool),
    now: Now,
) -> Result<()> {
    let file = job.file(index)?;
    let state = upload_state(&job.record, file);
    // What is beyond the bytes just sent was sent before the record that a power
    // cut left, or it is their overlap, which the server stored a second time. If
    // it is that, each answer says more than the one before. Some bytes may still
    // come in behind the first ones.
    let doubtful = state.may_be_old
        && state.told != Some(position)
        && call.body.is_some_and(|span| position > span.first + span.length);
    let too_much = !state.can_hold(position) || file.size.is_some_and(|size| position > size);
    if too_much || doubtful && file.restarts >= ROUNDS_MAX {
        stale_session(change, job, index)?;
        let failure = invalid_failure("that it holds more than was sent to it");
        return count_failure(change, job, index, &failure, now);
    }
    if doubtful {
        return edit(change, job, index, |upload, file| {
            upload.state.told = Some(position);
            file.restarts += 1;
        });
    }
    let mut was_suspect = false;
    edit(change, job, index, |upload, _| {
        upload.state.unsure = false;
        was_suspect = std::mem::take(&mut upload.state.suspect);
        (upload.state.may_be_old, upload.state.told) = (false, None);
        upload.state.sent_until = upload.state.sent_until.max(position);
        upload.state.taken_until = upload.state.taken_until.min(position);
        if let Some(cut) = upload.state.cut.take().filter(|cut| position <= cut.first) {
            upload.state.lose(cut);
        }
    })?;
    if position < file.written {
        change.restarted.insert(index);
    }
    moved(change, job, index, position, now)?;
    let took_all = |span: Span| span.length > 0 && position == span.first + span.length;
    if call.body.is_some_and(took_all) && !was_suspect {
        edit(change, job, index, |upload, _| upload.state.grow())?;
    }
    if position < state.taken_until {
        // Its successes mean nothing: it is not asked for one after the other.
        return count_failure(change, job, index, &failure::no_headway(), now);
    }
    let advanced = call.body.is_some_and(|span| position > span.first);
    match advanced || !counts {
        true => Ok(()),
        false => count_round(change, job, index, &failure::no_headway(), now),
    }
}

/// Counts answers without headway; too many in a row, and the job waits.
pub(super) fn count_round(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    let rounds = change.file(job, index)?.restarts + 1;
    let too_many = rounds > ROUNDS_MAX;
    change.edit(job, index, |file| file.restarts = if too_many { 0 } else { rounds })?;
    match too_many {
        true => count_failure(change, job, index, failure, now),
        false => Ok(()),
    }
}
