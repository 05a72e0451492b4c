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

class job_facts : public handle<bgcopy_job, bgcopy_job_close> {
public:
    using handle::handle;

    guid id(std::error_code &failure) const { return value<guid>(bgcopy_job_get_id, failure); }
    BGCOPY_DETAIL_THROWING(id)

    job_state state(std::error_code &failure) const
    {
        return word<job_state>(bgcopy_job_get_state, failure);
    }
    BGCOPY_DETAIL_THROWING(state)

    job_type type(std::error_code &failure) const
    {
        return word<job_type>(bgcopy_job_get_type, failure);
    }
    BGCOPY_DETAIL_THROWING(type)

    job_progress progress(std::error_code &failure) const
    {
        return value<job_progress>(bgcopy_job_get_progress, failure);
    }
    BGCOPY_DETAIL_THROWING(progress)

    job_times times(std::error_code &failure) const
    {
        return times_of(value<bgcopy_job_times>(bgcopy_job_get_times, failure));
    }
    BGCOPY_DETAIL_THROWING(times)

    job_error error(std::error_code &failure) const
    {
        return job_error(value<bgcopy_error *>(bgcopy_job_get_error, failure));
    }
    BGCOPY_DETAIL_THROWING(error)

    /// Why it does not move; for a moving job, what it is doing.
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

    std::string owner(std::error_code &failure) const
    {
        return text(bgcopy_job_get_owner, failure);
    }
    BGCOPY_DETAIL_THROWING(owner)

    /// What `manager::create_job_with_key` gave it.
    std::optional<std::string> key(std::error_code &failure) const
    {
        return optional_text(bgcopy_job_get_key, failure);
    }
    BGCOPY_DETAIL_THROWING(key)

    std::uint64_t speed(std::error_code &failure) const
    {
        return value<std::uint64_t>(bgcopy_job_get_speed, failure);
    }
    BGCOPY_DETAIL_THROWING(speed)

    /// Until it is transferred, at the present speed.
    std::optional<std::chrono::seconds> time_left(std::error_code &failure) const
    {
        const auto seconds = optional_value<std::uint64_t>(bgcopy_job_get_seconds_left, failure);
        return seconds_of(seconds.value_or(UINT64_MAX));
    }
    BGCOPY_DETAIL_THROWING(time_left)

    /// What changes while it moves, at one moment.
    job_snapshot snapshot(std::error_code &failure) const
    {
        bgcopy_job_snapshot raw{};
        raw.size = sizeof raw;
        detail::check(bgcopy_job_get_snapshot(raw_, &raw), failure);
        job_snapshot found;
        found.state = static_cast<job_state>(raw.state);
        found.error_count = raw.error_count;
        found.progress = raw.progress;
        found.times = times_of(raw.times);
        found.bytes_per_second = raw.bytes_per_second;
        found.time_left = seconds_of(raw.seconds_left);
        found.wait_kind = static_cast<wait_kind>(raw.wait_kind);
        found.wait_code = raw.wait_code != 0 ? std::optional<hresult>(raw.wait_code) : std::nullopt;
        found.next_try = optional_time_of(raw.next_try);
        return found;
    }
    BGCOPY_DETAIL_THROWING(snapshot)

private:
    static std::optional<time_point> optional_time_of(std::uint64_t time)
    {
        return time != 0 ? std::optional<time_point>(time_of(time)) : std::nullopt;
    }

    static job_times times_of(const bgcopy_job_times &raw)
    {
        return {time_of(raw.creation_time), time_of(raw.modification_time),
                optional_time_of(raw.transfer_completion_time)};
    }

    static std::optional<std::chrono::seconds> seconds_of(std::uint64_t seconds)
    {
        if (seconds == UINT64_MAX) {
            return std::nullopt;
        }
        return std::chrono::seconds(static_cast<std::int64_t>(seconds));
    }
};

} // namespace bgcopy::detail

#endif
