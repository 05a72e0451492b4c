/* What is set for jobs and files is read back; what is bad is refused and changes nothing. */
#include "check.h"

static char long_text[2300];

static LPCWSTR of_length(size_t length)
{
    memset(long_text, 'x', sizeof long_text);
    long_text[length] = 0;
    return wide(long_text);
}

static void of_job(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *base = job_of(manager, "one");
    IBackgroundCopyJob5 *job = as(base, &IID_IBackgroundCopyJob5);
    BG_JOB_PRIORITY priority;
    BG_JOB_TYPE type;
    BG_JOB_PROXY_USAGE usage;
    BG_JOB_PROGRESS progress;
    BG_JOB_TIMES times;
    LPWSTR text = NULL, other = NULL;
    ULONG number = 99;
    BOOL is = TRUE;
    GUID id;
    OK(IBackgroundCopyJob5_GetType(job, &type));
    CHECK(type == BG_JOB_TYPE_DOWNLOAD);
    OK(IBackgroundCopyJob5_GetProgress(job, &progress));
    CHECK(progress.BytesTotal == BG_SIZE_UNKNOWN && progress.BytesTransferred == 0);
    CHECK(progress.FilesTotal == 1 && progress.FilesTransferred == 0);
    OK(IBackgroundCopyJob5_GetTimes(job, &times));
    CHECK(times.CreationTime.dwHighDateTime != 0);
    CHECK(times.TransferCompletionTime.dwHighDateTime == 0);
    CHECK(times.TransferCompletionTime.dwLowDateTime == 0);
    OK(IBackgroundCopyJob5_SetDisplayName(job, of_length(256)));
    EXPECT(BG_E_STRING_TOO_LONG, IBackgroundCopyJob5_SetDisplayName(job, of_length(257)));
    OK(IBackgroundCopyJob5_GetDisplayName(job, &text));
    of_length(256);
    CHECK(gives(text, long_text));
    OK(IBackgroundCopyJob5_GetDescription(job, &text));
    CHECK(gives(text, ""));
    OK(IBackgroundCopyJob5_SetDescription(job, of_length(1024)));
    EXPECT(BG_E_STRING_TOO_LONG, IBackgroundCopyJob5_SetDescription(job, of_length(1025)));
    /* Beyond ASCII and beyond the first plane. */
    const WCHAR name[] = {0xE9, 0x20AC, 0xD83D, 0xDE00, 0};
    OK(IBackgroundCopyJob5_SetDescription(job, name));
    OK(IBackgroundCopyJob5_GetDescription(job, &text));
    CHECK(memcmp(text, name, sizeof name) == 0);
    CoTaskMemFree(text);
    OK(IBackgroundCopyJob5_GetPriority(job, &priority));
    CHECK(priority == BG_JOB_PRIORITY_NORMAL);
    OK(IBackgroundCopyJob5_SetPriority(job, BG_JOB_PRIORITY_FOREGROUND));
    EXPECT(E_NOTIMPL, IBackgroundCopyJob5_SetPriority(job, (BG_JOB_PRIORITY)4));
    OK(IBackgroundCopyJob5_GetPriority(job, &priority));
    CHECK(priority == BG_JOB_PRIORITY_FOREGROUND);
    OK(IBackgroundCopyJob5_GetNotifyFlags(job, &number));
    CHECK(number == (BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR));
    EXPECT(E_NOTIMPL, IBackgroundCopyJob5_SetNotifyFlags(job, 0x40));
    OK(IBackgroundCopyJob5_SetMinimumRetryDelay(job, 1));
    OK(IBackgroundCopyJob5_GetMinimumRetryDelay(job, &number));
    CHECK(number == 5);
    OK(IBackgroundCopyJob5_SetNoProgressTimeout(job, 60));
    OK(IBackgroundCopyJob5_GetNoProgressTimeout(job, &number));
    CHECK(number == 60);
    OK(IBackgroundCopyJob5_GetMaximumDownloadTime(job, &number));
    CHECK(number == 7776000);
    OK(IBackgroundCopyJob5_SetMaximumDownloadTime(job, 100));
    OK(IBackgroundCopyJob5_GetMaximumDownloadTime(job, &number));
    CHECK(number == 100);
    OK(IBackgroundCopyJob5_GetProxySettings(job, &usage, &text, &other));
    CHECK(usage == BG_JOB_PROXY_USAGE_PRECONFIG && text == NULL && other == NULL);
    OK(IBackgroundCopyJob5_SetProxySettings(job, BG_JOB_PROXY_USAGE_OVERRIDE, wide("proxy:8080"),
                                            wide("<local>")));
    EXPECT(E_NOTIMPL,
           IBackgroundCopyJob5_SetProxySettings(job, (BG_JOB_PROXY_USAGE)9, NULL, NULL));
    EXPECT(E_INVALIDARG, IBackgroundCopyJob5_SetProxySettings(job, BG_JOB_PROXY_USAGE_NO_PROXY,
                                                              wide("proxy:8080"), NULL));
    OK(IBackgroundCopyJob5_GetProxySettings(job, &usage, &text, &other));
    CHECK(usage == BG_JOB_PROXY_USAGE_OVERRIDE && gives(text, "proxy:8080"));
    CHECK(gives(other, "<local>"));
    OK(IBackgroundCopyJob5_GetNotifyCmdLine(job, &text, &other));
    CHECK(text == NULL && other == NULL);
    OK(IBackgroundCopyJob5_GetFileACLFlags(job, &number));
    CHECK(number == 0);
    OK(IBackgroundCopyJob5_GetPeerCachingFlags(job, &number));
    CHECK(number == BG_JOB_DISABLE_BRANCH_CACHE);
    OK(IBackgroundCopyJob5_GetOwnerIntegrityLevel(job, &number));
    CHECK(number == 0x2000);
    OK(IBackgroundCopyJob5_GetOwnerElevationState(job, &is));
    CHECK(is == FALSE);
    OK(IBackgroundCopyJob5_GetId(job, &id));
    CHECK(!IsEqualGUID(&id, &IID_IUnknown));
    OK(IBackgroundCopyManager_GetErrorDescription(manager, BG_E_EMPTY, 0x409, &text));
    CHECK(gives(text, "the job has no files"));
    EXPECT(E_INVALIDARG, IBackgroundCopyJob5_AddFile(job, wide("ftp://host/x"),
                                                     wide(path_of("x"))));
    EXPECT(E_INVALIDARG, IBackgroundCopyJob5_AddFile(job, wide(url_of("two")), wide("two")));
    IBackgroundCopyJob5_Release(job);
    OK(IBackgroundCopyJob_Cancel(base));
    CHECK(IBackgroundCopyJob_Release(base) == 0);
    end(manager);
}

static HRESULT set(IBackgroundCopyJob5 *job, int id, BITS_JOB_PROPERTY_VALUE value)
{
    return IBackgroundCopyJob5_SetProperty(job, (BITS_JOB_PROPERTY_ID)id, value);
}

static BITS_JOB_PROPERTY_VALUE got(IBackgroundCopyJob5 *job, int id)
{
    BITS_JOB_PROPERTY_VALUE value;
    memset(&value, 0xFF, sizeof value);
    OK(IBackgroundCopyJob5_GetProperty(job, (BITS_JOB_PROPERTY_ID)id, &value));
    return value;
}

static void properties(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *base = job_of(manager, "one");
    IBackgroundCopyJob5 *job = as(base, &IID_IBackgroundCopyJob5);
    BITS_JOB_PROPERTY_VALUE value;
    CHECK(got(job, BITS_JOB_PROPERTY_ID_COST_FLAGS).Dword == BITS_COST_STATE_TRANSFER_ALWAYS);
    memset(&value, 0, sizeof value);
    value.Dword = BITS_COST_STATE_TRANSFER_NO_SURCHARGE;
    OK(set(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, value));
    CHECK(got(job, BITS_JOB_PROPERTY_ID_COST_FLAGS).Uint64 ==
          BITS_COST_STATE_TRANSFER_NO_SURCHARGE);
    value.ClsID = CLSID_BackgroundCopyManager;
    OK(set(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID, value));
    value = got(job, BITS_JOB_PROPERTY_NOTIFICATION_CLSID);
    CHECK(IsEqualGUID(&value.ClsID, &CLSID_BackgroundCopyManager));
    memset(&value, 0, sizeof value);
    value.Enable = TRUE;
    OK(set(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, value));
    CHECK(got(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT).Enable == TRUE);
    EXPECT(E_NOTIMPL, set(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE, value));
    CHECK(got(job, BITS_JOB_PROPERTY_HIGH_PERFORMANCE).Enable == FALSE);
    EXPECT(BG_E_RANDOM_ACCESS_NOT_SUPPORTED, set(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, value));
    value.Enable = FALSE;
    OK(set(job, BITS_JOB_PROPERTY_DYNAMIC_CONTENT, value));
    value.Enable = TRUE;
    OK(set(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, value));
    CHECK(got(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE).Enable == TRUE);
    value.Enable = FALSE;
    OK(set(job, BITS_JOB_PROPERTY_ON_DEMAND_MODE, value));
    value.Enable = TRUE;
    EXPECT(BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED,
           set(job, BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS, value));
    value.Uint64 = 0;
    EXPECT(BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE,
           set(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, value));
    value.Uint64 = UINT64_C(1) << 40;
    OK(set(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, value));
    CHECK(got(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE).Uint64 == UINT64_C(1) << 40);
    CHECK(got(job, BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS).Dword == 500);
    EXPECT(BG_E_UNKNOWN_PROPERTY_ID, set(job, 6, value));
    EXPECT(BG_E_UNKNOWN_PROPERTY_ID, set(job, -1, value));
    EXPECT(BG_E_UNKNOWN_PROPERTY_ID,
           IBackgroundCopyJob5_GetProperty(job, (BITS_JOB_PROPERTY_ID)0, &value));
    /* One of our own. */
    memset(&value, 0, sizeof value);
    value.Dword = 3;
    OK(set(job, 0x1002, value));
    CHECK(got(job, 0x1002).Dword == 3);
    OK(IBackgroundCopyJob_Resume(base));
    wait_for(base, BG_JOB_STATE_TRANSFERRED);
    EXPECT(BG_E_READ_ONLY_PROPERTY_AFTER_RESUME,
           set(job, BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE, value));
    IBackgroundCopyJob5_Release(job);
    OK(IBackgroundCopyJob_Cancel(base));
    CHECK(IBackgroundCopyJob_Release(base) == 0);
    end(manager);
}

static void of_requests(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *base = job_of(manager, "one");
    IBackgroundCopyJob2 *job = as(base, &IID_IBackgroundCopyJob2);
    IBackgroundCopyJobHttpOptions3 *http = as(base, &IID_IBackgroundCopyJobHttpOptions3);
    BG_AUTH_CREDENTIALS secret = {BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC,
                                  {{(LPWSTR)wide("name"), (LPWSTR)wide("word")}}};
    BG_CERT_STORE_LOCATION location;
    LPWSTR text = (LPWSTR)1, other = NULL;
    BYTE *hash = NULL;
    ULONG flags = 99;
    EXPECT(S_FALSE, IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &text));
    CHECK(text == NULL);
    OK(IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, wide("X-One: 1\r\nX-Two: 2\r\n")));
    EXPECT(E_INVALIDARG, IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, wide("no header")));
    OK(IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &text));
    CHECK(gives(text, "X-One: 1\r\nX-Two: 2\r\n"));
    OK(IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, NULL));
    EXPECT(S_FALSE, IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &text));
    OK(IBackgroundCopyJobHttpOptions3_GetSecurityFlags(http, &flags));
    CHECK(flags == 0);
    OK(IBackgroundCopyJobHttpOptions3_SetSecurityFlags(http, BG_HTTP_REDIRECT_POLICY_DISALLOW));
    EXPECT(E_NOTIMPL, IBackgroundCopyJobHttpOptions3_SetSecurityFlags(http, 0x80000000));
    OK(IBackgroundCopyJobHttpOptions3_GetSecurityFlags(http, &flags));
    CHECK(flags == BG_HTTP_REDIRECT_POLICY_DISALLOW);
    OK(IBackgroundCopyJobHttpOptions3_GetHttpMethod(http, &text));
    CHECK(gives(text, "GET"));
    EXPECT(E_INVALIDARG, IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, wide("")));
    EXPECT(E_NOTIMPL, IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, wide("HEAD")));
    OK(IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, wide("POST")));
    OK(IBackgroundCopyJobHttpOptions3_GetHttpMethod(http, &text));
    CHECK(gives(text, "POST"));
    EXPECT(BG_E_READ_ONLY_PROPERTY, IBackgroundCopyJob2_SetPriority(job, BG_JOB_PRIORITY_LOW));
    OK(IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, wide("X-One: 1\r\n")));
    OK(IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly(http));
    text = (LPWSTR)1;
    EXPECT(E_ACCESSDENIED, IBackgroundCopyJobHttpOptions3_GetCustomHeaders(http, &text));
    CHECK(text == NULL);
    EXPECT(HRESULT_FROM_WIN32(1783), IBackgroundCopyJobHttpOptions3_GetClientCertificate(
                                         http, &location, &text, &hash, &other));
    CHECK(text == NULL && hash == NULL && other == NULL);
    static char store[257];
    memset(store, 'x', 256);
    EXPECT(BG_E_STRING_TOO_LONG,
           IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(
               http, BG_CERT_STORE_LOCATION_CURRENT_USER, wide(store), wide("x")));
    EXPECT(E_NOTIMPL, IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(
                          http, (BG_CERT_STORE_LOCATION)8, wide("MY"), wide("x")));
    BYTE print[20] = {0};
    EXPECT(CRYPT_E_NOT_FOUND, IBackgroundCopyJobHttpOptions3_SetClientCertificateByID(
                                  http, BG_CERT_STORE_LOCATION_CURRENT_USER, wide("MY"), print));
    EXPECT(S_FALSE, IBackgroundCopyJob2_RemoveCredentials(job, BG_AUTH_TARGET_SERVER,
                                                          BG_AUTH_SCHEME_BASIC));
    OK(IBackgroundCopyJob2_SetCredentials(job, &secret));
    OK(IBackgroundCopyJob2_RemoveCredentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC));
    secret.Credentials.Basic.Password = NULL;
    EXPECT(E_INVALIDARG, IBackgroundCopyJob2_SetCredentials(job, &secret));
    secret.Scheme = BG_AUTH_SCHEME_NTLM;
    secret.Credentials.Basic.UserName = NULL;
    OK(IBackgroundCopyJob2_SetCredentials(job, &secret));
    secret.Scheme = (BG_AUTH_SCHEME)9;
    EXPECT(BG_E_INVALID_AUTH_SCHEME, IBackgroundCopyJob2_SetCredentials(job, &secret));
    secret.Target = (BG_AUTH_TARGET)0;
    EXPECT(BG_E_INVALID_AUTH_TARGET, IBackgroundCopyJob2_SetCredentials(job, &secret));
    EXPECT(BG_E_INVALID_AUTH_TARGET, IBackgroundCopyJob2_RemoveCredentials(
                                         job, (BG_AUTH_TARGET)3, BG_AUTH_SCHEME_BASIC));
    IBackgroundCopyJobHttpOptions3_Release(http);
    IBackgroundCopyJob2_Release(job);
    OK(IBackgroundCopyJob_Cancel(base));
    CHECK(IBackgroundCopyJob_Release(base) == 0);
    end(manager);
}

static void of_files(void)
{
    const BG_FILE_RANGE wanted[2] = {{1000, 500}, {0, 10}};
    const BG_FILE_RANGE overlapping[2] = {{0, 500}, {100, 10}};
    const BG_FILE_RANGE empty[1] = {{0, 0}};
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *base = job_of(manager, "one");
    IBackgroundCopyJob3 *job = as(base, &IID_IBackgroundCopyJob3);
    IEnumBackgroundCopyFiles *files = NULL;
    IBackgroundCopyFile *found[2] = {NULL, NULL};
    IBackgroundCopyFile6 *whole, *pieces;
    BITS_FILE_PROPERTY_VALUE value = {NULL};
    BG_FILE_RANGE *ranges = (BG_FILE_RANGE *)1;
    BG_FILE_PROGRESS progress;
    UINT64 origin = 99, peers = 99;
    DWORD count = 99;
    BOOL is = TRUE;
    EXPECT(BG_E_OVERLAPPING_RANGES,
           IBackgroundCopyJob3_AddFileWithRanges(job, wide(url_of("two")), wide(path_of("two")), 2,
                                                 overlapping));
    EXPECT(BG_E_INVALID_RANGE,
           IBackgroundCopyJob3_AddFileWithRanges(job, wide(url_of("two")), wide(path_of("two")), 1,
                                                 empty));
    OK(IBackgroundCopyJob3_AddFileWithRanges(job, wide(url_of("two")), wide(path_of("pieces")), 2,
                                             wanted));
    OK(IBackgroundCopyJob_EnumFiles(base, &files));
    OK(IEnumBackgroundCopyFiles_Next(files, 2, found, &count));
    CHECK(count == 2 && IEnumBackgroundCopyFiles_Release(files) == 0);
    whole = as(found[0], &IID_IBackgroundCopyFile6);
    pieces = as(found[1], &IID_IBackgroundCopyFile6);
    EXPECT(S_FALSE, IBackgroundCopyFile6_GetFileRanges(whole, &count, &ranges));
    CHECK(count == 0 && ranges == NULL);
    OK(IBackgroundCopyFile6_GetFileRanges(pieces, &count, &ranges));
    CHECK(count == 2 && memcmp(ranges, wanted, sizeof wanted) == 0);
    CoTaskMemFree(ranges);
    OK(IBackgroundCopyFile6_GetFilledFileRanges(whole, &count, &ranges));
    CHECK(count == 0 && ranges == NULL);
    OK(IBackgroundCopyFile6_GetProgress(whole, &progress));
    CHECK(progress.BytesTotal == BG_SIZE_UNKNOWN && progress.Completed == FALSE);
    OK(IBackgroundCopyFile6_GetProperty(whole, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS,
                                        &value));
    CHECK(value.String == NULL);
    EXPECT(E_PENDING, IBackgroundCopyFile6_SetValidationState(whole, TRUE));
    EXPECT(E_INVALIDARG, IBackgroundCopyFile6_SetRemoteName(whole, wide("no url")));
    OK(IBackgroundCopyFile6_SetRemoteName(whole, wide(url_of("missing"))));
    EXPECT(S_FALSE, IBackgroundCopyJob3_ReplaceRemotePrefix(job, wide("https:"), wide("http:")));
    OK(IBackgroundCopyJob3_ReplaceRemotePrefix(job, wide(url_of("missing")), wide(url_of("one"))));
    OK(IBackgroundCopyFile6_UpdateDownloadPosition(whole, 0));
    EXPECT(BG_E_RANDOM_ACCESS_NOT_SUPPORTED,
           IBackgroundCopyFile6_UpdateDownloadPosition(pieces, 0));
    OK(IBackgroundCopyJob_Resume(base));
    wait_for(base, BG_JOB_STATE_TRANSFERRED);
    OK(IBackgroundCopyFile6_GetFilledFileRanges(pieces, &count, &ranges));
    CHECK(count == 2 && ranges[0].InitialOffset == 0 && ranges[1].Length == 500);
    CoTaskMemFree(ranges);
    OK(IBackgroundCopyFile6_GetProperty(whole, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS,
                                        &value));
    CHECK(value.String != NULL && value.String[0] == 'H');
    CoTaskMemFree(value.String);
    EXPECT(BG_E_UNKNOWN_PROPERTY_ID,
           IBackgroundCopyFile6_GetProperty(whole, (BITS_FILE_PROPERTY_ID)2, &value));
    EXPECT(BG_E_READ_ONLY_PROPERTY,
           IBackgroundCopyFile6_SetProperty(whole, BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS,
                                            value));
    EXPECT(BG_E_UNKNOWN_PROPERTY_ID,
           IBackgroundCopyFile6_SetProperty(whole, (BITS_FILE_PROPERTY_ID)2, value));
    OK(IBackgroundCopyFile6_IsDownloadedFromPeer(whole, &is));
    OK(IBackgroundCopyFile6_GetPeerDownloadStats(whole, &origin, &peers));
    CHECK(is == FALSE && origin == 1500007 && peers == 0);
    OK(IBackgroundCopyFile6_GetValidationState(whole, &is));
    CHECK(is == FALSE);
    OK(IBackgroundCopyFile6_SetValidationState(whole, TRUE));
    OK(IBackgroundCopyFile6_GetValidationState(whole, &is));
    CHECK(is == TRUE);
    OK(IBackgroundCopyFile6_SetValidationState(pieces, FALSE));
    CHECK(state_of(base) == BG_JOB_STATE_ERROR);
    IBackgroundCopyFile6_Release(whole);
    IBackgroundCopyFile6_Release(pieces);
    IBackgroundCopyFile_Release(found[0]);
    IBackgroundCopyFile_Release(found[1]);
    IBackgroundCopyJob3_Release(job);
    OK(IBackgroundCopyJob_Cancel(base));
    CHECK(IBackgroundCopyJob_Release(base) == 0);
    end(manager);
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"of_job", of_job},
        {"properties", properties},
        {"of_requests", of_requests},
        {"of_files", of_files},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
