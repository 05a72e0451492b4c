//! An upload as a sequence of requests: what all protocols have in common.
//!
//! [`next_call`] says which request comes next, [`judge`] what its answer
//! means. The number of bytes the server says it holds is the only truth about
//! how far an upload is; what was sent proves nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::vocab::{ErrorContext, HResult, UploadProtocol, code, is_initial, limit};

pub use super::call::{Proof, Span, Step, UploadRequest};
use super::capabilities::{ServerCapabilities, UploadStatus};
use super::classify::{Failure, http_date_unix_ms, http_failure};
use super::head::Head;
use super::multipart::Multipart;
use super::{bits, ietf, put, s3, tus};

/// What is stored of an upload besides its progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Upload {
    /// How the server takes it; AUTO until that is known.
    #[serde(skip_serializing_if = "is_initial")]
    pub protocol: UploadProtocol,
    /// OPTIONS told nothing: a request of BITS is tried next.
    #[serde(skip_serializing_if = "is_initial")]
    pub probing: bool,
    /// The server's name for the unfinished file.
    #[serde(skip_serializing_if = "is_initial")]
    pub session: Option<String>,
    /// When it was made, by the clock of the server, in milliseconds since 1970.
    #[serde(skip_serializing_if = "is_initial")]
    pub opened_ms: Option<i64>,
    /// A session is being asked for: there may be one that nobody knows.
    #[serde(skip_serializing_if = "is_initial")]
    pub creating: bool,
    /// The session is not to be used any more: it is cancelled first.
    #[serde(skip_serializing_if = "is_initial")]
    pub stale: bool,
    /// The host that has the session, where it is another one.
    #[serde(skip_serializing_if = "is_initial")]
    pub host: Option<String>,
    /// How long that host may fail before the first one is asked again, in
    /// seconds; None = for ever.
    #[serde(skip_serializing_if = "is_initial")]
    pub host_timeout_s: Option<u64>,
    /// That host was not spoken to yet.
    #[serde(skip_serializing_if = "is_initial")]
    pub greets: bool,
    /// Where the furthest bytes ever sent into the session end: it cannot
    /// hold more.
    #[serde(skip_serializing_if = "is_initial")]
    pub sent_until: u64,
    /// The record was read from the store, which a power cut may have set back:
    /// the session may hold more than it says was sent.
    #[serde(skip_serializing_if = "is_initial")]
    pub may_be_old: bool,
    /// What the session of such a record said that it holds, beyond the bytes
    /// that were just sent. It counts once it is said again.
    #[serde(skip_serializing_if = "is_initial")]
    pub told: Option<u64>,
    /// Where the bytes end that the server said it took, without saying how many
    /// it holds.
    #[serde(skip_serializing_if = "is_initial")]
    pub taken_until: u64,
    /// A piece whose request was cut off since the server last said how much it
    /// holds.
    #[serde(skip_serializing_if = "is_initial")]
    pub cut: Option<Span>,
    /// Bytes of the next piece.
    pub piece_bytes: u64,
    /// Bytes of the largest piece that the server takes.
    pub piece_bytes_max: u64,
    /// How often the session was to be closed.
    #[serde(skip_serializing_if = "is_initial")]
    pub close_tries: u32,
    /// The session was gone at a repeated close: is the file there?
    #[serde(skip_serializing_if = "is_initial")]
    pub verifies: bool,
    /// A fragment of BITS was sent again although nobody knew what the server had
    /// of it: it may have stored the overlap twice.
    #[serde(skip_serializing_if = "is_initial")]
    pub overlapped: bool,
    /// The server said that the file is in its place; its size is looked at.
    #[serde(skip_serializing_if = "is_initial")]
    pub placed: bool,
    /// The server has a reply, which is fetched before the session is closed.
    #[serde(skip_serializing_if = "is_initial")]
    pub has_reply: bool,
    /// For S3.
    #[serde(skip_serializing_if = "is_initial")]
    pub multipart: Multipart,
    /// Bytes went out since the server last said how many it holds.
    #[serde(skip_serializing_if = "is_initial")]
    pub unsure: bool,
    /// What is sent now is the first since the session was interrupted.
    #[serde(skip_serializing_if = "is_initial")]
    pub resumes: bool,
    /// Something was sent into the session in vain: it counts as lost if that
    /// happens again.
    #[serde(skip_serializing_if = "is_initial")]
    pub suspect: bool,
    /// What the server said of itself; None if it was not asked.
    #[serde(skip_serializing_if = "is_initial")]
    pub offer: Option<Offer>,
    /// What a server with a URL for each upload wants.
    #[serde(skip_serializing_if = "is_initial")]
    pub terms: ServerCapabilities,
}

/// What a server says of itself before the first byte is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Offer {
    /// It was said whether a session can be cancelled, and this is it.
    pub cancels: Option<bool>,
    /// What checks the bytes of a piece.
    pub checksum: Option<Checksum>,
    /// The one that was dropped so that parts of pieces are kept, too.
    #[serde(skip_serializing_if = "is_initial")]
    pub dropped: Option<Checksum>,
    /// The server takes no piece without its checksum.
    #[serde(skip_serializing_if = "is_initial")]
    pub insists: bool,
}

/// What checks the bytes of a piece on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Checksum {
    Sha256,
    Sha1,
}

impl Default for Upload {
    fn default() -> Self {
        Self {
            protocol: UploadProtocol::Auto,
            probing: false,
            session: None,
            opened_ms: None,
            creating: false,
            stale: false,
            host: None,
            host_timeout_s: None,
            greets: false,
            sent_until: 0,
            may_be_old: false,
            told: None,
            taken_until: 0,
            cut: None,
            piece_bytes: limit::PIECE_BYTES_FIRST,
            piece_bytes_max: limit::PIECE_BYTES_MAX,
            close_tries: 0,
            verifies: false,
            overlapped: false,
            placed: false,
            has_reply: false,
            multipart: Multipart::default(),
            unsure: false,
            resumes: false,
            suspect: false,
            offer: None,
            terms: ServerCapabilities::default(),
        }
    }
}

impl Upload {
    /// Forgets the session and what was done with it.
    pub fn leave_session(&mut self) {
        self.session = None;
        self.opened_ms = None;
        self.creating = false;
        self.stale = false;
        self.host = None;
        self.host_timeout_s = None;
        self.greets = false;
        self.sent_until = 0;
        self.may_be_old = false;
        self.told = None;
        self.taken_until = 0;
        self.cut = None;
        self.close_tries = 0;
        self.verifies = false;
        self.overlapped = false;
        self.placed = false;
        self.has_reply = false;
        self.multipart.leave();
        self.unsure = false;
        self.resumes = false;
        self.suspect = false;
        self.terms.completes = false;
    }

    /// True if the session can hold so many bytes, as far as the record knows.
    pub fn can_hold(&self, position: u64) -> bool {
        self.may_be_old || position <= self.sent_until
    }

    /// The next piece is smaller by half.
    pub fn shrink(&mut self, piece_bytes: u64) {
        self.piece_bytes = (piece_bytes / 2).max(limit::PIECE_BYTES_MIN);
    }

    /// The server kept nothing of a piece that was cut off. That may be for its
    /// checksum, which makes it one piece or none; else pieces of that size are
    /// too long for the connection.
    pub fn lose(&mut self, piece: Span) {
        let checksum = self.offer.as_mut().filter(|offer| !offer.insists);
        let dropped = checksum.and_then(|offer| {
            offer.dropped = offer.checksum.take();
            offer.dropped
        });
        if dropped.is_none() {
            self.shrink(piece.length);
            self.piece_bytes_max = self.piece_bytes_max.min(self.piece_bytes);
        }
    }

    /// The server refused a piece. If its checksum was dropped, that may be why: some
    /// servers fail without one.
    pub fn restore_checksum(&mut self) {
        let offer = self.offer.as_mut();
        if let Some(offer) = offer.filter(|offer| offer.dropped.is_some()) {
            offer.checksum = offer.dropped.take();
            offer.insists = true;
        }
    }

    /// The next piece is twice as large, as far as the server takes that.
    pub fn grow(&mut self) {
        self.piece_bytes = self.piece_bytes.saturating_mul(2).min(self.piece_bytes_max);
    }
}

/// What is known of the file that is sent.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingFile<'a> {
    /// Where it goes.
    pub url: &'a str,
    /// The local name, of which the last part is told to the server.
    pub local_name: &'a str,
    /// What the caller says the file is, as a media type.
    pub media_type: Option<&'a str>,
    /// In bytes.
    pub size: u64,
    /// Bytes that the server holds.
    pub position: u64,
    /// The job is cancelled: the server is to forget the upload.
    pub cancelled: bool,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The server takes uploads in this way.
    Speaks(UploadProtocol, Offer),
    /// It did not say how it takes them.
    Silent,
    /// There is a session, which holds so many bytes already; None if the
    /// server did not say.
    Opened {
        session: String,
        position: Option<u64>,
        opened_ms: Option<i64>,
        host: Option<String>,
        host_timeout_s: Option<u64>,
    },
    /// How the server takes uploads that have a URL each, before there is one.
    Agreed(Box<ServerCapabilities>),
    /// How such an upload stands.
    Stands(Box<UploadStatus>),
    /// The host of the session answers.
    Greeted,
    /// The session holds so many bytes. With the last of them may come where
    /// the server's reply is.
    Holds { position: u64, reply_url: Option<String> },
    /// The server holds a part, and names it so.
    Stored { number: u32, etag: String },
    /// It holds these parts, and perhaps others behind a number.
    Listed { parts: BTreeMap<u32, String>, more: Option<u32> },
    /// It does not say which parts it holds.
    Unlisted,
    /// It cannot join the parts, as it does not hold all of them as they were
    /// named to it.
    Unjoined(Failure),
    /// Requests are to be signed for this region.
    Region(String),
    /// Requests are to be signed by the server's clock, which shows this time, in
    /// milliseconds since 1970.
    Clock { unix_ms: i64, failure: Failure },
    /// The server says that it forgot the session.
    Aborted,
    /// The answer does not tell how many bytes the session holds: that is
    /// asked next. If this happens again and again, it is this failure.
    Unsure(Failure),
    /// What the session holds is not the file.
    Spoilt(Failure),
    /// What was there before is in the way: it is deleted, and the file begins
    /// anew. If this happens again and again, it is this failure.
    Leftover(Failure),
    /// The server wants smaller pieces.
    TooLarge,
    /// The server does not know the session.
    Gone,
    /// The session is of no use any more, and may have been completed: another
    /// one is made only when the job is resumed.
    Abandoned(Failure),
    /// The file is in its place, but may hold some bytes twice: that is looked at.
    Placed,
    /// It does not know it, and a close of it was sent before.
    Doubt,
    /// The file is not in its place.
    Absent,
    /// The file is in its place.
    Finished,
    /// The server holds nothing of the session any more, or will not say.
    Dropped,
    /// The server does not forget the session.
    Kept(Failure),
    /// The request failed.
    Refused(Failure),
}

/// The next request of an upload; None if the server is to forget it and knows
/// nothing. `part` is one of those that [`parts_to_send`] names, or 0 if it names
/// none.
///
/// [`parts_to_send`]: s3::parts_to_send
pub fn next_call(upload: &Upload, sending: &OutgoingFile<'_>, part: u32) -> Option<UploadRequest> {
    let cancel = upload.session.as_ref().and_then(|session| match upload.protocol {
        UploadProtocol::Bits => Some(bits::cancel(upload, sending, session)),
        UploadProtocol::Tus => tus::cancel(upload, session),
        UploadProtocol::Ietf => Some(ietf::cancel(upload, session)),
        UploadProtocol::PutRange => Some(put::cancel(sending)),
        UploadProtocol::S3 => Some(s3::cancel(upload, sending, session)),
        UploadProtocol::Auto | UploadProtocol::Put | UploadProtocol::Post => None,
    });
    if sending.cancelled || upload.stale && cancel.is_some() {
        return cancel;
    }
    if upload.verifies && upload.protocol != UploadProtocol::S3 {
        return Some(UploadRequest::bodiless(Step::Verify, "HEAD", sending.url));
    }
    Some(match upload.protocol {
        UploadProtocol::Auto if upload.probing => bits::probe(sending),
        UploadProtocol::Auto => ietf::ask(upload, sending),
        // No fragment can say that a file is empty (specification, section 14.2).
        UploadProtocol::Bits if sending.size > 0 => bits::next(upload, sending),
        UploadProtocol::Tus => tus::next(upload, sending),
        UploadProtocol::Ietf => ietf::next(upload, sending),
        UploadProtocol::PutRange => put::next_part(upload, sending),
        UploadProtocol::Bits | UploadProtocol::Put | UploadProtocol::Post => {
            put::whole(upload, sending)
        }
        UploadProtocol::S3 => s3::next(upload, sending, part),
    })
}

/// What the answer to a request means.
pub fn judge(
    upload: &Upload,
    sending: &OutgoingFile<'_>,
    call: &UploadRequest,
    head: &Head,
) -> Verdict {
    if call.proof != Proof::Credentials {
        return s3::judge(upload, sending, call, head);
    }
    match (call.step, upload.protocol) {
        (Step::Whole, _) => put::answered(call, head),
        (Step::Verify, _) => verified(upload, sending, head),
        (Step::Ask, UploadProtocol::Auto) => asked(upload, sending, head),
        (_, UploadProtocol::Ietf) => ietf::judge(upload, sending, call, head),
        (_, UploadProtocol::Tus) => tus::judge(upload, sending, call, head),
        (_, UploadProtocol::PutRange) => put::judge_part(upload, sending, call, head),
        (_, UploadProtocol::Auto | UploadProtocol::Bits) => {
            bits::judge(upload, sending, call.step, head)
        }
        (_, UploadProtocol::Put | UploadProtocol::Post | UploadProtocol::S3) => {
            invalid("to a request that is not made")
        }
    }
}

/// What an answer with status 104 means, which comes before the one that ends
/// the request; None if it is of no use.
pub fn judge_interim(upload: &Upload, call: &UploadRequest, head: &Head) -> Option<Verdict> {
    match upload.protocol {
        UploadProtocol::Ietf => ietf::judge_interim(upload, call, head),
        UploadProtocol::Auto
        | UploadProtocol::Bits
        | UploadProtocol::Tus
        | UploadProtocol::Put
        | UploadProtocol::Post
        | UploadProtocol::PutRange
        | UploadProtocol::S3 => None,
    }
}

/// What a server says of itself. Statuses that pass are no answer.
fn asked(upload: &Upload, sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    if matches!(head.status, 401 | 407 | 408 | 429 | 502..=504) {
        return Verdict::Refused(http_failure(head.status, head));
    }
    let lists = |method: &str| {
        let methods = ["allow", "public"].into_iter().filter_map(|name| head.value(name));
        methods.flat_map(|list| list.split(',')).any(|one| one.trim() == method)
    };
    if ietf::is_offered(head) {
        return ietf::asked(upload, head);
    }
    if lists("BITS_POST") {
        return Verdict::Speaks(UploadProtocol::Bits, Offer::default());
    }
    if let Some(verdict) = tus::offered(head, sending.size) {
        return verdict;
    }
    if lists("PUT") {
        return Verdict::Speaks(UploadProtocol::Put, Offer::default());
    }
    Verdict::Silent
}

/// Only a file of the right size that is younger than the session is taken for
/// ours, by the server's own clock: everything else is sent again.
fn verified(upload: &Upload, sending: &OutgoingFile<'_>, head: &Head) -> Verdict {
    let modified_ms = head.value("last-modified").and_then(http_date_unix_ms);
    if upload.placed {
        let is_older = upload.opened_ms.zip(modified_ms).is_some_and(|(opened, at)| at < opened);
        return match (head.status, head.content_length()) {
            (200, Some(size)) if size != sending.size && !is_older => {
                Verdict::Abandoned(invalid_failure(&format!(
                    "with a file of {size} bytes instead of {}: it stored some twice",
                    sending.size
                )))
            }
            (408 | 429 | 503, _) => Verdict::Refused(http_failure(head.status, head)),
            // It cannot be looked at; the server said that it is there.
            _ => Verdict::Finished,
        };
    }
    let is_ours = head.content_length() == Some(sending.size)
        && upload.opened_ms.zip(modified_ms).is_some_and(|(opened, modified)| modified > opened);
    match head.status {
        200 if is_ours => Verdict::Finished,
        408 | 429 | 500 | 502..=504 => Verdict::Refused(http_failure(head.status, head)),
        _ => Verdict::Absent,
    }
}

/// What a refusal to cancel an upload means. A cancelled job is refused for want of
/// a right again and again: it may get it yet, and what is kept may cost money.
pub(super) fn not_cancelled(sending: &OutgoingFile<'_>, method: &str, failure: Failure) -> Verdict {
    let is_forbidden = failure.code == HResult::from_http_status(403);
    let message = failure.message.replacen("the server", method, 1);
    let transient = failure.transient || is_forbidden && sending.cancelled;
    let failure = Failure { message, transient, ..failure };
    match transient {
        true => Verdict::Refused(failure),
        false => Verdict::Kept(failure),
    }
}

/// An answer that breaks the protocol.
pub(super) fn invalid(what: &str) -> Verdict {
    Verdict::Refused(invalid_failure(what))
}

/// The failure behind an answer that breaks the protocol.
pub fn invalid_failure(what: &str) -> Failure {
    Failure::transient(
        code::BG_E_INVALID_SERVER_RESPONSE,
        ErrorContext::RemoteFile,
        format!("the server answered an upload {what}"),
    )
}
