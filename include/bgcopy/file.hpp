// One file of a job.

#ifndef BGCOPY_FILE_HPP
#define BGCOPY_FILE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bgcopy/detail.hpp>

namespace bgcopy {

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

} // namespace bgcopy

#endif
