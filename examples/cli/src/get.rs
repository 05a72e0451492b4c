//! `get`: a job in the foreground, from its creation to its files in place.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{
    Error, ErrorContext, FileSpec, Job, JobPriority, JobSetup, JobState, JobType, Manager, Options,
    add_mirrors, download_key, expect_hashes, find_download, progress_of,
};
use indicatif::HumanBytes;
use serde_json::json;

use crate::args::Get;
use crate::failure::{Failure, Outcome, describe};
use crate::header_names::HeaderNames;
use crate::host_options::HostOptions;
use crate::interrupt::Interrupt;
use crate::job_options::JobOptions;
use crate::program::Program;
use crate::progress::Display;
use crate::{checksums, job_ids, output, stdout, store_folder, targets};

/// How often the display changes, and how soon Ctrl-C is seen.
pub const TICK: Duration = Duration::from_millis(100);

/// The states in which there is nothing left to watch.
pub const ENDS: [JobState; 4] =
    [JobState::Transferred, JobState::Error, JobState::Acknowledged, JobState::Cancelled];

/// Where the last moment of watching left the job.
pub enum Watched {
    Ended(JobState),
    Interrupted,
}

pub fn get(program: &Program, store: &Path, get: &Get) -> Outcome {
    // Until there is a job, a signal ends the process: a list may come from a terminal.
    let mut files = targets::of(get, store)?;
    let mut options = JobOptions::read(&get.network)?;
    options.add_netrc(&get.network, &files)?;
    let interrupt = Interrupt::listen()?;
    let mut display = display_of(get);
    let host = get.host.of_manager(store);
    checksums::expect(&get.download, &mut files, &options, &host, &interrupt)?;
    let manager = open(store, &get.host)?;
    let job = job_of(store, &manager, &files, get, &options, &display)?;
    let writes_out = stdout::is_meant(get.output.as_ref());
    let watched = match writes_out {
        true => write_out(&job, get, &mut display, &interrupt),
        false => watch(&job, &mut display, &interrupt),
    };
    display.end();
    match watched? {
        Watched::Ended(JobState::Transferred) if writes_out => stdout::clean(store, &job),
        Watched::Ended(JobState::Error) if !get.all_or_nothing && can_do_without(&job)? => {
            // What came there meanwhile is not replaced, either.
            get.download.check_targets(&files)?;
            let names = names(&job, &files, get)?;
            finish_without_failed(&job, (&files, names.as_ref()), &display)
        }
        Watched::Ended(JobState::Transferred) => {
            get.download.check_targets(&files)?;
            let names = names(&job, &files, get)?;
            finish(store, &job, JobState::Transferred, (&files, names.as_ref()), &display)
        }
        Watched::Ended(state) => {
            // A complete that was cut short may have put files in place.
            let names = names(&job, &files, get).ok().flatten();
            finish(store, &job, state, (&files, names.as_ref()), &display)
        }
        Watched::Interrupted => {
            job.suspend()?;
            manager.close();
            display.event(&json!({ "event": "suspended", "id": job.id().to_string() }));
            Err(Failure::Interrupted(format!(
                "The job {} is suspended; go on with:\n  {}",
                job.id(),
                program.command_line(&options.hidden_words)
            )))
        }
    }
}

/// Writes the file of the job to stdout, and waits until it is checked.
fn write_out(
    job: &Job,
    get: &Get,
    display: &mut Display,
    interrupt: &Interrupt,
) -> Outcome<Watched> {
    match stdout::copy(job, interrupt, get.quiet) {
        Ok(true) => watch(job, display, interrupt),
        Ok(false) => Ok(Watched::Interrupted),
        // It says more than the read.
        Err(_) if job.state()? == JobState::Error => Ok(Watched::Ended(JobState::Error)),
        Err(failure) => Err(failure),
    }
}

/// The files of a job, and what their servers call them if that is asked for.
type Files<'a> = (&'a [FileSpec], Option<&'a HeaderNames>);

fn names(job: &Job, files: &[FileSpec], get: &Get) -> Outcome<Option<HeaderNames>> {
    let names = || HeaderNames::of(job, files, get.download.force);
    get.remote_header_name.then(names).transpose()
}

/// True if files arrived, and others failed for reasons of their own.
fn can_do_without(job: &Job) -> Outcome<bool> {
    let is_of_job = job.error()?.context == ErrorContext::GeneralQueueManager;
    Ok(!is_of_job && job.progress()?.files_transferred > 0)
}

/// Puts in place what arrived, and says what did not, and why.
fn finish_without_failed(job: &Job, (files, names): Files<'_>, display: &Display) -> Outcome {
    let job_error = job.error()?;
    // The job may have been made by a command that named them in another order.
    let mut handles = BTreeMap::new();
    for handle in job.files()? {
        handles.insert(handle.local_name()?, (handle.error()?, handle));
    }
    job.complete()?;
    let (mut saved, mut failed) = (Vec::new(), Vec::new());
    for spec in files {
        let Some((error, handle)) = handles.remove(&spec.local_name) else {
            continue;
        };
        if handle.progress()?.completed {
            saved.push(spec.clone());
            continue;
        }
        let error = error.unwrap_or_else(|| job_error.clone());
        display.event(&json!({
            "event": "file_failed",
            "id": job.id().to_string(),
            "file": spec.local_name,
            "error": output::error(&error),
        }));
        let what = describe(error.code, &error.message);
        let name = output::in_line(&spec.local_name);
        let from = output::in_line(&spec.remote_name);
        failed.push(format!("{what}\n  file: {name} from {from}"));
    }
    tell_done(job, (&saved, names), display)?;
    Err(Failure::Failed(failed.join("\nbgcopy: ")))
}

fn finish(
    store: &Path,
    job: &Job,
    state: JobState,
    files: Files<'_>,
    display: &Display,
) -> Outcome {
    match state {
        JobState::Transferred => {
            match job.complete() {
                Ok(code::S_OK) => {}
                Ok(result) => output::complain(&format!("bgcopy: {}", describe(result, ""))),
                // Another process was faster.
                Err(error)
                    if error.code == code::DO_E_INVALID_STATE
                        && job.state()? == JobState::Acknowledged => {}
                Err(error) => return Err(error.into()),
            }
            tell_done(job, files, display)
        }
        // Completed by the start of the engine: a complete that was cut short.
        JobState::Acknowledged => tell_done(job, files, display),
        JobState::Queued
        | JobState::Connecting
        | JobState::Transferring
        | JobState::Suspended
        | JobState::Error
        | JobState::TransientError
        | JobState::Cancelled => Err(tell_error(store, job, display)?),
    }
}

/// Opens the queue to transfer.
pub fn open(store: &Path, host: &HostOptions) -> Outcome<Manager> {
    let manager = open_with(store, host.of_manager(store))?;
    host.check(&manager)?;
    Ok(manager)
}

/// Opens the queue to store what is to be done: another process does it.
pub fn open_to_store(store: &Path) -> Outcome<Manager> {
    open_with(store, Options { stores_only: true, ..Options::new(store) })
}

/// Opens the queue, and says what the start found damaged.
pub fn open_with(store: &Path, options: Options) -> Outcome<Manager> {
    let manager = Manager::open(options).map_err(|error| explain(store, &error))?;
    if let Some(damage) = manager.damage() {
        output::complain(&format!(
            "bgcopy: the queue was damaged: {}\n  {} saved, {} lost; the damaged one is kept as {}",
            damage.message,
            output::counted(damage.jobs_saved, "job"),
            damage.jobs_lost,
            damage.kept_at.display()
        ));
    }
    Ok(manager)
}

fn explain(store: &Path, error: &Error) -> Failure {
    let mut text = describe(error.code, &error.message);
    if error.code == code::E_SHARING_VIOLATION {
        text += &format!(
            "\n  another process has the store {} open: wait for it, or use another --store",
            store.display()
        );
    }
    Failure::Failed(text)
}

fn display_of(get: &Get) -> Display {
    if get.json {
        Display::json()
    } else if get.quiet || stdout::is_meant(get.output.as_ref()) {
        Display::Quiet
    } else {
        Display::for_people()
    }
}

/// The job of the files, under way: the one that the same command made before, or a new one.
fn job_of(
    store: &Path,
    manager: &Manager,
    files: &[FileSpec],
    get: &Get,
    options: &JobOptions,
    display: &Display,
) -> Outcome<Job> {
    let queue = (store, manager);
    if let Some(job) = find_download(manager, files)? {
        take_up(queue, &job, files, get, options, display)?;
        return Ok(job);
    }
    get.download.check_targets(files)?;
    let (job, is_new) = create(manager, files, get, options)?;
    if is_new {
        display.note(&format!("Job {}", job.id()));
        display.event(&json!({ "event": "created", "id": job.id().to_string() }));
    } else {
        // Another process has made it meanwhile.
        take_up(queue, &job, files, get, options, display)?;
    }
    Ok(job)
}

fn take_up(
    (store, manager): (&Path, &Manager),
    job: &Job,
    files: &[FileSpec],
    get: &Get,
    options: &JobOptions,
    display: &Display,
) -> Outcome {
    let record = &job.snapshot()?.record;
    let progress = progress_of(record);
    let bytes = HumanBytes(progress.bytes_transferred);
    display.note(&format!("Taking up job {}, of which {bytes} are here", record.id));
    display.event(&json!({
        "event": "taken_up",
        "id": record.id.to_string(),
        "bytes_transferred": progress.bytes_transferred,
    }));
    if record.closing.is_some() {
        return Ok(());
    }
    if progress.files_total == 0 {
        // An older version was killed before it could add the files.
        job.add_file_set(files.to_vec())?;
    }
    get.download.check_targets(files)?;
    get.download.check(record)?;
    if let Some(priority) = get.priority {
        job.set_priority(priority.into())?;
    }
    set_remote_names(store, job, files)?;
    expect_hashes(job, files)?;
    options.apply_to(manager, job)?;
    // The options say which mirrors it may have.
    add_mirrors(job, files)?;
    if record.state != JobState::Transferred {
        job.resume()?;
    }
    Ok(())
}

/// Makes the job in one step: a kill leaves all of it or nothing.
fn create(
    manager: &Manager,
    files: &[FileSpec],
    get: &Get,
    options: &JobOptions,
) -> Outcome<(Job, bool)> {
    let setup = JobSetup::new(&targets::display_name(files), JobType::Download)
        .key(&download_key(files))
        // Somebody is looking on.
        .priority(get.priority.map_or(JobPriority::Foreground, Into::into));
    // The files come last: the security flags say which mirrors they may have.
    let setup = options.add_to(get.download.add_to(setup)).files(files.to_vec());
    Ok(setup.resumed().find_or_create(manager)?)
}

/// Sets where the files come from, where that is something else by now: a redirect that was
/// refused has left its address.
fn set_remote_names(store: &Path, job: &Job, files: &[FileSpec]) -> Outcome {
    let wanted: BTreeMap<_, _> = files.iter().map(|file| (&file.local_name, file)).collect();
    let Some(reader) = job_ids::reader(store)? else {
        return Ok(());
    };
    for (index, known) in (0_u32..).zip(reader.job(job.id())?.1) {
        if let Some(wanted) = wanted.get(&known.local_name)
            && known.remote_name != wanted.remote_name
        {
            job.file(index)?.set_remote_name(&wanted.remote_name)?;
        }
    }
    Ok(())
}

/// Shows a job until it ends or the user wants no more.
pub fn watch(job: &Job, display: &mut Display, interrupt: &Interrupt) -> Outcome<Watched> {
    loop {
        let ended = match job.wait(&ENDS, Some(TICK)) {
            Ok(state) => Some(state),
            Err(error) if error.code == code::E_TIMEOUT => None,
            Err(error) => return Err(error.into()),
        };
        display.show(&job.snapshot()?);
        if let Some(state) = ended {
            return Ok(Watched::Ended(state));
        }
        if interrupt.is_requested() {
            return Ok(Watched::Interrupted);
        }
    }
}

/// Gives the files that are in place their last names, and says what they are.
fn tell_done(job: &Job, (files, names): Files<'_>, display: &Display) -> Outcome {
    let files = match names {
        Some(names) => &names.rename(files)?,
        None => files,
    };
    if matches!(display, Display::Quiet) {
        return Ok(());
    }
    for file in files {
        display.note(&format!("Saved {}", output::in_line(&file.local_name)));
    }
    let names: Vec<_> = files.iter().map(|file| file.local_name.as_str()).collect();
    display.event(&json!({
        "event": "done",
        "id": job.id().to_string(),
        "bytes_transferred": job.progress()?.bytes_transferred,
        "files": names,
    }));
    Ok(())
}

/// The job stays: its error may be one that goes away, and what is here of it
/// need not be fetched again.
pub fn tell_error(store: &Path, job: &Job, display: &Display) -> Outcome<Failure> {
    let error = match job.error() {
        Ok(error) => error,
        Err(error) => return Ok(error.into()),
    };
    display.event(&json!({
        "event": "error",
        "id": job.id().to_string(),
        "error": output::error(&error),
    }));
    let mut text = describe(error.code, &error.message);
    if let Some(index) = error.file {
        let file = job.file(index)?;
        let local_name = file.local_name()?;
        let name = output::in_line(&local_name);
        let remote_name = file.remote_name()?;
        let from = output::in_line(&remote_name);
        text += &format!("\n  file: {name} from {from}");
    }
    let (id, option) = (job.id(), store_folder::option(store));
    let again = match error.code {
        code::BG_E_SESSION_NOT_FOUND => {
            "look on the server first, as the same command sends the file once more;"
        }
        _ => "the same command tries again,",
    };
    text += &format!(
        "\n  The job stays in the queue: {again} `bgcopy why {id}{option}` \
         says more, `bgcopy cancel {id}{option}` removes it."
    );
    Ok(Failure::Failed(text))
}
