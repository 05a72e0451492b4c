// Files that are sent, and the reply to one. What is sent is fetched first, and
// the test looks at what the server has of it.
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "check.hpp"

namespace {

void fetch(bgcopy::manager &manager, const std::string &name)
{
    auto job = manager.create_job(name);
    job.add_file(url_of(name), path_of(name));
    job.resume();
    job.wait({bgcopy::job_state::transferred}, patience);
    job.complete();
}

void several()
{
    auto manager = open_store();
    fetch(manager, "one");
    fetch(manager, "two");
    std::vector<bgcopy::file_info> files = {{url_of("up/one"), path_of("one")},
                                            {url_of("up/two"), path_of("two")},
                                            {url_of("up/three"), path_of("three")}};
    std::error_code code;
    assert(manager.create_uploads(files, code).empty());
    assert(code.value() == BGCOPY_E_FILE_NOT_FOUND && manager.jobs().empty());
    assert(manager.create_uploads({}).empty());
    files.pop_back();
    auto jobs = manager.create_uploads(files);
    assert(jobs.size() == 2 && jobs[1].display_name() == "two");
    for (auto &job : jobs) {
        assert(job.type() == bgcopy::job_type::upload);
        job.resume();
    }
    for (auto &job : jobs) {
        job.wait({bgcopy::job_state::transferred}, patience);
        assert(job.complete() == BGCOPY_S_OK);
    }
}

/// Started at once, as one that was set up, and ended in one call.
void started()
{
    auto manager = open_store();
    fetch(manager, "one");
    fetch(manager, "two");
    const std::vector<bgcopy::file_info> files = {{url_of("up/one"), path_of("one")},
                                                  {url_of("up/two"), path_of("two")}};
    std::error_code code;
    const auto download = manager.create_job("of another type");
    assert(manager.start_uploads(files, &download, code).empty());
    assert(code.value() == BGCOPY_E_INVALIDARG);
    auto like = manager.create_job("like", bgcopy::job_type::upload);
    like.set_priority(bgcopy::job_priority::high);
    auto jobs = manager.start_uploads(files, &like);
    for (auto &job : jobs) {
        assert(job.priority() == bgcopy::job_priority::high);
        job.wait({bgcopy::job_state::transferred}, patience);
    }
    jobs.push_back(std::move(like));
    const auto done = BGCOPY_S_OK;
    const auto refused = BGCOPY_DO_E_INVALID_STATE;
    assert((manager.complete_all(jobs) == std::vector<bgcopy::hresult>{done, done, refused}));
    assert((manager.cancel_all(jobs) == std::vector<bgcopy::hresult>{refused, refused, done}));
}

void reply()
{
    auto manager = open_store();
    fetch(manager, "one");
    auto job = manager.create_job("asks", bgcopy::job_type::upload_reply);
    assert(!job.reply_file_name());
    job.add_file(url_of("up/one"), path_of("one"));
    assert(job.reply_file_name() == path_of("one.reply"));
    job.set_reply_file_name(path_of("answer"));
    assert(job.reply_file_name() == path_of("answer"));
    assert(job.reply_progress().bytes_total == BGCOPY_SIZE_UNKNOWN);
    std::error_code code;
    assert(!job.reply_data(code) && code.value() == BGCOPY_DO_E_INVALID_STATE);
    job.resume();
    job.wait({bgcopy::job_state::transferred}, patience);
    assert(job.reply_progress().bytes_transferred == 1000);
    const auto data = job.reply_data();
    assert(data && data->size() == 1000);
    job.complete();
    std::ifstream file(path_of("answer"), std::ios::binary);
    const std::string found{std::istreambuf_iterator<char>(file), {}};
    assert(found == std::string(data->begin(), data->end()));
}

/// A server may send none, and a job of another type has none.
void no_reply()
{
    auto manager = open_store();
    fetch(manager, "one");
    auto job = manager.create_job("asks", bgcopy::job_type::upload_reply);
    job.add_file(url_of("silent/one"), path_of("one"));
    job.resume();
    job.wait({bgcopy::job_state::transferred}, patience);
    assert(!job.reply_data());
    job.complete();
    auto other = manager.create_job("no reply", bgcopy::job_type::upload);
    try {
        other.set_reply_file_name(path_of("answer"));
        assert(false);
    } catch (const bgcopy::error &error) {
        assert(error.result() == BGCOPY_E_NOTIMPL);
    }
    other.cancel();
}

/// Their servers cut the first request with bytes: half of them are there.
void cancelled()
{
    auto manager = open_store();
    fetch(manager, "one");
    const std::vector<std::pair<bgcopy::upload_protocol, std::string>> ways = {
        {bgcopy::upload_protocol::bits, "cut/bits/one"},
        {bgcopy::upload_protocol::tus, "cut/tus/one"},
        {bgcopy::upload_protocol::ietf, "cut/ietf/one"}};
    for (const auto &[protocol, to] : ways) {
        auto job = manager.create_job("sends", bgcopy::job_type::upload);
        job.add_file(url_of(to), path_of("one"));
        job.set_property<bgcopy::job_property_id::upload_protocol>(protocol);
        job.resume();
        job.wait({bgcopy::job_state::transient_error}, patience);
        assert(job.cancel() == BGCOPY_S_OK);
        assert(job.state() == bgcopy::job_state::cancelled);
        const auto end = std::chrono::steady_clock::now() + patience;
        while (job.wait_reason().kind() != bgcopy::wait_kind::finished) {
            assert(std::chrono::steady_clock::now() < end);
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
    assert(bgcopy::reader::open(path_of("store")).jobs().empty());
}

} // namespace

int main(int count, char **arguments)
{
    return run_scenario(count, arguments,
                     {{"several", several},
                      {"started", started},
                      {"reply", reply},
                      {"no_reply", no_reply},
                      {"cancelled", cancelled}});
}
