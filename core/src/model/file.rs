//! One file of a job.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::protocol::{
    Coding, Content, FileRange, Form, ServedDigest, Validator, is_packed_name, is_same_origin,
    origin_of, requested_bytes,
};
use crate::vocab::{HashAlgorithm, PATHS, UploadProtocol, is_initial};

use super::record::{JobError, Retry};
use super::segments::Segment;
use super::sources::Sources;
use super::upload::UploadRecord;

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FileStage {
    /// Bytes are missing.
    Waiting,
    /// All bytes are written; the check of the hash and the sync are owed.
    Received,
    /// Checked and synced in its temporary file.
    Transferred,
    /// Complete moved it to its local name; it is the caller's. For a file that
    /// is sent: it is in its place on the server.
    #[serde(rename = "Released")]
    Published,
}

/// The hash a file must have before its job may become TRANSFERRED.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpectedHash {
    /// Which function.
    pub algorithm: HashAlgorithm,
    /// The digest in hexadecimal digits: lower-case once it is stored.
    pub digest: String,
}

impl ExpectedHash {
    /// The same, as it is stored.
    pub fn normal(&self) -> Self {
        Self { algorithm: self.algorithm, digest: self.digest.to_ascii_lowercase() }
    }
}

/// Why a file does not move although its job may: a request for it failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFailure {
    /// How it failed.
    pub error: JobError,
    /// Failures since the last progress of the file.
    pub attempts: u32,
    /// When it is tried again.
    pub next_try: NextTry,
}

/// When a file that failed is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextTry {
    /// When the job is resumed, or the file gets another name.
    Never,
    /// At that time.
    At(Retry),
    /// As soon as there is a slot that no file needs which did not fail.
    Due,
}

/// All that is stored of one file. What is as in a new file is left out: there
/// are many of them, and each is stored several times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Where it comes from.
    pub remote_name: String,
    /// Where Complete puts it: an absolute path.
    pub local_name: String,
    /// The requested pieces, stored back to back; empty = the whole file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<FileRange>,
    /// Checked before the file counts as transferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_hash: Option<ExpectedHash>,
    /// How far it has come.
    pub stage: FileStage,
    /// How often held bytes were dropped and the file began anew: what was read of it
    /// before and what is read later are of one content only if this is the same.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub version: u32,
    /// Size of the remote file in bytes, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// What names the version the held bytes belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validator: Option<Validator>,
    /// Bytes from the start on that are written to the temporary file: true while `boot`
    /// lasts.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub written: u64,
    /// Those of them that survive a power cut.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub synced: u64,
    /// What is held behind the first gap, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
    /// The ranges that come first (RequestFileRanges), in order and apart from each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requested_ranges: Vec<FileRange>,
    /// Nothing but these ranges is fetched: its job has ON_DEMAND_MODE.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub is_on_demand: bool,
    /// The boot of the machine in which `written` was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Uuid>,
    /// The most bytes ever held; only going beyond it counts as progress.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub high_water: u64,
    /// Bytes that came, or that a server said it holds, since the last failure.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub fresh_bytes: u64,
    /// Set from a failure of the file on until it makes progress, unless it is the only
    /// one of its job that could still move: then the job has failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Box<FileFailure>>,
    /// The server answers 200 to If-Range although nothing changed.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub if_range_refused: bool,
    /// The server's partial answers cannot be used.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub ranges_refused: bool,
    /// The held bytes came from another remote name than `remote_name`.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub moved: bool,
    /// The held bytes came by a redirect.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub redirected: bool,
    /// The origin that may be told secrets, if it is not that of
    /// `remote_name`: a redirect changed the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted_origin: Option<String>,
    /// The form in which its body is wanted.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub form: Form,
    /// The held bytes were unpacked on the way.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub unpacked: bool,
    /// Restarts since the last progress.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub restarts: u32,
    /// Where permanent redirects lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirected_to: Option<String>,
    /// The head of the last response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_headers: Option<String>,
    /// Device and inode of the temporary file, recorded when it was finished:
    /// proves after a crash that the file under the local name is ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<(u64, u64)>,
    /// What names the temporary file whatever is written to it, recorded with the head of an
    /// answer: another file under its name is not ours, also after a kill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    /// What named the temporary file when it was left: another one once anybody
    /// changed it. None while it may be written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    /// The digest of the file that its server names, and by which it is checked if no hash is
    /// expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served_digest: Option<Box<ServedDigest>>,
    /// The file began anew because it had another digest: the next time it fails.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub digest_refused: bool,
    /// What the caller said of the content (SetValidationState).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_state: Option<bool>,
    /// For a file that is sent: where that stands. `written` is what the
    /// server holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<Box<UploadRecord>>,
    /// The reply to an upload: the second file of its job, shown nowhere.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub is_reply: bool,
    /// Where else it can be had; None for a file without mirrors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sources: Option<Box<Sources>>,
    /// Bytes of answers whose validators differ were joined: nothing but the expected hash
    /// proves that they belong together.
    #[serde(default, skip_serializing_if = "is_initial")]
    pub needs_hash: bool,
}

impl FileRecord {
    /// A file of which nothing is held.
    pub fn new(remote_name: String, local_name: String, ranges: Vec<FileRange>) -> Self {
        Self {
            remote_name,
            local_name,
            ranges,
            expected_hash: None,
            stage: FileStage::Waiting,
            version: 0,
            size: None,
            validator: None,
            written: 0,
            synced: 0,
            segments: Vec::new(),
            requested_ranges: Vec::new(),
            is_on_demand: false,
            boot: None,
            high_water: 0,
            fresh_bytes: 0,
            failure: None,
            if_range_refused: false,
            ranges_refused: false,
            moved: false,
            redirected: false,
            trusted_origin: None,
            form: Form::ByName,
            unpacked: false,
            restarts: 0,
            redirected_to: None,
            response_headers: None,
            identity: None,
            birth: None,
            left: None,
            served_digest: None,
            digest_refused: false,
            validation_state: None,
            upload: None,
            is_reply: false,
            sources: None,
            needs_hash: false,
        }
    }

    /// The view of it that the protocol module decides by.
    pub fn content(&self) -> Content<'_> {
        let (position, end) = self.next_missing();
        Content {
            url: self.url_asked(),
            ranges: &self.ranges,
            size: self.size,
            validator: self.validator.as_ref(),
            position,
            end,
            held_before: self.held_before(position),
            holds_bytes: self.held() > 0,
            is_on_demand: self.is_on_demand,
            hash_expected: self.expected_hash.is_some() && !self.uses_one_source(),
            if_range_refused: self.if_range_refused,
            ranges_refused: self.ranges_refused,
            moved: self.moved || self.holds_other_source(),
            redirected: self.redirected,
            has_mirrors: self.sources.is_some(),
            is_of_other_source: self.holds_other_source(),
            form: match self.form {
                Form::ByName if self.is_on_demand || is_packed_name(&self.local_name) => {
                    Form::AsItCame
                }
                form @ (Form::ByName | Form::AsItCame | Form::Unpacked) => form,
            },
        }
    }

    /// The other form of a coded body, if only one was tried: the hash of the
    /// one that is held is not the expected one.
    pub fn other_form(&self) -> Option<Form> {
        let coding = self.validator.as_ref().and_then(|validator| validator.coding.as_deref());
        match self.form {
            Form::ByName if self.unpacked => Some(Form::AsItCame),
            Form::ByName if coding.and_then(Coding::of).is_some() => Some(Form::Unpacked),
            Form::ByName | Form::AsItCame | Form::Unpacked => None,
        }
    }

    /// True if the place that is asked next may be told the job's secrets.
    pub fn may_tell_secrets(&self) -> bool {
        let asked = self.url_asked();
        match &self.trusted_origin {
            Some(trusted) => *trusted == origin_of(asked),
            None => is_same_origin(&self.remote_name, asked),
        }
    }

    /// Sets another name for the content. Held bytes stay; the next response
    /// must prove that they fit.
    pub fn rename(&mut self, remote_name: String) {
        self.remote_name = remote_name;
        self.trusted_origin = None;
        if let Some(sources) = &mut self.sources {
            sources.origin_renamed();
        }
        if !self.is_transferred() {
            self.redirected_to = None;
            self.moved = true;
            self.if_range_refused = false;
            self.ranges_refused = false;
            self.form = Form::ByName;
            self.restarts = 0;
            self.failure = None;
        }
    }

    /// Takes the name that a redirect told. Secrets stay with the place that
    /// the caller named.
    pub fn follow(&mut self, remote_name: String) {
        let trusted = self.trusted_origin.take().unwrap_or_else(|| origin_of(&self.remote_name));
        self.rename(remote_name);
        self.trusted_origin = Some(trusted);
    }

    /// Bytes asked for, if known (BG_FILE_PROGRESS.BytesTotal).
    pub fn bytes_total(&self) -> Option<u64> {
        requested_bytes(&self.ranges, self.size)
    }

    /// True once every byte asked for is checked and synced.
    pub fn is_transferred(&self) -> bool {
        matches!(self.stage, FileStage::Transferred | FileStage::Published)
    }

    /// True if it failed and is not tried again by itself.
    pub fn is_failed(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.next_try == NextTry::Never)
    }

    /// When it is tried again, if it failed and that time has not come.
    pub fn retry(&self) -> Option<Retry> {
        match self.failure.as_ref()?.next_try {
            NextTry::At(retry) => Some(retry),
            NextTry::Never | NextTry::Due => None,
        }
    }

    /// Lets a wait for the next try end.
    pub fn try_again(&mut self) {
        if let Some(failure) = &mut self.failure
            && failure.next_try != NextTry::Never
        {
            failure.next_try = NextTry::Due;
        }
    }

    /// Forgets the held bytes: the next request asks for the first byte.
    pub fn restart(&mut self) {
        self.stage = FileStage::Waiting;
        if self.held() > 0 {
            self.version = self.version.wrapping_add(1);
        }
        self.written = 0;
        self.synced = 0;
        self.segments.clear();
        self.size = None;
        self.validator = None;
        self.unpacked = false;
        self.redirected = false;
        self.identity = None;
        self.birth = None;
        self.left = None;
        self.served_digest = None;
        self.validation_state = None;
        self.needs_hash = false;
        if let Some(sources) = &mut self.sources {
            sources.bytes_dropped();
        }
    }

    /// What holds after a start of the engine in `boot`: after a reboot, only
    /// what was synced.
    pub fn after_restart(&mut self, boot: Option<Uuid>) {
        if let Some(upload) = &mut self.upload {
            upload.state.creating = false;
            // The server says it again, on a clock of this boot.
            upload.expires = None;
            let has_session = upload.state.session.is_some();
            upload.state.may_be_old = has_session;
            // BITS has no question: its fragments are answered with a position.
            let asks = upload.state.protocol != UploadProtocol::Bits;
            upload.state.unsure |= asks && has_session;
            upload.state.unsure |= upload.state.multipart.interrupt();
        }
        // A start is as good a moment as any.
        self.try_again();
        if boot.is_some() && self.boot == boot {
            return;
        }
        if matches!(self.stage, FileStage::Waiting | FileStage::Received) {
            self.stage = FileStage::Waiting;
            self.keep_synced();
            // A power cut may have undone what it was named by, too.
            self.left = None;
        }
        self.boot = boot;
    }

    /// The name of its temporary file: in the folder of the local name, and of
    /// nobody else, as the id of a job is never used twice.
    pub fn temporary_name(&self, job: Uuid, index: u32) -> String {
        let mut id = [0; uuid::fmt::Simple::LENGTH];
        let id = job.simple().encode_lower(&mut id);
        PATHS.sibling(&self.local_name, format_args!(".bgcopy-{id}-{index}.tmp"))
    }
}
