//! The named pipe of a store's folder.
//!
//! Names of pipes are the machine's, and anybody may take one. So each host
//! makes up a new name, and writes it to `engine.pipe` in the folder, where only
//! its user writes; only its user may open the pipe, and a guest looks whose
//! pipe it is before it says anything.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use uuid::Uuid;
use windows_sys::Win32::Foundation::{ERROR_PIPE_BUSY, ERROR_PIPE_CONNECTED, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, PIPE_ACCESS_DUPLEX, SECURITY_ANONYMOUS,
};
use windows_sys::Win32::System::Pipes::{
    ConnectNamedPipe, CreateNamedPipeW, GetNamedPipeServerProcessId, PIPE_READMODE_BYTE,
    PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_BYTE, PIPE_UNLIMITED_INSTANCES, PIPE_WAIT,
};
use windows_sys::Win32::System::Threading::INFINITE;

use super::files::{open_unfollowed, rename};
use super::pipe::{Event, Outcome, is_end, overlapped};
use super::security::{Descriptor, owner_sid, user_sid};

pub use super::pipe::Stream;

/// The file in the folder that names the pipe.
const NAME: &str = "engine.pipe";

/// What the names of all our pipes begin with.
const PREFIX: &str = "bgcopy-";

/// More than the file ever holds.
const NAME_BYTES_MAX: u64 = 128;

/// Bytes that the system keeps for each direction.
const BUFFER_BYTES: u32 = 64 * 1024;

/// Between an error and the next try, in milliseconds.
const PAUSE_MS: u32 = 100;

/// Where guests come in.
pub struct Listener {
    path: PathBuf,
    name: String,
    rights: Descriptor,
    /// The instance that the next guest connects to.
    next: Mutex<Option<OwnedHandle>>,
    stopped: Event,
}

impl Listener {
    /// Makes the pipe, for this user alone, and leaves its name in the folder.
    /// Only for the holder of the store's lock.
    pub fn bind(folder: &Path) -> io::Result<Self> {
        let user = user_sid()?;
        let rights = Descriptor::from_text(&format!("O:{user}D:P(A;;GA;;;{user})"))?;
        let name = format!("{PREFIX}{}", Uuid::new_v4().simple());
        let first = instance(&name, &rights, FILE_FLAG_FIRST_PIPE_INSTANCE)?;
        let path = folder.join(NAME);
        leave(&path, &name)?;
        let next = Mutex::new(Some(first));
        Ok(Self { path, name, rights, next, stopped: Event::new()? })
    }

    /// The next connection of this user; None after [`Listener::stop`]. An error
    /// comes after a moment, so that a caller who tries again does not spin.
    pub fn accept(&self) -> io::Result<Option<Stream>> {
        let connected = self.connected();
        if connected.is_err() && self.stopped.wait(PAUSE_MS) {
            return Ok(None);
        }
        connected
    }

    fn connected(&self) -> io::Result<Option<Stream>> {
        loop {
            let taken = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
            let pipe = match taken {
                Some(pipe) => pipe,
                None => instance(&self.name, &self.rights, 0)?,
            };
            // SAFETY: it uses no other memory.
            let outcome = unsafe {
                overlapped(&pipe, &self.stopped, INFINITE, |pipe, state| {
                    ConnectNamedPipe(pipe, state)
                })
            };
            match outcome {
                Ok(Outcome::Done(_)) => {}
                Ok(Outcome::Ended) => return Ok(None),
                // It came before we waited.
                Err(error) if is(&error, ERROR_PIPE_CONNECTED) => {}
                // It came, and has left.
                Err(error) if is_end(&error) => continue,
                Err(error) => return Err(error),
            }
            // Made before this one is used, so that the name stays ours.
            let next = instance(&self.name, &self.rights, 0).ok();
            *self.next.lock().unwrap_or_else(PoisonError::into_inner) = next;
            return Stream::new(pipe).map(Some);
        }
    }

    /// Ends [`Listener::accept`], now and from now on.
    pub fn stop(&self) {
        self.stopped.set();
    }

    /// Removes the name from the folder, unless it is no longer this one.
    pub fn remove(&self) {
        if named(&self.path).is_ok_and(|name| name == self.name) {
            // A later host replaces what is left.
            _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Makes one more instance of a pipe: each serves one guest.
fn instance(name: &str, rights: &Descriptor, first: u32) -> io::Result<OwnedHandle> {
    let name: Vec<u16> = address(name).encode_utf16().chain([0]).collect();
    let attributes = rights.attributes();
    // SAFETY: the name ends in a NUL, and the rights live on.
    let pipe = unsafe {
        CreateNamedPipeW(
            name.as_ptr(),
            PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | first,
            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_UNLIMITED_INSTANCES,
            BUFFER_BYTES,
            BUFFER_BYTES,
            0,
            &raw const attributes,
        )
    };
    if pipe == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was made just now, and nobody else has it.
    Ok(unsafe { OwnedHandle::from_raw_handle(pipe) })
}

fn address(name: &str) -> String {
    format!(r"\\.\pipe\{name}")
}

/// Writes the name of a pipe, so that nobody reads half of it.
fn leave(path: &Path, name: &str) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let mut file = open_unfollowed(&mut options, &unfinished)?;
    file.set_len(0)?;
    file.write_all(name.as_bytes())?;
    drop(file);
    rename(&unfinished, path)
}

/// The name of the pipe, if the file holds one of ours.
fn named(path: &Path) -> io::Result<String> {
    let mut name = String::new();
    let file = open_unfollowed(OpenOptions::new().read(true), path)?;
    file.take(NAME_BYTES_MAX).read_to_string(&mut name)?;
    let id = name.strip_prefix(PREFIX).and_then(|id| Uuid::try_parse(id).ok());
    match id {
        Some(id) if name == format!("{PREFIX}{}", id.simple()) => Ok(name),
        Some(_) | None => Err(ErrorKind::InvalidData.into()),
    }
}

/// Connects to the host of a folder. Never waits: WouldBlock if it has no
/// instance of its pipe free.
pub fn connect(folder: &Path) -> io::Result<Stream> {
    let name = named(&folder.join(NAME))?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).share_mode(0).custom_flags(FILE_FLAG_OVERLAPPED);
    // Whoever is at the other side must not act in our name.
    options.security_qos_flags(SECURITY_ANONYMOUS);
    let pipe = match options.open(address(&name)) {
        Ok(pipe) => OwnedHandle::from(pipe),
        Err(error) if is(&error, ERROR_PIPE_BUSY) => return Err(ErrorKind::WouldBlock.into()),
        Err(error) => return Err(error),
    };
    if owner_sid(&pipe)? != user_sid()? {
        let text = "the queue is driven by another user";
        return Err(io::Error::new(ErrorKind::PermissionDenied, text));
    }
    Stream::new(pipe)
}

/// The number of the process at the other side, where the system tells.
pub fn peer_process(stream: &Stream) -> Option<u32> {
    let (pipe, mut process) = (stream.pipe()?, 0);
    // SAFETY: the pipe is open.
    let told = unsafe { GetNamedPipeServerProcessId(pipe.as_raw_handle(), &raw mut process) };
    (told != 0).then_some(process)
}

/// Sends all of it.
pub fn send(stream: &Stream, bytes: &[u8]) -> io::Result<()> {
    stream.send(bytes)
}

/// How long reads and sends may take; None: for ever.
pub fn set_patience(
    stream: &Stream,
    read: Option<Duration>,
    send: Option<Duration>,
) -> io::Result<()> {
    stream.set_patience(read, send);
    Ok(())
}

fn is(error: &io::Error, number: u32) -> bool {
    error.raw_os_error() == Some(number.cast_signed())
}
