// Properties of a job; part of bgcopy::job.

#ifndef BGCOPY_JOB_SETTINGS_HPP
#define BGCOPY_JOB_SETTINGS_HPP

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <bgcopy/job_facts.hpp>

namespace bgcopy::detail {

class job_settings : public job_facts {
public:
    using job_facts::job_facts;

// A setting with its getter: as text, as a number of seconds, and as bits.
#define BGCOPY_DETAIL_TEXT(name)                                                                  \
    std::string name(std::error_code &failure) const                                              \
    {                                                                                             \
        return text(bgcopy_job_get_##name, failure);                                              \
    }                                                                                             \
    BGCOPY_DETAIL_THROWING(name)                                                                  \
    void set_##name(std::string_view words, std::error_code &failure)                             \
    {                                                                                             \
        detail::check(bgcopy_job_set_##name(raw_, std::string(words).c_str()), failure);          \
    }                                                                                             \
    void set_##name(std::string_view words)                                                       \
    {                                                                                             \
        detail::must([&](std::error_code &failure) { set_##name(words, failure); });              \
    }

#define BGCOPY_DETAIL_SECONDS(name)                                                               \
    std::chrono::seconds name(std::error_code &failure) const                                     \
    {                                                                                             \
        return std::chrono::seconds(value<std::uint32_t>(bgcopy_job_get_##name, failure));        \
    }                                                                                             \
    BGCOPY_DETAIL_THROWING(name)                                                                  \
    void set_##name(std::chrono::seconds seconds, std::error_code &failure)                       \
    {                                                                                             \
        detail::check(bgcopy_job_set_##name(raw_, seconds_of(seconds)), failure);                 \
    }                                                                                             \
    void set_##name(std::chrono::seconds seconds)                                                 \
    {                                                                                             \
        detail::must([&](std::error_code &failure) { set_##name(seconds, failure); });            \
    }

#define BGCOPY_DETAIL_FLAGS(name)                                                                 \
    std::uint32_t name(std::error_code &failure) const                                            \
    {                                                                                             \
        return value<std::uint32_t>(bgcopy_job_get_##name, failure);                              \
    }                                                                                             \
    BGCOPY_DETAIL_THROWING(name)                                                                  \
    void set_##name(std::uint32_t flags, std::error_code &failure)                                \
    {                                                                                             \
        detail::check(bgcopy_job_set_##name(raw_, flags), failure);                               \
    }                                                                                             \
    void set_##name(std::uint32_t flags)                                                          \
    {                                                                                             \
        detail::must([&](std::error_code &failure) { set_##name(flags, failure); });              \
    }

    BGCOPY_DETAIL_TEXT(display_name)
    BGCOPY_DETAIL_TEXT(description)
    BGCOPY_DETAIL_SECONDS(minimum_retry_delay)
    BGCOPY_DETAIL_SECONDS(no_progress_timeout)
    BGCOPY_DETAIL_SECONDS(maximum_download_time)
    BGCOPY_DETAIL_FLAGS(notify_flags)
    BGCOPY_DETAIL_FLAGS(security_flags)

#undef BGCOPY_DETAIL_TEXT
#undef BGCOPY_DETAIL_SECONDS
#undef BGCOPY_DETAIL_FLAGS

    job_priority priority(std::error_code &failure) const
    {
        return word<job_priority>(bgcopy_job_get_priority, failure);
    }
    BGCOPY_DETAIL_THROWING(priority)

    void set_priority(job_priority priority, std::error_code &failure)
    {
        detail::check(bgcopy_job_set_priority(raw_, static_cast<std::uint32_t>(priority)), failure);
    }
    void set_priority(job_priority priority)
    {
        detail::must([&](std::error_code &failure) { set_priority(priority, failure); });
    }

private:
    static std::uint32_t seconds_of(std::chrono::seconds seconds)
    {
        auto count = seconds.count();
        const auto longest =
            static_cast<decltype(count)>(std::numeric_limits<std::uint32_t>::max());
        return static_cast<std::uint32_t>(count < 0 ? 0 : count > longest ? longest : count);
    }
};

} // namespace bgcopy::detail

#endif
