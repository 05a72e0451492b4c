//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use bgcopy_core::{FileRange, JobPriority, UploadProtocol};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::download_options::DownloadOptions;
use crate::host_options::HostOptions;
use crate::limit::{QueueRates, rate, window};
use crate::network_options::NetworkOptions;
use crate::rpc::RpcOptions;
use crate::{job_settings, ranges};

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed (the code is on stderr), \
2 wrong usage, 130 interrupted.";

/// Background downloads and uploads that survive the end of the process and of the machine.
#[derive(Parser)]
#[command(name = "bgcopy", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// The folder of the queue [default: bgcopy in the platform's state folder].
    #[arg(long, global = true, env = "BGCOPY_STORE", value_name = "DIR")]
    pub store: Option<OsString>,
    /// The file with what options are unless the command line says it, in place of the one
    /// that `bgcopy config` names.
    #[arg(long, global = true, env = "BGCOPY_CONFIG", value_name = "FILE")]
    pub config: Option<OsString>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    #[command(flatten)]
    Queue(Box<QueueCommand>),
    /// Show where the configuration is, and what it makes of the options of commands.
    ///
    /// It is a TOML file. Its keys are long options without their dashes; they hold for
    /// every command that has the option, and in a table, as `[get]`, for that command
    /// alone. The command line comes first.
    Config(ShowConfig),
    /// Show in under 30 seconds what background downloads can do; needs no network.
    Demo,
    /// Print the script by which a shell completes this program's command lines.
    Completions(Completions),
    /// Print the program's man page, or write all pages to a folder.
    Man(ManPages),
    /// The downloading process of the demonstration.
    #[command(hide = true)]
    DemoWorker(DemoWorker),
}

/// What works on the queue of a store.
#[derive(Subcommand)]
pub enum QueueCommand {
    /// Download in the foreground.
    ///
    /// All URLs form one job. When none of its files can move any more, those that
    /// are here are put in place together, and a file that already has one of the
    /// names is replaced. Ctrl-C suspends the job; the same command takes it up again.
    #[command(after_help = EXIT_CODES)]
    Get(Get),
    /// Send files in the foreground, one job for each.
    ///
    /// Uploads by BITS and by tus go on where they were after every interruption;
    /// a PUT starts over. Ctrl-C suspends the jobs; the same command takes them up
    /// again.
    #[command(after_help = EXIT_CODES)]
    Put(Put),
    /// Add a job to the queue, print its id and return at once.
    ///
    /// It is transferred by the process that hosts the queue: `serve`, `run`,
    /// `get` or any other program that has it open.
    Add(Add),
    /// List the jobs of the queue.
    List(List),
    /// Show all about one job and its files.
    Show(One),
    /// Show the queue as a table that stays up to date, until Ctrl-C.
    ///
    /// Jobs that move come first. Where stdout is no terminal the table is printed once.
    /// With ids it ends when those jobs have left the queue.
    Watch(Watch),
    /// Show what was completed or cancelled within the last 30 days, the last one first.
    ///
    /// The last 1000 jobs are kept. Those without files are not.
    History(History),
    /// Say why jobs do not move and what would get them moving.
    Why(Several),
    /// Transfer the queue until nothing in it can move any more.
    ///
    /// Retries are waited for. Finished jobs stay in the queue, with their
    /// files under temporary names, until they are completed.
    Run(Run),
    /// Host the queue, so that its jobs go on while no other program is open.
    ///
    /// If another process hosts it already this one stands by and takes over
    /// when that ends. Ctrl-C ends it in good order, with exit code 0.
    Serve(Serve),
    /// Show or set the most bytes a second that all jobs of the queue transfer together.
    ///
    /// It holds at once, in whatever process the queue is hosted, and is stored. The limit
    /// of one job is --limit-rate of `get`, `put` and `add`, and the key limit-rate of `set`.
    Limit(Limit),
    /// Change settings of a job: all that is given, or nothing if some of it is refused.
    ///
    /// It goes on with them at once, or when it is transferred next. `default` is the
    /// value that a new job has. Passwords cannot be set here: `get` and `put` take them.
    #[command(after_help = format!("Keys:\n{}", job_settings::keys()))]
    Set(Set),
    /// Transfer ranges of a file before the rest of it and, for a job of `add --on-demand`,
    /// instead of it.
    ///
    /// The job goes on with them. One on demand is suspended again once they are here; its
    /// bytes are in the temporary file, which `show` names.
    Request(Request),
    /// Stop the transfer of jobs; what is here stays.
    Suspend(Jobs),
    /// Let jobs go on: they are transferred by whatever process hosts the queue.
    Resume(Jobs),
    /// Put the finished files of jobs in place and take the jobs out of the queue.
    ///
    /// Unfinished files of the jobs are discarded; a file that already has one of
    /// the names is replaced.
    Complete(Jobs),
    /// Take jobs out of the queue and delete their temporary files, those of
    /// unfinished uploads on the server too.
    #[command(visible_alias = "rm")]
    Cancel(Jobs),
}

#[derive(Args)]
pub struct Get {
    /// What to download: http, https or file.
    #[arg(required_unless_present = "list", value_name = "URL")]
    pub urls: Vec<String>,
    /// The file to download a single URL to; its folder is made if it is missing. `-` writes
    /// it to stdout while it comes in [default: the last part of the URL].
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["directory", "list"])]
    pub output: Option<PathBuf>,
    /// The folder to download to, made if it is missing [default: the current one].
    #[arg(short, long, value_name = "DIR")]
    pub directory: Option<PathBuf>,
    /// Name files as their servers do by Content-Disposition, within the folder; without
    /// that, as their URLs do. No file is replaced, unless --force says so.
    #[arg(short = 'J', long, conflicts_with_all = ["output", "list"])]
    pub remote_header_name: bool,
    /// A file with one URL a line, each optionally followed by a tab and the name
    /// below the folder, and by another tab and the SHA-256; `-` reads from stdin.
    /// Lines that are blank or begin with `#` are skipped.
    #[arg(short = 'i', long = "input", value_name = "LIST")]
    pub list: Option<PathBuf>,
    /// Put nothing in place unless every file arrives: the job stays in the queue if one
    /// fails, and the same command tries that again. Without it, what arrives is put in
    /// place and what fails is reported.
    #[arg(long)]
    pub all_or_nothing: bool,
    /// The SHA-256 of a single file; other content is refused.
    #[arg(long, value_name = "HEX", value_parser = sha256_digest, conflicts_with = "checksums")]
    pub sha256: Option<String>,
    /// Another URL of a single file, asked when the URL fails; may be given again, and they
    /// are asked in that order.
    #[arg(long = "mirror", value_name = "URL")]
    pub mirrors: Vec<String>,
    /// Which jobs of the queue go first.
    #[arg(long, value_enum)]
    pub priority: Option<Priority>,
    /// Print one JSON object a line.
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub quiet: bool,
    #[command(flatten)]
    pub download: DownloadOptions,
    #[command(flatten)]
    pub network: NetworkOptions,
    #[command(flatten)]
    pub host: HostOptions,
}

#[derive(Args)]
pub struct Put {
    /// The files, and the URL that they go to: with a slash at its end, each
    /// goes below it under its own name, unless the server names files itself,
    /// as by tus and POST.
    #[arg(required = true, num_args = 2.., value_names = ["FILE", "URL"])]
    pub words: Vec<OsString>,
    /// How the server takes files. The keys for s3 are taken from
    /// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if there is one,
    /// AWS_SESSION_TOKEN.
    #[arg(long, value_enum, default_value = "auto")]
    pub protocol: Protocol,
    /// Which jobs of the queue go first.
    #[arg(long, value_enum)]
    pub priority: Option<Priority>,
    /// Print one JSON object a line.
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub quiet: bool,
    #[command(flatten)]
    pub network: NetworkOptions,
    #[command(flatten)]
    pub host: HostOptions,
}

/// The protocols of uploads.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Protocol {
    /// The server is asked.
    Auto,
    /// BITS upload: resumable.
    Bits,
    /// tus 1.0: resumable. URL is where uploads are created.
    Tus,
    /// Resumable uploads of the IETF.
    Ietf,
    /// One PUT request.
    Put,
    /// S3: large files in parts, resumable.
    S3,
    /// One POST request.
    Post,
    /// PUT requests with Content-Range: resumable, on Apache and its like. The
    /// unfinished file stands in its place meanwhile.
    #[value(alias = "put_range")]
    PutRange,
}

impl From<Protocol> for UploadProtocol {
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Auto => Self::Auto,
            Protocol::Bits => Self::Bits,
            Protocol::Tus => Self::Tus,
            Protocol::Ietf => Self::Ietf,
            Protocol::Put => Self::Put,
            Protocol::S3 => Self::S3,
            Protocol::Post => Self::Post,
            Protocol::PutRange => Self::PutRange,
        }
    }
}

#[derive(Args)]
pub struct Add {
    /// A URL and the file to download it to, as often as wanted.
    #[arg(required = true, num_args = 2.., value_names = ["URL", "FILE"])]
    pub pairs: Vec<OsString>,
    /// Which jobs of the queue go first.
    #[arg(long, value_enum)]
    pub priority: Option<Priority>,
    /// A key of your own for the job, 1 to 256 characters: if a job in the queue has it
    /// already, that one stays as it is and its id is printed.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Another URL of a single file, asked when the URL fails; may be given again, and they
    /// are asked in that order.
    #[arg(long = "mirror", value_name = "URL")]
    pub mirrors: Vec<String>,
    /// Transfer nothing but the ranges that `request` asks for; until then the job is
    /// suspended.
    #[arg(long)]
    pub on_demand: bool,
    #[command(flatten)]
    pub download: DownloadOptions,
    #[command(flatten)]
    pub network: NetworkOptions,
}

#[derive(Args)]
pub struct Request {
    /// The job: its id, or a beginning of it that no other job has.
    #[arg(value_name = "ID")]
    pub id: String,
    /// First and last byte, from 0 on, as in an HTTP Range: `0-499`, or `500-` up to the end.
    #[arg(required = true, value_name = "RANGE", value_parser = ranges::range)]
    pub ranges: Vec<FileRange>,
    /// The file of the job, from 0 on.
    #[arg(long, value_name = "INDEX", default_value_t = 0)]
    pub file: u32,
}

#[derive(Args)]
pub struct List {
    /// Print a JSON array.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct One {
    /// The job: its id, or a beginning of it that no other job has.
    #[arg(value_name = "ID")]
    pub id: String,
    /// Show all settings, under the names that `set` takes, and not only those that are
    /// others than a new job has. JSON has all.
    #[arg(long)]
    pub settings: bool,
    /// Print a JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Several {
    /// The jobs: ids, or beginnings of ids that no other job has.
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Print one JSON object a line.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Watch {
    /// The jobs: ids, or beginnings of ids that no other job has; none: all.
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Print the table once.
    #[arg(long)]
    pub once: bool,
}

#[derive(Args)]
pub struct History {
    /// Show at most so many jobs.
    #[arg(short = 'n', long, value_name = "N")]
    pub max: Option<usize>,
    /// Forget all of it, and show nothing.
    #[arg(long, conflicts_with_all = ["max", "json"])]
    pub clear: bool,
    /// Print a JSON array.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct ShowConfig {
    /// Print a JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Completions {
    /// The shell.
    pub shell: Shell,
}

#[derive(Args)]
pub struct ManPages {
    /// The folder for the pages of the program and of its commands, made if it is missing.
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

#[derive(Args)]
pub struct Run {
    /// The jobs to wait for; none: all.
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
    /// Complete the jobs that are transferred.
    #[arg(long)]
    pub complete: bool,
    #[command(flatten)]
    pub host: HostOptions,
}

#[derive(Args)]
pub struct Serve {
    /// End when nothing in the queue could move, and no other process had it
    /// open, for so many seconds.
    #[arg(long, value_name = "SECONDS", conflicts_with = "rpc")]
    pub idle_exit: Option<u32>,
    /// Take the place of a host that is too old to work with this one.
    #[arg(long)]
    pub replace_older: bool,
    #[command(flatten)]
    pub host: HostOptions,
    #[command(flatten)]
    pub rates: QueueRates,
    #[command(flatten)]
    pub rpc: RpcOptions,
}

#[derive(Args)]
pub struct Limit {
    /// Of what is downloaded: bytes a second, with K, M or G for powers of 1024; 0 for no
    /// limit. Without it, --upload-rate and --window what is set is shown.
    #[arg(value_name = "RATE", value_parser = rate)]
    pub rate: Option<u64>,
    /// Of what is uploaded, likewise.
    #[arg(long, value_name = "RATE", value_parser = rate)]
    pub upload_rate: Option<u64>,
    /// When the jobs of the queue may transfer, as `22:00-06:00` or `Mon-Fri 22:00-06:00;
    /// Sat,Sun`, by the local clock of the process that hosts it; empty for always.
    #[arg(long, value_name = "WINDOW", value_parser = window)]
    pub window: Option<String>,
    /// Print a JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Set {
    /// The job: its id, or a beginning of it that no other job has.
    #[arg(value_name = "ID")]
    pub id: String,
    /// What is set.
    #[arg(required = true, value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
}

#[derive(Args)]
pub struct Jobs {
    /// The jobs: ids, or beginnings of ids that no other job has.
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
}

#[derive(Args)]
pub struct DemoWorker {
    /// The folder of the queue.
    pub folder: PathBuf,
    /// The job that the commands on stdin are for.
    pub id: uuid::Uuid,
}

impl QueueCommand {
    /// The options of the process that may host the queue.
    pub fn host_options(&mut self) -> Option<&mut HostOptions> {
        match self {
            Self::Get(get) => Some(&mut get.host),
            Self::Put(put) => Some(&mut put.host),
            Self::Run(run) => Some(&mut run.host),
            Self::Serve(serve) => Some(&mut serve.host),
            Self::Add(_)
            | Self::List(_)
            | Self::Show(_)
            | Self::Watch(_)
            | Self::History(_)
            | Self::Why(_)
            | Self::Set(_)
            | Self::Request(_)
            | Self::Suspend(_)
            | Self::Resume(_)
            | Self::Complete(_)
            | Self::Cancel(_)
            | Self::Limit(_) => None,
        }
    }
}

/// The priorities of the job API.
#[derive(Clone, Copy, ValueEnum)]
pub enum Priority {
    Foreground,
    High,
    Normal,
    Low,
}

impl From<Priority> for JobPriority {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::Foreground => Self::Foreground,
            Priority::High => Self::High,
            Priority::Normal => Self::Normal,
            Priority::Low => Self::Low,
        }
    }
}

/// A SHA-256 as the library takes it.
pub fn sha256_digest(text: &str) -> Result<String, String> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("a SHA-256 has 64 hexadecimal digits".to_owned())
    }
}
