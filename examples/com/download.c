/*
 * Fetches a file by BITS and tells how far it is. The same source is built for Windows, where the
 * service of the system does the work, and elsewhere, where libbgcopy_bits does:
 *
 *   x86_64-w64-mingw32-gcc -municode download.c -lole32 -luuid -o download.exe
 *   cc -fshort-wchar -DBGCOPY_WCHAR_IS_WCHAR_T -I include/com download.c -lbgcopy_bits -o download
 *
 *   download URL PATH
 */
#define COBJMACROS
#define INITGUID
#include <stdio.h>
#include <windows.h>

#include <bits.h>

#ifdef _WIN32
#define PAUSE() Sleep(100)
#else
#include <time.h>
#define PAUSE() nanosleep(&(struct timespec){0, 100000000}, NULL)
#endif

/* Starts the job and waits for its end; S_OK if the file is in place. */
static HRESULT fetch(IBackgroundCopyJob *job, const WCHAR *url, const WCHAR *path)
{
    IBackgroundCopyError *error = NULL;
    BG_JOB_STATE state = BG_JOB_STATE_SUSPENDED;
    BG_ERROR_CONTEXT context;
    BG_JOB_PROGRESS progress;
    HRESULT code = IBackgroundCopyJob_AddFile(job, url, path);
    if (SUCCEEDED(code)) {
        code = IBackgroundCopyJob_Resume(job);
    }
    while (SUCCEEDED(code) && state != BG_JOB_STATE_TRANSFERRED && state != BG_JOB_STATE_ERROR) {
        PAUSE();
        code = IBackgroundCopyJob_GetState(job, &state);
    }
    if (SUCCEEDED(code) && state == BG_JOB_STATE_TRANSFERRED &&
        SUCCEEDED(code = IBackgroundCopyJob_GetProgress(job, &progress))) {
        printf("%llu bytes\n", (unsigned long long)progress.BytesTransferred);
        return IBackgroundCopyJob_Complete(job);
    }
    if (SUCCEEDED(code) && SUCCEEDED(code = IBackgroundCopyJob_GetError(job, &error))) {
        IBackgroundCopyError_GetError(error, &context, &code);
        IBackgroundCopyError_Release(error);
    }
    IBackgroundCopyJob_Cancel(job);
    return code;
}

static HRESULT run(const WCHAR *url, const WCHAR *path)
{
    IBackgroundCopyManager *manager = NULL;
    IBackgroundCopyJob *job = NULL;
    GUID id;
    HRESULT code = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER,
                                    &IID_IBackgroundCopyManager, (void **)&manager);
    if (FAILED(code)) {
        return code;
    }
    code = IBackgroundCopyManager_CreateJob(manager, L"example", BG_JOB_TYPE_DOWNLOAD, &id, &job);
    if (SUCCEEDED(code)) {
        code = fetch(job, url, path);
        IBackgroundCopyJob_Release(job);
    }
    IBackgroundCopyManager_Release(manager);
    return code;
}

static int example(const WCHAR *url, const WCHAR *path)
{
    HRESULT code = CoInitializeEx(NULL, COINIT_MULTITHREADED);
    if (SUCCEEDED(code)) {
        code = run(url, path);
        CoUninitialize();
    }
    printf("0x%08X\n", (unsigned)code);
    return code == S_OK ? 0 : 1;
}

#ifdef _WIN32
int wmain(int count, WCHAR **arguments)
{
    return count == 3 ? example(arguments[1], arguments[2]) : 2;
}
#else
/* Arguments are UTF-8 here; this takes what is ASCII of it. */
static const WCHAR *wide(const char *text, WCHAR *place)
{
    size_t at = 0;
    do {
        place[at] = (WCHAR)(unsigned char)text[at];
    } while (text[at++] != 0 && at < 1023);
    place[at] = 0;
    return place;
}

int main(int count, char **arguments)
{
    static WCHAR url[1024], path[1024];
    return count == 3 ? example(wide(arguments[1], url), wide(arguments[2], path)) : 2;
}
#endif
