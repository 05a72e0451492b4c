/* Files that are sent, and the replies to them. What is sent is fetched first. */
#include "check.h"

static void fetch(IBackgroundCopyManager *manager)
{
    IBackgroundCopyJob *job = job_of(manager, "one");
    OK(IBackgroundCopyJob_Resume(job));
    wait_for(job, BG_JOB_STATE_TRANSFERRED);
    OK(IBackgroundCopyJob_Complete(job));
    CHECK(IBackgroundCopyJob_Release(job) == 0);
}

static void upload(void)
{
    const BG_FILE_RANGE range = {0, 10};
    IBackgroundCopyManager *manager = begin();
    fetch(manager);
    IBackgroundCopyJob *base = new_job(manager, BG_JOB_TYPE_UPLOAD);
    IBackgroundCopyJob3 *job = as(base, &IID_IBackgroundCopyJob3);
    IBackgroundCopyJobHttpOptions2 *http = as(base, &IID_IBackgroundCopyJobHttpOptions2);
    IEnumBackgroundCopyFiles *files = NULL;
    IBackgroundCopyFile *file = NULL;
    IBackgroundCopyFile2 *more;
    BG_JOB_REPLY_PROGRESS progress;
    BG_FILE_PROGRESS sent;
    BG_FILE_RANGE *ranges = NULL;
    LPWSTR text = NULL;
    DWORD count = 99;
    listener it;
    listener_begin(&it, 1);
    EXPECT(E_NOTIMPL, IBackgroundCopyJob3_AddFileWithRanges(job, wide(url_of("silent/one")),
                                                            wide(path_of("one")), 1, &range));
    OK(IBackgroundCopyJob_AddFile(base, wide(url_of("silent/one")), wide(path_of("one"))));
    EXPECT(BG_E_TOO_MANY_FILES, IBackgroundCopyJob_AddFile(base, wide(url_of("silent/two")),
                                                           wide(path_of("one"))));
    EXPECT(E_NOTIMPL,
           IBackgroundCopyJob3_ReplaceRemotePrefix(job, wide(url_of("silent")), wide("http:")));
    EXPECT(E_NOTIMPL, IBackgroundCopyJob3_GetReplyProgress(job, &progress));
    EXPECT(E_NOTIMPL, IBackgroundCopyJob3_GetReplyFileName(job, &text));
    OK(IBackgroundCopyJobHttpOptions2_GetHttpMethod(http, &text));
    CHECK(gives(text, "BITS_POST"));
    EXPECT(E_NOTIMPL, IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, wide("GET")));
    OK(IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, wide("PUT")));
    OK(IBackgroundCopyJobHttpOptions2_GetHttpMethod(http, &text));
    CHECK(gives(text, "PUT"));
    OK(IBackgroundCopyJobHttpOptions2_SetHttpMethod(http, wide("BITS_POST")));
    OK(IBackgroundCopyJobHttpOptions2_GetHttpMethod(http, &text));
    CHECK(gives(text, "BITS_POST"));
    OK(IBackgroundCopyJob_EnumFiles(base, &files));
    OK(IEnumBackgroundCopyFiles_Next(files, 1, &file, NULL));
    more = as(file, &IID_IBackgroundCopyFile2);
    EXPECT(E_NOTIMPL, IBackgroundCopyFile2_SetRemoteName(more, wide(url_of("silent/two"))));
    EXPECT(S_FALSE, IBackgroundCopyFile2_GetFileRanges(more, &count, &ranges));
    CHECK(count == 0 && ranges == NULL);
    EXPECT(BG_E_INVALID_STATE, IBackgroundCopyJob_Complete(base));
    OK(IBackgroundCopyJob_SetNotifyInterface(base, (IUnknown *)&it.base));
    OK(IBackgroundCopyJob_Resume(base));
    listener_wait(&it, &it.transferred, 1);
    OK(IBackgroundCopyFile2_GetProgress(more, &sent));
    CHECK(sent.Completed == TRUE && sent.BytesTransferred == 1500007);
    OK(IBackgroundCopyJob_Complete(base));
    listener_wait(&it, NULL, 1);
    IBackgroundCopyFile2_Release(more);
    IBackgroundCopyFile_Release(file);
    IEnumBackgroundCopyFiles_Release(files);
    IBackgroundCopyJobHttpOptions2_Release(http);
    IBackgroundCopyJob3_Release(job);
    CHECK(IBackgroundCopyJob_Release(base) == 0);
    end(manager);
}

static void reply(void)
{
    IBackgroundCopyManager *manager = begin();
    fetch(manager);
    IBackgroundCopyJob *base = new_job(manager, BG_JOB_TYPE_UPLOAD_REPLY);
    IBackgroundCopyJob2 *job = as(base, &IID_IBackgroundCopyJob2);
    BG_JOB_REPLY_PROGRESS progress;
    LPWSTR text = (LPWSTR)1;
    BYTE *data = (BYTE *)1;
    UINT64 length = 99;
    OK(IBackgroundCopyJob2_GetReplyFileName(job, &text));
    CHECK(text == NULL);
    OK(IBackgroundCopyJob2_AddFile(job, wide(url_of("up/one")), wide(path_of("one"))));
    OK(IBackgroundCopyJob2_GetReplyFileName(job, &text));
    CHECK(gives(text, path_of("one.reply")));
    EXPECT(E_INVALIDARG, IBackgroundCopyJob2_SetReplyFileName(job, wide("relative")));
    OK(IBackgroundCopyJob2_SetReplyFileName(job, NULL));
    OK(IBackgroundCopyJob2_SetReplyFileName(job, wide(path_of("answer"))));
    OK(IBackgroundCopyJob2_GetReplyFileName(job, &text));
    CHECK(gives(text, path_of("answer")));
    OK(IBackgroundCopyJob2_GetReplyProgress(job, &progress));
    CHECK(progress.BytesTotal == BG_SIZE_UNKNOWN && progress.BytesTransferred == 0);
    EXPECT(BG_E_INVALID_STATE, IBackgroundCopyJob2_GetReplyData(job, &data, &length));
    CHECK(data == NULL && length == 0);
    OK(IBackgroundCopyJob2_Resume(job));
    wait_for(base, BG_JOB_STATE_TRANSFERRED);
    OK(IBackgroundCopyJob2_GetReplyProgress(job, &progress));
    CHECK(progress.BytesTotal == 1000 && progress.BytesTransferred == 1000);
    OK(IBackgroundCopyJob2_GetReplyData(job, &data, &length));
    CHECK(data != NULL && length == 1000);
    EXPECT(BG_E_INVALID_STATE, IBackgroundCopyJob2_SetReplyFileName(job, wide(path_of("late"))));
    OK(IBackgroundCopyJob2_Complete(job));
    BYTE found[1001];
    FILE *file = fopen(path_of("answer"), "rb");
    CHECK(file != NULL && fread(found, 1, sizeof found, file) == 1000 && fclose(file) == 0);
    CHECK(memcmp(found, data, 1000) == 0);
    CoTaskMemFree(data);
    IBackgroundCopyJob2_Release(job);
    CHECK(IBackgroundCopyJob_Release(base) == 0);
    end(manager);
}

static void long_reply(void)
{
    IBackgroundCopyManager *manager = begin();
    fetch(manager);
    IBackgroundCopyJob *base = new_job(manager, BG_JOB_TYPE_UPLOAD_REPLY);
    IBackgroundCopyJob2 *job = as(base, &IID_IBackgroundCopyJob2);
    BYTE *data = (BYTE *)1;
    UINT64 length = 99;
    OK(IBackgroundCopyJob2_AddFile(job, wide(url_of("long/one")), wide(path_of("one"))));
    OK(IBackgroundCopyJob2_Resume(job));
    wait_for(base, BG_JOB_STATE_TRANSFERRED);
    EXPECT(BG_E_TOO_LARGE, IBackgroundCopyJob2_GetReplyData(job, &data, &length));
    CHECK(data == NULL && length == 1500007);
    OK(IBackgroundCopyJob2_Cancel(job));
    IBackgroundCopyJob2_Release(job);
    CHECK(IBackgroundCopyJob_Release(base) == 0);
    end(manager);
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"upload", upload},
        {"reply", reply},
        {"long_reply", long_reply},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
