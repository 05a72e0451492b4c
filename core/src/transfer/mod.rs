//! Runs requests on one curl multi handle. It knows requests and where their
//! bytes go; it knows no jobs.
//!
//! An [`Order`] is one request; each ends with exactly one [`Ending`]. Bytes
//! go from curl's buffer to the temporary file without passing anywhere else.

mod background;
#[cfg(test)]
mod background_tests;
mod bucket;
mod checksum;
mod errors;
mod flood;
mod guarded;
mod known_version;
mod limiter;
#[cfg(test)]
mod limiter_tests;
mod options;
mod receiver;
mod redirects;
mod source;
mod trust;
mod unpack;
mod upload_handler;
mod uploads;
mod yielding;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use curl::easy::Easy2;
use curl::multi::{Easy2Handle, Multi, MultiWaker, WaitFd};
use uuid::Uuid;

use crate::platform::Descriptor;
use crate::protocol::{Head, Scheme, check_remote_name};
use crate::vocab::{RateLimits, Result};

pub use errors::of_file as local_failure;
pub use known_version::KnownVersion;
pub use options::{Credentials, RequestOptions};
pub use receiver::{Ending, HeadEvent, Order, RESERVE_FROM_BYTES};

pub use trust::Trust;
pub use upload_handler::{UploadEnding, UploadOrder};

use guarded::Guarded;
use limiter::{Direction, Limiter, Share};
use receiver::Receiver;
use source::LocalCopy;
use uploads::Uploads;
use yielding::Yielding;

/// Names one running order.
pub type Token = u64;

/// Connections kept open for reuse beyond those in use: without them each
/// small file pays for a new connection.
const IDLE_CONNECTIONS: usize = 64;

/// Easy handles kept for reuse; each holds a few kilobytes.
const IDLE_HANDLES: usize = 64;

/// The requests under way.
pub struct Transfers {
    // Handles must go before the multi handle they belong to.
    running: BTreeMap<Token, Easy2Handle<Guarded<Receiver>>>,
    sending: Uploads,
    /// Requests for local sources: curl would copy such a file in one go.
    local: BTreeMap<Token, LocalCopy>,
    idle: Vec<Easy2<Guarded<Receiver>>>,
    /// The rate limits.
    limiter: Rc<RefCell<Limiter>>,
    /// The groups of downloads, and those downloads that yield to other traffic.
    groups: BTreeMap<Token, Uuid>,
    background: BTreeSet<Token>,
    yielding: Yielding,
    multi: Multi,
    next_token: Token,
}

/// What happened to one order since the last call of [`Transfers::turn`].
pub enum TransferEvent {
    /// The response head was accepted. If `waits` is set, the body is held
    /// back until [`Transfers::proceed`].
    Head(Token, HeadEvent),
    /// The temporary file holds bytes up to this position.
    Written(Token, u64),
    /// The order is over.
    Ended(Token, Ending),
    /// So many bytes of an upload's request were handed to the connection.
    Sent(Token, u64),
    /// The server said this of an upload before its answer.
    Interim(Token, Head),
    /// A request of an upload is over.
    Answered(Token, UploadEnding),
}

impl Transfers {
    /// A set of transfers without any. E_NOT_SUPPORTED if libcurl cannot wait
    /// for descriptors of 1,024 and above.
    pub fn new() -> Result<Self> {
        let multi = Multi::new();
        let mut transfers = Self {
            running: BTreeMap::new(),
            sending: Uploads::default(),
            local: BTreeMap::new(),
            idle: Vec::new(),
            limiter: Rc::new(RefCell::new(Limiter::new(Instant::now()))),
            groups: BTreeMap::new(),
            background: BTreeSet::new(),
            yielding: Yielding::default(),
            multi,
            next_token: 1,
        };
        transfers.multi.pipelining(false, true).map_err(errors::of_multi)?;
        transfers.refuse_select()?;
        Ok(transfers)
    }

    /// What other threads use to end a [`Transfers::wait`] early.
    pub fn waker(&self) -> MultiWaker {
        self.multi.waker()
    }

    /// Sets how many connections may be open, in all and to one host.
    pub fn set_limits(&mut self, total: usize, per_host: usize) -> Result<()> {
        self.multi.set_max_total_connections(total).map_err(errors::of_multi)?;
        self.multi.set_max_host_connections(per_host).map_err(errors::of_multi)?;
        self.multi.set_max_connects(total + IDLE_CONNECTIONS).map_err(errors::of_multi)
    }

    /// Sets the rate limits of all requests together, also of those under way.
    pub fn limit_all(&self, rates: RateLimits) {
        self.limiter.borrow_mut().limit_all(rates, Instant::now());
    }

    /// Sets those of the requests of one group.
    pub fn limit_group(&self, group: Uuid, rates: RateLimits) {
        self.limiter.borrow_mut().limit_group(group, rates, Instant::now());
    }

    /// Sets whether the downloads of one group yield to other traffic, also those under way.
    pub fn yield_group(&mut self, group: Uuid, yields: bool) {
        for (token, _) in self.groups.iter().filter(|(_, own)| **own == group) {
            if yields {
                self.background.insert(*token);
            } else if self.background.remove(token) {
                self.yielding.release(*token);
            }
        }
    }

    /// True if downloads of the group go slowly, as others use the link.
    pub fn makes_way(&self, group: Uuid) -> bool {
        let is_in = |token: &Token| self.groups.get(token) == Some(&group);
        self.yielding.makes_way() && self.background.iter().any(is_in)
    }

    /// A request is over: nothing limits it, and its connection is free.
    fn leave(&mut self, token: Token) {
        self.limiter.borrow_mut().leave(token);
        self.groups.remove(&token);
        if self.background.remove(&token) {
            self.yielding.release(token);
        }
    }

    /// Sees to it that what yields to other traffic does so.
    fn look_at_background(&mut self) {
        let now = Instant::now();
        if self.background.is_empty() || !self.yielding.is_due(now) {
            return;
        }
        let mut found = Vec::new();
        for token in &self.background {
            let Some(handle) = self.running.get_mut(token) else {
                continue;
            };
            let server = handle.primary_ip().ok().flatten().map(str::to_owned);
            if let (Some(socket), Some(server)) = (options::active_socket(handle), server) {
                found.push((*token, socket, server));
            }
        }
        self.yielding.look(found, now);
    }

    /// The requests that wait until a rate limit lets them go on.
    pub fn limited(&self) -> Vec<Token> {
        self.limiter.borrow().waiting().collect()
    }

    /// Starts a request. An error means that it was not started.
    pub fn start(&mut self, order: Order, options: &RequestOptions) -> Result<Token> {
        let token = self.next_token;
        if Scheme::of(&order.request.url) == Scheme::File {
            let share = Share::new(&self.limiter, token);
            self.local.insert(token, LocalCopy::open(order, share)?);
        } else {
            let mut easy = match self.idle.pop() {
                Some(mut easy) => {
                    easy.reset();
                    easy
                }
                None => Easy2::new(Guarded::default()),
            };
            options::apply(&mut easy, &order.request, options).map_err(errors::of_setup)?;
            let follow = options::follow(&order.request.url, options.security_flags);
            let share = Share::new(&self.limiter, token);
            easy.get_mut().take_order(order, follow, share);
            self.run(token, easy)?;
            self.groups.insert(token, options.rate_group);
            if options.yields {
                self.background.insert(token);
            }
        }
        self.join(token, Direction::Download, options);
        Ok(token)
    }

    /// A request was started: it is subject to the rate limits.
    fn join(&mut self, token: Token, direction: Direction, options: &RequestOptions) {
        let of = (options.rate_group, options.rates);
        self.limiter.borrow_mut().join(token, direction, of, Instant::now());
        self.next_token += 1;
    }

    /// Starts a request of an upload. An error means that it was not started.
    pub fn start_upload(&mut self, order: UploadOrder, options: &RequestOptions) -> Result<Token> {
        let token = self.next_token;
        let share = Share::new(&self.limiter, token);
        self.sending.start(&self.multi, token, (order, share), options)?;
        self.join(token, Direction::Upload, options);
        Ok(token)
    }

    /// Forgets what libcurl knows of the network: names are looked up again, and no
    /// connection that is there is used for another request.
    pub fn forget_network(&mut self) -> Result<()> {
        self.yielding.forget();
        options::forget_network(&self.multi).map_err(errors::of_multi)
    }

    /// The requests whose connection has one of these addresses at this end.
    pub fn at_addresses(&mut self, addresses: &[IpAddr]) -> Vec<Token> {
        let is_one = |address: Option<&str>| {
            address.and_then(|text| text.parse().ok()).is_some_and(|own| addresses.contains(&own))
        };
        let running = self.running.iter_mut();
        let downloads = running.filter_map(|(token, handle)| {
            is_one(handle.local_ip().ok().flatten()).then_some(*token)
        });
        let mut tokens: Vec<_> = downloads.collect();
        tokens.extend(self.sending.at_addresses(is_one));
        tokens
    }

    fn run(&mut self, token: Token, easy: Easy2<Guarded<Receiver>>) -> Result<()> {
        let mut handle = self.multi.add2(easy).map_err(errors::of_multi)?;
        let slot = usize::try_from(token).unwrap_or(usize::MAX);
        handle.set_token(slot).map_err(errors::of_setup)?;
        self.running.insert(token, handle);
        Ok(())
    }

    /// Stops a request without an [`Ending`]. Bytes still in its buffer are
    /// written first: the position up to which the file is good is returned.
    pub fn stop(&mut self, token: Token) -> Option<u64> {
        self.leave(token);
        if self.sending.stop(&self.multi, token) {
            return None;
        }
        if let Some(mut copy) = self.local.remove(&token) {
            return copy.receiver.leave();
        }
        let mut easy = self.multi.remove2(self.running.remove(&token)?).ok()?;
        let written = easy.get_mut().run(Receiver::leave).unwrap_or(None);
        self.retire(easy);
        written
    }

    /// Lets a held-back body flow, in either direction.
    pub fn proceed(&mut self, token: Token) -> Result<()> {
        self.sending.proceed(token)?;
        if let Some(copy) = self.local.get_mut(&token) {
            copy.receiver.proceed();
            return Ok(());
        }
        let Some(handle) = self.running.get_mut(&token) else {
            return Ok(());
        };
        // After a panic the request ends with its failure.
        _ = handle.get_mut().run(Receiver::proceed);
        handle.unpause_write().map_err(errors::of_setup)
    }

    /// Moves everything that can move without waiting.
    pub fn turn(&mut self) -> Result<Vec<TransferEvent>> {
        self.call_limited();
        let news = self.advance()?;
        for event in &news {
            if let TransferEvent::Ended(token, _) | TransferEvent::Answered(token, _) = event {
                self.leave(*token);
            }
        }
        self.look_at_background();
        Ok(news)
    }

    /// Lets those go on whose turn it is by the rate limits.
    fn call_limited(&mut self) {
        let called = self.limiter.borrow_mut().call(Instant::now());
        for token in called {
            match self.running.get(&token) {
                // If curl cannot go on it ends the request, which is reported.
                Some(handle) => _ = handle.unpause_write(),
                None => self.sending.go_on(token),
            }
        }
    }

    fn advance(&mut self) -> Result<Vec<TransferEvent>> {
        let mut news = Vec::new();
        self.copy_some(&mut news);
        if self.running.is_empty() && self.sending.is_empty() {
            return Ok(news);
        }
        self.multi.perform().map_err(errors::of_multi)?;
        let mut ended = Vec::new();
        self.multi.messages(|message| {
            if let (Ok(token), Some(result)) = (message.token(), message.result()) {
                ended.push((token as Token, result));
            }
        });
        self.sending.progress(&self.multi, &mut news)?;
        // What is over first: it needs no write that its end does not make.
        for (token, result) in ended {
            let Some(handle) = self.running.remove(&token) else {
                self.sending.end(&self.multi, token, result, &mut news)?;
                continue;
            };
            let mut easy = self.multi.remove2(handle).map_err(errors::of_multi)?;
            let facts = errors::TransferFacts::of(&mut easy, result);
            if facts.lost_kept_connection() && easy.get_mut().begin_again() {
                // Others that were kept may be as dead.
                easy.fresh_connect(true).map_err(errors::of_setup)?;
                self.run(token, easy)?;
                continue;
            }
            let finished = easy.get_mut().run(|it| it.finish(|head| facts.failure(head)));
            let (head, ending) = finished.unwrap_or_else(|failure| (None, Ending::failed(failure)));
            let answered = easy.effective_url().ok().flatten();
            news.extend(head.map(|head| TransferEvent::Head(token, with_address(head, answered))));
            news.push(TransferEvent::Ended(token, ending));
            self.retire(easy);
        }
        self.progress(&mut news)?;
        Ok(news)
    }

    /// What came in since the last call, of requests that are not over.
    fn progress(&mut self, news: &mut Vec<TransferEvent>) -> Result<()> {
        let now = Instant::now();
        let mut over = Vec::new();
        for (token, handle) in &mut self.running {
            if let Some(head) = handle.get_mut().take_head() {
                let answered = handle.effective_url().ok().flatten();
                news.push(TransferEvent::Head(*token, with_address(head, answered)));
            }
            if handle.get_mut().flood.begins() {
                options::show_bytes(handle).map_err(errors::of_setup)?;
            }
            let flushed = handle.get_mut().run(|receiver| receiver.flush_if_due(now));
            if let Some(ending) = flushed.unwrap_or_else(|failure| Some(Ending::failed(failure))) {
                over.push((*token, ending));
            } else if let Some(written) = handle.get_mut().take_progress() {
                news.push(TransferEvent::Written(*token, written));
            }
        }
        for (token, ending) in over {
            if let Some(handle) = self.running.remove(&token) {
                let easy = self.multi.remove2(handle).map_err(errors::of_multi)?;
                self.retire(easy);
            }
            news.push(TransferEvent::Ended(token, ending));
        }
        Ok(())
    }

    /// Takes a piece of each local source.
    fn copy_some(&mut self, news: &mut Vec<TransferEvent>) {
        let mut over = Vec::new();
        let now = Instant::now();
        for (token, copy) in &mut self.local {
            let ending = copy.step().or_else(|| Some((None, copy.receiver.flush_if_due(now)?)));
            news.extend(copy.receiver.take_head().map(|head| TransferEvent::Head(*token, head)));
            news.extend(copy.receiver.take_progress().map(|to| TransferEvent::Written(*token, to)));
            if let Some((head, ending)) = ending {
                news.extend(head.map(|head| TransferEvent::Head(*token, head)));
                over.push((*token, ending));
            }
        }
        for (token, ending) in over {
            self.local.remove(&token);
            news.push(TransferEvent::Ended(token, ending));
        }
    }

    /// Waits until there is something to move or to read from `also`, the waker is
    /// used, or the time is over.
    pub fn wait(&self, timeout: Duration, also: Option<Descriptor>) -> Result<()> {
        let now = Instant::now();
        let mut limiter = self.limiter.borrow_mut();
        let is_copying = self
            .local
            .iter()
            .any(|(token, copy)| copy.receiver.takes_bytes() && !limiter.has_to_wait(*token));
        let timeout = if is_copying { Duration::ZERO } else { timeout };
        let timeout = self.sending.held_for().map_or(timeout, |left| timeout.min(left));
        let waiting = self.running.values().filter_map(|handle| handle.get_ref().flush_due());
        // curl counts whole milliseconds, and would wake up before the last one is over.
        let timeout = waiting.chain(limiter.due(now)).chain(self.yielding.due()).min().map_or(
            timeout,
            |due| {
                let left = due.saturating_duration_since(now);
                timeout.min(left + Duration::from_millis(1))
            },
        );
        drop(limiter);
        let mut others = also.map(|descriptor| {
            let mut other = WaitFd::new();
            other.set_fd(descriptor);
            other.poll_on_read(true);
            other
        });
        let others = others.as_mut_slice();
        self.multi.poll(others, timeout).map(|_| ()).map_err(errors::of_multi)
    }

    fn retire(&mut self, mut easy: Easy2<Guarded<Receiver>>) {
        easy.get_mut().clear();
        if self.idle.len() < IDLE_HANDLES {
            self.idle.push(easy);
        }
    }

    /// A libcurl built on select() fails every transfer of a process that has
    /// 1,024 descriptors open. Better to say so at once than then.
    #[cfg(unix)]
    fn refuse_select(&self) -> Result<()> {
        use crate::vocab::{Error, code};
        let Ok(any) = std::os::unix::net::UnixStream::pair() else {
            return Ok(());
        };
        let Ok(high) = rustix::io::fcntl_dupfd_cloexec(&any.0, 1024) else {
            // The process may not open that many: it cannot happen.
            return Ok(());
        };
        let mut descriptor = WaitFd::new();
        descriptor.set_fd(std::os::fd::AsRawFd::as_raw_fd(&high));
        descriptor.poll_on_write(true);
        let waited = self.multi.poll(&mut [descriptor], Duration::ZERO);
        if waited.is_ok_and(|ready| ready == 1) {
            return Ok(());
        }
        Err(Error::new(
            code::E_NOT_SUPPORTED,
            "libcurl was built on select() and fails once 1,024 descriptors are open; \
             build it with CFLAGS=-DHAVE_POLL",
        ))
    }

    /// Waits for an event of all its sockets, however many there are.
    #[cfg(windows)]
    fn refuse_select(&self) -> Result<()> {
        Ok(())
    }
}

/// Adds where the answer came from, if it is not where it was asked for.
fn with_address(mut head: HeadEvent, answered: Option<&str>) -> HeadEvent {
    if !head.redirects.is_empty() {
        // An address that no caller may name is not remembered either.
        head.answered = answered.filter(|url| check_remote_name(url).is_ok()).map(str::to_owned);
    }
    head
}
