//! The side of the process whose engine drives the queue.
//!
//! One thread lets guests in. Each guest has a thread that reads its calls and
//! one that sends its answers: a guest that does not read, or sends nonsense,
//! is alone with it.

use std::collections::BTreeMap;
use std::net::Shutdown;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::engine::{Answer, Answered, END_OF_SESSION, Inbox, Request};
use crate::platform::socket::{self, Listener, Stream};
use crate::vocab::{Error, HResult, Result, code};

use super::frame::{FRAME_BYTES_MAX, FrameReader, decode, encode};
use super::greeting::{Hello, Welcome, Wish};
use super::{Call, PROTOCOL};

/// Guests at a time. Each costs two threads that sleep.
const GUESTS_MAX: usize = 128;

/// Connections beyond that which are told so; more are just closed.
const REFUSED_MAX: usize = 16;

/// How long a guest may take to greet, and to take an answer.
const GUEST_PATIENCE: Duration = Duration::from_secs(10);

/// Calls of one guest that are not answered yet. Further ones are not read.
const CALLS_MAX: usize = 64;

/// Bytes that those calls may have in all.
const CALL_BYTES_MAX: usize = FRAME_BYTES_MAX;

/// Calls of one guest that wait for something to happen. Further ones are
/// refused, as those that are to be read after them may end the wait.
const WAITS_MAX: usize = 4096;

/// Bytes of such a call. None of ours has more than a tenth of it.
const WAIT_BYTES_MAX: usize = 4096;

/// The way in for other processes, while it lasts.
pub struct Host {
    listener: Arc<Listener>,
    inbox: Arc<Inbox>,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Lets other processes in to this engine. Only for the holder of the
    /// store's lock. The error says why the folder cannot have a socket.
    pub fn start(folder: &Path, inbox: Arc<Inbox>) -> std::io::Result<Self> {
        let listener = Arc::new(Listener::bind(folder)?);
        let (for_thread, to) = (Arc::clone(&listener), Arc::clone(&inbox));
        let spawned = std::thread::Builder::new().name("bgcopy-link".to_owned()).spawn(move || {
            let guests = Arc::new(AtomicUsize::new(0));
            loop {
                match for_thread.accept() {
                    Ok(Some(stream)) => let_in(stream, &to, &guests),
                    Ok(None) => return,
                    // Too many open files, for instance: that may pass.
                    Err(_) => {}
                }
            }
        });
        match spawned {
            Ok(thread) => Ok(Self { listener, inbox, thread: Some(thread) }),
            Err(error) => {
                listener.remove();
                Err(error)
            }
        }
    }
}

impl Drop for Host {
    /// Lets nobody in any more. Those who are in stay until the engine ends.
    /// Must come before the store's lock is let go: then the socket is that of
    /// somebody else.
    fn drop(&mut self) {
        if !self.inbox.is_closed() {
            self.listener.remove();
        }
        self.listener.stop();
        if let Some(thread) = self.thread.take() {
            // A panic there has no consequences here.
            _ = thread.join();
        }
    }
}

/// Counts connections while it lives.
struct Place {
    guests: Arc<AtomicUsize>,
    number: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.guests.fetch_sub(1, Ordering::Relaxed);
    }
}

fn let_in(stream: Stream, inbox: &Arc<Inbox>, guests: &Arc<AtomicUsize>) {
    let number = guests.fetch_add(1, Ordering::Relaxed);
    let place = Place { guests: Arc::clone(guests), number };
    if number >= GUESTS_MAX + REFUSED_MAX {
        return;
    }
    let inbox = Arc::clone(inbox);
    // Without a thread the stream is closed, and the guest tries again.
    _ = std::thread::Builder::new()
        .name("bgcopy-guest".to_owned())
        .spawn(move || serve(&stream, &inbox, &place));
}

fn serve(stream: &Stream, inbox: &Arc<Inbox>, place: &Place) {
    let patience = Some(GUEST_PATIENCE);
    if socket::set_patience(stream, patience, patience).is_err() {
        return;
    }
    let mut source = stream;
    let Ok(hello) = Hello::read(&mut source) else {
        return;
    };
    let verdict = judge(&hello, place);
    let (to, answers) = channel();
    let session = if verdict == code::S_OK { inbox.join(to.clone()) } else { Err(closed()) };
    if verdict == code::S_OK && session.is_err() {
        // The engine has just ended.
        return;
    }
    let library = env!("CARGO_PKG_VERSION").to_owned();
    let welcome = Welcome { protocol: PROTOCOL, verdict, library };
    let greeted = socket::send(stream, &welcome.to_bytes())
        .and_then(|()| socket::set_patience(stream, None, patience));
    if verdict == code::S_FALSE {
        let text = format!("the queue was handed over to bgcopy {}", hello.library);
        inbox.stop(Error::new(code::BGCOPY_E_MANAGER_CLOSED, text));
    }
    let Ok(session) = session else {
        return;
    };
    if greeted.is_ok() {
        converse(stream, inbox, session, to, answers);
    }
    inbox.leave(session);
}

fn closed() -> Error {
    Error::of(code::BGCOPY_E_MANAGER_CLOSED)
}

fn judge(hello: &Hello, place: &Place) -> HResult {
    if hello.protocol != PROTOCOL {
        let replaced = hello.wish == Wish::JoinOrReplace && hello.protocol > PROTOCOL;
        return if replaced { code::S_FALSE } else { code::BGCOPY_E_LINK_VERSION };
    }
    if place.number >= GUESTS_MAX { code::BGCOPY_E_TOO_MANY_PROCESSES } else { code::S_OK }
}

/// Carries calls in and answers out until one side ends it.
fn converse(
    stream: &Stream,
    inbox: &Arc<Inbox>,
    session: u64,
    to: std::sync::mpsc::Sender<Answered>,
    answers: Receiver<Answered>,
) {
    let (Ok(source), Ok(sink)) = (stream.try_clone(), stream.try_clone()) else {
        return;
    };
    let load = Arc::new(Load::default());
    let (of_sender, engine) = (Arc::clone(&load), Arc::clone(inbox));
    let sender = std::thread::Builder::new().name("bgcopy-answers".to_owned()).spawn(move || {
        send_answers(&sink, &answers, &of_sender, &engine);
        of_sender.end();
        // This ends the reader, too.
        _ = sink.shutdown(Shutdown::Both);
    });
    if sender.is_err() {
        return;
    }
    let mut frames = FrameReader::new(source);
    while let Ok(Some(message)) = frames.next() {
        let bytes = message.len();
        let Ok(Call { ticket, request }) = decode(message) else {
            break;
        };
        let waits = matches!(request, Request::Wait { .. } | Request::NextEvent);
        if waits && bytes > WAIT_BYTES_MAX {
            break;
        }
        match load.add(ticket, if waits { Kind::Wait } else { Kind::Call { bytes } }) {
            Added::Yes => {
                let answer = Answer::new(ticket, to.clone());
                if inbox.call_of(session, request, answer).is_err() {
                    break;
                }
            }
            Added::TooManyWaits => {
                let text = format!("a process can wait for at most {WAITS_MAX} things at a time");
                // The sender is there as long as this loop.
                _ = to.send((ticket, Err(Error::new(code::E_OUTOFMEMORY, text))));
            }
            Added::Ended => break,
        }
    }
    _ = stream.shutdown(Shutdown::Both);
    // The sender ends when the engine lets go of the session.
}

fn send_answers(sink: &Stream, answers: &Receiver<Answered>, load: &Load, inbox: &Inbox) {
    for (ticket, reply) in answers {
        // What a closing engine answers is no answer: the next host gives one.
        let ends = ticket == END_OF_SESSION || reply.is_err() && inbox.is_closed();
        if ends {
            return;
        }
        let frame = encode(&(ticket, &reply)).or_else(|error| {
            let failure: Result<()> = Err(error);
            encode(&(ticket, failure))
        });
        let sent = frame.map(|frame| socket::send(sink, &frame));
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
        load.remove(ticket);
    }
}

/// What a guest has asked and not got yet.
#[derive(Default)]
struct Load {
    state: Mutex<LoadState>,
    changed: Condvar,
}

#[derive(Default)]
struct LoadState {
    by_ticket: BTreeMap<u64, Kind>,
    calls: usize,
    call_bytes: usize,
    ended: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    Call { bytes: usize },
    Wait,
}

/// What became of a call that was to be added.
enum Added {
    Yes,
    TooManyWaits,
    /// The connection has ended, or is to end as the ticket is in use.
    Ended,
}

impl LoadState {
    fn has_room_for(&self, kind: Kind) -> bool {
        match kind {
            Kind::Call { bytes } => {
                let fits = self.call_bytes.saturating_add(bytes) <= CALL_BYTES_MAX;
                self.calls == 0 || self.calls < CALLS_MAX && fits
            }
            Kind::Wait => true,
        }
    }

    fn count(&mut self, kind: Kind) {
        if let Kind::Call { bytes } = kind {
            self.calls += 1;
            self.call_bytes += bytes;
        }
    }
}

impl Load {
    /// Adds a call, as soon as there is room for it.
    fn add(&self, ticket: u64, kind: Kind) -> Added {
        let full = |state: &mut LoadState| !state.ended && !state.has_room_for(kind);
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state =
            self.changed.wait_while(state, full).unwrap_or_else(PoisonError::into_inner);
        let waits = state.by_ticket.len() - state.calls;
        if state.ended || state.by_ticket.contains_key(&ticket) {
            return Added::Ended;
        }
        if matches!(kind, Kind::Wait) && waits >= WAITS_MAX {
            return Added::TooManyWaits;
        }
        state.count(kind);
        state.by_ticket.insert(ticket, kind);
        Added::Yes
    }

    /// A call was answered.
    fn remove(&self, ticket: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Kind::Call { bytes }) = state.by_ticket.remove(&ticket) {
            state.calls -= 1;
            state.call_bytes -= bytes;
        }
        drop(state);
        self.changed.notify_all();
    }

    fn end(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        self.changed.notify_all();
    }
}
