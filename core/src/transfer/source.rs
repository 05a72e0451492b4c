//! Sources in the local file system, told in the words of HTTP.
//!
//! A `file` URL has no response head. One is made from the file's size and
//! time, so that the rules for versions and ranges are the same ones.

use std::path::PathBuf;

use crate::disk;
use crate::protocol::{Head, Request, Scheme};
use crate::vocab::{Error, Result, code};

use super::receiver::Order;

/// What is known before a request starts.
#[derive(Debug, Default)]
pub struct Prepared {
    /// For `file` URLs: where the file is, its version, and the made-up head.
    pub source: Option<Source>,
}

/// A local source as it was when the request began.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    version: String,
    head: Head,
    /// False if the request's range is not to be used, as the file changed.
    ranged: bool,
}

impl Prepared {
    /// The range in curl's form, if there is one to be sent.
    pub fn curl_range(&self, request: &Request) -> Option<String> {
        if self.source.as_ref().is_some_and(|source| !source.ranged) {
            return None;
        }
        request.range.map(|(first, last)| match last {
            Some(last) => format!("{first}-{last}"),
            None => format!("{first}-"),
        })
    }
}

impl Source {
    /// The head that stands for the missing one.
    pub fn head(&self) -> Head {
        self.head.clone()
    }

    /// True if the file is still the one that was announced.
    pub fn is_unchanged(&self) -> bool {
        disk::source_facts(&self.path).is_ok_and(|facts| facts.version == self.version)
    }
}

/// Looks at a local source before it is read; does nothing for http.
pub fn prepare(order: &Order) -> Result<Prepared> {
    let request = &order.request;
    if Scheme::of(&request.url) == Scheme::Http {
        return Ok(Prepared::default());
    }
    let path = url::Url::parse(&request.url)
        .ok()
        .and_then(|url| url.to_file_path().ok())
        .ok_or_else(|| Error::new(code::E_INVALIDARG, "the URL names no local file"))?;
    let facts = disk::source_facts(&path)?;
    let same = request.if_range.as_ref().is_none_or(|version| *version == facts.version);
    let mut head = Head::default();
    let mut ranged = false;
    match request.range.filter(|_| same) {
        Some((first, _)) if first >= facts.size => {
            head.push_line(b"HTTP/1.1 416 Range Not Satisfiable");
            head.push_line(format!("Content-Range: bytes */{}", facts.size).as_bytes());
        }
        Some((first, last)) => {
            let end = last.map_or(facts.size - 1, |last| last.min(facts.size - 1));
            head.push_line(b"HTTP/1.1 206 Partial Content");
            head.push_line(format!("Content-Range: bytes {first}-{end}/{}", facts.size).as_bytes());
            ranged = true;
        }
        None => {
            head.push_line(b"HTTP/1.1 200 OK");
            head.push_line(format!("Content-Length: {}", facts.size).as_bytes());
        }
    }
    head.push_line(format!("ETag: {}", facts.version).as_bytes());
    Ok(Prepared { source: Some(Source { path, version: facts.version, head, ranged }) })
}
