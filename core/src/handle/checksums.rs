//! Files that are checked against a list of checksums, which is fetched before them.

use std::io::Read;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::engine::Settings;
use crate::model::{ExpectedHash, FileSpec};
use crate::platform;
use crate::protocol::{ChecksumIndex, ListedChecksum, is_same_origin, parse_checksum_list};
use crate::vocab::{
    Error, ErrorContext, JobPriority, JobPropertyId, JobState, JobType, PropertyValue, Result,
    SIZE_UNKNOWN, code, limit,
};

use super::job::{Job, JobProgress};
use super::manager::Manager;
use super::oneshot::{TransferOptions, Watch, failure, identified, set_up_anonymous, tick};
use super::opening::{self, OpenSettings};
use super::paths::{local_name, path_of};
use super::setup::JobSetup;

/// How long a list is tried for without a byte: somebody waits for it.
const NO_PROGRESS_TIMEOUT_S: u32 = 60;

/// What a list is called in the queue that fetches it.
const FILE_NAME: &str = "document";

/// Has files checked against a list: each that has no expected hash gets that of the list.
///
/// BGCOPY_E_NOT_LISTED if the list does not have one of them, or if it is not clear which line
/// is for it; no file is changed then. The end of the URL's path is looked for in the list, the
/// longest name first; then its last part, if only one file of the list is called so; then the
/// same for the local name. A list of one digest without a name is for a single file.
pub fn expect_listed(files: &mut [FileSpec], list: &[ListedChecksum]) -> Result<()> {
    let index = ChecksumIndex::new(list);
    let is_only = files.len() == 1;
    let mut found = Vec::new();
    for file in files.iter() {
        found.push(match &file.expected_hash {
            Some(own) => own.clone(),
            None => {
                let one = index.find(&file.remote_name, &file.local_name, is_only)?;
                ExpectedHash { algorithm: one.algorithm, digest: one.digest.clone() }
            }
        });
    }
    for (file, hash) in files.iter_mut().zip(found) {
        file.expected_hash = Some(hash);
    }
    Ok(())
}

/// Reads a list of checksums from a file, or from a URL by a queue of its own, which is made
/// in the folder for temporary files and removed.
///
/// `source` is a URL, if it has `://`, or a path. `open` opens the manager of that queue, in the
/// folder that it is given; `set_up` gets the job, and true if the list is of the same origin as
/// one of the `files`: only then it may have the headers and credentials that are meant for
/// their server. `wait` waits until the job ends. Codes: those of `open` and `wait`; that of
/// the job if the list cannot be had; E_FILE_NOT_FOUND and the like for a path;
/// BGCOPY_E_CHECKSUM_LIST for what is no list.
pub fn read_checksum_list(
    source: &str,
    files: &[FileSpec],
    open: impl FnOnce(&Path) -> Result<Manager>,
    set_up: impl FnOnce(JobSetup, bool) -> JobSetup,
    wait: impl FnOnce(&Job) -> Result<JobState>,
) -> Result<Vec<ListedChecksum>> {
    if !source.contains("://") {
        return parse_checksum_list(&read(&path_of(source), source)?);
    }
    let place = Place::new();
    let manager = open(&place.0)?;
    let document = place.0.join(FILE_NAME);
    let file = FileSpec {
        remote_name: source.to_owned(),
        local_name: local_name(document.clone())?,
        ..FileSpec::default()
    };
    let most = PropertyValue::Uint64(limit::CHECKSUM_LIST_BYTES_MAX);
    let setup = JobSetup::new(FILE_NAME, JobType::Download)
        .files(vec![file])
        .priority(JobPriority::Foreground)
        .no_progress_timeout(NO_PROGRESS_TIMEOUT_S);
    let is_same = files.iter().any(|file| is_same_origin(&file.remote_name, source));
    // The limit comes last: it is no setting of the caller.
    let setup = set_up(setup, is_same).property(JobPropertyId::MaxDownloadSize.as_u32(), most);
    let job = setup.resumed().create(&manager)?;
    let state = wait(&job)?;
    if state != JobState::Transferred {
        let error = failure(&job, state)?;
        let text = format!("{source}: {}", error.message);
        return Err(Error::with_context(error.code, error.context, text));
    }
    job.complete()?;
    let list = read(&document, source)?;
    manager.close();
    parse_checksum_list(&list)
}

/// The list of a one-shot transfer, for its files.
pub(super) fn listed(
    manager: &Manager,
    files: &[FileSpec],
    source: &str,
    options: &TransferOptions,
    watch: &mut Watch<'_, '_>,
) -> Result<Vec<FileSpec>> {
    let terms = &manager.shared().terms;
    let open = |folder: &Path| {
        let settings =
            Settings { folder: folder.to_owned(), stores_only: false, ..terms.settings.clone() };
        let terms = OpenSettings { settings, exclusive: true, replace_older: false };
        Ok(Manager { shared: opening::open(terms)? })
    };
    let set_up = |setup: JobSetup, is_same_origin: bool| {
        let setup = set_up_anonymous(setup, options);
        if is_same_origin { identified(setup, options) } else { setup }
    };
    // Nothing of the files is here yet.
    let none = JobProgress {
        bytes_total: SIZE_UNKNOWN,
        bytes_transferred: 0,
        files_total: u32::try_from(files.len()).unwrap_or(u32::MAX),
        files_transferred: 0,
    };
    let wait = |job: &Job| watch.wait(job, || Ok(none), tick);
    let list = read_checksum_list(source, files, open, set_up, wait)?;
    let mut files = files.to_vec();
    expect_listed(&mut files, &list)?;
    Ok(files)
}

/// Reads a file that is no larger than a list may be.
fn read(path: &Path, source: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = limit::CHECKSUM_LIST_BYTES_MAX + 1;
    let read = std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|error| {
        let code = platform::code_of(&error).unwrap_or(code::E_FAIL);
        Error::with_context(code, ErrorContext::LocalFile, format!("{source}: {error}"))
    })?;
    Ok(bytes)
}

/// A folder that nobody else has, removed when it is dropped.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("bgcopy-{}", Uuid::new_v4())))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It may never have been made.
        _ = std::fs::remove_dir_all(&self.0);
    }
}
