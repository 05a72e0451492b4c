//! The Unix-domain socket `engine.sock` in the store's folder.

use std::io::{self, ErrorKind, PipeReader, PipeWriter, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{Mode, OFlags, Timespec, open};

/// The name of the socket in the folder.
const NAME: &str = "engine.sock";

/// Bytes of a path that every system takes for a socket; Linux takes 107.
const PATH_BYTES_MAX: usize = 103;

/// A connection.
pub type Stream = UnixStream;

/// A path that fits into the address of a socket, however long the folder's is.
/// What it needs to stay valid is kept beside it.
struct Short {
    path: PathBuf,
    _folder: Option<OwnedFd>,
}

fn short(folder: &Path) -> io::Result<Short> {
    let path = folder.join(NAME);
    if path.as_os_str().as_bytes().len() <= PATH_BYTES_MAX {
        return Ok(Short { path, _folder: None });
    }
    if !cfg!(any(target_os = "linux", target_os = "android")) {
        let text = format!("its path has more than {PATH_BYTES_MAX} bytes");
        return Err(io::Error::new(ErrorKind::InvalidFilename, text));
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = open(folder, flags, Mode::empty())?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{NAME}", folder.as_raw_fd()));
    Ok(Short { path, _folder: Some(folder) })
}

/// Where guests come in.
pub struct Listener {
    socket: UnixListener,
    path: PathBuf,
    /// Device and inode of the socket, to tell it from that of a later host.
    identity: (u64, u64),
    /// Can be read once nobody is to be let in any more.
    stopped: PipeReader,
    stop: PipeWriter,
}

impl Listener {
    /// Makes the socket, for this user alone. Only for the holder of the
    /// store's lock: what is left of an earlier one is removed.
    pub fn bind(folder: &Path) -> io::Result<Self> {
        let short = short(folder)?;
        match std::fs::remove_file(&short.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let socket = UnixListener::bind(&short.path)?;
        std::fs::set_permissions(&short.path, std::fs::Permissions::from_mode(0o600))?;
        let metadata = std::fs::symlink_metadata(&short.path)?;
        socket.set_nonblocking(true)?;
        let identity = (metadata.dev(), metadata.ino());
        let (stopped, stop) = io::pipe()?;
        Ok(Self { socket, path: folder.join(NAME), identity, stopped, stop })
    }

    /// The next connection of this user; None after [`Listener::stop`]. An error
    /// comes after a moment, so that a caller who tries again does not spin.
    pub fn accept(&self) -> io::Result<Option<Stream>> {
        loop {
            let mut fds = [
                PollFd::new(&self.socket, PollFlags::IN),
                PollFd::new(&self.stopped, PollFlags::IN),
            ];
            match poll(&mut fds, None) {
                Ok(_) if !fds[1].revents().is_empty() => return Ok(None),
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            }
            match self.socket.accept() {
                Ok((stream, _)) => {
                    if peer_is_user(&stream) && stream.set_nonblocking(false).is_ok() {
                        return Ok(Some(stream));
                    }
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock
                            | ErrorKind::Interrupted
                            | ErrorKind::ConnectionAborted
                    ) => {}
                Err(error) => {
                    let pause = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
                    _ = poll(&mut [PollFd::new(&self.stopped, PollFlags::IN)], Some(&pause));
                    return Err(error);
                }
            }
        }
    }

    /// Ends [`Listener::accept`], now and from now on.
    pub fn stop(&self) {
        // A forked child has this end open, too: to close it ends nothing. The
        // pipe is empty, so it takes a byte.
        _ = (&self.stop).write_all(&[0]);
    }

    /// Removes the socket, unless it is no longer this one.
    pub fn remove(&self) {
        let ours = std::fs::symlink_metadata(&self.path)
            .is_ok_and(|there| (there.dev(), there.ino()) == self.identity);
        if ours {
            // A later host removes what is left.
            _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Connects to the host of a folder. Never waits: WouldBlock if more connections
/// wait there than the system keeps.
pub fn connect(folder: &Path) -> io::Result<Stream> {
    let short = short(folder)?;
    let stream = connect_at_once(&short.path)?;
    if peer_is_user(&stream) {
        Ok(stream)
    } else {
        let text = "the queue is driven by another user";
        Err(io::Error::new(ErrorKind::PermissionDenied, text))
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn connect_at_once(path: &Path) -> io::Result<Stream> {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    let stream = Stream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn connect_at_once(path: &Path) -> io::Result<Stream> {
    Stream::connect(path)
}

/// True if the other side runs as this user. Where the system does not tell,
/// the mode of the socket keeps others out.
fn peer_is_user(stream: &Stream) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return rustix::net::sockopt::socket_peercred(stream)
        .is_ok_and(|peer| peer.uid == rustix::process::geteuid());
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        _ = stream;
        true
    }
}

/// The number of the process at the other side, where the system tells.
pub fn peer_process(stream: &Stream) -> Option<u32> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return rustix::net::sockopt::socket_peercred(stream)
        .ok()
        .and_then(|peer| u32::try_from(peer.pid.as_raw_nonzero().get()).ok());
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        _ = stream;
        None
    }
}

/// Sends all of it. A reader that is gone is an error and never a signal.
pub fn send(mut stream: &Stream, bytes: &[u8]) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::net::SendFlags;
        let mut rest = bytes;
        while !rest.is_empty() {
            match rustix::net::send(stream, rest, SendFlags::NOSIGNAL) {
                Ok(sent) => rest = &rest[sent..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        _ = stream.flush();
        Ok(())
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    // Sockets of Rust's library raise no signal there.
    stream.write_all(bytes)
}

/// How long reads and sends may take; None: for ever.
pub fn set_patience(
    stream: &Stream,
    read: Option<Duration>,
    send: Option<Duration>,
) -> io::Result<()> {
    stream.set_read_timeout(read)?;
    stream.set_write_timeout(send)
}
