// The queue.

#ifndef BGCOPY_MANAGER_HPP
#define BGCOPY_MANAGER_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bgcopy/event.hpp>
#include <bgcopy/job.hpp>
#include <bgcopy/options.hpp>

namespace bgcopy {

/// An open queue. Its end closes it, unless that is inside one of its callbacks.
class manager : public detail::handle<bgcopy_manager, bgcopy_manager_close> {
public:
    using handle::handle;

    static manager open(const options &wanted, std::error_code &failure)
    {
        bgcopy_options raw{};
        raw.size = sizeof raw;
        raw.store_path = wanted.store_path.empty() ? nullptr : wanted.store_path.c_str();
        raw.user_agent = wanted.user_agent.empty() ? nullptr : wanted.user_agent.c_str();
        raw.simultaneous_files = wanted.simultaneous_files;
        raw.connections_total = wanted.connections_total;
        raw.connections_per_host = wanted.connections_per_host;
        raw.connections_per_file = wanted.connections_per_file;
        raw.jobs = wanted.jobs;
        raw.files_per_job = wanted.files_per_job;
        raw.download_rate = wanted.download_rate;
        raw.upload_rate = wanted.upload_rate;
        raw.transfer_window = wanted.transfer_window ? wanted.transfer_window->c_str() : nullptr;
        raw.exclusive = wanted.exclusive ? 1 : 0;
        raw.replace_older = wanted.replace_older ? 1 : 0;
        raw.stores_only = wanted.stores_only ? 1 : 0;
        raw.ca_file = wanted.ca_file.empty() ? nullptr : wanted.ca_file.c_str();
        raw.ca_pem = wanted.ca_pem.empty() ? nullptr : wanted.ca_pem.c_str();
        bgcopy_manager *opened = nullptr;
        detail::check(bgcopy_manager_open(&raw, &opened), failure);
        return manager(opened);
    }
    static manager open(const options &wanted = {})
    {
        return detail::must([&](std::error_code &failure) { return open(wanted, failure); });
    }

    job create_job(std::string_view display_name, job_type type, std::error_code &failure)
    {
        bgcopy_job *made = nullptr;
        detail::check(bgcopy_manager_create_job(raw_, std::string(display_name).c_str(),
                                                static_cast<std::uint32_t>(type), nullptr, &made),
                      failure);
        return job(made);
    }
    job create_job(std::string_view display_name, job_type type = job_type::download)
    {
        return detail::must([&](std::error_code &failure) {
            return create_job(display_name, type, failure);
        });
    }

    /// Makes a job with a key, or gives the job that has the key, as it is; the second is true
    /// if it was made.
    std::pair<job, bool> create_job_with_key(std::string_view key, std::string_view display_name,
                                             job_type type, std::error_code &failure)
    {
        bgcopy_job *made = nullptr;
        const hresult code = bgcopy_manager_create_job_with_key(
            raw_, std::string(key).c_str(), std::string(display_name).c_str(),
            static_cast<std::uint32_t>(type), nullptr, &made);
        detail::check(code, failure);
        return {job(made), code == BGCOPY_S_OK};
    }
    std::pair<job, bool> create_job_with_key(std::string_view key, std::string_view display_name,
                                             job_type type = job_type::download)
    {
        return detail::must([&](std::error_code &failure) {
            return create_job_with_key(key, display_name, type, failure);
        });
    }

    /// The job that has a key.
    job job_by_key(std::string_view key, std::error_code &failure) const
    {
        bgcopy_job *found = nullptr;
        detail::check(bgcopy_manager_job_by_key(raw_, std::string(key).c_str(), &found), failure);
        return job(found);
    }
    job job_by_key(std::string_view key) const
    {
        return detail::must([&](std::error_code &failure) { return job_by_key(key, failure); });
    }

    /// One suspended upload job for each file, named after it, all or none.
    std::vector<job> create_uploads(const std::vector<file_info> &files, std::error_code &failure)
    {
        return uploads(files, failure, [&](auto count, auto *infos, auto **raw) {
            return bgcopy_manager_create_uploads(raw_, count, infos, raw);
        });
    }
    std::vector<job> create_uploads(const std::vector<file_info> &files)
    {
        return detail::must(
            [&](std::error_code &failure) { return create_uploads(files, failure); });
    }

    /// The same, resumed as they are made; `like`, if it is there, is a job
    /// whose settings they get.
    std::vector<job> start_uploads(const std::vector<file_info> &files, const job *like,
                                   std::error_code &failure)
    {
        bgcopy_job *model = like == nullptr ? nullptr : like->get();
        return uploads(files, failure, [&](auto count, auto *infos, auto **raw) {
            return bgcopy_manager_start_uploads(raw_, count, infos, model, raw);
        });
    }
    std::vector<job> start_uploads(const std::vector<file_info> &files, const job *like = nullptr)
    {
        return detail::must(
            [&](std::error_code &failure) { return start_uploads(files, like, failure); });
    }

    /// What complete of each of the jobs answers, whatever the others do.
    std::vector<hresult> complete_all(const std::vector<job> &jobs, std::error_code &failure)
    {
        return end_all(bgcopy_manager_complete_all, jobs, failure);
    }
    std::vector<hresult> complete_all(const std::vector<job> &jobs)
    {
        return detail::must([&](std::error_code &failure) { return complete_all(jobs, failure); });
    }

    /// What cancel of each of the jobs answers, whatever the others do.
    std::vector<hresult> cancel_all(const std::vector<job> &jobs, std::error_code &failure)
    {
        return end_all(bgcopy_manager_cancel_all, jobs, failure);
    }
    std::vector<hresult> cancel_all(const std::vector<job> &jobs)
    {
        return detail::must([&](std::error_code &failure) { return cancel_all(jobs, failure); });
    }

    job get_job(const guid &id, std::error_code &failure) const
    {
        bgcopy_job *found = nullptr;
        detail::check(bgcopy_manager_get_job(raw_, &id, &found), failure);
        return job(found);
    }
    job get_job(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return get_job(id, failure); });
    }

    /// Those in the queue, in order of creation.
    std::vector<job> jobs(std::error_code &failure) const
    {
        const detail::handle<bgcopy_enum_jobs, bgcopy_enum_jobs_close> list(
            value<bgcopy_enum_jobs *>(bgcopy_manager_enum_jobs, failure));
        return detail::all_of<job>(list.get(), bgcopy_enum_jobs_count, bgcopy_enum_jobs_next,
                                   failure);
    }
    BGCOPY_DETAIL_THROWING(jobs)

    /// The next event; an empty one if none came in time. No timeout is for ever.
    event next_event(std::optional<std::chrono::milliseconds> timeout, std::error_code &failure)
    {
        bgcopy_event *found = nullptr;
        detail::check(bgcopy_manager_next_event(raw_, detail::timeout_of(timeout), &found),
                      failure);
        return event(found);
    }
    event next_event(std::optional<std::chrono::milliseconds> timeout = std::nullopt)
    {
        return detail::must(
            [&](std::error_code &failure) { return next_event(timeout, failure); });
    }

    /// The same; BGCOPY_E_ABORT when it is interrupted. No event is lost by it.
    event next_event(std::optional<std::chrono::milliseconds> timeout, const interrupt &ends,
                     std::error_code &failure)
    {
        bgcopy_event *found = nullptr;
        detail::check(bgcopy_manager_next_event_interruptible(raw_, detail::timeout_of(timeout),
                                                              ends.get(), &found),
                      failure);
        return event(found);
    }
    event next_event(std::optional<std::chrono::milliseconds> timeout, const interrupt &ends)
    {
        return detail::must(
            [&](std::error_code &failure) { return next_event(timeout, ends, failure); });
    }

#ifdef __cpp_lib_jthread
    /// The same with what C++20 stops threads with.
    event next_event(std::optional<std::chrono::milliseconds> timeout,
                     const std::stop_token &token, std::error_code &failure)
    {
        return detail::stoppable(token, failure, [&](const interrupt &ends) {
            return next_event(timeout, ends, failure);
        });
    }
    event next_event(std::optional<std::chrono::milliseconds> timeout,
                     const std::stop_token &token)
    {
        return detail::must(
            [&](std::error_code &failure) { return next_event(timeout, token, failure); });
    }
#endif

    int event_fd(std::error_code &failure) const
    {
        return value<std::int32_t>(bgcopy_manager_event_fd, failure);
    }
    BGCOPY_DETAIL_THROWING(event_fd)

    /// True if this manager hosts the queue; false if it has joined another process.
    bool is_host(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_manager_is_host, failure) != 0;
    }
    BGCOPY_DETAIL_THROWING(is_host)

    /// The number of the process that hosts the queue, if the system tells.
    std::optional<std::uint32_t> host_process(std::error_code &failure) const
    {
        return optional_value<std::uint32_t>(bgcopy_manager_get_host_process, failure);
    }
    BGCOPY_DETAIL_THROWING(host_process)

    /// True if no job can move by itself and no process has joined the host.
    bool is_idle(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_manager_is_idle, failure) != 0;
    }
    BGCOPY_DETAIL_THROWING(is_idle)

    /// What was found damaged when the store was opened.
    std::optional<bgcopy::damage> damage(std::error_code &failure) const
    {
        bgcopy::damage found;
        char *text = nullptr;
        const auto code =
            bgcopy_manager_get_damage(raw_, &found.jobs_saved, &found.jobs_lost, &text);
        found.message = detail::taken(text);
        if (!call_some(code, failure)) {
            return std::nullopt;
        }
        return found;
    }
    BGCOPY_DETAIL_THROWING(damage)

    bgcopy::limits limits(std::error_code &failure) const
    {
        bgcopy::limits found{};
        found.size = sizeof found;
        detail::check(bgcopy_manager_get_limits(raw_, &found), failure);
        return found;
    }
    BGCOPY_DETAIL_THROWING(limits)

    void set_limits(const bgcopy::limits &limits, std::error_code &failure)
    {
        detail::check(bgcopy_manager_set_limits(raw_, &limits), failure);
    }
    void set_limits(const bgcopy::limits &limits)
    {
        detail::must([&](std::error_code &failure) { set_limits(limits, failure); });
    }

    /// The most bytes a second that all jobs of the queue together receive and send.
    bgcopy::rate_limits rate_limits(std::error_code &failure) const
    {
        bgcopy::rate_limits found;
        detail::check(
            bgcopy_manager_get_rate_limits(raw_, &found.download, &found.upload), failure);
        return found;
    }
    BGCOPY_DETAIL_THROWING(rate_limits)

    /// Sets them at once, also for what is under way; they are stored.
    void set_rate_limits(const bgcopy::rate_limits &rates, std::error_code &failure)
    {
        detail::check(
            bgcopy_manager_set_rate_limits(raw_, rates.download, rates.upload), failure);
    }
    void set_rate_limits(const bgcopy::rate_limits &rates)
    {
        detail::must([&](std::error_code &failure) { set_rate_limits(rates, failure); });
    }

    /// When the queue may transfer, as it was set; empty for always.
    std::string transfer_window(std::error_code &failure) const
    {
        char *window = nullptr;
        detail::check(bgcopy_manager_get_transfer_window(raw_, &window), failure);
        return detail::taken(window);
    }
    BGCOPY_DETAIL_THROWING(transfer_window)

    /// Sets when the jobs of the queue may transfer, by the local clock: days, times or both,
    /// as "Mon-Fri 22:00-06:00; Sat,Sun"; empty for always. It holds at once and is stored.
    void set_transfer_window(std::string_view window, std::error_code &failure)
    {
        detail::check(
            bgcopy_manager_set_transfer_window(raw_, std::string(window).c_str()), failure);
    }
    void set_transfer_window(std::string_view window)
    {
        detail::must([&](std::error_code &failure) { set_transfer_window(window, failure); });
    }

    /// Says what the operating system tells of the network. Jobs to which it is closed stop
    /// at once, keep their bytes and are queued.
    void set_network(const bgcopy::network &network, std::error_code &failure)
    {
        detail::check(
            bgcopy_manager_set_network(raw_, network.is_connected ? 1 : 0, network.cost), failure);
    }
    void set_network(const bgcopy::network &network)
    {
        detail::must([&](std::error_code &failure) { set_network(network, failure); });
    }

    /// The network as it was told last, by any process.
    bgcopy::network network(std::error_code &failure) const
    {
        bgcopy::network found;
        std::uint32_t is_connected = 1;
        detail::check(bgcopy_manager_get_network(raw_, &is_connected, &found.cost), failure);
        found.is_connected = is_connected != 0;
        return found;
    }
    BGCOPY_DETAIL_THROWING(network)

    /// Says what drives the machine: BGCOPY_POWER_EXTERNAL or BGCOPY_POWER_BATTERY, with
    /// BGCOPY_POWER_SAVER if the system saves power. Jobs that may not use it are queued.
    void set_power(std::uint32_t state, std::error_code &failure)
    {
        detail::check(bgcopy_manager_set_power(raw_, state), failure);
    }
    void set_power(std::uint32_t state)
    {
        detail::must([&](std::error_code &failure) { set_power(state, failure); });
    }

    /// What drives the machine as it was said last, by any process.
    std::uint32_t power(std::error_code &failure) const
    {
        std::uint32_t found = BGCOPY_POWER_EXTERNAL;
        detail::check(bgcopy_manager_get_power(raw_, &found), failure);
        return found;
    }
    BGCOPY_DETAIL_THROWING(power)

    /// Stops all transfers without touching the jobs, until unpause or the end of this manager.
    void pause(std::error_code &failure)
    {
        detail::check(bgcopy_manager_pause(raw_), failure);
    }
    void pause()
    {
        detail::must([&](std::error_code &failure) { pause(failure); });
    }

    /// Takes back pause of this manager.
    void unpause(std::error_code &failure)
    {
        detail::check(bgcopy_manager_unpause(raw_), failure);
    }
    void unpause()
    {
        detail::must([&](std::error_code &failure) { unpause(failure); });
    }

    /// True if this or another process has paused the queue.
    bool is_paused(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_manager_is_paused, failure) != 0;
    }
    BGCOPY_DETAIL_THROWING(is_paused)

    std::string error_description(hresult code, std::error_code &failure) const
    {
        char *found = nullptr;
        detail::check(bgcopy_manager_get_error_description(raw_, code, &found), failure);
        return detail::taken(found);
    }
    std::string error_description(hresult code) const
    {
        return detail::must(
            [&](std::error_code &failure) { return error_description(code, failure); });
    }

private:
    template <typename Make>
    std::vector<job> uploads(const std::vector<file_info> &files, std::error_code &failure,
                             Make make)
    {
        const auto infos = detail::infos(files);
        std::vector<bgcopy_job *> raw(files.size());
        std::vector<job> made;
        made.reserve(files.size());
        if (detail::check(make(detail::count_of(infos), infos.data(), raw.data()), failure)) {
            for (bgcopy_job *one : raw) {
                made.emplace_back(one);
            }
        }
        return made;
    }

    template <typename End>
    std::vector<hresult> end_all(End end, const std::vector<job> &jobs, std::error_code &failure)
    {
        std::vector<bgcopy_job *> raw;
        raw.reserve(jobs.size());
        for (const job &one : jobs) {
            raw.push_back(one.get());
        }
        std::vector<hresult> results(jobs.size());
        detail::check(end(raw_, detail::count_of(raw), raw.data(), results.data()), failure);
        return results;
    }
};

} // namespace bgcopy

#endif
