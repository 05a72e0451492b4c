//! What CoInitialize begins and CoUninitialize ends: the one service of the process.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, HResult, Manager, Options, Result, default_store};

use crate::service::Service;

/// COM is not begun.
pub(crate) const CO_E_NOTINITIALIZED: HResult = HResult::new(0x8004_01F0);

#[derive(Default)]
struct Runtime {
    begun: u32,
    /// Kept from the first manager to the last CoUninitialize, so that jobs go on when a
    /// program has let go of them.
    kept: Option<Arc<Service>>,
    /// The same for as long as anybody has an object.
    known: Weak<Service>,
}

static RUNTIME: Mutex<Runtime> = Mutex::new(Runtime { begun: 0, kept: None, known: Weak::new() });

fn lock() -> MutexGuard<'static, Runtime> {
    RUNTIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// True the first time.
pub(crate) fn begin() -> bool {
    let mut runtime = lock();
    runtime.begun += 1;
    runtime.begun == 1
}

/// Ends what the same number of begins began. Callbacks are let go; objects that a program still has
/// answer until it releases them.
pub(crate) fn end() {
    let mut runtime = lock();
    runtime.begun = runtime.begun.saturating_sub(1);
    let last = if runtime.begun == 0 { runtime.kept.take() } else { None };
    drop(runtime);
    // What its callbacks release may call in here.
    if let Some(service) = last {
        service.forget_all();
    }
}

/// The service of the process, which opens the queue if it is not open.
pub(crate) fn service() -> Result<Arc<Service>> {
    let mut runtime = lock();
    if runtime.begun == 0 {
        return Err(Error::new(CO_E_NOTINITIALIZED, "CoInitialize was not called"));
    }
    let service = match runtime.known.upgrade() {
        Some(service) => service,
        None => Service::start(Manager::open(Options::new(store()?))?)?,
    };
    runtime.known = Arc::downgrade(&service);
    runtime.kept = Some(Arc::clone(&service));
    Ok(service)
}

/// The folder of the queue: that of the program `bgcopy`.
fn store() -> Result<PathBuf> {
    let named = std::env::var_os("BGCOPY_STORE").filter(|folder| !folder.is_empty());
    named.map(PathBuf::from).or_else(default_store).ok_or_else(|| {
        Error::new(code::E_PATH_NOT_FOUND, "there is no home folder, and BGCOPY_STORE is not set")
    })
}
