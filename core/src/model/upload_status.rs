//! Uploads that have a URL each: what their servers say of them.

use crate::protocol::{
    Failure, ServerCapabilities, Step, UploadLimits, UploadRequest, UploadStatus, Verdict,
    invalid_failure,
};
use crate::vocab::{ErrorContext, Result, UploadProtocol, code};

use super::deadline::{Deadline, Now};
use super::headway::{count_round, holds};
use super::job::{Change, Job};
use super::session::stale_session;
use super::upload::settle_name;
use super::upload_outcome::{count_failure, edit, moved, opened};

/// True if the request says that the upload is complete with its last byte.
pub fn completes(call: &UploadRequest, size: Option<u64>) -> bool {
    let end = call.body.map(|span| span.first + span.length);
    matches!(call.step, Step::Create | Step::Send) && end.is_some() && end == size
}

/// It is known how such uploads are made.
pub fn agreed(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    terms: &ServerCapabilities,
    now: Now,
) -> Result<()> {
    edit(change, job, index, |upload, _| {
        upload.state.probing = false;
        upload.state.creating = false;
        upload.state.protocol = UploadProtocol::Ietf;
        upload.state.terms = terms.clone();
        upload.state.piece_bytes_max = terms.limits.piece_max();
    })?;
    settle_name(change, job, index)?;
    if let Some(failure) = beyond(terms.limits, change.file(job, index)?.size) {
        return count_failure(change, job, index, &failure, now);
    }
    match call.step == Step::Create {
        // It was refused for its version: not again and again.
        true => count_round(change, job, index, &other_version(), now),
        false => Ok(()),
    }
}

/// Where the upload is, what it holds, and what it has to keep to.
pub fn stands(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    told: &UploadStatus,
    now: Now,
) -> Result<()> {
    let known = change.file(job, index)?.upload.as_ref().and_then(|it| it.state.session.clone());
    let is_new = known.is_none() && told.session.is_some();
    if let Some(session) = told.session.as_ref().filter(|_| is_new) {
        let (session, opened_ms) = (session.clone(), told.opened_ms);
        let position = told.position;
        let new =
            Verdict::Opened { session, position, opened_ms, host: None, host_timeout_s: None };
        opened(change, job, index, call, &new)?;
        let size = change.file(job, index)?.size;
        edit(change, job, index, |upload, _| {
            upload.expires = None;
            upload.state.terms.completes = completes(call, size);
        })?;
        if let Some(position) = position.filter(|position| *position > 0) {
            moved(change, job, index, position.min(call.length()), now)?;
        }
    } else if told.session.is_some() && told.session != known {
        stale_session(change, job, index)?;
        let failure = invalid_failure("with two places where it goes on");
        return count_failure(change, job, index, &failure, now);
    }
    edit(change, job, index, |upload, _| {
        upload.state.taken_until = upload.state.taken_until.max(told.taken);
        let limits = told.limits.or(upload.state.terms.limits);
        upload.state.terms.limits = limits;
        upload.state.piece_bytes_max = upload.state.piece_bytes_max.min(limits.piece_max());
        let age = told.limits.age_s.map(|age_s| Deadline::after(now, age_s.saturating_mul(1000)));
        upload.expires = age.or(upload.expires);
    })?;
    if let Some(failure) = beyond(told.limits, change.file(job, index)?.size) {
        stale_session(change, job, index)?;
        return count_failure(change, job, index, &failure, now);
    }
    let Some(position) = told.position.filter(|_| !is_new) else {
        return Ok(());
    };
    let counts = !told.on_the_way && !told.asked && call.length() > 0;
    holds(change, job, index, call, (position, counts), now)?;
    // The rest of the request is still coming.
    edit(change, job, index, |upload, _| upload.state.unsure |= told.on_the_way)
}

/// Why the server will never take the file.
fn beyond(limits: UploadLimits, size: Option<u64>) -> Option<Failure> {
    let size = size?;
    let fatal = |code, what: String| Some(Failure::fatal(code, ErrorContext::RemoteFile, what));
    match (limits.size_min, limits.size_max) {
        (_, Some(most)) if size > most => {
            fatal(code::BG_E_TOO_LARGE, format!("the server takes files up to {most} bytes"))
        }
        (Some(least), _) if size < least => {
            fatal(code::E_INVALIDARG, format!("the server takes no files below {least} bytes"))
        }
        _ => None,
    }
}

fn other_version() -> Failure {
    Failure::transient(
        code::BG_E_CLIENT_SERVER_PROTOCOL_MISMATCH,
        ErrorContext::RemoteFile,
        "the server names one iteration of the draft after the other".to_owned(),
    )
}
