// What the C++ scenarios have in common: a manager in the scenario's folder, and
// something to wait for.
#ifndef BGCOPY_TESTS_CHECK_HPP
#define BGCOPY_TESTS_CHECK_HPP

#undef NDEBUG
#include <cassert>
#include <condition_variable>
#include <cstring>
#include <initializer_list>
#include <iostream>
#include <mutex>

#include <bgcopy.hpp>

using namespace std::chrono_literals;

static std::string folder;
static std::string server;

constexpr auto patience = 60s;

inline std::string path_of(const std::string &name)
{
#ifdef _WIN32
    return folder + "\\" + name;
#else
    return folder + "/" + name;
#endif
}
inline std::string url_of(const std::string &name) { return server + "/" + name; }

inline bgcopy::manager open_store()
{
    bgcopy::options options;
    options.store_path = path_of("store");
    std::error_code failure;
    auto manager = bgcopy::manager::open(options, failure);
    assert(!failure);
    return manager;
}

/// Something that one thread does and another waits for.
class tally {
public:
    void add()
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        count_++;
        changed_.notify_all();
    }
    void wait(int count)
    {
        std::unique_lock<std::mutex> lock(mutex_);
        assert(changed_.wait_for(lock, patience, [&] { return count_ >= count; }));
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

/// Runs the scenario of that name.
struct scenario {
    const char *name;
    void (*run)();
};

inline int run_scenario(int count, char **arguments, std::initializer_list<scenario> scenarios)
{
    if (count != 4) {
        return 2;
    }
    folder = arguments[2];
    server = arguments[3];
    for (const auto &[name, run] : scenarios) {
        if (std::strcmp(name, arguments[1]) == 0) {
            run();
            return 0;
        }
    }
    std::cerr << "no scenario " << arguments[1] << "\n";
    return 2;
}

#endif
