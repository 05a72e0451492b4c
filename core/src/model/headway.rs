//! What a server says that it holds of an upload, and whether that is headway.

use crate::protocol::{Failure, Span, Upload, UploadRequest, invalid_failure};
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
    let doubt = Doubt::of(&state, call, position);
    let too_much = !state.can_hold(position) || file.size.is_some_and(|size| position > size);
    if too_much || doubt == Doubt::Overlap && file.restarts >= ROUNDS_MAX {
        stale_session(change, job, index)?;
        let failure = invalid_failure("that it holds more than was sent to it");
        return count_failure(change, job, index, &failure, now);
    }
    if doubt != Doubt::None {
        let rounds = if doubt == Doubt::Overlap { file.restarts + 1 } else { 0 };
        edit(change, job, index, |upload, file| {
            upload.state.told = Some(position);
            file.restarts = rounds;
        })?;
        return match doubt {
            Doubt::Arriving => count_failure(change, job, index, &failure::still_arriving(), now),
            Doubt::None | Doubt::Overlap => Ok(()),
        };
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

/// Why what the server says that it holds is not believed yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    None,
    /// The server may have stored the bytes just sent behind those that it had, although
    /// they overlap: each answer says more than the one before, by what was sent.
    Overlap,
    /// Bytes that a process sent before it was killed are still coming in.
    Arriving,
}

impl Doubt {
    /// Only an upload that was loaded from the store has any, of bytes beyond those just
    /// sent, and until the server has said the same twice.
    fn of(state: &Upload, call: &UploadRequest, position: u64) -> Self {
        let Some(sent) = call.body.filter(|_| state.may_be_old) else {
            return Self::None;
        };
        if position <= sent.first + sent.length {
            return Self::None;
        }
        match state.told {
            Some(told) if told == position => Self::None,
            Some(told) if told.checked_add(sent.length) != Some(position) => Self::Arriving,
            Some(_) | None => Self::Overlap,
        }
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
