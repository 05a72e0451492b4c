//! Resumable uploads of the IETF (draft-ietf-httpbis-resumable-upload-12),
//! strictly: what it forbids is refused and noted.

use crate::area::Area;
use crate::date::http_date;
use crate::receive::{Answer, Target};
use crate::request::Request;
use std::time::SystemTime;

/// The media type of a piece.
const PARTIAL: &str = "application/partial-upload";

/// The type of problem details begins like this.
const PROBLEM: &str = "https://iana.org/assignments/http-problem-types#";

/// Below the prefix of the area, each upload has a resource of its own here.
const FOLDER: &str = "resumable/";

/// How an area takes such uploads.
#[derive(Clone, Debug)]
pub struct Ietf {
    pub(crate) interop: u32,
    pub(crate) tells_interop: bool,
    pub(crate) interim: bool,
    pub(crate) progress: Option<u64>,
    pub(crate) says_limits: bool,
    pub(crate) says_offsets: bool,
    pub(crate) forgets_finished: bool,
    pub(crate) methods: Vec<&'static str>,
    pub(crate) size_max: Option<u64>,
    pub(crate) size_min: Option<u64>,
    pub(crate) append_max: Option<u64>,
    pub(crate) append_min: Option<u64>,
    pub(crate) really_append_max: Option<u64>,
    pub(crate) max_age_s: Option<u64>,
}

impl Default for Ietf {
    fn default() -> Self {
        Self {
            interop: 8,
            tells_interop: false,
            interim: true,
            progress: None,
            says_limits: true,
            says_offsets: true,
            forgets_finished: false,
            methods: vec!["PUT", "POST"],
            size_max: None,
            size_min: None,
            append_max: None,
            append_min: None,
            really_append_max: None,
            max_age_s: None,
        }
    }
}

impl Ietf {
    /// Uploads by POST and by PUT, without limits, announced by 104.
    pub fn new() -> Ietf {
        Ietf::default()
    }

    /// Speaks another iteration of the draft. Requests of other iterations are
    /// refused with 412; if `tells`, each answer names its own.
    pub fn interop(mut self, version: u32, tells: bool) -> Ietf {
        self.interop = version;
        self.tells_interop = tells;
        self
    }

    /// Sends no answers with status 104.
    pub fn without_interim(mut self) -> Ietf {
        self.interim = false;
        self
    }

    /// Tells the offset with a 104 after each so many bytes of a body.
    pub fn progress_each(mut self, bytes: u64) -> Ietf {
        self.progress = Some(bytes);
        self
    }

    /// Tells limits with the upload and not in its answer to OPTIONS.
    pub fn quiet_options(mut self) -> Ietf {
        self.says_limits = false;
        self
    }

    /// Does not repeat the offset in its answers to pieces.
    pub fn without_offsets(mut self) -> Ietf {
        self.says_offsets = false;
        self
    }

    /// Knows nothing of an upload once its file is in its place.
    pub fn forgets_finished(mut self) -> Ietf {
        self.forgets_finished = true;
        self
    }

    /// Creates uploads by POST alone.
    pub fn post_only(mut self) -> Ietf {
        self.methods = vec!["POST"];
        self
    }

    /// Takes no file outside of these sizes in bytes.
    pub fn sizes(mut self, least: u64, most: u64) -> Ietf {
        (self.size_min, self.size_max) = (Some(least), Some(most));
        self
    }

    /// Takes no bodies outside of these sizes in bytes; the last one of a file
    /// may be smaller.
    pub fn appends(mut self, least: u64, most: u64) -> Ietf {
        (self.append_min, self.append_max) = (Some(least), Some(most));
        self
    }

    /// Refuses longer bodies without having said so.
    pub fn really_appends(mut self, most: u64) -> Ietf {
        self.really_append_max = Some(most);
        self
    }

    /// Says that uploads end after so many seconds.
    pub fn max_age_s(mut self, seconds: u64) -> Ietf {
        self.max_age_s = Some(seconds);
        self
    }

    fn limits(&self) -> String {
        // Older iterations have another name for the age.
        let age = if self.interop < 7 { "expires" } else { "max-age" };
        let all = [
            ("max-size", self.size_max),
            ("min-size", self.size_min),
            ("max-append-size", self.append_max),
            ("min-append-size", self.append_min),
            (age, self.max_age_s),
        ];
        let told = all.iter().filter_map(|(name, value)| Some(format!("{name}={}", (*value)?)));
        // Receivers pass over what they do not know.
        told.chain(["x-unknown=\"a, b\";p=1".to_owned()]).collect::<Vec<_>>().join(", ")
    }
}

/// Looks at a request before its body is read; None if it is none of these.
pub(crate) fn begin(
    area: &mut Area,
    request: &Request,
    prefix: &str,
    length: Option<u64>,
) -> Option<Answer> {
    let ietf = area.ietf.clone()?;
    let id = request.path_alone().strip_prefix(prefix)?.strip_prefix(FOLDER).map(braced);
    let method = request.method.as_str();
    let creates = ["PUT", "POST"].contains(&method) && request.header("Upload-Complete").is_some();
    if id.is_none() && !creates {
        return (method == "OPTIONS" && area.says_how).then(|| options(&ietf));
    }
    let version = request.header("Upload-Draft-Interop-Version");
    let Some(version) = version.and_then(|text| text.parse::<u32>().ok()) else {
        return Some(bad(area, "no interop version"));
    };
    if version != ietf.interop {
        return Some(told(&ietf, Answer::new(412)));
    }
    let answer = match (id, method) {
        (None, _) => create(area, &ietf, request, prefix, length),
        (Some(id), "HEAD") => offset(area, &ietf, &id),
        (Some(id), "PATCH") => append(area, &ietf, request, &id, length),
        (Some(id), "DELETE") => match area.sessions.remove(&id) {
            Some(_) => Answer::new(204),
            None => Answer::new(404),
        },
        (Some(_), _) => Answer::new(405).header("Allow", "HEAD, PATCH, DELETE"),
    };
    Some(told(&ietf, answer))
}

/// Completes the answer once the body was read.
pub(crate) fn end(area: &mut Area, request: &Request, prefix: &str, answer: Answer) -> Answer {
    let (Some(ietf), Target::Session { id, turn, .. }) = (area.ietf.clone(), &answer.target) else {
        return answer;
    };
    let (id, turn) = (id.clone(), *turn);
    let session = area.sessions.get(&id);
    if session.is_some_and(|session| session.turn != turn) {
        // A newer request has the upload: what this one sent was not taken.
        return Answer::new(409);
    }
    let held = session.map_or(0, |session| session.kept.length);
    if request.header("Upload-Complete") == Some("?1") {
        area.place(&id);
        if ietf.forgets_finished {
            area.sessions.remove(&id);
        }
        let answer = Answer { status: 201, ..answer };
        return answer.header("Upload-Complete", "?1");
    }
    let answer = match request.method.as_str() {
        "PATCH" => Answer { status: 204, ..answer },
        _ => Answer { status: 201, ..answer }
            .header("Date", http_date(SystemTime::now()))
            .header("Location", location(prefix, &id))
            .header("Upload-Limit", ietf.limits()),
    };
    let answer = answer.header("Upload-Complete", "?0");
    match ietf.says_offsets {
        true => answer.header("Upload-Offset", held.to_string()),
        false => answer,
    }
}

fn options(ietf: &Ietf) -> Answer {
    let methods = ietf.methods.join(", ");
    let answer = Answer::new(204)
        .header("Allow", format!("OPTIONS, HEAD, {methods}"))
        .header("Accept-Patch", format!("text/plain, {PARTIAL};q=1"));
    let answer = match ietf.says_limits {
        true => answer.header("Upload-Limit", ietf.limits()),
        false => answer,
    };
    told(ietf, answer)
}

fn told(ietf: &Ietf, answer: Answer) -> Answer {
    match ietf.tells_interop {
        true => answer.header("Upload-Draft-Interop-Version", ietf.interop.to_string()),
        false => answer,
    }
}

fn create(
    area: &mut Area,
    ietf: &Ietf,
    request: &Request,
    prefix: &str,
    length: Option<u64>,
) -> Answer {
    if !ietf.methods.contains(&request.method.as_str()) {
        return Answer::new(405).header("Allow", ietf.methods.join(", "));
    }
    let (complete, length) = match framing(area, request, length) {
        Ok(framing) => framing,
        Err(refusal) => return refusal,
    };
    let total = match (complete, number(request, "Upload-Length")) {
        (true, Some(total)) if total != length => return inconsistent(area),
        (true, _) => Some(length),
        (false, total) => total,
    };
    if !area.overwrites && area.files.contains_key(request.path_alone()) {
        return Answer::new(403);
    }
    let total_max = ietf.size_max.unwrap_or(u64::MAX).min(area.size_max);
    if total.is_some_and(|total| total > total_max) {
        return Answer::new(413).header("Upload-Limit", ietf.limits());
    }
    if ietf.size_min.is_some_and(|least| total.is_none_or(|total| total < least)) {
        return Answer::new(400).header("Upload-Limit", ietf.limits());
    }
    if let Some(refusal) = piece(area, ietf, complete, length, ietf.says_limits) {
        return refusal;
    }
    let id = area.open_session(request.path_alone());
    let target = Target::Session { id: id.clone(), turn: 0, skip: 0 };
    if let Some(session) = area.sessions.get_mut(&id) {
        session.total = total;
    }
    let interim = ietf.interim.then(|| {
        vec![
            ("Date".to_owned(), http_date(SystemTime::now())),
            ("Location".to_owned(), location(prefix, &id)),
            ("Upload-Draft-Interop-Version".to_owned(), ietf.interop.to_string()),
            ("Upload-Limit".to_owned(), ietf.limits()),
        ]
    });
    Answer { target, interim, ..Answer::new(201) }
}

fn offset(area: &mut Area, ietf: &Ietf, id: &str) -> Answer {
    let Some(session) = area.sessions.get_mut(id) else {
        return Answer::new(404);
    };
    // What a request before this one still sends is not taken any more.
    session.turn += 1;
    let mut answer = Answer::new(204)
        .header("Upload-Offset", session.kept.length.to_string())
        .header("Upload-Complete", if session.placed { "?1" } else { "?0" })
        .header("Upload-Limit", ietf.limits())
        .header("Cache-Control", "no-store");
    if let Some(total) = session.total {
        answer = answer.header("Upload-Length", total.to_string());
    }
    answer
}

fn append(
    area: &mut Area,
    ietf: &Ietf,
    request: &Request,
    id: &str,
    length: Option<u64>,
) -> Answer {
    if request.header("Content-Type") != Some(PARTIAL) {
        area.violated("a piece of another type");
        return Answer::new(415).header("Accept-Patch", PARTIAL);
    }
    let (complete, length) = match framing(area, request, length) {
        Ok(framing) => framing,
        Err(refusal) => return refusal,
    };
    let Some(first) = number(request, "Upload-Offset") else {
        return bad(area, "a piece without an offset");
    };
    let Some(session) = area.sessions.get_mut(id) else {
        return Answer::new(404);
    };
    session.turn += 1;
    let (turn, held) = (session.turn, session.kept.length);
    if session.placed {
        return match length {
            0 => problem(400, "completed-upload", "the upload is complete already"),
            _ => inconsistent(area),
        };
    }
    if first != held {
        *area.served.entry("409".to_owned()).or_default() += 1;
        return problem(409, "mismatching-upload-offset", "another offset was expected")
            .header("Upload-Offset", held.to_string());
    }
    let total = session.total.or(complete.then_some(held + length));
    session.total = total;
    let fits = total.is_none_or(|total| match complete {
        true => held + length == total,
        false => held + length <= total,
    });
    if !fits || number(request, "Upload-Length").is_some_and(|told| Some(told) != total) {
        return inconsistent(area);
    }
    if let Some(refusal) = piece(area, ietf, complete, length, true) {
        return refusal;
    }
    let target = Target::Session { id: id.to_owned(), turn, skip: 0 };
    Answer { target, ..Answer::new(204) }
}

/// Whether the request completes the upload, and the length of its body.
#[allow(clippy::result_large_err, reason = "once for each request of a test")]
fn framing(area: &mut Area, request: &Request, length: Option<u64>) -> Result<(bool, u64), Answer> {
    let complete = match request.header("Upload-Complete") {
        Some("?1") => true,
        Some("?0") => false,
        _ => return Err(bad(area, "no valid Upload-Complete")),
    };
    match length {
        Some(length) => Ok((complete, length)),
        None => Err(bad(area, "no Content-Length")),
    }
}

/// Why a body of this length is not taken; a client that knows the limits
/// keeps to them.
fn piece(area: &mut Area, ietf: &Ietf, complete: bool, length: u64, known: bool) -> Option<Answer> {
    let most = ietf.append_max.unwrap_or(u64::MAX);
    let least = ietf.append_min.filter(|_| !complete).unwrap_or(0);
    if known && !(least..=most).contains(&length) {
        area.violated(format!("a piece of {length} bytes"));
    }
    if length > most.min(ietf.really_append_max.unwrap_or(u64::MAX)) {
        return Some(Answer::new(413).header("Upload-Limit", ietf.limits()));
    }
    (length < least).then(|| Answer::new(400).header("Upload-Limit", ietf.limits()))
}

fn number(request: &Request, name: &str) -> Option<u64> {
    request.header(name)?.parse().ok()
}

fn location(prefix: &str, id: &str) -> String {
    format!("{prefix}{FOLDER}{}", id.trim_matches(['{', '}']))
}

fn braced(id: &str) -> String {
    format!("{{{id}}}")
}

fn inconsistent(area: &mut Area) -> Answer {
    area.violated("lengths that do not fit");
    problem(400, "inconsistent-upload-length", "the lengths do not fit")
}

fn bad(area: &mut Area, what: &str) -> Answer {
    area.violated(what);
    Answer::new(400)
}

fn problem(status: u16, kind: &str, title: &str) -> Answer {
    let body = format!("{{\"type\":\"{PROBLEM}{kind}\",\"title\":\"{title}\"}}");
    let answer = Answer::new(status).header("Content-Type", "application/problem+json");
    Answer { body, ..answer }
}
