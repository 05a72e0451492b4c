//! A server for user interfaces that exist: `serve --rpc` speaks aria2's JSON-RPC.
//!
//! docs/rpc.md says which methods and options there are.

mod access;
mod context;
mod message;
mod methods;
mod options;
mod page;
mod parameters;
mod server;
mod status;
mod watcher;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use bgcopy_core::Manager;
use clap::Args;

use crate::failure::{Failure, Outcome};
use crate::interrupt::Interrupt;
use crate::{output, passwords};

use access::Access;
use context::Context;
use methods::Handler;
use server::Server;

/// What the description of a job says that a client added.
const OURS: &str = "bgcopy rpc";
/// The variable of the environment with the secret.
const SECRET_VARIABLE: &str = "BGCOPY_RPC_SECRET";

#[derive(Args)]
#[command(next_help_heading = "Remote control")]
pub struct RpcOptions {
    /// Let programs and web pages that speak aria2's JSON-RPC control the queue: an address
    /// and a port, as 127.0.0.1:6800, or a port of this machine alone. What they add is put
    /// in place when it is here.
    #[arg(long, value_name = "[ADDRESS:]PORT", value_parser = address)]
    pub rpc: Option<SocketAddr>,
    /// The first line of this file is the secret that clients need; without it, that of
    /// BGCOPY_RPC_SECRET. An address that other machines reach needs one.
    #[arg(long, value_name = "FILE", requires = "rpc")]
    pub rpc_secret_file: Option<PathBuf>,
    /// The folder that the downloads of clients go to, or below [default: the current one].
    #[arg(long, value_name = "DIR", requires = "rpc")]
    pub rpc_dir: Option<PathBuf>,
    /// Let web pages of this origin in, as https://ariang.example, as often as wanted; `null`
    /// is for pages that are files, `*` for all. It needs a secret.
    #[arg(long, value_name = "ORIGIN", requires = "rpc")]
    pub rpc_origin: Vec<String>,
}

/// The server, ready to be started: its address is taken.
pub struct Rpc {
    pub context: Arc<Context>,
    listener: TcpListener,
}

impl RpcOptions {
    /// Takes the address, before anything else is done.
    pub fn listen(&self) -> Outcome<Option<(TcpListener, Access)>> {
        let Some(address) = self.rpc else {
            return Ok(None);
        };
        let secret = match &self.rpc_secret_file {
            Some(file) => Some(passwords::first_line(file)?),
            None => env::var(SECRET_VARIABLE).ok(),
        };
        let access = Access::new(address, secret.as_deref(), &self.rpc_origin);
        let access = access.map_err(Failure::usage)?;
        let listener = TcpListener::bind(address)
            .map_err(|error| Failure::failed(format!("--rpc {address}: {error}")))?;
        Ok(Some((listener, access)))
    }

    /// The folder of downloads, as an absolute path.
    fn folder(&self) -> Outcome<PathBuf> {
        let named = self.rpc_dir.as_deref().unwrap_or(Path::new("."));
        let failed = |error| Failure::failed(format!("{}: {error}", named.display()));
        fs::create_dir_all(named).map_err(failed)?;
        // Clients get it back, and say it again.
        named.canonicalize().map_err(failed)
    }
}

impl Rpc {
    /// Prepares the server for a queue.
    pub fn prepare(
        options: &RpcOptions,
        store: &Path,
        manager: &Arc<Manager>,
        (listener, access): (TcpListener, Access),
    ) -> Outcome<Self> {
        let context = Context::new(store, Arc::clone(manager), options.folder()?, access)?;
        Ok(Self { context: Arc::new(context), listener })
    }

    /// Starts it, and says where it is.
    pub fn start(&self, interrupt: &Interrupt) -> Outcome<Server> {
        let failed = |error| Failure::failed(format!("--rpc: {error}"));
        let listener = self.listener.try_clone().map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let handler = Handler { context: Arc::clone(&self.context), interrupt: interrupt.clone() };
        let server = Server::start(listener, Arc::new(handler)).map_err(failed)?;
        output::say(&format!("JSON-RPC at http://{address}/jsonrpc, a page at http://{address}/"));
        if self.context.access.is_open() {
            let folder = self.context.folder.display();
            output::complain(&format!(
                "bgcopy: without a secret every user of this machine can control the queue and \
                 download to {folder}"
            ));
        }
        Ok(server)
    }
}

/// An address with its port, or a port of the loopback interface.
fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = || "an address and a port, as 127.0.0.1:6800 or [::1]:6800, or a port".to_owned();
    match text.parse::<u16>() {
        Ok(port) => Ok((IpAddr::V4(Ipv4Addr::LOCALHOST), port).into()),
        Err(_) => text.parse().map_err(|_| wrong()),
    }
}
