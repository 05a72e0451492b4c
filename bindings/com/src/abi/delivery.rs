//! The binary interface of Delivery Optimization. Microsoft's metadata for Rust has it not: ids,
//! slots and numbers are those of its documentation, typed here and in
//! `include/com/deliveryoptimization.h`, which `tests/com/delivery.c` compares.

use std::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown, interface};

#[interface("400E2D4A-1431-4C1A-A748-39CA472CFDB1")]
pub unsafe trait IDOManager: IUnknown {
    pub unsafe fn CreateDownload(&self, download: *mut *mut c_void) -> HRESULT;
    pub unsafe fn EnumDownloads(
        &self,
        category: *const DO_DOWNLOAD_ENUM_CATEGORY,
        ppEnum: *mut *mut c_void,
    ) -> HRESULT;
}

#[interface("FBBD7FC0-C147-4727-A38D-827EF071EE77")]
pub unsafe trait IDODownload: IUnknown {
    pub unsafe fn Start(&self, ranges: *const DO_DOWNLOAD_RANGES_INFO) -> HRESULT;
    pub unsafe fn Pause(&self) -> HRESULT;
    pub unsafe fn Abort(&self) -> HRESULT;
    pub unsafe fn Finalize(&self) -> HRESULT;
    pub unsafe fn GetStatus(&self, status: *mut DO_DOWNLOAD_STATUS) -> HRESULT;
    pub unsafe fn GetProperty(&self, propId: DODownloadProperty, propVal: *mut VARIANT) -> HRESULT;
    pub unsafe fn SetProperty(
        &self,
        propId: DODownloadProperty,
        propVal: *const VARIANT,
    ) -> HRESULT;
}

#[interface("D166E8E3-A90E-4392-8E87-05E996D3747D")]
pub unsafe trait IDODownloadStatusCallback: IUnknown {
    pub unsafe fn OnStatusChange(
        &self,
        download: *mut c_void,
        status: *const DO_DOWNLOAD_STATUS,
    ) -> HRESULT;
}

#[interface("00000100-0000-0000-C000-000000000046")]
pub unsafe trait IEnumUnknown: IUnknown {
    pub unsafe fn Next(
        &self,
        celt: u32,
        rgelt: *mut *mut c_void,
        pceltFetched: *mut u32,
    ) -> HRESULT;
    pub unsafe fn Skip(&self, celt: u32) -> HRESULT;
    pub unsafe fn Reset(&self) -> HRESULT;
    pub unsafe fn Clone(&self, ppenum: *mut *mut c_void) -> HRESULT;
}

/// The class of managers of downloads.
pub const DELIVERY_OPTIMIZATION: GUID = GUID::from_u128(0x5B99FA76_721C_423C_ADAC_56D03C8A8007);

/// The ids by the names that programs know them by.
#[allow(unsafe_code, reason = "an id of one name is the same everywhere")]
pub mod delivery_symbols {
    use windows_core::{GUID, Interface};

    use super::{IDODownload, IDODownloadStatusCallback, IDOManager, IEnumUnknown};

    #[unsafe(no_mangle)]
    pub static CLSID_DeliveryOptimization: GUID = super::DELIVERY_OPTIMIZATION;
    #[unsafe(no_mangle)]
    pub static IID_IDOManager: GUID = IDOManager::IID;
    #[unsafe(no_mangle)]
    pub static IID_IDODownload: GUID = IDODownload::IID;
    #[unsafe(no_mangle)]
    pub static IID_IDODownloadStatusCallback: GUID = IDODownloadStatusCallback::IID;
    #[unsafe(no_mangle)]
    pub static IID_IEnumUnknown: GUID = IEnumUnknown::IID;
}

pub type DODownloadState = i32;
pub const DODownloadState_Created: DODownloadState = 0;
pub const DODownloadState_Transferring: DODownloadState = 1;
pub const DODownloadState_Transferred: DODownloadState = 2;
pub const DODownloadState_Finalized: DODownloadState = 3;
pub const DODownloadState_Aborted: DODownloadState = 4;
pub const DODownloadState_Paused: DODownloadState = 5;

pub type DODownloadProperty = i32;
pub const DODownloadProperty_Id: DODownloadProperty = 0;
pub const DODownloadProperty_Uri: DODownloadProperty = 1;
pub const DODownloadProperty_ContentId: DODownloadProperty = 2;
pub const DODownloadProperty_DisplayName: DODownloadProperty = 3;
pub const DODownloadProperty_LocalPath: DODownloadProperty = 4;
pub const DODownloadProperty_HttpCustomHeaders: DODownloadProperty = 5;
pub const DODownloadProperty_CostPolicy: DODownloadProperty = 6;
pub const DODownloadProperty_SecurityFlags: DODownloadProperty = 7;
pub const DODownloadProperty_CallbackFreqPercent: DODownloadProperty = 8;
pub const DODownloadProperty_CallbackFreqSeconds: DODownloadProperty = 9;
pub const DODownloadProperty_NoProgressTimeoutSeconds: DODownloadProperty = 10;
pub const DODownloadProperty_ForegroundPriority: DODownloadProperty = 11;
pub const DODownloadProperty_BlockingMode: DODownloadProperty = 12;
pub const DODownloadProperty_CallbackInterface: DODownloadProperty = 13;
pub const DODownloadProperty_StreamInterface: DODownloadProperty = 14;
pub const DODownloadProperty_SecurityContext: DODownloadProperty = 15;
pub const DODownloadProperty_NetworkToken: DODownloadProperty = 16;
pub const DODownloadProperty_CorrelationVector: DODownloadProperty = 17;
pub const DODownloadProperty_DecryptionInfo: DODownloadProperty = 18;
pub const DODownloadProperty_IntegrityCheckInfo: DODownloadProperty = 19;
pub const DODownloadProperty_IntegrityCheckMandatory: DODownloadProperty = 20;
pub const DODownloadProperty_TotalSizeBytes: DODownloadProperty = 21;
pub const DODownloadProperty_DisallowOnCellular: DODownloadProperty = 22;
pub const DODownloadProperty_HttpCustomAuthHeaders: DODownloadProperty = 23;
pub const DODownloadProperty_HttpAllowSecureToNonSecureRedirect: DODownloadProperty = 24;
pub const DODownloadProperty_NonVolatile: DODownloadProperty = 25;
pub const DODownloadProperty_HttpRedirectionTarget: DODownloadProperty = 26;
pub const DODownloadProperty_HttpResponseHeaders: DODownloadProperty = 27;
pub const DODownloadProperty_HttpServerIPAddress: DODownloadProperty = 28;
pub const DODownloadProperty_HttpStatusCode: DODownloadProperty = 29;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct DO_DOWNLOAD_RANGE {
    pub Offset: u64,
    pub Length: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct DO_DOWNLOAD_RANGES_INFO {
    pub RangeCount: u32,
    /// As many as that says.
    pub Ranges: [DO_DOWNLOAD_RANGE; 1],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct DO_DOWNLOAD_STATUS {
    pub BytesTotal: u64,
    pub BytesTransferred: u64,
    pub State: DODownloadState,
    pub Error: HRESULT,
    pub ExtendedError: HRESULT,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct DO_DOWNLOAD_ENUM_CATEGORY {
    pub Property: DODownloadProperty,
    pub Value: *const u16,
}

pub const VT_EMPTY: u16 = 0;
pub const VT_BSTR: u16 = 8;
pub const VT_BOOL: u16 = 11;
pub const VT_UNKNOWN: u16 = 13;
pub const VT_UI4: u16 = 19;
pub const VT_UI8: u16 = 21;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct VARIANT {
    pub vt: u16,
    pub reserved: [u16; 3],
    pub value: VARIANT_VALUE,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union VARIANT_VALUE {
    pub bstrVal: *mut u16,
    pub punkVal: *mut c_void,
    pub ulVal: u32,
    pub ullVal: u64,
    pub boolVal: i16,
    pub record: [usize; 2],
}
