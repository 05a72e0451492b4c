//! Makes one request of an upload: hands out the bytes of a local file and
//! keeps the head of the answer.

use std::io::SeekFrom;
use std::time::Instant;

use curl::easy::{Handler, InfoType, ReadError, SeekResult, WriteError};

use crate::disk::Outgoing;
use crate::protocol::{Call, Failure, Head};
use crate::vocab::{ErrorContext, code};

use super::errors::Facts;
use super::options::STALL_TIMEOUT;

/// The answers to uploads have no body worth reading; one that is longer than
/// this is cut off.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// One request, and where its bytes come from.
#[derive(Debug)]
pub struct UploadOrder {
    pub call: Call,
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
    /// The local file changed under the request, which was broken off before
    /// its last byte.
    SourceChanged,
}

/// The curl handler of one request of an upload.
#[derive(Debug, Default)]
pub struct Sender {
    order: Option<UploadOrder>,
    head: Head,
    /// True once the head of the final answer is whole.
    head_ended: bool,
    sent: u64,
    told: u64,
    moved_at: Option<Instant>,
    discarded: usize,
    /// How often the head of the request went out, where that is counted.
    heads_sent: u32,
    verdict: Option<UploadEnding>,
}

impl Sender {
    /// Makes it ready for a request.
    pub fn take_order(&mut self, order: UploadOrder) {
        *self = Self { order: Some(order), moved_at: Some(Instant::now()), ..Self::default() };
    }

    /// Lets go of everything it held.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Bytes handed to the connection, if there are more than before.
    pub fn take_progress(&mut self) -> Option<u64> {
        (self.sent > self.told).then(|| {
            self.told = self.sent;
            self.sent
        })
    }

    /// True if the connection has taken nothing for too long.
    pub fn is_stalled(&self) -> bool {
        self.sent < self.length()
            && self.moved_at.is_some_and(|moved| moved.elapsed() >= STALL_TIMEOUT)
    }

    /// Draws the conclusion when curl is done with the request.
    pub fn finish(&mut self, facts: &Facts) -> UploadEnding {
        if let Some(verdict) = self.verdict.take() {
            return verdict;
        }
        let status = self.head.status;
        // A server that refuses need not read the rest before it closes.
        if self.head_ended && status >= 300 {
            return self.answered();
        }
        if let Some(failure) = facts.failure(&self.head) {
            return UploadEnding::Failed(failure);
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
        UploadEnding::Answered { head: std::mem::take(&mut self.head), repeats }
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
        let (Some(source), Some(span)) = (&order.source, order.call.body) else {
            return Ok(0);
        };
        let wanted = data.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let read =
            source.read_at(&mut data[..wanted], span.first + self.sent).map_err(|error| {
                UploadEnding::Failed(Failure {
                    transient: error.code == code::E_IO_DEVICE,
                    code: error.code,
                    context: ErrorContext::LocalFile,
                    message: error.message,
                    retry_after: None,
                })
            })?;
        let is_end = read as u64 == left;
        if read == 0 || is_end && !source.is_unchanged() {
            return Err(UploadEnding::SourceChanged);
        }
        Ok(read)
    }
}

impl Handler for Sender {
    fn read(&mut self, data: &mut [u8]) -> Result<usize, ReadError> {
        match self.fill(data) {
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

    /// curl begins again. After a challenge for credentials that is right. When
    /// a kept connection broke it is not: the server may have got the bytes,
    /// and is asked first how many it holds.
    fn seek(&mut self, whence: SeekFrom) -> SeekResult {
        if self.sent > 0 && !matches!(self.head.status, 401 | 407) {
            self.verdict = Some(UploadEnding::Failed(Failure::transient(
                code::BG_E_CONNECTION_CLOSED,
                ErrorContext::GeneralTransport,
                "the connection ended before the server answered".to_owned(),
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
        if !is_end {
            self.head_ended = false;
        }
        self.head.push_line(line);
        self.head_ended |= is_end && self.head.status >= 200;
        true
    }

    fn debug(&mut self, kind: InfoType, _: &[u8]) {
        self.heads_sent += u32::from(matches!(kind, InfoType::HeaderOut));
    }

    fn write(&mut self, data: &[u8]) -> Result<usize, WriteError> {
        self.discarded += data.len();
        if self.discarded > ANSWER_BYTES_MAX {
            self.verdict = Some(UploadEnding::Failed(invalid("with a body that does not end")));
            return Ok(0);
        }
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
