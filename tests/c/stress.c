/* Eight threads create, cancel, complete and close at random, also the queue
 * itself, for a time. Codes may be anything that is documented; nothing may
 * crash, hang or be told after its end. */
#include "check.h"

#define THREADS 8
#define SHARED 32
#define SECONDS_DEFAULT 5

static _Atomic(bgcopy_job *) jobs[SHARED];
static _Atomic(bgcopy_manager *) the_manager;
static atomic_int running = 1;
static atomic_long calls;
static atomic_long callbacks_set;
static atomic_long callbacks_destroyed;

static void destroyed(void *user)
{
    (void)user;
    atomic_fetch_add(&callbacks_destroyed, 1);
}

static bgcopy_hresult transferred(bgcopy_job *job, void *user)
{
    (void)user;
    bgcopy_job_complete(job);
    return BGCOPY_S_OK;
}

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void make_job(bgcopy_manager *manager, unsigned random, const char *place)
{
    bgcopy_job *job = NULL;
    if (BGCOPY_FAILED(bgcopy_manager_create_job(manager, "stress", 0, NULL, &job))) {
        return;
    }
    bgcopy_job_add_file(job, url_of(random % 2u == 0 ? "one" : "gated"), place);
    if (BGCOPY_SUCCEEDED(bgcopy_job_set_transferred_callback(job, transferred, NULL, destroyed))) {
        atomic_fetch_add(&callbacks_set, 1);
    }
    bgcopy_job_resume(job);
    bgcopy_job *former = atomic_exchange(&jobs[random % SHARED], job);
    bgcopy_job_cancel(former);
    bgcopy_job_close(former);
}

static void use_job(bgcopy_job *job, unsigned random)
{
    uint32_t number;
    char *text = NULL;
    bgcopy_file *file = NULL;
    bgcopy_wait_reason *reason = NULL;
    switch (random % 7u) {
    case 0:
        bgcopy_job_cancel(job);
        break;
    case 1:
        bgcopy_job_suspend(job);
        break;
    case 2:
        bgcopy_job_resume(job);
        break;
    case 3:
        bgcopy_job_close(job);
        break;
    case 4:
        if (BGCOPY_SUCCEEDED(bgcopy_job_get_file(job, 0, &file))) {
            bgcopy_file_get_local_name(file, &text);
            bgcopy_string_free(text);
            CHECK(bgcopy_file_close(file) == BGCOPY_S_OK);
        }
        break;
    case 5:
        if (BGCOPY_SUCCEEDED(bgcopy_job_get_wait_reason(job, &reason))) {
            CHECK(bgcopy_wait_reason_close(reason) == BGCOPY_S_OK);
        }
        break;
    default:
        bgcopy_job_get_state(job, &number);
        break;
    }
}

static void *work(void *argument)
{
    unsigned seed = *(unsigned *)argument;
    char place[1024];
    while (atomic_load(&running)) {
        bgcopy_manager *manager = atomic_load(&the_manager);
        unsigned random = next_random(&seed);
        bgcopy_event *event = NULL;
        switch (random % 16u) {
        case 0:
        case 1:
            CHECK(snprintf(place, sizeof place, "%s/%u-%u", folder, *(unsigned *)argument, random) <
                  (int)sizeof place);
            make_job(manager, next_random(&seed), place);
            break;
        case 2:
            if (bgcopy_manager_next_event(manager, 1, &event) == BGCOPY_S_OK) {
                CHECK(bgcopy_event_close(event) == BGCOPY_S_OK);
            }
            break;
        default:
            use_job(atomic_load(&jobs[random % SHARED]), next_random(&seed));
            break;
        }
        atomic_fetch_add(&calls, 1);
    }
    return NULL;
}

static void pause_ms(long ms)
{
    struct timespec time = {ms / 1000, (ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

static void stress(void)
{
    const char *given = getenv("BGCOPY_STRESS_SECONDS");
    long rounds = 2 * (given == NULL ? SECONDS_DEFAULT : strtol(given, NULL, 10));
    pthread_t threads[THREADS];
    unsigned seeds[THREADS];
    atomic_store(&the_manager, open_store("store"));
    for (unsigned index = 0; index < THREADS; index++) {
        seeds[index] = index + 1;
        CHECK(pthread_create(&threads[index], NULL, work, &seeds[index]) == 0);
    }
    for (long round = 0; round < rounds; round++) {
        pause_ms(500);
        /* Closed under their hands, and opened anew. */
        OK(bgcopy_manager_close(atomic_load(&the_manager)));
        atomic_store(&the_manager, open_store("store"));
    }
    atomic_store(&running, 0);
    for (int index = 0; index < THREADS; index++) {
        CHECK(pthread_join(threads[index], NULL) == 0);
    }
    OK(bgcopy_manager_close(atomic_load(&the_manager)));
    for (int index = 0; index < SHARED; index++) {
        bgcopy_job_close(atomic_load(&jobs[index]));
    }
    printf("%ld calls, %ld callbacks\n", atomic_load(&calls), atomic_load(&callbacks_set));
    CHECK(atomic_load(&calls) > 100);
    CHECK(atomic_load(&callbacks_set) == atomic_load(&callbacks_destroyed));
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {{"stress", stress}, {NULL, NULL}};
    return run_scenario(count, arguments, scenarios);
}
