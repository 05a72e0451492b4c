//! Where clients may send files to: how the server takes them, what goes
//! wrong on the way, and what it has of them.

use crate::content::Content;
use crate::ietf::Ietf;
use crate::sha1::Sha1;
use std::collections::BTreeMap;

/// What a server does with a fragment that begins before the byte it expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// It answers 416 and stores nothing.
    #[default]
    Refuse,
    /// It drops what it has and stores the rest.
    Drop,
    /// It stores all of it, a second time: a fault seen in the wild.
    Store,
    /// The same, and it says that it holds what came up to the end of the fragment.
    StoreUnsaid,
}

/// What a server does with a PUT of a range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ranges {
    /// It takes it for the whole file, as most do.
    #[default]
    Ignore,
    /// It answers 501.
    Refuse,
    /// It puts it where it belongs, also what comes of one that is cut off.
    Honour,
}

/// What a server of BITS answers to a request into a session that it lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// That it does not know it.
    #[default]
    Said,
    /// This status and nothing else.
    Status(u16),
    /// Nothing: it ends the connection.
    Silence,
}

/// What goes wrong with one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadFault {
    /// The connection is cut after so many bytes of the body were stored.
    CutAfter(u64),
    /// As `CutAfter`, but the server keeps nothing of the request.
    LoseAfter(u64),
    /// The request has its effect, but its answer is lost.
    LoseAnswer,
    /// The request has its effect, and its answer waits until the gate of the
    /// area is opened.
    HoldAnswer,
    /// The answer is this status and, if not 0, this code; nothing happens.
    Status(u16, u32),
    /// All sessions are forgotten before the request is looked at.
    Forget,
    /// The answer to a fragment claims that so many bytes are held.
    Claim(u64),
}

/// A folder of the server that takes files.
#[derive(Clone, Debug)]
pub struct Area {
    pub(crate) bits: bool,
    pub(crate) put: bool,
    pub(crate) tus: bool,
    pub(crate) tus_version: &'static str,
    pub(crate) extensions: String,
    pub(crate) absolute: bool,
    pub(crate) moves_away: bool,
    pub(crate) head_status: u16,
    pub(crate) gone_status: u16,
    pub(crate) ranges: Ranges,
    pub(crate) ietf: Option<Ietf>,
    pub(crate) says_how: bool,
    pub(crate) overlap: Overlap,
    pub(crate) unknown: Unknown,
    pub(crate) places_on_last_fragment: bool,
    pub(crate) overwrites: bool,
    pub(crate) piece_max: u64,
    pub(crate) piece_lost: u64,
    pub(crate) size_max: u64,
    pub(crate) host: Option<(String, u64)>,
    pub(crate) rate: Option<u64>,
    pub(crate) cut_after: Option<u64>,
    pub(crate) reply_url: Option<String>,
    pub(crate) modified: Option<String>,
    pub(crate) expected: Option<Content>,
    pub(crate) discards: bool,
    pub(crate) faults: Vec<(String, UploadFault)>,
    pub(crate) error_header: &'static str,
    pub(crate) always_status: BTreeMap<String, u16>,
    pub(crate) sessions: BTreeMap<String, Session>,
    pub(crate) files: BTreeMap<String, Kept>,
    pub(crate) violations: Vec<String>,
    pub(crate) served: BTreeMap<String, u64>,
    pub(crate) bytes_stored: u64,
    next_session: u64,
}

/// What is kept of files that are discarded.
const TAIL_BYTES: usize = 16;

/// An unfinished file.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) path: String,
    pub(crate) total: Option<u64>,
    pub(crate) kept: Kept,
    /// Counts the requests that stored into it: an older one stores no more.
    pub(crate) turn: u64,
    pub(crate) placed: bool,
    /// Where its last fragment ends.
    pub(crate) end: u64,
    /// Of tus: bytes may have come since the client was told how many there are.
    pub(crate) unsure: bool,
    /// What the bytes from there on should give, and what they give so far.
    pub(crate) checking: Option<(String, u64, Sha1)>,
}

/// Bytes that the server has.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub(crate) bytes: Vec<u8>,
    pub(crate) length: u64,
    pub(crate) wrong: bool,
    pub(crate) tail: Vec<u8>,
    /// Counts the requests that store into it or look at it: an older one stores no
    /// more.
    pub(crate) turn: u64,
}

impl Kept {
    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The bytes; none if the area only compares them.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// True if all bytes so far are those of the expected content.
    pub fn is_right(&self) -> bool {
        !self.wrong
    }

    /// The last 16 bytes of what is not kept.
    pub fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// Replaces what is kept from there on by as much of the data; the rest of the
    /// data goes behind it.
    pub(crate) fn overwrite<'a>(&mut self, first: u64, data: &'a [u8]) -> &'a [u8] {
        let old = self.bytes.get_mut(usize::try_from(first).unwrap_or(usize::MAX)..);
        let old = old.unwrap_or(&mut []);
        let (over, rest) = data.split_at(old.len().min(data.len()));
        old[..over.len()].copy_from_slice(over);
        rest
    }

    pub(crate) fn append(&mut self, data: &[u8], expected: Option<&Content>, discards: bool) {
        match expected {
            None if discards => {
                let last = &data[data.len().saturating_sub(TAIL_BYTES)..];
                self.tail.extend_from_slice(last);
                self.tail.drain(..self.tail.len().saturating_sub(TAIL_BYTES));
            }
            Some(content) => {
                let end = self.length + data.len() as u64;
                self.wrong |=
                    end > content.len() || content.slice(self.length..end).as_slice() != data;
            }
            None => self.bytes.extend_from_slice(data),
        }
        self.length += data.len() as u64;
    }
}

impl Default for Area {
    fn default() -> Self {
        Self {
            bits: true,
            put: true,
            tus: false,
            tus_version: "1.0.0",
            extensions: "creation,creation-with-upload,termination,expiration".to_owned(),
            absolute: false,
            moves_away: false,
            head_status: 200,
            gone_status: 404,
            ranges: Ranges::default(),
            ietf: None,
            says_how: true,
            overlap: Overlap::Refuse,
            unknown: Unknown::Said,
            places_on_last_fragment: false,
            overwrites: true,
            piece_max: u64::MAX,
            piece_lost: u64::MAX,
            size_max: u64::MAX,
            host: None,
            rate: None,
            cut_after: None,
            reply_url: None,
            modified: None,
            expected: None,
            discards: false,
            faults: Vec::new(),
            error_header: "BITS-Error-Code",
            always_status: BTreeMap::new(),
            sessions: BTreeMap::new(),
            files: BTreeMap::new(),
            violations: Vec::new(),
            served: BTreeMap::new(),
            bytes_stored: 0,
            next_session: 1,
        }
    }
}

impl Area {
    /// An area that takes files by BITS and by PUT, says so, and does
    /// everything right.
    pub fn new() -> Area {
        Area::default()
    }

    /// Takes files by PUT only.
    pub fn put_only(mut self) -> Area {
        self.bits = false;
        self
    }

    /// Takes files by BITS only.
    pub fn bits_only(mut self) -> Area {
        self.put = false;
        self
    }

    /// Takes files by tus only.
    pub fn tus() -> Area {
        Area { tus: true, bits: false, put: false, ..Area::default() }
    }

    /// The extensions of tus that there are. With `checksum`, each request with
    /// one is kept as a whole or not at all.
    pub fn extensions(mut self, list: &str) -> Area {
        self.extensions = list.to_owned();
        self
    }

    /// Wants another version of tus.
    pub fn tus_version(mut self, version: &'static str) -> Area {
        self.tus_version = version;
        self
    }

    /// Names uploads of tus with the host.
    pub fn absolute_addresses(mut self) -> Area {
        self.absolute = true;
        self
    }

    /// A finished upload of tus can be asked for no more.
    pub fn moves_away(mut self) -> Area {
        self.moves_away = true;
        self
    }

    /// The status of answers to HEAD by tus.
    pub fn head_status(mut self, status: u16) -> Area {
        self.head_status = status;
        self
    }

    /// The status for uploads of tus that there are not.
    pub fn gone_status(mut self, status: u16) -> Area {
        self.gone_status = status;
        self
    }

    /// What a PUT with Content-Range does.
    pub fn ranges(mut self, ranges: Ranges) -> Area {
        self.ranges = ranges;
        self
    }

    /// Takes files by resumable uploads of the IETF only.
    pub fn ietf(mut self, ietf: Ietf) -> Area {
        (self.bits, self.put, self.ietf) = (false, false, Some(ietf));
        self
    }

    /// Answers OPTIONS with 405: it does not say how it takes files.
    pub fn silent(mut self) -> Area {
        self.says_how = false;
        self
    }

    /// What happens to overlapping fragments.
    pub fn overlap(mut self, overlap: Overlap) -> Area {
        self.overlap = overlap;
        self
    }

    /// What is answered to a request into a session that there is not.
    pub fn unknown(mut self, unknown: Unknown) -> Area {
        self.unknown = unknown;
        self
    }

    /// Files take their place with their last fragment instead of with the
    /// close of their session.
    pub fn places_on_last_fragment(mut self) -> Area {
        self.places_on_last_fragment = true;
        self
    }

    /// Refuses to replace files, with 403.
    pub fn forbids_overwriting(mut self) -> Area {
        self.overwrites = false;
        self
    }

    /// Refuses longer fragments with 413.
    pub fn piece_max(mut self, bytes: u64) -> Area {
        self.piece_max = bytes;
        self
    }

    /// Cuts the connection of longer bodies there, and keeps nothing of them.
    pub fn loses_above(mut self, bytes: u64) -> Area {
        self.piece_lost = bytes;
        self
    }

    /// Refuses longer files with BG_E_TOO_LARGE.
    pub fn size_max(mut self, bytes: u64) -> Area {
        self.size_max = bytes;
        self
    }

    /// Sends clients to this host and port, for so many seconds of failures.
    pub fn host_id(mut self, host: &str, fallback_s: u64) -> Area {
        self.host = Some((host.to_owned(), fallback_s));
        self
    }

    /// Says with the last fragment that there is a reply, which is a resource
    /// of the server like any other.
    pub fn reply_url(mut self, url: &str) -> Area {
        self.reply_url = Some(url.to_owned());
        self
    }

    /// What HEAD says of when files were placed. Without it, it is later than
    /// any request before.
    pub fn modified(mut self, date: &str) -> Area {
        self.modified = Some(date.to_owned());
        self
    }

    /// Takes so many bytes a second.
    pub fn bytes_per_second(mut self, rate: u64) -> Area {
        self.rate = Some(rate);
        self
    }

    /// Cuts each connection after so many bytes of a body; they are kept.
    pub fn cuts_after(mut self, bytes: u64) -> Area {
        self.cut_after = Some(bytes);
        self
    }

    /// Compares what comes with this content instead of keeping it.
    pub fn expects(mut self, content: Content) -> Area {
        self.expected = Some(content);
        self
    }

    /// Keeps only the length and the last bytes of what comes.
    pub fn discards(mut self) -> Area {
        self.discards = true;
        self
    }

    /// Tells errors in this header alone.
    pub fn error_header(mut self, name: &'static str) -> Area {
        self.error_header = name;
        self
    }

    /// What goes wrong with the next request of this kind: a packet type of
    /// BITS or a method. Several for one kind happen one after the other.
    pub fn fault(mut self, kind: &str, fault: UploadFault) -> Area {
        self.faults.push((kind.to_owned(), fault));
        self
    }

    /// Answers each request of this kind with this status.
    pub fn always(mut self, kind: &str, status: u16) -> Area {
        self.always_status.insert(kind.to_owned(), status);
        self
    }

    pub(crate) fn take_fault(&mut self, kind: &str) -> Option<UploadFault> {
        *self.served.entry(kind.to_owned()).or_default() += 1;
        if let Some(status) = self.always_status.get(kind) {
            return Some(UploadFault::Status(*status, 0));
        }
        let index = self.faults.iter().position(|(own, _)| own == kind)?;
        Some(self.faults.remove(index).1)
    }

    /// True if a connection is still to break: until then none is kept, so that
    /// it breaks under a request that was not made on one that was kept.
    pub(crate) fn breaks_connections(&self) -> bool {
        let breaks = |fault: &UploadFault| match fault {
            UploadFault::CutAfter(_) | UploadFault::LoseAfter(_) | UploadFault::LoseAnswer => true,
            UploadFault::HoldAnswer
            | UploadFault::Status(..)
            | UploadFault::Forget
            | UploadFault::Claim(_) => false,
        };
        self.faults.iter().any(|(_, fault)| breaks(fault))
    }

    pub(crate) fn open_session(&mut self, path: &str) -> String {
        let number = self.next_session;
        self.next_session += 1;
        let id = format!("{{00000000-0000-4000-8000-{number:012X}}}");
        let session = Session {
            path: path.to_owned(),
            total: None,
            kept: Kept::default(),
            turn: 0,
            placed: false,
            end: 0,
            unsure: false,
            checking: None,
        };
        self.sessions.insert(id.clone(), session);
        id
    }

    /// Takes back what came of a body whose checksum was not seen.
    pub(crate) fn drop_unchecked(&mut self, id: &str) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        if let Some((_, length, _)) = session.checking.take() {
            self.bytes_stored -= session.kept.length - length;
            session.kept.bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
            session.kept.length = length;
        }
    }

    /// Puts the file of a session in its place.
    pub(crate) fn place(&mut self, id: &str) {
        if let Some(session) = self.sessions.get_mut(id)
            && !session.placed
        {
            session.placed = true;
            // The session still knows how much it holds.
            let bytes = std::mem::take(&mut session.kept.bytes);
            let kept = Kept { bytes, ..session.kept.clone() };
            self.files.insert(session.path.clone(), kept);
        }
    }

    pub(crate) fn violated(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }
}

/// What an area has at one moment.
#[derive(Clone, Debug)]
pub struct AreaSeen {
    /// The finished files, by path.
    pub files: BTreeMap<String, Kept>,
    /// Bytes of each unfinished file, by session.
    pub sessions: BTreeMap<String, u64>,
    /// What clients did that the protocol forbids.
    pub violations: Vec<String>,
    /// Requests so far, by packet type of BITS or by method.
    pub served: BTreeMap<String, u64>,
    /// Bytes stored in all, also those that were discarded later.
    pub bytes_stored: u64,
}

impl AreaSeen {
    pub(crate) fn of(area: &Area) -> AreaSeen {
        let open = area.sessions.iter().filter(|(_, session)| !session.placed);
        AreaSeen {
            files: area.files.clone(),
            sessions: open.map(|(id, session)| (id.clone(), session.kept.length)).collect(),
            violations: area.violations.clone(),
            served: area.served.clone(),
            bytes_stored: area.bytes_stored,
        }
    }

    /// Requests of this kind so far.
    pub fn served(&self, kind: &str) -> u64 {
        self.served.get(kind).copied().unwrap_or(0)
    }
}

/// The areas of a server, by the beginning of their paths.
#[derive(Default)]
pub(crate) struct Areas {
    areas: BTreeMap<String, Area>,
}

impl Areas {
    /// Adds an area, or changes how one works; what it has stays.
    pub(crate) fn set(&mut self, prefix: &str, mut area: Area) {
        if let Some(old) = self.areas.remove(prefix) {
            area.sessions = old.sessions;
            area.files = old.files;
            area.violations = old.violations;
            area.served = old.served;
            area.bytes_stored = old.bytes_stored;
            area.next_session = old.next_session;
        }
        self.areas.insert(prefix.to_owned(), area);
    }

    /// The area of a path, by its longest beginning.
    pub(crate) fn of(&self, path: &str) -> Option<String> {
        let fits = self.areas.keys().filter(|prefix| path.starts_with(prefix.as_str()));
        fits.max_by_key(|prefix| prefix.len()).cloned()
    }

    pub(crate) fn get(&self, prefix: &str) -> Option<&Area> {
        self.areas.get(prefix)
    }

    pub(crate) fn get_mut(&mut self, prefix: &str) -> Option<&mut Area> {
        self.areas.get_mut(prefix)
    }
}
