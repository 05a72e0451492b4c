//! The commands that look at the queue or change it, and return at once.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use bgcopy_core::vocab::{SIZE_UNKNOWN, code};
use bgcopy_core::{
    Error, FileRecord, FileSource, HResult, Job, JobRecord, JobSetup, JobType, Options, Reader,
    Result, WaitKind, WaitReason, progress_of, sources_of, survey_each, wait_reasons,
};
use indicatif::HumanBytes;
use serde_json::json;
use uuid::Uuid;

use crate::args::{Add, One, Several};
use crate::failure::{Failure, Outcome, describe};
use crate::get::open_to_store;
use crate::interrupt::Interrupt;
use crate::job_options::JobOptions;
use crate::job_settings::JobSettings;
use crate::progress::{percent, standstill};
use crate::{checksums, job_ids, job_options, output, ranges, shown_settings, targets};

/// How long `cancel` waits for a server to hear of it, and how often it looks.
const SERVER_PATIENCE: Duration = Duration::from_secs(5);
const SERVER_TICK: Duration = Duration::from_millis(50);

pub fn add(store: &Path, add: &Add) -> Outcome {
    let (pairs, rest) = add.pairs.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Failure::usage("each URL needs a file to go to"));
    }
    let mut files = pairs
        .iter()
        .map(|[url, file]| targets::target(targets::url(url)?, Path::new(file)))
        .collect::<Outcome<Vec<_>>>()?;
    targets::set_mirrors(&mut files, &add.mirrors)?;
    add.download.check_targets(&files)?;
    let mut options = JobOptions::read(&add.network)?;
    options.add_netrc(&add.network, &files)?;
    if add.download.checksums.is_some() {
        let (host, interrupt) = (Options::new(store), Interrupt::listen()?);
        checksums::expect(&add.download, &mut files, &options, &host, &interrupt)?;
    }
    let manager = open_to_store(store)?;
    options.check_host(&manager)?;
    // In one step: a kill leaves all of the job or nothing.
    let mut setup = JobSetup::new(&targets::display_name(&files), JobType::Download);
    if let Some(key) = &add.key {
        setup = setup.key(key);
    }
    if let Some(priority) = add.priority {
        setup = setup.priority(priority.into());
    }
    setup = if add.on_demand { ranges::on_demand(setup) } else { setup.resumed() };
    // The files come last: the security flags say which mirrors they may have.
    let job = options.add_to(add.download.add_to(setup)).files(files).create(&manager)?;
    output::say(&job.id().to_string());
    Ok(())
}

pub fn list(store: &Path, as_json: bool) -> Outcome {
    let Some(reader) = job_ids::reader(store)? else {
        if as_json {
            output::say("[]");
        }
        return Ok(());
    };
    let reason = wait_reasons(&reader);
    let mut damaged = Ok(Vec::new());
    output::print(|out| {
        let (mut before, mut printed) = ("[", Ok(()));
        damaged = survey_each(&reader, |job| {
            printed = if as_json {
                write!(out, "{before}{}", output::json_text(&output::job(&job, &reason(&job))))
            } else {
                writeln!(out, "{}", listed(&job))
            };
            before = ",";
            // It ends where nobody takes it.
            if printed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        // What could not be read to its end is no array.
        if as_json && printed.is_ok() && damaged.is_ok() {
            printed = writeln!(out, "{}]", if before == "[" { before } else { "" });
        }
        printed
    });
    job_ids::check(&damaged?)
}

/// A job in one line.
fn listed(record: &JobRecord) -> String {
    let (percent, _) = far(record);
    format!(
        "{}  {:<15}  {:<4}  {percent:>4}  {}{}",
        record.id,
        record.state.name(),
        direction(record),
        output::in_line(&record.display_name),
        if record.state.is_final() { "  (cancelling on the server)" } else { "" }
    )
}

/// Which way the files of a job go.
fn direction(record: &JobRecord) -> &'static str {
    match record.job_type {
        JobType::Download => "down",
        JobType::Upload | JobType::UploadReply => "up",
    }
}

pub fn show(store: &Path, one: &One) -> Outcome {
    let (reader, record, files) = look_up(store, &one.id)?;
    let reason = reader.wait_reason(&record);
    if one.json {
        let mut job = output::job(&record, &reason);
        let files = (0_u32..).zip(&files).map(|(index, file)| output::file(&record, file, index));
        job["files"] = files.collect();
        job["settings"] = shown_settings::json(&JobSettings::of(&record));
        output::say_json(&job);
    } else {
        let settings = shown_settings::lines(&JobSettings::of(&record), one.settings);
        output::say(&in_words(&record, &files, &reason, &settings));
        job_options::warn(record.id, record.security_flags);
    }
    Ok(())
}

/// What is wrong with one of the jobs does not keep the others from being shown.
pub fn why(store: &Path, several: &Several) -> Outcome {
    let mut failures = Vec::new();
    for id in &several.ids {
        match look_up(store, id) {
            Ok((reader, record, _)) => {
                let reason = reader.wait_reason(&record);
                say_why(&record, &reason, several);
            }
            Err(Failure::Failed(text)) => failures.push(text),
            Err(failure) => return Err(failure),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::failed(failures.join("\nbgcopy: "))) }
}

fn say_why(record: &JobRecord, reason: &WaitReason, several: &Several) {
    if several.json {
        output::say_json(&json!({
            "id": record.id.to_string(),
            "state": record.state.name(),
            "wait_reason": output::wait_reason(reason),
        }));
        return;
    }
    let id = if several.ids.len() > 1 { format!("{}  ", record.id) } else { String::new() };
    output::say(&format!("{id}{}: {}", reason.kind.name(), standstill(reason)));
    output::say(&format!("  what helps: {}", reason.unblock));
}

pub fn suspend(store: &Path, ids: &[String]) -> Outcome {
    for_each(store, ids, "suspended", |job| job.suspend().map(|()| plain(code::S_OK)))
}

pub fn resume(store: &Path, ids: &[String]) -> Outcome {
    for_each(store, ids, "resumed", |job| job.resume().map(|()| plain(code::S_OK)))
}

pub fn complete(store: &Path, ids: &[String]) -> Outcome {
    for_each(store, ids, "completed", |job| job.complete().map(plain))
}

pub fn cancel(store: &Path, ids: &[String]) -> Outcome {
    for_each(store, ids, "cancelled", |job| {
        let result = job.cancel()?;
        if result == code::S_OK {
            wait_for_server(job)?;
            return Ok((result, String::new()));
        }
        // What may be left at the server is known at once, and is no failure.
        Ok((result, job.error().map_or(String::new(), |error| error.message)))
    })
}

/// Gives a server a moment to hear that an upload is cancelled.
fn wait_for_server(job: &Job) -> Result<()> {
    let start = Instant::now();
    let is_owed = || match job.wait_reason() {
        Ok(reason) => Ok(reason.kind == WaitKind::CancellingOnServer),
        // Its host has ended, and nothing is left of it.
        Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => Ok(false),
        Err(error) => Err(error),
    };
    while is_owed()? {
        if start.elapsed() > SERVER_PATIENCE {
            let id = job.id();
            let why = job
                .error()
                .map_or(String::new(), |error| format!(" ({})", output::in_line(&error.message)));
            output::say(&format!(
                "{id} is still to be cancelled on the server{why}: `bgcopy run` does it"
            ));
            return Ok(());
        }
        std::thread::sleep(SERVER_TICK);
    }
    match job.wait_reason().ok().and_then(|reason| Some((reason.code?, reason.message))) {
        Some((code, message)) => Err(Error::new(code, message)),
        None => Ok(()),
    }
}

/// A result that speaks for itself.
fn plain(result: HResult) -> (HResult, String) {
    (result, String::new())
}

/// Does the same to several jobs. What fails for one of them does not keep the
/// others from it.
fn for_each(
    store: &Path,
    ids: &[String],
    done: &str,
    act: impl Fn(&Job) -> Result<(HResult, String)>,
) -> Outcome {
    let ids = job_ids::resolve(store, ids)?;
    let manager = open_to_store(store)?;
    let mut failures = Vec::new();
    for id in ids {
        match manager.get_job(id).and_then(|job| act(&job)) {
            Ok((result, _)) if result == code::S_OK => output::say(&format!("{id} {done}")),
            Ok((_, said)) if !said.is_empty() => {
                output::say(&format!("{id} {done}; {}", output::in_line(&said)));
            }
            Ok((result, _)) => output::say(&format!("{id} {done}; {}", describe(result, ""))),
            Err(error) => failures.push(format!("{id}: {}", describe(error.code, &error.message))),
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::failed(failures.join("\nbgcopy: "))) }
}

fn look_up(store: &Path, typed: &str) -> Outcome<(Reader, JobRecord, Vec<FileRecord>)> {
    let missing = || {
        let what = format!("no job {typed} in the queue");
        Failure::failed(describe(code::DO_E_JOB_NOT_FOUND, &what))
    };
    let reader = job_ids::reader(store)?.ok_or_else(missing)?;
    let ids: Vec<Uuid> = job_ids::resolve(store, &[typed.to_owned()])?;
    let id = ids.first().ok_or_else(missing)?;
    let (record, files) = reader.job(*id)?;
    if !record.is_in_queue() {
        return Err(missing());
    }
    Ok((reader, record, files))
}

fn in_words(
    record: &JobRecord,
    files: &[FileRecord],
    reason: &WaitReason,
    settings: &[String],
) -> String {
    let (percent, bytes) = far(record);
    let progress = progress_of(record);
    let mut lines = vec![
        format!("id        {}", record.id),
        format!("name      {}", output::in_line(&record.display_name)),
        format!("state     {}: {}", record.state.name(), standstill(reason)),
        format!("priority  {}", record.priority.name()),
        format!("bytes     {bytes} {percent}"),
        format!("files     {} of {}", progress.files_transferred, progress.files_total),
    ];
    if let Some(key) = &record.key {
        lines.insert(2, format!("key       {}", output::in_line(key)));
    }
    if let Some(error) = &record.error {
        lines.push(format!("error     {}", describe(error.code, &error.message)));
    }
    if !settings.is_empty() {
        lines.push("settings".to_owned());
        lines.extend_from_slice(settings);
    }
    for file in files {
        let total =
            file.bytes_total().map_or("?".to_owned(), |total| HumanBytes(total).to_string());
        lines.push(format!("\n  {}", output::in_line(&file.local_name)));
        let way = if direction(record) == "up" { "to" } else { "from" };
        lines.push(format!("  {way} {}", output::in_line(&file.remote_name)));
        lines.push(format!("  {} of {total}", HumanBytes(file.written)));
        if file.sources.is_some() {
            lines.extend(sources_of(record, file).iter().map(source_in_words));
        }
    }
    lines.join("\n")
}

fn source_in_words(source: &FileSource) -> String {
    let failure = source.failure.as_ref();
    let why = failure.map(|failure| format!(": {}", describe(failure.code, &failure.message)));
    let (url, state) = (output::in_line(&source.url), source.state.name());
    format!("  source {} {url} {state}{}", source.kind.name(), why.unwrap_or_default())
}

/// Percent and bytes of a job, where the total may be unknown.
fn far(record: &JobRecord) -> (String, String) {
    let progress = progress_of(record);
    let here = HumanBytes(progress.bytes_transferred);
    if progress.bytes_total == SIZE_UNKNOWN {
        return ("?".to_owned(), format!("{here} of ?"));
    }
    (format!("{}%", percent(progress)), format!("{here} of {}", HumanBytes(progress.bytes_total)))
}
