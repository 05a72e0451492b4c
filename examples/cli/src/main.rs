//! `bgcopy`: background downloads from the command line.
//!
//! Everything it does goes through the public API of `bgcopy_core`, so that it
//! is also the example of how that API is used.

mod args;
mod demo;
mod demo_process;
mod demo_worker;
mod failure;
mod get;
mod interrupt;
mod job_ids;
mod output;
mod progress;
mod put;
mod queue_commands;
mod run;
mod serve;
mod store_folder;
mod targets;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command, QueueCommand};
use failure::Outcome;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Command::Queue(command) => {
            store_folder::find(arguments.store).and_then(|store| dispatch(&store, command))
        }
        Command::Demo => demo::demo(),
        Command::DemoWorker(worker) => demo_worker::serve(worker),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            failure.exit_code()
        }
    }
}

fn dispatch(store: &std::path::Path, command: &QueueCommand) -> Outcome {
    match command {
        QueueCommand::Get(get) => get::get(store, get),
        QueueCommand::Put(put) => put::put(store, put),
        QueueCommand::Add(add) => queue_commands::add(store, add),
        QueueCommand::List(list) => queue_commands::list(store, list.json),
        QueueCommand::Show(one) => queue_commands::show(store, one),
        QueueCommand::Why(one) => queue_commands::why(store, one),
        QueueCommand::Run(run) => run::run(store, run),
        QueueCommand::Serve(serve) => serve::serve(store, serve),
        QueueCommand::Suspend(jobs) => queue_commands::suspend(store, &jobs.ids),
        QueueCommand::Resume(jobs) => queue_commands::resume(store, &jobs.ids),
        QueueCommand::Complete(jobs) => queue_commands::complete(store, &jobs.ids),
        QueueCommand::Cancel(jobs) => queue_commands::cancel(store, &jobs.ids),
    }
}
