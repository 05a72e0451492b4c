//! Runs requests on one curl multi handle. It knows requests and where their
//! bytes go; it knows no jobs.
//!
//! An [`Order`] is one request; each ends with exactly one [`Ending`]. Bytes
//! go from curl's buffer to the temporary file without passing anywhere else.

mod checksum;
mod errors;
mod options;
mod receiver;
mod sender;
mod sending;
mod source;
mod trust;

use std::collections::BTreeMap;
use std::time::Duration;

use curl::easy::Easy2;
use curl::multi::{Easy2Handle, Multi, MultiWaker};

use crate::protocol::{Head, Scheme, check_remote_name};
use crate::vocab::Result;

pub use options::{Credentials, Options};
pub use receiver::{Ending, HeadNews, Known, Order, RESERVE_FROM_BYTES};

pub use sender::{UploadEnding, UploadOrder};
pub use trust::Trust;

use receiver::Receiver;
use sending::Sendings;
use source::LocalCopy;

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
    running: BTreeMap<Token, Easy2Handle<Receiver>>,
    sending: Sendings,
    /// Requests for local sources: curl would copy such a file in one go.
    local: BTreeMap<Token, LocalCopy>,
    idle: Vec<Easy2<Receiver>>,
    multi: Multi,
    next_token: Token,
}

/// What happened to one order since the last call of [`Transfers::turn`].
pub enum News {
    /// The response head was accepted. If `waits` is set, the body is held
    /// back until [`Transfers::proceed`].
    Head(Token, HeadNews),
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
            sending: Sendings::default(),
            local: BTreeMap::new(),
            idle: Vec::new(),
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

    /// Starts a request. An error means that it was not started.
    pub fn start(&mut self, order: Order, options: &Options) -> Result<Token> {
        let token = self.next_token;
        if Scheme::of(&order.request.url) == Scheme::File {
            self.local.insert(token, LocalCopy::open(order)?);
        } else {
            let mut easy = match self.idle.pop() {
                Some(mut easy) => {
                    easy.reset();
                    easy
                }
                None => Easy2::new(Receiver::default()),
            };
            options::apply(&mut easy, &order.request, options).map_err(errors::of_setup)?;
            easy.get_mut().take_order(order);
            self.run(token, easy)?;
        }
        self.next_token += 1;
        Ok(token)
    }

    /// Starts a request of an upload. An error means that it was not started.
    pub fn start_upload(&mut self, order: UploadOrder, options: &Options) -> Result<Token> {
        let token = self.next_token;
        self.sending.start(&self.multi, token, order, options)?;
        self.next_token += 1;
        Ok(token)
    }

    fn run(&mut self, token: Token, easy: Easy2<Receiver>) -> Result<()> {
        let mut handle = self.multi.add2(easy).map_err(errors::of_multi)?;
        let slot = usize::try_from(token).unwrap_or(usize::MAX);
        handle.set_token(slot).map_err(errors::of_setup)?;
        self.running.insert(token, handle);
        Ok(())
    }

    /// Stops a request without an [`Ending`]. Bytes still in its buffer are
    /// written first: the position up to which the file is good is returned.
    pub fn stop(&mut self, token: Token) -> Option<u64> {
        if self.sending.stop(&self.multi, token) {
            return None;
        }
        if let Some(mut copy) = self.local.remove(&token) {
            return copy.receiver.leave();
        }
        let mut easy = self.multi.remove2(self.running.remove(&token)?).ok()?;
        let written = easy.get_mut().leave();
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
        handle.get_mut().proceed();
        handle.unpause_write().map_err(errors::of_setup)
    }

    /// Moves everything that can move without waiting.
    pub fn turn(&mut self) -> Result<Vec<News>> {
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
        for (token, handle) in &mut self.running {
            if let Some(head) = handle.get_mut().take_head() {
                news.push(News::Head(*token, with_address(head, handle)));
            }
            if let Some(written) = handle.get_mut().take_progress() {
                news.push(News::Written(*token, written));
            }
        }
        self.sending.progress(&self.multi, &mut news)?;
        for (token, result) in ended {
            let Some(mut handle) = self.running.remove(&token) else {
                self.sending.end(&self.multi, token, result, &mut news)?;
                continue;
            };
            let facts = errors::Facts::of(&mut handle, result);
            let (head, ending) = handle.get_mut().finish(|head| facts.failure(head));
            news.extend(head.map(|head| News::Head(token, with_address(head, &mut handle))));
            news.push(News::Ended(token, ending));
            let easy = self.multi.remove2(handle).map_err(errors::of_multi)?;
            self.retire(easy);
        }
        Ok(news)
    }

    /// Takes a piece of each local source.
    fn copy_some(&mut self, news: &mut Vec<News>) {
        let mut over = Vec::new();
        for (token, copy) in &mut self.local {
            let ending = copy.step();
            news.extend(copy.receiver.take_head().map(|head| News::Head(*token, head)));
            news.extend(copy.receiver.take_progress().map(|to| News::Written(*token, to)));
            if let Some((head, ending)) = ending {
                news.extend(head.map(|head| News::Head(*token, head)));
                over.push((*token, ending));
            }
        }
        for (token, ending) in over {
            self.local.remove(&token);
            news.push(News::Ended(token, ending));
        }
    }

    /// Waits until there is something to move, the waker is used, or the
    /// time is over.
    pub fn wait(&self, timeout: Duration) -> Result<()> {
        let is_copying = self.local.values().any(|copy| copy.receiver.takes_bytes());
        let timeout = if is_copying { Duration::ZERO } else { timeout };
        let timeout = self.sending.held_for().map_or(timeout, |left| timeout.min(left));
        self.multi.poll(&mut [], timeout).map(|_| ()).map_err(errors::of_multi)
    }

    fn retire(&mut self, mut easy: Easy2<Receiver>) {
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
        let mut descriptor = curl::multi::WaitFd::new();
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
fn with_address(mut head: HeadNews, handle: &mut Easy2Handle<Receiver>) -> HeadNews {
    if !head.redirects.is_empty() {
        let answered = handle.effective_url().ok().flatten();
        // An address that no caller may name is not remembered either.
        head.answered = answered.filter(|url| check_remote_name(url).is_ok()).map(str::to_owned);
    }
    head
}
