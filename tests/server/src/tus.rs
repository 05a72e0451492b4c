//! tus 1.0, strictly: what it forbids is refused and noted. Uploads have
//! addresses below `.tus/` in their area.

use crate::area::Area;
use crate::base64;
use crate::receive::{Answer, Target};
use crate::request::Request;
use crate::sha1::Sha1;

const VERSION: &str = "1.0.0";
const CONTENT_TYPE: &str = "application/offset+octet-stream";
const FOLDER: &str = ".tus/";

/// What an area says of itself.
pub(crate) fn options(area: &Area) -> Answer {
    let answer = answer(204)
        .header("Tus-Version", VERSION)
        .header("Tus-Extension", &*area.extensions)
        .header("Tus-Checksum-Algorithm", "md5,sha1");
    match area.size_max {
        u64::MAX => answer,
        size_max => answer.header("Tus-Max-Size", size_max.to_string()),
    }
}

/// True if an area takes requests of this method as tus.
pub(crate) fn is_for(area: &Area, method: &str) -> bool {
    area.tus && matches!(method, "POST" | "HEAD" | "PATCH" | "DELETE")
}

/// The client was not told what became of a request with bytes.
pub(crate) fn leave_unsure(area: &mut Area, request: &Request) {
    if request.method == "PATCH" {
        area.sessions.values_mut().for_each(|session| session.unsure = true);
    }
}

/// Looks at a request before its body is read.
pub(crate) fn begin(area: &mut Area, request: &Request, prefix: &str) -> Answer {
    match request.header("Tus-Resumable") {
        Some(VERSION) if area.tus_version == VERSION => {}
        Some(VERSION) => return answer(412).header("Tus-Version", area.tus_version),
        Some(_) | None => {
            area.violated("a request without the version of tus");
            return answer(412).header("Tus-Version", VERSION);
        }
    }
    let length = request.header("Content-Length").and_then(|text| text.parse::<u64>().ok());
    if request.method == "POST" {
        return create(area, request, prefix, length.unwrap_or(0));
    }
    let name = request.path_alone().strip_prefix(prefix).and_then(|rest| rest.strip_prefix(FOLDER));
    let id = name.map(|name| format!("{{{name}}}")).filter(|id| area.sessions.contains_key(id));
    let Some(id) = id else {
        return answer(area.gone_status);
    };
    match request.method.as_str() {
        "HEAD" => head(area, &id),
        "DELETE" if lists(area, "termination") => {
            area.sessions.remove(&id);
            answer(204)
        }
        "DELETE" => bad(area, 405, "a termination that is not offered"),
        _ => patch(area, request, &id, length),
    }
}

fn create(area: &mut Area, request: &Request, prefix: &str, length: u64) -> Answer {
    let total = request.header("Upload-Length").and_then(|text| text.parse::<u64>().ok());
    let Some(total) = total else {
        return bad(area, 400, "an upload without a length");
    };
    if !request.header("Upload-Metadata").is_some_and(is_metadata) {
        return bad(area, 400, "metadata without both names");
    }
    if total > area.size_max {
        return answer(413);
    }
    if length > 0 {
        if !lists(area, "creation-with-upload") {
            return bad(area, 400, "a creation with bytes, which is not offered");
        }
        if request.header("Content-Type") != Some(CONTENT_TYPE) {
            return bad(area, 415, "bytes of another type");
        }
        if length > total {
            return bad(area, 400, "more bytes than the file has");
        }
    }
    let id = area.open_session(request.path_alone());
    if let Some(session) = area.sessions.get_mut(&id) {
        session.total = Some(total);
        session.turn += 1;
    }
    if total == 0 {
        complete(area, &id);
    }
    let local = format!("{prefix}{FOLDER}{}", id.trim_matches(['{', '}']));
    let address = match request.header("Host").filter(|_| area.absolute) {
        Some(host) => format!("http://{host}{local}"),
        None => local,
    };
    let expires = "Fri, 01 Jan 2100 00:00:00 GMT";
    let created = answer(201).header("Location", address).header("Upload-Expires", expires);
    match length {
        0 => created,
        _ => begin_bytes(area, request, created, id),
    }
}

fn head(area: &mut Area, id: &str) -> Answer {
    let status = area.head_status;
    area.drop_unchecked(id);
    let Some(session) = area.sessions.get_mut(id) else {
        return answer(404);
    };
    session.unsure = false;
    // What still comes of an older request is not stored any more.
    session.turn += 1;
    answer(status)
        .header("Upload-Offset", session.kept.length.to_string())
        .header("Upload-Length", session.total.unwrap_or(0).to_string())
        .header("Cache-Control", "no-store")
}

fn patch(area: &mut Area, request: &Request, id: &str, length: Option<u64>) -> Answer {
    let offset = request.header("Upload-Offset").and_then(|text| text.parse::<u64>().ok());
    let Some((offset, length)) = offset.zip(length) else {
        return bad(area, 400, "bytes without an offset or a length");
    };
    if request.header("Content-Type") != Some(CONTENT_TYPE) {
        return bad(area, 415, "bytes of another type");
    }
    if length > area.piece_max {
        return answer(413);
    }
    let Some(session) = area.sessions.get_mut(id) else {
        return answer(404);
    };
    if std::mem::replace(&mut session.unsure, true) {
        return bad(area, 409, "bytes after an interruption without a question");
    }
    let (held, total) = (session.kept.length, session.total.unwrap_or(0));
    session.turn += 1;
    if offset != held {
        return bad(area, 409, "an offset that nobody told");
    }
    if offset + length > total {
        return bad(area, 400, "more bytes than the file has");
    }
    begin_bytes(area, request, answer(204), id.to_owned())
}

/// Makes ready for the bytes of a body, with the checksum that they may have.
fn begin_bytes(area: &mut Area, request: &Request, answer: Answer, id: String) -> Answer {
    let offers = lists(area, "checksum");
    let checksum = match request.header("Upload-Checksum") {
        None => None,
        Some(_) if !offers => return bad(area, 400, "a checksum that is not offered"),
        Some(told) => match told.strip_prefix("sha1 ") {
            Some(digest) => Some(digest.to_owned()),
            None => return bad(area, 400, "a checksum that is not offered"),
        },
    };
    let Some(session) = area.sessions.get_mut(&id) else {
        return answer;
    };
    session.checking = checksum.map(|told| (told, session.kept.length, Sha1::new()));
    let target = Target::Session { id, turn: session.turn, skip: 0 };
    Answer { target, ..answer }
}

/// Completes the answer once the body was read.
pub(crate) fn end(area: &mut Area, answered: Answer) -> Answer {
    let Target::Session { id, .. } = &answered.target else {
        return answered;
    };
    let Some(session) = area.sessions.get_mut(id) else {
        return answered;
    };
    session.unsure = false;
    if let Some((told, _, sha1)) = &session.checking {
        if *told != base64::encode(&sha1.clone().finish()) {
            session.unsure = true;
            area.drop_unchecked(id);
            return bad(area, 460, "a checksum that is wrong");
        }
        session.checking = None;
    }
    let held = session.kept.length;
    if session.total == Some(held) {
        complete(area, id);
    }
    answered.header("Upload-Offset", held.to_string())
}

/// The file takes its place, and its upload goes, or stays to be asked for.
fn complete(area: &mut Area, id: &str) {
    area.place(id);
    if area.moves_away {
        area.sessions.remove(id);
    }
}

fn answer(status: u16) -> Answer {
    Answer::new(status).header("Tus-Resumable", VERSION)
}

fn bad(area: &mut Area, status: u16, what: &str) -> Answer {
    area.violated(what);
    answer(status)
}

fn lists(area: &Area, extension: &str) -> bool {
    area.extensions.split(',').any(|one| one == extension)
}

fn is_metadata(text: &str) -> bool {
    let has = |name: &str| {
        let mut pairs = text.split(',').filter_map(|pair| pair.split_once(' '));
        pairs.any(|(key, value)| key == name && !value.is_empty() && base64::is_valid(value))
    };
    has("filename") && has("filetype")
}
