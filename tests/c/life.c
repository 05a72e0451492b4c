/* The life of a job, with callbacks. */
#include "check.h"

static tally called = TALLY;
static tally destroyed = TALLY;

static void destroy(void *user)
{
    CHECK(user == &called);
    tally_add(&destroyed);
}

static bgcopy_hresult complete_it(bgcopy_job *job, void *user)
{
    CHECK(user == &called);
    CHECK(state_of(job) == BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_complete(job));
    CHECK(state_of(job) == BGCOPY_JOB_STATE_ACKNOWLEDGED);
    tally_add(&called);
    return BGCOPY_S_OK;
}

static void download(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    OK(bgcopy_job_add_file(job, url_of("two"), path_of("two")));
    OK(bgcopy_job_set_transferred_callback(job, complete_it, &called, destroy));
    OK(bgcopy_job_resume(job));
    tally_wait(&called, 1);
    tally_wait(&destroyed, 1);
    CHECK(state_of(job) == BGCOPY_JOB_STATE_ACKNOWLEDGED);
    bgcopy_job_progress progress;
    OK(bgcopy_job_get_progress(job, &progress));
    CHECK(progress.files_total == 2 && progress.files_transferred == 2);
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
    CHECK(tally_now(&called) == 1 && tally_now(&destroyed) == 1);
}

static bgcopy_hresult cancel_it(bgcopy_job *job, bgcopy_file *file, void *user)
{
    uint32_t index = 99;
    CHECK(user == &called);
    OK(bgcopy_file_get_index(file, &index));
    CHECK(index == 0);
    OK(bgcopy_job_cancel(job));
    OK(bgcopy_job_close(job));
    EXPECT(BGCOPY_E_HANDLE, bgcopy_job_close(job));
    tally_add(&called);
    return BGCOPY_S_OK;
}

static void cancel_in_callback(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    OK(bgcopy_job_add_file(job, url_of("gated"), path_of("gated")));
    OK(bgcopy_job_set_notify_flags(job, BGCOPY_NOTIFY_FILE_TRANSFERRED));
    OK(bgcopy_job_set_file_transferred_callback(job, cancel_it, &called, destroy));
    OK(bgcopy_job_resume(job));
    tally_wait(&destroyed, 1);
    CHECK(tally_now(&called) == 1);
    CHECK(state_of(job) == BGCOPY_JOB_STATE_CANCELLED);
    EXPECT(BGCOPY_DO_E_INVALID_STATE, bgcopy_job_resume(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static bgcopy_hresult count_file(bgcopy_job *job, bgcopy_file *file, void *user)
{
    (void)job;
    (void)file;
    tally_add(user);
    return BGCOPY_S_OK;
}

static void partial(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    OK(bgcopy_job_add_file(job, url_of("gated"), path_of("gated")));
    OK(bgcopy_job_set_notify_flags(job, BGCOPY_NOTIFY_FILE_TRANSFERRED));
    OK(bgcopy_job_set_file_transferred_callback(job, count_file, &called, destroy));
    OK(bgcopy_job_resume(job));
    tally_wait(&called, 1);
    EXPECT(BGCOPY_BG_S_PARTIAL_COMPLETE, bgcopy_job_complete(job));
    bgcopy_file *file;
    bgcopy_file_progress progress;
    OK(bgcopy_job_get_file(job, 0, &file));
    OK(bgcopy_file_get_progress(file, &progress));
    CHECK(progress.completed == 1 && progress.bytes_total == progress.bytes_transferred);
    OK(bgcopy_file_close(file));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
    tally_wait(&destroyed, 1);
}

static bgcopy_hresult look_at_error(bgcopy_job *job, bgcopy_error *error, void *user)
{
    uint32_t context = 99;
    bgcopy_hresult code = 0;
    char *text = NULL;
    bgcopy_file *file = NULL;
    (void)job;
    OK(bgcopy_error_get_error(error, &context, &code));
    CHECK(context == BGCOPY_ERROR_CONTEXT_REMOTE_FILE);
    CHECK(code == BGCOPY_BG_E_HTTP_ERROR_404);
    OK(bgcopy_error_get_error_description(error, &text));
    CHECK(strstr(text, "404") != NULL);
    bgcopy_string_free(text);
    OK(bgcopy_error_get_error_context_description(error, &text));
    CHECK(strlen(text) > 0);
    bgcopy_string_free(text);
    OK(bgcopy_error_get_protocol(error, &text));
    CHECK(strcmp(text, "http") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_error_get_file(error, &file));
    OK(bgcopy_file_get_remote_name(file, &text));
    CHECK(strcmp(text, url_of("missing")) == 0);
    bgcopy_string_free(text);
    OK(bgcopy_file_close(file));
    tally_add(user);
    /* Refused the first time: it is told again. */
    return tally_now(user) == 1 ? BGCOPY_E_FAIL : BGCOPY_S_OK;
}

static void failure(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "missing");
    bgcopy_wait_reason *reason;
    bgcopy_file *file;
    bgcopy_error *error;
    bgcopy_hresult code = 0;
    uint32_t kind = 99, count = 99;
    uint64_t when = 1;
    char *text = NULL;
    OK(bgcopy_job_set_error_callback(job, look_at_error, &called, destroy));
    OK(bgcopy_job_resume(job));
    tally_wait(&called, 2);
    OK(bgcopy_job_get_error_count(job, &count));
    CHECK(count == 1);
    OK(bgcopy_job_get_wait_reason(job, &reason));
    OK(bgcopy_wait_reason_get_kind(reason, &kind));
    CHECK(kind == BGCOPY_WAIT_KIND_LINK_EXPIRED);
    OK(bgcopy_wait_reason_get_code(reason, &code));
    CHECK(code == BGCOPY_BG_E_HTTP_ERROR_404);
    OK(bgcopy_wait_reason_get_since(reason, &when));
    CHECK(llabs(bgcopy_time_to_unix_ms(when) / 1000 - (int64_t)time(NULL)) < 3600);
    EXPECT(BGCOPY_S_FALSE, bgcopy_wait_reason_get_next_try(reason, &when));
    CHECK(when == 0);
    OK(bgcopy_wait_reason_get_message(reason, &text));
    bgcopy_string_free(text);
    OK(bgcopy_wait_reason_get_unblock(reason, &text));
    CHECK(strlen(text) > 0);
    bgcopy_string_free(text);
    OK(bgcopy_wait_reason_close(reason));
    OK(bgcopy_job_get_file(job, 0, &file));
    OK(bgcopy_file_get_error(file, &error));
    OK(bgcopy_file_close(file));
    OK(bgcopy_error_get_error(error, &kind, &code));
    CHECK(code == BGCOPY_BG_E_HTTP_ERROR_404);
    OK(bgcopy_error_get_file(error, &file));
    OK(bgcopy_file_close(file));
    OK(bgcopy_error_close(error));
    OK(bgcopy_job_cancel(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
    CHECK(tally_now(&called) == 2 && tally_now(&destroyed) == 1);
}

static void registered_late(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_set_transferred_callback(job, complete_it, &called, destroy));
    tally_wait(&destroyed, 1);
    CHECK(state_of(job) == BGCOPY_JOB_STATE_ACKNOWLEDGED);
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void replaced(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    OK(bgcopy_job_set_transferred_callback(job, complete_it, &called, destroy));
    OK(bgcopy_job_set_transferred_callback(job, complete_it, &called, destroy));
    CHECK(tally_now(&destroyed) == 1);
    OK(bgcopy_job_set_transferred_callback(job, NULL, NULL, NULL));
    CHECK(tally_now(&destroyed) == 2);
    OK(bgcopy_job_set_modification_callback(job, complete_it, &called, destroy));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
    CHECK(tally_now(&destroyed) == 3 && tally_now(&called) == 0);
}

static bgcopy_manager *to_be_closed;

static bgcopy_hresult close_manager(bgcopy_job *job, void *user)
{
    (void)job;
    EXPECT(BGCOPY_DO_E_INVALID_STATE, bgcopy_manager_close(to_be_closed));
    CHECK(strlen(bgcopy_last_error_message()) > 0);
    tally_add(user);
    return BGCOPY_S_OK;
}

static void manager_is_not_closed_in_callback(void)
{
    to_be_closed = open_store("store");
    bgcopy_job *job = job_of(to_be_closed, "one");
    OK(bgcopy_job_set_transferred_callback(job, close_manager, &called, destroy));
    OK(bgcopy_job_resume(job));
    tally_wait(&called, 1);
    OK(bgcopy_job_cancel(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(to_be_closed));
}

static bgcopy_hresult add_ranges(bgcopy_job *job, bgcopy_file *file, uint32_t count,
                                 const bgcopy_file_range *ranges, void *user)
{
    (void)job;
    (void)file;
    CHECK(count > 0);
    for (uint32_t index = 0; index < count; index++) {
        *(uint64_t *)user += ranges[index].length;
    }
    return BGCOPY_S_OK;
}

static void ranges(void)
{
    static uint64_t arrived;
    const bgcopy_file_range wanted[2] = {{1000, 500}, {0, 10}};
    bgcopy_file_range found[2];
    uint32_t count = 99;
    bgcopy_file *file;
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = new_job(manager);
    OK(bgcopy_job_add_file_with_ranges(job, url_of("one"), path_of("pieces"), 2, wanted));
    OK(bgcopy_job_get_file(job, 0, &file));
    EXPECT(BGCOPY_S_FALSE, bgcopy_file_get_file_ranges(file, 1, found, &count));
    CHECK(count == 2 && found[0].initial_offset == 1000);
    OK(bgcopy_file_get_file_ranges(file, 2, found, &count));
    CHECK(found[1].length == 10);
    OK(bgcopy_file_get_filled_file_ranges(file, 2, found, &count));
    CHECK(count == 0);
    OK(bgcopy_job_set_notify_flags(job, BGCOPY_NOTIFY_FILE_RANGES_TRANSFERRED |
                                            BGCOPY_NOTIFY_JOB_TRANSFERRED));
    OK(bgcopy_job_set_file_ranges_transferred_callback(job, add_ranges, &arrived, NULL));
    OK(bgcopy_job_set_transferred_callback(job, complete_it, &called, destroy));
    OK(bgcopy_job_resume(job));
    tally_wait(&destroyed, 1);
    CHECK(arrived == 510);
    OK(bgcopy_file_close(file));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static bgcopy_hresult count_bytes(bgcopy_job *job, bgcopy_file *file, uint32_t count,
                                  const bgcopy_file_range *ranges, void *user)
{
    (void)job;
    (void)file;
    CHECK(count == 1 && ranges[0].length > 0);
    tally_add(user);
    return BGCOPY_S_OK;
}

static bgcopy_hresult count_restart(bgcopy_job *job, bgcopy_file *file, void *user)
{
    uint32_t index = 99;
    (void)job;
    OK(bgcopy_file_get_index(file, &index));
    CHECK(index == 0);
    tally_add(user);
    return BGCOPY_S_OK;
}

/* A file whose bytes are given up for those of another version. */
static void restarted(void)
{
    static tally came = TALLY, again = TALLY;
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = new_job(manager);
    bgcopy_file *file = NULL;
    OK(bgcopy_job_add_file(job, url_of("gated"), path_of("one")));
    OK(bgcopy_job_set_notify_flags(job, BGCOPY_NOTIFY_FILE_RANGES_TRANSFERRED));
    OK(bgcopy_job_set_file_ranges_transferred_callback(job, count_bytes, &came, NULL));
    OK(bgcopy_job_set_file_restarted_callback(job, count_restart, &again, NULL));
    OK(bgcopy_job_resume(job));
    tally_wait(&came, 1);
    OK(bgcopy_job_suspend(job));
    CHECK(tally_now(&again) == 0);
    OK(bgcopy_job_get_file(job, 0, &file));
    OK(bgcopy_file_set_remote_name(file, url_of("one")));
    OK(bgcopy_job_resume(job));
    tally_wait(&again, 1);
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_complete(job));
    CHECK(tally_now(&again) == 1);
    OK(bgcopy_file_close(file));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

/* A wait without states is for one in which nothing goes on by itself. */
static void ended(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_interrupt *interrupt = NULL;
    bgcopy_job *job = job_of(manager, "one");
    uint32_t found = 99;
    EXPECT(BGCOPY_E_TIMEOUT, bgcopy_job_wait(job, 0, NULL, 0, &found));
    OK(bgcopy_job_resume(job));
    OK(bgcopy_job_wait(job, 0, NULL, PATIENCE_MS, &found));
    CHECK(found == BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_complete(job));
    OK(bgcopy_interrupt_create(&interrupt));
    OK(bgcopy_job_wait_interruptible(job, 0, NULL, PATIENCE_MS, interrupt, &found));
    CHECK(found == BGCOPY_JOB_STATE_ACKNOWLEDGED);
    OK(bgcopy_interrupt_close(interrupt));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void reopened(void)
{
    bgcopy_guid id;
    bgcopy_job *job = NULL;
    bgcopy_manager *manager = open_store("store");
    OK(bgcopy_manager_create_job(manager, "kept", BGCOPY_JOB_TYPE_DOWNLOAD, &id, &job));
    OK(bgcopy_job_add_file(job, url_of("one"), path_of("one")));
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_manager_close(manager));
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_job_complete(job));
    OK(bgcopy_job_close(job));
    manager = open_store("store");
    OK(bgcopy_manager_get_job(manager, &id, &job));
    OK(bgcopy_job_set_transferred_callback(job, complete_it, &called, destroy));
    tally_wait(&destroyed, 1);
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void mirror(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = NULL;
    bgcopy_file *file = NULL;
    uint32_t sources = 0;
    char *url = NULL;
    char *message = NULL;
    bgcopy_guid id;
    bgcopy_file_source source = {.size = sizeof source};
    OK(bgcopy_manager_create_job(manager, "mirror", BGCOPY_JOB_TYPE_DOWNLOAD, &id, &job));
    OK(bgcopy_job_add_file(job, url_of("nothing"), path_of("one")));
    OK(bgcopy_job_get_file(job, 0, &file));
    OK(bgcopy_file_add_mirror(file, url_of("one")));
    EXPECT(BGCOPY_S_FALSE, bgcopy_file_add_mirror(file, url_of("one")));
    OK(bgcopy_file_get_source_count(file, &sources));
    CHECK(sources == 2);
    OK(bgcopy_file_get_source(file, 1, &source, &url, &message));
    CHECK(source.kind == BGCOPY_SOURCE_KIND_MIRROR && source.state == BGCOPY_SOURCE_STATE_READY);
    CHECK(strcmp(url, url_of("one")) == 0 && message == NULL && source.code == BGCOPY_S_OK);
    bgcopy_string_free(url);
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_file_get_source(file, 0, &source, &url, &message));
    CHECK(source.kind == BGCOPY_SOURCE_KIND_ORIGIN && source.state == BGCOPY_SOURCE_STATE_FAILED);
    CHECK((uint32_t)source.code == 0x80190194u && source.failure_time > 0 && message != NULL);
    bgcopy_string_free(url);
    bgcopy_string_free(message);
    OK(bgcopy_job_complete(job));
    OK(bgcopy_file_close(file));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"download", download},
        {"cancel_in_callback", cancel_in_callback},
        {"partial", partial},
        {"failure", failure},
        {"registered_late", registered_late},
        {"replaced", replaced},
        {"manager_is_not_closed_in_callback", manager_is_not_closed_in_callback},
        {"ranges", ranges},
        {"restarted", restarted},
        {"ended", ended},
        {"reopened", reopened},
        {"mirror", mirror},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
