//! One of several processes that share a queue; the tests of sharing start,
//! and kill, several of them.
//!
//! `share STORE create NAME URL FILE` makes a job, starts it, prints its id and
//! ends. `share STORE work SLOT URL FOLDER LOG` makes job after job, waits for
//! each, completes it and whatever else is finished, until its stdin ends; then
//! it brings its own jobs to their end. What it did is in the log, one line
//! each, written after the call that did it returned.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Job, JobState, JobType, Manager, Options, Result};

/// Jobs made at a time.
const BATCH_JOBS: usize = 3;

/// No wait takes this long unless something is wrong.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        [store, "create", name, url, file] => {
            let manager = Manager::open(Options::new(store))?;
            let job = manager.create_job(name, JobType::Download)?;
            job.add_file(url, file)?;
            job.resume()?;
            println!("{}", job.id());
            Ok(())
        }
        [store, "work", slot, url, folder, log] => {
            let log = OpenOptions::new().create(true).append(true).open(log);
            let manager = Manager::open(Options::new(store))?;
            Worker { manager, slot, url, folder, log: log.map_err(|_| Error::of(code::E_FAIL))? }
                .work()
        }
        _ => {
            println!("usage: share STORE create NAME URL FILE");
            println!("       share STORE work SLOT URL FOLDER LOG");
            Ok(())
        }
    }
}

struct Worker<'a> {
    manager: Manager,
    slot: &'a str,
    url: &'a str,
    folder: &'a str,
    log: File,
}

impl Worker<'_> {
    fn work(mut self) -> Result<()> {
        let ends = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&ends);
        std::thread::spawn(move || {
            _ = std::io::stdin().read_to_end(&mut Vec::new());
            seen.store(true, Ordering::SeqCst);
        });
        self.note("start", &std::process::id().to_string());
        // Those of the process that had this slot before.
        for job in self.own()? {
            self.finish(&job)?;
        }
        let mut number = 0;
        while !ends.load(Ordering::SeqCst) {
            let mut jobs = Vec::new();
            for _ in 0..BATCH_JOBS {
                jobs.push(self.create(number)?);
                number += 1;
            }
            for job in &jobs {
                self.finish(job)?;
            }
            self.complete_what_is_finished()?;
        }
        self.note("end", &std::process::id().to_string());
        Ok(())
    }

    fn own(&self) -> Result<Vec<Job>> {
        let mut own = Vec::new();
        for job in self.manager.jobs()? {
            match job.display_name() {
                Ok(name) if name == self.slot => own.push(job),
                Ok(_) => {}
                // Another process was faster.
                Err(error) if error.code == code::DO_E_JOB_NOT_FOUND => {}
                Err(error) => return Err(error),
            }
        }
        Ok(own)
    }

    fn create(&mut self, number: u32) -> Result<Job> {
        let job = self.manager.create_job(self.slot, JobType::Download)?;
        let file = format!("{}/{}-{}-{number}", self.folder, self.slot, std::process::id());
        self.note("create", &format!("{} {file}", job.id()));
        job.add_file(self.url, &file)?;
        job.resume()?;
        self.note("resume", &format!("{} {file}", job.id()));
        Ok(job)
    }

    /// Brings a job to its end, whoever else does the same.
    fn finish(&mut self, job: &Job) -> Result<()> {
        let states = [
            JobState::Transferred,
            JobState::Error,
            JobState::TransientError,
            JobState::Suspended,
            JobState::Acknowledged,
        ];
        loop {
            match job.wait(&states, Some(PATIENCE)) {
                Ok(JobState::Transferred) => {
                    return self.complete(job);
                }
                Ok(JobState::Suspended) if job.progress()?.files_total == 0 => {
                    // Its maker was killed before it could add the file.
                    return gone(job.cancel().map(|_| ()));
                }
                Ok(JobState::Acknowledged) => return Ok(()),
                Ok(_) => gone(job.resume())?,
                Err(error) => return gone(Err(error)),
            }
        }
    }

    fn complete(&mut self, job: &Job) -> Result<()> {
        let began = now_ns();
        match job.complete() {
            Ok(_) => {
                self.note("complete", &format!("{} {began} {}", job.id(), now_ns()));
                Ok(())
            }
            Err(error) => gone(Err(error)),
        }
    }

    /// Whoever made it. Of those who try at the same time all get the outcome;
    /// who comes later is refused.
    fn complete_what_is_finished(&mut self) -> Result<()> {
        for job in self.manager.jobs()? {
            if matches!(job.state(), Ok(JobState::Transferred)) {
                self.complete(&job)?;
            }
        }
        Ok(())
    }

    fn note(&mut self, word: &str, text: &str) {
        // One write, so that a kill leaves whole lines.
        _ = self.log.write_all(format!("{word} {text}\n").as_bytes());
    }
}

/// Nanoseconds on a clock that all processes share.
#[cfg(windows)]
fn now_ns() -> i128 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos() as i128)
}

/// The same.
#[cfg(unix)]
fn now_ns() -> i128 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    i128::from(now.tv_sec) * 1_000_000_000 + i128::from(now.tv_nsec)
}

/// That another process has ended the job is no failure here.
fn gone(outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(error)
            if [code::DO_E_JOB_NOT_FOUND, code::DO_E_INVALID_STATE].contains(&error.code) =>
        {
            Ok(())
        }
        other => other,
    }
}
