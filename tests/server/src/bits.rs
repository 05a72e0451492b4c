//! The BITS upload protocol, strictly: what it forbids is refused and noted.

use crate::area::{Area, Overlap, Unknown};
use crate::date::http_date;
use crate::receive::{Answer, SILENCE, Target};
use crate::request::Request;
use std::time::SystemTime;

/// "BITS 1.5 upload".
const PROTOCOL: &str = "{7df0354d-249b-430f-820d-3d2a9bef4931}";

/// No header value is longer than this.
const VALUE_BYTES_MAX: usize = 4096;

const E_INVALIDARG: u32 = 0x8007_0057;
const E_ACCESSDENIED: u32 = 0x8007_0005;
const BG_E_SESSION_NOT_FOUND: u32 = 0x8020_001F;
const BG_E_TOO_LARGE: u32 = 0x8020_0020;

/// Looks at a packet before its body is read.
pub(crate) fn begin(area: &mut Area, request: &Request, kind: &str, length: Option<u64>) -> Answer {
    if request.headers.iter().any(|(_, value)| value.len() > VALUE_BYTES_MAX) {
        return bad(area, "a header over 4 KB");
    }
    let Some(length) = length else {
        return bad(area, "no Content-Length");
    };
    if let Some(name) = request.header("Content-Name")
        && (name.is_empty()
            || name.len() > 260
            || name.contains(['\\', '/', ':', '*', '?', '"', '<', '>', '|']))
    {
        return bad(area, "a Content-Name that is none");
    }
    let is = |packet: &str| kind.eq_ignore_ascii_case(packet);
    if !is("Fragment") && length != 0 {
        return bad(area, &format!("{kind} with a body"));
    }
    if is("Ping") {
        return ack(200);
    }
    if is("Create-Session") {
        return create(area, request);
    }
    if !["Fragment", "Close-Session", "Cancel-Session"].into_iter().any(is) {
        return bad(area, &format!("the packet type {kind}"));
    }
    let Some(id) = request.header("BITS-Session-Id").map(str::to_owned) else {
        return bad(area, &format!("{kind} without a session"));
    };
    let path = request.path_alone();
    if area.sessions.get(&id).is_none_or(|session| session.path != path) {
        return match area.unknown {
            Unknown::Said => failed(area, 500, BG_E_SESSION_NOT_FOUND),
            Unknown::Status(status) => Answer::new(status),
            Unknown::Silence => Answer::new(SILENCE),
        };
    }
    if is("Fragment") {
        return fragment(area, request, &id, length);
    }
    if is("Close-Session") {
        return close(area, &id);
    }
    // After the last fragment the file stays, before it nothing does.
    if area.places_on_last_fragment && is_whole(area, &id) {
        area.place(&id);
    }
    area.sessions.remove(&id);
    ack(200)
}

/// Completes the answer once the body was read.
pub(crate) fn end(area: &mut Area, answer: Answer) -> Answer {
    let Target::Session { id, .. } = &answer.target else {
        return answer;
    };
    let held = area.sessions.get(id).map_or(0, |session| session.kept.length);
    if area.places_on_last_fragment && is_whole(area, id) {
        area.place(id);
    }
    let session = area.sessions.get(id).filter(|_| area.overlap == Overlap::StoreUnsaid);
    let held = session.map_or(held, |session| session.end);
    let is_last = area.sessions.get(id).is_some_and(|session| session.total == Some(held));
    let reply = area.reply_url.as_ref().filter(|_| is_last);
    let answer = answer.header("BITS-Received-Content-Range", held.to_string());
    match reply {
        Some(url) => answer.header("BITS-Reply-URL", url),
        None => answer,
    }
}

fn create(area: &mut Area, request: &Request) -> Answer {
    let offered = request.header("BITS-Supported-Protocols").unwrap_or("");
    let knows = offered.split([' ', ',']).any(|one| one.eq_ignore_ascii_case(PROTOCOL));
    if !knows {
        return bad(area, "no known protocol");
    }
    let path = request.path_alone();
    if path.ends_with('/') {
        return failed(area, 400, E_INVALIDARG);
    }
    if !area.overwrites && area.files.contains_key(path) {
        return failed(area, 403, E_ACCESSDENIED);
    }
    let id = area.open_session(path);
    let mut answer = ack(200)
        .header("BITS-Protocol", PROTOCOL)
        .header("BITS-Session-Id", id)
        .header("Date", http_date(SystemTime::now()))
        .header("Accept-Encoding", "identity");
    if let Some((host, timeout_s)) = &area.host {
        answer = answer
            .header("BITS-Host-Id", host)
            .header("BITS-Host-Id-Fallback-Timeout", timeout_s.to_string());
    }
    answer
}

fn fragment(area: &mut Area, request: &Request, id: &str, length: u64) -> Answer {
    let range = request.header("Content-Range").and_then(parse_range);
    let Some((first, last, total)) = range else {
        return bad(area, "a Fragment without a valid Content-Range");
    };
    if last - first + 1 != length {
        return bad(area, "a Fragment of another length than its Content-Range");
    }
    let (piece_max, size_max, overlap) = (area.piece_max, area.size_max, area.overlap);
    let Some(session) = area.sessions.get_mut(id) else {
        return failed(area, 500, BG_E_SESSION_NOT_FOUND);
    };
    if *session.total.get_or_insert(total) != total {
        return bad(area, "a total that changes");
    }
    if total > size_max {
        return failed(area, 500, BG_E_TOO_LARGE);
    }
    if length > piece_max {
        return ack(413);
    }
    let expected = session.kept.length;
    let stores = match first.cmp(&expected) {
        std::cmp::Ordering::Equal => true,
        std::cmp::Ordering::Less => overlap != Overlap::Refuse,
        std::cmp::Ordering::Greater => {
            area.violated(format!("a gap: {first} after {expected}"));
            false
        }
    };
    if !stores {
        let answer = ack(416).header("BITS-Received-Content-Range", expected.to_string());
        return match area.reply_url.as_ref().filter(|_| expected == total) {
            Some(url) => answer.header("BITS-Reply-URL", url),
            None => answer,
        };
    }
    let Some(session) = area.sessions.get_mut(id) else {
        return failed(area, 500, BG_E_SESSION_NOT_FOUND);
    };
    session.turn += 1;
    let skip = match overlap {
        Overlap::Refuse | Overlap::Drop => expected - first,
        Overlap::Store | Overlap::StoreUnsaid => 0,
    };
    session.end = last + 1;
    let target = Target::Session { id: id.to_owned(), turn: session.turn, skip };
    Answer { target, ..ack(200) }
}

fn close(area: &mut Area, id: &str) -> Answer {
    let placed = area.sessions.get(id).is_some_and(|session| session.placed);
    if !placed && !is_whole(area, id) && area.overlap != Overlap::StoreUnsaid {
        area.violated("a close before all bytes were there");
        area.sessions.remove(id);
        return ack(200);
    }
    area.place(id);
    area.sessions.remove(id);
    ack(200)
}

fn is_whole(area: &Area, id: &str) -> bool {
    area.sessions.get(id).is_some_and(|session| session.total == Some(session.kept.length))
}

fn ack(status: u16) -> Answer {
    Answer::new(status).header("BITS-Packet-Type", "Ack")
}

fn failed(area: &Area, status: u16, code: u32) -> Answer {
    ack(status)
        .header(area.error_header, format!("0x{code:08X}"))
        .header("BITS-Error-Context", "0x5")
}

fn bad(area: &mut Area, what: &str) -> Answer {
    area.violated(what);
    failed(area, 400, E_INVALIDARG)
}

/// First and last byte and total of a Content-Range.
pub(crate) fn parse_range(text: &str) -> Option<(u64, u64, u64)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last, total) = (first.parse().ok()?, last.parse().ok()?, total.parse().ok()?);
    (first <= last && last < total).then_some((first, last, total))
}
