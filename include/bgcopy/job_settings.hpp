// Properties of a job; part of bgcopy::job.

#ifndef BGCOPY_JOB_SETTINGS_HPP
#define BGCOPY_JOB_SETTINGS_HPP

#include <chrono>
#include <cstdint>
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
    template <typename Number, typename Period>                                                   \
    void set_##name(std::chrono::duration<Number, Period> time, std::error_code &failure)         \
    {                                                                                             \
        set_seconds(bgcopy_job_set_##name, bgcopy_job_get_##name, time, failure);                 \
    }                                                                                             \
    template <typename Number, typename Period>                                                   \
    void set_##name(std::chrono::duration<Number, Period> time)                                   \
    {                                                                                             \
        detail::must([&](std::error_code &failure) { set_##name(time, failure); });               \
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

    // Times are set in whole seconds, rounded up; BGCOPY_E_INVALIDARG for a
    // negative one.

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
    template <typename Setter, typename Getter, typename Time>
    void set_seconds(Setter setter, Getter getter, Time time, std::error_code &failure)
    {
        if (const auto seconds = whole_seconds_of(time)) {
            detail::check(setter(raw_, *seconds), failure);
        } else if (static_cast<void>(value<std::uint32_t>(getter, failure)); !failure) {
            // The call took away the message of an earlier failure.
            failure = make_code(BGCOPY_E_INVALIDARG);
        }
    }
};

} // namespace bgcopy::detail

#endif
