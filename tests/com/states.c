/* What each method answers in each state: the table of the specification, section 9.2. */
#include "check.h"

typedef enum { SUSPENDED, TRANSFERRING, TRANSIENT, FAILED, TRANSFERRED, COMPLETED, GONE, STATES } place;

static const BG_JOB_STATE states[STATES] = {
    BG_JOB_STATE_SUSPENDED,   BG_JOB_STATE_TRANSFERRING,  BG_JOB_STATE_TRANSIENT_ERROR,
    BG_JOB_STATE_ERROR,       BG_JOB_STATE_TRANSFERRED,   BG_JOB_STATE_ACKNOWLEDGED,
    BG_JOB_STATE_CANCELLED,
};

static IBackgroundCopyManager *manager;

/* The local name of the last job. */
static char local_name[32];

/* A job in a state. Each has a file of its own. */
static IBackgroundCopyJob5 *job_in(place where)
{
    static const char *const served[STATES] = {"one", "gated", "busy", "missing", "one", "one", "one"};
    static unsigned made;
    IBackgroundCopyJob *base = new_job(manager, BG_JOB_TYPE_DOWNLOAD);
    IBackgroundCopyJob5 *job = as(base, &IID_IBackgroundCopyJob5);
    snprintf(local_name, sizeof local_name, "file%u", made++);
    OK(IBackgroundCopyJob_SetMinimumRetryDelay(base, 600));
    OK(IBackgroundCopyJob_AddFile(base, wide(url_of(served[where])), wide(path_of(local_name))));
    if (where != SUSPENDED && where != GONE) {
        OK(IBackgroundCopyJob_Resume(base));
        wait_for(base, where == COMPLETED ? BG_JOB_STATE_TRANSFERRED : states[where]);
    }
    if (where == COMPLETED) {
        OK(IBackgroundCopyJob_Complete(base));
        CHECK(remove(path_of(local_name)) == 0);
    }
    if (where == GONE) {
        OK(IBackgroundCopyJob_Cancel(base));
    }
    IBackgroundCopyJob_Release(base);
    return job;
}

static void let_go(IBackgroundCopyJob5 *job)
{
    BG_JOB_STATE state;
    OK(IBackgroundCopyJob5_GetState(job, &state));
    if (state != BG_JOB_STATE_ACKNOWLEDGED && state != BG_JOB_STATE_CANCELLED) {
        OK(IBackgroundCopyJob5_Cancel(job));
    }
    CHECK(IBackgroundCopyJob5_Release(job) == 0);
}

#define JOB(name, call)                                                                            \
    static HRESULT name(IBackgroundCopyJob5 *job) { return call; }

#define HTTP(name, call)                                                                           \
    static HRESULT name(IBackgroundCopyJob5 *job)                                                  \
    {                                                                                              \
        IBackgroundCopyJobHttpOptions3 *http = as(job, &IID_IBackgroundCopyJobHttpOptions3);       \
        HRESULT answer = call;                                                                     \
        IBackgroundCopyJobHttpOptions3_Release(http);                                              \
        return answer;                                                                             \
    }

#define TEXT_GETTER(name, method)                                                                  \
    static HRESULT name(IBackgroundCopyJob5 *job)                                                  \
    {                                                                                              \
        LPWSTR text = NULL;                                                                        \
        HRESULT answer = IBackgroundCopyJob5_##method(job, &text);                                 \
        CHECK(FAILED(answer) || text != NULL);                                                     \
        CoTaskMemFree(text);                                                                       \
        return answer;                                                                             \
    }

#define GETTER(name, type, method)                                                                 \
    static HRESULT name(IBackgroundCopyJob5 *job)                                                  \
    {                                                                                              \
        type value;                                                                                \
        return IBackgroundCopyJob5_##method(job, &value);                                          \
    }

JOB(set_display_name, IBackgroundCopyJob5_SetDisplayName(job, wide("x")))
JOB(set_description, IBackgroundCopyJob5_SetDescription(job, wide("x")))
JOB(set_priority, IBackgroundCopyJob5_SetPriority(job, BG_JOB_PRIORITY_NORMAL))
JOB(set_notify_flags, IBackgroundCopyJob5_SetNotifyFlags(job, BG_NOTIFY_JOB_ERROR))
JOB(set_notify_interface, IBackgroundCopyJob5_SetNotifyInterface(job, NULL))
JOB(set_retry_delay, IBackgroundCopyJob5_SetMinimumRetryDelay(job, 600))
JOB(set_timeout, IBackgroundCopyJob5_SetNoProgressTimeout(job, 1209600))
JOB(set_proxy, IBackgroundCopyJob5_SetProxySettings(job, BG_JOB_PROXY_USAGE_NO_PROXY, NULL, NULL))
JOB(take_ownership, IBackgroundCopyJob5_TakeOwnership(job))
JOB(set_no_command, IBackgroundCopyJob5_SetNotifyCmdLine(job, NULL, NULL))
JOB(set_command, IBackgroundCopyJob5_SetNotifyCmdLine(job, wide("/bin/true"), NULL))
JOB(replace_prefix, IBackgroundCopyJob5_ReplaceRemotePrefix(job, wide("ftp:"), wide("http:")))
JOB(set_no_acl, IBackgroundCopyJob5_SetFileACLFlags(job, 0))
JOB(set_acl, IBackgroundCopyJob5_SetFileACLFlags(job, BG_COPY_FILE_ALL))
JOB(set_bad_acl, IBackgroundCopyJob5_SetFileACLFlags(job, 16))
JOB(set_no_peers, IBackgroundCopyJob5_SetPeerCachingFlags(job, 0))
JOB(set_peers, IBackgroundCopyJob5_SetPeerCachingFlags(job, BG_JOB_ENABLE_PEERCACHING_SERVER))
JOB(set_longest, IBackgroundCopyJob5_SetMaximumDownloadTime(job, 7776000))
JOB(remove_credentials, IBackgroundCopyJob5_RemoveCredentials(job, BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_BASIC))
JOB(reply_name, IBackgroundCopyJob5_SetReplyFileName(job, wide(path_of("reply"))))
HTTP(set_headers, IBackgroundCopyJobHttpOptions3_SetCustomHeaders(http, NULL))
HTTP(set_security, IBackgroundCopyJobHttpOptions3_SetSecurityFlags(http, 0))
HTTP(set_get, IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, wide("GET")))
HTTP(set_post, IBackgroundCopyJobHttpOptions3_SetHttpMethod(http, wide("POST")))
HTTP(set_check, IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, NULL))
HTTP(set_bad_check, IBackgroundCopyJobHttpOptions3_SetServerCertificateValidationInterface(http, (IUnknown *)job))
HTTP(write_only, IBackgroundCopyJobHttpOptions3_MakeCustomHeadersWriteOnly(http))
HTTP(remove_certificate, IBackgroundCopyJobHttpOptions3_RemoveClientCertificate(http))
HTTP(set_certificate, IBackgroundCopyJobHttpOptions3_SetClientCertificateByName(
                          http, BG_CERT_STORE_LOCATION_CURRENT_USER, wide("MY"), wide("x")))

static HRESULT set_credentials(IBackgroundCopyJob5 *job)
{
    BG_AUTH_CREDENTIALS it = {BG_AUTH_TARGET_SERVER, BG_AUTH_SCHEME_DIGEST,
                              {{(LPWSTR)wide("name"), (LPWSTR)wide("word")}}};
    return IBackgroundCopyJob5_SetCredentials(job, &it);
}

static HRESULT set_property(IBackgroundCopyJob5 *job)
{
    BITS_JOB_PROPERTY_VALUE value;
    memset(&value, 0, sizeof value);
    value.Dword = BITS_COST_STATE_TRANSFER_ALWAYS;
    return IBackgroundCopyJob5_SetProperty(job, BITS_JOB_PROPERTY_ID_COST_FLAGS, value);
}

static HRESULT get_error(IBackgroundCopyJob5 *job)
{
    IBackgroundCopyError *error = (IBackgroundCopyError *)1;
    HRESULT answer = IBackgroundCopyJob5_GetError(job, &error);
    CHECK((error != NULL) == SUCCEEDED(answer));
    if (error != NULL) {
        IBackgroundCopyError_Release(error);
    }
    return answer;
}

static IBackgroundCopyFile6 *first_file(IBackgroundCopyJob5 *job)
{
    IEnumBackgroundCopyFiles *files = NULL;
    IBackgroundCopyFile *file = NULL;
    OK(IBackgroundCopyJob5_EnumFiles(job, &files));
    OK(IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL));
    IEnumBackgroundCopyFiles_Release(files);
    IBackgroundCopyFile6 *all = as(file, &IID_IBackgroundCopyFile6);
    IBackgroundCopyFile_Release(file);
    return all;
}

static HRESULT accept_file(IBackgroundCopyJob5 *job)
{
    IBackgroundCopyFile6 *file = first_file(job);
    HRESULT answer = IBackgroundCopyFile6_SetValidationState(file, TRUE);
    IBackgroundCopyFile6_Release(file);
    return answer;
}

static HRESULT rename_file(IBackgroundCopyJob5 *job)
{
    IBackgroundCopyFile6 *file = first_file(job);
    LPWSTR name = NULL;
    OK(IBackgroundCopyFile6_GetRemoteName(file, &name));
    HRESULT answer = IBackgroundCopyFile6_SetRemoteName(file, name);
    CoTaskMemFree(name);
    IBackgroundCopyFile6_Release(file);
    return answer;
}

static HRESULT request_ranges(IBackgroundCopyJob5 *job)
{
    const BG_FILE_RANGE range = {0, 10};
    IBackgroundCopyFile6 *file = first_file(job);
    HRESULT answer = IBackgroundCopyFile6_RequestFileRanges(file, 1, &range);
    IBackgroundCopyFile6_Release(file);
    return answer;
}

GETTER(get_type, BG_JOB_TYPE, GetType)
GETTER(get_progress, BG_JOB_PROGRESS, GetProgress)
GETTER(get_times, BG_JOB_TIMES, GetTimes)
GETTER(get_state, BG_JOB_STATE, GetState)
GETTER(get_priority, BG_JOB_PRIORITY, GetPriority)
GETTER(get_flags, ULONG, GetNotifyFlags)
GETTER(get_retry_delay, ULONG, GetMinimumRetryDelay)
GETTER(get_timeout, ULONG, GetNoProgressTimeout)
GETTER(get_error_count, ULONG, GetErrorCount)
GETTER(get_longest, ULONG, GetMaximumDownloadTime)
GETTER(get_reply_progress, BG_JOB_REPLY_PROGRESS, GetReplyProgress)
TEXT_GETTER(get_owner, GetOwner)
TEXT_GETTER(get_display_name, GetDisplayName)
TEXT_GETTER(get_description, GetDescription)

/* What does not move a job, and what it answers in each state. */
typedef struct {
    const char *name;
    HRESULT (*call)(IBackgroundCopyJob5 *);
    HRESULT answers[STATES];
} row;

#define IS BG_E_INVALID_STATE
#define SETS {S_OK, S_OK, S_OK, S_OK, S_OK, IS, IS}
#define ANSWERS {S_OK, S_OK, S_OK, S_OK, S_OK, S_OK, S_OK}
#define REFUSED(code) {code, code, code, code, code, IS, IS}
#define NEVER(code) {code, code, code, code, code, code, code}

static const row rows[] = {
    {"SetDisplayName", set_display_name, SETS},
    {"SetDescription", set_description, SETS},
    {"SetPriority", set_priority, SETS},
    {"SetNotifyFlags", set_notify_flags, SETS},
    {"SetNotifyInterface", set_notify_interface, SETS},
    {"SetMinimumRetryDelay", set_retry_delay, SETS},
    {"SetNoProgressTimeout", set_timeout, SETS},
    {"SetProxySettings", set_proxy, SETS},
    {"SetNotifyCmdLine(NULL)", set_no_command, SETS},
    {"SetNotifyCmdLine", set_command, REFUSED(E_NOTIMPL)},
    {"SetCredentials", set_credentials, SETS},
    {"RemoveCredentials", remove_credentials, REFUSED(S_FALSE)},
    {"SetMaximumDownloadTime", set_longest, SETS},
    {"SetProperty", set_property, SETS},
    {"SetCustomHeaders", set_headers, SETS},
    {"SetSecurityFlags", set_security, SETS},
    {"RemoveClientCertificate", remove_certificate, SETS},
    {"SetClientCertificateByName", set_certificate, REFUSED(CRYPT_E_NOT_FOUND)},
    {"SetHttpMethod(GET)", set_get, SETS},
    {"SetHttpMethod(POST)",
     set_post,
     {S_OK, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME,
      BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, BG_E_READ_ONLY_PROPERTY_AFTER_RESUME, IS, IS}},
    {"MakeCustomHeadersWriteOnly", write_only, SETS},
    {"SetServerCertificateValidationInterface(NULL)",
     set_check,
     {S_OK, BG_E_READ_ONLY_WHEN_JOB_ACTIVE, BG_E_READ_ONLY_WHEN_JOB_ACTIVE, S_OK, S_OK, IS, IS}},
    {"SetServerCertificateValidationInterface",
     set_bad_check,
     {E_NOINTERFACE, BG_E_READ_ONLY_WHEN_JOB_ACTIVE, BG_E_READ_ONLY_WHEN_JOB_ACTIVE, E_NOINTERFACE,
      E_NOINTERFACE, IS, IS}},
    {"TakeOwnership", take_ownership, REFUSED(E_NOTIMPL)},
    {"ReplaceRemotePrefix", replace_prefix, REFUSED(S_FALSE)},
    {"SetFileACLFlags(0)", set_no_acl, {S_OK, S_OK, S_OK, S_OK, IS, IS, IS}},
    {"SetFileACLFlags", set_acl, {E_NOTIMPL, E_NOTIMPL, E_NOTIMPL, E_NOTIMPL, IS, IS, IS}},
    {"SetFileACLFlags(bad)", set_bad_acl, NEVER(E_INVALIDARG)},
    {"SetPeerCachingFlags(0)", set_no_peers, SETS},
    {"SetPeerCachingFlags", set_peers, REFUSED(E_NOTIMPL)},
    {"SetReplyFileName", reply_name, REFUSED(E_NOTIMPL)},
    {"GetReplyProgress", get_reply_progress, NEVER(E_NOTIMPL)},
    {"RequestFileRanges", request_ranges, SETS},
    {"SetRemoteName", rename_file, SETS},
    {"SetValidationState", accept_file, {E_PENDING, E_PENDING, E_PENDING, E_PENDING, S_OK, IS, IS}},
    {"GetError",
     get_error,
     {BG_E_ERROR_INFORMATION_UNAVAILABLE, BG_E_ERROR_INFORMATION_UNAVAILABLE, S_OK, S_OK,
      BG_E_ERROR_INFORMATION_UNAVAILABLE, BG_E_ERROR_INFORMATION_UNAVAILABLE,
      BG_E_ERROR_INFORMATION_UNAVAILABLE}},
    {"GetType", get_type, ANSWERS},
    {"GetProgress", get_progress, ANSWERS},
    {"GetTimes", get_times, ANSWERS},
    {"GetState", get_state, ANSWERS},
    {"GetPriority", get_priority, ANSWERS},
    {"GetNotifyFlags", get_flags, ANSWERS},
    {"GetMinimumRetryDelay", get_retry_delay, ANSWERS},
    {"GetNoProgressTimeout", get_timeout, ANSWERS},
    {"GetErrorCount", get_error_count, ANSWERS},
    {"GetMaximumDownloadTime", get_longest, ANSWERS},
    {"GetOwner", get_owner, ANSWERS},
    {"GetDisplayName", get_display_name, ANSWERS},
    {"GetDescription", get_description, ANSWERS},
};

static void properties(void)
{
    manager = begin();
    for (place where = SUSPENDED; where < STATES; where++) {
        for (size_t at = 0; at < sizeof rows / sizeof *rows; at++) {
            /* What answers for a running job may set it back to its beginning. */
            IBackgroundCopyJob5 *job = job_in(where);
            BG_JOB_STATE state;
            HRESULT answer = rows[at].call(job);
            if (answer != rows[at].answers[where]) {
                fprintf(stderr, "%s in state %d: 0x%08X\n", rows[at].name, (int)states[where],
                        (unsigned)answer);
            }
            EXPECT(rows[at].answers[where], answer);
            OK(IBackgroundCopyJob5_GetState(job, &state));
            /* A file with a new name is asked for again. */
            CHECK(state == states[where] || rows[at].call == rename_file);
            let_go(job);
        }
    }
    end(manager);
}

JOB(resume, IBackgroundCopyJob5_Resume(job))
JOB(suspend, IBackgroundCopyJob5_Suspend(job))
JOB(cancel, IBackgroundCopyJob5_Cancel(job))
JOB(complete, IBackgroundCopyJob5_Complete(job))
JOB(add_file, IBackgroundCopyJob5_AddFile(job, wide(url_of("two")), wide(path_of("more"))))

/* The state that a job must be in afterwards; it may take a moment. */
static void moves(HRESULT (*call)(IBackgroundCopyJob5 *), const HRESULT *answers,
                  const BG_JOB_STATE *after)
{
    for (place where = SUSPENDED; where < STATES; where++) {
        IBackgroundCopyJob5 *job = job_in(where);
        EXPECT(answers[where], call(job));
        wait_for((IBackgroundCopyJob *)job, after[where]);
        let_go(job);
        /* Only what was transferred and completed is there. */
        CHECK((remove(path_of(local_name)) == 0) == (call == complete && where == TRANSFERRED));
    }
}

static HRESULT add_files(IBackgroundCopyJob5 *job)
{
    BG_FILE_INFO set = {(LPWSTR)wide(url_of("two")), (LPWSTR)wide(path_of("more"))};
    return IBackgroundCopyJob5_AddFileSet(job, 1, &set);
}

static HRESULT add_ranges(IBackgroundCopyJob5 *job)
{
    const BG_FILE_RANGE ranges[2] = {{100, 100}, {0, 10}};
    return IBackgroundCopyJob5_AddFileWithRanges(job, wide(url_of("two")), wide(path_of("more")),
                                                 2, ranges);
}

static void life_cycle(void)
{
    const BG_JOB_STATE gone = BG_JOB_STATE_CANCELLED, done = BG_JOB_STATE_ACKNOWLEDGED;
    const BG_JOB_STATE error = BG_JOB_STATE_ERROR, idle = BG_JOB_STATE_SUSPENDED;
    const BG_JOB_STATE here = BG_JOB_STATE_TRANSFERRED, moving = BG_JOB_STATE_TRANSFERRING;
    const BG_JOB_STATE again = BG_JOB_STATE_TRANSIENT_ERROR;
    const HRESULT part = BG_S_PARTIAL_COMPLETE;
    const HRESULT all[STATES] = SETS;
    const HRESULT partly[STATES] = {part, part, part, part, S_OK, IS, IS};
    const BG_JOB_STATE resumed[STATES] = {here, moving, again, error, here, done, gone};
    const BG_JOB_STATE suspended[STATES] = {idle, idle, idle, error, here, done, gone};
    const BG_JOB_STATE cancelled[STATES] = {gone, gone, gone, gone, gone, done, gone};
    const BG_JOB_STATE completed[STATES] = {done, done, done, done, done, done, gone};
    manager = begin();
    IBackgroundCopyJob *empty = new_job(manager, BG_JOB_TYPE_DOWNLOAD);
    EXPECT(BG_E_EMPTY, IBackgroundCopyJob_Resume(empty));
    CHECK(state_of(empty) == BG_JOB_STATE_SUSPENDED);
    OK(IBackgroundCopyJob_Cancel(empty));
    IBackgroundCopyJob_Release(empty);
    moves(resume, all, resumed);
    moves(suspend, all, suspended);
    moves(cancel, all, cancelled);
    moves(complete, partly, completed);
    for (place where = SUSPENDED; where < STATES; where++) {
        HRESULT (*const calls[3])(IBackgroundCopyJob5 *) = {add_file, add_files, add_ranges};
        for (int at = 0; at < 3; at++) {
            IBackgroundCopyJob5 *job = job_in(where);
            EXPECT(all[where], calls[at](job));
            let_go(job);
        }
    }
    end(manager);
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"properties", properties},
        {"life_cycle", life_cycle},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
