//! Changes of the machine's network, where the system tells of them: on Linux.

#[cfg(target_os = "linux")]
pub use netlink::NetworkWatch;
#[cfg(not(target_os = "linux"))]
pub use nothing::NetworkWatch;

/// What the system has for a socket.
pub type Descriptor = std::os::fd::RawFd;

#[cfg(target_os = "linux")]
mod netlink {
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    use std::os::fd::{AsRawFd, OwnedFd};

    use rustix::io::Errno;
    use rustix::net::{
        AddressFamily, RecvFlags, SocketFlags, SocketType, bind, netlink, recv, socket_with,
    };

    use super::Descriptor;
    use crate::platform::NetworkChange;

    /// Links, IPv4 addresses, IPv4 routes, IPv6 addresses, IPv6 routes: the bits of
    /// RTMGRP_LINK, RTMGRP_IPV4_IFADDR and so on.
    const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

    /// A message is far shorter; several come in one go.
    const BUFFER_BYTES: usize = 32 * 1024;

    /// Addresses, links and routes that are remembered. With more, the same
    /// change is reported again.
    const KNOWN_MAX: usize = 4096;

    const NEW_LINK: u16 = 16;
    const DELETED_LINK: u16 = 17;
    const NEW_ADDRESS: u16 = 20;
    const DELETED_ADDRESS: u16 = 21;
    const NEW_ROUTE: u16 = 24;
    const DELETED_ROUTE: u16 = 25;

    const HEADER_BYTES: usize = 16;
    const ADDRESS_BYTES: usize = 8;
    const ROUTE_BYTES: usize = 12;

    /// IFF_UP and IFF_LOWER_UP: switched on, and with a carrier.
    const LINK_UP: u32 = 0x1 | 0x1_0000;
    /// IFA_F_TENTATIVE: it cannot be used yet, and is reported again.
    const TENTATIVE: u8 = 0x40;
    /// RTM_F_CLONED: a cache entry of a route.
    const CLONED: u32 = 0x200;
    /// RT_TABLE_LOCAL: what the addresses of the machine bring with them.
    const LOCAL_TABLE: u8 = 255;

    const ATTRIBUTE_ADDRESS: u16 = 1;
    const ATTRIBUTE_LOCAL: u16 = 2;
    const ROUTE_DESTINATION: u16 = 1;
    const ROUTE_LINK: u16 = 4;
    const ROUTE_GATEWAY: u16 = 5;
    const ROUTE_METRIC: u16 = 6;

    /// Listens to the kernel.
    pub struct NetworkWatch {
        socket: Option<OwnedFd>,
        known: Known,
        /// What is read at a time. It is kept, as each turn of the engine looks.
        buffer: Vec<u8>,
    }

    /// What was reported so far: routers and drivers repeat themselves.
    #[derive(Default)]
    pub(super) struct Known {
        links: BTreeMap<u32, bool>,
        addresses: BTreeSet<IpAddr>,
        routes: BTreeSet<Vec<u8>>,
    }

    impl NetworkWatch {
        /// Listens from now on, if this process may.
        pub fn start() -> Self {
            Self { socket: listen().ok(), known: Known::default(), buffer: vec![0; BUFFER_BYTES] }
        }

        /// What can be read once there is something; None if nothing is reported.
        pub fn descriptor(&self) -> Option<Descriptor> {
            self.socket.as_ref().map(AsRawFd::as_raw_fd)
        }

        /// What has changed since the last call.
        pub fn take(&mut self) -> NetworkChange {
            let mut change = NetworkChange::default();
            let Some(socket) = &self.socket else {
                return change;
            };
            loop {
                match recv(socket, &mut self.buffer[..], RecvFlags::DONTWAIT) {
                    Ok((0, _)) => return change,
                    Ok((read, _)) => self.known.read(&self.buffer[..read], &mut change),
                    Err(Errno::INTR) => {}
                    // Some of it was lost.
                    Err(Errno::NOBUFS) => (change.gained, change.restored) = (true, true),
                    Err(Errno::AGAIN) => return change,
                    Err(_) => {
                        self.socket = None;
                        return change;
                    }
                }
            }
        }
    }

    fn listen() -> rustix::io::Result<OwnedFd> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // No protocol is protocol 0, NETLINK_ROUTE.
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        bind(&socket, &netlink::SocketAddrNetlink::new(0, GROUPS))?;
        Ok(socket)
    }

    impl Known {
        /// Reads messages: each a header, a fixed part and attributes, aligned to four
        /// bytes, with numbers as the machine has them.
        pub(super) fn read(&mut self, mut told: &[u8], change: &mut NetworkChange) {
            while let (Some(length), Some(kind)) = (long(told, 0), short(told, 4)) {
                let length = length as usize;
                let Some(body) = told.get(HEADER_BYTES..length) else {
                    return;
                };
                match kind {
                    NEW_LINK | DELETED_LINK => self.link(body, kind == NEW_LINK, change),
                    NEW_ADDRESS | DELETED_ADDRESS => {
                        self.address(body, kind == NEW_ADDRESS, change);
                    }
                    NEW_ROUTE | DELETED_ROUTE => self.route(body, kind == NEW_ROUTE, change),
                    _ => {}
                }
                told = told.get(length.next_multiple_of(4)..).unwrap_or_default();
            }
        }

        fn link(&mut self, body: &[u8], is_there: bool, change: &mut NetworkChange) {
            let (Some(number), Some(flags)) = (long(body, 4), long(body, 8)) else {
                return;
            };
            let is_up = is_there && flags & LINK_UP == LINK_UP;
            let was_up = self.links.get(&number).copied();
            if is_up && was_up != Some(true) {
                change.gained = true;
                change.restored |= was_up == Some(false);
            }
            if self.links.len() < KNOWN_MAX || was_up.is_some() {
                self.links.insert(number, is_up);
            }
        }

        fn address(&mut self, body: &[u8], is_there: bool, change: &mut NetworkChange) {
            let Some(flags) = body.get(2) else {
                return;
            };
            let attributes = Attributes(body.get(ADDRESS_BYTES..).unwrap_or_default());
            let find = |wanted| attributes.clone().find(|(kind, _)| *kind == wanted);
            // Only IPv4 has both: the other one is that of the far end.
            let found = find(ATTRIBUTE_LOCAL).or_else(|| find(ATTRIBUTE_ADDRESS));
            let Some(address) = found.and_then(|(_, value)| address_of(value)) else {
                return;
            };
            if !is_there {
                self.addresses.remove(&address);
                change.lost.push(address);
            } else if flags & TENTATIVE == 0 && !self.addresses.contains(&address) {
                change.gained = true;
                if self.addresses.len() < KNOWN_MAX {
                    self.addresses.insert(address);
                }
            }
        }

        fn route(&mut self, body: &[u8], is_there: bool, change: &mut NetworkChange) {
            let (Some(head), Some(flags)) = (body.get(..ROUTE_BYTES), long(body, 8)) else {
                return;
            };
            if head[4] == LOCAL_TABLE || flags & CLONED != 0 {
                return;
            }
            let is_default = head[1] == 0;
            let mut key = vec![head[0], head[1]];
            for (kind, value) in Attributes(&body[ROUTE_BYTES..]) {
                if [ROUTE_DESTINATION, ROUTE_LINK, ROUTE_GATEWAY, ROUTE_METRIC].contains(&kind) {
                    key.extend(kind.to_ne_bytes());
                    key.extend(value);
                }
            }
            if !is_there {
                self.routes.remove(&key);
            } else if !self.routes.contains(&key) {
                change.gained = true;
                change.restored |= is_default;
                if self.routes.len() < KNOWN_MAX {
                    self.routes.insert(key);
                }
            }
        }
    }

    /// Attributes: each two bytes of length, two of kind, the value, aligned to four.
    #[derive(Clone)]
    struct Attributes<'a>(&'a [u8]);

    impl<'a> Iterator for Attributes<'a> {
        type Item = (u16, &'a [u8]);

        fn next(&mut self) -> Option<Self::Item> {
            let (length, kind) = (usize::from(short(self.0, 0)?), short(self.0, 2)?);
            let value = self.0.get(4..length)?;
            self.0 = self.0.get(length.next_multiple_of(4)..).unwrap_or_default();
            Some((kind, value))
        }
    }

    fn address_of(value: &[u8]) -> Option<IpAddr> {
        if let Ok(four) = <[u8; 4]>::try_from(value) {
            return Some(Ipv4Addr::from(four).into());
        }
        <[u8; 16]>::try_from(value).ok().map(|sixteen| Ipv6Addr::from(sixteen).into())
    }

    fn short(bytes: &[u8], at: usize) -> Option<u16> {
        Some(u16::from_ne_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
    }

    fn long(bytes: &[u8], at: usize) -> Option<u32> {
        Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn message(kind: u16, fixed: &[u8], attributes: &[(u16, &[u8])]) -> Vec<u8> {
            let mut body = fixed.to_vec();
            for (kind, value) in attributes {
                body.extend(u16::try_from(4 + value.len()).expect("short").to_ne_bytes());
                body.extend(kind.to_ne_bytes());
                body.extend(*value);
                body.resize(body.len().next_multiple_of(4), 0);
            }
            let length = u32::try_from(HEADER_BYTES + body.len()).expect("short");
            let mut told = length.to_ne_bytes().to_vec();
            told.extend(kind.to_ne_bytes());
            told.resize(HEADER_BYTES, 0);
            told.extend(body);
            told
        }

        fn link(flags: u32) -> Vec<u8> {
            let mut fixed = [0; 16];
            fixed[8..12].copy_from_slice(&flags.to_ne_bytes());
            message(NEW_LINK, &fixed, &[])
        }

        fn told(known: &mut Known, messages: &[Vec<u8>]) -> NetworkChange {
            let mut change = NetworkChange::default();
            known.read(&messages.concat(), &mut change);
            change
        }

        fn change(gained: bool, restored: bool, lost: &[[u8; 4]]) -> NetworkChange {
            let lost = lost.iter().map(|address| IpAddr::from(*address)).collect();
            NetworkChange { gained, restored, lost }
        }

        #[test]
        fn an_address_is_gained_once_and_lost_each_time() {
            let mut known = Known::default();
            let new = message(NEW_ADDRESS, &[2, 24, 0, 0, 1, 0, 0, 0], &[(2, &[10, 0, 0, 1])]);
            let gone = message(DELETED_ADDRESS, &[2, 24, 0, 0, 1, 0, 0, 0], &[(2, &[10, 0, 0, 1])]);
            let tentative =
                message(NEW_ADDRESS, &[10, 64, TENTATIVE, 0, 1, 0, 0, 0], &[(1, &[1; 16])]);
            assert_eq!(told(&mut known, &[tentative]), change(false, false, &[]));
            assert_eq!(told(&mut known, std::slice::from_ref(&new)), change(true, false, &[]));
            assert_eq!(
                told(&mut known, std::slice::from_ref(&new)),
                change(false, false, &[]),
                "again"
            );
            assert_eq!(told(&mut known, &[gone, new]), change(true, false, &[[10, 0, 0, 1]]));
        }

        #[test]
        fn a_link_that_comes_back_restores_what_went_through_it() {
            let mut known = Known::default();
            assert_eq!(told(&mut known, &[link(1)]), change(false, false, &[]));
            assert_eq!(told(&mut known, &[link(LINK_UP)]), change(true, true, &[]));
            assert_eq!(told(&mut known, &[link(LINK_UP | 2)]), change(false, false, &[]));
        }

        #[test]
        fn a_route_counts_when_it_is_new() {
            let mut known = Known::default();
            let mut fixed = [0; ROUTE_BYTES];
            fixed[..5].copy_from_slice(&[2, 0, 0, 0, 254]);
            let default = message(NEW_ROUTE, &fixed, &[(ROUTE_GATEWAY, &[10, 0, 0, 9])]);
            assert_eq!(told(&mut known, std::slice::from_ref(&default)), change(true, true, &[]));
            assert_eq!(told(&mut known, &[default]), change(false, false, &[]), "again");
            fixed[4] = LOCAL_TABLE;
            let local = message(NEW_ROUTE, &fixed, &[]);
            assert_eq!(told(&mut known, &[local]), change(false, false, &[]));
        }

        #[test]
        fn nonsense_is_passed_over() {
            let mut known = Known::default();
            let mut change = NetworkChange::default();
            for length in 0..40 {
                known.read(&vec![0xff; length], &mut change);
                known.read(&vec![0; length], &mut change);
            }
            assert_eq!(change, NetworkChange::default());
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod nothing {
    use super::Descriptor;
    use crate::platform::NetworkChange;

    /// Hears nothing.
    pub struct NetworkWatch;

    impl NetworkWatch {
        pub fn start() -> Self {
            Self
        }

        pub fn descriptor(&self) -> Option<Descriptor> {
            None
        }

        pub fn take(&mut self) -> NetworkChange {
            NetworkChange::default()
        }
    }
}
