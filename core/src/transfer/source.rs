//! Sources in the local file system, told in the words of HTTP.
//!
//! A `file` URL has no response head. One is made from the file's size and
//! time, so that the rules for versions and ranges are the same ones. The
//! bytes are copied a piece at a time, between everything else.

use crate::disk::Source;
use crate::protocol::{Adjustment, Failure, Head, Request};
use crate::vocab::{Error, ErrorContext, Result, code};

use super::limiter::Share;
use super::receiver::{Ending, HeadEvent, Order, Receiver};

/// Bytes copied in one step: long enough that a step costs little more than
/// its bytes, and short enough that calls are answered in between.
const STEP_BYTES: usize = 1024 * 1024;

/// One local source on its way to its temporary file.
pub struct LocalCopy {
    pub receiver: Receiver,
    source: Source,
    share: Share,
    /// Where the next byte is read from, and how many are to be read.
    offset: u64,
    left: u64,
    buffer: Vec<u8>,
}

impl LocalCopy {
    /// Opens the source and judges it by its made-up head.
    pub fn open(order: Order, share: Share) -> Result<Self> {
        let request = &order.request;
        let path = url::Url::parse(&request.url)
            .ok()
            .and_then(|url| url.to_file_path().ok())
            .ok_or_else(|| Error::new(code::E_INVALIDARG, "the URL names no local file"))?;
        let source = Source::open(&path)?;
        let part = part_of(request, &source);
        let head = head_of(part, &source);
        let (offset, left) = match part {
            Part::Whole => (0, source.size()),
            Part::From(first, last) => (first, last - first + 1),
            Part::Outside => (0, 0),
        };
        let mut receiver = Receiver::default();
        receiver.take_order_with_head(order, head);
        Ok(Self { receiver, source, share, offset, left, buffer: Vec::new() })
    }

    /// Copies a piece, unless the body is held back or has to wait for a rate limit; at
    /// the end, says how it ended.
    pub fn step(&mut self) -> Option<(Option<HeadEvent>, Ending)> {
        if self.receiver.is_decided() {
            return Some(self.receiver.finish(|_| None));
        }
        if !self.receiver.takes_bytes() {
            return None;
        }
        if self.left > 0 {
            let wanted = usize::try_from(self.left).unwrap_or(STEP_BYTES).min(STEP_BYTES);
            let wanted = self.share.take(wanted);
            if wanted == 0 {
                return None;
            }
            self.buffer.resize(wanted, 0);
            match self.source.read_at(&mut self.buffer, self.offset) {
                Ok(0) => self.left = 0,
                Ok(read) => {
                    self.offset += read as u64;
                    self.left -= read as u64;
                    if !self.receiver.take_bytes(&self.buffer[..read]) {
                        return Some(self.receiver.finish(|_| None));
                    }
                }
                Err(error) => return Some(self.receiver.finish(|_| Some(unreadable(error)))),
            }
        }
        if self.left > 0 {
            return None;
        }
        if !self.source.is_unchanged() {
            let (head, _) = self.receiver.finish(|_| None);
            return Some((head, Ending::Again(Adjustment::Restart)));
        }
        Some(self.receiver.finish(|_| None))
    }
}

/// What of a source a request is for.
#[derive(Clone, Copy)]
enum Part {
    Whole,
    /// The first and the last byte.
    From(u64, u64),
    Outside,
}

fn part_of(request: &Request, source: &Source) -> Part {
    let same = request.if_range.as_ref().is_none_or(|version| version == source.version());
    match request.range.filter(|_| same) {
        Some((first, _)) if first >= source.size() => Part::Outside,
        Some((first, last)) => {
            let end = source.size() - 1;
            Part::From(first, last.map_or(end, |last| last.min(end)))
        }
        None => Part::Whole,
    }
}

fn head_of(part: Part, source: &Source) -> Head {
    let size = source.size();
    let (status, line) = match part {
        Part::Whole => ("200 OK", format!("Content-Length: {size}")),
        Part::From(first, last) => {
            ("206 Partial Content", format!("Content-Range: bytes {first}-{last}/{size}"))
        }
        Part::Outside => ("416 Range Not Satisfiable", format!("Content-Range: bytes */{size}")),
    };
    let mut head = Head::default();
    head.push_line(format!("HTTP/1.1 {status}").as_bytes());
    head.push_line(line.as_bytes());
    head.push_line(format!("ETag: {}", source.version()).as_bytes());
    head
}

fn unreadable(error: Error) -> Failure {
    Failure::transient(error.code, ErrorContext::RemoteFile, error.message)
}
