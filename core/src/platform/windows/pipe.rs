//! One end of a named pipe, as a stream that several threads use at once.
//!
//! All operations are overlapped ones: with others a thread that reads would
//! keep one that sends waiting.

use std::io::{Error, ErrorKind, Read, Result};
use std::net::Shutdown;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use windows_sys::Win32::Foundation::{
    ERROR_BROKEN_PIPE, ERROR_IO_PENDING, ERROR_NO_DATA, ERROR_PIPE_NOT_CONNECTED, WAIT_OBJECT_0,
    WAIT_TIMEOUT,
};
use windows_sys::Win32::Storage::FileSystem::{ReadFile, WriteFile};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::Threading::{
    CreateEventW, INFINITE, SetEvent, WaitForMultipleObjects,
};

/// Something to wait for; once set, it stays so.
pub struct Event {
    handle: OwnedHandle,
}

impl Event {
    pub fn new() -> Result<Self> {
        // SAFETY: no argument is a pointer to anything.
        let handle = unsafe { CreateEventW(null(), 1, 0, null()) };
        if handle.is_null() {
            return Err(Error::last_os_error());
        }
        // SAFETY: it was made just now, and nobody else has it.
        Ok(Self { handle: unsafe { OwnedHandle::from_raw_handle(handle) } })
    }

    pub fn set(&self) {
        // SAFETY: the event is open.
        unsafe {
            SetEvent(self.handle.as_raw_handle());
        }
    }

    /// True if it was set before the time was over.
    pub fn wait(&self, milliseconds: u32) -> bool {
        first_of(&[self], milliseconds) == Some(0)
    }
}

/// Which of some events is the first to be set; None once the time is over.
fn first_of(events: &[&Event], milliseconds: u32) -> Option<usize> {
    let handles: Vec<RawHandle> = events.iter().map(|event| event.handle.as_raw_handle()).collect();
    // SAFETY: there are that many, and all are open.
    let waited =
        unsafe { WaitForMultipleObjects(handles.len() as u32, handles.as_ptr(), 0, milliseconds) };
    match waited {
        WAIT_TIMEOUT => None,
        _ => Some((waited.wrapping_sub(WAIT_OBJECT_0)) as usize),
    }
}

/// How an operation ended.
pub enum Outcome {
    /// With so many bytes.
    Done(usize),
    /// The event was set first.
    Ended,
}

/// Starts an operation and waits for its end. What it uses is not touched any
/// more when this returns, whatever it returns.
///
/// # Safety
///
/// `start` must begin an overlapped operation on `pipe` with the structure it
/// gets, and on memory that lives through this call.
pub unsafe fn overlapped(
    pipe: &OwnedHandle,
    ended: &Event,
    milliseconds: u32,
    start: impl FnOnce(RawHandle, *mut OVERLAPPED) -> i32,
) -> Result<Outcome> {
    let done = Event::new()?;
    let mut state = OVERLAPPED { hEvent: done.handle.as_raw_handle(), ..Default::default() };
    let raw = pipe.as_raw_handle();
    if start(raw, &raw mut state) == 0 {
        let error = Error::last_os_error();
        if error.raw_os_error() != Some(ERROR_IO_PENDING.cast_signed()) {
            return Err(error);
        }
    }
    // What is done already counts, even if it has ended meanwhile.
    let first = first_of(&[&done, ended], milliseconds);
    if first != Some(0) {
        // SAFETY: the operation began on this handle with this structure.
        unsafe {
            CancelIoEx(raw, &raw const state);
        }
    }
    let mut bytes = 0;
    // SAFETY: likewise; this waits until the system has let go of the structure.
    let finished = unsafe { GetOverlappedResult(raw, &raw const state, &raw mut bytes, 1) };
    match (finished, first) {
        (0, Some(1)) => Ok(Outcome::Ended),
        (0, None) => Err(ErrorKind::TimedOut.into()),
        (0, Some(_)) => Err(Error::last_os_error()),
        (_, _) => Ok(Outcome::Done(bytes as usize)),
    }
}

/// True if an error says that the other side is gone.
pub fn is_end(error: &Error) -> bool {
    let number = error.raw_os_error().map(i32::cast_unsigned);
    matches!(number, Some(ERROR_BROKEN_PIPE | ERROR_PIPE_NOT_CONNECTED | ERROR_NO_DATA))
}

/// Bytes that are sent at a time.
const SEND_BYTES: usize = 64 << 10;

/// A connection. Its clones are the same one.
pub struct Stream {
    shared: Arc<Shared>,
}

struct Shared {
    /// None once it was shut down; then the last operation closes it.
    pipe: Mutex<Option<Arc<OwnedHandle>>>,
    ended: Event,
    /// In milliseconds.
    read_patience: AtomicU32,
    send_patience: AtomicU32,
}

impl Stream {
    /// From one end that was opened for overlapped operations.
    pub fn new(pipe: OwnedHandle) -> Result<Self> {
        let shared = Shared {
            pipe: Mutex::new(Some(Arc::new(pipe))),
            ended: Event::new()?,
            read_patience: AtomicU32::new(INFINITE),
            send_patience: AtomicU32::new(INFINITE),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The same connection once more.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(Self { shared: Arc::clone(&self.shared) })
    }

    /// Ends it in both directions, for all clones. What was sent can still be
    /// read by the other side.
    pub fn shutdown(&self, _how: Shutdown) -> Result<()> {
        self.shared.pipe.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.shared.ended.set();
        Ok(())
    }

    /// How long reads and sends may take; None: for ever.
    pub fn set_patience(&self, read: Option<Duration>, send: Option<Duration>) {
        self.shared.read_patience.store(milliseconds(read), Ordering::Relaxed);
        self.shared.send_patience.store(milliseconds(send), Ordering::Relaxed);
    }

    /// The handle; None once it was shut down.
    pub fn pipe(&self) -> Option<Arc<OwnedHandle>> {
        self.shared.pipe.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn receive(&self, buffer: &mut [u8]) -> Result<usize> {
        let Some(pipe) = self.pipe() else {
            return Ok(0);
        };
        let patience = self.shared.read_patience.load(Ordering::Relaxed);
        let (place, bytes) = (buffer.as_mut_ptr(), short(buffer.len()));
        // SAFETY: the buffer is borrowed through the call.
        let outcome = unsafe {
            overlapped(&pipe, &self.shared.ended, patience, |pipe, state| {
                ReadFile(pipe, place, bytes, null_mut(), state)
            })
        };
        match outcome {
            Ok(Outcome::Done(read)) => Ok(read),
            Ok(Outcome::Ended) => Ok(0),
            Err(error) if is_end(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Sends all of it. The patience is that for each piece.
    pub fn send(&self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            let Some(pipe) = self.pipe() else {
                return Err(ErrorKind::BrokenPipe.into());
            };
            let patience = self.shared.send_patience.load(Ordering::Relaxed);
            let (place, bytes) = (data.as_ptr(), short(data.len().min(SEND_BYTES)));
            // SAFETY: the data is borrowed through the call.
            let outcome = unsafe {
                overlapped(&pipe, &self.shared.ended, patience, |pipe, state| {
                    WriteFile(pipe, place, bytes, null_mut(), state)
                })
            };
            match outcome? {
                Outcome::Done(sent) => data = &data[sent..],
                Outcome::Ended => return Err(ErrorKind::BrokenPipe.into()),
            }
        }
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.receive(buffer)
    }
}

impl Read for &Stream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.receive(buffer)
    }
}

fn milliseconds(patience: Option<Duration>) -> u32 {
    patience.map_or(INFINITE, |patience| {
        u32::try_from(patience.as_millis()).unwrap_or(INFINITE - 1).max(1)
    })
}

fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(1 << 30)
}
