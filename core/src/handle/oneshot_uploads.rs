//! Uploads of [`super::upload`]: a job for each file.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use crate::engine::{ApiCall, ApiReply};
use crate::model::{FileSpec, JobRecord};
use crate::vocab::{Error, JobPropertyId, JobState, PropertyValue, Result, SIZE_UNKNOWN, code};

use super::job::Job;
use super::job_progress::JobProgress;
use super::manager::{Manager, unexpected};
use super::oneshot::{
    TransferOptions, TransferredFile, Watch, described, failure, found, go_on, leave, set_up, tick,
    upload_key, upload_type,
};
use super::paths::display_name_of;
use super::setup::JobSetup;

/// How jobs of versions without keys are described.
const OLDER: &str = "bgcopy put";

/// Jobs that are acknowledged in one go.
const TOGETHER_MAX: usize = 256;

/// Looking at the jobs may take this part of the time, however many there are.
const SHARE_OF_LOOKING: u32 = 10;

/// From where to where a file goes: what is asked for twice is sent once.
type Way<'a> = (&'a str, &'a str);

fn way(file: &FileSpec) -> Way<'_> {
    (&file.remote_name, &file.local_name)
}

pub(super) fn run(
    manager: &Manager,
    files: &[FileSpec],
    options: &TransferOptions,
    watch: &mut Watch<'_, '_>,
) -> Result<Vec<TransferredFile>> {
    let mut places = BTreeMap::new();
    let mut unique = Vec::new();
    for file in files {
        places.entry(way(file)).or_insert_with(|| {
            unique.push(file);
            unique.len() - 1
        });
    }
    let reply = options.reply_file_name.as_deref();
    if reply.is_some() && unique.len() > 1 {
        return Err(Error::new(code::E_INVALIDARG, "a reply is for a single file"));
    }
    let jobs = start(manager, &unique, options)?;
    let jobs: Vec<&Job> = jobs.iter().collect();
    let followed = follow(manager, &jobs, &unique, watch);
    let is_done = followed.as_ref().is_ok_and(|files| files.iter().all(|file| file.is_done));
    if !is_done {
        leave(manager, &jobs, options);
    }
    let outcomes = followed?;
    let place = |file: &FileSpec| places.get(&way(file)).and_then(|place| outcomes.get(*place));
    Ok(files.iter().filter_map(|file| place(file).cloned()).collect())
}

/// The jobs of the files, under way.
fn start(manager: &Manager, files: &[&FileSpec], options: &TransferOptions) -> Result<Vec<Job>> {
    let reply = options.reply_file_name.as_deref();
    let mut jobs = find(manager, files, reply)?;
    let missing: Vec<_> = (0..files.len()).filter(|place| jobs[*place].is_none()).collect();
    let setups = missing.iter().map(|place| set_up(setup(files[*place], options), options));
    let mut new = BTreeSet::new();
    for (place, (job, is_new)) in
        missing.iter().zip(JobSetup::create_all(setups.collect(), manager)?)
    {
        jobs[*place] = Some(job);
        // Another call may have made it meanwhile.
        new.extend(is_new.then_some(*place));
    }
    let known = (0..files.len()).filter(|place| !new.contains(place));
    let known: Vec<_> = known.filter_map(|place| jobs[place].as_ref()).collect();
    go_on(manager, &known, options)?;
    Ok(jobs.into_iter().flatten().collect())
}

/// A job of its own for a file.
fn setup(file: &FileSpec, options: &TransferOptions) -> JobSetup {
    let reply = options.reply_file_name.as_deref();
    let name = display_name_of(&file.local_name);
    let mut setup = JobSetup::new(&name, upload_type(reply)).key(&upload_key(file, reply));
    if let Some(protocol) = options.upload_protocol {
        let (id, value) = (JobPropertyId::UploadProtocol, PropertyValue::Dword(protocol.as_u32()));
        setup = setup.property(id.as_u32(), value);
    }
    if reply.is_some() {
        setup = setup.reply_file_name(reply);
    }
    setup.files(vec![(*file).clone()])
}

/// The jobs that send the files, where there are some.
pub(super) fn find(
    manager: &Manager,
    files: &[&FileSpec],
    reply: Option<&str>,
) -> Result<Vec<Option<Job>>> {
    let call = |file: &&FileSpec| ApiCall::OpenJobByKey { key: upload_key(file, reply) };
    let mut jobs = Vec::with_capacity(files.len());
    for some in files.chunks(TOGETHER_MAX) {
        for reply in manager.shared().calls(some.iter().map(call).collect()) {
            jobs.push(found(reply.and_then(|reply| opened(manager, reply)))?);
        }
    }
    if jobs.iter().all(Option::is_some) {
        return Ok(jobs);
    }
    let mut older: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for record in described(manager, OLDER)? {
        if record.job_type == upload_type(reply) {
            older.entry(record.display_name.clone()).or_default().push(record);
        }
    }
    for (place, file) in files.iter().enumerate().filter(|_| !older.is_empty()) {
        let named_so = older.get(&display_name_of(&file.local_name));
        if jobs[place].is_none() {
            let mut named_so = named_so.into_iter().flatten();
            jobs[place] = named_so.find_map(|record| sending(manager, record, file, reply));
        }
    }
    Ok(jobs)
}

fn opened(manager: &Manager, reply: ApiReply) -> Result<Job> {
    let ApiReply::Found(id) = reply else {
        return Err(unexpected("Found"));
    };
    Ok(Job::new(std::sync::Arc::clone(manager.shared()), id))
}

/// The job of an older version, if it is one that sends the file: below a URL that ends in a
/// slash it may have its name by now.
fn sending(
    manager: &Manager,
    record: &JobRecord,
    file: &FileSpec,
    reply: Option<&str>,
) -> Option<Job> {
    if record.reply_file_name.as_deref() != reply {
        return None;
    }
    let job = manager.get_job(record.id).ok()?;
    let sent = job.file(0).ok()?;
    let (remote_name, local_name) = (sent.remote_name().ok()?, sent.local_name().ok()?);
    let goes_there = match file.remote_name.ends_with('/') {
        true => remote_name.starts_with(&file.remote_name),
        false => remote_name == file.remote_name,
    };
    (goes_there && local_name == file.local_name).then_some(job)
}

/// Waits until the files are sent or failed, and acknowledges the jobs of the former.
fn follow(
    manager: &Manager,
    jobs: &[&Job],
    files: &[&FileSpec],
    watch: &mut Watch<'_, '_>,
) -> Result<Vec<TransferredFile>> {
    let mut outcomes: Vec<_> = files.iter().map(|file| pending(file)).collect();
    let total = watch.is_watched().then(|| TotalProgress::of(jobs)).transpose()?;
    let mut sent = Vec::new();
    for (place, job) in jobs.iter().enumerate() {
        let progress = || total.as_ref().map_or_else(|| job.progress(), TotalProgress::look);
        let state =
            watch.wait(job, progress, || total.as_ref().map_or(tick(), TotalProgress::tick))?;
        match state {
            JobState::Transferred => sent.push(place),
            JobState::Acknowledged => outcomes[place].is_done = true,
            JobState::Queued
            | JobState::Connecting
            | JobState::Transferring
            | JobState::Suspended
            | JobState::Error
            | JobState::TransientError
            | JobState::Cancelled => outcomes[place].error = Some(failure(job, state)?),
        }
        if sent.len() == TOGETHER_MAX || place + 1 == jobs.len() {
            complete(manager, jobs, &std::mem::take(&mut sent), &mut outcomes)?;
        }
    }
    if let Some(total) = total {
        watch.report(|| total.look())?;
    }
    Ok(outcomes)
}

fn pending(file: &FileSpec) -> TransferredFile {
    TransferredFile {
        remote_name: file.remote_name.clone(),
        local_name: file.local_name.clone(),
        is_done: false,
        error: None,
    }
}

/// Acknowledges jobs that are transferred.
fn complete(
    manager: &Manager,
    jobs: &[&Job],
    places: &[usize],
    outcomes: &mut [TransferredFile],
) -> Result<()> {
    let sent: Vec<_> = places.iter().map(|place| jobs[*place]).collect();
    for (place, completed) in places.iter().zip(manager.complete_all(&sent)) {
        let job = jobs[*place];
        match completed {
            // Another hand was faster.
            Err(error)
                if error.code != code::DO_E_INVALID_STATE
                    || job.state()? != JobState::Acknowledged =>
            {
                return Err(error);
            }
            Ok(_) | Err(_) => {
                outcomes[*place].is_done = true;
                // Some servers name it.
                outcomes[*place].remote_name = job.file(0)?.remote_name()?;
            }
        }
    }
    Ok(())
}

/// How far several jobs are together.
struct TotalProgress<'a> {
    jobs: &'a [&'a Job],
    progress: RefCell<Vec<JobProgress>>,
    tick: Cell<Duration>,
}

impl<'a> TotalProgress<'a> {
    fn of(jobs: &'a [&'a Job]) -> Result<Self> {
        let progress = jobs.iter().map(|job| job.progress()).collect::<Result<_>>()?;
        Ok(Self { jobs, progress: RefCell::new(progress), tick: Cell::new(tick()) })
    }

    /// Looks at those that were not done when they were last seen.
    fn look(&self) -> Result<JobProgress> {
        let began = Instant::now();
        let mut progress = self.progress.borrow_mut();
        for (known, job) in progress.iter_mut().zip(self.jobs) {
            if known.files_transferred < known.files_total {
                *known = job.progress()?;
            }
        }
        self.tick.set(tick().max(began.elapsed() * SHARE_OF_LOOKING));
        let sizes = progress.iter().map(|one| one.bytes_total);
        let is_known = sizes.clone().all(|size| size != SIZE_UNKNOWN);
        Ok(JobProgress {
            bytes_total: if is_known { sizes.sum() } else { SIZE_UNKNOWN },
            bytes_transferred: progress.iter().map(|one| one.bytes_transferred).sum(),
            files_total: progress.iter().map(|one| one.files_total).sum(),
            files_transferred: progress.iter().map(|one| one.files_transferred).sum(),
        })
    }

    fn tick(&self) -> Duration {
        self.tick.get()
    }
}
