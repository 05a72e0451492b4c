//! The options of `get`, `put` and `add` that say how requests are made, named as
//! curl names them.

use clap::Args;

#[derive(Args)]
#[command(next_help_heading = "Requests")]
pub struct NetworkOptions {
    /// A header of every request, as often as wanted; `@FILE` reads one a line,
    /// `@-` from stdin. Headers are stored with the job in clear: a password
    /// belongs in --user.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<String>,
    /// The User-Agent header [default: bgcopy and its version].
    #[arg(short = 'A', long, value_name = "NAME")]
    pub user_agent: Option<String>,
    /// The Referer header.
    #[arg(short = 'e', long, value_name = "URL")]
    pub referer: Option<String>,
}
