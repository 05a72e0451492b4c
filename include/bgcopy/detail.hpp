// What the classes share. Nothing here is for programs.

#ifndef BGCOPY_DETAIL_HPP
#define BGCOPY_DETAIL_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <bgcopy/error.hpp>
#include <bgcopy/types.hpp>

namespace bgcopy::detail {

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)

/// Throws what the last call of this thread failed of.
[[noreturn]] inline void raise(std::error_code code)
{
    throw error(code, last_error_message(), last_error_context());
}

/// Runs what a program wrote, as a callback: what it throws becomes a code.
template <typename Call> hresult contained(Call call) noexcept
{
    try {
        call();
        return BGCOPY_S_OK;
    } catch (const error &failure) {
        return failure.result();
    } catch (...) {
        return BGCOPY_E_FAIL;
    }
}

#else

/// Without exceptions a call that would throw ends the program.
[[noreturn]] inline void raise(std::error_code) { std::abort(); }

template <typename Call> hresult contained(Call call) noexcept
{
    call();
    return BGCOPY_S_OK;
}

#endif

inline void check(hresult code)
{
    if (BGCOPY_FAILED(code)) {
        raise(make_code(code));
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
            raise(failure);
        }
    } else {
        auto result = call(failure);
        if (failure) {
            raise(failure);
        }
        return result;
    }
}

/// Text that may be missing, for C.
inline const char *c_str(const std::optional<std::string> &text)
{
    return text ? text->c_str() : nullptr;
}

/// Files as C takes them, as long as the others live.
inline std::vector<bgcopy_file_info> infos(const std::vector<file_info> &files)
{
    std::vector<bgcopy_file_info> all;
    all.reserve(files.size());
    for (const file_info &one : files) {
        all.push_back({one.remote_name.c_str(), one.local_name.c_str()});
    }
    return all;
}

/// The length of a list, for C. What is longer than it can count is refused by
/// the library for its length.
template <typename List> std::uint32_t count_of(const List &list)
{
    const std::size_t most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(list.size() < most ? list.size() : most);
}

/// Files as C takes them, as long as the others live.
inline std::vector<bgcopy_file_spec> specs(const std::vector<file_spec> &files)
{
    std::vector<bgcopy_file_spec> all;
    all.reserve(files.size());
    for (const file_spec &one : files) {
        const auto algorithm = one.hash ? static_cast<std::uint32_t>(one.hash->algorithm) : 0u;
        all.push_back({one.remote_name.c_str(), one.local_name.c_str(), one.ranges.data(),
                       count_of(one.ranges), algorithm,
                       one.hash ? one.hash->digest.c_str() : nullptr});
    }
    return all;
}

inline time_point time_of(std::uint64_t time)
{
    return time_point(std::chrono::milliseconds(bgcopy_time_to_unix_ms(time)));
}

/// A setting in whole seconds, rounded up, as 0 has a meaning of its own for
/// some: half a second is not "never wait". More than fit are as many as fit;
/// none for a negative time and for what is no number.
template <typename Number, typename Period>
std::optional<std::uint32_t> whole_seconds_of(std::chrono::duration<Number, Period> time)
{
    // Whole seconds of any length fit, at least about.
    const std::chrono::duration<double> about = time;
    const std::uint32_t longest = std::numeric_limits<std::uint32_t>::max();
    if (!(about.count() >= 0)) {
        return std::nullopt;
    }
    if (about.count() >= longest) {
        return longest;
    }
    return static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(time).count());
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

/// All that an enumerator lists; with no enumerator, none.
template <typename Owner, typename List, typename Count, typename Next>
std::vector<Owner> all_of(List *list, Count count, Next next, std::error_code &failure)
{
    std::vector<Owner> all;
    std::uint32_t length = 0;
    if (failure || !check(count(list, &length), failure)) {
        return all;
    }
    all.reserve(length);
    decltype(Owner().get()) one = nullptr;
    while (all.size() < length && check(next(list, 1, &one, nullptr), failure)) {
        all.emplace_back(one);
    }
    return all;
}

/// Owns a handle.
template <typename Raw, hresult (*Close)(Raw *)> class handle {
public:
    handle() noexcept = default;
    explicit handle(Raw *raw) noexcept : raw_(raw) {}
    handle(handle &&other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
    handle(const handle &) = delete;
    handle &operator=(const handle &) = delete;

    handle &operator=(handle &&other) noexcept
    {
        if (this != &other) {
            close();
            raw_ = std::exchange(other.raw_, nullptr);
        }
        return *this;
    }

    ~handle() { close(); }

    /// Closes the handle now; a second call does nothing.
    void close() noexcept
    {
        // Not even a call for none: it would take away the message of a failure.
        if (raw_ != nullptr) {
            Close(std::exchange(raw_, nullptr));
        }
    }

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

    /// For calls with several success codes.
    static hresult call_code(hresult code, std::error_code &failure) noexcept
    {
        check(code, failure);
        return code;
    }

    /// A number that C calls by its name.
    template <typename Enum, typename Call> Enum word(Call call, std::error_code &failure) const
    {
        return static_cast<Enum>(value<std::uint32_t>(call, failure));
    }

    /// A list whose length may grow between two calls.
    template <typename Value>
    std::vector<Value> list(hresult (*fill)(Raw *, std::uint32_t, Value *, std::uint32_t *),
                            std::error_code &failure) const
    {
        std::vector<Value> all;
        std::uint32_t count = 0;
        hresult code = fill(raw_, 0, nullptr, &count);
        while (check(code, failure) && count > all.size()) {
            all.resize(count);
            code = fill(raw_, count, all.data(), &count);
        }
        all.resize(failure ? 0 : count);
        return all;
    }

    /// A value that may be missing.
    template <typename Value, typename Call>
    std::optional<Value> optional_value(Call call, std::error_code &failure) const
    {
        Value result{};
        const bool some = call_some(call(raw_, &result), failure);
        return some ? std::optional<Value>(result) : std::nullopt;
    }

    Raw *raw_ = nullptr;
};

} // namespace bgcopy::detail

// The throwing form of a call, by the one with an error_code.
#define BGCOPY_DETAIL_THROWING(name)                                                              \
    auto name() const                                                                             \
    {                                                                                             \
        return detail::must([this](std::error_code &failure) { return name(failure); });          \
    }

#endif
