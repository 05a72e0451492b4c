// What the library does, in lines for people.

#ifndef BGCOPY_LOG_HPP
#define BGCOPY_LOG_HPP

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include <bgcopy/detail.hpp>

namespace bgcopy {

using log_callback = std::function<void(log_level, std::string_view)>;

/// Sets who is told what the library does, for the whole process; an empty
/// function removes the former one. What it throws is dropped.
inline void set_log(log_level level, log_callback told, std::error_code &failure)
{
    const auto number = static_cast<std::uint32_t>(level);
    if (!told) {
        detail::check(bgcopy_set_log_callback(number, nullptr, nullptr, nullptr), failure);
        return;
    }
    auto kept = std::make_unique<log_callback>(std::move(told));
    const auto hand_over = [](std::uint32_t of, const char *line, void *user) noexcept {
        static_cast<void>(detail::contained([&] {
            (*static_cast<log_callback *>(user))(static_cast<log_level>(of), line);
        }));
    };
    const auto forget = [](void *user) noexcept { delete static_cast<log_callback *>(user); };
    if (detail::check(bgcopy_set_log_callback(number, hand_over, kept.get(), forget), failure)) {
        static_cast<void>(kept.release());
    }
}

inline void set_log(log_level level, log_callback told)
{
    detail::must([&](std::error_code &failure) { set_log(level, std::move(told), failure); });
}

} // namespace bgcopy

#endif
