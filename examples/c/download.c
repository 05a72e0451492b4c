/*
 * Fetches two files with one job, and shows how a job is cancelled.
 *
 *   download STORE URL1 PATH1 URL2 PATH2
 */
#include <stdio.h>

#include <bgcopy.h>

/* Says what failed, and how; true if nothing did. */
static int ok(bgcopy_hresult code, const char *what)
{
    if (BGCOPY_FAILED(code)) {
        fprintf(stderr, "%s: %s (0x%08X)\n", what, bgcopy_last_error_message(), (unsigned)code);
    }
    return BGCOPY_SUCCEEDED(code);
}

/* Runs on a thread of the library. Any call is legal here, also Complete. */
static bgcopy_hresult transferred(bgcopy_job *job, void *user)
{
    (void)user;
    puts("transferred");
    return bgcopy_job_complete(job);
}

static bgcopy_hresult failed(bgcopy_job *job, bgcopy_error *error, void *user)
{
    char *text = NULL;
    (void)user;
    if (ok(bgcopy_error_get_error_description(error, &text), "description")) {
        fprintf(stderr, "failed: %s\n", text);
        bgcopy_string_free(text);
    }
    return bgcopy_job_cancel(job);
}

static int fetch(bgcopy_manager *manager, char **arguments)
{
    const uint32_t ends[] = {BGCOPY_JOB_STATE_ACKNOWLEDGED, BGCOPY_JOB_STATE_CANCELLED};
    uint32_t state = BGCOPY_JOB_STATE_CANCELLED;
    bgcopy_job *job = NULL;
    int done = ok(bgcopy_manager_create_job(manager, "two files", BGCOPY_JOB_TYPE_DOWNLOAD, NULL,
                                            &job), "create") &&
               ok(bgcopy_job_add_file(job, arguments[0], arguments[1]), arguments[0]) &&
               ok(bgcopy_job_add_file(job, arguments[2], arguments[3]), arguments[2]) &&
               ok(bgcopy_job_set_transferred_callback(job, transferred, NULL, NULL), "callback") &&
               ok(bgcopy_job_set_error_callback(job, failed, NULL, NULL), "callback") &&
               ok(bgcopy_job_resume(job), "resume") &&
               ok(bgcopy_job_wait(job, 2, ends, BGCOPY_WAIT_FOREVER, &state), "wait");
    bgcopy_job_close(job);
    return done && state == BGCOPY_JOB_STATE_ACKNOWLEDGED;
}

static int make_and_cancel(bgcopy_manager *manager)
{
    bgcopy_job *job = NULL;
    int done = ok(bgcopy_manager_create_job(manager, "not wanted", BGCOPY_JOB_TYPE_DOWNLOAD, NULL,
                                            &job), "create") &&
               ok(bgcopy_job_cancel(job), "cancel");
    if (done) {
        puts("cancelled");
    }
    bgcopy_job_close(job);
    return done;
}

int main(int count, char **arguments)
{
    bgcopy_options options = {0};
    bgcopy_manager *manager = NULL;
    if (count != 6) {
        fprintf(stderr, "usage: %s STORE URL1 PATH1 URL2 PATH2\n", arguments[0]);
        return 2;
    }
    options.size = sizeof options;
    options.store_path = arguments[1];
    if (!ok(bgcopy_manager_open(&options, &manager), "open")) {
        return 1;
    }
    int done = fetch(manager, arguments + 2) && make_and_cancel(manager);
    return ok(bgcopy_manager_close(manager), "close") && done ? 0 : 1;
}
