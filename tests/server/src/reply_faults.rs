//! One answer, as changes of the normal one: how the bytes are delivered.
//!
//! Places are counted in body bytes of the one reply, from its first one,
//! without the framing of chunks. A place behind the end of the body is never
//! reached, except where a method says so.

use crate::reply::{Endless, Event, Opening, Override, Reply};
use crate::resource::Resource;

impl Reply {
    /// Another text in `Content-Length`. The body is sent as it is and the
    /// connection is closed behind it.
    pub fn content_length(mut self, value: impl Into<String>) -> Reply {
        self.framing.length = Override::Set(value.into());
        self
    }

    /// A second `Content-Length` behind the first.
    pub fn duplicate_content_length(mut self, second: impl Into<String>) -> Reply {
        self.framing.second_length = Some(second.into());
        self
    }

    /// No `Content-Length`: the end of the connection ends the body.
    pub fn no_content_length(mut self) -> Reply {
        self.framing.length = Override::Omit;
        self
    }

    /// Sends the body in chunks, without a `Content-Length`.
    pub fn chunked(mut self) -> Reply {
        self.framing.chunked = true;
        self
    }

    /// Sends the body in chunks and a `Content-Length` nevertheless.
    pub fn chunked_with_content_length(mut self) -> Reply {
        self.framing.chunked_and_length = true;
        self.chunked()
    }

    /// Sends the body in chunks with these headers behind the last one.
    pub fn trailers(mut self, trailers: Vec<(String, String)>) -> Reply {
        self.trailers = trailers;
        self.chunked()
    }

    /// Sends the body in chunks and closes after so many bytes, at the latest
    /// before the last chunk.
    pub fn chunked_cut_after(self, bytes: u64) -> Reply {
        self.chunked().event(bytes, Event::CutUnfinished)
    }

    /// Closes the connection after so many body bytes. What was sent arrives.
    pub fn cut_after(self, bytes: u64) -> Reply {
        self.event(bytes, Event::Cut)
    }

    /// Resets the connection after so many body bytes. What is still on its
    /// way may be lost.
    pub fn reset_after(self, bytes: u64) -> Reply {
        self.event(bytes, Event::Reset)
    }

    /// Resets the connection after the head.
    pub fn reset_after_head(self) -> Reply {
        self.reset_after(0)
    }

    /// Sends nothing after so many body bytes and holds the connection until
    /// the client leaves, connections are dropped, or the server ends.
    pub fn stall_after(self, bytes: u64) -> Reply {
        self.event(bytes, Event::Stall)
    }

    /// Sends nothing after so many body bytes until the gate of the path is
    /// opened.
    pub fn gate_after(self, bytes: u64) -> Reply {
        self.event(bytes, Event::Gate)
    }

    /// Puts another resource in place of the path's once so many body bytes
    /// of this reply went out. The reply itself goes on with the old one.
    pub fn switch_resource_after(self, bytes: u64, resource: Resource) -> Reply {
        self.event(bytes, Event::Switch(Box::new(resource)))
    }

    /// Sends the body at this pace.
    pub fn bytes_per_second(mut self, rate: u64) -> Reply {
        self.rate = Some(rate.max(1));
        self
    }

    /// Sends something without an end, which counts as bytes of the body, until the
    /// client leaves; after [`ENDLESS_BYTES_MAX`] bytes it closes the connection.
    pub fn endless(mut self, what: Endless) -> Reply {
        self.endless = Some(what);
        match what {
            Endless::Body | Endless::ChunkExtension | Endless::Trailers => self.chunked(),
            Endless::Interims | Endless::Head => self,
        }
    }

    /// Sends the body without any head and closes.
    pub fn no_head(mut self) -> Reply {
        self.no_head = true;
        self
    }

    /// Closes the connection instead of answering.
    pub fn close_before_reply(mut self) -> Reply {
        self.opening = Opening::Close;
        self
    }

    /// Resets the connection instead of answering.
    pub fn reset_before_reply(mut self) -> Reply {
        self.opening = Opening::Reset;
        self
    }

    /// Never answers, and holds the connection as [`Reply::stall_after`] does.
    pub fn stall_before_reply(mut self) -> Reply {
        self.opening = Opening::Stall;
        self
    }

    /// Answers once the gate of the path is opened.
    pub fn gate_before_reply(mut self) -> Reply {
        self.opening = Opening::Gate;
        self
    }

    fn event(mut self, at: u64, event: Event) -> Reply {
        self.events.push((at, event));
        self
    }
}
