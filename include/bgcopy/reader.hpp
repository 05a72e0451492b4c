// A queue that another process drives, seen from beside.

#ifndef BGCOPY_READER_HPP
#define BGCOPY_READER_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bgcopy/detail.hpp>
#include <bgcopy/wait_reason.hpp>

namespace bgcopy {

/// Looks at a queue while another process drives it.
class reader : public detail::handle<bgcopy_reader, bgcopy_reader_close> {
public:
    using handle::handle;

    static reader open(std::string_view store_path, std::error_code &failure)
    {
        bgcopy_reader *opened = nullptr;
        detail::check(bgcopy_reader_open(std::string(store_path).c_str(), &opened), failure);
        return reader(opened);
    }
    static reader open(std::string_view store_path)
    {
        return detail::must([&](std::error_code &failure) { return open(store_path, failure); });
    }

    bool engine_is_running(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_reader_engine_is_running, failure) != 0;
    }
    BGCOPY_DETAIL_THROWING(engine_is_running)

    /// The ids of the jobs in the queue, in order of creation.
    std::vector<guid> jobs(std::error_code &failure) const
    {
        return list<guid>(bgcopy_reader_get_jobs, failure);
    }
    BGCOPY_DETAIL_THROWING(jobs)

    /// A line for each job that is damaged; empty if none is. `jobs` leaves these out.
    std::string survey(std::error_code &failure) const
    {
        std::uint32_t count = 0;
        char *found = nullptr;
        detail::check(bgcopy_reader_survey(raw_, &count, &found), failure);
        return detail::taken(found);
    }
    BGCOPY_DETAIL_THROWING(survey)

    std::string display_name(const guid &id, std::error_code &failure) const
    {
        char *found = nullptr;
        detail::check(bgcopy_reader_get_display_name(raw_, &id, &found), failure);
        return detail::taken(found);
    }
    std::string display_name(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return display_name(id, failure); });
    }

    job_state state(const guid &id, std::error_code &failure) const
    {
        std::uint32_t found = 0;
        detail::check(bgcopy_reader_get_state(raw_, &id, &found), failure);
        return static_cast<job_state>(found);
    }
    job_state state(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return state(id, failure); });
    }

    job_progress progress(const guid &id, std::error_code &failure) const
    {
        job_progress found{};
        detail::check(bgcopy_reader_get_progress(raw_, &id, &found), failure);
        return found;
    }
    job_progress progress(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return progress(id, failure); });
    }

    bgcopy::wait_reason wait_reason(const guid &id, std::error_code &failure) const
    {
        bgcopy_wait_reason *found = nullptr;
        detail::check(bgcopy_reader_get_wait_reason(raw_, &id, &found), failure);
        return bgcopy::wait_reason(found);
    }
    bgcopy::wait_reason wait_reason(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return wait_reason(id, failure); });
    }
};

} // namespace bgcopy

#endif
