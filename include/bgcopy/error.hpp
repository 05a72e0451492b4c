// Failures: codes as std::error_code, and what is thrown.

#ifndef BGCOPY_ERROR_HPP
#define BGCOPY_ERROR_HPP

#include <memory>
#include <string>
#include <system_error>

#include <bgcopy/types.hpp>

namespace bgcopy {

namespace detail {

/// A text of the library, which is freed.
inline std::string taken(char *text)
{
    const std::unique_ptr<char, void (*)(char *)> owner(text, bgcopy_string_free);
    return text == nullptr ? std::string() : std::string(text);
}

} // namespace detail

/// The category of our codes; an error_code's value is the bgcopy_hresult.
class error_category_type final : public std::error_category {
public:
    const char *name() const noexcept override { return "bgcopy"; }

    /// The code's number and name, and what it means. What happened in this
    /// very case is said by last_error_message, or by what is thrown.
    std::string message(int code) const override
    {
        return detail::taken(bgcopy_hresult_to_string(code));
    }
};

inline const std::error_category &error_category() noexcept
{
    static const error_category_type category;
    return category;
}

inline std::error_code make_code(hresult code) noexcept { return {code, error_category()}; }

/// What the last call of this thread failed of, in one sentence; empty if it
/// did not fail. It is gone with the thread's next call of any kind.
inline std::string last_error_message() { return bgcopy_last_error_message(); }

/// What kind of thing the last call of this thread failed at; none if it was
/// the call itself.
inline error_context last_error_context() noexcept
{
    return static_cast<error_context>(bgcopy_last_error_context());
}

/// What a failed call throws: its code, the library's sentence for this case,
/// and what kind of thing it failed at.
class error : public std::system_error {
public:
    error(std::error_code code, const std::string &message,
          error_context context = error_context::none)
        : std::system_error(code, message), context_(context)
    {
    }

    hresult result() const noexcept { return code().value(); }
    error_context context() const noexcept { return context_; }

private:
    error_context context_;
};

} // namespace bgcopy

#endif
