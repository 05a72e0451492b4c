/* The interfaces of Delivery Optimization for C and C++. docs/com.md is the guide. The metadata that
 * bits.h is made of has them not: this is written by hand, with the numbers of Microsoft's reference. */
#ifndef BGCOPY_COM_DELIVERYOPTIMIZATION_H
#define BGCOPY_COM_DELIVERYOPTIMIZATION_H

#include "oleauto.h"

/* What a text or a number stands for in SetProperty and GetProperty. */
typedef enum {
    DODownloadProperty_Id = 0,
    DODownloadProperty_Uri = 1,
    DODownloadProperty_ContentId = 2,
    DODownloadProperty_DisplayName = 3,
    DODownloadProperty_LocalPath = 4,
    DODownloadProperty_HttpCustomHeaders = 5,
    DODownloadProperty_CostPolicy = 6,
    DODownloadProperty_SecurityFlags = 7,
    DODownloadProperty_CallbackFreqPercent = 8,
    DODownloadProperty_CallbackFreqSeconds = 9,
    DODownloadProperty_NoProgressTimeoutSeconds = 10,
    DODownloadProperty_ForegroundPriority = 11,
    DODownloadProperty_BlockingMode = 12,
    DODownloadProperty_CallbackInterface = 13,
    DODownloadProperty_StreamInterface = 14,
    DODownloadProperty_SecurityContext = 15,
    DODownloadProperty_NetworkToken = 16,
    DODownloadProperty_CorrelationVector = 17,
    DODownloadProperty_DecryptionInfo = 18,
    DODownloadProperty_IntegrityCheckInfo = 19,
    DODownloadProperty_IntegrityCheckMandatory = 20,
    DODownloadProperty_TotalSizeBytes = 21,
    DODownloadProperty_DisallowOnCellular = 22,
    DODownloadProperty_HttpCustomAuthHeaders = 23,
    DODownloadProperty_HttpAllowSecureToNonSecureRedirect = 24,
    DODownloadProperty_NonVolatile = 25,
    DODownloadProperty_HttpRedirectionTarget = 26,
    DODownloadProperty_HttpResponseHeaders = 27,
    DODownloadProperty_HttpServerIPAddress = 28,
    DODownloadProperty_HttpStatusCode = 29
} DODownloadProperty;

typedef enum {
    DODownloadState_Created = 0,
    DODownloadState_Transferring = 1,
    DODownloadState_Transferred = 2,
    DODownloadState_Finalized = 3,
    DODownloadState_Aborted = 4,
    DODownloadState_Paused = 5
} DODownloadState;

typedef enum {
    DODownloadCostPolicy_Always = 0,
    DODownloadCostPolicy_Unrestricted = 1,
    DODownloadCostPolicy_Standard = 2,
    DODownloadCostPolicy_NoRoaming = 3,
    DODownloadCostPolicy_NoSurcharge = 4,
    DODownloadCostPolicy_NoCellular = 5
} DODownloadCostPolicy;

/* Codes that the methods answer; the others are those of BITS and of Windows. */
#define E_NOT_SET _HRESULT_TYPEDEF_(0x80070490)
#define DO_E_DOWNLOAD_NO_PROGRESS _HRESULT_TYPEDEF_(0x80D02002)
#define DO_E_NO_DOWNLOADS _HRESULT_TYPEDEF_(0x80D02005)
#define DO_E_UNKNOWN_PROPERTY_ID _HRESULT_TYPEDEF_(0x80D02011)
#define DO_E_READ_ONLY_PROPERTY _HRESULT_TYPEDEF_(0x80D02012)
#define DO_E_INVALID_STATE _HRESULT_TYPEDEF_(0x80D02013)
#define DO_E_WRITE_ONLY_PROPERTY _HRESULT_TYPEDEF_(0x80D02015)
#define DO_E_FILE_DOWNLOADSINK_UNSPECIFIED _HRESULT_TYPEDEF_(0x80D02018)
#define DO_E_DOWNLOAD_NO_URI _HRESULT_TYPEDEF_(0x80D02200)
#define DO_E_DOWNLOAD_RANGES_UNEXPECTED _HRESULT_TYPEDEF_(0x80D02203)

/* The length of a range that goes to the end of the file. */
#define DO_LENGTH_TO_EOF UINT64_C(0xFFFFFFFFFFFFFFFF)

typedef struct _DO_DOWNLOAD_RANGE {
    UINT64 Offset;
    UINT64 Length;
} DO_DOWNLOAD_RANGE;

/* As many ranges as it says follow. */
typedef struct _DO_DOWNLOAD_RANGES_INFO {
    UINT RangeCount;
    DO_DOWNLOAD_RANGE Ranges[1];
} DO_DOWNLOAD_RANGES_INFO;

typedef struct _DO_DOWNLOAD_STATUS {
    UINT64 BytesTotal;
    UINT64 BytesTransferred;
    DODownloadState State;
    HRESULT Error;
    HRESULT ExtendedError;
} DO_DOWNLOAD_STATUS;

typedef struct _DO_DOWNLOAD_ENUM_CATEGORY {
    DODownloadProperty Property;
    LPCWSTR Value;
} DO_DOWNLOAD_ENUM_CATEGORY;

#if UINTPTR_MAX > 0xFFFFFFFFu
BGCOPY_COM_ASSERT(sizeof(DO_DOWNLOAD_RANGES_INFO) == 24, "the size of DO_DOWNLOAD_RANGES_INFO");
BGCOPY_COM_ASSERT(sizeof(DO_DOWNLOAD_STATUS) == 32, "the size of DO_DOWNLOAD_STATUS");
BGCOPY_COM_ASSERT(sizeof(DO_DOWNLOAD_ENUM_CATEGORY) == 16, "the size of DO_DOWNLOAD_ENUM_CATEGORY");
#endif

typedef struct IDOManager IDOManager;
typedef struct IDODownload IDODownload;
typedef struct IDODownloadStatusCallback IDODownloadStatusCallback;
typedef struct IEnumUnknown IEnumUnknown;

#ifdef __cplusplus

BGCOPY_COM_QUIET_BEGIN
struct IDOManager : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE CreateDownload(IDODownload **download) = 0;
    virtual HRESULT STDMETHODCALLTYPE EnumDownloads(const DO_DOWNLOAD_ENUM_CATEGORY *category, IEnumUnknown **ppEnum) = 0;
};

struct IDODownload : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE Start(const DO_DOWNLOAD_RANGES_INFO *ranges) = 0;
    virtual HRESULT STDMETHODCALLTYPE Pause(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Abort(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Finalize(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetStatus(DO_DOWNLOAD_STATUS *status) = 0;
    virtual HRESULT STDMETHODCALLTYPE GetProperty(DODownloadProperty propId, VARIANT *propVal) = 0;
    virtual HRESULT STDMETHODCALLTYPE SetProperty(DODownloadProperty propId, const VARIANT *propVal) = 0;
};

struct IDODownloadStatusCallback : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE OnStatusChange(IDODownload *download, const DO_DOWNLOAD_STATUS *status) = 0;
};

struct IEnumUnknown : public IUnknown {
    virtual HRESULT STDMETHODCALLTYPE Next(ULONG celt, IUnknown **rgelt, ULONG *pceltFetched) = 0;
    virtual HRESULT STDMETHODCALLTYPE Skip(ULONG celt) = 0;
    virtual HRESULT STDMETHODCALLTYPE Reset(void) = 0;
    virtual HRESULT STDMETHODCALLTYPE Clone(IEnumUnknown **ppenum) = 0;
};

BGCOPY_COM_QUIET_END

#else /* C */

typedef struct IDOManagerVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDOManager *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDOManager *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDOManager *This);
    HRESULT(STDMETHODCALLTYPE *CreateDownload)(IDOManager *This, IDODownload **download);
    HRESULT(STDMETHODCALLTYPE *EnumDownloads)(IDOManager *This, const DO_DOWNLOAD_ENUM_CATEGORY *category, IEnumUnknown **ppEnum);
} IDOManagerVtbl;
struct IDOManager {
    CONST_VTBL struct IDOManagerVtbl *lpVtbl;
};

typedef struct IDODownloadVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDODownload *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDODownload *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDODownload *This);
    HRESULT(STDMETHODCALLTYPE *Start)(IDODownload *This, const DO_DOWNLOAD_RANGES_INFO *ranges);
    HRESULT(STDMETHODCALLTYPE *Pause)(IDODownload *This);
    HRESULT(STDMETHODCALLTYPE *Abort)(IDODownload *This);
    HRESULT(STDMETHODCALLTYPE *Finalize)(IDODownload *This);
    HRESULT(STDMETHODCALLTYPE *GetStatus)(IDODownload *This, DO_DOWNLOAD_STATUS *status);
    HRESULT(STDMETHODCALLTYPE *GetProperty)(IDODownload *This, DODownloadProperty propId, VARIANT *propVal);
    HRESULT(STDMETHODCALLTYPE *SetProperty)(IDODownload *This, DODownloadProperty propId, const VARIANT *propVal);
} IDODownloadVtbl;
struct IDODownload {
    CONST_VTBL struct IDODownloadVtbl *lpVtbl;
};

typedef struct IDODownloadStatusCallbackVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IDODownloadStatusCallback *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IDODownloadStatusCallback *This);
    ULONG(STDMETHODCALLTYPE *Release)(IDODownloadStatusCallback *This);
    HRESULT(STDMETHODCALLTYPE *OnStatusChange)(IDODownloadStatusCallback *This, IDODownload *download, const DO_DOWNLOAD_STATUS *status);
} IDODownloadStatusCallbackVtbl;
struct IDODownloadStatusCallback {
    CONST_VTBL struct IDODownloadStatusCallbackVtbl *lpVtbl;
};

typedef struct IEnumUnknownVtbl {
    HRESULT(STDMETHODCALLTYPE *QueryInterface)(IEnumUnknown *This, REFIID riid, void **ppvObject);
    ULONG(STDMETHODCALLTYPE *AddRef)(IEnumUnknown *This);
    ULONG(STDMETHODCALLTYPE *Release)(IEnumUnknown *This);
    HRESULT(STDMETHODCALLTYPE *Next)(IEnumUnknown *This, ULONG celt, IUnknown **rgelt, ULONG *pceltFetched);
    HRESULT(STDMETHODCALLTYPE *Skip)(IEnumUnknown *This, ULONG celt);
    HRESULT(STDMETHODCALLTYPE *Reset)(IEnumUnknown *This);
    HRESULT(STDMETHODCALLTYPE *Clone)(IEnumUnknown *This, IEnumUnknown **ppenum);
} IEnumUnknownVtbl;
struct IEnumUnknown {
    CONST_VTBL struct IEnumUnknownVtbl *lpVtbl;
};

#endif

#ifdef COBJMACROS
#ifndef __cplusplus
#define IDOManager_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IDOManager_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDOManager_Release(This) ((This)->lpVtbl->Release(This))
#define IDOManager_CreateDownload(This, download) ((This)->lpVtbl->CreateDownload(This, download))
#define IDOManager_EnumDownloads(This, category, ppEnum) ((This)->lpVtbl->EnumDownloads(This, category, ppEnum))
#define IDODownload_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IDODownload_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDODownload_Release(This) ((This)->lpVtbl->Release(This))
#define IDODownload_Start(This, ranges) ((This)->lpVtbl->Start(This, ranges))
#define IDODownload_Pause(This) ((This)->lpVtbl->Pause(This))
#define IDODownload_Abort(This) ((This)->lpVtbl->Abort(This))
#define IDODownload_Finalize(This) ((This)->lpVtbl->Finalize(This))
#define IDODownload_GetStatus(This, status) ((This)->lpVtbl->GetStatus(This, status))
#define IDODownload_GetProperty(This, propId, propVal) ((This)->lpVtbl->GetProperty(This, propId, propVal))
#define IDODownload_SetProperty(This, propId, propVal) ((This)->lpVtbl->SetProperty(This, propId, propVal))
#define IDODownloadStatusCallback_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IDODownloadStatusCallback_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IDODownloadStatusCallback_Release(This) ((This)->lpVtbl->Release(This))
#define IDODownloadStatusCallback_OnStatusChange(This, download, status) ((This)->lpVtbl->OnStatusChange(This, download, status))
#define IEnumUnknown_QueryInterface(This, riid, ppvObject) ((This)->lpVtbl->QueryInterface(This, riid, ppvObject))
#define IEnumUnknown_AddRef(This) ((This)->lpVtbl->AddRef(This))
#define IEnumUnknown_Release(This) ((This)->lpVtbl->Release(This))
#define IEnumUnknown_Next(This, celt, rgelt, pceltFetched) ((This)->lpVtbl->Next(This, celt, rgelt, pceltFetched))
#define IEnumUnknown_Skip(This, celt) ((This)->lpVtbl->Skip(This, celt))
#define IEnumUnknown_Reset(This) ((This)->lpVtbl->Reset(This))
#define IEnumUnknown_Clone(This, ppenum) ((This)->lpVtbl->Clone(This, ppenum))
#endif
#endif

BGCOPY_COM_BEGIN
extern const IID IID_IDOManager;
extern const IID IID_IDODownload;
extern const IID IID_IDODownloadStatusCallback;
extern const IID IID_IEnumUnknown;
extern const CLSID CLSID_DeliveryOptimization;
BGCOPY_COM_END

#ifdef __cplusplus
BGCOPY_COM_UUID(IDOManager, 0x400E2D4A, 0x1431, 0x4C1A, 0xA7, 0x48, 0x39, 0xCA, 0x47, 0x2C, 0xFD, 0xB1)
BGCOPY_COM_UUID(IDODownload, 0xFBBD7FC0, 0xC147, 0x4727, 0xA3, 0x8D, 0x82, 0x7E, 0xF0, 0x71, 0xEE, 0x77)
BGCOPY_COM_UUID(IDODownloadStatusCallback, 0xD166E8E3, 0xA90E, 0x4392, 0x8E, 0x87, 0x05, 0xE9, 0x96, 0xD3, 0x74, 0x7D)
BGCOPY_COM_UUID(IEnumUnknown, 0x00000100, 0x0000, 0x0000, 0xC0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46)
class DeliveryOptimization;
BGCOPY_COM_UUID(DeliveryOptimization, 0x5B99FA76, 0x721C, 0x423C, 0xAD, 0xAC, 0x56, 0xD0, 0x3C, 0x8A, 0x80, 0x07)
#endif

#endif
