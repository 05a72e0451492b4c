//! What an answer says and contains, before it is framed.

use crate::body::Body;
use crate::content::Content;
use crate::gzip;
use crate::range::{self, Spec};
use crate::reason;
use crate::reply::Reply;
use crate::request::Request;
use crate::resource::Resource;

const BOUNDARY: &str = "bgcopy-part-5f2c91";

/// Headers in order; values are bytes, as a test may want odd ones.
pub(crate) type Headers = Vec<(String, Vec<u8>)>;

/// An answer without its framing.
pub(crate) struct Draft {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Body,
}

impl Draft {
    /// An answer of a short text.
    pub(crate) fn plain(status: u16) -> Draft {
        let text = format!("{status} {}\n", reason::phrase(status));
        let mut draft = Draft { status, headers: Headers::new(), body: Body::default() };
        if !reason::bodiless(status) {
            draft.header("Content-Type", "text/plain");
            draft.body = Body::literal(text);
        }
        draft
    }

    pub(crate) fn header(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.headers.push((name.to_owned(), value.into()));
    }
}

enum Selection {
    Whole,
    Parts(Vec<(u64, u64)>),
    Unsatisfiable,
}

/// What the resource answers to the request under the changes of the reply.
pub(crate) fn draft(request: &Request, resource: &Resource, reply: &Reply) -> Draft {
    if let Some(status) = reply.status.filter(|status| !(200..300).contains(status)) {
        let mut draft = Draft::plain(status);
        if let Some(body) = &reply.body
            && !reason::bodiless(status)
        {
            draft.body = Body::of(&Content::Bytes(body.clone()));
        }
        add_content_range(&mut draft, reply, None);
        return draft;
    }
    let etag = reply.etag.over(resource.etag.as_deref());
    let last_modified = reply.last_modified.over(resource.last_modified.as_deref());
    let content = encoded(resource, reply);
    let selection = if reply.body.is_some() {
        Selection::Whole
    } else {
        let validators = (etag.as_deref(), last_modified.as_deref());
        select(request, reply, validators, content.len())
    };
    let mut draft = match selection {
        Selection::Whole => whole(reply, &content),
        Selection::Parts(parts) if reply.ranges.multipart => multipart(&content, &parts, reply),
        Selection::Parts(parts) => partial(&content, parts[0], reply),
        Selection::Unsatisfiable => {
            let mut draft = Draft::plain(416);
            let normal = ("*".to_owned(), content.len());
            add_content_range(&mut draft, reply, Some(normal));
            draft
        }
    };
    if draft.status != 416 {
        draft.header("Accept-Ranges", "bytes");
        if reply.gzip {
            draft.header("Content-Encoding", "gzip");
        }
        if let Some(etag) = etag {
            draft.header("ETag", etag);
        }
        if let Some(date) = last_modified {
            draft.header("Last-Modified", date);
        }
    }
    draft.status = reply.status.unwrap_or(draft.status);
    if reason::bodiless(draft.status) {
        draft.body = Body::default();
    }
    draft
}

/// The answer to a request that lacks credentials the reply asks for.
pub(crate) fn refusal(request: &Request, resource: &Resource, reply: &Reply) -> Option<Draft> {
    if asks_for_too_much(request, resource, reply) {
        return Some(Draft::plain(403));
    }
    let checks =
        [(&reply.proxy_basic, "Proxy-Authorization", 407), (&reply.basic, "Authorization", 401)];
    let (.., status) = checks.into_iter().find(|(wanted, name, _)| {
        let given = request.header(name);
        wanted.as_deref().is_some_and(|it| given != Some(it))
    })?;
    let mut draft = Draft::plain(status);
    let challenge = if status == 407 { "Proxy-Authenticate" } else { "WWW-Authenticate" };
    draft.header(challenge, "Basic realm=\"bgcopy\"");
    Some(draft)
}

fn asks_for_too_much(request: &Request, resource: &Resource, reply: &Reply) -> bool {
    let total = encoded(resource, reply).len();
    let ranges = request.header("Range").and_then(range::parse).unwrap_or_default();
    let length = |(first, last): (u64, u64)| last - first + 1;
    let longest = ranges.into_iter().filter_map(|one| one.resolve(total)).map(length).max();
    reply.ranges.longest.is_some_and(|most| longest > Some(most))
}

fn encoded(resource: &Resource, reply: &Reply) -> Content {
    let content = reply.content.as_ref().unwrap_or(&resource.content);
    if reply.gzip { Content::bytes(gzip::stream(content)) } else { content.clone() }
}

fn select(
    request: &Request,
    reply: &Reply,
    (etag, last_modified): (Option<&str>, Option<&str>),
    length: u64,
) -> Selection {
    let everything = if reply.ranges.multipart && length > 0 && request.method == "GET" {
        Selection::Parts(vec![(0, length - 1)])
    } else {
        Selection::Whole
    };
    // Ranges are defined for GET alone.
    if reply.ranges.ignore || request.method != "GET" {
        return Selection::Whole;
    }
    let Some(specs) = request.header("Range").and_then(range::parse) else {
        return everything;
    };
    let current = request
        .header("If-Range")
        .is_none_or(|value| range::if_range_holds(value, etag, last_modified));
    if !current && !reply.ranges.ignore_if_range {
        return everything;
    }
    // Several ranges may be answered with the whole; so may the end of an
    // empty content, which no Content-Range can name.
    let end_of_nothing = length == 0 && matches!(specs[0], Spec::Suffix(1..));
    if (specs.len() > 1 && !reply.ranges.multipart) || end_of_nothing {
        return Selection::Whole;
    }
    let parts: Vec<_> = specs
        .into_iter()
        .filter_map(|spec| spec.resolve(length))
        .map(|part| moved(part, reply, length))
        .collect();
    if parts.is_empty() { Selection::Unsatisfiable } else { Selection::Parts(parts) }
}

/// A range under the changes of the reply, which never leave the content.
fn moved((first, last): (u64, u64), reply: &Reply, length: u64) -> (u64, u64) {
    let first = first.saturating_add_signed(reply.ranges.shift).min(length - 1);
    let last = last.saturating_sub(reply.ranges.shorter_by).max(first);
    (first, last)
}

fn whole(reply: &Reply, content: &Content) -> Draft {
    let body = match &reply.body {
        Some(body) => Body::of(&Content::Bytes(body.clone())),
        None => Body::of(content),
    };
    let mut draft = Draft { status: 200, headers: Headers::new(), body };
    draft.header("Content-Type", "application/octet-stream");
    add_content_range(&mut draft, reply, None);
    draft
}

fn partial(content: &Content, part: (u64, u64), reply: &Reply) -> Draft {
    let mut draft = Draft { status: 206, headers: Headers::new(), body: Body::part(content, part) };
    draft.header("Content-Type", "application/octet-stream");
    let normal = (format!("{}-{}", part.0, part.1), content.len());
    add_content_range(&mut draft, reply, Some(normal));
    draft
}

fn multipart(content: &Content, parts: &[(u64, u64)], reply: &Reply) -> Draft {
    let mut body = Body::default();
    for part in parts {
        let normal = (format!("{}-{}", part.0, part.1), content.len());
        let mut head = format!("--{BOUNDARY}\r\nContent-Type: application/octet-stream\r\n");
        if let Some(value) = content_range(reply, Some(normal)) {
            head.push_str(&format!("Content-Range: {value}\r\n"));
        }
        head.push_str("\r\n");
        body.append(Body::literal(head));
        body.append(Body::part(content, *part));
        body.append(Body::literal("\r\n"));
    }
    body.append(Body::literal(format!("--{BOUNDARY}--\r\n")));
    let mut draft = Draft { status: 206, headers: Headers::new(), body };
    let media_type = format!("multipart/byteranges; boundary={BOUNDARY}");
    draft.header("Content-Type", media_type);
    draft
}

fn add_content_range(draft: &mut Draft, reply: &Reply, normal: Option<(String, u64)>) {
    if let Some(value) = content_range(reply, normal) {
        draft.header("Content-Range", value);
    }
}

fn content_range(reply: &Reply, normal: Option<(String, u64)>) -> Option<String> {
    let normal = normal.map(|(place, length)| match &reply.ranges.total {
        Some(total) => format!("bytes {place}/{total}"),
        None => format!("bytes {place}/{length}"),
    });
    reply.ranges.header.over(normal.as_deref())
}
