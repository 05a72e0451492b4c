//! The options of `get`, `put` and `add` that say how requests are made, named as
//! curl names them.

use std::path::PathBuf;

use bgcopy_core::BackgroundMode;
use clap::{ArgGroup, Args};

use crate::limit::{rate, window};

#[derive(Args)]
#[command(next_help_heading = "Requests")]
#[command(group(ArgGroup::new("login").args(["user", "netrc", "netrc_file"]).multiple(true)))]
pub struct NetworkOptions {
    /// A header of every request, as often as wanted; `@FILE` reads one a line,
    /// `@-` from stdin. Headers are stored with the job in clear: a password
    /// belongs in --user.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<String>,
    /// Show the headers to nobody once the job has them: they are sent, and can be replaced, but
    /// neither `show` nor any other program can read them. They are still stored with the job.
    #[arg(long)]
    pub hide_headers: bool,
    /// The HTTP method of a download, without a body. With any other than GET each file is
    /// requested once and from its start: nothing is resumed or retried by itself [default: GET].
    #[arg(short = 'X', long = "request", value_name = "METHOD")]
    pub method: Option<String>,
    /// The User-Agent header [default: bgcopy and its version].
    #[arg(short = 'A', long, value_name = "NAME")]
    pub user_agent: Option<String>,
    /// The Referer header.
    #[arg(short = 'e', long, value_name = "URL")]
    pub referer: Option<String>,
    /// Who you are to the server. Without a password here it is read with
    /// --password-fd or --password-file, else from BGCOPY_PASSWORD, else it is asked
    /// for. Other users of the machine can see a password in the command line. It is
    /// never stored: `add` hands it to the process that hosts the queue.
    #[arg(short, long, value_name = "NAME[:PASSWORD]")]
    pub user: Option<String>,
    /// Fail if the file `~/.netrc`, or the one that NETRC names, has no login for the host
    /// of the URL. Without --user and --oauth2-bearer a login is taken from there anyway if
    /// there is one.
    #[arg(short = 'n', long, conflicts_with = "netrc_file")]
    pub netrc: bool,
    /// Take the login from this file, written as `~/.netrc`, and fail if it has none.
    #[arg(long, value_name = "FILE")]
    pub netrc_file: Option<PathBuf>,
    /// Take no login from `~/.netrc`.
    #[arg(long, conflicts_with_all = ["netrc", "netrc_file"])]
    pub no_netrc: bool,
    /// Prove it by Digest, which does not show the password, instead of Basic.
    #[arg(long, requires = "login")]
    pub digest: bool,
    /// The password is the first line that this open descriptor gives.
    #[arg(long, value_name = "N", requires = "user", conflicts_with = "password_file")]
    pub password_fd: Option<u32>,
    /// The password is the first line of this file.
    #[arg(long, value_name = "FILE", requires = "user")]
    pub password_file: Option<PathBuf>,
    /// A token that shows the server who you are, by a Bearer header. `@FILE` reads it
    /// from the first line of a file, `@-` from stdin, `%NAME` from that variable of the
    /// environment: other users of the machine can see a token in the command line. It is
    /// sent to no other host, and never stored: as with --user.
    #[arg(long, value_name = "TOKEN", conflicts_with = "user")]
    pub oauth2_bearer: Option<String>,
    /// The proxy, by http unless a protocol is named: https, socks4, socks4a, socks5
    /// or socks5h; port 1080 unless one is named. An empty one is none [default: as
    /// the environment says where the job is transferred].
    #[arg(short = 'x', long, value_name = "[PROTOCOL://]HOST[:PORT]")]
    pub proxy: Option<String>,
    /// Hosts that are reached without the proxy, separated by commas; `*` for all.
    #[arg(long, value_name = "LIST")]
    pub noproxy: Option<String>,
    /// Who you are to the proxy. Without a password here it is read from
    /// BGCOPY_PROXY_PASSWORD, else it is asked for.
    #[arg(short = 'U', long, value_name = "NAME[:PASSWORD]")]
    pub proxy_user: Option<String>,
    /// Prove it by Digest.
    #[arg(long, requires = "proxy_user")]
    pub proxy_digest: bool,
    /// The client certificate, a PEM file, with its key or without.
    #[arg(short = 'E', long, value_name = "FILE")]
    pub cert: Option<PathBuf>,
    /// The key of the client certificate, a PEM file that no password guards.
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub key: Option<PathBuf>,
    /// Do not check the certificate of the server: anybody on the way can read and
    /// change what is transferred. With `get` and `put` it holds for this run: the same
    /// command without it checks again. A job made by `add` keeps it.
    #[arg(short = 'k', long)]
    pub insecure: bool,
    /// 0 to fail at a redirect instead of following it; there is no other number. It
    /// holds as long as --insecure does.
    #[arg(long, value_name = "0", value_parser = no_redirects)]
    pub max_redirs: Option<u32>,
    /// Give up after so many seconds without progress, counted from the first failure
    /// on; 0 gives up at the first one [default: 14 days].
    #[arg(long, value_name = "SECONDS")]
    pub no_progress_timeout: Option<u32>,
    /// Wait at least so long before a retry; less than 5 is 5 [default: 5].
    #[arg(long, value_name = "SECONDS")]
    pub retry_delay: Option<u32>,
    /// Give up after so many seconds of transfer, waiting for retries not counted
    /// [default: 90 days].
    #[arg(long, value_name = "SECONDS")]
    pub max_time: Option<u32>,
    /// The most connections for one file: the ranges of a large download, or the parts of
    /// an upload to S3; there are more than one only while that is faster [default: 8, 4
    /// with another --priority than foreground].
    #[arg(long, value_name = "1..32", value_parser = clap::value_parser!(u32).range(1..=32))]
    pub connections_per_file: Option<u32>,
    /// The most bytes a second that a job transfers, with K, M or G for powers of 1024; 0
    /// for no limit. It is stored with the job. `limit` sets that of the whole queue.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub limit_rate: Option<u64>,
    /// Let a download yield to other traffic on the link: always (on), or while its priority
    /// is low (auto). Linux only [default: off].
    #[arg(long, value_name = "on|auto|off", value_parser = background_mode)]
    pub background_mode: Option<BackgroundMode>,
    /// When a job may transfer, as `22:00-06:00` or `Mon-Fri 22:00-06:00; Sat,Sun`, by the
    /// local clock; empty for always. It is stored with the job. `limit --window` sets that
    /// of the whole queue.
    #[arg(long, value_name = "WINDOW", value_parser = window)]
    pub window: Option<String>,
}

/// A mode by its name, in letters of either case.
pub fn background_mode(text: &str) -> Result<BackgroundMode, String> {
    let mut all = BackgroundMode::ALL.into_iter();
    let found = all.find(|mode| mode.name().eq_ignore_ascii_case(text));
    found.ok_or_else(|| "it is on, auto or off".to_owned())
}

fn no_redirects(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(0) => Ok(0),
        Ok(_) | Err(_) => Err("redirects are followed, or with 0 refused: \
             no other number can be chosen"
            .to_owned()),
    }
}
