//! Functions of the caller, and when they are let go.

use std::ffi::c_void;
use std::sync::Arc;

use bgcopy_core::{Event, EventKind, HResult, Result};

use crate::error::{ErrorEntry, Source, bgcopy_error};
use crate::file::{bgcopy_file, bgcopy_file_range};
use crate::guard::bgcopy_hresult;
use crate::job::{JobEntry, bgcopy_job};
use crate::table::{Handle, close, put};

/// Told about a job. The handle is closed when the function returns. It runs
/// on a thread of the library and must not throw.
pub type bgcopy_job_callback =
    Option<unsafe extern "C" fn(job: *mut bgcopy_job, user: *mut c_void) -> bgcopy_hresult>;

/// Told about the error of a job. Rules as for bgcopy_job_callback.
pub type bgcopy_error_callback = Option<
    unsafe extern "C" fn(
        job: *mut bgcopy_job,
        error: *mut bgcopy_error,
        user: *mut c_void,
    ) -> bgcopy_hresult,
>;

/// Told about a file of a job. Rules as for bgcopy_job_callback.
pub type bgcopy_file_callback = Option<
    unsafe extern "C" fn(
        job: *mut bgcopy_job,
        file: *mut bgcopy_file,
        user: *mut c_void,
    ) -> bgcopy_hresult,
>;

/// Told which bytes of a file came in. Rules as for bgcopy_job_callback; the
/// ranges, too, are there only until it returns.
pub type bgcopy_file_ranges_callback = Option<
    unsafe extern "C" fn(
        job: *mut bgcopy_job,
        file: *mut bgcopy_file,
        count: u32,
        ranges: *const bgcopy_file_range,
        user: *mut c_void,
    ) -> bgcopy_hresult,
>;

/// Frees the user pointer of a callback. Called once, when the callback is no
/// longer needed and does not run: on the thread that replaced or removed it,
/// or on the library's. It must not throw.
pub type bgcopy_destroy = Option<unsafe extern "C" fn(user: *mut c_void)>;

/// The caller's function, by its kind of arguments.
pub(crate) enum Function {
    Job(bgcopy_job_callback),
    Error(bgcopy_error_callback),
    File(bgcopy_file_callback),
    Ranges(bgcopy_file_ranges_callback),
}

impl Function {
    pub(crate) fn is_null(&self) -> bool {
        match self {
            Self::Job(function) => function.is_none(),
            Self::Error(function) => function.is_none(),
            Self::File(function) => function.is_none(),
            Self::Ranges(function) => function.is_none(),
        }
    }
}

/// One callback with its user pointer, which goes with it.
pub(crate) struct Callback {
    pub(crate) function: Function,
    pub(crate) user: *mut c_void,
    pub(crate) destroy: bgcopy_destroy,
}

// SAFETY: the user pointer is only handed back to the caller's own functions,
// which the documentation of callbacks says are called from another thread.
unsafe impl Send for Callback {}
// SAFETY: as above; nothing here changes through a shared reference.
unsafe impl Sync for Callback {}

impl Drop for Callback {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            // SAFETY: the caller gave this function for this pointer, and the
            // callback is dropped once.
            unsafe { destroy(self.user) };
        }
    }
}

impl Callback {
    /// Tells the caller about an event, and says what the caller answered.
    pub(crate) fn tell(&self, job: &Arc<JobEntry>, event: &Event) -> Result<HResult> {
        let handle = Lent::new(Arc::clone(job))?;
        let answer = match &self.function {
            Function::Job(Some(function)) => {
                // SAFETY: the caller gave this function for these arguments.
                unsafe { function(handle.0, self.user) }
            }
            Function::Error(Some(function)) => {
                let known = event.error.clone().or_else(|| job.job.error().ok());
                let Some(error) = known else {
                    return Ok(HResult(0));
                };
                let error = ErrorEntry { error, source: Source::Job(Arc::clone(job)) };
                let error = Lent::<bgcopy_error>::new(Arc::new(error))?;
                // SAFETY: as above.
                unsafe { function(handle.0, error.0, self.user) }
            }
            Function::File(Some(function)) => {
                let file = lend_file(job, event)?;
                // SAFETY: as above.
                unsafe { function(handle.0, file.0, self.user) }
            }
            Function::Ranges(Some(function)) => {
                let file = lend_file(job, event)?;
                let ranges: Vec<_> = event.ranges.iter().map(bgcopy_file_range::from).collect();
                let count = u32::try_from(ranges.len()).unwrap_or(u32::MAX);
                // SAFETY: as above; the ranges outlive the call.
                unsafe { function(handle.0, file.0, count, ranges.as_ptr(), self.user) }
            }
            Function::Job(None)
            | Function::Error(None)
            | Function::File(None)
            | Function::Ranges(None) => 0,
        };
        Ok(HResult(answer))
    }
}

fn lend_file(job: &JobEntry, event: &Event) -> Result<Lent<bgcopy_file>> {
    Lent::new(Arc::new(job.job.file(event.file.unwrap_or(0))?))
}

/// A handle that the caller has for the time of a callback.
struct Lent<H: Handle>(*mut H);

impl<H: Handle> Lent<H> {
    fn new(object: Arc<H::Object>) -> Result<Self> {
        put(object).map(Self)
    }
}

impl<H: Handle> Drop for Lent<H> {
    fn drop(&mut self) {
        // The caller may have closed it already.
        _ = close(self.0);
    }
}

/// True if an event whose callback failed is delivered again (specification, section 11).
pub(crate) fn is_told_again(kind: EventKind) -> bool {
    match kind {
        EventKind::JobTransferred | EventKind::JobError | EventKind::FileTransferred => true,
        EventKind::JobModification
        | EventKind::FileRangesTransferred
        | EventKind::FileRestarted => false,
    }
}
