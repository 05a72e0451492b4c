/* What the scenarios of BITS in C have in common: checks that say where they failed, texts, a
 * manager, a callback object that counts, and something to wait for. The queue is where BGCOPY_STORE
 * says. */
#ifndef BGCOPY_TESTS_COM_CHECK_H
#define BGCOPY_TESTS_COM_CHECK_H

#ifdef __linux__
#include <dirent.h>
#endif
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COBJMACROS
#include <windows.h>

#include <bits.h>

/* No scenario waits longer for anything; what holds is there long before. */
#define PATIENCE_S 60

static const char *folder;
static const char *server;

static void failed(const char *file, int line, const char *text)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, text);
    exit(1);
}

#define CHECK(condition) ((condition) ? (void)0 : failed(__FILE__, __LINE__, #condition))

static void expect(HRESULT want, HRESULT got, const char *file, int line, const char *text)
{
    if (want != got) {
        fprintf(stderr, "wanted 0x%08X, got 0x%08X\n", (unsigned)want, (unsigned)got);
        failed(file, line, text);
    }
}

#define EXPECT(want, call) expect((want), (call), __FILE__, __LINE__, #call)
#define OK(call) EXPECT(S_OK, call)

/* A text of ASCII as UTF-16; it lives as long as the program, which is short. */
static inline LPCWSTR wide(const char *text)
{
    static WCHAR texts[256][2600];
    static atomic_uint used;
    WCHAR *copy = texts[atomic_fetch_add(&used, 1u) % 256u];
    size_t length = strlen(text);
    CHECK(length < 2600);
    for (size_t at = 0; at <= length; at++) {
        copy[at] = (WCHAR)(unsigned char)text[at];
    }
    return copy;
}

static inline int same(LPCWSTR text, const char *wanted)
{
    size_t at = 0;
    if (text == NULL) {
        return 0;
    }
    while (text[at] != 0 && text[at] == (WCHAR)(unsigned char)wanted[at]) {
        at++;
    }
    return text[at] == 0 && wanted[at] == 0;
}

/* The same, and lets go of it. */
static inline int gives(LPWSTR text, const char *wanted)
{
    int is_same = same(text, wanted);
    CoTaskMemFree(text);
    return is_same;
}

static inline const char *joined(const char *before, char separator, const char *name)
{
    static char texts[256][1024];
    static atomic_uint used;
    char *text = texts[atomic_fetch_add(&used, 1u) % 256u];
    CHECK(snprintf(text, 1024, "%s%c%s", before, separator, name) < 1024);
    return text;
}

static inline const char *path_of(const char *name) { return joined(folder, '/', name); }

static inline const char *url_of(const char *name) { return joined(server, '/', name); }

static inline int exists(const char *name)
{
    FILE *file = fopen(path_of(name), "rb");
    return file != NULL && fclose(file) == 0;
}

static inline IBackgroundCopyManager *begin(void)
{
    IBackgroundCopyManager *manager = NULL;
    OK(CoInitializeEx(NULL, COINIT_MULTITHREADED));
    OK(CoCreateInstance(&CLSID_BackgroundCopyManager, NULL, CLSCTX_LOCAL_SERVER,
                        &IID_IBackgroundCopyManager, (void **)&manager));
    CHECK(manager != NULL);
    return manager;
}

/* Something asks again until it holds, as the interface has no wait. */
#define AWAIT(condition)                                                                           \
    do {                                                                                           \
        struct timespec moment = {0, 2000000}, now;                                                \
        clock_gettime(CLOCK_MONOTONIC, &now);                                                      \
        time_t last = now.tv_sec + PATIENCE_S;                                                     \
        while (!(condition)) {                                                                     \
            CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0 && now.tv_sec < last);                 \
            nanosleep(&moment, NULL);                                                              \
        }                                                                                          \
    } while (0)

/* True if the program is alone: the library ends its threads with its last object. */
static inline int is_alone(void)
{
    int threads = 0;
#ifdef __linux__
    DIR *tasks = opendir("/proc/self/task");
    CHECK(tasks != NULL);
    for (struct dirent *task = readdir(tasks); task != NULL; task = readdir(tasks)) {
        threads += task->d_name[0] != '.';
    }
    CHECK(closedir(tasks) == 0);
#endif
    return threads <= 1;
}

/* Ends what begin began; nothing that was given out may be left. */
static inline void end(IBackgroundCopyManager *manager)
{
    CHECK(IBackgroundCopyManager_Release(manager) == 0);
    CoUninitialize();
    AWAIT(is_alone());
}

static inline IBackgroundCopyJob *new_job(IBackgroundCopyManager *manager, BG_JOB_TYPE type)
{
    IBackgroundCopyJob *job = NULL;
    GUID id;
    OK(IBackgroundCopyManager_CreateJob(manager, wide("scenario"), type, &id, &job));
    CHECK(job != NULL);
    return job;
}

/* A job of one file, which is served under the same name. */
static inline IBackgroundCopyJob *job_of(IBackgroundCopyManager *manager, const char *name)
{
    IBackgroundCopyJob *job = new_job(manager, BG_JOB_TYPE_DOWNLOAD);
    OK(IBackgroundCopyJob_AddFile(job, wide(url_of(name)), wide(path_of(name))));
    return job;
}

static inline void *as(void *object, REFIID iid)
{
    void *other = NULL;
    OK(IUnknown_QueryInterface((IUnknown *)object, iid, &other));
    CHECK(other != NULL);
    return other;
}

static inline BG_JOB_STATE state_of(IBackgroundCopyJob *job)
{
    BG_JOB_STATE state = (BG_JOB_STATE)99;
    OK(IBackgroundCopyJob_GetState(job, &state));
    return state;
}

static inline void wait_for(IBackgroundCopyJob *job, BG_JOB_STATE state)
{
    AWAIT(state_of(job) == state);
}

/* A callback object. What it knows is up to the scenario. */
typedef struct listener {
    IBackgroundCopyCallback3 base;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    ULONG references;
    /* The highest interface that it admits to: 1, 2 or 3; 0 for none. */
    int level;
    /* So many calls of each kind fail before one succeeds. */
    int failures;
    int transferred, errors, modified, files, ranges;
    UINT64 bytes;
    /* What it does when the job is transferred or failed. */
    void (*act)(struct listener *, IBackgroundCopyJob *, IBackgroundCopyError *);
    HRESULT acted;
} listener;

static inline HRESULT listener_query(IBackgroundCopyCallback3 *this, REFIID iid, void **object)
{
    listener *it = (listener *)this;
    int level = IsEqualIID(iid, &IID_IUnknown)                   ? 0
                : IsEqualIID(iid, &IID_IBackgroundCopyCallback)  ? 1
                : IsEqualIID(iid, &IID_IBackgroundCopyCallback2) ? 2
                : IsEqualIID(iid, &IID_IBackgroundCopyCallback3) ? 3
                                                                 : 4;
    *object = NULL;
    if (level > it->level) {
        return E_NOINTERFACE;
    }
    *object = this;
    IBackgroundCopyCallback3_AddRef(this);
    return S_OK;
}

static inline ULONG listener_count(listener *it, ULONG by)
{
    pthread_mutex_lock(&it->lock);
    ULONG now = it->references += by;
    pthread_cond_broadcast(&it->changed);
    pthread_mutex_unlock(&it->lock);
    return now;
}

static inline ULONG listener_add(IBackgroundCopyCallback3 *this)
{
    return listener_count((listener *)this, 1u);
}

static inline ULONG listener_release(IBackgroundCopyCallback3 *this)
{
    return listener_count((listener *)this, (ULONG)-1);
}

/* Counts a call: fails as often as the scenario wants. */
static inline HRESULT listener_tell(listener *it, int *counter)
{
    pthread_mutex_lock(&it->lock);
    *counter += 1;
    HRESULT answer = *counter <= it->failures ? E_FAIL : S_OK;
    pthread_cond_broadcast(&it->changed);
    pthread_mutex_unlock(&it->lock);
    return answer;
}

static inline HRESULT listener_transferred(IBackgroundCopyCallback3 *this, IBackgroundCopyJob *job)
{
    listener *it = (listener *)this;
    if (it->act != NULL) {
        it->act(it, job, NULL);
    }
    return listener_tell(it, &it->transferred);
}

static inline HRESULT listener_error(IBackgroundCopyCallback3 *this, IBackgroundCopyJob *job,
                                     IBackgroundCopyError *error)
{
    listener *it = (listener *)this;
    CHECK(error != NULL);
    if (it->act != NULL) {
        it->act(it, job, error);
    }
    return listener_tell(it, &it->errors);
}

static inline HRESULT listener_modified(IBackgroundCopyCallback3 *this, IBackgroundCopyJob *job,
                                        DWORD reserved)
{
    listener *it = (listener *)this;
    CHECK(job != NULL && reserved == 0);
    return listener_tell(it, &it->modified);
}

static inline HRESULT listener_file(IBackgroundCopyCallback3 *this, IBackgroundCopyJob *job,
                                    IBackgroundCopyFile *file)
{
    listener *it = (listener *)this;
    BG_FILE_PROGRESS progress;
    CHECK(job != NULL && file != NULL);
    OK(IBackgroundCopyFile_GetProgress(file, &progress));
    CHECK(progress.BytesTransferred == progress.BytesTotal);
    return listener_tell(it, &it->files);
}

static inline HRESULT listener_ranges(IBackgroundCopyCallback3 *this, IBackgroundCopyJob *job,
                                      IBackgroundCopyFile *file, DWORD count,
                                      const BG_FILE_RANGE *ranges)
{
    listener *it = (listener *)this;
    CHECK(job != NULL && file != NULL && count > 0);
    pthread_mutex_lock(&it->lock);
    for (DWORD at = 0; at < count; at++) {
        it->bytes += ranges[at].Length;
    }
    pthread_mutex_unlock(&it->lock);
    return listener_tell(it, &it->ranges);
}

static IBackgroundCopyCallback3Vtbl listener_table = {
    listener_query,    listener_add,  listener_release, listener_transferred, listener_error,
    listener_modified, listener_file, listener_ranges,
};

static inline void listener_begin(listener *it, int level)
{
    memset(it, 0, sizeof *it);
    it->base.lpVtbl = &listener_table;
    pthread_mutex_init(&it->lock, NULL);
    pthread_cond_init(&it->changed, NULL);
    it->references = 1;
    it->level = level;
}

/* Waits until a counter, or the number of references, is what the scenario wants. */
static inline void listener_wait(listener *it, const int *counter, int wanted)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&it->lock);
    while (counter != NULL ? *counter < wanted : it->references != (ULONG)wanted) {
        CHECK(pthread_cond_timedwait(&it->changed, &it->lock, &deadline) == 0);
    }
    pthread_mutex_unlock(&it->lock);
}

/* Runs the scenario of that name. */
typedef struct {
    const char *name;
    void (*run)(void);
} scenario;

static int run_scenario(int count, char **arguments, const scenario *scenarios)
{
    if (count != 4) {
        fprintf(stderr, "usage: %s SCENARIO FOLDER SERVER\n", arguments[0]);
        return 2;
    }
    folder = arguments[2];
    server = arguments[3];
    for (const scenario *one = scenarios; one->name != NULL; one++) {
        if (strcmp(one->name, arguments[1]) == 0) {
            one->run();
            return 0;
        }
    }
    fprintf(stderr, "no scenario %s\n", arguments[1]);
    return 2;
}

#endif
