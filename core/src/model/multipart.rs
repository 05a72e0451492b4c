//! What the requests of an upload in parts lead to.

use std::collections::BTreeMap;

use crate::protocol::{Failure, Permit};
use crate::vocab::{ErrorContext, HResult, Result};

use super::deadline::Now;
use super::debt;
use super::job::{Change, Job};
use super::upload_outcome::{count_round, edit, moved};

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
        upload.state.multipart.parts.insert(number, etag.to_owned());
        upload.state.unsure = false;
    })?;
    // What it holds is known by its answer alone.
    change.urgent = true;
    let position = position(change, job, index, size)?;
    moved(change, job, index, position, now)
}

/// The server said which parts it holds; what it does not name is sent again.
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
            state.drop_behind_gap(size);
        }
        upload.state.unsure = more.is_some();
    })?;
    if more.is_some() {
        return Ok(());
    }
    let position = position(change, job, index, size)?;
    if position < job.file(index)?.written {
        change.restarted.insert(index);
    }
    edit(change, job, index, |upload, _| {
        // Nobody else has its name: what it lists was sent.
        upload.state.sent_until = upload.state.sent_until.max(position);
    })?;
    moved(change, job, index, position, now)
}

fn position(change: &Change, job: &Job, index: u32, size: u64) -> Result<u64> {
    let upload = change.file(job, index)?.upload.as_ref();
    Ok(upload.map_or(0, |upload| upload.state.multipart.position(size)))
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
        debt::failed(change, &failure, now);
        return Ok(());
    }
    count_round(change, job, index, &failure, now)
}

/// The upload can be cancelled without the credentials of the job.
pub fn permitted(change: &mut Change, job: &Job, index: u32, permit: &Permit) -> Result<()> {
    change.urgent = true;
    edit(change, job, index, |upload, _| {
        upload.state.multipart.permit = Some(permit.clone());
    })
}
