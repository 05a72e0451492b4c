//! A handle of the core that only the process that opened it may use.

use std::process;

use bgcopy_core::Result;
use bgcopy_core::vocab::code;
use pyo3::prelude::*;

use crate::error;

/// A handle, and the process whose engine it belongs to. The engine's thread
/// does not live on in a forked child: there a call would wait for ever, and
/// so would the end of the handle, which is why a child leaks it.
pub struct Owned<T: Send> {
    handle: Option<T>,
    process: u32,
}

impl<T: Send + Sync> Owned<T> {
    pub fn new(handle: T) -> Self {
        Self { handle: Some(handle), process: process::id() }
    }

    /// Makes one call without the interpreter lock.
    pub fn call<R: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&T) -> Result<R> + Send,
    ) -> PyResult<R> {
        self.attempt(py, call)?.map_err(|error| error::raised(py, &error))
    }

    /// Makes one call without the interpreter lock, and leaves its error to
    /// the caller.
    pub fn attempt<R: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&T) -> Result<R> + Send,
    ) -> PyResult<Result<R>> {
        let handle = self.get(py)?;
        Ok(py.detach(|| call(handle)))
    }

    /// The handle itself, for what cannot block.
    pub fn get(&self, py: Python<'_>) -> PyResult<&T> {
        self.handle.as_ref().filter(|_| self.is_at_home()).ok_or_else(|| {
            error::of_code(
                py,
                code::E_HANDLE,
                "the manager was opened by the parent of this process; open one here",
            )
        })
    }

    /// True in the process that opened it.
    pub fn is_at_home(&self) -> bool {
        self.process == process::id()
    }
}

impl<T: Send> Drop for Owned<T> {
    fn drop(&mut self) {
        let handle = self.handle.take();
        if self.process != process::id() {
            std::mem::forget(handle);
            return;
        }
        // The last handle ends the engine's thread, which may be at work on
        // the disk. While the interpreter ends there is no lock to release.
        _ = Python::try_attach(|py| py.detach(move || drop(handle)));
    }
}
