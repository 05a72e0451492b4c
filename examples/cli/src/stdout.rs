//! `get -o -`: a file that is written to stdout while it is downloaded.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bgcopy_core::vocab::code;
use bgcopy_core::{Job, JobState};
use sha2::{Digest, Sha256};

use crate::failure::{Failure, Outcome};
use crate::get::TICK;
use crate::interrupt::Interrupt;
use crate::output;
use crate::progress::standstill;
use crate::targets::hexadecimal;

/// What is read at a time.
const BUFFER_BYTES: usize = 256 * 1024;

/// The digits by which the files of several URLs differ.
const NAME_DIGITS: usize = 32;

/// Takes a job whose file was written out of the queue, with all that is left of it.
pub fn clean(store: &Path, job: &Job) -> Outcome {
    job.cancel()?;
    // Others may write at the same time.
    _ = std::fs::remove_dir(store.join("stdout"));
    Ok(())
}

/// True if the output that a command line names is stdout.
pub fn is_meant(output: Option<&PathBuf>) -> bool {
    output.is_some_and(|output| output == Path::new("-"))
}

/// Where the file would be put: beside the queue, and at the same place each time, so that
/// the same command takes up what one that was killed has downloaded. It is never put there.
pub fn place(store: &Path, url: &str) -> PathBuf {
    let mut name = hexadecimal(&Sha256::digest(url));
    name.truncate(NAME_DIGITS);
    store.join("stdout").join(name)
}

/// Writes the file of a job to stdout as it comes in. False if the user wants no more. A job
/// whose bytes nobody takes, or which has become another file, is cancelled.
pub fn copy(job: &Job, interrupt: &Interrupt, quiet: bool) -> Outcome<bool> {
    let reader = job.file(0)?.open_reader()?;
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut stdout = io::stdout().lock();
    let mut said_ms = None;
    loop {
        if interrupt.is_requested() {
            return Ok(false);
        }
        match reader.read_within(&mut buffer, Some(TICK)) {
            Ok(0) => break,
            Ok(length) => stdout.write_all(&buffer[..length]).map_err(|error| cut(job, &error))?,
            Err(error) if error.code == code::E_TIMEOUT => {
                if !quiet {
                    say_why(job, &mut said_ms)?;
                }
            }
            Err(error) => {
                if error.code == code::BG_E_REMOTE_FILE_CHANGED {
                    job.cancel()?;
                }
                return Err(error.into());
            }
        }
    }
    stdout.flush().map_err(|error| cut(job, &error))?;
    Ok(true)
}

/// Says on stderr why nothing comes, once for each reason.
fn say_why(job: &Job, said_ms: &mut Option<i64>) -> Outcome {
    let snapshot = job.snapshot()?;
    let reason = &snapshot.wait_reason;
    if snapshot.record.state == JobState::TransientError && *said_ms != Some(reason.since_ms) {
        *said_ms = Some(reason.since_ms);
        output::complain(&format!("bgcopy: {}", standstill(reason)));
    }
    Ok(())
}

fn cut(job: &Job, error: &io::Error) -> Failure {
    // What stopped it is what is said.
    _ = job.cancel();
    Failure::failed(format!("stdout takes no more: {error}"))
}
