//! One answer, as changes of the normal one: the head and what is said of
//! the bytes. The changes of the delivery are in `reply_faults`.

use crate::base64;
use crate::content::Content;
use crate::resource::Resource;
use std::sync::Arc;

/// One answer. [`Reply::normal`] is correct HTTP; every other method adds one
/// deviation, and deviations can be combined.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub(crate) status: Option<u16>,
    pub(crate) status_line: Option<String>,
    pub(crate) informational: Vec<Informational>,
    pub(crate) header_changes: Vec<HeaderChange>,
    pub(crate) body: Option<Arc<Vec<u8>>>,
    pub(crate) content: Option<Content>,
    pub(crate) gzip: bool,
    pub(crate) etag: Override,
    pub(crate) last_modified: Override,
    pub(crate) ranges: Ranges,
    pub(crate) framing: Framing,
    pub(crate) trailers: Vec<(String, String)>,
    pub(crate) opening: Opening,
    pub(crate) events: Vec<(u64, Event)>,
    pub(crate) rate: Option<u64>,
    pub(crate) endless: Option<Endless>,
    pub(crate) no_head: bool,
    pub(crate) basic: Option<String>,
    pub(crate) proxy_basic: Option<String>,
}

/// An interim head sent before the answer.
#[derive(Clone, Debug)]
pub(crate) struct Informational {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) enum HeaderChange {
    Add(String, Vec<u8>),
    Remove(String),
    Replace(String, Vec<u8>),
}

/// A header that normally follows from the resource.
#[derive(Clone, Debug, Default)]
pub(crate) enum Override {
    #[default]
    Keep,
    Omit,
    Set(String),
}

impl Override {
    pub(crate) fn over(&self, normal: Option<&str>) -> Option<String> {
        match self {
            Override::Keep => normal.map(str::to_owned),
            Override::Omit => None,
            Override::Set(text) => Some(text.clone()),
        }
    }
}

/// How the reply treats ranges.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranges {
    pub(crate) ignore: bool,
    pub(crate) ignore_if_range: bool,
    pub(crate) shift: i64,
    pub(crate) shorter_by: u64,
    pub(crate) longest: Option<u64>,
    pub(crate) header: Override,
    pub(crate) total: Option<String>,
    pub(crate) multipart: bool,
}

/// How the end of the body is told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Framing {
    pub(crate) length: Override,
    pub(crate) second_length: Option<String>,
    pub(crate) chunked: bool,
    pub(crate) chunked_and_length: bool,
}

/// What happens between the request and the first byte of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Opening {
    #[default]
    Answer,
    Close,
    Reset,
    Stall,
    Gate,
}

/// What of an answer does not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endless {
    /// Interim answers before it.
    Interims,
    /// The lines of its head.
    Head,
    /// Its body, which comes in chunks.
    Body,
    /// The extension of the first chunk of its body.
    ChunkExtension,
    /// The lines behind the last chunk of its body.
    Trailers,
}

/// What happens once so many body bytes went out.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Switch(Box<Resource>),
    Gate,
    Stall,
    Cut,
    /// As `Cut`, but at the end of the body when the body is shorter.
    CutUnfinished,
    Reset,
}

impl Reply {
    /// The correct answer.
    pub fn normal() -> Reply {
        Reply::default()
    }

    /// Another status code. From 300 on the answer has a short text for its
    /// body and no validators; below, it keeps everything else.
    pub fn status(mut self, code: u16) -> Reply {
        self.status = Some(code);
        self
    }

    /// Another status line, sent as it is; everything else stays. The
    /// connection is closed behind the answer.
    pub fn status_line(mut self, line: impl Into<String>) -> Reply {
        self.status_line = Some(line.into());
        self
    }

    /// A redirect to a location, which may be relative.
    pub fn redirect(self, status: u16, location: impl Into<String>) -> Reply {
        let location: String = location.into();
        self.status(status).replace_header("Location", location)
    }

    /// A `Retry-After` header.
    pub fn retry_after(self, value: impl Into<String>) -> Reply {
        let value: String = value.into();
        self.replace_header("Retry-After", value)
    }

    /// An interim answer before the real one, such as 100 or 103.
    pub fn informational(self, status: u16) -> Reply {
        self.informational_with(status, &[])
    }

    /// An interim answer with headers.
    pub fn informational_with(mut self, status: u16, headers: &[(&str, &str)]) -> Reply {
        let headers =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.informational.push(Informational { status, headers });
        self
    }

    /// One more header. The value is sent byte for byte.
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Reply {
        let change = HeaderChange::Add(name.to_owned(), value.into());
        self.header_changes.push(change);
        self
    }

    /// Takes every header of this name out, those of the server included.
    pub fn without_header(mut self, name: &str) -> Reply {
        self.header_changes.push(HeaderChange::Remove(name.to_owned()));
        self
    }

    /// Puts one header in place of all of this name.
    pub fn replace_header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Reply {
        let change = HeaderChange::Replace(name.to_owned(), value.into());
        self.header_changes.push(change);
        self
    }

    /// A header of so many bytes of filler.
    pub fn huge_header(self, length: usize) -> Reply {
        self.header("X-Filler", vec![b'a'; length])
    }

    /// Another body, sent whole whatever range was asked for. The validators
    /// of the resource stay.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Reply {
        self.body = Some(Arc::new(body.into()));
        self
    }

    /// Another content under the same validators; ranges apply to it.
    pub fn content(mut self, content: Content) -> Reply {
        self.content = Some(content);
        self
    }

    /// The content as a gzip stream, with `Content-Encoding: gzip`. Ranges
    /// apply to the encoded bytes. The stream is held in memory.
    pub fn gzip_body(mut self) -> Reply {
        self.gzip = true;
        self
    }

    /// Another entity tag, which also decides `If-Range`.
    pub fn etag(mut self, etag: impl Into<String>) -> Reply {
        self.etag = Override::Set(etag.into());
        self
    }

    /// No entity tag.
    pub fn no_etag(mut self) -> Reply {
        self.etag = Override::Omit;
        self
    }

    /// Another `Last-Modified`, which also decides `If-Range`.
    pub fn last_modified(mut self, date: impl Into<String>) -> Reply {
        self.last_modified = Override::Set(date.into());
        self
    }

    /// No `Last-Modified`.
    pub fn no_last_modified(mut self) -> Reply {
        self.last_modified = Override::Omit;
        self
    }

    /// Neither validator.
    pub fn no_validators(self) -> Reply {
        self.no_etag().no_last_modified()
    }

    /// Answers 401 with a Basic challenge unless the request has these
    /// credentials.
    pub fn require_basic(mut self, user: &str, password: &str) -> Reply {
        self.basic = Some(base64::basic(user, password));
        self
    }

    /// Answers 407 with a Basic challenge unless the request has these
    /// credentials for the proxy.
    pub fn require_proxy_basic(mut self, user: &str, password: &str) -> Reply {
        self.proxy_basic = Some(base64::basic(user, password));
        self
    }

    /// Sends the whole content to a request for a range. `Accept-Ranges`
    /// stays, unless it is taken out too.
    pub fn ignore_range(mut self) -> Reply {
        self.ranges.ignore = true;
        self
    }

    /// Sends the range even where `If-Range` names something else.
    pub fn ignore_if_range(mut self) -> Reply {
        self.ranges.ignore_if_range = true;
        self
    }

    /// Starts a range so many bytes later or earlier, in data and
    /// `Content-Range` alike. The end stays.
    pub fn range_start_shift(mut self, shift: i64) -> Reply {
        self.ranges.shift = shift;
        self
    }

    /// Ends a range so many bytes earlier, in data and headers alike; at
    /// least one byte stays.
    pub fn range_shorter_by(mut self, count: u64) -> Reply {
        self.ranges.shorter_by = count;
        self
    }

    /// Refuses with 403 what asks for a range of more bytes than these.
    pub fn longest_range(mut self, bytes: u64) -> Reply {
        self.ranges.longest = Some(bytes);
        self
    }

    /// Another text in `Content-Range`, whatever the data and status are.
    pub fn content_range(mut self, value: impl Into<String>) -> Reply {
        self.ranges.header = Override::Set(value.into());
        self
    }

    /// No `Content-Range`.
    pub fn no_content_range(mut self) -> Reply {
        self.ranges.header = Override::Omit;
        self
    }

    /// Another total in `Content-Range`.
    pub fn content_range_total(mut self, total: u64) -> Reply {
        self.ranges.total = Some(total.to_string());
        self
    }

    /// An unknown total (`*`) in `Content-Range`.
    pub fn content_range_total_unknown(mut self) -> Reply {
        self.ranges.total = Some("*".to_owned());
        self
    }

    /// Sends the ranges asked for, or the whole content when none were, as
    /// parts of `multipart/byteranges`.
    pub fn multipart(mut self) -> Reply {
        self.ranges.multipart = true;
        self
    }
}
