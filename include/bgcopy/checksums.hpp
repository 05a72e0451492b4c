// Lists of checksums.

#ifndef BGCOPY_CHECKSUMS_HPP
#define BGCOPY_CHECKSUMS_HPP

#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <bgcopy/detail.hpp>
#include <bgcopy/enums.hpp>

namespace bgcopy {

/// One line of a list of checksums.
struct listed_checksum {
    /// The name of the file in the list, with `/` between folders; empty for a digest without a
    /// name. It never begins with `/` and has no `..`.
    std::string name;
    hash_algorithm algorithm = hash_algorithm::sha256;
    /// In lower-case hexadecimal digits.
    std::string digest;
};

namespace detail {

inline hresult keep_checksum(const bgcopy_listed_checksum *line, void *user)
{
    return contained([&] {
        static_cast<std::vector<listed_checksum> *>(user)->push_back(
            {line->name, static_cast<hash_algorithm>(line->algorithm), line->digest});
    });
}

} // namespace detail

/// Reads a list of checksums. As bgcopy_parse_checksum_list.
inline std::vector<listed_checksum> parse_checksum_list(std::string_view text,
                                                        std::error_code &failure)
{
    std::vector<listed_checksum> lines;
    detail::check(
        bgcopy_parse_checksum_list(text.data(), text.size(), &detail::keep_checksum, &lines),
        failure);
    return lines;
}
inline std::vector<listed_checksum> parse_checksum_list(std::string_view text)
{
    return detail::must([&](std::error_code &failure) {
        return parse_checksum_list(text, failure);
    });
}

} // namespace bgcopy

#endif
