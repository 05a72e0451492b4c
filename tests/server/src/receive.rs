//! Taking files: the request, its body and its answer. What a protocol allows
//! is in a file of its own.

use crate::area::{Area, Ranges, UploadFault};
use crate::bits;
use crate::date::http_date;
use crate::ietf;
use crate::link::{Gone, Link};
use crate::reason;
use crate::request::Request;
use crate::send::After;
use crate::tus;
use std::time::{Duration, Instant, SystemTime};

/// Bodies are read in pieces of this size.
const PIECE: usize = 256 * 1024;

/// Dates have whole seconds: what is later by this is later in them.
const LATER: Duration = Duration::from_secs(2);

/// A paced body is read in this many pieces each second.
const PIECES_PER_SECOND: u64 = 20;

/// The status of an answer that is not given: the connection ends.
pub(crate) const SILENCE: u16 = 0;

/// Where the bytes of a body go.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// Nowhere.
    Nothing,
    /// Into a session, without so many bytes at the beginning, as long as no
    /// newer request stores into it.
    Session { id: String, turn: u64, skip: u64 },
    /// Into a file, which is there when all of it has come.
    File,
    /// Into the file of that path, from a byte of it on, as they come.
    Place { path: String, turn: u64, first: u64 },
}

/// What is done with a request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) target: Target,
    pub(crate) body: String,
    /// The headers of a 104 that is sent before the body is read.
    pub(crate) interim: Option<Vec<(String, String)>>,
}

impl Answer {
    pub(crate) fn new(status: u16) -> Answer {
        let (target, body) = (Target::Nothing, String::new());
        Answer { status, headers: Vec::new(), target, body, interim: None }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Answers a request to an area.
pub(crate) fn serve(link: &mut Link, request: &Request, prefix: &str) -> Result<After, Gone> {
    link.finish_head()?;
    let kind = kind(request);
    let length = request.header("Content-Length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let (fault, mut answer, closes) = link
        .shared()
        .change(|state| {
            let area = state.areas.get_mut(prefix)?;
            let cut = area.cut_after.filter(|bytes| length > *bytes).map(UploadFault::CutAfter);
            let lost =
                (length > area.piece_lost).then_some(UploadFault::LoseAfter(area.piece_lost));
            let fault = area.take_fault(&kind).or(cut).or(lost);
            if fault == Some(UploadFault::Forget) {
                area.sessions.clear();
            }
            let answer = match &fault {
                Some(UploadFault::Status(status, code)) => refusal(area, *status, *code),
                Some(_) | None if tus::is_for(area, &request.method) => {
                    tus::begin(area, request, prefix)
                }
                Some(_) | None => begin(area, request, prefix, &kind),
            };
            Some((fault, answer, area.breaks_connections()))
        })
        .ok_or(Gone)?;
    if closes {
        answer = answer.header("Connection", "close");
    }
    if let Some(headers) = &answer.interim {
        link.write(&interim(headers))?;
    }
    let mut body = Body { link, prefix, target: answer.target.clone(), file: None };
    match fault {
        Some(UploadFault::CutAfter(count)) => {
            body.read(length.min(count))?;
            body.drop_unchecked();
            return Ok(After::Reset);
        }
        Some(UploadFault::LoseAfter(count)) => {
            body.target = Target::Nothing;
            body.read(length.min(count))?;
            return Ok(After::Reset);
        }
        Some(
            UploadFault::LoseAnswer
            | UploadFault::HoldAnswer
            | UploadFault::Status(..)
            | UploadFault::Forget
            | UploadFault::Claim(_),
        )
        | None => body.read(length)?,
    }
    if answer.status == SILENCE {
        return Ok(After::Reset);
    }
    let kept = body.file.take();
    let answer = link
        .shared()
        .change(|state| {
            let area = state.areas.get_mut(prefix)?;
            if let (Target::File, Some(kept)) = (&answer.target, kept) {
                area.files.insert(request.path_alone().to_owned(), kept);
            }
            Some(match area.ietf {
                Some(_) => ietf::end(area, request, prefix, answer),
                None if tus::is_for(area, &request.method) => tus::end(area, answer),
                None => bits::end(area, answer),
            })
        })
        .ok_or(Gone)?;
    if !matches!(fault, None | Some(UploadFault::HoldAnswer)) {
        link.shared().change(|state| {
            state.areas.get_mut(prefix).map(|area| tus::leave_unsure(area, request))
        });
    }
    match fault {
        Some(UploadFault::LoseAnswer) => return Ok(After::Reset),
        Some(UploadFault::HoldAnswer) => {
            let openings = link.shared().check(|state| state.openings(prefix));
            link.hold(None, |state| state.passes(prefix, openings))?;
        }
        Some(_) | None => {}
    }
    let claim = match fault {
        Some(UploadFault::Claim(count)) => Some(count),
        Some(_) | None => None,
    };
    link.write(&head(&answer, claim, request.method == "HEAD"))?;
    Ok(if closes || request.closes() { After::Close } else { After::Next })
}

/// The packet type of a request of BITS, else its method.
fn kind(request: &Request) -> String {
    match request.method.as_str() {
        "BITS_POST" => request.header("BITS-Packet-Type").unwrap_or("BITS_POST").to_owned(),
        method => method.to_owned(),
    }
}

fn refusal(area: &Area, status: u16, code: u32) -> Answer {
    let answer = Answer::new(status).header("BITS-Packet-Type", "Ack");
    match code {
        0 => answer,
        code => answer.header(area.error_header, format!("0x{code:08X}")),
    }
}

fn begin(area: &mut Area, request: &Request, prefix: &str, kind: &str) -> Answer {
    let length = request.header("Content-Length").and_then(|text| text.parse::<u64>().ok());
    if let Some(answer) = ietf::begin(area, request, prefix, length) {
        return answer;
    }
    let path = request.path_alone();
    let range = request.header("Content-Range");
    match request.method.as_str() {
        "BITS_POST" if area.bits => bits::begin(area, request, kind, length),
        "OPTIONS" if area.says_how && area.tus => tus::options(area),
        "OPTIONS" if area.says_how => {
            let mut methods = vec!["OPTIONS", "HEAD"];
            methods.extend(area.bits.then_some("BITS_POST"));
            methods.extend(area.put.then_some("PUT"));
            Answer::new(200).header("Allow", methods.join(", "))
        }
        "PUT" if area.put && area.ranges != Ranges::Ignore && range.is_some() => {
            put_range(area, path, range.unwrap_or(""), length)
        }
        "DELETE" if area.put => match area.files.remove(path) {
            Some(_) => Answer::new(204),
            None => Answer::new(404),
        },
        "PUT" | "POST" if area.put => match length {
            None => {
                area.violated("PUT without a length");
                Answer::new(411)
            }
            Some(length) if length > area.size_max => Answer::new(413),
            Some(_) if !area.overwrites && area.files.contains_key(path) => Answer::new(403),
            Some(_) => Answer { target: Target::File, ..Answer::new(201) },
        },
        "HEAD" => match area.files.get_mut(path) {
            Some(file) => {
                file.turn += 1;
                let later = http_date(SystemTime::now() + LATER);
                let modified = area.modified.clone().unwrap_or(later);
                Answer::new(200)
                    .header("Content-Length", file.len().to_string())
                    .header("Last-Modified", modified)
            }
            None => Answer::new(404),
        },
        _ => Answer::new(405).header("Allow", "OPTIONS"),
    }
}

/// A piece of a file that goes where it belongs. Clients begin at the first byte,
/// or where the file ends. What is behind the piece stays.
fn put_range(area: &mut Area, path: &str, range: &str, length: Option<u64>) -> Answer {
    if area.ranges == Ranges::Refuse {
        return Answer::new(501);
    }
    let held = area.files.get(path).map_or(0, crate::area::Kept::len);
    let range = bits::parse_range(range);
    let fits = range.filter(|(first, last, _)| {
        (*first == 0 || held == *first) && length == Some(last - first + 1)
    });
    let Some((first, ..)) = fits else {
        area.violated(format!("a range {range:?} of {length:?} bytes after {held}"));
        return Answer::new(400);
    };
    let file = area.files.entry(path.to_owned()).or_default();
    file.turn += 1;
    let target = Target::Place { path: path.to_owned(), turn: file.turn, first };
    Answer { target, ..Answer::new(204) }
}

fn head(answer: &Answer, claim: Option<u64>, has_length: bool) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason::phrase(answer.status));
    for (name, value) in &answer.headers {
        let value = match claim {
            Some(count) if is_claim(name) => &count.to_string(),
            Some(_) | None => value,
        };
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !has_length && !reason::bodiless(answer.status) {
        head.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
    }
    head.push_str("\r\n");
    head.push_str(&answer.body);
    head.into_bytes()
}

/// True for the headers that say how much is held.
fn is_claim(name: &str) -> bool {
    ["BITS-Received-Content-Range", "Upload-Offset"].contains(&name)
}

fn interim(headers: &[(String, String)]) -> Vec<u8> {
    let mut head = "HTTP/1.1 104 Upload Resumption Supported\r\n".to_owned();
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}

struct Body<'a> {
    link: &'a mut Link,
    prefix: &'a str,
    target: Target,
    file: Option<crate::area::Kept>,
}

impl Body<'_> {
    /// Takes so many bytes of the body.
    fn read(&mut self, length: u64) -> Result<(), Gone> {
        let prefix = self.prefix;
        let rate =
            self.link.shared().check(|state| state.areas.get(prefix).and_then(|area| area.rate));
        let piece = rate.map_or(PIECE as u64, |rate| (rate / PIECES_PER_SECOND).max(1));
        let mut buffer = vec![0; piece.min(PIECE as u64) as usize];
        let start = Instant::now();
        let mut position = 0;
        if matches!(self.target, Target::File) {
            self.file = Some(crate::area::Kept::default());
        }
        while position < length {
            if let Some(rate) = rate {
                let due = Duration::from_secs_f64(position as f64 / rate as f64);
                self.link.hold(Some(start + due), |_| false)?;
            }
            let wanted = buffer.len().min(usize::try_from(length - position).unwrap_or(usize::MAX));
            let count = self.link.read(&mut buffer[..wanted])?;
            self.store(&buffer[..count], position);
            let before = position;
            position += count as u64;
            self.tell_progress(before, position)?;
        }
        Ok(())
    }

    fn drop_unchecked(&mut self) {
        let prefix = self.prefix;
        if let Target::Session { id, .. } = &self.target {
            self.link.shared().change(|state| {
                if let Some(area) = state.areas.get_mut(prefix) {
                    area.drop_unchecked(id);
                }
            });
        }
    }

    /// Says how much is held now, where that is done on the way.
    fn tell_progress(&mut self, before: u64, position: u64) -> Result<(), Gone> {
        let Target::Session { id, .. } = &self.target else {
            return Ok(());
        };
        let told = self.link.shared().check(|state| {
            let area = state.areas.get(self.prefix)?;
            let (ietf, session) = (area.ietf.as_ref()?, area.sessions.get(id)?);
            let each = ietf.progress?.max(1);
            (before / each < position / each).then_some((ietf.interop, session.kept.length))
        });
        let Some((interop, held)) = told else {
            return Ok(());
        };
        self.link.write(&interim(&[
            ("Upload-Draft-Interop-Version".to_owned(), interop.to_string()),
            ("Upload-Offset".to_owned(), held.to_string()),
        ]))
    }

    fn store(&mut self, data: &[u8], position: u64) {
        let prefix = self.prefix;
        let (target, file) = (&self.target, &mut self.file);
        self.link.shared().change(|state| {
            let Some(area) = state.areas.get_mut(prefix) else {
                return;
            };
            let (expected, discards) = (area.expected.clone(), area.discards);
            let count = data.len() as u64;
            match target {
                Target::Nothing => {}
                Target::Session { id, turn, skip } => {
                    let Some(session) = area.sessions.get_mut(id) else {
                        return;
                    };
                    let skipped = skip.saturating_sub(position).min(data.len() as u64);
                    let fresh = &data[skipped as usize..];
                    if session.turn == *turn {
                        if let Some((_, _, sha1)) = &mut session.checking {
                            sha1.update(fresh);
                        }
                        session.kept.append(fresh, expected.as_ref(), discards);
                        area.bytes_stored += fresh.len() as u64;
                    }
                }
                Target::Place { path, turn, first } => {
                    if let Some(file) = area.files.get_mut(path).filter(|one| one.turn == *turn) {
                        let data = file.overwrite(first + position, data);
                        file.append(data, expected.as_ref(), discards);
                        area.bytes_stored += count;
                    }
                }
                Target::File => {
                    if let Some(file) = file {
                        file.append(data, expected.as_ref(), discards);
                        area.bytes_stored += data.len() as u64;
                    }
                }
            }
        });
    }
}
