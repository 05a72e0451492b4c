// What the classes share. Nothing here is for programs.

#ifndef BGCOPY_DETAIL_HPP
#define BGCOPY_DETAIL_HPP

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

#include <bgcopy/error.hpp>
#include <bgcopy/types.hpp>

namespace bgcopy::detail {

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
