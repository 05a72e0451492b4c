//! Sessions that a server may have lost without saying so.
//!
//! What is sent into a session after an interruption and comes to nothing makes it
//! suspect. The server is greeted then, so that one that is away is waited for,
//! and a piece of the least size is sent. If that comes to nothing, too, the
//! session is lost.

use crate::protocol::{Failure, Step, Upload};
use crate::vocab::{HResult, Result, UploadProtocol, code};

use super::job::{Change, Job};
use super::session::{doubt, stale_session};
use super::upload_outcome::edit;

/// A request is about to be made.
pub fn begun(state: &mut Upload, step: Step) {
    if matches!(step, Step::Send | Step::Close) {
        state.resumes = state.unsure;
    }
}

/// True if the session of an upload is one of these.
pub fn is(change: &Change, job: &Job, index: u32) -> Result<bool> {
    let upload = change.file(job, index)?.upload.as_ref();
    Ok(upload.is_some_and(|upload| upload.state.suspect))
}

/// There was no answer to what was sent into the session; `whole` if all of it
/// went out.
pub fn unanswered(
    change: &mut Change,
    job: &Job,
    index: u32,
    step: Step,
    whole: bool,
) -> Result<()> {
    let Some(state) = concerned(change, job, index, step)? else {
        return Ok(());
    };
    // Where the server is asked first, the answer to that shows it.
    if state.protocol != UploadProtocol::Bits || !state.resumes {
        return Ok(());
    }
    if state.suspect && whole {
        return lose(change, job, index, step, &state);
    }
    edit(change, job, index, |upload, _| {
        upload.state.suspect = true;
        upload.state.greets = true;
    })
}

/// The server refused what was sent into the session. True if it is lost by that,
/// and the job goes on with another one: a refusal ends in ERROR once, and what
/// comes of Resume shows whether it was the session.
pub fn refused(
    change: &mut Change,
    job: &Job,
    index: u32,
    step: Step,
    failure: &Failure,
) -> Result<bool> {
    let Some(state) = concerned(change, job, index, step)? else {
        return Ok(false);
    };
    let http = HResult::from_http_status;
    if [http(401), http(407)].contains(&failure.code) {
        return Ok(false);
    }
    if failure.transient {
        // These say nothing of why.
        let is_mute = [http(500), code::BG_E_INVALID_SERVER_RESPONSE].contains(&failure.code);
        if is_mute {
            unanswered(change, job, index, step, true)?;
        }
        return Ok(false);
    }
    if state.suspect {
        lose(change, job, index, step, &state)?;
        return Ok(true);
    }
    edit(change, job, index, |upload, _| upload.state.suspect = true)?;
    Ok(false)
}

/// Where an upload stands, if the request was one into a session that can be
/// replaced by another.
fn concerned(change: &Change, job: &Job, index: u32, step: Step) -> Result<Option<Upload>> {
    let upload = change.file(job, index)?.upload.as_ref();
    let is_into_it = matches!(step, Step::Send | Step::Query | Step::Close);
    let can_be_replaced = |state: &Upload| {
        let has = state.session.is_some() && !state.stale;
        has && match state.protocol {
            UploadProtocol::Bits | UploadProtocol::Tus | UploadProtocol::Ietf => true,
            UploadProtocol::Auto
            | UploadProtocol::Put
            | UploadProtocol::Post
            | UploadProtocol::PutRange
            | UploadProtocol::S3 => false,
        }
    };
    let state = upload.map(|upload| &upload.state).filter(|state| can_be_replaced(state));
    Ok(state.filter(|_| is_into_it).cloned())
}

fn lose(change: &mut Change, job: &Job, index: u32, step: Step, state: &Upload) -> Result<()> {
    match step == Step::Close && state.close_tries > 1 {
        true => doubt(change, job, index),
        false => stale_session(change, job, index),
    }
}
