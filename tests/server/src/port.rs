//! Ports for the real servers, which listen where they are told.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that a system gives to connections and to listeners that ask
/// for any (Linux 32768, others 49152), and above those of well-known services:
/// no other connection takes one of these between the choice and the server's
/// start, nor is one connected with itself.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// How far apart the processes of tests begin.
const OF_A_PROCESS: u32 = 50;

static CHOSEN: AtomicU16 = AtomicU16::new(0);

/// A port of the loopback interface where nobody listens, which this process
/// has not given before.
pub fn free_port() -> u16 {
    for _ in 0..COUNT {
        let chosen = u32::from(CHOSEN.fetch_add(1, Ordering::Relaxed));
        let place = (std::process::id().wrapping_mul(OF_A_PROCESS) + chosen) % u32::from(COUNT);
        let port = FIRST + u16::try_from(place).expect("it is less than COUNT");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free from {FIRST} on");
}
