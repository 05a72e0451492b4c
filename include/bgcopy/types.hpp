// Words of the C interface under C++ names.

#ifndef BGCOPY_TYPES_HPP
#define BGCOPY_TYPES_HPP

#include <chrono>
#include <cstdint>
#include <optional>

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

/// When things happened.
struct job_times {
    time_point creation;
    time_point modification;
    std::optional<time_point> transfer_completion;
};

inline const char *version() noexcept { return bgcopy_version(); }

} // namespace bgcopy

#endif
