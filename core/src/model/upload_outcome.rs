//! What the requests of an upload lead to.

use crate::protocol::{Failure, Step, Upload, UploadRequest, Verdict, part_bytes};
use crate::vocab::{ErrorContext, HResult, JobState, Result, UploadProtocol, code, limit};

use super::deadline::Now;
use super::file::{FileRecord, FileStage};
use super::headway::{ROUNDS_MAX, count_round, holds};
use super::job::{Change, Job};
use super::record::Closing;
use super::session::{doubt, fall_back, leave_session, restart, stale_session};
use super::upload::{Sent, UploadEvent, UploadRecord, name_below, settle_name, upload_state};
use super::{dropped, failure, multipart, reply, server_cleanup, suspect, upload_status};

/// Applies what happened to an upload.
pub fn apply(
    change: &mut Change,
    job: &Job,
    index: u32,
    news: &UploadEvent,
    now: Now,
) -> Result<()> {
    let file = job.file(index)?;
    let owes = matches!(job.record.closing, Some(Closing::ServerCleanup { .. }));
    if file.stage != FileStage::Waiting || job.record.state.is_final() && !owes {
        return Ok(());
    }
    match news {
        UploadEvent::Begun { call, source } => begun(change, job, index, call, source, now)?,
        UploadEvent::OnTheWay { bytes } => moved(change, job, index, *bytes, now)?,
        UploadEvent::Stopped(Sent { part: 0, .. }) => give_up_whole(change, job, index)?,
        UploadEvent::Stopped(sent) => _ = multipart::broken_off(change, job, index, *sent)?,
        UploadEvent::Answered { call, verdict, response_headers } => {
            if call.part > 0 && !multipart::ended(change, job, index, call.part)? {
                return Ok(());
            }
            edit(change, job, index, |_, file| {
                file.response_headers = Some(response_headers.clone());
            })?;
            answered(change, job, index, call, verdict, now)?;
        }
        UploadEvent::Told { call, verdict } => answered(change, job, index, call, verdict, now)?,
        UploadEvent::Expired => {
            leave_session(change, job, index)?;
            count_round(change, job, index, &failure::lost_session(), now)?;
        }
        UploadEvent::Failed { step, sent, failure } if sent.part == 0 => {
            failed(change, job, index, (*step, *sent), failure, now)?;
        }
        UploadEvent::Failed { sent, failure, .. } => {
            if multipart::broken_off(change, job, index, *sent)? {
                multipart::refused(change, job, index, failure, now)?;
            }
        }
        UploadEvent::Dropped { step, failure } => {
            dropped::apply(change, job, index, *step, failure, now)?;
        }
        UploadEvent::SourceChanged => source_changed(change, job, index, now)?,
        UploadEvent::NothingOwed => server_cleanup::end_unasked(change, job, index, now)?,
        UploadEvent::Permitted(permit) => multipart::permitted(change, job, index, permit)?,
    }
    Ok(())
}

/// Changes an upload and its file.
pub(super) fn edit(
    change: &mut Change,
    job: &Job,
    index: u32,
    edit: impl FnOnce(&mut UploadRecord, &mut FileRecord),
) -> Result<()> {
    change.edit(job, index, |file| {
        let mut upload = file.upload.take().unwrap_or_default();
        edit(&mut upload, file);
        file.upload = Some(upload);
    })
}

fn begun(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    source: &Option<(u64, String)>,
    now: Now,
) -> Result<()> {
    let protocol = upload_state(&job.record, job.file(index)?).protocol;
    edit(change, job, index, |upload, file| {
        upload.state.protocol = protocol;
        if let Some((size, version)) = source {
            file.size = Some(*size);
            upload.source = Some(version.clone());
        }
        suspect::begun(&mut upload.state, call.step);
        match call.step {
            Step::Create => upload.state.creating = true,
            Step::Send if call.part > 0 => upload.state.multipart.begin(call.part),
            Step::Send => {
                let until = call.body.map_or(0, |span| span.first + span.length);
                upload.state.sent_until = upload.state.sent_until.max(until);
                upload.state.overlapped |= upload.state.unsure || upload.state.may_be_old;
                upload.state.unsure = true;
            }
            Step::Close => {
                upload.state.close_tries += 1;
                upload.state.unsure = true;
            }
            Step::Whole => restart(file),
            Step::Ask
            | Step::Probe
            | Step::Greet
            | Step::Query
            | Step::Verify
            | Step::Cancel
            | Step::Check => {}
        }
        upload.state.terms.completes |= upload_status::completes(call, file.size);
    })?;
    // What the answer means depends on what was sent before.
    change.urgent |= matches!(call.step, Step::Create | Step::Send | Step::Close);
    // Nor may a power cut take back that a request may leave bytes at the server
    // which nothing else names, or a file in its place.
    let makes = call.step == Step::Create && call.length() > 0;
    let size = change.file(job, index)?.size;
    let ends = call.step == Step::Close || call.part == 0 && upload_status::completes(call, size);
    change.durable |= makes || ends;
    if job.record.is_runnable() && job.record.state == JobState::Queued {
        change.record.enter(JobState::Connecting, now);
    }
    Ok(())
}

/// The file has come so far on its way to the server.
pub(super) fn moved(
    change: &mut Change,
    job: &Job,
    index: u32,
    position: u64,
    now: Now,
) -> Result<()> {
    let high_water = job.file(index)?.high_water;
    let is_new = position > high_water;
    edit(change, job, index, |upload, file| {
        file.written = position;
        let is_held = upload.state.session.is_some();
        file.synced = if is_held { position } else { 0 };
        // What is only on its way is no headway to a server.
        let fresh = if is_held { position.saturating_sub(high_water) } else { 0 };
        file.fresh_bytes = file.fresh_bytes.saturating_add(fresh);
        if is_new {
            file.high_water = position;
            file.restarts = 0;
            upload.fallback = None;
        }
    })?;
    if is_new {
        change.record.attempts = 0;
        change.record.no_progress_deadline = None;
        change.record.modified_ms = now.unix_ms;
    }
    transferring(change, now);
    Ok(())
}

fn transferring(change: &mut Change, now: Now) {
    if change.record.is_runnable() {
        change.record.enter(JobState::Transferring, now);
    }
}

/// A request without a session leaves nothing behind that could be used.
fn give_up_whole(change: &mut Change, job: &Job, index: u32) -> Result<()> {
    let file = change.file(job, index)?;
    let has_session = file.upload.as_ref().is_some_and(|upload| upload.state.session.is_some());
    if !has_session && file.written > 0 {
        change.restarted.insert(index);
        edit(change, job, index, |_, file| restart(file))?;
    }
    Ok(())
}

fn answered(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    verdict: &Verdict,
    now: Now,
) -> Result<()> {
    let state = |change: &mut Change, change_state: fn(&mut Upload)| {
        edit(change, job, index, |upload, _| change_state(&mut upload.state))
    };
    match verdict {
        Verdict::Refused(failure) if call.part > 0 => {
            return multipart::refused(change, job, index, failure, now);
        }
        Verdict::Refused(failure) => return refused(change, job, index, call, failure, now),
        Verdict::Speaks(protocol, offer) => {
            edit(change, job, index, |upload, _| {
                upload.state.probing = false;
                upload.state.protocol = *protocol;
                upload.state.offer = Some(offer.clone());
            })?;
            settle_name(change, job, index)?;
        }
        // A folder may say nothing of what its files are sent by.
        Verdict::Silent if name_below(change, job, index)? => {}
        Verdict::Silent => state(change, |state| state.probing = true)?,
        Verdict::Opened { .. } => opened(change, job, index, call, verdict)?,
        Verdict::Agreed(terms) => upload_status::agreed(change, job, index, call, terms, now)?,
        Verdict::Stands(told) => upload_status::stands(change, job, index, call, told, now)?,
        Verdict::Greeted => state(change, |state| state.greets = false)?,
        Verdict::Holds { position, reply_url } => {
            let counts = call.step != Step::Query;
            holds(change, job, index, call, (*position, counts), now)?;
            if let Some(url) = reply_url.as_ref().filter(|_| is_whole(change, job, index)) {
                reply::arrived(change, job, url)?;
            }
        }
        Verdict::Stored { number, etag } => {
            multipart::stored(change, job, index, (*number, etag), now)?;
        }
        Verdict::Listed { parts, more } => {
            multipart::listed(change, job, index, parts, *more, now)?;
        }
        Verdict::Unlisted => multipart::unlisted(change, job, index)?,
        Verdict::Unjoined(failure) => {
            multipart::unjoined(change, job, index, now)?;
            return refused(change, job, index, call, failure, now);
        }
        Verdict::Region(region) => multipart::region(change, job, index, region, now)?,
        Verdict::Clock { unix_ms, failure } => {
            if !multipart::clock(change, job, index, call, *unix_ms, now)? {
                return refused(change, job, index, call, failure, now);
            }
        }
        Verdict::Aborted => state(change, |state| state.multipart.aborted = true)?,
        Verdict::Unsure(failure) => {
            edit(change, job, index, |upload, _| upload.state.unsure = true)?;
            count_round(change, job, index, failure, now)?;
        }
        Verdict::Spoilt(failure) => {
            stale_session(change, job, index)?;
            count_failure(change, job, index, failure, now)?;
        }
        Verdict::Leftover(failure) => {
            stale_session(change, job, index)?;
            count_round(change, job, index, failure, now)?;
        }
        Verdict::TooLarge => too_large(change, job, index, call, now)?,
        Verdict::Gone | Verdict::Absent => {
            leave_session(change, job, index)?;
            count_round(change, job, index, &failure::lost_session(), now)?;
        }
        Verdict::Abandoned(failure) => {
            leave_session(change, job, index)?;
            count_failure(change, job, index, failure, now)?;
        }
        Verdict::Doubt => doubt(change, job, index)?,
        Verdict::Placed => {
            doubt(change, job, index)?;
            edit(change, job, index, |upload, _| upload.state.placed = true)?;
        }
        Verdict::Dropped if job.record.state.is_final() && multipart::has_strays(job, index) => {
            return multipart::forget_again(change, job, index, now);
        }
        Verdict::Kept(failure) if job.record.state.is_final() => {
            server_cleanup::refused(change, failure, now);
            return Ok(());
        }
        Verdict::Dropped | Verdict::Kept(_) => leave_session(change, job, index)?,
        Verdict::Finished => finished(change, job, index, now)?,
    }
    let gone = matches!(verdict, Verdict::Dropped | Verdict::Gone | Verdict::Finished);
    if gone && job.record.state.is_final() {
        server_cleanup::end(change, now);
    } else {
        transferring(change, now);
    }
    Ok(())
}

/// There is a new session.
pub(super) fn opened(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    verdict: &Verdict,
) -> Result<()> {
    let Verdict::Opened { session, position, opened_ms, host, host_timeout_s } = verdict else {
        return Ok(());
    };
    edit(change, job, index, |upload, file| {
        upload.state.leave_session();
        upload.state.session = Some(session.clone());
        upload.state.opened_ms = *opened_ms;
        upload.state.host.clone_from(host);
        upload.state.host_timeout_s = *host_timeout_s;
        upload.state.greets = host.is_some();
        upload.state.sent_until = call.length();
        upload.state.unsure = position.is_none();
        upload.state.multipart.part_bytes = part_bytes(file.size.unwrap_or(0));
        upload.fallback = None;
        file.written = position.unwrap_or(0).min(call.length());
        file.synced = file.written;
    })?;
    // No byte goes into a session that a power cut would make unknown.
    (change.urgent, change.durable) = (true, true);
    Ok(())
}

fn is_whole(change: &Change, job: &Job, index: u32) -> bool {
    change.file(job, index).is_ok_and(|file| file.size == Some(file.written))
}

/// Puts a job that runs into TRANSIENT_ERROR or ERROR.
pub(super) fn count_failure(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    if job.record.is_runnable() {
        failure::apply(change, job, index, failure, now)?;
    }
    Ok(())
}

fn too_large(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    now: Now,
) -> Result<()> {
    let sent = call.length();
    if sent <= limit::PIECE_BYTES_MIN {
        let failure = Failure::fatal(
            HResult::from_http_status(413),
            ErrorContext::RemoteFile,
            format!("the server takes not even {sent} bytes at a time"),
        );
        return count_failure(change, job, index, &failure, now);
    }
    edit(change, job, index, |upload, _| {
        upload.state.shrink(sent);
        upload.state.piece_bytes_max = upload.state.piece_bytes;
    })
}

fn finished(change: &mut Change, job: &Job, index: u32, now: Now) -> Result<()> {
    let size = job.file(index)?.size.unwrap_or(0);
    moved(change, job, index, size, now)?;
    edit(change, job, index, |upload, file| {
        upload.state.leave_session();
        upload.fallback = None;
        file.synced = size;
        file.stage = FileStage::Published;
    })?;
    super::outcome::finish_if_done(change, job, now);
    Ok(())
}

/// The server said no.
fn refused(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &UploadRequest,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    edit(change, job, index, |upload, _| {
        upload.state.creating = false;
        // It did not forget all of it: it is told again.
        upload.state.multipart.aborted &= call.step != Step::Check;
        let cannot = [400, 500, 501].map(HResult::from_http_status).contains(&failure.code);
        if call.step == Step::Send && call.checksum.is_none() && cannot {
            upload.state.restore_checksum();
        }
    })?;
    if job.record.state.is_final() {
        return server_cleanup::failed_for(change, job, index, failure, now);
    }
    give_up_whole(change, job, index)?;
    if suspect::refused(change, job, index, call.step, failure)? {
        return count_round(change, job, index, &failure::lost_session(), now);
    }
    after_failure(change, job, index, call.step, failure, now)
}

/// There was no answer: what became of the request nobody knows.
pub(super) fn failed(
    change: &mut Change,
    job: &Job,
    index: u32,
    (step, sent): (Step, Sent),
    failure: &Failure,
    now: Now,
) -> Result<()> {
    edit(change, job, index, |upload, _| {
        upload.state.creating = false;
        // A server may keep nothing of a piece that was cut off. It is asked, but
        // for BITS, which has no question.
        match sent.cut {
            Some(span) if upload.state.protocol == UploadProtocol::Bits => {
                upload.state.shrink(span.length);
            }
            cut => upload.state.cut = cut.or(upload.state.cut),
        }
    })?;
    if job.record.state.is_final() {
        return server_cleanup::failed_for(change, job, index, failure, now);
    }
    give_up_whole(change, job, index)?;
    suspect::unanswered(change, job, index, step, sent.whole)?;
    after_failure(change, job, index, step, failure, now)
}

fn after_failure(
    change: &mut Change,
    job: &Job,
    index: u32,
    step: Step,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    if matches!(step, Step::Cancel | Step::Check) {
        // A session that cannot be cancelled must not keep the next one from
        // being made for ever: the server forgets it by itself one day.
        let rounds = change.file(job, index)?.restarts + 1;
        change.edit(job, index, |file| file.restarts = rounds)?;
        if rounds > ROUNDS_MAX || suspect::is(change, job, index)? {
            leave_session(change, job, index)?;
        }
    }
    fall_back(change, job, index, now)?;
    count_failure(change, job, index, failure, now)
}

fn source_changed(change: &mut Change, job: &Job, index: u32, now: Now) -> Result<()> {
    stale_session(change, job, index)?;
    edit(change, job, index, |upload, file| {
        // Resume sends the file as it is then.
        upload.source = None;
        file.size = None;
        file.high_water = 0;
    })?;
    let failure = Failure::fatal(
        code::BG_E_LOCAL_FILE_CHANGED,
        ErrorContext::LocalFile,
        "the file changed while it was being sent; resume the job to send it anew".to_owned(),
    );
    count_failure(change, job, index, &failure, now)
}
