// What is set is what is got.
#include <cstdlib>

#include "check.hpp"

namespace {

using id = bgcopy::job_property_id;

bgcopy::job job_of(bgcopy::manager &manager)
{
    auto job = manager.create_job("set");
    job.add_file(url_of("one"), path_of("one"));
    return job;
}

/// Rounded up, as 0 has a meaning of its own.
void times_are_whole_seconds(bgcopy::job &job)
{
    const auto before = job.no_progress_timeout();
    const auto becomes = [&job](auto time) {
        job.set_no_progress_timeout(time);
        return job.no_progress_timeout();
    };
    assert(becomes(500ms) == 1s && becomes(1ns) == 1s && becomes(1001ms) == 2s);
    assert(becomes(2s) == 2s && becomes(0ms) == 0s && becomes(1h) == 3600s);
    assert(becomes(std::chrono::duration<double>(7.2)) == 8s);
    assert(becomes(std::chrono::hours::max()) == std::chrono::seconds(UINT32_MAX));
    job.set_minimum_retry_delay(5001ms);
    assert(job.minimum_retry_delay() == 6s);
    job.set_maximum_download_time(1500us);
    assert(job.maximum_download_time() == 1s);
    job.set_minimum_retry_delay(60s);
    job.set_maximum_download_time(24h);
    job.set_no_progress_timeout(before);
    std::error_code failure;
    job.set_no_progress_timeout(-1ms, failure);
    assert(failure == bgcopy::make_code(BGCOPY_E_INVALIDARG));
    assert(job.no_progress_timeout() == before);
}

void of_job()
{
    auto manager = open_store();
    auto job = job_of(manager);
    job.set_display_name("a name");
    job.set_description("why");
    job.set_priority(bgcopy::job_priority::high);
    job.set_minimum_retry_delay(60s);
    job.set_no_progress_timeout(1h);
    job.set_maximum_download_time(24h);
    job.set_notify_flags(BGCOPY_NOTIFY_JOB_ERROR);
    times_are_whole_seconds(job);
    assert(job.display_name() == "a name" && job.description() == "why");
    assert(job.priority() == bgcopy::job_priority::high);
    assert(job.minimum_retry_delay() == 60s && job.no_progress_timeout() == 3600s);
    assert(job.maximum_download_time() == 86400s);
    assert(job.notify_flags() == BGCOPY_NOTIFY_JOB_ERROR);
    assert(job.type() == bgcopy::job_type::download);
    assert(!job.owner().empty());
    assert(job.error_count() == 0 && job.speed() == 0 && !job.time_left());
    const auto seen = job.snapshot();
    assert(seen.state == bgcopy::job_state::suspended);
    assert(seen.wait_kind == bgcopy::wait_kind::suspended_by_caller);
    assert(!seen.wait_code && !seen.next_try && !seen.time_left);
    assert(seen.progress.files_total == 1 && seen.bytes_per_second == 0);
    assert(seen.times.creation == job.times().creation && !seen.times.transfer_completion);
    const auto number = job.id();
    assert(bgcopy::to_string(bgcopy::to_guid(bgcopy::to_string(number))) ==
           bgcopy::to_string(number));
    assert(manager.get_job(number).display_name() == "a name");
    assert(std::chrono::system_clock::now() - job.times().creation < 1h);
    job.cancel();
}

void of_requests()
{
    auto manager = open_store();
    auto job = job_of(manager);
    job.set_custom_headers("X-One: 1\r\n");
    assert(job.custom_headers() == "X-One: 1\r\n");
    job.set_custom_headers(std::nullopt);
    assert(!job.custom_headers());
    job.make_custom_headers_write_only();
    std::error_code hidden;
    assert(!job.custom_headers(hidden) && hidden.value() == BGCOPY_E_ACCESSDENIED);
    assert(job.http_method() == "GET");
    job.set_http_method("POST");
    assert(job.http_method() == "POST");
    job.set_security_flags(BGCOPY_SECURITY_REDIRECT_DISALLOW);
    assert(job.security_flags() == BGCOPY_SECURITY_REDIRECT_DISALLOW);

    assert(job.proxy_settings().usage == bgcopy::proxy_usage::preconfig);
    job.set_proxy_settings({bgcopy::proxy_usage::override, "localhost:1", "*.local"});
    auto proxy = job.proxy_settings();
    assert(proxy.usage == bgcopy::proxy_usage::override);
    assert(proxy.list == "localhost:1" && proxy.bypass == "*.local");
    job.set_proxy_settings({bgcopy::proxy_usage::no_proxy, std::nullopt, std::nullopt});
    proxy = job.proxy_settings();
    assert(proxy.usage == bgcopy::proxy_usage::no_proxy && !proxy.list && !proxy.bypass);
    std::error_code code;
    job.set_proxy_settings({bgcopy::proxy_usage::override, std::nullopt, std::nullopt}, code);
    assert(code.value() == BGCOPY_E_INVALIDARG);

    const auto target = bgcopy::auth_target::server;
    const auto scheme = bgcopy::auth_scheme::basic;
    assert(job.remove_credentials(target, scheme) == BGCOPY_S_FALSE);
    job.set_credentials(target, scheme, "me", "secret");
    assert(job.remove_credentials(target, scheme) == BGCOPY_S_OK);

    assert(!job.client_certificate());
    job.set_client_certificate({path_of("c.pem"), std::nullopt});
    assert(job.client_certificate()->certificate == path_of("c.pem") && !job.client_certificate()->key);
    job.set_client_certificate({path_of("c.pem"), path_of("k.pem")});
    assert(job.client_certificate()->key == path_of("k.pem"));
    job.set_client_certificate({"relative.pem", std::nullopt}, code);
    assert(code.value() == BGCOPY_E_INVALIDARG);
    job.remove_client_certificate();
    assert(!job.client_certificate());

    assert(job.replace_remote_prefix("http://none", "http://some") == BGCOPY_S_FALSE);
    assert(job.replace_remote_prefix(url_of("one"), url_of("two")) == BGCOPY_S_OK);
    assert(job.file(0).remote_name() == url_of("two"));
    job.cancel();
}

/// Each property has its own type, and the default of the specification.
void properties()
{
    auto manager = open_store();
    auto job = job_of(manager);
    static_assert(std::is_same_v<bgcopy::job_property_type<id::dynamic_content>, bool>);
    assert(job.property<id::cost_flags>() == BGCOPY_COST_TRANSFER_ALWAYS);
    assert(job.property<id::notification_clsid>().data1 == 0);
    assert(!job.property<id::dynamic_content>());
    assert(!job.property<id::high_performance>());
    assert(!job.property<id::on_demand_mode>());
    assert(job.property<id::max_download_size>() == BGCOPY_SIZE_UNKNOWN);
    assert(job.property<id::use_stored_credentials>() == 0);
    assert(job.property<id::minimum_notification_interval_ms>() == 500);
    assert(job.property<id::upload_protocol>() == bgcopy::upload_protocol::auto_);

    job.set_property<id::cost_flags>(BGCOPY_COST_TRANSFER_NOT_ROAMING);
    assert(job.property<id::cost_flags>() == BGCOPY_COST_TRANSFER_NOT_ROAMING);
    const auto clsid = bgcopy::to_guid("6f9619ff-8b86-d011-b42d-00c04fc964ff");
    job.set_property<id::notification_clsid>(clsid);
    assert(bgcopy::to_string(job.property<id::notification_clsid>()) == bgcopy::to_string(clsid));
    assert(job.property<id::power_flags>() == BGCOPY_POWER_ALL_STATES);
    job.set_property<id::power_flags>(BGCOPY_POWER_EXTERNAL);
    assert(job.property<id::power_flags>() == BGCOPY_POWER_EXTERNAL);
    assert(job.property<id::transfer_window>().empty());
    job.set_property<id::transfer_window>("Sat,Sun");
    assert(job.property<id::transfer_window>() == "Sat,Sun");
    job.set_property<id::max_download_rate>(1024);
    assert(job.property<id::max_download_rate>() == 1024);
    job.set_property<id::background_mode>(bgcopy::background_mode::on);
    assert(job.property<id::background_mode>() == bgcopy::background_mode::on);
    job.set_property<id::dynamic_content>(true);
    assert(job.property<id::dynamic_content>());
    job.set_property<id::max_download_size>(5'000'000'000);
    assert(job.property<id::max_download_size>() == 5'000'000'000);
    job.set_property<id::minimum_notification_interval_ms>(1000);
    assert(job.property<id::minimum_notification_interval_ms>() == 1000);
    std::error_code code;
    job.set_property<id::high_performance>(true, code);
    assert(code.value() == BGCOPY_E_NOTIMPL);

    auto upload = manager.create_job("sent", bgcopy::job_type::upload);
    upload.set_property<id::upload_protocol>(bgcopy::upload_protocol::put);
    assert(upload.property<id::upload_protocol>() == bgcopy::upload_protocol::put);
    upload.cancel();
    job.cancel();
}

void of_files()
{
    auto manager = open_store();
    auto job = manager.create_job("files");
    job.add_file(url_of("one"), path_of("pieces"), {{10, 5}, {0, 1}});
    job.add_file_set({{url_of("one"), path_of("one")}, {url_of("two"), path_of("two")}});
    std::error_code code;
    job.add_file_set({{url_of("one"), path_of("three")}, {"no url", path_of("four")}}, code);
    assert(code.value() == BGCOPY_E_INVALIDARG);
    const auto files = job.files();
    assert(files.size() == 3);
    assert(files[0].ranges().size() == 2 && files[0].ranges()[0].initial_offset == 10);
    assert(files[1].ranges().empty());
    assert(files[0].filled_ranges().empty());
    assert(files[2].index() == 2 && files[2].local_name() == path_of("two"));
    assert(files[2].temporary_name().find(folder) == 0);
    assert(files[2].progress().bytes_total == BGCOPY_SIZE_UNKNOWN);
    assert(!job.file(3, code) && code.value() == BGCOPY_DO_E_FILE_NOT_AVAILABLE);
    auto file = job.file(1);
    assert(!file.response_headers() && !file.validation_state() && !file.error());
    file.set_validation_state(true, code);
    assert(code.value() == BGCOPY_E_PENDING);
    file.set_remote_name(url_of("two"));
    assert(file.remote_name() == url_of("two"));
    assert(!file.expected_hash());
    const std::string digest(64, 'A');
    file.set_expected_hash({bgcopy::hash_algorithm::sha256, digest});
    assert(file.expected_hash()->algorithm == bgcopy::hash_algorithm::sha256);
    assert(file.expected_hash()->digest == std::string(64, 'a'));
    file.remove_expected_hash();
    assert(!file.expected_hash());
    assert(file.add_mirror(url_of("mirror")) && !file.add_mirror(url_of("mirror")));
    const auto sources = file.sources();
    assert(sources.size() == 2 && sources[0].url == url_of("two"));
    assert(sources[0].kind == bgcopy::source_kind::origin);
    assert(sources[0].state == bgcopy::source_state::asked);
    assert(sources[1].url == url_of("mirror") && sources[1].kind == bgcopy::source_kind::mirror);
    assert(sources[1].state == bgcopy::source_state::ready && !sources[1].code);
    std::error_code bad_mirror;
    file.add_mirror("nonsense", bad_mirror);
    assert(bad_mirror == bgcopy::make_code(BGCOPY_E_INVALIDARG));
    const bgcopy::expected_hash hash = {bgcopy::hash_algorithm::blake3, digest};
    job.add_files({{url_of("one"), path_of("four")},
                   {url_of("two"), path_of("five"), {{1, 2}, {5, BGCOPY_LENGTH_TO_EOF}}, hash}});
    assert(!job.file(3).expected_hash() && job.file(3).ranges().empty());
    assert(job.file(4).expected_hash()->algorithm == bgcopy::hash_algorithm::blake3);
    assert(job.file(4).expected_hash()->digest == std::string(64, 'a'));
    assert(job.file(4).ranges().size() == 2 && job.file(4).ranges()[0].length == 2);
    job.add_files({{url_of("one"), path_of("six"), {}, bgcopy::expected_hash{}}}, code);
    assert(code.value() == BGCOPY_E_INVALIDARG && job.files().size() == 5);
    job.cancel();
}

void of_manager()
{
    bgcopy::options limited;
    limited.store_path = path_of("store");
    limited.download_rate = 5;
    limited.transfer_window = "22:00-06:00";
    auto manager = bgcopy::manager::open(limited);
    assert(manager.is_host());
    assert(manager.host_process().has_value());
    assert(manager.is_idle());
    assert(!manager.damage());
    auto limits = manager.limits();
    limits.jobs = 7;
    manager.set_limits(limits);
    assert(manager.limits().jobs == 7);
    assert(manager.rate_limits().download == 5 && manager.rate_limits().upload == 0);
    manager.set_rate_limits({0, 1024});
    assert(manager.rate_limits().download == 0 && manager.rate_limits().upload == 1024);
    assert(manager.transfer_window() == "22:00-06:00");
    manager.set_transfer_window("");
    assert(manager.transfer_window().empty());
    manager.set_network({false, BGCOPY_COST_ROAMING});
    const auto network = manager.network();
    assert(!network.is_connected && network.cost == BGCOPY_COST_ROAMING);
    assert(manager.power() == BGCOPY_POWER_EXTERNAL);
    manager.set_power(BGCOPY_POWER_BATTERY);
    assert(manager.power() == BGCOPY_POWER_BATTERY);
    manager.pause();
    assert(manager.is_paused());
    manager.unpause();
    assert(!manager.is_paused());
    assert(manager.error_description(BGCOPY_E_POINTER) == "a pointer is NULL");
    assert(std::string_view(bgcopy::version()) == BGCOPY_VERSION);
#ifdef _WIN32
    assert(_putenv_s("LOCALAPPDATA", folder.c_str()) == 0);
#else
    assert(setenv("XDG_STATE_HOME", folder.c_str(), 1) == 0);
    assert(setenv("HOME", folder.c_str(), 1) == 0);
#endif
    assert(bgcopy::default_store_path()->find(folder) == 0);
    const auto first = manager.create_job("first"), second = manager.create_job("second");
    const auto jobs = manager.jobs();
    assert(jobs.size() == 2 && jobs[1].display_name() == "second");
    const auto [keyed, is_new] = manager.create_job_with_key("a key", "keyed");
    const auto [found, is_second] = manager.create_job_with_key("a key", "again");
    assert(is_new && !is_second && found.key() == "a key" && !first.key());
    assert(manager.job_by_key("a key").display_name() == "keyed");
    std::error_code absent;
    assert(!manager.job_by_key("no key", absent) && absent.value() == BGCOPY_DO_E_JOB_NOT_FOUND);
    bgcopy::options alone;
    alone.store_path = path_of("store");
    alone.exclusive = true;
    std::error_code code;
    assert(!bgcopy::manager::open(alone, code) && code.value() == BGCOPY_E_SHARING_VIOLATION);
    alone.ca_file = path_of("authorities");
    assert(!bgcopy::manager::open(alone, code) && code.value() == BGCOPY_E_FILE_NOT_FOUND);
    alone.ca_pem = "no certificate";
    assert(!bgcopy::manager::open(alone, code) && code.value() == BGCOPY_E_INVALIDARG);
    alone.ca_file.clear();
    assert(!bgcopy::manager::open(alone, code) && code.value() == BGCOPY_CRYPT_E_FILE_ERROR);
}

void oneshot()
{
    auto manager = open_store();
    int told = 0;
    const auto done = bgcopy::download(manager, {{url_of("one"), path_of("one")}}, nullptr,
                                       [&](const bgcopy::job_progress &) { return ++told > 0; });
    assert(done == std::vector<bgcopy::hresult>{BGCOPY_S_OK} && told > 0);
    assert(bgcopy::upload(manager, {}).empty());
    const std::string digest(64, 'a');
    const auto lines = bgcopy::parse_checksum_list("BLAKE3 (x) = " + digest + "\n");
    assert(lines.size() == 1 && lines[0].name == "x" && lines[0].digest == digest);
    assert(lines[0].algorithm == bgcopy::hash_algorithm::blake3);
    std::error_code code;
    assert(bgcopy::parse_checksum_list("x", code).empty());
    assert(code.value() == BGCOPY_E_CHECKSUM_LIST);
}

} // namespace

int main(int count, char **arguments)
{
    return run_scenario(count, arguments,
                     {
                         {"of_job", of_job},
                         {"of_requests", of_requests},
                         {"properties", properties},
                         {"of_files", of_files},
                         {"of_manager", of_manager},
                         {"oneshot", oneshot},
                     });
}
