//! The options of the commands that may host the queue: they hold for all that the process
//! transfers, and are no settings of a job.

use std::path::{Path, PathBuf};

use bgcopy_core::{Limits, Manager, Options};
use clap::{ArgMatches, Args};

use crate::failure::{Failure, Outcome};

/// The ids of the options.
const IDS: [&str; 3] = ["cacert", "parallel_max", "parallel_max_host"];

#[derive(Args, Default)]
#[command(next_help_heading = "Hosting the queue")]
pub struct HostOptions {
    /// A PEM file with the authorities that are trusted, in place of the system's.
    #[arg(long, value_name = "FILE")]
    pub cacert: Option<PathBuf>,
    /// Transfer at most so many files at the same time [default: 16].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub parallel_max: Option<u32>,
    /// Have at most so many connections to one host [default: 16].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub parallel_max_host: Option<u32>,
    /// The command line has one of them. They are refused where another process hosts the
    /// queue; what the configuration says is for the times when this one does.
    #[arg(skip)]
    is_given: bool,
}

impl HostOptions {
    /// Notes where they come from.
    pub fn note_source(&mut self, matches: &ArgMatches) {
        let is_given =
            |id: &&str| matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
        self.is_given = IDS.iter().any(is_given);
    }

    /// What the queue is opened with.
    pub fn of_manager(&self, store: &Path) -> Options {
        let options = Options::new(store);
        let default = options.limits;
        let files = self.parallel_max.unwrap_or(default.simultaneous_files);
        let limits = Limits {
            simultaneous_files: files,
            // Each of them needs one.
            connections_total: default.connections_total.max(files),
            connections_per_host: self.parallel_max_host.unwrap_or(default.connections_per_host),
            ..default
        };
        Options { ca_file: self.cacert.clone(), limits, ..options }
    }

    /// Fails if one of them would hold for nothing.
    pub fn check(&self, manager: &Manager) -> Outcome {
        if !self.is_given || manager.is_host() {
            return Ok(());
        }
        Err(Failure::failed(
            "another process hosts the queue and transfers: --cacert and --parallel-max belong \
             to that one, as `bgcopy serve --cacert FILE`",
        ))
    }
}
