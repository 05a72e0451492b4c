//! `--checksums`: files that are checked against a list.

use std::ffi::OsStr;

use bgcopy_core::vocab::{code, text_of_path};
use bgcopy_core::{
    Error, FileSpec, Job, JobSetup, JobState, Manager, Options, expect_listed, read_checksum_list,
};

use crate::failure::{Failure, Outcome};
use crate::get::{ENDS, TICK};
use crate::interrupt::Interrupt;
use crate::job_options::JobOptions;

/// Gives each file the hash that a list has of it. A list with a URL is fetched by a queue of its
/// own, opened with `host` in place of a store.
pub fn expect(
    source: &OsStr,
    files: &mut [FileSpec],
    options: &JobOptions,
    host: Options,
    interrupt: &Interrupt,
) -> Outcome {
    let source = text_of_path(source.as_encoded_bytes());
    let open = |folder: &std::path::Path| {
        Manager::open(Options { store: folder.to_owned(), exclusive: true, ..host })
    };
    let set_up = |setup: JobSetup, is_same_origin| options.add_to_document(setup, is_same_origin);
    let list = read_checksum_list(&source, files, open, set_up, |job| wait(job, interrupt));
    match list.and_then(|list| expect_listed(files, &list)) {
        Err(error) if error.code == code::E_ABORT => Err(Failure::Interrupted(String::new())),
        other => Ok(other?),
    }
}

fn wait(job: &Job, interrupt: &Interrupt) -> bgcopy_core::Result<JobState> {
    loop {
        match job.wait(&ENDS, Some(TICK)) {
            Err(error) if error.code == code::E_TIMEOUT => {}
            ended => return ended,
        }
        if interrupt.is_requested() {
            return Err(Error::of(code::E_ABORT));
        }
    }
}
