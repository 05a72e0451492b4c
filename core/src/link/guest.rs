//! The side of a process that joined.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::Shutdown;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::engine::{Answered, ApiCall, END_OF_SESSION};
use crate::platform::socket::{self, Stream};
use crate::vocab::{Error, ErrorContext, Result, catch_panic, code};

use super::frame::{FrameReader, decode, encode};
use super::greeting::{Hello, Welcome, Wish};
use super::{AnswerFrame, CallOut, PROTOCOL};

/// How long a host may take to greet, and to take a message.
const HOST_PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no connection.
pub enum Refusal {
    /// Nobody listens now; that may change at any moment.
    Nobody,
    /// The host said no.
    Told(Error),
}

/// A connection to the host.
pub struct Guest {
    stream: Stream,
    /// Held while a frame is sent.
    sending: Mutex<()>,
    pending: Mutex<PendingAnswers>,
}

struct PendingAnswers {
    calls: BTreeMap<u64, Sender<Answered>>,
    next_ticket: u64,
    lost: bool,
}

/// What takes the answers of a connection.
pub struct GuestReader {
    guest: Arc<Guest>,
    frames: FrameReader<Stream>,
}

impl Guest {
    /// Connects to the host of a folder. With `replace`, an older host that
    /// does not fit is asked to give way.
    pub fn connect(
        folder: &Path,
        replace: bool,
    ) -> std::result::Result<(Arc<Self>, GuestReader), Refusal> {
        let stream = socket::connect(folder).map_err(|error| {
            if error.kind() != ErrorKind::PermissionDenied {
                return Refusal::Nobody;
            }
            Refusal::Told(Error::with_context(
                code::E_ACCESSDENIED,
                ErrorContext::GeneralQueueManager,
                format!("cannot join the queue in {}: {error}", folder.display()),
            ))
        })?;
        greet(&stream, replace)?;
        let frames = stream.try_clone().map_err(|_| Refusal::Nobody)?;
        let guest = Arc::new(Self {
            stream,
            sending: Mutex::new(()),
            pending: Mutex::new(PendingAnswers {
                calls: BTreeMap::new(),
                next_ticket: 1,
                lost: false,
            }),
        });
        let reader = GuestReader { guest: Arc::clone(&guest), frames: FrameReader::new(frames) };
        Ok((guest, reader))
    }

    /// Makes a call; its ticket, and where its answer comes. None if the
    /// connection is lost, which ends the answers of earlier calls, too.
    pub fn call(&self, request: &ApiCall) -> Result<Option<(u64, Receiver<Answered>)>> {
        let (to, answers) = channel();
        let Some(ticket) = self.ticket(Some(to)) else {
            return Ok(None);
        };
        match self.send(ticket, request) {
            Ok(()) => Ok(Some((ticket, answers))),
            Err(error) => {
                self.pending().calls.remove(&ticket);
                Err(error)
            }
        }
    }

    /// Wakes the caller of a ticket by an answer to no call, [`END_OF_SESSION`];
    /// its own answer may still come.
    pub fn nudge(&self, ticket: u64) {
        if let Some(to) = self.pending().calls.get(&ticket) {
            // The caller may have given up.
            _ = to.send((END_OF_SESSION, Err(Error::of(code::E_ABORT))));
        }
    }

    /// Makes a call whose answer nobody wants.
    pub fn tell(&self, request: &ApiCall) {
        if let Some(ticket) = self.ticket(None) {
            // It is too small to fail; and a lost connection has told all.
            _ = self.send(ticket, request);
        }
    }

    /// Ends the connection.
    pub fn close(&self) {
        // It may have ended already.
        _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Lets all callers know that the connection is lost.
    pub fn lose(&self) {
        let mut pending = self.pending();
        pending.lost = true;
        pending.calls.clear();
    }

    /// The number of the host's process, where the system tells.
    pub fn host_process(&self) -> Option<u32> {
        socket::peer_process(&self.stream)
    }

    fn ticket(&self, to: Option<Sender<Answered>>) -> Option<u64> {
        let mut pending = self.pending();
        if pending.lost {
            return None;
        }
        let ticket = pending.next_ticket;
        pending.next_ticket += 1;
        if let Some(to) = to {
            pending.calls.insert(ticket, to);
        }
        Some(ticket)
    }

    fn send(&self, ticket: u64, request: &ApiCall) -> Result<()> {
        let frame = encode(&CallOut { ticket, request })?;
        let sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        if socket::send(&self.stream, &frame).is_err() {
            // The reader notices, and lets everybody know.
            self.close();
        }
        drop(sending);
        Ok(())
    }

    fn pending(&self) -> MutexGuard<'_, PendingAnswers> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GuestReader {
    /// Hands out answers until the connection ends, and ends it. What the caller does next
    /// must include [`Guest::lose`].
    pub fn run(&mut self) {
        // After a panic callers would wait for answers that nobody hands out.
        _ = catch_panic(|| self.hand_out());
        self.guest.close();
    }

    fn hand_out(&mut self) {
        while let Ok(Some(Ok((ticket, reply)))) = self.frames.next(decode::<AnswerFrame>) {
            let to = self.guest.pending().calls.remove(&ticket);
            if let Some(to) = to {
                // The caller may have given up.
                _ = to.send((ticket, reply));
            }
        }
    }

    /// The connection it reads.
    pub fn guest(&self) -> &Arc<Guest> {
        &self.guest
    }
}

fn greet(stream: &Stream, replace: bool) -> std::result::Result<(), Refusal> {
    let wish = if replace { Wish::JoinOrReplace } else { Wish::Join };
    let hello = Hello { protocol: PROTOCOL, wish, library: env!("CARGO_PKG_VERSION").to_owned() };
    let patience = Some(HOST_PATIENCE);
    if socket::set_patience(stream, patience, patience).is_err() {
        return Err(Refusal::Nobody);
    }
    // A host that refuses may not read; its verdict counts all the same.
    _ = socket::send(stream, &hello.to_bytes());
    let mut source = stream;
    let welcome = Welcome::read(&mut source).map_err(|error| {
        if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) {
            return Refusal::Told(silent(stream));
        }
        if error.kind() != ErrorKind::InvalidData {
            return Refusal::Nobody;
        }
        Refusal::Told(Error::with_context(
            code::BGCOPY_E_LINK_VERSION,
            ErrorContext::GeneralQueueManager,
            format!("cannot join the queue: {error}"),
        ))
    })?;
    if welcome.verdict == code::S_FALSE {
        return Err(Refusal::Nobody);
    }
    if welcome.verdict.is_failure() || welcome.protocol != PROTOCOL {
        return Err(Refusal::Told(refused(&welcome)));
    }
    socket::set_patience(stream, None, patience).map_err(|_| Refusal::Nobody)
}

fn refused(welcome: &Welcome) -> Error {
    if welcome.protocol == PROTOCOL {
        return Error::with_context(
            welcome.verdict,
            ErrorContext::GeneralQueueManager,
            format!("the host of the queue refused: {}", welcome.verdict.text()),
        );
    }
    Error::with_context(
        code::BGCOPY_E_LINK_VERSION,
        ErrorContext::GeneralQueueManager,
        format!(
            "the queue is driven by bgcopy {} with protocol {}; this is bgcopy {} with protocol \
             {PROTOCOL}",
            welcome.library,
            welcome.protocol,
            env!("CARGO_PKG_VERSION")
        ),
    )
}

fn silent(stream: &Stream) -> Error {
    let who = socket::peer_process(stream)
        .map_or("the process".to_owned(), |process| format!("process {process}"));
    Error::with_context(
        code::BGCOPY_E_HOST_LOST,
        ErrorContext::GeneralQueueManager,
        format!("{who}, which drives the queue, does not answer: it may be stopped"),
    )
}
