// The life of a job in C++.
#undef NDEBUG
#include <cassert>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <mutex>
#include <stdexcept>

#include <bgcopy.hpp>

using namespace std::chrono_literals;

namespace {

std::string folder;
std::string server;

constexpr auto patience = 60s;

std::string path_of(const std::string &name) { return folder + "/" + name; }
std::string url_of(const std::string &name) { return server + "/" + name; }

bgcopy::manager open_store()
{
    bgcopy::options options;
    options.store_path = path_of("store");
    return bgcopy::manager::open(options);
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
        assert(error.context() == BGCOPY_ERROR_CONTEXT_REMOTE_FILE);
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
    assert(reason.kind() == BGCOPY_WAIT_KIND_LINK_EXPIRED);
    assert(reason.code() == BGCOPY_BG_E_HTTP_ERROR_404);
    assert(!reason.next_try());
    assert(!reason.message().empty() && !reason.unblock().empty());
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
        assert(std::string_view(error.what()).find("bgcopy code") > 0);
    }
    std::error_code code;
    job.resume(code);
    assert(code == bgcopy::make_code(BGCOPY_DO_E_JOB_EMPTY));
    assert(code.message() == "bgcopy code 0x80D02004");
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

void settings()
{
    auto manager = open_store();
    auto job = manager.create_job("set");
    job.set_display_name("a name");
    job.set_description("why");
    job.set_priority(bgcopy::job_priority::high);
    job.set_minimum_retry_delay(60s);
    job.set_no_progress_timeout(1h);
    job.set_custom_headers("X-One: 1\r\n");
    job.set_security_flags(BGCOPY_SECURITY_REDIRECT_DISALLOW);
    job.set_credentials(BGCOPY_AUTH_TARGET_SERVER, BGCOPY_AUTH_SCHEME_BASIC, "me", "secret");
    assert(job.display_name() == "a name" && job.description() == "why");
    assert(job.priority() == bgcopy::job_priority::high);
    assert(job.minimum_retry_delay() == 60s && job.no_progress_timeout() == 3600s);
    assert(job.custom_headers() == "X-One: 1\r\n");
    job.set_custom_headers(std::nullopt);
    assert(!job.custom_headers());
    job.add_file(url_of("one"), path_of("one"), {{10, 5}, {0, 1}});
    const auto files = job.files();
    assert(files.size() == 1 && files[0].ranges().size() == 2);
    assert(files[0].local_name() == path_of("one"));
    const auto id = job.id();
    assert(bgcopy::to_string(bgcopy::to_guid(bgcopy::to_string(id))) == bgcopy::to_string(id));
    assert(manager.get_job(id).display_name() == "a name");
    assert(manager.jobs().size() == 1);
    auto limits = manager.limits();
    limits.jobs = 7;
    manager.set_limits(limits);
    assert(manager.limits().jobs == 7);
    assert(std::chrono::system_clock::now() - job.times().creation < 1h);
    job.cancel();
}

void events()
{
    auto manager = open_store();
    auto job = manager.create_job("events");
    job.add_file(url_of("one"), path_of("one"));
    assert(!manager.next_event(0ms));
    assert(manager.event_fd() >= 0);
    job.resume();
    const auto event = manager.next_event(patience);
    assert(event && event.kind() == BGCOPY_EVENT_KIND_JOB_TRANSFERRED);
    assert(!event.file_index() && !event.error());
    assert(event.job().complete() == BGCOPY_S_OK);
}

void beside()
{
    tally lines;
    auto manager = open_store();
    const auto id = manager.create_job("seen").id();
    const auto reader = bgcopy::reader::open(path_of("store"));
    assert(reader.engine_is_running());
    assert(reader.jobs().size() == 1 && bgcopy::to_string(reader.jobs()[0]) == bgcopy::to_string(id));
    assert(reader.display_name(id) == "seen");
    assert(reader.state(id) == bgcopy::job_state::suspended);
    assert(reader.progress(id).files_total == 0);
    assert(reader.wait_reason(id).kind() == BGCOPY_WAIT_KIND_NO_FILES);
    bgcopy::set_log(BGCOPY_LOG_LEVEL_INFO, [&](bgcopy_log_level, std::string_view line) {
        assert(line.find("CANCELLED") != std::string_view::npos);
        lines.add();
        throw std::runtime_error("dropped");
    });
    manager.get_job(id).cancel();
    lines.wait(1);
    bgcopy::set_log(BGCOPY_LOG_LEVEL_INFO, nullptr);
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 4) {
        return 2;
    }
    folder = arguments[2];
    server = arguments[3];
    const std::pair<const char *, void (*)()> stories[] = {
        {"download", download}, {"cancel_in_callback", cancel_in_callback},
        {"failure", failure},   {"errors", errors},
        {"settings", settings}, {"events", events},
        {"beside", beside},
    };
    for (const auto &[name, run] : stories) {
        if (std::strcmp(name, arguments[1]) == 0) {
            run();
            return 0;
        }
    }
    std::cerr << "no story " << arguments[1] << "\n";
    return 2;
}
