//! The side of the process whose engine drives the queue.
//!
//! One thread lets guests in. Each guest has a thread that reads its calls and
//! one that sends its answers: a guest that does not read, or sends nonsense,
//! is alone with it.

use std::io::{self, ErrorKind};
use std::net::Shutdown;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::engine::{Answer, Answered, END_OF_SESSION, Inbox};
use crate::platform::socket::{self, Listener, Stream};
use crate::vocab::{Error, HResult, Result, catch_panic, code};

use super::frame::{FRAME_BYTES_MAX, FrameReader, SMALL_BYTES_MAX, decode, encode};
use super::greeting::{Hello, Welcome, Wish};
use super::load::{Added, Kind, Load};
use super::shares::{Share, Shares};
use super::{CallFrame, PROTOCOL};

/// Guests at a time. Each costs two threads that sleep.
const GUESTS_MAX: usize = 128;

/// Connections beyond that which are told so; more are just closed.
const REFUSED_MAX: usize = 16;

/// How long a guest may take to greet, and to take an answer.
const GUEST_PATIENCE: Duration = Duration::from_secs(10);

/// What the larger calls of all guests may have in all, from when they are read
/// until they are answered: those of up to a MiB, and the others of which this is
/// the largest. So the latter, which the engine works at for seconds, do not keep
/// the former waiting.
const MEDIUM_BYTES: usize = 16 << 20;
const LARGE_BYTES: usize = FRAME_BYTES_MAX;

/// Bytes of the largest call of the former kind. More than what a system takes
/// from a guest beforehand: a guest whose call is sent is soon answered.
const MEDIUM_BYTES_MAX: usize = 1 << 20;

/// A guest gives up when nothing is taken from it for 10 s. So, while its call
/// waits for its share, a little is: on Linux at least a buffer's worth.
const TRICKLE_TICK: Duration = Duration::from_secs(4);
const TRICKLE_BYTES: usize = 40 << 10;

/// How much of a call is taken in this way at most, which is for 100 s. Then the
/// guest joins again and comes later.
const TRICKLED_BYTES_MAX: usize = 1 << 20;

/// How long a guest may take to send a call that has its share: a hundredth of
/// that is enough for the largest.
const SHARE_PATIENCE: Duration = Duration::from_secs(60);

/// The way in for other processes, while it lasts.
pub struct Host {
    listener: Arc<Listener>,
    inner: Arc<HostState>,
    thread: Option<JoinHandle<()>>,
}

/// What the threads of all guests have in common.
struct HostState {
    inbox: Arc<Inbox>,
    /// How many connections there are.
    guests: AtomicUsize,
    medium: Arc<Shares>,
    large: Arc<Shares>,
}

impl Host {
    /// Lets other processes in to this engine. Only for the holder of the
    /// store's lock. The error says why the folder cannot have a socket.
    pub fn start(folder: &Path, inbox: Arc<Inbox>) -> std::io::Result<Self> {
        let listener = Arc::new(Listener::bind(folder)?);
        let inner = Arc::new(HostState {
            inbox,
            guests: AtomicUsize::new(0),
            medium: Shares::new(MEDIUM_BYTES, TRICKLE_TICK),
            large: Shares::new(LARGE_BYTES, TRICKLE_TICK),
        });
        let (for_thread, to) = (Arc::clone(&listener), Arc::clone(&inner));
        let spawned = std::thread::Builder::new().name("bgcopy-link".to_owned()).spawn(move || {
            loop {
                match for_thread.accept() {
                    // What goes wrong with one guest concerns no other.
                    Ok(Some(stream)) => _ = catch_panic(|| let_in(stream, &to)),
                    Ok(None) => return,
                    // Too many open files, for instance: that may pass.
                    Err(_) => {}
                }
            }
        });
        match spawned {
            Ok(thread) => Ok(Self { listener, inner, thread: Some(thread) }),
            Err(error) => {
                listener.remove();
                Err(error)
            }
        }
    }

    /// The memory for the largest calls.
    #[cfg(test)]
    pub fn large(&self) -> &Shares {
        &self.inner.large
    }
}

impl Drop for Host {
    /// Lets nobody in any more. Those who are in stay until the engine ends.
    /// Must come before the store's lock is let go: then the socket is that of
    /// somebody else.
    fn drop(&mut self) {
        if !self.inner.inbox.is_closed() {
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
struct ConnectionCount {
    inner: Arc<HostState>,
    number: usize,
}

impl Drop for ConnectionCount {
    fn drop(&mut self) {
        self.inner.guests.fetch_sub(1, Ordering::Relaxed);
    }
}

fn let_in(stream: Stream, inner: &Arc<HostState>) {
    let number = inner.guests.fetch_add(1, Ordering::Relaxed);
    let place = ConnectionCount { inner: Arc::clone(inner), number };
    if number >= GUESTS_MAX + REFUSED_MAX {
        return;
    }
    // Without a thread the stream is closed, and the guest tries again.
    _ = std::thread::Builder::new()
        .name("bgcopy-guest".to_owned())
        .spawn(move || serve(&stream, &place));
}

fn serve(stream: &Stream, place: &ConnectionCount) {
    let inbox = &place.inner.inbox;
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
        // A panic ends the session as the guest's own end does.
        _ = catch_panic(|| converse(stream, &place.inner, session, to, answers));
        _ = stream.shutdown(Shutdown::Both);
    }
    inbox.leave(session);
}

fn closed() -> Error {
    Error::of(code::BGCOPY_E_MANAGER_CLOSED)
}

fn judge(hello: &Hello, place: &ConnectionCount) -> HResult {
    if hello.protocol != PROTOCOL {
        let replaced = hello.wish == Wish::JoinOrReplace && hello.protocol > PROTOCOL;
        return if replaced { code::S_FALSE } else { code::BGCOPY_E_LINK_VERSION };
    }
    if place.number >= GUESTS_MAX { code::BGCOPY_E_TOO_MANY_PROCESSES } else { code::S_OK }
}

/// Carries calls in and answers out until one side ends it.
fn converse(
    stream: &Stream,
    inner: &HostState,
    session: u64,
    to: std::sync::mpsc::Sender<Answered>,
    answers: Receiver<Answered>,
) {
    let (Ok(source), Ok(sink)) = (stream.try_clone(), stream.try_clone()) else {
        return;
    };
    let load = Arc::new(Load::default());
    let (of_sender, engine) = (Arc::clone(&load), Arc::clone(&inner.inbox));
    let sender = std::thread::Builder::new().name("bgcopy-answers".to_owned()).spawn(move || {
        _ = catch_panic(|| send_answers(&sink, &answers, &of_sender, &engine));
        of_sender.end();
        // This ends the reader, too.
        _ = sink.shutdown(Shutdown::Both);
    });
    if sender.is_err() {
        return;
    }
    let mut calls = CallReader { frames: FrameReader::new(source), stream, inner, load: &load };
    while let Ok(Some((CallFrame { ticket, request }, kind))) = calls.next() {
        match load.add(ticket, kind) {
            Added::Yes => {
                let answer = Answer::new(ticket, to.clone());
                if inner.inbox.call_of(session, request, answer).is_err() {
                    break;
                }
            }
            Added::TooManyWaits(text) => {
                // The sender is there as long as this loop.
                _ = to.send((ticket, Err(Error::new(code::E_OUTOFMEMORY, text))));
            }
            Added::Ended => break,
        }
    }
    // The sender ends when the engine lets go of the session.
}

/// The calls of a guest, as they are read.
struct CallReader<'a> {
    frames: FrameReader<Stream>,
    stream: &'a Stream,
    inner: &'a HostState,
    load: &'a Load,
}

impl CallReader<'_> {
    /// The next one; None at the end. Nonsense is an error.
    fn next(&mut self) -> io::Result<Option<(CallFrame, Kind)>> {
        let Some(bytes) = self.frames.begin()? else {
            return Ok(None);
        };
        let share = if bytes > SMALL_BYTES_MAX { Some(self.share(bytes)?) } else { None };
        let deadline = share.is_some().then(|| Instant::now() + SHARE_PATIENCE);
        let call: CallFrame = self.frames.finish(deadline, decode)??;
        if share.is_some() {
            socket::set_patience(self.stream, None, Some(GUEST_PATIENCE))?;
        }
        let waits = call.request.waits();
        let kind = match (waits, share) {
            (false, share) => Kind::Call { share },
            (true, None) => Kind::Wait,
            (true, Some(_)) => return Err(ErrorKind::InvalidData.into()),
        };
        Ok(Some((call, kind)))
    }

    /// A share of the memory for calls of this size. From now on the guest must
    /// send, as others may wait.
    fn share(&mut self, bytes: usize) -> io::Result<Share> {
        // What waits for earlier calls of its own guest has no share yet.
        self.load.wait_for_room();
        socket::set_patience(self.stream, Some(GUEST_PATIENCE), Some(GUEST_PATIENCE))?;
        let is_medium = bytes <= MEDIUM_BYTES_MAX;
        let shares = if is_medium { &self.inner.medium } else { &self.inner.large };
        shares.take(bytes, || match self.frames.received() {
            0..TRICKLED_BYTES_MAX => self.frames.advance(TRICKLE_BYTES),
            _ => Ok(()),
        })
    }
}

fn send_answers(sink: &Stream, answers: &Receiver<Answered>, load: &Load, inbox: &Inbox) {
    for (ticket, reply) in answers {
        // What a closing engine answers is no answer: the next host gives one.
        let ends = ticket == END_OF_SESSION || reply.is_err() && inbox.is_closed();
        if ends {
            return;
        }
        load.answer(ticket);
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
