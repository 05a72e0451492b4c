//! What the requests of an upload lead to.

use crate::protocol::{Call, Failure, Span, Step, Upload, Verdict, invalid_failure, part_bytes};
use crate::vocab::{ErrorContext, HResult, JobState, Result, code, limit};

use super::deadline::{Deadline, Now};
use super::file::{FileRecord, FileStage};
use super::job::{Change, Job};
use super::record::Closing;
use super::upload::{Sent, UploadNews, UploadRecord, name_below, settle_name, upload_state};
use super::{debt, failure, multipart, reply, standing};

/// Answers in a row without a byte more on the server after which the job
/// waits before it asks again.
const ROUNDS_MAX: u32 = 3;

/// Applies what happened to an upload.
pub fn apply(
    change: &mut Change,
    job: &Job,
    index: u32,
    news: &UploadNews,
    now: Now,
) -> Result<()> {
    let file = job.file(index)?;
    let owes = matches!(job.record.closing, Some(Closing::Owing { .. }));
    if file.stage != FileStage::Waiting || job.record.state.is_final() && !owes {
        return Ok(());
    }
    match news {
        UploadNews::Begun { call, source } => begun(change, job, index, call, source, now)?,
        UploadNews::OnTheWay { bytes } => moved(change, job, index, *bytes, now)?,
        UploadNews::Stopped(Sent { part: 0, .. }) => give_up_whole(change, job, index)?,
        UploadNews::Stopped(sent) => _ = multipart::broken_off(change, job, index, *sent)?,
        UploadNews::Answered { call, verdict, response_headers } => {
            if call.part > 0 && !multipart::ended(change, job, index, call.part)? {
                return Ok(());
            }
            edit(change, job, index, |_, file| {
                file.response_headers = Some(response_headers.clone());
            })?;
            answered(change, job, index, call, verdict, now)?;
        }
        UploadNews::Told { call, verdict } => answered(change, job, index, call, verdict, now)?,
        UploadNews::Expired => {
            leave_session(change, job, index)?;
            count_round(change, job, index, &failure::lost_session(), now)?;
        }
        UploadNews::Failed { step, sent: Sent { part: 0, .. }, failure } => {
            failed(change, job, index, *step, failure, now)?;
        }
        UploadNews::Failed { sent, failure, .. } => {
            if multipart::broken_off(change, job, index, *sent)? {
                multipart::refused(change, job, index, failure, now)?;
            }
        }
        UploadNews::SourceChanged => source_changed(change, job, index, now)?,
        UploadNews::NothingOwed => debt::settle(change, now),
        UploadNews::Permitted(permit) => multipart::permitted(change, job, index, permit)?,
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
    call: &Call,
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
        match call.step {
            Step::Create => upload.state.creating = true,
            Step::Send if call.part > 0 => upload.state.multipart.begin(call.part),
            Step::Send => {
                let until = call.body.map_or(0, |span| span.first + span.length);
                upload.state.sent_until = upload.state.sent_until.max(until);
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
        upload.state.terms.completes |= standing::completes(call, file.size);
    })?;
    // What the answer means depends on what was sent before.
    change.urgent |= matches!(call.step, Step::Create | Step::Send | Step::Close);
    if job.record.is_runnable() && job.record.state == JobState::Queued {
        change.record.enter(JobState::Connecting, now);
    }
    Ok(())
}

/// Nothing of the file counts as sent. What a server holds is safe there, so
/// that the two watermarks are one.
fn restart(file: &mut FileRecord) {
    file.written = 0;
    file.synced = 0;
}

/// The file has come so far on its way to the server.
pub(super) fn moved(
    change: &mut Change,
    job: &Job,
    index: u32,
    position: u64,
    now: Now,
) -> Result<()> {
    let is_new = position > job.file(index)?.high_water;
    edit(change, job, index, |upload, file| {
        file.written = position;
        file.synced = if upload.state.session.is_some() { position } else { 0 };
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
    call: &Call,
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
        Verdict::Agreed(terms) => standing::agreed(change, job, index, call, terms, now)?,
        Verdict::Stands(told) => standing::stands(change, job, index, call, told, now)?,
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
        Verdict::Region(region) => multipart::region(change, job, index, region, now)?,
        Verdict::Aborted => state(change, |state| state.multipart.aborted = true)?,
        Verdict::Unsure(failure) => {
            edit(change, job, index, |upload, _| upload.state.unsure = true)?;
            count_round(change, job, index, failure, now)?;
        }
        Verdict::Spoilt(failure) => {
            stale_session(change, job, index)?;
            count_failure(change, job, index, failure, now)?;
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
        Verdict::Doubt => edit(change, job, index, |upload, _| {
            let opened_ms = upload.state.opened_ms;
            upload.state.leave_session();
            upload.state.opened_ms = opened_ms;
            upload.state.verifies = true;
        })?,
        Verdict::Dropped if job.record.state.is_final() && multipart::has_strays(job, index) => {
            return multipart::forget_again(change, job, index, now);
        }
        Verdict::Dropped => leave_session(change, job, index)?,
        Verdict::Finished => finished(change, job, index, now)?,
    }
    let gone = matches!(verdict, Verdict::Dropped | Verdict::Gone | Verdict::Finished);
    if gone && job.record.state.is_final() {
        debt::settle(change, now);
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
    call: &Call,
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
    change.urgent = true;
    Ok(())
}

/// What the server says that it holds is where to go on, whatever was sent.
/// `counts` if bytes were sent that it should hold now.
pub(super) fn holds(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &Call,
    (position, counts): (u64, bool),
    now: Now,
) -> Result<()> {
    let file = job.file(index)?;
    let state = upload_state(&job.record, file);
    if position > state.sent_until || file.size.is_some_and(|size| position > size) {
        // It stored something twice: what it holds is not the file.
        stale_session(change, job, index)?;
        let failure = invalid_failure("that it holds more than was sent to it");
        return count_failure(change, job, index, &failure, now);
    }
    edit(change, job, index, |upload, _| upload.state.unsure = false)?;
    if position < file.written {
        change.restarted.insert(index);
    }
    moved(change, job, index, position, now)?;
    let took_all = |span: Span| span.length > 0 && position == span.first + span.length;
    if call.body.is_some_and(took_all) {
        edit(change, job, index, |upload, _| upload.state.grow())?;
    }
    let advanced = call.body.is_some_and(|span| position > span.first);
    match advanced || !counts {
        true => Ok(()),
        false => count_round(change, job, index, &failure::no_headway(), now),
    }
}

fn is_whole(change: &Change, job: &Job, index: u32) -> bool {
    change.file(job, index).is_ok_and(|file| file.size == Some(file.written))
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

/// Puts a job that runs into TRANSIENT_ERROR or ERROR.
pub(super) fn count_failure(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    if job.record.is_runnable() {
        failure::apply(change, job, index, failure, now);
    }
    Ok(())
}

fn leave_session(change: &mut Change, job: &Job, index: u32) -> Result<()> {
    if change.file(job, index)?.written > 0 {
        change.restarted.insert(index);
    }
    edit(change, job, index, |upload, file| {
        upload.state.leave_session();
        upload.fallback = None;
        restart(file);
    })
}

/// The session is to be cancelled before another one is made.
pub(super) fn stale_session(change: &mut Change, job: &Job, index: u32) -> Result<()> {
    if change.file(job, index)?.written > 0 {
        change.restarted.insert(index);
    }
    edit(change, job, index, |upload, file| {
        upload.state.stale = upload.state.session.is_some();
        upload.expires = None;
        upload.state.verifies = false;
        upload.state.has_reply = false;
        upload.state.unsure = false;
        upload.state.multipart.sent.clear();
        restart(file);
    })
}

fn too_large(change: &mut Change, job: &Job, index: u32, call: &Call, now: Now) -> Result<()> {
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
        file.stage = FileStage::Released;
    })?;
    super::outcome::finish_if_done(change, now);
    Ok(())
}

/// The server said no.
fn refused(
    change: &mut Change,
    job: &Job,
    index: u32,
    call: &Call,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    edit(change, job, index, |upload, _| {
        upload.state.creating = false;
        // It did not forget all of it: it is told again.
        upload.state.multipart.aborted &= call.step != Step::Check;
    })?;
    if job.record.state.is_final() {
        debt::failed(change, failure, now);
        return Ok(());
    }
    give_up_whole(change, job, index)?;
    after_failure(change, job, index, call.step, failure, now)
}

/// There was no answer: what became of the request nobody knows.
fn failed(
    change: &mut Change,
    job: &Job,
    index: u32,
    step: Step,
    failure: &Failure,
    now: Now,
) -> Result<()> {
    edit(change, job, index, |upload, _| {
        upload.state.creating = false;
        // A server may keep nothing of a piece that was cut off.
        if step == Step::Send {
            upload.state.shrink(upload.state.piece_bytes);
        }
    })?;
    if job.record.state.is_final() {
        debt::failed(change, failure, now);
        return Ok(());
    }
    give_up_whole(change, job, index)?;
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
        if rounds > ROUNDS_MAX {
            leave_session(change, job, index)?;
        }
    }
    fall_back(change, job, index, now)?;
    count_failure(change, job, index, failure, now)
}

/// A host that has the session and fails for too long is left for the first
/// one, with a new session (contract section 13.4).
fn fall_back(change: &mut Change, job: &Job, index: u32, now: Now) -> Result<()> {
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
