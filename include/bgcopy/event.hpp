// Something that happened to a job.

#ifndef BGCOPY_EVENT_HPP
#define BGCOPY_EVENT_HPP

#include <cstdint>
#include <optional>

#include <bgcopy/job.hpp>

namespace bgcopy {

/// Something that happened to a job.
class event : public detail::owner<bgcopy_event, bgcopy_event_close> {
public:
    using owner::owner;

    std::uint32_t kind(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_event_get_kind, failure);
    }
    BGCOPY_DETAIL_THROWING(kind)

    guid job_id(std::error_code &failure) const
    {
        return value<guid>(bgcopy_event_get_job_id, failure);
    }
    BGCOPY_DETAIL_THROWING(job_id)

    bgcopy::job job(std::error_code &failure) const
    {
        return bgcopy::job(value<bgcopy_job *>(bgcopy_event_get_job, failure));
    }
    BGCOPY_DETAIL_THROWING(job)

    std::optional<std::uint32_t> file_index(std::error_code &failure) const
    {
        std::uint32_t index = 0;
        const bool some = call_some(bgcopy_event_get_file_index(raw_, &index), failure);
        return some ? std::optional<std::uint32_t>(index) : std::nullopt;
    }
    BGCOPY_DETAIL_THROWING(file_index)

    /// Empty if the event has no error.
    job_error error(std::error_code &failure) const
    {
        return job_error(value<bgcopy_error *>(bgcopy_event_get_error, failure));
    }
    BGCOPY_DETAIL_THROWING(error)
};

} // namespace bgcopy

#endif
