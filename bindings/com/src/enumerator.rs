//! What both enumerators do: a list that stays as it was, and a place in it.

use std::ffi::c_void;
use std::sync::{Arc, Mutex, PoisonError};

use bgcopy_core::vocab::code;
use bgcopy_core::{HResult, Result};

use crate::call::{Place, refused};

pub(crate) struct Enumerator<T> {
    items: Arc<Vec<Arc<T>>>,
    next: Mutex<usize>,
}

impl<T> Enumerator<T> {
    pub(crate) fn new(items: Vec<T>) -> Self {
        let items = items.into_iter().map(Arc::new).collect();
        Self { items: Arc::new(items), next: Mutex::new(0) }
    }

    /// The next items, as many as there are up to `wanted`: S_FALSE if these are fewer. Where their number
    /// goes may be NULL for one.
    pub(crate) unsafe fn next(
        &self,
        wanted: u32,
        places: *mut *mut c_void,
        fetched: *mut u32,
        object: impl Fn(&Arc<T>) -> *mut c_void,
    ) -> Result<HResult> {
        if wanted != 1 || !fetched.is_null() {
            Place::cleared(fetched, 0)?;
        }
        if wanted == 0 {
            return Ok(code::S_OK);
        }
        if places.is_null() {
            return Err(refused("the items have no place to go"));
        }
        let taken = self.take(wanted);
        for (at, item) in taken.iter().enumerate() {
            places.add(at).write(object(item));
        }
        let count = u32::try_from(taken.len()).unwrap_or(wanted);
        if let Some(fetched) = fetched.as_mut() {
            *fetched = count;
        }
        if count == 0 {
            places.write(std::ptr::null_mut());
        }
        Ok(if count == wanted { code::S_OK } else { code::S_FALSE })
    }

    /// Leaves some out: S_FALSE at the end.
    pub(crate) fn skip(&self, count: u32) -> HResult {
        if self.take(count).len() == count as usize { code::S_OK } else { code::S_FALSE }
    }

    pub(crate) fn reset(&self) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = 0;
    }

    /// Another enumerator that goes on from the same place.
    pub(crate) fn again(&self) -> Self {
        let next = *self.next.lock().unwrap_or_else(PoisonError::into_inner);
        Self { items: Arc::clone(&self.items), next: Mutex::new(next) }
    }

    /// All items, wherever it is.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }

    fn take(&self, wanted: u32) -> &[Arc<T>] {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let from = *next;
        *next = from.saturating_add(wanted as usize).min(self.items.len());
        self.items.get(from..*next).unwrap_or_default()
    }
}
