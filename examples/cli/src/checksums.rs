//! `--checksums`: files that are checked against a list.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use bgcopy_core::vocab::{code, text_of_path};
use bgcopy_core::{
    ChecksumSource, Error, FileSpec, Job, JobSetup, JobState, Manager, Options, expect_listed,
    read_checksum_list,
};

use crate::download_options::DownloadOptions;
use crate::failure::{Failure, Outcome};
use crate::get::{ENDS, TICK};
use crate::interrupt::Interrupt;
use crate::job_options::JobOptions;

/// A public key of minisign in Base64.
const KEY_CHARS: usize = 56;

/// Gives each file the hash that the list of `--checksums` has of it, if there is one. What has
/// a URL is fetched by a queue of its own, opened with `host` in place of a store.
pub fn expect(
    download: &DownloadOptions,
    files: &mut [FileSpec],
    options: &JobOptions,
    host: &Options,
    interrupt: &Interrupt,
) -> Outcome {
    let text = |word: &OsString| text_of_path(word.as_encoded_bytes());
    let Some(list) = download.checksums.as_ref().map(text) else {
        return Ok(());
    };
    let (signature, key) = (download.signature.as_ref().map(text), key(download)?);
    let source = ChecksumSource {
        list: &list,
        minisign_key: key.as_deref(),
        signature: signature.as_deref(),
    };
    let open = |folder: &Path| {
        Manager::open(Options { store: folder.to_owned(), exclusive: true, ..host.clone() })
    };
    let set_up = |setup: JobSetup, is_same_origin| options.add_to_document(setup, is_same_origin);
    let list = read_checksum_list(&source, files, open, set_up, |job| wait(job, interrupt));
    match list.and_then(|list| expect_listed(files, &list)) {
        Err(error) if error.code == code::E_ABORT => Err(Failure::Interrupted(String::new())),
        other => Ok(other?),
    }
}

/// The key, which may be in a file: those of minisign have a length of their own.
fn key(download: &DownloadOptions) -> Outcome<Option<String>> {
    let Some(word) = &download.minisign_key else {
        return Ok(None);
    };
    match word.to_str().filter(|word| word.len() == KEY_CHARS && word.starts_with("RW")) {
        Some(key) => Ok(Some(key.to_owned())),
        None => match fs::read_to_string(word) {
            Ok(text) => Ok(Some(text)),
            Err(error) => Err(Failure::failed(format!("{}: {error}", word.display()))),
        },
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
