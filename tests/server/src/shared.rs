//! What the threads of a server share, and what a test can see of it.

use crate::area::{AreaSeen, Areas};
use crate::bucket::{Bucket, BucketSeen};
use crate::connection::Keeping;
use crate::generated;
use crate::reply::Reply;
use crate::request::{Request, path_matches, without_query};
use crate::resource::Resource;
use crate::sent;
use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The state under the lock, and the signal of its changes.
#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
pub(crate) struct State {
    resources: BTreeMap<String, Entry>,
    gates: BTreeMap<String, Gate>,
    log: Vec<Request>,
    sent: BTreeMap<String, u64>,
    open: BTreeMap<u64, Connection>,
    accepted: u64,
    pub(crate) stopping: bool,
    pub(crate) serve_generated: bool,
    pub(crate) keeping: Keeping,
    pub(crate) tunnel_status: Option<u16>,
    pub(crate) areas: Areas,
    /// By the beginning of their paths.
    pub(crate) buckets: BTreeMap<String, Bucket>,
}

struct Entry {
    resource: Arc<Resource>,
    served: usize,
}

#[derive(Clone, Copy, Default)]
struct Gate {
    open: bool,
    openings: u64,
}

struct Connection {
    stream: TcpStream,
    cut: bool,
}

/// How a request is to be answered, decided in the moment it is recorded.
pub(crate) enum Found {
    Scripted {
        key: String,
        resource: Arc<Resource>,
        reply: Box<Reply>,
    },
    Missing,
    WrongMethod,
    /// A tunnel is asked for, and refused.
    Tunnel {
        status: u16,
    },
    /// The path belongs to an area that takes files.
    Area {
        prefix: String,
    },
    /// The path belongs to a bucket.
    Bucket {
        prefix: String,
    },
}

/// What the server saw and sent up to one moment.
pub struct Seen<'a> {
    state: &'a State,
}

impl Seen<'_> {
    /// The heads of all requests, in the order they were completed.
    pub fn requests(&self) -> &[Request] {
        &self.state.log
    }

    /// The requests for one path, with any query unless the path has one.
    pub fn requests_for(&self, path: &str) -> Vec<&Request> {
        let log = self.state.log.iter();
        log.filter(|one| path_matches(&one.path, path)).collect()
    }

    /// The body bytes handed to connections for one path.
    pub fn body_bytes_sent(&self, path: &str) -> u64 {
        let sent = self.state.sent.iter();
        sent.filter(|(own, _)| path_matches(own, path)).map(|(_, bytes)| bytes).sum()
    }

    /// What the area of that path has.
    ///
    /// # Panics
    ///
    /// When there is no such area.
    pub fn area(&self, prefix: &str) -> AreaSeen {
        AreaSeen::of(self.state.areas.get(prefix).expect("an area"))
    }

    /// What the bucket of that path has.
    ///
    /// # Panics
    ///
    /// When there is no such bucket.
    pub fn bucket(&self, prefix: &str) -> BucketSeen {
        BucketSeen::of(self.state.buckets.get(prefix).expect("a bucket"))
    }

    /// The number of connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.state.open.len()
    }

    /// The number of connections accepted so far.
    pub fn connections_accepted(&self) -> u64 {
        self.state.accepted
    }
}

impl State {
    pub(crate) fn put(&mut self, path: &str, resource: Resource) {
        let entry = Entry { resource: Arc::new(resource), served: 0 };
        self.resources.insert(path.to_owned(), entry);
    }

    pub(crate) fn remove(&mut self, path: &str) {
        self.resources.remove(path);
    }

    pub(crate) fn open_gate(&mut self, path: &str) {
        let gate = self.gates.entry(path.to_owned()).or_default();
        gate.open = true;
        gate.openings += 1;
    }

    /// Closes the gate for requests that reach it from now on.
    pub(crate) fn close_gate(&mut self, path: &str) {
        self.gates.entry(path.to_owned()).or_default().open = false;
    }

    /// How often the gate of a path was opened.
    pub(crate) fn openings(&self, path: &str) -> u64 {
        self.gates.get(path).map_or(0, |gate| gate.openings)
    }

    /// Whether a reply that arrived at the gate after so many openings may
    /// pass.
    pub(crate) fn passes(&self, path: &str, openings: u64) -> bool {
        let gate = self.gates.get(path).copied().unwrap_or_default();
        gate.open || gate.openings > openings
    }

    /// Whether a connection is to end at once.
    pub(crate) fn ends(&self, connection: u64) -> bool {
        self.stopping || self.open.get(&connection).is_none_or(|own| own.cut)
    }

    pub(crate) fn cut_all(&mut self) {
        for connection in self.open.values_mut() {
            connection.cut = true;
            // One that is already gone cannot be shut down, nor need it be.
            let _ = connection.stream.shutdown(Shutdown::Both);
        }
    }

    fn find(&mut self, request: &Request) -> Found {
        if let Some(status) = self.tunnel_status.filter(|_| request.method == "CONNECT") {
            return Found::Tunnel { status };
        }
        let bucket = self.buckets.keys().find(|prefix| request.path.starts_with(prefix.as_str()));
        if let Some(prefix) = bucket {
            let is_look = self.serve_generated
                && request.method == "GET"
                && !request.path.contains('?')
                && request.header("Authorization").is_none();
            let bucket = self.buckets.get(prefix).filter(|_| is_look);
            let seen = bucket.and_then(|bucket| sent::in_bucket(bucket, prefix, &request.path));
            return match seen {
                Some(resource) => scripted(request, resource),
                None if is_look => Found::Missing,
                None => Found::Bucket { prefix: prefix.clone() },
            };
        }
        // Replies are fetched from resources below the area.
        let area = self.areas.of(request.path_alone()).filter(|_| request.method != "GET");
        if let Some(prefix) = area {
            return Found::Area { prefix };
        }
        let keys = [request.path.as_str(), without_query(&request.path)];
        let key = keys.into_iter().find(|key| self.resources.contains_key(*key));
        let own = key.and_then(|key| self.resources.get(key)?.resource.method);
        if !["GET", "HEAD"].contains(&request.method.as_str()) && own != Some(&request.method) {
            return Found::WrongMethod;
        }
        let Some(key) = key else {
            let by_path = || {
                generated::resource(&request.path)
                    .or_else(|| sent::resource(&self.areas, &request.path))
            };
            let named = self.serve_generated.then(by_path);
            let named = named.flatten();
            return named.map_or(Found::Missing, |resource| scripted(request, resource));
        };
        let Some(entry) = self.resources.get_mut(key) else {
            return Found::Missing;
        };
        let resource = entry.resource.clone();
        let reply = Box::new(resource.reply(entry.served).clone());
        if request.method != "HEAD" || resource.head_status.is_none() {
            entry.served += 1;
        }
        Found::Scripted { key: key.to_owned(), resource, reply }
    }
}

/// A resource that is made for one request.
fn scripted(request: &Request, resource: Resource) -> Found {
    Found::Scripted {
        key: request.path.clone(),
        reply: Box::new(resource.reply(0).clone()),
        resource: Arc::new(resource),
    }
}

impl Shared {
    /// A look at the state by a test.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Seen<'_>) -> T) -> T {
        look(&Seen { state: &self.lock() })
    }

    /// A look at the state by the server itself.
    pub(crate) fn check<T>(&self, check: impl FnOnce(&State) -> T) -> T {
        check(&self.lock())
    }

    /// Changes the state and wakes everyone who waits for a change.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.notify_all();
        result
    }

    /// Takes a new connection in, unless the server is ending.
    pub(crate) fn admit(&self, stream: &TcpStream) -> Option<u64> {
        let stream = stream.try_clone().ok()?;
        self.change(|state| {
            if state.stopping {
                return None;
            }
            state.accepted += 1;
            let number = state.accepted;
            let connection = Connection { stream, cut: false };
            state.open.insert(number, connection);
            Some(number)
        })
    }

    /// Forgets a connection, which closes the last handle of it.
    pub(crate) fn dismiss(&self, connection: u64) {
        self.change(|state| state.open.remove(&connection));
    }

    /// Records a request and takes its reply, in one step.
    pub(crate) fn receive(&self, request: &Request) -> Found {
        self.change(|state| {
            state.log.push(request.clone());
            state.find(request)
        })
    }

    pub(crate) fn sent(&self, path: &str, bytes: u64) {
        self.change(|state| match state.sent.get_mut(path) {
            Some(sent) => *sent += bytes,
            None => {
                state.sent.insert(path.to_owned(), bytes);
            }
        });
    }

    /// Waits for the next change, no longer than a time.
    pub(crate) fn pause(&self, time: Duration, unless: impl FnOnce(&State) -> bool) {
        let state = self.lock();
        if !unless(&state) {
            let waited = self.changed.wait_timeout(state, time);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Waits until a condition holds, evaluated anew after every change.
    pub(crate) fn wait_until(
        &self,
        timeout: Duration,
        mut condition: impl FnMut(&Seen<'_>) -> bool,
    ) -> bool {
        let start = Instant::now();
        let mut state = self.lock();
        loop {
            if condition(&Seen { state: &state }) {
                return true;
            }
            let rest = timeout.saturating_sub(start.elapsed());
            if rest.is_zero() {
                return false;
            }
            let waited = self.changed.wait_timeout(state, rest);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// A condition of a test may panic under the lock; the state is whole
    /// nevertheless, as conditions only read it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
