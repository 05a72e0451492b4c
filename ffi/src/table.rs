//! The one table of all handles.
//!
//! A handle that C holds is a token: the number of a slot, and how often the
//! slot was used before. It is looked up and never followed, so that a closed,
//! stale or invented one is found out.

use std::any::Any;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, HResult, Result};

/// What C calls a kind of handle, and what stands behind it.
pub(crate) trait Handle {
    type Object: Send + Sync + 'static;
}

/// The object behind a handle: E_POINTER for NULL; E_HANDLE if it is closed,
/// was never given out, or is of another kind.
pub(crate) fn get<H: Handle>(handle: *mut H) -> Result<Arc<H::Object>> {
    let token = token_of(handle)?;
    let slots = table().slots.read().unwrap_or_else(PoisonError::into_inner);
    let object = slots.find(token).ok_or_else(invalid)?;
    Arc::clone(object).downcast().map_err(|_| invalid())
}

/// A new handle of an object: E_OUTOFMEMORY if there are too many.
pub(crate) fn put<H: Handle>(object: impl Into<Arc<H::Object>>) -> Result<*mut H> {
    let object: Arc<H::Object> = object.into();
    let token = table().slots.write().unwrap_or_else(PoisonError::into_inner).insert(object);
    token
        .map(ptr::without_provenance_mut)
        .ok_or_else(|| Error::new(code::E_OUTOFMEMORY, "too many handles are open"))
}

/// Takes a handle back and gives its object a last time. Codes as [`get`].
pub(crate) fn take<H: Handle>(handle: *mut H) -> Result<Arc<H::Object>> {
    let token = token_of(handle)?;
    let mut slots = table().slots.write().unwrap_or_else(PoisonError::into_inner);
    let is_of_kind = slots.find(token).is_some_and(|object| object.is::<H::Object>());
    let object = if is_of_kind { slots.remove(token) } else { None };
    // What the object does at its end is no business of the table.
    drop(slots);
    object.ok_or_else(invalid)?.downcast().map_err(|_| invalid())
}

/// Closes a handle; NULL is accepted.
pub(crate) fn close<H: Handle>(handle: *mut H) -> Result<HResult> {
    if !handle.is_null() {
        drop(take(handle)?);
    }
    Ok(code::S_OK)
}

fn token_of<H>(handle: *mut H) -> Result<usize> {
    if handle.is_null() {
        return Err(Error::new(code::E_POINTER, "the handle is NULL"));
    }
    Ok(handle.addr())
}

fn invalid() -> Error {
    Error::new(code::E_HANDLE, "the handle is closed, or is none of this kind")
}

/// Bits of a token that number the slot; the others hold the generation.
const SLOT_BITS: u32 = usize::BITS / 2;

const SLOT_MAX: usize = (1 << SLOT_BITS) - 1;

/// The last generation of a slot. A slot that has reached it is not used
/// again, so that no token ever comes back.
const GENERATION_MAX: usize = SLOT_MAX;

struct Table {
    slots: RwLock<Slots>,
}

struct Slots {
    all: Vec<Slot>,
    free: Vec<usize>,
    first_generation: usize,
}

struct Slot {
    generation: usize,
    object: Option<Arc<dyn Any + Send + Sync>>,
}

impl Slots {
    fn find(&self, token: usize) -> Option<&Arc<dyn Any + Send + Sync>> {
        let slot = self.all.get(token & SLOT_MAX)?;
        slot.object.as_ref().filter(|_| slot.generation == token >> SLOT_BITS)
    }

    fn insert(&mut self, object: Arc<dyn Any + Send + Sync>) -> Option<usize> {
        let index = self.free.pop().unwrap_or(self.all.len());
        if index == self.all.len() {
            if index > SLOT_MAX {
                return None;
            }
            self.all.push(Slot { generation: self.first_generation, object: None });
        }
        let slot = &mut self.all[index];
        slot.object = Some(object);
        Some(slot.generation << SLOT_BITS | index)
    }

    fn remove(&mut self, token: usize) -> Option<Arc<dyn Any + Send + Sync>> {
        self.find(token)?;
        let index = token & SLOT_MAX;
        let slot = &mut self.all[index];
        let object = slot.object.take();
        if slot.generation < GENERATION_MAX {
            slot.generation += 1;
            HIGHEST_GENERATION.fetch_max(slot.generation, Ordering::Relaxed);
            self.free.push(index);
        }
        object
    }
}

static CURRENT: AtomicPtr<Table> = AtomicPtr::new(ptr::null_mut());

/// The table of the process that this one was forked from. Its engines have no
/// threads here, so its objects are neither used nor dropped.
#[cfg(unix)]
static INHERITED: AtomicPtr<Table> = AtomicPtr::new(ptr::null_mut());

static HIGHEST_GENERATION: AtomicUsize = AtomicUsize::new(1);

static WATCHES_FORK: AtomicBool = AtomicBool::new(false);

fn table() -> &'static Table {
    let current = CURRENT.load(Ordering::Acquire);
    // SAFETY: a table that was made current is never freed.
    unsafe { current.as_ref() }.unwrap_or_else(make_table)
}

#[cold]
fn make_table() -> &'static Table {
    watch_fork();
    let slots = Slots {
        all: Vec::new(),
        free: Vec::new(),
        first_generation: HIGHEST_GENERATION.load(Ordering::Relaxed),
    };
    let new = Box::into_raw(Box::new(Table { slots: RwLock::new(slots) }));
    match CURRENT.compare_exchange(ptr::null_mut(), new, Ordering::AcqRel, Ordering::Acquire) {
        // SAFETY: it is current now, and so never freed.
        Ok(_) => unsafe { &*new },
        Err(first) => {
            // SAFETY: nobody else has seen the new one; the first one is never freed.
            unsafe {
                drop(Box::from_raw(new));
                &*first
            }
        }
    }
}

fn watch_fork() {
    if !WATCHES_FORK.swap(true, Ordering::AcqRel) {
        #[cfg(unix)]
        // SAFETY: the handler only touches atomics. Without memory for it, only
        // a forked child goes without its own table.
        unsafe {
            libc::pthread_atfork(None, None, Some(forget_inherited));
        }
    }
}

/// In the child of a fork: leaves the inherited table as it is, whatever lock
/// was held on it, and makes sure that no token of it is valid in the next.
#[cfg(unix)]
unsafe extern "C" fn forget_inherited() {
    let inherited = CURRENT.swap(ptr::null_mut(), Ordering::AcqRel);
    if !inherited.is_null() {
        INHERITED.store(inherited, Ordering::Release);
        HIGHEST_GENERATION.fetch_add(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct first_kind;
    struct second_kind;
    impl Handle for first_kind {
        type Object = u32;
    }
    impl Handle for second_kind {
        type Object = String;
    }

    fn code_of<T>(answer: Result<T>) -> HResult {
        answer.map_or_else(|error| error.code, |_| code::S_OK)
    }

    #[test]
    fn a_handle_is_good_until_it_is_closed() -> Result<()> {
        let handle: *mut first_kind = put(7_u32)?;
        assert_eq!(*get(handle)?, 7);
        let stranger: *mut second_kind = handle.cast();
        assert_eq!(code_of(get(stranger)), code::E_HANDLE);
        assert_eq!(code_of(close(stranger)), code::E_HANDLE);
        assert_eq!(*get(handle)?, 7);
        assert_eq!(code_of(close(handle)), code::S_OK);
        assert_eq!(code_of(get(handle)), code::E_HANDLE);
        assert_eq!(code_of(close(handle)), code::E_HANDLE);
        let next: *mut first_kind = put(8_u32)?;
        assert_ne!(next, handle);
        assert_eq!(code_of(get(handle)), code::E_HANDLE);
        assert_eq!(code_of(close(next)), code::S_OK);
        Ok(())
    }

    #[test]
    fn null_and_invented_handles_have_their_codes() {
        assert_eq!(code_of(get::<first_kind>(ptr::null_mut())), code::E_POINTER);
        assert_eq!(code_of(close::<first_kind>(ptr::null_mut())), code::S_OK);
        for token in [1, 8, usize::MAX, usize::MAX - 7, 1 << SLOT_BITS | SLOT_MAX] {
            let invented: *mut first_kind = ptr::without_provenance_mut(token);
            assert_eq!(code_of(get(invented)), code::E_HANDLE);
        }
    }

    #[test]
    fn a_used_up_slot_is_left_alone() {
        let mut slots =
            Slots { all: Vec::new(), free: Vec::new(), first_generation: GENERATION_MAX };
        let token = slots.insert(Arc::new(1_u32)).unwrap_or_default();
        assert!(slots.remove(token).is_some());
        assert_ne!(slots.insert(Arc::new(2_u32)), Some(token));
        assert!(slots.find(token).is_none());
    }
}
