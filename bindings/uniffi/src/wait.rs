//! Waits that can be given up: for a state of a job, and for bytes of a file.
//!
//! A coroutine or a task that waits must not hold a thread of its pool, and
//! its cancellation must end the wait at once. So a thread of ours waits, and
//! is interrupted when nobody is interested any more.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{FileReader, Interrupt, Job, JobState};

use crate::error::{BgcopyError, Result};
use crate::listeners::no_thread;
use crate::manager::Shared;

/// Bytes of stack of such a thread: it only calls the engine.
const STACK_BYTES: usize = 128 * 1024;

/// A wait for a state of a job. It takes a thread until it ends, is cancelled
/// or is let go of.
#[derive(uniffi::Object)]
pub struct StateWait {
    wait: Wait<JobState>,
}

#[uniffi::export]
impl StateWait {
    /// The state that was waited for. E_TIMEOUT when the time is over, E_ABORT
    /// after `cancel`, BGCOPY_E_MANAGER_CLOSED when the manager is closed.
    pub async fn state(&self) -> Result<JobState> {
        self.wait.ended().await
    }

    /// Ends the wait at once: `state` answers E_ABORT.
    pub fn cancel(&self) {
        self.wait.cancel();
    }
}

impl StateWait {
    pub(crate) fn start(
        job: Arc<Job>,
        shared: Arc<Shared>,
        states: Vec<JobState>,
        timeout: Option<Duration>,
    ) -> Result<Self> {
        let wait = Wait::start(shared, move |outcome, interrupt| {
            let ended = job.wait_interruptible(&states, timeout, interrupt);
            outcome.end(ended.map_err(Into::into));
        })?;
        Ok(Self { wait })
    }
}

/// A wait for bytes of a file. It takes a thread until it ends, is cancelled or
/// is let go of.
#[derive(uniffi::Object)]
pub struct ReadWait {
    wait: Wait<Vec<u8>>,
}

#[uniffi::export]
impl ReadWait {
    /// The bytes; none at the end of the file. Fails as `read` of the reader,
    /// with E_ABORT after `cancel`.
    pub async fn bytes(&self) -> Result<Vec<u8>> {
        self.wait.ended().await
    }

    /// Ends the wait at once: `bytes` answers E_ABORT. Unless the bytes were
    /// there already, it has read nothing, and the position stays.
    pub fn cancel(&self) {
        self.wait.cancel();
    }
}

impl ReadWait {
    pub(crate) fn start(
        reader: Arc<FileReader>,
        shared: Arc<Shared>,
        length: usize,
        timeout: Option<Duration>,
    ) -> Result<Self> {
        let wait = Wait::start(shared, move |outcome, interrupt| {
            read_for(outcome, &reader, length, timeout, interrupt);
        })?;
        Ok(Self { wait })
    }
}

/// Reads bytes for who waits for them. If nobody does any more the position stays.
fn read_for(
    outcome: &Outcome<Vec<u8>>,
    reader: &FileReader,
    length: usize,
    timeout: Option<Duration>,
    interrupt: &Interrupt,
) {
    let mut bytes = vec![0; length];
    let is_wanted = |bytes: &[u8]| outcome.end(Ok(bytes.to_vec()));
    if let Err(error) = reader.read_if_wanted(&mut bytes, timeout, interrupt, is_wanted) {
        outcome.end(Err(error.into()));
    }
}

/// A wait on a thread of its own.
struct Wait<T: Clone> {
    outcome: Arc<Outcome<T>>,
    interrupt: Interrupt,
    /// The engine goes on while somebody waits.
    _shared: Arc<Shared>,
}

impl<T: Clone + Send + 'static> Wait<T> {
    fn start(
        shared: Arc<Shared>,
        wait: impl FnOnce(&Outcome<T>, &Interrupt) + Send + 'static,
    ) -> Result<Self> {
        let outcome = Arc::new(Outcome::new());
        let ours = Arc::clone(&outcome);
        let interrupt = Interrupt::new();
        let theirs = interrupt.clone();
        std::thread::Builder::new()
            .name("bgcopy-wait".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || wait(&ours, &theirs))
            .map_err(no_thread)?;
        Ok(Self { outcome, interrupt, _shared: shared })
    }
}

impl<T: Clone> Wait<T> {
    async fn ended(&self) -> Result<T> {
        poll_fn(|context| self.outcome.poll(context)).await
    }

    fn cancel(&self) {
        self.outcome.end(Err(BgcopyError::new(code::E_ABORT, "the wait was cancelled")));
        self.interrupt.interrupt();
    }
}

impl<T: Clone> Drop for Wait<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}

struct Outcome<T> {
    state: Mutex<Progress<T>>,
}

struct Progress<T> {
    ended: Option<Result<T>>,
    wakers: Vec<Waker>,
}

impl<T: Clone> Outcome<T> {
    fn new() -> Self {
        Self { state: Mutex::new(Progress { ended: None, wakers: Vec::new() }) }
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Result<T>> {
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

    /// False if it had ended before: that end stays.
    fn end(&self, ended: Result<T>) -> bool {
        let mut progress = self.lock();
        if progress.ended.is_some() {
            return false;
        }
        progress.ended = Some(ended);
        let wakers = std::mem::take(&mut progress.wakers);
        drop(progress);
        wakers.into_iter().for_each(Waker::wake);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Progress<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use bgcopy_core::{JobType, Manager, Options};

    use super::*;

    #[test]
    fn bytes_that_come_after_the_cancel_are_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let source = folder.path().join("source");
        std::fs::write(&source, b"0123456789").expect("written");
        let manager = Manager::open(Options::new(folder.path().join("store"))).expect("a manager");
        let job = manager.create_job("read", JobType::Download).expect("a job");
        let place = folder.path().join("file").display().to_string();
        job.add_file(&format!("file://{}", source.display()), &place).expect("added");
        job.resume().expect("resumed");
        assert_eq!(job.wait(&[], None).expect("ended"), JobState::Transferred);
        let reader = job.file(0).expect("the file").open_reader().expect("a reader");
        assert_eq!(reader.read_within(&mut [0], None).expect("read"), 1);

        let outcome = Outcome::new();
        outcome.end(Err(BgcopyError::new(code::E_ABORT, "the wait was cancelled")));
        read_for(&outcome, &reader, 4, None, &Interrupt::new());
        assert_eq!(reader.position(), 1);
        let outcome = Outcome::new();
        read_for(&outcome, &reader, 4, None, &Interrupt::new());
        assert_eq!(outcome.lock().ended, Some(Ok(b"1234".to_vec())));
        assert_eq!(reader.position(), 5);
    }
}
