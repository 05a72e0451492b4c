//! `demo`: the promises of a background download, shown and checked.
//!
//! The downloading happens in a process of its own, so that it can be killed;
//! this process serves the content and looks at the queue from beside.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use bgcopy_core::{FileRecord, Job, JobRecord, JobSnapshot, JobState, JobType, Manager, Reader};
use bgcopy_test_server::{Content, Server};
use indicatif::HumanBytes;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use crate::demo_process::Process;
use crate::demo_worker::{RESUME, SUSPEND};
use crate::failure::{Failure, Outcome};
use crate::get::open;
use crate::host_options::HostOptions;
use crate::interrupt::Interrupt;
use crate::output::say;
use crate::program::Program;
use crate::progress::Display;
use crate::targets::hexadecimal;

/// Enough for a file that takes seconds at a rate any machine can serve.
const LENGTH: u64 = 256 * 1024 * 1024;
const SEED: u64 = 1;
const BYTES_PER_SECOND: u64 = 60_000_000;
const SUSPEND_AT: u64 = LENGTH / 4;
const KILL_AT: u64 = LENGTH * 6 / 10;

/// The second job: slow, so that it is cancelled in mid-file for certain.
const SECOND_LENGTH: u64 = 64 * 1024 * 1024;
const SECOND_BYTES_PER_SECOND: u64 = 20_000_000;
const CANCEL_AT: u64 = 4 * 1024 * 1024;

/// What was received since the last record of progress, at most.
const REFETCHED_MAX: u64 = BYTES_PER_SECOND / 2 + 256 * 1024;

/// What a broken connection may have under way between the two processes: sent,
/// and therefore counted by the server, but never received.
const IN_FLIGHT_MAX: u64 = 8 * 1024 * 1024;

/// The connections that are broken off on purpose: at suspend and at kill.
const BROKEN_CONNECTIONS: u64 = 2;

/// How long the suspended job is watched: long enough to see that it stands.
const STANDSTILL: Duration = Duration::from_secs(1);

/// How much of the generated content is in memory at a time.
const PIECE: u64 = 1024 * 1024;

/// How often the queue is looked at.
const TICK: Duration = Duration::from_millis(50);

/// No step takes as long as this unless something is wrong.
const STEP_MAX: Duration = Duration::from_secs(60);

pub fn demo(program: &Program) -> Outcome {
    let began = Instant::now();
    let stage = Stage::set_up(program)?;
    say(&format!(
        "What a background download promises, shown on this machine alone. This process serves\n\
         {} of generated content at {}/s; the queue and the files are in\n{}.",
        HumanBytes(LENGTH),
        HumanBytes(BYTES_PER_SECOND),
        stage.folder.path().display()
    ));
    let id = stage.create_job()?;
    let worker = stage.transfer_in_another_process(id)?;
    stage.kill_and_carry_on(id, worker)?;
    let manager = open(&stage.store, &HostOptions::default())?;
    stage.complete(&manager, id)?;
    stage.cancel_a_second_job(&manager)?;
    manager.close();
    say(&format!("\nAll of it held, in {:.1} s.", began.elapsed().as_secs_f64()));
    Ok(())
}

/// Where the demonstration takes place. All of it goes when this is dropped.
struct Stage<'a> {
    program: &'a Program,
    folder: TempDir,
    store: PathBuf,
    target: PathBuf,
    server: Server,
    interrupt: Interrupt,
}

impl<'a> Stage<'a> {
    fn set_up(program: &'a Program) -> Outcome<Self> {
        let interrupt = Interrupt::listen()?;
        let folder = TempDir::with_prefix("bgcopy-demo-")
            .map_err(|error| Failure::failed(format!("no temporary folder: {error}")))?;
        let server = Server::start().map_err(|error| {
            Failure::failed(format!("no server on the loopback interface: {error}"))
        })?;
        server.serve_generated();
        Ok(Self {
            program,
            store: folder.path().join("store"),
            target: folder.path().join("first.bin"),
            folder,
            server,
            interrupt,
        })
    }

    fn create_job(&self) -> Outcome<Uuid> {
        let manager = open(&self.store, &HostOptions::default())?;
        let job = manager.create_job("the first job", JobType::Download)?;
        job.add_file(&self.server.url(&first_path()), text_of(&self.target)?)?;
        manager.close();
        Ok(job.id())
    }

    fn transfer_in_another_process(&self, id: Uuid) -> Outcome<Process> {
        let mut worker = Process::start(self.program, &self.store, id)?;
        let number = worker.number();
        say(&format!("\n1. Process {number} transfers the job {id}; it is suspended and resumed."));
        let mut watch = Watch::new(self, id, &mut worker);
        watch.worker.tell(RESUME)?;
        watch.until(|record, _| record.totals.bytes_transferred >= SUSPEND_AT)?;
        watch.worker.tell(SUSPEND)?;
        let held = watch.until(|record, _| record.state == JobState::Suspended)?;
        let held_bytes = held.totals.bytes_transferred;
        watch.note(&format!("   suspended with {} here", HumanBytes(held_bytes)));
        let resume_at = Instant::now() + STANDSTILL;
        let still = watch.until(|_, _| Instant::now() >= resume_at)?;
        let stood_still =
            still.totals.bytes_transferred == held_bytes && still.state == JobState::Suspended;
        let promise = "it stood still for a second, and keeps what it has";
        watch.note(&checked(stood_still, promise)?);
        watch.worker.tell(RESUME)?;
        watch.note("   resumed");
        watch.until(|_, served| served >= KILL_AT)?;
        watch.end();
        Ok(worker)
    }

    fn kill_and_carry_on(&self, id: Uuid, worker: Process) -> Outcome {
        let number = worker.number();
        worker.kill()?;
        let (record, _) = self.look(id)?;
        let recorded = record.totals.bytes_transferred;
        let requests = self.server.requests_for(&first_path()).len();
        let mut worker = Process::start(self.program, &self.store, id)?;
        say(&format!(
            "\n2. Process {number} was killed (SIGKILL) with {} recorded; process {} carries on.",
            HumanBytes(recorded),
            worker.number()
        ));
        let mut watch = Watch::new(self, id, &mut worker);
        watch.until(|record, _| record.state == JobState::Transferred)?;
        watch.end();
        let requests = self.server.requests_for(&first_path()).split_off(requests);
        let ranges: Vec<_> =
            requests.iter().filter_map(|request| request.header("range")).collect();
        check(
            requests.len() == 1 && ranges == [format!("bytes={recorded}-")],
            &format!("it asked the server for the rest only: Range: {}", ranges.join(", ")),
        )?;
        self.check_served()?;
        worker.end()
    }

    fn check_served(&self) -> Outcome {
        let served = self.server.body_bytes_sent(&first_path());
        let again = served.saturating_sub(LENGTH);
        let allowed = REFETCHED_MAX + BROKEN_CONNECTIONS * IN_FLIGHT_MAX;
        check(
            served >= LENGTH && again <= allowed,
            &format!(
                "{} were served for a file of {}: {} were sent twice",
                HumanBytes(served),
                HumanBytes(LENGTH),
                HumanBytes(again)
            ),
        )?;
        say(&format!(
            "       (up to {} may be: {} that came in after the last record of progress, and {}\n       \
             on each of {BROKEN_CONNECTIONS} broken connections that were sent but never arrived)",
            HumanBytes(allowed),
            HumanBytes(REFETCHED_MAX),
            HumanBytes(IN_FLIGHT_MAX)
        ));
        Ok(())
    }

    fn complete(&self, manager: &Manager, id: Uuid) -> Outcome {
        say("\n3. The job is completed: only now the file is in its place.");
        check(!self.target.exists(), "before, there is no file of that name")?;
        manager.get_job(id)?.complete()?;
        let here = sha256_of(&self.target)?;
        let wanted = sha256_of_generated();
        check(here == wanted, &format!("SHA-256 as generated: {here}"))
    }

    fn cancel_a_second_job(&self, manager: &Manager) -> Outcome {
        say("\n4. A second job is cancelled in mid-file.");
        let path = format!("/gen/2/{SECOND_LENGTH}?rate={SECOND_BYTES_PER_SECOND}");
        let target = self.folder.path().join("second.bin");
        let job = manager.create_job("the second job", JobType::Download)?;
        job.add_file(&self.server.url(&path), text_of(&target)?)?;
        job.resume()?;
        let temporary = PathBuf::from(job.file(0)?.temporary_name()?);
        self.wait_for_bytes(&job, CANCEL_AT)?;
        let bytes = HumanBytes(job.progress()?.bytes_transferred);
        let name = temporary.file_name().unwrap_or_default().display();
        check(temporary.exists(), &format!("{bytes} are here, in {name}"))?;
        let began = Instant::now();
        job.cancel()?;
        let took = began.elapsed();
        check(
            !temporary.exists() && !target.exists() && job.state()? == JobState::Cancelled,
            &format!("cancelled in {} ms, and its temporary file is gone", took.as_millis()),
        )?;
        let left = names_in(self.folder.path())?;
        check(
            left == ["first.bin", "store"],
            "the completed file of the first job is untouched, and nothing else is left",
        )
    }

    fn wait_for_bytes(&self, job: &Job, bytes: u64) -> Outcome {
        let began = Instant::now();
        while job.progress()?.bytes_transferred < bytes {
            self.check_patience(began)?;
            thread::sleep(TICK);
        }
        Ok(())
    }

    fn look(&self, id: Uuid) -> Outcome<(JobRecord, Reader)> {
        let reader = Reader::open(&self.store)?;
        let (record, _): (JobRecord, Vec<FileRecord>) = reader.job(id)?;
        Ok((record, reader))
    }

    fn check_patience(&self, began: Instant) -> Outcome {
        if self.interrupt.is_requested() {
            return Err(Failure::Interrupted("The demonstration was interrupted.".to_owned()));
        }
        if began.elapsed() > STEP_MAX {
            return Err(Failure::failed("the step takes too long: the demonstration failed"));
        }
        Ok(())
    }
}

/// A job of another process, seen from beside.
struct Watch<'a> {
    stage: &'a Stage<'a>,
    id: Uuid,
    worker: &'a mut Process,
    display: Display,
}

impl<'a> Watch<'a> {
    fn new(stage: &'a Stage<'a>, id: Uuid, worker: &'a mut Process) -> Self {
        Self { stage, id, worker, display: Display::for_people() }
    }

    /// Shows the job until what is recorded of it, or what was served of its
    /// file, is enough.
    fn until(&mut self, is_enough: impl Fn(&JobRecord, u64) -> bool) -> Outcome<JobRecord> {
        let began = Instant::now();
        let mut first = None;
        loop {
            let (record, reader) = self.stage.look(self.id)?;
            let here = record.totals.bytes_transferred;
            let came = here.saturating_sub(*first.get_or_insert(here));
            let speed = (came as f64 / began.elapsed().as_secs_f64()) as u64;
            self.display.show(&JobSnapshot {
                wait_reason: reader.wait_reason(&record),
                bytes_per_second: speed,
                seconds_left: LENGTH.saturating_sub(here).checked_div(speed),
                record: record.clone(),
            });
            if is_enough(&record, self.stage.server.body_bytes_sent(&first_path())) {
                return Ok(record);
            }
            self.worker.check_alive()?;
            self.stage.check_patience(began)?;
            thread::sleep(TICK);
        }
    }

    fn note(&self, text: &str) {
        self.display.note(text);
    }

    fn end(mut self) {
        self.display.end();
    }
}

fn first_path() -> String {
    format!("/gen/{SEED}/{LENGTH}?rate={BYTES_PER_SECOND}")
}

fn check(holds: bool, promise: &str) -> Outcome {
    say(&checked(holds, promise)?);
    Ok(())
}

fn checked(holds: bool, promise: &str) -> Outcome<String> {
    if holds {
        return Ok(format!("   ok: {promise}"));
    }
    Err(Failure::failed(format!("the demonstration failed; this does not hold: {promise}")))
}

fn text_of(path: &Path) -> Outcome<&str> {
    path.to_str().ok_or_else(|| Failure::failed(format!("not UTF-8: {}", path.display())))
}

fn sha256_of(path: &Path) -> Outcome<String> {
    let mut digest = Sha256::new();
    File::open(path)
        .and_then(|mut file| io::copy(&mut file, &mut digest))
        .map_err(|error| Failure::failed(format!("{}: {error}", path.display())))?;
    Ok(hexadecimal(&digest.finalize()))
}

fn sha256_of_generated() -> String {
    let content = Content::generated(SEED, LENGTH);
    let mut digest = Sha256::new();
    let mut offset = 0;
    while offset < LENGTH {
        let piece = content.slice(offset..offset + PIECE);
        offset += PIECE;
        digest.update(piece);
    }
    hexadecimal(&digest.finalize())
}

fn names_in(folder: &Path) -> Outcome<Vec<String>> {
    let failed = |error| Failure::failed(format!("{}: {error}", folder.display()));
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}
