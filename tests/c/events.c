/* Events for programs with a loop of their own, and enumerators. */
#ifndef _WIN32
#include <poll.h>
#endif

#include "check.h"

static void asked_for(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_guid id, found_id;
    bgcopy_job *job, *found;
    bgcopy_event *event = (bgcopy_event *)&id;
    bgcopy_error *error = (bgcopy_error *)&id;
    uint32_t kind = 99, index = 99, count = 99;
    EXPECT(BGCOPY_S_FALSE, bgcopy_manager_next_event(manager, 0, &event));
    CHECK(event == NULL);
    OK(bgcopy_manager_create_job(manager, "events", BGCOPY_JOB_TYPE_DOWNLOAD, &id, &job));
    OK(bgcopy_job_add_file(job, url_of("one"), path_of("one")));
    OK(bgcopy_job_set_notify_flags(job, BGCOPY_NOTIFY_FILE_TRANSFERRED |
                                            BGCOPY_NOTIFY_JOB_TRANSFERRED));
    OK(bgcopy_job_resume(job));
    OK(bgcopy_manager_next_event(manager, PATIENCE_MS, &event));
    OK(bgcopy_event_get_kind(event, &kind));
    CHECK(kind == BGCOPY_EVENT_KIND_FILE_TRANSFERRED);
    OK(bgcopy_event_get_file_index(event, &index));
    CHECK(index == 0);
    OK(bgcopy_event_close(event));
    OK(bgcopy_manager_next_event(manager, BGCOPY_WAIT_FOREVER, &event));
    OK(bgcopy_event_get_kind(event, &kind));
    CHECK(kind == BGCOPY_EVENT_KIND_JOB_TRANSFERRED);
    EXPECT(BGCOPY_S_FALSE, bgcopy_event_get_file_index(event, &index));
    EXPECT(BGCOPY_S_FALSE, bgcopy_event_get_error(event, &error));
    CHECK(error == NULL);
    OK(bgcopy_event_get_file_ranges(event, 0, NULL, &count));
    CHECK(count == 0);
    OK(bgcopy_event_get_job_id(event, &found_id));
    CHECK(memcmp(&id, &found_id, sizeof id) == 0);
    OK(bgcopy_event_get_job(event, &found));
    OK(bgcopy_job_complete(found));
    OK(bgcopy_job_close(found));
    EXPECT(BGCOPY_DO_E_JOB_NOT_FOUND, bgcopy_event_get_job(event, &found));
    OK(bgcopy_event_close(event));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

#ifdef _WIN32
static void descriptor(void)
{
    int fd = -1;
    bgcopy_manager *manager = open_store("store");
    EXPECT(BGCOPY_E_NOTIMPL, bgcopy_manager_event_fd(manager, &fd));
    CHECK(fd == -1);
    OK(bgcopy_manager_close(manager));
}
#else
static int readable(int fd, int timeout_ms)
{
    struct pollfd one = {.fd = fd, .events = POLLIN, .revents = 0};
    return poll(&one, 1, timeout_ms);
}

static void descriptor(void)
{
    int fd = -1, again = -2;
    bgcopy_event *event;
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "missing");
    OK(bgcopy_manager_event_fd(manager, &fd));
    OK(bgcopy_manager_event_fd(manager, &again));
    CHECK(fd >= 0 && fd == again);
    CHECK(readable(fd, 0) == 0);
    OK(bgcopy_job_resume(job));
    CHECK(readable(fd, (int)PATIENCE_MS) == 1);
    CHECK(readable(fd, 0) == 1);
    OK(bgcopy_manager_next_event(manager, 0, &event));
    CHECK(readable(fd, 0) == 0);
    bgcopy_error *error;
    uint32_t context;
    bgcopy_hresult code;
    OK(bgcopy_event_get_error(event, &error));
    OK(bgcopy_error_get_error(error, &context, &code));
    CHECK(code == BGCOPY_BG_E_HTTP_ERROR_404);
    OK(bgcopy_error_close(error));
    OK(bgcopy_event_close(event));
    OK(bgcopy_job_cancel(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}
#endif

static void *wait_for_ever(void *manager)
{
    bgcopy_event *event;
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_manager_next_event(manager, BGCOPY_WAIT_FOREVER, &event));
    return NULL;
}

static void *wait_for_job(void *job)
{
    const uint32_t state = BGCOPY_JOB_STATE_TRANSFERRED;
    uint32_t found;
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_job_wait(job, 1, &state, BGCOPY_WAIT_FOREVER, &found));
    return NULL;
}

/* Whether a waiter is already waiting or comes later, its answer is the same. */
static void closed_while_waiting(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "gated");
    pthread_t first, second;
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRING);
    CHECK(pthread_create(&second, NULL, wait_for_job, job) == 0);
    OK(bgcopy_job_set_display_name(job, "a call in between"));
    bgcopy_event *event;
    EXPECT(BGCOPY_S_FALSE, bgcopy_manager_next_event(manager, 10, &event));
    CHECK(pthread_create(&first, NULL, wait_for_ever, manager) == 0);
    EXPECT(BGCOPY_S_FALSE, bgcopy_manager_next_event(manager, 50, &event));
    OK(bgcopy_manager_close(manager));
    CHECK(pthread_join(first, NULL) == 0);
    CHECK(pthread_join(second, NULL) == 0);
    OK(bgcopy_job_close(job));
}

typedef struct {
    bgcopy_manager *manager;
    bgcopy_job *job;
    bgcopy_interrupt *interrupt;
} waiting;

static void *wait_for_job_or_interrupt(void *of)
{
    waiting *own = of;
    const uint32_t state = BGCOPY_JOB_STATE_TRANSFERRED;
    uint32_t found;
    EXPECT(BGCOPY_E_ABORT, bgcopy_job_wait_interruptible(own->job, 1, &state, BGCOPY_WAIT_FOREVER,
                                                         own->interrupt, &found));
    return NULL;
}

static void *wait_for_event_or_interrupt(void *of)
{
    waiting *own = of;
    bgcopy_event *event;
    EXPECT(BGCOPY_E_ABORT, bgcopy_manager_next_event_interruptible(
                               own->manager, BGCOPY_WAIT_FOREVER, own->interrupt, &event));
    return NULL;
}

/* Whether a waiter is already waiting or comes later, its answer is the same. */
static void interrupted(void)
{
    waiting all = {.manager = open_store("store")};
    pthread_t first, second;
    bgcopy_event *event;
    uint32_t raised = 9;
    const uint32_t suspended = BGCOPY_JOB_STATE_SUSPENDED;
    all.job = job_of(all.manager, "gated");
    OK(bgcopy_interrupt_create(&all.interrupt));
    OK(bgcopy_job_wait_interruptible(all.job, 1, &suspended, 0, all.interrupt, &raised));
    CHECK(raised == suspended);
    EXPECT(BGCOPY_E_TIMEOUT, bgcopy_job_wait_interruptible(all.job, 0, NULL, 1, all.interrupt, &raised));
    EXPECT(BGCOPY_S_FALSE, bgcopy_manager_next_event_interruptible(all.manager, 1, all.interrupt, &event));
    CHECK(event == NULL);
    CHECK(pthread_create(&first, NULL, wait_for_job_or_interrupt, &all) == 0);
    CHECK(pthread_create(&second, NULL, wait_for_event_or_interrupt, &all) == 0);
    EXPECT(BGCOPY_S_FALSE, bgcopy_manager_next_event(all.manager, 50, &event));
    OK(bgcopy_interrupt_is_raised(all.interrupt, &raised));
    CHECK(raised == 0);
    OK(bgcopy_interrupt_raise(all.interrupt));
    OK(bgcopy_interrupt_raise(all.interrupt));
    CHECK(pthread_join(first, NULL) == 0);
    CHECK(pthread_join(second, NULL) == 0);
    OK(bgcopy_interrupt_is_raised(all.interrupt, &raised));
    CHECK(raised == 1);
    wait_for_job_or_interrupt(&all);
    wait_for_event_or_interrupt(&all);
    OK(bgcopy_interrupt_close(all.interrupt));
    OK(bgcopy_job_cancel(all.job));
    OK(bgcopy_job_close(all.job));
    OK(bgcopy_manager_close(all.manager));
}

/* Asks for so many, gets so many, and returns their names, one letter each. */
static const char *next_names(bgcopy_enum_jobs *jobs, uint32_t wanted, uint32_t given)
{
    static char names[9];
    bgcopy_job *found[8];
    uint32_t fetched = 99;
    char *name;
    memset(names, 0, sizeof names);
    EXPECT(given == wanted ? BGCOPY_S_OK : BGCOPY_S_FALSE,
           bgcopy_enum_jobs_next(jobs, wanted, found, &fetched));
    CHECK(fetched == given);
    for (uint32_t index = 0; index < given; index++) {
        OK(bgcopy_job_get_display_name(found[index], &name));
        names[index] = name[0];
        bgcopy_string_free(name);
        OK(bgcopy_job_close(found[index]));
    }
    return names;
}

static void enumerators(void)
{
    const char *names[] = {"a", "b", "c", "d", "e"};
    char all[9];
    bgcopy_manager *manager = open_store("store");
    bgcopy_enum_jobs *jobs, *clone;
    bgcopy_job *job;
    uint32_t count = 99;
    for (size_t index = 0; index < 5; index++) {
        OK(bgcopy_manager_create_job(manager, names[index], BGCOPY_JOB_TYPE_DOWNLOAD, NULL, &job));
        OK(bgcopy_job_close(job));
    }
    OK(bgcopy_manager_enum_jobs(manager, &jobs));
    OK(bgcopy_enum_jobs_count(jobs, &count));
    CHECK(count == 5);
    memcpy(all, next_names(jobs, 8, 5), sizeof all);
    for (size_t index = 0; index < 5; index++) {
        CHECK(strchr(all, names[index][0]) != NULL);
    }
    OK(bgcopy_enum_jobs_reset(jobs));
    CHECK(strncmp(next_names(jobs, 2, 2), all, 2) == 0);
    OK(bgcopy_enum_jobs_clone(jobs, &clone));
    OK(bgcopy_enum_jobs_skip(jobs, 2));
    CHECK(strcmp(next_names(jobs, 3, 1), all + 4) == 0);
    next_names(jobs, 1, 0);
    EXPECT(BGCOPY_S_FALSE, bgcopy_enum_jobs_next(jobs, 1, &job, NULL));
    OK(bgcopy_enum_jobs_skip(jobs, 0));
    EXPECT(BGCOPY_S_FALSE, bgcopy_enum_jobs_skip(jobs, 1));
    OK(bgcopy_enum_jobs_reset(jobs));
    /* The list is of when it was made; who has left it is still known. */
    OK(bgcopy_enum_jobs_next(jobs, 1, &job, NULL));
    OK(bgcopy_job_cancel(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_enum_jobs_reset(jobs));
    OK(bgcopy_enum_jobs_next(jobs, 1, &job, NULL));
    CHECK(state_of(job) == BGCOPY_JOB_STATE_CANCELLED);
    OK(bgcopy_job_close(job));
    OK(bgcopy_enum_jobs_close(jobs));
    CHECK(strcmp(next_names(clone, 8, 3), all + 2) == 0);
    OK(bgcopy_enum_jobs_close(clone));
    OK(bgcopy_manager_close(manager));
}

static void files(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = new_job(manager);
    bgcopy_enum_files *all, *clone;
    bgcopy_file *found[4];
    uint32_t count = 99;
    char *name;
    const bgcopy_file_info infos[3] = {
        {url_of("one"), path_of("1")}, {url_of("two"), path_of("2")}, {url_of("one"), path_of("3")}};
    OK(bgcopy_job_add_file_set(job, 3, infos));
    OK(bgcopy_job_enum_files(job, &all));
    OK(bgcopy_enum_files_count(all, &count));
    CHECK(count == 3);
    OK(bgcopy_enum_files_skip(all, 1));
    OK(bgcopy_enum_files_clone(all, &clone));
    EXPECT(BGCOPY_S_FALSE, bgcopy_enum_files_next(all, 4, found, &count));
    CHECK(count == 2);
    OK(bgcopy_file_get_local_name(found[0], &name));
    CHECK(strcmp(name, path_of("2")) == 0);
    bgcopy_string_free(name);
    OK(bgcopy_file_close(found[0]));
    OK(bgcopy_file_close(found[1]));
    OK(bgcopy_enum_files_reset(clone));
    OK(bgcopy_enum_files_next(clone, 3, found, &count));
    for (size_t index = 0; index < 3; index++) {
        OK(bgcopy_file_close(found[index]));
    }
    OK(bgcopy_enum_files_close(all));
    OK(bgcopy_enum_files_close(clone));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"asked_for", asked_for},
        {"descriptor", descriptor},
        {"closed_while_waiting", closed_while_waiting},
        {"interrupted", interrupted},
        {"enumerators", enumerators},
        {"files", files},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
