// One job: its files, its life and its callbacks.

#ifndef BGCOPY_JOB_HPP
#define BGCOPY_JOB_HPP

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bgcopy/file.hpp>
#include <bgcopy/interrupt.hpp>
#include <bgcopy/job_error.hpp>
#include <bgcopy/job_reply.hpp>

namespace bgcopy {

/// One job. Inside a callback it is lent: do not keep it.
class job : public detail::job_reply {
public:
    using job_reply::job_reply;

    // What a callback may throw is told to the library as a failure, so that
    // the event comes again.
    using callback = std::function<void(job &)>;
    using error_callback = std::function<void(job &, job_error &)>;
    using file_callback = std::function<void(job &, bgcopy::file &)>;
    using ranges_callback =
        std::function<void(job &, bgcopy::file &, const std::vector<file_range> &)>;

    void add_file(std::string_view remote_name, std::string_view local_name,
                  std::error_code &failure)
    {
        const std::string from(remote_name), to(local_name);
        detail::check(bgcopy_job_add_file(raw_, from.c_str(), to.c_str()), failure);
    }
    void add_file(std::string_view remote_name, std::string_view local_name)
    {
        detail::must([&](std::error_code &failure) { add_file(remote_name, local_name, failure); });
    }

    /// Pieces of a file, stored back to back in the order given.
    void add_file(std::string_view remote_name, std::string_view local_name,
                  const std::vector<file_range> &ranges, std::error_code &failure)
    {
        const std::string from(remote_name), to(local_name);
        detail::check(bgcopy_job_add_file_with_ranges(raw_, from.c_str(), to.c_str(),
                                                      detail::count_of(ranges), ranges.data()),
                      failure);
    }
    void add_file(std::string_view remote_name, std::string_view local_name,
                  const std::vector<file_range> &ranges)
    {
        detail::must([&](std::error_code &failure) {
            add_file(remote_name, local_name, ranges, failure);
        });
    }

    /// All or none.
    void add_file_set(const std::vector<file_info> &files, std::error_code &failure)
    {
        const auto infos = detail::infos(files);
        detail::check(bgcopy_job_add_file_set(raw_, detail::count_of(infos), infos.data()),
                      failure);
    }
    void add_file_set(const std::vector<file_info> &files)
    {
        detail::must([&](std::error_code &failure) { add_file_set(files, failure); });
    }

    /// The same with their ranges and the hashes that they must have.
    void add_files(const std::vector<file_spec> &files, std::error_code &failure)
    {
        const auto specs = detail::specs(files);
        detail::check(bgcopy_job_add_files(raw_, detail::count_of(specs), specs.data()), failure);
    }
    void add_files(const std::vector<file_spec> &files)
    {
        detail::must([&](std::error_code &failure) { add_files(files, failure); });
    }

    void suspend(std::error_code &failure) { detail::check(bgcopy_job_suspend(raw_), failure); }
    void suspend() { detail::check(bgcopy_job_suspend(raw_)); }

    void resume(std::error_code &failure) { detail::check(bgcopy_job_resume(raw_), failure); }
    void resume() { detail::check(bgcopy_job_resume(raw_)); }

    /// Answers the success code, as BGCOPY_BG_S_UNABLE_TO_DELETE_FILES.
    hresult cancel(std::error_code &failure) { return call_code(bgcopy_job_cancel(raw_), failure); }
    hresult cancel()
    {
        return detail::must([this](std::error_code &failure) { return cancel(failure); });
    }

    /// Answers the success code, as BGCOPY_BG_S_PARTIAL_COMPLETE.
    hresult complete(std::error_code &failure) { return call_code(bgcopy_job_complete(raw_), failure); }
    hresult complete()
    {
        return detail::must([this](std::error_code &failure) { return complete(failure); });
    }

    /// Waits until the job is in one of the states; no timeout is for ever. Without
    /// states it waits until the job ends: until it is transferred, error,
    /// acknowledged or cancelled.
    job_state wait(const std::vector<job_state> &states,
                   std::optional<std::chrono::milliseconds> timeout, std::error_code &failure)
    {
        const auto numbers = numbers_of(states);
        std::uint32_t found = 0;
        detail::check(bgcopy_job_wait(raw_, detail::count_of(numbers), numbers.data(),
                                      detail::timeout_of(timeout), &found),
                      failure);
        return static_cast<job_state>(found);
    }
    job_state wait(const std::vector<job_state> &states = {},
                   std::optional<std::chrono::milliseconds> timeout = std::nullopt)
    {
        return detail::must(
            [&](std::error_code &failure) { return wait(states, timeout, failure); });
    }

    /// The same; BGCOPY_E_ABORT when it is interrupted.
    job_state wait(const std::vector<job_state> &states,
                   std::optional<std::chrono::milliseconds> timeout, const interrupt &ends,
                   std::error_code &failure)
    {
        const auto numbers = numbers_of(states);
        std::uint32_t found = 0;
        detail::check(bgcopy_job_wait_interruptible(raw_, detail::count_of(numbers),
                                                    numbers.data(), detail::timeout_of(timeout),
                                                    ends.get(), &found),
                      failure);
        return static_cast<job_state>(found);
    }
    job_state wait(const std::vector<job_state> &states,
                   std::optional<std::chrono::milliseconds> timeout, const interrupt &ends)
    {
        return detail::must(
            [&](std::error_code &failure) { return wait(states, timeout, ends, failure); });
    }

#ifdef __cpp_lib_jthread
    /// The same with what C++20 stops threads with.
    job_state wait(const std::vector<job_state> &states,
                   std::optional<std::chrono::milliseconds> timeout, const std::stop_token &token,
                   std::error_code &failure)
    {
        return detail::stoppable(token, failure, [&](const interrupt &ends) {
            return wait(states, timeout, ends, failure);
        });
    }
    job_state wait(const std::vector<job_state> &states,
                   std::optional<std::chrono::milliseconds> timeout, const std::stop_token &token)
    {
        return detail::must(
            [&](std::error_code &failure) { return wait(states, timeout, token, failure); });
    }
#endif

    /// In order of addition.
    std::vector<bgcopy::file> files(std::error_code &failure) const
    {
        const detail::handle<bgcopy_enum_files, bgcopy_enum_files_close> list(
            value<bgcopy_enum_files *>(bgcopy_job_enum_files, failure));
        return detail::all_of<bgcopy::file>(list.get(), bgcopy_enum_files_count,
                                            bgcopy_enum_files_next, failure);
    }
    BGCOPY_DETAIL_THROWING(files)

    /// The file at a place, from 0.
    bgcopy::file file(std::uint32_t index, std::error_code &failure) const
    {
        bgcopy_file *found = nullptr;
        detail::check(bgcopy_job_get_file(raw_, index, &found), failure);
        return bgcopy::file(found);
    }
    bgcopy::file file(std::uint32_t index) const
    {
        return detail::must([&](std::error_code &failure) { return file(index, failure); });
    }

    // Callbacks. An empty function removes the former one.

    void on_transferred(callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_transferred_callback, told_of_job, std::move(told), failure);
    }
    void on_transferred(callback told)
    {
        detail::must([&](std::error_code &failure) { on_transferred(std::move(told), failure); });
    }

    void on_error(error_callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_error_callback, told_of_error, std::move(told), failure);
    }
    void on_error(error_callback told)
    {
        detail::must([&](std::error_code &failure) { on_error(std::move(told), failure); });
    }

    void on_modification(callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_modification_callback, told_of_job, std::move(told), failure);
    }
    void on_modification(callback told)
    {
        detail::must([&](std::error_code &failure) { on_modification(std::move(told), failure); });
    }

    void on_file_transferred(file_callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_file_transferred_callback, told_of_file, std::move(told), failure);
    }
    void on_file_transferred(file_callback told)
    {
        detail::must(
            [&](std::error_code &failure) { on_file_transferred(std::move(told), failure); });
    }

    void on_file_ranges_transferred(ranges_callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_file_ranges_transferred_callback, told_of_ranges, std::move(told),
            failure);
    }
    void on_file_ranges_transferred(ranges_callback told)
    {
        detail::must([&](std::error_code &failure) {
            on_file_ranges_transferred(std::move(told), failure);
        });
    }

    void on_file_restarted(file_callback told, std::error_code &failure)
    {
        set(bgcopy_job_set_file_restarted_callback, told_of_file, std::move(told), failure);
    }
    void on_file_restarted(file_callback told)
    {
        detail::must(
            [&](std::error_code &failure) { on_file_restarted(std::move(told), failure); });
    }

private:
    /// States as C calls them.
    static std::vector<std::uint32_t> numbers_of(const std::vector<job_state> &states)
    {
        std::vector<std::uint32_t> numbers;
        for (const job_state one : states) {
            numbers.push_back(static_cast<std::uint32_t>(one));
        }
        return numbers;
    }

    template <typename Setter, typename Raw, typename Told>
    void set(Setter setter, Raw raw, Told told, std::error_code &failure)
    {
        if (!told) {
            detail::check(setter(raw_, nullptr, nullptr, nullptr), failure);
            return;
        }
        auto kept = std::make_unique<Told>(std::move(told));
        if (detail::check(setter(raw_, raw, kept.get(), forget<Told>), failure)) {
            static_cast<void>(kept.release());
        }
    }

    template <typename Told> static void forget(void *user) { delete static_cast<Told *>(user); }

    /// Lends a handle for the time of a callback, and keeps exceptions in.
    template <typename Call> static hresult lend(bgcopy_job *raw, Call call) noexcept
    {
        job lent(raw);
        const hresult code = detail::contained([&] { call(lent); });
        static_cast<void>(lent.release());
        return code;
    }

    /// The same for what comes with the job.
    template <typename Thing> class lent_too {
    public:
        template <typename Raw> explicit lent_too(Raw *raw) noexcept : thing(raw) {}
        lent_too(const lent_too &) = delete;
        lent_too &operator=(const lent_too &) = delete;
        ~lent_too() { static_cast<void>(thing.release()); }
        Thing thing;
    };

    static hresult told_of_job(bgcopy_job *raw, void *user) noexcept
    {
        return lend(raw, [user](job &lent) { (*static_cast<callback *>(user))(lent); });
    }

    static hresult told_of_error(bgcopy_job *raw, bgcopy_error *error, void *user) noexcept
    {
        return lend(raw, [=](job &lent) {
            lent_too<job_error> too(error);
            (*static_cast<error_callback *>(user))(lent, too.thing);
        });
    }

    static hresult told_of_file(bgcopy_job *raw, bgcopy_file *file, void *user) noexcept
    {
        return lend(raw, [=](job &lent) {
            lent_too<bgcopy::file> too(file);
            (*static_cast<file_callback *>(user))(lent, too.thing);
        });
    }

    static hresult told_of_ranges(bgcopy_job *raw, bgcopy_file *file, std::uint32_t count,
                                  const bgcopy_file_range *ranges, void *user) noexcept
    {
        return lend(raw, [=](job &lent) {
            lent_too<bgcopy::file> too(file);
            const std::vector<file_range> copy(ranges, ranges + count);
            (*static_cast<ranges_callback *>(user))(lent, too.thing, copy);
        });
    }
};

} // namespace bgcopy

#endif
