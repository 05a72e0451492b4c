//! What the failure of a source, or one that differs, does to a file with mirrors: the next
//! source is asked. The table is in `sources.rs`.

use crate::protocol::{Adjustment, Failure, Scheme, check_remote_name};
use crate::vocab::{Error, ErrorContext, Result, code, limit, security};

use super::deadline::Now;
use super::failure;
use super::file::{FileRecord, FileStage};
use super::job::{Change, Job};
use super::record::JobRecord;
use super::sources::{FileSource, Sources, TrialState, is_downgrade};
use super::upload::refuse_upload;

/// So often all sources have to fail before a file begins anew from one that differs, unless
/// those that fit will fail for good. Bytes that are held are worth a wait.
pub const FAILED_ROUNDS_MAX: u32 = 3;

/// Restarts without progress, after which a file no longer begins anew by itself.
const RESTARTS_MAX: u32 = 3;

/// Appends a mirror to a file: E_INVALIDARG for a bad URL, another scheme than http and
/// https, and http where the origin has https, unless the security flags allow it;
/// BGCOPY_E_TOO_MANY_MIRRORS. S_FALSE if the file has it already.
pub fn add_mirror(change: &mut Change, job: &Job, index: u32, url: &str) -> Result<()> {
    refuse_upload(&job.record)?;
    let file = job.file(index)?;
    check_mirror(&job.record, &file.remote_name, url)?;
    let sources = file.sources.as_deref();
    if file.remote_name == url || sources.is_some_and(|sources| sources.has_mirror(url)) {
        change.result = code::S_FALSE;
        return Ok(());
    }
    check_count(sources.map_or(0, Sources::mirror_count) + 1)?;
    change.edit(job, index, |file| {
        file.append_mirror(url.to_owned());
        if file.stage == FileStage::Waiting {
            file.failure = None;
        }
    })
}

/// Checks the mirrors that a new file comes with.
pub fn check_mirrors(record: &JobRecord, origin: &str, mirrors: &[String]) -> Result<()> {
    if !mirrors.is_empty() {
        refuse_upload(record)?;
    }
    check_count(mirrors.len())?;
    mirrors.iter().try_for_each(|mirror| check_mirror(record, origin, mirror))
}

fn check_count(count: usize) -> Result<()> {
    if count > limit::MIRRORS_PER_FILE_MAX {
        let most = limit::MIRRORS_PER_FILE_MAX;
        let text = format!("a file has at most {most} mirrors");
        return Err(Error::new(code::BGCOPY_E_TOO_MANY_MIRRORS, text));
    }
    Ok(())
}

fn check_mirror(record: &JobRecord, origin: &str, mirror: &str) -> Result<()> {
    check_remote_name(mirror)?;
    if Scheme::of(mirror) != Scheme::Http {
        return Err(Error::new(code::E_INVALIDARG, "a mirror is reached by http or https"));
    }
    if is_downgrade(origin, mirror) && !may_downgrade(record) {
        let text = "the file comes by https, so that its mirrors must, too, without the security \
                    flag REDIRECT_ALLOW_HTTPS_TO_HTTP";
        return Err(Error::new(code::E_INVALIDARG, text));
    }
    Ok(())
}

/// The places that a file can be had from, the remote name first and then its mirrors in
/// their order, and what became of each.
pub fn sources_of(record: &JobRecord, file: &FileRecord) -> Vec<FileSource> {
    file.shown_sources(may_downgrade(record))
}

/// True if a source without encryption may be asked where the origin has it.
pub fn may_downgrade(record: &JobRecord) -> bool {
    record.security_flags & security::REDIRECT_ALLOW_HTTPS_TO_HTTP != 0
}

impl FileRecord {
    /// Appends a mirror. What is held came from the origin as far as is known.
    pub fn append_mirror(&mut self, url: String) {
        let came_from_origin = !self.moved;
        let sources = self
            .sources
            .get_or_insert_with(|| Box::new(Sources::held_from_origin(came_from_origin)));
        if *url != self.remote_name && !sources.has_mirror(&url) {
            sources.add_mirror(url);
        }
    }

    /// Begins with the first source again, of which nothing bad is known any more.
    pub fn try_sources_again(&mut self, downgrades: bool) {
        let Some(sources) = &mut self.sources else {
            return;
        };
        sources.forget_trials();
        let first = self.next_source(downgrades).unwrap_or(0);
        self.ask_source(first);
    }
}

/// A request to a source failed: lets the next one be asked. The failure that counts for the
/// file, if all of them failed or it is not one of a source.
pub fn failed(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    now: Now,
) -> Result<Option<Failure>> {
    let is_of_source =
        matches!(failure.context, ErrorContext::RemoteFile | ErrorContext::GeneralTransport)
            && failure.code != code::DO_E_BLOCKED_BY_NO_NETWORK;
    let file = change.file(job, index)?;
    let Some(sources) = file.sources.as_ref().filter(|_| is_of_source) else {
        return Ok(Some(failure.clone()));
    };
    let asked = sources.asked();
    if failure::goes_on_at_once(&change.record, file, failure) {
        return Ok(Some(failure.clone()));
    }
    note(change, job, index, (asked, TrialState::Failed), failure.clone(), now)?;
    ask_next(change, job, index)
}

/// The source that is asked has another version of the file than what is held, or cannot
/// prove that it has the same one. As [`failed`]; false for a file of which nothing is held,
/// and one without mirrors.
pub fn differs(
    change: &mut Change,
    job: &Job,
    index: u32,
    adjustment: Adjustment,
    now: Now,
) -> Result<bool> {
    let file = change.file(job, index)?;
    let begins_anew = matches!(adjustment, Adjustment::Restart | Adjustment::WithoutRange);
    let Some(sources) = file.sources.as_ref().filter(|_| begins_anew && file.held() > 0) else {
        return Ok(false);
    };
    let asked = sources.asked();
    note(change, job, index, (asked, TrialState::Different), difference(), now)?;
    if let Some(failure) = ask_next(change, job, index)?
        && change.record.is_runnable()
    {
        failure::apply(change, job, index, &failure, now)?;
    }
    Ok(true)
}

/// What is held did not have the expected hash: true if the file begins anew from one source.
pub fn wrong_hash(
    change: &mut Change,
    job: &Job,
    index: u32,
    failure: &Failure,
    now: Now,
) -> Result<bool> {
    let file = change.file(job, index)?;
    let Some(sources) = &file.sources else {
        return Ok(false);
    };
    let (is_joined, held_from) = (sources.is_joined(), sources.held_from());
    if is_joined || held_from.is_none() {
        edit_sources(change, job, index, Sources::use_one)?;
    } else if let Some(source) = held_from {
        note(change, job, index, (source, TrialState::WrongHash), failure.clone(), now)?;
    }
    // One that failed may have what is right.
    edit_sources(change, job, index, |sources| sources.open(TrialState::Failed))?;
    change.edit(job, index, FileRecord::restart)?;
    let next = change.file(job, index)?.next_source(may_downgrade(&change.record));
    let is_another = next.filter(|_| is_joined || held_from.is_some());
    let Some(source) = is_another else {
        // Each of them was tried alone. The caller hears of it, and Resume tries them again.
        edit_sources(change, job, index, |sources| sources.open(TrialState::WrongHash))?;
        change.edit(job, index, |file| file.ask_source(0))?;
        return Ok(false);
    };
    change.edit(job, index, |file| file.ask_source(source))?;
    Ok(true)
}

/// Lets the next source be asked that may be. If there is none, begins anew from one that
/// differs, or lets the file fail as its origin did.
fn ask_next(change: &mut Change, job: &Job, index: u32) -> Result<Option<Failure>> {
    let downgrades = may_downgrade(&change.record);
    let file = change.file(job, index)?;
    if let Some(source) = file.next_source(downgrades) {
        change.edit(job, index, |file| file.ask_source(source))?;
        return Ok(None);
    }
    if let Some(source) =
        file.first_different(downgrades).filter(|_| may_begin_anew(&change.record, file))
    {
        change.restarted.insert(index);
        change.edit(job, index, |file| {
            file.restarts += 1;
            file.restart();
            file.ask_source(source);
        })?;
        return Ok(None);
    }
    let failure = failure_of_round(file);
    let gives_up = file.restarts >= RESTARTS_MAX;
    change.edit(job, index, |file| {
        if gives_up {
            file.restarts = 0;
        }
        if let Some(sources) = &mut file.sources {
            sources.failed_rounds = sources.failed_rounds.saturating_add(1);
            sources.open(TrialState::Failed);
            if gives_up {
                sources.open(TrialState::Different);
            }
        }
        let first = file.next_source(downgrades).unwrap_or(0);
        file.ask_source(first);
    })?;
    Ok(Some(failure))
}

/// True if the file need not wait for a source that fits what is held.
fn may_begin_anew(record: &JobRecord, file: &FileRecord) -> bool {
    let Some(sources) = &file.sources else {
        return false;
    };
    let may_come_back = sources.trials().any(|trial| {
        trial.state == TrialState::Failed
            && trial.failure.as_ref().is_some_and(|failure| failure.0.transient)
    });
    let waits = may_come_back
        && sources.failed_rounds < FAILED_ROUNDS_MAX
        && !failure::never_retries(record);
    file.restarts < RESTARTS_MAX && !waits
}

/// The failure of the first source that failed, which is that of the origin unless that only
/// differs. It passes by itself if that of any source may.
fn failure_of_round(file: &FileRecord) -> Failure {
    let trials = file.sources.iter().flat_map(|sources| sources.trials());
    let failed = trials.filter(|trial| trial.state == TrialState::Failed);
    let mut failures = failed.filter_map(|trial| Some(&trial.failure.as_ref()?.0));
    let Some(first) = failures.next() else {
        return Failure { transient: true, ..difference() };
    };
    let transient = first.transient || failures.any(|failure| failure.transient);
    Failure { transient, ..first.clone() }
}

fn difference() -> Failure {
    let text = "the source has another version of the file than what is held, or cannot prove \
                that it has the same one";
    Failure::fatal(code::BG_E_REMOTE_FILE_CHANGED, ErrorContext::RemoteFile, text.to_owned())
}

fn note(
    change: &mut Change,
    job: &Job,
    index: u32,
    (source, state): (u32, TrialState),
    failure: Failure,
    now: Now,
) -> Result<()> {
    edit_sources(change, job, index, |sources| {
        sources.note(source, state, failure, now.unix_ms);
    })
}

fn edit_sources(
    change: &mut Change,
    job: &Job,
    index: u32,
    edit: impl FnOnce(&mut Sources),
) -> Result<()> {
    change.edit(job, index, |file| {
        if let Some(sources) = &mut file.sources {
            edit(sources);
        }
    })
}
