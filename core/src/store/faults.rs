//! A countdown that lets the n-th operation on the disk fail, for tests.
//!
//! One countdown is shared by everything that stores: a test lets operation 1
//! fail, then 2, then 3, until its scenario no longer reaches the number.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use crate::vocab::{Error, Result, code};

/// Nothing is set to fail.
const OFF: i64 = 0;
/// The failure has happened; it happens once.
const REACHED: i64 = -1;

/// Which operation is to fail. Clones share the countdown; the default never fails.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    left: Arc<AtomicI64>,
    /// True if everything fails from the n-th operation on, for want of space.
    fills_disk: Arc<AtomicBool>,
    /// True if the n-th operation panics instead of failing.
    panics: Arc<AtomicBool>,
}

impl Faults {
    /// The `operation`-th counted operation from now fails, once; the first is 1.
    pub fn at(operation: u32) -> Self {
        let faults = Self::default();
        faults.set(operation);
        faults
    }

    /// Begins a new countdown for all clones; 0 stops it.
    pub fn set(&self, operation: u32) {
        self.fills_disk.store(false, Ordering::Relaxed);
        self.panics.store(false, Ordering::Relaxed);
        self.left.store(i64::from(operation), Ordering::Relaxed);
    }

    /// From the `operation`-th operation on nothing can be stored, as the disk is
    /// full, until [`Faults::set`] says otherwise.
    pub fn fill_disk(&self, operation: u32) {
        self.set(operation);
        self.fills_disk.store(true, Ordering::Relaxed);
    }

    /// The `operation`-th operation panics, once.
    pub fn panic_at(&self, operation: u32) {
        self.set(0);
        self.panics.store(true, Ordering::Relaxed);
        self.left.store(i64::from(operation), Ordering::Relaxed);
    }

    /// There is space again on a disk that was filled.
    pub(super) fn make_room(&self) {
        if self.fills_disk.load(Ordering::Relaxed) {
            self.set(0);
        }
    }

    /// True once the failure has happened.
    pub fn reached(&self) -> bool {
        self.left.load(Ordering::Relaxed) == REACHED
    }

    /// Counts one operation, and fails if it is the one.
    pub fn check(&self) -> Result<()> {
        self.count(self.fills_disk.load(Ordering::Relaxed))
    }

    /// The same for one that needs no space on the disk.
    pub fn check_roomless(&self) -> Result<()> {
        if self.fills_disk.load(Ordering::Relaxed) { Ok(()) } else { self.count(false) }
    }

    fn count(&self, fills_disk: bool) -> Result<()> {
        let count = |left| match left {
            OFF | REACHED => None,
            1 => Some(REACHED),
            left => Some(left - 1),
        };
        match self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, count) {
            Ok(1) | Err(REACHED) if fills_disk => {
                Err(Error::new(code::E_DISK_FULL, "injected full disk"))
            }
            #[expect(clippy::panic, reason = "only if a test asked for it")]
            Ok(1) if self.panics.load(Ordering::Relaxed) => panic!("injected panic"),
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
    fn full_disk_stays_full() {
        let faults = Faults::default();
        faults.fill_disk(2);
        assert!(faults.check().is_ok());
        for _ in 0..3 {
            assert_eq!(faults.check().unwrap_err().code, code::E_DISK_FULL);
            assert!(faults.check_roomless().is_ok());
        }
        faults.set(0);
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
