// What is passed and told, under C++ names.

#ifndef BGCOPY_TYPES_HPP
#define BGCOPY_TYPES_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <bgcopy.h>
#include <bgcopy/enums.hpp>

namespace bgcopy {

using hresult = bgcopy_hresult;
using guid = bgcopy_guid;
using file_range = bgcopy_file_range;
using job_progress = bgcopy_job_progress;
using file_progress = bgcopy_file_progress;
using job_reply_progress = bgcopy_job_reply_progress;
using limits = bgcopy_limits;
using time_point =
    std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// When things happened.
struct job_times {
    time_point creation;
    time_point modification;
    std::optional<time_point> transfer_completion;
};

/// What changes about a job while it moves, at one moment.
struct job_snapshot {
    job_state state{};
    std::uint32_t error_count = 0;
    job_progress progress{};
    job_times times;
    std::uint64_t bytes_per_second = 0;
    /// Until it is transferred, at this speed.
    std::optional<std::chrono::seconds> time_left;
    /// What it waits for, or does.
    bgcopy::wait_kind wait_kind{};
    std::optional<hresult> wait_code;
    std::optional<time_point> next_try;
};

/// A place that a file can be had from, and what became of it.
struct file_source {
    std::string url;
    source_kind kind{};
    source_state state{};
    /// Its last failure since the job was resumed.
    std::optional<hresult> code;
    std::string message;
    std::optional<time_point> failure_time;
};

/// A file to be added. Of a download the remote name is where it comes from and
/// the local one where it is put; of an upload, where it goes and where it is.
struct file_info {
    std::string remote_name;
    std::string local_name;
};

/// The hash that a file must have; the digest is in hexadecimal digits.
struct expected_hash {
    hash_algorithm algorithm = hash_algorithm::sha256;
    std::string digest;
};

/// A file to be fetched, with all that it may have from the start.
struct file_spec {
    std::string remote_name;
    std::string local_name;
    /// The pieces wanted, stored back to back in this order; none for all.
    std::vector<file_range> ranges{};
    std::optional<expected_hash> hash{};
};

/// How a proxy is found. The lists go with proxy_usage::override: proxies, as
/// in [protocol=][protocol://]server[:port], and hosts that are reached without
/// one, each separated by spaces.
struct proxy_settings {
    proxy_usage usage = proxy_usage::preconfig;
    std::optional<std::string> list;
    std::optional<std::string> bypass;
};

/// A client certificate: the absolute paths of PEM files.
struct client_certificate {
    std::string certificate;
    /// None if the key is in the same file.
    std::optional<std::string> key;
};

/// The most bytes a second that all jobs of a queue together receive and send; 0 for no
/// limit.
struct rate_limits {
    std::uint64_t download = 0;
    std::uint64_t upload = 0;
};

/// The network as the operating system describes it.
struct network {
    /// False if there is no way to any server.
    bool is_connected = true;
    /// One or more of BGCOPY_COST_UNRESTRICTED to BGCOPY_COST_ROAMING.
    std::uint32_t cost = BGCOPY_COST_UNRESTRICTED;
};

/// What was found damaged when a store was opened.
struct damage {
    std::uint64_t jobs_saved = 0;
    std::uint64_t jobs_lost = 0;
    std::string message;
};

inline const char *version() noexcept { return bgcopy_version(); }

} // namespace bgcopy

#endif
