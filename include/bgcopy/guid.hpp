// Ids as text.

#ifndef BGCOPY_GUID_HPP
#define BGCOPY_GUID_HPP

#include <string>
#include <string_view>

#include <bgcopy/detail.hpp>

namespace bgcopy {

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
