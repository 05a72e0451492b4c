//! Makes one request of an upload: hands out the bytes of a local file and
//! keeps the answer.

use std::io::SeekFrom;
use std::time::{Duration, Instant};

use curl::easy::{Handler, InfoType, ReadError, SeekResult, WriteError};

use crate::disk::Outgoing;
use crate::protocol::{Failure, Head, UploadRequest, origin_of};
use crate::vocab::{ErrorContext, code};

use super::errors::{TransferFacts, of_file};
use super::flood::Flood;
use super::limiter::Share;
use super::options::STALL_TIMEOUT;

/// The answers to uploads are short, a list of a thousand parts at most; one
/// that is longer than this is cut off.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// How long a body is held back for the server to say where its upload is: a
/// round trip on a slow link. A server that says nothing costs this once.
const HOLD_TIMEOUT: Duration = Duration::from_millis(500);

/// Answers on the way that are kept between two turns of the loop.
const INTERIM_MAX: usize = 16;

/// One request, and where its bytes come from.
#[derive(Debug)]
pub struct UploadOrder {
    pub call: UploadRequest,
    /// The file whose bytes are sent, if the request has any.
    pub source: Option<Outgoing>,
}

/// How a request of an upload ended.
#[derive(Debug)]
pub enum UploadEnding {
    /// The server answered. The request may have gone out before: curl repeats
    /// one when a connection that it kept turns out to be dead.
    Answered { head: Head, repeats: u32 },
    /// It did not.
    Failed(Failure),
    /// It did not, as it had closed the connection that was kept for further
    /// requests: whether it saw this one nobody knows.
    Dropped(Failure),
    /// The local file changed under the request, which was broken off before
    /// its last byte.
    SourceChanged,
}

/// The curl handler of one request of an upload.
#[derive(Debug, Default)]
pub struct UploadHandler {
    order: Option<UploadOrder>,
    head: Head,
    /// True once the head of the final answer is whole.
    head_ended: bool,
    sent: u64,
    told: u64,
    /// When the connection took bytes last; None while a rate limit stops the body.
    moved_at: Option<Instant>,
    /// Its part in the rate limits.
    share: Option<Share>,
    body: Vec<u8>,
    /// Answers with status 104 that were not told yet.
    interim: Vec<Head>,
    /// The body is held back since then.
    held: Option<Instant>,
    /// How often the head of the request went out, where that is counted.
    heads_sent: u32,
    verdict: Option<UploadEnding>,
    /// Bytes that come and are of no use.
    pub flood: Flood,
    /// The request was made anew already.
    began_again: bool,
}

impl UploadHandler {
    /// Makes it ready for a request.
    pub fn take_order(&mut self, order: UploadOrder, share: Share) {
        let now = Some(Instant::now());
        let held = now.filter(|_| order.call.waits);
        let (order, share) = (Some(order), Some(share));
        *self = Self { order, share, moved_at: now, held, ..Self::default() };
    }

    /// Bytes handed to the connection, if there are more than before.
    pub fn take_progress(&mut self) -> Option<u64> {
        (self.sent > self.told).then(|| {
            self.told = self.sent;
            self.sent
        })
    }

    /// What the server said before its answer, and was not told yet.
    pub fn take_interim(&mut self) -> Vec<Head> {
        std::mem::take(&mut self.interim)
    }

    /// How long the body is still held back at most; None if it is not.
    pub fn held_for(&self) -> Option<Duration> {
        self.held.map(|since| HOLD_TIMEOUT.saturating_sub(since.elapsed()))
    }

    /// Holds the body back no more.
    pub fn proceed(&mut self) {
        self.held = None;
    }

    /// The rate limit lets the body go on.
    pub fn go_on(&mut self) {
        self.moved_at = Some(Instant::now());
    }

    /// True if the connection has taken nothing for too long.
    pub fn is_stalled(&self) -> bool {
        self.sent < self.length()
            && self.moved_at.is_some_and(|moved| moved.elapsed() >= STALL_TIMEOUT)
    }

    /// True, once, if the request can be made anew on another connection when
    /// the one it was made on was dead.
    pub fn begin_again(&mut self) -> bool {
        let unanswered = self.verdict.is_none() && self.head.status == 0;
        let again = unanswered && self.is_repeatable() && !self.began_again;
        if again {
            self.began_again = true;
            self.sent = 0;
        }
        again
    }

    /// Where the request goes to.
    pub fn origin(&self) -> Option<String> {
        self.order.as_ref().map(|order| origin_of(&order.call.url))
    }

    /// True if the effect is the same should the server get the request twice.
    fn is_repeatable(&self) -> bool {
        self.order.as_ref().is_some_and(|order| order.call.is_idempotent())
    }

    /// Draws the conclusion when curl is done with the request.
    pub fn finish(&mut self, facts: &TransferFacts) -> UploadEnding {
        if let Some(verdict) = self.verdict.take() {
            return verdict;
        }
        if let Some(failure) = self.flood.failure() {
            return UploadEnding::Failed(failure);
        }
        let status = self.head.status;
        // A server that refuses need not read the rest before it closes.
        if self.head_ended && status >= 300 {
            return self.answered();
        }
        if let Some(failure) = facts.failure(&self.head) {
            return match facts.lost_kept_connection() && status == 0 {
                true => UploadEnding::Dropped(failure),
                false => UploadEnding::Failed(failure),
            };
        }
        if !self.head_ended {
            return UploadEnding::Failed(invalid("without an answer"));
        }
        if self.sent < self.length() {
            return UploadEnding::Failed(invalid("with a success before it was all sent"));
        }
        self.answered()
    }

    fn answered(&mut self) -> UploadEnding {
        let repeats = self.heads_sent.saturating_sub(1);
        let body = String::from_utf8_lossy(&self.body).into_owned();
        let head = Head { body, ..std::mem::take(&mut self.head) };
        UploadEnding::Answered { head, repeats }
    }

    fn length(&self) -> u64 {
        self.order.as_ref().map_or(0, |order| order.call.length())
    }

    /// The next bytes. Before the last ones are handed out the file is looked
    /// at: a server never gets a whole body of two versions.
    fn fill(&mut self, data: &mut [u8]) -> Result<usize, UploadEnding> {
        let (Some(order), left) = (&self.order, self.length() - self.sent) else {
            return Ok(0);
        };
        if let Some(text) = &order.call.text {
            let from = usize::try_from(self.sent).unwrap_or(usize::MAX);
            let rest = text.as_bytes().get(from..).unwrap_or(&[]);
            let count = rest.len().min(data.len());
            data[..count].copy_from_slice(&rest[..count]);
            return Ok(count);
        }
        let (Some(source), Some(span)) = (&order.source, order.call.body) else {
            return Ok(0);
        };
        let wanted = data.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let read = source
            .read_at(&mut data[..wanted], span.first + self.sent)
            .map_err(|error| UploadEnding::Failed(of_file(error)))?;
        let is_end = read as u64 == left;
        if read == 0 || is_end && !source.is_unchanged() {
            return Err(UploadEnding::SourceChanged);
        }
        Ok(read)
    }
}

impl Handler for UploadHandler {
    fn read(&mut self, data: &mut [u8]) -> Result<usize, ReadError> {
        if self.held.is_some() {
            return Err(ReadError::Pause);
        }
        let left = usize::try_from(self.length() - self.sent).unwrap_or(usize::MAX);
        let wanted = data.len().min(left);
        let may_send = self.share.as_ref().map_or(wanted, |share| share.take(wanted));
        if may_send == 0 && wanted > 0 {
            self.moved_at = None;
            return Err(ReadError::Pause);
        }
        match self.fill(&mut data[..may_send]) {
            Ok(read) => {
                self.sent += read as u64;
                self.moved_at = Some(Instant::now());
                Ok(read)
            }
            Err(verdict) => {
                self.verdict = Some(verdict);
                Err(ReadError::Abort)
            }
        }
    }

    /// curl begins again: after a challenge for credentials, or as a kept
    /// connection broke before a byte of an answer. Then the server may have got
    /// the bytes: unless they may come twice, it is asked first how many it holds.
    fn seek(&mut self, whence: SeekFrom) -> SeekResult {
        let is_challenged = matches!(self.head.status, 401 | 407);
        if self.sent > 0 && !is_challenged && !self.is_repeatable() {
            self.verdict = Some(UploadEnding::Dropped(Failure::transient(
                code::BG_E_CONNECTION_CLOSED,
                ErrorContext::GeneralTransport,
                "the server closed the connection before it answered".to_owned(),
            )));
            return SeekResult::Fail;
        }
        match whence {
            SeekFrom::Start(position) if position <= self.length() => {
                self.sent = position;
                SeekResult::Ok
            }
            SeekFrom::Start(_) | SeekFrom::End(_) | SeekFrom::Current(_) => SeekResult::Fail,
        }
    }

    fn header(&mut self, line: &[u8]) -> bool {
        let is_end = matches!(line, b"\r\n" | b"\n");
        if !is_end && self.head_ended {
            self.head_ended = false;
            self.body.clear();
        }
        self.head.push_line(line);
        self.head_ended |= is_end && self.head.status >= 200;
        if is_end {
            self.flood.head(&self.head);
        }
        if is_end && self.head.status == 104 {
            self.interim.truncate(INTERIM_MAX - 1);
            self.interim.push(self.head.clone());
        }
        true
    }

    fn debug(&mut self, kind: InfoType, data: &[u8]) {
        self.heads_sent += u32::from(matches!(kind, InfoType::HeaderOut));
        self.flood.came(kind, data);
    }

    fn progress(&mut self, _: f64, received: f64, _: f64, _: f64) -> bool {
        // The body of a demand for credentials never comes here.
        self.flood.passed_over(received - self.body.len() as f64)
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        self.flood.used();
        if self.body.len() + data.len() > ANSWER_BYTES_MAX {
            self.verdict = Some(UploadEnding::Failed(invalid("with a body that does not end")));
            return Ok(0);
        }
        self.body.extend_from_slice(data);
        Ok(data.len())
    }
}

fn invalid(how: &str) -> Failure {
    Failure::transient(
        code::BG_E_INVALID_SERVER_RESPONSE,
        ErrorContext::RemoteFile,
        format!("the server ended an upload {how}"),
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use uuid::Uuid;

    use super::*;
    use crate::protocol::{Proof, Span, Step};
    use crate::transfer::limiter::{Direction, Limiter};
    use crate::vocab::RateLimits;

    #[test]
    fn a_body_that_a_rate_limit_stops_is_not_stalled() {
        let (now, rates) = (Instant::now(), RateLimits { download: 0, upload: 1 });
        let limiter = Rc::new(RefCell::new(Limiter::new(now)));
        limiter.borrow_mut().join(1, Direction::Upload, (Uuid::nil(), rates), now);
        let call = UploadRequest {
            step: Step::Send,
            method: "PUT".to_owned(),
            url: "http://localhost/".to_owned(),
            headers: Vec::new(),
            body: Some(Span { first: 0, length: 9 }),
            text: Some("123456789".to_owned()),
            proof: Proof::Credentials,
            patient: false,
            waits: false,
            checksum: None,
            part: 0,
        };
        let mut handler = UploadHandler::default();
        handler.take_order(UploadOrder { call, source: None }, Share::new(&limiter, 1));
        let mut buffer = [0; 16];
        assert_eq!(handler.read(&mut buffer).ok(), Some(1), "what the limit lets pass");
        assert_eq!(buffer[0], b'1');
        handler.moved_at = now.checked_sub(2 * STALL_TIMEOUT);
        assert!(handler.is_stalled(), "the connection takes nothing");
        assert!(matches!(handler.read(&mut buffer), Err(ReadError::Pause)));
        assert!(!handler.is_stalled(), "it is not asked to");
        handler.go_on();
        assert!(!handler.is_stalled(), "it counts from here on");
    }
}
