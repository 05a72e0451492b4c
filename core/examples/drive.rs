//! Drives the queue of a store until none of its jobs can move by itself.
//!
//! `drive STORE [USER PASSWORD]` is what the crash tests kill. Transient errors are resumed at
//! once, as their tests do not wait.

use bgcopy_core::{AuthScheme, AuthTarget, JobState, Manager, Options, Result};

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let Some(store) = words.next() else {
        println!("usage: drive STORE [USER PASSWORD]");
        return Ok(());
    };
    let manager = Manager::open(Options::new(store))?;
    let credentials = words.next().zip(words.next());
    for job in manager.jobs()? {
        if let Some((user_name, password)) = &credentials {
            job.set_credentials(AuthTarget::Server, AuthScheme::Basic, user_name, password)?;
        }
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
