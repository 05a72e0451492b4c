// This file is generated from Microsoft's metadata: see bindings/generate.

use std::ffi::c_void;

use windows_core::{GUID, HRESULT, IUnknown, interface};

use super::types::*;

#[interface("19C613A0-FCB8-4F28-81AE-897C3D078F81")]
pub unsafe trait IBackgroundCopyError: IUnknown {
    pub unsafe fn GetError(&self, pContext: *mut BG_ERROR_CONTEXT, pCode: *mut HRESULT) -> HRESULT;
    pub unsafe fn GetFile(&self, pVal: *mut *mut c_void) -> HRESULT;
    pub unsafe fn GetErrorDescription(&self, LanguageId: u32, pErrorDescription: *mut *mut u16) -> HRESULT;
    pub unsafe fn GetErrorContextDescription(&self, LanguageId: u32, pContextDescription: *mut *mut u16) -> HRESULT;
    pub unsafe fn GetProtocol(&self, pProtocol: *mut *mut u16) -> HRESULT;
}

#[interface("01B7BD23-FB88-4A77-8490-5891D3E4653A")]
pub unsafe trait IBackgroundCopyFile: IUnknown {
    pub unsafe fn GetRemoteName(&self, pVal: *mut *mut u16) -> HRESULT;
    pub unsafe fn GetLocalName(&self, pVal: *mut *mut u16) -> HRESULT;
    pub unsafe fn GetProgress(&self, pVal: *mut BG_FILE_PROGRESS) -> HRESULT;
}

#[interface("83E81B93-0873-474D-8A8C-F2018B1A939C")]
pub unsafe trait IBackgroundCopyFile2: IBackgroundCopyFile {
    pub unsafe fn GetFileRanges(&self, RangeCount: *mut u32, Ranges: *mut *mut BG_FILE_RANGE) -> HRESULT;
    pub unsafe fn SetRemoteName(&self, Val: *const u16) -> HRESULT;
}

#[interface("659CDEAA-489E-11D9-A9CD-000D56965251")]
pub unsafe trait IBackgroundCopyFile3: IBackgroundCopyFile2 {
    pub unsafe fn GetTemporaryName(&self, pFilename: *mut *mut u16) -> HRESULT;
    pub unsafe fn SetValidationState(&self, state: i32) -> HRESULT;
    pub unsafe fn GetValidationState(&self, pState: *mut i32) -> HRESULT;
    pub unsafe fn IsDownloadedFromPeer(&self, pVal: *mut i32) -> HRESULT;
}

#[interface("EF7E0655-7888-4960-B0E5-730846E03492")]
pub unsafe trait IBackgroundCopyFile4: IBackgroundCopyFile3 {
    pub unsafe fn GetPeerDownloadStats(&self, pFromOrigin: *mut u64, pFromPeers: *mut u64) -> HRESULT;
}

#[interface("85C1657F-DAFC-40E8-8834-DF18EA25717E")]
pub unsafe trait IBackgroundCopyFile5: IBackgroundCopyFile4 {
    pub unsafe fn SetProperty(&self, PropertyId: BITS_FILE_PROPERTY_ID, PropertyValue: BITS_FILE_PROPERTY_VALUE) -> HRESULT;
    pub unsafe fn GetProperty(&self, PropertyId: BITS_FILE_PROPERTY_ID, PropertyValue: *mut BITS_FILE_PROPERTY_VALUE) -> HRESULT;
}

#[interface("CF6784F7-D677-49FD-9368-CB47AEE9D1AD")]
pub unsafe trait IBackgroundCopyFile6: IBackgroundCopyFile5 {
    pub unsafe fn UpdateDownloadPosition(&self, offset: u64) -> HRESULT;
    pub unsafe fn RequestFileRanges(&self, rangeCount: u32, ranges: *const BG_FILE_RANGE) -> HRESULT;
    pub unsafe fn GetFilledFileRanges(&self, rangeCount: *mut u32, ranges: *mut *mut BG_FILE_RANGE) -> HRESULT;
}

#[interface("CA51E165-C365-424C-8D41-24AAA4FF3C40")]
pub unsafe trait IEnumBackgroundCopyFiles: IUnknown {
    pub unsafe fn Next(&self, celt: u32, rgelt: *mut *mut c_void, pceltFetched: *mut u32) -> HRESULT;
    pub unsafe fn Skip(&self, celt: u32) -> HRESULT;
    pub unsafe fn Reset(&self) -> HRESULT;
    pub unsafe fn Clone(&self, ppenum: *mut *mut c_void) -> HRESULT;
    pub unsafe fn GetCount(&self, puCount: *mut u32) -> HRESULT;
}

#[interface("37668D37-507E-4160-9316-26306D150B12")]
pub unsafe trait IBackgroundCopyJob: IUnknown {
    pub unsafe fn AddFileSet(&self, cFileCount: u32, pFileSet: *const BG_FILE_INFO) -> HRESULT;
    pub unsafe fn AddFile(&self, RemoteUrl: *const u16, LocalName: *const u16) -> HRESULT;
    pub unsafe fn EnumFiles(&self, pEnum: *mut *mut c_void) -> HRESULT;
    pub unsafe fn Suspend(&self) -> HRESULT;
    pub unsafe fn Resume(&self) -> HRESULT;
    pub unsafe fn Cancel(&self) -> HRESULT;
    pub unsafe fn Complete(&self) -> HRESULT;
    pub unsafe fn GetId(&self, pVal: *mut GUID) -> HRESULT;
    pub unsafe fn GetType(&self, pVal: *mut BG_JOB_TYPE) -> HRESULT;
    pub unsafe fn GetProgress(&self, pVal: *mut BG_JOB_PROGRESS) -> HRESULT;
    pub unsafe fn GetTimes(&self, pVal: *mut BG_JOB_TIMES) -> HRESULT;
    pub unsafe fn GetState(&self, pVal: *mut BG_JOB_STATE) -> HRESULT;
    pub unsafe fn GetError(&self, ppError: *mut *mut c_void) -> HRESULT;
    pub unsafe fn GetOwner(&self, pVal: *mut *mut u16) -> HRESULT;
    pub unsafe fn SetDisplayName(&self, Val: *const u16) -> HRESULT;
    pub unsafe fn GetDisplayName(&self, pVal: *mut *mut u16) -> HRESULT;
    pub unsafe fn SetDescription(&self, Val: *const u16) -> HRESULT;
    pub unsafe fn GetDescription(&self, pVal: *mut *mut u16) -> HRESULT;
    pub unsafe fn SetPriority(&self, Val: BG_JOB_PRIORITY) -> HRESULT;
    pub unsafe fn GetPriority(&self, pVal: *mut BG_JOB_PRIORITY) -> HRESULT;
    pub unsafe fn SetNotifyFlags(&self, Val: u32) -> HRESULT;
    pub unsafe fn GetNotifyFlags(&self, pVal: *mut u32) -> HRESULT;
    pub unsafe fn SetNotifyInterface(&self, Val: *mut c_void) -> HRESULT;
    pub unsafe fn GetNotifyInterface(&self, pVal: *mut *mut c_void) -> HRESULT;
    pub unsafe fn SetMinimumRetryDelay(&self, Seconds: u32) -> HRESULT;
    pub unsafe fn GetMinimumRetryDelay(&self, Seconds: *mut u32) -> HRESULT;
    pub unsafe fn SetNoProgressTimeout(&self, Seconds: u32) -> HRESULT;
    pub unsafe fn GetNoProgressTimeout(&self, Seconds: *mut u32) -> HRESULT;
    pub unsafe fn GetErrorCount(&self, Errors: *mut u32) -> HRESULT;
    pub unsafe fn SetProxySettings(&self, ProxyUsage: BG_JOB_PROXY_USAGE, ProxyList: *const u16, ProxyBypassList: *const u16) -> HRESULT;
    pub unsafe fn GetProxySettings(&self, pProxyUsage: *mut BG_JOB_PROXY_USAGE, pProxyList: *mut *mut u16, pProxyBypassList: *mut *mut u16) -> HRESULT;
    pub unsafe fn TakeOwnership(&self) -> HRESULT;
}

#[interface("54B50739-686F-45EB-9DFF-D6A9A0FAA9AF")]
pub unsafe trait IBackgroundCopyJob2: IBackgroundCopyJob {
    pub unsafe fn SetNotifyCmdLine(&self, Program: *const u16, Parameters: *const u16) -> HRESULT;
    pub unsafe fn GetNotifyCmdLine(&self, pProgram: *mut *mut u16, pParameters: *mut *mut u16) -> HRESULT;
    pub unsafe fn GetReplyProgress(&self, pProgress: *mut BG_JOB_REPLY_PROGRESS) -> HRESULT;
    pub unsafe fn GetReplyData(&self, ppBuffer: *mut *mut u8, pLength: *mut u64) -> HRESULT;
    pub unsafe fn SetReplyFileName(&self, ReplyFileName: *const u16) -> HRESULT;
    pub unsafe fn GetReplyFileName(&self, pReplyFileName: *mut *mut u16) -> HRESULT;
    pub unsafe fn SetCredentials(&self, credentials: *mut BG_AUTH_CREDENTIALS) -> HRESULT;
    pub unsafe fn RemoveCredentials(&self, Target: BG_AUTH_TARGET, Scheme: BG_AUTH_SCHEME) -> HRESULT;
}

#[interface("443C8934-90FF-48ED-BCDE-26F5C7450042")]
pub unsafe trait IBackgroundCopyJob3: IBackgroundCopyJob2 {
    pub unsafe fn ReplaceRemotePrefix(&self, OldPrefix: *const u16, NewPrefix: *const u16) -> HRESULT;
    pub unsafe fn AddFileWithRanges(&self, RemoteUrl: *const u16, LocalName: *const u16, RangeCount: u32, Ranges: *const BG_FILE_RANGE) -> HRESULT;
    pub unsafe fn SetFileACLFlags(&self, Flags: u32) -> HRESULT;
    pub unsafe fn GetFileACLFlags(&self, Flags: *mut u32) -> HRESULT;
}

#[interface("659CDEAE-489E-11D9-A9CD-000D56965251")]
pub unsafe trait IBackgroundCopyJob4: IBackgroundCopyJob3 {
    pub unsafe fn SetPeerCachingFlags(&self, Flags: u32) -> HRESULT;
    pub unsafe fn GetPeerCachingFlags(&self, pFlags: *mut u32) -> HRESULT;
    pub unsafe fn GetOwnerIntegrityLevel(&self, pLevel: *mut u32) -> HRESULT;
    pub unsafe fn GetOwnerElevationState(&self, pElevated: *mut i32) -> HRESULT;
    pub unsafe fn SetMaximumDownloadTime(&self, Timeout: u32) -> HRESULT;
    pub unsafe fn GetMaximumDownloadTime(&self, pTimeout: *mut u32) -> HRESULT;
}

#[interface("E847030C-BBBA-4657-AF6D-484AA42BF1FE")]
pub unsafe trait IBackgroundCopyJob5: IBackgroundCopyJob4 {
    pub unsafe fn SetProperty(&self, PropertyId: BITS_JOB_PROPERTY_ID, PropertyValue: BITS_JOB_PROPERTY_VALUE) -> HRESULT;
    pub unsafe fn GetProperty(&self, PropertyId: BITS_JOB_PROPERTY_ID, PropertyValue: *mut BITS_JOB_PROPERTY_VALUE) -> HRESULT;
}

#[interface("F1BD1079-9F01-4BDC-8036-F09B70095066")]
pub unsafe trait IBackgroundCopyJobHttpOptions: IUnknown {
    pub unsafe fn SetClientCertificateByID(&self, StoreLocation: BG_CERT_STORE_LOCATION, StoreName: *const u16, pCertHashBlob: *const u8) -> HRESULT;
    pub unsafe fn SetClientCertificateByName(&self, StoreLocation: BG_CERT_STORE_LOCATION, StoreName: *const u16, SubjectName: *const u16) -> HRESULT;
    pub unsafe fn RemoveClientCertificate(&self) -> HRESULT;
    pub unsafe fn GetClientCertificate(&self, pStoreLocation: *mut BG_CERT_STORE_LOCATION, pStoreName: *mut *mut u16, ppCertHashBlob: *mut *mut u8, pSubjectName: *mut *mut u16) -> HRESULT;
    pub unsafe fn SetCustomHeaders(&self, RequestHeaders: *const u16) -> HRESULT;
    pub unsafe fn GetCustomHeaders(&self, pRequestHeaders: *mut *mut u16) -> HRESULT;
    pub unsafe fn SetSecurityFlags(&self, Flags: u32) -> HRESULT;
    pub unsafe fn GetSecurityFlags(&self, pFlags: *mut u32) -> HRESULT;
}

#[interface("B591A192-A405-4FC3-8323-4C5C542578FC")]
pub unsafe trait IBackgroundCopyJobHttpOptions2: IBackgroundCopyJobHttpOptions {
    pub unsafe fn SetHttpMethod(&self, method: *const u16) -> HRESULT;
    pub unsafe fn GetHttpMethod(&self, method: *mut *mut u16) -> HRESULT;
}

#[interface("8A9263D3-FD4C-4EDA-9B28-30132A4D4E3C")]
pub unsafe trait IBackgroundCopyJobHttpOptions3: IBackgroundCopyJobHttpOptions2 {
    pub unsafe fn SetServerCertificateValidationInterface(&self, certValidationCallback: *mut c_void) -> HRESULT;
    pub unsafe fn MakeCustomHeadersWriteOnly(&self) -> HRESULT;
}

#[interface("1AF4F612-3B71-466F-8F58-7B6F73AC57AD")]
pub unsafe trait IEnumBackgroundCopyJobs: IUnknown {
    pub unsafe fn Next(&self, celt: u32, rgelt: *mut *mut c_void, pceltFetched: *mut u32) -> HRESULT;
    pub unsafe fn Skip(&self, celt: u32) -> HRESULT;
    pub unsafe fn Reset(&self) -> HRESULT;
    pub unsafe fn Clone(&self, ppenum: *mut *mut c_void) -> HRESULT;
    pub unsafe fn GetCount(&self, puCount: *mut u32) -> HRESULT;
}

#[interface("97EA99C7-0186-4AD4-8DF9-C5B4E0ED6B22")]
pub unsafe trait IBackgroundCopyCallback: IUnknown {
    pub unsafe fn JobTransferred(&self, pJob: *mut c_void) -> HRESULT;
    pub unsafe fn JobError(&self, pJob: *mut c_void, pError: *mut c_void) -> HRESULT;
    pub unsafe fn JobModification(&self, pJob: *mut c_void, dwReserved: u32) -> HRESULT;
}

#[interface("659CDEAC-489E-11D9-A9CD-000D56965251")]
pub unsafe trait IBackgroundCopyCallback2: IBackgroundCopyCallback {
    pub unsafe fn FileTransferred(&self, pJob: *mut c_void, pFile: *mut c_void) -> HRESULT;
}

#[interface("98C97BD2-E32B-4AD8-A528-95FD8B16BD42")]
pub unsafe trait IBackgroundCopyCallback3: IBackgroundCopyCallback2 {
    pub unsafe fn FileRangesTransferred(&self, job: *mut c_void, file: *mut c_void, rangeCount: u32, ranges: *const BG_FILE_RANGE) -> HRESULT;
}

#[interface("4CEC0D02-DEF7-4158-813A-C32A46945FF7")]
pub unsafe trait IBackgroundCopyServerCertificateValidationCallback: IUnknown {
    pub unsafe fn ValidateServerCertificate(&self, job: *mut c_void, file: *mut c_void, certLength: u32, certData: *const u8, certEncodingType: u32, certStoreLength: u32, certStoreData: *const u8) -> HRESULT;
}

#[interface("5CE34C0D-0DC9-4C1F-897C-DAA1B78CEE7C")]
pub unsafe trait IBackgroundCopyManager: IUnknown {
    pub unsafe fn CreateJob(&self, DisplayName: *const u16, Type: BG_JOB_TYPE, pJobId: *mut GUID, ppJob: *mut *mut c_void) -> HRESULT;
    pub unsafe fn GetJob(&self, jobID: *const GUID, ppJob: *mut *mut c_void) -> HRESULT;
    pub unsafe fn EnumJobs(&self, dwFlags: u32, ppEnum: *mut *mut c_void) -> HRESULT;
    pub unsafe fn GetErrorDescription(&self, hResult: HRESULT, LanguageId: u32, pErrorDescription: *mut *mut u16) -> HRESULT;
}

#[interface("9A2584C3-F7D2-457A-9A5E-22B67BFFC7D2")]
pub unsafe trait IBitsTokenOptions: IUnknown {
    pub unsafe fn SetHelperTokenFlags(&self, UsageFlags: u32) -> HRESULT;
    pub unsafe fn GetHelperTokenFlags(&self, pFlags: *mut u32) -> HRESULT;
    pub unsafe fn SetHelperToken(&self) -> HRESULT;
    pub unsafe fn ClearHelperToken(&self) -> HRESULT;
    pub unsafe fn GetHelperTokenSid(&self, pSid: *mut *mut u16) -> HRESULT;
}

#[interface("CA29D251-B4BB-4679-A3D9-AE8006119D54")]
pub unsafe trait AsyncIBackgroundCopyCallback: IUnknown {
    pub unsafe fn Begin_JobTransferred(&self, pJob: *mut c_void) -> HRESULT;
    pub unsafe fn Finish_JobTransferred(&self) -> HRESULT;
    pub unsafe fn Begin_JobError(&self, pJob: *mut c_void, pError: *mut c_void) -> HRESULT;
    pub unsafe fn Finish_JobError(&self) -> HRESULT;
    pub unsafe fn Begin_JobModification(&self, pJob: *mut c_void, dwReserved: u32) -> HRESULT;
    pub unsafe fn Finish_JobModification(&self) -> HRESULT;
}
