//! The queue (IBackgroundCopyManager).

use std::ffi::c_char;
use std::sync::Arc;
use std::time::Duration;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, HResult, Job, JobType, Manager, Network, RateLimits, Result};

use crate::call::{act, choice, out, read, read_optional, read_text, yes_or_no};
use crate::enum_jobs::{JobList, bgcopy_enum_jobs};
use crate::event::{bgcopy_event, give_event};
use crate::guard::{bgcopy_hresult, guard};
use crate::guid::{bgcopy_guid, id};
use crate::hub::Hub;
use crate::job::{JobEntry, bgcopy_job};
use crate::options::{bgcopy_limits, bgcopy_options, read_sized, write_sized};
use crate::string::text;
use crate::table::{Handle, get, put, take};

/// An open queue. It drives its jobs until it is closed; they stay in the
/// store and go on with the next manager.
pub struct bgcopy_manager;

impl Handle for bgcopy_manager {
    type Object = Hub;
}

/// A time to wait that has no end.
///
/// cbindgen:ignore
pub const WAIT_FOREVER: u32 = u32::MAX;

/// A time to wait in milliseconds; None is for ever.
pub(crate) fn timeout(timeout_ms: u32) -> Option<Duration> {
    (timeout_ms != WAIT_FOREVER).then(|| Duration::from_millis(timeout_ms.into()))
}

pub(crate) fn entry(hub: &Arc<Hub>, job: Job) -> Arc<JobEntry> {
    Arc::new(JobEntry { hub: Arc::clone(hub), job })
}

/// Opens a queue: hosts it, or joins the process that does.
///
/// A damaged store is replaced by what could be saved of it; see
/// bgcopy_manager_get_damage.
///
/// @param options NULL for the defaults.
/// @param out_manager the caller closes it with bgcopy_manager_close.
/// @return S_OK; E_SHARING_VIOLATION if somebody has the store alone, or it is
/// wanted alone and anybody has it; E_LINK_VERSION, E_TOO_MANY_PROCESSES or
/// E_HOST_LOST if the host cannot be joined; E_STORE_NEWER for a store of a later version; E_ACCESSDENIED or a code of
/// the disk if the folder or ca_file cannot be used; CRYPT_E_FILE_ERROR if ca_file
/// or ca_pem has no certificate or a malformed one; E_INVALIDARG; E_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_open(
    options: *const bgcopy_options,
    out_manager: *mut *mut bgcopy_manager,
) -> bgcopy_hresult {
    guard(|| {
        let place = out(out_manager)?;
        let manager = Manager::open(crate::options::options(options)?)?;
        Ok(place.set(put(Hub::new(manager))?))
    })
}

/// Makes an empty, suspended job (CreateJob). It survives a power cut once
/// this returns.
///
/// @param display_name at most 256 characters; need not be unique.
/// @param type a bgcopy_job_type.
/// @param out_id its id; may be NULL.
/// @param out_job the caller closes it with bgcopy_job_close.
/// @return S_OK; E_INVALIDARG for a name too long or an unknown type;
/// E_NOTIMPL for a type that is not built in; BG_E_TOO_MANY_JOBS_PER_USER at
/// the limit of jobs; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_create_job(
    manager: *mut bgcopy_manager,
    display_name: *const c_char,
    r#type: u32,
    out_id: *mut bgcopy_guid,
    out_job: *mut *mut bgcopy_job,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let place = out(out_job)?;
        let display_name = text(display_name)?;
        let job_type = choice(JobType::from_u32(r#type), r#type, "job type", code::E_INVALIDARG)?;
        let job = hub.manager.create_job(display_name, job_type)?;
        if let Ok(place) = out(out_id) {
            place.set(job.id().into());
        }
        Ok(place.set(put(entry(&hub, job))?))
    })
}

/// Makes a job as bgcopy_manager_create_job does, with a key by which it is found again; or
/// gives the job that has the key.
///
/// A key belongs to one job of the queue at a time: of calls made at the same time, by
/// whatever processes, one makes the job and the others find it. It is stored with the job,
/// cannot be changed, and is free again once the job is completed or cancelled. A job that is
/// found stays as it is: display_name is not looked at.
///
/// @param key 1 to 256 characters, none of them a control character.
/// @param display_name at most 256 characters; need not be unique.
/// @param type a bgcopy_job_type.
/// @param out_id its id; may be NULL.
/// @param out_job the caller closes it with bgcopy_job_close.
/// @return S_OK if the job was made, S_FALSE if it was there; E_INVALIDARG for what is no key,
/// or if the job with the key is of another type; BG_E_STRING_TOO_LONG for a longer key; else
/// as for bgcopy_manager_create_job.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_create_job_with_key(
    manager: *mut bgcopy_manager,
    key: *const c_char,
    display_name: *const c_char,
    r#type: u32,
    out_id: *mut bgcopy_guid,
    out_job: *mut *mut bgcopy_job,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let place = out(out_job)?;
        let (key, display_name) = (text(key)?, text(display_name)?);
        let job_type = choice(JobType::from_u32(r#type), r#type, "job type", code::E_INVALIDARG)?;
        let (job, is_new) = hub.manager.create_job_with_key(key, display_name, job_type)?;
        if let Ok(place) = out(out_id) {
            place.set(job.id().into());
        }
        place.set(put(entry(&hub, job))?);
        Ok(if is_new { code::S_OK } else { code::S_FALSE })
    })
}

/// Finds a job of the queue by its key.
///
/// @param key that of bgcopy_manager_create_job_with_key.
/// @param out_job the caller closes it with bgcopy_job_close.
/// @return S_OK; DO_E_JOB_NOT_FOUND if no job in the queue has the key, as a completed or
/// cancelled one has not; E_INVALIDARG or BG_E_STRING_TOO_LONG for what is no key; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_job_by_key(
    manager: *mut bgcopy_manager,
    key: *const c_char,
    out_job: *mut *mut bgcopy_job,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let place = out(out_job)?;
        let job = hub.manager.job_by_key(text(key)?)?;
        Ok(place.set(put(entry(&hub, job))?))
    })
}

/// Finds a job of the queue by its id (GetJob).
///
/// @param out_job the caller closes it with bgcopy_job_close.
/// @return S_OK; DO_E_JOB_NOT_FOUND if it is not in the queue, as a completed
/// or cancelled one is not; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section
/// 2.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_job(
    manager: *mut bgcopy_manager,
    job_id: *const bgcopy_guid,
    out_job: *mut *mut bgcopy_job,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let place = out(out_job)?;
        let job = hub.manager.get_job(id(job_id)?)?;
        Ok(place.set(put(entry(&hub, job))?))
    })
}

/// Lists the jobs in the queue, in order of creation (EnumJobs).
///
/// @param out_enumerator the caller closes it with bgcopy_enum_jobs_close.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED. Section 2.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_enum_jobs(
    manager: *mut bgcopy_manager,
    out_enumerator: *mut *mut bgcopy_enum_jobs,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let place = out(out_enumerator)?;
        let jobs = hub.manager.jobs()?.into_iter().map(|job| entry(&hub, job)).collect();
        Ok(place.set(put(JobList::new(jobs))?))
    })
}

/// Gives a sentence for any code (GetErrorDescription).
///
/// @param out_text the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE. Section 2.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_error_description(
    manager: *mut bgcopy_manager,
    code: bgcopy_hresult,
    out_text: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(manager, out_text, |hub| Ok(hub.manager.error_description(HResult(code))))
}

/// Waits for the next event of a job that has no callback for it. Each event
/// goes to one caller, and each is told at least once: a job found transferred
/// or failed when the manager opens raises its event again.
///
/// @param timeout_ms BGCOPY_WAIT_FOREVER for no end; 0 only looks.
/// @param out_event the caller closes it with bgcopy_event_close.
/// @return S_OK; S_FALSE and NULL if none came in time; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED, also when the manager is closed meanwhile. Section 11.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_next_event(
    manager: *mut bgcopy_manager,
    timeout_ms: u32,
    out_event: *mut *mut bgcopy_event,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let place = out(out_event)?;
        give_event(&hub, place, hub.next_event(timeout(timeout_ms))?)
    })
}

/// Gives a descriptor for poll and the like: it can be read from while
/// bgcopy_manager_next_event has something. Read nothing from it and do not
/// close it; it is the manager's and goes with it.
///
/// @return S_OK; E_NOTIMPL on systems without such a thing;
/// E_TOO_MANY_OPEN_FILES; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_event_fd(
    manager: *mut bgcopy_manager,
    out_fd: *mut i32,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let place = out(out_fd)?;
        Ok(place.set(hub.event_fd()?))
    })
}

/// Tells whether this manager hosts the queue: 1, or 0 if it has joined another
/// process. It changes when it takes over.
///
/// @return S_OK; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_is_host(
    manager: *mut bgcopy_manager,
    out_is_host: *mut u32,
) -> bgcopy_hresult {
    read(manager, out_is_host, |hub| Ok(u32::from(hub.manager.is_host())))
}

/// Tells the number of the process that hosts the queue.
///
/// @return S_OK; S_FALSE and 0 while there is none, and where the system does
/// not tell; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_host_process(
    manager: *mut bgcopy_manager,
    out_process: *mut u32,
) -> bgcopy_hresult {
    read_optional(manager, out_process, 0, |hub| Ok(hub.manager.host_process()))
}

/// Tells whether no job of the queue can move by itself and no process has
/// joined the host: 1 or 0.
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_is_idle(
    manager: *mut bgcopy_manager,
    out_is_idle: *mut u32,
) -> bgcopy_hresult {
    read(manager, out_is_idle, |hub| Ok(u32::from(hub.manager.is_idle()?)))
}

/// Tells the limits in force.
///
/// @param out_limits its size must be set.
/// @return S_OK; E_INVALIDARG for a wrong size; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_limits(
    manager: *mut bgcopy_manager,
    out_limits: *mut bgcopy_limits,
) -> bgcopy_hresult {
    act(manager, |hub| {
        read_sized(out_limits)?;
        write_sized(out_limits, &hub.manager.limits()?.into())
    })
}

/// Sets the limits of the queue, at once and until it gets another host.
///
/// @param limits all of them.
/// @return S_OK; E_INVALIDARG if one is 0 or the size is wrong; E_POINTER;
/// E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_set_limits(
    manager: *mut bgcopy_manager,
    limits: *const bgcopy_limits,
) -> bgcopy_hresult {
    act(manager, |hub| hub.manager.set_limits(read_sized(limits)?.into()))
}

/// Tells the rate limits of the queue: the most bytes a second, 0 for no limit.
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_rate_limits(
    manager: *mut bgcopy_manager,
    out_download: *mut u64,
    out_upload: *mut u64,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let (download, upload) = (out(out_download)?, out(out_upload)?);
        let rates = hub.manager.rate_limits()?;
        download.set(rates.download);
        Ok(upload.set(rates.upload))
    })
}

/// Sets the most bytes a second that all jobs of the queue together receive and
/// send, at once and also for what is under way, in whatever process the queue is
/// hosted. It is stored. A job may have limits of its own besides, its properties
/// MAX_DOWNLOAD_RATE and MAX_UPLOAD_RATE. What counts are the bytes of bodies.
///
/// @param download for all that is received; 0 for no limit.
/// @param upload for all that is sent; 0 for no limit.
/// @return S_OK; E_INVALIDARG above 2^63 - 1; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED; a code of the disk if it cannot be stored.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_manager_set_rate_limits(
    manager: *mut bgcopy_manager,
    download: u64,
    upload: u64,
) -> bgcopy_hresult {
    act(manager, |hub| hub.manager.set_rate_limits(RateLimits { download, upload }))
}

/// Gives when the queue may transfer, as it was set; an empty text for always.
///
/// @param out_window the caller frees it with bgcopy_string_free.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_transfer_window(
    manager: *mut bgcopy_manager,
    out_window: *mut *mut c_char,
) -> bgcopy_hresult {
    read_text(manager, out_window, |hub| hub.manager.transfer_window())
}

/// Sets when the jobs of the queue may transfer, by the local clock of the process that hosts
/// it. It holds at once, in whatever process the queue is hosted, and it is stored. When it
/// closes, jobs keep their bytes and are QUEUED; their wait reason says OUTSIDE_WINDOW, and
/// when it opens as the next try. A job may have a window of its own besides, its property
/// TRANSFER_WINDOW.
///
/// @param window days, times of 24 hours or both, as "Mon-Fri 22:00-06:00; Sat,Sun"; empty
/// for always. A time that ends before it begins ends on the next day.
/// @return S_OK; E_INVALIDARG for what is no window, with the character at which it is none
/// in the message; BG_E_STRING_TOO_LONG above 1,024 characters; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED; a code of the disk if it cannot be stored.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_set_transfer_window(
    manager: *mut bgcopy_manager,
    window: *const c_char,
) -> bgcopy_hresult {
    act(manager, |hub| hub.manager.set_transfer_window(text(window)?))
}

/// Says what the operating system tells of the network. Jobs to which it is
/// closed stop at once, keep their bytes and are QUEUED; their wait reason says
/// NO_NETWORK or POLICY_CLOSED. When it opens they go on. It is not stored; it
/// holds until this manager says something else or is closed, and of several
/// processes the last word counts. Files with a file URL need no network.
///
/// @param is_connected 0 if there is no way to any server, else 1.
/// @param cost one or more of BGCOPY_COST_UNRESTRICTED to BGCOPY_COST_ROAMING;
/// a job goes on if its property COST_FLAGS has all of them.
/// @return S_OK; E_INVALIDARG for another number; E_POINTER; E_HANDLE;
/// E_MANAGER_CLOSED. Section 3.4, 6.7.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_manager_set_network(
    manager: *mut bgcopy_manager,
    is_connected: u32,
    cost: u32,
) -> bgcopy_hresult {
    act(manager, |hub| {
        let is_connected = yes_or_no(is_connected)?;
        hub.manager.set_network(Network { is_connected, cost })
    })
}

/// Says what drives the machine. Jobs whose property POWER_FLAGS does not have all of it stop
/// at once, keep their bytes and are QUEUED; their wait reason says POLICY_CLOSED. When they
/// may, they go on. It is not stored; it holds until this manager says something else or is
/// closed, and of several processes the last word counts.
///
/// @param state BGCOPY_POWER_EXTERNAL or BGCOPY_POWER_BATTERY, with BGCOPY_POWER_SAVER if the
/// system saves power.
/// @return S_OK; E_INVALIDARG for another number; E_HANDLE; E_POINTER; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_manager_set_power(
    manager: *mut bgcopy_manager,
    state: u32,
) -> bgcopy_hresult {
    act(manager, |hub| hub.manager.set_power(state))
}

/// Gives what drives the machine as it was reported last, by any process; external power if
/// nobody did.
///
/// @param out_state as for bgcopy_manager_set_power.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_power(
    manager: *mut bgcopy_manager,
    out_state: *mut u32,
) -> bgcopy_hresult {
    read(manager, out_state, |hub| hub.manager.power())
}

/// Tells the network as it was told last, by any process; connected and
/// unrestricted if nobody did.
///
/// @param out_is_connected 1 or 0.
/// @param out_cost what it costs.
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_network(
    manager: *mut bgcopy_manager,
    out_is_connected: *mut u32,
    out_cost: *mut u32,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let (is_connected, cost) = (out(out_is_connected)?, out(out_cost)?);
        let network = hub.manager.network()?;
        is_connected.set(u32::from(network.is_connected));
        Ok(cost.set(network.cost))
    })
}

/// Stops all transfers of the queue without touching the jobs: they keep their
/// bytes and are QUEUED, and their wait reason says PAUSED. It is not stored; it
/// holds until bgcopy_manager_unpause, or until this manager is closed or its
/// process ends. Twice is once.
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_manager_pause(manager: *mut bgcopy_manager) -> bgcopy_hresult {
    act(manager, |hub| hub.manager.pause())
}

/// Takes back bgcopy_manager_pause of this manager; without one it does
/// nothing. The queue goes on unless another process has paused it, too; jobs
/// in TRANSIENT_ERROR go on waiting for their next try.
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub extern "C" fn bgcopy_manager_unpause(manager: *mut bgcopy_manager) -> bgcopy_hresult {
    act(manager, |hub| hub.manager.unpause())
}

/// Tells whether this or another process has paused the queue: 1 or 0.
///
/// @return S_OK; E_POINTER; E_HANDLE; E_MANAGER_CLOSED.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_is_paused(
    manager: *mut bgcopy_manager,
    out_is_paused: *mut u32,
) -> bgcopy_hresult {
    read(manager, out_is_paused, |hub| Ok(u32::from(hub.manager.is_paused()?)))
}

/// Tells what was found damaged when the store was opened.
///
/// @param out_jobs_saved the jobs that could be carried over.
/// @param out_jobs_lost those that could not, as far as is known.
/// @param out_message what was wrong, and where the damaged store is kept; the
/// caller frees it with bgcopy_string_free.
/// @return S_OK; S_FALSE, 0, 0 and NULL if nothing was; E_POINTER; E_HANDLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_get_damage(
    manager: *mut bgcopy_manager,
    out_jobs_saved: *mut u64,
    out_jobs_lost: *mut u64,
    out_message: *mut *mut c_char,
) -> bgcopy_hresult {
    guard(|| {
        let hub = get(manager)?;
        let (saved, lost) = (out(out_jobs_saved)?, out(out_jobs_lost)?);
        let message = out(out_message)?;
        let damage = hub.manager.damage();
        saved.set(damage.map_or(0, |damage| damage.jobs_saved));
        lost.set(damage.map_or(0, |damage| damage.jobs_lost));
        Ok(message.set_text(
            damage
                .map(|damage| format!("{}; kept at {}", damage.message, damage.kept_at.display())),
        ))
    })
}

/// Closes the queue, after what is under way was recorded, and lets go of all
/// callbacks: none runs once this has returned. Handles of its jobs answer
/// E_MANAGER_CLOSED from then on, and are still to be closed. NULL is ignored.
///
/// @return S_OK; E_HANDLE; DO_E_INVALID_STATE inside a callback of this
/// manager: the handle is as before then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_manager_close(manager: *mut bgcopy_manager) -> bgcopy_hresult {
    guard(|| {
        if !manager.is_null() {
            close_hub(manager)?;
        }
        Ok(code::S_OK)
    })
}

fn close_hub(manager: *mut bgcopy_manager) -> Result<()> {
    if get(manager)?.is_in_callback() {
        return Err(Error::new(
            code::DO_E_INVALID_STATE,
            "a manager cannot be closed inside one of its callbacks",
        ));
    }
    take(manager)?.close();
    Ok(())
}
