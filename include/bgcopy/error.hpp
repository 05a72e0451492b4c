// Failures: codes as std::error_code, and what is thrown.

#ifndef BGCOPY_ERROR_HPP
#define BGCOPY_ERROR_HPP

#include <cstdint>
#include <string>
#include <system_error>

#include <bgcopy/types.hpp>

namespace bgcopy {

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

} // namespace bgcopy

#endif
