//! Servers that do everything right.

use crate::protocol::{Head, Step, UploadRequest};

use super::super::s3_server::PARTS;
use super::{Flight, SIZE, World};

impl World {
    pub(super) fn serve_s3(&mut self, flight: &Flight) -> Head {
        if flight.call.step != Step::Verify {
            let (head, made) = self.parts.serve(&flight.call, flight.version);
            self.file = made.or(self.file.take());
            return head;
        }
        let mut head = self.serve(&flight.call);
        head.push_line(format!("ETag: x-{PARTS}").as_bytes());
        head
    }

    /// A server that does everything right.
    pub(super) fn serve(&mut self, call: &UploadRequest) -> Head {
        let mut head = Head::default();
        let mut line = |text: String| head.push_line(text.as_bytes());
        let status = |status: u16| format!("HTTP/1.1 {status} X");
        let ack = "BITS-Packet-Type: Ack".to_owned();
        if call.step == Step::Verify {
            line(status(if self.file.is_some() { 200 } else { 404 }));
            line(format!("Content-Length: {}", self.size));
            line("Last-Modified: Tue, 01 Jan 2019 00:00:05 GMT".to_owned());
            return head;
        }
        if call.step == Step::Create {
            let id = self.next_session;
            self.next_session += 1;
            self.sessions.insert(id, Vec::new());
            line("HTTP/1.1 200 OK".to_owned());
            line("Date: Tue, 01 Jan 2019 00:00:00 GMT".to_owned());
            [ack, format!("BITS-Session-Id: {id}")].into_iter().for_each(line);
            return head;
        }
        if call.step == Step::Greet {
            [status(200), ack].into_iter().for_each(line);
            return head;
        }
        let id = session_of(call).expect("a session");
        let Some(held) = self.sessions.get(&id) else {
            [status(500), ack, "BITS-Error: 0x8020001F".to_owned()].into_iter().for_each(line);
            return head;
        };
        let length = held.len() as u64;
        line(status(200));
        line(ack);
        match call.step {
            Step::Send => line(format!("BITS-Received-Content-Range: {length}")),
            Step::Close => {
                let held = self.sessions.remove(&id);
                self.file = held.filter(|_| length == SIZE).or(self.file.take());
            }
            Step::Cancel => _ = self.sessions.remove(&id),
            Step::Ask
            | Step::Probe
            | Step::Greet
            | Step::Query
            | Step::Whole
            | Step::Create
            | Step::Verify
            | Step::Check => panic!("{call:?} is not asked for here"),
        }
        head
    }

    /// The same for tus: what it answers tells how much it holds.
    pub(super) fn serve_tus(&mut self, call: &UploadRequest) -> Head {
        let mut head = Head::default();
        if call.step == Step::Create {
            let id = self.next_session;
            self.next_session += 1;
            self.sessions.insert(id, Vec::new());
            head.push_line(b"HTTP/1.1 201 X");
            head.push_line(format!("Location: http://a/{id}").as_bytes());
            return head;
        }
        let id = session_of(call).expect("an upload");
        let held = self.sessions.get(&id).map(|held| held.len() as u64);
        let length = held.or(self.whole.contains(&id).then_some(SIZE));
        let end = call.body.map_or(0, |span| span.first + span.length);
        let status = match (call.step, length) {
            (_, None) => 404,
            (Step::Send, Some(length)) if length != end => 409,
            (Step::Send | Step::Query | Step::Cancel, Some(_)) => 204,
            (_, Some(_)) => panic!("{call:?} is not asked for here"),
        };
        head.push_line(format!("HTTP/1.1 {status} X").as_bytes());
        if let Some(length) = length.filter(|_| status == 204) {
            head.push_line(format!("Upload-Offset: {length}").as_bytes());
        }
        if call.step == Step::Cancel {
            self.sessions.remove(&id);
            self.whole.remove(&id);
        } else if held == Some(SIZE) {
            self.file = self.sessions.remove(&id);
            self.whole.insert(id);
        }
        head
    }
}

pub(super) fn session_of(call: &UploadRequest) -> Option<u32> {
    let line = call.headers.iter().find_map(|line| line.strip_prefix("BITS-Session-Id: "));
    line.or(call.url.strip_prefix("http://a/"))?.parse().ok()
}
