//! Drives the queue of a store until none of its jobs can move by itself.
//!
//! `drive STORE` is what the crash tests kill. Transient errors are resumed at
//! once, as their tests do not wait.

use bgcopy_core::{JobState, Manager, Options, Result};

fn main() -> Result<()> {
    let Some(store) = std::env::args().nth(1) else {
        println!("usage: drive STORE");
        return Ok(());
    };
    let manager = Manager::open(Options::new(store))?;
    for job in manager.jobs()? {
        if job.state()? == JobState::Suspended {
            job.resume()?;
        }
        while let JobState::TransientError =
            job.wait(&[JobState::Transferred, JobState::Error, JobState::TransientError], None)?
        {
            job.resume()?;
        }
        println!("{} {}", job.id(), job.state()?.name());
    }
    Ok(())
}
