//! How a manager is opened, and how much it may do at once.

use std::ffi::c_char;
use std::mem::size_of;
use std::ptr;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, Limits, Options, RateLimits, Result, default_store};

use crate::call::{out, yes_or_no};
use crate::guard::{bgcopy_hresult, guard};
use crate::string::optional_text;

/// How a manager is opened. Set size to sizeof(bgcopy_options) and the rest to
/// 0: what is 0 or NULL has its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_options {
    /// sizeof(bgcopy_options): tells which fields the caller knows.
    pub size: usize,
    /// The folder of the store, made if it is missing. By default the user's
    /// queue: bgcopy in XDG_STATE_HOME or in ~/.local/state.
    pub store_path: *const c_char,
    /// The User-Agent header of all requests.
    pub user_agent: *const c_char,
    /// Files transferred at the same time.
    pub simultaneous_files: u32,
    /// Connections in all.
    pub connections_total: u32,
    /// Connections to one host and port.
    pub connections_per_host: u32,
    /// Connections for one file, twice as many for FOREGROUND, and 32 at most: the
    /// ranges of a large download, or the parts of an upload to S3.
    pub connections_per_file: u32,
    /// Jobs in the queue.
    pub jobs: u32,
    /// Files in one job.
    pub files_per_job: u32,
    /// 1 to have the store alone: nobody can join, and nobody must have it
    /// open already.
    pub exclusive: u32,
    /// 1 to take the place of a host that is too old to be joined.
    pub replace_older: u32,
    /// A file in PEM form with the certificates of the authorities that all
    /// requests trust, in place of the system's.
    pub ca_file: *const c_char,
    /// The same as text, for systems that have no such file; not both.
    pub ca_pem: *const c_char,
    /// 1 to only store what is to be done: while this manager hosts the queue,
    /// nothing is transferred. A cancel still reaches the servers of its uploads.
    pub stores_only: u32,
    /// Set together as bgcopy_manager_set_rate_limits sets them; both 0 leave what is
    /// stored.
    pub download_rate: u64,
    /// See download_rate.
    pub upload_rate: u64,
    /// Set as bgcopy_manager_set_transfer_window sets it; NULL leaves what is stored.
    pub transfer_window: *const c_char,
}

/// How much may happen at once, and how much the queue may hold. Set size to
/// sizeof(bgcopy_limits).
#[derive(Clone, Copy)]
#[repr(C)]
pub struct bgcopy_limits {
    /// sizeof(bgcopy_limits): tells which fields the caller knows.
    pub size: usize,
    /// Files transferred at the same time.
    pub simultaneous_files: u32,
    /// Connections in all.
    pub connections_total: u32,
    /// Connections to one host and port.
    pub connections_per_host: u32,
    /// Connections for one file, twice as many for FOREGROUND, and 32 at most: the
    /// ranges of a large download, or the parts of an upload to S3.
    pub connections_per_file: u32,
    /// Jobs in the queue.
    pub jobs: u32,
    /// Files in one job.
    pub files_per_job: u32,
}

/// A struct of the interface that begins with its size and has only numbers
/// and pointers.
pub(crate) trait Versioned: Copy {
    /// What the first version of it had.
    const SMALLEST: usize;
    // SAFETY: numbers and pointers, of which all zero is valid.
    const ZERO: Self = unsafe { std::mem::zeroed() };
}

impl Versioned for bgcopy_options {
    const SMALLEST: usize = std::mem::offset_of!(Self, ca_file);
}

impl Versioned for bgcopy_limits {
    const SMALLEST: usize = size_of::<Self>();
}

/// Reads a struct of a caller that may know fewer fields, or more: those must
/// be 0. E_POINTER; E_INVALIDARG for a size that no version had, or for a
/// field that this version does not know.
pub(crate) unsafe fn read_sized<T: Versioned>(place: *const T) -> Result<T> {
    let size = size_at(place)?;
    let known = size.min(size_of::<T>());
    let bytes = std::slice::from_raw_parts(place.cast::<u8>(), size);
    if bytes[known..].iter().any(|byte| *byte != 0) {
        return Err(Error::new(code::E_INVALIDARG, "a field is set that is not known here"));
    }
    let mut value = T::ZERO;
    ptr::copy_nonoverlapping(bytes.as_ptr(), ptr::from_mut(&mut value).cast(), known);
    Ok(value)
}

/// Writes a struct for a caller that may know fewer fields, or more: those
/// stay as they are. Codes as for [`read_sized`].
pub(crate) unsafe fn write_sized<T: Versioned>(place: *mut T, value: &T) -> Result<()> {
    let header = size_of::<usize>();
    let known = size_at(place)?.min(size_of::<T>());
    let from = ptr::from_ref(value).cast::<u8>();
    ptr::copy_nonoverlapping(from.add(header), place.cast::<u8>().add(header), known - header);
    Ok(())
}

unsafe fn size_at<T: Versioned>(place: *const T) -> Result<usize> {
    /// No version of a struct will be larger.
    const LARGEST_BYTES: usize = 4096;
    if place.is_null() {
        return Err(Error::new(code::E_POINTER, "the struct is NULL"));
    }
    let size = place.cast::<usize>().read();
    if !(T::SMALLEST..=LARGEST_BYTES).contains(&size) {
        return Err(Error::new(code::E_INVALIDARG, format!("no such struct has {size} bytes")));
    }
    Ok(size)
}

/// The options of a caller; NULL means the defaults.
pub(crate) unsafe fn options(place: *const bgcopy_options) -> Result<Options> {
    let given = if place.is_null() { bgcopy_options::ZERO } else { read_sized(place)? };
    let store = match optional_text(given.store_path)? {
        Some(path) => path.into(),
        None => default_store().ok_or_else(|| {
            Error::new(code::E_INVALIDARG, "there is no home folder: name the store")
        })?,
    };
    let mut options = Options::new(store);
    options.exclusive = yes_or_no(given.exclusive)?;
    options.replace_older = yes_or_no(given.replace_older)?;
    options.stores_only = yes_or_no(given.stores_only)?;
    let rates = RateLimits { download: given.download_rate, upload: given.upload_rate };
    options.rate_limits = (rates != RateLimits::default()).then_some(rates);
    options.transfer_window = optional_text(given.transfer_window)?.map(str::to_owned);
    if let Some(user_agent) = optional_text(given.user_agent)? {
        options.user_agent = user_agent.to_owned();
    }
    options.ca_file = optional_text(given.ca_file)?.map(Into::into);
    options.ca_pem = optional_text(given.ca_pem)?.map(str::to_owned);
    let limits = &mut options.limits;
    for (place, number) in [
        (&mut limits.simultaneous_files, given.simultaneous_files),
        (&mut limits.connections_total, given.connections_total),
        (&mut limits.connections_per_host, given.connections_per_host),
        (&mut limits.connections_per_file, given.connections_per_file),
        (&mut limits.jobs, given.jobs),
        (&mut limits.files_per_job, given.files_per_job),
    ] {
        if number != 0 {
            *place = number;
        }
    }
    Ok(options)
}

/// Tells the folder of the user's queue: what a manager opens whose options
/// name no store.
///
/// @param out_path the caller frees it with bgcopy_string_free.
/// @return S_OK; S_FALSE and NULL if the user has no home folder; E_INVALIDARG
/// if its name is not UTF-8; E_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_default_store_path(out_path: *mut *mut c_char) -> bgcopy_hresult {
    guard(|| {
        let place = out(out_path)?;
        let path = default_store().map(|path| path.into_os_string().into_string()).transpose();
        let path = path.map_err(|path| {
            Error::new(code::E_INVALIDARG, format!("{} is not UTF-8", path.display()))
        })?;
        Ok(place.set_text(path))
    })
}

impl From<Limits> for bgcopy_limits {
    fn from(limits: Limits) -> Self {
        Self {
            size: size_of::<Self>(),
            simultaneous_files: limits.simultaneous_files,
            connections_total: limits.connections_total,
            connections_per_host: limits.connections_per_host,
            connections_per_file: limits.connections_per_file,
            jobs: limits.jobs,
            files_per_job: limits.files_per_job,
        }
    }
}

impl From<bgcopy_limits> for Limits {
    fn from(limits: bgcopy_limits) -> Self {
        Self {
            simultaneous_files: limits.simultaneous_files,
            connections_total: limits.connections_total,
            connections_per_host: limits.connections_per_host,
            connections_per_file: limits.connections_per_file,
            jobs: limits.jobs,
            files_per_job: limits.files_per_job,
        }
    }
}
