//! Waits that another thread can end.

use bgcopy_core::Interrupt;

use crate::call::{act, out, read};
use crate::event::{bgcopy_event, give_event};
use crate::guard::{bgcopy_hresult, guard};
use crate::job::{bgcopy_job, states_of};
use crate::manager::{bgcopy_manager, timeout};
use crate::table::{Handle, close, get, put};

/// Ends waits from another thread, any number of them and of any manager. Once
/// raised it stays so: a wait that begins later ends at once, too.
pub struct bgcopy_interrupt;

impl Handle for bgcopy_interrupt {
    type Object = Interrupt;
}

/// Makes an interrupt that ends nothing yet.
///
/// @param out_interrupt the caller closes it with bgcopy_interrupt_close.
/// @return S_OK; E_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_interrupt_create(
    out_interrupt: *mut *mut bgcopy_interrupt,
) -> bgcopy_hresult {
    guard(|| {
        let place = out(out_interrupt)?;
        Ok(place.set(put(Interrupt::new())?))
    })
}

/// Ends all waits that have it, at once: they answer E_ABORT. A second call does
/// nothing. It is not for signal handlers.
///
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_interrupt_raise(
    interrupt: *mut bgcopy_interrupt,
) -> bgcopy_hresult {
    act(interrupt, |interrupt| {
        interrupt.interrupt();
        Ok(())
    })
}

/// Tells whether it was raised.
///
/// @param out_raised 1 or 0.
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_interrupt_is_raised(
    interrupt: *mut bgcopy_interrupt,
    out_raised: *mut u32,
) -> bgcopy_hresult {
    read(interrupt, out_raised, |interrupt| Ok(u32::from(interrupt.is_interrupted())))
}

/// Waits until the job is in one of the states, or has ended if there are none,
/// or the interrupt is raised.
///
/// @param interrupt what may end the wait; closing it does not.
/// @return as bgcopy_job_wait; E_ABORT if it was interrupted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_job_wait_interruptible(
    job: *mut bgcopy_job,
    count: u32,
    states: *const u32,
    timeout_ms: u32,
    interrupt: *mut bgcopy_interrupt,
    out_state: *mut u32,
) -> bgcopy_hresult {
    read(job, out_state, |entry| {
        let interrupt = get(interrupt)?;
        let states = states_of(count, states)?;
        Ok(entry.job.wait_interruptible(&states, timeout(timeout_ms), &interrupt)?.as_u32())
    })
}

/// Waits for the next event as bgcopy_manager_next_event, or until the interrupt
/// is raised. No event is lost by it: who asks next gets it.
///
/// @param interrupt what may end the wait; closing it does not.
/// @return as bgcopy_manager_next_event; E_ABORT if it was interrupted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_next_event_interruptible(
    manager: *mut bgcopy_manager,
    timeout_ms: u32,
    interrupt: *mut bgcopy_interrupt,
    out_event: *mut *mut bgcopy_event,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let place = out(out_event)?;
        let interrupt = get(interrupt)?;
        give_event(&hub, place, hub.next_event_interruptible(timeout(timeout_ms), &interrupt)?)
    })
}

/// Closes the handle of an interrupt. Waits that have it go on, and nothing can
/// interrupt them any more. NULL is ignored.
///
/// @return S_OK; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_interrupt_close(
    interrupt: *mut bgcopy_interrupt,
) -> bgcopy_hresult {
    guard(|| close(interrupt))
}
