/* Files that are sent, and the replies to them. What is sent is fetched first,
 * and the test looks at what the server has of it. */
#include "check.h"

/* Fetches a file that is served under this name. */
static void fetch(bgcopy_manager *manager, const char *name)
{
    bgcopy_job *job = job_of(manager, name);
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_complete(job));
    OK(bgcopy_job_close(job));
}

static void several(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *jobs[3] = {NULL, NULL, NULL};
    uint32_t count = 99, type = 99;
    fetch(manager, "one");
    fetch(manager, "two");
    bgcopy_file_info files[3] = {
        {url_of("up/one"), path_of("one")},
        {url_of("up/two"), path_of("two")},
        {url_of("up/three"), path_of("three")},
    };
    /* All or none: the third is not there. */
    EXPECT(BGCOPY_E_FILE_NOT_FOUND, bgcopy_manager_create_uploads(manager, 3, files, jobs));
    CHECK(jobs[0] == NULL && jobs[1] == NULL && jobs[2] == NULL);
    bgcopy_enum_jobs *list = NULL;
    OK(bgcopy_manager_enum_jobs(manager, &list));
    OK(bgcopy_enum_jobs_count(list, &count));
    CHECK(count == 0);
    OK(bgcopy_enum_jobs_close(list));
    OK(bgcopy_manager_create_uploads(manager, 0, NULL, NULL));
    OK(bgcopy_manager_create_uploads(manager, 2, files, jobs));
    CHECK(jobs[2] == NULL);
    for (int index = 0; index < 2; index++) {
        bgcopy_file *file = NULL;
        char *text = NULL;
        CHECK(state_of(jobs[index]) == BGCOPY_JOB_STATE_SUSPENDED);
        OK(bgcopy_job_get_type(jobs[index], &type));
        CHECK(type == BGCOPY_JOB_TYPE_UPLOAD);
        OK(bgcopy_job_get_display_name(jobs[index], &text));
        CHECK(strcmp(text, index == 0 ? "one" : "two") == 0);
        bgcopy_string_free(text);
        OK(bgcopy_job_get_file(jobs[index], 0, &file));
        OK(bgcopy_file_get_remote_name(file, &text));
        CHECK(strcmp(text, files[index].remote_name) == 0);
        bgcopy_string_free(text);
        OK(bgcopy_file_close(file));
        EXPECT(BGCOPY_BG_E_TOO_MANY_FILES,
               bgcopy_job_add_file(jobs[index], url_of("up/two"), path_of("two")));
        OK(bgcopy_job_resume(jobs[index]));
    }
    for (int index = 0; index < 2; index++) {
        wait_for(jobs[index], BGCOPY_JOB_STATE_TRANSFERRED);
        OK(bgcopy_job_complete(jobs[index]));
        OK(bgcopy_job_close(jobs[index]));
    }
    OK(bgcopy_manager_close(manager));
}

/* Started at once, as one that was set up, and ended in one call. */
static void started(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *like = NULL, *jobs[3] = {NULL, NULL, NULL};
    bgcopy_hresult results[3] = {99, 99, 99};
    uint32_t priority = 99;
    fetch(manager, "one");
    fetch(manager, "two");
    bgcopy_file_info files[2] = {
        {url_of("up/one"), path_of("one")},
        {url_of("up/two"), path_of("two")},
    };
    bgcopy_job *download = job_of(manager, "one");
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_manager_start_uploads(manager, 2, files, download, jobs));
    CHECK(jobs[0] == NULL && jobs[1] == NULL);
    OK(bgcopy_manager_create_job(manager, "like", BGCOPY_JOB_TYPE_UPLOAD, NULL, &like));
    OK(bgcopy_job_set_priority(like, BGCOPY_JOB_PRIORITY_HIGH));
    OK(bgcopy_manager_start_uploads(manager, 2, files, like, jobs));
    jobs[2] = like;
    for (int index = 0; index < 2; index++) {
        OK(bgcopy_job_get_priority(jobs[index], &priority));
        CHECK(priority == BGCOPY_JOB_PRIORITY_HIGH);
        wait_for(jobs[index], BGCOPY_JOB_STATE_TRANSFERRED);
    }
    /* One that is not transferred is of no concern to the others. */
    OK(bgcopy_manager_complete_all(manager, 3, jobs, results));
    CHECK(results[0] == BGCOPY_S_OK && results[1] == BGCOPY_S_OK);
    CHECK(results[2] == BGCOPY_DO_E_INVALID_STATE);
    OK(bgcopy_manager_cancel_all(manager, 3, jobs, results));
    CHECK(results[0] == BGCOPY_DO_E_INVALID_STATE && results[2] == BGCOPY_S_OK);
    CHECK(state_of(jobs[1]) == BGCOPY_JOB_STATE_ACKNOWLEDGED);
    CHECK(state_of(like) == BGCOPY_JOB_STATE_CANCELLED);
    for (int index = 0; index < 3; index++) {
        OK(bgcopy_job_close(jobs[index]));
    }
    OK(bgcopy_job_close(download));
    OK(bgcopy_manager_close(manager));
}

/* True if the reply is what its file has. */
static int is_in_file(const uint8_t *data, uint32_t length, const char *path)
{
    static uint8_t found[BGCOPY_REPLY_DATA_BYTES_MAX];
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t got = fread(found, 1, sizeof found, file);
    CHECK(fclose(file) == 0);
    return got == length && memcmp(found, data, length) == 0;
}

static void reply(void)
{
    static uint8_t data[BGCOPY_REPLY_DATA_BYTES_MAX];
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = NULL;
    bgcopy_job_reply_progress progress;
    uint32_t length = 99;
    char *text = NULL;
    fetch(manager, "one");
    OK(bgcopy_manager_create_job(manager, "asks", BGCOPY_JOB_TYPE_UPLOAD_REPLY, NULL, &job));
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_reply_file_name(job, &text));
    CHECK(text == NULL);
    OK(bgcopy_job_add_file(job, url_of("up/one"), path_of("one")));
    OK(bgcopy_job_get_reply_file_name(job, &text));
    CHECK(strcmp(text, path_of("one.reply")) == 0);
    bgcopy_string_free(text);
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_job_set_reply_file_name(job, "relative"));
    OK(bgcopy_job_set_reply_file_name(job, path_of("answer")));
    OK(bgcopy_job_get_reply_file_name(job, &text));
    CHECK(strcmp(text, path_of("answer")) == 0);
    bgcopy_string_free(text);
    OK(bgcopy_job_get_reply_progress(job, &progress));
    CHECK(progress.bytes_total == BGCOPY_SIZE_UNKNOWN && progress.bytes_transferred == 0);
    EXPECT(BGCOPY_DO_E_INVALID_STATE, bgcopy_job_get_reply_data(job, 0, NULL, &length));
    CHECK(length == 99);
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_get_reply_progress(job, &progress));
    CHECK(progress.bytes_total == 1000 && progress.bytes_transferred == 1000);
    EXPECT(BGCOPY_DO_E_INVALID_STATE, bgcopy_job_set_reply_file_name(job, NULL));
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_reply_data(job, 0, NULL, &length));
    CHECK(length == 1000);
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_reply_data(job, 10, data, &length));
    CHECK(length == 1000 && data[10] == 0 && data[999] == 0);
    OK(bgcopy_job_get_reply_data(job, sizeof data, data, &length));
    CHECK(length == 1000);
    OK(bgcopy_job_complete(job));
    CHECK(is_in_file(data, length, path_of("answer")));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

/* A job of another type has none, and a server may send none. */
static void no_reply(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job_reply_progress progress;
    uint32_t length = 99;
    char *text = NULL;
    fetch(manager, "one");
    for (uint32_t type = BGCOPY_JOB_TYPE_DOWNLOAD; type <= BGCOPY_JOB_TYPE_UPLOAD; type++) {
        bgcopy_job *job = NULL;
        OK(bgcopy_manager_create_job(manager, "no reply", type, NULL, &job));
        EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_get_reply_progress(job, &progress));
        EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_get_reply_data(job, 0, NULL, &length));
        EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_get_reply_file_name(job, &text));
        EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_set_reply_file_name(job, path_of("answer")));
        CHECK(length == 99 && text == NULL);
        OK(bgcopy_job_cancel(job));
        OK(bgcopy_job_close(job));
    }
    bgcopy_job *job = NULL;
    OK(bgcopy_manager_create_job(manager, "asks", BGCOPY_JOB_TYPE_UPLOAD_REPLY, NULL, &job));
    OK(bgcopy_job_add_file(job, url_of("silent/one"), path_of("one")));
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_reply_data(job, 0, NULL, &length));
    CHECK(length == 0);
    OK(bgcopy_job_complete(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

/* A suspended job that sends a file by this protocol. */
static bgcopy_job *upload(bgcopy_manager *manager, uint32_t protocol, const char *to,
                          const char *name)
{
    bgcopy_property_value value = {.type = BGCOPY_PROPERTY_TYPE_DWORD, .data.dword = protocol};
    bgcopy_job *job = NULL;
    OK(bgcopy_manager_create_job(manager, "sends", BGCOPY_JOB_TYPE_UPLOAD, NULL, &job));
    OK(bgcopy_job_add_file(job, url_of(to), path_of(name)));
    OK(bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_UPLOAD_PROTOCOL, &value));
    if (protocol == BGCOPY_UPLOAD_PROTOCOL_S3) {
        OK(bgcopy_job_set_credentials(job, BGCOPY_AUTH_TARGET_SERVER, BGCOPY_AUTH_SCHEME_BASIC,
                                      "id", "secret"));
    }
    OK(bgcopy_job_resume(job));
    return job;
}

static void protocols(void)
{
    bgcopy_manager *manager = open_store("store");
    const struct {
        uint32_t protocol;
        const char *to;
    } ways[] = {
        {BGCOPY_UPLOAD_PROTOCOL_TUS, "tus/one"},
        {BGCOPY_UPLOAD_PROTOCOL_IETF, "ietf/one"},
        {BGCOPY_UPLOAD_PROTOCOL_S3, "s3/one"},
    };
    fetch(manager, "one");
    for (size_t index = 0; index < sizeof ways / sizeof *ways; index++) {
        bgcopy_job *job = upload(manager, ways[index].protocol, ways[index].to, "one");
        wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
        OK(bgcopy_job_complete(job));
        OK(bgcopy_job_close(job));
    }
    OK(bgcopy_manager_close(manager));
}

/* Waits until a cancelled job owes its server nothing any more. */
static void settle(bgcopy_job *job)
{
    const struct timespec moment = {0, 2000000};
    uint32_t kind = BGCOPY_WAIT_KIND_CANCELLING_ON_SERVER;
    for (uint32_t tries = 0; tries < PATIENCE_MS / 2; tries++) {
        bgcopy_wait_reason *reason = NULL;
        OK(bgcopy_job_get_wait_reason(job, &reason));
        OK(bgcopy_wait_reason_get_kind(reason, &kind));
        OK(bgcopy_wait_reason_close(reason));
        if (kind != BGCOPY_WAIT_KIND_CANCELLING_ON_SERVER)
            break;
        nanosleep(&moment, NULL);
    }
    CHECK(kind == BGCOPY_WAIT_KIND_FINISHED);
}

/* Their servers cut the first request with bytes: half of them are there. By S3
 * one part is refused, and the other one is there. */
static void cancelled(void)
{
    bgcopy_manager *manager = open_store("store");
    const struct {
        uint32_t protocol;
        const char *to, *name;
    } ways[] = {
        {BGCOPY_UPLOAD_PROTOCOL_BITS, "cut/bits/one", "one"},
        {BGCOPY_UPLOAD_PROTOCOL_TUS, "cut/tus/one", "one"},
        {BGCOPY_UPLOAD_PROTOCOL_IETF, "cut/ietf/one", "one"},
        {BGCOPY_UPLOAD_PROTOCOL_S3, "cut/s3/parts", "parts"},
    };
    uint32_t count = 99;
    /* What goes to S3 in parts is longer. */
    FILE *file = fopen(path_of("parts"), "wb");
    CHECK(file != NULL && fseek(file, 9000000, SEEK_SET) == 0 && fputc(1, file) == 1);
    CHECK(fclose(file) == 0);
    fetch(manager, "one");
    for (size_t index = 0; index < sizeof ways / sizeof *ways; index++) {
        bgcopy_job *job = upload(manager, ways[index].protocol, ways[index].to, ways[index].name);
        wait_for(job, BGCOPY_JOB_STATE_TRANSIENT_ERROR);
        OK(bgcopy_job_cancel(job));
        CHECK(state_of(job) == BGCOPY_JOB_STATE_CANCELLED);
        settle(job);
        OK(bgcopy_job_close(job));
    }
    bgcopy_reader *reader = NULL;
    OK(bgcopy_reader_open(path_of("store"), &reader));
    OK(bgcopy_reader_get_jobs(reader, 0, NULL, &count));
    CHECK(count == 0);
    OK(bgcopy_reader_close(reader));
    OK(bgcopy_manager_close(manager));
    CHECK(remove(path_of("parts")) == 0);
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"several", several},
        {"started", started},
        {"reply", reply},
        {"no_reply", no_reply},
        {"protocols", protocols},
        {"cancelled", cancelled},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
