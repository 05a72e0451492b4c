// What stopped a job or a file.

#ifndef BGCOPY_JOB_ERROR_HPP
#define BGCOPY_JOB_ERROR_HPP

#include <cstdint>
#include <optional>
#include <string>

#include <bgcopy/detail.hpp>
#include <bgcopy/file.hpp>

namespace bgcopy {

/// What stopped a job or a file.
class job_error : public detail::handle<bgcopy_error, bgcopy_error_close> {
public:
    using handle::handle;

    hresult code(std::error_code &failure) const
    {
        std::uint32_t context = 0;
        hresult found = 0;
        detail::check(bgcopy_error_get_error(raw_, &context, &found), failure);
        return found;
    }
    BGCOPY_DETAIL_THROWING(code)

    /// What kind of thing failed.
    error_context context(std::error_code &failure) const
    {
        std::uint32_t found = 0;
        hresult code = 0;
        detail::check(bgcopy_error_get_error(raw_, &found, &code), failure);
        return static_cast<error_context>(found);
    }
    BGCOPY_DETAIL_THROWING(context)

    std::string description(std::error_code &failure) const
    {
        return text(bgcopy_error_get_error_description, failure);
    }
    BGCOPY_DETAIL_THROWING(description)

    std::string context_description(std::error_code &failure) const
    {
        return text(bgcopy_error_get_error_context_description, failure);
    }
    BGCOPY_DETAIL_THROWING(context_description)

    std::string protocol(std::error_code &failure) const
    {
        return text(bgcopy_error_get_protocol, failure);
    }
    BGCOPY_DETAIL_THROWING(protocol)

    /// The file it happened to; DO_E_FILE_NOT_AVAILABLE if it happened to none.
    bgcopy::file file(std::error_code &failure) const
    {
        return bgcopy::file(value<bgcopy_file *>(bgcopy_error_get_file, failure));
    }
    BGCOPY_DETAIL_THROWING(file)

    time_point time(std::error_code &failure) const
    {
        return detail::time_of(value<std::uint64_t>(bgcopy_error_get_time, failure));
    }
    BGCOPY_DETAIL_THROWING(time)
};

inline std::optional<job_error> file::error(std::error_code &failure) const
{
    const auto found = optional_value<bgcopy_error *>(bgcopy_file_get_error, failure);
    return found ? std::optional<job_error>(job_error(*found)) : std::nullopt;
}

inline std::optional<job_error> file::error() const
{
    return detail::must([this](std::error_code &failure) { return error(failure); });
}

} // namespace bgcopy

#endif
