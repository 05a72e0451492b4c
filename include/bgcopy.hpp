// bgcopy for C++17: header-only, over bgcopy.h, which is the manual.
//
// Each kind of handle is a class that owns it: it can be moved, not copied, and
// closes its handle at its end. Each call comes twice: one throws
// bgcopy::error, one takes a std::error_code& at the end, throws nothing but
// std::bad_alloc, and answers an empty object on failure. Success codes other
// than S_OK that matter are the result; a value that may be missing is a
// std::optional.

#ifndef BGCOPY_HPP
#define BGCOPY_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <bgcopy.h>

namespace bgcopy {

using hresult = bgcopy_hresult;
using guid = bgcopy_guid;
using file_range = bgcopy_file_range;
using job_progress = bgcopy_job_progress;
using file_progress = bgcopy_file_progress;
using limits = bgcopy_limits;
using time_point =
    std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

enum class job_state : std::uint32_t {
    queued = BGCOPY_JOB_STATE_QUEUED,
    connecting = BGCOPY_JOB_STATE_CONNECTING,
    transferring = BGCOPY_JOB_STATE_TRANSFERRING,
    suspended = BGCOPY_JOB_STATE_SUSPENDED,
    error = BGCOPY_JOB_STATE_ERROR,
    transient_error = BGCOPY_JOB_STATE_TRANSIENT_ERROR,
    transferred = BGCOPY_JOB_STATE_TRANSFERRED,
    acknowledged = BGCOPY_JOB_STATE_ACKNOWLEDGED,
    cancelled = BGCOPY_JOB_STATE_CANCELLED,
};

enum class job_type : std::uint32_t {
    download = BGCOPY_JOB_TYPE_DOWNLOAD,
    upload = BGCOPY_JOB_TYPE_UPLOAD,
    upload_reply = BGCOPY_JOB_TYPE_UPLOAD_REPLY,
};

enum class job_priority : std::uint32_t {
    foreground = BGCOPY_JOB_PRIORITY_FOREGROUND,
    high = BGCOPY_JOB_PRIORITY_HIGH,
    normal = BGCOPY_JOB_PRIORITY_NORMAL,
    low = BGCOPY_JOB_PRIORITY_LOW,
};

/// The category of our codes; an error_code's value is the bgcopy_hresult.
class error_category_type final : public std::error_category {
public:
    const char *name() const noexcept override { return "bgcopy"; }

    std::string message(int code) const override
    {
        // The library's own sentence of the last failed call says more; this
        // one is for a code alone.
        static const char digits[] = "0123456789ABCDEF";
        std::string text = "bgcopy code 0x";
        const auto bits = static_cast<std::uint32_t>(code);
        for (int shift = 28; shift >= 0; shift -= 4) {
            text += digits[(bits >> shift) & 0xFu];
        }
        return text;
    }
};

inline const std::error_category &error_category() noexcept
{
    static const error_category_type category;
    return category;
}

inline std::error_code make_code(hresult code) noexcept { return {code, error_category()}; }

/// What a failed call throws: its code, and the library's sentence for it.
class error : public std::system_error {
public:
    error(std::error_code code, const std::string &message) : std::system_error(code, message) {}

    hresult result() const noexcept { return code().value(); }
};

inline const char *version() noexcept { return bgcopy_version(); }

namespace detail {

inline void check(hresult code)
{
    if (BGCOPY_FAILED(code)) {
        throw error(make_code(code), bgcopy_last_error_message());
    }
}

inline bool check(hresult code, std::error_code &failure) noexcept
{
    failure = BGCOPY_FAILED(code) ? make_code(code) : std::error_code();
    return BGCOPY_SUCCEEDED(code);
}

/// Makes the throwing call of one that takes an error_code. The message is
/// still that of the failed call: nothing was called since.
template <typename Call> auto must(Call call)
{
    std::error_code failure;
    if constexpr (std::is_void_v<decltype(call(failure))>) {
        call(failure);
        if (failure) {
            throw error(failure, bgcopy_last_error_message());
        }
    } else {
        auto result = call(failure);
        if (failure) {
            throw error(failure, bgcopy_last_error_message());
        }
        return result;
    }
}

inline std::string taken(char *text)
{
    const std::unique_ptr<char, void (*)(char *)> owner(text, bgcopy_string_free);
    return text == nullptr ? std::string() : std::string(text);
}

inline time_point time_of(std::uint64_t time)
{
    return time_point(std::chrono::milliseconds(bgcopy_time_to_unix_ms(time)));
}

inline std::uint32_t timeout_of(std::optional<std::chrono::milliseconds> timeout)
{
    if (!timeout) {
        return BGCOPY_WAIT_FOREVER;
    }
    auto count = timeout->count();
    const auto longest = static_cast<decltype(count)>(BGCOPY_WAIT_FOREVER - 1u);
    return static_cast<std::uint32_t>(count < 0 ? 0 : count > longest ? longest : count);
}

/// Owns a handle.
template <typename Raw, hresult (*Close)(Raw *)> class owner {
public:
    owner() noexcept = default;
    explicit owner(Raw *raw) noexcept : raw_(raw) {}
    owner(owner &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
    owner(const owner &) = delete;
    owner &operator=(const owner &) = delete;

    owner &operator=(owner &&other) noexcept
    {
        if (this != &other) {
            close();
            raw_ = std::exchange(other.raw_, nullptr);
        }
        return *this;
    }

    ~owner() { close(); }

    /// Closes the handle now; a second call does nothing.
    void close() noexcept { Close(std::exchange(raw_, nullptr)); }

    /// The handle, for calls of bgcopy.h; it stays with this object.
    Raw *get() const noexcept { return raw_; }

    /// Gives the handle away, unclosed.
    Raw *release() noexcept { return std::exchange(raw_, nullptr); }

    explicit operator bool() const noexcept { return raw_ != nullptr; }

protected:
    template <typename Value, typename Call>
    Value value(Call call, std::error_code &failure) const
    {
        Value result{};
        check(call(raw_, &result), failure);
        return result;
    }

    template <typename Call> std::string text(Call call, std::error_code &failure) const
    {
        char *result = nullptr;
        check(call(raw_, &result), failure);
        return taken(result);
    }

    template <typename Call>
    std::optional<std::string> optional_text(Call call, std::error_code &failure) const
    {
        char *result = nullptr;
        const bool some = call_some(call(raw_, &result), failure);
        auto words = taken(result);
        return some ? std::optional<std::string>(std::move(words)) : std::nullopt;
    }

    static bool call_some(hresult code, std::error_code &failure) noexcept
    {
        check(code, failure);
        return code == BGCOPY_S_OK;
    }

    Raw *raw_ = nullptr;
};

} // namespace detail

// The throwing form of a call, by the one with an error_code.
#define BGCOPY_DETAIL_THROWING(name)                                                              \
    auto name() const                                                                             \
    {                                                                                             \
        return detail::must([this](std::error_code &failure) { return name(failure); });          \
    }

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

/// One file of a job.
class file : public detail::owner<bgcopy_file, bgcopy_file_close> {
public:
    using owner::owner;

    std::uint32_t index(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_file_get_index, failure);
    }
    BGCOPY_DETAIL_THROWING(index)

    std::string remote_name(std::error_code &failure) const
    {
        return text(bgcopy_file_get_remote_name, failure);
    }
    BGCOPY_DETAIL_THROWING(remote_name)

    std::string local_name(std::error_code &failure) const
    {
        return text(bgcopy_file_get_local_name, failure);
    }
    BGCOPY_DETAIL_THROWING(local_name)

    std::string temporary_name(std::error_code &failure) const
    {
        return text(bgcopy_file_get_temporary_name, failure);
    }
    BGCOPY_DETAIL_THROWING(temporary_name)

    file_progress progress(std::error_code &failure) const
    {
        return value<file_progress>(bgcopy_file_get_progress, failure);
    }
    BGCOPY_DETAIL_THROWING(progress)

    std::vector<file_range> ranges(std::error_code &failure) const
    {
        std::vector<file_range> found;
        std::uint32_t count = 0;
        if (detail::check(bgcopy_file_get_file_ranges(raw_, 0, nullptr, &count), failure) &&
            count > 0) {
            found.resize(count);
            detail::check(bgcopy_file_get_file_ranges(raw_, count, found.data(), &count), failure);
        }
        return found;
    }
    BGCOPY_DETAIL_THROWING(ranges)

    std::optional<bool> validation_state(std::error_code &failure) const
    {
        std::uint32_t valid = 0;
        const bool some = call_some(bgcopy_file_get_validation_state(raw_, &valid), failure);
        return some ? std::optional<bool>(valid != 0) : std::nullopt;
    }
    BGCOPY_DETAIL_THROWING(validation_state)

    std::optional<std::string> response_headers(std::error_code &failure) const
    {
        return optional_text(bgcopy_file_get_response_headers, failure);
    }
    BGCOPY_DETAIL_THROWING(response_headers)

    void set_remote_name(std::string_view name, std::error_code &failure)
    {
        detail::check(bgcopy_file_set_remote_name(raw_, std::string(name).c_str()), failure);
    }
    void set_remote_name(std::string_view name)
    {
        detail::must([&](std::error_code &failure) { set_remote_name(name, failure); });
    }

    void set_validation_state(bool valid, std::error_code &failure)
    {
        detail::check(bgcopy_file_set_validation_state(raw_, valid ? 1u : 0u), failure);
    }
    void set_validation_state(bool valid)
    {
        detail::must([&](std::error_code &failure) { set_validation_state(valid, failure); });
    }

    void set_expected_hash(bgcopy_hash_algorithm algorithm, std::string_view digest,
                           std::error_code &failure)
    {
        const std::string hex(digest);
        const auto number = static_cast<std::uint32_t>(algorithm);
        detail::check(bgcopy_file_set_expected_hash(raw_, number, hex.c_str()), failure);
    }
    void set_expected_hash(bgcopy_hash_algorithm algorithm, std::string_view digest)
    {
        detail::must([&](std::error_code &failure) {
            set_expected_hash(algorithm, digest, failure);
        });
    }
};

/// What stopped a job.
class job_error : public detail::owner<bgcopy_error, bgcopy_error_close> {
public:
    using owner::owner;

    hresult code(std::error_code &failure) const
    {
        std::uint32_t context = 0;
        hresult found = 0;
        detail::check(bgcopy_error_get_error(raw_, &context, &found), failure);
        return found;
    }
    BGCOPY_DETAIL_THROWING(code)

    std::uint32_t context(std::error_code &failure) const
    {
        std::uint32_t found = 0;
        hresult code = 0;
        detail::check(bgcopy_error_get_error(raw_, &found, &code), failure);
        return found;
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

/// When things happened.
struct job_times {
    time_point creation;
    time_point modification;
    std::optional<time_point> transfer_completion;
};

/// One job. Inside a callback it is lent: do not keep it.
class job : public detail::owner<bgcopy_job, bgcopy_job_close> {
public:
    using owner::owner;

    // What a callback may throw is told to the library as a failure, so that
    // the event comes again.
    using callback = std::function<void(job &)>;
    using error_callback = std::function<void(job &, job_error &)>;
    using file_callback = std::function<void(job &, bgcopy::file &)>;
    using ranges_callback =
        std::function<void(job &, bgcopy::file &, const std::vector<file_range> &)>;

    void add_file(std::string_view url, std::string_view path, std::error_code &failure)
    {
        const std::string from(url), to(path);
        detail::check(bgcopy_job_add_file(raw_, from.c_str(), to.c_str()), failure);
    }
    void add_file(std::string_view url, std::string_view path)
    {
        detail::must([&](std::error_code &failure) { add_file(url, path, failure); });
    }

    void add_file(std::string_view url, std::string_view path,
                  const std::vector<file_range> &ranges, std::error_code &failure)
    {
        const std::string from(url), to(path);
        detail::check(bgcopy_job_add_file_with_ranges(raw_, from.c_str(), to.c_str(),
                                                      static_cast<std::uint32_t>(ranges.size()),
                                                      ranges.data()),
                      failure);
    }
    void add_file(std::string_view url, std::string_view path,
                  const std::vector<file_range> &ranges)
    {
        detail::must([&](std::error_code &failure) { add_file(url, path, ranges, failure); });
    }

    void suspend(std::error_code &failure) { detail::check(bgcopy_job_suspend(raw_), failure); }
    void suspend() { detail::check(bgcopy_job_suspend(raw_)); }

    void resume(std::error_code &failure) { detail::check(bgcopy_job_resume(raw_), failure); }
    void resume() { detail::check(bgcopy_job_resume(raw_)); }

    /// Answers the success code, as BGCOPY_BG_S_UNABLE_TO_DELETE_FILES.
    hresult cancel(std::error_code &failure) { return done(bgcopy_job_cancel(raw_), failure); }
    hresult cancel()
    {
        return detail::must([this](std::error_code &failure) { return cancel(failure); });
    }

    /// Answers the success code, as BGCOPY_BG_S_PARTIAL_COMPLETE.
    hresult complete(std::error_code &failure) { return done(bgcopy_job_complete(raw_), failure); }
    hresult complete()
    {
        return detail::must([this](std::error_code &failure) { return complete(failure); });
    }

    /// Waits until the job is in one of the states; no timeout is for ever.
    job_state wait(const std::vector<job_state> &states,
                   std::optional<std::chrono::milliseconds> timeout, std::error_code &failure)
    {
        std::vector<std::uint32_t> numbers;
        for (const job_state one : states) {
            numbers.push_back(static_cast<std::uint32_t>(one));
        }
        std::uint32_t found = 0;
        detail::check(bgcopy_job_wait(raw_, static_cast<std::uint32_t>(numbers.size()),
                                      numbers.data(), detail::timeout_of(timeout), &found),
                      failure);
        return static_cast<job_state>(found);
    }
    job_state wait(const std::vector<job_state> &states,
                   std::optional<std::chrono::milliseconds> timeout = std::nullopt)
    {
        return detail::must(
            [&](std::error_code &failure) { return wait(states, timeout, failure); });
    }

    std::vector<bgcopy::file> files(std::error_code &failure) const
    {
        std::vector<bgcopy::file> all;
        bgcopy_file *one = nullptr;
        const auto count = progress(failure).files_total;
        for (std::uint32_t index = 0; !failure && index < count; index++) {
            if (detail::check(bgcopy_job_get_file(raw_, index, &one), failure)) {
                all.emplace_back(one);
            }
        }
        return all;
    }
    BGCOPY_DETAIL_THROWING(files)

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

// A setting with its getter: as text, and as a number of seconds.
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

#define BGCOPY_DETAIL_NUMBER(type, name)                                                          \
    type name(std::error_code &failure) const                                                     \
    {                                                                                             \
        return type(value<std::uint32_t>(bgcopy_job_get_##name, failure));                        \
    }                                                                                             \
    BGCOPY_DETAIL_THROWING(name)

#define BGCOPY_DETAIL_SECONDS(name)                                                               \
    BGCOPY_DETAIL_NUMBER(std::chrono::seconds, name)                                              \
    void set_##name(std::chrono::seconds seconds, std::error_code &failure)                       \
    {                                                                                             \
        detail::check(bgcopy_job_set_##name(raw_, seconds_of(seconds)), failure);                 \
    }                                                                                             \
    void set_##name(std::chrono::seconds seconds)                                                 \
    {                                                                                             \
        detail::must([&](std::error_code &failure) { set_##name(seconds, failure); });            \
    }

#define BGCOPY_DETAIL_FLAGS(name)                                                                 \
    BGCOPY_DETAIL_NUMBER(std::uint32_t, name)                                                     \
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
    BGCOPY_DETAIL_NUMBER(job_priority, priority)

#undef BGCOPY_DETAIL_TEXT
#undef BGCOPY_DETAIL_NUMBER
#undef BGCOPY_DETAIL_SECONDS
#undef BGCOPY_DETAIL_FLAGS

    void set_priority(job_priority priority, std::error_code &failure)
    {
        detail::check(bgcopy_job_set_priority(raw_, static_cast<std::uint32_t>(priority)), failure);
    }
    void set_priority(job_priority priority)
    {
        detail::must([&](std::error_code &failure) { set_priority(priority, failure); });
    }

    std::optional<std::string> custom_headers(std::error_code &failure) const
    {
        return optional_text(bgcopy_job_get_custom_headers, failure);
    }
    BGCOPY_DETAIL_THROWING(custom_headers)

    /// No headers clears them.
    void set_custom_headers(const std::optional<std::string> &headers, std::error_code &failure)
    {
        const char *lines = headers ? headers->c_str() : nullptr;
        detail::check(bgcopy_job_set_custom_headers(raw_, lines), failure);
    }
    void set_custom_headers(const std::optional<std::string> &headers)
    {
        detail::must([&](std::error_code &failure) { set_custom_headers(headers, failure); });
    }

    void set_credentials(bgcopy_auth_target target, bgcopy_auth_scheme scheme,
                         std::string_view user_name, std::string_view password,
                         std::error_code &failure)
    {
        const std::string user(user_name), secret(password);
        detail::check(bgcopy_job_set_credentials(raw_, static_cast<std::uint32_t>(target),
                                                 static_cast<std::uint32_t>(scheme), user.c_str(),
                                                 secret.c_str()),
                      failure);
    }
    void set_credentials(bgcopy_auth_target target, bgcopy_auth_scheme scheme,
                         std::string_view user_name, std::string_view password)
    {
        detail::must([&](std::error_code &failure) {
            set_credentials(target, scheme, user_name, password, failure);
        });
    }

    // Callbacks. An empty function removes the former one.

    void on_transferred(callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_transferred_callback, told_of_job, std::move(told), failure);
    }
    void on_transferred(callback told)
    {
        detail::must([&](std::error_code &failure) { on_transferred(std::move(told), failure); });
    }

    void on_error(error_callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_error_callback, told_of_error, std::move(told), failure);
    }
    void on_error(error_callback told)
    {
        detail::must([&](std::error_code &failure) { on_error(std::move(told), failure); });
    }

    void on_modification(callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_modification_callback, told_of_job, std::move(told), failure);
    }
    void on_modification(callback told)
    {
        detail::must([&](std::error_code &failure) { on_modification(std::move(told), failure); });
    }

    void on_file_transferred(file_callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_file_transferred_callback, told_of_file, std::move(told), failure);
    }
    void on_file_transferred(file_callback told)
    {
        detail::must(
            [&](std::error_code &failure) { on_file_transferred(std::move(told), failure); });
    }

    void on_file_ranges_transferred(ranges_callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_file_ranges_transferred_callback, told_of_ranges, std::move(told),
            failure);
    }
    void on_file_ranges_transferred(ranges_callback told)
    {
        detail::must([&](std::error_code &failure) {
            on_file_ranges_transferred(std::move(told), failure);
        });
    }

    void on_file_restarted(file_callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_file_restarted_callback, told_of_file, std::move(told), failure);
    }
    void on_file_restarted(file_callback told)
    {
        detail::must(
            [&](std::error_code &failure) { on_file_restarted(std::move(told), failure); });
    }

private:
    static hresult done(hresult code, std::error_code &failure) noexcept
    {
        detail::check(code, failure);
        return code;
    }

    static std::uint32_t seconds_of(std::chrono::seconds seconds)
    {
        auto count = seconds.count();
        const auto longest =
            static_cast<decltype(count)>(std::numeric_limits<std::uint32_t>::max());
        return static_cast<std::uint32_t>(count < 0 ? 0 : count > longest ? longest : count);
    }

    template <typename Setter, typename Raw, typename Told>
    void set(Setter setter, Raw raw, Told told, std::error_code &failure)
    {
        if (!told) {
            detail::check(setter(raw_, nullptr, nullptr, nullptr), failure);
            return;
        }
        auto kept = std::make_unique<Told>(std::move(told));
        if (detail::check(setter(raw_, raw, kept.get(), forget<Told>), failure)) {
            static_cast<void>(kept.release());
        }
    }

    template <typename Told> static void forget(void *user) { delete static_cast<Told *>(user); }

    /// Lends a handle for the time of a callback, and keeps exceptions in.
    template <typename Call> static hresult lend(bgcopy_job *raw, Call call) noexcept
    {
        job lent(raw);
        hresult code = BGCOPY_S_OK;
        try {
            call(lent);
        } catch (const bgcopy::error &failure) {
            code = failure.result();
        } catch (...) {
            code = BGCOPY_E_FAIL;
        }
        static_cast<void>(lent.release());
        return code;
    }

    /// The same for what comes with the job.
    template <typename Thing> class lent_too {
    public:
        template <typename Raw> explicit lent_too(Raw *raw) noexcept : thing(raw) {}
        lent_too(const lent_too &) = delete;
        lent_too &operator=(const lent_too &) = delete;
        ~lent_too() { static_cast<void>(thing.release()); }
        Thing thing;
    };

    static hresult told_of_job(bgcopy_job *raw, void *user) noexcept
    {
        return lend(raw, [user](job &lent) { (*static_cast<callback *>(user))(lent); });
    }

    static hresult told_of_error(bgcopy_job *raw, bgcopy_error *error, void *user) noexcept
    {
        return lend(raw, [=](job &lent) {
            lent_too<job_error> too(error);
            (*static_cast<error_callback *>(user))(lent, too.thing);
        });
    }

    static hresult told_of_file(bgcopy_job *raw, bgcopy_file *file, void *user) noexcept
    {
        return lend(raw, [=](job &lent) {
            lent_too<bgcopy::file> too(file);
            (*static_cast<file_callback *>(user))(lent, too.thing);
        });
    }

    static hresult told_of_ranges(bgcopy_job *raw, bgcopy_file *file, std::uint32_t count,
                                  const bgcopy_file_range *ranges, void *user) noexcept
    {
        return lend(raw, [=](job &lent) {
            lent_too<bgcopy::file> too(file);
            const std::vector<file_range> copy(ranges, ranges + count);
            (*static_cast<ranges_callback *>(user))(lent, too.thing, copy);
        });
    }
};

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

/// How a manager is opened; what is not set has its default.
struct options {
    std::string store_path;
    std::string user_agent;
    std::uint32_t simultaneous_files = 0;
    std::uint32_t connections_total = 0;
    std::uint32_t connections_per_host = 0;
    std::uint32_t connections_per_file = 0;
    std::uint32_t jobs = 0;
    std::uint32_t files_per_job = 0;
    /// The store alone: nobody can join, and nobody must have it open already.
    bool exclusive = false;
    /// Takes the place of a host that is too old to be joined.
    bool replace_older = false;
};

/// An open queue. Its end closes it, unless that is inside one of its callbacks.
class manager : public detail::owner<bgcopy_manager, bgcopy_manager_close> {
public:
    using owner::owner;

    static manager open(const options &wanted, std::error_code &failure)
    {
        bgcopy_options raw{};
        raw.size = sizeof raw;
        raw.store_path = wanted.store_path.empty() ? nullptr : wanted.store_path.c_str();
        raw.user_agent = wanted.user_agent.empty() ? nullptr : wanted.user_agent.c_str();
        raw.simultaneous_files = wanted.simultaneous_files;
        raw.connections_total = wanted.connections_total;
        raw.connections_per_host = wanted.connections_per_host;
        raw.connections_per_file = wanted.connections_per_file;
        raw.jobs = wanted.jobs;
        raw.files_per_job = wanted.files_per_job;
        raw.exclusive = wanted.exclusive ? 1 : 0;
        raw.replace_older = wanted.replace_older ? 1 : 0;
        bgcopy_manager *opened = nullptr;
        detail::check(bgcopy_manager_open(&raw, &opened), failure);
        return manager(opened);
    }
    static manager open(const options &wanted = {})
    {
        return detail::must([&](std::error_code &failure) { return open(wanted, failure); });
    }

    job create_job(std::string_view display_name, job_type type, std::error_code &failure)
    {
        bgcopy_job *made = nullptr;
        detail::check(bgcopy_manager_create_job(raw_, std::string(display_name).c_str(),
                                                static_cast<std::uint32_t>(type), nullptr, &made),
                      failure);
        return job(made);
    }
    job create_job(std::string_view display_name, job_type type = job_type::download)
    {
        return detail::must([&](std::error_code &failure) {
            return create_job(display_name, type, failure);
        });
    }

    job get_job(const guid &id, std::error_code &failure) const
    {
        bgcopy_job *found = nullptr;
        detail::check(bgcopy_manager_get_job(raw_, &id, &found), failure);
        return job(found);
    }
    job get_job(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return get_job(id, failure); });
    }

    std::vector<job> jobs(std::error_code &failure) const
    {
        std::vector<job> all;
        const detail::owner<bgcopy_enum_jobs, bgcopy_enum_jobs_close> list(
            value<bgcopy_enum_jobs *>(bgcopy_manager_enum_jobs, failure));
        bgcopy_job *one = nullptr;
        while (!failure &&
               call_some(bgcopy_enum_jobs_next(list.get(), 1, &one, nullptr), failure)) {
            all.emplace_back(one);
        }
        return all;
    }
    BGCOPY_DETAIL_THROWING(jobs)

    /// The next event; an empty one if none came in time. No timeout is for ever.
    event next_event(std::optional<std::chrono::milliseconds> timeout, std::error_code &failure)
    {
        bgcopy_event *found = nullptr;
        detail::check(bgcopy_manager_next_event(raw_, detail::timeout_of(timeout), &found),
                      failure);
        return event(found);
    }
    event next_event(std::optional<std::chrono::milliseconds> timeout = std::nullopt)
    {
        return detail::must(
            [&](std::error_code &failure) { return next_event(timeout, failure); });
    }

    int event_fd(std::error_code &failure) const
    {
        return value<std::int32_t>(bgcopy_manager_event_fd, failure);
    }
    BGCOPY_DETAIL_THROWING(event_fd)

    /// True if this manager hosts the queue; false if it has joined another process.
    bool is_host(std::error_code &failure) const
    {
        std::uint32_t found = 0;
        detail::check(bgcopy_manager_is_host(raw_, &found), failure);
        return found != 0;
    }
    bool is_host() const
    {
        return detail::must([&](std::error_code &failure) { return is_host(failure); });
    }

    bgcopy::limits limits(std::error_code &failure) const
    {
        bgcopy::limits found{};
        found.size = sizeof found;
        detail::check(bgcopy_manager_get_limits(raw_, &found), failure);
        return found;
    }
    BGCOPY_DETAIL_THROWING(limits)

    void set_limits(const bgcopy::limits &limits, std::error_code &failure)
    {
        detail::check(bgcopy_manager_set_limits(raw_, &limits), failure);
    }
    void set_limits(const bgcopy::limits &limits)
    {
        detail::must([&](std::error_code &failure) { set_limits(limits, failure); });
    }

    std::string error_description(hresult code, std::error_code &failure) const
    {
        char *found = nullptr;
        detail::check(bgcopy_manager_get_error_description(raw_, code, &found), failure);
        return detail::taken(found);
    }
    std::string error_description(hresult code) const
    {
        return detail::must(
            [&](std::error_code &failure) { return error_description(code, failure); });
    }
};

/// Looks at a queue while another process drives it.
class reader : public detail::owner<bgcopy_reader, bgcopy_reader_close> {
public:
    using owner::owner;

    static reader open(std::string_view store_path, std::error_code &failure)
    {
        bgcopy_reader *opened = nullptr;
        detail::check(bgcopy_reader_open(std::string(store_path).c_str(), &opened), failure);
        return reader(opened);
    }
    static reader open(std::string_view store_path)
    {
        return detail::must([&](std::error_code &failure) { return open(store_path, failure); });
    }

    bool engine_is_running(std::error_code &failure) const
    {
        return value<std::uint32_t>(bgcopy_reader_engine_is_running, failure) != 0;
    }
    BGCOPY_DETAIL_THROWING(engine_is_running)

    /// The ids of the jobs; one that was added meanwhile may be missing.
    std::vector<guid> jobs(std::error_code &failure) const
    {
        std::vector<guid> ids;
        std::uint32_t count = 0;
        if (detail::check(bgcopy_reader_get_jobs(raw_, 0, nullptr, &count), failure)) {
            ids.resize(count);
            detail::check(bgcopy_reader_get_jobs(raw_, count, ids.data(), &count), failure);
            ids.resize(count < ids.size() ? count : ids.size());
        }
        return ids;
    }
    BGCOPY_DETAIL_THROWING(jobs)

    std::string display_name(const guid &id, std::error_code &failure) const
    {
        char *found = nullptr;
        detail::check(bgcopy_reader_get_display_name(raw_, &id, &found), failure);
        return detail::taken(found);
    }
    std::string display_name(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return display_name(id, failure); });
    }

    job_state state(const guid &id, std::error_code &failure) const
    {
        std::uint32_t found = 0;
        detail::check(bgcopy_reader_get_state(raw_, &id, &found), failure);
        return static_cast<job_state>(found);
    }
    job_state state(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return state(id, failure); });
    }

    job_progress progress(const guid &id, std::error_code &failure) const
    {
        job_progress found{};
        detail::check(bgcopy_reader_get_progress(raw_, &id, &found), failure);
        return found;
    }
    job_progress progress(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return progress(id, failure); });
    }

    bgcopy::wait_reason wait_reason(const guid &id, std::error_code &failure) const
    {
        bgcopy_wait_reason *found = nullptr;
        detail::check(bgcopy_reader_get_wait_reason(raw_, &id, &found), failure);
        return bgcopy::wait_reason(found);
    }
    bgcopy::wait_reason wait_reason(const guid &id) const
    {
        return detail::must([&](std::error_code &failure) { return wait_reason(id, failure); });
    }
};

#undef BGCOPY_DETAIL_THROWING

using log_callback = std::function<void(bgcopy_log_level, std::string_view)>;

/// Sets who is told what the library does, for the whole process; an empty
/// function removes the former one. What it throws is dropped.
inline void set_log(bgcopy_log_level level, log_callback told, std::error_code &failure)
{
    const auto number = static_cast<std::uint32_t>(level);
    if (!told) {
        detail::check(bgcopy_set_log_callback(number, nullptr, nullptr, nullptr), failure);
        return;
    }
    auto kept = std::make_unique<log_callback>(std::move(told));
    const auto hand_over = [](std::uint32_t of, const char *line, void *user) noexcept {
        try {
            (*static_cast<log_callback *>(user))(static_cast<bgcopy_log_level>(of), line);
        } catch (...) {
        }
    };
    const auto forget = [](void *user) noexcept { delete static_cast<log_callback *>(user); };
    if (detail::check(bgcopy_set_log_callback(number, hand_over, kept.get(), forget), failure)) {
        static_cast<void>(kept.release());
    }
}

inline void set_log(bgcopy_log_level level, log_callback told)
{
    detail::must([&](std::error_code &failure) { set_log(level, std::move(told), failure); });
}

/// An id as text, and back.
inline std::string to_string(const guid &id)
{
    char *text = nullptr;
    detail::check(bgcopy_guid_to_string(&id, &text));
    return detail::taken(text);
}

inline guid to_guid(std::string_view text)
{
    guid id{};
    detail::check(bgcopy_guid_from_string(std::string(text).c_str(), &id));
    return id;
}

} // namespace bgcopy

#endif
