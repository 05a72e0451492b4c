/*
 * Sends files, each with a job of its own.
 *
 *   upload STORE URL PATH [URL PATH ...]
 */
#include <stdio.h>
#include <stdlib.h>

#include <bgcopy.h>

/* Says what failed, and how; true if nothing did. */
static int ok(bgcopy_hresult code, const char *what)
{
    if (BGCOPY_FAILED(code)) {
        fprintf(stderr, "%s: %s (0x%08X)\n", what, bgcopy_last_error_message(), (unsigned)code);
    }
    return BGCOPY_SUCCEEDED(code);
}

/* Says why a job does not move, and what would help. */
static void explain(bgcopy_job *job, const char *path)
{
    bgcopy_wait_reason *reason = NULL;
    char *message = NULL;
    char *unblock = NULL;
    if (ok(bgcopy_job_get_wait_reason(job, &reason), "reason") &&
        ok(bgcopy_wait_reason_get_message(reason, &message), "message") &&
        ok(bgcopy_wait_reason_get_unblock(reason, &unblock), "unblock")) {
        fprintf(stderr, "%s: %s; %s\n", path, message, unblock);
    }
    bgcopy_string_free(message);
    bgcopy_string_free(unblock);
    bgcopy_wait_reason_close(reason);
}

/* Sees one upload to its end. A job that failed is given up: the server is told
 * to forget what it has of the file. */
static int finish(bgcopy_job *job, const char *path)
{
    const uint32_t ends[] = {BGCOPY_JOB_STATE_TRANSFERRED, BGCOPY_JOB_STATE_ERROR};
    uint32_t state = BGCOPY_JOB_STATE_ERROR;
    if (!ok(bgcopy_job_wait(job, 2, ends, BGCOPY_WAIT_FOREVER, &state), "wait")) {
        return 0;
    }
    if (state == BGCOPY_JOB_STATE_ERROR) {
        explain(job, path);
        ok(bgcopy_job_cancel(job), "cancel");
        return 0;
    }
    printf("sent %s\n", path);
    return ok(bgcopy_job_complete(job), "complete");
}

static int send_all(bgcopy_manager *manager, uint32_t count, const bgcopy_file_info *files)
{
    bgcopy_job **jobs = calloc(count, sizeof *jobs);
    if (jobs == NULL || !ok(bgcopy_manager_create_uploads(manager, count, files, jobs), "create")) {
        free(jobs);
        return 0;
    }
    int done = 1;
    for (uint32_t index = 0; index < count; index++) {
        done = ok(bgcopy_job_resume(jobs[index]), "resume") && done;
    }
    /* They are sent at the same time, whichever is waited for. */
    for (uint32_t index = 0; index < count; index++) {
        done = finish(jobs[index], files[index].local_name) && done;
        bgcopy_job_close(jobs[index]);
    }
    free(jobs);
    return done;
}

int main(int count, char **arguments)
{
    bgcopy_options options = {0};
    bgcopy_manager *manager = NULL;
    bgcopy_file_info files[16] = {{NULL, NULL}};
    int pairs = (count - 2) / 2;
    if (count < 4 || count % 2 != 0 || pairs > 16) {
        fprintf(stderr, "usage: %s STORE URL PATH [URL PATH ...]\n", arguments[0]);
        return 2;
    }
    for (int index = 0; index < pairs; index++) {
        files[index].remote_name = arguments[2 + 2 * index];
        files[index].local_name = arguments[3 + 2 * index];
    }
    options.size = sizeof options;
    options.store_path = arguments[1];
    if (!ok(bgcopy_manager_open(&options, &manager), "open")) {
        return 1;
    }
    int done = send_all(manager, (uint32_t)pairs, files);
    return ok(bgcopy_manager_close(manager), "close") && done ? 0 : 1;
}
