// How a manager is opened.

#ifndef BGCOPY_OPTIONS_HPP
#define BGCOPY_OPTIONS_HPP

#include <cstdint>
#include <string>

#include <bgcopy/types.hpp>

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
    /// The store alone: nobody can join, and nobody must have it open already.
    bool exclusive = false;
    /// Takes the place of a host that is too old to be joined.
    bool replace_older = false;
};

} // namespace bgcopy

#endif
