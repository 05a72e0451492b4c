// The queue.

#ifndef BGCOPY_MANAGER_HPP
#define BGCOPY_MANAGER_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bgcopy/event.hpp>
#include <bgcopy/job.hpp>
#include <bgcopy/options.hpp>

namespace bgcopy {

/// An open queue. Its end closes it, unless that is inside one of its callbacks.
class manager : public detail::owner<bgcopy_manager, bgcopy_manager_close> {
public:
    using owner::owner;

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
        raw.exclusive = wanted.exclusive ? 1 : 0;
        raw.replace_older = wanted.replace_older ? 1 : 0;
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

    std::vector<job> jobs(std::error_code &failure) const
    {
        std::vector<job> all;
        const detail::owner<bgcopy_enum_jobs, bgcopy_enum_jobs_close> list(
            value<bgcopy_enum_jobs *>(bgcopy_manager_enum_jobs, failure));
        bgcopy_job *one = nullptr;
        while (!failure &&
               call_some(bgcopy_enum_jobs_next(list.get(), 1, &one, nullptr), failure)) {
            all.emplace_back(one);
        }
        return all;
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

    int event_fd(std::error_code &failure) const
    {
        return value<std::int32_t>(bgcopy_manager_event_fd, failure);
    }
    BGCOPY_DETAIL_THROWING(event_fd)

    /// True if this manager hosts the queue; false if it has joined another process.
    bool is_host(std::error_code &failure) const
    {
        std::uint32_t found = 0;
        detail::check(bgcopy_manager_is_host(raw_, &found), failure);
        return found != 0;
    }
    bool is_host() const
    {
        return detail::must([&](std::error_code &failure) { return is_host(failure); });
    }

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
};

} // namespace bgcopy

#endif
