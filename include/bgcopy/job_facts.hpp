// What a job tells about itself; part of bgcopy::job.

#ifndef BGCOPY_JOB_FACTS_HPP
#define BGCOPY_JOB_FACTS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <bgcopy/detail.hpp>
#include <bgcopy/job_error.hpp>
#include <bgcopy/wait_reason.hpp>

namespace bgcopy::detail {

class job_facts : public owner<bgcopy_job, bgcopy_job_close> {
public:
    using owner::owner;

    guid id(std::error_code &failure) const { return value<guid>(bgcopy_job_get_id, failure); }
    BGCOPY_DETAIL_THROWING(id)

    job_state state(std::error_code &failure) const
    {
        return static_cast<job_state>(value<std::uint32_t>(bgcopy_job_get_state, failure));
    }
    BGCOPY_DETAIL_THROWING(state)

    job_type type(std::error_code &failure) const
    {
        return static_cast<job_type>(value<std::uint32_t>(bgcopy_job_get_type, failure));
    }
    BGCOPY_DETAIL_THROWING(type)

    job_progress progress(std::error_code &failure) const
    {
        return value<job_progress>(bgcopy_job_get_progress, failure);
    }
    BGCOPY_DETAIL_THROWING(progress)

    job_times times(std::error_code &failure) const
    {
        const auto raw = value<bgcopy_job_times>(bgcopy_job_get_times, failure);
        job_times found{detail::time_of(raw.creation_time), detail::time_of(raw.modification_time),
                        std::nullopt};
        if (raw.transfer_completion_time != 0) {
            found.transfer_completion = detail::time_of(raw.transfer_completion_time);
        }
        return found;
    }
    BGCOPY_DETAIL_THROWING(times)

    job_error error(std::error_code &failure) const
    {
        return job_error(value<bgcopy_error *>(bgcopy_job_get_error, failure));
    }
    BGCOPY_DETAIL_THROWING(error)

    bgcopy::wait_reason wait_reason(std::error_code &failure) const
    {
        return bgcopy::wait_reason(value<bgcopy_wait_reason *>(bgcopy_job_get_wait_reason, failure));
    }
    BGCOPY_DETAIL_THROWING(wait_reason)

    std::uint32_t error_count(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_job_get_error_count, failure);
    }
    BGCOPY_DETAIL_THROWING(error_count)

    std::string owner_name(std::error_code &failure) const
    {
        return text(bgcopy_job_get_owner, failure);
    }
    BGCOPY_DETAIL_THROWING(owner_name)

    std::uint64_t bytes_per_second(std::error_code &failure) const
    {
        return value<std::uint64_t>(bgcopy_job_get_speed, failure);
    }
    BGCOPY_DETAIL_THROWING(bytes_per_second)

    std::optional<std::chrono::seconds> time_left(std::error_code &failure) const
    {
        std::uint64_t seconds = 0;
        if (!call_some(bgcopy_job_get_seconds_left(raw_, &seconds), failure)) {
            return std::nullopt;
        }
        return std::chrono::seconds(static_cast<std::int64_t>(seconds));
    }
    BGCOPY_DETAIL_THROWING(time_left)
};

} // namespace bgcopy::detail

#endif
