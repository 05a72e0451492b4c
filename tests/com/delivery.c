/* Delivery Optimization by its own names: IDOManager, IDODownload, IEnumUnknown, VARIANT. */
#include "check.h"

#include <deliveryoptimization.h>

static IDOManager *downloads(void)
{
    IDOManager *manager = NULL;
    OK(CoInitializeEx(NULL, COINIT_MULTITHREADED));
    OK(CoCreateInstance(&CLSID_DeliveryOptimization, NULL, CLSCTX_LOCAL_SERVER, &IID_IDOManager,
                        (void **)&manager));
    CHECK(manager != NULL);
    return manager;
}

static void let_go(IDOManager *manager)
{
    CHECK(IDOManager_Release(manager) == 0);
    CoUninitialize();
    AWAIT(is_alone());
}

static HRESULT set_text(IDODownload *it, DODownloadProperty id, const char *text)
{
    VARIANT value;
    VariantInit(&value);
    V_VT(&value) = VT_BSTR;
    V_BSTR(&value) = SysAllocString(wide(text));
    HRESULT answer = IDODownload_SetProperty(it, id, &value);
    OK(VariantClear(&value));
    return answer;
}

static HRESULT set_number(IDODownload *it, DODownloadProperty id, ULONG number)
{
    VARIANT value;
    VariantInit(&value);
    V_VT(&value) = VT_UI4;
    V_UI4(&value) = number;
    return IDODownload_SetProperty(it, id, &value);
}

static HRESULT set_truth(IDODownload *it, DODownloadProperty id, VARIANT_BOOL truth)
{
    VARIANT value;
    VariantInit(&value);
    V_VT(&value) = VT_BOOL;
    V_BOOL(&value) = truth;
    return IDODownload_SetProperty(it, id, &value);
}

static HRESULT set_object(IDODownload *it, DODownloadProperty id, void *object)
{
    VARIANT value;
    VariantInit(&value);
    V_VT(&value) = VT_UNKNOWN;
    V_UNKNOWN(&value) = (IUnknown *)object;
    return IDODownload_SetProperty(it, id, &value);
}

static int has_text(IDODownload *it, DODownloadProperty id, const char *wanted)
{
    VARIANT value;
    VariantInit(&value);
    OK(IDODownload_GetProperty(it, id, &value));
    CHECK(V_VT(&value) == VT_BSTR);
    CHECK(SysStringLen(V_BSTR(&value)) == strlen(wanted) || !same(V_BSTR(&value), wanted));
    int is_same = same(V_BSTR(&value), wanted);
    OK(VariantClear(&value));
    CHECK(V_VT(&value) == VT_EMPTY);
    return is_same;
}

static ULONG number_of(IDODownload *it, DODownloadProperty id)
{
    VARIANT value;
    VariantInit(&value);
    OK(IDODownload_GetProperty(it, id, &value));
    CHECK(V_VT(&value) == VT_UI4);
    return V_UI4(&value);
}

static int truth_of(IDODownload *it, DODownloadProperty id)
{
    VARIANT value;
    VariantInit(&value);
    OK(IDODownload_GetProperty(it, id, &value));
    CHECK(V_VT(&value) == VT_BOOL);
    CHECK(V_BOOL(&value) == VARIANT_TRUE || V_BOOL(&value) == VARIANT_FALSE);
    return V_BOOL(&value) == VARIANT_TRUE;
}

static HRESULT get(IDODownload *it, DODownloadProperty id)
{
    VARIANT value;
    VariantInit(&value);
    HRESULT answer = IDODownload_GetProperty(it, id, &value);
    OK(VariantClear(&value));
    return answer;
}

static DO_DOWNLOAD_STATUS status_of(IDODownload *it)
{
    DO_DOWNLOAD_STATUS status;
    OK(IDODownload_GetStatus(it, &status));
    return status;
}

static DODownloadState state(IDODownload *it) { return status_of(it).State; }

static IDODownload *created(IDOManager *manager)
{
    IDODownload *it = NULL;
    OK(IDOManager_CreateDownload(manager, &it));
    CHECK(it != NULL && state(it) == DODownloadState_Created);
    return it;
}

/* A download that can be started. */
static IDODownload *of(IDOManager *manager, const char *served, const char *name)
{
    IDODownload *it = created(manager);
    OK(set_text(it, DODownloadProperty_Uri, url_of(served)));
    OK(set_text(it, DODownloadProperty_LocalPath, path_of(name)));
    return it;
}

/* A callback that counts, and looks at the download that it gets. */
typedef struct {
    IDODownloadStatusCallback base;
    atomic_uint references, calls, finished;
} watcher;

static HRESULT watcher_query(IDODownloadStatusCallback *this, REFIID iid, void **object)
{
    *object = NULL;
    if (!IsEqualIID(iid, &IID_IUnknown) && !IsEqualIID(iid, &IID_IDODownloadStatusCallback)) {
        return E_NOINTERFACE;
    }
    *object = this;
    IDODownloadStatusCallback_AddRef(this);
    return S_OK;
}

static ULONG watcher_add(IDODownloadStatusCallback *this)
{
    return atomic_fetch_add(&((watcher *)this)->references, 1u) + 1u;
}

static ULONG watcher_release(IDODownloadStatusCallback *this)
{
    return atomic_fetch_sub(&((watcher *)this)->references, 1u) - 1u;
}

static HRESULT watcher_told(IDODownloadStatusCallback *this, IDODownload *download,
                            const DO_DOWNLOAD_STATUS *status)
{
    watcher *it = (watcher *)this;
    DO_DOWNLOAD_STATUS own;
    CHECK(status != NULL);
    OK(IDODownload_GetStatus(download, &own));
    CHECK(own.State == status->State || own.BytesTransferred >= status->BytesTransferred);
    atomic_fetch_add(&it->calls, 1u);
    if (status->State == DODownloadState_Transferred) {
        CHECK(status->BytesTransferred == status->BytesTotal);
        atomic_fetch_add(&it->finished, 1u);
    }
    return S_OK;
}

static IDODownloadStatusCallbackVtbl watcher_table = {watcher_query, watcher_add, watcher_release,
                                                      watcher_told};

static void download(void)
{
    IDOManager *manager = downloads();
    IDODownload *it = of(manager, "one", "one");
    watcher watches = {.base = {&watcher_table}, .references = 1};
    VARIANT value;
    OK(set_text(it, DODownloadProperty_DisplayName, "a name"));
    OK(set_text(it, DODownloadProperty_HttpCustomHeaders, "X-One: 1\r\nX-Two: 2"));
    CHECK(has_text(it, DODownloadProperty_HttpCustomHeaders, "X-One: 1\r\nX-Two: 2\r\n"));
    OK(set_object(it, DODownloadProperty_CallbackInterface, &watches.base));
    VariantInit(&value);
    OK(IDODownload_GetProperty(it, DODownloadProperty_CallbackInterface, &value));
    CHECK(V_VT(&value) == VT_UNKNOWN && V_UNKNOWN(&value) == (IUnknown *)&watches.base);
    OK(VariantClear(&value));
    EXPECT(E_NOT_SET, get(it, DODownloadProperty_TotalSizeBytes));
    EXPECT(E_NOT_SET, get(it, DODownloadProperty_HttpStatusCode));
    OK(IDODownload_Start(it, NULL));
    AWAIT(atomic_load(&watches.finished) > 0);
    DO_DOWNLOAD_STATUS status = status_of(it);
    CHECK(status.State == DODownloadState_Transferred && status.Error == S_OK);
    CHECK(status.BytesTotal == 1500007 && status.BytesTransferred == 1500007);
    CHECK(!exists("one"));
    CHECK(number_of(it, DODownloadProperty_HttpStatusCode) == 200);
    OK(get(it, DODownloadProperty_HttpResponseHeaders));
    VariantInit(&value);
    OK(IDODownload_GetProperty(it, DODownloadProperty_TotalSizeBytes, &value));
    CHECK(V_VT(&value) == VT_UI8 && V_UI8(&value) == 1500007);
    OK(IDODownload_Finalize(it));
    CHECK(exists("one") && state(it) == DODownloadState_Finalized);
    OK(IDODownload_Finalize(it));
    EXPECT(DO_E_INVALID_STATE, IDODownload_Abort(it));
    EXPECT(DO_E_INVALID_STATE, IDODownload_Start(it, NULL));
    EXPECT(DO_E_INVALID_STATE, set_text(it, DODownloadProperty_DisplayName, "another"));
    CHECK(has_text(it, DODownloadProperty_DisplayName, "a name"));
    CHECK(IDODownload_Release(it) == 0);
    let_go(manager);
    CHECK(atomic_load(&watches.references) == 1);
}

static void properties(void)
{
    static const DODownloadProperty absent[] = {
        DODownloadProperty_ContentId,          DODownloadProperty_CallbackFreqPercent,
        DODownloadProperty_StreamInterface,    DODownloadProperty_IntegrityCheckMandatory,
        DODownloadProperty_HttpCustomAuthHeaders,
    };
    static const DODownloadProperty read_only[] = {
        DODownloadProperty_Id,
        DODownloadProperty_HttpRedirectionTarget,
        DODownloadProperty_HttpResponseHeaders,
        DODownloadProperty_HttpServerIPAddress,
        DODownloadProperty_HttpStatusCode,
    };
    static const DODownloadProperty write_only[] = {
        DODownloadProperty_SecurityFlags,
        DODownloadProperty_SecurityContext,
        DODownloadProperty_NetworkToken,
        DODownloadProperty_DecryptionInfo,
        DODownloadProperty_IntegrityCheckInfo,
    };
    IDOManager *manager = downloads();
    IDODownload *it = created(manager);
    for (size_t at = 0; at < sizeof absent / sizeof *absent; at++) {
        EXPECT(E_NOTIMPL, get(it, absent[at]));
        EXPECT(E_NOTIMPL, set_text(it, absent[at], "x"));
    }
    for (size_t at = 0; at < sizeof read_only / sizeof *read_only; at++) {
        EXPECT(DO_E_READ_ONLY_PROPERTY, set_text(it, read_only[at], "x"));
    }
    for (size_t at = 0; at < sizeof write_only / sizeof *write_only; at++) {
        EXPECT(DO_E_WRITE_ONLY_PROPERTY, get(it, write_only[at]));
    }
    EXPECT(DO_E_UNKNOWN_PROPERTY_ID, get(it, (DODownloadProperty)30));
    EXPECT(DO_E_UNKNOWN_PROPERTY_ID, set_number(it, (DODownloadProperty)30, 1));
    EXPECT(E_INVALIDARG, set_number(it, DODownloadProperty_Uri, 1));
    EXPECT(E_INVALIDARG, set_text(it, DODownloadProperty_Uri, ""));
    EXPECT(E_INVALIDARG, set_text(it, DODownloadProperty_LocalPath, ""));
    EXPECT(E_INVALIDARG, set_text(it, DODownloadProperty_HttpCustomHeaders, "no header"));
    EXPECT(E_NOT_SET, get(it, DODownloadProperty_Uri));
    EXPECT(E_NOT_SET, get(it, DODownloadProperty_CallbackInterface));
    EXPECT(E_INVALIDARG, set_number(it, DODownloadProperty_NoProgressTimeoutSeconds, 59));
    OK(set_number(it, DODownloadProperty_NoProgressTimeoutSeconds, 60));
    CHECK(number_of(it, DODownloadProperty_NoProgressTimeoutSeconds) == 60);
    OK(set_number(it, DODownloadProperty_NoProgressTimeoutSeconds, 0));
    CHECK(number_of(it, DODownloadProperty_NoProgressTimeoutSeconds) == 14 * 24 * 3600);
    for (ULONG policy = 0; policy < 5; policy++) {
        OK(set_number(it, DODownloadProperty_CostPolicy, policy));
        CHECK(number_of(it, DODownloadProperty_CostPolicy) == policy);
    }
    EXPECT(E_NOTIMPL,
           set_number(it, DODownloadProperty_CostPolicy, DODownloadCostPolicy_NoCellular));
    EXPECT(E_INVALIDARG, set_number(it, DODownloadProperty_CostPolicy, 6));
    CHECK(!truth_of(it, DODownloadProperty_ForegroundPriority));
    OK(set_truth(it, DODownloadProperty_ForegroundPriority, VARIANT_TRUE));
    CHECK(truth_of(it, DODownloadProperty_ForegroundPriority));
    OK(set_number(it, DODownloadProperty_CallbackFreqSeconds, 3));
    CHECK(number_of(it, DODownloadProperty_CallbackFreqSeconds) == 3);
    OK(set_truth(it, DODownloadProperty_HttpAllowSecureToNonSecureRedirect, VARIANT_TRUE));
    CHECK(truth_of(it, DODownloadProperty_HttpAllowSecureToNonSecureRedirect));
    OK(set_number(it, DODownloadProperty_SecurityFlags, 0x3300));
    EXPECT(E_NOTIMPL, set_number(it, DODownloadProperty_SecurityFlags, 0x800000));
    CHECK(truth_of(it, DODownloadProperty_HttpAllowSecureToNonSecureRedirect));
    OK(set_truth(it, DODownloadProperty_NonVolatile, VARIANT_TRUE));
    EXPECT(E_NOTIMPL, set_truth(it, DODownloadProperty_NonVolatile, VARIANT_FALSE));
    CHECK(truth_of(it, DODownloadProperty_NonVolatile));
    OK(set_truth(it, DODownloadProperty_DisallowOnCellular, VARIANT_FALSE));
    EXPECT(E_NOTIMPL, set_truth(it, DODownloadProperty_DisallowOnCellular, VARIANT_TRUE));
    OK(set_text(it, DODownloadProperty_CorrelationVector, "a.b"));
    CHECK(has_text(it, DODownloadProperty_CorrelationVector, "a.b"));
    EXPECT(E_NOINTERFACE, set_object(it, DODownloadProperty_CallbackInterface, manager));
    EXPECT(E_INVALIDARG, IDODownload_SetProperty(it, DODownloadProperty_Uri, NULL));
    EXPECT(E_INVALIDARG, IDODownload_GetProperty(it, DODownloadProperty_Id, NULL));
    EXPECT(E_INVALIDARG, IDODownload_GetStatus(it, NULL));
    EXPECT(E_INVALIDARG, IDOManager_CreateDownload(manager, NULL));
    EXPECT(E_INVALIDARG, IDOManager_EnumDownloads(manager, NULL, NULL));
    CHECK(IDODownload_Release(it) == 0);
    let_go(manager);
}

static void life_cycle(void)
{
    const DO_DOWNLOAD_RANGES_INFO range = {1, {{10, 20}}}, none = {0, {{0, 0}}};
    IDOManager *manager = downloads();
    IDODownload *it = created(manager);
    EXPECT(DO_E_DOWNLOAD_NO_URI, IDODownload_Start(it, NULL));
    OK(set_text(it, DODownloadProperty_Uri, url_of("gated")));
    EXPECT(DO_E_FILE_DOWNLOADSINK_UNSPECIFIED, IDODownload_Start(it, NULL));
    OK(set_text(it, DODownloadProperty_LocalPath, path_of("gated")));
    OK(IDODownload_Pause(it));
    EXPECT(DO_E_INVALID_STATE, IDODownload_Finalize(it));
    CHECK(state(it) == DODownloadState_Created);
    OK(IDODownload_Start(it, &none));
    AWAIT(state(it) == DODownloadState_Transferring);
    OK(IDODownload_Start(it, NULL));
    EXPECT(DO_E_DOWNLOAD_RANGES_UNEXPECTED, IDODownload_Start(it, &range));
    EXPECT(DO_E_INVALID_STATE, set_text(it, DODownloadProperty_LocalPath, path_of("other")));
    EXPECT(DO_E_INVALID_STATE, set_text(it, DODownloadProperty_Uri, url_of("one")));
    EXPECT(DO_E_INVALID_STATE, IDODownload_Finalize(it));
    OK(IDODownload_Pause(it));
    CHECK(state(it) == DODownloadState_Paused && status_of(it).ExtendedError == S_OK);
    OK(set_text(it, DODownloadProperty_Uri, url_of("one")));
    CHECK(has_text(it, DODownloadProperty_Uri, url_of("one")));
    EXPECT(DO_E_INVALID_STATE, IDODownload_Finalize(it));
    OK(IDODownload_Abort(it));
    OK(IDODownload_Abort(it));
    CHECK(state(it) == DODownloadState_Aborted);
    EXPECT(DO_E_INVALID_STATE, IDODownload_Start(it, NULL));
    EXPECT(DO_E_INVALID_STATE, IDODownload_Pause(it));
    EXPECT(DO_E_INVALID_STATE, IDODownload_Finalize(it));
    CHECK(IDODownload_Release(it) == 0);

    it = of(manager, "one", "part");
    OK(IDODownload_Start(it, &range));
    AWAIT(state(it) == DODownloadState_Transferred);
    CHECK(status_of(it).BytesTotal == 20 && number_of(it, DODownloadProperty_HttpStatusCode) == 206);
    OK(IDODownload_Abort(it));
    CHECK(IDODownload_Release(it) == 0);

    it = of(manager, "busy", "busy");
    OK(IDODownload_Start(it, NULL));
    AWAIT(status_of(it).ExtendedError != S_OK);
    CHECK(state(it) == DODownloadState_Paused && status_of(it).Error == S_OK);
    OK(IDODownload_Abort(it));
    CHECK(IDODownload_Release(it) == 0);
    let_go(manager);
}

static ULONG found(IDOManager *manager, DODownloadProperty property, const char *value)
{
    DO_DOWNLOAD_ENUM_CATEGORY category = {property, value == NULL ? NULL : wide(value)};
    IEnumUnknown *all = NULL, *again = NULL;
    IUnknown *items[4] = {NULL, NULL, NULL, NULL};
    ULONG count = 0;
    HRESULT answer = IDOManager_EnumDownloads(manager, value == NULL ? NULL : &category, &all);
    if (answer == DO_E_NO_DOWNLOADS) {
        CHECK(all == NULL);
        return 0;
    }
    OK(answer);
    EXPECT(S_FALSE, IEnumUnknown_Next(all, 4, items, &count));
    for (ULONG at = 0; at < count; at++) {
        IDODownload *one = as(items[at], &IID_IDODownload);
        CHECK(IDODownload_Release(one) == 1 && IUnknown_Release(items[at]) == 0);
    }
    OK(IEnumUnknown_Clone(all, &again));
    EXPECT(S_FALSE, IEnumUnknown_Skip(again, 1));
    OK(IEnumUnknown_Reset(again));
    OK(IEnumUnknown_Skip(again, count));
    CHECK(IEnumUnknown_Release(again) == 0);
    CHECK(IEnumUnknown_Release(all) == 0);
    return count;
}

static void enumerated(void)
{
    IDOManager *manager = downloads();
    IBackgroundCopyManager *of_jobs = NULL;
    OK(CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER,
                        &IID_IBackgroundCopyManager, (void **)&of_jobs));
    IBackgroundCopyJob *job = job_of(of_jobs, "two");
    CHECK(found(manager, DODownloadProperty_Id, NULL) == 0);
    /* One that nobody can start any more leaves nothing. */
    IEnumBackgroundCopyJobs *jobs = NULL;
    ULONG left = 0;
    IDODownload *brief = created(manager);
    CHECK(IDODownload_Release(brief) == 0);
    OK(IBackgroundCopyManager_EnumJobs(of_jobs, 0, &jobs));
    OK(IEnumBackgroundCopyJobs_GetCount(jobs, &left));
    CHECK(left == 1 && IEnumBackgroundCopyJobs_Release(jobs) == 0);
    IDODownload *one = of(manager, "gated", "first"), *two = of(manager, "gated", "second");
    OK(set_text(two, DODownloadProperty_DisplayName, "second"));
    CHECK(found(manager, DODownloadProperty_Id, NULL) == 0);
    OK(IDODownload_Start(one, NULL));
    OK(IDODownload_Start(two, NULL));
    CHECK(found(manager, DODownloadProperty_Id, NULL) == 2);
    CHECK(found(manager, DODownloadProperty_Uri, url_of("gated")) == 2);
    CHECK(found(manager, DODownloadProperty_LocalPath, path_of("first")) == 1);
    CHECK(found(manager, DODownloadProperty_DisplayName, "second") == 1);
    CHECK(found(manager, DODownloadProperty_ContentId, "x") == 0);
    VARIANT value;
    VariantInit(&value);
    OK(IDODownload_GetProperty(two, DODownloadProperty_Id, &value));
    DO_DOWNLOAD_ENUM_CATEGORY by_id = {DODownloadProperty_Id, V_BSTR(&value)};
    IEnumUnknown *all = NULL;
    IUnknown *item = NULL;
    OK(IDOManager_EnumDownloads(manager, &by_id, &all));
    OK(IEnumUnknown_Next(all, 1, &item, NULL));
    IDODownload *same_one = as(item, &IID_IDODownload);
    CHECK(has_text(same_one, DODownloadProperty_DisplayName, "second"));
    /* The program lets go of its own object: the download goes on. */
    CHECK(IDODownload_Release(two) == 0);
    OK(IDODownload_Abort(same_one));
    CHECK(IDODownload_Release(same_one) == 1 && IUnknown_Release(item) == 0);
    CHECK(IEnumUnknown_Release(all) == 0);
    OK(VariantClear(&value));
    DO_DOWNLOAD_ENUM_CATEGORY by_size = {DODownloadProperty_TotalSizeBytes, wide("1")};
    EXPECT(E_NOTIMPL, IDOManager_EnumDownloads(manager, &by_size, &all));
    by_size.Value = NULL;
    EXPECT(E_INVALIDARG, IDOManager_EnumDownloads(manager, &by_size, &all));
    CHECK(found(manager, DODownloadProperty_Id, NULL) == 1);
    OK(IDODownload_Abort(one));
    CHECK(IDODownload_Release(one) == 0);
    OK(IBackgroundCopyJob_Cancel(job));
    IBackgroundCopyJob_Release(job);
    CHECK(IBackgroundCopyManager_Release(of_jobs) == 0);
    let_go(manager);
}

static void blocking(void)
{
    IDOManager *manager = downloads();
    IDODownload *it = of(manager, "one", "one");
    CHECK(!truth_of(it, DODownloadProperty_BlockingMode));
    OK(set_truth(it, DODownloadProperty_BlockingMode, VARIANT_TRUE));
    OK(IDODownload_Start(it, NULL));
    CHECK(state(it) == DODownloadState_Transferred);
    OK(IDODownload_Finalize(it));
    CHECK(IDODownload_Release(it) == 0);

    it = of(manager, "missing", "missing");
    OK(set_truth(it, DODownloadProperty_BlockingMode, VARIANT_TRUE));
    EXPECT((HRESULT)0x80190194, IDODownload_Start(it, NULL));
    DO_DOWNLOAD_STATUS status = status_of(it);
    CHECK(status.State == DODownloadState_Paused && status.Error == (HRESULT)0x80190194);
    OK(IDODownload_Abort(it));
    CHECK(IDODownload_Release(it) == 0);
    let_go(manager);
}

static void variants(void)
{
    BSTR text = SysAllocString(wide("a text")), part = SysAllocStringLen(wide("a text"), 3);
    CHECK(SysStringLen(text) == 6 && same(text, "a text"));
    CHECK(SysStringLen(part) == 3 && same(part, "a t"));
    CHECK(((uint32_t *)(void *)text)[-1] == 12);
    SysFreeString(text);
    SysFreeString(part);
    CHECK(SysAllocString(NULL) == NULL && SysStringLen(NULL) == 0);
    SysFreeString(NULL);
    text = SysAllocStringLen(NULL, 2);
    CHECK(SysStringLen(text) == 2 && text[0] == 0 && text[1] == 0 && text[2] == 0);
    SysFreeString(text);
    watcher watches = {.base = {&watcher_table}, .references = 2};
    VARIANT value;
    memset(&value, 0xFF, sizeof value);
    VariantInit(&value);
    CHECK(V_VT(&value) == VT_EMPTY);
    V_VT(&value) = VT_UNKNOWN;
    V_UNKNOWN(&value) = (IUnknown *)&watches.base;
    OK(VariantClear(&value));
    CHECK(V_VT(&value) == VT_EMPTY && atomic_load(&watches.references) == 1);
    OK(VariantClear(&value));
    EXPECT(E_INVALIDARG, VariantClear(NULL));
    IDOManager *manager = (IDOManager *)1;
    EXPECT(CO_E_NOTINITIALIZED,
           CoCreateInstance(&CLSID_DeliveryOptimization, NULL, CLSCTX_LOCAL_SERVER, &IID_IDOManager,
                            (void **)&manager));
    CHECK(manager == NULL);
    OK(CoInitializeEx(NULL, COINIT_MULTITHREADED));
    EXPECT(E_NOINTERFACE,
           CoCreateInstance(&CLSID_DeliveryOptimization, NULL, CLSCTX_LOCAL_SERVER,
                            &IID_IBackgroundCopyManager, (void **)&manager));
    CoUninitialize();
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"download", download},     {"properties", properties}, {"life_cycle", life_cycle},
        {"enumerated", enumerated}, {"blocking", blocking},     {"variants", variants},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
