//! What the system measures of a TCP connection, and how much its peer may send: on Linux.

// Neither has a safe wrapper. Each call gets a buffer that outlives it.
#![cfg_attr(
    any(target_os = "linux", target_os = "android"),
    allow(unsafe_code, reason = "options of sockets")
)]

use super::network::Descriptor;
use crate::platform::Measured;

/// What is known of a connection; None where the system does not say.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn measure(socket: Descriptor) -> Option<Measured> {
    /// The fields of `struct tcp_info` up to tcpi_min_rtt; libc's stops before.
    const BYTES: usize = 152;
    const SEGMENT: usize = 20;
    const RECEIVE_ROUND_TRIP: usize = 92;
    const RECEIVED: usize = 128;
    const SHORTEST_ROUND_TRIP: usize = 148;
    let mut info = [0_u8; BYTES];
    let mut length = libc::socklen_t::try_from(BYTES).ok()?;
    // SAFETY: the buffer has that length, and both outlive the call.
    let code = unsafe {
        libc::getsockopt(
            socket,
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    if code != 0 || (length as usize) < BYTES {
        return None;
    }
    let number = |at: usize| Some(u32::from_ne_bytes(info.get(at..at + 4)?.try_into().ok()?));
    let received = u64::from_ne_bytes(info.get(RECEIVED..RECEIVED + 8)?.try_into().ok()?);
    Some(Measured {
        round_trip_us: number(RECEIVE_ROUND_TRIP).filter(|time| *time > 0),
        shortest_us: number(SHORTEST_ROUND_TRIP).filter(|time| *time > 0 && *time < u32::MAX)?,
        received,
        segment: number(SEGMENT)?,
    })
}

/// The peer may have at most so many bytes under way.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub fn limit_window(socket: Descriptor, bytes: u32) {
    let bytes = libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX);
    let Ok(length) = libc::socklen_t::try_from(size_of::<libc::c_int>()) else {
        return;
    };
    // SAFETY: the number has that length and outlives the call. If it fails the window is as before.
    unsafe {
        libc::setsockopt(
            socket,
            libc::IPPROTO_TCP,
            libc::TCP_WINDOW_CLAMP,
            (&raw const bytes).cast(),
            length,
        );
    }
}

/// Nothing is known.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn measure(_socket: Descriptor) -> Option<Measured> {
    None
}

/// Does nothing.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn limit_window(_socket: Descriptor, _bytes: u32) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd;

    use super::{limit_window, measure};

    #[test]
    fn a_connection_is_measured_and_its_window_kept_small() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let mut near =
            TcpStream::connect(listener.local_addr().expect("an address")).expect("near");
        let (mut far, _) = listener.accept().expect("far");
        let socket = near.as_raw_fd();
        let before = measure(socket).expect("measured");
        assert!(before.shortest_us > 0 && before.received == 0, "{before:?}");
        far.write_all(&[7; 1000]).expect("sent");
        near.read_exact(&mut [0; 1000]).expect("received");
        let after = measure(socket).expect("measured");
        assert!(after.received == 1000 && after.segment > 0, "{after:?}");

        // What nobody reads stays within the window; the peer cannot send the rest.
        limit_window(socket, 8192);
        far.set_nonblocking(true).expect("set");
        while far.write(&[7; 64 * 1024]).is_ok() {}
        let waits = measure(socket).expect("measured").received;
        assert!(waits <= 200 * 1024, "{waits} bytes came");
    }

    #[test]
    fn what_is_no_connection_is_not_measured() {
        let file = std::fs::File::open("/dev/null").expect("a file");
        assert_eq!(measure(file.as_raw_fd()), None);
        limit_window(file.as_raw_fd(), 8192);
    }
}
