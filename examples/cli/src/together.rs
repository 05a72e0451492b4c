//! Calls for many jobs: those that are under way at the same time are stored
//! together, which a disk does as fast as one of them.

use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::failure::Outcome;

/// Calls under way at the same time.
const CALLS: usize = 64;

/// Does something with each of many; after a failure, with no more of them.
pub fn each<T: Sync>(all: &[T], act: impl Fn(&T) -> Outcome + Sync) -> Outcome {
    if let [one] = all {
        return act(one);
    }
    let rest = Mutex::new((all.iter(), Ok(())));
    let lock = || rest.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || {
        loop {
            let next = {
                let mut rest = lock();
                rest.0.next().filter(|_| rest.1.is_ok())
            };
            let Some(next) = next else {
                return;
            };
            if let Err(failure) = act(next) {
                lock().1 = Err(failure);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..all.len().min(CALLS) {
            scope.spawn(work);
        }
    });
    rest.into_inner().unwrap_or_else(PoisonError::into_inner).1
}
