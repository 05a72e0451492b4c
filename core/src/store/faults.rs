//! A countdown that lets the n-th operation on the disk fail, for tests.
//!
//! One countdown is shared by everything that stores: a test lets operation 1
//! fail, then 2, then 3, until its story no longer reaches the number.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::vocab::{Error, Result, code};

/// Nothing is set to fail.
const OFF: i64 = 0;
/// The failure has happened; it happens once.
const REACHED: i64 = -1;

/// Which operation is to fail. Clones share the countdown; the default never fails.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<AtomicI64>);

impl Faults {
    /// The `operation`-th counted operation from now fails, once; the first is 1.
    pub fn at(operation: u32) -> Self {
        Self(Arc::new(AtomicI64::new(i64::from(operation))))
    }

    /// Begins a new countdown for all clones; 0 stops it.
    pub fn set(&self, operation: u32) {
        self.0.store(i64::from(operation), Ordering::Relaxed);
    }

    /// True once the failure has happened.
    pub fn reached(&self) -> bool {
        self.0.load(Ordering::Relaxed) == REACHED
    }

    /// Counts one operation, and fails if it is the one.
    pub fn check(&self) -> Result<()> {
        let before = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| match left {
            OFF | REACHED => None,
            1 => Some(REACHED),
            left => Some(left - 1),
        });
        match before {
            Ok(1) => Err(Error::new(code::E_IO_DEVICE, "injected failure")),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fails_once_at_the_chosen_operation() {
        let faults = Faults::at(2);
        let shared = faults.clone();

        assert!(faults.check().is_ok());
        assert!(!shared.reached());
        assert!(shared.check().is_err());
        assert!(faults.reached());
        assert!(faults.check().is_ok());
    }

    #[test]
    fn never_fails_by_default() {
        let faults = Faults::default();
        for _ in 0..1000 {
            assert!(faults.check().is_ok());
        }
        assert!(!faults.reached());
    }
}
