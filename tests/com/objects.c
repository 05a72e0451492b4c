/* What COM asks of objects: identity, references, enumerators, NULL, memory, threads. */
#include "check.h"

static void references(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *job = job_of(manager, "one");
    const IID *jobs[] = {&IID_IBackgroundCopyJob,  &IID_IBackgroundCopyJob2,
                         &IID_IBackgroundCopyJob3, &IID_IBackgroundCopyJob4,
                         &IID_IBackgroundCopyJob5, &IID_IBackgroundCopyJobHttpOptions,
                         &IID_IBackgroundCopyJobHttpOptions2,
                         &IID_IBackgroundCopyJobHttpOptions3};
    const IID *files[] = {&IID_IBackgroundCopyFile,  &IID_IBackgroundCopyFile2,
                          &IID_IBackgroundCopyFile3, &IID_IBackgroundCopyFile4,
                          &IID_IBackgroundCopyFile5, &IID_IBackgroundCopyFile6};
    IUnknown *identity = as(job, &IID_IUnknown);
    void *nothing = &nothing;
    IEnumBackgroundCopyFiles *list = NULL;
    IBackgroundCopyFile *file = NULL;
    CHECK(IUnknown_AddRef(identity) == 3 && IUnknown_Release(identity) == 2);
    for (size_t at = 0; at < sizeof jobs / sizeof *jobs; at++) {
        IUnknown *other = as(job, jobs[at]);
        IUnknown *same_identity = as(other, &IID_IUnknown);
        CHECK(same_identity == identity);
        IUnknown_Release(same_identity);
        CHECK(IUnknown_Release(other) == 2);
    }
    EXPECT(E_NOINTERFACE,
           IBackgroundCopyJob_QueryInterface(job, &IID_IBackgroundCopyFile, &nothing));
    CHECK(nothing == NULL);
    nothing = &nothing;
    EXPECT(E_NOINTERFACE,
           IBackgroundCopyJob_QueryInterface(job, &IID_IBitsTokenOptions, &nothing));
    CHECK(nothing == NULL);
    OK(IBackgroundCopyJob_EnumFiles(job, &list));
    OK(IEnumBackgroundCopyFiles_Next(list, 1, &file, NULL));
    CHECK(IEnumBackgroundCopyFiles_Release(list) == 0);
    for (size_t at = 0; at < sizeof files / sizeof *files; at++) {
        IUnknown *other = as(file, files[at]);
        CHECK(IUnknown_Release(other) == 1);
    }
    /* A file keeps its job, and a job its queue. */
    IUnknown_Release(identity);
    OK(IBackgroundCopyJob_Cancel(job));
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    CHECK(IBackgroundCopyManager_Release(manager) == 0);
    LPWSTR text = NULL;
    OK(IBackgroundCopyFile_GetLocalName(file, &text));
    CHECK(gives(text, path_of("one")));
    CHECK(IBackgroundCopyFile_Release(file) == 0);
    CoUninitialize();
    AWAIT(is_alone());
}

static void classes(void)
{
    const CLSID *all[] = {&CLSID_BackgroundCopyManager,     &CLSID_BackgroundCopyManager1_5,
                          &CLSID_BackgroundCopyManager2_0,  &CLSID_BackgroundCopyManager2_5,
                          &CLSID_BackgroundCopyManager3_0,  &CLSID_BackgroundCopyManager4_0,
                          &CLSID_BackgroundCopyManager5_0,  &CLSID_BackgroundCopyManager10_1,
                          &CLSID_BackgroundCopyManager10_2, &CLSID_BackgroundCopyManager10_3};
    IBackgroundCopyManager *manager = NULL;
    void *object = &object;
    EXPECT(CO_E_NOTINITIALIZED,
           CoCreateInstance(all[0], NULL, CLSCTX_ALL, &IID_IBackgroundCopyManager, &object));
    CHECK(object == NULL);
    OK(CoInitialize(NULL));
    EXPECT(S_FALSE, CoInitialize(NULL));
    CoUninitialize();
    OK(CoInitializeSecurity(NULL, -1, NULL, NULL, RPC_C_AUTHN_LEVEL_CONNECT,
                            RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE, NULL));
    for (size_t at = 0; at < sizeof all / sizeof *all; at++) {
        OK(CoCreateInstance(all[at], NULL, CLSCTX_LOCAL_SERVER, &IID_IBackgroundCopyManager,
                            (void **)&manager));
        OK(CoSetProxyBlanket((IUnknown *)manager, RPC_C_AUTHN_DEFAULT, RPC_C_AUTHZ_NONE,
                             COLE_DEFAULT_PRINCIPAL, RPC_C_AUTHN_LEVEL_DEFAULT,
                             RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_DYNAMIC_CLOAKING));
        CHECK(IBackgroundCopyManager_Release(manager) == 0);
    }
    EXPECT(E_NOINTERFACE,
           CoCreateInstance(all[0], NULL, CLSCTX_ALL, &IID_IBackgroundCopyJob, &object));
    CHECK(object == NULL);
    EXPECT(REGDB_E_CLASSNOTREG, CoCreateInstance(&IID_IUnknown, NULL, CLSCTX_ALL,
                                                 &IID_IBackgroundCopyManager, &object));
    OK(CoCreateInstance(all[0], NULL, CLSCTX_ALL, &IID_IUnknown, &object));
    EXPECT(CLASS_E_NOAGGREGATION, CoCreateInstance(all[0], (IUnknown *)object, CLSCTX_ALL,
                                                   &IID_IUnknown, (void **)&manager));
    CHECK(manager == NULL);
    EXPECT(E_INVALIDARG, CoCreateInstance(all[0], NULL, CLSCTX_ALL, &IID_IUnknown, NULL));
    EXPECT(E_INVALIDARG, CoInitializeEx(object, 0));
    CHECK(IUnknown_Release((IUnknown *)object) == 0);
    CoUninitialize();
}

static void ids_and_memory(void)
{
    const char *text = "{4991D34B-80A1-4291-83B6-3328366B9097}";
    WCHAR place[39];
    LPOLESTR given = NULL;
    GUID id, other;
    CHECK(StringFromGUID2(&CLSID_BackgroundCopyManager, place, 39) == 39 && same(place, text));
    CHECK(StringFromGUID2(&CLSID_BackgroundCopyManager, place, 38) == 0);
    CHECK(StringFromGUID2(&CLSID_BackgroundCopyManager, place, -1) == 0);
    OK(StringFromCLSID(&CLSID_BackgroundCopyManager, &given));
    CHECK(gives(given, text));
    OK(CLSIDFromString(wide("{4991d34b-80A1-4291-83B6-3328366B9097}"), &id));
    CHECK(IsEqualGUID(&id, &CLSID_BackgroundCopyManager));
    EXPECT(CO_E_CLASSSTRING, CLSIDFromString(wide("4991D34B-80A1-4291-83B6-3328366B9097"), &id));
    EXPECT(CO_E_CLASSSTRING, CLSIDFromString(wide("{4991D34B80A1429183B63328366B9097}"), &id));
    EXPECT(E_INVALIDARG, CLSIDFromString(wide(text), NULL));
    OK(CLSIDFromString(NULL, &id));
    memset(&other, 0, sizeof other);
    CHECK(IsEqualGUID(&id, &other));
    OK(CoCreateGuid(&id));
    OK(CoCreateGuid(&other));
    CHECK(!IsEqualGUID(&id, &other));
    char *memory = CoTaskMemAlloc(3);
    memcpy(memory, "abc", 3);
    memory = CoTaskMemRealloc(memory, 100000);
    CHECK(memory != NULL && memcmp(memory, "abc", 3) == 0);
    CHECK(CoTaskMemRealloc(memory, 0) == NULL);
    memory = CoTaskMemRealloc(NULL, 10);
    CHECK(memory != NULL);
    CoTaskMemFree(memory);
    CoTaskMemFree(NULL);
}

static ULONG next_jobs(IEnumBackgroundCopyJobs *list, ULONG wanted, HRESULT answer)
{
    IBackgroundCopyJob *found[8] = {NULL};
    ULONG count = 99;
    EXPECT(answer, IEnumBackgroundCopyJobs_Next(list, wanted, found, &count));
    for (ULONG at = 0; at < count; at++) {
        CHECK(state_of(found[at]) == BG_JOB_STATE_SUSPENDED);
        IBackgroundCopyJob_Release(found[at]);
    }
    return count;
}

static void enumerators(void)
{
    IBackgroundCopyManager *manager = begin();
    IEnumBackgroundCopyJobs *list = NULL, *clone = NULL;
    IEnumBackgroundCopyFiles *files = NULL, *more = NULL;
    IBackgroundCopyJob *jobs[3], *none = (IBackgroundCopyJob *)1;
    IBackgroundCopyFile *file = NULL;
    ULONG count = 99;
    LPWSTR text = NULL;
    for (int at = 0; at < 3; at++) {
        jobs[at] = new_job(manager, BG_JOB_TYPE_DOWNLOAD);
    }
    OK(IBackgroundCopyManager_EnumJobs(manager, 0, &list));
    EXPECT(E_INVALIDARG, IBackgroundCopyManager_EnumJobs(manager, 2, &clone));
    /* A snapshot: what comes later is not in it. */
    IBackgroundCopyJob *later = new_job(manager, BG_JOB_TYPE_DOWNLOAD);
    OK(IEnumBackgroundCopyJobs_GetCount(list, &count));
    CHECK(count == 3);
    CHECK(next_jobs(list, 2, S_OK) == 2);
    OK(IEnumBackgroundCopyJobs_Clone(list, &clone));
    CHECK(next_jobs(list, 2, S_FALSE) == 1);
    CHECK(next_jobs(list, 1, S_FALSE) == 0);
    EXPECT(S_FALSE, IEnumBackgroundCopyJobs_Next(list, 1, &none, NULL));
    CHECK(none == NULL);
    OK(IEnumBackgroundCopyJobs_GetCount(list, &count));
    CHECK(count == 3);
    CHECK(next_jobs(clone, 1, S_OK) == 1);
    OK(IEnumBackgroundCopyJobs_Reset(list));
    OK(IEnumBackgroundCopyJobs_Skip(list, 2));
    CHECK(next_jobs(list, 1, S_OK) == 1);
    EXPECT(S_FALSE, IEnumBackgroundCopyJobs_Skip(list, 1));
    CHECK(next_jobs(list, 0, S_OK) == 0);
    EXPECT(E_INVALIDARG, IEnumBackgroundCopyJobs_Next(list, 2, jobs, NULL));
    EXPECT(E_INVALIDARG, IEnumBackgroundCopyJobs_Next(list, 1, NULL, &count));
    CHECK(IEnumBackgroundCopyJobs_Release(clone) == 0);
    CHECK(IEnumBackgroundCopyJobs_Release(list) == 0);
    BG_FILE_INFO set[2] = {{(LPWSTR)wide(url_of("one")), (LPWSTR)wide(path_of("one"))},
                           {(LPWSTR)wide(url_of("two")), (LPWSTR)wide(path_of("two"))}};
    OK(IBackgroundCopyJob_AddFileSet(jobs[0], 2, set));
    set[1].LocalName = NULL;
    EXPECT(E_INVALIDARG, IBackgroundCopyJob_AddFileSet(jobs[1], 2, set));
    OK(IBackgroundCopyJob_EnumFiles(jobs[1], &files));
    OK(IEnumBackgroundCopyFiles_GetCount(files, &count));
    CHECK(count == 0 && IEnumBackgroundCopyFiles_Release(files) == 0);
    OK(IBackgroundCopyJob_EnumFiles(jobs[0], &files));
    OK(IEnumBackgroundCopyFiles_Skip(files, 1));
    OK(IEnumBackgroundCopyFiles_Clone(files, &more));
    OK(IEnumBackgroundCopyFiles_Next(more, 1, &file, &count));
    CHECK(count == 1);
    OK(IBackgroundCopyFile_GetRemoteName(file, &text));
    CHECK(gives(text, url_of("two")));
    OK(IEnumBackgroundCopyFiles_Reset(more));
    OK(IEnumBackgroundCopyFiles_GetCount(more, &count));
    CHECK(count == 2);
    CHECK(IBackgroundCopyFile_Release(file) == 0);
    CHECK(IEnumBackgroundCopyFiles_Release(files) == 0);
    CHECK(IEnumBackgroundCopyFiles_Release(more) == 0);
    for (int at = 0; at < 3; at++) {
        OK(IBackgroundCopyJob_Cancel(jobs[at]));
        CHECK(IBackgroundCopyJob_Release(jobs[at]) == 0);
    }
    OK(IBackgroundCopyManager_EnumJobs(manager, BG_JOB_ENUM_ALL_USERS, &list));
    OK(IEnumBackgroundCopyJobs_GetCount(list, &count));
    CHECK(count == 1 && IEnumBackgroundCopyJobs_Release(list) == 0);
    OK(IBackgroundCopyJob_Cancel(later));
    CHECK(IBackgroundCopyJob_Release(later) == 0);
    end(manager);
}

static void null_pointers(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *base = job_of(manager, "one"), *none = NULL;
    IBackgroundCopyJob5 *job = as(base, &IID_IBackgroundCopyJob5);
    IBackgroundCopyJobHttpOptions3 *http = as(base, &IID_IBackgroundCopyJobHttpOptions3);
    IEnumBackgroundCopyFiles *files = NULL;
    IBackgroundCopyFile *some = NULL;
    LPWSTR text = NULL, other = NULL;
    UINT64 number = 0;
    DWORD count = 0;
    GUID id;
    BG_JOB_PROXY_USAGE usage;
    const HRESULT bad = E_INVALIDARG, rpc = HRESULT_FROM_WIN32(1780);
    EXPECT(bad, IBackgroundCopyManager_CreateJob(manager, NULL, BG_JOB_TYPE_DOWNLOAD, &id, &none));
    EXPECT(bad, IBackgroundCopyManager_CreateJob(manager, wide("x"), BG_JOB_TYPE_DOWNLOAD, NULL,
                                                 &none));
    EXPECT(bad, IBackgroundCopyManager_CreateJob(manager, wide("x"), BG_JOB_TYPE_DOWNLOAD, &id,
                                                 NULL));
    EXPECT(bad, IBackgroundCopyManager_CreateJob(manager, wide("x"), (BG_JOB_TYPE)3, &id, &none));
    EXPECT(bad, IBackgroundCopyManager_GetJob(manager, NULL, &none));
    EXPECT(bad, IBackgroundCopyManager_EnumJobs(manager, 0, NULL));
    EXPECT(bad, IBackgroundCopyManager_GetErrorDescription(manager, E_FAIL, 0x409, NULL));
    EXPECT(bad, IBackgroundCopyJob5_AddFileSet(job, 1, NULL));
    EXPECT(bad, IBackgroundCopyJob5_AddFile(job, NULL, wide(path_of("two"))));
    EXPECT(bad, IBackgroundCopyJob5_AddFile(job, wide(url_of("two")), NULL));
    EXPECT(bad, IBackgroundCopyJob5_EnumFiles(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetId(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetType(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetProgress(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetTimes(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetState(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetError(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetOwner(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_SetDisplayName(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetDisplayName(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_SetDescription(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetDescription(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetPriority(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetNotifyFlags(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetNotifyInterface(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetMinimumRetryDelay(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetNoProgressTimeout(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetErrorCount(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, NULL, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetProxySettings(job, NULL, &text, &other));
    EXPECT(bad, IBackgroundCopyJob5_GetProxySettings(job, &usage, NULL, &other));
    EXPECT(bad, IBackgroundCopyJob5_GetProxySettings(job, &usage, &text, NULL));
    EXPECT(bad, IBackgroundCopyJob5_SetNotifyCmdLine(job, NULL, wide("x")));
    EXPECT(bad, IBackgroundCopyJob5_GetNotifyCmdLine(job, NULL, &text));
    EXPECT(bad, IBackgroundCopyJob5_GetReplyProgress(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetReplyData(job, NULL, &number));
    EXPECT(bad, IBackgroundCopyJob5_GetReplyFileName(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_SetCredentials(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_ReplaceRemotePrefix(job, NULL, wide("x")));
    EXPECT(bad, IBackgroundCopyJob5_AddFileWithRanges(job, wide(url_of("two")),
                                                      wide(path_of("two")), 0, NULL));
    EXPECT(bad, IBackgroundCopyJob5_AddFileWithRanges(job, wide(url_of("two")),
                                                      wide(path_of("two")), 1, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetFileACLFlags(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetPeerCachingFlags(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetOwnerIntegrityLevel(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetOwnerElevationState(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetMaximumDownloadTime(job, NULL));
    EXPECT(bad, IBackgroundCopyJob5_GetProperty(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, NULL));
    EXPECT(rpc, IBackgroundCopyJobHttpOptions3_SetClientCertificateByID(
                    http, BG_CERT_STORE_LOCATION_CURRENT_USER, wide("MY"), NULL));
    EXPECT(rpc, IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(
                    http, BG_CERT_STORE_LOCATION_CURRENT_USER, NULL, wide("x")));
    EXPECT(rpc, IBackgroundCopyJobHttpOptions3_GetClientCertificate(http, NULL, NULL, NULL, NULL));
    EXPECT(bad, IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, NULL));
    EXPECT(bad, IBackgroundCopyJobHttpOptions3_GetSecurityFlags(http, NULL));
    EXPECT(bad, IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, NULL));
    EXPECT(bad, IBackgroundCopyJobHttpOptions3_GetHttpMethod(http, NULL));
    OK(IBackgroundCopyJob5_EnumFiles(job, &files));
    EXPECT(bad, IEnumBackgroundCopyFiles_Clone(files, NULL));
    EXPECT(bad, IEnumBackgroundCopyFiles_GetCount(files, NULL));
    OK(IEnumBackgroundCopyFiles_Next(files, 1, &some, NULL));
    IBackgroundCopyFile6 *file = as(some, &IID_IBackgroundCopyFile6);
    EXPECT(bad, IBackgroundCopyFile6_GetRemoteName(file, NULL));
    EXPECT(bad, IBackgroundCopyFile6_GetLocalName(file, NULL));
    EXPECT(bad, IBackgroundCopyFile6_GetProgress(file, NULL));
    EXPECT(bad, IBackgroundCopyFile6_GetFileRanges(file, NULL, NULL));
    EXPECT(bad, IBackgroundCopyFile6_SetRemoteName(file, NULL));
    EXPECT(bad, IBackgroundCopyFile6_GetTemporaryName(file, NULL));
    EXPECT(bad, IBackgroundCopyFile6_GetValidationState(file, NULL));
    EXPECT(bad, IBackgroundCopyFile6_IsDownloadedFromPeer(file, NULL));
    EXPECT(bad, IBackgroundCopyFile6_GetPeerDownloadStats(file, &number, NULL));
    EXPECT(bad, IBackgroundCopyFile6_GetProperty(
                    file, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS, NULL));
    EXPECT(bad, IBackgroundCopyFile6_RequestFileRanges(file, 1, NULL));
    EXPECT(bad, IBackgroundCopyFile6_GetFilledFileRanges(file, &count, NULL));
    /* Half of a pair of surrogates. */
    WCHAR half[] = {0xD800, 'x', 0};
    EXPECT(bad, IBackgroundCopyJob5_SetDisplayName(job, half));
    IBackgroundCopyFile6_Release(file);
    IBackgroundCopyFile_Release(some);
    IEnumBackgroundCopyFiles_Release(files);
    IBackgroundCopyJobHttpOptions3_Release(http);
    IBackgroundCopyJob5_Release(job);
    OK(IBackgroundCopyJob_Cancel(base));
    CHECK(IBackgroundCopyJob_Release(base) == 0);
    end(manager);
}

#define THREADS 8
#ifndef ROUNDS
#define ROUNDS 300
#endif

static void *use_it(void *user)
{
    IBackgroundCopyJob *job = user;
    for (ULONG round = 0; round < ROUNDS; round++) {
        IBackgroundCopyJob5 *other = as(job, &IID_IBackgroundCopyJob5);
        IEnumBackgroundCopyFiles *files = NULL;
        IBackgroundCopyFile *file = NULL;
        LPWSTR text = NULL;
        OK(IBackgroundCopyJob5_SetMinimumRetryDelay(other, 60 + round));
        OK(IBackgroundCopyJob5_GetDisplayName(other, &text));
        CHECK(gives(text, "scenario"));
        OK(IBackgroundCopyJob_EnumFiles(job, &files));
        OK(IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL));
        OK(IBackgroundCopyFile_GetLocalName(file, &text));
        CHECK(gives(text, path_of("one")));
        IBackgroundCopyFile_Release(file);
        IEnumBackgroundCopyFiles_Release(files);
        IBackgroundCopyJob5_Release(other);
    }
    return NULL;
}

static void threads(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *job = job_of(manager, "one");
    pthread_t all[THREADS];
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_create(&all[at], NULL, use_it, job) == 0);
    }
    for (int at = 0; at < THREADS; at++) {
        CHECK(pthread_join(all[at], NULL) == 0);
    }
    OK(IBackgroundCopyJob_Cancel(job));
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    end(manager);
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"references", references},
        {"classes", classes},
        {"ids_and_memory", ids_and_memory},
        {"enumerators", enumerators},
        {"null_pointers", null_pointers},
        {"threads", threads},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
