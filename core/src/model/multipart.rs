//! What the requests of an upload in parts lead to.

use std::collections::BTreeMap;

use crate::protocol::{Failure, PresignedRequests, Proof, UploadRequest};
use crate::vocab::{ErrorContext, HResult, Result, limit};

use super::deadline::Now;
use super::headway::count_round;
use super::job::{Change, Job};
use super::server_cleanup;
use super::upload::Sent;
use super::upload_outcome::{count_failure, edit, moved};

/// How long a server may still store a part whose client is gone.
const LATE_PART_MS: u64 = 5_000;

/// Clocks that are no further apart make no difference to a signature.
const CLOCKS_MATCH_MS: u64 = 60_000;

/// The request that sent a part is over. False if nobody waits for it any more:
/// the upload that it was for is gone.
pub fn ended(change: &mut Change, job: &Job, index: u32, number: u32) -> Result<bool> {
    let mut was_sent = false;
    edit(change, job, index, |upload, _| {
        was_sent = upload.state.multipart.sent.remove(&number);
    })?;
    Ok(was_sent)
}

/// The request that sent a part came to an end without an answer; false as for
/// [`ended`].
pub fn broken_off(change: &mut Change, job: &Job, index: u32, sent: Sent) -> Result<bool> {
    if !ended(change, job, index, sent.part)? {
        return Ok(false);
    }
    edit(change, job, index, |upload, _| {
        let state = &mut upload.state;
        if sent.whole {
            state.multipart.lost.insert(sent.part);
            state.multipart.strays = true;
        }
        state.unsure |= state.multipart.sent.is_empty();
    })?;
    Ok(true)
}

/// A part failed. As long as others are on their way they go on, and fewer at a
/// time; the job waits if there is none, if the server asks it to, or if it is
/// of no use to go on.
pub fn refused(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    let mut goes_on = failure.transient && failure.retry_after.is_none() && !failure.is_no_room();
    edit(change, job, index, |upload, _| {
        let state = &mut upload.state;
        goes_on &= !state.multipart.sent.is_empty();
        let failures = state.multipart.failures + 1;
        state.multipart.failures = failures.min(limit::CONNECTIONS_PER_FILE_DEFAULT);
        state.unsure |= state.multipart.sent.is_empty();
    })?;
    match goes_on {
        true => Ok(()),
        false => count_failure(change, job, index, failure, now),
    }
}

/// The server holds one part more.
pub fn stored(
    change: &mut Change,
    job: &Job,
    index: u32,
    (number, etag): (u32, &str),
    now: Now,
) -> Result<()> {
    let size = job.file(index)?.size.unwrap_or(0);
    edit(change, job, index, |upload, _| {
        let state = &mut upload.state.multipart;
        state.parts.insert(number, etag.to_owned());
        state.failures = state.failures.saturating_sub(1);
    })?;
    // What it holds is known by its answer alone.
    change.urgent = true;
    let held = held(change, job, index, size)?;
    moved(change, job, index, held, now)
}

/// The server said which parts it holds; what it does not name is sent
/// again.
pub fn listed(
    change: &mut Change,
    job: &Job,
    index: u32,
    parts: &BTreeMap<u32, String>,
    more: Option<u32>,
    now: Now,
) -> Result<()> {
    let size = job.file(index)?.size.unwrap_or(0);
    edit(change, job, index, |upload, _| {
        let state = &mut upload.state.multipart;
        if state.listed == 0 {
            state.parts.clear();
        }
        state.parts.extend(parts.clone());
        state.listed = more.unwrap_or(0);
        if more.is_none() {
            state.lost.clear();
            state.last = 0;
        }
        upload.state.unsure = more.is_some();
    })?;
    if more.is_some() {
        return Ok(());
    }
    let held = held(change, job, index, size)?;
    if held < job.file(index)?.written {
        change.restarted.insert(index);
    }
    moved(change, job, index, held, now)
}

/// The server does not say which parts it holds: what it did not acknowledge is
/// sent again, in place of what may be there.
pub fn unlisted(change: &mut Change, job: &Job, index: u32) -> Result<()> {
    edit(change, job, index, |upload, _| {
        let state = &mut upload.state.multipart;
        state.lost.clear();
        (state.last, state.listed) = (0, 0);
        upload.state.unsure = false;
    })
}

/// The server cannot join the parts that it acknowledged: only its list shows
/// which of them count.
pub fn unjoined(change: &mut Change, job: &Job, index: u32, now: Now) -> Result<()> {
    edit(change, job, index, |upload, _| {
        upload.state.multipart.parts.clear();
        upload.state.unsure = true;
    })?;
    change.restarted.insert(index);
    moved(change, job, index, 0, now)
}

fn held(change: &Change, job: &Job, index: u32, size: u64) -> Result<u64> {
    let upload = change.file(job, index)?.upload.as_ref();
    Ok(upload.map_or(0, |upload| upload.state.multipart.held(size)))
}

/// True if a part of the upload may be stored after the server forgot it.
pub fn has_strays(job: &Job, index: u32) -> bool {
    let upload = job.file(index).ok().and_then(|file| file.upload.as_ref());
    upload.is_some_and(|upload| upload.state.multipart.strays)
}

/// The server forgot a cancelled upload. What may have come in since is forgotten
/// a while later.
pub fn forget_again(change: &mut Change, job: &Job, index: u32, now: Now) -> Result<()> {
    edit(change, job, index, |upload, _| {
        upload.state.multipart.strays = false;
        upload.state.multipart.aborted = false;
    })?;
    server_cleanup::postpone(change, now, LATE_PART_MS);
    Ok(())
}

/// Requests are signed for another region from now on.
pub fn region(change: &mut Change, job: &Job, index: u32, region: &str, now: Now) -> Result<()> {
    edit(change, job, index, |upload, _| {
        upload.state.creating = false;
        upload.state.multipart.region = Some(region.to_owned());
        upload.state.multipart.permit = None;
    })?;
    let failure = Failure::transient(
        HResult::from_http_status(400),
        ErrorContext::RemoteFile,
        format!("the server wants requests to be signed for {region}, and refuses them then"),
    );
    if job.record.state.is_final() {
        server_cleanup::failed(change, &failure, now);
        return Ok(());
    }
    count_round(change, job, index, &failure, now)
}

/// Requests are signed by another clock from now on; false if that is the one that
/// this request was signed by.
pub fn clock(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    unix_ms: i64,
    now: Now,
) -> Result<bool> {
    let skew_ms = unix_ms.saturating_sub(now.unix_ms);
    let used_ms = match call.proof {
        Proof::SigV4 { skew_ms, .. } => skew_ms,
        Proof::Credentials | Proof::Url => return Ok(false),
    };
    if skew_ms.abs_diff(used_ms) < CLOCKS_MATCH_MS || job.record.state.is_final() {
        return Ok(false);
    }
    change.urgent = true;
    edit(change, job, index, |upload, _| {
        upload.state.creating = false;
        upload.state.multipart.skew_ms = skew_ms;
        upload.state.multipart.permit = None;
    })?;
    Ok(true)
}

/// The upload can be cancelled without the credentials of the job.
pub fn permitted(
    change: &mut Change,
    job: &Job,
    index: u32,
    permit: &PresignedRequests,
) -> Result<()> {
    change.urgent = true;
    edit(change, job, index, |upload, _| {
        upload.state.multipart.permit = Some(permit.clone());
    })
}
