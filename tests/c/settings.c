/* What is set is what is got. */
#include "check.h"

static void of_job(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    char *text = NULL, *other = NULL;
    uint32_t number = 99;
    OK(bgcopy_job_set_display_name(job, "na\xC3\xAFve"));
    OK(bgcopy_job_get_display_name(job, &text));
    CHECK(strcmp(text, "na\xC3\xAFve") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_job_set_description(job, "why"));
    OK(bgcopy_job_get_description(job, &text));
    CHECK(strcmp(text, "why") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_job_get_owner(job, &text));
    CHECK(strlen(text) > 0);
    bgcopy_string_free(text);
    OK(bgcopy_job_get_priority(job, &number));
    CHECK(number == BGCOPY_JOB_PRIORITY_NORMAL);
    OK(bgcopy_job_set_priority(job, BGCOPY_JOB_PRIORITY_FOREGROUND));
    OK(bgcopy_job_get_priority(job, &number));
    CHECK(number == BGCOPY_JOB_PRIORITY_FOREGROUND);
    OK(bgcopy_job_get_notify_flags(job, &number));
    CHECK(number == BGCOPY_NOTIFY_DEFAULT);
    OK(bgcopy_job_set_minimum_retry_delay(job, 60));
    OK(bgcopy_job_get_minimum_retry_delay(job, &number));
    CHECK(number == 60);
    OK(bgcopy_job_set_no_progress_timeout(job, 61));
    OK(bgcopy_job_get_no_progress_timeout(job, &number));
    CHECK(number == 61);
    OK(bgcopy_job_set_maximum_download_time(job, 62));
    OK(bgcopy_job_get_maximum_download_time(job, &number));
    CHECK(number == 62);
    OK(bgcopy_job_get_type(job, &number));
    CHECK(number == BGCOPY_JOB_TYPE_DOWNLOAD);
    OK(bgcopy_job_set_proxy_settings(job, BGCOPY_PROXY_USAGE_OVERRIDE, "localhost:1", "*.local"));
    OK(bgcopy_job_get_proxy_settings(job, &number, &text, &other));
    CHECK(number == BGCOPY_PROXY_USAGE_OVERRIDE && strcmp(text, "localhost:1") == 0);
    CHECK(strcmp(other, "*.local") == 0);
    bgcopy_string_free(text);
    bgcopy_string_free(other);
    OK(bgcopy_job_set_proxy_settings(job, BGCOPY_PROXY_USAGE_NO_PROXY, NULL, NULL));
    OK(bgcopy_job_get_proxy_settings(job, &number, &text, &other));
    CHECK(number == BGCOPY_PROXY_USAGE_NO_PROXY && text == NULL && other == NULL);
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_key(job, &text));
    CHECK(text == NULL);
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

/* A job with a key is made once, and found by it. */
static void keys(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *made = NULL, *found = NULL;
    bgcopy_guid made_id, found_id;
    char *text = NULL;
    OK(bgcopy_manager_create_job_with_key(manager, "a key", "made", BGCOPY_JOB_TYPE_DOWNLOAD,
                                          &made_id, &made));
    OK(bgcopy_job_get_key(made, &text));
    CHECK(strcmp(text, "a key") == 0);
    bgcopy_string_free(text);
    EXPECT(BGCOPY_S_FALSE,
           bgcopy_manager_create_job_with_key(manager, "a key", "again", BGCOPY_JOB_TYPE_DOWNLOAD,
                                              &found_id, &found));
    CHECK(memcmp(&made_id, &found_id, sizeof made_id) == 0);
    OK(bgcopy_job_get_display_name(found, &text));
    CHECK(strcmp(text, "made") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_job_close(found));
    OK(bgcopy_manager_job_by_key(manager, "a key", &found));
    OK(bgcopy_job_get_id(found, &found_id));
    CHECK(memcmp(&made_id, &found_id, sizeof made_id) == 0);
    OK(bgcopy_job_cancel(made));
    OK(bgcopy_job_close(found));
    EXPECT(BGCOPY_DO_E_JOB_NOT_FOUND, bgcopy_manager_job_by_key(manager, "a key", &found));
    OK(bgcopy_job_close(made));
    OK(bgcopy_manager_close(manager));
}

static bgcopy_hresult count_progress(const bgcopy_job_progress *progress, void *user)
{
    CHECK(progress->files_total == 1);
    ++*(uint32_t *)user;
    return BGCOPY_S_OK;
}

#define LIST_DIGEST "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"

static bgcopy_hresult keep_line(const bgcopy_listed_checksum *line, void *user)
{
    CHECK(strcmp(line->name, "d/x") == 0 && strncmp(line->digest, "e3b0", 4) == 0);
    CHECK(line->algorithm == BGCOPY_HASH_ALGORITHM_SHA256);
    return *(bgcopy_hresult *)user;
}

/* Lists of checksums are read, and files are checked against them. */
static void checksums(void)
{
    static const char list[] = "# of today\n" LIST_DIGEST " *./d/x\n";
    static const char wrong[] = LIST_DIGEST "  one\n";
    bgcopy_hresult answer = BGCOPY_S_OK;
    OK(bgcopy_parse_checksum_list(list, sizeof list - 1, keep_line, &answer));
    answer = BGCOPY_E_FAIL;
    EXPECT(BGCOPY_E_ABORT, bgcopy_parse_checksum_list(list, sizeof list - 1, keep_line, &answer));
    EXPECT(BGCOPY_E_CHECKSUM_LIST, bgcopy_parse_checksum_list(NULL, 0, keep_line, &answer));
    EXPECT(BGCOPY_E_CHECKSUM_LIST, bgcopy_parse_checksum_list("x", 1, keep_line, &answer));
    CHECK(strstr(bgcopy_last_error_message(), "line 1") != NULL);
    EXPECT(BGCOPY_E_POINTER, bgcopy_parse_checksum_list(NULL, 1, keep_line, &answer));
    EXPECT(BGCOPY_E_POINTER, bgcopy_parse_checksum_list("x", 1, NULL, NULL));
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_parse_checksum_list("x", SIZE_MAX, keep_line, &answer));

    bgcopy_manager *manager = open_store("store");
    const bgcopy_file_spec file = {url_of("one"), path_of("one"), NULL, 0, 0, NULL};
    const bgcopy_file_spec other = {url_of("two"), path_of("two"), NULL, 0, 0, NULL};
    bgcopy_transfer_options options = {0};
    options.size = sizeof options;
    options.cancel_unfinished = 1;
    options.checksums = path_of("list");
    EXPECT(BGCOPY_E_FILE_NOT_FOUND,
           bgcopy_download(manager, 1, &file, &options, NULL, NULL, NULL, NULL));
    FILE *written = fopen(options.checksums, "w");
    CHECK(written != NULL && fputs(wrong, written) >= 0 && fclose(written) == 0);
    EXPECT(BGCOPY_E_HASH_MISMATCH,
           bgcopy_download(manager, 1, &file, &options, NULL, NULL, NULL, NULL));
    EXPECT(BGCOPY_E_NOT_LISTED,
           bgcopy_download(manager, 1, &other, &options, NULL, NULL, NULL, NULL));
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_upload(manager, 1, &file, &options, NULL, NULL, NULL, NULL));
    options.minisign_key = "no key";
    EXPECT(BGCOPY_E_INVALIDARG,
           bgcopy_download(manager, 1, &file, &options, NULL, NULL, NULL, NULL));
    options.minisign_key = "RWRiZ2NvcHlUS3xL6ALKptNOcjrGsqRACwpmzSK2eXDbait7YMmCz1eM";
    options.signature = options.checksums;
    EXPECT(BGCOPY_E_SIGNATURE,
           bgcopy_download(manager, 1, &file, &options, NULL, NULL, NULL, NULL));
    CHECK(remove(options.checksums) == 0);
    OK(bgcopy_manager_close(manager));
}

/* Files are in their places when the call returns, or it says why not. */
static void oneshot(void)
{
    bgcopy_manager *manager = open_store("store");
    const bgcopy_file_spec file = {url_of("one"), path_of("one"), NULL, 0, 0, NULL};
    const bgcopy_file_spec missing = {url_of("missing"), path_of("missing"), NULL, 0, 0, NULL};
    bgcopy_transfer_options options = {0};
    bgcopy_hresult codes[1] = {BGCOPY_E_FAIL};
    uint32_t told = 0;
    options.size = sizeof options;
    options.cancel_unfinished = 1;
    OK(bgcopy_download(manager, 1, &file, &options, NULL, count_progress, &told, codes));
    CHECK(codes[0] == BGCOPY_S_OK && told > 0);
    EXPECT(BGCOPY_BG_E_HTTP_ERROR_404,
           bgcopy_download(manager, 1, &missing, &options, NULL, NULL, NULL, codes));
    CHECK(codes[0] == BGCOPY_BG_E_HTTP_ERROR_404);
    CHECK(strlen(bgcopy_last_error_message()) > 0);
    options.user_name = "a name alone";
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_download(manager, 1, &file, &options, NULL, NULL, NULL, NULL));
    options.user_name = NULL;
    options.priority = 99;
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_upload(manager, 1, &file, &options, NULL, NULL, NULL, NULL));
    OK(bgcopy_manager_close(manager));
}

static void of_requests(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    char *text = NULL, *other = NULL;
    uint32_t number = 99;
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_custom_headers(job, &text));
    CHECK(text == NULL);
    OK(bgcopy_job_set_custom_headers(job, "X-One: 1\r\n"));
    OK(bgcopy_job_get_custom_headers(job, &text));
    CHECK(strcmp(text, "X-One: 1\r\n") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_job_make_custom_headers_write_only(job));
    EXPECT(BGCOPY_E_ACCESSDENIED, bgcopy_job_get_custom_headers(job, &text));
    OK(bgcopy_job_set_custom_headers(job, "X-Two: 2\r\n"));
    EXPECT(BGCOPY_E_ACCESSDENIED, bgcopy_job_get_custom_headers(job, &text));
    EXPECT(BGCOPY_E_NOTIMPL, bgcopy_job_set_http_method(job, "HEAD"));
    EXPECT(BGCOPY_E_INVALIDARG, bgcopy_job_set_http_method(job, "TWO WORDS"));
    OK(bgcopy_job_get_http_method(job, &text));
    CHECK(strcmp(text, "GET") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_job_set_http_method(job, "POST"));
    OK(bgcopy_job_get_http_method(job, &text));
    CHECK(strcmp(text, "POST") == 0);
    bgcopy_string_free(text);
    EXPECT(BGCOPY_DO_E_READ_ONLY_PROPERTY, bgcopy_job_set_priority(job, BGCOPY_JOB_PRIORITY_LOW));
    /* The files below have ranges. */
    OK(bgcopy_job_set_http_method(job, "GET"));
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_client_certificate(job, &text, &other));
    OK(bgcopy_job_set_client_certificate(job, path_of("c.pem"), NULL));
    OK(bgcopy_job_get_client_certificate(job, &text, &other));
    CHECK(strcmp(text, path_of("c.pem")) == 0 && other == NULL);
    bgcopy_string_free(text);
    OK(bgcopy_job_remove_client_certificate(job));
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_client_certificate(job, &text, &other));
    OK(bgcopy_job_set_security_flags(job, BGCOPY_SECURITY_REDIRECT_DISALLOW));
    OK(bgcopy_job_get_security_flags(job, &number));
    CHECK(number == BGCOPY_SECURITY_REDIRECT_DISALLOW);
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_remove_credentials(job, BGCOPY_AUTH_TARGET_SERVER,
                                                         BGCOPY_AUTH_SCHEME_BASIC));
    OK(bgcopy_job_set_credentials(job, BGCOPY_AUTH_TARGET_SERVER, BGCOPY_AUTH_SCHEME_BASIC, "me",
                                  "secret"));
    OK(bgcopy_job_remove_credentials(job, BGCOPY_AUTH_TARGET_SERVER, BGCOPY_AUTH_SCHEME_BASIC));
    OK(bgcopy_job_set_credentials(job, BGCOPY_AUTH_TARGET_SERVER, BGCOPY_AUTH_SCHEME_BEARER, NULL,
                                  "token"));
    OK(bgcopy_job_remove_credentials(job, BGCOPY_AUTH_TARGET_SERVER, BGCOPY_AUTH_SCHEME_BEARER));
    /* The user's own. */
    OK(bgcopy_job_set_credentials(job, BGCOPY_AUTH_TARGET_PROXY, BGCOPY_AUTH_SCHEME_NTLM, NULL,
                                  NULL));
    OK(bgcopy_job_set_credentials(job, BGCOPY_AUTH_TARGET_PROXY, BGCOPY_AUTH_SCHEME_NEGOTIATE, NULL,
                                  NULL));
    OK(bgcopy_job_remove_credentials(job, BGCOPY_AUTH_TARGET_PROXY, BGCOPY_AUTH_SCHEME_NTLM));
    OK(bgcopy_job_remove_credentials(job, BGCOPY_AUTH_TARGET_PROXY, BGCOPY_AUTH_SCHEME_NEGOTIATE));
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_replace_remote_prefix(job, "http://none", "http://some"));
    OK(bgcopy_job_replace_remote_prefix(job, url_of("one"), url_of("two")));
    bgcopy_file *file;
    OK(bgcopy_job_get_file(job, 0, &file));
    OK(bgcopy_file_get_remote_name(file, &text));
    CHECK(strcmp(text, url_of("two")) == 0);
    bgcopy_string_free(text);
    EXPECT(BGCOPY_S_FALSE, bgcopy_file_get_expected_hash(file, &number, &text));
    OK(bgcopy_file_set_expected_hash(
        file, BGCOPY_HASH_ALGORITHM_SHA256,
        "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"));
    OK(bgcopy_file_get_expected_hash(file, &number, &text));
    CHECK(number == BGCOPY_HASH_ALGORITHM_SHA256 && strncmp(text, "e3b0", 4) == 0);
    bgcopy_string_free(text);
    OK(bgcopy_file_remove_expected_hash(file));
    OK(bgcopy_file_close(file));
    const bgcopy_file_range range = {3, BGCOPY_LENGTH_TO_EOF};
    const bgcopy_file_spec specs[2] = {
        {.remote_name = url_of("two"), .local_name = path_of("two")},
        {url_of("three"), path_of("three"), &range, 1, BGCOPY_HASH_ALGORITHM_BLAKE3,
         "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"},
    };
    OK(bgcopy_job_add_files(job, 0, NULL));
    OK(bgcopy_job_add_files(job, 2, specs));
    EXPECT(BGCOPY_E_DUPLICATE_LOCAL_NAME, bgcopy_job_add_files(job, 1, specs));
    OK(bgcopy_job_get_file(job, 1, &file));
    EXPECT(BGCOPY_S_FALSE, bgcopy_file_get_expected_hash(file, &number, &text));
    OK(bgcopy_file_get_file_ranges(file, 0, NULL, &number));
    CHECK(number == 0);
    OK(bgcopy_file_close(file));
    bgcopy_file_range found;
    OK(bgcopy_job_get_file(job, 2, &file));
    OK(bgcopy_file_get_file_ranges(file, 1, &found, &number));
    CHECK(number == 1 && found.initial_offset == 3 && found.length == BGCOPY_LENGTH_TO_EOF);
    OK(bgcopy_file_get_expected_hash(file, &number, &text));
    CHECK(number == BGCOPY_HASH_ALGORITHM_BLAKE3 && strncmp(text, "e3b0", 4) == 0);
    bgcopy_string_free(text);
    OK(bgcopy_file_close(file));
    OK(bgcopy_job_get_file(job, 0, &file));
    OK(bgcopy_file_set_remote_name(file, url_of("one")));
    OK(bgcopy_file_get_temporary_name(file, &text));
    CHECK(strncmp(text, folder, strlen(folder)) == 0);
    bgcopy_string_free(text);
    OK(bgcopy_file_close(file));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void properties(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "one");
    bgcopy_property_value value;
    OK(bgcopy_job_get_property(job, BGCOPY_JOB_PROPERTY_ID_COST_FLAGS, &value));
    CHECK(value.type == BGCOPY_PROPERTY_TYPE_DWORD);
    CHECK(value.data.dword == BGCOPY_COST_TRANSFER_ALWAYS);
    value.data.dword = BGCOPY_COST_TRANSFER_NOT_ROAMING;
    OK(bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_COST_FLAGS, &value));
    value.data.dword = 0;
    OK(bgcopy_job_get_property(job, BGCOPY_JOB_PROPERTY_ID_COST_FLAGS, &value));
    CHECK(value.data.dword == BGCOPY_COST_TRANSFER_NOT_ROAMING);
    value.type = BGCOPY_PROPERTY_TYPE_GUID;
    OK(bgcopy_guid_from_string("{6F9619FF-8B86-D011-B42D-00C04FC964FF}", &value.data.guid));
    CHECK(value.data.guid.data1 == 0x6F9619FFu && value.data.guid.data4[0] == 0xB4u);
    OK(bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_NOTIFICATION_CLSID, &value));
    memset(&value, 0, sizeof value);
    OK(bgcopy_job_get_property(job, BGCOPY_JOB_PROPERTY_ID_NOTIFICATION_CLSID, &value));
    char *text;
    OK(bgcopy_guid_to_string(&value.data.guid, &text));
    CHECK(strcmp(text, "6f9619ff-8b86-d011-b42d-00c04fc964ff") == 0);
    bgcopy_string_free(text);
    value.type = BGCOPY_PROPERTY_TYPE_UINT64;
    value.data.uint64 = 5;
    OK(bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_MAX_DOWNLOAD_SIZE, &value));
    value.type = BGCOPY_PROPERTY_TYPE_ENABLE;
    value.data.enable = 1;
    OK(bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_DYNAMIC_CONTENT, &value));
    EXPECT(BGCOPY_E_NOTIMPL,
           bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_HIGH_PERFORMANCE, &value));
    OK(bgcopy_job_get_property(job, BGCOPY_JOB_PROPERTY_ID_USE_STORED_CREDENTIALS, &value));
    CHECK(value.type == BGCOPY_PROPERTY_TYPE_TARGET && value.data.target == 0);
    char window[] = "Sat,Sun";
    value.type = BGCOPY_PROPERTY_TYPE_TEXT;
    value.data.text = NULL;
    EXPECT(BGCOPY_E_POINTER,
           bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_TRANSFER_WINDOW, &value));
    value.data.text = window;
    OK(bgcopy_job_set_property(job, BGCOPY_JOB_PROPERTY_ID_TRANSFER_WINDOW, &value));
    OK(bgcopy_job_get_property(job, BGCOPY_JOB_PROPERTY_ID_TRANSFER_WINDOW, &value));
    CHECK(value.type == BGCOPY_PROPERTY_TYPE_TEXT && strcmp(value.data.text, window) == 0);
    CHECK(value.data.text != window);
    bgcopy_string_free(value.data.text);
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

static void of_manager(void)
{
    bgcopy_manager *manager = NULL;
    bgcopy_options options = {0};
    bgcopy_limits limits;
    bgcopy_job_times times;
    uint64_t saved = 9, lost = 9, number = 9;
    char *text = NULL;
    options.size = sizeof options;
    options.store_path = path_of("store");
    options.jobs = 1;
    options.upload_rate = 7;
    options.transfer_window = "22:00-06:00";
    OK(bgcopy_manager_open(&options, &manager));
    uint64_t download = 9, upload = 9;
    OK(bgcopy_manager_get_rate_limits(manager, &download, &upload));
    CHECK(download == 0 && upload == 7);
    OK(bgcopy_manager_set_rate_limits(manager, 1, 0));
    OK(bgcopy_manager_get_rate_limits(manager, &download, &upload));
    CHECK(download == 1 && upload == 0);
    OK(bgcopy_manager_get_transfer_window(manager, &text));
    CHECK(strcmp(text, "22:00-06:00") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_manager_set_transfer_window(manager, ""));
    OK(bgcopy_manager_get_transfer_window(manager, &text));
    CHECK(strcmp(text, "") == 0);
    bgcopy_string_free(text);
    limits.size = sizeof limits;
    OK(bgcopy_manager_get_limits(manager, &limits));
    CHECK(limits.jobs == 1 && limits.simultaneous_files == 16);
    bgcopy_job *job = new_job(manager), *second = NULL;
    EXPECT(BGCOPY_BG_E_TOO_MANY_JOBS_PER_USER,
           bgcopy_manager_create_job(manager, "x", 0, NULL, &second));
    CHECK(second == NULL);
    limits.jobs = 2;
    OK(bgcopy_manager_set_limits(manager, &limits));
    second = new_job(manager);
    uint32_t connected = 0, cost = 0, paused = 0;
    OK(bgcopy_manager_get_network(manager, &connected, &cost));
    CHECK(connected == 1 && cost == BGCOPY_COST_UNRESTRICTED);
    OK(bgcopy_manager_set_network(manager, 0, BGCOPY_COST_USAGE_BASED | BGCOPY_COST_ROAMING));
    OK(bgcopy_manager_get_network(manager, &connected, &cost));
    CHECK(connected == 0 && cost == (BGCOPY_COST_USAGE_BASED | BGCOPY_COST_ROAMING));
    uint32_t power = 0;
    OK(bgcopy_manager_get_power(manager, &power));
    CHECK(power == BGCOPY_POWER_EXTERNAL);
    OK(bgcopy_manager_set_power(manager, BGCOPY_POWER_BATTERY | BGCOPY_POWER_SAVER));
    OK(bgcopy_manager_get_power(manager, &power));
    CHECK(power == (BGCOPY_POWER_BATTERY | BGCOPY_POWER_SAVER));
    OK(bgcopy_manager_pause(manager));
    OK(bgcopy_manager_is_paused(manager, &paused));
    CHECK(paused == 1);
    OK(bgcopy_manager_unpause(manager));
    OK(bgcopy_manager_is_paused(manager, &paused));
    CHECK(paused == 0);
    EXPECT(BGCOPY_S_FALSE, bgcopy_manager_get_damage(manager, &saved, &lost, &text));
    CHECK(saved == 0 && lost == 0 && text == NULL);
    OK(bgcopy_manager_get_error_description(manager, BGCOPY_E_POINTER, &text));
    CHECK(strcmp(text, "a pointer is NULL") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_job_get_times(job, &times));
    CHECK(times.creation_time > 0 && times.transfer_completion_time == 0);
    CHECK(bgcopy_time_from_unix_ms(bgcopy_time_to_unix_ms(times.creation_time)) ==
          times.creation_time);
    OK(bgcopy_job_get_speed(job, &number));
    CHECK(number == 0);
    EXPECT(BGCOPY_S_FALSE, bgcopy_job_get_seconds_left(job, &number));
    EXPECT(BGCOPY_E_POINTER, bgcopy_job_get_speed(NULL, &number));
    text = bgcopy_hresult_to_string(BGCOPY_DO_E_JOB_EMPTY);
    CHECK(strcmp(text, "0x80D02004 DO_E_JOB_EMPTY: the job has no files") == 0);
    bgcopy_string_free(text);
    CHECK(strcmp(bgcopy_last_error_message(), "the handle is NULL") == 0);
    CHECK(strcmp(bgcopy_version(), BGCOPY_VERSION) == 0);
    OK(bgcopy_job_close(second));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

/* One call tells what several do. */
static void at_one_moment(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_job *job = job_of(manager, "missing");
    bgcopy_job_snapshot seen = {.size = sizeof seen};
    bgcopy_job_times times;
    OK(bgcopy_job_get_snapshot(job, &seen));
    CHECK(seen.state == BGCOPY_JOB_STATE_SUSPENDED && seen.error_count == 0);
    CHECK(seen.wait_kind == BGCOPY_WAIT_KIND_SUSPENDED_BY_CALLER && seen.wait_code == BGCOPY_S_OK);
    CHECK(seen.progress.files_total == 1 && seen.progress.files_transferred == 0);
    CHECK(seen.progress.bytes_total == BGCOPY_SIZE_UNKNOWN);
    CHECK(seen.bytes_per_second == 0 && seen.seconds_left == UINT64_MAX && seen.next_try == 0);
    OK(bgcopy_job_resume(job));
    wait_for(job, BGCOPY_JOB_STATE_ERROR);
    OK(bgcopy_job_get_snapshot(job, &seen));
    CHECK(seen.state == BGCOPY_JOB_STATE_ERROR && seen.error_count == 1);
    CHECK(seen.wait_kind == BGCOPY_WAIT_KIND_LINK_EXPIRED);
    CHECK(seen.wait_code == BGCOPY_BG_E_HTTP_ERROR_404);
    OK(bgcopy_job_get_times(job, &times));
    CHECK(memcmp(&times, &seen.times, sizeof times) == 0);
    OK(bgcopy_job_cancel(job));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
}

/* A manager whose options name no store has the user's. */
static void default_store(void)
{
    bgcopy_manager *manager = NULL;
    bgcopy_reader *reader = NULL;
    char *path = NULL;
#ifdef _WIN32
    CHECK(_putenv_s("LOCALAPPDATA", path_of("other")) == 0);
#else
    CHECK(setenv("XDG_STATE_HOME", path_of("other"), 1) == 0);
    CHECK(setenv("HOME", path_of("other"), 1) == 0);
#endif
    OK(bgcopy_default_store_path(&path));
    CHECK(strncmp(path, path_of("other"), strlen(path_of("other"))) == 0);
    OK(bgcopy_manager_open(NULL, &manager));
    OK(bgcopy_reader_open(path, &reader));
    OK(bgcopy_reader_close(reader));
    OK(bgcopy_manager_close(manager));
    bgcopy_string_free(path);
}

static void looked_at_from_beside(void)
{
    bgcopy_manager *manager = open_store("store");
    bgcopy_reader *reader = NULL;
    bgcopy_guid ids[2], id;
    bgcopy_job_progress progress;
    bgcopy_wait_reason *reason = NULL;
    uint32_t count = 99, number = 99;
    char *text = NULL;
    EXPECT(BGCOPY_E_FILE_NOT_FOUND, bgcopy_reader_open(path_of("other"), &reader));
    bgcopy_job *job = job_of(manager, "one");
    OK(bgcopy_job_get_id(job, &id));
    OK(bgcopy_reader_open(path_of("store"), &reader));
    OK(bgcopy_reader_engine_is_running(reader, &number));
    CHECK(number == 1);
    OK(bgcopy_reader_get_jobs(reader, 2, ids, &count));
    CHECK(count == 1 && memcmp(ids, &id, sizeof id) == 0);
    EXPECT(BGCOPY_S_FALSE, bgcopy_reader_survey(reader, &count, &text));
    CHECK(count == 0 && text == NULL);
    OK(bgcopy_reader_get_display_name(reader, &id, &text));
    CHECK(strcmp(text, "scenario") == 0);
    bgcopy_string_free(text);
    OK(bgcopy_reader_get_state(reader, &id, &number));
    CHECK(number == BGCOPY_JOB_STATE_SUSPENDED);
    OK(bgcopy_reader_get_progress(reader, &id, &progress));
    CHECK(progress.files_total == 1);
    OK(bgcopy_reader_get_wait_reason(reader, &id, &reason));
    OK(bgcopy_wait_reason_get_kind(reason, &number));
    CHECK(number == BGCOPY_WAIT_KIND_SUSPENDED_BY_CALLER);
    OK(bgcopy_wait_reason_close(reason));
    memset(&id, 0, sizeof id);
    EXPECT(BGCOPY_DO_E_JOB_NOT_FOUND, bgcopy_reader_get_state(reader, &id, &number));
    OK(bgcopy_job_close(job));
    OK(bgcopy_manager_close(manager));
    OK(bgcopy_reader_engine_is_running(reader, &number));
    CHECK(number == 0);
    OK(bgcopy_reader_close(reader));
}

int main(int count, char **arguments)
{
    const scenario scenarios[] = {
        {"of_job", of_job},
        {"keys", keys},
        {"oneshot", oneshot},
        {"checksums", checksums},
        {"of_requests", of_requests},
        {"properties", properties},
        {"of_manager", of_manager},
        {"at_one_moment", at_one_moment},
        {"default_store", default_store},
        {"looked_at_from_beside", looked_at_from_beside},
        {NULL, NULL},
    };
    return run_scenario(count, arguments, scenarios);
}
