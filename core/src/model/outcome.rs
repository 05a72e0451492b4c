//! What the work that was started leads to.

use crate::protocol::{Adjustment, Failure, Form};
use crate::vocab::{ErrorContext, HResult, JobPropertyId, JobState, PropertyValue, Result, code};

use super::deadline::Now;
use super::failure;
use super::file::{FileRecord, FileStage};
use super::input::{HeadFacts, Outcome, VerifiedFile};
use super::job::{Change, Job};
use super::record::{Closing, JobError};
use super::{closing, digest, failover, http_options, on_demand, upload_outcome};

/// Restarts of one file without progress after which the job waits before the
/// next one: a server that changes its file with each answer is not hammered.
const RESTARTS_MAX: u32 = 3;

/// What servers answer to an address that was signed for a while, or is gone.
const SIGNED_NO_MORE: [u32; 5] = [400, 401, 403, 404, 410];

/// Applies the result of a piece of work.
pub fn apply(job: &Job, outcome: &Outcome, now: Now) -> Result<Change> {
    let mut change = Change::of(job);
    let is_final = job.record.state.is_final();
    match outcome {
        Outcome::Published { files, error } => {
            closing::published(&mut change, job, files, error.as_ref(), now)?
        }
        Outcome::Removed { undeleted } => closing::removed(&mut change, job, *undeleted, now),
        Outcome::Upload { file, news } => {
            upload_outcome::apply(&mut change, job, *file, news, now)?
        }
        _ if is_final => {}
        Outcome::Connecting { file } => {
            job.file(*file)?;
            if job.record.is_runnable() && job.record.state == JobState::Queued {
                change.record.enter(JobState::Connecting, now);
            }
        }
        Outcome::Displaced { is_refused } => displaced(&mut change, job, *is_refused, now),
        Outcome::Head { file, facts } => head(&mut change, job, *file, facts, now)?,
        Outcome::Progress { file, begin, written }
        | Outcome::PieceEnded { file, begin, written } => {
            progress(&mut change, job, *file, (*begin, *written), now)?;
        }
        Outcome::Synced { file, held } => {
            change.edit(job, *file, |file| file.add_synced(held))?;
        }
        Outcome::Left { file, version } => left(&mut change, job, *file, version.as_ref())?,
        Outcome::Reopened { file } => change.edit(job, *file, |file| file.left = None)?,
        Outcome::Received { file, size } => received(&mut change, job, *file, *size, now)?,
        Outcome::CameWhole { file, facts, size, version } => {
            head(&mut change, job, *file, facts, now)?;
            received(&mut change, job, *file, *size, now)?;
            left(&mut change, job, *file, version.as_ref())?;
        }
        Outcome::AskAgain { file, .. } | Outcome::Moved { file, .. }
            if job.record.has_own_method() =>
        {
            failed(&mut change, job, *file, &http_options::asked_once(), None, now)?;
        }
        Outcome::AskAgain { file, adjustment } => {
            ask_again(&mut change, job, *file, *adjustment, now)?;
        }
        Outcome::Moved { file, to, is_reported } => {
            moved(&mut change, job, *file, (to, *is_reported), now)?;
        }
        Outcome::Failed { file, failure, redirect } => {
            if failure.code == code::BG_E_LOCAL_FILE_CHANGED {
                // Nothing of it can be trusted: it has to be fetched again.
                lost_bytes(&mut change, job, *file, false)?;
            }
            failed(&mut change, job, *file, failure, redirect.as_deref(), now)?;
        }
        Outcome::Verified { files } => verified(&mut change, job, files, now)?,
        Outcome::HashMismatch { file, found } => {
            digest::mismatch(&mut change, job, *file, found, now)?;
        }
        Outcome::LostBytes { file, keeps_synced } => {
            lost_bytes(&mut change, job, *file, *keeps_synced)?;
        }
    }
    on_demand::suspend_if_all_is_here(&mut change, job, now);
    Ok(change)
}

/// The job's last request has ended, and none of its files has a slot. `is_refused` if it
/// waits for its server, and not for a slot.
fn displaced(change: &mut Change, job: &Job, is_refused: bool, now: Now) {
    if !job.record.is_runnable() || job.waiting().next().is_none() {
        return;
    }
    if is_refused && job.delayed().next().is_some() {
        failure::wait_for_next_try(change, job, now);
    } else {
        change.record.enter(JobState::Queued, now);
    }
}

/// Lets the files be tried again whose next try is due.
fn try_due(change: &mut Change, job: &Job, now: Now) -> Result<()> {
    // They are in the order of their times.
    for index in job.delayed() {
        if !job.file(index)?.retry().is_some_and(|retry| retry.at.is_over(now)) {
            break;
        }
        change.edit(job, index, FileRecord::try_again)?;
    }
    Ok(())
}

/// Moves a job whose deadline has come.
pub fn time_passed(job: &Job, now: Now) -> Result<Change> {
    let mut change = Change::of(job);
    if let Some(Closing::Cleaning { retry: Some(deadline) }) = job.record.closing {
        if deadline.is_over(now) {
            change.record.closing = Some(Closing::Cleaning { retry: None });
        }
        return Ok(change);
    }
    if let Some(Closing::ServerCleanup { until, retry: Some(deadline), attempts }) =
        job.record.closing
    {
        if deadline.is_over(now) {
            change.record.closing = Some(Closing::ServerCleanup { until, retry: None, attempts });
        }
        return Ok(change);
    }
    try_due(&mut change, job, now)?;
    if job.record.state == JobState::TransientError {
        if job.record.no_progress_deadline.is_some_and(|deadline| deadline.is_over(now)) {
            if let Some(last) = &job.record.error {
                let error = failure::no_progress(last, job.record.no_progress_timeout_s);
                failure::fail(&mut change, error, now);
            }
        } else if job.record.retry.is_none_or(|retry| retry.at.is_over(now)) {
            change.record.enter(JobState::Queued, now);
            if let Some(first) = job.delayed().next() {
                change.edit(job, first, FileRecord::try_again)?;
            }
        }
    }
    failure::refuse_too_long(&mut change, now);
    finish_if_done(&mut change, job, now);
    Ok(change)
}

/// Tries at once what failed on the way to the server. Where the server asked
/// to wait it is not the network that is waited for.
pub fn reconnected(job: &Job, now: Now) -> Result<Change> {
    let mut change = Change::of(job);
    if let Some(Closing::ServerCleanup { until, attempts, .. }) = job.record.closing {
        change.record.closing = Some(Closing::ServerCleanup { until, retry: None, attempts });
    }
    let is_on_the_way = |error: &JobError| error.context == ErrorContext::GeneralTransport;
    let failed_on_the_way = job.record.error.as_ref().is_some_and(is_on_the_way);
    let server_asked = job.record.retry.is_some_and(|retry| retry.server_asked);
    if job.record.state == JobState::TransientError && failed_on_the_way && !server_asked {
        change.record.enter(JobState::Queued, now);
    }
    for index in job.delayed() {
        let file = job.file(index)?;
        let failed = file.failure.as_ref().is_some_and(|failure| is_on_the_way(&failure.error));
        if failed && file.retry().is_some_and(|retry| !retry.server_asked) {
            change.edit(job, index, FileRecord::try_again)?;
        }
    }
    Ok(change)
}

fn head(change: &mut Change, job: &Job, index: u32, facts: &HeadFacts, now: Now) -> Result<()> {
    let known = job.file(index)?;
    let agrees = known.validator.as_ref().is_some_and(|known| known.agrees_with(&facts.validator));
    // It was left to a hash that is expected no more.
    let is_unproven = !agrees && known.expected_hash.is_none() && known.held() > 0;
    let restarts = (facts.restart || is_unproven) && known.held() > 0;
    change.edit(job, index, |file| {
        if facts.restart || is_unproven {
            file.restart();
        }
        let keeps = file.held() > 0;
        file.needs_hash |= keeps && !agrees;
        // A request that was under way when the name changed answers for the
        // old one.
        let is_of_old_name = facts.asked.as_ref().is_some_and(|asked| asked != file.url_asked());
        file.comes_from_asked(!is_of_old_name, keeps);
        file.size = facts.size;
        file.validator = Some(facts.validator.clone());
        file.unpacked = facts.unpacked;
        file.birth.clone_from(&facts.birth);
        file.response_headers.clone_from(&facts.response_headers);
        // The answer to a further request need not name it again.
        if facts.digest.is_some() || file.held() == 0 {
            file.served_digest = facts.digest.clone();
        }
        file.moved = is_of_old_name;
        if is_of_old_name {
            return;
        }
        file.redirected = facts.answered.is_some() && !facts.is_permanent;
        if let Some(answered) = &facts.answered {
            if facts.is_reported && !file.asks_mirror() {
                file.follow(answered.clone());
                file.moved = false;
                file.redirected = false;
            } else if facts.is_permanent {
                file.redirected_to = Some(answered.clone());
            }
        }
    })?;
    if restarts {
        change.restarted.insert(index);
    }
    if job.record.is_runnable() {
        change.record.enter(JobState::Transferring, now);
        refuse_too_large(change, index, now);
        on_demand::refuse_outside(change, job, index, now)?;
    }
    Ok(())
}

fn refuse_too_large(change: &mut Change, index: u32, now: Now) {
    let property = change.record.properties.get(&JobPropertyId::MaxDownloadSize.as_u32());
    let Some(PropertyValue::Uint64(max)) = property else {
        return;
    };
    let totals = change.record.totals;
    if totals.bytes_known.max(totals.bytes_transferred) <= *max {
        return;
    }
    let error = JobError {
        file: Some(index),
        ..failure::job_error(
            code::BG_E_MAX_DOWNLOAD_SIZE_LIMIT_REACHED,
            format!("the job is larger than the {max} bytes it may have"),
            now,
        )
    };
    change.record.error_count += 1;
    failure::fail(change, error, now);
}

fn progress(
    change: &mut Change,
    job: &Job,
    index: u32,
    (begin, written): (u64, u64),
    now: Now,
) -> Result<()> {
    let file = change.file(job, index)?;
    if file.stage != FileStage::Waiting || written < file.written && file.segments.is_empty() {
        return Ok(());
    }
    let (before, high_water) = (file.held(), file.high_water);
    change.edit(job, index, |file| {
        file.add_bytes(begin, written);
        let held = file.held();
        file.fresh_bytes = file.fresh_bytes.saturating_add(held.saturating_sub(high_water));
        if held > high_water {
            file.high_water = held;
            file.restarts = 0;
            file.failure = None;
            if let Some(sources) = &mut file.sources {
                sources.failed_rounds = 0;
            }
        }
    })?;
    let held = change.file(job, index)?.held();
    if held > before {
        change.record.modified_ms = now.unix_ms;
    }
    if held > high_water {
        change.record.attempts = 0;
        change.record.no_progress_deadline = None;
        change.record.modified_ms = now.unix_ms;
        if change.record.is_runnable() {
            refuse_too_large(change, index, now);
        }
    }
    Ok(())
}

/// All bytes of a file are written.
fn received(change: &mut Change, job: &Job, index: u32, size: u64, now: Now) -> Result<()> {
    let file = change.file(job, index)?;
    if !file.segments.is_empty() && file.held() != size {
        return Ok(());
    }
    progress(change, job, index, (0, size), now)?;
    change.edit(job, index, |file| {
        if file.ranges.is_empty() {
            file.size = Some(size);
        }
        file.stage = FileStage::Received;
        file.failure = None;
    })
}

/// The temporary file is written to no more.
fn left(change: &mut Change, job: &Job, index: u32, version: Option<&String>) -> Result<()> {
    let held = change.file(job, index)?;
    if held.left.as_ref() == version || held.held() == 0 || held.is_transferred() {
        return Ok(());
    }
    change.edit(job, index, |file| file.left = version.cloned())
}

fn ask_again(
    change: &mut Change,
    job: &Job,
    index: u32,
    adjustment: Adjustment,
    now: Now,
) -> Result<()> {
    if failover::differs(change, job, index, adjustment, now)? {
        return Ok(());
    }
    let restarts = job.file(index)?.restarts;
    if restarts >= RESTARTS_MAX {
        let failure = Failure::transient(
            code::BG_E_REMOTE_FILE_CHANGED,
            ErrorContext::RemoteFile,
            "the file on the server changes with every answer".to_owned(),
        );
        if job.record.is_runnable() {
            failure::apply(change, job, index, &failure, now)?;
        }
        return change.edit(job, index, |file| file.restarts = 0);
    }
    let held = job.file(index)?.held() > 0;
    change.edit(job, index, |file| {
        file.restarts += 1;
        match adjustment {
            Adjustment::Restart => file.restart(),
            Adjustment::WithoutIfRange => file.if_range_refused = true,
            Adjustment::WithoutRange => {
                file.ranges_refused = true;
                file.restart();
            }
            Adjustment::AsItCame => {
                file.form = Form::AsItCame;
                file.restart();
            }
        }
    })?;
    match adjustment {
        Adjustment::Restart | Adjustment::WithoutRange | Adjustment::AsItCame if held => {
            change.restarted.insert(index);
        }
        Adjustment::Restart
        | Adjustment::WithoutRange
        | Adjustment::AsItCame
        | Adjustment::WithoutIfRange => {}
    }
    Ok(())
}

/// A redirect is to be followed by a request of its own, so many times.
fn moved(
    change: &mut Change,
    job: &Job,
    index: u32,
    (to, is_reported): (&str, bool),
    now: Now,
) -> Result<()> {
    let restarts = job.file(index)?.restarts + 1;
    if restarts > RESTARTS_MAX {
        change.edit(job, index, |file| {
            file.restarts = 0;
            file.redirected_to = None;
        })?;
        let failure = Failure::transient(
            code::BG_E_INVALID_SERVER_RESPONSE,
            ErrorContext::RemoteFile,
            format!("the redirects do not end; the last one leads to {to}"),
        );
        return failed(change, job, index, &failure, None, now);
    }
    change.edit(job, index, |file| {
        match is_reported && !file.asks_mirror() {
            true => file.follow(to.to_owned()),
            // It holds until that place fails.
            false => file.redirected_to = Some(to.to_owned()),
        }
        file.redirected = true;
        file.restarts = restarts;
    })
}

/// A request for a file failed.
fn failed(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    redirect: Option<&str>,
    now: Now,
) -> Result<()> {
    let is_remembered = job.file(index)?.redirected_to.is_some();
    if !job.record.is_runnable() {
        return Ok(());
    }
    // The place that a permanent redirect named may be the trouble, as an
    // address that was signed for a while: the next request asks where to go.
    if is_remembered && is_of_the_place(failure) {
        change.edit(job, index, |file| {
            file.redirected_to = None;
            file.redirected = true;
        })?;
        // The first place has the last word: it is asked before the job fails.
        // A place is remembered once it gave something, so that this ends.
        if SIGNED_NO_MORE.map(HResult::from_http_status).contains(&failure.code) {
            return Ok(());
        }
    }
    let has_mirrors = change.file(job, index)?.sources.is_some();
    let Some(failure) = &failover::failed(change, job, index, failure, now)? else {
        return Ok(());
    };
    if failure.code == code::DO_E_INVALID_RANGE {
        // The file ends before it.
        change.edit(job, index, |file| file.requested_ranges.clear())?;
    }
    failure::apply(change, job, index, failure, now)?;
    // The next source is asked instead of where a redirect leads that is not followed.
    match redirect.filter(|_| !has_mirrors) {
        Some(to) => change.edit(job, index, |file| file.follow(to.to_owned())),
        None => Ok(()),
    }
}

/// True if another place may have what this one has not.
fn is_of_the_place(failure: &Failure) -> bool {
    let unreachable = [code::E_WINHTTP_NAME_NOT_RESOLVED, code::BG_E_CONNECT_FAILURE];
    failure.context == ErrorContext::RemoteFile || unreachable.contains(&failure.code)
}

fn verified(change: &mut Change, job: &Job, files: &[VerifiedFile], now: Now) -> Result<()> {
    for VerifiedFile { file, identity, version } in files {
        if job.file(*file)?.stage != FileStage::Received {
            continue;
        }
        change.edit(job, *file, |file| {
            file.stage = FileStage::Transferred;
            file.close_gaps();
            file.synced = file.written;
            file.identity = *identity;
            file.left.clone_from(version);
            file.digest_refused = false;
        })?;
        finish_if_done(change, job, now);
    }
    Ok(())
}

/// TRANSFERRED once the last file is, and at once for a job that is queued
/// with nothing left to do; ERROR once none of the others can move any more.
pub fn finish_if_done(change: &mut Change, job: &Job, now: Now) {
    let totals = change.record.totals;
    if !change.record.is_runnable() || totals.files == 0 {
        return;
    }
    if totals.files_transferred == totals.files {
        change.record.enter(JobState::Transferred, now);
    } else {
        failure::stop_if_none_moves(change, job, now);
    }
}

fn lost_bytes(change: &mut Change, job: &Job, index: u32, keeps_synced: bool) -> Result<()> {
    if job.file(index)?.stage > FileStage::Received {
        return Ok(());
    }
    change.edit(job, index, |file| {
        if keeps_synced && file.held_safely() > 0 {
            file.stage = FileStage::Waiting;
            file.keep_synced();
            // The final check may have cut it.
            file.left = None;
        } else {
            file.restart();
        }
    })?;
    change.restarted.insert(index);
    Ok(())
}
