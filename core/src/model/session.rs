//! The session of an upload: how it is left.

use crate::vocab::Result;

use super::deadline::{Deadline, Now};
use super::file::FileRecord;
use super::job::{Change, Job};
use super::upload_outcome::edit;

/// Nothing of the file counts as sent. What a server holds is safe there, so
/// that the two watermarks are one.
pub fn restart(file: &mut FileRecord) {
    file.written = 0;
    file.synced = 0;
}

/// The session is gone, and nothing of it is of use.
pub fn leave_session(change: &mut Change, job: &Job, index: u32) -> Result<()> {
    if change.file(job, index)?.written > 0 {
        change.restarted.insert(index);
    }
    edit(change, job, index, |upload, file| {
        upload.state.leave_session();
        upload.fallback = None;
        restart(file);
    })
}

/// The session is gone, and may have been closed: the file is looked for.
pub fn doubt(change: &mut Change, job: &Job, index: u32) -> Result<()> {
    edit(change, job, index, |upload, _| {
        let opened_ms = upload.state.opened_ms;
        upload.state.leave_session();
        upload.state.opened_ms = opened_ms;
        upload.state.verifies = true;
    })
}

/// The session is to be cancelled before another one is made.
pub fn stale_session(change: &mut Change, job: &Job, index: u32) -> Result<()> {
    if change.file(job, index)?.written > 0 {
        change.restarted.insert(index);
    }
    edit(change, job, index, |upload, file| {
        upload.state.stale = upload.state.session.is_some();
        upload.expires = None;
        upload.state.verifies = false;
        upload.state.has_reply = false;
        upload.state.unsure = false;
        upload.state.told = None;
        upload.state.multipart.sent.clear();
        restart(file);
    })
}

/// A host that has the session and fails for too long is left for the first
/// one, with a new session (specification, section 13.4).
pub fn fall_back(change: &mut Change, job: &Job, index: u32, now: Now) -> Result<()> {
    let file = change.file(job, index)?;
    let Some(upload) = file.upload.as_ref().filter(|upload| upload.state.host.is_some()) else {
        return Ok(());
    };
    let Some(timeout_s) = upload.state.host_timeout_s else {
        return Ok(());
    };
    let new = Deadline::after(now, timeout_s.saturating_mul(1000));
    let deadline = upload.fallback.unwrap_or(new);
    if deadline.is_over(now) {
        return leave_session(change, job, index);
    }
    edit(change, job, index, |upload, _| upload.fallback = Some(deadline))
}
