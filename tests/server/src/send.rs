//! Sending an answer as planned.

use crate::link::{Gone, Link};
use crate::plan::Plan;
use crate::reply::{Endless, Event, Opening};
use std::time::{Duration, Instant};

/// Bodies are written in pieces of this size.
const PIECE: u64 = 256 * 1024;

/// A paced body is written in this many pieces each second.
const PIECES_PER_SECOND: u64 = 20;

/// What does not end ends after so many bytes: a client that reads all of it fails
/// its test, and does not hang.
pub const ENDLESS_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What becomes of the connection after an answer.
pub(crate) enum After {
    Next,
    Close,
    Reset,
}

/// The pace of a body, counted anew after each time it was held.
struct Pace {
    rate: u64,
    start: Instant,
    position: u64,
}

impl Pace {
    /// When the byte at this place may be sent.
    fn moment(&self, position: u64) -> Instant {
        let bytes = (position - self.position) as f64;
        self.start + Duration::from_secs_f64(bytes / self.rate as f64)
    }
}

struct Sending<'a> {
    link: &'a mut Link,
    plan: &'a Plan,
    /// The path as requested, under which body bytes are counted.
    path: &'a str,
    /// The path of the resource, by which its gate goes.
    key: &'a str,
    position: u64,
    pace: Option<Pace>,
}

/// Sends an answer.
pub(crate) fn send(link: &mut Link, plan: &Plan, path: &str, key: &str) -> Result<After, Gone> {
    if !plan.resets() {
        link.finish_head()?;
    }
    let mut sending = Sending { link, plan, path, key, position: 0, pace: None };
    match plan.opening {
        Opening::Answer => {}
        Opening::Close => return Ok(After::Close),
        Opening::Reset => return Ok(After::Reset),
        Opening::Stall => sending.stall()?,
        Opening::Gate => sending.gate()?,
    }
    if let Some(what) = plan.endless {
        return sending.endless(what);
    }
    if plan.is_small() {
        let mut body = vec![0; plan.body.len() as usize];
        plan.body.fill(0, &mut body);
        sending.link.write_whole(path, &plan.head, &body)?;
    } else {
        sending.link.write(&plan.head)?;
        if let Some(after) = sending.body()? {
            return Ok(after);
        }
    }
    sending.link.finish_head()?;
    Ok(if plan.close { After::Close } else { After::Next })
}

impl Sending<'_> {
    fn endless(&mut self, what: Endless) -> Result<After, Gone> {
        let head = &self.plan.head;
        let (begin, again): (Vec<u8>, &[u8]) = match what {
            Endless::Interims => (Vec::new(), b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
            Endless::Head => (head[..head.len() - 2].to_vec(), b"X-Filler: filler\r\n"),
            Endless::Body => (head.clone(), b"6\r\nfiller\r\n"),
            Endless::ChunkExtension => ([head, &b"5;x="[..]].concat(), b"filler"),
            Endless::Trailers => ([head, &b"0\r\n"[..]].concat(), b"X-Filler: filler\r\n"),
        };
        self.link.write(&begin)?;
        let piece = again.repeat(64 * 1024 / again.len());
        for _ in 0..ENDLESS_BYTES_MAX / piece.len() as u64 {
            self.link.write_body(self.path, &piece)?;
        }
        Ok(After::Close)
    }

    /// Sends the body; tells what becomes of the connection when an event
    /// decided it.
    fn body(&mut self) -> Result<Option<After>, Gone> {
        let length = self.plan.body.len();
        let piece = match self.plan.rate {
            Some(rate) => (rate / PIECES_PER_SECOND).clamp(1, PIECE),
            None => PIECE,
        };
        let mut buffer = vec![0; piece.min(length) as usize];
        let mut events = self.plan.events.iter().peekable();
        self.restart_pace();
        loop {
            while let Some((_, event)) = events.next_if(|(at, _)| *at <= self.position) {
                if let Some(after) = self.perform(event)? {
                    return Ok(Some(after));
                }
            }
            if self.position == length {
                break;
            }
            let end = events.peek().map_or(length, |(at, _)| *at);
            let count = piece.min(end - self.position) as usize;
            if let Some(pace) = &self.pace {
                self.link.hold(Some(pace.moment(self.position)), |_| false)?;
            }
            self.plan.body.fill(self.position, &mut buffer[..count]);
            self.write(&buffer[..count])?;
            self.position += count as u64;
        }
        if self.plan.chunked {
            let mut end = "0\r\n".to_owned();
            for (name, value) in &self.plan.trailers {
                end.push_str(&format!("{name}: {value}\r\n"));
            }
            end.push_str("\r\n");
            self.link.write(end.as_bytes())?;
        }
        Ok(None)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        if !self.plan.chunked {
            return self.link.write_body(self.path, bytes);
        }
        self.link.write(format!("{:x}\r\n", bytes.len()).as_bytes())?;
        self.link.write_body(self.path, bytes)?;
        self.link.write(b"\r\n")
    }

    fn perform(&mut self, event: &Event) -> Result<Option<After>, Gone> {
        match event {
            Event::Switch(resource) => {
                let resource = resource.as_ref().clone();
                let key = self.key;
                self.link.shared().change(|state| state.put(key, resource));
            }
            Event::Gate => {
                self.gate()?;
                self.restart_pace();
            }
            Event::Stall => self.stall()?,
            Event::Cut | Event::CutUnfinished => return Ok(Some(After::Close)),
            Event::Reset => return Ok(Some(After::Reset)),
        }
        Ok(None)
    }

    fn restart_pace(&mut self) {
        self.pace = self.plan.rate.map(|rate| Pace {
            rate,
            start: Instant::now(),
            position: self.position,
        });
    }

    fn gate(&self) -> Result<(), Gone> {
        let key = self.key;
        let openings = self.link.shared().check(|state| state.openings(key));
        self.link.hold(None, |state| state.passes(key, openings))
    }

    fn stall(&self) -> Result<(), Gone> {
        self.link.hold(None, |_| false)
    }
}
