//! A wait for a state of a job that can be given up.
//!
//! A coroutine or a task that waits must not hold a thread of its pool, and
//! its cancellation must end the wait at once. So a thread of ours waits, and
//! is interrupted when nobody is interested any more.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{Interrupt, Job, JobState};

use crate::error::{BgcopyError, Result};
use crate::listeners::no_thread;
use crate::manager::Shared;

/// Bytes of stack of such a thread: it only calls the engine.
const STACK_BYTES: usize = 128 * 1024;

/// A wait for a state of a job. It takes a thread until it ends, is cancelled
/// or is let go of.
#[derive(uniffi::Object)]
pub struct StateWait {
    outcome: Arc<Outcome>,
    interrupt: Interrupt,
    /// The engine goes on while somebody waits.
    _shared: Arc<Shared>,
}

#[derive(Default)]
struct Outcome {
    state: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    ended: Option<Result<JobState>>,
    wakers: Vec<Waker>,
}

#[uniffi::export]
impl StateWait {
    /// The state that was waited for. E_TIMEOUT when the time is over, E_ABORT
    /// after `cancel`, BGCOPY_E_MANAGER_CLOSED when the manager is closed.
    pub async fn state(&self) -> Result<JobState> {
        poll_fn(|context| self.outcome.poll(context)).await
    }

    /// Ends the wait at once: `state` answers E_ABORT.
    pub fn cancel(&self) {
        self.outcome.end(Err(BgcopyError::new(code::E_ABORT, "the wait was cancelled")));
        self.interrupt.interrupt();
    }
}

impl StateWait {
    pub(crate) fn start(
        job: Arc<Job>,
        shared: Arc<Shared>,
        states: Vec<JobState>,
        timeout: Option<Duration>,
    ) -> Result<Self> {
        let outcome = Arc::new(Outcome::default());
        let ours = Arc::clone(&outcome);
        let interrupt = Interrupt::new();
        let theirs = interrupt.clone();
        std::thread::Builder::new()
            .name("bgcopy-wait".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let ended = job.wait_interruptible(&states, timeout, &theirs);
                ours.end(ended.map_err(Into::into));
            })
            .map_err(no_thread)?;
        Ok(Self { outcome, interrupt, _shared: shared })
    }
}

impl Drop for StateWait {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl Outcome {
    fn poll(&self, context: &Context<'_>) -> Poll<Result<JobState>> {
        let mut progress = self.lock();
        match &progress.ended {
            Some(ended) => Poll::Ready(ended.clone()),
            None => {
                progress.wakers.retain(|waker| !waker.will_wake(context.waker()));
                progress.wakers.push(context.waker().clone());
                Poll::Pending
            }
        }
    }

    fn end(&self, ended: Result<JobState>) {
        let mut progress = self.lock();
        if progress.ended.is_some() {
            return;
        }
        progress.ended = Some(ended);
        let wakers = std::mem::take(&mut progress.wakers);
        drop(progress);
        wakers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
