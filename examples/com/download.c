/*
 * Fetches a file by BITS. The same source is built for Windows, where the service of the system does
 * the work, and elsewhere, where libbgcopy_bits does:
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

/* Waits until the job is transferred, which is S_OK, or failed. */
static HRESULT wait(IBackgroundCopyJob *job)
{
    IBackgroundCopyError *error = NULL;
    BG_JOB_STATE state = BG_JOB_STATE_SUSPENDED;
    BG_ERROR_CONTEXT context;
    HRESULT code = IBackgroundCopyJob_Resume(job);
    while (SUCCEEDED(code) && state != BG_JOB_STATE_TRANSFERRED && state != BG_JOB_STATE_ERROR) {
        PAUSE();
        code = IBackgroundCopyJob_GetState(job, &state);
    }
    if (state == BG_JOB_STATE_ERROR && SUCCEEDED(IBackgroundCopyJob_GetError(job, &error))) {
        IBackgroundCopyError_GetError(error, &context, &code);
        IBackgroundCopyError_Release(error);
    }
    return code;
}

static int fetch(const WCHAR *url, const WCHAR *path)
{
    IBackgroundCopyManager *manager = NULL;
    IBackgroundCopyJob *job = NULL;
    GUID id;
    HRESULT code;
    CoInitializeEx(NULL, COINIT_MULTITHREADED);
    code = CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER,
                            &IID_IBackgroundCopyManager, (void **)&manager);
    if (SUCCEEDED(code)) {
        code = IBackgroundCopyManager_CreateJob(manager, L"example", BG_JOB_TYPE_DOWNLOAD, &id, &job);
        IBackgroundCopyManager_Release(manager);
    }
    if (SUCCEEDED(code)) {
        code = IBackgroundCopyJob_AddFile(job, url, path);
        code = SUCCEEDED(code) ? wait(job) : code;
        /* Before Complete there is no file of that name. */
        code = SUCCEEDED(code) ? IBackgroundCopyJob_Complete(job) : code;
        if (FAILED(code)) {
            IBackgroundCopyJob_Cancel(job);
        }
        IBackgroundCopyJob_Release(job);
    }
    CoUninitialize();
    printf("0x%08X\n", (unsigned)code);
    return code == S_OK ? 0 : 1;
}

#ifdef _WIN32
int wmain(int count, WCHAR **arguments)
{
    return count == 3 ? fetch(arguments[1], arguments[2]) : 2;
}
#else
int main(int count, char **arguments)
{
    static WCHAR texts[2][1024]; /* of arguments in ASCII */
    for (int at = 0; count == 3 && at < 2; at++) {
        for (size_t place = 0; arguments[at + 1][place] != 0 && place < 1023; place++) {
            texts[at][place] = (WCHAR)(unsigned char)arguments[at + 1][place];
        }
    }
    return count == 3 ? fetch(texts[0], texts[1]) : 2;
}
#endif
