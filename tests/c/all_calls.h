/* Every function with every kind of bad handle. For each kind, its calls are
 * listed once and made with a handle for which all answer the same. */
#ifndef BGCOPY_TESTS_ALL_CALLS_H
#define BGCOPY_TESTS_ALL_CALLS_H

#include "check.h"

#define DIGEST "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static bgcopy_job *any_job;
static bgcopy_file *any_file;
static bgcopy_error *any_error;
static bgcopy_event *any_event;
static bgcopy_interrupt *any_interrupt;
static bgcopy_file_reader *any_file_reader;
static bgcopy_wait_reason *any_reason;
static bgcopy_enum_jobs *any_enum_jobs;
static bgcopy_enum_files *any_enum_files;
static bgcopy_guid any_id;
static bgcopy_limits any_limits = {sizeof(bgcopy_limits), 1, 1, 1, 1, 1, 1};
static bgcopy_file_info any_info = {"http://localhost/", "/tmp/x"};
static bgcopy_file_range any_range = {0, 1};
static bgcopy_file_spec any_spec = {.remote_name = "http://localhost/", .local_name = "/tmp/x"};
static bgcopy_job_progress any_job_progress;
static bgcopy_file_progress any_file_progress;
static bgcopy_file_source any_source = {.size = sizeof(bgcopy_file_source)};
static bgcopy_job_times any_times;
static bgcopy_job_reply_progress any_reply_progress;
static bgcopy_job_snapshot any_snapshot = {.size = sizeof(bgcopy_job_snapshot)};
static uint8_t any_byte;
static bgcopy_property_value any_value = {BGCOPY_PROPERTY_TYPE_DWORD, {1}};
static bgcopy_hresult any_code;
static uint64_t any_time;
static uint32_t any_number;
static int32_t any_fd;
static char *any_text;
static char *other_text;

static bgcopy_hresult told_of_job(bgcopy_job *job, void *user)
{
    (void)job;
    (void)user;
    return BGCOPY_S_OK;
}

static bgcopy_hresult told_of_error(bgcopy_job *job, bgcopy_error *error, void *user)
{
    (void)error;
    return told_of_job(job, user);
}

static bgcopy_hresult told_of_file(bgcopy_job *job, bgcopy_file *file, void *user)
{
    (void)file;
    return told_of_job(job, user);
}

static bgcopy_hresult told_of_ranges(bgcopy_job *job, bgcopy_file *file, uint32_t count,
                                     const bgcopy_file_range *ranges, void *user)
{
    (void)file;
    (void)count;
    (void)ranges;
    return told_of_job(job, user);
}

static void all_of_manager(void *handle, bgcopy_hresult want)
{
    bgcopy_manager *h = handle;
    EXPECT(want, bgcopy_manager_create_job(h, "x", 0, NULL, &any_job));
    EXPECT(want, bgcopy_manager_create_job_with_key(h, "key", "x", 0, NULL, &any_job));
    EXPECT(want, bgcopy_manager_job_by_key(h, "key", &any_job));
    EXPECT(want, bgcopy_download(h, 0, NULL, NULL, NULL, NULL, NULL, NULL));
    EXPECT(want, bgcopy_upload(h, 0, NULL, NULL, NULL, NULL, NULL, NULL));
    EXPECT(want, bgcopy_manager_create_uploads(h, 1, &any_info, &any_job));
    EXPECT(want, bgcopy_manager_start_uploads(h, 1, &any_info, NULL, &any_job));
    EXPECT(want, bgcopy_manager_complete_all(h, 0, NULL, NULL));
    EXPECT(want, bgcopy_manager_cancel_all(h, 0, NULL, NULL));
    EXPECT(want, bgcopy_manager_get_job(h, &any_id, &any_job));
    EXPECT(want, bgcopy_manager_enum_jobs(h, &any_enum_jobs));
    EXPECT(want, bgcopy_manager_get_error_description(h, 0, &any_text));
    EXPECT(want, bgcopy_manager_next_event(h, 0, &any_event));
    EXPECT(want, bgcopy_manager_next_event_interruptible(h, 0, any_interrupt, &any_event));
    EXPECT(want, bgcopy_manager_event_fd(h, &any_fd));
    EXPECT(want, bgcopy_manager_is_host(h, &any_number));
    EXPECT(want, bgcopy_manager_get_host_process(h, &any_number));
    EXPECT(want, bgcopy_manager_is_idle(h, &any_number));
    EXPECT(want, bgcopy_manager_get_limits(h, &any_limits));
    EXPECT(want, bgcopy_manager_set_limits(h, &any_limits));
    EXPECT(want, bgcopy_manager_get_rate_limits(h, &any_time, &any_time));
    EXPECT(want, bgcopy_manager_set_rate_limits(h, 0, 0));
    EXPECT(want, bgcopy_manager_get_transfer_window(h, &any_text));
    EXPECT(want, bgcopy_manager_set_transfer_window(h, ""));
    EXPECT(want, bgcopy_manager_set_network(h, 1, BGCOPY_COST_UNRESTRICTED));
    EXPECT(want, bgcopy_manager_set_power(h, BGCOPY_POWER_EXTERNAL));
    EXPECT(want, bgcopy_manager_get_power(h, &any_number));
    EXPECT(want, bgcopy_manager_get_network(h, &any_number, &any_number));
    EXPECT(want, bgcopy_manager_pause(h));
    EXPECT(want, bgcopy_manager_unpause(h));
    EXPECT(want, bgcopy_manager_is_paused(h, &any_number));
    EXPECT(want, bgcopy_manager_get_damage(h, &any_time, &any_time, &any_text));
}

static void all_of_job(void *handle, bgcopy_hresult want)
{
    bgcopy_job *h = handle;
    EXPECT(want, bgcopy_job_add_file(h, "http://localhost/", "/tmp/x"));
    EXPECT(want, bgcopy_job_add_file_set(h, 1, &any_info));
    EXPECT(want, bgcopy_job_add_file_with_ranges(h, "http://localhost/", "/tmp/x", 1, &any_range));
    EXPECT(want, bgcopy_job_add_files(h, 1, &any_spec));
    EXPECT(want, bgcopy_job_enum_files(h, &any_enum_files));
    EXPECT(want, bgcopy_job_get_file(h, 0, &any_file));
    EXPECT(want, bgcopy_job_suspend(h));
    EXPECT(want, bgcopy_job_resume(h));
    EXPECT(want, bgcopy_job_cancel(h));
    EXPECT(want, bgcopy_job_complete(h));
    EXPECT(want, bgcopy_job_wait(h, 1, &any_number, 0, &any_number));
    EXPECT(want, bgcopy_job_wait_interruptible(h, 1, &any_number, 0, any_interrupt, &any_number));
    EXPECT(want, bgcopy_job_get_id(h, &any_id));
    EXPECT(want, bgcopy_job_get_type(h, &any_number));
    EXPECT(want, bgcopy_job_get_state(h, &any_number));
    EXPECT(want, bgcopy_job_get_progress(h, &any_job_progress));
    EXPECT(want, bgcopy_job_get_times(h, &any_times));
    EXPECT(want, bgcopy_job_get_snapshot(h, &any_snapshot));
    EXPECT(want, bgcopy_job_get_error(h, &any_error));
    EXPECT(want, bgcopy_job_get_error_count(h, &any_number));
    EXPECT(want, bgcopy_job_get_owner(h, &any_text));
    EXPECT(want, bgcopy_job_get_key(h, &any_text));
    EXPECT(want, bgcopy_job_get_wait_reason(h, &any_reason));
    EXPECT(want, bgcopy_job_get_speed(h, &any_time));
    EXPECT(want, bgcopy_job_get_seconds_left(h, &any_time));
    EXPECT(want, bgcopy_job_get_display_name(h, &any_text));
    EXPECT(want, bgcopy_job_set_display_name(h, "x"));
    EXPECT(want, bgcopy_job_get_description(h, &any_text));
    EXPECT(want, bgcopy_job_set_description(h, "x"));
    EXPECT(want, bgcopy_job_get_priority(h, &any_number));
    EXPECT(want, bgcopy_job_set_priority(h, 1));
    EXPECT(want, bgcopy_job_get_notify_flags(h, &any_number));
    EXPECT(want, bgcopy_job_set_notify_flags(h, 1));
    EXPECT(want, bgcopy_job_get_minimum_retry_delay(h, &any_number));
    EXPECT(want, bgcopy_job_set_minimum_retry_delay(h, 5));
    EXPECT(want, bgcopy_job_get_no_progress_timeout(h, &any_number));
    EXPECT(want, bgcopy_job_set_no_progress_timeout(h, 5));
    EXPECT(want, bgcopy_job_get_maximum_download_time(h, &any_number));
    EXPECT(want, bgcopy_job_set_maximum_download_time(h, 5));
    EXPECT(want, bgcopy_job_get_property(h, 1, &any_value));
    EXPECT(want, bgcopy_job_set_property(h, 1, &any_value));
    EXPECT(want, bgcopy_job_get_proxy_settings(h, &any_number, &any_text, &other_text));
    EXPECT(want, bgcopy_job_set_proxy_settings(h, 0, NULL, NULL));
    EXPECT(want, bgcopy_job_set_credentials(h, 1, 1, "x", "x"));
    EXPECT(want, bgcopy_job_remove_credentials(h, 1, 1));
    EXPECT(want, bgcopy_job_get_client_certificate(h, &any_text, &other_text));
    EXPECT(want, bgcopy_job_set_client_certificate(h, "/x", NULL));
    EXPECT(want, bgcopy_job_remove_client_certificate(h));
    EXPECT(want, bgcopy_job_get_custom_headers(h, &any_text));
    EXPECT(want, bgcopy_job_set_custom_headers(h, NULL));
    EXPECT(want, bgcopy_job_make_custom_headers_write_only(h));
    EXPECT(want, bgcopy_job_get_http_method(h, &any_text));
    EXPECT(want, bgcopy_job_set_http_method(h, "GET"));
    EXPECT(want, bgcopy_job_get_security_flags(h, &any_number));
    EXPECT(want, bgcopy_job_set_security_flags(h, 0));
    EXPECT(want, bgcopy_job_replace_remote_prefix(h, "http:", "https:"));
    EXPECT(want, bgcopy_job_get_reply_progress(h, &any_reply_progress));
    EXPECT(want, bgcopy_job_get_reply_data(h, 1, &any_byte, &any_number));
    EXPECT(want, bgcopy_job_get_reply_file_name(h, &any_text));
    EXPECT(want, bgcopy_job_set_reply_file_name(h, NULL));
    EXPECT(want, bgcopy_job_set_transferred_callback(h, told_of_job, NULL, NULL));
    EXPECT(want, bgcopy_job_set_error_callback(h, told_of_error, NULL, NULL));
    EXPECT(want, bgcopy_job_set_modification_callback(h, told_of_job, NULL, NULL));
    EXPECT(want, bgcopy_job_set_file_transferred_callback(h, told_of_file, NULL, NULL));
    EXPECT(want, bgcopy_job_set_file_ranges_transferred_callback(h, told_of_ranges, NULL, NULL));
    EXPECT(want, bgcopy_job_set_file_restarted_callback(h, told_of_file, NULL, NULL));
}

static void all_of_file(void *handle, bgcopy_hresult want)
{
    bgcopy_file *h = handle;
    EXPECT(want, bgcopy_file_get_index(h, &any_number));
    EXPECT(want, bgcopy_file_get_remote_name(h, &any_text));
    EXPECT(want, bgcopy_file_get_local_name(h, &any_text));
    EXPECT(want, bgcopy_file_get_temporary_name(h, &any_text));
    EXPECT(want, bgcopy_file_get_progress(h, &any_file_progress));
    EXPECT(want, bgcopy_file_get_error(h, &any_error));
    EXPECT(want, bgcopy_file_get_file_ranges(h, 1, &any_range, &any_number));
    EXPECT(want, bgcopy_file_get_filled_file_ranges(h, 1, &any_range, &any_number));
    EXPECT(want, bgcopy_file_set_remote_name(h, "http://localhost/"));
    EXPECT(want, bgcopy_file_get_validation_state(h, &any_number));
    EXPECT(want, bgcopy_file_set_validation_state(h, 1));
    EXPECT(want, bgcopy_file_get_response_headers(h, &any_text));
    EXPECT(want, bgcopy_file_get_expected_hash(h, &any_number, &any_text));
    EXPECT(want, bgcopy_file_set_expected_hash(h, 1, DIGEST));
    EXPECT(want, bgcopy_file_remove_expected_hash(h));
    EXPECT(want, bgcopy_file_open_reader(h, &any_file_reader));
    EXPECT(want, bgcopy_file_update_download_position(h, 0));
    EXPECT(want, bgcopy_file_request_file_ranges(h, 1, &any_range));
    EXPECT(want, bgcopy_file_add_mirror(h, "http://localhost/"));
    EXPECT(want, bgcopy_file_get_source_count(h, &any_number));
    EXPECT(want, bgcopy_file_get_source(h, 0, &any_source, &any_text, &any_text));
}

static void all_of_file_reader(void *handle, bgcopy_hresult want)
{
    bgcopy_file_reader *h = handle;
    EXPECT(want, bgcopy_file_reader_read(h, &any_byte, 1, 0, &any_number));
    EXPECT(want, bgcopy_file_reader_read_interruptible(h, &any_byte, 1, 0, any_interrupt,
                                                       &any_number));
    EXPECT(want, bgcopy_file_reader_seek(h, 0, 0, &any_time));
    EXPECT(want, bgcopy_file_reader_get_position(h, &any_time));
    EXPECT(want, bgcopy_file_reader_get_size(h, &any_time));
    EXPECT(want, bgcopy_file_reader_is_verified(h, &any_number));
}

static void all_of_error(void *handle, bgcopy_hresult want)
{
    bgcopy_error *h = handle;
    EXPECT(want, bgcopy_error_get_error(h, &any_number, &any_code));
    EXPECT(want, bgcopy_error_get_file(h, &any_file));
    EXPECT(want, bgcopy_error_get_error_description(h, &any_text));
    EXPECT(want, bgcopy_error_get_error_context_description(h, &any_text));
    EXPECT(want, bgcopy_error_get_protocol(h, &any_text));
    EXPECT(want, bgcopy_error_get_time(h, &any_time));
}

static void all_of_wait_reason(void *handle, bgcopy_hresult want)
{
    bgcopy_wait_reason *h = handle;
    EXPECT(want, bgcopy_wait_reason_get_kind(h, &any_number));
    EXPECT(want, bgcopy_wait_reason_get_since(h, &any_time));
    EXPECT(want, bgcopy_wait_reason_get_next_try(h, &any_time));
    EXPECT(want, bgcopy_wait_reason_get_code(h, &any_code));
    EXPECT(want, bgcopy_wait_reason_get_message(h, &any_text));
    EXPECT(want, bgcopy_wait_reason_get_unblock(h, &any_text));
}

static void all_of_event(void *handle, bgcopy_hresult want)
{
    bgcopy_event *h = handle;
    EXPECT(want, bgcopy_event_get_kind(h, &any_number));
    EXPECT(want, bgcopy_event_get_job_id(h, &any_id));
    EXPECT(want, bgcopy_event_get_job(h, &any_job));
    EXPECT(want, bgcopy_event_get_file_index(h, &any_number));
    EXPECT(want, bgcopy_event_get_error(h, &any_error));
    EXPECT(want, bgcopy_event_get_file_ranges(h, 1, &any_range, &any_number));
}

static void all_of_enum_jobs(void *handle, bgcopy_hresult want)
{
    bgcopy_enum_jobs *h = handle;
    EXPECT(want, bgcopy_enum_jobs_next(h, 1, &any_job, &any_number));
    EXPECT(want, bgcopy_enum_jobs_skip(h, 1));
    EXPECT(want, bgcopy_enum_jobs_reset(h));
    EXPECT(want, bgcopy_enum_jobs_count(h, &any_number));
    EXPECT(want, bgcopy_enum_jobs_clone(h, &any_enum_jobs));
}

static void all_of_enum_files(void *handle, bgcopy_hresult want)
{
    bgcopy_enum_files *h = handle;
    EXPECT(want, bgcopy_enum_files_next(h, 1, &any_file, &any_number));
    EXPECT(want, bgcopy_enum_files_skip(h, 1));
    EXPECT(want, bgcopy_enum_files_reset(h));
    EXPECT(want, bgcopy_enum_files_count(h, &any_number));
    EXPECT(want, bgcopy_enum_files_clone(h, &any_enum_files));
}

static void all_of_reader(void *handle, bgcopy_hresult want)
{
    bgcopy_reader *h = handle;
    EXPECT(want, bgcopy_reader_engine_is_running(h, &any_number));
    EXPECT(want, bgcopy_reader_get_jobs(h, 1, &any_id, &any_number));
    EXPECT(want, bgcopy_reader_survey(h, &any_number, &any_text));
    EXPECT(want, bgcopy_reader_get_display_name(h, &any_id, &any_text));
    EXPECT(want, bgcopy_reader_get_state(h, &any_id, &any_number));
    EXPECT(want, bgcopy_reader_get_progress(h, &any_id, &any_job_progress));
    EXPECT(want, bgcopy_reader_get_wait_reason(h, &any_id, &any_reason));
}

static void all_of_interrupt(void *handle, bgcopy_hresult want)
{
    bgcopy_interrupt *h = handle;
    EXPECT(want, bgcopy_interrupt_raise(h));
    EXPECT(want, bgcopy_interrupt_is_raised(h, &any_number));
}

#endif
