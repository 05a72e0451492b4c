// The life of a job in C++.
#include <stdexcept>
#include <thread>

#include "check.hpp"

namespace {

void download()
{
    tally done;
    auto manager = open_store();
    auto job = manager.create_job("two files");
    job.add_file(url_of("one"), path_of("one"));
    job.add_file(url_of("two"), path_of("two"));
    auto witness = std::make_shared<int>(0);
    std::weak_ptr<int> let_go = witness;
    job.on_transferred([&done, witness = std::move(witness)](bgcopy::job &told) {
        assert(told.state() == bgcopy::job_state::transferred);
        assert(told.complete() == BGCOPY_S_OK);
        done.add();
    });
    job.resume();
    done.wait(1);
    assert(job.state() == bgcopy::job_state::acknowledged);
    assert(job.times().transfer_completion.has_value());
    manager.close();
    assert(let_go.expired());
}

void cancel_in_callback()
{
    tally done;
    auto manager = open_store();
    auto job = manager.create_job("cancelled");
    job.add_file(url_of("one"), path_of("one"));
    job.add_file(url_of("gated"), path_of("gated"));
    job.set_notify_flags(BGCOPY_NOTIFY_FILE_TRANSFERRED);
    job.on_file_transferred([&done](bgcopy::job &told, bgcopy::file &file) {
        assert(file.index() == 0);
        told.cancel();
        done.add();
    });
    job.resume();
    done.wait(1);
    assert(job.state() == bgcopy::job_state::cancelled);
}

void failure()
{
    tally told_count;
    auto manager = open_store();
    auto job = manager.create_job("missing");
    job.add_file(url_of("missing"), path_of("missing"));
    int times = 0;
    job.on_error([&](bgcopy::job &, bgcopy::job_error &error) {
        assert(error.code() == BGCOPY_BG_E_HTTP_ERROR_404);
        assert(error.context() == bgcopy::error_context::remote_file);
        assert(!error.description().empty() && !error.context_description().empty());
        assert(error.protocol() == "http");
        assert(std::chrono::system_clock::now() - error.time() < 1h);
        assert(error.file().remote_name() == url_of("missing"));
        times++;
        told_count.add();
        if (times == 1) {
            // Told again, as the library never sees an exception.
            throw std::runtime_error("not now");
        }
    });
    job.resume();
    told_count.wait(2);
    const auto reason = job.wait_reason();
    assert(reason.kind() == bgcopy::wait_kind::link_expired);
    assert(std::chrono::system_clock::now() - reason.since() < 1h);
    assert(reason.code() == BGCOPY_BG_E_HTTP_ERROR_404);
    assert(!reason.next_try());
    assert(!reason.message().empty() && !reason.unblock().empty());
    const auto error = job.file(0).error();
    assert(error && error->code() == BGCOPY_BG_E_HTTP_ERROR_404 && error->file().index() == 0);
    job.cancel();
}

void errors()
{
    auto manager = open_store();
    auto job = manager.create_job("empty");
    try {
        job.resume();
        assert(false);
    } catch (const bgcopy::error &error) {
        assert(error.result() == BGCOPY_DO_E_JOB_EMPTY);
        assert(error.code().category() == bgcopy::error_category());
        assert(std::strlen(error.what()) > 0);
    }
    try {
        bgcopy::manager().jobs();
        assert(false);
    } catch (const bgcopy::error &error) {
        assert(error.result() == BGCOPY_E_POINTER);
        // The library's sentence comes first.
        assert(std::string_view(error.what()).find("the handle is NULL") == 0);
        assert(error.context() == bgcopy::error_context::none);
    }
    std::error_code code;
    job.resume(code);
    assert(code == bgcopy::make_code(BGCOPY_DO_E_JOB_EMPTY));
    assert(code.message() == "0x80D02004 DO_E_JOB_EMPTY: the job has no files");
    assert(bgcopy::last_error_message() == "the job has no files");
    assert(bgcopy::last_error_context() == bgcopy::error_context::none);
    assert(job.files(code).empty() && !code);
    const auto nothing = job.error(code);
    assert(!nothing && code.value() == BGCOPY_DO_E_ERROR_INFORMATION_UNAVAILABLE);
    bgcopy::job moved = std::move(job);
    assert(moved && !job);
    job.suspend(code);
    assert(code.value() == BGCOPY_E_POINTER);
    assert(manager.error_description(BGCOPY_E_POINTER) == "a pointer is NULL");
    moved.wait({bgcopy::job_state::transferred}, 1ms, code);
    assert(code.value() == BGCOPY_E_TIMEOUT);
}

void events()
{
    auto manager = open_store();
    auto job = manager.create_job("events");
    job.set_notify_flags(BGCOPY_NOTIFY_DEFAULT | BGCOPY_NOTIFY_FILE_RANGES_TRANSFERRED);
    job.add_file(url_of("one"), path_of("one"));
    assert(!manager.next_event(0ms));
#ifdef _WIN32
    std::error_code failure;
    manager.event_fd(failure);
    assert(failure.value() == BGCOPY_E_NOTIMPL);
#else
    assert(manager.event_fd() >= 0);
#endif
    job.resume();
    std::uint64_t bytes = 0;
    auto event = manager.next_event(patience);
    while (event && event.kind() == bgcopy::event_kind::file_ranges_transferred) {
        assert(event.file_index() == 0u);
        const auto id = event.job_id();
        assert(bgcopy::to_string(id) == bgcopy::to_string(job.id()));
        for (const auto &range : event.ranges()) {
            bytes += range.length;
        }
        event = manager.next_event(patience);
    }
    assert(event && event.kind() == bgcopy::event_kind::job_transferred);
    assert(bytes == job.progress().bytes_transferred);
    assert(!event.file_index() && !event.error() && event.ranges().empty());
    assert(event.job().complete() == BGCOPY_S_OK);
}

/// Waits that are under way end, and those that begin later.
void interrupted()
{
    auto manager = open_store();
    auto job = manager.create_job("waits");
    const std::vector<bgcopy::job_state> never = {bgcopy::job_state::transferred};
    const auto ends = bgcopy::interrupt::create();
    assert(!ends.is_raised() && !manager.next_event(1ms, ends));
    assert(job.wait({bgcopy::job_state::suspended}, std::nullopt, ends) ==
           bgcopy::job_state::suspended);
    const auto wait = [&] {
        std::error_code code;
        job.wait(never, std::nullopt, ends, code);
        assert(code.value() == BGCOPY_E_ABORT);
        manager.next_event(std::nullopt, ends, code);
        assert(code.value() == BGCOPY_E_ABORT);
    };
    std::thread waits(wait);
    assert(!manager.next_event(50ms));
    ends.raise();
    waits.join();
    assert(ends.is_raised());
    wait();
#ifdef __cpp_lib_jthread
    tally begun;
    std::jthread stopped([&](const std::stop_token &token) {
        begun.add();
        std::error_code code;
        job.wait(never, std::nullopt, token, code);
        assert(code.value() == BGCOPY_E_ABORT);
        manager.next_event(std::nullopt, token, code);
        assert(code.value() == BGCOPY_E_ABORT);
    });
    begun.wait(1);
    stopped.request_stop();
    stopped.join();
#endif
    job.cancel();
}

/// Each kind of callback is told; an empty function removes it.
void callbacks()
{
    tally modified, files, ranges, ended;
    auto manager = open_store();
    auto job = manager.create_job("told");
    job.add_file(url_of("one"), path_of("one"));
    job.set_notify_flags(BGCOPY_NOTIFY_MASK & ~BGCOPY_NOTIFY_DISABLE);
    job.on_modification([&](bgcopy::job &) { modified.add(); });
    job.on_file_transferred([&](bgcopy::job &, bgcopy::file &file) {
        assert(file.progress().bytes_transferred == file.progress().bytes_total);
        files.add();
    });
    job.on_file_ranges_transferred([&](bgcopy::job &, bgcopy::file &,
                                       const std::vector<bgcopy::file_range> &came) {
        assert(!came.empty());
        ranges.add();
    });
    auto witness = std::make_shared<int>(0);
    job.on_file_restarted([witness](bgcopy::job &, bgcopy::file &) {});
    assert(witness.use_count() == 2);
    job.on_file_restarted(nullptr);
    assert(witness.use_count() == 1);
    job.on_transferred([&](bgcopy::job &told) {
        told.complete();
        ended.add();
    });
    job.resume();
    for (tally *one : {&modified, &files, &ranges, &ended}) {
        one->wait(1);
    }
}

void restarted()
{
    tally came, again;
    auto manager = open_store();
    auto job = manager.create_job("given up");
    job.add_file(url_of("gated"), path_of("one"));
    job.set_notify_flags(BGCOPY_NOTIFY_FILE_RANGES_TRANSFERRED);
    job.on_file_ranges_transferred(
        [&](bgcopy::job &, bgcopy::file &, const std::vector<bgcopy::file_range> &) {
            came.add();
        });
    job.on_file_restarted([&](bgcopy::job &, bgcopy::file &file) {
        assert(file.index() == 0);
        again.add();
    });
    job.resume();
    came.wait(1);
    job.suspend();
    job.file(0).set_remote_name(url_of("one"));
    job.resume();
    again.wait(1);
    job.wait({bgcopy::job_state::transferred}, patience);
    job.complete();
}

/// A wait without states is for one in which nothing goes on by itself.
void ended()
{
    auto manager = open_store();
    auto job = manager.create_job("ends");
    job.add_file(url_of("one"), path_of("one"));
    std::error_code failure;
    job.wait({}, 0ms, failure);
    assert(failure == bgcopy::make_code(BGCOPY_E_TIMEOUT));
    job.resume();
    assert(job.wait() == bgcopy::job_state::transferred);
    job.complete();
    assert(job.wait({}, patience) == bgcopy::job_state::acknowledged);
}

void beside()
{
    tally lines;
    auto manager = open_store();
    const auto id = manager.create_job("seen").id();
    const auto reader = bgcopy::reader::open(path_of("store"));
    assert(reader.engine_is_running());
    assert(reader.jobs().size() == 1 && bgcopy::to_string(reader.jobs()[0]) == bgcopy::to_string(id));
    assert(reader.survey().empty());
    assert(reader.display_name(id) == "seen");
    assert(reader.state(id) == bgcopy::job_state::suspended);
    assert(reader.progress(id).files_total == 0);
    assert(reader.wait_reason(id).kind() == bgcopy::wait_kind::no_files);
    bgcopy::set_log(bgcopy::log_level::info, [&](bgcopy::log_level, std::string_view line) {
        assert(line.find("CANCELLED") != std::string_view::npos);
        lines.add();
        throw std::runtime_error("dropped");
    });
    manager.get_job(id).cancel();
    lines.wait(1);
    bgcopy::set_log(bgcopy::log_level::info, nullptr);
}

void mirror()
{
    auto manager = open_store();
    auto job = manager.create_job("mirror");
    job.add_file(url_of("nothing"), path_of("one"));
    auto file = job.file(0);
    assert(file.add_mirror(url_of("one")) && !file.add_mirror(url_of("one")));
    job.resume();
    assert(job.wait() == bgcopy::job_state::transferred);
    const auto sources = file.sources();
    assert(sources.size() == 2 && sources[0].state == bgcopy::source_state::failed);
    assert(sources[0].code && !sources[0].message.empty() && sources[0].failure_time);
    assert(sources[1].kind == bgcopy::source_kind::mirror && sources[1].url == url_of("one"));
    assert(sources[1].state == bgcopy::source_state::asked && !sources[1].code);
    job.complete();
}

} // namespace

int main(int count, char **arguments)
{
    return run_scenario(count, arguments,
                     {
                         {"download", download},
                         {"cancel_in_callback", cancel_in_callback},
                         {"failure", failure},
                         {"errors", errors},
                         {"events", events},
                         {"interrupted", interrupted},
                         {"callbacks", callbacks},
                         {"restarted", restarted},
                         {"ended", ended},
                         {"beside", beside},
                         {"mirror", mirror},
                     });
}
