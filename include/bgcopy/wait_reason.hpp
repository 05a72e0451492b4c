// Why a job does not move.

#ifndef BGCOPY_WAIT_REASON_HPP
#define BGCOPY_WAIT_REASON_HPP

#include <cstdint>
#include <optional>
#include <string>

#include <bgcopy/detail.hpp>

namespace bgcopy {

/// Why a job does not move.
class wait_reason : public detail::owner<bgcopy_wait_reason, bgcopy_wait_reason_close> {
public:
    using owner::owner;

    std::uint32_t kind(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_wait_reason_get_kind, failure);
    }
    BGCOPY_DETAIL_THROWING(kind)

    time_point since(std::error_code &failure) const
    {
        return detail::time_of(value<std::uint64_t>(bgcopy_wait_reason_get_since, failure));
    }
    BGCOPY_DETAIL_THROWING(since)

    std::optional<time_point> next_try(std::error_code &failure) const
    {
        std::uint64_t time = 0;
        const bool some = call_some(bgcopy_wait_reason_get_next_try(raw_, &time), failure);
        return some ? std::optional<time_point>(detail::time_of(time)) : std::nullopt;
    }
    BGCOPY_DETAIL_THROWING(next_try)

    std::optional<hresult> code(std::error_code &failure) const
    {
        hresult found = 0;
        const bool some = call_some(bgcopy_wait_reason_get_code(raw_, &found), failure);
        return some ? std::optional<hresult>(found) : std::nullopt;
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
