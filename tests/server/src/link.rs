//! One connection: heads in, bytes out, and waiting in between.

use crate::shared::{Shared, State};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a held connection waits before it looks again whether its client
/// is still there.
const LOOK: Duration = Duration::from_millis(20);

/// No head is longer than this.
const HEAD_LIMIT: usize = 1 << 20;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// The server's end of a connection.
pub(crate) struct Link {
    stream: TcpStream,
    number: u64,
    shared: Arc<Shared>,
    /// The last byte of a head is left in the connection until it is known
    /// that the answer ends without a reset: the system resets a connection
    /// that is closed with bytes left in it, and in no other way can the
    /// standard library ask for a reset.
    unread: bool,
}

/// The connection is gone or is to be given up.
pub(crate) struct Gone;

impl Link {
    pub(crate) fn new(stream: TcpStream, number: u64, shared: Arc<Shared>) -> Link {
        // Without it answers only take longer.
        let _ = stream.set_nodelay(true);
        Link { stream, number, shared, unread: false }
    }

    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The next head, with the empty line that ends it.
    pub(crate) fn read_head(&mut self) -> Result<Vec<u8>, Gone> {
        let mut head = Vec::new();
        let mut ahead = vec![0; 16 * 1024];
        while head.len() < HEAD_LIMIT {
            let count = match self.stream.peek(&mut ahead) {
                Ok(0) => return Err(Gone),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return Err(Gone),
            };
            let before = head.len();
            head.extend(&ahead[..count]);
            let from = before.saturating_sub(END_OF_HEAD.len() - 1);
            let end = head[from..]
                .windows(END_OF_HEAD.len())
                .position(|window| window == END_OF_HEAD)
                .map(|place| from + place + END_OF_HEAD.len());
            let taken = end.map_or(count, |end| end - before - 1);
            self.stream.read_exact(&mut ahead[..taken]).map_err(|_| Gone)?;
            if let Some(end) = end {
                head.truncate(end);
                self.unread = true;
                return Ok(head);
            }
        }
        Err(Gone)
    }

    /// Reads the rest of the head, so that closing does not reset.
    pub(crate) fn finish_head(&mut self) -> Result<(), Gone> {
        if std::mem::take(&mut self.unread) {
            self.stream.read_exact(&mut [0]).map_err(|_| Gone)?;
        }
        Ok(())
    }

    /// Reads what has already come in behind the head, so that closing does
    /// not reset.
    pub(crate) fn discard_input(&mut self) {
        if self.finish_head().is_err() || self.stream.set_nonblocking(true).is_err() {
            return;
        }
        let mut buffer = [0; 16 * 1024];
        while matches!(self.stream.read(&mut buffer), Ok(1..)) {}
    }

    /// Some of the bytes behind a head that was finished.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Gone> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Err(Gone),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(Gone),
            }
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Gone> {
        self.stream.write_all(bytes).map_err(|_| Gone)
    }

    /// Writes a head and all of a body at once, as servers do with small files.
    pub(crate) fn write_whole(&mut self, path: &str, head: &[u8], body: &[u8]) -> Result<(), Gone> {
        self.write(&[head, body].concat())?;
        self.shared.sent(path, body.len() as u64);
        Ok(())
    }

    /// Writes body bytes and records each part that was taken.
    pub(crate) fn write_body(&mut self, path: &str, mut bytes: &[u8]) -> Result<(), Gone> {
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(0) => return Err(Gone),
                Ok(count) => {
                    bytes = &bytes[count..];
                    self.shared.sent(path, count as u64);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Err(Gone),
            }
        }
        Ok(())
    }

    /// Holds the connection until a moment or a state, whichever comes first,
    /// as long as client and server want it.
    pub(crate) fn hold(
        &self,
        moment: Option<Instant>,
        until: impl Fn(&State) -> bool,
    ) -> Result<(), Gone> {
        loop {
            let (ends, reached) =
                self.shared.check(|state| (state.ends(self.number), until(state)));
            if ends {
                return Err(Gone);
            }
            let rest = moment.map(|it| it.saturating_duration_since(Instant::now()));
            if reached || rest.is_some_and(|rest| rest.is_zero()) {
                return Ok(());
            }
            if self.client_left() {
                return Err(Gone);
            }
            let time = rest.map_or(LOOK, |rest| rest.min(LOOK));
            let unless = |state: &State| state.ends(self.number) || until(state);
            self.shared.pause(time, unless);
        }
    }

    /// Waits for a state, also when the client is gone.
    pub(crate) fn hold_alone(&self, until: impl Fn(&State) -> bool) -> Result<(), Gone> {
        loop {
            let (stops, reached) = self.shared.check(|state| (state.stopping, until(state)));
            if reached {
                return Ok(());
            }
            if stops {
                return Err(Gone);
            }
            self.shared.pause(LOOK, |state: &State| state.stopping || until(state));
        }
    }

    /// Whether the client closed the connection. Bytes that came before hide
    /// it.
    fn client_left(&self) -> bool {
        if self.stream.set_nonblocking(true).is_err() {
            return true;
        }
        let peeked = self.stream.peek(&mut [0]);
        let restored = self.stream.set_nonblocking(false);
        let left = match peeked {
            Ok(count) => count == 0,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        };
        left || restored.is_err()
    }
}
