/* Whatever a caller does wrong has its code, and harms nothing. */
#include <unistd.h>
#include "all_calls.h"

#define KINDS 11

/* A sound handle of each kind. */
typedef struct {
    bgcopy_manager *manager;
    bgcopy_job *job;
    bgcopy_file *file;
    bgcopy_error *error;
    bgcopy_wait_reason *reason;
    bgcopy_event *event;
    bgcopy_enum_jobs *jobs;
    bgcopy_enum_files *files;
    bgcopy_reader *reader;
    bgcopy_interrupt *interrupt;
    bgcopy_file_reader *file_reader;
} handles;

static handles open_all(void)
{
    handles all;
    all.manager = open_store("store");
    all.job = job_of(all.manager, "missing");
    OK(bgcopy_job_resume(all.job));
    wait_for(all.job, BGCOPY_JOB_STATE_ERROR);
    OK(bgcopy_job_get_file(all.job, 0, &all.file));
    OK(bgcopy_job_get_error(all.job, &all.error));
    OK(bgcopy_job_get_wait_reason(all.job, &all.reason));
    OK(bgcopy_manager_next_event(all.manager, PATIENCE_MS, &all.event));
    OK(bgcopy_manager_enum_jobs(all.manager, &all.jobs));
    OK(bgcopy_job_enum_files(all.job, &all.files));
    OK(bgcopy_reader_open(path_of("store"), &all.reader));
    OK(bgcopy_interrupt_create(&all.interrupt));
    OK(bgcopy_file_open_reader(all.file, &all.file_reader));
    return all;
}

static void close_all(const handles *all, bgcopy_hresult want)
{
    EXPECT(want, bgcopy_file_reader_close(all->file_reader));
    EXPECT(want, bgcopy_interrupt_close(all->interrupt));
    EXPECT(want, bgcopy_reader_close(all->reader));
    EXPECT(want, bgcopy_enum_files_close(all->files));
    EXPECT(want, bgcopy_enum_jobs_close(all->jobs));
    EXPECT(want, bgcopy_event_close(all->event));
    EXPECT(want, bgcopy_wait_reason_close(all->reason));
    EXPECT(want, bgcopy_error_close(all->error));
    EXPECT(want, bgcopy_file_close(all->file));
    EXPECT(want, bgcopy_job_close(all->job));
    EXPECT(want, bgcopy_manager_close(all->manager));
}

/* Makes all calls of one kind with any handle. */
static void all_of_kind(int kind, void *handle, bgcopy_hresult want)
{
    void (*const of_kind[KINDS])(void *, bgcopy_hresult) = {
        all_of_manager, all_of_job,   all_of_file,      all_of_error,
        all_of_wait_reason, all_of_event, all_of_enum_jobs, all_of_enum_files, all_of_reader,
        all_of_interrupt, all_of_file_reader};
    of_kind[kind](handle, want);
}

static void null_handles(void)
{
    for (int kind = 0; kind < KINDS; kind++) {
        all_of_kind(kind, NULL, BGCOPY_E_POINTER);
    }
    CHECK(strlen(bgcopy_last_error_message()) > 0);
    handles none = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    close_all(&none, BGCOPY_S_OK);
    CHECK(strlen(bgcopy_last_error_message()) == 0);
    bgcopy_string_free(NULL);
}

static void closed_handles(void)
{
    handles all = open_all();
    close_all(&all, BGCOPY_S_OK);
    close_all(&all, BGCOPY_E_HANDLE);
    void *const by_kind[KINDS] = {all.manager, all.job,   all.file, all.error,
                                  all.reason,  all.event, all.jobs, all.files, all.reader,
                                  all.interrupt, all.file_reader};
    for (int kind = 0; kind < KINDS; kind++) {
        all_of_kind(kind, by_kind[kind], BGCOPY_E_HANDLE);
    }
    /* Their slots are used again, and they stay closed. */
    handles next = open_all();
    for (int kind = 0; kind < KINDS; kind++) {
        all_of_kind(kind, by_kind[kind], BGCOPY_E_HANDLE);
    }
    close_all(&next, BGCOPY_S_OK);
}

static void wrong_kinds(void)
{
    handles all = open_all();
    void *const by_kind[KINDS] = {all.manager, all.job,   all.file, all.error,
                                  all.reason,  all.event, all.jobs, all.files, all.reader,
                                  all.interrupt, all.file_reader};
    for (int kind = 0; kind < KINDS; kind++) {
        for (int other = 0; other < KINDS; other++) {
            if (kind != other) {
                all_of_kind(kind, by_kind[other], BGCOPY_E_HANDLE);
            }
        }
        int invented = kind;
        all_of_kind(kind, &invented, BGCOPY_E_HANDLE);
    }
    handles mixed = {(void *)all.job,  (void *)all.manager, (void *)all.job, (void *)all.job,
                     (void *)all.job,  (void *)all.job,     (void *)all.job, (void *)all.job,
                     (void *)all.job,  (void *)all.job,     (void *)all.job};
    close_all(&mixed, BGCOPY_E_HANDLE);
    close_all(&all, BGCOPY_S_OK);
}

static void null_results(void)
{
    handles all = open_all();
    bgcopy_manager *m = all.manager;
    bgcopy_job *j = all.job;
    bgcopy_file *f = all.file;
    const bgcopy_hresult bad = BGCOPY_E_POINTER;
    EXPECT(bad, bgcopy_manager_open(NULL, NULL));
    EXPECT(bad, bgcopy_manager_create_job(m, "x", 0, NULL, NULL));
    EXPECT(bad, bgcopy_manager_create_job(m, NULL, 0, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_create_job_with_key(m, "key", "x", 0, NULL, NULL));
    EXPECT(bad, bgcopy_manager_create_job_with_key(m, "key", NULL, 0, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_create_job_with_key(m, NULL, "x", 0, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_job_by_key(m, "key", NULL));
    EXPECT(bad, bgcopy_manager_job_by_key(m, NULL, &any_job));
    EXPECT(bad, bgcopy_download(m, 1, NULL, NULL, NULL, NULL, NULL, NULL));
    EXPECT(bad, bgcopy_upload(m, 1, NULL, NULL, NULL, NULL, NULL, NULL));
    EXPECT(bad, bgcopy_manager_create_uploads(m, 1, &any_info, NULL));
    EXPECT(bad, bgcopy_manager_create_uploads(m, 1, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_start_uploads(m, 1, &any_info, NULL, NULL));
    EXPECT(bad, bgcopy_manager_start_uploads(m, 1, NULL, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_complete_all(m, 1, NULL, &any_code));
    EXPECT(bad, bgcopy_manager_complete_all(m, 1, &j, NULL));
    EXPECT(bad, bgcopy_manager_cancel_all(m, 1, NULL, &any_code));
    EXPECT(bad, bgcopy_manager_cancel_all(m, 1, &j, NULL));
    EXPECT(bad, bgcopy_manager_get_job(m, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_get_job(m, &any_id, NULL));
    EXPECT(bad, bgcopy_manager_enum_jobs(m, NULL));
    EXPECT(bad, bgcopy_manager_get_error_description(m, 0, NULL));
    EXPECT(bad, bgcopy_manager_next_event(m, 0, NULL));
    EXPECT(bad, bgcopy_manager_next_event_interruptible(m, 0, NULL, &any_event));
    EXPECT(bad, bgcopy_manager_next_event_interruptible(m, 0, all.interrupt, NULL));
    EXPECT(bad, bgcopy_interrupt_create(NULL));
    EXPECT(bad, bgcopy_interrupt_is_raised(all.interrupt, NULL));
    EXPECT(bad, bgcopy_manager_event_fd(m, NULL));
    EXPECT(bad, bgcopy_manager_is_host(m, NULL));
    EXPECT(bad, bgcopy_manager_get_host_process(m, NULL));
    EXPECT(bad, bgcopy_manager_is_idle(m, NULL));
    EXPECT(bad, bgcopy_manager_get_limits(m, NULL));
    EXPECT(bad, bgcopy_manager_set_limits(m, NULL));
    EXPECT(bad, bgcopy_manager_get_rate_limits(m, NULL, &any_time));
    EXPECT(bad, bgcopy_manager_get_rate_limits(m, &any_time, NULL));
    EXPECT(bad, bgcopy_manager_get_transfer_window(m, NULL));
    EXPECT(bad, bgcopy_manager_set_transfer_window(m, NULL));
    EXPECT(bad, bgcopy_manager_get_network(m, NULL, &any_number));
    EXPECT(bad, bgcopy_manager_get_network(m, &any_number, NULL));
    EXPECT(bad, bgcopy_manager_get_power(m, NULL));
    EXPECT(bad, bgcopy_manager_is_paused(m, NULL));
    EXPECT(bad, bgcopy_manager_get_damage(m, NULL, &any_time, &any_text));
    EXPECT(bad, bgcopy_manager_get_damage(m, &any_time, NULL, &any_text));
    EXPECT(bad, bgcopy_manager_get_damage(m, &any_time, &any_time, NULL));
    EXPECT(bad, bgcopy_job_add_file(j, NULL, "/tmp/x"));
    EXPECT(bad, bgcopy_job_add_file(j, "http://localhost/", NULL));
    EXPECT(bad, bgcopy_job_add_file_set(j, 1, NULL));
    EXPECT(bad, bgcopy_job_add_file_with_ranges(j, "http://localhost/", "/tmp/x", 1, NULL));
    EXPECT(bad, bgcopy_job_add_files(j, 1, NULL));
    EXPECT(bad, bgcopy_job_add_files(j, 1, &(bgcopy_file_spec){.local_name = "/tmp/x"}));
    EXPECT(bad, bgcopy_job_add_files(j, 1, &(bgcopy_file_spec){.remote_name = "http://h/"}));
    EXPECT(bad, bgcopy_job_add_files(j, 1, &(bgcopy_file_spec){"http://h/", "/tmp/x", NULL, 1, 0, NULL}));
    EXPECT(bad, bgcopy_job_add_files(j, 1, &(bgcopy_file_spec){"http://h/", "/tmp/x", NULL, 0, 1, NULL}));
    EXPECT(bad, bgcopy_job_enum_files(j, NULL));
    EXPECT(bad, bgcopy_job_get_file(j, 0, NULL));
    EXPECT(bad, bgcopy_job_wait(j, 1, NULL, 0, &any_number));
    EXPECT(bad, bgcopy_job_wait(j, 1, &any_number, 0, NULL));
    EXPECT(bad, bgcopy_job_wait_interruptible(j, 1, NULL, 0, all.interrupt, &any_number));
    EXPECT(bad, bgcopy_job_wait_interruptible(j, 0, NULL, 0, NULL, &any_number));
    EXPECT(bad, bgcopy_job_wait_interruptible(j, 0, NULL, 0, all.interrupt, NULL));
    EXPECT(bad, bgcopy_job_get_id(j, NULL));
    EXPECT(bad, bgcopy_job_get_type(j, NULL));
    EXPECT(bad, bgcopy_job_get_state(j, NULL));
    EXPECT(bad, bgcopy_job_get_progress(j, NULL));
    EXPECT(bad, bgcopy_job_get_times(j, NULL));
    EXPECT(bad, bgcopy_job_get_snapshot(j, NULL));
    EXPECT(bad, bgcopy_job_get_reply_progress(j, NULL));
    EXPECT(bad, bgcopy_job_get_reply_data(j, 0, NULL, NULL));
    EXPECT(bad, bgcopy_job_get_reply_data(j, 1, NULL, &any_number));
    EXPECT(bad, bgcopy_job_get_reply_file_name(j, NULL));
    EXPECT(bad, bgcopy_default_store_path(NULL));
    EXPECT(bad, bgcopy_job_get_error(j, NULL));
    EXPECT(bad, bgcopy_job_get_error_count(j, NULL));
    EXPECT(bad, bgcopy_job_get_owner(j, NULL));
    EXPECT(bad, bgcopy_job_get_key(j, NULL));
    EXPECT(bad, bgcopy_job_get_wait_reason(j, NULL));
    EXPECT(bad, bgcopy_job_get_speed(j, NULL));
    EXPECT(bad, bgcopy_job_get_seconds_left(j, NULL));
    EXPECT(bad, bgcopy_job_get_display_name(j, NULL));
    EXPECT(bad, bgcopy_job_set_display_name(j, NULL));
    EXPECT(bad, bgcopy_job_get_description(j, NULL));
    EXPECT(bad, bgcopy_job_set_description(j, NULL));
    EXPECT(bad, bgcopy_job_get_priority(j, NULL));
    EXPECT(bad, bgcopy_job_get_notify_flags(j, NULL));
    EXPECT(bad, bgcopy_job_get_minimum_retry_delay(j, NULL));
    EXPECT(bad, bgcopy_job_get_no_progress_timeout(j, NULL));
    EXPECT(bad, bgcopy_job_get_maximum_download_time(j, NULL));
    EXPECT(bad, bgcopy_job_get_property(j, 1, NULL));
    EXPECT(bad, bgcopy_job_set_property(j, 1, NULL));
    EXPECT(bad, bgcopy_job_get_proxy_settings(j, NULL, &any_text, &other_text));
    EXPECT(bad, bgcopy_job_get_proxy_settings(j, &any_number, NULL, &other_text));
    EXPECT(bad, bgcopy_job_get_proxy_settings(j, &any_number, &any_text, NULL));
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_job_set_credentials(j, 1, 1, NULL, "x"));
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_job_set_credentials(j, 1, 1, "x", NULL));
    EXPECT(bad, bgcopy_job_get_client_certificate(j, NULL, &any_text));
    EXPECT(bad, bgcopy_job_get_client_certificate(j, &any_text, NULL));
    EXPECT(bad, bgcopy_job_set_client_certificate(j, NULL, NULL));
    EXPECT(bad, bgcopy_job_get_custom_headers(j, NULL));
    EXPECT(bad, bgcopy_job_get_http_method(j, NULL));
    EXPECT(bad, bgcopy_job_set_http_method(j, NULL));
    EXPECT(bad, bgcopy_job_get_security_flags(j, NULL));
    EXPECT(bad, bgcopy_job_replace_remote_prefix(j, NULL, "x"));
    EXPECT(bad, bgcopy_job_replace_remote_prefix(j, "x", NULL));
    EXPECT(bad, bgcopy_file_get_index(f, NULL));
    EXPECT(bad, bgcopy_file_get_remote_name(f, NULL));
    EXPECT(bad, bgcopy_file_get_local_name(f, NULL));
    EXPECT(bad, bgcopy_file_get_temporary_name(f, NULL));
    EXPECT(bad, bgcopy_file_get_progress(f, NULL));
    EXPECT(bad, bgcopy_file_get_error(f, NULL));
    EXPECT(bad, bgcopy_file_get_file_ranges(f, 1, NULL, &any_number));
    EXPECT(bad, bgcopy_file_get_file_ranges(f, 1, &any_range, NULL));
    EXPECT(bad, bgcopy_file_get_filled_file_ranges(f, 1, &any_range, NULL));
    EXPECT(bad, bgcopy_file_request_file_ranges(f, 1, NULL));
    EXPECT(bad, bgcopy_file_set_remote_name(f, NULL));
    EXPECT(bad, bgcopy_file_get_validation_state(f, NULL));
    EXPECT(bad, bgcopy_file_get_response_headers(f, NULL));
    EXPECT(bad, bgcopy_file_get_expected_hash(f, NULL, &any_text));
    EXPECT(bad, bgcopy_file_get_expected_hash(f, &any_number, NULL));
    EXPECT(bad, bgcopy_file_set_expected_hash(f, 1, NULL));
    EXPECT(bad, bgcopy_file_open_reader(f, NULL));
    EXPECT(bad, bgcopy_file_add_mirror(f, NULL));
    EXPECT(bad, bgcopy_file_get_source_count(f, NULL));
    EXPECT(bad, bgcopy_file_get_source(f, 0, NULL, &any_text, &any_text));
    EXPECT(bad, bgcopy_file_get_source(f, 0, &any_source, NULL, &any_text));
    EXPECT(bad, bgcopy_file_get_source(f, 0, &any_source, &any_text, NULL));
    EXPECT(bad, bgcopy_file_reader_read(all.file_reader, NULL, 1, 0, &any_number));
    EXPECT(bad, bgcopy_file_reader_read(all.file_reader, &any_byte, 1, 0, NULL));
    EXPECT(bad, bgcopy_file_reader_read_interruptible(all.file_reader, NULL, 1, 0, all.interrupt,
                                                      &any_number));
    EXPECT(bad, bgcopy_file_reader_read_interruptible(all.file_reader, &any_byte, 1, 0, NULL,
                                                      &any_number));
    EXPECT(bad, bgcopy_file_reader_read_interruptible(all.file_reader, &any_byte, 1, 0,
                                                      all.interrupt, NULL));
    OK(bgcopy_file_reader_seek(all.file_reader, 7, 0, NULL));
    EXPECT(bad, bgcopy_file_reader_get_position(all.file_reader, NULL));
    EXPECT(bad, bgcopy_file_reader_get_size(all.file_reader, NULL));
    EXPECT(bad, bgcopy_file_reader_is_verified(all.file_reader, NULL));
    EXPECT(bad, bgcopy_error_get_error(all.error, NULL, &any_code));
    EXPECT(bad, bgcopy_error_get_error(all.error, &any_number, NULL));
    EXPECT(bad, bgcopy_error_get_file(all.error, NULL));
    EXPECT(bad, bgcopy_error_get_error_description(all.error, NULL));
    EXPECT(bad, bgcopy_error_get_error_context_description(all.error, NULL));
    EXPECT(bad, bgcopy_error_get_protocol(all.error, NULL));
    EXPECT(bad, bgcopy_error_get_time(all.error, NULL));
    EXPECT(bad, bgcopy_wait_reason_get_kind(all.reason, NULL));
    EXPECT(bad, bgcopy_wait_reason_get_since(all.reason, NULL));
    EXPECT(bad, bgcopy_wait_reason_get_next_try(all.reason, NULL));
    EXPECT(bad, bgcopy_wait_reason_get_code(all.reason, NULL));
    EXPECT(bad, bgcopy_wait_reason_get_message(all.reason, NULL));
    EXPECT(bad, bgcopy_wait_reason_get_unblock(all.reason, NULL));
    EXPECT(bad, bgcopy_event_get_kind(all.event, NULL));
    EXPECT(bad, bgcopy_event_get_job_id(all.event, NULL));
    EXPECT(bad, bgcopy_event_get_job(all.event, NULL));
    EXPECT(bad, bgcopy_event_get_file_index(all.event, NULL));
    EXPECT(bad, bgcopy_event_get_error(all.event, NULL));
    EXPECT(bad, bgcopy_event_get_file_ranges(all.event, 0, NULL, NULL));
    EXPECT(bad, bgcopy_enum_jobs_next(all.jobs, 1, NULL, &any_number));
    EXPECT(bad, bgcopy_enum_jobs_next(all.jobs, 2, &any_job, NULL));
    EXPECT(bad, bgcopy_enum_jobs_count(all.jobs, NULL));
    EXPECT(bad, bgcopy_enum_jobs_clone(all.jobs, NULL));
    EXPECT(bad, bgcopy_enum_files_next(all.files, 1, NULL, &any_number));
    EXPECT(bad, bgcopy_enum_files_next(all.files, 2, &any_file, NULL));
    EXPECT(bad, bgcopy_enum_files_count(all.files, NULL));
    EXPECT(bad, bgcopy_enum_files_clone(all.files, NULL));
    EXPECT(bad, bgcopy_reader_open(NULL, &all.reader));
    EXPECT(bad, bgcopy_reader_open(path_of("store"), NULL));
    EXPECT(bad, bgcopy_reader_engine_is_running(all.reader, NULL));
    EXPECT(bad, bgcopy_reader_get_jobs(all.reader, 0, NULL, NULL));
    EXPECT(bad, bgcopy_reader_get_jobs(all.reader, 1, NULL, &any_number));
    EXPECT(bad, bgcopy_reader_survey(all.reader, NULL, &any_text));
    EXPECT(bad, bgcopy_reader_survey(all.reader, &any_number, NULL));
    EXPECT(bad, bgcopy_reader_get_display_name(all.reader, NULL, &any_text));
    EXPECT(bad, bgcopy_reader_get_display_name(all.reader, &any_id, NULL));
    EXPECT(bad, bgcopy_reader_get_state(all.reader, NULL, &any_number));
    EXPECT(bad, bgcopy_reader_get_state(all.reader, &any_id, NULL));
    EXPECT(bad, bgcopy_reader_get_progress(all.reader, NULL, &any_job_progress));
    EXPECT(bad, bgcopy_reader_get_progress(all.reader, &any_id, NULL));
    EXPECT(bad, bgcopy_reader_get_wait_reason(all.reader, NULL, &any_reason));
    EXPECT(bad, bgcopy_reader_get_wait_reason(all.reader, &any_id, NULL));
    EXPECT(bad, bgcopy_guid_to_string(NULL, &any_text));
    EXPECT(bad, bgcopy_guid_to_string(&any_id, NULL));
    EXPECT(bad, bgcopy_guid_from_string(NULL, &any_id));
    EXPECT(bad, bgcopy_guid_from_string("x", NULL));
    close_all(&all, BGCOPY_S_OK);
}

/* A final job answers its getters; what would change it has its code. */
static void finished_job(void)
{
    const bgcopy_hresult bad = BGCOPY_DO_E_INVALID_STATE;
    handles all = open_all();
    bgcopy_job *j = all.job, *asks = NULL;
    OK(bgcopy_manager_create_job(all.manager, "asks", BGCOPY_JOB_TYPE_UPLOAD_REPLY, NULL, &asks));
    OK(bgcopy_job_cancel(asks));
    EXPECT(bad, bgcopy_job_set_reply_file_name(asks, NULL));
    EXPECT(bad, bgcopy_job_get_reply_data(asks, 0, NULL, &any_number));
    OK(bgcopy_job_close(asks));
    OK(bgcopy_job_cancel(j));
    EXPECT(bad, bgcopy_job_add_file(j, url_of("one"), path_of("one")));
    EXPECT(bad, bgcopy_job_add_file_set(j, 1, &(bgcopy_file_info){url_of("one"), path_of("one")}));
    EXPECT(bad, bgcopy_job_add_file_with_ranges(j, url_of("one"), path_of("one"), 1, &any_range));
    EXPECT(bad, bgcopy_job_add_files(j, 1, &any_spec));
    EXPECT(bad, bgcopy_job_suspend(j));
    EXPECT(bad, bgcopy_job_resume(j));
    EXPECT(bad, bgcopy_job_cancel(j));
    EXPECT(bad, bgcopy_job_complete(j));
    EXPECT(bad, bgcopy_job_set_display_name(j, "x"));
    EXPECT(bad, bgcopy_job_set_description(j, "x"));
    EXPECT(bad, bgcopy_job_set_priority(j, 1));
    EXPECT(bad, bgcopy_job_set_notify_flags(j, 1));
    EXPECT(bad, bgcopy_job_set_minimum_retry_delay(j, 5));
    EXPECT(bad, bgcopy_job_set_no_progress_timeout(j, 5));
    EXPECT(bad, bgcopy_job_set_maximum_download_time(j, 5));
    any_value.type = BGCOPY_PROPERTY_TYPE_DWORD;
    any_value.data.dword = 1000;
    EXPECT(bad, bgcopy_job_set_property(
                    j, BGCOPY_JOB_PROPERTY_ID_MINIMUM_NOTIFICATION_INTERVAL_MS, &any_value));
    EXPECT(bad, bgcopy_job_set_proxy_settings(j, 0, NULL, NULL));
    EXPECT(bad, bgcopy_job_set_credentials(j, 1, 1, "x", "x"));
    EXPECT(bad, bgcopy_job_remove_credentials(j, 1, 1));
    EXPECT(bad, bgcopy_job_set_client_certificate(j, "/x", NULL));
    EXPECT(bad, bgcopy_job_remove_client_certificate(j));
    EXPECT(bad, bgcopy_job_set_custom_headers(j, NULL));
    EXPECT(bad, bgcopy_job_make_custom_headers_write_only(j));
    EXPECT(bad, bgcopy_job_set_http_method(j, "GET"));
    EXPECT(bad, bgcopy_job_set_security_flags(j, 0));
    EXPECT(bad, bgcopy_job_replace_remote_prefix(j, "http:", "https:"));
    EXPECT(bad, bgcopy_job_set_transferred_callback(j, told_of_job, NULL, NULL));
    EXPECT(bad, bgcopy_job_set_error_callback(j, told_of_error, NULL, NULL));
    EXPECT(bad, bgcopy_job_set_modification_callback(j, told_of_job, NULL, NULL));
    EXPECT(bad, bgcopy_job_set_file_transferred_callback(j, told_of_file, NULL, NULL));
    EXPECT(bad, bgcopy_job_set_file_ranges_transferred_callback(j, told_of_ranges, NULL, NULL));
    EXPECT(bad, bgcopy_job_set_file_restarted_callback(j, told_of_file, NULL, NULL));
    EXPECT(bad, bgcopy_file_set_remote_name(all.file, url_of("two")));
    EXPECT(bad, bgcopy_file_set_validation_state(all.file, 1));
    EXPECT(bad, bgcopy_file_set_expected_hash(all.file, 1, DIGEST));
    EXPECT(bad, bgcopy_file_remove_expected_hash(all.file));
    EXPECT(bad, bgcopy_file_add_mirror(all.file, url_of("two")));
    EXPECT(bad, bgcopy_file_open_reader(all.file, &any_file_reader));
    EXPECT(bad, bgcopy_file_update_download_position(all.file, 0));
    EXPECT(bad, bgcopy_file_request_file_ranges(all.file, 1, &any_range));
    EXPECT(bad, bgcopy_file_reader_read(all.file_reader, &any_byte, 1, 0, &any_number));
    EXPECT(BGCOPY_DO_E_ERROR_INFORMATION_UNAVAILABLE, bgcopy_job_get_error(j, &any_error));
    CHECK(state_of(j) == BGCOPY_JOB_STATE_CANCELLED);
    OK(bgcopy_job_get_display_name(j, &any_text));
    CHECK(strcmp(any_text, "scenario") == 0);
    bgcopy_string_free(any_text);
    OK(bgcopy_file_get_remote_name(all.file, &any_text));
    bgcopy_string_free(any_text);
    OK(bgcopy_error_get_error(all.error, &any_number, &any_code));
    CHECK(any_code == BGCOPY_BG_E_HTTP_ERROR_404);
    close_all(&all, BGCOPY_S_OK);
}

static void wrong_state(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_manager *second = NULL;
    bgcopy_job *job = new_job(manager);
    bgcopy_options options = {0};
    EXPECT(BGCOPY_DO_E_JOB_EMPTY, bgcopy_job_resume(job));
    EXPECT(BGCOPY_DO_E_FILE_NOT_AVAILABLE, bgcopy_job_get_file(job, 0, &any_file));
    EXPECT(BGCOPY_DO_E_ERROR_INFORMATION_UNAVAILABLE, bgcopy_job_get_error(job, &any_error));
    OK(bgcopy_job_add_file(job, url_of("one"), path_of("one")));
    OK(bgcopy_job_get_file(job, 0, &any_file));
    EXPECT(BGCOPY_E_PENDING, bgcopy_file_set_validation_state(any_file, 1));
    EXPECT(BGCOPY_S_FALSE, bgcopy_file_get_validation_state(any_file, &any_number));
    EXPECT(BGCOPY_S_FALSE, bgcopy_file_get_response_headers(any_file, &any_text));
    CHECK(any_text == NULL);
    EXPECT(BGCOPY_S_FALSE, bgcopy_file_get_error(any_file, &any_error));
    CHECK(any_error == NULL);
    OK(bgcopy_file_close(any_file));
    EXPECT(BGCOPY_E_DUPLICATE_LOCAL_NAME, bgcopy_job_add_file(job, url_of("two"), path_of("one")));
    EXPECT(BGCOPY_E_PATH_NOT_FOUND, bgcopy_job_add_file(job, url_of("two"), path_of("no/one")));
    options.size = sizeof options;
    options.store_path = path_of("store");
    options.exclusive = 1;
    EXPECT(BGCOPY_E_SHARING_VIOLATION, bgcopy_manager_open(&options, &second));
    CHECK(second == NULL);
    options.exclusive = 2;
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_manager_open(&options, &second));
    CHECK(second == NULL);
    options.exclusive = 0;
    options.ca_file = path_of("no/authorities");
    EXPECT(BGCOPY_E_FILE_NOT_FOUND, bgcopy_manager_open(&options, &second));
    options.ca_pem = "no certificate";
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_manager_open(&options, &second));
    options.ca_file = NULL;
    EXPECT(BGCOPY_CRYPT_E_FILE_ERROR, bgcopy_manager_open(&options, &second));
    CHECK(second == NULL);
    /* A caller of the first version knows nothing of certificates. */
    options.size = offsetof(bgcopy_options, ca_file);
    OK(bgcopy_manager_open(&options, &second));
    OK(bgcopy_manager_close(second));
    second = NULL;
    options.size = sizeof options;
    options.ca_pem =
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n";
    OK(bgcopy_manager_open(&options, &second));
    OK(bgcopy_manager_is_host(second, &any_number));
    CHECK(any_number == 0);
    OK(bgcopy_manager_is_host(manager, &any_number));
    CHECK(any_number == 1);
    OK(bgcopy_manager_get_host_process(second, &any_number));
    CHECK(any_number == (uint32_t)getpid());
    OK(bgcopy_manager_is_idle(manager, &any_number));
    OK(bgcopy_manager_close(second));
    second = NULL;
    memset(&any_id, 0, sizeof any_id);
    EXPECT(BGCOPY_DO_E_JOB_NOT_FOUND, bgcopy_manager_get_job(manager, &any_id, &any_job));
    EXPECT(BGCOPY_DO_E_JOB_NOT_FOUND, bgcopy_manager_job_by_key(manager, "no job's", &any_job));
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_manager_job_by_key(manager, "", &any_job));
    CHECK(bgcopy_last_error_context() == BGCOPY_ERROR_CONTEXT_NONE);
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void bad_numbers(void)
{
    const uint32_t no_state = 9;
    struct {
        bgcopy_limits limits;
        uint32_t of_tomorrow;
        uint32_t also;
    } larger = {{0, 1, 1, 1, 1, 1, 1}, 0, 0};
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    const bgcopy_hresult bad = BGCOPY_E_INVALIDARG;
    EXPECT(bad, bgcopy_manager_create_job(manager, "x", 3, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_create_job_with_key(manager, "key", "x", 3, NULL, &any_job));
    EXPECT(bad, bgcopy_job_wait(job, 1, &no_state, 0, &any_number));
    EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_set_priority(job, 4));
    EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_set_notify_flags(job, 0x40));
    EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_set_security_flags(job, 0x8000));
    EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_set_proxy_settings(job, 4, NULL, NULL));
    EXPECT(bad, bgcopy_job_set_proxy_settings(job, BGCOPY_PROXY_USAGE_OVERRIDE, NULL, NULL));
    EXPECT(BGCOPY_BG_E_INVALID_AUTH_TARGET, bgcopy_job_set_credentials(job, 0, 1, "x", "x"));
    EXPECT(BGCOPY_BG_E_INVALID_AUTH_SCHEME, bgcopy_job_set_credentials(job, 1, 6, "x", "x"));
    EXPECT(bad, bgcopy_job_set_credentials(job, 1, BGCOPY_AUTH_SCHEME_BEARER, "x", "x"));
    EXPECT(bad, bgcopy_job_set_credentials(job, 1, BGCOPY_AUTH_SCHEME_BEARER, NULL, NULL));
    EXPECT(BGCOPY_BG_E_INVALID_AUTH_TARGET, bgcopy_job_remove_credentials(job, 3, 1));
    EXPECT(BGCOPY_BG_E_INVALID_AUTH_SCHEME, bgcopy_job_remove_credentials(job, 1, 0));
    EXPECT(BGCOPY_DO_E_UNKNOWN_PROPERTY_ID, bgcopy_job_get_property(job, 6, &any_value));
    any_value.type = 7;
    EXPECT(bad, bgcopy_job_set_property(job, 1, &any_value));
    any_value.type = BGCOPY_PROPERTY_TYPE_GUID;
    EXPECT(bad, bgcopy_job_set_property(job, 1, &any_value));
    any_value.type = BGCOPY_PROPERTY_TYPE_ENABLE;
    any_value.data.enable = 2;
    EXPECT(bad, bgcopy_job_set_property(job, 3, &any_value));
    OK(bgcopy_job_get_file(job, 0, &any_file));
    EXPECT(bad, bgcopy_file_set_validation_state(any_file, 2));
    OK(bgcopy_file_open_reader(any_file, &any_file_reader));
    EXPECT(bad, bgcopy_file_reader_seek(any_file_reader, 0, 3, NULL));
    EXPECT(bad, bgcopy_file_reader_seek(any_file_reader, -1, 0, NULL));
    EXPECT(bad, bgcopy_file_reader_seek(any_file_reader, -1, 1, NULL));
    EXPECT(BGCOPY_E_PENDING, bgcopy_file_reader_seek(any_file_reader, 0, 2, NULL));
    OK(bgcopy_file_reader_close(any_file_reader));
    EXPECT(bad, bgcopy_file_set_expected_hash(any_file, 4, DIGEST));
    EXPECT(bad, bgcopy_file_add_mirror(any_file, "file:///etc/passwd"));
    EXPECT(bad, bgcopy_file_add_mirror(any_file, "nonsense"));
    EXPECT(bad, bgcopy_file_get_source(any_file, 1, &any_source, &any_text, &any_text));
    any_source.size = 4;
    EXPECT(bad, bgcopy_file_get_source(any_file, 0, &any_source, &any_text, &any_text));
    any_source.size = sizeof any_source;
    EXPECT(bad, bgcopy_file_set_expected_hash(any_file, BGCOPY_HASH_ALGORITHM_SHA256, "12"));
    EXPECT(bad, bgcopy_job_add_files(job, 1, &(bgcopy_file_spec){url_of("two"), path_of("two"),
                                                                 NULL, 0, 4, DIGEST}));
    EXPECT(bad, bgcopy_job_add_files(job, 1, &(bgcopy_file_spec){url_of("two"), path_of("two"),
                                                                 NULL, 0, 0, DIGEST}));
    EXPECT(bad, bgcopy_job_add_files(job, 1, &(bgcopy_file_spec){url_of("two"), path_of("two"),
                                                                 NULL, 0, 1, "12"}));
    OK(bgcopy_file_close(any_file));
    EXPECT(BGCOPY_E_TIMEOUT, bgcopy_job_wait(job, 0, NULL, 1, &any_number));
    any_limits.size = 4;
    EXPECT(bad, bgcopy_manager_get_limits(manager, &any_limits));
    any_limits.size = sizeof any_limits;
    OK(bgcopy_manager_get_limits(manager, &any_limits));
    CHECK(any_limits.jobs == 1000000);
    any_snapshot.size = 4;
    EXPECT(bad, bgcopy_job_get_snapshot(job, &any_snapshot));
    any_snapshot.size = sizeof any_snapshot;
    OK(bgcopy_job_get_snapshot(job, &any_snapshot));
    any_limits.jobs = 0;
    EXPECT(bad, bgcopy_manager_set_limits(manager, &any_limits));
    EXPECT(bad, bgcopy_manager_set_rate_limits(manager, UINT64_MAX, 0));
    EXPECT(bad, bgcopy_manager_set_rate_limits(manager, 0, UINT64_MAX));
    EXPECT(bad, bgcopy_manager_set_transfer_window(manager, "22:00-22:00"));
    CHECK(strstr(bgcopy_last_error_message(), "at character 7,"));
    EXPECT(bad, bgcopy_manager_set_network(manager, 2, BGCOPY_COST_UNRESTRICTED));
    EXPECT(bad, bgcopy_manager_set_network(manager, 1, 0));
    EXPECT(bad, bgcopy_manager_set_power(manager, BGCOPY_POWER_SAVER));
    EXPECT(bad, bgcopy_manager_set_network(manager, 1, BGCOPY_COST_TRANSFER_ALWAYS));
    /* A struct of a later version, with nothing in it that is not known here. */
    larger.limits.size = sizeof larger;
    OK(bgcopy_manager_set_limits(manager, &larger.limits));
    larger.of_tomorrow = 1;
    EXPECT(bad, bgcopy_manager_set_limits(manager, &larger.limits));
    bgcopy_options options = {0};
    options.store_path = path_of("other");
    EXPECT(bad, bgcopy_manager_open(&options, &manager));
    EXPECT(bad, bgcopy_guid_from_string("no id", &any_id));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void bad_utf8(void)
{
    const char *text = "caf\xE9";
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    const bgcopy_hresult bad = BGCOPY_E_INVALIDARG;
    bgcopy_options options = {0};
    options.size = sizeof options;
    options.store_path = text;
    EXPECT(bad, bgcopy_manager_open(&options, &manager));
    CHECK(strstr(bgcopy_last_error_message(), "UTF-8") != NULL);
    options.store_path = path_of("other");
    options.user_agent = text;
    EXPECT(bad, bgcopy_manager_open(&options, &manager));
    EXPECT(bad, bgcopy_manager_create_job(manager, text, 0, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_create_job_with_key(manager, text, "x", 0, NULL, &any_job));
    EXPECT(bad, bgcopy_manager_job_by_key(manager, text, &any_job));
    EXPECT(bad, bgcopy_manager_create_uploads(manager, 1, &(bgcopy_file_info){text, text},
                                              &any_job));
    EXPECT(bad, bgcopy_job_set_reply_file_name(job, text));
    EXPECT(bad, bgcopy_job_add_file(job, text, "/tmp/x"));
    EXPECT(bad, bgcopy_job_add_file(job, url_of("one"), text));
    EXPECT(bad, bgcopy_job_add_file_set(job, 1, &(bgcopy_file_info){text, text}));
    EXPECT(bad, bgcopy_job_add_file_with_ranges(job, text, "/tmp/x", 0, NULL));
    EXPECT(bad, bgcopy_job_add_files(job, 1, &(bgcopy_file_spec){text, "/tmp/x", NULL, 0, 0, NULL}));
    EXPECT(bad, bgcopy_job_add_files(job, 1, &(bgcopy_file_spec){url_of("one"), "/tmp/x", NULL, 0, 1,
                                                                 text}));
    EXPECT(bad, bgcopy_job_set_display_name(job, text));
    EXPECT(bad, bgcopy_job_set_description(job, text));
    EXPECT(bad, bgcopy_job_set_proxy_settings(job, 2, text, NULL));
    EXPECT(bad, bgcopy_job_set_proxy_settings(job, 2, "x", text));
    EXPECT(bad, bgcopy_job_set_credentials(job, 1, 1, text, "x"));
    EXPECT(bad, bgcopy_job_set_credentials(job, 1, 1, "x", text));
    EXPECT(bad, bgcopy_job_set_client_certificate(job, text, NULL));
    EXPECT(bad, bgcopy_job_set_client_certificate(job, "/x", text));
    EXPECT(bad, bgcopy_job_set_custom_headers(job, text));
    EXPECT(bad, bgcopy_job_set_http_method(job, text));
    EXPECT(bad, bgcopy_job_replace_remote_prefix(job, text, "x"));
    EXPECT(bad, bgcopy_job_replace_remote_prefix(job, "x", text));
    OK(bgcopy_job_get_file(job, 0, &any_file));
    EXPECT(bad, bgcopy_file_set_remote_name(any_file, text));
    EXPECT(bad, bgcopy_file_set_expected_hash(any_file, 1, text));
    EXPECT(bad, bgcopy_guid_from_string(text, &any_id));
    OK(bgcopy_file_close(any_file));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void closed_manager(void)
{
    handles all = open_all();
    OK(bgcopy_manager_close(all.manager));
    EXPECT(BGCOPY_E_HANDLE, bgcopy_manager_enum_jobs(all.manager, &any_enum_jobs));
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_job_get_state(all.job, &any_number));
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_job_resume(all.job));
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_job_set_error_callback(all.job, told_of_error, NULL, NULL));
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_file_get_remote_name(all.file, &any_text));
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_event_get_job(all.event, &any_job));
    OK(bgcopy_event_get_kind(all.event, &any_number));
    OK(bgcopy_job_get_id(all.job, &any_id));
    OK(bgcopy_error_get_error_description(all.error, &any_text));
    bgcopy_string_free(any_text);
    OK(bgcopy_wait_reason_get_message(all.reason, &any_text));
    bgcopy_string_free(any_text);
    OK(bgcopy_enum_jobs_next(all.jobs, 1, &any_job, NULL));
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_job_cancel(any_job));
    OK(bgcopy_job_close(any_job));
    EXPECT(BGCOPY_E_MANAGER_CLOSED, bgcopy_enum_files_next(all.files, 1, &any_file, NULL));
    EXPECT(BGCOPY_E_MANAGER_CLOSED,
           bgcopy_file_reader_read(all.file_reader, &any_byte, 1, 0, &any_number));
    OK(bgcopy_file_reader_get_position(all.file_reader, &any_time));
    OK(bgcopy_file_reader_close(all.file_reader));
    OK(bgcopy_reader_engine_is_running(all.reader, &any_number));
    CHECK(any_number == 0);
    OK(bgcopy_interrupt_close(all.interrupt));
    OK(bgcopy_reader_close(all.reader));
    OK(bgcopy_enum_files_close(all.files));
    OK(bgcopy_enum_jobs_close(all.jobs));
    OK(bgcopy_event_close(all.event));
    OK(bgcopy_wait_reason_close(all.reason));
    OK(bgcopy_error_close(all.error));
    OK(bgcopy_file_close(all.file));
    OK(bgcopy_job_close(all.job));
    EXPECT(BGCOPY_E_HANDLE, bgcopy_manager_close(all.manager));
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"null_handles", null_handles},   {"closed_handles", closed_handles},
        {"wrong_kinds", wrong_kinds},     {"null_results", null_results},
        {"finished_job", finished_job},   {"wrong_state", wrong_state},
        {"bad_numbers", bad_numbers},     {"bad_utf8", bad_utf8},
        {"closed_manager", closed_manager}, {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
