//! The answer to one request, ready to be sent.

use crate::body::Body;
use crate::date::http_date;
use crate::reason;
use crate::reply::{Endless, Event, Framing, HeaderChange, Opening, Override, Reply};
use crate::representation::{self, Draft, Headers};
use crate::request::Request;
use crate::resource::Resource;
use std::time::SystemTime;

/// The longest body that is sent together with its head, in bytes: what fits beside it into
/// one packet of most networks.
const SMALL_BYTES_MAX: u64 = 1024;

/// Everything that goes over the connection, and what happens meanwhile.
pub(crate) struct Plan {
    pub(crate) opening: Opening,
    pub(crate) head: Vec<u8>,
    pub(crate) body: Body,
    pub(crate) chunked: bool,
    pub(crate) trailers: Vec<(String, String)>,
    /// By place, in the order they happen; none lies behind the body.
    pub(crate) events: Vec<(u64, Event)>,
    pub(crate) rate: Option<u64>,
    pub(crate) endless: Option<Endless>,
    /// Whether the connection ends with this answer.
    pub(crate) close: bool,
}

impl Plan {
    /// The answer of a resource.
    pub(crate) fn scripted(request: &Request, resource: &Resource, reply: &Reply) -> Plan {
        if request.method == "HEAD"
            && let Some(status) = resource.head_status
        {
            return Plan::plain(request, status);
        }
        if let Some(refusal) = representation::refusal(request, resource, reply) {
            return Plan::framed(request, refusal, &Reply::normal());
        }
        let draft = representation::draft(request, resource, reply);
        Plan::framed(request, draft, reply)
    }

    /// An answer of a short text that belongs to no resource.
    pub(crate) fn plain(request: &Request, status: u16) -> Plan {
        let mut draft = Draft::plain(status);
        if status == 405 {
            draft.header("Allow", "GET, HEAD");
        }
        let mut plan = Plan::framed(request, draft, &Reply::normal());
        // A body that came with the request is not read.
        plan.close |= status == 405;
        plan
    }

    /// The answer of a proxy that makes no tunnel.
    pub(crate) fn no_tunnel(request: &Request, status: u16) -> Plan {
        let mut draft = Draft::plain(status);
        if status == 407 {
            draft.header("Proxy-Authenticate", "Basic realm=\"bgcopy\"");
        }
        let mut plan = Plan::framed(request, draft, &Reply::normal());
        plan.close = true;
        plan
    }

    /// The answer to what is not a request.
    pub(crate) fn bad_request() -> Plan {
        Plan {
            opening: Opening::Answer,
            head: b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .to_vec(),
            body: Body::default(),
            chunked: false,
            trailers: Vec::new(),
            events: Vec::new(),
            rate: None,
            endless: None,
            close: true,
        }
    }

    /// Whether the connection is to be reset at some place.
    pub(crate) fn resets(&self) -> bool {
        let reset = |(_, event): &(u64, Event)| matches!(event, Event::Reset);
        self.opening == Opening::Reset || self.events.iter().any(reset)
    }

    /// True if head and body go out in one piece, as nothing happens between them.
    pub(crate) fn is_small(&self) -> bool {
        let is_plain = !self.chunked && self.rate.is_none() && self.events.is_empty();
        is_plain && self.body.len() <= SMALL_BYTES_MAX
    }

    fn framed(request: &Request, draft: Draft, reply: &Reply) -> Plan {
        let close = request.closes() || closes(&draft, reply);
        let mut headers: Headers =
            vec![("Date".to_owned(), http_date(SystemTime::now()).into_bytes())];
        headers.extend(draft.headers);
        let chunked = reply.framing.chunked && !reason::bodiless(draft.status);
        if !reason::bodiless(draft.status) {
            headers.extend(framing(&reply.framing, draft.body.len()));
        }
        if chunked && !reply.trailers.is_empty() {
            let names: Vec<&str> = reply.trailers.iter().map(|(name, _)| &**name).collect();
            headers.push(("Trailer".to_owned(), names.join(", ").into_bytes()));
        }
        let by_end = matches!(reply.framing.length, Override::Omit) && !reply.framing.chunked;
        if request.closes() || by_end {
            headers.push(("Connection".to_owned(), b"close".to_vec()));
        }
        for change in &reply.header_changes {
            apply(change, &mut headers);
        }
        let close = close || says_close(&headers);
        let with_body = request.method != "HEAD";
        let body = if with_body { draft.body } else { Body::default() };
        Plan {
            opening: reply.opening,
            head: head(reply, draft.status, &headers),
            events: events(reply, body.len()),
            body,
            chunked: chunked && with_body && !reply.no_head,
            trailers: reply.trailers.clone(),
            rate: reply.rate,
            endless: reply.endless,
            close,
        }
    }
}

/// Whether the client could not tell where the answer ends, or is told wrong.
fn closes(draft: &Draft, reply: &Reply) -> bool {
    let framing = &reply.framing;
    let length_told = match &framing.length {
        Override::Keep => true,
        Override::Omit => framing.chunked,
        Override::Set(text) => *text == draft.body.len().to_string(),
    };
    let framing_changed = reply.header_changes.iter().any(|change| {
        let name = match change {
            HeaderChange::Add(name, _)
            | HeaderChange::Remove(name)
            | HeaderChange::Replace(name, _) => name,
        };
        name.eq_ignore_ascii_case("Content-Length")
            || name.eq_ignore_ascii_case("Transfer-Encoding")
    });
    !length_told
        || framing_changed
        || framing.second_length.is_some()
        || framing.chunked_and_length
        || reply.status_line.is_some()
        || reply.no_head
}

fn framing(framing: &Framing, length: u64) -> Headers {
    let mut headers = Headers::new();
    let normal = length.to_string();
    let asked = matches!(framing.length, Override::Set(_)) || framing.second_length.is_some();
    if !framing.chunked || framing.chunked_and_length || asked {
        if let Some(text) = framing.length.over(Some(&normal)) {
            headers.push(("Content-Length".to_owned(), text.into_bytes()));
        }
        if let Some(text) = &framing.second_length {
            headers.push(("Content-Length".to_owned(), text.clone().into_bytes()));
        }
    }
    if framing.chunked {
        headers.push(("Transfer-Encoding".to_owned(), b"chunked".to_vec()));
    }
    headers
}

fn apply(change: &HeaderChange, headers: &mut Headers) {
    match change {
        HeaderChange::Add(name, value) => headers.push((name.clone(), value.clone())),
        HeaderChange::Remove(name) => headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name)),
        HeaderChange::Replace(name, value) => {
            headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
            headers.push((name.clone(), value.clone()));
        }
    }
}

fn says_close(headers: &Headers) -> bool {
    headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("Connection") && value.eq_ignore_ascii_case(b"close")
    })
}

fn head(reply: &Reply, status: u16, headers: &Headers) -> Vec<u8> {
    let mut head = Vec::new();
    if reply.no_head {
        return head;
    }
    for interim in &reply.informational {
        head.extend(status_line(interim.status).into_bytes());
        for (name, value) in &interim.headers {
            head.extend(format!("{name}: {value}\r\n").into_bytes());
        }
        head.extend(b"\r\n");
    }
    match &reply.status_line {
        Some(line) => head.extend(format!("{line}\r\n").into_bytes()),
        None => head.extend(status_line(status).into_bytes()),
    }
    for (name, value) in headers {
        head.extend(name.as_bytes());
        head.extend(b": ");
        head.extend(value);
        head.extend(b"\r\n");
    }
    head.extend(b"\r\n");
    head
}

fn status_line(status: u16) -> String {
    format!("HTTP/1.1 {status} {}\r\n", reason::phrase(status))
}

/// The events that this body reaches, in the order they happen.
fn events(reply: &Reply, length: u64) -> Vec<(u64, Event)> {
    let mut events: Vec<_> = reply
        .events
        .iter()
        .map(|(at, event)| match event {
            Event::CutUnfinished => (length.min(*at), event.clone()),
            Event::Switch(_) | Event::Gate | Event::Stall | Event::Cut | Event::Reset => {
                (*at, event.clone())
            }
        })
        .filter(|(at, _)| *at <= length)
        .collect();
    events.sort_by_key(|(at, event)| (*at, order(event)));
    events
}

/// At one place, what lets the reply go on comes before what ends it.
fn order(event: &Event) -> u8 {
    match event {
        Event::Switch(_) => 0,
        Event::Gate => 1,
        Event::Stall => 2,
        Event::Cut | Event::CutUnfinished | Event::Reset => 3,
    }
}
