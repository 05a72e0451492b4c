// Something that happened to a job.

#ifndef BGCOPY_EVENT_HPP
#define BGCOPY_EVENT_HPP

#include <cstdint>
#include <optional>
#include <vector>

#include <bgcopy/job.hpp>

namespace bgcopy {

/// Something that happened to a job.
class event : public detail::handle<bgcopy_event, bgcopy_event_close> {
public:
    using handle::handle;

    event_kind kind(std::error_code &failure) const
    {
        return word<event_kind>(bgcopy_event_get_kind, failure);
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

    /// The place in the job of the file it happened to, from 0.
    std::optional<std::uint32_t> file_index(std::error_code &failure) const
    {
        return optional_value<std::uint32_t>(bgcopy_event_get_file_index, failure);
    }
    BGCOPY_DETAIL_THROWING(file_index)

    /// Empty if the event has no error.
    job_error error(std::error_code &failure) const
    {
        return job_error(value<bgcopy_error *>(bgcopy_event_get_error, failure));
    }
    BGCOPY_DETAIL_THROWING(error)

    /// The bytes that came in, counted over the pieces that were asked for.
    std::vector<file_range> ranges(std::error_code &failure) const
    {
        return list<file_range>(bgcopy_event_get_file_ranges, failure);
    }
    BGCOPY_DETAIL_THROWING(ranges)
};

} // namespace bgcopy

#endif
