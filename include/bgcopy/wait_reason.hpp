// Why a job does not move.

#ifndef BGCOPY_WAIT_REASON_HPP
#define BGCOPY_WAIT_REASON_HPP

#include <cstdint>
#include <optional>
#include <string>

#include <bgcopy/detail.hpp>

namespace bgcopy {

/// Why a job does not move.
class wait_reason : public detail::handle<bgcopy_wait_reason, bgcopy_wait_reason_close> {
public:
    using handle::handle;

    wait_kind kind(std::error_code &failure) const
    {
        return word<wait_kind>(bgcopy_wait_reason_get_kind, failure);
    }
    BGCOPY_DETAIL_THROWING(kind)

    time_point since(std::error_code &failure) const
    {
        return detail::time_of(value<std::uint64_t>(bgcopy_wait_reason_get_since, failure));
    }
    BGCOPY_DETAIL_THROWING(since)

    /// When the job is tried again by itself.
    std::optional<time_point> next_try(std::error_code &failure) const
    {
        const auto time = optional_value<std::uint64_t>(bgcopy_wait_reason_get_next_try, failure);
        return time ? std::optional<time_point>(detail::time_of(*time)) : std::nullopt;
    }
    BGCOPY_DETAIL_THROWING(next_try)

    /// The code of the error behind it.
    std::optional<hresult> code(std::error_code &failure) const
    {
        return optional_value<hresult>(bgcopy_wait_reason_get_code, failure);
    }
    BGCOPY_DETAIL_THROWING(code)

    std::string message(std::error_code &failure) const
    {
        return text(bgcopy_wait_reason_get_message, failure);
    }
    BGCOPY_DETAIL_THROWING(message)

    std::string unblock(std::error_code &failure) const
    {
        return text(bgcopy_wait_reason_get_unblock, failure);
    }
    BGCOPY_DETAIL_THROWING(unblock)
};

} // namespace bgcopy

#endif
