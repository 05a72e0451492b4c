/* What the C scenarios have in common: checks that say where they failed, a
 * manager in the scenario's folder, and something to wait for. */
#ifndef BGCOPY_TESTS_CHECK_H
#define BGCOPY_TESTS_CHECK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <bgcopy.h>

/* No scenario waits longer for anything; what holds is there long before. */
#define PATIENCE_MS 60000u

static const char *folder;
static const char *server;

static void failed(const char *file, int line, const char *text)
{
    fprintf(stderr, "%s:%d: %s\n  last message: %s\n", file, line, text,
            bgcopy_last_error_message());
    exit(1);
}

#define CHECK(condition) ((condition) ? (void)0 : failed(__FILE__, __LINE__, #condition))

static void expect(bgcopy_hresult want, bgcopy_hresult got, const char *file, int line,
                   const char *text)
{
    if (want != got) {
        fprintf(stderr, "wanted 0x%08X, got 0x%08X\n", (unsigned)want, (unsigned)got);
        failed(file, line, text);
    }
}

#define EXPECT(want, call) expect((want), (call), __FILE__, __LINE__, #call)
#define OK(call) EXPECT(BGCOPY_S_OK, call)

/* Something that one thread does and another waits for. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int count;
} tally;

#define TALLY { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 }

static inline void tally_add(tally *it)
{
    pthread_mutex_lock(&it->lock);
    it->count++;
    pthread_cond_broadcast(&it->changed);
    pthread_mutex_unlock(&it->lock);
}

static inline int tally_now(tally *it)
{
    pthread_mutex_lock(&it->lock);
    int count = it->count;
    pthread_mutex_unlock(&it->lock);
    return count;
}

static inline void tally_wait(tally *it, int count)
{
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += (time_t)(PATIENCE_MS / 1000u);
    pthread_mutex_lock(&it->lock);
    while (it->count < count) {
        CHECK(pthread_cond_timedwait(&it->changed, &it->lock, &deadline) == 0);
    }
    pthread_mutex_unlock(&it->lock);
}

/* What is between the parts of a path here. */
#ifdef _WIN32
#define SEPARATOR '\\'
#else
#define SEPARATOR '/'
#endif

/* A name behind a separator; the text lives as long as the program, which is short. */
static inline const char *joined(const char *before, char separator, const char *name)
{
    static char texts[64][1024];
    static atomic_uint used;
    char *text = texts[atomic_fetch_add(&used, 1u) % 64u];
    CHECK(snprintf(text, 1024, "%s%c%s", before, separator, name) < 1024);
    return text;
}

static inline const char *path_of(const char *name)
{
    return joined(folder, SEPARATOR, name);
}

static inline const char *url_of(const char *name)
{
    return joined(server, '/', name);
}

static inline bgcopy_manager *open_store(const char *name)
{
    bgcopy_options options = {0};
    bgcopy_manager *manager = NULL;
    options.size = sizeof options;
    options.store_path = path_of(name);
    OK(bgcopy_manager_open(&options, &manager));
    CHECK(manager != NULL);
    return manager;
}

static inline bgcopy_job *new_job(bgcopy_manager *manager)
{
    bgcopy_job *job = NULL;
    OK(bgcopy_manager_create_job(manager, "scenario", BGCOPY_JOB_TYPE_DOWNLOAD, NULL, &job));
    return job;
}

/* A job of one file, which is served under the same name. */
static inline bgcopy_job *job_of(bgcopy_manager *manager, const char *name)
{
    bgcopy_job *job = new_job(manager);
    OK(bgcopy_job_add_file(job, url_of(name), path_of(name)));
    return job;
}

static inline void wait_for(bgcopy_job *job, uint32_t state)
{
    uint32_t found = 99;
    EXPECT(BGCOPY_S_OK, bgcopy_job_wait(job, 1, &state, PATIENCE_MS, &found));
    CHECK(found == state);
}

static inline uint32_t state_of(bgcopy_job *job)
{
    uint32_t state = 99;
    OK(bgcopy_job_get_state(job, &state));
    return state;
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
