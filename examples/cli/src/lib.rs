//! `bgcopy`: background downloads and uploads from the command line.
//!
//! [`main`] is the whole program. Its own binary calls it, and so does the command of
//! the Python package. Everything it does goes through the public API of `bgcopy_core`,
//! so that it is also the example of how that API is used.

mod args;
mod checksums;
mod config;
mod config_command;
mod demo;
mod demo_process;
mod demo_worker;
mod download_options;
mod failure;
mod generated;
mod get;
mod header_names;
mod history;
mod host_options;
mod interrupt;
mod job_ids;
mod job_options;
mod job_settings;
mod limit;
mod netrc;
mod network_options;
mod output;
mod passwords;
mod program;
mod progress;
mod proxy;
mod put;
mod queue_commands;
mod ranges;
mod rpc;
mod run;
mod serve;
mod service_manager;
mod set;
mod shown_settings;
mod stdout;
mod store_folder;
mod table;
mod targets;
mod watch;

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser};

use args::{Arguments, Command, QueueCommand};
use config::Config;
use config_command::StoreSource;
use failure::{EXIT_SUCCESS, EXIT_USAGE, Failure, Outcome};
use program::Program;

/// Does what a command line says, and returns the exit code of the process: 0 if it is
/// done, 1 if it failed, 2 for wrong usage, 130 if it was interrupted.
///
/// `program` are the words that start the program, the first of which names a file that
/// can be executed; `arguments` are the words after them. Both appear in messages that say
/// how to go on, and the demonstration starts the program again.
///
/// It is called once in a process, which then ends: it writes to standard output and
/// standard error, commands that transfer install handlers of the signals SIGHUP,
/// SIGINT and SIGTERM, and a second such signal ends the process at once.
pub fn main(program: Vec<OsString>, arguments: Vec<OsString>) -> u8 {
    let program = Program { words: program, arguments };
    let words = [OsString::from("bgcopy")].into_iter().chain(program.arguments.iter().cloned());
    match parse(words.collect()) {
        Ok(arguments) => end(carry_out(&program, arguments).and_then(|()| output::outcome())),
        Err(NotParsed::Arguments(error)) => explain(&error),
        Err(NotParsed::Config(failure)) => end(Err(failure)),
    }
}

/// Why there are no arguments.
enum NotParsed {
    /// They are wrong, or help is wanted.
    Arguments(clap::Error),
    /// The configuration is.
    Config(Failure),
}

/// A command line, and the configuration that it was read with.
struct Parsed {
    arguments: Arguments,
    config: Config,
    store: StoreSource,
}

/// Reads the command line, and once more with what the configuration says of it.
fn parse(words: Vec<OsString>) -> Result<Parsed, NotParsed> {
    let alone = Arguments::try_parse_from(&words).map_err(NotParsed::Arguments)?;
    let (mut command, mut config) = (Arguments::command(), Config::default());
    if matches!(alone.command, Command::Queue(_) | Command::Config(_)) {
        config = Config::read(alone.config, &command).map_err(NotParsed::Config)?;
        command = config.apply(command);
    }
    let matches = command.try_get_matches_from_mut(words).map_err(NotParsed::Arguments)?;
    let mut arguments = Arguments::from_arg_matches(&matches).map_err(NotParsed::Arguments)?;
    if let (Command::Queue(queue), Some((_, own))) = (&mut arguments.command, matches.subcommand())
        && let Some(host) = queue.host_options()
    {
        host.note_source(own);
    }
    arguments.store = arguments.store.filter(|folder| !folder.is_empty());
    let folder = arguments.store.as_ref().map(|folder| folder.display().to_string());
    let store = match (folder, matches.value_source("store")) {
        (Some(folder), Some(ValueSource::CommandLine)) => StoreSource::CommandLine(folder),
        (Some(folder), _) => StoreSource::Environment(folder),
        (None, _) => StoreSource::Elsewhere,
    };
    Ok(Parsed { arguments, config, store })
}

fn carry_out(program: &Program, parsed: Parsed) -> Outcome {
    let Parsed { arguments, config, store } = parsed;
    match &arguments.command {
        Command::Queue(command) => store_folder::find(arguments.store.or_else(|| config.store()))
            .and_then(|store| dispatch(program, &store, command)),
        Command::Config(show) => config_command::show(&config, store, show),
        Command::Demo => demo::demo(program),
        Command::Completions(wanted) => {
            generated::completions(wanted.shell);
            Ok(())
        }
        Command::Man(pages) => generated::man(pages.folder.as_deref()),
        Command::DemoWorker(worker) => demo_worker::serve(worker),
    }
}

/// What is wrong with the command line; or its help, where that is wanted.
fn explain(error: &clap::Error) -> u8 {
    let text = error.render().to_string();
    // Words of the command line may come from others, as names of files do.
    let printed = match output::printable(&text) {
        Cow::Borrowed(_) => error.print(),
        Cow::Owned(text) if error.use_stderr() => {
            output::complain(text.trim_end());
            Ok(())
        }
        Cow::Owned(text) => {
            output::say(text.trim_end());
            Ok(())
        }
    };
    if error.use_stderr() {
        return EXIT_USAGE;
    }
    output::note(printed);
    end(output::outcome())
}

fn end(outcome: Outcome) -> u8 {
    match outcome {
        Ok(()) => EXIT_SUCCESS,
        Err(failure) => {
            failure.tell();
            failure.exit_code()
        }
    }
}

fn dispatch(program: &Program, store: &Path, command: &QueueCommand) -> Outcome {
    match command {
        QueueCommand::Get(get) => get::get(program, store, get),
        QueueCommand::Put(put) => put::put(program, store, put),
        QueueCommand::Add(add) => queue_commands::add(store, add),
        QueueCommand::List(list) => queue_commands::list(store, list.json),
        QueueCommand::Show(one) => queue_commands::show(store, one),
        QueueCommand::Watch(watch) => watch::watch(store, watch),
        QueueCommand::History(wanted) => history::show(store, wanted),
        QueueCommand::Why(one) => queue_commands::why(store, one),
        QueueCommand::Run(run) => run::run(store, run),
        QueueCommand::Serve(serve) => serve::serve(store, serve),
        QueueCommand::Limit(limit) => limit::limit(store, limit),
        QueueCommand::Set(one) => set::set(store, one),
        QueueCommand::Request(request) => ranges::request(store, request),
        QueueCommand::Suspend(jobs) => queue_commands::suspend(store, &jobs.ids),
        QueueCommand::Resume(jobs) => queue_commands::resume(store, &jobs.ids),
        QueueCommand::Complete(jobs) => queue_commands::complete(store, &jobs.ids),
        QueueCommand::Cancel(jobs) => queue_commands::cancel(store, &jobs.ids),
    }
}
