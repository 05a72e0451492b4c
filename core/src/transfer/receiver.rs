//! Takes the answer to one order: judges its head, puts its body in place.

use std::time::Instant;

use curl::easy::{Handler, InfoType, WriteError};
use url::Url;

use crate::disk::{RANGE_WRITE_BYTES, TempFile, WRITE_BYTES, Writer};
use crate::protocol::{
    Adjustment, Body, Decision, Failure, Head, Request, ServedDigest, decide, served_digest,
};
use crate::vocab::{Error, ErrorContext, code};

use super::errors::of_file;
use super::flood::Flood;
use super::known_version::KnownVersion;
use super::limiter::Share;
use super::redirects::{Follow, Redirects};
use super::unpack::Unpacker;

/// Files of at least this size have their space reserved before the first
/// byte; for smaller ones that costs more than it saves.
pub const RESERVE_FROM_BYTES: u64 = 1024 * 1024;

/// One request and where its bytes go.
#[derive(Debug)]
pub struct Order {
    pub request: Request,
    pub target: TempFile,
    /// What was known of the file when the request was made.
    pub known: KnownVersion,
    /// True if the space of a large file is reserved before its first byte.
    pub reserves: bool,
}

/// An accepted response head.
#[derive(Clone, Debug)]
pub struct HeadEvent {
    pub body: Body,
    pub response_headers: String,
    /// The digest of the bytes that are written, if the head names one.
    pub digest: Option<ServedDigest>,
    /// The address that was asked.
    pub asked: String,
    /// The statuses of the redirects on the way.
    pub redirects: Vec<u32>,
    /// Where the answer came from, if there were redirects.
    pub answered: Option<String>,
    /// True if the body waits: space is to be reserved, or the restart to be
    /// recorded, before the first byte is written.
    pub waits: bool,
}

/// How an order ended.
#[derive(Debug)]
pub enum Ending {
    /// The body is in place up to `position`; `size` is the file's, if the end
    /// of the body told it.
    Done { position: u64, size: Option<u64> },
    /// Nothing is missing.
    Complete,
    /// To be asked again in another way.
    Again(Adjustment),
    /// To be asked for there: a redirect that libcurl does not follow rightly.
    Moved(String),
    /// Failed; the file is good up to `written`. `redirect` is where an answer
    /// that was not followed pointed.
    Failed { failure: Failure, written: Option<u64>, redirect: Option<String> },
}

impl Ending {
    /// Failed before a byte was written.
    pub(super) fn failed(failure: Failure) -> Self {
        Self::Failed { failure, written: None, redirect: None }
    }
}

#[derive(Debug, Default)]
enum Phase {
    /// Head lines are coming in.
    #[default]
    Head,
    /// The head is accepted, the body held back.
    Held(Body),
    /// The overlap is being compared; so many bytes are left of it.
    Comparing { left: u64 },
    /// The body is being written.
    Writing,
    /// A verdict ended the order.
    Over,
}

/// The curl handler of one order.
#[derive(Debug, Default)]
pub struct Receiver {
    order: Option<Order>,
    phase: Phase,
    head: Head,
    news: Option<HeadEvent>,
    body: Option<Body>,
    writer: Option<Writer>,
    unpacker: Option<Unpacker>,
    told: u64,
    /// Bytes of the body that still belong to the file.
    left: u64,
    verdict: Option<Ending>,
    /// Bytes that come and are of no use.
    pub flood: Flood,
    /// The request was made anew already.
    began_again: bool,
    redirects: Redirects,
    /// Its part in the rate limits; None if it is subject to none.
    share: Option<Share>,
    /// So many bytes of what curl hands out next were taken before the rate limit stopped it.
    taken: usize,
}

impl Receiver {
    /// Makes it ready for an order.
    pub fn take_order(&mut self, order: Order, follow: Follow, share: Share) {
        let redirects = Redirects::new(follow);
        *self = Self { order: Some(order), redirects, share: Some(share), ..Self::default() };
    }

    /// Makes it ready for an order whose head is known before anything is
    /// read.
    pub fn take_order_with_head(&mut self, order: Order, head: Head) {
        *self = Self { order: Some(order), head, ..Self::default() };
        self.judge();
    }

    /// An accepted head, once. A head whose body is compared with the held
    /// bytes is accepted when they are equal, and not before.
    pub fn take_head(&mut self) -> Option<HeadEvent> {
        if matches!(self.phase, Phase::Comparing { .. }) {
            return None;
        }
        self.news.take()
    }

    /// When bytes that wait for more of them are to be written.
    pub fn flush_due(&self) -> Option<Instant> {
        self.writer.as_ref()?.due()
    }

    /// Writes bytes that have waited long enough. How the order ended, if that fails
    /// or if nothing but useless bytes comes.
    pub fn flush_if_due(&mut self, now: Instant) -> Option<Ending> {
        if let Some(failure) = self.flood.failure() {
            return Some(Ending::Failed { failure, written: self.leave(), redirect: None });
        }
        let writer = self.writer.as_mut()?;
        let error = writer.flush_if_due(now).err()?;
        Some(local_failure(error, Some(writer.written())))
    }

    /// The position up to which the file is good, if it moved.
    pub fn take_progress(&mut self) -> Option<u64> {
        let written = self.writer.as_ref()?.written();
        (written > self.told).then(|| {
            self.told = written;
            written
        })
    }

    /// Lets a held-back body flow.
    pub fn proceed(&mut self) {
        if let Phase::Held(body) = std::mem::take(&mut self.phase) {
            self.open(body);
        }
    }

    /// Gives up the order and says up to where the file is good.
    pub fn leave(&mut self) -> Option<u64> {
        let writer = self.writer.as_mut()?;
        // A failed write shows again with the next request.
        _ = writer.flush();
        Some(writer.written())
    }

    /// True, once, if the request can be made anew: nothing was answered.
    pub fn begin_again(&mut self) -> bool {
        let unanswered = matches!(self.phase, Phase::Head) && self.head == Head::default();
        unanswered && !std::mem::replace(&mut self.began_again, true)
    }

    /// Draws the conclusion when curl is done with the request.
    pub fn finish(
        &mut self,
        failure: impl FnOnce(&Head) -> Option<Failure>,
    ) -> (Option<HeadEvent>, Ending) {
        let failure = self.flood.failure().or_else(|| failure(&self.head));
        if failure.is_none() && matches!(self.phase, Phase::Head) && self.head.status != 0 {
            // A body without bytes never reached `write`.
            self.judge();
            if let Phase::Held(body) = std::mem::take(&mut self.phase) {
                self.open(body);
                if let Some(news) = &mut self.news {
                    news.waits = false;
                }
            }
        }
        let head = self.take_head();
        if let Some(verdict) = self.verdict.take() {
            return (head, self.with_written(verdict));
        }
        let written = match self.flush() {
            Ok(written) => written,
            Err(ending) => return (head, ending),
        };
        if let Some(failure) = failure {
            return (head, Ending::Failed { failure, written, redirect: None });
        }
        (head, self.conclude(written))
    }

    fn conclude(&mut self, written: Option<u64>) -> Ending {
        let (Some(body), Some(position)) = (&self.body, written) else {
            let failure = Failure::transient(
                code::BG_E_INVALID_SERVER_RESPONSE,
                ErrorContext::RemoteFile,
                "the server closed the connection without an answer".to_owned(),
            );
            return Ending::failed(failure);
        };
        let cut =
            body.length.is_some() && self.left > 0 || matches!(self.phase, Phase::Comparing { .. });
        if cut {
            let failure = Failure::transient(
                code::BG_E_CONNECTION_CLOSED,
                ErrorContext::GeneralTransport,
                "the connection ended before the whole body had come".to_owned(),
            );
            return Ending::Failed { failure, written, redirect: None };
        }
        if self.unpacker.as_mut().is_some_and(|unpacker| !unpacker.is_whole()) {
            return Ending::Again(Adjustment::AsItCame);
        }
        let size = body.size.or_else(|| body.length.is_none().then_some(position));
        Ending::Done { position, size }
    }

    fn flush(&mut self) -> Result<Option<u64>, Ending> {
        let Some(writer) = &mut self.writer else {
            return Ok(None);
        };
        match writer.flush() {
            Ok(()) => Ok(Some(writer.written())),
            Err(error) => Err(local_failure(error, Some(writer.written()))),
        }
    }

    fn with_written(&mut self, verdict: Ending) -> Ending {
        match verdict {
            Ending::Failed { failure, redirect, .. } => {
                Ending::Failed { failure, written: self.leave(), redirect }
            }
            Ending::Done { .. } | Ending::Complete | Ending::Again(_) | Ending::Moved(_) => verdict,
        }
    }

    /// Decides by the head what becomes of the body.
    fn judge(&mut self) {
        let Some(order) = &self.order else {
            return;
        };
        let content = order.known.content(&order.request.url);
        let verdict = match decide(&content, &order.request, &self.head) {
            Decision::Write(body) => {
                // What is compared first had its space reserved before.
                let reserve =
                    order.reserves && body.size.is_some_and(|size| size >= RESERVE_FROM_BYTES);
                let waits = reserve && body.overlap == 0 || body.restart;
                self.news = Some(HeadEvent {
                    body: body.clone(),
                    response_headers: self.head.text(),
                    digest: served_digest(&self.head).filter(|_| body.unpack.is_none()),
                    asked: order.request.url.clone(),
                    redirects: self.head.redirects.clone(),
                    answered: None,
                    waits,
                });
                if waits {
                    self.phase = Phase::Held(body);
                } else {
                    self.open(body);
                }
                return;
            }
            Decision::Complete => Ending::Complete,
            Decision::Again(adjustment) => Ending::Again(adjustment),
            Decision::Refuse(failure) => {
                let redirect = redirect_target(&order.request.url, &self.head);
                Ending::Failed { failure, written: None, redirect }
            }
        };
        self.verdict = Some(verdict);
        self.phase = Phase::Over;
    }

    fn open(&mut self, body: Body) {
        let Some(order) = &self.order else {
            return;
        };
        self.unpacker = body.unpack.map(Unpacker::new);
        self.told = body.position;
        self.left = body.length.unwrap_or(u64::MAX).saturating_sub(body.overlap);
        let length = body.length.filter(|_| self.unpacker.is_none()).map(|_| self.left);
        let is_range = matches!(order.request.range, Some((_, Some(_))));
        let full = if is_range { RANGE_WRITE_BYTES } else { WRITE_BYTES };
        let writer = Writer::new(order.target.clone(), body.position, length);
        self.writer = Some(writer.writing(full));
        self.phase = match body.overlap {
            0 => Phase::Writing,
            left => Phase::Comparing { left },
        };
        self.body = Some(body);
    }

    /// Compares what is left of the overlap; false ends the order.
    fn compare(&mut self, data: &[u8], left: u64) -> Option<usize> {
        let (order, body) = (self.order.as_ref()?, self.body.as_ref()?);
        let take = data.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let mut held = vec![0; take];
        let offset = body.position - left;
        let read = match order.target.read_at(&mut held, offset) {
            Ok(read) => read,
            Err(error) => {
                self.verdict = Some(local_failure(error, None));
                return None;
            }
        };
        if read < take || held != data[..take] {
            self.verdict = Some(Ending::Again(Adjustment::Restart));
            return None;
        }
        let left = left - take as u64;
        self.phase = if left == 0 { Phase::Writing } else { Phase::Comparing { left } };
        Some(take)
    }

    fn unusable(&self) -> Ending {
        let verdict = match &self.order {
            Some(order) if order.known.ranges.is_empty() && !order.known.is_on_demand => {
                return Ending::Again(Adjustment::WithoutRange);
            }
            Some(_) | None => Failure::fatal(
                code::BG_E_INVALID_SERVER_RESPONSE,
                ErrorContext::RemoteFile,
                "the server sent more than the range it promised".to_owned(),
            ),
        };
        Ending::failed(verdict)
    }

    fn append(&mut self, data: &[u8]) -> bool {
        let Some(writer) = &mut self.writer else {
            return false;
        };
        let is_whole = self.order.as_ref().is_some_and(|order| order.request.range.is_none());
        if self.left < data.len() as u64 && !is_whole {
            // A part that is longer than it said may be another part.
            self.verdict = Some(self.unusable());
            return false;
        }
        let take = data.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let mut pushed = Ok(());
        match &mut self.unpacker {
            None => pushed = writer.push(&data[..take]),
            Some(unpacker) => {
                let is_unpacked = unpacker.push(data, |bytes| {
                    pushed = writer.push(bytes);
                    pushed.is_ok()
                });
                if is_unpacked.is_err() {
                    self.verdict = Some(Ending::Again(Adjustment::AsItCame));
                    return false;
                }
            }
        }
        if let Err(error) = pushed {
            let written = writer.written();
            self.verdict = Some(local_failure(error, Some(written)));
            return false;
        }
        self.left -= take as u64;
        true
    }
}

/// What is handed to it, also by local sources, which are read and not sent.
impl Receiver {
    /// True if it takes bytes now.
    pub fn takes_bytes(&self) -> bool {
        matches!(self.phase, Phase::Writing | Phase::Comparing { .. })
    }

    /// True if the order is decided and waits for nothing.
    pub fn is_decided(&self) -> bool {
        self.verdict.is_some()
    }

    /// Takes the next bytes of a body; false ends the order.
    pub fn take_bytes(&mut self, data: &[u8]) -> bool {
        let mut rest = data;
        loop {
            match self.phase {
                Phase::Held(_) | Phase::Head | Phase::Over => return false,
                Phase::Writing => return self.append(rest),
                Phase::Comparing { left } => match self.compare(rest, left) {
                    Some(taken) => rest = &rest[taken..],
                    None => return false,
                },
            }
            if rest.is_empty() {
                return true;
            }
        }
    }
}

impl Handler for Receiver {
    fn header(&mut self, line: &[u8]) -> bool {
        if matches!(self.phase, Phase::Head) {
            self.head.push_line(line);
            let is_end = matches!(line, b"\r\n" | b"\n");
            if is_end {
                self.flood.head(&self.head);
            }
            let asked = self.order.as_ref().filter(|_| is_end).map(|order| &order.request.url);
            if let Some(url) = asked.and_then(|asked| self.redirects.onward(asked, &self.head)) {
                self.verdict = Some(Ending::Moved(url));
                self.phase = Phase::Over;
                return false;
            }
        }
        true
    }

    fn debug(&mut self, kind: InfoType, data: &[u8]) {
        self.flood.came(kind, data);
    }

    fn progress(&mut self, _: f64, received: f64, _: f64, _: f64) -> bool {
        // curl passes over the bodies of what it follows.
        !matches!(self.phase, Phase::Head) || self.flood.passed_over(received)
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        self.flood.used();
        if matches!(self.phase, Phase::Head) {
            self.judge();
        }
        if matches!(self.phase, Phase::Held(_)) {
            return Err(WriteError::Pause);
        }
        // After a pause curl hands out again what it did not get rid of, from its start.
        let Some(fresh) = data.get(self.taken..) else {
            self.taken -= data.len();
            return Ok(data.len());
        };
        let share = self.share.as_ref();
        let may_take = share.map_or(fresh.len(), |share| share.take(fresh.len()));
        if !self.take_bytes(&fresh[..may_take]) {
            return Ok(0);
        }
        if may_take < fresh.len() {
            self.taken += may_take;
            return Err(WriteError::Pause);
        }
        self.taken = 0;
        Ok(data.len())
    }
}

/// A failure of the local disk.
fn local_failure(error: Error, written: Option<u64>) -> Ending {
    Ending::Failed { failure: of_file(error), written, redirect: None }
}

/// Where a redirect that was not followed points.
fn redirect_target(from: &str, head: &Head) -> Option<String> {
    let location = head.location().filter(|_| (300..400).contains(&head.status))?;
    Some(Url::parse(from).ok()?.join(location).ok()?.into())
}
