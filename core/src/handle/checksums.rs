//! Files that are checked against a list of checksums, which is fetched before them.

use std::io::Read;
use std::path::{Path, PathBuf};

use minisign_verify::{PublicKey, Signature};
use uuid::Uuid;

use crate::engine::Settings;
use crate::model::{ExpectedHash, FileSpec};
use crate::platform;
use crate::protocol::{ChecksumIndex, ListedChecksum, is_same_origin, parse_checksum_list};
use crate::vocab::{
    Error, ErrorContext, JobPriority, JobPropertyId, JobState, JobType, PropertyValue, Result,
    SIZE_UNKNOWN, code, limit,
};

use super::job::Job;
use super::job_progress::JobProgress;
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

/// Where a list of checksums is, and what proves that it is genuine.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChecksumSource<'a> {
    /// A URL, if it has `://`, or a path.
    pub list: &'a str,
    /// The public key of minisign that has signed the list: its line of Base64, or the text of its
    /// file. None: the list is believed.
    pub minisign_key: Option<&'a str>,
    /// The signature, by its URL or path; None: that of the list with `.minisig` at its end.
    pub signature: Option<&'a str>,
}

/// Reads a list of checksums from a file, or from a URL by a queue of its own, which is made
/// in the folder for temporary files and removed, and checks its signature.
///
/// `open` opens the manager of that queue, in the folder that it is given; `set_up` gets a job,
/// and true if what it fetches is of the same origin as one of the `files`: only then it may have
/// the headers and credentials that are meant for their server. `wait` waits until the job ends.
/// Codes: those of `open` and `wait`; that of the job if the list or the signature cannot be
/// had; E_FILE_NOT_FOUND and the like for a path; E_INVALIDARG for what is no key, or a signature
/// without one; BGCOPY_E_SIGNATURE for another signature than that of the list by the key;
/// BGCOPY_E_CHECKSUM_LIST for what is no list.
pub fn read_checksum_list(
    source: &ChecksumSource<'_>,
    files: &[FileSpec],
    open: impl Fn(&Path) -> Result<Manager>,
    set_up: impl Fn(JobSetup, bool) -> JobSetup,
    mut wait: impl FnMut(&Job) -> Result<JobState>,
) -> Result<Vec<ListedChecksum>> {
    let key = match source.minisign_key {
        Some(text) => Some(minisign_key(text)?),
        None if source.signature.is_some() => {
            return Err(Error::new(code::E_INVALIDARG, "a signature needs a key"));
        }
        None => None,
    };
    let mut get = |place: &str, most: u64| {
        if place.contains("://") {
            let is_same = files.iter().any(|file| is_same_origin(&file.remote_name, place));
            fetch(place, most, &open, |setup| set_up(setup, is_same), &mut wait)
        } else {
            read(&path_of(place), place, most)
        }
    };
    let list = get(source.list, limit::CHECKSUM_LIST_BYTES_MAX)?;
    if let Some(key) = key {
        let place = source.signature.map_or_else(|| signature_of(source.list), str::to_owned);
        let signature = get(&place, limit::SIGNATURE_BYTES_MAX)?;
        check_signature(&key, &list, &signature).map_err(|why| {
            let text = format!("{place} is no signature of {} by the key: {why}", source.list);
            Error::new(code::BGCOPY_E_SIGNATURE, text)
        })?;
    }
    parse_checksum_list(&list)
}

fn minisign_key(text: &str) -> Result<PublicKey> {
    let text = text.trim();
    PublicKey::from_base64(text).or_else(|_| PublicKey::decode(text)).map_err(|error| {
        Error::new(code::E_INVALIDARG, format!("not a public key of minisign: {error}"))
    })
}

/// The list with `.minisig` at the end of its path.
fn signature_of(list: &str) -> String {
    let is_url = list.contains("://");
    let end = list.find(['?', '#']).filter(|_| is_url).unwrap_or(list.len());
    let (path, rest) = list.split_at(end);
    format!("{path}.minisig{rest}")
}

fn check_signature(
    key: &PublicKey,
    list: &[u8],
    signature: &[u8],
) -> std::result::Result<(), String> {
    let text = str::from_utf8(signature).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let signature = Signature::decode(text).map_err(|error| error.to_string())?;
    // Signatures without a hash before them are old and sound; a list is small enough for them.
    key.verify(list, &signature, true).map_err(|error| error.to_string())
}

/// Downloads a file of `most` bytes into memory.
fn fetch(
    source: &str,
    most: u64,
    open: impl Fn(&Path) -> Result<Manager>,
    set_up: impl FnOnce(JobSetup) -> JobSetup,
    wait: impl FnOnce(&Job) -> Result<JobState>,
) -> Result<Vec<u8>> {
    let place = Place::new();
    let manager = open(&place.0)?;
    let document = place.0.join(FILE_NAME);
    let file = FileSpec {
        remote_name: source.to_owned(),
        local_name: local_name(document.clone())?,
        ..FileSpec::default()
    };
    let limit = PropertyValue::Uint64(most);
    let setup = JobSetup::new(FILE_NAME, JobType::Download)
        .files(vec![file])
        .priority(JobPriority::Foreground)
        .no_progress_timeout(NO_PROGRESS_TIMEOUT_S);
    // The limit comes last: it is no setting of the caller.
    let setup = set_up(setup).property(JobPropertyId::MaxDownloadSize.as_u32(), limit);
    let job = setup.resumed().create(&manager)?;
    let state = wait(&job)?;
    if state != JobState::Transferred {
        let error = failure(&job, state)?;
        let text = format!("{source}: {}", error.message);
        return Err(Error::with_context(error.code, error.context, text));
    }
    job.complete()?;
    let bytes = read(&document, source, most)?;
    manager.close();
    Ok(bytes)
}

/// The list of a one-shot transfer, for its files.
pub(super) fn listed(
    manager: &Manager,
    files: &[FileSpec],
    source: &ChecksumSource<'_>,
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

/// Reads a file; a larger one only so far that its size is refused.
fn read(path: &Path, source: &str, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read =
        std::fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes));
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
