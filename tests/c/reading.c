/* Files that are read while they are downloaded. */
#include "check.h"

/* Bytes of the files that are served. */
#define LENGTH 1500007u

static bgcopy_file *file_of(bgcopy_job *job)
{
    bgcopy_file *file = NULL;
    OK(bgcopy_job_get_file(job, 0, &file));
    return file;
}

static bgcopy_file_reader *reader_of(bgcopy_job *job)
{
    bgcopy_file_reader *reader = NULL;
    bgcopy_file *file = file_of(job);
    OK(bgcopy_file_open_reader(file, &reader));
    OK(bgcopy_file_close(file));
    return reader;
}

/* Reads so many bytes, or up to the end of the file, and says how many came. */
static uint32_t read_bytes(bgcopy_file_reader *reader, uint8_t *bytes, uint32_t length)
{
    uint32_t filled = 0, count = 1;
    while (filled < length && count > 0) {
        uint32_t step = length - filled < 70001u ? length - filled : 70001u;
        OK(bgcopy_file_reader_read(reader, bytes + filled, step, PATIENCE_MS, &count));
        CHECK(count <= step);
        filled += count;
    }
    return filled;
}

/* So many bytes of a file are these, from a place on. */
static void must_hold(const char *path, long place, const uint8_t *bytes, uint32_t length)
{
    uint8_t *found = malloc(length);
    FILE *file = fopen(path, "rb");
    CHECK(found != NULL && file != NULL);
    CHECK(fseek(file, place, SEEK_SET) == 0);
    CHECK(fread(found, 1, length, file) == length);
    CHECK(memcmp(found, bytes, length) == 0);
    fclose(file);
    free(found);
}

static void while_it_downloads(void)
{
    static uint8_t bytes[LENGTH + 10];
    uint32_t count = 99, verified = 9;
    uint64_t position = 99, size = 99;
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    bgcopy_file_reader *reader = reader_of(job);
    OK(bgcopy_file_reader_get_size(reader, &size));
    CHECK(size == BGCOPY_SIZE_UNKNOWN);
    OK(bgcopy_file_reader_is_verified(reader, &verified));
    CHECK(verified == 0);
    OK(bgcopy_job_resume(job));
    CHECK(read_bytes(reader, bytes, LENGTH + 10u) == LENGTH);
    OK(bgcopy_file_reader_get_size(reader, &size));
    OK(bgcopy_file_reader_get_position(reader, &position));
    CHECK(size == LENGTH && position == LENGTH);
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_file_reader_is_verified(reader, &verified));
    CHECK(verified == 1);
    OK(bgcopy_job_complete(job));
    must_hold(path_of("one"), 0, bytes, LENGTH);
    /* It goes on, and its job's handle is not needed. */
    OK(bgcopy_job_close(job));
    OK(bgcopy_file_reader_seek(reader, -7, 2, &position));
    CHECK(position == LENGTH - 7u);
    OK(bgcopy_file_reader_seek(reader, -3, 1, &position));
    CHECK(position == LENGTH - 10u);
    CHECK(read_bytes(reader, bytes, 20) == 10);
    must_hold(path_of("one"), (long)LENGTH - 10, bytes, 10);
    OK(bgcopy_file_reader_seek(reader, 1000, 0, NULL));
    OK(bgcopy_file_reader_read(reader, NULL, 0, 0, &count));
    CHECK(count == 0);
    CHECK(read_bytes(reader, bytes, 10) == 10);
    must_hold(path_of("one"), 1000, bytes, 10);
    OK(bgcopy_file_reader_close(reader));
    OK(bgcopy_manager_close(manager));
}

static void other_version(void)
{
    static uint8_t bytes[LENGTH];
    uint8_t byte;
    uint32_t count = 99;
    char *temporary = NULL;
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = new_job(manager);
    bgcopy_file_reader *reader, *again;
    OK(bgcopy_job_add_file(job, url_of("gated"), path_of("one")));
    OK(bgcopy_job_resume(job));
    bgcopy_file *file = file_of(job);
    reader = reader_of(job);
    CHECK(read_bytes(reader, bytes, 1000) == 1000);
    CHECK(state_of(job) == BGCOPY_JOB_STATE_TRANSFERRING);
    OK(bgcopy_file_get_temporary_name(file, &temporary));
    must_hold(temporary, 0, bytes, 1000);
    bgcopy_string_free(temporary);
    OK(bgcopy_file_update_download_position(file, LENGTH / 2u));
    EXPECT(BGCOPY_BG_E_INVALID_RANGE, bgcopy_file_update_download_position(file, LENGTH));
    OK(bgcopy_job_suspend(job));
    OK(bgcopy_file_reader_seek(reader, -1, 2, NULL));
    EXPECT(BGCOPY_DO_E_INVALID_STATE,
           bgcopy_file_reader_read(reader, &byte, 1, BGCOPY_WAIT_FOREVER, &count));
    CHECK(count == 99);
    OK(bgcopy_file_set_remote_name(file, url_of("one")));
    OK(bgcopy_job_resume(job));
    EXPECT(BGCOPY_BG_E_REMOTE_FILE_CHANGED,
           bgcopy_file_reader_read(reader, &byte, 1, PATIENCE_MS, &count));
    EXPECT(BGCOPY_BG_E_REMOTE_FILE_CHANGED, bgcopy_file_reader_is_verified(reader, &count));
    OK(bgcopy_file_open_reader(file, &again));
    CHECK(read_bytes(again, bytes, LENGTH) == LENGTH);
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_complete(job));
    must_hold(path_of("one"), 0, bytes, LENGTH);
    EXPECT(BGCOPY_DO_E_INVALID_STATE, bgcopy_file_update_download_position(file, 0));
    OK(bgcopy_file_reader_close(again));
    OK(bgcopy_file_reader_close(reader));
    OK(bgcopy_file_close(file));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void on_demand(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    bgcopy_file *file = file_of(job);
    bgcopy_property_value on = {.type = BGCOPY_PROPERTY_TYPE_ENABLE, .data.enable = 1};
    const bgcopy_file_range wanted[] = {{1000000, 10}, {5, 10}};
    const bgcopy_file_range outside[] = {{20, 5}, {LENGTH, 1}};
    const bgcopy_file_range rest = {0, BGCOPY_LENGTH_TO_EOF};
    bgcopy_file_range found[3];
    bgcopy_file_reader *reader;
    uint8_t bytes[10];
    uint32_t count = 99;
    OK(bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_ON_DEMAND_MODE, &on));
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_file_request_file_ranges(file, 0, NULL));
    OK(bgcopy_file_request_file_ranges(file, 2, wanted));
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_SUSPENDED);
    EXPECT(BGCOPY_BG_E_INVALID_RANGE, bgcopy_file_request_file_ranges(file, 2, outside));
    OK(bgcopy_file_get_filled_file_ranges(file, 3, found, &count));
    CHECK(count == 2 && found[0].initial_offset == 5 && found[0].length == 10);
    CHECK(found[1].initial_offset == 1000000 && found[1].length == 10);
    reader = reader_of(job);
    OK(bgcopy_file_reader_seek(reader, 1000000, 0, NULL));
    CHECK(read_bytes(reader, bytes, 10) == 10);
    OK(bgcopy_file_request_file_ranges(file, 1, &rest));
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_TRANSFERRED);
    OK(bgcopy_job_complete(job));
    must_hold(path_of("one"), 1000000, bytes, 10);
    OK(bgcopy_file_reader_close(reader));
    OK(bgcopy_file_close(file));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

typedef struct {
    bgcopy_file_reader *reader;
    bgcopy_interrupt *interrupt;
    tally begun;
    tally ended;
} reading;

static void *read_until_interrupted(void *user)
{
    reading *it = user;
    uint8_t byte = 7;
    uint32_t count = 99;
    tally_add(&it->begun);
    EXPECT(BGCOPY_E_ABORT,
           bgcopy_file_reader_read_interruptible(it->reader, &byte, 1, BGCOPY_WAIT_FOREVER,
                                                 it->interrupt, &count));
    CHECK(count == 99);
    tally_add(&it->ended);
    return NULL;
}

static void turns(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "gated");
    bgcopy_event *event = NULL;
    reading first = {.begun = TALLY, .ended = TALLY}, second = {.begun = TALLY, .ended = TALLY};
    pthread_t one, two;
    uint8_t byte;
    uint32_t count = 99;
    OK(bgcopy_interrupt_create(&first.interrupt));
    OK(bgcopy_interrupt_create(&second.interrupt));
    OK(bgcopy_job_resume(job));
    first.reader = second.reader = reader_of(job);
    OK(bgcopy_file_reader_read(first.reader, &byte, 1, PATIENCE_MS, &count));
    OK(bgcopy_file_reader_seek(first.reader, -1, 2, NULL));
    EXPECT(BGCOPY_E_TIMEOUT, bgcopy_file_reader_read(first.reader, &byte, 1, 20, &count));
    CHECK(pthread_create(&one, NULL, read_until_interrupted, &first) == 0);
    /* Until the other thread has its turn. */
    do {
        EXPECT(BGCOPY_E_TIMEOUT, bgcopy_file_reader_read(first.reader, &byte, 1, 1, &count));
    } while (strstr(bgcopy_last_error_message(), "another call") == NULL);
    /* Who waits for its turn is interrupted, too, and the other one is not. */
    CHECK(pthread_create(&two, NULL, read_until_interrupted, &second) == 0);
    tally_wait(&second.begun, 1);
    EXPECT(BGCOPY_S_FALSE, bgcopy_manager_next_event(manager, 50, &event));
    OK(bgcopy_interrupt_raise(second.interrupt));
    CHECK(pthread_join(two, NULL) == 0);
    CHECK(tally_now(&first.ended) == 0);
    /* Closing the handle waits for nobody and disturbs nobody. */
    OK(bgcopy_file_reader_close(first.reader));
    EXPECT(BGCOPY_E_HANDLE, bgcopy_file_reader_read(first.reader, &byte, 1, 0, &count));
    CHECK(tally_now(&first.ended) == 0);
    OK(bgcopy_interrupt_raise(first.interrupt));
    CHECK(pthread_join(one, NULL) == 0);
    OK(bgcopy_interrupt_close(first.interrupt));
    OK(bgcopy_interrupt_close(second.interrupt));
    OK(bgcopy_job_cancel(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"while_it_downloads", while_it_downloads},
        {"other_version", other_version},
        {"on_demand", on_demand},
        {"turns", turns},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
