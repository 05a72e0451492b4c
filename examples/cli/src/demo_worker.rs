//! The downloading process of the demonstration: drives the queue and does what
//! it is told on stdin, until that is closed or somebody kills it.

use std::io;

use crate::args::DemoWorker;
use crate::failure::{Failure, Outcome};
use crate::get::open;
use crate::host_options::HostOptions;
use crate::interrupt::Interrupt;

/// What it can be told, one a line.
pub const SUSPEND: &str = "suspend";
pub const RESUME: &str = "resume";

pub fn serve(worker: &DemoWorker) -> Outcome {
    // Ctrl-C reaches both processes; answering it is for the other one.
    let _heard = Interrupt::listen()?;
    let manager = open(&worker.folder, &HostOptions::default())?;
    let job = manager.get_job(worker.id)?;
    for line in io::stdin().lines() {
        let line = line.map_err(|error| Failure::failed(format!("stdin: {error}")))?;
        match line.as_str() {
            SUSPEND => job.suspend()?,
            RESUME => job.resume()?,
            other => return Err(Failure::failed(format!("unknown command {other}"))),
        }
    }
    manager.close();
    Ok(())
}
