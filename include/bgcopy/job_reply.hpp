// The reply to an upload; part of bgcopy::job.

#ifndef BGCOPY_JOB_REPLY_HPP
#define BGCOPY_JOB_REPLY_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <bgcopy/job_transport.hpp>

namespace bgcopy::detail {

/// Of a job that is no upload_reply each answers E_NOTIMPL.
class job_reply : public job_transport {
public:
    using job_transport::job_transport;

    job_reply_progress reply_progress(std::error_code &failure) const
    {
        return value<job_reply_progress>(bgcopy_job_get_reply_progress, failure);
    }
    BGCOPY_DETAIL_THROWING(reply_progress)

    /// The reply itself, up to BGCOPY_REPLY_DATA_BYTES_MAX; none if the server
    /// sent none.
    std::optional<std::vector<std::uint8_t>> reply_data(std::error_code &failure) const
    {
        std::uint32_t length = 0;
        auto code = bgcopy_job_get_reply_data(raw_, 0, nullptr, &length);
        if (!check(code, failure) || (code == BGCOPY_S_FALSE && length == 0)) {
            return std::nullopt;
        }
        std::vector<std::uint8_t> data(length);
        code = bgcopy_job_get_reply_data(raw_, length, data.data(), &length);
        if (!check(code, failure)) {
            return std::nullopt;
        }
        return data;
    }
    BGCOPY_DETAIL_THROWING(reply_data)

    /// Where Complete puts it; none if no name was set and no file was added.
    std::optional<std::string> reply_file_name(std::error_code &failure) const
    {
        return optional_text(bgcopy_job_get_reply_file_name, failure);
    }
    BGCOPY_DETAIL_THROWING(reply_file_name)

    /// No path is the default: beside the file that is sent.
    void set_reply_file_name(const std::optional<std::string> &path, std::error_code &failure)
    {
        check(bgcopy_job_set_reply_file_name(raw_, c_str(path)), failure);
    }
    void set_reply_file_name(const std::optional<std::string> &path)
    {
        must([&](std::error_code &failure) { set_reply_file_name(path, failure); });
    }
};

} // namespace bgcopy::detail

#endif
