//! The functions of COM, under names of our own: see `bgcopy_com.h`.

use std::ffi::c_void;
use std::ptr::null_mut;

use bgcopy_core::vocab::code;
use bgcopy_core::{Error, HResult, Result};
use uuid::Uuid;
use windows_core::{GUID, HRESULT, IUnknown, Interface};

use crate::abi;
use crate::call::{Place, answer, done, refused};
use crate::download_manager::DownloadManagerObject;
use crate::job_more::uuid;
use crate::manager::ManagerObject;
use crate::memory;
use crate::runtime;
use crate::text;

const CLASS_E_NOAGGREGATION: HResult = HResult::new(0x8004_0110);
const REGDB_E_CLASSNOTREG: HResult = HResult::new(0x8004_0154);
const CO_E_CLASSSTRING: HResult = HResult::new(0x8004_01F3);

/// The modes that CoInitializeEx knows.
const COINIT_ALL: u32 = 0x2 | 0x4 | 0x8;

/// An id as text, with its braces and the NUL.
const ID_UNITS: usize = 39;

/// CoInitializeEx: S_OK the first time, S_FALSE afterwards. Objects may be used from any thread in
/// either mode.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoInitializeEx(reserved: *mut c_void, mode: u32) -> HRESULT {
    answer(|| {
        if !reserved.is_null() || mode & !COINIT_ALL != 0 {
            return Err(refused("no such mode"));
        }
        Ok(if runtime::begin() { code::S_OK } else { code::S_FALSE })
    })
}

/// CoUninitialize: the last one lets go of callbacks, and closes the queue when all objects are
/// released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoUninitialize() {
    _ = done(|| {
        runtime::end();
        Ok(())
    });
}

/// CoInitializeSecurity: S_OK. Calls stay in the process, or go to one of the same user.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoInitializeSecurity(
    _descriptor: *mut c_void,
    _count: i32,
    _services: *mut c_void,
    _reserved: *mut c_void,
    _authentication: u32,
    _impersonation: u32,
    _list: *mut c_void,
    _capabilities: u32,
    _reserved_too: *mut c_void,
) -> HRESULT {
    HRESULT(code::S_OK.0)
}

/// CoSetProxyBlanket: S_OK for an object, as there are no proxies.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoSetProxyBlanket(
    proxy: *mut c_void,
    _authentication: u32,
    _authorization: u32,
    _principal: *mut u16,
    _level: u32,
    _impersonation: u32,
    _identity: *mut c_void,
    _capabilities: u32,
) -> HRESULT {
    done(|| if proxy.is_null() { Err(refused("there is no object")) } else { Ok(()) })
}

/// CoCreateInstance: a manager of jobs or of downloads, for each class that is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoCreateInstance(
    class: *const GUID,
    outer: *mut c_void,
    _context: u32,
    interface: *const GUID,
    place: *mut *mut c_void,
) -> HRESULT {
    answer(|| {
        let place = Place::cleared(place, null_mut())?;
        let (Some(class), Some(interface)) = (class.as_ref(), interface.as_ref()) else {
            return Err(refused("an id is NULL"));
        };
        let is_of_downloads = *class == abi::DELIVERY_OPTIMIZATION;
        if !is_of_downloads && !abi::CLASSES.contains(class) {
            return Err(Error::new(REGDB_E_CLASSNOTREG, "there is no such class"));
        }
        if !outer.is_null() {
            return Err(Error::new(
                CLASS_E_NOAGGREGATION,
                "a manager is no part of another object",
            ));
        }
        let service = runtime::service()?;
        let manager: IUnknown = match is_of_downloads {
            true => DownloadManagerObject::make(service).into(),
            false => ManagerObject::make(service).into(),
        };
        let mut object = null_mut();
        let found = manager.query(interface, &raw mut object);
        place.put(object);
        Ok(HResult(found.0))
    })
}

/// CoTaskMemAlloc.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoTaskMemAlloc(size: usize) -> *mut c_void {
    memory::allocate(size)
}

/// CoTaskMemRealloc: 0 bytes free the memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoTaskMemRealloc(memory: *mut c_void, size: usize) -> *mut c_void {
    if size == 0 && !memory.is_null() {
        libc::free(memory);
        return null_mut();
    }
    libc::realloc(memory, size.max(1))
}

/// CoTaskMemFree.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoTaskMemFree(memory: *mut c_void) {
    libc::free(memory);
}

/// StringFromGUID2: the number of units with the NUL; 0 if they are too many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_StringFromGUID2(
    id: *const GUID,
    place: *mut u16,
    size: i32,
) -> i32 {
    let Some(id) = id.as_ref() else {
        return 0;
    };
    if place.is_null() || usize::try_from(size).is_ok_and(|size| size < ID_UNITS) || size < 0 {
        return 0;
    }
    for (at, unit) in written(*id).encode_utf16().chain([0]).enumerate() {
        place.add(at).write(unit);
    }
    39
}

/// StringFromCLSID: a text that is freed with CoTaskMemFree.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_StringFromCLSID(id: *const GUID, place: *mut *mut u16) -> HRESULT {
    done(|| {
        text::give(place, || {
            let id = id.as_ref().ok_or_else(|| refused("the id is NULL"))?;
            Ok(Some(written(*id)))
        })
    })
}

/// CLSIDFromString: an id within braces; NULL is the id of zeros.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CLSIDFromString(text: *const u16, place: *mut GUID) -> HRESULT {
    done(|| {
        let place = Place::cleared(place, GUID::zeroed())?;
        let Some(text) = text::maybe(text)? else {
            return Ok(());
        };
        place.put(GUID::from_u128(read(&text)?.as_u128()));
        Ok(())
    })
}

/// CoCreateGuid: an id that nobody else has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bgcopy_CoCreateGuid(place: *mut GUID) -> HRESULT {
    done(|| {
        Place::new(place)?.put(GUID::from_u128(Uuid::new_v4().as_u128()));
        Ok(())
    })
}

fn written(id: GUID) -> String {
    format!("{{{}}}", uuid(id).hyphenated().to_string().to_uppercase())
}

fn read(text: &str) -> Result<Uuid> {
    let inner = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    inner
        .filter(|inner| inner.len() == ID_UNITS - 3)
        .and_then(|inner| Uuid::try_parse(inner).ok())
        .ok_or_else(|| Error::new(CO_E_CLASSSTRING, "the text is no id"))
}
