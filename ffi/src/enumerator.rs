//! Where an enumerator stands in its list (specification 2.5).

use std::sync::{Mutex, MutexGuard, PoisonError};

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, HResult, Result};

use crate::call::Out;
use crate::table::{Handle, close};

/// A place in a list whose length never changes.
pub(crate) struct Cursor {
    count: u32,
    at: Mutex<u32>,
}

impl Cursor {
    pub(crate) fn new(count: usize) -> Self {
        Self { count: u32::try_from(count).unwrap_or(u32::MAX), at: Mutex::new(0) }
    }

    /// Another one at the same place.
    pub(crate) fn copy(&self) -> Self {
        Self { count: self.count, at: Mutex::new(*self.lock()) }
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn reset(&self) {
        *self.lock() = 0;
    }

    /// Passes over elements: S_FALSE if there are not so many.
    pub(crate) fn skip(&self, wanted: u32) -> HResult {
        let mut at = self.lock();
        let passed = wanted.min(self.count - *at);
        *at += passed;
        if passed == wanted { code::S_OK } else { code::S_FALSE }
    }

    /// Puts handles of the next elements into an array: S_FALSE if there are
    /// not so many. If one cannot be had, none is given out.
    pub(crate) unsafe fn next<H: Handle>(
        &self,
        wanted: u32,
        places: *mut *mut H,
        fetched: Option<Out<u32>>,
        open: impl Fn(u32) -> Result<*mut H>,
    ) -> Result<HResult> {
        if (places.is_null() && wanted > 0) || (fetched.is_none() && wanted != 1) {
            return Err(Error::new(code::E_POINTER, "the place for the elements is NULL"));
        }
        let mut at = self.lock();
        let end = *at + wanted.min(self.count - *at);
        let handles = open_all(*at..end, open)?;
        for (index, handle) in handles.iter().enumerate() {
            // SAFETY: the caller's array has room for as many as are wanted.
            places.add(index).write(*handle);
        }
        let given = end - *at;
        *at = end;
        if let Some(fetched) = fetched {
            fetched.set(given);
        }
        Ok(if given == wanted { code::S_OK } else { code::S_FALSE })
    }

    fn lock(&self) -> MutexGuard<'_, u32> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open_all<H: Handle>(
    indices: std::ops::Range<u32>,
    open: impl Fn(u32) -> Result<*mut H>,
) -> Result<Vec<*mut H>> {
    let mut handles = Vec::new();
    for index in indices {
        match open(index) {
            Ok(handle) => handles.push(handle),
            Err(error) => {
                for handle in handles {
                    // It was made a moment ago and is known to nobody else.
                    _ = close(handle);
                }
                return Err(error);
            }
        }
    }
    Ok(handles)
}
