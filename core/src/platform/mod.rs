//! What systems differ in: files beyond Rust's library, locks, the machine's
//! clock and start, users, and local connections.
//!
//! `unix` and `windows` have the same functions; nothing else in the library
//! asks which system it is on.

mod local_clock;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
use windows as system;

pub use local_clock::local_offsets;
pub use system::connection::{limit_window, measure};
pub use system::errors::{NO_NETWORK_ERRORS, code_of, is_gone};
pub use system::files::{
    Facts, allocate, check_length, create_private_folder, free_bytes, has_hole, is_exact,
    is_writable_folder, make_private, open_to_read, open_unfollowed, publish, read_at, rename,
    sync_folder, told_umask, umask, write_all_at,
};
pub use system::lock::{try_lock_alone, try_lock_shared, unlock};
pub use system::machine::{boot_id, monotonic_ms, user};
pub use system::names::{path_of, text_of};
pub use system::network::{Descriptor, NetworkWatch};
pub use system::socket;

/// What the system measured of a TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// A round trip as what is received shows it, in microseconds; None before anything is.
    pub round_trip_us: Option<u32>,
    /// The shortest one of the last minutes, in microseconds.
    pub shortest_us: u32,
    /// Bytes received.
    pub received: u64,
    /// Bytes of a segment as they come.
    pub segment: u32,
}

/// What changed of the machine's network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkChange {
    /// There is an address, a link or a route that was not there before: what could not be
    /// reached may be within reach now.
    pub gained: bool,
    /// A link that was down is up again, or there is another default route: what came
    /// through it before may come no more.
    pub restored: bool,
    /// Addresses that the machine has no more, and with them all their connections.
    pub lost: Vec<std::net::IpAddr>,
}

impl NetworkChange {
    /// True if nothing changed.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// Fills a buffer from an offset on; an error if the file ends before.
pub fn read_exact_at(file: &std::fs::File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_at(file, &mut buffer[filled..], offset + filled as u64) {
            Ok(0) => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
