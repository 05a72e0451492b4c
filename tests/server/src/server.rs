//! The server: its thread that accepts, and what a test does with it.

use crate::area::{Area, AreaSeen};
use crate::bucket::{Bucket, BucketSeen};
use crate::connection::{self, Keeping};
use crate::link::Link;
use crate::request::Request;
use crate::resource::Resource;
use crate::shared::{Seen, Shared};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// A pause after a connection could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(10);

/// How long the end of a server tries to wake its accepting thread.
const WAKE: Duration = Duration::from_secs(1);

/// A running server. When it is dropped it closes its port, cuts every
/// connection and waits for its threads.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on a free port of the loopback interface.
    pub fn start() -> io::Result<Server> {
        Server::start_on(0)
    }

    /// Starts a server on this port of the loopback interface.
    pub fn start_on(port: u16) -> io::Result<Server> {
        Server::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
    }

    /// Starts a server at this address, which may be one of a network that a test has made.
    pub fn start_at(address: SocketAddr) -> io::Result<Server> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let own = shared.clone();
        let accepting =
            Builder::new().name("test-server".to_owned()).spawn(move || accept(&listener, &own))?;
        Ok(Server { address, shared, accepting: Some(accepting) })
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Adds or replaces what a path holds, and closes its gate. Replies that
    /// are being sent go on with what they began. A request whose path is not
    /// held is looked up without its query.
    pub fn put(&self, path: &str, resource: Resource) {
        self.shared.change(|state| {
            state.close_gate(path);
            state.put(path, resource);
        });
    }

    /// Takes files sent to paths that begin like this, or changes how that is
    /// done; what is there stays. The gate of the area is closed.
    pub fn accept_uploads(&self, prefix: &str, area: Area) {
        self.shared.change(|state| {
            state.close_gate(prefix);
            state.areas.set(prefix, area);
        });
    }

    /// Takes files by S3 at paths that begin like this, or changes how that is
    /// done; what is there stays. The gate of the bucket is closed.
    pub fn serve_bucket(&self, prefix: &str, mut bucket: Bucket) {
        self.shared.change(|state| {
            state.close_gate(prefix);
            if let Some(old) = state.buckets.remove(prefix) {
                bucket.inherit(old);
            }
            state.buckets.insert(prefix.to_owned(), bucket);
        });
    }

    /// What the bucket of that path has.
    ///
    /// # Panics
    ///
    /// When there is no such bucket.
    pub fn bucket(&self, prefix: &str) -> BucketSeen {
        self.shared.look(|seen| seen.bucket(prefix))
    }

    /// What the area of that path has.
    ///
    /// # Panics
    ///
    /// When there is no such area.
    pub fn area(&self, prefix: &str) -> AreaSeen {
        self.shared.look(|seen| seen.area(prefix))
    }

    /// Makes a path unknown.
    pub fn remove(&self, path: &str) {
        self.shared.change(|state| state.remove(path));
    }

    /// Serves `/gen/SEED/LENGTH`, where nothing else is held, with generated
    /// bytes. The query may have `etag` (`none` for no entity tag; quotes may
    /// be left out), `rate` in bytes per second, `norange=1` and
    /// `stall_after` in bytes of each reply. Files that were sent can be
    /// fetched, too; the path of their area has a line for each unfinished
    /// one: its path and its bytes so far.
    pub fn serve_generated(&self) {
        self.shared.change(|state| state.serve_generated = true);
    }

    /// What becomes of connections behind their first answer, from now on.
    pub fn keep_connections(&self, keeping: Keeping) {
        self.shared.change(|state| state.keeping = keeping);
    }

    /// As a proxy, it refuses tunnels with this status.
    pub fn refuse_tunnels(&self, status: u16) {
        self.shared.change(|state| state.tunnel_status = Some(status));
    }

    /// The heads of all requests, in the order they were completed.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.look(|seen| seen.requests().to_vec())
    }

    /// The requests for one path, with any query unless the path has one.
    pub fn requests_for(&self, path: &str) -> Vec<Request> {
        let copy = |seen: &Seen<'_>| seen.requests_for(path).into_iter().cloned().collect();
        self.shared.look(copy)
    }

    /// The body bytes handed to connections for one path. The system may
    /// still hold some of them for the client.
    pub fn body_bytes_sent(&self, path: &str) -> u64 {
        self.shared.look(|seen| seen.body_bytes_sent(path))
    }

    /// The number of connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.shared.look(|seen| seen.open_connections())
    }

    /// The number of connections accepted so far.
    pub fn connections_accepted(&self) -> u64 {
        self.shared.look(|seen| seen.connections_accepted())
    }

    /// Waits until a condition holds and tells whether it did in time. It is
    /// evaluated at once and after each request head, each written part of a
    /// body and each end of a connection. It must not call the server itself:
    /// what it may know is in [`Seen`].
    pub fn wait_until(&self, timeout: Duration, condition: impl FnMut(&Seen<'_>) -> bool) -> bool {
        self.shared.wait_until(timeout, condition)
    }

    /// Lets every reply of the path pass that waits at its gate or comes to
    /// it later, until [`Server::close_gate`] or [`Server::put`]. The path is
    /// the one under which the resource is held.
    pub fn open_gate(&self, path: &str) {
        self.shared.change(|state| state.open_gate(path));
    }

    /// Closes the gate of a path again for replies that come to it later.
    pub fn close_gate(&self, path: &str) {
        self.shared.change(|state| state.close_gate(path));
    }

    /// Cuts every connection that is open now.
    pub fn drop_connections(&self) {
        self.shared.change(|state| state.cut_all());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.change(|state| {
            state.stopping = true;
            state.cut_all();
        });
        // The accepting thread only looks up when a connection comes.
        let woken = TcpStream::connect_timeout(&self.address, WAKE);
        if let Some(accepting) = self.accepting.take() {
            // It only panics by a fault of the server, already reported.
            let _ = accepting.join();
        }
        drop(woken);
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut threads: Vec<JoinHandle<()>> = Vec::new();
    while !shared.check(|state| state.stopping) {
        threads.retain(|thread| !thread.is_finished());
        match listener.accept() {
            Ok((stream, _)) => threads.extend(begin(stream, shared)),
            Err(_) => shared.pause(ACCEPT_AGAIN, |state| state.stopping),
        }
    }
    for thread in threads {
        // A panic in it was already reported.
        let _ = thread.join();
    }
}

/// Gives a connection its thread; without one it is closed.
fn begin(stream: TcpStream, shared: &Arc<Shared>) -> Option<JoinHandle<()>> {
    let number = shared.admit(&stream)?;
    let link = Link::new(stream, number, shared.clone());
    let leaving = Leaving { shared: shared.clone(), number };
    Builder::new()
        .name(format!("test-server-{number}"))
        .spawn(move || {
            let _leaving = leaving;
            connection::serve(link);
        })
        .ok()
}

/// Takes a connection out of the shared state, also when its thread panics.
struct Leaving {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.shared.dismiss(self.number);
    }
}
