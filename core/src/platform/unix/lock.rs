//! Locks that belong to an open file: the death of a holder frees them.

use std::fs::File;
use std::io::Result;

use rustix::fs::{FlockOperation, flock};
use rustix::io::{Errno, retry_on_intr};

/// Takes the lock for this file alone; false if anybody else has it.
pub fn try_lock_alone(file: &File) -> Result<bool> {
    taken(retry_on_intr(|| flock(file, FlockOperation::NonBlockingLockExclusive)))
}

/// Takes a share of the lock; false if somebody has it alone.
pub fn try_lock_shared(file: &File) -> Result<bool> {
    taken(retry_on_intr(|| flock(file, FlockOperation::NonBlockingLockShared)))
}

/// Lets go.
pub fn unlock(file: &File) -> Result<()> {
    Ok(retry_on_intr(|| flock(file, FlockOperation::Unlock))?)
}

fn taken(outcome: rustix::io::Result<()>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
