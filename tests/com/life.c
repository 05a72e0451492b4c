/* The life of jobs with callbacks, by the names of BITS. */
#include "check.h"

static void complete_it(listener *it, IBackgroundCopyJob *job, IBackgroundCopyError *error)
{
    CHECK(error == NULL && state_of(job) == BG_JOB_STATE_TRANSFERRED);
    it->acted = IBackgroundCopyJob_Complete(job);
    CHECK(state_of(job) == BG_JOB_STATE_ACKNOWLEDGED);
}

static void download(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *job = job_of(manager, "one");
    IUnknown *registered = (IUnknown *)1;
    BG_JOB_PROGRESS progress;
    BG_JOB_TIMES times;
    listener it;
    listener_begin(&it, 3);
    it.act = complete_it;
    OK(IBackgroundCopyJob_AddFile(job, wide(url_of("two")), wide(path_of("two"))));
    OK(IBackgroundCopyJob_GetNotifyInterface(job, &registered));
    CHECK(registered == NULL);
    OK(IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_TRANSFERRED | BG_NOTIFY_JOB_ERROR |
                                                  BG_NOTIFY_JOB_MODIFICATION |
                                                  BG_NOTIFY_FILE_TRANSFERRED |
                                                  BG_NOTIFY_FILE_RANGES_TRANSFERRED));
    OK(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&it.base));
    OK(IBackgroundCopyJob_GetNotifyInterface(job, &registered));
    CHECK(registered == (IUnknown *)&it.base);
    IUnknown_Release(registered);
    OK(IBackgroundCopyJob_Resume(job));
    listener_wait(&it, &it.transferred, 1);
    OK(it.acted);
    /* A job that left the queue lets go of its callback, and is still read. */
    listener_wait(&it, NULL, 1);
    CHECK(it.files == 2 && it.errors == 0 && it.bytes == 2 * 1500007);
    CHECK(state_of(job) == BG_JOB_STATE_ACKNOWLEDGED);
    OK(IBackgroundCopyJob_GetProgress(job, &progress));
    CHECK(progress.FilesTotal == 2 && progress.FilesTransferred == 2);
    CHECK(progress.BytesTotal == 2 * 1500007 && progress.BytesTransferred == progress.BytesTotal);
    OK(IBackgroundCopyJob_GetTimes(job, &times));
    UINT64 made = ((UINT64)times.CreationTime.dwHighDateTime << 32) | times.CreationTime.dwLowDateTime;
    UINT64 now = ((UINT64)time(NULL) + 11644473600u) * 10000000u;
    CHECK(made < now + 36000000000u && made + 36000000000u > now);
    CHECK(times.TransferCompletionTime.dwHighDateTime >= times.CreationTime.dwHighDateTime);
    EXPECT(BG_E_INVALID_STATE, IBackgroundCopyJob_SetNotifyInterface(job, NULL));
    EXPECT(BG_E_INVALID_STATE, IBackgroundCopyJob_Complete(job));
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    end(manager);
}

static void cancelled(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *job = job_of(manager, "gated");
    IBackgroundCopyJob *again = NULL;
    GUID id;
    OK(IBackgroundCopyJob_Resume(job));
    wait_for(job, BG_JOB_STATE_TRANSFERRING);
    OK(IBackgroundCopyJob_GetId(job, &id));
    OK(IBackgroundCopyManager_GetJob(manager, &id, &again));
    CHECK(again != NULL && again != job);
    OK(IBackgroundCopyJob_Cancel(job));
    CHECK(state_of(again) == BG_JOB_STATE_CANCELLED);
    EXPECT(BG_E_INVALID_STATE, IBackgroundCopyJob_Cancel(again));
    CHECK(IBackgroundCopyJob_Release(again) == 0);
    EXPECT(BG_E_NOT_FOUND, IBackgroundCopyManager_GetJob(manager, &id, &again));
    CHECK(again == NULL);
    EXPECT(BG_E_INVALID_STATE, IBackgroundCopyJob_Cancel(job));
    CHECK(state_of(job) == BG_JOB_STATE_CANCELLED);
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    end(manager);
}

static void look_at_error(listener *it, IBackgroundCopyJob *job, IBackgroundCopyError *error)
{
    BG_ERROR_CONTEXT context = BG_ERROR_CONTEXT_NONE;
    IBackgroundCopyFile *file = NULL;
    HRESULT code = S_OK;
    LPWSTR text = NULL;
    (void)it;
    (void)job;
    OK(IBackgroundCopyError_GetError(error, &context, &code));
    CHECK(context == BG_ERROR_CONTEXT_REMOTE_FILE);
    EXPECT(BG_E_HTTP_ERROR_404, code);
    OK(IBackgroundCopyError_GetFile(error, &file));
    OK(IBackgroundCopyFile_GetRemoteName(file, &text));
    CHECK(gives(text, url_of("missing")));
    CHECK(IBackgroundCopyFile_Release(file) == 0);
    EXPECT(E_INVALIDARG, IBackgroundCopyError_GetErrorDescription(error, 0, &text));
    CHECK(text == NULL);
    OK(IBackgroundCopyError_GetErrorDescription(error, 0x409, &text));
    CHECK(text != NULL && text[0] != 0);
    CoTaskMemFree(text);
    OK(IBackgroundCopyError_GetErrorContextDescription(error, 0x409, &text));
    CHECK(text != NULL && text[0] != 0);
    CoTaskMemFree(text);
    OK(IBackgroundCopyError_GetProtocol(error, &text));
    CHECK(gives(text, "http"));
}

static void failing(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *job = job_of(manager, "missing");
    IBackgroundCopyError *error = (IBackgroundCopyError *)1;
    ULONG count = 99;
    listener it;
    listener_begin(&it, 1);
    it.act = look_at_error;
    /* Refused the first time: it is told again. */
    it.failures = 1;
    EXPECT(BG_E_ERROR_INFORMATION_UNAVAILABLE, IBackgroundCopyJob_GetError(job, &error));
    CHECK(error == NULL);
    OK(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&it.base));
    OK(IBackgroundCopyJob_Resume(job));
    listener_wait(&it, &it.errors, 2);
    OK(IBackgroundCopyJob_GetError(job, &error));
    look_at_error(&it, job, error);
    CHECK(IBackgroundCopyError_Release(error) == 0);
    OK(IBackgroundCopyJob_GetErrorCount(job, &count));
    CHECK(count == 1 && it.transferred == 0);
    OK(IBackgroundCopyJob_Cancel(job));
    listener_wait(&it, NULL, 1);
    CHECK(it.errors == 2);
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    end(manager);
}

/* An object that is no callback is refused; one that knows less is told less. */
static void degraded(void)
{
    IBackgroundCopyManager *manager = begin();
    listener it;
    for (int level = 0; level <= 3; level++) {
        IBackgroundCopyJob *job = job_of(manager, "one");
        listener_begin(&it, level);
        OK(IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_TRANSFERRED |
                                                      BG_NOTIFY_FILE_TRANSFERRED |
                                                      BG_NOTIFY_FILE_RANGES_TRANSFERRED));
        EXPECT(level == 0 ? E_NOINTERFACE : S_OK,
               IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&it.base));
        if (level > 0) {
            OK(IBackgroundCopyJob_Resume(job));
            listener_wait(&it, &it.transferred, 1);
            CHECK(it.files == (level >= 2) && (it.ranges > 0) == (level >= 3));
            CHECK(it.modified == 0);
        }
        OK(IBackgroundCopyJob_Cancel(job));
        listener_wait(&it, NULL, 1);
        CHECK(IBackgroundCopyJob_Release(job) == 0);
    }
    end(manager);
}

static void registered_late(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *job = job_of(manager, "one");
    listener it, other;
    listener_begin(&it, 1);
    listener_begin(&other, 1);
    it.act = complete_it;
    OK(IBackgroundCopyJob_Resume(job));
    wait_for(job, BG_JOB_STATE_TRANSFERRED);
    /* None of them is called: one is replaced, and the flags say so. */
    OK(IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_DISABLE | BG_NOTIFY_JOB_TRANSFERRED));
    OK(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&other.base));
    CHECK(other.references > 1);
    OK(IBackgroundCopyJob_SetNotifyInterface(job, NULL));
    listener_wait(&other, NULL, 1);
    OK(IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_JOB_TRANSFERRED));
    OK(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&it.base));
    listener_wait(&it, &it.transferred, 1);
    listener_wait(&it, NULL, 1);
    CHECK(it.transferred == 1 && other.transferred == 0);
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    end(manager);
}

static void partial(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *job = job_of(manager, "one");
    IEnumBackgroundCopyFiles *files = NULL;
    IBackgroundCopyFile *file = NULL;
    IBackgroundCopyFile3 *more;
    BG_FILE_PROGRESS progress;
    LPWSTR text = NULL;
    FILE *temporary;
    char path[1024];
    listener it;
    listener_begin(&it, 2);
    OK(IBackgroundCopyJob_AddFile(job, wide(url_of("gated")), wide(path_of("gated"))));
    OK(IBackgroundCopyJob_SetNotifyFlags(job, BG_NOTIFY_FILE_TRANSFERRED));
    OK(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&it.base));
    OK(IBackgroundCopyJob_Resume(job));
    listener_wait(&it, &it.files, 1);
    OK(IBackgroundCopyJob_EnumFiles(job, &files));
    OK(IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL));
    more = as(file, &IID_IBackgroundCopyFile3);
    OK(IBackgroundCopyFile3_GetTemporaryName(more, &text));
    for (size_t at = 0; at == 0 || text[at - 1] != 0; at++) {
        path[at] = (char)text[at];
    }
    CoTaskMemFree(text);
    temporary = fopen(path, "rb");
    CHECK(temporary != NULL && fclose(temporary) == 0 && !exists("one"));
    EXPECT(BG_S_PARTIAL_COMPLETE, IBackgroundCopyJob_Complete(job));
    CHECK(exists("one") && !exists("gated") && fopen(path, "rb") == NULL);
    OK(IBackgroundCopyFile_GetProgress(file, &progress));
    CHECK(progress.Completed == TRUE);
    IBackgroundCopyFile3_Release(more);
    IBackgroundCopyFile_Release(file);
    IEnumBackgroundCopyFiles_Release(files);
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    listener_wait(&it, NULL, 1);
    end(manager);
}

/* Jobs go on when a program has let go of all it had. */
static void let_go(void)
{
    IBackgroundCopyManager *manager = begin();
    IBackgroundCopyJob *job = job_of(manager, "one");
    GUID id;
    listener it;
    listener_begin(&it, 1);
    it.act = complete_it;
    OK(IBackgroundCopyJob_GetId(job, &id));
    OK(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&it.base));
    OK(IBackgroundCopyJob_Resume(job));
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    CHECK(IBackgroundCopyManager_Release(manager) == 0);
    listener_wait(&it, &it.transferred, 1);
    listener_wait(&it, NULL, 1);
    /* What is left over answers, and can be released, when COM is gone. */
    EXPECT(S_FALSE, CoInitializeEx(NULL, COINIT_APARTMENTTHREADED));
    OK(CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER,
                        &IID_IBackgroundCopyManager, (void **)&manager));
    job = job_of(manager, "two");
    listener_begin(&it, 1);
    OK(IBackgroundCopyJob_SetNotifyInterface(job, (IUnknown *)&it.base));
    CoUninitialize();
    CHECK(it.references > 1);
    CoUninitialize();
    listener_wait(&it, NULL, 1);
    CHECK(state_of(job) == BG_JOB_STATE_SUSPENDED);
    OK(IBackgroundCopyJob_Cancel(job));
    CHECK(IBackgroundCopyJob_Release(job) == 0);
    CHECK(IBackgroundCopyManager_Release(manager) == 0);
    AWAIT(is_alone());
    EXPECT(CO_E_NOTINITIALIZED,
           CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER,
                            &IID_IBackgroundCopyManager, (void **)&manager));
    CHECK(manager == NULL);
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"download", download},
        {"cancelled", cancelled},
        {"failing", failing},
        {"degraded", degraded},
        {"registered_late", registered_late},
        {"partial", partial},
        {"let_go", let_go},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
