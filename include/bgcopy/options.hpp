// How a manager is opened.

#ifndef BGCOPY_OPTIONS_HPP
#define BGCOPY_OPTIONS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <bgcopy/detail.hpp>

namespace bgcopy {

/// How a manager is opened; what is not set has its default.
struct options {
    std::string store_path;
    std::string user_agent;
    std::uint32_t simultaneous_files = 0;
    std::uint32_t connections_total = 0;
    std::uint32_t connections_per_host = 0;
    std::uint32_t connections_per_file = 0;
    std::uint32_t jobs = 0;
    std::uint32_t files_per_job = 0;
    /// Set together as manager::set_rate_limits sets them; both 0 leave what is stored.
    std::uint64_t download_rate = 0;
    std::uint64_t upload_rate = 0;
    /// Set as manager::set_transfer_window sets it; none leaves what is stored.
    std::optional<std::string> transfer_window;
    /// The store alone: nobody can join, and nobody must have it open already.
    bool exclusive = false;
    /// Takes the place of a host that is too old to be joined.
    bool replace_older = false;
    /// Only stores what is to be done: while this manager hosts the queue,
    /// nothing is transferred. A cancel still reaches the servers of its uploads.
    bool stores_only = false;
    /// A file in PEM form with the certificates of the authorities that all
    /// requests trust, in place of the system's.
    std::string ca_file;
    /// The same as text, for systems that have no such file; not both.
    std::string ca_pem;
};

/// The folder of the user's queue: what a manager opens whose options name no
/// store. None if the user has no home folder.
inline std::optional<std::string> default_store_path(std::error_code &failure)
{
    char *path = nullptr;
    const auto code = bgcopy_default_store_path(&path);
    auto words = detail::taken(path);
    const bool some = detail::check(code, failure) && code == BGCOPY_S_OK;
    return some ? std::optional<std::string>(std::move(words)) : std::nullopt;
}
inline std::optional<std::string> default_store_path()
{
    return detail::must([](std::error_code &failure) { return default_store_path(failure); });
}

} // namespace bgcopy

#endif
