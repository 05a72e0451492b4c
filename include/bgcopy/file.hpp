// One file of a job.

#ifndef BGCOPY_FILE_HPP
#define BGCOPY_FILE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bgcopy/detail.hpp>
#include <bgcopy/file_reader.hpp>

namespace bgcopy {

class job_error;

/// One file of a job.
class file : public detail::handle<bgcopy_file, bgcopy_file_close> {
public:
    using handle::handle;

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

    /// What stopped it since it last made progress; nothing if nothing did.
    std::optional<job_error> error(std::error_code &failure) const;
    std::optional<job_error> error() const;

    /// The pieces asked for; none for the whole file.
    std::vector<file_range> ranges(std::error_code &failure) const
    {
        return list<file_range>(bgcopy_file_get_file_ranges, failure);
    }
    BGCOPY_DETAIL_THROWING(ranges)

    /// The bytes of the remote file that are here, in order.
    std::vector<file_range> filled_ranges(std::error_code &failure) const
    {
        return list<file_range>(bgcopy_file_get_filled_file_ranges, failure);
    }
    BGCOPY_DETAIL_THROWING(filled_ranges)

    std::optional<bool> validation_state(std::error_code &failure) const
    {
        const auto valid =
            optional_value<std::uint32_t>(bgcopy_file_get_validation_state, failure);
        return valid ? std::optional<bool>(*valid != 0) : std::nullopt;
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

    /// Appends another URL of the same content, which is asked when the sources before it
    /// fail: false if the file has it already.
    bool add_mirror(std::string_view url, std::error_code &failure)
    {
        return call_some(bgcopy_file_add_mirror(raw_, std::string(url).c_str()), failure);
    }
    bool add_mirror(std::string_view url)
    {
        return detail::must(
            [&](std::error_code &failure) { return add_mirror(url, failure); });
    }

    /// The places that it can be had from: the remote name, and its mirrors in their order.
    std::vector<file_source> sources(std::error_code &failure) const
    {
        std::vector<file_source> all;
        const auto count = value<std::uint32_t>(bgcopy_file_get_source_count, failure);
        for (std::uint32_t place = 0; place < count && !failure; ++place) {
            bgcopy_file_source raw{};
            raw.size = sizeof raw;
            char *url = nullptr;
            char *message = nullptr;
            const auto code = bgcopy_file_get_source(raw_, place, &raw, &url, &message);
            file_source found;
            found.url = detail::taken(url);
            found.message = detail::taken(message);
            if (!detail::check(code, failure)) {
                break;
            }
            found.kind = static_cast<source_kind>(raw.kind);
            found.state = static_cast<source_state>(raw.state);
            if (raw.code != 0) {
                found.code = raw.code;
                found.failure_time = detail::time_of(raw.failure_time);
            }
            all.push_back(std::move(found));
        }
        return all;
    }
    BGCOPY_DETAIL_THROWING(sources)

    void set_validation_state(bool valid, std::error_code &failure)
    {
        detail::check(bgcopy_file_set_validation_state(raw_, valid ? 1u : 0u), failure);
    }
    void set_validation_state(bool valid)
    {
        detail::must([&](std::error_code &failure) { set_validation_state(valid, failure); });
    }

    /// A reader at the first byte, which waits for what is not here yet.
    file_reader open_reader(std::error_code &failure) const
    {
        return file_reader(value<bgcopy_file_reader *>(bgcopy_file_open_reader, failure));
    }
    BGCOPY_DETAIL_THROWING(open_reader)

    /// Has ranges downloaded before the rest or, in ON_DEMAND_MODE, instead of it.
    void request_ranges(const std::vector<file_range> &ranges, std::error_code &failure)
    {
        const auto count = detail::count_of(ranges);
        detail::check(bgcopy_file_request_file_ranges(raw_, count, ranges.data()), failure);
    }
    void request_ranges(const std::vector<file_range> &ranges)
    {
        detail::must([&](std::error_code &failure) { request_ranges(ranges, failure); });
    }

    /// Has what is missing from this offset on downloaded first.
    void update_download_position(std::uint64_t offset, std::error_code &failure)
    {
        detail::check(bgcopy_file_update_download_position(raw_, offset), failure);
    }
    void update_download_position(std::uint64_t offset)
    {
        detail::must(
            [&](std::error_code &failure) { update_download_position(offset, failure); });
    }

    std::optional<bgcopy::expected_hash> expected_hash(std::error_code &failure) const
    {
        std::uint32_t algorithm = 0;
        char *digest = nullptr;
        const auto code = bgcopy_file_get_expected_hash(raw_, &algorithm, &digest);
        auto digits = detail::taken(digest);
        if (!call_some(code, failure)) {
            return std::nullopt;
        }
        return bgcopy::expected_hash{static_cast<hash_algorithm>(algorithm), std::move(digits)};
    }
    BGCOPY_DETAIL_THROWING(expected_hash)

    void set_expected_hash(const bgcopy::expected_hash &hash, std::error_code &failure)
    {
        const auto number = static_cast<std::uint32_t>(hash.algorithm);
        detail::check(bgcopy_file_set_expected_hash(raw_, number, hash.digest.c_str()), failure);
    }
    void set_expected_hash(const bgcopy::expected_hash &hash)
    {
        detail::must([&](std::error_code &failure) { set_expected_hash(hash, failure); });
    }

    void remove_expected_hash(std::error_code &failure)
    {
        detail::check(bgcopy_file_remove_expected_hash(raw_), failure);
    }
    void remove_expected_hash()
    {
        detail::must([this](std::error_code &failure) { remove_expected_hash(failure); });
    }
};

} // namespace bgcopy

// The bodies that need it stand there.
#include <bgcopy/job_error.hpp>

#endif
